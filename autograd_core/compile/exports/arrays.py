"""A tape on whole arrays: its groups of equal operations, a call each.

What one can do with this file: `run` a tape on the blocks of a library; and for one
whose arrays are NumPy's in all but name, call it (`ArrayLibrary.call`).

The one idea: numbers are lines of blocks, (numbers, *rows): the inputs, the parameters
with a 1 for every axis of rows, and what each group computed. Sums of parameters times
numbers that vary were raised to matrices. Compilers need this: XLA took 7 minutes for
the 409 scalars of the micrograd demo, and 2.5 seconds for its 12 groups.
"""

import operator
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from ...numbers import Column
from ..passes.raising import MATRIX, Group, raised
from ..tape import COMPARISONS, STOP, Tape
from .containers import gathered, pieces_of
from .forward import Forward

__all__ = ["ArrayLibrary", "Arrays", "run"]

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_COMPARED = {row: _COMPARE[symbol] for symbol, row in COMPARISONS.items()}


class Arrays(Protocol):
    """What blocks of a library must do."""

    @property
    def column(self) -> Column:
        """The library's column."""

    def stop(self, x: Any) -> Any:
        """The same numbers, through which no derivative flows."""

    def constants(self, numbers: list[float], like: Any) -> Any:
        """Plain numbers as a block that is the same for all rows of ``like``."""

    def taken(self, block: Any, lines: Sequence[int]) -> Any:
        """Some lines of a block."""

    def joined(self, blocks: list[Any]) -> Any:
        """Blocks under each other, over the rows of all."""

    def total(self, block: Any, count: int, height: int) -> Any:
        """The parts of a block added up: (count * height, ...) -> (height, ...)."""

    def product(self, weights: Any, height: int, block: Any) -> Any:
        """A matrix, given line after line, times a block."""


def run(arrays: Arrays, tape: Tape, inputs: Any, parameters: Any) -> list[Any]:
    """The outputs of a tape as blocks of one line.

    Parameters
    ----------
    inputs, parameters
        Blocks; None if there are no such numbers.
    """
    return _Run(arrays, tape, inputs, parameters).results()


class _Run:
    def __init__(
        self, arrays: Arrays, tape: Tape, inputs: Any, parameters: Any
    ) -> None:
        self.arrays = arrays
        self.program = program = raised(tape, reorder=True)
        self.blocks: list[Any] = []
        self.at: dict[int, tuple[int, int]] = {}  # number -> block, line
        self.add(inputs, program.inputs)
        self.add(parameters, program.parameters)
        if program.constants:
            numbers = list(program.constants.values())
            like = parameters if inputs is None else inputs
            self.add(arrays.constants(numbers, like), list(program.constants))
        for group in program.groups:
            self.compute(group)

    def add(self, block: Any, numbers: Sequence[int]) -> None:
        place = len(self.blocks)
        self.blocks.append(block)
        self.at.update({number: (place, k) for k, number in enumerate(numbers)})

    def results(self) -> list[Any]:
        return [self.lines([number]) for number in self.program.values]

    def lines(self, numbers: Sequence[int]) -> Any:
        """The block of some numbers."""
        places = [self.at[number] for number in numbers]
        pieces = [
            self.arrays.taken(self.blocks[block], [line for _, line in members])
            for block, members in groupby(places, key=lambda place: place[0])
        ]
        return pieces[0] if len(pieces) == 1 else self.arrays.joined(pieces)

    def compute(self, group: Group) -> None:
        arrays, row, args = self.arrays, group.row, group.args
        n, half = len(group.outs), len(args) // 2
        if row is MATRIX:
            weights = self.lines([arg[m] for m in range(n) for arg in args[half:]])
            vector = self.lines([arg[0] for arg in args[:half]])
            self.add(arrays.product(weights, n, vector), group.outs)
        elif row.name == "sum":
            self.add(arrays.total(self.all_of(args), len(args), n), group.outs)
        elif row.name == "dot":
            left, right = self.all_of(args[:half]), self.all_of(args[half:])
            product = arrays.column.mul(left, right)
            self.add(arrays.total(product, half, n), group.outs)
        else:
            found = self.function(group)(*[self.lines(arg) for arg in args])
            width = len(args[0])
            for k, block in enumerate(found if row.multiple else [found]):
                self.add(block, group.outs[k * width : (k + 1) * width])

    def all_of(self, args: list[list[int]]) -> Any:
        return self.lines([number for arg in args for number in arg])

    def function(self, group: Group) -> Callable[..., Any]:
        row, column = group.row, self.arrays.column
        if row is STOP:
            return self.arrays.stop
        if row in _COMPARED:
            return lambda x, y: column.where(_COMPARED[row](x, y), 1, 0)
        kernel = getattr(column, row.name)
        return lambda *xs: kernel(*xs, **row.bound)


class ArrayLibrary(NamedTuple):
    """`jax.numpy` or `torch`, whose functions have one name here.

    Attributes
    ----------
    xp
        The module.
    adopt
        What a caller gave, and its name in messages, as an array of float64.
    column
        Its column.
    stopped
        The same numbers, through which no derivative flows.
    """

    xp: Any
    adopt: Callable[[Any, str], Any]
    column: Column
    stopped: Callable[[Any], Any]

    def call(self, made: Forward, parameters: Any, args: Sequence[Any]) -> Any:
        """The results for a vector of parameters and some arguments.

        Raises
        ------
        TypeError, ValueError
            If they are not like the example.
        """
        if len(args) != len(made.example):
            raise TypeError(
                f"the function takes {len(made.example)} arguments (got {len(args)}); "
                "static ones are left out"
            )
        pieces = []
        for place, example, arg in zip(made.places, made.example, args, strict=True):
            pieces += pieces_of(self.xp, example, arg, self.adopt, f"argument {place}")
        rows = self.xp.broadcast_shapes(*[piece.shape[1:] for piece in pieces])
        inputs = self.joined(pieces, rows) if pieces else None
        thawed = [leaf.requires_grad for leaf in made.leaves]
        if not all(thawed):
            mask = self.column.adopt([float(x) for x in thawed])
            parameters = self.column.where(mask, parameters, self.stop(parameters))
        captured = parameters.reshape((len(made.leaves), *[1] * len(rows)))
        found = run(self, made.tape, inputs, captured)
        results = [self.xp.broadcast_to(block[0], rows) for block in found]
        return gathered(self.xp, made.tree, results)

    def stop(self, x: Any) -> Any:
        """The same numbers, through which no derivative flows."""
        return self.stopped(x)

    def constants(self, numbers: list[float], like: Any) -> Any:
        """Plain numbers as a block."""
        ones = [1] * (len(like.shape) - 1)
        return self.column.adopt(numbers).reshape((len(numbers), *ones))

    def taken(self, block: Any, lines: Sequence[int]) -> Any:
        """Some lines of a block: a slice where they are one."""
        first, last = lines[0], lines[-1]
        if list(lines) == list(range(first, last + 1)):
            return block[first : last + 1]
        return block[self.xp.asarray(lines)]

    def joined(self, blocks: list[Any], rows: Any = None) -> Any:
        """Blocks under each other."""
        if rows is None:
            rows = self.xp.broadcast_shapes(*[block.shape[1:] for block in blocks])
        wide = [self.xp.broadcast_to(x, (x.shape[0], *rows)) for x in blocks]
        return self.xp.concatenate(wide)

    def total(self, block: Any, count: int, height: int) -> Any:
        """The parts of a block added up."""
        return block.reshape((count, height, *block.shape[1:])).sum(0)

    def product(self, weights: Any, height: int, block: Any) -> Any:
        """A matrix times a block."""
        # An infinite number times the derivative 0 of a row that is not taken would be
        # NaN. It is left out of the product, and makes the result NaN.
        finite = self.xp.where(self.xp.isfinite(block), block, 0.0)
        lost = self.stop(0.0 * (block - finite).sum(0))
        flat = finite.reshape((block.shape[0], -1))
        found = weights.reshape((height, block.shape[0])) @ flat
        return found.reshape((height, *block.shape[1:])) + lost
