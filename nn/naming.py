"""Short names of parameters for drawings: w₂₃, b₂, and w¹₂₃ in a deeper model.

The one idea: a drawing, an explanation and an error message call a Value by its name,
and the notes' own letters are the shortest. Indices begin at 1, as in the notes; the
dotted names of `Module.named_parameters` begin at 0, as Python does.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .module import Module

__all__ = ["indexed", "name"]

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def name(module: "Module") -> None:
    """See `Module.name_parameters`."""
    layers = [m for m in module.modules() if m.letters]
    for number, layer in enumerate(layers, start=1):
        above = str(number).translate(_RAISED) if len(layers) > 1 else ""
        for attribute, table in layer.own_tables():
            if attribute in layer.letters:
                indexed(layer.letters[attribute] + above, table)


def indexed(letter: str, table: Any) -> None:
    """Name the entries of a table: the letter, then row and column from 1.

    Digits run together, w23, where no index is above 9; else a line parts them, w2_10.

    Examples
    --------
    >>> from autograd_core import Value
    >>> row = [Value(0.0), Value(0.0)]
    >>> indexed("b", row)
    >>> [value.name for value in row]
    ['b1', 'b2']
    """
    if not isinstance(table, (list, tuple)):
        table.name = letter
        return
    rows = table if isinstance(table[0], (list, tuple)) else [table]
    line = "_" if max(len(rows), *(len(row) for row in rows)) > 9 else ""
    for i, row in enumerate(rows, start=1):
        above = f"{i}{line}" if rows is table else ""
        for j, value in enumerate(row, start=1):
            value.name = f"{letter}{above}{j}"
