"""The SymPy column: the derivative of a formula, as a formula.

What one can do with this file: put SymPy symbols, or exact numbers such as
``sympy.sqrt(2)``, into a function written for floats, and get its value, gradient
or Hessian as SymPy expressions; ask `vanishes` whether a claim ``a - b = 0`` can be
proved.

The one idea: SymPy computes values here and never derivatives. Those come from the
table, as for every other number, which is why comparing them with ``sympy.diff`` is
a check of the table and not of SymPy with itself.

Kernels are the forms of a textbook. Where a row branches they are Piecewise with
the row's own values at kinks and ties, and a condition (``x > 0``) is a SymPy
relation, which `where` accepts. A root or logarithm of a number that has no real
one is ``nan``, as it is among floats; symbols are left to the user's assumptions.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from math import factorial, prod
from typing import Any

import sympy
from sympy import Integer, Ne, Piecewise, Rational, pi
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions import MatrixExpr

from ..errors import ExactnessError
from ..primitives import atan2_terms, hypot_terms, power_slope, silu_slope, total_of
from . import Column
from .exact import instead_of

ONE, HALF, ZERO = Integer(1), Rational(1, 2), Integer(0)


def accepts(number: Any) -> bool:
    """Whether ``number`` is an expression for one number, or a condition."""
    scalar = isinstance(number, sympy.Expr) and not isinstance(number, MatrixExpr)
    return scalar or is_condition(number)


def is_condition(thing: Any) -> bool:
    """Whether ``thing`` is true or false and not a number, as ``x > 0`` is."""
    return isinstance(thing, Boolean) and not isinstance(thing, sympy.Expr)


def adopt(constant: Any) -> Any:
    """A Python constant as a SymPy number: an int, a bool or a Fraction.

    Raises
    ------
    ExactnessError
        For anything else; for a float it names the fraction to write instead.
    """
    if isinstance(constant, int):
        return Integer(int(constant))
    if isinstance(constant, Fraction):
        return Rational(constant.numerator, constant.denominator)
    if accepts(constant):
        return constant
    if isinstance(constant, float):
        raise ExactnessError(
            f"a float ({constant!r}) meets SymPy data and would end exactness; "
            f"{instead_of(constant)}"
        )
    raise ExactnessError(
        f"{constant!r} of type {type(constant).__name__} meets SymPy data and would "
        "end exactness; write a Fraction(1, 2) or a sympy.Rational(1, 2)"
    )


def finite(number: Any) -> bool:
    """Whether no part of ``number`` is infinite or undefined."""
    return is_condition(number) or not number.has(
        sympy.oo, -sympy.oo, sympy.zoo, sympy.nan
    )


# -- equality --------------------------------------------------------------------------


def tidy(number: Any) -> Any:
    """``number`` over one denominator, without common factors."""
    return sympy.cancel(number)


def _factored(number: Any) -> Any:
    # sqrt(p**2 + 2*p) -> sqrt(p)*sqrt(p + 2), log(a/(1 + a)) -> log(a) - log(1 + a),
    # where the factors are known to be positive.
    def inside(e: Any) -> bool:
        return isinstance(e, sympy.log) or (e.is_Pow and e.exp.is_integer is False)

    def rewrite(e: Any) -> Any:
        argument = sympy.factor(sympy.together(e.args[0]))
        return sympy.expand_log(sympy.expand_power_base(e.func(argument, *e.args[1:])))

    return number.replace(inside, rewrite)


def expand(number: Any) -> Any:
    """``number`` as a sum of products."""
    return sympy.expand(number)


_REWRITES: tuple[Callable[[Any], Any], ...] = (
    sympy.expand,
    tidy,
    _factored,
    tidy,
    lambda e: tidy(e.rewrite(sympy.exp).rewrite(sympy.erf)),
    _factored,
    sympy.simplify,
)


def vanishes(number: Any) -> bool:
    """Whether ``number`` can be proved to be 0 by a fixed sequence of rewrites.

    False means "not proved": whether an expression is 0 is undecidable in general.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> vanishes(sympy.cosh(x) ** 2 - sympy.sinh(x) ** 2 - 1)
    True
    >>> vanishes(sympy.cosh(x) ** 2 - sympy.sinh(x) ** 2)
    False
    """
    for rewrite in _REWRITES:
        if number == 0 or number.is_zero:
            return True
        if number.is_zero is False or not finite(number):
            return False
        number = rewrite(number)
    return bool(number == 0)


# -- kernels ---------------------------------------------------------------------------


def _real(number: Any) -> Any:
    # A number, not a symbol, that left the real line; nothing becomes complex.
    if number.is_number and number.is_extended_real is False:
        return number if number is sympy.zoo else sympy.nan
    return number


def _on_the_line(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def kernel(*operands: Any, **attributes: Any) -> Any:
        return _real(function(*operands, **attributes))

    return kernel


def _choice(*pieces: tuple[Any, Any]) -> Any:
    # ((value, condition), ..., (value, True)): the first condition that holds.
    return Piecewise(*pieces)


def truth(c: Any) -> Any:
    """The condition under which the number ``c`` is not 0.

    A Piecewise of numbers, which is what `step` gives, becomes a condition on what
    it asked for, so that ``where(step(x), a, b)`` reads "a if x > 0".
    """
    if is_condition(c):
        return c
    if isinstance(c, Piecewise) and all(value.is_number for value, _ in c.args):
        before: Any = sympy.false
        found: Any = sympy.false
        for value, condition in c.args:
            if value != 0:
                found = sympy.Or(found, sympy.And(condition, sympy.Not(before)))
            before = sympy.Or(before, condition)
        return found
    return Ne(c, 0)


def _where(c: Any, x: Any, y: Any) -> Any:
    return _choice((x, truth(c)), (y, True))


def _step(x: Any) -> Any:
    return _choice((ONE, x > 0), (ZERO, True))


def _sign(x: Any) -> Any:
    return _choice((ONE, x > 0), (-ONE, x < 0), (ZERO, True))


def _greater(x: Any, y: Any) -> Any:
    return _choice((ONE, x > y), (HALF, sympy.Eq(x, y)), (ZERO, True))


def _clip(x: Any, low: Any, high: Any) -> Any:
    low, high = adopt(low), adopt(high)
    return _choice((low, x < low), (high, x > high), (x, True))


def _cbrt(x: Any) -> Any:
    # SymPy's own root of a negative number is the complex one.
    root = Rational(1, 3)
    return _choice((x**root, x >= 0), (-((-x) ** root), True))


def _round(x: Any, digits: int | None) -> Any:
    # Half to even: a tie is rounded up, and taken back if the floor is even.
    scale = Integer(10) ** (digits or 0)
    y = x * scale
    tie = sympy.Eq(y - sympy.floor(y), HALF)
    even = sympy.Eq(sympy.Mod(sympy.floor(y), 2), 0)
    return (
        sympy.floor(y + HALF) - _choice((ONE, sympy.And(tie, even)), (ZERO, True))
    ) / scale


def _pow(x: Any, y: Any, k: int, j: int) -> Any:
    """(d/dx)**k (d/dy)**j x**y."""
    return power_slope(COLUMN, x, y, _real(x ** (y - k)), k, j)


def _powc(x: Any, n: Any, k: int) -> Any:
    n = adopt(n)
    factor = prod([n - i for i in range(k)], start=ONE)
    return factor * _real(x ** (n - k)) if factor != 0 else ZERO


def _strong_mul(x: Any, y: Any) -> Any:
    return x * y if x != 0 else ZERO


def _hypot_slope(x: Any, y: Any, i: int, j: int) -> Any:
    (terms, n), h = hypot_terms(i, j), sympy.sqrt(x**2 + y**2)
    return _choice((total_of(terms, x, y) / h**n, Ne(h, 0)), (ZERO, True))


def _atan2_slope(y: Any, x: Any, i: int, j: int) -> Any:
    terms, n = atan2_terms(i, j)
    return total_of(terms, y, x) / (x**2 + y**2) ** (n // 2)


def _sinc(x: Any, k: int) -> Any:
    # x*f_k = sin^(k)(x) - k*f_(k-1), from differentiating x*f_0 = sin(x) k times.
    value = sympy.sin(x) / x
    for i in range(1, k + 1):
        value = (sympy.sin(x + i * pi / 2) - i * value) / x
    at_zero = Rational((-1) ** (k // 2), k + 1) if k % 2 == 0 else ZERO
    return _choice((value, Ne(x, 0)), (at_zero, True))


def _dot(*xs: Any) -> Any:
    n = len(xs) // 2
    return sympy.Add(*(x * y for x, y in zip(xs[:n], xs[n:], strict=True)))


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + sympy.exp(-x))


def _logistic_slope(x: Any) -> Any:
    return sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2


def _silu_slope(x: Any, k: int) -> Any:
    return silu_slope(COLUMN, x, k)


def _normal_pdf(x: Any) -> Any:
    return sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * pi)


def _normal_cdf(x: Any) -> Any:
    return (1 + sympy.erf(x / sympy.sqrt(2))) / 2


def _softmax(*xs: Any) -> list[Any]:
    whole = sympy.Add(*map(sympy.exp, xs))
    return [sympy.exp(x) / whole for x in xs]


def _logsumexp(*xs: Any) -> Any:
    return sympy.log(sympy.Add(*map(sympy.exp, xs)))


def _soft_cross_entropy(*xs: Any) -> Any:
    n = len(xs) // 2
    whole = _logsumexp(*xs[:n])
    return sympy.Add(*(y * (whole - x) for x, y in zip(xs[:n], xs[n:], strict=True)))


_log = _on_the_line(sympy.log)
_sqrt = _on_the_line(sympy.sqrt)

KERNELS: dict[str, Callable[..., Any]] = {
    "identity": lambda x: x,
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "ratio_slope": lambda x, y, k: (-1) ** k * factorial(k) * x / y ** (k + 1),
    "neg": lambda x: -x,
    "strong_mul": _strong_mul,
    "reciprocal": lambda x: 1 / x,
    "square": lambda x: x**2,
    "powc": _powc,
    "pow": _pow,
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "hypot_slope": _hypot_slope,
    "exp": sympy.exp,
    "expm1": lambda x: sympy.exp(x) - 1,
    "log": _log,
    "log1p": lambda x: _log(1 + x),
    "log2": lambda x: _log(x) / sympy.log(2),
    "log10": lambda x: _log(x) / sympy.log(10),
    "xlogy": lambda x, y: _choice((x * _log(y), Ne(x, 0)), (ZERO, True)),
    "sigmoid_diff": lambda x, y: 1 / (1 + sympy.exp(y - x)),
    "logaddexp": lambda x, y: sympy.log(sympy.exp(x) + sympy.exp(y)),
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": _on_the_line(sympy.asin),
    "acos": _on_the_line(sympy.acos),
    "asin_slope": lambda x: _real(1 / sympy.sqrt(1 - x**2)),
    "atan": sympy.atan,
    "atan2": sympy.atan2,
    "atan2_slope": _atan2_slope,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "sech": sympy.sech,
    "asinh": sympy.asinh,
    "acosh": _on_the_line(sympy.acosh),
    "acosh_slope": lambda x: _real(1 / sympy.sqrt(x**2 - 1)),
    "atanh": _on_the_line(sympy.atanh),
    "atanh_slope": lambda x: 1 / (1 - x**2),
    "sigmoid": _sigmoid,
    "logistic_slope": _logistic_slope,
    "logsigmoid": lambda x: sympy.log(_sigmoid(x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "relu": lambda x: _choice((x, x > 0), (ZERO, True)),
    "leaky_relu": lambda x, slope: _choice((x, x > 0), (adopt(slope) * x, True)),
    "elu": lambda x, alpha: _choice(
        (x, x > 0), (adopt(alpha) * (sympy.exp(x) - 1), True)
    ),
    "silu": lambda x: x * _sigmoid(x),
    "silu_slope": _silu_slope,
    "gelu": lambda x: x * _normal_cdf(x),
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "gauss": lambda x: sympy.exp(-(x**2)),
    "gauss_derivative": lambda x, k: (
        (-1) ** k * sympy.hermite(k, x) * sympy.exp(-(x**2))
    ),
    "normal_pdf": _normal_pdf,
    "normal_pdf_derivative": lambda x, k: (
        (-1) ** k * sympy.hermite_prob(k, x) * _normal_pdf(x)
    ),
    "normal_cdf": _normal_cdf,
    "sinc": _sinc,
    "binary_cross_entropy": lambda x, y: (
        -y * sympy.log(_sigmoid(x)) - (1 - y) * sympy.log(1 - _sigmoid(x))
    ),
    "step": _step,
    "sign": _sign,
    "greater": _greater,
    "round": _round,
    "abs": lambda x: _choice((x, x >= 0), (-x, True)),
    "maximum": lambda x, y: _choice((x, x >= y), (y, True)),
    "minimum": lambda x, y: _choice((x, x <= y), (y, True)),
    "clip": _clip,
    "where": _where,
    "sum": sympy.Add,
    "dot": _dot,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "softmax_rest": lambda *xs: [1 - p for p in _softmax(*xs)],
    "logsumexp_slope": _softmax,
    "log_softmax": lambda *xs: [x - _logsumexp(*xs) for x in xs],
    "cross_entropy": lambda *xs, target: _logsumexp(*xs) - xs[target],
    "soft_cross_entropy": _soft_cross_entropy,
    "item": lambda xs, k: xs[k],
}


def _of_numbers(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    # SymPy itself would build exp(x > 0), or go on with 15 digits, without a word.
    def guarded(*operands: Any, **attributes: Any) -> Any:
        for x in operands:
            if not isinstance(x, int):  # of a rule, as in hypot(1, x)
                _require_exact_real(x, name)
        return kernel(*operands, **attributes)

    return guarded


def _require_exact_real(x: Any, name: str) -> None:
    if is_condition(x):
        raise TypeError(
            f"{name}() takes numbers, got the condition {x}; use "
            "where(condition, a, b) to choose between two numbers"
        )
    for number in x.atoms(sympy.Float, type(sympy.I)):
        if number is sympy.I:
            raise TypeError(f"{name}() takes real numbers, got {x}")
        raise ExactnessError(
            f"{name}() got {x} with the float {number} in it, which would end "
            f"exactness; {instead_of(float(number))}"
        )


def _checked(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    if name == "item":
        return kernel
    if name == "where":
        check = _of_numbers(name, lambda *operands: None)

        def where(c: Any, x: Any, y: Any) -> Any:
            check(x, y)
            return kernel(c, x, y)

        return where
    return _of_numbers(name, kernel)


COLUMN = Column(
    "SymPy",
    {name: _checked(name, kernel) for name, kernel in KERNELS.items()},
    {
        "pi": pi,
        "ln2": sympy.log(2),
        "ln10": sympy.log(10),
        "two_over_sqrt_pi": 2 / sympy.sqrt(pi),
        "sqrt2": sympy.sqrt(2),
    },
    adopt,
    finite=finite,
)
