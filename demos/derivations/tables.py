"""The tables of a page: what is compared, and the numbers of a drawing.

The one idea: one body of rows per claim, so that a reader, also one who listens,
knows which claim a number belongs to; every cell under a head that names it.
"""

from collections.abc import Iterable, Sequence

from visualize import GraphIR
from visualize.labels import number_text

from .checks import AGREES, RANDOM_POINTS, RTOL, Check, Comparison
from .html import escape, math, number, scroll

__all__ = ["card_table", "comparisons", "flow_table", "verdict"]

_NUMERIC = ' class="n"'

# -- the comparison --------------------------------------------------------------------


def comparisons(checks: Sequence[Check]) -> str:
    """Every claim against every source, with an explanation of the sources."""
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
    return (
        "<h2>Is it right?</h2>\n<p>The closed form is the formula of the notes. The "
        "engine knows only the derivative of each single operation and applies the "
        "chain rule. Two references know no derivative at all: the complex step reads "
        "the slope off the imaginary part of f(x + ih), and the last column is a "
        "difference quotient in arithmetic of 100 digits, right to about 50. For a "
        "second derivative the complex step is differenced once more and keeps about "
        "11 digits. The symbolic proof runs the engine on symbols and simplifies its "
        "result minus the closed form, by a fixed sequence of steps, to zero.</p>\n"
        f"<p>Every claim is also compared at {RANDOM_POINTS} random points, always the "
        "same ones. The verdict names the largest relative difference between any "
        f"closed form and the engine; more than {number(RTOL, 1)} would not pass. "
        "Where only y is named, the other inputs are those of the drawing.</p>\n"
        + scroll(table, "Comparison of every claim")
    )


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


# -- the drawing in numbers ------------------------------------------------------------


def card_table(graph: GraphIR) -> str:
    """The cards of a drawing as a table."""
    rows = [
        (n.name, n.expression, number_text(n.data), _signed(n.grad))
        for n in graph.nodes
    ]
    heads = ("Card", "Computes", "Data", "Gradient")
    return scroll(_table("Cards, in the order of computation", heads, rows), "Cards")


def flow_table(graph: GraphIR) -> str:
    """The arrows of a drawing as a table."""
    names = {n.id: n.name for n in graph.nodes}
    rows = [
        (
            f"{names[e.target]} → {names[e.source]}",
            e.formula,
            number_text(e.local),
            _signed(e.flow),
        )
        for e in graph.edges
        if e.flow is not None
    ]
    heads = ("Gradient goes", "Local derivative", "Value", "Flow")
    return scroll(_table("Flows of the gradient", heads, rows), "Flows")


def _signed(x: object) -> str:
    return "" if x is None else number_text(x, signed=True)


def _table(
    caption: str, heads: Sequence[str], rows: Iterable[tuple[str, str, str, str]]
) -> str:
    head = "".join(
        f'<th scope="col"{_NUMERIC if i > 1 else ""}>{escape(h)}</th>'
        for i, h in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(a)}</th><td>{escape(b)}</td>'
        f'<td class="n">{escape(c)}</td><td class="n">{escape(d)}</td></tr>'
        for a, b, c, d in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
