"""JAX: the whole step jitted, in float64, its buffers donated."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from ..workloads import direction
from . import Task, again, arrays


def prepared() -> tuple[Any, Any]:
    """JAX with float64, and its NumPy."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    return jax, jnp


def adam(jnp: Any, rate: float, betas: Any = (0.9, 0.999)) -> tuple[Any, Any]:
    """As optax has it: a pair of functions over one array."""
    b, c = betas

    def begin(p: Any) -> Any:
        return jnp.zeros_like(p), jnp.zeros_like(p), 0.0

    def update(p: Any, g: Any, state: Any) -> Any:
        m, v, t = state
        m, v, t = b * m + (1 - b) * g, c * v + (1 - c) * g * g, t + 1
        step = rate * (m / (1 - b**t)) / (jnp.sqrt(v / (1 - c**t)) + 1e-8)
        return p - step, (m, v, t)

    return begin, update


def steps_of(step: Any, carried: Any, batches: Sequence[Any]) -> Task:
    """A call per step, over the batches again and again."""
    import jax

    call = jax.jit(step, donate_argnums=0)
    rest = cycle(batches)

    def run(count: int) -> list[Any]:
        nonlocal carried
        found = []
        for _ in range(count):
            carried, value = call(carried, next(rest))
            found.append(value)
        found[-1].block_until_ready()
        return found

    return Task(run)


def mlp(data: dict[str, Any], *, scan: bool = False) -> Task:
    """W1, W1t, W4: a call per step, or ``lax.scan`` over a whole epoch."""
    jax, jnp = prepared()
    from jax.flatten_util import ravel_pytree

    loss = arrays.loss_of(jnp, data)
    # One array for all parameters: fewer buffers to hand over.
    p, split = ravel_pytree(arrays.made(jnp, data))
    rate, decay = data["rate"], 2 * data["penalty"]
    begin, update = adam(jnp, rate)
    state = begin(p) if data["optimizer"] == "adam" else ()

    def step(carried: Any, batch: Any) -> Any:
        p, state = carried
        value, g = jax.value_and_grad(lambda p: loss(split(p), *batch))(p)
        if state:
            return update(p, g, state), value
        return (p - rate * (g + decay * p), ()), value

    carried = (p, state)
    if not scan:
        return steps_of(step, carried, arrays.batches(jnp, data))

    xs, ys = zip(*arrays.batches(jnp, data), strict=True)
    epoch = jnp.stack(xs), jnp.stack(ys)
    if len(xs) == 1:  # the one batch, as often as wanted

        def steps(carried: Any, count: int) -> Any:
            def body(carried: Any, _: Any) -> Any:
                return step(carried, (xs[0], ys[0]))

            return jax.lax.scan(body, carried, None, length=count)

        calls = jax.jit(steps, static_argnums=1, donate_argnums=0)
        size = 100
    else:
        calls = jax.jit(
            lambda carried, _: jax.lax.scan(step, carried, epoch),
            static_argnums=1,
            donate_argnums=0,
        )
        size = len(xs)

    def run_whole(count: int) -> list[Any]:
        nonlocal carried
        found: list[Any] = []
        while len(found) < count:
            carried, values = calls(carried, size)
            values.block_until_ready()
            found += [(values, k) for k in range(size)]
        return found

    return Task(run_whole, lambda found: [float(found[0][found[1]])])


def rosenbrock(data: dict[str, Any], *, scalar: bool = False) -> Task:
    """W3 over the array, or written number by number, as compiled mode has it."""
    jax, jnp = prepared()
    if scalar and len(data["point"]) * data["order"] > 200:
        raise NotImplementedError("takes longer than 200 s to compile")

    def by_numbers(x: Any) -> Any:
        return sum(
            100 * (x[i + 1] - x[i] * x[i]) ** 2 + (1 - x[i]) ** 2
            for i in range(len(data["point"]) - 1)
        )

    def f(x: Any) -> Any:
        return by_numbers(x) if scalar else arrays.rosenbrock(jnp, x)

    x = jnp.array(data["point"])
    if data["order"] == 1:
        gradient = jax.jit(jax.value_and_grad(f))
        return Task(
            again(lambda: jax.block_until_ready(gradient(x))),
            lambda found: [float(found[0]), *found[1].tolist()],
        )
    hessian = jax.jit(jax.hessian(f))
    v = jnp.array(direction(len(x)))
    return Task(
        again(lambda: hessian(x).block_until_ready()),
        lambda found: (found @ v).tolist(),
    )


def transformer(data: dict[str, Any]) -> Task:
    """W5: documents padded to the context, so that one program serves all lengths."""
    jax, jnp = prepared()
    from jax.flatten_util import ravel_pytree

    scores = arrays.transformer(jnp, data)
    p, split = ravel_pytree(
        {name: jnp.array(given) for name, given in data["parameters"].items()}
    )
    begin, update = adam(jnp, data["rate"], data["betas"])
    context = data["context"]

    def loss(p: Any, tokens: Any, targets: Any, count: Any) -> Any:
        rows = jax.nn.log_softmax(scores(split(p), tokens))
        own = rows[jnp.arange(context), targets]
        return -jnp.sum(jnp.where(jnp.arange(context) < count, own, 0.0)) / count

    def step(carried: Any, document: Any) -> Any:
        p, state = carried
        value, g = jax.value_and_grad(loss)(p, *document)
        return update(p, g, state), value

    def padded(tokens: list[int]) -> Any:
        count = len(tokens) - 1
        room = [0] * (context - count)
        return jnp.array(tokens[:-1] + room), jnp.array(tokens[1:] + room), count

    documents = [padded(tokens) for tokens in data["documents"]]
    return steps_of(step, (p, begin(p)), documents)
