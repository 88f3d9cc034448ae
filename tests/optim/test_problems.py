"""Every optimizer on every problem: one table, each entry with its expectation."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import optim
from autograd_core import Value
from optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Newton,
    RMSProp,
    follow,
    hessian_spectrum,
    irls,
    least_squares,
    minimize,
)
from tests.optim.problems import LABELS, PROBLEMS, ROWS

# problem -> learning rate of the methods that are scaled by the gradient, and steps.
# The rates are below 2/λ_max, which is 0.04, 0.0013, 0.010 and 0.12 at the starts.
RATES = {"valley": 0.02, "rosenbrock": 0.001, "quartic": 0.005, "logistic": 0.05}
STEPS = {"valley": 300, "rosenbrock": 400, "quartic": 300, "logistic": 100}

FIRST: dict[str, Callable[[list[Value], float], optim.FirstOrder]] = {
    "gradient descent": lambda p, lr: GradientDescent(p, lr=lr),
    "sgd": lambda p, lr: SGD(p, lr=lr),
    "momentum": lambda p, lr: SGD(p, lr=lr, momentum=0.9),
    "damped momentum": lambda p, lr: SGD(p, lr=10 * lr, momentum=0.9, damped=True),
    "nesterov": lambda p, lr: SGD(p, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda p, lr: Adagrad(p, lr=1.0),
    "adagrad, no root": lambda p, lr: Adagrad(p, lr=1.0, eps=1.0, root=False),
    "rmsprop": lambda p, lr: RMSProp(p, lr=0.01),
    "rmsprop, eps inside": lambda p, lr: RMSProp(
        p, lr=0.01, alpha=0.9, eps_inside=True
    ),
    "adam": lambda p, lr: Adam(p, lr=0.1),
    "adam, eps inside": lambda p, lr: Adam(p, lr=0.1, eps_inside=True),
    "adamw": lambda p, lr: AdamW(p, lr=0.1, weight_decay=1e-4),
}

# What is left of f - f* after the steps, as a share of what there was: at least, at
# most. The notes' Adagrad lost its root and hardly moves where slopes are large.
LEFT: dict[str, dict[str, tuple[float, float]]] = {
    "gradient descent": {
        "valley": (0, 1e-5), "rosenbrock": (0, 0.2), "quartic": (0, 1e-6),
        "logistic": (0, 1e-4),
    },
    "sgd": {
        "valley": (0, 1e-5), "rosenbrock": (0, 0.2), "quartic": (0, 1e-6),
        "logistic": (0, 1e-4),
    },
    "momentum": {
        "valley": (0, 1e-12), "rosenbrock": (0, 1e-3), "quartic": (0, 1e-12),
        "logistic": (0, 1e-4),
    },
    "damped momentum": {
        "valley": (0, 1e-12), "rosenbrock": (0, 1e-3), "quartic": (0, 1e-12),
        "logistic": (0, 1e-4),
    },
    "nesterov": {
        "valley": (0, 1e-16), "rosenbrock": (0, 1e-3), "quartic": (0, 1e-15),
        "logistic": (0, 1e-5),
    },
    "adagrad": {
        "valley": (0, 1e-20), "rosenbrock": (0, 0.03), "quartic": (0, 1e-5),
        "logistic": (0, 1e-12),
    },
    "adagrad, no root": {
        "valley": (0.5, 0.9), "rosenbrock": (0.4, 0.9), "quartic": (0.9, 1.0),
        "logistic": (0.01, 0.2),
    },
    "rmsprop": {
        "valley": (0, 0.1), "rosenbrock": (0, 0.1), "quartic": (0, 0.1),
        "logistic": (0, 0.1),
    },
    "rmsprop, eps inside": {
        "valley": (0, 0.1), "rosenbrock": (0, 0.02), "quartic": (0, 0.1),
        "logistic": (0, 0.2),
    },
    "adam": {
        "valley": (0, 1e-12), "rosenbrock": (0, 0.01), "quartic": (0, 1e-4),
        "logistic": (0, 1e-4),
    },
    "adam, eps inside": {
        "valley": (0, 1e-12), "rosenbrock": (0, 0.01), "quartic": (0, 1e-4),
        "logistic": (0, 1e-4),
    },
    "adamw": {
        "valley": (0, 1e-12), "rosenbrock": (0, 0.01), "quartic": (0, 1e-4),
        "logistic": (0, 1e-4),
    },
}  # fmt: skip


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", FIRST)
def test_first_order(method: str, problem: str) -> None:
    given = PROBLEMS[problem]
    path = follow(
        given.f,
        given.start,
        lambda params: FIRST[method](params, RATES[problem]),
        max_iterations=STEPS[problem],
    )
    best = given.f(given.minimum)
    left = (path.f - best) / (given.f(given.start) - best)
    low, high = LEFT[method][problem]
    # f - f* is known up to the rounding of f.
    noise = 1e-14 * abs(best)
    assert low - noise <= left <= high + noise
    assert path.iterations == STEPS[problem] == len(path.history) - 1


TOLERANCE = 1e-6


def stepwise(make: Callable[[list[Value]], Any], steps: int) -> Callable[..., Any]:
    """A method on parameters, as a function of the problem that gives where it ends."""

    def run(given: Any) -> list[float]:
        params = [Value(x) for x in given.start]
        optimizer = make(params)

        def closure() -> Value:
            optimizer.zero_grad()
            loss: Value = given.f(params)
            loss.backward()
            return loss

        for _ in range(steps):
            optimizer.step(given.f if isinstance(optimizer, Newton) else closure)
        return [p.data for p in params]

    return run


def by_name(method: str) -> Callable[..., Any]:
    return lambda given: minimize(
        given.f, given.start, method=method, tolerance=TOLERANCE, max_iterations=5000
    )


def by_squares(method: str) -> Callable[..., Any]:
    return lambda given: least_squares(
        given.residuals, given.start, method=method, tolerance=TOLERANCE
    )


# method -> how to run it, and how many iterations each problem may take; None where it
# does not apply or, for steepest descent in Rosenbrock's bent valley, takes thousands.
ITERATIONS: dict[str, tuple[Callable[..., Any], dict[str, int | None]]] = {
    "steepest-descent": (by_name("steepest-descent"), {
        "valley": 60, "rosenbrock": None, "quartic": 40, "logistic": 80}),
    "newton": (by_name("newton"), {
        "valley": 1, "rosenbrock": 25, "quartic": 8, "logistic": 7}),
    "cg-newton": (by_name("cg-newton"), {
        "valley": 4, "rosenbrock": 80, "quartic": 12, "logistic": 10}),
    "bfgs": (by_name("bfgs"), {
        "valley": 15, "rosenbrock": 60, "quartic": 25, "logistic": 20}),
    "l-bfgs": (by_name("l-bfgs"), {
        "valley": 15, "rosenbrock": 60, "quartic": 25, "logistic": 20}),
    "gauss-newton": (by_squares("gauss-newton"), {
        "valley": 1, "rosenbrock": 15, "quartic": 10, "logistic": 60}),
    "levenberg-marquardt": (by_squares("levenberg-marquardt"), {
        "valley": 5, "rosenbrock": 25, "quartic": 12, "logistic": 60}),
    "irls": (lambda given: irls(ROWS, LABELS, tolerance=TOLERANCE), {
        "valley": None, "rosenbrock": None, "quartic": None, "logistic": 7}),
    "Newton": (stepwise(lambda p: Newton(p), 25), {
        "valley": 1, "rosenbrock": 1, "quartic": 1, "logistic": 1}),
    "LBFGS": (stepwise(lambda p: LBFGS(p, tolerance=TOLERANCE), 4), {
        "valley": 1, "rosenbrock": 1, "quartic": 1, "logistic": 1}),
}  # fmt: skip


APPLICABLE = [
    (method, problem)
    for method, (_, allowed) in ITERATIONS.items()
    for problem, most in allowed.items()
    if most is not None
]


@pytest.mark.parametrize(("method", "problem"), APPLICABLE)
def test_second_order(method: str, problem: str) -> None:
    """At the minimum as near as the tolerance on the gradient says."""
    run, allowed = ITERATIONS[method]
    given = PROBLEMS[problem]
    most = allowed[problem] or 0
    found = run(given)
    if isinstance(found, optim.Result):
        assert found.converged, found.message
        assert found.iterations <= most
        found = found.x
    # |x - x*| <= |H⁻¹| |g| to first order; twice that for what is of second order.
    curvature = hessian_spectrum(given.f, given.minimum).eigenvalues[0]
    bound = 2 * TOLERANCE * math.sqrt(len(found)) / curvature
    assert math.dist(found, given.minimum) <= bound


def test_steepest_descent_zigzags_in_a_bent_valley() -> None:
    """It goes down at every step, and is not there after 500 of them."""
    given = PROBLEMS["rosenbrock"]
    path = minimize(given.f, given.start, method="steepest-descent", max_iterations=500)
    values = [line.f for line in path.history]
    assert all(b < a for a, b in pairwise(values))
    assert not path.converged
    assert path.f < 0.1 * values[0]


@pytest.mark.parametrize(
    ("momentum", "nesterov", "limit"),
    [
        (0.0, False, 2.0),  # |1 - ηλ| < 1
        (0.9, False, 2 * 1.9),  # Polyak: ηλ < 2(1 + γ)
        (0.9, True, 2 * 1.9 / 2.8),  # Nesterov: ηλ < 2(1 + γ)/(1 + 2γ)
    ],
)
def test_the_largest_rate_that_converges(
    momentum: float, nesterov: bool, limit: float
) -> None:
    """On a quadratic with the largest curvature 50, both sides of the derived bound."""
    given = PROBLEMS["valley"]
    ends = [
        follow(
            given.f,
            given.start,
            lambda params, lr=share * limit / 50: SGD(  # type: ignore[misc]
                params, lr=lr, momentum=momentum, nesterov=nesterov
            ),
            max_iterations=1500,
        ).f
        for share in (0.98, 1.02)
    ]
    assert ends[0] < 1e-6 < 1e6 < ends[1]
