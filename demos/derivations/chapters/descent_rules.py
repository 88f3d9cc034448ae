"""The update rules that several chapters use, and how they are written.

Each rule is a function from where an algorithm is (`At`) to the next point, on any
kind of number; `descent_formulas` and the like write the same rule for the page.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core.linalg import solve
from autograd_core.numbers.text import Formula, derivative, equation, symbol

from ..readings import At

__all__ = [
    "DESCENT_1D",
    "NEWTON_1D",
    "NEWTON_2D",
    "descent_formulas",
    "gradient_descent",
    "newton",
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
