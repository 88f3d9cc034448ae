"""Any function of samples: three passes, by the chain rule.

What one can do with this file: run a `Staged` function.

The one idea: the samples' results; what they make together, with its derivatives by
them; the samples again, each multiplied by its derivative, which is one more input of a
lane, and added up. That is also the order in which eager's sweep adds, if it reaches
each parameter from one instruction of a sample (`Rolled.in_order`).
"""

from typing import Any

from ...primitives import TABLE
from ..backends import Backend
from ..pipeline import Wanted
from ..pipeline import build as build_tape
from ..tape import Tape
from .calls import Run, as_asked
from .lanes import added
from .reroll import Rolled

__all__ = ["Staged"]

_MUL = TABLE["mul"]


class Staged(Run):
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
            return as_asked(found, self.summed)
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
        return as_asked(total, self.summed)


def _weighted(tape: Tape) -> Tape:
    # Each result of a sample times one more input, added up.
    new = tape.copy()
    terms = [new.emit(_MUL, (new.input(), s)) for s in tape.outputs]
    new.outputs = [added(new, terms)]
    return new
