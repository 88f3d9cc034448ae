"""The vanishing gradient: how much of it reaches the first layer.

In a chain of layers the gradient goes back through every one of them:

    δᴸ = dJ/dzᴸ,    δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) · g'(zˡ),    dJ/dWˡ = δˡ aˡ⁻¹ᵀ

so the first layer's is a product with one factor g' per layer. The slope of the sigmoid
is at most 1/4, that of tanh at most 1, and that of relu is 1 wherever it is not 0. In a
deep network the sigmoid's product all but vanishes, and the first layers do not learn.
Here the weights begin at the size that suits each kind: Xavier's, for relu He's.

The figure is the length of the gradient of the first layer's weights by that of the
last hidden layer's, in the middle one of nine random networks. With ten layers it
should reach at most 1e-5 for the sigmoid, and at least 0.1 for relu.
"""

import math
from itertools import chain
from random import Random
from statistics import median

from nn import MLP, half_squared_error
from visualize import plots

from .report import Report

WIDTH, DEPTHS, NETWORKS = 8, (2, 4, 6, 8, 10), 9
KINDS = {
    "sigmoid": ("sigmoid", "xavier_uniform"),
    "tanh": ("tanh", "xavier_uniform"),
    "relu": ("relu", "he_uniform"),
}


def network(kind: str, depth: int, random: Random) -> MLP:
    """Hidden layers of equal width, and one linear unit."""
    activation, init = KINDS[kind]
    widths = [WIDTH] * depth + [1]
    return MLP(WIDTH, widths, activation=activation, init=init, seed=random)


def lengths(kind: str, depth: int, random: Random) -> list[float]:
    """|dJ/dW| of each hidden layer, for one random network and sample."""
    sample = [random.uniform(-1, 1) for _ in range(WIDTH)]
    trace = network(kind, depth, random).forward_layers(sample)
    trace.backward(half_squared_error(trace.output[0], 1.0))
    hidden = [step.weight_gradient for step in trace.steps[:-1]]
    return [math.hypot(*chain.from_iterable(rows)) for rows in hidden]


def middle(kind: str, depth: int, random: Random) -> list[float]:
    """The same, each the median of several networks."""
    several = [lengths(kind, depth, random) for _ in range(NETWORKS)]
    return [median(layer) for layer in zip(*several, strict=True)]


def run(report: Report) -> None:
    """All kinds at all depths."""
    random = Random(report.seed)
    jobs = [(kind, depth) for kind in KINDS for depth in DEPTHS]
    found = {
        (kind, depth): middle(kind, depth, random)
        for kind, depth in report.each(jobs, "networks")
    }
    shares = {job: layers[0] / layers[-1] for job, layers in found.items()}
    rows = [[d, *(shares[kind, d] for kind in KINDS)] for d in DEPTHS]
    report.table("The first layer's gradient by the last's", ["layers", *KINDS], rows)
    deepest = DEPTHS[-1]
    report.reach("sigmoid", shares["sigmoid", deepest], at_most=1e-5)
    report.reach("relu", shares["relu", deepest], at_least=0.1)

    layers = {kind: found[kind, deepest] for kind in KINDS}
    series = {
        kind: [(i, g / each[-1]) for i, g in enumerate(each, 1)]
        for kind, each in layers.items()
    }
    report.plot(
        "layers", plots.lines, series, names=("layer", "share"), log=True,
        title="|dJ/dW| of each of ten layers, by that of the last",
    )  # fmt: skip
    depths = {kind: [(d, shares[kind, d]) for d in DEPTHS] for kind in KINDS}
    report.plot(
        "depths", plots.lines, depths, title="The first layer's share, by depth",
        names=("layers", "share"), log=True,
    )  # fmt: skip
    for kind in ("sigmoid", "relu"):
        model = network(kind, 5, random)
        loss = half_squared_error(model([1.0, -1.0] * (WIDTH // 2)), 1.0)
        title = f"One sample through five layers and back: {kind}"
        report.flow(
            loss, name=f"flow-{kind}", title=title, depth=1, rankdir="TB", scale="log"
        )
