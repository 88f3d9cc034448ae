"""Graphs that several tests draw: two fixed ones, and random ones."""

import random
from fractions import Fraction
from typing import Any

import autograd_core as ac
from autograd_core import Value


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
