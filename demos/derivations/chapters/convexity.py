"""A-14: which losses are convex, in what, and where that ends."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp, log, sigmoid
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import (
    Reading,
    Readings,
    Source,
    derivative_at,
    eigenvalues,
    eigenvector,
)
from .heads import on_outputs, pick
from .networks import total

__all__ = ["ARTICLE", "DEEP", "EIGENVALUES", "GAPS", "SCORES", "SHALLOW"]

Form = Callable[[Any], Any]

# One weight, the input 1, the target 0; and a line through the scores of three classes.
SHALLOW = Model(
    inputs=("θ",),
    definitions={
        "S": lambda q: sigmoid(q.θ) ** 2,
        "C": lambda q: -log(1 - sigmoid(q.θ)),
    },
    ranges={"θ": (-3.0, 3.0)},
)
AT_2 = Point("θ = 2", {"θ": 2.0})
DEEP = Model(
    inputs=("θ1", "θ2"),
    definitions={
        "h": lambda q: sigmoid(q.θ1),
        "p": lambda q: sigmoid(q.θ2 * q.h),
        "L": lambda q: -log(q.p),
    },
)
ORIGIN = Point("θ = (0, 0)", {"θ1": 0.0, "θ2": 0.0})
SCORES = Model(
    inputs=("t", "v1", "v2", "v3", "y1", "y2"),
    definitions={
        "e1": lambda q: exp(q.t * q.v1),
        "e2": lambda q: exp(q.t * q.v2),
        "e3": lambda q: exp(q.t * q.v3),
        "Z": lambda q: q.e1 + q.e2 + q.e3,
        "a1": lambda q: q.e1 / q.Z,
        "a2": lambda q: q.e2 / q.Z,
        "a3": lambda q: q.e3 / q.Z,
        "m": lambda q: q.a1 * q.v1 + q.a2 * q.v2 + q.a3 * q.v3,
        "L": lambda q: (
            -(q.y1 * log(q.a1) + q.y2 * log(q.a2) + (1 - q.y1 - q.y2) * log(q.a3))
        ),
    },
    ranges={"y1": (0.0, 0.5), "y2": (0.0, 0.5), "t": (-1.0, 1.0)},
)
ALONG = Point(
    "v = (1, −2, 0.5), class 2",
    {"t": 0.3, "v1": 1.0, "v2": -2.0, "v3": 0.5, "y1": 0.0, "y2": 1.0},
)


def _s(q: Any) -> Any:
    return sigmoid(q.θ)


def _square_bend(q: Any) -> Any:
    s = _s(q)
    slope, bend = s * (1 - s), s * (1 - s) * (1 - 2 * s)
    return 2 * slope**2 + 2 * s * bend


def _gap(model: Model, target: str, a: float, b: float) -> Callable[[Source], Any]:
    # How far the curve is above the middle of the chord from a to b.
    (name,) = model.inputs

    def compute(source: Source) -> Any:
        def height(x: Any) -> Any:
            return source.of(model, target, (), {name: x})

        ends = source.number(a), source.number(b)
        middle = (ends[0] + ends[1]) / 2
        return height(middle) - (height(ends[0]) + height(ends[1])) / 2

    return compute


GAPS = Readings(
    "How far the curve is above its chord from θ = 0 to θ = 4, at θ = 2",
    (
        Reading("mean square", _gap(SHALLOW, "S", 0.0, 4.0)),
        Reading("cross-entropy", _gap(SHALLOW, "C", 0.0, 4.0)),
    ),
)


def _eigenvalue(which: int) -> Callable[[Source], Any]:
    def compute(source: Source) -> Any:
        return eigenvalues(source.hessian(DEEP, "L", DEEP.inputs, ORIGIN.values))[which]

    return compute


EIGENVALUES = Readings(
    "The Hessian at (0, 0), and its eigenvalues",
    (
        derivative_at(DEEP, "L", "θ1 θ1", ORIGIN),
        derivative_at(DEEP, "L", "θ1 θ2", ORIGIN),
        derivative_at(DEEP, "L", "θ2 θ2", ORIGIN),
        Reading("smaller eigenvalue", _eigenvalue(0)),
        Reading("larger eigenvalue", _eigenvalue(1)),
    ),
)


def _curves() -> str:
    def of(target: str) -> list[tuple[float, float]]:
        f = SHALLOW.function(target)
        grid = [-4 + i / 10 for i in range(81)]
        return [(x, float(engine(f, [x], ()))) for x in grid]

    series = {"σ(θ)²": of("S"), "−ln(1 − σ(θ))": of("C")}
    return plots.lines(
        series, title="Two losses of one unit with the target 0", names=("θ", "loss")
    )


def _section() -> str:
    # The deep loss along the direction in which it bends down.
    matrix = engine_source().hessian(DEEP, "L", DEEP.inputs, ORIGIN.values)
    u, v = eigenvector(matrix, eigenvalues(matrix)[0])
    f = DEEP.function("L")

    def height(t: float) -> float:
        return float(engine(f, [t * u, t * v], ()))

    return plots.curve(
        height,
        (-4.0, 4.0),
        title="The cross-entropy of two layers, along one line through the origin",
        marks={"(0, 0)": 0.0},
        names=("t", "loss"),
    )


def _deep(wrt: str, form: Form) -> Claim:
    away = Point("θ = (0.5, −1)", {"θ1": 0.5, "θ2": -1.0})
    return Claim(DEEP, "L", tuple(wrt.split()), (form,), "A-14 (E07)", (ORIGIN, away))


def _first_bend(q: Any) -> Any:
    inner = q.θ2 * q.h * (1 - q.h)
    return q.p * (1 - q.p) * inner**2 - (1 - q.p) * inner * (1 - 2 * q.h)


def _mixed_bend(q: Any) -> Any:
    slope = q.h * (1 - q.h)
    return q.p * (1 - q.p) * q.θ2 * q.h * slope - (1 - q.p) * slope


def _mean_of_squares(q: Any) -> Any:
    pairs = zip(pick(q, "a"), pick(q, "v"), strict=True)
    return total([a * v**2 for a, v in pairs]) - q.m**2


def _spread(q: Any) -> Any:
    pairs = zip(pick(q, "a"), pick(q, "v"), strict=True)
    return total([a * (v - q.m) ** 2 for a, v in pairs])


ARTICLE = Article(
    id="convex-losses",
    title="What is convex, and what is not",
    catalogue_ids=("A-14",),
    source="the article on gradient descent, first draft L216, second draft L208",
    summary=(
        "The notes prefer cross-entropy because the mean square is not convex for "
        "neural networks. The fact is right, the reason is incomplete (E07): after a "
        "sigmoid the mean square is not convex and cross-entropy is, but a hidden "
        "layer takes that from both. In the outputs ŷ themselves both are convex."
    ),
    parts=(
        Part(
            "One layer",
            "A single weight with the target 0. The mean square bends down where the "
            "sigmoid saturates: its second derivative is negative and the curve lies "
            "above its chord. That of the cross-entropy is never negative.",
            (
                Claim(SHALLOW, "S", ("θ", "θ"), (_square_bend,), "A-14, L216", (AT_2,)),
                Claim(
                    SHALLOW,
                    "C",
                    ("θ", "θ"),
                    (lambda q: _s(q) * (1 - _s(q)),),
                    "A-14, L216",
                    (AT_2,),
                ),
            ),
            SHALLOW,
            ("S", "C"),
            readings=(GAPS,),
            figures=(
                Figure(
                    "The mean square levels off where it is most wrong; the "
                    "cross-entropy goes on rising.",
                    _curves,
                ),
            ),
        ),
        Part(
            "Several classes",
            "Take any line z = t·v through the scores. The second derivative of the "
            "cross-entropy along it is the spread of v, weighted with the shares: a "
            "sum of squares. So it is convex in the scores, and in the weights of a "
            "network with one layer.",
            (
                Claim(
                    SCORES,
                    "L",
                    ("t", "t"),
                    (_mean_of_squares, _spread),
                    "A-14 (E07)",
                    (ALONG,),
                ),
            ),
            SCORES,
            ("m", "L"),
        ),
        Part(
            "In the outputs",
            "As functions of a single output ŷ all losses of the notes are convex: the "
            "mean square Q, the cross-entropy C, and B with both of its terms.",
            tuple(
                on_outputs(name, "p1 p1", form, where="A-14 (E07)")
                for name, form in (
                    ("Q", lambda q: q.exact("2/3")),
                    ("C", lambda q: q.y1 / q.p1**2),
                    ("B", lambda q: q.y1 / q.p1**2 + (1 - q.y1) / (1 - q.p1) ** 2),
                )
            ),
        ),
        Part(
            "Two layers: a counterexample",
            "One hidden unit, the input 1, the target 1. At the origin the Hessian has "
            "a negative eigenvalue: along one line the cross-entropy bends down.",
            (
                _deep("θ1 θ1", _first_bend),
                _deep("θ1 θ2", _mixed_bend),
                _deep("θ2 θ2", lambda q: q.p * (1 - q.p) * q.h**2),
            ),
            DEEP,
            ("h", "p", "L"),
            readings=(EIGENVALUES,),
            figures=(
                Figure(
                    "Along the eigenvector of the negative eigenvalue the curve bends "
                    "down at the origin: it is not convex.",
                    _section,
                ),
            ),
        ),
    ),
    record=DEEP.drawn("L", ORIGIN),
    kind="counterexample",
    remarks=(
        Remark(
            "A-14; first draft L216, second L208 (E07)",
            "That is no reason for the cross-entropy: with a hidden layer that one is "
            "not convex either.",
        ),
    ),
)
