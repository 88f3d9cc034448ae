"""Embedding, norms, attention, features: what they compute, and their gradients."""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from autograd_core import Value, ancestors, dot, grad
from autograd_core import sum as total
from nn import (
    RBF,
    Embedding,
    LayerNorm,
    Linear,
    Polynomial,
    RMSNorm,
    SelfAttention,
    Sequential,
    half_squared_error,
)

F = Fraction
ROWS = [[0.5, -1.0, 2.0, 0.25], [1.5, 0.0, -0.5, 1.0], [-2.0, 1.0, 0.5, -0.75]]


def check_gradients(f: Callable[[list[Any]], Any], at: list[float]) -> None:
    """``grad`` against a central difference with 40 digits of a twin on mpmath.

    The step 1e-12 leaves an error of 1e-24 times the third derivative; the engine's
    own, some tens of roundings of numbers below 10, is below 1e-13.
    """
    found = grad(f)(at)
    with mpmath.workdps(40):
        h = mpmath.mpf(10) ** -12
        for i, g in enumerate(found):
            up, down = ([mpmath.mpf(v) for v in at] for _ in range(2))
            up[i] += h
            down[i] -= h
            assert g == pytest.approx(float((f(up) - f(down)) / (2 * h)), abs=1e-12)


def weighed(row: list[Any]) -> Any:
    """One number that depends on each of a row in another way."""
    return total([v * (i + 1) for i, v in enumerate(row)])


# -- embedding -------------------------------------------------------------------------


def test_embedding_looks_up_rows() -> None:
    table = Embedding(4, 3, seed=0)
    assert table(2) == table.weight[2]
    assert table([1, 1, 0]) == [table.weight[1], table.weight[1], table.weight[0]]
    assert table(np.array([3]))[0] == table.weight[3]
    assert table(np.int64(3)) == table.weight[3]
    assert table(2) is not table.weight[2], "a copy: the table is the module's"
    assert repr(table) == "Embedding(4, 3)"


def test_a_row_that_is_used_twice_gets_both_gradients() -> None:
    table = Embedding(3, 1, seed=0)
    total([row[0] for row in table([1, 1, 2])]).backward()
    assert [row[0].grad for row in table.weight] == [0.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("i", "error", "message"),
    [
        (3, IndexError, r"'i' must be from 0 to 2 \(got 3\)"),
        (-1, IndexError, r"'i' must be from 0 to 2 \(got -1\)"),
        ([0, 5], IndexError, r"'i\[1\]' must be from 0 to 2 \(got 5\)"),
        (1.0, TypeError, r"'i' must be an int \(got 1.0 that is a float\)"),
        (True, TypeError, "'i' must be an int"),
        (Value(1.0), TypeError, "'i' must be an int"),
        ("1", TypeError, "'i' must be an int"),
    ],
)
def test_embedding_refuses(i: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        Embedding(3, 2, seed=0)(i)


# -- norms -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_norms_against_mpmath(seed: int) -> None:
    rng = random.Random(seed)
    x = [rng.uniform(-5, 5) for _ in range(4)]
    scale, shift = ([rng.uniform(-2, 2) for _ in range(4)] for _ in range(2))
    layer, rms = LayerNorm(4, epsilon=0.01), RMSNorm(4, epsilon=0.01)
    layer.load_state_dict({"scale": scale, "shift": shift})
    rms.load_state_dict({"scale": scale})
    with mpmath.workdps(40):
        exact = [mpmath.mpf(v) for v in x]
        mean = sum(exact) / 4
        variance = sum((v - mean) ** 2 for v in exact) / 4
        root = mpmath.sqrt(sum(v**2 for v in exact) / 4 + mpmath.mpf(0.01))
        size = mpmath.sqrt(variance + mpmath.mpf(0.01))
        expected = [
            float(g * (v - mean) / size + b)
            for g, v, b in zip(scale, exact, shift, strict=True)
        ]
        expected_rms = [float(g * v / root) for g, v in zip(scale, exact, strict=True)]
    assert [v.data for v in layer(x)] == pytest.approx(expected, rel=1e-14, abs=1e-14)
    assert [v.data for v in rms(x)] == pytest.approx(expected_rms, rel=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_norms(seed: int) -> None:
    """d/dx of LayerNorm: (w - mean(w) - n*mean(w*n)) / size with n the answer."""
    rng = random.Random(seed)
    x = [Value(rng.uniform(-5, 5)) for _ in range(4)]
    w = [1.0, 2.0, 3.0, 4.0]
    n = LayerNorm(4)(x)
    dot(n, w).backward()
    a, b, ns = np.array([v.data for v in x]), np.array(w), np.array([v.data for v in n])
    size = np.sqrt(a.var() + 1e-5)
    assert [v.grad for v in x] == pytest.approx(
        ((b - b.mean() - ns * (b * ns).mean()) / size).tolist(), abs=1e-14
    )
    y = [Value(v) for v in a]
    m = RMSNorm(4)(y)
    dot(m, w).backward()
    ms = np.array([v.data for v in m])
    root = np.sqrt((a**2).mean() + 1e-5)
    assert [v.grad for v in y] == pytest.approx(
        ((b - ms * (b * ms).mean()) / root).tolist(), abs=1e-14
    )


def test_a_row_of_equal_numbers_is_no_division_by_zero() -> None:
    assert [v.data for v in LayerNorm(2)([3.0, 3.0])] == [0.0, 0.0]
    assert [v.data for v in RMSNorm(2)([0.0, 0.0])] == [0.0, 0.0]


def test_norms_say_what_they_are() -> None:
    assert repr(LayerNorm(2)) == "LayerNorm(2)"
    assert repr(RMSNorm(2)) == "RMSNorm(2)"
    assert "ε" in LayerNorm(2).formula()
    assert "ε" in RMSNorm(2).formula()


# -- attention -------------------------------------------------------------------------


def reference(attention: SelfAttention, rows: Any) -> Any:
    """The same with matrices, and the mask as -inf before the softmax."""
    state = {k: np.array(v) for k, v in attention.state_dict().items()}
    x, n = np.array(rows), len(rows)
    q, k, v = (x @ state[f"{name}.weight"].T for name in ("query", "key", "value"))
    d = attention.size // attention.heads
    mask = (
        np.triu(np.full((n, n), -np.inf), 1) if attention.causal else np.zeros((n, n))
    )
    heads = []
    for h in range(attention.heads):
        part = slice(h * d, (h + 1) * d)
        scores = q[:, part] @ k[:, part].T / np.sqrt(d) + mask
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        heads.append((e / e.sum(axis=1, keepdims=True)) @ v[:, part])
    return np.concatenate(heads, axis=1) @ state["output.weight"].T


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_is_the_matrix_formula(heads: int, causal: bool) -> None:
    attention = SelfAttention(4, heads, causal=causal, seed=heads)
    out = attention(ROWS)
    found = [[v.data for v in row] for row in out]
    assert np.allclose(found, reference(attention, ROWS), rtol=0, atol=1e-14)
    for head in attention.weights(ROWS):
        for i, line in enumerate(head):
            assert len(line) == (i + 1 if causal else 3)
            assert sum(w.data for w in line) == pytest.approx(1.0, abs=1e-15)


def test_causal_attention_does_not_look_ahead() -> None:
    attention = SelfAttention(2, causal=True, seed=0)
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    first, _ = attention(rows)
    assert set(ancestors(first[0])).isdisjoint(rows[1])


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_of_attention(causal: bool) -> None:
    def f(theta: list[Any]) -> Any:
        attention = SelfAttention(2, 2, causal=causal, bias=True, seed=0)
        # A plain theta stands beside data of its own kind, and gives a constant.
        kind = mpmath.mpf if isinstance(theta[0], mpmath.mpf) else float
        with attention.with_parameters(theta):
            out = attention([[kind(v) for v in row] for row in ([1, -0.5], [0.25, 2])])
        number = total([weighed(row) for row in out])
        return number.data if kind is mpmath.mpf else number

    rng = random.Random(0)
    check_gradients(f, [rng.uniform(-1, 1) for _ in range(4 * (4 + 2))])


def test_attention_on_exact_numbers_and_its_words() -> None:
    attention = SelfAttention(4, 1, seed=0)
    assert attention.formula() == "softmax(QKᵀ/√d)V"
    symbols = sympy.symbols("a b", real=True)
    one = SelfAttention(1, init=lambda nin, nout, seed: [[sympy.Integer(1)]])
    out = one([[symbols[0]], [symbols[1]]])[0][0].data
    a, b = symbols
    expected = (a * sympy.exp(a * a) + b * sympy.exp(a * b)) / (
        sympy.exp(a * a) + sympy.exp(a * b)
    )
    assert sympy.simplify(out - expected) == 0


# -- features --------------------------------------------------------------------------


def test_polynomials_of_the_slides() -> None:
    """S26, where the mixed term stands last."""
    features = Polynomial(2, 2)
    assert features.exponents == [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    assert features([0.5, -2.0]) == [1.0, 0.5, -2.0, 0.25, -1.0, 4.0]
    assert features([F(1, 2), F(-2)]) == [1, F(1, 2), -2, F(1, 4), -1, 4]
    assert Polynomial(1, 3, constant=False)(3) == [3, 9, 27]
    assert len(Polynomial(3, 3)([1.0, 2.0, 3.0])) == 20 == Polynomial(3, 3).nout
    assert repr(features) == "Polynomial(2, degree=2)"


def test_polynomials_are_differentiated() -> None:
    x = [Value(F(2)), Value(F(3))]
    phi = Polynomial(2, 3)(x)
    phi[7].backward()  # x1**2 * x2
    assert [v.grad for v in x] == [12, 4]


def test_a_number_too_large_for_its_power() -> None:
    with pytest.raises(ValueError, match=r"'x' is too large for the degree 2 \(got 1e"):
        Polynomial(1, 2)([1e200])


def test_polynomial_regression_of_the_slides() -> None:
    """S26: the least squares solution is where the gradient is 0, exactly."""
    model = Sequential(
        Polynomial(1, 2),
        Linear(
            3, 1, bias=False, init=lambda n, m, seed: [[F(5, 8), F(-5, 8), F(7, 8)]]
        ),
    )
    xs, ys = [F(-1), F(0), F(1), F(2)], [F(2), F(1), F(1, 2), F(3)]
    loss = half_squared_error(
        [model([x]) for x in xs], [[y] for y in ys], reduction="sum"
    )
    loss.backward()
    assert loss.data == F(5, 32)
    assert [p.grad for p in model.parameters()] == [0, 0, 0]


def test_rbf_of_the_slides() -> None:
    """S31 and S32; d/dx = -2(x - mu)k/scale, d/dscale = |x - mu|^2 k/scale^2."""
    features = RBF([[1.0, 0.2]], 0.8, constant=False, trainable=True)
    x = [Value(0.5), Value(-1.0)]
    (k,) = features(x)
    k.backward()
    assert k.data == pytest.approx(0.12093525007041667, rel=1e-14)
    assert [v.grad for v in x] == pytest.approx(
        [0.15116906258802084, 0.36280575021125002], rel=1e-14
    )
    assert features.scale.grad == pytest.approx(0.31934464471719403, rel=1e-14)
    assert [c.grad for c in features.centres[0]] == pytest.approx(
        [-0.15116906258802084, -0.36280575021125002], rel=1e-14
    )
    phi = RBF([1.0, 2.0, 3.0])(1.5)
    assert phi[0] == 1.0
    assert sum(map(float.__mul__, phi, [0.5, 1.0, -2.0, 0.3])) == pytest.approx(
        -0.24718101570284557, rel=1e-14
    )


def test_rbf_forms_and_words() -> None:
    assert RBF(np.array([[0.0, 1.0], [2.0, 3.0]])).nin == 2
    assert RBF(np.array([0.0, 1.0])).nin == 1
    features = RBF([0.0, 1.0])
    assert (features.nout, features.parameters()) == (3, [])
    assert repr(features) == "RBF(1, centres=2)"
    assert "λ" in features.formula()
    assert [type(v) for v in features([1.5])] == [float] * 3
