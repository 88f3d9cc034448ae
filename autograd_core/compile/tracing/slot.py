"""The column of slots: numbers that are places on a tape.

What one can do with this file: run any rule of the table and any sweep on slots; the
tape then has the instructions that compute it.

The one idea: a compiled program is one more kind of number. A kernel of this column
appends an instruction, so the reverse sweep over slots writes the gradient's
instructions by the engine's own rules. A number that is on no tape yet is a `Literal`;
an operation on literals alone is done at once, by the float kernel, which is constant
folding that changes no bit.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ...data import as_data, caller
from ...errors import TraceError
from ...numbers import Column, float64, register_type
from ...primitives import CONSTANTS, TABLE, Primitive
from ..interpret import kernel_of
from ..tape import STRONG, Tape

__all__ = ["COLUMN", "Adjoint", "Condition", "Literal", "Slot", "emit"]

_FLOAT = float64.COLUMN


def where() -> str:
    """File and line of the user's code, for a message."""
    site = caller()
    return f" ({site[0]}:{site[1]})" if site else ""


# -- numbers ---------------------------------------------------------------------------


def _operator(name: str, swapped: bool = False) -> Any:
    row = TABLE[name].bind({})

    def method(self: Any, other: Any) -> Any:
        kind = other.__class__
        if kind is int or kind is float:
            other = Literal(float(other))
        elif not isinstance(other, _Number):
            return NotImplemented
        return emit(row, (other, self) if swapped else (self, other))

    return method


class _Number:
    # What slots and literals share: operators emit, and nothing has a value.
    __slots__ = ()

    __add__, __radd__ = _operator("add"), _operator("add", True)
    __sub__, __rsub__ = _operator("sub"), _operator("sub", True)
    __mul__, __rmul__ = _operator("mul"), _operator("mul", True)
    __truediv__, __rtruediv__ = _operator("div"), _operator("div", True)

    def __neg__(self) -> Any:
        return emit(TABLE["neg"], (self,))

    def __pow__(self, n: int) -> Any:
        return emit(TABLE["powc"].bind({"n": n}), (self,))

    def __float__(self) -> NoReturn:
        raise TraceError(
            "a number has no value while a function is traced; use the functions of "
            f"autograd_core on Values{where()}"
        )

    __int__ = __index__ = __bool__ = __float__

    def _no_answer(self, other: Any) -> bool:
        self.__float__()

    __lt__ = __le__ = __gt__ = __ge__ = _no_answer


class Slot(_Number):
    """The number that instruction ``index`` of a tape computes."""

    __slots__ = ("index", "tape")

    def __init__(self, tape: Tape, index: int) -> None:
        self.tape = tape
        self.index = index

    def __repr__(self) -> str:
        return f"%{self.index}"


class Condition(Slot):
    """The answer to a comparison, 1 or 0: for `where`, and for Python's ``if``."""

    __slots__ = ()


class Literal(_Number):
    """A number that is known while tracing, and on no tape yet."""

    __slots__ = ("value",)

    def __init__(self, value: float) -> None:
        self.value = value

    # Bounds that the code wrote down, as those of clip(), can be compared.
    def __lt__(self, other: Any) -> bool:
        return self.value < _value(other)

    def __le__(self, other: Any) -> bool:
        return self.value <= _value(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > _value(other)

    def __ge__(self, other: Any) -> bool:
        return self.value >= _value(other)

    def __repr__(self) -> str:
        return repr(self.value)


def _value(number: Any) -> float:
    return number.value if number.__class__ is Literal else float(number)


class Adjoint(Slot):
    """A slot of a reverse sweep: where it is 0, its products are -0.0.

    The sweep over floats skips an adjoint that is 0, which a program cannot do. It
    adds -0.0 instead, which changes no sum, so that both have the same bits.
    """

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return True

    def __mul__(self, partial: Any) -> "Adjoint":
        tape = self.tape
        kind = partial.__class__
        if kind is Slot:
            index = partial.index
        else:
            number = partial.value if kind is Literal else float(partial)
            if number == 1.0:
                return self
            index = tape.constant(number)
        tape.rows.append(STRONG)
        tape.operands.append((self.index, index))
        return Adjoint(tape, len(tape.rows) - 1)

    def __add__(self, other: "Adjoint") -> "Adjoint":
        tape = self.tape
        tape.rows.append(_ADD)
        tape.operands.append((self.index, other.index))
        return Adjoint(tape, len(tape.rows) - 1)


# -- the column ------------------------------------------------------------------------


def emit(row: Primitive, operands: Sequence[Any]) -> Any:
    """Append ``row`` on slots and literals; on literals alone, compute it.

    The result is a slot or literal; of a row with several outputs, a tuple of them.
    """
    tape: Tape | None = None
    places = []
    for x in operands:
        if x.__class__ is Literal:
            places.append(-1)
        else:
            tape = x.tape
            places.append(x.index)
    if tape is None:
        return _computed(row, [x.value for x in operands])
    if -1 in places:
        for k, x in enumerate(operands):
            if x.__class__ is Literal:
                places[k] = tape.constant(x.value)
    rows = tape.rows
    rows.append(row)
    tape.operands.append(tuple(places))
    index = len(rows) - 1
    if not row.multiple:
        return Slot(tape, index)
    return tuple(
        [
            Slot(tape, tape.emit(_ITEM.bind({"k": k}), (index,)))
            for k in range(outputs_of(row, len(places)))
        ]
    )


def _computed(row: Primitive, numbers: list[float]) -> Any:
    found = kernel_of(row)(*numbers)
    return tuple(map(Literal, found)) if row.multiple else Literal(float(found))


def outputs_of(row: Primitive, operands: int) -> int:
    """How many results a row with several outputs has for so many operands."""
    if row.name in TABLE.built_in:
        return operands
    return len(kernel_of(row)(*[0.5] * operands))


_ADD = TABLE["add"]
_ITEM = TABLE["item"]
_ZERO, _ONE = Literal(0.0), Literal(1.0)


def adopt(number: Any) -> Any:
    """A Python number as a literal."""
    if number.__class__ is int:
        if number == 0:
            return _ZERO
        if number == 1:
            return _ONE
    return Literal(as_data(number))


class _SlotColumn(Column):
    # Every row is an instruction; also those that other columns run by formula.
    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        if row.name == "item":  # of a row with several outputs, already apart
            return lambda xs, k: xs[k]
        plain = row.bind({}) if set(row.defaults) == set(row.attributes) else None

        def kernel(*operands: Any, **attributes: Any) -> Any:
            member = row.bind(attributes) if attributes or plain is None else plain
            return emit(
                member,
                [x if isinstance(x, _Number) else adopt(x) for x in operands],
            )

        return kernel

    def does(self, name: str) -> bool:
        return True

    def is_zero(self, data: Any) -> bool:
        return data.__class__ is Literal and data.value == 0.0


COLUMN = _SlotColumn(
    "traced",
    {},
    {name: Literal(getattr(_FLOAT, name)) for name in CONSTANTS},
    adopt,
    finite=lambda number: True,
)
for _kind in (Slot, Literal, Adjoint, Condition):
    register_type(_kind, COLUMN)
