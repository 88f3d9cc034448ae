"""The shell of a page: one static HTML file that needs nothing else.

What one can do with this file: wrap a body into a page; escape text; turn formulas
and numbers into HTML.

The one idea: a page follows the reader's light or dark setting and fits a narrow
screen: what is wide scrolls in its own box. Its script is that of the slider.
"""

from typing import Any

from autograd_core.html_page import html_page
from autograd_core.numbers.text import Formula
from visualize import SCRIPT, STYLE_SHEET
from visualize.labels import html_text

__all__ = ["MINUS", "escape", "label_html", "math", "number", "page", "scroll"]

MINUS = "−"
CHECKED = (
    "Every number and verdict on this page was computed when it was built; the build "
    "fails when the engine and an independent reference disagree."
)

escape = html_text

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #545d69;
  --rule: #c9d0d8; --soft: #f4f6f9; --link: #0b5cad; --good: #0a6b3c;
  --bad: #a3370b; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e6e9ed;
  --muted: #a3adb9; --rule: #3a434e; --soft: #1d232a; --link: #7db4f0;
  --good: #6fd0a0; --bad: #ff9d73; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, Helvetica, Arial, sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { color: var(--muted); font-size: .875rem; padding-bottom: 3rem;
  border-top: 1px solid var(--rule); margin-top: 3rem; }
h1 { line-height: 1.2; margin: .25rem 0; font-size: 1.9rem; }
h2 { margin: 3.5rem 0 .25rem; padding-top: 1rem; font-size: 1.5rem;
  border-top: 1px solid var(--rule); }
h3 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
h4 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p, ul, ol { max-width: 44rem; }
a { color: var(--link); }
.muted, caption, .where { color: var(--muted); }
.where { font-size: .8125rem; white-space: nowrap; }
.scroll { overflow-x: auto; border: 1px solid var(--rule); border-radius: .5rem;
  margin: 1rem 0; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; }
.formulas { width: fit-content; max-width: 100%; padding-right: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; padding: .6rem .75rem; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top;
  border-top: 1px solid var(--rule); white-space: nowrap; }
table.wrap td, table.wrap th { white-space: normal; }
thead th { background: var(--soft); font-weight: 600; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
th.n { text-align: right; }
tbody + tbody { border-top: 2px solid var(--rule); }
tbody th { font-weight: normal; }
table.wrap tbody th { min-width: 7rem; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.chain { display: grid; grid-template-columns: max-content max-content max-content;
  column-gap: .4rem; row-gap: .6rem; align-items: center; padding: .9rem 1rem; }
.chain .where { padding-left: 1rem; }
.narrow { width: fit-content; max-width: 100%; }
.narrow table { width: auto; }
.narrow .title { white-space: nowrap; }
pre { margin: 0; padding: .6rem .9rem; font-size: .875rem; }
.slip { border-left: 4px solid var(--bad); padding-left: 1rem; margin: 2rem 0; }
.slip h4 { margin: 0; }
figure { margin: 1rem 0; }
figcaption { color: var(--muted); font-size: .9rem; max-width: 44rem; }
.plots { display: grid; gap: 0 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.plot { display: block; width: 100%; max-width: 42rem; height: auto; }
.kind { border: 1px solid var(--rule); border-radius: 1rem; padding: .05rem .6rem;
  font-size: .8125rem; color: var(--muted); }
.toc { columns: 22rem; padding-left: 1.2rem; max-width: none; }
.toc li { break-inside: avoid; }
.contents h2 { border: 0; margin-top: 2rem; padding: 0; font-size: 1.25rem; }
.slip table { width: auto; }
.slip .scroll { width: fit-content; max-width: 100%; }
.formula { max-width: 22em; overflow: auto hidden; padding: .3rem 0; }
.line { border: 0; margin: 0; }
.line p { margin: .6rem 0; white-space: nowrap; max-width: none; }
math { font-size: 1.1em; }
@media print { .scroll { overflow: visible; border: 0; } }
""".strip()

SHEET = f"{STYLE}\n{STYLE_SHEET}"


def page(
    title: str,
    body: str,
    *,
    home: str | None = None,
    command: str = "book",
    foot: str = CHECKED,
) -> str:
    """A whole HTML file.

    Parameters
    ----------
    title
        Plain text.
    body
        HTML, already escaped.
    home
        A link back to the list of chapters.
    command
        Which command of the program makes the page.
    foot
        The last sentence, plain text.
    """
    back = f'<p><a href="{escape(home)}">All chapters</a></p>' if home else ""
    return html_page(
        escape(title),
        f"<header>{back}</header>\n<main>\n{body}\n</main>\n"
        f"<footer><p>{escape(foot)}</p></footer>",
        style=SHEET,
        script=SCRIPT,
        images=True,
        generator=f"autograd-core {escape(command)}",
    )


def math(formula: Formula, *, equals: bool = False, wide: bool = False) -> str:
    """A formula as MathML, with its text for readers without MathML.

    Parameters
    ----------
    equals
        Begin with an equals sign: a further line of a chain.
    wide
        Fractions at full size.
    """
    sign = ("= ", "<mo>=</mo>") if equals else ("", "")
    style = ' displaystyle="true"' if wide else ""
    start = f'<math{style} alttext="{escape(sign[0] + str(formula))}">'
    return formula.to_mathml().replace("<math>", start + sign[1], 1)


def label_html(label: Formula | str) -> str:
    """A formula as MathML, a text escaped."""
    return escape(label) if isinstance(label, str) else math(label)


def number(x: Any, digits: int = 10) -> str:
    """A number to ``digits`` significant digits; a dash for None.

    Below 1e-40 stands 0: a reference's own error beside a derivative that is 0.
    """
    if x is None:
        return "–"
    if abs(x) < 1e-40:
        return "0"
    text = f"{float(x):#.{digits}g}"
    return text.replace(".e", "e").replace("-", MINUS)


def scroll(content: str, label: str, kind: str = "") -> str:
    """A box that scrolls sideways on a narrow screen, also by keyboard."""
    classes = f"scroll {kind}".strip()
    return (
        f'<div class="{classes}" role="region" tabindex="0" '
        f'aria-label="{escape(label)}">{content}</div>'
    )
