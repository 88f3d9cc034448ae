"""Rules that learn the curvature from the gradients they have seen: BFGS, L-BFGS.

What one can do with this file: use `bfgs` and `l_bfgs` as the step of a `Run`, with
a search along the direction; make one update of an inverse Hessian (`inverse_update`)
on numbers of any kind, symbols and Values too.

The one idea: two gradients and the step between them say how the slope changes along
that step. The new inverse Hessian must agree with it (H·y = s) and change otherwise
as little as possible. Source: Nocedal and Wright, Numerical Optimization, chapters 6
and 7.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..readings import At
from .descent_rules import Step
from .networks import total

__all__ = [
    "bfgs",
    "exact_search",
    "inverse_update",
    "l_bfgs",
    "steepest",
    "times",
    "wolfe_search",
]

Vector = Sequence[Any]
Search = Callable[[At, Vector], Any]
TRIES = 60
# The usual numbers of the two conditions (Wolfe 1969).
ENOUGH, FLATTER = 1e-4, 0.9


def inner(a: Vector, b: Vector) -> Any:
    """The sum of the products of two vectors."""
    return total([x * y for x, y in zip(a, b, strict=True)])


def times(matrix: Sequence[Vector], vector: Vector) -> list[Any]:
    """A matrix times a vector."""
    return [inner(row, vector) for row in matrix]


def inverse_update(h: Sequence[Vector], s: Vector, y: Vector) -> list[list[Any]]:
    """The BFGS update (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ of an inverse Hessian, ρ = 1/yᵀs.

    Parameters
    ----------
    h
        The symmetric matrix before.
    s, y
        The step, and how the gradient has changed along it; yᵀs is not 0.
    """
    n = range(len(s))
    rho = 1 / inner(y, s)
    hy = times(h, y)
    # Multiplied out: H − ρ(s(Hy)ᵀ + (Hy)sᵀ) + ρ(1 + ρ yᵀHy) ssᵀ.
    weight = rho * (1 + rho * inner(y, hy))
    return [
        [
            h[i][j] - rho * (s[i] * hy[j] + hy[i] * s[j]) + weight * s[i] * s[j]
            for j in n
        ]
        for i in n
    ]


# -- how far along a direction ---------------------------------------------------------


def exact_search(at: At, direction: Vector) -> Any:
    """−gᵀd / dᵀHd: the lowest point of a quadratic along the direction."""
    bend = inner(direction, times(at.hessian, direction))
    return -inner(at.gradient, direction) / bend


def wolfe_search(at: At, direction: Vector) -> Any:
    """1, doubled or halved until the step is neither too long nor too short.

    Too long: f has not fallen by a ten-thousandth of what the slope promises. Too
    short: the slope along the direction is still more than nine tenths of what it was.
    Without the second rule yᵀs may be negative at every step, and nothing is learned
    (Lewis and Overton 2013, algorithm 4.6).

    Raises
    ------
    ArithmeticError
        If 60 tries find no such step: the direction does not lead down, or f falls
        without end, or is not finite.
    """
    height, slope = at.f, inner(at.gradient, direction)
    length, low, high = at.source.number(1), at.source.number(0), None
    for _ in range(TRIES):
        there = dict(zip(at.over, _moved(at.x, length, direction), strict=True))
        values = {**at.values, **there}
        reached = at.source.of(at.model, at.target, (), values)
        if not reached <= height + ENOUGH * length * slope:
            high = length
        elif inner(_gradient(at, values), direction) < FLATTER * slope:
            low = length
        else:
            return length
        length = 2 * low if high is None else (low + high) / 2
    raise ArithmeticError(
        f"'direction' must lead down (got a slope of {float(slope):.3g} along it), and "
        "f must not fall without end; use a direction with a negative slope"
    )


def _gradient(at: At, values: dict[str, Any]) -> Vector:
    return at.source.gradient(at.model, at.target, at.over, values)


def _moved(x: Vector, length: Any, direction: Vector) -> list[Any]:
    return [a + length * b for a, b in zip(x, direction, strict=True)]


# -- the rules -------------------------------------------------------------------------


def steepest(search: Search) -> Step:
    """Against the gradient, as far as the search says."""

    def step(at: At) -> list[Any]:
        down = [-g for g in at.gradient]
        return _moved(at.x, search(at, down), down)

    return step


def bfgs(search: Search) -> Step:
    """Along −H∇f, where H is updated by every step; the identity at first."""

    def step(at: At) -> list[Any]:
        n = range(len(at.over))
        g = at.gradient
        h = at.memory.get("H", [[int(i == j) for j in n] for i in n])
        for s, y in _new_pair(at, g):
            h = inverse_update(h, s, y)
        at.memory["H"] = h
        down = [-move for move in times(h, g)]
        return _moved(at.x, search(at, down), down)

    return step


def l_bfgs(memory: int, search: Search) -> Step:
    """The same from the last ``memory`` steps only; no matrix is stored.

    H₀ is the identity times sᵀy/yᵀy of the last step, as is usual.
    """

    def step(at: At) -> list[Any]:
        g = at.gradient
        pairs = [*at.memory.get("pairs", []), *_new_pair(at, g)][-memory:]
        at.memory["pairs"] = pairs
        down = [-move for move in _two_loops(pairs, g)]
        return _moved(at.x, search(at, down), down)

    return step


def _new_pair(at: At, g: Vector) -> list[tuple[list[Any], list[Any]]]:
    # Step and change of gradient since the last call; none at first, and none where
    # f does not bend up along the step: H would not stay positive definite.
    last = at.memory.get("last")
    at.memory["last"] = (at.x, g)
    if last is None:
        return []
    s = [new - old for new, old in zip(at.x, last[0], strict=True)]
    y = [new - old for new, old in zip(g, last[1], strict=True)]
    return [(s, y)] if inner(s, y) > 0 else []


def _two_loops(pairs: Sequence[tuple[Vector, Vector]], g: Vector) -> list[Any]:
    # H g without H: each pair takes its share off the gradient, newest first, and
    # gives it back corrected, oldest first.
    q, weights = list(g), []
    for s, y in reversed(pairs):
        weights.append(inner(s, q) / inner(y, s))
        q = _moved(q, -weights[-1], y)
    if pairs:
        s, y = pairs[-1]
        scale = inner(s, y) / inner(y, y)
        q = [scale * a for a in q]
    for (s, y), weight in zip(pairs, reversed(weights), strict=True):
        q = _moved(q, weight - inner(y, q) / inner(y, s), s)
    return q
