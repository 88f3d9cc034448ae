"""Which samples a step sees: all, one, or a few; in an order that can be continued.

What one can do with this file: ``for batch in MiniBatches(n, 20, seed=0)`` runs one
epoch and gives lists of indices; `full_batch` and `online` are its two ends. The one
idea: the order of an epoch depends on the seed and the number of the epoch alone, so
three integers are the whole state, and a run that is resumed sees the same samples.

Source: notes S52-S54, A-70, A-83. Their mini-batch sums over the same first 20 samples
at every step; what is meant is a new random subset each time.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from .checks import count, flag, index, shown

__all__ = ["MiniBatches", "full_batch", "online"]


class MiniBatches:
    """The indices 0, ..., n - 1 in batches, each index once per epoch.

    Parameters
    ----------
    n
        How many samples there are, 1 or more.
    size
        How many a batch has; the last one of an epoch may have fewer.
    seed
        An integer; which orders come.
    shuffle
        False for the order 0, 1, ..., n - 1 in every epoch.
    drop_last
        Leave out the last batch if it is smaller.

    Attributes
    ----------
    epoch, position : int
        Which batch comes next: its epoch, and its place in it, both from 0.

    Raises
    ------
    TypeError
        If ``n`` or ``size`` or ``seed`` is not an integer.
    ValueError
        If ``n`` or ``size`` is less than 1, or ``drop_last`` would leave no batch.

    Notes
    -----
    A loop over it ends with the epoch. One that was left by ``break``, or resumed from
    a state, continues with the batch that comes next.

    Examples
    --------
    >>> batches = MiniBatches(5, 2, seed=1)
    >>> list(batches), list(batches)
    ([[2, 1], [0, 4], [3]], [[1, 4], [2, 0], [3]])
    """

    def __init__(
        self,
        n: int,
        size: int,
        *,
        seed: int = 0,
        shuffle: bool = True,
        drop_last: bool = False,
    ) -> None:
        self.n, self.size = count("n", n), count("size", size)
        self.seed = _seed(seed)
        self.shuffle = flag("shuffle", shuffle)
        self.drop_last = flag("drop_last", drop_last)
        if len(self) == 0:
            raise ValueError(
                f"'size' must be at most n = {n} with drop_last (got {size}), or there "
                "is no batch"
            )
        self.epoch = self.position = 0

    def __len__(self) -> int:
        full, rest = divmod(self.n, self.size)
        return full + (rest > 0 and not self.drop_last)

    def order(self, epoch: int) -> list[int]:
        """All indices in the order of one epoch."""
        indices = list(range(self.n))
        if self.shuffle:
            # Text is hashed whole, so neighbouring epochs have unrelated orders.
            random.Random(f"{self.seed}/{epoch}").shuffle(indices)
        return indices

    def __iter__(self) -> Iterator[list[int]]:
        order = self.order(self.epoch)
        remaining = range(self.position, len(self))
        for i in remaining:
            # Before the batch is used: a state saved meanwhile names the next one.
            if i + 1 < len(self):
                self.position = i + 1
            else:
                self.epoch, self.position = self.epoch + 1, 0
            yield order[i * self.size : (i + 1) * self.size]

    def state_dict(self) -> dict[str, int]:
        """What has to be kept to continue with the batch that comes next."""
        return {
            "n": self.n,
            "size": self.size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "seed": self.seed,
            "epoch": self.epoch,
            "position": self.position,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state_dict` was taken.

        Raises
        ------
        ValueError
            If ``state`` is of other batches than these, or names no batch; then
            nothing was changed.
        TypeError
            If a number in it is not an integer.
        """
        if not isinstance(state, Mapping) or set(state) != set(self.state_dict()):
            raise ValueError(
                f"'state' must have the keys {', '.join(self.state_dict())} (got "
                f"{shown(state)})"
            )
        for key, own in list(self.state_dict().items())[:4]:
            if state[key] != own:
                raise ValueError(
                    f"the state is of batches with {key} = {state[key]!r}, here it is "
                    f"{own!r}"
                )
        seed, epoch = _seed(state["seed"]), index("epoch", state["epoch"])
        position = index("position", state["position"])
        if position >= len(self):
            raise ValueError(
                f"'position' must be less than {len(self)} (got {position})"
            )
        self.seed, self.epoch, self.position = seed, epoch, position


def full_batch(n: int) -> MiniBatches:
    """All samples at every step: gradient descent on the whole loss (S52).

    Examples
    --------
    >>> list(full_batch(3))
    [[0, 1, 2]]
    """
    return MiniBatches(n, n, shuffle=False)


def online(n: int, *, seed: int = 0, shuffle: bool = True) -> MiniBatches:
    """One sample per step (S53); in order with ``shuffle=False``.

    Examples
    --------
    >>> list(online(3, shuffle=False))
    [[0], [1], [2]]
    """
    return MiniBatches(n, 1, seed=seed, shuffle=shuffle)


def _seed(seed: Any) -> int:
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise TypeError(f"'seed' must be an integer (got {shown(seed)})")
    return seed
