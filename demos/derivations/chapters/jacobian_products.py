"""S86: the chain rule as a product of Jacobians, from the left or from the right."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import cos, exp, sin
from visualize import plots

from ..article import Claim, Model, Point
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at
from .networks import total

__all__ = ["ARTICLE", "COMPOSED", "COMPOSED_AT", "SHAPES", "multiplications"]

Form = Callable[[Any], Any]


def _of(name: str) -> Form:
    return lambda q: getattr(q, name)


COMPOSED = Model(
    inputs=("x1", "x2"),
    definitions={
        "u1": lambda q: q.x1 * q.x2,
        "u2": lambda q: q.x1 + sin(q.x2),
        "u3": lambda q: exp(q.x1),
        "v1": lambda q: q.u1 + q.u2**2,
        "v2": lambda q: q.u2 * q.u3,
        "f": lambda q: q.v1**2 * q.v2,
    },
)
COMPOSED_AT = Point("(0.5, −1.2)", {"x1": 0.5, "x2": -1.2})
X2, U3, V2 = ("x1", "x2"), ("u1", "u2", "u3"), ("v1", "v2")
Matrix = list[list[Any]]


def _jacobian(source: Source, outs: Sequence[str], ins: Sequence[str]) -> Matrix:
    values = COMPOSED_AT.values
    return [[source.of(COMPOSED, o, (i,), values) for i in ins] for o in outs]


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return [
        [total([a * b for a, b in zip(row, column, strict=True)]) for column in columns]
        for row in left
    ]


def multiplications(shapes: Sequence[tuple[int, int]], *, from_left: bool) -> int:
    """How many a product of matrices takes, from the left or from the right.

    Parameters
    ----------
    shapes
        Rows and columns of each factor.
    """
    order = list(shapes) if from_left else list(reversed(shapes))
    count, (rows, columns) = 0, order[0]
    for r, c in order[1:]:
        count += rows * columns * c if from_left else r * c * columns
        rows, columns = (rows, c) if from_left else (r, columns)
    return count


SHAPES = ((1, 2), (2, 3), (3, 2))


def _entry(name: str, which: str, row: int, column: int) -> Reading:
    def compute(source: Source) -> Any:
        j3 = _jacobian(source, ("f",), V2)
        j2 = _jacobian(source, V2, U3)
        j1 = _jacobian(source, U3, X2)
        products = {
            "J3J2": lambda: _product(j3, j2),
            "J2J1": lambda: _product(j2, j1),
            "left": lambda: _product(_product(j3, j2), j1),
            "right": lambda: _product(j3, _product(j2, j1)),
        }
        return products[which]()[row][column]

    return Reading(name, compute)


def _count(label: str, *, from_left: bool) -> Reading:
    count = multiplications(SHAPES, from_left=from_left)
    return Reading(label, lambda source: source.number(count))


def _costs_figure() -> str:
    def chain(width: int, *, from_left: bool) -> float:
        shapes = [(1, width), *[(width, width)] * 4]
        return float(multiplications(shapes, from_left=from_left))

    widths = (2, 4, 8, 16, 32, 64)
    return plots.lines(
        {
            "from the right, matrices": [
                (float(w), chain(w, from_left=False)) for w in widths
            ],
            "from the left, vectors": [
                (float(w), chain(w, from_left=True)) for w in widths
            ],
        },
        title="Multiplications for a cost above four layers, by their width",
        names=("units per layer", "multiplications"),
        log=True,
    )


def _composed(target: str, wrt: str, form: Form) -> Claim:
    return Claim(COMPOSED, target, (wrt,), (form,), "S86, L1330", (COMPOSED_AT,))


def _gradient(name: str) -> Form:
    # J₃J₂ times a column of J₁.
    def form(q: Any) -> Any:
        by_v1, by_v2 = 2 * q.v1 * q.v2, q.v1**2
        by_u = (by_v1, by_v1 * 2 * q.u2 + by_v2 * q.u3, by_v2 * q.u2)
        columns = {"x1": (q.x2, 1, q.u3), "x2": (q.x1, cos(q.x2), 0)}
        return total([d * c for d, c in zip(by_u, columns[name], strict=True)])

    return form


ARTICLE = Article(
    id="two-ways-of-products",
    title="From the left or from the right",
    catalogue_ids=("S86",),
    source="the slides on the multi-layer perceptron, lines L1322–L1343",
    summary=(
        "The chain rule for layers is a product of Jacobians, and a product of "
        "matrices may be bracketed as one likes. From the left, beginning at the cost, "
        "every intermediate result is a row, because the cost is one number: that is "
        "back-propagation. It needs no memory for matrices; it does need all values "
        "of the forward pass."
    ),
    parts=(
        Part(
            "Three functions",
            "Two inputs x, three u, two v, one f.",
            (
                *(
                    _composed("f", v, form)
                    for v, form in (
                        ("v1", lambda q: 2 * q.v1 * q.v2),
                        ("v2", lambda q: q.v1**2),
                    )
                ),
                _composed("v1", "u2", lambda q: 2 * q.u2),
                _composed("v2", "u2", _of("u3")),
                _composed("u3", "x1", _of("u3")),
            ),
            COMPOSED,
            tuple(COMPOSED.definitions),
        ),
        Part(
            "Both ways",
            "From the left a row times a matrix, from the right a matrix times a "
            "matrix. The results are the same.",
            tuple(_composed("f", name, _gradient(name)) for name in X2),
            readings=(
                Readings(
                    "Intermediate results",
                    (
                        *(_entry(f"(J₃J₂){i + 1}", "J3J2", 0, i) for i in range(3)),
                        *(
                            _entry(f"(J₂J₁){i + 1}{j + 1}", "J2J1", i, j)
                            for i in (0, 1)
                            for j in (0, 1)
                        ),
                    ),
                ),
                Readings(
                    "The gradient",
                    tuple(
                        row
                        for i in (0, 1)
                        for row in (
                            _entry(f"(J₃J₂)J₁, entry {i + 1}", "left", 0, i),
                            _entry(f"J₃(J₂J₁), entry {i + 1}", "right", 0, i),
                            derivative_at(COMPOSED, "f", f"x{i + 1}", COMPOSED_AT),
                        )
                    ),
                ),
                Readings(
                    "Multiplications",
                    (
                        _count("from the left", from_left=True),
                        _count("from the right", from_left=False),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "The wider the layers, the more the order matters.", _costs_figure
                ),
            ),
        ),
    ),
    record=COMPOSED.drawn("f", COMPOSED_AT),
    kind="algorithm",
    remarks=(
        Remark(
            "S86, L1342",
            "They are vectors because the last function is a scalar. The activations "
            "of all layers have to be stored nevertheless.",
        ),
    ),
)
