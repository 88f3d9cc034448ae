"""erf, erfc, normal_cdf and gelu on arrays against 60 digits, at many points."""

import mpmath
import numpy as np
import pytest

from autograd_core.compile.backends.numpy import erf as numpy_normal

LIMIT = 4  # ULP of the truth

PRECISE = mpmath.MPContext()
PRECISE.dps = 60


def _cdf(x):
    return PRECISE.erfc(-x / PRECISE.sqrt(2)) / 2


TRUTH = {
    "erf": PRECISE.erf,
    "erfc": PRECISE.erfc,
    "normal_cdf": _cdf,
    "gelu": lambda x: x * _cdf(x),
}


def _on(name, xs):
    x = np.array(xs, dtype=float)
    before, out = x.copy(), np.empty_like(x)
    with np.errstate(all="ignore"):
        getattr(numpy_normal, name)(x, out)
    assert np.array_equal(x, before, equal_nan=True)
    return out


def _points(count):
    rng = np.random.default_rng(7)
    ordinary = rng.uniform(-6.5, 6.5, count)
    far = rng.uniform(-40.0, 40.0, count)
    small = rng.choice((-1.0, 1.0), count) * 10.0 ** rng.uniform(-320, 0, count)
    joints = np.concatenate(
        [
            sign * scale * np.nextafter(edge, [0.0, edge, 99.0])
            for edge in (0.25, 0.5, 26.5, 28.0, 38.5, 39.0)
            for scale in (1.0, 2.0**0.5)
            for sign in (1.0, -1.0)
        ]
    )
    return np.concatenate([ordinary, far, small, joints])


def _units(found, true):
    # Units in the last place of the truth, which may be subnormal.
    nearest = abs(float(true))
    unit = max(np.spacing(nearest), 5e-324)
    return abs(PRECISE.mpf(float(found)) - true) / PRECISE.mpf(float(unit))


def _check(name, xs):
    for x, found in zip(xs.tolist(), _on(name, xs).tolist(), strict=True):
        true = TRUTH[name](PRECISE.mpf(x))
        if abs(true) < 1e-330:
            assert abs(found) <= 5e-324, (name, x)
        else:
            assert _units(found, true) <= LIMIT, (name, x, found)


@pytest.mark.parametrize("name", TRUTH)
def test_accuracy(name):
    """Within 4 ULP of the truth; tails, subnormal numbers and joints too."""
    _check(name, _points(700))


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTH)
def test_accuracy_at_many_points(name):
    """As above, at 60,000 points each."""
    _check(name, _points(20_000))


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("erf", [1.0, -1.0, 0.0, -0.0]),
        ("erfc", [0.0, 2.0, 1.0, 1.0]),
        ("normal_cdf", [1.0, 0.0, 0.5, 0.5]),
        ("gelu", [INF, 0.0, 0.0, -0.0]),
    ],
)
def test_edges(name, expected):
    """Infinities, zeros of both signs, and NaN."""
    *found, last = _on(name, [INF, -INF, 0.0, -0.0, NAN]).tolist()
    assert found == expected
    assert [np.signbit(x) for x in found] == [np.signbit(x) for x in expected]
    assert np.isnan(last)
