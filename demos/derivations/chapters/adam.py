"""A-80 and A-85 to A-92: a narrow valley, and the methods that were made for it.

`narrow_valley.py` has the valley, `moments.py` the two means; here they are corrected
for their start, and put together.
"""

from collections.abc import Callable
from typing import Any

from autograd_core import sqrt

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Readings, value_at
from .moments import ARTICLES as MOMENT_ARTICLES
from .moments import AT, MOMENTS, POINT, table
from .narrow_valley import ARTICLE as ELONGATED
from .narrow_valley import ONES, TAYLOR, TAYLOR_AT, VALLEY
from .networks import total

__all__ = [
    "CHAPTER",
    "CONSTANT",
    "MOMENTS",
    "ONES",
    "POINT",
    "PRINTED_STEP",
    "SMALL",
    "TAYLOR",
    "TAYLOR_AT",
    "THREE",
    "TINY",
    "VALLEY",
]

# -- the bias correction ---------------------------------------------------------------


def _geometric(decay: str, t: int) -> Callable[[Any], Any]:
    def rule(q: Any) -> Any:
        keep = getattr(q, decay)
        return (1 - keep) * total([keep**i if i else keep**0 for i in range(t)])

    return rule


def _constant_moment(decay: str, power: int, t: int) -> Callable[[Any], Any]:
    return lambda q: _geometric(decay, t)(q) * q.g**power


CONSTANT = Model(
    inputs=("g", "γ", "β"),
    definitions={
        "weights": _geometric("β", 4),
        "v": _constant_moment("γ", 1, 4),
        "s": _constant_moment("β", 2, 4),
        "V": lambda q: q.v / (1 - q.γ**4),
        "S": lambda q: q.s / (1 - q.β**4),
    },
    symbols={"weights": "Σ weights", "v": "v4", "s": "ĝ4", "V": "ṽ4", "S": "g̃4"},
    ranges={"γ": (0.1, 0.95), "β": (0.1, 0.95)},
)


def _printed_ratio(t: int) -> Callable[[Any], Any]:
    # What a step is over η after t steps, with the printed division: it should be 1.
    return lambda q: getattr(q, f"v{t}") / sqrt(getattr(q, f"s{t}"))


def _printed_moment(decay: str, power: int, t: int) -> Callable[[Any], Any]:
    def rule(q: Any) -> Any:
        keep = getattr(q, decay)
        return q.g**power * (1 - keep**t) / (1 - keep)

    return rule


TIMES = (1, 2, 10, 1000)
PRINTED_STEP = Model(
    inputs=("g", "γ", "β"),
    definitions={
        **{f"v{t}": _printed_moment("γ", 1, t) for t in TIMES},
        **{f"s{t}": _printed_moment("β", 2, t) for t in TIMES},
        **{f"r{t}": _printed_ratio(t) for t in TIMES},
        "end": lambda q: sqrt(1 - q.β) / (1 - q.γ),
    },
    symbols={
        **{f"v{t}": f"ṽ at t\u00a0=\u00a0{t}\u00a0" for t in TIMES},
        **{f"s{t}": f"g̃ at t\u00a0=\u00a0{t}\u00a0" for t in TIMES},
        **{f"r{t}": f"step/η at t\u00a0=\u00a0{t}\u00a0" for t in TIMES},
        "end": "step/η in the end, √(1 − β)/(1 − γ)",
    },
)
THREE = Point("g = 3, γ = 0.9, β = 0.999", {"g": 3.0, "γ": 0.9, "β": 0.999})
TINY = Model(
    inputs=("g", "ε"),
    definitions={
        "inside": lambda q: q.g / sqrt(q.g**2 + q.ε),
        "outside": lambda q: q.g / (sqrt(q.g**2) + q.ε),
    },
    symbols={"inside": "step/η, ε inside the root", "outside": "step/η, ε outside"},
)
SMALL = Point("g = 10⁻⁶, ε = 10⁻⁸", {"g": 1e-6, "ε": 1e-8})


def _fixed(name: str, form: Callable[[Any], Any], where: str) -> Claim:
    return Claim(CONSTANT, name, (), (form,), where, (THREE,))


CORRECTION = Article(
    id="adam-bias-correction",
    title="Taking out the zero at the start",
    catalogue_ids=("A-87",),
    source="the hand-written notes on softmax and Adam, line L146",
    summary=(
        "The means start from 0, so at first they are too small. With a gradient that "
        "never changes one sees by how much: the weights add up to 1 − βᵗ after t "
        "steps, and that is what to divide by. The notes divide by 1 − β."
    ),
    parts=(
        Part(
            "A constant gradient",
            "After four steps. Divided by 1 − γ⁴ and 1 − β⁴ the means are g and g², as "
            "they should be.",
            (
                _fixed("weights", lambda q: 1 - q.β**4, "A-92"),
                _fixed("V", lambda q: q.g, "A-87"),
                _fixed("S", lambda q: q.g**2, "A-87"),
            ),
            CONSTANT,
            ("V", "S"),
        ),
        Part(
            "The four gradients",
            "Corrected by the power of t.",
            readings=(table("ṽ and g̃", "V1 V2 V3 V4 S1 S2 S3 S4"),),
        ),
        Part(
            "What the printed division does",
            "With a constant gradient every step should have the length η. Divided by "
            "1 − γ and 1 − β it is too long at first and too short in the end.",
            readings=(
                Readings(
                    f"At {THREE.label}",
                    value_at(
                        PRINTED_STEP,
                        " ".join([*(f"{c}{t}" for c in "vsr" for t in TIMES), "end"]),
                        THREE,
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-87, L146 (E49)",
            "Without the power t the division is right at the first step only; at the "
            "fourth the mean comes out several times too large.",
            _fixed("V", lambda q: q.v / (1 - q.γ), "L146"),
            _fixed("V", lambda q: q.v / (1 - q.γ**4), "L146"),
        ),
        Misprint(
            "A-87, L146 (E49)",
            "The same for the mean square.",
            _fixed("S", lambda q: q.s / (1 - q.β), "L146"),
            _fixed("S", lambda q: q.s / (1 - q.β**4), "L146"),
        ),
    ),
    record=CONSTANT.drawn("V", THREE),
)

ADAM = Article(
    id="adam",
    title="Adam",
    catalogue_ids=("A-88",),
    source="the hand-written notes on softmax and Adam, line L148",
    summary=(
        "Momentum and mean square together, both corrected. The first step has the "
        "length η, whatever the gradient: only its sign counts."
    ),
    parts=(
        Part(
            "Four steps",
            "θ₂ to θ₅, from θ₁ = 1, for the gradients 0.3, −0.5, 0.2, 0.4.",
            (
                Claim(
                    MOMENTS,
                    "adam1",
                    (),
                    (lambda q: q.θ - q.η * q.g1 / sqrt(q.g1**2 + q.ε),),
                    "A-88, L148",
                    (AT,),
                ),
            ),
            readings=(
                table("Adam, ε inside the root", "adam1 adam2 adam3 adam4"),
                table("ε outside the root, as is common", "out1 out2 out3 out4"),
                table("With the notes' bias correction", "notes1 notes2 notes3 notes4"),
            ),
        ),
        Part(
            "Where ε stands",
            "The notes have it under the root, most programs beside it. For gradients "
            "below √ε that is not the same at all: another algorithm, not a wrong one "
            "(E50).",
            readings=(
                Readings(
                    "Step over η for g = 10⁻⁶, ε = 10⁻⁸",
                    value_at(TINY, "inside outside", SMALL),
                ),
            ),
        ),
        Part(
            "Other names",
            "Four different things are called g in these notes (E52): g(t) on an "
            "earlier page is f along a line, gₜ is the gradient, ĝₜ the mean of its "
            "squares, g̃ₜ that mean corrected. And the letter v changes sides: the "
            "notes' v is what others call m, their ĝ is what others call v.",
            items=(
                "vₜ, the mean of the gradients: mₜ with Kingma and Ba (2015).",
                "γ, how much of it is kept: β₁.",
                "ĝₜ, the mean of the squares: vₜ.",
                "β, how much of that is kept: β₂.",
                "ṽₜ and g̃ₜ, the corrected means: m̂ₜ and v̂ₜ.",
                "ηₜ, the step size: α.",
            ),
        ),
    ),
    record=MOMENTS.drawn("adam2", AT, "g1", "g2", "γ", "β", "η", "θ"),
    kind="algorithm",
    remarks=(
        Remark(
            "A-88, L148 (E50)",
            "ε stands under the root. Adam has it beside the root, which is another "
            "step where gradients are small.",
        ),
    ),
)

CHAPTER = Chapter(
    "adam",
    "Narrow valleys",
    "Where plain gradient descent zigzags, remembering past gradients helps: their "
    "mean, the mean of their squares, or both.",
    (ELONGATED, *MOMENT_ARTICLES, CORRECTION, ADAM),
)
