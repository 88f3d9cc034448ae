"""The text column: formulas print as a textbook writes them, in three languages."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import Value
from autograd_core.numbers.notation import FORMS
from autograd_core.numbers.text import (
    COLUMN,
    Formula,
    derivative,
    equation,
    local_formulas,
    number,
    symbol,
    symbols,
)
from autograd_core.numbers.typeset import factor_text
from autograd_core.primitives import TABLE

w, x, y, p, L = symbols("w x y p L")

# -- brackets ------------------------------------------------------------------------

PRECEDENCE = [
    # sums
    (w + (x + y), "w + x + y", "w + x + y"),
    (w - (x - y), "w − (x − y)", r"w - \left(x - y\right)"),
    (w - (x + y), "w − (x + y)", r"w - \left(x + y\right)"),
    ((w - x) - y, "w − x − y", "w - x - y"),
    (w + (-x), "w + (−x)", r"w + \left(-x\right)"),
    (w - (-x), "w − (−x)", r"w - \left(-x\right)"),
    (-w + x, "−w + x", "-w + x"),
    (w + (-x + y), "w + (−x + y)", r"w + \left(-x + y\right)"),
    # products
    (w * (x * y), "w·x·y", "w x y"),
    (w * (x + y), "w(x + y)", r"w \left(x + y\right)"),
    ((w + x) * y, "(w + x)·y", r"\left(w + x\right) y"),
    (w * (-x), "w·(−x)", r"w \left(-x\right)"),
    (-w * x, "−w·x", "-w x"),
    (-(w * x), "−w·x", "-w x"),
    (-(w + x), "−(w + x)", r"-\left(w + x\right)"),
    (-(-w * x), "−(−w·x)", r"-\left(-w x\right)"),
    (3 * x, "3x", "3 x"),
    (x * 3, "x·3", r"x \cdot 3"),
    (
        symbol("loss") * (1 - p),
        "loss·(1 − p)",
        r"\mathrm{loss} \cdot \left(1 - p\right)",
    ),
    # quotients
    (w / x / y, "(w/x)/y", r"\frac{\frac{w}{x}}{y}"),
    (w / (x / y), "w/(x/y)", r"\frac{w}{\frac{x}{y}}"),
    (w * x / y, "w·x/y", r"\frac{w x}{y}"),
    (w / x * y, "(w/x)·y", r"\frac{w}{x} y"),
    (w * (x / y), "w·x/y", r"w \frac{x}{y}"),
    (w / (x * y), "w/(x·y)", r"\frac{w}{x y}"),
    (-x / y**2, "−x/y²", r"\frac{-x}{y^{2}}"),
    (1 / (1 + x), "1/(1 + x)", r"\frac{1}{1 + x}"),
    # powers
    ((-x) ** 2, "(−x)²", r"\left(-x\right)^{2}"),
    (-(x**2), "−x²", "-x^{2}"),
    ((x**2) ** 3, "(x²)³", r"\left(x^{2}\right)^{3}"),
    (x**-2, "x⁻²", "x^{-2}"),
    (2**x, "2^x", "2^{x}"),
    (x ** (y - 1), "x^(y − 1)", "x^{y - 1}"),
    ((w * x) ** 2, "(w·x)²", r"\left(w x\right)^{2}"),
    ((w / x) ** 2, "(w/x)²", r"\left(\frac{w}{x}\right)^{2}"),
    (number(-2) ** 2, "(−2)²", r"\left(-2\right)^{2}"),
    # functions
    (ac.log(x), "ln x", r"\ln x"),
    (ac.log(x * y), "ln(x·y)", r"\ln\left(x y\right)"),
    (y * ac.log(x), "y·ln x", r"y \, \ln x"),
    (ac.log(x) * y, "(ln x)·y", r"\left(\ln x\right) y"),
    (y * ac.log(x) * w, "(y·ln x)·w", r"\left(y \, \ln x\right) w"),
    (ac.log(x) / y, "(ln x)/y", r"\frac{\ln x}{y}"),
    (ac.log(x) ** 2, "(ln x)²", r"\left(\ln x\right)^{2}"),
    (ac.sigmoid(x) ** 2, "σ(x)²", r"\sigma\left(x\right)^{2}"),
    (ac.exp(-x) ** 2, "exp(−x)²", r"\left(e^{-x}\right)^{2}"),
    (1 / ac.sqrt(1 - x**2), "1/√(1 − x²)", r"\frac{1}{\sqrt{1 - x^{2}}}"),
    (ac.sqrt(x) * y, "(√x)·y", r"\sqrt{x} y"),
    (abs(x) ** 2, "|x|²", r"\left|x\right|^{2}"),
]


@pytest.mark.parametrize(("formula", "text", "latex"), PRECEDENCE, ids=lambda f: str(f))
def test_brackets(formula: Formula, text: str, latex: str) -> None:
    """As many brackets as a reader needs, and no more."""
    assert str(formula) == text
    assert formula.to_latex() == latex


def leaf() -> st.SearchStrategy[Formula]:
    names = st.sampled_from("abc").map(symbol)
    return names | st.integers(-4, 4).map(number)


def grow(part: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    pair = st.tuples(st.sampled_from(["add", "sub", "mul", "div"]), part, part)
    power = st.tuples(part, st.integers(-3, 3))
    return (
        pair.map(lambda t: Formula(t[0], t[1:]))
        | power.map(lambda t: t[0] ** t[1])
        | part.map(lambda f: -f)
    )


POINT = {"a": Fraction(3, 7), "b": Fraction(-5, 2), "c": Fraction(11, 3)}


def value(formula: Formula) -> Any:
    """What a tree means, computed on the tree."""
    if formula.op == "name":
        return POINT[formula.attributes["text"]]
    if formula.op == "number":
        return Fraction(formula.attributes["value"])
    xs = [value(operand) for operand in formula.operands]
    return {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "pow": lambda x, y: x**y,
        "neg": lambda x: -x,
    }[formula.op](*xs)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def read(text: str) -> Any:
    """What the printed text means to one who knows the usual precedence."""
    text = re.sub(r"(?<=[\dabc)⁰¹²³⁴⁵⁶⁷⁸⁹])(?=[abc(])", "*", text)  # side by side
    text = text.replace("−", "-").replace("·", "*")

    def token(found: re.Match[str]) -> str:
        if found[1]:
            return f"Fraction({found[1]})"
        return f"**({found[2].translate(RAISED)})"

    text = re.sub("([0-9]+)|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", token, text)
    return eval(text, {"Fraction": Fraction, **POINT})  # noqa: S307  our own text


@given(st.recursive(leaf(), grow, max_leaves=12))
def test_what_is_printed_means_what_the_tree_means(formula: Formula) -> None:
    """No bracket is missing: the text, read back, has the value of the tree."""
    try:
        expected = value(formula)
        found = read(str(formula))
    except ZeroDivisionError:
        assume(False)
    assert found == expected, str(formula)


def test_a_sum_after_a_times_sign_is_bracketed() -> None:
    assert factor_text(1 - y) == "(1 − y)"
    assert factor_text(-y) == "−y"
    assert factor_text(1 / p) == "1/p"


# -- what nobody writes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (1 * x, "x"),
        (x * 1, "x"),
        (0 + x, "x"),
        (x + 0, "x"),
        (x - 0, "x"),
        (0 - x, "−x"),
        (Formula("neg", (-x,)), "x"),
        (x * -1, "−x"),
        (-1 * x, "−x"),
        (x / 1, "x"),
        (x**1, "x"),
        (-x * -1, "x"),
    ],
)
def test_light_simplification(formula: Formula, text: str) -> None:
    assert str(formula) == text


# -- display names ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (ac.sigmoid(x), "σ(x)"),
        (ac.square(x), "x²"),
        (ac.reciprocal(x), "1/x"),
        (ac.relu(x), "relu(x)"),
        (ac.log2(x), "log₂ x"),
        (ac.log1p(x), "ln(1 + x)"),
        (ac.xlogy(x, y), "x·ln y"),
        (ac.cbrt(x + 1), "∛(x + 1)"),
        (ac.hypot(x, y), "√(x² + y²)"),
        (ac.maximum(x, y), "max(x, y)"),
        (ac.where(ac.step(x), x, 0.01 * x), "x if x > 0 else 0.01x"),
        (ac.where(p, x, y), "x if p ≠ 0 else y"),
        (ac.leaky_relu(x), "leaky_relu(x, 0.01)"),
        (ac.dot([w, x], [y, p]), "w·y + x·p"),
        (ac.sum([w, x, y]), "w + x + y"),
        (ac.softmax([x, y])[1], "softmax(x, y)[1]"),
        (ac.logsumexp([x, y]), "ln(exp(x) + exp(y))"),
        (ac.sinc(x), "sinc(x)"),
        (COLUMN.powc(x, n=3, k=1), "3x²"),
        (COLUMN.powc(x, n=2, k=2), "2"),
        (COLUMN.powc(x, n=2, k=3), "0"),
        (COLUMN.powc(x, n=Fraction(1, 2), k=0), "x^(1/2)"),
        (COLUMN.logistic_slope(x), "σ′(x)"),
        (COLUMN.strong_mul(x, y), "x·y"),
        (COLUMN.two_over_sqrt_pi * x, "(2/√π)·x"),
        (1e-7 * x, "10⁻⁷·x"),
        (2.5e10 * x, "2.5·10¹⁰·x"),
        (float("inf") * x, "∞x"),
        (derivative(L, x), "∂L/∂x"),
        (derivative(L, x, total=True), "dL/dx"),
        (derivative(L, x, x), "∂²L/∂x²"),
        (derivative(L, w, x), "∂²L/∂w∂x"),
        (equation(L, x + y), "L = x + y"),
    ],
    ids=str,
)
def test_textbook_forms(formula: Formula, text: str) -> None:
    assert str(formula) == text


@pytest.mark.parametrize(
    ("name", "text", "latex", "mathml"),
    [
        ("w1", "w₁", "w_{1}", "<msub><mi>w</mi><mn>1</mn></msub>"),
        ("w_12", "w₁₂", "w_{12}", "<msub><mi>w</mi><mn>12</mn></msub>"),
        ("w₁", "w₁", "w_{1}", "<msub><mi>w</mi><mn>1</mn></msub>"),
        ("θ0", "θ₀", r"\theta_{0}", "<msub><mi>θ</mi><mn>0</mn></msub>"),
        ("Ω", "Ω", r"\Omega", "<mi>Ω</mi>"),
        ("λ", "λ", r"\lambda", "<mi>λ</mi>"),
        ("ŷ", "ŷ", r"\hat{y}", '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'),
        ("loss", "loss", r"\mathrm{loss}", "<mi>loss</mi>"),
        ("a + b", "a + b", r"\text{a + b}", "<mtext>a + b</mtext>"),
        ("<&>", "<&>", r"\text{<\&>}", "<mtext>&lt;&amp;&gt;</mtext>"),
        ("a\\b_{", "a\\b_{", r"\text{a\textbackslash{}b\_\{}", "<mtext>a\\b_{</mtext>"),
        ("\x00\n\x7f", "␀␊␡", r"\text{␀␊␡}", "<mtext>␀␊␡</mtext>"),
        ("\u202ex\ud800\ufffe", "�x��", r"\text{�x��}", "<mtext>�x��</mtext>"),
    ],
)
def test_names(name: str, text: str, latex: str, mathml: str) -> None:
    """A name is an index, a letter, a word or plain text; it is escaped as each."""
    assert str(symbol(name)) == text
    assert symbol(name).to_latex() == latex
    assert symbol(name).to_mathml() == f"<math>{mathml}</math>"


def test_a_name_that_reads_like_a_sum_is_bracketed_in_a_product() -> None:
    assert str(symbol("a + b") * x) == "(a + b)·x"


# -- every row -------------------------------------------------------------------------

ATTRIBUTES = {
    "n": 3,
    "k": 0,
    "slope": 0.01,
    "alpha": 1,
    "low": 0,
    "high": 1,
    "target": 1,
    "digits": None,
}
CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "mover": 2, "mroot": 2}


def formulas_of(name: str) -> list[Formula]:
    row = TABLE[name]
    attributes = {a: ATTRIBUTES.get(a, 1) for a in row.attributes}
    count = row.arity if row.arity > 0 else 4
    operands = symbols("x y z w")[:count]
    made = getattr(COLUMN, name)(*operands, **attributes)
    locals_ = local_formulas(row.bind(attributes), operands, "out")
    nested = [f for line in locals_ for f in (line if row.multiple else [line])]
    return [*(made if row.multiple else [made]), *nested]


@pytest.mark.parametrize("name", list(TABLE))
def test_every_row_prints_in_every_language(name: str) -> None:
    """A row and its derivatives; the MathML is XML with the right children."""
    for formula in formulas_of(name):
        assert str(formula)
        assert formula.to_latex().count("{") == formula.to_latex().count("}")
        for element in ET.fromstring(formula.to_mathml()).iter():  # noqa: S314
            if element.tag in CHILDREN:
                assert len(element) == CHILDREN[element.tag], formula.to_mathml()


def test_every_form_is_of_a_row() -> None:
    """A typing error in the table of forms would hide behind the default."""
    own = {"name", "number", "derivative", "equation", "chain"}
    assert set(FORMS) - set(TABLE) == own


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("sigmoid", ["z"], ["p(1 − p)"]),
        ("mul", ["x", "y"], ["y", "x"]),
        ("log", ["p"], ["1/p"]),
        ("div", ["x", "y"], ["1/y", "−x/y²"]),
        ("exp", ["z"], ["p"]),
        ("tanh", ["z"], ["1 − p²"]),
        ("step", ["z"], ["0"]),
        ("logsumexp", ["x", "y"], ["softmax(x, y)[0]", "softmax(x, y)[1]"]),
    ],
)
def test_local_formulas(name: str, operands: list[str], expected: list[str]) -> None:
    """``shown`` where the row has it, else ``partials``."""
    assert [str(f) for f in local_formulas(TABLE[name], operands, "p")] == expected


def test_local_formulas_of_several_outputs() -> None:
    lines = local_formulas(TABLE["softmax"], ["x", "y"], "p")
    assert [[str(f) for f in line] for line in lines] == [
        ["p[0]·(1 − p[0])", "p[0]·(−p[1])"],
        ["p[1]·(−p[0])", "p[1]·(1 − p[1])"],
    ]


def test_a_users_own_row_is_printed_as_a_call() -> None:
    row = ac.Primitive("twirl", (lambda m, x, out: m.cos(x),))
    assert [str(f) for f in local_formulas(row, ["x"], "t")] == ["cos x"]
    assert str(Formula("twirl", (x,))) == "twirl(x)"
    assert Formula("twirl", (x,)).to_latex() == r"\operatorname{twirl}\left(x\right)"


# -- a formula is not a number ---------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    [
        bool,
        float,
        int,
        complex,
        lambda f: f == f,
        lambda f: f != 1,
        lambda f: f < 1,
        lambda f: f >= f,
        lambda f: f + "1",
        lambda f: 1 if f else 0,
        Value,
    ],
)
def test_what_a_formula_refuses(use: Any) -> None:
    with pytest.raises(TypeError, match=r"formula|Formula|unsupported"):
        use(x)


def test_a_formula_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        x.op = "log"  # type: ignore[misc]
    with pytest.raises(TypeError):
        x.attributes["text"] = "y"  # type: ignore[index]


def test_depth_is_no_limit_and_length_is() -> None:
    deep = x
    for _ in range(4_000):
        deep = ac.sigmoid(deep)
    assert str(deep).count("σ") == deep.to_latex().count("sigma") == 4_000
    assert deep.to_mathml().count("σ") == 4_000
    doubled = x
    for _ in range(1_000):
        doubled = doubled + doubled
    for printer in (str, Formula.to_latex, Formula.to_mathml):
        with pytest.raises(ValueError, match="too long to be printed"):
            printer(doubled)
    assert repr(doubled).startswith("<Formula of ")


def test_notebooks_and_repr() -> None:
    assert (x / y)._repr_latex_() == r"$\displaystyle \frac{x}{y}$"
    assert repr(x + 1) == "Formula('x + 1')"
    assert (x + 1).to_mathml(block=True).startswith('<math display="block">')


def test_a_function_of_ones_own_prints_itself() -> None:
    """The formula on a page is the program, run on names."""

    def loss(y: Any, p: Any) -> Any:
        return -y * ac.log(p) - (1 - y) * ac.log(1 - p)

    assert str(loss(y, p)) == "−y·ln p − (1 − y)·ln(1 − p)"
