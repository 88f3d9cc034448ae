"""A drawing with a slider: one layout, on which each step switches classes.

What one can do with this file: make a fragment for a page that already has
`STYLE_SHEET` and `SCRIPT` (`fragment`), or a whole page (`page`).

The one idea: everything is in the markup. The steps are a list of sentences, each
with the ids that it is about; without a script a reader has the complete drawing and
the list. The script, the same for every drawing, only moves through the list. All
ids begin with the fragment's own, so a page can have any number of them.
"""

import re
from collections.abc import Sequence

from autograd_core.html_page import html_page

from .frames import Frame
from .labels import html_text
from .style import DARK_FOR

__all__ = ["SCRIPT", "STYLE_SHEET", "fragment", "page"]

WIDE = 720  # points; a wider drawing shrinks with its box, to 7/10 at most

_SHEET = """
.ag-player { --ag-ink: #1b1f24; --ag-muted: #545d69; --ag-rule: #b9c1cb;
  --ag-paper: #fff; --ag-soft: #f4f6f9; --ag-focus: #0b5cad; --ag-quiet: #98a2ae;
  color: var(--ag-ink); margin: 1rem 0; max-width: 100%; }
.ag-box { overflow-x: auto; border: 1px solid var(--ag-rule); border-radius: .5rem;
  background: var(--ag-paper); }
.ag-box.dark { background: #14181d; }
.ag-box svg { display: block; margin: 0 auto; }
.ag-box.wide svg { min-width: 100%; height: auto; }
.ag-bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center;
  margin: .6rem 0; }
.ag-bar[hidden] { display: none; }
.ag-bar input { flex: 1 1 10rem; min-width: 6rem; accent-color: var(--ag-focus); }
.ag-bar button { font: inherit; min-width: 2.75rem; min-height: 2.5rem;
  color: inherit; background: var(--ag-soft); border: 1px solid var(--ag-rule);
  border-radius: .4rem; cursor: pointer; }
.ag-bar button:disabled { opacity: .45; cursor: default; }
.ag-at { color: var(--ag-muted); font-variant-numeric: tabular-nums; }
.ag-say { min-height: 3.1em; margin: .4rem 0; overflow-wrap: anywhere; }
.ag-player :focus-visible { outline: 3px solid var(--ag-focus); outline-offset: 2px; }
.ag-player details > div { overflow-x: auto; }
.ag-player table { border-collapse: collapse; margin: .75rem 0; font-size: .9rem; }
.ag-player caption { text-align: left; color: var(--ag-muted); padding: .3rem 0; }
.ag-player th, .ag-player td { text-align: left; font-weight: normal;
  padding: .25rem .75rem .25rem 0; border-top: 1px solid var(--ag-rule);
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.ag-player .node, .ag-player .edge { transition: opacity .2s; }
.ag-player .off { opacity: .12; }
.ag-player .bare .grad, .ag-player .quiet text, .ag-player .quiet polygon,
.ag-player .off.quiet path { visibility: hidden; }
.ag-player .ag-box .quiet path { stroke: var(--ag-quiet); stroke-width: 1;
  stroke-dasharray: none; }
.ag-player .node.now > path[stroke]:not([stroke="none"]) { stroke: var(--ag-focus);
  stroke-width: 4; }
@media (prefers-reduced-motion: reduce) {
  .ag-player .node, .ag-player .edge { transition: none; } }
@media print { .ag-bar { display: none; } .ag-box { overflow: visible; } }
""".strip()

_DARK = """
@media (prefers-color-scheme: dark) {
.ag-player { --ag-ink: #e6e9ed; --ag-muted: #a9b3bf; --ag-rule: #46505c;
  --ag-paper: #14181d; --ag-soft: #262d35; --ag-focus: #7db4f0;
  --ag-quiet: #7c8794; }
%s
}""".strip()


def _recoloured() -> str:
    # The dark theme, for a drawing that was made in the light one.
    rules = []
    for light, dark in DARK_FOR.items():
        for name in ("fill", "stroke"):
            spelled = [light.lower(), light] + ["white"] * (light == "#FFFFFF")
            chosen = ", ".join(f'.ag-box.light [{name}="{c}"]' for c in spelled)
            rules.append(f"{chosen} {{ {name}: {dark.lower()}; }}")
    return "\n".join(rules)


STYLE_SHEET = f"{_SHEET}\n{_DARK % _recoloured()}"

SCRIPT = """
(function () {
  "use strict";
  function words(item, name) {
    return (item.getAttribute(name) || "").split(" ").filter(Boolean);
  }
  function start(player) {
    var items = Array.prototype.slice.call(player.querySelectorAll(".ag-steps li"));
    var slider = player.querySelector("input"), bar = player.querySelector(".ag-bar");
    var back = player.querySelector(".ag-back"), on = player.querySelector(".ag-next");
    var at = player.querySelector(".ag-at"), say = player.querySelector(".ag-say");
    var nodes = player.querySelectorAll("svg .node");
    var edges = player.querySelectorAll("svg .edge");
    player.setAttribute("data-ready", "");
    if (!items.length) { return; }
    function show(k) {
      var computed = {}, graded = {}, drawn = {}, flowed = {}, now = {};
      items.slice(0, k).forEach(function (item) {
        var forward = item.getAttribute("data-phase") === "forward";
        words(item, "data-node").forEach(function (id) {
          (forward ? computed : graded)[id] = true;
        });
        words(item, "data-edges").forEach(function (id) {
          (forward ? drawn : flowed)[id] = true;
        });
      });
      words(items[k - 1], "data-node").concat(words(items[k - 1], "data-edges"))
        .forEach(function (id) { now[id] = true; });
      nodes.forEach(function (node) {
        node.classList.toggle("off", !computed[node.id]);
        node.classList.toggle("bare", !graded[node.id]);
        node.classList.toggle("now", !!now[node.id]);
      });
      edges.forEach(function (edge) {
        var flow = edge.classList.contains("flow");
        edge.classList.toggle("off", !drawn[edge.id]);
        edge.classList.toggle("quiet", flow && !flowed[edge.id]);
        edge.classList.toggle("now", !!now[edge.id]);
      });
      reveal(player.querySelector("svg .node.now"));
      slider.value = k;
      slider.setAttribute("aria-valuetext", "step " + k + " of " + items.length);
      at.textContent = k + " / " + items.length;
      say.textContent = items[k - 1].textContent;
      back.disabled = k <= 1;
      on.disabled = k >= items.length;
    }
    function reveal(node) {
      var box = player.querySelector(".ag-box");
      if (!node || box.scrollWidth <= box.clientWidth) { return; }
      var a = box.getBoundingClientRect(), b = node.getBoundingClientRect();
      if (b.left < a.left || b.right > a.right) {
        box.scrollLeft += (b.left + b.right - a.left - a.right) / 2;
      }
    }
    function move(by) {
      var k = Number(slider.value) + by;
      show(Math.max(1, Math.min(items.length, k)));
    }
    slider.addEventListener("input", function () { show(Number(slider.value)); });
    back.addEventListener("click", function () { move(-1); });
    on.addEventListener("click", function () { move(1); });
    bar.addEventListener("keydown", function (event) {
      if (event.target === slider) { return; }
      if (event.key === "ArrowLeft" || event.key === "ArrowDown") { move(-1); }
      else if (event.key === "ArrowRight" || event.key === "ArrowUp") { move(1); }
      else { return; }
      event.preventDefault();
    });
    bar.hidden = false;
    show(Number(slider.value));
  }
  document.querySelectorAll(".ag-player:not([data-ready])").forEach(start);
})();
""".strip()


def fragment(
    svg: str,
    steps: Sequence[Frame],
    tables: str,
    *,
    id_: str,
    title: str,
    theme: str = "light",
    start: int | None = None,
) -> str:
    """The markup of one player, or of a still drawing if there are no steps.

    Parameters
    ----------
    svg
        The picture, with an id on every node and edge.
    tables
        The accessible twin, as HTML.
    id_
        What its ids begin with.
    start
        The step to open at, from 1; by default the last, the complete drawing.
    """
    width = _WIDTH.search(svg)
    wide = ""
    if width and float(width[2]) > WIDE:
        wide = " wide"
        svg = _WIDTH.sub(
            f'<svg\\g<1>width="{0.7 * float(width[2]):.0f}pt"', svg, count=1
        )
    box = (
        f'<div class="ag-box {theme}{wide}" role="region" tabindex="0" '
        f'aria-label="Drawing: {html_text(title)}">{_own(svg, id_)}</div>'
    )
    parts = [f'<figure class="ag-player" id="{id_}">']
    parts += [_bar(len(steps), start)] if steps else []
    parts += [box]
    parts += [_list(steps, id_)] if steps else []
    parts += [
        (
            "<details><summary>The same numbers as tables</summary>"
            f"<div>{tables}</div></details>"
        ),
        "</figure>",
    ]
    return "\n".join(parts)


def _bar(n: int, start: int | None) -> str:
    return (
        '<div class="ag-bar" hidden>'
        '<button type="button" class="ag-back" aria-label="previous step">◀</button>'
        f'<input type="range" min="1" max="{n}" value="{start or n}" '
        'aria-label="step">'
        '<button type="button" class="ag-next" aria-label="next step">▶</button>'
        '<span class="ag-at"></span></div>\n<p class="ag-say" aria-live="polite"></p>'
    )


def _list(steps: Sequence[Frame], id_: str) -> str:
    items = "\n".join(
        f'<li data-phase="{frame.phase}" data-node="{id_}-{frame.node}" '
        f'data-edges="{" ".join(f"{id_}-{edge}" for edge in frame.edges)}">'
        f"{html_text(frame.sentence)}</li>"
        for frame in steps
    )
    return (
        f"<details><summary>All {len(steps)} steps</summary>"
        f'<ol class="ag-steps">\n{items}\n</ol></details>'
    )


_WIDTH = re.compile(r'<svg([^>]*?)width="([\d.]+)pt" height="[\d.]+pt"')
_ID = re.compile(r'(<g id=")(\w+)(")')
_NODE = re.compile(r'<g id="[^"]*" class="node .*?</g>', re.DOTALL)
_GRAD = re.compile(r'<text(?=[^>]* font-size="9.00"[^>]*>grad<)')


def _own(svg: str, id_: str) -> str:
    # Ids of its own, and a class on the part of each card that waits for the gradient.
    def marked(found: re.Match[str]) -> str:
        start = _GRAD.search(found[0])
        if start is None:
            return found[0]
        rest = found[0][start.start() :].replace("<text ", '<text class="grad" ')
        return found[0][: start.start()] + rest

    return _ID.sub(rf"\g<1>{id_}-\g<2>\g<3>", _NODE.sub(marked, svg))


_PAGE_SHEET = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: #fff;
  color: #1b1f24; font: 1rem/1.5 system-ui, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #e6e9ed; } }
""".lstrip()


def page(title: str, body: str) -> str:
    """A whole HTML file around the `fragment` ``body``."""
    title = html_text(title)
    return html_page(
        title,
        f"<main>\n<h1>{title}</h1>\n{body}\n</main>",
        style=_PAGE_SHEET + STYLE_SHEET,
        script=SCRIPT,
    )
