"""Training for pictures: seeded samples, and a descent that keeps its losses.

What is shown as a table of iterates is a `Run`, and is computed twice. A picture of
some hundred steps is computed here, with one sweep of the engine per step.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core import Value

from ..article import Model

__all__ = ["Trained", "blobs", "descend"]

Pair = tuple[float, float]


@dataclass(frozen=True)
class Trained:
    """What a descent ends with.

    Attributes
    ----------
    values
        A number for each input of the model.
    losses
        The target before the first step, after it, and so on.
    """

    values: dict[str, float]
    losses: list[float]


def descend(
    model: Model,
    target: str,
    over: Sequence[str],
    start: Mapping[str, float],
    *,
    rate: float,
    steps: int,
) -> Trained:
    """Gradient descent on ``target``, all of ``over`` moved at once.

    Parameters
    ----------
    over
        The inputs that move.
    start
        A number for each input of the model.
    rate
        The learning rate α, positive.
    """
    values = dict(start)
    losses = []
    for step in range(steps + 1):
        leaves = {
            name: Value(x, requires_grad=name in over) for name, x in values.items()
        }
        root = getattr(model.run(leaves), target)
        losses.append(float(root.data))
        if step < steps:
            root.backward()
            values |= {n: float(leaves[n].data - rate * leaves[n].grad) for n in over}
    return Trained(values, losses)


def blobs(centres: Sequence[Pair], count: int, spread: float, *, seed: int) -> Any:
    """``count`` points around each centre, to two decimals: a list per centre."""
    source = random.Random(seed)
    return [
        [
            (round(source.gauss(x, spread), 2), round(source.gauss(y, spread), 2))
            for _ in range(count)
        ]
        for x, y in centres
    ]
