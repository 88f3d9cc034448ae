"""The engines, and what each of their modules offers.

What one can do with this file: find an engine in `ENGINES`, and have it make a `Task`.

The one idea: a module has one function per family of cases, which gives a `Task` of the
case's data and the engine's options. It imports its package inside, so that all modules
can be imported everywhere; its code is what a good user of that package would write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle, pairwise
from typing import Any


@dataclass(frozen=True)
class Task:
    """Steps to be timed.

    Attributes
    ----------
    run
        ``run(count)`` does ``count`` steps, or some more, and gives their results.
    read
        The numbers of one result, for the comparison; not timed.
    """

    run: Callable[[int], Sequence[Any]]
    read: Callable[[Any], list[float]] = lambda result: [float(result)]


def each(step: Callable[..., Any], batches: Iterable[Sequence[Any]]) -> Any:
    """`Task.run` of a step that is given one batch after the other."""
    rest = cycle(batches)

    def run(count: int) -> list[Any]:
        return [step(*next(rest)) for _ in range(count)]

    return run


def again(step: Callable[[], Any]) -> Any:
    """`Task.run` of a step that is always the same: only the last result is kept."""

    def run(count: int) -> list[Any]:
        for _ in range(count - 1):
            step()
        return [step()] * count

    return run


def layers(parameters: list[float], widths: list[int]) -> list[tuple[Any, Any]]:
    """Weights, (out, in), and biases of each layer, as lists."""
    found, begin = [], 0
    for n, m in pairwise(widths):
        rows = [parameters[begin + j * (n + 1) :][: n + 1] for j in range(m)]
        found.append(([row[:n] for row in rows], [row[n] for row in rows]))
        begin += m * (n + 1)
    return found


@dataclass(frozen=True)
class Engine:
    """A column of the tables.

    Attributes
    ----------
    title
        As the tables show it.
    module
        Of this package.
    needs
        The packages that it cannot do without, as they are imported.
    options
        Handed on to the functions of the module.
    only
        The families that this variant is for; all that the module has by default.
    """

    title: str
    module: str
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    def family(self, name: str) -> Callable[..., Task] | None:
        """What it does a family of cases by, if it does it at all."""
        if self.only and name not in self.only:
            return None
        module = import_module(f"{__name__}.{self.module}")
        return getattr(module, name, None)


COMPILED = ("mlp", "loop", "rosenbrock", "transformer", "compiling")
RECORDING = ("mlp", "graph", "graph_bytes", "transformer")

ENGINES: dict[str, Engine] = {
    "fast": Engine(
        "compiled, fast", "ours", ("llvmlite",), {"numerics": "fast"}, only=COMPILED
    ),
    "together": Engine(
        "compiled, fast, many steps in a call",
        "ours",
        ("llvmlite",),
        {"numerics": "fast", "together": True},
        only=("mlp",),
    ),
    "eager": Engine(
        "compiled, eager", "ours", ("llvmlite",), {"numerics": "eager"}, only=COMPILED
    ),
    "grouped": Engine(
        "compiled, NumPy only",
        "ours",
        options={"numerics": "fast", "backend": "numpy"},
        only=COMPILED,
    ),
    "values": Engine("Values", "values"),
    "values-nn": Engine(
        "Values, nn.MLP", "values", options={"package": True}, only=("mlp",)
    ),
    "c": Engine("C by hand", "c"),
    "numpy": Engine("NumPy by hand", "numpy", ("numpy",)),
    "jax": Engine("JAX jit", "jax", ("jax",)),
    "jax-scan": Engine("JAX scan", "jax", ("jax",), {"scan": True}, only=("mlp",)),
    "jax-scalar": Engine(
        "JAX jit, by scalars", "jax", ("jax",), {"scalar": True}, only=("rosenbrock",)
    ),
    "torch": Engine("PyTorch eager", "torch", ("torch",)),
    "torch-0d": Engine("PyTorch, 0-dimensional", "torch_0d", ("torch",)),
    "casadi-c": Engine("CasADi, generated C", "casadi", ("casadi",), {"c": True}),
    "casadi": Engine("CasADi VM", "casadi", ("casadi",)),
    "autograd": Engine("autograd", "autograd", ("autograd",)),
    "mygrad": Engine("MyGrad", "mygrad", ("mygrad",)),
    "xad": Engine("XAD", "xad", ("xad",)),
    "micrograd": Engine("micrograd", "micrograd", ("micrograd",)),
}

OURS = ("fast", "together", "eager", "grouped", "values", "values-nn")
