"""`Linear`: a row of weighted sums; `Layer`: the same with an activation, micrograd's.

The one idea: z = W x + b with one row of W per unit, so W has as many rows as there
are outputs, as the notes' Θ (A-19, A-20). Each sum is one node.

Sources: the notes, A-19 to A-22, A-55, S87; micrograd's nn.py (A. Karpathy 2020).
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from autograd_core import Value

from .activations import as_activation
from .checks import Seed, as_row, generator, width
from .initializers import weight_table
from .module import Module
from .neuron import Neuron, weighted_sum, with_one, zero_like
from .tables import entries

__all__ = ["Layer", "Linear"]


class Linear(Module):
    """``z = W x + b``, or ``W x``.

    Parameters
    ----------
    nin, nout
        Number of inputs and of outputs, each at least 1.
    bias
        Whether there is a b; it begins at 0.
    init
        A rule of `nn.initializers` or its name.
    seed
        An int or a `random.Random`; None draws from the module `random`.

    Attributes
    ----------
    weight : list of list of Value
        W, ``nout`` rows of ``nin``.
    bias : list of Value or None
        b, ``nout`` Values.
    nin, nout : int

    Raises
    ------
    TypeError, ValueError
        If a width, a name or the seed is not what it must be; from a call if the row
        has not ``nin`` finite numbers.

    Notes
    -----
    Parameters are listed unit by unit, w₁₁ w₁₂ b₁ w₂₁ ..., which is micrograd's order:
    a penalty over all of them is added up to the same bits.

    Examples
    --------
    >>> layer = Linear(2, 2, init="xavier_uniform", seed=0)
    >>> [round(z.data, 6) for z in layer([1.0, -1.0])]
    [0.211801, 0.395972]
    """

    letters: ClassVar = {"weight": "w", "bias": "b"}

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        bias: bool = True,
        init: Any = "xavier_uniform",
        seed: Seed = None,
    ) -> None:
        self.nin, self.nout = width(nin, "nin"), width(nout, "nout")
        self.weight = weight_table(init, self.nin, self.nout, generator(seed))
        self.bias = [zero_like(row[0]) for row in self.weight] if bias else None
        self.name_parameters()

    def sums(self, x: Any) -> list[Any]:
        """z, as many as there are units."""
        row = as_row(x, self.nin)
        if self.bias is None:
            row = with_one(row, None)
            return [weighted_sum(w, None, row) for w in self.weight]
        row = with_one(row, self.bias)
        units = zip(self.weight, self.bias, strict=True)
        return [weighted_sum(w, b, row) for w, b in units]

    def forward(self, x: Any) -> Any:
        """z, a list of ``nout`` Values."""
        return self.sums(x)

    def own_parameters(self) -> Iterator[tuple[str, Value]]:
        """Unit by unit: the weights of its row, then its bias."""
        for j, row in enumerate(self.weight):
            yield from entries(f"weight[{j}]", row)
            if self.bias is not None:
                yield f"bias[{j}]", self.bias[j]

    def formula(self) -> str:
        """``z = W·x + b``."""
        return "z = W·x" + " + b" * (self.bias is not None)

    def described(self) -> str:
        """``Linear(2, 16)``."""
        return f"Linear({self.nin}, {self.nout}{self._no_bias()})"

    def _no_bias(self) -> str:
        return ", bias=False" * (self.bias is None)


class Layer(Linear):
    """``a = g(W x + b)``: neurons that see the same inputs.

    Parameters
    ----------
    nin, nout, bias, seed
        As `Linear`.
    nonlin
        micrograd's switch: relu if True, the sums themselves if False.
    activation
        A name or a function, in the place of ``nonlin``; softmax takes all sums.
    init
        As `Linear`, but micrograd's uniform on [-1, 1] by default.

    Raises
    ------
    TypeError, ValueError
        As `Linear`; and if the activation is unknown.

    Examples
    --------
    >>> layer = Layer(2, 3, seed=0)
    >>> layer
    Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)]
    >>> layer([1.0, 2.0])[0].data == layer.neurons[0]([1.0, 2.0]).data
    True
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: Any = None,
        bias: bool = True,
        init: Any = "uniform",
        seed: Seed = None,
    ) -> None:
        if activation is None:
            activation = "relu" if nonlin else "identity"
        self._activation = as_activation(activation)
        super().__init__(nin, nout, bias=bias, init=init, seed=seed)

    @property
    def activation(self) -> Any:
        """The `Activation` after the sums."""
        return self._activation

    @property
    def neurons(self) -> list[Neuron]:
        """The units one by one, with the same Values.

        Raises
        ------
        ValueError
            If there is no bias, or the activation needs all sums.
        """
        if self.bias is None or self._activation.whole:
            raise ValueError(
                "the units of a layer without bias, or with an activation of the whole "
                "row, are not neurons of their own; use .weight"
            )
        units = zip(self.weight, self.bias, strict=True)
        return [Neuron.of(w, b, self._activation) for w, b in units]

    def forward(self, x: Any) -> Any:
        """a, a list of Values; of a layer with one unit that Value, as micrograd."""
        a = self._activation.on(self.sums(x))
        return a[0] if len(a) == 1 else a

    def formula(self) -> str:
        """``a = relu(W·x + b)``."""
        return self._activation.after(super().formula().removeprefix("z = "))

    def described(self) -> str:
        """``Layer(2, 16, relu)``."""
        name = self._activation.name
        return f"Layer({self.nin}, {self.nout}, {name}{self._no_bias()})"

    def __repr__(self) -> str:
        if self.bias is None or self._activation.whole:
            return self.described()
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"
