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

from ...errors import TraceError
from ...functions import sum, where
from ...indices import Index
from ...tree import flatten, structure
from ...value import Value, constant
from ..deriving.matrix import Pattern
from ..tape import Tape
from .slot import Slot
from .slot import where as site

__all__ = ["Gather", "Gathers", "Taken", "totals"]


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


class Plan(NamedTuple):
    """How derivatives by what was taken belong to some numbers.

    Attributes
    ----------
    wrt
        The numbers, by their indices on the tape.
    apart
        The slots of the gathers that have entries among them.
    ours
        Which of all slots those are.
    line_of
        Of each parameter its line among the numbers, or -1.
    """

    wrt: tuple[int, ...]
    apart: tuple[int, ...]
    ours: Any
    line_of: Any


class Slots(NamedTuple):
    """All slots together, an int for each.

    Attributes
    ----------
    tables
        The tables one after the other, as places of parameters.
    index
        Which number of a call is the slot's index.
    last
        The largest index.
    width
        How many entries lie between two rows of the table.
    first
        Where its entry of the first row stands in ``tables``.
    """

    tables: Any
    index: Any
    last: Any
    width: Any
    first: Any


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
        self._slots: Slots | None = None
        self._plan: Plan | None = None  # the last one

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
        import numpy as np

        if not self.limits:
            return
        lines = inputs[list(self.limits)]
        limits = np.array(list(self.limits.values()))[:, None]
        bad = (lines < 0) | (lines >= limits)
        if not bad.any():
            return
        k, column = np.argwhere(bad)[0].tolist()
        row = column if rows is None else int(rows[column])
        where_ = f"row {row}: " if inputs.shape[1] > 1 or row else ""
        raise IndexError(
            f"{where_}'index' must be from 0 to {int(limits[k, 0]) - 1}, got "
            f"{int(lines[k, column])}"
        )

    def taken(self, inputs: Any) -> Any:
        """Which parameter each slot takes, (slots, rows).

        An index that is out of range takes another one; `check` comes first, but where
        only branches are asked for.
        """
        import numpy as np

        tables, index, last, width, first = self.slots()
        which = np.minimum(np.maximum(inputs[index], 0.0), last[:, None])
        return tables[first[:, None] + width[:, None] * which.astype(np.int64)]

    def slots(self) -> Slots:
        """What is filled in, slot by slot."""
        if self._slots is None:
            self._slots = self._laid_out()
        return self._slots

    def _laid_out(self) -> Slots:
        import numpy as np

        place = {x: k for k, x in enumerate(self._tape.parameters.values())}
        tables: list[int] = []
        found: list[tuple[int, int, int, int]] = []
        for g in self._all:
            width = len(g.slots)
            found += [
                (g.index, len(g.table) - 1, width, len(tables) + k)
                for k in range(width)
            ]
            tables += [place[x] for line in g.table for x in line]
        columns = np.array(found, dtype=np.int64).T.copy()
        return Slots(np.array(tables, dtype=np.int64), *columns)

    def filled(self, inputs: Any, numbers: Any, taken: Any) -> Any:
        """The inputs of the program: those of the call, and the rows."""
        import numpy as np

        return np.concatenate([inputs, numbers[taken]])

    def asked(self, wanted: Any) -> Any:
        """What the program has to give for that.

        Also the derivatives by the rows of each table that has an entry in ``wrt``.
        """
        if not self._all:
            return wanted
        return wanted._replace(apart=self.plan(wanted.wrt).apart)

    def plan(self, wrt: tuple[int, ...]) -> Plan:
        """Where the derivatives go; the last plan is kept."""
        import numpy as np

        if self._plan is not None and (self._plan.wrt is wrt or self._plan.wrt == wrt):
            return self._plan
        leaves = {self._tape.parameters.get(index) for index in wrt}
        ours = [any(not leaves.isdisjoint(line) for line in g.table) for g in self._all]
        slots = [
            (slot, is_ours)
            for g, is_ours in zip(self._all, ours, strict=True)
            for slot in g.slots
        ]
        apart = tuple([slot for slot, is_ours in slots if is_ours])
        those = np.flatnonzero([is_ours for _, is_ours in slots])
        line_of = np.full(len(self._places), -1)
        for line, index in enumerate(wrt):
            if index in self._places:
                line_of[self._places[index]] = line
        self._plan = Plan(wrt, apart, those, line_of)
        return self._plan

    def joined(self, wanted: Any, taken: Any, values: Any, sums: Any) -> Any:
        """Result and gradient, of the outputs of a program with ``wanted.apart``.

        Parameters
        ----------
        wanted
            As `asked` gave it.
        taken, values, sums
            As `taken` gave it, and what the program gave.
        """
        apart = len(wanted.apart)
        if wanted.summed:
            self._fold(taken, wanted.wrt, sums[1:], values)
            return sums
        found, derivatives = values[apart:], values[:apart, None]
        self._fold(taken, wanted.wrt, found[1:, None], derivatives)
        return found

    def joined_matrix(
        self, wanted: Any, taken: Any, pattern: Pattern, table: Any
    ) -> tuple[Pattern, Any]:
        """A Jacobian or Hessian, from one that has the rows apart.

        Which entries are not zero depends on the indices, so all are there.
        """
        import numpy as np

        n, rows = len(wanted.wrt), taken.shape[1]
        dense = np.zeros((*pattern.shape, rows))
        dense[list(pattern.rows), list(pattern.columns)] = table
        dense = dense.swapaxes(0, 1)
        self._fold(taken, wanted.wrt, dense[:n], dense[n:])
        dense = dense[:n].swapaxes(0, 1)
        if wanted.kind == "hessian":
            self._fold(taken, wanted.wrt, dense[:n], dense[n:])
            dense = dense[:n]
        places = np.indices(dense.shape[:2]).reshape(2, -1).tolist()
        whole = Pattern((len(dense), n), tuple(places[0]), tuple(places[1]))
        return whole, dense.reshape(-1, rows)

    def _fold(
        self, taken: Any, wrt: tuple[int, ...], into: Any, derivatives: Any
    ) -> None:
        # Add the derivatives by the rows to those by the tables' entries. ``into`` is
        # (wrt, numbers, rows), or (wrt,) for the sum over the rows; ``derivatives`` is
        # (slots, numbers, rows), or (slots, rows).
        import numpy as np

        plan = self.plan(wrt)
        lines = plan.line_of[taken[plan.ours]]
        if into.ndim == 1:
            into += totals(lines, derivatives, len(into))
            return
        line, slot, row = _last_first(lines)
        to: Any = (line, slice(None), row)
        np.add.at(into, to, np.moveaxis(derivatives, 1, -1)[slot, row])


def totals(lines: Any, derivatives: Any, n: int) -> Any:
    """Derivatives added up by their lines, as `backward` on row after row does.

    Parameters
    ----------
    lines, derivatives
        (slots, rows): which of ``n`` lines, or -1 for none; and the numbers.
    """
    import numpy as np

    line, slot, row = _last_first(lines)
    found, rows = derivatives[slot, row], lines.shape[1]
    if rows > 1:  # within a row first, then row after row
        pairs, pair = np.unique(line * rows + row, return_inverse=True)
        found = np.bincount(pair, weights=found)
        line = pairs // rows
    return np.bincount(line, weights=found, minlength=n)


def _last_first(lines: Any) -> tuple[Any, Any, Any]:
    # Row after row, from the last slot to the first, as a sweep comes to them: the
    # line, the slot, the row.
    import numpy as np

    row, slot = np.nonzero(lines[::-1].T >= 0)
    slot = len(lines) - 1 - slot
    return lines[slot, row], slot, row
