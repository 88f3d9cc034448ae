"""A rehearsal: model and loss are asked about all data before the first step.

The one idea: whether a label exists or a row is too wide is known to the model and the
loss alone, so their own checks are run, and no rule is written twice. Samples of one
form fail or pass together, so the model answers one of each form, and its answer stands
in for the others when the loss looks at every target. Integers may be places in a table
(`Embedding`), so of these each is tried where it first stands.
"""

from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any

from autograd_core import Value, no_grad

from .checks import got
from .evaluation import Metric, evaluating, plain_numbers
from .examples import Examples

__all__ = ["rehearse"]


def rehearse(
    model: Any,
    loss: Any,
    data: Examples,
    names: tuple[str, str],
    metrics: Mapping[str, Metric],
) -> None:
    """Refuse data that model, loss or metrics refuse.

    Parameters
    ----------
    model, loss
        As `fit`.
    data
        All samples, and all targets.
    names
        What messages call them.
    metrics
        By name; those that will be measured on these data.

    Raises
    ------
    TypeError
        If one of them raises it, or the loss or a metric is not one number.
    ValueError, IndexError
        If one of them raises it. The message begins with the sample's place, or the
        metric's name.
    """
    answers: dict[Any, Any] = {}
    forms = [_form(x) for x in data.X]
    with evaluating(model), no_grad():
        for place, x in _of_each_form(data.X, forms):
            answer = _told(lambda x=x: model(x), f"{names[0]}[{place}]: ")
            answers.setdefault(forms[place], answer)
        predictions = [answers[form] for form in forms]
        found = _told(lambda: loss(predictions, data.Y), f"{names[1]}: ")
    if not isinstance(found, (Value, float, int)):
        raise TypeError(
            "'loss' must give one number, of all samples of a batch together "
            f"{got(found)}; use reduction='mean'"
        )
    numbers = list(map(plain_numbers, predictions))
    for name, metric in metrics.items():
        figure = _told(lambda m=metric: m(numbers, data.Y), f"metric '{name}': ")
        if not isinstance(figure, Real):
            raise TypeError(f"metric '{name}' must give a number {got(figure)}")


def _form(x: Any) -> Any:
    # What samples must share to stand for each other.
    if isinstance(x, (list, tuple)):
        return (len(x), *(form for form in map(_form, x) if form != ()))
    return ()


def _of_each_form(X: list[Any], forms: list[Any]) -> Iterator[tuple[int, Any]]:  # noqa: N803
    seen: set[Any] = set()
    for place, (x, form) in enumerate(zip(X, forms, strict=True)):
        new = {form, *((form, i, leaf) for i, leaf in enumerate(_leaves(x)))}
        if not new <= seen:
            seen |= new
            yield place, x


def _leaves(x: Any) -> Iterator[Any]:
    # The integers of a sample, and of other things what kind they are.
    if isinstance(x, (list, tuple)):
        for part in x:
            yield from _leaves(part)
    else:
        yield x if isinstance(x, int) else type(x)


def _told(call: Any, where: str) -> Any:
    try:
        return call()
    except (IndexError, TypeError, ValueError) as error:
        if type(error) in (IndexError, TypeError, ValueError):
            raise type(error)(f"{where}{error}") from error
        raise
