"""Ridge and lasso: a penalty that shrinks, and one that chooses.

Both penalties are added to the squared errors; of eight features three matter.

    ridge:  |y - Xθ|² + λ Σ θⱼ²,    θ = (XᵀX + λI)⁻¹ Xᵀy
    lasso:  |y - Xθ|² + λ Σ |θⱼ|

The ridge pulls on θⱼ with the force 2λθⱼ, which dies away near 0, so no coefficient
becomes 0. The lasso pulls with λ everywhere. Its minimum in one coordinate is known:
with rⱼ the errors without feature j,

    θⱼ = sign(c) max(|c| - λ/2, 0) / xⱼ·xⱼ,    c = xⱼ·rⱼ

and the method goes round the coordinates. At the minimum the gradient of the squares,
as the engine computes it, is -λ sign θⱼ, or within ±λ where θⱼ = 0.

It should reach that condition to 1e-6 for every λ; and at λ = 40 the three features
that matter and no other, where the ridge keeps all eight.
"""

import math
from random import Random
from typing import Any

from autograd_core import Value, dot, grad
from autograd_core import sum as total
from nn import lasso
from visualize import plots

from .linear_regression import normal_equations
from .report import Report

Rows = list[list[float]]

TRUE = [3.0, 0.0, 0.0, -2.0, 0.0, 1.5, 0.0, 0.0]
PENALTIES = [0.01, 0.1, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0]


def data(random: Random, count: int = 60) -> tuple[Rows, list[float]]:
    """X with columns (transposed), and y = Xθ with noise."""
    rows = [[random.gauss(0, 1) for _ in TRUE] for _ in range(count)]
    ys = [dot(row, TRUE) + random.gauss(0, 1) for row in rows]
    return [list(column) for column in zip(*rows, strict=True)], ys


def lasso_fit(columns: Rows, ys: list[float], penalty: float, n: int) -> list[float]:
    """Coordinate descent from 0, ``n`` rounds."""
    theta, errors = [0.0] * len(columns), list(ys)
    for _ in range(n):
        for j, x in enumerate(columns):
            c = dot(x, errors) + theta[j] * dot(x, x)
            size = max(abs(c) - penalty / 2, 0.0) / dot(x, x)
            step = (size if c > 0 else 0.0 - size) - theta[j]
            errors = [e - step * a for e, a in zip(errors, x, strict=True)]
            theta[j] += step
    return theta


def squares(theta: list[Any], columns: Rows, ys: list[float]) -> Any:
    """|y - Xθ|²."""
    rows = zip(zip(*columns, strict=True), ys, strict=True)
    return total([(y - dot(theta, list(row))) ** 2 for row, y in rows])


def run(report: Report) -> None:
    """Both paths, from almost no penalty to almost no model."""
    columns, ys = data(Random(report.seed))
    ridges, lassos, worst = [], [], 0.0
    for penalty in report.each(PENALTIES, "penalties"):
        ridges.append(normal_equations(zip(*columns, strict=True), ys, penalty))
        theta = lasso_fit(columns, ys, penalty, report.count(50))
        slope = grad(lambda t: squares(t, columns, ys))(theta)
        for t, g in zip(theta, slope, strict=True):
            sign = (t > 0) - (t < 0)
            worst = max(worst, abs(g + penalty * sign) if t else abs(g) - penalty)
        lassos.append(theta)
    at = PENALTIES.index(40.0)
    rows = [[f"θ{j + 1}", TRUE[j], ridges[at][j], lassos[at][j]] for j in range(8)]
    report.table("At λ = 40", ["", "true", "ridge", "lasso"], rows)
    report.reach("the lasso's condition, off by", worst, at_most=1e-6)
    wrong = sum((t != 0) != (u != 0) for t, u in zip(TRUE, lassos[at], strict=True))
    report.reach("features that the lasso mistakes", wrong, at_most=0)
    kept = sum(t != 0 for t in ridges[at])
    report.reach("features that the ridge keeps", kept, at_least=8)

    left = [j for j in range(8) if lassos[at][j]]
    x = [columns[j][0] for j in left]
    weights = [Value(lassos[at][j], name=f"θ{j + 1}") for j in left]
    loss = (ys[0] - dot(weights, x)) ** 2 + lasso(weights, 40.0 / len(ys))
    report.flow(loss, title="One sample, and its share of the penalty")
    logs = [math.log10(penalty) for penalty in PENALTIES]
    for name, thetas in (("ridge", ridges), ("lasso", lassos)):
        paths = [list(zip(logs, c, strict=True)) for c in zip(*thetas, strict=True)]
        series = {f"θ{j + 1}": paths[j] for j in (0, 3, 5)} | {"θ2, not in y": paths[1]}
        report.plot(
            name, plots.lines, series, title=f"Coefficients against λ: {name}",
            names=("log₁₀ λ", "θ"),
        )  # fmt: skip
