"""What a loss is given: predictions and targets, sample by sample, checked.

The one idea: one sample may be given alone; several are lists of equal length. Only
plain numbers among the targets are looked at: NaN, a class that does not exist and
weights that are no distribution are refused with their place.
"""

from collections.abc import Callable
from numbers import Real
from operator import index
from typing import Any

from autograd_core import Index, Value
from autograd_core import sum as total

from .checks import as_row, chosen, got, is_finite, is_number, plain

__all__ = [
    "REDUCTIONS",
    "class_or_weights",
    "component_pairs",
    "is_plain",
    "one_number",
    "reduced",
    "samples",
]


def _mean(losses: list[Any]) -> Any:
    return losses[0] if len(losses) == 1 else total(losses) / len(losses)


def _sum(losses: list[Any]) -> Any:
    return losses[0] if len(losses) == 1 else total(losses)


REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "mean": _mean,
    "sum": _sum,
    "none": lambda losses: losses,
}


def reduced(reduction: Any, losses: list[Any]) -> Any:
    """The losses of the samples as one number, or as they are.

    Raises
    ------
    ValueError
        If the reduction is unknown; the message lists all.
    """
    return chosen(reduction, REDUCTIONS, "reduction")(losses)


def _listed(things: Any) -> Any:
    return things.tolist() if hasattr(things, "tolist") else things


def samples(
    predictions: Any, targets: Any, name: str, *, rows: bool = False
) -> list[tuple[Any, Any, str]]:
    """Pairs of a prediction and a target, with ``[i]`` for messages, "" if alone.

    Parameters
    ----------
    rows
        Whether a prediction is always a row, so that a row of numbers is one sample.

    Raises
    ------
    TypeError
        If only one of the two is a list.
    ValueError
        If there is no sample, or their numbers differ.
    """
    predictions, targets = _listed(predictions), _listed(targets)
    alone = is_number(predictions)
    if rows:
        if alone:
            raise TypeError(
                f"'{name}' must be a row or a list of rows {got(predictions)}"
            )
        predictions = list(predictions)
        alone = bool(predictions) and is_number(predictions[0])
    if alone:
        return [(predictions, targets, "")]
    if is_number(targets):
        raise TypeError(f"'targets' must be a list, as '{name}' is {got(targets)}")
    predictions, targets = list(predictions), list(targets)
    if not predictions:
        raise ValueError(f"'{name}' must have at least one sample (got an empty batch)")
    if len(predictions) != len(targets):
        raise ValueError(
            f"'{name}' and 'targets' must have equal lengths (got {len(predictions)} "
            f"and {len(targets)})"
        )
    places = [f"[{i}]" for i in range(len(targets))]
    return list(zip(predictions, targets, places, strict=True))


def is_plain(number: Any) -> bool:
    """Whether it is a number to look at, and not a Value or what stands for one."""
    return isinstance(number, Real)


def one_number(target: Any, name: str) -> Any:
    """A target that is one number.

    Raises
    ------
    TypeError
        If it is a row, text or None.
    ValueError
        If it is NaN or infinite.
    """
    if not is_number(target) or target is None:
        raise TypeError(f"'{name}' must be a number {got(target)}")
    if not is_plain(target):
        return target
    number = plain(int(target) if isinstance(target, bool) else target, name)
    if not is_finite(number):
        raise ValueError(f"'{name}' must be finite (got {number})")
    return number


def component_pairs(
    prediction: Any, target: Any, name: str, place: str
) -> list[tuple[Any, Any, str]]:
    """The components of a sample, each with its target and its place.

    A row of one number, as a layer with one unit gives, may meet a number.

    Raises
    ------
    TypeError
        If one of the two is a row and the other a number.
    ValueError
        If the rows differ in length, are empty, or a number is not finite.
    """
    prediction, target = _listed(prediction), _listed(target)
    if is_number(prediction) != is_number(target):
        prediction, target = _alone(prediction), _alone(target)
    if is_number(prediction) and is_number(target):
        return [(prediction, one_number(target, f"targets{place}"), place)]
    if is_number(prediction) or is_number(target):
        raise TypeError(
            f"'{name}{place}' and 'targets{place}' must both be numbers or both rows "
            f"{got(prediction if is_number(prediction) else target)}"
        )
    row = as_row(prediction, None, f"{name}{place}")
    wanted = list(target)
    if len(row) != len(wanted):
        raise ValueError(
            f"'{name}{place}' and 'targets{place}' must have equal lengths (got "
            f"{len(row)} and {len(wanted)})"
        )
    places = [f"{place}[{j}]" for j in range(len(row))]
    return [
        (p, one_number(y, f"targets{where}"), where)
        for p, y, where in zip(row, wanted, places, strict=True)
    ]


def _alone(thing: Any) -> Any:
    row = isinstance(thing, (list, tuple)) and len(thing) == 1
    return thing[0] if row and is_number(thing[0]) else thing


_SLACK = 1e-6  # how far from 1 weights may add up to: rounding, and data in float32


def class_or_weights(target: Any, classes: int, name: str) -> Any:
    """A class as an int from 0, or a list of one weight per class.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If there is no such class, or the weights are not as many as there are classes,
        negative, not finite, or do not add up to 1.
    """
    target = _listed(target)
    if isinstance(target, Index):  # of a function that is being compiled
        return target
    if is_number(target):
        is_class = hasattr(target, "__index__") and target.__class__ is not Value
        if not is_class or isinstance(target, bool):
            raise TypeError(f"'{name}' must be a class, an int, or a row {got(target)}")
        k = index(target)
        if not 0 <= k < classes:
            raise ValueError(
                f"'{name}' must be a class from 0 to {classes - 1} (got {k})"
            )
        return k
    weights = [one_number(w, f"{name}[{j}]") for j, w in enumerate(target)]
    if len(weights) != classes:
        raise ValueError(
            f"'{name}' must have a weight for each of {classes} classes (got "
            f"{len(weights)})"
        )
    if all(map(is_plain, weights)) and (
        min(weights) < 0 or abs(sum(weights) - 1) > _SLACK
    ):
        raise ValueError(
            f"'{name}' must be weights of at least 0 that add up to 1 (got {weights})"
        )
    return weights
