"""Numbers and names as labels: few characters, the right sign, always text."""

import math
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualize.labels import dot_text, html_text, number_text, shortened, sign_of


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.53491, "0.5349"),
        (-0.5, "−0.5000"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.0000"),
        (123456.789, "123456.7890"),
        (1e6, "1.0000×10⁶"),
        (-2.5e-7, "−2.5000×10⁻⁷"),
        (math.nan, "NaN"),
        (math.inf, "infinity"),
        (-math.inf, "−infinity"),
        (3, "3.0000"),
        (Fraction(-2, 3), "−2/3"),
        (Fraction(4), "4"),
        (Fraction(1, 3**40), "8.2253×10⁻²⁰"),
        (Fraction(-(10**400)), "−1" + "0" * 21 + "…"),
        (Fraction(1, 10**400), "1/1" + "0" * 20 + "…"),
        (None, "0"),
        ((1.0, -2.0), "(1.0000, −2.0000)"),
        ((1.0,) * 5, "(1.0000, 1.0000, 1.0000, 1.0000, …)"),
    ],
)
def test_numbers(number: Any, text: str) -> None:
    assert number_text(number) == text


def test_signs_and_trimmed_zeros() -> None:
    assert number_text(0.5, signed=True) == "+0.5000"
    assert number_text(-0.0, signed=True) == "0"
    assert number_text(math.inf, signed=True) == "+infinity"
    assert number_text(1.2, trim=True) == "1.2"
    assert number_text(-1.0, trim=True) == "−1"
    assert number_text(2e-7, trim=True) == "2×10⁻⁷"
    assert number_text(100.0, 0, trim=True) == "100"
    assert number_text(math.pi, 10) == "3.1415926536"


def test_numbers_of_other_kinds() -> None:
    sympy, mpmath = pytest.importorskip("sympy"), pytest.importorskip("mpmath")
    t = sympy.Symbol("t")
    assert number_text(-t * 2) == "−2*t"
    assert number_text(sympy.Rational(1, 3)) == "0.3333"
    assert number_text(mpmath.mpf("0.25")) == "0.2500"
    assert number_text(mpmath.mpf("1e-400")) == "1.0e-400"
    assert len(number_text((t + 1) ** 50 + sympy.sin(t) ** 20)) == 24
    assert [sign_of(x) for x in (t, sympy.Integer(-2), mpmath.mpf(3))] == [
        *("unknown", "negative", "positive")
    ]


@given(st.floats(allow_nan=False))
def test_the_sign_of_a_float(x: float) -> None:
    """Colour and text tell the same sign."""
    text = number_text(x, signed=True)
    sign = "nonfinite" if math.isinf(x) else sign_of(x)
    assert {"+": x > 0, "−": x < 0, "0": x == 0}[text[0]]
    assert sign == sign_of(x)


@pytest.mark.parametrize(
    ("number", "sign"),
    [
        (0.0, "zero"),
        (-0.0, "zero"),
        (1.0, "positive"),
        (-1e-300, "negative"),
        (math.nan, "nonfinite"),
        (-math.inf, "nonfinite"),
        (Fraction(-1, 2), "negative"),
        ((1.0, 2.0), "unknown"),
        (None, "unknown"),
    ],
)
def test_signs(number: Any, sign: str) -> None:
    assert sign_of(number) == sign


@given(st.text())
def test_escaped_text_has_nothing_with_a_meaning(text: str) -> None:
    """No tag, entity, quote, backslash or line of its own; and nothing is lost."""
    escaped = html_text(text)
    assert not set(escaped) & set("<>\"'\\\n\r\t\0")
    entities = {"&quot;": '"', "&#39;": "'", "&#92;": "\\"}
    back = unescape(escaped, entities)
    assert len(back) == len(text)
    assert dot_text(text) == escaped.replace("&#92;", "&#92;" * 2)


def test_shortened() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"
