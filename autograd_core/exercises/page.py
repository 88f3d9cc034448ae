"""The printable form: an exercise, or its solution, as one static HTML page.

What one can do with this file: make the page (`page`).

The one idea: a page is good on paper, and follows the reader's light or dark setting.
The drawing is handed in, because the engine does not know the package that draws.
"""

from collections.abc import Iterable, Iterator
from html import escape

from ..expression import parse
from ..html_page import html_page
from ..numbers.text import Formula, derivative, equation, number, symbol
from .blanks import GRADIENT, VALUE, Blank
from .levels import LEVELS, RESULT
from .problem import Exercise
from .worksheet import TASKS

__all__ = ["page"]

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #545d69;
  --rule: #c9d0d8; --soft: #f4f6f9; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e6e9ed;
  --muted: #a3adb9; --rule: #46505c; --soft: #1d232a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .25rem; }
p { max-width: 44rem; margin: .25rem 0 .5rem; }
p, summary { color: var(--muted); }
math { font-size: 1.1em; }
ul { list-style: none; margin: .5rem 0; padding: 0; display: grid; gap: .6rem 2rem;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
li { display: flex; align-items: center; gap: .5rem; break-inside: avoid; }
.blank { flex: 1; max-width: 8rem; min-height: 2rem; border: 1px solid var(--rule);
  border-radius: .3rem; background: var(--soft); }
.answer { font-weight: 600; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--rule);
  border-radius: .5rem; background: var(--soft); font-size: .875rem; }
details { margin-top: 1.5rem; }
@media print { body { padding: 0; } .as-text { display: none; }
  .wide svg { width: 100%; } }
""".strip()


def page(
    made: Exercise,
    picture: str = "",
    *,
    solution: bool = False,
    style: str = "",
    script: str = "",
) -> str:
    """The exercise as a whole HTML file.

    Parameters
    ----------
    made
        The exercise.
    picture
        HTML of the drawing, which must not show what is asked.
    solution
        Fill everything in.
    style, script
        The style sheet and the script that ``picture`` needs.
    """
    word = "Solution" if solution else "Exercise"
    title = escape(f"{word}: {made.title}")
    body = (
        f"<main>\n<h1>{title}</h1>\n"
        f"<p>{escape(LEVELS[made.level - 1].capitalize())}.</p>\n"
        f"{_body(made, picture, solution)}\n</main>"
    )
    return html_page(title, body, style=f"{_STYLE}\n{style}", script=script)


def _body(made: Exercise, picture: str, solution: bool) -> str:
    parts = ["<h2>Given</h2>", _list(_given(made))]
    parts += ["<h2>Computed</h2>", _list(_computed(made))]
    parts += [picture] if picture else []
    for n, (kind, (heading, says)) in enumerate(TASKS.items(), 1):
        rows = [
            f"<li>{_math(_left(blank))} <span>=</span> {_right(blank, solution)}</li>"
            for blank in made.blanks
            if blank.kind == kind
        ]
        parts += [
            f"<h2>{n}. {heading}</h2>",
            f"<p>{escape(_spoken(says))}</p>",
            _list(rows),
        ]
    text = escape(made.text(solution=solution))
    says = "As text" if solution else "As text, to be filled in and marked"
    parts.append(
        f'<details class="as-text"><summary>{says}</summary>\n<pre>{text}</pre>'
        "</details>"
    )
    return "\n".join(parts)


def _spoken(task: str) -> str:
    # As the page writes it, not the text form.
    return task.replace("partial(v, u)", "∂v/∂u").replace(" * ", " · ")


def _list(rows: Iterable[str]) -> str:
    return "<ul>\n{}\n</ul>".format("\n".join(rows))


def _given(made: Exercise) -> Iterator[str]:
    for name, given in made.draft.given.items():
        note = "<span>(data)</span>" if name in made.draft.data else ""
        yield f"<li>{_math(equation(symbol(name), number(given)))} {note}</li>"


def _computed(made: Exercise) -> Iterator[str]:
    for name, text in made.draft.formulas:
        formula = parse(text)
        right = formula.evaluate({x: symbol(x) for x in formula.names})
        yield f"<li>{_math(equation(symbol(name), right))}</li>"


def _left(blank: Blank) -> Formula:
    if blank.kind == VALUE:
        return symbol(blank.node)
    if blank.kind == GRADIENT:
        return derivative(symbol(RESULT), symbol(blank.node), total=True)
    return derivative(symbol(blank.node), symbol(blank.wrt))


def _right(blank: Blank, solution: bool) -> str:
    if solution:
        return f'<span class="answer">{_math(number(blank.answer))}</span>'
    return '<span class="blank" role="img" aria-label="blank"></span>'


def _math(formula: Formula) -> str:
    # Fractions at full size; with its text, for readers without MathML.
    start = f'<math displaystyle="true" alttext="{escape(str(formula))}">'
    return formula.to_mathml().replace("<math>", start, 1)
