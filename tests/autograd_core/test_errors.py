"""Every error of the engine: its class, its message, and that it can happen.

The last test reads the source: each ``raise`` of the engine's modules is executed
by a row of the table here, so an error nobody can provoke, or nobody checked the
sentence of, is found when it is written.
"""

import ast
import math
import pickle
from fractions import Fraction
from pathlib import Path

import pytest

import autograd_core as ac
from autograd_core import (
    ExactnessError,
    GraphError,
    NonFiniteError,
    Primitive,
    PrimitiveError,
    StaleGraphError,
    Value,
    grad,
    register,
)
from autograd_core.numbers import Column, column_of, register_type
from autograd_core.primitives import TABLE
from autograd_core.record import record
from autograd_core.selfcheck import check_row

PACKAGE = Path(ac.__file__).parent

# -- classes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bases"),
    [
        ("CheckpointError", (ValueError,)),
        ("NonFiniteError", (ArithmeticError, ValueError)),
        ("ExactnessError", (TypeError,)),
        ("GraphError", (RuntimeError,)),
        ("StaleGraphError", (GraphError, RuntimeError)),
        ("GradientCheckError", (AssertionError,)),
        ("PrimitiveError", (ValueError,)),
        ("ExpressionError", (ValueError,)),
        ("TapeError", (RuntimeError,)),
        ("TraceError", (TypeError,)),
        ("GraphvizNotFound", (RuntimeError,)),
    ],
)
def test_classes(name, bases):
    """Each class is exported and is also the built-in that a caller would catch."""
    error = getattr(ac, name)
    assert error.__name__ == name
    for base in bases:
        assert issubclass(error, base)
    assert error.__doc__


# -- triggers --------------------------------------------------------------------------


def v(data=2.0):
    return Value(data)


def _set(x, name, value):
    setattr(x, name, value)


def _stale():
    x = Value(3.0, name="x")
    y = x * x
    y.name = "y"
    x.data = 100.0
    y.backward()


def _stale_closure():
    w = v()

    def f(x):
        y = x * w
        w.data = 1.0
        return y + 1

    grad(f)(1.0)


def _strict():
    with ac.strict():
        ac.log(v(0.0))


def _row(*rules, **more):
    name = more.pop("name", "planted")
    return Primitive(name, more.pop("partials", rules), **more)


def _checked(*rules, **more):
    check_row(_row(*rules, **more))


def _bad_column():
    register_type(
        type("Number", (), {}),
        Column("planted", {}, dict.fromkeys(ac.primitives.CONSTANTS), float),
    )


def _exact():
    return column_of(Fraction(1))


def half():
    return Value(Fraction(1, 2))


def _overflowing_sum():
    # finite slopes whose sum is not: named as such, at the leaf
    x = Value(0.5, name="x")
    (x * 1e308 + x * 1e308).backward()


# trigger, class, message; in the order of the modules
ERRORS = [
    # data.py
    (
        lambda: Value("3.0"),
        TypeError,
        r"Value\(\) takes a real number .*got str '3\.0'",
    ),
    (lambda: Value([1] * 99), TypeError, r"got list \[1, 1, .*\.\.\.$"),
    (lambda: Value(10**400), OverflowError, r"int of 401 digits .*Fraction\(\.\.\.\)"),
    (lambda: Value(10**9999), OverflowError, r"int of many digits does not fit"),
    # functions.py
    (
        lambda: ac.maximum(0.5, Fraction(1)),
        TypeError,
        r"maximum\(\) got numbers of Fraction and float; make them the same",
    ),
    (lambda: ac.exp(), TypeError, r"exp\(\) takes 1 operands?, got 0"),
    (
        lambda: ac.clip(v(), 2, 1),
        ValueError,
        r"clip\(\) needs low <= high, got 2 and 1",
    ),
    (lambda: ac.softmax(3), TypeError, r"softmax\(\) takes a sequence .*got int"),
    (lambda: ac.softmax([]), ValueError, r"softmax\(\) of no numbers is not defined"),
    (
        lambda: ac.dot([1], [1, 2]),
        ValueError,
        r"dot\(\) needs equal lengths, got 1 and 2",
    ),
    (lambda: ac.take([1.0], 1.0), TypeError, "'index' must be an int, got float"),
    (lambda: ac.take([1.0], Value(0.0)), TypeError, "must be an int, got Value"),
    (lambda: ac.take([1.0], -1), IndexError, "from 0 to 0, got -1"),
    (
        lambda: ac.cross_entropy([1.0, 2.0], 2),
        ValueError,
        r"'target' must be a class from 0 to 1, got 2",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1), double=abs),
        PrimitiveError,
        r"planted: no number type \['double'\]; there are \['float', ",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1)),
        PrimitiveError,
        r"planted: give a formula or a float kernel",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1 if x > 0 else 0), float=abs),
        PrimitiveError,
        r"primitive 'planted': a rule may not branch or compare; use m\.step",
    ),
    # graph.py
    (_stale, StaleGraphError, r"x was assigned \(from 3\.0 to 100\.0, at .*\) after y"),
    (_stale_closure, StaleGraphError, r"a leaf .* was assigned \(from 2\.0 to 1\.0"),
    (
        lambda: (lambda x: ac.hypot(x, x) / x)(half()).backward(),
        (ExactnessError, NonFiniteError),
        r".",
    ),
    # primitives.py
    (
        lambda: TABLE["powc"].bind({"m": 2}),
        TypeError,
        r"powc\(\) takes the attributes \['n', 'k'\], got \['k', 'm'\]",
    ),
    (
        lambda: pickle.dumps(TABLE["exp"]),
        TypeError,
        r"<primitive exp> is a row of a table and is not pickled",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1, name="pi"), float=abs),
        PrimitiveError,
        r"'pi' cannot name a primitive",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1, name="a b"), float=abs),
        PrimitiveError,
        r"'a b' cannot name a primitive",
    ),
    (
        lambda: register(_row(lambda m, x, out: 1, name="exp"), float=abs),
        PrimitiveError,
        r"there is a primitive 'exp' already",
    ),
    # record.py
    (
        lambda: record(TABLE["exp"], (1.0,)),
        TypeError,
        r"exp is recorded on Values, got none",
    ),
    (
        lambda: Value(0.5) + Value(Fraction(1, 2)),
        TypeError,
        r"a Value of float meets a Value of Fraction; .*Value\(Fraction\(1, 2\)\)",
    ),
    (_strict, NonFiniteError, r"^log\(0\.0\) = -inf at .*test_errors\.py:\d+"),
    (lambda: pow(v(), 2, 3), TypeError, r"pow\(\) with a modulus is not defined"),
    # reverse.py
    (
        lambda: ac.softmax([v(), v()])[0].operands[0].backward(),
        GraphError,
        r"backward\(\) starts from one number",
    ),
    (
        lambda: (-ac.log(Value(0.0, name="p"))).backward(),
        NonFiniteError,
        r"log\(0\.0\) = -inf at .*; it reached the result through 1 operation\.",
    ),
    (
        lambda: ac.sqrt(Value(0.0, name="x")).backward(2.0),
        NonFiniteError,
        r"the gradient of x is not finite: d sqrt\(x\)/dx is inf .*adjoint 2\.0\. Use",
    ),
    (
        lambda: (v(0.1) * 1e308 * 10).backward(),
        NonFiniteError,
        r"d x \* y/dx is 1e\+308 at .*adjoint 10\.0\. allow_nonfinite=True continues",
    ),
    (
        _overflowing_sum,
        NonFiniteError,
        r"the gradient of x is inf: finite contributions overflow where they are added",
    ),
    # selfcheck.py
    (
        lambda: _checked(lambda m, x, out: 0.5 * x),
        PrimitiveError,
        r"primitive 'planted': .* integers and named constants only, not 0\.5",
    ),
    (
        lambda: _checked(lambda m, x, out: x and 1),
        PrimitiveError,
        r"a rule may not branch or compare; use m\.step, m\.greater or m\.where",
    ),
    (
        lambda: _checked(lambda m, x, out: math.exp(x)),
        PrimitiveError,
        r"a rule must use m\.exp and the like, not the math module",
    ),
    (
        lambda: _checked(lambda m, x, out: m.sine(x)),
        PrimitiveError,
        r"a rule uses m\.sine, which is not a primitive",
    ),
    (
        lambda: _checked(lambda m, x, out: m.hypot(x)),
        PrimitiveError,
        r"m\.hypot takes 2 operands, got 1",
    ),
    (
        lambda: _checked(lambda m, x: x),
        PrimitiveError,
        r"primitive 'planted': .*positional argument",
    ),
    (
        lambda: _checked(
            lambda m, x, y, out: 1,
            lambda m, x, y, out: 1,
            domain=(ac.primitives.POSITIVE,),
        ),
        PrimitiveError,
        r"2 partials, 1 domains",
    ),
    (
        lambda: _checked(
            partials=lambda m, xs, outs: [[1] * 4], variadic=True, multiple=True
        ),
        PrimitiveError,
        r"1 rows of partials for 4 outputs",
    ),
    (
        lambda: _checked(partials=lambda m, xs, out: (1,), variadic=True),
        PrimitiveError,
        r"1 partials for 4 operands",
    ),
    (
        lambda: _checked(lambda m, x, out: 1, formula=lambda m, x: 0.5),
        PrimitiveError,
        r"integers and named constants only, not 0\.5",
    ),
    # transforms.py
    (
        lambda: grad(abs, 1)(1.0),
        TypeError,
        r"argnums 1 asks for argument 1, but the function was called with 1 positional",
    ),
    (
        lambda: grad(abs, (0, 0))(1.0),
        TypeError,
        r"argnums must name different arguments, got \(0, 0\)",
    ),
    (
        lambda: grad(abs)([]),
        TypeError,
        r"there is no number in the arguments to differentiate",
    ),
    (
        lambda: grad(ac.sqrt)(0.0),
        NonFiniteError,
        r"the gradient of a leaf with data 0\.0 is not finite: d sqrt\(x\)/dx is inf",
    ),
    (
        lambda: grad(lambda x: [x])(1.0),
        TypeError,
        r"grad needs a function that returns one number, got list; use jacobian",
    ),
    (lambda: grad(ac.log)(0.0), NonFiniteError, r"log\(0\.0\) = -inf"),
    (
        lambda: grad(lambda x: math.nan)(1.0),
        NonFiniteError,
        r"the function returned nan",
    ),
    (
        lambda: ac.jvp(abs, (1.0,), (1.0, 2.0)),
        TypeError,
        r"'tangents' .*the primals",
    ),
    (
        lambda: ac.vjp(abs, 1.0)[1]([1.0]),
        TypeError,
        r"'cotangent' .*the result",
    ),
    (
        lambda: ac.jvp(abs, 1.0, 1.0),
        TypeError,
        r"'primals' must be a tuple or list with one entry per argument, got float",
    ),
    (
        lambda: grad(abs, 0.0)(1.0),
        TypeError,
        r"argnums must be an int or .*got (float|0\.0)",
    ),
    # diagnose.py and graph.py, called with something else
    (lambda: ac.why(3.0), TypeError, r"why\(\) explains a Value, got float"),
    (lambda: ac.leaves(3.0), TypeError, r"a graph begins at a Value, got float"),
    # value.py
    (
        lambda: Value(1.0, (v(),), "frobnicate"),
        ValueError,
        r"no primitive 'frobnicate' with 1 operands; add one with register",
    ),
    (
        lambda: Value(5.0, (v(), v()), "+"),
        ValueError,
        r"'\+' of these operands is 4\.0, not 5\.0",
    ),
    (
        lambda: _set(v() * 2, "data", 1.0),
        GraphError,
        r"cannot assign \.data of a computed Value; assign the leaves and compute it",
    ),
    (
        lambda: _set(v() * 2, "requires_grad", False),
        GraphError,
        r"only leaves can be frozen; use detach\(\) on a result",
    ),
    (
        lambda: v() == 3.0,
        TypeError,
        r"== between a Value and a number is not defined, .*compare v\.data",
    ),
    (
        lambda: bool(v()),
        TypeError,
        r"the truth value of a Value is undefined; compare it \(v > 0\) or use v\.data",
    ),
    (
        lambda: math.exp(v()),
        TypeError,
        r"float\(\) of a Value would cut the graph; use v\.data .*autograd_core\.exp",
    ),
    (lambda: int(v()), TypeError, r"int\(\) of a Value would cut the graph"),
    (lambda: Value(1.0, "x"), TypeError, r"^a name goes by its keyword: name='x'$"),
    (
        lambda: v().backward(math.inf),
        NonFiniteError,
        r"the seed of backward\(\) is inf",
    ),
    (lambda: ac.register(3), TypeError, r"^'row' must be a Primitive, got int$"),
    (lambda: v() // 2, TypeError, r"// and % have no useful derivative"),
    (lambda: iter(v()), TypeError, r"a Value is one number and cannot be iterated"),
    (lambda: len(v()), TypeError, r"a Value is one number and has no length"),
    (
        lambda: pickle.dumps(v() * 2),
        GraphError,
        r"pickle of a computed Value \(2 nodes behind it\) is not supported; save",
    ),
    (lambda: Value(1.0, name=3), TypeError, r"'name' must be a str or None, got int"),
    (lambda: v() < "a", TypeError, r"unsupported operands for <: Value and str"),
    # numbers
    # __init__.py
    (lambda: ac.frobnicate, AttributeError, r"has no attribute 'frobnicate'"),
    (lambda: column_of(1.0).frobnicate, AttributeError, r"no primitive 'frobnicate'"),
    (
        lambda: ac.exp(half()),
        ExactnessError,
        r"exp\(\) is not possible on Fraction; ",
    ),
    (_bad_column, PrimitiveError, r"the column of planted has no kernel for .*add"),
    (
        lambda: half() + 0.1,
        ExactnessError,
        r"a float \(0\.1\) meets Fraction data .*; write Fraction\(1, 10\)",
    ),
    (lambda: half() * math.inf, ExactnessError, r"have no infinity and no NaN"),
    (
        lambda: _exact().adopt("a"),
        ExactnessError,
        r"'a' of type str meets Fraction data; make both the same kind of number",
    ),
    (
        lambda: ac.sqrt(half() - 1),
        NonFiniteError,
        r"not a real number, and exact numbers",
    ),
    (lambda: ac.sqrt(half()), ExactnessError, r"is not a fraction; "),
    (lambda: 1 / (half() - half()), NonFiniteError, r"div\(1, 0\) divides by zero"),
    (lambda: _exact().pi + 1, ExactnessError, r"pi is not a fraction; "),
    (
        lambda: ac.local_derivatives(ac.cbrt(half() * 0)),
        NonFiniteError,
        r"divides by zero, and .*no infinity",
    ),
    (
        lambda: ac.sqrt(half() * 0).backward(),
        NonFiniteError,
        r"divides by zero, and .*no infinity",
    ),
    (
        lambda: ac.compile(lambda x: float(x))(1.0),
        ac.TraceError,
        r"float\(\) or a function of math would freeze .*use autograd_core\.exp",
    ),
]


def _id(row):
    return row[2].replace("\\", "")[:40]


@pytest.mark.parametrize(("trigger", "error", "message"), ERRORS, ids=map(_id, ERRORS))
def test_messages(trigger, error, message):
    """Each error has its class and its sentence, and the sentence says what to do."""
    names = set(TABLE)
    with pytest.raises(error, match=message):
        trigger()
    assert set(TABLE) == names, "a refused row leaves nothing behind"


# -- every raise is executed -----------------------------------------------------------


# These have tests of their own beside them; every other module is looked at here,
# one that is added tomorrow included.
ELSEWHERE = {
    "__main__.py",
    "cli.py",
    "commands/book.py",
    "commands/check.py",
    "commands/common.py",
    "commands/draw.py",
    "commands/exercise.py",
    "commands/grad.py",
    "commands/train.py",
    "compile/backends/__init__.py",
    "compile/backends/llvm/backend.py",
    "compile/backends/llvm/vectors/kernels.py",
    "compile/backends/llvm/vectors/lanes.py",
    "compile/backends/llvm/vectors/library.py",
    "compile/backends/llvm/vectors/rows.py",
    "compile/backends/llvm/steps/sequence.py",
    "compile/backends/llvm/vectors/syntax.py",
    "compile/backends/llvm/target.py",
    "compile/calls/arguments.py",
    "compile/calls/binding.py",
    "compile/calls/replay.py",
    "compile/calls/sums.py",
    "compile/calls/targets.py",
    "compile/calls/variants.py",
    "compile/deriving/derive.py",
    "compile/exports/arrays.py",
    "compile/exports/containers.py",
    "compile/exports/forward.py",
    "compile/exports/jax.py",
    "compile/exports/onnx.py",
    "compile/exports/same.py",
    "compile/exports/stable.py",
    "compile/exports/torch.py",
    "compile/interpret.py",
    "compile/program.py",
    "compile/source/c.py",
    "compile/source/listing.py",
    "compile/tape.py",
    "compile/tracing/gathers.py",
    "compile/tracing/recorder.py",
    "compile/tracing/slot.py",
    "compile/tracing/trace.py",
    "compile/training/moving.py",
    "compile/training/train.py",
    "derivation/__init__.py",
    "derivation/algebra.py",
    "derivation/callables.py",
    "derivation/chain_slips.py",
    "derivation/checking.py",
    "derivation/formulas.py",
    "derivation/language.py",
    "derivation/left_sides.py",
    "derivation/limits.py",
    "derivation/meaning.py",
    "derivation/model.py",
    "derivation/points.py",
    "derivation/printing.py",
    "derivation/proof.py",
    "derivation/report.py",
    "derivation/slips.py",
    "derivation/statements.py",
    "derivation/trees.py",
    "derivation/variations.py",
    "derivation/verdicts.py",
    "derivation/witness.py",
    "exercises/grading.py",
    "exercises/problem.py",
    "exercises/reading.py",
    "explain.py",
    "expression/names.py",
    "expression/program.py",
    "expression/reader.py",
    "expression/tokens.py",
    "gradcheck.py",
    "indices.py",  # only of use while something is compiled
    "linalg.py",
    "numbers/complex128.py",
    "numbers/languages.py",
    "numbers/notation.py",
    "numbers/precise.py",
    "numbers/symbolic.py",
    "numbers/text.py",
    "numbers/typeset.py",
    "scope.py",
}
MODULES = sorted(
    {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.glob("**/*.py")}
    - ELSEWHERE
)


def _raises(module):
    """First and last line of each raise statement with an exception."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    return {
        (node.lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
    }


def _places(error):
    """(file, line) of every frame of the error and of what caused it."""
    seen, places = set(), set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback = error.__traceback__
        while traceback is not None:
            path = Path(traceback.tb_frame.f_code.co_filename)
            if PACKAGE in path.parents:
                module = path.relative_to(PACKAGE).as_posix()
                places.add((module, traceback.tb_lineno))
            traceback = traceback.tb_next
        error = error.__cause__ or error.__context__
    return places


def test_every_raise_is_executed():
    """Each ``raise`` of the modules above is reached by a row of the table."""
    places = set()
    for trigger, error, _ in ERRORS:
        try:
            trigger()
        except error as caught:
            places |= _places(caught)
    missing = [
        f"{module}:{first}"
        for module in MODULES
        for first, last in sorted(_raises(module))
        if not any((module, line) in places for line in range(first, last + 1))
    ]
    assert not missing, missing


def test_no_message_names_an_internal():
    """No sentence speaks of _data, slots, or Python's own internals."""
    for trigger, error, _ in ERRORS:
        try:
            trigger()
        except error as caught:
            text = str(caught)
            assert text
            assert "  " not in text, text
            for word in ("_data", "_row", "NoneType", "math domain", "__slots__"):
                assert word not in text, text
