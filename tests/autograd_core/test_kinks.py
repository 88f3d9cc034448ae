"""Kinks and ties (policy P4): at the point, one ULP beside it, at +0.0 and -0.0."""

from math import copysign, inf, nextafter

import pytest

import autograd_core as ac
from autograd_core import Value, grad, jacobian, jvp, value_and_grad
from autograd_core.primitives import TABLE

TINY = 5e-324
UP, DOWN = nextafter(1.0, inf), nextafter(1.0, 0.0)
HIGH, LOW = nextafter(2.0, inf), nextafter(2.0, 0.0)

# function, point, value, slope
ONE = [
    *[
        ("abs", abs, x, abs(x), s)
        for x, s in ((0.0, 0), (-0.0, 0), (TINY, 1), (-TINY, -1))
    ],
    *[
        ("sign", ac.sign, x, v, 0)
        for x, v in ((0.0, 0), (-0.0, 0), (TINY, 1), (-TINY, -1))
    ],
    *[
        ("step", ac.step, x, v, 0)
        for x, v in ((0.0, 0), (-0.0, 0), (TINY, 1), (-TINY, 0))
    ],
    *[
        ("relu", ac.relu, x, v, s)
        for x, v, s in ((0.0, 0, 0), (-0.0, 0, 0), (TINY, TINY, 1), (-TINY, 0, 0))
    ],
    *[
        ("leaky_relu", lambda x: ac.leaky_relu(x, 0.25), x, v, s)
        for x, v, s in (
            (0.0, 0, 0.25),
            (-0.0, 0, 0.25),
            (TINY, TINY, 1),
            (-4.0, -1, 0.25),
        )
    ],
    ("leaky_relu", ac.leaky_relu, 0.0, 0, 0.01),
    ("leaky_relu", ac.leaky_relu, -TINY, 0, 0.01),
    *[
        ("elu", ac.elu, x, v, s)
        for x, v, s in ((0.0, 0, 1), (-0.0, 0, 1), (TINY, TINY, 1), (-TINY, -TINY, 1))
    ],
    ("elu", lambda x: ac.elu(x, 2), 0.0, 0, 2),
    *[
        ("clip", lambda x: ac.clip(x, 1, 2), x, v, s)
        for x, v, s in (
            (1.0, 1, 1),
            (UP, UP, 1),
            (DOWN, 1, 0),
            (2.0, 2, 1),
            (HIGH, 2, 0),
            (LOW, LOW, 1),
        )
    ],
    *[
        ("clip", lambda x: ac.clip(x, 0, 1), x, 0, s)
        for x, s in ((0.0, 1), (-0.0, 1), (-TINY, 0))
    ],
    ("clip", lambda x: ac.clip(x, 1, 1), 1.0, 1, 1),
    *[
        ("maximum(x, 0)", lambda x: ac.maximum(x, 0), x, v, s)
        for x, v, s in ((0.0, 0, 0.5), (-0.0, 0, 0.5), (TINY, TINY, 1), (-TINY, 0, 0))
    ],
    *[
        ("minimum(x, 0)", lambda x: ac.minimum(x, 0), x, v, s)
        for x, v, s in ((0.0, 0, 0.5), (-0.0, 0, 0.5), (TINY, 0, 0), (-TINY, -TINY, 1))
    ],
    ("maximum(x, x)", lambda x: ac.maximum(x, x), 2.0, 2, 1),
    ("minimum(x, x)", lambda x: ac.minimum(x, x), 2.0, 2, 1),
    ("maximum(-x, x)", lambda x: ac.maximum(-x, x), 0.0, 0, 0),
    ("hypot(x, x)", lambda x: ac.hypot(x, x), 0.0, 0, 0),
    ("hypot(x, 0)", lambda x: ac.hypot(x, 0), 0.0, 0, 0),
    ("hypot(x, 0)", lambda x: ac.hypot(x, 0), TINY, TINY, 1),
    ("hypot(x, 0)", lambda x: ac.hypot(x, 0), -TINY, TINY, -1),
    ("round", round, 2.5, 2, 0),
    ("round", lambda x: round(x, 1), 0.25, 0.2, 0),
    ("greater(x, 0)", lambda x: ac.greater(x, 0), 0.0, 0.5, 0),
    ("greater(x, 0)", lambda x: ac.greater(x, 0), TINY, 1, 0),
    ("greater(x, 0)", lambda x: ac.greater(x, 0), -TINY, 0, 0),
    ("where(x, x, 5)", lambda x: ac.where(x, x, 5), 0.0, 5, 0),
    ("where(x, x, 5)", lambda x: ac.where(x, x, 5), -0.0, 5, 0),
    ("where(x, x, 5)", lambda x: ac.where(x, x, 5), TINY, TINY, 1),
    ("x**0", lambda x: x**0, 0.0, 1, 0),
    ("x**1", lambda x: x**1, 0.0, 0, 1),
]


@pytest.mark.parametrize(
    ("f", "x", "value", "slope"),
    [r[1:] for r in ONE],
    ids=[f"{r[0]} at {r[2]!r}" for r in ONE],
)
def test_one_operand(f, x, value, slope):
    """Value and slope at the kink, beside it, and for both zeros, in every sweep."""
    leaf = Value(x)
    y = f(leaf)
    y.backward()
    assert y.data == value
    assert leaf.grad == slope
    assert type(leaf.grad) is float
    assert value_and_grad(f)(x) == (value, slope)
    assert jvp(f, (x,), (1.0,)) == (value, slope)
    assert f(x) == value, "the same on a plain float"


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [(r[1], r[2], r[4]) for r in ONE],
    ids=[f"{r[0]} at {r[2]!r}" for r in ONE],
)
def test_one_operand_recorded(f, x, slope):
    """A slope that is itself recorded is the same number."""
    found = grad(f)(Value(x))
    assert (found.data if isinstance(found, Value) else found) == slope


# function, operands, value, slopes
TWO = [
    ("maximum", ac.maximum, 2.0, 2.0, 2.0, (0.5, 0.5)),
    ("maximum", ac.maximum, HIGH, 2.0, HIGH, (1, 0)),
    ("maximum", ac.maximum, LOW, 2.0, 2.0, (0, 1)),
    ("maximum", ac.maximum, 0.0, -0.0, 0.0, (0.5, 0.5)),
    ("maximum", ac.maximum, -0.0, 0.0, 0.0, (0.5, 0.5)),
    ("maximum", ac.maximum, 2.0, -inf, 2.0, (1, 0)),
    ("minimum", ac.minimum, 2.0, 2.0, 2.0, (0.5, 0.5)),
    ("minimum", ac.minimum, HIGH, 2.0, 2.0, (0, 1)),
    ("minimum", ac.minimum, LOW, 2.0, LOW, (1, 0)),
    ("minimum", ac.minimum, -0.0, 0.0, 0.0, (0.5, 0.5)),
    ("hypot", ac.hypot, 0.0, 0.0, 0.0, (0, 0)),
    ("hypot", ac.hypot, -0.0, 0.0, 0.0, (0, 0)),
    ("hypot", ac.hypot, 0.0, -3.0, 3.0, (0, -1)),
    ("greater", ac.greater, 2.0, 2.0, 0.5, (0, 0)),
    ("pow", ac.power, 0.0, 0.0, 1.0, (0, 0)),
    ("xlogy", lambda x, y: ac.xlogy(x, y), 0.0, 1.0, 0.0, (0, 0)),
]


@pytest.mark.parametrize(
    ("f", "x", "y", "value", "slopes"),
    [r[1:] for r in TWO],
    ids=[f"{r[0]}({r[2]!r}, {r[3]!r})" for r in TWO],
)
def test_two_operands(f, x, y, value, slopes):
    """Ties are shared, 1/2 each; one ULP decides."""
    a, b = Value(x), Value(y)
    z = f(a, b)
    if y != -inf:
        z.backward()
        assert (a.grad, b.grad) == slopes
    assert z.data == value
    assert grad(f, (0, 1))(x, y) == slopes


def test_relu_and_maximum_differ_on_purpose():
    """relu(x) has slope 0 at 0 and maximum(x, 0) has 1/2."""
    assert (grad(ac.relu)(0.0), grad(lambda x: ac.maximum(x, 0))(0.0)) == (0.0, 0.5)


def test_three_way_tie_sums_to_one():
    """maximum of three equal numbers hands on 1 in all."""
    slopes = grad(lambda v: ac.maximum(ac.maximum(v[0], v[1]), v[2]))([1.0, 1.0, 1.0])
    assert slopes == [0.25, 0.25, 0.5]


def test_tie_recorded_not_rederived():
    """A tie that arises in computed numbers is shared too (jax #40564)."""
    x, y = Value(0.1), Value(0.2)
    s, t = x + y, y + x
    ac.maximum(s, t).backward()
    assert (x.grad, y.grad) == (1.0, 1.0)


def test_zero_signs():
    """-0.0 is kept where IEEE keeps it, and relu gives +0.0."""
    assert copysign(1, (-Value(0.0)).data) == -1
    assert copysign(1, ac.relu(Value(-3.0)).data) == 1
    assert copysign(1, abs(Value(-0.0)).data) == 1


def test_second_derivatives_at_kinks():
    """Piecewise linear functions have curvature 0, also at the kink."""
    for f in (abs, ac.relu, ac.leaky_relu, lambda x: ac.maximum(x, 0), ac.sign):
        for x in (0.0, -0.0, 1.0, -1.0):
            assert grad(grad(f))(x) == 0.0


def test_norm_at_zero():
    """hypot at (0, 0) has the zero gradient, the subgradient of least norm."""
    assert jacobian(lambda p: [ac.hypot(*p)])([0.0, 0.0]) == [[0.0, 0.0]]


def test_documented_kinks():
    """Each row of policy P4 says in the table what happens at its kink."""
    names = "abs sign step relu leaky_relu elu clip hypot maximum minimum greater"
    for name in names.split(" "):
        assert TABLE[name].kinks, name
    assert "0" in TABLE["relu"].kinks["x = 0"]
    assert "1/2" in TABLE["maximum"].kinks["x = y"]
