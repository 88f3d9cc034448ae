"""Code written for micrograd runs after changing the import, with the same numbers.

Against karpathy/micrograd (MIT): its README example, the two expression flows of
its tests, and random programs on `micrograd.engine.Value` itself.
"""

import random
from fractions import Fraction

import pytest
from micrograd.engine import Value as Micro

from autograd_core import Value

# Two products or quotients may be rounded differently (micrograd divides by
# multiplying with x**-1), some tens of operations deep.
TWELVE_DIGITS = 1e-12


def readme(number, two=2.0, ten=10.0):
    """The expression of micrograd's README."""
    a = number(-4.0)
    b = number(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / two
    g += ten / f
    return a, b, g


def sanity(number):
    """A flow like upstream's test_sanity_check: *, +, relu, a leaf used often."""
    x = number(-4)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    return x, y


class Dual:
    """Value and derivative, in exact arithmetic: the reference for the flows."""

    def __init__(self, value, slope=0):
        self.value, self.slope = Fraction(value), Fraction(slope)

    @staticmethod
    def of(x):
        """A number as one with slope 0."""
        return x if isinstance(x, Dual) else Dual(x)

    def __add__(self, other):
        other = Dual.of(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = Dual.of(other)
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)

    def __pow__(self, n):
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -Dual.of(other)

    def __truediv__(self, other):
        return self * Dual.of(other) ** -1

    def __rtruediv__(self, other):
        return Dual.of(other) * self**-1

    def __rsub__(self, other):
        return Dual.of(other) + -self

    __radd__, __rmul__ = __add__, __mul__

    def relu(self):
        """The positive part, slope 0 at 0."""
        return self if self.value > 0 else Dual(0)


def _exact_readme(wrt):
    leaves = iter([1, 0] if wrt == 0 else [0, 1])
    return readme(lambda x: Dual(Fraction(x), next(leaves)))[2]


def test_readme_prints_its_numbers():
    """The README example prints 24.7041, 138.8338, 645.5773."""
    a, b, g = readme(Value)
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_readme_against_exact_arithmetic():
    """The same three numbers from dual numbers over fractions, to 1e-15."""
    a, b, g = readme(Value)
    g.backward()
    da, db = _exact_readme(0), _exact_readme(1)
    for got, true in ((g.data, da.value), (a.grad, da.slope), (b.grad, db.slope)):
        assert abs(Fraction(got) - true) <= Fraction(1e-15) * abs(true)


def test_readme_in_fractions():
    """On fractions our engine gives those numbers exactly."""
    a, b, g = readme(lambda x: Value(Fraction(x)), two=2, ten=10)
    g_data = _exact_readme(0).value
    assert g.data == g_data
    g.backward()
    assert a.grad == _exact_readme(0).slope
    assert b.grad == _exact_readme(1).slope


@pytest.mark.parametrize("number", [Value, Micro])
def test_sanity_flow(number):
    """Upstream's first flow: value -20, slope 46, as exact arithmetic says."""
    x, y = sanity(number)
    y.backward()
    true = sanity(lambda v: Dual(v, 1))[1]
    assert (true.value, true.slope) == (-20, 46)
    assert (y.data, x.grad) == (true.value, true.slope)


def test_more_ops_flow():
    """Upstream's second flow is the README's; micrograd and we agree on it."""
    a, b, g = readme(Value)
    p, q, r = readme(Micro)
    g.backward()
    r.backward()
    assert g.data == pytest.approx(r.data, rel=TWELVE_DIGITS)
    assert (a.grad, b.grad) == pytest.approx((p.grad, q.grad), rel=TWELVE_DIGITS)


def _program(rng):
    leaves = [
        rng.choice((-1, 1)) * rng.uniform(0.5, 2.0) for _ in range(rng.randint(1, 5))
    ]
    steps = []
    for k in range(rng.randint(3, 25)):
        name = rng.choice([*STEPS])
        i, j = (rng.randrange(len(leaves) + k) for _ in range(2))
        constant = rng.choice((-2, -1, 2, 3, 0.5, 1.25))
        steps.append((name, i, j, constant, rng.choice((2, 3, -1))))
    return leaves, steps


# operation -> where it is safe (of both operands' data), and what it does
STEPS = {
    "+": (lambda x, y: True, lambda x, y, c, n: x + y),
    "-": (lambda x, y: True, lambda x, y, c, n: x - y),
    "*": (lambda x, y: abs(x * y) < 100, lambda x, y, c, n: x * y),
    "/": (lambda x, y: 0.1 < abs(y) < 10, lambda x, y, c, n: x / y),
    "**": (lambda x, y: 0.1 < abs(x) < 10, lambda x, y, c, n: x**n),
    "neg": (lambda x, y: True, lambda x, y, c, n: -x),
    "relu": (lambda x, y: abs(x) > 1e-6, lambda x, y, c, n: x.relu()),
    "c+": (lambda x, y: True, lambda x, y, c, n: c + x),
    "c*": (lambda x, y: True, lambda x, y, c, n: c * x),
    "c-": (lambda x, y: True, lambda x, y, c, n: c - x),
    "c/": (lambda x, y: 0.1 < abs(x) < 10, lambda x, y, c, n: c / x),
}


def _run(number, leaves, steps):
    nodes = [number(x) for x in leaves]
    inputs = list(nodes)
    for name, i, j, c, n in steps:
        x, y = nodes[i], nodes[j]
        safe, apply = STEPS[name]
        nodes.append(apply(x, y, c, n) if safe(x.data, y.data) else x + c)
    total = nodes[-1]
    for node in nodes[-4:-1]:
        total = total + node
    return inputs, total


@pytest.mark.parametrize("seed", range(20))
def test_random_programs_on_micrograd(seed):
    """50 random programs a seed: data and gradients agree to 1e-12 of their terms."""
    rng = random.Random(seed)
    for _ in range(50):
        leaves, steps = _program(rng)
        ours, y = _run(Value, leaves, steps)
        theirs, z = _run(Micro, leaves, steps)
        y.backward()
        z.backward()
        # what is cancelled in a gradient is bounded by the same sweep without signs
        sizes = _size(z)
        assert y.data == pytest.approx(z.data, rel=TWELVE_DIGITS, abs=1e-11)
        for a, b in zip(ours, theirs, strict=True):
            assert abs(a.grad - b.grad) <= TWELVE_DIGITS * max(sizes.get(b, 0), 1e-3)


def _size(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node._prev:
                visit(child)
            order.append(node)

    visit(root)
    size = dict.fromkeys(order, 0.0)
    size[root] = 1.0
    for node in reversed(order):
        for child in node._prev:
            before = {c: c.grad for c in node._prev}
            for c in node._prev:
                c.grad = 0.0
            node.grad, kept = 1.0, node.grad
            node._backward()
            local = {c: c.grad for c in node._prev}
            for c, g in before.items():
                c.grad = g
            node.grad = kept
            size[child] += abs(local[child]) * size[node]
    return size


def test_a_neuron_written_for_micrograd():
    """A two-layer net with micrograd's own idioms trains to the same weights."""

    def train(number):
        rng = random.Random(1)
        w1 = [[number(rng.uniform(-1, 1)) for _ in range(2)] for _ in range(4)]
        b1 = [number(0) for _ in range(4)]
        w2 = [number(rng.uniform(-1, 1)) for _ in range(4)]
        params = [p for row in w1 for p in row] + b1 + w2
        data = [([0.5, -1.0], 1.0), ([-0.75, 0.25], -1.0), ([1.0, 1.0], 1.0)]
        for _ in range(20):
            loss = 0
            for x, y in data:
                hidden = [
                    sum((wi * xi for wi, xi in zip(row, x, strict=True)), b).relu()
                    for row, b in zip(w1, b1, strict=True)
                ]
                score = sum(w * h for w, h in zip(w2, hidden, strict=True))
                loss = loss + (1 + -y * score).relu()
            loss = loss * (1.0 / len(data)) + 1e-4 * sum(p * p for p in params)
            for p in params:
                p.grad = 0
            loss.backward()
            for p in params:
                p.data -= 0.1 * p.grad
        return [p.data for p in params]

    assert train(Value) == pytest.approx(train(Micro), rel=TWELVE_DIGITS, abs=1e-14)


def test_where_micrograd_goes_wrong():
    """What RELIABILITY.md 2.4 saw go wrong there is right here."""
    x = Value(3.0)
    y = x**3
    y.backward()
    y.backward()
    assert x.grad == 54.0
    x = Value(3.0)
    h = x**2
    (2 * h).backward()
    (5 * h).backward()
    assert x.grad == 42.0
    with pytest.raises(TypeError):
        Value("a")
