"""A library's column, differentiable by that library through the table's rules.

What one can do with this file: make the `Differentiable` column of a plain one, given
how the library attaches a rule to a function.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ...numbers import Column
from ...numbers.float64 import CONSTANTS
from ...primitives import MOST_MEMBERS, Primitive

__all__ = ["Differentiable", "partials"]

# A member of a row, its kernel and the column on which its rules run -> the function
# of the library's numbers that has the derivative.
Attach = Callable[[Primitive, Callable[..., Any], "Differentiable"], Callable[..., Any]]


class Differentiable(Column):
    """The same numbers; every row carries its derivative.

    The rules run on this column too, so a derivative has its own.
    """

    def __init__(self, plain: Column, attach: Attach) -> None:
        super().__init__(plain.name, {}, CONSTANTS, plain.adopt, plain.refusal)
        self.plain = plain

        @lru_cache(MOST_MEMBERS)
        def member(row: Primitive) -> Callable[..., Any]:
            forward = getattr(plain, row.name)
            return attach(row, lambda *xs: forward(*xs, **row.bound), self)

        self._member = member

    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        member, adopt = self._member, self.adopt
        return lambda *xs, **attributes: member(row.bind(attributes))(*map(adopt, xs))


def partials(
    row: Primitive, m: Column, xs: Sequence[Any], out: Any, moves: Sequence[bool]
) -> list[Sequence[Any]]:
    """For each output of a row its partials; None for an operand that does not move."""
    rules: Any = row.partials
    if row.variadic:
        found = rules(m, tuple(xs), out)
        return list(found) if row.multiple else [found]
    return [
        [
            rule(m, *xs, out) if rule is not None and wanted else None
            for rule, wanted in zip(rules, moves, strict=True)
        ]
    ]
