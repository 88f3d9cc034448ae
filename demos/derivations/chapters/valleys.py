"""N28 and N68: hills and valleys, and how the second derivative tells them apart."""

from typing import Any

from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, derivative_at
from .descent_rules import NEWTON_1D, newton
from .pictures import height, samples

__all__ = ["AT_LEVEL", "CHAPTER", "FLATS", "LEVEL_RUNS", "TEST", "TWO_VALLEYS"]

NOTES = "the hand-written calculus notes"

# -- N28: local and global minima ------------------------------------------------------

TWO_VALLEYS = Model(
    inputs=("x",),
    definitions={"f": lambda q: q.x**4 - 2 * q.x**2 + q.exact("0.3") * q.x},
)
SOMEWHERE = Point("x = 0.5", {"x": 0.5})
KINDS = ("the lower valley", "the hill", "the upper valley")


def _level(start: float, name: str) -> Run:
    return Run(
        f"Newton's method to {name}",
        TWO_VALLEYS,
        "f",
        ("x",),
        Point(f"x = {start:g}".replace("-", "−"), {"x": start}),
        5,
        newton,
        NEWTON_1D if start < 0 else (),
    )


LEVEL_RUNS = tuple(map(_level, (-1.2, 0.1, 1.0), KINDS))


def _at_level(run: Run, name: str) -> tuple[Reading, ...]:
    def after(wrt: tuple[str, ...]) -> Any:
        def compute(source: Any) -> Any:
            x = run.reading(5, "x").compute(source)
            return source.of(TWO_VALLEYS, "f", wrt, {"x": x})

        return compute

    return (
        Reading(f"x of {name}", run.reading(5, "x").compute),
        Reading(f"f of {name}", after(())),
        Reading(f"f″ of {name}", after(("x", "x"))),
    )


AT_LEVEL = Readings(
    "The three level places",
    tuple(
        row
        for run, name in zip(LEVEL_RUNS, KINDS, strict=True)
        for row in _at_level(run, name)
    ),
)
END = Point("x = −0.5", {"x": -0.5})


def _valleys_figure() -> str:
    places = [float(run.reading(5, "x").compute(engine_source())) for run in LEVEL_RUNS]
    names = ("global minimum", "local maximum", "local minimum")
    return plots.curve(
        height(TWO_VALLEYS, "f"),
        (-1.6, 1.6),
        title="A curve with two valleys and a hill; the tangents there are level",
        tangents={name: (x, 0.0) for name, x in zip(names, places, strict=True)},
    )


LEVEL = Article(
    id="local-and-global-minima",
    title="Local and global minima",
    catalogue_ids=("N28",),
    source=f"{NOTES}, lines L248–L253",
    summary=(
        "A valley need not be the deepest. The deepest is the global minimum, every "
        "valley is a local one, and in each of them the slope is zero. The notes show "
        "it on a curve that is lost; here it is x⁴ − 2x² + 0.3x."
    ),
    parts=(
        Part(
            "Slope and curvature",
            "A polynomial of the fourth degree has at most three level places, because "
            "its slope is of the third.",
            (
                Claim(
                    TWO_VALLEYS,
                    "f",
                    ("x",),
                    (lambda q: 4 * q.x**3 - 4 * q.x + q.exact("0.3"),),
                    "N28, L248",
                    (SOMEWHERE,),
                ),
                Claim(
                    TWO_VALLEYS,
                    "f",
                    ("x", "x"),
                    (lambda q: 12 * q.x**2 - 4,),
                    "N28",
                    (SOMEWHERE,),
                ),
            ),
            TWO_VALLEYS,
            ("f",),
            figures=(
                Figure(
                    "Level at all three, but only two are valleys.", _valleys_figure
                ),
            ),
        ),
        Part(
            "All level places",
            "Newton's method looks for a zero of the slope. From three starts it finds "
            "all three. The second derivative is positive in a valley and negative on "
            "the hill; of the valleys the one with the smallest f is the global "
            "minimum. It is a local minimum as well.",
            runs=LEVEL_RUNS,
            readings=(AT_LEVEL,),
        ),
        Part(
            "Which of A to E are minima?",
            "The notes strike E from the list of level places, and yet call it a local "
            "minimum. Both can be true if E is an end of the curve: on an interval "
            "that begins at −0.5 the curve rises from its end, which is then a local "
            "minimum though the slope is not zero. But A, B, C and D cannot all be "
            "neighbouring minima: between two valleys lies a hill, level too. The "
            "picture is lost, so more cannot be said.",
            readings=(
                Readings("At the end", (derivative_at(TWO_VALLEYS, "f", "x", END),)),
            ),
        ),
    ),
    record=TWO_VALLEYS.drawn("f", SOMEWHERE),
    remarks=(
        Remark(
            "N28, L248–L253",
            "E is struck from the points with slope 0 and yet called a local minimum. "
            "Without the lost picture nobody can say which is meant.",
        ),
    ),
)

# -- N68: the second derivative test ---------------------------------------------------

FLATS = Model(
    inputs=("x",),
    definitions={
        "f": lambda q: q.x**2,
        "g": lambda q: -(q.x**2),
        "h": lambda q: q.x**4,
        "k": lambda q: q.x**3,
        "m": lambda q: -(q.x**4),
    },
)
ORIGIN = Point("x = 0", {"x": 0.0})
ASIDE = (Point("left", {"x": -0.1}), Point("right", {"x": 0.1}))
SHOWN = {"f": "x²", "g": "−x²", "h": "x⁴", "k": "x³", "m": "−x⁴"}


def _bend(name: str, form: Any) -> Claim:
    return Claim(
        FLATS, name, ("x", "x"), (form,), "N68", (ORIGIN, Point("x = 1", {"x": 1.0}))
    )


TEST = Readings(
    "Slope and second derivative at x = 0",
    tuple(
        Reading(f"{word} of {shown}", derivative_at(FLATS, name, wrt, ORIGIN).compute)
        for name, shown in SHOWN.items()
        for word, wrt in (("slope", "x"), ("second derivative", "x x"))
    ),
)
MORE = Readings(
    "The slopes at x = −0.1 and x = 0.1",
    tuple(
        Reading(
            f"slope of {shown}, {point.label}",
            derivative_at(FLATS, name, "x", point).compute,
        )
        for name, shown in SHOWN.items()
        for point in ASIDE
    ),
)


def _flats_figure() -> str:
    return plots.lines(
        {
            SHOWN[name]: samples(height(FLATS, name), -1.0, 1.0)
            for name in ("f", "g", "h", "k")
        },
        title="Four functions that are level at 0",
        names=("x", ""),
    )


def _bending_figure() -> str:
    slopes = {
        f"at x = {x:g}".replace("-", "−"): (
            x,
            engine(TWO_VALLEYS.function("f"), [x], [0]),
        )
        for x in (-1.3, 0.3)
    }
    return plots.curve(
        height(TWO_VALLEYS, "f"),
        (-1.6, 1.6),
        title="The curve lies above one tangent and below the other",
        tangents=slopes,
        y=(-1.6, 1.2),
    )


SECOND = Article(
    id="second-derivative-test",
    title="Up or down? The second derivative",
    catalogue_ids=("N68",),
    source=f"{NOTES}, lines L975–L979",
    summary=(
        "Where the second derivative is positive the slope increases: the curve bends "
        "up (convex), and a level place is a valley. Where it is negative the curve "
        "bends down, and a level place is a hill. Where it is zero, more must be known."
    ),
    parts=(
        Part(
            "Five functions",
            "The last line of the notes is right: x⁴ has a minimum at 0, −x⁴ a maximum "
            "and x³ neither, with the same second derivative 0.",
            (
                _bend("f", lambda q: 2),
                _bend("g", lambda q: -2),
                _bend("h", lambda q: 12 * q.x**2),
                _bend("k", lambda q: 6 * q.x),
                _bend("m", lambda q: -12 * q.x**2),
            ),
            FLATS,
            tuple(SHOWN),
            readings=(TEST,),
        ),
        Part(
            "More information",
            "The slopes beside the place decide: from minus to plus is a minimum, from "
            "plus to minus a maximum, and without a change of sign it is neither.",
            readings=(MORE,),
            figures=(
                Figure("All are level at 0; each is something else.", _flats_figure),
                Figure(
                    "Left the curve bends up and lies above its tangent; right it "
                    "bends down.",
                    _bending_figure,
                ),
            ),
        ),
    ),
    record=FLATS.drawn("h", Point("x = 1", {"x": 1.0})),
)

CHAPTER = Chapter(
    "valleys",
    "Hills and valleys",
    "Where the slope is zero there may be a minimum, a maximum or neither.",
    (LEVEL, SECOND),
)
