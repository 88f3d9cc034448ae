"""What pictures and tables of the chapters are made from.

What one can do with this file: ask for a quantity as a function of floats (`height`)
and for points of its graph (`samples`), for the way and the losses of a run (`track`,
`heights`), and for a reading that is made of a whole gradient (`measured`).

The one idea: an article names a model and a point; the plumbing to floats is here.
"""

from collections.abc import Callable
from typing import Any

from autograd_core.numbers.text import Formula

from ..article import Model, Point
from ..checks import engine, engine_source
from ..readings import Reading, Run, Source

__all__ = ["height", "heights", "measured", "samples", "track"]


def height(
    model: Model, target: str, over: tuple[str, ...] = (), point: Point | None = None
) -> Callable[..., float]:
    """The quantity ``target`` as a function of floats.

    Parameters
    ----------
    over
        The inputs that it is a function of; all of them by default.
    point
        Where the other inputs stay.
    """
    of, names = model.function(target), over or model.inputs
    fixed = point.values if point else {}

    def f(*numbers: float) -> float:
        values = {**fixed, **dict(zip(names, numbers, strict=True))}
        return float(engine(of, [values[name] for name in model.inputs], ()))

    return f


def samples(
    f: Callable[[float], float], low: float, high: float, count: int = 121
) -> list[tuple[float, float]]:
    """``count`` points of the graph of ``f``, from ``low`` to ``high``."""
    step = (high - low) / (count - 1)
    return [(x, f(x)) for x in (low + step * i for i in range(count))]


def track(run: Run) -> list[tuple[float, float]]:
    """Where a run in two variables was, for a picture."""
    rows = run.iterates(engine_source())
    return [(float(row.x[0]), float(row.x[1])) for row in rows]


def heights(run: Run) -> list[float]:
    """The target of a run before its first step and after each."""
    return [float(row.f) for row in run.iterates(engine_source())]


def measured(
    label: Formula | str,
    model: Model,
    target: str,
    point: Point,
    of: Callable[[Source, list[Any]], Any],
    over: tuple[str, ...] = (),
) -> Reading:
    """A number that is a function of the gradient at a point.

    Parameters
    ----------
    of
        Gets the source and the gradient by ``over`` (all inputs by default).
    """
    names = over or model.inputs

    def compute(source: Source) -> Any:
        return of(source, source.gradient(model, target, names, point.values))

    return Reading(label, compute)
