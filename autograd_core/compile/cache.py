"""Compiled programs, kept by what they compute.

What one can do with this file: `made` returns the program for a tape, made anew or the
one that was made for an equal tape; `clear` forgets all.

The one idea: the key is the tape itself, without the captured leaves. So the same
structure on other parameters, or traced again, costs a comparison and no compilation,
and a program can never be taken for another's. The least recently used go first.
"""

from collections import OrderedDict
from collections.abc import Callable
from struct import pack
from threading import Lock
from typing import Any, NamedTuple

from ..primitives import Primitive
from .backends import Executable
from .deriving.matrix import Pattern
from .tape import Tape

__all__ = ["Made", "clear", "key_of", "made"]

MOST_PROGRAMS = 128
MOST_INSTRUCTIONS = 4_000_000  # of all that are kept


class Made(NamedTuple):
    """A compiled program, and what has to be known to call it.

    Attributes
    ----------
    run
        The backend's function of inputs and parameters.
    tape
        What it runs, without the captured Values.
    order
        For each of its parameters which one of the tape it was made for, -1 for the
        seed; None if they are the same.
    notes
        Lines for a report, about the passes.
    pattern
        Of a Jacobian or Hessian, which entries the outputs are.
    """

    run: Executable
    tape: Tape
    order: list[int] | None
    notes: list[str]
    pattern: Pattern | None = None

    def lines(self) -> list[str]:
        """The notes, and those of the backend, which may compile at the first call."""
        found = getattr(self.run, "notes", ())
        return [*self.notes, *[f"raised: {note}" for note in found]]


_lock = Lock()
# The rows of the tape that a program was made for, its length, and the program.
_kept: OrderedDict[Any, tuple[frozenset[Primitive], int, Made]] = OrderedDict()


def key_of(tape: Tape) -> tuple[Any, ...]:
    """What two tapes have in common if they compute the same.

    Rows are told apart by identity; the entry of a key keeps them alive.
    """
    return (
        tuple(map(id, tape.rows)),
        tuple(tape.operands),
        tuple(tape.inputs),
        tuple(tape.parameters),
        tuple(tape.outputs),
        pack(f"<{len(tape.constants)}d", *tape.constants.values()),
    )


def made(tape: Tape, how: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """The program for ``tape``, made by ``make`` if there is none for an equal one.

    Parameters
    ----------
    how
        What else decides: the outputs that are wanted, the backend, the numerics.
    """
    key = (key_of(tape), how)
    with _lock:
        entry = _kept.get(key)
        if entry is not None:
            _kept.move_to_end(key)
            return entry[2]
    new = make()  # outside the lock: it may take long, and twice does no harm
    with _lock:
        _kept[key] = (frozenset(tape.rows), len(tape), new)
        size = sum(n + len(program.tape) for _, n, program in _kept.values())
        while len(_kept) > 1 and (
            len(_kept) > MOST_PROGRAMS or size > MOST_INSTRUCTIONS
        ):
            _, (_, n, program) = _kept.popitem(last=False)
            size -= n + len(program.tape)
    return new


def clear() -> None:
    """Forget every compiled program."""
    with _lock:
        _kept.clear()
