"""What the nodes of a drawing are called, and the expression on each card.

What one can do with this file: get a `Formula` for every node of a graph, and
what each computes in terms of those of its operands.

The one idea: a card reads ``name = expression``, and the names on it are the names
of the cards beside it. A node without a name of its own is called v₁, v₂, ... as
in the literature (Griewank and Walther 2008), except that anonymous constants
are their numbers and short expressions of data, such as ``1 − y``, are themselves.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from autograd_core.numbers.text import COLUMN, Formula, number, symbol
from autograd_core.value import Value

from .labels import MAX_NAME, shortened

__all__ = ["has_name", "is_constant", "is_short", "names_of", "written"]

MAX_INLINE = 10  # characters of an expression of data that stands for itself
MAX_OPERANDS = 12  # more are counted instead of written


def names_of(nodes: list[Value]) -> dict[Value, Formula]:
    """What to call each of ``nodes``, given oldest first."""
    free = _free_names({node.name for node in nodes})
    names: dict[Value, Formula] = {}
    for node in nodes:
        if _own_name(node):
            names[node] = symbol(shortened(_own_name(node), MAX_NAME))
        elif is_constant(node):
            names[node] = number(node.data)
        else:
            expression = _data_expression(node, names)
            names[node] = symbol(next(free)) if expression is None else expression
    return names


def _own_name(node: Value) -> str:
    return (node.name or "").strip()  # a blank name is none


def _free_names(taken: set[str | None]) -> Iterator[str]:
    return (name for name in (f"v{i}" for i in count(1)) if name not in taken)


def _data_expression(node: Value, names: dict[Value, Formula]) -> Formula | None:
    if node.requires_grad or node.is_leaf:
        return None
    expression = written(node, names)
    short = isinstance(expression, Formula) and is_short(expression)
    return expression if short else None  # type: ignore[return-value]


def has_name(node: Value) -> bool:
    """Whether it was given a name that can be read."""
    return bool(_own_name(node))


def is_constant(node: Value) -> bool:
    """Whether it is a number in a formula, and not a variable."""
    return node.is_leaf and not _own_name(node) and not node.requires_grad


def is_short(formula: Formula) -> bool:
    """Whether it can stand for itself."""
    return formula.terms <= MAX_INLINE and len(str(formula)) <= MAX_INLINE


def written(node: Value, names: dict[Value, Formula]) -> Formula | str:
    """What ``node`` computes, by the names of its operands; "" for a leaf."""
    row = node.primitive
    if row is None:
        return ""
    operands = node.operands
    if len(operands) > MAX_OPERANDS:
        return f"{row.name} of {len(operands):,} numbers"
    kernel = getattr(COLUMN, row.name)
    made: Any = kernel(*[names[operand] for operand in operands], **row.bound)
    if row.multiple:
        made = made[0].operands[0]
    return made  # type: ignore[no-any-return]
