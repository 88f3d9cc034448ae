"""S39 to S42: means of gradients, sums over paths, and the gradient of a line."""

from typing import Any

from autograd_core import cos, sin

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings, derivative_at
from .line import I3, LINE, PARAMETERS, at, column, each, missed, rows
from .networks import total
from .quasi_newton import times
from .shorthand import claims

__all__ = ["ARTICLES", "MIDDLE", "PATHS"]

SLIDES = "the slides on the multi-layer perceptron, lines "

# -- S39 -------------------------------------------------------------------------------

MIDDLE = at(0.5, 0.5)


def _samples(wrt: str) -> tuple[Reading, ...]:
    return tuple(derivative_at(LINE, f"l{i}", wrt, MIDDLE) for i in I3)


AVERAGES = Article(
    id="gradient-of-a-mean",
    title="The mean of the gradients is the gradient of the mean",
    catalogue_ids=("S39",),
    source=SLIDES + "L599–L606",
    summary=(
        "A cost is the mean over the samples. Differentiating is linear, so its "
        "gradient and its Hessian are the means of those of the samples. A few samples "
        "give an estimate of both."
    ),
    parts=(
        Part(
            "A line and three points",
            "The loss of a sample is the square of what the line misses. The slides "
            "take the mean here, and the sum in the regression that follows.",
            (
                *claims(
                    LINE,
                    "mean",
                    "S39, L601–L606",
                    (MIDDLE,),
                    {
                        "θ0": (
                            lambda q: total([2 * missed(q, i) for i in I3]) / 3,
                            lambda q: (
                                q.exact("2/3") * total([missed(q, i) for i in I3])
                            ),
                        ),
                        "θ1": lambda q: (
                            total(
                                [2 * missed(q, i) * column(q, "x")[i - 1] for i in I3]
                            )
                            / 3
                        ),
                        "θ0 θ0": lambda q: q.exact("2"),
                        "θ0 θ1": lambda q: 2 * total(column(q, "x")) / 3,
                        "θ1 θ1": lambda q: (
                            2 * total([x**2 for x in column(q, "x")]) / 3
                        ),
                    },
                ),
            ),
            LINE,
            ("l1", "l2", "l3", "mean"),
        ),
        Part(
            "Sample by sample",
            "The data are (1, 2), (2, 5) and (3, 3). The second point is farthest from "
            "the line and pulls most.",
            readings=(
                Readings(
                    "Slopes of each sample at θ = (0.5, 0.5), and of the mean",
                    tuple(
                        row
                        for name in PARAMETERS
                        for row in (
                            *_samples(name),
                            derivative_at(LINE, "mean", name, MIDDLE),
                        )
                    ),
                ),
            ),
        ),
    ),
    record=LINE.drawn("mean", MIDDLE, *PARAMETERS),
    kind="definition",
)

# -- S40 -------------------------------------------------------------------------------

PATHS = Model(
    inputs=("u", "v"),
    definitions={
        "x": lambda q: q.u * q.v,
        "y": lambda q: q.u + q.v**2,
        "z": lambda q: q.x**2 * q.y + sin(q.y),
    },
)
PATHS_AT = Point("u = 0.7, v = −1.2", {"u": 0.7, "v": -1.2})


def _zx(q: Any) -> Any:
    return 2 * q.x * q.y


def _zy(q: Any) -> Any:
    return q.x**2 + cos(q.y)


def _path(wrt: str, form: Any) -> tuple[Claim, ...]:
    return claims(PATHS, "z", "S40, L610–L612", (PATHS_AT,), {wrt: form})


CHAIN = Article(
    id="chain-rule-two-paths",
    title="Two paths, two products",
    catalogue_ids=("S40",),
    source=SLIDES + "L608–L615",
    summary=(
        "z depends on u through x and through y. Along each path the derivatives are "
        "multiplied, and the paths are added. That is all a backward sweep does."
    ),
    parts=(
        Part(
            "The pieces",
            "x and y are held as if they were inputs of their own.",
            (
                *_path("x", _zx),
                *_path("y", _zy),
                *claims(
                    PATHS,
                    "x",
                    "S40",
                    (PATHS_AT,),
                    {"u": lambda q: q.v, "v": lambda q: q.u},
                ),
                *claims(
                    PATHS,
                    "y",
                    "S40",
                    (PATHS_AT,),
                    {"u": lambda q: q.exact("1"), "v": lambda q: 2 * q.v},
                ),
            ),
            PATHS,
            ("x", "y", "z"),
        ),
        Part(
            "Put together",
            "The slides print the formula for u; that for v is the same with v.",
            (
                *_path(
                    "u",
                    (
                        lambda q: _zx(q) * q.v + _zy(q) * q.exact("1"),
                        lambda q: (
                            2 * q.u * q.v**2 * (q.u + q.v**2)
                            + (q.u * q.v) ** 2
                            + cos(q.u + q.v**2)
                        ),
                    ),
                ),
                *_path("v", lambda q: _zx(q) * q.u + _zy(q) * (2 * q.v)),
            ),
            readings=(
                Readings(
                    "The second derivatives, from the same graph",
                    tuple(
                        derivative_at(PATHS, "z", wrt, PATHS_AT)
                        for wrt in ("u u", "u v", "v v")
                    ),
                ),
            ),
        ),
    ),
    record=PATHS.drawn("z", PATHS_AT),
)

# -- S41 and S42 -----------------------------------------------------------------------

PLAIN, PENALISED = at(1.0, 0.2), at(1.0, 0.2, 0.5)


def _x(q: Any, i: int) -> Any:
    return column(q, "x")[i - 1]


def _squares(q: Any) -> Any:
    return 2 * total([x**2 for x in column(q, "x")])


def _products(place: int, *, split: bool) -> Any:
    # Entry of 2Xᵀ(Xθ − y), or of −2Xᵀy + 2XᵀXθ.
    def rule(q: Any) -> Any:
        x, y = rows(q), column(q, "y")
        transposed = list(zip(*x, strict=True))
        fitted = times(x, [q.θ0, q.θ1])
        if split:
            minus = times(transposed, y)[place]
            return -2 * minus + 2 * times(transposed, fitted)[place]
        apart = [a - b for a, b in zip(fitted, y, strict=True)]
        return 2 * times(transposed, apart)[place]

    return rule


def _gram(i: int, j: int) -> Any:
    def rule(q: Any) -> Any:
        columns = list(zip(*rows(q), strict=True))
        return 2 * total([a * b for a, b in zip(columns[i], columns[j], strict=True)])

    return rule


def _scalar(form: Any) -> Claim:
    (made,) = claims(LINE, "ridge", "L629", (PENALISED,), {"θ0": form})
    return made


def _corner(form: Any) -> Claim:
    (made,) = claims(LINE, "rss", "L633", (PLAIN,), {"θ0 θ0": form})
    return made


REGRESSION = Article(
    id="regression-gradient",
    title="The gradient of a line's error",
    catalogue_ids=("S41", "S42"),
    source=SLIDES + "L617–L633",
    summary=(
        "The squared error of a straight line ŷ = θ₀ + xθ₁ (which the slides call y), "
        "once as a sum over samples with a penalty on the slope, once in matrices."
    ),
    parts=(
        Part(
            "As a sum",
            "The inner derivative −1 turns y − ŷ into ŷ − y; after that no sign is "
            "left over.",
            claims(
                LINE,
                "ridge",
                "S41, L619–L629",
                (PENALISED,),
                {
                    "θ0": (
                        each(lambda q, i: 2 * -missed(q, i) * -1),
                        lambda q: 2 * total([missed(q, i) for i in I3]),
                    ),
                    "θ1": lambda q: (
                        2 * total([_x(q, i) * missed(q, i) for i in I3])
                        + 2 * q.dd * q.θ1
                    ),
                    "θ0 θ0": lambda q: q.exact("6"),
                    "θ0 θ1": lambda q: 2 * total(column(q, "x")),
                    "θ1 θ1": lambda q: _squares(q) + 2 * q.dd,
                },
            ),
            LINE,
            ("l1", "l2", "l3", "ridge"),
        ),
        Part(
            "In matrices",
            "X has a row (1, x) per sample. Gradient: 2Xᵀ(Xθ − y); Hessian: 2XᵀX, "
            "square with as many rows as there are parameters. The penalty is left out "
            "here; it would add 2δ² to the last entry.",
            claims(
                LINE,
                "rss",
                "S42, L631–L633",
                (PLAIN,),
                {
                    "θ0": (_products(0, split=True), _products(0, split=False)),
                    "θ1": (_products(1, split=True), _products(1, split=False)),
                    "θ0 θ0": _gram(0, 0),
                    "θ0 θ1": _gram(0, 1),
                    "θ1 θ1": _gram(1, 1),
                },
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S41, L629",
            "The last line keeps the factor −1 although the sign has already been "
            "turned.",
            _scalar(lambda q: 2 * total([missed(q, i) for i in I3]) * -1),
            _scalar(lambda q: 2 * total([missed(q, i) for i in I3])),
        ),
        Misprint(
            "S42, L633",
            "The boxed Hessian reads 2ΣX, with sizes beneath that belong to Xᵀ and X. "
            "Twice the sum of the entries of X is a number and no matrix, and it is "
            "not the first entry either.",
            _corner(lambda q: 2 * (3 + total(column(q, "x")))),
            _corner(_gram(0, 0)),
        ),
    ),
    remarks=(
        Remark(
            "S41, L621",
            "y is printed for ŷ: the right-hand side is the prediction.",
        ),
        Remark(
            "S42, L633",
            "The penalty of the scalar form is left out here, and its 2δ² in the "
            "Hessian with it.",
        ),
    ),
    record=LINE.drawn("ridge", PENALISED, *PARAMETERS),
)

ARTICLES = (AVERAGES, CHAIN, REGRESSION)
