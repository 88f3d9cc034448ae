"""One sample as a tape, and what each sample reads as lanes.

What one can do with this file: `body_of` samples that were found; take parts of a tape
over to another one (`Copy`).

The one idea: a number that a sample reads is one of four. The same literal in all
samples stays a literal. The same line of literals or inputs is one input of the
sample's tape, however often it is read. A parameter is a parameter. What all samples
share is computed from the same things on each sample's own tape; backends compute what
depends on parameters alone once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import pack, unpack
from typing import Any

from ...primitives import TABLE
from ..tape import CONSTANT, INPUT, Tape
from .alike import Samples

__all__ = ["Body", "Copy", "Lanes", "added", "body_of", "made_of", "shared_by"]

_ADD = TABLE["add"]


class Lanes:
    """What each sample reads: literals, and numbers that are given at each call.

    Attributes
    ----------
    fixed
        A line for each input of a sample, a column for each sample; literals are there.
    where, which
        Place in the flat table, and which of the given numbers belongs there.
    together
        The places as a slice, if they are next to each other.
    count
        How many samples there are.
    """

    def __init__(
        self, tape: Tape, given: Iterable[int], sources: list[Any], count: int
    ) -> None:
        import numpy as np

        place = {i: k for k, i in enumerate(given)}
        flat = [i for line in sources for i in line.tolist()]
        self.fixed = np.array([tape.constants.get(i, 0.0) for i in flat])
        self.fixed.shape = len(sources), count
        self.count = count
        which = np.array([place.get(i, -1) for i in flat], dtype=int)
        self.where = np.flatnonzero(which >= 0)
        self.which = which[self.where]
        first, n = int(self.where[0]) if self.where.size else 0, len(self.where)
        whole = bool(n) and int(self.where[-1]) == first + n - 1
        self.together = slice(first, first + n) if whole else None

    def of(self, numbers: Any) -> Any:
        """The table for the given numbers, (n,)."""
        if not self.where.size:
            return self.fixed
        table = self.fixed.copy()
        self.fill(table, numbers)
        return table

    def fill(self, table: Any, numbers: Any) -> None:
        """Put the given numbers where they belong."""
        flat = table.reshape(-1)
        if self.together:  # three times as fast
            numbers.take(self.which, out=flat[self.together], mode="clip")
        else:
            flat[self.where] = numbers[self.which]

    def line(self, table: Any) -> Any:
        """Of a table with one line that is given, that line."""
        return table[self.where[0] // self.count]


@dataclass
class Body:
    """One kind of sample.

    Attributes
    ----------
    tape
        Computes the results of one sample; all parameters of the function come first.
    samples
        Where it was found.
    sources
        For each of its inputs what each sample reads: indices on the function's tape.
    lanes
        The same as numbers; given are the function's inputs, or its parameters.
    """

    tape: Tape
    samples: Samples
    sources: list[Any]
    lanes: Lanes


class Copy:
    """Some instructions of a tape, and what they need, on a new one."""

    def __init__(self, tape: Tape, new: Tape) -> None:
        self.tape, self.new = tape, new
        self.at = {i: new.parameter(leaf) for i, leaf in tape.parameters.items()}
        self.input: Callable[[int], int] = lambda i: new.input()

    def reading_inputs(self) -> Callable[[], list[int]]:
        """Take inputs over when they are needed; the function says which they are."""
        reads: list[int] = []
        new, inputs = self.new, self.tape.inputs  # not itself: that would be a cycle

        def take(i: int) -> int:
            reads.append(i)
            return new.input()

        self.input = take
        return lambda: [inputs.index(i) for i in reads]

    def all_of(self, indices: Iterable[int]) -> list[int]:
        """The indices on the new tape, of what may have to be copied first."""
        wanted = list(indices)
        ahead, needed = list(wanted), set()
        while ahead:
            i = ahead.pop()
            if i not in needed and i not in self.at:
                needed.add(i)
                ahead += self.tape.operands[i]
        for i in sorted(needed):
            self._one(i)
        return [self.at[i] for i in wanted]

    def _one(self, i: int) -> None:
        row = self.tape.rows[i]
        if row is INPUT:
            self.at[i] = self.input(i)
        elif row is CONSTANT:
            self.at[i] = self.new.constant(self.tape.constants[i])
        elif i not in self.at:
            operands = tuple([self.at[o] for o in self.tape.operands[i]])
            emit(self.tape, i, operands, self.new, self.at)


def body_of(tape: Tape, samples: Samples) -> Body:
    """One of the samples, which computes what all of them do."""
    new = Tape()
    lines: list[Any] = []
    shared = shared_by(tape, new, samples, lines)
    hole = _Holes(tape, new, lines)
    # Apart from what all samples share, which may read the first one's numbers too.
    at: dict[int, int] = {}
    for i in samples.body:
        operands = []
        for place, o in enumerate(tape.operands[i]):
            here = samples.holes.get((i, place))
            if here is not None:
                operands.append(hole.index(here))
            else:
                operands += [at[o]] if o in at else shared.all_of([o])
        if i not in at:
            emit(tape, i, tuple(operands), new, at)
    new.outputs = [at[int(root[0])] for root in samples.roots]
    return made_of(tape, new, samples, lines)


def emit(
    tape: Tape, i: int, operands: tuple[int, ...], new: Tape, at: dict[int, int]
) -> None:
    """Put an instruction on another tape, and all outputs of one that has several."""
    at[i] = new.emit(tape.rows[i], operands)
    k = i + 1
    while k < len(tape) and tape.operands[k] == (i,) and tape.rows[k].name == "item":
        at[k] = new.emit(tape.rows[k], (at[i],))
        k += 1


def made_of(tape: Tape, new: Tape, samples: Samples, lines: list[Any]) -> Body:
    """A sample of which each input reads a line of ``lines``."""
    # Given are the function's inputs; its parameters, if samples are its terms.
    given = [*tape.inputs, *tape.parameters]
    return Body(new, samples, lines, Lanes(tape, given, lines, samples.count))


def shared_by(tape: Tape, new: Tape, samples: Samples, lines: list[Any]) -> Copy:
    """What is the same for all samples, to be put on the tape of one."""
    import numpy as np

    def same_for_all(i: int) -> int:
        lines.append(np.full(samples.count, i))
        return new.input()

    copy = Copy(tape, new)
    copy.input = same_for_all
    return copy


class _Holes:
    # The same literal everywhere is one; the same line of sources is one input.
    def __init__(self, tape: Tape, new: Tape, lines: list[Any]) -> None:
        self.constants, self.new, self.lines = tape.constants, new, lines
        self.taken: dict[bytes, int] = {}

    def index(self, sources: Any) -> int:
        key = self.literals(sources)
        if len(key) == 8:
            return self.new.constant(*unpack("<d", key))
        found = self.taken.get(key)
        if found is None:
            found = self.taken[key] = self.new.input()
            self.lines.append(sources)
        return found

    def literals(self, sources: Any) -> bytes:
        # Their bits, once if all are the same; of other sources where they are.
        numbers = [self.constants.get(i) for i in sources.tolist()]
        if None in numbers:
            places: bytes = sources.tobytes()
            return b"inputs" + places
        bits = pack(f"<{len(numbers)}d", *numbers)
        return bits[:8] if bits == bits[:8] * len(numbers) else bits


def added(tape: Tape, numbers: list[int]) -> int:
    """The index of the sum of one or more numbers."""
    total = numbers[0]
    for number in numbers[1:]:
        total = tape.emit(_ADD, (total, number))
    return total
