"""Polynomials of any degree, fitted without a matrix, over any kind of number.

What one can do with this file: `fit` one to data and call it; also for degree 25,
where the normal equations of the powers 1, x, x², ... have lost all their digits.

The one idea: polynomials p0, p1, ... that are orthogonal *on the data* make XᵀX
diagonal, so that each coefficient is one quotient. Each is x times the one before,
minus what is not orthogonal, which is a multiple of the last two.

Source: G. E. Forsythe 1957, J. SIAM 5, 74-88.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .networks import total

__all__ = ["fit"]


def fit(xs: Sequence[Any], ys: Sequence[Any], degree: int) -> Callable[[Any], Any]:
    """The polynomial of the least sum of squares.

    Parameters
    ----------
    xs, ys
        m numbers each; the x are different.
    degree
        From 0 to m - 1; with m - 1 it goes through all points.

    Returns
    -------
    callable
        The polynomial, of a number of the kind of ``xs``.

    Raises
    ------
    ValueError
        If the degree is negative or not below the number of points.

    Notes
    -----
    4 m operations per degree. The points should lie around 0, between about -2 and 2;
    then p_k neither grows nor dies away.

    Examples
    --------
    >>> from fractions import Fraction
    >>> square = fit([Fraction(x) for x in range(5)], [1, 2, 5, 10, 17], 2)
    >>> print(square(Fraction(1, 2)))
    5/4
    """
    if not 0 <= degree < len(xs):
        raise ValueError(
            f"'degree' must be from 0 to {len(xs) - 1}, one less than the number of "
            f"points (got {degree})"
        )
    before, now = [0 * x for x in xs], [0 * x + 1 for x in xs]
    terms: list[tuple[Any, Any, Any]] = []
    size_before: Any = None
    for _ in range(degree + 1):
        size = _inner(now, now)
        shift = _inner([x * p for x, p in zip(xs, now, strict=True)], now) / size
        pull = 0 if size_before is None else size / size_before
        terms.append((_inner(ys, now) / size, shift, pull))
        after = [
            (x - shift) * p - pull * o for x, p, o in zip(xs, now, before, strict=True)
        ]
        before, now, size_before = now, after, size

    def polynomial(x: Any) -> Any:
        last, this, value = 0 * x, 0 * x + 1, 0 * x
        for coefficient, shift, pull in terms:
            value = value + coefficient * this
            last, this = this, (x - shift) * this - pull * last
        return value

    return polynomial


def _inner(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return total([x * y for x, y in zip(a, b, strict=True)])
