"""Linear equations, determinants and inverses over any kind of number.

What one can do with this file: `solve`, `det` and `inverse` a matrix of floats,
Fractions (exactly), SymPy symbols, mpmath numbers or Values, and differentiate the
answer to any order.

The one idea: elimination is written once, with operators and inner products, and
the numbers bring the rest: exactness, digits, symbols, or a graph to differentiate.
Nothing here knows a derivative, not even d det(A)/dA = det(A) inv(A)^T, which comes
out (and is a test). Each entry of a factor is one inner product, so that n^3/3
multiplications become n^2 nodes.

Source: G. Golub and C. Van Loan, Matrix Computations, 4th ed., 3.2 and 3.4;
R. Bird 2011, Inf. Process. Lett. 111, 1072-1074 (determinant without division).
"""

from fractions import Fraction
from typing import Any

from .data import as_data
from .errors import SingularMatrixError
from .numbers import Column, column_of, float64
from .record import COLUMN as VALUES
from .record import operand
from .tree import flatten, is_array
from .value import Value, column, constant

__all__ = ["det", "inverse", "solve"]

Rows = list[list[Any]]


def solve(A: Any, b: Any) -> Any:  # noqa: N803  the field's name of it
    """The x with ``A x = b``: Gaussian elimination with row exchanges.

    Parameters
    ----------
    A
        n rows of n numbers of one kind: a list of rows or a two-dimensional array.
        ints become floats, or whatever the other numbers are. Values may be among
        them.
    b
        n numbers, or n rows of m numbers for m systems at once.

    Returns
    -------
    list, tuple or numpy.ndarray
        x, in the containers of ``b``.

    Raises
    ------
    SingularMatrixError
        If a pivot is 0, that is, if ``A`` is singular. For SymPy it must be
        proved to be 0 (see `autograd_core.numbers.symbolic.vanishes`).
    ValueError
        If ``A`` is not square, or ``b`` has another number of rows.
    TypeError
        If an entry is not a number, or there are several kinds of numbers.

    Notes
    -----
    Floats pivot on the largest entry of the column: the computed x solves
    (A + E) x = b with ``|E| <= 3 n u |L| |U|`` for the computed factors L and U and
    u = 2**-53 (Higham 2002, theorem 9.4). Fractions and symbols take the first
    entry that is not 0, and are exact. n^3/3 multiplications and, for Values, about
    n^2 + 2 n m nodes with inner products of up to n terms. Which rows were exchanged
    is not differentiated, and need not be: the answer does not depend on it.

    Examples
    --------
    >>> from fractions import Fraction
    >>> solve([[2, 1], [1, 3]], [3, 5])
    [0.8, 1.4]
    >>> print(*solve([[Fraction(2), 1], [1, 3]], [3, 5]))
    4/5 7/5
    >>> from autograd_core import grad
    >>> grad(lambda a: solve([[a, 1.0], [1.0, 3.0]], [3.0, 5.0])[0])(2.0)
    -0.48000000000000004
    """
    matrix = _square(A)
    rows = _right_side(b, len(matrix))
    (matrix, rows), m, kind = _unified(matrix, rows)
    return _in_containers(b, _solved(_Factors(matrix, m, kind), rows))


def inverse(A: Any) -> Any:  # noqa: N803
    """The matrix X with ``A X = X A = 1``.

    Parameters, errors and accuracy as `solve`, with the unit matrix for ``b``;
    n^3 multiplications, and about 3 n^2 nodes for Values.

    Returns
    -------
    list, tuple or numpy.ndarray
        X, in the containers of ``A``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> half, third = Fraction(1, 2), Fraction(1, 3)
    >>> for row in inverse([[1, half], [half, third]]):
    ...     print(*row)
    4 -6
    -6 12
    """
    (matrix,), m, kind = _unified(_square(A))
    n = range(len(matrix))
    zero, one = _integer(0, m, kind), _integer(1, m, kind)
    unit = [[one if i == j else zero for j in n] for i in n]
    return _in_containers(A, _solved(_Factors(matrix, m, kind), unit))


def det(A: Any) -> Any:  # noqa: N803
    """The determinant, the product of the pivots with the sign of the exchanges.

    Parameters
    ----------
    A
        As for `solve`.

    Returns
    -------
    number or Value
        0 for a singular matrix.

    Raises
    ------
    ValueError, TypeError
        As `solve`, but a singular matrix is no error.

    Notes
    -----
    The determinant is a polynomial, so it has every derivative at every matrix, the
    adjugate being the first. Where no pivot is left, what remains of the matrix is
    therefore expanded without a division (Bird 2011), and derivatives stay right: on
    exact numbers to every order. With floats, d det(A) is as accurate as inv(A).
    Symbols are expanded so from the start, with n^4 multiplications.

    Examples
    --------
    >>> det([[1.0, 2.0], [3.0, 4.0]])
    -2.0
    >>> from autograd_core import grad
    >>> grad(det)([[1.0, 2.0], [2.0, 4.0]])
    [[4.0, -2.0], [-2.0, 1.0]]
    """
    (matrix,), m, kind = _unified(_square(A))
    if kind.name == "SymPy":
        # Whether a symbol is 0 is hard to say, and quotients make it large.
        return _tidy(_expanded(matrix, m, kind), m)
    factors = _Factors(matrix, m, kind)
    product = factors.sign * 1
    for k in range(factors.rank):
        product = product * factors.rows[k][factors.columns[k]]
    if factors.rank < len(matrix):
        product = product * _expanded(factors.remainder(), m, kind)
    return product


# -- reading matrices ------------------------------------------------------------------


def _square(A: Any) -> Rows:  # noqa: N803
    rows = _sequences(_sequence(A, "'A'"), "A")
    if not rows:
        raise ValueError("'A' must have at least one row, got none")
    if len(rows[0]) != len(rows):
        raise ValueError(
            f"'A' must be square, got {len(rows)} x {len(rows[0])} numbers"
        )
    return rows


def _right_side(b: Any, n: int) -> Rows:
    # A vector is one column.
    entries = _sequence(b, "'b'")
    if len(entries) != n:
        raise ValueError(
            f"'b' must have one number or row for each of the {n} rows of 'A', got "
            f"{len(entries)}"
        )
    if not any(map(_is_sequence, entries)):
        return [[x] for x in entries]
    return _sequences(entries, "b")


def _in_containers(like: Any, rows: Rows) -> Any:
    _, rebuild = flatten(like)
    return rebuild([x for row in rows for x in row])


def _is_sequence(thing: Any) -> bool:
    return isinstance(thing, (list, tuple)) or (is_array(thing) and thing.ndim > 0)


def _sequence(thing: Any, name: str) -> list[Any]:
    if not _is_sequence(thing):
        raise TypeError(
            f"{name} must be a list, a tuple or a NumPy array of them, got "
            f"{type(thing).__name__}"
        )
    return list(thing)


def _sequences(things: list[Any], name: str) -> Rows:
    rows = [_sequence(row, f"row {i} of '{name}'") for i, row in enumerate(things)]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"the rows of '{name}' must be equally long, got {len(rows[0])} "
                f"numbers in row 0 and {len(row)} in row {i}"
            )
    return rows


def _unified(*matrices: Rows) -> tuple[list[Rows], Any, Column]:
    # All entries as numbers of one kind, or as Values of that kind; the column to
    # compute in; and the column of the kind.
    entries = [x for rows in matrices for row in rows for x in row]
    likes = [x for x in entries if x.__class__ is Value]
    if likes:
        kinds = {column(v) for v in likes}
    else:
        kinds = {kind for kind in map(_kind, entries) if kind is not None}
    if len(kinds) > 1:
        names = " and ".join(sorted(kind.name for kind in kinds))
        raise TypeError(f"a matrix holds numbers of {names}; make them the same")
    kind = kinds.pop() if kinds else float64.COLUMN

    def number(x: Any) -> Any:
        if x.__class__ is Value:
            return x
        if likes:
            # Also constants become Values: SymPy and complex numbers on the left of
            # a Value would not know what to do with it.
            value = operand(x, likes[0])
            return value if value is not NotImplemented else _kind(x)  # which raises
        if kind is not float64.COLUMN and isinstance(x, int):
            return kind.adopt(x)
        return as_data(x)

    unified = [[[number(x) for x in row] for row in rows] for rows in matrices]
    return unified, VALUES if likes else kind, kind


def _kind(x: Any) -> Column | None:
    # None for ints, which become numbers of any kind.
    if isinstance(x, int):
        return None
    try:
        return column_of(as_data(x))
    except TypeError:
        raise TypeError(
            f"an entry of a matrix must be a real number or a Value, got "
            f"{type(x).__name__} {x!r}"
        ) from None


def _integer(n: int, m: Any, kind: Column) -> Any:
    number = kind.adopt(n)
    return constant(number) if m is VALUES else number


# -- elimination -----------------------------------------------------------------------


class _Factors:
    # P A Q = L U, made column by column. ``rows`` holds L below the diagonal (without
    # its unit diagonal) and U on and above it; ``columns`` says which column of A the
    # k-th pivot is in. Columns without a pivot are left for last; there are ``rank``
    # pivots.

    def __init__(self, matrix: Rows, m: Any, kind: Column) -> None:
        self.given = [list(row) for row in matrix]
        self.rows = [list(row) for row in matrix]
        self.m, self.kind = m, kind
        self.order = list(range(len(matrix)))
        self.columns: list[int] = []
        self.left_over: list[int] = []
        self.sign = 1
        self.multipliers: Rows = [[] for _ in matrix]
        for j in range(len(matrix)):
            self._eliminate(j)
        self._count_exchanged_columns()

    @property
    def rank(self) -> int:
        return len(self.columns)

    def _eliminate(self, j: int) -> None:
        k = self.rank
        self._reduce(j, k)
        pivot = self._pivot(j, k)
        if pivot is None:
            self.left_over.append(j)
            return
        if pivot != k:
            by_row: Any = (self.rows, self.given, self.multipliers, self.order)
            for rows in by_row:
                rows[k], rows[pivot] = rows[pivot], rows[k]
            self.sign = -self.sign
        for i in range(k + 1, len(self.rows)):
            factor = _tidy(self.rows[i][j] / self.rows[k][j], self.m)
            self.multipliers[i].append(factor)
        self.columns.append(j)

    def _reduce(self, j: int, k: int) -> None:
        # Column j of A minus what the first k pivots take away, from the top down.
        above: list[Any] = []
        for i, given in enumerate(self.given):
            entry = given[j]
            known = min(i, k)
            if known:
                taken = self.m.dot(*self.multipliers[i][:known], *above[:known])
                entry = _tidy(entry - taken, self.m)
            self.rows[i][j] = entry
            above.append(entry)

    def _pivot(self, j: int, k: int) -> int | None:
        candidates = range(k, len(self.rows))
        if _is_exact(self.kind):
            return next((i for i in candidates if _size(self.rows[i][j])), None)
        best = max(candidates, key=lambda i: _size(self.rows[i][j]))
        return best if _size(self.rows[best][j]) else None

    def _count_exchanged_columns(self) -> None:
        taken = self.columns + self.left_over
        for k, j in enumerate(taken):
            self.sign *= (-1) ** sum(i > j for i in taken[:k])

    def remainder(self) -> Rows:
        """What is left of the matrix when no pivot is: its entries are 0."""
        for j in self.left_over:
            self._reduce(j, self.rank)
        return [[row[j] for j in self.left_over] for row in self.rows[self.rank :]]


def _tidy(number: Any, m: Column, *, polynomial: bool = False) -> Any:
    # SymPy's expressions would grow at every step; a Value keeps what it computed.
    if m.name != "SymPy":
        return number
    from .numbers.symbolic import expand, tidy

    return expand(number) if polynomial else tidy(number)


def _is_exact(kind: Column) -> bool:
    return kind.name in ("Fraction", "SymPy")


def _size(number: Any) -> Any:
    # 0 for what cannot be a pivot. NaN counts as large: it must reach the answer.
    data = number._data if number.__class__ is Value else number
    if data.__class__ is Fraction:
        return data != 0
    if column_of(data).name == "SymPy":  # type: ignore[union-attr]
        from .numbers.symbolic import vanishes

        return not vanishes(data)
    size = abs(data)
    return size if size == size else float("inf")


def _solved(factors: _Factors, rows: Rows) -> Rows:
    n = len(rows)
    if factors.rank < n:
        raise SingularMatrixError(
            f"Singular matrix: of the {n} columns of 'A' only {factors.rank} are "
            f"independent, column {factors.left_over[0]} is not; det(A) is 0 and there "
            "is no unique solution"
        )
    m = factors.m
    columns = []
    for right_side in zip(*(rows[i] for i in factors.order), strict=True):
        x = list(right_side)
        for i in range(1, n):
            x[i] = _tidy(x[i] - m.dot(*factors.multipliers[i][:i], *x[:i]), m)
        for i in reversed(range(n)):
            if i < n - 1:
                x[i] = x[i] - m.dot(*factors.rows[i][i + 1 :], *x[i + 1 :])
            x[i] = _tidy(x[i] / factors.rows[i][i], m)
        columns.append(x)
    return [list(row) for row in zip(*columns, strict=True)]


def _expanded(matrix: Rows, m: Any, kind: Column) -> Any:
    # Bird's determinant: n - 1 times X := mu(X) A, from X = A, where mu keeps what is
    # above the diagonal, puts minus the sum of the diagonal entries below on each
    # diagonal place, and 0 elsewhere. The result is the first entry, up to the sign.
    n = len(matrix)
    product = matrix
    for _ in range(n - 1):
        trace = [_integer(0, m, kind)]
        for i in range(n - 1, 0, -1):
            trace.append(_tidy(trace[-1] - product[i][i], m, polynomial=True))
        trace.reverse()
        kept = [[trace[i], *product[i][i + 1 :]] for i in range(n)]
        product = [
            [
                _tidy(
                    m.dot(*kept[i], *(row[j] for row in matrix[i:])), m, polynomial=True
                )
                for j in range(n)
            ]
            for i in range(n)
        ]
    return product[0][0] if n % 2 else -product[0][0]
