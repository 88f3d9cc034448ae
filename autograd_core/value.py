"""`Value`: one number that remembers how it was computed.

What one can do with this file: make leaves, read or assign ``data``, freeze a
leaf with ``requires_grad=False``, call `Value.backward`, and read what is
refused and why. How operations make nodes is in `record.py`.

The one idea: a node keeps its operands, its row of the table and a creation
index, nothing else. No closure and no set, so a graph has no cycles, is freed
by reference counts, and gives the same bits on every run. The creation index is
also the version stamp: an operand is always older than its consumer, so
assigning ``data`` gives the leaf a new index, and whoever finds an operand that
is *younger* than its consumer has found a stale result.

Source: the surface is micrograd's (A. Karpathy, 2020).
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any, NoReturn

from .data import Note, as_data, caller
from .errors import GraphError, TraceError
from .numbers import Column, column_of
from .primitives import TABLE, Primitive

__all__ = ["Value", "constant"]

new_node = object.__new__
tick = count(1).__next__
_assigned = [0]  # the creation index that the latest assignment of .data gave
_switched = [0]  # the same of requires_grad

# The tape that calls in this thread are written to, and how many there are in all.
# Only when that is not 0 does anybody ask the context variable.
tape_here: ContextVar[Any] = ContextVar("tape_here", default=None)
open_tapes = [0]


def last_assignment() -> int:
    """The creation index at the latest assignment of any ``data``."""
    return _assigned[0]


def last_switch() -> int:
    """The creation index at the latest change of any ``requires_grad``."""
    return _switched[0]


def refuse_if_traced(what: str) -> None:
    """Refuse what would keep the number of one example in a compiled program.

    Raises
    ------
    TraceError
        If a function is being traced in this thread.
    """
    if open_tapes[0] and tape_here.get() is not None:
        site = caller()
        place = f" ({site[0]}:{site[1]})" if site else ""
        raise TraceError(f"{what}{place}")


class Value:
    """A number, its gradient, and the operation that made it.

    Parameters
    ----------
    data
        One real number. bool, int, float and NumPy real scalars are stored as
        float; Fraction, SymPy and mpmath numbers stay what they are, and
        everything that is computed from them does too.
    name
        How messages and drawings call it.
    requires_grad
        False for data and frozen parameters: no gradient is computed for it.
    _children, _op
        micrograd's way of making a node by hand: the operands, and the symbol of
        a row of the table. ``data`` must be what that row computes.

    Attributes
    ----------
    grad
        For a leaf the sum of d(root)/d(self) over all calls of ``backward``
        since it was zeroed; for a computed node the gradient of the last call.

    Raises
    ------
    TypeError
        If ``data`` is not one real number.
    OverflowError
        If ``data`` is an int too large for a float.
    ValueError
        If ``_children`` and ``_op`` name no row, or one that computes another
        number than ``data``.

    Examples
    --------
    >>> x = Value(3.0)
    >>> y = x**2 + 1
    >>> y.backward()
    >>> y.data, x.grad
    (10.0, 6.0)
    """

    __slots__ = (
        "_a",
        "_b",
        "_data",
        "_index",
        "_note",
        "_row",
        "_wants",
        "grad",
    )

    # SymPy's operators give way to an operand with a higher number than their 10.
    _op_priority = 20.0

    grad: Any
    _data: Any
    _row: Primitive | None
    # The one or two operands; of a row with more, `_a` is None and `_b` their tuple.
    _a: "Value | None"
    _b: Any
    _index: int
    _wants: bool
    _note: Note | None

    def __init__(
        self,
        data: Any,
        _children: Any = (),
        _op: str = "",
        *,
        name: str | None = None,
        requires_grad: bool = True,
    ) -> None:
        self._data = as_data(data)
        self._row = self._a = self._b = None
        self._wants = bool(requires_grad)
        if _children:
            self._adopt_children(_children, _op)
        self._index = tick()
        self._note = Note(_checked_name(name)) if name is not None else None
        self.grad = 0.0 if self._data.__class__ is float else column(self).adopt(0)

    def _adopt_children(self, given: Any, op: str) -> None:
        from .record import record

        if isinstance(given, str):
            raise TypeError(f"a name goes by its keyword: name={given!r}")
        children = tuple(given)
        for row in TABLE.values():
            if row.symbol == op and row.arity in (len(children), -1):
                made = record(row, children)
                break
        else:
            raise ValueError(
                f"no primitive {op!r} with {len(children)} operands; add one with "
                "register(Primitive(...)), so that its derivative is known"
            )
        if made._data != self._data:
            raise ValueError(
                f"{op!r} of these operands is {made._data}, not {self._data}"
            )
        self._row, self._a, self._b = made._row, made._a, made._b
        self._wants = made._wants

    # -- data and structure --------------------------------------------------------

    def _get_data(self) -> Any:
        if open_tapes[0]:
            tape = tape_here.get()
            if tape is not None:
                return tape.read(self)
        return self._data

    def _set_data(self, number: Any) -> None:
        if self._row is not None:
            raise GraphError(
                "cannot assign .data of a computed Value; assign the leaves and "
                "compute it again"
            )
        refuse_if_traced(
            "an assignment to .data inside a traced function would happen once and not "
            "at every call; return the number and assign it outside"
        )
        data = as_data(number)
        if self._note is None:
            self._note = Note()
        self._note.previous = self._data
        self._note.site = caller()
        self._data = data
        self._index = tick()
        _assigned[0] = self._index

    data = property(
        _get_data,
        _set_data,
        doc="The number. Assigning it is allowed on leaves; results that were "
        "recorded before become stale, and say so when they are used.",
    )

    @property
    def operands(self) -> tuple["Value", ...]:
        """The Values this one was computed from, in order; () for a leaf."""
        if self._a is None:
            return self._b or ()
        return (self._a,) if self._b is None else (self._a, self._b)

    @property
    def primitive(self) -> Primitive | None:
        """The row of the table that computed it; None for a leaf."""
        return self._row

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by hand and not by an operation."""
        return self._row is None

    @property
    def _prev(self) -> tuple["Value", ...]:
        return self.operands

    @property
    def _op(self) -> str:
        return self._row.symbol if self._row else ""

    @property
    def name(self) -> str | None:
        """What messages and drawings call it, or None."""
        return self._note.name if self._note else None

    @name.setter
    def name(self, name: str | None) -> None:
        name = _checked_name(name)
        if self._note is None:
            self._note = Note()
        self._note.name = name

    @property
    def requires_grad(self) -> bool:
        """Whether ``backward`` computes a gradient for it."""
        return self._wants

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self._row is not None and not wanted:
            raise GraphError("only leaves can be frozen; use detach() on a result")
        self._wants = bool(wanted)
        _switched[0] = tick()

    def detach(self) -> "Value":
        """A new leaf with the same data, which asks for no gradient."""
        if open_tapes[0]:
            tape = tape_here.get()
            if tape is not None:
                return constant(tape.stopped(self))
        return constant(self._data)

    # -- gradients -----------------------------------------------------------------

    def backward(self, seed: Any = 1, *, allow_nonfinite: bool = False) -> None:
        """Add d(self)/d(leaf) to the ``grad`` of every leaf behind this node.

        Computed nodes get the gradient of this call. Either all gradients are
        written or, when an error is raised, none.

        Parameters
        ----------
        seed
            The adjoint of this node: every gradient is multiplied by it.
        allow_nonfinite
            Write NaN and infinite gradients instead of raising.

        Raises
        ------
        NonFiniteError
            If this value, ``seed`` or a leaf's gradient is not finite; the message
            names the operation where it began.
        StaleGraphError
            If a leaf was assigned after this node was computed.
        TypeError
            If ``seed`` is not a real number of this Value's kind.
        """
        from .reverse import backward

        backward(self, seed, allow_nonfinite=allow_nonfinite)

    def zero_grad(self) -> None:
        """Set ``grad`` to zero here and in every node that this one comes from."""
        from .graph import ancestors

        for node in ancestors(self):
            node.grad = node._zero()

    def _zero(self) -> Any:
        return 0.0 if self._data.__class__ is float else column(self).adopt(0)

    # -- operators: `record.py` attaches them, from the table ----------------------

    __add__: Callable[["Value", Any], "Value"]
    __radd__: Callable[["Value", Any], "Value"]
    __sub__: Callable[["Value", Any], "Value"]
    __rsub__: Callable[["Value", Any], "Value"]
    __mul__: Callable[["Value", Any], "Value"]
    __rmul__: Callable[["Value", Any], "Value"]
    __truediv__: Callable[["Value", Any], "Value"]
    __rtruediv__: Callable[["Value", Any], "Value"]
    __pow__: Callable[["Value", Any], "Value"]
    __rpow__: Callable[["Value", Any], "Value"]
    __neg__: Callable[["Value"], "Value"]
    __abs__: Callable[["Value"], "Value"]
    __round__: Callable[..., "Value"]

    def __pos__(self) -> "Value":
        return self

    # -- comparisons look at data; equality and hash are identity ------------------

    def __lt__(self, other: Any) -> Any:
        if open_tapes[0] and (tape := tape_here.get()) is not None:
            return tape.compared("<", self, other)
        return self._data < _comparable(other, "<")

    def __le__(self, other: Any) -> Any:
        if open_tapes[0] and (tape := tape_here.get()) is not None:
            return tape.compared("<=", self, other)
        return self._data <= _comparable(other, "<=")

    def __gt__(self, other: Any) -> Any:
        if open_tapes[0] and (tape := tape_here.get()) is not None:
            return tape.compared(">", self, other)
        return self._data > _comparable(other, ">")

    def __ge__(self, other: Any) -> Any:
        if open_tapes[0] and (tape := tape_here.get()) is not None:
            return tape.compared(">=", self, other)
        return self._data >= _comparable(other, ">=")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is Value or other is None:
            return self is other
        if isinstance(other, (int, float)) or column_of(other) is not None:
            refuse_if_traced(
                "== with a number would freeze the answer for one example; use an "
                "inequality, as in x > 0.5"
            )
            raise TypeError(
                "== between a Value and a number is not defined, because Values are "
                "equal only to themselves; compare v.data"
            )
        return NotImplemented

    __hash__ = object.__hash__

    # -- refusals that name the remedy ---------------------------------------------

    def __bool__(self) -> bool:
        if open_tapes[0] and (tape := tape_here.get()) is not None:
            return bool(tape.decided(self))
        raise TypeError(
            "the truth value of a Value is undefined; compare it (v > 0) or use v.data"
        )

    def __float__(self) -> NoReturn:
        refuse_if_traced(
            "float() or a function of math would freeze the number of one example; use "
            "autograd_core.exp(v), .log(v), ..."
        )
        raise TypeError(
            "float() of a Value would cut the graph; use v.data for the number, or "
            "autograd_core.exp(v), .log(v), ... instead of math.exp(v), math.log(v)"
        )

    def __int__(self) -> NoReturn:
        refuse_if_traced(
            "int(), an index into a table, or a list or text times a number would "
            "freeze the number of one example; name the argument in index_argnums and "
            "use take(table, i), or in static_argnums"
        )
        raise TypeError(
            "int() of a Value would cut the graph, and so would an index, or a list or "
            "text times it; use int(v.data)"
        )

    __index__ = __trunc__ = __floor__ = __ceil__ = __int__
    __complex__ = __float__

    def __floordiv__(self, other: Any) -> NoReturn:
        raise TypeError(
            "// and % have no useful derivative and are not defined for a Value; "
            "use v.data"
        )

    __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = __floordiv__

    def __iter__(self) -> NoReturn:
        raise TypeError("a Value is one number and cannot be iterated or unpacked")

    def __len__(self) -> NoReturn:
        raise TypeError("a Value is one number and has no length")

    # -- text, copies --------------------------------------------------------------

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"Value(data={self._data}, grad={self.grad}{name})"

    def __format__(self, spec: str) -> str:
        refuse_if_traced(
            "a text with a number in it would freeze the number of one example; print "
            "the result of the program instead"
        )
        return format(self._data, spec) if spec else repr(self)

    def _refuse_copy(self, verb: str) -> None:
        if self._row is not None:
            from .graph import ancestors

            raise GraphError(
                f"{verb} of a computed Value ({len(ancestors(self)) - 1} nodes behind "
                "it) is not supported; save the leaves and compute it again"
            )

    def __copy__(self) -> "Value":
        self._refuse_copy("copy")
        twin = Value(self._data, name=self.name, requires_grad=self._wants)
        twin.grad = self.grad
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> "Value":
        return self.__copy__()

    def __reduce__(self) -> Any:
        self._refuse_copy("pickle")
        return _restore, (self._data, self.grad, self.name, self._wants)


def _restore(data: Any, grad: Any, name: str | None, wants: bool) -> Value:
    leaf = Value(data, name=name, requires_grad=wants)
    leaf.grad = grad
    return leaf


def _checked_name(name: Any) -> str | None:
    if name is not None and not isinstance(name, str):
        raise TypeError(f"'name' must be a str or None, got {type(name).__name__}")
    return name


def _comparable(other: Any, symbol: str) -> Any:
    if other.__class__ is Value:
        return other._data
    try:
        as_data(other)
    except (TypeError, OverflowError):
        if not isinstance(other, int):
            raise TypeError(
                f"unsupported operands for {symbol}: Value and {type(other).__name__}"
            ) from None
    return other


def assign(leaves: Sequence[Value], numbers: Sequence[float]) -> None:
    """Give each of many leaves its new number, as one assignment.

    For what moves all parameters at once; they are leaves that hold floats.
    """
    site, index = caller(), 0
    for leaf, number in zip(leaves, numbers, strict=True):
        note = leaf._note
        if note is not None:
            note.previous, note.site = leaf._data, site
        leaf._data = number
        leaf._index = index = tick()
    _assigned[0] = index or _assigned[0]


def constant(data: Any) -> Value:
    """A leaf that asks for no gradient; ``data`` is taken as it is."""
    out = new_node(Value)
    out._data = data
    out._row = out._a = out._b = out._note = None
    out._index = tick()
    out._wants = False
    out.grad = 0.0 if data.__class__ is float else column(out).adopt(0)
    return out


def column(node: Value) -> Column:
    """The column of the numbers that ``node`` holds."""
    data = node._data
    if data.__class__ is tuple:  # the node of a row with several outputs
        data = data[0]
    found = column_of(data)
    assert found is not None  # as_data admits nothing else
    return found
