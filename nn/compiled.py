"""Steps by a compiled program: model and loss are traced once, and run over batches.

What one can do with this file: `CompiledSteps` is how `fit` makes its steps where that
applies; where it does not, `NotCompiled` says why.

The one idea: one sample is traced, and the samples of a batch are the rows of that
program. So the loss of a batch must be the mean or the sum of its samples' losses,
which `additive` proves; and two traces must be equal, or something random was traced.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, NamedTuple

import autograd_core as core
from autograd_core import TraceError, Value, no_grad
from optim import FirstOrder, Optimizer

from .additive import NotAdditive, reduction_of
from .checks import generator
from .examples import Examples
from .module import Module

__all__ = ["CompiledSteps", "NotCompiled"]


class NotCompiled(TypeError):
    """Compiled steps do not apply; the message says why."""


class CompiledSteps:
    """A step is a call of a compiled program.

    Parameters
    ----------
    model, loss, optimizer, clip
        As `fit`.
    data
        All samples and targets.
    sizes
        How many samples a batch may have.
    backend
        As `autograd_core.compile`.

    Attributes
    ----------
    numerics
        "fast", and which backend: another one has other last bits.

    Raises
    ------
    NotCompiled
        If they do not apply. Nothing was changed.

    Notes
    -----
    Between two steps the parameters are in the program; `settle` writes them. Losses
    and parameters differ from those of eager steps by rounding: each operation is
    within 4 ULP, and sums are added up in another order.

    Examples
    --------
    >>> from nn import Linear, mean_squared_error
    >>> from optim import SGD
    >>> line, data = Linear(1, 1, init="zeros"), Examples([[1.0], [2.0]], [2.0, 4.0])
    >>> sgd = SGD(line.parameters(), lr=0.25)
    >>> steps = CompiledSteps(line, mean_squared_error, sgd, data=data, sizes=[2])
    >>> batch = steps.read(data).take([0, 1])
    >>> steps.step(batch.X, batch.Y)
    10.0
    >>> steps.settle()
    >>> line.state_dict()
    {'weight': [[2.5]], 'bias': [1.5]}
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        *,
        data: Examples,
        sizes: list[int],
        clip: float | None = None,
        backend: str = "auto",
    ) -> None:
        if not isinstance(optimizer, FirstOrder):
            raise NotCompiled(
                f"{type(optimizer).__name__} asks for more than a gradient per step"
            )
        if find_spec("numpy") is None:
            raise NotCompiled("numpy is not installed")
        samples, targets = _Column(data.X, "samples"), _Column(data.Y, "targets")
        self._samples, self._targets = columns = samples, targets

        def function(x: Any, y: Any) -> Any:
            return loss([model(samples.restored(x))], [targets.restored(y)])

        indices = [k for k, column in enumerate(columns) if column.ints]
        program = core.compile(function, backend=backend, index_argnums=indices)
        with _same_state(model):
            try:
                read = self.read(data)
                tape = program.trace(read.X[0], read.Y[0])
                if len(tape.outputs) > 1:
                    raise NotCompiled(
                        "model or loss branch on their numbers; use where()"
                    )
                again = core.compile(function, index_argnums=indices)
                if not _equal(tape, again.trace(read.X[0], read.Y[0])):
                    raise NotCompiled("two calls of the model compute different things")
                reduction = self._reduction(model, loss, data, sizes)
            except (TraceError, NotAdditive) as error:
                raise NotCompiled(str(error)) from error
        self.numerics = f"fast ({program.backend})"
        self._training = program.training(
            optimizer=optimizer, reduction=reduction, clip=clip
        )
        self._training.settle()  # a checkpoint may be loaded before the first step

    def _reduction(
        self, model: Any, loss: Any, data: Examples, sizes: list[int]
    ) -> str:
        with no_grad():
            answer = model(data.X[0])
        shape = _Column([_plain(answer)], "predictions")
        numbers = shape.row(_plain(answer))

        def of_batch(*parts: Any) -> Any:
            predictions = [shape.restored(p) for p in parts[::2]]
            return loss(predictions, [self._targets.restored(y) for y in parts[1::2]])

        def tape(n: int) -> Any:
            ints = range(1, 2 * n, 2) if self._targets.ints else ()
            ys = map(self._targets.row, data.Y[:n])
            rows = [part for y in ys for part in (numbers, y)]
            return core.compile(of_batch, index_argnums=list(ints)).trace(*rows)

        one = tape(1)
        found = {reduction_of(one, tape(n), n) for n in sizes if n > 1}
        if len(found) > 1:
            raise NotAdditive("the loss is a mean for some batches, a sum for others")
        return found.pop() if found else "mean"

    def read(self, data: Examples) -> "Arrays":
        """The numbers of all samples as arrays."""
        return Arrays(self._samples.array(data.X), self._targets.array(data.Y))

    def step(
        self,
        X: Any,  # noqa: N803  the field's names
        Y: Any,  # noqa: N803
        between: Callable[[], None] = lambda: None,
    ) -> float:
        """Move the parameters once; returns the loss before.

        Raises
        ------
        NonFiniteError
            If the loss, a gradient or a new value is NaN or infinite; the message has
            the sample's number in the batch, and no parameter was moved.
        """
        between()
        return float(self._training.step(X, Y))

    def settle(self) -> None:
        """Write parameters, their gradients, and what the optimizer remembers."""
        self._training.settle(gradients=True)


# -- what a batch is made of -----------------------------------------------------------


class Arrays(NamedTuple):
    """Samples and targets, a line of numbers each."""

    X: Any
    Y: Any

    def take(self, places: list[int]) -> "Arrays":
        """Those at these places."""
        return Arrays(self.X[places], self.Y[places])


class _Column:
    # Samples, or targets, that all look alike: their numbers as an array.

    def __init__(self, things: list[Any], name: str) -> None:
        self._like = _shape(things[0])
        if any(_shape(thing) != self._like for thing in things):
            raise NotCompiled(f"the {name} have not all the same lengths")
        numbers = [number for thing in things for number in _numbers(thing)]
        kinds = set(map(type, numbers))
        if not kinds <= {int, float}:
            odd = sorted(kind.__name__ for kind in kinds - {int, float})
            raise NotCompiled(f"the {name} hold {', '.join(odd)}, not floats or ints")
        self.ints = kinds == {int}

    def row(self, thing: Any) -> Any:
        """The numbers of one, in a list; a number alone stays one."""
        return thing if self._like is None else list(_numbers(thing))

    def array(self, things: list[Any]) -> Any:
        import numpy as np

        rows = [self.row(thing) for thing in things]
        return np.array(rows, dtype=int if self.ints else float)

    def restored(self, row: Any) -> Any:
        """The containers that it had, around what stands for its numbers."""
        return row if self._like is None else _poured(self._like, iter(row))


Shape = Any  # None for a number; else the type of the container, and what is in it


def _shape(thing: Any) -> Shape:
    if type(thing) in (list, tuple):
        return type(thing), tuple(map(_shape, thing))
    return None


def _numbers(thing: Any) -> Iterator[Any]:
    if type(thing) in (list, tuple):
        for part in thing:
            yield from _numbers(part)
    else:
        yield thing


def _poured(shape: Shape, numbers: Iterator[Any]) -> Any:
    if shape is None:
        return next(numbers)
    kind, parts = shape
    return kind([_poured(part, numbers) for part in parts])


def _plain(answer: Any) -> Any:
    if type(answer) in (list, tuple):
        return [_plain(part) for part in answer]
    return answer.data if isinstance(answer, Value) else answer


# -- what a trace must not change ------------------------------------------------------


@contextmanager
def _same_state(model: Module) -> Iterator[None]:
    """The model as in training; random numbers that are drawn are put back.

    Raises
    ------
    NotCompiled
        If any were drawn.
    """
    modules = model.modules()
    before = [module.training for module in modules]
    held = {id(x): x for module in modules for x in vars(module).values()}
    sources = [x for x in held.values() if isinstance(x, random.Random)]
    sources.append(generator(None))
    states = [source.getstate() for source in sources]
    for module in modules:
        module.training = True
    try:
        yield
        if any(s.getstate() != was for s, was in zip(sources, states, strict=True)):
            raise NotCompiled("the model draws random numbers")
    finally:
        for module, training in zip(modules, before, strict=True):
            module.training = training
        for source, state in zip(sources, states, strict=True):
            source.setstate(state)


def _equal(one: Any, other: Any) -> bool:
    names = ("rows", "operands", "inputs", "parameters", "constants", "outputs")
    return all(getattr(one, name) == getattr(other, name) for name in names)
