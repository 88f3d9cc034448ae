"""The tape that is open while a function is traced.

What one can do with this file: nothing by itself; `record`, and `Value` where somebody
reads, compares or detaches it, ask the `Recorder` that is open.

The one idea: each question that traced code can ask of a number is answered with a
place on the tape, with what the code itself wrote down, or with a `TraceError`.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...data import as_data, caller
from ...errors import TraceError
from ...graph import ancestors, refuse_stale
from ...indices import Index
from ...primitives import TABLE, Primitive
from ...record import NamedConstant, is_recording
from ...value import Value, constant, new_node, refuse_if_traced, tick
from ..interpret import Numbers
from ..tape import COMPARISONS, CONSTANT, STOP, Tape
from .gathers import Taken
from .slot import COLUMN, Condition, Literal, Slot, emit, where

__all__ = ["Recorder", "Site"]

Site = tuple[str, int]  # file and line

MOST_BRANCHES = 10_000  # a loop that goes on while something is true


@dataclass
class Recorder(Tape):
    """A tape that is being written.

    Attributes
    ----------
    example
        The numbers of the inputs for which branches are decided.
    conditions, branches, sites
        Of each branch: its index, its answer, and where it was asked.
    begin
        Leaves with a higher creation index are made by the traced function.
    taken_rows
        What indices take from tables.
    """

    example: list[float] = field(default_factory=list)
    conditions: list[int] = field(default_factory=list)
    branches: list[bool] = field(default_factory=list)
    sites: list[Site | None] = field(default_factory=list)
    begin: int = field(default_factory=tick)
    taken_rows: Taken = field(default_factory=Taken)
    _taken_in: dict[Value, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = Numbers(self, self.example)

    # -- operations ----------------------------------------------------------------

    def record(self, row: Primitive, operands: Sequence[Any]) -> Value:
        """What `record` does while this tape is open."""
        # Most rows have one or two operands, on this tape or captured: written out.
        if row.general or row.attributes or not is_recording():
            return self._recorded(row, operands)
        b: Any = None
        places: tuple[int, ...]
        a = operands[0]
        x: Any = a._data if a.__class__ is Value else None
        ours = x.__class__ is Slot and x.tape is self
        i = x.index if ours else self._place(a)
        if len(operands) == 1:
            if i < 0:
                return self._recorded(row, operands)
            places = (i,)
            wants = a._wants
        else:
            b = operands[1]
            x = b._data if b.__class__ is Value else None
            ours = x.__class__ is Slot and x.tape is self
            j = x.index if ours else self._place(b)
            if i < 0 or j < 0:
                if i == j or _OTHER in (i, j):
                    return self._recorded(row, operands)
                i = self.constant(_value(a)) if i < 0 else i
                j = self.constant(_value(b)) if j < 0 else j
            places = (i, j)
            wants = a._wants or b._wants
        data = _new(Slot)
        data.tape = self
        data.index = len(self.rows)
        self.rows.append(row)
        self.operands.append(places)
        out = new_node(Value)
        out._data = data
        out._row = row
        out._a = a
        out._b = b
        out._note = None
        out._wants = wants
        out._index = tick()
        out.grad = _ZERO
        return out

    def _recorded(self, row: Primitive, operands: Sequence[Any]) -> Value:
        # The general way.
        values, numbers = [], []
        for x in operands:
            if x.__class__ is not Value:
                x = self.adopted(x)
            number = x._data
            kind = number.__class__
            if (kind is not Slot or number.tape is not self) and kind is not Literal:
                number = self.capture(x)
            values.append(x)
            numbers.append(number)
        if row.bound:
            row = _plain(row)
        if row.name == "item":
            data = numbers[0][row.bound["k"]]
        else:
            data = emit(row, numbers)
        if not is_recording():
            return constant(self._stop(data))
        out = new_node(Value)
        out._data = data
        out._row = row
        out._note = None
        n = len(values)
        if row.variadic or n > 2:
            out._a, out._b = None, tuple(values)
            out._wants = any([v._wants for v in values])
        else:
            out._a = values[0]
            out._b = values[1] if n == 2 else None
            out._wants = values[0]._wants or (n == 2 and values[1]._wants)
        if out._wants and not row.variadic and None in row.partials:  # type: ignore[operator]
            rules: Any = row.partials
            out._wants = any(
                [v._wants and r is not None for v, r in zip(values, rules, strict=True)]
            )
        out._index = tick()
        out.grad = _ZERO
        return out

    def _place(self, x: Any) -> int:
        # Of an operand; _KNOWN for a number of the code, _OTHER for what else there is.
        if x.__class__ is not Value:
            return _OTHER
        found = self._parameter_at.get(x)
        if found is not None:
            return found
        data = x._data
        if data.__class__ is Literal:
            return _KNOWN
        if data.__class__ is not float or x._row is not None:
            return _OTHER
        return self.parameter(x) if x._wants or not self._is_new(x) else _KNOWN

    def adopted(self, x: Any) -> Value:
        """A plain number as an operand."""
        if x.__class__ is NamedConstant:
            return constant(x.on(COLUMN))
        if x.__class__ is Index:
            return x.value
        number = as_data(x)
        if isinstance(number, Slot):
            # A derivative that was asked for as a plain number: eager's is a float,
            # and nothing flows through it.
            return constant(self._stop(number))
        return constant(Literal(number) if number.__class__ is float else number)

    def _stop(self, data: Any) -> Any:
        if data.__class__ is tuple:
            return tuple([self._stop(number) for number in data])
        return emit(STOP, (data,)) if isinstance(data, Slot) else data

    # -- what a Value asks while a tape is open ------------------------------------

    def read(self, value: Value) -> Any:
        """``value.data``: only what the code itself wrote down can be read."""
        data = value._data
        if data.__class__ is Literal:
            return data.value
        if data.__class__ not in (Slot, Condition, tuple) and self._is_new(value):
            return data
        refuse_if_traced(
            ".data would freeze the number of one call; use the Value itself, or "
            "detach() for a number that wants no gradient"
        )
        return data

    def taken(self, table: Sequence[Any], index: Index) -> Any:
        """``take(table, index)``."""
        taken = self.taken_rows
        return taken.take(self, self.example, table, index, self._is_new)

    def stopped(self, value: Value) -> Any:
        """The data of ``value.detach()``."""
        return self._stop(self.capture(value))

    def compared(self, symbol: str, value: Value, other: Any) -> Any:
        """The answer to a comparison, as a Value that ``if`` and `where` take."""
        try:
            right = other if other.__class__ is Value else self.adopted(other)
        except (TypeError, OverflowError):
            raise TypeError(
                f"unsupported operands for {symbol}: Value and {type(other).__name__}"
            ) from None
        numbers = [self.capture(value), self.capture(right)]
        answer = emit(COMPARISONS[symbol], numbers)
        if answer.__class__ is Slot:
            answer = Condition(self, answer.index)
        return constant(answer)

    def decided(self, value: Value) -> bool:
        """What ``if`` does: the example's answer, which becomes an output."""
        data = value._data
        if data.__class__ is Literal and value._row is None:
            return bool(data.value)
        if data.__class__ is not Condition:
            refuse_if_traced(
                "the truth value of a number would freeze the answer for one example; "
                "compare it (v > 0), or use where()"
            )
        if len(self.conditions) >= MOST_BRANCHES:
            raise TraceError(
                f"the function asked {MOST_BRANCHES} questions about its numbers; a "
                f"loop that ends when they say so cannot be compiled{where()}"
            )
        answer = bool(self._numbers.at(data.index))
        self.conditions.append(data.index)
        self.branches.append(answer)
        self.sites.append(caller())
        return answer

    # -- Values from outside -------------------------------------------------------

    def capture(self, value: Value) -> Any:
        """The data of ``value`` on this tape; a parameter is read at every call."""
        data = value._data
        if isinstance(data, (Slot, Literal)):
            if isinstance(data, Slot) and data.tape is not self:
                raise TraceError(f"a traced number outlived its trace{where()}")
            return data
        if data.__class__ is tuple and isinstance(data[0], (Slot, Literal)):
            return data
        if value not in self._taken_in:
            nodes = [n for n in ancestors(value) if n not in self._taken_in]
            refuse_stale(nodes[::-1])
            for node in nodes:
                self._taken_in[node] = self._take_in(node)
        return self._taken_in[value]

    def _take_in(self, node: Value) -> Any:
        data: Any = node._data
        row = node._row
        if isinstance(data, (Slot, Literal)):
            return data
        if data.__class__ not in (float, tuple):
            raise TraceError(
                f"compiled programs compute in floats, and {node!r} holds "
                f"{type(data).__name__}; convert it outside{where()}"
            )
        if row is None:
            if self._is_new(node) and not node._wants:
                return Literal(node.data)  # a number that was written in the code
            return Slot(self, self.parameter(node))
        operands = [self._taken_in[operand] for operand in node.operands]
        if row.name == "item":
            return operands[0][row.bound["k"]]
        return emit(row, operands)

    def _is_new(self, leaf: Value) -> bool:
        return leaf._row is None and leaf._index > self.begin

    def forget_new_leaves(self) -> None:
        """Leaves made while tracing that nobody holds any more are constants."""
        self._taken_in.clear()
        self.taken_rows.forget()
        del self._numbers  # they have the tape, and would keep it
        if not hasattr(sys, "getrefcount"):  # then they stay parameters, which is right
            return
        for index, leaf in list(self.parameters.items()):
            # Held by two dicts of the tape, the list of pairs, the loop variable, and
            # the call itself.
            if leaf._index > self.begin and sys.getrefcount(leaf) <= 5:
                del self.parameters[index], self._parameter_at[leaf]
                self.rows[index] = CONSTANT
                self.constants[index] = leaf._data

    def sort_parameters(self) -> None:
        """List the captured leaves as they were made, not as they were met.

        So the weights of a layer, which are often read in turn with something else,
        lie in arrays as in the model.
        """
        leaves = sorted(self.parameters.items(), key=lambda item: item[1]._index)
        self.parameters = dict(leaves)


_ZERO = Literal(0.0)
_KNOWN, _OTHER = -1, -2
_new = object.__new__


def _value(x: Value) -> float:
    data: Any = x._data
    return float(data.value if data.__class__ is Literal else data)


def _plain(row: Primitive) -> Primitive:
    # Attributes are numbers of the code, and were adopted as literals.
    found = {}
    for name, x in row.bound.items():
        if x.__class__ is Literal:
            found[name] = x.value
        elif isinstance(x, Slot):
            raise TraceError(
                f"'{name}' of {row.name} must be a number that is the same at every "
                f"call{where()}"
            )
    return TABLE[row.name].bind({**row.bound, **found}) if found else row
