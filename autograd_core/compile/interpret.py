"""A tape run as it stands: on floats, one instruction after the other.

What one can do with this file: `run` a tape, or ask a growing one for a number
(`Numbers`). It is the definition of what a tape means; every backend is tested
against it.
"""

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..numbers import float64
from ..primitives import Primitive
from .tape import COMPARISONS, CONSTANT, INPUT, PARAMETER, STOP, STRONG, Tape

__all__ = ["Numbers", "kernel_of", "run"]

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _strong_product(g: float, partial: float) -> float:
    return g * partial if g else -0.0


def _comparison(compare: Callable[[float, float], bool]) -> Callable[..., float]:
    return lambda x, y: 1.0 if compare(x, y) else 0.0


_KERNELS: dict[Primitive, Callable[..., Any]] = {
    STOP: operator.pos,
    STRONG: _strong_product,
    **{row: _comparison(_COMPARE[symbol]) for symbol, row in COMPARISONS.items()},
}


def kernel_of(row: Primitive) -> Callable[..., Any]:
    """The function of floats that an instruction of this row runs."""
    found = _KERNELS.get(row)
    if found is None:
        found = getattr(float64.COLUMN, row.name)
        if row.bound:
            found = partial(found, **row.bound)
    return found


class Numbers:
    """The numbers of a tape for some inputs, computed as far as they are asked for."""

    def __init__(self, tape: Tape, inputs: Sequence[float]) -> None:
        self.tape = tape
        self.inputs = inputs
        self.found: list[Any] = []
        self._next_input = 0

    def at(self, index: int) -> Any:
        """Number ``index``; a tuple if its row has several outputs."""
        tape, found = self.tape, self.found
        while len(found) <= index:
            i = len(found)
            row = tape.rows[i]
            if row is INPUT:
                found.append(self.inputs[self._next_input])
                self._next_input += 1
            elif row is PARAMETER:
                found.append(tape.parameters[i]._data)
            elif row is CONSTANT:
                found.append(tape.constants[i])
            else:
                xs = [found[operand] for operand in tape.operands[i]]
                found.append(kernel_of(row)(*xs))
        return found[index]


def run(tape: Tape, inputs: Sequence[float]) -> list[float]:
    """The outputs of a tape for some inputs.

    Raises
    ------
    ValueError
        If the number of inputs is not the tape's.
    """
    if len(inputs) != len(tape.inputs):
        raise ValueError(f"the tape has {len(tape.inputs)} inputs, got {len(inputs)}")
    numbers = Numbers(tape, inputs)
    return [numbers.at(output) for output in tape.outputs]
