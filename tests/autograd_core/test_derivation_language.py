"""The language of derivations: what is refused, where, and how fast."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core import ExpressionError, check_derivation
from autograd_core.derivation.language import read
from autograd_core.derivation.meaning import member
from autograd_core.derivation.trees import steps, text, tree
from autograd_core.expression import parse
from tests.effort import AT_ONCE, BOUNDED, counted

L = "L = x^2*y\n"
REFUSED = {
    "L": "column 2: expected '=' and a formula",
    "= 2": "column 1: there is no claim above that could go on",
    L + "dL/dx =": "line 2, column 8: nothing where a number or a name is expected",
    L + "dL/dx = 2*x*y\n = 2*y*x for k in 1..2": "line 3, column 2: the indices are",
    L + "dL/dq = 3": "line 2, column 5: unknown name 'q'; known: L, x, y, ",
    L + "dM/dx = 3": "line 2, column 2: unknown name 'M'; known: L, x, y, ",
    L + "dL/dx = 3*q": "line 2, column 11: unknown name 'q'",
    L + "partial(L, x | q) = 3": "line 2, column 16: unknown name 'q'",
    L + "dL/dsin = 3": "line 2, column 5: unknown name 'sin'",
    "dL/dx = 3": "column 2: unknown quantity 'L'; none is defined yet",
    "L = foo(x)": "column 5: unknown name 'foo'",
    "L = x +\ndL/dx = 1": "line 1, column 8: the expression ends where",
    L + "dL/dx = 2*(x*y": r"line 2, column 11: '\(' is never closed",
    # names
    "e = 3": "column 1: 'e' has a meaning; use another name",
    "sin = 3": "column 1: 'sin' has a meaning",
    "for = 3": "column 5: expected a condition",
    "sum = 3": "column 1: 'sum' has a meaning",
    "L = in + 1": "column 5: 'in' is a keyword here",
    "x = x + 1": "column 1: 'x' is defined by itself",
    "L = z^2\nz = 3*w": "line 2, column 1: 'z' is used in line 1, before it is defined",
    "L = w + w[1]": "column 9: 'w' is used both with and without an index",
    "w[1] = 2\nw = 3": "line 2, column 1: 'w' is used both with and without an index",
    "L = w[1] + w[2]\ndL/dw = 1": (
        r"line 2, column 5: 'w' has an index; write w\[1\], w\[2\]"
    ),
    "L = w[1]\ndL/dw[2] = 1": "line 2, column 5: unknown name 'w\\[2\\]'; known: L, w",
    "L = w[1]\ndL/dw[1] = w[3]": r"line 2, column 12: unknown name 'w\[3\]'",
    "a[k] = 1 for k in 1..2\na[k] = 2 for k in 2..3": "line 2, column 1: 'a.2.' is def",
    # derivatives
    L + "M = 3*dL/dx": "line 2, column 7: derivatives stand only on left sides; write",
    L + "dL/dx = y*dL/dy": "line 2, column 11: derivatives stand only on left sides",
    L + "\u2202L/\u2202x = 2*x*y": "line 2, column 1: write dL/dw for a total deriv",
    L + "M = \u2202L": "line 2, column 5: write dL/dw for a total",
    L + "d2L/dx = 2*y": "line 2, column 1: the order above is 2, below it is 1; write",
    L + "dL/(dx dy) = 2*x": "line 2, column 1: the order above is 1, below it is 2",
    L + "d2L/dx^3 = 0": "line 2, column 8: orders 1 and 2 only",
    L + "d3L/dx^3 = 0": "line 2, column 1: orders 1 and 2 only",
    L + "d^2L/dx^2 = 2*y": "line 2, column 1: write d2L/dw\\^2 for a second derivative",
    "f(x) = x^2": "column 1: write f = ..., without the names it is computed from",
    "f(x, y) = x*y": "column 1: write f = ...",
    "L = |x|": r"column 5: expected a number or a name, got '\|'; write abs\(x\) for",
    L + "dL/x = 0": "line 2, column 4: expected the d of a differential, got 'x'",
    L + "dL/(dx = 0": r"line 2, column 8: expected '\)' after the differentials",
    L + "dL/(dx) 3 = 0": "line 2, column 9: expected '=' after this",
    L + "partial(L x) = 2": "line 2, column 11: write partial.* what is held, got 'x'",
    L + "partial(L) = 2": r"line 2, column 1: write partial\(L, y \| a, b\)",
    L + "partial(L, x |) = 2": "line 2, column 1: write partial",
    L + "partial(L, x | y | x) = 2": "line 2, column 18: write partial",
    L + "partial(2, x) = 2": "line 2, column 9: expected a quantity, got '2'",
    L + "partial(L, x = 2": "line 2, column 14: write partial.*, got the end",
    L + "partial(L, x) 2 = 2": "line 2, column 15: expected '=' after this",
    L + "partial(L, x | x) = 2": "line 2, column 16: a variable cannot be held as well",
    # domains
    "L = x for": "column 10: expected a condition such as x > 0",
    "L = x for x": "column 11: expected a condition such as x > 0",
    "L = x for x > 0, ": "column 17: expected a condition",
    "L = x for x > ": "column 14: the expression ends where|column 14: nothing where",
    "L = x for k in 3..1": "column 16: the range 3..1 is empty",
    "L = x for k in 1": "column 16: expected a range of whole numbers such as 1..3",
    "L = x for k in 1.5..3": "column 16: expected a range of whole numbers",
    "L = x for k in 1..2 3": "column 21: expected ',' or the end of the line",
    "L = x for k in 1..2, k in 1..2": "column 22: 'k' has a meaning; use another",
    "x = 1\nL = x for x in 1..2": "line 2, column 11: 'x' has a meaning",
    "L = k for k in 1..500": "column 11: the indices have 500 values together",
    "for k in 1..2": "column 5: 'in' belongs to a definition or a claim",
    "for in > 0": "column 5: 'in' is a keyword here",
    L + "dL/dx = 1 for q > 0": "line 2, column 15: unknown name 'q'; known: L, x, y",
    L + "dL/dx = 1\n = 1 for q > 0": "line 3, column 10: unknown name 'q'",
    L + "dL/dx = 1 for q[1] > 0": r"line 2, column 15: unknown name 'q\[1\]'",
    "L = x + inf": "column 9: 'inf' is no finite number; use another name",
    "nan = 3": "column 1: 'nan' is no finite number",
    "L = x for x < inf": "column 15: 'inf' is no finite number",
    # numbers and sizes
    "L = 9**9**9*x": "column 6: a number too large for a 64-bit float",
    L + "dL/dx = 10^400": "line 2, column 11: a number too large for a 64-bit float",
    "L = exp(1000)": "column 5: a number too large for a 64-bit float",
    "L = sum(k, 1..99999, x)": "column 22: more than 20,000 operations",
    "L = sum(k, 1..4000, x)\nM = sum(k, 1..4000, x)": "line 2, column 21: more than",
    "+".join(["x"] * 5_001): "column 5001: more than 5000 numbers and signs",
    "L = " + "(" * 10_000 + "x" + ")" * 10_000: "column 5003: more than 5000 numbers",
}


@pytest.mark.parametrize(
    ("source", "message"), REFUSED.items(), ids=range(len(REFUSED))
)
def test_what_cannot_be_read_is_refused_with_its_place(
    source: str, message: str
) -> None:
    """At once: long before anything is computed."""
    with counted() as effort, pytest.raises(ExpressionError, match=f"^({message})"):
        check_derivation(source)
    assert effort.calls < AT_ONCE


@pytest.mark.parametrize(
    "source",
    [
        "L = " + "(" * 2_400 + "x" + ")" * 2_400 + "\ndL/dx = 2",
        pytest.param(
            "L = " + "+".join(["x"] * 1_000) + "\ndL/dx = 1", marks=pytest.mark.slow
        ),
        pytest.param(
            "L = " + "sin(" * 800 + "x" + ")" * 800 + "\ndL/dx = 2",
            marks=pytest.mark.slow,
        ),
        pytest.param("L = " + "-" * 3_000 + "x\ndL/dx = 2", marks=pytest.mark.slow),
        "L = x^x^x^x^x^x\ndL/dx = 1",
        "L = x^99999999999\ndL/dx = 1",
        "L = (x + y + z)^500\ndL/dx = 1",
        "L = sum(a, 1..9, sum(b, 1..9, x*a*b))\ndL/dx = 1",
    ],
    ids=range(8),
)
def test_what_is_large_but_can_be_read_ends_too(source: str) -> None:
    """Proofs, slips and formulas are bounded by size: no answer takes long."""
    with counted() as effort:
        try:
            (verdict,) = check_derivation(source).verdicts
        except ExpressionError as error:
            assert "4,200 digits" in str(error)  # noqa: PT017  or a verdict
        else:
            assert verdict.kind in ("wrong", "not checkable")
    assert effort.calls < BOUNDED


WORDS = [*"xyzLk()+-*/^,.=|[]<> \n#", "**", "..", "1", "0.5", "dL", "dx", "d2L", "/d"]
WORDS += ["for ", "in ", "and ", "partial(", "sum(k,", "1..3", "ln(", "e", "\u2202"]
WORDS += ["w[k]", "$"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_any_text_is_read_or_refused(source: str) -> None:
    """Nothing else comes out of the reader, and what is read can be asked about."""
    try:
        derivation = read("L = x*y\n" + source)
    except ExpressionError as error:
        assert re.match(r"(line \d+, )?column \d+: ", str(error))  # noqa: PT017  or reads
        return
    for claim in derivation.claims:
        for indices in claim.members()[:2]:
            assert member(derivation, claim, indices).wanted


FORMULAS = [
    "-x^2",
    "(-x)^2",
    "x - (y - z)",
    "x/(y*z)/z",
    "-(x + y)*z",
    "x^-y",
    "(x^y)^z",
    "2^3^x",
    "x*-y",
    "-x*y - -z",
    "ln(x + 1) + max(x, y)",
    "0.1*x + 1.5/3",
    "pi*e^x",
    "--x",
    "(x/y)*z",
    "x/(y/z)",
    "-(-x)^2",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_printed_as_it_is_read(formula: str) -> None:
    """Reading what is printed gives the same steps, so the same numbers."""
    program = parse(formula).program
    printed = text(tree(program))
    again = parse(printed).program
    plain = [(s.kind, s.name, s.number) for s in program]
    assert [(s.kind, s.name, s.number) for s in again] == plain, printed
    assert steps(tree(program)) == list(program)


def test_sums_and_elements_are_printed_before_they_are_written_out() -> None:
    source = "L = W[1,1] + W[1,2]\nL = sum(k, 0..1, W[j,k+1]*1) for j in 1..1"
    claim = read(source).claims[0]
    assert text(tree(claim.right)) == "sum(k, 0..1, W[j,k+1]*1)"
    assert steps(tree(claim.right)) == list(claim.right)
