"""Training: gradient, optimizer, next batch, without going back to the Values.

What one can do with this file: `train` a program's captured Values on batches, or make
the steps one by one or list by list (`Training`).

The one idea: an optimizer of `optim` is a pure function of one parameter, its gradient
and its state, on any kind of number. So it is traced like any function (`rules`); the
rows of that program are the parameters, which stay in arrays between two steps
(`moving`). Where the backend can, a step, or a list of them, is one native call
(`native`).
"""

from collections.abc import Iterable, Sequence
from math import inf
from time import perf_counter
from typing import Any

from ..calls.arguments import Call
from ..calls.sums import check_reduction, one_number, reduced, rows_of
from ..calls.variants import Variants, leaves_of
from .moving import Moving
from .native import MOST, NativeStep, native_step

__all__ = ["Training", "train"]

MOST_SHAPES = 64  # of batches that a native step is prepared for
SHORT, LONG = 0.02, 0.1  # seconds of a call: below more steps are taken, above fewer


class Training:
    """Steps of training; see `Program.training`, which makes it."""

    def __init__(
        self,
        variants: Variants,
        optimizer: Any,
        reduction: str | None,
        clip: float | None = None,
    ) -> None:
        check_reduction(reduction)
        if clip is not None and not 0 < clip < inf:
            raise ValueError(f"'clip' must be greater than 0 (got {clip!r})")
        self._variants, self._reduction = variants, reduction
        self._moving = Moving(optimizer, clip)
        self._settled = False
        # By the shapes of the arguments; None where there is no native step for them.
        self._native: dict[Any, NativeStep | None] = {}
        self._ready: NativeStep | None = None  # the last one
        self._table = self._moving.table
        self._most = 16

    def step(self, *args: Any) -> float:
        """One step on a batch; arguments and errors as `Program.step`.

        Returns
        -------
        float
            The loss before the step.
        """
        ready = self._ready
        if ready is not None and ready.run((args,)):
            return ready.losses.item(0)  # type: ignore[no-any-return]
        return self._one(args)

    def steps(self, batches: Sequence[Sequence[Any]]) -> list[float]:
        """A step for each of some batches, many of them in one native call.

        Parameters
        ----------
        batches
            A list or a tuple of tuples of arguments, each as for `step`.

        Returns
        -------
        list of float
            The loss before each step, with the bits of single steps.

        Raises
        ------
        NonFiniteError
            As `step`. The steps before have been made.
        TypeError
            If they, or one of them, are no tuple or list; nothing was done.

        Notes
        -----
        Nothing of Python runs between the steps of a call: an array that several
        batches share has the same numbers for all of them. A call has at most 1000
        steps, and about 0.1 s; Ctrl-C is answered after it.
        """
        if not isinstance(batches, (list, tuple)):
            raise TypeError(
                "'batches' must be a list or a tuple, as several are read at once (got "
                f"a {type(batches).__name__}); train() takes them one by one"
            )
        for args in batches:
            check_batch(args)
        losses: list[float] = []
        while len(losses) < len(batches):
            losses += self.some(batches[len(losses) : len(losses) + self._most])
        return losses

    def some(self, batches: Sequence[Sequence[Any]]) -> list[float]:
        """A step for each of the first of ``batches``: as many as are made at once.

        An error is that of the first batch. So a caller knows the losses of all steps
        that were made.
        """
        ready = self._prepared(batches[0])
        if ready is not None:
            start = perf_counter()
            count = ready.run(tuple(map(tuple, batches[: self._most])))
            self._pace(count, perf_counter() - start)
            if count:
                return ready.losses[:count].tolist()  # type: ignore[no-any-return]
        return [self._one(tuple(batches[0]))]

    @property
    def most(self) -> int:
        """How many batches `some` takes now."""
        return self._most

    def _pace(self, count: int, seconds: float) -> None:
        if seconds > LONG:
            self._most = max(self._most // 2, 1)
        elif count == self._most and seconds < SHORT:
            self._most = min(2 * self._most, MOST)

    def _prepared(self, args: Sequence[Any]) -> NativeStep | None:
        # The native step for a batch, after a look at everything that may be new.
        moving = self._moving
        if not moving.current or not moving.unchanged:
            if self._settled:
                moving.read()
                self._settled = False
            moving.refresh()
            if moving.table is not self._table:  # other groups: nothing fits any more
                self._table = moving.table
                self._native.clear()
        self._ready = self._native.get(_shapes(args))
        return self._ready

    def _one(self, args: tuple[Any, ...]) -> float:
        ready = self._prepared(args)
        if ready is not None and (
            ready.run((args,)) or ready.run((ready.fitted(args),))
        ):
            return ready.losses.item(0)  # type: ignore[no-any-return]
        variants = self._variants
        call = rows_of(variants, args, self._reduction)
        loss = _step(variants, call, self._reduction, self._moving)
        shapes, moving = _shapes(args), self._moving
        if shapes not in self._native and len(self._native) < MOST_SHAPES:
            ready = native_step(variants, args, call, self._reduction, moving)
            self._native[shapes] = self._ready = ready
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
        self._settled = True


def train(
    variants: Variants,
    batches: Iterable[Sequence[Any]],
    optimizer: Any,
    reduction: str | None,
) -> list[float]:
    """See `Program.train`."""
    if not isinstance(batches, Iterable):
        raise TypeError(
            "'batches' must be an iterable of tuples of arguments, such as [(X, Y)] "
            f"(got {type(batches).__name__})"
        )
    training = Training(variants, optimizer, reduction)
    try:
        if type(batches) in (list, tuple):
            return training.steps(batches)  # type: ignore[arg-type]
        losses = []
        for args in batches:  # whatever it does for the next one, it does after a step
            check_batch(args)
            losses.append(training.step(*args))
        return losses
    finally:
        training.settle()


def _shapes(args: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([getattr(arg, "shape", None) for arg in args])


def check_batch(args: Any) -> None:
    """Refuse a batch that is no tuple of arguments.

    Raises
    ------
    TypeError
        If it is none.
    """
    if not isinstance(args, (tuple, list)):
        raise TypeError(
            "'batches' must be tuples of arguments, such as (X, Y) (got "
            f"{args!r} that is a {type(args).__name__})"
        )


def _step(
    variants: Variants, call: Call, reduction: str | None, moving: Moving
) -> float:
    parts = variants.parts(call, moving)
    one_number(parts)
    leaves = leaves_of(parts)
    if moving.place.keys().isdisjoint(leaves):
        raise ValueError(
            "'optimizer' moves none of the numbers that the function reads; make it of "
            "the Values in the function"
        )
    found = reduced(variants, call, parts, leaves, reduction, moving)
    moving.move(leaves, found[1:])
    return float(found[0])
