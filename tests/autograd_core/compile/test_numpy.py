"""The NumPy backend against the definition of a tape, `interpret.run`."""

import random
from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Value
from autograd_core.compile.backends.numpy import backend as numpy_backend
from autograd_core.compile.backends.numpy import exact as numpy_exact
from autograd_core.compile.backends.numpy import fast as numpy_fast
from autograd_core.compile.backends.numpy.backend import Backend
from autograd_core.compile.deriving.derive import gradient
from autograd_core.compile.interpret import kernel_of, run
from autograd_core.compile.passes.raising import MATRIX, ONE, raised
from autograd_core.compile.passes.simplify import relax, simplify
from autograd_core.compile.tracing.trace import trace
from tests import oracle
from tests.autograd_core.compile.rows import (
    MEMBERS,
    edges,
    ordinary,
    same_bits,
    ulps,
)

LIMIT = 4  # ULP, of numerics="fast" against the float column
BATCHES = (1, 2, 7, 64, 1000)
SHARE = 30  # programs for each size of batch


def _by_row(library, row, points):
    """The kernel of ``library`` on each of the points, a list of results each."""
    xs = [np.array(column)[None] for column in zip(*points, strict=True)]
    before = [x.copy() for x in xs]
    n = len(kernel_of(row)(*points[0])) if row.multiple else 1
    out = np.empty((n, 1, len(points)) if row.multiple else (1, len(points)))
    with np.errstate(all="ignore"):
        library.kernel(row)(*xs, out)
    for x, same in zip(xs, before, strict=True):
        assert np.array_equal(x, same, equal_nan=True), "an operand was changed"
    return out.reshape(n, -1).T.tolist()


def _points(row):
    rng = random.Random(repr(row))
    return ordinary(row, rng, 100) + edges(row, rng, 400)


def _expected(row, points):
    found = [kernel_of(row)(*point) for point in points]
    return [list(x) if row.multiple else [float(x)] for x in found]


@pytest.mark.parametrize("row", MEMBERS, ids=repr)
def test_every_row_has_eagers_bits(row):
    """On ordinary operands and on zeros, infinities, NaN and subnormal numbers."""
    points = _points(row)
    found = _by_row(numpy_exact, row, points)
    for point, got, true in zip(points, found, _expected(row, points), strict=True):
        assert all(map(same_bits, got, true)), (point, got, true)


@pytest.mark.parametrize("row", MEMBERS, ids=repr)
def test_every_row_is_close_in_fast_mode(row):
    """Within 4 ULP of the float column, on the same operands."""
    points = _points(row)
    found = _by_row(numpy_fast, row, points)
    for point, got, true in zip(points, found, _expected(row, points), strict=True):
        assert max(map(ulps, got, true)) <= LIMIT, (point, got, true)


# -- random programs -------------------------------------------------------------------


def _program(rng):
    program = oracle.random_program(rng)
    traced = trace(lambda xs: oracle.run(program, xs), (list(program.leaves),))
    return program, simplify(gradient(traced.tape, traced.tape.inputs))


def _batch(rng, program, rows):
    leaves = program.leaves
    table = [[x + rng.uniform(-0.3, 0.3) for x in leaves] for _ in range(rows - 1)]
    return np.array([list(leaves), *table]).T.copy()


def _check_programs(seed, rows, count):
    rng = random.Random(seed)
    none = np.empty(0)
    for n in range(count):
        program, tape = _program(rng)
        inputs = _batch(rng, program, rows)
        given = inputs.copy()
        true = np.array([run(tape, row) for row in inputs.T.tolist()]).T
        execute = Backend().compile(tape, summed=0, numerics="eager")
        first, _ = execute(inputs, none)
        again, _ = execute(inputs, none)
        where = f"seed {seed}, program {n}: {program}"
        assert np.array_equal(inputs, given), where
        assert np.array_equal(first, again, equal_nan=True), where
        assert all(map(same_bits, first.ravel().tolist(), true.ravel().tolist())), where
        leaves = [Value(x) for x in program.leaves]
        oracle.run(program, leaves).backward()
        assert all(
            map(same_bits, first[1:, 0].tolist(), [leaf.grad for leaf in leaves])
        ), where
        _check_sums(tape, inputs, true, where)


def _check_sums(tape, inputs, true, where):
    execute = Backend().compile(tape, summed=len(true), numerics="eager")
    _, sums = execute(inputs, np.empty(0))
    for line, total in zip(true.tolist(), sums.tolist(), strict=True):
        expected = 0.0
        for x in line:  # not sum(): from Python 3.12 it compensates
            expected += x
        assert same_bits(total, expected), where


@pytest.mark.parametrize("rows", BATCHES)
def test_random_programs_have_eagers_bits(rows):
    """0 differing bits per row, twice; inputs unmodified; sums in eager's order."""
    _check_programs(1000 + rows, rows, SHARE if rows < 1000 else SHARE // 6)


@pytest.mark.parametrize("seed", range(3))
def test_random_programs_in_fast_mode(seed):
    """As far from eager as roundings of 4 ULP in every operation may bring them."""
    rng = random.Random(seed)
    limit = (LIMIT + 1) * oracle.UNITS_PER_OPERATION * oracle.UNIT
    for n in range(40):
        program, tape = _program(rng)
        inputs = np.array([program.leaves]).T.copy()
        execute = Backend().compile(relax(tape), summed=0, numerics="fast")
        found, _ = execute(inputs, np.empty(0))
        nodes, adjoints = oracle.sweep(program)
        sizes = oracle.condition(program, [*map(float, nodes)], [*map(float, adjoints)])
        for got, true, size in zip(found[1:, 0], adjoints, sizes, strict=False):
            error = abs(float(oracle.PRECISE.mpf(float(got)) - true))
            assert error <= limit * size, f"seed {seed}, program {n}: {program}"


# -- raising ---------------------------------------------------------------------------


def _network(widths, rng):
    return [
        [[Value(rng.uniform(-1, 1)) for _ in range(n + 1)] for _ in range(m)]
        for n, m in pairwise(widths)
    ]


def _plain_sums(layers, x):
    for layer in layers:
        z = [sum((w * v for w, v in zip(ws, x, strict=False)), ws[-1]) for ws in layer]
        x = [v.relu() for v in z] if layer is not layers[-1] else z
    return x[0]


def _dots(layers, x):
    for layer in layers:
        z = [ac.dot(ws, [*x, 1]) for ws in layer]
        x = [v.relu() for v in z] if layer is not layers[-1] else z
    return x[0]


def _backwards(layers, x):
    for layer in layers:
        z = []
        for ws in layer:
            total = -ws[-1]
            for w, v in list(zip(ws, x, strict=False))[::-1]:
                total = total - v * w
            z.append(-total)
        x = [v.relu() for v in z] if layer is not layers[-1] else z
    return x[0]


@pytest.mark.parametrize("written", [_plain_sums, _dots, _backwards])
def test_layers_are_found_however_they_are_written(written):
    """Matrices forward and back, and one product per layer for the gradient."""
    layers = _network([3, 5, 4, 1], random.Random(1))
    traced = trace(lambda x: written(layers, x), ([0.1, 0.2, 0.3],))
    tape = relax(simplify(gradient(traced.tape, list(traced.tape.parameters))))
    summed = len(tape.outputs) - 1
    found = raised(tape, summed, reorder=True)
    shapes = sorted(
        (len(group.outs), len(group.args) // 2)
        for group in found.groups
        if group.row is MATRIX
    )
    assert shapes == [(1, 4), (4, 5), (5, 3), (5, 4)]
    products = sorted((len(p.left), len(p.right)) for p in found.products)
    assert products == [(4, 5), (5, 3)]
    inputs = np.random.default_rng(0).normal(size=(3, 20))
    numbers = np.array([p.data for p in tape.parameters.values()])
    execute = Backend().compile(tape, summed=summed, numerics="fast")
    values, sums = execute(inputs, numbers)
    true = np.array([run(tape, row) for row in inputs.T.tolist()])
    # 20 rows of at most 40 roundings each, of sums of terms of size 1
    assert np.abs(values - true[:, 0]).max() < 40 * 2.0**-53 * 20
    assert np.abs(sums - true[:, 1:].sum(axis=0)).max() < 800 * 2.0**-53 * 20


def _layers(rng):
    # As a tape whose gradient is summed, with the arguments that it is run on.
    layers = _network([3, 5, 4, 2], rng)

    def loss(y, x):  # the vector is not the first of the inputs
        z = [
            sum((w * v for w, v in zip(ws, x, strict=False)), ws[-1])
            for ws in layers[0]
        ]
        z = [ac.tanh(v) for v in z]
        return _plain_sums(layers[1:], z) * y

    traced = trace(loss, (0.5, [0.1, 0.2, 0.3]))
    return relax(simplify(gradient(traced.tape, list(traced.tape.parameters))))


def test_biases_are_columns_of_their_matrices():
    """Where a line of ones can lie before the vector; not where an input is there."""
    tape = _layers(random.Random(2))
    execute = Backend().compile(tape, summed=len(tape.outputs), numerics="fast")
    program, groups = execute.program, execute.groups
    first = [g for g in groups if g.row is MATRIX and g.args[0][0] == ONE]
    assert [len(g.args) // 2 for g in first] == [6, 5], "both with the bias"
    assert len(groups) == len(program.groups) - 2
    assert len(execute.places.ones) == 2
    inputs = np.random.default_rng(0).normal(size=(4, 30))
    numbers = np.array([p.data for p in tape.parameters.values()])
    _, sums = execute(inputs, numbers)
    true = np.array([run(tape, row) for row in inputs.T.tolist()]).sum(axis=0)
    assert np.abs(sums - true).max() < 30 * 60 * 2.0**-53 * 20


def test_a_bias_that_is_read_twice_is_added():
    """What the sum of products alone is read by stays what it is."""
    w, b = [Value(0.5), Value(-2.0)], Value(3.0)

    def f(x):
        h = [ac.sin(v) for v in x]
        z = [h[0] * w[0] + h[1] * w[1], h[1] * w[0] - h[0] * w[1]]
        return (z[0] + b) * (z[1] + b) * z[0]

    tape = relax(simplify(trace(f, ([0.3, 0.4],)).tape))
    execute = Backend().compile(tape, summed=0, numerics="fast")
    inputs = np.random.default_rng(0).normal(size=(2, 5))
    values, _ = execute(inputs, np.array([p.data for p in tape.parameters.values()]))
    true = [run(tape, row)[0] for row in inputs.T.tolist()]
    assert values[0] == pytest.approx(true, rel=1e-14)


@pytest.mark.parametrize("numerics", ["eager", "fast"])
def test_lines_are_used_again(numerics):
    """A long chain needs few lines, and its results are kept; the same in any block."""

    def f(x):
        kept = []
        for k in range(60):
            x = [ac.sin(v) * (1 + k) for v in x]
            if k % 20 == 0:
                kept.append(x[0])
        return [*kept, *x]

    tape = simplify(trace(f, ([0.1, 0.2, 0.3],)).tape)
    execute = Backend().compile(tape, summed=1, numerics=numerics)
    assert execute.places.varying < 40
    inputs = np.random.default_rng(0).normal(size=(3, 20))
    for _ in range(2):
        values, sums = execute(inputs, np.empty(0))
        true = np.array([run(tape, row) for row in inputs.T.tolist()]).T
        assert values == pytest.approx(true[:-1], rel=1e-12)
        assert sums == pytest.approx(true[-1:].sum(axis=1), rel=1e-12)


def test_what_is_no_matrix_stays_what_it_is():
    """Rosenbrock's gradient shares no vector; it is groups of equal operations."""

    def rosenbrock(x):
        return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))

    traced = trace(rosenbrock, ([0.1] * 50,))
    tape = relax(simplify(gradient(traced.tape, traced.tape.inputs)))
    found = raised(tape, reorder=True)
    matrices = [len(group.outs) for group in found.groups if group.row is MATRIX]
    assert matrices == [1], "100 times the sum of squares, and nothing else"
    assert len(found.groups) < 25
    inputs = np.random.default_rng(0).normal(size=(50, 4))
    execute = Backend().compile(tape, summed=0, numerics="fast")
    values, _ = execute(inputs, np.empty(0))
    true = np.array([run(tape, row) for row in inputs.T.tolist()]).T
    assert np.allclose(values, true, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("numerics", ["eager", "fast"])
def test_blocks_of_rows_give_the_same(numerics, monkeypatch):
    """A large tape is run in blocks; in eager mode to the same bits."""
    w = Value(0.3)
    traced = trace(lambda x, y: ac.tanh(w * x) * y + w * w, (0.1, 0.2))
    tape = simplify(gradient(traced.tape, list(traced.tape.parameters)))
    inputs = np.random.default_rng(0).normal(size=(2, 100))
    numbers = np.array([0.3])
    whole = Backend().compile(tape, summed=1, numerics=numerics)(inputs, numbers)
    monkeypatch.setattr(numpy_backend, "LARGEST_TABLE", 1)
    split = Backend().compile(tape, summed=1, numerics=numerics)
    assert split.block == numpy_backend.LEAST_BLOCK
    values, sums = split(inputs, numbers)
    assert np.array_equal(values, whole[0])
    if numerics == "eager":
        assert sums.tolist() == whole[1].tolist()
    assert np.allclose(sums, whole[1], rtol=1e-13)


def test_tables_are_kept_for_a_few_sizes_only():
    """A program called with many numbers of rows does not grow."""
    tape = trace(lambda x: x * x, (1.0,)).tape
    execute = Backend().compile(tape, summed=0, numerics="fast")
    for rows in (*range(1, 30), 3, 3):
        values, _ = execute(np.ones((1, rows)), np.empty(0))
        assert values.shape == (1, rows)
    assert len(execute._ready) <= numpy_backend.KEPT_SIZES
