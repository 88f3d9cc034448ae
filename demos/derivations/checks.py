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
from functools import cached_property
from itertools import product
from statistics import median
from typing import Any

from autograd_core import Value, grad, hvp
from autograd_core.value import constant

from .article import Claim, Point
from .readings import Source

__all__ = ["Check", "Comparison", "check", "differences", "distance", "engine_source"]

RANDOM_POINTS = 20
# What float arithmetic loses in these formulas, with room; and what a central
# difference of complex steps loses on top.
RTOL = 1e-10
RTOL_SECOND_COMPLEX = 1e-7
DIGITS = 100
# Less than this is a reference's own error beside 0.
NOTHING = 1e-30

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

    def notes_differ(self, scale: float) -> float:
        """How far the worst closed form is from the engine, relative."""
        return max(distance(x, self.engine, scale) for x in self.closed)

    def references_agree(self, order: int, scale: float) -> bool:
        """Whether the engine is within rounding of every reference."""
        if not distance(self.engine, self.precise, scale) <= RTOL:
            return False
        if self.complex_step is None:
            return True
        limit = RTOL_SECOND_COMPLEX if order == 2 else RTOL
        return distance(self.engine, self.complex_step, scale) <= limit


@dataclass(frozen=True)
class Check:
    """A claim, what was found, and the verdict.

    Attributes
    ----------
    shown, drawn
        The comparisons at the claim's own points, and at random ones.
    """

    claim: Claim
    shown: tuple[Comparison, ...]
    drawn: tuple[Comparison, ...]

    @property
    def _everywhere(self) -> tuple[Comparison, ...]:
        return (*self.shown, *self.drawn)

    @cached_property
    def scale(self) -> float:
        """What small numbers are compared with: the median size at random points.

        Without it a derivative that is 0 at a minimum could not be compared: an
        engine's 1e-16 is infinitely far from 0, relatively.
        """
        return max(median(abs(float(c.precise)) for c in self.drawn), NOTHING)

    @cached_property
    def confirmed(self) -> bool:
        """Whether the references confirm the engine everywhere."""
        order = len(self.claim.wrt)
        return all(c.references_agree(order, self.scale) for c in self._everywhere)

    @cached_property
    def proved(self) -> bool:
        """Whether SymPy proved every closed form equal to the engine's derivative.

        Not asked where a point has shown otherwise.
        """
        return self.largest_difference <= RTOL and proved(self.claim)

    @cached_property
    def verdict(self) -> str:
        """agrees, differs, not proved, or engine wrong."""
        if not self.confirmed:
            return FAILED
        if not self.largest_difference <= RTOL:
            return DIFFERS
        return AGREES if self.proved else UNPROVED

    @cached_property
    def largest_difference(self) -> float:
        """Between the closed forms and the engine, relative, over all points."""
        return max(c.notes_differ(self.scale) for c in self._everywhere)

    @property
    def witness(self) -> Comparison:
        """The shown comparison at which notes and engine differ most."""
        return max(self.shown, key=lambda c: c.notes_differ(self.scale))

    @cached_property
    def worst(self) -> Comparison:
        """The comparison, random points included, at which they differ most."""
        return max(self._everywhere, key=lambda c: c.notes_differ(self.scale))


def check(claim: Claim) -> Check:
    """Compare ``claim`` at its points and at 20 random ones, and try to prove it.

    Raises
    ------
    ImportError
        If SymPy or mpmath is missing; the message says how to install them.
    """
    require_references()
    shown = tuple(_compare(claim, point) for point in claim.checked_points)
    drawn = tuple(_compare(claim, point) for point in _random_points(claim))
    found = Check(claim, shown, drawn)
    _ = found.verdict  # now, while the progress bar stands at this claim
    return found


def require_references() -> None:
    """Raise an ImportError with the remedy if SymPy or mpmath is missing."""
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
    model = claim.checked_model
    ranges = [model.ranges.get(name, (-2.0, 2.0)) for name in model.inputs]
    return [
        Point(
            f"random {i}",
            {
                name: source.uniform(*limits)
                for name, limits in zip(model.inputs, ranges, strict=True)
            },
        )
        for i in range(RANDOM_POINTS)
    ]


def distance(x: Any, y: Any, scale: Any = 0.0) -> float:
    """How far apart two numbers are, relative to the largest of them and ``scale``."""
    if x == y:
        return 0.0
    apart = float(abs(x - y) / max(abs(x), abs(y), abs(scale)))
    return apart if apart == apart else float("inf")


# -- the sources -----------------------------------------------------------------------


def _compare(claim: Claim, point: Point) -> Comparison:
    model = claim.checked_model
    numbers = [float(point.values[name]) for name in model.inputs]
    values = dict(zip(model.inputs, numbers, strict=True))
    f = model.function(claim.target)
    by = [model.inputs.index(name) for name in claim.wrt]
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


def precise(f: Callable[[Any], Any], numbers: Sequence[Any], by: Sequence[int]) -> Any:
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


def engine_source() -> Source:
    """The engine's derivatives, on floats."""
    return Source("engine", float, engine)


def differences(compute: Callable[[Source], Any]) -> Any:
    """What ``compute`` gives with difference quotients in 100-digit arithmetic."""
    import mpmath

    with mpmath.workdps(DIGITS):
        return compute(Source("differences", mpmath.mpf, precise))


# -- the proof -------------------------------------------------------------------------


def proved(claim: Claim) -> bool:
    """Whether the engine on symbols, minus each closed form, rewrites to zero."""
    # The engine differentiates symbols; SymPy only simplifies what comes out.
    import sympy

    model = claim.checked_model
    symbols = [sympy.Symbol(name, real=True) for name in model.inputs]
    values: Mapping[str, Any] = dict(zip(model.inputs, symbols, strict=True))
    by = [model.inputs.index(name) for name in claim.wrt]
    found = engine(model.function(claim.target), symbols, by)
    return all(_vanishes(sympy.sympify(found - f)) for f in claim.closed(values))


def _vanishes(number: Any) -> bool:
    # First as a rational function of its exponentials, logarithms and roots, each
    # taken for an unknown: quick, and enough for all but a few. Then as the engine
    # proves its own rules.
    from autograd_core.numbers.symbolic import vanishes

    return _cancels(_in_unknowns(number)) or vanishes(number)


def _in_unknowns(number: Any) -> Any:
    # exp(-z) and exp(z) are one unknown and its reciprocal; one under 1 + E becomes
    # S - 1, so that the denominator of a sigmoid is a single letter.
    import sympy

    unknowns: dict[Any, Any] = {}

    def unknown(e: Any) -> Any:
        return unknowns.setdefault(e, sympy.Dummy(str(len(unknowns))))

    def rational(e: Any) -> Any:
        if not e.args:
            return e
        e = e.func(*map(rational, e.args))
        if isinstance(e, sympy.tanh):
            square = rational(sympy.exp(-2 * e.args[0]))
            return (1 - square) / (1 + square)
        if isinstance(e, (sympy.sinh, sympy.cosh, sympy.sech)):
            return rational(e.rewrite(sympy.exp))
        if isinstance(e, sympy.exp):
            # SymPy has made exp(2z) of exp(z)*exp(z).
            times, rest = e.args[0].as_content_primitive()
            if not times.is_Integer:
                times, rest = sympy.Integer(1), e.args[0]
            if rest.could_extract_minus_sign():
                return unknown(sympy.exp(rest)) ** times
            return unknown(sympy.exp(-rest)) ** -times
        if isinstance(e, sympy.log) or (e.is_Pow and not e.exp.is_Integer):
            return unknown(e)
        return e

    made = rational(number)
    bases = {p.base for p in made.atoms(sympy.Pow) if p.exp.is_Integer}
    return made.xreplace(
        {
            e: s - 1
            for e in unknowns.values()
            if 1 + e in bases
            for s in [sympy.Dummy(f"1+{e.name}")]
        }
    )


def _cancels(number: Any) -> bool:
    # Every sum in a denominator gets a letter; the rest is a sum of monomials, which
    # mostly cancel; at the end each letter is its sum again.
    import sympy

    letters: dict[Any, Any] = {}

    def flat(e: Any) -> Any:
        if not e.args:
            return e
        if e.is_Pow and e.exp.is_Integer and e.exp.is_negative:
            over, under = sympy.fraction(sympy.together(flat(e.base)))
            over = sympy.expand(over)
            if over.is_Add:
                over = letters.setdefault(over, sympy.Dummy(f"D{len(letters)}"))
            return (under / over) ** -e.exp
        return e.func(*map(flat, e.args))

    left = sympy.expand(flat(number))
    for whole, letter in reversed(letters.items()):
        numerator, _ = sympy.fraction(sympy.together(left))
        left = sympy.expand(numerator.xreplace({letter: whole}))
    return bool(left == 0)
