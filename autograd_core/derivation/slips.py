"""The likely slip behind a wrong claim, found by trying.

What one can do with this file: get the `Slip` of a wrong claim: in words, and if it
was one in the formula, the formula without it.

The one idea: a slip explains a claim if undoing it gives the true derivative, or if
doing it gives the claimed one, at every point that was looked at and for every index.
Numbers decide; what is tried, and in which order, is what people do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..expression.program import Expression, written_out
from .chain_slips import chain_slips, close, graph
from .checking import Sample, agrees, values
from .meaning import Member
from .trees import Node, steps, text, tree
from .variations import Variation, variations

__all__ = ["Slip", "find_slip", "says_nothing"]

_LOOKED_AT = 6  # points at which a slip must explain the claim

# In the formula first: these need no knowledge of how it was derived. An index or a
# name that was taken for another comes after the chain rule.
_FIRST = ("a sign", "a missing 1/", "a factor", "a 1/", "a swapped", "e for")


@dataclass(frozen=True)
class Slip:
    """What went wrong, and the right side without it if it was in the formula."""

    words: str
    right: str = ""


class _Case:
    # One member at a few points, with the numbers that a slip has to explain.
    def __init__(self, member: Member, samples: Sequence[Sample]) -> None:
        self.member = member
        # A claim may be right on one side of a kink: so points of both kinds.
        chosen = sorted(samples, key=lambda sample: sample.same)[: _LOOKED_AT - 2]
        chosen += [sample for sample in samples if sample.same][:2]
        found = [values(member, sample.inputs, 0.0) or {} for sample in chosen]
        self.at = found
        self.true = [float(sample.true) for sample in chosen]
        self.claimed = [float(sample.claimed) for sample in chosen]
        self.samples = samples
        # What is compared with what: a zero is one beside the largest number.
        self.scale = max(map(abs, self.true)) or max(map(abs, self.claimed))

    @property
    def is_right(self) -> bool:
        """Whether the claim is right as it is, in floats."""
        pairs = zip(self.claimed, self.true, strict=True)
        return all(close(x, y, self.scale) for x, y in pairs)

    def is_repaired(self, node: Node) -> bool:
        text_ = self.member.right.text
        program = written_out(text_, steps(node), self.member.indices)
        formula = Expression(text_, program)
        if says_nothing(self.member, formula):
            return False
        for at, true in zip(self.at, self.true, strict=True):
            if any(name not in at for name in formula.names):
                extra = self.member.model.values(at, 0.0, formula.names)
                at = {**extra, **at}
            if not close(formula.evaluate(at), true, self.scale):
                return False
        return agrees(self.member, formula, self.samples)


def says_nothing(member: Member, right: Expression) -> bool:
    """Whether an equation of values would say that its left side is itself."""
    if member.left is None:
        return False
    left = tree(member.left.program)
    own = not left.operands and left.step.name in right.names
    return own or text(tree(right.program)) == text(left)


def find_slip(cases: Sequence[tuple[Member, list[Sample]]]) -> Slip | None:
    """The likeliest slip that explains a claim, all members of it; None if none does.

    Parameters
    ----------
    cases
        Each member with its samples.
    """
    members = [_Case(member, samples) for member, samples in cases if samples]
    # A member that is right as it is must stay so; the wrong ones are asked first.
    members.sort(key=lambda case: case.is_right)
    if members[0].is_right:
        return None  # the difference is smaller than what slips make
    first = members[0].member
    tried = list(variations(first.model, first.claim))
    ways = [
        (v for v in tried if v.slip.startswith(_FIRST)),
        _chain(members),
        (v for v in tried if not v.slip.startswith(_FIRST)),
    ]
    for way in ways:
        for found in way:
            if isinstance(found, str):
                return Slip(found)
            if all(map(_repairs(found), members)):
                return Slip(found.slip, text(found.right))
    return None


def _repairs(variation: Variation) -> Any:
    def repairs(case: _Case) -> bool:
        try:
            return case.is_repaired(variation.right)
        except (ArithmeticError, KeyError, TypeError, ValueError):
            return False

    return repairs


def _chain(members: Sequence[_Case]) -> Any:
    # A slip of the chain rule must explain every member in the same words; those of
    # other indices are asked whether they have any.
    wrong = [case for case in members if not case.is_right]
    found: list[list[str]] = []
    for case in wrong[:4]:
        graphs = [graph(case.member, at) for at in case.at]
        if any(g is None for g in graphs):
            return
        usable: Any = graphs
        found.append(list(chain_slips(case.member, usable, case.claimed)))
        if not found[-1]:
            return
    if found:
        shown = ", ".join(f"{k} = {n}" for k, n in wrong[0].member.indices.items())
        yield found[0][0] + (f" (for {shown})" if shown else "")
