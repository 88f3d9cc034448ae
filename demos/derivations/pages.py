"""The pages of the book: a chapter with its articles, and the list of chapters.

What one can do with this file: turn a checked article and its drawing into HTML, and
the HTML of articles into the page of a chapter and the index.

The one idea: this file only arranges. Every formula comes from the article's rules
run on names, every number from a result, and every verdict is computed; no number
is typed here or in an article.
"""

from collections.abc import Sequence

from autograd_core import Value, ancestors, explain
from autograd_core.numbers.text import equation
from visualize.labels import number_text

from ..page import escape, math, number, page, scroll
from .article import Claim, Model
from .beside import CheckedBeside
from .checks import AGREES, Check
from .frame import Article, Chapter, Part, Remark
from .notes import NOTES
from .results import (
    CheckedArticle,
    CheckedLimit,
    CheckedMisprint,
    CheckedPrinted,
    CheckedReadings,
    CheckedRun,
    DrawnFigure,
)
from .tables import (
    SOURCES,
    beside_table,
    comparisons,
    limit_table,
    printed_table,
    readings_table,
    run_table,
    verdict,
)

__all__ = ["article_row", "article_section", "chapter_page", "index_page"]

EXPLAINED = 3  # derivatives of a drawing that are written out path by path


def chapter_page(chapter: Chapter, sections: Sequence[str]) -> str:
    """The page of one chapter, of the sections of its articles."""
    contents = "".join(
        f'<li><a href="#{escape(a.id)}">{escape(a.title)}</a></li>'
        for a in chapter.articles
    )
    body = [
        f"<h1>{escape(chapter.title)}</h1>",
        f"<p>{escape(chapter.summary)}</p>",
        f'<nav aria-label="Articles"><ol class="toc">{contents}</ol></nav>',
        f"<details><summary>How it is checked</summary>{SOURCES}</details>",
        *sections,
    ]
    return page(chapter.title, "\n".join(body), home="index.html")


_ABOUT = (
    "Each derivation of the notes, with its graph drawn and every claimed derivative "
    "compared with the engine and with references that know nothing of it. Where the "
    "notes are wrong, the page says so and shows a witness."
)


_ERRATA = '<p><a href="errata.html">Errata of the notes</a>, all in one place.</p>'


def index_page(chapters: Sequence[Chapter], rows: Sequence[Sequence[str]]) -> str:
    """The list of all chapters, each with the rows of its articles."""
    body = [
        "<h1>The book of derivations</h1>",
        f"<p>{_ABOUT}</p>",
        _ERRATA,
        '<div class="contents">',
        *map(_contents, chapters, rows),
        "</div>",
        _entries(chapters),
        f"<details><summary>How it is checked</summary>{SOURCES}</details>",
    ]
    return page("The book of derivations", "\n".join(body))


def _entries(chapters: Sequence[Chapter]) -> str:
    # Every entry of the catalogue with its article: the notes' own order.
    links = {
        entry: f'<a href="{_link(chapter, article)}">{escape(entry)}</a>'
        for chapter in chapters
        for article in chapter.articles
        for entry in article.catalogue_ids
    }
    rows = [
        (note.name, [links[entry] for entry in note.entries if entry in links])
        for note in NOTES
    ]
    body = "".join(
        f"<p><strong>{escape(name)}.</strong> {', '.join(found)}</p>"
        for name, found in rows
        if found
    )
    return (
        f"<details><summary>The {len(links)} entries of the notes, one by one"
        f"</summary>{body}</details>"
    )


def _link(chapter: Chapter, article: Article) -> str:
    return f"{escape(chapter.id)}.html#{escape(article.id)}"


def _contents(chapter: Chapter, rows: Sequence[str]) -> str:
    heads = "".join(
        f'<th scope="col">{h}</th>' for h in ("Article", "Kind", "Catalogue", "Verdict")
    )
    table = (
        f'<table class="wrap"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return (
        f'<h2><a href="{escape(chapter.id)}.html">{escape(chapter.title)}</a></h2>\n'
        f"<p>{escape(chapter.summary)}</p>\n{scroll(table, chapter.title)}"
    )


def article_row(chapter: Chapter, checked: CheckedArticle) -> str:
    """The line of an article in the index."""
    article = checked.article
    return (
        f'<tr><th scope="row"><a href="{_link(chapter, article)}">'
        f"{escape(article.title)}</a></th>"
        f"<td>{escape(article.kind)}</td>"
        f"<td>{escape(', '.join(article.catalogue_ids))}</td>"
        f"<td>{_summary_of_verdicts(checked)}</td></tr>"
    )


def _summary_of_verdicts(checked: CheckedArticle) -> str:
    right = sum(check.verdict == AGREES for check in checked.checks)
    total = len(checked.checks)
    found = []
    if total:
        found.append(f"{right} of {total} claims confirmed and proved")
    others = (CheckedRun, CheckedReadings, CheckedLimit, CheckedBeside)
    tables = [r for kind in others for r in checked.of(kind)]
    if tables:
        good = sum(not r.failures for r in tables)
        found.append(f"{good} of {len(tables)} tables confirmed")
    if checked.misprints:
        plural = "s" if checked.misprints > 1 else ""
        found.append(f"{checked.misprints} misprint{plural} found")
    kind = "bad" if checked.failures else "good"
    return f'<span class="{kind}">{", ".join(found) or "nothing to check"}.</span>'


# -- an article ------------------------------------------------------------------------


def article_section(checked: CheckedArticle) -> str:
    """The article on the page of its chapter."""
    article = checked.article
    ids = ", ".join(article.catalogue_ids)
    source = f"{escape(article.source)}."
    if ids:
        source = f"{escape(ids)} of the catalogue; {source}"
    kind = f'<span class="kind">{escape(article.kind)}</span>'
    results = iter(checked.results)
    body = [
        f'<article id="{escape(article.id)}">',
        f"<h2>{escape(article.title)}</h2>",
        f'<p class="muted">{kind} {source} {_summary_of_verdicts(checked)}</p>',
        f"<p>{escape(article.summary)}</p>",
        *(
            _part(part, [next(results) for _ in range(_jobs(part))])
            for part in article.parts
        ),
        _drawing(checked),
        comparisons(checked.checks) if checked.checks else "",
        _slips(checked),
        _remarks(article.remarks),
        "</article>",
    ]
    return "\n".join(filter(None, body))


def _jobs(part: Part) -> int:
    kinds = (part.claims, part.readings, part.runs, part.beside, part.limits)
    return sum(map(len, (*kinds, part.printed, part.figures)))


def _part(part: Part, results: Sequence[object]) -> str:
    rows = _definitions(part.model, part.defines) if part.model else []
    for claim in part.claims:
        rows += _chain(claim)
    for run in part.runs:
        rows += [_line("", math(formula, wide=True), "") for formula in run.formulas]
    body = [f"<h3>{escape(part.title)}</h3>\n<p>{escape(part.words)}</p>"]
    if part.items:
        items = "".join(f"<li>{escape(item)}</li>" for item in part.items)
        body.append(f"<ul>{items}</ul>")
    if rows:
        grid = f'<div class="chain">{"".join(rows)}</div>'
        body.append(scroll(grid, part.title, "formulas"))
    printed = [r for r in results if isinstance(r, CheckedPrinted)]
    body += [readings_table(r) for r in results if isinstance(r, CheckedReadings)]
    body += [run_table(r) for r in results if isinstance(r, CheckedRun)]
    body += [beside_table(r) for r in results if isinstance(r, CheckedBeside)]
    body += [limit_table(r) for r in results if isinstance(r, CheckedLimit)]
    body += [printed_table(printed)] if printed else []
    body += [_figure(r) for r in results if isinstance(r, DrawnFigure)]
    return "\n".join(body)


def _figure(drawn: DrawnFigure) -> str:
    caption = escape(drawn.figure.caption)
    return f"<figure>{drawn.svg}\n<figcaption>{caption}</figcaption></figure>"


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


def _drawing(checked: CheckedArticle) -> str:
    graph, name = checked.drawing.graph, checked.article.id
    leaves = [n for n in graph.nodes if not n.op and n.kind != "constant"]
    # With no-break spaces: an equation stays on one line.
    where = ", ".join(
        f"{n.name}\u00a0=\u00a0{number_text(n.data, trim=True)}" for n in leaves
    )
    links = ", ".join(
        f'<a href="drawings/{escape(name)}.{kind}">{kind.upper()}</a>'
        for kind in ("svg", "png", "dot")
    )
    return (
        "<h3>The graph</h3>\n"
        f"<p>Drawn for {escape(where)}. Data flow from left to right; gradients flow "
        "along the arrows, from right to left. On each arrow: the local derivative as "
        "a formula and a number, and below it the flow, which is the gradient of the "
        "right card times the local derivative. The flows that reach a card add up to "
        "its gradient. The slider goes through it step by step: first the data, then "
        f"the gradients.</p>\n{checked.drawing.player(f'{name}-graph')}\n"
        f'<p class="muted">The drawing as {links}.</p>\n'
        f"{_explanations(checked.article.graph())}"
    )


def _explanations(root: Value) -> str:
    # The chain rule for the first parameters; the others are like them.
    leaves = [n for n in ancestors(root) if n.is_leaf and n.requires_grad and n.name]
    made = [explain(root, leaf) for leaf in leaves[:EXPLAINED]]
    return "\n".join(
        f"<details><summary>{math(e.notation)}, written out</summary>"
        f"{scroll(e.to_html(), str(e.notation), 'formulas')}</details>"
        for e in made
    )


# -- the misprints and the remarks -----------------------------------------------------


def _slips(checked: CheckedArticle) -> str:
    if not checked.slips:
        return ""
    intro = (
        "<h3>Where the notes slip</h3>\n<p>Each line was computed as it is printed, "
        "and compared like the claims above. The witness is a point at which it gives "
        "another number than the engine and the references, which agree.</p>"
    )
    return "\n".join([intro, *map(_slip, checked.slips)])


def _remarks(remarks: Sequence[Remark]) -> str:
    if not remarks:
        return ""
    rows = "".join(
        f"<li><strong>{escape(remark.where)}</strong>: {escape(remark.words)}</li>"
        for remark in remarks
    )
    return f"<h3>Incomplete, ambiguous or lost in the notes</h3>\n<ul>{rows}</ul>"


def _slip(checked: CheckedMisprint) -> str:
    slip, printed, right = checked.slip, checked.printed, checked.right
    c = printed.witness
    left = math(printed.claim.left())
    rows = (
        ("Right-hand side", math(printed.claim.right()[-1]), c.closed[-1]),
        ("Engine", left, c.engine),
        ("Complex step", left, c.complex_step),
        ("50-digit difference", left, c.precise),
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
        f'<section class="slip"><h4>{escape(slip.where)}</h4>'
        f"<p>{escape(slip.words)}</p>"
        f"{_judged('Printed', printed, slip.defines)}{scroll(table, slip.where)}"
        f"{_judged('Right', right, slip.defines)}</section>"
    )


def _judged(word: str, check: Check, defines: Sequence[str]) -> str:
    model = check.claim.model
    lines = [
        equation(model.symbol(name), model.definitions[name](model.names()))
        for name in defines
    ]
    lines.append(equation(check.claim.left(), check.claim.right()[-1]))
    shown = ", ".join(math(line, wide=True) for line in lines)
    text = f"{word}: {shown} {verdict(check, bare=True)}"
    return scroll(f"<p>{text}</p>", word, "line")
