"""S54 again, on more data: the paths of batch, mini-batch and single samples.

Twenty seeded points near a line; every method is run with the same number of
steps, and a seed decides which samples it sees.
"""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from visualize import plots

from ..article import Model, Point
from ..frame import Article, Figure, Part
from ..readings import Reading, Readings, Run, Source
from .descent_rules import by_samples, gradient_descent, newton
from .line import PARAMETERS
from .networks import total
from .pictures import height, heights, track

__all__ = ["ARTICLE", "CLOUD", "LEFT_OVER", "METHODS", "SAMPLES"]

COUNT, BATCH, STEPS, SEED = 20, 5, 40, 20
LOSSES = tuple(f"l{i}" for i in range(COUNT))


def _data(seed: int) -> tuple[tuple[float, float], ...]:
    # Near y = 0.5 + 1.5x, with a spread of 0.6.
    source = random.Random(seed)
    xs = [round(source.uniform(-1.0, 1.0), 2) for _ in range(COUNT)]
    return tuple((x, round(0.5 + 1.5 * x + source.gauss(0.0, 0.6), 2)) for x in xs)


SAMPLES = _data(SEED)


def _loss(i: int) -> Callable[[Any], Any]:
    x, y = SAMPLES[i]
    return lambda q: (q.θ0 + x * q.θ1 - y) ** 2


CLOUD = Model(
    inputs=PARAMETERS,
    definitions={
        **{name: _loss(i) for i, name in enumerate(LOSSES)},
        "f": lambda q: total([getattr(q, name) for name in LOSSES]) / COUNT,
    },
)
START = Point("θ = (−1.5, −0.5)", {"θ0": -1.5, "θ1": -0.5})


def _drawn(count: int, seed: int) -> Callable[[int], tuple[str, ...]]:
    source = random.Random(seed)
    picks = [
        tuple(LOSSES[int(source.random() * COUNT)] for _ in range(count))
        for _ in range(STEPS)
    ]
    return lambda k: picks[k]


def _constant(k: int) -> float:
    return 0.3


def _falling(k: int) -> float:
    return 1 / (k + 4)  # t = k + 1, so this is 1/(t + 3)


def _sampled(count: int, rate: Callable[[int], float], steps: int = STEPS) -> Run:
    rule = by_samples(_drawn(count, SEED + count), lambda k: rate(k) / count)
    return Run("", CLOUD, "f", PARAMETERS, START, steps, rule)


METHODS = {
    "batch, η = 0.3": Run(
        "", CLOUD, "f", PARAMETERS, START, STEPS, gradient_descent(0.3)
    ),
    "mini-batch of 5, η = 0.3": _sampled(BATCH, _constant),
    "one sample, η = 0.3": _sampled(1, _constant),
    "one sample, η = 1/(t + 3)": _sampled(1, _falling),
}
# The error is quadratic, so this is its minimum.
BEST = Run("", CLOUD, "f", PARAMETERS, START, 1, newton)


@cache
def _iterates(name: str) -> tuple[list[tuple[float, float]], list[float]]:
    # Path and heights, for the three pictures.
    return track(METHODS[name]), heights(METHODS[name])


def _minimum() -> tuple[float, float]:
    return track(BEST)[-1]


def _paths_figure() -> str:
    return plots.contour(
        height(CLOUD, "f", PARAMETERS, START),
        (-1.7, 1.7),
        (-0.8, 2.4),
        title="The paths of four methods over the error of the line",
        paths={name: _iterates(name)[0][:21] for name in METHODS},
        marks={"minimum": _minimum()},
        levels=[0.3, 0.4, 0.6, 1, 1.6, 2.5, 4, 6],
        names=("θ₀", "θ₁"),
    )


def _losses_figure() -> str:
    low = heights(BEST)[-1]
    return plots.losses(
        {n: [f - low for f in _iterates(n)[1]] for n in METHODS},
        title="How far the error is above its minimum, after each step",
        names=("step", "f − min f"),
    )


def _fit_figure() -> str:
    a, b = _minimum()
    c, d = _iterates("one sample, η = 1/(t + 3)")[0][-1]
    return plots.fit(
        SAMPLES,
        {
            "least squares": lambda x: a + b * x,
            "after forty single samples, 1/t": lambda x: c + d * x,
        },
        (-1.1, 1.1),
        title="Twenty points and two lines through them",
    )


def _late(name: str) -> Reading:
    # Over the last ten steps, where the noise is all that is left.
    def compute(source: Source) -> Any:
        rows = METHODS[name].iterates(source)[-10:]
        low = BEST.iterates(source)[-1].f
        return total([row.f for row in rows]) / 10 - low

    return Reading(name, compute)


LEFT_OVER = Readings(
    "f above its minimum, mean of the last ten of forty steps",
    tuple(map(_late, list(METHODS)[2:])),
)


ARTICLE = Article(
    id="noise-ball",
    title="Where the noise ends",
    catalogue_ids=("S49", "S54", "A-69"),
    source=(
        "the slides on the multi-layer perceptron, lines L728–L755; the hand-written "
        "notes on softmax and Adam, line L73; the data are seeded"
    ),
    summary=(
        "With a constant rate single samples do not converge: each pulls the line its "
        "way, and θ keeps dancing around the minimum. Larger batches dance less. With "
        "a rate that falls like 1/t the noise dies out, and still every point can be "
        "reached: the sum of the rates is infinite, the sum of their squares is not. "
        "The slides do not say that convergence needs this."
    ),
    parts=(
        Part(
            "Twenty points",
            "Near y = 0.5 + 1.5x, with noise. The first six steps of two methods; the "
            "samples are drawn with a fixed seed.",
            runs=(
                Run(
                    "Mini-batches of 5, η = 0.3",
                    CLOUD,
                    "f",
                    PARAMETERS,
                    START,
                    6,
                    METHODS["mini-batch of 5, η = 0.3"].step,
                ),
                Run(
                    "One sample, η = 1/(t + 3)",
                    CLOUD,
                    "f",
                    PARAMETERS,
                    START,
                    6,
                    METHODS["one sample, η = 1/(t + 3)"].step,
                ),
            ),
            figures=(Figure("The data and two fits.", _fit_figure),),
        ),
        Part(
            "Paths and losses",
            "The first steps over the lines of equal error, and the error after each "
            "of forty.",
            figures=(
                Figure("Straight down, wavering, dancing, settling.", _paths_figure),
                Figure(
                    "With a constant rate the error stays where the noise is.",
                    _losses_figure,
                ),
            ),
            readings=(LEFT_OVER,),
        ),
    ),
    record=Model(
        inputs=PARAMETERS,
        definitions={
            "l0": _loss(0),
            "l1": _loss(1),
            "f": lambda q: (q.l0 + q.l1) / 2,
        },
    ).drawn("f", START),
    kind="algorithm",
)
