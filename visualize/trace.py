"""From a recorded Value to a `GraphIR`: all that a drawing shows, as plain data.

What one can do with this file: `trace` a result into nodes and edges with their
numbers and formulas; drop its anonymous constants (`without_constants`).

The one idea: **flow = adjoint of the consumer x local derivative**, one flow per
argument of an operation, and the flows that arrive at a node add up to its
gradient. The adjoints are those of the drawn root, from a sweep of this module's
own, so a drawing is right whatever other calls of ``backward`` left in ``.grad``.

Nodes are in the order in which they were computed, and their ids are the places
in it: ``n0``, ``n1``, ... The same program gives the same text, byte for byte.
"""

from dataclasses import replace
from typing import Any

from autograd_core.errors import GraphError
from autograd_core.graph import ancestors, differentiable, run_rules
from autograd_core.numbers.text import Formula, derivative, local_formulas
from autograd_core.numbers.typeset import factor_text
from autograd_core.record import adopted, is_finite
from autograd_core.reverse import product, sweep
from autograd_core.value import Value, column

from .ir import EdgeIR, GraphIR, NodeIR
from .naming import MAX_OPERANDS, has_name, is_constant, names_of, written
from .scopes import clusters_of

__all__ = ["EdgeIR", "GraphIR", "NodeIR", "trace", "without_constants"]


def trace(root: Value, *, title: str = "") -> GraphIR:
    """The graph behind ``root``, with the gradients of ``root``.

    Raises
    ------
    TypeError
        If ``root`` is not a Value.
    GraphError
        If ``root`` is the node of a row with several outputs.
    StaleGraphError
        If a leaf was assigned after ``root`` was computed.

    Examples
    --------
    >>> x = Value(3.0, name="x")
    >>> graph = trace(x * x)
    >>> [(e.id, e.formula, e.flow) for e in graph.edges]
    [('e0_1_0', 'x', 3.0), ('e0_1_1', 'x', 3.0)]
    """
    if not isinstance(root, Value):
        raise TypeError(f"a drawing starts from a Value, got {type(root).__name__}")
    if isinstance(root.data, tuple):
        raise GraphError("a drawing starts from one number; take one of the outputs")
    nodes = ancestors(root)
    wanted = differentiable(root)
    seeds = {root: adopted(1, root)} if wanted else {}
    adjoints = sweep(wanted, seeds, column(root))
    names = names_of(nodes)
    place = {node: i for i, node in enumerate(nodes)}
    cards = tuple(_card(node, root, place[node], names, adjoints) for node in nodes)
    edges = [edge for node in nodes for edge in _edges(node, place, names, adjoints)]
    scopes, clusters = clusters_of(nodes)
    inside = [
        replace(card, scope=scopes[node]) if node in scopes else card
        for node, card in zip(nodes, cards, strict=True)
    ]
    return GraphIR(f"n{place[root]}", tuple(inside), tuple(edges), title, clusters)


def without_constants(graph: GraphIR) -> GraphIR:
    """``graph`` without its anonymous constants: the expressions show them."""
    hidden = {node.id for node in graph.nodes if node.kind == "constant"}
    return graph.without(hidden)


# -- nodes -----------------------------------------------------------------------------


def _card(
    node: Value,
    root: Value,
    place: int,
    names: dict[Value, Formula],
    adjoints: dict[Value, Any],
) -> NodeIR:
    name, expression = str(names[node]), str(written(node, names))
    grad = _grad(node, adjoints[node]) if node in adjoints else None
    numbers = node.data if isinstance(node.data, tuple) else (node.data,)
    gradients = grad if isinstance(grad, tuple) else () if grad is None else (grad,)
    return NodeIR(
        id=f"n{place}",
        kind="output" if node is root else _kind(node),
        name=name,
        expression="" if expression == name else expression,
        op=node.primitive.name if node.primitive else None,
        data=node.data,
        grad=grad,
        finite=all(map(is_finite, (*numbers, *gradients))),
        named=has_name(node),
    )


def _kind(node: Value) -> str:
    if is_constant(node):
        return "constant"
    if not node.requires_grad:
        return "data"
    return "parameter" if node.is_leaf else "operation"


def _grad(node: Value, adjoint: Any) -> Any:
    # Nothing arrived: zero, of the node's own kind of number.
    zero = column(node).adopt(0)
    if isinstance(node.data, tuple):
        each = adjoint or [None] * len(node.data)
        return tuple(zero if g is None else g for g in each)
    return zero if adjoint is None else adjoint


# -- edges -----------------------------------------------------------------------------


def _edges(
    node: Value,
    place: dict[Value, int],
    names: dict[Value, Formula],
    adjoints: dict[Value, Any],
) -> list[EdgeIR]:
    row, operands = node.primitive, node.operands
    if row is None:
        return []
    inside = node in adjoints
    wanted = [inside and operand in adjoints for operand in operands]
    locals_ = _locals(node, wanted) if any(wanted) else [None] * len(operands)
    formulas = _formulas(node, names) if any(wanted) else [""] * len(operands)
    target = place[node]
    edges = []
    for i, operand in enumerate(operands):
        source = place[operand]
        edges.append(
            EdgeIR(
                id=f"e{source}_{target}_{i}",
                source=f"n{source}",
                target=f"n{target}",
                argument=i,
                formula=formulas[i] if wanted[i] else "",
                local=locals_[i],
                flow=_flow(node, adjoints[node], locals_[i]) if wanted[i] else None,
                outputs=(row.bound["k"],) if row.name == "item" else (),
            )
        )
    return edges


def _locals(node: Value, wanted: list[bool]) -> list[Any]:
    # As `graph.local_derivatives`, but only what the sweep itself evaluates: an
    # operand that wants no gradient may have no derivative at all.
    row: Any = node.primitive
    kind = column(node)
    data = [operand.data for operand in node.operands]

    def run(m: Any, xs: Any, out: Any) -> Any:
        if not row.variadic:
            rules = zip(row.partials, wanted, strict=True)
            return [r(m, *xs, out) if w and r else 0 for r, w in rules]
        return row.partials(m, tuple(xs), out)

    def plain(partial: Any) -> Any:
        return kind.adopt(partial) if partial.__class__ is int else partial

    partials = run_rules(run, kind, data, node.data)
    if row.multiple:  # one line per output; an edge has a column of them
        lines = zip(*partials, strict=True)
        partials = [tuple(map(plain, line)) for line in lines]
    else:
        partials = list(map(plain, partials))
    return [p if w else None for p, w in zip(partials, wanted, strict=True)]


def _formulas(node: Value, names: dict[Value, Formula]) -> list[str]:
    row: Any = node.primitive
    operands = [names[operand] for operand in node.operands]
    if row.multiple or len(operands) > MAX_OPERANDS:
        return [str(derivative(names[node], x)) for x in operands]
    return [factor_text(f) for f in local_formulas(row, operands, names[node])]


def _flow(node: Value, adjoint: Any, local: Any) -> Any:
    zero = column(node).adopt(0)
    gs, partials = ([adjoint], [local])
    if isinstance(local, tuple):
        gs, partials = adjoint or [None] * len(local), list(local)
    flow = None
    for g, partial in zip(gs, partials, strict=True):
        if g is None or not g:  # the strong zero, as in the sweep
            continue
        part = product(g, partial)
        flow = part if flow is None else flow + part
    return zero if flow is None else flow
