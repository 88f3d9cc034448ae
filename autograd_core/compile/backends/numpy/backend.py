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
from . import exact
from .fast import kernel, stacked
from .places import Places, as_slice, with_biases
from .sums import ExactSums, Sums, as_index

__all__ = ["Backend"]

Step = tuple[Callable[..., Any], tuple[Any, ...]]

LARGEST_TABLE = 1 << 21  # numbers: rows are taken in blocks that fit (16 MiB)
LEAST_BLOCK = 16  # rows
LONG = 1024  # rows from which a call costs less than to gather what it reads
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
        if not self.fast:
            return exact.kernel(group.row)
        return stacked(group.row) or kernel(group.row)

    def __call__(
        self, inputs: Any, parameters: Any, values: Any = None
    ) -> tuple[Any, Any]:
        """Values of each row, written into ``values`` if given, and sums over them."""
        rows, sums = inputs.shape[1], None
        if values is None:
            values = np.empty((len(self.program.values), rows))
        for start in range(0, rows, self.block) if rows else (0,):
            part = slice(start, start + self.block)
            given = inputs[:, part]
            bound = self._taken(given.shape[1])
            sums = bound.run(given, parameters, values[:, part], sums)
            self._given_back(bound)
        return values, sums

    def bind(
        self,
        inputs: Any,
        parameters: Any,
        values: Any = None,
        sums: Any = None,
        spans: Any = None,
    ) -> "Bound":
        """The program on arrays that stay the same, which writes to the others.

        ``spans`` is for other backends.
        """
        return Bound(self, inputs, parameters, values, sums)

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
        self,
        program: Executable,
        inputs: Any,
        parameters: Any,
        values: Any = None,
        sums: Any = None,
    ) -> None:
        rows = inputs.shape[1]
        self._run: Any = lambda *given: program(*given)[1]
        if rows <= program.block:
            self._run = _Bound(program, rows).run
        self.inputs, self.parameters = inputs, parameters
        if values is None:
            values = np.empty((len(program.program.values), rows))
        self.values = values
        self.sums = np.empty(len(program.program.sums)) if sums is None else sums

    def __call__(self) -> None:
        """Run once."""
        self.sums[...] = self._run(self.inputs, self.parameters, self.values)

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
        for (group, order, start), run in zip(groups, program._kernels, strict=True):
            table = self.varying if group.varies else self.uniform
            out = table[start : start + len(group.outs)]
            self._add(group, order, run, out, fast=program.fast)
        self.give = self.taken(self.raised.values)
        kind = Sums if program.fast else ExactSums
        self.sums: Sums | ExactSums | None = kind(self) if self.raised.sums else None

    def run(self, inputs: Any, parameters: Any, values: Any, sums: Any = None) -> Any:
        # Writes the values, and returns the sums, which go on from those given.
        with np.errstate(all="ignore"):
            np.copyto(self.inputs, inputs)
            parameters.take(self.order, 0, self.parameters, "clip")
            for function, arrays in self.steps:
                function(*arrays)
            self.give(values)
            return _NO_SUMS if self.sums is None else self.sums.run(sums)

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
        if group.row.multiple:
            out = out.reshape(-1, len(order), out.shape[1])
        if fast and stacked(group.row):
            whole = self.stacked(group.args, order, group.varies)
            self.steps.append((kernel, (whole, out)))
            return
        if group.varies and not group.row.multiple and self.rows >= LONG:
            some = [self.places.of([arg[m] for m in order]) for arg in group.args]
            if any([as_slice(lines) is None for lines in some]):
                for k, m in enumerate(order):
                    xs = [self.lines([arg[m]]) for arg in group.args]
                    self.steps.append((kernel, (*xs, out[k : k + 1])))
                return
        xs = [self.lines([arg[m] for m in order]) for arg in group.args]
        self.steps.append((kernel, (*xs, out)))

    def _add_long(self, group: Group, order: list[int], out: Any) -> None:
        # A sum of many terms: all of them as one array, added up along its first axis.
        if group.row.name == "sum":
            xs = self.stacked(group.args, order, group.varies)
            self.steps.append((np.add.reduce, (xs, 0, None, out)))
            return
        half = len(group.args) // 2
        xs = self.stacked(group.args[:half], order, group.varies)
        ys = self.stacked(group.args[half:], order, group.varies)
        if out.size == 1 and xs.shape == ys.shape:
            line, column = xs.reshape(1, -1), ys.reshape(-1, 1)
            self.steps.append((np.matmul, (line, column, out)))
            return
        self.steps.append((_einsum, (xs, ys, out)))

    def stacked(self, args: list[list[int]], order: list[int], varies: bool) -> Any:
        """Operands as one array of shape (operands, members, rows)."""
        numbers = [arg[m] for arg in args for m in order]
        if len({self.places.varies[i] for i in numbers}) == 1:
            lines = self.lines(numbers)
            if len(lines) == len(numbers):
                return lines.reshape(len(args), len(order), -1)
        whole = np.empty((len(args), len(order), self.rows if varies else 1))
        for place, arg in zip(whole, args, strict=True):
            lines = self.lines([arg[m] for m in order])
            self.steps.append((np.copyto, (place, lines)))
        return whole

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

    def taken(self, numbers: list[int]) -> Callable[[Any], None]:
        """What copies the lines of ``numbers``, whichever table each is in."""
        parts = []
        for varies in (True, False):
            ours = [k for k, i in enumerate(numbers) if self.places.varies[i] == varies]
            lines = [self.places.line[numbers[k]] for k in ours]
            table = self.varying if varies else self.uniform
            if self.rows >= LONG:  # line by line, without a copy in between
                each = zip(ours, lines, strict=True)
                parts += [(k, table, line) for k, line in each]
            elif ours:
                parts.append((as_index(ours), table, as_index(lines)))

        def take(values: Any) -> None:
            for ours, table, lines in parts:
                values[ours] = table[lines]

        return take


def _einsum(xs: Any, ys: Any, out: Any) -> None:
    np.einsum("ngr,ngr->gr", xs, ys, out=out)
