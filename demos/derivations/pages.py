"""The pages of the book: an article with its checks, and the list of articles.

What one can do with this file: turn an article, its checks and its drawing into
the HTML of its page.

The one idea: this file only arranges. Every formula comes from the article's rules
run on names, every number from a `Check`, and every verdict is computed; no number
is typed here or in an article.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd_core.numbers.text import equation
from visualize import Drawing, GraphIR
from visualize.labels import number_text

from .article import Article, Claim, Misprint, Part
from .checks import AGREES, RANDOM_POINTS, RTOL, Check, Comparison
from .html import escape, math, number, page, scroll

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
    sections = [_part(part) for part in article.parts]
    body = [
        f'<article id="{escape(article.id)}">',
        f"<h1>{escape(article.title)}</h1>",
        f'<p class="muted">{escape(ids)} of the catalogue; {escape(article.source)}. '
        f"{_summary_of_verdicts(checked)}</p>",
        f"<p>{escape(article.summary)}</p>",
        *sections,
        _drawing(checked),
        _comparisons(checked.checks),
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
        '<table><thead><tr><th scope="col">Derivation</th><th scope="col">Catalogue'
        f'</th><th scope="col">Verdict</th></tr></thead><tbody>{rows}</tbody></table>'
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
    rows = []
    for name in part.defines if part.model else ():
        names = part.model.names()  # type: ignore[union-attr]
        left, rule = getattr(names, name), part.model.definitions[name]  # type: ignore[union-attr]
        rows += [f"<div>{math(left)}</div><div>{math(equation_of(rule(names)))}</div>"]
        rows += ["<div></div>"]
    for claim in part.claims:
        rows += _chain(claim)
    grid = scroll(f'<div class="chain">{"".join(rows)}</div>', part.title)
    return f"<h2>{escape(part.title)}</h2>\n<p>{escape(part.words)}</p>\n{grid}"
