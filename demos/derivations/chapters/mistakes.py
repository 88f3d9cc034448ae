"""Three rules of back-propagation, each beside what happens without it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_core.numbers.text import Formula, symbol
from visualize import plots

from ..article import Claim, Model, Point
from ..beside import Beside
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part
from ..readings import Source

__all__ = ["CHAPTER", "DESCENT", "ORDER", "SUM"]

SOURCE = "no note: what the notes take for granted, tried without it"
Order = Sequence[str]
Edges = Mapping[str, Sequence[str]]


def _local(source: Source, model: Model, node: str, operand: str, at: Point) -> Any:
    # d(node)/d(operand) of the one operation: everything else stands still.
    cut = model.cut(tuple(name for name in model.definitions if name != node))
    numbers = {n: source.number(x) for n, x in at.values.items()}
    return source.of(cut, node, (operand,), vars(model.run(numbers)))


def _hand_on(
    source: Source,
    model: Model,
    edges: Edges,
    at: Point,
    order: Order,
    meet: Callable[[Any, Any], Any],
) -> list[tuple[str, str, Any]]:
    # Visit the nodes in ``order``; each hands its adjoint on along its edges. The
    # result is who handed to whom, and the adjoint that the receiver then had.
    adjoints = {order[0]: source.number(1)}
    made = []
    for node in order:
        for operand in edges.get(node, ()):
            flow = adjoints[node] * _local(source, model, node, operand, at)
            before = adjoints.get(operand)
            adjoints[operand] = flow if before is None else meet(before, flow)
            made.append((node, operand, adjoints[operand]))
    return made


def _add(before: Any, flow: Any) -> Any:
    return before + flow


def _replace(before: Any, flow: Any) -> Any:
    return flow


# -- why a topological order -----------------------------------------------------------

ORDER = Model(
    inputs=("x",),
    definitions={
        "u": lambda q: q.x**2,
        "p": lambda q: 3 * q.u,
        "L": lambda q: q.u * q.p,
    },
)
ORDER_EDGES = {"L": ("u", "p"), "p": ("u",), "u": ("x",)}
TWO = Point("x = 2", {"x": 2.0})


def _handed_on(order: Order) -> Callable[[Source], list[tuple[Formula, Any]]]:
    def steps(source: Source) -> list[tuple[Formula, Any]]:
        # What each node had when it was visited: all that it can hand on.
        made = _hand_on(source, ORDER, ORDER_EDGES, TWO, order, _add)
        had = {"L": source.number(1)}
        for node in order:
            had[node] = next(
                (
                    adjoint
                    for giver, receiver, adjoint in reversed(made)
                    if receiver == node and order.index(giver) < order.index(node)
                ),
                had.get(node),
            )
        return [(_bar(node), had[node]) for node in ("L", "p", "u", "x")]

    return steps


def _bar(name: str) -> Formula:
    return symbol(f"the adjoint that {name} has when it is visited")


def _slope(model: Model, at: Point) -> Callable[[Source], Any]:
    return lambda source: source.of(model, "L", ("x",), at.values)


TOPOLOGICAL = Article(
    id="why-topological-order",
    title="Why a topological order",
    catalogue_ids=(),
    source=SOURCE,
    summary=(
        "L uses u twice: directly, and through p. A node may hand its adjoint on only "
        "when everything that uses it has been visited; u must wait for p."
    ),
    parts=(
        Part(
            "The slope",
            "L is 3x⁴, written with two intermediate results.",
            (
                Claim(
                    ORDER,
                    "L",
                    ("x",),
                    (
                        lambda q: (q.p + q.u * 3) * (2 * q.x),
                        lambda q: 12 * q.x**3,
                    ),
                    "",
                    (TWO,),
                ),
            ),
            ORDER,
            ("u", "p", "L"),
        ),
        Part(
            "Visited too early",
            "Breadth first, the neighbours of L come next, u before p. Then u hands on "
            "what came from L alone; what p adds later never reaches x, and half of "
            "the slope is lost. The engine visits nodes in the reverse of the order in "
            "which they were made: whoever uses a node was made after it.",
            beside=(
                Beside(
                    "At x = 2: users first is L, p, u, x; breadth first is L, u, p, x",
                    ("Users first", "Breadth first"),
                    _handed_on(("L", "p", "u", "x")),
                    _handed_on(("L", "u", "p", "x")),
                    _slope(ORDER, TWO),
                ),
            ),
        ),
    ),
    record=ORDER.drawn("L", TWO),
    kind="counterexample",
)

# -- why gradients add -----------------------------------------------------------------

SUM = Model(
    inputs=("x",),
    definitions={
        "p": lambda q: q.x + 1,
        "q": lambda q: q.x**2,
        "L": lambda q: q.p * q.q,
    },
)
SUM_EDGES = {"L": ("p", "q"), "q": ("x",), "p": ("x",)}
THREE = Point("x = 3", {"x": 3.0})


def _received(
    meet: Callable[[Any, Any], Any],
) -> Callable[[Source], list[tuple[Formula | str, Any]]]:
    def steps(source: Source) -> list[tuple[Formula | str, Any]]:
        order = ("L", "q", "p", "x")
        made = _hand_on(source, SUM, SUM_EDGES, THREE, order, meet)
        return [
            (f"{receiver} after {giver} has handed on", adjoint)
            for giver, receiver, adjoint in made
        ]

    return steps


ADDED = Article(
    id="why-gradients-add",
    title="Why gradients add",
    catalogue_ids=(),
    source=SOURCE,
    summary=(
        "x reaches L on two paths, through p and through q. A small step of x changes "
        "L along both, and the changes add up."
    ),
    parts=(
        Part(
            "The slope",
            "The product rule is such a sum of two paths.",
            (
                Claim(
                    SUM,
                    "L",
                    ("x",),
                    (
                        lambda q: q.q + q.p * (2 * q.x),
                        lambda q: 3 * q.x**2 + 2 * q.x,
                    ),
                    "",
                    (THREE,),
                ),
            ),
            SUM,
            ("p", "q", "L"),
        ),
        Part(
            "Overwritten instead of added",
            "With = in the place of += the last path to arrive wipes out the others. "
            "It goes unnoticed as long as every node is used once, and in a network "
            "every weight of a layer feeds all layers after it.",
            beside=(
                Beside(
                    "At x = 3: the adjoint of a node after each message",
                    ("Added (+=)", "Overwritten (=)"),
                    _received(_add),
                    _received(_replace),
                    _slope(SUM, THREE),
                ),
            ),
        ),
    ),
    record=SUM.drawn("L", THREE),
    kind="counterexample",
)

# -- why zero_grad ---------------------------------------------------------------------

DESCENT = Model(inputs=("w",), definitions={"L": lambda q: (q.w - 3) ** 2})
START = Point("w = 0", {"w": 0.0})
RATE, STEPS = 0.3, 12


def _descent(forget: bool) -> Callable[[Source], list[tuple[Formula | str, Any]]]:
    def steps(source: Source) -> list[tuple[Formula | str, Any]]:
        w, grad = source.number(START.values["w"]), source.number(0)
        found: list[tuple[Formula | str, Any]] = [("w at the start", w)]
        for k in range(1, STEPS + 1):
            if forget:
                grad = source.number(0)
            grad = grad + source.of(DESCENT, "L", ("w",), {"w": w})
            w = w - RATE * grad
            found.append((f"w after step {k}", w))
        return found

    return steps


def _losses_figure() -> str:
    source = engine_source()

    def losses(forget: bool) -> list[float]:
        return [
            float(source.of(DESCENT, "L", (), {"w": w}))
            for _, w in _descent(forget)(source)
        ]

    return plots.losses(
        {"grad set to zero": losses(True), "grad kept": losses(False)},
        title="The loss after each step, with and without zero_grad",
    )


ZERO_GRAD = Article(
    id="why-zero-grad",
    title="Why zero_grad",
    catalogue_ids=(),
    source=SOURCE,
    summary=(
        "backward adds to the gradients that are there, because a loss may come in "
        "several pieces. Who forgets to set them to zero between two steps descends "
        "along the sum of all slopes so far."
    ),
    parts=(
        Part(
            "The slope, and the step",
            "The lowest point is at w = 3. Gradient descent with the rate 0.3 leaves "
            "0.4 of the distance in each step.",
            (Claim(DESCENT, "L", ("w",), (lambda q: 2 * (q.w - 3),), "", (START,)),),
            DESCENT,
            ("L",),
        ),
        Part(
            "Without zero_grad",
            "The first step is the same. In the second the old slope is taken again, "
            "and the weight shoots past the minimum; the sum of slopes turns only "
            "when the new ones have eaten up the old. It swings for ever, as a "
            "momentum that nothing damps.",
            beside=(
                Beside(
                    "From w = 0 with the rate 0.3",
                    ("With zero_grad", "Without"),
                    _descent(True),
                    _descent(False),
                    lambda source: source.number(3),
                    tolerance=1e-4,  # 0.4**12 is 2e-5
                ),
            ),
            figures=(
                Figure("The loss of both, on a logarithmic axis.", _losses_figure),
            ),
        ),
    ),
    record=DESCENT.drawn("L", START),
    kind="counterexample",
)

CHAPTER = Chapter(
    id="mistakes",
    title="Three mistakes of back-propagation",
    summary=(
        "Each rule of the reverse sweep, beside an algorithm without it: where do the "
        "numbers part?"
    ),
    articles=(TOPOLOGICAL, ADDED, ZERO_GRAD),
)
