"""What all layers and losses ask of their arguments, in one wording.

What one can do with this file: turn what a user hands over (a list, a tuple, a NumPy
array) into a row or into rows of equal length, with an error that names the place;
check a width, a positive number, a choice.

The one idea: only plain numbers are looked at. A `Value`, or whatever stands for a
number while code is compiled, passes unseen, so the same code runs on all of them.
"""

import random
from collections.abc import Collection, Iterator, Mapping
from math import isfinite
from operator import index
from typing import Any, TypeVar

from autograd_core import Value

__all__ = [
    "as_row",
    "as_rows",
    "chosen",
    "constants",
    "generator",
    "got",
    "is_number",
    "positive",
    "width",
]

T = TypeVar("T")
Seed = int | random.Random | None


# The generator behind `random.random` and `random.seed`: what micrograd draws from.
_GLOBAL: random.Random = random.uniform.__self__  # type: ignore[attr-defined]


def got(thing: Any) -> str:
    """The end of an error sentence: ``(got 1.5 that is a float)``."""
    text = repr(thing)
    shown = text if len(text) <= 40 else text[:37] + "..."
    return f"(got {shown} that is a {type(thing).__name__})"


def is_number(thing: Any) -> bool:
    """Whether it is one number, or stands for one, and not a container or text."""
    return not isinstance(thing, (Collection, Iterator))


def is_finite(number: Any) -> bool:
    """Whether a plain number of any kind is neither NaN nor infinite."""
    if number.__class__ is float:
        return isfinite(number)
    return bool(number - number == 0)  # NaN for both; 0 for a symbol


def width(n: Any, name: str) -> int:
    """``n`` as an int of at least 1.

    Raises
    ------
    TypeError
        If it is not an int (a bool is not one here).
    ValueError
        If it is less than 1.
    """
    if isinstance(n, bool) or not hasattr(n, "__index__") or n.__class__ is Value:
        raise TypeError(f"'{name}' must be an int of at least 1 {got(n)}")
    n = index(n)
    if n < 1:
        raise ValueError(f"'{name}' must be an int of at least 1 (got {n})")
    return int(n)


def positive(number: Any, name: str, *, or_zero: bool = False) -> Any:
    """A plain number, finite and greater than 0 (or at least 0).

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is not finite, or is negative, or is 0 where that is not allowed.
    """
    least = "at least 0" if or_zero else "greater than 0"
    number = plain(number, name, f"a number {least}")
    outside = (number < 0) if or_zero else (number <= 0)
    if not is_finite(number) or outside == True:  # noqa: E712  symbols may be neither
        raise ValueError(f"'{name}' must be a finite number {least} (got {number})")
    return number


def plain(number: Any, name: str, what: str = "a number") -> Any:
    """``number`` as a Value would store it; ints stay ints, to fit every kind.

    Raises
    ------
    TypeError
        If it is not one plain number.
    """
    if number.__class__ is int:
        return number
    if isinstance(number, bool) or number.__class__ is Value:
        raise TypeError(f"'{name}' must be {what} {got(number)}")
    try:
        return Value(number).data
    except TypeError:
        raise TypeError(f"'{name}' must be {what} {got(number)}") from None


def chosen(name: Any, table: Mapping[str, T], what: str) -> T:
    """The entry of ``table`` that is called ``name``.

    Raises
    ------
    ValueError
        If there is none; the message lists all.
    """
    if not isinstance(name, str) or name not in table:
        names = ", ".join(repr(known) for known in table)
        raise ValueError(f"'{what}' must be one of {names} {got(name)}")
    return table[name]


def generator(seed: Seed) -> random.Random:
    """What draws the numbers: for None that of the module `random`, as micrograd.

    Raises
    ------
    TypeError
        If ``seed`` is neither None nor an int nor a `random.Random`.
    """
    if seed is None:
        return _GLOBAL
    if isinstance(seed, random.Random):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(
            f"'seed' must be an int, a random.Random or None {got(seed)}; None draws "
            "from the module random"
        )
    return random.Random(seed)


# -- data ------------------------------------------------------------------------------


def as_row(x: Any, n: int | None = None, name: str = "x") -> list[Any]:
    """One sample as a list of ``n`` numbers.

    Parameters
    ----------
    x
        A list, a tuple, a one-dimensional array or another iterable of numbers and
        Values; where ``n`` is 1, also one number.
    n
        How many there must be; None allows every number but 0.
    name
        What the message calls it.

    Returns
    -------
    list
        The numbers as they came, and Python's own where an array was given.

    Raises
    ------
    TypeError
        If it is not a row of numbers.
    ValueError
        If it has another length, or a plain number in it is NaN or infinite.

    Examples
    --------
    >>> as_row((1, 2.5), 2)
    [1, 2.5]
    """
    if hasattr(x, "tolist"):
        x = x.tolist()
    if is_number(x) and n == 1:
        row = [x]
    elif is_number(x) or isinstance(x, (str, bytes, Mapping)):
        raise TypeError(f"'{name}' must be a row of numbers {got(x)}")
    else:
        row = list(x)
    if n is not None and len(row) != n:
        raise ValueError(f"'{name}' must have {n} numbers (got {len(row)})")
    if not row:
        raise ValueError(f"'{name}' must have at least one number (got none)")
    for i, v in enumerate(row):
        if v.__class__ is float:
            if not isfinite(v):
                raise ValueError(f"'{name}[{i}]' must be finite (got {v})")
        elif v.__class__ is not Value and not is_number(v):
            raise TypeError(
                f"'{name}[{i}]' must be a number {got(v)}; a model takes one row at "
                "a time"
            )
    return row


def as_rows(X: Any, n: int | None = None, name: str = "X") -> list[list[Any]]:  # noqa: N803  the field's name
    """A batch as a list of rows of equal length.

    Parameters
    ----------
    X
        A list of rows, or a two-dimensional array.
    n
        The length of each row; None takes that of the first.
    name
        What the message calls it.

    Raises
    ------
    TypeError
        If it is not a list of rows of numbers.
    ValueError
        If there is no row, the lengths differ, or a number is NaN or infinite.

    Examples
    --------
    >>> as_rows([[1, 2], (3, 4)])
    [[1, 2], [3, 4]]
    """
    if hasattr(X, "tolist"):
        X = X.tolist()  # noqa: N806
    if is_number(X) or isinstance(X, (str, bytes, Mapping)):
        raise TypeError(f"'{name}' must be a list of rows {got(X)}")
    rows: list[list[Any]] = []
    for i, x in enumerate(X):
        if is_number(x):
            raise TypeError(f"'{name}[{i}]' must be a row of numbers {got(x)}")
        rows.append(as_row(x, n, f"{name}[{i}]"))
        n = len(rows[0])
    if not rows:
        raise ValueError(f"'{name}' must have at least one row (got an empty batch)")
    return rows


def constants(row: list[Any]) -> list[Any]:
    """The row with each float as one constant `Value`, for several units to share.

    ints stay what they are, because they become fractions beside fractions.
    """
    return [Value(v, requires_grad=False) if v.__class__ is float else v for v in row]
