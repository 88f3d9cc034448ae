"""What a drawing shows, as plain data: `GraphIR` and its parts.

The one idea: tracing makes a `GraphIR`, every transform takes one and gives one,
and every output is printed from one. Nothing after `trace` sees a Value.

On every graph, traced or transformed, the flows into a node add up to its gradient
(`arriving` adds them), but for the root, whose gradient is the seed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["ClusterIR", "EdgeIR", "GraphIR", "GroupIR", "NodeIR", "arriving"]


@dataclass(frozen=True)
class GroupIR:
    """What a card says that stands for many nodes.

    Attributes
    ----------
    operations, parameters
        How many of each it stands for.
    inputs
        How many numbers come in from cards outside.
    outputs
        The ids of the nodes inside that others outside use, with ``:k`` for the
        output k of a row with several.
    copies
        How many equal scopes it stands for.
    norm, least, greatest
        Of the gradients of its parameters: the L2 norm, the least and the
        greatest; None without parameters, or where they are not real numbers.
    members
        The ids of all nodes inside.
    """

    operations: int
    parameters: int
    inputs: int
    outputs: tuple[str, ...]
    copies: int
    norm: float | None
    least: float | None
    greatest: float | None
    members: tuple[str, ...]


@dataclass(frozen=True)
class NodeIR:
    """One card.

    Attributes
    ----------
    id
        ``n`` and the node's place in the order of computation.
    kind
        ``parameter``, ``data`` (asks for no gradient), ``constant`` (data without a
        name), ``operation``, ``output`` (the root), or ``group``.
    name, expression
        The card's first line; the expression is "" for a leaf and for a node whose
        name is its expression.
    op
        The name of the row that computed it, or None.
    data, grad
        The number and d(root)/d(node), None where no gradient is wanted; tuples for
        a row with several outputs and for a group with several.
    finite
        Whether all of them are neither NaN nor infinite.
    named
        Whether the name was given, and not made up for the drawing.
    scope
        The id of the cluster that it stands in, or None.
    group
        What it stands for, if it stands for many nodes.
    """

    id: str
    kind: str
    name: str
    expression: str
    op: str | None
    data: Any
    grad: Any
    finite: bool
    named: bool = True
    scope: str | None = None
    group: GroupIR | None = None


@dataclass(frozen=True)
class EdgeIR:
    """One argument of one operation, or all that goes from a group or into one.

    Attributes
    ----------
    id
        ``e3_5_0``: from node 3 to node 5, argument 0.
    source, target
        The ids of the operand and of its consumer.
    argument
        Which operand of the consumer it is.
    formula
        The local derivative d(target)/d(source) as the row writes it, in brackets
        if it is a sum: on the drawing it follows a times sign.
    local
        Its value; a tuple if the consumer has several outputs.
    flow
        What the consumer hands back: its adjoint times ``local``. A tuple, one
        number for each of ``outputs``, if the source is a group with several.
    outputs
        To which of its source's numbers the flow belongs, where it has several.

    Formula, local and flow are empty or None where no gradient is wanted.
    """

    id: str
    source: str
    target: str
    argument: int
    formula: str
    local: Any
    flow: Any
    outputs: tuple[int, ...] = ()


@dataclass(frozen=True)
class ClusterIR:
    """A frame around the cards of one scope; ``parent`` is the id of the outer one."""

    id: str
    name: str
    formula: str
    parent: str | None


@dataclass(frozen=True)
class GraphIR:
    """A graph as a drawing sees it, nodes oldest first."""

    root: str
    nodes: tuple[NodeIR, ...]
    edges: tuple[EdgeIR, ...]
    title: str = ""
    clusters: tuple[ClusterIR, ...] = ()

    def node(self, id_: str) -> NodeIR:
        """The node with that id."""
        return next(node for node in self.nodes if node.id == id_)

    def without(self, hidden: set[str]) -> "GraphIR":
        """The graph without the nodes of these ids, and without their edges."""
        return replace(
            self,
            nodes=tuple(n for n in self.nodes if n.id not in hidden),
            edges=tuple(
                e
                for e in self.edges
                if e.source not in hidden and e.target not in hidden
            ),
        )


def arriving(node: NodeIR, edges: Iterable[EdgeIR]) -> Any:
    """The sum of the flows of ``edges`` into ``node``, in the form of its gradient.

    Parameters
    ----------
    edges
        Those whose source is ``node``.
    """
    several = isinstance(node.grad, tuple)
    sums: list[Any] = [0] * (len(node.grad) if several else 1)
    for edge in edges:
        if edge.flow is None:
            continue
        flows = edge.flow if isinstance(edge.flow, tuple) else (edge.flow,)
        for k, flow in zip(edge.outputs or (0,), flows, strict=True):
            sums[k] = sums[k] + flow
    return tuple(sums) if several else sums[0]
