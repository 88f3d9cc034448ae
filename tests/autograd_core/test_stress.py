"""Depth, width, reuse, and memory; nothing here asserts a time."""

import contextlib
import gc
import sys

import pytest

import autograd_core as ac
from autograd_core import Value, grad, leaves, no_grad, to_json

MILLION = 1_000_000
MIB = 1 << 20


def _resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def _alive():
    return sum(1 for thing in gc.get_objects() if type(thing) is Value)


@pytest.fixture(autouse=True)
def recursion_limit_untouched():
    """The engine neither needs nor raises the recursion limit."""
    before = sys.getrecursionlimit()
    yield
    assert sys.getrecursionlimit() == before


@pytest.fixture
def no_collector():
    """Freed by reference counts alone: the collector is off and finds none of ours.

    pytest itself leaves cycles (tracebacks), so only the engine's objects count.
    """
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        ours = [type(x) for x in gc.garbage if type(x).__module__.startswith("autogr")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.collect()
    assert not ours


def _chain(x, n):
    y = x
    for _ in range(n // 2):
        y = y * 1.0
        y = y + 1.0
    return y


@pytest.mark.parametrize("n", [100_000, pytest.param(MILLION, marks=pytest.mark.slow)])
def test_deep_chain(n, no_collector):
    """A chain of n operations differentiates, has slope 1, and is freed."""
    before = _alive()
    x = Value(0.5)
    y = _chain(x, n)
    assert y.data == 0.5 + n // 2
    y.backward()
    assert x.grad == 1.0
    assert grad(lambda v: _chain(v, 2000))(0.5) == 1.0
    del y
    assert _alive() - before <= 1
    del x


@pytest.mark.parametrize("n", [100_000, pytest.param(MILLION, marks=pytest.mark.slow)])
def test_many_leaves_in_one_sum(n, no_collector):
    """n leaves in one sum, as Python's sum and as one node, each get slope 1."""
    before = _alive()
    xs = [Value(1.0) for _ in range(n)]
    total = sum(xs)
    total.backward()
    assert total.data == n
    assert all(x.grad == 1.0 for x in xs)
    one = ac.sum(xs)
    assert one.data == n
    assert len(one.operands) == n
    one.backward(2.0)
    assert all(x.grad == 3.0 for x in xs)
    del xs, total, one
    assert _alive() == before


@pytest.mark.parametrize("n", [100_000, pytest.param(MILLION, marks=pytest.mark.slow)])
def test_many_uses_of_one_leaf(n, no_collector):
    """One leaf used n times gets slope n, through + and through one sum."""
    before = _alive()
    x = Value(1.0)
    y = x
    for _ in range(n - 1):
        y = y + x
    y.backward()
    assert x.grad == n
    x.zero_grad()
    ac.sum([x] * n).backward()
    assert x.grad == n
    del x, y
    assert _alive() == before


def test_thousand_doublings(no_collector):
    """y = y + y a thousand times has 2**1000 paths and costs 1,000 steps."""
    x = Value(1.0)
    y = x
    for _ in range(1000):
        y = y + y
    y.backward()
    assert y.data == x.grad == 2.0**1000


def test_doublings_beyond_a_float():
    """A slope of 2**1100 is an overflow that is named, also in transforms."""

    def f(x):
        for _ in range(1100):
            x = x + x
        return x

    x = Value(1e-300)
    with pytest.raises(ac.NonFiniteError):
        f(x).backward()
    with pytest.raises(ac.NonFiniteError):
        grad(f)(1e-300)
    assert grad(f, allow_nonfinite=True)(1e-300) == float("inf")


def test_deep_graphs_in_everything_else(no_collector):
    """repr, format, JSON, leaves, zero_grad, why, copying: no recursion anywhere."""
    import copy

    x = Value(1.0, name="x")
    y = _chain(x, 50_000)
    assert repr(y) == "Value(data=25001.0, grad=0.0)"
    assert f"{y:.1f}" == "25001.0"
    assert leaves(y)[0] is x
    assert len(ac.ancestors(y)) == 100_001
    assert to_json(y).count('"id"') == 100_001
    assert "finite" in ac.why(y)
    y.zero_grad()
    try:  # pytest.raises would keep the frame, and y, in a cycle
        copy.deepcopy(y)
    except ac.GraphError as error:
        message = str(error)
    assert "100000 nodes behind" in message
    assert {y: 1}[y] == 1
    z = y * float("inf")
    assert "inf" in ac.why(z)


def test_deep_second_order(no_collector):
    """A second derivative through 20,000 operations, forward over reverse too."""

    def f(x):
        y = x
        for _ in range(10_000):
            y = y * 1.0 + 0.0
        return y * y

    assert grad(grad(f))(3.0) == 2.0
    assert ac.hvp(f, (3.0,), (1.0,)) == 2.0
    assert ac.hessian(f)(3.0) == 2.0


def _train(steps, n=4):
    w = [Value(0.1 * i, name=f"w{i}") for i in range(n)]
    b = Value(0.0)
    for step in range(steps):
        x = [((step * 7 + i) % 5) - 2.0 for i in range(n)]
        z = ac.dot(w, x) + b
        loss = ac.binary_cross_entropy(z.tanh() * 3, step % 2) + 0.01 * b**2
        loss.zero_grad()
        loss.backward()
        for p in (*w, b):
            p.data -= 0.05 * p.grad
    return w, b


def test_training_does_not_grow(no_collector):
    """1e4 training steps with the collector off grow by less than 2 MiB."""
    _train(500)
    alive, before = _alive(), _resident()
    gc.collect()
    _train(10_000)
    assert gc.collect() == 0
    assert _resident() - before < 2 * MIB
    assert _alive() == alive


def test_transforms_do_not_grow(no_collector):
    """grad, hessian, jvp, vjp leave nothing behind, collector off."""

    def f(v):
        return ac.softmax([v[0], v[1] * v[0], 1.0])[0] * ac.exp(v[1]) + v[0] ** 3

    def work(n):
        for _ in range(n):
            ac.grad(f)([0.5, 0.25])
            ac.hessian(f)([0.5, 0.25])
            ac.jvp(f, ([0.5, 0.25],), ([1.0, 0.0],))
            _, pullback = ac.vjp(f, [0.5, 0.25])
            pullback(1.0)

    work(100)
    alive, before = _alive(), _resident()
    gc.collect()
    work(1000)
    assert gc.collect() == 0
    assert _resident() - before < 2 * MIB
    assert _alive() == alive


def test_errors_do_not_grow(no_collector):
    """An error in a sweep leaves no node alive once it is handled."""
    alive = _alive()
    for _ in range(300):
        x = Value(0.0)
        with contextlib.suppress(ac.NonFiniteError):
            ac.log(x).backward()
        del x
    assert _alive() == alive


def test_changing_exponents_do_not_grow(no_collector):
    """Static attributes that change at every step are not kept for ever."""
    x = Value(1.5)

    def work(start, n):
        for i in range(n):
            _ = x ** (1.0 + (start + i) * 1e-7)
            _ = ac.leaky_relu(x, (start + i) * 1e-7)
            _ = ac.clip(x, 0.0, 2.0 + (start + i) * 1e-7)

    work(0, 2000)
    before = _resident()
    work(10_000, 10_000)
    assert _resident() - before < 2 * MIB


def test_no_grad_keeps_nothing():
    """A running value under no_grad holds no history."""
    alive = _alive()
    x = Value(1.0)
    with no_grad():
        for _ in range(10_000):
            x = x * 0.5 + 1.0
    assert _alive() == alive + 1
    assert x.operands == ()


@pytest.mark.parametrize("shape", ["ladder", "fan", "bush"])
def test_shapes_are_freed(shape, no_collector):
    """Differently shaped graphs of 1e5 nodes are freed when their root goes."""
    before = _alive()
    xs = [Value(1.0 + i) for i in range(10)]
    leftover = 0
    if shape == "ladder":
        a, b = xs[0], xs[1]
        for _ in range(25_000):
            a, b = a * 0.5 + b * 0.5, (a + b) * 0.25
        y = a + b
        del a, b
    elif shape == "fan":
        y = ac.sum([x * i for i in range(5000) for x in xs])
    else:
        layer = [x * i for i in range(5000) for x in xs]
        while len(layer) > 1:
            layer = [a + b for a, b in zip(layer[::2], layer[1::2], strict=False)]
        y = layer[0]
        del layer, xs[:]
    y.backward()
    del y, xs
    assert _alive() - before <= leftover
