"""Compiled programs against Values: 20,000 random programs, on every backend.

Many random programs are one tape (`Pack`), since compiling costs more than running; a
few are tapes of their own, so that short ones are tried too. What is right is what
Values give, row by row, and never the tape's own interpreter.
"""

import random
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import NonFiniteError, Value, compile
from autograd_core.compile.backends import _MODULES, _found, choose
from autograd_core.compile.deriving.derive import gradient
from autograd_core.compile.passes.simplify import relax, simplify
from autograd_core.compile.tape import Tape
from autograd_core.compile.tracing.trace import trace
from optim import Adam
from tests import oracle

BACKENDS = [name for name in _MODULES if _found(name)]
LIMIT = 4  # ULP, of each operation in numerics="fast"

# How many programs are one tape, how many rows they have, and how many such tapes.
PLAN = (
    *((1, rows, 5) for rows in (1, 2, 7, 64)),
    *((10, rows, 5) for rows in (1, 2, 7, 64)),
    (20, 1000, 2),
    (40, 7, 5),
    (135, 64, 4),
    *((500, rows, count) for rows, count in ((1, 13), (2, 13), (7, 12))),
)
PACKS = [(size, rows) for size, rows, count in PLAN for _ in range(count)]
PARTS = 10


@dataclass
class Pack:
    """Programs as one tape, the inputs of some rows, and what Values give.

    Attributes
    ----------
    tape
        Outputs: the sum of all results, the results, the derivatives of the sum by
        the inputs (every other leaf), and by the parameters (the rest).
    inputs
        (inputs, rows).
    expected
        The outputs but the first and the last kind, (outputs, rows).
    sums
        The last kind, added up over the rows as `backward` does.
    """

    programs: list[oracle.Program]
    tape: Tape
    inputs: Any
    expected: Any
    sums: Any

    @property
    def parameters(self) -> Any:
        return np.array([leaf.data for leaf in self.tape.parameters.values()])


def mixed(inputs, parameters, count):
    """Leaves: an input, a parameter, an input, ..."""
    return [(inputs, parameters)[k % 2][k // 2] for k in range(count)]


def packed(rng, size, rows):
    programs = [oracle.random_program(rng) for _ in range(size)]
    captured = [[Value(x) for x in p.leaves[1::2]] for p in programs]

    def f(inputs):
        results = [
            oracle.run(p, mixed(xs, values, len(p.leaves)))
            for p, xs, values in zip(programs, inputs, captured, strict=True)
        ]
        return [ac.sum(results), *results]

    tape = trace(f, ([list(p.leaves[::2]) for p in programs],)).tape
    leaves = list(tape.parameters.values())
    tape = simplify(gradient(tape, [*tape.inputs, *tape.parameters]))
    points, results, slopes = [], [], []
    for program, values in zip(programs, captured, strict=True):
        found = [by_values(rng, program, values, row) for row in range(rows)]
        xs, outs, grads = zip(*found, strict=True)
        points.append(np.array(xs).T)
        results.append(outs)
        slopes.append(np.array(grads).T)
    return Pack(
        programs,
        tape,
        np.ascontiguousarray(np.concatenate(points)),
        np.concatenate([np.array(results), *slopes]),
        np.array([leaf.grad for leaf in leaves]),
    )


def by_values(rng, program, values, row):
    """A row near the program's own leaves: inputs, result, derivatives by them."""
    start = program.leaves[::2]
    near = start if row == 0 else [x * (1 + 0.01 * rng.random()) for x in start]
    for xs in (near, start):  # a point outside of a domain is not taken
        inputs = [Value(x) for x in xs]
        try:
            out = oracle.run(program, mixed(inputs, values, len(program.leaves)))
            out.backward()
        except NonFiniteError:
            continue
        return xs, out.data, [x.grad for x in inputs]
    raise AssertionError(program)


def differing(found, expected):
    """Where bits differ; NaN is one number."""
    found, expected = np.ascontiguousarray(found), np.ascontiguousarray(expected)
    same = found.view("int64") == expected.view("int64")
    return np.argwhere(~same & ~(np.isnan(found) & np.isnan(expected)))


def check_bits(pack, backend, where):
    summed = len(pack.sums)
    program = choose(backend).compile(pack.tape, summed=summed, numerics="eager")
    inputs, parameters = pack.inputs.copy(), pack.parameters
    for turn in ("first", "second"):
        values, sums = program(inputs, parameters)
        for found, expected in ((values[1:], pack.expected), (sums, pack.sums)):
            assert not len(differing(found, expected)), (where, backend, turn)
    assert not len(differing(inputs, pack.inputs)), (where, backend)
    assert not len(differing(parameters, pack.parameters)), (where, backend)


def check(packs, seed):
    rng = random.Random(seed)
    for n, (size, rows) in enumerate(packs):
        pack = packed(rng, size, rows)
        for backend in BACKENDS:
            check_bits(pack, backend, f"seed {seed}, pack {n}")


def test_the_plan_has_every_size():
    assert sum(size for size, _ in PACKS) == 20_000
    assert {rows for _, rows in PACKS} == {1, 2, 7, 64, 1000}


@pytest.mark.parametrize("rows", [1, 2, 7, 64])
def test_some_programs_have_eagers_bits(rows):
    """0 differing bits per row, twice; sums equal to eager's; inputs unmodified."""
    check([(1, rows), (15, rows)], rows)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_all_programs_have_eagers_bits(part):
    """As above, 20,000 of them in all."""
    check(PACKS[part::PARTS], 1000 + part)


def test_a_wrong_bit_is_seen():
    """The comparison fails by one unit in the last place of one number."""
    pack = packed(random.Random(5), 3, 2)
    changed = pack.expected.copy()
    changed[-1, -1] = np.nextafter(changed[-1, -1], np.inf)
    assert differing(changed, pack.expected).tolist() == [
        [len(changed) - 1, changed.shape[1] - 1]
    ]
    pack.expected = changed
    with pytest.raises(AssertionError, match="first"):
        check_bits(pack, "numpy", "")


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_fast_programs_are_within_their_bound(backend):
    """500 programs: what roundings of 4 ULP in every operation may change."""
    pack = packed(random.Random(7), 500, 1)
    program = choose(backend).compile(relax(pack.tape), summed=0, numerics="fast")
    values, _ = program(pack.inputs, pack.parameters)
    limit = (LIMIT + 1) * oracle.UNITS_PER_OPERATION * oracle.UNIT
    start = 1 + len(pack.programs)
    for n, one in enumerate(pack.programs):
        count = len(one.leaves[::2])
        found = values[start : start + count, 0]
        true = pack.expected[start - 1 : start - 1 + count, 0]
        start += count
        nodes, adjoints = oracle.sweep(one, oracle.F)
        sizes = oracle.condition(one, nodes, adjoints)[: len(one.leaves) : 2]
        for got, eager, size in zip(found, true, sizes, strict=True):
            assert abs(got - eager) <= limit * size, f"program {n}: {one}"


# -- what is not finite ----------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("numerics", ["eager", "fast"])
@pytest.mark.parametrize(("rows", "bad"), [(1, 0), (7, 6), (64, 13), (1000, 777)])
def test_a_bad_row_is_named_and_nothing_moves(backend, numerics, rows, bad):
    """Eager's own message after the number of the row; no grad, number or state.

    Only what a caller of backward() could do is not said to who asked for a step.
    """
    w, b = Value(0.5, name="w"), Value(1.5, name="b")

    def loss(x, y):
        return (ac.log(w * x + b) - y) ** 2

    program = compile(loss, backend=backend, numerics=numerics)
    rng = np.random.default_rng(rows)
    X, Y = rng.uniform(1, 2, rows), rng.normal(size=rows)  # noqa: N806
    adam = Adam([w, b], lr=0.1)
    program.step(X, Y, optimizer=adam)
    program.backward(X, Y)

    def state():
        return [w.data, b.data, w.grad, b.grad, repr(adam.state_dict())]

    before = state()
    X[bad] = -b.data / w.data - 1  # the logarithm of -w
    with pytest.raises(NonFiniteError) as eager:
        loss(X[bad], Y[bad]).backward()
    assert state() == before
    as_it_is, training = eager.value, eager.value.in_training()
    calls = (
        (lambda: program.backward(X, Y), training),
        (lambda: program.step(X, Y, optimizer=adam), training),
        (lambda: program.train([(X, Y)], optimizer=adam), training),
        (lambda: program.rows.value_and_grad(X, Y, parameters=[w]), as_it_is),
    )
    for call, message in calls:
        with pytest.raises(NonFiniteError) as caught:
            call()
        row = f"row {bad}: " if rows > 1 else ""
        assert str(caught.value) == f"{row}{message}"
        assert state() == before


# -- cost ------------------------------------------------------------------------------


def calls_made(count, backend):
    """How many calls of Python it takes to compile a function of ``count`` operations.

    A count, and not a time: it is the same on every machine. The functions of equal
    operations, called once, are the processor's own.
    """
    made = 0

    def counting(frame, event, argument):
        nonlocal made
        made += event in ("call", "c_call")

    def chain(x):
        for k in range(count // 4):
            x = ac.tanh(x * 0.5 + (k + 1)) - x
        return x

    program = compile(chain, backend=backend)
    sys.setprofile(counting)
    try:
        program.value_and_grad(0.25)
    finally:
        sys.setprofile(None)
    return made


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_cost_of_compiling_is_linear(backend):
    """Three times the operations are about three times the calls.

    Both are large enough for LLVM to look for loops, which it does from a size on.
    """
    calls_made(40, backend)  # imports
    small, large = calls_made(2_000, backend), calls_made(6_000, backend)
    assert small > 2_000
    assert large < 3.1 * small


@pytest.mark.slow
def test_a_million_operations():
    """The value and the gradient of a chain, against its own closed form."""
    count = 1_000_000

    def chain(x):
        for _ in range(count // 2):
            x = x * 1.000001 + 0.000001
        return x

    program = compile(chain, numerics="eager")
    value, slope = program.value_and_grad(1.0)
    expected, product = 1.0, 1.0
    for _ in range(count // 2):
        expected = expected * 1.000001 + 0.000001
        product *= 1.000001
    assert value == expected
    assert slope == pytest.approx(product, rel=1e-15 * count)
