"""Several programs in one native call.

What one can do with this file: put bound programs, reading of arguments, copies between
arrays and checks for numbers that are not finite into a `Sequence`, and run it on one
batch or many.

The one idea: a call from Python costs as much as a thousand products, so a step of
training should be one: arguments, gradients, the check that all of them are finite, the
update, which is a program over the parameters as its rows. Where a check fails, nothing
that comes after it is done.
"""

from collections.abc import Callable
from collections.abc import Sequence as Steps
from dataclasses import dataclass, field
from struct import pack, unpack
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..backend import Bound
from .method import Definition, builtin
from .objects import kind, known
from .walk import WORDS, address, native

__all__ = [
    "Add",
    "Copy",
    "Count",
    "Finite",
    "Ints",
    "Numbers",
    "Place",
    "Run",
    "Same",
    "Sequence",
    "Take",
    "Where",
    "possible",
]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Step(Protocol):
    """What a sequence is made of: a native function, and what it reads at each call.

    Attributes
    ----------
    name
        Of the function, which is in `tables`, `arrays` or `arguments`.
    """

    name: str

    def words(self) -> tuple[int, ...]:
        """What the function reads, in its order: addresses of arrays, and sizes.

        They follow the function's own address in the step's line of the list that
        `walk` goes through. The arrays stay as long as the step does.
        """


def possible() -> bool:
    """Whether arguments can be read natively, by this Python and this NumPy."""
    return known()


@dataclass(frozen=True)
class Run:
    """Run a bound program."""

    program: Bound
    name = "run"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return self.program.native


@dataclass(frozen=True)
class Copy:
    """Copy the numbers of ``source`` into ``target``; both are contiguous."""

    source: Floats
    target: Floats
    name = "copy"

    def __post_init__(self) -> None:
        if self.source.size != self.target.size:
            raise ValueError(
                f"'target' must have the {self.source.size} numbers of 'source' "
                f"(got {self.target.size})"
            )

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return _place(self.target), _place(self.source), 8 * self.source.size


@dataclass(frozen=True)
class Place:
    """``target[where[k]] = source[which[k]]`` for each k, in the flat arrays."""

    source: Floats
    which: Places
    target: Floats
    where: Places
    name = "place"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        to, source = _place(self.target), _place(self.source)
        return self.where.size, to, _index(self.where), source, _index(self.which)


@dataclass(frozen=True)
class Count:
    """Add 1 to a number."""

    number: Floats
    name = "count"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return (_place(self.number),)


@dataclass(frozen=True)
class Finite:
    """Stop if a number of ``array`` is infinite or NaN."""

    array: Floats
    name = "finite"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return _place(self.array), self.array.size


@dataclass(frozen=True)
class Same:
    """Stop if argument ``k`` is another object than ``thing``."""

    k: int
    thing: Any
    name = "same"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return self.k, id(self.thing)


@dataclass(frozen=True)
class Where:
    """Write where the numbers of argument ``k`` are into ``piece``, words of `Pieces`.

    Stop if the argument is no array of float64 like ``target``, or has numbers between
    whole steps of eight bytes.
    """

    k: int
    target: Floats
    piece: Places
    name = "where"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return self.k, kind(float), *_laid_out(self.target)[:3], _index(self.piece)


@dataclass(frozen=True)
class Numbers:
    """Write the numbers of argument ``k`` into ``target``, wherever they are.

    ``target`` is an array like the argument: a view, whose strides may be any. Stop if
    the argument is no array of float64 of this shape.
    """

    k: int
    target: Floats
    name = "floats"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        return self.k, kind(float), *_laid_out(self.target)


@dataclass(frozen=True)
class Ints:
    """As `Numbers`, of int64; stop also if one is negative or above its ``most``.

    ``most`` is like the argument too; -1 is no limit, on either side.
    """

    k: int
    target: Floats
    most: Places
    name = "ints"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        most = self.most.ctypes.data, *_strides(self.most)
        return self.k, kind(np.int64), *_laid_out(self.target), *most


@dataclass(frozen=True)
class Take:
    """Fill in what indices take from tables.

    Slot k of row r gets ``numbers[tables[e]]`` with ``e = first[k] + width[k] * x``,
    where x is ``inputs[index[k], r]``; ``target`` and ``taken``, which keeps e, are
    (slots, rows).
    """

    inputs: Floats
    index: Places
    width: Places
    first: Places
    tables: Places
    numbers: Floats
    target: Floats
    taken: Places
    name = "take"

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        columns = map(_index, (self.index, self.width, self.first, self.tables))
        numbers = _place(self.numbers), _place(self.target)
        ends = _place(self.inputs), *columns, *numbers, _index(self.taken)
        return *self.taken.shape, *ends


@dataclass(frozen=True)
class Add:
    """Add the derivatives by what was taken to those by the tables' entries.

    Line k of ``derivatives``, (n, rows), belongs to slot ``slots[k]``, and is added to
    ``into[places[e]]`` unless that place is -1. Added up are, from the last line to the
    first, those of a row, then the rows, then what is there.
    """

    derivatives: Floats
    slots: Places
    taken: Places
    places: Places
    into: Floats
    _row: Floats = field(init=False)
    _all: Floats = field(init=False)
    name = "give"

    def __post_init__(self) -> None:
        for name in ("_row", "_all"):
            object.__setattr__(self, name, np.zeros(self.into.size))

    def words(self) -> tuple[int, ...]:
        """What `walk` reads for it."""
        indices = map(_index, (self.taken, self.slots, self.places))
        zeros = _place(self._row), _place(self._all)
        shape = self.slots.size, self.taken.shape[1]
        into = self.into.size, _place(self.into)
        return *shape, *indices, _place(self.derivatives), *zeros, *into


class Sequence:
    """Steps that one native call does in order, for each of some batches.

    Parameters
    ----------
    steps
        The steps. Their arrays stay what they are; only the numbers change.
    arguments
        How many arguments a batch has.
    loss
        Its first number, divided by ``rows``, is kept for each batch.
    rows
        An int, or a float.
    most
        How many batches there are at most in a call.

    Attributes
    ----------
    losses
        Of the last call.

    Raises
    ------
    ValueError
        If an array is not contiguous float64, or a copy is between different sizes.

    Notes
    -----
    Arguments are read where their arrays have them at that moment. No other thread may
    change the shape of an array meanwhile.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_core.compile.backends.llvm import Backend
    >>> from autograd_core.compile.tracing.trace import trace
    >>> tape = trace(lambda x: 0.5 * x, (1.0,)).tape
    >>> half = Backend().compile(tape, summed=0, numerics="fast")
    >>> x = np.array([[8.0, 1.0]])
    >>> bound = half.bind(x, np.array([]))
    >>> both = Sequence([Run(bound), Finite(bound.values), Copy(bound.values, x)])
    >>> both([()]), both([()]), x.tolist()
    (1, 1, [[2.0, 0.25]])
    >>> x[0, 0] = np.inf
    >>> both([()]), x.tolist()
    (0, [[inf, 0.25]])
    >>> x[:] = 8.0
    >>> both([(), ()]), x.tolist()
    (2, [[2.0, 2.0]])
    """

    def __init__(
        self,
        steps: Steps[Step],
        *,
        arguments: int = 0,
        loss: Floats | None = None,
        rows: float = 1,
        most: int = 1,
    ) -> None:
        self.steps = tuple(steps)  # whose arrays and code must stay
        self._loss = np.zeros(1) if loss is None else loss
        self.losses = np.zeros(most)
        self._code = native()
        # A program that two threads run is called by itself.
        self._parts: list[Callable[[Any], int]] = []
        part: list[Step] = []
        for step in self.steps:
            if isinstance(step, Run) and step.program.in_halves:
                self._parts += [
                    self._walking(part, arguments, 1),
                    _always(step.program),
                ]
                part = []
            else:
                part.append(step)
        self._parts.append(self._walking(part, arguments, rows))

    def _walking(
        self, steps: list[Step], arguments: int, rows: float
    ) -> Callable[[Any], int]:
        (divisor,) = unpack("=q", pack("=d", rows))
        head = len(steps), arguments, _place(self.losses), _place(self._loss), divisor
        lines = [(address(s.name), *s.words()) for s in steps]
        padded = [(*line, *[0] * WORDS)[:WORDS] for line in [head, *lines]]
        definition = Definition.of(self._code.address, argument=True)
        return builtin(definition, np.array(padded, dtype=np.int64), self._code)

    @property
    def call(self) -> Callable[[Any], int]:
        """The same for a tuple of tuples, with nothing in between if it is one call."""
        return self._parts[0] if len(self._parts) == 1 else self

    def __call__(self, batches: Steps[tuple[Any, ...]]) -> int:
        """Do all steps for each batch; how many were done until a step said no."""
        if len(self._parts) == 1:
            return self._parts[0](tuple(batches))
        losses: list[float] = []
        for batch in batches:
            if not all(part((batch,)) for part in self._parts):
                break
            losses.append(self.losses[0])
        self.losses[: len(losses)] = losses
        return len(losses)


def _always(program: Bound) -> Callable[[Any], int]:
    def run(batches: Any) -> int:
        program()
        return 1

    return run


def _place(array: Floats) -> int:
    if array.dtype != np.float64 or not array.flags.c_contiguous:
        raise ValueError(
            "a step's array must be contiguous float64 "
            f"(got {array.dtype} with strides {array.strides})"
        )
    return array.ctypes.data


def _index(array: Places) -> int:
    if array.dtype != np.int64 or not array.flags.c_contiguous:
        raise ValueError(
            "a step's places must be contiguous int64 "
            f"(got {array.dtype} with strides {array.strides})"
        )
    return array.ctypes.data


def _laid_out(array: Any) -> tuple[int, ...]:
    # Axes, lengths, where it is, and what lies between two numbers along each axis.
    lengths = (*array.shape, 1, 1)[:2]
    return array.ndim, *lengths, array.ctypes.data, *_strides(array)


def _strides(array: Any) -> tuple[int, ...]:
    return (*[stride // 8 for stride in array.strides], 0, 0)[:2]
