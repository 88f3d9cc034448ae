"""Every rule of the table of primitives is enforced, with a message that names it."""

import math

import pytest

from autograd_core import Primitive, PrimitiveError, Value, register
from autograd_core.primitives import REAL, TABLE
from autograd_core.selfcheck import check_row, check_table


def test_the_table_passes():
    check_table()


def rule(f):
    return Primitive("under_test", partials=(f,), formula=lambda m, x: x * x)


BROKEN = {
    "a branch": (rule(lambda m, x, out: 1 if x else 0), "may not branch or compare"),
    "a comparison": (rule(lambda m, x, out: x > 0), "may not branch or compare"),
    "an equality": (rule(lambda m, x, out: x == 0), "may not branch or compare"),
    "a float constant": (rule(lambda m, x, out: 0.5 * x), "integers and named const"),
    "a float result": (rule(lambda m, x, out: 0.5), "integers and named const"),
    "math": (rule(lambda m, x, out: math.exp(x)), "must use m.exp and the like"),
    "an unknown name": (rule(lambda m, x, out: m.sine(x)), "m.sine, which is not a"),
    "too many operands": (rule(lambda m, x, out: m.sin(x, x)), "takes 1 operands"),
    "a missing attribute": (rule(lambda m, x, out: m.powc(x)), "takes the attributes"),
    "a wrong rule arity": (rule(lambda m, x: x), "positional argument"),
    "a wrong formula": (
        Primitive("under_test", (lambda m, x, out: x,), formula=lambda m, x, y: x),
        "missing 1 required positional argument",
    ),
    "a wrong shown": (
        Primitive("under_test", (lambda m, x, out: x,), shown=(lambda m, x: x,)),
        "positional argument",
    ),
    "domains for other operands": (
        Primitive("under_test", (lambda m, x, out: x,), domain=(REAL, REAL)),
        "1 partials, 2 domains",
    ),
    "too few variadic partials": (
        Primitive("under_test", lambda m, xs, out: (1,), variadic=True),
        "1 partials for 4 operands",
    ),
    "too few outputs": (
        Primitive("under_test", lambda m, xs, outs: [xs], variadic=True, multiple=True),
        "1 rows of partials for 4 outputs",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_named(case):
    row, message = BROKEN[case]
    with pytest.raises(PrimitiveError, match=f"primitive 'under_test': .*{message}"):
        check_row(row)


def test_a_broken_row_is_not_left_in_the_table():
    with pytest.raises(PrimitiveError):
        register(rule(lambda m, x, out: m.sine(x)))
    assert "under_test" not in TABLE


TAKEN = {
    "a name twice": (Primitive("sin", (lambda m, x, out: x,)), "there is a primitive"),
    "no identifier": (Primitive("a b", (lambda m, x, out: x,)), "cannot name a"),
    "a constant's name": (Primitive("pi", (lambda m, x, out: x,)), "cannot name a"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_names_are_checked(case):
    row, message = TAKEN[case]
    with pytest.raises(PrimitiveError, match=message):
        register(row, float=math.sin)


def test_a_row_without_formula_and_kernel_is_refused():
    with pytest.raises(PrimitiveError, match="give a formula or a float kernel"):
        register(Primitive("under_test", (lambda m, x, out: x,)))


def test_an_unknown_number_type_is_named():
    with pytest.raises(PrimitiveError, match=r"no number type \['decimal'\]"):
        register(rule(lambda m, x, out: 2 * x), decimal=lambda x: x)


def test_a_row_is_not_pickled_and_says_so():
    with pytest.raises(TypeError, match="is a row of a table"):
        TABLE["sin"].__reduce__()


def test_equal_attributes_give_the_same_member():
    a, b = Value(2.0) ** 3, Value(5.0) ** 3
    assert a.primitive is b.primitive
    assert (Value(2.0) ** 3.0).primitive is not a.primitive
