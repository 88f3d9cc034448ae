"""The book: what is wrong stops it, what is foreign stays, and bytes repeat."""

import os
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograd_core import Value, sigmoid
from demos.derivations import (
    ARTICLES,
    CHAPTERS,
    Article,
    Chapter,
    Claim,
    Misprint,
    Model,
    Part,
    Point,
    Remark,
)
from demos.derivations import checks as checks_module
from demos.derivations.book import MARKER, Report, build

pytest.importorskip("sympy")
pytest.importorskip("mpmath")
pytest.importorskip("matplotlib")

ROOT = Path(__file__).resolve().parents[2]
DRAWN = ("dot", "png", "svg")
NASTY = '<script>alert("&")</script>'

MODEL = Model(inputs=("x",), definitions={"s": lambda q: sigmoid(q.x)})
AT = Point(f"x = 0.5 {NASTY}", {"x": 0.5})
SLOPE = Claim(MODEL, "s", ("x",), (lambda q: q.s * (1 - q.s),), NASTY, (AT,))
WRONG = replace(SLOPE, forms=(lambda q: q.s * (1 + q.s),))


def article(**changes: Any) -> Article:
    """A page that takes no time, with a name that is not harmless."""
    small = Article(
        id="small",
        title=f"Small {NASTY}",
        catalogue_ids=("X1",),
        source=NASTY,
        summary=NASTY,
        parts=(Part(NASTY, NASTY, (SLOPE,), MODEL, ("s",)),),
        misprints=(Misprint("X1", NASTY, WRONG, SLOPE),),
        remarks=(Remark(f"X1 {NASTY}", NASTY),),
        record=lambda: sigmoid(Value(0.5, name=NASTY)),
    )
    return replace(small, **changes)


def built(out: Path, *articles: Article) -> Report:
    chosen = articles or (article(),)
    return build(out, chapters=(Chapter("page", NASTY, NASTY, chosen),))


def files(folder: Path) -> dict[str, bytes]:
    paths = (p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def test_the_whole_book_is_right(book: Any) -> None:
    """Every claim agrees and is proved, every misprint is one."""
    out, report, seen = book
    assert report.failures == ()
    names = [path.name for path in report.pages]
    pages = (f"{chapter.id}.html" for chapter in CHAPTERS)
    assert names == ["index.html", *pages, "errata.html"]
    assert report.pages[0].parent == out
    assert len(seen) == len(ARTICLES)


def test_the_files_of_the_book(book: Any) -> None:
    drawings = (f"drawings/{name}.{k}" for name in ARTICLES for k in DRAWN)
    chapters = (f"{chapter.id}.html" for chapter in CHAPTERS)
    pages = ("index.html", *chapters, "errata.html")
    assert sorted(files(book[0])) == sorted([MARKER, *drawings, *pages])
    assert all(len(content) < 3_000_000 for content in files(book[0]).values())


def test_numbers_of_the_catalogue_are_on_the_page(book: Any) -> None:
    page = (book[0] / "perceptron.html").read_text(encoding="utf-8")
    for number in ("0.2139096965", "−1.428571429", "−0.3607336246", "0.4109716890"):
        # closed form, engine, complex step, 50-digit difference
        assert page.count(f'<td class="n">{number}</td>') >= 4
    assert "0.1475922319" in page, "the witness of N54, L699"
    assert page.count('class="bad">differs') == 4
    assert ">not found<" not in page


class Page(HTMLParser):
    """Collects what a browser would act on, and checks the nesting."""

    void = ("meta", "path", "polygon", "polyline", "br", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def check_page(text: str, folder: Path) -> None:
    page = Page(text)
    forbidden = {"link", "iframe", "img", "object", "form", "base"}
    assert not {tag for tag, _ in page.tags} & forbidden
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("href", "src", "xlink:href", "action"):
            link = attrs.get(name)
            if link is None or link.startswith("#"):
                continue
            assert (folder / link.partition("#")[0]).is_file(), link
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    script_digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = page.all("meta")[1]["content"]
    assert policy is not None
    assert f"style-src 'sha256-{digest}'" in policy
    assert f"script-src 'sha256-{script_digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "url(" not in style
    assert page.all("html") == [{"lang": "en"}]
    assert all(th.get("scope") for th in page.all("th"))
    assert len(page.all("h1")) == 1
    for box in page.all("div"):
        if box.get("tabindex"):
            assert box["role"] == "region"
            assert box["aria-label"]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_pages_need_nothing_and_nobody(book: Any) -> None:
    """No script, no style but ours, no link that leaves the folder."""
    for path in book[1].pages:
        check_page(path.read_text(encoding="utf-8"), book[0])


def test_text_of_an_article_is_escaped(tmp_path: Path) -> None:
    report = built(tmp_path)
    assert report.failures == ()
    for path in report.pages:
        text = path.read_text(encoding="utf-8")
        check_page(text, tmp_path)
        assert "alert" in text
        assert text.count("<script") == 1


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    built(tmp_path / "one")
    built(tmp_path / "other")
    before = files(tmp_path / "one")
    assert before == files(tmp_path / "other")
    built(tmp_path / "one")
    assert before == files(tmp_path / "one")


@pytest.mark.slow
def test_the_whole_book_twice(book: Any, tmp_path: Path) -> None:
    """With another hash seed, and in one process instead of two."""
    program = (
        "import sys; from pathlib import Path;"
        "from demos.derivations.book import build; build(Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "book")],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4"},
        check=True,
    )
    assert files(tmp_path / "book") == files(book[0])


# -- what is wrong ---------------------------------------------------------------------


def test_a_wrong_claim_fails_the_build(tmp_path: Path) -> None:
    wrong = article(parts=(Part("wrong", "", (WRONG,)),), misprints=())
    report = built(tmp_path, wrong)
    assert report.failures == (f"small: {NASTY}: ds/dx: differs",)
    page = report.pages[1].read_text(encoding="utf-8")
    assert "0 of 1 claims confirmed" in page
    assert 'class="bad">differs' in page


def test_a_misprint_that_is_none_fails_the_build(tmp_path: Path) -> None:
    report = built(tmp_path, article(misprints=(Misprint("X1", "", SLOPE, SLOPE),)))
    assert report.failures == ("small: misprint X1: as printed it agrees",)
    report = built(tmp_path, article(misprints=(Misprint("X1", "", WRONG, WRONG),)))
    assert report.failures == ("small: misprint X1: the correction: differs",)


def test_a_wrong_engine_fails_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = checks_module.engine
    monkeypatch.setattr(checks_module, "engine", lambda *a: honest(*a) * 1.01)
    report = built(tmp_path)
    assert report.failures[0] == f"small: {NASTY}: ds/dx: engine wrong"
    assert len(report.failures) == 3


# -- what is foreign -------------------------------------------------------------------


def test_foreign_files_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    built(tmp_path)
    (tmp_path / "drawings" / "mine.svg").write_text("mine")
    built(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "drawings" / "mine.svg").read_text() == "mine"


@pytest.mark.parametrize("name", ["index.html", "page.html", "drawings/small.png"])
def test_a_file_in_the_way_stops_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="is not the book's; choose another"):
        built(tmp_path)
    assert files(tmp_path) == {name: b"mine"}


def test_it_does_not_follow_a_link_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "drawings").symlink_to(outside)
    with pytest.raises(NotADirectoryError, match="leads out of"):
        built(tmp_path / "book")
    assert list(outside.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "book").write_text("mine")
    with pytest.raises(FileExistsError):
        built(tmp_path / "book")
    assert (tmp_path / "book").read_text() == "mine"


def test_nothing_is_written_when_something_cannot_be_computed(tmp_path: Path) -> None:
    def broken() -> Value:
        raise ArithmeticError("no graph")

    with pytest.raises(ArithmeticError, match="no graph"):
        built(tmp_path / "book", article(record=broken))
    assert not (tmp_path / "book").exists()
