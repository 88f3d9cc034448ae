"""A training that was broken off and continued has the bits of one that was not.

Broken off after every step, by Ctrl-C at random moments and at any line of the code,
and continued by another process as well.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograd_core import CheckpointError
from nn import MLP, cross_entropy_from_logits, mean_squared_error
from nn.callbacks import Callback, EarlyStopping
from nn.checkpoint import load_model
from nn.files import read_document, write_document
from nn.fit import fit
from nn.interrupts import Interrupts
from nn.metrics import accuracy
from optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Newton,
    RMSProp,
    step_decay,
)

ROOT = Path(__file__).resolve().parents[2]
X = [[(7 * i % 11) / 5 - 1, (5 * i % 13) / 6 - 1] for i in range(10)]
Y = [int(a * b > 0) for a, b in X]

OPTIMIZERS = {
    "gradient descent": lambda ps: GradientDescent(ps, lr=0.1),
    "momentum": lambda ps: SGD(ps, lr=0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda ps: Adagrad(ps, lr=0.1),
    "rmsprop": lambda ps: RMSProp(ps, lr=0.01),
    "adam": lambda ps: Adam(ps, lr=0.05),
    "adamw": lambda ps: AdamW(ps, lr=0.05, weight_decay=0.1),
    "l-bfgs": lambda ps: LBFGS(ps, max_iterations=2),
    "newton": lambda ps: Newton(ps),
}


class Setting:
    """One training: a model, an optimizer, callbacks, and what becomes of them."""

    def __init__(self, optimizer="adam", start=0, **options):
        self.model = MLP(
            2, [2, 2], activation="tanh", init="xavier_uniform", seed=start
        )
        self.optimizer = OPTIMIZERS[optimizer](self.model.named_parameters())
        self.stopping = EarlyStopping(patience=2)
        self.options = options

    def fit(self, **options):
        callbacks = [self.stopping, *options.pop("callbacks", ())]
        return fit(
            self.model,
            X,
            Y,
            **{
                "loss": cross_entropy_from_logits,
                "optimizer": self.optimizer,
                "epochs": 3,
                "batch_size": 4,
                "validation": 0.2,
                "metrics": [accuracy],
                "progress": False,
                "callbacks": callbacks,
                **self.options,
                **options,
            },
        )

    def state(self):
        return json.dumps(
            [
                self.model.state_dict(),
                self.optimizer.state_dict(),
                self.stopping.state_dict(),
            ]
        )


class Break(Callback):
    """Ctrl-C at one step."""

    def __init__(self, step):
        self.step = step

    def on_step(self, run):
        if run.steps == self.step:
            signal.raise_signal(signal.SIGINT)


class Nothing(Callback):
    """In the place of `Break`."""


Nothing.__name__ = "Break"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ckpt"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"schedule": step_decay(2, 0.5), "seed": 5},
        {"batch_size": None},
    ],
    ids=["plain", "schedule", "whole"],
)
def test_broken_off_after_each_step(path, optimizer, options):
    """By Ctrl-C, and continued with another model that had other parameters."""
    straight = Setting(optimizer, **options)
    history = straight.fit(callbacks=[Nothing()])
    for step in range(1, len(history.steps) + 1):
        path.unlink(missing_ok=True)
        first = Setting(optimizer, **options)
        with pytest.raises(KeyboardInterrupt, match=f"after step {step}$"):
            first.fit(checkpoint=path, callbacks=[Break(step)])
        second = Setting(optimizer, start=9, **options)
        resumed = second.fit(checkpoint=path, resume=True, callbacks=[Nothing()])
        assert resumed.state_dict() == history.state_dict()
        assert second.state() == straight.state()


def test_more_epochs_later(path):
    straight = Setting()
    history = straight.fit(epochs=5)
    Setting().fit(checkpoint=path, epochs=2)
    second = Setting()
    resumed = second.fit(checkpoint=path, epochs=5, resume=True)
    assert resumed.state_dict() == history.state_dict()
    assert second.state() == straight.state()


def test_nothing_left_to_do(path):
    first, second = Setting(), Setting(start=4)
    history = first.fit(checkpoint=path)
    resumed = second.fit(checkpoint=path, resume=True)
    assert resumed.state_dict() == history.state_dict()
    assert second.state() == first.state()


def test_stopped_early_stays_stopped(path):
    """The checkpoint is of before the best parameters were restored."""
    options = {"epochs": 50, "validation": ([[0.3, 0.2]], [0])}
    first, second = Setting(**options), Setting(start=3, **options)
    history = first.fit(checkpoint=path)
    assert history.stopped.startswith("stopped early")
    resumed = second.fit(checkpoint=path, resume=True)
    assert str(resumed) == str(history)
    assert second.state() == first.state()


def test_from_one_file_to_another(path, tmp_path):
    Setting().fit(checkpoint=path, epochs=1)
    before = path.read_bytes()
    straight, second = Setting(), Setting()
    straight.fit()
    second.fit(checkpoint=tmp_path / "other", resume=path)
    assert second.state() == straight.state()
    assert path.read_bytes() == before
    third = Setting()
    third.fit(resume=str(tmp_path / "other"))
    assert third.state() == straight.state()


def test_the_parameters_alone(path):
    first, model = Setting(), MLP(2, [2, 2], activation="tanh", seed=7)
    first.fit(checkpoint=path, callbacks=[])
    load_model(path, model)
    assert model.state_dict() == read_document(path)["model"]


def test_no_checkpoint_is_replaced_by_a_new_training(path):
    Setting().fit(checkpoint=path, epochs=1)
    data, other = path.read_bytes(), Setting(start=1)
    before = other.state()
    with pytest.raises(FileExistsError, match=r"resume=True continues it.*run\.ckpt"):
        other.fit(checkpoint=path)
    assert other.state() == before
    assert path.read_bytes() == data


# -- what is not continued -------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 1, "validation": None}, "with columns"),
        ({"seed": 1}, "with data"),
        ({"batch_size": 5}, "'batches' does not fit: .* size = 4, here it is 5"),
        ({"schedule": step_decay(2)}, "with schedule False, here it is True"),
        ({"metrics": []}, "with columns"),
        ({"callbacks": [Nothing()]}, r"with callbacks \['EarlyStopping'\]"),
        ({"optimizer": None}, "'optimizer' does not fit: the state is of 'Adam'"),
        ({"model": None}, "'model' does not fit: .*'layers.0.weight' must be 3 × 2"),
    ],
)
def test_of_another_training(path, options, message):
    Setting().fit(checkpoint=path, epochs=1)
    data, other = path.read_bytes(), Setting(start=1)
    if "optimizer" in options:
        other = Setting("momentum", start=1)
    if "model" in options:
        other.model = MLP(2, [3, 2], activation="tanh", seed=0)
        other.model.layers[1].bias[0].requires_grad = False
        other.optimizer = Adam(other.model.parameters()[:12])
    options = {k: x for k, x in options.items() if k not in ("optimizer", "model")}
    before = other.state()
    with pytest.raises(CheckpointError, match=message):
        other.fit(checkpoint=path, resume=True, **options)
    assert other.state() == before
    assert path.read_bytes() == data


def test_numerics_and_seeds_are_compared(path):
    Setting(validation=None).fit(checkpoint=path, epochs=1)
    with pytest.raises(CheckpointError, match="with seed 0, here it is 3"):
        Setting(validation=None).fit(checkpoint=path, resume=True, seed=3)
    content = read_document(path)
    content["about"]["numerics"] = "fast"
    write_document(path, content)
    with pytest.raises(
        CheckpointError, match=r"with numerics 'fast', here it is 'fast \("
    ):
        Setting(validation=None).fit(checkpoint=path, resume=True)


@pytest.mark.parametrize(
    ("part", "state", "message"),
    [
        ("batches", {"position": 99}, "'position' must be less than"),
        ("history", {"rows": 3}, "'rows' must be a list"),
        ("callback 1", {"epoch": "x"}, "'epoch' must be an int"),
        ("callback 1", {"model": 3}, "'model' must be a mapping"),
        ("callback 1", {"best": "x"}, "'best' must be a number"),
        ("callback 1", {"more": 0}, "'state' must have best, epoch and model"),
        (
            "callback 2",
            {"more": 0},
            "Nothing remembers nothing|Break remembers nothing",
        ),
        ("schedule", {"k": -1}, "'k' must be an integer, 0 or greater"),
        ("optimizer", {"state": {}}, "'state' must have the columns"),
        ("model", {"x": 1}, "unknown 'x'"),
    ],
)
def test_states_that_are_refused(path, part, state, message):
    """Whichever part refuses, all of them are as they were."""
    options = {"schedule": step_decay(2, 0.5), "callbacks": [Nothing()]}
    Setting().fit(checkpoint=path, epochs=1, **options)
    content = read_document(path)
    content[part] |= state
    write_document(path, content)
    other = Setting(start=1)
    before = other.state()
    with pytest.raises(CheckpointError, match=message):
        other.fit(checkpoint=path, resume=True, **options)
    assert other.state() == before


def test_damaged_files_are_refused_before_anything_is_changed(path):
    Setting().fit(checkpoint=path, epochs=1)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    other = Setting(start=1)
    before = other.state()
    with pytest.raises(CheckpointError, match="the checksum differs"):
        other.fit(checkpoint=path, resume=True)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"run\.ckpt"):
        other.fit(checkpoint=path, resume=True)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        other.fit(checkpoint=path.parent / "nowhere" / "x")
    assert other.state() == before


# -- Ctrl-C ----------------------------------------------------------------------------


def test_what_is_said(path, capsys):
    with pytest.raises(KeyboardInterrupt, match="after step 3"):
        Setting().fit(checkpoint=path, callbacks=[Break(3)])
    assert capsys.readouterr().err == (
        "\ninterrupted after step 3, in epoch 2 of 3; the model is as that step left "
        f"it.\nTo continue: the same call with resume=True, which reads {path}\n"
    )
    with pytest.raises(KeyboardInterrupt):
        Setting().fit(callbacks=[Break(1)])
    assert "give fit a 'checkpoint'" in capsys.readouterr().err


def test_the_bar_ends_before_it_is_said(path, capsys):
    with pytest.raises(KeyboardInterrupt):
        Setting().fit(checkpoint=path, callbacks=[Break(1)], progress=True)
    assert "\n\ninterrupted" in capsys.readouterr().err


def test_a_checkpoint_that_cannot_be_written_then(path, capsys):
    class Full(Break):
        def on_step(self, run):
            run.checkpoint = path.parent / "gone" / "x"
            super().on_step(run)

    with pytest.raises(KeyboardInterrupt):
        Setting().fit(checkpoint=path, callbacks=[Full(2)])
    said = capsys.readouterr().err
    assert "The checkpoint could not be written: [Errno 2]" in said
    assert read_document(path)["history"]["steps"] == []


def test_the_third_ctrl_c_does_not_wait(path, capsys):
    class Stuck(Callback):
        def on_step(self, run):
            for count in range(9):
                self.count = count
                signal.raise_signal(signal.SIGINT)

    stuck = Stuck()
    with pytest.raises(KeyboardInterrupt):
        Setting().fit(checkpoint=path, callbacks=[stuck])
    assert stuck.count == 2
    assert "nothing was waited for" in capsys.readouterr().err
    assert read_document(path)["history"]["steps"] == []  # not written any more


def test_the_handler_is_the_old_one_afterwards(path):
    def own(number, frame):
        raise AssertionError

    before = signal.signal(signal.SIGINT, own)
    try:
        with pytest.raises(KeyboardInterrupt):
            Setting().fit(callbacks=[Break(1)])
        assert signal.getsignal(signal.SIGINT) is own
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as nohup does
        history = Setting().fit(callbacks=[Break(1)])
        assert history.stopped == "all 3 epochs done"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_ctrl_c_after_the_last_check_is_not_lost():
    with pytest.raises(KeyboardInterrupt), Interrupts():
        signal.raise_signal(signal.SIGINT)


def test_an_error_is_not_hidden_by_a_ctrl_c():
    def wrong(run):
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Setting().fit(callbacks=[wrong])


def test_other_threads():
    """There Python delivers no signal, and allows no handler."""
    found = []
    thread = threading.Thread(target=lambda: found.append(Setting().fit().stopped))
    thread.start()
    thread.join()
    assert found == ["all 3 epochs done"]


PRELUDE = """
import json, random, signal, sys, io
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from nn import MLP, cross_entropy_from_logits
from nn.callbacks import EarlyStopping
from nn.files import read_document
from nn.fit import fit
from optim import Adam, step_decay

X = [[(7 * i % 11) / 5 - 1, (5 * i % 13) / 6 - 1] for i in range(10)]
Y = [int(a * b > 0) for a, b in X]

class Setting:
    def __init__(self):
        self.model = MLP(2, [2, 2], activation="tanh", init="xavier_uniform", seed=0)
        self.optimizer = Adam(self.model.named_parameters(), lr=0.05)
        self.stopping = EarlyStopping(patience=9, restore=False)

    def fit(self, watch=lambda run: None, **options):
        return fit(self.model, X, Y, loss=cross_entropy_from_logits,
            optimizer=self.optimizer, epochs=3, batch_size=4, validation=0.2,
            schedule=step_decay(2, 0.5), callbacks=[self.stopping], progress=False,
            clip=1.0, **options)

    def state(self):
        return json.dumps([self.model.state_dict(), self.optimizer.state_dict()])
"""

# The states after each whole step are found first: the learning rate for the next
# step is part of them.
MOMENTS = (
    PRELUDE
    + """
from nn.stepping import EagerSteps
import time

whole = {}
def watching(model, loss, optimizer, clip):
    class Watching(EagerSteps):
        def step(self, X, Y, between):
            whole[setting.state()] = len(whole)
            return super().step(X, Y, between)
    return Watching(model, loss, optimizer, clip=clip)

setting = Setting()
start = time.perf_counter()
straight = setting.fit(steps=watching)
duration = time.perf_counter() - start
final = setting.state()
whole[final] = len(whole)
assert len(whole) == 7, len(whole)

path, rng = Path(sys.argv[2]), random.Random(0)
stderr, sys.stderr = sys.stderr, io.StringIO()
broken = set()
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
tried = 0
while tried < 200:
    path.unlink(missing_ok=True)
    setting = Setting()
    inside = False
    try:
        signal.setitimer(signal.ITIMER_REAL, rng.uniform(1e-5, 1.5 * duration))
        inside = True
        setting.fit(checkpoint=path)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    tried += 1
    # Parameters and what the optimizer remembers are of one and the same whole step.
    assert setting.state() in whole, "a step was split"
    if path.exists():
        content = read_document(path)
        kept = json.dumps([content["model"], content["optimizer"]])
        assert kept in whole
        broken.add(whole[kept])
        assert len(content["history"]["steps"]) == whole[kept]
    again = Setting()
    history = again.fit(checkpoint=path, resume=path.exists())
    assert again.state() == final
    assert history.state_dict() == straight.state_dict()
said = sys.stderr.getvalue()
assert said.count("To continue") > 20, said
assert said.count("[Errno") == 0
print(len(broken))
"""
)


@pytest.mark.slow
def test_ctrl_c_at_200_random_moments(path):
    """Wherever it comes, a whole step is left, and it continues at the same bits."""
    done = subprocess.run(
        [sys.executable, "-c", MOMENTS, ROOT, path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5  # it came in different steps


LINES = (
    PRELUDE
    + """
# Ctrl-C comes before line number n of all the lines of nn and optim that are run.
import collections, os
folders = tuple(os.path.join(sys.argv[1], name) + os.sep for name in ("nn", "optim"))
count, when = 0, -1

def trace(frame, event, argument):
    global count
    if not frame.f_code.co_filename.startswith(folders):
        return None
    if event == "line":
        count += 1
        if count == when:
            signal.raise_signal(signal.SIGINT)
    return trace

def run(path, n):
    global count, when
    count, when = 0, n
    setting = Setting()
    ended = None
    sys.settrace(trace)
    try:
        setting.fit(checkpoint=path)
    except KeyboardInterrupt as error:
        ended = error
    finally:
        sys.settrace(None)
    return setting, ended

path = Path(sys.argv[2])
straight, _ = run(path, -1)
total, final = count, straight.state()
history = read_document(path)["history"]
stderr, sys.stderr = sys.stderr, io.StringIO()
rng = random.Random(1)
for n in sorted(rng.sample(range(1, total + 1), 100)):
    path.unlink(missing_ok=True)
    setting, ended = run(path, n)
    assert ended is not None
    if path.exists():
        content = read_document(path)
        same = json.dumps([content["model"], content["optimizer"]]) == setting.state()
        assert same or "To continue" not in sys.stderr.getvalue(), n
    again = Setting()
    again.fit(checkpoint=path, resume=path.exists())
    assert again.state() == final, n
    assert read_document(path)["history"] == history, n
    sys.stderr = io.StringIO()
print("done")
"""
)


@pytest.mark.slow
def test_ctrl_c_before_any_line(path):
    done = subprocess.run(
        [sys.executable, "-c", LINES, ROOT, path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "done\n"


def test_another_process_continues(path):
    """Other hash seeds, other addresses: the same bits."""
    program = PRELUDE.replace("epochs=3,", "") + (
        "setting = Setting()\n"
        "setting.fit(checkpoint=sys.argv[2], resume=Path(sys.argv[2]).exists(),"
        " **json.loads(sys.argv[3]))\n"
        "print(setting.state())\n"
    )

    def process(file, hash_seed, **options):
        done = subprocess.run(
            [sys.executable, "-c", program, ROOT, file, json.dumps(options)],
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    straight = process(path.with_name("straight"), 1, epochs=3)
    process(path, 2, epochs=1)
    assert process(path, 3, epochs=3) == straight


# -- early stopping's parameters -------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"monitor": 3}, TypeError, "'monitor' must be the name of a figure"),
        ({"patience": 0}, ValueError, "'patience' must be an int of at least 1"),
        ({"patience": 1.5}, TypeError, "'patience' must be an int of at least 1"),
        ({"least": -1}, ValueError, "'least' must be a number of at least 0"),
        ({"least": float("nan")}, ValueError, "'least' must be a number of at least"),
        ({"least": "x"}, TypeError, "'least' must be a number"),
        ({"highest": 1}, TypeError, "'highest' must be True or False"),
        ({"restore": None}, TypeError, "'restore' must be True or False"),
    ],
)
def test_early_stopping_refuses(options, error, message):
    with pytest.raises(error, match=message):
        EarlyStopping(**options)


def test_a_regression_too(path):
    """Targets that are rows, and a model of two outputs."""
    targets = [[a + b, a - b] for a, b in X]

    def train(seed, **options):
        model = MLP(2, [2, 2], activation="tanh", init="xavier_uniform", seed=seed)
        fit(
            model,
            X,
            targets,
            loss=mean_squared_error,
            optimizer=Adam(model.parameters(), lr=0.1),
            progress=False,
            **options,
        )
        return model.state_dict()

    straight = train(0, epochs=4)
    train(0, epochs=2, checkpoint=path)
    assert train(1, epochs=4, checkpoint=path, resume=True) == straight
