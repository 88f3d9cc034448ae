"""`Sequential`: layers one after the other.

The one idea: a model is the composition of its layers (A-09), and whatever can be
called is a layer: a module, the name of an activation, a function of one number.
"""

from collections.abc import Iterator
from typing import Any

from .activations import as_activation
from .layerwise import Trace, forward_layers
from .module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Each layer on the answer of the one before.

    Parameters
    ----------
    layers
        Modules, names of activations (``"relu"``) or functions of one number; at least
        one.

    Attributes
    ----------
    layers : list of Module

    Raises
    ------
    ValueError
        If there is no layer, a name is unknown, or a layer takes another number of
        inputs than the one before gives.
    TypeError
        If a layer is none of these.

    Examples
    --------
    >>> from nn import Linear
    >>> model = Sequential(Linear(2, 3, seed=0), "tanh", Linear(3, 1, seed=1))
    >>> [round(y.data, 6) for y in model([1.0, -1.0])]
    [0.269609]
    >>> print(model)
    Sequential: 13 parameters
    ├─ layers.0: Linear(2, 3): 9 parameters
    ├─ layers.1: tanh: 0 parameters
    └─ layers.2: Linear(3, 1): 4 parameters
    """

    def __init__(self, *layers: Any) -> None:
        if not layers:
            raise ValueError("Sequential() needs at least one layer")
        self.layers = [
            layer if isinstance(layer, Module) else as_activation(layer)
            for layer in layers
        ]
        check_widths(self.layers)
        number_titles(self.layers)
        self.name_parameters()

    def forward(self, x: Any) -> Any:
        """The answer of the last layer."""
        for layer in self.layers:
            x = layer(x)
        return x

    def forward_layers(self, x: Any) -> Trace:
        """Run the layers one by one and keep z and a of each.

        See `nn.layerwise.forward_layers`, also for what is raised.
        """
        return forward_layers(self.layers, x)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, i: int) -> Module:
        return self.layers[i]


def check_widths(layers: list[Module]) -> None:
    """Refuse layers that do not fit each other, as far as they say their widths.

    Raises
    ------
    ValueError
        Naming the two layers.
    """
    before, given = "", None
    for i, layer in enumerate(layers):
        taken, gives = getattr(layer, "nin", None), getattr(layer, "nout", None)
        if given is not None and taken is not None and taken != given:
            raise ValueError(
                f"layer {i} ({layer.described()}) takes {taken} numbers, and "
                f"{before} gives {given}"
            )
        if gives is not None:
            before, given = f"layer {i} ({layer.described()})", gives


def number_titles(layers: list[Module]) -> None:
    """Call the layers' scopes ``layer 1: Linear(2, 16)`` and so on in drawings."""
    for i, layer in enumerate(layers, start=1):
        layer._title = f"layer {i}: {layer.described()}"
