"""A loop over a batch, found on the tape that it left, as one program over lanes.

What one can do with this file: `reroll` a traced tape; the result has, for each kind of
sample, the tape of one (`Body`), and what the function does with their results: a sum
(`Sum`), or a tape of its own (`Rolled.outer`).

The one idea: code that loops over the samples of a batch leaves a tape that repeats
itself. Three questions, a file each: which parts are alike (`alike`), what one
of them is and what each has of its own (`lanes`), how the result is made of them
(`total`). Differentiation comes afterwards, of short tapes (`run`).

Source: loop re-rolling, the inverse of unrolling, of compilers (LLVM's LoopReroll).
"""

from dataclasses import dataclass

from ..tape import PARAMETER, Tape
from .alike import FEWEST_INSTRUCTIONS, Samples, find
from .lanes import Body, Copy, body_of
from .total import Sum, sum_of

__all__ = ["Rolled", "reroll"]

MOST_THAT_STAYS = 0.75  # of the instructions; else a row's own program is better


@dataclass
class Rolled:
    """A function whose tape has parts that are alike.

    Attributes
    ----------
    parameters
        Those of the function: indices on its tape, in order.
    bodies
        Each kind of sample.
    outer
        Computes all results from those of the samples, which are its first inputs:
        kind by kind, result by result, sample by sample; then come ``reads``.
    reads
        Which of the function's inputs.
    sum
        The first result as a sum, if it is one.
    in_order
        Whether the sweep over the function's graph adds to each parameter first what
        comes from ``outer``, and then one number from each sample, the last one first.
    """

    parameters: list[int]
    bodies: list[Body]
    outer: Tape
    reads: list[int]
    sum: Sum | None
    in_order: bool

    def line(self) -> str:
        """What was found, for a report."""
        kinds = [
            f"{body.samples.count} samples of {len(body.samples.body)} instructions "
            f"({len(body.sources)} numbers of their own)"
            for body in self.bodies
        ]
        how = "their sum" if self.sum else "any function of them, by the chain rule"
        return f"alike: {', '.join(kinds)}; the result is {how}"


def reroll(tape: Tape, results: int) -> Rolled | str:
    """The tape as programs over lanes, or why there are none; "" for a small one.

    Parameters
    ----------
    results
        How many of the tape's outputs are results.
    """
    outputs = tape.outputs[:results]
    if len(tape) < FEWEST_INSTRUCTIONS:
        return ""
    found = find(tape, outputs)
    if not found:
        return "nothing that would be worth it is repeated"
    known = {i for samples in found for root in samples.roots for i in root.tolist()}
    bodies = [body_of(tape, samples) for samples in found]
    new = Tape()
    copy = Copy(tape, new)
    for body in bodies:
        for root in body.samples.roots:
            copy.at.update({i: new.input() for i in root.tolist()})
    reads = copy.reading_inputs()
    new.outputs = copy.all_of(outputs)
    before, after = _work(tape), sum(_work(x) for x in [new, *(b.tape for b in bodies)])
    if after > MOST_THAT_STAYS * before:
        return f"{after} of {before} instructions would stay"
    found_sum = sum_of(tape, bodies, known) if results == 1 else None
    outside = {i for i in copy.at if tape.operands[i]} - known
    in_order = _in_order(tape, found, outside)
    return Rolled(list(tape.parameters), bodies, new, reads(), found_sum, in_order)


def _in_order(tape: Tape, found: list[Samples], outside: set[int]) -> bool:
    import numpy as np

    if len(found) > 1 or len(found[0].roots) > 1:
        return False
    (samples,) = found
    everywhere = samples.at.ravel()
    if len(np.unique(everywhere)) < everywhere.size:
        return False  # a number of two samples
    if not outside.isdisjoint(everywhere.tolist()):
        return False
    one_by_one = (np.diff(samples.at, axis=1) > 0).all(axis=1).tolist()
    inside, last = set(samples.body), {}
    for k, i in enumerate(samples.body):
        for place, o in enumerate(tape.operands[i]):
            if (i, place) in samples.holes or o in inside:
                continue
            if tape.rows[o] is not PARAMETER or o in last or not one_by_one[k]:
                return False  # it gets a sum from each sample, or in another order
            last[o] = samples.at[k, -1]
    return all(last.get(o, -1) < i for i in outside for o in tape.operands[i])


def _work(tape: Tape) -> int:
    return sum(map(bool, tape.operands))
