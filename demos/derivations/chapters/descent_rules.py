"""The update rules that several chapters use, and how they are written.

Each rule is a function from where an algorithm is (`At`) to the next point, on any
kind of number; `descent_formulas` and the like write the same rule for the page.
Rules that remember more than the last point are in ``quasi_newton.py``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import sqrt
from autograd_core.linalg import solve
from autograd_core.numbers.text import Formula, derivative, equation, symbol

from ..readings import At
from .networks import total

__all__ = [
    "DESCENT",
    "DESCENT_1D",
    "NEWTON_1D",
    "NEWTON_2D",
    "Step",
    "adagrad",
    "adaptive_moments",
    "averaged",
    "by_samples",
    "descent_formulas",
    "gradient_descent",
    "heavy_ball",
    "newton",
    "remembered",
    "renewed",
]

Step = Callable[[At], Sequence[Any]]


def gradient_descent(rate: float) -> Step:
    """x − α ∇f(x)."""

    def step(at: At) -> list[Any]:
        return [x - rate * slope for x, slope in zip(at.x, at.gradient, strict=True)]

    return step


def newton(at: At) -> list[Any]:
    """x − H⁻¹ ∇f(x)."""
    moves = solve(at.hessian, at.gradient)
    return [x - move for x, move in zip(at.x, moves, strict=True)]


def by_samples(
    picks: Callable[[int], Sequence[str]], rate: Callable[[int], float]
) -> Step:
    """x − ηₖ Σ ∇l(x) over some of the losses.

    Parameters
    ----------
    picks
        k -> the names of the losses that step k looks at.
    rate
        k -> ηₖ.
    """

    def step(at: At) -> list[Any]:
        slopes = [
            at.source.gradient(at.model, name, at.over, at.values)
            for name in picks(at.k)
        ]
        columns = zip(*slopes, strict=True)
        return [
            x - rate(at.k) * total(column)
            for x, column in zip(at.x, columns, strict=True)
        ]

    return step


def heavy_ball(rate: float, keep: float, *, fresh: float = 1.0) -> Step:
    """x + α(x − xₖ₋₁) − η·fresh·∇f(x), from rest.

    ``fresh`` is 1 in the classical form (Polyak 1964) and 1 − α in the notes'.
    """

    def step(at: At) -> list[Any]:
        now = at.x
        before = at.memory.get("x", now)
        at.memory["x"] = now
        return [
            x + keep * (x - old) - rate * fresh * slope
            for x, old, slope in zip(now, before, at.gradient, strict=True)
        ]

    return step


def adagrad(rate: float, epsilon: float) -> Step:
    """x − η g/(√Σg² + ε), the sum over all steps so far, per coordinate."""

    def step(at: At) -> list[Any]:
        g = at.gradient
        before = at.memory.get("squares", [0] * len(g))
        squares = [s + slope**2 for s, slope in zip(before, g, strict=True)]
        at.memory["squares"] = squares
        return [
            x - rate * slope / (sqrt(s) + epsilon)
            for x, slope, s in zip(at.x, g, squares, strict=True)
        ]

    return step


def remembered(at: At, name: str, keep: float, new: Sequence[Any]) -> list[Any]:
    """keep · before + (1 − keep) · new, per coordinate, from 0."""
    before = at.memory.get(name, [0] * len(new))
    now = [keep * m + (1 - keep) * g for m, g in zip(before, new, strict=True)]
    at.memory[name] = now
    return now


def averaged(at: At, name: str, keep: float, new: Sequence[Any]) -> list[Any]:
    """`remembered`, free of the 0 that it starts from: divided by 1 − keepᵗ."""
    return [m / (1 - keep ** (at.k + 1)) for m in remembered(at, name, keep, new)]


def adaptive_moments(
    rate: float, keep: float = 0.9, keep_squares: float = 0.999, epsilon: float = 1e-8
) -> Step:
    """Adam as Kingma and Ba (2015) write it, with ε beside the root."""

    def step(at: At) -> list[Any]:
        g = at.gradient
        means = averaged(at, "m", keep, g)
        squares = averaged(at, "v", keep_squares, [slope**2 for slope in g])
        return [
            x - rate * m / (sqrt(s) + epsilon)
            for x, m, s in zip(at.x, means, squares, strict=True)
        ]

    return step


# -- on the page -----------------------------------------------------------------------


def renewed(name: str) -> Formula:
    """The name of what ``name`` becomes."""
    # With subscripts of its own: typesetting makes them for a single word only.
    return symbol(f"new {symbol(name)}")


def descent_formulas(target: str, *names: str) -> tuple[Formula, ...]:
    """new x = x − α ∂target/∂x, for each name."""
    return tuple(
        equation(
            renewed(name),
            symbol(name) - symbol("α") * derivative(symbol(target), symbol(name)),
        )
        for name in names
    )


_K, _NEXT = symbol("x\u2096"), symbol("x\u2096\u208a\u2081")
_SLOPE, _BEND = Formula("f\u2032", (_K,)), Formula("f\u2033", (_K,))
NEWTON_1D = (equation(_NEXT, _K - _SLOPE / _BEND),)
DESCENT_1D = (equation(_NEXT, _K - symbol("α") * _SLOPE),)
NEWTON_2D = (
    equation(_NEXT, _K - Formula("H\u207b\u00b9", (_K,)) * Formula("∇f", (_K,))),
)
_THETA, _THETA_NEXT = symbol("θ\u2096"), symbol("θ\u2096\u208a\u2081")
DESCENT = (equation(_THETA_NEXT, _THETA - symbol("η") * Formula("∇f", (_THETA,))),)
