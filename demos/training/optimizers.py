"""Every optimizer's path, side by side.

Two functions of two numbers, each hard in its own way:

    the notes' valley    x²/100 + y²,                from (10, 1)
    Rosenbrock's         (1 - x)² + 100 (y - x²)²,   from (-1.2, 1)

The valley is a hundred times steeper across than along, so a rate that is safe across
is slow along. Momentum adds up the steps along; Adagrad, RMSProp and Adam divide each
coordinate by its own size; Newton divides by the curvature and needs one step. The
floor of Rosenbrock's also bends: the right direction changes all the way.

It should reach 0.05 in the valley by every method within 100 steps, and Rosenbrock's
minimum to 1e-9 by the four of second order.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import optim
from autograd_core import Value
from optim import Result, follow, minimize
from visualize import plots

from .report import Report

Function = Callable[[list[Any]], Any]


def valley(p: list[Any]) -> Any:
    """The notes' A-80 with a = 10."""
    return p[0] ** 2 / 100 + p[1] ** 2


def rosenbrock(p: list[Any]) -> Any:
    """A bent valley; its least value is 0, at (1, 1)."""
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


# Name: an optimizer, its rate in the valley, its rate on Rosenbrock's function.
FIRST_ORDER: dict[str, tuple[Any, float, float]] = {
    "gradient descent": (optim.GradientDescent, 0.95, 0.001),
    "momentum": (partial(optim.SGD, momentum=0.9), 0.3, 0.001),
    "Nesterov": (partial(optim.SGD, momentum=0.9, nesterov=True), 0.3, 0.001),
    "the notes' momentum": (partial(optim.SGD, momentum=0.8, damped=True), 1.5, 0.005),
    "Adagrad": (optim.Adagrad, 2.0, 1.0),
    "RMSProp": (optim.RMSProp, 0.2, 0.1),
    "Adam": (optim.Adam, 0.5, 0.3),
    "AdamW": (optim.AdamW, 0.5, 0.3),
}
SECOND_ORDER = ["newton", "cg-newton", "bfgs", "l-bfgs"]
LEVELS = {
    "valley": [0.05, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0],
    "rosenbrock": [0.2, 1.0, 4.0, 15.0, 60.0, 200.0, 800.0],
}
PROBLEMS = {
    "valley": (valley, [10.0, 1.0], ((-3.0, 11.0), (-1.6, 1.6))),
    "rosenbrock": (rosenbrock, [-1.2, 1.0], ((-2.0, 2.0), (-1.0, 3.0))),
}


def path(f: Function, start: list[float], name: str, which: int, steps: int) -> Result:
    """What the method does from ``start``."""
    if name in SECOND_ORDER:
        return minimize(f, start, method=name, max_iterations=steps)
    make, *rates = FIRST_ORDER[name]
    return follow(f, start, partial(make, lr=rates[which]), max_iterations=steps)


def height(f: Function, x: float, y: float) -> float:
    """f as a plot calls it."""
    return float(f([x, y]))


def run(report: Report) -> None:
    """Both problems, all methods."""
    names, steps = [*FIRST_ORDER, *SECOND_ORDER], report.count(100)
    for which, (title, (f, start, window)) in enumerate(PROBLEMS.items()):
        methods = report.each(names, title)
        found = {name: path(f, start, name, which, steps) for name in methods}
        rows = [[name, r.iterations, *r.x, r.f] for name, r in found.items()]
        report.table(title, ["", "steps", "x", "y", "f"], rows)
        judged = names if f is valley else SECOND_ORDER
        worst = max(found[name].f for name in judged)
        bound = 0.05 if f is valley else 1e-9
        report.reach(f"{title}: the largest f", worst, at_most=bound)
        for k in (0, 4, 8):
            four = names[k : k + 4]
            paths = {n: [(i.x[0], i.x[1]) for i in found[n].history] for n in four}
            report.plot(
                f"{title}-{k // 4 + 1}", plots.contour, partial(height, f), *window,
                paths=paths, levels=LEVELS[title], title=f"{title}: {', '.join(four)}",
            )  # fmt: skip
    x, y = Value(-1.2, name="x"), Value(1.0, name="y")
    report.flow(rosenbrock([x, y]), title="Rosenbrock's function where the paths begin")
