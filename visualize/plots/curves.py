"""One number against another: graphs, polylines, losses, fits to data."""

from collections.abc import Callable, Mapping, Sequence

from .canvas import (
    COLOURS,
    INK,
    MARKERS,
    Function1,
    Pair,
    canvas,
    grid,
    legend,
    stroke,
    write,
)

__all__ = ["curve", "fit", "lines", "losses"]


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
    axes, finish = canvas(title, names)
    places = grid(x)
    axes.plot(places, [f(t) for t in places], color=INK, linewidth=1.6)
    axes.set_xlim(*x)
    low, high = y or axes.get_ylim()
    reach = (x[1] - x[0]) / 5
    for i, (label, (at, slope)) in enumerate((tangents or {}).items()):
        ends = [at - reach, at + reach]
        line = [f(at) + slope * (t - at) for t in ends]
        axes.plot(ends, line, label=label, **{**stroke(i, 2), "marker": ""})
        axes.plot([at], [f(at)], marker=MARKERS[i % 4], color=COLOURS[i % 4])
    for label, at in (marks or {}).items():
        axes.plot([at], [f(at)], marker="+", markersize=11, color=INK)
        write(axes, label, (at, f(at)))
    axes.set_ylim(low, high)
    legend(axes, tangents)
    return finish()


def losses(
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    names: tuple[str, str] = ("step", "loss"),
    logarithmic: bool = True,
) -> str:
    """A number after each step, for one or several runs."""
    axes, finish = canvas(title, names)
    for i, (label, numbers) in enumerate(series.items()):
        steps = list(range(len(numbers)))
        axes.plot(steps, list(numbers), label=label, **stroke(i, len(numbers)))
    if logarithmic:
        axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    legend(axes, series)
    return finish()


def lines(
    series: Mapping[str, Sequence[Pair]],
    *,
    title: str,
    names: tuple[str, str] = ("x", "y"),
    log: bool = False,
) -> str:
    """Points joined by straight lines, one line per name.

    Parameters
    ----------
    series
        Name -> points, in the order in which they are joined.
    title
        What is to be seen, for readers who cannot see it.
    names
        Of the axes.
    log
        Whether the second axis is logarithmic; then every y must be positive.
    """
    axes, finish = canvas(title, names)
    for i, (label, points) in enumerate(series.items()):
        axes.plot(*zip(*points, strict=True), label=label, **stroke(i, len(points)))
    if log:
        axes.set_yscale("log")
    legend(axes, series)
    return finish()


def fit(
    points: Sequence[Pair],
    curves: Mapping[str, Function1],
    x: Pair,
    *,
    title: str,
    band: Callable[[float], Pair] | None = None,
    names: tuple[str, str] = ("x", "y"),
    y: Pair | None = None,
) -> str:
    """Data as dots, and curves through them.

    Parameters
    ----------
    points
        The data.
    curves
        Name -> a fitted function.
    x, y
        The intervals that are shown.
    title
        What is to be seen, for readers who cannot see it.
    band
        The lower and the upper end of an interval around the first curve, at x.
    names
        Of the axes.
    """
    axes, finish = canvas(title, names)
    places = grid(x)
    if band is not None:
        ends = [band(place) for place in places]
        low, high = zip(*ends, strict=True)
        axes.fill_between(places, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    for i, (label, f) in enumerate(curves.items()):
        heights = [f(place) for place in places]
        axes.plot(places, heights, label=label, **stroke(i, len(places)))
    axes.plot(*zip(*points, strict=True), linestyle="", marker="o", color=INK, ms=4)
    axes.set_xlim(*x)
    if y is not None:
        axes.set_ylim(*y)
    legend(axes, curves)
    return finish()
