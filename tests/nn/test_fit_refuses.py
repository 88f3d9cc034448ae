"""What `fit` and its neighbours refuse: class and message, and that nothing changed."""

import json
import math
import random

import pytest

from autograd_core import NonFiniteError, Value
from nn import (
    MLP,
    Embedding,
    Linear,
    Module,
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    hinge,
    mean_squared_error,
)
from nn.callbacks import EarlyStopping
from nn.evaluation import evaluate, predict
from nn.examples import examples, train_test_split
from nn.fit import fit
from nn.metrics import accuracy, binary_accuracy
from nn.stepping import EagerSteps
from optim import LBFGS, SGD, Adam, Newton

NAN, INF = float("nan"), float("inf")
X = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0], [0.5, 0.5]]
Y = [0, 1, 2, 1]


class Watched:
    """A training about to begin, and whether anything of it changed."""

    def __init__(self):
        self.model = MLP(2, [3, 3], activation="tanh", seed=0)
        self.optimizer = Adam(self.model.named_parameters(), lr=0.1)
        self.arguments = {
            "model": self.model,
            "X": X,
            "Y": Y,
            "loss": cross_entropy_from_logits,
            "optimizer": self.optimizer,
            "epochs": 2,
            "batch_size": 2,
            "progress": False,
        }

    def state(self):
        for p in self.model.parameters():
            assert p.grad == 0.0
        random_state = hash(random.getstate())
        states = [self.model.state_dict(), self.optimizer.state_dict(), random_state]
        return json.dumps([*states, self.model.training])

    def fit(self, **changed):
        model, *data = (self.arguments | changed).pop("model"), "X", "Y"
        rest = {k: v for k, v in (self.arguments | changed).items() if k != "model"}
        return fit(model, *[rest.pop(name) for name in data], **rest)


def other_parameter():
    return Adam([*MLP(2, [3, 3], seed=0).parameters()])


def frozen():
    watched = Watched()
    return watched.optimizer


def bad_metric(name):
    def metric(predictions, targets):
        return 0.0

    metric.__name__ = name
    return metric


def late(x):
    return [*X[:3], x]


REFUSED = [
    # the data
    ({"X": [], "Y": []}, ValueError, r"'X' must have at least one sample \(got none\)"),
    ({"X": X[:2]}, ValueError, r"'X' and 'Y' must have equal lengths \(got 2 and 4\)"),
    ({"Y": []}, ValueError, r"'Y' must have at least one sample \(got none\)"),
    ({"X": 3.0}, TypeError, r"'X' must be a list \(got 3.0 that is a float\)"),
    ({"X": None}, TypeError, "'X' must be a list"),
    ({"X": "abcd"}, TypeError, "'X' must be a list"),
    ({"X": {0: 1}}, TypeError, "'X' must be a list"),
    ({"Y": 1}, TypeError, "'Y' must be a list"),
    ({"X": late([NAN, 0.0])}, ValueError, r"'X\[3\]\[0\]' must be finite \(got nan\)"),
    ({"X": late([0.0, INF])}, ValueError, r"'X\[3\]\[1\]' must be finite \(got inf\)"),
    ({"X": late([0.0])}, ValueError, r"X\[3\]: 'x' must have 2 numbers \(got 1\)"),
    ({"X": late([0.0] * 3)}, ValueError, r"X\[3\]: 'x' must have 2 numbers \(got 3\)"),
    ({"X": [[0.0] * 3] * 4}, ValueError, r"X\[0\]: 'x' must have 2 numbers \(got 3\)"),
    ({"X": late(["a", "b"])}, TypeError, r"X\[3\]: 'x\[0\]' must be a number"),
    ({"X": late(None)}, TypeError, r"X\[3\]: 'x' must be a row of numbers"),
    ({"X": late(1.0)}, TypeError, r"X\[3\]: 'x' must be a row of numbers"),
    # the targets, which the loss knows
    ({"Y": [0, 1, 2, 3]}, ValueError, r"'targets\[3\]' must be a class from 0 to 2"),
    ({"Y": [0, 1, 2, -1]}, ValueError, r"Y: 'targets\[3\]' must be a class from 0 to"),
    ({"Y": [0, 1, 2, 1.5]}, TypeError, r"'targets\[3\]' must be a class, an int, or"),
    ({"Y": [0, 1, 2, NAN]}, ValueError, r"'Y\[3\]' must be finite \(got nan\)"),
    ({"Y": [0, 1, 2, None]}, TypeError, r"'targets\[3\]' must be a class"),
    ({"Y": [0, 1, 2, "b"]}, TypeError, r"'targets\[3\]\[0\]' must be a n"),
    ({"Y": [0, 1, 2, [1, 0]]}, ValueError, r"'targets\[3\]' must have a weight for ea"),
    ({"Y": [0, 1, 2, [1, 1, 0]]}, ValueError, r"'targets\[3\]' must be weights"),
    ({"loss": hinge}, TypeError, r"Y: .*must both be numbers or both rows"),
    ({"loss": mean_squared_error}, TypeError, r"Y: .*must both be numbers or both ro"),
    (
        {"Y": [[0, 1, 2]] * 4, "loss": binary_cross_entropy_from_logits},
        ValueError,
        r"'targets\[0\]\[2\]' must be from 0 to 1 \(got 2\)",
    ),
    # the loss
    ({"loss": None}, TypeError, r"'loss' must be a function \(got None"),
    ({"loss": "hinge"}, TypeError, "'loss' must be a function"),
    (
        {"loss": lambda p, y: list(p)},
        TypeError,
        "'loss' must give one number, .*use red",
    ),
    ({"loss": lambda p, y: None}, TypeError, "'loss' must give one number"),
    # the model
    ({"model": None}, TypeError, "'model' must be a Module"),
    ({"model": len}, TypeError, "'model' must be a Module"),
    (
        {"model": Linear(2, 3)},
        ValueError,
        r"the optimizer moves layers.0.weight\[0\]\[0\], which is no parameter of the",
    ),
    # the optimizer
    ({"optimizer": None}, TypeError, "'optimizer' must be an Optimizer .*for example"),
    ({"optimizer": Adam}, TypeError, "'optimizer' must be an Optimizer"),
    ({"optimizer": other_parameter()}, ValueError, "is no parameter of the model"),
    # numbers and switches
    ({"epochs": 0}, ValueError, "'epochs' must be an int of at least 1"),
    ({"epochs": 1.5}, TypeError, "'epochs' must be an int of at least 1"),
    ({"batch_size": 0}, ValueError, "'batch_size' must be an int of at least 1"),
    ({"batch_size": True}, TypeError, "'batch_size' must be an int of at least 1"),
    ({"seed": None}, TypeError, "'seed' must be an int"),
    ({"seed": 1.0}, TypeError, "'seed' must be an int"),
    ({"clip": 0}, ValueError, "'clip' must be a finite number greater than 0"),
    ({"clip": NAN}, ValueError, "'clip' must be a finite number greater than 0"),
    ({"clip": "1"}, TypeError, "'clip' must be a number greater than 0"),
    ({"progress": 1}, TypeError, "'progress' must be True or False"),
    ({"schedule": 0.5}, TypeError, "'schedule' must be a function k -> factor"),
    ({"schedule": []}, ValueError, "'schedule' must be one function or 1"),
    ({"schedule": lambda k: -1.0}, ValueError, "'factor at step 0' must be a number"),
    ({"schedule": lambda k: 0.5, "epochs": 0}, ValueError, "'epochs' must be"),
    (
        {"schedule": lambda k: 0.5, "callbacks": [EarlyStopping("x")]},
        ValueError,
        "'monitor' must be one of loss, learning rate",
    ),
    # validation, metrics, callbacks
    ({"validation": 0.0}, ValueError, "'validation' must be a share between 0 and 1"),
    ({"validation": 1.0}, ValueError, "'validation' must be a share between 0 and 1"),
    ({"validation": 0.01}, ValueError, "'validation' must leave samples on both sides"),
    ({"validation": 1}, TypeError, r"'validation' must be a share or a pair \(X, Y\)"),
    ({"validation": (X,)}, TypeError, "'validation' must be a share or a pair"),
    ({"validation": ([], [])}, ValueError, "'validation X' must have at least one"),
    ({"validation": (X, Y[:1])}, ValueError, "'validation X' and 'validation Y' must"),
    ({"validation": (X, [9] * 4)}, ValueError, r"validation Y: 'targets\[0\]' must be"),
    ({"validation": ([[1.0]], [0])}, ValueError, r"validation X\[0\]: 'x' must have 2"),
    ({"metrics": accuracy}, TypeError, "'metrics' must be a list or dict of functions"),
    ({"metrics": [3]}, TypeError, "'metrics' must be functions"),
    ({"metrics": {3: accuracy}}, TypeError, "the name of a metric must be text"),
    ({"metrics": [accuracy] * 2}, ValueError, "two figures have the name 'accuracy'"),
    ({"metrics": [bad_metric("loss")]}, ValueError, "two figures have the name 'loss'"),
    (
        {"metrics": {"x": lambda p, y: None}},
        TypeError,
        r"metric 'x' must give a number \(got None",
    ),
    (
        {"metrics": [binary_accuracy], "validation": (X, Y)},
        TypeError,
        r"metric 'binary_accuracy': 'predictions\[0\]' and .* one number each",
    ),
    ({"callbacks": None}, TypeError, "'callbacks' must be a list"),
    ({"callbacks": EarlyStopping()}, TypeError, "'callbacks' must be a list"),
    ({"callbacks": [3]}, TypeError, "'callbacks' must be Callbacks or functions"),
    ({"callbacks": [EarlyStopping]}, TypeError, "'callbacks' must be Callbacks or fu"),
    # files
    ({"checkpoint": 3}, TypeError, "'checkpoint' must be a path"),
    ({"checkpoint": ""}, ValueError, "'checkpoint' must be a path"),
    ({"checkpoint": "a\0b"}, ValueError, "'checkpoint' must be a path"),
    ({"resume": True}, ValueError, "'resume' needs a file; give 'checkpoint' too"),
    ({"resume": None}, ValueError, "'resume' needs a file"),
    ({"resume": 1}, TypeError, "'resume' must be a path"),
]


@pytest.mark.parametrize(("changed", "error", "message"), REFUSED)
def test_refused(changed, error, message):
    watched = Watched()
    before = watched.state()
    with pytest.raises(error, match=message):
        watched.fit(**changed)
    assert watched.state() == before


def test_the_arguments_of_the_table_are_right_otherwise():
    assert len(Watched().fit()) == 2


@pytest.mark.parametrize("lr", [-0.1, NAN, INF, "0.1", None])
def test_learning_rates(lr):
    watched = Watched()
    with pytest.raises((TypeError, ValueError), match=r"'lr' must be"):
        Adam(watched.model.parameters(), lr=lr)
    before = watched.model.state_dict()
    watched.optimizer.param_groups[0]["lr"] = lr
    with pytest.raises((TypeError, ValueError), match=r"'lr' must be"):
        watched.fit()
    assert watched.model.state_dict() == before


def test_a_parameter_listed_twice():
    model = Watched().model
    p = model.parameters()[0]
    with pytest.raises(ValueError, match="is listed twice; one step would move it tw"):
        Adam([*model.parameters(), p])


def test_a_model_that_is_frozen_or_not_finite():
    watched = Watched()
    watched.model.freeze()
    with pytest.raises(ValueError, match="every parameter of the optimizer is frozen"):
        watched.fit()
    watched = Watched()
    watched.model.layers[1].bias[2].data = NAN
    message = r"the parameter layers\.1\.bias\[2\] must be finite \(got nan\)"
    with pytest.raises(ValueError, match=message):
        watched.fit()


def test_every_integer_is_looked_up_before_the_first_step():
    class Pairs(Module):
        def __init__(self):
            self.table = Embedding(3, 1, seed=0)

        def forward(self, pair):
            (a,), (b,) = self.table(list(pair))
            return a * b

    pairs = [(i % 3, i % 2) for i in range(50)]
    model = Pairs()
    before = model.state_dict()
    for bad in [(3, 0), (0, -1), (0.5, 0), (0, 0, 0)]:
        with pytest.raises((IndexError, TypeError, ValueError), match=r"^X\[50\]: "):
            fit(
                model,
                [*pairs, bad],
                [1.0] * 51,
                loss=mean_squared_error,
                optimizer=SGD(model.parameters(), lr=0.1),
                progress=False,
            )
        assert model.state_dict() == before


def test_what_model_and_loss_raise_otherwise_is_handed_on():
    def loss(predictions, targets):
        raise NonFiniteError("own")

    with pytest.raises(NonFiniteError, match=r"^own$"):
        Watched().fit(loss=loss)


def test_a_loss_that_leaves_the_graph_is_named():
    def loss(predictions, targets):
        return cross_entropy_from_logits(predictions, targets).data

    message = r"^'loss' must be a Value made of the predictions \(got \d.* is a float\)"
    with pytest.raises(TypeError, match=message):
        Watched().fit(loss=loss, steps="eager")


@pytest.mark.parametrize("kind", [LBFGS, Newton])
def test_searches_are_not_clipped(kind):
    model = Linear(1, 1)
    with pytest.raises(ValueError, match=f"'clip' must be None for {kind.__name__}"):
        EagerSteps(model, mean_squared_error, kind(model.parameters()), clip=1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: predict(Linear(1, 1), []), ValueError, "'X' must have at least one"),
        (lambda: predict(Linear(1, 1), [[NAN]]), ValueError, r"'X\[0\]\[0\]' must be"),
        (lambda: evaluate(len, X, Y[:1]), ValueError, "must have equal lengths"),
        (lambda: evaluate(len, X, Y, metrics=3), TypeError, "'metrics' must be a list"),
        (lambda: examples(X, 3), TypeError, "'Y' must be a list"),
    ],
)
def test_evaluation(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"test": 0.0}, ValueError, "'test' must be a share between 0 and 1"),
        ({"test": 1.0}, ValueError, "'test' must be a share between 0 and 1"),
        ({"test": NAN}, ValueError, "'test' must be a share between 0 and 1"),
        (
            {"test": 0},
            ValueError,
            r"'test' must leave samples on both sides \(got 0, w",
        ),
        (
            {"test": 4},
            ValueError,
            "'test' must leave samples on both sides .*is 4 of 4",
        ),
        ({"test": -1}, ValueError, "'test' must leave samples on both sides"),
        ({"test": "a"}, TypeError, "'test' must be a share or an int"),
        ({"test": True}, TypeError, "'test' must be a share or an int"),
        ({"seed": None}, TypeError, "'seed' must be an int"),
        (
            {"stratify": True},
            ValueError,
            "two samples of each class .*got one of 0, at",
        ),
    ],
)
def test_splits(options, error, message):
    with pytest.raises(error, match=message):
        train_test_split(X, Y, **options)


def test_stratified_targets_are_classes():
    with pytest.raises(TypeError, match=r"'Y\[0\]' must be a class, an int or text"):
        train_test_split(X, [0.5] * 4, stratify=True)


def test_values_among_the_data_are_left_alone():
    """Only plain numbers are looked at."""
    assert examples([[Value(NAN)]], [0]).X[0][0].data != math.nan
