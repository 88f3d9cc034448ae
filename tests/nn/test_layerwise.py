"""Layers one by one: z, a and delta are the notes', and gradients are the engine's."""

import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from autograd_core import GraphError, NonFiniteError, StaleGraphError, Value, log
from nn import (
    MLP,
    Embedding,
    LayerNorm,
    Linear,
    Module,
    Sequential,
    constant,
    cross_entropy_from_logits,
    cross_entropy_from_probabilities,
    half_squared_error,
    ridge,
)

# The catalogue's network with two layers and no bias, and its two samples (F1).
THETA = (
    [[0.1, -0.3], [0.4, 0.2], [-0.5, 0.6]],
    [[0.7, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.6, 0.8, 0.2]],
)
F1 = [  # x, y, delta_1, delta_2
    (
        [1.0, -2.0],
        1,
        (-0.019010913191994622, -0.045169708404754268, 0.044442680433717555),
        (0.36928361485629682, -0.62868260412426582, 0.259398989267969),
    ),
    (
        [0.5, 1.5],
        2,
        (0.16532942294705426, -0.096460827153031375, -0.048167106372135905),
        (0.31957080833072172, 0.30298104207142256, -0.62255185040214428),
    ),
]
# With three layers and biases (F2).
DEEP = (
    *([[0.2, -0.1], [0.5, 0.3]], [0.1, -0.2]),
    *([[-0.3, 0.4], [0.6, -0.5]], [0.05, 0.15]),
    *([[0.8, -0.7], [-0.2, 0.9], [0.1, 0.3]], [0.0, 0.1, -0.1]),
)
CLOSE = 1e-14  # the catalogue's numbers have 17 digits; a handful of roundings


def f1() -> MLP:
    model = MLP(2, [3, 3], activation="sigmoid", output="softmax", bias=False)
    state = {f"layers.{i}.weight": theta for i, theta in enumerate(THETA)}
    model.load_state_dict(state)
    return model


def f2() -> MLP:
    model = MLP(2, [2, 2, 3], activation="sigmoid", output="softmax")
    model.load_state_dict(dict(zip(model.state_dict(), DEEP, strict=True)))
    return model


@pytest.mark.parametrize(("x", "y", "first", "second"), F1)
def test_deltas_of_the_notes(x: Any, y: int, first: Any, second: Any) -> None:
    trace = f1().forward_layers(x)
    back = trace.backward(cross_entropy_from_probabilities(trace.output, y))
    assert [step.name for step in back] == ["layer 2", "layer 1"]
    assert back[0].delta == pytest.approx(second, rel=CLOSE, abs=CLOSE)
    assert back[1].delta == pytest.approx(first, rel=CLOSE, abs=CLOSE)


def test_activations_deltas_and_gradients_of_the_deep_network() -> None:
    """A-52, A-55, A-56."""
    model = f2()
    trace = model.forward_layers([0.6, -0.4])
    loss = cross_entropy_from_probabilities(trace.output, 2)
    trace.backward(loss)
    one, two, three = trace.steps
    assert loss.data == pytest.approx(1.2151136618541326, rel=CLOSE)
    assert one.z == pytest.approx([0.26, -0.02], abs=CLOSE)
    assert two.a == pytest.approx([0.51964218107621266, 0.56002947783633668], rel=CLOSE)
    assert three.delta == pytest.approx(
        [0.2694442935581986, 0.43387941484159223, -0.70332370839979083], rel=CLOSE
    )
    assert two.delta == pytest.approx(
        [0.014589245444198017, -0.0022463089859622136], rel=1e-13
    )
    assert one.delta == pytest.approx(
        [-0.0014072234060390501, 0.0017395392079457425], rel=1e-13
    )
    for step, layer in zip(trace.steps, model.layers, strict=True):
        assert layer.bias is not None
        assert [b.grad for b in layer.bias] == step.delta
        assert [[w.grad for w in row] for row in layer.weight] == step.weight_gradient


def by_hand(model: MLP, x: list[float], y: int) -> list[Any]:
    """The delta recursion with 50 digits: W^T delta, times a(1 - a), times x."""
    weights = [
        [[mpmath.mpf(w.data) for w in r] for r in m.weight] for m in model.layers
    ]
    biases = [[mpmath.mpf(b.data) for b in m.bias or ()] for m in model.layers]
    activations = [[mpmath.mpf(v) for v in x]]
    for n, (rows, b) in enumerate(zip(weights, biases, strict=True), start=1):
        z = [
            mpmath.fdot(r, activations[-1]) + bj for r, bj in zip(rows, b, strict=True)
        ]
        if n == len(weights):
            e = [mpmath.exp(v) for v in z]
            activations.append([v / sum(e) for v in e])
        else:
            activations.append([1 / (1 + mpmath.exp(-v)) for v in z])
    delta = [p - (k == y) for k, p in enumerate(activations[-1])]
    gradients: list[Any] = []
    for n in reversed(range(len(weights))):
        a = activations[n]
        gradients = [
            g for d in delta for g in (*[float(d * v) for v in a], float(d))
        ] + gradients
        behind = [
            mpmath.fsum(d * r[i] for d, r in zip(delta, weights[n], strict=True))
            for i in range(len(a))
        ]
        delta = [s * v * (1 - v) for s, v in zip(behind, a, strict=True)]
    return gradients


@pytest.mark.parametrize("seed", range(5))
def test_layerwise_is_the_engine_is_the_recursion(seed: int) -> None:
    rng = random.Random(seed)
    model = MLP(3, [4, 4, 3], activation="sigmoid", output="softmax", seed=seed)
    x, y = [rng.uniform(-1, 1) for _ in range(3)], seed % 3
    cross_entropy_from_probabilities(model(x), y).backward()
    whole = [p.grad for p in model.parameters()]
    model.zero_grad()
    trace = model.forward_layers(x)
    trace.backward(cross_entropy_from_probabilities(trace.output, y))
    assert [p.grad for p in model.parameters()] == pytest.approx(whole, abs=1e-15)
    with mpmath.workdps(50):
        assert whole == pytest.approx(by_hand(model, x, y), abs=1e-15, rel=1e-13)


def test_a_given_delta_starts_the_recursion() -> None:
    """delta_L = a_L - y, and dL/da of the last layer is not needed."""
    model, (x, y, first, second) = f1(), F1[0]
    trace = model.forward_layers(x)
    delta = [p - (k == y) for k, p in enumerate(trace.steps[-1].a)]
    back = trace.backward(delta=delta)
    assert back[0].delta == delta
    assert back[0].a_grad is None
    assert back[1].delta == pytest.approx(first, rel=1e-13)
    assert trace.x_grad is not None
    assert len(trace.x_grad) == 2
    assert second == pytest.approx(delta)


def test_a_sequential_pairs_linear_layers_with_activations() -> None:
    layers = (Linear(2, 3, seed=0), "tanh", LayerNorm(3), Linear(3, 2, seed=1))
    model = Sequential(*layers)
    x = [0.5, -1.5]
    (cross_entropy_from_logits(model(x), 0) + ridge(model, 0.1)).backward()
    whole = [p.grad for p in model.parameters()]
    model.zero_grad()
    trace = model.forward_layers(x)
    loss = cross_entropy_from_logits(trace.output, 0) + ridge(model, 0.1)
    trace.backward(loss)
    assert [p.grad for p in model.parameters()] == pytest.approx(whole, abs=1e-15)
    assert [repr(step) for step in trace.steps] == [
        "<layer 1: Linear(2, 3)>",
        "<layer 2: LayerNorm(3)>",
        "<layer 3: Linear(3, 2)>",
    ]
    norm = trace.steps[1]
    assert (norm.z, norm.delta) == (norm.a, norm.a_grad)
    with pytest.raises(TypeError, match=r"LayerNorm\(3\) has no weighted sums"):
        _ = norm.weight_gradient


def test_the_module_of_the_slides() -> None:
    """S76: a sigmoid layer without bias and a delta that comes from behind."""
    model = Sequential(Linear(2, 2, bias=False), "sigmoid")
    model.load_state_dict({"layers.0.weight": [[0.4, -0.2], [0.9, 0.3]]})
    trace = model.forward_layers([1.5, -0.7])
    trace.backward(0.6 * trace.output[0] - 1.1 * trace.output[1])
    assert [p.grad for p in model.parameters()] == pytest.approx(
        [
            *(0.19680522018695289, -0.091842436087244682),
            *(-0.30294198601081857, 0.14137292680504867),
        ],
        rel=CLOSE,
    )
    assert trace.x_grad == pytest.approx(
        [-0.12928379955663704, -0.086829093227090766], rel=CLOSE
    )


def test_exact_numbers() -> None:
    model = MLP(1, [1, 1], init=constant(Fraction(1, 2)))
    trace = model.forward_layers([Fraction(3)])
    trace.backward(half_squared_error(trace.output, [Fraction(1)]))
    assert [leaf.name for leaf in trace.output] == ["ŷ"]
    pair = Sequential(Linear(1, 2)).forward_layers([1.0])
    assert [leaf.name for leaf in pair.output] == ["ŷ1", "ŷ2"]
    assert trace.steps[1].z == [Fraction(3, 4)]
    assert trace.steps[0].delta == [Fraction(-1, 8)]
    assert model.layers[0].weight[0][0].grad == Fraction(-3, 8)


def test_the_table() -> None:
    trace = f2().forward_layers([0.6, -0.4])
    trace.backward(delta=[0.5, 0.25, -0.75])
    lines = str(trace).splitlines()
    assert lines[0].split() == ["z", "a", "delta", "=", "dL/dz"]
    assert lines[1].split() == ["x", "0.6", "-0.4"]
    assert lines[2].split() == [
        *("layer", "1:", "Layer(2,", "2,", "sigmoid)"),
        *("0.26", "-0.02", "0.5646", "0.495", "-0.01778", "0.01764"),
    ]
    assert lines[4].endswith("0.5 0.25 -0.75")
    exact = MLP(1, [1], init=constant(Fraction(1, 2))).forward_layers([Fraction(3)])
    assert "3/2" in str(exact)


# -- refusals --------------------------------------------------------------------------


def test_a_trace_goes_back_once() -> None:
    trace = f1().forward_layers([1.0, 2.0])
    with pytest.raises(GraphError, match=r"call backward\(\) of the trace first"):
        _ = trace.steps[0].weight_gradient
    trace.backward(delta=[1.0, 0.0, -1.0])
    with pytest.raises(
        GraphError, match="this trace went backward; run forward_layers"
    ):
        trace.backward(delta=[1.0, 0.0, -1.0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, TypeError, "takes a loss or a delta, and not both"),
        ({"loss": Value(1.0), "delta": [1.0]}, TypeError, "and not both"),
        ({"loss": 1.0}, TypeError, r"'loss' must be a Value \(got 1.0"),
        ({"loss": Value(1.0)}, ValueError, "'loss' must be computed from the output"),
        ({"delta": [1.0]}, ValueError, r"'delta' must have 3 numbers \(got 1\)"),
        (
            {"delta": [1.0, 2.0, float("nan")]},
            ValueError,
            r"'delta\[2\]' must be finite",
        ),
    ],
)
def test_backward_refuses(arguments: Any, error: Any, message: str) -> None:
    model = f1()
    trace = model.forward_layers([1.0, 2.0])
    with pytest.raises(error, match=message):
        trace.backward(**arguments)
    assert not any(p.grad for p in model.parameters())
    trace.backward(delta=[1.0, 0.0, -1.0])  # the refusal did not use it up


def test_a_failure_on_the_way_leaves_all_gradients() -> None:
    model = f2()
    trace = model.forward_layers([1.0, 2.0])
    model.layers[0].weight[0][0].data = 5.0
    with pytest.raises(StaleGraphError, match="was assigned"):
        trace.backward(delta=[1.0, 0.0, -1.0])
    assert not any(p.grad for p in model.parameters())
    trace = model.forward_layers([1.0, 2.0])
    with pytest.raises(NonFiniteError):
        trace.backward(log(trace.output[0] * 0))
    assert not any(p.grad for p in model.parameters())


def test_layers_that_give_no_row_are_refused() -> None:
    class Pairs(Module):
        def forward(self, x: Any) -> Any:
            return [[v, v] for v in x]

    message = "shows layers that give a row of numbers"
    with pytest.raises(TypeError, match=message):
        Sequential(Pairs()).forward_layers([1.0])
    with pytest.raises(TypeError, match=r"'i\[0\]' must be an int"):
        Sequential(Embedding(2, 1)).forward_layers([1])
