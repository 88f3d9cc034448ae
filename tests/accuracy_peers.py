"""PyTorch and JAX, asked the same questions as the engine.

What one can do with this file: get the peers that can be imported (`peers`), and run
one at the points of a row of the table (`Peer.run`): its values, first and second
derivatives, in float64.

The one idea: a peer is a function of arrays per row, by the name that its users know,
and the library's own way to differentiate it twice. A row that a peer does not have
under any name is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tests.accuracy_references import Point

Columns = list[list[float]]

# Row -> its name in torch or torch.nn.functional, jax.numpy or jax.nn.
# fmt: off
_SAME = (
    "reciprocal", "square", "sqrt", "hypot", "exp", "expm1", "log", "log1p", "log2",
    "log10", "logaddexp", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh",
    "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "relu", "silu",
    "abs", "sign", "maximum", "minimum", "round",
)
# fmt: on


@dataclass
class Peer:
    """Another library: its functions, and how it differentiates them.

    ``derivatives(f, columns)`` takes a function of arrays and one column of floats
    per operand, and gives per point what `computed` gives.
    """

    name: str
    version: str
    functions: dict[str, Callable[..., Any]]
    derivatives: Callable[[Callable[..., Any], Columns], Columns]

    def run(self, name: str, points: Sequence[tuple[Point, dict[str, Any]]]) -> Columns:
        """`computed` at all points, those of one kind together."""
        groups: dict[Any, list[int]] = {}
        for i, (xs, attributes) in enumerate(points):
            groups.setdefault((len(xs), *attributes.items()), []).append(i)
        results: Columns = [[]] * len(points)
        f = self.functions[name]
        for (_, *pairs), members in groups.items():
            columns = [
                list(c) for c in zip(*(points[i][0] for i in members), strict=True)
            ]
            attributes = dict(pairs)
            rows = self.derivatives(
                lambda *xs, attributes=attributes: f(*xs, **attributes), columns
            )
            for i, row in zip(members, rows, strict=True):
                results[i] = row
        return results


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "powc": lambda x, n, k=0: (x**n, n * x ** (n - 1))[k],
    "pow": lambda x, y: x**y,
    "sum": lambda *xs: sum(xs[1:], xs[0]),
}


def _halves(xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    return xs[: len(xs) // 2], xs[len(xs) // 2 :]


def torch_peer() -> Peer | None:
    """PyTorch in float64, or None if it is not installed."""
    try:
        torch: Any = import_module("torch")
    except ImportError:
        return None
    nn = torch.nn.functional

    def derivatives(f: Callable[..., Any], columns: Columns) -> Columns:
        xs = [torch.tensor(c, dtype=torch.float64, requires_grad=True) for c in columns]

        def gradients(y: Any) -> list[Any]:
            if not y.requires_grad:
                return [torch.zeros_like(x) for x in xs]
            found = torch.autograd.grad(
                y.sum(), xs, create_graph=True, allow_unused=True
            )
            pairs = zip(found, xs, strict=True)
            return [torch.zeros_like(x) if g is None else g for g, x in pairs]

        y = f(*xs)
        first = gradients(y)
        second = [h for g in first for h in gradients(g)]
        return torch.stack([y, *first, *second], 1).tolist()  # type: ignore[no-any-return]

    functions = {
        **_ARITHMETIC,
        **{name: getattr(torch, name, None) or getattr(nn, name) for name in _SAME},
        "logsigmoid": nn.logsigmoid,
        "gelu": nn.gelu,
        "erf": torch.erf,
        "erfc": torch.special.erfc,
        "normal_cdf": torch.special.ndtr,
        "xlogy": torch.special.xlogy,
        "leaky_relu": lambda x, slope: nn.leaky_relu(x, slope),
        "elu": lambda x, alpha: nn.elu(x, alpha),
        "clip": lambda x, low, high: torch.clamp(x, low, high),
        "round": lambda x, digits=0: torch.round(x, decimals=digits),
        "where": lambda c, x, y: torch.where(c != 0, x, y),
        "dot": lambda *xs: (
            torch.stack(_halves(xs)[0]) * torch.stack(_halves(xs)[1])
        ).sum(0),
        "logsumexp": lambda *xs: torch.logsumexp(torch.stack(xs), 0),
        "softmax": lambda *xs, k: torch.softmax(torch.stack(xs), 0)[k],
        "log_softmax": lambda *xs, k: torch.log_softmax(torch.stack(xs), 0)[k],
        "cross_entropy": lambda *xs, target: (
            -torch.log_softmax(torch.stack(xs), 0)[target]
        ),
        "soft_cross_entropy": lambda *xs: nn.cross_entropy(
            torch.stack(_halves(xs)[0], 1),
            torch.stack(_halves(xs)[1], 1),
            reduction="none",
        ),
        "binary_cross_entropy": lambda x, y: nn.binary_cross_entropy_with_logits(
            x, y, reduction="none"
        ),
    }
    return Peer("torch", torch.__version__.split("+")[0], functions, derivatives)


def jax_peer() -> Peer | None:
    """JAX in float64, or None if it is not installed."""
    try:
        jax: Any = import_module("jax")
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    np, nn, special = jax.numpy, jax.nn, import_module("jax.scipy.special")

    def derivatives(f: Callable[..., Any], columns: Columns) -> Columns:
        operands = tuple(range(len(columns)))

        def everything(*xs: Any) -> Any:
            second = jax.hessian(f, operands)(*xs)
            entries = [second[i][j] for i in operands for j in operands]
            return np.stack([f(*xs), *jax.grad(f, operands)(*xs), *entries])

        arrays = [np.array(c, dtype=np.float64) for c in columns]
        return jax.jit(jax.vmap(everything))(*arrays).tolist()  # type: ignore[no-any-return]

    functions = {
        **_ARITHMETIC,
        **{name: getattr(np, name, None) or getattr(nn, name) for name in _SAME},
        "cbrt": np.cbrt,
        "logsigmoid": nn.log_sigmoid,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "erf": special.erf,
        "erfc": special.erfc,
        "normal_cdf": special.ndtr,
        "normal_pdf": import_module("jax.scipy.stats").norm.pdf,
        "xlogy": special.xlogy,
        "leaky_relu": lambda x, slope: nn.leaky_relu(x, slope),
        "elu": lambda x, alpha: nn.elu(x, alpha),
        "clip": lambda x, low, high: np.clip(x, low, high),
        "round": lambda x, digits=0: np.round(x, digits),
        "where": lambda c, x, y: np.where(c != 0, x, y),
        "dot": lambda *xs: np.dot(np.stack(_halves(xs)[0]), np.stack(_halves(xs)[1])),
        "logsumexp": lambda *xs: special.logsumexp(np.stack(xs)),
        "softmax": lambda *xs, k: nn.softmax(np.stack(xs))[k],
        "log_softmax": lambda *xs, k: nn.log_softmax(np.stack(xs))[k],
        "cross_entropy": lambda *xs, target: -nn.log_softmax(np.stack(xs))[target],
        "soft_cross_entropy": lambda *xs: (
            -np.dot(np.stack(_halves(xs)[1]), nn.log_softmax(np.stack(_halves(xs)[0])))
        ),
        "binary_cross_entropy": lambda x, y: (
            nn.softplus(x) * (1 - y) + nn.softplus(-x) * y
        ),
    }
    return Peer("jax", jax.__version__, functions, derivatives)


def peers() -> dict[str, Peer | None]:
    """Each peer by its name, None where it cannot be imported."""
    return {"torch": torch_peer(), "jax": jax_peer()}
