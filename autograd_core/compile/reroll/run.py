"""The program of a re-rolled function: for one row, which is a whole batch.

What one can do with this file: `build` the program that a `Rolled` function is, for the
same outputs as `pipeline.build`, if there is no `obstacle`.

The one idea: the samples are rows. A sum over them needs one pass (`summed`),
any other function three (`staged`), which also have eager's bits.
"""

from collections.abc import Sequence

from ..backends import Backend
from ..cache import Made
from ..pipeline import Wanted
from .reroll import Rolled
from .staged import Staged
from .summed import Summed

__all__ = ["build", "obstacle"]


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
        run = Summed(rolled.sum, wrt, wanted.summed, backend)
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
