"""The LLVM backend against the definition of a tape, `interpret.run`."""

import gc
import math
import random
import re
import resource
import threading
import weakref
from itertools import product
from pathlib import Path
from struct import pack

import pytest

pytest.importorskip("llvmlite")
np = pytest.importorskip("numpy")

from autograd_core import Value, tanh  # noqa: E402
from autograd_core.compile.backends.llvm import Backend, Machine, host  # noqa: E402
from autograd_core.compile.deriving.derive import gradient  # noqa: E402
from autograd_core.compile.interpret import run  # noqa: E402
from autograd_core.compile.passes.simplify import simplify  # noqa: E402
from autograd_core.compile.tape import COMPARISONS, STOP, STRONG, Tape  # noqa: E402
from autograd_core.compile.tracing.trace import trace  # noqa: E402
from autograd_core.errors import TapeError  # noqa: E402
from autograd_core.numbers.float64 import logistic_slope  # noqa: E402
from autograd_core.primitives import TABLE, Primitive, logistic_factor  # noqa: E402
from tests import oracle  # noqa: E402

MODES = ("eager", "fast")
BATCHES = (1, 2, 7, 64, 1000)
NOTHING = np.empty(0)
# Every machine's code runs here: vectors are then made of what there is.
NARROW = [
    Machine(host().name, host().features, width, host().fused) for width in (2, 4)
]

SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -3.0, 0.2, 1.05, 20.5, -39.5, 1e-9),
    *(math.inf, -math.inf, math.nan, 5e-324, -1e-310, 1e308, -1e308, 710.0, -745.1),
)
ATTRIBUTES = {
    "powc": [
        {"n": n, "k": k} for n, k in ((2, 0), (2.5, 0), (-1, 0), (3, 1), (2.5, 2))
    ],
    "pow": [{"k": k, "j": j} for k, j in ((0, 0), (1, 0), (0, 1), (1, 2))],
    "ratio_slope": [{"k": 1}, {"k": 3}],
    "hypot_slope": [{"i": 1, "j": 0}, {"i": 1, "j": 2}],
    "atan2_slope": [{"i": 0, "j": 1}, {"i": 2, "j": 1}],
    "leaky_relu": [{"slope": 0.1}],
    "elu": [{"alpha": 1.5}],
    "silu_slope": [{"k": 1}, {"k": 3}],
    "gauss_derivative": [{"k": 1}, {"k": 4}],
    "normal_pdf_derivative": [{"k": 2}],
    "sinc": [{"k": 0}, {"k": 2}],
    "round": [{"digits": None}, {"digits": 2}],
    "clip": [{"low": -1.0, "high": 2}],
    "cross_entropy": [{"target": 1}],
}
MEMBERS = [
    row.bind(attributes)
    for name, row in TABLE.items()
    if name != "item"
    for attributes in ATTRIBUTES.get(name, [{}])
] + [STRONG, *COMPARISONS.values()]
BY_PYTHON = {"sinc", "round"}  # a loop until nothing changes; decimal digits


def one_row(row, arity):
    """A tape that is one row of the table; all of its outputs."""
    tape = Tape()
    at = tape.emit(row, tuple([tape.input() for _ in range(arity)]))
    tape.outputs = [at]
    if row.multiple:
        items = [TABLE["item"].bind({"k": k}) for k in range(arity)]
        tape.outputs = [tape.emit(item, (at,)) for item in items]
    return tape


def points(arity, seed=0):
    """Special points in all combinations, and random ones of every size."""
    rng = random.Random(seed)
    found = list(product(SPECIAL, repeat=arity)) if arity < 3 else []
    found += [tuple(rng.choice(SPECIAL) for _ in range(arity)) for _ in range(100)]
    for scale in (1e-3, 1.0, 1.0, 30.0):
        found += [tuple(rng.gauss(0, scale) for _ in range(arity)) for _ in range(100)]
    return found


def bits(x):
    """The bits of a float; NaN is one number, since its sign is the processor's."""
    return b"nan" if x != x else pack("<d", x)


def same(found, expected):
    return [bits(float(x)) for x in found] == [bits(float(x)) for x in expected]


def columns(rows):
    return np.ascontiguousarray(np.array(rows, dtype=float).T)


def as_tape(program, leaves):
    """A random program and its gradient, with every second leaf a parameter."""
    values = [Value(x) for x in leaves[1::2]]

    def f(xs):
        mixed = [x for k in range(len(leaves)) for x in ((xs, values)[k % 2][k // 2],)]
        return oracle.run(program, mixed)

    tape = trace(f, (list(leaves[::2]),)).tape
    return simplify(gradient(tape, [*tape.inputs, *tape.parameters]))


# -- one row ---------------------------------------------------------------------------


def arities(row):
    """How many operands to test a row with."""
    if row.arity != -1:
        return (row.arity,)
    if row.name in ("dot", "soft_cross_entropy"):  # two halves
        return (2, 6)
    return (2, 5) if row.name == "cross_entropy" else (1, 2, 5)


@pytest.mark.parametrize("row", MEMBERS, ids=repr)
def test_eager_has_the_bits_of_the_float_kernel(row):
    """Every row at special and random points: 0 differing bits."""
    for arity in arities(row):
        tape, rows = one_row(row, arity), points(arity)
        executable = Backend().compile(tape, summed=0, numerics="eager")
        values, _ = executable(columns(rows), NOTHING)
        for x, found in zip(rows, values.T, strict=True):
            assert same(found, run(tape, x)), x
        assert set(executable.report()["by_python"]) == BY_PYTHON & {row.name}


def sizes(row, x):
    """What the rounding of a row is measured by: its terms, where they can cancel."""
    if row.name in ("dot", "sum"):
        half = len(x) // 2
        pairs = zip(x[:half], x[half:], strict=True)
        return math.fsum(abs(a * b) for a, b in pairs) if row.name == "dot" else sum(x)
    if row.name in ("logsumexp", "log_softmax", "cross_entropy", "soft_cross_entropy"):
        return max(1.0, *map(abs, x))
    if row.name.endswith("_slope") and row.bound.get("j", 0):  # differences of squares
        return 16 * abs(run(one_row(row, len(x)), x)[0])
    if row.name == "silu_slope" and row.bound.get("k", 1) > 1 and abs(x[0]) < 700:
        k, t = row.bound["k"], math.tanh(0.5 * x[0])
        terms = 2 * k * logistic_factor(t, k - 2), x[0] * logistic_factor(t, k - 1)
        return logistic_slope(x[0]) * max(map(abs, terms)) * 0.5 ** (k - 1)
    return 0.0


@pytest.mark.parametrize("row", MEMBERS, ids=repr)
def test_fast_is_the_same_function(row):
    """As above to 16 units in the last place, special values included."""
    arity = 4 if row.arity == -1 else row.arity
    tape, rows = one_row(row, arity), points(arity, seed=1)
    if row is STRONG:  # a plain product of finite numbers
        rows = [x for x in rows if all(map(math.isfinite, x))]
    values, _ = Backend().compile(tape, summed=0, numerics="fast")(
        columns(rows), NOTHING
    )
    for x, found in zip(rows, values.T, strict=True):
        for a, b in zip(found, run(tape, x), strict=True):
            if a == b or (a != a and b != b):
                continue
            assert abs(a - b) <= 16 * math.ulp(max(abs(b), abs(sizes(row, x)))), x


def test_a_users_row_is_compiled_from_its_formula_or_its_kernel():
    """Rows outside the table's own: a formula is read, other Python is called."""
    from autograd_core.numbers import add_kernel, float64

    formula = TABLE.add(
        Primitive("softsign_", (None,), formula=lambda m, x: x / (m.pi + m.abs(x)))
    )
    kernel = TABLE.add(Primitive("digits_", (None,)))
    add_kernel(float64.COLUMN, "digits_", lambda x: float(len(str(x))))
    try:
        for row, by_python in ((formula, {}), (kernel, {"digits_": 1})):
            tape = one_row(row, 1)
            executable = Backend().compile(tape, summed=0, numerics="eager")
            values, _ = executable(np.array([[0.5, -2.0, 1e-7]]), NOTHING)
            expected = [run(tape, [x])[0] for x in (0.5, -2.0, 1e-7)]
            assert same(values[0], expected)
            assert executable.report()["by_python"] == by_python
    finally:
        float64.COLUMN.kernels.pop("digits_")
        TABLE.discard("softsign_")
        TABLE.discard("digits_")


def test_what_a_users_kernel_raises_is_raised():
    """Once, after the native call; rows that it can do are right the next time."""
    from autograd_core.numbers import add_kernel, float64

    row = TABLE.add(Primitive("careful_", (None,)))
    kinds = TABLE.add(Primitive("nobody_", (None,)))

    def kernel(x):
        if x < 0:
            raise ArithmeticError("below 0")
        return x + 1

    add_kernel(float64.COLUMN, "careful_", kernel)
    try:
        executable = Backend().compile(one_row(row, 1), summed=0, numerics="eager")
        x = np.array([[1.0, -1.0]])
        bound = executable.bind(x, NOTHING)
        for call in (lambda: executable(x, NOTHING), bound):
            with pytest.raises(ArithmeticError, match="below 0"):
                call()
        assert executable(np.array([[1.0]]), NOTHING)[0].tolist() == [[2.0]]
        unknown = Backend().compile(one_row(kinds, 1), summed=0, numerics="eager")
        with pytest.raises(TypeError, match="not possible on float"):
            unknown(x, NOTHING)
    finally:
        float64.COLUMN.kernels.pop("careful_")
        TABLE.discard("careful_")
        TABLE.discard("nobody_")


# -- programs --------------------------------------------------------------------------


def check_programs(seed, count):
    rng = random.Random(seed)
    for n in range(count):
        program = oracle.random_program(rng)
        tape = as_tape(program, program.leaves)
        batch = BATCHES[n % 4]
        summed = len(tape.outputs) // 2
        rows = [
            [x * (1 + 0.01 * rng.random()) for x in program.leaves[::2]]
            for _ in range(batch)
        ]
        inputs = columns(rows)
        parameters = np.array([p.data for p in tape.parameters.values()])
        given = inputs.copy(), parameters.copy()
        expected = np.array([run(tape, row) for row in rows]).T
        split = len(expected) - summed
        for machine in (host(), NARROW[n % 2]):
            backend = Backend(machine)
            program_ = backend.compile(tape, summed=summed, numerics="eager")
            for _ in range(2):
                values, sums = program_(inputs, parameters)
                where = f"seed {seed}, program {n}: {program}"
                assert same(values.ravel(), expected[:split].ravel()), where
                totals = [0.0] * summed
                for row in expected[split:].T:
                    totals = [a + b for a, b in zip(totals, row, strict=True)]
                assert same(sums, totals), where
        assert same(inputs.ravel(), given[0].ravel())
        assert same(parameters, given[1])


@pytest.mark.parametrize("seed", [1, 2])
def test_random_programs_with_their_gradients(seed):
    """Values and gradients, sums too: 0 differing bits, twice, inputs unmodified."""
    check_programs(seed, 20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_2000_random_programs(seed):
    """As above; all seeds together are 2000 programs."""
    check_programs(seed, 200)


def network(numbers):
    """A small network and its gradient by the parameters, as a tape."""
    rng = random.Random(3)
    weights = [Value(rng.uniform(-1, 1)) for _ in range(4 * 3 + 4)]

    def f(x, y):
        hidden = [
            tanh(weights[3 * j] * x + weights[3 * j + 1] * y + weights[3 * j + 2])
            for j in range(4)
        ]
        score = sum((w * h for w, h in zip(weights[12:], hidden, strict=True)), 0.5)
        return (1 - x * score).relu()

    tape = trace(f, (0.5, -1.0)).tape
    tape = simplify(gradient(tape, list(tape.parameters)))
    parameters = np.array([p.data for p in tape.parameters.values()])
    return tape, parameters, np.random.default_rng(0).normal(size=(2, numbers))


@pytest.mark.parametrize("rows", [*BATCHES, 8, 127, 128, 129])
def test_fast_sums_do_not_depend_on_the_width(rows):
    """Vectors of 2, 4 and 8 lanes: the same bits, and near the exact sum."""
    tape, parameters, inputs = network(rows)
    exact = np.array([run(tape, list(x)) for x in inputs.T])
    found = []
    for machine in (host(), *NARROW):
        executable = Backend(machine).compile(tape, summed=17, numerics="fast")
        for _ in range(2):
            values, sums = executable(inputs, parameters)
            assert values.shape == (0, rows)
            found.append(sums.tobytes())
    assert len(set(found)) == 1
    # Any order of rows additions: rows * unit * sum of sizes; and 8 ULP of each term.
    bound = (rows + 16) * 2.0**-53 * np.abs(exact).sum(axis=0)
    totals = [math.fsum(column) for column in exact.T]
    assert (np.abs(sums - totals) <= bound).all()


def test_the_machine_without_anything():
    """Code for plain x86-64, without fused products, agrees to rounding."""
    if "x86" not in host().features and host().width == 2:
        pytest.skip("another processor")
    tape, parameters, inputs = network(13)
    plain = Machine("x86-64", "", 2, False)
    a = Backend(plain).compile(tape, summed=17, numerics="fast")(inputs, parameters)[1]
    b = Backend().compile(tape, summed=17, numerics="fast")(inputs, parameters)[1]
    assert np.allclose(a, b, rtol=1e-14, atol=1e-14)
    a = Backend(plain).compile(tape, summed=17, numerics="eager")(inputs, parameters)[1]
    b = Backend().compile(tape, summed=17, numerics="eager")(inputs, parameters)[1]
    assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("numerics", MODES)
def test_every_kind_of_output(numerics):
    """Inputs, parameters, constants, uniform numbers, one number twice; 0 rows."""
    p = Value(3.0)

    def f(x):
        y = x * p
        return x, p, Value(2.0), p * p, y, y, x, p, p * p, y, y + 0

    tape = trace(f, (1.0,)).tape
    executable = Backend().compile(tape, summed=5, numerics=numerics)
    for n in (0, 1, 8, 11, 300):
        inputs = np.arange(float(n))[None]
        values, sums = executable(inputs, np.array([3.0]))
        expected = np.array([run(tape, [x]) for x in range(n)]).T
        assert values.tolist() == (expected[:6].tolist() if n else [[]] * 6)
        assert sums.tolist() == (expected[6:].sum(axis=1).tolist() if n else [0.0] * 5)


def test_parameters_are_read_at_each_call():
    """Another number, another result; the tape's own leaf does not matter."""
    p = Value(3.0)
    tape = trace(lambda x: x * p, (1.0,)).tape
    executable = Backend().compile(tape, summed=0, numerics="eager")
    for number in (3.0, -0.5):
        values, _ = executable(np.array([[2.0, 5.0]]), np.array([number]))
        assert values.tolist() == [[2 * number, 5 * number]]


def test_a_bound_program_reads_and_writes_its_arrays():
    """What `bind` gives is called without arguments."""
    tape, parameters, inputs = network(20)
    executable = Backend().compile(tape, summed=17, numerics="eager")
    bound = executable.bind(inputs, parameters)
    for factor in (1.0, 0.5):
        parameters *= factor
        bound()
        assert same(bound.sums, executable(inputs, parameters)[1])
        assert bound.values.shape == (0, 20)


def test_a_zero_adjoint_meets_an_infinite_partial():
    """where() keeps its promise in fast arithmetic: no NaN from the other branch."""
    from autograd_core import exp, where

    tape = trace(lambda x: where(x > 0, exp(x * 1000) * x, x), (1.0,)).tape
    tape = simplify(gradient(tape, tape.inputs))
    executable = Backend().compile(tape, summed=0, numerics="fast")
    values, _ = executable(np.array([[-2.0, -1.0]]), NOTHING)
    assert values.tolist() == [[-2.0, -1.0], [1.0, 1.0]]
    flipped = trace(lambda x: where(x < 0, exp(x * 1000) * x, x), (1.0,)).tape
    flipped = simplify(gradient(flipped, flipped.inputs))
    executable = Backend().compile(flipped, summed=0, numerics="fast")
    values, _ = executable(np.array([[2.0, 1.0]]), NOTHING)
    assert values.tolist() == [[2.0, 1.0], [1.0, 1.0]]


def test_detached_numbers_and_long_sums():
    """STOP and identity are the number itself; a sum of 2000 crosses functions."""
    tape = Tape()
    x = tape.input()
    y = tape.emit(STOP, (x,))
    z = tape.emit(TABLE["identity"], (y,))
    terms = tuple([tape.emit(TABLE["mul"], (z, tape.constant(k))) for k in range(2000)])
    nothing = tape.emit(TABLE["sum"], ())
    tape.outputs = [
        tape.emit(TABLE["sum"], terms),
        tape.emit(TABLE["sum"], (z,)),
        nothing,
    ]
    for numerics in MODES:
        executable = Backend().compile(tape, summed=0, numerics=numerics)
        assert executable.report()["functions"] > 4
        values, _ = executable(np.array([[0.5, 2.0, -1.0]]), NOTHING)
        assert values[0].tolist() == [run(tape, [v])[0] for v in (0.5, 2.0, -1.0)]
        assert values[1:].tolist() == [[0.5, 2.0, -1.0], [0.0] * 3]


# -- resources -------------------------------------------------------------------------


def memory():
    """Resident bytes of this process now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="no /proc"
)


@needs_proc
def test_1e4_replays_grow_under_2_mib():
    tape, parameters, inputs = network(64)
    executable = Backend().compile(tape, summed=17, numerics="fast")
    for _ in range(100):
        executable(inputs, parameters)
    before = memory()
    for _ in range(10_000):
        executable(inputs, parameters)
    assert memory() - before < 2 << 20


@needs_proc
def test_a_hundred_dropped_programs_give_their_memory_back():
    tape = trace(lambda x: tanh(x) * x, (1.0,)).tape
    inputs = np.ones((1, 8))
    kept = []

    def compile_and_drop(count):
        for _ in range(count):
            executable = Backend().compile(tape, summed=0, numerics="fast")
            executable(inputs, NOTHING)
            kept.append(weakref.ref(executable))
            del executable
        gc.collect()

    compile_and_drop(20)
    before = memory()
    compile_and_drop(100)
    assert all(ref() is None for ref in kept)
    assert memory() - before < 4 << 20


def wide_tape(n):
    rng = random.Random(0)
    tape = Tape()
    for _ in range(4):
        tape.input()
    rows = [TABLE[name].bind({}) for name in ("add", "mul", "sub", "relu")]
    for i in range(4, n):
        row = rows[i % 4]
        tape.emit(
            row, tuple(rng.randrange(max(0, i - 50), i) for _ in range(row.arity))
        )
    tape.outputs = list(range(n - 50, n))
    return tape


def test_what_llvm_compiles_is_linear():
    """Four times the operations are four times the text, in functions of one size."""
    texts = []
    for n in (2000, 8000):
        program = Backend().compile(wide_tape(n), summed=0, numerics="fast")
        texts.append(program.at(1000).text)
    small, large = map(len, texts)
    assert 3.5 * small < large < 4.5 * small
    for text in texts:
        functions = re.findall(r"^define .*?^}", text, re.MULTILINE | re.DOTALL)
        assert max(map(len, functions)) < small / 2


def test_calls_from_threads_do_not_share_scratch_memory():
    tape, parameters, inputs = network(5000)
    executable = Backend().compile(tape, summed=17, numerics="eager")
    expected = executable(inputs, parameters)[1]
    found = []

    def work():
        found.extend([executable(inputs, parameters)[1].tobytes() for _ in range(20)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {expected.tobytes()}
    assert len(found) == 80


def test_the_same_tape_gives_the_same_text():
    texts = set()
    for _ in range(2):
        tape, _, _ = network(1)
        executable = Backend().compile(tape, summed=17, numerics="fast")
        texts.add(executable.text)
        assert "define void @run" in executable.text
    assert len(texts) == 1


# -- what is refused -------------------------------------------------------------------


REFUSED = [
    (0, "slow", r"'numerics' must be 'eager' or 'fast' \(got 'slow'"),
    (2, "fast", r"'summed' must be 0 to 1, .* \(got 2\)"),
    (-1, "fast", r"'summed' must be 0 to 1, .* \(got -1\)"),
]


@pytest.mark.parametrize(("summed", "numerics", "message"), REFUSED)
def test_bad_arguments_of_compile(summed, numerics, message):
    tape = one_row(TABLE["exp"], 1)
    with pytest.raises(ValueError, match=message):
        Backend().compile(tape, summed=summed, numerics=numerics)


def test_a_broken_tape_is_refused():
    tape = one_row(TABLE["exp"], 1)
    tape.operands[1] = (5,)
    with pytest.raises(TapeError, match="reads"):
        Backend().compile(tape, summed=0, numerics="eager")


BAD_ARRAYS = [
    (
        np.zeros((2, 3)),
        NOTHING,
        r"'inputs' .* of 1 numbers per row, .*\(2, 3\)",
    ),
    (np.zeros(3), NOTHING, r"'inputs' must be"),
    (np.zeros((1, 3), dtype="f4"), NOTHING, r"'inputs' must be a C-contiguous float64"),
    (np.zeros((1, 6))[:, ::2], NOTHING, r"'inputs' must be a C-contiguous float64"),
    ([[1.0]], NOTHING, r"'inputs' must be .*\(got list\)"),
    (
        np.zeros((1, 3)),
        np.zeros(2),
        r"'parameters' .* of 0 numbers \(got \(2,\)",
    ),
]


@pytest.mark.parametrize(("inputs", "parameters", "message"), BAD_ARRAYS)
def test_bad_arrays(inputs, parameters, message):
    executable = Backend().compile(one_row(TABLE["exp"], 1), summed=0, numerics="eager")
    for call in (executable, executable.bind):
        with pytest.raises(ValueError, match=message):
            call(inputs, parameters)


@pytest.mark.parametrize("name", ["values", "sums"])
@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 2)), np.zeros((2, 3)), np.zeros(2), np.zeros((1, 6))[:, ::2]]
)
def test_bad_arrays_of_results(name, wrong):
    """Nothing is written past the end of an array."""
    tape = trace(lambda x: [x * x, x], (1.0,)).tape
    executable = Backend().compile(tape, summed=1, numerics="eager")
    right = {"values": np.zeros((1, 3)), "sums": np.zeros(1)}
    executable.bind(np.ones((1, 3)), NOTHING, **right)()
    assert right["values"].tolist() == [[1.0] * 3]
    assert right["sums"].tolist() == [3.0]
    with pytest.raises(ValueError, match=rf"'{name}' must be a C-contiguous"):
        executable.bind(np.ones((1, 3)), NOTHING, **{name: wrong})


def test_arrays_are_looked_at_when_they_are_others():
    """The same objects again, with other numbers; new objects; another shape."""
    tape = trace(lambda x, y: x - y, (1.0, 2.0)).tape
    executable = Backend().compile(tape, summed=1, numerics="eager")
    x = np.array([[1.0, 2.0], [5.0, 7.0]])
    assert executable(x, NOTHING)[1].tolist() == [-9.0]
    x[0] = 10.0
    assert executable(x, NOTHING)[1].tolist() == [8.0]
    assert executable(x[:, :1].copy(), NOTHING)[1].tolist() == [5.0]
    assert executable(x, NOTHING)[1].tolist() == [8.0]
    x.shape = (4, 1)
    with pytest.raises(ValueError, match=r"'inputs' must be .*\(got \(4, 1\)\)"):
        executable(x, NOTHING)
    reference = weakref.ref(x)
    del x
    assert reference() is None


def test_read_only_arrays_are_read():
    executable = Backend().compile(one_row(TABLE["exp"], 1), summed=0, numerics="eager")
    inputs = np.zeros((1, 3))
    inputs.flags.writeable = False
    assert executable(inputs, NOTHING)[0].tolist() == [[1.0, 1.0, 1.0]]
