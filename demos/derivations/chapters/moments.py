"""A-85, A-86, A-89 to A-92: the mean of the gradients, and of their squares.

What one can do with this file: read the velocity, the mean square and θ after each of
four steps of six methods from one model, `MOMENTS` at `POINT`.

The one idea: a mean that forgets is a recursion, and unrolled a sum in which each
gradient has the weight of its age.
"""

from collections.abc import Callable
from typing import Any

from autograd_core import sqrt

from ..article import Claim, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings, derivative_at, value_at
from .networks import total

__all__ = ["ARTICLES", "AT", "MOMENTS", "MOVING", "POINT", "table"]

# -- the moments, on four given gradients --------------------------------

STEPS = (1, 2, 3, 4)


def _g(t: int) -> str:
    return f"g{t}"


def _moved(before: str, move: Callable[[Any, int], Any], t: int) -> Any:
    return lambda q: getattr(q, before) - q.η * move(q, t)


def _moments() -> dict[str, Callable[[Any], Any]]:
    # v, s, their corrected forms, and θ after each step of four methods.
    rules: dict[str, Callable[[Any], Any]] = {}
    for t in STEPS:

        def v(q: Any, t: int = t) -> Any:
            fresh = (1 - q.γ) * getattr(q, _g(t))
            return fresh if t == 1 else q.γ * getattr(q, f"v{t - 1}") + fresh

        def s(q: Any, t: int = t) -> Any:
            fresh = (1 - q.β) * getattr(q, _g(t)) ** 2
            return fresh if t == 1 else q.β * getattr(q, f"s{t - 1}") + fresh

        def velocity(q: Any, t: int = t) -> Any:
            return getattr(q, f"v{t}") / (1 - q.γ**t)

        def square(q: Any, t: int = t) -> Any:
            return getattr(q, f"s{t}") / (1 - q.β**t)

        rules |= {f"v{t}": v, f"s{t}": s, f"V{t}": velocity, f"S{t}": square}
    moves: dict[str, Callable[[Any, int], Any]] = {
        "sgd": lambda q, t: getattr(q, _g(t)),
        "mom": lambda q, t: getattr(q, f"v{t}"),
        "ada": lambda q, t: getattr(q, _g(t)) / sqrt(getattr(q, f"s{t}") + q.ε),
        "adam": lambda q, t: getattr(q, f"V{t}") / sqrt(getattr(q, f"S{t}") + q.ε),
        "out": lambda q, t: getattr(q, f"V{t}") / (sqrt(getattr(q, f"S{t}")) + q.ε),
        "notes": lambda q, t: (
            getattr(q, f"v{t}")
            / (1 - q.γ)
            / sqrt(getattr(q, f"s{t}") / (1 - q.β) + q.ε)
        ),
    }
    for name, move in moves.items():
        for t in STEPS:
            rules[f"{name}{t}"] = _moved("θ" if t == 1 else f"{name}{t - 1}", move, t)
    return rules


MOMENTS = Model(
    inputs=("g1", "g2", "g3", "g4", "γ", "β", "η", "ε", "θ"),
    definitions=_moments(),
    symbols={
        **{f"s{t}": f"ĝ{t}" for t in STEPS},
        **{f"V{t}": f"ṽ{t}" for t in STEPS},
        **{f"S{t}": f"g̃{t}" for t in STEPS},
        **{
            f"{name}{t}": f"θ{t + 1}"
            for name in ("sgd", "mom", "ada", "adam", "out", "notes")
            for t in STEPS
        },
    },
    ranges={"γ": (0.1, 0.95), "β": (0.1, 0.95), "ε": (0.01, 0.1), "η": (0.0, 1.0)},
)
POINT = Point(
    "g = (0.3, −0.5, 0.2, 0.4), γ = 0.8, β = 0.9, η = 0.01",
    {
        "g1": 0.3,
        "g2": -0.5,
        "g3": 0.2,
        "g4": 0.4,
        "γ": 0.8,
        "β": 0.9,
        "η": 0.01,
        "ε": 1e-8,
        "θ": 1.0,
    },
)
AT = Point("t ≤ 4", POINT.values)


def _sum_of(decay: str, power: int, t: int) -> Callable[[Any], Any]:
    def form(q: Any) -> Any:
        keep = getattr(q, decay)
        terms = []
        for i in range(1, t + 1):
            g = getattr(q, _g(i)) ** power if power > 1 else getattr(q, _g(i))
            terms.append(g if i == t else keep ** (t - i) * g)
        return (1 - keep) * total(terms)

    return form


def _value(name: str, *forms: Callable[[Any], Any], where: str) -> Claim:
    return Claim(MOMENTS, name, (), forms, where, (AT,))


def table(caption: str, names: str) -> Readings:
    """Quantities of `MOMENTS`, on the four gradients."""
    return Readings(caption, value_at(MOMENTS, names, POINT))


def _keeps(t: int) -> Callable[[Any], Any]:
    return lambda q: q.γ * getattr(q, f"v{t - 1}") + (1 - q.γ) * q.g


MOVING = Model(inputs=("v0", "g", "γ"), definitions={f"v{t}": _keeps(t) for t in STEPS})


def _begun(keep: float) -> Point:
    return Point(f"v₀ = 1, g = 0.3, γ = {keep:g}", {"v0": 1.0, "g": 0.3, "γ": keep})


BEGUN = _begun(0.8)

VELOCITY = Article(
    id="momentum",
    title="Momentum",
    catalogue_ids=("A-85", "A-89"),
    source="the hand-written notes on softmax and Adam, lines L136–L151",
    summary=(
        "Do not follow the last gradient but a mean of all so far, in which older ones "
        "count less and less. Across the valley the signs alternate and cancel; along "
        "it they add up."
    ),
    parts=(
        Part(
            "The velocity",
            "Unrolled, it is a sum in which each gradient has the weight of its age.",
            tuple(
                _value(f"v{t}", _sum_of("γ", 1, t), where="A-85, L136–L138")
                for t in STEPS
            ),
            MOMENTS,
            ("v1", "v2", "v3", "v4"),
            readings=(table("v for the gradients 0.3, −0.5, 0.2, 0.4", "v1 v2 v3 v4"),),
        ),
        Part(
            "From rest",
            "It starts with v₀ = 0; the notes say so of the mean square only (E51). "
            "Another v₀ would be forgotten slowly: after four steps γ⁴ of it is left. "
            "That is why 0 ≤ γ < 1 is needed, of which the notes say nothing either: "
            "with γ = 1 nothing is learned, and beyond 1 the start grows.",
            (
                Claim(MOVING, "v4", ("v0",), (lambda q: q.γ**4,), "A-85", (BEGUN,)),
                Claim(
                    MOVING,
                    "v4",
                    ("g",),
                    (lambda q: 1 - q.γ**4,),
                    "A-85",
                    (BEGUN,),
                ),
            ),
            MOVING,
            ("v1", "v2"),
            readings=(
                Readings(
                    "What v₄ keeps of v₀",
                    tuple(
                        Reading(
                            f"γ = {keep:g}",
                            derivative_at(MOVING, "v4", "v0", _begun(keep)).compute,
                        )
                        for keep in (0.8, 1.0, 1.1)
                    ),
                ),
            ),
        ),
        Part(
            "Steps with the velocity",
            "The notes name the method without its update (E55): θ is moved by −η·v.",
            readings=(table("θ from θ₁ = 1", "mom1 mom2 mom3 mom4"),),
        ),
    ),
    record=MOMENTS.drawn("v4", AT, "g1", "g2", "g3", "g4", "γ"),
    kind="algorithm",
    remarks=(
        Remark(
            "A-85, L136–L144 (E51)",
            "That v starts from 0 is not said, nor where γ lies.",
        ),
        Remark(
            "A-89, L150–L154 (E55)",
            "Two simpler methods are named, momentum alone and an adaptive rate "
            "alone. Their steps are not written.",
        ),
    ),
)


def _squares(t: int) -> Claim:
    return _value(f"s{t}", _sum_of("β", 2, t), where="A-91, L156–L168")


def _influence(t: int, i: int) -> Claim:
    def form(q: Any) -> Any:
        slope = 2 * (1 - q.β) * getattr(q, _g(i))
        return slope if i == t else slope * q.β ** (t - i)

    return Claim(MOMENTS, f"s{t}", (_g(i),), (form,), "A-91", (AT,))


SECOND_MOMENT = Article(
    id="second-moment",
    title="The mean square",
    catalogue_ids=("A-86", "A-90", "A-91", "A-92"),
    source="the hand-written notes on softmax and Adam, lines L140–L170",
    summary=(
        "The same mean, of the squares of the gradients: how large they have been "
        "lately. Dividing by its root makes steep directions and flat ones move alike."
    ),
    parts=(
        Part(
            "Unrolled",
            "The notes unroll three steps and guess the rule; it holds.",
            tuple(_squares(t) for t in STEPS),
            MOMENTS,
            ("s1", "s2", "s3", "s4"),
            readings=(table("ĝ for 0.3, −0.5, 0.2, 0.4", "s1 s2 s3 s4"),),
        ),
        Part(
            "What an old gradient still does",
            "Its influence shrinks by the factor β at every step.",
            tuple(_influence(4, i) for i in STEPS),
        ),
        Part(
            "Steps divided by the root",
            "The update is not written in the notes (E55): θ moves by −η·g/√(ĝ + ε). "
            "This is RMSProp; Adagrad adds the squares up and forgets none. Without "
            "correction the first steps are too long, because ĝ starts from 0.",
            readings=(table("θ from θ₁ = 1, ε = 10⁻⁸", "ada1 ada2 ada3 ada4"),),
        ),
    ),
    record=MOMENTS.drawn("s4", AT, "g1", "g2", "g3", "g4", "β"),
    kind="derivation",
)

ARTICLES = (VELOCITY, SECOND_MOMENT)
