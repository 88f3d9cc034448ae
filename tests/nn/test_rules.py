"""Activations, initializers, penalties: the rules that a name stands for."""

import math
import pickle
import random
import statistics
from fractions import Fraction
from typing import Any

import mpmath
import pytest

import autograd_core as core
from autograd_core import Value
from nn import (
    ACTIVATIONS,
    INITIALIZERS,
    MLP,
    Activation,
    Linear,
    Neuron,
    constant,
    he_normal,
    he_uniform,
    lasso,
    normal,
    ridge,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)

mpf = mpmath.mpf


def ref_gelu(x: Any) -> Any:
    return x * mpmath.ncdf(x)


REFERENCES: dict[str, Any] = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else mpf(0.01) * x,
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": ref_gelu,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}
POINTS = (-3.0, -0.5, 0.25, 2.0)


def test_every_name_has_a_reference() -> None:
    assert set(ACTIVATIONS) - set(REFERENCES) == {"softmax", "log_softmax"}


@pytest.mark.parametrize("name", REFERENCES)
def test_activations(name: str) -> None:
    """Values, and slopes by a difference with 40 digits (error 1e-24)."""
    xs = [Value(x) for x in POINTS]
    ys = Activation(name)(xs)
    core.sum(ys).backward()
    with mpmath.workdps(40):
        h = mpf(10) ** -12
        f = REFERENCES[name]
        values = [float(f(mpf(x))) for x in POINTS]
        slopes = [float((f(x + h) - f(x - h)) / (2 * h)) for x in map(mpf, POINTS)]
    assert [y.data for y in ys] == pytest.approx(values, rel=1e-14)
    assert [x.grad for x in xs] == pytest.approx(slopes, rel=1e-12)
    neuron = Neuron(1, activation=name, init=constant(1.0))
    assert neuron(0.25).data == pytest.approx(values[2], rel=1e-14)


def test_activations_of_the_whole_row() -> None:
    e = [math.exp(x) for x in POINTS]
    softmax = Activation("softmax")(POINTS)
    assert softmax == pytest.approx([v / sum(e) for v in e])
    assert Activation("log_softmax")(POINTS) == pytest.approx(
        [math.log(p) for p in softmax]
    )
    shifted = Activation(lambda row: [v - row[0] for v in row], whole=True)
    assert shifted([1.0, 3.0]) == [0.0, 2.0]


def test_options_words_and_pickles() -> None:
    leaky = Activation("leaky_relu", slope=0.5)
    assert leaky([-2.0, 2.0]) == [-1.0, 2.0]
    assert Activation("elu", alpha=2.0)([-1.0]) == pytest.approx([2 * math.expm1(-1)])
    assert repr(leaky) == "Activation('leaky_relu', slope=0.5)"
    assert pickle.loads(pickle.dumps(leaky))([-2.0]) == [-1.0]
    assert pickle.loads(pickle.dumps(Activation("tanh"))).function is core.tanh
    assert Activation("identity").formula() == "a = z"
    assert Activation("identity")([1.0]) == [ACTIVATIONS["identity"](1.0)]
    model = MLP(1, [2, 1], activation=Activation("leaky_relu", slope=0.5))
    assert model.layers[0].formula() == "a = leaky_relu(W·x + b)"


# -- initializers ----------------------------------------------------------------------

NIN, NOUT = 60, 40
# name -> (half width of a uniform rule or None, standard deviation)
SPREADS = {
    "uniform": (1.0, 1 / math.sqrt(3)),
    "normal": (None, 1.0),
    "xavier_uniform": (math.sqrt(6 / 100), math.sqrt(2 / 100)),
    "xavier_normal": (None, math.sqrt(2 / 100)),
    "he_uniform": (math.sqrt(6 / 60), math.sqrt(2 / 60)),
    "he_normal": (None, math.sqrt(2 / 60)),
    "zeros": (0.0, 0.0),
}


def test_every_rule_has_a_spread() -> None:
    assert set(SPREADS) == set(INITIALIZERS)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_spread_of_a_rule(name: str) -> None:
    """2,400 numbers: mean and deviation within 5 of their standard errors."""
    half, deviation = SPREADS[name]
    drawn = [w for row in INITIALIZERS[name](NIN, NOUT, seed=0) for w in row]
    assert len(drawn) == NIN * NOUT
    assert abs(statistics.fmean(drawn)) <= 5 * deviation / math.sqrt(len(drawn))
    assert statistics.pstdev(drawn) == pytest.approx(deviation, rel=5 / math.sqrt(4800))
    if half is not None:
        assert max(map(abs, drawn)) <= half
        assert max(map(abs, drawn)) >= 0.99 * half


def test_seeds() -> None:
    for name, rule in INITIALIZERS.items():
        assert rule(3, 2, seed=5) == rule(3, 2, seed=5)
        assert name == "zeros" or rule(3, 2, seed=5) != rule(3, 2, seed=6)
    one = random.Random(5)
    first, second = uniform(2, 2, seed=one), uniform(2, 2, seed=one)
    assert first == uniform(2, 2, seed=5) != second
    random.seed(5)
    assert uniform(2, 2) == uniform(2, 2, seed=5)
    assert [p.data for p in MLP(2, [3, 1], seed=5).parameters()] == [
        p.data for p in MLP(2, [3, 1], seed=random.Random(5)).parameters()
    ]


def test_gains_ends_and_constants() -> None:
    assert xavier_uniform(2, 1, seed=0, gain=2.0) == [
        [2 * w for w in row] for row in xavier_uniform(2, 1, seed=0)
    ]
    assert xavier_normal(2, 1, seed=0, gain=2.0)[0][0] == pytest.approx(
        2 * xavier_normal(2, 1, seed=0)[0][0]
    )
    assert he_normal(4, 1, seed=0, gain=1.0) == normal(4, 1, seed=0, deviation=0.5)
    assert max(map(abs, he_uniform(3, 1, seed=0, gain=1.0)[0])) <= 1.0
    assert all(2 <= w <= 3 for w in uniform(9, 1, seed=0, low=2, high=3)[0])
    assert zeros(1, 2) == [[0.0], [0.0]]
    assert constant(Fraction(1, 2))(1, 2) == [[Fraction(1, 2)], [Fraction(1, 2)]]
    layer = Linear(1, 1, init=constant(Fraction(1, 2)))
    assert layer.state_dict() == {"weight": [[Fraction(1, 2)]], "bias": [Fraction(0)]}


# -- penalties -------------------------------------------------------------------------


def test_penalties_and_their_gradients() -> None:
    """S23: the gradient of ridge is 2*strength*p; S25: of lasso strength*sign(p)."""
    ps = [Value(Fraction(n, 3)) for n in (-2, 0, 5)]
    ridge(ps, Fraction(1, 2)).backward()
    assert [p.grad for p in ps] == [p.data for p in ps]
    assert ridge(ps, 1).data == Fraction(29, 9)
    for p in ps:
        p.zero_grad()
    lasso(ps, 3).backward()
    assert [p.grad for p in ps] == [-3, 0, 3]
    assert lasso(ps, 3).data == 7
    assert ridge(iter(ps), 0).data == 0


def test_penalties_of_a_model() -> None:
    model = Linear(2, 1, seed=0)
    model.load_state_dict({"weight": [[3.0, -4.0]], "bias": [10.0]})
    assert ridge(model, 1.0).data == 125.0
    assert ridge(model, 1.0, skip=["bias"]).data == 25.0
    assert lasso(model, 1.0, skip="bias").data == 7.0
    deep = MLP(2, [2, 1], seed=0)
    weights = [w.data for layer in deep.layers for row in layer.weight for w in row]
    assert ridge(deep, 1.0, skip=["bias"]).data == pytest.approx(
        sum(w * w for w in weights)
    )


@pytest.mark.parametrize("penalty", [ridge, lasso])
@pytest.mark.parametrize(
    ("parameters", "options", "error", "message"),
    [
        ([], {}, ValueError, "'parameters' must have at least one parameter"),
        (Activation("relu"), {}, ValueError, "at least one parameter"),
        (
            Value(1.0),
            {},
            TypeError,
            r"'parameters' must be a module or Values \(got Value",
        ),
        (3, {}, TypeError, "'parameters' must be a module or Values"),
        ([Value(1.0)], {"skip": ["bias"]}, ValueError, "'skip' needs a module"),
        (
            Linear(1, 1),
            {"skip": ["biass"]},
            ValueError,
            r"'skip' names \['biass'\], which",
        ),
        (
            [Value(1.0)],
            {"strength": -1},
            ValueError,
            "'strength' must be a finite number at",
        ),
        (
            [Value(1.0)],
            {"strength": float("nan")},
            ValueError,
            r"at least 0 \(got nan\)",
        ),
        (
            [Value(1.0)],
            {"strength": "1"},
            TypeError,
            "'strength' must be a number at least 0",
        ),
        (
            [Value(1.0)],
            {"strength": True},
            TypeError,
            "'strength' must be a number at least",
        ),
    ],
)
def test_penalties_refuse(
    penalty: Any, parameters: Any, options: Any, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        penalty(parameters, **{"strength": 1.0, **options})
