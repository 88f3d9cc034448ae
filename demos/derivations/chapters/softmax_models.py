"""Softmax regression on any data, as a model; and the three samples of the slides.

Sample i and class c have the score ``z{i}{c}``, the dot product of the sample's row
with the class's parameters, and the probability ``p{i}{c}``. P is the likelihood, C
its negative logarithm.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import exp, log

from ..article import Model
from .networks import total

__all__ = ["ROWS", "error_sum", "regression"]

Form = Callable[[Any], Any]

# x of the three samples, as text: exact in every kind of number.
ROWS = (("1", "0.5"), ("-0.3", "1.2"), ("0.8", "-1"))


def regression(
    rows: Sequence[Sequence[str]],
    labels: Sequence[int],
    parameters: Sequence[Sequence[str]],
) -> Model:
    """The model.

    Parameters
    ----------
    rows
        The features of each sample, as text.
    labels
        The class of each sample, from 1.
    parameters
        For each class the names of its parameters, one per feature.
    """
    classes = range(1, len(parameters) + 1)

    def score(row: Sequence[str], names: Sequence[str]) -> Form:
        return lambda q: total(
            [q.exact(x) * getattr(q, n) for x, n in zip(row, names, strict=True)]
        )

    def share(i: int, c: int) -> Form:
        return lambda q: (
            exp(getattr(q, f"z{i}{c}"))
            / total([exp(getattr(q, f"z{i}{k}")) for k in classes])
        )

    def observed(q: Any) -> list[Any]:
        return [getattr(q, f"p{i}{c}") for i, c in enumerate(labels, 1)]

    def likelihood(q: Any) -> Any:
        product, *others = observed(q)
        for p in others:
            product = product * p
        return product

    rules: dict[str, Form] = {}
    for i, row in enumerate(rows, 1):
        rules |= {f"z{i}{c}": score(row, parameters[c - 1]) for c in classes}
        rules |= {f"p{i}{c}": share(i, c) for c in classes}
    rules["P"] = likelihood
    rules["C"] = lambda q: -total([log(p) for p in observed(q)])
    return Model(tuple(name for names in parameters for name in names), rules)


def error_sum(
    rows: Sequence[Sequence[str]], labels: Sequence[int], c: int, j: int
) -> Form:
    """The slope of C by the parameter j of the class c: Σᵢ xᵢⱼ (pᵢ − yᵢ).

    pᵢ is the probability of that class for the sample i, yᵢ is 1 if it is of that
    class and 0 otherwise.
    """

    def term(q: Any, i: int) -> Any:
        p = getattr(q, f"p{i}{c}")
        return q.exact(rows[i - 1][j - 1]) * (p - 1 if labels[i - 1] == c else p)

    return lambda q: total([term(q, i) for i in range(1, len(rows) + 1)])
