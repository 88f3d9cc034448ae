"""The pages of the book: an article with its checks, and the list of articles.

What one can do with this file: turn an article, its checks and its drawing into
the HTML of its page.

The one idea: this file only arranges. Every formula comes from the article's rules
run on names, every number from a `Check`, and every verdict is computed; no number
is typed here or in an article.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_core.numbers.text import equation
from visualize import Drawing
from visualize.labels import number_text

from .article import Article, Claim, Misprint, Model, Part
from .checks import AGREES, Check
from .html import escape, math, number, page, scroll
from .tables import card_table, comparisons, flow_table, verdict

__all__ = ["CheckedArticle", "article_page", "index_page"]


@dataclass(frozen=True)
class CheckedArticle:
    """An article with everything that was computed for it.

    Attributes
    ----------
    checks
        One per claim, in order.
    slips
        Per misprint the check of the printed claim and of the right one.
    """

    article: Article
    checks: tuple[Check, ...]
    slips: tuple[tuple[Misprint, Check, Check], ...]
    drawing: Drawing

    @property
    def failures(self) -> list[str]:
        """What keeps the book from being right, one sentence each."""
        found = [
            f"{self.article.id}: {check.claim.where}: {check.claim}: {check.verdict}"
            for check in self.checks
            if check.verdict != AGREES
        ]
        for slip, printed, right in self.slips:
            where = f"{self.article.id}: misprint {slip.where}"
            if printed.verdict != "differs":
                found.append(f"{where}: as printed it {printed.verdict}")
            if right.verdict != AGREES:
                found.append(f"{where}: the correction: {right.verdict}")
        return found


def article_page(checked: CheckedArticle) -> str:
    """The page of one article."""
    article = checked.article
    ids = ", ".join(article.catalogue_ids)
    source = f"{escape(ids)} of the catalogue; {escape(article.source)}."
    body = [
        f'<article id="{escape(article.id)}">',
        f"<h1>{escape(article.title)}</h1>",
        f'<p class="muted">{source} {_summary_of_verdicts(checked)}</p>',
        f"<p>{escape(article.summary)}</p>",
        *map(_part, article.parts),
        _drawing(checked),
        comparisons(checked.checks),
        _slips(checked),
        "</article>",
    ]
    return page(article.title, "\n".join(body), home="index.html")


def index_page(articles: Sequence[CheckedArticle]) -> str:
    """The list of all articles."""
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(c.article.id)}.html">'
        f"{escape(c.article.title)}</a></th>"
        f"<td>{escape(', '.join(c.article.catalogue_ids))}</td>"
        f"<td>{_summary_of_verdicts(c)}</td></tr>"
        for c in articles
    )
    table = (
        '<table class="wrap"><thead><tr><th scope="col">Derivation</th>'
        '<th scope="col">Catalogue</th><th scope="col">Verdict</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    body = (
        "<h1>The book of derivations</h1>\n<p>Each derivation of the notes, with its "
        "graph drawn and every claimed derivative compared with the engine and with "
        "references that know nothing of it.</p>\n" + scroll(table, "Derivations")
    )
    return page("The book of derivations", body)


def _summary_of_verdicts(checked: CheckedArticle) -> str:
    right = sum(check.verdict == AGREES for check in checked.checks)
    slips = len(checked.slips)
    text = f"{right} of {len(checked.checks)} claims confirmed and proved"
    if slips:
        text += f", {slips} misprint{'s' if slips > 1 else ''} found"
    kind = "bad" if checked.failures else "good"
    return f'<span class="{kind}">{text}.</span>'


# -- what the notes derive -------------------------------------------------------------


def _part(part: Part) -> str:
    rows = _definitions(part.model, part.defines) if part.model else []
    for claim in part.claims:
        rows += _chain(claim)
    grid = scroll(f'<div class="chain">{"".join(rows)}</div>', part.title, "formulas")
    return f"<h2>{escape(part.title)}</h2>\n<p>{escape(part.words)}</p>\n{grid}"


def _definitions(model: Model, wanted: Sequence[str]) -> list[str]:
    names = model.names()
    return [
        _line(math(model.symbol(name)), math(rule(names), equals=True, wide=True), "")
        for name, rule in model.definitions.items()
        if name in wanted
    ]


def _chain(claim: Claim) -> list[str]:
    # One line per form; the left side stands before the first one only.
    left = math(claim.left(), wide=True)
    lines: list[str] = []
    for form in claim.right():
        where = claim.where if not lines else ""
        lines.append(
            _line("" if lines else left, math(form, equals=True, wide=True), where)
        )
    return lines


def _line(left: str, right: str, where: str) -> str:
    return (
        f'<div>{left}</div><div>{right}</div><div class="where">{escape(where)}</div>'
    )


# -- the drawing -----------------------------------------------------------------------

_LEGEND = (
    '<ul class="legend"><li><span class="plus"></span>positive flow</li>'
    '<li><span class="minus"></span>negative flow</li>'
    '<li><span class="zero"></span>zero</li>'
    '<li><span class="feed"></span>data, no gradient wanted</li></ul>'
)


def _drawing(checked: CheckedArticle) -> str:
    graph, files = checked.drawing.graph, f"drawings/{checked.article.id}"
    leaves = [n for n in graph.nodes if not n.op and n.kind != "constant"]
    # With no-break spaces: an equation stays on one line.
    where = ", ".join(
        f"{n.name}\u00a0=\u00a0{number_text(n.data, trim=True)}" for n in leaves
    )
    links = ", ".join(
        f'<a href="{escape(files)}.{kind}">{kind.upper()}</a>'
        for kind in ("svg", "png", "dot")
    )
    return (
        "<h2>The graph</h2>\n"
        f"<p>Drawn for {escape(where)}. Data flow from left to right: each card shows "
        "what is computed, its value, and the derivative of the result by it. The "
        "arrows point the other way, the way of the gradient. On each arrow stands "
        "the local derivative, as a formula and a number, and below it the flow: the "
        "gradient of the right card times the local derivative. The flows that reach "
        f"a card add up to its gradient.</p>\n{_LEGEND}\n"
        f"{scroll(checked.drawing.svg, 'Drawing of the graph', 'drawing')}\n"
        f'<p class="muted">The same as {links}.</p>\n'
        "<details><summary>The same numbers as tables</summary>\n"
        f"{card_table(graph)}\n{flow_table(graph)}</details>"
    )


# -- the misprints ---------------------------------------------------------------------


def _slips(checked: CheckedArticle) -> str:
    if not checked.slips:
        return ""
    intro = (
        "<h2>Where the notes slip</h2>\n<p>Each line was computed as it is printed, "
        "and compared like the claims above. The witness is a point at which it gives "
        "another number than the engine, the complex step and 50 digits, which "
        "agree.</p>"
    )
    return "\n".join([intro, *(_slip(*slip) for slip in checked.slips)])


def _slip(slip: Misprint, printed: Check, right: Check) -> str:
    c = printed.witness
    rows = (
        ("Right-hand side", math(printed.claim.right()[-1]), c.closed[-1]),
        ("Engine", math(printed.claim.left()), c.engine),
        ("Complex step", math(printed.claim.left()), c.complex_step),
        ("50-digit difference", math(printed.claim.left()), c.precise),
    )
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{formula}</td>'
        f'<td class="n">{number(x)}</td></tr>'
        for name, formula, x in rows
        if x is not None
    )
    table = (
        f"<table><caption>Witness: {escape(c.point.label)}</caption><tbody>{body}"
        "</tbody></table>"
    )
    return (
        f'<section class="slip"><h3>{escape(slip.where)}</h3>'
        f"<p>{escape(slip.words)}</p>"
        f"{_judged('Printed', printed)}{scroll(table, slip.where)}"
        f"{_judged('Right', right)}</section>"
    )


def _judged(word: str, check: Check) -> str:
    line = equation(check.claim.left(), check.claim.right()[-1])
    return f"<p>{word}: {math(line, wide=True)} {verdict(check, bare=True)}</p>"
