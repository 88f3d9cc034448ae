"""What a claim says of the graph: both of its sides, as numbers of any kind.

What one can do with this file: turn a claim into its `Member` for given indices, and
compute what it claims and what is true at a point.

The one idea: the true side is never a formula of this package. It is the engine's
sweep over the reader's own definitions, run on whatever numbers the point has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..expression.program import Expression, written_out
from ..numbers import column_of
from ..transforms import grad, hvp
from .model import Model
from .statements import Claim, Derivation

__all__ = ["Member", "Number", "is_finite", "member"]

Number = Any


@dataclass(frozen=True)
class Member:
    """A claim with its indices put in.

    Attributes
    ----------
    model
        The definitions that it speaks of.
    claim, indices
        Where it comes from.
    right
        What is claimed.
    left
        For an equation between formulas its left side, else None.
    target, by, held
        For a derivative: of what, by what (one or two names), what stays.
    conditions
        Where it is claimed.
    """

    model: Model
    claim: Claim
    indices: Mapping[str, int]
    right: Expression
    left: Expression | None
    target: str
    by: tuple[str, ...]
    held: frozenset[str]
    conditions: tuple[tuple[tuple[Expression, ...], tuple[str, ...]], ...]

    @cached_property
    def quantities(self) -> frozenset[str]:
        """The quantities that both sides and the conditions name."""
        formulas = [self.right, *(e for sides, _ in self.conditions for e in sides)]
        if self.left is not None:
            formulas.append(self.left)
        named = {name for formula in formulas for name in formula.names}
        return frozenset({*named, *self.by, *self.held} | {self.target} - {""})

    @cached_property
    def wanted(self) -> frozenset[str]:
        """All quantities that are needed at a point."""
        return frozenset(self.model.behind(self.quantities))

    @cached_property
    def inputs(self) -> list[str]:
        """The inputs that are needed at a point, in the order of the text."""
        return [name for name in self.model.inputs if name in self.wanted]

    @property
    def variables(self) -> tuple[str, ...]:
        """What is differentiated by, each once."""
        return tuple(dict.fromkeys(self.by))

    @cached_property
    def size(self) -> int:
        """How many operations the true side runs, forward."""
        if self.left is not None:
            return len(self.left.program)
        plan = self.model.plan(self.target, self.by, self.held)
        return sum(len(self.model.definitions[name].program) for name in plan) + 1

    @property
    def circular(self) -> str:
        """Why the derivative has no meaning, or nothing."""
        if self.left is not None:
            return ""
        beyond = self.model.beyond([self.target])
        for name in self.by:
            if name in beyond:
                return f"{name} is computed from {self.target}, not the other way round"
        if self.claim.left.held is None:  # type: ignore[union-attr]
            for name in self.variables:
                for other in self.variables:
                    if other in self.model.beyond([name]):
                        return (
                            f"{other} depends on {name}, so moving one while the other "
                            f"stays needs partial({self.target}, {name}, {other} | ...)"
                        )
        return ""

    def claimed(self, at: Mapping[str, Number], like: Number) -> Number:
        """The right side at a point."""
        return self.right.evaluate(at, like=like)

    def true(self, at: Mapping[str, Number], like: Number) -> Number:
        """The left side at a point, by the engine."""
        if self.left is not None:
            return self.left.evaluate(at, like=like)
        f = self.model.function(self.target, self.variables, self.held, at)
        numbers = [at[name] for name in self.variables]
        if len(self.by) == 1:
            return grad(f, allow_nonfinite=True)(numbers)[0]
        direction = [int(name == self.by[1]) for name in self.variables]
        second = hvp(f, (numbers,), (direction,))
        return second[self.variables.index(self.by[0])]

    def holds(self, at: Mapping[str, Number]) -> bool:
        """Whether a point of floats is in the claim's domain."""
        for sides, relations in self.conditions:
            numbers = [side.evaluate(at) for side in sides]
            for x, relation, y in zip(numbers, relations, numbers[1:], strict=False):
                if not _RELATIONS[relation](x, y):
                    return False
        return True


_RELATIONS = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "!=": lambda x, y: x != y,
}


def member(derivation: Derivation, claim: Claim, indices: Mapping[str, int]) -> Member:
    """The claim where its indices have these values."""
    text, model = derivation.text, derivation.model

    def formula(steps: Any) -> Expression:
        return Expression(text, written_out(text, steps, indices))

    left = claim.left
    conditions = tuple(
        (tuple(map(formula, c.sides)), c.relations) for c in claim.conditions
    )
    right = formula(claim.right)
    if isinstance(left, tuple):
        return Member(
            model, claim, indices, right, formula(left), "", (), frozenset(), conditions
        )
    target = left.target.at(indices)
    by = tuple(reference.at(indices) for reference in left.by)
    held = {reference.at(indices) for reference in left.held or ()}
    if left.held == ():  # partial(L, y): whatever else the formula of L names
        definition = model.definitions.get(target)
        held = {*(definition.names if definition else ())} - {*by}
    return Member(
        model, claim, indices, right, None, target, by, frozenset(held), conditions
    )


def is_finite(number: Number) -> bool:
    """Whether a number of any kind is neither NaN nor infinite."""
    kind = column_of(number)
    return kind is None or bool(kind.finite(number))
