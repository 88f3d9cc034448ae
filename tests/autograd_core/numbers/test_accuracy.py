"""The float column: every row within its bounds, and the hazards by their values."""

from dataclasses import replace
from itertools import product
from math import copysign, inf, isnan, nan
from typing import Any

import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, Value
from autograd_core.numbers import float64
from autograd_core.primitives import TABLE
from tests import accuracy
from tests.accuracy import SPECIALS, WITHOUT_REFERENCE, error, measure
from tests.accuracy_references import REFERENCES, mp

ROWS = tuple(TABLE)  # before any test adds rows of its own


@pytest.mark.slow  # two minutes for all of them
@pytest.mark.parametrize("name", REFERENCES)
def test_within_bounds(name):
    """Value, first and second derivatives at 2,000 points against 80 digits."""
    assert not measure(name).failures(name)


def test_every_row_has_a_reference():
    """A new row is not accurate until somebody has written its closed form."""
    assert set(ROWS) - set(REFERENCES) == WITHOUT_REFERENCE


# -- the references are right ----------------------------------------------------------

# Regular points, one for each kind of domain.
REGULAR = ((1.375,), (0.59375,), (2.25, 0.8125), (0.40625, 0.65625), (1.0, 0.75, -2.5))
MANY = ((0.5, -1.25, 2.0, 0.125), (3.5, 0.25, 0.875, 0.0625))


def _numbers(entries: list[Any]) -> list[Any]:
    return [e[0] if isinstance(e, tuple) else e for e in entries]


@pytest.mark.parametrize("name", REFERENCES)
def test_closed_forms(name):
    """Each derivative written by hand is that of the value, by differences."""
    row = REFERENCES[name]
    points = [p for p in (REGULAR if row.operands else MANY) if _fits(row, p)]
    assert points
    for attributes, xs in product(row.attributes, points):
        n = len(xs)
        numbers = _numbers(row.entries(*map(mp.mpf, xs), **attributes))
        orders = [[int(i == j) for j in range(n)] for i in range(n)]
        pairs = [(i, j) for i in range(n) for j in range(i, n)]
        orders += [
            [a + b for a, b in zip(orders[i], orders[j], strict=True)] for i, j in pairs
        ]

        def value(*zs, attributes=attributes):
            return _numbers(row.entries(*zs, **attributes))[0]

        for order, number in zip(orders, numbers[1:], strict=True):
            slope = mp.diff(value, xs if n > 1 else xs[0], order if n > 1 else order[0])
            assert abs(slope - number) < 1e-30 * (1 + abs(number))


def _fits(row, xs):
    count = not row.operands or row.operands == len(xs)
    return count and all(
        row.interval(i, len(xs))[0] <= x <= row.interval(i, len(xs))[1]
        for i, x in enumerate(xs)
    )


# -- the tester is tested --------------------------------------------------------------


def test_error_of_wrong_numbers():
    """NaN, infinities and zeros in the wrong place are infinitely or very wrong."""
    one = mp.mpf(1)
    assert error(nan, one, 4.0) == error(inf, one, 4.0) == inf
    assert error(1.0, mp.nan, 4.0) == error(1.0, mp.inf, 4.0) == inf
    assert error(-inf, mp.inf, 4.0) == inf
    assert error(nan, mp.nan, 4.0) == error(inf, mp.inf, 4.0) == 0.0
    assert error(0.0, one, 4.0) > 1e15
    assert error(1e-323, mp.mpf(0), 4.0) == 2.0


def test_error_in_units():
    """One ULP is one, also below a power of two; subnormal results count in 5e-324."""
    assert error(1.0 + 2**-52, mp.mpf(1), 4.0) == 1.0
    assert error(1.0 - 2**-53, mp.mpf(1), 4.0) == 0.5
    assert error(1e-323, mp.mpf(5e-324), 4.0) == 1.0
    assert error(inf, mp.mpf(2) ** 1024, 4.0) == 0.0
    assert error(inf, mp.mpf(2) ** 1024 * (1 - mp.mpf(2) ** -55), 4.0) == 0.25
    # Two terms of size 1 that leave 2**-50: exactly 16 eps * 2 are wrong.
    assert error(2**-50 + 2**-47, (mp.mpf(2) ** -50, mp.mpf(2)), 4.0) == 4.0


@pytest.mark.parametrize("entry", [0, 1, 2])
def test_planted_errors_are_found(monkeypatch, entry):
    """Five ULP more in any of f, f', f'' of any kind of row must fail."""
    for name in ("sin", "gelu", "hypot", "softmax"):
        row = REFERENCES[name]

        def wrong(*xs, row=row, **attributes):
            found = row.entries(*xs, **attributes)
            at = {0: [0], 1: range(1, 1 + len(xs)), 2: range(1 + len(xs), len(found))}
            return [
                e if i not in at[entry] or e is None else _grown(e)
                for i, e in enumerate(found)
            ]

        monkeypatch.setitem(accuracy.REFERENCES, name, replace(row, entries=wrong))
        assert measure(name, 200).failures(name)
        monkeypatch.setitem(accuracy.REFERENCES, name, row)


def _grown(entry: Any) -> Any:
    factor = 1 + mp.mpf(2) ** -48
    if isinstance(entry, tuple):
        return entry[0] * factor, entry[1]
    return entry * factor


def test_the_file_has_every_row():
    """ACCURACY.md was written after the last row was added."""
    text = accuracy.FILE.read_text()
    assert all(f"| `{name}` |" in text for name in REFERENCES)


def test_a_run_without_a_peer_keeps_its_columns(monkeypatch, tmp_path):
    """Figures of PyTorch and JAX stay in the file, with their versions."""
    monkeypatch.setattr(accuracy, "peers", lambda: {"torch": None, "jax": None})
    text = accuracy.render(["sin"], n=20)
    old = accuracy.FILE.read_text().splitlines()
    columns = [line for line in old if line.startswith(("| row", "| `sin`"))]
    for line in columns:
        assert line.split("|")[4:] == next(
            new.split("|")[4:]
            for new in text.splitlines()
            if new.split("|")[:2] == line.split("|")[:2]
        )
    nothing = accuracy.render(["sin"], path=tmp_path / "none.md", n=20)
    assert "torch: not measured" in nothing


# -- no kernel raises, none goes complex -----------------------------------------------

ATTRIBUTES: dict[str, list[dict[str, Any]]] = {
    "powc": [{"n": n, "k": k} for n in (2, 3, -1, 0, 0.5, -1.5) for k in (0, 1, 2)],
    "pow": [{"k": k, "j": j} for k in range(3) for j in range(3)],
    "ratio_slope": [{"k": k} for k in range(1, 5)],
    "hypot_slope": [{"i": i, "j": j} for i, j in product(range(3), repeat=2) if i + j],
    "atan2_slope": [{"i": i, "j": j} for i, j in product(range(3), repeat=2) if i + j],
    "silu_slope": [{"k": k} for k in range(1, 5)],
    "leaky_relu": [{"slope": 0.01}],
    "elu": [{"alpha": 1}, {"alpha": inf}],
    "clip": [{"low": -1, "high": 2}],
    "sinc": [{"k": k} for k in range(5)],
    "gauss_derivative": [{"k": k} for k in range(1, 5)],
    "normal_pdf_derivative": [{"k": k} for k in range(1, 5)],
    "round": [{}, {"digits": 2}, {"digits": -400}, {"digits": 400}],
    "cross_entropy": [{"target": 0}, {"target": 1}],
}


@pytest.mark.parametrize("name", [name for name in ROWS if name != "item"])
def test_kernels_return_floats(name):
    """At every special value, and every pair of them: a float, whatever happens."""
    kernel = getattr(float64.COLUMN, name)
    n = TABLE[name].arity if TABLE[name].arity > 0 else 2
    for attributes in ATTRIBUTES.get(name, [{}]):
        for xs in product(SPECIALS, repeat=n):
            out = kernel(*xs, **attributes)
            many = out if isinstance(out, tuple) else (out,)
            assert all(type(y) is float for y in many), (xs, attributes, out)


@pytest.mark.parametrize("name", [name for name in ROWS if name != "item"])
def test_rules_never_raise(name):
    """Gradients at every special value, wherever they may be NaN or infinite."""
    n = TABLE[name].arity if TABLE[name].arity > 0 else 2
    for xs in product(SPECIALS, repeat=min(n, 2)):
        point = xs if n < 3 else (*xs, 1.0)
        for attributes in ATTRIBUTES.get(name, [{}]):
            if TABLE[name].multiple:
                attributes = {"k": 1}
            got = accuracy.computed(name, point, attributes)
            assert all(type(y) is float for y in got), (xs, attributes, got)


# -- the hazards of RELIABILITY 2.3, by their numbers ----------------------------------


def slopes(f, *xs):
    """Value and gradient, as one tuple."""
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    y.backward()
    return (y.data, *(x.grad for x in leaves))


def close(got, true):
    """Within 4 ULP, infinities and zeros exactly."""
    return all(
        a == b or abs(a - b) <= 4 * 2.0**-52 * abs(b)
        for a, b in zip(got, true, strict=True)
    )


HAZARDS = {
    "saturated sigmoid": (ac.sigmoid, (40.0,), (1.0, 4.248354255291589e-18)),
    "far sigmoid": (ac.sigmoid, (800.0,), (1.0, 0.0)),
    "far negative sigmoid": (ac.sigmoid, (-800.0,), (0.0, 0.0)),
    "infinite sigmoid": (ac.sigmoid, (-inf,), (0.0, 0.0)),
    "saturated tanh": (ac.tanh, (20.0,), (1.0, 1.6993417021166355e-17)),
    "softplus past torch's threshold": (
        ac.softplus,
        (25.0,),
        (25.000000000013887, 0.99999999998611211),
    ),
    "log1p of a tiny number": (ac.log1p, (1e-20,), (1e-20, 1.0)),
    "expm1 of a tiny number": (ac.expm1, (1e-20,), (1e-20, 1.0)),
    "expm1 far below": (ac.expm1, (-40.0,), (-1.0, 4.248354255291589e-18)),
    "elu far below": (ac.elu, (-40.0,), (-1.0, 4.248354255291589e-18)),
    "hypot of large numbers": (
        ac.hypot,
        (1e200, 1e200),
        (1.414213562373095e200, 0.7071067811865476, 0.7071067811865476),
    ),
    "hypot of small numbers": (
        ac.hypot,
        (3e-200, 4e-200),
        (5e-200, 0.6, 0.8),
    ),
    "hypot at the origin": (ac.hypot, (0.0, 0.0), (0.0, 0.0, 0.0)),
    "atan2 of small numbers": (
        ac.atan2,
        (1e-200, 1e-200),
        (0.7853981633974483, 5e199, -5e199),
    ),
    "erf far out": (ac.erf, (27.0,), (1.0, 2.83e-317)),
    "quotient of small numbers": (
        ac.div,
        (1e-200, 1e-200),
        (1.0, 1e200, -1e200),
    ),
    "0 to the 0": (ac.power, (0.0, 0.0), (1.0, 0.0, 0.0)),
    "0 to the 2": (ac.power, (0.0, 2.0), (0.0, 0.0, 0.0)),
    "0 to the 1": (ac.power, (0.0, 1.0), (0.0, 1.0, 0.0)),
    "x**0 at 0": (lambda x: x**0, (0.0,), (1.0, 0.0)),
    "x**1 at 0": (lambda x: x**1, (0.0,), (0.0, 1.0)),
    "x**3 at 0": (lambda x: x**3, (0.0,), (0.0, 0.0)),
    "(-2)**3": (lambda x: x**3, (-2.0,), (-8.0, 12.0)),
    "relu at 0": (ac.relu, (0.0,), (0.0, 0.0)),
    "relu at the smallest number": (ac.relu, (5e-324,), (5e-324, 1.0)),
    "abs at -0.0": (abs, (-0.0,), (0.0, 0.0)),
    "a tie": (ac.maximum, (2.0, 2.0), (2.0, 0.5, 0.5)),
    "clip at its low end": (lambda x: ac.clip(x, 0, 1), (0.0,), (0.0, 1.0)),
    "clip at its high end": (lambda x: ac.clip(x, 0, 1), (1.0,), (1.0, 1.0)),
    "logaddexp far apart": (
        ac.logaddexp,
        (0.0, -40.0),
        (4.248354255291589e-18, 1.0, 4.248354255291589e-18),
    ),
    "logaddexp with -inf": (ac.logaddexp, (1.0, -inf), (1.0, 1.0, 0.0)),
    "logsumexp of equal large numbers": (
        lambda x, y: ac.logsumexp([x, y]),
        (1000.0, 1000.0),
        (1000.6931471805599, 0.5, 0.5),
    ),
    "cross-entropy of logits at 0": (
        ac.binary_cross_entropy,
        (0.0, 1.0),
        (0.6931471805599453, -0.5, -0.0),
    ),
    "gelu far below": (ac.gelu, (-inf,), (0.0, 0.0)),
    "silu far below": (ac.silu, (-inf,), (0.0, 0.0)),
    "sinc at 0": (ac.sinc, (0.0,), (1.0, 0.0)),
}


@pytest.mark.parametrize("hazard", HAZARDS)
def test_hazards(hazard):
    """The numbers that other systems get wrong."""
    f, xs, true = HAZARDS[hazard]
    got = slopes(f, *xs)
    if hazard == "erf far out":  # subnormal: in units of 5e-324
        assert got[0] == 1.0
        assert f"{got[1]:.2e}" == "2.83e-317"
    else:
        assert close(got, true), got


def test_logsumexp_of_infinities():
    """-inf has slopes 0, 0; inf has 1, 0; NaN stays NaN."""
    kernel, slope = float64.COLUMN.logsumexp, float64.COLUMN.logsumexp_slope
    assert kernel(-inf, -inf) == -inf
    assert slope(-inf, -inf) == (0.0, 0.0)
    assert kernel(inf, 1.0) == inf
    assert slope(inf, 1.0) == (1.0, 0.0)
    assert all(map(isnan, slope(-inf, nan)))
    assert isnan(kernel(-inf, nan))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (ac.log, 0.0),
        (ac.log, -1.0),
        (ac.log1p, -2.0),
        (ac.asin, 2.0),
        (ac.acosh, 0.5),
        (ac.atanh, 2.0),
        (ac.exp, 800.0),
        (ac.sqrt, 0.0),
        (ac.asin, 1.0),
        (ac.acos, -1.0),
        (ac.acosh, 1.0),
        (lambda x: x**0.5, -2.0),
        (lambda x: x**-1, 0.0),
        (lambda x: 1 / x, 0.0),
        (lambda x: ac.atan2(x, x), 0.0),
        (lambda x: ac.softmax([x, x])[0], -inf),
    ],
)
def test_nothing_finite_from_nothing(f, x):
    """A value or slope that does not exist is an error, never a number."""
    with pytest.raises(NonFiniteError):
        slopes(f, x)


def test_slopes_end_with_their_function():
    """The slope of asin, acosh, atanh is NaN where the function is."""
    for name in ("asin_slope", "atanh_slope"):
        assert isnan(getattr(float64.COLUMN, name)(1.5))
    assert isnan(float64.COLUMN.acosh_slope(-1.5))


# -- algorithms that are part of the contract ------------------------------------------


def test_sums_go_from_left_to_right():
    """The order of a sum is part of its bits."""
    assert float64.COLUMN.sum(1e16, 1.0, -1e16) == 0.0
    assert float64.COLUMN.dot(1e16, 1.0, -1e16, 1.0, 1.0, 1.0) == 0.0
    assert float64.COLUMN.sum(0.1, 0.2, 0.3) == 0.1 + 0.2 + 0.3


def test_hypot_is_plain_arithmetic():
    """+ * / and sqrt, so that a compiled program can repeat its bits."""
    for x, y in ((3.0, 4.0), (0.1, 0.7), (1e-3, 1e3)):
        assert float64.hypot(x, y) == (x * x + y * y) ** 0.5
    assert float64.hypot(3e300, 4e300) == 5e300
    assert float64.hypot(3e-320, 4e-320) == 5e-320
    assert copysign(1.0, float64.hypot(-0.0, -0.0)) == 1.0
    assert float64.hypot(inf, nan) == inf
    assert isnan(float64.hypot(0.0, nan))
