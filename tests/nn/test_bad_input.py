"""What layers refuse: class and message, and that nothing was changed or drawn."""

import random
from typing import Any

import pytest

from autograd_core import Value
from nn import (
    MLP,
    RBF,
    Activation,
    Embedding,
    Layer,
    LayerNorm,
    Linear,
    Neuron,
    Polynomial,
    RMSNorm,
    SelfAttention,
    Sequential,
    as_row,
    as_rows,
    constant,
    he_normal,
    normal,
    uniform,
    xavier_normal,
    xavier_uniform,
)

NAN, INF = float("nan"), float("inf")
WIDTHS = [
    (0, ValueError, r"must be an int of at least 1 \(got 0\)"),
    (-3, ValueError, r"must be an int of at least 1 \(got -3\)"),
    (1.5, TypeError, r"must be an int of at least 1 \(got 1.5 that is a float\)"),
    (2.0, TypeError, r"must be an int of at least 1 \(got 2.0 that is a float\)"),
    ("3", TypeError, r"must be an int of at least 1 \(got '3' that is a str\)"),
    (True, TypeError, r"must be an int of at least 1 \(got True that is a bool\)"),
    (None, TypeError, r"must be an int of at least 1 \(got None that is a NoneType\)"),
    (Value(2.0), TypeError, r"must be an int of at least 1 \(got Value"),
]
PLACES: list[tuple[str, Any]] = [
    ("'nin'", lambda n: Neuron(n)),
    ("'nin'", lambda n: Linear(n, 1)),
    ("'nout'", lambda n: Linear(1, n)),
    ("'nin'", lambda n: Layer(n, 1)),
    ("'nout'", lambda n: Layer(1, n)),
    ("'nin'", lambda n: MLP(n, [1])),
    (r"'nouts\[1\]'", lambda n: MLP(1, [2, n, 1])),
    ("'count'", lambda n: Embedding(n, 1)),
    ("'size'", lambda n: Embedding(1, n)),
    ("'size'", LayerNorm),
    ("'size'", RMSNorm),
    ("'size'", SelfAttention),
    ("'heads'", lambda n: SelfAttention(4, n)),
    ("'nin'", lambda n: Polynomial(n, 1)),
    ("'degree'", lambda n: Polynomial(1, n)),
    ("'nin'", lambda n: uniform(n, 1)),
    ("'nout'", lambda n: normal(1, n)),
    ("'nin'", lambda n: xavier_normal(n, 1)),
    ("'nout'", lambda n: xavier_uniform(1, n)),
    ("'nin'", lambda n: he_normal(n, 1)),
]


@pytest.mark.parametrize(("width", "error", "message"), WIDTHS)
@pytest.mark.parametrize(("place", "make"), PLACES)
def test_widths(place: str, make: Any, width: Any, error: Any, message: str) -> None:
    """Refused before a random number is drawn."""
    random.seed(0)
    before = random.getstate()
    with pytest.raises(error, match=f"{place} {message}"):
        make(width)
    assert random.getstate() == before


MODELS: list[Any] = [
    lambda: Neuron(2, seed=0),
    lambda: Linear(2, 2, seed=0),
    lambda: Linear(2, 2, bias=False, seed=0),
    lambda: MLP(2, [2, 1], seed=0),
    lambda: Sequential(Linear(2, 1, seed=0)),
    lambda: LayerNorm(2),
    lambda: RMSNorm(2),
    lambda: Polynomial(2, 2),
    lambda: RBF([[0.0, 1.0]]),
]
BAD_ROWS = [
    ([1.0], ValueError, r"'x' must have 2 numbers \(got 1\)"),
    ([1.0, 2.0, 3.0], ValueError, r"'x' must have 2 numbers \(got 3\)"),
    ([], ValueError, r"'x' must have 2 numbers \(got 0\)"),
    ([1.0, NAN], ValueError, r"'x\[1\]' must be finite \(got nan\)"),
    ([-INF, 1.0], ValueError, r"'x\[0\]' must be finite \(got -inf\)"),
    (1.0, TypeError, r"'x' must be a row of numbers \(got 1.0 that is a float\)"),
    (None, TypeError, r"'x' must be a row of numbers \(got None"),
    ("12", TypeError, r"'x' must be a row of numbers \(got '12' that is a str\)"),
    ({0: 1.0, 1: 2.0}, TypeError, "'x' must be a row of numbers"),
    (
        [[1.0, 2.0], [3.0, 4.0]],
        TypeError,
        r"'x\[0\]' must be a number .*one row at a time",
    ),
    ([1.0, "2"], TypeError, r"'x\[1\]' must be a number \(got '2' that is a str\)"),
]


@pytest.mark.parametrize(("row", "error", "message"), BAD_ROWS)
@pytest.mark.parametrize("make", MODELS)
def test_rows(make: Any, row: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()(row)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: as_rows([]), ValueError, "'X' must have at least one row"),
        (
            lambda: as_rows([[1.0], [1.0, 2.0]]),
            ValueError,
            r"'X\[1\]' must have 1 numbers",
        ),
        (lambda: as_rows([[1.0], [NAN]]), ValueError, r"'X\[1\]\[0\]' must be finite"),
        (lambda: as_rows([[1.0]], 2), ValueError, r"'X\[0\]' must have 2 numbers"),
        (lambda: as_rows([1.0]), TypeError, r"'X\[0\]' must be a row of numbers"),
        (lambda: as_rows(1.0), TypeError, "'X' must be a list of rows"),
        (lambda: as_rows("ab"), TypeError, "'X' must be a list of rows"),
        (lambda: as_rows(["ab"]), TypeError, r"'X\[0\]' must be a row of numbers"),
        (lambda: as_row([]), ValueError, "'x' must have at least one number"),
        (lambda: SelfAttention(2)([]), ValueError, "'x' must have at least one row"),
        (
            lambda: SelfAttention(2)([[1.0]]),
            ValueError,
            r"'x\[0\]' must have 2 numbers",
        ),
        (
            lambda: SelfAttention(2).weights(1.0),
            TypeError,
            "'x' must be a list of rows",
        ),
        (lambda: RBF([]), ValueError, "'centres' must have at least one row"),
        (lambda: RBF(3.0), TypeError, "'centres' must be a list of rows"),
        (lambda: RBF([[1.0], [1.0, 2.0]]), ValueError, r"'centres\[1\]' must have 1"),
        (lambda: RBF([NAN]), ValueError, r"'centres\[0\]\[0\]' must be finite"),
        (
            lambda: Activation("relu")([]),
            ValueError,
            "'x' must have at least one number",
        ),
    ],
)
def test_batches(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


NAMES = "'identity', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'elu', 'silu', 'gelu', "


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: Activation("Relu"),
            ValueError,
            f"'activation' must be one of {NAMES}",
        ),
        (
            lambda: MLP(1, [1, 1], activation="x"),
            ValueError,
            r"\(got 'x' that is a str\)",
        ),
        (
            lambda: MLP(1, [1], output="logit"),
            ValueError,
            "'activation' must be one of",
        ),
        (lambda: Sequential("rellu"), ValueError, "'activation' must be one of"),
        (
            lambda: Activation(3),
            TypeError,
            "'activation' must be a name or a function of",
        ),
        (
            lambda: Layer(1, 1, activation=Linear(1, 1)),
            TypeError,
            "must be a name or a fu",
        ),
        (
            lambda: Activation("relu", slope=1),
            TypeError,
            r"takes the options \[\], got \['s",
        ),
        (
            lambda: Activation("elu", slope=1),
            TypeError,
            r"takes the options \['alpha'\]",
        ),
        (lambda: Activation("elu", alpha="1"), TypeError, "'alpha' must be a number"),
        (
            lambda: Neuron(1, activation="softmax"),
            ValueError,
            "softmax needs the row of a",
        ),
        (
            lambda: MLP(1, [1], output="softmax"),
            ValueError,
            "'output' softmax of one number",
        ),
        (lambda: MLP(1, []), ValueError, "'nouts' must have at least one width"),
        (lambda: MLP(1, 3), TypeError, r"'nouts' must be a list of widths \(got 3"),
        (
            *(lambda: MLP(1, [2, 1], activation=["tanh", "tanh"]), ValueError),
            r"one entry for each of the 1 hidden layers \(got 2\); the last layer's is",
        ),
        (lambda: Sequential(), ValueError, r"Sequential\(\) needs at least one layer"),
        (lambda: Sequential([Linear(1, 1)]), TypeError, "must be a name or a function"),
        (
            *(lambda: Sequential(Linear(2, 3), "relu", Linear(4, 1)), ValueError),
            r"layer 2 \(Linear\(4, 1\)\) takes 4 numbers, and layer 0 \(Lin",
        ),
        (
            lambda: SelfAttention(4, 3),
            ValueError,
            r"'heads' must divide 'size' \(got 3 and",
        ),
        (
            lambda: Linear(1, 1, init="he"),
            ValueError,
            "'init' must be one of 'uniform', 'n",
        ),
        (
            lambda: Linear(1, 1, init=3),
            TypeError,
            "'init' must be a name or a function",
        ),
        (
            lambda: Linear(1, 2, init=lambda n, m, seed: [[1.0]]),
            ValueError,
            "give 2 rows",
        ),
        (
            *(lambda: Linear(2, 1, init=lambda n, m, seed: [[1.0]]), ValueError),
            r"'init\[0\]' must have 2 numbers",
        ),
        (
            *(lambda: Linear(1, 1, init=lambda n, m, seed: [[NAN]]), ValueError),
            r"'init\[0\]\[0\]' must be finite",
        ),
        (
            lambda: Linear(1, 1, seed=1.5),
            TypeError,
            "'seed' must be an int, a random.Ran",
        ),
        (
            lambda: Linear(1, 1, seed=True),
            TypeError,
            "'seed' must be an int, a random.Ran",
        ),
        (lambda: uniform(1, 1, low=2), ValueError, "'low' must be at most 'high'"),
        (lambda: uniform(1, 1, low=NAN), ValueError, "'low' must be at most 'high'"),
        (lambda: uniform(1, 1, low="0"), TypeError, "'low' must be a number"),
        (
            lambda: xavier_uniform(1, 1, gain=0),
            ValueError,
            "'gain' must be a finite number",
        ),
        (lambda: he_normal(1, 1, gain=-1), ValueError, r"greater than 0 \(got -1\)"),
        (
            lambda: normal(1, 1, deviation=INF),
            ValueError,
            "'deviation' must be a finite",
        ),
        (lambda: constant("1"), TypeError, "'number' must be a number"),
        (lambda: constant(Value(1.0)), TypeError, "'number' must be a number"),
        (
            lambda: LayerNorm(2, epsilon=0),
            ValueError,
            "'epsilon' must be a finite number",
        ),
        (
            lambda: RMSNorm(2, epsilon=NAN),
            ValueError,
            "'epsilon' must be a finite number",
        ),
        (
            lambda: RBF([1.0], 0.0),
            ValueError,
            "'scale' must be a finite number greater",
        ),
        (
            lambda: RBF([1.0], None),
            TypeError,
            "'scale' must be a number greater than 0",
        ),
    ],
)
def test_choices(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_seeds_are_keyword_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        uniform(1, 1, 0)  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        Linear(1, 1, 0)  # type: ignore[misc]
