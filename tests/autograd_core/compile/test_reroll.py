"""Loops over a batch in plain Python: found, proved to be alike, run over lanes.

The reference is `Value.backward` on the function as it is written. With
``numerics="fast"`` sums are added in another order, and a sample's result may be
multiplied by 1/n before it is added: each of the additions and products behind a
gradient rounds once, so two orders of n terms differ by at most 2n half ULP of the sum
of the terms' sizes. `CLOSE` is that for n = 1000, with terms ten times their sum.
"""

import gc
import math
import random
import weakref
from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, Value, compile
from autograd_core.compile.backends import _MODULES, _found
from autograd_core.compile.calls import binding
from autograd_core.compile.reroll import alike as reroll_alike
from autograd_core.compile.reroll.reroll import reroll
from autograd_core.compile.tracing.trace import trace
from autograd_core.primitives import TABLE
from autograd_core.record import record
from optim import SGD, Adam
from tests.autograd_core.compile.rows import same_bits

CLOSE = 1e-12
BACKENDS = [name for name in _MODULES if _found(name)]


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


class Net:
    """micrograd's: every neuron is sum(w*x) + b."""

    def __init__(self, seed, widths=(2, 6, 5, 1), act=ac.relu):
        rng = random.Random(seed)
        self.act = act
        self.layers = [
            [
                ([Value(rng.uniform(-1, 1)) for _ in range(n)], Value(rng.gauss(0, 1)))
                for _ in range(m)
            ]
            for n, m in pairwise(widths)
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = [sum((a * b for a, b in zip(w, x, strict=True)), c) for w, c in layer]
            if layer is not self.layers[-1]:
                x = [self.act(z) for z in x]
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]


def _data(rows, seed=0):
    rng = random.Random(seed)
    points = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(rows)]
    return points, [rng.choice((-1.0, 1.0)) for _ in range(rows)]


def _eager(f, parameters, *args):
    for p in parameters:
        p.grad = 0.0
    root = f(*args)
    root.backward()
    return [root.data, *(p.grad for p in parameters)]


def _compiled(program, parameters, *args):
    value, gradient = program.value_and_grad(*args, parameters=parameters)
    return [value, *gradient]


def _assert_close(found, expected):
    assert found[0] == pytest.approx(expected[0], rel=CLOSE, abs=CLOSE)
    scale = max(map(abs, expected[1:]))
    assert found[1:] == pytest.approx(expected[1:], rel=0.0, abs=CLOSE * scale)


def _is_rolled(program):
    return ", re-rolled\n" in str(program.report())


def demo(model, alpha=1e-4):
    """micrograd's demo, as its notebook has it."""

    def loss(xs, y):
        inputs = [list(map(Value, xrow)) for xrow in xs]
        scores = list(map(model, inputs))
        losses = [
            (1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)
        ]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = alpha * sum(p * p for p in model.parameters())
        return data_loss + reg_loss

    return loss


def demo_of_arguments(model, alpha=1e-4):
    """The same on numbers that may be arguments."""

    def loss(xs, y):
        scores = [model(x) for x in xs]
        losses = [(1 - yi * s).relu() for yi, s in zip(y, scores, strict=True)]
        reg_loss = alpha * sum(p * p for p in model.parameters())
        return sum(losses) * (1 / len(losses)) + reg_loss

    return loss


# -- micrograd's demo ------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 7, 100])
def test_the_demo_with_data_from_outside(rows, backend):
    """A function of no arguments; one sample alone is no loop."""
    model = Net(3, (2, 16, 16, 1))
    xs, y = _data(rows)
    ps = model.parameters()

    def loss():
        return demo(model)(xs, y)

    program = compile(loss, backend=backend)
    _assert_close(_compiled(program, ps), _eager(loss, ps))
    assert program() == pytest.approx(loss().data, rel=CLOSE)
    assert _is_rolled(program) == (rows > 1)
    if rows > 1:
        assert f"alike: {rows} samples of 643 instr" in str(program.report())


@pytest.mark.parametrize("rows", [1, 2, 7, 40])
def test_the_demo_with_arguments(rows, backend):
    """New data of the same shape is no new program; lists or arrays."""
    model = Net(4)
    ps = model.parameters()
    loss = demo_of_arguments(model)
    program = compile(loss, backend=backend)
    for seed in range(3):
        xs, y = _data(rows, seed)
        expected = _eager(loss, ps, xs, y)
        _assert_close(_compiled(program, ps, xs, y), expected)
        _assert_close(_compiled(program, ps, np.array(xs), np.array(y)), expected)
    lists, arrays = program.variants.all
    assert len(lists.made_of_one) == len(arrays.made_of_one) == (rows > 1)


@pytest.mark.parametrize("captured", [True, False])
@pytest.mark.parametrize("rows", [2, 7, 30])
def test_eager_numerics_has_eagers_bits(rows, captured, backend):
    """Eager's sweep takes the penalty, then the samples from the last to the first."""
    model = Net(5)
    ps = model.parameters()
    xs, y = _data(rows)
    args = () if captured else (xs, y)

    def loss(xs=xs, y=y):
        return demo_of_arguments(model)(xs, y)

    program = compile(loss, backend=backend, numerics="eager")
    found, expected = _compiled(program, ps, *args), _eager(loss, ps, *args)
    assert all(map(same_bits, found, expected))
    assert same_bits(program(*args), expected[0])
    assert _is_rolled(program)
    for p in ps:
        p.grad = 0.0
    program.backward(*args, reduction=None)
    assert all(map(same_bits, [p.grad for p in ps], expected[1:]))


@pytest.mark.parametrize(
    "late", ["a parameter twice", "the penalty first", "backwards", "two kinds"]
)
def test_eager_numerics_in_another_order(late, backend):
    """Where the sweep adds otherwise than over lanes, nothing is re-rolled."""
    model = Net(17, act=ac.tanh)
    ps = model.parameters()
    xs, y = _data(8)

    def loss():
        penalty = sum([p * p for p in ps]) if late == "the penalty first" else 0.0
        pairs = list(zip(xs, y, strict=True))
        if late == "backwards":  # the sum goes the other way than the samples
            losses = [model(x) * t for x, t in pairs][::-1]
        elif late == "two kinds":
            losses = [model(x) * t if t > 0 else -model(x) for x, t in pairs]
        elif late == "a parameter twice":
            losses = [model(x) * t * ps[0] for x, t in pairs]
        else:
            losses = [model(x) * t for x, t in pairs]
        return sum(losses) / len(losses) + penalty

    program = compile(loss, backend=backend, numerics="eager")
    found, expected = _compiled(program, ps), _eager(loss, ps)
    assert all(map(same_bits, found, expected))
    rolled = "gradient (eager), re-rolled" in str(program.report())
    assert rolled == (late == "backwards")
    assert rolled or "this has another" in str(program.report())


# -- training --------------------------------------------------------------------------

OPTIMIZERS = {
    "sgd": lambda ps: SGD(ps, lr=0.05, momentum=0.9),
    "adam": lambda ps: Adam(ps, lr=0.05),
}


def _steps(loss, ps, optimizer, batches):
    losses = []
    for args in batches:
        losses.append(_eager(loss, ps, *args)[0])
        optimizer.step()
    return losses


@pytest.mark.parametrize("numerics", ["fast", "eager"])
def test_training_on_any_function_of_the_samples(numerics, backend):
    """Also what has no native step."""
    ours, theirs = Net(19, act=ac.tanh), Net(19, act=ac.tanh)
    xs, y = _data(9)

    def loss(model):
        return ac.sqrt(_mean(_squares([model(x) for x in xs], y)) + 0.1)

    program = compile(lambda: loss(ours), backend=backend, numerics=numerics)
    found = program.train([()] * 5, optimizer=SGD(ours.parameters(), lr=0.1))
    ps = theirs.parameters()
    expected = _steps(lambda: loss(theirs), ps, SGD(ps, lr=0.1), [()] * 5)
    assert found == pytest.approx(expected, rel=1e-12)
    assert _is_rolled(program)
    if numerics == "eager":
        assert [p.data for p in ours.parameters()] == [p.data for p in ps]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_with_data_from_outside(name, backend):
    """train([()] * n) are n steps of the function as it is."""
    ours, theirs = Net(6), Net(6)
    xs, y = _data(20)
    program = compile(lambda: demo_of_arguments(ours)(xs, y), backend=backend)
    optimizer = OPTIMIZERS[name](ours.parameters())
    losses = program.train([()] * 8, optimizer=optimizer)
    losses.append(program.step(optimizer=optimizer))
    ps = theirs.parameters()
    batches = [(xs, y)] * 9
    expected = _steps(demo_of_arguments(theirs), ps, OPTIMIZERS[name](ps), batches)
    assert losses == pytest.approx(expected, rel=1e-10)
    assert [p.data for p in ours.parameters()] == pytest.approx(
        [p.data for p in ps], rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("arrays", [True, False])
def test_training_with_batches_drawn_per_step(name, arrays, backend):
    """reduction=None: the function gets each batch whole, and adds up by itself."""
    ours, theirs = Net(7), Net(7)
    batches = [_data(12, seed) for seed in range(9)]
    given = [tuple(map(np.array, b)) for b in batches] if arrays else batches
    program = compile(demo_of_arguments(ours), backend=backend)
    optimizer = OPTIMIZERS[name](ours.parameters())
    losses = program.train(given[:8], optimizer=optimizer, reduction=None)
    losses.append(program.step(*given[8], optimizer=optimizer, reduction=None))
    ps = theirs.parameters()
    expected = _steps(demo_of_arguments(theirs), ps, OPTIMIZERS[name](ps), batches)
    assert losses == pytest.approx(expected, rel=1e-10)
    assert [p.data for p in ours.parameters()] == pytest.approx(
        [p.data for p in ps], rel=1e-9, abs=1e-12
    )
    assert len(program.variants.all) == 1


def test_a_loop_trains_like_its_rows(backend):
    """The mean of rows, or a function that takes it: the same training."""
    ours, theirs = Net(8), Net(8)
    xs, y = map(np.array, _data(16))
    loop = compile(demo_of_arguments(ours, alpha=0.0), backend=backend)
    rows = compile(lambda x, t: (1 - t * theirs(x)).relu(), backend=backend)
    one, two = (SGD(model.parameters(), lr=0.1) for model in (ours, theirs))
    mine = loop.train([(xs, y)] * 6, optimizer=one, reduction=None)
    other = rows.train([(xs, y)] * 6, optimizer=two)
    assert mine == pytest.approx(other, rel=1e-12)


def test_backward_of_a_whole_batch(backend):
    """The gradient is added to what .grad has; several rows are several batches."""
    model = Net(9)
    ps = model.parameters()
    xs, y = map(np.array, _data(6))
    loss = demo_of_arguments(model)
    program = compile(loss, backend=backend)
    expected = _eager(loss, ps, xs.tolist(), y.tolist())
    for p in ps:
        p.grad = 1.0
    found = program.backward(xs, y, reduction=None)
    _assert_close([found, *(p.grad - 1.0 for p in ps)], expected)
    for p in ps:
        p.grad = 0.0
    found = program.backward(xs[None], y[None])
    _assert_close([found, *(p.grad for p in ps)], expected)
    assert program.rows(xs[None], y[None]) == pytest.approx([expected[0]], rel=CLOSE)
    two = program.rows(np.array([xs, xs[::-1]]), np.array([y, y[::-1]]))
    assert two == pytest.approx([expected[0]] * 2, rel=CLOSE)


@pytest.mark.parametrize("end", ["penalties", "root"])
@pytest.mark.parametrize("most", [0, 20_000])
def test_bound_calls(most, end, backend, monkeypatch):
    """Long programs are re-rolled too; arrays and captured Values are read anew."""
    monkeypatch.setattr(binding, "MOST_STRAIGHT", most)
    model = Net(18, act=ac.tanh)
    ps = model.parameters()
    xs, y = map(np.array, _data(9))

    def loss(xs, y):
        return ENDS[end][0]([model(x) for x in xs], y, ps)

    program = compile(loss, backend=backend)
    value = program.bind(xs, y)
    gradient = program.bind(xs, y, wanted="gradient", parameters=ps)
    for _ in range(2):
        value(), gradient()
        expected = _eager(loss, ps, xs.tolist(), y.tolist())
        assert value.value == pytest.approx(expected[0], rel=CLOSE)
        _assert_close([gradient.value.item(), *gradient.gradient.tolist()], expected)
        xs *= 0.5
        ps[0].data += 1.0
    assert _is_rolled(program) == (most == 0)


def test_what_is_not_finite_has_eagers_message(backend):
    """Nothing has moved, and the message says where it began."""
    ws = [Value(0.5), *[Value(0.1 * k) for k in range(1, 6)]]
    xs = [4.0, 3.0, 2.0, 1.0, 0.0] * 5

    def sample(x):
        z = ws[0] * x
        for w in ws[1:]:
            z = z * w + x
        return ac.log(x * ws[0]) + z * z

    program = compile(lambda xs: sum([sample(x) for x in xs]), backend=backend)
    assert math.isfinite(program([1.0] * 25))
    assert _is_rolled(program)
    with pytest.raises(NonFiniteError, match=r"log\(0.0\) = -inf"):
        program.step(xs, optimizer=SGD(ws, lr=0.1), reduction=None)
    assert [w.data for w in ws] == [0.5, *[0.1 * k for k in range(1, 6)]]


# -- how the samples are put together --------------------------------------------------


def _mean(xs):
    return sum(xs) / len(xs)


def _standardised(xs):
    mean = _mean(xs)
    return _mean([(x - mean) ** 2 for x in xs])


def _products(scores, targets):
    return [a * b for a, b in zip(scores, targets, strict=True)]


def _squares(scores, targets):
    return [(a - b) ** 2 for a, b in zip(scores, targets, strict=True)]


def _accumulated(scores, targets):
    total = Value(0.0)
    for square in _squares(scores, targets):
        total += square / len(scores)
    return total


def _moving(xs):
    average = 0.0
    for x in xs:
        average = 0.9 * average + 0.1 * x
    return average


def _row_sum(xs):
    return record(TABLE["sum"].bind({}), tuple(xs))


def _twice(x):
    return x + x


# Name -> a function of the scores, the targets and the model's parameters; whether it
# is re-rolled, and as what.
SUM, ANY, NOT = "is their sum", "by the chain rule", "not re-rolled"
ENDS = {
    "sum": (lambda s, y, ps: sum(_squares(s, y)), SUM),
    "loop": (lambda s, y, ps: _accumulated(s, y), SUM),
    "row sum": (lambda s, y, ps: _row_sum(_products(s, y)), SUM),
    "minus": (lambda s, y, ps: 3 - sum(_products(s, y)) / 7, SUM),
    "both": (
        lambda s, y, ps: _mean([ac.exp(z) for z in _products(s, y)]) + _mean(s) * 0.1,
        SUM,
    ),
    "l1": (lambda s, y, ps: 0.3 * sum(map(abs, ps)) - sum(_products(s, y)), SUM),
    "penalties": (
        lambda s, y, ps: (
            _mean(_squares(s, y))
            + 0.01 * sum([p * p for p in ps])
            + (ps[0] * ps[1] + 2) / ps[2]
        ),
        SUM,
    ),
    "factor": (lambda s, y, ps: ps[3] * sum(_squares(s, y)) / ps[4], SUM),
    "weights": (
        lambda s, y, ps: sum([0.5**k * z for k, z in enumerate(_squares(s, y))]),
        SUM,
    ),
    "root": (lambda s, y, ps: ac.sqrt(_mean(_squares(s, y)) + 0.1), ANY),
    "logsumexp": (lambda s, y, ps: ac.logsumexp(_products(s, y)), ANY),
    "softmax": (lambda s, y, ps: ac.softmax([a * ps[0] for a in s])[1], ANY),
    "ratio": (
        lambda s, y, ps: sum(_products(s, y)) / (1 + sum(_squares(s, y))) + ps[0],
        ANY,
    ),
    "moving average": (lambda s, y, ps: _moving(_products(s, y)), ANY),
    "twice": (lambda s, y, ps: _twice(sum(_squares(s, y))), ANY),
    "standardised": (lambda s, y, ps: _standardised(s), NOT),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("captured", [True, False])
def test_what_is_made_of_the_samples(end, captured, backend):
    """Sums with factors and penalties are one pass; the chain rule does the rest."""
    make, expected = ENDS[end]
    model = Net(10, (2, 12, 11, 1) if end == "penalties" else (2, 6, 5, 1), ac.tanh)
    ps = model.parameters()
    xs, y = _data(7, seed=3)

    def loss(xs=xs, y=y):
        return make([model(x) for x in xs], y, ps)

    args = () if captured else (xs, y)
    program = compile(loss, backend=backend)
    _assert_close(_compiled(program, ps, *args), _eager(loss, ps, *args))
    assert program(*args) == pytest.approx(loss().data, rel=CLOSE)
    assert expected in str(program.report())


def test_several_results(backend):
    """All scores, and their mean: values for each sample."""
    model = Net(11)
    xs, _ = _data(9)

    def scores(xs):
        found = [model(x) for x in xs]
        return {"scores": found, "mean": _mean(found)}

    program = compile(scores, backend=backend)
    found, expected = program(xs), scores(xs)
    assert found["scores"] == pytest.approx([s.data for s in expected["scores"]], 1e-13)
    assert found["mean"] == pytest.approx(expected["mean"].data, rel=1e-12)
    assert _is_rolled(program)


def test_what_is_dropped_is_gone_at_once():
    """Nothing of a re-rolled function is in a cycle: reference counts free it."""
    model = Net(20)
    points, y = _data(20)
    gc.collect()
    gc.disable()
    try:
        for end in ("penalties", "root"):
            program = compile(
                lambda end=end: ENDS[end][0](
                    [model(x) for x in points], y, model.parameters()
                ),
                backend="numpy",
            )
            program.value_and_grad(parameters=model.parameters())
            assert _is_rolled(program)
            gone = weakref.ref(program.variants.all[0].traced.tape)
            program.variants._found.clear()
            assert gone() is None, end
    finally:
        gc.enable()


def test_samples_of_two_kinds(backend):
    """What is different in structure is a program of its own; one alone is the rest."""
    model = Net(12)
    ps = model.parameters()
    xs, y = _data(15, seed=2)
    y[4] = 0.0

    def sample(x, target):
        score = model(x)
        if target == 0.0:
            return score * score * score
        return ac.exp(-score) if target > 0 else (1 + score).relu()

    def loss():
        return sum([sample(x, t) for x, t in zip(xs, y, strict=True)]) / len(xs)

    program = compile(loss, backend=backend)
    _assert_close(_compiled(program, ps), _eager(loss, ps))
    kinds = [f"{y.count(t)} samples of" for t in (1.0, -1.0)]
    assert all(kind in str(program.report()) for kind in kinds)


def test_numbers_that_all_samples_share(backend):
    """A temperature as an argument, a scale of the weights, a derivative by them."""
    model = Net(13)
    ps = model.parameters()
    xs, y = _data(8)

    def loss(xs, y, temperature):
        scale = ac.exp(ps[0]) / temperature
        return sum([(model(x) * scale - t) ** 2 for x, t in zip(xs, y, strict=True)])

    program = compile(loss, backend=backend)
    for temperature in (0.5, 2.0):
        args = (xs, y, temperature)
        _assert_close(_compiled(program, ps, *args), _eager(loss, ps, *args))
    assert SUM in str(program.report())
    few = ps[3:5]
    value, gradient = program.value_and_grad(xs, y, 2.0, parameters=few)
    expected = _eager(loss, ps, xs, y, 2.0)
    _assert_close([value, *gradient], [expected[0], *expected[4:6]])
    ps[3].requires_grad = False
    before = [p.grad for p in ps]
    program.backward(xs, y, 2.0, reduction=None)
    assert ps[3].grad == before[3]
    assert ps[4].grad == pytest.approx(2 * before[4], rel=1e-9)


def test_derivatives_by_arguments_are_not_re_rolled(backend):
    """They belong to single samples; the program as it was traced has them."""
    model = Net(14, act=ac.tanh)
    xs, y = _data(6)
    loss = demo_of_arguments(model)
    program = compile(loss, backend=backend)
    found = program.value_and_grad(xs, y, argnums=0)[1]
    expected = [[getattr(x, "data", x) for x in row] for row in ac.grad(loss)(xs, y)]
    assert np.array(found) == pytest.approx(np.array(expected), rel=1e-9)
    assert "a derivative by inputs" in str(program.report())


def test_branches_are_not_re_rolled(backend):
    """Python's max asks a question per sample, which the rows of a batch answer."""
    model = Net(15)
    xs, y = _data(5)
    program = compile(
        lambda: sum([max(0, 1 - t * model(x)) for x, t in zip(xs, y, strict=True)]),
        backend=backend,
    )
    ps = model.parameters()
    _assert_close(_compiled(program, ps), _eager(program.function, ps))
    assert not _is_rolled(program)


def test_without_captured_values_nothing_is_re_rolled(backend):
    """Rosenbrock's function repeats itself, and is faster as straight code."""

    def f(x):
        return sum([100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x)])

    program = compile(f, backend=backend)
    x = [0.01 * k for k in range(100)]
    assert program(x) == pytest.approx(f(x), rel=1e-12)
    assert not _is_rolled(program)


def test_a_row_is_not_re_rolled():
    """A network's own neurons are not alike: each has its own parameters."""
    model = Net(16, (3, 12, 12, 1))
    tape = trace(lambda x: model(x) ** 2, ([0.1, 0.2, 0.3],)).tape
    assert reroll(tape, 1) == "nothing that would be worth it is repeated"


# -- a wrong program is impossible -----------------------------------------------------

BINARY = ("add", "sub", "mul")
UNARY = ("tanh", "sin", "sigmoid", "softplus")


def _random_plan(rng, parameters, others, once):
    # Operations on earlier numbers; if ``once``, each parameter is read at most once.
    plan, unread = [], list(range(parameters))
    for k in range(rng.randint(30, 90)):
        known = parameters + others + k

        def pick(known=known):
            if rng.random() < 0.2 and unread:
                return unread.pop() if once else rng.choice(unread)
            return rng.randrange(max(parameters, known - 8), known)

        if rng.random() < 0.3:
            plan.append((rng.choice(UNARY), pick(), 0))
        else:
            plan.append((rng.choice(BINARY), pick(), pick()))
    return plan


def _perturbed(rng, plan):
    at = rng.randrange(len(plan))
    op, a, b = plan[at]
    other = (rng.choice(UNARY), a, a) if op in UNARY else (rng.choice(BINARY), b, a)
    return [*plan[:at], other, *plan[at + 1 :]]


def _random_loss(rng):
    # Samples made by one random plan; some are perturbed; some share a number.
    count, width, once = rng.randint(2, 12), rng.randint(1, 3), rng.random() < 0.5
    ps = [Value(rng.uniform(-1, 1)) for _ in range(rng.randint(1, 8))]
    plan = _random_plan(rng, len(ps), width + 2, once)
    odd = rng.choice((0.0, 0.2))
    plans = [
        _perturbed(rng, plan) if rng.random() < odd else plan for _ in range(count)
    ]
    data = [
        [rng.choice((0.5, 1.0, rng.gauss(0, 1))) for _ in range(width)]
        for _ in range(count)
    ]
    literals = [rng.gauss(0, 1) if rng.random() < 0.3 else 0.25 for _ in range(count)]
    end = rng.choice(list(ENDS.values()))[0] if rng.random() < 0.5 else None
    sharing = rng.random() < 0.3

    def sample(plan, row, literal, shared):
        numbers = [*ps, *row, literal, literal if once else shared]
        for op, a, b in plan:
            if op in UNARY:
                x = numbers[a]
                x = x if isinstance(x, Value) else Value(x, requires_grad=False)
                numbers.append(getattr(x, op)())
            else:
                x, y = numbers[a], numbers[b]
                numbers.append(
                    x + y if op == "add" else x - y if op == "sub" else x * y
                )
        return ac.tanh(numbers[-1] + numbers[-2] * (0.5 if once else ps[0]))

    def loss(data):
        shared, found = ps[0] * 0.5 + ps[-1].tanh(), []
        for plan, row, literal in zip(plans, data, literals, strict=True):
            found.append(sample(plan, row, literal, shared))
            if sharing:
                shared = found[0] * 0.5
        targets = [0.1 * k for k in range(count)]
        many = [*ps, *[Value(0.5)] * 5]
        penalty = 0.01 * sum([p * p for p in ps])
        return penalty + (end(found, targets, many) if end else sum(found))

    return loss, ps, data


def _sensitivity(loss, ps, data, expected):
    # How far the worst result goes if each parameter is off by 45 units in its last
    # place: of a program that amplifies errors no order of sums can do better.
    before = [p.data for p in ps]
    for k, p in enumerate(ps):
        p.data *= 1 + 1e-14 * (-1) ** k
    moved = _eager(loss, ps, data)
    for p, number in zip(ps, before, strict=True):
        p.data = number
    return max(abs(x - y) for x, y in zip(moved, expected, strict=True))


def _check_random(seed, count, backends, numerics="fast"):
    rng = random.Random(seed)
    rolled = 0
    for n in range(count):
        loss, ps, data = _random_loss(rng)
        expected = _eager(loss, ps, data)
        close = 1e-11 * max(1.0, *map(abs, expected))
        if numerics == "fast":
            close += _sensitivity(loss, ps, data, expected)
        for backend in backends:
            for f, args in ((loss, (data,)), (lambda: loss(data), ())):  # noqa: B023
                program = compile(f, backend=backend, numerics=numerics)
                found = [*_compiled(program, ps, *args), program(*args)]
                note = f"seed {seed}, function {n}, {backend}, {args}"
                if numerics == "eager":
                    both = zip(found, [*expected, expected[0]], strict=True)
                    assert all(same_bits(x, y) for x, y in both), note
                    gradient = "gradient (eager), re-rolled" in str(program.report())
                    rolled += gradient
                else:
                    both = [*expected, expected[0]]
                    assert found == pytest.approx(both, abs=close), note
                    rolled += _is_rolled(program)
    return rolled


@pytest.mark.parametrize(("numerics", "rolled"), [("fast", 30), ("eager", 5)])
def test_random_samples(numerics, rolled):
    """Value and gradient are those of the function as it is written."""
    assert _check_random(1, 40, ["numpy"], numerics) > rolled


@pytest.mark.slow
@pytest.mark.parametrize("numerics", ["fast", "eager"])
@pytest.mark.parametrize("seed", range(4))
def test_random_samples_at_length(seed, numerics):
    """More of them, on all backends."""
    assert _check_random(100 + seed, 40, BACKENDS, numerics) > 10


@pytest.mark.parametrize("buckets", [1, 2, 7, 40])
def test_marks_are_not_trusted(buckets, monkeypatch):
    """Marks that mean nothing cost the chance to re-roll, and never a number."""
    marks = reroll_alike._marks
    monkeypatch.setattr(
        reroll_alike,
        "_marks",
        lambda tape, by_parameter: [m % buckets for m in marks(tape, by_parameter)],
    )
    _check_random(buckets, 15, ["numpy"])
