"""F1: what a caller can get wrong, and the class and sentence that he gets back.

One table; no message is a bare echo of Python's internals.
"""

import datetime as dt
import decimal
import math
from fractions import Fraction

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, Value, grad, hessian, hvp, jacobian, jvp, vjp

HUGE = 10**400


class Odd:
    """Neither a number nor a container."""

    def __repr__(self):
        return "Odd()"


def v(data=2.0):
    return Value(data)


def square(x):
    return x * x


NOT_NUMBERS = [
    ("str", "3.0"),
    ("empty str", ""),
    ("bytes", b"3"),
    ("None", None),
    ("list", [1.0]),
    ("tuple", (1.0,)),
    ("dict", {"a": 1.0}),
    ("set", {1.0}),
    ("complex", 3 + 4j),
    ("Decimal", decimal.Decimal("0.5")),
    ("ndarray", np.array([1.0, 2.0])),
    ("0-d ndarray", np.array(1.0)),
    ("np.complex128", np.complex128(1j)),
    ("np.str_", np.str_("a")),
    ("np.datetime64", np.datetime64("2020-01-01")),
    ("date", dt.date(2020, 1, 1)),
    ("function", math.sin),
    ("class", float),
    ("object", Odd()),
    ("Ellipsis", ...),
]
IDS = [name for name, _ in NOT_NUMBERS]


@pytest.mark.parametrize("bad", [b for _, b in NOT_NUMBERS], ids=IDS)
def test_constructor(bad):
    """Value(x) takes one real number and names the type of anything else."""
    kind = type(bad).__name__
    text = rf"Value\(\) takes a real number \(int, float, bool, .*\), got {kind}\b"
    with pytest.raises(TypeError, match=text):
        Value(bad)


@pytest.mark.parametrize("bad", [b for _, b in NOT_NUMBERS], ids=IDS)
def test_assigning_data(bad):
    """Assigning .data has the constructor's rules, and a refusal changes nothing."""
    x = v()
    with pytest.raises(TypeError, match=rf"got {type(bad).__name__}\b"):
        x.data = bad
    assert x.data == 2.0


OPERATORS = [
    ("+", lambda a, b: a + b),
    ("-", lambda a, b: a - b),
    ("*", lambda a, b: a * b),
    ("/", lambda a, b: a / b),
    (r"\*\*", lambda a, b: a**b),
]
MEETS = [pair for pair in NOT_NUMBERS if "ndarray" not in pair[0]]


@pytest.mark.parametrize(("symbol", "op"), OPERATORS, ids=[s for s, _ in OPERATORS])
@pytest.mark.parametrize("bad", [b for _, b in MEETS], ids=[n for n, _ in MEETS])
def test_operators(symbol, op, bad):
    """v op x and x op v are a TypeError that names both types."""
    with pytest.raises(TypeError, match=r"Value|real number|repeat|concatenate"):
        op(v(), bad)
    with pytest.raises(
        TypeError, match=r"Value|real number|repeat|concatenate|not str"
    ):
        op(bad, v())


@pytest.mark.parametrize("bad", [b for _, b in MEETS], ids=[n for n, _ in MEETS])
def test_comparisons(bad):
    """v < x with something that is no number names both types."""
    kind = type(bad).__name__
    with pytest.raises(
        TypeError, match=rf"unsupported operands for <: Value and {kind}"
    ):
        v() < bad  # noqa: B015
    with pytest.raises(
        TypeError, match=rf"unsupported operands for >=: Value and {kind}"
    ):
        v() >= bad  # noqa: B015


@pytest.mark.parametrize("bad", [b for _, b in NOT_NUMBERS], ids=IDS)
def test_seeds(bad):
    """backward(seed) wants one real number."""
    x = v()
    with pytest.raises(TypeError, match=rf"real number .* got {type(bad).__name__}\b"):
        (x * x).backward(bad)
    assert x.grad == 0.0


@pytest.mark.parametrize("bad", [b for _, b in MEETS], ids=[n for n, _ in MEETS])
def test_functions(bad):
    """exp, maximum, sum, softmax of something that is no number."""
    text = rf"got {type(bad).__name__}\b"
    with pytest.raises(TypeError, match=text):
        ac.exp(bad)
    with pytest.raises(TypeError, match=text):
        ac.maximum(v(), bad)
    with pytest.raises(TypeError, match=text):
        ac.sum([v(), bad])
    with pytest.raises(TypeError, match=text):
        ac.softmax([1.0, bad])


TARGETS = [
    ("str", "1", TypeError, r"got str"),
    ("bytes", b"1", TypeError, r"."),
    ("None", None, TypeError, r"cross_entropy\(\) .*got NoneType"),
    ("float", 1.0, TypeError, r"cross_entropy\(\) .*got float"),
    ("bool", True, TypeError, r"cross_entropy\(\) .*got bool"),
    ("too large", 2, ValueError, r"'target' must be a class from 0 to 1, got 2"),
    ("negative", -1, ValueError, r"'target' must be a class from 0 to 1, got -1"),
    ("huge", HUGE, ValueError, r"'target' must be a class from 0 to 1"),
    ("short", [1.0], ValueError, r"cross_entropy\(\) needs equal lengths, got 2 and 1"),
    ("long", [0.0] * 3, ValueError, r"needs equal lengths, got 2 and 3"),
    ("empty", [], ValueError, r"cross_entropy\(\) of no numbers is not defined"),
]


@pytest.mark.parametrize(
    ("target", "error", "text"), [t[1:] for t in TARGETS], ids=[t[0] for t in TARGETS]
)
def test_cross_entropy_targets(target, error, text):
    """A target is a class index or one weight per logit."""
    with pytest.raises(error, match=text):
        ac.cross_entropy([v(1.0), v(2.0)], target)


def test_numpy_class_index():
    """A NumPy integer is a class index as well as an int."""
    xs = [v(1.0), v(2.0)]
    for kind in (np.int64, np.int32, np.uint8):
        assert ac.cross_entropy(xs, kind(1)).data == ac.cross_entropy(xs, 1).data
    with pytest.raises(
        ValueError, match=r"'target' must be a class from 0 to 1, got 5"
    ):
        ac.cross_entropy(xs, np.int64(5))


# what is called, class, sentence
CALLS = [
    # numbers that do not fit
    (
        "Value(10**400)",
        lambda: Value(HUGE),
        OverflowError,
        r"int of 401 digits does not",
    ),
    ("Value(-10**400)", lambda: Value(-HUGE), OverflowError, r"int of 401 digits"),
    ("Value(10**9999)", lambda: Value(10**9999), OverflowError, r"int of .* digits"),
    ("v*10**400", lambda: v() * HUGE, OverflowError, r"401 digits .*64-bit float"),
    ("v**10**400", lambda: v() ** HUGE, OverflowError, r"401 digits .*64-bit float"),
    ("sum of 10**400", lambda: ac.sum([1.0, HUGE]), OverflowError, r"401 digits"),
    ("10**400-v", lambda: HUGE - v(), OverflowError, r"401 digits .*64-bit float"),
    ("data=10**400", lambda: setattr(v(), "data", HUGE), OverflowError, r"401 digits"),
    ("seed 10**400", lambda: v().backward(HUGE), OverflowError, r"401 digits"),
    ("exp(10**400)", lambda: ac.exp(HUGE), OverflowError, r"digits|64-bit float"),
    ("grad at 10**400", lambda: grad(square)(HUGE), OverflowError, r"401 digits"),
    # the constructor
    ("no data", lambda: Value(), TypeError, r"data"),
    ("name 3", lambda: Value(1.0, name=3), TypeError, r"'name' must be a str.*got int"),
    (
        "name b''",
        lambda: Value(1.0, name=b"x"),
        TypeError,
        r"'name' must be.*got bytes",
    ),
    ("name=Value", lambda: Value(1.0, name=v()), TypeError, r"'name' .*got Value"),
    (
        "assigned name",
        lambda: setattr(v(), "name", 1.5),
        TypeError,
        r"'name' must be a str or None, got float",
    ),
    (
        "children without op",
        lambda: Value(3.0, (v(), v()), ""),
        ValueError,
        r"no primitive '' with 2 operands",
    ),
    (
        "unknown op",
        lambda: Value(3.0, (v(),), "frobnicate"),
        ValueError,
        r"no primitive 'frobnicate' with 1 operand.*register",
    ),
    (
        "wrong data for op",
        lambda: Value(5.0, (v(), v()), "+"),
        ValueError,
        r"'\+' of these operands is 4\.0, not 5\.0",
    ),
    ("Value(Value)", lambda: Value(v()), TypeError, r"got Value"),
    # what stands in the wrong place
    ("explain(1.0, v)", lambda: ac.explain(1.0, v()), TypeError, r"'result' must be a"),
    (
        "explain(v, 1.0)",
        lambda: ac.explain(v(), 1.0),
        TypeError,
        r"'wrt' must be",
    ),
    ("check_grads(f, 1)", lambda: ac.check_grads(ac.exp, 1), TypeError, r"such as \(0"),
    # refusals of Python's protocols
    ("bool", lambda: bool(v()), TypeError, r"truth value of a Value.*v > 0.*v\.data"),
    ("if", lambda: 1 if v() else 0, TypeError, r"truth value of a Value"),
    ("not", lambda: not v(), TypeError, r"truth value of a Value"),
    ("and", lambda: v() and 1, TypeError, r"truth value of a Value"),
    ("float", lambda: float(v()), TypeError, r"v\.data.*autograd_core\.exp"),
    ("int", lambda: int(v()), TypeError, r"int\(v\.data\)"),
    ("complex", lambda: complex(v()), TypeError, r"v\.data"),
    ("math.exp", lambda: math.exp(v()), TypeError, r"autograd_core\.exp"),
    ("math.sqrt", lambda: math.sqrt(v()), TypeError, r"instead of math"),
    ("math.floor", lambda: math.floor(v()), TypeError, r"would cut the graph"),
    ("math.ceil", lambda: math.ceil(v()), TypeError, r"would cut the graph"),
    ("math.trunc", lambda: math.trunc(v()), TypeError, r"would cut the graph"),
    ("range", lambda: range(v()), TypeError, r"would cut the graph"),
    ("text times", lambda: "a" * v(), TypeError, r"a list or text times it"),
    ("list index", lambda: [1, 2][v()], TypeError, r"would cut the graph"),
    (
        "== 3.0",
        lambda: v() == 3.0,
        TypeError,
        r"== between a Value and a number.*v\.data",
    ),
    ("== 3", lambda: v() == 3, TypeError, r"compare v\.data"),
    ("!= 3", lambda: v() != 3, TypeError, r"compare v\.data"),
    ("3.0 ==", lambda: 3.0 == v(), TypeError, r"compare v\.data"),  # noqa: SIM300
    ("3.0 in [v]", lambda: 3.0 in [v(), v()], TypeError, r"compare v\.data"),
    ("== Fraction", lambda: v() == Fraction(1, 2), TypeError, r"compare v\.data"),
    ("//", lambda: v() // 2, TypeError, r"// and % .*v\.data"),
    ("r//", lambda: 2 // v(), TypeError, r"// and % .*v\.data"),
    ("%", lambda: v() % 2, TypeError, r"// and % .*v\.data"),
    ("r%", lambda: 5.0 % v(), TypeError, r"// and % .*v\.data"),
    ("divmod", lambda: divmod(v(), 2), TypeError, r"// and % "),
    ("pow mod", lambda: pow(v(), 2, 3), TypeError, r"pow\(\) with a modulus"),
    ("len", lambda: len(v()), TypeError, r"one number and has no length"),
    ("iter", lambda: list(v()), TypeError, r"one number and cannot be iterated"),
    (
        "unpack",
        lambda: (lambda a, b: 0)(*v()),
        TypeError,
        r"cannot be iterated|iterable",
    ),
    ("index", lambda: v()[0], TypeError, r"'Value' object is not subscriptable"),
    ("in v", lambda: 1.0 in v(), TypeError, r"'Value' is not iter|cannot be"),
    ("call", lambda: v()(), TypeError, r"'Value' object is not callable"),
    ("<<", lambda: v() << 1, TypeError, r"Value"),
    ("@", lambda: v() @ v(), TypeError, r"Value"),
    ("~", lambda: ~v(), TypeError, r"Value"),
    ("&", lambda: v() & 1, TypeError, r"Value"),
    ("bad format", lambda: f"{v():q}", ValueError, r"Unknown format code 'q'"),
    ("round to 1.5", lambda: round(v(), 1.5), TypeError, r"digits|integer"),
    # arity and attributes
    ("exp()", lambda: ac.exp(), TypeError, r"exp\(\) takes 1 operand.*got 0"),
    (
        "exp(x, y)",
        lambda: ac.exp(v(), v()),
        TypeError,
        r"exp\(\) takes 1 operand.*got 2",
    ),
    (
        "atan2(x)",
        lambda: ac.atan2(v()),
        TypeError,
        r"atan2\(\) takes 2 operands, got 1",
    ),
    ("where(c, x)", lambda: ac.where(v(), 1), TypeError, r"where\(\) takes 3 operands"),
    ("exp(x, n=2)", lambda: ac.exp(v(), n=2), TypeError, r"exp\(\).*n|attributes"),
    ("v.exp(2)", lambda: v().exp(2), TypeError, r"exp.*argument"),
    ("clip(2, 1)", lambda: ac.clip(v(), 2, 1), ValueError, r"low <= high, got 2 and 1"),
    (
        "clip nan",
        lambda: ac.clip(v(), math.nan, 1),
        ValueError,
        r"low <= high, got nan",
    ),
    ("clip str", lambda: ac.clip(v(), "0", 1), TypeError, r"got str"),
    ("leaky_relu str", lambda: ac.leaky_relu(v(), "a"), TypeError, r"got str 'a'"),
    ("elu None", lambda: ac.elu(v(), None), TypeError, r"got NoneType"),
    # sequences
    ("sum(5)", lambda: ac.sum(5), TypeError, r"sum\(\) takes a sequence.*got int"),
    ("sum(v)", lambda: ac.sum(v()), TypeError, r"sequence|cannot be iterated"),
    ("logsumexp(3)", lambda: ac.logsumexp(3), TypeError, r"logsumexp\(\) takes a seq"),
    (
        "logsumexp([])",
        lambda: ac.logsumexp([]),
        ValueError,
        r"logsumexp\(\) of no numbers",
    ),
    ("softmax([])", lambda: ac.softmax([]), ValueError, r"softmax\(\) of no numbers"),
    ("softmax(v)", lambda: ac.softmax(v()), TypeError, r"softmax\(\) takes a sequence"),
    ("softmax('ab')", lambda: ac.softmax("ab"), TypeError, r"got str"),
    ("log_softmax([])", lambda: ac.log_softmax([]), ValueError, r"of no numbers"),
    (
        "dot lengths",
        lambda: ac.dot([v()], [1, 2]),
        ValueError,
        r"equal lengths, got 1 and",
    ),
    ("dot([], [])", lambda: ac.dot([], []), ValueError, r"dot\(\) of no numbers"),
    (
        "dot(3, 4)",
        lambda: ac.dot(3, 4),
        TypeError,
        r"dot\(\) takes a sequence.*got int",
    ),
    (
        "cross_entropy([])",
        lambda: ac.cross_entropy([], 0),
        ValueError,
        r"cross_entropy\(\) of no numbers",
    ),
    # graph functions
    ("why(3.0)", lambda: ac.why(3.0), TypeError, r"Value.*got float|got float"),
    ("leaves(3.0)", lambda: ac.leaves(3.0), TypeError, r"Value.*got float|got float"),
    ("to_json(3.0)", lambda: ac.to_json(3.0), TypeError, r"Value.*got float|got float"),
    # transforms
    ("grad(3)", lambda: grad(3)(1.0), TypeError, r"callable"),
    ("grad()", lambda: grad(square)(), TypeError, r"argument 0.*called with 0"),
    ("grad str", lambda: grad(square)("1"), TypeError, r"got str '1'"),
    ("grad None", lambda: grad(square)(None), TypeError, r"got NoneType"),
    ("grad complex", lambda: grad(square)(1j), TypeError, r"got complex"),
    ("grad [str]", lambda: grad(lambda x: x[0])(["a"]), TypeError, r"got str 'a'"),
    (
        "grad []",
        lambda: grad(lambda x: 1.0)([]),
        TypeError,
        r"no number in the arguments",
    ),
    (
        "grad -> list",
        lambda: grad(lambda x: [x])(1.0),
        TypeError,
        r"one number, got list",
    ),
    (
        "grad -> None",
        lambda: grad(lambda x: None)(1.0),
        TypeError,
        r"got NoneType.*jacobian",
    ),
    (
        "grad -> str",
        lambda: grad(lambda x: "a")(1.0),
        TypeError,
        r"one number, got str",
    ),
    ("grad -> array", lambda: grad(lambda x: x)(np.ones(2)), TypeError, r"got ndarray"),
    ("argnums 1", lambda: grad(square, 1)(1.0), TypeError, r"asks for argument 1"),
    ("argnums -2", lambda: grad(square, -2)(1.0), TypeError, r"asks for argument -2"),
    (
        "argnums (0,0)",
        lambda: grad(square, (0, 0))(1.0),
        TypeError,
        r"different arguments",
    ),
    (
        "argnums (0,-1)",
        lambda: grad(square, (0, -1))(1.0),
        TypeError,
        r"different arguments",
    ),
    ("argnums ()", lambda: grad(square, ())(1.0), TypeError, r"argnums must name"),
    ("argnums '0'", lambda: grad(square, "0")(1.0), TypeError, r"argnums"),
    ("argnums 0.0", lambda: grad(square, 0.0)(1.0), TypeError, r"argnums"),
    ("argnums None", lambda: grad(square, None)(1.0), TypeError, r"argnums"),
    ("argnums [0.5]", lambda: grad(square, [0.5])(1.0), TypeError, r"argnums"),
    ("by keyword", lambda: grad(square)(x=1.0), TypeError, r"argument 0.*0 positional"),
    ("jacobian str", lambda: jacobian(lambda x: ["a"])(1.0), TypeError, r"str"),
    ("jacobian None", lambda: jacobian(lambda x: None)(1.0), TypeError, r"NoneType"),
    ("hessian list", lambda: hessian(lambda x: [x])(1.0), TypeError, r"one number"),
    ("jvp lengths", lambda: jvp(square, (1.0,), (1.0, 2.0)), TypeError, r"'tangents'"),
    (
        "jvp scalar",
        lambda: jvp(square, 1.0, 1.0),
        TypeError,
        r"sequence|tuple|'primals'",
    ),
    ("jvp str", lambda: jvp(square, (1.0,), ("a",)), TypeError, r"got str 'a'"),
    ("jvp None", lambda: jvp(square, (1.0,), (None,)), TypeError, r"got NoneType"),
    ("jvp []", lambda: jvp(square, (), ()), TypeError, r"argnums|no number|argument"),
    (
        "jvp shapes",
        lambda: jvp(lambda x: x[0], ([1.0, 2.0],), ([1.0],)),
        TypeError,
        r"'tangents'",
    ),
    ("hvp lengths", lambda: hvp(square, (1.0,), ()), TypeError, r"'tangents'"),
    (
        "hvp scalar",
        lambda: hvp(square, 1.0, 1.0),
        TypeError,
        r"sequence|tuple|'primals'",
    ),
    ("vjp none", lambda: vjp(square), TypeError, r"argnums|no number|argument"),
    (
        "pullback count",
        lambda: vjp(square, 1.0)[1]([1.0, 2.0]),
        TypeError,
        r"'cotangent'",
    ),
    ("pullback str", lambda: vjp(square, 1.0)[1]("a"), TypeError, r"got str 'a'"),
    ("pullback None", lambda: vjp(square, 1.0)[1](None), TypeError, r"got NoneType"),
    # numbers of different kinds
    (
        "float + Fraction",
        lambda: Value(0.5) + Value(Fraction(1, 2)),
        TypeError,
        r"Fraction\(",
    ),
    (
        "Fraction Value + 0.5",
        lambda: Value(Fraction(1)) + 0.5,
        TypeError,
        r"Fraction\(",
    ),
    (
        "0.5 * Fraction Value",
        lambda: 0.5 * Value(Fraction(1)),
        TypeError,
        r"Fraction\(",
    ),
    ("exp(Fraction)", lambda: ac.exp(Value(Fraction(1))), TypeError, r"exp.*Fraction"),
    ("seed 0.5", lambda: Value(Fraction(1)).backward(0.5), TypeError, r"Fraction\("),
    ("mixed sum", lambda: ac.sum([0.5, Fraction(1)]), TypeError, r"make them the same"),
    # not finite
    ("backward nan", lambda: (v(math.nan) * 2).backward(), NonFiniteError, r"is nan"),
    ("seed nan", lambda: (v() * 2).backward(math.nan), NonFiniteError, r"nan"),
    ("grad inf", lambda: grad(lambda x: x * 1e308 * 10)(1.0), NonFiniteError, r"= inf"),
    (
        "grad nan out",
        lambda: grad(lambda x: math.nan)(1.0),
        NonFiniteError,
        r"returned nan",
    ),
    ("grad at nan", lambda: grad(square)(math.nan), NonFiniteError, r"is nan"),
]


@pytest.mark.parametrize(
    ("call", "error", "text"), [c[1:] for c in CALLS], ids=[c[0] for c in CALLS]
)
def test_bad_calls(call, error, text):
    """Each call raises the class, with a sentence that says what to do."""
    with pytest.raises(error, match=text) as caught:
        call()
    message = str(caught.value)
    assert type(caught.value) is not KeyError
    for echo in ("math domain error", "'NoneType' object", "list index", "math range"):
        assert echo not in message


def test_there_are_more_than_120():
    """The promise is at least 120 bad inputs."""
    one_each = 2 * len(NOT_NUMBERS) + len(MEETS) * (len(OPERATORS) * 2 + 2 + 4)
    assert len(CALLS) + len(TARGETS) >= 120
    assert len(CALLS) + len(TARGETS) + one_each >= 400


def test_matching_containers():
    """Tangents must have the containers of the primals, not only their number."""

    def f(x):
        return x[0][0] * x[1]

    with pytest.raises(TypeError, match="tangents"):
        jvp(f, ([[1.0], 2.0],), ([1.0, [2.0]],))
    with pytest.raises(TypeError, match="tangents"):
        jvp(lambda d: d["a"] * d["b"], ({"a": 1.0, "b": 2.0},), ({"b": 1.0, "c": 2.0},))


def test_dict_tangents_go_by_key():
    """A tangent in another order of keys belongs to the keys, not to the places."""
    primals = {"a": 2.0, "b": 5.0}
    tangents = {"b": 0.0, "a": 1.0}
    try:
        _, t = jvp(lambda d: d["a"] * d["b"], (primals,), (tangents,))
    except TypeError:
        return  # refusing it is as good
    assert t == 5.0
