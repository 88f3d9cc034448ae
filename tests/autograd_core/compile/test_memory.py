"""What programs keep: nothing that grows with use."""

import gc
import resource
import sys
import threading
import weakref

import numpy as np
import pytest

import autograd_core as ac
import optim
from autograd_core import Value, compile
from autograd_core.compile import cache
from autograd_core.compile.backends import _MODULES, _found

BACKENDS = [name for name in _MODULES if _found(name)]
LIMIT = 2 * 1024  # KiB
WARMED = 300  # functions, more than the cache keeps


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


def _model():
    w = [Value(0.1), Value(-0.2), Value(0.3)]
    return w, lambda x, y: (ac.tanh(w[0] * x + w[1]) * w[2] - y) ** 2


@pytest.mark.parametrize(
    "replays", [10_000, pytest.param(100_000, marks=pytest.mark.slow)]
)
def test_replays_do_not_grow(backend, replays):
    """1e5 calls, gradients and steps grow under 2 MiB, with the collector off."""
    w, f = _model()
    program = compile(f, backend=backend)
    optimizer = optim.Adam(w, lr=1e-3)
    X, Y = np.linspace(-1, 1, 8), np.linspace(0, 1, 8)  # noqa: N806
    batches = [(X, Y)] * 100

    def use(count):
        for _ in range(count // 4):
            program.rows(X, Y)
            program.backward(X, Y)
            program.value_and_grad(0.5, 1.0)
        for _ in range(count // 400):
            program.train(batches, optimizer=optimizer)

    use(800)
    gc.collect()
    gc.disable()
    try:
        before = _peak()
        use(replays)
        assert _peak() - before < LIMIT
        assert gc.collect() < 100, "a call leaves a cycle"  # others may leave one
    finally:
        gc.enable()


def test_native_steps_with_tables_do_not_grow(backend):
    """20,000 steps of two lengths and of lists, with the collector off."""
    table = [[Value(0.1 * k), Value(-0.2 * k)] for k in range(4)]

    def f(letters, y):
        rows = [ac.take(table, letter) for letter in letters]
        return (ac.tanh(sum(a * b for a, b in rows)) - y) ** 2

    program = compile(f, backend=backend, index_argnums=0)
    leaves = [x for row in table for x in row]
    training = program.training(optimizer=optim.Adam(leaves, lr=1e-3))
    batches = [
        (np.array([[k % 4] * n]), np.array([0.5])) for k in range(10) for n in (2, 3)
    ]

    def use(count):
        for _ in range(count // 40):
            training.steps(batches)
            for batch in batches:
                training.step(*batch)

    use(400)
    gc.collect()
    gc.disable()
    try:
        before = _peak()
        use(20_000)
        assert _peak() - before < LIMIT
        assert gc.collect() < 100, "a call leaves a cycle"
    finally:
        gc.enable()


def test_dropped_functions_give_their_memory_back(backend):
    """What a function captured is freed with its program; the cache is bounded."""
    gone = []
    for n in range(20):
        w, f = _model()
        program = compile(lambda x, y, f=f, n=n: f(x, y) + n, backend=backend)
        program.backward([1.0, 2.0], [0.0, 1.0])
        gone.append((weakref.ref(f), weakref.ref(program)))
    del w, f, program
    cache.clear()
    gc.collect()
    assert all(ref() is None for pair in gone for ref in pair)
    assert len(cache._kept) <= cache.MOST_PROGRAMS


@pytest.mark.slow
def test_a_thousand_functions_give_their_memory_back(backend):
    """All different, of which the cache keeps 128; under 4 KiB for each of the rest."""

    def use(count, first):
        gone = []
        for n in range(first, first + count):
            _, f = _model()
            program = compile(
                lambda x, y, f=f, n=n: f(x, y) * (n + 0.5), backend=backend
            )
            program.backward([1.0, 2.0], [0.0, 1.0])
            gone.append(weakref.ref(f))
            if n % 50 == 0:
                gc.collect()  # a program and its rows know each other
        del program, f
        gc.collect()
        return gone

    use(WARMED, 0)
    before = _peak()
    gone = use(1000, WARMED)
    assert _peak() - before < 4 * 1000
    assert all(ref() is None for ref in gone)
    assert len(cache._kept) == cache.MOST_PROGRAMS


def test_the_cache_keeps_no_captured_value(backend):
    """A program that is kept for the next of its structure holds no leaf."""
    w = Value(0.5)
    before = sys.getrefcount(w)
    program = compile(lambda x: w * x * x, backend=backend)
    program.backward([1.0, 2.0])
    program.value_and_grad(1.0, parameters=[w])
    assert sys.getrefcount(w) > before
    del program
    gc.collect()
    assert cache._kept
    assert sys.getrefcount(w) == before


def test_a_program_goes_with_its_last_reference(backend):
    """No part of it knows the whole, so nothing waits for the garbage collector."""
    w, loss = _model()
    program = compile(loss, backend=backend)
    program.rows.value_and_grad([1.0, 2.0], [0.0, 1.0], parameters=w)
    program.train([([1.0, 2.0], [0.0, 1.0])], optimizer=optim.SGD(w, lr=0.1))
    parts = program, program.rows, program.variants, *program.variants.all
    gone = [weakref.ref(part) for part in parts]
    gc.disable()
    try:
        del program, parts
        assert [ref() for ref in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_code_may_be_dropped_while_other_code_is_made():
    """As by a collection inside of the compiler, which must not wait for itself."""
    pytest.importorskip("llvmlite")
    from autograd_core.compile.backends.llvm.target import build, host

    text = "define void @f() {\n  ret void\n}"
    kept = []

    class Dropping(dict):
        def items(self):
            kept.clear()
            return super().items()

    def work():
        kept.append(build(text, {}, "f", host(), 0))
        kept.append(build(text, Dropping(), "f", host(), 0))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert len(kept) == 1
