"""Arguments: from what a caller hands over to the numbers of the inputs, and back.

What one can do with this file: `one` call's arguments or a `batch` as an array with a
line per input and a column per row; `assembled` puts results into containers again.

The one idea: in a batch every argument is a sequence with an entry per row, a NumPy
array or a list; entry i is what the function gets for row i. Nothing is guessed.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from ...data import as_data
from ...tree import flatten, is_array, structure
from ...value import Value

__all__ = ["Call", "assembled", "batch", "one"]


@dataclass
class Call:
    """The arguments of one call of a program.

    Attributes
    ----------
    key
        What decides the trace: containers, and what is not a number.
    inputs
        float64, (inputs, rows).
    example
        Gives the arguments of a row, as the function would get them.
    spans
        For each argument its first input and its last.
    single
        Whether it is one row, and no batch.
    """

    key: tuple[Any, ...]
    inputs: Any
    example: Callable[[int], tuple[Any, ...]]
    spans: list[tuple[int, int]]
    single: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.inputs.shape[1])


def one(
    args: Sequence[Any], static: frozenset[int], indices: frozenset[int] = frozenset()
) -> Call:
    """The arguments of one row.

    Raises
    ------
    TypeError
        If something is neither a number nor static, or an index is no int.
    """
    import numpy as np

    key: list[Any] = []
    numbers: list[float] = []
    spans = []
    for place, arg in enumerate(args):
        start = len(numbers)
        if place in static:
            key.append(_static(arg, place))
        else:
            if place in indices:
                _check_ints(arg, f"argument {place}")
            key.append((structure(arg), _read(arg, numbers, f"argument {place}")))
        spans.append((start, len(numbers)))
    inputs = np.array(numbers, dtype=float).reshape(-1, 1)
    return Call(tuple(key), inputs, lambda row: tuple(args), spans, single=True)


def batch(
    args: Sequence[Any], static: frozenset[int], indices: frozenset[int] = frozenset()
) -> Call:
    """The arguments of a batch, each a sequence with an entry per row.

    Without any, a batch is one row.

    Raises
    ------
    TypeError
        If an argument is not a sequence of rows, an entry has something else than
        numbers, or an index is no int.
    ValueError
        If there is no row, or lengths or containers differ.
    """
    import numpy as np

    key: list[Any] = []
    lines: list[Any] = []
    spans = []
    rows: int | None = None
    start = 0
    for place, arg in enumerate(args):
        if place in static:
            key.append(_static(arg, place))
            spans.append((start, start))
            continue
        name = f"argument {place}"
        count = _rows(arg, name)
        if rows is not None and count != rows:
            raise ValueError(
                f"{name} has {count} rows, and the arguments before it have {rows}"
            )
        rows = count
        if place in indices:
            _check_ints(arg, name)
        part_key, numbers = _columns(arg, name)
        key.append(part_key)
        lines.append(numbers)
        spans.append((start, start + len(numbers)))
        start += len(numbers)
    if rows is None:
        return one(args, static, indices)
    inputs = lines[0] if len(lines) == 1 else np.concatenate(lines)
    inputs = np.ascontiguousarray(inputs, dtype=float)

    def example(row: int) -> tuple[Any, ...]:
        return tuple(
            [arg if place in static else arg[row] for place, arg in enumerate(args)]
        )

    return Call(tuple(key), inputs, example, spans)


def _rows(arg: Any, name: str) -> int:
    if is_array(arg):
        if arg.ndim == 0:
            raise TypeError(f"{name} must have a row per entry (got one number)")
        count = arg.shape[0]
    elif isinstance(arg, (list, tuple)):
        count = len(arg)
    else:
        raise TypeError(
            f"{name} must be an array or a list with an entry per row (got "
            f"{type(arg).__name__}); for one row call the program itself"
        )
    if not count:
        raise ValueError(f"{name} must have at least one row (got an empty batch)")
    return int(count)


def _columns(arg: Any, name: str) -> tuple[Any, Any]:
    # The key of one row, and the numbers of all as (inputs, rows).
    import numpy as np

    if is_array(arg) and arg.dtype.kind in "biuf":
        shape = arg.shape[1:]
        key = ("*" if not shape else f"array{shape}", ())
        return key, arg.reshape(len(arg), -1).T
    first = arg[0]
    numbers: list[float] = []
    read = _read(first, numbers, f"{name}, row 0")
    key = (structure(first), read)
    table = [numbers]
    for i in range(1, len(arg)):
        numbers = []
        here = _read(arg[i], numbers, f"{name}, row {i}")
        if structure(arg[i]) != key[0] or here != read:
            raise ValueError(
                f"row {i} of {name} is {structure(arg[i])}, and row 0 is {key[0]}"
            )
        table.append(numbers)
    return key, np.array(table, dtype=float).reshape(len(arg), -1).T


def _read(tree: Any, numbers: list[float], name: str) -> tuple[Any, ...]:
    # Appends the numbers of a tree; returns what in it is none.
    if is_array(tree) and tree.dtype == float:
        numbers += tree.ravel().tolist()
        return ()
    others = []
    for place, leaf in enumerate(flatten(tree)[0]):
        if leaf.__class__ is float:
            numbers.append(leaf)
        elif isinstance(leaf, (bool, str)) or leaf is None:
            others.append((place, leaf))
        elif isinstance(leaf, Value):
            raise TypeError(
                f"{name} holds a Value, whose graph would end here; pass v.data, or "
                "let the function read the Value from outside"
            )
        else:
            try:
                numbers.append(float(as_data(leaf)))
            except TypeError:
                raise TypeError(
                    f"{name} must hold numbers (got {type(leaf).__name__}); name it in "
                    "static_argnums if it is none"
                ) from None
    return tuple(others)


def _check_ints(arg: Any, name: str) -> None:
    if is_array(arg) and arg.dtype.kind in "iu":
        return
    for leaf in flatten(arg)[0]:
        if leaf is None or isinstance(leaf, str):
            continue
        if isinstance(leaf, (bool, Value)) or not hasattr(leaf, "__index__"):
            raise TypeError(
                f"{name} must hold ints, as it is one of index_argnums (got {leaf!r} "
                f"that is a {type(leaf).__name__})"
            )


def _static(arg: Any, place: int) -> tuple[Any, ...]:
    try:
        hash(arg)
    except TypeError:
        raise TypeError(
            f"argument {place} is static and must be hashable (got "
            f"{type(arg).__name__}); use a tuple instead of a list"
        ) from None
    return ("static", type(arg), arg)


# -- results ---------------------------------------------------------------------------


def assembled(rebuild: Callable[[list[Any]], Any], table: Any, *, rows: bool) -> Any:
    """The lines of ``table`` in containers: a number each, or an array of the rows.

    Arrays have the rows along their first axis.
    """
    if not rows:
        return rebuild(table[:, 0].tolist())
    return _rows_first(rebuild(list(table)))


def _rows_first(tree: Any) -> Any:
    # An array of results got the rows as its last axis.
    if is_array(tree):
        return tree if tree.ndim == 1 else tree.transpose(-1, *range(tree.ndim - 1))
    if isinstance(tree, dict):
        new = copy(tree)
        new.update({key: _rows_first(inner) for key, inner in tree.items()})
        return new
    inner = [_rows_first(entry) for entry in tree]
    return type(tree)(*inner) if hasattr(tree, "_fields") else type(tree)(inner)
