"""Steps by a compiled program: model and loss are traced once, and run over batches.

What one can do with this file: `CompiledSteps` is how `fit` makes its steps where that
applies; where it does not, `NotCompiled` says why.

The one idea: one sample is traced, and the samples of a batch are the rows of that
program. So the loss of a batch must be the mean or the sum of its samples' losses,
which `additive` proves; and two traces must be equal, or something random was traced.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import autograd_core as core
from autograd_core import TraceError, no_grad
from optim import FirstOrder, Optimizer

from .additive import NotAdditive, reduction_of
from .checks import generator
from .columns import Arrays, Column, NotCompiled, by_sample, plain_answer
from .evaluation import evaluating
from .examples import Examples
from .module import Module

__all__ = ["CompiledSteps", "NotCompiled"]


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
    Between two steps the parameters are in the program; `settle` writes them. After
    `touched` model and loss are traced again, and if they compute something else by
    then, the program is made anew. Losses and parameters differ from those of eager
    steps by rounding: each operation is within 4 ULP, and sums are added up in another
    order.

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
        self._samples = Column(data.X, "samples")
        self._targets = Column(data.Y, "targets")
        self._model, self._loss, self._backend = model, loss, backend
        self._data, self._sizes = data, sizes
        self._optimizer, self._clip = optimizer, clip
        self._known: dict[int, tuple[Examples, Any]] = {}  # by identity
        self._begin()

    def _begin(self) -> None:
        """Trace model and loss as they are now."""
        first = self.read(Examples(self._data.X[:1], self._data.Y[:1]))
        self._row = first.X[0], first.Y[0]
        with _same_state(self._model, training=True):
            try:
                program = _steady(
                    self._function, self._row, self._indices, self._backend
                )
                self._tape = program.tape
                if len(self._tape.outputs) > 1:
                    raise NotCompiled(
                        "model or loss branch on their numbers; use where()"
                    )
                reduction = self._reduction()
            except (TraceError, NotAdditive) as error:
                raise NotCompiled(str(error)) from error
        self.numerics = f"fast ({program.backend})"
        self._training = program.training(
            optimizer=self._optimizer, reduction=reduction, clip=self._clip
        )
        self._training.settle()  # a checkpoint may be loaded before the first step
        self._touched = False

    @property
    def _indices(self) -> list[int]:
        return [k for k, c in enumerate((self._samples, self._targets)) if c.ints]

    @property
    def _function(self) -> Callable[[Any, Any], Any]:
        model, loss = self._model, self._loss
        samples, targets = self._samples, self._targets
        return lambda x, y: loss([model(samples.restored(x))], [targets.restored(y)])

    def _reduction(self) -> str:
        model, loss, data = self._model, self._loss, self._data
        with no_grad():
            answer = model(data.X[0])
        shape = Column([plain_answer(answer)], "predictions")
        numbers = shape.row(plain_answer(answer))

        def of_batch(*parts: Any) -> Any:
            predictions = [shape.restored(p) for p in parts[::2]]
            return loss(predictions, [self._targets.restored(y) for y in parts[1::2]])

        def tape(n: int) -> Any:
            ints = range(1, 2 * n, 2) if self._targets.ints else ()
            ys = map(self._targets.row, data.Y[:n])
            rows = [part for y in ys for part in (numbers, y)]
            return core.compile(of_batch, index_argnums=list(ints)).trace(*rows)

        one = tape(1)
        found = {reduction_of(one, tape(n), n) for n in self._sizes if n > 1}
        if len(found) > 1:
            raise NotAdditive("the loss is a mean for some batches, a sum for others")
        return found.pop() if found else "mean"

    def read(self, data: Examples) -> Arrays:
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
        NotCompiled
            If model or loss were changed so that compiled steps do not apply any more.
        """
        between()
        if self._touched:
            self._look_again()
        return float(self._training.step(X, Y))

    @property
    def most(self) -> int:
        """How many batches `some` takes now: those of a tenth of a second at most."""
        return int(self._training.most)

    def some(
        self, batches: Sequence[Any], between: Callable[[], None] = lambda: None
    ) -> list[float]:
        """A step for each of the first of some batches, as many as are made at once.

        Returns their losses, at least one; errors are those of a step on the first.
        """
        between()
        if self._touched:
            self._look_again()
        return list(self._training.some(batches))

    def _look_again(self) -> None:
        # Plain numbers that model and loss read, as the strength of a penalty that a
        # callback changes, are in the program: another number is another program.
        again = core.compile(self._function, index_argnums=self._indices)
        with _same_state(self._model, training=True):
            same = _equal(self._tape, again.trace(*self._row))
        if not same:
            self._begin()
            self.__dict__.pop("_asked", None)
        self._touched = False

    def answers(self, data: Examples) -> list[Any] | None:
        """The model's answers in evaluation mode, by a program too.

        None if that cannot be: samples of another form, or a model that then reads
        its numbers.
        """
        if self._touched:
            self._look_again()
        if id(data) not in self._known:
            fits = self._samples.fits(data.X)
            array = self._samples.array(data.X) if fits else None
            self._known[id(data)] = data, array
        _, samples = self._known[id(data)]
        if samples is None or self._asked is None:
            return None
        with evaluating(self._model):
            try:
                return by_sample(self._asked.rows(samples))
            except TraceError:  # it goes too many ways
                return None

    @cached_property
    def _asked(self) -> Any:
        # The model as a program in evaluation mode, or None.
        model, samples = self._model, self._samples
        indices = [0] if samples.ints else []
        with suppress(NotCompiled, TraceError), _same_state(model, training=False):
            return _steady(
                lambda x: model(samples.restored(x)),
                self._row[:1],
                indices,
                self._backend,
            )
        return None

    def settle(self) -> None:
        """Write parameters, their gradients, and what the optimizer remembers."""
        self._training.settle(gradients=True)

    def touched(self) -> None:
        """Look again at model and loss before the next step; they must be settled.

        For when code was run that may have changed plain numbers which they read.
        """
        self._touched = True


# -- what a trace must not change ------------------------------------------------------


def _steady(
    function: Callable[..., Any], row: Sequence[Any], indices: list[int], backend: str
) -> Any:
    # The program of a function that computes the same at each call.
    program, again = (
        core.compile(function, backend=backend, index_argnums=indices) for _ in range(2)
    )
    if not _equal(program.trace(*row), again.trace(*row)):
        raise NotCompiled("two calls of the model compute different things")
    return program


@contextmanager
def _same_state(model: Module, *, training: bool) -> Iterator[None]:
    """The model in a mode; random numbers that are drawn are put back.

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
        module.training = training
    try:
        yield
        if any(s.getstate() != old for s, old in zip(sources, states, strict=True)):
            raise NotCompiled("the model draws random numbers")
    finally:
        for module, was in zip(modules, before, strict=True):
            module.training = was
        for source, state in zip(sources, states, strict=True):
            source.setstate(state)


def _equal(one: Any, other: Any) -> bool:
    names = ("rows", "operands", "inputs", "parameters", "constants", "outputs")
    return all(getattr(one, name) == getattr(other, name) for name in names)
