"""What a row shows is what it computes: a proof for every row, by SymPy.

The one idea: `shown` and `formula` are second writings of a derivative and of a
value. Both writings run on symbols, and their difference is rewritten to 0 by a
fixed sequence of identities (`symbolic.vanishes`). There is no tolerance and no
sampling: a row is proved, or the test fails.

A proof is given on each open piece of the domain (x = -p, x = p, with p > 0), where
no sign is in doubt; by continuity it holds wherever both writings are continuous.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product, repeat
from math import inf
from typing import Any

import pytest
import sympy
from sympy import Rational, Symbol, sympify

from autograd_core.numbers import float64
from autograd_core.numbers.symbolic import COLUMN, KERNELS, vanishes
from autograd_core.primitives import TABLE, Interval, Primitive

Point = tuple[Any, ...]

OPERANDS = 3  # of a variadic row; a row of two vectors takes twice as many
TWO_VECTORS = {"dot", "soft_cross_entropy"}

# Static attributes to prove a row for; an attribute that is not here is 1.
ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "n": (3, 0, -2, Rational(1, 2), Symbol("n", real=True)),
    "slope": (Symbol("s", real=True),),
    "alpha": (2,),
    "low": (-1,),
    "high": (2,),
    "target": (0, 2),
    "digits": (None,),
}
CUTS = ("low", "high")  # attributes at which a row changes its formula


def values_of(attribute: str, row: Primitive) -> Any:
    """The values to prove a row for; of an order, from its default to 3."""
    if attribute in ATTRIBUTES:
        return ATTRIBUTES[attribute]
    return range(row.defaults[attribute], 4) if attribute in row.defaults else (1,)


def members(row: Primitive) -> list[Primitive]:
    """The row with each choice of its attributes."""
    choices = product(*(values_of(attribute, row) for attribute in row.attributes))
    return [
        row.bind(dict(zip(row.attributes, choice, strict=True))) for choice in choices
    ]


def pieces(interval: Interval, cuts: set[Any], name: str) -> list[tuple[str, Any]]:
    """The open pieces of an interval between the cuts, by a positive parameter."""
    p = Symbol(name, positive=True)
    low, high = interval.low, interval.high
    inside = [c for c in {*cuts, *interval.singular, 0} if low < c < high]
    points = sorted({Rational(c) for c in (*inside, low, high) if abs(c) < inf})
    below = [("below", points[0] - p)] if low == -inf else []
    between = [("inside", (a + b * p) / (1 + p)) for a, b in pairwise(points)]
    above = [("above", points[-1] + p)] if high == inf else []
    return [*below, *between, *above]


def regions(row: Primitive) -> Iterator[Point]:
    """Open sets of operands that cover the domain, no sign and no order in doubt."""
    if row.variadic:
        n = OPERANDS * (2 if row.name in TWO_VECTORS else 1)
        yield tuple(Symbol(f"x{i}", real=True) for i in range(n))
        return
    cuts = {row.bound[name] for name in CUTS if name in row.bound}
    names = "pqr"[: row.arity]
    domain = row.domain * row.arity if len(row.domain) == 1 else row.domain
    for point in product(*map(pieces, domain, repeat(cuts), names)):
        sides, operands = zip(*point, strict=True)
        if sides in TWICE and domain[0] == domain[1]:
            # Both beyond one end: the first is further out, or the second is.
            near = operands[0]
            far = near + TWICE[sides] * Symbol("q", positive=True)
            yield near, far
            yield far, near
        else:
            yield operands


TWICE = {("above", "above"): 1, ("below", "below"): -1}


def lines(row: Primitive, rules: Any, xs: Point, out: Any) -> list[Any]:
    """What ``rules`` say at ``xs``: a flat list of derivatives."""
    if not row.variadic:
        return [0 if rule is None else rule(COLUMN, *xs, out) for rule in rules]
    found = rules(COLUMN, xs, out)
    return [entry for line in found for entry in line] if row.multiple else list(found)


def value(row: Primitive, xs: Point) -> Any:
    return getattr(COLUMN, row.name)(*xs, **row.bound)


def unproved(row: Primitive) -> list[str]:
    """Where ``shown`` cannot be proved equal to ``partials``."""
    failures = []
    for xs in regions(row):
        out = value(row, xs)
        computed = lines(row, row.partials, xs, out)
        shown = lines(row, row.shown, xs, out)
        for i, (a, b) in enumerate(zip(computed, shown, strict=True)):
            if not vanishes(sympify(a - b)):
                failures.append(f"{row}, partial {i} at {xs}: {a} is not {b}")
    return failures


def rows_with(view: str) -> list[Any]:
    return [
        pytest.param(member, id=str(member)[11:-1])
        for row in TABLE.values()
        if getattr(row, view) is not None
        for member in members(row)
    ]


@pytest.mark.parametrize("row", rows_with("shown"))
def test_shown_is_the_derivative_that_is_computed(row: Primitive) -> None:
    assert unproved(row) == []


@pytest.mark.parametrize("row", rows_with("formula"))
def test_formula_is_the_kernel(row: Primitive) -> None:
    # Two writings of one value: SymPy's own function, and the row by other rows.
    assert row.name in KERNELS, "without a kernel of its own there is nothing to prove"
    for xs in regions(row):
        kernel, formula = value(row, xs), row.formula(COLUMN, *xs)  # type: ignore[misc]
        if not row.multiple:
            kernel, formula = [kernel], [formula]
        for a, b in zip(kernel, formula, strict=True):
            assert vanishes(a - b), f"{row} at {xs}: {a} is not {b}"


SAMPLES = (Rational(3, 8), Rational(-5, 4), Rational(9, 4), Rational(-1, 2))


def sample_points(row: Primitive) -> Iterator[Point]:
    """Rational points of the domain."""
    n = len(next(regions(row)))
    domain = row.domain * n if len(row.domain) == 1 else row.domain
    for few in product(SAMPLES, repeat=min(n, 2)):
        point = (few * n)[:n]
        if all(d.low < x < d.high for d, x in zip(domain, point, strict=True)):
            yield point


def rebound(row: Primitive, convert: Any) -> Primitive:
    """The row with ``convert`` applied to each of its attributes."""
    bound = {name: convert(value) for name, value in row.bound.items()}
    return TABLE[row.name].bind(bound) if bound else row


def assert_close_to_floats(row: Primitive, exact: Any) -> None:
    """``exact(row, operands)`` with 30 digits is what the float kernel computes."""
    row = rebound(row, lambda a: Rational(1, 4) if isinstance(a, Symbol) else a)
    kernel = getattr(float64.COLUMN, row.name)
    bound = rebound(row, lambda a: float(a) if isinstance(a, Rational) else a).bound
    points = list(sample_points(row))
    assert points
    for xs in points:
        expected, got = exact(row, xs), kernel(*map(float, xs), **bound)
        if not row.multiple:
            expected, got = [expected], [got]
        for e, g in zip(expected, got, strict=True):
            true = sympy.N(e, 30)
            # Two roundings of the result, and as many of what it is the sum of.
            assert abs(g - true) <= 4 * 2.0**-52 * max(1, abs(true)), (row, xs)


@pytest.mark.parametrize("row", rows_with("formula"))
def test_formula_is_the_float_kernel(row: Primitive) -> None:
    def formula(row: Any, xs: Point) -> Any:
        return row.formula(COLUMN, *xs)

    assert_close_to_floats(row, formula)


# -- the tester, tested ----------------------------------------------------------------


@pytest.mark.parametrize(
    "row", [p for p in rows_with("shown") if not p.values[0].variadic]
)
def test_a_false_claim_is_not_proved(row: Primitive) -> None:
    # A slip of the pen of one part in 10**9 is found.
    def slip(rule: Any) -> Any:
        return lambda m, *xs: rule(m, *xs) + xs[0] ** 2 / 10**9

    rules: Any = row.shown
    wrong = replace(row, shown=tuple(map(slip, rules)), _members={})
    assert len(unproved(wrong)) == len(list(regions(row))) * row.arity


def test_every_shown_rule_covers_every_operand() -> None:
    for row in TABLE.values():
        if row.shown is not None and not row.variadic:
            assert len(row.shown) == row.arity  # type: ignore[arg-type]
