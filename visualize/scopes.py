"""The scopes of a graph as clusters: who stands in which frame.

The one idea: a computed node stands where it was computed; a leaf stands where it
is used, in the innermost scope that has all its consumers. So the weights of a
neuron stand in its frame, wherever they were made, and an input that two neurons
share stands around them.
"""

from autograd_core.numbers.languages import printable
from autograd_core.scope import Scope, scopes_of
from autograd_core.value import Value

from .ir import ClusterIR

__all__ = ["clusters_of"]


def clusters_of(nodes: list[Value]) -> tuple[dict[Value, str], tuple[ClusterIR, ...]]:
    """The cluster of each of ``nodes`` that has one, and all clusters, outer first."""
    found: dict[Value, Scope | None] = dict(scopes_of(nodes))
    if not found:
        return {}, ()
    for leaf, users in _users_of_leaves(nodes).items():
        found[leaf] = _common([found.get(user) for user in users])
    used = {scope for inner in set(found.values()) - {None} for scope in _line(inner)}
    ordered = sorted(used, key=lambda scope: scope.first)
    ids = {scope: f"s{i}" for i, scope in enumerate(ordered)}
    clusters = tuple(
        ClusterIR(
            id=ids[scope],
            name=printable(scope.name),
            formula=printable(scope.formula),
            parent=ids[scope.parent] if scope.parent else None,
        )
        for scope in ordered
    )
    return {node: ids[s] for node, s in found.items() if s is not None}, clusters


def _users_of_leaves(nodes: list[Value]) -> dict[Value, list[Value]]:
    users: dict[Value, list[Value]] = {}
    for node in nodes:
        for operand in node.operands:
            if operand.is_leaf:
                users.setdefault(operand, []).append(node)
    return users


def _line(scope: Scope | None) -> list[Scope]:
    # The scope and those around it, innermost first.
    line = []
    while scope is not None:
        line.append(scope)
        scope = scope.parent
    return line


def _common(scopes: list[Scope | None]) -> Scope | None:
    distinct = list(dict.fromkeys(scopes))
    line = _line(distinct[0])
    for other in distinct[1:]:
        around = set(_line(other))
        line = [scope for scope in line if scope in around]
    return line[0] if line else None
