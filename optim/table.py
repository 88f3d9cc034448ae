"""A table as text, and as HTML where a notebook shows it.

The one idea: names come from users, so text is never markup: every cell is escaped.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

__all__ = ["Table"]


class Table:
    """Rows of cells under named columns.

    Parameters
    ----------
    columns
        The names, as many as a row has cells.
    rows
        Numbers are shown with ``digits`` significant digits; text as it is.
    digits
        1 to 17.

    Examples
    --------
    >>> print(Table(["w", "step"], [["bias", 0.25], ["x", -1.0]]))
    w     step
    bias  0.25
    x       -1
    """

    def __init__(
        self, columns: Sequence[str], rows: Sequence[Sequence[Any]], digits: int = 6
    ) -> None:
        self.columns = list(columns)
        self.rows = [list(row) for row in rows]
        self.digits = digits

    def _cell(self, x: Any) -> str:
        return f"{x:.{self.digits}g}" if isinstance(x, float) else str(x)

    def __str__(self) -> str:
        cells = [[self._cell(x) for x in row] for row in self.rows]
        columns = list(zip(self.columns, *cells, strict=True))
        widths = [max(map(len, column)) for column in columns]
        # Text stands left, numbers right.
        is_text = [
            all(isinstance(row[k], str) for row in self.rows)
            for k in range(len(self.columns))
        ]
        lines = []
        for line in (self.columns, *cells):
            padded = [
                cell.ljust(width) if text else cell.rjust(width)
                for cell, width, text in zip(line, widths, is_text, strict=True)
            ]
            lines.append("  ".join(padded).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(self._cell(x))}</td>" for x in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
