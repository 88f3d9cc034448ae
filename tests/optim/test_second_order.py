"""Newton and its relatives: the notes' numbers, exact cases, and what is refused."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, SingularMatrixError, Value
from optim import (
    LBFGS,
    GradientDescent,
    Newton,
    bfgs_update,
    follow,
    irls,
    least_squares,
    minimize,
)
from optim.bfgs import BFGSDirection
from optim.cholesky import factor, solve, solve_shifted
from optim.lbfgs import LBFGSDirection, two_loops
from optim.line_search import DECREASE, FLATNESS, Trial, _between, armijo, strong_wolfe
from optim.objective import Objective, Point, Residuals, dot
from tests.optim.problems import PROBLEMS, quartic, quartic_residuals, rosenbrock

# -- Newton ----------------------------------------------------------------------------

N76 = [
    [4.0, 4.0],
    [2.5827386641792286, 2.621288835830368],
    [1.5922569140896436, 1.6748161076576503],
    [0.87058916800791069, 1.0018210705961592],
    [0.33519431071744101, 0.49397622842647132],
    [0.041235850143326335, 0.1254590349261596],
]


@pytest.mark.parametrize("pure", [True, False])
def test_the_notes_newton_iterates(pure: bool) -> None:
    """N76; the whole step is always taken there, so the search changes nothing."""
    found = minimize(quartic, [4.0, 4.0], method="newton", pure=pure)
    for line, expected in zip(found.history, N76, strict=False):
        assert line.x == pytest.approx(expected, rel=1e-13)
    assert found.iterations == 8  # the notes print 3
    assert math.hypot(*found.x) < 1e-16
    assert [line.length for line in found.history] == [None] + [1.0] * 8


def test_newton_on_a_quadratic_is_one_step() -> None:
    """N74, and S47 with its linear regression: (7/3, 1/2) from (5, -3)."""
    found = minimize(
        lambda x: 2 * x[0] ** 2 + 3 * x[1] ** 2 - x[0] * x[1],
        [1.0, 2.0],
        method="newton",
    )
    assert found.iterations == 1
    assert found.x == pytest.approx([0.0, 0.0], abs=1e-15)

    def rss(theta: list[Any]) -> Any:
        data = [(1, 2), (2, 5), (3, 3)]
        return sum((y - theta[0] - theta[1] * x) ** 2 for x, y in data)

    found = minimize(rss, [5.0, -3.0], method="newton", max_iterations=1)
    assert found.x == pytest.approx([7 / 3, 0.5], rel=1e-13)


def test_pure_newton_goes_to_saddles_and_maxima_and_damped_newton_down() -> None:
    """S46's saddle, N65's maximum."""

    def saddle(x: list[Any]) -> Any:
        return 2 * x[0] ** 2 - 2 * x[1] ** 2

    found = minimize(saddle, [1.0, 1.0], method="newton", pure=True)
    assert found.x == [0.0, 0.0]
    found = minimize(saddle, [1.0, 1.0], method="newton", max_iterations=5)
    values = [line.f for line in found.history]
    assert values == sorted(values, reverse=True)
    assert found.f < -10
    assert "damping" in found.history[1].note

    def wave(x: list[Any]) -> Any:
        return x[0] ** 4 / 4 - x[0] ** 2 / 2 + 0.1 * x[0]

    top = minimize(wave, [0.2], method="newton", pure=True, tolerance=1e-15)
    assert top.history[1].x == pytest.approx([0.095454545454545455], rel=1e-14)
    assert top.x == pytest.approx([0.10103125788101082], rel=1e-14)
    low = minimize(wave, [0.2], method="newton")
    assert low.f < -0.1
    assert low.converged


def test_newton_on_parameters_makes_the_same_steps() -> None:
    x, y = Value(4.0), Value(4.0)
    newton = Newton([x, y])
    for before, after in pairwise(N76):
        assert newton.step(quartic) == pytest.approx(quartic(before), rel=1e-13)
        assert [x.data, y.data] == pytest.approx(after, rel=1e-13)


def test_a_bad_newton_step_moves_nothing() -> None:
    w = Value(1.0)
    pure = Newton([w], pure=True)
    with pytest.raises(SingularMatrixError, match="Singular matrix"):
        pure.step(lambda p: 2 * p[0])
    with pytest.raises(NonFiniteError, match="a whole Newton step leads from"):
        # The whole step from 1 leads to -3, where there is no logarithm.
        pure.step(lambda p: 5 * p[0] - ac.log(p[0]))
    with pytest.raises(NonFiniteError, match="at the start"):
        pure.step(lambda p: ac.log(p[0] - 1))
    assert w.data == 1.0


# -- BFGS, L-BFGS ----------------------------------------------------------------------


def test_the_notes_bfgs_update() -> None:
    """S48: one step of -0.01 g from (4, 4), and the secant condition H y = s."""
    s, y = [-2.776, -2.136], [-263.249544704, -186.9429614592]
    H = bfgs_update([[1.0, 0.0], [0.0, 1.0]], s, y)  # noqa: N806
    expected = [0.34254821428441902, -0.46752047131026312, 0.66977943558229798]
    assert [H[0][0], H[0][1], H[1][1]] == pytest.approx(expected, rel=1e-12)
    assert H[0][1] == pytest.approx(H[1][0], rel=1e-12)
    assert [dot(row, y) for row in H] == pytest.approx(s, rel=1e-12)


def test_bfgs_on_a_quadratic_knows_the_hessian_after_n_exact_steps() -> None:
    """Exactly, on fractions: n steps with exact line search give H = A⁻¹."""
    A = [[4, 1, 0], [1, 3, 1], [0, 1, 2]]  # noqa: N806
    b = [Fraction(1), Fraction(2), Fraction(5)]
    x = [Fraction(0)] * 3
    H: Any = [[Fraction(int(i == j)) for j in range(3)] for i in range(3)]  # noqa: N806

    def times(M: Any, v: Any) -> list[Any]:  # noqa: N803
        return [sum(a * c for a, c in zip(row, v, strict=True)) for row in M]

    def gradient(x: Any) -> list[Any]:
        return [a - c for a, c in zip(times(A, x), b, strict=True)]

    for _ in range(3):
        g = gradient(x)
        d = [-h for h in times(H, g)]
        length = -sum(p * q for p, q in zip(g, d, strict=True)) / sum(
            p * q for p, q in zip(d, times(A, d), strict=True)
        )
        s = [length * a for a in d]
        x = [a + c for a, c in zip(x, s, strict=True)]
        H = bfgs_update(H, s, [p - q for p, q in zip(gradient(x), g, strict=True)])  # noqa: N806
    assert gradient(x) == [0, 0, 0]
    assert [times(A, column) for column in zip(*H, strict=True)] == [
        [1, 0, 0], [0, 1, 0], [0, 0, 1]]  # fmt: skip


def test_two_loops_are_the_bfgs_matrix() -> None:
    rng = random.Random(3)
    n = 4
    pairs = []
    for _ in range(6):
        s = [rng.gauss(0, 1) for _ in range(n)]
        pairs.append((s, [(i + 1) * a + 0.1 * a**3 for i, a in enumerate(s)]))
    s, y = pairs[-1]
    scale = dot(s, y) / dot(y, y)
    H = [[scale * (i == j) for j in range(n)] for i in range(n)]  # noqa: N806
    for s, y in pairs:
        H = bfgs_update(H, s, y)  # noqa: N806
    g = [1.0, -2.0, 0.5, 3.0]
    assert two_loops(pairs, g) == pytest.approx([dot(row, g) for row in H], rel=1e-10)
    assert two_loops([], g) == g


def test_lbfgs_keeps_its_memory_between_steps() -> None:
    """Thirty calls of one iteration are one call of thirty."""
    ends = []
    for calls, iterations in ((30, 1), (1, 30)):
        params = [Value(-1.2), Value(1.0)]
        optimizer = LBFGS(params, max_iterations=iterations)

        def closure(params: Any = params, optimizer: Any = optimizer) -> Value:
            optimizer.zero_grad()
            loss: Value = rosenbrock(params)
            loss.backward()
            return loss

        for _ in range(calls):
            optimizer.step(closure)
        ends.append([p.data for p in params])
        assert len(optimizer.state["s"]) == 10
    assert ends[0] == ends[1]


def test_lbfgs_steps_back_from_a_trial_that_overflows() -> None:
    """exp(x) - x from 0.5 with a first length far beyond what exp can hold."""
    x = Value(0.5)
    optimizer = LBFGS([x], lr=1e6, max_iterations=50)

    def closure() -> Value:
        optimizer.zero_grad()
        loss: Value = ac.exp(-x) + x
        loss.backward()
        return loss

    assert optimizer.step(closure) == math.exp(-0.5) + 0.5
    assert x.data == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize(
    ("g", "error", "message"),
    [(math.nan, NonFiniteError, "the gradient of x is nan"),
     (None, TypeError, "the gradient of x must be a number")],
)  # fmt: skip
def test_a_bad_gradient_of_a_closure_moves_nothing(
    g: Any, error: Any, message: str
) -> None:
    x = Value(0.5, name="x")
    optimizer = LBFGS([x])

    def closure() -> float:
        x.grad = g
        return 1.0

    with pytest.raises(error, match=message):
        optimizer.step(closure)
    assert x.data == 0.5


def test_a_bad_loss_of_a_closure_moves_nothing() -> None:
    x = Value(0.5, name="x")
    optimizer = LBFGS([x])
    with pytest.raises(NonFiniteError, match="the loss is inf"):
        optimizer.step(lambda: math.inf)
    calls = []

    def closure() -> Value:
        calls.append(x.data)
        if len(calls) == 3:
            raise KeyboardInterrupt
        optimizer.zero_grad()
        loss = (x - 3) ** 4
        loss.backward()
        return loss

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(closure)
    assert x.data == 0.5
    assert optimizer.state == {"s": [], "y": []}


def test_where_a_closure_began_to_fail_is_kept_in_the_message() -> None:
    x = Value(-1.0, name="x")

    def closure() -> Value:
        loss = ac.log(x)
        loss.backward()
        return loss

    with pytest.raises(NonFiniteError, match=r"log\(-1.0\) = nan"):
        LBFGS([x]).step(closure)


def test_a_step_without_curvature_teaches_nothing() -> None:
    here, there = Point([0.0], 1.0, [-1.0]), Point([1.0], 0.0, [-1.0])
    bfgs, lbfgs = BFGSDirection(), LBFGSDirection()
    for method in (bfgs, lbfgs):
        method.learn(here, there)
    assert bfgs.H is None
    assert lbfgs.pairs == []


def test_a_trial_with_a_bad_gradient_is_stepped_back_from() -> None:
    x = Value(0.0)
    optimizer = LBFGS([x], max_iterations=40)

    def closure() -> float:
        # -x up to 1, then a wall whose slope is not a number.
        inside = x.data < 0.25
        x.grad = 2 * (x.data - 0.2) if inside else math.nan
        return (x.data - 0.2) ** 2

    optimizer.step(closure)
    assert x.data == pytest.approx(0.2, abs=1e-8)


# -- least squares ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["gauss-newton", "levenberg-marquardt"])
def test_least_squares_is_half_the_sum_of_squares(method: str) -> None:
    found = least_squares(quartic_residuals, [4.0, 4.0], method=method)
    assert found.history[0].f == pytest.approx(quartic([4.0, 4.0]), rel=1e-14)
    assert found.converged


def test_gauss_newton_is_exact_for_a_line() -> None:
    """S47 again: one step to (7/3, 1/2)."""
    found = least_squares(
        lambda t: [t[0] + t[1] * x - y for x, y in ((1, 2), (2, 5), (3, 3))],
        [5.0, -3.0],
        method="gauss-newton",
    )
    assert found.history[1].x == pytest.approx([7 / 3, 0.5], rel=1e-13)


def test_a_parameter_that_nothing_depends_on() -> None:
    """Singular for Gauss-Newton; Levenberg-Marquardt leaves it where it is."""

    def residuals(x: list[Any]) -> list[Any]:
        return [x[0] - 2, x[0] ** 2 - 4 + 0 * x[1]]

    with pytest.raises(SingularMatrixError, match="columns of the Jacobian depend"):
        least_squares(residuals, [1.0, 5.0], method="gauss-newton")
    found = least_squares(residuals, [1.0, 5.0])
    assert found.converged
    assert found.x == pytest.approx([2.0, 5.0], rel=1e-9)


def test_damping_too_small_to_matter_is_raised() -> None:
    """Two parameters that do the same: singular until μ shows above the rounding."""
    found = least_squares(
        lambda x: (x[0] + x[1] - 2, x[0] + x[1] - 2), [0.0, 0.5], damping=1e-30
    )
    assert found.converged
    assert sum(found.x) == pytest.approx(2.0, rel=1e-9)


def test_damping_grows_until_a_step_leads_down() -> None:
    """From where Gauss-Newton overshoots; the history notes μ."""
    found = least_squares(lambda x: [ac.atan(x[0])], [10.0])
    assert found.converged
    assert abs(found.x[0]) < 1e-7
    dampings = [float(line.note.split()[1]) for line in found.history[1:]]
    assert dampings[0] > 1 > 0.01 > dampings[-1]  # it began at 0.001
    values = [line.f for line in found.history]
    assert values == sorted(values, reverse=True)


# -- IRLS ------------------------------------------------------------------------------

X5 = [[1.0, x] for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
Y5 = [0, 0, 1, 0, 1]


def test_the_notes_irls_iterates() -> None:
    """S67, from 0."""
    found = irls(X5, Y5, tolerance=1e-13)
    expected = [
        [-0.4, 0.8],
        [-0.57965634940497999, 1.0397501395477056],
        [-0.62104127386060777, 1.0885773436564706],
        [-0.62268770686564697, 1.0904229820676789],
    ]
    for line, point in zip(found.history[1:], expected, strict=False):
        assert line.x == pytest.approx(point, rel=1e-13)
    assert found.x == pytest.approx(
        [-0.62269006543375786, 1.0904255602981153], rel=1e-12
    )


def test_a_step_is_weighted_least_squares_on_the_working_response() -> None:
    """(XᵀSX)⁻¹XᵀSz with z = Xθ + S⁻¹(y - π), solved by elimination."""
    from autograd_core.linalg import solve as eliminate

    theta = [0.3, -0.2]
    pi = [1 / (1 + math.exp(-dot(theta, row))) for row in X5]
    s = [p * (1 - p) for p in pi]
    z = [
        dot(theta, row) + (y - p) / w
        for row, y, p, w in zip(X5, Y5, pi, s, strict=True)
    ]
    n = range(2)
    left = [[sum(w * r[i] * r[j] for w, r in zip(s, X5, strict=True)) for j in n]
            for i in n]  # fmt: skip
    right = [sum(w * r[i] * a for w, r, a in zip(s, X5, z, strict=True)) for i in n]
    found = irls(X5, Y5, start=theta, max_iterations=1)
    assert found.history[1].length == 1.0
    assert found.x == pytest.approx(eliminate(left, right), rel=1e-12)


def test_ridge_makes_separable_classes_solvable() -> None:
    rows, labels = [[-1.0], [1.0]], [0, 1]
    found = irls(rows, labels, ridge=0.5)
    assert found.converged
    # Zero of 2(sigmoid(t) - 1) + t/2.
    (t,) = found.x
    assert 2 / (1 + math.exp(-t)) - 2 + t / 2 == pytest.approx(0, abs=1e-8)
    without = irls(rows, labels, max_iterations=8)
    assert not without.converged
    assert without.x[0] > 5


# -- line searches ---------------------------------------------------------------------

LINES: dict[str, tuple[Callable[[list[Any]], Any], list[float], float]] = {
    "quadratic, too long": (lambda x: x[0] ** 2, [1.0], 10.0),
    "quadratic, too short": (lambda x: x[0] ** 2, [1.0], 1e-6),
    "rosenbrock": (rosenbrock, [-1.2, 1.0], 1.0),
    "wall": (lambda x: -ac.log(x[0]) - ac.log(1 - x[0]), [0.001], 1.0),
    "waves": (lambda x: ac.sin(5 * x[0]) + x[0] ** 2, [2.0], 3.0),
    "quartic": (quartic, [4.0, 4.0], 1.0),
    "steep": (lambda x: ac.exp(-40 * x[0]) + x[0], [0.0], 1.0),
}


@pytest.mark.parametrize("name", LINES)
def test_lengths_meet_the_conditions(name: str) -> None:
    f, x, first = LINES[name]
    objective = Objective(f)
    start = objective.at(x)
    d = [-g for g in start.gradient]
    slope = dot(start.gradient, d)
    for search in (armijo, strong_wolfe):
        found = search(objective, start, d, first)
        assert found is not None
        assert found.point.f <= start.f + DECREASE * found.length * slope
        expected = [a + found.length * b for a, b in zip(x, d, strict=True)]
        assert found.point.x == expected
    assert abs(found.slope) <= FLATNESS * abs(slope)


def test_where_no_cubic_has_a_minimum_the_middle_is_taken() -> None:
    point = Point([0.0], 0.0, [0.0])
    low = Trial(0.0, point, 0.0, -1.0)
    for high in (
        Trial(2.0, point, -2.0, -1.0),  # a straight line
        Trial(2.0, point, -4.0, -5.0),  # no stationary point
        Trial(2.0, point, math.inf, math.inf),
    ):
        assert _between(low, high) == 1.0


def test_no_length_leads_down_uphill() -> None:
    objective = Objective(rosenbrock)
    start = objective.at([-1.2, 1.0])
    for search in (armijo, strong_wolfe):
        assert search(objective, start, start.gradient) is None


class Liar:
    """Claims a slope that is not there."""

    evaluations = 0

    def at(self, x: list[float]) -> Point:
        return Point(x, abs(x[0]), [-1.0])


class Endless:
    """A straight slope down: no length is flat enough."""

    evaluations = 0

    def at(self, x: list[float]) -> Point:
        return Point(x, -x[0], [-1.0])


def test_a_search_gives_up() -> None:
    start = Point([0.0], 0.0, [-1.0])
    assert armijo(Liar(), start, [1.0]) is None
    assert strong_wolfe(Liar(), start, [1.0]) is None
    far = strong_wolfe(Endless(), start, [1.0])
    assert far is not None
    assert far.length == 2.0**59


class Kinked:
    """|x - 1| with its slopes: strong Wolfe cannot be met, Armijo can."""

    evaluations = 0

    def at(self, x: list[float]) -> Point:
        return Point(x, abs(x[0] - 1), [math.copysign(1.0, x[0] - 1)])


def test_the_best_length_at_a_kink() -> None:
    found = strong_wolfe(Kinked(), Point([0.0], 1.0, [-1.0]), [1.0], 3.0)
    assert found is not None
    assert found.f < 1e-9


def test_a_kink_ends_with_a_message() -> None:
    """At the tie the slope is the mean of both sides, -1/2, and nothing is lower."""
    found = minimize(lambda x: ac.maximum(x[0], -2 * x[0]), [0.3], method="bfgs")
    assert not found.converged
    assert "no lower point along the direction" in found.message


# -- A = L D Lᵀ ------------------------------------------------------------------------


def test_cholesky_solves() -> None:
    rng = random.Random(0)
    for n in range(1, 8):
        root = [[rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]
        A = [[dot(a, b) + (i == j) for j, b in enumerate(root)]  # noqa: N806
             for i, a in enumerate(root)]  # fmt: skip
        x = [rng.gauss(0, 1) for _ in range(n)]
        factors = factor(A)
        assert factors is not None
        # Condition numbers here are below 1e3.
        assert solve(factors, [dot(row, x) for row in A]) == pytest.approx(x, rel=1e-11)


@pytest.mark.parametrize(
    "matrix",
    [[[0.0]], [[-1.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]],
     [[0.1, 0.3], [0.3, 0.9]], [[math.nan]]],
)  # fmt: skip
def test_not_positive_definite(matrix: Any) -> None:
    assert factor(matrix) is None


def test_the_shift_is_enough_and_not_wild() -> None:
    for matrix in ([[1.0, 0.0], [0.0, -5.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0]]):
        x, shift = solve_shifted(matrix, [1.0] * len(matrix))
        assert 0 < shift <= 11
        for i, row in enumerate(matrix):
            assert dot(row, x) + shift * x[i] == pytest.approx(1.0, rel=1e-9)


# -- plain functions, results ----------------------------------------------------------


def test_values_from_outside_are_constants() -> None:
    c = Value(3.0)
    assert minimize(lambda x: (x[0] - 3) ** 2, np.array([0.0])).converged
    for method in ("newton", "cg-newton", "bfgs"):
        found = minimize(lambda x: (x[0] - c) ** 2, [0.0], method=method)
        assert type(found.f) is float
        assert found.x == pytest.approx([3.0], rel=1e-8)
    assert c.grad == 0.0


def test_a_history_and_a_callback() -> None:
    lines: list[Any] = []
    found = minimize(quartic, [4.0, 4.0], method="bfgs", callback=lines.append)
    assert lines == found.history[1:]
    assert found.history[0].length is None
    assert found.history[-1].x == found.x
    assert found.gradient == ac.grad(quartic)(found.x)
    assert "history" not in repr(found)
    lines.clear()
    least_squares(quartic_residuals, [4.0, 4.0], callback=lines.append)
    assert lines
    lines.clear()
    follow(quartic, [1.0, 1.0], lambda p: GradientDescent(p, lr=0.01),
           max_iterations=3, callback=lines.append)  # fmt: skip
    assert len(lines) == 3


def test_it_stops_when_asked() -> None:
    found = minimize(rosenbrock, [-1.2, 1.0], method="bfgs", max_iterations=3)
    assert not found.converged
    assert found.iterations == 3
    assert "stopped after 3 iterations" in found.message
    there = minimize(rosenbrock, [1.0, 1.0])
    assert (there.iterations, there.converged) == (0, True)


def test_cg_stops_where_the_function_curves_down() -> None:
    def ridge(x: list[Any]) -> Any:
        return ac.cos(x[0]) + x[1] ** 2

    found = minimize(ridge, [0.5, 1.0], method="cg-newton")
    assert found.converged
    assert found.x == pytest.approx([math.pi, 0.0], abs=1e-8)
    assert any("curves down" in line.note for line in found.history)


def test_rounding_ends_levenberg_marquardt_with_a_message() -> None:
    given = PROBLEMS["logistic"]
    found = least_squares(given.residuals, given.start, tolerance=0.0)
    assert not found.converged
    assert "no lower point at any damping" in found.message
    assert found.history[-1].gradient_norm < 1e-6


def nan_at_start(x: list[Any]) -> Any:
    return ac.log(x[0])


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: minimize(quartic, [math.nan, 1.0]), ValueError, r"'x0\[0\]' .*got nan"),
    (lambda: minimize(quartic, []), ValueError, "'x0' must have at least one"),
    (lambda: minimize(quartic, 1.0), TypeError, "'x0' must be a list of numbers"),  # type: ignore[arg-type]
    (lambda: minimize(quartic, ["1", 2.0]), TypeError, r"'x0\[0\]' must be a fin"),  # type: ignore[list-item]
    (lambda: minimize(quartic, [[1.0, 2.0]]), TypeError, r"'x0\[0\]' must be"),  # type: ignore[list-item]
    (lambda: minimize(3, [1.0]), TypeError, "'f' must be a function"),  # type: ignore[arg-type]
    (lambda: minimize(lambda x: x, [1.0]), TypeError, "returns one number"),
    (lambda: minimize(quartic, [1.0, 1.0], method="sgd"), ValueError,
     "'method' must be one of steepest-descent, newton.* .got 'sgd'"),
    (lambda: minimize(quartic, [1.0, 1.0], method=None), ValueError, "got None"),  # type: ignore[arg-type]
    (lambda: minimize(quartic, [1.0, 1.0], history=3), TypeError, "option of 'bfgs'"),
    (lambda: minimize(quartic, [1.0, 1.0], method="l-bfgs", history=0), ValueError,
     "'history' must be"),
    (lambda: minimize(quartic, [1.0, 1.0], tolerance=-1), ValueError, "'tolerance'"),
    (lambda: minimize(quartic, [1.0, 1.0], max_iterations=0), ValueError, "'max_ite"),
    (lambda: minimize(nan_at_start, [-1.0]), NonFiniteError, "at the start"),
    (lambda: minimize(lambda x: ac.power(x[0], 1.5) + x[0], [0.0], method="newton"),
     NonFiniteError, "the Hessian has the entry"),
    (lambda: minimize(lambda x: ac.power(x[0], 1.5) + x[0], [0.0], method="cg-newton"),
     NonFiniteError, "a Hessian-vector product has the entry"),
    (lambda: least_squares(5, [1.0]), TypeError, "'residuals' must be a function"),  # type: ignore[arg-type]
    (lambda: least_squares(lambda x: x[0], [1.0]), TypeError, "must return a list"),
    (lambda: least_squares(lambda x: [], [1.0]), ValueError, "at least one number"),
    (lambda: least_squares(lambda x: [x], [1.0]), TypeError, "must return a list"),
    (lambda: least_squares(lambda x: x, [1.0], method="newton"), ValueError,
     "'method' must be one of levenberg-marquardt, gauss-newton"),
    (lambda: least_squares(lambda x: x, [1.0], damping=0), ValueError, "'damping'"),
    (lambda: least_squares(lambda x: [ac.log(x[0])], [0.0]), NonFiniteError, "start"),
    (lambda: Residuals(lambda x: [ac.sqrt(x[0])]).jacobian([0.0]), NonFiniteError,
     "the Jacobian has the entry inf"),
    (lambda: follow(quartic, [math.inf, 0.0], lambda p: GradientDescent(p, lr=0.1)),
     ValueError, r"'x0\[0\]'"),
    (lambda: follow(quartic, [4.0, 4.0], lambda p: GradientDescent(p, lr=10.0)),
     NonFiniteError, r"the gradient of x\[|value of x\["),
    (lambda: irls([], []), TypeError, "'X' must be a list of at least one row"),
    (lambda: irls([[1.0], [1.0, 2.0]], [0, 1]), ValueError, "must be equally long"),
    (lambda: irls([[1.0]], [0, 1]), ValueError, "'y' must have one label per row"),
    (lambda: irls([[1.0]], [2]), ValueError, r"'y\[0\]' must be in \[0, 1\] .got 2.0"),
    (lambda: irls([[math.nan]], [1]), ValueError, r"'X\[0\]\[0\]' .*got nan"),
    (lambda: irls([[1.0]], ["a"]), TypeError, r"'y\[0\]' must be a finite"),  # type: ignore[list-item]
    (lambda: irls([[1.0]], [1], ridge=-1), ValueError, "'ridge' must be"),
    (lambda: irls([[1.0]], [1], start=[0.0, 0.0]), ValueError, "'start' must have 1"),
    (lambda: irls([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], [0, 1, 0]),
     SingularMatrixError, "weighted columns of 'X' depend"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_wrong_calls(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
