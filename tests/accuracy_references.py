"""Closed forms of every row and its derivatives, in 80 digits.

What one can do with this file: ask for the true value, first and second
derivatives of any row at any floats (`reference`), with infinities, NaN and
points outside the domain as IEEE 754 and the limits have them.

The one idea: this is a second, independent writing of the mathematics. It knows
nothing of the table's rules, and where a rule multiplies by a stable factor, a
plain formula over 80 digits does as well. Each derivative is written out by hand;
test_accuracy.py proves them against `mpmath.diff` of the values.
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import copysign, inf, isfinite, isinf, isnan, nan
from typing import Any

import mpmath

from autograd_core.primitives import TABLE

TINY = sys.float_info.min
LARGEST = sys.float_info.max

# A context of its own, so that nobody else's precision is touched.
mp = mpmath.MPContext()
mp.dps = 80

Point = tuple[float, ...]
Entry = Any  # a number; or (number, sum|terms|); or None: not compared
Formula = Callable[..., list[Entry]]


# -- the references --------------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """Closed forms of one row.

    Parameters
    ----------
    entries
        ``(*operands, **attributes)`` to ``[f, first..., second...]``; the second
        derivatives are the upper triangle, row by row.
    near
        Where to look closely: singular points, zeros, kinks. For two operands
        the diagonals x = y and x = -y are looked at as well.
    span
        The magnitudes between which half of the log-uniform points lie; the
        other half covers all floats.
    attributes
        The members of the row's family; the points are dealt out among them.
    low, high
        Operands are drawn from [low, high], special values from everywhere.
    domain
        The same for each operand, if they differ.
    weights
        Whether the second half of the operands are drawn from [0, 1].
    bounds
        The largest error allowed of f, f' and f''.
    operands
        How many; 0 for any number from 1 to 4.
    """

    entries: Formula
    near: Point = (0.0,)
    span: tuple[float, float] = (1e-9, 1e3)
    attributes: tuple[dict[str, Any], ...] = ({},)
    low: float = -inf
    high: float = inf
    bounds: tuple[float, float, float] = (2.0, 4.0, 8.0)
    operands: int = 1
    domain: tuple[tuple[float, float], ...] = ()
    weights: bool = False

    def interval(self, i: int, n: int) -> tuple[float, float]:
        """Where operand i of n is drawn from."""
        if self.weights and i >= n // 2:
            return 0.0, 1.0
        return self.domain[i] if self.domain else (self.low, self.high)


EXACT = (0.5, 4.0, 8.0)
COMPOSED = (4.0, 8.0, 16.0)


def mixed(*terms: Any) -> Entry:
    """A sum whose terms may cancel: the sum, and the sum of magnitudes."""
    return mp.fsum(terms), mp.fsum(terms, absolute=True)


def over(x: Any, y: Any) -> Any:
    """x / y, infinite where y is zero."""
    if y == 0:
        return mp.nan if x == 0 or mp.isnan(x) else mp.inf * mp.sign(x)
    return x / y


def clipped(x: Any, limit: int) -> Any:
    """x, or the limit where the result is far outside the floats: for speed."""
    return min(max(x, mp.mpf(-limit)), mp.mpf(limit))


def exp(x: Any) -> Any:
    return mp.exp(clipped(x, 100_000))


def sinh(x: Any) -> Any:
    return mp.sinh(clipped(x, 9999))


def cosh(x: Any) -> Any:
    return mp.cosh(clipped(x, 9999))


def power(x: Any, y: Any) -> Any:
    """x**y for real results; NaN where the result is not real."""
    if y == 0 or x == 0:
        return mp.mpf(1) if y == 0 else mp.mpf(0) if y > 0 else mp.inf
    if x < 0 and not mp.isint(y):
        return mp.nan
    odd = x < 0 and int(y) % 2 == 1
    return (-1 if odd else 1) * exp(y * mp.log(abs(x)))


def scaled(factor: Any, x: Any, y: Any) -> Any:
    """factor * x**y, and 0 where the factor is 0."""
    return factor * power(x, y) if factor else mp.mpf(0)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def slope(x: Any) -> Any:
    """sigmoid'."""
    return 1 / (2 + exp(x) + exp(-x))


def softplus(x: Any) -> Any:
    return max(x, mp.mpf(0)) + mp.log1p(exp(-abs(x)))


def tanh(x: Any) -> Any:
    return mp.tanh(clipped(x, 500))


def sech(x: Any) -> Any:
    return 2 / (exp(x) + exp(-x))


def gauss(x: Any) -> Any:
    return exp(-x * x)


def phi(x: Any) -> Any:
    """The normal density."""
    return exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def Phi(x: Any) -> Any:  # noqa: N802  the field's name
    """The normal distribution function."""
    return mp.erfc(-clipped(x, 500) / mp.sqrt(2)) / 2


def erfc(x: Any) -> Any:
    return mp.erfc(clipped(x, 500))


def cbrt(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


def _hypot(x: Any, y: Any) -> list[Entry]:
    h = mp.hypot(x, y)
    if h == 0:  # the kink; there is no second derivative
        return [h, h, h, None, None, None]
    return [h, x / h, y / h, y * y / h**3, -x * y / h**3, x * x / h**3]


def _hypot_slope(x: Any, y: Any, i: int, j: int) -> list[Entry]:
    if j:  # in y: the same with x and y exchanged
        f, fy, fx, fyy, fxy, fxx = _hypot_slope(y, x, j, i)
        return [f, fx, fy, fxx, fxy, fyy]
    h = mp.hypot(x, y)
    if h == 0:
        return [x, *[None] * 5]
    h3, h5 = h**3, h**5
    return [
        x / h,
        y * y / h3,
        -x * y / h3,
        -3 * x * y * y / h5,
        (y * (2 * x * x - y * y) / h5, abs(y) * (2 * x * x + y * y) / h5),
        (x * (2 * y * y - x * x) / h5, abs(x) * (2 * y * y + x * x) / h5),
    ]


def _angle(y: Any, x: Any) -> list[Entry]:
    h2 = x * x + y * y
    if h2 == 0:
        return [mp.atan2(y, x), mp.nan, mp.nan, None, None, None]
    h4 = h2 * h2
    cross = 2 * x * y / h4
    mid = mixed(y * y / h4, -x * x / h4)
    return [mp.atan2(y, x), x / h2, -y / h2, -cross, mid, cross]


def _angle_slope(y: Any, x: Any, i: int, j: int) -> list[Entry]:
    # atan2(y, x) is the imaginary part of log(z), z = x + iy, and d/dy = i d/dz.
    def derivative(by_y: int, by_x: int) -> Entry:
        k = by_y + by_x
        if x == y == 0:
            return mp.nan
        # log's k-th derivative is sign (k-1)! / z**k; z**-k is conj(z)**k / |z|**2k,
        # expanded by the binomial theorem.
        size = (-1) ** (k - 1) * mp.factorial(k - 1) / (x * x + y * y) ** k
        terms = [
            mp.binomial(k, s) * x ** (k - s) * y**s * (1j**by_y * (-1j) ** s).imag
            for s in range(k + 1)
        ]
        return mixed(*(size * term for term in terms))

    orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    return [derivative(i + a, j + b) for a, b in orders]


def _silu(x: Any) -> list[Entry]:
    # x*sigmoid(x) and four derivatives; s is sigmoid', t is -s'/s, and t' is 2s.
    s, t = slope(x), tanh(x / 2)
    return [
        x * sigmoid(x),
        mixed(sigmoid(x), x * s),
        mixed(2 * s, -x * s * t),
        mixed(-3 * s * t, x * s * t**2, -2 * x * s**2),
        mixed(4 * s * t**2, -8 * s**2, 8 * x * s**2 * t, -x * s * t**3),
    ]


def _ratio_slope(x: Any, y: Any, k: int) -> list[Entry]:
    def derivative(x: Any, order: int) -> Any:
        return over((-1) ** order * mp.factorial(order) * x, y ** (order + 1))

    second = [0, derivative(mp.mpf(1), k + 1), derivative(x, k + 2)]
    return [derivative(x, k), derivative(mp.mpf(1), k), derivative(x, k + 1), *second]


def _powc(x: Any, n: Any, k: int = 0) -> list[Entry]:
    def derivative(order: int) -> Any:
        factor = mp.mpf(1)
        for i in range(order):
            factor *= mp.mpf(n) - i
        return scaled(factor, x, mp.mpf(n) - order)

    return [derivative(k), derivative(k + 1), derivative(k + 2)]


def _pow(x: Any, y: Any) -> list[Entry]:
    p = power(x, y) if mp.isfinite(x + y) else mp.nan
    if abs(y) > LARGEST:
        return [p, *[None] * 5]  # a choice, not a limit
    if x < 0 and abs(y) > 2**53:
        return [p, *[None] * 5]  # odd or even? 80 digits cannot hold y - 1
    if x <= 0:
        # d/dy exists only at 0, as a limit; mixed derivatives there are skipped.
        dy = mp.mpf(0) if x == 0 else mp.nan
        xs = [scaled(y, x, y - 1), scaled(y * (y - 1), x, y - 2)]
        return [p, xs[0], dy, xs[1], None, None]
    log, q = mp.log(x), power(x, y - 1)
    return [
        p,
        scaled(y, x, y - 1),
        p * log,
        scaled(y * (y - 1), x, y - 2),
        mixed(q, y * q * log),
        p * log * log,
    ]


def _xlogy(x: Any, y: Any) -> list[Entry]:
    if y == 0:
        return [x * 0 if x == 0 else -mp.inf * x, -mp.inf, x * 0, None, None, None]
    value = mp.mpf(0) if x == 0 else x * mp.log(y)
    return [value, mp.log(y), x / y, 0, 1 / y, -x / y / y]


def _logaddexp(x: Any, y: Any) -> list[Entry]:
    value = mp.mpf(x) if x == y and mp.isinf(x) else None
    if value is None:
        value = mixed(max(x, y), mp.log1p(exp(-abs(x - y))))
    s = slope(x - y)
    return [value, sigmoid(x - y), sigmoid(y - x), s, -s, s]


def _sigmoid_diff(x: Any, y: Any) -> list[Entry]:
    d = x - y
    s, u = slope(d), mixed(-slope(d) * sigmoid(d), slope(d) * sigmoid(-d))
    minus = (-u[0], u[1])
    return [sigmoid(d), s, -s, u, minus, u]


def _sinc(x: Any, k: int = 0) -> list[Entry]:
    def derivative(order: int) -> Entry:
        if abs(x) < 1:
            return _sinc_series(x, order)
        value, circle = mp.sin(x) / x, [mp.sin, mp.cos]
        size = mp.mpf(0)
        for i in range(1, order + 1):
            wave = (1, 1, -1, -1)[i % 4] * circle[i % 2](x)
            size = (abs(wave) + i * abs(value)) / abs(x)
            value = (wave - i * value) / x
        return value, min(size, mp.mpf(1))

    return [derivative(k), derivative(k + 1), derivative(k + 2)]


def _sinc_series(x: Any, order: int) -> Any:
    # The integral of t**order cos(x t + order pi/2) over [0, 1], term by term.
    total = mp.mpf(0)
    for j in range(order % 2, 60, 2):
        sign = -1 if (j + order) // 2 % 2 else 1
        total += sign * x**j / (mp.factorial(j) * (j + order + 1))
    return total


def _bell(x: Any, k: int, a: int, bell: Any) -> list[Entry]:
    # Derivatives k, k + 1, k + 2 of exp(-a x x/2) by Hermite's explicit sum.
    def derivative(order: int) -> Entry:
        terms = [
            mp.mpf(-a) ** (order - j)
            * mp.factorial(order)
            / (mp.factorial(j) * mp.factorial(order - 2 * j) * mp.mpf(2) ** j)
            * x ** (order - 2 * j)
            for j in range(order // 2 + 1)
        ]
        return mixed(*(term * bell for term in terms))

    return [derivative(k), derivative(k + 1), derivative(k + 2)]


def _gauss_derivative(x: Any, k: int) -> list[Entry]:
    return _bell(x, k, 2, gauss(x))


def _normal_derivative(x: Any, k: int) -> list[Entry]:
    return _bell(x, k, 1, phi(x))


def _bce(x: Any, y: Any) -> list[Entry]:
    if not 0 <= y <= 1:
        return [None]
    terms = [(1 - y) * softplus(x) if y != 1 else 0, y * softplus(-x) if y else 0]
    value = mixed(*terms)
    first = mixed((1 - y) * sigmoid(x), -y * sigmoid(-x))
    return [value, first, -x, slope(x), mp.mpf(-1), 0]


def _clip(x: Any, low: float, high: float) -> list[Entry]:
    return [min(max(x, mp.mpf(low)), mp.mpf(high)), int(low <= x <= high), 0]


def _choose(take_x: Any, x: Any, y: Any) -> list[Entry]:
    # maximum and minimum: `take_x` is 1, 1/2 at a tie, or 0.
    return [x if take_x else y, take_x, 1 - take_x, 0, 0, 0]


def _tie(x: Any, y: Any) -> Any:
    return mp.mpf(1) / 2 if x == y else mp.mpf(int(x > y))


def _round(x: Any, digits: int | None = None) -> list[Entry]:
    if not mp.isfinite(x) or abs(x) > 2**53:
        return [x, 0, 0]
    rounded = Fraction(round(Fraction(float(x)), digits or 0))
    return [mp.mpf(rounded.numerator) / rounded.denominator, 0, 0]


def _triangle(n: int, entry: Callable[[int, int], Entry]) -> list[Entry]:
    return [entry(i, j) for i in range(n) for j in range(i, n)]


def _overflows(terms: Sequence[Any]) -> bool:
    # From left to right a partial sum may be infinite although the sum is not.
    size = mp.fsum(terms, absolute=True)
    return bool(mp.isfinite(size) and size > LARGEST)


def _sum(*xs: Any) -> list[Entry]:
    n = len(xs)
    if _overflows(xs):
        return [None]
    return [mixed(*xs), *[1] * n, *_triangle(n, lambda i, j: 0)]


def _dot(*xs: Any) -> list[Entry]:
    n = len(xs) // 2
    terms = [x * y for x, y in zip(xs[:n], xs[n:], strict=True)]
    if _overflows(terms):
        return [None]
    value = mixed(*terms)
    second = _triangle(2 * n, lambda i, j: int(j == i + n))
    return [value, *xs[n:], *xs[:n], *second]


class _Weights:
    # The softmax p of xs, and 1 - p without cancellation.
    def __init__(self, xs: Sequence[Any]) -> None:
        self.high = max(xs)
        if mp.isinf(self.high):
            weights = [mp.mpf(int(x == self.high)) for x in xs]
        else:
            weights = [exp(x - self.high) for x in xs]
        whole = mp.fsum(weights)
        self.n = len(xs)
        self.p = [w / whole for w in weights]
        self.rest = [mp.fsum(self.p[:i] + self.p[i + 1 :]) for i in range(self.n)]
        top = list(xs).index(self.high)
        self.log_rest = mp.log1p(mp.fsum(weights[:top] + weights[top + 1 :]))

    def minus(self, k: int, i: int) -> Any:
        """delta_ki - p_i."""
        return self.rest[i] if k == i else -self.p[i]


def _logsumexp(*xs: Any) -> list[Entry]:
    w = _Weights(xs)
    second = _triangle(w.n, lambda i, j: w.p[i] * w.minus(i, j))
    return [mixed(w.high, w.log_rest), *w.p, *second]


def _softmax(*xs: Any, k: int) -> list[Entry]:
    w = _Weights(xs)
    p = w.p[k]
    first = [p * w.minus(k, i) for i in range(w.n)]

    def second(i: int, j: int) -> Entry:
        return mixed(p * w.minus(k, i) * w.minus(k, j), -p * w.p[i] * w.minus(i, j))

    return [p, *first, *_triangle(w.n, second)]


def _softmax_rest(*xs: Any, k: int) -> list[Entry]:
    _, *slopes = _softmax(*xs, k=k)
    minus = [(-s[0], s[1]) if isinstance(s, tuple) else -s for s in slopes]
    return [_Weights(xs).rest[k], *minus]


def _log_softmax(*xs: Any, k: int, sign: int = 1) -> list[Entry]:
    w = _Weights(xs)
    first = [sign * w.minus(k, i) for i in range(w.n)]
    second = _triangle(w.n, lambda i, j: -sign * w.p[i] * w.minus(i, j))
    return [sign * (xs[k] - w.high - w.log_rest), *first, *second]


def _soft_cross_entropy(*xs: Any) -> list[Entry]:
    n = len(xs) // 2
    w, ys = _Weights(xs[:n]), xs[n:]
    logs = [x - w.high - w.log_rest for x in xs[:n]]
    total, size = mixed(*ys)
    first = [(total * p - y, size * p + abs(y)) for p, y in zip(w.p, ys, strict=True)]

    def second(i: int, j: int) -> Entry:
        if j < n:
            return total * w.p[i] * w.minus(i, j), size * w.p[i] * abs(w.minus(i, j))
        if i < n:
            return -w.minus(j - n, i), w.p[i] + (i == j - n)
        return mp.mpf(0)

    terms = [-y * q if y else mp.mpf(0) for y, q in zip(ys, logs, strict=True)]
    if _overflows(terms) or max(map(abs, logs)) > LARGEST:
        return [None]
    value = mixed(*terms)
    return [value, *first, *(-q for q in logs), *_triangle(2 * n, second)]


PI = math.pi
_TURNS = (0.0, PI / 2, PI, 2 * PI, 11 * PI)
_LOG: dict[str, Any] = {"near": (0.0, 1.0), "low": 0.0}
_EXPONENTS = (2, 3, -1, 0.5, -2, 1.5, 0, 1, 10, 1 / 3, -0.5)
_ROOTS: tuple[dict[str, Any], ...] = (*({"n": n} for n in _EXPONENTS), {"n": 2, "k": 1})
_CLASSES = tuple({"k": k} for k in range(4))

REFERENCES: dict[str, Reference] = {
    "identity": Reference(lambda x: [x, 1, 0], bounds=EXACT),
    "add": Reference(lambda x, y: [x + y, 1, 1, 0, 0, 0], bounds=EXACT, operands=2),
    "sub": Reference(lambda x, y: [x - y, 1, -1, 0, 0, 0], bounds=EXACT, operands=2),
    "mul": Reference(lambda x, y: [x * y, y, x, 0, 1, 0], bounds=EXACT, operands=2),
    "div": Reference(
        lambda x, y: [
            over(x, y),
            over(1, y),
            over(-x, y * y),
            0,
            over(-1, y * y),
            over(2 * x, y**3),
        ],
        bounds=EXACT,
        operands=2,
    ),
    "ratio_slope": Reference(_ratio_slope, operands=2, attributes=({"k": 1}, {"k": 2})),
    "neg": Reference(lambda x: [-x, -1, 0], bounds=EXACT),
    "strong_mul": Reference(
        lambda x, y: [x * y if x else x, y, x, 0, 1, 0], bounds=EXACT, operands=2
    ),
    "reciprocal": Reference(
        lambda x: [over(1, x), over(-1, x * x), over(2, x**3)], bounds=EXACT
    ),
    "square": Reference(lambda x: [x * x, 2 * x, 2], bounds=EXACT),
    "powc": Reference(_powc, near=(0.0, 1.0), attributes=_ROOTS),
    "pow": Reference(_pow, near=(0.0, 1.0), span=(1e-3, 1e3), operands=2),
    "sqrt": Reference(
        lambda x: [mp.sqrt(x), over(1, 2 * mp.sqrt(x)), over(-1, 4 * x * mp.sqrt(x))],
        low=0.0,
        bounds=EXACT,
    ),
    "cbrt": Reference(
        lambda x: [cbrt(x), over(1, 3 * cbrt(x) ** 2), over(-2, 9 * x * cbrt(x) ** 2)]
    ),
    "hypot": Reference(_hypot, operands=2),
    "hypot_slope": Reference(
        _hypot_slope, operands=2, attributes=({"i": 1, "j": 0}, {"i": 0, "j": 1})
    ),
    "exp": Reference(lambda x: [exp(x)] * 3),
    "expm1": Reference(lambda x: [mp.expm1(min(x, mp.mpf(9999))), exp(x), exp(x)]),
    "log": Reference(lambda x: [mp.log(x), over(1, x), over(-1, x * x)], **_LOG),
    "log1p": Reference(
        lambda x: [mp.log1p(x), over(1, 1 + x), over(-1, (1 + x) ** 2)],
        near=(-1.0, 0.0),
        low=-1.0,
    ),
    "log2": Reference(
        lambda x: [mp.log(x) / mp.ln2, over(1, x * mp.ln2), over(-1, x * x * mp.ln2)],
        **_LOG,
    ),
    "log10": Reference(
        lambda x: [
            mp.log(x) / mp.ln10,
            over(1, x * mp.ln10),
            over(-1, x * x * mp.ln10),
        ],
        **_LOG,
    ),
    "xlogy": Reference(_xlogy, near=(0.0, 1.0), operands=2),
    "sigmoid_diff": Reference(_sigmoid_diff, operands=2),
    "logaddexp": Reference(_logaddexp, operands=2),
    "sin": Reference(lambda x: [mp.sin(x), mp.cos(x), -mp.sin(x)], near=_TURNS),
    "cos": Reference(lambda x: [mp.cos(x), -mp.sin(x), -mp.cos(x)], near=_TURNS),
    "tan": Reference(
        lambda x: [mp.tan(x), 1 + mp.tan(x) ** 2, 2 * mp.tan(x) * (1 + mp.tan(x) ** 2)],
        near=_TURNS,
    ),
    "asin": Reference(
        lambda x: [
            mp.asin(x),
            over(1, mp.sqrt(1 - x * x)),
            over(x, mp.sqrt(1 - x * x) ** 3),
        ],
        near=(-1.0, 0.0, 1.0),
        low=-1.0,
        high=1.0,
    ),
    "acos": Reference(
        lambda x: [
            mp.acos(x),
            over(-1, mp.sqrt(1 - x * x)),
            over(-x, mp.sqrt(1 - x * x) ** 3),
        ],
        near=(-1.0, 0.0, 1.0),
        low=-1.0,
        high=1.0,
    ),
    "asin_slope": Reference(
        lambda x: [
            over(1, mp.sqrt(1 - x * x)),
            over(x, mp.sqrt(1 - x * x) ** 3),
            over(1 + 2 * x * x, mp.sqrt(1 - x * x) ** 5),
        ],
        near=(-1.0, 0.0, 1.0),
        low=-1.0,
        high=1.0,
    ),
    "atan": Reference(
        lambda x: [mp.atan(x), 1 / (1 + x * x), -2 * x / (1 + x * x) ** 2]
    ),
    "atan2": Reference(_angle, operands=2),
    "atan2_slope": Reference(
        _angle_slope, operands=2, attributes=({"i": 1, "j": 0}, {"i": 0, "j": 1})
    ),
    "sinh": Reference(lambda x: [sinh(x), cosh(x), sinh(x)]),
    "cosh": Reference(lambda x: [cosh(x), sinh(x), cosh(x)]),
    "tanh": Reference(lambda x: [tanh(x), sech(x) ** 2, -2 * tanh(x) * sech(x) ** 2]),
    "sech": Reference(
        lambda x: [
            sech(x),
            -sech(x) * tanh(x),
            mixed(sech(x) * tanh(x) ** 2, -(sech(x) ** 3)),
        ],
        near=(-0.881373587019543, 0.0, 0.881373587019543),
    ),
    "asinh": Reference(
        lambda x: [mp.asinh(x), 1 / mp.sqrt(1 + x * x), -x / mp.sqrt(1 + x * x) ** 3]
    ),
    "acosh": Reference(
        lambda x: [
            mp.acosh(x),
            over(1, mp.sqrt(x * x - 1)),
            over(-x, mp.sqrt(x * x - 1) ** 3),
        ],
        near=(1.0,),
        low=1.0,
    ),
    "acosh_slope": Reference(
        lambda x: [
            over(1, mp.sqrt(x * x - 1)),
            over(-x, mp.sqrt(x * x - 1) ** 3),
            over(2 * x * x + 1, mp.sqrt(x * x - 1) ** 5),
        ],
        near=(1.0,),
        low=1.0,
    ),
    "atanh": Reference(
        lambda x: [mp.atanh(x), over(1, 1 - x * x), over(2 * x, (1 - x * x) ** 2)],
        near=(-1.0, 0.0, 1.0),
        low=-1.0,
        high=1.0,
    ),
    "atanh_slope": Reference(
        lambda x: [
            over(1, 1 - x * x),
            over(2 * x, (1 - x * x) ** 2),
            over(2 + 6 * x * x, (1 - x * x) ** 3),
        ],
        near=(-1.0, 0.0, 1.0),
        low=-1.0,
        high=1.0,
    ),
    "sigmoid": Reference(lambda x: [sigmoid(x), slope(x), -slope(x) * tanh(x / 2)]),
    "logistic_slope": Reference(
        lambda x: [
            slope(x),
            -slope(x) * tanh(x / 2),
            mixed(slope(x) * tanh(x / 2) ** 2, -2 * slope(x) ** 2),
        ],
        near=(-1.3169578969248167, 0.0, 1.3169578969248167),
    ),
    "logsigmoid": Reference(lambda x: [-softplus(-x), sigmoid(-x), -slope(x)]),
    "softplus": Reference(lambda x: [softplus(x), sigmoid(x), slope(x)]),
    "relu": Reference(lambda x: [max(x, mp.mpf(0)), int(x > 0), 0], bounds=EXACT),
    "leaky_relu": Reference(
        lambda x, slope: [
            x if x > 0 else x * mp.mpf(slope),
            1 if x > 0 else mp.mpf(slope),
            0,
        ],
        attributes=({"slope": 0.01}, {"slope": 0}),
        bounds=EXACT,
    ),
    "elu": Reference(
        lambda x, alpha: [
            x if x > 0 else mp.mpf(alpha) * mp.expm1(x),
            1 if x > 0 else alpha * exp(x),
            0 if x > 0 else alpha * exp(x),
        ],
        attributes=({"alpha": 1}, {"alpha": 1.5}),
    ),
    "silu": Reference(
        lambda x: _silu(x)[:3],
        near=(-2.399357280520, -1.2784645427610738, 0.0, 2.399357280520),
        bounds=COMPOSED,
    ),
    "silu_slope": Reference(
        lambda x, k: _silu(x)[k : k + 3],
        attributes=({"k": 1}, {"k": 2}),
        near=(-2.399357280520, -1.2784645427610738, 0.0, 2.399357280520),
        bounds=COMPOSED,
    ),
    "gelu": Reference(
        lambda x: [
            x * Phi(x),
            mixed(Phi(x), x * phi(x)),
            mixed(2 * phi(x), -x * x * phi(x)),
        ],
        near=(-math.sqrt(2), -0.7517915246935645, 0.0, math.sqrt(2)),
        bounds=COMPOSED,
    ),
    "erf": Reference(
        lambda x: [
            mp.erf(x),
            2 / mp.sqrt(mp.pi) * gauss(x),
            -4 * x / mp.sqrt(mp.pi) * gauss(x),
        ]
    ),
    "erfc": Reference(
        lambda x: [
            erfc(x),
            -2 / mp.sqrt(mp.pi) * gauss(x),
            4 * x / mp.sqrt(mp.pi) * gauss(x),
        ]
    ),
    "gauss": Reference(
        lambda x: [
            gauss(x),
            -2 * x * gauss(x),
            mixed(4 * x * x * gauss(x), -2 * gauss(x)),
        ],
        near=(-math.sqrt(0.5), 0.0, math.sqrt(0.5)),
    ),
    "gauss_derivative": Reference(
        _gauss_derivative, near=(0.0, math.sqrt(0.5)), attributes=({"k": 1},)
    ),
    "normal_pdf": Reference(
        lambda x: [phi(x), -x * phi(x), mixed(x * x * phi(x), -phi(x))],
        near=(-1.0, 0.0, 1.0),
    ),
    "normal_pdf_derivative": Reference(
        _normal_derivative, near=(0.0, 1.0), attributes=({"k": 1},)
    ),
    "normal_cdf": Reference(lambda x: [Phi(x), phi(x), -x * phi(x)]),
    "sinc": Reference(
        _sinc,
        near=(0.0, PI, 4.493409457909064, 2.0815759778181),
    ),
    "binary_cross_entropy": Reference(
        _bce,
        near=(0.0, 1.0),
        operands=2,
        domain=((-inf, inf), (0.0, 1.0)),
        bounds=COMPOSED,
    ),
    "step": Reference(lambda x: [int(x > 0), 0, 0], bounds=EXACT),
    "sign": Reference(lambda x: [mp.sign(x), 0, 0], bounds=EXACT),
    "greater": Reference(
        lambda x, y: [_tie(x, y), 0, 0, 0, 0, 0], operands=2, bounds=EXACT
    ),
    "round": Reference(
        _round,
        near=(0.5, 1.5, 2.5),
        attributes=({}, {"digits": 2}),
        bounds=EXACT,
    ),
    "abs": Reference(lambda x: [abs(x), mp.sign(x), 0], bounds=EXACT),
    "maximum": Reference(
        lambda x, y: _choose(_tie(x, y), x, y), operands=2, bounds=EXACT
    ),
    "minimum": Reference(
        lambda x, y: _choose(_tie(y, x), x, y), operands=2, bounds=EXACT
    ),
    "clip": Reference(
        _clip,
        near=(-1.0, 2.0),
        attributes=({"low": -1.0, "high": 2.0}, {"low": 0, "high": 1}),
        bounds=EXACT,
    ),
    "where": Reference(
        lambda c, x, y: [x if c else y, 0, int(bool(c)), int(not c), *[0] * 6],
        operands=3,
        bounds=EXACT,
    ),
    "sum": Reference(_sum, operands=0),
    "dot": Reference(_dot, operands=0),
    "logsumexp": Reference(_logsumexp, operands=0),
    "softmax": Reference(_softmax, operands=0, attributes=_CLASSES),
    "softmax_rest": Reference(_softmax_rest, operands=0, attributes=_CLASSES),
    "logsumexp_slope": Reference(_softmax, operands=0, attributes=_CLASSES),
    "log_softmax": Reference(_log_softmax, operands=0, attributes=_CLASSES),
    "cross_entropy": Reference(
        lambda *xs, target: _log_softmax(*xs, k=target, sign=-1),
        operands=0,
        attributes=tuple({"target": k} for k in range(4)),
    ),
    "soft_cross_entropy": Reference(_soft_cross_entropy, operands=0, weights=True),
}


# -- special values: what IEEE 754 and the limits say ----------------------------------


def _ieee_div(x: float, y: float) -> float | None:
    if isnan(x) or x == y == 0.0 or (isinf(x) and isinf(y)):
        return nan
    if y != 0.0:
        return None if isfinite(x) and isfinite(y) else x / y
    return copysign(inf, x) * copysign(1.0, y)


def _ieee_pow(x: float, y: float) -> float | None:
    odd = not isinf(y) and y % 2 == 1
    if y == 0.0 or x == 1.0:
        return 1.0
    if isnan(x) or isnan(y):
        return nan
    if isinf(y):
        if abs(x) == 1.0:
            return 1.0
        return inf if (abs(x) > 1.0) == (y > 0.0) else 0.0
    if x == 0.0 or isinf(x):
        size = inf if (x == 0.0) == (y < 0.0) else 0.0
        return copysign(size, x) if odd else size
    return None


def _ieee_atan2(y: float, x: float) -> float | None:
    if isnan(x) or isnan(y):
        return nan
    back = copysign(1.0, x) < 0.0
    if isinf(y) and isinf(x):
        return copysign(3 * PI / 4 if back else PI / 4, y)
    if y == 0.0 or isinf(x):
        return copysign(PI if back else 0.0, y)
    return copysign(PI / 2, y) if isinf(y) else None


def _far(*xs: float, **attributes: Any) -> float | None:
    return 0.0 if any(map(isinf, xs)) and not any(map(isnan, xs)) else None


def _ieee_cosine(x: float, y: float, i: int, j: int) -> float | None:
    # As atan2: two infinities are equally far.
    if j:
        x, y = y, x
    if not (isinf(x) or isinf(y)) or isnan(x) or isnan(y):
        return None
    if not isinf(x):
        return 0.0
    return copysign(math.sqrt(0.5) if isinf(y) else 1.0, x)


def _softmax_special(*xs: float, zero: float = nan, **attributes: Any) -> float | None:
    if any(map(isnan, xs)):
        return nan
    return zero if max(xs) == -inf else None


def _log_softmax_special(*xs: float, **attributes: Any) -> float | None:
    return nan if any(map(isnan, xs)) or isinf(max(xs)) else None


def _soft_special(*xs: float) -> float | None:
    if all(map(isfinite, xs)):
        return None
    # Each weight times its own log, and 0 for weight 0.
    pairs = zip(xs[len(xs) // 2 :], _logs(xs[: len(xs) // 2]), strict=True)
    return sum(-y * q if y else 0.0 for y, q in pairs)


def _dot_special(*xs: float) -> float | None:
    pairs = zip(xs[: len(xs) // 2], xs[len(xs) // 2 :], strict=True)
    return sum(x * y for x, y in pairs) if any(map(isinf, xs)) else None


def _logs(logits: Point) -> list[float]:
    # Good enough to tell which infinity, or NaN, the sum above is.
    high = max(logits)
    if isinf(high) or any(map(isnan, logits)):
        return [nan] * len(logits)
    rest = math.log(sum(math.exp(x - high) for x in logits))
    return [x - high - rest for x in logits]


# name -> (*operands, **attributes) -> the value, or None: as the reference says.
SPECIAL: dict[str, Callable[..., float | None]] = {
    "div": _ieee_div,
    "reciprocal": lambda x: _ieee_div(1.0, x),
    "strong_mul": lambda x, y: 0.0 if x == 0.0 else None,
    "pow": _ieee_pow,
    "powc": lambda x, n, k=0: None if k else nan if isnan(x) and n else _ieee_pow(x, n),
    "atan2": _ieee_atan2,
    "hypot": lambda x, y: inf if isinf(x) or isinf(y) else None,
    "hypot_slope": _ieee_cosine,
    "atan2_slope": _far,
    "xlogy": lambda x, y: nan if isnan(y) else 0.0 if x == 0.0 else None,
    "sigmoid_diff": lambda x, y: (
        (0.5 if x > 0 else 0.0) if isinf(x) and x == y else None
    ),
    "sinc": lambda x: 0.0 if isinf(x) else None,
    "silu": lambda x: 0.0 if x == -inf else None,
    "gelu": lambda x: 0.0 if x == -inf else None,
    "silu_slope": lambda x, k: float(x > 0 and k == 1) if isinf(x) else None,
    "gauss_derivative": lambda x, k: 0.0 if isinf(x) else None,
    "normal_pdf_derivative": lambda x, k: 0.0 if isinf(x) else None,
    # A comparison with NaN is false.
    "step": lambda x: 0.0 if isnan(x) else None,
    "sign": lambda x: 0.0 if isnan(x) else None,
    "greater": lambda x, y: 0.0 if isnan(x) or isnan(y) else None,
    "where": lambda c, x, y: x if c else y,
    "logsumexp": lambda *xs: _softmax_special(*xs, zero=-inf),
    "softmax": _softmax_special,
    "softmax_rest": lambda *xs, k: (
        nan if any(map(isnan, xs)) else 1 - 1 / len(xs) if max(xs) == -inf else None
    ),
    "dot": _dot_special,
    "logsumexp_slope": lambda *xs, k: _softmax_special(*xs, zero=0.0),
    "log_softmax": _log_softmax_special,
    "cross_entropy": _log_softmax_special,
    "soft_cross_entropy": _soft_special,
}


def reference(name: str, xs: Point, attributes: dict[str, Any]) -> list[Entry]:
    """``[f, first..., second...]`` of row ``name``, None where not compared."""
    row = REFERENCES[name]
    entries = row.entries
    special = SPECIAL.get(name, lambda *xs, **attributes: None)(*xs, **attributes)
    outside = not all(row.low <= x <= row.high for x in xs)
    if special is None and (outside or any(map(isnan, xs))):
        return [mp.nan]
    if special is not None and (not isfinite(special) or any(map(isnan, xs))):
        return [mp.mpf(special)]
    found = entries(*map(mp.mpf, xs), **attributes)
    infinite = sum(map(isinf, xs))
    if infinite:
        slopes = _limits(entries, xs, attributes)
        # With two infinities the value is a choice, and there is no limit.
        one = infinite == 1 and row.operands > 0
        known = not TABLE[name].helper and (special is None or one)
        slopes = slopes if known else [None] * len(xs)
        found = [found[0], *slopes, *[None] * (len(found) - 1 - len(xs))]
    if special is not None:
        found[0] = mp.mpf(special)
    return found


def _limits(entries: Formula, xs: Point, attributes: dict[str, Any]) -> list[Entry]:
    # First derivatives at infinity: two points far out must agree.
    def slopes(exponent: int) -> list[Any]:
        far = mp.mpf(10) ** exponent
        point = [far * int(copysign(1, x)) if isinf(x) else mp.mpf(x) for x in xs]
        found = entries(*point, **attributes)[1 : 1 + len(xs)]
        return [entry[0] if isinstance(entry, tuple) else entry for entry in found]

    def agree(a: Any, b: Any) -> bool:
        return a is not None and (a == b or abs(a - b) < 1e-300)

    return [
        a if agree(a, b) else None
        for a, b in zip(slopes(900), slopes(950), strict=True)
    ]
