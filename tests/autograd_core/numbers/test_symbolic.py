"""The SymPy column: values in textbook form, derivatives from the table.

SymPy's own `diff` is the reference: it has never seen the table's rules.
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from mpmath import mpf
from sympy import Integer, Rational, Symbol, pi

import autograd_core as ac
from autograd_core import ExactnessError, NonFiniteError, Value, grad, hessian
from autograd_core.functions import apply
from autograd_core.numbers import column_of, float64
from autograd_core.numbers.symbolic import (
    COLUMN,
    KERNELS,
    finite,
    truth,
    vanishes,
)
from autograd_core.primitives import CONSTANTS, POSITIVE, TABLE, Interval, Primitive
from tests.autograd_core.test_shown import assert_close_to_floats, members, regions

x, y = sympy.symbols("x y")


def constant_everywhere(row: Primitive) -> bool:
    return not row.variadic and all(rule is None for rule in row.partials)  # type: ignore[union-attr]


MEMBERS = [
    pytest.param(member, id=str(member)[11:-1])
    for row in TABLE.values()
    if row.name != "item"  # one output of another row; softmax and the like test it
    for member in members(row)
]
DIFFERENTIABLE = [p for p in MEMBERS if not constant_everywhere(p.values[0])]
# Twice more they are polynomials of degree 8 over roots: sympy takes seconds for each.
TWICE = [
    pytest.param(*p.values, id=p.id, marks=pytest.mark.slow)
    if p.values[0].name == "hypot_slope" and sum(p.values[0].bound.values()) > 2
    else p
    for p in DIFFERENTIABLE
]


def test_every_row_has_a_kernel() -> None:
    assert set(KERNELS) == TABLE.built_in
    assert all(COLUMN.does(name) for name in TABLE)


# -- against sympy.diff ----------------------------------------------------------------


def a_symbol(interval: Interval, i: int) -> Symbol:
    kind = {"positive": True} if interval is POSITIVE else {"real": True}
    return Symbol("xyzuvw"[i], **kind)


def operands(row: Primitive) -> list[Symbol]:
    n = len(next(iter(regions(row))))
    domain = row.domain * n if len(row.domain) == 1 else row.domain
    return [a_symbol(interval, i) for i, interval in enumerate(domain)]


def outputs(row: Primitive, xs: list[Any]) -> list[Callable[[Any], Any]]:
    """A function of a list of numbers for each output of the row."""
    if not row.multiple:
        return [lambda v: apply(row, v, row.bound)]
    return [lambda v, k=k: apply(row, v, row.bound)[k] for k in range(len(xs))]


def unproved(row: Primitive, xs: list[Any], pairs: list[tuple[Any, Any]]) -> list[str]:
    failures = []
    for got, expected in dict.fromkeys(pairs):
        rest = got - expected
        if not rest.has(sympy.Piecewise) and vanishes(rest):
            continue  # proved at once, everywhere
        failures += [
            f"{row} at {point}: {got} is not {expected}"
            for point in regions(row)
            if not vanishes(rest.subs(dict(zip(xs, point, strict=True))))
        ]
    return failures


@pytest.mark.parametrize("row", DIFFERENTIABLE)
def test_first_derivatives_are_those_of_sympy(row: Primitive) -> None:
    xs = operands(row)
    pairs = [
        (g, sympy.diff(f(xs), v))
        for f in outputs(row, xs)
        for g, v in zip(grad(f)(xs), xs, strict=True)
    ]
    assert unproved(row, xs, pairs) == []


@pytest.mark.parametrize("row", TWICE)
def test_second_derivatives_are_those_of_sympy(row: Primitive) -> None:
    xs = operands(row)
    pairs = [
        (h, sympy.diff(f(xs), v, w))
        for f in outputs(row, xs)
        for line, v in zip(hessian(f)(xs), xs, strict=True)
        for h, w in zip(line, xs, strict=True)
    ]
    assert unproved(row, xs, pairs) == []


@pytest.mark.parametrize(
    "row", [p for p in MEMBERS if constant_everywhere(p.values[0])]
)
def test_a_row_of_steps_has_the_derivative_zero(row: Primitive) -> None:
    xs = operands(row)
    assert grad(lambda v: apply(row, v, row.bound))(xs) == [0] * len(xs)


@pytest.mark.parametrize("row", MEMBERS)
def test_values_are_those_of_floats(row: Primitive) -> None:
    assert_close_to_floats(
        row, lambda row, xs: getattr(COLUMN, row.name)(*xs, **row.bound)
    )


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_are_exact(name: str) -> None:
    exact = getattr(COLUMN, name)
    assert not exact.atoms(sympy.Float)
    assert float(exact) == getattr(float64.COLUMN, name)


def test_a_wrong_partial_is_not_proved() -> None:
    tanh = TABLE["tanh"]
    v = Symbol("x", real=True)
    slip = 1 - sympy.tanh(v) ** 2 + v / 10**9
    assert unproved(tanh, [v], [(slip, sympy.diff(sympy.tanh(v), v))])


# -- kinks and ties --------------------------------------------------------------------


KINKS = [
    (ac.relu, (0,), 0, (0,)),
    (ac.absolute, (0,), 0, (0,)),
    (ac.sign, (0,), 0, (0,)),
    (ac.step, (0,), 0, (0,)),
    (lambda v: ac.leaky_relu(v, Fraction(1, 5)), (0,), 0, (Rational(1, 5),)),
    (lambda v: ac.elu(v, 2), (0,), 0, (2,)),
    (lambda v: ac.clip(v, 0, 1), (0,), 0, (1,)),
    (lambda v: ac.clip(v, 0, 1), (1,), 1, (1,)),
    (ac.maximum, (2, 2), 2, (Rational(1, 2), Rational(1, 2))),
    (ac.minimum, (2, 2), 2, (Rational(1, 2), Rational(1, 2))),
    (lambda v: ac.maximum(v, v), (2,), 2, (1,)),
    (ac.greater, (2, 2), Rational(1, 2), (0, 0)),
    (ac.hypot, (0, 0), 0, (0, 0)),
    (ac.xlogy, (0, 3), 0, (sympy.log(3), 0)),
    (ac.power, (0, 0), 1, (0, 0)),
    (ac.sinc, (0,), 1, (0,)),
    (lambda v: v**0, (0,), 1, (0,)),
    (lambda v: v**2, (0,), 0, (0,)),
]


@pytest.mark.parametrize(("f", "point", "value", "slopes"), KINKS)
def test_kinks_are_those_of_the_table(
    f: Any, point: Any, value: Any, slopes: Any
) -> None:
    # The same point as a number, and as a symbol that is replaced by it afterwards.
    values = [Value(Integer(p)) for p in point]
    result = f(*values)
    result.backward()
    assert result.data == value
    assert tuple(v.grad for v in values) == slopes


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [(f, p[0], s[0]) for f, p, _, s in KINKS if len(p) == 1],
)
def test_kinks_stay_in_the_symbolic_derivative(f: Any, at: Any, slope: Any) -> None:
    assert grad(f)(x).subs(x, at) == slope


def test_ties_stay_in_the_symbolic_derivative() -> None:
    a, b = sympy.symbols("a b", real=True)
    slopes = grad(lambda v: ac.maximum(v[0], v[1]))([a, b])
    assert [s.subs(b, a) for s in slopes] == [Rational(1, 2)] * 2
    assert [s.subs({a: 3, b: 1}) for s in slopes] == [1, 0]


# -- conditions ------------------------------------------------------------------------


def test_where_takes_a_condition_on_a_value() -> None:
    v = Value(x)
    result = ac.where(v > 0, v**2, -v)
    assert result.data == sympy.Piecewise((x**2, x > 0), (-x, True))
    result.backward()
    assert v.grad.subs(x, 3) == 6
    assert v.grad.subs(x, -3) == -1


def test_where_takes_a_condition_on_a_symbol() -> None:
    assert ac.where(x > 0, x, y) == sympy.Piecewise((x, x > 0), (y, True))


def test_where_takes_a_condition_that_is_decided() -> None:
    v = Value(Integer(3))
    assert ac.where(v > 2, v, -v).data == 3
    assert ac.where(v > 4, v, -v).data == -3


def test_where_reads_a_piecewise_of_numbers_as_a_condition() -> None:
    assert truth(COLUMN.step(x)) == (x > 0)
    assert truth(x) == sympy.Ne(x, 0)
    for number in (COLUMN.sign(x), COLUMN.greater(x, 1), COLUMN.where(x > 1, 0, 2)):
        for at in (-1, 0, 1, 2):
            assert truth(number).subs(x, at) == bool(number.subs(x, at))


def test_the_side_not_taken_does_not_matter() -> None:
    v = Value(Integer(0))
    result = ac.where(v > 0, ac.sqrt(v), 0)
    result.backward()
    assert (result.data, v.grad) == (0, 0)


def test_a_condition_is_not_a_number() -> None:
    v = Value(x)
    with pytest.raises(
        TypeError, match=r"exp\(\) takes numbers, got the condition x >"
    ):
        ac.exp(v > 0)
    with pytest.raises(TypeError, match=r"use where\(condition, a, b\)"):
        (v > 0) * v
    with pytest.raises(TypeError, match=r"where\(\) takes numbers, got the condition"):
        ac.where(v > 0, v > 0, v)


def test_the_truth_of_an_open_condition_is_an_error() -> None:
    with pytest.raises(TypeError, match="truth value of Relational"):
        bool(Value(x) > 0)


# -- exactness -------------------------------------------------------------------------


@pytest.mark.parametrize("constant", [2, True, Fraction(1, 3), Rational(1, 3), pi, y])
def test_exact_constants_are_adopted(constant: Any) -> None:
    result = Value(x) * constant
    assert result.data == x * COLUMN.adopt(constant)
    assert not result.data.atoms(sympy.Float)


@pytest.mark.parametrize(
    ("constant", "message"),
    [
        (0.5, r"a float \(0.5\) meets SymPy data .* write Fraction\(1, 2\)"),
        (0.1, r"write Fraction\(1, 10\)"),
        (float("inf"), "exact numbers have no infinity and no NaN"),
        (sympy.Float("0.5"), r"mul\(\) got 0.50* with the float .* Fraction\(1, 2\)"),
        (2.5 * y, r"with the float 2.50* in it, .* write Fraction\(5, 2\)"),
    ],
)
def test_a_float_would_end_exactness(constant: Any, message: str) -> None:
    with pytest.raises(ExactnessError, match=message):
        Value(x) * constant


@pytest.mark.parametrize("number", [sympy.I, 2 * sympy.I * x])
def test_complex_numbers_are_refused(number: Any) -> None:
    with pytest.raises(TypeError, match=r"add\(\) takes real numbers, got .*I"):
        Value(x) + number


def test_an_mpmath_number_would_end_exactness() -> None:
    with pytest.raises(ExactnessError, match=r"type mpf meets SymPy data .*Rational"):
        Value(x) * mpf("0.5")


@pytest.mark.parametrize(
    "thing", [sympy.Matrix([1]), sympy.MatrixSymbol("A", 2, 2), sympy.FiniteSet(1)]
)
def test_what_is_not_a_number_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a real number"):
        Value(thing)


def test_two_values_of_different_kinds_do_not_meet() -> None:
    with pytest.raises(TypeError, match="Value of SymPy meets a Value of Fraction"):
        Value(x) + Value(Fraction(1, 2))


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (ac.sqrt, -1),
        (ac.log, -1),
        (ac.asin, 2),
        (ac.acosh, 0),
        (ac.atanh, 2),
        (lambda v: v ** Fraction(1, 2), -2),
    ],
)
def test_nothing_becomes_complex(f: Any, at: int) -> None:
    assert f(Value(Integer(at))).data is sympy.nan


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (x, True),
        (x > 0, True),
        (sympy.zoo, False),
        (sympy.nan, False),
        (-sympy.oo, False),
        (x + sympy.oo, False),
        (pi, True),
    ],
)
def test_finite(number: Any, expected: bool) -> None:
    assert finite(number) is expected


def test_a_division_by_zero_is_noticed() -> None:
    v = Value(Integer(0))
    with pytest.raises(NonFiniteError, match=r"division 1 / 0 = zoo"):
        (1 / v).backward()
    with pytest.raises(NonFiniteError, match=r"d sqrt\(x\)/dx is zoo at x = 0"):
        ac.sqrt(v).backward()


@pytest.mark.parametrize(
    ("number", "digits", "rounded"),
    [
        (Rational(5, 2), None, 2),
        (Rational(7, 2), None, 4),
        (Rational(-5, 2), None, -2),
        (Rational(1, 3), 2, Rational(33, 100)),
        (Integer(1250), -2, 1200),
        (pi, 2, Rational(314, 100)),
    ],
)
def test_round_is_half_to_even_and_exact(
    number: Any, digits: Any, rounded: Any
) -> None:
    assert round(Value(number), digits).data == rounded


def test_round_of_a_symbol_is_a_formula() -> None:
    rounded = round(Value(x)).data
    for i in range(-8, 9):
        assert rounded.subs(x, Rational(i, 4)) == round(Fraction(i, 4))


def test_sinc_has_all_its_derivatives_at_zero() -> None:
    # The k-th is the integral of t**k cos(k*pi/2) over [0, 1].
    at_zero = [COLUMN.sinc(x, k=k).subs(x, 0) for k in range(5)]
    assert at_zero == [1, 0, Rational(-1, 3), 0, Rational(1, 5)]


@pytest.mark.parametrize("number", [-8, -1, 0, 1, 27])
def test_cbrt_is_the_real_root(number: int) -> None:
    assert ac.cbrt(Value(Integer(number))).data ** 3 == number


def test_every_sympy_class_of_number_is_met() -> None:
    for number in (x, x + y, x * y, x**y, Integer(3), Rational(1, 3), pi, sympy.exp(x)):
        assert column_of(number) is COLUMN


NUMBERS = [y, y + 1, Integer(2), Rational(1, 2), pi, sympy.exp(y)]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_sympy_number_on_the_left(number: Any) -> None:
    v = Value(x)
    for operate in (operator.add, operator.sub, operator.mul, operator.truediv, pow):
        assert operate(number, v).data == operate(number, x)
    with pytest.raises(TypeError):
        number == v  # noqa: B015
    if not number.is_Rational:  # SymPy's own comparisons of those ask float(v)
        for compare in (operator.lt, operator.le, operator.gt, operator.ge):
            assert compare(number, v).canonical == compare(number, x).canonical


def test_attributes_of_sympy_are_differentiated_twice() -> None:
    assert hessian(lambda v: ac.clip(v, Rational(1, 3), 2))(x) == 0
    assert hessian(lambda v: ac.elu(v, pi))(x).subs(x, -1) == pi * sympy.exp(-1)


# -- one function, any number ----------------------------------------------------------


def rational(w: Any, b: Any) -> Any:
    """A user's function: no word in it about the kind of number."""
    h = ac.relu(w * 3 - b) + ac.maximum(w, b) ** 2
    return ac.where(h > 1, h / (1 + b**2), h * b) - ac.absolute(w - b)


def transcendental(w: Any, b: Any) -> Any:
    """Another one, a neuron and its loss."""
    return ac.softplus(ac.tanh(w * 2 + b)) + ac.exp(-(w**2)) * ac.sin(b)


POINTS = [(Fraction(2), Fraction(1, 3)), (Fraction(1, 7), Fraction(5, 4))]


@pytest.mark.parametrize("point", POINTS)
def test_the_same_function_on_every_kind_of_number(point: Any) -> None:
    def f(v: Any) -> Any:
        return rational(*v)

    exact = grad(f)(list(point))
    assert all(type(g) is Fraction for g in exact)
    w, b = sympy.symbols("w b", real=True)
    symbols = [
        g.subs({w: Rational(point[0]), b: Rational(point[1])}) for g in grad(f)([w, b])
    ]
    assert symbols == list(map(Rational, exact))
    digits = [mpf(p.numerator) / p.denominator for p in point]
    for numbers in ([float(p) for p in point], digits):
        near = [float(g) for g in grad(f)(numbers)]
        assert near == pytest.approx([float(g) for g in exact], rel=1e-14, abs=0)


def test_the_same_function_differentiated_by_sympy() -> None:
    w, b = sympy.symbols("w b", real=True)

    def f(v: Any) -> Any:
        return transcendental(*v)

    value = f([w, b])
    for g, v in zip(grad(f)([w, b]), (w, b), strict=True):
        assert vanishes(g - sympy.diff(value, v))
    for line, v in zip(hessian(f)([w, b]), (w, b), strict=True):
        for h, u in zip(line, (w, b), strict=True):
            assert vanishes(h - sympy.diff(value, v, u))
