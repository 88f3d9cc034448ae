"""The errata: every line and number of the notes that is wrong, on one page.

The one idea: nothing is listed here that was not computed. A row is the result of a
misprint's check, or of a printed number's, and links to the article that explains it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograd_core.numbers.text import Formula, equation

from .checks import Check
from ..page import escape, label_html, math, number, page, scroll
from .notes import note_at, place_of
from .results import CheckedArticle, CheckedMisprint, CheckedPrinted
from .tables import verdict

__all__ = ["Found", "errata", "errata_page"]


@dataclass(frozen=True)
class Found:
    """One erratum: where it stands in the notes, and the cells of its row."""

    place: tuple[int, int, str]
    cells: tuple[str, ...]


def errata(articles: Sequence[tuple[str, CheckedArticle]]) -> list[Found]:
    """All misprints, in the order of the notes.

    Parameters
    ----------
    articles
        The file of its page, and the article.
    """
    return sorted(_all(articles), key=lambda found: found.place)


def _all(articles: Sequence[tuple[str, CheckedArticle]]) -> Iterator[Found]:
    for file, checked in articles:
        article = checked.article
        link = (
            f'<a href="{escape(file)}#{escape(article.id)}">{escape(article.title)}</a>'
        )
        for slip in checked.slips:
            place = place_of(slip.slip.where, article.catalogue_ids[0])
            yield Found(place, (*_formula(slip), link))
        numbers: list[CheckedPrinted] = checked.of(CheckedPrinted)
        for wrong in (n for n in numbers if n.wrong):
            place = place_of(wrong.printed.where, article.catalogue_ids[0])
            yield Found(place, (*_number(wrong), link))


def _formula(checked: CheckedMisprint) -> tuple[str, ...]:
    slip, printed = checked.slip, checked.printed
    witness = printed.worst
    return (
        escape(slip.where),
        _line(printed, slip.defines),
        (
            f"{verdict(printed, bare=True)}: {number(witness.closed[-1], 6)} "
            f"instead of {number(witness.engine, 6)}, at {_point(printed)}"
        ),
        _line(checked.right, slip.defines),
        f"{verdict(checked.right, bare=True)}, proved",
    )


def _number(checked: CheckedPrinted) -> tuple[str, ...]:
    printed, off = checked.printed, float(checked.printed.value) - checked.engine
    label = label_html(printed.reading.label)
    return (
        escape(printed.where),
        f"{label}: {escape(printed.text)}",
        f'<span class="bad">wrong</span>: off by {number(off, 2)}',
        f"{label}: {number(checked.engine)}",
        '<span class="good">agrees</span>, 50 digits',
    )


def _line(check: Check, defines: Sequence[str]) -> str:
    model = check.claim.model
    names = model.names()
    lines: list[Formula] = [
        equation(model.symbol(name), model.definitions[name](names)) for name in defines
    ]
    lines.append(equation(check.claim.left(), check.claim.right()[-1]))
    return ", ".join(math(line) for line in lines)


def _point(check: Check) -> str:
    values = check.worst.point.values
    model = check.claim.model
    return ", ".join(
        f"{escape(str(model.symbol(name)))}\u00a0=\u00a0{number(x, 4)}"
        for name, x in values.items()
    )


_HOW = (
    "printed. Each was computed as it stands and compared with the engine and with "
    "references that know no derivative, at the points of its article and at 20 seeded "
    "ones; the table shows the point at which it is furthest off. What is right in its "
    "place is proved on symbols, or if it is a number, computed twice.</p>"
)
_HEADS = ("Where", "As printed", "What it gives", "Right", "Which", "Article")


def errata_page(articles: Sequence[tuple[str, CheckedArticle]]) -> str:
    """The page of all errata, a table per note."""
    found = errata(articles)
    body = [
        "<h1>Errata of the notes</h1>",
        f"<p>{len(found)} lines and numbers of the notes are wrong as they are {_HOW}",
    ]
    for place, rows in groupby(found, key=lambda row: row.place[0]):
        name = note_at(place).name
        body += [f"<h2>{escape(name)}</h2>", _table(name, [r.cells for r in rows])]
    return page("Errata of the notes", "\n".join(body), home="index.html")


def _table(name: str, rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{h}</th>' for h in _HEADS)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{c}</td>" for c in rest)}</tr>'
        for first, *rest in rows
    )
    table = (
        f'<table class="wrap"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table>"
    )
    return scroll(table, name)
