"""From a function to a tape: call it once on slots.

What one can do with this file: `trace` a function of numbers at an example; the
result is its tape, its results' containers, and the branches that it took.

The one idea: nothing of the example is in the tape but the branches, and those are
written down. While a function is traced, every operation on Values in this thread goes
to the tape, also one on captured Values alone, so that the tape has eager's order. A
Value from outside is a parameter, read anew at every call. ``if`` on a comparison asks
what is true for the example, and the comparison becomes a result of the tape, so that
a row which answers differently is noticed and gets a trace of its own. Whatever else
would read a number (`float`, ``.data``, an index, ``==``) is refused by `Value`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ...data import as_data
from ...errors import TraceError
from ...indices import Index
from ...record import recording_on
from ...tree import flatten
from ...value import Value, constant
from ..pause import no_collection
from ..tape import Tape
from .gathers import Taken
from .recorder import Recorder, Site
from .slot import Literal, Slot

__all__ = ["Traced", "trace"]


@dataclass
class Traced:
    """What was found by calling a function.

    Attributes
    ----------
    tape
        Its outputs are the numbers of the result, then the conditions.
    results
        How many of them are the result's.
    rebuild
        Puts as many numbers into the containers of the result.
    branches
        What each condition was.
    sites
        Where each was asked.
    taken
        What indices take from tables.
    """

    tape: Tape
    results: int
    rebuild: Callable[[Sequence[Any]], Any]
    branches: tuple[bool, ...]
    sites: tuple[Site | None, ...] = ()
    taken: Taken = field(default_factory=Taken)

    @property
    def place(self) -> str:
        """Where it branches, for a message: " at file:line", or "" if not known."""
        site = next((site for site in self.sites if site is not None), None)
        return f" at {site[0]}:{site[1]}" if site else ""


def trace(
    f: Callable[..., Any],
    args: Sequence[Any],
    static: frozenset[int] = frozenset(),
    indices: frozenset[int] = frozenset(),
) -> Traced:
    """Call ``f`` on slots instead of the numbers in ``args``.

    Parameters
    ----------
    f
        Takes trees of numbers, returns a tree of numbers. Parameters are Values that
        it reads from outside.
    args
        An example: it decides the containers and the branches, nothing else. What is
        not a number (None, a string, a bool) is handed on as it is.
    static
        Positions of arguments that are handed on whole.
    indices
        Positions of arguments whose numbers are indices.

    Raises
    ------
    TraceError
        If the function reads a number as a number, or returns something else.
    """
    tape = Recorder()
    with no_collection():
        given = [
            arg if place in static else _on_slots(tape, arg, place in indices)
            for place, arg in enumerate(args)
        ]
        rebuild, count = _called(tape, f, given)
    tape.forget_new_leaves()
    tape.sort_parameters()
    branches, sites = tuple(tape.branches), tuple(tape.sites)
    return Traced(tape, count, rebuild, branches, sites, tape.taken_rows)


def _called(tape: Recorder, f: Any, given: Sequence[Any]) -> tuple[Any, int]:
    with recording_on(tape):
        found = f(*given)
        numbers, rebuild_results = flatten(found)
        tape.outputs = [_place(tape, number, found) for number in numbers]
    tape.outputs += tape.conditions
    # Around zeros, so that nothing of this call is kept.
    _, rebuild_results = flatten(rebuild_results([0.0] * len(numbers)))
    return rebuild_results, len(numbers)


def _on_slots(tape: Recorder, arg: Any, indices: bool) -> Any:
    leaves, rebuild = flatten(arg)
    given: list[Any] = []
    for leaf in leaves:
        if isinstance(leaf, (bool, str)) or leaf is None:
            given.append(leaf)
            continue
        tape.example.append(float(as_data(leaf)))
        x = constant(Slot(tape, tape.input()))
        if indices:
            given.append(Index(x, len(tape.inputs) - 1, tape))
            continue
        x._wants = True
        given.append(x)
    return rebuild(given)


def _place(tape: Recorder, number: Any, found: Any) -> int:
    if not isinstance(number, Value):
        try:
            number = tape.adopted(number)
        except TypeError:
            _refuse_result(number, found)
    data = tape.capture(number)
    if data.__class__ is Literal:
        return tape.constant(data.value)
    if data.__class__ is tuple:
        raise TraceError("a compiled function returns numbers, got a row of several")
    return int(data.index)


def _refuse_result(number: Any, found: Any) -> NoReturn:
    inside = "" if number is found else f" in {type(found).__name__}"
    raise TraceError(
        "a compiled function returns numbers in lists, tuples, dicts or arrays, got "
        f"{type(number).__name__}{inside}"
    ) from None
