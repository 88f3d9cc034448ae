"""Steps by a compiled program: eager's losses, where they apply, and why not."""

import random
import signal
import time
from fractions import Fraction

import pytest

import nn
from autograd_core import (
    CheckpointError,
    NonFiniteError,
    Value,
    compile,
    log_softmax,
    tanh,
)
from autograd_core import sum as total
from nn import (
    MLP,
    Callback,
    EarlyStopping,
    Embedding,
    Linear,
    Module,
    choosing,
    fit,
    ridge,
)
from nn.additive import NotAdditive, reduction_of
from nn.compiled import CompiledSteps, NotCompiled
from nn.examples import Examples
from nn.files import read_document, write_document
from nn.stepping import EagerSteps
from optim import LBFGS, SGD, Adam, AdamW, Newton, cosine, full_batch

RNG = random.Random(0)
ROWS = [[RNG.gauss(0, 1) for _ in range(3)] for _ in range(21)]
REALS = [RNG.gauss(0, 1) for _ in ROWS]
PAIRS = [[RNG.gauss(0, 1), RNG.gauss(0, 1)] for _ in ROWS]
SIDES = [RNG.choice((-1, 1)) for _ in ROWS]
BITS = [RNG.choice((0, 1)) for _ in ROWS]
CLASSES = [RNG.randrange(4) for _ in ROWS]
SHARES = [[0.1, 0.2, 0.3, 0.4] for _ in ROWS]

# 9 steps of 6 operations each, every one within 4 ULP, sums of 3 to 8 in any order:
# no loss here is off by more than 1e-12 of its size.
BOUND = {"rel": 1e-12, "abs": 1e-14}


def network(outputs=1, **more):
    options = {"activation": "tanh", "init": "xavier_uniform", "seed": 0} | more
    return MLP(3, [4, outputs], **options)


def trained(steps, *, model=None, loss, y, make=None, x=ROWS, **options):
    """The history and the model of three epochs."""
    model = network() if model is None else model
    make = make or (lambda ps: Adam(ps, lr=0.05))
    history = fit(
        model,
        x,
        y,
        loss=loss,
        optimizer=make(model.named_parameters()),
        **({"epochs": 3, "batch_size": 8, "progress": False} | options),
        steps=steps,
    )
    return history, model


def _numbers(model):
    return [p.data for p in model.parameters()]


def agree(model, **options):
    """Eager and compiled steps, from the same beginning."""
    eager, one = trained("eager", model=model(), **options)
    compiled, other = trained("compiled", model=model(), **options)
    assert compiled.computed.startswith("compiled steps, fast (")
    assert compiled.steps == pytest.approx(eager.steps, **BOUND)
    assert compiled["loss"] == pytest.approx(eager["loss"], **BOUND)
    assert _numbers(other) == pytest.approx(_numbers(one), rel=1e-10, abs=1e-12)
    assert [p.grad for p in other.parameters()] == pytest.approx(
        [p.grad for p in one.parameters()], rel=1e-9, abs=1e-12
    )


# -- it applies ------------------------------------------------------------------------

LOSSES = {
    "mean squared error": (nn.mean_squared_error, 1, REALS),
    "of pairs": (nn.mean_squared_error, 2, PAIRS),
    "half squared error": (nn.half_squared_error, 2, PAIRS),
    "l1": (nn.l1, 1, REALS),
    "hinge": (nn.hinge, 1, SIDES),
    "two classes": (nn.binary_cross_entropy_from_logits, 1, BITS),
    "classes": (nn.cross_entropy_from_logits, 4, CLASSES),
    "shares": (nn.cross_entropy_from_logits, 4, SHARES),
}


@pytest.mark.parametrize(("loss", "outputs", "y"), LOSSES.values(), ids=LOSSES)
def test_losses_are_eagers(loss, outputs, y):
    """Three epochs of 21 samples in batches of 8: the last has 5."""
    agree(lambda: network(outputs), loss=loss, y=y)


def _probabilities(loss):
    return lambda: network(4, output="softmax"), loss


@pytest.mark.parametrize(
    ("model", "loss"),
    [
        _probabilities(nn.cross_entropy_from_probabilities),
        (lambda: network(4), lambda p, y: nn.nll([log_softmax(q) for q in p], y)),
        (lambda: nn.Sequential(Linear(3, 4, seed=0)), nn.cross_entropy_from_logits),
    ],
)
def test_classes_as_targets(model, loss):
    agree(model, loss=loss, y=CLASSES)


def _penalised(model):
    def loss(predictions, targets):
        data = nn.mean_squared_error(predictions, targets)
        return data + ridge(model, 0.01, skip=["bias"])

    return loss


def test_a_penalty_counts_once():
    one, other = network(), network()
    eager, _ = trained("eager", model=one, loss=_penalised(one), y=REALS)
    compiled, _ = trained("compiled", model=other, loss=_penalised(other), y=REALS)
    assert compiled.steps == pytest.approx(eager.steps, **BOUND)


def test_a_loss_of_ones_own():
    """As micrograd writes it, and the sum instead of the mean."""

    def mean(scores, ys):
        margins = [(1 + -y * s).relu() for y, s in zip(ys, scores, strict=True)]
        return total(margins) * (1.0 / len(margins))

    agree(network, loss=mean, y=SIDES)
    agree(
        network,
        loss=lambda p, y: nn.mean_squared_error(p, y, reduction="sum"),
        y=REALS,
        make=lambda ps: SGD(ps, lr=0.001),
    )


OPTIONS = {
    "clip": {"clip": 0.05},
    "a schedule": {"schedule": cosine(9)},
    "both": {"clip": 0.5, "schedule": cosine(9)},
    "weight decay": {"make": lambda ps: AdamW(ps, lr=0.05, weight_decay=0.1)},
    "momentum": {"make": lambda ps: SGD(ps, lr=0.05, momentum=0.9)},
    "one batch": {"batch_size": None},
    "one sample": {"batch_size": 1},
    "validation": {"validation": 0.2, "metrics": (nn.root_mean_squared_error,)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_options_mean_the_same(options):
    agree(network, loss=nn.mean_squared_error, y=REALS, **options)


def test_two_groups_and_a_frozen_parameter():
    def make(ps):
        values = [p for _, p in ps]
        values[3].requires_grad = False
        return Adam(
            [{"params": values[:7], "lr": 0.1}, {"params": values[7:]}], lr=0.01
        )

    agree(network, loss=nn.mean_squared_error, y=REALS, make=make)


class Words(Module):
    """The mean of some rows of a table, through a unit."""

    def __init__(self):
        self.table, self.unit = Embedding(6, 2, seed=0), Linear(2, 1, seed=0)

    def forward(self, tokens):
        rows = self.table(tokens)
        return self.unit([total(list(c)) / len(rows) for c in zip(*rows, strict=True)])[
            0
        ]


def test_samples_that_are_indices():
    tokens = [[RNG.randrange(6) for _ in range(3)] for _ in REALS]
    agree(Words, x=tokens, loss=nn.mean_squared_error, y=REALS)


def test_samples_of_other_forms():
    """Numbers, tuples, lists in lists."""

    class First(Module):
        def __init__(self):
            self.w = Value(0.5)

        def forward(self, x):
            (a, b), c = x
            return tanh(self.w * a + b) * c

    nested = [((a, b), c) for a, b, c in ROWS]
    agree(First, x=nested, loss=nn.mean_squared_error, y=REALS)
    agree(lambda: Linear(1, 1, seed=0), x=REALS, loss=nn.mean_squared_error, y=REALS)


def test_callbacks_see_model_and_gradients():
    """After each step, and what they change is what the next step begins with."""

    class Seeing(Callback):
        def __init__(self):
            self.seen = []

        def on_step(self, run):
            self.seen += [(p.data, p.grad) for p in run.model.parameters()]
            if run.steps == 4:
                run.model.parameters()[0].data = 0.25
                run.optimizer.param_groups[0]["lr"] = 0.01
            if run.steps == 6:
                run.model.parameters()[1].requires_grad = False

    one, other = Seeing(), Seeing()
    trained("eager", loss=nn.mean_squared_error, y=REALS, callbacks=[one])
    trained("compiled", loss=nn.mean_squared_error, y=REALS, callbacks=[other])
    for seen, wanted in zip(other.seen, one.seen, strict=True):
        assert seen == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("validation", [None, 0.2])
@pytest.mark.parametrize("each", ["on_begin", "on_step", "on_epoch", "a metric"])
def test_what_others_change_in_the_loss_is_seen(each, validation):
    """The strength of a penalty, from then on."""
    found = []
    for steps in ("eager", "compiled"):
        model, strength = network(), [0.1]

        def loss(p, y, model=model, strength=strength):
            return nn.mean_squared_error(p, y) + ridge(model, strength[0])

        class Changing(Callback):
            def change(self, run, strength=strength):
                if run.steps % 2 or each == "on_begin":
                    strength[0] *= 0.5

        def metric(predictions, targets, strength=strength):
            strength[0] *= 0.5
            return 0.0

        more = {"callbacks": [Changing()]}
        if each == "a metric":
            more = {"metrics": (metric,)}
        else:
            setattr(Changing, each, Changing.change)
        history, _ = trained(
            steps, model=model, loss=loss, y=REALS, validation=validation, **more
        )
        assert strength[0] < 0.1
        found.append(history.steps)
    assert found[1] == pytest.approx(found[0], **BOUND)


def test_early_stopping_restores_the_best():
    stops = [EarlyStopping(patience=1, least=10.0) for _ in range(2)]
    options = {"loss": nn.mean_squared_error, "y": REALS, "epochs": 9}
    _, one = trained("eager", callbacks=stops[:1], **options)
    history, other = trained("compiled", callbacks=stops[1:], **options)
    assert len(history) == 2
    assert _numbers(other) == pytest.approx(_numbers(one), rel=1e-10, abs=1e-12)


def test_eager_is_exactly_eager():
    """It has the bits of a loop by hand."""
    model = network()
    history, other = trained(
        "eager", loss=nn.mean_squared_error, y=REALS, batch_size=None
    )
    adam = Adam(model.named_parameters(), lr=0.05)
    steps = EagerSteps(model, nn.mean_squared_error, adam)
    batches = full_batch(21)
    losses = []
    for _ in range(3):
        for batch in batches:
            data = Examples(ROWS, REALS).take(batch)
            losses.append(steps.step(data.X, data.Y))
    assert (history.steps, _numbers(other)) == (losses, _numbers(model))


def test_figures_are_eagers():
    """Loss and metrics of the validation data, and metrics of what is learned from."""
    options = {"loss": nn.cross_entropy_from_logits, "y": CLASSES}
    options |= {"metrics": (nn.accuracy,)}
    for more in ({"validation": 0.3}, {}):
        both = []
        for steps in ("eager", "compiled"):
            found, _ = trained(steps, model=network(4), **options, **more)
            both.append([list(row.values()) for row in found])
        for row, wanted in zip(both[1], both[0], strict=True):
            assert row == pytest.approx(wanted, rel=1e-11)


class Evaluating(Module):
    """Answers otherwise in evaluation mode."""

    def __init__(self, read=False):
        self.w, self.read, self.asked = Value(0.5), read, 0

    def forward(self, x):
        self.asked += 1
        if self.training:
            return self.w * x[0]
        return self.w * x[0] * (self.w.data if self.read else 2)


@pytest.mark.parametrize("read", [False, True])
def test_figures_are_those_of_evaluation_mode(read):
    """By a program if the model can be traced then, else sample by sample."""
    options = {"loss": nn.mean_squared_error, "y": REALS, "validation": 0.3}
    eager, one = trained("eager", model=Evaluating(read), **options)
    compiled, other = trained("compiled", model=Evaluating(read), **options)
    found, wanted = (h["validation loss"] for h in (compiled, eager))
    assert found == pytest.approx(wanted, rel=1e-11)
    assert other.asked < one.asked - (0 if read else 2 * 6)
    assert other.training


def test_large_ints_are_floats():
    rows = [[2**60 + k] for k in range(21)]
    agree(
        lambda: nn.Sequential(_Small(), Linear(1, 1, seed=0)),
        x=rows,
        loss=nn.mean_squared_error,
        y=REALS,
    )


class _Small(Module):
    def forward(self, x):
        return [x[0] * 2.0**-60]


def test_validation_data_of_another_form():
    """Ints among the floats are floats; rows in tuples are answered one by one."""
    options = {"loss": nn.mean_squared_error, "y": REALS}
    for held in ([[1, 2, 0.5], [0, 1, 1]], [(1.0, 2.0, 0.5), (0.0, 1.0, 1.0)]):
        pairs = [
            trained(steps, validation=(held, [1.0, 2.0]), **options)[0]
            for steps in ("eager", "compiled")
        ]
        eager, compiled = (history["validation loss"] for history in pairs)
        assert compiled == pytest.approx(eager, rel=1e-11)


# -- it does not apply -----------------------------------------------------------------


class Noisy(Module):
    """Draws a random number for each sample."""

    def __init__(self, source):
        self.w, self.source = Value(0.5), source

    def forward(self, x):
        return self.w * x[0] + 0.1 * self.source.random()


class Alternating(Module):
    """Something else at every other call."""

    def __init__(self):
        self.w, self.calls = Value(0.5), 0

    def forward(self, x):
        self.calls += 1
        return self.w * x[0] + self.calls % 2


class Branching(Module):
    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return self.w * x[0] if x[0] > 0 else self.w


class Reading(Module):
    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return self.w * x[0] * (1 if self.w.data > 0 else 2)


def _product(p, y):
    found = p[0] - y[0]
    for a, b in zip(p[1:], y[1:], strict=True):
        found = found * (a - b)
    return found


def _weighted(p, y):
    return total([k * (a - b) ** 2 for k, (a, b) in enumerate(zip(p, y, strict=True))])


def _sum_and_penalty(model):
    return lambda p, y: nn.mean_squared_error(p, y, reduction="sum") + ridge(model, 0.1)


def _either(p, y):
    return nn.mean_squared_error(p, y, reduction="mean" if len(p) == 8 else "sum")


def _branching(p, y):
    return total([a - b if a > b else b - a for a, b in zip(p, y, strict=True)])


NEEDLESS = network()
REFUSED = {
    "random": (lambda: Noisy(random), {}, "two calls .* different things"),
    "own source": (
        lambda: Noisy(random.Random(3)),
        {},
        "two calls .* different things",
    ),
    "alternating": (Alternating, {}, "two calls of the model compute different things"),
    "branching": (Branching, {}, r"branch on their numbers; use where\(\)"),
    "reading": (Reading, {}, r"\.data would freeze the number"),
    "products": (network, {"loss": _product}, "mixes samples in mul"),
    "weights": (network, {"loss": _weighted}, "sample 1 counts in another way than"),
    "sum": (
        lambda: NEEDLESS,
        {"loss": _sum_and_penalty(NEEDLESS)},
        "neither the mean nor the sum of the losses of its samples",
    ),
    "either": (network, {"loss": _either}, "a mean for some batches, a sum for others"),
    "loss branches": (network, {"loss": _branching}, "model or loss branch"),
    "L-BFGS": (network, {"make": lambda ps: LBFGS(ps)}, "LBFGS asks for more than a"),
    "Newton": (network, {"make": lambda ps: Newton(ps)}, "Newton asks for more than"),
    "lengths": (
        lambda: Words(),
        {"x": [[k % 6] * (1 + k % 3) for k in range(21)]},
        "the samples have not all the same lengths",
    ),
    "kinds": (network, {"y": [Fraction(1, 2)] * 21}, "the targets hold Fraction"),
    "predictions": (
        network,
        {"loss": nn.l1, "y": [True] * 21},
        "the targets hold bool",
    ),
}


@pytest.mark.parametrize(("model", "options", "reason"), REFUSED.values(), ids=REFUSED)
def test_where_it_does_not_apply(model, options, reason):
    """ "auto" makes eager steps at eager's bits and says why; "compiled" refuses."""
    options = {"loss": nn.mean_squared_error, "y": REALS, "epochs": 1} | options
    made = model()
    before = _numbers(made)
    with pytest.raises(NotCompiled, match=reason):
        trained("compiled", model=made, **options)
    assert _numbers(made) == before


@pytest.mark.parametrize("name", ["random", "branching", "weights", "L-BFGS"])
def test_auto_is_eager_then(name, monkeypatch):
    monkeypatch.setattr(choosing, "LEAST", 0)
    monkeypatch.setattr(choosing, "PER_PARAMETER", 0)
    model, options, reason = REFUSED[name]
    options = {"loss": nn.mean_squared_error, "y": REALS, "epochs": 1} | options
    if name == "L-BFGS":
        options["batch_size"] = None
    histories = []
    for steps in ("auto", "eager"):
        random.seed(1)
        histories.append(trained(steps, model=model(), **options)[0])
    auto, eager = histories
    assert auto.steps == eager.steps
    assert auto.computed.startswith("eager steps: ")
    assert eager.computed == "eager steps"
    with pytest.raises(NotCompiled, match=reason) as error:
        trained("compiled", model=model(), **options)
    assert auto.computed == f"eager steps: {error.value}"


def test_auto_counts_the_work():
    """A short training is not worth a program, a longer one is; the same each time."""
    options = {"loss": nn.mean_squared_error, "y": REALS}
    short, _ = trained("auto", **options)
    assert short.computed.startswith("eager steps: compiled ones pay from ")
    pays = int(short.computed.split(" from ")[1].split()[0])
    before, _ = trained("auto", epochs=pays - 1, **options)
    after, _ = trained("auto", epochs=pays, **options)
    assert before.computed.startswith("eager")
    assert after.computed.startswith("compiled steps")


def test_steps_must_be_known():
    with pytest.raises(
        ValueError, match="'steps' must be one of auto, compiled, eager"
    ):
        trained("fast", loss=nn.mean_squared_error, y=REALS)


# -- many at once ----------------------------------------------------------------------


class Watching(Callback):
    """Looks after each step, so that each is made alone."""

    def on_step(self, run):
        pass


class Unseen(Callback):
    """Is not asked between steps."""

    def on_begin(self, run):
        self.run = run


@pytest.fixture
def calls(monkeypatch):
    """How many steps each call made."""
    made, some = [], CompiledSteps.some

    def counted(self, *given):
        losses = some(self, *given)
        made.append(len(losses))
        return losses

    monkeypatch.setattr(CompiledSteps, "some", counted)
    return made


@pytest.mark.parametrize("clip", [None, 0.5])
@pytest.mark.parametrize("size", [1, 2, 8, None])
def test_steps_at_once_are_the_same_steps(size, clip, calls, tmp_path):
    """Losses, gradients, the optimizer's memory, the place: all that a file has."""
    found = []
    for callback in (Watching(), Callback()):
        path = tmp_path / type(callback).__name__
        history, model = trained(
            "compiled",
            loss=nn.mean_squared_error,
            y=REALS,
            epochs=5,
            batch_size=size,
            clip=clip,
            callbacks=[callback],
            checkpoint=path,
        )
        content = read_document(path)
        content["about"].pop("callbacks")
        gradients = [p.grad for p in model.parameters()]
        found.append((history.steps, history.rows, gradients, content))
        assert not calls or callback.__class__ is Callback
    assert found[0] == found[1]
    steps = -(-21 // (size or 21))
    assert sum(calls) == 5 * steps
    assert max(calls) >= {1: 16, 2: 10, 8: 2, None: 1}[size]


def test_a_schedule_comes_between(calls):
    options = {"loss": nn.mean_squared_error, "y": REALS, "schedule": cosine(9)}
    trained("compiled", **options)
    assert not calls


@pytest.mark.parametrize("bad", [0, 5, 20])
def test_the_history_ends_before_the_step_that_is_not_finite(bad):
    """The steps before are in it, and the place to continue is that of the bad one."""
    targets = [1e200 if k == bad else y for k, y in enumerate(REALS)]
    found = []
    for kind in (Watching, Callback):
        seen = Unseen()
        with pytest.raises(NonFiniteError, match="= inf"):
            trained(
                "compiled",
                loss=nn.mean_squared_error,
                y=targets,
                batch_size=1,
                callbacks=[kind(), seen],
            )
        state = seen.run.model.state_dict(), seen.run.optimizer.state_dict()
        found.append((seen.run.history.steps, seen.run._next, repr(state)))
    assert found[0] == found[1]


def test_ctrl_c_is_answered_after_the_call(monkeypatch, tmp_path):
    """With what it made, and nothing of the next; a resumed training has its bits."""
    options = {"loss": nn.mean_squared_error, "y": REALS, "batch_size": 1}
    straight, whole = trained("compiled", **options)
    some, made = CompiledSteps.some, []

    def interrupted(self, *given):
        losses = some(self, *given)
        made.extend(losses)
        if len(made) > 30:
            signal.raise_signal(signal.SIGINT)
        return losses

    path = tmp_path / "checkpoint"
    with monkeypatch.context() as patch:
        patch.setattr(CompiledSteps, "some", interrupted)
        with pytest.raises(KeyboardInterrupt, match=r"after step (37|42)$"):
            trained("compiled", checkpoint=path, **options)
    assert straight.steps[: len(made)] == made
    resumed, model = trained("auto", checkpoint=path, resume=True, **options)
    assert (resumed.steps, _numbers(model)) == (straight.steps, _numbers(whole))


def test_nothing_is_traced_again_if_nobody_could_change_it(monkeypatch):
    """Epochs with validation, early stopping and our own metrics are only steps."""
    looks, look = [], CompiledSteps._look_again
    monkeypatch.setattr(
        CompiledSteps, "_look_again", lambda self: looks.append(look(self))
    )
    options = {"loss": nn.mean_squared_error, "y": REALS, "validation": 0.2}
    trained(
        "compiled",
        metrics=(nn.mean_absolute_error,),
        callbacks=[EarlyStopping(), Callback()],
        schedule=cosine(9),
        **options,
    )
    assert not looks
    trained("compiled", callbacks=[lambda run: None], **options)
    assert len(looks) == 3  # after `on_begin`, and between the epochs


# -- errors, checkpoints ---------------------------------------------------------------


def test_what_is_not_finite_moves_nothing():
    model = Linear(1, 1, init="zeros")
    data = Examples([[1.0], [2.0], [3.0]], [1.0, 1e200, 1.0])
    sgd = SGD(model.parameters(), lr=0.1)
    steps = CompiledSteps(model, nn.mean_squared_error, sgd, data=data, sizes=[3])
    batch = steps.read(data)
    with pytest.raises(NonFiniteError, match=r"row 1: .*= inf"):
        steps.step(batch.X, batch.Y)
    steps.settle()
    assert _numbers(model) == [0.0, 0.0]


def test_ctrl_c_comes_before_a_step():
    model = Linear(1, 1, init="zeros")
    data = Examples([[1.0]], [1.0])
    sgd = SGD(model.parameters(), lr=0.1)
    steps = CompiledSteps(model, nn.mean_squared_error, sgd, data=data, sizes=[1])

    def between():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        steps.step(*steps.read(data), between)
    steps.settle()
    assert _numbers(model) == [0.0, 0.0]


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_a_whole_step(tmp_path, monkeypatch):
    """Model, optimizer and checkpoint are those of one of the steps; it goes on."""
    options = {"loss": nn.mean_squared_error, "y": REALS, "epochs": 40}
    whole = []

    class Watching(Callback):
        def on_step(self, run):
            state = run.model.state_dict(), run.optimizer.state_dict()
            whole.append(repr((run.steps, state)))

    with monkeypatch.context() as patch:  # it only looks: no need to trace again
        patch.setattr(CompiledSteps, "touched", lambda self: None)
        trained("compiled", callbacks=[Watching()], **options)
    assert len(whole) == 120
    start = time.perf_counter()
    straight, final = trained("compiled", checkpoint=tmp_path / "whole", **options)
    duration = time.perf_counter() - start
    before = signal.signal(
        signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT)
    )
    kept = set()
    rng = random.Random(0)
    try:
        for k in range(12):
            path = tmp_path / f"{k}"
            model = network()
            adam = Adam(model.named_parameters(), lr=0.05)
            more = {"model": model, "make": lambda _, adam=adam: adam}
            signal.setitimer(signal.ITIMER_REAL, duration * rng.uniform(0.2, 0.9))
            try:
                trained("compiled", checkpoint=path, **more, **options)
            except KeyboardInterrupt:
                signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if not path.exists():
                continue
            done = len(read_document(path)["history"]["steps"])
            state = model.state_dict(), adam.state_dict()
            assert done == 0 or repr((done, state)) == whole[done - 1]
            kept.add(done)
            resumed, model = trained(
                "auto", checkpoint=path, resume=True, model=network(), **options
            )
            assert resumed.steps == straight.steps
            assert _numbers(model) == _numbers(final)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(kept) >= 3, kept  # it came in different steps


@pytest.mark.parametrize("at", [2, 4, 9])
def test_a_resumed_training_has_the_same_bits(at, tmp_path):
    """Stopped after any step, "auto" goes on by compiled steps, as it began."""

    class Stopping(Callback):
        def on_step(self, run):
            if run.steps == at:
                raise KeyboardInterrupt

    options = {"loss": nn.mean_squared_error, "y": REALS, "schedule": cosine(12)}
    straight, whole = trained("compiled", callbacks=[Callback()], **options)
    path = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        trained("compiled", callbacks=[Stopping()], checkpoint=path, **options)
    kind = read_document(path)["about"]["numerics"]
    assert kind.startswith("fast (")

    class Going(Stopping):
        def on_step(self, run):
            pass

    Going.__name__ = "Stopping"
    resumed, model = trained(
        "auto", callbacks=[Going()], checkpoint=path, resume=True, **options
    )
    assert resumed.computed == f"compiled steps, {kind}"
    assert (resumed.steps, _numbers(model)) == (straight.steps, _numbers(whole))


def test_a_training_goes_on_as_it_began(tmp_path):
    """Eager stays eager; what was asked for otherwise is an error."""
    path = tmp_path / "checkpoint"
    options = {"loss": nn.mean_squared_error, "y": REALS, "checkpoint": path}
    trained("eager", **options)
    with pytest.raises(CheckpointError, match=r"numerics 'eager', here it is 'fast \("):
        trained("compiled", resume=True, **options)
    history, _ = trained("auto", resume=True, epochs=4, **options)
    assert history.computed == "eager steps: so the training began"


def test_one_that_began_compiled_is_not_continued_otherwise(tmp_path):
    path = tmp_path / "checkpoint"
    options = {"loss": nn.mean_squared_error, "y": REALS, "checkpoint": path}
    trained("compiled", **options)
    with pytest.raises(CheckpointError, match=r"numerics 'fast .*here it is 'eager'"):
        trained("eager", resume=True, **options)


def test_another_backend_is_another_arithmetic(tmp_path):
    """Without llvmlite a training goes on that NumPy began, at the same bits."""
    model, data = network(), Examples(ROWS, REALS)

    def stepped(model, steps):
        adam = Adam(model.named_parameters(), lr=0.05)
        steps = CompiledSteps(
            model, nn.mean_squared_error, adam, data=data, sizes=[21], backend=steps
        )
        batch = steps.read(data)
        losses = [steps.step(batch.X, batch.Y) for _ in range(5)]
        steps.settle()
        return losses, steps.numerics

    losses, numerics = stepped(model, "numpy")
    assert numerics == "fast (numpy)"
    eager = network()
    adam = Adam(eager.named_parameters(), lr=0.05)
    steps = EagerSteps(eager, nn.mean_squared_error, adam)
    assert losses == pytest.approx([steps.step(ROWS, REALS) for _ in range(5)], **BOUND)
    assert _numbers(model) == pytest.approx(_numbers(eager), rel=1e-10, abs=1e-12)

    path = tmp_path / "checkpoint"
    options = {"loss": nn.mean_squared_error, "y": REALS, "checkpoint": path}
    trained("compiled", **options)
    content = read_document(path)
    content["about"]["numerics"] = "fast (numpy)"
    write_document(path, content)
    history, _ = trained("auto", resume=True, epochs=4, **options)
    assert history.computed == "compiled steps, fast (numpy)"


def test_without_numpy_steps_are_eager(monkeypatch):
    monkeypatch.setattr("nn.compiled.find_spec", lambda name: None)
    with pytest.raises(NotCompiled, match="numpy is not installed"):
        trained("compiled", loss=nn.mean_squared_error, y=REALS)


def test_estimators_learn_by_compiled_steps():
    """The penalty of `alpha` counts once; the labels are found again."""
    estimators = pytest.importorskip("nn.estimators")
    labels = [("low", "high")[s > 0] for s in REALS]
    kinds = [
        (estimators.ScalarMLPClassifier, labels),
        (estimators.ScalarMLPRegressor, REALS),
        (estimators.ScalarMLPRegressor, PAIRS),
    ]
    for kind, y in kinds:
        learned = [
            kind((4,), alpha=0.01, random_state=0, max_iter=n).fit(ROWS, y)
            for n in (200, 3)
        ]
        assert learned[0].history_.computed.startswith("compiled steps")
        assert learned[1].history_.computed.startswith("eager steps")
        wanted = learned[1].history_["loss"]
        assert learned[0].history_["loss"][:3] == pytest.approx(wanted, **BOUND)


# -- the proof -------------------------------------------------------------------------


def _tape(loss, n):
    def of_batch(*numbers):
        return loss(numbers[::2], numbers[1::2])

    return compile(of_batch, backend="numpy").trace(*[0.5, 0.25] * n)


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        (lambda p, y: total([a - b for a, b in zip(p, y, strict=True)]), "sum"),
        (lambda p, y: total([-a * 3 for a in p]) / (len(p) * 2), "mean"),
        (lambda p, y: total([a * b + 1 for a, b in zip(p, y, strict=True)]), "sum"),
        (lambda p, y: nn.l1(p, y) + 2 * ridge([NEEDLESS.parameters()[0]], 1), "mean"),
        (lambda p, y: nn.gaussian_nll(p, y, 2.0), "mean"),
    ],
)
def test_what_is_proved(loss, wanted):
    assert {reduction_of(_tape(loss, 1), _tape(loss, n), n) for n in (2, 3, 7)} == {
        wanted
    }


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, y: total([a * p[0] for a in p]),
        lambda p, y: p[0] - y[-1],
        lambda p, y: tanh(total(list(p))),
        lambda p, y: total(list(p)) / len(p) ** 2,
        lambda p, y: total([a * b for a, b in zip(p, y[::-1], strict=True)]),
        lambda p, y: nn.l1(p, y) + len(p) * NEEDLESS.parameters()[0],
    ],
)
def test_what_is_no_mean(loss):
    with pytest.raises(NotAdditive):
        reduction_of(_tape(loss, 1), _tape(loss, 3), 3)
