"""Numbers that are written so that no float can hold them: refused where they stand."""

from collections.abc import Iterable
from math import inf, isfinite
from typing import Any

from ..expression.program import Expression, Step
from ..expression.tokens import error_at
from ..functions import apply
from ..primitives import TABLE

__all__ = ["refuse_overflow"]

# Rows that are infinite where a number is too large, and not at a pole.
_GROWING = frozenset({"add", "sub", "mul", "pow", "exp", "expm1", "square"})


def refuse_overflow(text: str, program: Iterable[Step]) -> None:
    """Refuse a number that is written so that no float can hold it, as 9**9**9.

    Raises
    ------
    ExpressionError
        At the operation that overflows. A pole such as 1/0 is no overflow.
    """
    stack: list[Any] = []  # None where a name is in it
    for step in program:
        operands = stack[len(stack) - step.arity :]
        del stack[len(stack) - step.arity :]
        if step.kind == "variable" or None in operands:
            stack.append(None)
        elif step.kind != "apply":
            stack.append(Expression(text, [step]).evaluate())
        else:
            stack.append(apply(TABLE[step.name], operands, step.attributes))
            pole = step.name not in _GROWING or operands[0] == 0.0
            if abs(stack[-1]) == inf and not pole and all(map(isfinite, operands)):
                message = "a number too large for a 64-bit float"
                raise error_at(text, step.start, message)
