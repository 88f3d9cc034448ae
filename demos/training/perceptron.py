"""The perceptron, and the neuron that took its place.

Rosenblatt's rule (1958) takes one sample after the other. With the class s = 1 or -1
and z = w·x + b, a right answer changes nothing, and a wrong one moves the weights:

    where s z ≤ 0:  w ← w + s x,  b ← b + s

That is gradient descent on the loss max(0, -s z), as the drawing shows for one sample.
Novikoff (1962): if a line parts the classes, there are at most (R/γ)² mistakes, R the
length of the longest (x, 1), γ the distance of such a line from all of them.

The notes' perceptron is a linear neuron with the loss (z - y)²/2. It has a gradient
everywhere, so it ends at least squares, whether or not a line parts the classes.

It should reach a pass without a mistake on two clouds, within Novikoff's bound, and
AND by the linear neuron, whose least squares are w = (1/2, 1/2), b = -1/4.
"""

import math
from random import Random

from autograd_core import Value, dot, relu
from nn import Linear, half_squared_error
from optim import GradientDescent
from visualize import plots

from .report import Report

Sample = tuple[list[float], int]  # (x₁, x₂, 1) and the class
LINE, GAP = [0.6, -0.8, 0.1], 0.1  # w₁, w₂, b; no sample is nearer than the gap
AND = {(0.0, 0.0): 0.0, (0.0, 1.0): 0.0, (1.0, 0.0): 0.0, (1.0, 1.0): 1.0}


def clouds(random: Random, count: int = 100) -> list[Sample]:
    """Points of a square, in two classes."""
    made: list[Sample] = []
    while len(made) < count:
        x = [random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0), 1.0]
        if abs(dot(LINE, x)) > GAP:
            made.append((x, 1 if dot(LINE, x) > 0 else -1))
    return made


def rosenblatt(data: list[Sample], report: Report) -> tuple[list[float], list[int]]:
    """The weights, and how many mistakes each pass over the data made."""
    w, mistakes = [0.0, 0.0, 0.0], []
    for _ in report.steps(200, "Rosenblatt's rule"):
        mistakes.append(0)
        for x, s in data:
            if s * dot(w, x) <= 0:
                w = [a + s * b for a, b in zip(w, x, strict=True)]
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return w, mistakes


def linear_neuron(report: Report) -> tuple[list[float], list[float]]:
    """The notes' neuron learns AND, from all samples in each step."""
    neuron = Linear(2, 1, init="zeros")
    optimizer = GradientDescent(neuron.named_parameters(), lr=0.5)
    losses = []
    for _ in report.each(range(200), "the linear neuron"):
        optimizer.zero_grad()
        loss = half_squared_error([neuron(x) for x in AND], [[y] for y in AND.values()])
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return [p.data for p in neuron.parameters()], losses


def run(report: Report) -> None:
    """Both neurons."""
    data = clouds(Random(report.seed))
    w, mistakes = rosenblatt(data, report)
    rows = list(enumerate(mistakes, 1))
    report.table("Mistakes of Rosenblatt's rule", ["pass", "mistakes"], rows)
    report.reach("mistakes in the last pass", mistakes[-1], at_most=0)
    gap = min(s * dot(LINE, x) for x, s in data) / math.hypot(*LINE)
    bound = (max(math.hypot(*x) for x, _ in data) / gap) ** 2
    report.reach("mistakes in all (Novikoff)", sum(mistakes), at_most=bound)

    found, losses = linear_neuron(report)
    report.table("AND by least squares", ["w₁", "w₂", "b"], [found])
    off = max(abs(a - b) for a, b in zip(found, [0.5, 0.5, -0.25], strict=True))
    report.reach("distance from least squares", off, at_most=1e-6)

    weights = [Value(a, name=f"w{i}") for i, a in enumerate(w, 1)]
    x, s = next(sample for sample in data if sample[1] < 0)
    loss = relu(s * dot(weights, x))  # as if its class were the other
    report.flow(loss, title="A sample, if its class were the other one")
    classes = {f"{k:+}": [(x[0], x[1]) for x, s in data if s == k] for k in (-1, 1)}
    report.plot(
        "boundary", plots.boundary, lambda a, b: dot(w, [a, b, 1.0]), (-1, 1), (-1, 1),
        title="The line that Rosenblatt's rule found", classes=classes,
    )  # fmt: skip
    series = {"half squared error": losses}
    report.plot("loss", plots.losses, series, title="The linear neuron's loss")
