"""Folding: many nodes of a graph become one card, and every number stays right.

What one can do with this file: `fold` a graph, given which nodes go together.

The one idea: a flow through a folded card is a **vector-Jacobian product**. All
edges from one card to another become one, whose flow is the sum of theirs: what the
group as a whole hands back. So the flows into a card still add up to its gradient.
Where a card has one number and its consumer has one, the edge also has their total
derivative, flow / gradient of the consumer.

Groups that would use each other's results are split, so that data still flow one
way. Parameters and constants that only one group uses go into it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from .groups import Groups, Label, operations, place
from .ir import GraphIR, NodeIR

__all__ = ["Keys", "fold", "levels", "members_of"]

Keys = dict[str, Any]  # the id of a node -> its group; absent for a card of its own


def fold(
    graph: GraphIR,
    keys: Keys,
    labels: Mapping[Any, Label] | None = None,
    kept: Collection[str] = (),
) -> GraphIR:
    """``graph`` with the nodes of each group as one card.

    Parameters
    ----------
    keys
        The id of a node -> its group. The root is never folded.
    labels
        What the card of each group is called; by default, what is in it.
    kept
        The ids of nodes that no group takes in.
    """
    keys = {id_: (key, 0) for id_, key in keys.items() if id_ != graph.root}
    keys = _with_leaves(graph, keys, kept)
    if levels(graph, keys) is None:
        keys = _with_leaves(graph, _split(graph, keys), kept)
    inside = members_of(graph, keys)
    if not inside:
        return graph
    unit = {n.id: n.id for n in graph.nodes}
    for members in inside.values():
        first = f"g{place(members[0].id)}"
        unit |= {node.id: first for node in members}
    groups = Groups(graph, unit)
    cards = {}
    for key, members in inside.items():
        label = (labels or {}).get(key[0]) or Label(_count(members), _rows(members))
        card = groups.card(members, label)
        cards[card.id] = card
    return groups.assembled(cards)


def members_of(graph: GraphIR, keys: Keys) -> dict[Any, list[NodeIR]]:
    """The nodes of each group with at least two, oldest first."""
    inside: dict[Any, list[NodeIR]] = defaultdict(list)
    for node in graph.nodes:
        if node.id in keys:
            inside[keys[node.id]].append(node)
    return {key: nodes for key, nodes in inside.items() if len(nodes) > 1}


def levels(graph: GraphIR, keys: Keys) -> dict[Any, int] | None:
    """The longest way to each group or node from an input; None if there is a ring."""
    unit = {n.id: keys.get(n.id, n.id) for n in graph.nodes}
    after: dict[Any, list[Any]] = defaultdict(list)
    waiting = dict.fromkeys(unit.values(), 0)
    for edge in graph.edges:
        a, b = unit[edge.source], unit[edge.target]
        if a != b:
            after[a].append(b)
            waiting[b] += 1
    level = dict.fromkeys((u for u, count in waiting.items() if not count), 0)
    ready = list(level)
    for u in ready:  # grows while it is walked
        for v in after[u]:
            level[v] = max(level.get(v, 0), level[u] + 1)
            waiting[v] -= 1
            if not waiting[v]:
                ready.append(v)
    return level if len(ready) == len(waiting) else None


def _with_leaves(graph: GraphIR, keys: Keys, kept: Collection[str]) -> Keys:
    users: dict[str, set[Any]] = defaultdict(set)
    for edge in graph.edges:
        users[edge.source].add(keys.get(edge.target))
    absorbed = {
        node.id: next(iter(users[node.id]))
        for node in graph.nodes
        if node.kind in ("parameter", "constant")
        and node.id not in keys
        and node.id not in kept
        and len(users[node.id]) == 1
        and None not in users[node.id]
    }
    return keys | absorbed


def _split(graph: GraphIR, keys: Keys) -> Keys:
    # By the number of times that a way from an input changes the group: it never
    # falls along an edge, and rises along each that leaves a group.
    stage: dict[str, int] = dict.fromkeys((n.id for n in graph.nodes), 0)
    operands: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        operands[edge.target].append(edge.source)
    for node in graph.nodes:
        own = keys.get(node.id)
        for source in operands[node.id]:
            same = own is not None and keys.get(source) == own
            stage[node.id] = max(stage[node.id], stage[source] + (not same))
    operated = {n.id for n in graph.nodes if operands[n.id]}
    return {id_: (key[0], stage[id_]) for id_, key in keys.items() if id_ in operated}


def _count(members: list[NodeIR]) -> str:
    n = sum(operations(node) for node in members)
    if n:
        return f"{n:,} operation{'s' * (n > 1)}"
    return f"{members[0].kind} × {len(members):,}"


def _rows(members: list[NodeIR]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for node in members:
        if node.op:
            counts[node.op] += 1
    common = sorted(counts, key=lambda op: (-counts[op], op))
    more = ["…"] * (len(common) > 3)
    return ", ".join([f"{counts[op]:,} {op}" for op in common[:3]] + more)
