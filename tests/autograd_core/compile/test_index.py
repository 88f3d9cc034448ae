"""An argument that is an index: one program for all of its values, and eager's bits."""

import random

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Index, TraceError, Value, compile, take
from autograd_core.compile.backends import _MODULES, _found
from optim import SGD, Adam

BACKENDS = [name for name in _MODULES if _found(name)]
INDICES = [1, 3, 3, 0, 1]
XS = [0.5, -0.2, 0.7, 1.0, -1.5]
CLASSES = [2, 0, 4, 1, 1]


class Model:
    """A row of a table, times x, through five units; a class is to be found."""

    def __init__(self, frozen=False):
        rng = random.Random(0)
        self.table = [[Value(rng.gauss(0, 1)) for _ in range(3)] for _ in range(4)]
        self.units = [[Value(rng.gauss(0, 1)) for _ in range(3)] for _ in range(5)]
        for row in self.table if frozen else []:
            row[0].requires_grad = False

    def loss(self, i, x, target):
        row = take(self.table, i)
        hidden = [ac.tanh(ac.dot(row, unit) * x) for unit in self.units]
        return ac.cross_entropy(hidden, target)

    @property
    def leaves(self):
        return [p for row in [*self.table, *self.units] for p in row]

    def numbers(self):
        return [p.data for p in self.leaves]

    def zero(self):
        for p in self.leaves:
            p.grad = 0.0


def _program(model, backend, numerics="eager"):
    return compile(model.loss, backend=backend, numerics=numerics, index_argnums=(0, 2))


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


# -- take, of ints ---------------------------------------------------------------------


def test_of_an_int_it_is_the_entry():
    table = [Value(1.0), Value(2.0)]
    assert take(table, 1) is table[1]
    assert take("abc", np.int64(2)) == "c"


# -- bits ------------------------------------------------------------------------------


@pytest.mark.parametrize("frozen", [False, True])
def test_value_and_gradient_have_eagers_bits(backend, frozen):
    """By captured Values, row by row; also when some are frozen."""
    model = Model(frozen)
    program = _program(model, backend)
    rows = list(zip(INDICES, XS, CLASSES, strict=True))
    wanted = []
    for row in rows:
        model.zero()
        loss = model.loss(*row)
        loss.backward()
        wanted.append((loss.data, [p.grad for p in model.leaves]))
    moving = [k for k, p in enumerate(model.leaves) if p.requires_grad]
    parameters = [model.leaves[k] for k in moving]
    for row, (value, gradient) in zip(rows, wanted, strict=True):
        found = program.value_and_grad(*row, parameters=parameters)
        assert found == (value, [gradient[k] for k in moving])
    values, gradients = program.rows.value_and_grad(
        np.array(INDICES), XS, CLASSES, parameters=parameters
    )
    assert values.tolist() == [value for value, _ in wanted]
    for k, column in zip(moving, gradients, strict=True):
        assert column.tolist() == [gradient[k] for _, gradient in wanted]
    assert len(program.variants.all) == 1


def test_backward_adds_up_like_eager(backend):
    """Also rows that take the same entry."""
    model = Model()
    model.zero()
    for row in zip(INDICES, XS, CLASSES, strict=True):
        model.loss(*row).backward(1 / len(XS))
    wanted = [p.grad for p in model.leaves]
    model.zero()
    _program(model, backend).backward(INDICES, XS, CLASSES)
    assert [p.grad for p in model.leaves] == wanted
    model.zero()
    _program(model, backend, "fast").backward(INDICES, XS, CLASSES)
    assert [p.grad for p in model.leaves] == pytest.approx(wanted, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("make", [lambda ps: Adam(ps, lr=0.1), lambda ps: SGD(ps, 0.1)])
@pytest.mark.parametrize("numerics", ["eager", "fast"])
def test_training_is_eagers(backend, make, numerics):
    """Entries that no row takes have no gradient; Adam's momentum still moves them."""
    eager, compiled = Model(), Model()
    batches = [([k % 4, 3], [0.5, -1.0], [k % 5, 2]) for k in range(6)]
    optimizer = make(eager.leaves)
    losses = []
    for batch in batches:
        rows = list(zip(*batch, strict=True))
        eager.zero()
        seeds = [eager.loss(*row) for row in rows]
        for loss in seeds:
            loss.backward(1 / len(rows))
        losses.append(sum([0.0, *(loss.data for loss in seeds)]) / len(rows))
        optimizer.step()
    program = _program(compiled, backend, numerics)
    found = program.train(
        [tuple(map(np.array, batch)) for batch in batches],
        optimizer=make(compiled.leaves),
    )
    if numerics == "eager":
        assert (found, compiled.numbers()) == (losses, eager.numbers())
    else:
        assert found == pytest.approx(losses, rel=1e-12)
        assert compiled.numbers() == pytest.approx(eager.numbers(), rel=1e-11)


def test_second_derivatives():
    model = Model()
    program = _program(model, "numpy")
    found = np.array(program.hessian(1, 0.5, 2, parameters=model.leaves))

    def of(theta):
        row, units = theta[3:6], [theta[i : i + 3] for i in range(12, 27, 3)]
        return ac.cross_entropy([ac.tanh(ac.dot(row, u) * 0.5) for u in units], 2)

    wanted = np.array(ac.hessian(of)(model.numbers()))
    assert np.abs(found - wanted).max() < 1e-15
    lines = program.rows.jacobian(INDICES, XS, CLASSES, parameters=model.leaves)
    _, slopes = program.rows.value_and_grad(
        INDICES, XS, CLASSES, parameters=model.leaves
    )
    assert np.array_equal(lines, slopes)


# -- what can be taken -----------------------------------------------------------------

NUMBERS = [0.5, -0.0, 2.0]
W = [Value(1.5), Value(-2.0), Value(0.25)]
TABLES = {
    "plain numbers": lambda i, x: x * take(NUMBERS, i),
    "captured Values": lambda i, x: x * take(W, i),
    "computed": lambda i, x: take([x, -x, x * W[2]], i) * x,
    "computed outside": lambda i, x: x * take([w * 2 for w in W], i),
    "pairs": lambda i, x: ac.dot(take([[x, w] for w in W], i), [x, 2.0]),
    "twice": lambda i, x: take(W, i) * x + take(W, i) ** 2,
    "dicts": lambda i, x: take([{"a": w, "b": x} for w in W], i)["a"] * x,
    "a branch": lambda i, x: take(W, i) * x if x > 0 else take(NUMBERS, i) * x,
    "a branch on an index": lambda i, x: W[0] * x if i > 1 else take(W, i) * x,
    "a number": lambda i, x: (i * x + 1 - i) ** 2 / (2 + i) - x * -i + abs(i),
    "a loss": lambda i, x: ac.binary_cross_entropy(x, i / 2),
    "both sides": lambda i, x: i + i * i - x,
}


@pytest.mark.parametrize("numerics", ["eager", "fast"])
@pytest.mark.parametrize("f", TABLES.values(), ids=TABLES)
def test_what_can_be_taken(backend, f, numerics):
    program = compile(f, backend=backend, numerics=numerics, index_argnums=0)
    indices, xs = [0, 1, 2, 1], [0.5, -1.0, 3.0, 0.25]
    rows = list(zip(indices, xs, strict=True))
    values, slopes = program.rows.value_and_grad(indices, xs, argnums=1)
    wanted = [[Value(0.0) + y for y in ac.value_and_grad(f, 1)(i, x)] for i, x in rows]
    assert values.tolist() == [value.data for value, _ in wanted]
    assert slopes.tolist() == [slope.data for _, slope in wanted]


def test_assigned_parameters_are_read_anew():
    w = [Value(1.0), Value(2.0)]
    program = compile(lambda i: take(w, i) * 2, backend="numpy", index_argnums=0)
    assert program(1) == 4.0
    w[1].data = 5.0
    assert program(1) == 10.0


def test_indices_inside_containers():
    """One program per length, whatever the tokens are."""
    table = [Value(float(k)) for k in range(10)]
    program = compile(
        lambda tokens: ac.sum([take(table, t) for t in tokens]),
        backend="numpy",
        index_argnums=0,
    )
    for tokens in ([1, 2, 3], [9, 9, 0], [4, 5], [6, 6]):
        assert program(tokens) == sum(tokens)
    assert len(program.variants.all) == 2
    assert program.rows(np.array([[1, 2, 3], [4, 5, 6]])).tolist() == [6.0, 15.0]


# -- what is refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        ((4, 0.5, 1), IndexError, "'index' must be from 0 to 3, got 4"),
        ((-1, 0.5, 1), IndexError, "from 0 to 3, got -1"),
        ((1, 0.5, 5), IndexError, "from 0 to 4, got 5"),
        ((1.0, 0.5, 1), TypeError, "argument 0 must hold ints.*1.0 that is a float"),
        ((True, 0.5, 1), TypeError, "must hold ints"),
    ],
)
@pytest.mark.parametrize("traced", [False, True])
def test_bad_indices(call, error, message, traced):
    model = Model()
    program = _program(model, "numpy")
    if traced:
        program(0, 0.5, 0)
    with pytest.raises(error, match=message):
        program(*call)


def test_a_bad_index_in_a_batch_changes_nothing(backend):
    """The message has the row; parameters, gradients and state are as they were."""
    model = Model()
    program = _program(model, backend, "fast")
    adam = Adam(model.leaves, lr=0.1)
    batch = [np.array(INDICES), np.array(XS), np.array(CLASSES)]
    program.train([batch] * 3, optimizer=adam)
    before = model.numbers(), adam.state_dict()
    for place, bad in ((0, 4), (2, 5), (2, -1)):
        broken = [array.copy() for array in batch]
        broken[place][3] = bad
        for call in (program.backward, program.rows):
            with pytest.raises(IndexError, match=f"row 3: .* got {bad}"):
                call(*broken)
        with pytest.raises(IndexError, match=f"row 3: .* got {bad}"):
            program.step(*broken, optimizer=adam)
    assert (model.numbers(), adam.state_dict()) == before
    assert all(p.grad == 0.0 for p in model.leaves)


def test_a_row_that_goes_another_way_is_not_asked_for_the_table():
    """A table is only as long as it must be for the rows that take from it."""
    short, long = [Value(1.0)], [Value(1.0), Value(2.0), Value(3.0)]
    program = compile(
        lambda i, x: take(long, i) if x > 0 else take(short, i),
        backend="numpy",
        index_argnums=0,
    )
    assert program.rows([2, 0, 1], [1.0, -1.0, 1.0]).tolist() == [3.0, 1.0, 2.0]
    with pytest.raises(IndexError, match=r"row 1: .* from 0 to 0, got 1"):
        program.rows([2, 1], [1.0, -1.0])


@pytest.mark.parametrize(
    "use",
    [
        lambda i: [1.0, 2.0][i],
        lambda i: int(i),
        lambda i: float(i),
        lambda i: {1: 2.0}[i],
        lambda i: range(i),
        lambda i: 1.0 if i else 2.0,
    ],
)
def test_an_index_is_no_int(use):
    with pytest.raises(TraceError, match=r"take\(table, i\) does not .*test_index"):
        compile(use, backend="numpy", index_argnums=0)(1)


def test_an_index_is_not_compared_for_equality():
    with pytest.raises(TraceError, match="use an inequality"):
        compile(lambda i: 1.0 if i == 1 else 2.0, index_argnums=0)(1)


def test_an_index_ends_with_its_trace():
    kept: list[Index] = []
    compile(lambda i: kept.append(i) or i * 1.0, backend="numpy", index_argnums=0)(1)
    assert repr(kept[0]) == "<index, input 0>"
    with pytest.raises(TraceError, match="outlived"):
        int(kept[0])
