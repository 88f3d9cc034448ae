"""Every kind of article can be put on a page, also those that no chapter has yet."""

from pathlib import Path

import pytest

from autograd_core import Value
from demos.derivations import book
from demos.derivations.frame import KINDS, Article, Chapter, Part

pytest.importorskip("mpmath")
pytest.importorskip("sympy")


def square() -> Value:
    x = Value(3.0, name="x")
    y = x * x
    y.name = "y"
    return y


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_any_kind(kind: str, tmp_path: Path) -> None:
    """Its label, and the sentences of a list as text."""
    items = ("first", "a < b & c")
    part = Part("What there is", "Two things.", items=items)
    article = Article("it", "An article", ("X1",), "here", "Short.", (part,), square,
                      kind=kind)  # fmt: skip
    chapter = Chapter("page", "A chapter", "Short.", (article,))
    report = book.build(tmp_path / "out", chapters=(chapter,))
    assert report.failures == ()
    page = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert f">{kind}</span>" in page
    assert "<ul><li>first</li><li>a &lt; b &amp; c</li></ul>" in page


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match=r"'kind' must be one of .* got 'poem'"):
        Article("it", "An article", (), "here", "Short.", (), square, kind="poem")
