"""The NumPy backend: one call per group of equal operations, over all rows at once.

What one can do with this file: compile a tape (`Backend.compile`). It is always there,
and what the other backends are compared with.

The one idea: all numbers are lines of two tables, one for what varies from row to row
and one for what does not. A group writes consecutive lines, so that it, and mostly what
it reads, is a slice. Slices, functions and their order are fixed when the program is
made for a number of rows; a call is a loop over (function, arrays).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...passes.raising import MATRIX, Group, raised
from ...tape import Tape
from . import exact, fast
from .places import Places, as_slice, with_biases
from .sums import ExactSums, Sums

__all__ = ["Backend"]

Step = tuple[Callable[..., Any], tuple[Any, ...]]

LARGEST_TABLE = 1 << 21  # numbers: rows are taken in blocks that fit (16 MiB)
LEAST_BLOCK = 16  # rows
KEPT_SIZES = 4  # numbers of rows that a program stays prepared for


class Backend:
    """Runs tapes by NumPy."""

    name = "numpy"

    def compile(
        self, tape: Tape, *, summed: int, numerics: str, single: bool = False
    ) -> "Executable":
        """See `Backend` of `autograd_core.compile.backends`."""
        return Executable(tape, summed, fast=numerics == "fast")


class Executable:
    """A tape, ready to run.

    Attributes
    ----------
    notes
        What was raised, a line each.
    calls
        How many calls of NumPy a run takes.
    """

    def __init__(self, tape: Tape, summed: int, *, fast: bool) -> None:
        self.fast = fast
        self.program = program = raised(tape, summed, reorder=fast)
        self.notes = program.notes
        self.groups, led = with_biases(program) if fast else (program.groups, set())
        self.places = Places(program, self.groups, led)
        lines = max(1, self.places.varying)
        self.block = max(LEAST_BLOCK, LARGEST_TABLE // lines)
        self.calls = len(self.groups) + len(program.products) + 1
        self._kernels = [self._kernel(group) for group in self.groups]
        self._ready: dict[int, list[_Bound]] = {}

    def _kernel(self, group: Group) -> Callable[..., Any]:
        if group.row is MATRIX:
            return np.matmul
        if self.fast:
            return fast.kernel(group.row)
        return exact.kernel(group.row)

    def __call__(self, inputs: Any, parameters: Any) -> tuple[Any, Any]:
        rows = inputs.shape[1]
        if rows <= self.block:
            bound = self._taken(rows)
            found = bound.run(inputs, parameters)
            self._given_back(bound)
            return found
        values, sums = [], None
        for start in range(0, rows, self.block):
            part = inputs[:, start : start + self.block]
            bound = self._taken(part.shape[1])
            value, sums = bound.run(part, parameters, sums)
            self._given_back(bound)
            values.append(value)
        return np.concatenate(values, axis=1), sums

    def bind(self, inputs: Any, parameters: Any, values: Any = None) -> "Bound":
        """The program on arrays that stay the same, its values in ``values``."""
        return Bound(self, inputs, parameters, values)

    def report(self) -> dict[str, Any]:
        """What the program is made of; ``by_python`` is of other backends."""
        return {"calls": self.calls, "by_python": {}}

    # A prepared table belongs to one call at a time; other threads make their own.
    def _taken(self, rows: int) -> "_Bound":
        try:
            return self._ready[rows].pop()
        except (KeyError, IndexError):
            return _Bound(self, rows)

    def _given_back(self, bound: "_Bound") -> None:
        while len(self._ready) >= KEPT_SIZES and bound.rows not in self._ready:
            self._ready.pop(next(iter(self._ready)), None)
        self._ready[bound.rows] = [bound]


class Bound:
    """An executable on arrays that stay the same; only their numbers change.

    Attributes
    ----------
    inputs, parameters
        What each call reads.
    values, sums
        What each call writes.
    """

    def __init__(
        self, program: Executable, inputs: Any, parameters: Any, values: Any = None
    ) -> None:
        rows = inputs.shape[1]
        self._run: Any = program
        if rows <= program.block:
            self._run = _Bound(program, rows).run
        self.inputs, self.parameters = inputs, parameters
        if values is None:
            values = np.empty((len(program.program.values), rows))
        self.values = values
        self.sums = np.empty(len(program.program.sums))

    def __call__(self) -> None:
        """Run once."""
        values, sums = self._run(self.inputs, self.parameters)
        self.values[...] = values
        self.sums[...] = sums

    def entry(self, copies: Sequence[tuple[Any, Any]] = ()) -> Callable[[], None]:
        """A function that makes these copies, (to, from), and runs once."""

        def run() -> None:
            for to, source in copies:
                np.copyto(to, source.ravel())
            self()

        return run


_NO_SUMS = np.zeros(0)


class _Bound:
    # The two tables for a number of rows, and the calls that fill them.
    def __init__(self, program: Executable, rows: int) -> None:
        self.rows = rows
        self.places = places = program.places
        self.raised = program.program
        self.varying = np.zeros((places.varying, rows))
        self.uniform = np.zeros((places.uniform, 1))
        self.steps: list[Step] = []
        self.varying[places.ones] = 1.0
        self.inputs = self.varying[places.inputs :][: len(self.raised.inputs)]
        n = len(self.raised.parameters)
        self.parameters = self.uniform[:n, 0]
        self.order = np.array(places.parameters, dtype=np.intp)
        constants = list(self.raised.constants.values())
        self.uniform[n : n + len(constants), 0] = constants
        groups = zip(program.groups, places.orders, places.starts, strict=True)
        for (group, order, start), kernel in zip(groups, program._kernels, strict=True):
            table = self.varying if group.varies else self.uniform
            out = table[start : start + len(group.outs)]
            self._add(group, order, kernel, out, fast=program.fast)
        self.values = self.taken(self.raised.values)
        kind = Sums if program.fast else ExactSums
        self.sums: Sums | ExactSums | None = kind(self) if self.raised.sums else None

    def run(self, inputs: Any, parameters: Any, sums: Any = None) -> tuple[Any, Any]:
        # Sums go on from what the rows before gave.
        with np.errstate(all="ignore"):
            np.copyto(self.inputs, inputs)
            parameters.take(self.order, 0, self.parameters, "clip")
            for function, arrays in self.steps:
                function(*arrays)
            found = None if self.sums is None else self.sums.run(sums)
            return self.values(), _NO_SUMS if found is None else found

    # -- arrays --------------------------------------------------------------------

    def lines(self, numbers: Sequence[int]) -> Any:
        """The lines of ``numbers``: a view if they are a slice, else to be gathered."""
        table = self.table(numbers[-1])
        lines = self.places.of(numbers)
        found = as_slice(lines)
        if found is not None:
            return table[found]
        gathered = np.empty((len(lines), table.shape[1]))
        # "clip" makes NumPy write into `gathered` without a copy in between.
        self.steps.append((table.take, (np.array(lines), 0, gathered, "clip")))
        return gathered

    def table(self, number: int) -> Any:
        return self.varying if self.places.varies[number] else self.uniform

    def _add(
        self, group: Group, order: list[int], kernel: Any, out: Any, *, fast: bool
    ) -> None:
        if group.row is MATRIX:
            half = len(group.args) // 2
            vector = self.lines([arg[0] for arg in group.args[:half]])
            weights = [[arg[m] for arg in group.args[half:]] for m in order]
            self.steps.append((kernel, (self.matrix(weights), vector, out)))
            return
        if fast and group.row.name in ("sum", "dot") and len(group.args) > len(order):
            self._add_long(group, order, out)
            return
        xs = [self.lines([arg[m] for m in order]) for arg in group.args]
        if group.row.multiple:
            out = out.reshape(-1, len(order), out.shape[1])
        self.steps.append((kernel, (*xs, out)))

    def _add_long(self, group: Group, order: list[int], out: Any) -> None:
        # A sum of many terms: all of them as one array, added up along its first axis.
        def stacked(args: list[list[int]]) -> Any:
            numbers = [arg[m] for arg in args for m in order]
            kinds = {self.places.varies[i] for i in numbers}
            if len(kinds) == 1:
                lines = self.lines(numbers)
                if len(lines) == len(numbers):
                    return lines.reshape(len(args), len(order), -1)
            whole = np.empty((len(args), len(order), out.shape[1]))
            for place, arg in zip(whole, args, strict=True):
                lines = self.lines([arg[m] for m in order])
                self.steps.append((np.copyto, (place, lines)))
            return whole

        if group.row.name == "sum":
            xs = stacked(group.args)
            self.steps.append((np.add.reduce, (xs, 0, None, out)))
            return
        half = len(group.args) // 2
        xs, ys = stacked(group.args[:half]), stacked(group.args[half:])
        if out.size == 1 and xs.shape == ys.shape:
            line, column = xs.reshape(1, -1), ys.reshape(-1, 1)
            self.steps.append((np.matmul, (line, column, out)))
            return
        self.steps.append((_einsum, (xs, ys, out)))

    def matrix(self, weights: list[list[int]]) -> Any:
        """Uniform numbers as a matrix: a view if they lie regularly, else a copy."""
        lines = np.array([[self.places.line[i] for i in line] for line in weights])
        down = lines[1, 0] - lines[0, 0] if len(lines) > 1 else 1
        right = lines[0, 1] - lines[0, 0] if lines.shape[1] > 1 else 1
        regular = lines[0, 0] + down * np.arange(len(lines))[:, None]
        regular = regular + right * np.arange(lines.shape[1])
        if np.array_equal(lines, regular) and down > 0 and right > 0:
            size = self.uniform.itemsize
            return np.lib.stride_tricks.as_strided(
                self.uniform[lines[0, 0] :, 0],
                lines.shape,
                (down * size, right * size),
                writeable=False,
            )
        matrix = np.empty(lines.shape)
        self.steps.append((self.uniform.take, (lines, None, matrix, "clip")))
        return matrix

    def taken(self, numbers: list[int]) -> Callable[[], Any]:
        """What copies the lines of ``numbers``, whichever table each is in."""
        parts = []
        for varies in (True, False):
            ours = [k for k, i in enumerate(numbers) if self.places.varies[i] == varies]
            if ours:
                lines = np.array([self.places.line[numbers[k]] for k in ours])
                table = self.varying if varies else self.uniform
                parts.append((np.array(ours), table, lines))
        if len(parts) == 1 and parts[0][1] is self.varying:
            (_, table, lines) = parts[0]
            return lambda: table.take(lines, 0)

        shape = len(numbers), self.rows  # not self: no cycle

        def take() -> Any:
            values = np.empty(shape)
            for ours, table, lines in parts:
                values[ours] = table[lines]
            return values

        return take


def _einsum(xs: Any, ys: Any, out: Any) -> None:
    np.einsum("ngr,ngr->gr", xs, ys, out=out)
