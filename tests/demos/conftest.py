"""The whole book, built once for all tests of this folder."""

from collections.abc import Sequence
from typing import Any

import pytest

WHOLE = {"book", "folder"}  # fixtures that build it; `folder` asks for it as it runs


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """What needs the whole book is slow, and runs in one process: it is built there.

    It takes minutes to write. So do all training scripts, which are run once too.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & WHOLE:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("book"))
        elif "runs" in fixtures:
            item.add_marker(pytest.mark.xdist_group("runs"))


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Where it is, the report, and one entry per article that the progress saw."""
    for package in ("sympy", "mpmath", "matplotlib"):
        pytest.importorskip(package)
    from demos.derivations.book import build

    out = tmp_path_factory.mktemp("whole") / "out" / "book"
    seen: list[int] = []

    def progress(things: Sequence[Any]) -> Any:
        for i, thing in enumerate(things):
            seen.append(i)
            yield thing

    return out, build(out, progress, processes=2), seen
