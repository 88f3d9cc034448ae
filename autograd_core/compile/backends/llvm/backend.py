"""The backend: a tape becomes one native function over rows.

What one can do with this file: `Backend().compile(tape, ...)`; call the
`Executable` with the rows and the parameters.

The one idea: what is expensive happens once, and a call is one call. The executable
keeps its native code, scratch memory for as many calls as run at the same time, and
nothing of the numbers that it was called with.
"""

import ctypes
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import nan
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ...pause import no_collection
from ...tape import Tape
from . import ways
from .by_rows import ByRows
from .panels import halves
from .panels.loops import HALF, JOINED, middle
from .panels.pieces import Pieces
from .steps.entry import entry
from .straight.assembly import Program
from .straight.driver import ENTRY
from .target import Built, Machine, build, host
from .vectors import libm
from .vectors.library import LIBM
from .vectors.rows import float_kernel
from .ways import Written

__all__ = ["Backend", "Bound", "Executable"]

Numbers = NDArray[np.float64]
# The last arguments: inputs, parameters; where the inputs are, or their pieces, their
# rows, where the parameters are; the pieces.
_Seen = tuple[weakref.ref[Numbers], weakref.ref[Numbers], int, int, int, Pieces | None]


class Backend:
    """Compiles tapes to native code through llvmlite.

    Parameters
    ----------
    machine
        What to compile for; the machine at hand by default.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_core import tanh
    >>> from autograd_core.compile.tracing.trace import trace
    >>> tape = trace(lambda x: 3 * tanh(x), (0.5,)).tape
    >>> run = Backend().compile(tape, summed=0, numerics="eager")
    >>> values, sums = run(np.array([[0.0, 0.5]]), np.array([]))
    >>> values.tolist()
    [[0.0, 1.3863514717800292]]
    """

    name = "llvm"

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine or host()

    def compile(
        self, tape: Tape, *, summed: int, numerics: str, single: bool = False
    ) -> "Executable | ByRows":
        """The program of ``tape``; a large one is compiled when it is called.

        Parameters
        ----------
        summed
            How many of the last outputs are added up over the rows.
        numerics
            ``"eager"``: per row the bits of eager mode, sums in the order of the
            rows. ``"fast"``: elementary functions within 2 ULP, products and sums
            contracted, sums as one fixed tree.
        single
            Make code that runs one row.

        Raises
        ------
        TapeError
            If the tape breaks a rule of tapes.
        ValueError
            If ``summed`` or ``numerics`` is none of what is listed.
        """
        tape.verify()
        if numerics not in ("eager", "fast"):
            raise ValueError(f"'numerics' must be 'eager' or 'fast' (got {numerics!r})")
        if not 0 <= summed <= len(tape.outputs):
            raise ValueError(
                f"'summed' must be 0 to {len(tape.outputs)}, the number of outputs "
                f"(got {summed})"
            )
        count, machine = (len(tape.inputs), len(tape.parameters)), self.machine
        results = len(tape.outputs) - summed, summed

        def executable(written: Written) -> Executable:
            return Executable(written, count, results, numerics, machine)

        def make(few: bool) -> tuple[Executable | None, list[str]]:
            with no_collection():
                if not few:
                    written = ways.for_many(tape, summed, numerics, machine)
                    return executable(written), []
                loops, why = ways.for_few(tape, summed, numerics, machine)
                return executable(loops) if loops is not None else None, why

        if single or len(tape) < ways.LEAST:
            found, why = make(True) if single else (None, [])
            if found is None:
                straight = ways.for_many(tape, summed, numerics, machine, single)
                straight.notes[:0] = why
                found = executable(straight)
            return found
        return ByRows(make)


class Executable:
    """A compiled tape.

    Attributes
    ----------
    inputs, parameters, values, sums
        How many there are of each.
    program
        What the native code consists of.
    rolled, notes
        Whether it consists of loops; lines for a report that say which, or why not.
    """

    def __init__(
        self,
        written: Written,
        given: tuple[int, int],
        results: tuple[int, int],
        numerics: str,
        machine: Machine,
    ) -> None:
        self.inputs, self.parameters = given
        self.values, self.sums = results
        self.numerics = numerics
        self.rows, self.rolled = written.rows, written.rolled
        self.program, self.notes = written.program, written.notes
        self._scratch_size = written.module.scratch
        self._errors: list[Exception] = []
        self._callbacks = _callbacks(self.program, self._errors)
        symbols = _symbols(self.program)
        symbols.update({k: _address(c) for k, c in self._callbacks.items()})
        self._built: Built = build(
            written.module.text, symbols, ENTRY, machine, written.level
        )
        self.program.functions.clear()  # they are in the module's text
        self._run = _FUNCTION(self._built.address)
        self._work = written.products
        self._panels = written.panels
        if written.panels:
            self._half = _HALF(self._built.address_of(HALF))
            self._joined = _JOINED(self._built.address_of(JOINED))
        self._free: list[tuple[Numbers, int]] = []
        self._seen: _Seen | None = None

    def __call__(self, inputs: Numbers, parameters: Numbers) -> tuple[Numbers, Numbers]:
        """Values of each row, shape (values, rows), and sums over the rows.

        Parameters
        ----------
        inputs
            Shape (inputs, rows), C-contiguous float64.
        parameters
            Shape (parameters,), in the order of the tape's.

        Raises
        ------
        ValueError
            If an array has another shape, type or order.
        Exception
            What a float kernel in Python raises, where one is called.
        """
        seen = self._seen
        if (
            seen is None
            or seen[0]() is not inputs
            or seen[1]() is not parameters
            or inputs.shape != (self.inputs, seen[3])
        ):
            seen = self._look_at(inputs, parameters)
        values, sums = np.empty((self.values, seen[3])), np.empty(self.sums)
        arguments = (*seen[2:5], _place(values), _place(sums))
        scratch = self._taken()
        if self.in_halves(seen[3]):
            self._in_halves(arguments, scratch)
        else:
            self._run(*arguments, scratch[1])
        self._free.append(scratch)
        if self._errors:
            self._fail()
        return values, sums

    def in_halves(self, rows: int) -> bool:
        """Whether so many rows are worth two threads."""
        worth = self._work * rows >= halves.WORTH and middle(rows) < rows
        return worth and halves.cores() > 1

    def _in_halves(
        self, arguments: tuple[int, ...], scratch: tuple[Numbers, int]
    ) -> None:
        # The second half has its own memory, and sums that are added at the end.
        rows, sums = arguments[1], arguments[-1]
        begin, more, other = middle(rows), self._taken(), np.empty(self.sums)
        there = (*arguments[:-1], _place(other), more[1], begin, rows)
        halves.both(
            partial(self._half, *arguments, scratch[1], 0, begin),
            partial(self._half, *there),
        )
        self._joined(sums, _place(other))
        self._free.append(more)

    def _taken(self) -> tuple[Numbers, int]:
        try:
            return self._free.pop()  # another call may be running
        except IndexError:
            return _scratch(self._scratch_size)

    def _look_at(self, inputs: Numbers, parameters: Numbers) -> "_Seen":
        # A loop mostly calls with the same two arrays: their addresses are kept.
        _check("inputs", inputs, (self.inputs, self.rows))
        _check("parameters", parameters, (self.parameters,))
        pieces = Pieces(inputs, [(0, self.inputs)]) if self._panels else None
        self._seen = found = (
            weakref.ref(inputs),
            weakref.ref(parameters),
            _place(inputs) if pieces is None else pieces.place,
            inputs.shape[1],
            _place(parameters),
            pieces,
        )
        return found

    def _fail(self) -> NoReturn:
        # What a kernel in Python raised on its way through native code.
        error = self._errors[0]
        self._errors.clear()
        raise error

    def bind(
        self,
        inputs: Numbers,
        parameters: Numbers,
        values: Numbers | None = None,
        sums: Numbers | None = None,
        spans: Sequence[tuple[int, int]] | None = None,
    ) -> "Bound":
        """The program on these arrays, to be called again and again.

        What a call costs in Python is then paid once; the arrays are read anew by
        each call. Arguments and errors are those of a call; ``values`` and ``sums`` are
        written to. ``spans`` are the first and the last lines of the inputs that come
        in one piece, all lines by default.
        """
        given = self._look_at(inputs, parameters)[2:5]
        pieces = None
        if self._panels:
            pieces = Pieces(inputs, spans or [(0, self.inputs)])
            given = (pieces.place, *given[1:])
        return Bound(self, inputs, parameters, given, (values, sums), pieces)

    @property
    def text(self) -> str:
        """The module in LLVM's assembly."""
        return self._built.text

    def report(self) -> dict[str, Any]:
        """What the program is made of.

        ``operations`` are vector operations of a block; ``by_python`` counts those
        that Python computes row by row, which is exact and slow.
        """
        return {
            "operations": self.program.operations,
            "functions": len(self.program.prologue) + len(self.program.body),
            "uniform": self.program.uniforms,
            "work": self.program.places,
            "by_python": dict(self.program.by_python),
        }


class Bound:
    """An executable on arrays that stay the same; only their numbers change.

    Call it without arguments; it may run once at a time.

    Attributes
    ----------
    inputs, parameters
        What each call reads.
    values, sums
        What each call writes.
    native
        Address of the function, and its arguments.
    pieces
        Where inputs are read; None if not in pieces.
    in_halves
        Whether a call is worth two threads.
    """

    def __init__(
        self,
        executable: Executable,
        inputs: Numbers,
        parameters: Numbers,
        given: tuple[int, int, int],
        results: tuple[Numbers | None, Numbers | None],
        pieces: Pieces | None,
    ) -> None:
        self.inputs, self.parameters, self.pieces = inputs, parameters, pieces
        values, sums = results
        if values is None:
            values = np.empty((executable.values, inputs.shape[1]))
        if sums is None:
            sums = np.empty(executable.sums)
        _check("values", values, (executable.values, inputs.shape[1]))
        _check("sums", sums, (executable.sums,))
        self.values, self.sums = values, sums
        self._executable = executable  # whose code must stay
        self._scratch, place = _scratch(executable._scratch_size)
        arguments = (*given, _place(self.values), _place(self.sums), place)
        # Where the code is, and what it is called with.
        self.native = (executable._built.address, *arguments)
        self._call = partial(executable._run, *arguments)
        self.in_halves = executable.in_halves(inputs.shape[1])
        if self.in_halves:
            scratch = self._scratch, place
            self._call = partial(executable._in_halves, arguments[:-1], scratch)

    def __call__(self) -> None:
        """Run once."""
        self._call()
        if self._executable._errors:
            self._executable._fail()

    def entry(
        self, copies: Iterable[tuple[Numbers, Numbers]] = ()
    ) -> Callable[[], None]:
        """A function that makes these copies, (to, from), and runs once.

        It has nothing to convert, so that it costs less than to call this object.
        """
        places = [(_place(to), _place(x), x.nbytes) for to, x in copies if x.size]
        run = entry(self.native, places)
        if not self._executable._callbacks:
            return run

        def checked() -> None:
            run()
            if self._executable._errors:
                self._executable._fail()

        return checked


_FUNCTION = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_void_p] * 4
)
_HALF = ctypes.CFUNCTYPE(None, *_FUNCTION._argtypes_, *[ctypes.c_int64] * 2)
_JOINED = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2)
_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


def _check(name: str, array: Numbers, shape: tuple[int | None, ...]) -> None:
    if (
        not isinstance(array, np.ndarray)
        or array.dtype != np.float64
        or array.ndim != len(shape)
        or not array.flags.c_contiguous
        or any([b not in (None, a) for a, b in zip(array.shape, shape, strict=True)])
    ):
        found = getattr(array, "shape", type(array).__name__)
        raise ValueError(
            f"'{name}' must be a C-contiguous float64 array of {shape[0]} numbers"
            f"{' per row, shape (n, rows)' if len(shape) == 2 else ''} (got {found})"
        )


def _place(array: Numbers) -> int:
    if not array.size:
        return 0
    try:  # three times as fast as the other way
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    except TypeError:  # read-only
        return array.ctypes.data


def _scratch(size: int) -> tuple[Numbers, int]:
    # On a line of the cache.
    memory = np.empty(size + 8)
    place = memory.ctypes.data
    return memory, place + -place % 64


def _symbols(program: Program) -> dict[str, int]:
    found = {}
    for name in program.functions:
        if name.startswith("libm."):
            symbol = name.removeprefix("libm.")
            place = libm.address(symbol, LIBM.get(symbol, 2))
            if place is not None:
                found[name] = place
    return found


def _callbacks(program: Program, errors: list[Exception]) -> dict[str, Any]:
    return {
        name: _CALLBACK(_pointwise(float_kernel(row), arity, row.multiple, errors))
        for name, (row, arity) in program.python_rows.items()
    }


def _pointwise(
    kernel: Callable[..., Any], arity: int, multiple: bool, errors: list[Exception]
) -> Callable[[int, int], None]:
    operands = ctypes.c_double * arity
    results = ctypes.c_double * (arity if multiple else 1)

    def run(source: int, target: int) -> None:
        try:
            found = kernel(*operands.from_address(source))
        except Exception as error:  # noqa: BLE001 - raised again after the call
            errors.append(error)
            found = [nan] * arity if multiple else nan
        results.from_address(target)[:] = list(found) if multiple else [found]

    return run


def _address(callback: Any) -> int:
    return ctypes.cast(callback, ctypes.c_void_p).value or 0
