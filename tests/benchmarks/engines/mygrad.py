"""MyGrad: tensors over whole arrays, with the functions of `mygrad.nnet`."""

from typing import Any

from . import Task, again, arrays, each, layers
from .numpy import Adam


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4."""
    import mygrad as mg
    import numpy as np
    from mygrad.nnet.activations import relu, tanh
    from mygrad.nnet.losses import softmax_crossentropy

    # No checks that nobody writes into a tensor: half of its time, here.
    mg.turn_memory_guarding_off()
    kind, rate, decay = data["loss"], data["rate"], 2 * data["penalty"]
    act = tanh if data["activation"] == "tanh" else relu
    made = [
        (mg.tensor(np.array(w)), mg.tensor(np.array(b)))
        for w, b in layers(data["parameters"], data["widths"])
    ]
    flat = [p for layer in made for p in layer]
    adam = data["optimizer"] == "adam"
    rules = [Adam(p.data, rate) for p in flat] if adam else []

    def step(x: Any, y: Any) -> Any:
        h = x
        for w, b in made[:-1]:
            h = act(mg.matmul(h, w.T) + b)
        w, b = made[-1]
        z = mg.matmul(h, w.T) + b
        if kind == "classes":
            loss = softmax_crossentropy(z, y)
        elif kind == "hinge":
            loss = mg.mean(relu(1 - y * z[:, 0]))
        else:
            loss = mg.mean(mg.logaddexp(0, z[:, 0]) - y * z[:, 0])
        loss.backward()
        for p in flat if not adam else ():
            p.data -= rate * (p.grad + decay * p.data)
        for p, rule in zip(flat, rules, strict=False):
            rule(p.grad.copy())
        return loss.item()

    return Task(each(step, arrays.batches(np, data)))


def rosenbrock(data: dict[str, Any]) -> Task:
    """W3: the gradient only."""
    if data["order"] == 2:
        raise NotImplementedError("has no second order: its gradients are bare arrays")
    import mygrad as mg
    import numpy as np

    mg.turn_memory_guarding_off()
    x = mg.tensor(np.array(data["point"]))

    def gradient() -> Any:
        value = arrays.rosenbrock(mg, x)
        value.backward()
        return value.item(), x.grad

    return Task(again(gradient), lambda found: [found[0], *found[1].tolist()])


def transformer(data: dict[str, Any]) -> Task:
    """W5: each document at its own length."""
    import mygrad as mg
    import numpy as np
    from mygrad.nnet.activations import relu, softmax
    from mygrad.nnet.losses import softmax_crossentropy

    mg.turn_memory_guarding_off()
    p = {name: mg.tensor(np.array(x)) for name, x in data["parameters"].items()}
    rules = [(x, Adam(x.data, data["rate"], data["betas"])) for x in p.values()]
    heads, epsilon, width = data["heads"], data["epsilon"], p["place"].shape[1]
    size = width // heads
    later = np.triu(np.full([data["context"]] * 2, -np.inf), 1)

    def norm(name: str, x: Any) -> Any:
        square = mg.mean(x * x, axis=1, keepdims=True)
        return p[name] * x / mg.sqrt(square + epsilon)

    def scores(tokens: Any) -> Any:
        n = len(tokens)
        x = p["letter"][tokens] + p["place"][:n]
        h = norm("norm1", x)
        q, k, v = (
            mg.matmul(h, p[name].T).reshape(n, heads, size).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        s = mg.matmul(q, k.transpose(0, 2, 1)) * size**-0.5 + later[:n, :n]
        joined = mg.matmul(softmax(s), v).transpose(1, 0, 2).reshape(n, width)
        x = x + mg.matmul(joined, p["output"].T)
        units = relu(mg.matmul(norm("norm2", x), p["up"].T))
        x = x + mg.matmul(units, p["down"].T)
        return mg.matmul(norm("norm3", x), p["scores"].T)

    def step(tokens: Any, targets: Any) -> Any:
        loss = softmax_crossentropy(scores(tokens), targets)
        loss.backward()
        for x, rule in rules:
            rule(x.grad.copy())
        return loss.item()

    documents = [(np.array(t[:-1]), np.array(t[1:])) for t in data["documents"]]
    return Task(each(step, documents))
