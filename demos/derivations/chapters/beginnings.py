"""N1 to N3: what is to be learned: a line through points, the mood of a sentence."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import exp, log, sigmoid
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Printed, Reading, Readings, Run, value_at
from .best_line import DATA, FIT_RUN
from .descent_rules import descent_formulas, gradient_descent
from .networks import total

__all__ = ["BEST", "CHAPTER", "COUNTS", "LINE", "MOOD", "MOOD_RUN", "PRINTED_MOOD"]

NOTES = "the hand-written calculus notes"

# -- N1: a line through points ---------------------------------------------------------

LINE = Model(
    inputs=("m", "b", "x", "t"),
    definitions={
        "y": lambda q: q.m * q.x + q.b,
        "E": lambda q: (q.y - q.t) ** 2,
    },
)
LINE_AT = Point(
    "m = 1/2, b = 7/3 at (2, 5)", {"m": 0.5, "b": 7 / 3, "x": 2.0, "t": 5.0}
)


def _line(target: str, wrt: str, form: Callable[[Any], Any]) -> Claim:
    return Claim(LINE, target, (wrt,), (form,), "N1, L9", (LINE_AT,))


def _missed(x: float, y: float) -> Reading:
    def compute(source: Any) -> Any:
        m, b = FIT_RUN.iterates(source)[1].x
        return m * x + b - y

    return Reading(f"line minus point at ({x}, {y})", compute)


BEST = Readings(
    "The line of least squares",
    (
        Reading("m", FIT_RUN.reading(1, "m").compute),
        Reading("b", FIT_RUN.reading(1, "b").compute),
        *(_missed(x, y) for x, y in DATA),
    ),
)


def _fit_figure() -> str:
    m, b = FIT_RUN.iterates(engine_source())[1].x
    return plots.fit(
        DATA,
        {"y = m·x + b": lambda x: float(m * x + b)},
        (0.5, 3.5),
        title="Three points and the line of least squares",
    )


REGRESSION = Article(
    id="linear-regression-problem",
    title="A line through points",
    catalogue_ids=("N1",),
    source=f"{NOTES}, line L9",
    summary=(
        "Points are given, a line is wanted: y = m·x + b, as near to them as can be. "
        "Of this the notes keep the title; the picture is lost and there is no "
        "formula. The points here are those of their error function, further on."
    ),
    parts=(
        Part(
            "The model and its error",
            "m and b are to be learned, x and t are a point. Learning needs the slopes "
            "of the error by m and b. Both have the error of the line as a factor.",
            (
                _line("y", "m", lambda q: q.x),
                _line("y", "b", lambda q: 1),
                _line("y", "x", lambda q: q.m),
                _line("E", "m", lambda q: 2 * (q.y - q.t) * q.x),
                _line("E", "b", lambda q: 2 * (q.y - q.t)),
            ),
            LINE,
            ("y", "E"),
        ),
        Part(
            "The answer",
            "The article on the best line through three points finds it. The line "
            "passes above two points and below one; what it misses adds up to zero.",
            readings=(BEST,),
            figures=(Figure("The picture that was lost.", _fit_figure),),
        ),
    ),
    record=LINE.drawn("E", LINE_AT, "m", "b"),
    kind="definition",
    remarks=(
        Remark(
            "N1, L9",
            "Only the title survives: the picture is lost, and no formula is written.",
        ),
    ),
)

# -- N2: the mood of a sentence --------------------------------------------------------

# The third word of the last sentence is unreadable; its counts need a "Ya" there.
SENTENCES = (
    ("Ya Ya Ya", 1),
    ("Na na", 0),
    ("Ya na Ya", 1),
    ("Na na Ya na", 0),
)
WORDS = ("ya", "na")


def _counts(sentence: str) -> tuple[int, int]:
    words = sentence.lower().split()
    return words.count(WORDS[0]), words.count(WORDS[1])


COUNTS = tuple(_counts(sentence) for sentence, _ in SENTENCES)
LABELS = tuple(label for _, label in SENTENCES)
# As printed: the second sentence has two of each.
PRINTED_COUNTS = (COUNTS[0], (2, 2), *COUNTS[2:])
NAMES = ("w1", "w2", "b")
Rows = Sequence[tuple[int, int]]


def _times(count: int, x: Any) -> list[Any]:
    # As a person would write it: nothing for 0, and no factor 1.
    return [] if count == 0 else [x if count == 1 else count * x]


def _score(q: Any, row: tuple[int, int]) -> Any:
    return total([*_times(row[0], q.w1), *_times(row[1], q.w2), q.b])


def _probability(row: tuple[int, int]) -> Callable[[Any], Any]:
    return lambda q: sigmoid(_score(q, row))


def _summed(q: Any) -> Any:
    found = (q.p1, q.p2, q.p3, q.p4)
    return -total([log(p if y else 1 - p) for y, p in zip(LABELS, found, strict=True)])


def _mood(rows: Rows) -> Model:
    return Model(
        inputs=NAMES,
        definitions={
            **{f"p{i}": _probability(row) for i, row in enumerate(rows, 1)},
            "L": _summed,
        },
    )


MOOD, PRINTED_MOOD = _mood(COUNTS), _mood(PRINTED_COUNTS)
WEIGHTS = Point("w1 = 0.5, w2 = −0.4, b = 0.1", {"w1": 0.5, "w2": -0.4, "b": 0.1})


def _slope(column: int | None) -> Callable[[Any], Any]:
    # Σ (p − y)·count; for the bias every count is 1.
    def form(q: Any) -> Any:
        found = (q.p1, q.p2, q.p3, q.p4)
        errors = [p - y if y else p for y, p in zip(LABELS, found, strict=True)]
        terms = []
        for error, row in zip(errors, COUNTS, strict=True):
            terms += _times(1 if column is None else row[column], error)
        return total(terms)

    return form


def _loss_of(rows: Rows) -> Callable[[Any], Any]:
    # From the scores: ln(1 + e^−z) for a happy sentence, ln(1 + e^z) for a sad one.
    def form(q: Any) -> Any:
        scores = [_score(q, row) for row in rows]
        signed = [-z if y else z for y, z in zip(LABELS, scores, strict=True)]
        return total([log(1 + exp(z)) for z in signed])

    return form


def _counted(sentence: str, word: int) -> Reading:
    label = f"“{WORDS[word].title()}” in “{sentence}”"
    return Reading(label, lambda source: source.number(_counts(sentence)[word]))


def _printed(k: int, word: int, text: str) -> Printed:
    sentence = SENTENCES[k][0]
    wrong = text != str(COUNTS[k][word])
    words = "the third word is read from this count" if k == 3 and word == 0 else ""
    return Printed(f"N2, L{18 + k}", _counted(sentence, word), text, wrong, words)


MOOD_RUN = Run(
    "Gradient descent with α = 0.5",
    MOOD,
    "L",
    NAMES,
    WEIGHTS,
    10,
    gradient_descent(0.5),
    descent_formulas("L", *NAMES),
)


def _boundary_figure() -> str:
    w1, w2, b = MOOD_RUN.iterates(engine_source())[-1].x
    by_mood = {
        mood: [
            (float(ya), float(na))
            for (ya, na), y in zip(COUNTS, LABELS, strict=True)
            if y == label
        ]
        for mood, label in (("sad", 0), ("happy", 1))
    }
    return plots.boundary(
        lambda ya, na: float(w1 * ya + w2 * na + b),
        (-0.5, 3.5),
        (-0.5, 3.5),
        title="Sentences by their counts, and the line between sad and happy",
        classes=by_mood,
        names=("number of “Ya”", "number of “Na”"),
    )


SENTIMENT = Article(
    id="sentiment-classification",
    title="The mood of a sentence",
    catalogue_ids=("N2",),
    source=f"{NOTES}, lines L13–L21",
    summary=(
        "A sentence becomes two numbers: how often it says Ya, and how often Na. From "
        "them its mood is to be told. The order of the words is thrown away; such a "
        "description is called a bag of words."
    ),
    parts=(
        Part(
            "Counting",
            "Four sentences. The head of the first column, printed Pa, must be Ya; a "
            "word of the last sentence cannot be read. The second sentence has no Ya "
            "at all, though two are printed.",
            printed=(
                *(
                    _printed(k, word, text)
                    for k, row in enumerate(("30", "22", "21", "13"))
                    for word, text in enumerate(row)
                ),
            ),
        ),
        Part(
            "A classifier",
            "Each p is the probability of a happy mood, by a sigmoid of the weighted "
            "counts; the loss is the sum of the log losses. The slopes are sums of "
            "error times count, as for the single neuron.",
            (
                Claim(MOOD, "L", (), (_loss_of(COUNTS),), "N2", (WEIGHTS,)),
                Claim(MOOD, "L", ("w1",), (_slope(0),), "N2", (WEIGHTS,)),
                Claim(MOOD, "L", ("w2",), (_slope(1),), "N2", (WEIGHTS,)),
                Claim(MOOD, "L", ("b",), (_slope(None),), "N2", (WEIGHTS,)),
            ),
            MOOD,
            ("p1", "p2", "p3", "p4", "L"),
            readings=(
                Readings(
                    "The loss with the right and with the printed counts",
                    (
                        Reading("right", value_at(MOOD, "L", WEIGHTS)[0].compute),
                        Reading(
                            "printed",
                            value_at(PRINTED_MOOD, "L", WEIGHTS)[0].compute,
                        ),
                    ),
                ),
            ),
        ),
        Part(
            "Ten steps",
            "Ya raises the probability, Na lowers it. A line separates the moods, so "
            "the loss has no minimum: larger weights are always a little better.",
            runs=(MOOD_RUN,),
            figures=(
                Figure("After ten steps the line separates them.", _boundary_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N2, L19",
            "With the printed counts (2, 2) for “Na na” the loss is another one.",
            Claim(MOOD, "L", (), (_loss_of(PRINTED_COUNTS),), "L19", (WEIGHTS,)),
            Claim(MOOD, "L", (), (_loss_of(COUNTS),), "L19", (WEIGHTS,)),
        ),
    ),
    remarks=(
        Remark(
            "N2, L17–L21",
            "The column “Pa” counts “Ya”. The third word of the last sentence is "
            "unreadable; its counts (1, 3) need a “Ya” there.",
        ),
    ),
    record=MOOD.drawn("L", WEIGHTS),
)

# -- N3: the list ----------------------------------------------------------------------

ITEMS = (
    "Derivatives: Velocity, tangent, slope; The table of slopes; Rules for slopes.",
    "Gradients, all derivatives at once: Slopes in two directions.",
    "Optimization: Hills and valleys; Where the slope is zero; Curvature.",
    "Loss and cost functions, how wrong a model is: Means and logarithms.",
    "Gradient descent: Walking downhill; Downhill in two variables.",
    "Linear regression, a model that gives a number: A line through points.",
    "Classification, a model that gives a class: The mood of a sentence.",
)
CONCEPTS = Article(
    id="training-concepts",
    title="What training needs",
    catalogue_ids=("N3",),
    source=f"{NOTES}, lines L25–L38",
    summary=(
        "The notes list five concepts and two models. Each is the subject of a chapter "
        "or an article, and one small graph has all of them."
    ),
    parts=(
        Part(
            "The list",
            "Each with where it is treated.",
            items=ITEMS,
        ),
        Part(
            "All in one graph",
            "A model, its loss, the gradient of the loss, and one step of gradient "
            "descent with α = 0.05, after which the loss is smaller.",
            model=LINE,
            defines=("y", "E"),
            runs=(
                Run(
                    "One step",
                    LINE,
                    "E",
                    ("m", "b"),
                    Point(
                        "m = 0, b = 0 at (2, 5)",
                        {"m": 0.0, "b": 0.0, "x": 2.0, "t": 5.0},
                    ),
                    1,
                    gradient_descent(0.05),
                    descent_formulas("E", "m", "b"),
                ),
            ),
        ),
    ),
    record=LINE.drawn("E", LINE_AT, "m", "b"),
    kind="list",
)

CHAPTER = Chapter(
    "beginnings",
    "What is to be learned",
    "Two problems that a program can learn to solve from examples, and what it takes.",
    (REGRESSION, SENTIMENT, CONCEPTS),
)
