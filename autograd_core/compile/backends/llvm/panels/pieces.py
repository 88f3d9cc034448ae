"""Where a rolled program finds its inputs.

What one can do with this file: make the words that a call gets instead of the address
of its inputs (`Pieces`).

The one idea: a panel copies its rows anyway, so it may take them from where they are.
The lines of the inputs come in pieces, each by its own steps through memory: a batch of
a native step is read from the caller's array, and not copied before.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["WORDS", "Pieces"]

WORDS = 5  # of a piece


class Pieces:
    """The lines of ``inputs``, (lines, rows), in pieces from a first to a last line.

    Attributes
    ----------
    words
        How many pieces there are; then of each the address, how far the numbers are
        apart from line to line and from row to row, the first line, how many lines.
    place
        Their address.
    """

    def __init__(
        self, inputs: NDArray[np.float64], spans: Sequence[tuple[int, int]]
    ) -> None:
        self._inputs = inputs  # which must stay
        self._of = {span: k for k, span in enumerate(spans)}
        numbers: list[int] = [len(spans)]
        down, right = (step // 8 for step in inputs.strides)
        for first, last in spans:
            place = inputs[first:last].ctypes.data
            numbers += [place, down, right, first, last - first]
        self.words = np.array(numbers, dtype=np.int64)
        self.place = self.words.ctypes.data

    def of(self, first: int, last: int) -> Any:
        """The words of a piece; whoever writes to them answers for them."""
        begin = 1 + WORDS * self._of[first, last]
        return self.words[begin : begin + WORDS]
