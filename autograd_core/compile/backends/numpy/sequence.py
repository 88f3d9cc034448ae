"""Steps that are done in order until a check fails: the NumPy side of `llvm.sequence`.

The one idea: what a step of training does is the same list on either backend; here it
is calls of NumPy on arrays that were settled before.
"""

from collections.abc import Callable
from collections.abc import Sequence as Steps
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Copy", "Finite", "Run", "Sequence"]


@dataclass(frozen=True)
class Run:
    """Run a bound program."""

    program: Callable[[], None]

    def __call__(self) -> bool:
        """Do it; it cannot fail."""
        self.program()
        return True


@dataclass(frozen=True)
class Copy:
    """Copy the numbers of ``source`` into ``target``."""

    source: Any
    target: Any

    def __call__(self) -> bool:
        """Do it; it cannot fail."""
        np.copyto(self.target, self.source)
        return True


@dataclass(frozen=True)
class Finite:
    """Stop if a number of ``array`` is infinite or NaN."""

    array: Any

    def __call__(self) -> bool:
        """Whether all are finite."""
        return bool(np.isfinite(self.array).all())


class Sequence:
    """Steps in order; see `autograd_core.compile.backends.llvm.sequence`.

    Examples
    --------
    >>> x = np.array([8.0, 1.0])
    >>> both = Sequence([Finite(x), Copy(x[::-1].copy(), x)])
    >>> both(), x.tolist()
    (-1, [1.0, 8.0])
    >>> x[0] = np.inf
    >>> both()
    0
    """

    def __init__(self, steps: Steps[Callable[[], bool]]) -> None:
        self.steps = tuple(steps)

    def __call__(self) -> int:
        """Do all steps; the index of the first check that fails, or -1."""
        for k, step in enumerate(self.steps):
            if not step():
                return k
        return -1
