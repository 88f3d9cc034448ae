"""autograd-core, compiled: the public calls of `autograd_core.compile`.

A row is a function of numbers; batches go to ``program.training``, with an optimizer.
"""

from itertools import pairwise
from typing import Any

from ..workloads import direction, plan_of
from . import Task, again, each, layers


def network(data: dict[str, Any]) -> tuple[list[Any], Any]:
    """Its Values, and the loss of one row."""
    from autograd_core import Value, cross_entropy, relu, softplus, tanh

    made = [
        [([*map(Value, row)], Value(b)) for row, b in zip(w, c, strict=True)]
        for w, c in layers(data["parameters"], data["widths"])
    ]
    act = tanh if data["activation"] == "tanh" else relu

    def scores(x: Any) -> Any:
        for layer in made:
            x = [sum((a * b for a, b in zip(w, x, strict=True)), c) for w, c in layer]
            if layer is not made[-1]:
                x = [act(z) for z in x]
        return x

    losses = {
        "hinge": lambda x, y: relu(1 - y * scores(x)[0]),
        "logistic": lambda x, y: (lambda z: softplus(z) - y * z)(scores(x)[0]),
        "classes": lambda x, y: cross_entropy(scores(x), y),
    }
    parameters = [p for layer in made for w, b in layer for p in (*w, b)]
    return parameters, losses[data["loss"]]


def optimizer(data: dict[str, Any], parameters: list[Any]) -> Any:
    """Of `optim`; the penalty is its weight decay."""
    from optim import SGD, Adam

    kind = {"sgd": SGD, "adam": Adam}[data["optimizer"]]
    return kind(parameters, lr=data["rate"], weight_decay=2 * data["penalty"])


def arrays(data: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The batches; a class is a row with a 1 at its place."""
    import numpy as np

    one_hot = np.eye(data["widths"][-1])
    return [
        (np.array(X), one_hot[y] if data["loss"] == "classes" else np.array(y))
        for X, y in data["batches"]
    ]


def mlp(data: dict[str, Any], *, together: bool = False, **options: Any) -> Task:
    """W1, W1t, W4: a call per step, or one for a whole epoch."""
    from autograd_core import compile

    if options["numerics"] == "eager" and len(data["parameters"]) > 50_000:
        raise NotImplementedError("takes half a minute to compile, as it is not rolled")
    parameters, loss = network(data)
    program, rule = compile(loss, **options), optimizer(data, parameters)
    training, batches = program.training(optimizer=rule), arrays(data)
    if not together:
        return Task(each(training.step, batches))
    epoch = batches * (100 if len(batches) == 1 else 1)

    def run(count: int) -> list[float]:
        found: list[float] = []
        while len(found) < count:
            found += training.steps(epoch)
        return found

    return Task(run)


def loop(data: dict[str, Any], **options: Any) -> Task:
    """W1 as micrograd's demo writes it: one number of all rows, in a Python loop."""
    from autograd_core import compile

    parameters, loss = network(data)
    ((rows, targets),) = data["batches"]

    def total() -> Any:
        losses = [loss(x, y) for x, y in zip(rows, targets, strict=True)]
        squares = sum(p * p for p in parameters)
        return sum(losses) * (1.0 / len(losses)) + data["penalty"] * squares

    program = compile(total, **options)
    rule = optimizer(data | {"penalty": 0.0}, parameters)
    return Task(each(program.training(optimizer=rule).step, [()]))


def rosenbrock(data: dict[str, Any], **options: Any) -> Task:
    """W3, written number by number."""
    import numpy as np

    from autograd_core import compile

    def f(x: Any) -> Any:
        terms = [100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x)]
        return sum(terms[1:], terms[0])

    x = np.array(data["point"])
    wanted = "gradient" if data["order"] == 1 else "hessian"
    call = compile(f, **options).bind(x, wanted=wanted)
    run = again(lambda: call())
    if data["order"] == 1:
        return Task(run, lambda _: [float(call.value), *call.gradient.tolist()])
    v = np.array(direction(len(x)))
    return Task(run, lambda _: (call.hessian.toarray() @ v).tolist())


def transformer(data: dict[str, Any], **options: Any) -> Task:
    """W5: a program per length; tokens are indices."""
    import numpy as np

    from autograd_core import compile
    from nn import cross_entropy_from_logits

    from .values import language_model

    model, rule = language_model(data)

    def loss(tokens: Any, targets: Any) -> Any:
        return cross_entropy_from_logits(model(tokens), targets)

    program = compile(loss, index_argnums=(0, 1), **options)
    batches = [(np.array([t[:-1]]), np.array([t[1:]])) for t in data["documents"]]
    return Task(each(program.training(optimizer=rule).step, batches))


def compiling(data: dict[str, Any], **options: Any) -> Task:
    """From the function of eight numbers to its first gradient."""
    from autograd_core import compile

    from .scalars import record

    plan = plan_of(data)
    x = [0.1 * (i + 1) for i in range(8)]

    def f(x: Any) -> Any:
        leaves = iter(x)
        return record(lambda _: next(leaves), plan)[1]

    def step() -> list[float]:
        value, gradient = compile(f, **options).value_and_grad(x)
        return [value, *gradient]

    return Task(again(step), list)
