"""Classes: where a classifier decides for which, and what it mistook for what."""

from collections.abc import Mapping, Sequence
from itertools import product

from .canvas import (
    COLOURS,
    FAINT,
    INK,
    MARKERS,
    Function2,
    Pair,
    canvas,
    grid,
    legend,
)

__all__ = ["boundary", "matrix"]


def boundary(
    f: Function2,
    x: Pair,
    y: Pair,
    *,
    title: str,
    classes: Mapping[str, Sequence[Pair]],
    levels: Sequence[float] = (0.0,),
    names: tuple[str, str] = ("x₁", "x₂"),
) -> str:
    """The regions between the levels of ``f``, and samples over them.

    Parameters
    ----------
    f
        A score, or the index of a class.
    x, y
        The intervals that are shown.
    title
        What is to be seen, for readers who cannot see it.
    classes
        Name -> samples, from the region of the lowest scores upwards.
    levels
        Where the regions meet, rising: 0 for a score, 0.5, 1.5, ... for the index of
        a class.
    names
        Of the axes.
    """
    axes, finish = canvas(title, names)
    xs, ys = grid(x, 61), grid(y, 61)
    heights = [[f(a, b) for a in xs] for b in ys]
    low = min(map(min, heights), default=0.0)
    high = max(map(max, heights), default=0.0)
    edges = [min(low, levels[0]) - 1.0, *levels, max(high, levels[-1]) + 1.0]
    tones = [COLOURS[i % len(COLOURS)] for i in range(len(edges) - 1)]
    axes.contourf(xs, ys, heights, levels=edges, colors=tones, alpha=0.18)
    axes.contour(xs, ys, heights, levels=levels, colors=INK, linewidths=1.4)
    for i, (label, points) in enumerate(classes.items()):
        if points:
            look = {"marker": MARKERS[i % 4], "color": COLOURS[i % 4], "ms": 4}
            axes.plot(*zip(*points, strict=True), linestyle="", label=label, **look)
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    legend(axes, classes)
    return finish()


def matrix(
    rows: Sequence[Sequence[float]],
    *,
    title: str,
    row_names: Sequence[str],
    column_names: Sequence[str],
    names: tuple[str, str] = ("predicted", "true"),
) -> str:
    """A table as tones, with its numbers: a confusion matrix, for one.

    Parameters
    ----------
    rows
        The numbers, none negative; each row as long as ``column_names``.
    title
        What is to be seen, for readers who cannot see it.
    row_names, column_names
        Beside the rows, from the top, and under the columns.
    names
        Of the axes: columns, rows.
    """
    axes, finish = canvas(title, names)
    height, width = len(row_names), len(column_names)
    most = max((max(row) for row in rows), default=0.0) or 1.0
    # Squares of their own, not an image: a page stays text, and sharp at any size.
    for i, j in product(range(height), range(width)):
        square = [j - 0.5, j + 0.5], [i - 0.5] * 2, [i + 0.5] * 2
        tone = 0.55 * rows[i][j] / most
        axes.fill_between(*square, color=COLOURS[0], alpha=tone, linewidth=0)
        text = f"{rows[i][j]:.4g}".replace("-", "\u2212")
        axes.text(j, i, text, ha="center", va="center", color=INK, fontsize=9)
    axes.set_xticks(range(width), column_names)
    axes.set_yticks(range(height), row_names)
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(height - 0.5, -0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_color(FAINT)
    return finish()
