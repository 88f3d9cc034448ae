"""Integrals as weighted sums, over any kind of number.

What one can do with this file: `integral` of a function by the trapezoid rule, by
Simpson's or by Boole's, on floats, mpmath numbers, symbols or Values; in the last
case the integral can be differentiated by whatever the function depends on.

The one idea: a rule of quadrature is a weighted sum of function values, and a sum is a
graph like any other. For a smooth function that dies away at both ends, as densities
do, the trapezoid rule is the best of the three: its error falls faster than any power
of the step.

Source: L. N. Trefethen and J. A. C. Weideman 2014, SIAM Review 56, 385-458.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .networks import total

__all__ = ["RULES", "integral"]

# Weights on the points of one panel; they add up to 1.
RULES = {
    "trapezoid": (Fraction(1, 2), Fraction(1, 2)),
    "Simpson": (Fraction(1, 6), Fraction(2, 3), Fraction(1, 6)),
    "Boole": tuple(Fraction(w, 90) for w in (7, 32, 12, 32, 7)),
}


def integral(
    f: Callable[[Any], Any],
    low: int | Fraction,
    high: int | Fraction,
    panels: int,
    *,
    exact: Callable[[str], Any],
    rule: str = "trapezoid",
) -> Any:
    """The integral of ``f`` from ``low`` to ``high``.

    Parameters
    ----------
    panels
        Into how many equal parts the interval is cut.
    exact
        Makes a number of the kind that ``f`` takes from the text of a fraction, as
        ``q.exact`` of a model does.
    rule
        One of `RULES`: they are exact for polynomials of degree 1, 3 and 5.

    Raises
    ------
    ValueError
        If there is no panel, or no such rule.

    Examples
    --------
    >>> integral(lambda x: x**4, 0, 1, 1, exact=Fraction, rule="Boole")
    Fraction(1, 5)
    """
    if panels < 1:
        raise ValueError(f"'panels' must be at least 1 (got {panels})")
    if rule not in RULES:
        raise ValueError(f"'rule' must be one of {', '.join(RULES)} (got {rule!r})")
    width = Fraction(high - low) / panels
    weights = RULES[rule]
    parts = len(weights) - 1
    at: dict[Fraction, Fraction] = {}
    for panel in range(panels):
        for i, weight in enumerate(weights):
            x = low + width * (panel + Fraction(i, parts))
            at[x] = at.get(x, Fraction(0)) + weight * width
    return total([exact(str(w)) * f(exact(str(x))) for x, w in at.items()])
