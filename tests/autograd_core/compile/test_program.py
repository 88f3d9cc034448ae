"""Programs as they are used: one row, batches, derivatives, branches, bad numbers."""

import gc
import random
import threading
import weakref
from typing import NamedTuple

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, TraceError, Value, compile, no_grad
from autograd_core.compile import cache, pipeline
from autograd_core.compile.calls.variants import MOST_VARIANTS
from tests import oracle
from tests.autograd_core.compile.rows import same_bits

MODES = ("eager", "fast")


@pytest.fixture(params=MODES)
def numerics(request):
    return request.param


@pytest.fixture
def make(numerics):
    return lambda f, **more: compile(f, numerics=numerics, backend="numpy", **more)


class Pair(NamedTuple):
    a: object
    b: object


# -- values and containers -------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x, y: x * y, (2.0, 3.0)),
        (lambda x: [x, {"s": x * x}], (2.0,)),
        (lambda x: Pair(x[0] + 1, (x[1], 7)), ([1.0, 2.0],)),
        (lambda d: d["w"][0] * d["b"], ({"w": [2.0, 3.0], "b": 4},)),
        (lambda x: x * 2, (np.array([[1.0, 2.0], [3.0, 4.0]]),)),
        (lambda x: x.sum() * np.exp(x[0]), (np.array([0.5, 1.5]),)),
        (lambda x: 3.0, (2.0,)),
        (lambda p: p.a * p.b, (Pair(2.0, 5),)),
        (lambda x, mode: x * 2 if mode == "d" else x, (2.0, "d")),
        (lambda x: -x, (np.float32(2.0),)),
    ],
)
def test_a_call_is_the_function_in_floats(make, f, args):
    """The containers of the result, and its numbers; twice."""
    program = make(f)
    expected, rebuild = _flat(f(*args))
    for _ in range(2):
        found = program(*args)
        assert type(found) is type(rebuild(expected))
        numbers, _ = _flat(found)
        assert numbers == expected


def _flat(tree):
    from autograd_core.tree import flatten

    numbers, rebuild = flatten(tree)
    return [x.data if isinstance(x, Value) else float(x) for x in numbers], rebuild


@pytest.mark.parametrize(
    ("f", "columns"),
    [
        (lambda x, y: x * y, ([1.0, 2.0, 3.0], np.array([4, 5, 6]))),
        (lambda x: [x[0], x[1] * x[0]], (np.arange(6.0).reshape(3, 2),)),
        (lambda x: {"s": x[0] + x[1]}, ([[1.0, 2.0], (3, 4.0)][:1] * 3,)),
        (lambda d: Pair(d["a"], -d["a"]), ([{"a": 1.0}, {"a": 2.0}, {"a": 3}],)),
        (lambda x: 5.0, ([1.0, 2.0, 3.0],)),
    ],
)
def test_rows_are_the_function_on_each_row(make, f, columns):
    """Every number is an array of the rows."""
    found = make(f).rows(*columns)
    rows = [f(*row) for row in zip(*columns, strict=True)]
    numbers, _ = _flat_arrays(found)
    expected = np.array([_flat(row)[0] for row in rows]).T
    assert [n.tolist() for n in numbers] == expected.tolist()


def _flat_arrays(tree):
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        return [n for part in tree for n in _flat_arrays(part)[0]], None
    return [tree], None


def test_arrays_have_the_rows_first(make):
    """An array per row is one array with one more axis."""
    table = np.arange(24.0).reshape(4, 2, 3)
    program = make(lambda x: x * 2)
    assert np.array_equal(program.rows(table), table * 2)
    value = make(lambda x: (x * x).sum())
    _, slope = value.rows.value_and_grad(table)
    assert np.array_equal(slope, 2 * table)


def test_inputs_are_not_changed(make):
    """A call writes into nothing of the caller's, and its results are its own."""
    table = np.arange(6.0).reshape(3, 2)
    before = table.copy()
    program = make(lambda x: x * x[0])
    first = program.rows(table)
    kept = first.copy()
    first[:] = -1.0
    second = program.rows(table + 1)
    assert np.array_equal(table, before)
    assert np.array_equal(program.rows(table), kept)
    assert not np.array_equal(second, kept)


def test_one_program_per_structure(make):
    """A longer list is another program; equal ones share."""
    program = make(lambda xs: ac.sum([x * x for x in xs]))
    assert program([1.0, 2.0]) == 5.0
    assert program([1.0, 2.0, 3.0]) == 14.0
    assert program([0.0, 1.0]) == 1.0
    assert len(program.variants.all) == 2


def test_static_arguments(make):
    """An int that is an index is handed on as it is; a program for each value."""
    table = [Value(1.0), Value(2.0), Value(4.0)]
    program = make(lambda i, x: table[i] * x, static_argnums=0)
    assert [program(i, 10.0) for i in (0, 2, 0)] == [10.0, 40.0, 10.0]
    assert program.rows(1, [1.0, 2.0]).tolist() == [2.0, 4.0]
    assert len(program.variants.all) == 3


# -- derivatives -----------------------------------------------------------------------


W, B = Value(0.7, name="w"), Value(-0.2, name="b")


def neuron(x, y):
    """Two arguments and two captured Values."""
    return ac.tanh(W * x + B) * y + W * W


def _eager(args):
    x, y = (Value(a) for a in args)
    W.grad = B.grad = 0.0
    z = neuron(x, y)
    z.backward()
    return z.data, x.grad, y.grad, W.grad, B.grad


def _close(found, expected, numerics):
    if numerics == "eager":
        assert found == expected
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-14)


def test_gradients_by_arguments_parameters_or_both(make, numerics):
    """Laid out as what was asked for."""
    z, x, y, w, b = _eager((0.3, 1.5))
    program = make(neuron)
    ask = program.value_and_grad
    _close(ask(0.3, 1.5), (z, x), numerics)
    _close(ask(0.3, 1.5, argnums=-1), (z, y), numerics)
    value, found = ask(0.3, 1.5, argnums=(1, 0))
    _close([value, *found], [z, y, x], numerics)
    value, found = ask(0.3, 1.5, parameters=[B, W])
    _close([value, *found], [z, b, w], numerics)
    value, ((gx, gy), tree) = ask(0.3, 1.5, argnums=(0, 1), parameters={"w": W})
    assert list(tree) == ["w"]
    _close([value, gx, gy, tree["w"]], [z, x, y, w], numerics)
    assert (W.grad, B.grad) == (w, b), "no .grad is written"


def test_gradients_of_each_row(make, numerics):
    """The same, every number an array of the rows."""
    columns = ([0.3, -1.0, 2.0], [1.5, 0.5, -1.0])
    expected = np.array([_eager(row) for row in zip(*columns, strict=True)]).T
    value, (gx, gw) = make(neuron).rows.value_and_grad(
        *columns, argnums=0, parameters=W
    )
    for found, line in zip((value, gx, gw), expected[[0, 1, 3]], strict=True):
        _close(found.tolist(), line.tolist(), numerics)


def test_jacobian_and_hessian(make, numerics):
    """Laid out as jacobian() and hessian() of the engine, by parameters too."""

    def f(v, s):
        return [v["a"] * v["b"] * s, ac.exp(v["a"])]

    args = ({"a": 0.5, "b": 2.0}, 3.0)
    found, expected = make(f).jacobian(*args), ac.jacobian(f)(*args)
    assert [line.keys() for line in found] == [line.keys() for line in expected]
    for line, true in zip(found, expected, strict=True):
        _close(list(line.values()), list(true.values()), numerics)

    def g(v):
        return v[0] ** 2 * v[1] + ac.sin(v[1]) * W

    program = make(g)
    found, expected = program.hessian([3.0, 2.0]), ac.hessian(g)([3.0, 2.0])
    expected = [[x.data for x in line] for line in expected]
    _close([*found[0], *found[1]], [*expected[0], *expected[1]], numerics)
    second = program.hessian([3.0, 2.0], argnums=None, parameters=[W])
    assert second == [[0.0]]
    table = program.rows.hessian([[3.0, 2.0], [1.0, 0.0]])
    assert table[0][1].tolist() == pytest.approx([6.0, 2.0])
    rows = make(f).rows.jacobian([args[0]] * 3, [3.0, 4.0, 5.0])
    assert rows[0]["b"].tolist() == [1.5, 2.0, 2.5]


def test_frozen_values_are_read_and_get_no_gradient(make):
    """Also when they are frozen or thawed between calls."""
    w, c = Value(2.0), Value(3.0, requires_grad=False)
    program = make(lambda x: w * c * x)
    program.backward([1.0, 2.0], reduction="sum")
    assert (w.grad, c.grad) == (9.0, 0.0)
    c.requires_grad = True
    w.requires_grad = False
    program.backward([1.0, 2.0], reduction="sum")
    assert (w.grad, c.grad) == (9.0, 6.0)
    c.data = 10.0
    assert program(1.0) == 20.0


# -- batches into .grad ----------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("rows", [1, 2, 7, 64])
def test_backward_is_eagers(make, numerics, reduction, rows):
    """Row by row f(x, y).backward(seed); in eager mode to the same bits."""
    rng = random.Random(rows)
    columns = [[rng.uniform(-2, 2) for _ in range(rows)] for _ in range(2)]
    seed = 1.0 / rows if reduction == "mean" else 1.0
    W.grad = B.grad = 0.0
    losses = []
    for row in zip(*columns, strict=True):
        z = neuron(*row)
        z.backward(seed)
        losses.append(z.data)
    expected = (W.grad, B.grad)
    W.grad = B.grad = 0.0
    loss = make(neuron).backward(*columns, reduction=reduction)
    assert loss == pytest.approx(sum(losses) * seed, rel=1e-13)
    if numerics == "eager":
        assert (W.grad, B.grad) == expected
    assert (W.grad, B.grad) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("seed", range(2))
def test_sums_of_random_programs(numerics, seed):
    """Random programs of captured Values, on batches; in eager mode 0 bits differ."""
    rng = random.Random(seed)
    for n in range(15):
        program = oracle.random_program(rng, ops=(3, 15), leaves=(2, 4))
        leaves = [Value(x) for x in program.leaves[1:]]

        def f(x, program=program, leaves=leaves):
            return oracle.run(program, [x, *leaves])

        column = [program.leaves[0]] * rng.choice((1, 2, 7))
        if not isinstance(f(column[0]), Value):  # it reads none of the captured ones
            continue
        for x in column:
            f(x).backward()
        expected = [leaf.grad for leaf in leaves]
        for leaf in leaves:
            leaf.grad = 0.0
        compiled = compile(f, numerics=numerics, backend="numpy")
        compiled.backward(column, reduction="sum")
        found = [leaf.grad for leaf in leaves]
        where = f"seed {seed}, program {n}: {program}"
        if numerics == "eager":
            assert all(map(same_bits, found, expected)), where
        scale = max(map(abs, expected)) + 1
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale), where


def test_gradients_are_added(make):
    """To what is in .grad, as backward() does; None counts as nothing."""
    w = Value(2.0)
    program = make(lambda x: w * x)
    program.backward([1.0, 3.0])
    program.backward([1.0, 3.0])
    assert w.grad == 4.0
    w.grad = None
    program.backward([5.0])
    assert w.grad == 5.0


# -- branches --------------------------------------------------------------------------


def _branchy(x):
    if x > 1:
        return W * x * x
    return B * x if x < -1 else W - x


def test_rows_are_parted_by_their_branches(make, numerics):
    """Every row gets the branch that it would take, in any order of the rows."""
    xs = [2.0, 0.5, -3.0, 0.0, 5.0, -1.0, 1.0, 1.5]
    program = make(_branchy)
    expected = [_branchy(Value(x)).data for x in xs]
    for _ in range(2):
        assert program.rows(xs).tolist() == expected
    assert [program(x) for x in xs] == expected
    assert len(program.variants.all) == 3
    W.grad = B.grad = 0.0
    for x in xs:
        _branchy(x).backward()
    true = (W.grad, B.grad)
    W.grad = B.grad = 0.0
    program.backward(xs, reduction="sum")
    assert (W.grad, B.grad) == pytest.approx(true)
    if numerics == "eager":
        assert (W.grad, B.grad) == true
    value, slopes = program.rows.value_and_grad(xs, parameters=[B])
    assert value.tolist() == expected
    assert slopes[0].tolist() == [0.0, 0.0, -3.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_branch_on_a_parameter_follows_it(make):
    """The answer of the trace is not kept when the Value changes."""
    w = Value(1.0)
    program = make(lambda x: w * x if w > 0 else x)
    assert program(2.0) == 2.0
    w.data = 3.0
    assert program(2.0) == 6.0
    w.data = -1.0
    assert program(2.0) == 2.0


@pytest.mark.parametrize(
    "hinge", [ac.relu, lambda z: max(z, 0.0), lambda z: max(0.0, z)]
)
def test_the_demo_with_pythons_max(make, hinge):
    """max(0, 1 - y*score) instead of relu: the same numbers, row by row."""
    w = [Value(0.5), Value(-0.25)]

    def loss(x, y):
        return hinge(1 - y * (w[0] * x[0] + w[1] * x[1]))

    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(50, 2)), np.sign(rng.normal(size=50))
    expected = []
    for x, y in zip(points.tolist(), classes.tolist(), strict=True):
        z = loss(x, y)
        z = z if isinstance(z, Value) else Value(z)
        z.backward()
        expected.append(z.data)
    true = [p.grad for p in w]
    for p in w:
        p.grad = 0.0
    program = make(loss)
    assert program.rows(points, classes).tolist() == pytest.approx(expected, abs=1e-15)
    program.backward(points, classes, reduction="sum")
    assert [p.grad for p in w] == pytest.approx(true, abs=1e-13)


def test_too_many_ways_are_refused(make):
    """With file, line and what to write instead; the rows before are right."""

    def f(x):
        steps = 0
        while x > steps:
            steps += 1
        return x * steps

    program = make(f)
    assert program.rows([0.5, 1.5, 2.5]).tolist() == [0.5, 3.0, 7.5]
    line = f.__code__.co_firstlineno + 2
    with pytest.raises(TraceError, match=rf"8 ways .*test_program.py:{line}\. Use wh"):
        program.rows(np.arange(0.5, 20.0))
    assert len(program.variants.all) <= MOST_VARIANTS


def test_branches_must_return_the_same_containers(make):
    """A list for some rows and a number for others is no array."""
    program = make(lambda x: [x, x] if x > 0 else x)
    assert program(1.0) == [1.0, 1.0]
    with pytest.raises(TraceError, match=r"returns \* and another \[\*, \*\]|another"):
        program.rows([1.0, -1.0])


# -- numbers that are not finite -------------------------------------------------------


def test_a_bad_row_has_eagers_message_and_its_number(make):
    """Nothing was added to any .grad."""
    w = Value(1.0, name="w")
    program = make(lambda x: ac.log(w * x))
    w.grad = 7.0
    with pytest.raises(NonFiniteError, match=r"^row 2: log\(0\.0\) = -inf at .*py:\d+"):
        program.backward([1.0, 2.0, 0.0, 0.0])
    assert w.grad == 7.0
    with pytest.raises(NonFiniteError, match=r"^row 1: log\(-1\.0\) = nan"):
        program.rows.value_and_grad([1.0, -1.0])
    with pytest.raises(NonFiniteError, match=r"^log\(0\.0\) = -inf"):
        program.value_and_grad(0.0)
    assert w.grad == 7.0
    assert program(0.0) == -np.inf, "a value alone is what it is, as eagerly"


def test_a_bad_gradient_of_a_good_value(make):
    """sqrt at 0: the message names the partial."""
    w = Value(0.0, name="w")
    program = make(lambda x: ac.sqrt(w * x))
    with pytest.raises(NonFiniteError, match=r"^row 0: the gradient of .*sqrt"):
        program.backward([1.0, 2.0])
    assert w.grad == 0.0
    value, slope = program.value_and_grad(1.0, allow_nonfinite=True)
    assert value == 0.0
    assert not np.isfinite(slope)


def test_a_sum_that_overflows(make):
    """Every row is finite; their sum is not."""
    w = Value(1e308)
    program = make(lambda x: w * x)
    with pytest.raises(NonFiniteError, match="every row is finite"):
        program.backward([1.0, 1.0, 1.0], reduction="sum")
    assert w.grad == 0.0


def test_the_side_that_where_did_not_take(make, numerics):
    """Its infinite slope meets an adjoint of 0 and adds nothing, as eagerly."""
    w = Value(1.0)

    def f(x):
        return ac.where(x > 0, w * x, ac.sqrt(w * 0 * x) * ac.log(0 * w))

    xs = [1.0, 2.0, 3.0]
    for x in xs:
        f(x).backward()
    expected = w.grad
    w.grad = 0.0
    make(f).backward(xs, reduction="sum")
    assert w.grad == expected == 6.0


def test_second_derivatives_of_the_side_that_was_not_taken(make):
    """Also where fast numerics make NaN of 0 and infinity: eager's answer is given."""

    def f(x):
        return ac.where(x > 1, x**3, ac.sqrt(x * 0) * x + ac.log(x * 0))

    program = make(f)
    assert program.hessian(2.0) == ac.hessian(f)(2.0) == 12.0
    assert program.jacobian(2.0) == ac.jacobian(f)(2.0) == 12.0
    assert program.rows.hessian([2.0, 3.0]).tolist() == [12.0, 18.0]


# -- use -------------------------------------------------------------------------------


def test_a_program_inside_a_traced_function_is_the_function(make):
    """It is traced through; its derivatives belong outside."""
    inner = make(lambda x: W * x * x)
    outer = make(lambda x: inner(x) + inner(x + 1))
    assert outer(2.0) == pytest.approx(0.7 * 13)
    bad = make(lambda x: inner.value_and_grad(2.0)[0] * x)
    with pytest.raises(TraceError, match=r"use grad\(\) of the function itself"):
        bad(1.0)


def test_a_program_works_where_nothing_is_recorded(make):
    """no_grad() around a call changes nothing: no Value is recorded anyway."""
    program = make(lambda x: W * x)
    with no_grad():
        assert program(2.0) == 1.4
        assert program.value_and_grad(2.0) == (1.4, 0.7)


def test_programs_with_one_structure_share_one_compilation(make, monkeypatch):
    """The second is only traced."""
    made = []
    plain = cache.Made

    monkeypatch.setattr(pipeline, "Made", lambda *args: made.append(1) or plain(*args))

    def program():
        w = Value(random.random())
        return make(lambda x: ac.sinc(w * x) * w), w

    cache.clear()
    for _ in range(3):
        compiled, w = program()
        value, slope = compiled.value_and_grad(2.0, parameters=w)
        x = Value(2.0)
        eager = ac.sinc(w * x) * w
        w.grad = 0.0
        eager.backward()
        assert (value, slope) == pytest.approx((eager.data, w.grad), rel=1e-14)
    assert len(made) == 1


def test_the_cache_is_bounded(make, monkeypatch):
    """The least recently used go first."""
    cache.clear()
    monkeypatch.setattr(cache, "MOST_PROGRAMS", 3)
    for n in range(6):
        make(lambda x, n=n: x * (n + 0.5))(1.0)
    assert len(cache._kept) == 3
    monkeypatch.setattr(cache, "MOST_INSTRUCTIONS", 1)
    make(lambda x: x * 100.5)(1.0)
    assert len(cache._kept) == 1
    cache.clear()
    assert not cache._kept


def test_threads_share_a_program(make):
    """Calls at the same time, with different batches, do not mix."""
    program = make(_branchy)
    batches = [np.random.default_rng(k).normal(size=200) * 2 for k in range(4)]
    expected = [[_branchy(Value(x)).data for x in b.tolist()] for b in batches]
    wrong = []

    def work(k):
        for _ in range(20):
            found = program.rows(batches[k]).tolist()
            if found != pytest.approx(expected[k], rel=1e-14):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(program.variants.all) == 3


def test_dropped_programs_give_their_memory_back(make):
    """The function, its captured Values and its tape go with the program."""

    class Model:
        def __init__(self):
            self.w = Value(0.5)

        def __call__(self, x):
            return self.w * x * 1.25

    model = Model()
    program = make(model)
    program.backward([1.0, 2.0])
    gone = weakref.ref(model)
    del model, program
    gc.collect()
    cache.clear()
    gc.collect()
    assert gone() is None


def test_tape_and_report(make, numerics):
    """What was traced, counted and timed; readable."""
    program = make(lambda x, y: ac.tanh(W * x + B) * y)
    assert repr(program).endswith(f"{numerics!r}, backend='numpy', 0 traced>")
    with pytest.raises(TraceError, match="call the program first"):
        _ = program.tape
    program.backward([0.5], [1.0])
    lines = str(program.tape).splitlines()
    assert lines[2:4] == ["%2 = parameter w", "%3 = mul(%2, %0)"]
    report = program.report()
    assert report.operations == {"mul": 2, "add": 1, "tanh": 1}
    assert report.flops == 4
    assert report.bytes == 8 * 5
    text = str(report)
    assert text.startswith("4 operations, 4 flops, 40 bytes in and out, 1 traced")
    shorter = "simplify" if numerics == "eager" else "relax"
    for word in ("derive", shorter, f"({numerics})", "compile (numpy)"):
        assert word in text
