"""Random programs: the engine against references that share nothing with it.

Float gradients against a reverse sweep with 50 digits, exact programs against
fractions, second derivatives against a 50-digit forward-over-reverse sweep.
"""

import random
from fractions import Fraction

import pytest

from autograd_core import Value, grad, hessian, hvp, jvp, value_and_grad
from tests import oracle

WEIGHTED = 1e-9  # RELIABILITY.md B1: error over the condition number
PLAIN = 1e-6  # and none is off by more, whatever its condition
SHARE = 2000  # programs per seed that always run
PART = 5000  # programs per seed of the slow run; 20 seeds make 1e5


def _judge(program, gradients, nodes, adjoints, where):
    """Fails if a gradient is further off than rounding can explain."""
    limit = oracle.UNITS_PER_OPERATION * oracle.UNIT
    assert limit < WEIGHTED
    sizes = oracle.condition(program, [*map(float, nodes)], [*map(float, adjoints)])
    for got, true, size in zip(gradients, adjoints, sizes, strict=False):
        error = abs(float(oracle.PRECISE.mpf(got) - true))
        assert error <= limit * size, where  # also fails for NaN
        assert error <= PLAIN * max(1.0, abs(float(true))), where


def _check_programs(seed, count):
    rng = random.Random(seed)
    for n in range(count):
        program = oracle.random_program(rng)
        leaves = [Value(x) for x in program.leaves]
        oracle.run(program, leaves).backward()
        nodes, adjoints = oracle.sweep(program)
        where = f"seed {seed}, program {n}: {program}"
        _judge(program, [x.grad for x in leaves], nodes, adjoints, where)


@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_of_random_programs(seed):
    """Every gradient is within the running error bound of the 50-digit sweep."""
    _check_programs(seed, SHARE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_gradients_of_1e5_random_programs(seed):
    """As above; all seeds together are 1e5 programs."""
    _check_programs(seed, PART)


def test_the_programs_are_what_they_claim():
    """1-6 leaves, 3-40 operations, at least 20 primitives, half of uses reuses."""
    rng = random.Random(0)
    uses = reuses = 0
    names = set()
    for _ in range(500):
        program = oracle.random_program(rng)
        assert 1 <= len(program.leaves) <= 6
        assert 3 <= len(program.steps) <= 40
        used = set()
        for name, picks in program.steps:
            names.add(name)
            for i in picks:
                uses += 1
                reuses += i in used
                used.add(i)
    assert len(names) >= 50
    assert 0.4 < reuses / uses < 0.7


def test_the_bound_is_no_rubber():
    """A gradient off by 1e-9 of its condition number is outside the bound."""
    rng = random.Random(5)
    for _ in range(200):
        program = oracle.random_program(rng, ops=(3, 12))
        nodes, adjoints = oracle.sweep(program)
        values, slopes = [*map(float, nodes)], [*map(float, adjoints)]
        sizes = oracle.condition(program, values, slopes)
        i = max(range(len(sizes)), key=sizes.__getitem__)
        if not sizes[i]:  # relu or clip cut every way to a leaf
            continue
        wrong = slopes[: len(sizes)]
        _judge(program, wrong, nodes, adjoints, "the reference itself")
        for bad in (wrong[i] + WEIGHTED * sizes[i], float("nan")):
            wrong[i] = bad
            with pytest.raises(AssertionError):
                _judge(program, wrong, nodes, adjoints, "planted")


@pytest.mark.parametrize("name", oracle.NAMES)
def test_reference_formulas(name):
    """The reference's own derivatives agree with 50-digit differences."""
    op, rng = oracle.OPS[name], random.Random(name)
    mpf, step = oracle.PRECISE.mpf, oracle.PRECISE.mpf(10) ** -15
    for _ in range(3):
        xs = [rng.choice((-1, 1)) * rng.uniform(0.1, 3.0) for _ in range(op.arity)]
        while not op.domain(*xs):
            xs = [rng.choice((-1, 1)) * rng.uniform(0.1, 3.0) for _ in xs]
        xs = [mpf(x) for x in xs]
        v = op.value(oracle.M, xs)
        first = op.first(oracle.M, xs, v)
        second = {(i, j): h for i, j, h in op.second(oracle.M, xs, v)}
        for i in range(op.arity):
            up, down = list(xs), list(xs)
            up[i], down[i] = xs[i] + step, xs[i] - step
            high, low = op.value(oracle.M, up), op.value(oracle.M, down)
            # central differences are off by step**2 times a third derivative
            assert abs((high - low) / (2 * step) - first[i]) < 1e-20
            highs = op.first(oracle.M, up, high)
            lows = op.first(oracle.M, down, low)
            for j in range(op.arity):
                slope = (highs[j] - lows[j]) / (2 * step)
                entry = second.get((min(i, j), max(i, j)), 0)
                assert abs(slope - entry) < 1e-18


# -- transforms on the same programs ---------------------------------------------------


@pytest.mark.parametrize("seed", range(30, 34))
def test_forward_and_reverse_agree_with_each_other(seed):
    """grad equals backward in every bit, and jvp is the same number as the vjp."""
    rng = random.Random(seed)
    for _ in range(150):
        program = oracle.random_program(rng, ops=(3, 20))

        def f(xs, program=program):
            return oracle.run(program, xs)

        xs = list(program.leaves)
        leaves = [Value(x) for x in xs]
        y = f(leaves)
        y.backward()
        value, slopes = value_and_grad(f)(xs)
        assert value == y.data
        assert slopes == [x.grad for x in leaves]
        direction = [rng.uniform(-1, 1) for _ in xs]
        same, forward = jvp(f, (xs,), (direction,))
        assert same == value
        nodes, adjoints = oracle.sweep(program)
        sizes = oracle.condition(program, [*map(float, nodes)], [*map(float, adjoints)])
        allowed = sum(abs(t) * k for t, k in zip(direction, sizes, strict=True))
        reverse = sum(t * g for t, g in zip(direction, slopes, strict=True))
        limit = 2 * oracle.UNITS_PER_OPERATION * oracle.UNIT
        assert abs(forward - reverse) <= limit * allowed


# -- exact programs --------------------------------------------------------------------


def _check_exact(seed, count, kinds):
    rng = random.Random(seed)
    for n in range(count):
        program, nodes, adjoints = oracle.exact_program(rng)
        for number in kinds:
            leaves = [Value(number(x)) for x in program.leaves]
            y = oracle.run_exact(program, leaves, number)
            y.backward()
            where = f"seed {seed}, program {n}: {program}"
            assert y.data == nodes[-1], where
            assert type(y.data) is number
            for leaf, true in zip(leaves, adjoints, strict=False):
                assert leaf.grad == true, where
                assert type(leaf.grad) is number


@pytest.mark.parametrize("seed", [1, 2])
def test_exact_programs_in_floats(seed):
    """Where float arithmetic is exact, gradients equal the fractions: 0 differ."""
    _check_exact(seed, SHARE, [float])


@pytest.mark.parametrize("seed", [3, 4])
def test_exact_programs_in_fractions(seed):
    """On Fraction data the engine's gradients are those fractions too."""
    _check_exact(seed, SHARE // 2, [Fraction])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_1e5_exact_programs(seed):
    """As above, floats and fractions; all seeds together are 1e5 programs."""
    _check_exact(seed, PART, [float, Fraction])


# -- second derivatives ----------------------------------------------------------------


# The largest of four samples of random roundings may fall short of the worst
# case; that all four stay below 1/64 of it has a probability of about 64**-4.
SAMPLING = 64


def _check_hessians(seed, count):
    rng = random.Random(seed)
    for n in range(count):
        program = oracle.random_program(rng, ops=(3, 12), leaves=(1, 4))

        def f(xs, program=program):
            return oracle.run(program, xs)

        xs = list(program.leaves)
        got = hessian(f)(xs)
        true = oracle.hessian(program)
        sizes = oracle.second_condition(program, random.Random(n))
        where = f"seed {seed}, program {n}: {program}"
        for i in range(len(xs)):
            for j in range(len(xs)):
                error = abs(float(oracle.PRECISE.mpf(got[i][j]) - true[i][j]))
                skew = abs(got[i][j] - got[j][i])
                size = max(sizes[i][j], sizes[j][i])
                limit = SAMPLING * oracle.UNITS_PER_OPERATION * oracle.UNIT * size
                assert error <= limit <= WEIGHTED * max(size, 1e-300), where
                assert skew <= 2 * limit, where


@pytest.mark.parametrize("seed", [1, 2])
def test_hessians_of_random_programs(seed):
    """Hessians are symmetric and equal the 50-digit ones."""
    _check_hessians(seed, 300)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_hessians_of_1e4_random_programs(seed):
    """As above; all seeds together are 1e4 programs."""
    _check_hessians(seed, 1000)


@pytest.mark.parametrize("seed", range(40, 44))
def test_three_ways_to_a_hessian_vector_product(seed):
    """hvp, grad of a directional derivative, and hessian times vector agree."""
    rng = random.Random(seed)
    for n in range(40):
        program = oracle.random_program(rng, ops=(3, 10), leaves=(1, 3))

        def f(xs, program=program):
            return oracle.run(program, xs)

        xs = list(program.leaves)
        direction = [rng.uniform(-1, 1) for _ in xs]
        rows = hessian(f)(xs)
        sizes = oracle.second_condition(program, random.Random(n))
        first = hvp(f, (xs,), (direction,))

        def along(xs, f=f, direction=direction):
            return jvp(f, (xs,), (direction,))[1]

        second = grad(along)(xs)
        limit = SAMPLING * oracle.UNITS_PER_OPERATION * oracle.UNIT
        for i, row in enumerate(rows):
            third = sum(h * t for h, t in zip(row, direction, strict=True))
            size = sum(abs(t) * s for t, s in zip(direction, sizes[i], strict=True))
            assert abs(first[i] - third) <= 2 * limit * size
            assert abs(second[i] - third) <= 2 * limit * size
