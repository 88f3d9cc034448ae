"""Chains of additions as one card: ``s = Σ 200 terms``.

The one idea: the derivative of a sum by each term is 1, and all additions of a chain
have the same gradient, so nothing is lost when a chain is one card. A chain ends
where somebody else uses a partial sum, where it has a name, and where a scope ends.
"""

from collections import defaultdict
from dataclasses import replace

from .ir import EdgeIR, GraphIR, NodeIR

__all__ = ["fold_sums"]

MIN_ADDITIONS = 4  # a shorter chain is easier to read as it is


def fold_sums(graph: GraphIR) -> GraphIR:
    """``graph`` with each chain of at least four additions as one card."""
    operands: dict[str, list[EdgeIR]] = defaultdict(list)
    users: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        operands[edge.target].append(edge)
        users[edge.source].append(edge.target)
    nodes = {node.id: node for node in graph.nodes}
    inner = {n.id for n in graph.nodes if _is_inner(n, users[n.id], nodes)}
    sums: dict[str, list[EdgeIR]] = {}
    folded: set[str] = set()
    for node in graph.nodes:
        if node.op == "add" and node.id not in inner:
            terms, chain = _terms(node.id, operands, inner)
            if len(chain) >= MIN_ADDITIONS - 1:
                sums[node.id] = terms
                folded |= chain
    cards = [
        replace(n, expression=f"Σ {len(sums[n.id]):,} terms") if n.id in sums else n
        for n in graph.nodes
    ]
    edges: list[EdgeIR] = []
    for node in graph.nodes:
        if node.id not in folded:
            edges += sums.get(node.id) or operands[node.id]
    return replace(graph, nodes=tuple(cards), edges=tuple(edges)).without(folded)


def _is_inner(node: NodeIR, users: list[str], nodes: dict[str, NodeIR]) -> bool:
    if node.op != "add" or node.named or len(users) != 1:
        return False
    user = nodes[users[0]]
    return user.op == "add" and user.scope == node.scope


def _terms(
    end: str, operands: dict[str, list[EdgeIR]], inner: set[str]
) -> tuple[list[EdgeIR], set[str]]:
    # The edges into the chain that ends at `end`, from left to right.
    terms: list[EdgeIR] = []
    chain: set[str] = set()
    stack = operands[end][::-1]
    while stack:
        edge = stack.pop()
        if edge.source in inner:
            chain.add(edge.source)
            stack += operands[edge.source][::-1]
        else:
            i = len(terms)
            id_ = f"e{edge.source[1:]}_{end[1:]}_{i}"
            terms.append(replace(edge, id=id_, target=end, argument=i))
    return terms, chain
