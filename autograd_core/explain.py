"""`explain`: the chain rule of one derivative, written out.

What one can do with this file: ask why d(y)/d(x) is what it is, and read the
answer as text, LaTeX or HTML: every path from y back to x, the local derivative
on each of its edges as a formula and as a number, their product, and the sum of
the products, which is the gradient.

The one idea: the formulas are the rows of the table, run on names, and the
numbers are the same rows, run on the data. There is no second copy that could
tell another story than the sweep. Paths can be exponentially many, so they are
counted before any is written; the strongest are written and the rest is summed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from heapq import nlargest
from html import escape
from itertools import chain as joined
from operator import add
from typing import Any, NamedTuple

from .errors import GraphError
from .graph import ancestors, between, local_derivatives
from .numbers.text import (
    Formula,
    chain,
    derivative,
    equation,
    local_formulas,
    number,
    symbol,
)
from .reverse import sweep
from .value import Value, column

__all__ = ["Edge", "Explanation", "Path", "explain"]

MAX_PATHS = 8
MAX_SHOWN = 300  # formulas that a notebook shows unasked
MAX_INLINE = 10  # characters of an expression of data that stands for itself


@dataclass(frozen=True)
class Edge:
    """One step of the chain rule: from a result to one of its operands."""

    consumer: Value
    operand: Value
    notation: Formula  # ∂p/∂z
    formula: Formula  # p(1 - p)
    number: Any


@dataclass(frozen=True)
class Path:
    """One way from the result to the variable, and the product along it."""

    edges: tuple[Edge, ...]
    product: Any


@dataclass(frozen=True)
class Explanation:
    """The chain rule for d(result)/d(variable), ready to be printed.

    ``str()`` gives text, `to_latex` and `to_html` the other two; a notebook shows
    the HTML, unless it is longer than a page.

    Attributes
    ----------
    gradient
        What the engine's sweep computes.
    definitions
        ``name = operation = number`` for every node on a written path.
    edges
        Every edge on a written path, once.
    paths
        The strongest paths, at most ``max_paths``, strongest first.
    count
        How many paths there are.
    rest
        The sum of the products of the paths that are not written.
    """

    notation: Formula
    gradient: Any
    definitions: tuple[Formula, ...]
    edges: tuple[Edge, ...]
    paths: tuple[Path, ...]
    count: int
    rest: Any

    def _lines(self) -> Iterator[tuple[str, list[Formula]]]:
        # (heading, formulas); every printer walks these.
        yield "Values", list(self.definitions)
        yield (
            "Local derivatives",
            [
                equation(e.notation, *_once(e.formula, number(e.number)))
                for e in self.edges
            ],
        )
        paths = "1 path" if self.count == 1 else f"{self.count:,} paths"
        yield f"{paths} from the result back", [self._path(p) for p in self.paths]
        unwritten = self.count - len(self.paths)
        if unwritten:
            more = symbol(f"{unwritten:,} more paths")
            yield "The rest", [equation(more, number(self.rest))]
        yield "Sum", [self._sum(unwritten)]

    def _path(self, path: Path) -> Formula:
        if not path.edges:
            return equation(self.notation, number(path.product))
        sides = [chain(*(e.notation for e in path.edges))]
        if len(path.edges) > 1:
            sides.append(chain(*(number(e.number) for e in path.edges)))
        return equation(*sides, number(path.product))

    def _sum(self, unwritten: int) -> Formula:
        terms = [p.product for p in self.paths] + ([self.rest] if unwritten else [])
        sides = [self.notation]
        if len(terms) > 1:
            sides.append(reduce(add, map(number, terms)))
        return equation(*_once(*sides, number(self.gradient)))

    def __str__(self) -> str:
        blocks = []
        for heading, formulas in self._lines():
            blocks.append("\n".join([heading, *(f"  {f}" for f in formulas)]))
        return "\n".join(blocks)

    def __repr__(self) -> str:
        return f"<Explanation {self.notation} = {self.gradient}, {self.count} paths>"

    def to_latex(self) -> str:
        """The explanation as LaTeX: an ``aligned`` block per part."""
        blocks = []
        for heading, formulas in self._lines():
            rows = " \\\\\n".join(f"& {f.to_latex()}" for f in formulas)
            blocks.append(
                f"\\text{{{heading}}}\\\\\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"
            )
        return "\\\\\n".join(blocks)

    def to_html(self) -> str:
        """The explanation as an HTML fragment with MathML; all text is escaped."""
        parts = []
        for heading, formulas in self._lines():
            items = "".join(f"<li>{f.to_mathml()}</li>" for f in formulas)
            parts.append(f"<p><strong>{escape(heading)}</strong></p><ul>{items}</ul>")
        return f'<div class="explanation">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        if len(self.definitions) + len(self.edges) > MAX_SHOWN:
            return {"text/plain": f"{self!r}; print() writes it out"}
        latex = f"$\\begin{{gathered}}\n{self.to_latex()}\n\\end{{gathered}}$"
        return {
            "text/plain": str(self),
            "text/html": self.to_html(),
            "text/latex": latex,
        }


def explain(result: Value, wrt: Value, *, max_paths: int = MAX_PATHS) -> Explanation:
    """Write out d(result)/d(wrt).

    Parameters
    ----------
    result
        A computed Value.
    wrt
        Any Value that it was computed from.
    max_paths
        How many paths to write, at least 1; the others are summed in one row.

    Raises
    ------
    TypeError
        If one of them is no Value.
    GraphError
        If ``result`` does not depend on ``wrt``, or ``wrt`` asks for no gradient.
    ValueError
        If ``max_paths`` is less than 1.
    StaleGraphError
        If a leaf was assigned after ``result`` was computed.

    Notes
    -----
    Costs a sweep, and for each node a list of at most ``max_paths`` paths.

    Examples
    --------
    >>> x = Value(3.0, name="x")
    >>> y = x * x
    >>> y.name = "y"
    >>> print(explain(y, x))
    Values
      x = 3
      y = x·x = 9
    Local derivatives
      ∂y/∂x = x = 3
      ∂y/∂x = x = 3
    2 paths from the result back
      ∂y/∂x = 3
      ∂y/∂x = 3
    Sum
      ∂y/∂x = 3 + 3 = 6
    """
    for name, node in (("result", result), ("wrt", wrt)):
        if not isinstance(node, Value):
            raise TypeError(f"'{name}' must be a Value, got {type(node).__name__}")
    if max_paths < 1:
        raise ValueError(f"'max_paths' must be at least 1, got {max_paths}")
    nodes, _ = between([result], [wrt])
    if wrt not in nodes:
        raise GraphError(
            "explain() needs a result that depends on the variable, and a variable "
            "with requires_grad=True"
        )
    names = _names(ancestors(result))
    kind = column(result)
    count, ways = _ways(nodes, wrt, max_paths, kind.adopt(1))
    taken = [way.steps() for way in ways]
    edge = {s: _edge(s, names) for s in dict.fromkeys(joined.from_iterable(taken))}
    paths = tuple(
        Path(tuple(edge[s] for s in steps), way.product)
        for steps, way in zip(taken, ways, strict=True)
    )
    gradient = sweep(nodes, {result: kind.adopt(1)}, kind)[wrt]
    gradient = kind.adopt(0) if gradient is None else gradient
    on_path = {result, wrt} | {v for s in edge for v in (s.node, s.source, s.operand)}
    shown = sorted(
        {o for node in on_path for o in (node, *node.operands)},
        key=lambda node: node._index,
    )
    return Explanation(
        notation=derivative(names[result], names[wrt]),
        gradient=gradient,
        definitions=tuple(
            _definition(node, names, node in on_path)
            for node in shown
            if not _is_number(node)
        ),
        edges=tuple(edge.values()),
        paths=paths,
        count=count,
        rest=gradient - sum((p.product for p in paths), kind.adopt(0)),
    )


def _once(*formulas: Formula) -> list[Formula]:
    # "∂z/∂m = 1 = 1" says the same twice.
    seen: dict[str, Formula] = {}
    for formula in formulas:
        seen.setdefault(str(formula), formula)
    return list(seen.values())


def _is_number(node: Value) -> bool:
    # A constant without a name is written as its number.
    return node.is_leaf and not node.requires_grad and node.name is None


def _names(nodes: list[Value]) -> dict[Value, Formula]:
    # As in a drawing: a node's own name, its number, a short expression of data for
    # itself, else v1, v2, ... in the order in which the nodes were computed.
    taken = {node.name for node in nodes}
    free = (f"v{i}" for i in range(1, 10**9) if f"v{i}" not in taken)
    names: dict[Value, Formula] = {}
    for node in nodes:
        if node.name is not None:
            names[node] = symbol(node.name)
        elif _is_number(node):
            names[node] = number(node.data)
        else:
            data = _short_data(node, names)
            names[node] = symbol(next(free)) if data is None else data
    return names


def _short_data(node: Value, names: dict[Value, Formula]) -> Formula | None:
    if node.requires_grad or node.is_leaf or len(node.operands) > MAX_INLINE:
        return None
    made = _made(node, names)
    short = made.terms <= MAX_INLINE and len(str(made)) <= MAX_INLINE
    return made if short else None


def _made(node: Value, names: dict[Value, Formula]) -> Formula:
    row: Any = node.primitive
    return Formula(row.name, tuple(names[o] for o in node.operands), row.bound)


def _definition(node: Value, names: dict[Value, Formula], on_path: bool) -> Formula:
    # How a node beside the paths was made does not matter here.
    row: Any = node.primitive
    if row is None or not on_path:
        return equation(names[node], number(node.data))
    if row.multiple:
        return equation(names[node], _made(node, names))
    return equation(names[node], _made(node, names), number(node.data))


class _Step(NamedTuple):
    # From a node to one of the operands of the operation that made it.
    node: Value
    source: Value  # the node itself; for one of several outputs, their common node
    output: int | None
    position: int
    number: Any

    @property
    def operand(self) -> Value:
        found: Value = self.source.operands[self.position]
        return found


def _steps(nodes: list[Value]) -> dict[Value, list[_Step]]:
    # The several outputs of one row are stepped over: an item leads to the operands
    # of the row itself.
    live = set(nodes)
    found: dict[Value, list[_Step]] = {}
    for node in nodes:
        row: Any = node.primitive
        if row is None or row.multiple:
            continue
        k = row.bound["k"] if row.name == "item" else None
        source = node if k is None else node.operands[0]
        numbers: Any = local_derivatives(source)
        found[node] = [
            _Step(node, source, k, i, number)
            for i, number in enumerate(numbers if k is None else numbers[k])
            if source.operands[i] in live
        ]
    return found


def _edge(step: _Step, names: dict[Value, Formula]) -> Edge:
    row: Any = step.source.primitive
    operands = [names[o] for o in step.source.operands]
    formulas: Any = local_formulas(row, operands, names[step.source])
    if step.output is not None:
        formulas = formulas[step.output]
    return Edge(
        step.node,
        step.operand,
        derivative(names[step.node], names[step.operand]),
        formulas[step.position],
        step.number,
    )


class _Way(NamedTuple):
    # A path as a linked list, so that paths share their ends; and its product.
    step: _Step | None
    rest: Any
    product: Any

    def steps(self) -> tuple[_Step, ...]:
        found, way = [], self
        while way.step is not None:
            found.append(way.step)
            way = way.rest
        return tuple(found)


def _ways(
    nodes: list[Value], wrt: Value, most: int, one: Any
) -> tuple[int, list[_Way]]:
    # Oldest first: the number of ways down to `wrt`, and the strongest of them.
    steps = _steps(nodes)
    counts: dict[Value, int] = {wrt: 1}
    best: dict[Value, list[_Way]] = {wrt: [_Way(None, None, one)]}
    for node in reversed(nodes):
        if node is wrt:
            continue
        out = steps.get(node, [])
        counts[node] = sum(counts.get(s.operand, 0) for s in out)
        options = [
            _Way(s, way, s.number * way.product)
            for s in out
            for way in best.get(s.operand, [])
        ]
        best[node] = nlargest(most, options, key=_strength)
    return counts[nodes[0]], best[nodes[0]]


def _strength(way: _Way) -> float:
    try:
        size = abs(float(way.product))
    except TypeError:  # a symbolic product has no size
        return 0.0
    return size if size == size else float("inf")
