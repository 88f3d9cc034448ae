"""The Fraction column: exact rational numbers, or a refusal; never a rounded digit.

What one can do with this file: differentiate anything made of + - * / and integer
powers, with maximum, relu, clip, where and the like, and get the gradient as a
`fractions.Fraction`. Roots are taken where they are rational (sqrt(9/4) = 3/2).

The one idea: a result is exact or it is an error. exp(1/2) is no fraction, so it
is refused with the way out; 1/0 has no value among fractions, which know neither
infinity nor NaN, so it raises `NonFiniteError` where it is computed.
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

from ..errors import ExactnessError, NonFiniteError
from ..primitives import Primitive, hypot_terms, power_factor, power_slope, total_of
from . import Column

_REFUSAL = (
    "use SymPy numbers to stay exact, mpmath numbers for many digits, or float(...)"
)
_ZERO = Fraction(0)
_ONE = Fraction(1)


def accepts(number: Any) -> bool:
    """Whether ``number`` is one of this column's."""
    return isinstance(number, Fraction)


def adopt(constant: Any) -> Fraction:
    """A Python constant as a Fraction: an int, a bool or a Fraction.

    Raises
    ------
    ExactnessError
        For anything else; for a float it names the fraction to write instead.
    """
    if isinstance(constant, (int, Fraction)):
        return Fraction(constant)
    if isinstance(constant, float):
        raise ExactnessError(
            f"a float ({constant!r}) meets Fraction data and would end exactness; "
            f"{instead_of(constant)}"
        )
    raise ExactnessError(
        f"{constant!r} of type {type(constant).__name__} meets Fraction data; make "
        "both the same kind of number, for example Fraction(1, 2)"
    )


def instead_of(number: float) -> str:
    """The advice to someone who wrote a float among exact numbers."""
    if number - number != 0.0:
        return "exact numbers have no infinity and no NaN"
    # Fraction("0.1") is what was meant; Fraction(0.1) has 2**55 below the line.
    near = Fraction(repr(number))
    return f"write Fraction({near.numerator}, {near.denominator})"


# -- roots and powers ------------------------------------------------------------------


def whole_root(number: int, n: int) -> int | None:
    """The integer r >= 0 with r**n == number, or None; ``number`` is not negative."""
    if number < 2:
        return number
    if n >= number.bit_length():  # already 2**n is larger
        return None
    if n == 2:
        root = isqrt(number)
    else:
        # Newton's method from above, in integers: it stops at the floor of the root.
        root = 1 << -(-number.bit_length() // n)
        while True:
            lower = ((n - 1) * root + number // root ** (n - 1)) // n
            if lower >= root:
                break
            root = lower
    return root if root**n == number else None


def _root(x: Fraction, n: int, written: str) -> Fraction:
    # In lowest terms x is a power if and only if both its parts are.
    if x < 0:
        raise NonFiniteError(
            f"{written} is not a real number, and exact numbers have no NaN"
        )
    above, below = whole_root(x.numerator, n), whole_root(x.denominator, n)
    if above is None or below is None:
        raise ExactnessError(f"{written} is not a fraction; {_REFUSAL}")
    return Fraction(above, below)


def _power(x: Fraction, y: Fraction) -> Fraction:
    if y.denominator == 1:
        return x**y.numerator
    return _root(x, y.denominator, f"({x}) ** ({y})") ** y.numerator


def _powc(x: Fraction, n: Any, k: int) -> Fraction:
    exponent = adopt(n)
    factor = _ONE
    for i in range(k):
        factor *= exponent - i
    return factor * _power(x, exponent - k) if factor else _ZERO


def _pow(x: Fraction, y: Fraction, k: int, j: int) -> Fraction:
    # Where the factor is 0, the derivative is 0 also against 0**-1.
    if j == 0 and power_factor(y, _ZERO, k, 0) == 0:
        return _ZERO
    return power_slope(COLUMN, x, y, _power(x, y - k), k, j)  # type: ignore[no-any-return]


def _cbrt(x: Fraction) -> Fraction:
    return _root(x, 3, f"cbrt({x})") if x >= 0 else -_root(-x, 3, f"cbrt({x})")


def _sqrt(x: Fraction) -> Fraction:
    return _root(x, 2, f"sqrt({x})")


def _hypot(x: Fraction, y: Fraction) -> Fraction:
    return _root(x * x + y * y, 2, f"hypot({x}, {y})")


def _hypot_slope(x: Fraction, y: Fraction, i: int, j: int) -> Fraction:
    terms, n = hypot_terms(i, j)
    return total_of(terms, x, y) / _hypot(x, y) ** n if x or y else _ZERO


# -- the column ------------------------------------------------------------------------


def _total(*xs: Fraction) -> Fraction:
    return sum(xs, _ZERO)


def _dot(*xs: Fraction) -> Fraction:
    n = len(xs) // 2
    return sum(map(operator.mul, xs[:n], xs[n:]), _ZERO)


def _sign(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


def _greater(x: Fraction, y: Fraction) -> Fraction:
    return _ONE if x > y else Fraction(1, 2) if x == y else _ZERO


def _clip(x: Fraction, low: Any, high: Any) -> Fraction:
    return min(max(x, adopt(low)), adopt(high))


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": operator.pos,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "strong_mul": operator.mul,
    "reciprocal": lambda x: 1 / x,
    "square": lambda x: x * x,
    "powc": _powc,
    "pow": _pow,
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "hypot": _hypot,
    "hypot_slope": _hypot_slope,
    "relu": lambda x: max(x, _ZERO),
    "leaky_relu": lambda x, slope: x if x > 0 else adopt(slope) * x,
    "step": lambda x: _ONE if x > 0 else _ZERO,
    "sign": _sign,
    "greater": _greater,
    "round": lambda x, digits: Fraction(round(x, digits)),
    "abs": abs,
    "maximum": max,
    "minimum": min,
    "clip": _clip,
    "where": lambda c, x, y: x if c else y,
    "sum": _total,
    "dot": _dot,
    "item": lambda xs, k: xs[k],
}

# The slopes of asin, acosh, atan2, atanh are not here: rational, or a root.
REFUSED = frozenset({
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh",
    "binary_cross_entropy", "cos", "cosh", "cross_entropy", "elu", "erf", "erfc",
    "exp", "expm1", "gauss", "gauss_derivative", "gelu", "log", "log10", "log1p",
    "log2", "log_softmax", "logaddexp", "logistic_slope", "logsigmoid", "logsumexp",
    "logsumexp_slope", "normal_cdf", "normal_pdf", "normal_pdf_derivative", "sech",
    "sigmoid", "sigmoid_diff", "silu", "silu_slope", "sin", "sinc", "sinh",
    "soft_cross_entropy", "softmax", "softmax_rest", "softplus", "tan", "tanh",
    "xlogy",
})  # fmt: skip


def _no_constant(name: str) -> Any:
    class Irrational:
        # Stands for pi and the like: any use of it says why it is not there.
        def _refuse(self, *others: Any) -> Any:
            raise ExactnessError(f"{name} is not a fraction; {_REFUSAL}")

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = _refuse

    return Irrational()


_CONSTANTS = {
    name: _no_constant(name)
    for name in ("pi", "ln2", "ln10", "two_over_sqrt_pi", "sqrt2")
}


class _ExactColumn(Column):
    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        kernel = super()._resolve(row)

        def exact(*operands: Any, **attributes: Any) -> Any:
            try:
                return kernel(*operands, **attributes)
            except ZeroDivisionError:
                at = ", ".join(map(str, operands))
                raise NonFiniteError(
                    f"{row.name}({at}) divides by zero, and exact numbers have no "
                    "infinity; keep the divisor away from 0, or compute with floats"
                ) from None

        return exact


COLUMN = _ExactColumn(
    "Fraction",
    KERNELS,
    _CONSTANTS,
    adopt,
    _REFUSAL,
    REFUSED,
    finite=lambda number: True,  # also of a fraction too large for a float
)
