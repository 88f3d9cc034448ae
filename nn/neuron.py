"""`Neuron`: one weighted sum and one activation, micrograd's.

The one idea: the weighted sum b + w₁x₁ + ... + wₙxₙ is one node, an inner product that
begins with b·1, so that it is added up in micrograd's order, to the same bits.

Source: micrograd's nn.py (A. Karpathy 2020).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from autograd_core import Value, dot

from .activations import Activation, as_activation
from .checks import Seed, as_row, constants, width
from .initializers import weight_table
from .module import Module

__all__ = ["Neuron", "weighted_sum", "with_one", "zero_like"]


def with_one(row: list[Any], bias: Any) -> list[Any]:
    """The row as `weighted_sum` takes it: after a 1 if there is a bias."""
    shared = constants(row)
    return shared if bias is None else [1, *shared]


def weighted_sum(weights: Sequence[Any], bias: Any, row: list[Any]) -> Any:
    """``bias + w1*x1 + ... + wn*xn`` as one node, for a row from `with_one`."""
    return dot(weights, row) if bias is None else dot([bias, *weights], row)


def zero_like(weight: Value) -> Value:
    """A leaf that holds 0 as a number of the same kind."""
    return Value(weight.data - weight.data)


class Neuron(Module):
    """``activation(b + w1*x1 + ... + wn*xn)``.

    Parameters
    ----------
    nin
        Number of inputs, at least 1.
    nonlin
        micrograd's switch: relu if True, the sum itself if False.
    activation
        A name or a function, in the place of ``nonlin``.
    init, seed
        See `nn.initializers`; by default as micrograd, uniform on [-1, 1] from the
        module `random`.

    Attributes
    ----------
    w : list of Value
        The weights, one per input.
    b : Value
        The bias, 0 at first.

    Raises
    ------
    TypeError, ValueError
        If a width, a name or the seed is not what it must be; from a call if the row
        has not ``nin`` finite numbers.

    Examples
    --------
    >>> neuron = Neuron(2, seed=0)
    >>> y = neuron([1.0, 2.0])
    >>> y.backward()
    >>> round(y.data, 6), [w.grad for w in neuron.w], neuron.b.grad
    (1.720661, [1.0, 2.0], 1.0)
    """

    letters: ClassVar = {"w": "w", "b": "b"}

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Any = None,
        init: Any = "uniform",
        seed: Seed = None,
    ) -> None:
        width(nin, "nin")
        self._activation = _unit_activation(nonlin, activation)
        (self.w,) = weight_table(init, nin, 1, seed)
        self.b = zero_like(self.w[0])
        self.name_parameters()

    @classmethod
    def of(cls, w: list[Value], b: Value, activation: Activation) -> "Neuron":
        """The neuron of Values that exist: a unit of a `Layer` seen alone."""
        neuron = cls.__new__(cls)
        neuron._activation, neuron.w, neuron.b = activation, w, b
        return neuron

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation other than the identity."""
        return self._activation.name != "identity"

    def forward(self, x: Any) -> Any:
        """The answer to a row of numbers, one Value."""
        row = as_row(x, len(self.w))
        z = weighted_sum(self.w, self.b, with_one(row, self.b))
        return self._activation.on([z])[0]

    def formula(self) -> str:
        """``a = relu(w·x + b)``."""
        return self._activation.after("w·x + b")

    def __repr__(self) -> str:
        return f"{title(self._activation)}Neuron({len(self.w)})"

    described = __repr__


def _unit_activation(nonlin: bool, activation: Any) -> Activation:
    if activation is None:
        activation = "relu" if nonlin else "identity"
    chosen = as_activation(activation)
    if chosen.whole:
        raise ValueError(
            f"a neuron has one number, and {chosen.name} needs the row of a layer"
        )
    return chosen


def title(activation: Activation) -> str:
    """micrograd's word before ``Neuron``: ReLU, Linear, and so on."""
    known = {"relu": "ReLU", "identity": "Linear"}
    return known.get(activation.name, activation.name.title().replace("_", ""))
