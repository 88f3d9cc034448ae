"""The numbers of a module: out as nested lists, and back in, all or nothing.

The one idea: everything that could be wrong is looked for before the first number is
set, and is told together, so that a model is never half of one and half of another.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd_core import Value, where

from .checks import got, is_finite
from .tables import entries, is_table, mapped, shape, shape_text

if TYPE_CHECKING:
    from .module import Module

__all__ = ["collected", "load"]

Place = tuple["Module", str, Any]  # whose attribute, its name, what it holds


def _places(module: "Module") -> dict[str, Place]:
    """Where each table of the state lives, by dotted name."""
    found: dict[str, Place] = {}
    seen: set[int] = set()
    for path, owner in module.named_modules():
        before = f"{path}." if path else ""
        for name, table in owner.own_tables():
            ids = {id(value) for _, value in entries(name, table)}
            if not ids <= seen:
                found[before + name] = owner, name, table
                seen |= ids
        for name in owner.buffers:
            numbers = getattr(owner, name)
            if not is_table(numbers):  # made trainable, it is a parameter
                found[before + name] = owner, name, numbers
    return found


def _data(entry: Any) -> Any:
    return entry.data if entry.__class__ is Value else entry


def collected(module: "Module") -> dict[str, Any]:
    """See `Module.state_dict`."""
    places = _places(module)
    return {name: mapped(_data, table) for name, (_, _, table) in places.items()}


def load(module: "Module", numbers: Mapping[str, Any]) -> None:
    """See `Module.load_state_dict`."""
    if not isinstance(numbers, Mapping):
        raise TypeError(f"'numbers' must be a mapping of tables {got(numbers)}")
    places = _places(module)
    given = {k: v.tolist() if hasattr(v, "tolist") else v for k, v in numbers.items()}
    problems = [f"unknown '{name}'" for name in given if name not in places]
    problems += [f"missing '{name}'" for name in places if name not in given]
    new: dict[int, Any] = {}  # of each Value by its identity
    tables: dict[str, Any] = {}
    for name in (name for name in places if name in given):
        table = places[name][2]
        try:
            tables[name] = _fitting(name, table, given[name])
        except (TypeError, ValueError, OverflowError) as error:
            problems.append(str(error))
            continue
        for (entry, value), (_, number) in zip(
            entries(name, table), entries(name, tables[name]), strict=True
        ):
            if value.__class__ is Value and new.setdefault(id(value), number) != number:
                problems.append(f"'{entry}' is shared and has two numbers")
    if problems:
        raise ValueError(f"the state does not fit the model: {'; '.join(problems)}")
    for name, (owner, attribute, table) in places.items():
        if not is_table(table):
            setattr(owner, attribute, tables[name])
            continue
        both = zip(entries(name, table), entries(name, tables[name]), strict=True)
        for (_, value), (_, number) in both:
            value.data = number


def _fitting(name: str, table: Any, given: Any) -> Any:
    """``given`` as numbers of the table's kind.

    Raises
    ------
    ValueError, TypeError
        If it has another shape, or an entry does not fit; the message names it.
    """
    if shape(given) != shape(table):
        raise ValueError(
            f"'{name}' must be {shape_text(table)} (got {shape_text(given)})"
        )
    kinds = [_data(entry) for _, entry in entries(name, table)]
    numbers = [
        _number(entry, kind, number)
        for (entry, number), kind in zip(entries(name, given), kinds, strict=True)
    ]
    ordered = iter(numbers)
    return mapped(lambda _: next(ordered), table)


def _number(name: str, old: Any, new: Any) -> Any:
    # A choice between the two is refused unless they are of one kind, and makes an int
    # a number of that kind.
    if new.__class__ is Value:
        raise TypeError(f"'{name}' must be a plain number {got(new)}")
    try:
        number = where(0, Value(old), new).data
    except (TypeError, OverflowError) as error:
        raise TypeError(f"'{name}' does not fit: {error}") from None
    if not is_finite(number):
        raise ValueError(f"'{name}' must be finite (got {number})")
    return number
