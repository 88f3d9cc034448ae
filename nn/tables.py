"""Parameters where a module keeps them: a Value, or lists of lists of Values.

What one can do with this file: find the tables and the modules among an object's
attributes, in the order of their definition, and walk a table entry by entry.

The one idea: nothing is registered. An attribute that is a leaf `Value`, or a list of
nothing but such, *is* a parameter table, as in micrograd; an attribute that begins
with an underscore is the module's own business and is not looked at.
"""

from collections.abc import Iterator
from typing import Any

from autograd_core import Value

__all__ = ["entries", "is_table", "members", "shape", "shape_text"]


def is_table(thing: Any) -> bool:
    """Whether it is a leaf Value, or nested lists of leaf Values and nothing else."""
    if thing.__class__ is Value:
        return bool(thing.is_leaf)
    return (
        isinstance(thing, (list, tuple)) and bool(thing) and all(map(is_table, thing))
    )


def members(owner: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """The tables, and the objects of class ``kind``, among the attributes of ``owner``.

    Names are those of the attributes; inside a list or a dict that is not a table,
    the index or the key follows after a dot.
    """
    for name, thing in vars(owner).items():
        if not name.startswith("_"):
            yield from _found(name, thing, kind)


def _found(name: str, thing: Any, kind: type) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, kind) or is_table(thing):
        yield name, thing
    elif isinstance(thing, (list, tuple)):
        for i, part in enumerate(thing):
            yield from _found(f"{name}.{i}", part, kind)
    elif isinstance(thing, dict):
        for key, part in thing.items():
            yield from _found(f"{name}.{key}", part, kind)


def entries(name: str, table: Any) -> Iterator[tuple[str, Any]]:
    """Each entry of a table (or of nested lists of numbers) with its name.

    Examples
    --------
    >>> list(entries("w", [[1.0, 2.0], [3.0, 4.0]]))[2]
    ('w[1][0]', 3.0)
    """
    if isinstance(table, (list, tuple)):
        for i, part in enumerate(table):
            yield from entries(f"{name}[{i}]", part)
    else:
        yield name, table


def mapped(function: Any, table: Any) -> Any:
    """The same nested lists with ``function`` of each entry."""
    if isinstance(table, (list, tuple)):
        return [mapped(function, part) for part in table]
    return function(table)


def shape(table: Any) -> tuple[int, ...] | None:
    """The lengths of nested lists, outside first; None if they are ragged.

    Examples
    --------
    >>> shape([[1, 2, 3], [4, 5, 6]]), shape(7), shape([[1], 2])
    ((2, 3), (), None)
    """
    if not isinstance(table, (list, tuple)):
        return ()
    if not table:
        return (0,)
    first, *others = [shape(part) for part in table]
    if first is None or any(other != first for other in others):
        return None
    return (len(table), *first)


def shape_text(table: Any) -> str:
    """``16 × 2``, ``16``, ``one number``, or ``rows of unequal length``."""
    lengths = shape(table)
    if lengths is None:
        return "rows of unequal length"
    return " × ".join(map(str, lengths)) or "one number"
