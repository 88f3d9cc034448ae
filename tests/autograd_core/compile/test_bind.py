"""Bound calls: arrays in and arrays out, and nothing else."""

import gc
import random
import sys
import threading
import weakref
from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Value, compile
from tests import oracle

BACKENDS = ("numpy", "llvm")


@pytest.fixture(params=("eager", "fast"))
def numerics(request):
    return request.param


@pytest.fixture(params=BACKENDS)
def backend(request):
    if request.param == "llvm":
        pytest.importorskip("llvmlite")
    return request.param


@pytest.fixture
def make(numerics, backend):
    return lambda f, **more: compile(f, numerics=numerics, backend=backend, **more)


def chain(x):
    total = ac.exp(-x[0])
    for a, b in pairwise(x):
        total = total + 3 * (b - a**2) ** 2 + ac.sin(a)
    return total


def test_a_call_reads_and_writes_the_same_arrays(make):
    """What `value_and_grad` and `hessian` give for the numbers of now."""
    program = make(chain)
    x = np.array([0.5, -0.2, 1.5])
    value, slope, curve = (program.bind(x, wanted=w) for w in ("value", *ORDERS))
    arrays = value.value, slope.value, slope.gradient, curve.hessian.values
    rng = np.random.default_rng(0)
    for _ in range(3):
        x[:] = rng.normal(size=3)
        for call in (value, slope, curve):
            assert call() is None
        expected, gradient = program.value_and_grad(x)
        assert (value.value, slope.value) == (expected, expected)
        assert slope.gradient.tolist() == gradient.tolist()
        assert curve.hessian.toarray().tolist() == program.hessian(x).tolist()
    assert arrays[0] is value.value
    assert arrays[3] is curve.hessian.values
    assert value.value.shape == slope.value.shape == ()
    assert (value.gradient, slope.hessian, curve.value, curve.jacobian) == (None,) * 4


ORDERS = ("gradient", "hessian")


def test_several_arguments_of_any_shape(make):
    """Each read where it is; the gradient has their shapes."""

    def f(m, c, v, power):
        return sum(m[i][j] * v[j] for i in range(2) for j in range(3)) * c**power

    m, c, v = np.arange(6.0).reshape(2, 3), np.array(2.0), np.array([1.0, 2.0, 3.0])
    program = make(f, static_argnums=3)
    call = program.bind(m, c, v, 3, wanted="gradient", argnums=(2, 0, 1))
    for scale in (1.0, 0.5):
        v[:] = scale * np.array([1.0, 2.0, 3.0])
        call()
        expected, slopes = program.value_and_grad(m, 2.0, v, 3, argnums=(2, 0, 1))
        assert call.value == expected
        for found, true in zip(call.gradient, slopes, strict=True):
            assert np.array_equal(found, true)
            assert found.shape == np.shape(true)
    assert call.inputs[0] is m
    second = program.bind(m, c, v, 3, wanted="hessian", argnums=1)
    second()
    assert second.hessian.toarray() == pytest.approx(6 * 2.0 * (m @ v).sum())


def test_several_results(make):
    """The value is flat; a Jacobian is sparse, and by several arguments."""

    def f(x, s):
        return {"a": x[0] * s, "b": [x[1] ** 2, 7.0]}

    x, s = np.array([2.0, 3.0]), np.array(5.0)
    value = make(f).bind(x, s)
    value()
    assert value.value.tolist() == [10.0, 9.0, 7.0]
    slopes = make(f).bind(x, s, wanted="jacobian", argnums=(0, 1))
    slopes()
    assert slopes.jacobian.values.tolist() == [5.0, 2.0, 6.0]
    assert slopes.jacobian.toarray().tolist() == [[5, 0, 2], [0, 6, 0], [0, 0, 0]]


def test_captured_values_are_read_when_they_were_assigned(make):
    """With respect to them too; also with one that only this program skips."""
    w, b, unused = Value(2.0), Value(-1.0), Value(0.5)
    program = make(lambda x: ac.tanh(w * x) + b + 0 * unused)
    x = np.array(0.25)
    call = program.bind(x, wanted="gradient", argnums=0, parameters=[b, w])
    for number in (2.0, -3.0, 0.125):
        w.data = number
        call()
        value, (by_x, by_values) = program.value_and_grad(
            0.25, argnums=0, parameters=[b, w]
        )
        assert call.value == value
        assert call.gradient[0] == by_x
        assert call.gradient[1].tolist() == by_values


def test_out_is_written_to(make):
    """The value, then the gradient; the entries of a matrix."""
    x, out = np.array([1.0, 2.0, 3.0]), np.full(4, np.nan)
    call = make(chain).bind(x, wanted="gradient", out=out)
    assert np.isnan(out).all(), "only a call writes"
    call()
    value, gradient = make(chain).value_and_grad(x)
    assert out.tolist() == [value, *gradient.tolist()]
    assert np.shares_memory(call.gradient, out)


def test_results_that_are_not_finite_are_left_as_they_are(make, numerics):
    """No error; in fast numerics 0 times infinity is NaN."""
    x = np.array([0.0, 1.0])
    call = make(lambda x: ac.where(x[0] > 1, ac.log(x[0]), x[1])).bind(
        x, wanted="gradient"
    )
    call()
    assert call.gradient[1] == 1.0
    assert call.gradient[0] == 0.0 if numerics == "eager" else call.gradient[0] != 0.0
    call = make(lambda x: ac.log(x)).bind(np.array(0.0), wanted="gradient")
    call()
    assert (call.value, call.gradient) == (-np.inf, np.inf)


def test_a_matrix_without_entries(make):
    """A linear function's Hessian has none."""
    call = make(lambda x: x[0] - 2 * x[1]).bind(np.ones(2), wanted="hessian")
    call()
    assert call.hessian.toarray().tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("seed", range(2))
def test_random_programs(backend, seed):
    """In eager numerics the bits of eager's gradient; in fast those of a batch."""
    rng = random.Random(seed)
    for n in range(25 if backend == "numpy" else 8):
        program = oracle.random_program(rng, ops=(3, 20), leaves=(1, 5))

        def f(xs, program=program):
            return oracle.run(program, xs)

        where = f"seed {seed}, program {n}: {program}"
        x = np.array(program.leaves)
        call = compile(f, numerics="eager", backend=backend).bind(x, wanted="gradient")
        call()
        leaves = [Value(y) for y in program.leaves]
        oracle.run(program, leaves).backward()
        assert call.gradient.tolist() == [leaf.grad for leaf in leaves], where
        fast = compile(f, backend=backend)
        call = fast.bind(x, wanted="gradient")
        call()
        if backend == "llvm":  # scalar code and vector code do the same
            _, rows = fast.rows.value_and_grad(x[None])
            assert call.gradient.tolist() == rows[0].tolist(), where


def test_a_large_matrix_is_a_loop_for_one_row_too():
    """As for a batch, whose bits it has; it is compiled as fast, and bound."""
    pytest.importorskip("llvmlite")
    rng = random.Random(3)
    layer = [[Value(rng.uniform(-1, 1)) for _ in range(80)] for _ in range(60)]

    def f(x):
        return [ac.tanh(ac.dot(ws, x)) for ws in layer]

    program = compile(f, backend="llvm")
    x = np.array([rng.uniform(-1, 1) for _ in range(80)])
    found = program(x)
    (variant,) = program.variants.all
    (made,) = variant.made.values()
    assert made.run.rolled
    rows = [column[0] for column in program.rows(x[None])]
    assert found == rows
    call = program.bind(x)
    x[:] = 2 * x
    call()
    assert call.value.tolist() == [column[0] for column in program.rows(x[None])]


def test_a_bound_call_can_be_made_by_every_thread_in_turn(make):
    """And two bound calls of one program at the same time."""
    program = make(chain)
    points = np.random.default_rng(1).normal(size=(4, 50, 3))
    expected = [[program.value_and_grad(x)[1].tolist() for x in p] for p in points]
    found = [[] for _ in points]

    def run(k):
        x = np.empty(3)
        call = program.bind(x, wanted="gradient")
        for point in points[k]:
            x[:] = point
            call()
            found[k].append(call.gradient.tolist())

    threads = [threading.Thread(target=run, args=(k,)) for k in range(len(points))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_it_keeps_what_it_needs_and_nothing_more(make):
    """Its arrays and code stay while it does; then they go."""
    program = make(chain)
    call = program.bind(np.array([1.0, 2.0, 3.0]), wanted="gradient")
    call()
    expected = call.gradient.tolist()
    del program
    gc.collect()
    call()
    assert call.gradient.tolist() == expected
    kept = weakref.ref(call.inputs[0])
    del call
    gc.collect()
    assert kept() is None


def test_no_memory_is_left_behind_by_calls(backend):
    """A bound call makes no objects."""
    call = compile(chain, backend=backend).bind(np.ones(3), wanted="gradient")
    for _ in range(10):
        call()
    before = sys.getallocatedblocks()
    for _ in range(1000):
        call()
    assert sys.getallocatedblocks() - before < 50


# -- what is refused; the messages are in test_errors.py -------------------------------

UNFIT = [np.array([1, 2]), np.ones((2, 2))[:, 0], 3.0, np.ones(2, "f4"), (1.0, 2.0)]


@pytest.mark.parametrize("x", UNFIT)
def test_arguments_are_arrays_that_can_be_read_in_place(x):
    program = compile(lambda x: x, backend="numpy")
    with pytest.raises(TypeError, match="argument 0 must be a C-contiguous float64"):
        program.bind(x)


@pytest.mark.parametrize("out", [*UNFIT, np.broadcast_to(1.0, (4,))])
def test_out_must_fit(out):
    program = compile(chain, backend="numpy")
    with pytest.raises(ValueError, match=r"'out' must be .* of shape \(4,\)"):
        program.bind(np.ones(3), wanted="gradient", out=out)
