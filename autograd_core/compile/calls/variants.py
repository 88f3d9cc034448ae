"""Variants: the programs of one function, one for each way through its branches.

What one can do with this file: find, for the rows of a call, the programs that hold for
them (`Variants.parts`), and run one (`Variant.run`).

The one idea: a program is right for a row if it answers every question that the
function asked as the example did. The answers are outputs of the tape, computed with
the float column's bits. Rows that no program fits get one of their own, traced with the
first of them; at most `MOST_VARIANTS`, since a function that goes another way for every
row is no program.
"""

from collections.abc import Callable, Sequence
from threading import RLock
from time import perf_counter
from typing import Any, NamedTuple

from ...errors import TraceError
from ...tree import structure
from ...value import Value, last_assignment, last_switch
from ..backends import Backend, choose
from ..cache import Made
from ..deriving.matrix import Pattern
from ..pause import no_collection
from ..pipeline import Wanted, build
from ..reroll.reroll import Rolled, reroll
from ..reroll.run import build as build_rolled
from ..reroll.run import obstacle
from ..tracing.gathers import Gathers
from ..tracing.trace import Traced, trace
from .arguments import Call

__all__ = ["MOST_VARIANTS", "Part", "Variant", "Variants", "gathered", "same_result"]

MOST_VARIANTS = 8


class Numbers:
    """Where the numbers of the captured Values are: in the Values."""

    def of(self, variant: "Variant") -> Any:
        """Those of one program, float64, in the order of its parameters."""
        return variant.numbers()

    def settle(self) -> None:
        """Make sure that the Values have them, for a trace or for a message."""


IN_VALUES = Numbers()


class Part(NamedTuple):
    """Rows of a call that one program is right for.

    Attributes
    ----------
    variant
        The program.
    rows
        Their indices; None for all.
    inputs
        Their columns of the call's inputs.
    """

    variant: "Variant"
    rows: Any
    inputs: Any


class Variant:
    """A function traced along one way through its branches."""

    def __init__(self, traced: Traced, backend: Backend) -> None:
        self.traced = traced
        self.backend = backend
        self.gathers = Gathers(traced.tape, traced.taken)
        self.parameters = list(traced.tape.parameters.values())
        self.wants = [leaf.requires_grad for leaf in self.parameters]
        pairs = traced.tape.parameters.items()
        # What `backward` differentiates by: leaves, and their indices on the tape.
        self.leaves = [leaf for _, leaf in pairs if leaf.requires_grad]
        self.wrt = tuple([i for i, leaf in pairs if leaf.requires_grad])
        # The containers of the result, as text.
        self.result = structure(traced.rebuild([0.0] * traced.results))
        self.made: dict[Wanted, Made] = {}
        # The same for one row only, whose parts were found to be alike.
        self.made_of_one: dict[Wanted, Made] = {}
        self._rolled: Rolled | str | None = None
        self.notes: list[str] = []  # for a report
        self._gradients: dict[tuple[bool, bool, str, bool], Wanted] = {}
        self._numbers: Any = None
        self._read_at = -1

    def program(
        self, wanted: Wanted, backend: Backend | None = None, *, straight: bool = False
    ) -> Made:
        """The compiled program for some outputs; as it was traced, if ``straight``."""
        if backend is not None:
            return build(self.traced.tape, self.traced.results, wanted, backend)
        # Without captured Values there are no steps of training, which pay for it.
        if wanted.single and self.parameters and not straight:
            alike = self.made_of_one.get(wanted) or self._of_one(wanted)
            if alike is not None:
                return alike
        found = self.made.get(wanted)
        if found is None:
            found = build(self.traced.tape, self.traced.results, wanted, self.backend)
            self.made[wanted] = found
        return found

    def _of_one(self, wanted: Wanted) -> Made | None:
        if wanted.kind not in ("values", "gradient") or wanted.seeded:
            return None
        rolled = self._rolled
        if rolled is None:
            rolled = self._rolled = self._roll()
        if isinstance(rolled, str):
            return None
        reason = obstacle(rolled, wanted)
        if reason:
            note = f"{wanted.kind} not re-rolled: {reason}"
            self.notes += [note] if note not in self.notes else []
            return None
        made = self.made_of_one[wanted] = build_rolled(rolled, wanted, self.backend)
        return made

    def _roll(self) -> Rolled | str:
        if self.traced.branches:  # whose answers all rows must share
            return "it branches"
        start = perf_counter()
        with no_collection():
            rolled = reroll(self.traced.tape, self.traced.results)
        milliseconds = 1e3 * (perf_counter() - start)
        if isinstance(rolled, Rolled):
            self.notes = [rolled.line(), f"re-roll: {milliseconds:.2f} ms"]
        elif rolled:
            self.notes = [f"not re-rolled: {rolled}"]
        return rolled

    def gradient(
        self, *, summed: bool, seeded: bool, numerics: str, single: bool = False
    ) -> Wanted:
        """The result and its gradient by all Values that want one."""
        key = (summed, seeded, numerics, single)
        found = self._gradients.get(key)
        if found is None:
            found = Wanted(
                "gradient", self.wrt, summed, seeded, numerics, single=single
            )
            self._gradients[key] = found
        return found

    def numbers(self) -> Any:
        """The captured parameters as an array, read again if any was assigned."""
        import numpy as np

        now = last_assignment()
        if now != self._read_at:
            numbers = [leaf._data for leaf in self.parameters]
            for leaf, number in zip(self.parameters, numbers, strict=True):
                if number.__class__ is not float:
                    raise TypeError(
                        f"compiled programs compute in floats, and {leaf!r} was given "
                        f"{type(number).__name__}"
                    )
            self._numbers = np.array(numbers, dtype=float)
            self._read_at = now
        return self._numbers

    def run(
        self,
        wanted: Wanted,
        inputs: Any,
        *,
        seed: float = 1.0,
        numbers: Numbers = IN_VALUES,
        backend: Backend | None = None,
    ) -> Any:
        """The outputs: (outputs, rows), or added up over the rows."""
        given = numbers.of(self)
        if not self.gathers:
            values, sums = self._run(wanted, inputs, given, seed, backend)
            return sums if wanted.summed else values
        taken = self.gathers.taken(inputs)
        filled = self.gathers.filled(inputs, given, taken)
        if wanted.kind == "gradient":
            wanted = self.gathers.asked(wanted)
        values, sums = self._run(wanted, filled, given, seed, backend)
        if wanted.kind == "gradient" and wanted.apart:
            return self.gathers.joined(wanted, taken, values, sums)
        return sums if wanted.summed else values

    def entries(
        self, wanted: Wanted, inputs: Any, backend: Backend | None = None
    ) -> tuple[Pattern, Any]:
        """Of a Jacobian or Hessian which entries there are, and (entries, rows)."""
        wanted = self.gathers.asked(wanted)
        pattern: Any = self.program(wanted, backend).pattern
        table = self.run(wanted, inputs, backend=backend)
        if not wanted.apart:
            return pattern, table
        taken = self.gathers.taken(inputs)
        return self.gathers.joined_matrix(wanted, taken, pattern, table)

    def _run(
        self, wanted: Wanted, inputs: Any, given: Any, seed: float, backend: Any
    ) -> Any:
        program = self.program(wanted, backend)
        return program.run(inputs, self.given(program, given, seed))

    def given(self, program: Made, numbers: Any = None, seed: float = 1.0) -> Any:
        """The numbers of a program's parameters, in its order."""
        import numpy as np

        if numbers is None:
            numbers = self.numbers()
        if program.order is None:
            return numbers
        return np.append(numbers, seed)[program.order]

    def place(self, leaf: Value) -> int:
        """The index of a captured Value on the tape, also if this way skips it."""
        tape = self.traced.tape
        before = len(tape)
        index = tape.parameter(leaf)
        if len(tape) > before:
            self.parameters.append(leaf)
            self.wants.append(leaf.requires_grad)
            self._read_at = -1
        return index

    def switched(self) -> bool:
        """Whether a parameter was frozen or thawed since."""
        return self.wants != [leaf._wants for leaf in self.parameters]


class Variants:
    """All programs of one function.

    Attributes
    ----------
    function
        What is traced.
    backend
        What runs its programs.
    numerics
        "fast" or "eager".
    static, indices
        Positions of the arguments that are handed on, and of those that are indices.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        backend: Backend,
        numerics: str,
        static: frozenset[int],
        indices: frozenset[int],
    ) -> None:
        self.function = function
        self.backend = backend
        self.numerics = numerics
        self.static = static
        self.indices = indices
        self._exact = backend if backend.name == "numpy" else choose("numpy")
        self._found: dict[Any, list[Variant]] = {}
        self._checked_at = last_switch()
        self._lock = RLock()

    @property
    def all(self) -> list[Variant]:
        """Every program that there is, in the order of their traces."""
        return [variant for found in self._found.values() for variant in found]

    def backend_for(self, numerics: str) -> Backend | None:
        """What runs a call again in other numerics; None for those of the programs."""
        return None if numerics == self.numerics else self._exact

    def parts(self, call: Call, numbers: Numbers = IN_VALUES) -> list[Part]:
        """The rows of a call, by the programs that are right for them.

        Raises
        ------
        TraceError
            If the function cannot be traced, or goes too many ways.
        """
        with self._lock:
            return self._parts(call, numbers)

    def _parts(self, call: Call, numbers: Numbers) -> list[Part]:
        import numpy as np

        found = self._of(call.key)
        if not found:
            found.append(self._traced(call, 0, numbers))
        if len(found) == 1 and not found[0].traced.branches:
            found[0].gathers.check(call.inputs, None)
            return [Part(found[0], None, call.inputs)]
        left = np.arange(call.rows)
        parts = []
        k = 0
        while left.size:
            if k == len(found):
                self._add(found, call, int(left[0]), numbers)
            variant = found[k]
            k += 1
            inputs = np.ascontiguousarray(call.inputs[:, left])
            fits = _fits(variant, inputs, numbers)
            if fits.any():
                rows = left[fits]
                whole = len(rows) == call.rows
                inputs = np.ascontiguousarray(inputs[:, fits])
                variant.gathers.check(inputs, rows)
                parts.append(Part(variant, None if whole else rows, inputs))
                left = left[~fits]
        return parts

    def traced(self, call: Call) -> Traced:
        """The first trace for the structure of a call."""
        with self._lock:
            found = self._of(call.key)
            if not found:
                found.append(self._traced(call, 0, IN_VALUES))
            return found[0].traced

    def _of(self, key: Any) -> list[Variant]:
        now = last_switch()
        if now != self._checked_at:
            if any(variant.switched() for variant in self.all):
                self._found.clear()
            self._checked_at = now
        return self._found.setdefault(key, [])

    def _add(
        self, found: list[Variant], call: Call, row: int, numbers: Numbers
    ) -> None:
        if len(found) == MOST_VARIANTS:
            place = found[-1].traced.place
            place = f"; it branches{place}" if place else ""
            raise TraceError(
                f"the function goes more than {MOST_VARIANTS} ways through its "
                f"branches{place}. Use where(), maximum() or minimum() instead of if, "
                "max and min"
            )
        found.append(self._traced(call, row, numbers))

    def _traced(self, call: Call, row: int, numbers: Numbers) -> Variant:
        numbers.settle()
        traced = trace(self.function, call.example(row), self.static, self.indices)
        return Variant(traced, self.backend)


CONDITIONS = Wanted("conditions", numerics="eager")


def _fits(variant: Variant, inputs: Any, numbers: Numbers) -> Any:
    import numpy as np

    branches = np.array(variant.traced.branches, dtype=float)[:, None]
    if not branches.size:
        return np.ones(inputs.shape[1], dtype=bool)
    answers = variant.run(CONDITIONS, inputs, numbers=numbers)
    return (answers == branches).all(axis=0)


def leaves_of(parts: list[Part]) -> list[Value]:
    """The captured Values of some programs that want a gradient, each once."""
    if len(parts) == 1:
        return parts[0].variant.leaves
    return list(dict.fromkeys([x for part in parts for x in part.variant.leaves]))


def gathered(parts: list[Part], call: Call, tables: list[Any]) -> Any:
    """The columns of every part, back in their places."""
    import numpy as np

    if len(parts) == 1:
        return tables[0]
    table = np.empty((len(tables[0]), call.rows))
    for part, found in zip(parts, tables, strict=True):
        table[:, part.rows] = found
    return table


def same_result(parts: list[Part]) -> Callable[[Sequence[Any]], Any]:
    """What builds the result's containers, if all parts have the same.

    Raises
    ------
    TraceError
        If they have not.
    """
    first = parts[0].variant
    for part in parts[1:]:
        if part.variant.result != first.result:
            raise TraceError(
                f"one branch of the function returns {first.result} and another "
                f"{part.variant.result}; return the same containers"
            )
    return first.traced.rebuild
