"""The tape: a scalar program as a flat list of instructions.

What one can do with this file: append instructions (`Tape.emit`), print a tape, and
verify one (`Tape.verify`).

The one idea: single assignment. Instruction ``i`` computes number ``i`` from numbers
with smaller indices and from nothing else, once. Inputs, parameters and constants are
instructions too, so that an index is all there is to say about an operand. An
instruction is a row of the table with its attributes bound; the tape knows no
arithmetic of its own.

Source: the flat work vector of CasADi's SXFunction (Andersson et al. 2019).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from struct import pack

from ..errors import TapeError
from ..primitives import TABLE, Primitive
from ..value import Value

__all__ = [
    "COMPARISONS",
    "CONSTANT",
    "INPUT",
    "PARAMETER",
    "STOP",
    "STRONG",
    "Tape",
]


# What is on a tape and not in the table. A comparison is 1 or 0.
INPUT = Primitive("input", ())
PARAMETER = Primitive("parameter", ())
CONSTANT = Primitive("constant", ())
# The same number, through which no derivative flows: detach(), and no_grad().
STOP = Primitive("stop", (None,))
# strong_mul of a reverse sweep over numbers: -0.0 where its first operand is 0.
STRONG = Primitive("strong_product", (None, None))
COMPARISONS = {
    symbol: Primitive(name, (None, None), symbol=symbol)
    for symbol, name in (("<", "lt"), ("<=", "le"), (">", "gt"), (">=", "ge"))
}
_SOURCES = (INPUT, PARAMETER, CONSTANT)
_OUTSIDE = {*_SOURCES, STOP, STRONG, *COMPARISONS.values()}


@dataclass
class Tape:
    """A program of scalar instructions.

    Attributes
    ----------
    rows, operands
        Of each instruction: the row of the table, and the indices that it reads.
    inputs
        The indices of the inputs, in the order of the call.
    parameters
        Index -> the captured leaf whose number is read at every call.
    constants
        Index -> its number.
    outputs
        The indices of the results.
    labels
        Index -> whose derivative it computes, where that was asked for.
    """

    rows: list[Primitive] = field(default_factory=list)
    operands: list[tuple[int, ...]] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    parameters: dict[int, Value] = field(default_factory=dict)
    constants: dict[int, float] = field(default_factory=dict)
    outputs: list[int] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict, repr=False)
    _constant_at: dict[bytes, int] = field(default_factory=dict, repr=False)
    _parameter_at: dict[Value, int] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    # -- making one ----------------------------------------------------------------

    def emit(self, row: Primitive, operands: tuple[int, ...] = ()) -> int:
        """Append an instruction; returns its index."""
        self.rows.append(row)
        self.operands.append(operands)
        return len(self.rows) - 1

    def input(self) -> int:
        """A new input; returns its index."""
        index = self.emit(INPUT)
        self.inputs.append(index)
        return index

    def parameter(self, leaf: Value) -> int:
        """The index of a captured leaf, the same for the same leaf."""
        index = self._parameter_at.get(leaf)
        if index is None:
            index = self._parameter_at[leaf] = self.emit(PARAMETER)
            self.parameters[index] = leaf
        return index

    def constant(self, number: float) -> int:
        """The index of a constant, the same for the same bits."""
        bits = pack("<d", number)
        index = self._constant_at.get(bits)
        if index is None:
            index = self._constant_at[bits] = self.emit(CONSTANT)
            self.constants[index] = number
        return index

    def copy(self) -> "Tape":
        """The same program, to be continued on its own."""
        return Tape(
            list(self.rows),
            list(self.operands),
            list(self.inputs),
            dict(self.parameters),
            dict(self.constants),
            list(self.outputs),
            dict(self.labels),
            dict(self._constant_at),
            dict(self._parameter_at),
        )

    # -- reading one ---------------------------------------------------------------

    def instructions(self) -> Iterator[tuple[int, Primitive, tuple[int, ...]]]:
        """Index, row and operands of each instruction, in order."""
        return zip(range(len(self.rows)), self.rows, self.operands, strict=True)

    def live(self, roots: Iterable[int]) -> list[bool]:
        """For each instruction whether one of ``roots`` needs it."""
        needed = [False] * len(self.rows)
        for root in roots:
            needed[root] = True
        all_operands = self.operands
        for i in range(len(needed) - 1, -1, -1):
            if needed[i]:
                for operand in all_operands[i]:
                    needed[operand] = True
        return needed

    def uses(self) -> list[int]:
        """How often each number is read, outputs included."""
        counts = [0] * len(self.rows)
        for operands in self.operands:
            for operand in operands:
                counts[operand] += 1
        for output in self.outputs:
            counts[output] += 1
        return counts

    def verify(self) -> None:
        """Check the rules of a tape.

        Raises
        ------
        TapeError
            If an instruction reads a later one, has the wrong number of operands or
            is no row of the table, or if what the tape lists is not there.
        """
        rows = self.rows
        for row in set(rows):
            if row not in _OUTSIDE and row.name not in TABLE:
                raise TapeError(f"'{row.name}' is not a primitive")
        arities = {row: row.arity for row in set(rows)}
        for i, (row, operands) in enumerate(zip(rows, self.operands, strict=True)):
            for operand in operands:
                if not 0 <= operand < i:
                    raise TapeError(f"%{i} = {row.name}{operands} reads a later number")
            arity = arities[row]
            if arity != len(operands) and arity != -1:
                raise TapeError(f"%{i} = {row.name}{operands}: it takes {row.arity}")
            if row.general and row.name == "item" and not rows[operands[0]].multiple:
                raise TapeError(f"%{i} takes an item of one number, %{operands[0]}")
        self._verify_lists()

    def _verify_lists(self) -> None:
        listed: tuple[tuple[Primitive, Iterable[int]], ...] = (
            (INPUT, self.inputs),
            (PARAMETER, self.parameters),
            (CONSTANT, self.constants),
        )
        for row, indices in listed:
            found = [i for i, other in enumerate(self.rows) if other is row]
            if sorted(indices) != found:
                raise TapeError(
                    f"the list of {row.name}s is {sorted(indices)}, not {found}"
                )
        if any(not 0 <= output < len(self) for output in self.outputs):
            raise TapeError(f"an output of {self.outputs} is not on the tape")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """One line per instruction, then the outputs."""
        places = {index: place for place, index in enumerate(self.inputs)}
        for i, row, operands in self.instructions():
            if row is INPUT:
                text = f"input {places[i]}"
            elif row is PARAMETER:
                text = f"parameter {self.parameters[i].name or ''}".rstrip()
            elif row is CONSTANT:
                text = repr(self.constants[i])
            else:
                bound = [f"{k}={v!r}" for k, v in row.bound.items()]
                text = (
                    f"{row.name}({', '.join([*(f'%{o}' for o in operands), *bound])})"
                )
            yield f"%{i} = {text}"
        yield "return " + ", ".join(f"%{o}" for o in self.outputs)
