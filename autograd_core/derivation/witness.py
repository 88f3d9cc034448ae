"""A point that a reader can verify by hand: small fractions, and both sides there.

What one can do with this file: find a witness against a wrong claim.

The one idea: ``dL/dyhat = -(y - yhat)/yhat`` is refuted by yhat = 2/3 and y = 1, and
nobody needs to know that yhat is a sigmoid. So the sides are compared as formulas in
the quantities that they name, at small fractions. A quantity with a definition may
be given a fraction only if it can have that value there: another input, that the
formulas do not name, moves it from below the fraction to above.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from ..expression.program import Expression
from .checking import Sample, relative, sides, values
from .meaning import Member, Number
from .points import ranges

__all__ = ["Witness", "find"]

_TRIES = 60
_NUMBERS = [
    Fraction(*pair)
    for pair in [
        (1, 2), (2, 1), (1, 3), (3, 2), (2, 3), (1, 1), (3, 1), (1, 4), (3, 4),
        (-1, 2), (-1, 1), (-2, 1), (5, 2), (1, 5), (-3, 2), (5, 1), (-1, 3),
    ]
]  # fmt: skip
_GRID = [Fraction(n, 2) for n in (-40, -20, -10, -6, -4, -2, -1, 0, 1, 2, 4, 6, 10, 20)]
CLEARLY = 1e-6  # a relative difference that shows in the printed numbers
_REFUSED = (ArithmeticError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True)
class Witness:
    """A point at which a claim is wrong.

    Attributes
    ----------
    point
        Names and their numbers; fractions where ``exact``.
    claimed, right
        Both sides there.
    exact
        Whether all numbers are fractions.
    indices
        For which indices.
    """

    point: Mapping[str, Fraction | float]
    claimed: Fraction | float
    right: Fraction | float
    exact: bool
    indices: Mapping[str, int]


def find(member: Member, samples: list[Sample], seed: int) -> Witness:
    """The simplest witness: all exact, else at fractions, else a sample."""
    source = random.Random(f"{seed} witness {member.claim.text}")
    exact = partial(_exact, member.left or _true(member))
    wrong = [abs(float(x)) for s in samples if not s.same for x in (s.true, s.claimed)]
    rounded = partial(_at_fractions, 1e-9 * min([1.0, max(wrong, default=1.0)]))
    for choose in (exact, rounded):
        for attempt in range(_TRIES):
            # The simplest fractions first.
            found: Witness | None = choose(member, source, 4 + attempt // 4)
            if found is not None:
                return found
    worst = max(samples, key=lambda sample: sample.difference)
    claimed, true = float(worst.claimed), float(worst.true)
    return Witness(worst.inputs, claimed, true, False, member.indices)


def _pick(member: Member, source: random.Random, name: str, most: int) -> Fraction:
    low, high = ranges(member).get(name, (-9.0, 9.0))
    fitting = [x for x in _NUMBERS if low < x < high]
    if not fitting:
        return (Fraction(low) + Fraction(high)) / 2
    return source.choice(fitting[:most])


def _at_fractions(
    nothing: float, member: Member, source: random.Random, most: int
) -> Witness | None:
    point = {name: _pick(member, source, name, most) for name in member.inputs}
    at = values(member, {n: float(x) for n, x in point.items()}, 0.0)
    if at is None or not member.holds(at):
        return None
    true, claimed = sides(member, at, 0.0)
    if true is None or claimed is None or relative(claimed, true, nothing) < CLEARLY:
        return None
    return Witness(point, claimed, true, False, member.indices)


# -- exact -----------------------------------------------------------------------------


def _exact(
    true: Expression | None, member: Member, source: random.Random, most: int
) -> Witness | None:
    if true is None:
        return None
    names = sorted({*true.names, *member.right.names})
    for put_in in (_inputs, _quantities):
        found = put_in(member, names, source, most)
        if found is None:
            continue
        point, shown = found
        try:
            t, c = (e.evaluate(point, like=Fraction(0)) for e in (true, member.right))
        except _REFUSED:  # not a fraction, or undefined there
            continue
        if t != c:
            return Witness({n: point[n] for n in shown}, c, t, True, member.indices)
    return None


def _true(member: Member) -> Expression | None:
    try:
        from .formulas import true_in_letters
    except ImportError:  # without SymPy
        return None
    return true_in_letters(member)


_Point = tuple[dict[str, Fraction], list[str]]  # and the names that are shown


def _inputs(
    member: Member, names: list[str], source: random.Random, most: int
) -> _Point | None:
    # Fractions for the inputs, if the named quantities are fractions then.
    model = member.model
    wanted = model.behind(names) | {n for n in member.quantities if n in model.inputs}
    inputs = [name for name in member.inputs if name in wanted]
    point: dict[str, Any] = {n: _pick(member, source, n, most) for n in inputs}
    try:
        at = model.values(point, Fraction(0), names)
    except _REFUSED:
        return None
    rest = {n: _pick(member, source, n, most) for n in member.inputs if n not in at}
    floats = {n: float(x) for n, x in {**rest, **point}.items()}
    if not _inside(member, floats):
        return None
    return at, [*inputs, *(n for n in names if n not in inputs)]


def _inside(member: Member, inputs: Mapping[str, float]) -> bool:
    at = values(member, inputs, 0.0)
    return at is not None and member.holds(at) and sides(member, at, 0.0)[0] is not None


def _quantities(
    member: Member, names: list[str], source: random.Random, most: int
) -> _Point | None:
    # Fractions for the named quantities, each moved by an input of its own.
    model = member.model
    defined = [name for name in names if name in model.definitions]
    point: dict[str, Any] = {n: _pick(member, source, n, most) for n in member.inputs}
    conditions = {n for sides_, _ in member.conditions for e in sides_ for n in e.names}
    for name in defined:
        shared = model.behind([n for n in names if n != name]) | conditions
        own = [n for n in model.inputs if n in model.behind([name]) - shared]
        choices = list(_between(member, name, own, point)) if own else []
        if not choices:
            return None
        point[name] = source.choice(choices[:6])
    return None if conditions & set(defined) else (point, names)


def _between(
    member: Member, name: str, own: list[str], point: Mapping[str, Fraction]
) -> Iterator[Fraction]:
    # Fractions between values that the quantity has as its own input moves.
    reached = []
    floats = {n: float(x) for n, x in point.items() if n in member.model.inputs}
    for x in _GRID:
        floats[own[0]] = float(x)
        try:
            y: Number = member.model.values(floats, 0.0, [name])[name]
        except _REFUSED:
            continue
        if y - y == 0.0:
            reached.append(y)
    if reached:
        low, high = min(reached), max(reached)
        yield from (x for x in _NUMBERS if low < x < high)
