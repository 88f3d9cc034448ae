"""What the lines of a derivation say: definitions, claims, and where they hold.

What one can do with this file: hold what was read from a text. The formulas in a
claim still have their indices in them; `Claim.members` lists the values to put in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from ..expression.program import Index, Step, element
from .model import Model

__all__ = [
    "Claim",
    "Condition",
    "Derivation",
    "Derivative",
    "Family",
    "Reference",
    "members",
]

Family = tuple[tuple[str, tuple[int, int]], ...]


class Reference(NamedTuple):
    """A quantity as the text names it: ``w`` or ``W[j,k]``."""

    name: str
    indices: tuple[Index, ...]
    start: int

    def at(self, indices: Mapping[str, int]) -> str:
        """Its name where the indices are these: ``W[1,2]``."""
        if not self.indices:
            return self.name
        return element(self.name, [i.at(indices) for i in self.indices])


@dataclass(frozen=True)
class Derivative:
    """A left side ``dL/du``, ``d2L/(du dv)`` or ``partial(L, u | a, b)``.

    ``held`` is None for a total derivative; an empty one holds whatever else the
    formula of the target names.
    """

    target: Reference
    by: tuple[Reference, ...]
    held: tuple[Reference, ...] | None = None


class Condition(NamedTuple):
    """``0 < x < 1``: formulas, and the relations between them."""

    sides: tuple[tuple[Step, ...], ...]
    relations: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One equation that is to be checked.

    Attributes
    ----------
    line, column
        Where its right side begins, from 1.
    text
        The equation as it was written.
    left
        What is claimed about: a derivative, or the steps of a formula.
    right
        The steps of the right side, sums and indices not written out.
    family
        The indices that run, as ``(("k", (1, 3)),)``.
    conditions
        Where it is claimed.
    """

    line: int
    column: int
    left_text: str
    right_text: str
    left: Derivative | tuple[Step, ...]
    right: tuple[Step, ...]
    family: Family = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def text(self) -> str:
        """The equation as it was written."""
        return f"{self.left_text} = {self.right_text}"

    def members(self) -> list[dict[str, int]]:
        """The values of the indices that the claim stands for."""
        return members(self.family)


@dataclass(frozen=True)
class Derivation:
    """A text that was read."""

    text: str
    model: Model
    claims: tuple[Claim, ...]


def members(family: Family) -> list[dict[str, int]]:
    """All values of the indices of a family, the last index fastest."""
    names = [name for name, _ in family]
    ranges = [range(low, high + 1) for _, (low, high) in family]
    return [dict(zip(names, values, strict=True)) for values in product(*ranges)]
