"""Every way from a node to the root, and what each adds to the gradient.

What one can do with this file: count the paths of a graph, list the strongest, and
sum the rest (`find_paths`).

The one idea: the gradient is the sum over all paths of the product of the local
derivatives. There may be exponentially many, so they are counted first, exactly, by
adding the counts of the operands; only the eight strongest are ever written down.
"""

from collections import defaultdict
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter
from typing import Any

from .ir import EdgeIR, GraphIR

__all__ = ["MAX_PATHS", "PathIR", "PathsIR", "circled", "find_paths"]

MAX_PATHS = 8


@dataclass(frozen=True)
class PathIR:
    """One path: its number from 1, the ids on it, its factors, their product."""

    number: int
    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    formulas: tuple[str, ...]
    locals: tuple[Any, ...]
    product: Any


@dataclass(frozen=True)
class PathsIR:
    """The paths from one node to the root.

    Attributes
    ----------
    source, target
        The ids and the names of both ends.
    count
        How many paths there are.
    shown
        The strongest, strongest first.
    rest
        What the others add up to; None if there are no others.
    total
        The gradient: the sum of all.
    """

    source: str
    target: str
    names: tuple[str, str]
    count: int
    shown: tuple[PathIR, ...]
    rest: Any
    total: Any


def circled(number: int) -> str:
    """①, ②, ... for the numbers of paths."""
    return chr(ord("①") + number - 1)


# A place on a path: a node, and which of its outputs. A way there: strength,
# product, and a linked list of (edge, factor, the list before it).
_State = tuple[str, int | None]
_Way = tuple[float, Any, Any]


def find_paths(graph: GraphIR, source: str) -> PathsIR:
    """The paths from ``source``, the id of a node, to the root.

    ``graph`` is as it was traced: a folded card has no single local derivative.
    """
    start, end = graph.node(source), graph.node(graph.root)
    several = {n.id for n in graph.nodes if isinstance(n.data, tuple)}
    into: dict[str, list[EdgeIR]] = defaultdict(list)
    for edge in graph.edges:
        if edge.flow is not None:
            into[edge.target].append(edge)
    one = end.grad if end.grad is not None else 1
    counts: dict[_State, int] = {(source, None): 1}
    best: dict[_State, list[_Way]] = {(source, None): [(1.0, one, None)]}
    for node in graph.nodes:
        if node.id == source:
            continue
        outputs = range(len(node.data)) if node.id in several else (None,)
        for k in outputs:
            state, edges = (node.id, k), into[node.id]
            counts[state], best[state] = _arrive(edges, k, several, counts, best)
    state = (graph.root, None)
    shown = tuple(_path(i, way, source) for i, way in enumerate(best[state], 1))
    rest = None
    if counts[state] > len(shown):
        rest = start.grad
        for path in shown:
            rest = rest - path.product
    names = start.name, end.name
    return PathsIR(source, graph.root, names, counts[state], shown, rest, start.grad)


def _arrive(
    edges: list[EdgeIR],
    k: int | None,
    several: set[str],
    counts: dict[_State, int],
    best: dict[_State, list[_Way]],
) -> tuple[int, list[_Way]]:
    count = 0
    options: list[_Way] = []
    for edge in edges:
        before = (edge.source, edge.outputs[0] if edge.source in several else None)
        if not counts.get(before):
            continue
        count += counts[before]
        local = edge.local if k is None else edge.local[k]
        for _, product, link in best[before]:
            # The strong zero, as in the sweep: 0 * infinity is 0.
            new = (
                product * local if product and local else local if product else product
            )
            options.append((_strength(new), new, (edge, local, link)))
    return count, nlargest(MAX_PATHS, options, key=itemgetter(0))


def _strength(product: Any) -> float:
    try:
        size = abs(float(product))
    except OverflowError:
        return float("inf")
    except (TypeError, ValueError):
        return 0.0  # a symbol has no size
    return size if size == size else float("inf")


def _path(number: int, way: _Way, source: str) -> PathIR:
    steps: list[tuple[EdgeIR, Any]] = []
    link = way[2]
    while link is not None:
        edge, local, link = link
        steps.append((edge, local))
    steps.reverse()
    return PathIR(
        number=number,
        nodes=(source, *(edge.target for edge, _ in steps)),
        edges=tuple(edge.id for edge, _ in steps),
        formulas=tuple(edge.formula for edge, _ in steps),
        locals=tuple(local for _, local in steps),
        product=way[1],
    )
