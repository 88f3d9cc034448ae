"""`LayerNorm` and `RMSNorm`: a row brought to a size that does not depend on the input.

The one idea: each number is divided by the size of the whole row, then every place has
a scale (and a shift) of its own to learn.

Sources: J. L. Ba et al. 2016, eq. 3 and 4; B. Zhang and R. Sennrich 2019, eq. 4.
"""

from typing import Any, ClassVar

from autograd_core import Value, dot, sqrt
from autograd_core import sum as total

from .checks import as_row, constants, positive, width
from .module import Module

__all__ = ["LayerNorm", "RMSNorm"]


class LayerNorm(Module):
    """``scale * (x - mean) / sqrt(variance + epsilon) + shift``.

    Parameters
    ----------
    size
        Length of the rows, at least 1.
    epsilon
        A number > 0 that keeps a row of equal numbers from dividing by 0; it is inside
        the root.

    Attributes
    ----------
    scale, shift : list of Value
        1 and 0 at first.
    nin, nout : int
        Both ``size``.

    Raises
    ------
    TypeError, ValueError
        If the width or ``epsilon`` is not what it must be; from a call if the row has
        another length.

    Notes
    -----
    The variance is the mean of the squared distances: divided by n, not by n - 1.

    Examples
    --------
    >>> [round(y.data, 4) for y in LayerNorm(3)([1.0, 2.0, 3.0])]
    [-1.2247, 0.0, 1.2247]
    """

    letters: ClassVar = {"scale": "γ", "shift": "β"}

    def __init__(self, size: int, *, epsilon: float = 1e-5) -> None:
        self.nin = self.nout = width(size, "size")
        self.epsilon = positive(epsilon, "epsilon")
        self.scale = [Value(1.0) for _ in range(self.nin)]
        self.shift = [Value(0.0) for _ in range(self.nin)]
        self.name_parameters()

    def forward(self, x: Any) -> list[Any]:
        """The row, normalised, scaled and shifted."""
        row = constants(as_row(x, self.nin))
        mean = total(row) / self.nin
        distances = [v - mean for v in row]
        size = sqrt(dot(distances, distances) / self.nin + self.epsilon)
        return [
            g * (d / size) + b
            for g, d, b in zip(self.scale, distances, self.shift, strict=True)
        ]

    def formula(self) -> str:
        """What it computes."""
        return "γ(x − mean)/√(variance + ε) + β"

    def described(self) -> str:
        """``LayerNorm(16)``."""
        return f"LayerNorm({self.nin})"


class RMSNorm(Module):
    """``scale * x / sqrt(mean(x**2) + epsilon)``.

    Parameters, attributes (without ``shift``) and errors as `LayerNorm`.

    Examples
    --------
    >>> [round(y.data, 4) for y in RMSNorm(2)([3.0, 4.0])]
    [0.8485, 1.1314]
    """

    letters: ClassVar = {"scale": "γ"}

    def __init__(self, size: int, *, epsilon: float = 1e-5) -> None:
        self.nin = self.nout = width(size, "size")
        self.epsilon = positive(epsilon, "epsilon")
        self.scale = [Value(1.0) for _ in range(self.nin)]
        self.name_parameters()

    def forward(self, x: Any) -> list[Any]:
        """The row, divided by its root mean square and scaled."""
        row = constants(as_row(x, self.nin))
        size = sqrt(dot(row, row) / self.nin + self.epsilon)
        return [g * (v / size) for g, v in zip(self.scale, row, strict=True)]

    def formula(self) -> str:
        """What it computes."""
        return "γx/√(mean x² + ε)"

    def described(self) -> str:
        """``RMSNorm(16)``."""
        return f"RMSNorm({self.nin})"
