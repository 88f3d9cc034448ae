"""Tracing: what goes to the tape, in which order, and what is refused."""

import random
import threading

import pytest

import autograd_core as ac
from autograd_core import Value, grad, no_grad, where
from autograd_core.compile.deriving.derive import gradient
from autograd_core.compile.deriving.sparse import hessian, jacobian
from autograd_core.compile.interpret import run
from autograd_core.compile.passes.simplify import relax, simplify
from autograd_core.compile.tape import PARAMETER, STOP
from autograd_core.compile.tracing.trace import trace
from tests import oracle
from tests.autograd_core.compile.rows import same_bits


def _names(tape):
    return [row.name for row in tape.rows]


def _eager_gradient(f, args, parameters=()):
    """Value and gradients by Value.backward, for arguments and captured Values."""
    leaves = [Value(x) for x in args]
    for p in parameters:
        p.grad = 0.0
    y = f(*leaves)
    y.backward()
    return [y.data, *(x.grad for x in leaves), *(p.grad for p in parameters)]


def _traced_gradient(f, args, parameters=()):
    traced = trace(f, args)
    wrt = [*traced.tape.inputs, *(traced.tape.parameter(p) for p in parameters)]
    tape = gradient(traced.tape, wrt)
    tape.outputs = tape.outputs[:1] + tape.outputs[len(traced.tape.outputs) :]
    short = simplify(tape)
    assert run(tape, args) == run(short, args)
    return run(short, args)


W, B = Value(0.7, name="w"), Value(-0.3, name="b")
OUTSIDE = W * W + B  # computed before any trace


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: ac.sigmoid(W * x + B) * y,
        lambda x, y: W * W + W * x + y * W,  # the order of the sums into w
        lambda x, y: OUTSIDE * x + y * W + OUTSIDE,
        lambda x, y: x * W.detach() + W * y,
        lambda x, y: x.detach() * x + y * B,
        lambda x, y: where(x > W, x * W, y * B),
        lambda x, y: where(x > 0.3, 1.0, 2.0) * x + y * W * B,
        lambda x, y: (x > y) * 2.0 * W + x * B * y,
        lambda x, y: max(x, W * y, B),
        lambda x, y: W * x if x > B else B * y + W,
        lambda x, y: ac.clip(x, -0.5, 0.25) * W + ac.leaky_relu(B * y, 0.1),
        lambda x, y: (x * x) ** 2.5 + W**3 + (x * x) ** W + 2**y * B,
        lambda x, y: ac.softmax([x, W, y])[1] * B + ac.logsumexp([W, B]),
        lambda x, y: ac.cross_entropy([x, W, B], 2) * y,
        lambda x, y: x * grad(lambda t: t * t * W)(y) * B,
        lambda x, y: grad(lambda t: t**3 * B)(3.0) * W * x * y,
        lambda x, y: Value(3.0) * x * W + y * B,
        lambda x, y: (x * Value(2.0) + 1) * y * (W + 1) * (B - 2),
        lambda x, y: ac.atan(x) * ac.asinh(W) * ac.erf(B) * ac.gelu(y),
        lambda x, y: abs(-x) / W - (3 - y) / B,
    ],
)
def test_the_tape_has_eagers_bits(f):
    """Value and gradient, by arguments and by captured Values, however they meet."""
    for args in ((0.4, 0.9), (-1.3, 0.2)):
        eager = _eager_gradient(f, args, (W, B))
        found = _traced_gradient(f, args, (W, B))
        assert all(map(same_bits, found, eager)), (found, eager)


def _dense(tape, pattern, xs):
    # The matrix of a tape that gives its structural non-zeros.
    n, m = pattern.shape
    dense = [[0.0] * m for _ in range(n)]
    found = run(simplify(tape), xs)
    for i, j, x in zip(pattern.rows, pattern.columns, found, strict=True):
        dense[i][j] = x
    return dense


@pytest.mark.parametrize("seed", range(2))
def test_random_programs(seed):
    """Gradients, Hessians and Jacobians of tapes have eager's bits, relaxed or not."""
    rng = random.Random(seed)
    for n in range(60):
        program = oracle.random_program(rng, ops=(3, 12), leaves=(1, 4))
        xs = list(program.leaves)

        def f(xs, program=program):
            return oracle.run(program, xs)

        where_ = f"seed {seed}, program {n}: {program}"
        traced = trace(f, (xs,))
        second = _dense(*hessian(traced.tape, traced.tape.inputs), xs)
        # -0.0 and 0.0: eager's sweep over numbers begins with nothing, a tape with 0.0
        expected = [[x + 0.0 for x in line] for line in ac.hessian(f)(xs)]
        assert [[x + 0.0 for x in line] for line in second] == expected, where_
        both = trace(lambda xs, f=f: [f(xs), xs[0] * 2], (xs,))
        lines = _dense(*jacobian(both.tape, both.tape.inputs), xs)
        first = run(gradient(traced.tape, traced.tape.inputs), xs)
        assert lines[0] == first[1:], where_
        assert lines[1] == [2.0] + [0.0] * (len(xs) - 1), where_
        close = run(relax(gradient(traced.tape, traced.tape.inputs)), xs)
        assert close == pytest.approx(first, rel=1e-9, abs=1e-9), where_


def test_a_parameter_is_read_anew():
    """A captured Value is one instruction, whose number is that of the call."""
    w = Value(2.0, name="w")
    traced = trace(lambda x: w * x * w, (1.0,))
    assert _names(traced.tape).count(PARAMETER.name) == 1
    assert run(traced.tape, [3.0]) == [12.0]
    w.data = 10.0
    assert run(traced.tape, [3.0]) == [300.0]


def test_leaves_made_inside_are_constants_unless_somebody_keeps_them():
    """What nobody holds can never change; what was kept is read anew."""
    kept = []

    def f(x):
        if not kept:
            kept.append(Value(0.5))
        return kept[0] * x * Value(3.0) * Value(4.0, requires_grad=False)

    traced = trace(f, (1.0,))
    assert list(traced.tape.parameters.values()) == kept
    assert sorted(traced.tape.constants.values()) == [3.0, 4.0]
    kept[0].data = 1.0
    assert run(traced.tape, [2.0]) == [24.0]


def test_a_trace_keeps_nothing_of_the_call():
    """No graph lives on in what a trace returns."""
    import gc
    import weakref

    class Row(list):
        pass

    seen = []

    def f(row):
        seen.append(weakref.ref(row))
        return Row([row[0] * 2])

    traced = trace(f, (Row([1.0]),))
    gc.collect()
    assert seen[0]() is None
    assert traced.rebuild([5.0]) == [5.0]


def test_no_gradient_flows_where_eager_lets_none():
    """detach() and no_grad() are on the tape; frozen Values are read."""
    frozen = Value(2.0, requires_grad=False)

    def f(x):
        with no_grad():
            y = x * x
        return y * x + x.detach() * frozen

    traced = trace(f, (3.0,))
    assert _names(traced.tape).count(STOP.name) == 2
    tape = gradient(traced.tape, traced.tape.inputs)
    assert run(tape, [3.0]) == [33.0, 9.0]
    x = Value(3.0)
    f(x).backward()
    assert x.grad == 9.0


def test_branches_are_written_down():
    """`if` asks the example; the answer and its place are kept, in order."""

    def f(x):
        if x > 1 and x * x < 9:
            return x * 2
        return x

    assert trace(f, (2.0,)).branches == (True, True)
    assert trace(f, (4.0,)).branches == (True, False)
    traced = trace(f, (0.5,))
    assert traced.branches == (False,)
    file, line = traced.sites[0]
    assert file == __file__
    assert line == f.__code__.co_firstlineno + 1
    assert run(traced.tape, [2.0]) == [2.0, 1.0]
    assert run(traced.tape, [0.0]) == [0.0, 0.0]


def test_comparisons_of_what_is_known_are_no_branches():
    """Numbers that the code wrote down can be compared at once."""

    def f(x):
        c = Value(2.0, requires_grad=False) * 3
        return x if c > 5 else -x

    traced = trace(f, (1.0,))
    assert not traced.branches
    assert run(traced.tape, [4.0]) == [4.0]


def test_another_thread_is_not_traced():
    """While one thread traces, Values elsewhere compute as always."""
    inside, done = threading.Event(), threading.Event()
    found = []

    def elsewhere():
        inside.wait(10)
        x = Value(3.0)
        y = x * x + x.data
        y.backward()
        found.append((y.data, x.grad, bool(x > 2), f"{x:.1f}"))
        done.set()

    def f(x):
        inside.set()
        done.wait(10)
        return x * 2

    thread = threading.Thread(target=elsewhere)
    thread.start()
    traced = trace(f, (1.0,))
    thread.join()
    assert found == [(12.0, 6.0, True, "3.0")]
    assert len(traced.tape) == 3


def test_after_a_failed_trace_everything_is_as_before():
    """An error inside the function ends the tracing."""
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: 1 / 0, (1.0,))
    x = Value(2.0)
    assert (x * x).data == 4.0
    assert x.data == 2.0


def test_text_arguments_and_none_are_handed_on():
    """What is no number decides the trace and is seen as it is."""

    def f(x, mode, flag, nothing):
        assert nothing is None
        return x * 2 if mode == "double" and flag else x

    assert run(trace(f, (1.0, "double", True, None)).tape, [3.0]) == [6.0]
    assert run(trace(f, (1.0, "double", False, None)).tape, [3.0]) == [3.0]


def test_simplify_folds_shares_and_drops():
    """Known numbers, equal operations in either order, unused ones; the same bits."""

    def f(x, y):
        _ = x * 7  # unused
        return (x * y + y * x) * 1.0 - ac.neg(-x) / 1.0 + Value(2.0) * 3.0

    traced = trace(f, (1.0, 2.0))
    short = simplify(traced.tape)
    assert _names(short).count("mul") == 1
    assert "neg" not in _names(short)
    assert 6.0 in short.constants.values()
    assert len(short.inputs) == 2
    for args in ([1.0, 2.0], [-0.0, 0.0], [float("inf"), 1.0]):
        assert all(map(same_bits, run(short, args), run(traced.tape, args)))


@pytest.mark.parametrize("x", [0.0, -0.0, float("nan"), float("inf"), -3.0])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + 0.0,
        lambda x: x - 0.0,
        lambda x: 0.0 - x,
        lambda x: x * 1.0,
        lambda x: x * -1.0,
        lambda x: x * 0.0,
        lambda x: x / -1.0,
        lambda x: x - x,
        lambda x: x + -0.0,
    ],
)
def test_simplify_knows_the_signs_of_zero(f, x):
    """x + 0.0 is not x, and x - x is not 0."""
    tape = trace(f, (1.0,)).tape
    assert same_bits(run(simplify(tape), [x])[0], run(tape, [x])[0])


def test_tracing_is_linear():
    """Twice the operations take about twice the instructions, and print in order."""

    def f(n):
        def run_(x):
            y = x
            for _ in range(n):
                y = y * 0.9 + ac.tanh(x)
            return y

        return run_

    short, long = trace(f(100), (0.5,)), trace(f(200), (0.5,))
    assert len(long.tape) - len(short.tape) == 300
    lines = str(long.tape).splitlines()
    assert lines[0] == "%0 = input 0"
    assert lines[2].startswith("%2 = mul(%0, ")
    assert lines[-1] == f"return %{long.tape.outputs[0]}"
