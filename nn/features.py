"""`Polynomial` and `RBF`: fixed features before a linear layer.

The one idea: a model that is linear in its parameters can be curved in x, if it sees
features of x; least squares and its closed form stay what they were.

Sources: the notes, S26 (polynomials), S31 to S34 (radial basis functions).
"""

from itertools import combinations_with_replacement
from typing import Any, ClassVar

from autograd_core import Value, exp, square
from autograd_core import sum as total

from .checks import as_row, as_rows, is_number, positive, width
from .module import Module

__all__ = ["RBF", "Polynomial"]


class Polynomial(Module):
    """All products of up to ``degree`` inputs: 1, x₁, x₂, x₁², x₁x₂, x₂², ...

    Parameters
    ----------
    nin
        Number of inputs, at least 1.
    degree
        The highest degree, at least 1.
    constant
        Whether the first feature is 1. Leave it out before a layer with a bias.

    Attributes
    ----------
    exponents : list of tuple of int
        Of each feature the power of each input, lower degrees first.
    nin, nout : int

    Raises
    ------
    TypeError, ValueError
        If ``nin`` or ``degree`` is not an int of at least 1; from a call if the row
        has another length, or a plain number is too large for its power.

    Examples
    --------
    >>> Polynomial(2, 2)([0.5, -2.0])
    [1.0, 0.5, -2.0, 0.25, -1.0, 4.0]
    >>> Polynomial(1, 3, constant=False)(2.0)
    [2.0, 4.0, 8.0]
    """

    def __init__(self, nin: int, degree: int, *, constant: bool = True) -> None:
        self.nin, self.degree = width(nin, "nin"), width(degree, "degree")
        self.exponents = [
            tuple(inputs.count(i) for i in range(self.nin))
            for n in range(0 if constant else 1, self.degree + 1)
            for inputs in combinations_with_replacement(range(self.nin), n)
        ]
        self.nout = len(self.exponents)

    def forward(self, x: Any) -> list[Any]:
        """The features, of the kind of ``x``: plain numbers for plain numbers."""
        row = as_row(x, self.nin)
        return [_product(row, powers) for powers in self.exponents]

    def described(self) -> str:
        """``Polynomial(2, degree=3)``."""
        return f"Polynomial({self.nin}, degree={self.degree})"


def _product(row: list[Any], powers: tuple[int, ...]) -> Any:
    factors = [_power(v, n) for v, n in zip(row, powers, strict=True) if n]
    if not factors:
        return row[0] ** 0  # 1, as a number of the same kind
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _power(v: Any, n: int) -> Any:
    try:
        return v if n == 1 else v**n
    except OverflowError:
        raise ValueError(f"'x' is too large for the degree {n} (got {v})") from None


class RBF(Module):
    """``exp(-|x - centre|**2 / scale)`` for each centre, after a constant 1.

    Parameters
    ----------
    centres
        A list of points, each a row of numbers; or of numbers, for one input.
    scale
        The λ of the notes, > 0: the square of the distance at which a feature has
        fallen to 1/e.
    constant
        Whether the first feature is 1. Leave it out before a layer with a bias.
    trainable
        Whether centres and scale are parameters.

    Attributes
    ----------
    centres : list of list
    scale
    nin, nout : int

    Raises
    ------
    TypeError, ValueError
        If the centres are not rows of one length, a number is not finite, or ``scale``
        is not greater than 0; from a call if the row has another length.

    Examples
    --------
    >>> [round(k, 6) for k in RBF([1.0, 2.0, 3.0], constant=False)(1.5)]
    [0.778801, 0.778801, 0.105399]
    """

    letters: ClassVar = {"centres": "μ", "scale": "λ"}
    buffers = ("centres", "scale")

    def __init__(
        self,
        centres: Any,
        scale: Any = 1.0,
        *,
        constant: bool = True,
        trainable: bool = False,
    ) -> None:
        if hasattr(centres, "tolist"):
            centres = centres.tolist()
        if isinstance(centres, (list, tuple)):
            centres = [[c] if is_number(c) else c for c in centres]
        self.centres = as_rows(centres, name="centres")
        self.scale = positive(scale, "scale")
        self.constant = bool(constant)
        self.nin = len(self.centres[0])
        self.nout = len(self.centres) + self.constant
        if trainable:
            self.centres = [[Value(c) for c in centre] for centre in self.centres]
            self.scale = Value(self.scale)
            self.name_parameters()

    def forward(self, x: Any) -> list[Any]:
        """The features; plain numbers for plain numbers, unless trainable."""
        row = as_row(x, self.nin)
        ones = [row[0] ** 0] if self.constant else []
        return ones + [
            exp(
                -total([square(v - c) for v, c in zip(row, m, strict=True)])
                / self.scale
            )
            for m in self.centres
        ]

    def formula(self) -> str:
        """What a feature is."""
        return "exp(−|x − μ|²/λ)"

    def described(self) -> str:
        """``RBF(2, centres=9)``."""
        return f"RBF({self.nin}, centres={len(self.centres)})"
