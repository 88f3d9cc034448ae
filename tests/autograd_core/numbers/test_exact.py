"""The Fraction column: exact or refused, for every row; and 1/0 is an error."""

import math
import random
import re
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import pytest

import autograd_core as ac
from autograd_core import ExactnessError, NonFiniteError, Value, grad, hessian
from autograd_core.functions import apply
from autograd_core.numbers import float64
from autograd_core.numbers.exact import COLUMN, KERNELS, REFUSED, whole_root
from autograd_core.primitives import CONSTANTS, TABLE, Primitive
from autograd_core.record import COLUMN as VALUES

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)

# -- every row -------------------------------------------------------------------------

# Rational points, among them those where roots are rational: 3-4-5, squares, cubes.
SAMPLES = [Fraction(n, 5) for n in (3, 4, -3)]
SAMPLES += [Fraction(9, 4), Fraction(5, 4), Fraction(-8, 27), HALF]
ATTRIBUTES: dict[str, Any] = {
    "n": 3, "slope": THIRD, "alpha": THIRD, "low": Fraction(-1, 3), "high": HALF,
    "target": 1, "digits": 1,
}  # fmt: skip

ROWS = [pytest.param(row, id=name) for name, row in TABLE.items() if name != "item"]
DONE = [p for p in ROWS if p.values[0].name not in REFUSED]


def bound(row: Primitive) -> dict[str, Any]:
    return {
        name: ATTRIBUTES.get(name, 1)
        for name in row.attributes
        if name not in row.defaults or name == "digits"
    }


def points(row: Primitive) -> Any:
    # A variadic row gets two vectors of two.
    if row.variadic:
        return [tuple(SAMPLES[i : i + 4]) for i in range(3)]
    domain = row.domain * row.arity if len(row.domain) == 1 else row.domain
    return [
        xs
        for xs in product(SAMPLES, repeat=row.arity)
        if all(d.low < x < d.high for d, x in zip(domain, xs, strict=True))
    ]


def test_every_row_is_done_or_refused() -> None:
    for name in TABLE.built_in:
        assert COLUMN.does(name) is (name not in REFUSED)
    assert REFUSED.isdisjoint(KERNELS)
    assert TABLE.built_in >= REFUSED | set(KERNELS)


def attempt(f: Any) -> Any:
    """What ``f()`` gives, or None where a root or logarithm in it is irrational."""
    try:
        return f()
    except ExactnessError as error:
        irrational = re.search(
            "is not a fraction; use|^log.. is not possible", str(error)
        )
        assert irrational, error  # noqa: PT017  a point of the table, not a test of it
        return None


@pytest.mark.parametrize("row", DONE)
def test_a_row_is_exact_or_says_why_not(row: Primitive) -> None:
    # A Fraction, and what floats compute to the last digits; a root may be refused.
    kernel, floats = getattr(COLUMN, row.name), getattr(float64.COLUMN, row.name)
    attributes, compared = bound(row), 0
    for xs in points(row):
        got = attempt(partial(kernel, *xs, **attributes))
        if got is not None:
            compared += 1
            expected = floats(*map(float, xs), **attributes)
            assert type(got) is Fraction
            assert float(got) == pytest.approx(expected, rel=1e-15, abs=1e-16)
    assert compared


@pytest.mark.parametrize("row", DONE)
def test_derivatives_are_exact(row: Primitive) -> None:
    # First and second, equal to the floats' wherever all roots are rational.
    def f(v: Any) -> Any:
        return apply(row, v, bound(row))

    def both(xs: list[Any]) -> list[Any]:
        return [*grad(f)(xs), *(h for line in hessian(f)(xs) for h in line)]

    compared = 0
    for xs in points(row):
        numbers = attempt(partial(both, list(xs)))
        if numbers is not None:
            compared += 1
            assert all(type(g) is Fraction for g in numbers)
            expected = both(list(map(float, xs)))
            assert list(map(float, numbers)) == pytest.approx(expected, 1e-13, 1e-13)
    assert compared or row.name == "pow"  # d/dy of x**y has a logarithm


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_rows_name_the_way_out(name: str) -> None:
    xs = (HALF,) * (2 if TABLE[name].variadic else TABLE[name].arity)
    message = (
        rf"^{name}\(\) is not possible on Fraction; use SymPy .* mpmath .* float\("
    )
    with pytest.raises(ExactnessError, match=message):
        getattr(COLUMN, name)(*xs, **bound(TABLE[name]))


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_formula_with_pi_is_refused_where_it_uses_it(name: str) -> None:
    constant = getattr(COLUMN, name)
    for use in (lambda c: 2 * c, lambda c: HALF / c, lambda c: c**2, lambda c: -c):
        with pytest.raises(
            ExactnessError, match=rf"{name} is not a fraction; use SymPy"
        ):
            use(constant)


# -- a polynomial program, against derivatives worked out by hand ----------------------


def test_a_gradient_is_a_fraction() -> None:
    x, y = Value(Fraction(1, 3)), Value(Fraction(2, 7))
    z = x**3 * y - x / y + 2
    z.backward()
    assert z.data == Fraction(1, 27) * Fraction(2, 7) - Fraction(7, 6) + 2
    assert x.grad == 3 * Fraction(1, 9) * Fraction(2, 7) - Fraction(7, 2)
    assert y.grad == Fraction(1, 27) + Fraction(1, 3) / Fraction(4, 49)


def test_random_rational_functions_have_exact_derivatives() -> None:
    # f = p(x)/q(x) with integer coefficients: (p'q - pq')/q**2 in integers.
    rng = random.Random(7)
    for _ in range(200):
        p, q = ([rng.randint(-9, 9) for _ in range(rng.randint(1, 6))] for _ in "pq")
        at = Fraction(rng.randint(-50, 50), rng.randint(1, 50))

        def poly(c: list[int], x: Any) -> Any:
            return sum((a * x**i for i, a in enumerate(c)), 0 * x)

        def slope(c: list[int], x: Any) -> Any:
            return sum(i * a * x ** (i - 1) for i, a in enumerate(c) if i)

        below = poly(q, at)
        if below == 0:
            continue
        got = grad(lambda x, p=p, q=q: poly(p, x) / poly(q, x))(at)
        assert got == (slope(p, at) * below - poly(p, at) * slope(q, at)) / below**2


# -- constants -------------------------------------------------------------------------


@pytest.mark.parametrize("constant", [3, True, Fraction(3, 7)])
def test_exact_constants_are_adopted(constant: Any) -> None:
    for result in (Value(HALF) * constant, constant * Value(HALF)):
        assert type(result.data) is Fraction
        assert result.data == HALF * constant


FLOATS = [
    (
        lambda: Value(HALF) * 0.5,
        r"a float \(0.5\) meets Fraction data .* Fraction\(1, 2\)",
    ),
    (lambda: 0.1 + Value(HALF), r"write Fraction\(1, 10\)"),
    (lambda: Value(HALF) ** 0.5, r"write Fraction\(1, 2\)"),
    (
        lambda: ac.leaky_relu(Value(HALF)),
        r"a float \(0.01\) .* write Fraction\(1, 100\)",
    ),
    (lambda: ac.clip(Value(HALF), 0, 0.25), r"write Fraction\(1, 4\)"),
    (lambda: Value(HALF) - math.inf, "exact numbers have no infinity and no NaN"),
    (lambda: Value(HALF) - math.nan, "exact numbers have no infinity and no NaN"),
    (lambda: Value(HALF).backward(0.5), r"write Fraction\(1, 2\)"),
    (lambda: COLUMN.leaky_relu(-HALF, slope=0.25), r"write Fraction\(1, 4\)"),
    (lambda: COLUMN.adopt("1/2"), r"'1/2' of type str meets Fraction data; make both"),
]


@pytest.mark.parametrize(("use", "message"), FLOATS)
def test_a_float_would_end_exactness(use: Any, message: str) -> None:
    with pytest.raises(ExactnessError, match=message):
        use()


def test_two_kinds_of_values_do_not_meet() -> None:
    with pytest.raises(TypeError, match="Value of Fraction meets a Value of float"):
        Value(HALF) + Value(0.5)


# -- roots and powers ------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3, 4, 5, 17])
def test_whole_roots(n: int) -> None:
    for r in (0, 1, 2, 3, 10, 12345, 10**20 + 7):
        assert whole_root(r**n, n) == r
        assert whole_root(r**n + 1, n) == (1 if r == 0 else None)
        if r > 1:
            assert whole_root(r**n - 1, n) is None
    assert whole_root(2, 10**9) is None


ROOTS = [
    (lambda: ac.sqrt(Fraction(9, 4)), Fraction(3, 2)),
    (lambda: ac.cbrt(Fraction(-8, 27)), Fraction(-2, 3)),
    (lambda: ac.cbrt(Fraction(27, 8)), Fraction(3, 2)),
    (lambda: ac.hypot(Fraction(3, 5), Fraction(-4, 5)), 1),
    (lambda: (Value(Fraction(4, 9)) ** HALF).data, Fraction(2, 3)),
    (lambda: (Value(Fraction(4, 9)) ** -HALF).data, Fraction(3, 2)),
    (lambda: (Value(Fraction(8)) ** Fraction(2, 3)).data, 4),
    (lambda: (Value(Fraction(-2)) ** -3).data, Fraction(-1, 8)),
    (lambda: (Value(Fraction(0)) ** 0).data, 1),
    (lambda: ac.power(Fraction(9, 4), HALF), Fraction(3, 2)),
    (lambda: ac.power(Fraction(-2), Fraction(3)), -8),
    (lambda: grad(ac.sqrt)(Fraction(9, 4)), THIRD),
    (lambda: grad(grad(ac.sqrt))(Fraction(1)), Fraction(-1, 4)),
    (lambda: grad(lambda x: x**HALF)(Fraction(1, 4)), 1),
    (lambda: grad(lambda x: ac.power(x, Fraction(5)))(Fraction(2)), 80),
]


@pytest.mark.parametrize(("f", "expected"), ROOTS)
def test_roots_that_are_rational_are_taken(f: Any, expected: Any) -> None:
    assert f() == expected


NOT_RATIONAL = [
    (lambda: ac.sqrt(Fraction(2)), ExactnessError, r"sqrt\(2\) is not a fraction; use"),
    (lambda: ac.cbrt(Fraction(1, 2)), ExactnessError, r"cbrt\(1/2\) is not a fraction"),
    (lambda: ac.hypot(HALF, HALF), ExactnessError, r"hypot\(1/2, 1/2\) is not a frac"),
    (lambda: Value(Fraction(2)) ** THIRD, ExactnessError, r"\(2\) \*\* \(1/3\) is not"),
    (lambda: ac.sqrt(-HALF), NonFiniteError, r"sqrt\(-1/2\) is not a real number"),
    (
        lambda: Value(-HALF) ** HALF,
        NonFiniteError,
        r"\(-1/2\) \*\* \(1/2\) is not a real",
    ),
]


@pytest.mark.parametrize(("f", "error", "message"), NOT_RATIONAL)
def test_roots_that_are_not_are_refused(f: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        f()


# -- kinks and ties --------------------------------------------------------------------


KINKS = [
    (ac.relu, (0,), 0, (0,)),
    (ac.absolute, (0,), 0, (0,)),
    (ac.sign, (-3,), -1, (0,)),
    (lambda x: ac.leaky_relu(x, THIRD), (0,), 0, (THIRD,)),
    (lambda x: ac.leaky_relu(x, 2), (-1,), -2, (2,)),
    (lambda x: ac.clip(x, 0, 1), (1,), 1, (1,)),
    (lambda x: ac.clip(x, 0, 1), (0,), 0, (1,)),
    (lambda x: ac.clip(x, 0, 1), (2,), 1, (0,)),
    (ac.maximum, (2, 2), 2, (HALF, HALF)),
    (ac.minimum, (2, 2), 2, (HALF, HALF)),
    (ac.greater, (2, 2), HALF, (0, 0)),
    (lambda x: ac.maximum(x, x), (2,), 2, (1,)),
    (ac.hypot, (-3, 0), 3, (-1, 0)),
    (ac.hypot, (0, 4), 4, (0, 1)),
    (ac.hypot, (0, 0), 0, (0, 0)),
    (lambda x: ac.where(x > 0, x * x, -x), (0,), 0, (-1,)),
    (lambda x: x**2, (0,), 0, (0,)),
    (lambda x: x**0, (0,), 1, (0,)),
    (lambda x, y: ac.dot([x, y, x], [y, 2, x]), (3, 5), 34, (11, 5)),
    (lambda x: round(x, 1), (Fraction(1, 4),), Fraction(1, 5), (0,)),
    (lambda x: round(x), (Fraction(7, 2),), 4, (0,)),
]


@pytest.mark.parametrize(("f", "point", "value", "slopes"), KINKS)
def test_kinks_are_those_of_the_table(
    f: Any, point: Any, value: Any, slopes: Any
) -> None:
    leaves = [Value(Fraction(p)) for p in point]
    result = f(*leaves)
    result.backward()
    numbers = [result.data, *(leaf.grad for leaf in leaves)]
    assert numbers == [value, *slopes]
    assert all(type(n) is Fraction for n in numbers)


# -- division by zero ------------------------------------------------------------------


ZERO_DIVISORS = [
    (lambda: 1 / Value(Fraction(0)), r"div\(1, 0\) divides by zero, and exact numbers"),
    (lambda: ac.reciprocal(Fraction(0)), r"reciprocal\(0\) divides by zero"),
    (lambda: Value(Fraction(0)) ** -2, r"powc\(0\) divides by zero"),
    (lambda: COLUMN.atanh_slope(Fraction(1)), r"atanh_slope\(1\) divides by zero"),
]


@pytest.mark.parametrize(("f", "message"), ZERO_DIVISORS)
def test_a_division_by_zero_names_the_operation(f: Any, message: str) -> None:
    with pytest.raises(NonFiniteError, match=message) as caught:
        f()
    assert not isinstance(caught.value, ZeroDivisionError)


@pytest.mark.parametrize("function", [ac.sqrt, ac.cbrt])
def test_a_derivative_that_divides_by_zero_says_so(function: Any) -> None:
    message = "a derivative divides by zero, and Fraction numbers have no infinity"
    with pytest.raises(NonFiniteError, match=message):
        grad(function)(Fraction(0))
    with pytest.raises(NonFiniteError, match=message):
        function(Value(Fraction(0))).backward()


def test_the_gradient_of_hypot_at_the_origin_is_zero() -> None:
    assert grad(ac.hypot, (0, 1))(Fraction(0), Fraction(0)) == (0, 0)
    assert grad(ac.hypot, (0, 1))(Fraction(3), Fraction(4)) == (
        Fraction(3, 5),
        Fraction(4, 5),
    )


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_power_of_zero_has_the_derivative_of_the_table(n: int) -> None:
    # d/dx x**n = n*x**(n - 1), and 0 where n is 0, with the exponent in a Value too.
    x = Value(Fraction(0))
    ac.power(x, Value(Fraction(n), requires_grad=False)).backward()
    assert x.grad == (1 if n == 1 else 0)


def test_a_fraction_may_be_larger_than_any_float() -> None:
    x = Value(Fraction(10**400, 3))
    (x * x).backward()
    assert x.grad == Fraction(2 * 10**400, 3)


# -- the column and the engine ---------------------------------------------------------


def test_values_of_fractions_record_and_transform() -> None:
    def f(v: Any) -> Any:
        return v[0] ** 3 * v[1] - ac.maximum(v[0], v[1]) / 2

    assert grad(f)([HALF, THIRD]) == [Fraction(-1, 4), Fraction(1, 8)]
    assert hessian(f)([HALF, THIRD]) == [[1, Fraction(3, 4)], [Fraction(3, 4), 0]]
    assert VALUES.does("add")


def test_a_users_row_by_formula_runs_exactly_or_is_refused() -> None:
    rational = Primitive("_test_rational", (lambda m, x, out: 1,),
                         formula=lambda m, x: x / (x - 1))  # fmt: skip
    try:
        TABLE.add(rational)
        assert COLUMN._test_rational(Fraction(3)) == Fraction(3, 2)
        with pytest.raises(
            NonFiniteError, match=r"_test_rational\(1\) divides by zero"
        ):
            COLUMN._test_rational(Fraction(1))
    finally:
        TABLE.discard("_test_rational")
        vars(COLUMN).pop("_test_rational", None)
