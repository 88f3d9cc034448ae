"""A drawing step by step: forward node by node, the seed, backward node by node.

The one idea: the layout never changes. A frame says which node it is about, which
edges belong to it, and what happens, in a sentence; everything that earlier frames
brought stays.
"""

from dataclasses import dataclass

from .cards import Sheet
from .ir import EdgeIR, GraphIR, NodeIR
from .labels import number_text
from .look import Look

__all__ = ["Frame", "frames"]

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
MAX_SUM = 6  # flows that a sentence adds up in writing


@dataclass(frozen=True)
class Frame:
    """One step.

    Attributes
    ----------
    phase
        ``forward``: the node is computed; ``seed``: the gradient begins at the root;
        ``backward``: the node's gradient is complete.
    node
        Its id.
    edges
        Forward those that bring its operands, backward those whose flows reach it.
    sentence
        What happens, for a reader.
    """

    phase: str
    node: str
    edges: tuple[str, ...]
    sentence: str


def frames(graph: GraphIR, look: Look) -> tuple[Frame, ...]:
    """The frames of ``graph``, first to last."""
    sheet = Sheet(graph, look)
    operands: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        operands[edge.target].append(edge.id)
    steps = [
        Frame("forward", n.id, tuple(operands[n.id]), _computed(n, sheet))
        for n in graph.nodes
    ]
    root = graph.node(graph.root)
    if root.grad is None:
        return tuple(steps)
    seed = number_text(root.grad, look.precision, trim=True)
    sentence = (
        f"The gradient begins at {root.name}: ∂{root.name}/∂{root.name} = {seed}."
    )
    steps.append(Frame("seed", root.id, (), sentence))
    for node in reversed(graph.nodes):
        if node.grad is not None and node is not root:
            edges = sheet.into[node.id]
            ids = tuple(edge.id for edge in edges)
            steps.append(Frame("backward", node.id, ids, _met(node, edges, sheet)))
    return tuple(steps)


def _computed(node: NodeIR, sheet: Sheet) -> str:
    value = sheet.number(node.data)
    if node.group:
        count = node.group.operations
        if not count:
            return f"{node.name}: {value}."
        return f"{node.name}: {_count(count, 'operation')} computed, giving {value}."
    if node.op is None:
        kind = {"parameter": "a parameter", "output": "the root"}.get(node.kind, "data")
        return f"{node.name} = {value} is {kind}."
    written = f"{node.name} = {node.expression}" if node.expression else node.name
    return f"{written} = {value} is computed."


def _met(node: NodeIR, edges: list[EdgeIR], sheet: Sheet) -> str:
    root, look = sheet.names[sheet.graph.root], sheet.look
    total = sheet.number(node.grad)
    if not edges:
        return f"No flow reaches {node.name}: its gradient is 0."
    if len(edges) == 1:
        return _one(node, edges[0], sheet)
    if isinstance(node.grad, tuple) or len(edges) > MAX_SUM:
        count = _count(len(edges), "flow")
        return f"{count} meet at {node.name} and are added: {total}."
    numbers = [number_text(e.flow, look.precision) for e in edges]
    numbers = [
        f"({n})" if i and n.startswith("−") else n for i, n in enumerate(numbers)
    ]
    return (
        f"{_count(len(edges), 'flow')} meet at {node.name} and are added: "
        f"∂{root}/∂{node.name} = {' + '.join(numbers)} = {total}."
    )


def _one(node: NodeIR, edge: EdgeIR, sheet: Sheet) -> str:
    root, look = sheet.names[sheet.graph.root], sheet.look
    user = sheet.nodes[edge.target]
    flow = sheet.number(node.grad)
    if isinstance(edge.local, tuple) or edge.local is None:
        return f"{user.name} hands {sheet.flow_text(edge)} back to {node.name}."
    grad = number_text(user.grad, look.precision)
    local = number_text(edge.local, look.precision, trim=True)
    local = f"({local})" if local.startswith("−") else local
    name = f"∂{root}/∂{user.name} · ∂{user.name}/∂{node.name}"
    if user.id == sheet.graph.root:
        name = f"∂{user.name}/∂{node.name}"
        return f"∂{root}/∂{node.name} = {flow}: the local derivative {name} itself."
    return f"∂{root}/∂{node.name} = {name} = {grad} × {local} = {flow}."


def _count(n: int, thing: str) -> str:
    number = _NUMBERS[n].capitalize() if n < len(_NUMBERS) else f"{n:,}"
    return f"{number} {thing}{'s' * (n != 1)}"
