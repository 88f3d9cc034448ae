"""The book as a folder of static pages: checked, drawn, written.

What one can do with this file: ``build(Path("out/book"))`` and open its
``index.html``; read in the report what was written and what is wrong.

The one idea: nothing is written before everything is computed, and only files of
the book's own are ever replaced. A folder that the book wrote has a marker in it;
in any other folder a file that is in the way is an error and stays as it is. The
same sources give the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visualize import draw
from visualize.files import write_whole

from . import CHAPTERS
from .checks import require_references
from .errata import errata_page
from .frame import Chapter
from .pages import CheckedChapter, chapter_page, index_page
from .results import CheckedArticle, jobs

__all__ = ["MARKER", "Report", "build"]

MARKER = ".autograd-core-book"
_MARKED = "`autograd-core book` wrote this folder and may write it again.\n"

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
    checked = _check(chapters, progress)
    files = _files(checked)
    _write(Path(out), files)
    pages = tuple(Path(out) / name for name in files if name.endswith(".html"))
    failures = tuple(f for c in checked for a in c.articles for f in a.failures)
    return Report(pages, failures)


def _check(chapters: Sequence[Chapter], progress: Progress) -> list[CheckedChapter]:
    require_references()
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


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    targets = {out / name: content for name, content in files.items()}
    home = out.resolve()
    for folder in dict.fromkeys(target.parent for target in targets):
        folder.mkdir(exist_ok=True)
        if home not in (folder.resolve(), *folder.resolve().parents):
            raise NotADirectoryError(f"{folder} leads out of {out}; remove the link")
    marker = out / MARKER
    if not marker.is_file():
        for target in targets:
            if target.exists():
                raise FileExistsError(
                    f"{target} exists and is not the book's; choose another folder"
                )
    write_whole(marker, _MARKED.encode())
    for target, content in targets.items():
        write_whole(target, content)
