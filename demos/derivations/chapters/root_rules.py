"""Newton's rule for a zero, and how it is written.

The rules that look for a minimum are in `descent_rules.py`.
"""

from typing import Any

from autograd_core.numbers.text import Formula, equation, symbol

from ..readings import At

__all__ = ["NEWTON_ROOT", "to_zero"]


def to_zero(at: At) -> list[Any]:
    """x − f(x)/f′(x): where the tangent is zero."""
    return [at.x[0] - at.f / at.gradient[0]]


_K, _NEXT = symbol("x\u2096"), symbol("x\u2096\u208a\u2081")
NEWTON_ROOT = (equation(_NEXT, _K - Formula("f", (_K,)) / Formula("f\u2032", (_K,))),)
