"""Formulas as trees: to change one place of them, and to write them down again.

What one can do with this file: go from the steps of a formula to a tree and back,
list the places of a tree, put something else in a place, print it in the language.

The one idea: a claim is changed before its indices are put in. A slip in
``delta[k]*x[j]`` is then one slip, not one for every k and j.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..expression.program import Step

__all__ = ["Node", "apply", "number", "places", "replaced", "steps", "text", "tree"]


class Node(NamedTuple):
    """A step and what it is applied to; the body of a sum is its operand."""

    step: Step
    operands: tuple["Node", ...] = ()


def tree(program: Sequence[Step]) -> Node:
    """The tree of a formula in postfix order."""
    stack: list[Node] = []
    for step in program:
        if step.kind == "sum":
            stack.append(Node(step, (tree(step.body),)))
            continue
        operands = tuple(stack[len(stack) - step.arity :])
        del stack[len(stack) - step.arity :]
        stack.append(Node(step, operands))
    return stack[0]


def steps(node: Node) -> list[Step]:
    """The formula in postfix order."""
    found: list[Step] = []
    waiting = [node]
    while waiting:
        step, operands = waiting.pop()
        if step.kind == "sum":
            step = step._replace(body=tuple(steps(operands[0])))
        else:
            waiting += operands
        found.append(step)
    return found[::-1]


def number(x: Fraction | int) -> Node:
    """A literal."""
    exact = Fraction(x)
    return Node(Step("number", 0, number=float(exact), exact=exact))


def apply(name: str, *operands: Node) -> Node:
    """A row of the table on operands."""
    return Node(Step("apply", 0, name, len(operands)), operands)


def places(node: Node) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """Every node of the tree, with what puts another one in its place."""
    yield node, lambda other: other
    for i, operand in enumerate(node.operands):
        for inner, put in places(operand):

            def outer(
                other: Node, i: int = i, put: Callable[[Node], Node] = put
            ) -> Node:
                operands = list(node.operands)
                operands[i] = put(other)
                return node._replace(operands=tuple(operands))

            yield inner, outer


def replaced(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with every leaf for which ``change`` has another one."""
    if not node.operands:
        return change(node) or node
    operands = tuple(replaced(operand, change) for operand in node.operands)
    return node._replace(operands=operands)


# -- printing --------------------------------------------------------------------------

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
_TIGHTNESS = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 3, "pow": 4}
_ATOM = 9
_NAMES = {"log": "ln", "maximum": "max", "minimum": "min"}


def text(node: Node) -> str:
    """The formula in the language, which reads it back as the same tree."""
    return _text(steps(node))


def _text(program: Sequence[Step]) -> str:
    # Each operand on the stack with how tightly its last operator binds.
    stack: list[tuple[str, int]] = []
    for step in program:
        operands = stack[len(stack) - step.arity :]
        del stack[len(stack) - step.arity :]
        stack.append(_applied(step, operands) if operands else _leaf(step))
    return stack[0][0]


def _leaf(step: Step) -> tuple[str, int]:
    if step.kind == "sum":
        low, high = step.bounds
        return f"sum({step.name}, {low}..{high}, {_text(step.body)})", _ATOM
    if step.kind == "number":
        return _number(step.exact)
    if step.kind == "element":
        return f"{step.name}[{','.join(map(_index, step.indices))}]", _ATOM
    return step.name, _ATOM


def _applied(step: Step, operands: list[tuple[str, int]]) -> tuple[str, int]:
    if step.name == "neg":
        inner, tight = operands[0]
        return (f"-{inner}" if tight > 1 else f"-({inner})"), 3
    if step.name in _SIGNS:
        return _binary(step.name, *operands)
    inside = ", ".join(shown for shown, _ in operands)
    return f"{_NAMES.get(step.name, step.name)}({inside})", _ATOM


def _number(x: Fraction) -> tuple[str, int]:
    if x < 0:
        return f"-{_number(-x)[0]}", 3
    if x.denominator == 1:
        return str(x), _ATOM
    decimal = repr(float(x))
    if Fraction(decimal) == x:
        return decimal, _ATOM
    return f"{x.numerator}/{x.denominator}", 2


def _index(index: tuple[str, int]) -> str:
    name, offset = index
    return f"{name}{offset:+d}" if name and offset else name or str(offset)


def _binary(
    name: str, first: tuple[str, int], second: tuple[str, int]
) -> tuple[str, int]:
    tightness = _TIGHTNESS[name]
    (a, left), (b, right) = first, second
    # To the left of ^ a sign or a power needs brackets; to the right a sign does not.
    if left < tightness or (name == "pow" and left == tightness):
        a = f"({a})"
    after = right <= tightness and name in ("sub", "div")
    if right < tightness or after or (right == 3 and name != "pow"):
        b = f"({b})"
    space = " " if tightness == 1 else ""
    return f"{a}{space}{_SIGNS[name]}{space}{b}", tightness
