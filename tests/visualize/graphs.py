"""Graphs that several tests draw: two fixed ones, and random ones."""

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import autograd_core as ac
from autograd_core import Value, scope
from visualize import GraphIR
from visualize.ir import arriving


def square_plus_one() -> Value:
    """An operand used twice, an anonymous constant, and nothing else."""
    x = Value(3.0, name="x")
    root = x * x + 1
    root.name = "y"
    return root


def neuron() -> Value:
    """Flows of every sign, data, frozen data and an inner node without a name."""
    w = Value(0.5, name="w")
    b = Value(-0.25, name="b")
    x = Value(-1.5, name="x", requires_grad=False)
    y = Value(1.0, name="y", requires_grad=False)
    p = ac.sigmoid(w * x + b)
    p.name = "p"
    loss = -y * ac.log(p) - (1 - y) * ac.log(1 - p)
    loss.name = "L"
    return loss


UNARY = ("sigmoid", "tanh", "relu", "sin", "exp", "square", "neg", "softplus")
BINARY = ("add", "sub", "mul", "maximum", "hypot", "logaddexp")


def random_graph(seed: int) -> tuple[Value, list[Value]]:
    """A random DAG of up to 40 nodes, half of whose operands are used again."""
    source = random.Random(seed)
    leaves = [
        Value(source.uniform(-2, 2), requires_grad=source.random() < 0.8)
        for _ in range(source.randint(1, 5))
    ]
    nodes: list[Any] = list(leaves)
    for _ in range(source.randint(1, 30)):
        x, y = source.choice(nodes), source.choice(nodes[-4:])
        kind = source.randrange(6)
        if kind == 0:
            nodes += ac.softmax([x, y, source.choice(nodes)])
        elif kind == 1:
            nodes.append(ac.where(ac.step(x), x * y, y))
        elif kind == 2:
            nodes.append(getattr(ac, source.choice(UNARY))(y))
        elif kind == 3:
            nodes.append(ac.sum([x, y, x, 2.0 * y]))
        else:
            nodes.append(getattr(ac, source.choice(BINARY))(x, y))
        if abs(nodes[-1].data) > 1e3:
            nodes[-1] = ac.tanh(nodes[-1])
    return nodes[-1], leaves


def exact_graph(seed: int) -> Value:
    """A random DAG of fractions, for sums without rounding."""
    source = random.Random(seed)
    nodes = [Value(Fraction(source.randint(-9, 9), source.randint(1, 9)), name="a")]
    for _ in range(source.randint(1, 8)):
        x, y = source.choice(nodes), source.choice(nodes)
        nodes.append(source.choice([x + y, x - y, x * y, x + Fraction(1, 3)]))
    return nodes[-1]


def two_scopes() -> Value:
    """The neuron and its loss, each in a scope, every node with a name."""
    w, b = Value(0.5, name="w"), Value(0.1, name="b")
    x = Value(1.2, name="x", requires_grad=False)
    y = Value(1.0, name="y", requires_grad=False)
    with scope("neuron", "p = σ(wx + b)"):
        p = ac.sigmoid(w * x + b)
        p.name = "p"
    with scope("cross-entropy"):
        loss = -y * ac.log(p) - (1 - y) * ac.log(1 - p)
        loss.name = "L"
    return loss


def network(sizes: tuple[int, ...] = (2, 4, 1), batch: int = 1) -> Value:
    """A network of tanh neurons, each neuron, layer and sample in a scope."""
    source = random.Random(0)

    def parameter(name: str) -> Value:
        return Value(source.uniform(-1, 1), name=name)

    layers = [
        [[parameter(f"w{k}") for k in range(n + 1)] for _ in range(m)]
        for n, m in pairwise(sizes)
    ]
    losses = []
    for _ in range(batch):
        with scope("sample"):
            h: list[Any] = [
                Value(source.uniform(-1, 1), name=f"x{i}", requires_grad=False)
                for i in range(sizes[0])
            ]
            for number, layer in enumerate(layers, 1):
                with scope(f"layer {number}"):
                    h = [_neuron(weights, h) for weights in layer]
            losses.append(ac.square(h[0] - 1.0))
    root = ac.sum(losses)
    root.name = "L"
    return root


def _neuron(weights: list[Value], xs: list[Any]) -> Any:
    with scope("neuron", "tanh(w·x + b)"):
        total: Any = weights[-1]
        for w, x in zip(weights, xs, strict=False):
            total = total + w * x
        return ac.tanh(total)


def check_sums(
    graph: GraphIR, rtol: float = 1e-12, unfolded: GraphIR | None = None
) -> None:
    """At every card the flows add up to the gradient, and data flow one way.

    To rounding, relative to the flows before anything was folded: those of one
    bundle may cancel.
    """
    sizes: dict[str, Any] = {}
    for edge in (unfolded or graph).edges:
        if edge.flow is not None:
            sizes[edge.source] = sizes.get(edge.source, 0) + _size(edge.flow)
    place = {node.id: i for i, node in enumerate(graph.nodes)}
    assert len(place) == len(graph.nodes), "ids are ids"
    assert len({edge.id for edge in graph.edges}) == len(graph.edges)
    into: dict[str, list[Any]] = {id_: [] for id_ in place}
    for edge in graph.edges:
        assert place[edge.source] < place[edge.target]
        if edge.flow is not None:
            into[edge.source].append(edge)
    for node in graph.nodes:
        if node.grad is None or node.id == graph.root:
            continue
        sums = arriving(node, into[node.id])
        several = isinstance(node.grad, tuple)
        pairs = zip(node.grad, sums, strict=True) if several else [(node.grad, sums)]
        inside = node.group.members if node.group and unfolded else (node.id,)
        size = sum(sizes.get(id_, 0) for id_ in inside)
        for grad, total in pairs:
            assert abs(grad - total) <= rtol * size, node


def _size(flow: Any) -> Any:
    return sum(map(abs, flow)) if isinstance(flow, tuple) else abs(flow)
