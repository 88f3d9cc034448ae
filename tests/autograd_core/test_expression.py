"""The reader of formulas: what it reads, what it refuses, and how it says so."""

import ast
import math
import re
from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_core import ExactnessError, ExpressionError, Value
from autograd_core.expression import (
    MAX_BITS,
    MAX_NUMBER_LENGTH,
    MAX_TOKENS,
    functions,
    parse,
)

XYZ = {"x": 2.5, "y": -0.75, "z": 3.0}


@pytest.mark.parametrize(
    "text",
    [
        "x + y*z",
        "x - y - z",
        "x / y / z",
        "x * -y",
        "-x**2",
        "(-x)**2",
        "2**-x",
        "2**-x**2",
        "2**3**2",
        "-x**-z",
        "--x + +y",
        "x - -y",
        "-x*y",
        "-(x + y)*z",
        "((x))",
        ".5*x + 1.",
        "1e3*x - 2.5E-1",
        "x\t+\n y",
        "abs(y)**z",
        "max(x, y) - min(x, y)",
    ],
)
def test_formulas_read_as_python_reads_them(text: str) -> None:
    """Same precedence and grouping as Python's own operators."""
    expected = eval(text.replace("\n", " "), dict(XYZ))  # noqa: S307  our own texts
    assert parse(text).evaluate(XYZ) == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x^2", "x**2"),
        ("2^3^2", "2**3**2"),
        ("ln(x)", "log(x)"),
        ("pow(x,y)", "x**y"),
        ("x \u2212 y", "x-y"),
    ],
)
def test_other_spellings(text: str, same: str) -> None:
    assert parse(text).evaluate(XYZ) == parse(same).evaluate(XYZ)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(k, 1..3, x^k)", "x + x^2 + x^3"),
        ("sum(k, 2..2, y)", "y"),
        ("sum(i, 1..2, sum(j, 0..1, x*i + y*j))", "6*x + 2*y"),
        ("2*sum(k, 0..1, z - k)^2", "2*(z + z - 1)^2"),
        ("sum(k, 1..3, k)*sum(k, 1..2, k)", "18"),
        ("1.*x + .5", "x + 0.5"),
    ],
)
def test_sums_are_written_out(text: str, same: str) -> None:
    assert parse(text).evaluate(XYZ) == pytest.approx(parse(same).evaluate(XYZ))
    exact = {name: Fraction(x) for name, x in XYZ.items()}
    assert parse(text).evaluate(exact) == parse(same).evaluate(exact)


def test_elements_are_names() -> None:
    formula = parse("sum(k, 1..2, w[k]*x[k+1]) + W[2,1] - w[1]")
    assert formula.names == ("w[1]", "x[2]", "w[2]", "x[3]", "W[2,1]")
    bindings = {name: Fraction(i) for i, name in enumerate(formula.names, 1)}
    assert formula.evaluate(bindings) == 1 * 2 + 3 * 4 + 5 - 1
    with pytest.raises(ExpressionError, match=r"^column 5: unknown name 'w\[3\]'"):
        parse("1 + w[3]", names=["w[1]"])


def test_operations_can_be_watched() -> None:
    """Each with its step, in the order in which they run."""
    found: list[tuple[str, float]] = []
    parse("x*y + sin(0)").evaluate(
        {"x": 2.0, "y": 3.0}, seen=lambda step, out: found.append((step.name, out))
    )
    assert found == [("mul", 6.0), ("sin", 0.0), ("add", 6.0)]


def test_names_come_in_order_of_appearance() -> None:
    formula = parse("σ1*ŷ + x_2*σ1 - pi*e + sin(b)")
    assert formula.names == ("σ1", "ŷ", "x_2", "b")
    assert formula.text.startswith("σ1")
    assert repr(formula) == "<expression 'σ1*ŷ + x_2*σ1 - pi*e + sin(b)'>"


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_function_is_its_row(name: str) -> None:
    """A call runs the row of the table, on floats and on Values alike."""
    row = functions()[name]
    points = [0.75, 0.25][: row.arity]
    if name == "acosh":
        points = [1.75]
    text = f"{name}({', '.join('xy'[: row.arity])})"
    bindings = dict(zip("xy", points, strict=False))
    plain = parse(text).evaluate(bindings)
    recorded = parse(text).evaluate({k: Value(x) for k, x in bindings.items()})
    assert math.isfinite(plain)
    assert recorded.data == plain
    assert recorded.primitive.name == row.name


def test_a_constant_power_is_recorded_as_one() -> None:
    """x**2 is x**2 and not exp(2*log(x)), so it has a derivative at -3."""
    x = Value(-3.0)
    for text in ("x**2", "x**(4/2)", "x^2.0"):
        y = parse(text).evaluate({"x": x})
        x.zero_grad()
        y.backward()
        assert y.primitive.bound == {"n": 2, "k": 0}
        assert x.grad == -6.0
    assert parse("x**-1").evaluate({"x": x}).primitive.bound["n"] == -1


# -- kinds of numbers ------------------------------------------------------------------


def test_literals_take_the_kind_of_the_bindings() -> None:
    text = parse("(x + 0.1)**2 / 3 - 2*x")
    half = Fraction(1, 2)
    exact = (half + Fraction(1, 10)) ** 2 / 3 - 1
    assert text.evaluate({"x": 0.5}) == (0.5 + 0.1) ** 2 / 3 - 1.0
    assert text.evaluate({"x": half}) == exact
    assert text.evaluate({"x": Value(half)}).data == exact
    assert text.evaluate({"x": sympy.Rational(1, 2)}) == sympy.Rational(
        exact.numerator, exact.denominator
    )
    with mpmath.workdps(50):
        found = text.evaluate({"x": mpmath.mpf(1) / 2})
        assert abs(found - mpmath.mpf(exact.numerator) / exact.denominator) < 1e-49


def test_constants_take_the_kind_too() -> None:
    assert parse("pi").evaluate() == math.pi
    assert parse("e").evaluate() == math.e
    assert parse("pi + e").evaluate(like=sympy.Integer(0)) == sympy.pi + sympy.E
    with mpmath.workdps(50):
        assert parse("pi").evaluate(like=mpmath.mpf(0)) == +mpmath.pi
        assert parse("e").evaluate(like=mpmath.mpf(0)) == +mpmath.e
    with pytest.raises(ExactnessError, match="pi is not a fraction"):
        parse("pi").evaluate(like=Fraction(0))


def test_plain_ints_adopt_the_kind_of_the_others() -> None:
    assert parse("x/y").evaluate({"x": 1, "y": 3}) == 1 / 3
    assert parse("1/3").evaluate(like=0) == 1 / 3
    assert parse("x/y").evaluate({"x": 1, "y": Fraction(3)}) == Fraction(1, 3)
    assert parse("x/3").evaluate({"x": True}, like=Fraction(0)) == Fraction(1, 3)
    with pytest.raises(OverflowError, match="401 digits"):
        parse("x").evaluate({"x": 10**400})


def test_kinds_are_not_mixed() -> None:
    with pytest.raises(TypeError, match="make them the same"):
        parse("x + y").evaluate({"x": Fraction(1), "y": 0.5})
    with pytest.raises(TypeError, match="got str"):
        parse("x").evaluate({"x": "1"})
    with pytest.raises(ExactnessError, match=r"sin\(\) is not possible on Fraction"):
        parse("sin(x)").evaluate({"x": Fraction(1)})


def test_gradients_of_a_formula() -> None:
    x, y = Value(2.0), Value(3.0)
    parse("x*y + sin(x)").evaluate({"x": x, "y": y}).backward()
    assert (x.grad, y.grad) == (3.0 + math.cos(2.0), 2.0)


# -- refusals --------------------------------------------------------------------------

REFUSED = {
    "": "column 1: nothing where a number or a name is expected",
    "  ": "column 1: nothing where",
    "x +": "column 4: the expression ends where a number or a name is expected",
    "x + ": "column 4: the expression ends where",
    "sin(": "column 5: the expression ends where",
    "2 x": "column 3: expected an operator before 'x'",
    "2x": "column 2: expected an operator before 'x'",
    "2(x)": r"column 2: expected an operator before '\('",
    "(x)(y)": r"column 4: expected an operator before '\('",
    "x 2": "column 3: expected an operator before '2'",
    "1.2.3": "column 4: expected an operator before '.3'",
    "1e": "column 2: expected an operator before 'e'",
    "0x10": "column 2: expected an operator before 'x10'",
    "1_000": "column 2: expected an operator before '_000'",
    "x + * y": "column 5: expected a number or a name, got '\\*'",
    "x // y": "column 4: expected a number or a name, got '/'",
    "x *** y": "column 5: expected a number or a name, got '\\*'",
    "()": r"column 2: expected a number or a name, got '\)'",
    "(x": r"column 1: '\(' is never closed",
    "max(x, (y)": r"column 1: '\(' is never closed",
    "x)": r"column 2: '\)' without '\('",
    "x, y": "column 2: ',' outside of a function call",
    "(x, y)": "column 3: ',' outside of a function call",
    "sin": r"column 1: 'sin' is a function; write sin\(...\)",
    "x + sin": r"column 5: 'sin' is a function",
    "sin()": r"column 1: sin\(\) takes 1 operand, got 0",
    "sin(x, y)": r"column 1: sin\(\) takes 1 operand, got 2",
    "max(x)": r"column 1: max\(\) takes 2 operands, got 1",
    "max(x, y, z)": r"column 1: max\(\) takes 2 operands, got 3",
    "max(x,)": r"column 7: expected a number or a name, got '\)'",
    "foo(x)": "column 1: unknown name 'foo'; known: ",
    "tnah(x)": "column 1: unknown name 'tnah'; known: tanh,",
    "x(2)": "column 1: unknown name 'x'; known: ",
    "__import__('os')": "column 1: unknown name '__import__'; known: .*sin, cos",
    "x.__class__": r"column 2: expected an operator before '\.'",
    "x; y": "column 2: expected an operator before ';'",
    "lambda: 0": "column 7: expected an operator before ':'",
    "x if y else z": "column 3: expected an operator before 'if'",
    "x = 1": "column 3: expected an operator before '='",
    "'a'": 'column 1: expected a number or a name, got "\'"',
    "x \u00d7 y": r"column 3: expected an operator before '\u00d7'; write \*",
    "x\u00b7y": r"column 2: expected an operator before '\u00b7'; write \*",
    "x\u00b2": r"column 2: expected an operator before '\u00b2'; write \*\*2",
    "\u0663": "column 1: expected a number or a name",
    "x\x00": r"column 2: expected an operator before '\\x00'",
    "\udcff": r"column 1: expected a number or a name, got '\\udcff'",
    "x + 1e999": "column 5: '1e999' is too large for a 64-bit float",
    "1e-999999999": "column 1: '1e-999999999' is too small for a 64-bit float",
    "9" * 400: "column 1: '9+...' is too large for a 64-bit float",
    "0." + "1" * MAX_NUMBER_LENGTH: "column 1: a number of more than 1000 characters",
    "x\n+ $": r"line 2, column 3: expected a number or a name, got '\$'",
    "x +\n\n": "line 1, column 4: the expression ends",
    "sum(": "column 5: a sum begins with its index; write sum",
    "sum(x, y)": "column 8: expected a range of whole numbers such as 1..3, got 'y'",
    "sum(1, 1..2, x)": "column 5: a sum begins with its index",
    "sum(k, 1..2)": "column 1: a sum needs a formula after its range",
    "sum(k, 1..2, x, y)": "column 1: a sum has one formula, got 2",
    "sum(k, 2..1, x)": "column 8: the range 2..1 is empty",
    "sum(k, 1..1.5, x)": "column 8: expected a range",
    "sum(k, 1..9999999, x)": "column 8: expected a range",
    "sum(k, 1..30000, x)": "column 18: more than 20,000 operations",
    "sum(e, 1..2, x)": "column 5: 'e' has a meaning; use another index",
    "sum(k, 1..2, sum(k, 1..2, k))": "column 18: 'k' is the index of a sum around",
    "sum(k, 1..2, x": r"column 1: '\(' is never closed",
    "".join(f"sum(k{i}, 1..1, " for i in range(9)) + "x": "column .*: more than 8 sums",
    "w[": "column 3: expected a whole number or an index, got the end",
    "w[1": r"column 1: '\[' is never closed",
    "w[k]": "column 3: expected a whole number or an index, got 'k'",
    "w[1.5]": "column 3: expected a whole number, got '1.5'",
    "sum(k, 1..2, w[j])": "column 16: expected .* got 'j'; the indices here: k",
    "sum(k, 1..2, w[k+x])": "column 18: expected a whole number, got 'x'",
    "w[1;2]": r"column 4: expected ',' or '\]' in the index, got ';'",
    "w[1](x)": "column 5: expected an operator before '\\('",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_what_is_no_formula_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=f"^{message}"):
        parse(text)


def test_unknown_variables() -> None:
    """A name that is not bound, or not allowed, is refused where it stands."""
    with pytest.raises(ExpressionError, match=r"^column 5: .* 'z'; known: x, y"):
        parse("x + z").evaluate({"x": 1.0, "y": 2.0})
    with pytest.raises(ExpressionError, match=r"^column 5: .* 'z'; known: x, y"):
        parse("x + z", names=["x", "y"])
    with pytest.raises(ExpressionError, match=r"^column 5: 'x' has a meaning"):
        parse("sum(x, 1..2, 1)", names=["x"])
    assert parse("x", names=["x", "y"]).names == ("x",)


@pytest.mark.parametrize("text", [b"x", None, 3])
def test_only_text_is_read(text: object) -> None:
    with pytest.raises(TypeError, match="'text' must be a str, got "):
        parse(text)  # type: ignore[arg-type]


# -- limits ----------------------------------------------------------------------------


def test_any_depth() -> None:
    """Nesting, signs and powers as deep as the token limit allows."""
    n = MAX_TOKENS // 2 - 1
    assert parse("(" * n + "x" + ")" * n).evaluate({"x": 2.0}) == 2.0
    assert parse("-" * 9_999 + "x").evaluate({"x": 2.0}) == -2.0
    assert parse("sin(" * 3_000 + "x" + ")" * 3_000).evaluate({"x": 0.0}) == 0.0
    assert parse("**".join(["x"] * 5_000)).evaluate({"x": 1.0}) == 1.0
    assert parse("+".join(["x"] * 5_000)).evaluate({"x": Value(1.0)}).data == 5_000.0


def test_the_token_limit() -> None:
    with pytest.raises(ExpressionError, match=r"^column 10001: more than 10000 "):
        parse("-" * MAX_TOKENS + "x")


def test_long_names_are_cut_in_messages() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("a" * 100_000 + "(x)")
    assert len(str(caught.value)) < 200


HUGE = ["9**9**9", "9**9**9**9", "(x*1e300)**1000", "1e-300**1000", "x**99999999"]


@pytest.mark.parametrize("text", HUGE)
def test_huge_powers_end_at_once(text: str) -> None:
    """Floats overflow to inf; exact and long numbers are refused; nothing hangs."""
    assert parse(text).evaluate({"x": 3.0}) in (0.0, math.inf)
    for three in (Fraction(3), sympy.Integer(3), mpmath.mpf(3), Value(Fraction(3))):
        with pytest.raises(ExpressionError, match="beyond 4,200 digits"):
            parse(text).evaluate({"x": three}, like=three)


def test_products_stop_growing_too() -> None:
    text = "*".join(["x"] * 4_000)
    with pytest.raises(ExpressionError, match="beyond 4,200 digits"):
        parse(text).evaluate({"x": Fraction(10**40, 3)})
    with pytest.raises(ExpressionError, match="beyond 4,200 digits"):
        parse("exp(exp(exp(x)))").evaluate({"x": mpmath.mpf(100)})
    with pytest.raises(ExpressionError, match="beyond 4,200 digits"):
        parse("x**5000").evaluate({"x": sympy.Symbol("x")})
    largest = Fraction(2) ** (MAX_BITS - 1)
    assert str(parse("x").evaluate({"x": largest})) == str(2 ** (MAX_BITS - 1))


def test_zero_with_any_exponent() -> None:
    """0e999999999 as a fraction must not compute the power of ten first."""
    assert parse("0e999999999").evaluate(like=Fraction(0)) == 0
    assert parse("-0e99").evaluate() == 0.0
    assert math.copysign(1.0, parse("-0.0").evaluate()) == -1.0


# -- anything at all -------------------------------------------------------------------

ATOMS = st.sampled_from(
    [*"xyz()+-*/^,. \n", "**", "1", "0.5", "1e308", "5e-324", "pi", "e", "$", "σ"]
    + [f"{name}(" for name in functions()]
)


@given(st.lists(ATOMS, max_size=40).map("".join) | st.text(max_size=60))
@example("sinc(1/0)")
@example("max(0/0,1)**.5")
def test_only_expression_errors_come_out(text: str) -> None:
    """Any text is read or refused; what is read has a float value, if any value."""
    try:
        formula = parse(text)
    except ExpressionError as error:
        assert re.match(r"(line \d+, )?column \d+: ", str(error))  # noqa: PT017  or reads
        return
    value = formula.evaluate(dict.fromkeys(formula.names, 0.5))
    assert type(value) is float
    recorded = formula.evaluate({name: Value(0.5) for name in formula.names})
    if formula.names:
        assert recorded.data == pytest.approx(value, rel=1e-12, nan_ok=True)


NUMBERS = st.floats(0.1, 10.0).map(lambda x: str(round(x, 3)))
POWERS = st.builds("{}**{}".format, st.sampled_from("xyz"), st.integers(0, 4))
SUMS = st.recursive(
    st.sampled_from("xyz") | NUMBERS | POWERS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("-{}".format, inner)
    ),
    max_leaves=12,
)


@given(SUMS)
def test_agrees_with_python(text: str) -> None:
    """Against Python's own parser, on texts that are safe by construction."""
    bindings = {name: Fraction(x) for name, x in XYZ.items()}

    class Exact(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            if isinstance(node.value, int):
                return node
            number = ast.Call(
                ast.Name("Fraction", ast.Load()), [ast.Constant(str(node.value))], []
            )
            return ast.copy_location(number, node)

    tree = ast.fix_missing_locations(Exact().visit(ast.parse(text, mode="eval")))
    code = compile(tree, "<text>", "eval")
    expected = eval(code, {"Fraction": Fraction, **bindings})  # noqa: S307  as above
    assert parse(text).evaluate(bindings, like=Fraction(0)) == expected
