"""Result and gradient of a sum over samples: one pass over the lanes, and the rest.

What one can do with this file: run a `Summed` function, or bind it to arrays, for a
native step.

The one idea: everything gives a line of (result, gradient), and a program of one
addition puts the lines together. Samples add up over their lanes. In a penalty the
parameters are the lanes: its sum is one number, its derivatives stay apart and go where
their parameters are.
"""

from typing import Any

from ..backends import Backend
from ..pipeline import Wanted
from ..pipeline import build as build_tape
from ..tape import Tape
from .calls import Run, as_asked
from .lanes import Body, added
from .total import Sum

__all__ = ["BoundSum", "Summed"]

_EACH = Wanted("values")


class Summed(Run):
    """Result and gradient of a sum over the samples.

    What is added up, lines of `terms`: the sums over each kind of sample; those over
    parameters; the rest.

    Attributes
    ----------
    programs
        One for each line, and one that adds them, if there are several.
    moved
        The parameters that are samples of a penalty, which its lanes read.
    """

    native = True

    def __init__(
        self,
        total: Sum,
        wrt: tuple[int, ...],
        summed: bool,
        backend: Backend,
    ) -> None:
        self.summed = summed
        self.size = 1 + len(wrt)
        self.bodies, self.penalties = total.bodies, total.penalties
        self.reads = total.reads
        by_all = Wanted("gradient", wrt, summed=True)
        tapes = [(body.tape, by_all) for body in total.bodies]
        tapes += [(body.tape, _by_its_own(body)) for body in total.penalties]
        if total.rest is not None:
            tapes.append((total.rest, Wanted("gradient", wrt, single=True)))
        self.lines = len(tapes)
        if self.lines > 1:
            tapes.append((_addition(self.lines), _EACH))
        self.programs = [build_tape(tape, 1, wanted, backend) for tape, wanted in tapes]
        # The first of the moved, and where the derivatives go.
        place = {p: 1 + k for k, p in enumerate(wrt)}
        self.runs: list[tuple[int, list[tuple[int, int, int]]]] = []
        self.moved = []
        for body in total.penalties:
            lanes = body.lanes.which.tolist()
            self.runs.append((len(self.moved), _runs(lanes, place)))
            self.moved += lanes

    def __call__(self, inputs: Any, parameters: Any) -> tuple[Any, Any]:
        """Values (outputs, 1) and sums of one row, like any program."""
        import numpy as np

        terms = np.zeros((self.lines, self.size))
        given = self.given(parameters)
        for k, body in enumerate(self.bodies):
            lanes = body.lanes.of(inputs[:, 0])
            terms[k] = self.programs[k].run(lanes, given[k])[1]
        for k, body in enumerate(self.penalties, len(self.bodies)):
            first, runs = self.runs[k - len(self.bodies)]
            table = body.lanes.fixed.copy()
            body.lanes.line(table)[:] = given[-1][first : first + body.lanes.count]
            slopes, terms[k, :1] = self.programs[k].run(table, given[k])
            for lane, place, count in runs:
                terms[k, place : place + count] = slopes[0, lane : lane + count]
        if self.has_rest:
            k = self.lines - 1
            terms[k] = self.programs[k].run(inputs[self.reads], given[k])[0][:, 0]
        return as_asked(terms.sum(axis=0), self.summed)

    @property
    def has_rest(self) -> bool:
        """Whether the last line is what is added once."""
        return self.lines > len(self.bodies) + len(self.penalties)

    def bind(
        self,
        inputs: Any,
        parameters: Any,
        values: Any = None,
        sums: Any = None,
        spans: Any = None,
    ) -> Any:
        """The program on these arrays, to be called again and again."""
        if values is not None:
            return super().bind(inputs, parameters, values)
        return BoundSum(self, inputs, parameters, sums)


class BoundSum:
    """A re-rolled sum on arrays that stay the same; only their numbers change.

    Attributes
    ----------
    steps
        Bound programs; pairs of arrays: what is copied, and where to; and such pairs
        with the places of each, (source, which, target, where).
    sums
        Result and gradient, when all steps are done.
    """

    def __init__(
        self, summed: Summed, inputs: Any, parameters: Any, sums: Any = None
    ) -> None:
        import numpy as np

        self.steps: list[Any] = []
        calls, given = summed.calls, summed.given(parameters)
        terms = np.zeros((summed.lines, summed.size))
        for k, body in enumerate(summed.bodies):
            table = body.lanes.fixed.copy()
            lanes = body.lanes
            if lanes.where.size:
                self.steps.append((inputs, lanes.which, table, lanes.where))
            bound = calls[k].bind(table, given[k])
            self.steps += [bound, (bound.sums, terms[k])]
            self.sums = bound.sums
        for k, body in enumerate(summed.penalties, len(summed.bodies)):
            first, runs = summed.runs[k - len(summed.bodies)]
            table = body.lanes.fixed.copy()
            moved = given[-1][first : first + body.lanes.count]
            bound = calls[k].bind(table, given[k])
            self.steps += [(moved, body.lanes.line(table)), bound]
            self.steps.append((bound.sums, terms[k, :1]))
            for lane, place, count in runs:
                slopes = bound.values[0, lane : lane + count]
                self.steps.append((slopes, terms[k, place : place + count]))
        if summed.has_rest:
            k = summed.lines - 1
            read = np.zeros((len(summed.reads), 1))
            reads = np.array(summed.reads, dtype=np.int64)
            self.steps.append((inputs, reads, read, np.arange(len(reads))))
            bound = calls[k].bind(read, given[k])
            self.steps += [bound, (bound.values[:, 0], terms[k])]
        if summed.lines == 1:
            self.steps.pop()  # there is nothing to add
        else:
            bound = calls[-1].bind(terms, given[-2])
            self.steps.append(bound)
            self.sums = bound.values[0]
        if sums is not None:
            self.steps.append((self.sums, sums))
            self.sums = sums


def _by_its_own(body: Body) -> Wanted:
    # Of a term in one parameter, which is an input: its derivative, and its sum.
    own = body.tape.inputs[int(body.lanes.where[0]) // body.lanes.count]
    return Wanted("gradient", summed=True, apart=(own,))


def _addition(terms: int) -> Tape:
    new = Tape()
    new.outputs = [added(new, [new.input() for _ in range(terms)])]
    return new


def _runs(lanes: list[int], place: dict[int, int]) -> list[tuple[int, int, int]]:
    # (first lane, first place, how many), where both go on together.
    found: list[tuple[int, int, int]] = []
    for lane, parameter in enumerate(lanes):
        to = place.get(parameter)
        if to is None:
            continue
        if found:
            first, start, count = found[-1]
            if (first + count, start + count) == (lane, to):
                found[-1] = first, start, count + 1
                continue
        found.append((lane, to, 1))
    return found
