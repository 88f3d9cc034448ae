"""A tape as straight-line Python.

The one idea: the kernels are the float column's own functions. Their text is taken from
the package's source together with what they use, so that the program runs without it
and to the same bits.
"""

import ast
import inspect
from functools import cache
from types import ModuleType

from ... import primitives
from ...numbers import float64
from ...primitives import Primitive
from ..tape import CONSTANT, STOP, STRONG
from .listing import COMPARED, Listing

__all__ = ["write_python"]

_INFIX = {"add": "+", "sub": "-", "mul": "*"}

_STRONG = '''\
def strong_product(g, partial):
    """g*partial; where g is 0 a zero that changes no sum."""
    return g * partial if g else -0.0'''


def write_python(listing: Listing) -> str:
    """The program as a module with a function ``f`` and an example."""
    tape = listing.tape
    library = _Library()
    body = []
    for i, row, xs in listing.lines():
        if row is CONSTANT:
            body.append(f"    v{i} = {_number(tape.constants[i])}")
            continue
        body.append(
            f"    v{i} = {_expression(row, xs, library)}  # {listing.comment(i)}"
        )
    results = ", ".join(listing.names[o] for o in tape.outputs)
    call = ", ".join(map(_number, listing.example))
    shown = ", ".join(map(repr, listing.results))
    lines = [
        '"""Value, then gradient, written by autograd_core.compile."""',
        "",
        "from __future__ import annotations",
        "",
        *library.imports(),
        "",
        "",
        *library.definitions(),
        f"def f({', '.join(listing.arguments)}):",
        *body,
        f"    return [{results}]",
        "",
        "",
        "# An example: 0.5 for each input, and the parameters as they were.",
        'if __name__ == "__main__":',
        f"    print(f({call}))",
        f"    # prints [{shown}]",
        "",
    ]
    return "\n".join(lines)


def _number(x: float) -> str:
    return repr(x) if x - x == 0.0 else f"float({str(x)!r})"


def _expression(row: Primitive, xs: list[str], library: "_Library") -> str:
    name = row.name
    if name in _INFIX:
        return f"{xs[0]} {_INFIX[name]} {xs[1]}"
    if name in COMPARED:
        return f"float({xs[0]} {COMPARED[name]} {xs[1]})"
    if name == "item":
        return f"{xs[0]}[{row.bound['k']}]"
    if name in ("identity", STOP.name):
        return xs[0]
    if name == "neg":
        return f"-{xs[0]}"
    if row is STRONG:
        library.strong = True
        return f"strong_product({', '.join(xs)})"
    inside = [*xs, *(f"{k}={v!r}" for k, v in row.bound.items())]
    return f"{library.kernel(name)}({', '.join(inside)})"


class _Library:
    # The definitions that a program needs, found in the source by their names.
    def __init__(self) -> None:
        self.strong = False
        self._wanted: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._names: set[str] = set()

    def kernel(self, name: str) -> str:
        """How the kernel of a row is called in the text."""
        node = _kernels()[name]
        if isinstance(node, ast.Name):
            self._want(node)
            return node.id
        if isinstance(node, ast.Attribute):
            self._names.add(ast.unparse(node).partition(".")[0])
            return ast.unparse(node)
        alias = f"kernel_{name}"
        self._want(node)
        self._aliases[alias] = ast.unparse(node)
        return alias

    def _want(self, node: ast.AST) -> None:
        stack = [node]
        while stack:
            for inner in ast.walk(stack.pop()):
                if not isinstance(inner, ast.Name) or inner.id in self._names:
                    continue
                self._names.add(inner.id)
                found = _definitions().get(inner.id)
                if found is not None and inner.id not in self._wanted:
                    self._wanted.add(inner.id)
                    stack.append(found)

    def imports(self) -> list[str]:
        """The import statements whose names are used."""
        found = []
        for node in _imports():
            names = [
                alias
                for alias in node.names
                if (alias.asname or alias.name).partition(".")[0] in self._names
            ]
            if names:
                copy = (
                    ast.ImportFrom(node.module, names, node.level)
                    if isinstance(node, ast.ImportFrom)
                    else ast.Import(names)
                )
                found.append(ast.unparse(copy))
        return list(dict.fromkeys(found))

    def definitions(self) -> list[str]:
        """The functions and constants that are used, in the order of their files."""
        lines = []
        for name, node in _definitions().items():
            if name in self._wanted:
                lines += [ast.unparse(node), "", ""]
        lines += [f"{alias} = {text}\n\n" for alias, text in self._aliases.items()]
        if self.strong:
            lines += [_STRONG, "", ""]
        return lines


_MODULES: tuple[ModuleType, ...] = (primitives, float64)


@cache
def _trees() -> list[ast.Module]:
    return [ast.parse(inspect.getsource(module)) for module in _MODULES]


@cache
def _definitions() -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for tree in _trees():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node
    return found


@cache
def _imports() -> list[ast.Import | ast.ImportFrom]:
    return [
        node
        for tree in _trees()
        for node in tree.body
        if isinstance(node, ast.Import)
        or (isinstance(node, ast.ImportFrom) and not node.level)
    ]


@cache
def _kernels() -> dict[str, ast.expr]:
    # The entries of the table KERNELS, as they are written.
    (table,) = [
        node.value
        for node in ast.walk(_trees()[1])
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Dict)
        and ast.unparse(node.target) == "KERNELS"
    ]
    return {
        ast.literal_eval(key): value
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None
    }
