"""What the chapters on regression compute with, against other ways to the same."""

from fractions import Fraction
from math import erf, pi, sqrt

import pytest

from autograd_core import Value, exp, grad
from autograd_core.errors import SingularMatrixError
from autograd_core.numbers.text import symbol
from demos.derivations.chapters import orthogonal, quadrature, shorthand
from demos.derivations.chapters.least_squares import XS, YS, fitted, line, powers

EXACT = [Fraction(y) for y in YS]


@pytest.mark.parametrize(
    ("rule", "degree"), [("trapezoid", 1), ("Simpson", 3), ("Boole", 5)]
)
def test_rules_are_exact_up_to_a_degree(rule: str, degree: int) -> None:
    for power in range(degree + 2):

        def f(x: Fraction, power: int = power) -> Fraction:
            return x**power

        found = quadrature.integral(f, -1, 3, 2, exact=Fraction, rule=rule)
        right = Fraction(3 ** (power + 1) - (-1) ** (power + 1), power + 1)
        assert (found == right) == (power <= degree)


def test_an_integral_has_a_gradient() -> None:
    """d/da of the integral of exp(−a·x²) from −8 to 8, which is √(π/a)·erf(8√a)."""

    def area(a: Value) -> Value:
        found: Value = quadrature.integral(
            lambda x: exp(-a * x**2), -8, 8, 80, exact=lambda t: float(Fraction(t))
        )
        return found

    assert area(Value(1.0)).data == pytest.approx(sqrt(pi) * erf(8), rel=1e-14)
    assert grad(area)(1.0) == pytest.approx(-sqrt(pi) / 2, rel=1e-13)


def test_bad_quadrature() -> None:
    with pytest.raises(ValueError, match=r"'panels' must be at least 1 \(got 0\)"):
        quadrature.integral(lambda x: x, 0, 1, 0, exact=Fraction)
    with pytest.raises(ValueError, match=r"'rule' must be one of trapezoid, .*'Gauss'"):
        quadrature.integral(lambda x: x, 0, 1, 1, exact=Fraction, rule="Gauss")


def test_two_ways_to_a_parabola() -> None:
    """Orthogonal polynomials and normal equations, exactly."""
    xs = [Fraction(x) for x in (-1, 0, 1, 2, 5)]
    ys = [Fraction(y) for y in (2, 1, 3, 3, -4)]
    by_powers = fitted([powers(x, 2) for x in xs], ys)
    found = orthogonal.fit(xs, ys, 2)
    for x in (Fraction(-3), Fraction(1, 2), Fraction(7)):
        assert found(x) == sum(
            t * p for t, p in zip(by_powers, powers(x, 2), strict=True)
        )


def test_orthogonal_polynomials_go_through_all_points() -> None:
    xs = [Fraction(x, 3) for x in range(-4, 5)]
    ys = [Fraction((7 * i) % 5) for i in range(9)]
    found = orthogonal.fit(xs, ys, 8)
    assert [found(x) for x in xs] == ys


@pytest.mark.parametrize("degree", [-1, 3])
def test_a_degree_that_cannot_be(degree: int) -> None:
    with pytest.raises(ValueError, match=r"'degree' must be from 0 to 2, .*\(got"):
        orthogonal.fit([0.0, 1.0, 2.0], [1.0, 2.0, 0.0], degree)


def test_penalties() -> None:
    assert fitted(line(XS), EXACT) == [Fraction(7, 3), Fraction(1, 2)]
    half = Fraction(1, 2)
    assert fitted(line(XS), EXACT, (half, half)) == [Fraction(76, 59), Fraction(54, 59)]
    assert fitted(line(XS), EXACT, (0, half)) == [Fraction(38, 15), Fraction(2, 5)]


def test_no_single_solution() -> None:
    """Least squares has none when all inputs are the same; with a penalty it has."""
    same = line((2, 2, 2))
    with pytest.raises(SingularMatrixError, match="only 1 are independent"):
        fitted(same, EXACT)
    assert len(fitted(same, EXACT, (1, 1))) == 2


def test_pi_of_every_kind() -> None:
    import mpmath
    import sympy

    assert shorthand.pi(1.0) == pi
    assert shorthand.pi(sympy.Symbol("x")) == sympy.pi
    with mpmath.workdps(40):
        assert shorthand.pi(mpmath.mpf(1)) == +mpmath.pi
    assert shorthand.pi(Value(2.0)).data == pi
    assert str(shorthand.pi(symbol("x"))) == "π"
    with pytest.raises(TypeError, match=r"'like' must be a number .*\(got 3\)"):
        shorthand.pi(3)


def test_a_density_adds_up_to_one() -> None:
    """The rule that the chapters use, on plain floats."""
    found = quadrature.integral(
        lambda x: exp(-x * x / 2) / sqrt(2 * pi),
        -12,
        12,
        48,
        exact=lambda t: float(Fraction(t)),
    )
    assert found == pytest.approx(1, abs=4e-16)
