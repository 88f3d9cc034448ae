"""A-80 and A-85 to A-92: a narrow valley, and the methods that were made for it."""

from collections.abc import Callable
from typing import Any

from autograd_core import sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part
from ..readings import At, Readings, Run, value_at
from .descent_rules import gradient_descent
from .networks import total

__all__ = [
    "CHAPTER",
    "CONSTANT",
    "MOMENTS",
    "POINT",
    "PRINTED_STEP",
    "TAYLOR",
    "TINY",
    "VALLEY",
]

# -- A-80 ------------------------------------------------------------------------------

VALLEY = Model(
    inputs=("x1", "x2", "a"),
    definitions={"f": lambda q: q.x1**2 / q.a**2 + q.x2**2},
    ranges={"a": (0.5, 10.0)},
)
ONES = Point("x = (1, 1), a = 10", {"x1": 1.0, "x2": 1.0, "a": 10.0})
TAYLOR = Model(
    inputs=("x1", "x2", "a", "u1", "u2"),
    definitions={
        "there": lambda q: (q.x1 + q.u1) ** 2 / q.a**2 + (q.x2 + q.u2) ** 2,
        "first": lambda q: 2 * q.x1 / q.a**2 * q.u1 + 2 * q.x2 * q.u2,
        "second": lambda q: (2 / q.a**2 * q.u1**2 + 2 * q.u2**2) / 2,
    },
    symbols={
        "there": "f(x + Δx)",
        "first": "first order",
        "second": "second order",
        "u1": "Δx1",
        "u2": "Δx2",
    },
    ranges=VALLEY.ranges,
)
TAYLOR_AT = Point(
    "to (0.981, −0.9)",
    {**ONES.values, "u1": 0.981 - 1.0, "u2": -0.9 - 1.0},
)


def _bend(first: str, second: str, form: Callable[[Any], Any]) -> Claim:
    return Claim(VALLEY, "f", (first, second), (form,), "A-80", (ONES,))


# -- the four methods on the valley ----------------------------------------------------

GAMMA, BETA, EPSILON = 0.8, 0.9, 1e-8
START = Point("x = (1, 1), a = 10", ONES.values)


def _remembered(at: At, name: str, keep: float, new: list[Any]) -> list[Any]:
    # keep * before + (1 - keep) * new, per coordinate, from 0.
    before = at.memory.get(name, [0] * len(new))
    now = [keep * m + (1 - keep) * g for m, g in zip(before, new, strict=True)]
    at.memory[name] = now
    return now


def momentum(rate: float) -> Callable[[At], list[Any]]:
    """A-89: the velocity in the place of the gradient."""

    def step(at: At) -> list[Any]:
        v = _remembered(at, "v", GAMMA, at.gradient)
        return [x - rate * m for x, m in zip(at.x, v, strict=True)]

    return step


def adaptive(rate: float) -> Callable[[At], list[Any]]:
    """A-90: the gradient, divided by the root of its mean square."""

    def step(at: At) -> list[Any]:
        g = at.gradient
        s = _remembered(at, "s", BETA, [x * x for x in g])
        return [
            x - rate * slope / sqrt(m + EPSILON)
            for x, slope, m in zip(at.x, g, s, strict=True)
        ]

    return step


def adam(rate: float) -> Callable[[At], list[Any]]:
    """A-88: both, with the bias of the start taken out."""

    def step(at: At) -> list[Any]:
        g, t = at.gradient, at.k + 1
        v = _remembered(at, "v", GAMMA, g)
        s = _remembered(at, "s", BETA, [x * x for x in g])
        return [
            x - rate * (m / (1 - GAMMA**t)) / sqrt(n / (1 - BETA**t) + EPSILON)
            for x, m, n in zip(at.x, v, s, strict=True)
        ]

    return step


def _run(caption: str, step: Callable[[At], Any], steps: int) -> Run:
    return Run(caption, VALLEY, "f", ("x1", "x2"), START, steps, step)


METHODS = {
    "gradient descent, η = 0.95": gradient_descent(0.95),
    "momentum, η = 0.95": momentum(0.95),
    "adaptive gradient, η = 0.05": adaptive(0.05),
    "Adam, η = 0.1": adam(0.1),
}


def _points(name: str, steps: int) -> list[tuple[float, float]]:
    rows = _run("", METHODS[name], steps).iterates(engine_source())
    return [(float(r.x[0]), float(r.x[1])) for r in rows]


def _valley_figure() -> str:
    def f(x: float, y: float) -> float:
        return float(engine(VALLEY.function("f"), [x, y, 10.0], ()))

    first, *_ = METHODS
    return plots.contour(
        f,
        (-0.4, 1.2),
        (-1.2, 1.2),
        title="The elongated valley with the zigzag of gradient descent and with Adam",
        paths={name: _points(name, 25) for name in (first, "Adam, η = 0.1")},
        marks={"minimum": (0.0, 0.0)},
        names=("x₁", "x₂"),
    )


def _losses_figure() -> str:
    series = {
        name: [row.f for row in _run("", step, 60).iterates(engine_source())]
        for name, step in METHODS.items()
    }
    return plots.losses(
        series,
        title="The height after each of sixty steps, for four methods",
        names=("step", "f"),
    )


ELONGATED = Article(
    id="elongated-valley",
    title="A narrow valley",
    catalogue_ids=("A-80",),
    source="the hand-written notes on softmax and Adam, line L120",
    summary=(
        "Across the valley the ground rises a² times as fast as along it. The gradient "
        "points across, not to the minimum, and a step that is short enough for the "
        "one direction is much too short for the other."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "The level lines are ellipses a times as long as wide. The curvatures are "
            "2/a² and 2; their ratio a² is the condition number.",
            (
                Claim(
                    VALLEY,
                    "f",
                    ("x1",),
                    (lambda q: 2 * q.x1 / q.a**2,),
                    "A-80",
                    (ONES,),
                ),
                Claim(VALLEY, "f", ("x2",), (lambda q: 2 * q.x2,), "A-80", (ONES,)),
                Claim(
                    VALLEY,
                    "f",
                    ("a",),
                    (lambda q: -2 * q.x1**2 / q.a**3,),
                    "A-80",
                    (ONES,),
                ),
                _bend("x1", "x1", lambda q: 2 / q.a**2),
                _bend("x1", "x2", lambda q: q.exact("0")),
                _bend("x2", "x2", lambda q: q.exact("2")),
            ),
            VALLEY,
            ("f",),
        ),
        Part(
            "Its second-order expansion",
            "Height, slope and curvature at one point give the height at every other, "
            "exactly: there are no third derivatives.",
            (
                Claim(
                    TAYLOR,
                    "there",
                    (),
                    (lambda q: (q.x1**2 / q.a**2 + q.x2**2) + q.first + q.second,),
                    "A-80",
                    (TAYLOR_AT,),
                ),
            ),
            TAYLOR,
            ("there", "first", "second"),
            readings=(
                Readings(
                    "From (1, 1) to (0.981, −0.9)",
                    value_at(TAYLOR, "first second there", TAYLOR_AT),
                ),
            ),
        ),
        Part(
            "Four ways down",
            "Gradient descent with η = 0.95 jumps from one side to the other and "
            "hardly moves along. Momentum calms the zigzag but is no faster along the "
            "valley. The adaptive methods divide each coordinate by its own scale and "
            "go straight: the axes of this valley are those of the coordinates.",
            runs=tuple(_run(name, step, 5) for name, step in METHODS.items()),
            figures=(
                Figure("The zigzag of gradient descent, and Adam.", _valley_figure),
                Figure(
                    "The height after each step. Adam overshoots and comes back, "
                    "because it has momentum too.",
                    _losses_figure,
                ),
            ),
        ),
    ),
    record=VALLEY.drawn("f", ONES),
)

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


def _table(caption: str, names: str) -> Readings:
    return Readings(caption, value_at(MOMENTS, names, POINT))


VELOCITY = Article(
    id="momentum",
    title="Momentum",
    catalogue_ids=("A-85", "A-89"),
    source="the hand-written notes on softmax and Adam, lines L136–L151",
    summary=(
        "Do not follow the last gradient but a mean of all so far, in which older ones "
        "count less and less. Across the valley the signs alternate and cancel; along "
        "it they add up. It starts with v₀ = 0 (which the notes do not say) and needs "
        "γ between 0 and 1."
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
            readings=(
                _table("v for the gradients 0.3, −0.5, 0.2, 0.4", "v1 v2 v3 v4"),
            ),
        ),
        Part(
            "Steps with the velocity",
            "The notes name the method without its update: θ is moved by −η·v.",
            readings=(_table("θ from θ₁ = 1", "mom1 mom2 mom3 mom4"),),
        ),
    ),
    record=MOMENTS.drawn("v4", AT, "g1", "g2", "g3", "g4", "γ"),
    kind="algorithm",
)


def _squares(t: int) -> Claim:
    return _value(f"s{t}", _sum_of("β", 2, t), where="A-91, L156–L168")


def _influence(t: int, i: int) -> Claim:
    def form(q: Any) -> Any:
        return 2 * (1 - q.β) * q.β ** (t - i) * getattr(q, _g(i))

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
            readings=(_table("ĝ for 0.3, −0.5, 0.2, 0.4", "s1 s2 s3 s4"),),
        ),
        Part(
            "What an old gradient still does",
            "Its influence shrinks by the factor β at every step.",
            tuple(_influence(4, i) for i in STEPS),
        ),
        Part(
            "Steps divided by the root",
            "The update is not written in the notes: θ moves by −η·g/√(ĝ + ε). Without "
            "correction the first steps are too long, because ĝ starts from 0.",
            readings=(_table("θ from θ₁ = 1, ε = 10⁻⁸", "ada1 ada2 ada3 ada4"),),
        ),
    ),
    record=MOMENTS.drawn("s4", AT, "g1", "g2", "g3", "g4", "β"),
    kind="derivation",
)

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
    def rule(q: Any) -> Any:
        velocity = q.g * (1 - q.γ**t) / (1 - q.γ)
        return velocity / sqrt(q.g**2 * (1 - q.β**t) / (1 - q.β))

    return rule


TIMES = (1, 2, 10, 1000)
PRINTED_STEP = Model(
    inputs=("g", "γ", "β"),
    definitions={f"r{t}": _printed_ratio(t) for t in TIMES},
    symbols={f"r{t}": f"step/η at t\u00a0=\u00a0{t}\u00a0" for t in TIMES},
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
            readings=(_table("ṽ and g̃", "V1 V2 V3 V4 S1 S2 S3 S4"),),
        ),
        Part(
            "What the printed division does",
            "With a constant gradient every step should have the length η. Divided by "
            "1 − γ and 1 − β it is too long at first and too short in the end.",
            readings=(
                Readings(
                    f"At {THREE.label}",
                    value_at(PRINTED_STEP, "r1 r2 r10 r1000", THREE),
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
                _table("Adam, ε inside the root", "adam1 adam2 adam3 adam4"),
                _table("ε outside the root, as is common", "out1 out2 out3 out4"),
                _table(
                    "With the notes' bias correction", "notes1 notes2 notes3 notes4"
                ),
            ),
        ),
        Part(
            "Where ε stands",
            "The notes have it under the root, most programs beside it. For gradients "
            "below √ε that is not the same at all.",
            readings=(
                Readings(
                    "Step over η for g = 10⁻⁶, ε = 10⁻⁸",
                    value_at(TINY, "inside outside", SMALL),
                ),
            ),
        ),
    ),
    record=MOMENTS.drawn("adam2", AT, "g1", "g2", "γ", "β", "η", "θ"),
    kind="algorithm",
)

CHAPTER = Chapter(
    "adam",
    "Narrow valleys",
    "Where plain gradient descent zigzags, remembering past gradients helps: their "
    "mean, the mean of their squares, or both.",
    (ELONGATED, VELOCITY, SECOND_MOMENT, CORRECTION, ADAM),
)
