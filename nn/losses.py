"""Losses: how wrong predictions are, as one number to go back from.

What one can do with this file: compare predictions with targets for regression
(`mean_squared_error`, `half_squared_error`, `l1`, `gaussian_nll`), for two classes
(`hinge`, `binary_cross_entropy_from_logits`, ``..._from_probabilities``) and for
several (`cross_entropy_from_logits`, ``..._from_probabilities``, `nll`).

The one idea: each loss first gives one number per sample, then ``reduction`` says what
becomes of them: "mean" (the notes' E, the default), "sum" (a negative log-likelihood),
or "none" (a list). Losses from logits are rows of the engine, whose gradient is p - y
by its own formula; from probabilities the same gradient is a product that loses its
digits where p is near 0 or 1. So prefer logits.

Everywhere: ``predictions`` is a list of samples, each a number or a row of numbers, or
one sample alone; ``targets`` has the same form, or a class for each row. A row of one
number may meet a number.

Sources: the notes, by catalogue number in each function.
"""

from collections.abc import Callable
from typing import Any

import autograd_core as core
from autograd_core import sum as total

from .checks import as_row, got, is_number, positive
from .targets import (
    class_or_weights,
    component_pairs,
    is_plain,
    reduced,
    samples,
)

__all__ = [
    "binary_cross_entropy_from_logits",
    "binary_cross_entropy_from_probabilities",
    "cross_entropy_from_logits",
    "cross_entropy_from_probabilities",
    "gaussian_nll",
    "half_squared_error",
    "hinge",
    "l1",
    "mean_squared_error",
    "nll",
]


def _by_component(
    predictions: Any,
    targets: Any,
    reduction: Any,
    loss: Callable[[Any, Any, str], Any],
    name: str,
    *,
    mean: bool,
) -> Any:
    # Each component has a loss; those of a sample are added up, or their mean taken.
    losses = []
    for prediction, target, place in samples(predictions, targets, name):
        pairs = component_pairs(prediction, target, name, place)
        parts = [loss(p, y, where) for p, y, where in pairs]
        whole = parts[0] if len(parts) == 1 else total(parts)
        losses.append(whole / len(parts) if mean and len(parts) > 1 else whole)
    return reduced(reduction, losses)


def mean_squared_error(
    predictions: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``(p - y)**2``, the mean over the components of a sample (A-11, A-13).

    Parameters
    ----------
    predictions
        Samples, each a number or a row.
    targets
        As many, each like its prediction.
    reduction
        "mean" or "sum" over the samples, or "none": a list.

    Returns
    -------
    number, Value or list

    Raises
    ------
    ValueError
        If there is no sample, lengths differ, a target is not finite, or the reduction
        is unknown.
    TypeError
        If predictions and targets have not the same form.

    Notes
    -----
    Gradient: ``2 * (p - y) / (components * samples)``.

    Examples
    --------
    >>> round(mean_squared_error([[0.7, 0.2, 0.1]], [[1, 0, 0]]), 6)
    0.046667
    """
    return _by_component(
        predictions,
        targets,
        reduction,
        lambda p, y, where: core.square(p - y),
        "predictions",
        mean=True,
    )


def half_squared_error(
    predictions: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``(p - y)**2 / 2``, added up over the components of a sample (N49, N50).

    Parameters, returns and errors as `mean_squared_error`.

    Notes
    -----
    Gradient: ``(p - y) / samples``, without a factor 2.

    Examples
    --------
    >>> round(half_squared_error(1.15, 2.0), 6)
    0.36125
    """
    return _by_component(
        predictions,
        targets,
        reduction,
        lambda p, y, where: core.square(p - y) / 2,
        "predictions",
        mean=False,
    )


def l1(predictions: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """``|p - y|``, the mean over the components of a sample.

    Parameters, returns and errors as `mean_squared_error`.

    Notes
    -----
    Gradient: ``sign(p - y)``; 0 at p = y, where there is a kink.

    Examples
    --------
    >>> l1([1.0, 2.0], [3.0, 2.0], reduction="none")
    [2.0, 0.0]
    """
    return _by_component(
        predictions,
        targets,
        reduction,
        lambda p, y, where: core.absolute(p - y),
        "predictions",
        mean=True,
    )


def hinge(scores: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """``max(0, 1 - y*s)`` for a score s and a class y of -1 or 1.

    Parameters, returns and errors as `mean_squared_error`; also a ValueError if a
    target is neither -1 nor 1.

    Notes
    -----
    Gradient: ``-y`` where ``y*s < 1``, else 0; at the kink ``y*s = 1`` it is 0.

    Examples
    --------
    >>> hinge([0.5, -2.0], [1, -1], reduction="none")
    [0.5, 0.0]
    """

    def loss(s: Any, y: Any, where: str) -> Any:
        if is_plain(y) and y not in (-1, 1):
            raise ValueError(
                f"'targets{where}' must be -1 or 1 (got {y}); of the classes 0 and 1 "
                "take 2*y - 1"
            )
        return core.relu(1 - y * s)

    return _by_component(scores, targets, reduction, loss, "scores", mean=True)


def _between_0_and_1(y: Any, where: str) -> None:
    if is_plain(y) and not 0 <= y <= 1:
        raise ValueError(f"'targets{where}' must be from 0 to 1 (got {y})")


def binary_cross_entropy_from_logits(
    logits: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``-y*ln(p) - (1 - y)*ln(1 - p)`` with p = sigmoid(logit), per component.

    The components of a sample are added up (A-15, A-16, A-68, N55); PyTorch takes their
    mean.

    Parameters
    ----------
    logits
        Samples, each a number or a row.
    targets
        As many, each y from 0 to 1.
    reduction
        As `mean_squared_error`, which also has the other errors.

    Raises
    ------
    ValueError
        If a target is outside [0, 1].

    Notes
    -----
    Gradient: ``(p - y) / samples``.

    Examples
    --------
    >>> round(binary_cross_entropy_from_logits(0.75, 1), 6)
    0.386871
    """

    def loss(z: Any, y: Any, where: str) -> Any:
        _between_0_and_1(y, where)
        return core.binary_cross_entropy(z, y)

    return _by_component(logits, targets, reduction, loss, "logits", mean=False)


def binary_cross_entropy_from_probabilities(
    probabilities: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``-y*ln(p) - (1 - y)*ln(1 - p)`` per component, added up over a sample (A-15).

    Parameters, returns and errors as `binary_cross_entropy_from_logits`. Where p is 0
    or 1 and the target is not, the loss is infinite, and ``backward`` says so.

    Notes
    -----
    Gradient: ``(p - y) / (p*(1 - p))``, and so p - y before a sigmoid.

    Examples
    --------
    >>> round(binary_cross_entropy_from_probabilities([0.7, 0.2], [1, 0]), 6)
    0.289909
    """

    def loss(p: Any, y: Any, where: str) -> Any:
        _between_0_and_1(y, where)
        return -(core.xlogy(y, p) + core.xlogy(1 - y, 1 - p))

    return _by_component(
        probabilities, targets, reduction, loss, "probabilities", mean=False
    )


def _by_class(
    predictions: Any,
    targets: Any,
    reduction: Any,
    loss: Callable[[list[Any], Any], Any],
    name: str,
) -> Any:
    losses = []
    for prediction, target, place in samples(predictions, targets, name, rows=True):
        if is_number(prediction):
            raise TypeError(f"'{name}{place}' must be a row {got(prediction)}")
        row = as_row(prediction, None, f"{name}{place}")
        target = class_or_weights(target, len(row), f"targets{place}")
        losses.append(loss(row, target))
    return reduced(reduction, losses)


def cross_entropy_from_logits(
    logits: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``-sum(y_c * ln(p_c))`` with p = softmax(logits) (A-17, A-18, A-61).

    Parameters
    ----------
    logits
        A list of rows, one number per class; or one row.
    targets
        For each row its class, an int from 0, or a row of weights that add up to 1: a
        one-hot row, or probabilities.
    reduction
        "mean" or "sum" over the samples, or "none": a list.

    Returns
    -------
    number, Value or list

    Raises
    ------
    ValueError
        If there is no sample, lengths differ, a class does not exist, weights are no
        distribution, or the reduction is unknown.
    TypeError
        If a prediction is not a row, or a target neither an int nor a row.

    Notes
    -----
    Gradient: ``(p - y) / samples``, for every class (A-40: the notes' ``p - 1`` holds
    for the true one only).

    Examples
    --------
    >>> round(cross_entropy_from_logits([1.0, 2.0, 3.0], 1), 6)
    1.407606
    >>> round(cross_entropy_from_logits([[1.0, 2.0, 3.0]], [[0, 1, 0]]), 6)
    1.407606
    """
    return _by_class(
        predictions=logits,
        targets=targets,
        reduction=reduction,
        loss=core.cross_entropy,
        name="logits",
    )


def cross_entropy_from_probabilities(
    probabilities: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """``-sum(y_c * ln(p_c))``, for probabilities as softmax gives them (A-17).

    Parameters, returns and errors as `cross_entropy_from_logits`. Where the true class
    has the probability 0 the loss is infinite, and ``backward`` says so.

    Notes
    -----
    Gradient: ``-y / p`` (A-34), and so p - y before a softmax. A class of weight 0
    counts nothing, also if its probability is 0.

    Examples
    --------
    >>> round(cross_entropy_from_probabilities([0.7, 0.2, 0.1], 0), 6)
    0.356675
    """

    def loss(ps: list[Any], target: Any) -> Any:
        if isinstance(target, (int, core.Index)):
            return -core.log(core.take(ps, target))
        return -total([core.xlogy(y, p) for y, p in zip(target, ps, strict=True)])

    return _by_class(probabilities, targets, reduction, loss, "probabilities")


def nll(log_probabilities: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """``-sum(y_c * l_c)`` for log-probabilities l, as log_softmax gives them (S74).

    Parameters, returns and errors as `cross_entropy_from_logits`.

    Notes
    -----
    Gradient: ``-y``. A class of weight 0 counts nothing, also if its log-probability
    is -inf.

    Examples
    --------
    >>> nll([-0.5, -1.0], 1)
    1.0
    """

    def loss(ls: list[Any], target: Any) -> Any:
        if isinstance(target, (int, core.Index)):
            return -core.take(ls, target)
        return -total(
            [core.where(y, y * l, 0) for y, l in zip(target, ls, strict=True)]
        )

    return _by_class(log_probabilities, targets, reduction, loss, "log_probabilities")


def gaussian_nll(
    means: Any, targets: Any, variances: Any, *, reduction: str = "mean"
) -> Any:
    """``(ln(2*pi*v) + (y - mean)**2 / v) / 2``, added up over a sample (S14).

    Parameters
    ----------
    means
        Samples, each a number or a row.
    targets
        As many, each like its mean.
    variances
        One number for all, or like the means; plain ones must be > 0.
    reduction
        As `mean_squared_error`, which also has the other errors.

    Raises
    ------
    ValueError
        If a plain variance is not finite and greater than 0, or their number is not
        that of the means.

    Notes
    -----
    Gradients: ``(mean - y)/v`` and ``(1 - (y - mean)**2/v) / (2*v)``. The constant is
    included, so that "sum" is the negative log-likelihood itself.

    Examples
    --------
    >>> round(gaussian_nll(1.0, 1.0, 1.0), 6)
    0.918939
    """
    if is_number(variances):
        variances = _spread(variances, means)
    pairs = samples(means, targets, "means")
    spread = samples(variances, targets, "variances")
    losses = []
    for (mean, target, place), (variance, _, _) in zip(pairs, spread, strict=True):
        parts = [
            _gaussian(m, y, v, where)
            for (m, y, where), (v, _, _) in zip(
                component_pairs(mean, target, "means", place),
                component_pairs(variance, target, "variances", place),
                strict=True,
            )
        ]
        losses.append(parts[0] if len(parts) == 1 else total(parts))
    return reduced(reduction, losses)


def _spread(variance: Any, means: Any) -> Any:
    # One variance in the form of the means.
    if hasattr(means, "tolist"):
        means = means.tolist()
    if is_number(means):
        return variance
    return [_spread(variance, mean) for mean in means]


def _gaussian(mean: Any, y: Any, variance: Any, where: str) -> Any:
    if is_plain(variance):
        positive(variance, f"variances{where}")
    # -ln of the density at 0 is ln(2*pi)/2, in the digits of the numbers at hand.
    constant = -core.log(core.normal_pdf(0 * y))
    return constant + (core.log(variance) + core.square(y - mean) / variance) / 2
