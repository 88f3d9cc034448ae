"""Where a matrix of derivatives is not zero, and its numbers there.

What one can do with this file: read a `SparseMatrix`, which ``sparse=True`` of
`Program.jacobian` and `Program.hessian` gives, or lay it out densely.

The one idea: an entry is stored if the result can depend on it (a *structural*
non-zero), whatever its number is at this point. So the pattern is one of the program,
the same at every call, and only numbers are computed.

Source: the coordinate format of SciPy's ``coo_array``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

__all__ = ["Pattern", "SparseMatrix", "scattered", "united"]


@dataclass(frozen=True)
class Pattern:
    """The places of the structural non-zeros, line by line.

    Attributes
    ----------
    shape
        Of the matrix: results or first derivatives, by numbers.
    rows, columns
        Of each entry; by rows, then columns.
    """

    shape: tuple[int, int]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @cached_property
    def places(self) -> tuple[Any, Any]:
        """Rows and columns as arrays that cannot be written to."""
        import numpy as np

        found = np.array([self.rows, self.columns], dtype=np.intp)
        found.flags.writeable = False
        return found[0], found[1]

    def __str__(self) -> str:
        n, m = self.shape
        counts = [0] * n
        for i in self.rows:
            counts[i] += 1
        far = [abs(i - j) for i, j in zip(self.rows, self.columns, strict=True)]
        return (
            f"{len(self.rows)} of {n * m} entries, at most {max(counts, default=0)} "
            f"in a line and {max(far, default=0)} from the diagonal"
        )

    def drawing(self) -> list[str]:
        """The pattern line by line, ``x`` for an entry and ``.`` for none."""
        n, m = self.shape
        lines = [["."] * m for _ in range(n)]
        for i, j in zip(self.rows, self.columns, strict=True):
            lines[i][j] = "x"
        return [" ".join(line) for line in lines]


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A matrix by its entries that are not zero structurally, in coordinate form.

    Attributes
    ----------
    shape
        (lines, columns). Columns are the numbers that are differentiated by, in order;
        so are the lines of a Hessian, and those of a Jacobian are the results.
    rows, columns
        Integer arrays, (entries,): where each is; by rows, then columns.
    values
        Their numbers, float64, (entries,); of a batch (rows of the batch, entries).

    Examples
    --------
    >>> from autograd_core.compile import compile
    >>> chain = compile(lambda x: x[0] * x[1] + x[2] ** 3)
    >>> found = chain.hessian([1.0, 2.0, 3.0], sparse=True)
    >>> found.rows.tolist(), found.columns.tolist(), found.values.tolist()
    ([0, 1, 2], [1, 0, 2], [1.0, 1.0, 18.0])
    >>> found.toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 18.0]]
    """

    shape: tuple[int, int]
    rows: Any
    columns: Any
    values: Any

    @classmethod
    def of(cls, pattern: Pattern, values: Any) -> "SparseMatrix":
        """The matrix of a pattern."""
        rows, columns = pattern.places
        return cls(pattern.shape, rows, columns, values)

    def toarray(self) -> Any:
        """The dense matrix, ``shape``; of a batch (rows of the batch, *shape)."""
        import numpy as np

        dense = np.zeros((*self.values.shape[:-1], *self.shape))
        dense[..., self.rows, self.columns] = self.values
        return dense


def united(patterns: Sequence[Pattern]) -> Pattern:
    """The entries of several patterns of one shape."""
    first = patterns[0]
    if all(pattern == first for pattern in patterns[1:]):
        return first
    places = set[tuple[int, int]]()
    for pattern in patterns:
        places.update(zip(pattern.rows, pattern.columns, strict=True))
    ordered = sorted(places)
    return Pattern(
        first.shape, tuple([i for i, _ in ordered]), tuple([j for _, j in ordered])
    )


def scattered(found: Any, pattern: Pattern, into: Pattern) -> Any:
    """The entries of ``pattern``, (entries, rows), as those of a larger one."""
    import numpy as np

    if pattern == into:
        return found
    places = zip(into.rows, into.columns, strict=True)
    at = {place: k for k, place in enumerate(places)}
    table = np.zeros((len(at), found.shape[1]))
    ours = zip(pattern.rows, pattern.columns, strict=True)
    table[[at[place] for place in ours]] = found
    return table
