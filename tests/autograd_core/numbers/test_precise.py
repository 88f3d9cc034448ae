"""The mpmath column: 50 digits, and otherwise what the float column does."""

import subprocess
import sys
from fractions import Fraction
from itertools import product
from math import inf, isfinite, isnan
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

import autograd_core as ac
from autograd_core import Value, grad, hessian, hvp, jacobian, jvp
from autograd_core.numbers import column_of, float64, precise
from autograd_core.primitives import CONSTANTS, TABLE
from autograd_core.record import COLUMN as VALUES
from tests.accuracy import SPECIALS
from tests.accuracy_references import REFERENCES
from tests.accuracy_references import mp as eighty

ROWS = tuple(TABLE)
DIGITS = 50


@pytest.fixture(autouse=True)
def fifty_digits():
    """The precision of the user is the precision of the results."""
    with mp.workdps(DIGITS):
        yield


def close(got: Any, true: Any, digits: int = DIGITS - 3) -> bool:
    return bool(abs(got - true) <= mpf(10) ** -digits * max(abs(true), mpf(1)))


# -- derivatives to 50 digits ----------------------------------------------------------


def test_backward():
    """A Value that holds an mpf gives a gradient of as many digits."""
    x = Value(mpf("0.3"))
    y = ac.tanh(x) * ac.exp(x) / (1 + x**2)
    y.backward()
    true = mp.diff(lambda t: mp.tanh(t) * mp.exp(t) / (1 + t**2), mpf("0.3"))
    assert type(y.data) is type(x.grad) is mpf
    assert close(x.grad, true)


def test_higher_orders():
    """Every order is right to 50 digits, because each rule is differentiated again."""

    def f(x):
        return ac.softplus(ac.sin(x)) * ac.erf(x)

    def g(t):
        return mp.log1p(mp.exp(mp.sin(t))) * mp.erf(t)

    at, derivative = mpf("0.3"), f
    for order in range(1, 5):
        derivative = grad(derivative)
        assert close(derivative(at), mp.diff(g, at, order))


def test_transforms():
    """Hessian, Jacobian, jvp and hvp of mpf are mpf."""
    x = [mpf("0.3"), mpf("1.7")]

    def f(v):
        return ac.hypot(v[0], v[1]) ** 3 + ac.atan2(v[0], v[1])

    def g(a, b):
        return mp.hypot(a, b) ** 3 + mp.atan2(a, b)

    second = [[mp.diff(g, x, (2, 0)), mp.diff(g, x, (1, 1))]]
    second.append([second[0][1], mp.diff(g, x, (0, 2))])
    found = hessian(f)(x)
    assert all(close(found[i][j], second[i][j]) for i, j in product((0, 1), repeat=2))
    first = [mp.diff(g, x, (1, 0)), mp.diff(g, x, (0, 1))]
    assert all(map(close, jacobian(f)(x), first))
    assert close(jvp(f, (x,), ([mpf(1), mpf(2)],))[1], first[0] + 2 * first[1])
    assert close(hvp(f, (x,), ([mpf(1), mpf(0)],))[1], second[1][0])


@pytest.mark.parametrize("name", REFERENCES)
def test_every_row_to_fifty_digits(name):
    """Value and slopes of every row against closed forms of 80 digits."""
    row = REFERENCES[name]
    xs = ("0.3", "0.71", "0.2", "0.45")[: row.operands or 4]
    if row.low >= 1:
        xs = ("1.3",)
    attributes = dict(row.attributes[0])
    operands = [mpf(x) for x in xs]
    exact = [eighty.make_mpf(x._mpf_) for x in operands]
    true = [
        e[0] if isinstance(e, tuple) else e for e in row.entries(*exact, **attributes)
    ]
    k = attributes.pop("k", 0) if TABLE[name].multiple else None
    if k is None:
        attributes = {
            a: precise.adopt(v) if isinstance(v, float) else v
            for a, v in attributes.items()
        }
    leaves = [Value(x) for x in operands]
    y = getattr(VALUES, name)(*leaves, **attributes)
    y = y if k is None else y[k]
    y.backward()
    assert close(y.data, _fifty(true[0]))
    for leaf, slope in zip(leaves, true[1:], strict=False):
        assert close(leaf.grad, _fifty(slope))


def _fifty(number: Any) -> Any:
    return mp.make_mpf(eighty.convert(number)._mpf_)


def test_constants_have_the_precision_of_the_moment():
    """Nothing is frozen when the module is imported."""
    for digits in (20, 90, 30):
        with mp.workdps(digits):
            assert precise.COLUMN.pi == +mp.pi
            assert precise.COLUMN.sqrt2 == mp.sqrt(2)
            assert precise.COLUMN.ln2 == mp.log(2)
            assert precise.COLUMN.ln10 == mp.log(10)
            assert precise.COLUMN.two_over_sqrt_pi == 2 / mp.sqrt(mp.pi)
    assert set(CONSTANTS) == {"pi", "sqrt2", "ln2", "ln10", "two_over_sqrt_pi"}
    with mp.workdps(90):
        x = Value(mpf("0.3"))
        ac.erf(x).backward()
        assert close(x.grad, 2 / mp.sqrt(mp.pi) * mp.exp(-(mpf("0.3") ** 2)), 87)


def test_no_cancellation_at_any_precision():
    """Few digits too: what the float kernels take care of, these do as well."""
    with mp.workdps(15):
        assert close(ac.softplus(mpf(-50)) * mp.exp(50), mpf(1), 13)
        assert ac.logsumexp([mpf(0), mpf(-50)]) > 0
        assert close(ac.log_softmax([mpf(50), mpf(0)])[0] * mp.exp(50), mpf(-1), 13)
        x = Value(mpf(40))
        ac.sigmoid(x).backward()
        assert close(x.grad * mp.exp(40), mpf(1), 13)


# -- the float column's semantics ------------------------------------------------------

ATTRIBUTES: dict[str, list[dict[str, Any]]] = {
    "ratio_slope": [{"k": 1}, {"k": 2}],
    "powc": [{"n": n} for n in (2, 3, -1, 0, 1, 0.5, -0.5, -2)],
    "leaky_relu": [{"slope": 0.01}],
    "elu": [{"alpha": 1}],
    "clip": [{"low": -1, "high": 2}],
    "round": [{}, {"digits": 2}],
    "sinc": [{"k": k} for k in range(3)],
    "cross_entropy": [{"target": 0}],
}
# mpmath has no largest number, no smallest one, and one zero.
NUMBERS = (
    *(x for x in SPECIALS if 1e-150 < abs(x) < 1e10 or not isfinite(x)),
    0.0,
    30.0,
)


@pytest.mark.parametrize("name", [name for name in ROWS if name != "item"])
def test_as_the_float_column(name):
    """The same values, infinities and NaN; nothing raises, nothing is complex."""
    n = TABLE[name].arity if TABLE[name].arity > 0 else 2
    floats, numbers = getattr(float64.COLUMN, name), getattr(precise.COLUMN, name)
    for attributes in ATTRIBUTES.get(name, [{}]):
        for xs in product(NUMBERS, repeat=n):
            if name == "binary_cross_entropy" and not 0 <= xs[1] <= 1:
                continue  # not a target
            expected = floats(*xs, **attributes)
            got = numbers(*map(mpf, xs), **attributes)
            if not isinstance(expected, tuple):
                expected, got = (expected,), (got,)
            assert all(type(y) is mpf for y in got), (xs, got)
            assert all(map(_same, expected, got)), (xs, expected, got)


def _same(a: float, b: Any) -> bool:
    if isnan(a) or mp.isnan(b):
        return bool(isnan(a) and mp.isnan(b))
    if not isfinite(a):
        return bool(a == b)
    return bool(abs(a - b) <= 1e-14 * abs(b) + 1e-300)


@pytest.mark.parametrize(
    ("f", "xs", "slopes"),
    [
        (ac.maximum, (2, 2), (0.5, 0.5)),
        (ac.minimum, (2, 2), (0.5, 0.5)),
        (abs, (0,), (0,)),
        (ac.relu, (0,), (0,)),
        (ac.hypot, (0, 0), (0, 0)),
        (lambda x: ac.clip(x, 0, 1), (0,), (1,)),
        (lambda x: ac.leaky_relu(x, mpf("0.25")), (0,), (0.25,)),
        (ac.elu, (0,), (1,)),
        (lambda x: ac.where(x, ac.sqrt(x), x), (0,), (1,)),
        (ac.power, (0, 2), (0, 0)),
        (ac.power, (0, 0), (0, 0)),
        (lambda x: x**0, (0,), (0,)),
        (ac.sinc, (0,), (0,)),
    ],
)
def test_kinks_and_ties(f, xs, slopes):
    """The choices of the table at points without a derivative."""
    leaves = [Value(mpf(x)) for x in xs]
    f(*leaves).backward()
    assert tuple(leaf.grad for leaf in leaves) == slopes


def test_nothing_is_complex():
    """Outside a real domain there is NaN, at a pole an infinity."""
    assert mp.isnan(ac.log(mpf(-1)))
    assert mp.isnan(ac.asin(mpf(2)))
    assert mp.isnan(ac.sqrt(mpf(-1)))
    assert mp.isnan(Value(mpf(-2)).__pow__(mpf("0.5")).data)
    assert ac.log(mpf(0)) == -inf
    assert ac.atanh(mpf(1)) == inf
    with pytest.raises(ac.NonFiniteError):
        ac.log(Value(mpf(-1))).backward()


# -- what a Value may hold -------------------------------------------------------------


def test_adopt():
    """Plain constants become mpf: fractions rounded once, floats exactly."""
    assert precise.adopt(Fraction(1, 3)) == mpf(1) / 3
    assert precise.adopt(0.1) == precise.adopt(Fraction(0.1)) != mpf("0.1")
    assert precise.adopt(10**60) == mpf(10) ** 60
    with pytest.raises(TypeError, match="a str cannot meet an mpmath number"):
        precise.adopt("0.1")


def test_only_real_numbers_are_accepted():
    """mpf, and not mpc, mpi or a constant that is still a function of precision."""
    assert column_of(mpf(1)) is precise.COLUMN
    for other in (mpmath.mpc(1, 1), mpmath.iv.mpf(1), mp.pi):
        assert not precise.accepts(other)
        with pytest.raises(TypeError, match="takes a real number"):
            Value(other)


def test_mixing():
    """A float constant joins an mpf; a float Value does not."""
    x = Value(mpf(2))
    assert type((0.5 * x).data) is mpf
    assert type((x + 1).data) is mpf
    with pytest.raises(TypeError, match="a Value of mpmath meets a Value of float"):
        x * Value(0.5)


def test_mpmath_is_imported_when_it_is_met():
    """The engine on floats does not load it."""
    code = (
        "import sys, autograd_core as ac\n"
        "x = ac.Value(2.0); (ac.erf(x) * x).backward()\n"
        "assert 'mpmath' not in sys.modules\n"
        "from mpmath import mpf\n"
        "ac.Value(mpf(2)).backward()\n"
        "assert 'autograd_core.numbers.precise' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
