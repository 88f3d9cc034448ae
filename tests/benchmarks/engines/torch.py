"""PyTorch, eager, in float64: layers of `torch.nn` and fused optimizers."""

from typing import Any

from ..workloads import direction
from . import Task, again, each, layers


def prepared(cores: int = 1) -> Any:
    """PyTorch on so many cores, with float64."""
    import torch

    torch.set_num_threads(cores)
    torch.set_default_dtype(torch.float64)
    return torch


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4; the penalty is the optimizer's weight decay."""
    torch = prepared(data.get("cores", 1))
    from torch.nn import functional as f

    widths, kind = data["widths"], data["loss"]
    act = torch.nn.Tanh if data["activation"] == "tanh" else torch.nn.ReLU
    parts: list[Any] = []
    for w, b in layers(data["parameters"], widths):
        linear = torch.nn.Linear(len(w[0]), len(w))
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(w))
            linear.bias.copy_(torch.tensor(b))
        parts += [linear, act()]
    model = torch.nn.Sequential(*parts[:-1])
    make = torch.optim.Adam if data["optimizer"] == "adam" else torch.optim.SGD
    optimizer = make(
        model.parameters(),
        lr=data["rate"],
        weight_decay=2 * data["penalty"],
        fused=True,
    )

    def step(x: Any, y: Any) -> Any:
        z = model(x)
        if kind == "classes":
            loss = f.cross_entropy(z, y)
        elif kind == "hinge":
            loss = f.relu(1 - y * z[:, 0]).mean()
        else:
            loss = f.binary_cross_entropy_with_logits(z[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    batches = [(torch.tensor(X), torch.tensor(y)) for X, y in data["batches"]]
    return Task(each(step, batches))


def rosenbrock(data: dict[str, Any]) -> Task:
    """W3 over the whole array; the Hessian by `torch.func`, which vectorises it."""
    torch = prepared()
    x = torch.tensor(data["point"])

    def f(x: Any) -> Any:
        a, b = x[:-1], x[1:]
        return (100 * (b - a * a) ** 2 + (1 - a) ** 2).sum()

    if data["order"] == 1:
        x.requires_grad_()

        def gradient() -> Any:
            value = f(x)
            return value.detach(), *torch.autograd.grad(value, x)

        return Task(
            again(gradient), lambda found: [float(found[0]), *found[1].tolist()]
        )
    hessian = torch.func.hessian(f)
    v = torch.tensor(direction(len(x)))
    return Task(again(lambda: hessian(x)), lambda found: (found @ v).tolist())


def transformer(data: dict[str, Any]) -> Task:
    """W5: each document at its own length."""
    torch = prepared()
    from torch.nn import functional as f

    p = {
        name: torch.tensor(given, requires_grad=True)
        for name, given in data["parameters"].items()
    }
    heads, epsilon = data["heads"], data["epsilon"]
    optimizer = torch.optim.Adam(
        p.values(), lr=data["rate"], betas=tuple(data["betas"]), fused=True
    )

    def norm(name: str, x: Any) -> Any:
        return f.rms_norm(x, x.shape[-1:], p[name], epsilon)

    def scores(tokens: Any) -> Any:
        n = len(tokens)
        x = f.embedding(tokens, p["letter"]) + p["place"][:n]
        width = x.shape[1]
        whole = torch.cat([p["query"], p["key"], p["value"]])  # one product
        parts = f.linear(norm("norm1", x), whole).view(n, 3, heads, width // heads)
        q, k, v = parts.permute(1, 2, 0, 3)
        joined = f.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + f.linear(joined.transpose(0, 1).reshape(n, width), p["output"])
        x = x + f.linear(f.relu(f.linear(norm("norm2", x), p["up"])), p["down"])
        return f.linear(norm("norm3", x), p["scores"])

    documents = [
        (torch.tensor(tokens[:-1]), torch.tensor(tokens[1:]))
        for tokens in data["documents"]
    ]

    def step(tokens: Any, targets: Any) -> Any:
        loss = f.cross_entropy(scores(tokens), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return Task(each(step, documents))
