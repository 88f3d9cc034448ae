"""Micrograd's demo: two moons.

A network 2-16-16-1 with relu learns to tell two moons of fifty points apart, with
everything as in the notebook of micrograd (A. Karpathy, 2020): the points, the weights
at first, the loss and the rates. A point x of the class y = 1 or -1 has the score s(x),
which should be at least 1 on the right side; large weights cost a little:

    E = mean of max(0, 1 - y s(x)) + α Σ p²,    α = 1e-4
    p ← p - η ∂E/∂p,    η = 1 - 0.9 k/100 in the steps k = 0, 1, ..., 99

All points are in every step. The seed is added to 1337, so by default both generators,
NumPy's for the points and Python's for the weights, begin as micrograd's do.

It should reach 100 % accuracy on the points that it learns from, within 100 steps.
"""

import random
from typing import Any

from autograd_core import compile
from autograd_core import sum as total
from nn import MLP
from optim import GradientDescent, unit_report
from visualize import plots

from .point_sets import by_class, frame, moons, score
from .report import Report

SEED = 1337
ALPHA = 1e-4


def run(report: Report) -> None:
    """The lines of the notebook, and what it shows."""
    rows, classes = moons(100, noise=0.1, seed=SEED + report.seed)
    ys = [2 * k - 1 for k in classes]
    model = MLP(2, [16, 16, 1], seed=random.Random(SEED + report.seed))
    report.say(f"{model.described()}: {len(model.parameters())} parameters")

    def loss_of(x: list[Any], y: Any) -> Any:
        # of one point: hinge loss and penalty, in micrograd's order of operations
        margin = (1 + -y * model(x)).relu()
        return margin + ALPHA * total([p * p for p in model.parameters()])

    # Both are traced once and run over all points; `training` takes the mean.
    scores = compile(model).rows
    descent = GradientDescent(model.parameters(), lr=1.0)
    training = compile(loss_of).training(optimizer=descent)
    losses, figures = [], []
    count = report.count(100)
    for k in report.steps(100, "gradient descent"):
        found = scores(rows).tolist()
        right = [(y > 0) == (s > 0) for y, s in zip(ys, found, strict=True)]
        accuracy = sum(right) / len(ys)

        descent.param_groups[0]["lr"] = 1.0 - 0.9 * k / count
        losses.append(training.step(rows, ys))
        training.settle()  # the parameters, for the scores

        if k % 10 == 0 or k == count - 1:
            figures.append([k, losses[-1], accuracy])

    report.table("Before each step", ["step", "loss", "accuracy"], figures)
    report.reach("accuracy in the last step", accuracy, at_least=1.0)
    units = unit_report(model, rows)
    dead = f"{len(units.dead)} of {len(units.units)} relu units are dead"
    report.say(f"{dead}: they give 0 for all points, and get no gradient.")

    report.flow(model(rows[0]), title="The score of one point, layer by layer", depth=1)
    report.plot("loss", plots.losses, {"loss": losses}, title="Loss before each step")
    report.plot(
        "boundary", plots.boundary, score(model), *frame(rows),
        title="Where the score changes its sign", classes=by_class(rows, classes),
    )  # fmt: skip
