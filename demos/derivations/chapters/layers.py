"""N63: back-propagation through three layers, with every factor."""

from collections.abc import Callable
from typing import Any

from autograd_core import sigmoid
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part
from ..readings import Readings, derivative_at, value_at
from .logistic_loss import loss

__all__ = ["AT", "CHAPTER", "DEEP_CHAIN"]

DEEP_CHAIN = Model(
    inputs=("w1", "b1", "w2", "b2", "w3", "b3", "x", "y"),
    definitions={
        "z1": lambda q: q.w1 * q.x + q.b1,
        "a1": lambda q: sigmoid(q.z1),
        "z2": lambda q: q.w2 * q.a1 + q.b2,
        "a2": lambda q: sigmoid(q.z2),
        "z3": lambda q: q.w3 * q.a2 + q.b3,
        "a3": lambda q: sigmoid(q.z3),
        "L": lambda q: loss(q.y, q.a3),
    },
    ranges={"y": (0.0, 1.0), "a3": (0.05, 0.95)},
)
AT = Point(
    "y = 0",
    {
        "w1": 0.9,
        "b1": -0.3,
        "w2": -1.2,
        "b2": 0.4,
        "w3": 0.7,
        "b3": 0.1,
        "x": 1.3,
        "y": 0.0,
    },
)


def _claim(target: str, wrt: str, where: str, *forms: Callable[[Any], Any]) -> Claim:
    return Claim(DEEP_CHAIN, target, (wrt,), forms, where, (AT,))


# The factors of the chain, each a local derivative.
def _loss_slope(q: Any) -> Any:
    return (q.a3 - q.y) / (q.a3 * (1 - q.a3))


def _squash(a: Any) -> Any:
    return a * (1 - a)


def _delta3(q: Any) -> Any:
    return q.a3 - q.y


def _delta2(q: Any) -> Any:
    return _delta3(q) * q.w3 * _squash(q.a2)


def _delta1(q: Any) -> Any:
    return _delta2(q) * q.w2 * _squash(q.a1)


def _times(delta: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    return lambda q: delta(q) * getattr(q, name)


def _w3(q: Any) -> Any:
    # Every factor of L885, corrected, in its order.
    return q.a2 * _squash(q.a3) * _loss_slope(q)


def _b3(q: Any) -> Any:
    return _squash(q.a3) * _loss_slope(q)


def _w2(q: Any) -> Any:
    return _loss_slope(q) * _squash(q.a3) * q.w3 * _squash(q.a2) * q.a1


def _flows_figure() -> str:
    source = engine_source()

    def sizes(name: str) -> list[float]:
        slopes = [
            source.of(DEEP_CHAIN, "L", (f"{name}{layer}",), AT.values)
            for layer in (3, 2, 1)
        ]
        return [abs(float(slope)) for slope in slopes]

    return plots.losses(
        {"weights": sizes("w"), "biases": sizes("b")},
        title="The size of the gradients of weight and bias, layer by layer",
        names=("layers back from the last", "size of the gradient"),
    )


THREE_LAYERS = Article(
    id="three-layer-chain",
    title="Three layers, one unit each",
    catalogue_ids=("N63",),
    source="the hand-written calculus notes, lines L882–L895",
    summary=(
        "A number x goes through three units, each with a weight, a bias and a "
        "sigmoid. The way back to the first weight has seven factors. Most of them are "
        "shared: what has come back to a layer is computed once and handed on."
    ),
    parts=(
        Part(
            "The factors",
            "The local derivatives, from the loss back to the first layer.",
            (
                _claim("L", "a3", "N63, L885", _loss_slope),
                _claim("a3", "z3", "N63, L885", lambda q: _squash(q.a3)),
                _claim("z3", "w3", "N63, L885", lambda q: q.a2),
                _claim("z3", "a2", "N63, L889", lambda q: q.w3),
                _claim("a2", "z2", "N63, L889", lambda q: _squash(q.a2)),
                _claim("z2", "w2", "N63, L889", lambda q: q.a1),
                _claim("z2", "a1", "N63, L893", lambda q: q.w2),
                _claim("a1", "z1", "N63, L893", lambda q: _squash(q.a1)),
                _claim("z1", "w1", "N63, L893", lambda q: q.x),
            ),
            DEEP_CHAIN,
            ("z1", "a1", "z2", "a2", "z3", "a3", "L"),
        ),
        Part(
            "What comes back to each layer",
            "The gradient at z is called δ. Each δ is the one behind it, times the "
            "weight between them, times the slope of the sigmoid.",
            (
                _claim("L", "z3", "N63", _delta3),
                _claim("L", "z2", "N63", _delta2),
                _claim("L", "z1", "N63", _delta1),
            ),
        ),
        Part(
            "Weights and biases",
            "A weight's gradient is the δ of its layer times what the weight "
            "multiplies; a bias's gradient is the δ itself.",
            (
                _claim("L", "w3", "N63, L885", _w3, _times(_delta3, "a2")),
                _claim("L", "b3", "N63, L887", _b3, _delta3),
                _claim("L", "w2", "N63, L889", _w2, _times(_delta2, "a1")),
                _claim("L", "b2", "N63, L891", _delta2),
                _claim("L", "w1", "N63, L893", _times(_delta1, "x")),
                _claim("L", "b1", "N63, L895", _delta1),
            ),
            readings=(
                Readings(
                    "The numbers of the example",
                    (
                        *value_at(DEEP_CHAIN, "a1 a2 a3 L", AT),
                        *(
                            derivative_at(DEEP_CHAIN, "L", f"z{k}", AT)
                            for k in (3, 2, 1)
                        ),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "Each sigmoid makes the gradients at least four times smaller, "
                    "unless a weight makes up for it.",
                    _flows_figure,
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N63, L885",
            "The first factor of ∂L/∂w3 is printed as the slope of z3 by a3; but z3 "
            "does not depend on a3, which comes after it. Read as the slope by a2 it "
            "is w3; right is the slope by w3, which is a2.",
            _claim("L", "w3", "L885", lambda q: q.w3 * _squash(q.a3) * _loss_slope(q)),
            _claim("L", "w3", "L885", _w3),
        ),
        Misprint(
            "N63, L887",
            "∂L/∂b3 stands on both sides; the first factor must be the slope of z3 by "
            "b3, which is 1. With the right gradient put in for it, the product is its "
            "square.",
            _claim("L", "b3", "L887", lambda q: _delta3(q) * _b3(q)),
            _claim("L", "b3", "L887", _b3),
        ),
        Misprint(
            "N63, L891",
            "The last factor is copied from the line above: by w2 instead of b2. As "
            "printed it is ∂L/∂w2.",
            _claim("L", "b2", "L891", _w2),
            _claim("L", "b2", "L891", _delta2),
        ),
        Misprint(
            "N63, L893",
            "The left side is printed as ∂L/∂a1. The product, with its letters put "
            "right (z3 by a2, a2 by z2, z2 by a1, z1 by w1), is ∂L/∂w1.",
            _claim("L", "a1", "L893", _times(_delta1, "x")),
            _claim("L", "w1", "L893", _times(_delta1, "x")),
        ),
        Misprint(
            "N63, L895",
            "Here the first factor is ∂L/∂z3 in the place of ∂L/∂a3, and the left side "
            "∂L/∂a1 in the place of ∂L/∂b1. With ∂L/∂z3 the slope of the last sigmoid "
            "is counted twice.",
            _claim("L", "b1", "L895", lambda q: _delta1(q) * _squash(q.a3)),
            _claim("L", "b1", "L895", _delta1),
        ),
    ),
    record=DEEP_CHAIN.drawn("L", AT, "w1", "b1", "w2", "b2", "w3", "b3"),
)

CHAPTER = Chapter(
    "layers",
    "Back through three layers",
    "The chain rule, layer by layer, and what each layer hands on to the one before.",
    (THREE_LAYERS,),
)
