"""What is exported: the tape of the results, and whose numbers it reads.

What one can do with this file: get the `Forward` of a program for an example, and
`run` its tape on the column of any library.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import TraceError
from ...numbers import Column
from ...value import Value
from ..arguments import one
from ..passes import simplify
from ..pipeline import Wanted, derived
from ..tape import COMPARISONS, CONSTANT, INPUT, PARAMETER, STOP, Tape
from .containers import Arrays, numbers_of

__all__ = ["Forward", "forward", "missing", "run"]

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_COMPARED = {row: _COMPARE[symbol] for symbol, row in COMPARISONS.items()}


@dataclass
class Forward:
    """A program on its way to another library.

    Attributes
    ----------
    tape
        Its outputs are the numbers of the result.
    rebuild
        Puts as many numbers into the containers of the result.
    example
        The arguments that are not static.
    places
        Their positions among all arguments.
    leaves
        The captured Values that the results depend on, in the order of the tape.
    names
        A name for each, no two equal.
    """

    tape: Tape
    rebuild: Callable[[Sequence[Any]], Any]
    example: tuple[Any, ...]
    places: tuple[int, ...]
    leaves: list[Value]
    names: list[str]

    def inputs(self, args: Sequence[Any], arrays: Arrays) -> list[Any]:
        """The numbers of some arguments.

        Raises
        ------
        TypeError, ValueError
            If they are not like the example.
        """
        if len(args) != len(self.example):
            raise TypeError(
                f"the function takes {len(self.example)} arguments (got {len(args)}); "
                "static ones are left out"
            )
        found = []
        for place, example, arg in zip(self.places, self.example, args, strict=True):
            found += numbers_of(example, arg, arrays, f"argument {place}")
        return found


def forward(program: Any, args: Sequence[Any]) -> Forward:
    """The tape of ``program`` for arguments like ``args``.

    Raises
    ------
    TraceError
        If the function cannot be traced, or asks which branch to take.
    TypeError
        If an argument holds something else than numbers.
    """
    call = one(args, program.static)
    traced = program.parts(call)[0].variant.traced
    if traced.branches:
        site = next((s for s in traced.sites if s is not None), None)
        place = f" at {site[0]}:{site[1]}" if site else ""
        raise TraceError(
            f"the function branches on its data{place}, and an exported function has "
            "one way for all rows. Use where(), maximum() or minimum() instead of if, "
            "max and min"
        )
    tape = simplify(derived(traced.tape, traced.results, Wanted("values")))
    places = tuple(k for k in range(len(args)) if k not in program.static)
    leaves = list(tape.parameters.values())
    return Forward(
        tape,
        traced.rebuild,
        tuple(args[k] for k in places),
        places,
        leaves,
        _names(leaves),
    )


def _names(leaves: list[Value]) -> list[str]:
    taken: set[str] = set()
    found = []
    for place, leaf in enumerate(leaves):
        name = leaf.name or f"p{place}"
        if name in taken:
            name = f"{name}#{place}"
        taken.add(name)
        found.append(name)
    return found


def run(
    tape: Tape,
    column: Column,
    stop: Callable[[Any], Any],
    inputs: Sequence[Any],
    parameters: Sequence[Any],
) -> list[Any]:
    """The outputs of a tape on another column's numbers.

    Parameters
    ----------
    stop
        The same number, through which no derivative flows.
    """
    given, captured = iter(inputs), iter(parameters)
    found: list[Any] = []
    for i, row, operands in tape.instructions():
        xs = [found[operand] for operand in operands]
        if row is INPUT:
            found.append(next(given))
        elif row is PARAMETER:
            number = next(captured)
            found.append(number if tape.parameters[i].requires_grad else stop(number))
        elif row is CONSTANT:
            found.append(column.adopt(tape.constants[i]))
        elif row is STOP:
            found.append(stop(xs[0]))
        elif row in _COMPARED:
            found.append(column.where(_COMPARED[row](*xs), 1, 0))
        elif row.name == "item":
            found.append(xs[0][row.bound["k"]])
        else:
            found.append(getattr(column, row.name)(*xs, **row.bound))
    return [found[output] for output in tape.outputs]


def missing(package: str, call: str, error: ImportError) -> ImportError:
    """What to say where a library is not installed."""
    return ImportError(
        f"{call} needs {package} ({error}); pip install autograd-core[peers]"
    )
