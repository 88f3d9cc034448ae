"""Many steps in one call have the bits of single ones, and end where one cannot be."""

import pickle
import threading

import numpy as np
import pytest

import autograd_core as ac
import optim
from autograd_core import NonFiniteError, Value, compile
from autograd_core.compile.backends import _MODULES, _found
from autograd_core.compile.training import train
from autograd_core.compile.training.native import NativeStep

BACKENDS = [name for name in _MODULES if _found(name)]
COUNT = 60


@pytest.fixture(params=BACKENDS, autouse=True)
def backend(request):
    return request.param


@pytest.fixture(params=["fast", "eager"])
def numerics(request):
    return request.param


class Neuron:
    """Two inputs, and a captured Value that is not trained."""

    def __init__(self):
        self.w = [Value(0.3, name="a"), Value(-0.2, name="b"), Value(0.1, name="c")]
        self.size = Value(1.5, name="size")

    def loss(self, x, y):
        z = self.w[0] * x[0] + self.w[1] * x[1] + self.w[2]
        return ac.square(ac.tanh(z) * self.size - y)


class Letters:
    """Rows of a table by index, one more that nobody may take, and a vector."""

    def __init__(self, letters=5, width=3):
        rng = np.random.default_rng(1)
        self.table = [
            list(map(Value, row)) for row in rng.normal(size=(letters, width))
        ]
        self.places = [list(map(Value, row)) for row in rng.normal(size=(20, width))]
        self.out = list(map(Value, rng.normal(size=width)))

    @property
    def w(self):
        return [x for row in (*self.table, *self.places, self.out) for x in row]

    def loss(self, letters, y):
        total = 0.0
        for k, letter in enumerate(letters):
            row = ac.take(self.table, letter)
            total += sum(
                ac.tanh(a + p) * b
                for a, p, b in zip(row, self.places[k], self.out, strict=True)
            )
        return ac.square(total - y)


def points(count, rows=5, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(rows, 2)), rng.normal(size=rows)) for _ in range(count)]


def words(count, rows=1, seed=0, lengths=(4,)):
    """Indices, many of them twice in a row and in several rows."""
    rng = np.random.default_rng(seed)
    return [
        (rng.integers(5, size=(rows, lengths[k % len(lengths)])), rng.normal(size=rows))
        for k in range(count)
    ]


def adam(model):
    return optim.Adam(model.w, lr=0.02, weight_decay=0.01)


def result(kind, how, batches, **options):
    """Losses, parameters and state after one way through the batches."""
    model = kind()
    indices = (0,) if kind is Letters else ()
    optimizer = adam(model)
    program = compile(model.loss, index_argnums=indices, **options)
    training = program.training(optimizer=optimizer)
    losses = how(training, batches)
    training.settle(gradients=True)
    numbers = [x.data for x in model.w], [x.grad for x in model.w]
    return losses, numbers, optimizer.state_dict()


def together(training, batches):
    return training.steps(batches)


def one_by_one(training, batches):
    return [training.step(*batch) for batch in batches]


def as_lists(training, batches):
    """No arrays: never a native step."""
    found = [training.step(*(part.tolist() for part in batch)) for batch in batches]
    assert not any(training._native.values())
    return found


@pytest.fixture
def calls(monkeypatch):
    """How many steps each call of native steps has made."""
    made, run = [], NativeStep.run

    def counted(self, batches):
        made.append(run(self, batches))
        return made[-1]

    monkeypatch.setattr(NativeStep, "run", counted)
    return made


@pytest.mark.parametrize("kind", [Neuron, Letters])
@pytest.mark.parametrize("rows", [1, 5])
def test_steps_together_have_the_bits_of_single_ones(
    kind, rows, backend, numerics, calls
):
    """And of those that go through Python, each with its own arrays."""
    batches = points(COUNT, rows) if kind is Neuron else words(COUNT, rows)
    options = {"backend": backend, "numerics": numerics}
    expected = result(kind, as_lists, batches, **options)
    assert not calls
    assert result(kind, one_by_one, batches, **options) == expected
    calls.clear()
    assert result(kind, together, batches, **options) == expected
    assert max(calls) >= 16
    assert sum(calls) == COUNT - 1  # the first one finds out


@pytest.mark.parametrize("kind", [Neuron, Letters])
def test_batches_of_several_shapes(kind, backend, numerics):
    """As the last of an epoch; lengths read other places, whose gradient is 0 then."""
    if kind is Neuron:
        batches = [*points(20, 5), *points(1, 3), *points(20, 5), *points(2, 3)]
    else:
        batches = words(40, 2, lengths=(3, 7, 7, 7, 5))
    options = {"backend": backend, "numerics": numerics}
    expected = result(kind, as_lists, batches, **options)
    assert result(kind, together, batches, **options) == expected
    assert result(kind, one_by_one, batches, **options) == expected


def test_every_length_up_to_the_context_is_native(backend, calls):
    """A new length every step: no step after the first of its length is Python's."""
    batches = words(32, lengths=range(1, 17))
    result(Letters, one_by_one, batches, backend=backend)
    assert calls.count(1) == 16


def test_train_takes_lists_together_and_iterators_one_by_one(backend, calls):
    """An iterator may fill one array again and again, and change the rate."""
    batches = points(COUNT)
    model, rule = Neuron(), None
    program = compile(model.loss, backend=backend)

    def one_array():
        X, Y = (np.empty_like(part) for part in batches[0])  # noqa: N806
        for k, (x, y) in enumerate(batches):
            X[:], Y[:] = x, y
            rule.param_groups[0]["lr"] = 0.1 / (k + 1)
            yield X, Y

    rule = optim.SGD(model.w, lr=1.0, momentum=0.5)
    losses = program.train(one_array(), optimizer=rule)
    assert max(calls) == 1
    other = Neuron()
    rule = optim.SGD(other.w, lr=1.0, momentum=0.5)
    training = compile(other.loss, backend=backend).training(optimizer=rule)
    expected = []
    for k, batch in enumerate(batches):
        rule.param_groups[0]["lr"] = 0.1 / (k + 1)
        expected += training.steps([batch])
    training.settle()
    assert losses == expected
    assert [x.data for x in model.w] == [x.data for x in other.w]
    calls.clear()
    again, more = Neuron(), Neuron()
    a = compile(again.loss, backend=backend).train(batches, optimizer=adam(again))
    assert max(calls) >= 16
    b = compile(more.loss, backend=backend).train(iter(batches), optimizer=adam(more))
    assert a == b


@pytest.mark.parametrize("bad", [0, 1, 17, COUNT - 1])
def test_the_step_that_is_not_finite_has_not_been_made(bad, backend, numerics):
    """The message has its row; those before it are made, counted and written."""

    def trained(count, batches):
        w = [Value(1.0, name="w"), Value(0.5)]
        program = compile(
            lambda x: ac.log(w[0] * x) + w[1] * w[1] * x,
            backend=backend,
            numerics=numerics,
        )
        rule = optim.Adam(w, lr=0.01)
        if count == len(batches):
            program.train(batches, optimizer=rule)
        else:
            with pytest.raises(NonFiniteError, match=r"^row 2: log\(-"):
                program.train(batches, optimizer=rule)
        return [x.data for x in w], [x.grad for x in w], rule.state_dict()

    batches = [(np.array([1.0, 2.0, 3.0]),)] * COUNT
    expected = trained(bad, batches[:bad])
    batches[bad] = (np.array([1.0, 2.0, -3.0]),)
    assert trained(bad, batches) == expected


def test_an_update_that_overflows_has_not_been_made(backend):
    """The optimizer says what is wrong with the seventh step."""
    w = Value(1e100, name="w")
    program = compile(lambda x: w * x, backend=backend)
    rule = optim.SGD([w], lr=1e200)
    batches = [(np.array([1e-300]),)] * 6 + [(np.array([1e150]),)] * 3
    with pytest.raises(NonFiniteError, match=r"value of w -?inf.*smaller"):
        program.train(batches, optimizer=rule)
    assert (w.data, rule.state["step"]) == (1e100, [6])


def test_where_fast_needs_eager_the_steps_go_on(backend):
    """0 times infinity is no number in the fast sweep, and 0 in eager's."""

    def trained(how):
        w = Value(0.5)
        program = compile(
            lambda x: ac.square(w * x) + ac.where(x > 0, ac.sqrt(x * 0.0 * w), 0.0),
            backend=backend,
        )
        training = program.training(optimizer=optim.SGD([w], lr=0.1))
        batches = [(np.array([-1.0 if k % 7 else 1.0, -2.0]),) for k in range(COUNT)]
        try:
            return how(training, batches), None
        except NonFiniteError as error:
            return None, str(error)
        finally:
            training.settle()

    assert trained(together) == trained(one_by_one)


@pytest.mark.parametrize("wrong", [5, -1, 2**60])
def test_an_index_that_a_table_does_not_have(wrong, backend):
    """Nothing of that step has moved; the message is that of a call."""
    model, other = Letters(), Letters()
    batches = words(30, rows=2)
    rule, expected = adam(model), adam(other)
    options = {"backend": backend, "index_argnums": 0}
    compile(other.loss, **options).train(batches[:20], optimizer=expected)
    letters = batches[20][0].copy()
    letters[1, 3] = wrong
    batches[20] = letters, batches[20][1]
    with pytest.raises(IndexError, match=r"^row 1: 'index' must be from 0 to 4, got"):
        compile(model.loss, **options).train(batches, optimizer=rule)
    assert [x.data for x in model.w] == [x.data for x in other.w]
    assert rule.state_dict() == expected.state_dict()


LAYOUTS = {
    "strided": lambda x: np.repeat(x, 3, axis=0)[::3],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "by columns": np.asfortranarray,
    "read-only": lambda x: np.frombuffer(x.tobytes(), x.dtype).reshape(x.shape),
    "not aligned": lambda x: np.frombuffer(
        b"-" + x.tobytes(), x.dtype, offset=1
    ).reshape(x.shape),
    "pickled": lambda x: pickle.loads(pickle.dumps(x)),
    "the other byte order": lambda x: x.astype(x.dtype.newbyteorder()),
    "short ints": lambda x: x.astype("i2") if x.dtype.kind == "i" else x,
    "unsigned": lambda x: x.astype("u8") if x.dtype.kind == "i" else x,
    "a list": lambda x: x.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", [Neuron, Letters])
def test_arrays_may_lie_as_they_like(kind, layout, backend):
    """Their own strides are read, or what cannot be read is converted."""
    batches = points(30) if kind is Neuron else words(30, 5)
    expected = result(kind, together, batches, backend=backend)
    laid = [
        tuple(map(LAYOUTS[layout], batch)) if k > 3 else batch
        for k, batch in enumerate(batches)
    ]
    assert result(kind, together, laid, backend=backend) == expected
    assert result(kind, one_by_one, laid, backend=backend) == expected


def test_an_array_that_moves_is_read_where_it_is(backend):
    """Its memory and its shape may be others at the next call."""
    model, other = Neuron(), Neuron()
    trainings = [
        compile(m.loss, backend=backend).training(optimizer=adam(m))
        for m in (model, other)
    ]
    X, Y = np.zeros((5, 2)), np.zeros(5)  # noqa: N806
    kept = []
    for k, (x, y) in enumerate(points(20)):
        X.resize((5000 + k, 2), refcheck=False)
        kept.append(np.ones(10_000))  # takes what was free
        X.resize((5, 2), refcheck=False)
        X[:], Y[:] = x, y
        assert trainings[0].step(X, Y) == trainings[1].step(x, y)
    X.shape = 2, 5
    for training in trainings:
        with pytest.raises(ValueError, match="5 rows"):
            training.step(X, Y)


def test_what_is_no_batch_is_refused_before_the_first_step(backend):
    model = Neuron()
    program = compile(model.loss, backend=backend)
    rule = adam(model)
    for wrong in (5, np.zeros(2), "xy"):
        with pytest.raises(TypeError, match="'batches' must be tuples"):
            program.train([*points(3), wrong], optimizer=rule)
    assert rule.state["step"] == [0, 0, 0]
    training = program.training(optimizer=rule)
    assert training.steps([]) == []
    with pytest.raises(TypeError, match=r"a list or a tuple.*\(got a generator\)"):
        training.steps(batch for batch in points(3))
    training.steps(points(3))
    with pytest.raises(TypeError, match="argument"):
        training.steps([*points(3), points(1)[0][:1]])


def test_an_interrupt_after_a_call_loses_no_count(backend, monkeypatch):
    """Python's lists may be lost; what was moved was counted in the same call."""
    model, other = Neuron(), Neuron()
    batches, run, done = points(300), NativeStep.run, []

    def interrupted(self, given):
        done.append(run(self, given))
        if sum(done) > 100:
            raise KeyboardInterrupt
        return done[-1]

    rule, expected = adam(model), adam(other)
    with monkeypatch.context() as patch:
        patch.setattr(NativeStep, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            compile(model.loss, backend=backend).train(batches, optimizer=rule)
    made = rule.state["step"][0]
    assert 100 < made == 1 + sum(done) < 300
    compile(other.loss, backend=backend).train(batches[:made], optimizer=expected)
    assert rule.state_dict() == expected.state_dict()
    assert [x.data for x in model.w] == [x.data for x in other.w]


def test_a_call_becomes_longer_and_shorter(backend):
    """By what the last one took, between 1 step and 1000."""
    rule = optim.SGD([Value(0.0)], lr=0.1)
    training = compile(abs, backend=backend).training(optimizer=rule)
    sizes = []
    for seconds in (0.0, 0.0, 0.05, 0.2, 0.2, *[0.0] * 9, *[9.0] * 12):
        training._pace(training.most, seconds)
        sizes.append(training.most)
    assert sizes[:5] == [32, 64, 64, 32, 16]
    assert (max(sizes), sizes[-1]) == (train.MOST, 1)
    training._pace(0, 0.0)  # the call ended early: nothing is known
    assert training.most == 1


@pytest.mark.parametrize("kind", [Neuron, Letters])
def test_clipping_between(kind, backend, numerics):
    batches = points(30) if kind is Neuron else words(30, 5)
    found = []
    for how in (as_lists, one_by_one, together):
        model = kind()
        program = compile(
            model.loss,
            backend=backend,
            numerics=numerics,
            index_argnums=(0,) if kind is Letters else (),
        )
        training = program.training(optimizer=adam(model), clip=0.2)
        losses = how(training, batches)
        training.settle(gradients=True)
        found.append((losses, [x.data for x in model.w], [x.grad for x in model.w]))
    assert found[1] == found[2]
    if numerics == "eager":  # else the mean is taken before the length, or after
        assert found[0] == found[1]


def test_trainings_of_one_program_at_the_same_time(backend):
    """Each has its own parameters in arrays; what they share is read only."""
    expected = result(Letters, together, words(200, 3), backend=backend)
    model = Letters()
    program = compile(model.loss, backend=backend, index_argnums=0)
    trainings = [program.training(optimizer=adam(model)) for _ in range(2)]
    for training in trainings:  # nothing has to be traced any more
        training.step(*words(1, 3)[0])
    found = [[], []]

    def work(k):
        found[k] += trainings[k].steps(words(200, 3)[1:])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == expected[0][1:]
    trainings[1].settle()
    assert [x.data for x in model.w] == expected[1][0]


def test_a_frozen_entry_of_a_table_stays(backend):
    """It is taken, and its gradient goes nowhere."""
    found = []
    for how in (as_lists, together):
        model = Letters()
        for x in model.table[2]:
            x.requires_grad = False
        program = compile(model.loss, backend=backend, index_argnums=0)
        moving = [x for x in model.w if x.requires_grad]
        training = program.training(optimizer=optim.Adam(moving, lr=0.02))
        losses = how(training, words(30, 5))
        training.settle()
        found.append((losses, [x.data for x in model.w]))
    assert found[0] == found[1]


def test_without_knowledge_of_objects_python_makes_the_steps(monkeypatch, calls):
    """On a Python whose tuples or arrays look otherwise."""
    pytest.importorskip("llvmlite")
    from autograd_core.compile.backends.llvm.steps import objects, sequence

    expected = result(Neuron, together, points(10), backend="llvm")
    assert calls
    calls.clear()
    monkeypatch.setattr(sequence, "known", lambda: False)
    assert result(Neuron, together, points(10), backend="llvm") == expected
    assert not calls
    for name in ("ITEMS", "LENGTH", "SHAPE", "FLAGS", "DTYPE", "KIND"):
        with monkeypatch.context() as patch:
            patch.setitem(objects.CONSTANTS, name, objects.CONSTANTS["TYPE"])
            assert not objects.known.__wrapped__(), name
    assert objects.known.__wrapped__()
    monkeypatch.setattr("sys.implementation.name", "another")
    assert not objects.known.__wrapped__()
