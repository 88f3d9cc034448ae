"""Programs for engines that have an object per number, written as micrograd's demo is.

They are given the engine's ``Value``, with ``data`` and ``grad``, ``relu``, ``tanh``,
``exp`` and ``log`` as methods, and ``backward``.
"""

import gc
import math
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..workloads import plan_of
from . import Task, each, layers


def network(value: Any, data: dict[str, Any]) -> tuple[list[Any], Callable[..., Any]]:
    """The parameters, and the function of a row that they are in."""
    made = [
        [([value(x) for x in row], value(b)) for row, b in zip(w, c, strict=True)]
        for w, c in layers(data["parameters"], data["widths"])
    ]
    smooth = data["activation"] == "tanh"

    def scores(x: list[Any]) -> list[Any]:
        for layer in made:
            x = [sum((a * b for a, b in zip(w, x, strict=True)), c) for w, c in layer]
            if layer is not made[-1]:
                x = [z.tanh() if smooth else z.relu() for z in x]
        return x

    return [p for layer in made for w, b in layer for p in (*w, b)], scores


def softmax_loss(scores: list[Any], target: int) -> Any:
    """-ln of the probability of a class."""
    most = max(score.data for score in scores)
    return sum((s - most).exp() for s in scores).log() + most - scores[target]


def logistic(score: Any, target: float) -> Any:
    """-ln of the probability of a class 0 or 1: ln(1 + exp(-z)) for the logit z."""
    z = score if target else -score
    if z.data < 0:
        return (1 + z.exp()).log() - z
    return (1 + (-z).exp()).log()


LOSSES: dict[str, Callable[[list[Any], Any], Any]] = {
    "hinge": lambda scores, y: (1 + -y * scores[0]).relu(),
    "logistic": lambda scores, y: logistic(scores[0], y),
    "classes": softmax_loss,
}


class Adam:
    """Adam, number by number."""

    def __init__(self, rate: float, betas: Any = (0.9, 0.999)) -> None:
        self.rate, self.betas, self.steps = rate, betas, 0
        self.states: list[list[float]] = []

    def __call__(self, numbers: list[float], slopes: list[float]) -> list[float]:
        """The numbers after one update."""
        self.steps += 1
        self.states = self.states or [[0.0, 0.0] for _ in numbers]
        b, c = self.betas
        one, two = 1 - b**self.steps, 1 - c**self.steps
        found = []
        for p, g, state in zip(numbers, slopes, self.states, strict=True):
            state[0] = b * state[0] + (1 - b) * g
            state[1] = c * state[1] + (1 - c) * g * g
            step = (state[0] / one) / (math.sqrt(state[1] / two) + 1e-8)
            found.append(p - self.rate * step)
        return found


def update_of(data: dict[str, Any]) -> Callable[[list[float], list[float]], Any]:
    """New numbers from old ones and their gradients, without the penalty."""
    rate = data["rate"]
    if data["optimizer"] == "adam":
        return Adam(rate)
    return lambda numbers, slopes: [
        p - rate * g for p, g in zip(numbers, slopes, strict=True)
    ]


def moved(parameters: list[Any], update: Any) -> None:
    """One update of objects with data and grad."""
    numbers = update([p.data for p in parameters], [p.grad for p in parameters])
    for p, number in zip(parameters, numbers, strict=True):
        p.data = number


def losses_of(data: dict[str, Any], scores: Any, rows: Any, targets: Any) -> Any:
    """The mean loss of a batch."""
    loss = LOSSES[data["loss"]]
    losses = [loss(scores(row), y) for row, y in zip(rows, targets, strict=True)]
    return sum(losses) * (1.0 / len(losses))


def mlp(value: Any, data: dict[str, Any], made: Any = None) -> Task:
    """A step of a network: the loss of the batch with its penalty, backward, update.

    It is `network`'s, or ``made``, of which there are the same two.
    """
    parameters, scores = made or network(value, data)
    penalty, update = data["penalty"], update_of(data)

    def step(rows: list[Any], targets: list[Any]) -> float:
        loss = losses_of(data, scores, [list(map(value, row)) for row in rows], targets)
        total = loss + penalty * sum(p * p for p in parameters) if penalty else loss
        for p in parameters:
            p.grad = 0
        total.backward()
        moved(parameters, update)
        return float((total if data.get("whole") else loss).data)

    return Task(each(step, data["batches"]))


def record(value: Any, plan: list[Any]) -> tuple[list[Any], Any]:
    """All nodes of a plan, and a root that depends on many."""
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


def graph(value: Any, data: dict[str, Any]) -> Task:
    """W2: record, sweep back; the root and the gradients of the leaves.

    Nothing is collected between two runs: in a training loop, too, the garbage of one
    step is the next one's cost.
    """
    plan = plan_of(data)

    def run(count: int) -> list[list[float]]:
        found = []
        for _ in range(count):
            nodes, root = record(value, plan)
            root.backward()
            found.append([root.data, *[leaf.grad for leaf in nodes[:8]]])
        return found

    # A leaf that nothing depends on has no gradient in PyTorch.
    return Task(run, lambda result: [0.0 if x is None else float(x) for x in result])


def resident() -> int:
    """Bytes of memory that the process holds."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def graph_bytes(value: Any, data: dict[str, Any]) -> Task:
    """What a graph of W2 holds after its sweep, without the list of its nodes."""
    plan = plan_of(data)

    def run(count: int) -> list[float]:
        gc.collect()
        before = resident()
        nodes, root = record(value, plan)
        root.backward()
        gc.collect()
        return [float(resident() - before - sys.getsizeof(nodes))] * count

    return Task(run)


Tables = dict[str, Any]  # matrices as lists of rows, and rows


def flat(tables: Tables) -> list[Any]:
    """All entries, in the order of the tables."""
    found: list[Any] = []
    for given in tables.values():
        for row in given:
            found += row if isinstance(row, list) else [row]
    return found


def filled(tables: Tables, entries: Iterable[Any]) -> Tables:
    """The same tables with other entries."""
    rest = iter(entries)

    def fresh(given: Any) -> Any:
        return list(map(fresh, given)) if isinstance(given, list) else next(rest)

    return {name: fresh(given) for name, given in tables.items()}


def transformer(value: Any, data: dict[str, Any]) -> Task:
    """W5: a step on one document, a new length every step."""
    made = filled(data["parameters"], map(value, flat(data["parameters"])))
    parameters, adam = flat(made), Adam(data["rate"], data["betas"])

    def step(tokens: list[int]) -> float:
        loss = transformer_loss(made, tokens, data["heads"], data["epsilon"])
        for p in parameters:
            p.grad = 0
        loss.backward()
        moved(parameters, adam)
        return float(loss.data)

    return Task(each(step, [(tokens,) for tokens in data["documents"]]))


def transformer_loss(p: dict[str, Any], tokens: Any, heads: int, epsilon: float) -> Any:
    """The mean over the letters of -ln of the probability of the next one."""

    def dot(a: list[Any], b: list[Any]) -> Any:
        first, *rest = [x * y for x, y in zip(a, b, strict=True)]
        return sum(rest, first)

    def linear(name: str, x: list[Any]) -> list[Any]:
        return [dot(row, x) for row in p[name]]

    def norm(name: str, x: list[Any]) -> list[Any]:
        scale = (dot(x, x) * (1 / len(x)) + epsilon) ** -0.5
        return [g * (v * scale) for g, v in zip(p[name], x, strict=True)]

    def plus(a: list[Any], b: list[Any]) -> list[Any]:
        return [x + y for x, y in zip(a, b, strict=True)]

    def softmax(scores: list[Any]) -> list[Any]:
        most = max(s.data for s in scores)
        powers = [(s - most).exp() for s in scores]
        whole = sum(powers[1:], powers[0]) ** -1
        return [e * whole for e in powers]

    seen = tokens[:-1]
    xs = [
        plus(p["letter"][t], place) for t, place in zip(seen, p["place"], strict=False)
    ]
    keys, values, losses = [], [], []
    width = len(xs[0])
    size = width // heads
    for x, target in zip(xs, tokens[1:], strict=True):
        normed = norm("norm1", x)
        query = linear("query", normed)
        keys.append(linear("key", normed))
        values.append(linear("value", normed))
        joined = []
        for begin in range(0, width, size):
            part = slice(begin, begin + size)
            weights = softmax([dot(query[part], k[part]) * size**-0.5 for k in keys])
            joined += [
                dot(weights, [v[i] for v in values]) for i in range(begin, begin + size)
            ]
        x = plus(x, linear("output", joined))
        units = [u.relu() for u in linear("up", norm("norm2", x))]
        x = plus(x, linear("down", units))
        losses.append(softmax_loss(linear("scores", norm("norm3", x)), target))
    return sum(losses[1:], losses[0]) * (1.0 / len(losses))
