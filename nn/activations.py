"""Activations: what a layer does with its weighted sums.

What one can do with this file: name an activation (``"relu"``), give any function of
one number, or make an `Activation` with options (``Activation("elu", alpha=0.5)``),
which is also a layer of its own.

The one idea: an activation takes the whole row of weighted sums. Most do the same to
each number; softmax needs all of them. The functions are the engine's own rows; what
they do at their kinks stands in the table of the README.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import autograd_core as core

from .checks import as_row, chosen, got, is_number, plain
from .module import Module

__all__ = ["ACTIVATIONS", "Activation", "as_activation"]


def identity(x: Any) -> Any:
    """``x`` itself."""
    return x


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": identity,
    "sigmoid": core.sigmoid,
    "tanh": core.tanh,
    "relu": core.relu,
    "leaky_relu": core.leaky_relu,
    "elu": core.elu,
    "silu": core.silu,
    "gelu": core.gelu,
    "softplus": core.softplus,
    "softmax": core.softmax,
    "log_softmax": core.log_softmax,
}
WHOLE = {"softmax", "log_softmax"}  # take the row, not one number of it
OPTIONS = {"leaky_relu": ("slope",), "elu": ("alpha",)}


class Activation(Module):
    """A function of each number of a row, or of the whole row, as a layer.

    Parameters
    ----------
    function
        A name (identity, sigmoid, tanh, relu, leaky_relu, elu, silu, gelu, softplus,
        softmax, log_softmax) or a function. A lambda works but cannot be pickled.
    whole
        Whether a given function takes the row and returns a row; named ones know.
    options
        ``slope`` of leaky_relu (0.01), ``alpha`` of elu (1).

    Attributes
    ----------
    name
        How drawings and trees call it.

    Raises
    ------
    ValueError
        If the name is unknown; the message lists all.
    TypeError
        If ``function`` is neither a name nor a function, or an option is unknown or
        not a number.

    Examples
    --------
    >>> Activation("relu")([-1.0, 2.0])
    [0.0, 2.0]
    >>> Activation("leaky_relu", slope=0.5)([-1.0, 2.0])
    [-0.5, 2.0]
    """

    def __init__(
        self,
        function: str | Callable[..., Any],
        *,
        whole: bool = False,
        **options: Any,
    ) -> None:
        known = next((k for k, f in ACTIVATIONS.items() if f is function), function)
        if isinstance(known, str):
            function = chosen(known, ACTIVATIONS, "activation")
            _check_options(known, options)
            self.name = known
        elif callable(function) and not isinstance(function, Module):
            self.name = getattr(function, "__name__", type(function).__name__)
        else:
            raise TypeError(
                f"'activation' must be a name or a function of a number {got(function)}"
            )
        self.whole = known in WHOLE if isinstance(known, str) else bool(whole)
        self.options = options
        self.function = partial(function, **options) if options else function

    def forward(self, x: Any) -> Any:
        """The activations of the row ``x``, as many as it has; of one number its own.

        Raises
        ------
        TypeError, ValueError
            If ``x`` is not a row of finite numbers; one number is not enough for an
            activation of the whole row.
        """
        if is_number(x) and not self.whole:
            return self.on(as_row(x, 1))[0]
        return self.on(as_row(x))

    def on(self, row: list[Any]) -> list[Any]:
        """The same for a list that is known to be a row."""
        if self.whole:
            return list(self.function(row))
        if self.function is identity:
            return row
        return [self.function(z) for z in row]

    def formula(self) -> str:
        """``a = relu(z)``."""
        return self.after("z")

    def after(self, sums: str) -> str:
        """The formula of a layer whose weighted sums are written ``sums``."""
        if self.function is identity:
            return f"a = {sums}"
        return f"a = {self.name}({sums})"

    def described(self) -> str:
        """Its name."""
        return self.name

    def __repr__(self) -> str:
        options = "".join(f", {k}={v!r}" for k, v in self.options.items())
        return f"Activation({self.name!r}{options})"


def _check_options(name: str, options: dict[str, Any]) -> None:
    unknown = sorted(set(options) - set(OPTIONS.get(name, ())))
    if unknown:
        raise TypeError(
            f"the activation {name!r} takes the options "
            f"{list(OPTIONS.get(name, ()))}, got {unknown}"
        )
    for option, number in options.items():
        plain(number, option)


def as_activation(activation: Any) -> Activation:
    """An `Activation` from one, from a name or from a function; errors as there."""
    if isinstance(activation, Activation):
        return activation
    return Activation(activation)
