"""Value hazards: inputs on which autodiff systems were seen to go wrong.

Each row of a table is one hazard: a function, where, and the value and gradient,
or the class and the sentence of the error. The expected numbers are written by
hand or computed by mpmath.
"""

import math
import sys
from math import inf, nan

import mpmath
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, Value, grad, hessian, value_and_grad

ULP = 2.0**-52
FOUR_ULP = 4 * ULP  # RELIABILITY.md A1, first derivatives


def _same(got, expected, tolerance):
    if expected != expected:
        return got != got
    if expected in (0.0, inf, -inf) or tolerance == 0:
        return got == expected
    return abs(got - expected) <= tolerance * abs(expected)


def _run(f, xs, allow=False):
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    y.backward(allow_nonfinite=allow)
    return y.data, [x.grad for x in leaves]


MP = mpmath.MPContext()
MP.dps = 50
SIGMOID_SLOPE_40 = float(MP.exp(-40) / (1 + MP.exp(-40)) ** 2)
SECH2_20 = float(MP.sech(20) ** 2)
SOFTPLUS_25 = float(MP.log(1 + MP.exp(25)))
SIGMOID_25 = float(1 / (1 + MP.exp(-25)))
ERF_SLOPE_27 = float(2 / MP.sqrt(MP.pi) * MP.exp(-(MP.mpf(27) ** 2)))
LN2 = float(MP.log(2))
HALF_ROOT = float(MP.sqrt(MP.mpf(1) / 2))


def _bce(z, t):
    return ac.binary_cross_entropy(z, t)


# name, function, operands, value, gradients (None: not looked at)
RIGHT = [
    ("sigmoid(800)", ac.sigmoid, [800.0], 1.0, [0.0]),
    ("sigmoid(-800)", ac.sigmoid, [-800.0], 0.0, [0.0]),
    ("sigmoid(40)", ac.sigmoid, [40.0], 1.0, [SIGMOID_SLOPE_40]),
    ("sigmoid(-40)", ac.sigmoid, [-40.0], None, [SIGMOID_SLOPE_40]),
    ("tanh(20)", ac.tanh, [20.0], 1.0, [SECH2_20]),
    ("tanh(-20)", ac.tanh, [-20.0], -1.0, [SECH2_20]),
    ("softplus(25)", ac.softplus, [25.0], SOFTPLUS_25, [SIGMOID_25]),
    ("softplus(800)", ac.softplus, [800.0], 800.0, [1.0]),
    ("softplus(-800)", ac.softplus, [-800.0], 0.0, [0.0]),
    ("softplus(0)", ac.softplus, [0.0], LN2, [0.5]),
    ("logsigmoid(-800)", ac.logsigmoid, [-800.0], -800.0, [1.0]),
    (
        "logsumexp(1000, 1000)",
        lambda x, y: ac.logsumexp([x, y]),
        [1000.0, 1000.0],
        1000 + LN2,
        [0.5, 0.5],
    ),
    (
        "logsumexp(-inf, 1)",
        lambda y: ac.logsumexp([Value(-inf, requires_grad=False), y]),
        [1.0],
        1.0,
        [1.0],
    ),
    ("log1p(1e-20)", ac.log1p, [1e-20], 1e-20, [1.0]),
    ("expm1(1e-20)", ac.expm1, [1e-20], 1e-20, [1.0]),
    ("x**0 at 0", lambda x: x**0, [0.0], 1.0, [0.0]),
    ("x**0.0 at 0", lambda x: x**0.0, [0.0], 1.0, [0.0]),
    ("x**1 at 0", lambda x: x**1, [0.0], 0.0, [1.0]),
    ("x**2 at 0", lambda x: x**2, [0.0], 0.0, [0.0]),
    ("x**3 at 0", lambda x: x**3, [0.0], 0.0, [0.0]),
    ("0**0 both", lambda x, y: x**y, [0.0, 0.0], 1.0, [0.0, 0.0]),
    ("0**1", lambda y: 0**y, [1.0], 0.0, [0.0]),
    ("0**2", lambda y: 0**y, [2.0], 0.0, [0.0]),
    ("0**1.5", lambda y: 0**y, [1.5], 0.0, [0.0]),
    ("0.0**1.5 both", lambda x, y: x**y, [0.0, 1.5], 0.0, [0.0, 0.0]),
    ("(-2)**3", lambda x: x**3, [-2.0], -8.0, [12.0]),
    ("(-2)**2", lambda x: x**2, [-2.0], 4.0, [-4.0]),
    ("(-2)**-1", lambda x: x**-1, [-2.0], -0.5, [-0.25]),
    (
        "(-2)**Value(3), frozen exponent",
        lambda x: x ** Value(3.0, requires_grad=False),
        [-2.0],
        -8.0,
        [12.0],
    ),
    ("1e-200 / 1e-200", lambda x, y: x / y, [1e-200, 1e-200], 1.0, [1e200, -1e200]),
    ("abs(0)", abs, [0.0], 0.0, [0.0]),
    ("abs(-0.0)", abs, [-0.0], 0.0, [0.0]),
    ("relu(0)", ac.relu, [0.0], 0.0, [0.0]),
    ("relu(-0.0)", ac.relu, [-0.0], 0.0, [0.0]),
    ("relu(5e-324)", ac.relu, [5e-324], 5e-324, [1.0]),
    ("relu(-3)", ac.relu, [-3.0], 0.0, [0.0]),
    ("max(2, 2)", ac.maximum, [2.0, 2.0], 2.0, [0.5, 0.5]),
    ("max(x, 0) at 0", lambda x: ac.maximum(x, 0), [0.0], 0.0, [0.5]),
    ("clip at 0", lambda x: ac.clip(x, 0, 1), [0.0], 0.0, [1.0]),
    ("clip at 1", lambda x: ac.clip(x, 0, 1), [1.0], 1.0, [1.0]),
    ("hypot(0, 0)", ac.hypot, [0.0, 0.0], 0.0, [0.0, 0.0]),
    (
        "hypot(1e200, 1e200)",
        ac.hypot,
        [1e200, 1e200],
        float(MP.sqrt(2) * MP.mpf(1e200)),
        [HALF_ROOT, HALF_ROOT],
    ),
    ("hypot(1e-200, 1e-200)", ac.hypot, [1e-200] * 2, None, [HALF_ROOT, HALF_ROOT]),
    ("hypot(5e-324, 0)", ac.hypot, [5e-324, 0.0], 5e-324, [1.0, 0.0]),
    ("atan2(1e-200, 1e-200)", ac.atan2, [1e-200] * 2, math.pi / 4, [5e199, -5e199]),
    ("xlogy(0, 1)", ac.xlogy, [0.0, 1.0], 0.0, [0.0, 0.0]),
    ("xlogy(0, 0), y only", lambda y: ac.xlogy(0, y), [0.0], 0.0, [0.0]),
    ("sinc(0)", ac.sinc, [0.0], 1.0, [0.0]),
    ("(x+1e16)-1e16 at 1", lambda x: (x + 1e16) - 1e16, [1.0], 0.0, [1.0]),
    ("bce, z=0, t=1", _bce, [0.0, 1.0], LN2, [-0.5, None]),
    ("bce, z=800, t=0", _bce, [800.0, 0.0], 800.0, [1.0, None]),
    ("bce, z=-800, t=1", _bce, [-800.0, 1.0], 800.0, [-1.0, None]),
    ("bce, z=800, t=1", _bce, [800.0, 1.0], 0.0, [0.0, None]),
    ("erf'(27)", ac.erf, [27.0], 1.0, [ERF_SLOPE_27]),
    ("5 * 0", lambda x, y: x * y, [5.0, 0.0], 0.0, [0.0, 5.0]),
    ("silu(-800)", ac.silu, [-800.0], -0.0, [None]),
    ("softmax far", lambda x, y: ac.softmax([x, y])[0], [1e3, -1e3], 1.0, [0.0, 0.0]),
    (
        "cross_entropy far",
        lambda x, y: ac.cross_entropy([x, y], 1),
        [1e3, -1e3],
        2e3,
        [1.0, -1.0],
    ),
]


@pytest.mark.parametrize(
    ("f", "xs", "value", "slopes"), [r[1:] for r in RIGHT], ids=[r[0] for r in RIGHT]
)
def test_value_and_gradient(f, xs, value, slopes):
    """Value and gradient are right (4 ULP) where other systems were seen wrong."""
    y, gs = _run(f, xs)
    assert type(y) is float
    assert value is None or _same(y, value, FOUR_ULP)
    for g, expected in zip(gs, slopes, strict=True):
        assert type(g) is float
        assert expected is None or _same(g, expected, FOUR_ULP), (g, expected)


def test_subnormal_slope_of_erf():
    """erf'(27) is a subnormal number and right to one of its units."""
    assert 0 < ERF_SLOPE_27 < 2.3e-308
    assert abs(grad(ac.erf)(27.0) - ERF_SLOPE_27) <= 5e-324


# name, function, operands, value, what the message says
ERRORS = [
    (
        "log(1+exp(800))",
        lambda x: ac.log(1 + ac.exp(x)),
        [800.0],
        inf,
        r"exp\(800\.0\) = inf .*softplus",
    ),
    (
        "log(sigmoid(-800))",
        lambda x: ac.log(ac.sigmoid(x)),
        [-800.0],
        -inf,
        r"log\(0\.0\) = -inf .*logsigmoid",
    ),
    ("log(0)", ac.log, [0.0], -inf, r"log\(0\.0\) = -inf"),
    ("log(-0.0)", ac.log, [-0.0], -inf, r"log\(-0\.0\) = -inf"),
    ("log(-1)", ac.log, [-1.0], nan, r"log\(-1\.0\) = nan"),
    ("log2(-1)", ac.log2, [-1.0], nan, r"log2\(-1\.0\) = nan"),
    ("log10(0)", ac.log10, [0.0], -inf, r"log10\(0\.0\) = -inf"),
    ("log1p(-2)", ac.log1p, [-2.0], nan, r"log1p\(-2\.0\) = nan"),
    ("log1p(-1)", ac.log1p, [-1.0], -inf, r"log1p\(-1\.0\) = -inf"),
    ("asin(2)", ac.asin, [2.0], nan, r"asin\(2\.0\) = nan"),
    ("acos(2)", ac.acos, [2.0], nan, r"acos\(2\.0\) = nan"),
    ("acosh(0.5)", ac.acosh, [0.5], nan, r"acosh\(0\.5\) = nan"),
    ("atanh(2)", ac.atanh, [2.0], nan, r"atanh\(2\.0\) = nan"),
    ("atanh(1)", ac.atanh, [1.0], inf, r"atanh\(1\.0\) = inf"),
    ("exp(800)", ac.exp, [800.0], inf, r"exp\(800\.0\) = inf"),
    ("sinh(800)", ac.sinh, [800.0], inf, r"sinh\(800\.0\) = inf"),
    ("sqrt(-1)", ac.sqrt, [-1.0], nan, r"sqrt\(-1\.0\) = nan"),
    ("0**-1", lambda x: x**-1, [0.0], inf, r"0\.0 \*\* -1 = inf"),
    ("1/x at 0", lambda x: 1 / x, [0.0], inf, r"division 1\.0 / 0\.0 = inf"),
    ("0**-1 both", lambda x, y: x**y, [0.0, -1.0], inf, r"0\.0 \*\* -1\.0 = inf"),
    (
        "(-2)**0.5",
        lambda x: x**0.5,
        [-2.0],
        nan,
        r"\(-2\.0\) \*\* 0\.5 = nan: negative base with a non-integer exponent",
    ),
    (
        "(-2)**y, y = 0.5",
        lambda x, y: x**y,
        [-2.0, 0.5],
        nan,
        r"-2\.0\)? \*\* 0\.5 = nan: negative base with a non-integer exponent",
    ),
    ("x**2 at 1e200", lambda x: x**2, [1e200], inf, r"1e\+200 \*\* 2 = inf"),
    ("x*x at 1e200", lambda x: x * x, [1e200], inf, r"1e\+200 \* 1e\+200 = inf"),
    ("0/0", lambda x, y: x / y, [0.0, 0.0], nan, r"division 0\.0 / 0\.0 = nan"),
    (
        "inf-inf",
        lambda x: x * 1e308 - x * 1e308 * 10,
        [10.0],
        nan,
        r"10\.0 \* 1e\+308 = inf",
    ),
    ("x - x at inf", lambda x: x - x, [inf], nan, r"is inf"),
    ("abs(nan)", abs, [nan], nan, r"is nan"),
    ("relu(nan)", ac.relu, [nan], nan, r"is nan"),
    ("max(nan, 2)", ac.maximum, [nan, 2.0], nan, r"is nan"),
    ("max(2, nan)", ac.maximum, [2.0, nan], nan, r"is nan"),
    ("min(2, nan)", ac.minimum, [2.0, nan], nan, r"is nan"),
    ("clip(nan)", lambda x: ac.clip(x, 0, 1), [nan], nan, r"is nan"),
    ("sigmoid(nan)", ac.sigmoid, [nan], nan, r"is nan"),
    (
        "softmax of all -inf",
        lambda x, y: ac.softmax([x, y])[0],
        [-inf, -inf],
        nan,
        r"(softmax of all -inf|is -inf)",
    ),
    ("x*log(x) at 0", lambda x: x * ac.log(x), [0.0], nan, r"log\(0\.0\).*xlogy"),
    (
        "sin(x)/x at 0",
        lambda x: ac.sin(x) / x,
        [0.0],
        nan,
        r"division 0\.0 / 0\.0 = nan.*sinc",
    ),
    (
        "0*exp(1e10)",
        lambda x, y: x * ac.exp(y),
        [0.0, 1e10],
        nan,
        r"exp\(10000000000\.0\) = inf",
    ),
]


@pytest.mark.parametrize(
    ("f", "xs", "value", "message"), [r[1:] for r in ERRORS], ids=[r[0] for r in ERRORS]
)
def test_nonfinite_value(f, xs, value, message):
    """The value is the IEEE one; backward raises and names the operation."""
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    assert _same(y.data, value, 0)
    with pytest.raises(NonFiniteError, match=message):
        y.backward()
    assert all(x.grad == 0.0 for x in leaves), "a failed call changes nothing"


# finite value, infinite or missing slope
SLOPES = [
    ("sqrt at 0", ac.sqrt, [0.0], 0.0, r"d sqrt\(x\)/dx is inf at x = 0\.0"),
    ("cbrt at 0", ac.cbrt, [0.0], 0.0, r"d cbrt\(x\)/dx is inf"),
    ("x**0.5 at 0", lambda x: x**0.5, [0.0], 0.0, r"\*\* 0\.5/dx is inf at x = 0\.0"),
    (
        "sqrt(x*x+y*y) at 0",
        lambda x, y: ac.sqrt(x * x + y * y),
        [0.0, 0.0],
        0.0,
        r"d sqrt\(x\)/dx is inf .*hypot",
    ),
    ("atan2(0, 0)", ac.atan2, [0.0, 0.0], 0.0, r"atan2.*no derivative at \(0, 0\)"),
    ("asin(1)", ac.asin, [1.0], math.pi / 2, r"d asin\(x\)/dx is inf"),
    ("acos(1)", ac.acos, [1.0], 0.0, r"d acos\(x\)/dx is -inf"),
    ("acos(-1)", ac.acos, [-1.0], math.pi, r"d acos\(x\)/dx is -inf"),
    ("acosh(1)", ac.acosh, [1.0], 0.0, r"d acosh\(x\)/dx is inf"),
    ("x/y, y=1e-200", lambda x, y: x / y, [1.0, 1e-200], 1e200, r"/dy is -inf"),
    ("xlogy(0, 0)", ac.xlogy, [0.0, 0.0], 0.0, r"d xlogy\(x, y\)/dx is -inf"),
    ("(-2)**3 both", lambda x, y: x**y, [-2.0, 3.0], -8.0, r"d x \*\* y/dy is nan"),
    ("(-2)**2 both", lambda x, y: x**y, [-2.0, 2.0], 4.0, r"d x \*\* y/dy is nan"),
]


@pytest.mark.parametrize(
    ("f", "xs", "value", "message"), [r[1:] for r in SLOPES], ids=[r[0] for r in SLOPES]
)
def test_nonfinite_slope(f, xs, value, message):
    """A finite value with no finite slope raises only when the slope is used."""
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    assert y.data == value
    with pytest.raises(NonFiniteError, match=message):
        y.backward()
    assert all(x.grad == 0.0 for x in leaves)
    with pytest.raises(NonFiniteError, match=message):
        grad(f, tuple(range(len(xs))))(*xs)


@pytest.mark.parametrize(
    ("f", "xs", "value", "message"), [r[1:] for r in SLOPES], ids=[r[0] for r in SLOPES]
)
def test_unused_slope_is_no_error(f, xs, value, message):
    """The same slope with an adjoint of 0 hands on nothing: the strong zero."""
    leaves = [Value(x) for x in xs]
    (0 * f(*leaves)).backward()
    assert [x.grad for x in leaves] == [0.0] * len(xs)


# allow_nonfinite=True: what comes out then
ALLOWED = [
    (
        "logsumexp(-inf, -inf)",
        lambda x, y: ac.logsumexp([x, y]),
        [-inf] * 2,
        [0.0, 0.0],
    ),
    ("logsumexp(inf, 1)", lambda x, y: ac.logsumexp([x, y]), [inf, 1.0], [1.0, 0.0]),
    ("logaddexp(inf, 1)", ac.logaddexp, [inf, 1.0], [1.0, 0.0]),
    ("logaddexp(-inf, -inf)", ac.logaddexp, [-inf] * 2, [0.0, 0.0]),
    ("sigmoid(inf)", ac.sigmoid, [inf], [0.0]),
    ("sigmoid(-inf)", ac.sigmoid, [-inf], [0.0]),
    ("tanh(inf)", ac.tanh, [inf], [0.0]),
    ("x**0 at nan", lambda x: x**0, [nan], [0.0]),
    ("x**0 at inf", lambda x: x**0, [inf], [0.0]),
    ("x**2 at 1e200", lambda x: x**2, [1e200], [2e200]),
    ("sqrt at 0", ac.sqrt, [0.0], [inf]),
    ("1/x at 0", lambda x: 1 / x, [0.0], [-inf]),
    ("x**-1 at 0", lambda x: x**-1, [0.0], [-inf]),
    ("log at 0", ac.log, [0.0], [inf]),
    ("(1, 1e-200)", lambda x, y: x / y, [1.0, 1e-200], [1e200, -inf]),
]


@pytest.mark.parametrize(
    ("f", "xs", "slopes"), [r[1:] for r in ALLOWED], ids=[r[0] for r in ALLOWED]
)
def test_allowed_nonfinite_gradients(f, xs, slopes):
    """allow_nonfinite=True writes the IEEE gradients, the same for every way."""
    _, gs = _run(f, xs, allow=True)
    assert all(_same(g, s, FOUR_ULP) for g, s in zip(gs, slopes, strict=True)), gs
    found = grad(f, tuple(range(len(xs))), allow_nonfinite=True)(*xs)
    assert [*found] == gs


@pytest.mark.parametrize("name", ["log", "log2", "log10", "log1p", "atanh", "acosh"])
def test_no_finite_gradient_from_nan(name):
    """A NaN value never leaves with a finite gradient unnoticed (torch: log(-1))."""
    with pytest.raises(NonFiniteError):
        grad(getattr(ac, name))(-2.0)


@pytest.mark.parametrize("kind", [0, 0.0, False])
@pytest.mark.parametrize("x", [0.0, -0.0, 1e-320, 7.0, -7.0])
def test_zeroth_power(kind, x):
    """x**0 is 1 with slope 0 and curvature 0, whatever x is."""
    assert value_and_grad(lambda v: v**kind)(x) == (1.0, 0.0)
    assert hessian(lambda v: v**kind)(x) == 0.0


def test_cancellation_is_differentiated_as_computed():
    """(1 - cos x)/x**2 at 1e-8 is 0 with slope 1e8: AD follows the arithmetic."""
    value, slope = value_and_grad(lambda x: (1 - ac.cos(x)) / x**2)(1e-8)
    assert value == 0.0
    assert slope == pytest.approx(1e8, rel=FOUR_ULP)


# -- where, and zeros that depend on something -----------------------------------------

# The reproductions of the twelve threads; each is right to second order.
# Columns: thread, function, operand, value, slope, curvature.
WHERE = [
    (
        "pytorch #23395, where(x > 0, sqrt, 0) at 0",
        lambda x: ac.where(x > 0, ac.sqrt(x), 0),
        0.0,
        0.0,
        0.0,
        0.0,
    ),
    (
        "pytorch #36923, where(x > 0, log, x)",
        lambda x: ac.where(x > 0, ac.log(x), x),
        -1.0,
        -1.0,
        1.0,
        0.0,
    ),
    (
        "pytorch #52248, where(x < 10, exp, 1) at 1e10",
        lambda x: ac.where(x < 10, ac.exp(x), 1),
        1e10,
        1.0,
        0.0,
        0.0,
    ),
    (
        "pytorch #68425, sqrt of a masked 0",
        lambda x: ac.where(x != 0 if isinstance(x, float) else x.data != 0, x**0.5, 0),
        0.0,
        0.0,
        0.0,
        0.0,
    ),
    (
        "pytorch #108618, sinc by where",
        lambda x: ac.where(abs(x) > 0, ac.sin(x) / x, 1),
        0.0,
        1.0,
        0.0,
        0.0,
    ),
    (
        "pytorch #156212, acos outside",
        lambda x: ac.where(abs(x) < 1, ac.acos(x), 3 * x),
        2.0,
        6.0,
        3.0,
        0.0,
    ),
    (
        "TF #2540, division by a masked 0",
        lambda x: ac.where(abs(x) > 0, 1 / x, x * x),
        0.0,
        0.0,
        0.0,
        2.0,
    ),
    (
        "TF #38349, log of a masked negative",
        lambda x: x * x + ac.where(x > 0, x * ac.log(x), 0),
        -3.0,
        9.0,
        -6.0,
        2.0,
    ),
    (
        "jax #347, sqrt(-1) not taken",
        lambda x: ac.where(x > 0, ac.sqrt(x), 0) + x**3,
        -1.0,
        -1.0,
        3.0,
        -6.0,
    ),
    (
        "casadi #1805, if_else around a pole",
        lambda x: ac.where(ac.step(x), 1 / x, x**2 / 2),
        0.0,
        0.0,
        0.0,
        1.0,
    ),
    (
        "Enzyme.jl #2285, elu at 1000",
        lambda x: ac.where(x > 0, x * x, ac.exp(x) - 1),
        1000.0,
        1e6,
        2000.0,
        2.0,
    ),
    (
        "taichi #1367, hoisted out of the branch",
        lambda x: ac.where(x > 1, ac.log(x - 1), -x) * x,
        1.0,
        -1.0,
        -2.0,
        -2.0,
    ),
    (
        "Theano #4918, a masked power",
        lambda x: ac.where(x > 0, x**1.5, x**2),
        -2.0,
        4.0,
        -4.0,
        2.0,
    ),
]


@pytest.mark.parametrize(
    ("f", "x", "value", "slope", "bend"),
    [r[1:] for r in WHERE],
    ids=[r[0].split(",")[0] for r in WHERE],
)
def test_where_traps(f, x, value, slope, bend):
    """The side not taken cannot reach the gradient, at first and second order."""
    leaf = Value(x)
    y = f(leaf)
    y.backward()
    assert (y.data, leaf.grad) == (value, slope)
    assert value_and_grad(f)(x) == (value, slope)
    assert grad(grad(f))(x) == bend
    assert hessian(f)(x) == bend
    assert ac.jvp(f, (x,), (1.0,)) == (value, slope)
    assert ac.hvp(f, (x,), (1.0,)) == bend


@pytest.mark.parametrize("side", [0.0, 1.0])
def test_where_gives_its_adjoint_to_one_side(side):
    """where sends all of it to the side taken, and nothing to the condition."""
    c, x, y = Value(side), Value(2.0), Value(3.0)
    ac.where(c, x, y).backward()
    assert (c.grad, x.grad, y.grad) == (0.0, side, 1 - side)


def test_zero_slope_is_not_a_structural_zero():
    """(sin x)**2 has curvature 2 at 0, where its slope passes through 0."""
    for square in (lambda s: s**2, lambda s: s * s, ac.square):
        f = lambda x, square=square: square(ac.sin(x))  # noqa: E731
        assert grad(f)(0.0) == 0.0
        assert grad(grad(f))(0.0) == 2.0
        assert hessian(f)(0.0) == 2.0
        assert ac.hvp(f, (0.0,), (1.0,)) == 2.0


def test_zero_factors_at_second_order():
    """sin(x)*sin(y) has the mixed derivative 1 at 0, and no other."""
    found = hessian(lambda p: ac.sin(p[0]) * ac.sin(p[1]))([0.0, 0.0])
    assert found == [[0.0, 1.0], [1.0, 0.0]]


def test_third_order_through_zeros():
    """x**3, sin(x)**3 and x*x*x have the third derivative 6 at 0."""
    for f in (lambda x: x**3, lambda x: ac.sin(x) ** 3, lambda x: x * x * x):
        assert grad(grad(grad(f)))(0.0) == 6.0
        assert grad(grad(f))(0.0) == 0.0


def test_products_of_zeros():
    """x*y*z at 0 has the third mixed derivative 1."""

    def f(x, y, z):
        return x * y * z

    inner = grad(grad(grad(f, 0), 1), 2)
    assert inner(0.0, 0.0, 0.0) == 1.0


# -- planted NaN sources: each is named with its place ---------------------------------


# name, what is computed from a leaf x, and x; all on one line, which is the place
PLANTS = [
    ("log(0)", ac.log, 0.0),
    ("log(-1)", ac.log, -1.0),
    ("log2", ac.log2, 0.0),
    ("log10", ac.log10, -3.0),
    ("log1p(-1)", ac.log1p, -1.0),
    ("log1p(-5)", ac.log1p, -5.0),
    ("exp(710)", ac.exp, 710.0),
    ("exp(1e9)", ac.exp, 1e9),
    ("expm1", ac.expm1, 800.0),
    ("sinh", ac.sinh, 711.0),
    ("cosh", ac.cosh, -900.0),
    ("sqrt", ac.sqrt, -1e-300),
    ("asin", ac.asin, 1.0000000000000002),
    ("acos", ac.acos, -2.0),
    ("acosh", ac.acosh, 0.999),
    ("atanh(1)", ac.atanh, 1.0),
    ("atanh(-1.5)", ac.atanh, -1.5),
    ("reciprocal", ac.reciprocal, 0.0),
    ("square", ac.square, 1e200),
    ("hypot", lambda x: ac.hypot(x, 1.5e308), 1.5e308),
    ("xlogy", lambda x: ac.xlogy(2, x), -0.5),
    ("sum", lambda x: ac.sum([x, x]), 1.5e308),
    ("dot", lambda x: ac.dot([x, 1], [x, 1]), 1e200),
    ("leaky_relu", lambda x: ac.leaky_relu(x, 1e300), -1e10),
    ("log_softmax", lambda x: ac.log_softmax([x, -x])[1], 1.5e308),
    ("cross_entropy", lambda x: ac.cross_entropy([x, -x], 1), 1.5e308),
    ("elu", lambda x: ac.elu(x, math.inf), -1.0),
    ("1/x", lambda x: 1 / x, 0.0),
    ("x/0", lambda x: x / 0, 3.0),
    ("0/x", lambda x: 0 / x, 0.0),
    ("x*x", lambda x: x * x, 1e155),
    ("x*1e300", lambda x: x * 1e300, 1e10),
    ("x+x", lambda x: x + x, 1e308),
    ("x-y", lambda x: x - 1.2e308, -1.2e308),
    ("x**2", lambda x: x**2, 1e160),
    ("x**-1", lambda x: x**-1, 0.0),
    ("x**0.5", lambda x: x**0.5, -4.0),
    ("x**y", lambda x: x ** Value(0.5), -4.0),
    ("2**x", lambda x: 2**x, 1100.0),
    ("x**-2.5", lambda x: x**-2.5, 0.0),
]


@pytest.mark.parametrize(
    ("f", "x"), [p[1:] for p in PLANTS], ids=[p[0] for p in PLANTS]
)
def test_planted_sources_are_named(f, x):
    """40 planted sources: file and line of the first bad operation, by name."""
    x = Value(x, name="planted")
    bad, line = f(x), sys._getframe().f_lineno
    if f.__code__.co_filename == __file__:
        line = f.__code__.co_firstlineno
    several = bad.primitive.name == "item"  # the source is the row, not its output
    if not several:
        bad.name = "culprit"
    result = -(bad * 2 + 1)
    result.name = "loss"
    with pytest.raises(NonFiniteError) as caught:
        result.backward()
    text = str(caught.value)
    assert f"test_hazards.py:{line}" in text
    assert f"it reached loss through {4 if several else 3} operations" in text
    first = text.split(" at ")[0]
    assert " = " in first
    assert "nan" in first or "inf" in first
    assert several or '(node "culprit")' in text
    assert ac.why(result) in text
    assert text.endswith("allow_nonfinite=True continues.")


def test_there_are_forty_plants():
    """The promise is 40 planted sources."""
    assert len(PLANTS) == 40


@pytest.mark.parametrize("f", [ac.log, ac.sqrt, ac.asin, ac.acosh, ac.atanh])
def test_strict_raises_at_the_operation(f):
    """Inside strict() the operation itself raises, with its own line."""
    x = Value(-3.0)
    with (
        ac.strict(),
        pytest.raises(NonFiniteError, match=rf"{f.__name__}\(-3\.0\) = nan"),
    ):
        f(x)
    assert math.isnan(f(x).data), "outside of it nothing is raised"


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_a_bad_leaf_is_named(bad):
    """A leaf that is not finite is the source, by its name or its data."""
    x, w = Value(bad, name="x0"), Value(2.0)
    with pytest.raises(NonFiniteError, match=rf"x0 is {bad}; it reached the result"):
        (w * x + 1).backward()
    with pytest.raises(NonFiniteError, match=rf"a leaf with data {bad} is {bad}"):
        (w * Value(bad)).backward()
    assert w.grad == 0.0


def test_the_first_source_is_named():
    """Of two bad operations the older one is blamed."""
    x = Value(0.0)
    first = ac.log(x)
    second = ac.log(x - 1)
    with pytest.raises(NonFiniteError, match=r"log\(0\.0\) = -inf"):
        (second + first).backward()


def test_nonfinite_seed():
    """A seed that is not finite gives an error and not NaN gradients."""
    x = Value(2.0)
    y = x * 3
    for seed in (nan, inf):
        with pytest.raises(NonFiniteError, match=f"the seed of backward.* is {seed}"):
            y.backward(seed)
    assert x.grad == 0.0
