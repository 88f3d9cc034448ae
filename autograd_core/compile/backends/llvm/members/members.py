"""Large programs of few rows: vectors over the members of a group, not over rows.

What one can do with this file: lay out what raising found (`Members`): where each
number lies in one table, and the steps that compute them; `loops` writes it.

The one idea: operations of one kind that do not wait for each other are a loop, and
what a loop computes lies side by side in the order in which it runs. So what the next
loop reads is mostly side by side too, and where it is not, it is copied first if it is
read often. Sums and products of sums are one kind, the *contraction*: over the terms of
each member, of numbers or of products of two. A matrix times a vector, as many of them
side by side, and the gradient of a matrix are contractions; which of their directions
lies along vectors is decided by what costs least.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import Any

import numpy as np

from .....primitives import Primitive
from ....passes.raising import MATRIX, Group, Raised
from ....tape import STOP
from ..vectors.lanes import Vectors
from ..vectors.rows import kernel
from .runs import Arranged, Operand, Places, arranged, offsets

__all__ = ["Contraction", "Copied", "Map", "Members", "Step"]

_COPY = 1.5  # the cost of a number that is copied, in operations on vectors


@dataclass
class Map:
    """A row of the table on each member.

    Attributes
    ----------
    out
        Where the first block of results goes; the others follow, output by output.
    """

    row: Primitive
    operands: list[Operand]
    blocks: int
    out: int


@dataclass
class Contraction:
    """For each member the sum of its terms, which are numbers or products of two.

    Attributes
    ----------
    operands
        One, or two that are multiplied: where the first term of each block is.
    steps
        For each operand how far each term is from the first.
    """

    operands: list[Operand]
    steps: list[Places]
    blocks: int
    out: int


@dataclass
class Copied:
    """Numbers from these places, side by side; their count is that of whole vectors."""

    places: Places
    out: int


Step = Map | Contraction | Copied


@dataclass
class _View:
    # One way to have the terms of an operand: where the first one of each member is,
    # and the others from there. `source` is what must be copied for that.
    first: Places
    steps: Places
    source: Places | None = None
    cost: float = 0.0


class Members:
    """A raised program as steps on one table.

    Attributes
    ----------
    inputs, parameters, constants
        Where the inputs begin, the parameters, and the numbers that are given.
    given
        These, in order.
    place
        Number of the program -> where it lies.
    uniform, varying
        The steps that are done once, and for each row.
    size
        Numbers in the table.
    computed, copied
        How many numbers are computed, and how many are copied.
    operations, cost
        How many instructions on numbers that takes, each term of a sum being one; and
        about how many on vectors.
    """

    def __init__(self, program: Raised, vectors: Vectors, numerics: str) -> None:
        self.program, self.width = program, vectors.width
        self._vectors, self._numerics = vectors, numerics
        self.size, self.operations, self.cost = 0, 0, 0.0
        self.uniform: list[Step] = []
        self.varying: list[Step] = []
        self.computed = self.copied = 0
        self.place = np.full(program.count, -1, dtype=np.int64)
        self.parameters = self._sources(program.parameters)
        self.given = [*program.constants.values(), 0.0]
        self.constants = self._sources(program.constants, 1)
        self._zero = self.constants + len(program.constants)
        self.inputs = self._sources(program.inputs)
        self._known: dict[bytes, int] = {}  # what is copied -> where to
        for (varies, _), groups in groupby(program.groups, _when):
            self._steps = self.varying if varies else self.uniform
            self._level(list(groups))
        self.size += 2 * self.width  # what a last block reads behind

    def notes(self) -> list[str]:
        """Lines for a report."""
        steps = [*self.uniform, *self.varying]
        sums = sum([isinstance(step, Contraction) for step in steps])
        maps = sum([isinstance(step, Map) for step in steps])
        return [
            f"{self.computed} operations in {maps} loops and {sums} contractions",
            f"{self.copied} numbers are copied, so that others lie side by side",
        ]

    # -- places --------------------------------------------------------------------

    def _sources(self, numbers: Any, more: int = 0) -> int:
        numbers = list(numbers)
        first = self._take(len(numbers) + more)
        self.place[numbers] = first + np.arange(len(numbers))
        return first

    def _take(self, count: int) -> int:
        # The first of so many places, where a vector begins.
        first = self.size
        self.size += -(-count // self.width) * self.width
        return first

    def _put(self, outs: Places, found: Arranged) -> int:
        # Places for what the members compute, output by output.
        apart = found.blocks * self.width
        lines = outs.reshape(-1, len(found.members))[:, found.members]
        first = self._take(apart * len(lines))
        for k, line in enumerate(lines):
            there = line >= 0
            self.place[line[there]] = first + k * apart + found.slots[there]
        self.computed += outs.size
        self.cost += found.cost
        return first

    # -- steps ---------------------------------------------------------------------

    def _level(self, groups: list[Group]) -> None:
        """The steps of groups that do not wait for each other."""
        sums: dict[tuple[bool, int], list[Group]] = {}
        for group in groups:
            two = group.row is MATRIX or group.row.name == "dot"
            if two or group.row.name == "sum":
                sums.setdefault((two, len(group.args)), []).append(group)
            elif group.row is STOP or group.row.name == "identity":
                self.place[group.outs] = self.place[group.args[0]]
            else:
                self._map(group)
        for (two, width), ours in sums.items():
            outs = np.concatenate([group.outs for group in ours])
            if not width:
                self.place[outs] = self._zero
                continue
            args = np.concatenate([np.array(group.args) for group in ours], axis=1)
            self._contract(outs, [x.T for x in np.split(args, 1 + two)])

    def _map(self, group: Group) -> None:
        found = kernel(group.row, len(group.args), self._vectors, self._numerics)
        places = [self.place[arg] for arg in group.args]
        # What Python computes may raise, so that no lane may be empty.
        work = found.size + sum([text.count("\n") for text in found.needs.values()])
        ready = arranged(places, self.width, work, padded=found.by_python)
        self.operations += len(places[0]) * work
        out = self._put(np.array(group.outs), ready)
        self._steps.append(Map(group.row, ready.operands, ready.blocks, out))

    def _contract(self, outs: Places, numbers: Sequence[Places]) -> None:
        places = [self.place[x] for x in numbers]
        terms = places[0].shape[1]
        tried: list[tuple[Arranged, tuple[_View, ...]]] = []
        for views in product(*[list(self._views(x)) for x in places]):
            found = arranged([view.first for view in views], self.width, 1.0, terms)
            found.cost += sum([view.cost for view in views])
            tried.append((found, views))
        ready, chosen = min(tried, key=lambda one: one[0].cost)
        for operand, view in zip(ready.operands, chosen, strict=True):
            if view.source is not None:
                operand.starts = operand.starts + self._copy(view.source)
        self.operations += len(outs) * terms
        out = self._put(outs, ready)
        steps = [view.steps for view in chosen]
        self._steps.append(Contraction(ready.operands, steps, ready.blocks, out))

    def _views(self, places: Places) -> Iterator[_View]:
        """Where the terms of an operand lie, and where they would, copied."""
        found = offsets(places)
        if found is not None:
            yield _View(*found)
            lines, one, which = _first_of(found[0])
        else:
            lines, one, which = _first_of(places)
        if found is not None and len(one) in (1, len(lines)):
            return
        # Term by term: that of each line that differs, and to the end of a vector.
        apart = -(-len(one) // self.width) * self.width
        one = np.concatenate([one, np.repeat(one[-1:], apart - len(one))])
        source = places[one].T
        cost = 0.0 if source.tobytes() in self._known else _COPY * source.size
        yield _View(which, np.arange(len(source)) * apart, source, cost)

    def _copy(self, source: Places) -> int:
        key = source.tobytes()
        if key not in self._known:
            self._known[key] = out = self._take(source.size)
            self.copied += source.size
            self._steps.append(Copied(source.ravel(), out))
        return self._known[key]


def _first_of(lines: Places) -> tuple[Places, Places, Places]:
    # Lines, the first of each kind, and which kind each is, by the first of them.
    _, one, which = np.unique(lines, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(one)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return lines, one[order], rank[which.ravel()]


def _when(group: Group) -> tuple[bool, int]:
    return group.varies, group.level
