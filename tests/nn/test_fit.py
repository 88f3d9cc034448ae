"""`fit` does what the loop written out does, to the bit, and says what it did."""

import ast
import math
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from autograd_core import NonFiniteError, Value, no_grad
from nn import (
    MLP,
    Embedding,
    Layer,
    Linear,
    Module,
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    hinge,
    mean_squared_error,
    ridge,
)
from nn.callbacks import Callback, EarlyStopping
from nn.evaluation import evaluate, predict
from nn.examples import train_test_split
from nn.fit import fit
from nn.history import History
from nn.metrics import accuracy, binary_accuracy, r2
from nn.stepping import EagerSteps
from optim import (
    LBFGS,
    SGD,
    Adam,
    MiniBatches,
    Newton,
    Scheduler,
    clip_grad_norm,
    cosine,
    full_batch,
)

FOLDER = Path(nn.__file__).parent
RNG = random.Random(0)
X = [[RNG.gauss(0, 1), RNG.gauss(0, 1)] for _ in range(21)]
Y = [int(a * b > 0) for a, b in X]
LINE = [2 * a - b + 0.5 for a, b in X]


def network(seed=0, outputs=2):
    return MLP(2, [3, outputs], activation="tanh", init="xavier_uniform", seed=seed)


def run(model, optimizer=None, *, x=X, y=Y, loss=cross_entropy_from_logits, **options):
    if optimizer is None:
        optimizer = Adam(model.named_parameters(), lr=0.05)
    options = {"epochs": 3, "batch_size": 4, "progress": False, **options}
    return fit(model, x, y, loss=loss, optimizer=optimizer, **options)


# -- against the loop, written out -----------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 4, 21, 100, None])
@pytest.mark.parametrize("clip", [None, 0.5])
def test_the_same_bits_as_the_loop(batch_size, clip):
    model = network()
    optimizer = Adam(model.named_parameters(), lr=0.05)
    scheduler = Scheduler(optimizer, cosine(20))
    batches = (
        full_batch(21) if batch_size is None else MiniBatches(21, batch_size, seed=7)
    )
    losses = []
    for _ in range(3):
        for batch in batches:
            optimizer.zero_grad()
            loss = cross_entropy_from_logits(
                [model(X[i]) for i in batch], [Y[i] for i in batch]
            )
            loss.backward()
            if clip is not None:
                clip_grad_norm(model.parameters(), clip)
            optimizer.step()
            scheduler.step()
            losses.append(loss.data)

    other = network()
    history = run(other, schedule=cosine(20), seed=7, batch_size=batch_size, clip=clip)
    assert other.state_dict() == model.state_dict()
    assert history.steps == losses


@pytest.mark.parametrize(
    ("make", "better"),
    [
        (lambda ps: SGD(ps, lr=0.1), 0.1),
        (lambda ps: Adam(ps, lr=0.1), 0.1),
        (lambda ps: LBFGS(ps), 1e-3),
        (lambda ps: Newton(ps), 1e-3),
    ],
)
def test_optimizers_of_every_kind(make, better):
    """A line is found; second order finds it exactly."""
    model = Linear(2, 1, seed=0)
    history = run(
        model,
        make(model.named_parameters()),
        y=LINE,
        loss=mean_squared_error,
        batch_size=None,
        epochs=40,
    )
    assert history["loss"][-1] < better * history["loss"][0]


def test_newton_with_a_frozen_parameter_and_one_that_is_not_the_optimizers():
    model = Linear(2, 1, seed=0)
    (w,), b = model.weight, model.bias[0]
    w[0].data, w[0].requires_grad, w[1].data = 2.0, False, -1.0
    run(
        model,
        Newton([w[0], b]),
        y=LINE,
        loss=mean_squared_error,
        batch_size=None,
        epochs=1,
    )
    assert [p.data for p in w] == [2.0, -1.0]
    assert b.data == pytest.approx(0.5, abs=1e-12)


def test_gradients_of_parameters_that_are_not_the_optimizers_do_not_pile_up():
    model = network()
    cross_entropy_from_logits([model(x) for x in X], Y).backward()
    once = [p.grad for p in model.layers[1].parameters()]
    too_small = SGD(model.layers[0].named_parameters(), lr=1e-300)  # nothing moves
    run(model, too_small, batch_size=None)
    assert [p.grad for p in model.layers[1].parameters()] == once


def test_a_penalty_is_a_part_of_the_loss():
    model = network()

    def loss(predictions, targets):
        return cross_entropy_from_logits(predictions, targets) + ridge(model, 10.0)

    run(model, loss=loss, epochs=20)
    assert all(abs(p.data) < 0.1 for p in model.parameters())


def test_a_loss_as_in_micrograds_demo():
    """Methods of Values, which the rehearsal and the validation must allow."""

    def loss(scores, ys):
        losses = [(1 + -y * s).relu() for s, y in zip(scores, ys, strict=True)]
        return sum(losses) * (1.0 / len(losses))

    signs = [2 * y - 1 for y in Y]
    histories = [
        run(network(outputs=1), y=signs, loss=f, validation=(X, signs))
        for f in (loss, hinge)
    ]
    assert histories[0]["validation loss"] == pytest.approx(
        histories[1]["validation loss"], rel=1e-12
    )


def test_arrays_and_frames_are_lists():
    numpy = pytest.importorskip("numpy")

    class Frame:
        def to_numpy(self):
            return numpy.array(X)

    histories = [
        run(network(), x=x, y=y).rows
        for x, y in [
            (X, Y),
            (numpy.array(X), numpy.array(Y)),
            (Frame(), numpy.array(Y)),
            ([numpy.array(x) for x in X], tuple(Y)),
        ]
    ]
    assert all(rows == histories[0] for rows in histories)


def test_seeds():
    """The seed of fit is that of the order; another one gives another training."""
    first, same, other = (run(network(), seed=s).rows for s in (1, 1, 2))
    assert first == same != other


def test_training_mode():
    class Watching(Module):
        def __init__(self):
            self.inner, self.seen = network(), []

        def forward(self, x):
            self.seen.append((self.training, self.inner.training))
            return self.inner(x)

    model = Watching().eval()
    run(model, epochs=1, batch_size=None, validation=(X[:2], Y[:2]))
    assert (
        model.seen == [(False, False)] * 2 + [(True, True)] * 21 + [(False, False)] * 2
    )
    assert model.training
    assert model.inner.training


# -- what is measured ------------------------------------------------------------------


def test_the_history():
    model = network()
    history = run(
        model, validation=0.25, metrics=[accuracy], schedule=cosine(100), epochs=4
    )
    assert history.columns == [
        "epoch",
        "loss",
        "validation loss",
        "validation accuracy",
        "learning rate",
    ]
    assert history["epoch"] == [1, 2, 3, 4]
    assert len(history) == 4 == len(list(history))
    assert len(history.steps) == 4 * 4  # 16 samples in batches of 4
    assert history.stopped == "all 4 epochs done"
    assert repr(history) == "History of 4 epochs, 16 steps"
    lines = str(history).splitlines()
    assert re.split(r"\s\s+", lines[0]) == history.columns
    assert lines[-1] == "all 4 epochs done"
    assert history._repr_html_().count("<tr>") == 5
    assert str(history.table(last=1)).splitlines()[1].startswith("    4")
    assert len(history.table(last=9).rows) == 4
    for name in ("loss", "learning rate"):
        assert history.best(name)[name] == min(history[name])
        assert history.best(name, highest=True)[name] == max(history[name])


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples():
    model = network()
    sizes = [4, 4, 4, 4, 4, 1]
    history = run(model, SGD(model.named_parameters(), lr=1e-300), epochs=1)
    mean = sum(n * x for n, x in zip(sizes, history.steps, strict=True)) / 21
    assert history["loss"] == pytest.approx([mean], rel=1e-15)
    with no_grad():
        whole = cross_entropy_from_logits([network()(x) for x in X], Y).data
    assert history["loss"] == pytest.approx([whole], rel=1e-14)


def test_what_is_measured_is_what_evaluate_gives():
    held = [[0.5, 0.5], [-1.0, 2.0], [1.0, 1.0]], [1, 0, 1]
    model = network()
    metrics = {"right": accuracy}
    history = run(model, validation=held, metrics=metrics)
    found = evaluate(model, *held, loss=cross_entropy_from_logits, metrics=metrics)
    assert found == {
        "loss": history["validation loss"][-1],
        "right": history["validation right"][-1],
    }
    history = run(model, metrics=metrics, epochs=1)
    assert history["right"] == [evaluate(model, X, Y, metrics=metrics)["right"]]


def test_predictions_are_plain_numbers():
    model = network()
    assert predict(model, X[:2]) == [[z.data for z in model(x)] for x in X[:2]]
    assert predict(network(outputs=1), X[:1])[0].__class__ is float
    assert predict(lambda x: {"odd": x}, [1.0]) == [{"odd": 1.0}]
    assert model.training


def test_figures_that_are_no_numbers():
    """NaN in the history is kept, is not the best, and goes through a file."""
    history = History()
    for x in (math.nan, 0.5, math.inf, -math.inf):
        history.add({"loss": x})
    other = History()
    other.load_state_dict(history.state_dict())
    assert repr(other["loss"]) == repr(history["loss"])
    assert history.best("loss")["epoch"] == 4
    assert history.best("loss", highest=True)["epoch"] == 3
    only = History()
    only.add({"loss": math.nan})
    with pytest.raises(ValueError, match="'loss' is a number in no epoch"):
        only.best("loss")
    with pytest.raises(KeyError, match="'x' was not measured; there are epoch, loss"):
        history["x"]
    assert History().columns == ["epoch"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rows": 3}, TypeError, "'rows' must be a list"),
        ({"steps": {}}, TypeError, "'steps' must be a list"),
        ({"columns": None}, TypeError, "'columns' must be a list"),
        ({"stopped": 1}, TypeError, "'stopped' and the names of the columns"),
        ({"columns": ["epoch", 3]}, TypeError, "'stopped' and the names of the"),
        ({"rows": [[1]]}, ValueError, "row 1 must have 2 numbers"),
        ({"rows": [[2, 0.5]]}, ValueError, "row 1 must be of this epoch"),
        ({"rows": [[1, "x"]]}, TypeError, r"'rows\[0\].loss' must be a number"),
        ({"rows": [[1, True]]}, TypeError, r"'rows\[0\].loss' must be a number"),
        ({"steps": [None]}, TypeError, r"'steps\[0\]' must be a number"),
        ({"more": 1}, ValueError, "a history has the parts columns, rows, steps"),
    ],
)
def test_states_of_a_history(change, error, message):
    history = History()
    history.add({"loss": 0.5})
    before = history.state_dict()
    with pytest.raises(error, match=message):
        history.load_state_dict(before | change)
    assert history.state_dict() == before


# -- callbacks -------------------------------------------------------------------------


class Log(Callback):
    def __init__(self):
        self.lines = []

    def on_begin(self, run):
        self.lines.append(("begin", run.epoch, run.steps))

    def on_step(self, run):
        self.lines.append(("step", run.epoch, run.steps))

    def on_epoch(self, run):
        self.lines.append(("epoch", run.epoch, run.steps))

    def on_end(self, run):
        self.lines.append(("end", run.epoch, run.steps))


def test_the_moments():
    log, seen = Log(), []
    run(
        network(),
        epochs=2,
        batch_size=11,
        callbacks=[log, lambda run: seen.append(run.history["loss"][-1])],
    )
    assert log.lines == [
        ("begin", 0, 0),
        *[("step", 0, 1), ("step", 0, 2), ("epoch", 1, 2)],
        *[("step", 1, 3), ("step", 1, 4), ("epoch", 2, 4), ("end", 2, 4)],
    ]
    assert len(seen) == 2


def test_a_callback_stops_the_training():
    history = run(network(), epochs=9, callbacks=[lambda run: run.stop("enough")])
    assert len(history) == 1
    assert history.stopped == "enough"
    assert str(history).endswith("\nenough")


class Turning:
    """A metric with given figures; the first call is the rehearsal's."""

    def __init__(self, *figures):
        self.figures = iter(figures[:1] + figures)

    def __call__(self, predictions, targets):
        return next(self.figures)


@pytest.mark.parametrize(
    ("figures", "options", "epochs", "best"),
    [
        ((5, 4, 3, 4, 5, 6, 7), {"patience": 2}, 5, 3),
        ((5, 4, 3, 4, 2, 6, 7), {"patience": 2}, 7, 5),
        ((1, 2, 3, 3, 3, 3, 3), {"patience": 3, "highest": True}, 6, 3),
        ((5.0, 4.9, 4.8, 4.7, 0), {"patience": 2, "least": 0.5}, 3, 1),
        ((math.nan, 2, math.nan, math.nan, 1), {"patience": 2}, 4, 2),
        ((math.nan,) * 5, {"patience": 3}, 3, 0),
        ((5, 4, 3, 2, 1), {"patience": 1}, 5, 5),
    ],
)
def test_early_stopping(figures, options, epochs, best):
    """When it stops, and that the parameters of the best epoch are there then."""
    states = {}
    model = network()
    stopping = EarlyStopping("figure", **options)
    history = run(
        model,
        epochs=len(figures),
        metrics={"figure": Turning(*figures)},
        callbacks=[
            lambda run: states.update({run.epoch: model.state_dict()}),
            stopping,
        ],
    )
    assert len(history) == epochs
    assert stopping.best_epoch == best
    if best:
        assert stopping.best == figures[best - 1]
    assert model.state_dict() == states[best or epochs]
    if epochs < len(figures):
        assert history.stopped.startswith("stopped early: best figure")


def test_early_stopping_watches_the_validation_and_can_be_used_again():
    stopping = EarlyStopping(patience=1, restore=False)
    for _ in range(2):
        model = network()
        held = [[0.0, 1.0]], [0]
        history = run(model, epochs=50, validation=held, callbacks=[stopping])
        assert stopping.best == history.best("validation loss")["validation loss"]
        assert stopping.best_epoch == history.best("validation loss")["epoch"]
    assert run(network(), epochs=2, callbacks=[EarlyStopping()]).stopped


def test_a_run_can_be_saved_from_a_callback(tmp_path):
    path = tmp_path / "third"
    run(network(), callbacks=[lambda run: run.epoch == 2 and run.save(path)])
    model = network()
    history = run(model, resume=path, callbacks=[lambda run: None])
    assert len(history) == 3
    with pytest.raises(ValueError, match=r"give save\(\) a path"):
        run(network(), callbacks=[lambda run: run.save()])


# -- progress, and what is imported ----------------------------------------------------


def test_the_bar_is_there_before_the_first_step(capsys):
    printed = []

    class First(Callback):
        def on_step(self, run):
            if run.steps == 1:
                printed.append(capsys.readouterr().err)

    run(network(), progress=True, callbacks=[First()])
    assert "0/18" in printed[0]
    last = capsys.readouterr().err
    assert "epoch 3/3: 100%" in last
    assert "18/18" in last
    assert "loss " in last
    run(network(), progress=False)
    assert capsys.readouterr().err == ""


def test_tqdm_is_imported_for_the_bar_alone():
    program = """
import sys
from nn import Linear, mean_squared_error
from nn.fit import fit
from optim import SGD
model = Linear(1, 1)
fit(model, [[1.0]], [1.0], loss=mean_squared_error, optimizer=SGD(model.parameters(),
    lr=0.1), progress=False)
tops = {name.partition(".")[0] for name in sys.modules}
print(*sorted(tops - set(sys.stdlib_module_names) - {"__main__"}))
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["autograd_core", "nn", "optim"]


def test_only_what_trains_knows_the_optimizers():
    """Layers and losses stand on the engine alone."""
    training = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "optim":
                training.add(path.stem)
    own = {"choosing", "compiled", "estimators", "fit", "history", "preparation"}
    own |= {"run", "stepping"}
    assert training == own


# -- another arithmetic ----------------------------------------------------------------


def test_the_steps_can_be_made_by_another_class():
    class Counting:
        numerics = "counted"

        def __init__(self, model, loss, optimizer, *, clip):
            self.inner, self.rows = EagerSteps(model, loss, optimizer, clip=clip), 0

        def read(self, data):
            return data

        def step(self, x, y, between):
            self.rows += len(x)
            return self.inner.step(x, y, between)

        def settle(self):
            pass

        def answers(self, data):
            return None

    made = []

    def counting(*arguments, **options):
        made.append(Counting(*arguments, **options))
        return made[0]

    model, other = network(), network()
    assert run(model, steps=counting).rows == run(other).rows
    assert model.state_dict() == other.state_dict()
    assert made[0].rows == 3 * 21


# -- it learns -------------------------------------------------------------------------


def test_xor():
    corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    model = MLP(2, [4, 1], activation="tanh", init="xavier_uniform", seed=1)
    history = run(
        model,
        Adam(model.named_parameters(), lr=0.1),
        x=corners,
        y=[0, 1, 1, 0],
        loss=binary_cross_entropy_from_logits,
        metrics=[binary_accuracy],
        epochs=100,
        batch_size=None,
    )
    assert history["binary_accuracy"][-1] == 1.0
    assert history["loss"][-1] < 0.1


def test_a_table_is_learned():
    """Samples that are integers, and a model that is no MLP."""

    class Letters(Module):
        def __init__(self):
            self.table, self.out = Embedding(3, 2, seed=0), Layer(4, 3, False, seed=0)

        def forward(self, pair):
            return self.out([v for row in self.table(list(pair)) for v in row])

    x = [(i, j) for i in range(3) for j in range(3)]
    y = [(i + j) % 3 for i, j in x]
    history = run(Letters(), x=x, y=y, epochs=5)
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.slow
def test_digits_are_learned_on_300_rows():
    """At least 90 % of other rows, without compiling."""
    datasets = pytest.importorskip("sklearn.datasets")
    data = datasets.load_digits()
    x, _, y, _ = train_test_split(
        data.data / 16, data.target, test=len(data.target) - 400, stratify=True
    )
    x, held_x, y, held_y = train_test_split(x, y, test=100, stratify=True)
    assert len(x) == 300
    model = MLP(64, [16, 10], activation="tanh", init="xavier_uniform", seed=0)
    optimizer = Adam(model.named_parameters(), lr=0.03)
    run(model, optimizer, x=x, y=y, epochs=7, batch_size=16)
    assert evaluate(model, held_x, held_y, metrics=[accuracy])["accuracy"] >= 0.9


# -- what goes wrong on the way --------------------------------------------------------


def test_a_loss_that_overflows_ends_the_training_with_a_whole_step():
    model = Linear(1, 1, init="zeros")
    states = []

    class Watching(Callback):
        def on_step(self, run):
            states.append(model.state_dict())

    remedy = r"(overflow|inf).* No parameter was moved; a smaller learning rate [^_]*$"
    with pytest.raises(NonFiniteError, match=remedy):
        run(
            model,
            SGD(model.named_parameters(), lr=1e150),
            x=[[1.0], [2.0]],
            y=[1.0, 2.0],
            loss=mean_squared_error,
            batch_size=None,
            epochs=9,
            callbacks=[Watching()],
        )
    assert states
    assert model.state_dict() == states[-1]


def test_r2_as_a_metric():
    model = Linear(2, 1, seed=0)
    history = run(
        model,
        LBFGS(model.named_parameters()),
        y=LINE,
        loss=mean_squared_error,
        metrics=[lambda p, y: r2([v for (v,) in p], y)],
        batch_size=None,
    )
    assert history["<lambda>"][-1] == pytest.approx(1.0, abs=1e-9)


def test_values_are_not_data():
    """A sample with a Value in it is a constant like any other for the model."""
    assert predict(Linear(1, 1, init="zeros"), [[Value(1.0)]]) == [[0.0]]
