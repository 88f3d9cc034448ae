"""Python read as lanes, by itself: what is read, and what is left to Python."""

import gc
import itertools
import math
import random
import sys
import weakref
from itertools import pairwise

import pytest

pytest.importorskip("llvmlite")
np = pytest.importorskip("numpy")

from autograd_core import Value, relu  # noqa: E402
from autograd_core.compile.backends.llvm import target  # noqa: E402
from autograd_core.compile.backends.llvm.backend import Backend  # noqa: E402
from autograd_core.compile.backends.llvm.steps import sequence as sequences  # noqa: E402
from autograd_core.compile.backends.llvm.straight import chains, plan, sums  # noqa: E402
from autograd_core.compile.backends.llvm.vectors import libm  # noqa: E402
from autograd_core.compile.backends.llvm.vectors.answers import (  # noqa: E402
    both,
    either,
    every,
    none_of,
    truth,
)
from autograd_core.compile.backends.llvm.vectors.kernels import Reader  # noqa: E402
from autograd_core.compile.backends.llvm.vectors.lanes import (  # noqa: E402
    Body,
    Lanes,
    NotLanes,
    Vectors,
)
from autograd_core.compile.backends.llvm.vectors.library import KNOWN, LIBM  # noqa: E402
from autograd_core.compile.deriving.derive import gradient  # noqa: E402
from autograd_core.compile.passes.simplify import simplify  # noqa: E402
from autograd_core.compile.tape import STRONG, Tape  # noqa: E402
from autograd_core.compile.tracing.trace import trace  # noqa: E402
from autograd_core.primitives import TABLE  # noqa: E402

NOTHING = np.empty(0)


def lanes(body=None):
    return Lanes(body or Body(Vectors(4, True)), "f", "%a0")


def read(function, *xs, numerics="eager"):
    """The function of this file, read on one operand."""
    x = lanes()
    reader = Reader(x.body, KNOWN[numerics], frozenset({__name__}))
    return reader.call(function, (x, *xs), {}), x.body


# -- what is refused, so that Python computes it ---------------------------------------


def looping(x):
    while x > 1.0:
        x = x / 2.0
    return x


def appending(x):
    found = []
    if x > 0.0:
        found.append(x)
    return x


def without_result(x):
    y = x + 1.0  # noqa: F841 - nothing is returned


def returning_nothing(x):
    if x > 0.0:
        return  # noqa: RET502
    return x


def of_two_lengths(x):
    return (x, x) if x > 0.0 else (x,)


def catching(x):
    y = 1.0
    try:
        y = 1.0 / x
    except ZeroDivisionError:
        y = 2.0
    return y


def in_one_lane(x):
    items = [x]
    if x > 0.0:
        items[0] = 1.0
    return items[0]


def adding_to_an_element(x):
    items = [x]
    items[0] += 1.0
    return items[0]


def doubly(x):
    return sum([a + b for a in (x, x) for b in (x, x)])


def of_a_dict(x):
    return {"x": x}["x"]


REFUSED = {
    looping: "While over lanes",
    appending: "append in some lanes",
    without_result: "returns nothing",
    returning_nothing: "a return of nothing",
    of_two_lengths: "different lengths",
    catching: "caught and goes on",
    in_one_lane: "an assignment over lanes",
    adding_to_an_element: "on something else than a name",
    doubly: "two loops",
    of_a_dict: "Dict over lanes",
    math.gamma: "gamma.* on lanes",
    (lambda x: x.is_integer()): "is_integer.* on lanes",
    (lambda x: x % 2.0): "mod.* on lanes",
    (lambda x: "a" if x > 0.0 else x): "'a' is not a number",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_what_lanes_cannot(function):
    with pytest.raises(NotLanes, match=REFUSED[function]):
        read(function)


OPERATIONS = {
    "an `if` over lanes": bool,
    r"float\(\) of lanes": float,
    "lanes of b and f together": lambda x: (x > 0) + x,
    "fadd of lanes of kind b": lambda x: (x > 0) + (x > 1),
    "fdiv of lanes of kind i": lambda x: x.body.cast(x, "i") / 2,
}


@pytest.mark.parametrize("message", OPERATIONS)
def test_operations_that_lanes_do_not_have(message):
    with pytest.raises(NotLanes, match=message):
        OPERATIONS[message](lanes())
    with pytest.raises(TypeError, match="unsupported operand"):
        lanes() + "text"
    with pytest.raises(TypeError, match="not supported"):
        assert lanes() < "text"


def test_two_functions_in_one_line_are_not_told_apart():
    pair = (lambda x: x + 1.0, lambda x: x + 2.0)
    with pytest.raises(NotLanes, match="2 functions where <lambda> begins"):
        read(pair[0])


def test_a_function_without_text():
    code = looping.__code__.replace(co_filename="nowhere.py", co_name="lost")
    lost = type(looping)(code, globals())
    with pytest.raises(NotLanes, match="the text of lost is not there"):
        read(lost)


def test_a_sum_that_python_compensates_is_left_to_python(monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 12))
    with pytest.raises(NotLanes, match=r"compensated since Python 3\.12"):
        read(lambda x: sum([x, x]))


def test_a_library_that_is_not_maths_is_not_used(monkeypatch):
    """Where C and `math` differ, Python's function is called: the same bits."""
    monkeypatch.setattr(libm, "address", lambda symbol, arity: None)
    for function in (math.exp, math.pow, math.ldexp):
        with pytest.raises(NotLanes, match="not the C library's"):
            read(function, *[2] * (function is not math.exp))


# -- what is read ----------------------------------------------------------------------


def test_what_is_known_is_not_computed():
    """Orders of derivatives decide branches while reading."""

    def f(x, k):
        if k > 3 and x > 0.0:
            return x
        found: float = 0.0
        for i in range(k):
            found += i * x if i else x
        return found

    result, body = read(f, 2)
    assert result.kind == "f"
    assert not [line for line in body.lines if "select" in line or "fcmp" in line]


def test_both_sides_of_a_choice_are_masked():
    def f(x):
        y = 1.0
        if x > 0.0:
            y = x
        else:
            y = -x
        return y

    _, body = read(f)
    assert len([line for line in body.lines if "select" in line]) == 1


def outer(factor):
    def inner(x):
        return factor * x

    return inner


def test_names_of_the_functions_around():
    _, body = read(outer(2.0))
    assert "fmul" in body.lines[0]


def test_a_side_that_returns_leaves_the_other_sides_names():
    def f(x):
        y = +x
        if x > 0.0:
            y = 1.0
        else:
            return x
        items = [0.0, 0.0]
        items[1] = y
        two = 2.0
        return items[1] + (two if x > 5.0 else 2.0)

    _, body = read(f)
    assert len([line for line in body.lines if "select" in line]) == 1
    assert "fadd" not in "".join(body.lines)  # 1.0 + 2.0 is known


def test_the_same_line_is_written_once():
    _, body = read(lambda x: (x + 1.0) * (x + 1.0))
    assert len(body.lines) == 2


def test_answers():
    mask = lanes() > 0.0
    assert both(True, mask) is mask is both(mask, True)
    assert both(False, mask) is False is both(mask, False)
    assert either(False, mask) is mask is either(mask, False)
    assert either(True, mask) is True is either(mask, True)
    assert none_of(False) is True
    assert none_of(mask).kind == "b"
    assert every([]) is True
    assert every([True, mask]) is mask
    assert truth(0.0) is False
    assert truth(mask) is mask
    assert truth(lanes()).kind == "b"
    assert mask & True is mask
    assert mask & False is False
    assert mask | False is mask
    assert mask | True is True
    assert repr(mask) == mask.ref


def test_rare_work_is_behind_a_jump():
    body = Body(Vectors(4, True))
    x = lanes(body)
    result = body.rarely(x > 9.0, lambda: x * 2.0, x)
    assert body.jumps
    text = body.function("f", 1, result)
    assert "br i1" in text
    assert "phi" in text


# -- the library of C ------------------------------------------------------------------


def test_every_function_of_c_is_checked_against_math():
    for symbol, arity in LIBM.items():
        assert libm.address(symbol, arity)
    assert libm.address("ldexp", 2)
    libm.address.cache_clear()


def test_a_c_function_with_other_bits_is_refused(monkeypatch):
    libm.address.cache_clear()
    monkeypatch.setattr(math, "exp", lambda x: 1.0)
    assert libm.address("exp", 1) is None
    libm.address.cache_clear()


def test_no_c_library(monkeypatch):
    libm.address.cache_clear()
    monkeypatch.setattr(libm, "_LIBRARIES", ("no-such-library",))
    assert libm.address("exp", 1) is None
    libm.address.cache_clear()


def test_without_llvmlite(monkeypatch):
    import builtins

    real = builtins.__import__

    def refuse(name, *given, **more):
        if name == "llvmlite":
            raise ImportError(name)
        return real(name, *given, **more)

    target._llvm.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"autograd-core\[jit\]"):
        target._llvm()
    monkeypatch.undo()
    assert target._llvm()


@pytest.mark.parametrize(
    ("features", "width"),
    [
        ({"avx512f": True, "avx512dq": True, "avx512vl": True, "fma": True}, 8),
        ({"avx512f": True, "avx2": True, "fma": True}, 4),
        ({"sse2": True}, 2),
        ({"neon": True}, 2),
    ],
)
def test_the_width_of_machines(monkeypatch, features, width):
    class Fake:
        get_host_cpu_features = staticmethod(lambda: features)
        get_host_cpu_name = staticmethod(lambda: "some")

    monkeypatch.setattr(target, "_llvm", lambda: Fake)
    arm = "neon" in features
    name = "aarch64" if arm else "x86_64"
    monkeypatch.setattr(target.platform, "machine", lambda: name)
    found = target.host.__wrapped__()
    assert found.width == width
    assert found.fused == (arm or "fma" in features)


# -- plans and sums --------------------------------------------------------------------


def tape_of(f, *example):
    return trace(f, example).tape


def test_products_are_fused_in_fast_arithmetic_only():
    tape = tape_of(lambda x, y: (x * y + x, x - x * y, x * y - y, y * y + x), 1.0, 2.0)
    fast = plan.plan(tape, 0, "fast")
    assert [o.row.name for o in fast.varying] == ["fma", "fnma", "fms", "fma"]
    eager = plan.plan(tape, 0, "eager")
    assert not [o for o in eager.varying if o.row.name in plan.FUSED]
    executable = Backend().compile(tape, summed=0, numerics="fast")
    values, _ = executable(np.array([[3.0], [5.0]]), NOTHING)
    assert values.ravel().tolist() == [18.0, -12.0, 10.0, 28.0]


def test_a_product_that_is_read_twice_is_not_fused():
    tape = simplify(tape_of(lambda x: (x * x + 1, x * x), 1.0))
    names = [o.row.name for o in plan.plan(tape, 0, "fast").varying]
    assert sorted(names) == ["add", "mul"]


def test_sums_of_products_are_tiles():
    """5 x 6 products, one of them twice, sums without products: all are right."""
    tape = Tape()
    left = [tape.input() for _ in range(5)]
    right = [tape.input() for _ in range(6)]
    products = [tape.emit(TABLE["mul"], (a, b)) for a in left for b in right]
    again = tape.emit(TABLE["mul"], (left[0], right[0]))
    lone = tape.emit(TABLE["mul"], (left[0], left[0]))
    tape.outputs = [*products, again, lone, *left]
    drawn = plan.plan(tape, len(tape.outputs), "fast")
    assert len(drawn.products) == 32
    shapes = {(len(a), len(b)) for a, b, _ in sums._tiles(drawn)}
    assert shapes == {(4, 2), (1, 7), (1, 1), (5, 0)}
    inputs = np.arange(11.0 * 300).reshape(11, 300) % 7
    for rows in (300, 5, 8, 1):
        x = np.ascontiguousarray(inputs[:, :rows])
        for numerics in ("fast", "eager"):
            executable = Backend().compile(
                tape, summed=len(tape.outputs), numerics=numerics
            )
            _, found = executable(x, NOTHING)
            pairs = [(a, b) for a in range(5) for b in range(5, 11)]
            pairs += [(0, 5), (0, 0)]
            expected = [x[a] @ x[b] for a, b in pairs] + [x[a].sum() for a in range(5)]
            assert found.tolist() == expected


@pytest.mark.parametrize("rows", [1, 2, 5, 300])
def test_eager_sums_add_row_after_row(rows):
    """Sums of products and of numbers, in panels: the bits of additions in a line."""
    tape = Tape()
    left = [tape.input() for _ in range(3)]
    right = [tape.input() for _ in range(45)]
    products = [tape.emit(STRONG, (a, b)) for a in left for b in right]
    products += [tape.emit(TABLE["mul"], (left[0], b)) for b in right[:3]]
    products.append(tape.emit(TABLE["mul"], (left[0], right[0])))  # once more
    tape.outputs = [*products, *right, left[1]]
    executable = Backend().compile(tape, summed=len(tape.outputs), numerics="eager")
    assert executable.program.rows < 300  # several panels
    x = np.random.default_rng(5).normal(size=(48, rows))
    x[0, ::3] = 0.0
    x[3, ::3] = np.inf  # where the factor is 0: not added
    x[3, 1::3] = -0.0
    _, found = executable(x, NOTHING)
    with np.errstate(invalid="ignore"):  # 0 times infinity, infinity less infinity
        strong = [np.where(x[a] != 0, x[a] * b, -0.0) for a in range(3) for b in x[3:]]
        plain = [x[0] * b for b in x[[3, 4, 5, 3]]]
        terms = np.array([*strong, *plain, *x[3:], x[1]])
        terms = np.concatenate([np.zeros((len(terms), 1)), terms], axis=1)
        expected = np.add.accumulate(terms, axis=1)[:, -1]
    assert np.isfinite(expected[:45]).all()
    assert np.array_equal(found, expected, equal_nan=True)
    assert not np.signbit(found[found == 0]).any()


@pytest.mark.parametrize("numerics", ["fast", "eager"])
def test_the_sums_of_a_single_row_are_its_numbers(numerics):
    """Scalar code: factors and products wherever they are read; and no -0.0."""
    tape = Tape()
    a, b, c = (tape.input() for _ in range(3))
    product = tape.emit(TABLE["mul"], (a, b))
    tape.outputs = [product, tape.emit(TABLE["mul"], (a, c)), product, c]
    executable = Backend().compile(tape, summed=3, numerics=numerics, single=True)
    values, sums_of = executable(np.array([[2.0], [3.0], [-0.0]]), NOTHING)
    assert values.tolist() == [[6.0]]
    assert list(map(repr, sums_of.tolist())) == ["0.0", "6.0", "0.0"]


@pytest.mark.parametrize("numerics", ["fast", "eager"])
def test_sums_over_the_same_numbers_go_side_by_side(numerics, monkeypatch):
    """Eight sums at a time, after all that they read; no bit changes."""
    rng = random.Random(3)
    widths = [3, 11, 9, 1]
    layers = [
        [[Value(rng.gauss(0, 1)) for _ in range(n + 1)] for _ in range(m)]
        for n, m in pairwise(widths)
    ]

    def network(*x):
        for layer in layers:
            x = [
                sum((w * a for w, a in zip(ws, x, strict=False)), ws[-1])
                for ws in layer
            ]
            x = [relu(z) for z in x]
        return x[0]

    tape = tape_of(network, *[0.5] * 3)
    operations = chains.interleaved(plan.plan(tape, 0, numerics))
    sums_of = [o for o in operations if o.row.name in ("fma", "add")]
    waiting = [a.items[0][0] in b.operands for a, b in pairwise(sums_of)]
    assert sum(waiting) == 10 + 8  # the ninth sum of 11 terms, and the one of 9

    tape = gradient(tape, tape.inputs)
    drawn = plan.plan(tape, 0, numerics)
    operations = chains.interleaved(drawn)
    assert len(operations) == len(drawn.varying)
    assert set(map(id, operations)) == set(map(id, drawn.varying))
    made = {i for o in operations for i in o.items[0]}
    there = set()
    for operation in operations:
        assert made.intersection(operation.operands) <= there
        there.update(operation.items[0])

    x = np.random.default_rng(0).normal(size=(3, 50))
    p = np.array([leaf.data for leaf in tape.parameters.values()])
    found = []
    for together in (chains.TOGETHER, 1):
        monkeypatch.setattr(chains, "TOGETHER", together)
        run = Backend().compile(tape, summed=0, numerics=numerics)
        found.append(run(x, p)[0].tobytes())
    assert found[0] == found[1]


# -- several programs in one call ------------------------------------------------------


def bound(f, x):
    tape = tape_of(f, 1.0)
    return Backend().compile(tape, summed=0, numerics="fast").bind(x, NOTHING)


def test_a_sequence_stops_before_it_changes_anything():
    """A check that fails ends it; what comes later has not been done."""
    x = np.arange(1.0, 20.0)[None]
    step = bound(lambda x: 1 / x, x)
    other = np.zeros(19)
    whole = sequences.Sequence(
        [
            sequences.Run(step),
            sequences.Finite(step.values),
            sequences.Copy(step.values[0], other),
        ]
    )
    assert whole([()]) == 1
    assert other.tolist() == (1 / x[0]).tolist()
    for bad in (0, 7, 8, 18):  # in the vectors and in the rest
        x[0, bad] = 0.0
        before = other.copy()
        assert whole([()]) == 0
        assert other.tolist() == before.tolist()
        x[0, bad] = 1.0
    for bad in (math.nan, -math.inf):
        x[0, 3] = bad
        assert sequences.Sequence([sequences.Finite(x)])([()]) == 0
    assert sequences.Sequence([])([()]) == 1
    assert sequences.Sequence([sequences.Finite(np.empty(0))])([()]) == 1


def test_steps_that_cannot_be():
    with pytest.raises(ValueError, match=r"'target' must have the 3 .* \(got 2\)"):
        sequences.Copy(np.zeros(3), np.zeros(2))
    for array in (np.zeros(6)[::2], np.zeros(3, dtype="f4")):
        with pytest.raises(ValueError, match="must be contiguous float64"):
            sequences.Sequence([sequences.Finite(array)])


@pytest.mark.parametrize("kind", [float, int])
@pytest.mark.parametrize("lines", [True, False])
def test_an_argument_is_read_by_its_strides(kind, lines):
    """Whatever its shape, in blocks of four or not; other arrays are refused."""
    rng = np.random.default_rng(0)
    for shape in [(), (5,), *itertools.product((0, 1, 3, 4, 9, 13), repeat=2)]:
        x = rng.integers(100, size=shape).astype(kind)
        for array in (x, np.asfortranarray(x), np.repeat(x, 2, axis=-1)[..., ::2]):
            if not shape and array.shape:
                continue
            whole = np.zeros(x.size + 2)  # what is around it stays 0
            target = whole[1:-1].reshape(shape[::-1] if lines else shape)
            if lines:
                target = target.T
            most = np.broadcast_to(np.int64(99), shape)
            if kind is float:
                step = sequences.Numbers(1, target)
            else:
                step = sequences.Ints(1, target, most)
            read = sequences.Sequence([sequences.Same(0, whole), step], arguments=2)
            assert read([(whole, array)]) == 1
            assert np.array_equal(target, x)
            assert whole[0] == whole[-1] == 0.0
            others = [(x, array), (whole, x.tolist()), (whole,), (whole, None)]
            others += [
                (whole, array.astype("f4")),
                (whole, array[None]),
                [whole, array],
            ]
            assert [read([batch]) for batch in others] == [0] * len(others)
            if kind is int and x.size:
                array = array.copy()
                array[(-1,) * x.ndim] = rng.choice([100, -1])
                assert read([(whole, array)]) == 0


def test_places_of_a_step():
    """Their arrays have to be int64."""
    x = np.zeros(3)
    step = sequences.Place(x, np.zeros(2, dtype="i4"), x, np.zeros(2, dtype=int))
    with pytest.raises(ValueError, match=r"places must be contiguous int64 .*int32"):
        sequences.Sequence([step])


def test_a_builtin_keeps_its_code_and_counts_what_it_returns():
    """It lives as long as its function; None is given back as often as it is taken."""
    x = np.array([[2.0]])
    program = bound(lambda x: x * x, x)
    run = program.entry()
    code = weakref.ref(run.__self__[0])
    before = sys.getrefcount(None)
    assert all(run() is None for _ in range(1000))
    assert abs(sys.getrefcount(None) - before) < 100
    assert program.values.tolist() == [[4.0]]
    with pytest.raises(TypeError, match="takes no arguments"):
        run(1)
    del run
    gc.collect()
    assert code() is None
    read = sequences.Sequence([sequences.Finite(x)]).call  # of a sequence that is gone
    gc.collect()
    assert (read(((), ())), read([()]), read(((1,),)), read((1,))) == (2, 0, 0, 0)
