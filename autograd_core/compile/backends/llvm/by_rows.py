"""A large tape, compiled when it is known for how many rows.

What one can do with this file: call `ByRows` like an `Executable`.

The one idea: the fastest program of one document is not that of a thousand, and most
functions see one kind of batch only. So nothing is compiled before the first call.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

__all__ = ["FEW", "ByRows"]

FEW = 8  # rows, up to which they are run one after the other


class ByRows:
    """A program for few rows and one for many, which may be the same.

    Parameters
    ----------
    make
        Makes one of them, for few rows or not. There may be none for few, since that
        for many is as fast; lines for a report then say why.
    """

    def __init__(self, make: Callable[[bool], tuple[Any, list[str]]]) -> None:
        self._make = make
        self._made: dict[bool, Any] = {}
        self._lines: list[str] = []

    def at(self, rows: int) -> Any:
        """The program for so many rows."""
        few = rows <= FEW
        found = self._made.get(few)
        return self._compiled(few) if found is None else found

    def _compiled(self, few: bool) -> Any:
        start = perf_counter()
        found, why = self._make(few)
        self._lines += why
        if found is None:
            found = self.at(FEW + 1)
        else:
            size = f"up to {FEW} rows" if few else f"more than {FEW} rows"
            milliseconds = 1e3 * (perf_counter() - start)
            self._lines.append(f"{size}: compiled in {milliseconds:.2f} ms")
        self._made[few] = found
        return found

    def __call__(self, inputs: Any, parameters: Any) -> tuple[Any, Any]:
        """See `Executable`."""
        found: tuple[Any, Any] = self.at(_rows(inputs))(inputs, parameters)
        return found

    def bind(self, inputs: Any, parameters: Any, *more: Any, **named: Any) -> Any:
        """See `Executable.bind`."""
        return self.at(_rows(inputs)).bind(inputs, parameters, *more, **named)

    @property
    def notes(self) -> list[str]:
        """Lines for a report, of what has been made."""
        made = dict.fromkeys(self._made.values())
        return [*self._lines, *[note for run in made for note in run.notes]]

    def report(self) -> dict[str, Any]:
        """What the programs are made of that have been made; one at least."""
        made = list(self._made.values()) or [self.at(FEW + 1)]
        found: dict[str, Any] = made[0].report()
        return found


def _rows(inputs: Any) -> int:
    # What is no batch is refused by the program that gets it.
    return int(inputs.shape[1]) if getattr(inputs, "ndim", 0) == 2 else 1
