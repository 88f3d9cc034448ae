"""The complex column as a witness: it agrees with every rule, and would see a slip."""

import cmath
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from mpmath import mp
from sympy import Symbol

import autograd_core as ac
from autograd_core import ExactnessError, Value, grad, local_derivatives
from autograd_core.numbers import column_of, complex128, float64
from autograd_core.numbers.complex128 import COLUMN, REFUSED, Number
from autograd_core.primitives import TABLE, Interval, Primitive
from autograd_core.record import record
from autograd_core.value import constant
from tests.autograd_core.test_shown import OPERANDS, TWO_VECTORS, members, rebound

RTOL = 1e-12  # what is asked of the imaginary part
STEPS = (1e-20, 1e-150)
NORMAL = 1e-290  # an imaginary part below this loses digits
POINTS = 60

Point = tuple[float, ...]


def numeric(row: Primitive) -> Primitive:
    """The row with every attribute a Python number."""

    def plain(value: Any) -> Any:
        if value is None or isinstance(value, int):
            return value
        return 0.75 if isinstance(value, Symbol) else float(value)

    return rebound(row, plain)


MEMBERS = [
    pytest.param(member, id=str(member)[11:-1])
    for row in TABLE.values()
    if row.name not in REFUSED and row.name != "item"
    for member in map(numeric, members(row))
]


def draw(interval: Interval, rng: random.Random) -> float:
    """A number of the interval: any size from 1e-4 to 30, or close to an end."""
    size = 10.0 ** rng.uniform(-4.0, 1.477)
    if interval.high == math.inf and interval.low == -math.inf:
        return rng.choice((-size, size))
    if interval.high == math.inf:
        return interval.low + size
    near = 10.0 ** rng.uniform(-6.0, 0.0)
    return rng.choice((interval.low + near, interval.high - near))


def points(row: Primitive) -> Iterator[Point]:
    rng = random.Random(row.name)
    n = OPERANDS * (2 if row.name in TWO_VECTORS else 1) if row.variadic else row.arity
    domain = row.domain * n if len(row.domain) == 1 else row.domain
    for _ in range(POINTS):
        yield tuple(draw(interval, rng) for interval in domain)


def as_lines(row: Primitive, found: Any) -> Any:
    return found if row.multiple else [found]


def disagreements(row: Primitive) -> list[str]:
    """Where the engine's partials differ from the complex step by more than RTOL."""
    kernel = getattr(COLUMN, row.name)
    found = []
    for xs in points(row):
        engine = as_lines(row, local_derivatives(record(row, tuple(map(Value, xs)))))
        for h in STEPS:
            for j in range(len(xs)):
                moved = [complex(x, h if i == j else 0.0) for i, x in enumerate(xs)]
                outs = as_lines(row, kernel(*moved, **row.bound))
                for line, out in zip(engine, outs, strict=True):
                    step, d = out.imag / h, line[j]
                    if d != 0.0 and abs(d) * h < NORMAL:
                        continue  # the larger step sees it
                    if not abs(step - d) <= RTOL * abs(d):
                        found.append(f"{row} by {j} at {xs}: {d}, complex step {step}")
    return found


@pytest.mark.parametrize("row", MEMBERS)
def test_the_complex_step_is_the_first_derivative(row: Primitive) -> None:
    assert disagreements(row) == []


@pytest.mark.parametrize("row", MEMBERS)
def test_a_slip_in_a_derivative_is_seen(row: Primitive) -> None:
    # One part in 10**9 of each derivative, and the same where it is 0.
    slip = 1e-9

    def off(number: Any) -> Any:
        return number * (1 + slip) + slip

    rules: Any = row.partials
    if not row.variadic:
        wrong: Any = tuple(
            (lambda m, *xs, r=r: off(r(m, *xs) if r else 0)) for r in rules
        )
    elif row.multiple:

        def wrong(m: Any, xs: Any, outs: Any) -> Any:
            return [[off(p) for p in line] for line in rules(m, xs, outs)]
    else:

        def wrong(m: Any, xs: Any, out: Any) -> Any:
            return [off(p) for p in rules(m, xs, out)]

    found = disagreements(replace(row, partials=wrong, _members={}))
    n = len(next(points(row)))
    # A slope of -1 hides it: -1*(1 + slip) + slip is -1.
    assert len(found) > 0.5 * POINTS * n or row.name in ("sub", "neg")


@pytest.mark.parametrize("row", MEMBERS)
def test_the_real_part_is_the_value(row: Primitive) -> None:
    kernel, floats = getattr(COLUMN, row.name), getattr(float64.COLUMN, row.name)
    for xs in points(row):
        outs = as_lines(row, kernel(*(complex(x, 1e-150) for x in xs), **row.bound))
        for out, y in zip(outs, as_lines(row, floats(*xs, **row.bound)), strict=True):
            # Sums that cancel lose digits of what they add up, at most 30 each.
            assert abs(out.real - y) <= RTOL * max(abs(y), 1e-2), (row, xs)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_rows_say_what_to_do_instead(name: str) -> None:
    assert not COLUMN.does(name)
    with pytest.raises(
        ExactnessError,
        match=rf"{name}\(\) is not possible on complex; "
        r".* differences in many digits instead",
    ):
        getattr(COLUMN, name)(1j)


def test_a_user_cannot_store_a_complex_number() -> None:
    assert column_of(1j) is COLUMN
    for number in (1j, Number(1, 2)):
        with pytest.raises(TypeError, match="takes a real number"):
            Value(number)
    with pytest.raises(TypeError):
        Value(1.0) * 1j


# -- the step through functions of a user ----------------------------------------------


def step(f: Any, x: float, h: float = 1e-150) -> float:
    out: float = f(constant(Number(x, h))).data.imag / h
    return out


def branching(x: Any) -> Any:
    if x > 0.5:
        return ac.sin(x) / x
    return 1 - x * x / 6 if x >= 0 else ac.clip(x, -2.5, 2.5) ** 3


@pytest.mark.parametrize("x", [0.75, 0.25, 0.0, -1.5, -3.0])
def test_the_step_follows_the_branch_of_the_floats(x: float) -> None:
    assert step(branching, x) == pytest.approx(grad(branching)(x), rel=1e-15, abs=0)


def test_the_step_through_a_neuron() -> None:
    def loss(w: Any) -> Any:
        hidden = ac.tanh(w * 0.5 + 1.5) * ac.relu(w) - ac.where(w < 2, w, 0) ** 0.5
        return ac.logsumexp([hidden, w, 1.0]) + ac.cross_entropy([w, hidden], 1)

    for x in (0.3, 1.7, 2.5):
        assert step(loss, x) == pytest.approx(grad(loss)(x), rel=1e-14, abs=0)


def test_numbers_are_ordered_by_their_real_parts() -> None:
    assert Number(1, 5) < Number(2, 1) <= 2 < Number(3)
    assert Number(3) >= 3 > Number(2)


# -- the edges -------------------------------------------------------------------------


UNDEFINED = [
    ("sqrt", -1.0), ("log", -1.0), ("log1p", -2.0), ("acosh", 0.5), ("exp", 1e4),
    ("asin", 1.5), ("asin", -1.5), ("acos", 1.5), ("acos", -1.5), ("atanh", 1.5),
    ("atanh", -1.5), ("cosh", 1e4), ("log", 0.0), ("relu", math.nan),
]  # fmt: skip


@pytest.mark.parametrize(("name", "x"), UNDEFINED)
def test_outside_the_domain_nothing_raises(name: str, x: float) -> None:
    out = getattr(COLUMN, name)(complex(x, 1e-150))
    assert not COLUMN.finite(out)


def test_a_division_by_zero_does_not_raise() -> None:
    assert not COLUMN.finite(COLUMN.reciprocal(0j))
    assert not COLUMN.finite(COLUMN.div(1j, 0j))


POWERS = [
    (-2.0, 3),
    (-2.0, 101),
    (-2.0, 1001),
    (2.0, -3),
    (0.0, 2),
    (0.0, 1),
    (7.0, 0.5),
]


@pytest.mark.parametrize(("x", "n"), POWERS)
def test_powers_keep_their_imaginary_part(x: float, n: float) -> None:
    out = COLUMN.powc(complex(x, 1e-150), n=n).imag / 1e-150
    assert out == pytest.approx(n * x ** (n - 1), rel=1e-13, abs=1e-140)


def test_a_power_that_is_not_real_is_undefined() -> None:
    assert not COLUMN.finite(COLUMN.powc(complex(-2.0, 1e-150), n=0.5))
    assert not COLUMN.finite(COLUMN.pow(complex(-2.0, 0.0), complex(3.0, 1e-150)))
    assert COLUMN.pow(complex(-2.0, 0.0), complex(3.0, 0.0)) == -8.0
    assert COLUMN.pow(0j, complex(2.0, 1e-150)) == 0.0


LARGE = [
    ("sech", 600.0),
    ("sech", -600.0),
    ("softplus", 1e4),
    ("logsigmoid", -1e4),
    ("sigmoid", -700.0),
    ("tanh", 300.0),
    ("hypot", 1e200),
    ("hypot", 1e-200),
]


@pytest.mark.parametrize(("name", "x"), LARGE)
def test_large_and_small_operands(name: str, x: float) -> None:
    row = TABLE[name].bind({})
    xs = (x,) * row.arity
    h = abs(x) * 1e-10  # the slope of sech(600) is 1e-260
    moved = [complex(x, h), *xs[1:]]
    exact = local_derivatives(record(row, tuple(map(Value, xs))))[0]
    slope = getattr(COLUMN, name)(*moved).imag / h
    assert slope == pytest.approx(exact, rel=RTOL, abs=0)


@pytest.mark.parametrize("x", [705.0, -705.0])
def test_sech_where_cosh_overflows(x: float) -> None:
    out = COLUMN.sech(complex(x, 1.0))
    assert out == 2.0 * cmath.exp(complex(-705.0, math.copysign(1.0, -x)))
    assert not COLUMN.finite(COLUMN.cosh(complex(1e3, 1.0)))


def sinc_by_definition(z: Any, k: int) -> Any:
    return mp.quad(lambda t: t**k * mp.cos(z * t + k * mp.pi / 2), [0, 1])


# The continuation of each function off the real line, as mpmath has it.
CONTINUED: dict[str, Any] = {
    "expm1": mp.expm1,
    "log1p": lambda z: mp.log(1 + z),
    "cbrt": lambda z: mp.exp(mp.log(z) / 3),
    "powc": lambda z: z**2.5,
    "pow": lambda z, w: mp.exp(w * mp.log(z)),
    "hypot": lambda z, w: mp.sqrt(z * z + w * w),
    "hypot_slope": lambda z, w: z / mp.sqrt(z * z + w * w),
    "atan2": lambda w, z: -1j * mp.log((z + 1j * w) / mp.sqrt(z * z + w * w)),
    "asin_slope": lambda z: 1 / mp.sqrt(1 - z * z),
    "sech": mp.sech,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "logistic_slope": lambda z: mp.exp(z) / (1 + mp.exp(z)) ** 2,
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "logaddexp": lambda z, w: mp.log(mp.exp(z) + mp.exp(w)),
    "binary_cross_entropy": lambda z, w: mp.log(1 + mp.exp(z)) - w * z,
    "logsumexp": lambda z, w: mp.log(mp.exp(z) + mp.exp(w)),
}


@pytest.mark.parametrize("name", CONTINUED)
def test_kernels_continue_their_function_off_the_real_line(name: str) -> None:
    # Far off it, where a slip in a term of second order is no longer hidden.
    n = 2 if TABLE[name].variadic else TABLE[name].arity
    attributes = {"n": 2.5} if name == "powc" else {}
    for x, y in ((0.25, 0.75), (0.625, 0.125), (0.75, 0.5)):
        zs = (complex(x, 0.25), complex(y, 0.125))[:n]
        got = getattr(COLUMN, name)(*zs, **attributes)
        expected = complex(CONTINUED[name](*map(mp.mpc, zs)))
        assert abs(got - expected) <= 1e-14 * abs(expected), (zs, got, expected)


@pytest.mark.parametrize("k", range(5))
@pytest.mark.parametrize("z", [0.25 + 0.5j, 2 - 0.25j, 7 + 0.5j, -7 + 0.5j])
def test_derivatives_of_sinc_off_the_real_line(z: complex, k: int) -> None:
    expected = complex(sinc_by_definition(mp.mpc(z), k))
    assert abs(COLUMN.sinc(z, k=k) - expected) <= 1e-13 * abs(expected)


def test_both_ends_of_an_interval_belong_to_it() -> None:
    for x in (-1.0, 2.0):
        out = COLUMN.clip(complex(x, 1e-150), low=-1, high=2)
        assert out.imag / 1e-150 == grad(lambda v: ac.clip(v, -1, 2))(x) == 1.0


def test_kinks_take_the_slope_of_the_table() -> None:
    for name in ("relu", "abs", "step", "sign"):
        assert getattr(COLUMN, name)(complex(0.0, 1e-150)).imag == 0.0
    assert complex128.real(COLUMN.greater(1 + 0j, 1 + 0j)) == 0.5
    assert COLUMN.xlogy(complex(0.0, 1e-150), 3 + 0j).imag / 1e-150 == math.log(3.0)
    assert COLUMN.xlogy(0j, 0j) == 0.0
    assert COLUMN.hypot(0j, 0j) == COLUMN.hypot_slope(0j, 0j) == 0.0
    assert not COLUMN.finite(COLUMN.hypot(complex(math.nan, 0), 0j))
    assert not COLUMN.finite(COLUMN.atan2(0j, 0j))
    assert COLUMN.log(0j).real == -math.inf
    assert COLUMN.cbrt(0j) == 0.0
    assert math.isnan(complex128.real(COLUMN.log1p(complex(-1.5, 0))))
