"""What every plot stands on: axes, colours, strokes, and the way onto a page.

The one idea: a plot's ink is the colour of the text around it, so that it is readable
on light and dark paper; its letters are text in the reader's font; it carries no
style, script, date or random id, so that the strictest page may hold it and the same
numbers give the same bytes.
"""

import io
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from ..labels import html_text

__all__ = [
    "COLOURS",
    "FAINT",
    "INK",
    "LINES",
    "MARKERS",
    "Function1",
    "Function2",
    "Pair",
    "canvas",
    "grid",
    "legend",
    "stroke",
    "write",
]

Function1 = Callable[[float], float]
Function2 = Callable[[float, float], float]
Pair = tuple[float, float]

# Middle tones, legible on white and on black; each with its own line and marker.
COLOURS = ("#0A84C6", "#D9691E", "#4C9A52", "#A65CC4")
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")
FAINT = "#6F7985"  # 4.4:1 on white, 4.0:1 on the book's dark page
INK = "#010203"  # becomes currentColor
SAMPLES = 121
SALT = "autograd-core"


def grid(interval: Pair, count: int = SAMPLES) -> list[float]:
    """Equally spaced places from one end of ``interval`` to the other."""
    low, high = interval
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def stroke(i: int, count: int) -> dict[str, Any]:
    """How the ``i``-th line of ``count`` points looks: also without colour."""
    marker = MARKERS[i % 4] if count <= 30 else ""
    return {
        "color": COLOURS[i % 4],
        "linestyle": LINES[i % 4],
        "linewidth": 1.8,
        "marker": marker,
        "markersize": 4,
    }


def write(axes: Any, label: str, point: Pair) -> None:
    """A name beside a point."""
    axes.annotate(
        label, point, xytext=(7, 6), textcoords="offset points", color=INK, fontsize=10
    )


def legend(axes: Any, entries: Any) -> None:
    """The names of the lines, if there are any ``entries``."""
    if entries:
        # Above the picture, where it covers nothing.
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2}
        axes.legend(frameon=False, fontsize=9, labelcolor=INK, **place)


def canvas(title: str, names: tuple[str, str]) -> tuple[Any, Callable[[], str]]:
    """Axes to draw on, and what makes an ``<svg>`` of them.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
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
    axes.tick_params(which="both", colors=INK, labelsize=9)
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(FAINT)

    def finish() -> str:
        file = io.StringIO()
        settings: Any = {"svg.hashsalt": SALT, "svg.fonttype": "none"}
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
    # Only the ids that something refers to, each made this plot's own by a hash of
    # the whole: two plots of one page may have the same title and the same markers.
    own = sha256(text.encode()).hexdigest()[:8]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(
        r' id="([^"]*)"', lambda m: f' id="{m[1]}-{own}"' if m[1] in used else "", text
    )
    text = re.sub(r'(href="#|url\(#)([^")]+)', rf"\1\2-{own}", text)
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
