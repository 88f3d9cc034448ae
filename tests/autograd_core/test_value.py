"""The surface of Value: operators, text, names, modes, and what NumPy does with it."""

import json
import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import GraphError, NonFiniteError, Value, grad, no_grad, strict

ULP = 2.0**-52
LN2 = math.log(2)

# -- operators -------------------------------------------------------------------------

OPS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}

# d(x op y)/dx and /dy at x = 3, y = 2
SLOPES = {
    "+": (5.0, 1.0, 1.0),
    "-": (1.0, 1.0, -1.0),
    "*": (6.0, 2.0, 3.0),
    "/": (1.5, 0.5, -0.75),
    "**": (9.0, 6.0, 9 * math.log(3)),
}

NUMBERS = [
    2,
    2.0,
    np.float64(2),
    np.float32(2),
    np.float16(2),
    np.int64(2),
    np.int8(2),
    np.uint8(2),
    Fraction(2),
]
PLAIN = [n for n in NUMBERS if not isinstance(n, Fraction)]


@pytest.mark.parametrize("symbol", OPS)
def test_value_op_value(symbol):
    """Each operator between Values: data, both slopes, symbol, operands in order."""
    x, y = Value(3.0), Value(2.0)
    z = OPS[symbol](x, y)
    z.backward()
    data, dx, dy = SLOPES[symbol]
    assert z.data == data
    assert (x.grad, y.grad) == pytest.approx((dx, dy), rel=2 * ULP)
    assert z.operands == (x, y)
    assert z._prev == (x, y)
    assert z._op == symbol
    assert not z.is_leaf


@pytest.mark.parametrize("number", PLAIN, ids=lambda n: type(n).__name__)
@pytest.mark.parametrize("symbol", OPS)
def test_value_op_number(symbol, number):
    """v op number, for Python's and NumPy's numbers; the result is a float Value."""
    x = Value(3.0)
    z = OPS[symbol](x, number)
    assert type(z) is Value
    z.backward()
    data, dx, _ = SLOPES[symbol]
    assert (z.data, x.grad) == (data, dx)
    assert type(z.data) is type(x.grad) is float


@pytest.mark.parametrize("number", PLAIN, ids=lambda n: type(n).__name__)
@pytest.mark.parametrize("symbol", OPS)
def test_number_op_value(symbol, number):
    """number op v, where the number is asked first."""
    y = Value(3.0)
    z = OPS[symbol](number, y)
    assert type(z) is Value
    z.backward()
    data = OPS[symbol](2.0, 3.0)
    slope = {"+": 1, "-": -1, "*": 2, "/": -2 / 9, "**": 8 * LN2}[symbol]
    assert z.data == data
    assert y.grad == pytest.approx(slope, rel=2 * ULP)


def test_bool_operands():
    """True and False are 1.0 and 0.0."""
    x = Value(3.0)
    assert (x + True).data == 4.0
    assert (x * False).data == 0.0
    assert (x**True).data == 3.0
    assert (True - x).data == -2.0
    assert Value(True).data == 1.0
    assert type(Value(True).data) is float


def test_unary_operators():
    """-v, +v, abs(v) and round(v)."""
    x = Value(-2.5)
    assert (-x).data == 2.5
    assert (+x) is x
    assert abs(x).data == 2.5
    assert grad(abs)(-2.5) == -1.0
    assert grad(operator.neg)(3.0) == -1.0
    assert round(x).data == -2.0
    assert round(Value(2.675), 2).data == round(2.675, 2)
    assert round(Value(1234.5), -2).data == 1200.0
    assert type(round(x).data) is float
    assert grad(lambda v: round(v) + v)(2.5) == 1.0
    assert round(Value(math.inf)).data == math.inf


POWERS = [
    (2.0, 3, 8.0, 12.0),
    (2.0, -1, 0.5, -0.25),
    (2.0, 0, 1.0, 0.0),
    (2.0, 1, 2.0, 1.0),
    (-2.0, 3, -8.0, 12.0),
    (-2.0, 2, 4.0, -4.0),
    (-2.0, 3.0, -8.0, 12.0),
    (4.0, 0.5, 2.0, 0.25),
    (4.0, 1.5, 8.0, 3.0),
    (4.0, -0.5, 0.5, -0.0625),
    (0.0, 2, 0.0, 0.0),
    (2.0, np.int64(3), 8.0, 12.0),
    (2.0, np.float32(3), 8.0, 12.0),
]


@pytest.mark.parametrize(("x", "n", "value", "slope"), POWERS)
def test_constant_powers(x, n, value, slope):
    """x**n for whole, negative and fractional exponents."""
    assert (Value(x) ** n).data == value
    assert grad(lambda v: v**n)(x) == slope
    assert pow(Value(x), n).data == value


def test_variable_powers():
    """Value**Value and 2**Value differentiate both sides."""
    x, y = Value(2.0), Value(3.0)
    z = x**y
    z.backward()
    assert (z.data, x.grad) == (8.0, 12.0)
    assert y.grad == pytest.approx(8 * LN2, rel=2 * ULP)
    assert grad(lambda v: 2**v)(3.0) == pytest.approx(8 * LN2, rel=2 * ULP)
    assert grad(lambda v: v**v)(2.0) == pytest.approx(4 * (LN2 + 1), rel=4 * ULP)
    assert (0**y).data == 0.0


def test_constants_are_no_parameters():
    """A number in a formula becomes a leaf that asks for no gradient."""
    x = Value(3.0)
    y = x * 2
    constant = y.operands[1]
    assert (constant.data, constant.requires_grad, constant.is_leaf) == (
        2.0,
        False,
        True,
    )
    y.backward()
    assert constant.grad == 0.0


# -- data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "data"),
    [
        (3, 3.0),
        (True, 1.0),
        (-0.0, -0.0),
        (np.float32(0.1), 0.10000000149011612),
        (np.float64(0.1), 0.1),
        (np.float16(0.5), 0.5),
        (np.int64(-7), -7.0),
        (np.uint8(200), 200.0),
        (np.bool_(True), 1.0),
        (2**53 + 1, 2.0**53),
        (5e-324, 5e-324),
    ],
)
def test_data_is_a_float(given, data):
    """bool, int and NumPy scalars are stored as float, once."""
    x = Value(given)
    assert type(x.data) is float
    assert x.data == data
    assert math.copysign(1, x.data) == math.copysign(1, data)
    assert type(x.grad) is float
    assert (x + x).data == data + data, "uint8(200) + uint8(200) does not wrap"


def test_float_subclasses_become_floats():
    """A subclass of float is stored as a plain float."""

    class Metres(float):
        pass

    x = Value(Metres(2.5))
    assert type(x.data) is float


def test_fractions_stay_fractions():
    """Fraction data makes exact values and gradients; ints adopt its type."""
    x = Value(Fraction(1, 3))
    y = (2 * x + 1) ** 2 / 3 - x
    y.backward()
    assert y.data == Fraction(25, 27) - Fraction(1, 3)
    assert x.grad == 4 * Fraction(5, 3) / 3 - 1
    assert type(x.grad) is Fraction
    assert (x + Fraction(1, 6)).data == Fraction(1, 2)
    assert (Fraction(1, 6) * x).data == Fraction(1, 18)


def test_fractions_of_any_size():
    """Exact numbers have no largest one: 10**400 is as good as 2."""
    x = Value(Fraction(1, 3))
    y = x * x * 10**400 / 7
    y.backward()
    assert y.data == Fraction(10**400, 63)
    assert x.grad == Fraction(2 * 10**400, 21)
    assert grad(lambda v: v**900)(Fraction(10)) == 900 * 10**899


def test_assigning_data_coerces():
    """Assigning .data has the constructor's conversions."""
    x = Value(1.0)
    for given in (2, True, np.int64(3), np.float32(4)):
        x.data = given
        assert type(x.data) is float
    x.data -= 0.5
    assert x.data == 3.5


def test_leaves_begin_with_grad_zero():
    """.grad starts as 0.0, a float, before any backward."""
    x = Value(3)
    assert x.grad == 0.0
    assert type((x * x).grad) is float


# -- names and text --------------------------------------------------------------------


def test_repr():
    """repr shows data and gradient as micrograd does, and the name if there is one."""
    x = Value(2.0)
    assert repr(x) == "Value(data=2.0, grad=0.0)"
    (x * x).backward()
    assert repr(x) == "Value(data=2.0, grad=4.0)"
    assert repr(Value(1.0, name="w")) == "Value(data=1.0, grad=0.0, name='w')"
    assert str(x) == repr(x)


@pytest.mark.parametrize(
    ("spec", "text"),
    [(".2f", "3.14"), ("8.3f", "   3.142"), ("+.1e", "+3.1e+00"), ("g", "3.14159")],
)
def test_format(spec, text):
    """A format spec formats the data."""
    assert format(Value(3.14159), spec) == text
    assert f"{Value(3.14159):{spec}}" == text


def test_format_without_a_spec():
    """Without a spec it is the repr."""
    assert f"{Value(2.0)}" == "Value(data=2.0, grad=0.0)"
    assert "%s" % Value(2.0) == "Value(data=2.0, grad=0.0)"  # noqa: UP031


def test_names():
    """A name may be given, assigned and removed; results may be named too."""
    x = Value(1.0, name="x")
    assert x.name == "x"
    x.name = "y"
    assert x.name == "y"
    x.name = None
    assert x.name is None
    z = x * 2
    assert z.name is None
    z.name = "loss"
    assert z.name == "loss"
    assert "loss" in repr(z)
    assert Value(1.0, name="").name == ""


def test_introspection():
    """is_leaf, operands, primitive and micrograd's _prev and _op."""
    x = Value(1.0)
    y = ac.exp(x)
    assert (x.is_leaf, x.operands, x.primitive, x._prev, x._op) == (
        True,
        (),
        None,
        (),
        "",
    )
    assert (y.is_leaf, y.operands) == (False, (x,))
    assert y.primitive.name == "exp"
    assert (x**2)._op == "**2"
    assert x.relu()._op == "ReLU"
    assert ac.sum([x, y, x]).operands == (x, y, x)


def test_requires_grad():
    """Frozen leaves may be thawed and frozen again; results may not be frozen."""
    x = Value(2.0, requires_grad=False)
    assert not x.requires_grad
    x.requires_grad = True
    (x * x).backward()
    assert x.grad == 4.0
    x.requires_grad = False
    y = x * 3
    assert not y.requires_grad
    z = Value(1.0) * x
    with pytest.raises(GraphError, match=r"only leaves can be frozen; use detach\(\)"):
        z.requires_grad = False


def test_zero_grad():
    """zero_grad clears every node behind, not those above or beside."""
    x, w = Value(2.0), Value(3.0)
    h = x * w
    y = h * h
    y.backward()
    other = Value(1.0)
    other.grad = 5.0
    h.zero_grad()
    assert (x.grad, w.grad, h.grad) == (0.0, 0.0, 0.0)
    assert y.grad == 1.0
    assert other.grad == 5.0
    half = Value(Fraction(1, 2))
    (half * half).backward()
    half.zero_grad()
    assert half.grad == 0
    assert type(half.grad) is Fraction


# -- modes -----------------------------------------------------------------------------


def test_no_grad_as_a_context():
    """Inside no_grad results are leaves that ask for no gradient."""
    x = Value(3.0)
    with no_grad():
        y = x * x + ac.exp(x) - ac.sum([x, x]) + x**2
        s = ac.softmax([x, 1.0])
    for v in (y, *s):
        assert (v.is_leaf, v.requires_grad, v.operands) == (True, False, ())
    z = y * x
    z.backward()
    assert x.grad == y.data


def test_no_grad_as_a_decorator():
    """A decorated function records nothing, call after call."""

    @no_grad()
    def predict(x):
        return x * x

    x = Value(3.0)
    for _ in range(3):
        assert not predict(x).requires_grad
    assert (x * x).requires_grad
    assert predict.__name__ == "predict"


def test_no_grad_nested():
    """Leaving the inner block does not start recording in the outer one."""
    x = Value(3.0)
    with no_grad():
        with no_grad():
            assert not (x * x).requires_grad
        assert not (x * x).requires_grad
    assert (x * x).requires_grad


def test_modes_after_an_exception():
    """An exception inside leaves both modes as they were."""
    x = Value(0.0)
    for mode in (no_grad, strict):
        with pytest.raises(KeyError), mode():
            raise KeyError("mine")
    y = x * x
    assert y.requires_grad
    assert ac.log(x).data == -math.inf


def test_strict():
    """strict raises from the operation; nested and as a decorator too."""
    x = Value(0.0, name="x")
    with strict():
        with (
            strict(),
            pytest.raises(NonFiniteError, match=r"log\(0\.0\) = -inf at .*py"),
        ):
            ac.log(x)
        with pytest.raises(NonFiniteError, match=r"division 1\.0 / 0\.0 = inf"):
            1 / x
        with no_grad(), pytest.raises(NonFiniteError):
            ac.sqrt(x - 1)
    assert (1 / x).data == math.inf

    @strict()
    def f(v):
        return ac.exp(v)

    with pytest.raises(NonFiniteError, match=r"exp\(1000\.0\) = inf"):
        f(Value(1000.0))


def test_modes_in_generators_and_results():
    """A value made inside no_grad can be used, and assigned, like any leaf."""
    x = Value(3.0)
    with no_grad():
        y = x * 2
    y.data = 1.0
    y.requires_grad = True
    (y * x).backward()
    assert (y.grad, x.grad) == (3.0, 1.0)


# -- why -------------------------------------------------------------------------------


def test_why():
    """why() says in a sentence what is wrong, or that nothing is."""
    p = Value(0.0, name="p")
    y = -ac.log(p) + 1
    text = ac.why(y)
    assert text.startswith("log(0.0) = -inf at ")
    assert "it reached the result through 2 operations" in text
    assert ac.why(p) == "p is finite, and so is its gradient."
    ac.sqrt(p).backward(allow_nonfinite=True)
    assert p.grad == math.inf
    assert ac.why(p).startswith("p is finite, but its gradient inf is not")
    assert ac.why(Value(math.nan)).startswith("a leaf with data nan is nan")
    assert ac.why(Value(Fraction(1, 2))).endswith("finite, and so is its gradient.")


# -- NumPy -----------------------------------------------------------------------------


UFUNCS = [
    ("sin", np.sin, math.sin),
    ("cos", np.cos, math.cos),
    ("tan", np.tan, math.tan),
    ("exp", np.exp, math.exp),
    ("expm1", np.expm1, math.expm1),
    ("log", np.log, math.log),
    ("log1p", np.log1p, math.log1p),
    ("log2", np.log2, math.log2),
    ("log10", np.log10, math.log10),
    ("sqrt", np.sqrt, math.sqrt),
    ("cbrt", np.cbrt, math.cbrt),
    ("sinh", np.sinh, math.sinh),
    ("cosh", np.cosh, math.cosh),
    ("tanh", np.tanh, math.tanh),
    ("arcsin", np.arcsin, math.asin),
    ("arccos", np.arccos, math.acos),
    ("arctan", np.arctan, math.atan),
    ("arcsinh", np.arcsinh, math.asinh),
    ("arctanh", np.arctanh, math.atanh),
    ("absolute", np.absolute, abs),
    ("negative", np.negative, operator.neg),
    ("square", np.square, lambda x: x * x),
    ("reciprocal", np.reciprocal, lambda x: 1 / x),
]


@pytest.mark.parametrize(
    ("ufunc", "true"), [u[1:] for u in UFUNCS], ids=[u[0] for u in UFUNCS]
)
def test_ufuncs(ufunc, true):
    """np.sin(v) is sin of a Value, recorded; on object arrays elementwise."""
    x = Value(0.75)
    y = ufunc(x)
    assert type(y) is Value
    assert y.data == pytest.approx(true(0.75), rel=2 * ULP)
    array = ufunc(np.array([x, x], dtype=object))
    assert array[1].data == y.data


def test_binary_ufuncs():
    """np.hypot, np.arctan2, np.maximum, np.add... of Values."""
    x, y = Value(0.75), Value(-0.5)
    assert np.hypot(x, y).data == ac.hypot(0.75, -0.5)
    assert np.arctan2(x, y).data == math.atan2(0.75, -0.5)
    assert np.maximum(x, y) is x
    assert np.add(x, y).data == 0.25
    assert np.multiply(2.0, x).data == 1.5
    assert np.power(x, 2).data == 0.5625


def test_arccosh():
    """np.arccosh needs an operand above 1."""
    assert np.arccosh(Value(2.0)).data == math.acosh(2.0)


@pytest.mark.parametrize("symbol", OPS)
def test_arrays_and_values(symbol):
    """ndarray op Value and Value op ndarray are elementwise object arrays."""
    a = np.array([[1.0, 2.0, 4.0]])
    x = Value(3.0)
    for array, plain in (
        (OPS[symbol](a, x), OPS[symbol](a, 3.0)),
        (OPS[symbol](x, a), OPS[symbol](3.0, a)),
    ):
        assert isinstance(array, np.ndarray)
        assert array.dtype == object
        assert array.shape == (1, 3)
        assert [v.data for v in array.ravel()] == plain.ravel().tolist()
        assert all(type(v) is Value for v in array.ravel())


def test_object_arrays():
    """Sums, products and matrix products of object arrays differentiate."""
    w = np.array([Value(1.0), Value(2.0)], dtype=object)
    y = (w @ np.array([3.0, 4.0])) ** 2 + w.sum() + w.prod()
    y.backward()
    assert [v.grad for v in w] == [2 * 11 * 3 + 1 + 2, 2 * 11 * 4 + 1 + 1]
    assert np.array([Value(1.0)] * 2).shape == (2,)
    assert np.sort(np.array([Value(2.0), Value(1.0)]))[0].data == 1.0


def test_numpy_scalars_on_the_left():
    """np.float64(2)*v is a Value, not an array."""
    x = Value(3.0)
    for scalar in (np.float64(2), np.float32(2), np.int64(2), np.uint8(2)):
        for op in OPS.values():
            assert type(op(scalar, x)) is Value
            assert type(op(x, scalar)) is Value
    assert np.float64(2) < x
    assert x > np.float64(2)


# -- JSON ------------------------------------------------------------------------------


def _strict_loads(text):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_json_round_trips_the_structure():
    """Nodes, operands, data, gradients and local derivatives can be read back."""
    a, b = Value(2.0, name="a"), Value(-3.0, requires_grad=False)
    y = a * b + a**2
    y.backward()
    graph = _strict_loads(ac.to_json(y))
    nodes = graph["nodes"]
    assert graph["root"] == len(nodes) - 1
    assert [n["id"] for n in nodes] == list(range(len(nodes)))
    by_id = dict(enumerate(ac.ancestors(y)))
    for entry in nodes:
        node = by_id[entry["id"]]
        assert entry["data"] == node.data
        assert entry["grad"] == node.grad
        assert entry["requires_grad"] == node.requires_grad
        assert [by_id[i] for i in entry["operands"]] == list(node.operands)
        assert entry["op"] == (node.primitive.name if node.primitive else None)
        assert entry.get("name") == node.name
        assert len(entry["local"]) == len(entry["operands"])
    assert nodes[0]["name"] == "a"
    power = next(n for n in nodes if n["op"] == "powc")
    assert power["attributes"]["n"] == 2
    assert power["local"] == [4.0]


def test_json_adjoints_follow_from_locals():
    """The gradients in the file are the chain rule over its own locals."""
    a, b = Value(0.5), Value(1.5)
    y = ac.exp(a * b) / (a + b) + ac.sin(a)
    y.backward()
    nodes = _strict_loads(ac.to_json(y))["nodes"]
    adjoint = [0.0] * len(nodes)
    adjoint[-1] = 1.0
    for entry in reversed(nodes):
        for i, d in zip(entry["operands"], entry["local"], strict=True):
            adjoint[i] += adjoint[entry["id"]] * d
    assert [n["grad"] for n in nodes] == adjoint


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_json_has_no_constants_of_its_own(value, text):
    """NaN, infinities and fractions are strings: valid JSON everywhere."""
    graph = _strict_loads(ac.to_json(Value(value) * 1))
    assert graph["nodes"][-1]["data"] == text


@pytest.mark.parametrize(
    "name", ['"', "\\", "\n", "</script>", "ü", "\u2028", "a\x00b"]
)
def test_json_names(name):
    """Any name comes back as it was."""
    graph = _strict_loads(ac.to_json(Value(1.0, name=name)))
    assert graph["nodes"][0]["name"] == name


def test_json_of_rows_with_several_outputs():
    """softmax: data, gradient and locals are lists of numbers."""
    xs = [Value(1.0), Value(2.0)]
    p = ac.softmax(xs)
    (p[0] * 2 + p[1]).backward()
    nodes = _strict_loads(ac.to_json(p[0] * 2 + p[1]))["nodes"]
    node = next(n for n in nodes if n["op"] == "softmax")
    assert node["data"] == [p[0].data, p[1].data]
    assert node["grad"] == [2.0, 1.0]
    assert len(node["local"]) == 2
    assert all(len(line) == 2 for line in node["local"])
    (p[0] * 2).backward()
    nodes = _strict_loads(ac.to_json(p[0]))["nodes"]
    node = next(n for n in nodes if n["op"] == "softmax")
    assert isinstance(node["grad"], list)
    assert node["grad"][0] == 2.0
    assert node["grad"][1] in (0.0, None)


def test_json_indent():
    """indent= makes it readable and changes nothing else."""
    y = Value(1.0) + 2
    assert json.loads(ac.to_json(y, indent=2)) == json.loads(ac.to_json(y))
    assert "\n" in ac.to_json(y, indent=2)
    assert "\n" not in ac.to_json(y)


# -- micrograd's way of making nodes ---------------------------------------------------


def test_children_and_op():
    """Value(data, children, op) makes the node that the operator makes."""
    a, b = Value(2.0), Value(3.0)
    y = Value(6.0, (a, b), "*")
    y.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)
    assert y._op == "*"
    z = Value(5.0, [a, b], "+", name="z")
    assert (z.name, z.operands) == ("z", (a, b))
    r = Value(2.0, (a,), "ReLU")
    r.backward()
    assert r.operands == (a,)


def test_every_method_is_a_function():
    """v.f() and autograd_core.f(v) are the same row, for every unary function."""
    x = Value(0.5)
    count = 0
    for name in dir(Value):
        function = getattr(ac, name, None)
        if name.startswith("_") or not callable(function):
            continue
        if (
            ac.primitives.TABLE.get(name) is None
            or ac.primitives.TABLE[name].arity != 1
        ):
            continue
        count += 1
        assert getattr(x, name)().data == pytest.approx(function(x).data, nan_ok=True)
    assert count >= 30
