"""Logistic regression by gradient descent and by IRLS.

The probability of the class 1 is π = sigmoid(θ·x), x with a 1 in front. The loss is
the mean of -ln P, and its derivatives are simple:

    J(θ) = mean of -y ln π - (1 - y) ln(1 - π)
    ∇J = Xᵀ(π - y)/m,    H = XᵀSX/m,    S = diag(π(1 - π))

1. Gradient descent: θ ← θ - η∇J. H is largest at θ = 0, where every π(1 - π) is 1/4,
   so η = 1/λ_max of H there is safe on the whole way.
2. Iteratively reweighted least squares: Newton's θ ← θ - H⁻¹∇J, which is a weighted
   least squares problem in each step.

It should reach the same θ: IRLS in at most 10 steps, gradient descent within 0.01 in
500; and 75 % of two clouds that overlap on the right side of the line.
"""

from random import Random
from typing import Any

from autograd_core import Value, binary_cross_entropy, compile, dot
from autograd_core import sum as total
from optim import hessian_spectrum, irls
from visualize import plots

from .report import Report

Sample = tuple[list[float], float]
WINDOW = (-0.3, 3.0)


def clouds(random: Random, count: int = 25) -> list[Sample]:
    """Two clouds around (-1, -1) and (1, 1), each point (1, x₁, x₂) with its class."""
    return [
        ([1.0, random.gauss(2 * y - 1, 1.5), random.gauss(2 * y - 1, 1.5)], y)
        for y in (0.0, 1.0)
        for _ in range(count)
    ]


def run(report: Report) -> None:
    """Both methods from θ = 0."""
    data = clouds(Random(report.seed))

    def cost(theta: list[Any]) -> Any:
        return total([binary_cross_entropy(dot(theta, x), y) for x, y in data]) / len(
            data
        )

    start = [0.0, 0.0, 0.0]
    spectrum = hessian_spectrum(cost, start)
    rate = 1 / spectrum.eigenvalues[-1]
    theta, costs, path = start, [], [(0.0, 0.0)]
    program = compile(cost)
    for _ in report.steps(500, "gradient descent"):
        value, gradient = program.value_and_grad(theta)
        theta = [t - rate * g for t, g in zip(theta, gradient, strict=True)]
        costs.append(value)
        path.append((theta[1], theta[2]))
    costs.append(program(theta))
    newton = irls([x for x, _ in data], [y for _, y in data])

    table = spectrum.table()
    report.table("The Hessian at the start", table.columns, table.rows)
    names = ["θ₀", "θ₁", "θ₂"]
    rows = [[k, *line.x, line.f / len(data)] for k, line in enumerate(newton.history)]
    report.table("IRLS", ["step", *names, "J"], rows)
    ways = [["gradient descent", *theta, costs[-1]], ["IRLS", *rows[-1][1:]]]
    report.table("Both", ["", *names, "J"], ways)
    report.reach("steps of IRLS", newton.iterations, at_most=10)
    off = max(abs(a - b) for a, b in zip(theta, newton.x, strict=True))
    report.reach("gradient descent, off by", off, at_most=0.01)
    right = [(dot(newton.x, x) > 0) == (y == 1) for x, y in data]
    report.reach("on the right side", sum(right) / len(data), at_least=0.75)

    weights = [Value(t, name=n) for t, n in zip(start, names, strict=True)]
    x, y = data[0]
    loss = binary_cross_entropy(dot(weights, x), y)
    report.flow(loss, title="One sample at the start: dL/dθ = (π - y) x, π = 1/2")
    classes = {str(k): [(x[1], x[2]) for x, y in data if y == k] for k in (0, 1)}
    report.plot(
        "boundary", plots.boundary, lambda a, b: dot(newton.x, [1.0, a, b]),
        (-4, 4), (-4, 4), title="Where π = 1/2", classes=classes,
    )  # fmt: skip
    least = newton.f / len(data)
    above = {
        "gradient descent": [c - least + 1e-16 for c in costs],
        "IRLS": [row[-1] - least + 1e-16 for row in rows],
    }
    report.plot(
        "loss", plots.losses, above, title="J above its least, after each step",
        names=("step", "J - least J"),
    )  # fmt: skip
    report.plot(
        "paths", plots.contour, lambda a, b: cost([newton.x[0], a, b]), WINDOW, WINDOW,
        title="The way of each through θ₁ and θ₂", names=("θ₁", "θ₂"), levels=16,
        paths={"gradient descent": path, "IRLS": [(r[2], r[3]) for r in rows]},
    )  # fmt: skip
