"""NumPy by hand: the gradients are derived and written over the batch."""

import itertools
import math
from typing import Any

from ..workloads import direction
from . import Task, again, each, layers


def views(flat: Any, widths: list[int]) -> list[tuple[Any, Any]]:
    """Weights and biases of each layer, as parts of one array."""
    found, begin = [], 0
    for n, m in itertools.pairwise(widths):
        weights = flat[begin : begin + m * n].reshape(m, n)
        found.append((weights, flat[begin + m * n : begin + m * (n + 1)]))
        begin += m * (n + 1)
    return found


class Adam:
    """In place, on one array."""

    def __init__(self, p: Any, rate: float, betas: Any = (0.9, 0.999)) -> None:
        import numpy as np

        self.p, self.rate, self.betas, self.steps = p, rate, betas, 0
        self.m, self.v, self.room = np.zeros_like(p), np.zeros_like(p), np.empty_like(p)

    def __call__(self, g: Any) -> None:
        """One update; the gradient is overwritten."""
        import numpy as np

        self.steps += 1
        b, c = self.betas
        room = self.room
        self.m *= b
        self.m += np.multiply(g, 1 - b, out=room)
        self.v *= c
        np.multiply(g, g, out=g)
        g *= 1 - c
        self.v += g
        np.sqrt(self.v, out=room)
        room *= 1 / math.sqrt(1 - c**self.steps)
        room += 1e-8
        np.divide(self.m, room, out=room)
        room *= self.rate / (1 - b**self.steps)
        self.p -= room


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4."""
    import numpy as np

    widths, kind = data["widths"], data["loss"]
    p = np.empty(len(data["parameters"]))
    g = np.empty_like(p)
    made, slopes = views(p, widths), views(g, widths)
    for (w, b), (rows, biases) in zip(
        made, layers(data["parameters"], widths), strict=True
    ):
        w[:], b[:] = rows, biases
    relu, rate, decay = data["activation"] == "relu", data["rate"], 2 * data["penalty"]
    adam = Adam(p, rate) if data["optimizer"] == "adam" else None

    def forward(x: Any) -> list[Any]:
        hidden = [x]
        for w, b in made[:-1]:
            z = hidden[-1] @ w.T
            z += b
            (np.maximum(z, 0, out=z) if relu else np.tanh(z, out=z))
            hidden.append(z)
        w, b = made[-1]
        z = hidden[-1] @ w.T
        z += b
        return [*hidden, z]

    def judged(z: Any, y: Any, n: int) -> tuple[Any, Any]:
        # The mean loss, and its gradient by the scores.
        if kind == "classes":
            z -= z.max(axis=1, keepdims=True)
            e = np.exp(z)
            sums = e.sum(axis=1)
            every = np.arange(n)
            loss = (np.log(sums) - z[every, y]).mean()
            e /= (n * sums)[:, None]
            e[every, y] -= 1 / n
            return loss, e
        s = z[:, 0]
        if kind == "hinge":
            margin = 1 - y * s
            return np.maximum(margin, 0).mean(), ((margin > 0) * (-y / n))[:, None]
        e = np.exp(-np.abs(s))
        loss = (np.maximum(s, 0) + np.log1p(e) - y * s).mean()
        return loss, ((np.where(s >= 0, 1.0, e) / (1 + e) - y) / n)[:, None]

    def step(x: Any, y: Any) -> Any:
        *hidden, z = forward(x)
        loss, d = judged(z, y, len(x))
        for k in range(len(made) - 1, -1, -1):
            slope, bias = slopes[k]
            np.matmul(d.T, hidden[k], out=slope)
            d.sum(axis=0, out=bias)
            if k:
                h = hidden[k]
                d = d @ made[k][0]
                d *= (h > 0) if relu else 1 - h * h
        if adam is not None:
            adam(g)
        else:
            p.__isub__(rate * (g + decay * p))
        return loss

    batches = [(np.array(X), np.array(y)) for X, y in data["batches"]]
    return Task(each(step, batches))


def rosenbrock(data: dict[str, Any]) -> Task:
    """W3; the Hessian as its two diagonals."""
    import numpy as np

    x = np.array(data["point"])

    def gradient() -> tuple[Any, Any]:
        a = x[:-1]
        r, s = x[1:] - a * a, 1 - a
        g = np.zeros_like(x)
        g[1:] = 200 * r
        g[:-1] -= 400 * a * r + 2 * s
        return 100 * (r @ r) + s @ s, g

    def hessian() -> tuple[Any, Any]:
        a = x[:-1]
        d = np.zeros_like(x)
        d[:-1] = 1200 * a * a - 400 * x[1:] + 2
        d[1:] += 200
        return d, -400 * a

    if data["order"] == 1:
        return Task(
            again(gradient), lambda found: [float(found[0]), *found[1].tolist()]
        )

    def product(found: Any) -> list[float]:
        (d, e), v = found, np.array(direction(len(x)))
        out = d * v
        out[1:] += e * v[:-1]
        out[:-1] += e * v[1:]
        return out.tolist()  # type: ignore[no-any-return]

    return Task(again(hessian), product)


def named(flat: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """Parts of one array, each of the shape that its name has."""
    found, begin = {}, 0
    for name, shape in shapes.items():
        end = begin + math.prod(shape)
        found[name] = flat[begin:end].reshape(shape)
        begin = end
    return found


def transformer(data: dict[str, Any]) -> Task:
    """W5: each document at its own length; one product for queries, keys and values."""
    import numpy as np

    given = {name: np.array(x) for name, x in data["parameters"].items()}
    three = ("query", "key", "value")
    given["three"] = np.concatenate([given.pop(name) for name in three])
    flat = np.concatenate([x.ravel() for x in given.values()])
    slopes = np.empty_like(flat)
    shapes = {name: x.shape for name, x in given.items()}
    p, g = named(flat, shapes), named(slopes, shapes)
    adam = Adam(flat, data["rate"], data["betas"])
    heads, epsilon, width = data["heads"], data["epsilon"], p["place"].shape[1]
    size = width // heads
    one_hot = np.eye(data["tokens"])
    later = np.triu(np.full([data["context"]] * 2, -np.inf), 1)

    def norm(name: str, x: Any) -> Any:
        # The rows, what they are scaled by, and both together: for the way back.
        r = 1 / np.sqrt(np.einsum("ij,ij->i", x, x) / width + epsilon)[:, None]
        u = x * r
        return u * p[name], u, r

    def norm_back(name: str, d: Any, u: Any, r: Any) -> Any:
        np.einsum("ij,ij->j", d, u, out=g[name])
        d = d * p[name]
        d -= u * (np.einsum("ij,ij->i", d, u) / width)[:, None]
        d *= r
        return d

    def linear_back(name: str, d: Any, x: Any) -> Any:
        np.matmul(d.T, x, out=g[name])
        return d @ p[name]

    def softmax(s: Any) -> Any:
        s -= s.max(axis=-1, keepdims=True)
        np.exp(s, out=s)
        s /= s.sum(axis=-1, keepdims=True)
        return s

    def step(tokens: Any, targets: Any) -> Any:
        n = len(tokens)
        every = np.arange(n)
        x = p["letter"][tokens] + p["place"][:n]
        h1, u1, r1 = norm("norm1", x)
        parts = (h1 @ p["three"].T).reshape(n, 3, heads, size)
        q, k, v = parts.transpose(1, 2, 0, 3)
        s = q @ k.transpose(0, 2, 1)
        s *= size**-0.5
        s += later[:n, :n]
        weights = softmax(s)
        joined = (weights @ v).transpose(1, 0, 2).reshape(n, width)
        x += joined @ p["output"].T
        h2, u2, r2 = norm("norm2", x)
        units = h2 @ p["up"].T
        np.maximum(units, 0, out=units)
        x += units @ p["down"].T
        h3, u3, r3 = norm("norm3", x)
        chances = softmax(h3 @ p["scores"].T)
        loss = -np.log(chances[every, targets]).mean()

        chances[every, targets] -= 1
        chances /= n
        d = norm_back("norm3", linear_back("scores", chances, h3), u3, r3)
        inner = linear_back("down", d, units)
        inner *= units > 0
        d += norm_back("norm2", linear_back("up", inner, h2), u2, r2)
        back = linear_back("output", d, joined)
        back = back.reshape(n, heads, size).transpose(1, 0, 2)
        t = back @ v.transpose(0, 2, 1)
        t -= np.einsum("hij,hij->hi", t, weights)[:, :, None]
        t *= weights
        t *= size**-0.5
        by_parts = np.empty((n, 3, heads, size))
        by_query, by_key, by_value = by_parts.transpose(1, 2, 0, 3)
        np.matmul(t, k, out=by_query)
        np.matmul(t.transpose(0, 2, 1), q, out=by_key)
        np.matmul(weights.transpose(0, 2, 1), back, out=by_value)
        by_three = by_parts.reshape(n, 3 * width)
        d += norm_back("norm1", linear_back("three", by_three, h1), u1, r1)
        np.matmul(one_hot[tokens].T, d, out=g["letter"])
        g["place"][:n], g["place"][n:] = d, 0
        adam(slopes)
        return loss

    documents = [(np.array(t[:-1]), np.array(t[1:])) for t in data["documents"]]
    return Task(each(step, documents))
