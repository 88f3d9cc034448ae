"""References for the engine's tests that share nothing with its table.

What one can do with this file: draw random programs (`random_program`), run one
on the engine (`run`), differentiate it with 50 digits by hand-written formulas
(`sweep`, `hessian`), bound what rounding may do to it (`condition`), and draw
programs whose float arithmetic is exact (`exact_program`, `exact_gradients`).

The one idea: each operation is written down a second time, with its first and
second derivatives as a calculus book has them, over two namespaces, mpmath for
the truth and Python floats for the size of the rounding errors. Nothing here
imports the engine's table, columns or sweeps.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

import autograd_core as ac

DIGITS = 50
UNIT = 2.0**-53  # half a unit in the last place of 1.0

# Rounding of one operation, in UNITs: RELIABILITY.md A1 allows compositions
# (silu, gelu, ...) 8 ULP in a first derivative, which is 16 units.
UNITS_PER_OPERATION = 16

PRECISE = mpmath.MPContext()
PRECISE.dps = DIGITS + 10


class _Namespace:
    def __init__(self, source: Any, number: Callable[[Any], Any]) -> None:
        names = "exp log sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh"
        for name in f"{names} atanh sqrt cbrt erf pi".split(" "):
            setattr(self, name, getattr(source, name, None))
        self.number = number

    def logistic(self, x: Any) -> Any:
        return 1 / (1 + self.exp(-x))

    def bell(self, x: Any) -> Any:  # the density of the normal distribution
        return self.exp(-x * x / 2) / self.sqrt(2 * self.pi)

    def below(self, x: Any) -> Any:  # the area to its left
        return (1 + self.erf(x / self.sqrt(self.number(2)))) / 2


M = _Namespace(PRECISE, PRECISE.mpf)
F = _Namespace(math, float)

Numbers = Any


@dataclass(frozen=True)
class Op:
    """One operation: on the engine, and by hand.

    ``first`` lists the partials, ``second`` the entries (i, j, d2/dxi dxj) with
    i <= j that are not zero. ``terms`` and ``slope_terms`` are the sums of
    absolute values of what is added up in the value and in each partial, where
    that may cancel.
    """

    arity: int
    engine: Callable[..., Any]
    value: Callable[..., Any]
    first: Callable[..., Any]
    second: Callable[..., Any] = lambda m, xs, v: []
    domain: Callable[..., bool] = lambda *xs: True
    terms: Callable[..., float] | None = None
    slope_terms: Callable[..., Any] | None = None


def _unary(engine: Any, value: Any, d1: Any, d2: Any, domain: Any = None) -> Op:
    return Op(
        1,
        engine,
        lambda m, xs: value(m, xs[0]),
        lambda m, xs, v: (d1(m, xs[0], v),),
        lambda m, xs, v: [(0, 0, d2(m, xs[0], v))],
        domain or (lambda x: True),
    )


def _linear(arity: int, engine: Any, value: Any, slopes: Any, **more: Any) -> Op:
    return Op(arity, engine, value, lambda m, xs, v: slopes(m, xs), **more)


MARGIN = 1e-3  # the distance that a program keeps from kinks and singularities


def _away(x: float) -> bool:
    return abs(x) > MARGIN


def _positive(x: float) -> bool:
    return x > 10 * MARGIN


def _inside(x: float) -> bool:
    return abs(x) < 1 - 10 * MARGIN


def _spread(m: Any, x: Any) -> Any:  # s*(1 - s), without 1 - s
    return m.logistic(x) * m.logistic(-x)


def _logistic2(m: Any, x: Any) -> Any:
    return _spread(m, x) * (1 - 2 * m.logistic(x))


def _silu1(m: Any, x: Any, v: Any) -> Any:
    return m.logistic(x) + x * _spread(m, x)


def _silu2(m: Any, x: Any, v: Any) -> Any:
    return 2 * _spread(m, x) + x * _logistic2(m, x)


def _logaddexp_second(m: Any, xs: Any, v: Any) -> Any:
    h = _spread(m, xs[0] - xs[1])
    return [(0, 0, h), (0, 1, -h), (1, 1, h)]


def _weights(m: Any, xs: Any) -> list[Any]:
    es = [m.exp(x) for x in xs]
    total = es[0] + es[1] + es[2]
    return [e / total for e in es]


def _lse_second(m: Any, xs: Any, v: Any) -> Any:
    p = _weights(m, xs)
    return [
        (i, j, p[i] * ((1 if i == j else 0) - p[j]))
        for i in range(3)
        for j in range(i, 3)
    ]


def _softmax_first(m: Any, xs: Any, v: Any) -> Any:
    p = _weights(m, xs)
    return (-p[1] * p[0], p[1] * (p[0] + p[2]), -p[1] * p[2])


def _softmax_second(m: Any, xs: Any, v: Any) -> Any:
    # d2 p1 / dxi dxj = p1*((d1i - pi)*(d1j - pj) - pi*(dij - pj))
    p = _weights(m, xs)
    out = []
    for i in range(3):
        for j in range(i, 3):
            a, b = (1 if i == 1 else 0) - p[i], (1 if j == 1 else 0) - p[j]
            out.append((i, j, p[1] * (a * b - p[i] * ((1 if i == j else 0) - p[j]))))
    return out


def _ce_first(m: Any, xs: Any, v: Any) -> Any:
    p = _weights(m, xs)
    return (-(p[1] + p[2]), p[1], p[2])


def _hypot_second(m: Any, xs: Any, v: Any) -> Any:
    x, y = xs
    return [(0, 0, y * y / v**3), (0, 1, -x * y / v**3), (1, 1, x * x / v**3)]


def _atan2_second(m: Any, xs: Any, v: Any) -> Any:
    y, x = xs
    r = (x * x + y * y) ** 2
    return [(0, 0, -2 * x * y / r), (0, 1, (y * y - x * x) / r), (1, 1, 2 * x * y / r)]


def _pow_second(m: Any, xs: Any, v: Any) -> Any:
    x, y = xs
    lx = m.log(x)
    return [
        (0, 0, y * (y - 1) * v / (x * x)),
        (0, 1, v / x * (1 + y * lx)),
        (1, 1, v * lx * lx),
    ]


def _bce_value(m: Any, xs: Any) -> Any:
    x, y = xs
    p = m.logistic(x)
    return -y * m.log(p) - (1 - y) * m.log(m.logistic(-x))


def _power(n: Any, domain: Any) -> Op:
    return _unary(
        lambda x: x**n,
        lambda m, x: x**n,
        lambda m, x, v: n * v / x,
        lambda m, x, v: n * (n - 1) * v / (x * x),
        domain,
    )


def _piece(engine: Any, value: Any, slope: Any, bend: Any = None) -> Op:
    return _unary(engine, value, slope, bend or (lambda m, x, v: 0), _away)


def _max_first(m: Any, xs: Any, v: Any) -> Any:
    return (1, 0) if xs[0] > xs[1] else (0, 1) if xs[0] < xs[1] else (0.5, 0.5)


def _min_first(m: Any, xs: Any, v: Any) -> Any:
    return _max_first(m, xs[::-1], v)


def _apart(x: float, y: float) -> bool:
    return abs(x - y) > MARGIN


OPS: dict[str, Op] = {
    "add": _linear(
        2, lambda x, y: x + y, lambda m, xs: xs[0] + xs[1], lambda m, xs: (1, 1)
    ),
    "sub": _linear(
        2, lambda x, y: x - y, lambda m, xs: xs[0] - xs[1], lambda m, xs: (1, -1)
    ),
    "mul": Op(
        2,
        lambda x, y: x * y,
        lambda m, xs: xs[0] * xs[1],
        lambda m, xs, v: (xs[1], xs[0]),
        lambda m, xs, v: [(0, 1, 1)],
    ),
    "div": Op(
        2,
        lambda x, y: x / y,
        lambda m, xs: xs[0] / xs[1],
        lambda m, xs, v: (1 / xs[1], -xs[0] / xs[1] ** 2),
        lambda m, xs, v: [(0, 1, -1 / xs[1] ** 2), (1, 1, 2 * v / xs[1] ** 2)],
        lambda x, y: abs(y) > 0.05,
    ),
    "neg": _linear(1, lambda x: -x, lambda m, xs: -xs[0], lambda m, xs: (-1,)),
    "x+1.5": _linear(1, lambda x: x + 1.5, lambda m, xs: xs[0] + 1.5, lambda *_: (1,)),
    "2-x": _linear(1, lambda x: 2 - x, lambda m, xs: 2 - xs[0], lambda *_: (-1,)),
    "x-0.25": _linear(
        1, lambda x: x - 0.25, lambda m, xs: xs[0] - 0.25, lambda *_: (1,)
    ),
    "0.75*x": _linear(
        1, lambda x: 0.75 * x, lambda m, xs: xs[0] * 0.75, lambda *_: (0.75,)
    ),
    "x/3": _linear(
        1, lambda x: x / 3, lambda m, xs: xs[0] / 3, lambda m, xs: (m.number(1) / 3,)
    ),
    "3/x": _unary(
        lambda x: 3 / x,
        lambda m, x: 3 / x,
        lambda m, x, v: -v / x,
        lambda m, x, v: 2 * v / (x * x),
        lambda x: abs(x) > 0.05,
    ),
    "2**x": _unary(
        lambda x: 2**x,
        lambda m, x: m.exp(x * m.log(m.number(2))),
        lambda m, x, v: v * m.log(m.number(2)),
        lambda m, x, v: v * m.log(m.number(2)) ** 2,
        lambda x: abs(x) < 8,
    ),
    "reciprocal": _unary(
        ac.reciprocal,
        lambda m, x: 1 / x,
        lambda m, x, v: -v * v,
        lambda m, x, v: 2 * v**3,
        lambda x: abs(x) > 0.05,
    ),
    "square": _unary(
        ac.square, lambda m, x: x * x, lambda m, x, v: 2 * x, lambda m, x, v: 2
    ),
    "x**3": _power(3, _away),
    "x**-2": _power(-2, lambda x: abs(x) > 0.05),
    "x**2.5": _power(2.5, _positive),
    "pow": Op(
        2,
        lambda x, y: x**y,
        lambda m, xs: m.exp(xs[1] * m.log(xs[0])),
        lambda m, xs, v: (xs[1] * v / xs[0], v * m.log(xs[0])),
        _pow_second,
        lambda x, y: x > 0.05 and abs(y) < 6,
    ),
    "sqrt": _unary(
        ac.sqrt,
        lambda m, x: m.sqrt(x),
        lambda m, x, v: 1 / (2 * v),
        lambda m, x, v: -1 / (4 * v * x),
        _positive,
    ),
    "cbrt": _unary(
        ac.cbrt,
        lambda m, x: m.cbrt(x) if x > 0 else -m.cbrt(-x),
        lambda m, x, v: v / (3 * x),
        lambda m, x, v: -2 * v / (9 * x * x),
        lambda x: abs(x) > 0.01,
    ),
    "exp": _unary(
        ac.exp,
        lambda m, x: m.exp(x),
        lambda m, x, v: v,
        lambda m, x, v: v,
        lambda x: x < 6,
    ),
    "expm1": _unary(
        ac.expm1,
        lambda m, x: m.exp(x) - 1,
        lambda m, x, v: m.exp(x),
        lambda m, x, v: m.exp(x),
        lambda x: _away(x) and x < 6,
    ),
    "log": _unary(
        ac.log,
        lambda m, x: m.log(x),
        lambda m, x, v: 1 / x,
        lambda m, x, v: -1 / (x * x),
        _positive,
    ),
    "log1p": _unary(
        ac.log1p,
        lambda m, x: m.log(1 + x),
        lambda m, x, v: 1 / (1 + x),
        lambda m, x, v: -1 / (1 + x) ** 2,
        lambda x: x > -0.99 and abs(x) > MARGIN,
    ),
    "log2": _unary(
        ac.log2,
        lambda m, x: m.log(x) / m.log(m.number(2)),
        lambda m, x, v: 1 / (x * m.log(m.number(2))),
        lambda m, x, v: -1 / (x * x * m.log(m.number(2))),
        _positive,
    ),
    "log10": _unary(
        ac.log10,
        lambda m, x: m.log(x) / m.log(m.number(10)),
        lambda m, x, v: 1 / (x * m.log(m.number(10))),
        lambda m, x, v: -1 / (x * x * m.log(m.number(10))),
        _positive,
    ),
    "xlogy": Op(
        2,
        ac.xlogy,
        lambda m, xs: xs[0] * m.log(xs[1]),
        lambda m, xs, v: (m.log(xs[1]), xs[0] / xs[1]),
        lambda m, xs, v: [(0, 1, 1 / xs[1]), (1, 1, -xs[0] / xs[1] ** 2)],
        lambda x, y: abs(x) > MARGIN and y > 0.05,
    ),
    "logaddexp": Op(
        2,
        ac.logaddexp,
        lambda m, xs: m.log(m.exp(xs[0]) + m.exp(xs[1])),
        lambda m, xs, v: (m.logistic(xs[0] - xs[1]), m.logistic(xs[1] - xs[0])),
        _logaddexp_second,
        lambda x, y: abs(x) < 300 and abs(y) < 300,
        terms=lambda xs, v: max(map(abs, xs)) + 1,
    ),
    "sin": _unary(
        ac.sin,
        lambda m, x: m.sin(x),
        lambda m, x, v: m.cos(x),
        lambda m, x, v: -v,
        lambda x: abs(x) < 100,
    ),
    "cos": _unary(
        ac.cos,
        lambda m, x: m.cos(x),
        lambda m, x, v: -m.sin(x),
        lambda m, x, v: -v,
        lambda x: abs(x) < 100,
    ),
    "tan": _unary(
        ac.tan,
        lambda m, x: m.tan(x),
        lambda m, x, v: 1 + v * v,
        lambda m, x, v: 2 * v * (1 + v * v),
        lambda x: abs(x) < 100 and abs(math.cos(x)) > 0.1,
    ),
    "asin": _unary(
        ac.asin,
        lambda m, x: m.asin(x),
        lambda m, x, v: 1 / m.sqrt(1 - x * x),
        lambda m, x, v: x / m.sqrt(1 - x * x) ** 3,
        _inside,
    ),
    "acos": _unary(
        ac.acos,
        lambda m, x: m.acos(x),
        lambda m, x, v: -1 / m.sqrt(1 - x * x),
        lambda m, x, v: -x / m.sqrt(1 - x * x) ** 3,
        _inside,
    ),
    "atan": _unary(
        ac.atan,
        lambda m, x: m.atan(x),
        lambda m, x, v: 1 / (1 + x * x),
        lambda m, x, v: -2 * x / (1 + x * x) ** 2,
    ),
    "atan2": Op(
        2,
        ac.atan2,
        lambda m, xs: m.atan2(xs[0], xs[1]),
        lambda m, xs, v: (
            xs[1] / (xs[0] ** 2 + xs[1] ** 2),
            -xs[0] / (xs[0] ** 2 + xs[1] ** 2),
        ),
        _atan2_second,
        lambda y, x: abs(y) > 0.05,
    ),
    "hypot": Op(
        2,
        ac.hypot,
        lambda m, xs: m.sqrt(xs[0] ** 2 + xs[1] ** 2),
        lambda m, xs, v: (xs[0] / v, xs[1] / v),
        _hypot_second,
        lambda x, y: abs(x) + abs(y) > 0.05,
    ),
    "sinh": _unary(
        ac.sinh,
        lambda m, x: m.sinh(x),
        lambda m, x, v: m.cosh(x),
        lambda m, x, v: v,
        lambda x: abs(x) < 6,
    ),
    "cosh": _unary(
        ac.cosh,
        lambda m, x: m.cosh(x),
        lambda m, x, v: m.sinh(x),
        lambda m, x, v: v,
        lambda x: abs(x) < 6,
    ),
    "tanh": _unary(
        ac.tanh,
        lambda m, x: m.tanh(x),
        lambda m, x, v: 1 / m.cosh(x) ** 2,
        lambda m, x, v: -2 * v / m.cosh(x) ** 2,
        lambda x: abs(x) < 20,
    ),
    "asinh": _unary(
        ac.asinh,
        lambda m, x: m.asinh(x),
        lambda m, x, v: 1 / m.sqrt(1 + x * x),
        lambda m, x, v: -x / m.sqrt(1 + x * x) ** 3,
    ),
    "acosh": _unary(
        ac.acosh,
        lambda m, x: m.acosh(x),
        lambda m, x, v: 1 / m.sqrt(x * x - 1),
        lambda m, x, v: -x / m.sqrt(x * x - 1) ** 3,
        lambda x: x > 1.05,
    ),
    "atanh": _unary(
        ac.atanh,
        lambda m, x: m.atanh(x),
        lambda m, x, v: 1 / (1 - x * x),
        lambda m, x, v: 2 * x / (1 - x * x) ** 2,
        _inside,
    ),
    "sigmoid": _unary(
        ac.sigmoid,
        lambda m, x: m.logistic(x),
        lambda m, x, v: _spread(m, x),
        lambda m, x, v: _logistic2(m, x),
        lambda x: abs(x) < 40,
    ),
    "logsigmoid": _unary(
        ac.logsigmoid,
        lambda m, x: m.log(m.logistic(x)),
        lambda m, x, v: m.logistic(-x),
        lambda m, x, v: -_spread(m, x),
        lambda x: abs(x) < 25,
    ),
    "softplus": _unary(
        ac.softplus,
        lambda m, x: m.log(1 + m.exp(x)),
        lambda m, x, v: m.logistic(x),
        lambda m, x, v: _spread(m, x),
        lambda x: abs(x) < 25,
    ),
    "silu": Op(
        1,
        ac.silu,
        lambda m, xs: xs[0] * m.logistic(xs[0]),
        lambda m, xs, v: (_silu1(m, xs[0], v),),
        lambda m, xs, v: [(0, 0, _silu2(m, xs[0], v))],
        lambda x: abs(x) < 25,
        slope_terms=lambda xs, v: (1 + abs(xs[0]) * F.logistic(-abs(xs[0])),),
    ),
    "gelu": Op(
        1,
        ac.gelu,
        lambda m, xs: xs[0] * m.below(xs[0]),
        lambda m, xs, v: (m.below(xs[0]) + xs[0] * m.bell(xs[0]),),
        lambda m, xs, v: [(0, 0, (2 - xs[0] ** 2) * m.bell(xs[0]))],
        lambda x: abs(x) < 5,
        slope_terms=lambda xs, v: (1 + abs(xs[0]) * F.bell(xs[0]),),
    ),
    "erf": _unary(
        ac.erf,
        lambda m, x: m.erf(x),
        lambda m, x, v: 2 / m.sqrt(m.pi) * m.exp(-x * x),
        lambda m, x, v: -4 * x / m.sqrt(m.pi) * m.exp(-x * x),
        lambda x: abs(x) < 5,
    ),
    "erfc": _unary(
        ac.erfc,
        lambda m, x: 1 - m.erf(x),
        lambda m, x, v: -2 / m.sqrt(m.pi) * m.exp(-x * x),
        lambda m, x, v: 4 * x / m.sqrt(m.pi) * m.exp(-x * x),
        lambda x: abs(x) < 5,
    ),
    "sinc": Op(
        1,
        ac.sinc,
        lambda m, xs: m.sin(xs[0]) / xs[0],
        lambda m, xs, v: ((m.cos(xs[0]) - v) / xs[0],),
        lambda m, xs, v: [(0, 0, -v - 2 * (m.cos(xs[0]) - v) / xs[0] ** 2)],
        lambda x: 0.01 < abs(x) < 100,
        # Recurrences lose what is added in them: |sin/x| + |cos| over |x|.
        slope_terms=lambda xs, v: (2 / max(1.0, abs(xs[0])),),
    ),
    "relu": _piece(ac.relu, lambda m, x: x if x > 0 else x * 0, lambda m, x, v: x > 0),
    "leaky_relu": _piece(
        lambda x: ac.leaky_relu(x, 0.125),
        lambda m, x: x if x > 0 else x / 8,
        lambda m, x, v: 1 if x > 0 else 0.125,
    ),
    "elu": _piece(
        lambda x: ac.elu(x, 1.5),
        lambda m, x: x if x > 0 else (m.exp(x) - 1) * 1.5,
        lambda m, x, v: 1 if x > 0 else m.exp(x) * 1.5,
        lambda m, x, v: 0 if x > 0 else m.exp(x) * 1.5,
    ),
    "abs": _piece(abs, lambda m, x: abs(x), lambda m, x, v: 1 if x > 0 else -1),
    "clip": _unary(
        lambda x: ac.clip(x, -0.5, 0.75),
        lambda m, x: m.number(-0.5) if x < -0.5 else m.number(0.75) if x > 0.75 else x,
        lambda m, x, v: -0.5 < x < 0.75,
        lambda m, x, v: 0,
        lambda x: _apart(x, -0.5) and _apart(x, 0.75),
    ),
    "maximum": _linear(
        2,
        ac.maximum,
        lambda m, xs: max(xs),
        lambda m, xs: _max_first(m, xs, None),
        domain=_apart,
    ),
    "minimum": _linear(
        2,
        ac.minimum,
        lambda m, xs: min(xs),
        lambda m, xs: _min_first(m, xs, None),
        domain=_apart,
    ),
    "where": _linear(
        3,
        lambda c, x, y: ac.where(ac.step(c), x, y),
        lambda m, xs: xs[1] if xs[0] > 0 else xs[2],
        lambda m, xs: (0, 1, 0) if xs[0] > 0 else (0, 0, 1),
        domain=lambda c, x, y: _away(c),
    ),
    "sum": _linear(
        3,
        lambda x, y, z: ac.sum([x, y, z]),
        lambda m, xs: xs[0] + xs[1] + xs[2],
        lambda m, xs: (1, 1, 1),
        terms=lambda xs, v: 2 * math.fsum(map(abs, xs)),
    ),
    "dot": Op(
        4,
        lambda a, b, x, y: ac.dot([a, b], [x, y]),
        lambda m, xs: xs[0] * xs[2] + xs[1] * xs[3],
        lambda m, xs, v: (xs[2], xs[3], xs[0], xs[1]),
        lambda m, xs, v: [(0, 2, 1), (1, 3, 1)],
        terms=lambda xs, v: 2 * (abs(xs[0] * xs[2]) + abs(xs[1] * xs[3])),
    ),
    "logsumexp": Op(
        3,
        lambda x, y, z: ac.logsumexp([x, y, z]),
        lambda m, xs: m.log(m.exp(xs[0]) + m.exp(xs[1]) + m.exp(xs[2])),
        lambda m, xs, v: _weights(m, xs),
        _lse_second,
        lambda x, y, z: max(abs(x), abs(y), abs(z)) < 300,
        terms=lambda xs, v: max(map(abs, xs)) + 2,
        # exp(x - max) carries the rounding of x - max, in every weight
        slope_terms=lambda xs, v: [
            p * (1 + 2 * max(map(abs, xs))) for p in _weights(F, xs)
        ],
    ),
    "softmax": Op(
        3,
        lambda x, y, z: ac.softmax([x, y, z])[1],
        lambda m, xs: _weights(m, xs)[1],
        _softmax_first,
        _softmax_second,
        lambda x, y, z: max(abs(x), abs(y), abs(z)) < 15,
        terms=lambda xs, v: v * (1 + 2 * max(map(abs, xs))),
        slope_terms=lambda xs, v: [v * (1 + 4 * max(map(abs, xs)))] * 3,
    ),
    "cross_entropy": Op(
        3,
        lambda x, y, z: ac.cross_entropy([x, y, z], 0),
        lambda m, xs: -m.log(_weights(m, xs)[0]),
        _ce_first,
        _lse_second,
        lambda x, y, z: max(abs(x), abs(y), abs(z)) < 15,
        terms=lambda xs, v: 2 * max(map(abs, xs)) + 2,
        slope_terms=lambda xs, v: [
            p * (1 + 2 * max(map(abs, xs)))
            for p in (1 - _weights(F, xs)[0], *_weights(F, xs)[1:])
        ],
    ),
    "binary_cross_entropy": Op(
        2,
        ac.binary_cross_entropy,
        _bce_value,
        lambda m, xs, v: (m.logistic(xs[0]) - xs[1], -xs[0]),
        lambda m, xs, v: [(0, 0, _spread(m, xs[0])), (0, 1, -1)],
        lambda x, y: abs(x) < 25,
        terms=lambda xs, v: (1 + 2 * abs(xs[1])) * (abs(xs[0]) + 1),
        slope_terms=lambda xs, v: (1 + 2 * abs(xs[1]), abs(xs[0])),
    ),
}

NAMES = tuple(OPS)


@dataclass(frozen=True)
class Program:
    """Leaves, then steps (name, indices of the operands); the last is the result."""

    leaves: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]


LARGEST = 1e3  # results beyond it are not drawn: overflow has tests of its own


def random_program(
    rng: random.Random,
    *,
    ops: tuple[int, int] = (3, 40),
    leaves: tuple[int, int] = (1, 6),
) -> Program:
    """A program that stays away from kinks, poles and overflow.

    An operand is with probability 1/2 a node that was used before (if there is
    one), and else one that was not (if there is one).
    """
    count = rng.randint(*leaves)
    values = [rng.choice((-1, 1)) * rng.uniform(0.1, 3.0) for _ in range(count)]
    given = tuple(values)
    fresh, used = list(range(count)), []
    steps = []
    for _ in range(rng.randint(*ops)):
        for _attempt in range(200):
            name = rng.choice(NAMES)
            op = OPS[name]
            picks = tuple(
                rng.choice((used or fresh) if rng.random() < 0.5 else (fresh or used))
                for _ in range(op.arity)
            )
            xs = [values[i] for i in picks]
            if not op.domain(*xs):
                continue
            v = op.value(F, xs)
            if abs(v) < LARGEST:
                break
        else:
            raise AssertionError("no operation fits; widen OPS")
        steps.append((name, picks))
        used += [i for i in dict.fromkeys(picks) if i in fresh]
        fresh = [i for i in fresh if i not in picks] + [len(values)]
        values.append(float(v))
    return Program(given, tuple(steps))


def run(program: Program, leaves: Any) -> Any:
    """The program on the engine (or on any numbers that its functions take)."""
    nodes = list(leaves)
    for name, picks in program.steps:
        nodes.append(OPS[name].engine(*[nodes[i] for i in picks]))
    return nodes[-1]


def forward(program: Program, m: Any) -> list[Any]:
    """The value of every node, by the formulas above."""
    nodes = [m.number(x) for x in program.leaves]
    for name, picks in program.steps:
        nodes.append(OPS[name].value(m, [nodes[i] for i in picks]))
    return nodes


def sweep(program: Program, m: Any = M) -> tuple[list[Any], list[Any]]:
    """All values, and the adjoint of every node: reverse, left to right."""
    nodes = forward(program, m)
    adjoints: list[Any] = [0] * len(nodes)
    adjoints[-1] = m.number(1)
    first = len(program.leaves)
    for k in range(len(program.steps) - 1, -1, -1):
        g = adjoints[first + k]
        if not g:
            continue
        name, picks = program.steps[k]
        xs = [nodes[i] for i in picks]
        for i, p in zip(picks, OPS[name].first(m, xs, nodes[first + k]), strict=True):
            adjoints[i] = adjoints[i] + g * p
    return nodes, adjoints


def condition(
    program: Program, nodes: list[float], adjoints: list[float]
) -> list[float]:
    """How far rounding can move each leaf's gradient, per unit of rounding.

    The running error bound, first order: every result, every partial, every
    product and every sum is taken to be off by one relative unit; errors of the
    operands enter a result through its partials, and a partial through the
    second derivatives.
    """
    first = len(program.leaves)
    off = [0.0] * first
    slopes: list[Any] = []
    for k, (name, picks) in enumerate(program.steps):
        op, v = OPS[name], nodes[first + k]
        xs = [nodes[i] for i in picks]
        ps = op.first(F, xs, v)
        slopes.append(ps)
        own = abs(v) if op.terms is None else op.terms(xs, v)
        off.append(own + sum(abs(p) * off[i] for p, i in zip(ps, picks, strict=True)))
    adrift = [0.0] * len(nodes)
    for k in range(len(program.steps) - 1, -1, -1):
        name, picks = program.steps[k]
        op, v, g = OPS[name], nodes[first + k], abs(adjoints[first + k])
        xs = [nodes[i] for i in picks]
        ps = slopes[k]
        sizes = ps if op.slope_terms is None else op.slope_terms(xs, v)
        errors = [abs(s) for s in sizes]
        for i, j, h in op.second(F, xs, v):
            errors[i] += abs(h) * off[picks[j]]
            if i != j:
                errors[j] += abs(h) * off[picks[i]]
        here = adrift[first + k]
        for i, p, e in zip(picks, ps, errors, strict=True):
            # the partial, the product, and the sum that it is added to
            adrift[i] += abs(p) * here + g * e + g * abs(p) + abs(adjoints[i])
    return adrift[:first]


def hessian(program: Program, m: Any = M, jolt: Any = None) -> list[list[Any]]:
    """All second derivatives with respect to the leaves: forward over reverse.

    ``jolt`` returns a factor close to 1 for every result and partial; it is how
    `second_condition` finds out what rounding may do.
    """
    first = len(program.leaves)
    factor = jolt or (lambda: 1)
    nodes = [m.number(x) for x in program.leaves]
    ones: list[Any] = []
    twos: list[Any] = []
    for name, picks in program.steps:
        op = OPS[name]
        xs = [nodes[i] for i in picks]
        v = op.value(m, xs)
        if jolt:
            extra = 0.0 if op.terms is None else op.terms(xs, v)
            v = v * factor() + extra * (factor() - 1)
        ones.append([p * factor() for p in op.first(m, xs, v)])
        twos.append([(i, j, h * factor()) for i, j, h in op.second(m, xs, v)])
        nodes.append(v)
    rows = []
    for direction in range(first):
        dots: list[Any] = [1 if i == direction else 0 for i in range(first)]
        for (_, picks), ps in zip(program.steps, ones, strict=True):
            dots.append(sum(p * dots[i] for p, i in zip(ps, picks, strict=True)))
        bars: list[Any] = [0] * len(nodes)
        dotbars: list[Any] = [0] * len(nodes)
        bars[-1] = m.number(1)
        for k in range(len(program.steps) - 1, -1, -1):
            g, dg = bars[first + k], dotbars[first + k]
            if not g and not dg:
                continue
            _, picks = program.steps[k]
            for i, p in zip(picks, ones[k], strict=True):
                bars[i] = bars[i] + g * p
                dotbars[i] = dotbars[i] + dg * p
            for i, j, h in twos[k]:
                a, b = picks[i], picks[j]
                dotbars[a] = dotbars[a] + g * h * dots[b]
                if i != j:
                    dotbars[b] = dotbars[b] + g * h * dots[a]
        rows.append(dotbars[:first])
    return rows


JOLT = 2.0**-26  # large against rounding, small against curvature


def second_condition(program: Program, rng: random.Random) -> list[list[float]]:
    """How far the Hessian moves per unit of rounding: the largest of 4 samples."""
    base = hessian(program, F)

    def jolt() -> float:
        return 1 + rng.uniform(-JOLT, JOLT)

    size = range(len(base))
    worst = [[abs(base[i][j]) for j in size] for i in size]
    for _ in range(4):
        moved = hessian(program, F, jolt)
        for i in size:
            for j in size:
                worst[i][j] = max(worst[i][j], abs(moved[i][j] - base[i][j]) / JOLT)
    return worst


# -- programs whose float arithmetic is exact ------------------------------------------


EXACT_BITS = 53


def _dyadic(rng: random.Random) -> Fraction:
    return Fraction(rng.choice((-1, 1)) * rng.randint(1, 31), 1 << rng.randint(0, 3))


EXACT_OPS: dict[str, tuple[int, Callable[..., Any]]] = {
    "+": (2, lambda x, y: x + y),
    "-": (2, lambda x, y: x - y),
    "*": (2, lambda x, y: x * y),
    "neg": (1, lambda x: -x),
    "/4": (1, lambda x: x / 4),
    "/-0.5": (1, lambda x: x / Fraction(-1, 2)),
    "3*": (1, lambda x: 3 * x),
    "5-": (1, lambda x: 5 - x),
    "+7": (1, lambda x: x + 7),
    "/2**k": (2, lambda x, y: x / y),
}
EXACT_NAMES = tuple(EXACT_OPS)


def _exact_partials(name: str, xs: list[Fraction]) -> tuple[Any, ...]:
    match name:
        case "+":
            return 1, 1
        case "-":
            return 1, -1
        case "*":
            return xs[1], xs[0]
        case "neg" | "5-":
            return (-1,)
        case "/4":
            return (Fraction(1, 4),)
        case "/-0.5":
            return (-2,)
        case "3*":
            return (3,)
        case "+7":
            return (1,)
        case "/2**k":
            return 1 / xs[1], -xs[0] / xs[1] ** 2
    raise AssertionError(name)


def _power_of_two(x: Fraction) -> bool:
    top = abs(x.numerator)
    return top > 0 and top & (top - 1) == 0


def exact_program(rng: random.Random) -> tuple[Program, list[Fraction], list[Fraction]]:
    """A program of + - * and / by powers of two; its exact values and adjoints.

    Every value, contribution and sum of contributions, in any order, has at most
    53 bits: a float computation of it has no rounding at all.
    """
    while True:
        count = rng.randint(1, 5)
        nodes = [_dyadic(rng) for _ in range(count)]
        nodes.append(Fraction(rng.choice((-1, 1)), 1 << rng.randint(0, 2)))
        count += 1
        leaves = tuple(map(float, nodes))
        steps = []
        for _ in range(rng.randint(3, 18)):
            for _attempt in range(50):
                name = rng.choice(EXACT_NAMES)
                picks = tuple(
                    len(nodes) - 1 - rng.randrange(min(4, len(nodes)))
                    if rng.random() < 0.5
                    else rng.randrange(len(nodes))
                    for _ in range(EXACT_OPS[name][0])
                )
                xs = [nodes[i] for i in picks]
                if name == "/2**k" and not _power_of_two(xs[1]):
                    continue
                v = EXACT_OPS[name][1](*xs)
                if v.numerator.bit_length() <= 30 and v.denominator < 1 << 20:
                    break
            else:
                break
            steps.append((name, picks))
            nodes.append(v)
        program = Program(leaves, tuple(steps))
        adjoints = steps and _exact_adjoints(program, nodes)
        if adjoints:
            return program, nodes, adjoints


def _exact_adjoints(program: Program, nodes: list[Fraction]) -> list[Fraction] | None:
    first = len(program.leaves)
    zero = Fraction(0)
    adjoints = [zero] * len(nodes)
    sizes = [zero] * len(nodes)  # the sum of the contributions' absolute values
    scales = [1] * len(nodes)  # the finest denominator among them
    adjoints[-1] = Fraction(1)
    for k in range(len(program.steps) - 1, -1, -1):
        g = adjoints[first + k]
        name, picks = program.steps[k]
        xs = [nodes[i] for i in picks]
        for i, p in zip(picks, _exact_partials(name, xs), strict=True):
            c = g * p
            adjoints[i] += c
            sizes[i] += abs(c)
            scales[i] = max(scales[i], c.denominator)
            if sizes[i] * scales[i] >= 1 << EXACT_BITS:
                return None
    return adjoints


def run_exact(program: Program, leaves: Any, number: Callable[[Any], Any]) -> Any:
    """An exact program on the engine, its constants as ``number``."""
    nodes = list(leaves)
    for name, picks in program.steps:
        xs = [nodes[i] for i in picks]
        if name == "/-0.5":
            nodes.append(xs[0] / number(Fraction(-1, 2)))
        else:
            nodes.append(EXACT_OPS[name][1](*xs))
    return nodes[-1]
