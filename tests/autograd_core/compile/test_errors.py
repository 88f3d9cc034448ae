"""Every error of compiled mode: its class, its message, and that it can happen."""

import ast
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import (
    NonFiniteError,
    Primitive,
    StaleGraphError,
    TapeError,
    TraceError,
    Value,
    compile,
    register,
)
from autograd_core.compile import backends
from autograd_core.compile.deriving.derive import gradient
from autograd_core.compile.interpret import run
from autograd_core.compile.passes.simplify import simplify
from autograd_core.compile.source.listing import source
from autograd_core.compile.tape import PARAMETER, Tape
from autograd_core.compile.tracing.trace import trace
from autograd_core.primitives import TABLE
from autograd_core.record import record
from optim import LBFGS, SGD

FOLDER = Path(ac.__file__).parent / "compile"

HERE = r" \(.*test_errors\.py:\d+\)$"
W = Value(0.5, name="w")
EXACT = Value(Fraction(1, 2))
INPUT_ROW = trace(lambda x: x, (1.0,)).tape.rows[0]


def traced(f, *args):
    return lambda: trace(f, args or (2.0,))


def tape(*rows, outputs=()):
    """A tape of (row, operands) after one input, as they are."""

    def check():
        broken = Tape()
        broken.input()
        for row, operands in rows:
            broken.emit(row, operands)
        broken.outputs = list(outputs)
        broken.verify()

    return check


def _numpy(f, **more):
    return compile(f, backend="numpy", **more)


def _index(f):
    return _numpy(f, index_argnums=0)


def _late_index():
    program = _index(lambda i: ac.take([1.0, 2.0], i))
    program(0)
    program.rows([1, 2])


def _assign(x):
    W.data = 3.0
    return x


def _grow(x):
    while x > 0:
        x = x + 1
    return x


KEPT = []


def _keep(x):
    KEPT.append(x * 2)
    return x


def _outlived():
    KEPT.clear()
    trace(_keep, (1.0,))
    trace(lambda x: x * KEPT[0], (1.0,))


def _stale():
    w = Value(1.0)
    outside = w * w
    w.data = 2.0
    trace(lambda x: x * outside, (1.0,))


def _twice():
    first = trace(lambda x: x * x, (1.0,)).tape
    once = gradient(first, first.inputs)
    gradient(once, once.inputs)


def _foreign():
    if "planted_for_source" not in TABLE:
        register(
            Primitive("planted_for_source", (lambda m, x, out: 2 * x,)),
            float=lambda x: x * x,
        )
    row = TABLE["planted_for_source"]
    found = trace(lambda x: record(row, (x,)), (1.0,))
    source(found.tape, 1, "python")


def _fraction_later():
    w = Value(1.0)
    program = _numpy(lambda x: x * w)
    program(1.0)
    w.data = Fraction(1, 2)
    program(1.0)


def _frozen_root():
    zero = Value(0.0, requires_grad=False)
    _numpy(lambda x: ac.sqrt(zero * x)).value_and_grad(1.0, parameters=[zero])


def _many_ways():
    program = _numpy(lambda xs: max(xs))
    program.rows(np.eye(10))


def _no_llvm():
    kept = backends._MODULES["llvm"]
    backends._MODULES["llvm"] = (kept[0], "no_such_package")
    try:
        backends.choose("llvm")
    finally:
        backends._MODULES["llvm"] = kept


ERRORS = [
    # -- tracing --
    (traced(lambda x: float(x)), TraceError, f"use autograd_core.exp{{0}}.*{HERE}"),
    (
        traced(lambda x: __import__("math").exp(x)),
        TraceError,
        f"function of math.*{HERE}",
    ),
    (traced(lambda x: int(x)), TraceError, f"static_argnums.*{HERE}"),
    (traced(lambda x: [1, 2, 3][x]), TraceError, f"index into a table.*take.*{HERE}"),
    (traced(lambda x: ac.take([1, 2], x)), TraceError, f"in index_argnums.*{HERE}"),
    (
        lambda: _index(lambda i: ac.take([[1.0], 2.0], i))(0),
        TraceError,
        rf"the same containers.*got \* and \[\*\]{HERE}",
    ),
    (lambda: _index(lambda i: ac.take([1.0], i))(1), IndexError, "to 0, got 1"),
    (_late_index, IndexError, "row 1: 'index' must be from 0 to 1, got 2"),
    (lambda: _index(lambda i: i)(1.5), TypeError, "argument 0 must hold ints.*1.5"),
    (
        lambda: _index(lambda i, x: x * i).value_and_grad(1, 2.0),
        TypeError,
        "argument 0 is an index, and has no derivative",
    ),
    (
        lambda: compile(abs, static_argnums=0, index_argnums=0),
        ValueError,
        "argument 0 is static, and cannot be an index",
    ),
    (traced(lambda x: 2 if x else 1), TraceError, f"truth value.*where\\(\\){HERE}"),
    (traced(lambda x: x == 2), TraceError, f"use an inequality.*{HERE}"),
    (traced(lambda x: f"{x:.2f}"), TraceError, f"print the result.*{HERE}"),
    (traced(lambda x: x * x.data), TraceError, f"\\.data would freeze.*detach.*{HERE}"),
    (traced(lambda x: x * W.data), TraceError, f"\\.data would freeze.*{HERE}"),
    (traced(_assign), TraceError, f"assignment to \\.data.*outside{HERE}"),
    (traced(lambda x: (x * x).backward()), TraceError, f"ask the compiled.*{HERE}"),
    (traced(lambda x: (W * W).backward()), TraceError, f"once and not.*{HERE}"),
    (traced(_grow), TraceError, f"10000 questions.*cannot be compiled{HERE}"),
    (_outlived, TraceError, f"outlived its trace{HERE}"),
    (_stale, StaleGraphError, "was assigned"),
    (traced(lambda x: x * EXACT), TraceError, f"holds Fraction; convert.*{HERE}"),
    (traced(lambda x: "text"), TraceError, "returns numbers in lists.*got str$"),
    (traced(lambda x: [x, {"a": "b"}]), TraceError, "got str in list"),
    (
        traced(lambda x: record(TABLE["softmax"], (x, x))),
        TraceError,
        "got a row of several",
    ),
    (traced(lambda x: x < "a"), TypeError, "unsupported operands for <: Value and str"),
    (
        traced(lambda x: record(TABLE["leaky_relu"].bind({"slope": x._data}), (x,))),
        TraceError,
        f"'slope' of leaky_relu must be a number that is the same{{0}}.*{HERE}",
    ),
    (
        traced(
            lambda x: (
                ac.jvp(lambda t: ac.exp(t) * t, (1.0,), (1.0,))[1] * x._data.__float__()
            )
        ),
        TraceError,
        f"has no value while.*{HERE}",
    ),
    # -- tapes --
    (tape((TABLE["neg"], (1,))), TapeError, r"%1 = neg\(1,\) reads a later number"),
    (tape((TABLE["neg"], (-1,))), TapeError, "reads a later number"),
    (tape((Primitive("odd", ()), ())), TapeError, "'odd' is not a primitive"),
    (tape((TABLE["add"], (0,))), TapeError, "it takes 2"),
    (tape((TABLE["item"].bind({"k": 0}), (0,))), TapeError, "item of one number, %0"),
    (tape((PARAMETER, ())), TapeError, r"list of parameters is \[\], not \[1\]"),
    (tape(outputs=[5]), TapeError, r"an output of \[5\] is not on the tape"),
    (_twice, TapeError, "gradient of a gradient; ask for the Hessian"),
    (lambda: run(trace(lambda x: x, (1.0,)).tape, []), ValueError, "1 inputs, got 0"),
    # -- making a program --
    (lambda: compile(3), TypeError, "'function' must be callable"),
    (lambda: compile(abs, numerics="exact"), ValueError, "'fast' or 'eager'"),
    (lambda: compile(abs, backend="c"), ValueError, "one of 'auto', 'llvm', 'numpy'"),
    (
        _no_llvm,
        ImportError,
        r"needs no_such_package; pip install 'autograd-core\[jit\]'",
    ),
    (
        lambda: compile(abs).training(optimizer=SGD([Value(1.0)], lr=0.1), clip=0),
        ValueError,
        "'clip' must be greater than 0 .got 0",
    ),
    (lambda: compile(abs, static_argnums=-1), ValueError, "positions from 0"),
    (lambda: compile(abs, static_argnums=["x"]), ValueError, "positions from 0"),
    (lambda: _numpy(abs).tape, TraceError, "call the program first"),
    (lambda: _numpy(abs).report(), TraceError, "call the program first"),
    (lambda: _numpy(abs).source(), TraceError, "call the program first"),
    # -- arguments --
    (lambda: _numpy(abs)(W), TypeError, "argument 0 holds a Value.*pass v.data"),
    (lambda: _numpy(abs).rows([W]), TypeError, "row 0 holds a Value"),
    (lambda: _numpy(abs)(object()), TypeError, "got object.*static_argnums"),
    (lambda: _numpy(abs)(1j), TypeError, "must hold numbers .got complex"),
    (
        lambda: _numpy(abs, static_argnums=0)([1]),
        TypeError,
        "hashable .got list.*tuple",
    ),
    (lambda: _numpy(abs).rows(3.0), TypeError, "an entry per row .got float.*itself"),
    (lambda: _numpy(abs).rows({"a": [1]}), TypeError, "an entry per row .got dict"),
    (lambda: _numpy(abs).rows(np.array(3.0)), TypeError, "got one number"),
    (lambda: _numpy(abs).rows([]), ValueError, "at least one row"),
    (lambda: _numpy(abs).rows(np.empty((0, 2))), ValueError, "at least one row"),
    (
        lambda: _numpy(lambda x, y: x).rows([1.0, 2.0], [1.0]),
        ValueError,
        "argument 1 has 1 rows, and the arguments before it have 2",
    ),
    (
        lambda: _numpy(sum).rows([[1.0, 2.0], [1.0]]),
        ValueError,
        r"row 1 of argument 0 is \[\*\], and row 0 is \[\*, \*\]",
    ),
    (lambda: _numpy(lambda x: x)(10**400), OverflowError, "does not fit"),
    # -- derivatives --
    (
        lambda: _numpy(lambda x: [x, x]).value_and_grad(1.0),
        TypeError,
        r"returns one number, got \[\*, \*\]; use jacobian",
    ),
    (lambda: _numpy(lambda x: [x]).backward([1.0]), TypeError, "returns one number"),
    (lambda: _numpy(abs).value_and_grad(1.0, argnums=3), TypeError, "argnums 3 asks"),
    (
        lambda: _numpy(lambda x: x).value_and_grad("a"),
        TypeError,
        "argument 0 holds something else than numbers",
    ),
    (
        lambda: _numpy(lambda x: x, static_argnums=0).value_and_grad(1),
        TypeError,
        "argument 0 is static",
    ),
    (
        lambda: _numpy(lambda x: x[0]).value_and_grad([1.0], parameters=[1.0]),
        TypeError,
        "'parameters' must hold Values .got float",
    ),
    (
        lambda: _numpy(lambda x: x).value_and_grad(1.0, parameters=[W]),
        TypeError,
        "does not read from outside",
    ),
    (
        lambda: _numpy(lambda x: W * 1.0).value_and_grad(1.0, parameters=[]),
        TypeError,
        "no number in the arguments",
    ),
    (_fraction_later, TypeError, "was given Fraction"),
    (
        lambda: _numpy(abs).backward([1.0], reduction="max"),
        ValueError,
        "'mean', 'sum' or None",
    ),
    (
        lambda: _numpy(lambda x: ac.log(W * x)).backward([1.0, 0.0]),
        NonFiniteError,
        r"^row 1: log\(0\.0\) = -inf .* No parameter was moved; a smaller l[^_]*$",
    ),
    (
        lambda: _numpy(lambda x: W * x * 1e308).backward([1.0] * 4, reduction="sum"),
        NonFiniteError,
        "every row is finite, but their sum is not",
    ),
    (
        lambda: _numpy(lambda x: float("inf")).value_and_grad(1.0),
        NonFiniteError,
        "the function returned inf",
    ),
    (_frozen_root, NonFiniteError, r"^a derivative is not finite\. allow_nonfinite"),
    # -- bound calls --
    (
        lambda: _numpy(lambda x: x[0]).bind([1.0, 2.0]),
        TypeError,
        "argument 0 must be a C-contiguous float64 array, .*got a list",
    ),
    (
        lambda: _numpy(lambda x: x[0]).bind(np.ones((2, 2))[:, 0], wanted="slope"),
        ValueError,
        "one of 'value', 'gradient', .*got 'slope'",
    ),
    (
        lambda: _numpy(lambda x: x[0]).bind(np.ones(2), argnums=0),
        ValueError,
        "a value has no 'argnums'",
    ),
    (
        lambda: _numpy(lambda x: x[0]).bind(np.ones(2), out=np.ones(2)),
        ValueError,
        r"'out' must be a writeable .* of shape \(1,\) \(got float64 \(2,\)",
    ),
    (
        lambda: _numpy(lambda x: x if x > 0 else -x).bind(np.array(1.0)),
        TraceError,
        "a bound call goes one way.* at .*test_errors.py:.*use where",
    ),
    (
        lambda: _numpy(lambda i: W * i, index_argnums=0).bind(np.array(1.0)),
        TypeError,
        "call a program with 'index_argnums' itself",
    ),
    # -- branches --
    (_many_ways, TraceError, r"8 ways .*test_errors.py:\d+\. Use where\(\), maximum"),
    (
        lambda: _numpy(lambda x: [x] if x > 0 else x).rows([1.0, -1.0]),
        TraceError,
        "return the same containers",
    ),
    # -- training --
    (
        lambda: _numpy(lambda x: W * x).step([1.0], optimizer=3),
        TypeError,
        r"first-order optimizer of optim.*\(got int, which has no parameters",
    ),
    (
        lambda: (
            _numpy(lambda x: W * x)
            .training(optimizer=SGD([W], lr=0.1))
            .steps(iter([([1.0],)]))
        ),
        TypeError,
        r"'batches' must be a list or a tuple.*\(got a list_iterator\); train",
    ),
    (
        lambda: _numpy(lambda x: W * x).train(3, optimizer=SGD([W], lr=0.1)),
        TypeError,
        r"'batches' must be an iterable of tuples .*\(got int\)",
    ),
    (
        lambda: _numpy(lambda x: W * x).train([1.0], optimizer=SGD([W], lr=0.1)),
        TypeError,
        r"'batches' must be tuples of arguments, such as \(X, Y\) \(got 1\.0 that is",
    ),
    (
        lambda: (
            _numpy(lambda x: W * x)
            .training(optimizer=SGD([W], lr=0.1))
            .steps(iter([([1.0],)]))
        ),
        TypeError,
        r"'batches' must be a list or a tuple.*\(got a list_iterator\)",
    ),
    (
        lambda: _numpy(lambda x: W * x).step([1.0], optimizer=SGD([Value(1.0)], lr=1)),
        ValueError,
        r"'optimizer' moves none of the numbers that the function reads",
    ),
    (
        lambda: _numpy(lambda x: W * x).step([1.0], optimizer=LBFGS([Value(1.0)])),
        TypeError,
        "first-order optimizer of optim.*got LBFGS",
    ),
    (
        lambda: _numpy(lambda x: W * x).train(
            [], optimizer=SGD([W], lr=0.1), reduction="none"
        ),
        ValueError,
        "'mean', 'sum' or None",
    ),
    # -- sources --
    (lambda: source(trace(abs, (1.0,)).tape, 1, "rust"), ValueError, "'python' or 'c'"),
    (_foreign, TraceError, "'planted_for_source' was added from outside"),
    (
        lambda: source(
            trace(
                lambda x: record(TABLE["round"].bind({"digits": 2}), (x,)), (1.0,)
            ).tape,
            1,
            "c",
        ),
        TraceError,
        r"there is no C for <primitive round, digits=2>; use source\('python'\)",
    ),
]


@pytest.fixture(autouse=True)
def _table():
    yield
    TABLE.discard("planted_for_source")


def _id(row):
    return row[2].replace("\\", "")[:40]


@pytest.mark.parametrize(("trigger", "error", "message"), ERRORS, ids=map(_id, ERRORS))
def test_messages(trigger, error, message):
    """Each error has its class and its sentence, and the sentence says what to do."""
    number, slope = W.data, W.grad
    with pytest.raises(error, match=message.replace("{0}", "")):
        trigger()
    assert (W.data, W.grad) == (number, slope), "nothing was changed"


def test_nothing_is_open_afterwards():
    """After every error Values compute as before."""
    for trigger, error, _ in ERRORS:
        with pytest.raises(error):
            trigger()
        assert (Value(2.0) * 3).data == 6.0


def _places(error):
    seen, places = set(), set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        trail = error.__traceback__
        while trail is not None:
            places.add((trail.tb_frame.f_code.co_filename, trail.tb_lineno))
            trail = trail.tb_next
        error = error.__cause__ or error.__context__
    return places


def test_every_raise_is_executed():
    """Each ``raise`` of the package is reached by a row of the table."""
    places = set()
    for trigger, error, _ in ERRORS:
        try:
            trigger()
        except error as caught:
            places |= _places(caught)
    missing = []
    others = {"llvm", "exports"}  # their errors: test_llvm*.py, test_exports*.py
    for path in sorted(FOLDER.rglob("*.py")):
        if others.intersection(path.relative_to(FOLDER).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                lines = range(node.lineno, node.end_lineno + 1)
                if not any((str(path), line) in places for line in lines):
                    missing.append(f"{path.name}:{node.lineno}")
    assert not missing, missing


def test_simplify_refuses_a_broken_tape():
    """Passes verify what they are given."""
    broken = Tape()
    broken.input()
    broken.emit(TABLE["neg"], (7,))
    broken.outputs = [1]
    with pytest.raises(TapeError):
        simplify(broken)
