"""What is inside an optimizer, step by step, as a table.

What one can do with this file: record every step of a first-order optimizer and print
its moments, their corrected values and the step that they make, as the notes write
them out (A-85 to A-92). The one idea: nothing is computed here. The line of a step is
what the method's own function returned (`optim.first_order`).
"""

from typing import Any

from .checks import shown
from .first_order import FirstOrder, Move
from .table import Table

__all__ = ["StepTable"]


class StepTable:
    """The steps of one optimizer.

    Parameters
    ----------
    optimizer
        Call `record` after each of its steps.
    digits
        How many significant digits are shown.

    Attributes
    ----------
    moves : list of Move
        All numbers: ``moves[i].line["m_hat"]``.

    Raises
    ------
    TypeError
        If ``optimizer`` is not a first-order optimizer.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from optim import SGD
    >>> w = Value(1.0, name="w")
    >>> optimizer = SGD([w], lr=0.01, momentum=0.8, damped=True)
    >>> table = StepTable(optimizer)
    >>> for w.grad in (0.3, -0.5):
    ...     optimizer.step()
    ...     table.record()
    >>> print(table)
    t  parameter  before     g       v      step        p
    1  w               1   0.3    0.06    0.0006   0.9994
    2  w          0.9994  -0.5  -0.052  -0.00052  0.99992
    """

    def __init__(self, optimizer: FirstOrder, *, digits: int = 6) -> None:
        if not isinstance(optimizer, FirstOrder):
            raise TypeError(
                f"'optimizer' must be a first-order optimizer (got {shown(optimizer)})"
            )
        self.optimizer, self.digits = optimizer, digits
        self.moves: list[Move] = []

    def record(self) -> None:
        """Add what the optimizer's last step computed, a row per parameter."""
        self.moves += self.optimizer.last

    def table(self) -> Table:
        """The rows as a table."""
        keys = list(self.moves[0].line) if self.moves else ["p"]
        rows: list[list[Any]] = [
            [move.t, move.name, move.before, move.gradient, *move.line.values()]
            for move in self.moves
        ]
        return Table(["t", "parameter", "before", "g", *keys], rows, self.digits)

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()
