"""Heights over a plane: lines of equal height, descents over them, saddles."""

from collections.abc import Mapping, Sequence
from typing import Any

from .canvas import (
    COLOURS,
    FAINT,
    INK,
    LINES,
    Function2,
    Pair,
    canvas,
    grid,
    legend,
    stroke,
    write,
)

__all__ = ["contour", "saddle"]


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
    axes, finish = canvas(title, names)
    _heights(axes, f, x, y, levels)
    for i, (label, points) in enumerate((paths or {}).items()):
        axes.plot(*zip(*points, strict=True), label=label, **stroke(i, len(points)))
    for label, point in (marks or {}).items():
        axes.plot(*point, marker="+", markersize=11, markeredgewidth=2, color=INK)
        write(axes, label, point)
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    legend(axes, paths)
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
    axes, finish = canvas(title, names)
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
    legend(axes, eigen)
    return finish()


def _heights(axes: Any, f: Function2, x: Pair, y: Pair, levels: Any) -> None:
    xs, ys = grid(x, 61), grid(y, 61)
    numbers = [[f(a, b) for a in xs] for b in ys]
    lines = axes.contour(xs, ys, numbers, levels=levels, colors=FAINT, linewidths=0.8)
    axes.clabel(lines, fontsize=8, colors=FAINT, fmt="%.3g")
