"""CasADi: matrix expressions (MX) for networks, scalar ones (SX) for the rest.

A step is one Function, called through its buffers; its own virtual machine runs it, or
the C that it generates, compiled as `engines.c` is.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from ..workloads import direction, plan_of
from . import Task, again, each, layers
from .c import built


def runnable(function: Any, c: bool) -> Any:
    """The Function itself, or the one of its C."""
    if not c:
        return function
    import casadi

    before, folder = os.getcwd(), tempfile.mkdtemp()
    os.chdir(folder)  # `generate` takes a name, not a path
    try:
        function.generate("generated.c")
    finally:
        os.chdir(before)
    library = built(Path(folder, "generated.c"))
    return casadi.external(function.name(), str(library))


class Buffers:
    """A call without copies: arguments and results stay in their arrays."""

    def __init__(self, function: Any) -> None:
        import numpy as np

        self.held, self.call = function.buffer()
        self.given: dict[int, Any] = {}  # it holds the addresses only
        self.results = [np.zeros(function.nnz_out(i)) for i in range(function.n_out())]
        for i, array in enumerate(self.results):
            self.held.set_res(i, memoryview(array))

    def give(self, place: int, array: Any) -> None:
        """Where an argument is; columns after each other."""
        self.given[place] = array
        self.held.set_arg(place, memoryview(array))


def trained(data: Any, p: Any, start: Any, batch: Any, loss: Any, c: bool) -> Any:
    """A step of training, as a function of arrays: gradient and update of ``p``."""
    import casadi as ca
    import numpy as np

    rate, decay = data["rate"], 2 * data.get("penalty", 0.0)
    g = ca.gradient(loss, p)
    if data.get("optimizer", "adam") == "sgd":
        old, new = [p], [p - rate * (g + decay * p)]
    else:
        m, v, t = ca.MX.sym("m", *p.shape), ca.MX.sym("v", *p.shape), ca.MX.sym("t")
        old, (b, k) = [p, m, v, t], data.get("betas", (0.9, 0.999))
        m, v, t = b * m + (1 - b) * g, k * v + (1 - k) * g * g, t + 1
        step = rate * (m / (1 - b**t)) / (ca.sqrt(v / (1 - k**t)) + 1e-8)
        new = [p - step, m, v, t]
    step = ca.Function("step", [*old, *batch], [*new, loss])
    buffers = Buffers(runnable(step, c))
    states = [np.zeros(x.numel()) for x in old]
    states[0][:] = start
    for place, state in enumerate(states):
        buffers.give(place, state)
    pairs = list(zip(states, buffers.results, strict=False))

    def go(*arrays: Any) -> float:
        for place, array in enumerate(arrays, len(states)):
            buffers.give(place, array)
        buffers.call()
        for state, found in pairs:
            state[:] = found
        return buffers.results[-1].item()  # type: ignore[no-any-return]

    return go


def logsumexp(z: Any) -> Any:
    """Of each column; less the largest entry of all, which is the fastest way here."""
    import casadi as ca

    most = ca.mmax(z)
    return ca.log(ca.sum1(ca.exp(z - most))) + most


def mlp(data: dict[str, Any], *, c: bool = False) -> Task:
    """W1, W1t, W4: a batch is a matrix with a column per row."""
    import casadi as ca
    import numpy as np

    widths, kind = data["widths"], data["loss"]
    n, p = len(data["batches"][0][0]), ca.MX.sym("p", len(data["parameters"]))
    x, y = ca.MX.sym("x", widths[0], n), ca.MX.sym("y", widths[-1], n)
    h, begin, start = x, 0, []
    for k, (w, b) in enumerate(layers(data["parameters"], widths)):
        m, last = len(w[0]), k == len(widths) - 2
        end = begin + len(w) * m
        weights = ca.reshape(p[begin:end], len(w), m)
        z = weights @ h + ca.repmat(p[end : end + len(w)], 1, n)
        smooth = data["activation"] == "tanh"
        h = z if last else ca.tanh(z) if smooth else ca.fmax(z, 0)
        start += [*np.array(w).ravel("F").tolist(), *b]
        begin = end + len(w)
    if kind == "hinge":
        losses = ca.fmax(1 - y * h, 0)
    elif kind == "logistic":
        losses = ca.fmax(h, 0) + ca.log1p(ca.exp(-ca.fabs(h))) - y * h
    else:
        losses = logsumexp(h) - ca.sum1(y * h)
    loss = ca.sum2(losses) / n
    one_hot = np.eye(widths[-1])
    batches = [
        (np.array(X).ravel(), np.array(one_hot[t] if kind == "classes" else t).ravel())
        for X, t in data["batches"]
    ]
    return Task(each(trained(data, p, start, (x, y), loss, c), batches))


def rosenbrock(data: dict[str, Any], *, c: bool = False) -> Task:
    """W3, written number by number; the Hessian is sparse."""
    import casadi as ca
    import numpy as np

    n = len(data["point"])
    x = ca.SX.sym("x", n)
    f = 0
    for i in range(n - 1):
        f += 100 * (x[i + 1] - x[i] * x[i]) ** 2 + (1 - x[i]) ** 2
    hessian, gradient = ca.hessian(f, x)
    wanted = [f, gradient] if data["order"] == 1 else [hessian]
    buffers = Buffers(runnable(ca.Function("f", [x], wanted), c))
    buffers.give(0, np.array(data["point"]))

    def step() -> Any:
        buffers.call()
        return buffers.results

    if data["order"] == 1:
        return Task(again(step), lambda found: [found[0].item(), *found[1].tolist()])
    v = np.array(direction(n))

    def product(found: Any) -> list[float]:
        matrix = ca.DM(hessian.sparsity(), found[0].tolist())
        return np.array(matrix @ v).ravel().tolist()  # type: ignore[no-any-return]

    return Task(again(step), product)


def compiling(data: dict[str, Any], *, c: bool = False) -> Task:
    """From eight symbols to the first gradient."""
    if c:
        raise NotImplementedError("a C compiler takes minutes for 100,000 lines")
    import casadi as ca

    from .scalars import record

    plan = plan_of(data)

    def step() -> list[float]:
        leaves = [ca.SX.sym("x") for _ in range(8)]
        rest = iter(leaves)
        root = record(lambda _: next(rest), plan)[1]
        x = ca.vertcat(*leaves)
        f = ca.Function("f", [x], [root, ca.gradient(root, x)])
        value, gradient = f([0.1 * (i + 1) for i in range(8)])
        return [float(value), *map(float, gradient.full().ravel())]

    return Task(again(step), list)


def transformer(data: dict[str, Any], *, c: bool = False) -> Task:
    """W5: padded to the context; a token is a column with a 1 at its place."""
    import casadi as ca
    import numpy as np

    n, tokens, heads = data["context"], data["tokens"], data["heads"]
    given = {k: np.array(x) for k, x in data["parameters"].items()}
    count = sum(x.size for x in given.values())
    state = ca.MX.sym("p", count)
    seen, targets = ca.MX.sym("seen", tokens, n), ca.MX.sym("targets", tokens, n)
    p, begin = {}, 0
    for name, x in given.items():
        shape = x.shape if x.ndim == 2 else (x.size, 1)
        p[name] = ca.reshape(state[begin : begin + x.size], *shape)
        begin += x.size
    width = given["letter"].shape[1]
    size = width // heads

    def norm(name: str, x: Any) -> Any:
        scale = 1 / ca.sqrt(ca.sum1(x * x) / width + data["epsilon"])
        return x * ca.repmat(p[name], 1, n) * ca.repmat(scale, width, 1)

    past = np.triu(np.ones((n, n)))  # column i: what place i may look at
    hidden = 1e30 * (past - 1)

    def attended(q: Any, k: Any, v: Any) -> Any:
        s = (k.T @ q) * size**-0.5 + hidden
        e = ca.exp(s - ca.repmat(ca.mmax(s), n, n))
        return v @ (e / ca.repmat(ca.sum1(e), n, 1))

    x = p["letter"].T @ seen + p["place"].T
    normed = norm("norm1", x)
    q, k, v = (
        ca.vertsplit(p[name] @ normed, size) for name in ("query", "key", "value")
    )
    x = x + p["output"] @ ca.vertcat(*map(attended, q, k, v))
    x = x + p["down"] @ ca.fmax(p["up"] @ norm("norm2", x), 0)
    z = p["scores"] @ norm("norm3", x)
    losses = logsumexp(z) - ca.sum1(targets * z)
    counted = ca.sum1(targets)  # 0 where the document is over
    loss = ca.dot(losses, counted) / ca.sum2(counted)

    def columns(line: list[int]) -> Any:
        found = np.zeros((n, tokens))
        found[range(len(line)), line] = 1
        return found.ravel()

    start = [a for x in given.values() for a in x.ravel("F").tolist()]
    step = trained(data, state, start, (seen, targets), loss, c)
    documents = [(columns(t[:-1]), columns(t[1:])) for t in data["documents"]]
    return Task(each(step, documents))
