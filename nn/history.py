"""`History`: what a training was like, epoch by epoch and step by step.

The one idea: a row per epoch with named numbers, a loss per step; a table for the eye
and lists for a plot.
"""

from collections.abc import Iterator, Mapping
from math import isfinite, isnan
from typing import Any

from optim import Table

from .checks import got

__all__ = ["History"]

_ODD = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


class History:
    """The figures of a training.

    Attributes
    ----------
    rows : list of dict
        For each epoch ``"epoch"`` (from 1), ``"loss"`` and what else was measured.
    steps : list of float
        The loss of each step's batch, before the step.
    stopped : str
        Why it ended; "" while it has not.
    computed : str
        How the steps were made: compiled, or eager and why. It is of the last call of
        `fit`, and in no checkpoint.

    Examples
    --------
    >>> history = History()
    >>> history.add({"loss": 0.5, "accuracy": 0.75})
    >>> history.add({"loss": 0.25, "accuracy": 1.0})
    >>> history["loss"], history.best("loss")["epoch"]
    ([0.5, 0.25], 2)
    >>> print(history)
    epoch  loss  accuracy
        1   0.5      0.75
        2  0.25         1
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.steps: list[float] = []
        self.stopped = ""
        self.computed = ""

    def add(self, figures: Mapping[str, float]) -> None:
        """One more epoch."""
        self.rows.append({"epoch": len(self.rows) + 1, **figures})

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    @property
    def columns(self) -> list[str]:
        """The names of what was measured, "epoch" first."""
        return list(self.rows[0]) if self.rows else ["epoch"]

    def __getitem__(self, name: str) -> list[Any]:
        """One column, a number per epoch.

        Raises
        ------
        KeyError
            If nothing of this name was measured.
        """
        if name not in self.columns:
            raise KeyError(
                f"'{name}' was not measured; there are {', '.join(self.columns)}"
            )
        return [row[name] for row in self.rows]

    def best(self, name: str, *, highest: bool = False) -> dict[str, Any]:
        """The first epoch with the lowest (or highest) figure of this name.

        Raises
        ------
        KeyError
            If nothing of this name was measured.
        ValueError
            If there is no epoch where it is a number.
        """
        known = [
            row for row, x in zip(self.rows, self[name], strict=True) if not isnan(x)
        ]
        if not known:
            raise ValueError(f"'{name}' is a number in no epoch")
        choose = max if highest else min
        return choose(known, key=lambda row: row[name])

    # -- to see --------------------------------------------------------------------

    def table(self, *, last: int | None = None) -> Table:
        """The rows as a table; only the ``last`` ones if a number is given."""
        rows = self.rows if last is None else self.rows[max(len(self) - last, 0) :]
        return Table(self.columns, [list(row.values()) for row in rows])

    def __str__(self) -> str:
        text = str(self.table())
        return f"{text}\n{self.stopped}" if self.stopped else text

    def __repr__(self) -> str:
        return f"History of {len(self)} epochs, {len(self.steps)} steps"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    # -- to keep -------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """All of it, for JSON; what is not finite becomes text."""
        columns = self.columns
        return {
            "columns": columns,
            "rows": [[_plain(row[c]) for c in columns] for row in self.rows],
            "steps": list(self.steps),
            "stopped": self.stopped,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Raises
        ------
        TypeError
            If a part has a wrong type.
        ValueError
            If a part is missing, or the numbers are not a row of each epoch. In both
            cases nothing was changed.
        """
        keys = ("columns", "rows", "steps", "stopped")
        if not isinstance(state, Mapping) or set(state) != set(keys):
            raise ValueError(f"a history has the parts {', '.join(keys)} {got(state)}")
        columns, lines, steps, stopped = (state[key] for key in keys)
        for name, thing in (("columns", columns), ("rows", lines), ("steps", steps)):
            if not isinstance(thing, list):
                raise TypeError(f"'{name}' must be a list {got(thing)}")
        if not isinstance(stopped, str) or not all(isinstance(c, str) for c in columns):
            raise TypeError("'stopped' and the names of the columns must be text")
        rows = [_row(i, columns, line) for i, line in enumerate(lines, start=1)]
        losses = [float(_number(f"steps[{i}]", x)) for i, x in enumerate(steps)]
        self.rows, self.steps, self.stopped = rows, losses, stopped


def _plain(x: Any) -> Any:
    return x if isfinite(x) else repr(float(x))


def _number(name: str, x: Any) -> Any:
    if isinstance(x, str) and x in _ODD:
        return _ODD[x]
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise TypeError(f"'{name}' must be a number {got(x)}")
    return x


def _row(epoch: int, columns: list[str], line: Any) -> dict[str, Any]:
    if not isinstance(line, list) or len(line) != len(columns):
        raise ValueError(f"row {epoch} must have {len(columns)} numbers {got(line)}")
    named = zip(columns, line, strict=True)
    row = {c: _number(f"rows[{epoch - 1}].{c}", x) for c, x in named}
    if row.get("epoch") != epoch:
        raise ValueError(f"row {epoch} must be of this epoch {got(row.get('epoch'))}")
    return row
