"""S48: BFGS and L-BFGS, which learn the curvature on their way."""

from collections.abc import Callable
from typing import Any

from autograd_core.numbers.text import equation, symbol
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import At, Reading, Readings, Run, Source
from .best_line import FIT, ZERO
from .descent_rules import newton
from .hessian import XY
from .hessian import at as at_xy
from .narrow_valley import ONES, VALLEY
from .newton import QUARTIC
from .pictures import height, heights, track
from .quasi_newton import (
    bfgs,
    exact_search,
    inverse_update,
    l_bfgs,
    steepest,
    times,
    wolfe_search,
)

__all__ = [
    "ARTICLES",
    "BANANA",
    "BANANA_RUNS",
    "FIRST_UPDATE",
    "QUADRATIC_RUNS",
    "QUARTIC_RUNS",
    "UPDATED",
]

SLIDES = "the slides on the multi-layer perceptron, lines "

# -- the update ------------------------------------------------------------------------

ENTRIES = ("H11", "H12", "H22")


def _matrix(q: Any) -> list[list[Any]]:
    return [[q.H11, q.H12], [q.H12, q.H22]]


def _entry(i: int, j: int) -> Callable[[Any], Any]:
    return lambda q: inverse_update(_matrix(q), [q.s1, q.s2], [q.y1, q.y2])[i][j]


def _as_products(i: int, j: int) -> Callable[[Any], Any]:
    # (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, factor by factor as the books write it.
    def rule(q: Any) -> Any:
        s, y, n = [q.s1, q.s2], [q.y1, q.y2], (0, 1)
        rho = 1 / (q.y1 * q.s1 + q.y2 * q.s2)
        left = [[int(a == b) - rho * s[a] * y[b] for b in n] for a in n]
        rows = [times(_matrix(q), row) for row in left]
        return sum(rows[i][b] * left[j][b] for b in n) + rho * s[i] * s[j]

    return rule


UPDATED = Model(
    inputs=(*ENTRIES, "s1", "s2", "y1", "y2"),
    definitions={
        "K11": _entry(0, 0),
        "K12": _entry(0, 1),
        "K21": _entry(1, 0),
        "K22": _entry(1, 1),
        "secant1": lambda q: q.K11 * q.y1 + q.K12 * q.y2,
        "secant2": lambda q: q.K21 * q.y1 + q.K22 * q.y2,
    },
    symbols={
        **{f"K{i}": f"H₊{i}" for i in ("11", "12", "21", "22")},
        "secant1": "(H₊y)1",
        "secant2": "(H₊y)2",
    },
    # With positive s and y the product yᵀs is not near 0.
    ranges=dict.fromkeys(("s1", "s2", "y1", "y2", "H11", "H22"), (0.5, 2.0)),
)
START = at_xy(4, 4)
SHORT = 0.01


def _pair(source: Source) -> tuple[list[Any], list[Any]]:
    """The step of length 0.01 g from (4, 4), and how the gradient changes."""
    x = [source.number(v) for v in START.values.values()]
    g = source.gradient(QUARTIC, "f", XY, START.values)
    s = [-source.number(SHORT) * slope for slope in g]
    moved = {n: a + b for n, a, b in zip(XY, x, s, strict=True)}
    after = source.gradient(QUARTIC, "f", XY, moved)
    return s, [b - a for a, b in zip(g, after, strict=True)]


def _learned(source: Source) -> list[list[Any]]:
    s, y = _pair(source)
    return inverse_update([[1, 0], [0, 1]], s, y)


def _point() -> Point:
    s, y = _pair(engine_source())
    values = dict(zip(ENTRIES, (1.0, 0.0, 1.0), strict=True))
    values |= {"s1": s[0], "s2": s[1], "y1": y[0], "y2": y[1]}
    return Point("H = I, the first step from (4, 4)", values)


AT = _point()


def _row(label: str, of: Callable[[Source], Any]) -> Reading:
    return Reading(label, of)


FIRST_UPDATE = Readings(
    "After the step s = −0.01 g from (4, 4), from H₀ = I",
    (
        _row("s₁", lambda source: _pair(source)[0][0]),
        _row("s₂", lambda source: _pair(source)[0][1]),
        _row("y₁", lambda source: _pair(source)[1][0]),
        _row("y₂", lambda source: _pair(source)[1][1]),
        _row("H₁, first row, first", lambda source: _learned(source)[0][0]),
        _row("H₁, first row, second", lambda source: _learned(source)[0][1]),
        _row("H₁, second row, second", lambda source: _learned(source)[1][1]),
        _row("(H₁y)₁", lambda s: times(_learned(s), _pair(s)[1])[0]),
        _row("(H₁y)₂", lambda s: times(_learned(s), _pair(s)[1])[1]),
    ),
)


def _value(name: str, form: Callable[[Any], Any]) -> Claim:
    return Claim(UPDATED, name, (), (form,), "S48", (AT,))


# -- the runs --------------------------------------------------------------------------

FORMULAS = (
    equation(symbol("s"), symbol("θ\u2096\u208a\u2081 − θ\u2096")),
    equation(symbol("y"), symbol("g\u2096\u208a\u2081 − g\u2096")),
    equation(symbol("ρ"), 1 / symbol("yᵀs")),
    equation(
        symbol("H₊"),
        symbol("(I − ρsyᵀ)") * symbol("H") * symbol("(I − ρysᵀ)")
        + symbol("ρ") * symbol("ssᵀ"),
    ),
)
QUADRATIC_RUNS = {
    name: Run(name, FIT, "E", ("m", "b"), ZERO, steps, step, formulas)
    for name, steps, step, formulas in (
        ("steepest descent, exact search", 6, steepest(exact_search), ()),
        ("BFGS, exact search", 2, bfgs(exact_search), FORMULAS),
        ("L-BFGS with one pair, exact search", 2, l_bfgs(1, exact_search), ()),
    )
}
QUARTIC_RUNS = {
    name: Run(f"{name}, from (4, 4)", QUARTIC, "f", XY, START, 8, step)
    for name, step in (
        ("BFGS", bfgs(wolfe_search)),
        ("L-BFGS, two pairs", l_bfgs(2, wolfe_search)),
    )
}
BANANA = Model(
    inputs=XY, definitions={"f": lambda q: (1 - q.x) ** 2 + 100 * (q.y - q.x**2) ** 2}
)
BEND = at_xy(-1.2, 1)
BANANA_STEPS: dict[str, tuple[int, Callable[[At], Any]]] = {
    "steepest descent": (35, steepest(wolfe_search)),
    "BFGS": (35, bfgs(wolfe_search)),
    "L-BFGS, 5 pairs": (35, l_bfgs(5, wolfe_search)),
    "Newton": (6, newton),
}
BANANA_RUNS = {
    name: Run(name, BANANA, "f", XY, BEND, steps, step)
    for name, (steps, step) in BANANA_STEPS.items()
}


def _fit_figure() -> str:
    return plots.contour(
        height(FIT, "E", ("m", "b"), ZERO),
        (-0.5, 2.0),
        (-0.5, 3.0),
        title="Three methods on the error of the regression line",
        paths={name: track(run) for name, run in QUADRATIC_RUNS.items()},
        levels=[4.5, 6, 10, 20, 40, 80],
        names=("m", "b"),
    )


def _quartic_figure() -> str:
    paths = {name: track(run) for name, run in QUARTIC_RUNS.items()}
    return plots.contour(
        height(QUARTIC, "f", XY, START),
        (-1.5, 4.5),
        (-1.5, 4.5),
        title="BFGS and L-BFGS from (4, 4) to the minimum at (0, 0)",
        paths=paths,
        levels=[1, 4, 15, 50, 100, 200, 400, 800],
    )


def _banana_figure() -> str:
    return plots.contour(
        height(BANANA, "f", XY, BEND),
        (-1.6, 1.4),
        (-0.6, 2.0),
        title="Four methods in Rosenbrock's valley",
        paths={name: track(run) for name, run in BANANA_RUNS.items()},
        marks={"minimum": (1.0, 1.0)},
        levels=[0.5, 4, 20, 60, 150, 400],
    )


def _banana_losses() -> str:
    return plots.losses(
        {name: heights(run) for name, run in BANANA_RUNS.items()},
        title="Height in Rosenbrock's valley after each step",
        names=("step", "f"),
    )


def _valley_figure() -> str:
    methods = {
        "steepest descent, exact search": (12, steepest(exact_search)),
        "BFGS, exact search": (2, bfgs(exact_search)),
        "L-BFGS, two pairs": (12, l_bfgs(2, wolfe_search)),
        "Newton": (1, newton),
    }
    paths = {
        name: track(Run("", VALLEY, "f", ("x1", "x2"), ONES, steps, step))
        for name, (steps, step) in methods.items()
    }
    return plots.contour(
        height(VALLEY, "f", ("x1", "x2"), ONES),
        (-0.2, 1.2),
        (-1.1, 1.1),
        title="Four methods in the narrow valley x₁²/100 + x₂²",
        paths=paths,
        marks={"minimum": (0.0, 0.0)},
        levels=[0.001, 0.004, 0.01, 0.05, 0.2, 0.6, 1],
        names=("x₁", "x₂"),
    )


COST = Article(
    id="bfgs",
    title="Learning the curvature: BFGS",
    catalogue_ids=("S48",),
    source=SLIDES + "L700–L702",
    summary=(
        "Newton's method must store the Hessian and solve with it. BFGS guesses its "
        "inverse from the gradients that it sees anyway; L-BFGS keeps only the last "
        "few of them. The slides name both and give no formula; this is the usual one."
    ),
    parts=(
        Part(
            "How large a Hessian is",
            "It has a row per parameter, not per neuron as the slides say: a layer "
            "from a million neurons to a million has 10¹² weights. Already a million "
            "parameters make 10¹² entries of 8 bytes.",
            readings=(
                Readings(
                    "Bytes",
                    (
                        Reading(
                            "Hessian of 10⁶ parameters",
                            lambda source: 8 * source.number(10**6) ** 2,
                        ),
                        Reading(
                            "L-BFGS with ten pairs",
                            lambda source: 8 * source.number(10**6) * 2 * 10,
                        ),
                    ),
                ),
            ),
        ),
        Part(
            "The update",
            "s is the step, y the change of the gradient along it. The new H must turn "
            "y into s, as the true inverse of a quadratic does: the last two claims. "
            "It stays symmetric, and positive definite if yᵀs is positive.",
            (
                _value("K11", _as_products(0, 0)),
                _value("K12", _as_products(0, 1)),
                _value("K21", lambda q: q.K12),
                _value("K22", _as_products(1, 1)),
                _value("secant1", lambda q: q.s1),
                _value("secant2", lambda q: q.s2),
            ),
            readings=(FIRST_UPDATE,),
        ),
        Part(
            "On a quadratic",
            "The error of the regression line in m and b. With an exact search along "
            "each direction BFGS needs as many steps as there are variables, two, "
            "and so does L-BFGS with one pair. Steepest descent never quite ends.",
            runs=tuple(QUADRATIC_RUNS.values()),
            figures=(Figure("Two steps, or many.", _fit_figure),),
        ),
        Part(
            "On the quartic of the calculus notes",
            "Now the step is halved while f has not fallen enough, and doubled while "
            "the slope is nearly what it was: without the second rule yᵀs may be "
            "negative. L-BFGS with two pairs takes another way, because it forgets "
            "where it began, and its first guess has the scale sᵀy/yᵀy.",
            runs=tuple(QUARTIC_RUNS.values()),
            figures=(Figure("Both paths over the lines of height.", _quartic_figure),),
        ),
        Part(
            "Four methods side by side",
            "In the narrow valley of the notes, and in Rosenbrock's curved one, "
            "(1 − x)² + 100(y − x²)², from (−1.2, 1). Newton's method is the quickest "
            "and its steps the dearest; steepest descent creeps along the bottom, "
            "until by chance a step is long.",
            figures=(
                Figure("The narrow valley.", _valley_figure),
                Figure("Rosenbrock's valley.", _banana_figure),
                Figure("The same, as heights.", _banana_losses),
            ),
        ),
    ),
    record=UPDATED.drawn("K11", AT),
    kind="algorithm",
    remarks=(
        Remark(
            "S48, L701",
            "H has a row for each parameter, not for each neuron; and a network has "
            "many more parameters.",
        ),
    ),
)

ARTICLES = (COST,)
