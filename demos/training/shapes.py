"""Four shapes that no line parts: XOR, moons, circles, spirals.

A single neuron parts the plane by a line. Hidden units fold the plane first: a relu
unit is a crease, and what a line parts in the folded plane is parted by creases in the
plane itself. The more the classes wind around each other, the more creases it takes.

    score = w·relu(... relu(W x + b) ...) + b,    p = 1/(1 + exp(-score))
    E = -ln p (class 1), -ln(1 - p) (class 0)

Each network learns by Adam from ten points a step; the rate falls along half a cosine.
The moons are those of micrograd's demo.

It should reach 100 % on XOR, moons and circles, and 97 % on the spirals, of the points
that it learns from: these are drawings of what a network can do, not forecasts.
"""

from dataclasses import dataclass

from nn import MLP, binary_cross_entropy_from_logits, fit
from optim import Adam, cosine
from visualize import plots

from . import point_sets
from .report import Report

BATCH = 10  # points a step


@dataclass
class Shape:
    """Points, the hidden layers of a network for them, and how it learns."""

    points: point_sets.Points
    hidden: list[int]
    rate: float
    epochs: int
    goal: float


def train(shape: Shape, report: Report) -> tuple[MLP, list[float]]:
    """The network, and the mean loss of each epoch."""
    rows, classes = shape.points
    model = MLP(2, [*shape.hidden, 1], init="he_uniform", seed=report.seed)
    epochs = report.count(shape.epochs)
    history = fit(
        model, rows, classes,
        loss=binary_cross_entropy_from_logits,
        optimizer=Adam(model.named_parameters(), lr=shape.rate),
        schedule=cosine(epochs * -(-len(rows) // BATCH), floor=0.05),
        epochs=epochs, batch_size=BATCH, seed=report.seed, progress=report.progress,
    )  # fmt: skip
    return model, history["loss"]


def accuracy(model: MLP, points: point_sets.Points) -> float:
    """The share of points whose score is on the right side of 0."""
    right = [bool(model(x).data > 0) == k for x, k in zip(*points, strict=True)]
    return sum(right) / len(right)


def run(report: Report) -> None:
    """One network per shape."""
    seed = report.seed
    shapes = {
        "XOR": Shape(point_sets.xor(), [8], 0.1, 50, 1.0),
        "moons": Shape(point_sets.moons(seed=1337 + seed), [16], 0.1, 30, 1.0),
        "circles": Shape(point_sets.circles(seed=seed), [16], 0.1, 30, 1.0),
        "spirals": Shape(point_sets.spirals(seed=seed), [16, 16], 0.03, 60, 0.97),
    }
    trained = {name: train(shape, report) for name, shape in shapes.items()}
    rows = [
        [name, model.described(), len(model.parameters()), losses[-1]]
        for name, (model, losses) in trained.items()
    ]
    report.table("Four networks", ["shape", "network", "parameters", "loss"], rows)
    for name, (model, _) in trained.items():
        found = accuracy(model, shapes[name].points)
        report.reach(f"accuracy on {name}", found, at_least=shapes[name].goal)

    model = trained["XOR"][0]
    report.flow(model([1.0, 1.0]), title="XOR of 1 and 1: the score, layer by layer")
    curves = {name: losses for name, (_, losses) in trained.items()}
    report.plot("loss", plots.losses, curves, title="Loss", names=("epoch", "loss"))
    for name, (model, _) in trained.items():
        classes = point_sets.by_class(*shapes[name].points)
        x, y = point_sets.frame(shapes[name].points[0])
        report.plot(
            name.lower(), plots.boundary, point_sets.score(model), x, y,
            title=f"{name}: where the score changes its sign", classes=classes,
        )  # fmt: skip
