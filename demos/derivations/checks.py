"""Is a claim right? Asked of the engine, and the engine asked of three others.

What one can do with this file: `check` a claim and read what each source says at
each point, and the verdict.

The one idea: the notes and the engine may both be wrong, so a third and a fourth
opinion decide. The complex step (Squire and Trapp 1998) and differences in
100-digit arithmetic never see a rule of the engine. If they contradict the engine,
that is a *failure* and the build stops. If they confirm the engine and the notes
say something else, that is a *misprint*, with the point as its witness. Beyond
points, SymPy is asked to prove that engine minus closed form is zero.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from autograd_core import Value, grad, hvp
from autograd_core.value import constant

from .article import Claim, Point

__all__ = ["Check", "Comparison", "check"]

RANDOM_POINTS = 20
# What float arithmetic loses in these formulas, with room; and what a central
# difference of complex steps loses on top.
RTOL = 1e-10
RTOL_SECOND_COMPLEX = 1e-7
DIGITS = 100

AGREES, DIFFERS, UNPROVED, FAILED = "agrees", "differs", "not proved", "engine wrong"


@dataclass(frozen=True)
class Comparison:
    """What every source says at one point.

    ``complex_step`` is None for a value, which needs no derivative.
    """

    point: Point
    closed: tuple[float, ...]
    engine: float
    complex_step: float | None
    precise: Any

    @property
    def notes_differ(self) -> float:
        """How far the worst closed form is from the engine, relative."""
        return max(_distance(x, self.engine) for x in self.closed)

    def references_agree(self, order: int) -> bool:
        """Whether the engine is within rounding of every reference."""
        if not _distance(self.engine, self.precise) <= RTOL:
            return False
        if self.complex_step is None:
            return True
        limit = RTOL_SECOND_COMPLEX if order == 2 else RTOL
        return _distance(self.engine, self.complex_step) <= limit


@dataclass(frozen=True)
class Check:
    """A claim, what was found, and the verdict.

    Attributes
    ----------
    shown, drawn
        The comparisons at the claim's own points, and at random ones.
    proved
        Whether SymPy proved every closed form equal to the engine's derivative.
    """

    claim: Claim
    shown: tuple[Comparison, ...]
    drawn: tuple[Comparison, ...]
    proved: bool

    @property
    def verdict(self) -> str:
        """agrees, differs, not proved, or engine wrong."""
        everywhere = (*self.shown, *self.drawn)
        order = len(self.claim.wrt)
        if not all(c.references_agree(order) for c in everywhere):
            return FAILED
        if not all(c.notes_differ <= RTOL for c in everywhere):
            return DIFFERS
        return AGREES if self.proved else UNPROVED

    @property
    def largest_difference(self) -> float:
        """Between the closed forms and the engine, relative, over all points."""
        return max(c.notes_differ for c in (*self.shown, *self.drawn))

    @property
    def witness(self) -> Comparison:
        """The shown comparison at which notes and engine differ most."""
        return max(self.shown, key=lambda c: c.notes_differ)


def check(claim: Claim) -> Check:
    """Compare ``claim`` at its points and at 20 random ones, and try to prove it.

    Raises
    ------
    ImportError
        If SymPy or mpmath is missing; the message says how to install them.
    """
    _require_references()
    shown = tuple(_compare(claim, point) for point in claim.points)
    drawn = tuple(_compare(claim, point) for point in _random_points(claim))
    return Check(claim, shown, drawn, _proved(claim))


def _require_references() -> None:
    try:
        import mpmath  # noqa: F401
        import sympy  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"the book checks itself with SymPy and mpmath, and {error.name} is not "
            "installed: pip install 'autograd-core[symbolic,precise]'"
        ) from None


def _random_points(claim: Claim) -> list[Point]:
    # Seeded by the claim's own text: the same points on every machine and run.
    source = random.Random(f"{claim.where}: {claim}")
    ranges = [claim.model.ranges.get(n, (-2.0, 2.0)) for n in claim.model.inputs]
    return [
        Point(
            f"random {i}",
            {
                name: source.uniform(*limits)
                for name, limits in zip(claim.model.inputs, ranges, strict=True)
            },
        )
        for i in range(RANDOM_POINTS)
    ]


def _distance(x: Any, y: Any) -> float:
    if x == y:
        return 0.0
    distance = float(abs(x - y) / max(abs(x), abs(y)))
    return distance if distance == distance else float("inf")


# -- the sources -----------------------------------------------------------------------


def _compare(claim: Claim, point: Point) -> Comparison:
    numbers = [float(point.values[name]) for name in claim.model.inputs]
    values = dict(zip(claim.model.inputs, numbers, strict=True))
    f = claim.model.function(claim.target)
    by = [claim.model.inputs.index(name) for name in claim.wrt]
    return Comparison(
        point,
        tuple(map(float, claim.closed(values))),
        float(engine(f, numbers, by)),
        complex_step(f, numbers, by) if by else None,
        precise(f, numbers, by),
    )


def engine(f: Callable[[Any], Any], numbers: Sequence[Any], by: Sequence[int]) -> Any:
    """The engine's value of ``f``, or its derivative by the inputs ``by``."""
    if not by:
        return _run(f, numbers)
    if len(by) == 1:
        return grad(f)(list(numbers))[by[0]]
    direction = [int(i == by[1]) for i in range(len(numbers))]
    return hvp(f, (list(numbers),), (direction,))[by[0]]


def _run(f: Callable[[Any], Any], numbers: Sequence[Any]) -> Any:
    # Forward only; nothing here asks for a gradient, so no rule is looked at.
    result = f([constant(x) for x in numbers])
    return result.data if isinstance(result, Value) else result


def complex_step(
    f: Callable[[Any], Any], numbers: Sequence[float], by: Sequence[int]
) -> float:
    """Im f(x + ih)/h; for a second derivative the central difference of that.

    The difference is extrapolated once (Richardson), which leaves about 1e-11.
    """
    from autograd_core.numbers import complex128  # noqa: F401  registers complex

    def slope(shift: float) -> float:
        point = [complex(x) for x in numbers]
        point[by[-1]] += shift
        point[by[0]] += 1e-150j
        return complex(_run(f, point)).imag / 1e-150

    if len(by) == 1:
        return slope(0.0)

    def central(h: float) -> float:
        return (slope(h) - slope(-h)) / (2.0 * h)

    h = 1e-3
    return (4.0 * central(h / 2.0) - central(h)) / 3.0


def precise(
    f: Callable[[Any], Any], numbers: Sequence[float], by: Sequence[int]
) -> Any:
    """Central differences in 100-digit arithmetic, right to about 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        point = [mpmath.mpf(x) for x in numbers]
        h = mpmath.mpf(10) ** -25
        total = mpmath.mpf(0)
        for signs in product((1, -1), repeat=len(by)):
            moved = list(point)
            weight = mpmath.mpf(1)
            for i, sign in zip(by, signs, strict=True):
                moved[i] += sign * h
                weight *= sign
            total += weight * _run(f, moved)
        return total / (2 * h) ** len(by)


def _proved(claim: Claim) -> bool:
    # The engine differentiates symbols; SymPy only simplifies what comes out.
    import sympy

    from autograd_core.numbers.symbolic import vanishes

    symbols = [sympy.Symbol(name, real=True) for name in claim.model.inputs]
    values: Mapping[str, Any] = dict(zip(claim.model.inputs, symbols, strict=True))
    by = [claim.model.inputs.index(name) for name in claim.wrt]
    found = engine(claim.model.function(claim.target), symbols, by)
    return all(vanishes(found - form) for form in claim.closed(values))
