"""One step of training: a batch in, its loss out, the parameters moved.

What one can do with this file: `EagerSteps` makes the steps of `fit` operation by
operation; `compiled.CompiledSteps`, or another class with the same names, can take its
place.

The one idea: all that `fit` needs of the arithmetic is ``step(X, Y)``. How the
gradient is computed, recorded operation by operation or by a compiled program, is
hidden behind it; what surrounds it (order of the batches, checkpoints, Ctrl-C) is the
same.
"""

from collections.abc import Callable
from typing import Any, Protocol

from autograd_core import NonFiniteError, Value
from optim import LBFGS, Newton, Optimizer, clip_grad_norm

from .checks import got, positive
from .examples import Examples
from .module import Module

__all__ = ["EagerSteps", "Steps"]


class Steps(Protocol):
    """What `fit` asks of the arithmetic.

    One that makes several steps at once also has ``most`` and ``some``, as
    `compiled.CompiledSteps`; they are asked for where nothing happens between steps.
    Its ``touched``, if there is one, is called after a callback or a metric that is not
    of `nn`, which may have changed what model and loss compute.

    Attributes
    ----------
    numerics
        The name of the arithmetic: a training continues in the one it began in.
    """

    numerics: str

    def read(self, data: Examples) -> Any:
        """The data with which `step` works, with ``X``, ``Y`` and ``take(places)``."""

    def step(self, X: Any, Y: Any, between: Callable[[], None]) -> float:  # noqa: N803
        """Move the parameters once; returns the loss before.

        ``between`` may be called as long as nothing was changed. It raises
        KeyboardInterrupt after Ctrl-C, and then nothing must be changed.
        """

    def settle(self) -> None:
        """Model and optimizer must have the numbers of the last step after this."""

    def answers(self, data: Examples) -> list[Any] | None:
        """The settled model's answers in evaluation mode; None to have it asked."""


class EagerSteps:
    """Each sample is recorded, the loss differentiated, the optimizer asked to step.

    Parameters
    ----------
    model, loss, optimizer
        As `fit`.
    clip
        The largest Euclidean norm of the gradient; a longer one is shortened. None for
        no limit.

    Raises
    ------
    TypeError, ValueError
        If ``clip`` is not a positive number, or the optimizer searches along lines and
        must see the gradient as it is.

    Examples
    --------
    >>> from nn import Linear, mean_squared_error
    >>> from optim import SGD
    >>> line = Linear(1, 1, init="zeros")
    >>> steps = EagerSteps(line, mean_squared_error, SGD(line.parameters(), lr=0.25))
    >>> steps.step([[1.0], [2.0]], [2.0, 4.0])
    10.0
    >>> line.state_dict()
    {'weight': [[2.5]], 'bias': [1.5]}
    """

    numerics: str = "eager"

    def __init__(
        self, model: Any, loss: Any, optimizer: Optimizer, *, clip: float | None = None
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.clip = None if clip is None else float(positive(clip, "clip"))
        if clip is not None and isinstance(optimizer, (LBFGS, Newton)):
            raise ValueError(
                f"'clip' must be None for {type(optimizer).__name__} (got {clip}): it "
                "searches along a line and needs the gradient as it is"
            )
        known = model.parameters() if isinstance(model, Module) else []
        self._parameters = list(dict.fromkeys([*known, *optimizer.parameters]))

    def read(self, data: Examples) -> Examples:
        """As they are."""
        return data

    def step(
        self,
        X: list[Any],  # noqa: N803  the field's names
        Y: list[Any],  # noqa: N803
        between: Callable[[], None] = lambda: None,
    ) -> float:
        """Move the parameters once; returns the loss before.

        Raises
        ------
        NonFiniteError
            If the loss, a gradient or a new value is NaN or infinite; the message says
            where it began, and no parameter was moved.
        """

        def loss_of_batch() -> Any:
            predictions = []
            for x in X:
                between()
                predictions.append(self.model(x))
            return self.loss(predictions, Y)

        def closure() -> Any:
            for p in self._parameters:
                p.grad = 0.0
            loss = loss_of_batch()
            if not isinstance(loss, Value):
                raise TypeError(
                    f"'loss' must be a Value made of the predictions {got(loss)}"
                )
            try:
                loss.backward()
            except NonFiniteError as error:
                raise error.in_training() from None
            if self.clip is not None:
                clip_grad_norm(self.optimizer.parameters, self.clip)
            return loss

        def function(theta: list[Any]) -> Any:
            moved = dict(zip(self.optimizer.parameters, theta, strict=True))
            values = [moved.get(p, p.data) for p in self.model.parameters()]
            with self.model.with_parameters(values):
                return loss_of_batch()

        newton = isinstance(self.optimizer, Newton)
        between()
        loss = self.optimizer.step(function if newton else closure)
        return float(loss.data if loss.__class__ is Value else loss)

    def settle(self) -> None:
        """They have them after each step."""

    def answers(self, data: Examples) -> None:
        """The model is asked, sample by sample."""
