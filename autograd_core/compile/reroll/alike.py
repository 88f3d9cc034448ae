"""Parts of a tape that are one program: the samples of a loop over a batch.

What one can do with this file: `find` them on a tape. A function that loops over the
samples of a batch in Python leaves a tape with one copy of its body per sample; what is
found here becomes one program that runs over lanes (`rolled`).

The one idea: guess fast, then prove. Every instruction gets a mark, a hash of what it
computes in which literals and inputs are holes. Instructions whose mark is unique hold
the samples together (the sum of the losses, the penalty of the parameters); where these
read one whose mark is not, a sample ends. The proof does not trust the marks: it walks
back from the end of the first sample and of all others at once, and each instruction
must be the same row on operands at the same places. So equal marks by accident cost a
chance, and never give a wrong program. Both are linear in the length of the tape.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..tape import CONSTANT, INPUT, PARAMETER, Tape

__all__ = ["FEWEST_INSTRUCTIONS", "Samples", "find"]

# Below this a call costs more than the instructions that it saves.
FEWEST_INSTRUCTIONS = 200
_SOURCES = (INPUT, PARAMETER, CONSTANT)


@dataclass
class Samples:
    """Parts of a tape that are equal up to their literals and inputs.

    Attributes
    ----------
    roots
        For each result of a sample, the index that it has in each of them.
    body
        The instructions of the first sample, in order.
    at
        Where each sample has them: a line per instruction, a column per sample.
    holes
        (Instruction of the first sample, which operand) -> the literal or input that
        each sample has there.
    """

    roots: list[Any]
    body: list[int]
    at: Any
    holes: dict[tuple[int, int], Any]

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.roots[0])


def find(
    tape: Tape, outputs: Iterable[int], *, by_parameter: bool = False
) -> list[Samples]:
    """The samples behind ``outputs``; none if nothing on the tape is repeated.

    With ``by_parameter`` parameters are holes too: the terms of a penalty are samples.

    Samples of one kind are one entry. Kinds that share instructions, because a sample
    has several results, are one entry too.
    """
    marks = _marks(tape, by_parameter)
    seen: set[int] = set()
    repeated: set[int] = set()
    for mark in marks:
        (repeated if mark in seen else seen).add(mark)
    groups = _frontier(tape, marks, repeated, outputs)
    if not groups:
        return []
    lines = _Lines(tape, by_parameter)
    found = []
    for some in _sharing(tape, marks, repeated, groups):
        together = lines.proved(*some)
        if together is not None:
            found.append(together)
        elif len(some[0]) > 1:
            for group in some[0]:
                body = _body(tape, marks, repeated, [group[0]])
                alone = lines.proved([group], body)
                if alone is not None:
                    found.append(alone)
    return found


def _marks(tape: Tape, by_parameter: bool) -> list[int]:
    marks: list[int] = []
    append = marks.append
    for i, row, operands in tape.instructions():
        if len(operands) == 2:  # most instructions, written out
            a, b = operands
            append(hash((id(row), marks[a], marks[b])))
        elif operands:
            append(hash((id(row), *[marks[o] for o in operands])))
        else:
            apart = row is PARAMETER and not by_parameter
            append(hash((PARAMETER.name, i)) if apart else 0)
    return marks


def _frontier(
    tape: Tape, marks: list[int], repeated: set[int], outputs: Iterable[int]
) -> list[list[int]]:
    # Where what is unique reads what is repeated, by marks; two at least of a kind.
    rows, operands = tape.rows, tape.operands
    groups: dict[int, list[int]] = {}
    seen: set[int] = set()
    ahead = list(outputs)
    while ahead:
        while ahead:
            i = ahead.pop()
            if i in seen:
                continue
            seen.add(i)
            row, mark = rows[i], marks[i]
            if mark in repeated and row not in _SOURCES and not row.multiple:
                groups.setdefault(mark, []).append(i)
            else:
                ahead += operands[i]
        # One whose like is elsewhere inside a sample is no sample.
        for mark in [mark for mark, group in groups.items() if len(group) == 1]:
            ahead += operands[groups.pop(mark)[0]]
    return [sorted(group) for group in groups.values()]


def _body(
    tape: Tape, marks: list[int], repeated: set[int], roots: Sequence[int]
) -> list[int]:
    # What a sample computes by itself: down to what is unique, and to the sources.
    found = set(roots)
    ahead = list(roots)
    while ahead:
        for o in tape.operands[ahead.pop()]:
            if o not in found and marks[o] in repeated and tape.operands[o]:
                found.add(o)
                ahead.append(o)
    return sorted(found)


def _sharing(
    tape: Tape, marks: list[int], repeated: set[int], groups: list[list[int]]
) -> list[tuple[list[list[int]], list[int]]]:
    # Groups with the bodies of their first samples; those that share some are put
    # together. Small ones are left out, and those that would compute things twice.
    found: list[tuple[list[list[int]], set[int]]] = []
    for group in groups:
        kinds, body = [group], set(_body(tape, marks, repeated, group[:1]))
        apart = []
        for others, other in found:
            if len(others[0]) == len(group) and not body.isdisjoint(other):
                kinds, body = others + kinds, body | other
            else:
                apart.append((others, other))
        found = [*apart, (kinds, body)]
    return [
        (sorted(kinds), sorted(body))
        for kinds, body in found
        if FEWEST_INSTRUCTIONS <= len(kinds[0]) * len(body) <= 2 * len(tape)
    ]


class _Lines:
    # The tape as arrays: instructions of all samples are read at once.
    def __init__(self, tape: Tape, by_parameter: bool) -> None:
        import numpy as np

        n = len(tape)
        self.tape = tape
        self.rows = np.fromiter(map(id, tape.rows), np.int64, n)
        self.arity = np.fromiter(map(len, tape.operands), np.int64, n)
        self.start = np.cumsum(self.arity) - self.arity
        # Past the end zeros: an instruction may be asked for more than it has.
        most = int(self.arity.max(initial=0))
        self.operands = np.zeros(int(self.arity.sum()) + most, np.int64)
        every = chain.from_iterable(tape.operands)
        self.operands[: len(self.operands) - most] = np.fromiter(every, np.int64)
        self.varying = (self.rows == id(INPUT)) | (self.rows == id(CONSTANT))
        if by_parameter:
            self.varying |= self.rows == id(PARAMETER)

    def proved(self, groups: list[list[int]], body: list[int]) -> Samples | None:
        """The samples, if all are what the first one is."""
        import numpy as np

        # What each sample has where the first one has an instruction of its body.
        at: dict[int, Any] = {group[0]: np.array(group) for group in groups}
        inside = set(body)
        holes: dict[tuple[int, int], Any] = {}
        same: list[tuple[Any, Any]] = []
        for i in reversed(body):
            start = self.start[at[i]]
            for place, o in enumerate(self.tape.operands[i]):
                found = self.operands[start + place]
                if o in inside:
                    known = at.setdefault(o, found)
                    if known is not found:
                        same.append((known, found))
                elif self.varying[o]:
                    holes[i, place] = found
                else:  # a parameter, or what is computed once
                    same.append((np.full(len(found), o), found))
        all_at = np.array([at[i] for i in body])
        first = np.array(body)[:, None]
        alike = (
            (self.rows[all_at] == self.rows[first]).all()
            and (self.arity[all_at] == self.arity[first]).all()
            and all(self.varying[found].all() for found in holes.values())
            and all((one == other).all() for one, other in same)
        )
        if not alike:
            return None
        return Samples([at[group[0]] for group in groups], body, all_at, holes)
