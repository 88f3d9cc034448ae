"""`Run`: a training under way.

What one can do with this file: see from a callback what there is (``run.model``,
``run.history``), end the training (``run.stop``), write the checkpoint (``run.save``).

The one idea: between two steps all is whole. The places where Ctrl-C may end the
training and where a checkpoint may be written are there and nowhere else, so every
checkpoint continues at the same bits.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import fsum
from typing import Any

from optim import MiniBatches, Optimizer, Scheduler

from .callbacks import Callback, EarlyStopping
from .checkpoint import Part, load_parts, save_parts
from .evaluation import Metric, figures
from .examples import Examples
from .files import StrPath
from .history import History
from .interrupts import Interrupts
from .module import Module
from .progress import Progress
from .stepping import Steps

__all__ = ["Run"]


class Run:
    """What `fit` works with; callbacks get it.

    Attributes
    ----------
    model : Module
    optimizer : Optimizer
    history : History
    data : Examples
        What is learned from, without what was split off for validation.
    validation : Examples or None
    callbacks : list of Callback
    scheduler : Scheduler or None
    epochs : int
        How many there will be at most.
    columns : list of str
        What each row of the history will have, besides "epoch".
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        loss: Any,
        steps: Steps,
        data: Examples,
        validation: Examples | None,
        *,
        batches: MiniBatches,
        metrics: Mapping[str, Metric],
        callbacks: Sequence[Callback],
        epochs: int,
        checkpoint: StrPath | None,
    ) -> None:
        self.model, self.optimizer, self.loss = model, optimizer, loss
        self.data, self.validation, self.metrics = data, validation, metrics
        self.epochs, self.checkpoint = epochs, checkpoint
        self.history = History()
        self.callbacks = list(callbacks)
        self.scheduler: Scheduler | None = None
        self._steps, self._read = steps, steps.read(data)
        self._batches = batches
        self._next = batches.state_dict()  # the batch after the last whole step
        self._interrupts = Interrupts()
        self._progress = Progress(0, shown=False)

    @property
    def epoch(self) -> int:
        """How many epochs have ended."""
        return len(self.history)

    @property
    def steps(self) -> int:
        """How many steps have been made."""
        return len(self.history.steps)

    @property
    def columns(self) -> list[str]:
        """What each row of the history will have, besides "epoch"."""
        measured = list(self.metrics)
        if self.validation is not None:
            measured = [f"validation {name}" for name in ("loss", *measured)]
        return ["loss", *measured, *["learning rate"] * bool(self._rates())]

    @property
    def steps_per_epoch(self) -> int:
        """How many batches all samples make."""
        return len(self._batches)

    def stop(self, reason: str) -> None:
        """End the training after this epoch.

        Parameters
        ----------
        reason
            What `History.stopped` says of it.
        """
        self.history.stopped = reason

    def _rates(self) -> list[float]:
        groups = self.optimizer.param_groups
        return [group["lr"] for group in groups if "lr" in group]

    # -- to keep -------------------------------------------------------------------

    def _parts(self) -> dict[str, Part]:
        parts: dict[str, Any] = {"optimizer": self.optimizer}
        if self.scheduler is not None:  # after the optimizer, whose rates it sets
            parts["schedule"] = self.scheduler
        parts |= {"batches": _Place(self), "history": self.history}
        parts |= {f"callback {i}": c for i, c in enumerate(self.callbacks, start=1)}
        return parts | {"model": self.model}

    @cached_property
    def _fingerprints(self) -> list[str]:
        return [data.fingerprint() for data in (self.data, self.validation) if data]

    def _about(self) -> dict[str, Any]:
        return {
            "data": self._fingerprints,
            "callbacks": [type(callback).__name__ for callback in self.callbacks],
            "columns": self.columns,
            "numerics": self._steps.numerics,
            "schedule": self.scheduler is not None,
            "seed": self._batches.seed,
        }

    def save(self, path: StrPath | None = None) -> None:
        """Write all that is needed to continue from here.

        In a callback: what callbacks after it in the list remember is not yet of this
        moment. So one that saves comes last.

        Parameters
        ----------
        path
            Where; the checkpoint of `fit` if None.

        Raises
        ------
        ValueError
            If there is no such path.
        TypeError
            If a callback remembers what JSON cannot hold.
        OSError
            If the system refuses; the file that was there is as it was.
        """
        path = self.checkpoint if path is None else path
        if path is None:
            raise ValueError("give save() a path, or fit a 'checkpoint'")
        save_parts(path, self._parts(), self._about())

    def load(self, path: StrPath) -> None:
        """Be where the file was written; errors as `nn.checkpoint.load_parts`."""
        load_parts(path, self._parts(), self._about())

    # -- to train ------------------------------------------------------------------

    def train(self, interrupts: Interrupts, progress: Progress) -> None:
        """All that is left to do, from the first step to the last callback."""
        self._interrupts, self._progress = interrupts, progress
        self.model.train()
        while not self.history.stopped and self.epoch < self.epochs:
            progress.says(f"epoch {self.epoch + 1}/{self.epochs}")
            if self._next["epoch"] == self.epoch:  # else all its steps were made before
                self._make_steps()
            self._end_epoch()
        if not self.history.stopped:
            self.history.stopped = f"all {self.epochs} epochs done"
        self.tell("on_end")

    def tell(self, moment: str) -> None:
        """Call all callbacks: ``"on_epoch"``, and the other methods of `Callback`."""
        for callback in self.callbacks:
            getattr(callback, moment)(self)
        self._ran(*[type(callback) for callback in self.callbacks])

    def _ran(self, *things: Any) -> None:
        # Code of others may have changed numbers that model and loss read.
        touched = getattr(self._steps, "touched", None)
        if touched is not None and not all(map(_is_ours, things)):
            touched()

    def _make_steps(self) -> None:
        self._batches.load_state_dict(self._next)
        try:
            self._make_each_step()
        finally:
            self._steps.settle()

    def _make_each_step(self) -> None:
        watched = any(type(c).on_step is not Callback.on_step for c in self.callbacks)
        alone = watched or self.scheduler is not None
        if not alone and hasattr(self._steps, "some"):
            self._make_some_steps(self._steps)
            return
        for batch in self._batches:
            data = self._read.take(batch)
            # Until the step returns, the place to continue is that before it.
            loss = self._steps.step(data.X, data.Y, self._interrupts.check)
            if self.scheduler is not None:
                self.scheduler.step()
            self._made([loss], self._batches.state_dict())
            if watched:
                self._steps.settle()
                self.tell("on_step")

    def _make_some_steps(self, steps: Any) -> None:
        # As many at once as the arithmetic takes; batches wait with the place after.
        waiting: list[tuple[Any, dict[str, int]]] = []
        batches = iter(self._batches)
        while True:
            for batch in islice(batches, steps.most - len(waiting)):
                after = self._batches.state_dict()
                waiting.append((self._read.take(batch), after))
            if not waiting:
                return
            losses = steps.some([data for data, _ in waiting], self._interrupts.check)
            self._made(losses, waiting[len(losses) - 1][1])
            del waiting[: len(losses)]

    def _made(self, losses: Sequence[float], after: dict[str, int]) -> None:
        self.history.steps += losses
        self._next = after
        for loss in losses:
            self._progress.step(loss)

    def _end_epoch(self) -> None:
        self.history.add({"loss": self._mean_loss(), **self._measured()})
        self._ran(*self.metrics.values())
        self.tell("on_epoch")
        if self.checkpoint is not None:
            self.save()
        self._interrupts.check()

    def _measured(self) -> dict[str, float]:
        check = self._interrupts.check
        found: dict[str, float] = {}
        if self.validation is not None:
            check()
            answers = self._steps.answers(self.validation)
            figured = figures(
                self.model, self.validation, self.loss, self.metrics, check, answers
            )
            found = {f"validation {name}": x for name, x in figured.items()}
        elif self.metrics:
            check()
            answers = self._steps.answers(self.data)
            found = figures(self.model, self.data, None, self.metrics, check, answers)
        rates = self._rates()
        return found | {"learning rate": rates[0]} if rates else found

    def _mean_loss(self) -> float:
        # Of all samples of the epoch, each seen with the parameters of its step.
        n, size = self._batches.n, self._batches.size
        sizes = [min(size, n - i) for i in range(0, n, size)]
        losses = self.history.steps[-len(sizes) :]
        return fsum(map(float.__mul__, losses, map(float, sizes))) / n


def _is_ours(thing: Any) -> bool:
    # A kind of callback, or a metric, that changes nothing but itself.
    module = getattr(thing, "__module__", "")
    return thing in (Callback, EarlyStopping) or module in ("nn.metrics", "nn.losses")


class _Place:
    # The place among the batches, as a part of a checkpoint.

    def __init__(self, run: Run) -> None:
        self.run = run

    def state_dict(self) -> dict[str, Any]:
        return dict(self.run._next)

    def load_state_dict(self, state: Any) -> None:
        self.run._batches.load_state_dict(state)
        self.run._next = self.run._batches.state_dict()
