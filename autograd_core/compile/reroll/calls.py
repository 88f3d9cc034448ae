"""Several programs of a re-rolled function, called as if they were one.

The one idea: whoever runs a program, `Variant`, a bound call or a native step, sees
what a backend's executable has. Parameters are those of all programs one after the
other.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from ..cache import Made

__all__ = ["Bound", "Run", "as_asked"]


class Run:
    """Programs with their parameters one after the other, then those that are moved."""

    programs: list[Made]
    moved: list[int]
    native = False  # whether nothing of it is done by Python

    @property
    def calls(self) -> list[Any]:
        """What runs each program; an executable of the backend."""
        return [made.run for made in self.programs]

    @property
    def notes(self) -> list[str]:
        """What the backend says about each program."""
        return [note for run in self.calls for note in getattr(run, "notes", ())]

    def given(self, numbers: Any) -> list[Any]:
        """The parameters of each program, and those that are moved."""
        sizes = [len(made.tape.parameters) for made in self.programs]
        ends = list(accumulate([*sizes, len(self.moved)], initial=0))
        return [numbers[start:end] for start, end in pairwise(ends)]

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


def as_asked(found: Any, summed: bool) -> tuple[Any, Any]:
    """Results of one row as values, (outputs, 1), or as sums."""
    nothing = found[:0]
    return (nothing[:, None], found) if summed else (found[:, None], nothing)
