"""A step of training as one list of steps: with LLVM, one native call for many batches.

What one can do with this file: `native_step` prepares it for batches like the one
before; it is None where that is not possible.

The one idea: everything stays where it is. A batch is read where the caller has it, or
copied into the array that the program reads; gradients, the check that they are finite,
the optimizer's rule, another check, and the new parameters follow without Python in
between. If a check fails nothing of that step has moved, and it is made again in the
usual way, which has the message.
"""

from collections.abc import Sequence
from typing import Any

from ...tree import is_array
from ..cache import Made
from ..calls.arguments import Call
from ..calls.variants import Variant, Variants
from .moving import Moving
from .update import Update, by_python

__all__ = ["MOST", "NativeStep", "native_step"]

MOST = 1000  # steps of a call
LARGEST = 2**63 - 1


def native_step(
    variants: Variants,
    args: Sequence[Any],
    call: Call,
    reduction: str | None,
    moving: Moving,
) -> "NativeStep | None":
    """A native step for batches of the same shape, if there can be one.

    There can if the function has no branches, is no re-rolled program that needs Python
    between its passes, the arguments are arrays of floats or of indices, and the
    optimizer has one group, all of which moves.
    """
    parts = variants.parts(call, moving)
    if len(parts) != 1 or parts[0].variant.traced.branches or len(moving.groups) != 1:
        return None
    made = _made(variants, parts[0].variant, call, reduction)
    kit = _kit(variants.backend.name)
    if not getattr(made.run, "native", True) or not kit.possible():
        return None
    leaves = parts[0].variant.leaves
    (group,) = moving.groups
    plain = all(
        is_array(arg)
        and (arg.ndim <= 2 or reduction is None)
        and _is_read(arg, place in variants.indices)
        for place, arg in enumerate(args)
        if place not in variants.static
    )
    whole = len(group.columns) == len(moving.leaves)
    if not plain or not whole or not group.alike:
        return None
    if moving.native is None:  # before there are steps for other batches
        moving.arrange([leaf for leaf in leaves if leaf in moving.place])
    step = NativeStep(variants, args, call, reduction, moving)
    return step if step.possible else None


class NativeStep:
    """One step on batches that look alike.

    Attributes
    ----------
    possible
        Whether no kernel needs Python.
    losses
        Of the last call of `run`.
    """

    def __init__(
        self,
        variants: Variants,
        args: Sequence[Any],
        call: Call,
        reduction: str | None,
        moving: Moving,
    ) -> None:
        import numpy as np

        variant = variants.parts(call, moving)[0].variant
        kit = _kit(variants.backend.name)
        eager = variants.numerics == "eager"
        self._moving, self._variant = moving, variant
        (self._group,) = moving.groups
        self._rows = call.rows if reduction == "mean" else 1
        self._held: list[tuple[Any, list[int]]] = []
        made = _made(variants, variant, call, reduction)
        gradients, steps = self._backward(kit, variants, args, call, reduction, made)
        update: Update = moving.native or Update(
            kit, moving, variants.backend.name, not eager
        )
        scale = np.array([1.0 if eager else 1.0 / self._rows])
        scales = [to for to in (moving.scale, update.scale) if to is not None]
        steps += [kit.Copy(scale, to) for to in scales]
        kept = {"loss": gradients.sums, "rows": self._rows, "most": MOST}
        self._before = None
        if moving.clip is None:
            steps += update.steps
            self._steps = kit.Sequence(steps, arguments=len(args), **kept)
        else:  # the length of the gradient is in between
            self._before = kit.Sequence(steps, arguments=len(args))
            self._steps = kit.Sequence(update.steps, **kept)
        self._call, self.losses = self._steps.call, self._steps.losses
        self.possible = update.possible and not by_python(made.run)
        self._read()

    def run(self, batches: tuple[tuple[Any, ...], ...]) -> int:
        """Make the steps of some batches, at most `MOST`.

        Returns
        -------
        int
            How many were made. The next one is of another kind, or something in it is
            not finite, or what the optimizer says has changed; nothing of it was done.
        """
        moving = self._moving
        if not (moving.current and self._group.unchanged):
            return 0
        if self._held and self._version != moving.version:
            self._read()
        if self._before is None:
            return self._call(batches)  # type: ignore[no-any-return]
        losses = []
        for batch in batches:
            if not self._before((batch,)):
                break
            moving.shorten()
            if not self._call(((),)):
                break
            losses.append(self.losses[0])
        self.losses[: len(losses)] = losses
        return len(losses)

    def fitted(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as arrays that a native step reads, where that can be."""
        return tuple(map(_fitted, args, self._reads))

    def _backward(
        self,
        kit: Any,
        variants: Variants,
        args: Sequence[Any],
        call: Call,
        reduction: str | None,
        made: Made,
    ) -> tuple[Any, list[Any]]:
        # The bound program, and the steps until all that is trained has a gradient,
        # which is finite.
        import numpy as np

        variant, moving = self._variant, self._moving
        slots = len(variant.gathers.slots().index) if variant.gathers else 0
        inputs = np.concatenate([call.inputs, np.zeros((slots, call.rows))])
        order = range(len(variant.parameters)) if made.order is None else made.order
        given, copies = self._parameters(kit, list(order))
        # Where all that is trained has a gradient, in order, those are the table's.
        leaves, count = variant.leaves, len(moving.leaves)
        whole = _runs(leaves, moving.place) == [(0, 0, count)] and len(leaves) == count
        spans = [*call.spans, (len(call.inputs), len(inputs))]
        gradients = made.run.bind(
            inputs, given, sums=moving.sums if whole else None, spans=spans
        )
        pieces = getattr(gradients, "pieces", None)
        limits = variant.gathers.limits
        self._reads = _reads(
            kit, variants, args, inputs, call.spans, limits, reduction, pieces
        )
        run = [_step(kit, step) for step in getattr(gradients, "steps", [gradients])]
        if slots:
            everything = range(len(variant.parameters))
            numbers, more = self._parameters(kit, list(everything))
            take, add = _taking(kit, variant, inputs, numbers, gradients)
            copies, run = copies + more, [take, *run, *add]
        slopes = [] if whole else self._slopes(kit, gradients.sums[1:])
        finite = kit.Finite(gradients.sums)
        return gradients, [*self._reads, *copies, *run, finite, *slopes]

    def _parameters(self, kit: Any, places: list[int]) -> tuple[Any, list[Any]]:
        # An array of the parameters at these places, and what makes it up to date.
        import numpy as np

        now = self._moving.now
        read = [self._variant.parameters[k] if k >= 0 else None for k in places]
        runs = _runs(read, self._moving.place)
        if len(runs) == 1 and runs[0][2] == len(places):
            _, begin, count = runs[0]
            return now[begin : begin + count], []  # all that is read is trained
        array = np.zeros(len(places))
        self._held.append((array, places))
        copies = [
            kit.Copy(now[begin : begin + count], array[first : first + count])
            for first, begin, count in runs
        ]
        return array, copies

    def _slopes(self, kit: Any, gradients: Any) -> list[Any]:
        # What puts gradients where their parameters are, and 0 where there is none.
        import numpy as np

        into = self._moving.slopes
        runs = _runs(self._variant.leaves, self._moving.place)
        copies = [
            kit.Copy(gradients[first : first + count], into[begin : begin + count])
            for first, begin, count in runs
        ]
        begin = 0
        for _, end, count in sorted([*runs, (0, len(into), 0)], key=lambda run: run[1]):
            if begin < end:
                copies.append(kit.Copy(np.zeros(end - begin), into[begin:end]))
            begin = end + count
        return copies

    def _read(self) -> None:
        # What is not trained.
        import numpy as np

        moving = self._moving
        numbers = np.append(moving.of(self._variant), 1.0 / self._rows)
        for array, places in self._held:
            array[:] = numbers[places]
        self._version = moving.version


def _made(
    variants: Variants, variant: Variant, call: Call, reduction: str | None
) -> Made:
    # Eager's bits need the seed inside.
    seeded = variants.numerics == "eager" and reduction == "mean" and call.rows > 1
    wanted = variant.gradient(
        summed=True, seeded=seeded, numerics=variants.numerics, single=call.single
    )
    return variant.program(variant.gathers.asked(wanted))


def _is_read(arg: Any, index: bool) -> bool:
    # Whether there are arrays of such numbers, which are read.
    return arg.dtype.kind in "iu" if index else bool(arg.dtype == float)


def _fitted(arg: Any, read: Any) -> Any:
    import numpy as np

    if not is_array(arg) or not hasattr(read, "target"):
        return arg
    index = hasattr(read, "most")
    if not _is_read(arg, index) or arg.size != read.target.size:
        return arg
    if index and arg.dtype.kind == "u" and arg.size and arg.max() > LARGEST:
        return arg
    return np.array(arg, dtype=np.int64 if index else float).reshape(read.target.shape)


def _reads(
    kit: Any,
    variants: Variants,
    args: Sequence[Any],
    inputs: Any,
    spans: list[tuple[int, int]],
    limits: dict[int, int],
    reduction: str | None,
    pieces: Any,
) -> list[Any]:
    # What brings the arguments to where the program reads them.
    import numpy as np

    reads: list[Any] = []
    for place, (arg, (first, last)) in enumerate(zip(args, spans, strict=True)):
        if place in variants.static:
            reads.append(kit.Same(place, arg))
            continue
        lines = inputs[first:last]
        target = lines[0] if arg.ndim == 1 else lines.T
        if reduction is None:  # of one row
            target = lines.reshape(arg.shape if arg.ndim <= 2 else -1)
        if place not in variants.indices:
            if pieces is None or arg.ndim < 2 or reduction is None:
                reads.append(kit.Numbers(place, target))
            else:
                reads.append(kit.Where(place, target, pieces.of(first, last)))
            continue
        most: Any = np.array([limits.get(k, 0) - 1 for k in range(first, last)])
        if reduction is None:
            most = most.reshape(target.shape)
        reads.append(kit.Ints(place, target, np.broadcast_to(most, target.shape)))
    return reads


def _taking(
    kit: Any, variant: Any, inputs: Any, numbers: Any, gradients: Any
) -> tuple[Any, list[Any]]:
    # What fills in rows of tables, and what adds their derivatives to the tables'.
    import numpy as np

    slots, plan = variant.gathers.slots(), variant.gathers.plan(variant.wrt)
    filled = inputs[len(inputs) - len(slots.index) :]
    taken = np.zeros(filled.shape, dtype=np.int64)
    take = kit.Take(
        inputs,
        slots.index,
        slots.width,
        slots.first,
        slots.tables,
        numbers,
        filled,
        taken,
    )
    if not plan.apart:
        return take, []
    places, into = plan.line_of[slots.tables], gradients.sums[1:]
    return take, [kit.Add(gradients.values, plan.ours, taken, places, into)]


def _runs(leaves: Sequence[Any], place: dict[Any, int]) -> list[tuple[int, int, int]]:
    # (first of the leaves, its column, how many), where both go on together; leaves
    # that have none are left out.
    runs: list[tuple[int, int, int]] = []
    for k, leaf in enumerate(leaves):
        column = place.get(leaf)
        if column is None:
            continue
        if runs:
            first, begin, count = runs[-1]
            if (first + count, begin + count) == (k, column):
                runs[-1] = (first, begin, count + 1)
                continue
        runs.append((k, column, 1))
    return runs


def _kit(backend: str) -> Any:
    # Where the kinds of steps are.
    if backend == "llvm":
        from ..backends.llvm.steps import sequence as native

        return native
    from ..backends.numpy import sequence

    return sequence


def _step(kit: Any, step: Any) -> Any:
    # A program, or (source, target), or (source, which, target, where).
    if not isinstance(step, tuple):
        return kit.Run(step)
    return kit.Copy(*step) if len(step) == 2 else kit.Place(*step)
