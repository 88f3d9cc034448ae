"""Claims are judged by four sources, and a wrong source or note is found out."""

from dataclasses import replace
from typing import Any

import pytest

from autograd_core import exp, log, sigmoid
from demos.derivations import Claim, Model, Point
from demos.derivations import checks as module
from demos.derivations.checks import (
    AGREES,
    DIFFERS,
    FAILED,
    UNPROVED,
    check,
    complex_step,
    engine,
    precise,
)

pytest.importorskip("sympy")
mpmath = pytest.importorskip("mpmath")

MODEL = Model(
    inputs=("x", "a"),
    definitions={"s": lambda q: q.a * q.x, "f": lambda q: exp(q.s) * q.a},
    ranges={"a": (0.5, 1.5)},
)
AT = Point("x = 0.3", {"x": 0.3, "a": 0.7})
RIGHT = Claim(MODEL, "f", ("x",), (lambda q: q.a**2 * exp(q.s),), "here", (AT,))


def test_a_right_claim() -> None:
    found = check(RIGHT)
    assert found.verdict == AGREES
    assert found.proved
    assert len(found.shown) == 1
    assert len(found.drawn) == 20
    assert found.largest_difference < 1e-14


@pytest.mark.parametrize(
    "form",
    [
        lambda q: q.a * exp(q.s),
        lambda q: -(q.a**2) * exp(q.s),
        lambda q: q.a**2 * exp(q.s) * (1 + 1e-9 * q.x),
        lambda q: log(q.a - 10),  # not a number at any point
    ],
)
def test_a_wrong_claim(form: Any) -> None:
    """Also one that is wrong in the ninth digit only, and one that is no number."""
    claim = replace(RIGHT, forms=(form,))
    assert check(claim).verdict == DIFFERS


def test_every_form_of_a_chain_is_judged() -> None:
    wrong = lambda q: q.a * exp(q.s)  # noqa: E731
    claim = replace(RIGHT, forms=(wrong, *RIGHT.forms))
    assert check(claim).verdict == DIFFERS


def test_what_cannot_be_proved_is_said() -> None:
    """Equal at every float that is tried, but not the same function."""
    nearly = lambda q: q.a**2 * exp(q.s) + exp(-100 - q.x**2)  # noqa: E731
    found = check(replace(RIGHT, forms=(nearly,)))
    assert found.verdict == UNPROVED


@pytest.mark.parametrize("wrong", [1.0000001, -1.0, float("nan")])
def test_a_wrong_engine_is_a_failure(
    wrong: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the notes say: the references decide."""
    honest = engine
    monkeypatch.setattr(module, "engine", lambda *a: wrong * honest(*a))
    assert check(RIGHT).verdict == FAILED


@pytest.mark.parametrize("name", ["complex_step", "precise"])
def test_one_reference_is_enough_to_stop(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *a: honest(*a) * 1.001)
    assert check(RIGHT).verdict == FAILED


CUBIC_POINT = (1.5, -0.5)


def cubic(numbers: Any) -> Any:
    x, y = numbers
    return x**3 * y + y**2 * sigmoid(x)


@pytest.mark.parametrize("by", [(), (0,), (1,), (0, 0), (0, 1), (1, 0), (1, 1)])
def test_the_sources_agree_on_a_function_of_their_own(by: tuple[int, ...]) -> None:
    expected = precise(cubic, CUBIC_POINT, by)
    assert float(engine(cubic, CUBIC_POINT, by)) == pytest.approx(
        float(expected), 1e-14
    )
    if by:
        limit = 1e-9 if len(by) == 2 else 1e-14
        found = complex_step(cubic, CUBIC_POINT, by)
        assert found == pytest.approx(float(expected), rel=limit)


def test_differences_are_right_to_fifty_digits() -> None:
    def third_power(numbers: Any) -> Any:
        return numbers[0] ** 3

    with mpmath.workdps(70):
        point = mpmath.mpf(1.25)
        slope, bend = 3 * point**2, 6 * point
        for by, expected in (((0,), slope), ((0, 0), bend)):
            found = precise(third_power, (1.25,), by)
            assert abs(found - expected) < mpmath.mpf(10) ** -45 * expected


def test_a_derivative_by_a_computed_quantity_cuts_there() -> None:
    """∂f/∂s: how f changes when s does, whatever s came from."""
    claim = replace(RIGHT, wrt=("s",), forms=(lambda q: q.a * exp(q.s),))
    assert claim.checked_points[0].values["s"] == pytest.approx(0.21)
    assert str(claim) == "∂f/∂s"
    assert check(claim).verdict == AGREES


def test_a_zero_is_compared_with_the_size_elsewhere() -> None:
    """(x - 0.3)**2 has the slope 0 at 0.3, up to rounding."""
    model = Model(("x",), {"f": lambda q: (q.x - q.exact("0.3")) ** 2 * 1000})
    claim = Claim(
        model, "f", ("x",), (lambda q: 2000 * q.x - 600,), "", (Point("", {"x": 0.3}),)
    )
    assert check(claim).verdict == AGREES


@pytest.mark.parametrize("text", ["0.1", "1/90", "-2.5", "7"])
def test_exact_numbers(text: str) -> None:
    """Printed as written, and exact in every kind of number."""
    import sympy

    model = Model(("x",), {"c": lambda q: q.exact(text) * q.x})
    shown = str(model.names().exact(text)).replace("−", "-")
    assert shown == text
    x = sympy.Symbol("x")
    assert model.run({"x": x}).c == sympy.Rational(text) * x
    with mpmath.workdps(50):
        found = model.run({"x": mpmath.mpf(1)}).c
        assert (
            abs(found - mpmath.mpf(sympy.Rational(text).p) / sympy.Rational(text).q)
            < mpmath.mpf(10) ** -48
        )


def test_proofs_of_sigmoids_and_softmax_are_quick() -> None:
    """Every denominator gets a letter; nothing is left to the slow rewrites."""
    import sympy

    x, y, w = sympy.symbols("x y w", real=True)
    s = 1 / (1 + sympy.exp(-x))
    whole = sympy.exp(x) + sympy.exp(y)
    zero = [
        s * (1 - s) - sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2,
        sympy.tanh(x / 2) - (2 * s - 1),
        sympy.exp(x) / whole * (1 - sympy.exp(x) / whole)
        - sympy.exp(x + y) * sympy.exp(-2 * y) * sympy.exp(2 * y) / whole**2,
        1 / (1 - s) - (1 + sympy.exp(x)),
        sympy.sqrt(w) / sympy.log(x) - sympy.sqrt(w) / sympy.log(x),
        sympy.cosh(x) ** 2 - sympy.sinh(x) ** 2 - 1,
    ]
    assert all(module._vanishes(e) for e in zero)
    assert not module._vanishes(s * (1 - s) - s)
    assert not module._vanishes(sympy.exp(x) / whole - s)


def test_random_points_are_the_same_every_time() -> None:
    one, other = check(RIGHT), check(RIGHT)
    assert [c.point for c in one.drawn] == [c.point for c in other.drawn]
    assert all(0.5 <= c.point.values["a"] <= 1.5 for c in one.drawn)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "mpmath", None)
    with pytest.raises(ImportError, match=r"autograd-core\[symbolic,precise\]"):
        check(RIGHT)
