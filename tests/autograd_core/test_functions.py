"""The public functions: on numbers and on Values, one row for both."""

import math
from fractions import Fraction

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Value, grad
from autograd_core.primitives import TABLE

ULP = 2.0**-52
FOUR_ULP = 4 * ULP

# function, point, value, slope; all by hand or by `math`
UNARY = [
    (ac.exp, 0.5, math.exp(0.5), math.exp(0.5)),
    (ac.expm1, 0.5, math.expm1(0.5), math.exp(0.5)),
    (ac.log, 2.0, math.log(2), 0.5),
    (ac.log1p, 1.0, math.log(2), 0.5),
    (ac.log2, 8.0, 3.0, 1 / (8 * math.log(2))),
    (ac.log10, 1000.0, 3.0, 1 / (1000 * math.log(10))),
    (ac.sqrt, 9.0, 3.0, 1 / 6),
    (ac.cbrt, 27.0, 3.0, 1 / 27),
    (ac.cbrt, -8.0, -2.0, 1 / 12),
    (ac.square, 3.0, 9.0, 6.0),
    (ac.reciprocal, 4.0, 0.25, -0.0625),
    (ac.neg, 4.0, -4.0, -1.0),
    (ac.sin, 1.0, math.sin(1), math.cos(1)),
    (ac.cos, 1.0, math.cos(1), -math.sin(1)),
    (ac.tan, 1.0, math.tan(1), 1 / math.cos(1) ** 2),
    (ac.asin, 0.5, math.asin(0.5), 1 / math.sqrt(0.75)),
    (ac.acos, 0.5, math.acos(0.5), -1 / math.sqrt(0.75)),
    (ac.atan, 2.0, math.atan(2), 0.2),
    (ac.sinh, 1.0, math.sinh(1), math.cosh(1)),
    (ac.cosh, 1.0, math.cosh(1), math.sinh(1)),
    (ac.tanh, 1.0, math.tanh(1), 1 / math.cosh(1) ** 2),
    (ac.sech, 1.0, 1 / math.cosh(1), -math.tanh(1) / math.cosh(1)),
    (ac.asinh, 1.0, math.asinh(1), 1 / math.sqrt(2)),
    (ac.acosh, 2.0, math.acosh(2), 1 / math.sqrt(3)),
    (ac.atanh, 0.5, math.atanh(0.5), 4 / 3),
    (ac.sigmoid, 0.0, 0.5, 0.25),
    (ac.logsigmoid, 0.0, -math.log(2), 0.5),
    (ac.softplus, 0.0, math.log(2), 0.5),
    (ac.silu, 0.0, 0.0, 0.5),
    (ac.gelu, 0.0, 0.0, 0.5),
    (ac.relu, 2.0, 2.0, 1.0),
    (ac.relu, -2.0, 0.0, 0.0),
    (ac.erf, 0.0, 0.0, 2 / math.sqrt(math.pi)),
    (ac.erfc, 0.0, 1.0, -2 / math.sqrt(math.pi)),
    (ac.normal_pdf, 1.0, math.exp(-0.5) / math.sqrt(2 * math.pi), None),
    (ac.normal_cdf, 0.0, 0.5, 1 / math.sqrt(2 * math.pi)),
    (ac.sinc, math.pi / 2, 2 / math.pi, -4 / math.pi**2),
    (ac.absolute, -3.0, 3.0, -1.0),
    (ac.sign, -3.0, -1.0, 0.0),
    (ac.step, 3.0, 1.0, 0.0),
]


@pytest.mark.parametrize(
    ("f", "x", "value", "slope"),
    UNARY,
    ids=[f"{u[0].__name__}({u[1]:.3g})" for u in UNARY],
)
def test_unary(f, x, value, slope):
    """On a float a float; on a Value a Value with the same data and the slope."""
    assert f(x) == pytest.approx(value, rel=FOUR_ULP, abs=0)
    assert type(f(x)) is float
    v = Value(x)
    y = f(v)
    assert type(y) is Value
    assert y.data == f(x)
    y.backward()
    if slope is not None:
        assert v.grad == pytest.approx(slope, rel=2 * FOUR_ULP, abs=0)


BINARY = [
    (ac.add, 3.0, 2.0, 5.0, 1.0, 1.0),
    (ac.sub, 3.0, 2.0, 1.0, 1.0, -1.0),
    (ac.mul, 3.0, 2.0, 6.0, 2.0, 3.0),
    (ac.div, 3.0, 2.0, 1.5, 0.5, -0.75),
    (ac.power, 3.0, 2.0, 9.0, 6.0, 9 * math.log(3)),
    (ac.maximum, 3.0, 2.0, 3.0, 1.0, 0.0),
    (ac.minimum, 3.0, 2.0, 2.0, 0.0, 1.0),
    (ac.greater, 3.0, 2.0, 1.0, 0.0, 0.0),
    (ac.hypot, 3.0, 4.0, 5.0, 0.6, 0.8),
    (ac.atan2, 3.0, 4.0, math.atan2(3, 4), 0.16, -0.12),
    (ac.xlogy, 3.0, 2.0, 3 * math.log(2), math.log(2), 1.5),
    (ac.logaddexp, 1.0, 1.0, 1 + math.log(2), 0.5, 0.5),
    (ac.binary_cross_entropy, 0.0, 1.0, math.log(2), -0.5, 0.0),
]


@pytest.mark.parametrize(
    ("f", "x", "y", "value", "dx", "dy"), BINARY, ids=[b[0].__name__ for b in BINARY]
)
def test_binary(f, x, y, value, dx, dy):
    """Two floats, a float and a Value in each place, two Values."""
    assert f(x, y) == pytest.approx(value, rel=FOUR_ULP)
    assert type(f(x, y)) is float
    for a, b in ((Value(x), y), (x, Value(y)), (Value(x), Value(y))):
        z = f(a, b)
        assert z.data == f(x, y)
        z.backward()
        for v, slope in ((a, dx), (b, dy)):
            if isinstance(v, Value):
                assert v.grad == pytest.approx(slope, rel=2 * FOUR_ULP, abs=0)


def test_ints_and_numpy_scalars_are_numbers():
    """Functions take what a Value takes, and return floats for it."""
    for x in (1, True, np.float32(1), np.int64(1), 1.0):
        assert ac.exp(x) == math.e
        assert type(ac.exp(x)) is float
        assert ac.maximum(x, 0) == 1.0
        assert ac.sum([x, x, 1]) == 3.0


def test_sum():
    """sum() adds from left to right, takes any iterable, and is 0.0 of nothing."""
    assert ac.sum([1e16, 1.0, -1e16]) == 0.0
    assert ac.sum([]) == 0.0
    assert ac.sum(x for x in (1.0, 2.0)) == 3.0
    assert ac.sum(np.array([1.0, 2.0])) == 3.0
    assert grad(ac.sum)((1.0, 2.0)) == (1.0, 1.0)
    xs = [Value(float(i)) for i in range(5)]
    assert ac.sum(xs).operands == tuple(xs)


def test_dot():
    """dot() is one node, its gradient the other vector."""
    x, y = [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]
    assert ac.dot(x, y) == 32.0
    assert grad(ac.dot)(x, y) == y
    assert grad(ac.dot, 1)(x, y) == x
    assert grad(lambda v: ac.dot(v, v))(x) == [2.0, 4.0, 6.0]
    assert ac.dot([Value(1.0)], [2]).data == 2.0
    assert ac.dot(np.array(x), y) == 32.0


def test_logsumexp_and_softmax():
    """Shift invariance: adding 1000 to every operand changes no weight by much."""
    xs = [0.5, -1.0, 2.0]
    total = math.log(math.fsum(map(math.exp, xs)))
    assert ac.logsumexp(xs) == pytest.approx(total, rel=FOUR_ULP)
    ps = ac.softmax(xs)
    assert type(ps) is list
    assert ps == pytest.approx([math.exp(x - total) for x in xs], rel=FOUR_ULP)
    assert ac.softmax([x + 1024 for x in xs]) == pytest.approx(ps, rel=4096 * ULP)
    assert ac.log_softmax(xs) == pytest.approx([x - total for x in xs], rel=FOUR_ULP)
    assert grad(ac.logsumexp)(xs) == pytest.approx(ps, rel=FOUR_ULP)
    assert math.fsum(grad(lambda x: ac.softmax(x)[0])(xs)) == pytest.approx(0, abs=ULP)
    assert ac.logsumexp([3.0]) == 3.0
    assert ac.softmax([3.0]) == [1.0]
    assert grad(lambda x: ac.softmax(x)[0])([3.0]) == [0.0]
    assert grad(ac.logsumexp)([3.0]) == [1.0]


def test_cross_entropy():
    """A class index and its one-hot distribution agree; the gradient is p - y."""
    xs = [0.5, -1.0, 2.0]
    ps = ac.softmax(xs)
    for k in range(3):
        hot = [float(i == k) for i in range(3)]
        loss = ac.cross_entropy(xs, k)
        assert loss == pytest.approx(-math.log(ps[k]), rel=2 * FOUR_ULP)
        assert ac.cross_entropy(xs, hot) == pytest.approx(loss, rel=FOUR_ULP)
        assert ac.cross_entropy(xs, np.array(hot)) == ac.cross_entropy(xs, hot)
        assert ac.cross_entropy(xs, np.array(k)) == loss
        expected = [p - h for p, h in zip(ps, hot, strict=True)]
        for target in (k, hot):
            found = grad(lambda v, t=target: ac.cross_entropy(v, t))(xs)
            assert found == pytest.approx(expected, rel=4 * FOUR_ULP)
    soft = [0.2, 0.3, 0.5]
    found = grad(lambda v: ac.cross_entropy(v, soft))(xs)
    assert found == pytest.approx(
        [p - s for p, s in zip(ps, soft, strict=True)], rel=16 * ULP, abs=ULP
    )


def test_binary_cross_entropy():
    """Its gradient with respect to the logit is sigmoid(z) - y."""
    for z in (-2.0, 0.0, 3.0):
        p = 1 / (1 + math.exp(-z))
        for y in (0.0, 0.25, 1.0):
            loss = ac.binary_cross_entropy(z, y)
            true = -y * math.log(p) - (1 - y) * math.log1p(-p)
            assert loss == pytest.approx(true, rel=16 * ULP)
            slope = grad(ac.binary_cross_entropy)(z, y)
            assert slope == pytest.approx(p - y, rel=8 * FOUR_ULP)
            assert grad(ac.binary_cross_entropy, 1)(z, y) == -z


def test_attributes():
    """leaky_relu, elu and clip take static numbers, by place or by name."""
    assert ac.leaky_relu(-2.0) == -0.02
    assert ac.leaky_relu(-2.0, 0.5) == -1.0
    assert ac.leaky_relu(-2.0, slope=0.5) == -1.0
    assert ac.elu(-1.0) == math.expm1(-1)
    assert ac.elu(-1.0, alpha=2) == 2 * math.expm1(-1)
    assert ac.clip(5, 0, 1) == 1.0
    assert ac.clip(0.5, low=0, high=1) == 0.5
    assert ac.clip(Value(5.0), np.int64(0), True).data == 1.0
    assert grad(lambda x: ac.leaky_relu(x, 0.5))(-2.0) == 0.5


def test_where():
    """where() takes numbers, comparisons and Values as its condition."""
    x = Value(3.0)
    assert ac.where(x > 2, x, 0) is not x
    assert ac.where(x > 2, x, 0).data == 3.0
    assert ac.where(x < 2, x, 0).data == 0.0
    assert ac.where(1.0, 2.0, 3.0) == 2.0
    assert ac.where(0, 2, 3) == 3.0
    assert type(ac.where(0, 2, 3)) is float
    assert ac.where(np.bool_(True), x, 1).data == 3.0
    assert ac.where(ac.step(x), 1, 0).data == 1.0


def test_exact_where_it_can_be():
    """On fractions the rational functions are exact, the others refuse."""
    half = Fraction(1, 2)
    assert ac.maximum(half, Fraction(1, 3)) == half
    assert ac.sum([half, 1, half]) == 2
    assert ac.dot([half, 1], [half, 2]) == Fraction(9, 4)
    assert ac.relu(-half) == 0
    assert ac.square(half) == Fraction(1, 4)
    assert ac.where(half > 0, half, 0) == half
    assert type(ac.reciprocal(half)) is Fraction
    with pytest.raises(ac.ExactnessError, match=r"exp.*Fraction"):
        ac.exp(half)


def test_functions_know_their_rows():
    """Every public function has a docstring with the kinks and source of its row."""
    assert "1/2 each" in ac.maximum.__doc__
    assert "DLMF" in ac.tanh.__doc__
    for name, row in TABLE.items():
        function = getattr(ac, name, None)
        if callable(function):
            assert function.__doc__, row
            assert function.__name__ == name


def test_every_public_row_is_reachable():
    """Each row of the table that is no helper is a function of the package."""
    other = {
        "identity": None,
        "abs": "absolute",
        "pow": "power",
        "powc": "power",
        "round": None,
        "soft_cross_entropy": "cross_entropy",
    }
    for name, row in TABLE.items():
        if row.helper:
            continue
        public = other.get(name, name)
        assert public is None or callable(getattr(ac, public)), name
