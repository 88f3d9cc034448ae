"""grad, jvp, vjp, jacobian, hessian, hvp against closed forms, over all containers."""

import itertools
import math
import random
from collections import OrderedDict, defaultdict
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import (
    Value,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    vjp,
)
from tests import oracle

ULP = 2.0**-52
EIGHT_ULP = 8 * ULP  # RELIABILITY.md A1, second derivatives


class Point(NamedTuple):
    """Two numbers, or trees of them."""

    x: Any
    y: Any


def near(expected):
    return pytest.approx(expected, rel=16 * ULP, abs=16 * ULP)


# -- containers ------------------------------------------------------------------------

# f(tree) = 3*a*a*b over the two numbers of each container at (2, 5)
CONTAINERS = [
    ("list", [2.0, 5.0], lambda t: (t[0], t[1]), [60.0, 12.0]),
    ("tuple", (2.0, 5.0), lambda t: (t[0], t[1]), (60.0, 12.0)),
    ("named tuple", Point(2.0, 5.0), lambda t: (t.x, t.y), Point(60.0, 12.0)),
    ("dict", {"a": 2.0, "b": 5.0}, lambda t: (t["a"], t["b"]), {"a": 60.0, "b": 12.0}),
    (
        "nested",
        {"w": [[2.0], ()], "b": (5.0,)},
        lambda t: (t["w"][0][0], t["b"][0]),
        {"w": [[60.0], ()], "b": (12.0,)},
    ),
    (
        "list of named tuples",
        [Point(2.0, (5.0,))],
        lambda t: (t[0].x, t[0].y[0]),
        [Point(60.0, (12.0,))],
    ),
    (
        "OrderedDict",
        OrderedDict(a=2.0, b=5.0),
        lambda t: (t["a"], t["b"]),
        OrderedDict(a=60.0, b=12.0),
    ),
    (
        "defaultdict",
        defaultdict(float, a=2.0, b=5.0),
        lambda t: (t["a"], t["b"]),
        {"a": 60.0, "b": 12.0},
    ),
    ("ints", [2, 5], lambda t: (t[0], t[1]), [60.0, 12.0]),
    ("bools and NumPy", [np.int64(2), np.float32(5)], lambda t: (t[0], t[1]), [60, 12]),
]


def _f(pick):
    def f(tree):
        a, b = pick(tree)
        return 3 * a * a * b

    return f


@pytest.mark.parametrize(
    ("tree", "pick", "expected"),
    [c[1:] for c in CONTAINERS],
    ids=[c[0] for c in CONTAINERS],
)
def test_gradients_are_shaped_like_the_argument(tree, pick, expected):
    """The gradient has the containers of the argument; the argument is untouched."""
    before = repr(tree)
    found = grad(_f(pick))(tree)
    assert found == expected
    assert isinstance(found, (list, tuple, dict))
    assert value_and_grad(_f(pick))(tree) == (60.0, expected)
    assert repr(tree) == before
    y, pullback = vjp(_f(pick), tree)
    assert y == 60.0
    assert pullback(0.5)[0] == type_like(expected, 0.5)


def type_like(tree, factor):
    if isinstance(tree, dict):
        return {k: type_like(v, factor) for k, v in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(type_like(v, factor) for v in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(type_like(v, factor) for v in tree)
    return tree * factor


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2), (0,)])
def test_arrays_in_arrays_out(shape):
    """NumPy arrays in, float arrays of the same shape out."""
    x = np.arange(1.0, 1.0 + math.prod(shape)).reshape(shape)
    if shape == (0,):
        with pytest.raises(TypeError, match="no number in the arguments"):
            grad(lambda a: 1.0)(x)
        return
    found = grad(lambda a: np.sum(a * a * a))(x)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float64
    assert found.shape == shape
    assert np.array_equal(found, 3 * x * x)


@pytest.mark.parametrize(
    ("inner", "outer"), [*itertools.product([(2,), (2, 2)], repeat=2)]
)
def test_jacobian_of_arrays(inner, outer):
    """A Jacobian of arrays is an array of shape result + argument."""
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, inner)
    a = rng.uniform(-1, 1, (math.prod(outer), math.prod(inner)))

    def f(x):
        return (a @ (x.ravel() * x.ravel())).reshape(outer)

    found = jacobian(f)(x)
    assert found.shape == outer + inner
    expected = (a * 2 * x.ravel()).reshape(outer + inner)
    assert np.allclose(found, expected, rtol=EIGHT_ULP, atol=0)


def test_hessian_of_arrays():
    """A Hessian of an array argument has the argument's shape twice."""
    a = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0], [1.0, 0.0, -2.0]])
    found = hessian(lambda x: x @ a @ x)(np.array([1.0, 2.0, 3.0]))
    assert found.shape == (3, 3)
    assert np.array_equal(found, a + a.T)
    cube = hessian(lambda x: (x**3).sum())(np.array([[1.0, 2.0]]))
    assert cube.shape == (1, 2, 1, 2)
    assert np.array_equal(cube.reshape(2, 2), np.diag([6.0, 12.0]))


def test_integer_and_float32_arrays():
    """Integers and float32 become float64, as in a Value."""
    for dtype in (int, np.float32, np.uint8, bool):
        found = grad(lambda x: (x * x).sum())(np.array([1, 1], dtype=dtype))
        assert found.dtype == np.float64
        assert found.tolist() == [2.0, 2.0]


def test_array_methods_and_ufuncs():
    """np.sin, np.exp, np.maximum, @, sum and prod of object arrays differentiate."""
    x = np.array([0.5, -0.25, 2.0])
    cases = [
        (lambda a: np.sin(a).sum(), np.cos(x)),
        (lambda a: np.exp(a).sum(), np.exp(x)),
        (lambda a: np.tanh(a).sum(), 1 - np.tanh(x) ** 2),
        (lambda a: np.arctan(a).sum(), 1 / (1 + x * x)),
        (lambda a: np.prod(a), np.prod(x) / x),
        (lambda a: a @ a, 2 * x),
        (lambda a: np.abs(a).sum(), np.sign(x)),
        (lambda a: np.max(a), np.array([0.0, 0.0, 1.0])),
        (lambda a: (2.0**a).sum(), 2.0**x * math.log(2)),
        (lambda a: a.mean(), np.full(3, 1 / 3)),
        (lambda a: np.dot(a, [1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])),
    ]
    for f, expected in cases:
        assert np.allclose(grad(f)(x), expected, rtol=16 * ULP, atol=4 * ULP)


# -- arguments -------------------------------------------------------------------------


def g(x, y, z=2.0, *, scale=1.0):
    return x * y * y * z * scale


def test_argnums():
    """An int gives one gradient, a sequence a tuple in its order, -1 the last."""
    # f = x*y**2*z at (3, 5, 2): (50, 60, 75)
    args = (3.0, 5.0, 2.0)
    assert grad(g)(*args) == 50.0
    assert grad(g, 1)(*args) == 60.0
    assert grad(g, 2)(*args) == 75.0
    assert grad(g, -1)(*args) == 75.0
    assert grad(g, -3)(*args) == 50.0
    assert grad(g, (0,))(*args) == (50.0,)
    assert grad(g, (2, 0))(*args) == (75.0, 50.0)
    assert grad(g, [1, -1])(*args) == (60.0, 75.0)
    assert grad(g, range(3))(*args) == (50.0, 60.0, 75.0)
    assert value_and_grad(g, (0, 1))(*args) == (150.0, (50.0, 60.0))
    assert hessian(g, (0, 1))(*args) == ((0.0, 20.0), (20.0, 12.0))
    assert jacobian(g, (0, 2))(*args) == (50.0, 75.0)
    assert jacobian(lambda x, y: [x, y, x * y], (1,))(2.0, 3.0) == [
        (0.0,),
        (1.0,),
        (2.0,),
    ]


def test_numpy_integer_argnums():
    """A NumPy integer names an argument too."""
    assert grad(g, np.int64(1))(3.0, 5.0) == 60.0


def test_keywords_and_defaults_pass_through():
    """Keyword arguments and defaults reach the function and are not differentiated."""
    assert grad(g)(3.0, 5.0) == 50.0
    assert grad(g)(3.0, 5.0, scale=10.0) == 500.0
    assert value_and_grad(g, 1)(3.0, 5.0, z=1.0, scale=2.0) == (150.0, 60.0)
    assert jacobian(g, 1)(3.0, 5.0, scale=0.5) == 30.0
    assert hessian(g, 1)(3.0, 5.0, scale=0.5) == 6.0


def test_other_arguments_are_left_alone():
    """What is not named by argnums may be anything, and is passed as it is."""
    config = {"mode": "a", "k": None}
    seen = []

    def f(x, c, text):
        seen.append((c, text))
        return x * 2

    assert grad(f)(1.0, config, "abc") == 2.0
    assert seen[0][0] is config
    assert seen[0][1] == "abc"


def test_several_results():
    """vjp, jvp and jacobian keep the containers of the result."""

    def f(x, y):
        return {"s": x + y, "l": [x * y, (x,)], "c": 7.0}

    out, pullback = vjp(f, 2.0, 5.0)
    assert out == {"s": 7.0, "l": [10.0, (2.0,)], "c": 7.0}
    assert pullback({"s": 1.0, "l": [10.0, (100.0,)], "c": 1e9}) == (151.0, 21.0)
    assert pullback({"s": 0.0, "l": [0.0, (0.0,)], "c": 1.0}) == (0.0, 0.0)
    assert jvp(f, (2.0, 5.0), (1.0, 10.0)) == (
        out,
        {"s": 11.0, "l": [25.0, (1.0,)], "c": 0.0},
    )
    assert jacobian(f, (0, 1))(2.0, 5.0) == {
        "s": (1.0, 1.0),
        "l": [(5.0, 2.0), ((1.0, 0.0),)],
        "c": (0.0, 0.0),
    }


def test_the_same_result_twice():
    """One Value in several places of a result gets all their cotangents."""

    def f(x):
        y = x * x
        return [y, y, x]

    _, pullback = vjp(f, 3.0)
    assert pullback([1.0, 10.0, 100.0]) == (166.0,)
    assert jacobian(f)(3.0) == [6.0, 6.0, 1.0]
    assert jvp(f, (3.0,), (1.0,))[1] == [6.0, 6.0, 1.0]


def test_the_argument_itself_as_result():
    """The identity has derivative 1 in every transform."""
    assert grad(lambda x: x)(3.0) == 1.0
    assert jacobian(lambda x: x)([3.0, 4.0]) == [[1.0, 0.0], [0.0, 1.0]]
    assert jvp(lambda x: x, (3.0,), (2.0,)) == (3.0, 2.0)
    assert vjp(lambda x: x, 3.0)[1](2.0) == (2.0,)
    assert hessian(lambda x: x)(3.0) == 0.0
    assert grad(lambda x: x[0])([3.0, 4.0]) == [1.0, 0.0]


def test_pullback_many_times():
    """A pullback may be called again, and nested results do not accumulate."""
    _, pullback = vjp(lambda x, y: x * y, 3.0, 4.0)
    assert [pullback(s) for s in (1.0, 1.0, -2, 0)] == [
        (4.0, 3.0),
        (4.0, 3.0),
        (-8.0, -6.0),
        (0.0, 0.0),
    ]


# -- constants -------------------------------------------------------------------------


CONSTANT = [
    ("a number", lambda x, y: 3.0),
    ("an int", lambda x, y: 3),
    ("detached", lambda x, y: x.detach() * 2),
    ("a frozen Value", lambda x, y: Value(2.0, requires_grad=False)),
    ("step", lambda x, y: ac.step(x)),
    ("x**0", lambda x, y: x**0),
    ("the other argument", lambda x, y: y),
    ("0*x", lambda x, y: 0 * x),
    ("x - x", lambda x, y: x - x),
    ("NumPy", lambda x, y: np.float64(2.0)),
]


@pytest.mark.parametrize("f", [c[1] for c in CONSTANT], ids=[c[0] for c in CONSTANT])
def test_constant_functions(f):
    """A function that is constant in an argument has derivative 0.0, a float."""
    for found in (
        grad(f)(3.0, 4.0),
        grad(grad(f))(3.0, 4.0),
        hessian(f)(3.0, 4.0),
        jacobian(f)(3.0, 4.0),
        jvp(lambda x: f(x, 4.0), (3.0,), (1.0,))[1],
        vjp(lambda x: f(x, 4.0), 3.0)[1](1.0)[0],
        hvp(lambda x: f(x, 4.0), (3.0,), (1.0,)),
    ):
        assert found == 0.0
        assert type(found) is float


def test_zeros_have_the_arguments_shape():
    """Zero gradients keep containers and number type."""
    assert grad(lambda t: 1.0)({"a": [1.0, 2.0]}) == {"a": [0.0, 0.0]}
    assert hessian(lambda t: t[0])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    found = grad(lambda a: 1.0)(np.ones((2, 2)))
    assert found.shape == (2, 2)
    assert not found.any()
    half = grad(lambda x: Fraction(1))(Fraction(1, 2))
    assert half == 0
    assert type(half) is Fraction


# -- Values from outside ---------------------------------------------------------------


def test_closures_over_parameters():
    """A derivative that depends on a parameter comes back recorded."""
    w = Value(3.0)
    slope = grad(lambda x: w * x * x)(2.0)
    assert isinstance(slope, Value)
    assert slope.data == 12.0
    slope.backward()
    assert w.grad == 4.0
    second = grad(grad(lambda x: w * x**3))(2.0)
    w.grad = 0.0
    second.backward()
    assert (second.data, w.grad) == (36.0, 12.0)


def test_closures_over_frozen_values():
    """A frozen Value is data: the derivative is a plain number."""
    c = Value(3.0, requires_grad=False)
    assert grad(lambda x: c * x * x)(2.0) == 12.0
    assert type(grad(lambda x: c * x * x)(2.0)) is float


def test_a_training_step_on_a_derivative():
    """A loss made of derivatives (as in physics-informed nets) trains."""
    a, b = Value(0.5), Value(0.0)

    def u(x):
        return a * x * x + b * x

    loss = (grad(u)(1.0) - 3) ** 2 + (grad(grad(u))(0.0) - 1) ** 2
    loss.backward()
    # u' = 2a + b = 1, u'' = 2a = 1: d/da = 2*(1-3)*2 = -8, d/db = -4
    assert (a.grad, b.grad) == (-8.0, -4.0)


def test_arguments_may_be_values():
    """At a Value that wants a gradient the derivative is a Value of it."""
    x = Value(3.0)
    slope = grad(lambda v: v**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (27.0, 18.0)
    out, tangent = jvp(lambda v: v**3, (x,), (1.0,))
    x.grad = 0.0
    (out + tangent).backward()
    assert x.grad == 27.0 + 18.0


@pytest.mark.parametrize("transform", [grad, hessian, jacobian, value_and_grad])
def test_frozen_arguments(transform):
    """What a transform differentiates is its argument, frozen outside or not."""
    expected = transform(lambda v: v**3)(3.0)
    found = transform(lambda v: v**3)(Value(3.0, requires_grad=False))

    def data(x):
        return tuple(map(data, x)) if isinstance(x, tuple) else getattr(x, "data", x)

    assert data(found) == expected


def test_frozen_arguments_in_containers():
    """The same inside of a list, for jvp and vjp, and in nested use."""
    c = Value(3.0, requires_grad=False)

    def data(x):
        return getattr(x, "data", x)

    found = grad(lambda w: w[0] * w[1])([c, 2.0])
    assert [*map(data, found)] == [2.0, 3.0]
    assert data(jvp(lambda x: x * x, (c,), (1.0,))[1]) == 6.0
    assert data(vjp(lambda x: x * x, c)[1](1.0)[0]) == 6.0
    assert data(grad(lambda x: x * grad(lambda y: y * y)(x))(c)) == 12.0
    assert data(hvp(lambda x: x**3, (c,), (1.0,))) == 18.0


@pytest.mark.parametrize("wrap", [0, 1, 2])
def test_transforms_inside_no_grad(wrap):
    """no_grad() around a transform stops the outer graph, not the transform."""
    x = Value(3.0)
    with no_grad():
        if wrap == 0:
            assert grad(lambda v: v * v)(3.0) == 6.0
            assert hessian(lambda v: v**3)(3.0) == 18.0
        elif wrap == 1:
            assert jvp(lambda v: v * v, (3.0,), (1.0,)) == (9.0, 6.0)
            assert vjp(lambda v: v * v, 3.0)[1](1.0) == (6.0,)
        else:
            found = grad(lambda v: v * x)(2.0)
            assert getattr(found, "data", found) == 3.0
            assert not getattr(found, "requires_grad", False)


def test_value_seeds_inside_no_grad():
    """A seed or tangent that is a Value is only its number inside no_grad()."""
    seed = Value(2.0)
    with no_grad():
        (found,) = vjp(lambda x: x * x, 3.0)[1](seed)
        out, tangent = jvp(lambda x: x * x, (3.0,), (seed,))
    for got, expected in ((found, 12.0), (out, 9.0), (tangent, 12.0)):
        assert getattr(got, "data", got) == expected
        assert not getattr(got, "requires_grad", False)


def test_value_seeds():
    """Outside of it the derivative is recorded, and depends on the seed."""
    seed = Value(2.0)
    (found,) = vjp(lambda x: x * x, 3.0)[1](seed)
    found.backward()
    assert (found.data, seed.grad) == (12.0, 6.0)
    _, tangent = jvp(lambda x: x * x, (3.0,), (seed,))
    tangent.backward()
    assert (tangent.data, seed.grad) == (12.0, 12.0)


def test_no_grad_inside_a_function():
    """Inside the function no_grad() makes a constant, as detach() does."""

    def f(x):
        with no_grad():
            c = x * x
        return c * x

    assert grad(f)(3.0) == 9.0


def test_transforms_leave_grad_alone():
    """No transform touches the .grad of anything outside."""
    w = Value(3.0)
    w.grad = 0.125
    for transform in (grad, hessian, jacobian):
        transform(lambda x: w * x**3)(2.0)
    jvp(lambda x: w * x, (2.0,), (1.0,))
    assert w.grad == 0.125


# -- perturbation confusion ------------------------------------------------------------


def _by_grad(f, x):
    return grad(f)(x)


def _by_jvp(f, x):
    return jvp(f, (x,), (1.0,))[1]


def _by_vjp(f, x):
    return vjp(f, x)[1](1.0)[0]


def _by_jacobian(f, x):
    return jacobian(f)(x)


WAYS = {"grad": _by_grad, "jvp": _by_jvp, "vjp": _by_vjp, "jacobian": _by_jacobian}


def _z(x):
    return x / 1.0


# ForwardDiff.jl #83, #443, #238 and ReverseDiff.jl #45, #222, written for scalars.
# name, function of (outer D, inner D), point, derivative
CONFUSION = [
    ("FD83: x*D(y->x+y)", lambda d: lambda x: x * d(lambda y: x + y, 1.0), 1.0, 1.0),
    ("FD83: x*D(y->y**2)", lambda d: lambda x: x * d(lambda y: y**2, 1.0), 1.0, 2.0),
    ("FD83: x/D(y->y**3)", lambda d: lambda x: x / d(lambda y: y**3, 1.0), 1.0, 1 / 3),
    (
        "FD83: sum(v)*D(y->y*norm(v))",
        lambda d: lambda x: x * d(lambda y: y * ac.hypot(x, 0), 1.0),
        1.0,
        2.0,
    ),
    ("RD45: x*D(y->x*y)", lambda d: lambda x: x * d(lambda y: x * y, 1.0), 4.0, 8.0),
    (
        "RD222: x+D(y->x+2y)",
        lambda d: lambda x: x + d(lambda y: x + 2 * y, 1.0),
        1.0,
        1.0,
    ),
    ("D(y->x*y) at x", lambda d: lambda x: d(lambda y: x * y * y, x), 3.0, 12.0),
    ("D(y->y) times x", lambda d: lambda x: x * d(lambda y: y, x), 3.0, 1.0),
    ("constant inside", lambda d: lambda x: x * x + d(lambda y: x * x, 1.0), 3.0, 6.0),
    (
        "three deep",
        lambda d: lambda x: x * d(lambda y: y * d(lambda z: x * y * z * z, 2.0), 3.0),
        5.0,
        2 * 5 * 2 * 3 * 4,
    ),
    (
        "same name",
        lambda d: lambda x: x * d(lambda x: x * d(lambda x: x * x, x), x),
        2.0,
        16.0,
    ),
]


@pytest.mark.parametrize("outer", WAYS)
@pytest.mark.parametrize("inner", WAYS)
@pytest.mark.parametrize(
    ("f", "x", "expected"), [c[1:] for c in CONFUSION], ids=[c[0] for c in CONFUSION]
)
def test_no_perturbation_confusion(outer, inner, f, x, expected):
    """Nested derivatives keep their variables apart, in every pair of transforms."""
    assert WAYS[outer](f(WAYS[inner]), x) == near(expected)


@pytest.mark.parametrize(
    ("a", "b", "c"), [*itertools.product(["grad", "jvp"], repeat=3)]
)
def test_three_levels(a, b, c):
    """Three nested transforms of x*y*z-like products, all eight combinations."""

    def f(x):
        return x * WAYS[b](lambda y: x * y * WAYS[c](lambda z: x * y * z * z, y), x)

    # inner: 2*x*y*y ; middle: d/dy (2 x^2 y^3) = 6 x^2 y^2 -> 6 x^4; outer: 6 x^5
    assert WAYS[a](f, 1.5) == near(30 * 1.5**4)


@pytest.mark.parametrize(("outer", "inner"), [*itertools.product(WAYS, repeat=2)])
def test_mutated_closures(outer, inner):
    """ForwardDiff #443: a closure that overwrites x leaks no inner variable."""

    def f(x):
        box = [x]

        def g(y):
            box[0] = box[0] * y
            return box[0]

        WAYS[inner](g, 1.0)
        return WAYS[inner](g, 1.0)

    assert WAYS[outer](f, 1.0) == 1.0


def test_lagrangian_and_hamiltonian():
    """ForwardDiff #238: mixed partials of a Lagrangian, and a Legendre transform."""
    m, gravity = 1.0, 9.8

    def lagrangian(q, v):
        return m / 2 * ac.dot(v, v) - m * gravity * q[1]

    def momentum(q, v):
        return grad(lambda a: lagrangian(q, a))(v)

    assert jacobian(lambda q: momentum(q, [3.0, 4.0]))([1.0, 2.0]) == [[0, 0], [0, 0]]
    assert jacobian(lambda v: momentum([1.0, 2.0], v))([3.0, 4.0]) == [[1, 0], [0, 1]]

    def hamiltonian(q, p):
        def at(v):
            return grad(lambda a: lagrangian(q, a))(v)

        scale = jacobian(at)([0.0, 0.0])
        v = [p[0] / scale[0][0], p[1] / scale[1][1]]
        return ac.dot(v, p) - lagrangian(q, v)

    found = grad(lambda q: hamiltonian(q, [5.0, 6.0]))([1.0, 2.0])
    assert found == [0.0, near(9.8)]
    assert grad(lambda p: hamiltonian([1.0, 2.0], p))([5.0, 6.0]) == [5.0, 6.0]


# -- higher orders ---------------------------------------------------------------------


THIRD = [
    ("x**5", lambda x: x**5, 0.5, 60 * 0.25),
    ("sin", ac.sin, 0.5, -math.cos(0.5)),
    ("exp(2x)", lambda x: ac.exp(2 * x), 0.25, 8 * math.exp(0.5)),
    ("1/x", lambda x: 1 / x, 2.0, -6 / 16),
    ("log", ac.log, 2.0, 2 / 8),
    ("sqrt", ac.sqrt, 4.0, 3 / 8 * 4**-2.5),
    ("x*x*x", lambda x: x * x * x, -1.5, 6.0),
    ("log1p", ac.log1p, 1.0, 2 / 8),
]


@pytest.mark.parametrize(
    ("a", "b", "c"), [*itertools.product(["grad", "jvp"], repeat=3)]
)
@pytest.mark.parametrize(
    ("f", "x", "expected"), [t[1:] for t in THIRD], ids=[t[0] for t in THIRD]
)
def test_third_derivatives(a, b, c, f, x, expected):
    """Third derivatives by all eight orders of forward and reverse."""

    def first(x):
        return WAYS[a](f, x)

    def second(x):
        return WAYS[b](first, x)

    assert WAYS[c](second, x) == near(expected)


def test_tenth_derivative():
    """The tenth derivative of x**10 is 10!, of sin it is -sin."""
    f, s = (lambda x: x**10), ac.sin
    for _ in range(10):
        f, s = grad(f), grad(s)
    assert f(1.25) == math.factorial(10)
    assert s(0.5) == near(-math.sin(0.5))


def _softmax(xs):
    es = [math.exp(x) for x in xs]
    return [e / math.fsum(es) for e in es]


XS = [0.5, -1.0, 2.0, 0.25]


def test_hessian_of_logsumexp_and_cross_entropy():
    """Both have the Hessian diag(p) - p p^T."""
    p = _softmax(XS)
    n = range(4)
    expected = [[p[i] * ((i == j) - p[j]) for j in n] for i in n]
    for f in (
        ac.logsumexp,
        lambda x: ac.cross_entropy(x, 2),
        lambda x: ac.cross_entropy(x, [0.0, 0.0, 1.0, 0.0]),
        lambda x: -ac.log_softmax(x)[1],
        lambda x: ac.log(sum(map(ac.exp, x))),
    ):
        found = hessian(f)(XS)
        for i in n:
            assert found[i] == pytest.approx(expected[i], rel=64 * ULP, abs=4 * ULP)


def test_hessian_of_softmax():
    """d2 p_k / dxi dxj = p_k*((k=i) - p_i)*((k=j) - p_j) - p_k*p_i*((i=j) - p_j)."""
    p = _softmax(XS)
    for k in range(4):
        found = hessian(lambda x, k=k: ac.softmax(x)[k])(XS)
        for i, j in itertools.product(range(4), repeat=2):
            true = p[k] * (
                ((k == i) - p[i]) * ((k == j) - p[j]) - p[i] * ((i == j) - p[j])
            )
            assert found[i][j] == pytest.approx(true, rel=64 * ULP, abs=4 * ULP)


def test_jacobian_of_softmax():
    """d p_k / d x_i = p_k*((k=i) - p_i), by jacobian and by columns of jvp."""
    p = _softmax(XS)
    found = jacobian(ac.softmax)(XS)
    for i in range(4):
        direction = [float(i == j) for j in range(4)]
        _, column = jvp(ac.softmax, (XS,), (direction,))
        for k in range(4):
            true = p[k] * ((k == i) - p[i])
            assert found[k][i] == pytest.approx(true, rel=16 * ULP)
            assert column[k] == pytest.approx(true, rel=16 * ULP)


def test_gradient_of_cross_entropy_in_the_targets():
    """A soft target gets -log_softmax(x)."""
    y = [0.1, 0.2, 0.3, 0.4]
    found = grad(lambda y: ac.cross_entropy(XS, y))(y)
    total = math.log(math.fsum(map(math.exp, XS)))
    assert found == pytest.approx([total - x for x in XS], rel=16 * ULP)


def test_hvp_is_the_hessian_times_the_vector():
    """hvp over containers and several arguments has their shapes."""

    def f(w, b):
        return w["a"] ** 2 * w["c"][0] + b * w["a"] * w["c"][0]

    primals = ({"a": 2.0, "c": [3.0]}, 5.0)
    tangents = ({"a": 1.0, "c": [10.0]}, 100.0)
    # H over (a, c, b) = [[6, 9, 3], [9, 0, 2], [3, 2, 0]]
    assert hvp(f, primals, tangents) == ({"a": 396.0, "c": [209.0]}, 23.0)


def test_the_layout_of_a_hessian():
    """hessian(f)(x)[i][j] = d2 f/dx[i] dx[j], dicts and argnums alike."""
    f = lambda d: d["a"] ** 2 * d["b"]  # noqa: E731
    assert hessian(f)({"a": 3.0, "b": 2.0}) == {
        "a": {"a": 4.0, "b": 6.0},
        "b": {"a": 6.0, "b": 0.0},
    }


# -- jvp and vjp agree -----------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_dot_product_test(seed):
    """<u, J v> computed forward equals <J^T u, v> computed in reverse."""
    rng = random.Random(seed)
    for _ in range(40):
        program = oracle.random_program(rng, ops=(4, 16), leaves=(2, 5))
        cut = len(program.steps) - rng.randrange(3)
        shorter = oracle.Program(program.leaves, program.steps[:cut])

        def f(xs, p=program, s=shorter):
            return [oracle.run(p, xs), {"s": oracle.run(s, xs)}]

        xs = list(program.leaves)
        t = [rng.uniform(-1, 1) for _ in xs]
        u = [rng.uniform(-1, 1) for _ in range(2)]
        _, (first, second) = jvp(f, (xs,), (t,))
        _, pullback = vjp(f, xs)
        (gs,) = pullback([u[0], {"s": u[1]}])
        forward = u[0] * first + u[1] * second["s"]
        reverse = sum(g * d for g, d in zip(gs, t, strict=True))
        size = 0.0
        for p, weight in ((program, u[0]), (shorter, u[1])):
            nodes, adjoints = oracle.sweep(p)
            ks = oracle.condition(p, [*map(float, nodes)], [*map(float, adjoints)])
            size += sum(abs(weight * k * d) for k, d in zip(ks, t, strict=True))
        assert (
            abs(forward - reverse)
            <= 2 * oracle.UNITS_PER_OPERATION * oracle.UNIT * size
        )


# -- errors of functional derivatives --------------------------------------------------


def test_nonfinite_results():
    """value_and_grad raises; allow_nonfinite=True returns what came out."""
    with pytest.raises(ac.NonFiniteError, match=r"log\(0\.0\) = -inf"):
        grad(ac.log)(0.0)
    assert value_and_grad(ac.log, allow_nonfinite=True)(0.0) == (-math.inf, math.inf)
    with pytest.raises(ac.NonFiniteError, match=r"d sqrt\(x\)/dx is inf"):
        grad(ac.sqrt)(0.0)
    assert grad(ac.sqrt, allow_nonfinite=True)(0.0) == math.inf


def test_forward_and_reverse_agree_about_infinite_slopes():
    """sqrt(x*x) has no derivative at 0: forward mode must not return a number."""
    forward = jvp(lambda x: ac.sqrt(x * x), (0.0,), (1.0,))[1]
    reverse = grad(lambda x: ac.sqrt(x * x), allow_nonfinite=True)(0.0)
    assert math.isnan(reverse)
    assert not math.isfinite(forward)


def test_errors_of_the_function_come_through():
    """An exception of the user's function is his own."""

    def f(x):
        raise ZeroDivisionError("mine")

    for transform in (grad, hessian, jacobian, value_and_grad):
        with pytest.raises(ZeroDivisionError, match="mine"):
            transform(f)(1.0)


def test_exact_numbers_stay_exact():
    """On fractions every transform returns fractions."""
    x = Fraction(1, 3)
    assert grad(lambda v: v**3)(x) == Fraction(1, 3)
    assert hessian(lambda v: v**3)(x) == 2
    assert type(hessian(lambda v: v**3)(x)) is Fraction
    assert jvp(lambda v: 1 / v, (x,), (1,)) == (3, -9)
    assert vjp(lambda v: 1 / v, x)[1](Fraction(1, 9)) == (-1,)
    assert jacobian(lambda v: [v * v, v])(x) == [Fraction(2, 3), 1]
