"""S66: the Hessian of a logistic regression, and when it has a unique minimum."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp, log, sigmoid
from autograd_core.linalg import det

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at, value_at
from .logistic import AT, DATA, X, combined
from .networks import total

__all__ = ["ARTICLE", "SEPARABLE", "TWICE", "scores", "weights"]

Form = Callable[[Any], Any]


def scores(score: Callable[[Any, int], Any]) -> dict[str, Form]:
    """z1 to z5, each from the quantities and its x."""

    def one(x: int) -> Form:
        return lambda q: score(q, x)

    return {f"z{i}": one(x) for i, x in enumerate(X, 1)}


# What follows from the scores, also where these are computed otherwise.
_REST = {n: rule for n, rule in DATA.definitions.items() if not n.startswith("z")}


def weights(q: Any) -> list[Any]:
    """p (1 − p), for each sample."""
    shares = [getattr(q, f"p{i}") for i in range(1, len(X) + 1)]
    return [p * (1 - p) for p in shares]


def _entry(power: int) -> Form:
    # Σ p (1 − p) x^power.
    return lambda q: combined([x**power for x in X], weights(q))


def _scalar(q: Any) -> Any:
    # The row times the column: 1 + x², a number, for the row (1, x).
    return combined([1 + x**2 for x in X], weights(q))


LINE = Model(
    inputs=("a", "b", "u", "v", "t"),
    definitions={
        **scores(lambda q, x: q.a + q.u * q.t + (q.b + q.v * q.t) * x),
        **_REST,
    },
    # Narrow enough for the complex step's difference of h = 10⁻³.
    ranges={"u": (-1.0, 1.0), "v": (-0.5, 0.5), "t": (-1.0, 1.0)},
)
LINE_AT = Point("t = 0", {**AT.values, "u": 1.0, "v": -0.5, "t": 0.0})


def _bend(q: Any) -> Any:
    pairs = zip(weights(q), X, strict=True)
    return total([s * (q.u + q.v * x) ** 2 for s, x in pairs])


SEPARABLE = Model(
    inputs=("θ",),
    definitions={"C": lambda q: -log(1 - sigmoid(-q.θ)) - log(sigmoid(q.θ))},
)
TWICE = Model(
    inputs=("a", "b", "c"),
    definitions={**scores(lambda q, x: combined((1, x, x), (q.a, q.b, q.c))), **_REST},
)
TWICE_AT = Point("a = 0.2, b = −0.1, c = −0.2", {"a": 0.2, "b": -0.1, "c": -0.2})
AT_ONE = Point("θ = 1", {"θ": 1.0})


def _determinant(model: Model, point: Point) -> Callable[[Source], Any]:
    return lambda source: det(source.hessian(model, "C", model.inputs, point.values))


def _far(theta: float) -> tuple[Reading, ...]:
    point = Point("", {"θ": theta})
    cost, slope = (
        value_at(SEPARABLE, "C", point)[0],
        derivative_at(SEPARABLE, "C", "θ", point),
    )
    return (
        Reading(f"C at θ = {theta:g}", cost.compute),
        Reading(f"its slope at θ = {theta:g}", slope.compute),
    )


def _second(wrt: str, power: int) -> Claim:
    return Claim(
        DATA, "C", tuple(wrt.split()), (_entry(power),), "S66, L903–L907", (AT,)
    )


ARTICLE = Article(
    id="logistic-hessian",
    title="The curvature of the cost",
    catalogue_ids=("S66",),
    source="the slides on the multi-layer perceptron, lines L891–L909",
    summary=(
        "Differentiated once more, the targets drop out: the Hessian is XᵀSX, where S "
        "has p(1 − p) on its diagonal. It is never negative in any direction, so the "
        "cost is convex. That it is positive definite and has a unique minimum, as "
        "the slide concludes, needs more; here are two counterexamples."
    ),
    parts=(
        Part(
            "XᵀSX",
            "Each entry is a sum over the samples.",
            (_second("a a", 0), _second("a b", 1), _second("b b", 2)),
        ),
        Part(
            "In any direction",
            "From (a, b) along (u, v), t times: a sum of squares with weights that "
            "are positive. It is 0 only if u + v·x is 0 for every x of the data.",
            (Claim(LINE, "C", ("t", "t"), (_bend,), "S66, L909", (LINE_AT,)),),
        ),
        Part(
            "No minimum",
            "Two samples that a threshold separates, x = −1 with y = 0 and x = 1 with "
            "y = 1, and no bias: the slope is negative for every θ. The cost comes as "
            "close to 0 as one likes and never arrives.",
            (
                Claim(
                    SEPARABLE,
                    "C",
                    (),
                    (lambda q: 2 * log(1 + exp(-q.θ)),),
                    "S66, L909",
                    (AT_ONE,),
                ),
                Claim(
                    SEPARABLE,
                    "C",
                    ("θ",),
                    (lambda q: -2 * sigmoid(-q.θ),),
                    "S66, L909",
                    (AT_ONE,),
                ),
            ),
            readings=(
                Readings("Downhill for ever", (*_far(1.0), *_far(5.0), *_far(20.0))),
            ),
        ),
        Part(
            "No unique minimum",
            "A column of the data twice, with the parameters b and c: only b + c "
            "matters, and the Hessian has the determinant 0.",
            (
                Claim(
                    TWICE,
                    "C",
                    ("b", "c"),
                    (_entry(2),),
                    "S66, L909",
                    (TWICE_AT,),
                ),
            ),
            TWICE,
            ("z1",),
            readings=(
                Readings(
                    "det H",
                    (
                        Reading("of the five samples", _determinant(DATA, AT)),
                        Reading("with a column twice", _determinant(TWICE, TWICE_AT)),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S66, L905",
            "x xᵀ is printed. The slides write a sample as a row, so that is a number, "
            "1 + x², the same in every place of the matrix. Column times row is meant.",
            Claim(DATA, "C", ("a", "b"), (_scalar,), "L905", (AT,)),
            Claim(DATA, "C", ("a", "b"), (_entry(1),), "L905", (AT,)),
        ),
    ),
    remarks=(
        Remark(
            "S66, L909",
            "In general H is positive semi-definite only, and a minimum need not "
            "exist: where the classes can be separated there is none.",
        ),
    ),
    record=SEPARABLE.drawn("C", AT_ONE),
)
