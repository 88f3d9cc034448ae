"""The benchmarked programs, written once for any micrograd-like engine.

W1 is micrograd's own demo: one training step of a 2-16-16-1 network with ReLU on
100 points of two moons, hinge loss and an L2 penalty. W2 is recording itself: a
random graph of additions, products, tanh and exp in which half of the operands
are used again. Both are given the engine's ``Value`` and nothing else, so that
every engine does the same operations in the same order on the same numbers.
"""

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

Step = Callable[[], Any]


class Net:
    """micrograd's MLP: every neuron is ``sum(w*x) + b``, hidden ones with ReLU."""

    def __init__(self, value: Any, widths: list[int], seed: int) -> None:
        rng = random.Random(seed)
        self.layers = [
            [
                ([value(rng.uniform(-1, 1)) for _ in range(n)], value(0.0))
                for _ in range(m)
            ]
            for n, m in pairwise(widths)
        ]

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]

    def __call__(self, x: list[Any]) -> Any:
        for layer in self.layers:
            x = [
                sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer
            ]
            if layer is not self.layers[-1]:
                x = [z.relu() for z in x]
        return x[0]


def moons() -> tuple[list[list[float]], list[float]]:
    """The points and the targets -1 and 1 of W1."""
    from sklearn.datasets import make_moons

    points, classes = make_moons(n_samples=100, noise=0.1, random_state=1)
    return points.tolist(), [2.0 * c - 1.0 for c in classes.tolist()]


def w1(value: Any, rows: list[list[float]], targets: list[float]) -> Step:
    """One step of W1: forward, backward, update; returns the loss."""
    net = Net(value, [2, 16, 16, 1], seed=1337)

    def step() -> float:
        scores = [net(list(map(value, row))) for row in rows]
        losses = [
            (1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)
        ]
        parameters = net.parameters()
        penalty = 1e-4 * sum(p * p for p in parameters)
        total = sum(losses) * (1.0 / len(losses)) + penalty
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        return float(total.data)

    return step


def w2_plan(n: int, seed: int = 0) -> list[tuple[str, int, int]]:
    """A list of (operation, operand, operand) over leaves 0..7 and the results."""
    rng = random.Random(seed)
    small = list(range(8))  # results of tanh and exp: products stay bounded
    tanhs = list(range(8))
    every = list(range(8))
    plan = []

    def pick(pool: list[int]) -> int:
        return pool[-1] if rng.random() < 0.5 else rng.choice(pool)

    for i in range(8, 8 + n):
        op = rng.choice(("add", "mul", "tanh", "exp"))
        if op == "tanh":
            plan.append((op, pick(every), 0))
            small.append(i)
            tanhs.append(i)
        elif op == "exp":
            plan.append((op, pick(tanhs), 0))
            small.append(i)
        else:
            plan.append((op, pick(small), pick(small)))
        every.append(i)
    return plan


def w2(value: Any, plan: list[tuple[str, int, int]]) -> tuple[list[Any], Any]:
    """Record the graph; returns all nodes and a root that depends on many."""
    nodes = [value(0.1 * (i + 1)) for i in range(8)]
    append = nodes.append
    for op, i, j in plan:
        if op == "add":
            append(nodes[i] + nodes[j])
        elif op == "mul":
            append(nodes[i] * nodes[j])
        elif op == "tanh":
            append(nodes[i].tanh())
        else:
            append(nodes[i].exp())
    root = nodes[-1]
    for node in nodes[-200:-1]:
        root = root + node
    return nodes, root
