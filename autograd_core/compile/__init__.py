"""Compiled mode: scalar code, traced once, run over batches.

What one can do with this package: `compile` a function. See README.md for how it works.
"""

from .calls.binding import Bound
from .deriving.matrix import SparseMatrix
from .program import Program, compile
from .report import Report
from .rows import Rows
from .tape import Tape

__all__ = ["Bound", "Program", "Report", "Rows", "SparseMatrix", "Tape", "compile"]
