"""The columns of the table: the same operations on each kind of number.

A `Column` is a namespace, the ``m`` of every rule: ``m.exp(x)`` runs the kernel
of that column, or the row's ``formula`` where the column has no kernel of its
own, or refuses with the reason and the way out. A column holds forward kernels
only; derivatives are in the table.

A new number type is a new module here with a `Column`, and one line in
`_LAZY` or a call of `register_type`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from math import isfinite
from typing import Any

from ..errors import ExactnessError, NonFiniteError, PrimitiveError
from ..primitives import CONSTANTS, TABLE, Primitive

__all__ = ["Column", "add_kernel", "column_of", "register_type"]

Kernel = Callable[..., Any]


class Column:
    """The operations on one kind of number.

    Parameters
    ----------
    name
        How messages call the number type.
    kernels
        Row name -> function of the operands (and the row's attributes).
    constants
        A value for each name in `autograd_core.primitives.CONSTANTS`.
    adopt
        Turns a plain Python constant into a number of this column, or raises.
    refusal
        The way out, as a sentence, for operations this column cannot do.
    refused
        The rows that this column cannot do.
    finite
        Whether a number of this column is neither NaN nor infinite.
    stores
        Whether a Value may hold such numbers.
    """

    def __init__(
        self,
        name: str,
        kernels: Mapping[str, Kernel],
        constants: Mapping[str, Any],
        adopt: Callable[[Any], Any],
        refusal: str = "",
        refused: frozenset[str] = frozenset(),
        finite: Callable[[Any], bool] = isfinite,
        stores: bool = True,
    ) -> None:
        self.name = name
        self.adopt = adopt
        self.refusal = refusal
        self.refused = refused
        self.finite = finite
        self.stores = stores
        self.kernels = dict(kernels)
        vars(self).update({c: constants[c] for c in CONSTANTS})

    def __getattr__(self, name: str) -> Kernel:
        # Called once per name: the result is kept in the instance.
        if name.startswith("__") or name not in TABLE:
            raise AttributeError(f"there is no primitive '{name}'")
        kernel = self._resolve(TABLE[name])
        setattr(self, name, kernel)
        return kernel

    def _resolve(self, row: Primitive) -> Kernel:
        if row.name in self.kernels:
            own = self.kernels[row.name]
            if not row.defaults:
                return own
            return _with_defaults(own, row.defaults)
        if row.formula is None or row.name in self.refused:
            return self._refuse(row.name)
        formula, defaults = row.formula, row.defaults

        def derived(*operands: Any, **attributes: Any) -> Any:
            return formula(self, *operands, **{**defaults, **attributes})

        return derived

    def _refuse(self, name: str) -> Kernel:
        def refuse(*operands: Any, **attributes: Any) -> Any:
            raise ExactnessError(
                f"{name}() is not possible on {self.name}; {self.refusal}"
            )

        return refuse

    def careful(self, run: Callable[..., Any], xs: Any, out: Any) -> Any:
        """What ``run(self, xs, out)`` is where it raised an ArithmeticError.

        Rules are plain formulas, and Python's ``/`` and ``**`` raise where IEEE
        arithmetic has an infinity. A column with infinities overrides this.

        Raises
        ------
        NonFiniteError
            Always, in a column of numbers that have none.
        """
        raise NonFiniteError(
            f"a derivative divides by zero, and {self.name} numbers have no infinity"
        )

    def does(self, name: str) -> bool:
        """Whether this column can run the row of that name."""
        row = TABLE[name]
        return name not in self.refused and (
            name in self.kernels or row.formula is not None
        )

    def is_zero(self, data: Any) -> bool:
        """Whether a number is known to be zero."""
        return bool(data == 0)

    def __repr__(self) -> str:
        return f"<column {self.name}>"


def _with_defaults(kernel: Kernel, defaults: Mapping[str, Any]) -> Kernel:
    def kernel_with_defaults(*operands: Any, **attributes: Any) -> Any:
        return kernel(*operands, **{**defaults, **attributes})

    return kernel_with_defaults


def add_kernel(column: Column, name: str, kernel: Kernel) -> None:
    """Give ``column`` a kernel for a row added by a user."""
    column.kernels[name] = kernel
    vars(column).pop(name, None)


_BY_TYPE: dict[type, Column] = {}

# Package of a number's class -> module of its column, imported when first met.
_LAZY = {"fractions": "exact", "sympy": "symbolic", "mpmath": "precise"}


def register_type(kind: type, column: Column) -> None:
    """Make ``column`` the one for numbers whose class is exactly ``kind``.

    Raises
    ------
    PrimitiveError
        If the column neither does nor refuses some row of the table.
    """
    own = TABLE.built_in
    gaps = [n for n in own if not column.does(n) and n not in column.refused]
    if gaps:
        raise PrimitiveError(
            f"the column of {column.name} has no kernel for {', '.join(gaps)} "
            "and does not refuse them"
        )
    _BY_TYPE[kind] = column


def column_of(number: Any) -> Column | None:
    """The column that ``number`` belongs to, or None if there is none."""
    kind = type(number)
    column: Column | None = _BY_TYPE.get(kind)
    if column is None:
        package = kind.__module__.partition(".")[0]
        if package in _LAZY:
            module = import_module(f"{__name__}.{_LAZY[package]}")
            if module.accepts(number):
                column = module.COLUMN
                register_type(kind, column)
    return column
