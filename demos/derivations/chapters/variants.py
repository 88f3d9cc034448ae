"""S55 to S57: momentum, Adagrad, Adam, on the error of the regression line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograd_core import sqrt
from autograd_core.numbers.text import Formula, equation, symbol
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Figure, Part, Remark
from ..readings import Run
from .best_line import FIT, ZERO
from .descent_rules import (
    Step,
    adagrad,
    adaptive_moments,
    gradient_descent,
    heavy_ball,
)
from .narrow_valley import ONES, VALLEY
from .pictures import height, heights, track
from .quasi_newton import bfgs, wolfe_search
from .shorthand import claims

__all__ = [
    "ADAGRAD_RUNS",
    "ADAM_RUNS",
    "ARTICLES",
    "BALL_RUNS",
    "FIRST",
    "ROLLING",
]

SLIDES = "the slides on the multi-layer perceptron, lines "
MB = ("m", "b")
# Only what the runs need; `FIT` computes more at every step.
ERROR = replace(FIT, definitions={"E": FIT.definitions["E"]})


def _run(caption: str, step: Step, steps: int, *formulas: Formula) -> Run:
    return Run(caption, ERROR, "E", MB, ZERO, steps, step, formulas)


def _error_figure(title: str, runs: dict[str, Run]) -> Callable[[], str]:
    def draw() -> str:
        return plots.contour(
            height(ERROR, "E", MB, ZERO),
            (-0.5, 2.0),
            (-0.5, 3.0),
            title=title,
            paths={name: track(run) for name, run in runs.items()},
            marks={"minimum": (1 / 2, 7 / 3)},
            levels=[4.2, 4.5, 6, 10, 20, 40, 80],
            names=MB,
        )

    return draw


# -- S55 -------------------------------------------------------------------------------

K, BEFORE, NEXT = (symbol(f"θ{end}") for end in ("ₖ", "ₖ₋₁", "ₖ₊₁"))
A, ETA, SLOPE = symbol("α"), symbol("η"), Formula("∇J", (K,))
DAMPED = equation(NEXT, K + A * (K - BEFORE) - (1 - A) * (ETA * SLOPE))
CLASSICAL = equation(NEXT, K + A * (K - BEFORE) - ETA * SLOPE)
BALL_RUNS = {
    "damped": _run(
        "The slides' form, α = 0.9, η = 0.02",
        heavy_ball(0.02, 0.9, fresh=1 - 0.9),
        4,
        DAMPED,
    ),
    "classical": _run(
        "The classical form, α = 0.9, η = 0.02", heavy_ball(0.02, 0.9), 4, CLASSICAL
    ),
    "equal": _run("The classical form, η = 0.002", heavy_ball(0.002, 0.9), 4),
}


def _rolled(keep: str, fresh: Callable[[Any], Any]) -> dict[str, Callable[[Any], Any]]:
    # Three steps from rest with given gradients; d is the last move.
    rules: dict[str, Callable[[Any], Any]] = {}
    for t in (1, 2, 3):

        def move(q: Any, t: int = t) -> Any:
            pull = fresh(q) * getattr(q, f"g{t}")
            if t == 1:
                return -pull
            return q.α * getattr(q, f"{keep}{t - 1}") - pull

        rules[f"{keep}{t}"] = move
    return rules


ROLLING = Model(
    inputs=("g1", "g2", "g3", "α", "η", "θ"),
    definitions={
        **_rolled("d", lambda q: (1 - q.α) * q.η),
        **_rolled("c", lambda q: q.η),
        "t4": lambda q: q.θ + q.d1 + q.d2 + q.d3,
        # The moments of the Adam notes, v ← γv + (1 − γ)g, with γ = α.
        "v1": lambda q: (1 - q.α) * q.g1,
        "v2": lambda q: q.α * q.v1 + (1 - q.α) * q.g2,
        "v3": lambda q: q.α * q.v2 + (1 - q.α) * q.g3,
    },
    symbols={
        **{f"d{t}": f"Δθ{t + 1}" for t in (1, 2, 3)},
        **{f"c{t}": f"Δ′θ{t + 1}" for t in (1, 2, 3)},
        "t4": "θ4",
        "θ": "θ1",
    },
    ranges={"α": (0.1, 0.95), "η": (0.01, 1.0)},
)
ROLL_AT = Point(
    "g = (0.3, −0.5, 0.2), α = 0.9, η = 0.02",
    {"g1": 0.3, "g2": -0.5, "g3": 0.2, "α": 0.9, "η": 0.02, "θ": 1.0},
)


def _roll(target: str, *forms: Callable[[Any], Any]) -> Claim:
    return Claim(ROLLING, target, (), forms, "S55, L764–L766", (ROLL_AT,))


MOMENTUM = Article(
    id="heavy-ball",
    title="A ball that rolls on",
    catalogue_ids=("S55",),
    source=SLIDES + "L758–L768",
    summary=(
        "Keep a part α of the last move and add the new step. The slides weigh the new "
        "step by 1 − α, as the notes on Adam do; the classical heavy ball (Polyak "
        "1964), and most programs, do not. The two are the same once η is replaced by "
        "(1 − α)η. At the start there is no last move: θ₋₁ = θ₀, which the slides do "
        "not say."
    ),
    parts=(
        Part(
            "Three moves",
            "The first form is that of the slides, Δ′ the classical one. Their ratio "
            "is 1 − α, and the slides' move is −η times the velocity v of the notes on "
            "Adam with γ = α.",
            (
                _roll("d3", lambda q: (1 - q.α) * q.c3, lambda q: -q.η * q.v3),
                _roll(
                    "c3",
                    lambda q: -q.η * (q.α**2 * q.g1 + q.α * q.g2 + q.g3),
                ),
                *claims(
                    ROLLING,
                    "t4",
                    "S55",
                    (ROLL_AT,),
                    {"g1": lambda q: -(1 - q.α) * q.η * (1 + q.α + q.α**2)},
                ),
            ),
            ROLLING,
            ("d1", "d2", "d3", "c1", "c2", "c3"),
        ),
        Part(
            "On the error of the regression line",
            "From (0, 0). The third table has the classical form with (1 − α)η = 0.002 "
            "and gives the numbers of the first.",
            runs=tuple(BALL_RUNS.values()),
            figures=(
                Figure(
                    "The classical form with the same η goes ten times as far, and "
                    "swings.",
                    _error_figure(
                        "Momentum over the lines of equal error",
                        {
                            "slides' form, 40 steps": _run(
                                "", heavy_ball(0.02, 0.9, fresh=1 - 0.9), 40
                            ),
                            "classical, 40 steps": _run("", heavy_ball(0.02, 0.9), 40),
                            "no momentum, 40 steps": _run(
                                "", gradient_descent(0.02), 40
                            ),
                        },
                    ),
                ),
            ),
        ),
    ),
    record=ROLLING.drawn("t4", ROLL_AT, "g1", "g2", "g3", "α", "η"),
    kind="algorithm",
    remarks=(
        Remark(
            "S55, L766",
            "The common form has no factor 1 − α: it is this one with η for (1 − α)η. "
            "Where θ₋₁ comes from is not said.",
        ),
    ),
)

# -- S56 -------------------------------------------------------------------------------

FIRST = Model(
    inputs=("w", "g1", "g2", "η", "ε"),
    definitions={
        "a": lambda q: q.w - q.η / (sqrt(q.g1**2) + q.ε) * q.g1,
        "b": lambda q: q.a - q.η / (sqrt(q.g1**2 + q.g2**2) + q.ε) * q.g2,
    },
    symbols={"w": "w1", "a": "w2", "b": "w3"},
    # Of one sign, so that the sign is a number.
    ranges={"g1": (0.2, 3.0), "ε": (0.0, 0.1)},
)
FIRST_AT = Point(
    "w = 0, g₁ = −42, η = 0.5, ε = 0",
    {"w": 0.0, "g1": -42.0, "g2": -10.0, "η": 0.5, "ε": 0.0},
)
SECOND_AT = Point("the same with g₁ = −20", {**FIRST_AT.values, "g1": -20.0})
PLACES = (FIRST_AT, SECOND_AT)


def _first(form: Callable[[Any], Any]) -> Claim:
    return Claim(FIRST, "a", (), (form,), "S56, L778", PLACES)


W, NEW = symbol("w"), symbol("new w")
ADAGRAD_RULE = equation(
    NEW,
    W - ETA / (Formula("sqrt", (symbol("Σg²"),)) + symbol("ε")) * symbol("g"),
)
ADAGRAD_RUNS = {
    0.0: _run("Adagrad, η = 0.5, ε = 0", adagrad(0.5, 0.0), 3, ADAGRAD_RULE),
    1e-8: _run("Adagrad, η = 0.5, ε = 10⁻⁸ beside the root", adagrad(0.5, 1e-8), 3),
}

ADAGRAD = Article(
    id="adagrad",
    title="A learning rate for each weight",
    catalogue_ids=("S56",),
    source=SLIDES + "L770–L782",
    summary=(
        "Divide the rate of each weight by the root of the sum of its squared "
        "gradients so far. A weight that has moved little keeps a large rate. (It is "
        "the rate that gets larger for rare features; “put more weights” is not what "
        "happens.)"
    ),
    parts=(
        Part(
            "The first two steps of one weight",
            "With ε = 0 the first step has the length η, whatever the gradient: only "
            "its sign counts.",
            (
                *claims(
                    FIRST,
                    "b",
                    "S56",
                    (FIRST_AT,),
                    {
                        "g2": lambda q: (
                            -q.η
                            * (
                                sqrt(q.g1**2 + q.g2**2)
                                + q.ε
                                - q.g2**2 / sqrt(q.g1**2 + q.g2**2)
                            )
                            / (sqrt(q.g1**2 + q.g2**2) + q.ε) ** 2
                        )
                    },
                ),
            ),
            FIRST,
            ("a", "b"),
        ),
        Part(
            "On the error of the regression line",
            "Gradients of −42 and −20 make equal first steps.",
            runs=tuple(ADAGRAD_RUNS.values()),
        ),
    ),
    misprints=(
        Misprint(
            "S56, L778",
            "The square root is missing (and ε, against a division by zero). As "
            "printed a larger gradient makes a smaller step: the step goes like 1/g, "
            "which has not even the right unit.",
            _first(lambda q: q.w - q.η / q.g1**2 * q.g1),
            _first(lambda q: q.w - q.η / (sqrt(q.g1**2) + q.ε) * q.g1),
        ),
    ),
    remarks=(
        Remark(
            "S56, L774 and L782",
            "It is the learning rate that is larger for rare features, not their "
            "weights.",
        ),
    ),
    record=FIRST.drawn("b", FIRST_AT),
    kind="algorithm",
)

# -- S57 -------------------------------------------------------------------------------

ADAM_RUNS = {
    "Adam": _run("Adam, η = 0.1", adaptive_moments(0.1), 3),
    "no momentum": _run(
        "Adam without momentum (β₁ = 0), ε = 0, η = 0.5",
        adaptive_moments(0.5, keep=0.0, epsilon=0.0),
        3,
    ),
}
BESIDE: dict[str, Step] = {
    "gradient descent, η = 0.05": gradient_descent(0.05),
    "heavy ball, η = 0.02, α = 0.5": heavy_ball(0.02, 0.5),
    "Adagrad, η = 0.5": adagrad(0.5, 1e-8),
    "Adam, η = 0.1": adaptive_moments(0.1),
}
VALLEY_STEPS: dict[str, Step] = {
    "gradient descent, η = 0.95": gradient_descent(0.95),
    "heavy ball, η = 0.3, α = 0.7": heavy_ball(0.3, 0.7),
    "Adagrad, η = 0.4": adagrad(0.4, 1e-8),
    "Adam, η = 0.1": adaptive_moments(0.1),
}


def _valley(step: Step, steps: int) -> Run:
    return Run("", VALLEY, "f", ("x1", "x2"), ONES, steps, step)


def _valley_figure() -> str:
    return plots.contour(
        height(VALLEY, "f", ("x1", "x2"), ONES),
        (-0.5, 1.2),
        (-1.1, 1.1),
        title="Four optimisers in the narrow valley, thirty steps each",
        paths={n: track(_valley(step, 30)) for n, step in VALLEY_STEPS.items()},
        marks={"minimum": (0.0, 0.0)},
        levels=[0.001, 0.004, 0.01, 0.05, 0.2, 0.6, 1],
        names=("x₁", "x₂"),
    )


def _valley_losses() -> str:
    chosen = ("gradient descent, η = 0.95", "Adagrad, η = 0.4", "Adam, η = 0.1")
    series = {name: heights(_valley(VALLEY_STEPS[name], 60)) for name in chosen}
    series["BFGS"] = heights(_valley(bfgs(wolfe_search), 5))
    return plots.losses(
        series,
        title="Height in the narrow valley after each step",
        names=("step", "f"),
    )


PARTS = Article(
    id="adam-as-a-sum",
    title="Is Adam momentum plus Adagrad?",
    catalogue_ids=("S57",),
    source="the slides on the multi-layer perceptron, line L784",
    summary=(
        "The slides say so in one line, without a formula. The idea is right, the sum "
        "is not: Adam takes a mean of the squares that forgets, as RMSProp does, where "
        "Adagrad adds up all of them, and it corrects both means for their start. (The "
        "notes' own Adam, with ε under the root, is in the chapter on narrow valleys.)"
    ),
    parts=(
        Part(
            "Without momentum it is not Adagrad",
            "Take the momentum away (β₁ = 0): the first step is that of Adagrad, the "
            "second already is longer, because Adam divides by a mean and not by a "
            "sum.",
            runs=(ADAM_RUNS["no momentum"], ADAGRAD_RUNS[0.0]),
        ),
        Part(
            "Adam",
            "On the error of the regression line with η = 0.1, β₁ = 0.9, β₂ = 0.999, "
            "ε = 10⁻⁸.",
            runs=(ADAM_RUNS["Adam"],),
        ),
        Part(
            "Side by side",
            "Forty steps on the error of the line, thirty in the narrow valley of the "
            "notes. BFGS, which learns the curvature, is done after a few.",
            figures=(
                Figure(
                    "The error of the regression line.",
                    _error_figure(
                        "Four optimisers over the error of the line",
                        {name: _run("", step, 40) for name, step in BESIDE.items()},
                    ),
                ),
                Figure("The narrow valley.", _valley_figure),
                Figure("The same, as heights.", _valley_losses),
            ),
        ),
    ),
    record=FIT.drawn("E", ZERO),
    kind="counterexample",
    remarks=(
        Remark(
            "S57, L784",
            "Adagrad adds up the squares; Adam averages them and corrects the start. "
            "Adam is not the sum of the two names.",
        ),
    ),
)

ARTICLES = (MOMENTUM, ADAGRAD, PARTS)
