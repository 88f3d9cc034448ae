"""Steps that are done in order until a check fails: the NumPy side of `llvm.sequence`.

The one idea: what a step of training does is the same list on either backend; here it
is calls of NumPy on arrays that were settled before. Each says what it does there.
"""

from collections.abc import Callable
from collections.abc import Sequence as Steps
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....tree import is_array
from ...tracing.gathers import totals

__all__ = [
    "Add",
    "Copy",
    "Count",
    "Finite",
    "Ints",
    "Numbers",
    "Place",
    "Run",
    "Same",
    "Sequence",
    "Take",
    "possible",
]

Batch = tuple[Any, ...]


def possible() -> bool:
    """Always."""
    return True


@dataclass(frozen=True)
class Run:
    """Run a bound program."""

    program: Callable[[], None]

    def __call__(self, batch: Batch) -> bool:
        """Do it; it cannot fail."""
        self.program()
        return True


@dataclass(frozen=True)
class Copy:
    """Copy the numbers of ``source`` into ``target``."""

    source: Any
    target: Any

    def __call__(self, batch: Batch) -> bool:
        """Do it; it cannot fail."""
        np.copyto(self.target, self.source)
        return True


@dataclass(frozen=True)
class Place:
    """``target[where[k]] = source[which[k]]`` for each k, in the flat arrays."""

    source: Any
    which: Any
    target: Any
    where: Any

    def __call__(self, batch: Batch) -> bool:
        """Do it; it cannot fail."""
        self.target.reshape(-1)[self.where] = self.source.reshape(-1)[self.which]
        return True


@dataclass(frozen=True)
class Count:
    """Add 1 to a number."""

    number: Any

    def __call__(self, batch: Batch) -> bool:
        """Do it; it cannot fail."""
        np.add(self.number, 1.0, out=self.number)
        return True


@dataclass(frozen=True)
class Finite:
    """Stop if a number of ``array`` is infinite or NaN."""

    array: Any

    def __call__(self, batch: Batch) -> bool:
        """Whether all are finite."""
        return bool(np.isfinite(self.array).all())


@dataclass(frozen=True)
class Same:
    """Stop if argument ``k`` is another object than ``thing``."""

    k: int
    thing: Any

    def __call__(self, batch: Batch) -> bool:
        """Whether it is the same."""
        return batch[self.k] is self.thing


@dataclass(frozen=True)
class Numbers:
    """Write the numbers of argument ``k`` into ``target``."""

    k: int
    target: Any

    def __call__(self, batch: Batch) -> bool:
        """Whether it is an array of float64 of this shape."""
        x = batch[self.k]
        if not is_array(x) or x.dtype != float or x.shape != self.target.shape:
            return False
        self.target[...] = x
        return True


@dataclass(frozen=True)
class Ints:
    """As `Numbers`, of ints; stop also if one is negative or above its ``most``."""

    k: int
    target: Any
    most: Any

    def __call__(self, batch: Batch) -> bool:
        """Whether it is such an array, and all are in range."""
        x = batch[self.k]
        if not is_array(x) or x.dtype != np.int64 or x.shape != self.target.shape:
            return False
        if (((x < 0) | (x > self.most)) & (self.most >= 0)).any():
            return False
        self.target[...] = x
        return True


@dataclass(frozen=True)
class Take:
    """Fill in what indices take from tables."""

    inputs: Any
    index: Any
    width: Any
    first: Any
    tables: Any
    numbers: Any
    target: Any
    taken: Any

    def __call__(self, batch: Batch) -> bool:
        """Do it; the indices were checked when they were read."""
        which = self.inputs[self.index].astype(np.int64)
        self.taken[...] = self.first[:, None] + self.width[:, None] * which
        self.target[...] = self.numbers[self.tables[self.taken]]
        return True


@dataclass(frozen=True)
class Add:
    """Add the derivatives by what was taken to those by the tables' entries."""

    derivatives: Any
    slots: Any
    taken: Any
    places: Any
    into: Any

    def __call__(self, batch: Batch) -> bool:
        """Do it; it cannot fail."""
        lines = self.places[self.taken[self.slots]]
        more = totals(lines, self.derivatives, self.into.size)
        np.add(self.into, more, out=self.into)
        return True


class Sequence:
    """Steps in order; see `autograd_core.compile.backends.llvm.steps.sequence`.

    Examples
    --------
    >>> x = np.array([8.0, 1.0])
    >>> both = Sequence([Finite(x), Copy(x[::-1].copy(), x)])
    >>> both([()]), x.tolist()
    (1, [1.0, 8.0])
    >>> x[0] = np.inf
    >>> both([()])
    0
    """

    def __init__(
        self,
        steps: Steps[Callable[[Batch], bool]],
        *,
        arguments: int = 0,
        loss: Any = None,
        rows: float = 1,
        most: int = 1,
    ) -> None:
        self.steps = tuple(steps)
        self._arguments, self._rows = arguments, rows
        self._loss = np.zeros(1) if loss is None else loss
        self.losses = np.zeros(most)

    @property
    def call(self) -> Callable[[Any], int]:
        """The same."""
        return self

    def __call__(self, batches: Steps[Batch]) -> int:
        """Do all steps for each batch; how many were done until a step said no."""
        for k, batch in enumerate(batches):
            if len(batch) != self._arguments:
                return k
            if not all(step(batch) for step in self.steps):
                return k
            self.losses[k] = self._loss[0] / self._rows
        return len(batches)
