"""One step of W1 or W1t by one engine, in a process of its own.

``python -m tests.benchmarks.compiled_engines ENGINE WORKLOAD`` reads the data as a
line of JSON, writes how long the first result took and the losses of some steps, and
then times as many steps as each further line asks for.

W1 is micrograd's demo: 2-16-16-1 with ReLU on 100 points, hinge loss, L2 penalty, and
the update of all 337 parameters. W1t is the same with tanh and the cross-entropy of
logits. Each engine's code is what a good user of it would write.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

RATE, PENALTY = 0.1, 1e-4
WIDTHS = (2, 16, 16, 1)
CHECKED = 20  # steps whose losses are compared
Step = Callable[[], float]


def matrices(parameters: list[float]) -> list[tuple[Any, Any]]:
    """Weights, shape (out, in), and biases of each layer; neuron by neuron before."""
    import numpy as np

    found, rest = [], np.array(parameters)
    for n, m in pairwise(WIDTHS):
        layer, rest = rest[: m * (n + 1)].reshape(m, n + 1), rest[m * (n + 1) :]
        found.append((layer[:, :n].copy(), layer[:, n].copy()))
    return found


def tape_of(data: dict[str, Any], smooth: bool) -> tuple[Any, Any]:
    """The loss of one row and its gradient, as a tape; where its parameters begin."""
    from autograd_core import Value, relu, softplus, tanh
    from autograd_core.compile.derive import gradient
    from autograd_core.compile.passes import simplify
    from autograd_core.compile.trace import trace

    values = [Value(p) for p in data["parameters"]]
    rest, layers = iter(values), []
    for n, m in pairwise(WIDTHS):
        layers.append([([next(rest) for _ in range(n)], next(rest)) for _ in range(m)])

    def loss(x0: Any, x1: Any, y: Any) -> Any:
        x = [x0, x1]
        for layer in layers:
            x = [sum((a * b for a, b in zip(w, x, strict=True)), c) for w, c in layer]
            if layer is not layers[-1]:
                x = [tanh(z) if smooth else relu(z) for z in x]
        return softplus(x[0]) - y * x[0] if smooth else relu(1 - y * x[0])

    tape = trace(loss, (1.0, 1.0, 1.0)).tape
    leaves = list(tape.parameters.values())
    tape = simplify(gradient(tape, list(tape.parameters)))
    assert list(tape.parameters.values()) == leaves
    return tape, [leaf.data for leaf in leaves]


def compiled(numerics: str) -> Callable[..., Step]:
    """autograd-core, one native call per step."""

    def start(data: dict[str, Any], smooth: bool) -> Step:
        import numpy as np

        from autograd_core import Value
        from autograd_core.compile.backends import llvm
        from autograd_core.compile.trace import trace

        tape, begin = tape_of(data, smooth)
        inputs = np.array([*zip(*data["points"], strict=True), data["targets"]])
        n = len(data["targets"])
        table = np.array([begin, [0.0] * len(begin)])
        backend = llvm.Backend()
        run = backend.compile(tape, summed=len(tape.outputs), numerics=numerics)
        step = run.bind(inputs, table[0])
        rate = Value(RATE)

        def update(p: Any, g: Any) -> Any:
            return p - rate * (g * (1 / n) + 2 * PENALTY * p), p * p

        rule = backend.compile(
            trace(update, (1.0, 1.0)).tape, summed=1, numerics=numerics
        ).bind(table, np.array([RATE]))
        whole = llvm.Sequence(
            [
                llvm.Run(step),
                llvm.Finite(step.sums),
                llvm.Copy(step.sums[1:], table[1]),
                llvm.Run(rule),
                llvm.Copy(rule.values[0], table[0]),
            ]
        )
        data_loss, squares = step.sums.item, rule.sums.item

        def go() -> float:
            whole()
            return data_loss(0) / n + PENALTY * squares(0)  # type: ignore[no-any-return]

        return go

    return start


def numpy_backend(data: dict[str, Any], smooth: bool) -> Step:
    """autograd-core without a compiler: the same tape, grouped calls of NumPy."""
    import numpy as np

    from autograd_core.compile.backends import choose

    tape, begin = tape_of(data, smooth)
    inputs = np.array([*zip(*data["points"], strict=True), data["targets"]])
    n = len(data["targets"])
    p = np.array(begin)
    run = choose("numpy").compile(tape, summed=len(tape.outputs), numerics="fast")

    def go() -> float:
        nonlocal p
        _, sums = run(inputs, p)
        loss = sums[0] / n + PENALTY * (p @ p)
        p = p - RATE * (sums[1:] / n + 2 * PENALTY * p)
        return loss  # type: ignore[no-any-return]

    return go


def numpy_by_hand(data: dict[str, Any], smooth: bool) -> Step:
    """The gradient derived and written by hand over the batch."""
    import numpy as np

    x, y = np.array(data["points"]), np.array(data["targets"])
    n = len(y)
    p = np.array(data["parameters"])
    g = np.empty_like(p)
    views, slopes = [], []
    begin = 0
    for a, b in pairwise(WIDTHS):
        end = begin + b * (a + 1)
        for array, found in ((p, views), (g, slopes)):
            layer = array[begin:end].reshape(b, a + 1)
            found.append((layer[:, :a], layer[:, a]))
        begin = end
    (w1, b1), (w2, b2), (w3, b3) = views
    (v1, c1), (v2, c2), (v3, c3) = slopes

    def go() -> float:
        z1 = x @ w1.T + b1
        h1 = np.tanh(z1) if smooth else np.maximum(z1, 0)
        z2 = h1 @ w2.T + b2
        h2 = np.tanh(z2) if smooth else np.maximum(z2, 0)
        s = (h2 @ w3.T + b3)[:, 0]
        if smooth:
            e = np.exp(-np.abs(s))
            loss = (np.maximum(s, 0) + np.log1p(e) - y * s).mean()
            d = (np.where(s >= 0, 1.0, e) / (1 + e) - y) / n
        else:
            margin = 1 - y * s
            loss = np.maximum(margin, 0).mean()
            d = np.where(margin > 0, -y / n, 0.0)
        v3[0], c3[0] = d @ h2, d.sum()
        d2 = d[:, None] * w3
        d2 *= 1 - h2 * h2 if smooth else h2 > 0
        v2[:], c2[:] = d2.T @ h1, d2.sum(axis=0)
        d1 = d2 @ w2
        d1 *= 1 - h1 * h1 if smooth else h1 > 0
        v1[:], c1[:] = d1.T @ x, d1.sum(axis=0)
        loss += PENALTY * (p @ p)
        p[:] -= RATE * (g + 2 * PENALTY * p)
        return float(loss)

    return go


def c_by_hand(data: dict[str, Any], smooth: bool) -> Step:
    """C over lanes of 104 rows, compiled for this machine with fast arithmetic."""
    import ctypes

    import numpy as np

    from .compiled_c import build

    step = build(smooth).step
    step.restype = ctypes.c_double
    step.argtypes = [ctypes.c_void_p] * 3
    n = len(data["targets"])
    assert n == 100
    rows = np.zeros((3, 104))
    rows[:2, :n] = np.array(data["points"]).T
    rows[2, :n] = data["targets"]
    p = np.array(data["parameters"])
    arguments = rows.ctypes.data, rows[2].ctypes.data, p.ctypes.data

    def go(keep: Any = (rows, p)) -> float:
        return step(*arguments)  # type: ignore[no-any-return]

    return go


def micrograd(data: dict[str, Any], smooth: bool) -> Step:
    """The demo as micrograd's author has it: a loop over the batch."""
    from micrograd.engine import Value

    sys.setrecursionlimit(10**6)
    parameters = [Value(p) for p in data["parameters"]]
    rest, layers = iter(parameters), []
    for n, m in pairwise(WIDTHS):
        layers.append([([next(rest) for _ in range(n)], next(rest)) for _ in range(m)])

    def score(x: list[Any]) -> Any:
        for layer in layers:
            x = [sum((a * b for a, b in zip(w, x, strict=True)), c) for w, c in layer]
            if layer is not layers[-1]:
                x = [z.relu() for z in x]
        return x[0]

    def go() -> float:
        losses = [
            (1 + -y * score(list(map(Value, row)))).relu()
            for row, y in zip(data["points"], data["targets"], strict=True)
        ]
        squares = PENALTY * sum(p * p for p in parameters)
        total = sum(losses) * (1.0 / len(losses)) + squares
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return float(total.data)

    return go


def torch(data: dict[str, Any], smooth: bool) -> Step:
    """PyTorch, eager, float64."""
    import torch as t
    from torch.nn import functional as f

    t.set_num_threads(1)
    t.set_default_dtype(t.float64)
    x, y = t.tensor(data["points"]), t.tensor(data["targets"])
    layers = [
        (t.tensor(w, requires_grad=True), t.tensor(b, requires_grad=True))
        for w, b in matrices(data["parameters"])
    ]
    parameters = [p for layer in layers for p in layer]
    optimizer = t.optim.SGD(parameters, lr=RATE)
    act = t.tanh if smooth else t.relu

    def go() -> float:
        h = x
        for w, b in layers[:-1]:
            h = act(f.linear(h, w, b))
        s = f.linear(h, *layers[-1])[:, 0]
        if smooth:
            loss = f.binary_cross_entropy_with_logits(s, y)
        else:
            loss = t.relu(1 - y * s).mean()
        loss = loss + PENALTY * sum((p * p).sum() for p in parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss  # type: ignore[no-any-return] - not read: as in a loop

    return go


def jax(data: dict[str, Any], smooth: bool) -> Step:
    """JAX, the whole step jitted, float64, buffers donated."""
    import jax as j
    from jax import numpy as jnp

    j.config.update("jax_enable_x64", True)
    x, y = jnp.array(data["points"]), jnp.array(data["targets"])
    parameters = [(jnp.array(w), jnp.array(b)) for w, b in matrices(data["parameters"])]
    act = jnp.tanh if smooth else j.nn.relu

    def loss(layers: Any) -> Any:
        h = x
        for w, b in layers[:-1]:
            h = act(h @ w.T + b)
        w, b = layers[-1]
        s = (h @ w.T + b)[:, 0]
        per_row = j.nn.softplus(s) - y * s if smooth else j.nn.relu(1 - y * s)
        squares = sum((w * w).sum() + (b * b).sum() for w, b in layers)
        return per_row.mean() + PENALTY * squares

    def update(layers: Any) -> Any:
        value, slopes = j.value_and_grad(loss)(layers)
        return value, j.tree.map(lambda p, g: p - RATE * g, layers, slopes)

    run = j.jit(update, donate_argnums=0)

    def go() -> float:
        nonlocal parameters
        value, parameters = run(parameters)
        value.block_until_ready()
        return value  # type: ignore[no-any-return]

    return go


ENGINES: dict[str, Callable[..., Step]] = {
    "compiled, fast": compiled("fast"),
    "compiled, eager": compiled("eager"),
    "compiled, NumPy only": numpy_backend,
    "C by hand": c_by_hand,
    "NumPy by hand": numpy_by_hand,
    "JAX jit": jax,
    "PyTorch eager": torch,
    "micrograd": micrograd,
}


def number(loss: Any) -> float:
    """A loss as a float; it may be a tensor that still has its graph."""
    return float(loss.detach() if hasattr(loss, "detach") else loss)


def main(engine: str, workload: str) -> None:
    """Answer on standard output, one line of JSON per line of input."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    data = json.loads(sys.stdin.readline())
    step = ENGINES[engine](data, workload == "W1t")
    losses = [number(step())]
    first = time.process_time()  # of the process, Python itself included
    losses += [number(step()) for _ in range(CHECKED - 1)]
    print(json.dumps({"first": first, "losses": losses}), flush=True)
    for line in sys.stdin:
        count = int(line)
        begin = time.process_time()
        for _ in range(count):
            step()
        print(json.dumps((time.process_time() - begin) / count), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
