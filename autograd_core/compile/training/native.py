"""A step of training as one list of steps: with LLVM, one native call.

What one can do with this file: `native_step` prepares it for batches like the one
before; it is None where that is not possible.

The one idea: everything stays where it is. The batch is copied into the array that the
program reads; gradients, the check that they are finite, the optimizer's rule, another
check, and the new parameters follow without Python in between. If a check fails nothing
has moved, and the step is made again in the usual way, which has the message.
"""

from collections.abc import Sequence
from typing import Any

from ...tree import is_array
from ...value import last_assignment, last_switch
from ..calls.arguments import Call
from .moving import Moving

__all__ = ["NativeStep", "native_step"]


def native_step(
    program: Any,
    args: Sequence[Any],
    call: Call,
    reduction: str | None,
    moving: Moving,
) -> "NativeStep | None":
    """A native step for batches of the same shape, if there can be one.

    There can if the function has no branches and takes nothing from tables of Values,
    is no re-rolled program that needs Python between its passes,
    the arguments are arrays of floats or of indices, and the optimizer has one group,
    which is the captured Values that want a gradient.
    """
    parts = program.parts(call, moving)
    if len(parts) != 1 or parts[0].variant.traced.branches or len(moving.groups) != 1:
        return None
    if parts[0].variant.gathers:
        return None
    made = _made(program, parts[0].variant, call, reduction)
    if not getattr(made.run, "native", True):
        return None
    leaves = parts[0].variant.leaves
    (group,) = moving.groups
    plain = all(
        is_array(arg)
        and (arg.ndim <= 2 or reduction is None)
        and _fits(arg, place in program.indices)
        for place, arg in enumerate(args)
        if place not in program.static
    )
    same = len(group.columns) == len(moving.leaves) and set(moving.leaves) == set(
        leaves
    )
    if not plain or not same or not group.alike:
        return None
    if moving.leaves != leaves:
        moving.arrange(leaves)
    step = NativeStep(program, args, call, reduction, moving)
    return step if step.possible else None


class NativeStep:
    """One step on batches that look alike.

    Attributes
    ----------
    possible
        Whether no kernel needs Python.
    """

    def __init__(
        self,
        program: Any,
        args: Sequence[Any],
        call: Call,
        reduction: str | None,
        moving: Moving,
    ) -> None:
        import numpy as np

        variant = program.parts(call, moving)[0].variant
        backend = program.variants.backend.name
        self._moving, self._variant = moving, variant
        (self._group,) = moving.groups
        self._table = moving.table
        self._rows = call.rows if reduction == "mean" else 1
        eager = program.numerics == "eager"
        made = _made(program, variant, call, reduction)
        inputs = np.array(call.inputs)
        limits = variant.gathers.limits
        self._slots = _slots(args, program, inputs, call, limits, reduction is None)
        count = len(variant.parameters)
        self._places = list(range(count)) if made.order is None else made.order
        runs = _runs(variant, self._places)
        n = self._table.shape[1]
        if runs == [(0, 0, n)] and len(self._places) == n:
            self._given, runs = self._table[0], []  # all that is read is trained
        else:
            self._given = np.zeros(len(self._places))
        gradients = made.run.bind(inputs, self._given)
        self._loss = gradients.sums
        self._fill = getattr(gradients, "fill", None)
        rule, self._order = self._group.program(backend, scaled=not eager)
        self._hyper = np.zeros(len(self._order))
        self._at = self._order.index(0) if 0 in self._order else -1
        update = rule.run.bind(self._table, self._hyper)
        self._scale = 1.0 if eager else 1.0 / self._rows
        kit = _kit(backend)
        before, after = _steps(kit, gradients, update, self._table, self._given, runs)
        if moving.clip is None:
            self._sequence = kit.Sequence(before + after)
        else:  # the length of the gradient is in between
            self._before, self._sequence = kit.Sequence(before), kit.Sequence(after)
        self.possible = not _by_python(made.run) and not _by_python(rule.run)

    def step(self, args: Sequence[Any]) -> float | None:
        """One step; None if the batch is another kind, or something went wrong."""
        moving = self._moving
        if moving.table is not self._table:  # it was read again, after a failure
            return None
        if moving.owner is not self or self._stamp != _stamp():
            self._read()
        if not self._copied(args):
            return None
        if self._fill is not None:
            self._fill()
        if self._seen is not self._group.hyper:
            self._read_hyper()
        if self._at >= 0:
            self._hyper[self._at] = self._t + 1.0
        moving.scale = self._scale
        if moving.clip is not None:
            if self._before() >= 0:
                return None
            moving.shorten()
        if self._sequence() >= 0:
            return None
        self._t += 1.0
        moving.ahead += 1
        moving.changed = True
        return float(self._loss[0]) / self._rows

    def _copied(self, args: Sequence[Any]) -> bool:
        # Whether the batch is where the program reads it.
        for arg, (target, same, index, limit) in zip(args, self._slots, strict=True):
            if target is None:
                if arg is not same:
                    return False
            elif not is_array(arg) or not _fits(arg, index, limit):
                return False
            else:
                target[...] = arg  # half the cost of np.copyto
        return True

    def _read(self) -> None:
        # Where the training is now.
        import numpy as np

        moving = self._moving
        numbers = np.append(moving.of(self._variant), 1.0 / self._rows)
        self._given[:] = numbers[self._places]
        moving.catch_up()
        self._t = float(moving.steps[self._group.columns[0]])
        self._read_hyper()
        self._stamp = _stamp()
        moving.owner = self

    def _read_hyper(self) -> None:
        self._seen = self._group.hyper
        hyper = [self._t, self._scale, *self._seen]
        self._hyper[:] = [hyper[k] for k in self._order]


def _made(program: Any, variant: Any, call: Call, reduction: str | None) -> Any:
    # Eager's bits need the seed inside.
    seeded = program.numerics == "eager" and reduction == "mean" and call.rows > 1
    return variant.program(
        variant.gradient(
            summed=True,
            seeded=seeded,
            numerics=program.numerics,
            single=call.single,
        )
    )


def _stamp() -> tuple[int, int]:
    # Changes if anybody assigns or freezes a Value in between.
    return last_assignment(), last_switch()


def _fits(arg: Any, index: bool, limit: int | None = None) -> bool:
    if not index:
        return bool(arg.dtype == float)
    in_range = limit is None or (arg.min() >= 0 and arg.max() < limit)
    return arg.dtype.kind in "iu" and bool(in_range)


def _slots(
    args: Sequence[Any],
    program: Any,
    inputs: Any,
    call: Call,
    limits: dict[int, int],
    whole: bool,
) -> list[tuple[Any, Any, bool, int | None]]:
    # For each argument where its numbers go; or what it must be. Then whether it is an
    # index, and of how many entries at most.
    slots: list[tuple[Any, Any, bool, int | None]] = []
    for place, (arg, (first, last)) in enumerate(zip(args, call.spans, strict=True)):
        if place in program.static:
            slots.append((None, arg, False, None))
        else:
            lines = inputs[first:last]
            target = lines[0] if arg.ndim == 1 else lines.T
            if whole:  # of one row
                target = lines.reshape(arg.shape)
            ours = [limits[k] for k in range(first, last) if k in limits]
            index = place in program.indices
            slots.append((target, None, index, min(ours, default=None)))
    return slots


def _runs(variant: Any, order: list[int]) -> list[tuple[int, int, int]]:
    # (first of the program's parameters, first trained one, how many), where both
    # go on together.
    place = {leaf: k for k, leaf in enumerate(variant.leaves)}
    runs: list[tuple[int, int, int]] = []
    for k, source in enumerate(order):
        leaf = variant.parameters[source] if source >= 0 else None
        if leaf not in place:
            continue
        trained = place[leaf]
        if runs:
            first, begin, count = runs[-1]
            if (first + count, begin + count) == (k, trained):
                runs[-1] = (first, begin, count + 1)
                continue
        runs.append((k, trained, 1))
    return runs


def _kit(backend: str) -> Any:
    # Where the kinds of steps are.
    if backend == "llvm":
        from ..backends import llvm

        return llvm
    from ..backends.numpy import sequence

    return sequence


def _steps(
    kit: Any, gradients: Any, update: Any, table: Any, given: Any, runs: list[Any]
) -> tuple[list[Any], list[Any]]:
    # Up to the gradient, and from there.
    before: list[Any] = [
        *[
            kit.Copy(*step) if isinstance(step, tuple) else kit.Run(step)
            for step in getattr(gradients, "steps", [gradients])
        ],
        kit.Finite(gradients.sums),
        kit.Copy(gradients.sums[1:], table[1]),
    ]
    after: list[Any] = [
        kit.Run(update),
        kit.Finite(update.values),
        kit.Copy(update.values[0], table[0]),
    ]
    if len(table) > 2:
        after.append(kit.Copy(update.values[1:], table[2:]))
    for first, begin, count in runs:
        new = update.values[0, begin : begin + count]
        after.append(kit.Copy(new, given[first : first + count]))
    return before, after


def _by_python(run: Any) -> bool:
    return bool(run.report()["by_python"])
