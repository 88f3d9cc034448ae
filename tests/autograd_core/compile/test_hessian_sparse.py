"""Sparse Jacobians and Hessians: which entries there are, and their numbers."""

import random
from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Value, compile
from autograd_core.compile.deriving.sparse import hessian, jacobian
from autograd_core.compile.passes.simplify import relax, simplify
from autograd_core.compile.tracing.trace import trace
from tests import oracle

BACKENDS = ("numpy", "llvm")


@pytest.fixture(params=("eager", "fast"))
def numerics(request):
    return request.param


@pytest.fixture(params=BACKENDS)
def make(request, numerics):
    if request.param == "llvm":
        pytest.importorskip("llvmlite")
    return lambda f: compile(f, numerics=numerics, backend=request.param)


# -- functions whose pattern is known --------------------------------------------------


def rosenbrock(x):
    total = 0.0
    for a, b in pairwise(x):
        total = total + 100 * (b - a**2) ** 2 + (1 - a) ** 2
    return total


def arrow(x):
    return sum(ac.exp(x[0] * b) for b in x[1:])


def dense(x):
    return ac.log(sum(ac.exp(b) for b in x))


def disconnected(x):
    return sum(ac.sin(a) * b for a, b in zip(x[::2], x[1::2], strict=True))


def quadratic(x):
    return sum((k + 1) * a * b for k, (a, b) in enumerate(pairwise(x)))


def linear(x):
    return sum((k - 2.5) * a for k, a in enumerate(x)) / 3 - ac.relu(x[0])


def partly_linear(x):
    return x[0] ** 3 + x[1] + ac.maximum(x[2], x[3])


def _band(n):
    return {(i, j) for i in range(n) for j in range(n) if abs(i - j) <= 1}


def _pairs(n):
    found = {(i, i) for i in range(0, n, 2)}
    for i in range(0, n, 2):
        found |= {(i, i + 1), (i + 1, i)}
    return found


N = 6
PATTERNS = [
    (rosenbrock, _band(N)),
    (arrow, {(i, j) for i in range(N) for j in range(N) if 0 in (i, j) or i == j}),
    (dense, {(i, j) for i in range(N) for j in range(N)}),
    (disconnected, _pairs(N)),
    (quadratic, {(i, j) for i, j in _band(N) if i != j}),
    (linear, set()),
    (partly_linear, {(0, 0)}),
    (lambda x: 1.5, set()),
    (lambda x: x[3], set()),
]
POINT = [0.3, -0.4, 1.2, 0.7, -1.1, 0.9]


def _places(matrix):
    return set(zip(matrix.rows.tolist(), matrix.columns.tolist(), strict=True))


def _agree(found, expected, numerics, where=None):
    # -0.0 and 0.0: eager's sweep over numbers begins with nothing, a tape with 0.0
    found, expected = np.asarray(found) + 0.0, np.asarray(expected) + 0.0
    if numerics == "eager":
        assert np.array_equal(found, expected, equal_nan=True), where
    else:
        scale = max(1.0, np.abs(expected).max(initial=0.0))
        assert np.abs(found - expected).max(initial=0.0) <= 1e-12 * scale, where


@pytest.mark.parametrize(("f", "places"), PATTERNS)
def test_the_pattern_is_the_functions(make, numerics, f, places):
    """Exactly the structural non-zeros, by lines; laid out densely, eager's Hessian."""
    program = make(f)
    found = program.hessian(POINT, sparse=True)
    assert found.shape == (N, N)
    assert found.values.shape == (len(places),)
    assert _places(found) == places
    order = list(zip(found.rows.tolist(), found.columns.tolist(), strict=True))
    assert order == sorted(order)
    expected = ac.hessian(f)(POINT)
    _agree(found.toarray(), expected, numerics)
    _agree(program.hessian(POINT), expected, numerics)


@pytest.mark.parametrize("f", [rosenbrock, disconnected, linear])
def test_a_batch(make, numerics, f):
    """Values have a line per row of the batch."""
    program = make(f)
    points = np.random.default_rng(0).normal(size=(11, N))
    found = program.rows.hessian(points, sparse=True)
    assert found.values.shape == (11, len(found.rows))
    for whole, point in zip(found.toarray(), points.tolist(), strict=True):
        _agree(whole, ac.hessian(f)(point), numerics)


def test_a_jacobian(make, numerics):
    """By results and numbers; what does not depend has no entry."""

    def f(x, s):
        return [x[0] * x[1], {"c": 4.0, "s": s + x[2]}, ac.tanh(x[2])]

    program = make(f)
    found = program.jacobian(POINT, 2.0, sparse=True)
    assert found.shape == (4, N)
    assert _places(found) == {(0, 0), (0, 1), (2, 2), (3, 2)}
    both = program.jacobian(POINT, 2.0, argnums=(0, 1), sparse=True)
    assert both.shape == (4, N + 1)
    assert _places(both) == _places(found) | {(2, N)}
    a, b, c = ac.jacobian(f)(POINT, 2.0)
    _agree(found.toarray(), [a, b["c"], b["s"], c], numerics)
    rows = program.rows.jacobian([POINT] * 3, [1.0, 2.0, 3.0], sparse=True)
    assert rows.toarray().shape == (3, 4, N)
    _agree(rows.toarray()[1], found.toarray(), numerics)


def test_branches_have_the_entries_of_all(make, numerics):
    """Rows that go other ways: an entry that one way lacks is 0 there."""

    def f(x):
        return x[0] ** 2 * x[1] if x[0] > 0 else ac.exp(x[2])

    found = make(f).rows.hessian([[1.0, 2.0, 3.0], [-1.0, 2.0, 0.0]], sparse=True)
    assert _places(found) == {(0, 0), (0, 1), (1, 0), (2, 2)}
    _agree(found.toarray()[0], [[4, 2, 0], [2, 0, 0], [0, 0, 0]], numerics)
    _agree(found.toarray()[1], [[0, 0, 0], [0, 0, 0], [0, 0, 1]], numerics)

    def either(x):
        return x[0] if x[0] > 0 else x[1]

    found = make(either).rows.hessian([[1.0, 2.0], [-1.0, 2.0]], sparse=True)
    assert found.values.shape == (2, 0)
    assert found.toarray().tolist() == np.zeros((2, 2, 2)).tolist()


def test_captured_values_one_of_them_twice(make, numerics):
    """Lines and columns in the order asked for; the same Value has the same ones."""
    a, b, c = Value(0.5), Value(-2.0), Value(3.0)
    program = make(lambda x: x * a * a * b + ac.exp(c))
    found = program.hessian(2.0, parameters=[a, c, a, b], sparse=True)
    both = [[-8.0, 0.0, -8.0, 2.0], [0.0, np.exp(3.0), 0.0, 0.0]]
    _agree(found.toarray(), [*both, both[0], [2.0, 0.0, 2.0, 0.0]], "fast")
    assert len(found.values) == 9
    mixed = program.hessian(2.0, argnums=0, parameters=[b], sparse=True)
    _agree(mixed.toarray(), [[0.0, 0.25], [0.25, 0.0]], numerics)


def test_what_is_not_finite_is_computed_again():
    """A product of 0 and infinity in fast numerics is eager's 0."""

    def f(x):
        return ac.where(x[0] > 1, ac.log(x[0]), x[1] ** 2)

    expected = ac.hessian(f)([0.0, 3.0])
    for sparse in (True, False):
        found = compile(f, backend="numpy").hessian([0.0, 3.0], sparse=sparse)
        found = found.toarray().tolist() if sparse else found
        assert found == expected == [[0.0, 0.0], [0.0, 2.0]]


# -- random programs -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_random_programs(seed):
    """Dense or sparse, with eager's bits; symmetric, within roundings of them."""
    rng = random.Random(seed)
    for n in range(60):
        program = oracle.random_program(rng, ops=(3, 14), leaves=(2, 7))

        def f(xs, program=program):
            return oracle.run(program, xs)

        where = f"seed {seed}, program {n}: {program}"
        xs = list(program.leaves)
        exact = compile(f, numerics="eager", backend="numpy")
        found = exact.hessian(xs, sparse=True)
        expected = np.array(ac.hessian(f)(xs))
        _agree(found.toarray(), expected, "eager", where)
        fast = compile(f, backend="numpy").hessian(xs, sparse=True)
        assert _places(fast) == _places(found), where
        assert (fast.toarray() == fast.toarray().T).all(), where
        size = np.abs(expected).max() + 1.0
        close = np.abs(fast.toarray() - expected).max() <= 1e-9 * size
        assert close or not np.isfinite(expected).all(), where


@pytest.mark.parametrize("seed", range(2))
def test_random_sparse_programs(seed):
    """Sums of terms over few numbers each: no entry outside of the terms."""
    rng = random.Random(seed)
    for n in range(30):
        count = rng.randint(3, 12)
        xs = [rng.uniform(-2, 2) for _ in range(count)]
        terms = [
            (rng.sample(range(count), 2), oracle.random_program(rng, leaves=(2, 2)))
            for _ in range(rng.randint(1, 8))
        ]

        def f(x, terms=terms, xs=xs):
            total = 0.0
            for chosen, program in terms:  # each at its own point
                pairs = zip(chosen, program.leaves, strict=True)
                total += oracle.run(program, [x[i] + (y - xs[i]) for i, y in pairs])
            return total

        where = f"seed {seed}, program {n}: {terms}"
        found = compile(f, numerics="eager", backend="numpy").hessian(xs, sparse=True)
        _agree(found.toarray(), ac.hessian(f)(xs), "eager", where)
        allowed = {(i, j) for chosen, _ in terms for i in chosen for j in chosen}
        assert _places(found) <= allowed, where


# -- cost ------------------------------------------------------------------------------


def _size(f, n, *, symmetric=True):
    tape = trace(f, ([0.1 * k for k in range(n)],)).tape
    new, pattern = hessian(tape, tape.inputs, symmetric=symmetric)
    return len(new), len(relax(simplify(new))), len(pattern.rows)


@pytest.mark.parametrize("f", [rosenbrock, arrow, disconnected, quadratic])
def test_the_size_is_linear_in_the_entries(f):
    """Twice the numbers, twice the instructions, before and after the passes."""
    small, large = _size(f, 50), _size(f, 100)
    for before, after in zip(small, large, strict=True):
        assert after <= 2.1 * before


def test_a_thousand_numbers():
    """Rosenbrock's Hessian: 2,998 entries of a million, from few instructions."""
    recorded, compiled, entries = _size(rosenbrock, 1000)
    assert entries == 2998
    assert recorded < 15 * entries
    assert compiled < 6 * entries


def test_a_thousand_numbers_are_computed(make, numerics):
    """Against the entries by hand, through the backends; dense when asked."""
    n = 1000 if numerics == "fast" else 100
    x = np.random.default_rng(2).normal(size=n)
    program = make(rosenbrock)
    found = program.hessian(x, sparse=True)
    diagonal = np.zeros(n)
    diagonal[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    true = np.diag(diagonal) + np.diag(-400 * x[:-1], 1) + np.diag(-400 * x[:-1], -1)
    size = np.abs(true[found.rows, found.columns]) + 400 * np.abs(x).max()
    error = np.abs(found.values - true[found.rows, found.columns])
    assert (error <= 16 * 2.0**-53 * size).all()
    assert len(found.values) == 3 * n - 2
    assert np.array_equal(program.hessian(x), found.toarray())


def test_one_of_two_equal_entries_is_computed():
    """A dense Hessian by its halves; a factor that is shared is swept once."""
    half, whole = _size(dense, 20), _size(dense, 20, symmetric=False)
    assert half[0] < 0.7 * whole[0]
    assert half[2] == whole[2] == 400

    def shared(x):  # a long factor of two numbers, and many others
        long = x[0] * x[1]
        for _ in range(100):
            long = ac.sin(long)
        return sum(x[2:]) * long

    few, many = _size(shared, 10)[0], _size(shared, 60)[0]
    assert many - few < 50 * 12


def test_a_jacobian_visits_what_a_result_depends_on():
    """A band of results costs as much per result, however many there are."""

    def size(n):
        tape = trace(lambda x: [a * b for a, b in pairwise(x)], ([0.5] * n,)).tape
        new, pattern = jacobian(tape, tape.inputs)
        assert len(pattern.rows) == 2 * (n - 1)
        return len(new)

    assert size(400) <= 2.02 * size(200)


# -- looking inside --------------------------------------------------------------------


def test_the_report_draws_a_small_pattern():
    """A large one in a line."""
    program = compile(quadratic, backend="numpy")
    program.hessian([1.0, 2.0, 3.0])
    text = str(program.report())
    assert "sparsity: 4 of 9 entries, at most 2 in a line and 1 from the diago" in text
    assert "  . x .\n  x . x\n  . x ." in text
    program = compile(quadratic, backend="numpy")
    program.hessian([1.0] * 40)
    assert "sparsity: 78 of 1600 entries" in str(program.report())
    assert ". x ." not in str(program.report())
