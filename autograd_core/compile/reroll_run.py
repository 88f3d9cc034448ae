"""Programs that were re-rolled, run: for one row, which is a whole batch.

What one can do with this file: `build` the program that a `Rolled` function is, for the
same outputs as `pipeline.build`.

The one idea: the samples are rows. A `Summed` function needs one call over them, which
adds up, and one that adds the rest. Any other function of the samples (`Staged`) needs
three, by the chain rule: the samples' results; what they make together, with its
derivatives by them; the samples again, each multiplied by its derivative, which is one
more input of a lane, and added up. That is also the order in which eager's sweep
adds, if it reaches each parameter from one instruction of a sample (`Rolled.in_order`).
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from ..primitives import TABLE
from .backends import Backend
from .cache import Made
from .pipeline import Wanted
from .pipeline import build as build_tape
from .reroll import Rolled
from .reroll_lanes import Body, Lanes, added
from .reroll_sum import Sum
from .tape import Tape

__all__ = ["Staged", "Summed", "build", "obstacle"]

_MUL = TABLE["mul"]
_EACH = Wanted("values")


def obstacle(rolled: Rolled, wanted: Wanted) -> str:
    """Why no re-rolled program can compute this; "" if one can."""
    if wanted.numerics == "eager" and wanted.kind == "gradient" and not rolled.in_order:
        return "eager numerics adds in the order of the sweep, and this has another"
    if wanted.apart:
        return "entries of a table that an index takes belong to single samples"
    if not set(wanted.wrt).issubset(rolled.parameters):
        return "a derivative by inputs belongs to single samples"
    return ""


def build(rolled: Rolled, wanted: Wanted, backend: Backend) -> Made:
    """The program for one row; its parameters in the order of ``Made.order``."""
    place = {i: k for k, i in enumerate(rolled.parameters)}
    wrt = tuple([place[i] for i in wanted.wrt])
    run: Summed | Staged
    fast = wanted.numerics == "fast"
    if wanted.kind == "gradient" and rolled.sum is not None and fast:
        run = Summed(rolled, rolled.sum, wrt, wanted.summed, backend)
    else:
        run = Staged(rolled, wanted, wrt, backend)
    programs = run.programs
    order = [k for made in programs for k in _order(made)] + run.moved
    notes = [note for made in programs for note in made.notes]
    straight = order == list(range(len(place)))
    return Made(run, programs[0].tape, None if straight else order, notes)


def _order(made: Made) -> Sequence[int]:
    # Which of the function's parameters a program has; tapes have all, in order.
    return range(len(made.tape.parameters)) if made.order is None else made.order


class _Run:
    # Programs with their parameters one after the other, then those that are moved.
    programs: list[Made]
    moved: list[int]
    native = False  # whether nothing of it is done by Python

    @property
    def calls(self) -> list[Any]:
        """What runs each program; an executable of the backend."""
        return [made.run for made in self.programs]

    def given(self, numbers: Any) -> list[Any]:
        """The parameters of each program, and those that are moved."""
        sizes = [len(made.tape.parameters) for made in self.programs]
        ends = list(accumulate([*sizes, len(self.moved)], initial=0))
        return [numbers[start:end] for start, end in pairwise(ends)]

    @property
    def notes(self) -> list[str]:
        """Those of the programs, for a report."""
        return [note for run in self.calls for note in getattr(run, "notes", ())]

    def report(self) -> dict[str, Any]:
        """Which rows need Python, in any of the programs."""
        reports = [run.report() for run in self.calls]
        return {"by_python": {k: v for r in reports for k, v in r["by_python"].items()}}

    def bind(self, inputs: Any, parameters: Any, values: Any) -> "Bound":
        """The program on arrays that stay the same."""
        return Bound(self, inputs, parameters, values)


class Bound:
    """A re-rolled program on arrays that stay the same; only their numbers change."""

    def __init__(self, run: Any, inputs: Any, parameters: Any, values: Any) -> None:
        self._run = run
        self._inputs, self._parameters, self._values = inputs, parameters, values

    def entry(self, copies: Sequence[tuple[Any, Any]] = ()) -> Callable[[], None]:
        """A function that makes these copies, (to, from), and runs once."""
        import numpy as np

        def run() -> None:
            for to, source in copies:
                np.copyto(to, source.ravel())
            found, _ = self._run(self._inputs, self._parameters)
            np.copyto(self._values, found)

        return run


class Summed(_Run):
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
        rolled: Rolled,
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
        return _as_asked(terms.sum(axis=0), self.summed)

    @property
    def has_rest(self) -> bool:
        """Whether the last line is what is added once."""
        return self.lines > len(self.bodies) + len(self.penalties)

    def bind(self, inputs: Any, parameters: Any, values: Any = None) -> Any:
        """The program on these arrays, to be called again and again."""
        if values is not None:
            return super().bind(inputs, parameters, values)
        return BoundSum(self, inputs, parameters)


class BoundSum:
    """A re-rolled sum on arrays that stay the same; only their numbers change.

    Attributes
    ----------
    steps
        Bound programs, and pairs of arrays: what is copied, and where to.
    sums
        Result and gradient, when all steps are done.
    """

    def __init__(self, summed: Summed, inputs: Any, parameters: Any) -> None:
        import numpy as np

        self.steps: list[Any] = []
        self._inputs = inputs[:, 0]
        self._filled: list[tuple[Lanes, Any]] = []
        calls, given = summed.calls, summed.given(parameters)
        terms = np.zeros((summed.lines, summed.size))
        for k, body in enumerate(summed.bodies):
            table = body.lanes.fixed.copy()
            if body.lanes.where.size:
                self._filled.append((body.lanes, table))
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
            self._read = np.zeros((len(summed.reads), 1))
            bound = calls[k].bind(self._read, given[k])
            self.steps += [bound, (bound.values[:, 0], terms[k])]
        self._reads = summed.reads
        if summed.lines == 1:
            self.steps.pop()  # there is nothing to add
        else:
            bound = calls[-1].bind(terms, given[-2])
            self.steps.append(bound)
            self.sums = bound.values[0]

    def fill(self) -> None:
        """Read the inputs anew."""
        for lanes, table in self._filled:
            lanes.fill(table, self._inputs)
        if self._reads:
            self._read[:, 0] = self._inputs[self._reads]


class Staged(_Run):
    """Any function of the samples' results: all its results, or one's gradient.

    Attributes
    ----------
    programs
        One for each kind of sample, what they make together, and for a gradient one
        more for each kind.
    """

    def __init__(
        self, rolled: Rolled, wanted: Wanted, wrt: tuple[int, ...], backend: Backend
    ) -> None:
        numerics = wanted.numerics
        each = Wanted("values", numerics=numerics)
        self.exact = numerics == "eager"
        self.summed = wanted.summed
        self.moved = []
        self.lanes = [body.lanes for body in rolled.bodies]
        self.sizes = [
            (len(body.tape.outputs), body.samples.count) for body in rolled.bodies
        ]
        self.reads = rolled.reads
        self.programs = [
            build_tape(body.tape, len(body.tape.outputs), each, backend)
            for body in rolled.bodies
        ]
        outer = rolled.outer
        self.gradient = wanted.kind == "gradient"
        if not self.gradient:
            once = each._replace(single=True)
            self.programs.append(build_tape(outer, len(outer.outputs), once, backend))
            return
        samples = outer.inputs[: sum(n * count for n, count in self.sizes)]
        by_all = Wanted("gradient", (*samples, *wrt), numerics=numerics, single=True)
        self.programs.append(build_tape(outer, 1, by_all, backend))
        by_parameters = Wanted("gradient", wrt, not self.exact, numerics=numerics)
        self.programs += [
            build_tape(_weighted(body.tape), 1, by_parameters, backend)
            for body in rolled.bodies
        ]

    def __call__(self, inputs: Any, parameters: Any) -> tuple[Any, Any]:
        """Values (outputs, 1) and sums of one row, like any program."""
        import numpy as np

        kinds = len(self.lanes)
        given = self.given(parameters)
        lanes = [lanes.of(inputs[:, 0]) for lanes in self.lanes]
        results = [
            self.programs[k].run(lanes[k], given[k])[0].reshape(-1)
            for k in range(kinds)
        ]
        everything = np.concatenate([*results, inputs[self.reads, 0]])[:, None]
        found = self.programs[kinds].run(everything, given[kinds])[0][:, 0]
        if not self.gradient:
            return _as_asked(found, self.summed)
        start = 1
        total = np.concatenate([found[:1], found[1 + sum(map(len, results)) :]])
        for k, size in enumerate(self.sizes):
            weights = found[start : start + len(results[k])].reshape(size)
            start += len(results[k])
            made = self.programs[kinds + 1 + k]
            weighted = np.concatenate([lanes[k], weights])
            by_sample, added = made.run(weighted, given[kinds + 1 + k])
            if self.exact:  # one after the other, the last sample first
                terms = np.concatenate([total[1:, None], by_sample[1:, ::-1]], axis=1)
                total[1:] = 0.0 + np.add.accumulate(terms, axis=1)[:, -1]
            else:
                total[1:] += added[1:]
        return _as_asked(total, self.summed)


def _as_asked(found: Any, summed: bool) -> tuple[Any, Any]:
    nothing = found[:0]
    return (nothing[:, None], found) if summed else (found[:, None], nothing)


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


def _weighted(tape: Tape) -> Tape:
    # Each result of a sample times one more input, added up.
    new = tape.copy()
    terms = [new.emit(_MUL, (new.input(), s)) for s in tape.outputs]
    new.outputs = [added(new, terms)]
    return new
