"""Linear algebra over any number: exact, accurate, and differentiable to any order.

References: closed forms in Fractions, SymPy's own matrices, NumPy's LAPACK.
"""

import math
import random
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Any

import numpy as np
import pytest
import sympy

import autograd_core as ac
from autograd_core import ExactnessError, Value, grad, hessian, jacobian
from autograd_core.errors import SingularMatrixError
from autograd_core.linalg import det, inverse, solve
from autograd_core.numbers.symbolic import vanishes

UNIT = 2.0**-53


def hilbert(n: int) -> list[list[Fraction]]:
    return [[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)]


def hilbert_inverse(n: int) -> list[list[int]]:
    """Its inverse in closed form (Choi 1983)."""
    return [
        [
            (-1) ** (i + j)
            * (i + j + 1)
            * comb(n + i, n - j - 1)
            * comb(n + j, n - i - 1)
            * comb(i + j, i) ** 2
            for j in range(n)
        ]
        for i in range(n)
    ]


def unit(n: int) -> list[list[int]]:
    return [[int(i == j) for j in range(n)] for i in range(n)]


def times(a: Any, b: Any) -> list[list[Any]]:
    return [
        [
            sum(x * y for x, y in zip(row, col, strict=True))
            for col in zip(*b, strict=True)
        ]
        for row in a
    ]


def leibniz(a: Any) -> Any:
    """The determinant by its definition: n! products."""
    total = 0
    for p in permutations(range(len(a))):
        inversions = sum(p[i] > p[j] for j in range(len(p)) for i in range(j))
        total = total + (-1) ** inversions * math.prod(a[i][j] for i, j in enumerate(p))
    return total


def fractions(rng: random.Random, n: int, m: int) -> list[list[Fraction]]:
    return [
        [Fraction(rng.randint(-9, 9), rng.randint(1, 9)) for _ in range(m)]
        for _ in range(n)
    ]


# -- exact numbers ---------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 12])
def test_the_hilbert_matrix_has_an_exact_inverse(n: int) -> None:
    # Its condition is 1e16 at n = 12: floats have no correct digit left.
    assert inverse(hilbert(n)) == hilbert_inverse(n)
    assert solve(hilbert(n), unit(n)) == hilbert_inverse(n)
    assert times(hilbert(n), inverse(hilbert(n))) == unit(n)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_exact_determinants_are_those_of_the_definition(n: int) -> None:
    rng = random.Random(n)
    for _ in range(20):
        a = fractions(rng, n, n)
        for row in a:  # many zeros, so that rows and columns are exchanged
            row[rng.randrange(n)] = row[rng.randrange(n)] = Fraction(0)
        assert det(a) == leibniz(a)
        assert type(det(a)) is Fraction


def test_exact_systems_are_solved() -> None:
    rng = random.Random(1)
    for n in (1, 2, 3, 6):
        a, x = fractions(rng, n, n), fractions(rng, n, 3)
        assert solve(a, times(a, x)) == x
        assert solve(a, [row[0] for row in times(a, x)]) == [row[0] for row in x]


def test_a_zero_pivot_is_exchanged() -> None:
    a = [[Fraction(0), 2, 0], [0, 0, 3], [5, 0, 0]]
    assert det(a) == 30
    assert solve(a, [2, 3, 5]) == [1, 1, 1]
    assert det([[0, 1], [1, 0]]) == -1.0


# -- floats against LAPACK -------------------------------------------------------------


def error_bound(a: Any) -> float:
    """What two solvers may differ by, relative to the largest entry of x.

    Each computes the solution of (A + E) x = b with |E| <= 3 n u |L| |U| (Higham 2002,
    theorem 9.4), so x is off by at most cond(A) |E|/|A|, to first order. With partial
    pivoting |L| <= 1, and |U| <= g max|A| with a growth factor g, at most 2**(n - 1)
    and in random matrices at most about n**(2/3) (Trefethen and Schreiber 1990); we
    allow n. So || |L| |U| || <= n * n * (n max|A|).
    """
    n = len(a)
    size = np.linalg.norm(a, np.inf)
    factors = n * n * n * np.abs(a).max()
    return 2 * float(np.linalg.cond(a, np.inf) * 3 * n * UNIT * factors / size)


def test_a_thousand_random_systems_agree_with_lapack() -> None:
    rng = np.random.default_rng(2024)
    worst = 0.0
    for _ in range(1000):
        n = int(rng.integers(1, 9))
        a, b = rng.normal(size=(n, n)), rng.normal(size=(n, 2))
        allowed = error_bound(a)
        x, y = solve(a, b), np.linalg.solve(a, b)
        worst = max(worst, np.abs(x - y).max() / np.abs(y).max() / allowed)
        z, w = inverse(a), np.linalg.inv(a)
        worst = max(worst, np.abs(z - w).max() / np.abs(w).max() / allowed)
        # det(A + E)/det(A) - 1 is at most n cond(A) |E|/|A|, to first order.
        d, e = det(a), np.linalg.det(a)
        worst = max(worst, abs(d - e) / abs(e) / (n * allowed))
    assert worst <= 1.0
    assert worst > 1e-4  # the bound is not empty


def test_residuals_are_small_in_exact_arithmetic() -> None:
    # |b - A x| <= 3 n u |L| |U| |x|, and |L| |U| <= n 2**(n-1) max|A|, for every A.
    rng = np.random.default_rng(7)
    for n in (2, 4, 6):
        for _ in range(20):
            a, b = rng.normal(size=(n, n)).tolist(), rng.normal(size=n).tolist()
            x = list(map(Fraction, solve(a, b)))
            rest = max(
                abs(Fraction(b[i]) - sum(Fraction(a[i][j]) * x[j] for j in range(n)))
                for i in range(n)
            )
            largest = max(abs(Fraction(e)) for row in a for e in row)
            bound = 3 * n * Fraction(1, 2**53) * n * 2 ** (n - 1) * largest
            assert rest <= bound * sum(map(abs, x)) * Fraction(1001, 1000)


def test_pivoting_keeps_a_small_pivot_out() -> None:
    # Without an exchange of rows x comes out as [0, 1].
    assert solve([[1e-20, 1.0], [1.0, 1.0]], [1.0, 2.0]) == [1.0, 1.0]


# -- symbols and many digits -----------------------------------------------------------


def test_symbolic_matrices() -> None:
    a, b, c, d, e, f = sympy.symbols("a b c d e f")
    assert det([[a, b], [c, d]]) == a * d - b * c
    x = solve([[a, b], [c, d]], [e, f])
    expected = sympy.Matrix([[a, b], [c, d]]).LUsolve(sympy.Matrix([e, f]))
    assert all(vanishes(p - q) for p, q in zip(x, expected, strict=True))
    m = [[a, b, 1], [c, 0, d], [1, e, f]]
    assert sympy.expand(det(m) - sympy.Matrix(m).det()) == 0
    assert times(sympy.Matrix(m).tolist(), inverse(m)) != unit(3)  # not simplified
    assert all(
        vanishes(p - int(i == j))
        for i, row in enumerate(times(m, inverse(m)))
        for j, p in enumerate(row)
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_symbolic_determinants_are_those_of_the_definition(n: int) -> None:
    a = [[sympy.Symbol(f"a{i}{j}") for j in range(n)] for i in range(n)]
    assert det(a) == sympy.expand(leibniz(a))
    if n < 4:
        recorded = [[Value(s) for s in row] for row in a]
        assert sympy.expand(det(recorded).data) == det(a)


def test_a_determinant_of_quotients_is_one_quotient() -> None:
    t = sympy.Symbol("t")
    a = [[1 / (t + i + j) for j in range(3)] for i in range(3)]
    value = det(a)
    assert sympy.cancel(value) == value
    assert vanishes(value - leibniz(a))


def test_many_digits() -> None:
    from mpmath import mp, mpf

    with mp.workdps(50):
        a = [[mpf(1) / (i + j + 1) for j in range(8)] for i in range(8)]
        got, expected = inverse(a), hilbert_inverse(8)
        # The condition of this matrix is 1.5e10; 50 digits leave 39.
        for row, exact in zip(got, expected, strict=True):
            assert all(
                abs(x / e - 1) < mpf("1e-36") for x, e in zip(row, exact, strict=True)
            )
        assert grad(det)([[mpf(1), mpf(2)], [mpf(2), mpf(4)]]) == [[4, -2], [-2, 1]]


def test_a_symbolic_pivot_that_is_zero_in_disguise_is_found() -> None:
    t = sympy.Symbol("t", real=True)
    nought = sympy.sin(t) ** 2 + sympy.cos(t) ** 2 - 1
    x = solve([[nought, 1], [1, 0]], [2, 3])
    assert [vanishes(p - q) for p, q in zip(x, (3, 2), strict=True)] == [True, True]
    with pytest.raises(SingularMatrixError):
        solve([[nought, 1], [0, 1]], [2, 3])
    with pytest.raises(SingularMatrixError):
        solve([[Value(nought), 1], [0, 1]], [2, 3])
    rotation = [[sympy.cos(t), -sympy.sin(t)], [sympy.sin(t), sympy.cos(t)]]
    assert vanishes(det(rotation) - 1)


def test_irrational_numbers_stay_exact() -> None:
    root = sympy.sqrt(2)
    assert vanishes(det([[root, 1], [1, root]]) - 1)
    assert all(vanishes(x - 1) for x in solve([[root, 1], [1, root]], [root + 1] * 2))


# -- derivatives -----------------------------------------------------------------------


def transposed(a: Any) -> list[list[Any]]:
    return [list(row) for row in zip(*a, strict=True)]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_gradient_of_log_det_is_the_transposed_inverse(n: int) -> None:
    rng = np.random.default_rng(n)
    root = rng.normal(size=(n, n))
    a = root @ root.T + np.eye(n)
    got = grad(lambda m: ac.log(det(m)))(a)
    assert isinstance(got, np.ndarray)
    allowed = error_bound(a) * np.abs(np.linalg.inv(a)).max()
    assert np.abs(got - np.linalg.inv(a).T).max() <= allowed


def adjugate(a: Any) -> list[list[Any]]:
    n = range(len(a))

    def minor(i: int, j: int) -> Any:
        return leibniz([[a[p][q] for q in n if q != j] for p in n if p != i])

    return [[(-1) ** (i + j) * minor(j, i) for j in n] for i in n]


SINGULAR = [
    [[0, 0], [0, 0]],
    [[1, 2], [2, 4]],
    [[0, 1], [0, 3]],
    [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    [[1, 2, 3], [2, 4, 6], [3, 6, 9]],  # rank 1
    [[0, 0, 3], [0, 0, 6], [1, 0, 1]],
    [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    [[0, 1, 2, 0], [0, 2, 4, 0], [0, 1, 2, 0], [0, 5, 3, 0]],
]  # fmt: skip
REGULAR = [[[3]], [[1, 2], [3, 4]], [[0, 1, 2], [1, 0, 3], [4, -3, 8]]]


@pytest.mark.parametrize("matrix", SINGULAR + REGULAR)
def test_the_gradient_of_det_is_the_adjugate_also_where_it_is_zero(matrix: Any) -> None:
    a = [[Fraction(x) for x in row] for row in matrix]
    assert grad(det)(a) == transposed(adjugate(a))


@pytest.mark.parametrize("matrix", SINGULAR[:-1] + REGULAR)
def test_second_derivatives_of_det_are_those_of_the_definition(matrix: Any) -> None:
    # Also at rank n - 2 and below, where nothing could be divided by.
    a = [[Fraction(x) for x in row] for row in matrix]
    assert hessian(det)(a) == hessian(leibniz)(a)


def test_third_derivatives_of_det_at_the_zero_matrix() -> None:
    def along(t: Any) -> Any:  # det(t*A) = t**3 det(A)
        return det([[t * x for x in row] for row in REGULAR[2]])

    third = grad(grad(grad(along)))(Fraction(0))
    assert third == 6 * leibniz(REGULAR[2])


def test_the_gradient_of_a_float_det_that_is_zero() -> None:
    assert grad(det)([[1.0, 2.0], [2.0, 4.0]]) == [[4.0, -2.0], [-2.0, 1.0]]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_derivatives_of_solve_are_exact(n: int) -> None:
    # x = inv(A) b: dx_i/db_j = inv(A)_ij, and dx_i/dA_jk = -inv(A)_ij x_k.
    rng = random.Random(n)
    a, b = fractions(rng, n, n), [row[0] for row in fractions(rng, n, 1)]
    x, inv = solve(a, b), inverse(a)
    by_a, by_b = jacobian(solve, (0, 1))(a, b), None
    for i in range(n):
        by_a_i, by_b = by_a[i]
        assert by_b == inv[i]
        assert by_a_i == [[-inv[i][j] * x[k] for k in range(n)] for j in range(n)]


def test_second_derivatives_of_solve_are_exact() -> None:
    # d2x = 2 inv(A) dA inv(A) dA x, along one direction dA.
    rng = random.Random(5)
    a, da, b = fractions(rng, 3, 3), fractions(rng, 3, 3), fractions(rng, 3, 1)

    def along(t: Any) -> Any:
        moved = [[x + t * d for x, d in zip(r, s, strict=True)]
                 for r, s in zip(a, da, strict=True)]  # fmt: skip
        return sum(row[0] * (i + 1) for i, row in enumerate(solve(moved, b)))

    inv = inverse(a)
    twice = times(times(inv, da), times(times(inv, da), times(inv, b)))
    expected = sum(2 * row[0] * (i + 1) for i, row in enumerate(twice))
    assert grad(grad(along))(Fraction(0)) == expected


def test_derivatives_of_a_symbolic_solution() -> None:
    a, b, c = sympy.symbols("a b c")
    x = solve([[a, 1], [b, 2]], [c, 1])[0]
    got = grad(lambda v: solve([[v[0], 1], [v[1], 2]], [v[2], 1])[0])([a, b, c])
    assert all(
        vanishes(g - sympy.diff(x, s)) for g, s in zip(got, (a, b, c), strict=True)
    )


def test_check_grads_finds_nothing() -> None:
    a = [[2.0, -1.0, 0.5], [0.25, 3.0, 1.0], [1.0, -2.0, 0.75]]
    ac.check_grads(det, (a,))
    ac.check_grads(lambda m: sum(solve(m, [1.0, 2.0, -1.0])), (a,))
    ac.check_grads(lambda m: inverse(m)[0][2], (a,), order=1)


def test_values_and_constants_share_a_matrix() -> None:
    v = Value(2.0, name="v")
    x = solve([[v, 1], [0, True]], [3, np.float64(1.0)])
    assert [p.data for p in x] == [1.0, 1.0]
    x[0].backward()
    assert v.grad == -0.5
    frozen = solve([[Value(2.0, requires_grad=False)]], [4])[0]
    assert not frozen.requires_grad


def test_a_graph_has_order_n_squared_nodes() -> None:
    n = 12
    leaves = [
        [Value(float(i == j) + 1 / (i + j + 1)) for j in range(n)] for i in range(n)
    ]
    nodes = ac.ancestors(det(leaves))
    assert len(nodes) - n * n < 4 * n * n


# -- containers ------------------------------------------------------------------------


def test_results_come_in_the_containers_given() -> None:
    a = [[2, 0], [0, 4]]
    assert solve(a, (2, 4)) == (1.0, 1.0)
    assert solve(a, [(2, 4), [4, 8]]) == [(1.0, 2.0), [1.0, 2.0]]
    assert inverse(((2, 0), [0, 4])) == ((0.5, 0.0), [0.0, 0.25])
    array = np.array(a)
    assert solve(array, [2, 4]) == [1.0, 1.0]
    for got, expected in (
        (solve(a, np.array([2, 4])), [1.0, 1.0]),
        (solve(array, array), unit(2)),
        (inverse(array), [[0.5, 0.0], [0.0, 0.25]]),
    ):
        assert isinstance(got, np.ndarray)
        assert got.dtype == float
        assert got.tolist() == expected
    assert type(det(array)) is float
    assert type(solve([[1]], [3])[0]) is float
    objects = inverse(np.array([[Fraction(1, 2)]], dtype=object))
    assert (objects.dtype, objects[0, 0]) == (object, 2)
    assert solve([[1]], [[]]) == [[]]


def test_arguments_are_not_changed() -> None:
    a, b = [[0.0, 1.0], [2.0, 3.0]], [[1.0], [2.0]]
    solve(a, b), inverse(a), det(a)
    assert (a, b) == ([[0.0, 1.0], [2.0, 3.0]], [[1.0], [2.0]])


def test_what_is_not_finite_is_not_called_singular() -> None:
    nan = math.nan
    for a in ([[nan, 1], [0, 1]], [[0, 0], [nan, 1]]):
        assert all(map(math.isnan, solve(a, [1, 1])))
    assert math.isnan(det([[nan, 1], [0, 1]]))


# -- errors ----------------------------------------------------------------------------


ERRORS = [
    (lambda: solve([[1, 2], [2, 4]], [1, 2]), SingularMatrixError,
     r"Singular matrix: .*only 1 are independent, column 1 is not; det\(A\) is 0"),
    (lambda: inverse([[0.0]]), SingularMatrixError, "Singular matrix: .* unique"),
    (lambda: inverse([[Fraction(0), 1], [0, 2]]), SingularMatrixError, "column 0 is"),
    (lambda: inverse([[Value(0.0)]]), SingularMatrixError, "Singular matrix"),
    (lambda: solve([[1, 2]], [1]), ValueError, r"'A' must be square, got 1 x 2"),
    (lambda: solve([[1, 2], [2]], [1, 2]), ValueError,
     r"rows of 'A' must be equally long, got 2 numbers in row 0 and 1 in row 1"),
    (lambda: solve([[1]], [[1], [2, 3]]), ValueError, r"'b' must .* 1 rows .* got 2"),
    (lambda: solve([[1, 0], [0, 1]], [[1], [2, 3]]), ValueError,  "rows of 'b' must"),
    (lambda: solve([[1, 0], [0, 1]], [[1], 2]), TypeError, "row 1 of 'b' must be"),
    (lambda: solve([[1]], 1), TypeError, "'b' must be a list, a tuple .* got int"),
    (lambda: det([]), ValueError, "'A' must have at least one row, got none"),
    (lambda: det(3.0), TypeError, "'A' must be a list, a tuple .* got float"),
    (lambda: det([1, 2]), TypeError, "row 0 of 'A' must be a list"),
    (lambda: det(np.array(1.0)), TypeError, "'A' must be a list"),
    (lambda: det([["1"]]), TypeError, "an entry of a matrix .* got str '1'"),
    (lambda: det([[1j]]), TypeError, "an entry of a matrix must be a real number"),
    (lambda: det([[Value(1.0), None], [0, 1]]), TypeError, "got NoneType None"),
    (lambda: det([[0.5, Fraction(1)], [1, 1]]), TypeError, "numbers of Fraction and"),
    (lambda: det([[Value(0.5), Value(Fraction(1))], [1, 1]]), TypeError,
     "numbers of Fraction and float; make them the same"),
    (lambda: solve([[Value(Fraction(1))]], [0.5]), ExactnessError, r"Fraction\(1, 2\)"),
    (lambda: det([[10**400]]), OverflowError, "use Fraction"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "error", "message"), ERRORS)
def test_errors_name_what_is_wrong(
    f: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        f()
    assert not isinstance(caught.value, ZeroDivisionError)


def test_a_singular_matrix_is_a_value_error() -> None:
    assert issubclass(SingularMatrixError, ValueError)
