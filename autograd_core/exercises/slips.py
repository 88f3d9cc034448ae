"""Likely slips in the value and in a local derivative of one operation.

What one can do with this file: list what a value (`value_slips`) or a local derivative
(`local_slips`) becomes by a likely slip, with a sentence for each.

The one idea: a slip is found by trying. The other operations are formulas that the
engine computes from the same operands; a wrong derivative is the right one with a
factor too many, a factor missing, or that by the other operand. No sentence has the
right number in it.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from ..errors import ExpressionError
from ..expression import parse
from .blanks import Operation, local_of

__all__ = ["local_slips", "value_slips"]

Slip = tuple[Fraction, str]

_BINARY = ("{a} + {b}", "{a} - {b}", "{b} - {a}", "{a}*{b}", "{a}/{b}", "{b}/{a}")
_CHOICES = ("max({a}, {b})", "min({a}, {b})")
_UNARY = ("{a}", "-{a}", "2*{a}", "3*{a}", "{a}^2", "{a}^3", "1/{a}")
_EXPONENT = re.compile(r"\^(\d+)")
_RULES = {
    "relu": "relu({}) has slope 1 where {} is positive, and 0 where it is negative",
    "abs": "abs({}) has slope 1 where {} is positive, and -1 where it is negative",
    "max": "max has slope 1 by the operand that is greater, and 0 by the other",
    "min": "min has slope 1 by the operand that is less, and 0 by the other",
}


def value_slips(
    name: str, text: str, operands: Mapping[str, Fraction], right: Operation
) -> Iterator[Slip]:
    """What the value of ``name = text`` becomes by one slip, likelier ones first.

    Parameters
    ----------
    name, text
        The quantity and its formula.
    operands
        The numbers that go in.
    right
        What comes out.
    """
    names = dict(zip("ab", operands, strict=False))
    shapes = _BINARY + _CHOICES if len(operands) == 2 else _UNARY
    others = [shape.format(**names) for shape in shapes]
    if "/" in text and len(operands) == 1:
        others.insert(0, text.replace("/", "*"))
    for other in others:
        try:
            number = parse(other).evaluate(operands, like=Fraction(0))
        except (ArithmeticError, ExpressionError):  # 1/0, or too many digits
            continue
        yield number, f"this is {other}; {name} is {text}"
    yield Fraction(0), f"{name} is {text}, which is not 0 here"
    if right.value is not None:
        yield -right.value, "the sign is turned round"
    for operand, number in right.partials.items():
        if number is not None:
            says = f"this is {local_of(name, operand)}, a derivative and not the value"
            yield number, says


def local_slips(
    name: str,
    text: str,
    wrt: str,
    operands: Mapping[str, Fraction],
    right: Operation,
) -> Iterator[Slip]:
    """What d(text)/d(wrt) becomes by one slip, likelier ones first.

    Parameters are those of `value_slips`, and ``wrt``, the operand.
    """
    partial = right.partials[wrt]
    if partial is None:
        return
    call = text.partition("(")[0]
    if call in _RULES:
        rule = _RULES[call].format(wrt, wrt)
        yield from ((Fraction(slope), rule) for slope in (0, 1, -1))
    for other, number in right.partials.items():
        if other != wrt and number is not None:
            yield number, f"this is {local_of(name, other)}; here {wrt} is what changes"
    yield -partial, "the sign is turned round"
    if right.value is not None:
        yield right.value, f"this is the value of {name}, not a derivative"
    if exponent := _EXPONENT.search(text):
        n = int(exponent[1])
        yield partial / n, "the exponent comes down as a factor; here it is missing"
        yield partial * operands[wrt], "the exponent goes down by one"
    divisor = text.partition("/")[2]
    for operand, number in operands.items():
        if not number:
            continue
        if operand == divisor:
            yield partial * number, f"divide by {operand} once more"
            yield partial / number, f"divided by {operand} once too often"
        else:
            yield partial / number, f"a factor {operand} is missing"
            yield partial * number, f"one factor {operand} too many"
    if partial:
        yield 1 / partial, "this is upside down"
