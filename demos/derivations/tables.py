"""The tables of a page: what is compared, and what is computed twice.

The one idea: one body of rows per claim, so that a reader, also one who listens,
knows which claim a number belongs to; every cell under a head that names it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from autograd_core.numbers.text import derivative

from ..page import escape, label_html, math, number, scroll
from .beside import CheckedBeside
from .checks import AGREES, RANDOM_POINTS, RTOL, Check, Comparison
from .results import CheckedLimit, CheckedPrinted, CheckedReadings, CheckedRun

__all__ = [
    "SOURCES",
    "beside_table",
    "comparisons",
    "limit_table",
    "printed_table",
    "readings_table",
    "run_table",
    "verdict",
]

_NUMERIC = ' class="n"'

# -- the comparison --------------------------------------------------------------------


SOURCES = (
    "<p>The <em>closed form</em> is the formula of the notes. The <em>engine</em> "
    "knows only the derivative of each single operation and applies the chain rule. "
    "Two references know no derivative at all: the <em>complex step</em> reads the "
    "slope off the imaginary part of f(x + ih), and the <em>50-digit difference</em> "
    "is a difference quotient in arithmetic of 100 digits, right to about 50. For a "
    "second derivative the complex step is differenced once more and keeps about 11 "
    "digits. The <em>symbolic proof</em> runs the engine on symbols and rewrites its "
    "result minus the closed form, by a fixed sequence of steps, to zero.</p>\n"
    f"<p>Every claim is also compared at {RANDOM_POINTS} random points, always the "
    "same ones. Beside each verdict stands the largest difference between any closed "
    "form and the engine, relative to the number or, where that is small, to the "
    f"median size of the claim at the random points; more than {number(RTOL, 1)} would "
    "not pass. Tables of iterates, of printed numbers and of limits are computed "
    "twice, with the engine's derivatives and with 100-digit difference quotients in "
    "their place. Numbers below 10⁻⁴⁰ are shown as 0.</p>"
)


def comparisons(checks: Sequence[Check]) -> str:
    """Every claim against every source."""
    heads = (
        "Claim",
        "At",
        "Closed form",
        "Engine",
        "Complex step",
        "50-digit difference",
    )
    head = "".join(
        f'<th scope="col"{_NUMERIC if i > 1 else ""}>{h}</th>'
        for i, h in enumerate(heads)
    )
    table = (
        "<table><caption>Every claim and every source</caption>"
        f'<thead><tr>{head}<th scope="col">Symbolic proof</th>'
        f'<th scope="col">Verdict</th></tr></thead>{"".join(map(_group, checks))}'
        "</table>"
    )
    return "<h3>Is it right?</h3>\n" + scroll(table, "Comparison of every claim")


def _group(check: Check) -> str:
    # One body per claim: its points share the claim, the proof and the verdict.
    span = f' rowspan="{len(check.shown)}"' if len(check.shown) > 1 else ""
    rows: list[str] = []
    for comparison in check.shown:
        cells = _cells(comparison)
        if not rows:
            left = math(check.claim.left())
            proof = "proved" if check.proved else "not found"
            cells = (
                f'<th scope="rowgroup"{span}>{left}</th>{cells}'
                f"<td{span}>{proof}</td><td{span}>{verdict(check)}</td>"
            )
        rows.append(f"<tr>{cells}</tr>")
    return f"<tbody>{''.join(rows)}</tbody>"


def _cells(c: Comparison) -> str:
    numbers = (c.closed[-1], c.engine, c.complex_step, c.precise)
    cells = "".join(f'<td class="n">{number(x)}</td>' for x in numbers)
    return f"<td>{escape(c.point.label)}</td>{cells}"


def verdict(check: Check, *, bare: bool = False) -> str:
    """The verdict, coloured, and unless ``bare`` the largest relative difference."""
    kind = "good" if check.verdict == AGREES else "bad"
    word = f'<span class="{kind}">{check.verdict}</span>'
    if bare:
        return word
    return f'{word} <span class="muted">({number(check.largest_difference, 2)})</span>'


# -- numbers that are computed twice ---------------------------------------------------


def readings_table(checked: CheckedReadings) -> str:
    """Single numbers, by the engine and by differences."""
    rows = [
        (label_html(r.label), _n(engine), _n(precise), _good(not bad))
        for (r, engine, precise), bad in zip(checked.rows, checked.differ, strict=True)
    ]
    heads = ("Number", "Engine", "50 digits", "Verdict")
    return _grid(checked.table.caption, heads, rows)


def printed_table(checked: Sequence[CheckedPrinted]) -> str:
    """What the notes print, beside what is computed."""
    rows = [
        (
            label_html(c.printed.reading.label),
            f'<span class="where">{escape(c.printed.where)}</span>',
            escape(c.printed.text.replace("-", "\u2212")),
            _n(c.engine),
            _n(c.precise),
            _good(not c.wrong, "rounded right", "wrong")
            + (f" {escape(c.printed.words)}" if c.printed.words else ""),
        )
        for c in checked
    ]
    heads = ("Number", "Where", "Printed", "Engine", "50 digits", "Verdict")
    return _grid("Numbers as the notes print them", heads, rows, numeric=(2, 3, 4))


def run_table(checked: CheckedRun) -> str:
    """The iterates of an algorithm."""
    run = checked.run
    target = run.model.symbol(run.target)
    slopes = [derivative_of(run, name) for name in run.over]
    heads = (
        "k",
        *(math(run.model.symbol(name)) for name in run.over),
        math(target),
        *map(math, slopes),
    )
    rows = [
        (str(row.k), *map(_six, (*row.x, row.f, *row.gradient)))
        for row in checked.engine
    ]
    worst = number(checked.largest_difference, 2)
    good = _good(not checked.failures, "agrees", "engine wrong")
    caption = (
        f"{escape(run.caption)}. Start: {escape(run.start.label)}. The same algorithm "
        f"with difference quotients: {good} ({worst})"
    )
    numeric = tuple(range(1, len(heads)))
    return _grid(caption, heads, rows, numeric=numeric, escaped=True)


def beside_table(checked: CheckedBeside) -> str:
    """A right and a wrong algorithm, and where their numbers part."""
    names, parts = checked.beside.names, checked.parts
    rows = [
        (label_html(label), _n(right, 8), _n(wrong, 8), _parting(i, parts))
        for i, (label, right, wrong) in enumerate(checked.rows)
    ]
    good = _good(not checked.failures)
    caption = (
        f"{escape(checked.beside.caption)}. With difference quotients instead of the "
        f"engine's derivatives: {good}"
    )
    heads = ("Step", *map(escape, names), "")
    return _grid(caption, heads, rows, escaped=True)


def _parting(i: int, parts: int | None) -> str:
    if parts is None or i < parts:
        return "the same"
    return '<span class="bad">here they part</span>' if i == parts else "apart"


def limit_table(checked: CheckedLimit) -> str:
    """Difference quotients and how far they are from the derivative."""
    rows = [
        (_n(h, 1), _n(f), _n(f - checked.precise, 2), _n(c), _n(c - checked.precise, 2))
        for h, f, c in checked.rows
    ]
    rows.append(("engine", _n(checked.engine), "", _n(checked.engine), ""))
    heads = ("h", "(f(x+h) \u2212 f(x))/h", "error", "(f(x+h) \u2212 f(x\u2212h))/2h")
    return _grid(checked.limit.caption, (*heads, "error"), rows, numeric=(1, 2, 3, 4))


def derivative_of(run: Any, name: str) -> Any:
    """The symbol of a run's derivative by ``name``."""
    wrt = run.model.symbol(name)
    return derivative(run.model.symbol(run.target), wrt, total=len(run.over) == 1)


def _n(x: Any, digits: int = 10) -> str:
    return number(x, digits)


def _six(x: Any) -> str:
    return number(x, 8)


def _good(good: bool, yes: str = "agrees", no: str = "engine wrong") -> str:
    kind, word = ("good", yes) if good else ("bad", no)
    return f'<span class="{kind}">{word}</span>'


def _grid(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Sequence[int] = (1, 2),
    escaped: bool = False,
) -> str:
    def kind(i: int) -> str:
        return _NUMERIC if i in numeric else ""

    head = "".join(f'<th scope="col"{kind(i)}>{h}</th>' for i, h in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f"<td{kind(i)}>{cell}</td>" for i, cell in enumerate(rest, 1))
        + "</tr>"
        for first, *rest in rows
    )
    shown = caption if escaped else escape(caption)
    table = (
        f"<table><caption>{shown}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
    return scroll(table, re.sub("<[^>]*>", "", caption), "narrow")
