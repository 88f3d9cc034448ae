"""Code written for micrograd runs on `nn` with the import changed, to the same bits."""

import math
import random
from fractions import Fraction
from typing import Any

import micrograd.engine
import micrograd.nn
import pytest

import nn
from autograd_core import Value

Data = tuple[list[list[float]], list[int]]
SEED = 1337  # of micrograd's demo


def moons(n: int) -> Data:
    """Two half circles, with noise, as in micrograd's demo."""
    rng = random.Random(1)
    rows, classes = [], []
    for i in range(n):
        upper = i % 2 == 0
        t = math.pi * rng.random()
        x, y = math.cos(t), math.sin(t)
        if not upper:
            x, y = 1 - x, 0.5 - y
        rows.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        classes.append(1 if upper else -1)
    return rows, classes


def demo_loss(model: Any, value: Any, data: Data) -> tuple[list[Any], Any]:
    """The lines of micrograd's demo: hinge loss and L2 penalty over the batch."""
    rows, classes = data
    scores = list(map(model, [list(map(value, row)) for row in rows]))
    losses = [
        (1 + -yi * scorei).relu() for yi, scorei in zip(classes, scores, strict=True)
    ]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    return scores, data_loss + reg_loss


def both(widths: list[int]) -> tuple[Any, Any]:
    made = []
    for package in (micrograd.nn, nn):
        random.seed(SEED)
        made.append(package.MLP(2, widths))
    return made[0], made[1]


@pytest.fixture
def deep() -> Any:
    """micrograd's backward() recurses once per node."""
    import sys

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


def test_the_same_seed_draws_the_same_network() -> None:
    theirs, ours = both([16, 16, 1])
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    assert len(ours.parameters()) == 337


def test_the_random_generator_is_left_where_micrograd_leaves_it() -> None:
    after = []
    for package in (micrograd.nn, nn):
        random.seed(SEED)
        package.MLP(3, [4, 2])
        after.append(random.random())
    assert after[0] == after[1]


@pytest.mark.usefixtures("deep")
def test_outputs_and_loss_are_the_same_bits() -> None:
    data = moons(20)
    theirs, ours = both([16, 16, 1])
    scores, loss = demo_loss(theirs, micrograd.engine.Value, data)
    our_scores, our_loss = demo_loss(ours, Value, data)
    assert [s.data for s in our_scores] == [s.data for s in scores]
    assert our_loss.data == loss.data


@pytest.mark.usefixtures("deep")
def test_all_gradients_are_equal() -> None:
    """A gradient is a sum over 20 rows, which the two add up in different orders.

    n terms of size at most m differ by at most n*n*2**-53*m; here by 1e-13 of the
    largest gradient.
    """
    data = moons(20)
    theirs, ours = both([16, 16, 1])
    demo_loss(theirs, micrograd.engine.Value, data)[1].backward()
    demo_loss(ours, Value, data)[1].backward()
    grads = [p.grad for p in theirs.parameters()]
    assert [p.grad for p in ours.parameters()] == pytest.approx(
        grads, rel=0, abs=1e-13 * max(map(abs, grads))
    )


@pytest.mark.usefixtures("deep")
def test_all_gradients_are_equal_exactly_on_fractions() -> None:
    """micrograd computes with Fractions too, and then no order matters."""
    rows, classes = moons(4)
    exact = [[Fraction(x) for x in row] for row in rows]
    graphs = []
    for model, value in zip(
        both([4, 4, 1]), (micrograd.engine.Value, Value), strict=True
    ):
        for p in model.parameters():
            p.data = Fraction(p.data)
        model.zero_grad()
        scores = [model(list(map(value, row))) for row in exact]
        losses = [(1 + -y * s).relu() for y, s in zip(classes, scores, strict=True)]
        loss = sum(losses) * Fraction(1, 4)
        loss.backward()
        graphs.append((loss.data, [p.grad for p in model.parameters()]))
    assert graphs[0] == graphs[1]
    assert all(isinstance(g, (Fraction, int)) for g in graphs[1][1])
    assert any(graphs[1][1])


@pytest.mark.parametrize("layers", [(2, [16, 16, 1]), (1, [2]), (3, [1])])
def test_repr_is_micrograds(layers: Any) -> None:
    assert repr(nn.MLP(*layers)) == repr(micrograd.nn.MLP(*layers))
    assert repr(nn.Neuron(2)) == repr(micrograd.nn.Neuron(2))
    assert repr(nn.Neuron(2, nonlin=False)) == repr(
        micrograd.nn.Neuron(2, nonlin=False)
    )
    ours, theirs = nn.Layer(2, 2, nonlin=False), micrograd.nn.Layer(2, 2, nonlin=False)
    assert repr(ours) == repr(theirs)


def test_attributes_of_micrograd() -> None:
    neuron = nn.Neuron(3)
    assert (len(neuron.w), neuron.b.data, neuron.nonlin) == (3, 0.0, True)
    assert neuron.parameters() == [*neuron.w, neuron.b]
    assert not nn.Neuron(3, nonlin=False).nonlin
    model = nn.MLP(2, [3, 2])
    assert model.layers[0].neurons[1].w[0] in set(model.parameters())
    assert [n.nonlin for layer in model.layers for n in layer.neurons] == [
        *[True] * 3,
        *[False] * 2,
    ]
    model.layers[0].neurons[1].b.data = 5.0
    assert model.layers[0].bias[1].data == 5.0


def test_one_output_is_a_value_and_several_are_a_list() -> None:
    assert isinstance(nn.Layer(2, 1)([1.0, 2.0]), Value)
    assert len(nn.Layer(2, 3)([1.0, 2.0])) == 3
    assert isinstance(nn.MLP(2, [1, 1])([1.0, 2.0]), Value)


def test_a_class_written_for_micrograd() -> None:
    """With a __call__ and parameters() of its own, and no super().__init__()."""

    class Mine(nn.Module):
        def __init__(self) -> None:
            self.w = [Value(2.0), Value(3.0)]
            self.b = Value(1.0)

        def __call__(self, x: Any) -> Any:  # type: ignore[override]
            return sum((w * v for w, v in zip(self.w, x, strict=True)), self.b)

        def parameters(self) -> list[Value]:
            return [*self.w, self.b]

    model = Mine()
    y = model([1.0, 10.0])
    y.backward()
    assert (y.data, [p.grad for p in model.parameters()]) == (33.0, [1.0, 10.0, 1.0])
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0, 0.0, 0.0]


def test_a_few_steps_of_the_demo_learn() -> None:
    data = moons(20)
    random.seed(SEED)
    model = nn.MLP(2, [8, 1])
    first = demo_loss(model, Value, data)[1].data
    for _ in range(20):
        model.zero_grad()
        scores, loss = demo_loss(model, Value, data)
        loss.backward()
        for p in model.parameters():
            p.data -= 0.2 * p.grad
    right = [(s.data > 0) == (y > 0) for s, y in zip(scores, data[1], strict=True)]
    assert loss.data < first / 2
    assert sum(right) >= 17
