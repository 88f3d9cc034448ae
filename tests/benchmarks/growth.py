"""One step of training as networks grow: ``python -m tests.benchmarks.growth``.

2-16-16-1, 64-32-10 and 784-128-10 with ReLU and softmax cross-entropy, batches of 64
and 256, float64: loss, gradient and the update of plain gradient descent. Each engine
has a process of its own; all are pinned to one core and take turns. The losses of the
first steps must agree: it is the same work. ``--peers PYTHON`` names an interpreter
that has PyTorch and JAX; ``--cores 2`` gives every engine two cores. Only ratios of one
run count.

A process is ``python -m tests.benchmarks.growth --engine NAME SIZES BATCH``: it writes
the processor time to its first result and the losses of some steps, and then, for each
number of steps that it reads, how long one takes.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

RATE = 0.01
CHECKED = 5  # steps whose losses are compared
AGREE = 1e-9  # relative
TURN = 0.1  # seconds that an engine runs before the next one
NETWORKS = ("2-16-16-1", "64-32-10", "784-128-10")
BATCHES = (64, 256)
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
Layers = list[tuple[Any, Any]]
# Of the process; of two threads only the wall's time counts.
CLOCKS = {1: time.process_time, 2: time.perf_counter}
clock = CLOCKS[1]
# Does so many steps; their losses, and the seconds of one.
Run = Callable[[int], tuple[list[float], float]]


def data(sizes: list[int], batch: int) -> tuple[Layers, Any, Any]:
    """Weights, shape (in, out), and biases of each layer; inputs and one-hot classes.

    A network with one output learns the logit of the second of two classes.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    layers = [
        (rng.normal(size=(n, m)) / math.sqrt(n), np.zeros(m))
        for n, m in pairwise(sizes)
    ]
    x = rng.normal(size=(batch, sizes[0]))
    classes = rng.integers(0, max(2, sizes[-1]), batch)
    return layers, x, np.eye(max(2, sizes[-1]))[classes][:, -max(1, sizes[-1]) :]


def timed(step: Callable[[], Any]) -> Run:
    """A run of single steps."""

    def run(count: int) -> tuple[list[float], float]:
        begin = clock()
        losses = [step() for _ in range(count)]
        seconds = (clock() - begin) / count
        return [float(loss) for loss in losses], seconds

    return run


# -- engines ---------------------------------------------------------------------------


def compiled(sizes: list[int], batch: int) -> Run:
    """autograd-core: scalar code, `Program.train` and `SGD`."""
    from autograd_core import Value, compile, logsumexp, relu, softplus
    from optim import SGD

    layers, x, t = data(sizes, batch)
    net = [
        [([Value(w) for w in line], Value(0.0)) for line in weights.T.tolist()]
        for weights, _ in layers
    ]

    def loss(row: Any, target: Any) -> Any:
        for layer in net:
            row = [
                sum((a * b for a, b in zip(w, row, strict=True)), c) for w, c in layer
            ]
            if layer is not net[-1]:
                row = [relu(z) for z in row]
        if len(row) == 1:
            return softplus(row[0]) - target[0] * row[0]
        hit = sum(z * t for z, t in zip(row, target, strict=True))
        return logsumexp(row) - hit

    program = compile(loss)
    leaves = [v for layer in net for w, c in layer for v in (*w, c)]
    optimizer = SGD(leaves, lr=RATE)

    def run(count: int) -> tuple[list[float], float]:
        at: list[float] = []

        def batches() -> Iterator[tuple[Any, Any]]:
            for _ in range(count + 2):  # the first two prepare the others
                at.append(clock())
                yield x, t
            at.append(clock())

        losses = program.train(batches(), optimizer=optimizer)
        return losses, (at[-1] - at[2]) / count

    return run


def numpy_by_hand(sizes: list[int], batch: int) -> Run:
    """The gradient derived and written by hand over the batch."""
    import numpy as np

    layers, x, t = data(sizes, batch)

    def step() -> Any:
        rows = [x]
        for w, b in layers[:-1]:
            rows.append(np.maximum(rows[-1] @ w + b, 0.0))
        z = rows[-1] @ layers[-1][0] + layers[-1][1]
        if sizes[-1] == 1:
            e = np.exp(-np.abs(z))
            loss = (np.maximum(z, 0) + np.log1p(e) - t * z).sum() / batch
            d = (np.where(z >= 0, 1.0, e) / (1 + e) - t) / batch
        else:
            high = z.max(axis=1, keepdims=True)
            e = np.exp(z - high)
            total = e.sum(axis=1, keepdims=True)
            loss = (np.log(total) + high).sum() - (t * z).sum()
            loss, d = loss / batch, (e / total - t) / batch
        for (w, b), h in zip(layers[::-1], rows[::-1], strict=True):
            below = (d @ w.T) * (h > 0) if h is not x else None
            w -= RATE * (h.T @ d)
            b -= RATE * d.sum(axis=0)
            d = below
        return loss

    return timed(step)


def jax(sizes: list[int], batch: int) -> Run:
    """JAX, the whole step jitted, float64, buffers donated."""
    import jax as j
    from jax import numpy as jnp

    j.config.update("jax_enable_x64", True)
    start, x, t = data(sizes, batch)
    layers = [(jnp.array(w), jnp.array(b)) for w, b in start]
    x, t = jnp.array(x), jnp.array(t)

    def loss(layers: Any) -> Any:
        h = x
        for w, b in layers[:-1]:
            h = j.nn.relu(h @ w + b)
        z = h @ layers[-1][0] + layers[-1][1]
        if sizes[-1] == 1:
            return (j.nn.softplus(z) - t * z).mean()
        return -(t * j.nn.log_softmax(z)).sum() / batch

    def update(layers: Any) -> Any:
        value, slopes = j.value_and_grad(loss)(layers)
        return value, j.tree.map(lambda p, g: p - RATE * g, layers, slopes)

    whole = j.jit(update, donate_argnums=0)

    def step() -> Any:
        nonlocal layers
        value, layers = whole(layers)
        value.block_until_ready()
        return value

    return timed(step)


def torch(sizes: list[int], batch: int) -> Run:
    """PyTorch, eager, float64."""
    import torch as p
    from torch.nn import functional as f

    p.set_num_threads(len(os.sched_getaffinity(0)))
    p.set_default_dtype(p.float64)
    start, x, t = data(sizes, batch)
    x, t = p.tensor(x), p.tensor(t)
    layers = [
        (p.tensor(w.T.copy(), requires_grad=True), p.tensor(b, requires_grad=True))
        for w, b in start
    ]
    optimizer = p.optim.SGD([v for layer in layers for v in layer], lr=RATE)

    def step() -> Any:
        h = x
        for w, b in layers[:-1]:
            h = p.relu(f.linear(h, w, b))
        z = f.linear(h, *layers[-1])
        if sizes[-1] == 1:
            loss = f.binary_cross_entropy_with_logits(z, t)
        else:
            loss = f.cross_entropy(z, t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return timed(step)


ENGINES: dict[str, Callable[[list[int], int], Run]] = {
    "compiled": compiled,
    "NumPy by hand": numpy_by_hand,
    "JAX jit": jax,
    "PyTorch eager": torch,
}
PEERS = {"JAX jit": "jax", "PyTorch eager": "torch"}


# -- taking turns ----------------------------------------------------------------------


class Engine:
    """A process that does steps when asked."""

    def __init__(
        self, name: str, job: tuple[str, int], python: str, cores: int
    ) -> None:
        self.name = name
        flags = "--xla_cpu_multi_thread_eigen=false" if cores == 1 else ""
        environment = {
            **os.environ,
            **dict.fromkeys(THREADS, str(cores)),
            "XLA_FLAGS": flags,
            "PYTHONPATH": ".",
        }
        command = [python, "-m", "tests.benchmarks.growth", "--engine", name]
        self.process = subprocess.Popen(
            [*command, "--cores", str(cores), job[0], str(job[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.first, self.losses = self.answer()
        self.count, self.seconds = 1, []

    def answer(self) -> Any:
        """The next thing that it says."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def turn(self) -> None:
        """One turn; the count of steps grows until it takes long enough."""
        assert self.process.stdin is not None
        print(self.count, file=self.process.stdin, flush=True)
        self.seconds.append(self.answer())
        self.count = max(1, int(TURN / max(self.seconds[-1], 1e-9)))

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def compare(
    network: str, batch: int, turns: int, peers: str, cores: int = 1
) -> list[Engine]:
    """All engines that are there, each with the seconds of its turns."""
    engines = []
    for name in ENGINES:
        python = peers if name in PEERS else sys.executable
        if name in PEERS and python == sys.executable and not find_spec(PEERS[name]):
            continue
        engines.append(Engine(name, (network, batch), python, cores))
        for a, b in zip(engines[0].losses, engines[-1].losses, strict=True):
            if not math.isclose(a, b, rel_tol=AGREE):
                raise ArithmeticError(f"{name} has loss {b}, not {a}")
    for _ in range(turns + 2):
        for engine in engines:
            engine.turn()
    for engine in engines:
        engine.close()
        engine.seconds = engine.seconds[2:]
    return engines


def show(network: str, batch: int, engines: list[Engine]) -> None:
    """The table of one network and batch."""
    base = statistics.median(engines[0].seconds)
    print(f"\n{network}, one step of {batch} rows\n")
    print("| engine         | us, median |  us, best | times | first result, CPU s |")
    print("|----------------|-----------:|----------:|------:|--------------------:|")
    for engine in engines:
        median, best = statistics.median(engine.seconds), min(engine.seconds)
        print(
            f"| {engine.name:14} | {median * 1e6:10.1f} | {best * 1e6:9.1f} "
            f"| {median / base:5.2f} | {engine.first:19.2f} |"
        )


def serve(name: str, network: str, batch: int, cores: int) -> None:
    """Be an engine: answers on standard output, a line of JSON each."""
    global clock
    clock = CLOCKS[cores]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[-cores:]))
    run = ENGINES[name]([int(n) for n in network.split("-")], batch)
    losses = run(1)[0]
    first = time.process_time()  # of the process, Python itself included
    if len(losses) < CHECKED:
        losses += run(CHECKED)[0]
    print(json.dumps([first, losses[:CHECKED]]), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(int(line))[1]), flush=True)


def main() -> None:
    """Run all networks and batches, and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", choices=NETWORKS)
    parser.add_argument("batch", nargs="?", type=int)
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    options = parser.parse_args()
    if options.engine:
        serve(options.engine, options.network, options.batch, options.cores)
        return
    print(f"{platform.platform()}, Python {platform.python_version()}")
    for network in (options.network,) if options.network else NETWORKS:
        for batch in (options.batch,) if options.batch else BATCHES:
            found = compare(network, batch, options.turns, options.peers, options.cores)
            show(network, batch, found)


if __name__ == "__main__":
    main()
