"""S82: why the gradient fades in a deep network, layer by layer."""

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

from autograd_core import Value, relu, sigmoid
from visualize import plots

from ..article import Claim, Model, Point
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at, value_at
from .networks import total

__all__ = ["ARTICLE", "DEPTH", "RECTIFIED", "SQUASHED", "START", "norms"]

Form = Callable[[Any], Any]
DEPTH = 10
START = Point("x = 0.5", {"x": 0.5})
DEAD = Point("x = −0.5", {"x": -0.5})


def _chain(unit: Callable[[Any], Any]) -> Model:
    def on(name: str) -> Form:
        return lambda q: unit(getattr(q, name))

    names = ["x", *(f"h{k}" for k in range(1, DEPTH + 1))]
    rules = {name: on(before) for before, name in pairwise(names)}
    return Model(("x",), rules)


SQUASHED, RECTIFIED = _chain(sigmoid), _chain(relu)
OUT = f"h{DEPTH}"


def _product(first: int) -> Form:
    # Every sigmoid from h_first on contributes its slope h(1 − h).
    def form(q: Any) -> Any:
        outs = [getattr(q, f"h{k}") for k in range(first, DEPTH + 1)]
        product = outs[0] * (1 - outs[0])
        for out in outs[1:]:
            product = product * (out * (1 - out))
        return product

    return form


def _by(k: int) -> Claim:
    name, form = f"h{k}", _product(k + 1)
    return Claim(SQUASHED, OUT, (name,), (form,), "S82, L1275", (START,))


# -- a network of ten layers, for the picture ------------------------------------------

WIDTH = 6


def _weights() -> list[list[list[float]]]:
    # The variance 2/width keeps the size of what ReLUs pass on (He et al. 2015).
    source, spread = Random(7), (2.0 / WIDTH) ** 0.5
    return [
        [[source.gauss(0.0, spread) for _ in range(WIDTH)] for _ in range(WIDTH)]
        for _ in range(DEPTH)
    ]


def norms(unit: str) -> list[tuple[float, float]]:
    """The length of the gradient of the output by each layer's sums.

    Parameters
    ----------
    unit
        ``sigmoid`` or ``relu``.
    """
    function = {"sigmoid": sigmoid, "relu": relu}[unit]
    layer: list[Any] = [Value(1.0 - 0.3 * i) for i in range(WIDTH)]
    kept = []
    for matrix in _weights():
        sums = [
            total([w * x for w, x in zip(row, layer, strict=True)]) for row in matrix
        ]
        kept.append(sums)
        layer = [function(s) for s in sums]
    total(layer).backward()
    lengths = [sum(s.grad**2 for s in sums) ** 0.5 for sums in kept]
    return [(float(k), length) for k, length in enumerate(lengths, 1)]


def _norms_figure() -> str:
    return plots.lines(
        {"sigmoid": norms("sigmoid"), "ReLU": norms("relu")},
        title="Length of the gradient that reaches each layer of a network of ten",
        names=("layer, from the input", "length of δ"),
        log=True,
    )


def _chain_figure() -> str:
    def slopes(model: Model) -> list[tuple[float, float]]:
        values = model.record(START.values, ("x",))
        getattr(values, OUT).backward()
        return [(float(k), getattr(values, f"h{k}").grad) for k in range(1, DEPTH + 1)]

    bound = [(float(k), 0.25 ** (DEPTH - k)) for k in range(1, DEPTH + 1)]
    return plots.lines(
        {
            "sigmoid": slopes(SQUASHED),
            "bound of a quarter per layer": bound,
            "ReLU": slopes(RECTIFIED),
        },
        title="The slope of the output by what each of ten layers answers",
        names=("layer, from the input", "slope"),
        log=True,
    )


def _through_all(source: Source) -> Any:
    return _product(1)(SQUASHED.run({"x": source.number(START.values["x"])}))


def _bound(source: Source) -> Any:
    return (source.number(1) / 4) ** DEPTH


def _slope(point: Point) -> Callable[[Source], Any]:
    return derivative_at(RECTIFIED, OUT, "x", point).compute


ARTICLE = Article(
    id="vanishing-gradient",
    title="The gradient that vanishes",
    catalogue_ids=("S82",),
    source="the slides on the multi-layer perceptron, lines L1271–L1277",
    summary=(
        "Every sigmoid multiplies what flows back with its slope h(1 − h), which is a "
        "quarter at most. After ten of them hardly anything is left, so the first "
        "layers learn last. The slide names sigmoid and ReLU together: the one is the "
        "cause, the other a remedy. Its slope is 1 where it is active, and 0 where it "
        "is not: a unit that is never active learns nothing. The slide's picture is "
        "lost."
    ),
    parts=(
        Part(
            "Ten sigmoids",
            "A chain with weights 1 and without biases. The slope by what a layer "
            "answered is a product with one factor per layer above it.",
            tuple(_by(k) for k in (9, 8, 7)),
            SQUASHED,
            ("h1", "h2", "h3"),
            readings=(
                Readings(
                    "Through all ten, from x = 0.5",
                    (
                        *value_at(SQUASHED, OUT, START),
                        derivative_at(SQUASHED, OUT, "x", START),
                        Reading("the product of the ten h(1 − h)", _through_all),
                        Reading("the bound, a quarter to the power of ten", _bound),
                    ),
                ),
            ),
            figures=(
                Figure("Each sigmoid takes at least three quarters.", _chain_figure),
            ),
        ),
        Part(
            "Ten ReLUs",
            "From 0.5 all are active and the slope is 1. From −0.5 the first is dead "
            "and the slope 0.",
            readings=(
                Readings(
                    "Through all ten",
                    (
                        Reading("slope at x = 0.5", _slope(START)),
                        Reading("slope at x = −0.5", _slope(DEAD)),
                    ),
                ),
            ),
        ),
        Part(
            "A whole network",
            "Ten layers of six units with the same random weights, of variance 2 over "
            "the number of inputs.",
            figures=(
                Figure(
                    "The lowest layers of sigmoids get almost nothing.", _norms_figure
                ),
            ),
        ),
    ),
    record=SQUASHED.drawn(OUT, START),
    remarks=(
        Remark(
            "S82, L1276",
            "The bracket holds a cause and a remedy. Gradients vanish through "
            "sigmoids; a ReLU that is active does not shrink them.",
        ),
    ),
)
