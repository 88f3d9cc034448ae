"""The whole book, built once for all tests of this folder."""

from collections.abc import Sequence
from typing import Any

import pytest

WHOLE = {"book", "folder"}  # fixtures that build it; `folder` asks for it as it runs


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """What needs the whole book is slow: it takes minutes to write."""
    for item in items:
        if not WHOLE.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


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
