"""A-23 and A-24: one step of gradient descent on all weights at once."""

from collections.abc import Callable
from typing import Any

from autograd_core import grad, log
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Limit, Reading, Readings, Run, Source, derivative_at
from .descent_rules import descent_formulas, gradient_descent
from .heads import drawn_above
from .networks import BATCH, BOTH_SAMPLES, U, W, total

__all__ = ["ARTICLE", "ORDERED", "PAIR", "RAY", "RUN", "STEPPED"]

RATE = 0.1
WEIGHTS = (*U, *W)
RUN = Run(
    "One step on fifteen weights",
    BATCH,
    "E",
    WEIGHTS,
    BOTH_SAMPLES,
    1,
    gradient_descent(RATE),
)
PAIR = Run(
    "Gradient descent on two weights, α = 2",
    BATCH,
    "E",
    ("w11", "w33"),
    BOTH_SAMPLES,
    10,
    gradient_descent(2.0),
    descent_formulas("E", "w11", "w33"),
)
_OUTPUTS = [f"a{i}{mark}" for mark in ("", "p") for i in (1, 2, 3)]


def _slopes(values: dict[str, float]) -> dict[str, float]:
    found = grad(BATCH.function("E"))([values[n] for n in BATCH.inputs])
    return {n: g for n, g in zip(BATCH.inputs, found, strict=True) if n in WEIGHTS}


# -- along the gradient ----------------------------------------------------------------

_START = dict(BOTH_SAMPLES.values)
_GRADIENT = _slopes(_START)


def _moved(q: Any) -> Any:
    moved = {n: _START[n] - q.α * g for n, g in _GRADIENT.items()}
    rest = {n: q.α * 0 + _START[n] for n in BATCH.inputs if n not in WEIGHTS}
    return BATCH.run({**rest, **moved}).E


RAY = Model(inputs=("α",), definitions={"E": _moved})
NO_STEP = Point("α = 0", {"α": 0.0})


def _ray() -> str:
    f = RAY.function("E")

    def height(rate: float) -> float:
        return float(engine(f, [rate], ()))

    slope = float(engine(f, [0.0], [0]))
    return plots.curve(
        height,
        (-2.0, 8.0),
        title="The error along the negative gradient, and its tangent",
        tangents={"the tangent at α = 0, with the slope −‖∇E‖²": (0.0, slope)},
        names=("α", "E"),
    )


def _valley() -> str:
    at = dict(_START)

    def height(x: float, y: float) -> float:
        return float(BATCH.run({**at, **dict(zip(PAIR.over, (x, y), strict=True))}).E)

    rows = PAIR.iterates(engine_source())
    path = [(float(row.x[0]), float(row.x[1])) for row in rows]
    return plots.contour(
        height,
        (-3.0, 1.5),
        (-0.5, 4.0),
        title="The error as a function of two weights, and the descent over it",
        paths={"α = 2": path},
        names=("w₁₁", "w₃₃"),
    )


def _history(rate: float, steps: int) -> list[float]:
    values, found = dict(_START), []
    for _ in range(steps + 1):
        found.append(float(BATCH.run(values).E))
        values.update({n: values[n] - rate * g for n, g in _slopes(values).items()})
    return found


def _training() -> str:
    series = {f"α = {rate:g}": _history(rate, 100) for rate in (0.1, 1.0)}
    return plots.losses(
        series, title="The error over a hundred steps", names=("step", "E")
    )


# -- a step, in numbers ----------------------------------------------------------------


def _after(order: tuple[tuple[str, ...], ...]) -> Callable[[Source], dict[str, Any]]:
    # Each group of weights moves by its gradient at where the groups before have moved.
    def compute(source: Source) -> dict[str, Any]:
        values = {n: source.number(x) for n, x in _START.items()}
        for names in order:
            slopes = source.gradient(BATCH, "E", names, values)
            moves = zip(names, slopes, strict=True)
            values = {**values, **{n: values[n] - RATE * g for n, g in moves}}
        return values

    return compute


def _error_after(order: tuple[tuple[str, ...], ...]) -> Callable[[Source], Any]:
    return lambda source: source.of(BATCH, "E", (), _after(order)(source))


def _before(source: Source) -> Any:
    return source.of(BATCH, "E", (), _START)


def _squared_length(source: Source) -> Any:
    return total([g**2 for g in source.gradient(BATCH, "E", WEIGHTS, _START)])


AT_ONCE = (WEIGHTS,)
LAST_FIRST = (W, U)
STEPPED = Readings(
    "One step with α = 0.1",
    (
        Reading("E before", _before),
        Reading("E after", _error_after(AT_ONCE)),
        Reading("the decrease", lambda s: _before(s) - _error_after(AT_ONCE)(s)),
        Reading(
            "α‖∇E‖², the first-order prediction", lambda s: RATE * _squared_length(s)
        ),
        Reading("u₁₁ after", lambda s: _after(AT_ONCE)(s)["u11"]),
        Reading("w₁₁ after", lambda s: _after(AT_ONCE)(s)["w11"]),
    ),
)
ORDERED = Readings(
    "The last layer first, then the first layer at the new point",
    (
        Reading("E after", _error_after(LAST_FIRST)),
        Reading("u₁₁ after", lambda s: _after(LAST_FIRST)(s)["u11"]),
        derivative_at(BATCH, "E", "u11 w11", BOTH_SAMPLES),
    ),
)

ARTICLE = Article(
    id="gradient-descent-step",
    title="One step down",
    catalogue_ids=("A-23", "A-24"),
    source=(
        "the article on gradient descent, first draft L356–L373, second draft L370–L387"
    ),
    summary=(
        "The weights are to make E as small as possible; where it is smallest all "
        "slopes are zero. Gradient descent goes there in steps: each weight moves "
        "against its own slope, by the learning rate α times it. To first order a step "
        "lowers E by α times the squared length of the gradient."
    ),
    parts=(
        Part(
            "A step in numbers",
            "Both samples, all fifteen weights from one backward sweep. Before the "
            "next sweep a program must set the gradients to zero, or they add up.",
            readings=(STEPPED,),
            figures=(
                Figure(
                    "E along the negative gradient. The tangent at the start is what a "
                    "small step follows; the curve bends away from it, so a large step "
                    "gains less than the tangent promises.",
                    _ray,
                ),
            ),
        ),
        Part(
            "To first order",
            "E as a function of the rate α, along the gradient of the starting point. "
            "Its slope at 0 is minus the squared length of the gradient.",
            limits=(Limit("Difference quotients in α", RAY, "E", "α", NO_STEP),),
            readings=(
                Readings(
                    "The same number from the gradient",
                    (Reading("−‖∇E‖²", lambda s: -_squared_length(s)),),
                ),
            ),
        ),
        Part(
            "Two weights only",
            "To see where the steps go, only w₁₁ and w₃₃ may move here, with a larger "
            "rate. Every step starts at a right angle to the line of equal height, in "
            "numbers; the picture is wider than high.",
            runs=(PAIR,),
            figures=(Figure("Ten steps over the lines of equal error.", _valley),),
        ),
        Part(
            "A hundred steps",
            "With the larger rate E falls faster here. For other data it could jump "
            "about: a rate has to be tried.",
            figures=(Figure("E after each step, on a logarithmic scale.", _training),),
        ),
        Part(
            "What E depends on",
            "The notes write E as a function of X and of one layer's weights (E14). It "
            "depends on the targets, and on all layers: the mixed second derivative is "
            "not zero. So every layer's gradient is taken at the same point, before "
            "any weight is changed; layer after layer is another algorithm.",
            (
                Claim(
                    BATCH,
                    "E",
                    ("y1",),
                    (lambda q: (-log(q.a1) + log(q.a3)) / 2,),
                    "A-23 (E14)",
                    (BOTH_SAMPLES,),
                ),
            ),
            readings=(ORDERED,),
        ),
    ),
    record=drawn_above(BATCH, "E", BOTH_SAMPLES, _OUTPUTS, *_OUTPUTS),
    kind="algorithm",
    remarks=(
        Remark(
            "A-23; first draft L371–L373, second L385–L387 (E14)",
            "E depends on Y, too, and on the weights of all layers; and the step is "
            "taken in each of them.",
        ),
    ),
)
