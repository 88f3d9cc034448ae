"""Linear, Layer, Sequential, MLP: what they compute, on any kind of number."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from autograd_core import Value, dot, grad, scopes_of, sigmoid
from autograd_core.graph import ancestors
from nn import (
    MLP,
    Activation,
    Layer,
    Linear,
    Neuron,
    Sequential,
    as_rows,
    constant,
)
from visualize import draw

F = Fraction
# A linear layer without bias, row by row: catalogue S87, there transposed.
S87 = [[0.5, 1.5], [-1.0, 0.3], [0.2, -0.7]]


def set_tables(model: Any, *tables: Any) -> Any:
    state = model.state_dict()
    model.load_state_dict(dict(zip(state, tables, strict=True)))
    return model


def test_linear_without_bias_is_s87() -> None:
    layer = set_tables(Linear(2, 3, bias=False), S87)
    x = [Value(0.8), Value(-0.4)]
    z = layer(x)
    dot(z, [1.0, -2.0, 0.5]).backward()
    assert [v.data for v in z] == pytest.approx([-0.2, -0.92, 0.44], abs=1e-15)
    assert [v.grad for v in x] == pytest.approx([2.6, 0.55], abs=1e-15)
    assert [[w.grad for w in row] for row in layer.weight] == [
        [0.8, -0.4],
        [-1.6, 0.8],
        [0.4, -0.2],
    ]
    assert layer.bias is None
    assert (layer.formula(), repr(layer)) == ("z = W·x", "Linear(2, 3, bias=False)")


def test_linear_is_a_matrix_and_a_shift() -> None:
    layer = Linear(3, 2, seed=0)
    layer.load_state_dict({**layer.state_dict(), "bias": [0.5, -0.25]})
    weight = np.array(layer.state_dict()["weight"])
    x = np.array([1.0, -2.0, 0.5])
    assert [z.data for z in layer(x)] == pytest.approx(
        (weight @ x + [0.5, -0.25]).tolist()
    )


def test_each_sum_is_one_node() -> None:
    layer = Linear(5, 3, seed=0)
    z = layer([1.0] * 5)
    assert [v.primitive.name for v in z] == ["dot"] * 3
    assert len([n for v in z for n in ancestors(v) if not n.is_leaf]) == 3


@pytest.mark.parametrize(
    "row", [[1, 2.5], (1, 2.5), np.array([1, 2.5]), iter([1, 2.5])]
)
def test_what_a_row_may_be(row: Any) -> None:
    layer = Linear(2, 1, init=constant(1.0))
    assert layer(row)[0].data == 3.5


def test_one_number_is_a_row_of_one() -> None:
    assert Linear(1, 1, init=constant(2.0))(3.0)[0].data == 6.0
    assert Linear(1, 1, init=constant(2.0))(Value(3.0))[0].data == 6.0
    assert Linear(1, 1, init=constant(2.0))(np.float64(3.0))[0].data == 6.0


def test_fractions_stay_exact_through_a_network() -> None:
    model = MLP(2, [2, 1], init=constant(F(1, 3)))
    y = model([F(1, 2), 2])
    y.backward()
    assert y.data == F(1, 3) * 2 * F(1, 3) * (F(1, 2) + 2)
    assert [p.grad for p in model.layers[0].parameters()][:3] == [
        F(1, 6),
        F(2, 3),
        F(1, 3),
    ]


def test_symbols_give_the_formula() -> None:
    w = sympy.Symbol("w", real=True)
    model = Neuron(2, activation="sigmoid", init=constant(w))
    y = model([1, sympy.Rational(1, 2)])
    y.backward()
    s = 1 / (1 + sympy.exp(-sympy.Rational(3, 2) * w))
    assert sympy.simplify(y.data - s) == 0
    assert sympy.simplify(model.b.grad - s * (1 - s)) == 0


def test_a_model_is_differentiated_by_its_inputs() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0).freeze()
    x, h = [0.3, -0.7], 1e-6
    slope = grad(model)(x)
    up, down = model([0.3 + h, -0.7]).data, model([0.3 - h, -0.7]).data
    assert slope[0] == pytest.approx((up - down) / (2 * h), abs=1e-9)


# -- layers of neurons -----------------------------------------------------------------


def test_a_layer_is_its_neurons() -> None:
    layer = Layer(2, 3, activation="tanh", seed=0)
    assert [a.data for a in layer([0.5, -1.0])] == [
        neuron([0.5, -1.0]).data for neuron in layer.neurons
    ]
    assert layer.neurons[1].parameters()[:2] == layer.weight[1]


@pytest.mark.parametrize("options", [{"bias": False}, {"activation": "softmax"}])
def test_some_layers_have_no_neurons(options: Any) -> None:
    layer = Layer(2, 3, seed=0, **options)
    with pytest.raises(ValueError, match=r"are not neurons of their own; use \.weight"):
        _ = layer.neurons
    assert repr(layer).startswith("Layer(2, 3, ")


def test_mlp_has_an_activation_per_layer_and_an_output() -> None:
    model = MLP(2, [3, 3, 2], activation=["tanh", "silu"], output="softmax", seed=0)
    assert [layer.activation.name for layer in model.layers] == [
        "tanh",
        "silu",
        "softmax",
    ]
    p = model([1.0, -1.0])
    assert sum(v.data for v in p) == pytest.approx(1.0, abs=1e-15)
    z = model.layers[0].sums([1.0, -1.0])
    assert [a.data for a in model.layers[0]([1.0, -1.0])] == pytest.approx(
        np.tanh([v.data for v in z]).tolist()
    )


@pytest.mark.parametrize(
    ("output", "expected"),
    [("identity", lambda z: z), ("sigmoid", lambda z: 1 / (1 + np.exp(-z)))],
)
def test_output_functions(output: str, expected: Any) -> None:
    plain = MLP(2, [3, 2], seed=0)([1.0, -1.0])
    model = MLP(2, [3, 2], output=output, seed=0)
    assert [y.data for y in model([1.0, -1.0])] == pytest.approx(
        [float(expected(z.data)) for z in plain]
    )


def test_widths_and_batches_as_arrays() -> None:
    assert repr(MLP(np.int64(2), np.array([3, 1]))) == repr(MLP(2, [3, 1]))
    assert as_rows(np.array([[1.0, 2.0]])) == [[1.0, 2.0]]
    assert type(as_rows(np.array([[1, 2]]))[0][0]) is int


def test_mlp_without_bias_and_with_other_initial_weights() -> None:
    model = MLP(2, [2, 1], bias=False, init="zeros")
    assert len(model.parameters()) == 6
    assert model([1.0, 2.0]).data == 0.0


def test_networks_of_the_slides() -> None:
    """S79, S80: two sigmoid units and one more; the numbers are the catalogue's."""
    model = MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    hidden = [[0.3, -0.6], [0.8, 0.5]], [0.1, -0.2]
    set_tables(model, *hidden, [[1.1, -0.9]], [0.05])
    p = model([0.7, -1.4])
    (-(1 - p).log()).backward()  # y = 0
    grads = {name: v.grad for name, v in model.named_parameters()}
    assert list(grads.values()) == pytest.approx(
        [
            *(0.087915721517816847, -0.17583144303563369, 0.1255938878825955),
            *(-0.095661210614133982, 0.19132242122826796, -0.13665887230590569),
            *(0.47476692190343655, 0.25992066883939383, 0.62509558626297796),
        ],
        rel=1e-14,
    )
    regression = MLP(1, [2, 1], activation="sigmoid")
    set_tables(regression, [[0.9], [-1.1]], [-0.4, 0.3], [[1.5, -0.8]], [0.2])
    assert [regression(x).data for x in (-1.0, 0.5, 2.0)] == pytest.approx(
        [-0.12049958541070332, 0.618487295434954, 1.2991890533474743], rel=1e-14
    )


# -- Sequential ------------------------------------------------------------------------


def test_sequential_takes_modules_names_and_functions() -> None:
    model = Sequential(
        Linear(2, 2, seed=0), "tanh", lambda z: 2 * z, Linear(2, 1, seed=1)
    )
    first, last = model[0], model[3]
    hidden = [2 * z.tanh() for z in first([1.0, 2.0])]
    assert model([1.0, 2.0])[0].data == last(hidden)[0].data
    assert len(model) == 4
    assert [type(layer).__name__ for layer in model] == [
        *("Linear", "Activation", "Activation", "Linear")
    ]


def test_a_layer_with_one_unit_feeds_the_next() -> None:
    model = Sequential(Layer(2, 1, seed=0), Layer(1, 2, seed=1))
    assert len(model([1.0, 2.0])) == 2
    last = Sequential(Layer(2, 1, nonlin=False, seed=0), "tanh")
    assert last([1.0, 2.0]).data == model[0].sums([1.0, 2.0])[0].tanh().data


# -- drawings --------------------------------------------------------------------------


def test_each_module_is_a_scope() -> None:
    model = MLP(2, [2, 1], seed=0)
    y = model([1.0, 2.0])
    found = scopes_of(ancestors(y))
    assert sorted({s.name for s in found.values()}) == [
        "layer 1: Layer(2, 2, relu)",
        "layer 2: Layer(2, 1, identity)",
    ]
    (outer,) = {s.parent for s in found.values()}
    assert outer is not None
    assert outer.name == "MLP"
    assert {s.formula for s in found.values()} == {"a = relu(W·x + b)", "a = W·x + b"}


def test_a_drawing_shows_the_notes_names_and_folds_by_layer() -> None:
    model = MLP(2, [2, 1], seed=0)
    y = model([1.0, 2.0])
    y.name = "y"
    text = draw(y).ascii
    assert "w¹₁₂" in text
    assert "b²₁" in text
    folded = draw(y, depth=1).ascii
    assert "layer 1" in folded
    assert len(folded.splitlines()) < len(text.splitlines())
    assert "w₁₂" in draw(Linear(2, 1, seed=0)([1.0, 2.0])[0]).ascii


def test_activation_by_function_is_the_named_one() -> None:
    assert Activation(sigmoid).name == "sigmoid"
    assert MLP(1, [1, 1], activation=sigmoid).layers[0].activation.name == "sigmoid"
