"""`Embedding`: a table of rows, looked up by an integer.

The one idea: row i is what the model knows about token i, and only the rows that were
looked up get a gradient.
"""

from operator import index
from typing import Any, ClassVar

from autograd_core import Index, Value, take

from .checks import Seed, got, width
from .initializers import weight_table
from .module import Module

__all__ = ["Embedding"]


class Embedding(Module):
    """``weight[i]`` for the integer i.

    Parameters
    ----------
    count
        How many rows there are, at least 1.
    size
        How many numbers each has, at least 1.
    init
        A rule of `nn.initializers` or its name; by default standard normal.
    seed
        An int or a `random.Random`; None draws from the module `random`.

    Attributes
    ----------
    weight : list of list of Value
        ``count`` rows of ``size``.
    count, size : int

    Raises
    ------
    TypeError, ValueError
        If a width, a name or the seed is not what it must be.
    IndexError
        From a call, if the integer is not from 0 to ``count - 1``; negative ones do
        not count from the end.

    Examples
    --------
    >>> table = Embedding(3, 2, seed=0)
    >>> sum(table(1)).backward()
    >>> [[w.grad for w in row] for row in table.weight]
    [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    """

    letters: ClassVar = {"weight": "e"}

    def __init__(
        self, count: int, size: int, *, init: Any = "normal", seed: Seed = None
    ) -> None:
        self.count, self.size = width(count, "count"), width(size, "size")
        self.weight = weight_table(init, self.size, self.count, seed)
        self.name_parameters()

    def forward(self, i: Any) -> Any:
        """The row of the integer ``i``; of a list of integers the list of their rows.

        Raises
        ------
        TypeError
            If it is neither.
        IndexError
            If an integer is out of range.
        """
        if hasattr(i, "tolist"):
            i = i.tolist()
        if isinstance(i, (list, tuple)):
            return [self._row(j, f"i[{place}]") for place, j in enumerate(i)]
        return self._row(i, "i")

    def _row(self, i: Any, name: str) -> list[Value]:
        if isinstance(i, Index):  # of a function that is being compiled
            return list(take(self.weight, i))
        if isinstance(i, bool) or i.__class__ is Value or not hasattr(i, "__index__"):
            raise TypeError(f"'{name}' must be an int {got(i)}")
        i = index(i)
        if not 0 <= i < self.count:
            raise IndexError(f"'{name}' must be from 0 to {self.count - 1} (got {i})")
        return list(self.weight[i])

    def described(self) -> str:
        """``Embedding(27, 16)``."""
        return f"Embedding({self.count}, {self.size})"
