"""Callbacks: what happens beside the steps of a training.

What one can do with this file: derive from `Callback`, stop in time with
`EarlyStopping`, or give `fit` a plain function, which is called after each epoch.

The one idea: a callback sees the `Run` (``run.model``, ``run.history``, ``run.stop``)
at four moments. What it must remember to continue later is its `state_dict`, which is
kept in the checkpoint.
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from .checks import got, plain, width

if TYPE_CHECKING:
    from .run import Run

__all__ = ["Callback", "EarlyStopping", "as_callback"]


class Callback:
    """Does nothing at each of the four moments; derive from it.

    Examples
    --------
    >>> class Loud(Callback):
    ...     def on_epoch(self, run):
    ...         print(f"epoch {run.epoch}: {run.history['loss'][-1]:.3f}")
    ...         if run.history["loss"][-1] < 0.1:
    ...             run.stop("good enough")
    """

    def on_begin(self, run: "Run") -> None:
        """All is checked, and nothing changed; an error here keeps it so."""

    def on_step(self, run: "Run") -> None:
        """A step was made; its loss is ``run.history.steps[-1]``."""

    def on_epoch(self, run: "Run") -> None:
        """An epoch ended and is the last row of ``run.history``."""

    def on_end(self, run: "Run") -> None:
        """The training ended, and not by an error or Ctrl-C."""

    def state_dict(self) -> dict[str, Any]:
        """What to remember, for JSON."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; raises before anything is changed.

        Raises
        ------
        ValueError
            If there is something to remember, and this class does not know what.
        """
        if state != {}:
            raise ValueError(f"{type(self).__name__} remembers nothing {got(state)}")


class _AfterEachEpoch(Callback):
    def __init__(self, function: Callable[["Run"], Any]) -> None:
        self.function = function

    def on_epoch(self, run: "Run") -> None:
        self.function(run)


def as_callback(thing: Any) -> Callback:
    """A callback, or a function of the run as one.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(thing, Callback):
        return thing
    if callable(thing) and not isinstance(thing, type):
        return _AfterEachEpoch(thing)
    raise TypeError(
        f"'callbacks' must be Callbacks or functions of the run {got(thing)}"
    )


class EarlyStopping(Callback):
    """Stops when a figure has not become better for some epochs.

    Parameters
    ----------
    monitor
        A column of the history; by default the validation loss, or the loss if there
        is no validation.
    patience
        After how many epochs without a better figure it stops, at least 1.
    least
        By how much better it must be to count, at least 0.
    highest
        Whether higher is better, as for an accuracy.
    restore
        Whether the model gets the parameters of the best epoch at the end.

    Attributes
    ----------
    best : float or None
        The best figure.
    best_epoch : int
        Its epoch, from 1; 0 before the first.

    Raises
    ------
    TypeError, ValueError
        If a parameter is not what it must be; when the training begins, if nothing
        of the name ``monitor`` will be measured.

    Notes
    -----
    Source: L. Prechelt 1998, Early stopping - but when?, LNCS 1524, 55-69: the rule
    UP with ``patience`` strips of one epoch. NaN is never better.
    """

    def __init__(
        self,
        monitor: str | None = None,
        *,
        patience: int = 5,
        least: float = 0.0,
        highest: bool = False,
        restore: bool = True,
    ) -> None:
        if monitor is not None and not isinstance(monitor, str):
            raise TypeError(f"'monitor' must be the name of a figure {got(monitor)}")
        least = plain(least, "least")
        if not 0 <= least < inf:
            raise ValueError(f"'least' must be a number of at least 0 (got {least})")
        for name, flag in (("highest", highest), ("restore", restore)):
            if not isinstance(flag, bool):
                raise TypeError(f"'{name}' must be True or False {got(flag)}")
        self.monitor, self.patience = monitor, width(patience, "patience")
        self.least, self.highest, self.restore = least, highest, restore
        self.best: float | None = None
        self.best_epoch = 0
        self._model: dict[str, Any] | None = None

    def _name(self, columns: list[str]) -> str:
        if self.monitor is not None:
            return self.monitor
        return "validation loss" if "validation loss" in columns else "loss"

    def on_begin(self, run: "Run") -> None:
        """Refuse a figure that will not be there.

        Raises
        ------
        ValueError
            If nothing of the name ``monitor`` will be measured.
        """
        if self._name(run.columns) not in run.columns:
            raise ValueError(
                f"'monitor' must be one of {', '.join(run.columns)} (got "
                f"'{self.monitor}')"
            )
        if not run.steps:  # used before, for another training
            self.best, self.best_epoch, self._model = None, 0, None

    def on_epoch(self, run: "Run") -> None:
        """Keep the best, or lose patience."""
        name = self._name(run.columns)
        figure = run.history[name][-1]
        sign = -1.0 if self.highest else 1.0
        if figure == figure and (
            self.best is None or sign * figure < sign * self.best - self.least
        ):
            self.best, self.best_epoch = figure, run.epoch
            self._model = run.model.state_dict() if self.restore else None
        elif run.epoch - self.best_epoch >= self.patience:
            best = "was never a number" if self.best is None else f"{self.best:.6g}"
            run.stop(f"stopped early: best {name} {best} after epoch {self.best_epoch}")

    def on_end(self, run: "Run") -> None:
        """Give the model the parameters of the best epoch."""
        if self._model is not None:
            run.model.load_state_dict(self._model)

    def state_dict(self) -> dict[str, Any]:
        """The best figure, its epoch, and the model's parameters then."""
        return {"best": self.best, "epoch": self.best_epoch, "model": self._model}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Raises
        ------
        TypeError, ValueError
            If it is of another kind; then nothing was changed.
        """
        if not isinstance(state, Mapping) or set(state) != {"best", "epoch", "model"}:
            raise ValueError(f"'state' must have best, epoch and model {got(state)}")
        best, epoch, model = state["best"], state["epoch"], state["model"]
        if best is not None:
            best = plain(best, "best")
        if isinstance(epoch, bool) or not isinstance(epoch, int):
            raise TypeError(f"'epoch' must be an int {got(epoch)}")
        if model is not None and not isinstance(model, Mapping):
            raise TypeError(f"'model' must be a mapping of tables {got(model)}")
        self.best, self.best_epoch = best, epoch
        self._model = None if model is None else dict(model)
