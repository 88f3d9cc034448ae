"""autograd: NumPy's functions over whole arrays, differentiated as they are called."""

from typing import Any

from ..workloads import direction
from . import Task, again, arrays, each
from .numpy import Adam


def learning(loss: Any, p: Any, data: dict[str, Any], betas: Any = (0.9, 0.999)) -> Any:
    """A step of training for ``loss(flat parameters, *batch)``."""
    from autograd import value_and_grad

    rate, decay = data["rate"], 2 * data.get("penalty", 0.0)
    adam = Adam(p, rate, betas) if data.get("optimizer", "adam") == "adam" else None
    gradient = value_and_grad(loss)

    def step(*batch: Any) -> Any:
        value, g = gradient(p, *batch)
        if adam is None:
            p.__isub__(rate * (g + decay * p))
        else:
            adam(g)
        return value

    return step


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4."""
    import autograd.numpy as np
    from autograd.misc import flatten

    loss = arrays.loss_of(np, data)
    p, split = flatten(arrays.made(np, data))
    step = learning(lambda p, x, y: loss(split(p), x, y), p, data)
    return Task(each(step, arrays.batches(np, data)))


def rosenbrock(data: dict[str, Any]) -> Task:
    """W3."""
    import autograd
    import autograd.numpy as np

    x = np.array(data["point"])

    def f(x: Any) -> Any:
        return arrays.rosenbrock(np, x)

    if data["order"] == 1:
        gradient = autograd.value_and_grad(f)
        return Task(
            again(lambda: gradient(x)),
            lambda found: [float(found[0]), *found[1].tolist()],
        )
    hessian = autograd.hessian(f)
    v = np.array(direction(len(x)))
    return Task(again(lambda: hessian(x)), lambda found: (found @ v).tolist())


def transformer(data: dict[str, Any]) -> Task:
    """W5."""
    import autograd.numpy as np
    from autograd.misc import flatten

    scores = arrays.transformer(np, data)
    p, split = flatten({name: np.array(x) for name, x in data["parameters"].items()})

    def loss(p: Any, tokens: Any, targets: Any) -> Any:
        return arrays.mean_cross_entropy(np, scores(split(p), tokens), targets)

    step = learning(loss, p, data, data["betas"])
    documents = [(np.array(t[:-1]), np.array(t[1:])) for t in data["documents"]]
    return Task(each(step, documents))
