"""S65 and S67: how a logistic regression is fitted, by slopes and by curvature."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import log, sigmoid
from autograd_core.linalg import solve
from autograd_core.numbers.text import equation, symbol
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import At, Reading, Readings, Run, Source
from .descent_rules import descent_formulas, gradient_descent, newton
from .logistic import AT, DATA, X, Y, combined, residuals
from .logistic_hessian import ARTICLE as HESSIAN
from .logistic_hessian import scores, weights
from .networks import total
from .training import blobs

__all__ = [
    "CHAPTER",
    "DESCENT",
    "NEWTON",
    "REWEIGHTED",
    "SQUARES",
    "WORKING",
    "WORKING_AT",
]

Form = Callable[[Any], Any]
AB = ("a", "b")
ORIGIN = Point("a = b = 0", {"a": 0.0, "b": 0.0})
NUMBERS = range(1, len(X) + 1)

# -- S65: gradient descent -------------------------------------------------------------

DESCENT = Run(
    "Gradient descent with α = 0.1 (η on the slide)",
    DATA,
    "C",
    AB,
    ORIGIN,
    8,
    gradient_descent(0.1),
    descent_formulas("C", *AB),
)
NEWTON = Run("Newton's method", DATA, "C", AB, ORIGIN, 6, newton)
LONG = Run("", DATA, "C", AB, ORIGIN, 40, gradient_descent(0.1))


def _square_cost(q: Any) -> Any:
    pairs = zip(NUMBERS, Y, strict=True)
    return total([(getattr(q, f"z{i}") - y) ** 2 for i, y in pairs])


SQUARES = Model(
    AB, {**scores(lambda q, x: combined((1, x), (q.a, q.b))), "C": _square_cost}
)


def _square_slope(q: Any, name: str) -> Any:
    terms = [getattr(q, f"z{i}") - y for i, y in zip(NUMBERS, Y, strict=True)]
    return 2 * combined(X if name == "b" else (1,) * len(X), terms)


def _square(name: str) -> Claim:
    form = (lambda q: _square_slope(q, name),)
    return Claim(SQUARES, "C", (name,), form, "S65, L889", (AT,))


def _runs_figure() -> str:
    def cost(a: float, b: float) -> float:
        return float(DATA.function("C")([a, b]))

    paths = {
        "gradient descent": [(r.x[0], r.x[1]) for r in LONG.iterates(engine_source())],
        "Newton's method": [(r.x[0], r.x[1]) for r in NEWTON.iterates(engine_source())],
    }
    return plots.contour(
        cost,
        (-1.6, 0.6),
        (-0.3, 2.0),
        title="Two ways from (0, 0) to the minimum of the cost",
        paths=paths,
        levels=[2.45, 2.6, 2.8, 3.0, 3.5, 4.0, 5.0],
        names=("a", "b"),
    )


def _losses_figure() -> str:
    best = NEWTON.iterates(engine_source())[-1].f

    def above(run: Run, count: int) -> list[float]:
        # To the last step that is above the minimum by more than rounding.
        rows = run.iterates(engine_source())[:count]
        return [row.f - best for row in rows if row.f - best > 1e-13]

    return plots.losses(
        {"gradient descent": above(LONG, 31), "Newton's method": above(NEWTON, 7)},
        title="How far the cost is above its minimum after each step",
        names=("step", "C − minimum"),
    )


GRADIENT_STEP = Article(
    id="logistic-descent",
    title="Downhill with all samples",
    catalogue_ids=("S65",),
    source="the slides on the multi-layer perceptron, lines L879–L889",
    summary=(
        "Against the gradient, α times its length. The slide calls it stochastic, but "
        "every step uses all samples: it is batch descent. For least squares the rule "
        "looks the same, with the score in the place of p and a factor 2."
    ),
    parts=(
        Part(
            "Eight steps",
            "The five samples of the chapter on logistic regression, from (0, 0), "
            "where every p is one half.",
            runs=(DESCENT,),
        ),
        Part(
            "Least squares, for comparison",
            "C is the sum of (z − y)²; the 2 of the square stays in its slope.",
            (_square("a"), _square("b")),
            SQUARES,
            ("z1", "z5", "C"),
        ),
    ),
    record=DATA.drawn("C", ORIGIN),
    kind="algorithm",
    remarks=(
        Remark(
            "S65, L879",
            "It is called SGD, but each update uses all samples.",
        ),
    ),
)

# -- S67: iteratively reweighted least squares -----------------------------------------


def reweighted(at: At) -> Sequence[Any]:
    """The next (a, b): a weighted least-squares fit to the working response."""
    found = at.model.run({name: at.source.number(at.values[name]) for name in AB})
    a, b = at.x
    masses, errors = weights(found), residuals(found)
    responses = [a + b * x - r / s for x, r, s in zip(X, errors, masses, strict=True)]
    rows = list(zip(X, masses, responses, strict=True))
    matrix = [
        [sum(s * x ** (i + j) for x, s, _ in rows) for j in (0, 1)] for i in (0, 1)
    ]
    right = [sum(s * x**i * z for x, s, z in rows) for i in (0, 1)]
    fitted: list[Any] = solve(matrix, right)
    return fitted


REWEIGHTED = Run(
    "Weighted least squares, again and again",
    DATA,
    "C",
    AB,
    ORIGIN,
    6,
    reweighted,
    (
        equation(symbol("working response"), symbol("Xθₖ + Sₖ⁻¹(y − pₖ)")),
        equation(symbol("θ\u2096\u208a\u2081"), symbol("(XᵀSₖX)⁻¹XᵀSₖ · response")),
    ),
)


def _first(place: int) -> Reading:
    # 4 (XᵀX)⁻¹ Xᵀ (y − 1/2): at θ = 0 every weight is 1/4.
    def compute(source: Source) -> Any:
        half = source.number(1) / 2
        matrix = [
            [source.number(sum(x ** (i + j) for x in X)) for j in (0, 1)]
            for i in (0, 1)
        ]
        right = [
            sum(x**i * (y - half) for x, y in zip(X, Y, strict=True)) for i in (0, 1)
        ]
        return 4 * solve(matrix, right)[place]

    return Reading(f"{AB[place]} of 4(XᵀX)⁻¹Xᵀ(y − ½)", compute)


WORKING = Model(
    inputs=("θ", "x1", "x2", "y1", "y2", "p1", "p2"),
    definitions={
        "s1": lambda q: q.p1 * (1 - q.p1),
        "s2": lambda q: q.p2 * (1 - q.p2),
        "z1": lambda q: q.x1 * q.θ + (q.y1 - q.p1) / q.s1,
        "z2": lambda q: q.x2 * q.θ + (q.y2 - q.p2) / q.s2,
        "H": lambda q: q.s1 * q.x1**2 + q.s2 * q.x2**2,
        "new": lambda q: q.θ + (q.x1 * (q.y1 - q.p1) + q.x2 * (q.y2 - q.p2)) / q.H,
    },
    symbols={"new": "new θ"},
    ranges={
        **dict.fromkeys(("x1", "x2"), (0.2, 2.0)),
        **dict.fromkeys(("y1", "y2"), (0.0, 1.0)),
        **dict.fromkeys(("p1", "p2"), (0.1, 0.9)),
    },
)
WORKING_AT = Point(
    "x = (0.5, 2), y = (0, 1), p = (0.6, 0.7), θ = 0.4",
    {"θ": 0.4, "x1": 0.5, "x2": 2.0, "y1": 0.0, "y2": 1.0, "p1": 0.6, "p2": 0.7},
)


def _boxed(q: Any) -> Any:
    one = q.x1 * (q.s1 * q.x1 * q.θ + (q.y1 - q.p1))
    return (one + q.x2 * (q.s2 * q.x2 * q.θ + (q.y2 - q.p2))) / q.H


def _weighted(q: Any) -> Any:
    return (q.x1 * q.s1 * q.z1 + q.x2 * q.s2 * q.z2) / q.H


# -- two features ----------------------------------------------------------------------

NO, YES = blobs(((-0.6, -0.4), (0.8, 0.6)), 12, 0.9, seed=3)
PLANAR = ("w1", "w2", "b")


def _planar() -> Model:
    def chance(x: tuple[float, float], yes: bool) -> Form:
        def rule(q: Any) -> Any:
            z = q.w1 * q.exact(str(x[0])) + q.w2 * q.exact(str(x[1])) + q.b
            return log(sigmoid(z if yes else -z))

        return rule

    rules = [
        chance(x, yes) for points, yes in ((NO, False), (YES, True)) for x in points
    ]
    return Model(PLANAR, {"C": lambda q: -total([rule(q) for rule in rules])})


PLANE_RUN = Run(
    "Newton's method, two features",
    _planar(),
    "C",
    PLANAR,
    Point("w₁ = w₂ = b = 0", dict.fromkeys(PLANAR, 0.0)),
    6,
    newton,
)


def _plane_figure() -> str:
    w1, w2, b = PLANE_RUN.iterates(engine_source())[-1].x
    return plots.boundary(
        lambda x, y: w1 * x + w2 * y + b,
        (-3.0, 3.0),
        (-2.6, 2.6),
        title="Two classes and the line at which the fitted p is one half",
        classes={"y = 0": NO, "y = 1": YES},
    )


def _curve_figure() -> str:
    def fitted(run: Run, k: int) -> Callable[[float], float]:
        a, b = run.iterates(engine_source())[k].x
        return lambda x: float(sigmoid(a + b * x))

    return plots.fit(
        [(float(x), float(y)) for x, y in zip(X, Y, strict=True)],
        {
            "start": fitted(NEWTON, 0),
            "one step": fitted(NEWTON, 1),
            "the end": fitted(NEWTON, 6),
        },
        (-3.0, 3.0),
        title="The probability of yes over x, after 0, 1 and 6 steps of Newton",
        names=("x", "p"),
    )


IRLS = Article(
    id="irls",
    title="Newton's method is least squares with weights",
    catalogue_ids=("S67",),
    source="the slides on the multi-layer perceptron, lines L891–L917",
    summary=(
        "Newton's step solves a system with XᵀSX. Put together, the new θ is the "
        "solution of a least-squares problem: each sample weighs p(1 − p), and its "
        "target is the working response, the score moved by the error over the "
        "weight. The weights change with θ, so it is solved again and again."
    ),
    parts=(
        Part(
            "One parameter, two samples",
            "The steps of the slide, and its last line complete. Any probabilities p.",
            (
                Claim(
                    WORKING,
                    "new",
                    (),
                    (_boxed, _weighted),
                    "S67, L911–L917",
                    (WORKING_AT,),
                ),
            ),
            WORKING,
            ("s1", "z1", "H", "new"),
        ),
        Part(
            "Newton on the five samples",
            "Six steps from (0, 0). At the start all weights are ¼, so the first step "
            "is four times an ordinary least-squares fit.",
            readings=(
                Readings(
                    "The first step",
                    (
                        _first(0),
                        NEWTON.reading(1, "a"),
                        _first(1),
                        NEWTON.reading(1, "b"),
                    ),
                ),
            ),
            runs=(NEWTON,),
        ),
        Part(
            "The same as least squares",
            "No Hessian is formed; the points are the same.",
            runs=(REWEIGHTED,),
            figures=(
                Figure(
                    "Gradient descent crosses the lines at right angles; Newton heads "
                    "for the minimum.",
                    _runs_figure,
                ),
                Figure(
                    "Gradient descent gains a constant factor per step; Newton doubles "
                    "the number of right digits.",
                    _losses_figure,
                ),
                Figure(
                    "The fitted probability. The class changes where it is ½.",
                    _curve_figure,
                ),
            ),
        ),
        Part(
            "Two features",
            "Twenty-four seeded samples of two classes that overlap; otherwise there "
            "would be no minimum.",
            runs=(PLANE_RUN,),
            figures=(Figure("The line w₁x₁ + w₂x₂ + b = 0.", _plane_figure),),
        ),
    ),
    misprints=(
        Misprint(
            "S67, L917",
            "The last line, said to look like least squares, ends with Xᵀ: weights and "
            "response are missing. With y, the only response that the slide has, it is "
            "another number.",
            Claim(
                WORKING,
                "new",
                (),
                (lambda q: (q.x1 * q.y1 + q.x2 * q.y2) / q.H,),
                "L917",
                (WORKING_AT,),
            ),
            Claim(WORKING, "new", (), (_weighted,), "L917", (WORKING_AT,)),
        ),
    ),
    record=WORKING.drawn("new", WORKING_AT, "θ"),
    kind="algorithm",
)

CHAPTER = Chapter(
    "logistic-fit",
    "Fitting a logistic regression",
    "There is no formula for the best parameters. Two algorithms find them: one with "
    "slopes, one with the curvature, too.",
    (GRADIENT_STEP, HESSIAN, IRLS),
)
