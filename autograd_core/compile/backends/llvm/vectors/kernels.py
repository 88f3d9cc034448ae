"""The float kernels as vector code: their own Python text, read and written as lanes.

What one can do with this file: run a kernel of `autograd_core.numbers.float64` on
`Lanes` (`Reader.call`); its lines are then in the body of the lanes.

The one idea: a kernel is written once. A second copy of it in another notation would
have to be kept equal to the last bit, so its syntax tree is walked instead. There are
no jumps over lanes: both sides of an ``if`` are computed, each under a mask, and every
``return`` is a candidate that its mask selects. What is no lane (the order of a
derivative, a table of coefficients) is plain Python and is computed while reading.
"""

import ast
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from ..... import primitives
from .answers import both, either, none_of, truth
from .lanes import Body, Lanes, NotLanes
from .syntax import Filtered, Place, expression

__all__ = ["Known", "Reader"]

# A function or its code -> what to do instead: (body, operands) -> result.
Known = Mapping[Any, Callable[..., Any]]

_NOTHING: Mapping[str, Any] = {}


class Reader:
    """Runs Python functions on lanes of one body.

    Parameters
    ----------
    body
        Where the lines go.
    known
        What stands for functions that are not read: those of `math`, mostly.
    modules
        The names of the modules whose functions are read.
    """

    def __init__(self, body: Body, known: Known, modules: frozenset[str]) -> None:
        self.body = body
        self.known = known
        self.modules = modules
        # In a `try`: what was raised there, and in which lanes.
        self.raised: list[list[tuple[type[Exception], Any]]] = []

    def call(self, function: Any, xs: Any, attributes: Mapping[str, Any]) -> Any:
        """The result of a function on lanes and plain objects."""
        if not _has_lanes(xs) and not _has_lanes(list(attributes.values())):
            return function(*xs, **attributes)
        instead = self.known.get(function) or self.known.get(_code(function))
        if instead is not None:
            return instead(self, function, *xs, **attributes)
        module = getattr(function, "__module__", None)
        if module == primitives.__name__:  # formulas, for any kind of number
            return function(*xs, **attributes)
        if isinstance(function, FunctionType) and module in self.modules:
            return self.read(function, xs, attributes)
        raise NotLanes(f"{function!r} on lanes")

    def read(
        self, function: FunctionType, xs: Any, attributes: Mapping[str, Any] = _NOTHING
    ) -> Any:
        """The result of a function by its text, whatever is known of it."""
        return _Frame(self, function).run(xs, attributes)

    def may_raise(self, kind: type[Exception], mask: Callable[[], Any]) -> None:
        """Say that a function raises ``kind`` in some lanes; matters in a `try`."""
        if self.raised:
            self.raised[-1].append((kind, mask()))


class _Frame:
    """One call: the names, and the lanes that are still on their way."""

    def __init__(self, reader: Reader, function: FunctionType) -> None:
        self.reader = reader
        self.body = reader.body
        self.function = function
        self.names: dict[str, Any] = {}
        self.returns: list[tuple[Any, Any]] = []
        self.forks = 0  # how many lanes' own `if`s are open

    def run(self, xs: Any, attributes: Mapping[str, Any]) -> Any:
        function = self.function
        signature = inspect.signature(function, follow_wrapped=False)
        bound = signature.bind(*xs, **attributes)
        bound.apply_defaults()
        self.names = dict(bound.arguments)
        node = _source(function.__code__)
        if isinstance(node, ast.Lambda):
            return self.value(node.body)
        self.block(node.body, True)
        if not self.returns:
            raise NotLanes(f"{function.__name__} returns nothing")
        *others, (_, found) = self.returns
        for mask, value in reversed(others):
            found = self.body.select(mask, value, found)
        return found

    def value(self, node: ast.expr) -> Any:
        return expression(self, node)

    def look_up(self, name: str) -> Any:
        """A name of this call, of the functions around it, of its module."""
        if name in self.names:
            return self.names[name]
        inner = self.function.__code__.co_freevars
        if name in inner:
            return self.function.__closure__[inner.index(name)].cell_contents  # type: ignore[index]
        found = self.function.__globals__
        if name in found:
            return found[name]
        builtin = found["__builtins__"]
        return builtin[name] if isinstance(builtin, dict) else getattr(builtin, name)

    # -- statements: each returns the mask of the lanes that go on -----------------

    def block(self, statements: list[ast.stmt], mask: Any) -> Any:
        for statement in statements:
            if mask is False:
                break
            step = _STATEMENTS.get(type(statement))
            if step is None:
                raise NotLanes(f"{type(statement).__name__} over lanes")
            mask = step(self, statement, mask)
        return mask

    def _expression(self, node: ast.Expr, mask: Any) -> Any:
        if not isinstance(node.value, ast.Constant):
            self.value(node.value)
        return mask

    def _return(self, node: ast.Return, mask: Any) -> Any:
        if node.value is None:
            raise NotLanes("a return of nothing")
        self.returns.append((mask, self.value(node.value)))
        return False

    def _assign(self, node: ast.Assign, mask: Any) -> Any:
        value = self.value(node.value)
        for target in node.targets:
            self.store(target, value)
        return mask

    def _annotated(self, node: ast.AnnAssign, mask: Any) -> Any:
        if node.value is not None:
            self.store(node.target, self.value(node.value))
        return mask

    def _add_to(self, node: ast.AugAssign, mask: Any) -> Any:
        new = ast.BinOp(_as_read(node.target), node.op, node.value)
        self.store(node.target, self.value(new))
        return mask

    def store(self, target: ast.expr, value: Any) -> None:
        """Give a name, several names, or an element of a list its value."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for part, one in zip(target.elts, value, strict=True):
                self.store(part, one)
        elif isinstance(target, ast.Subscript) and not self.forks:
            items, place = self.value(target.value), self.value(target.slice)
            if isinstance(place, Place):
                for i, mask in enumerate(place.masks):
                    items[i] = self.body.select(mask, value, items[i])
            else:
                items[place] = value
        else:
            raise NotLanes("an assignment over lanes")

    def _if(self, node: ast.If, mask: Any) -> Any:
        condition = truth(self.value(node.test))
        if isinstance(condition, bool):
            return self.block(node.body if condition else node.orelse, mask)
        self.forks += 1
        before = dict(self.names)
        first = self.block(node.body, both(mask, condition))
        then, self.names = self.names, before
        second = self.block(node.orelse, both(mask, none_of(condition)))
        self.forks -= 1
        if second is False:
            self.names = then
        elif first is not False:
            self.names = self._merged(condition, then, self.names)
        return either(first, second)

    def _merged(self, condition: Any, a: dict[str, Any], b: dict[str, Any]) -> Any:
        names = {**a, **b}
        for name in a.keys() & b.keys():
            names[name] = self.body.select(condition, a[name], b[name])
        return names

    def _for(self, node: ast.For, mask: Any) -> Any:
        for item in self.value(node.iter):
            self.store(node.target, item)
            mask = self.block(node.body, mask)
        return mask

    def _try(self, node: ast.Try, mask: Any) -> Any:
        raised: list[tuple[type[Exception], Any]] = []
        self.reader.raised.append(raised)
        first, names = len(self.returns), dict(self.names)
        going_on = self.block(node.body, mask)
        self.reader.raised.pop()
        usual = self.returns[first:]
        del self.returns[first:]
        for handler in node.handlers:
            caught = self.value(handler.type)  # type: ignore[arg-type]
            for kind, where in raised:
                if issubclass(kind, caught):
                    now, self.names = self.names, dict(names)
                    if self.block(handler.body, both(mask, where)) is not False:
                        raise NotLanes("an exception that is caught and goes on")
                    self.names = now
        # A lane that raised is answered by its handler, which therefore comes first.
        self.returns += usual
        return going_on


_STATEMENTS: dict[type[ast.stmt], Callable[[_Frame, Any, Any], Any]] = {
    ast.Expr: _Frame._expression,
    ast.Return: _Frame._return,
    ast.Assign: _Frame._assign,
    ast.AnnAssign: _Frame._annotated,
    ast.AugAssign: _Frame._add_to,
    ast.If: _Frame._if,
    ast.For: _Frame._for,
    ast.Try: _Frame._try,
}


def _as_read(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    raise NotLanes("+= on something else than a name")


def _code(function: Any) -> Any:
    return getattr(function, "__code__", function)


def _has_lanes(x: Any) -> bool:
    if isinstance(x, (tuple, list)):
        return any([_has_lanes(one) for one in x])
    return isinstance(x, (Lanes, Filtered, Place))


_Function = ast.FunctionDef | ast.Lambda


@cache
def _statements(path: str) -> list[ast.stmt]:
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read()).body


@cache
def _source(code: CodeType) -> _Function:
    line = code.co_firstlineno
    try:
        statements = _statements(code.co_filename)
    except OSError:
        raise NotLanes(f"the text of {code.co_name} is not there") from None
    # The last statement that begins at that line or before; a decorator is above.
    holder = [s for s in statements if _first_line(s) <= line][-1:]
    found = [
        node
        for statement in holder
        for node in ast.walk(statement)
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and _first_line(node) == line
    ]
    if len(found) != 1:
        raise NotLanes(f"{len(found)} functions where {code.co_name} begins")
    return found[0]


def _first_line(node: ast.stmt | ast.Lambda) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([int(node.lineno), *[int(d.lineno) for d in decorators]])
