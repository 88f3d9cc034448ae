"""What a model says and how good that is, without learning from it.

What one can do with this file: `predict` plain numbers, `evaluate` a loss and metrics.

The one idea: nothing is recorded, one sample is on the way at a time, and the model is
in evaluation mode meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograd_core import Value, no_grad

from .checks import got
from .examples import Examples, examples, listed
from .module import Module

__all__ = ["Metrics", "evaluate", "predict", "read_metrics"]

Metric = Callable[[Any, Any], float]
Metrics = Mapping[str, Metric] | Sequence[Metric]


def _nothing() -> None:
    pass


def predict(model: Any, X: Any, *, between: Callable[[], None] = _nothing) -> list[Any]:  # noqa: N803
    """The model's answer to each sample, in plain numbers.

    Parameters
    ----------
    model
        A module, or a function of one sample.
    X
        A list of samples, or an array.
    between
        Called before each sample; what it raises ends the prediction.

    Returns
    -------
    list
        A number or nested lists of numbers for each sample.

    Raises
    ------
    TypeError, ValueError
        If ``X`` is not a list of at least one sample, or the model refuses a sample.

    Examples
    --------
    >>> from nn import Linear
    >>> predict(Linear(2, 1, init="zeros"), [[1.0, 2.0], [3.0, 4.0]])
    [[0.0], [0.0]]
    """
    return list(map(plain_numbers, _answers(model, listed(X), between)))


def _answers(model: Any, rows: list[Any], between: Callable[[], None]) -> list[Any]:
    # As Values, so that a loss may use their methods.
    answers = []
    with evaluating(model):
        for x in rows:
            between()
            with no_grad():
                answers.append(model(x))
    return answers


def evaluate(
    model: Any,
    X: Any,  # noqa: N803  the field's names
    Y: Any,  # noqa: N803
    *,
    loss: Any = None,
    metrics: Metrics = (),
) -> dict[str, float]:
    """The loss and the metrics of a model on data.

    Parameters
    ----------
    model
        A module, or a function of one sample.
    X, Y
        Samples and targets, as `fit`.
    loss
        ``loss(predictions, targets)``, or None.
    metrics
        Functions of ``(predictions, targets)``, or a dict that names them.

    Returns
    -------
    dict
        ``"loss"`` and each metric by its name.

    Raises
    ------
    TypeError, ValueError
        If the data are not what `fit` takes, or a metric is no function.

    Examples
    --------
    >>> from nn import Linear, mean_squared_error
    >>> from nn.metrics import root_mean_squared_error
    >>> model = Linear(1, 1, init="zeros")
    >>> evaluate(model, [[1.0], [2.0]], [3.0, 4.0],
    ...          loss=mean_squared_error, metrics=[root_mean_squared_error])
    {'loss': 12.5, 'root_mean_squared_error': 3.5355339059327378}
    """
    data, table = examples(X, Y), read_metrics(metrics)
    return figures(model, data, loss, table, _nothing)


def figures(
    model: Any,
    data: Examples,
    loss: Any,
    metrics: Mapping[str, Metric],
    between: Callable[[], None],
    answers: list[Any] | None = None,
) -> dict[str, float]:
    """See `evaluate`; the data and the metrics are read already, or even answered."""
    if answers is None:
        answers = _answers(model, data.X, between)
    found: dict[str, float] = {}
    if loss is not None:
        with no_grad():
            found["loss"] = float(plain_numbers(loss(answers, data.Y)))
    numbers = list(map(plain_numbers, answers))
    for name, metric in metrics.items():
        found[name] = float(metric(numbers, data.Y))
    return found


def read_metrics(metrics: Any) -> dict[str, Metric]:
    """The metrics by name.

    Raises
    ------
    TypeError
        If they are neither a dict nor a list, or one cannot be called.
    ValueError
        If two have one name, or one that is taken.
    """
    if isinstance(metrics, Mapping):
        pairs = list(metrics.items())
    elif isinstance(metrics, (list, tuple)):
        pairs = [(getattr(m, "__name__", type(m).__name__), m) for m in metrics]
    else:
        raise TypeError(f"'metrics' must be a list or dict of functions {got(metrics)}")
    table: dict[str, Metric] = {}
    for name, metric in pairs:
        if not callable(metric):
            raise TypeError(f"'metrics' must be functions {got(metric)}")
        if not isinstance(name, str):
            raise TypeError(f"the name of a metric must be text {got(name)}")
        if name in table or name in ("epoch", "loss", "learning rate"):
            raise ValueError(f"two figures have the name '{name}'; give metrics a dict")
        table[name] = metric
    return table


def plain_numbers(answer: Any) -> Any:
    """The answer with numbers in the place of Values."""
    if answer.__class__ is Value:
        return answer.data
    if isinstance(answer, (list, tuple)):
        return [plain_numbers(part) for part in answer]
    return answer


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """The model in evaluation mode, and afterwards as it was."""
    modules = model.modules() if isinstance(model, Module) else []
    before = [module.training for module in modules]
    for module in modules:
        module.training = False
    try:
        yield
    finally:
        for module, training in zip(modules, before, strict=True):
            module.training = training
