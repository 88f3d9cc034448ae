"""Training: gradient, optimizer, next batch, without going back to the Values.

What one can do with this file: `train` a program's captured Values on batches, or make
the steps one by one (`Training`).

The one idea: an optimizer of `optim` is a pure function of one parameter, its gradient
and its state, on any kind of number. So it is traced like any function (`rules`); the
rows of that program are the parameters, which stay in arrays between two steps
(`moving`). Where the backend can, a step is one native call (`native`).
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

from ..calls.arguments import Call
from ..calls.sums import check_reduction, one_number, reduced, rows_of
from ..calls.variants import leaves_of
from .moving import Moving

__all__ = ["Training", "train"]

MOST_SHAPES = 8  # of batches that a native step is prepared for


class Training:
    """Steps of training, one by one; see `Program.training`, which makes it."""

    def __init__(
        self,
        program: Any,
        optimizer: Any,
        reduction: str | None,
        clip: float | None = None,
    ) -> None:
        check_reduction(reduction)
        if clip is not None and not 0 < clip < inf:
            raise ValueError(f"'clip' must be greater than 0 (got {clip!r})")
        self._program, self._reduction = program, reduction
        self._moving = Moving(optimizer, clip)
        self._settled = False
        # By the shapes of the arguments; None where there is no native step for them.
        self._native: dict[Any, Any] = {}
        self._table = self._moving.table

    def step(self, *args: Any) -> float:
        """One step on a batch; arguments and errors as `Program.step`.

        Returns
        -------
        float
            The loss before the step.
        """
        moving = self._moving
        if self._settled:
            moving.read()
            self._settled = False
        moving.refresh()
        if moving.table is not self._table:  # other groups: nothing fits any more
            self._table = moving.table
            self._native.clear()
        shapes = tuple([getattr(arg, "shape", None) for arg in args])
        ready = self._native.get(shapes)
        loss = None if ready is None else ready.step(args)
        if loss is not None:
            return float(loss)
        program = self._program
        call = rows_of(program, args, self._reduction)
        loss = _step(program, call, self._reduction, moving)
        if shapes not in self._native and len(self._native) < MOST_SHAPES:
            self._native[shapes] = _native(program, args, call, self._reduction, moving)
            self._table = moving.table
        return float(loss)

    def settle(self, *, gradients: bool = False) -> None:
        """Write parameters and state to where they belong.

        What is changed there before the next step, is what that step begins with.

        Parameters
        ----------
        gradients
            Whether ``.grad`` of the optimizer's parameters becomes the gradient of the
            last step.
        """
        self._moving.settle(gradients=gradients)
        self._moving.owner = None  # no cycle stays
        self._settled = True


def train(
    program: Any,
    batches: Iterable[Sequence[Any]],
    optimizer: Any,
    reduction: str | None,
) -> list[float]:
    """See `Program.train`."""
    training = Training(program, optimizer, reduction)
    losses = []
    try:
        for args in batches:
            if not isinstance(args, (tuple, list)):
                raise TypeError(
                    "'batches' must be tuples of arguments, such as (X, Y) (got "
                    f"{args!r} that is a {type(args).__name__})"
                )
            losses.append(training.step(*args))
    finally:
        training.settle()
    return losses


def _step(program: Any, call: Call, reduction: str | None, moving: Moving) -> float:
    parts = program.parts(call, moving)
    one_number(parts)
    leaves = leaves_of(parts)
    if moving.place.keys().isdisjoint(leaves):
        raise ValueError(
            "'optimizer' moves none of the numbers that the function reads; make it of "
            "the Values in the function"
        )
    found = reduced(program, call, parts, leaves, reduction, moving)
    moving.move(leaves, found[1:])
    return float(found[0])


def _native(
    program: Any,
    args: Sequence[Any],
    call: Call,
    reduction: str | None,
    moving: Moving,
) -> Any:
    # For the batches to come, if they are like this one.
    from .native import native_step

    return native_step(program, args, call, reduction, moving)
