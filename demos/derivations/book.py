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

from . import ARTICLES
from .article import Article
from .checks import check
from .pages import CheckedArticle, article_page, index_page

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
    articles: Mapping[str, Article] = ARTICLES,
) -> Report:
    """Check every article and write its page and drawings into ``out``.

    Parameters
    ----------
    out
        A folder; it is made if it is not there.
    progress
        Given the list of all comparisons to make, returns an iterable over it, as
        tqdm does.
    articles
        Which articles, by id.

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
    checked = _check(list(articles.values()), progress)
    files = _files(checked)
    _write(Path(out), files)
    pages = tuple(Path(out) / name for name in files if name.endswith(".html"))
    failures = tuple(failure for c in checked for failure in c.failures)
    return Report(pages, failures)


def _check(articles: Sequence[Article], progress: Progress) -> list[CheckedArticle]:
    claims = [
        claim
        for article in articles
        for claim in (
            *article.claims,
            *(c for slip in article.misprints for c in (slip.printed, slip.right)),
        )
    ]
    checks = iter([check(claim) for claim in progress(claims)])
    return [
        CheckedArticle(
            article,
            tuple(next(checks) for _ in article.claims),
            tuple((slip, next(checks), next(checks)) for slip in article.misprints),
            draw(article.graph(), title=article.title),
        )
        for article in articles
    ]


def _files(checked: Sequence[CheckedArticle]) -> dict[str, bytes]:
    files = {"index.html": index_page(checked).encode()}
    for c in checked:
        files[f"{c.article.id}.html"] = article_page(c).encode()
    for c in checked:
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
