"""The first scripts, each on a short run: its figures, its files, the same bytes.

The figures are compared with what NumPy, closed forms and the papers say, not
with what the script computed; that a goal can be missed is shown by stopping early.
"""

import math
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from demos.training import (
    SCRIPTS,
    linear_regression,
    logistic_regression,
    maximum_likelihood,
    polynomials,
    ridge_lasso,
    vanishing_gradient,
)
from demos.training.report import Figures, Report
from demos.training.run import MARKER, train

pytest.importorskip("matplotlib")

# Name -> steps of a short run (None: as usual), and the pictures.
SHORT: dict[str, tuple[int | None, set[str]]] = {
    "linear-regression": (60, {"flow", "line", "contour"}),
    "perceptron": (None, {"flow", "boundary", "loss"}),
    "polynomials": (None, {"flow", "degree", "bells", "ridge", "fits"}),
    "ridge-lasso": (20, {"flow", "ridge", "lasso"}),
    "maximum-likelihood": (None, {"flow", "coin", "gaussian"}),
    "logistic-regression": (150, {"flow", "boundary", "loss", "paths"}),
    "optimizers": (
        90,
        {"flow"} | {f"{f}-{k}" for f in ("valley", "rosenbrock") for k in (1, 2, 3)},
    ),
    "vanishing-gradient": (None, {"flow-sigmoid", "flow-relu", "layers", "depths"}),
    "inside-adam": (90, {"flow", "loss", "path", "m_hat", "v_hat", "step"}),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Report]]:
    """Each script, run once."""
    home = tmp_path_factory.mktemp("runs")
    return {
        name: (home / name, train(name, home / name, steps=steps, progress=False))
        for name, (steps, _) in SHORT.items()
    }


Runs = dict[str, tuple[Path, Report]]


def figures(runs: Runs, name: str, title: str) -> list[list[Any]]:
    """The rows of a table that the script told."""
    (found,) = [
        thing
        for thing in runs[name][1].said
        if isinstance(thing, Figures) and thing.title == title
    ]
    return found.rows


@pytest.mark.parametrize("name", SHORT)
def test_it_reaches_what_it_should(name: str, runs: Runs) -> None:
    report = runs[name][1]
    assert report.goals
    assert [str(goal) for goal in report.goals if not goal.reached] == []


@pytest.mark.parametrize("name", SHORT)
def test_it_writes_its_files(name: str, runs: Runs) -> None:
    pictures = {f"{picture}.svg" for picture in SHORT[name][1]}
    found = {path.name for path in runs[name][0].iterdir()}
    assert found == {MARKER, "index.html"} | pictures


@pytest.mark.parametrize("name", SHORT)
def test_the_same_bytes_twice(name: str, runs: Runs, tmp_path: Path) -> None:
    train(name, tmp_path, steps=SHORT[name][0], progress=False)
    for path in runs[name][0].iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


STEPPED = [name for name in SHORT if "steps" in SCRIPTS[name].options]


@pytest.mark.parametrize("name", STEPPED)
def test_one_step_is_not_enough(name: str, tmp_path: Path) -> None:
    """The goals can be missed."""
    assert not train(name, tmp_path, steps=1, progress=False).reached


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["linear-regression", "perceptron", "ridge-lasso"])
def test_another_seed_reaches_it_too(name: str, seed: int, tmp_path: Path) -> None:
    assert train(name, tmp_path, seed=seed, progress=False).reached


# -- the figures themselves ------------------------------------------------------------


def test_the_line_is_that_of_numpy(runs: Runs) -> None:
    points = np.array(linear_regression.noisy_line(Random(0)), dtype=float)
    slope, start = np.polyfit(points[:, 0], points[:, 1], 1)
    for row in figures(runs, "linear-regression", "The line"):
        assert row[1:] == pytest.approx([start, slope], rel=1e-6), row[0]


def test_the_polynomials_are_those_of_numpy(runs: Runs) -> None:
    """Up to the degree 8, where both are still well conditioned."""
    random = Random(0)
    seen = np.array(polynomials.noisy_wave(random, 15))
    unseen = np.array(polynomials.noisy_wave(random, 500))
    rows = figures(runs, "polynomials", "Errors against degree")
    for degree in range(1, 9):
        p = np.polyfit(seen[:, 0], seen[:, 1], degree)
        errors = [
            math.sqrt(np.mean((np.polyval(p, d[:, 0]) - d[:, 1]) ** 2))
            for d in (seen, unseen)
        ]
        assert rows[degree - 1] == pytest.approx([degree, *errors], rel=1e-6)


def test_more_features_fit_the_seen_points_better(runs: Runs) -> None:
    rows = figures(runs, "polynomials", "Errors against degree")
    seen = [row[1] for row in rows]
    assert seen == sorted(seen, reverse=True)


def test_no_lasso_has_less_cost(runs: Runs) -> None:
    """Nearby points, at random and along each coordinate, cost more."""
    columns, ys = ridge_lasso.data(Random(0))
    features, y = np.array(columns).T, np.array(ys)
    found = [row[3] for row in figures(runs, "ridge-lasso", "At λ = 40")]

    def cost(theta: Any) -> float:
        return float(np.sum((y - features @ theta) ** 2) + 40.0 * np.sum(np.abs(theta)))

    least = cost(np.array(found))
    random = np.random.default_rng(0)
    steps = [*np.eye(8), *-np.eye(8), *random.normal(size=(100, 8))]
    assert all(cost(np.array(found) + 1e-3 * step) > least for step in steps)


def test_the_ridge_is_that_of_numpy(runs: Runs) -> None:
    columns, ys = ridge_lasso.data(Random(0))
    features, y = np.array(columns).T, np.array(ys)
    rows = [row[2] for row in figures(runs, "ridge-lasso", "At λ = 40")]
    assert rows == pytest.approx(
        np.linalg.solve(features.T @ features + 40 * np.eye(8), features.T @ y)
    )


def test_the_likelihoods_by_their_closed_forms(runs: Runs) -> None:
    """The coin's standard error is √(0.7·0.3/10); the likelihood N32 of the notes."""
    random = Random(0)
    xs = [random.gauss(2.0, 1.5) for _ in range(50)]
    rows = figures(runs, "maximum-likelihood", "Newton and the closed forms")
    found = {row[0]: row[1] for row in rows}
    assert found["p"] == pytest.approx(0.7)
    assert found["error of p"] == pytest.approx(math.sqrt(0.021))
    assert found["μ"] == pytest.approx(np.mean(xs))
    assert found["v"] == pytest.approx(np.var(xs))
    coin = figures(runs, "maximum-likelihood", "The coin: 7 heads in 10 tosses")
    assert coin[-1][2] == pytest.approx(-math.log(0.7**7 * 0.3**3))
    gaussian = maximum_likelihood.errors(lambda t: t[0] ** 2 + 2 * t[1] ** 2, [0, 0])
    assert gaussian == pytest.approx([math.sqrt(1 / 2), 1 / 2])


def test_logistic_regression_has_no_slope_left(runs: Runs) -> None:
    """Xᵀ(π - y) = 0 at what IRLS found."""
    data = logistic_regression.clouds(Random(0))
    features, y = np.array([x for x, _ in data]), np.array([y for _, y in data])
    rows = figures(runs, "logistic-regression", "Both")
    pi = 1 / (1 + np.exp(-features @ np.array(rows[1][1:4])))
    assert features.T @ (pi - y) == pytest.approx(np.zeros(3), abs=1e-7)


def test_gradient_descent_on_the_valley_by_its_formula(runs: Runs) -> None:
    """x ← (1 - 2η/100) x and y ← (1 - 2η) y (A-82), 90 times."""
    rows = {row[0]: row for row in figures(runs, "optimizers", "valley")}
    x, y = 10 * (1 - 0.019) ** 90, (1 - 1.9) ** 90
    assert rows["gradient descent"][1:4] == pytest.approx([90, x, y], rel=1e-12)
    assert rows["newton"][1:] == [1, 0.0, 0.0, 0.0]


def test_each_first_order_method_falls_on_rosenbrock(runs: Runs) -> None:
    rows = figures(runs, "optimizers", "rosenbrock")
    assert len(rows) == 12
    assert all(row[4] < 24.2 for row in rows), "f(-1.2, 1)"


def test_the_first_layer_by_the_chain_rule() -> None:
    """A gradient's length, from nothing but NumPy."""
    found = vanishing_gradient.lengths("tanh", 2, Random(3))
    random = Random(3)
    x = np.array([random.uniform(-1, 1) for _ in range(8)])
    model = vanishing_gradient.network("tanh", 2, random)
    weights = [
        np.array([[w.data for w in row] for row in m.weight]) for m in model.layers
    ]
    a1 = np.tanh(weights[0] @ x)
    a2 = np.tanh(weights[1] @ a1)
    delta3 = weights[2] @ a2 - 1.0
    delta2 = (weights[2].T @ delta3) * (1 - a2**2)
    delta1 = (weights[1].T @ delta2) * (1 - a1**2)
    lengths = [
        np.linalg.norm(np.outer(delta1, x)),
        np.linalg.norm(np.outer(delta2, a1)),
    ]
    assert found == pytest.approx(lengths)


def test_adam_by_hand(runs: Runs) -> None:
    """Two steps of the published equations, from g = (0.2, 2)."""
    rows = figures(runs, "inside-adam", "Adam's first five steps")
    assert len(rows) == 10
    p, m, v = 10.0, 0.0, 0.0
    for t in (1, 2):
        g = p / 50
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        step = 0.5 * m_hat / (math.sqrt(v_hat) + 1e-8)
        expected = [t, p, g, m, v, m_hat, v_hat, step, p - step]
        row = [cell for cell in rows[2 * (t - 1)] if not isinstance(cell, str)]
        assert row == pytest.approx(expected, rel=1e-12)
        p -= step
