"""What is measured: each case with its numbers, the same for every engine.

What one can do with this file: list the `cases`; with ``small=True`` they are as many,
but small enough for a test.

The one idea: a case is data, and names a *family*: the function of an engine's module
that makes a `Task` of it. An engine that has no such function does not take part.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

Data = dict[str, Any]
Plan = list[tuple[str, int, int]]


@dataclass(frozen=True)
class Case:
    """One row of the tables.

    Attributes
    ----------
    group, title
        Where it stands: "W3", and "gradient, n = 100".
    family
        Which function of an engine's module does it.
    make
        Gives the numbers, as JSON can carry them.
    unit, per
        What is shown: "us", "ms", "s" or "ns" of ``per`` steps.
    bound
        How far results may differ, relative to the largest number of a result.
    among
        Which engines are asked; all by default.
    once
        Whether only the first step counts, as when its cost is that of compiling.
    cores
        How many an engine may use.
    collector
        Whether Python's garbage collector is on.
    least
        How many steps are made before any is timed: those that may compile.
    """

    group: str
    title: str
    family: str
    make: Callable[[], Data]
    unit: str
    per: float = 1
    bound: float = 1e-9
    among: tuple[str, ...] = ()
    once: bool = False
    cores: int = 1
    collector: bool = True
    least: int = 1

    @property
    def name(self) -> str:
        """Of the case, once in all."""
        return f"{self.group} {self.title}"


# -- networks --------------------------------------------------------------------------


def parameters(widths: list[int], seed: int = 1337) -> list[float]:
    """Where all engines begin: neuron by neuron, weights and then the bias, which is 0.

    Each weight is uniform, of the size that keeps the width of the signal.
    """
    rng = random.Random(seed)
    found = []
    for n, m in pairwise(widths):
        for _ in range(m):
            found += [rng.uniform(-1, 1) * min(1.0, (6 / n) ** 0.5) for _ in range(n)]
            found.append(0.0)
    return found


def moons(smooth: bool, samples: int = 100) -> Data:
    """W1: micrograd's demo. Smooth is W1t: tanh, and the cross-entropy of logits."""
    from sklearn.datasets import make_moons

    points, classes = make_moons(n_samples=samples, noise=0.1, random_state=1)
    widths = [2, 16, 16, 1]
    targets = [float(c) if smooth else 2.0 * c - 1.0 for c in classes.tolist()]
    return {
        "widths": widths,
        "activation": "tanh" if smooth else "relu",
        "loss": "logistic" if smooth else "hinge",
        "optimizer": "sgd",
        "rate": 0.1,
        "penalty": 1e-4,  # times the sum of the squares of all parameters
        "batches": [[points.tolist(), targets]],
        "parameters": parameters(widths),
    }


def looped(samples: int) -> Data:
    """W1 as micrograd's demo writes it: the result is the loss with its penalty."""
    return moons(False, samples) | {"whole": True}


def classifier(widths: list[int], batches: list[Any]) -> Data:
    """A network with ReLU, softmax and cross-entropy that learns by Adam."""
    return {
        "widths": widths,
        "activation": "relu",
        "loss": "classes",
        "optimizer": "adam",
        "rate": 0.005,
        "penalty": 0.0,
        "batches": batches,
        "parameters": parameters(widths),
    }


def digits(batch: int = 32, most: int = 56) -> Data:
    """W4: scikit-learn's digits in whole batches; the last 5 of 1,797 are left out."""
    from sklearn.datasets import load_digits

    data = load_digits()
    rows, classes = (data.data / 16).tolist(), data.target.tolist()
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    batches = [order[k * batch : (k + 1) * batch] for k in range(most)]
    return classifier(
        [64, 32, 10], [[[rows[i] for i in b], [classes[i] for i in b]] for b in batches]
    )


def growing(widths: list[int], batch: int) -> Data:
    """One step on random rows: of W1's kind if there is one output, else of W4's."""
    rng = random.Random(0)
    rows = [[rng.uniform(0, 1) for _ in range(widths[0])] for _ in range(batch)]
    if widths[-1] == 1:
        targets = [rng.choice((-1.0, 1.0)) for _ in range(batch)]
        return {**moons(False), "batches": [[rows, targets]]}
    return classifier(widths, [[rows, [rng.randrange(widths[-1]) for _ in rows]]])


# -- recording -------------------------------------------------------------------------


def chain(n: int) -> Plan:
    """Operations each of which needs the one before."""
    kinds = ("tanh", "add", "mul")
    return [(kinds[i % 3], 7 + i if i else 0, i % 7) for i in range(n)]


def graph(n: int, seed: int = 0) -> Plan:
    """(operation, operand, operand) over the leaves 0..7 and the results before.

    Additions, products, tanh and exp; half of the operands are the newest.
    """
    rng = random.Random(seed)
    small = list(range(8))  # results of tanh and exp: products stay bounded
    tanhs = list(range(8))
    every = list(range(8))
    plan = []

    def pick(pool: list[int]) -> int:
        return pool[-1] if rng.random() < 0.5 else rng.choice(pool)

    for i in range(8, 8 + n):
        op = rng.choice(("add", "mul", "tanh", "exp"))
        if op == "tanh":
            plan.append((op, pick(every), 0))
            small.append(i)
            tanhs.append(i)
        elif op == "exp":
            plan.append((op, pick(tanhs), 0))
            small.append(i)
        else:
            plan.append((op, pick(small), pick(small)))
        every.append(i)
    return plan


def plan_of(data: Data) -> Plan:
    """Made by each worker for itself: a million tuples are slow to send."""
    return {"chain": chain, "graph": graph}[data["kind"]](data["size"])


def recording(kind: str, size: int) -> Data:
    """W2: the plan to record."""
    return {"kind": kind, "size": size}


# -- higher order ----------------------------------------------------------------------


def rosenbrock(n: int, order: int) -> Data:
    """W3: a point, and whether its gradient is wanted or its Hessian."""
    rng = random.Random(n)
    return {"point": [rng.uniform(-1.5, 1.5) for _ in range(n)], "order": order}


def direction(n: int) -> list[float]:
    """What a Hessian is multiplied with before it is compared."""
    return [1.0 + (k % 7) / 4 for k in range(n)]


# -- a transformer ---------------------------------------------------------------------


def transformer(lengths: tuple[int, ...]) -> Data:
    """W5: the model of `demos.training.transformer`, and a name cut to each length."""
    from demos.training.documents import documents as split
    from demos.training.documents import own_text

    data = split(own_text(), longest=15)
    rng, width, tokens = random.Random(5), 16, data.tokens
    longest = sorted(data.learned, key=len)[-len(lengths) :]

    def matrix(rows: int, columns: int, size: float) -> list[list[float]]:
        return [[rng.uniform(-size, size) for _ in range(columns)] for _ in range(rows)]

    names = ("query", "key", "value", "output")
    return {
        "documents": [
            data.encode(line[:n]) for line, n in zip(longest, lengths, strict=True)
        ],
        "tokens": tokens,
        "heads": 4,
        "context": 16,
        "epsilon": 1e-5,
        "rate": 0.01,
        "betas": [0.85, 0.99],
        "parameters": {
            "letter": matrix(tokens, width, 0.5),
            "place": matrix(16, width, 0.5),
            "norm1": [1.0] * width,
            "norm2": [1.0] * width,
            "norm3": [1.0] * width,
            **{name: matrix(width, width, 0.4) for name in names},
            "up": matrix(4 * width, width, 0.6),
            "down": matrix(width, 4 * width, 0.3),
            "scores": matrix(tokens, width, 0.4),
        },
    }


# -- all -------------------------------------------------------------------------------

NETWORKS = ([2, 16, 16, 1], [64, 32, 10], [784, 128, 10])
# Engines that do not need a minute for a step of the largest.
GROWING = ("fast", "eager", "grouped", "c", "numpy", "jax", "torch")


def cases(*, small: bool = False) -> list[Case]:
    """All cases; small ones do the same on little data."""
    nodes, links = (200, 60) if small else (1_000_000, 100_000)
    sizes = (5,) if small else (10, 100, 1000)
    rows = (4,) if small else (64, 256)
    letters = (2, 2) if small else (7, 11)
    lengths = (200,) if small else (10_000, 100_000, 1_000_000)
    networks = ([2, 16, 16, 1], [6, 4, 3]) if small else NETWORKS
    points = 10 if small else 100
    epoch = 2 if small else 56
    step = partial(Case, unit="us")
    record = partial(Case, "W2", family="graph", unit="ns", bound=1e-6)
    compiling = partial(Case, "compile", family="compiling", once=True)
    plain, smooth = partial(moons, False, points), partial(moons, True, points)
    # Without the collector: only engines whose nodes it would look at.
    nodes_only = {"among": ("values", "values-nn", "micrograd"), "collector": False}
    found = [
        step("W1", "one step", "mlp", plain),
        step("W1", "one step, collector off", "mlp", plain, **nodes_only),
        step("W1t", "one step", "mlp", smooth),
        step("W1", "the batch as a Python loop", "loop", partial(looped, points)),
        record("chain", make=partial(recording, "chain", links), per=1 / links),
    ]
    made = partial(recording, "graph", nodes)
    found += [
        record("graph", make=made, per=1 / nodes),
        record("graph, collector off", make=made, per=1 / nodes, **nodes_only),
        Case("W2", "bytes per node", "graph_bytes", made, "B", 1 / nodes, once=True),
    ]
    for order, title in ((1, "gradient"), (2, "Hessian")):
        for n in sizes:
            made = partial(rosenbrock, n, order)
            found.append(step("W3", f"{title}, n = {n}", "rosenbrock", made))
    found.append(
        Case("W4", "one epoch", "mlp", partial(digits, 32, epoch), "ms", per=epoch)
    )
    wide = partial(step, "W4", family="mlp", among=() if small else GROWING)
    for widths in networks:
        shown = "-".join(map(str, widths))
        for n in rows:
            found.append(wide(f"{shown}, {n} rows", make=partial(growing, widths, n)))
    last = f"{shown}, {n} rows, two cores"
    found.append(wide(last, make=partial(growing, widths, n), cores=2))
    made = partial(transformer, letters)
    found.append(step("W5", "one step", "transformer", made, least=len(letters)))
    for n in lengths:
        made = partial(recording, "graph", n)
        among = ("fast",) if n > 100_000 else ()
        title = f"{n:,} operations"
        found.append(compiling(title, make=made, unit="s", bound=1e-6, among=among))
    return found
