"""Losses: values against mpmath, gradients against the closed forms p - y and the like.

Float tolerance: a gradient p - y of size at most 1, divided by the number of samples,
is a few correctly rounded steps from numbers that are good to 2 units in the last
place, so 1e-14 leaves a factor of ten.
"""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

import nn
from autograd_core import NonFiniteError, Value, log_softmax, sigmoid, softmax
from autograd_core import sum as total

F = Fraction
CLOSE = 1e-14
SEEDS = range(5)
mpf = mpmath.mpf


@pytest.fixture(autouse=True)
def digits() -> Any:
    with mpmath.workdps(50):
        yield


# -- references, written a second time -------------------------------------------------


def ref_softmax(z: Any) -> list[Any]:
    e = [mpmath.exp(mpf(v)) for v in z]
    return [v / sum(e) for v in e]


def ref_sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-mpf(z)))


def ref_bce(p: Any, y: Any) -> Any:
    return -mpf(y) * mpmath.log(p) - (1 - mpf(y)) * mpmath.log(1 - p)


def ref_gaussian(m: Any, y: Any, v: Any) -> Any:
    density = mpmath.exp(-((mpf(y) - m) ** 2) / (2 * mpf(v))) / mpmath.sqrt(
        2 * mpmath.pi * v
    )
    return -mpmath.log(density)


def one_hot(k: int, n: int) -> list[int]:
    return [int(i == k) for i in range(n)]


# name -> (loss, the loss of one sample, its gradient by component); samples of 3.
COMPONENTS: dict[str, tuple[Any, Callable[..., Any], Callable[..., Any]]] = {
    "mean_squared_error": (
        nn.mean_squared_error,
        lambda p, y: sum((mpf(a) - b) ** 2 for a, b in zip(p, y, strict=True)) / 3,
        lambda p, y: [2 * (mpf(a) - b) / 3 for a, b in zip(p, y, strict=True)],
    ),
    "half_squared_error": (
        nn.half_squared_error,
        lambda p, y: sum((mpf(a) - b) ** 2 for a, b in zip(p, y, strict=True)) / 2,
        lambda p, y: [mpf(a) - b for a, b in zip(p, y, strict=True)],
    ),
    "l1": (
        nn.l1,
        lambda p, y: sum(abs(mpf(a) - b) for a, b in zip(p, y, strict=True)) / 3,
        lambda p, y: [mpmath.sign(mpf(a) - b) / 3 for a, b in zip(p, y, strict=True)],
    ),
    "hinge": (
        nn.hinge,
        lambda p, y: sum(max(0, 1 - mpf(a) * b) for a, b in zip(p, y, strict=True)) / 3,
        lambda p, y: [
            (-mpf(b) if mpf(a) * b < 1 else mpf(0)) / 3
            for a, b in zip(p, y, strict=True)
        ],
    ),
    "binary_cross_entropy_from_logits": (
        nn.binary_cross_entropy_from_logits,
        lambda z, y: sum(ref_bce(ref_sigmoid(a), b) for a, b in zip(z, y, strict=True)),
        lambda z, y: [ref_sigmoid(a) - b for a, b in zip(z, y, strict=True)],
    ),
    "cross_entropy_from_logits": (
        nn.cross_entropy_from_logits,
        lambda z, y: (
            -sum(b * mpmath.log(p) for p, b in zip(ref_softmax(z), y, strict=True))
        ),
        lambda z, y: [p - b for p, b in zip(ref_softmax(z), y, strict=True)],
    ),
    # Behind the function that makes the probabilities the gradient is p - y again.
    "binary_cross_entropy_from_probabilities": (
        lambda zs, ys, **how: nn.binary_cross_entropy_from_probabilities(
            [[sigmoid(z) for z in row] for row in zs], ys, **how
        ),
        lambda z, y: sum(ref_bce(ref_sigmoid(a), b) for a, b in zip(z, y, strict=True)),
        lambda z, y: [ref_sigmoid(a) - b for a, b in zip(z, y, strict=True)],
    ),
    "cross_entropy_from_probabilities": (
        lambda zs, ys, **how: nn.cross_entropy_from_probabilities(
            [softmax(row) for row in zs], ys, **how
        ),
        lambda z, y: (
            -sum(b * mpmath.log(p) for p, b in zip(ref_softmax(z), y, strict=True))
        ),
        lambda z, y: [p - b for p, b in zip(ref_softmax(z), y, strict=True)],
    ),
    "nll": (
        lambda zs, ys, **how: nn.nll([log_softmax(row) for row in zs], ys, **how),
        lambda z, y: (
            -sum(b * mpmath.log(p) for p, b in zip(ref_softmax(z), y, strict=True))
        ),
        lambda z, y: [p - b for p, b in zip(ref_softmax(z), y, strict=True)],
    ),
    "gaussian_nll": (
        lambda ms, ys, **how: nn.gaussian_nll(ms, ys, 0.7, **how),
        lambda m, y: sum(ref_gaussian(a, b, 0.7) for a, b in zip(m, y, strict=True)),
        lambda m, y: [(mpf(a) - b) / mpf(0.7) for a, b in zip(m, y, strict=True)],
    ),
}
CLASSES = {"cross_entropy_from_logits", "cross_entropy_from_probabilities", "nll"}


def data(name: str, seed: int, n: int = 4) -> tuple[list[list[float]], list[list[Any]]]:
    rng = random.Random(seed)
    rows = [[rng.uniform(-3, 3) for _ in range(3)] for _ in range(n)]
    if name == "hinge":
        return rows, [[rng.choice((-1, 1)) for _ in range(3)] for _ in range(n)]
    if name in CLASSES:
        soft = [[rng.random() for _ in range(3)] for _ in range(n - 1)]
        weights = [[w / sum(row) for w in row] for row in soft]
        return rows, [one_hot(seed % 3, 3), *weights]
    return rows, [[rng.random() for _ in range(3)] for _ in range(n)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", COMPONENTS)
def test_value_and_gradient(name: str, seed: int) -> None:
    loss, value, slope = COMPONENTS[name]
    rows, targets = data(name, seed)
    zs = [[Value(z) for z in row] for row in rows]
    mean = loss(zs, targets)
    mean.backward()
    expected = sum(value(z, y) for z, y in zip(rows, targets, strict=True)) / 4
    assert mean.data == pytest.approx(float(expected), rel=CLOSE)
    for z, row, y in zip(zs, rows, targets, strict=True):
        assert [v.grad for v in z] == pytest.approx(
            [float(g / 4) for g in slope(row, y)], rel=CLOSE, abs=CLOSE
        )


@pytest.mark.parametrize("name", COMPONENTS)
def test_reductions(name: str) -> None:
    loss, value, _ = COMPONENTS[name]
    rows, targets = data(name, 7)
    each = [float(value(z, y)) for z, y in zip(rows, targets, strict=True)]
    assert loss(rows, targets, reduction="none") == pytest.approx(each)
    assert loss(rows, targets, reduction="sum") == pytest.approx(sum(each))
    assert loss(rows, targets, reduction="mean") == pytest.approx(sum(each) / 4)
    assert loss(rows[:1], targets[:1], reduction="none") == pytest.approx(each[:1])
    with pytest.raises(
        ValueError,
        match=r"'reduction' must be one of 'mean', 'sum', 'none' \(got 'avg'",
    ):
        loss(rows, targets, reduction="avg")


def test_none_gives_values_that_can_be_weighed() -> None:
    zs = [Value(0.5), Value(-0.5)]
    first, second = nn.half_squared_error(zs, [1.0, 1.0], reduction="none")
    (3 * first + 0 * second).backward()
    assert [z.grad for z in zs] == [-1.5, 0.0]


# -- exactly ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_exact_gradients_on_fractions(seed: int) -> None:
    rng = random.Random(seed)
    p = [[Value(F(rng.randint(-9, 9), 7)) for _ in range(2)] for _ in range(3)]
    y = [[F(rng.randint(-9, 9), 5) for _ in range(2)] for _ in range(3)]
    cases: list[tuple[Any, Callable[[F, F], F]]] = [
        (nn.half_squared_error, lambda a, b: (a - b) / 3),
        (nn.mean_squared_error, lambda a, b: 2 * (a - b) / (2 * 3)),
        (nn.l1, lambda a, b: F((a > b) - (a < b), 2 * 3)),
    ]
    for loss, slope in cases:
        for row in p:
            for v in row:
                v.zero_grad()
        loss(p, y).backward()
        for row, wanted in zip(p, y, strict=True):
            assert [v.grad for v in row] == [
                slope(v.data, b) for v, b in zip(row, wanted, strict=True)
            ]


def test_exact_gradients_on_symbols() -> None:
    """d/dz of both cross-entropies is p - y as a formula."""
    z, y = sympy.symbols("z y", real=True)
    logit = Value(z)
    nn.binary_cross_entropy_from_logits(logit, y).backward()
    assert sympy.simplify(logit.grad - (1 / (1 + sympy.exp(-z)) - y)) == 0
    symbols = sympy.symbols("a b c", real=True)
    logits = [Value(s) for s in symbols]
    nn.cross_entropy_from_logits(logits, 1).backward()
    for k, v in enumerate(logits):
        p = sympy.exp(symbols[k]) / sum(map(sympy.exp, symbols))
        assert sympy.simplify(v.grad - (p - int(k == 1))) == 0


def test_fifty_digits() -> None:
    v = nn.gaussian_nll(mpf(1), mpf(3), mpf(2))
    assert abs(v - ref_gaussian(1, 3, 2)) < mpf(10) ** -48


# -- the notes' numbers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "expected", "gradient"),
    [
        (nn.mean_squared_error, [0.7, 0.2, 0.1], [1, 0, 0], 7 / 150, None),
        (
            *(nn.binary_cross_entropy_from_probabilities, [0.7, 0.2, 0.1], [1, 0, 0]),
            *(0.68517901091076844, [-1.4285714285714286, 1.25, 1.1111111111111111]),
        ),
        (
            *(nn.cross_entropy_from_probabilities, [0.7, 0.2, 0.1], [0.5, 0.3, 0.2]),
            *(1.1216858642984054, [-0.71428571428571429, -1.5, -2.0]),
        ),
        (
            *(nn.cross_entropy_from_logits, [1.0, 2.0, 3.0], 1, 1.4076059644443803),
            [0.090030573170380458, -0.75527152894520235, 0.66524095577482189],
        ),
        (nn.half_squared_error, [1.15], [2.0], 0.36125, [-0.85]),  # N50, N51
        (
            *(nn.binary_cross_entropy_from_logits, [0.75], [0]),
            *(1.1368710061148999, [0.67917869917539297]),
        ),
    ],
)
def test_numbers_of_the_notes(
    loss: Any, prediction: Any, target: Any, expected: float, gradient: Any
) -> None:
    p = [Value(v) for v in prediction]
    batch = loss([p], [target])
    batch.backward()
    assert batch.data == pytest.approx(expected, rel=CLOSE)
    if gradient:
        assert [v.grad for v in p] == pytest.approx(gradient, rel=CLOSE)


def test_the_mean_over_samples_of_the_notes() -> None:
    """A-13, where the words say sum and the formula says mean."""
    rows = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]
    targets = [[1, 0, 0], [0, 0, 1]]
    assert nn.mean_squared_error(rows, targets) == pytest.approx(17 / 150, rel=CLOSE)


def test_gaussian_likelihood_of_the_slides() -> None:
    """S16: three points, the line of least squares, sigma = 1."""
    variance = Value(1.0)
    means = [7 / 3 + 0.5 * x for x in (1, 2, 3)]
    loss = nn.gaussian_nll(means, [2.0, 5.0, 3.0], variance, reduction="sum")
    loss.backward()
    assert loss.data == pytest.approx(4.8401489329473516, rel=CLOSE)
    # d/d(sigma) = 2*sigma*d/d(variance)
    assert 2 * variance.grad == pytest.approx(-1.1666666666666667, rel=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_in_the_variance(seed: int) -> None:
    rng = random.Random(seed)
    m, y, v = rng.uniform(-2, 2), rng.uniform(-2, 2), rng.uniform(0.1, 3)
    variances = [[Value(v)]]
    nn.gaussian_nll([[m]], [[y]], variances).backward()
    expected = (1 - (mpf(y) - m) ** 2 / v) / (2 * mpf(v))
    assert variances[0][0].grad == pytest.approx(float(expected), rel=1e-13)


# -- forms -----------------------------------------------------------------------------


def test_one_sample_may_be_given_alone() -> None:
    assert nn.mean_squared_error(1.0, 3.0) == 4.0
    assert nn.l1(1.0, 3.0, reduction="none") == [2.0]
    logits = [0.5, 1.5]
    alone = nn.cross_entropy_from_logits(logits, 1)
    assert alone == nn.cross_entropy_from_logits([logits], [1])
    assert alone == nn.cross_entropy_from_logits([logits], [[0, 1]])
    assert nn.l1([[1.0], [2.0]], [3.0, 5.0]) == nn.l1([1.0, 2.0], [[3.0], [5.0]]) == 2.5
    assert nn.gaussian_nll(1.0, 3.0, 2.0) == nn.gaussian_nll([1.0], [3.0], [2.0])


def test_arrays_tuples_and_labels_of_numpy() -> None:
    logits = np.array([[0.5, 1.5], [2.0, 0.0]])
    listed = nn.cross_entropy_from_logits(logits.tolist(), [1, 0])
    assert nn.cross_entropy_from_logits(logits, np.array([1, 0])) == listed
    assert nn.gaussian_nll(logits, logits, 0.5) == nn.gaussian_nll(
        logits.tolist(), logits.tolist(), [[0.5, 0.5], [0.5, 0.5]]
    )
    assert nn.cross_entropy_from_logits(tuple(logits), (np.int64(1), np.uint8(0))) == (
        listed
    )
    assert nn.binary_cross_entropy_from_logits([0.5], [True]) == (
        nn.binary_cross_entropy_from_logits([0.5], [1])
    )


def test_targets_may_be_values() -> None:
    """Two models that teach each other: nothing is looked at, both get gradients."""
    p, q = [Value(0.2), Value(-0.1)], [Value(0.5), Value(0.5)]
    nn.cross_entropy_from_logits(p, q).backward()
    assert all(v.grad for v in (*p, *q))


def test_components_of_a_gaussian_are_added_up() -> None:
    pairs = [(1.0, 3.0, 2.0), (-1.0, 0.5, 0.7)]
    means, targets, variances = map(list, zip(*pairs, strict=True))
    together = nn.gaussian_nll([means], [targets], [variances])
    assert together == sum(nn.gaussian_nll(*pair) for pair in pairs)


def test_a_class_of_weight_zero_counts_nothing() -> None:
    p = [Value(0.0), Value(1.0)]
    loss = nn.cross_entropy_from_probabilities(p, [0, 1])
    loss.backward()
    assert (loss.data, [v.grad for v in p]) == (0.0, [0.0, -1.0])
    logs = [Value(float("-inf")), Value(0.0)]
    nn.nll(logs, [0, 1]).backward()
    assert [v.grad for v in logs] == [0.0, -1.0]


@pytest.mark.parametrize("target", [0, [1, 0]])
def test_an_impossible_observation_is_an_error_at_backward(target: Any) -> None:
    p = [Value(0.0), Value(1.0)]
    with pytest.raises(NonFiniteError, match="-inf"):
        nn.cross_entropy_from_probabilities(p, target).backward()
    assert [v.grad for v in p] == [0.0, 0.0]


def test_saturated_logits_keep_their_gradient() -> None:
    z = [Value(-800.0), Value(800.0)]
    nn.cross_entropy_from_logits(z, 0).backward()
    assert [v.grad for v in z] == [-1.0, 1.0]
    logit = Value(40.0)
    nn.binary_cross_entropy_from_logits(logit, 1).backward()
    assert logit.grad == pytest.approx(-4.248354255291589e-18, rel=CLOSE)


def test_hinge_at_its_kink() -> None:
    score = Value(1.0)
    nn.hinge(score, 1).backward()
    assert score.grad == 0.0


def test_a_batch_is_one_sum() -> None:
    """A drawing shows the mean as one sum and one division."""
    zs = [Value(float(i)) for i in range(5)]
    loss = nn.half_squared_error(zs, [0.0] * 5)
    assert [n.primitive.name for n in (loss, loss.operands[0])] == ["div", "sum"]
    assert loss.data == total([z.data**2 / 2 for z in zs]) / 5


# -- refusals --------------------------------------------------------------------------

NAN = float("nan")
REFUSED: list[tuple[Any, tuple[Any, ...], Any, str]] = [
    (
        nn.mean_squared_error,
        ([], []),
        ValueError,
        r"'predictions' must have at least one",
    ),
    (nn.hinge, ([], []), ValueError, r"'scores' must have at least one sample"),
    (nn.cross_entropy_from_logits, ([], []), ValueError, r"\(got an empty batch\)"),
    (nn.l1, ([1.0], [1.0, 2.0]), ValueError, r"equal lengths \(got 1 and 2\)"),
    (nn.l1, ([1.0, 2.0], 1.0), TypeError, "'targets' must be a list"),
    (
        nn.l1,
        ([[1.0], [2.0, 3.0]], [[1.0], [2.0]]),
        ValueError,
        r"'targets\[1\]' must have",
    ),
    (nn.l1, ([[1.0, 2.0]], [1.0]), TypeError, r"must both be numbers or both rows"),
    (nn.l1, ([1.0], [[1.0, 2.0]]), TypeError, r"must both be numbers or both rows"),
    (
        nn.l1,
        ([[[1.0]]], [[1.0]]),
        TypeError,
        r"'predictions\[0\]\[0\]' must be a number",
    ),
    (nn.l1, ([1.0], [NAN]), ValueError, r"'targets\[0\]' must be finite \(got nan\)"),
    (
        nn.l1,
        ([[1.0, NAN]], [[1.0, 2.0]]),
        ValueError,
        r"'predictions\[0\]\[1\]' must be",
    ),
    (nn.l1, ([1.0], ["1"]), TypeError, r"must both be numbers or both rows"),
    (nn.l1, ([1.0], [None]), TypeError, r"'targets\[0\]' must be a number \(got None"),
    (nn.hinge, ([1.0], [0]), ValueError, r"'targets\[0\]' must be -1 or 1 \(got 0\)"),
    (
        *(nn.binary_cross_entropy_from_logits, ([1.0], [2]), ValueError),
        r"'targets\[0\]' must be from 0 to 1 \(got 2\)",
    ),
    (
        *(nn.binary_cross_entropy_from_probabilities, ([[0.5]], [[-1]]), ValueError),
        r"'targets\[0\]\[0\]' must be from 0 to 1 \(got -1\)",
    ),
    (
        *(nn.cross_entropy_from_logits, ([[1.0, 2.0]], [2]), ValueError),
        r"'targets\[0\]' must be a class from 0 to 1 \(got 2\)",
    ),
    (
        nn.cross_entropy_from_logits,
        ([1.0, 2.0], -1),
        ValueError,
        r"'targets' must be a cl",
    ),
    (
        *(nn.cross_entropy_from_logits, ([[1.0, 2.0]], [1.0]), TypeError),
        r"'targets\[0\]' must be a class, an int, or a row \(got 1.0 that is a float\)",
    ),
    (nn.nll, ([[1.0, 2.0]], [True]), TypeError, "must be a class, an int"),
    (nn.nll, ([[1.0, 2.0]], [Value(1.0)]), TypeError, "must be a class, an int"),
    (
        nn.nll,
        (1.0, 1),
        TypeError,
        "'log_probabilities' must be a row or a list of rows",
    ),
    (
        nn.nll,
        ([[1.0], 2.0], [0, 0]),
        TypeError,
        r"'log_probabilities\[1\]' must be a row",
    ),
    (
        nn.nll,
        ([[NAN, 2.0]], [0]),
        ValueError,
        r"'log_probabilities\[0\]\[0\]' must be fi",
    ),
    (nn.nll, ([[1.0, 2.0]], [[1.0]]), ValueError, r"a weight for each of 2 classes"),
    (nn.nll, ([[1.0, 2.0]], [[1.0, 1.0]]), ValueError, "that add up to 1"),
    (nn.nll, ([[1.0, 2.0]], [[-1, 2]]), ValueError, "weights of at least 0"),
    (
        nn.nll,
        ([[1.0, 2.0]], [[NAN, 1.0]]),
        ValueError,
        r"'targets\[0\]\[0\]' must be fin",
    ),
    (
        nn.gaussian_nll,
        (1.0, 1.0, 0.0),
        ValueError,
        "'variances' must be a finite number gr",
    ),
    (
        nn.gaussian_nll,
        ([1.0], [1.0], [-1.0]),
        ValueError,
        r"'variances\[0\]' must be a fin",
    ),
    (
        nn.gaussian_nll,
        ([1.0], [1.0], [NAN]),
        ValueError,
        r"'variances\[0\]' must be a fin",
    ),
    (
        nn.gaussian_nll,
        ([1.0, 2.0], [1.0, 2.0], [1.0]),
        ValueError,
        "'variances' and 'tar",
    ),
]


@pytest.mark.parametrize(("loss", "arguments", "error", "message"), REFUSED)
def test_refused(loss: Any, arguments: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        loss(*arguments)
