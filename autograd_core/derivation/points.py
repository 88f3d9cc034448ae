"""Points at which a claim is looked at: drawn from a seed, inside its domain.

What one can do with this file: draw points at which both sides are defined, though
the definitions have logarithms of inputs and conditions on quantities.

The one idea: a few shapes of points are tried (all coordinates wide, all inside
(0, 1), ...), and from a point that works single coordinates move on, so that a
logarithm keeps one input small and does not keep the others small.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .meaning import Member

__all__ = ["draw", "ranges"]

Range = tuple[float, float]

_SHAPES: tuple[Range, ...] = ((-2.0, 2.0), (0.0, 1.0), (0.0, 2.0), (1.0, 3.0))
_TRIES = 12  # per point that is asked for


def ranges(member: Member) -> dict[str, Range]:
    """Where the conditions ``x > 0`` and ``0 < x < 1`` put the inputs."""
    found: dict[str, Range] = {}
    for sides, relations in member.conditions:
        for i, relation in enumerate(relations):
            left, right = sides[i], sides[i + 1]
            if relation[0] in "<>":
                low, high = (left, right) if relation[0] == "<" else (right, left)
                _narrow(found, low, high)
    return {name: _bounded(bounds) for name, bounds in found.items()}


def _narrow(found: dict[str, Range], low: Any, high: Any) -> None:
    # low < high, where one is a name and the other a number.
    for name, number, side in ((low, high, 1), (high, low, 0)):
        if len(name.program) == 1 and name.names and not number.names:
            bounds = list(found.get(name.names[0], (float("-inf"), float("inf"))))
            choose = max if side == 0 else min
            bounds[side] = choose(bounds[side], number.evaluate())
            found[name.names[0]] = (bounds[0], bounds[1])


def _bounded(bounds: Range) -> Range:
    low, high = bounds
    if low == float("-inf"):
        return high - 4.0, high
    return low, (high if high != float("inf") else low + 4.0)


def draw(
    member: Member,
    count: int,
    seed: int,
    accept: Callable[[Mapping[str, float]], bool],
) -> list[dict[str, float]]:
    """At most ``count`` points of the inputs that ``accept`` takes.

    Parameters
    ----------
    member
        The claim. Its text seeds the points too, so that they do not depend on
        the claims before it.
    count
        How many points are asked for.
    seed
        Which points.
    accept
        Whether both sides are defined there.
    """
    source = random.Random(f"{seed} {member.claim.text} {sorted(member.indices)}")
    inputs, given = member.inputs, ranges(member)
    found: list[dict[str, float]] = []
    for attempt in range(_TRIES * count):
        if found and attempt % 2:
            point = dict(source.choice(found))
            moved: Sequence[str] = source.sample(inputs, min(2, len(inputs)))
            shape = _SHAPES[attempt // 2 % 2]
        else:
            point, moved = {}, inputs
            shape = _SHAPES[attempt // 2 % len(_SHAPES)]
        for name in moved:
            point[name] = _drawn(source, given.get(name, shape))
        if accept(point):
            found.append(point)
        if len(found) == count or not inputs:
            break
    return found


def _drawn(source: random.Random, bounds: Range) -> float:
    low, high = bounds
    return low + (high - low) * source.random()
