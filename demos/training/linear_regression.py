"""Linear regression three ways.

A line ŷ = θ₀ + θ₁x through points; the best one has the least cost

    J(θ) = |y - Xθ|² / 2m,    one row (1, x) of X per point.

1. Normal equations: the gradient XᵀXθ - Xᵀy vanishes. The points have two decimals, so
   in fractions the solution is exact.
2. Gradient descent: θ ← θ - η ∇J. It converges for η < 2/λ_max of the Hessian XᵀX/m,
   which the engine finds; the error shrinks by max |1 - ηλ| in each step, and least
   for η = 2/(λ_min + λ_max).
3. Newton: θ ← θ - H⁻¹∇J. J is a parabola, so one step from anywhere is enough.

It should reach the same line each way: gradient descent to six decimals in 100 steps,
Newton to nine in one.
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from autograd_core import dot, grad, hessian
from autograd_core import sum as total
from autograd_core.linalg import solve
from nn import Linear, half_squared_error
from optim import hessian_spectrum
from visualize import plots

from .report import Report

Points = list[tuple[Fraction, Fraction]]


def noisy_line(random: Random, count: int = 20) -> Points:
    """Points around y = 1 + 2x, with two decimals."""
    xs = [Fraction(random.randrange(-100, 301), 100) for _ in range(count)]
    return [(x, 1 + 2 * x + Fraction(round(random.gauss(0, 50)), 100)) for x in xs]


def normal_equations(rows: Any, ys: Any, ridge: float = 0) -> Any:
    """The θ with (XᵀX + ridge I) θ = Xᵀy, over floats or fractions."""
    columns = list(zip(*rows, strict=True))
    matrix = [[dot(a, b) for b in columns] for a in columns]
    for i, line in enumerate(matrix):
        line[i] += ridge
    return solve(matrix, [dot(a, ys) for a in columns])


def run(report: Report) -> None:
    """Three ways, one line."""
    points = noisy_line(Random(report.seed))
    design = [[Fraction(1), x] for x, _ in points]
    exact = normal_equations(design, [y for _, y in points])
    data = [(float(x), float(y)) for x, y in points]

    def cost(theta: Sequence[Any]) -> Any:
        errors = [(theta[0] + theta[1] * x - y) ** 2 for x, y in data]
        return total(errors) / (2 * len(data))

    start = (0.0, 0.0)
    spectrum = hessian_spectrum(cost, start)
    rate = 2 / sum(spectrum.eigenvalues)
    path = [start]
    for _ in report.steps(100, "gradient descent"):
        theta, slope = path[-1], grad(cost)(path[-1])
        path.append((theta[0] - rate * slope[0], theta[1] - rate * slope[1]))
    step = solve(hessian(cost)(start), grad(cost)(start))
    newton = (start[0] - step[0], start[1] - step[1])

    table = spectrum.table()
    report.table("The Hessian", table.columns, table.rows)
    a, b = map(float, exact)
    rows = [["exact", a, b], ["gradient descent", *path[-1]], ["Newton", *newton]]
    report.table("The line", ["", "θ₀", "θ₁"], rows)
    report.say(f"exactly θ₀ = {exact[0]}, θ₁ = {exact[1]}")
    report.reach("gradient descent, off by", distance(path[-1], exact), at_most=1e-6)
    report.reach("Newton's one step, off by", distance(newton, exact), at_most=1e-9)

    line = Linear(1, 1, init="zeros")
    one = half_squared_error([line([data[0][0]])], [[data[0][1]]])
    report.flow(one, title="The first point, before the first step")
    line_of = {"the best line": lambda x: a + b * x}
    report.plot("line", plots.fit, data, line_of, (-1, 3), title="Points and line")
    report.plot(
        "contour", plots.contour, lambda p, q: cost([p, q]), (-1, 3), (-1, 4),
        title="The cost, and the way down", names=("θ₀", "θ₁"),
        paths={"gradient descent": path, "Newton": [start, newton]},
    )  # fmt: skip


def distance(found: Sequence[float], exact: list[Fraction]) -> float:
    """The largest difference of a coefficient."""
    return max(abs(a - float(b)) for a, b in zip(found, exact, strict=True))
