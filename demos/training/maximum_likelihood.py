"""Maximum likelihood: a coin, and a Gaussian.

The parameters under which the data are most probable make L = Σ -ln P least. A coin
that falls heads k times in n, with the probability p:

    L(p) = -k ln p - (n - k) ln(1 - p),    L' = 0 where p = k/n

Numbers x from a Gaussian with mean μ and variance v = exp(s), positive for every s:

    L(μ, s) = Σ (x - μ)²/2v + ln(2πv)/2,    least where μ = mean, v = mean of (x - μ)²

Newton's method finds both with the engine's exact Hessians. The Hessian at the minimum
is the observed information; its inverse is the variance of the estimates, so how sure
they are comes with them: √(p(1 - p)/n) for the coin, √(v/n) for the mean.

It should reach the notes' p = 7/10, the mean and the variance of 50 numbers, and both
standard errors, each to nine digits.
"""

import math
from random import Random
from statistics import fmean
from typing import Any

from autograd_core import Value, exp, hessian, log
from autograd_core import sum as total
from autograd_core.linalg import inverse
from nn import gaussian_nll
from optim import Result, minimize
from visualize import plots

from .report import Report

HEADS, TOSSES = 7, 10  # the notes'


def coin(p: list[Any]) -> Any:
    """-ln P of the tosses."""
    return -HEADS * log(p[0]) - (TOSSES - HEADS) * log(1 - p[0])


def errors(loss: Any, at: list[float]) -> list[float]:
    """Standard errors: the roots of the diagonal of the inverse Hessian."""
    covariance = inverse(hessian(loss)(at))
    return [math.sqrt(row[i]) for i, row in enumerate(covariance)]


def show(title: str, names: list[str], found: Result, report: Report) -> None:
    """Newton's steps."""
    rows = [[k, *line.x, line.f] for k, line in enumerate(found.history)]
    report.table(title, ["step", *names, "L"], rows)


def run(report: Report) -> None:
    """Both fits, compared with their closed forms."""
    random = Random(report.seed)
    xs = [random.gauss(2.0, 1.5) for _ in range(50)]
    mean = fmean(xs)
    variance = fmean((x - mean) ** 2 for x in xs)

    def gaussian(theta: list[Any]) -> Any:
        squares = total([(x - theta[0]) ** 2 for x in xs])
        constant = len(xs) * math.log(2 * math.pi) / 2
        return squares / (2 * exp(theta[1])) + len(xs) * theta[1] / 2 + constant

    starts = [(coin, [0.4]), (gaussian, [0.0, 0.0])]
    tossed, drawn = (
        minimize(loss, start, method="newton")
        for loss, start in report.each(starts, "Newton")
    )
    p, (mu, s) = tossed.x[0], drawn.x
    p_error, (mu_error, _) = errors(coin, [p])[0], errors(gaussian, [mu, s])
    show("The coin: 7 heads in 10 tosses", ["p"], tossed, report)
    show("The Gaussian: 50 numbers", ["μ", "s"], drawn, report)
    fits: list[tuple[str, float, float]] = [
        ("p", p, HEADS / TOSSES),
        ("error of p", p_error, math.sqrt(0.7 * 0.3 / TOSSES)),
        ("μ", mu, mean),
        ("v", math.exp(s), variance),
        ("error of μ", mu_error, math.sqrt(variance / len(xs))),
    ]
    report.table("Newton and the closed forms", ["", "found", "closed form"], fits)
    for name, found, wanted in fits:
        report.reach(f"{name}, off by", abs(found / wanted - 1), at_most=1e-9)

    m, v = Value(0.0, name="μ"), exp(Value(0.0, name="s"))
    one = gaussian_nll(m, xs[0], v)
    report.flow(one, title="One number, at the start: which way μ and s should go")
    tangents = {f"step {k}": line.x[0] for k, line in enumerate(tossed.history[:2])}
    report.plot(
        "coin", plots.curve, lambda t: float(coin([t])), (0.2, 0.95), marks=tangents,
        title="-ln P of the tosses, and Newton's steps", names=("p", "L(p)"),
    )  # fmt: skip
    report.plot(
        "gaussian", plots.contour, lambda a, b: float(gaussian([a, b])), (-1, 4),
        (-1, 3), levels=20,
        paths={"Newton": [(line.x[0], line.x[1]) for line in drawn.history]},
        title="-ln P of the numbers, and Newton's way", names=("μ", "s = ln v"),
    )  # fmt: skip
