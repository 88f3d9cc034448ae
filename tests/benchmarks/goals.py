"""What was to be reached, what was, and why what is missed is missed.

What one can do with this file: `judged` compares the results of a run with the goals.

The one idea: a goal is a ratio of two times of one run, or a number of ours, that is to
be at least or at most so much. Its reason is written for the case that it is missed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .engines import ENGINES

Results = Mapping[str, Mapping[str, Any]]  # outcomes by case and engine
NATIVE = (
    "the goal is of a machine with AVX-512, where C by hand took 3.6 us, and this step "
    "is about as fast as C by hand"
)
MATRICES = (
    "the goal is of a CasADi program by scalars, 414 us; here it is written with "
    "matrices, as a good user would, which is several times as fast"
)
SMOOTH = (
    "elementary functions within 2 ULP are more than half of the step; JAX's tanh, for "
    "comparison, errs by 3.4 ULP"
)
ORDER = "the sum over the rows is added up row by row, in eager's order, not in lanes"
CALLS = "about 35 calls of NumPy for the gradient, and those of the optimizer's rule"
ROLLED = (
    "with AVX2 arithmetic counts for more than the fixed cost of a call, of which the "
    "peers have more; the products reach nine tenths of the processor's peak"
)
BLAS = (
    "the products are faster than OpenBLAS's, at nine tenths of the processor's peak; "
    "the rest of a step turns the batch, and passes 800 KB of gradients and parameters "
    "through check, update and copy"
)
NODES = "what is left is allocating a node, and the cyclic collector that walks them"
BATCHES = "either way all steps are one call; the products take most of it"
IMPORT = (
    "importing NumPy, llvmlite and the package takes 0.2 s, LLVM as much for "
    "straight-line code; with less work of LLVM's a step takes twice as long"
)
LINES = "the penalty, and the sum of both, are programs of their own in the same call"
PYTHON = (
    "tracing and deriving in Python, and LLVM's work, are linear and as fast as the "
    "machine is; W1's C by hand says how fast that was in this run"
)
SCALARS = (
    "the goal is of JAX by scalars, which takes minutes to compile so many; over "
    "arrays, as a good user would, it does more per instruction"
)


@dataclass(frozen=True)
class Goal:
    """One line of the table.

    Attributes
    ----------
    text
        What is measured.
    measure
        The number, of the results; LookupError if something was not run.
    limit, least
        Whether the number must be at least the limit, or at most.
    unit
        "x" for a ratio, "s" or "B".
    why
        Shown if the goal is missed.
    """

    text: str
    measure: Callable[[Results], float]
    limit: float
    least: bool = True
    unit: str = "x"
    why: str = ""

    def line(self, results: Results) -> str:
        """Of the table: goal, measured, verdict."""
        sign = "≥" if self.least else "≤"
        goal = f"{sign} {self.limit:,g} {self.unit}"
        try:
            found = self.measure(results)
        except LookupError:
            return f"| {self.text} | {goal} | – | not measured |"
        met = found >= self.limit if self.least else found <= self.limit
        off = self.limit / found if self.least else found / self.limit
        verdict = "met" if met else f"missed by {off:.2f}x: {self.why}".rstrip(": ")
        return f"| {self.text} | {goal} | {shown(found)} {self.unit} | {verdict} |"


def shown(number: float) -> str:
    """Three digits, and no powers of ten."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def median(results: Results, case: str, engine: str) -> float:
    """Of an engine that has times; LookupError if not."""
    outcome = results[case][engine]
    if outcome.problem or not outcome.seconds:
        raise LookupError(case)
    return outcome.median  # type: ignore[no-any-return]


def faster(case: str, ours: str, peer: str, limit: float, why: str = "") -> Goal:
    """How many times as fast as the peer ours is."""
    text = f"{case}: {ENGINES[ours].title} faster than {ENGINES[peer].title}"

    def measure(results: Results) -> float:
        return median(results, case, peer) / median(results, case, ours)

    return Goal(text, measure, limit, why=why)


def slower(case: str, ours: str, peer: str, limit: float, why: str = "") -> Goal:
    """How many times the peer's time ours takes."""
    text = f"{case}: time of {ENGINES[ours].title} by that of {ENGINES[peer].title}"

    def measure(results: Results) -> float:
        return median(results, case, ours) / median(results, case, peer)

    return Goal(text, measure, limit, least=False, why=why)


def first(case: str, limit: float, why: str = "") -> Goal:
    """Seconds of the processor from import to the first result."""

    def measure(results: Results) -> float:
        _ = median(results, case, "fast")
        return results[case]["fast"].first  # type: ignore[no-any-return]

    text = f"{case}: first result from import"
    return Goal(text, measure, limit, least=False, unit="s", why=why)


def goals() -> Iterable[Goal]:
    """All of them, in the order of the workloads."""
    step, loop, smooth = "W1 one step", "W1 the batch as a Python loop", "W1t one step"
    for peer, limit in (("torch", 50), ("jax", 7.5), ("numpy", 7)):
        yield faster(step, "fast", peer, limit, NATIVE)
    yield faster(step, "fast", "casadi", 70, MATRICES)
    yield faster(step, "fast", "micrograd", 120_000, NATIVE)
    yield slower(step, "fast", "c", 1.25, NATIVE)
    yield slower(step, "grouped", "numpy", 1.5, CALLS)
    yield faster(step, "grouped", "torch", 4, CALLS)
    yield first(step, 0.3, IMPORT)
    for peer in ("jax", "numpy"):
        yield faster(smooth, "fast", peer, 3, SMOOTH)
    yield faster(step, "eager", "jax", 2, ORDER)
    yield Goal(
        f"{loop}: time by that of W1",
        lambda r: median(r, loop, "fast") / median(r, step, "fast"),
        1.1,
        least=False,
        why=LINES,
    )
    yield first(loop, 0.3, IMPORT)
    for rows in (64, 256):
        yield faster(f"W4 64-32-10, {rows} rows", "fast", "jax", 2.5, ROLLED)
        yield faster(f"W4 64-32-10, {rows} rows", "fast", "numpy", 2, ROLLED)
    for rows in ("64 rows", "256 rows", "256 rows, two cores"):
        for peer in ("numpy", "jax"):
            yield slower(f"W4 784-128-10, {rows}", "fast", peer, 1, BLAS)
    for n in ("100", "1000"):
        for kind in ("gradient", "Hessian"):
            yield faster(f"W3 {kind}, n = {n}", "fast", "casadi", 3)
            yield faster(f"W3 {kind}, n = {n}", "fast", "jax", 20, SCALARS)
    for kind in ("gradient", "Hessian"):
        yield faster(f"W3 {kind}, n = 100", "fast", "jax-scalar", 20)
    yield slower("W4 one epoch", "together", "jax-scan", 1, BATCHES)
    yield faster("W4 one epoch", "fast", "torch", 12)
    small, large = "compile 100,000 operations", "compile 1,000,000 operations"
    yield Goal(
        small,
        lambda r: median(r, small, "fast"),
        2,
        least=False,
        unit="s",
        why=PYTHON,
    )
    yield Goal(
        "compile: time of 1,000,000 operations by that of 100,000",
        lambda r: median(r, large, "fast") / median(r, small, "fast"),
        11,
        least=False,
    )
    yield faster(step, "values", "micrograd", 10, NODES)
    yield faster(step, "values-nn", "micrograd", 15, NODES)
    yield faster(f"{step}, collector off", "values", "micrograd", 2, NODES)
    yield faster("W2 graph", "values", "micrograd", 3, NODES)
    yield faster("W2 graph, collector off", "values", "micrograd", 2, NODES)
    held = "W2 bytes per node"
    yield Goal(
        held, lambda r: median(r, held, "values") / 1e6, 200, least=False, unit="B"
    )


def judged(results: Results) -> list[str]:
    """The table of goals."""
    head = ["| what | goal | measured | |", "|---|---|---|---|"]
    return [*head, *[goal.line(results) for goal in goals()]]
