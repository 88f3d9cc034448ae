"""Expressions of Python over lanes.

What one can do with this file: `expression` is the value of one node of a syntax
tree, where names stand for lanes or for plain objects.

The one idea: what has no lanes in it is what Python says it is; operators of lanes
append instructions; only what asks for a truth value (`if ... else`, `and`, chains of
comparisons, filters) and what would call a function needs a rule here.
"""

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain, pairwise
from typing import Any

from .answers import both, either, none_of, truth
from .lanes import Lanes, NotLanes

__all__ = ["Filtered", "Place", "expression"]


@dataclass
class Filtered:
    """The list of ``[v for ... if c]``: a value is in it where its answer is true."""

    items: list[tuple[Any, Any]]

    def any(self) -> Any:
        """Whether anything is in it."""
        found: Any = False
        for mask, _ in self.items:
            found = either(found, mask)
        return found


@dataclass
class Place:
    """An index into a list, another one in each lane: a mask per element."""

    masks: list[Any]


_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def expression(frame: Any, node: ast.expr) -> Any:
    """The value of ``node`` where the names of ``frame`` are known.

    Raises
    ------
    NotLanes
        If lanes cannot do it.
    """
    rule = _RULES.get(type(node))
    if rule is None:
        raise NotLanes(f"{type(node).__name__} over lanes")
    return rule(frame, node)


def _binary(frame: Any, node: ast.BinOp) -> Any:
    a, b = frame.value(node.left), frame.value(node.right)
    if isinstance(a, Lanes) or isinstance(b, Lanes):
        if isinstance(node.op, (ast.Pow, ast.Mod)):  # libm's, not an instruction
            return frame.reader.call(_OPERATORS[type(node.op)], (a, b), {})
        if isinstance(node.op, ast.Div):
            zero = (lambda: b == 0.0) if isinstance(b, Lanes) else (lambda: b == 0)
            frame.reader.may_raise(ZeroDivisionError, zero)
    return _OPERATORS[type(node.op)](a, b)


def _unary(frame: Any, node: ast.UnaryOp) -> Any:
    x = frame.value(node.operand)
    if isinstance(node.op, ast.Not):
        return none_of(_truth(x))
    return -x if isinstance(node.op, ast.USub) else +x


def _truth(x: Any) -> Any:
    return x.any() if isinstance(x, Filtered) else truth(x)


def _bool_op(frame: Any, node: ast.BoolOp) -> Any:
    stop = isinstance(node.op, ast.Or)
    found: Any = not stop
    for part in node.values:
        answer = _truth(frame.value(part))
        found = either(found, answer) if stop else both(found, answer)
        if found is stop:  # known already: the rest is not asked, as in Python
            break
    return found


def _compare(frame: Any, node: ast.Compare) -> Any:
    numbers = [frame.value(x) for x in (node.left, *node.comparators)]
    found: Any = True
    for op, (a, b) in zip(node.ops, pairwise(numbers), strict=True):
        found = both(found, _OPERATORS[type(op)](a, b))
    return found


def _choice(frame: Any, node: ast.IfExp) -> Any:
    condition = _truth(frame.value(node.test))
    if isinstance(condition, bool):
        return frame.value(node.body if condition else node.orelse)
    a, b = frame.value(node.body), frame.value(node.orelse)
    return frame.body.select(condition, a, b)


def _attribute(frame: Any, node: ast.Attribute) -> Any:
    owner = frame.value(node.value)
    method = isinstance(owner, (list, tuple)) and node.attr == "index"
    if isinstance(owner, Lanes) or method:
        return _Method(owner, node.attr)
    if isinstance(owner, list) and node.attr == "append" and frame.forks:
        raise NotLanes("append in some lanes only")
    return getattr(owner, node.attr)


@dataclass(frozen=True, eq=False)
class _Method:
    owner: Any
    name: str


def _index(items: Any, x: Any) -> Any:
    # The first element that is equal: none of those before it was.
    masks: list[Any] = []
    before: Any = False
    for item in items:
        equal = item == x
        masks.append(both(equal, none_of(before)))
        before = either(before, equal)
    return Place(masks)


# What only arranges things, or uses operators, which lanes have.
_ARRANGE = {chain, enumerate, len, list, map, range, reduce, reversed, tuple, zip}


def _call(frame: Any, node: ast.Call) -> Any:
    function = frame.value(node.func)
    xs = _elements(frame, node.args)
    given = {str(k.arg): frame.value(k.value) for k in node.keywords}
    if isinstance(function, _Method):
        if function.name == "index":
            return _index(function.owner, *xs)
        return frame.reader.call(function.name, (function.owner, *xs), given)
    if function in _ARRANGE or isinstance(getattr(function, "__self__", 0), list):
        return function(*xs, **given)
    return frame.reader.call(function, tuple(xs), given)


def _elements(frame: Any, nodes: list[ast.expr]) -> list[Any]:
    found: list[Any] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            found += frame.value(node.value)
        else:
            found.append(frame.value(node))
    return found


def _comprehension(frame: Any, node: ast.ListComp | ast.GeneratorExp) -> Any:
    names = dict(frame.names)
    items = list(_rounds(frame, node))
    frame.names = names
    if all([mask is True for mask, _ in items]):
        return [value for _, value in items]
    return Filtered(items)


def _rounds(
    frame: Any, node: ast.ListComp | ast.GeneratorExp
) -> Iterator[tuple[Any, Any]]:
    if len(node.generators) != 1:
        raise NotLanes("a comprehension with two loops")
    loop = node.generators[0]
    for item in frame.value(loop.iter):
        frame.store(loop.target, item)
        mask: Any = True
        for condition in loop.ifs:
            mask = both(mask, _truth(frame.value(condition)))
        if mask is not False:
            yield mask, frame.value(node.elt)


def _slice(frame: Any, node: ast.Slice) -> slice:
    parts = (node.lower, node.upper, node.step)
    return slice(*[None if part is None else frame.value(part) for part in parts])


_RULES: dict[type[ast.expr], Callable[[Any, Any], Any]] = {
    ast.Constant: lambda frame, node: node.value,
    ast.Name: lambda frame, node: frame.look_up(node.id),
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool_op,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Slice: _slice,
    ast.Subscript: lambda frame, node: frame.value(node.value)[frame.value(node.slice)],
    ast.Tuple: lambda frame, node: tuple(_elements(frame, node.elts)),
    ast.List: lambda frame, node: _elements(frame, node.elts),
}
