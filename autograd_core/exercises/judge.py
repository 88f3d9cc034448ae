"""Which drafts make an exercise.

What one can do with this file: ask whether a draft is good (`is_good`).

The one idea: numbers are small enough for paper, no operation stands on a kink or a
tie, every quantity is used, few gradients are zero, and what the level is about
occurs. A draft that fails is thrown away and the next one is looked at.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..explain import explain
from ..value import Value
from .blanks import GRADIENT, Blank
from .levels import RESULT, Draft

__all__ = ["MAX_WAYS", "is_good"]

MAX_ABOVE, MAX_BELOW = 400, 36  # of a fraction on paper
MAX_WAYS = 4  # paths from the result to one quantity
CHAIN, SHARED, RULES = 1, 2, 3

_KINKS = frozenset({"relu", "abs"})
_TIES = frozenset({"maximum", "minimum"})
_SMOOTH = frozenset({"div", "powc", "pow"})


def is_good(
    level: int, draft: Draft, nodes: Mapping[str, Value], blanks: Sequence[Blank]
) -> bool:
    """Whether the draft makes an exercise of that level."""
    return (
        all(_is_small(blank.answer) for blank in blanks)
        and _is_used(nodes)
        and _is_new(nodes)
        and not any(map(_is_kink, nodes.values()))
        and _flows(draft, blanks)
        and _is_about(level, nodes)
    )


def _is_small(number: Fraction) -> bool:
    return abs(number.numerator) <= MAX_ABOVE and number.denominator <= MAX_BELOW


def _is_used(nodes: Mapping[str, Value]) -> bool:
    used = {operand.name for node in nodes.values() for operand in node.operands}
    return used >= set(nodes) - {RESULT}


def _is_new(nodes: Mapping[str, Value]) -> bool:
    # Nothing is computed twice, and no operand is used twice by one operation.
    made = [
        (row(node), frozenset(operand.name or operand.data for operand in operands))
        for node in nodes.values()
        if (operands := node.operands)
    ]
    several = [node.operands for node in nodes.values() if len(node.operands) == 2]
    return len(set(made)) == len(made) and all(a is not b for a, b in several)


def row(node: Value) -> str:
    """The name of the primitive that made ``node``, "" for an input."""
    return node.primitive.name if node.primitive else ""


def _is_kink(node: Value) -> bool:
    data = [operand.data for operand in node.operands]
    return (row(node) in _KINKS and data[0] == 0) or (
        row(node) in _TIES and data[0] == data[1]
    )


def _flows(draft: Draft, blanks: Sequence[Blank]) -> bool:
    # A closed relu is worth a zero; an exercise of zeros is worth nothing. A value
    # of zero makes flows vanish that should be seen.
    gradients = [blank for blank in blanks if blank.kind == GRADIENT]
    zeros = [blank.node for blank in gradients if not blank.answer]
    inputs = [name for name in zeros if name in draft.given]
    return 3 * len(zeros) <= len(gradients) and len(inputs) <= 2


def _is_about(level: int, nodes: Mapping[str, Value]) -> bool:
    rows = {row(node) for node in nodes.values()}
    uses = Counter(o.name for node in nodes.values() for o in node.operands)
    if level == CHAIN:
        return rows >= {"add", "mul"}
    if level == SHARED and "mul" not in rows:
        return False
    if level == RULES and not (rows & _SMOOTH and rows & (_KINKS | _TIES)):
        return False
    shared = [name for name, n in uses.items() if name in nodes and n > 1]
    ways = [
        explain(nodes[RESULT], node).count
        for node in nodes.values()
        if node.requires_grad
    ]
    return bool(shared) and 2 <= max(ways) <= MAX_WAYS
