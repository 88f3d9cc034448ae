"""Metrics: how good predictions are, as numbers for people.

What one can do with this file: give these functions to `fit` and `evaluate`, or call
them on plain predictions. Every loss of `nn.losses` can be given too.

The one idea: a metric is ``metric(predictions, targets)`` on plain numbers; it is not
differentiated. The higher the better, except for the errors.

Sources: S. Raschka 2018, arXiv:1811.12808, for what they are good for; definitions as
in scikit-learn's `sklearn.metrics`, with which the tests compare.
"""

from collections.abc import Sequence
from math import fsum, nan
from typing import Any

from .checks import got, is_number
from .targets import samples

__all__ = [
    "accuracy",
    "binary_accuracy",
    "confusion_matrix",
    "mean_absolute_error",
    "precision_recall",
    "predicted_classes",
    "r2",
    "root_mean_squared_error",
]


def predicted_classes(predictions: Any) -> list[int]:
    """For each row the place of its largest number; of equal ones the first.

    Raises
    ------
    TypeError
        If a prediction is not a row of at least two numbers.

    Examples
    --------
    >>> predicted_classes([[0.1, 0.7, 0.2], [2.0, -1.0, 0.0]])
    [1, 0]
    """
    classes = []
    for i, row in enumerate(_listed(predictions)):
        if is_number(row) or len(row) < 2:
            raise TypeError(
                f"'predictions[{i}]' must be a row with a number for each class "
                f"{got(row)}; for one number per sample take binary_accuracy"
            )
        classes.append(max(range(len(row)), key=row.__getitem__))
    return classes


def accuracy(predictions: Any, targets: Any) -> float:
    """The share of rows whose largest number stands at the place of the true class.

    Parameters
    ----------
    predictions
        Rows: logits, probabilities or log-probabilities.
    targets
        A class for each, an int from 0; or a row, one-hot or of weights.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError
        If a prediction is not a row.
    ValueError
        If there is none, or lengths differ.

    Examples
    --------
    >>> accuracy([[0.1, 0.7], [2.0, -1.0]], [1, 1])
    0.5
    """
    pairs = _class_pairs(predictions, targets)
    return sum(p == y for p, y in pairs) / len(pairs)


def binary_accuracy(predictions: Any, targets: Any, *, threshold: float = 0.0) -> float:
    """The share of samples that are on the right side of the threshold.

    Parameters
    ----------
    predictions
        A number for each sample: above the threshold, the sample is said to be
        positive.
    targets
        Positive ones are those above 0: 0 and 1, or -1 and 1.
    threshold
        0 for logits and scores; for probabilities 0.5.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If a prediction is a row of several numbers.
    ValueError
        If there is none, or lengths differ.

    Examples
    --------
    >>> binary_accuracy([2.0, -1.0, 0.5], [1, -1, -1])
    0.6666666666666666
    """
    pairs = _number_pairs(predictions, targets)
    return sum((p > threshold) == (y > 0) for p, y in pairs) / len(pairs)


def confusion_matrix(
    predictions: Any, targets: Any, *, classes: int | None = None
) -> list[list[int]]:
    """How often class i (row) was taken for class j (column).

    Parameters and errors as `accuracy`.

    Parameters
    ----------
    classes
        How many there are; by default as many as a prediction has numbers.

    Examples
    --------
    >>> confusion_matrix([[0.1, 0.7], [2.0, -1.0], [3.0, 1.0]], [1, 1, 0])
    [[1, 0], [1, 1]]
    """
    pairs = _class_pairs(predictions, targets)
    count = len(_listed(predictions)[0]) if classes is None else classes
    matrix = [[0] * count for _ in range(count)]
    for p, y in pairs:
        if not 0 <= y < count:
            raise ValueError(f"a class must be from 0 to {count - 1} (got {y})")
        matrix[y][p] += 1
    return matrix


def precision_recall(matrix: Sequence[Sequence[int]]) -> list[tuple[float, float]]:
    """For each class of a `confusion_matrix`: precision and recall.

    Of those taken for it the share that are it, and of those that are it the share
    that was found; NaN where there are none.

    Examples
    --------
    >>> precision_recall([[1, 0], [1, 1]])
    [(0.5, 1.0), (1.0, 0.5)]
    """
    pairs = []
    for k, row in enumerate(matrix):
        taken, there = sum(line[k] for line in matrix), sum(row)
        right = row[k]
        pairs.append((right / taken if taken else nan, right / there if there else nan))
    return pairs


def mean_absolute_error(predictions: Any, targets: Any) -> float:
    """The mean of ``|p - y|`` over samples and components.

    Examples
    --------
    >>> mean_absolute_error([1.0, 2.0], [3.0, 2.0])
    1.0
    """
    pairs = _number_pairs(predictions, targets, rows=True)
    return fsum(abs(p - y) for p, y in pairs) / len(pairs)


def root_mean_squared_error(predictions: Any, targets: Any) -> float:
    """The root of the mean of ``(p - y)**2`` over samples and components.

    Examples
    --------
    >>> root_mean_squared_error([1.0, 2.0], [4.0, 6.0]) == 12.5**0.5
    True
    """
    pairs = _number_pairs(predictions, targets, rows=True)
    return float((fsum((p - y) ** 2 for p, y in pairs) / len(pairs)) ** 0.5)


def r2(predictions: Any, targets: Any) -> float:
    """``1 - sum (y - p)**2 / sum (y - mean y)**2``, one number per sample.

    1 if all is right, 0 for the mean itself, below for worse; NaN where all targets
    are equal, of which nothing can be explained.

    Parameters
    ----------
    predictions, targets
        A number per sample.

    Raises
    ------
    TypeError
        If a sample has several.
    ValueError
        If there is none, or lengths differ.

    Examples
    --------
    >>> r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    pairs = _number_pairs(predictions, targets)
    mean = fsum(y for _, y in pairs) / len(pairs)
    spread = fsum((y - mean) ** 2 for _, y in pairs)
    return 1 - fsum((y - p) ** 2 for p, y in pairs) / spread if spread else nan


# -- pairs -----------------------------------------------------------------------------


def _listed(things: Any) -> list[Any]:
    things = things.tolist() if hasattr(things, "tolist") else things
    return list(things)


def _class_pairs(predictions: Any, targets: Any) -> list[tuple[int, int]]:
    rows = _listed(predictions)
    triples = samples(rows, targets, "predictions")
    found = predicted_classes(rows)
    wanted = [y if is_number(y) else predicted_classes([y])[0] for _, y, _ in triples]
    return list(zip(found, wanted, strict=True))


def _number_pairs(
    predictions: Any, targets: Any, *, rows: bool = False
) -> list[tuple[float, float]]:
    pairs = []
    for p, y, place in samples(predictions, targets, "predictions"):
        ps, ys = ([x] if is_number(x) else list(x) for x in (p, y))
        if len(ps) != len(ys) or (len(ps) > 1 and not rows):
            raise TypeError(
                f"'predictions{place}' and 'targets{place}' must be "
                f"{'alike' if rows else 'one number each'} {got(p)} and {got(y)}"
            )
        pairs += list(zip(ps, ys, strict=True))
    return pairs
