"""Loops over the members of a group, on the LLVM backend.

Most of these tests are those of other programs, run again where every tape, however
small, and every number of rows goes through loops over members.
"""

import random
from itertools import pairwise

import pytest

pytest.importorskip("llvmlite")
np = pytest.importorskip("numpy")

from autograd_core import Value, compile, dot, exp, sin, tanh  # noqa: E402
from autograd_core import sum as total  # noqa: E402
from autograd_core.compile import cache  # noqa: E402
from autograd_core.compile.backends.llvm import Backend, by_rows, ways  # noqa: E402
from autograd_core.compile.backends.llvm.members import runs  # noqa: E402
from autograd_core.compile.backends.numpy import backend as numpy_backend  # noqa: E402
from autograd_core.compile.deriving.derive import gradient  # noqa: E402
from autograd_core.compile.passes.simplify import relax, simplify  # noqa: E402
from autograd_core.compile.tracing.trace import trace  # noqa: E402
from demos.training.transformer import Transformer  # noqa: E402
from nn import cross_entropy_from_logits  # noqa: E402
from tests.autograd_core.compile.test_bind import (  # noqa: E402, F401
    test_a_call_reads_and_writes_the_same_arrays,
    test_a_matrix_without_entries,
    test_captured_values_are_read_when_they_were_assigned,
    test_out_is_written_to,
    test_random_programs,
    test_results_that_are_not_finite_are_left_as_they_are,
    test_several_arguments_of_any_shape,
    test_several_results,
)
from tests.autograd_core.compile.test_differential import (  # noqa: E402, F401
    test_a_bad_row_is_named_and_nothing_moves,
    test_fast_programs_are_within_their_bound,
    test_some_programs_have_eagers_bits,
)
from tests.autograd_core.compile.test_hessian_sparse import (  # noqa: E402, F401
    test_a_batch,
    test_a_jacobian,
    test_branches_have_the_entries_of_all,
    test_the_pattern_is_the_functions,
    test_what_is_not_finite_is_computed_again,
)
from tests.autograd_core.compile.test_index import (  # noqa: E402, F401
    test_backward_adds_up_like_eager,
    test_training_is_eagers,
    test_value_and_gradient_have_eagers_bits,
)
from tests.autograd_core.compile.test_llvm import (  # noqa: E402, F401
    test_a_bound_program_reads_and_writes_its_arrays,
    test_a_users_row_is_compiled_from_its_formula_or_its_kernel,
    test_a_zero_adjoint_meets_an_infinite_partial,
    test_bad_arrays,
    test_calls_from_threads_do_not_share_scratch_memory,
    test_detached_numbers_and_long_sums,
    test_eager_has_the_bits_of_the_float_kernel,
    test_every_kind_of_output,
    test_fast_is_the_same_function,
    test_parameters_are_read_at_each_call,
    test_random_programs_with_their_gradients,
    test_what_a_users_kernel_raises_is_raised,
)
from tests.autograd_core.compile.test_llvm_rolled import (  # noqa: E402
    WIDTHS,
    close,
    machine,
    nets,
)
from tests.autograd_core.compile.test_llvm_rolled import (  # noqa: E402
    gradient_tape as rolled_tape,
)
from tests.autograd_core.compile.test_program import (  # noqa: E402, F401
    test_backward_is_eagers,
    test_jacobian_and_hessian,
    test_rows_are_parted_by_their_branches,
    test_second_derivatives_of_the_side_that_was_not_taken,
    test_the_side_that_where_did_not_take,
)


@pytest.fixture(params=("eager", "fast"))
def numerics(request):
    return request.param


@pytest.fixture(params=("llvm",))
def backend(request):
    return request.param


@pytest.fixture
def make(numerics):
    return lambda f, **more: compile(f, numerics=numerics, backend="llvm", **more)


@pytest.fixture(autouse=True)
def forced(request, monkeypatch):
    """All tapes are loops over members, unless a test has the mark ``as_it_is``."""
    cache.clear()
    if "as_it_is" not in request.fixturenames:
        monkeypatch.setattr(ways, "LEAST", 0)
        monkeypatch.setattr(ways, "ALIKE", 0.0)
        monkeypatch.setattr(ways, "MOST_COST", float("inf"))
        monkeypatch.setattr(by_rows, "FEW", 10**9)
    yield
    cache.clear()


@pytest.fixture
def as_it_is():
    """The backend decides."""


def network(sizes, seed):
    rng = random.Random(seed)
    layers = [
        [[Value(rng.uniform(-1, 1)) for _ in range(a + 1)] for _ in range(b)]
        for a, b in pairwise(sizes)
    ]

    def f(*x):
        for layer in layers:
            x = [tanh(dot(weights, x) + bias) for bias, *weights in layer]
        return total(x)

    return f


def gradient_tape(f, count):
    tape = trace(f, (0.5,) * count).tape
    return relax(simplify(gradient(tape, [*tape.inputs, *tape.parameters])))


# -- the order of members --------------------------------------------------------------


@pytest.mark.parametrize("width", [2, 4, 8])
@pytest.mark.parametrize("padded", [False, True])
def test_every_member_reads_its_own_operands(width, padded):
    """Random places, regular ones, and some of both; lanes are used once."""
    rng = np.random.default_rng(width)
    regular = np.arange(36)
    cases = [
        [regular, rng.permutation(36)],
        [regular // 9, regular % 9],
        [regular % 9, 5 * (regular // 9)],
        [np.full(36, 7), 100 - regular, rng.integers(0, 5, 36)],
        [rng.permutation(36) for _ in range(5)],
        [np.array([3]), np.array([4])],
    ]
    for places in cases:
        found = runs.arranged(places, width, 1.0, padded=padded)
        count = len(places[0])
        assert sorted(found.members) == list(range(count))
        assert len(set(found.slots.tolist())) == count
        assert found.slots.max() < found.blocks * width
        for place, operand in zip(places, found.operands, strict=True):
            read = operand.starts
            if operand.way == runs.ALONG:
                read = read[:, None] + np.arange(width)
            elif operand.way == runs.SAME:
                read = np.repeat(read[:, None], width, axis=1)
            assert (read.ravel()[found.slots] == place[found.members]).all()
            if padded:  # no lane reads what no member reads
                assert set(read.ravel().tolist()) <= set(place.tolist())


def test_what_is_regular_is_read_as_vectors():
    """Outer products are: one operand stays, the other one goes on."""
    rows, columns = np.divmod(np.random.default_rng(0).permutation(64), 8)
    found = runs.arranged([100 + rows, 200 + columns], 4, 1.0)
    assert {operand.way for operand in found.operands} == {runs.ALONG, runs.SAME}
    assert found.blocks == 16


# -- whole programs --------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 4, 7, 16])
@pytest.mark.parametrize("rows", [0, 1, 2, 5])
def test_a_network_and_its_sums(size, rows):
    """Products of matrices of every size, against straight-line code."""
    tape = gradient_tape(network([3, size, 2 * size + 1, 2], size), 3)
    parameters = np.array([leaf.data for leaf in tape.parameters.values()])
    inputs = np.random.default_rng(size).normal(size=(3, rows))
    for summed in (0, 4, len(tape.outputs)):
        run = Backend().compile(tape, summed=summed, numerics="fast")
        values, sums = run(inputs, parameters)
        assert "contractions" in run.notes[1]
        expected = by_straight_code(tape, summed, inputs, parameters)
        np.testing.assert_allclose(values, expected[0], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(sums, expected[1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_networks_of_every_kind(seed):
    """On vectors of every width, per row and summed, against the NumPy backend."""
    for (kind, net), width in zip(nets(seed), WIDTHS * 3, strict=False):
        tape = rolled_tape(net)
        numbers = np.array([leaf.data for leaf in tape.parameters.values()])
        rng = np.random.default_rng(seed)
        for summed in (len(tape.outputs), 0):
            compiler = Backend(machine(width))
            run = compiler.compile(tape, summed=summed, numerics="fast")
            reference = numpy_backend.Backend().compile(
                tape, summed=summed, numerics="fast"
            )
            for rows in (1, 2, 7):
                inputs = rng.normal(size=(len(tape.inputs), rows))
                expected = reference(inputs, numbers)
                for found, true in zip(run(inputs, numbers), expected, strict=True):
                    close(found, true)
            assert "contractions" in run.notes[1], kind


def by_straight_code(tape, summed, inputs, parameters):
    before, ways.LEAST = ways.LEAST, 10**9
    try:
        run = Backend().compile(tape, summed=summed, numerics="eager")
    finally:
        ways.LEAST = before
    assert not run.rolled
    return run(inputs, parameters)


def test_one_row_of_sums_is_a_batch_of_one(as_it_is):
    """Straight-line code for one row adds up what a panel of rows does."""
    tape = gradient_tape(network([3, 5, 2], 1), 3)
    parameters = np.array([leaf.data for leaf in tape.parameters.values()])
    inputs, summed = np.array([[0.3], [-0.4], [0.5]]), len(tape.outputs)
    one, many = [
        Backend().compile(tape, summed=summed, numerics="fast", single=single)
        for single in (True, False)
    ]
    _, expected = many(inputs, parameters)
    np.testing.assert_allclose(one(inputs, parameters)[1], expected, rtol=1e-14)


def test_few_rows_and_many(as_it_is):
    """A program each, made when it is first called; the report has both."""
    f = network([4, 40, 40, 1], 3)
    program = compile(f, backend="llvm")
    x = np.random.default_rng(1).normal(size=(4, by_rows.FEW + 1))
    few = program.rows(*x[:, : by_rows.FEW])
    assert "up to 8 rows: compiled" in str(program.report())
    assert "more than 8 rows" not in str(program.report())
    many = program.rows(*x)
    assert "more than 8 rows: compiled" in str(program.report())
    np.testing.assert_allclose(few, many[: by_rows.FEW], rtol=1e-13)


def test_what_is_no_loop_says_why(as_it_is):
    """Chains, many kinds, and groups whose members have nothing in common."""

    def chain(x):
        for k in range(3000):
            x = sin(x) + k
        return x

    def kinds(x):
        return [(v * (k + 2)) ** (k + 1.5) for k, v in enumerate(x)]

    rng = random.Random(0)
    places = [[rng.randrange(600) for _ in range(2)] for _ in range(4 * 600)]

    def scattered(x):
        for layer in range(4):
            ours = places[600 * layer : 600 * (layer + 1)]
            x = [x[i] * x[j] for i, j in ours]
        return x

    for f, arg, message in (
        (chain, 0.1, "no loops: 3000 operations of 8999 wait for each other"),
        (kinds, [0.5] * 1000, "no loops: 1001 kinds of operations, of 2000"),
        (scattered, [0.5] * 600, "no loops: they cost"),
    ):
        program = compile(f, backend="llvm")
        program(arg)
        assert message in str(program.report())


@pytest.mark.parametrize("numerics", ["eager", "fast"])
def test_the_transformer(numerics, as_it_is):
    """Loss and gradient of a line of letters; eager's bits, or close to them."""
    model = Transformer(tokens=9, seed=3)
    leaves = model.parameters()

    def loss(tokens, targets):
        return cross_entropy_from_logits(model(tokens), targets)

    tokens, targets = [1, 4, 4, 8, 0], [4, 4, 8, 0, 2]
    value = loss(tokens, targets)
    value.backward()
    expected = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    program = compile(loss, index_argnums=(0, 1), backend="llvm", numerics=numerics)
    found = program.backward(np.array([tokens]), np.array([targets]))
    assert "contractions" in str(program.report())
    slopes = [leaf.grad for leaf in leaves]
    if numerics == "eager":
        assert found == value.data
        assert slopes == expected
    else:
        assert found == pytest.approx(value.data, rel=1e-13)
        np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-14)


def test_a_softmax_over_many_members():
    """Rows with several outputs lie output by output."""

    def f(xs):
        found = []
        for k in range(0, len(xs), 5):
            part = [exp(x) for x in xs[k : k + 5]]
            found += [x / total(part) for x in part]
        return found

    xs = [random.Random(2).uniform(-1, 1) for _ in range(35)]
    assert compile(f, backend="llvm")(xs) == pytest.approx(
        [x.data for x in f([Value(x) for x in xs])], rel=1e-14
    )
