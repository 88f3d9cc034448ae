"""Rows of tables as inputs: what an index takes is filled in at each call.

What one can do with this file: note on a tape that a row is taken (`Taken`); for a
batch `check` the indices, fill in the rows (`Gathers.filled`), and add what is the
derivative of a row to the entries of the table that it came from (`Gathers.joined`).

The one idea: a program never sees the table. The numbers of the row are inputs; all
entries of the table are parameters of the tape, which no instruction has to read. So
one program is right for every index, and costs the same for every length of the table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import TraceError
from ..functions import sum, where
from ..indices import Index
from ..tree import flatten, structure
from ..value import Value, constant
from .slot import Slot
from .slot import where as site
from .sparse import Pattern
from .tape import Tape

__all__ = ["Gather", "Gathers", "Taken"]


@dataclass
class Gather:
    """A row of a table that an index takes.

    Attributes
    ----------
    index
        Which number of a call says which row.
    table
        Parameters of the tape, a line per row.
    slots
        The inputs of the tape that hold the row's numbers.
    """

    index: int
    table: list[list[Value]]
    slots: list[int]


@dataclass
class Taken:
    """What was taken from tables while a tape was written.

    Attributes
    ----------
    limits
        Which number of a call -> the least length of a table that it is an index of.
    gathers
        The rows that are filled in.
    """

    limits: dict[int, int] = field(default_factory=dict)
    gathers: list[Gather] = field(default_factory=list)
    _known: dict[Any, tuple[Any, Any]] = field(default_factory=dict)

    def take(
        self,
        tape: Tape,
        example: list[float],
        table: Sequence[Any],
        index: Index,
        is_new: Callable[[Value], bool],
    ) -> Any:
        """What ``take(table, index)`` gives while ``tape`` is written."""
        rows = list(table)
        k = int(example[index.place])
        if not 0 <= k < len(rows):
            raise IndexError(f"'index' must be from 0 to {len(rows) - 1}, got {k}")
        limit = self.limits.get(index.place, len(rows))
        self.limits[index.place] = min(limit, len(rows))
        parts = [flatten(row) for row in rows]
        shapes = {structure(row) for row in rows}
        if len(shapes) > 1:
            raise TraceError(
                "the rows of a table must have the same containers, to be taken by an "
                f"index; got {' and '.join(sorted(shapes)[:2])}{site()}"
            )
        lines, rebuild = [line for line, _ in parts], parts[k][1]
        if not all(_is_outside(x, is_new) for line in lines for x in line):
            columns = zip(*lines, strict=True)
            return rebuild([_selected(column, index) for column in columns])
        key = (index.place, *[id(x) for line in lines for x in line])
        if key not in self._known:  # with the table, so that no id is used again
            row = self._gathered(tape, example, lines, k, index)
            self._known[key] = (lines, row)
        return rebuild(self._known[key][1])

    def forget(self) -> None:
        """Keep nothing of the trace but what calls need."""
        self._known.clear()

    def _gathered(
        self,
        tape: Tape,
        example: list[float],
        lines: list[list[Any]],
        k: int,
        index: Index,
    ) -> list[Value]:
        leaves = [
            [x if x.__class__ is Value else constant(float(x)) for x in line]
            for line in lines
        ]
        for line in leaves:
            for leaf in line:
                tape.parameter(leaf)
        slots = [tape.input() for _ in leaves[k]]
        example += [leaf._data for leaf in leaves[k]]
        self.gathers.append(Gather(index.place, leaves, slots))
        row = [constant(Slot(tape, slot)) for slot in slots]
        for x, column in zip(row, zip(*leaves, strict=True), strict=True):
            x._wants = any([leaf._wants for leaf in column])
        return row


def _selected(numbers: Sequence[Any], index: Any) -> Value:
    # One of some numbers; -0.0 is what changes no sum.
    found: Value = sum([where(index - k, -0.0, x) for k, x in enumerate(numbers)])
    return found


def _is_outside(x: Any, is_new: Callable[[Value], bool]) -> bool:
    # A number that is there before the call: of a captured leaf, or of the code.
    if x.__class__ is Value:
        return x._row is None and x._data.__class__ is float and not is_new(x)
    return isinstance(x, (int, float)) and not isinstance(x, bool)


class _Plan(NamedTuple):
    # For some numbers to differentiate by: the slots of the gathers that have entries
    # among them, which those are, and of each parameter its line among the numbers.
    wrt: tuple[int, ...]
    apart: tuple[int, ...]
    ours: list[bool]
    line_of: Any


class Gathers:
    """What was taken, for the calls of one program.

    Parameters
    ----------
    tape
        The traced one.
    taken
        What was taken while it was written.
    """

    def __init__(self, tape: Tape, taken: Taken) -> None:
        self.limits = taken.limits
        self._all = taken.gathers
        pairs = enumerate(tape.parameters.items())
        self._places = {index: k for k, (index, _) in pairs}
        self._tape = tape
        self._tables: list[Any] = []  # for each gather the places of its table
        self._plan: _Plan | None = None  # the last one

    def __bool__(self) -> bool:
        return bool(self._all)

    def check(self, inputs: Any, rows: Any) -> None:
        """Refuse an index that a table does not have.

        Parameters
        ----------
        inputs
            The numbers of a call, (inputs, rows).
        rows
            The numbers of those rows for the message; None if they are all.

        Raises
        ------
        IndexError
            If there is one.
        """
        for place, limit in self.limits.items():
            line = inputs[place]
            if line.size == 0 or (line.min() >= 0 and line.max() < limit):
                continue
            bad = int(((line < 0) | (line >= limit)).argmax())
            row = bad if rows is None else int(rows[bad])
            where_ = f"row {row}: " if len(line) > 1 or row else ""
            raise IndexError(
                f"{where_}'index' must be from 0 to {limit - 1}, got {int(line[bad])}"
            )

    def _taken(self, inputs: Any) -> list[Any]:
        # For each gather which parameters it takes, (numbers of a row, rows).
        import numpy as np

        if not self._tables:
            place = {x: k for k, x in enumerate(self._tape.parameters.values())}
            self._tables = [
                np.array([[place[x] for x in line] for line in g.table], dtype=int)
                for g in self._all
            ]
        found = []
        for g, table in zip(self._all, self._tables, strict=True):
            which = np.clip(inputs[g.index].astype(int), 0, len(table) - 1)
            found.append(table[which].T)
        return found

    def filled(self, inputs: Any, numbers: Any) -> Any:
        """The inputs of the program: those of the call, and the rows.

        An index that is out of range is filled with another row; `check` comes first,
        but where only branches are asked for.
        """
        import numpy as np

        taken = self._taken(inputs)
        return np.concatenate([inputs, *(numbers[places] for places in taken)])

    def asked(self, wanted: Any) -> Any:
        """What the program has to give for that.

        Also the derivatives by the rows of each table that has an entry in ``wrt``.
        """
        if not self._all:
            return wanted
        return wanted._replace(apart=self._plan_of(wanted.wrt).apart)

    def _plan_of(self, wrt: tuple[int, ...]) -> "_Plan":
        import numpy as np

        if self._plan is not None and (self._plan.wrt is wrt or self._plan.wrt == wrt):
            return self._plan
        leaves = {self._tape.parameters.get(index) for index in wrt}
        ours = [any(not leaves.isdisjoint(line) for line in g.table) for g in self._all]
        pairs = zip(self._all, ours, strict=True)
        slots = tuple([slot for g, is_ours in pairs if is_ours for slot in g.slots])
        line_of = np.full(len(self._places), -1)
        for line, index in enumerate(wrt):
            if index in self._places:
                line_of[self._places[index]] = line
        self._plan = _Plan(wrt, slots, ours, line_of)
        return self._plan

    def joined(self, wanted: Any, inputs: Any, values: Any, sums: Any) -> Any:
        """Result and gradient, of the outputs of a program with ``wanted.apart``.

        Parameters
        ----------
        wanted
            As `asked` gave it.
        inputs, values, sums
            The call's inputs, and what its program gave.
        """
        apart = len(wanted.apart)
        if wanted.summed:
            self._fold(inputs, wanted.wrt, sums[1:], values)
            return sums
        found, derivatives = values[apart:], values[:apart, None]
        self._fold(inputs, wanted.wrt, found[1:, None], derivatives)
        return found

    def joined_matrix(
        self, wanted: Any, inputs: Any, pattern: Pattern, table: Any
    ) -> tuple[Pattern, Any]:
        """A Jacobian or Hessian, from one that has the rows apart.

        Which entries are not zero depends on the indices, so all are there.
        """
        import numpy as np

        n, rows = len(wanted.wrt), inputs.shape[1]
        dense = np.zeros((*pattern.shape, rows))
        dense[list(pattern.rows), list(pattern.columns)] = table
        dense = dense.swapaxes(0, 1)
        self._fold(inputs, wanted.wrt, dense[:n], dense[n:])
        dense = dense[:n].swapaxes(0, 1)
        if wanted.kind == "hessian":
            self._fold(inputs, wanted.wrt, dense[:n], dense[n:])
            dense = dense[:n]
        places = np.indices(dense.shape[:2]).reshape(2, -1).tolist()
        whole = Pattern((len(dense), n), tuple(places[0]), tuple(places[1]))
        return whole, dense.reshape(-1, rows)

    def _fold(
        self, inputs: Any, wrt: tuple[int, ...], into: Any, derivatives: Any
    ) -> None:
        # Add the derivatives by the rows to those by the tables' entries. ``into`` is
        # (wrt, numbers, rows), or (wrt,) for the sum over the rows; ``derivatives`` is
        # (slots, numbers, rows), or (slots, rows).
        import numpy as np

        plan = self._plan_of(wrt)
        taken = zip(plan.ours, self._taken(inputs), strict=True)
        places = [numbers for is_ours, numbers in taken if is_ours]
        # From the last to the first, as a sweep comes to them.
        lines = plan.line_of[np.concatenate(places)[::-1]].T
        row, slot = np.nonzero(lines >= 0)
        line = lines[row, slot]
        found = np.moveaxis(derivatives[::-1], -1, 0)[row, slot]
        if into.ndim > 1:
            to: Any = (line, slice(None), row)
            np.add.at(into, to, found)
            return
        # Within a row first, then row after row: the order of backward().
        pairs, pair = np.unique(line * len(lines) + row, return_inverse=True)
        sums = np.bincount(pair, weights=found)
        into += np.bincount(pairs // len(lines), weights=sums, minlength=len(into))
