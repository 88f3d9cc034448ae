"""Derivations: what is read, what is marked right and wrong, and what is said of it."""

import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy

from autograd_core import GradientCheckError, check_derivation, sigmoid
from autograd_core.derivation import Report, checking

ROOT = Path(__file__).resolve().parents[2]

NEURON = """z = w1*x1 + w2*x2 + b
yhat = sigmoid(z)
L = -y*ln(yhat) - (1-y)*ln(1-yhat)
"""
SOFTMAX = """p[i] = exp(z[i]) / sum(k, 1..3, exp(z[k])) for i in 1..3
y[3] = 1 - y[1] - y[2]
L = -sum(i, 1..3, y[i]*ln(p[i]))
"""
MEAN = "E = sum(i, 1..4, (m*x[i] - y[i])^2)/4\n"
NAMED_MEAN = "n = 3\nE = sum(i, 1..3, (m*x[i] - y[i])^2)/n\n"
LAYER = """z[k] = sum(j, 1..2, W[k,j]*x[j]) for k in 1..2
L = z[1]^2 + z[2]^3
d[1] = 2*z[1]
d[2] = 3*z[2]^2
"""


def kinds(report: Report) -> list[str]:
    return [verdict.kind for verdict in report.verdicts]


def only(text: str, **options: Any) -> Any:
    (verdict,) = check_derivation(text, **options).verdicts
    return verdict


# -- right claims ----------------------------------------------------------------------


def test_a_whole_derivation() -> None:
    """Every step from the loss to the weights, first and second order."""
    report = check_derivation(
        NEURON
        + """
        dL/dyhat = -(y - yhat) / (yhat*(1-yhat))    # the graph is cut at yhat
        dyhat/dz = yhat*(1 - yhat)
        dL/dz = yhat - y
        dL/dw1 = -(y - yhat)*x1
               = x1*yhat - x1*y                     # a chain goes on
        dL/db = yhat \u2212 y
        dL/dx1 = (yhat - y)*w1
        d2L/(dw1 dw2) = x1*x2*yhat*(1-yhat)
        d2L/dw1^2 = x1^2*yhat*(1-yhat)
        d2L/dyhat^2 = y/yhat^2 + (1-y)/(1-yhat)^2
        L = softplus(z) - y*z
        """
    )
    assert kinds(report) == ["proved"] * 11
    assert report.ok
    assert report.first_wrong is None
    assert report.inputs == ("w1", "x1", "w2", "x2", "b", "y")
    assert all(v.points == 20 and v.confirmed for v in report.verdicts)
    assert all(v.difference < 1e-40 for v in report.verdicts)


def test_families_sums_and_elements() -> None:
    report = check_derivation(
        SOFTMAX
        + """
        dL/dz[k] = p[k] - y[k] for k in 1..3
        dp[i]/dz[k] = -p[i]*p[k] for i in 1..3, k in 1..3, p[i] > p[k]
        dp[1]/dz[1] = p[1]*(1 - p[1])
        sum(i, 1..3, p[i]) = 1
        """
    )
    # At the members with i = k no point has p[i] > p[k].
    assert kinds(report) == ["proved", "not checkable", "proved", "proved"]
    assert report.verdicts[1].note.endswith("(for i = 1, k = 1)")
    assert report.verdicts[0].points == 60


@pytest.mark.slow
def test_a_network_of_two_layers_is_proved() -> None:
    """The notes' fixture, two samples: the delta rule of both layers, every index."""
    report = check_derivation(
        """
        X[1,1] = 1
        X[1,2] = -2
        X[2,1] = 0.5
        X[2,2] = 1.5
        s[k,j] = sum(i, 1..2, U[j,i]*X[k,i]) for k in 1..2, j in 1..3
        h[k,j] = sigmoid(s[k,j]) for k in 1..2, j in 1..3
        z[k,c] = sum(j, 1..3, V[c,j]*h[k,j]) for k in 1..2, c in 1..3
        a[k,c] = exp(z[k,c]) / sum(d, 1..3, exp(z[k,d])) for k in 1..2, c in 1..3
        y[k,3] = 1 - y[k,1] - y[k,2] for k in 1..2
        E = -sum(k, 1..2, sum(c, 1..3, y[k,c]*ln(a[k,c])))/2
        d[k,c] = (a[k,c] - y[k,c])/2 for k in 1..2, c in 1..3
        dE/dz[k,c] = d[k,c] for k in 1..2, c in 1..3
        dE/dV[c,j] = sum(k, 1..2, d[k,c]*h[k,j]) for c in 1..3, j in 1..3
        b[k,j] = sum(c, 1..3, d[k,c]*V[c,j])*h[k,j]*(1-h[k,j]) for k in 1..2, j in 1..3
        dE/ds[k,j] = b[k,j] for k in 1..2, j in 1..3
        dE/dU[j,i] = sum(k, 1..2, b[k,j]*X[k,i]) for j in 1..3, i in 1..2
        dE/dU[j,i] = sum(k, 1..2, b[j,k]*X[k,i]) for j in 1..2, i in 1..2
        """,
        points=3,
    )
    assert kinds(report) == ["proved"] * 4 + ["wrong"]
    assert report.verdicts[-1].slip == "a swapped index: b[j,k] for b[k,j]"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("dL/dx", "2*a*x + b"),  # total: a and b are computed from x, or not
        ("partial(L, x)", "2*x"),
        ("partial(L, x | a)", "2*x + 3*x^2"),
        ("partial(L, x | a, b)", "2*x"),
        ("partial(L, a | b, x)", "1"),
        ("dL/da", "1"),
    ],
)
def test_total_and_partial(left: str, right: str) -> None:
    """What is held, by definition: L = x^2 + a + b, a = 5*x, b = x^3."""
    right = "2*x + 5 + 3*x^2" if left == "dL/dx" else right
    assert only(f"a = 5*x\nb = x^3\nL = x^2 + a + b\n{left} = {right}").is_right


def test_partial_moves_two_at_once() -> None:
    text = "a = 5*x\nL = a^2*x^3\n"
    assert only(text + "partial(L, a, x) = 6*a*x^2").kind == "proved"
    assert only(text + "d2L/(da dx) = 6*a*x^2").kind == "not checkable"
    assert only(text + "d2L/dx^2 = 500*x^3").kind == "proved"


@pytest.mark.parametrize(
    "left",
    [
        "d2L/(dx dy)",
        "d2L/(dx*dy)",
        "d2L/dx dy",
        "d2L/(dy dx)",
        "partial(L, x, y)",
    ],
)
def test_second_derivatives_are_written_in_many_ways(left: str) -> None:
    assert only(f"L = x^2*y^3\n{left} = 6*x*y^2").kind == "proved"


@pytest.mark.parametrize(
    "left", ["d2L/dx^2", "d2L/dx**2", "d2L/(dx dx)", "d2L/(dx^2)", "d2L/dx2"]
)
def test_a_second_derivative_by_one_variable(left: str) -> None:
    assert only(f"L = x^2*y^3\n{left} = 2*y^3").kind == "proved"


def test_a_name_that_looks_like_a_differential() -> None:
    """dL/dx is a quotient where dL is a quantity."""
    assert only("dL = 6*x\ndL/(2*x) = 3").kind == "proved"
    assert only("L = x2^3*x\nd2L/dx2^2 = 6*x2*x").kind == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "f = sqrt(x)\ndf/dx = 1/(2*f) for x > 0",
        "f = ln(1 - x)\ndf/dx = 1/(x - 1) for 0 < x < 1",
        "f = ln(x*y)\ndf/dx = 1/x for x > 0, y > 0",
        "f = ln(x) for x > 0\nf = ln(x^3)/3",
        "for x > 0\nf = sqrt(x^2)\nf = x",
        "f = sqrt(x^2)\nf = -x for x <= 0",
        "f = abs(x - y)\nf = x - y for x > y",
        "f = sqrt(x)*sqrt(y)\nf^2 = x*y for x > 1 and y != 1",
        "f = x^n for x > 0\ndf/dx = n*x^(n-1)\ndf/dn = f*ln(x)",
        "f = ln(x1) + ln(x2) + ln(1 - x3) + ln(1 - x4) + ln(x5)\ndf/dx3 = 1/(x3 - 1)",
    ],
)
def test_domains(text: str) -> None:
    """Points are found inside, though most of the plane is outside."""
    report = check_derivation(text)
    assert report.ok, report


@pytest.mark.parametrize(
    "text",
    [
        "L = x for q[1] > 0\ndL/dx = 1",
        "for q[1] > 0\nL = ln(q[1])\ndL/dq[1] = 1/q[1]",
        "L[k] = sqrt(x[k]^2) for k in 1..2, x[k] > 0\ndL[2]/dx[2] = 1",
        "L[k] = sqrt(x[k]^2) for k in 1..2, x[k] > 0\nL[j] = x[j] for j in 1..2",
    ],
)
def test_domains_of_elements(text: str) -> None:
    """A condition on a definition holds from there on, for all of its indices."""
    assert check_derivation(text).ok


def test_domains_matter() -> None:
    """The same equation outside of its domain is wrong."""
    verdict = only("f = sqrt(x^2)\nf = x")
    assert verdict.kind == "wrong"
    assert verdict.witness.point["x"] < 0
    assert only("f = sqrt(x^2)\nf = x for x > 0").kind == "proved"


FUNCTIONS = {
    "x^3*exp(-x)": (-2, 2),
    "sin(x)*cos(2*x)": (-2, 2),
    "tanh(x)/x": (1, 3),
    "x^x": (1, 2),
    "ln(x)/sqrt(x)": (1, 3),
    "atan(x^2) + asin(x/9)": (-2, 2),
    "erf(x)*x": (-2, 2),
    "exp(sin(x))": (-2, 2),
    "1/(1 + exp(-3*x))": (-2, 2),
    "cosh(x)^2 - sinh(x)": (-2, 2),
}


@pytest.mark.parametrize("formula", FUNCTIONS)
def test_against_another_system(formula: str) -> None:
    """SymPy's own derivatives are right, both orders; and wrong with a term more."""
    x = sympy.Symbol("x", real=True)
    f = sympy.sympify(formula.replace("^", "**"), locals={"x": x})
    low, high = FUNCTIONS[formula]
    domain = f"for {low} < x < {high}"
    for left, order in (("df/dx", 1), ("d2f/dx^2", 2)):
        right = str(sympy.diff(f, x, order)).replace("**", "^")
        text = f"f = {formula}\n{left} = {right}"
        assert only(f"{text} {domain}", points=5).is_right
        assert only(f"{text} + x/1000000 {domain}", points=5).kind == "wrong"


# -- wrong claims ----------------------------------------------------------------------

# A student's file with one slip: what slipped, the file, its first wrong line, what
# the report says of the slip, and the right formula.
STUDENTS = [
    (
        "a sign",
        NEURON + "dL/dz = yhat - y\ndL/dw1 = (y - yhat)*x1\ndL/db = yhat - y",
        5,
        "a sign: the whole right side has the wrong one",
        "dL/dw1 = -(y - yhat)*x1",
    ),
    (
        "a sign inside",
        NEURON + "dL/dyhat = -y/yhat - (1-y)/(1-yhat)\ndL/dz = yhat - y",
        4,
        "a sign: ",
        "dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)",
    ),
    (
        "a factor 2",
        "E = (m*x + b - y)^2\ndE/db = 2*(m*x + b - y)\ndE/dm = (m*x + b - y)*x",
        3,
        "a factor 2 is missing",
        "dE/dm = 2*(m*x + b - y)*x",
    ),
    (
        "a factor 1/2",
        "E = (m*x - y)^2/2\ndE/dm = 2*(m*x - y)*x",
        2,
        "a factor 2 too many",
        "dE/dm = (m*x - y)*x",
    ),
    (
        "a missing 1/n",
        MEAN + "dE/dm = 2*sum(i, 1..4, (m*x[i] - y[i])*x[i])",
        2,
        "a missing 1/4: the mean of 4 terms has it",
        "dE/dm = 2*sum(i, 1..4, (m*x[i] - y[i])*x[i])/4",
    ),
    (
        "a missing 1/n by name",
        NAMED_MEAN + "dE/dm = 2*sum(i, 1..3, (m*x[i] - y[i])*x[i])",
        3,
        "a missing 1/n",
        "dE/dm = 2*sum(i, 1..3, (m*x[i] - y[i])*x[i])/n",
    ),
    (
        "a forgotten path",
        "a = x^2\nc = sin(x)\nf = a*c + a\ndf/da = c + 1\ndf/dx = 2*x*(c + 1)",
        5,
        "a forgotten path: the one through c",
        "df/dx = a*cos(x) + 2*x*(c + 1)",
    ),
    (
        "a forgotten path of a product",
        "f = x^2*exp(x)\ndf/dx = 2*x*exp(x)",
        2,
        "a forgotten path: the derivative of x^2*exp(x) by exp(x), in f",
        "df/dx = x*(x + 2)*exp(x)",
    ),
    (
        "forgotten paths of a softmax",
        SOFTMAX + "dL/dp[1] = -y[1]/p[1]\ndL/dz[1] = -y[1]*(1 - p[1])",
        5,
        "forgotten paths: all but the one through p[1]",
        "dL/dz[1] = p[1] - y[1]",
    ),
    (
        "a missing inner derivative",
        NEURON + "dL/dw1 = -(y - yhat)/(yhat*(1 - yhat))*x1",
        4,
        "a missing inner derivative: the derivative of sigmoid(z) by z, in yhat",
        "dL/dw1 = -x1*(y - yhat)",
    ),
    (
        "a missing inner factor",
        "f = sin(3*x)\ndf/dx = cos(3*x)",
        2,
        "a missing inner derivative: the derivative of 3*x by x, in f",
        "df/dx = 3*cos(3*x)",
    ),
    (
        "a swapped index",
        NEURON + "dL/dw1 = (yhat - y)*x1\ndL/dw2 = (yhat - y)*x1",
        5,
        "a swapped index: x1 for x2",
        "dL/dw2 = (yhat - y)*x2",
    ),
    (
        "exchanged indices",
        LAYER + "dL/dW[k,j] = d[j]*x[k] for k in 1..2, j in 1..2",
        5,
        "a swapped index: k and j exchanged",
        "dL/dW[k,j] = d[k]*x[j]",
    ),
    (
        "an index in a sum",
        LAYER + "dL/dx[j] = sum(k, 1..2, d[k]*W[j,k]) for j in 1..2",
        5,
        "a swapped index: W[j,k] for W[k,j]",
        "dL/dx[j] = sum(k, 1..2, d[k]*W[k,j])",
    ),
    (
        "e for e^x",
        "f = x^2*e^x\ndf/dx = 2*x*e^x + x^2*e",
        2,
        "e for e^x",
        "df/dx = 2*x*e^x + x^2*exp(x)",
    ),
    (
        "e for e^x in the chain rule",
        "u = 3*x\nf = exp(u)\ndf/dx = 3*e",
        3,
        "e for e^u",
        "df/dx = 3*exp(u)",
    ),
    (
        "the power rule on e^x",
        "f = e^x\ndf/dx = x*e^(x - 1)",
        2,
        "the derivative of e^x by x, in f by the power rule",
        "df/dx = exp(x)",
    ),
    (
        "an exponent not lowered",
        "f = x^5\ndf/dx = 5*x^5",
        2,
        "the exponent was not lowered: the derivative of x^5 by x, in f",
        "df/dx = 5*x^4",
    ),
    (
        "a factor that did not come down",
        "f = x^5\ndf/dx = x^4",
        2,
        "the exponent did not come down as a factor: the derivative of x^5 by x, in f",
        "df/dx = 5*x^4",
    ),
    (
        "a lost square",
        "g = P^7*(1 - P)^3\ndg/dP = 7*P^6*(1 - P)^3 - 3*P^7*(1 - P)",
        2,
        "a missing exponent: ",
        "dg/dP = 7*P^6*(1 - P)^3 - 3*P^7*(1 - P)^2",
    ),
    (
        "the argument for the result",
        "s = sigmoid(z)\nds/dz = z*(1 - z)",
        2,
        "the derivative of sigmoid(z) by z, in s with the argument in place of",
        "ds/dz = s*(1 - s)",
    ),
    (
        "a logarithm upside down",
        "f = ln(x)\ndf/dx = x",
        2,
        "the derivative of ln(x) by x, in f taken upside down",
        "df/dx = 1/x",
    ),
    (
        "a quotient upside down",
        "f = x/y\ndf/dx = y/1",
        2,
        "a quotient upside down: y/1 for 1/y",
        "df/dx = 1/y",
    ),
    (
        "one quantity for another",
        SOFTMAX + "dL/dz[k] = p[k] - 1 for k in 1..3",
        4,
        "one quantity for another: 1 for y[k]",
        "dL/dz[k] = p[k] - y[k]",
    ),
]


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student[0])
def test_the_first_wrong_step_and_its_slip(student: Any) -> None:
    """It is found, named, and put right by what the report says."""
    _, text, line, slip, right = student
    report = check_derivation(text)
    first = report.first_wrong
    assert first is not None
    assert first.line == line
    assert first.slip.startswith(slip), report
    assert first.right == right, report
    assert first.witness is not None
    assert first.witness.claimed != first.witness.right
    assert all(v.is_right for v in report.verdicts if v.line != line)
    # The right formula is of the language: put in, it is right.
    lines = text.splitlines()
    domain = lines[line - 1].partition(" for ")[1:]
    lines[line - 1] = right + "".join(domain)
    assert check_derivation("\n".join(lines)).ok


def test_the_first_of_several() -> None:
    report = check_derivation(
        NEURON + "dL/dz = yhat - y\ndL/dw1 = x2*(yhat - y)\ndL/dw2 = 3\ndL/db = 4"
    )
    assert kinds(report) == ["proved", "wrong", "wrong", "wrong"]
    assert report.first_wrong is report.verdicts[1]
    assert report.summary.endswith("the first wrong step is in line 5")


def test_an_index_is_wrong_in_one_member_only() -> None:
    """The witness says for which index."""
    text = "L = w[1] + w[2]^2\ndL/dw[k] = 1 for k in 1..2"
    verdict = only(text)
    assert verdict.witness.indices == {"k": 2}
    assert verdict.right == "dL/dw[2] = 2*w[2]"


def test_wrong_on_one_side_of_a_kink() -> None:
    verdict = only("z = w*x\na = relu(z)\nda/dw = x")
    assert verdict.kind == "wrong"
    assert verdict.slip.startswith("a missing inner derivative: the derivative of relu")
    assert verdict.right == "da/dw = x*step(z)"


def test_no_slip_is_invented() -> None:
    verdict = only("f = x^2\ndf/dx = cosh(x) + 7")
    assert verdict.slip == ""
    assert verdict.right == "df/dx = 2*x"


# -- witnesses -------------------------------------------------------------------------


def test_a_witness_is_exact_where_it_can_be() -> None:
    """Recomputed by hand: f = x^2*y/(1 + z^2), df/dx claimed without the 2."""
    verdict = only("f = x^2*y/(1 + z^2)\ndf/dx = x*y/(1 + z^2)")
    w = verdict.witness
    x, y, z = (w.point[name] for name in "xyz")
    assert all(type(n) is Fraction for n in (x, y, z, w.claimed, w.right))
    assert w.exact
    assert w.claimed == x * y / (1 + z * z)
    assert w.right == 2 * x * y / (1 + z * z)


def test_a_witness_in_a_quantity_is_one_that_it_can_have() -> None:
    """yhat is a sigmoid: its fraction is between 0 and 1, and b can bring it there."""
    verdict = only(NEURON + "dL/dw1 = -(y + yhat)*x1")
    w = verdict.witness
    assert w.exact
    assert set(w.point) == {"x1", "y", "yhat"}
    assert 0 < w.point["yhat"] < 1
    assert w.claimed == -(w.point["y"] + w.point["yhat"]) * w.point["x1"]
    assert w.right == -(w.point["y"] - w.point["yhat"]) * w.point["x1"]


def test_a_quantity_without_an_input_of_its_own_gets_no_fraction() -> None:
    """a = exp(x) and x cannot both be chosen."""
    w = only("a = exp(x)\nf = a*x\ndf/dx = a").witness
    assert not w.exact
    assert set(w.point) == {"x"}
    x = float(w.point["x"])
    assert w.right == pytest.approx(math.exp(x) * (1 + x), rel=1e-12)


def test_a_witness_of_numbers_alone() -> None:
    verdict = only("(1 + 1/10)^2 = 1.2")
    assert (verdict.witness.claimed, verdict.witness.right) == (
        Fraction(6, 5),
        Fraction(121, 100),
    )
    assert verdict.witness.point == {}
    assert "wrong: first wrong step: claimed 6/5, right 121/100" in str(
        check_derivation("(1 + 1/10)^2 = 1.2")
    )


# -- not checkable ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("f = x^2\ndf/dx = ln(-1 - x^2)", "the right side is undefined wherever the"),
        ("f = x^2\ndf/dx = 1/0", "the right side is undefined wherever the left"),
        ("f = ln(-1 - x^2)\ndf/dx = x", "no point was found where the definitions"),
        ("f = x\ndf/dx = 1 for x > 1, x < 0", "no point was found where the"),
        ("f = step(x)*0\nf/f = 1", "the left side is undefined at every point"),
        ("z = w*x\nL = z^2\ndz/dL = 1", "L is computed from z, not the other way"),
        ("z = w*x\nL = z*w\nd2L/(dz dw) = 1", "z depends on w, so moving one while"),
    ],
)
def test_what_is_undefined_everywhere_is_not_checkable(text: str, note: str) -> None:
    verdict = only(text)
    assert verdict.kind == "not checkable"
    assert verdict.note.startswith(note)
    assert not check_derivation(text).ok


def test_undefined_at_some_points_is_said() -> None:
    verdict = only("f = x^2\ndf/dx = 2*exp(ln(x))")
    assert verdict.is_right
    assert verdict.note.startswith("the right side is undefined at x = -")


# -- how sure --------------------------------------------------------------------------


def test_what_is_not_proved_agrees() -> None:
    """An integral that no rewrite knows: the reflection formula of erf and atan."""
    verdict = only("f = atan(x) + atan(1/x)\nf = pi/2 for x > 0")
    assert verdict.kind == "agrees"
    assert verdict.points == 20
    assert verdict.difference < 1e-45
    assert "agrees: at 20 points, within" in str(
        check_derivation("f = atan(x) + atan(1/x)\nf = pi/2 for x > 0")
    )


def test_cancellation_costs_a_claim_nothing() -> None:
    """At x = 1e-6 floats lose 12 of 16 digits of this right side."""
    text = "f = sin(x)^2/2\ndf/dx = (1 - cos(2*x))/(2*tan(x)) for 0 < x < 0.000001"
    assert only(text).is_right


ZEROS = "0" * 64


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # Huge numbers at the point, or both sides tiny.
        ("L = exp(x^2) + y\ndL/dy = 7 for x > 10", "dL/dy = 1"),
        ("u = exp(x)\nL = u + y^2\ndL/dy = 3*y for x > 100", "dL/dy = 2*y"),
        ("N = 6.022e23\nL = N^2*x + y\ndL/dy = 5", "dL/dy = 1"),
        (
            "h = 6.626e-34\nE = h^2*exp(f)\ndE/df = h^2*exp(f)*2",
            "dE/df = h^2*exp(f)",
        ),
        ("L = 1e-60*x\ndL/dx = 0", "dL/dx = 1e-60"),
        ("k = 1.380649e-23\nS = k*ln(W)\ndS/dW = k", "dS/dW = k/W"),
        ("h = 6.62607015e-34\nE = h*ln(r)\ndE/dr = 2*h/r", "dE/dr = h/r"),
        ("L = 1e-20*exp(x)\ndL/dx = 2e-20*exp(x)", "dL/dx = 1e-20*exp(x)"),
        ("L = 1e-30*exp(x)\ndL/dx = 0", "dL/dx = L"),
        # A difference in the 65th digit, of fractions and of others.
        ("L = x^2\ndL/dx = 2.ZEROS1*x", "dL/dx = 2*x"),
        ("L = exp(x)\ndL/dx = 1.ZEROS1*exp(x)", "dL/dx = L"),
        # Infinite numbers on the way explain nothing.
        ("L = exp(x)\ndL/dx = exp(x) + 0*x + 1", "dL/dx = exp(x) + 0*x + 0"),
        # An equation of values is not repaired by L = L.
        ("L = sqrt(x^2)\nL = x", "L = sqrt(x^2)"),
        # One sign, not two.
        ("L = 1/(1+exp(-x))\ndL/dx = -L*(1-L)", "dL/dx = L*(1 - L)"),
        ("L = -x^2*y\ndL/dx = -x*y", "dL/dx = -2*x*y"),
    ],
)
def test_a_small_difference_is_a_difference(text: str, right: str) -> None:
    """However small beside the other numbers; and the right side is right."""
    text = text.replace("ZEROS", ZEROS)
    verdict = only(text)
    assert verdict.kind == "wrong"
    assert verdict.right == right
    *before, claim = text.split("\n")
    _, _, domain = claim.partition(" for ")
    repaired = f"{right} for {domain}" if domain else right
    assert only("\n".join([*before, repaired])).is_right


def test_a_difference_that_no_printed_digit_shows_is_told() -> None:
    verdict = only(f"L = exp(x)\ndL/dx = 1.{ZEROS}1*exp(x)")
    assert verdict.difference == pytest.approx(1e-65, rel=1e-6)
    assert (
        verdict.note == "the sides differ by 1e-65 of their size, in no printed digit"
    )
    assert not verdict.slip


@pytest.mark.parametrize(
    "text",
    [
        "L = x^2\ndL/dx = (1e200 + 2*x) - 1e200",
        "L = sin(x)^2 + cos(x)^2 - 1\nL = 0",
        "L = relu(x)*(atan(y) + atan(1/y) - pi/2)\nL = 0 for y > 0",
    ],
)
def test_rounding_is_no_difference(text: str) -> None:
    """More digits tell what cancels from what differs."""
    assert only(text).is_right


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("L = x^2\ndL/dx = 2*x", "proved: at 20 points, exactly"),
        ("L = x^2\nsqrt(L) = abs(x)", "agrees: at 20 points, exactly"),
        ("L = max(exp(x), sin(x) - 1)\nL = exp(x)", "points, equal in all digits comp"),
        ("L = abs(x^3)\nL = abs(x)^3", "at 20 points, exactly"),
        ("L = atan(x) + atan(1/x) for x > 0\nL = pi/2", "agrees: at 20 points, within"),
    ],
)
def test_exactly_means_exactly(text: str, says: str) -> None:
    """A proof or fractions; equal digits are no more than that."""
    assert says in str(check_derivation(text))


def test_without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """No SymPy: nothing is proved. No mpmath either: floats and the complex step."""
    right, wrong = NEURON + "dL/dw1 = (yhat - y)*x1", NEURON + "dL/dw1 = (yhat - y)*x2"
    for module in ("sympy", "mpmath"):
        monkeypatch.setitem(sys.modules, module, None)
        for name in ("formulas", "printing", "proof"):
            monkeypatch.delitem(
                sys.modules, f"autograd_core.derivation.{name}", raising=False
            )
        verdict = only(right)
        assert verdict.kind == "agrees"
        assert verdict.confirmed
        assert verdict.difference < (1e-40 if module == "sympy" else 1e-9)
        verdict = only(wrong)
        assert verdict.kind == "wrong"
        assert verdict.right == "dL/dw1 = (yhat - y)*x1"
    verdict = only("f = x^2\ndf/dx = 7*x + 1")
    assert verdict.right == ""
    assert "right: no short formula was found" in str(
        check_derivation("f = x^2\ndf/dx = 7*x + 1")
    )


def test_the_engine_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that contradicts the engine ends everything."""
    text = "f = x^2\ndf/dx = 2*x"

    def contradicts(*_: Any) -> None:
        raise GradientCheckError("1 of 4 comparisons fail")

    def cannot(*_: Any) -> None:
        raise GradientCheckError("no reference can run this function")

    monkeypatch.setattr(checking, "check_grads", contradicts)
    with pytest.raises(GradientCheckError, match="1 of 4 comparisons fail"):
        check_derivation(text)
    monkeypatch.setattr(checking, "check_grads", cannot)
    verdict = only(text)
    assert not verdict.confirmed
    assert "no independent reference can run" in str(check_derivation(text))


def test_a_point_count_and_a_seed() -> None:
    text = "f = sin(x)\ndf/dx = cos(x)"
    assert only(text, points=3).points == 3
    assert str(check_derivation(text, seed=1)) == str(check_derivation(text, seed=1))
    wrong = "f = sin(x)\ndf/dx = cosh(x)/7"
    found = [only(wrong, seed=seed).witness.point for seed in range(8)]
    assert len({str(point) for point in found}) > 1
    with pytest.raises(ValueError, match="'points' must be from 3 to 1000, got 2"):
        check_derivation(text, points=2)


def test_equal_bytes_under_different_hash_seeds() -> None:
    program = (
        "from autograd_core import check_derivation\n"
        f"print(check_derivation({SOFTMAX + 'dL/dz[k] = p[k] - 1 for k in 1..3'!r}))\n"
        f"print(check_derivation({NEURON + 'dL/dw1 = -(y - yhat)'!r}))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


# -- reports ---------------------------------------------------------------------------


def test_the_report_as_text() -> None:
    report = check_derivation(NEURON + "dL/dz = yhat - y\ndL/dw1 = -(y + yhat)*x1")
    lines = str(report).splitlines()
    assert lines[0] == "inputs: w1, x1, w2, x2, b, y"
    assert lines[1] == "line 4: dL/dz = yhat - y"
    assert lines[2].startswith("    proved: at 20 points, ")
    assert lines[3] == "line 5: dL/dw1 = -(y + yhat)*x1"
    assert lines[4].startswith("    wrong: first wrong step: at x1 = ")
    assert lines[5:] == [
        "    right: dL/dw1 = -(y - yhat)*x1",
        "    likely slip: a sign: y + yhat for y - yhat",
        "2 claims: 1 proved, 1 wrong; the first wrong step is in line 5",
    ]
    assert repr(report) == f"<Report {lines[-1]}>"


def test_the_report_as_html_is_escaped() -> None:
    report = check_derivation("f = x for x < 1  # <script>\ndf/dx = 2 for x<1")
    html = report._repr_html_()
    assert html == report.to_html()
    assert "<script" not in html
    assert html.startswith('<div class="derivation"><p>1 claim: 1 wrong; the first')
    assert '<tr class="wrong first-wrong"><td>2</td>' in html
    assert "<code>df/dx = 2</code>" in html
    named = check_derivation("a = x\na = 2*x")
    assert "&" not in named.to_html().replace("&lt;", "").replace("&#x27;", "")


def test_the_report_as_a_dict() -> None:
    found = check_derivation("f = x^2\ndf/dx = x").to_dict()
    assert found["ok"] is False
    assert found["first_wrong"] == 0
    (verdict,) = found["verdicts"]
    assert (verdict["line"], verdict["column"], verdict["kind"]) == (2, 9, "wrong")
    w = verdict["witness"]
    assert Fraction(w["claimed"]) * 2 == Fraction(w["right"])
    assert (
        check_derivation("f = x\ndf/dx = 1").to_dict()["verdicts"][0]["witness"] is None
    )


def test_a_text_without_claims() -> None:
    report = check_derivation("f = x\n# nothing claimed")
    assert report.verdicts == ()
    assert str(report) == "inputs: x\nno claims"


# -- Python functions, and files -------------------------------------------------------


def neuron(w: Any, x: Any, b: Any, y: Any) -> dict[str, Any]:
    z = w * x + b
    return {"z": z, "yhat": sigmoid(z), "L": (sigmoid(z) - y) ** 2 / 2}


def test_functions_are_written_down() -> None:
    report = check_derivation(
        neuron,
        {
            "dyhat/dz": lambda yhat: yhat * (1 - yhat),
            "dL/dw": lambda yhat, y, x: (yhat - y) * yhat * (1 - yhat) * x,
            "dL/db": lambda yhat, y: (yhat - y) * yhat,
            "d2yhat/dz^2": "yhat*(1 - yhat)*(1 - 2*yhat)",
            "dz/db": lambda: 1,
        },
    )
    assert kinds(report) == ["proved", "proved", "wrong", "proved", "proved"]
    first = report.first_wrong
    assert first is not None
    assert first.claim == "dL/db = (yhat - y)*yhat"


def test_one_number_is_called_by_the_functions_name() -> None:
    import autograd_core as ac

    def cost(x: Any, y: Any) -> Any:
        total = (
            ac.sum([x, y, x * y]) + ac.softmax([x, y])[0] + ac.log_softmax([x, y])[1]
        )
        return total + ac.dot([x, 2], [y, 3]) + ac.logsumexp([x, y]) + x**-2 / math.pi

    p = "exp(x)/(exp(x) + exp(y))"
    right = f"1 + y + {p}*(1 - {p}) + y - 2/(x^3*{math.pi!r})"
    report = check_derivation(cost, {"dcost/dx": right})
    assert report.ok, report
    assert check_derivation(lambda x: x**3, {"df/dx": "3*x^2"}).ok


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("f = x^2\ndf/dx = 2*x\n")
    assert check_derivation(path).ok
    with pytest.raises(FileNotFoundError):
        check_derivation(tmp_path / "none.txt")


def branching(x: Any) -> Any:
    return x if x > 0 else -x


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_derivation(3), "'source' must be a text, a path or a function"),
        (lambda: check_derivation("f = x", {}), "'claims' go with a function"),
        (lambda: check_derivation(abs), "'claims' must be a dict of left sides and"),
        (
            lambda: check_derivation(branching, {"df/dx": "1"}),
            r"formulas cannot be compared; use where\(\)",
        ),
        (
            lambda: check_derivation(lambda *xs: xs[0], {"df/dx": "1"}),
            "the definitions must be a function of named numbers",
        ),
        (
            lambda: check_derivation(lambda x: {"f": [x]}, {"df/dx": "1"}),
            "the definitions must be numbers, got list for 'f'; return a dict",
        ),
        (
            lambda: check_derivation(lambda x: x, {"df/dx": 3}),
            "the claim about df/dx must be a function or a text, got int",
        ),
        (
            lambda: check_derivation(lambda x: x, {"df/dx": lambda x: "x"}),
            "the claim about df/dx must return one number, got str",
        ),
        (
            lambda: check_derivation(lambda x: _where(x), {"df/dx": "1"}),
            r"where\(\) is not in the language of derivations",
        ),
        (
            lambda: check_derivation(_long, {"df/dx": "1"}),
            "a formula of .* terms is too long; return its parts too",
        ),
    ],
)
def test_wrong_sources(call: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def _where(x: Any) -> Any:
    import autograd_core as ac

    return ac.where(ac.step(x), x, -x)


def _long(x: Any) -> Any:
    for _ in range(12):
        x = x * x + x
    return x
