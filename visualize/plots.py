"""Plots where people would rather look than read: contours, curves, descents.

What one can do with this file: `contour` with the paths of a descent over it, `curve`
with tangents, `losses` over steps, `saddle` with the eigenvectors of a Hessian; each
returns an ``<svg>`` element for a file or a page.

The one idea: a plot is drawn by matplotlib and then made fit for a page. Its ink is
the colour of the text around it, so that it is readable on light and dark paper; its
letters are text in the reader's font; it carries no style, script, date or random
id, so that the strictest page may hold it and the same numbers give the same bytes.

Needs matplotlib, which is imported when a plot is drawn.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .labels import html_text

__all__ = ["contour", "curve", "losses", "saddle"]

Function1 = Callable[[float], float]
Function2 = Callable[[float, float], float]
Pair = tuple[float, float]

# Middle tones, legible on white and on black; each with its own line and marker.
COLOURS = ("#0A84C6", "#D9691E", "#4C9A52", "#A65CC4")
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")
FAINT = "#8A94A0"
INK = "#010203"  # becomes currentColor
SAMPLES = 121
SALT = "autograd-core"


def contour(
    f: Function2,
    x: Pair,
    y: Pair,
    *,
    title: str,
    paths: Mapping[str, Sequence[Pair]] | None = None,
    marks: Mapping[str, Pair] | None = None,
    levels: Sequence[float] | int = 12,
    names: tuple[str, str] = ("x", "y"),
) -> str:
    """Lines of equal height of ``f``, and paths over them.

    Parameters
    ----------
    x, y
        The intervals that are shown.
    title
        What is to be seen, for readers who cannot see it.
    paths, marks
        Name -> points of a path; name -> a single point.
    levels
        The heights, or how many.
    names
        Of the axes.
    """
    axes, finish = _canvas(title, names)
    _heights(axes, f, x, y, levels)
    for i, (label, points) in enumerate((paths or {}).items()):
        axes.plot(*zip(*points, strict=True), label=label, **_stroke(i, len(points)))
    for label, point in (marks or {}).items():
        axes.plot(*point, marker="+", markersize=11, markeredgewidth=2, color=INK)
        _write(axes, label, point)
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    _legend(axes, paths)
    return finish()


def curve(
    f: Function1,
    x: Pair,
    *,
    title: str,
    tangents: Mapping[str, tuple[float, float]] | None = None,
    marks: Mapping[str, float] | None = None,
    names: tuple[str, str] = ("x", "f(x)"),
    y: Pair | None = None,
) -> str:
    """The graph of ``f``, with straight lines that touch it.

    Parameters
    ----------
    x, y
        The intervals that are shown.
    title
        What is to be seen, for readers who cannot see it.
    tangents
        Name -> where a line touches, and its slope.
    marks
        Name -> where a point of the curve is marked.
    names
        Of the axes.
    """
    axes, finish = _canvas(title, names)
    grid = _grid(x)
    axes.plot(grid, [f(t) for t in grid], color=INK, linewidth=1.6)
    axes.set_xlim(*x)
    low, high = y or axes.get_ylim()
    reach = (x[1] - x[0]) / 5
    for i, (label, (at, slope)) in enumerate((tangents or {}).items()):
        ends = [at - reach, at + reach]
        line = [f(at) + slope * (t - at) for t in ends]
        axes.plot(ends, line, label=label, **{**_stroke(i, 2), "marker": ""})
        axes.plot([at], [f(at)], marker=MARKERS[i % 4], color=COLOURS[i % 4])
    for label, at in (marks or {}).items():
        axes.plot([at], [f(at)], marker="+", markersize=11, color=INK)
        _write(axes, label, (at, f(at)))
    axes.set_ylim(low, high)
    _legend(axes, tangents)
    return finish()


def losses(
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    names: tuple[str, str] = ("step", "loss"),
    logarithmic: bool = True,
) -> str:
    """A number after each step, for one or several runs."""
    axes, finish = _canvas(title, names)
    for i, (label, numbers) in enumerate(series.items()):
        steps = list(range(len(numbers)))
        axes.plot(steps, list(numbers), label=label, **_stroke(i, len(numbers)))
    if logarithmic:
        axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    _legend(axes, series)
    return finish()


def saddle(
    f: Function2,
    at: Pair,
    eigen: Sequence[tuple[float, Pair]],
    *,
    title: str,
    reach: float = 1.0,
    names: tuple[str, str] = ("x", "y"),
) -> str:
    """Heights around a stationary point, and the directions in which they bend.

    Parameters
    ----------
    at
        The stationary point.
    eigen
        Eigenvalues of the Hessian there, each with its unit vector. The lines of a
        negative one, along which ``f`` falls, are dashed.
    reach
        How far the picture goes to each side.
    """
    axes, finish = _canvas(title, names)
    x, y = (at[0] - reach, at[0] + reach), (at[1] - reach, at[1] + reach)
    _heights(axes, f, x, y, 12)
    for i, (value, (u, v)) in enumerate(eigen):
        length = 0.75 * reach
        ends = [(at[0] + s * length * u, at[1] + s * length * v) for s in (-1, 1)]
        shape = {"color": COLOURS[value < 0], "linestyle": LINES[value < 0]}
        label = f"\u03bb{'₁₂'[i]} = {value:.4g}".replace("-", "\u2212")
        axes.plot(
            *zip(*ends, strict=True), label=label, linewidth=(1.6, 3.2)[i], **shape
        )
    axes.plot(*at, marker="+", markersize=11, markeredgewidth=2, color=INK)
    axes.set_aspect("equal")
    _legend(axes, eigen)
    return finish()


# -- the parts -------------------------------------------------------------------------


def _grid(interval: Pair, count: int = SAMPLES) -> list[float]:
    low, high = interval
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def _heights(axes: Any, f: Function2, x: Pair, y: Pair, levels: Any) -> None:
    xs, ys = _grid(x, 61), _grid(y, 61)
    numbers = [[f(a, b) for a in xs] for b in ys]
    lines = axes.contour(xs, ys, numbers, levels=levels, colors=FAINT, linewidths=0.8)
    axes.clabel(lines, fontsize=8, colors=FAINT, fmt="%.3g")


def _stroke(i: int, count: int) -> dict[str, Any]:
    marker = MARKERS[i % 4] if count <= 30 else ""
    return {
        "color": COLOURS[i % 4],
        "linestyle": LINES[i % 4],
        "linewidth": 1.8,
        "marker": marker,
        "markersize": 4,
    }


def _write(axes: Any, label: str, point: Pair) -> None:
    axes.annotate(
        label, point, xytext=(7, 6), textcoords="offset points", color=INK, fontsize=10
    )


def _legend(axes: Any, entries: Any) -> None:
    if entries:
        # Above the picture, where it covers nothing.
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2}
        axes.legend(frameon=False, fontsize=9, labelcolor=INK, **place)


def _canvas(title: str, names: tuple[str, str]) -> tuple[Any, Callable[[], str]]:
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "plots are drawn by matplotlib, which is not installed: "
            "pip install 'autograd-core[plot]'"
        ) from None
    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(names[0], color=INK)
    axes.set_ylabel(names[1], color=INK)
    axes.tick_params(colors=INK, labelsize=9)
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(FAINT)

    def finish() -> str:
        file = io.StringIO()
        settings: Any = {"svg.hashsalt": SALT + title, "svg.fonttype": "none"}
        with rc_context(settings):
            figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        return _fit_for_a_page(file.getvalue(), title)

    return axes, finish


# -- the page --------------------------------------------------------------------------

_FONT = re.compile(r"(?P<size>[\d.]+)px (?P<family>.+)")


def _fit_for_a_page(text: str, title: str) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<defs>\s*</defs>", "", text)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r' style="([^"]*)"', _attributes, text)
    text = re.sub(r"\n\s*", "\n", text).replace(INK.lower(), "currentColor")
    head = (
        f'<svg class="plot" role="img" aria-label="{html_text(title)}" '
        'stroke-linejoin="round" stroke-linecap="butt" '
        'font-family="Helvetica, Arial, sans-serif" '
    )
    # Only the ids that something refers to; they are hashes of content and title.
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", text)
    return text.replace("<svg ", head, 1).strip()


def _attributes(match: re.Match[str]) -> str:
    # A page's policy may forbid styles; the same words are allowed as attributes.
    made = []
    for word in match[1].split(";"):
        name, _, value = (part.strip() for part in word.partition(":"))
        if name == "font":
            font = _FONT.fullmatch(value)
            made.append(f'font-size="{font["size"] if font else 10}"')
        elif name:
            made.append(f'{name}="{value}"')
    return " " + " ".join(made)
