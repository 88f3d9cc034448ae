"""S83, S87 and S88: the kinds of layers, each with its two methods."""

from typing import Any

from ..article import Claim, Misprint, Point
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings, Source, value_at
from .modules import (
    Linear,
    Relu,
    Sigmoid,
    Softmax,
    alone,
    message,
    sent,
    slopes,
)
from .networks import total

__all__ = [
    "ARTICLES",
    "GATED",
    "GATED_AT",
    "LINEAR",
    "LINEAR_AT",
    "MIXED",
    "MIXED_AT",
]

# -- S83, S87, S88: kinds of layers ----------------------------------------------------

_LINEAR = Linear(
    ("z1", "z2"), ("o1", "o2", "o3"), (("t11", "t21"), ("t12", "t22"), ("t13", "t23"))
)
_T = tuple(f"t{i}{o}" for i in (1, 2) for o in (1, 2, 3))
LINEAR = alone((_LINEAR,), _T)
LINEAR_AT = Point(
    "z = (0.8, −0.4), δ = (1, −2, 0.5)",
    {
        **dict(zip(_T, (0.5, -1.0, 0.2, 1.5, 0.3, -0.7), strict=True)),
        "z1": 0.8,
        "z2": -0.4,
        "δ1": 1.0,
        "δ2": -2.0,
        "δ3": 0.5,
    },
)


def _summed_slope(q: Any) -> Any:
    # L1356 with its o free and summed over at once.
    return total([getattr(q, f"δ{o}") * q.z1 for o in (1, 2, 3)])


LINEAR_LAYER = Article(
    id="linear-layer",
    title="The linear layer",
    catalogue_ids=("S87",),
    source="the slides on the multi-layer perceptron, lines L1345–L1356",
    summary=(
        "Sums with weights. Forward every output adds up the inputs, backward every "
        "input adds up the δ of the outputs, along the same weights. The slides' "
        "weight has the index of the input first, and there is no bias."
    ),
    parts=(
        Part(
            "Backward",
            "Two inputs, three outputs. (L1354 has lost the index i of the input.)",
            tuple(sent(LINEAR, n, "S87, L1354", LINEAR_AT) for n in ("z1", "z2")),
            LINEAR,
            ("o1", "o2", "o3", message("z1"), message("z2")),
            readings=(Readings("Forward", value_at(LINEAR, "o1 o2 o3 C", LINEAR_AT)),),
        ),
        Part(
            "The weights",
            "The table of all products of an input and a δ.",
            slopes(LINEAR, _LINEAR, "S87, L1356", LINEAR_AT),
        ),
    ),
    misprints=(
        Misprint(
            "S87, L1356",
            "The sum runs over o, which is also the index of the weight. Only the "
            "output of that weight depends on it; if all three are added, the result "
            "is the same for all weights of an input. (One index l is printed I.)",
            Claim(LINEAR, "C", ("t11",), (_summed_slope,), "L1356", (LINEAR_AT,)),
            Claim(
                LINEAR, "C", ("t11",), (lambda q: q.δ1 * q.z1,), "L1356", (LINEAR_AT,)
            ),
        ),
    ),
    remarks=(
        Remark(
            "S87, L1354–L1356",
            "In ∂z the index i is lost, and the number of the layer, l, is printed as "
            "I.",
        ),
    ),
    record=LINEAR.drawn("C", LINEAR_AT, *_T, "z1", "z2"),
)

GATED = alone((Relu(("z1", "z2", "z3"), ("o1", "o2", "o3")),))
GATED_AT = Point(
    "z = (1.5, −0.3, 0), δ = (0.2, 0.7, −1)",
    {"z1": 1.5, "z2": -0.3, "z3": 0.0, "δ1": 0.2, "δ2": 0.7, "δ3": -1.0},
)
# Away from the kink, where the references have a derivative, too.
GATED_AWAY = Point("z = (1.5, −0.3, 0.4)", {**GATED_AT.values, "z3": 0.4})


def _one_sided(side: int) -> Reading:
    def compute(source: Source) -> Any:
        h = side * source.number(1) / 1000
        ends = (
            source.of(GATED, "C", (), {**GATED_AT.values, "z3": z})
            for z in (h, source.number(0))
        )
        moved, here = ends
        return (moved - here) / h

    return Reading(f"from the {'right' if side > 0 else 'left'}", compute)


def _mask() -> Reading:
    return Reading(
        "by the rule of the slide",
        lambda source: source.of(GATED, message("z3"), (), GATED_AT.values),
    )


RELU_LAYER = Article(
    id="relu-layer",
    title="The ReLU layer",
    catalogue_ids=("S88",),
    source="the slides on the multi-layer perceptron, lines L1360–L1368",
    summary=(
        "What is negative becomes 0. Backward, δ passes where the input was positive "
        "and is stopped elsewhere. At 0 there is no derivative: from the right the "
        "slope is δ, from the left 0. The slide's strict inequality takes the 0, and "
        "so does the engine."
    ),
    parts=(
        Part(
            "The mask",
            "[z > 0] is 1 or 0.",
            tuple(
                sent(GATED, n, "S88, L1364–L1366", GATED_AWAY)
                for n in ("z1", "z2", "z3")
            ),
            GATED,
            ("o1", message("z1")),
            readings=(Readings("Forward", value_at(GATED, "o1 o2 o3", GATED_AT)),),
        ),
        Part(
            "At 0",
            "The third unit, whose δ is −1.",
            readings=(
                Readings(
                    "The slope of C by z₃ at z₃ = 0",
                    (_one_sided(1), _one_sided(-1), _mask()),
                ),
            ),
        ),
    ),
    record=GATED.drawn("C", GATED_AT, "z1", "z2", "z3"),
)

_MIXED = (
    Linear(("x1", "x2"), ("r1", "r2"), (("a", "b"), ("c", "d"))),
    Relu(("r1", "r2"), ("h1", "h2")),
    Linear(("h1", "h2"), ("s1", "s2"), (("e", "f"), ("g", "k"))),
    Sigmoid(("s1", "s2"), ("o1", "o2")),
    Softmax(("o1", "o2"), ("p1", "p2")),
)
MIXED = alone(_MIXED, tuple("abcdefgk"))
MIXED_AT = Point(
    "x = (1.5, −0.7)",
    {
        **dict(zip("abcd", (0.4, -0.2, 0.9, 0.3), strict=True)),
        **dict(zip("efgk", (0.5, -1.0, 0.2, 0.7), strict=True)),
        "x1": 1.5,
        "x2": -0.7,
        "δ1": 1.0,
        "δ2": 0.0,
    },
)

KINDS = Article(
    id="kinds-of-layers",
    title="Layers, one after the other",
    catalogue_ids=("S83",),
    source="the slides on the multi-layer perceptron, lines L1281–L1294",
    summary=(
        "A network is a list of layers: each takes the outputs of the one before, "
        "z⁽ˡ⁾ = f⁽ˡ⁾(z⁽ˡ⁻¹⁾, θ⁽ˡ⁾). The slide names four kinds. The articles around "
        "this one show them one by one; here they are one network."
    ),
    parts=(
        Part(
            "The list",
            "Only the linear layer has parameters.",
            items=(
                "Linear: sums with weights.",
                "ReLU: max(0, z), for each unit by itself.",
                "Sigmoid: between 0 and 1, for each unit by itself.",
                "Softmax: shares of 1, every output from all inputs.",
            ),
        ),
        Part(
            "All four in one network",
            "Linear, ReLU, linear, sigmoid, softmax. C is p₁ (δ is (1, 0)).",
            (
                *(
                    sent(MIXED, name, "S83, L1285", MIXED_AT)
                    for name in ("o1", "s1", "h1", "h2", "r1", "x1", "x2")
                ),
            ),
            MIXED,
            ("r1", "h1", "s1", "o1", "p1"),
            readings=(
                Readings(
                    "Forward",
                    value_at(MIXED, "r1 r2 h1 h2 s1 s2 o1 o2 p1 p2", MIXED_AT),
                ),
            ),
        ),
    ),
    record=MIXED.drawn("p1", MIXED_AT, *"abcdefgk"),
    kind="list",
)

ARTICLES = (KINDS, LINEAR_LAYER, RELU_LAYER)
