"""Training: the optimizer's own rule, traced, does what its own steps do."""

import math
import random

import numpy as np
import pytest

import autograd_core as ac
import optim
from autograd_core import NonFiniteError, Value, compile
from autograd_core.compile.backends import _MODULES, _found

OPTIMIZERS = {
    "gradient descent": lambda ps: optim.GradientDescent(ps, lr=0.05),
    "sgd": lambda ps: optim.SGD(ps, lr=0.05),
    "momentum": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    "damped": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, damped=True),
    "adam": lambda ps: optim.Adam(ps, lr=0.05, weight_decay=0.01),
    "adam, eps inside": lambda ps: optim.Adam(ps, lr=0.05, eps_inside=True),
    "adamw": lambda ps: optim.AdamW(ps, lr=0.05),
    "adagrad": lambda ps: optim.Adagrad(ps, lr=0.05),
    "rmsprop": lambda ps: optim.RMSProp(ps, lr=0.05),
    "two groups": lambda ps: optim.Adam(
        [{"params": ps[:2], "lr": 0.1}, {"params": ps[2:], "betas": (0.5, 0.6)}]
    ),
}


class Model:
    """A neuron with two inputs."""

    def __init__(self):
        self.w = [Value(0.3), Value(-0.2), Value(0.1)]

    def loss(self, x, y):
        z = self.w[0] * x[0] + self.w[1] * x[1] + self.w[2]
        return ac.binary_cross_entropy(z, y)

    @property
    def numbers(self):
        return [p.data for p in self.w]


BACKENDS = [name for name in _MODULES if _found(name)]


@pytest.fixture(params=BACKENDS, autouse=True)
def backend(request):
    return request.param


def _batches(count, rows=5):
    rng = random.Random(0)
    found = [
        (
            [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(rows)],
            [rng.choice((0.0, 1.0)) for _ in range(rows)],
        )
        for _ in range(count)
    ]
    # Lists and arrays, which may go through training in another way.
    return [
        tuple(map(np.array, batch)) if k % 4 else batch for k, batch in enumerate(found)
    ]


def _eager_step(model, optimizer, batch, reduction="mean"):
    optimizer.zero_grad()
    n = len(batch[1])
    for x, y in zip(*(np.array(part).tolist() for part in batch), strict=True):
        model.loss(x, y).backward(1.0 / n if reduction == "mean" else 1.0)
    optimizer.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_training_has_eagers_bits(name, reduction, backend):
    """Parameters and the whole state after ten steps, to the last bit."""
    ours, theirs = Model(), Model()
    optimizer, other = (OPTIMIZERS[name](m.w) for m in (ours, theirs))
    program = compile(ours.loss, numerics="eager", backend=backend)
    batches = _batches(10)
    losses = program.train(batches[:7], optimizer=optimizer, reduction=reduction)
    losses += [
        program.step(*batch, optimizer=optimizer, reduction=reduction)
        for batch in batches[7:]
    ]
    for batch in batches:
        _eager_step(theirs, other, batch, reduction)
    assert ours.numbers == theirs.numbers
    assert optimizer.state_dict() == other.state_dict()
    assert losses[0] > losses[-1] > 0.0 or len(losses) == 10


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_fast_training_is_close(name, backend):
    """Ten steps of roundings away."""
    ours, theirs = Model(), Model()
    optimizer, other = (OPTIMIZERS[name](m.w) for m in (ours, theirs))
    program = compile(ours.loss, numerics="fast", backend=backend)
    program.train(_batches(10), optimizer=optimizer)
    for batch in _batches(10):
        _eager_step(theirs, other, batch)
    assert ours.numbers == pytest.approx(theirs.numbers, rel=1e-11)


def test_schedules_and_freezing_between_steps(backend):
    """A changed rate is used; a frozen parameter and its state wait."""
    ours, theirs = Model(), Model()
    optimizer, other = (optim.Adam(m.w, lr=0.1) for m in (ours, theirs))
    program = compile(ours.loss, numerics="eager", backend=backend)
    for k, batch in enumerate(_batches(8)):
        for model, method in ((ours, optimizer), (theirs, other)):
            method.param_groups[0]["lr"] = 0.1 / (k + 1)
            model.w[1].requires_grad = k not in (2, 3)
        program.step(*batch, optimizer=optimizer)
        _eager_step(theirs, other, batch)
        assert ours.numbers == theirs.numbers
        assert optimizer.state == other.state
    assert optimizer.state["step"] == [8, 6, 8]


def test_parameters_that_the_function_does_not_read(backend):
    """They have the gradient 0, and decay; captured ones outside stay."""
    model, extra = Model(), Value(2.0)
    fixed = Value(0.5)
    program = compile(
        lambda x, y: model.loss(x, y) * fixed, numerics="eager", backend=backend
    )
    optimizer = optim.SGD([*model.w, extra], lr=0.1, weight_decay=0.5)
    program.step(*_batches(1)[0], optimizer=optimizer)
    assert extra.data == 2.0 - 0.1 * (0.0 + 0.5 * 2.0)
    assert fixed.data == 0.5


def test_branches_on_parameters_see_the_latest_numbers(backend):
    """A branch that the training itself changes, also between two batches."""

    def train(compiled):
        w = Value(1.0)

        def f(x):
            return w * x if w > 0.35 else -w * x * x

        optimizer = optim.SGD([w], lr=0.1)
        if compiled:
            program = compile(f, numerics="eager", backend=backend)
            program.train([([2.0, 2.5],)] * 8, optimizer=optimizer)
        else:
            for _ in range(8):
                optimizer.zero_grad()
                for x in (2.0, 2.5):
                    f(x).backward(0.5)
                optimizer.step()
        return w.data

    assert train(True) == train(False)


def test_nothing_moves_if_a_row_is_bad(backend):
    """The message is eager's, with the row; the steps before are written."""
    w = Value(1.0, name="w")
    program = compile(lambda x: ac.log(w * x), backend=backend)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    w.grad = 5.0
    with pytest.raises(NonFiniteError, match=r"^row 1: log\(0\.0\) = -inf"):
        program.step([1.0, 0.0], optimizer=optimizer)
    assert (w.data, w.grad, optimizer.state) == (1.0, 5.0, {"step": [0], "v": [0.0]})
    good, bad = ([1.0, 2.0],), ([1.0, -1.0],)
    with pytest.raises(NonFiniteError, match=r"^row 1: log"):
        program.train([good, bad, good], optimizer=optimizer)
    assert w.data == 0.9
    assert optimizer.state == {"step": [1], "v": [1.0]}


def test_a_step_that_overflows_is_the_optimizers_to_explain(backend):
    """Its message, and nothing moved, .grad included."""
    w = Value(1e100, name="w")
    program = compile(lambda x: w * x, backend=backend)
    optimizer = optim.SGD([w], lr=1e200)
    w.grad = 3.0
    with pytest.raises(
        NonFiniteError, match=r"value of w -?inf.*smaller learning rate"
    ):
        program.step([1e150], optimizer=optimizer)
    assert (w.data, w.grad, optimizer.state["step"]) == (1e100, 3.0, [0])


def test_batches_of_two_sizes_with_arrays(backend):
    """As a last mini-batch is smaller; bit for bit, momentum and all."""
    ours, theirs = Model(), Model()
    optimizer, other = (optim.Adam(m.w[::-1], lr=0.1) for m in (ours, theirs))
    program = compile(ours.loss, numerics="eager", backend=backend)
    batches = [
        tuple(np.array(part[:size]) for part in batch)
        for size, batch in zip((5, 5, 3, 5, 3, 5, 5, 5), _batches(8), strict=True)
    ]
    program.train(batches, optimizer=optimizer)
    for batch in batches:
        _eager_step(theirs, other, batch)
    assert ours.numbers == theirs.numbers
    assert optimizer.state == other.state


def test_a_bad_batch_between_good_arrays(backend):
    """Nothing of it stays; the steps before are written, and training goes on."""
    w = Value(1.0, name="w")
    program = compile(lambda x: ac.log(w * x), backend=backend)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.5)
    good, bad = (np.array([1.0, 2.0]),), (np.array([1.0, -1.0]),)
    with pytest.raises(NonFiniteError, match=r"^row 1: log\(-"):
        program.train([good, good, good, bad, good], optimizer=optimizer)
    kept = w.data, dict(optimizer.state)
    twin = Value(1.0)
    eager = optim.SGD([twin], lr=0.1, momentum=0.5)
    for _ in range(3):
        eager.zero_grad()
        for x in (1.0, 2.0):
            ac.log(twin * x).backward(0.5)
        eager.step()
    assert kept == (pytest.approx(twin.data, rel=1e-14), kept[1])
    assert optimizer.state["step"] == [3]
    program.train([good], optimizer=optimizer)
    assert optimizer.state["step"] == [4]


def test_a_generator_of_batches(backend):
    """Batches are asked for one by one."""
    model = Model()
    program = compile(model.loss, backend=backend)
    losses = program.train(
        (batch for batch in _batches(3)), optimizer=optim.SGD(model.w, lr=0.1)
    )
    assert len(losses) == 3
    assert program.train([], optimizer=optim.SGD(model.w, lr=0.1)) == []


def test_the_demo_learns(backend):
    """Two half circles, 2-8-1 with tanh: the loss falls by a factor of five."""
    from nn import MLP

    rng = np.random.default_rng(3)
    angles = rng.uniform(0, math.pi, 60)
    classes = np.arange(60) % 2
    x = np.where(classes, 1 - np.cos(angles), np.cos(angles))
    y = np.where(classes, 0.5 - np.sin(angles), np.sin(angles))
    points = np.stack([x, y], axis=1)
    model = MLP(2, [8, 1], activation="tanh", seed=1)
    program = compile(
        lambda p, c: ac.binary_cross_entropy(model(p), c), backend=backend
    )
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    losses = program.train([(points, classes)] * 150, optimizer=optimizer)
    assert losses[-1] < losses[0] / 5
    scores = compile(model, backend=backend).rows(points)
    assert ((scores > 0) == classes.astype(bool)).mean() > 0.9


# -- one by one ------------------------------------------------------------------------


@pytest.mark.parametrize("numerics", ["eager", "fast"])
@pytest.mark.parametrize("rows", [1, 5, 8])
def test_steps_one_by_one_have_the_same_bits(backend, numerics, rows):
    """However often parameters are written, and a training is begun anew."""
    batches = [
        tuple(map(np.array, batch)) for batch in _batches(6, rows) for _ in range(2)
    ]
    found = []
    for way in ("train", "step", "training", "settled"):
        model = Model()
        adam = optim.Adam(model.w, lr=0.05, weight_decay=0.01)
        program = compile(model.loss, backend=backend, numerics=numerics)
        if way == "train":
            losses = program.train(batches, optimizer=adam)
        elif way == "step":
            losses = [program.step(*batch, optimizer=adam) for batch in batches]
        else:
            training = program.training(optimizer=adam)
            losses = []
            for batch in batches:
                losses.append(training.step(*batch))
                if way == "settled":
                    training.settle()
            training.settle()
        found.append((losses, model.numbers, adam.state_dict()))
    assert found[0] == found[1] == found[2] == found[3]


def test_what_changes_between_steps_is_read(backend):
    """Hyperparameters at each step; parameters, state and groups once settled."""
    batches = [tuple(map(np.array, batch)) for batch in _batches(8)]

    def change(k, model, optimizer):
        (group, *_) = optimizer.param_groups
        if k in (2, 3):
            group["lr"] = 0.01 * k
        if k == 4:
            model.w[0].data = 0.5
        if k == 5:
            optimizer.state["v"][0] = 0.25
        if k == 6:
            model.w[0].requires_grad = False
        if k == 7:
            optimizer.add_param_group({"params": [model.w[2]], "lr": 0.1})
            group["nesterov"] = True

    eager, compiled = Model(), Model()
    makes = [optim.SGD(m.w[:2], lr=0.05, momentum=0.9) for m in (eager, compiled)]
    program = compile(compiled.loss, backend=backend, numerics="eager")
    training = program.training(optimizer=makes[1])
    for k, (xs, ys) in enumerate(batches):
        change(k, eager, makes[0])
        change(k, compiled, makes[1])
        makes[0].zero_grad()
        eager.w[2].grad = 0.0
        for x, y in zip(xs, ys, strict=True):
            eager.loss(x.tolist(), float(y)).backward(1 / len(ys))
        makes[0].step()
        training.step(xs, ys)
        training.settle(gradients=True)
        assert compiled.numbers == eager.numbers, k
        ours = [p for p in makes[1].parameters if p.requires_grad]
        theirs = [p for p in makes[0].parameters if p.requires_grad]
        assert [p.grad for p in ours] == [p.grad for p in theirs]
        assert makes[0].state_dict() == makes[1].state_dict()


LONGEST = 0.45


@pytest.mark.parametrize("numerics", ["eager", "fast"])
def test_clipping_is_optims(backend, numerics):
    """The length of the whole gradient, before the update."""
    batches = [tuple(map(np.array, batch)) for batch in _batches(6)]
    eager, compiled = Model(), Model()
    adam = optim.Adam(eager.w, lr=0.05)
    lengths = []
    for xs, ys in batches:
        adam.zero_grad()
        for x, y in zip(xs, ys, strict=True):
            eager.loss(x.tolist(), float(y)).backward(1 / len(ys))
        lengths.append(optim.clip_grad_norm(eager.w, LONGEST))
        adam.step()
    assert min(lengths) < LONGEST < max(lengths)
    program = compile(compiled.loss, backend=backend, numerics=numerics)
    training = program.training(optimizer=optim.Adam(compiled.w, lr=0.05), clip=LONGEST)
    for batch in batches:
        training.step(*batch)
    training.settle()
    if numerics == "eager":
        assert compiled.numbers == eager.numbers
    else:
        assert compiled.numbers == pytest.approx(eager.numbers, rel=1e-12)
