"""XAD: a C++ tape under Python's numbers."""

from collections.abc import Callable
from typing import Any

from ..workloads import plan_of
from . import Task, each, scalars


def real() -> Any:
    """Its number, with the methods that `scalars` asks for."""
    from xad import math
    from xad.adj_1st import Real

    Real.relu = lambda x: math.max(x, 0.0)
    Real.tanh = lambda x: math.tanh(x)  # a function of Python, to become a method
    Real.exp = lambda x: math.exp(x)
    Real.log = lambda x: math.log(x)
    Real.data = property(Real.getValue)
    Real.grad = property(Real.getDerivative)
    return Real


def swept(leaves: list[Any], function: Callable[[], Any]) -> Any:
    """The result of a function, recorded on a new tape and differentiated by leaves."""
    from xad.adj_1st import Tape

    with Tape() as tape:
        for leaf in leaves:
            tape.registerInput(leaf)
        tape.newRecording()
        result = function()
        tape.registerOutput(result)
        result.derivative = 1.0
        tape.computeAdjoints()
        return result.data, [leaf.grad for leaf in leaves]


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4: new numbers for each recording, as its tape wants them."""
    value = real()
    numbers, update = data["parameters"], scalars.update_of(data)
    decay = 2 * data["penalty"]

    def step(rows: Any, targets: Any) -> float:
        nonlocal numbers
        leaves, scores = scalars.network(value, {**data, "parameters": numbers})
        loss, g = swept(leaves, lambda: scalars.losses_of(data, scores, rows, targets))
        if decay:
            g = [s + decay * p for s, p in zip(g, numbers, strict=True)]
        numbers = update(numbers, g)
        return float(loss)

    return Task(each(step, data["batches"]))


def recorded(plan: Any) -> list[float]:
    """W2: the root, and the gradients of the leaves."""
    value = real()
    leaves = [value(0.1 * (i + 1)) for i in range(8)]
    rest = iter(leaves)
    root, g = swept(leaves, lambda: scalars.record(lambda _: next(rest), plan)[1])
    return [root, *g]


def graph(data: dict[str, Any]) -> Task:
    """W2."""
    plan = plan_of(data)
    return Task(lambda count: [recorded(plan) for _ in range(count)], list)


def transformer(data: dict[str, Any]) -> Task:
    """W5."""
    value = real()
    numbers = scalars.flat(data["parameters"])
    adam = scalars.Adam(data["rate"], data["betas"])

    def step(tokens: list[int]) -> float:
        nonlocal numbers
        leaves = [value(x) for x in numbers]
        made = scalars.filled(data["parameters"], leaves)
        heads, epsilon = data["heads"], data["epsilon"]
        loss, g = swept(
            leaves, lambda: scalars.transformer_loss(made, tokens, heads, epsilon)
        )
        numbers = adam(numbers, g)
        return float(loss)

    return Task(each(step, [(tokens,) for tokens in data["documents"]]))
