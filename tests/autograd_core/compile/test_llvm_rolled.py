"""Rolled programs of the LLVM backend: against the NumPy backend and eager Values."""

import gc
import math
import os
import random
import resource
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

pytest.importorskip("llvmlite")
np = pytest.importorskip("numpy")

from autograd_core import Value, compile, dot, exp, logsumexp, relu, tanh  # noqa: E402
from autograd_core import sum as total  # noqa: E402
from autograd_core.compile import cache  # noqa: E402
from autograd_core.compile.backends.llvm import (  # noqa: E402
    Backend,
    Copy,
    Finite,
    Machine,
    Run,
    Sequence,
    host,
    ways,
)
from autograd_core.compile.backends.llvm.panels import halves, matrices, rolled, turning  # noqa: E402
from autograd_core.compile.backends.llvm.target import build  # noqa: E402
from autograd_core.compile.backends.llvm.vectors.lanes import Vectors  # noqa: E402
from autograd_core.compile.backends.numpy import backend as numpy_backend  # noqa: E402
from autograd_core.compile.deriving.derive import gradient  # noqa: E402
from autograd_core.compile.passes.simplify import relax, simplify  # noqa: E402
from autograd_core.compile.tracing.trace import trace  # noqa: E402

BATCHES = (1, 2, 7, 64, 129, 1000)
# Relative to the size of the terms: some hundred additions in another order.
CLOSE = 1e-12
WIDTHS = (2, 4, 8)


def machine(width):
    """This machine, with code for vectors of another width."""
    return Machine(host().name, host().features, width, host().fused)


# -- products --------------------------------------------------------------------------


def product_function(shape, width, fused=True):
    """A native ``f(left, right, result, terms, next, strips, add)``."""
    import ctypes

    functions = matrices.product(shape, Vectors(width, fused))
    text = "\n".join(functions.values()).replace(
        f"define internal void @{shape.name}(", f"define void @{shape.name}("
    )
    built = build(text, {}, shape.name, machine(width), 1)
    kinds = [*[ctypes.c_void_p] * 3, *[ctypes.c_int64] * 3, ctypes.c_bool]
    return built, ctypes.CFUNCTYPE(None, *kinds)(built.address)


def strips_of(matrix):
    """Strips of eight columns, term after term; one more, for wide vectors."""
    terms, count = matrix.shape
    strips = -(-count // 8) + 1
    padded = np.full((terms, strips * 8), 1e300)
    padded[:, :count] = matrix
    return np.ascontiguousarray(padded.reshape(terms, strips, 8).transpose(1, 0, 2))


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("lines", "count"), [(1, 1), (5, 8), (7, 13), (25, 50)])
def test_a_product_is_numpys_and_writes_nothing_else(width, fused, lines, count):
    """Odd sizes have tails; sums longer than a piece; added to, or not."""
    rng = np.random.default_rng(lines * count)
    for terms in (1, 3, 16, matrices.LONGEST, 2 * matrices.LONGEST + 5):
        left = rng.normal(size=(lines, terms + 2))
        right = rng.normal(size=(terms, count))
        shape = matrices.Shape(lines, terms + 2, 1, 8, count + 3, columns=count)
        built, run = product_function(shape, width, fused)
        result = np.full((lines, count + 3), 7.0)
        expected, given = left[:, :terms] @ right, strips_of(right)
        for add in (False, True):
            places = [x.ctypes.data for x in (left, given, result)]
            run(*places, terms, 8 * terms, 0, add)
            np.testing.assert_allclose(
                result[:, :count], expected * (1 + add), rtol=1e-11, atol=1e-11
            )
        assert (result[:, count:] == 7.0).all()
        del built


@pytest.mark.parametrize("width", WIDTHS)
def test_a_product_of_strips_of_terms(width):
    """The left matrix lies in strips too, and so does the result."""
    rng = np.random.default_rng(width)
    lines, terms, strips = 9, 24, 4
    left = rng.normal(size=(terms // 8, lines, 8))  # as lines of a table are
    right = rng.normal(size=(strips, terms, 8))
    shape = matrices.Shape(lines, 8, 1, lines * 8, 8, lines * 8)
    built, run = product_function(shape, width)
    result = np.zeros((strips, lines, 8))
    places = [x.ctypes.data for x in (left, right, result)]
    run(*places, terms, terms * 8, strips, False)
    expected = np.einsum("til,stlc->sic", left, right.reshape(strips, -1, 8, 8))
    np.testing.assert_allclose(result, expected, rtol=1e-11, atol=1e-11)
    del built


@pytest.mark.parametrize("width", WIDTHS)
def test_products_have_the_same_bits_on_every_width(width):
    """The order of a sum is that of its terms, whatever the machine."""
    rng = np.random.default_rng(3)
    left, right = rng.normal(size=(9, 300)), rng.normal(size=(300, 32))
    given, found = strips_of(right), []
    for other in (width, host().width):
        shape = matrices.Shape(9, 300, 1, 8, 32, columns=32)
        built, run = product_function(shape, other)
        result = np.zeros((9, 32))
        run(*[x.ctypes.data for x in (left, given, result)], 300, 2400, 0, False)
        found.append(result)
        del built
    assert (found[0] == found[1]).all()


def test_lines_are_turned_into_strips():
    """Columns of a table become terms; indices may be in any order, and twice."""
    import ctypes

    rng = np.random.default_rng(4)
    table = rng.normal(size=(3, 21, 8))  # strips, lines, rows
    name, text = turning.turned(21 * 8)
    built = build(text.replace("internal ", ""), {}, name, host(), 1)
    run = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, *[ctypes.c_int64] * 2)
    indices = rng.integers(0, 21, 16).astype(np.int32)
    result = np.zeros((2, 24, 8))
    run(built.address)(*[x.ctypes.data for x in (result, table, indices)], 2, 3)
    expected = table[:, indices].transpose(1, 0, 2).reshape(2, 8, 24)
    assert (result == expected.transpose(0, 2, 1)).all()


def test_a_matrix_is_transposed():
    """Squares of eight, and what is left of rows and columns."""
    import ctypes

    text = turning.transposed().replace(
        "internal void @transposed(", "void @transposed("
    )
    built = build(text, {}, "transposed", host(), 1)
    kinds = [ctypes.c_void_p, ctypes.c_int64] * 2, [ctypes.c_int64] * 2
    run = ctypes.CFUNCTYPE(None, *kinds[0], *kinds[1])(built.address)
    rng = np.random.default_rng(5)
    for rows, columns in ((1, 1), (8, 8), (7, 20), (16, 3), (17, 26)):
        given = rng.normal(size=(rows, columns + 2))
        result = np.full((columns, rows + 1), 7.0)
        sizes = rows + 1, given.ctypes.data, columns + 2, rows, columns
        run(result.ctypes.data, *sizes)
        assert (result[:, :-1] == given[:, :columns].T).all()
        assert (result[:, -1] == 7.0).all()


# -- programs --------------------------------------------------------------------------


class Net:
    """A network of Values; ``kind`` says what is unusual about it."""

    def __init__(self, sizes, kind, seed):
        self.kind, self.sizes = kind, sizes
        self.rng = rng = random.Random(seed)
        self.act = rng.choice((tanh, relu))
        made = []
        for n, m in pairwise(sizes):
            lines = [
                [Value(rng.gauss(0, 1) / math.sqrt(n)) for _ in range(n)]
                for _ in range(m)
            ]
            biases = [Value(rng.gauss(0, 0.1)) for _ in range(m)]
            made.append((lines, biases))
        if kind == "shared":  # two layers, one matrix
            made[2] = made[1]
        self.layers = made
        found = [x for lines, biases in made for line in [*lines, biases] for x in line]
        self.leaves = list(dict.fromkeys(found))

    def __call__(self, x, t):
        for k, (lines, biases) in enumerate(self.layers):
            z = [self.neuron(line, x, b) for line, b in zip(lines, biases, strict=True)]
            if k == len(self.layers) - 1:
                break
            new = [self.act(v) for v in z]
            if self.kind == "residual" and len(new) == len(x):
                new = [a + b for a, b in zip(new, x, strict=True)]
            x = new
        return logsumexp(z) - sum(a * b for a, b in zip(z, t, strict=True))

    def neuron(self, line, x, b):
        pairs = list(zip(line, x, strict=True))
        if self.kind == "sparse":
            pairs = [p for i, p in enumerate(pairs) if (i * 7 + id(self)) % 3 or i < 2]
        if self.kind == "no bias":
            return sum(w * v for w, v in pairs)
        if self.kind == "minus":
            return b - sum(w * v for w, v in pairs)
        if self.kind == "scaled":  # the matrix is computed once per call
            return sum((exp(0.1 * w) * v for w, v in pairs), b)
        if self.kind == "reversed":
            return sum((v * w for w, v in reversed(pairs)), b)
        return sum((w * v for w, v in pairs), b)


KINDS = (
    "plain",
    "no bias",
    "minus",
    "scaled",
    "reversed",
    "sparse",
    "shared",
    "residual",
)


def nets(seed):
    """A network of each kind, of random odd sizes."""
    rng = random.Random(seed)
    for kind in KINDS:
        inside = [rng.randrange(9, 25)] * 3
        if kind not in ("shared", "residual"):
            inside = [rng.randrange(9, 31) for _ in range(rng.choice((1, 2)))]
        sizes = [rng.randrange(12, 31), *inside, rng.randrange(1, 8)]
        yield kind, Net(sizes, kind, rng.random())


def gradient_tape(net):
    """The loss and its gradient by all parameters."""
    example = [0.5] * net.sizes[0], [0.1] * net.sizes[-1]
    tape = trace(net, example).tape
    return relax(simplify(gradient(tape, list(tape.parameters))))


def numbers_of(tape):
    return np.array([leaf.data for leaf in tape.parameters.values()])


def compiled(tape, summed, monkeypatch, width=None):
    """The program of the LLVM backend, rolled if there is a matrix."""
    monkeypatch.setattr(rolled, "LEAST", 0)
    monkeypatch.setattr(rolled, "SHARE", 0.0)
    monkeypatch.setattr(ways, "LEAST", 10**9)  # for few rows too
    compiler = Backend(machine(width or host().width))
    return compiler.compile(tape, summed=summed, numerics="fast")


def close(found, expected):
    scale = np.abs(expected).max(initial=1.0)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=scale * CLOSE * 1e2)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_rolled_gradient_is_the_numpy_backends(seed, monkeypatch):
    """Random architectures, per row and summed, every batch, every width."""
    for (kind, net), width in zip(nets(seed), WIDTHS * 3, strict=False):
        tape = gradient_tape(net)
        numbers = numbers_of(tape)
        for summed in (len(tape.outputs), 0):
            run = compiled(tape, summed, monkeypatch, width)
            assert run.rolled, kind
            reference = numpy_backend.Backend().compile(
                tape, summed=summed, numerics="fast"
            )
            rng = np.random.default_rng(seed)
            for rows in BATCHES:
                inputs = rng.normal(size=(len(tape.inputs), rows))
                given = inputs.copy(), numbers.copy()
                values, sums = run(inputs, numbers)
                expected = reference(inputs, numbers)
                close(values, expected[0])
                close(sums, expected[1])
                again = run(inputs, numbers)
                assert (again[0] == values).all()
                assert (again[1] == sums).all()
                assert (inputs == given[0]).all()
                assert (numbers == given[1]).all()


def test_sums_have_the_same_bits_on_every_width(monkeypatch):
    """Blocks and tiles differ; the tree of each sum does not."""
    for kind, net in list(nets(2))[:3]:
        tape = gradient_tape(net)
        runs = [
            compiled(tape, len(tape.outputs) - 1, monkeypatch, width)
            for width in WIDTHS
        ]
        for rows in (7, 64, 300):
            inputs = np.random.default_rng(rows).normal(size=(len(tape.inputs), rows))
            first, *rest = [run(inputs, numbers_of(tape)) for run in runs]
            assert all(same(found, first) for found in rest), kind


def test_no_rows_give_sums_of_zero(monkeypatch):
    """And values of no rows."""
    _, net = next(nets(5))
    tape = gradient_tape(net)
    run = compiled(tape, len(tape.outputs) - 1, monkeypatch)
    values, sums = run(np.empty((len(tape.inputs), 0)), numbers_of(tape))
    assert values.shape == (1, 0)
    assert (sums == 0.0).all()


def test_the_engines_gradient_is_found(monkeypatch):
    """`Program.backward` of a rolled network against eager Values, row by row."""
    net = Net([64, 32, 10], "plain", 1)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(70, 64)), np.eye(10)[rng.integers(0, 10, 70)]
    program = compile(net, backend="llvm")
    loss = program.backward(x, t, reduction="mean")
    found = [leaf.grad for leaf in net.leaves]
    assert "32 x 64 matrix times vector" in str(program.report())
    for leaf in net.leaves:
        leaf.grad = 0.0
    total = 0.0
    for row, target in zip(x.tolist(), t.tolist(), strict=True):
        value = net(row, target)
        value.backward(1 / 70)
        total += value.data / 70
    assert math.isclose(loss, total, rel_tol=1e-12)
    close(np.array(found), np.array([leaf.grad for leaf in net.leaves]))


def test_eager_numerics_are_not_rolled():
    """Its bits depend on the order of each sum; the notes of a report say so."""
    net = Net([64, 32, 10], "plain", 2)
    tape = simplify(gradient(trace(net, ([0.1] * 64, [0.1] * 10)).tape, []))
    run = Backend().compile(tape, summed=0, numerics="eager").at(100)
    assert not run.rolled
    assert "the order of eager's sums" in run.notes[0]


def test_what_is_small_or_no_matrix_stays_straight_line():
    """The report says why."""
    small = compile(Net([2, 16, 16, 1], "plain", 3), backend="llvm")
    small.backward(np.ones((4, 2)), np.ones((4, 1)))
    assert "rolled from" in str(small.report())

    weights = [Value(0.01 * k) for k in range(40)]

    def elementwise(x):
        for w in weights:
            x = [tanh(v + w) * v for v in x]
        return sum(x)

    program = compile(elementwise, backend="llvm")
    program.backward(np.ones((12, 20)))  # few rows are loops over members
    assert "operations are in matrices" in str(program.report())


def test_what_is_not_finite_is_found_and_moves_nothing():
    """A row with a NaN: eager's message with the number of the row."""
    from autograd_core import NonFiniteError
    from optim import SGD

    net = Net([64, 32, 10], "plain", 4)
    program = compile(net, backend="llvm")
    x, t = np.ones((70, 64)), np.ones((70, 10))
    before = [leaf.data for leaf in net.leaves]
    bad = x.copy()
    bad[66, 3] = math.nan
    optimizer = SGD(net.leaves, lr=0.1)
    with pytest.raises(NonFiniteError, match="row 66"):
        program.train([(bad, t)], optimizer=optimizer)
    assert [leaf.data for leaf in net.leaves] == before
    program.train([(x, t)] * 3, optimizer=optimizer)
    after = [leaf.data for leaf in net.leaves]
    assert after != before
    with pytest.raises(NonFiniteError, match="row 66"):
        program.train([(x, t), (x, t), (bad, t)], optimizer=optimizer)


# -- two threads -----------------------------------------------------------------------


@pytest.fixture
def two_threads(monkeypatch):
    """Every call of more than one panel takes two, whatever the machine has."""
    monkeypatch.setattr(halves, "WORTH", 0)
    monkeypatch.setattr(halves, "cores", lambda: 2)
    return monkeypatch


def large(monkeypatch):
    """A rolled program, its parameters, and what one thread gives for 300 rows."""
    net = Net([30, 20, 5], "plain", 6)
    tape = gradient_tape(net)
    run = compiled(tape, len(tape.outputs) - 2, monkeypatch)
    inputs = np.random.default_rng(0).normal(size=(len(tape.inputs), 300))
    with monkeypatch.context() as patch:
        patch.setattr(halves, "WORTH", math.inf)
        expected = run(inputs, numbers_of(tape))
    return run, inputs, numbers_of(tape), expected


def same(found, expected):
    return all((a == b).all() for a, b in zip(found, expected, strict=True))


def test_two_threads_have_the_bits_of_one(two_threads):
    """Of a call, a bound call and a sequence, for every number of rows."""
    run, inputs, numbers, expected = large(two_threads)
    called = []
    both = halves.both
    two_threads.setattr(halves, "both", lambda *given: called.append(1) or both(*given))
    assert same(run(inputs, numbers), expected)
    bound = run.bind(inputs, numbers)
    assert Sequence([Run(bound), Finite(bound.sums)])([()]) == 1
    assert same((bound.values, bound.sums), expected)
    assert len(called) == 2
    copy = np.zeros_like(bound.sums)
    steps = [Finite(inputs), Run(bound), Copy(bound.sums, copy)]
    whole = Sequence(steps, loss=bound.sums, rows=200, most=4)
    copy[0] = 0.0
    assert whole([()] * 4) == 4
    assert whole.losses.tolist() == [bound.sums[0] / 200] * 4
    assert np.array_equal(copy, bound.sums)
    assert len(called) == 6
    assert whole([(), (1,), ()]) == 1
    for rows in (64, 65, 128, 129, 200, 257):
        part = np.ascontiguousarray(inputs[:, :rows])
        with two_threads.context() as patch:
            patch.setattr(halves, "WORTH", math.inf)
            alone = run(part, numbers)
        assert same(run(part, numbers), alone)
    bad = inputs.copy()
    bad[0, 200] = math.nan
    bound = run.bind(bad, numbers)
    assert Sequence([Run(bound), Finite(bound.sums)])([()]) == 0


def test_many_callers_at_once(two_threads):
    """Whoever finds the other thread busy does both halves."""
    run, inputs, numbers, expected = large(two_threads)
    with ThreadPoolExecutor(6) as pool:
        found = [pool.submit(run, inputs, numbers) for _ in range(60)]
        assert all(same(f.result(), expected) for f in found)


def test_an_error_of_the_first_half_waits_for_the_second(two_threads):
    """The second half writes into the caller's arrays."""
    done, begun = [], threading.Event()

    def second():
        begun.set()
        time.sleep(0.05)
        done.append(1)

    def first():
        assert begun.wait(10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        halves.both(first, second)
    assert done == [1]
    halves.both(lambda: done.append(2), lambda: done.append(2))
    assert done == [1, 2, 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_makes_its_own_thread(two_threads):
    """The parent's is not there."""
    run, inputs, numbers, expected = large(two_threads)
    assert same(run(inputs, numbers), expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fork with threads: Python's, and JAX's own
        child = os.fork()
    if child == 0:
        os._exit(0 if same(run(inputs, numbers), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_program_that_ends_after_two_threads_ends(tmp_path):
    """The kept thread does not keep the process, also if exit handlers still call."""
    code = """
import atexit
from autograd_core.compile.backends.llvm.panels import halves
halves.cores = lambda: 2
done = []
atexit.register(lambda: halves.both(lambda: done.append(1), lambda: print(done)))
halves.both(lambda: None, lambda: print("second"))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert found.returncode == 0
    assert found.stdout == "second\n[1]\n"


def test_one_core_is_one_thread(monkeypatch):
    """No thread is made for it."""
    order = []
    monkeypatch.setattr(halves, "cores", lambda: 1)
    monkeypatch.setattr(halves, "_helper", None)
    halves.both(lambda: order.append("first"), lambda: order.append("second"))
    assert order == ["first", "second"]


@pytest.mark.slow
def test_rolled_programs_give_their_memory_back(monkeypatch):
    """Thirty networks compiled and dropped: the process does not grow."""
    monkeypatch.setattr(cache, "MOST_PROGRAMS", 1)

    def some(count):
        for k in range(count):
            net = Net([40 + k % 5, 30, 3], "plain", k)
            program = compile(net, backend="llvm")
            program.backward(np.ones((9, net.sizes[0])), np.ones((9, 3)))
            cache.clear()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = some(10)
    assert some(30) - before < 8 * 1024  # KiB; one program is about 1 MiB


def test_a_factor_may_be_a_sum_of_one_term():
    """Such a sum is the term itself, also where a gradient multiplies by it."""
    rng = random.Random(0)
    scale = [Value(rng.gauss(0, 1)) for _ in range(40)]
    weights = [[Value(rng.gauss(0, 0.2)) for _ in range(40)] for _ in range(40)]

    def f(xs):
        ones = [dot([w], [tanh(x)]) for w, x in zip(scale, xs, strict=True)]
        return total([tanh(dot(line, ones)) for line in weights])

    leaves = [*scale, *[w for line in weights for w in line]]
    rows = np.array([[rng.gauss(0, 1) for _ in range(40)] for _ in range(7)])
    found = []
    for name in ("llvm", "numpy"):
        program = compile(f, backend=name)
        for leaf in leaves:
            leaf.grad = 0.0
        loss = program.backward(rows)
        found.append(np.array([loss, *[leaf.grad for leaf in leaves]]))
    assert np.abs(found[0] - found[1]).max() < CLOSE * np.abs(found[1]).max()
