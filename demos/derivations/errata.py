"""The errata: every line of the notes that is wrong or incomplete, on one page.

The one idea: nothing is called wrong here that was not computed. A row is the result
of a misprint's check, or of a printed number's; what no formula can say, such as that
a condition is missing, is a remark. Each links to the article that explains it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograd_core.numbers.text import Formula, equation

from ..page import escape, label_html, math, number, page, scroll
from .checks import Check
from .frame import Article, Remark
from .notes import note_at, place_of
from .results import CheckedArticle, CheckedMisprint, CheckedPrinted
from .tables import verdict

__all__ = ["Found", "errata", "errata_page"]


@dataclass(frozen=True)
class Found:
    """One erratum: where it stands in the notes, and the HTML of its row.

    Parameters
    ----------
    place
        What it is sorted by (`place_of`).
    row
        A row of the table.
    remark
        Whether it is a remark; otherwise its line or number is wrong.
    """

    place: tuple[int, int, str]
    row: str
    remark: bool = False


def errata(file: str, checked: CheckedArticle) -> Iterator[Found]:
    """All misprints, wrong numbers and remarks of an article.

    Parameters
    ----------
    file
        The name of its page.
    """
    article = checked.article
    numbers: list[CheckedPrinted] = checked.of(CheckedPrinted)
    for slip in checked.slips:
        yield _found(slip.slip.where, _formula(slip), file, article)
    for wrong in (n for n in numbers if n.wrong):
        yield _found(wrong.printed.where, _number(wrong), file, article)
    for remark in article.remarks:
        yield _found(remark.where, _words(remark), file, article, remark=True)


def _found(
    where: str, cells: str, file: str, article: Article, *, remark: bool = False
) -> Found:
    link = f'<a href="{escape(file)}#{escape(article.id)}">{escape(article.title)}</a>'
    first = f'<th scope="row">{escape(where)}</th>'
    entry = next(iter(article.catalogue_ids), "")
    row = f"<tr>{first}{cells}<td>{link}</td></tr>"
    return Found(place_of(where, entry), row, remark)


def _formula(checked: CheckedMisprint) -> str:
    slip, printed = checked.slip, checked.printed
    witness = printed.worst
    return _cells(
        _line(printed, slip.defines),
        (
            f"{verdict(printed, bare=True)}: {number(witness.closed[-1], 6)} "
            f"instead of {number(witness.engine, 6)}, at {_point(printed)}"
        ),
        _line(checked.right, slip.defines),
        f"{verdict(checked.right, bare=True)}, proved",
    )


def _number(checked: CheckedPrinted) -> str:
    printed, off = checked.printed, float(checked.printed.value) - checked.engine
    label = label_html(printed.reading.label)
    return _cells(
        f"{label}: {escape(printed.text)}",
        f'<span class="bad">wrong</span>: off by {number(off, 2)}',
        f"{label}: {number(checked.engine)}",
        '<span class="good">agrees</span>, 50 digits',
    )


def _words(remark: Remark) -> str:
    return f'<td colspan="{len(_HEADS) - 2}">{escape(remark.words)}</td>'


def _cells(printed: str, gives: str, right: str, which: str) -> str:
    # A formula that is too long for its column scrolls in it.
    return (
        f'<td><div class="formula">{printed}</div></td><td>{gives}</td>'
        f'<td><div class="formula">{right}</div></td><td>{which}</td>'
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
    "What is wrong was computed as it stands and compared with the engine and with "
    "references that know no derivative, at the points of its article and at 20 seeded "
    "ones; the table shows the point at which it is furthest off. What is right in its "
    "place is proved on symbols, or if it is a number, computed twice."
)
_HEADS = ("Where", "As printed", "What it gives", "Right", "Which", "Article")


def errata_page(errata: Iterable[Found]) -> str:
    """The page of all errata, a table per note, in the order of the notes."""
    found = sorted(errata, key=lambda row: row.place)
    remarks = sum(row.remark for row in found)
    count = (
        f"{len(found) - remarks} lines and numbers of the notes that are wrong as they "
        f"are printed, and {remarks} remarks on what is incomplete, ambiguous or lost."
    )
    body = [
        "<h1>Errata of the notes</h1>",
        f"<p>{count} {_HOW}</p>",
    ]
    for place, rows in groupby(found, key=lambda row: row.place[0]):
        name = note_at(place).name
        body += [f"<h2>{escape(name)}</h2>", _table(name, [row.row for row in rows])]
    return page("Errata of the notes", "\n".join(body), home="index.html")


def _table(name: str, rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{h}</th>' for h in _HEADS)
    table = (
        f'<table class="wrap"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return scroll(table, name)
