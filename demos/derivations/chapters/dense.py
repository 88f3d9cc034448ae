"""A-06 to A-10 and A-19 to A-22: layers, and what flows forward."""

from collections.abc import Callable
from typing import Any

from autograd_core import sigmoid

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, value_at
from .heads import (
    BY_SIGMOIDS,
    BY_SOFTMAX,
    ONE_SIGMOID_BCE,
    drawn_above,
    named,
    pick,
)
from .networks import (
    I3,
    J2,
    ONE,
    SAMPLE_1,
    SAMPLES,
    W,
    total,
)
from .shapes import ARTICLE as SHAPES
from .shapes import PARAMETERS, count

__all__ = [
    "CHAPTER",
    "NESTED",
    "ROWS",
]

Form = Callable[[Any], Any]


# -- one function of another -----------------------------------------------------

NESTED = Model(
    inputs=("x",),
    definitions={
        "f": lambda q: 3 * q.x + 1,
        "h": lambda q: q.f**2,
        "g": lambda q: q.x**2,
        "k": lambda q: 3 * q.g + 1,
    },
)
AT_2 = Point("x = 2", {"x": 2.0})
COMPOSITION = Article(
    id="composition",
    title="One function of another",
    catalogue_ids=("A-08",),
    source="the article on gradient descent, first draft L181, second draft L185",
    summary=(
        "h(x) = g(f(x)) first does f, then g. The order matters: with f(x) = 3x + 1 "
        "and g(u) = u² the two orders give other values and other slopes. The slope is "
        "the product of the slopes along the way."
    ),
    parts=(
        Part(
            "g after f, and f after g",
            "h squares last, k squares first.",
            (
                Claim(
                    NESTED,
                    "h",
                    (),
                    (lambda q: (3 * q.x + 1) ** 2,),
                    "A-08, L181, L185",
                    (AT_2,),
                ),
                Claim(
                    NESTED,
                    "h",
                    ("x",),
                    (lambda q: 2 * q.f * 3, lambda q: 18 * q.x + 6),
                    "A-08",
                    (AT_2,),
                ),
                Claim(NESTED, "k", (), (lambda q: 3 * q.x**2 + 1,), "A-08", (AT_2,)),
                Claim(NESTED, "k", ("x",), (lambda q: 3 * (2 * q.x),), "A-08", (AT_2,)),
            ),
            NESTED,
            ("f", "h", "g", "k"),
        ),
    ),
    record=NESTED.drawn("h", AT_2),
    kind="definition",
)

# -- A-10 ------------------------------------------------------------


def _hidden(i: int) -> Form:
    return lambda q: sigmoid(_dot(q, [f"u{i}{j}" for j in J2], ["x1", "x2"]))


def _dot(q: Any, weights: list[str], inputs: list[str]) -> Any:
    """The sum of the products of two lists of quantities."""
    pairs = zip(weights, inputs, strict=True)
    return total([getattr(q, w) * getattr(q, x) for w, x in pairs])


def _score(i: int) -> Form:
    # The nested call: the layers as functions, one inside the other.
    return lambda q: total([getattr(q, f"w{i}{j}") * _hidden(j)(q) for j in I3])


def _share(i: int, k: int) -> Form:
    # The slope of the output i by the score k.
    def form(q: Any) -> Any:
        a, b = getattr(q, f"a{i}"), getattr(q, f"a{k}")
        return a * (1 - a) if i == k else -a * b

    return form


def _by_hidden(i: int, j: int) -> Form:
    # The slope of the output i by the hidden sum j.
    def form(q: Any) -> Any:
        h = getattr(q, f"h{j}")
        sent = total([_share(i, k)(q) * getattr(q, f"w{k}{j}") for k in I3])
        return sent * h * (1 - h)

    return form


def _layer(i: int, j: int) -> Claim:
    def form(q: Any) -> Any:
        h = getattr(q, f"h{i}")
        return h * (1 - h) * getattr(q, f"u{i}{j}")

    return Claim(ONE, f"h{i}", (f"x{j}",), (form,), "A-07, L141–L176", SAMPLES)


def _beside(i: int, j: int) -> Claim:
    return Claim(
        ONE,
        "a1",
        (f"w{i}{j}",),
        (lambda q: _share(1, i)(q) * getattr(q, f"h{j}"),),
        "A-06, L114–L139",
        SAMPLES,
    )


def _through(i: int) -> Claim:
    forms = (lambda q: _by_hidden(1, i)(q) * q.x1,)
    return Claim(ONE, "a1", (f"u{i}1",), forms, "A-06", SAMPLES)


FEED_FORWARD = Article(
    id="feed-forward",
    title="The whole network as one function",
    catalogue_ids=("A-06", "A-07", "A-09", "A-10"),
    source=(
        "the article on gradient descent, first draft L110–L193, second draft L114–L197"
    ),
    summary=(
        "A layer takes the activations of the layer before it and makes its own; the "
        "network is the layers one inside the other, begun with a₀ = x. A program "
        "needs no nested call: it goes through the list of layers and keeps every "
        "result, because the way back will need them. (u and w are the notes' Θ₁ and "
        "Θ₂; s, h and z, a what they make.)"
    ),
    parts=(
        Part(
            "Nested or in a loop",
            "The nested call gives what the loop gives. One ∘ is missing in the notes' "
            "chain of functions, before the first layer (E04), and the second draft "
            "still counts P functions where it now has L (E05).",
            tuple(
                Claim(ONE, f"z{i}", (), (_score(i),), "A-09, L177–L191", SAMPLES)
                for i in I3
            ),
        ),
        Part(
            "Forward, number by number",
            "What each layer adds up and what it makes of it, for both samples.",
            readings=tuple(
                Readings(
                    f"The forward pass of {point.label}",
                    value_at(
                        ONE,
                        " ".join(f"{letter}{i}" for letter in "shza" for i in I3),
                        point,
                    ),
                )
                for point in SAMPLES
            ),
        ),
        Part(
            "A layer as a function",
            "From two numbers to three: its slopes are a table with three rows and two "
            "columns. The notes call a width H with the index p, a letter that they "
            "never define; P, the last layer, is meant (E03).",
            tuple(_layer(i, j) for i in I3 for j in J2),
        ),
        Part(
            "Input or parameter?",
            "The notes say that the parameters of F are the xᵢ (E02). They are its "
            "input; the parameters are the weights, and the output has a slope by each "
            "of them. Those of the first output by some weights of both layers:",
            (
                *(_beside(i, 1) for i in I3),
                *map(_through, I3),
            ),
            readings=(
                Readings(
                    "What F is made of",
                    (
                        count("inputs", len(J2)),
                        count("outputs", len(I3)),
                        count("leaves of its graph that ask for a slope", PARAMETERS),
                    ),
                ),
            ),
        ),
    ),
    record=drawn_above(ONE, "a1", SAMPLE_1, ["h1", "h2", "h3"], *W),
    kind="algorithm",
    remarks=(
        Remark(
            "A-06; first draft L111, second L115 (E02)",
            "xᵢ is called a parameter of F. It is the input; the parameters are Θ.",
        ),
        Remark(
            "A-07, first draft, L159 (E03)",
            "The number of layers is a small p here and P elsewhere.",
        ),
        Remark(
            "A-09; first draft L186, second L190 (E04)",
            "The sign ∘ before the first function is missing.",
        ),
        Remark(
            "A-09, second draft, L177 (E05)",
            "Composed are L functions, one per layer. In this draft P is the number "
            "of outputs.",
        ),
        Remark(
            "A-09, A-20, A-21; first draft, L191, L283–L295, L323 (E10)",
            "The number of a layer is k in the formulas and ℓ in the sentences around "
            "them.",
        ),
    ),
)

# -- A-22 ------------------------------------------------------------------

ROWS = Model(
    inputs=("t11", "t12", "t21", "t22", "x1", "x2"),
    definitions={
        "z1": lambda q: q.t11 * q.x1 + q.t12 * q.x2,
        "z2": lambda q: q.t21 * q.x1 + q.t22 * q.x2,
    },
)
ROWS_AT = Point(
    "Θ = (1, 2; 3, 4), x = (5, 6)",
    {"t11": 1.0, "t12": 2.0, "t21": 3.0, "t22": 4.0, "x1": 5.0, "x2": 6.0},
)
BIASED = Model(
    inputs=("t1", "t2", "b", "x1", "x2"),
    definitions={
        "z": lambda q: q.t1 * q.x1 + q.t2 * q.x2 + q.b,
        "a": lambda q: sigmoid(q.z),
        "bare": lambda q: sigmoid(q.t1 * q.x1 + q.t2 * q.x2),
    },
    symbols={"bare": "a without b"},
)
_ORIGIN = {"x1": 0.0, "x2": 0.0, "b": 0.7}
SMALL = Point("x = 0, small weights", {**_ORIGIN, "t1": 0.2, "t2": -0.1})
LARGE = Point("x = 0, large weights", {**_ORIGIN, "t1": 20.0, "t2": 30.0})


def _sum(i: int) -> Claim:
    weights = [f"u{i}{j}" for j in J2]
    form = (lambda q: _dot(q, weights, ["x1", "x2"]),)
    return Claim(ONE, f"s{i}", (), form, "A-21, L246–L276", SAMPLES)


def _weight(i: int, k: int, j: int) -> Claim:
    def form(q: Any) -> Any:
        h = getattr(q, f"h{i}")
        return h * (1 - h) * getattr(q, f"x{j}") if i == k else q.exact("0")

    where = "A-19, L234–L287"
    return Claim(ONE, f"h{i}", (f"u{k}{j}",), (form,), where, SAMPLES)


def _sum_of_outputs(model: Model, point: Point) -> Callable[[Any], Any]:
    def compute(source: Any) -> Any:
        numbers = {n: source.number(x) for n, x in point.values.items()}
        return total(pick(model.run(numbers), "a"))

    return compute


DENSE = Article(
    id="dense-layer",
    title="A dense layer",
    catalogue_ids=("A-19", "A-21", "A-22"),
    source=(
        "the article on gradient descent, first draft L235–L246 and L326–L353, second "
        "draft L234–L287 and L367"
    ),
    summary=(
        "Every unit weighs all activations of the layer before, adds, and applies an "
        "activation function: z = Θa, then g(z). In the hidden layers g is the "
        "sigmoid, unit by unit; at the output it is softmax, which takes all scores at "
        "once. Keep z and a both: what comes back is the slope by a first, then by z."
    ),
    parts=(
        Part(
            "Before the activation",
            "One sum of products per unit. (The first draft writes the layer's index k "
            "here and ℓ beside it: E10. It is one index.)",
            (
                *map(_sum, I3),
                *(
                    Claim(ONE, "s1", (f"x{j}",), (named(f"u1{j}"),), "A-21", SAMPLES)
                    for j in J2
                ),
            ),
        ),
        Part(
            "After it",
            "The slope of the unit, times the input beside the weight; a weight of "
            "another unit does nothing.",
            tuple(_weight(1, k, j) for k in (1, 2) for j in J2),
        ),
        Part(
            "Softmax at the output",
            "It shares 1 among the outputs, so one score moves them all.",
            (Claim(ONE, "a1", ("z2",), (lambda q: -q.a1 * q.a2,), "A-22", BY_SOFTMAX),),
            ONE,
            ("a1",),
        ),
        Part(
            "Sigmoids at the output",
            "They know nothing of each other. Which loss belongs to which output is "
            "where the first draft goes wrong (E09, in the article on binary "
            "cross-entropy).",
            (
                Claim(
                    ONE_SIGMOID_BCE,
                    "a1",
                    ("z2",),
                    (lambda q: q.exact("0"),),
                    "A-22",
                    BY_SIGMOIDS,
                ),
            ),
            ONE_SIGMOID_BCE,
            ("a1",),
            readings=(
                Readings(
                    "a₁ + a₂ + a₃ for sample 1",
                    (
                        Reading("softmax", _sum_of_outputs(ONE, SAMPLE_1)),
                        Reading("sigmoids", _sum_of_outputs(ONE_SIGMOID_BCE, SAMPLE_1)),
                    ),
                ),
            ),
        ),
        Part(
            "The bias that is not there",
            "Neither draft has a bias (E38). Without one, a sigmoid unit gives one "
            "half for x = 0, whatever its weights are. A bias is a weight beside an "
            "input that is always 1; its slope is the slope by z itself.",
            (
                Claim(BIASED, "z", ("b",), (lambda q: 1,), "A-19 (E38)", (SMALL,)),
                Claim(
                    BIASED,
                    "a",
                    ("b",),
                    (lambda q: q.a * (1 - q.a),),
                    "A-19 (E38)",
                    (SMALL, LARGE),
                ),
            ),
            BIASED,
            ("z", "a", "bare"),
            readings=tuple(
                Readings(
                    f"At {point.label}, b = 0.7", value_at(BIASED, "bare a", point)
                )
                for point in (SMALL, LARGE)
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-19, A-03; both drafts, L47–L52, and second draft, L246–L251 (E11): z₁",
            "A sample is a row of X, and Θ times a row is not defined. A column is "
            "meant, or the row times the transposed matrix. A row times Θ itself, "
            "which runs without complaint where Θ is square, is something else.",
            Claim(
                ROWS,
                "z1",
                (),
                (lambda q: q.x1 * q.t11 + q.x2 * q.t21,),
                "L246–L251",
                (ROWS_AT,),
            ),
            Claim(
                ROWS,
                "z1",
                (),
                (lambda q: q.x1 * q.t11 + q.x2 * q.t12,),
                "L246–L251",
                (ROWS_AT,),
            ),
        ),
        Misprint(
            "A-19, A-03; both drafts, L47–L52, and second draft, L246–L251 (E11): z₂",
            "The second entry of the same product.",
            Claim(
                ROWS,
                "z2",
                (),
                (lambda q: q.x1 * q.t12 + q.x2 * q.t22,),
                "L246–L251",
                (ROWS_AT,),
            ),
            Claim(
                ROWS,
                "z2",
                (),
                (lambda q: q.x1 * q.t21 + q.x2 * q.t22,),
                "L246–L251",
                (ROWS_AT,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "A-19; first draft L245, second L249 (E38)",
            "The layers have no bias, here or anywhere else in the two drafts.",
        ),
    ),
    record=drawn_above(ONE, "h1", SAMPLE_1, [], "u11", "u12"),
    kind="definition",
)

CHAPTER = Chapter(
    "dense",
    "Layers, and what flows forward",
    "A network is one function inside another. A layer weighs, adds and squeezes; its "
    "shapes are counted here, and each of its slopes is taken once.",
    (COMPOSITION, FEED_FORWARD, DENSE, SHAPES),
)
