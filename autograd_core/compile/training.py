"""Training: gradient, optimizer, next batch, without going back to the Values.

What one can do with this file: `train` a program's captured Values on batches.

The one idea: an optimizer of `optim` is a pure function of one parameter, its gradient
and its state, on any kind of number. So it is traced like any function (`rules`); the
rows of that program are the parameters, which stay in arrays between two steps
(`moving`). Where the backend can, a step is one native call (`native`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .arguments import Call
from .moving import Moving
from .sums import check_reduction, one_number, reduced, rows_of
from .variants import leaves_of

__all__ = ["train"]

MOST_SHAPES = 8  # of batches that a native step is prepared for


def train(
    program: Any,
    batches: Iterable[Sequence[Any]],
    optimizer: Any,
    reduction: str | None,
) -> list[float]:
    """See `Program.train`."""
    check_reduction(reduction)
    moving = Moving(optimizer)
    # By the shapes of the arguments; None where there is no native step for them.
    native: dict[Any, Any] = {}
    losses = []
    try:
        for args in batches:
            if not isinstance(args, (tuple, list)):
                raise TypeError(
                    "'batches' must be tuples of arguments, such as (X, Y) (got "
                    f"{args!r} that is a {type(args).__name__})"
                )
            shapes = tuple([getattr(arg, "shape", None) for arg in args])
            ready = native.get(shapes)
            loss = None if ready is None else ready.step(args)
            if loss is None:
                call = rows_of(program, args, reduction)
                loss = _step(program, call, reduction, moving)
                if shapes not in native and len(native) < MOST_SHAPES:
                    native[shapes] = _native(program, args, call, reduction, moving)
            losses.append(loss)
    finally:
        moving.settle()
        moving.owner = None  # no cycle stays
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
    if program.variants.backend.name != "llvm":
        return None
    from .native import native_step

    return native_step(program, args, call, reduction, moving)
