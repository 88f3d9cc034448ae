"""Slips in the chain rule: derivatives of the graph with one step done wrong.

What one can do with this file: ask which wrong chain rule gives what was claimed.

The one idea: the sweep is run again over the same graph with one local derivative
changed: 0 is a forgotten path, 1 a missing inner derivative, -d a sign, e what
becomes of e^x. The place of the change is a place in the text, so in a sum or a
family it is changed for every term, as a person would.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import e, isfinite
from typing import Any

from ..graph import between, local_derivatives
from ..value import Value
from .meaning import Member
from .trees import Node, text, tree

__all__ = ["Graph", "chain_slips", "graph"]

MAX_NODES = 2_000
MAX_WORK = 50_000  # places times nodes

# A step of the definitions (offset in the text) and the position of an operand.
Place = tuple[int, int]


@dataclass(frozen=True)
class _Edge:
    operand: Value
    place: Place
    slope: float
    row: str
    operands: tuple[float, ...]
    out: float


@dataclass(frozen=True)
class Graph:
    """One member of a claim at one point, recorded on floats."""

    root: Value
    leaf: Value
    nodes: tuple[Value, ...]  # youngest first
    edges: Mapping[Value, tuple[_Edge, ...]]
    names: Mapping[Value, str]

    def derivative(
        self,
        slope: Callable[[_Edge], float] = lambda edge: edge.slope,
        without: Callable[[Value], bool] = lambda node: False,
    ) -> float:
        """The sweep with other local derivatives, or without some nodes."""
        flow: dict[Value, float] = {self.root: 1.0}
        for node in self.nodes:
            g = flow.get(node, 0.0)
            if not g or without(node) or node is self.leaf:
                continue
            for edge in self.edges.get(node, ()):
                flow[edge.operand] = flow.get(edge.operand, 0.0) + g * slope(edge)
        return flow.get(self.leaf, 0.0)


def graph(member: Member, at: Mapping[str, float]) -> Graph | None:
    """The graph of a first derivative at a point; None if there is none to walk."""
    if member.left is not None or len(member.by) != 1 or member.size > MAX_NODES:
        return None
    starts: dict[int, int] = {}
    names: dict[Value, str] = {}
    kept: list[Value] = []  # so that no id is used twice

    def seen(name: str, step: Any, out: Any) -> None:
        if isinstance(out, Value):
            kept.append(out)
            starts[id(out)] = step.start
            names[out] = name  # the last one is the root of the definition

    leaf = Value(at[member.by[0]])
    f = member.model.function(member.target, member.by, member.held, at, seen=seen)
    root = f([leaf])
    if not isinstance(root, Value) or root is leaf:
        return None
    nodes, _ = between([root], [leaf])
    if any(node.primitive is not None and node.primitive.multiple for node in nodes):
        return None
    live = set(nodes)
    edges = {
        node: _edges(node, starts.get(id(node), -1), live)
        for node in nodes
        if node is not leaf
    }
    roots = {name: node for node, name in names.items()}
    return Graph(
        root, leaf, tuple(nodes), edges, {node: name for name, node in roots.items()}
    )


def _edges(node: Value, start: int, live: set[Value]) -> tuple[_Edge, ...]:
    row: Any = node.primitive
    numbers = tuple(float(operand.data) for operand in node.operands)
    return tuple(
        _Edge(operand, (start, i), float(slope), row.name, numbers, float(node.data))
        for i, (operand, slope) in enumerate(
            zip(node.operands, local_derivatives(node), strict=True)
        )
        if operand in live
    )


# -- the wrong rules -------------------------------------------------------------------

_ALL: tuple[tuple[str, Callable[[_Edge], float]], ...] = (
    ("a missing inner derivative: {}", lambda edge: 1.0),
    ("a forgotten path: {}", lambda edge: 0.0),
    ("a sign: that of {}", lambda edge: -edge.slope),
    ("a factor 2 is missing: {}", lambda edge: edge.slope / 2),
    ("a factor 2 too many: {}", lambda edge: edge.slope * 2),
)


def _power_rule(edge: _Edge) -> float:
    x, y = edge.operands if len(edge.operands) == 2 else (e, edge.operands[0])
    return float(y * x ** (y - 1.0))


# Row and position of the operand -> the slips of that derivative.
_OWN: dict[tuple[str, int], tuple[tuple[str, Callable[[_Edge], float]], ...]] = {
    ("exp", 0): (
        ("e for e^x: {}", lambda edge: e),
        ("{} by the power rule", _power_rule),
    ),
    ("pow", 1): (
        ("e for e^x: {}", lambda edge: e),
        ("{} by the power rule", _power_rule),
    ),
    ("log", 0): (
        ("{} taken for ln(x)*...", lambda edge: edge.out),
        ("{} taken upside down", lambda edge: edge.operands[0]),
    ),
    ("sigmoid", 0): (
        (
            "{} with the argument in place of the result: z*(1 - z)",
            lambda edge: edge.operands[0] * (1.0 - edge.operands[0]),
        ),
    ),
    ("tanh", 0): (
        (
            "{} with the argument in place of the result: 1 - z^2",
            lambda edge: 1.0 - edge.operands[0] ** 2,
        ),
    ),
    ("powc", 0): (
        (
            "the exponent was not lowered: {}",
            lambda edge: edge.slope * edge.operands[0],
        ),
        (
            "the exponent did not come down as a factor: {}",
            lambda edge: _unfactored(edge),
        ),
    ),
    ("div", 1): (
        ("{} without the square", lambda edge: edge.slope * edge.operands[1]),
    ),
}


def _unfactored(edge: _Edge) -> float:
    # x**(n - 1) from n*x**(n - 1), where n = slope*x/out.
    n = edge.slope * edge.operands[0] / edge.out
    return edge.slope / n


def chain_slips(
    member: Member, graphs: Sequence[Graph], claimed: Sequence[float]
) -> Iterator[str]:
    """The wrong chain rules that give the claimed numbers.

    Parameters
    ----------
    member
        The claim, for the names in the sentences.
    graphs
        The member's graph at some points.
    claimed
        What is claimed at the same points.
    """
    true = [abs(_safely(Graph.derivative, g)) for g in graphs]
    scale = max(filter(isfinite, true), default=0.0)

    def gives(derivative: Callable[[Graph], float]) -> bool:
        return all(
            close(_safely(derivative, g), c, scale)
            for g, c in zip(graphs, claimed, strict=True)
        )

    yield from _paths(graphs[0], gives)
    places = _places(graphs[0])
    places = places[: MAX_WORK // len(graphs[0].nodes) + 1]
    for slip, rule in _ALL[:2]:
        yield from _changed(member, places, slip, rule, gives)
    for place, row in places:
        for slip, rule in _OWN.get((row, place[1]), ()):
            yield from _changed(member, [(place, row)], slip, rule, gives)
    for slip, rule in _ALL[2:]:
        yield from _changed(member, places, slip, rule, gives)


def close(x: float, y: float, scale: float) -> bool:
    """Whether two floats may be the same number, in a problem of this scale."""
    size = max(abs(x), abs(y), 1e-6 * scale)
    return isfinite(x) and isfinite(y) and abs(x - y) <= 1e-9 * size


def _safely(derivative: Callable[[Graph], float], g: Graph) -> float:
    try:
        return derivative(g)
    except (ArithmeticError, ValueError):
        return float("nan")


def _places(g: Graph) -> list[tuple[Place, str]]:
    found: dict[Place, str] = {}
    for node in g.nodes:
        for edge in g.edges.get(node, ()):
            found.setdefault(edge.place, edge.row)
    return list(found.items())


def _changed(
    member: Member,
    places: list[tuple[Place, str]],
    slip: str,
    rule: Callable[[_Edge], float],
    gives: Callable[[Callable[[Graph], float]], bool],
) -> Iterator[str]:
    for place, row in places:
        if rule is _ALL[0][1] and row in ("add", "sub", "neg"):
            continue  # the derivative of a sum is 1 already

        def derivative(g: Graph, place: Place = place) -> float:
            return g.derivative(
                lambda edge: rule(edge) if edge.place == place else edge.slope
            )

        if gives(derivative):
            yield slip.format(_described(member, place, row))


def _paths(
    first: Graph, gives: Callable[[Callable[[Graph], float]], bool]
) -> Iterator[str]:
    # Without one quantity between, or through one only. The same position in the
    # sweep is the same quantity at every point.
    between_ = [n for n in first.nodes if n in first.names and n is not first.root]
    names = [first.names[node] for node in between_]

    def without(g: Graph, name: str) -> float:
        return g.derivative(without=lambda node: g.names.get(node) == name)

    def through(g: Graph, name: str) -> float:
        return g.derivative() - without(g, name)

    for name in names:
        if gives(partial(without, name=name)):
            yield f"a forgotten path: the one through {name}"
    for name in names if len(names) > 1 else []:
        if gives(partial(through, name=name)):
            yield f"forgotten paths: all but the one through {name}"


# -- sentences -------------------------------------------------------------------------


def _described(member: Member, place: Place, row: str) -> str:
    # The place in the words of the text: "sigmoid(z) by z, in the line of yhat".
    start, position = place
    for name, formula in member.model.definitions.items():
        if any(s.start == start and s.kind == "apply" for s in formula.program):
            node = _found(tree(formula.program), start, row)
            if node is None:
                continue
            shown, by = (
                text(node),
                text(node.operands[min(position, len(node.operands) - 1)]),
            )
            if len(shown) > 60:
                shown = shown[:57] + "..."
            return f"the derivative of {shown} by {by}, in {name}"
    return f"the derivative of {row}"


def _found(node: Node, start: int, row: str) -> Node | None:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.step.start == start and node.step.kind == "apply":
            same = node.step.name == row or {node.step.name, row} == {"pow", "powc"}
            if same:
                return node
        waiting += node.operands
    return None
