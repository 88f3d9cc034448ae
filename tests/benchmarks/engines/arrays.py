"""Models over whole arrays, for the packages that speak NumPy: they are given ``xp``.

The code is the one that a user of JAX or of autograd writes; both have NumPy's names.
"""

from typing import Any

from . import layers


def made(xp: Any, data: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Weights and biases as arrays."""
    return [
        (xp.array(w), xp.array(b))
        for w, b in layers(data["parameters"], data["widths"])
    ]


def batches(xp: Any, data: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Rows and targets as arrays."""
    return [(xp.array(X), xp.array(y)) for X, y in data["batches"]]


def loss_of(xp: Any, data: dict[str, Any]) -> Any:
    """The mean loss of a batch, as a function of the layers."""
    kind, smooth = data["loss"], data["activation"] == "tanh"

    def loss(network: Any, x: Any, y: Any) -> Any:
        h = x
        for w, b in network[:-1]:
            z = h @ w.T + b
            h = xp.tanh(z) if smooth else xp.maximum(z, 0)
        w, b = network[-1]
        z = h @ w.T + b
        if kind == "hinge":
            return xp.mean(xp.maximum(1 - y * z[:, 0], 0))
        if kind == "logistic":
            return xp.mean(xp.logaddexp(0, z[:, 0]) - y * z[:, 0])
        return mean_cross_entropy(xp, z, y)

    return loss


def mean_cross_entropy(xp: Any, z: Any, y: Any) -> Any:
    """Of rows of scores, and the class of each."""
    most = xp.max(z, axis=1, keepdims=True)
    lse = xp.log(xp.sum(xp.exp(z - most), axis=1)) + most[:, 0]
    return xp.mean(lse - z[xp.arange(len(z)), y])


def rosenbrock(xp: Any, x: Any) -> Any:
    """Over the whole array at once."""
    a, b = x[:-1], x[1:]
    return xp.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2)


def transformer(xp: Any, data: dict[str, Any]) -> Any:
    """The scores after each token, (length, tokens), of the parameters and tokens."""
    heads, epsilon = data["heads"], data["epsilon"]

    def norm(g: Any, x: Any) -> Any:
        return g * x / xp.sqrt(xp.mean(x * x, axis=1, keepdims=True) + epsilon)

    def scores(p: dict[str, Any], tokens: Any) -> Any:
        n = len(tokens)
        x = p["letter"][tokens] + p["place"][:n]
        width = x.shape[1]
        h = norm(p["norm1"], x)
        q, k, v = (
            xp.reshape(h @ p[name].T, (n, heads, width // heads))
            for name in ("query", "key", "value")
        )
        s = xp.einsum("ihd,jhd->hij", q, k) * (width // heads) ** -0.5
        s = xp.where(xp.tril(xp.ones((n, n))) > 0, s, -1e30)
        e = xp.exp(s - xp.max(s, axis=2, keepdims=True))
        weights = e / xp.sum(e, axis=2, keepdims=True)
        joined = xp.reshape(xp.einsum("hij,jhd->ihd", weights, v), (n, width))
        x = x + joined @ p["output"].T
        x = x + xp.maximum(norm(p["norm2"], x) @ p["up"].T, 0) @ p["down"].T
        return norm(p["norm3"], x) @ p["scores"].T

    return scores
