"""The book as a folder of static pages: checked, drawn, written.

What one can do with this file: ``build(Path("out/book"))`` and open its
``index.html``; read in the report what was written and what is wrong.

The one idea: nothing is written before everything is computed, and only files of
the book's own are ever replaced. A folder that the book wrote has a marker in it;
in any other folder a file that is in the way is an error and stays as it is. The
same sources give the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from visualize import draw

from ..folder import Folder
from . import CHAPTERS
from .checks import require_references
from .errata import Found, errata, errata_page
from .frame import Article, Chapter
from .pages import article_row, article_section, chapter_page, index_page
from .results import CheckedArticle, jobs

__all__ = ["MARKER", "Report", "build"]

MARKER = ".autograd-core-book"

Progress = Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Report:
    """What a build did.

    Attributes
    ----------
    pages
        The HTML files, the index first.
    failures
        One sentence for each thing that is wrong; the pages show it too.
    """

    pages: tuple[Path, ...]
    failures: tuple[str, ...]


def build(
    out: Path,
    progress: Progress = iter,
    *,
    chapters: Sequence[Chapter] = CHAPTERS,
    processes: int = 1,
) -> Report:
    """Check every article and write pages and drawings into ``out``.

    Parameters
    ----------
    out
        A folder; it is made if it is not there.
    progress
        Given the list of all articles, returns an iterable over it, as tqdm does.
    chapters
        Which chapters.
    processes
        How many articles are computed at a time. More than 1 only for chapters of the
        book: another process finds an article by its place there.

    Returns
    -------
    Report
        A build with failures is written too, so that they can be looked at.

    Raises
    ------
    FileExistsError
        If a file of that name is there and the folder has no marker of the book.
    NotADirectoryError
        If ``out``, or a folder in it, is something else or leads elsewhere.
    ImportError, GraphvizNotFound
        If what the book needs is not installed; each names the remedy.
    """
    require_references()
    folder = Folder(out, MARKER, command="book", owner="the book's")
    folder.check(_names(chapters))  # now, and not after minutes of computing
    made = _made(chapters, progress, processes)
    files = _files(chapters, made)
    folder.write(files)
    pages = tuple(Path(out) / name for name in files if name.endswith(".html"))
    failures = tuple(f for of_chapter in made for a in of_chapter for f in a.failures)
    return Report(pages, failures)


@dataclass(frozen=True)
class Made:
    """What an article gives to the book: text, which passes between processes.

    Attributes
    ----------
    section
        Its HTML on the page of its chapter.
    row
        Its line in the index.
    errata
        Its rows on the page of all errata.
    drawings
        The contents of its files, by name.
    failures
        What is wrong, one sentence each.
    """

    section: str
    row: str
    errata: tuple[Found, ...]
    drawings: dict[str, bytes]
    failures: tuple[str, ...]


def _make(chapter: Chapter, article: Article) -> Made:
    results = tuple(job() for job in jobs(article))
    drawing = draw(article.graph(), title=article.title)
    checked = CheckedArticle(article, results, drawing)
    drawn = (drawing.svg.encode(), drawing.png(), drawing.dot.encode())
    return Made(
        article_section(checked),
        article_row(chapter, checked),
        tuple(errata(f"{chapter.id}.html", checked)),
        dict(zip(_drawings(article), drawn, strict=True)),
        tuple(checked.failures),
    )


def _make_at(place: tuple[int, int]) -> Made:
    chapter = CHAPTERS[place[0]]
    return _make(chapter, chapter.articles[place[1]])


def _made(
    chapters: Sequence[Chapter], progress: Progress, processes: int
) -> list[list[Made]]:
    if processes == 1:
        every = [
            (chapter, article) for chapter in chapters for article in chapter.articles
        ]
        found = iter([_make(chapter, article) for chapter, article in progress(every)])
    else:
        places = [
            (CHAPTERS.index(chapter), k)
            for chapter in chapters
            for k in range(len(chapter.articles))
        ]
        with _pool(processes) as pool:
            results = pool.map(_make_at, places)
            found = iter([next(results) for _ in progress(places)])
    return [[next(found) for _ in chapter.articles] for chapter in chapters]


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    # Begun anew ("spawn") and not forked, as the caller may have threads.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:  # after an error or Ctrl-C, what was not begun is not computed
        pool.shutdown(cancel_futures=True)


DRAWN = ("svg", "png", "dot")


def _drawings(article: Article) -> list[str]:
    return [f"drawings/{article.id}.{kind}" for kind in DRAWN]


def _names(chapters: Sequence[Chapter]) -> list[str]:
    pages = [f"{chapter.id}.html" for chapter in chapters]
    drawings = [name for c in chapters for a in c.articles for name in _drawings(a)]
    return ["index.html", *pages, "errata.html", *drawings]


def _files(
    chapters: Sequence[Chapter], made: Sequence[Sequence[Made]]
) -> dict[str, bytes]:
    rows = [[article.row for article in of_chapter] for of_chapter in made]
    files = {"index.html": index_page(chapters, rows).encode()}
    for chapter, of_chapter in zip(chapters, made, strict=True):
        sections = [article.section for article in of_chapter]
        files[f"{chapter.id}.html"] = chapter_page(chapter, sections).encode()
    articles = [article for of_chapter in made for article in of_chapter]
    found = [row for article in articles for row in article.errata]
    files["errata.html"] = errata_page(found).encode()
    for article in articles:
        files |= article.drawings
    return files
