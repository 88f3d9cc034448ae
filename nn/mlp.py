"""`MLP`: a multilayer perceptron; micrograd's ``MLP(nin, nouts)`` and the notes'.

The one idea: layers a = g(W a + b) from the inputs to the output function, which may
be another one: identity for regression and for losses from logits, sigmoid and softmax
for probabilities.

Sources: micrograd's nn.py (A. Karpathy 2020); the notes, A-06 to A-10, A-22, S78 to
S81.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from .activations import Activation, as_activation
from .checks import Seed, generator, got, width
from .layerwise import Trace, forward_layers
from .linear import Layer
from .module import Module
from .sequential import number_titles

__all__ = ["MLP"]


class MLP(Module):
    """A network of fully connected layers.

    Parameters
    ----------
    nin
        Number of inputs, at least 1.
    nouts
        The width of each layer, the last one's included.
    activation
        Of the hidden layers: a name or a function for all of them, or a list with one
        for each.
    output
        Of the last layer: identity, sigmoid, softmax, or any other activation.
    bias
        Whether the layers have one.
    init
        A rule of `nn.initializers` or its name. The default is micrograd's; for more
        than a few inputs xavier_uniform (tanh, sigmoid) or he_uniform (relu) is better.
    seed
        An int or a `random.Random`; None draws from the module `random`, as micrograd:
        the same ``random.seed`` gives the same network.

    Attributes
    ----------
    layers : list of Layer
    nin, nout : int

    Raises
    ------
    TypeError, ValueError
        If a width, an activation or the seed is not what it must be, ``nouts`` is
        empty, the number of activations is not that of the hidden layers, or softmax
        has one output (which would always be 1); from a call if the row has not
        ``nin`` finite numbers.

    Examples
    --------
    >>> model = MLP(2, [3, 1], seed=0)
    >>> model
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of \
[LinearNeuron(3)]]
    >>> round(model([1.0, -2.0]).data, 6)
    -0.335708
    >>> probabilities = MLP(2, [4, 3], activation="tanh", output="softmax", seed=0)
    >>> round(sum(p.data for p in probabilities([1.0, -2.0])), 12)
    1.0
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: Any = "relu",
        output: Any = "identity",
        bias: bool = True,
        init: Any = "uniform",
        seed: Seed = None,
    ) -> None:
        widths = [width(nin, "nin"), *_widths(nouts)]
        hidden = _per_layer(activation, len(widths) - 2)
        last = as_activation(output)
        if last.whole and widths[-1] == 1:
            raise ValueError(
                f"'output' {last.name} of one number is always the same; use sigmoid, "
                "or two outputs"
            )
        rng = generator(seed)
        self.nin, self.nout = widths[0], widths[-1]
        self.layers = [
            Layer(n, m, activation=g, bias=bias, init=init, seed=rng)
            for (n, m), g in zip(pairwise(widths), [*hidden, last], strict=True)
        ]
        number_titles(list(self.layers))
        self.name_parameters()

    def forward(self, x: Any) -> Any:
        """A list of ``nout`` Values, or the Value if there is one, as micrograd."""
        for layer in self.layers:
            x = layer(x)
        return x

    def forward_layers(self, x: Any) -> Trace:
        """Run the layers one by one and keep z and a of each.

        See `nn.layerwise.forward_layers`, also for what is raised.
        """
        return forward_layers(list(self.layers), x)

    def described(self) -> str:
        """``MLP(2, [16, 16, 1])``."""
        return f"MLP({self.nin}, {[layer.nout for layer in self.layers]})"

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def _widths(nouts: Any) -> list[int]:
    if hasattr(nouts, "tolist"):
        nouts = nouts.tolist()
    if not isinstance(nouts, (list, tuple)):
        raise TypeError(f"'nouts' must be a list of widths {got(nouts)}")
    if not nouts:
        raise ValueError("'nouts' must have at least one width (got none)")
    return [width(n, f"nouts[{i}]") for i, n in enumerate(nouts)]


def _per_layer(activation: Any, hidden: int) -> list[Activation]:
    if not isinstance(activation, (list, tuple)):
        return [as_activation(activation)] * hidden
    if len(activation) != hidden:
        raise ValueError(
            f"'activation' must have one entry for each of the {hidden} hidden layers "
            f"(got {len(activation)}); the last layer's is 'output'"
        )
    return [as_activation(g) for g in activation]
