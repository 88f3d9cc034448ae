"""The book as a folder of static pages: checked, drawn, written.

What one can do with this file: ``build(Path("out/book"))`` and open its
``index.html``; read in the report what was written and what is wrong.

The one idea: nothing is written before everything is computed, and only files of
the book's own are ever replaced. A folder that the book wrote has a marker in it;
in any other folder a file that is in the way is an error and stays as it is. The
same sources give the same bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visualize import draw

from ..folder import Folder
from . import CHAPTERS
from .checks import require_references
from .errata import errata_page
from .frame import Chapter
from .pages import CheckedChapter, chapter_page, index_page
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
) -> Report:
    """Check every article and write pages and drawings into ``out``.

    Parameters
    ----------
    out
        A folder; it is made if it is not there.
    progress
        Given the list of everything to compute, returns an iterable over it, as
        tqdm does.
    chapters
        Which chapters.

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
    checked = _check(chapters, progress)
    files = _files(checked)
    folder.write(files)
    pages = tuple(Path(out) / name for name in files if name.endswith(".html"))
    failures = tuple(f for c in checked for a in c.articles for f in a.failures)
    return Report(pages, failures)


def _check(chapters: Sequence[Chapter], progress: Progress) -> list[CheckedChapter]:
    lists = [[jobs(article) for article in c.articles] for c in chapters]
    every = [
        job for of_chapter in lists for of_article in of_chapter for job in of_article
    ]
    results = iter([job() for job in progress(every)])
    return [
        CheckedChapter(
            chapter,
            tuple(
                CheckedArticle(
                    article,
                    tuple(next(results) for _ in its_jobs),
                    draw(article.graph(), title=article.title),
                )
                for article, its_jobs in zip(chapter.articles, of_chapter, strict=True)
            ),
        )
        for chapter, of_chapter in zip(chapters, lists, strict=True)
    ]


DRAWN = ("svg", "png", "dot")


def _names(chapters: Sequence[Chapter]) -> list[str]:
    pages = [f"{chapter.id}.html" for chapter in chapters]
    articles = [article.id for chapter in chapters for article in chapter.articles]
    drawings = [f"drawings/{name}.{kind}" for name in articles for kind in DRAWN]
    return ["index.html", *pages, "errata.html", *drawings]


def _files(checked: Sequence[CheckedChapter]) -> dict[str, bytes]:
    files = {"index.html": index_page(checked).encode()}
    for chapter in checked:
        files[f"{chapter.chapter.id}.html"] = chapter_page(chapter).encode()
    articles = [(f"{c.chapter.id}.html", a) for c in checked for a in c.articles]
    files["errata.html"] = errata_page(articles).encode()
    for _, c in articles:
        drawing = f"drawings/{c.article.id}"
        files[f"{drawing}.svg"] = c.drawing.svg.encode()
        files[f"{drawing}.png"] = c.drawing.png()
        files[f"{drawing}.dot"] = c.drawing.dot.encode()
    return files
