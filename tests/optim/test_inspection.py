"""What can be seen: the inside of a step, the spectrum of a Hessian, sick units."""

import math
import random
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograd_core import Value, relu, scope, sigmoid, tanh
from optim import (
    LBFGS,
    Adam,
    GradientDescent,
    StepTable,
    Table,
    follow,
    hessian_spectrum,
    symmetric_eigen,
    unit_report,
)
from tests.optim.problems import quartic, valley

# -- the inside of a step --------------------------------------------------------------

# γ = .8, β = .9, η = .01, gradients below, from 1.
GRADIENTS = (0.3, -0.5, 0.2, 0.4)
INSIDE = {
    "m": [0.06, -0.052, -0.0016, 0.07872],
    "v": [0.009, 0.0331, 0.03379, 0.046411],
    "m_hat": [0.3, -0.14444444444444444, -0.0032786885245901639, 0.13333333333333333],
    "v_hat": [0.09, 0.17421052631578947, 0.12468634686346863, 0.13495492875835999],
    "p": [0.99000000055555551, 0.9934606980139046, 0.99355354989205125,
          0.98992407041199553],
}  # fmt: skip


def recorded(name: str = "w") -> StepTable:
    w = Value(1.0, name=name)
    optimizer = Adam([w], lr=0.01, betas=(0.8, 0.9), eps_inside=True)
    table = StepTable(optimizer)
    for w.grad in GRADIENTS:
        optimizer.step()
        table.record()
    return table


def test_the_notes_table() -> None:
    moves = recorded().moves
    assert [move.t for move in moves] == [1, 2, 3, 4]
    assert [move.gradient for move in moves] == list(GRADIENTS)
    for key, expected in INSIDE.items():
        # A difference of products cancels once, at t = 3, by a factor of 30.
        found = [move.line[key] for move in moves]
        assert found == pytest.approx(expected, rel=1e-14)
    for before, after in pairwise(moves):
        assert after.before == before.line["p"]
        assert after.line["step"] == pytest.approx(
            after.before - after.line["p"], rel=1e-12
        )


def test_the_table_as_text_and_html() -> None:
    table = recorded("<w & co>")
    lines = str(table).splitlines()
    head = "t parameter before g m v m_hat v_hat step p"
    assert lines[0].split() == head.split()
    second = "-0.052 0.0331 -0.144444 0.174211 -0.0034607 0.993461"
    assert lines[2].split()[-6:] == second.split()
    html = table._repr_html_()
    assert "&lt;w &amp; co&gt;" in html
    assert "<w" not in html
    assert html.count("<tr>") == 5
    empty = StepTable(table.optimizer)
    assert str(empty).split() == ["t", "parameter", "before", "g", "p"]


def test_cells_are_aligned_and_columns_escaped() -> None:
    table = Table(["a", "<b>"], [["long name", 1.5], ["x", 22.25]], digits=3)
    text = "a           <b>\nlong name   1.5\nx          22.2"
    assert str(table) == text
    assert re.findall("<th>(.*?)</th>", table._repr_html_()) == ["a", "&lt;b&gt;"]


def test_only_first_order_methods_have_lines() -> None:
    with pytest.raises(TypeError, match="must be a first-order optimizer"):
        StepTable(LBFGS([Value(1.0)]))  # type: ignore[arg-type]


# -- spectrum --------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 6, 12])
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_eigenvalues_are_those_of_numpy(n: int, scale: float) -> None:
    rng = random.Random(n)
    a = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            a[i][j] = a[j][i] = scale * rng.gauss(0, 1)
    values, vectors = symmetric_eigen(a)
    # Both are backward stable: within some n units in the last place of the norm.
    bound = 20 * n * np.finfo(float).eps
    norm = np.abs(np.array(a)).max() * n
    assert np.abs(np.linalg.eigvalsh(a) / norm - np.array(values) / norm).max() <= bound
    assert values == sorted(values)
    V = np.array(vectors)  # noqa: N806
    assert np.abs(V @ V.T - np.eye(n)).max() <= bound
    off = V @ (np.array(a) / norm) @ V.T - np.diag(np.array(values) / norm)
    assert np.abs(off).max() <= bound


def test_special_matrices() -> None:
    assert symmetric_eigen([[3.0, 0.0], [0.0, -1.0]]) == (
        [-1.0, 3.0], [[0.0, 1.0], [1.0, 0.0]])  # fmt: skip
    assert symmetric_eigen([[0.0, 0.0], [0.0, 0.0]])[0] == [0.0, 0.0]
    assert symmetric_eigen(np.array([[2.0, 1.0], [1.0, 2.0]]))[0] == [1.0, 3.0]
    blocks = [[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 2.5]]
    assert symmetric_eigen(blocks)[0] == [1.0, 2.5, 3.0]
    huge = 2.0**1023
    assert symmetric_eigen([[0.0, huge], [huge, 0.0]])[0] == [-huge, huge]
    with pytest.raises(OverflowError, match="range"):
        symmetric_eigen([[huge, huge], [huge, huge]])
    a = [[1.0, 2.0], [2.0, 1.0]]
    symmetric_eigen(a)
    assert a == [[1.0, 2.0], [2.0, 1.0]]


def test_the_hessian_of_the_quartic() -> None:
    """[[198.4, -2.6], [-2.6, 157.6]] at (4, 4), by the notes (N75)."""
    found = hessian_spectrum(quartic, [4.0, 4.0])
    middle, half = (198.4 + 157.6) / 2, math.hypot((198.4 - 157.6) / 2, 2.6)
    assert found.eigenvalues == pytest.approx([middle - half, middle + half], rel=1e-14)
    assert found.condition == pytest.approx((middle + half) / (middle - half))
    assert found.safe_step == pytest.approx(2 / (middle + half))
    assert found.shape == "minimum"
    text = str(found)
    assert "condition 1.26125" in text
    assert "largest safe step 0.0100723, minimum if the gradient is 0" in text
    assert "eigenvalue" in found._repr_html_()


def test_the_notes_linear_regression() -> None:
    """S44: 2/λ_max(2XᵀX) = 0.0600982836..."""

    def rss(t: list[Any]) -> Any:
        return sum((y - t[0] - t[1] * x) ** 2 for x, y in ((1, 2), (2, 5), (3, 3)))

    found = hessian_spectrum(rss, [0.0, 0.0])
    assert found.safe_step == pytest.approx(0.060098283658357801, rel=1e-13)
    ends = [
        follow(rss, [0.0, 0.0],
               lambda p, share=share: GradientDescent(p, lr=share * found.safe_step),  # type: ignore[misc]
               max_iterations=2000)
        for share in (0.99, 1.01)
    ]  # fmt: skip
    assert ends[0].x == pytest.approx([7 / 3, 0.5], rel=1e-6)
    assert ends[1].f > 1e6


def test_just_below_the_safe_step_converges_and_just_above_diverges() -> None:
    step = hessian_spectrum(valley, [5.0, 1.0]).safe_step
    below, above = (
        follow(valley, [5.0, 1.0],
               lambda p, share=share: GradientDescent(p, lr=share * step),  # type: ignore[misc]
               max_iterations=1000).f
        for share in (0.99, 1.01)
    )  # fmt: skip
    # |1 - ηλ| = 0.98 and 1.02 along the steep axis.
    assert below < 0.98**2000 * 25 * 2
    assert above > 1.02**2000 * 25 / 2


@pytest.mark.parametrize(
    ("f", "shape", "condition", "step"),
    [
        (lambda x: x[0] ** 2 - x[1] ** 2, "saddle", 1.0, 1.0),
        (lambda x: -(x[0] ** 2) - 2 * x[1] ** 2, "maximum", 2.0, math.inf),
        (lambda x: x[0] ** 2 + 0 * x[1], "flat along an eigenvector", math.inf, 1.0),
    ],
)
def test_shapes(f: Any, shape: str, condition: float, step: float) -> None:
    found = hessian_spectrum(f, [1.0, 1.0])
    assert (found.shape, found.condition, found.safe_step) == (shape, condition, step)


# -- units -----------------------------------------------------------------------------


def network(x: float) -> list[Value]:
    w = [Value(a) for a in (1.0, -1.0, 50.0, 1e5)]
    with scope("net"):
        with scope("layer"):
            first = [relu(w[0] * x - 10), relu(w[0] * x), relu(w[3] * x)]
        with scope("layer"):
            return [tanh(w[2] * x + 20), sigmoid(first[1] + first[0] + w[1])]


def test_units_are_judged_by_their_slopes() -> None:
    report = unit_report(network, [1.0, 2.0, 3.0])
    assert [unit.name for unit in report.units] == [
        "net / layer unit 1",
        "net / layer unit 2",
        "net / layer #2 unit 1",
        "net / layer #2 unit 2",
    ]
    assert report.dead == ["net / layer unit 1"]
    assert report.saturated == ["net / layer #2 unit 1"]
    assert report.exploding == []
    ok = report.units[1]
    assert (ok.activation, ok.low, ok.high, ok.slope) == ("relu", 1.0, 3.0, 1.0)
    last = report.units[3]
    assert last.slope == pytest.approx(0.25)  # sigmoid at 0
    assert "dead" in str(report)
    assert report._repr_html_().count("<tr>") == 5


def test_exploding_units() -> None:
    w = Value(2000.0)
    report = unit_report(lambda x: relu(w * x), [1.0])
    assert report.exploding == ["relu 1"]
    assert unit_report(lambda x: relu(w * x), [1.0], exploding=1e4).exploding == []
    endless = unit_report(lambda x: relu(w * 1e308 * x), [1.0])
    assert endless.exploding == ["relu 1"]
    assert math.isnan(endless.units[0].slope)


def test_a_unit_is_dead_only_if_no_sample_wakes_it() -> None:
    w = Value(1.0)
    assert unit_report(lambda x: relu(w * x), [-1.0, -2.0]).dead == ["relu 1"]
    assert unit_report(lambda x: relu(w * x), [-1.0, 2.0]).dead == []


def test_names_in_a_report_are_escaped() -> None:
    def model(x: float) -> Value:
        with scope("<script>"):
            return relu(Value(1.0) * x)

    html = unit_report(model, [1.0])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt; unit 1" in html


def branching(x: float) -> Value:
    w = Value(1.0)
    return relu(w * x) if x > 0 else tanh(w * x)


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: unit_report(3, [1.0]), TypeError, "'model' must be a function or Module"),  # type: ignore[arg-type]
    (lambda: unit_report(relu, []), ValueError, "'inputs' must have at least one"),
    (lambda: unit_report(relu, [1.0]), TypeError, "the model must return Values"),
    (lambda: unit_report(branching, [1.0, -1.0]), ValueError, "sample 1 than for sam"),
    (lambda: unit_report(network, [1.0], saturated=0), ValueError, "'saturated' must"),
    (lambda: unit_report(network, [1.0], exploding=-1), ValueError, "'exploding' must"),
    (lambda: hessian_spectrum(5, [1.0]), TypeError, "'f' must be a function"),  # type: ignore[arg-type]
    (lambda: hessian_spectrum(valley, [math.nan, 1.0]), ValueError, r"'x\[0\]' must"),
    (lambda: symmetric_eigen([]), TypeError, "'A' must be a list of at least one row"),
    (lambda: symmetric_eigen([[1.0, 2.0]]), ValueError, "'A' must be square, 1 num"),
    (lambda: symmetric_eigen([[1.0, 2.0], [3.0, 1.0]]), ValueError,
     r"must be symmetric \(got 3.0 at \[1\]\[0\] and 2.0"),
    (lambda: symmetric_eigen([[math.inf]]), ValueError, r"'A\[0\]\[0\]' must be"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_wrong_calls(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
