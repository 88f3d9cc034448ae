"""Which nodes go together: by scope, by the reader's own rule, or to fit a page.

What one can do with this file: `collapse` a graph to a number of cards that a page
can show, whatever its size.

The one idea: try what says most, and stop at the first that fits. Scopes are folded
from the innermost outwards, and equal scopes beside each other become one card
(``neuron × 16``). What is still too much is cut into runs of the order of
computation: about a dozen cards, before the last operations, which stay as they are.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .fold import Keys, fold, levels
from .groups import Label
from .ir import ClusterIR, GraphIR, NodeIR

__all__ = ["collapse"]

RUNS = 12
KEPT = 6  # operations before the root that stay as they are
MANY = 6  # so many leaves that only the same cards use become one card


def collapse(
    graph: GraphIR,
    *,
    depth: int | None = None,
    max_nodes: int | None = None,
    verdicts: Mapping[str, bool | None] | None = None,
) -> GraphIR:
    """``graph`` with some of its nodes folded into cards.

    Parameters
    ----------
    depth
        How many levels of scopes stay open; 0 folds every scope.
    max_nodes
        Fold until at most so many cards are left, unless those that must stay are
        more.
    verdicts
        The id of a node -> True to fold it with its neighbours, False to keep it.
    """
    verdicts = verdicts or {}
    kept = {id_ for id_, verdict in verdicts.items() if verdict is False}
    kept.add(graph.root)
    chosen = _chosen(graph, {id_ for id_, v in verdicts.items() if v} - kept)
    if chosen:
        graph = fold(graph, chosen, kept=kept)
    if depth is not None:
        graph = _fold_scopes(graph, depth, kept)
    if max_nodes is None or len(graph.nodes) <= max_nodes:
        return graph
    for shallower in reversed(range(_deepest(graph))):
        folded = _fold_scopes(graph, shallower, kept)
        if len(folded.nodes) <= max_nodes:
            return folded
    return _to_fit(_fold_scopes(graph, 0, kept), max_nodes, kept)


def _chosen(graph: GraphIR, ids: set[str]) -> Keys:
    # Each node -> the oldest node that it hangs together with.
    keys: Keys = {id_: id_ for id_ in ids}

    def first(id_: str) -> str:
        while keys[id_] != id_:
            keys[id_] = keys[keys[id_]]
            id_ = keys[id_]
        return id_

    for edge in graph.edges:
        if edge.source in ids and edge.target in ids:
            keys[first(edge.target)] = first(edge.source)
    return {id_: first(id_) for id_ in keys}


# -- scopes ----------------------------------------------------------------------------


def _lines(graph: GraphIR) -> dict[str, list[str]]:
    """The id of each cluster -> the ids of those around it and its own."""
    lines: dict[str, list[str]] = {}
    for cluster in graph.clusters:  # outer ones come first
        lines[cluster.id] = [*lines.get(cluster.parent or "", []), cluster.id]
    return lines


def _deepest(graph: GraphIR) -> int:
    lines = _lines(graph)
    return max((len(lines[n.scope]) for n in graph.nodes if n.scope), default=0)


def _fold_scopes(graph: GraphIR, depth: int, kept: set[str]) -> GraphIR:
    lines = _lines(graph)
    keys: Keys = {}
    for node in graph.nodes:
        line = lines[node.scope] if node.scope else []
        # Data that were given stay in sight; the rest goes into the card.
        if len(line) > depth and node.id not in kept and node.kind != "data":
            keys[node.id] = line[depth]
    if not keys:
        return graph
    labels = _merge_equal(graph, keys)
    folded = fold(graph, keys, labels, kept)
    shut = {id_ for id_, line in lines.items() if len(line) > depth}
    nodes = tuple(
        replace(n, scope=_open(n.scope, shut, lines)) if n.scope in shut else n
        for n in folded.nodes
    )
    clusters = tuple(c for c in folded.clusters if c.id not in shut)
    folded = replace(folded, nodes=nodes, clusters=clusters)
    return fold(folded, _leaves(folded, kept, MANY))


def _open(scope: str | None, shut: set[str], lines: dict[str, list[str]]) -> str | None:
    line = [id_ for id_ in lines[scope or ""] if id_ not in shut]
    return line[-1] if line else None


def _merge_equal(graph: GraphIR, keys: Keys) -> dict[str, Label]:
    """One key for equal scopes beside each other; what each card is called.

    Scopes are beside each other if neither uses the other's results, which is so at
    one level of the graph of groups.
    """
    clusters = {c.id: c for c in graph.clusters}
    level = levels(graph, keys) or {}
    alike: dict[Any, list[str]] = defaultdict(list)
    for key, shape in _shapes(graph, keys).items():
        cluster = clusters[key]
        stem = _stem(cluster)
        alike[cluster.parent, stem, shape, level.get(key, key)].append(key)
    labels: dict[str, Label] = {}
    merged: dict[str, str] = {}
    for same in alike.values():
        cluster, n = clusters[same[0]], len(same)
        name = cluster.name if n == 1 else f"{_stem(cluster)} × {n:,}"
        labels[cluster.id] = Label(name, cluster.formula, n)
        merged |= dict.fromkeys(same, cluster.id)
    keys |= {id_: merged[key] for id_, key in keys.items()}
    return labels


def _stem(cluster: ClusterIR) -> str:
    return cluster.name.rstrip("0123456789₀₁₂₃₄₅₆₇₈₉ #[]()._-") or cluster.name


def _shapes(graph: GraphIR, keys: Keys) -> dict[str, Any]:
    # What each group computes, whatever the numbers: its rows and their operands.
    inside: dict[str, list[NodeIR]] = defaultdict(list)
    operands: dict[str, list[str]] = defaultdict(list)
    for node in graph.nodes:
        if node.id in keys and node.op:
            inside[keys[node.id]].append(node)
    for edge in graph.edges:
        operands[edge.target].append(edge.source)
    shapes: dict[str, Any] = {}
    for key in dict.fromkeys(keys.values()):
        index = {node.id: i for i, node in enumerate(inside[key])}
        shapes[key] = tuple(
            (node.op, *(index.get(id_, -1) for id_ in operands[node.id]))
            for node in inside[key]
        )
    return shapes


# -- to fit ----------------------------------------------------------------------------


def _to_fit(graph: GraphIR, max_nodes: int, kept: set[str]) -> GraphIR:
    if len(graph.nodes) <= max_nodes:
        return graph
    graph = fold(graph, _runs(graph, max_nodes, kept), kept=kept)
    graph = fold(graph, _leaves(graph, kept, MANY))
    if len(graph.nodes) <= max_nodes:
        return graph
    return fold(graph, _leaves(graph, kept, 2, any_user=True))


def _runs(graph: GraphIR, max_nodes: int, kept: set[str]) -> Keys:
    """Whole levels of the graph, several to a run, cut where a node must stay."""
    level = levels(graph, {}) or {}
    operations = [n for n in graph.nodes if n.op or n.group]
    at: dict[int, list[NodeIR]] = defaultdict(list)
    for node in operations:
        at[level[node.id]].append(node)
    alone = kept | _last(at, min(KEPT, max_nodes // 4))
    named = {n.id for n in operations if n.named and n.op}
    if len(named) <= max_nodes // 4:
        alone |= named
    size = max(2, -(-len(operations) // min(RUNS, max_nodes // 4)))
    keys: Keys = {}
    run = filled = 0
    for _, nodes in sorted(at.items()):
        inside = [node for node in nodes if node.id not in alone]
        if filled >= size or len(inside) < len(nodes):
            run, filled = run + 1, 0
        keys |= dict.fromkeys((node.id for node in inside), run)
        filled += len(inside)
    return keys


def _last(at: dict[int, list[NodeIR]], most: int) -> set[str]:
    # The levels before the root that have at most so many nodes together.
    found: set[str] = set()
    for _, nodes in sorted(at.items(), reverse=True):
        if len(found) + len(nodes) > most:
            break
        found |= {node.id for node in nodes}
    return found


def _leaves(
    graph: GraphIR, kept: set[str], at_least: int, *, any_user: bool = False
) -> Keys:
    """Leaves of one kind that the same cards use, one of which is folded."""
    users: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        users[edge.source].add(edge.target)
    groups = {node.id for node in graph.nodes if node.group}
    alike: dict[Any, list[str]] = defaultdict(list)
    for n in graph.nodes:
        leaf = n.op is None and n.group is None and n.id not in kept
        if leaf and (any_user or not users[n.id].isdisjoint(groups)):
            alike[n.kind, frozenset(users[n.id])].append(n.id)
    return {
        id_: key for key, ids in alike.items() if len(ids) >= at_least for id_ in ids
    }
