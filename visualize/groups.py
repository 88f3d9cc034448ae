"""The cards and edges of folded groups: sums of flows, norms, counts.

The one idea: all edges from one card to another are a bundle. The flow of a bundle is
the sum of its flows, one for each number of its source, so what a group hands back is
a vector-Jacobian product and the flows into every card still add up.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from math import hypot
from typing import Any

from autograd_core.record import is_finite

from .ir import EdgeIR, GraphIR, GroupIR, NodeIR, arriving

__all__ = ["Groups", "Label", "operations", "place"]


@dataclass(frozen=True)
class Label:
    """What a folded card is called, and for how many equal scopes it stands."""

    name: str
    expression: str = ""
    copies: int = 1


def place(id_: str) -> int:
    """The number in the id of a node."""
    return int(id_[1:])


def operations(node: NodeIR) -> int:
    """How many operations a node stands for."""
    return node.group.operations if node.group else int(node.op is not None)


@dataclass
class Groups:
    """A graph, and for each node the id of the card that it goes to."""

    graph: GraphIR
    unit: dict[str, str]

    def __post_init__(self) -> None:
        self.nodes = {node.id: node for node in self.graph.nodes}
        self.used: dict[str, dict[int, list[EdgeIR]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.inputs: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for edge in self.graph.edges:
            if self.unit[edge.source] != self.unit[edge.target]:
                for k in edge.outputs or (0,):
                    self.used[edge.source][k].append(edge)
                    self.inputs[self.unit[edge.target]].add((edge.source, k))
        self.index: dict[str, dict[tuple[str, int], int]] = {}

    # -- cards -------------------------------------------------------------------------

    def card(self, members: list[NodeIR], label: Label) -> NodeIR:
        """The one card of ``members``."""
        outputs = [(n, k) for n in members for k in sorted(self.used[n.id])]
        id_ = self.unit[members[0].id]
        self.index[id_] = {(n.id, k): i for i, (n, k) in enumerate(outputs)}
        data = tuple(_component(n.data, k) for n, k in outputs)
        grads = tuple(self._grad(n, k) for n, k in outputs)
        several = len(outputs) > 1
        wanted = any(g is not None for g in grads)
        if several:
            grads = tuple(0 if g is None else g for g in grads)
        return NodeIR(
            id=id_,
            kind="group",
            name=label.name,
            expression=label.expression,
            op=None,
            data=data if several else data[0],
            grad=None if not wanted else grads if several else grads[0],
            finite=all(n.finite for n in members),
            scope=members[0].scope,
            group=self._group(id_, members, label, outputs),
        )

    def _grad(self, node: NodeIR, k: int) -> Any:
        # What comes from outside: a number that the group uses too gets more.
        if node.grad is None:
            return None
        flows = self.used[node.id][k]
        return _component(arriving(node, flows), k)

    def _group(
        self,
        id_: str,
        members: list[NodeIR],
        label: Label,
        outputs: list[tuple[NodeIR, int]],
    ) -> GroupIR:
        gradients = _real_gradients(members)
        return GroupIR(
            operations=sum(map(operations, members)),
            parameters=sum(map(_parameters, members)),
            inputs=len(self.inputs[id_]),
            outputs=tuple(_output(n, k) for n, k in outputs),
            copies=label.copies,
            norm=hypot(*gradients[0]) if gradients else None,
            least=min(gradients[1]) if gradients else None,
            greatest=max(gradients[1]) if gradients else None,
            members=tuple(
                m for n in members for m in (n.group.members if n.group else (n.id,))
            ),
        )

    # -- edges -------------------------------------------------------------------------

    def assembled(self, cards: dict[str, NodeIR]) -> GraphIR:
        """The graph of these cards and of the nodes outside them."""
        nodes = [n for n in self.graph.nodes if self.unit[n.id] == n.id]
        both = {n.id: n for n in nodes} | cards
        bundles: dict[tuple[str, str], list[EdgeIR]] = defaultdict(list)
        for edge in self.graph.edges:
            a, b = self.unit[edge.source], self.unit[edge.target]
            if a != b:
                bundles[a, b].append(edge)
        edges = [
            made
            for (a, b), bundle in bundles.items()
            for made in self._bundle(both[a], both[b], bundle)
        ]
        ordered = _ordered(both, edges)
        position = {node.id: i for i, node in enumerate(ordered)}
        edges.sort(key=lambda e: (position[e.target], e.argument, position[e.source]))
        return replace(self.graph, nodes=tuple(ordered), edges=tuple(edges))

    def _bundle(self, a: NodeIR, b: NodeIR, edges: list[EdgeIR]) -> list[EdgeIR]:
        if a.id not in self.index and b.id not in self.index:
            return edges
        if b.group is None and (len(edges) == 1 or a.id not in self.index):
            return [self._renamed(edge, a, b) for edge in edges]
        return [self._joined(a, b, edges)]

    def _renamed(self, edge: EdgeIR, a: NodeIR, b: NodeIR) -> EdgeIR:
        index = self.index.get(a.id)
        outputs = edge.outputs
        if index is not None:
            one = len(index) == 1
            outputs = tuple(index[edge.source, k] for k in edge.outputs or (0,))
            outputs = () if one else outputs
        name = _edge_id(a, b, edge.argument)
        return replace(edge, id=name, source=a.id, target=b.id, outputs=outputs)

    def _joined(self, a: NodeIR, b: NodeIR, edges: list[EdgeIR]) -> EdgeIR:
        index = self.index.get(a.id)
        flows: dict[int, Any] = {}
        for edge in edges:
            if edge.flow is None:
                continue
            parts = edge.flow if isinstance(edge.flow, tuple) else (edge.flow,)
            for k, flow in zip(edge.outputs or (0,), parts, strict=True):
                i = k if index is None else index[edge.source, k]
                flows[i] = flows[i] + flow if i in flows else flow
        scalar = not isinstance(a.grad, tuple)
        flow = None if not flows else tuple(flows[i] for i in sorted(flows))
        if flow is not None and len(flow) == 1:
            flow = flow[0]
        local = self._total(a, b, flow)
        # The argument is the place of the bundle's first edge: no two are equal.
        return EdgeIR(
            id=_edge_id(a, b, edges[0].argument),
            source=a.id,
            target=b.id,
            argument=edges[0].argument,
            formula=f"∂{self._name(b)}/∂{self._name(a)}" if local is not None else "",
            local=local,
            flow=flow,
            outputs=() if scalar else tuple(sorted(flows)),
        )

    def _total(self, a: NodeIR, b: NodeIR, flow: Any) -> Any:
        if flow is None or isinstance(flow, tuple) or isinstance(a.grad, tuple):
            return None
        if isinstance(b.grad, tuple) or not b.grad or not is_finite(b.grad):
            return None
        return flow / b.grad

    def _name(self, card: NodeIR) -> str:
        # A group with one number is called by it.
        if card.group is None or card.id not in self.index:
            return card.name
        ((id_, _),) = self.index[card.id]
        return self.nodes[id_].name


def _component(number: Any, k: int) -> Any:
    return number[k] if isinstance(number, tuple) else number


def _output(node: NodeIR, k: int) -> str:
    if node.group:
        return node.group.outputs[k]
    return f"{node.id}:{k}" if isinstance(node.data, tuple) else node.id


def _parameters(node: NodeIR) -> int:
    return node.group.parameters if node.group else int(node.kind == "parameter")


def _real_gradients(members: list[NodeIR]) -> tuple[list[float], list[float]] | None:
    # For the norm, and for the least and greatest; None if one is not a number.
    norms: list[float] = []
    ends: list[float] = []
    try:
        for node in members:
            if node.kind == "parameter":
                norms.append(float(node.grad))
                ends.append(float(node.grad))
            elif node.group and node.group.norm is not None:
                norms.append(node.group.norm)
                ends += [float(node.group.least or 0), float(node.group.greatest or 0)]
    except (TypeError, ValueError, OverflowError):
        return None
    return (norms, ends) if norms else None


def _edge_id(a: NodeIR, b: NodeIR, argument: int) -> str:
    return f"e{place(a.id)}_{place(b.id)}_{argument}"


def _ordered(nodes: dict[str, NodeIR], edges: list[EdgeIR]) -> list[NodeIR]:
    # Operands first; among those that are ready, the oldest.
    waiting = dict.fromkeys(nodes, 0)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        waiting[edge.target] += 1
        after[edge.source].append(edge.target)
    ready = [(place(id_), id_) for id_, count in waiting.items() if not count]
    heapify(ready)
    ordered = []
    while ready:
        _, id_ = heappop(ready)
        ordered.append(nodes[id_])
        for target in after[id_]:
            waiting[target] -= 1
            if not waiting[target]:
                heappush(ready, (place(target), target))
    return ordered
