"""The tables that come with scikit-learn, and how well a network does on them.

What one can do with this file: read iris, wine, breast cancer or digits with `table`;
`trial` trains softmax regression, or a network, and judges it on rows that it has not
seen.

The one idea: what is judged must not leak into what is learned. The rows for judging
are set aside first, class by class, and the mean and deviation that standardise all
rows are those of the others alone.
"""

from dataclasses import dataclass
from math import sqrt
from random import Random
from typing import Any

from nn import MLP, accuracy, cross_entropy_from_logits, fit, predict
from optim import Adam, cosine

__all__ = ["Rows", "Table", "Trial", "folds", "standardised", "table", "trial"]

Rows = list[list[float]]

BATCH = 16  # rows a step


@dataclass(frozen=True)
class Table:
    """Rows of numbers, the class of each, and what the classes are called."""

    rows: Rows
    classes: list[int]
    names: list[str]

    def some(self, count: int, *, seed: int) -> "Table":
        """As many rows, drawn without putting back."""
        places = Random(seed).sample(range(len(self.rows)), count)
        rows, classes = (
            [self.rows[i] for i in places],
            [self.classes[i] for i in places],
        )
        return Table(rows, classes, self.names)


def table(name: str) -> Table:
    """``load_NAME`` of scikit-learn.

    Parameters
    ----------
    name
        ``"iris"``, ``"wine"``, ``"breast_cancer"`` or ``"digits"``.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.
    """
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError(
            "the data come with scikit-learn, which is not installed: "
            "pip install 'autograd-core[sklearn]'"
        ) from None
    data = getattr(datasets, f"load_{name}")()
    names = [str(label) for label in data.target_names]
    return Table(data.data.tolist(), data.target.tolist(), names)


def standardised(learned: Rows, judged: Rows) -> tuple[Rows, Rows]:
    """Both, each column minus its mean over its deviation in ``learned``.

    A column that is the same in all learned rows, as a corner that is always white,
    tells nothing and is only moved to 0.

    Examples
    --------
    >>> standardised([[1.0, 5.0], [3.0, 5.0]], [[2.0, 7.0]])
    ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 2.0]])
    """
    n = len(learned)
    columns = list(zip(*learned, strict=True))
    means = [sum(column) / n for column in columns]
    spreads = [
        sqrt(sum((x - m) ** 2 for x in column) / n) or 1.0
        for column, m in zip(columns, means, strict=True)
    ]

    def scaled(row: list[float]) -> list[float]:
        triples = zip(row, means, spreads, strict=True)
        return [(x - m) / s for x, m, s in triples]

    return [scaled(row) for row in learned], [scaled(row) for row in judged]


@dataclass(frozen=True)
class Trial:
    """A trained model, the loss after each epoch, and what it said to the rest."""

    model: MLP
    losses: list[float]
    rows: Rows
    logits: list[Any]
    classes: list[int]

    @property
    def accuracy(self) -> float:
        """The share of the unseen rows whose class has the largest score."""
        return accuracy(self.logits, self.classes)


def folds(classes: list[int], count: int = 5, *, seed: int = 0) -> list[list[int]]:
    """The places of all rows in ``count`` parts, each with the same mixture of classes.

    The rows of one class after the other, each in a random order, are dealt like cards.

    Examples
    --------
    >>> sorted(sorted("aabb"[i] for i in part) for part in folds([0, 0, 1, 1], 2))
    [['a', 'b'], ['a', 'b']]
    """
    order = list(range(len(classes)))
    Random(seed).shuffle(order)
    order.sort(key=classes.__getitem__)
    return [order[i::count] for i in range(count)]


def trial(
    data: Table,
    judged: list[int],
    hidden: list[int],
    *,
    rate: float,
    epochs: int,
    seed: int,
) -> Trial:
    """Train on all rows but those ``judged``, and judge on them.

    Parameters
    ----------
    data
        The table.
    judged
        The places of some of its rows.
    hidden
        The widths of the hidden layers, with tanh; none is softmax regression.
    rate, epochs
        Of Adam, which sees 16 rows a step; the rate falls along half a cosine.
    seed
        Of the first weights and the order of the rows.
    """
    aside = set(judged)
    learned = [i for i in range(len(data.rows)) if i not in aside]
    rows, unseen = standardised(*([data.rows[i] for i in p] for p in (learned, judged)))
    model = MLP(
        len(rows[0]),
        [*hidden, len(data.names)],
        activation="tanh",
        init="xavier_uniform",
        seed=seed,
    )
    history = fit(
        model,
        rows,
        [data.classes[i] for i in learned],
        loss=cross_entropy_from_logits,
        optimizer=Adam(model.named_parameters(), lr=rate, weight_decay=0.001),
        schedule=cosine(epochs * -(-len(rows) // BATCH)),
        epochs=epochs,
        batch_size=BATCH,
        seed=seed,
        progress=False,
    )
    truth = [data.classes[i] for i in judged]
    return Trial(model, history["loss"], unseen, predict(model, unseen), truth)
