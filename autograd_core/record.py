"""How an operation makes a node: one general way, and a short one for floats.

What one can do with this file: `record` any row of the table on Values; stop
recording inside `no_grad`; have the first non-finite result raise inside
`strict`. The operators and methods of `Value` are attached here, from the table.

The one idea: recording is running the row's kernel and keeping the operands.
Nothing is differentiated until a sweep asks for it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite
from operator import attrgetter
from threading import Lock
from typing import Any

from .data import Note, as_data, caller
from .errors import NonFiniteError
from .numbers import Column, column_of, float64, register_type
from .primitives import CONSTANTS, TABLE, Primitive
from .value import (
    Value,
    column,
    constant,
    new_node,
    open_tapes,
    tape_here,
    tick,
)

__all__ = ["no_grad", "record", "strict"]

_FLOAT: Column = float64.COLUMN
_FLOATS = {float}
_wants = attrgetter("_wants")

# How many no_grad() and strict() blocks are open in any thread. Operators look
# at this one global; only when it is not 0 do they ask the context variables.
_open_modes = 0
_mode_lock = Lock()
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_strict: ContextVar[bool] = ContextVar("strict", default=False)


# -- the general way ---------------------------------------------------------------


def record(row: Primitive, operands: tuple[Any, ...]) -> Value:
    """Apply ``row``, its attributes bound, to Values and constants.

    At least one operand must be a Value. The result of a row with several
    outputs is one node; `outputs` takes it apart.

    Raises
    ------
    TypeError
        If an operand is not a real number, or two Values hold numbers of
        different types.
    """
    if _open_modes and (tape := tape_here.get()) is not None:
        return tape.record(row, operands)  # type: ignore[no-any-return]
    like = next((x for x in operands if x.__class__ is Value), None)
    if like is None:
        raise TypeError(f"{row.name} is recorded on Values, got none")
    values = tuple(
        [x if x.__class__ is Value else _operand_or_error(x, like) for x in operands]
    )
    numbers = [value._data for value in values]
    kind = _FLOAT
    if set(map(type, numbers)) != _FLOATS:
        kind = _common_column(values)
    data = getattr(kind, row.name)(*numbers, **row.bound)
    if row.multiple:
        data = tuple(data)
    elif data.__class__ is int:  # where(c, 1, 0) on plain integers
        data = kind.adopt(data)
    if not is_recording():
        out = constant(data)
    else:
        out = new_node(Value)
        out._data = data
        out._row = row
        if row.variadic or len(values) > 2:
            out._a, out._b = None, values
        else:
            out._a = values[0]
            out._b = values[1] if len(values) == 2 else None
        out._index = tick()
        out._wants = _wanted(row, values)
        out._note = None
        out.grad = 0.0 if kind is _FLOAT else kind.adopt(0)
    if not is_finite(data):
        _notice(out, row, values)
    return out


def operand(number: Any, like: Value) -> Any:
    """``number`` as a Value that can meet ``like``, or NotImplemented."""
    if number.__class__ is Value:
        return number
    data = adopted(number, like)
    return data if data is NotImplemented else constant(data)


def adopted(number: Any, like: Value) -> Any:
    """A constant as data of the same kind as that of ``like``, or NotImplemented."""
    kind = column(like)
    if number.__class__ is NamedConstant:
        return number.on(kind)
    if kind is not _FLOAT and number.__class__ in (int, bool):
        return kind.adopt(int(number))
    try:
        data = as_data(number)
    except TypeError:
        return NotImplemented
    return data if column_of(data) is kind else kind.adopt(data)


def _operand_or_error(number: Any, like: Value) -> Value:
    value = operand(number, like)
    if value is NotImplemented:
        as_data(number)  # raises the TypeError that names the type
    return value  # type: ignore[no-any-return]


def _common_column(values: tuple[Value, ...]) -> Column:
    # A silent float among fractions would end exactness, so nothing is promoted.
    kind = column(values[0])
    for other in values:
        if column(other) is not kind:
            raise TypeError(
                f"a Value of {kind.name} meets a Value of {column(other).name}; "
                "make both the same, for example Value(Fraction(1, 2)) instead of "
                "Value(0.5)"
            )
    return kind


def _wanted(row: Primitive, values: tuple[Value, ...]) -> bool:
    if row.variadic:
        return any(map(_wants, values))
    rules: Any = row.partials
    return any([v._wants and r is not None for v, r in zip(values, rules, strict=True)])


def is_finite(data: Any) -> bool:
    """Whether a number, or each number of a tuple, is neither NaN nor infinite."""
    if data.__class__ is float:
        return isfinite(data)
    if data.__class__ is tuple:
        return all(map(is_finite, data))
    kind = column_of(data)
    return kind is None or kind.finite(data)


def _notice(out: Value, row: Primitive, values: tuple[Value, ...]) -> None:
    # A result that is not finite: keep where it was made, while that is known.
    out._note = Note()
    out._note.site = caller()
    if _open_modes and _strict.get():
        from .diagnose import describe_operation

        raise NonFiniteError(describe_operation(row, values, out._data, out._note.site))


# -- the short way: one or two floats ----------------------------------------------


def _unary(name: str) -> Any:
    row = TABLE[name].bind({})
    kernel = getattr(_FLOAT, name)

    def method(self: Value) -> Value:
        x = self._data
        if x.__class__ is not float or _open_modes:
            return record(row, (self,))
        data = kernel(x)
        out = new_node(Value)
        out._data = data
        out._row = row
        out._a = self
        out._b = out._note = None
        out._index = tick()
        out._wants = self._wants
        out.grad = 0.0
        if not isfinite(data):
            _notice(out, row, (self,))
        return out

    return _described(method, name)


def _binary(name: str) -> Any:
    row = TABLE[name].bind({})
    kernel = getattr(_FLOAT, name)

    def method(self: Value, other: Any) -> Any:
        if other.__class__ is not Value:
            other = operand(other, self)
            if other is NotImplemented:
                return NotImplemented
        x = self._data
        y = other._data
        if x.__class__ is not float or y.__class__ is not float or _open_modes:
            return record(row, (self, other))
        data = kernel(x, y)
        out = new_node(Value)
        out._data = data
        out._row = row
        out._a = self
        out._b = other
        out._note = None
        out._index = tick()
        out._wants = self._wants or other._wants
        out.grad = 0.0
        if not isfinite(data):
            _notice(out, row, (self, other))
        return out

    return _described(method, name)


def _longer(name: str) -> Any:
    # Through some operand no gradient goes.
    row = TABLE[name].bind({})

    def method(self: Value, *others: Any) -> Value:
        return record(row, (self, *others))

    return _described(method, name)


def _reflected(method: Callable[[Value, Any], Any]) -> Any:
    def reflected(self: Value, other: Any) -> Any:
        left = operand(other, self)
        return left if left is NotImplemented else method(left, self)

    return reflected


def _described(method: Any, name: str) -> Any:
    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"The primitive `{name}`; see `autograd_core.{name}`."
    return method


# -- the operators and methods of Value --------------------------------------------


def _pow(self: Value, exponent: Any, modulus: None = None) -> Any:
    if modulus is not None:
        raise TypeError("pow() with a modulus is not defined for a Value")
    if exponent.__class__ is Value:
        return record(TABLE["pow"].bind({}), (self, exponent))
    if exponent.__class__ is int or exponent.__class__ is bool:
        n: Any = int(exponent)  # x**2 stays 2 to a reader, and exact on fractions
        if column(self) is _FLOAT:
            as_data(n)  # an int too large for a float is said so
    else:
        n = adopted(exponent, self)
        if n is NotImplemented:
            return NotImplemented
    return record(TABLE["powc"].bind({"n": n}), (self,))


def _round(self: Value, digits: int | None = None) -> Value:
    return record(TABLE["round"].bind({"digits": digits}), (self,))


# NumPy calls a method of the ufunc's name on each object of an array: np.sin(v) is
# v.sin(), np.arcsin(v) is v.arcsin().
_NUMPY_NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "atan2": "arctan2",
}


METHODS: dict[str, Callable[..., Value]] = {}  # of rows without attributes


def _attach() -> None:
    for symbol, name in (("add",) * 2, ("sub",) * 2, ("mul",) * 2, ("truediv", "div")):
        method = _binary(name)
        setattr(Value, f"__{symbol}__", method)
        setattr(Value, f"__r{symbol}__", _reflected(method))
    Value.__pow__ = _pow
    Value.__rpow__ = _reflected(_pow)
    Value.__round__ = _round
    for row in TABLE.values():
        needs_attributes = set(row.attributes) != set(row.defaults)
        if row.helper or needs_attributes or row.arity not in (1, 2):
            continue
        if not hasattr(Value, row.name):
            short = _unary if row.arity == 1 else _binary
            method = _longer(row.name) if row.general else short(row.name)
            METHODS[row.name] = method
            setattr(Value, row.name, method)
            if row.name in _NUMPY_NAMES:
                setattr(Value, _NUMPY_NAMES[row.name], method)
    Value.__neg__ = METHODS["neg"]
    Value.__abs__ = METHODS["abs"]


_attach()


# -- the column of Values ----------------------------------------------------------


class NamedConstant:
    """A constant of the table; it becomes a number when it meets one."""

    def __init__(self, name: str, sign: int = 1, below: bool = False) -> None:
        self.name = name
        self.sign = sign
        self.below = below

    def __neg__(self) -> "NamedConstant":
        return NamedConstant(self.name, -self.sign, self.below)

    def __rtruediv__(self, number: int) -> "NamedConstant":
        return NamedConstant(self.name, number * self.sign, True)

    def on(self, kind: Column) -> Any:
        """Its value as a number of the column ``kind``."""
        value = getattr(kind, self.name)
        return self.sign / value if self.below else self.sign * value


class _ValueColumn(Column):
    """Rules that run on it record; that is what gives every higher order."""

    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        def kernel(*operands: Any, **attributes: Any) -> Any:
            if not any([x.__class__ is Value for x in operands]):
                # A rule may call a row on data alone, as m.where(c, 1, 0).
                kinds = (column_of(x) for x in operands)
                kind = next((k for k in kinds if k is not None), _FLOAT)
                return getattr(kind, row.name)(*operands, **attributes)
            return recorded(row.bind(attributes), operands)

        return kernel

    def does(self, name: str) -> bool:
        return True


def recorded(row: Primitive, operands: Sequence[Any]) -> Any:
    """What `record` gives, as functions return it: a list of several results."""
    out = record(row, tuple(operands))
    return outputs(out) if row.multiple else out


def outputs(node: Value) -> list[Value]:
    """The several results of a row like softmax, as one Value each."""
    item = TABLE["item"]
    return [record(item.bind({"k": k}), (node,)) for k in range(len(node._data))]


COLUMN = _ValueColumn(
    "Value",
    {},
    {name: NamedConstant(name) for name in CONSTANTS},
    adopt=lambda number: number,
    stores=False,
)
register_type(Value, COLUMN)


# -- modes -------------------------------------------------------------------------


@contextmanager
def _mode(variable: ContextVar[bool], value: bool) -> Iterator[None]:
    global _open_modes
    token = variable.set(value)
    with _mode_lock:
        _open_modes += 1
    try:
        yield
    finally:
        with _mode_lock:
            _open_modes -= 1
        variable.reset(token)


def no_grad() -> Any:
    """A context manager, or decorator, in which nothing is recorded.

    Results are leaves that ask for no gradient.

    Examples
    --------
    >>> x = Value(2.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return _mode(_recording, False)


def is_recording() -> bool:
    """Whether operations are recorded here, that is, outside `no_grad`."""
    return not _open_modes or _recording.get()


def recording() -> Any:
    """A context manager in which operations are recorded, also inside `no_grad`."""
    return _mode(_recording, True)


@contextmanager
def recording_on(tape: Any) -> Iterator[None]:
    """In this thread operations are written to ``tape``, by its method ``record``."""
    token = tape_here.set(tape)
    with _mode_lock:
        open_tapes[0] += 1
    try:
        with recording():
            yield
    finally:
        with _mode_lock:
            open_tapes[0] -= 1
        tape_here.reset(token)


def strict() -> Any:
    """A context manager, or decorator, in which a non-finite result raises at once.

    Raises
    ------
    NonFiniteError
        From the operation whose result is NaN or infinite.
    """
    return _mode(_strict, True)
