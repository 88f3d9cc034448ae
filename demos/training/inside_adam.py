"""Inside Adam, and how long a step may be.

Where f curves, one rate must suit all directions. Along an eigenvector of the Hessian
with the eigenvalue λ, gradient descent multiplies the distance by 1 - ηλ, so it goes
away from the minimum for η > 2/λ_max: the largest safe step. In the notes' valley
f = x²/100 + y² the eigenvalues are 1/50 and 2.

Adam scales each coordinate by its own gradients g, of which it averages two moments:

    m ← 0.9 m + 0.1 g,          m̂ = m / (1 - 0.9ᵗ)
    v ← 0.999 v + 0.001 g²,     v̂ = v / (1 - 0.999ᵗ)
    p ← p - η m̂ / (√v̂ + ε)

The corrections undo that m and v begin at 0. So the first step is η in each coordinate,
however steep: the steepest direction no longer sets the rate.

It should reach the eigenvalues to twelve digits; a fall for 0.99 times the largest safe
step and a rise for 1.01 times; a first step of η to seven digits; and f < 1e-3.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd_core import Value
from optim import Adam, GradientDescent, StepTable, follow, hessian_spectrum
from visualize import plots

from .report import Report

START, RATE = (10.0, 1.0), 0.5


def valley(p: Sequence[Any]) -> Any:
    """The notes' A-80 with a = 10."""
    return p[0] ** 2 / 100 + p[1] ** 2


def largest_step(report: Report) -> dict[str, list[float]]:
    """Eigenvalues, and gradient descent just below and just above the largest step."""
    spectrum = hessian_spectrum(valley, START)
    table = spectrum.table()
    report.table("The Hessian", table.columns, table.rows)
    largest = spectrum.safe_step
    report.say(f"condition {spectrum.condition:g}, largest safe step {largest:g}")
    low, high = spectrum.eigenvalues
    off = max(abs(low / 0.02 - 1), abs(high / 2.0 - 1))
    report.reach("eigenvalues, off by", off, at_most=1e-12)
    falls = {}
    for share in report.each((0.5, 0.99, 1.01), "gradient descent"):
        descent = partial(GradientDescent, lr=share * largest)
        history = follow(valley, START, descent, max_iterations=100).history
        falls[f"{share:g} of the largest safe step"] = [line.f for line in history]
    _, below, above = (fall[-1] / fall[0] for fall in falls.values())
    report.reach("0.99 of it: f in the end by f at first", below, at_most=1)
    report.reach("1.01 of it: the same", above, at_least=1)
    return falls


def run(report: Report) -> None:
    """First the Hessian, then Adam."""
    falls = largest_step(report)
    p = [Value(c, name=name) for c, name in zip(START, "xy", strict=True)]
    adam = Adam(p, lr=RATE)
    inside = StepTable(adam)
    path = [START]
    for _ in report.steps(100, "Adam"):
        adam.zero_grad()
        valley(p).backward()
        adam.step()
        inside.record()
        path.append((p[0].data, p[1].data))
    table = inside.table()
    report.table("Adam's first five steps", table.columns, table.rows[:10])
    off = max(abs(abs(move.line["step"]) / RATE - 1) for move in inside.moves[:2])
    report.reach("the first step by η, off by", off, at_most=1e-7)
    report.reach("f in the end", valley(path[-1]), at_most=1e-3)

    start = [Value(c, name=name) for c, name in zip(START, "xy", strict=True)]
    report.flow(valley(start), title="f at the start")
    series = falls | {"Adam": [valley(point) for point in path]}
    report.plot("loss", plots.losses, series, title="f after each step")
    report.plot(
        "path", plots.contour, lambda a, b: valley([a, b]), (-4, 11), (-1.6, 1.6),
        paths={"Adam": path}, title="Adam's path",
    )  # fmt: skip
    for key, name in (("m_hat", "m̂"), ("v_hat", "v̂"), ("step", "step")):
        moves = {n: [m.line[key] for m in inside.moves if m.name == n] for n in "xy"}
        report.plot(
            key, plots.losses, moves, names=("t", name), logarithmic=False,
            title=f"{name} of each coordinate",
        )  # fmt: skip
