"""Polynomials and radial basis functions, simple and complex.

A model that is linear in its parameters, ŷ = φ(x)·θ, can be curved in x. Least squares
with a ridge has the closed form

    θ = (ΦᵀΦ + δ²I)⁻¹ Φᵀy

for any features φ: powers 1, x, x², ..., or bells exp(-(x - μ)²/λ) around centres μ.
More features always fit the training points better. The error at points that were not
seen falls, then rises again, when the model begins to learn the noise. A ridge turns
the same dial without taking a feature away.

The error is the root of the mean square; the noise alone has 0.3. It should reach 0.4
on unseen points by each dial; and the polynomial of degree 14, which goes through all
15 points, should be twice as bad there as the best one.
"""

import math
from collections.abc import Callable
from random import Random
from statistics import fmean
from typing import Any

from autograd_core import Value, dot
from nn import RBF, Polynomial, half_squared_error
from visualize import plots

from .linear_regression import normal_equations
from .report import Report

Points = list[tuple[float, float]]
Features = Callable[[Any], list[Any]]
NAMES = ((1, "seen"), (2, "unseen"))


def noisy_wave(random: Random, count: int) -> Points:
    """Points around sin(3x), equally spaced on [-1.5, 1.5]."""
    xs = [3.0 * i / (count - 1) - 1.5 for i in range(count)]
    return [(x, math.sin(3 * x) + random.gauss(0, 0.3)) for x in xs]


def least_squares(features: Features, points: Points, ridge: float = 0) -> list[float]:
    """θ, from the normal equations."""
    xs, ys = zip(*points, strict=True)
    theta: list[float] = normal_equations([features(x) for x in xs], ys, ridge)
    return theta


def error(features: Features, theta: list[float], points: Points) -> float:
    """The root of the mean squared error."""
    squares = [(dot(features(x), theta) - y) ** 2 for x, y in points]
    return math.sqrt(fmean(squares))


def curve(features: Features, points: Points) -> Callable[[float], float]:
    """The curve of least squares."""
    theta = least_squares(features, points)
    return lambda x: float(dot(features(x), theta))


def bells(count: int) -> RBF:
    """A 1 and ``count`` bells over the data; narrower where there are more."""
    width = 3.0 / count
    return RBF([width * (i + 0.5) - 1.5 for i in range(count)], 2 * width**2)


def run(report: Report) -> None:
    """Three dials, each turned from simple to complex."""
    random = Random(report.seed)
    seen, unseen = noisy_wave(random, 15), noisy_wave(random, 500)
    dials: dict[str, list[tuple[float, Features, float]]] = {
        "degree": [(n, Polynomial(1, n), 0.0) for n in range(1, 15)],
        "bells": [(n, bells(n), 1e-6) for n in range(1, 15)],
        "ridge (log₁₀ δ²)": [(k, bells(14), 10.0**k) for k in range(-8, 3)],
    }
    errors = {}
    for dial, settings in dials.items():
        rows = []
        for setting, features, ridge in report.each(settings, dial):
            theta = least_squares(features, seen, ridge)
            both = [error(features, theta, points) for points in (seen, unseen)]
            rows.append([setting, *both])
        report.table(f"Errors against {dial}", [dial, "seen", "unseen"], rows)
        best = min(rows, key=lambda row: row[2])
        report.reach(f"unseen error, {dial} {best[0]:g}", best[2], at_most=0.4)
        if dial == "degree":
            report.reach("degree 14 worse, times", rows[-1][2] / best[2], at_least=2.0)
        errors[dial] = {n: [(r[0], max(r[k], 0.01)) for r in rows] for k, n in NAMES}

    for dial, series in errors.items():
        report.plot(
            dial.split()[0], plots.lines, series, names=(dial, "error"), log=True,
            title=f"Errors against {dial}, from 0.01 up",
        )  # fmt: skip
    curves = {f"degree {n}": curve(Polynomial(1, n), seen) for n in (1, 5, 14)}
    report.plot("fits", plots.fit, seen, curves, (-1.5, 1.5), title="Fits", y=(-2, 2))
    weights, (x, y) = [Value(0.0, name=f"θ{i}") for i in range(4)], seen[0]
    loss = half_squared_error(dot(weights, Polynomial(1, 3)(x)), y)
    report.flow(loss, title="One point, before the fit: dL/dθᵢ = (ŷ - y) xⁱ")
