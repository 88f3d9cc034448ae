"""Layers run forward and backward one by one, with z, a and delta of each.

What one can do with this file: `forward_layers` keeps what each layer computed;
`Trace.backward` goes back through them, last layer first, and shows each layer's
delta, as back-propagation is done by hand.

The one idea: between two layers the graph is cut. Each half of a layer (its weighted
sums, its activation) is recorded on fresh leaves that hold the numbers of the half
before, so going back through it is one small ``backward`` with the adjoints that came
from behind as weights: delta_in = sum over o of delta_o * dz_o/dz_in, and the same for
the parameters. Nothing is differentiated a second way.

For layer l the notes write z = W a + b with the a of the layer before, a = g(z), and
delta = dL/dz. (Their first definition, dL/da * da/dz by components, is the same for an
elementwise g and wrong for softmax: A-46.)

Sources: the notes, A-46 to A-56, S76, S77, S83 to S86.
"""

from collections.abc import Callable
from typing import Any

from autograd_core import GraphError, Value, ancestors, dot

from .activations import Activation
from .checks import as_row, got
from .linear import Layer, Linear
from .module import Module

__all__ = ["Step", "Trace", "forward_layers"]


class _Half:
    """A piece of a layer, recorded on leaves of its own."""

    def __init__(self, run: Callable[[list[Value]], Any], numbers: list[Any]) -> None:
        self.inputs = [Value(number) for number in numbers]
        outputs = run(self.inputs)
        self.outputs = [outputs] if outputs.__class__ is Value else list(outputs)
        if not all(out.__class__ is Value for out in self.outputs):
            raise TypeError(
                "forward_layers() shows layers that give a row of numbers "
                f"{got(outputs)}"
            )

    def numbers(self) -> list[Any]:
        return [out.data for out in self.outputs]

    def pull(self, adjoints: list[Any]) -> list[Any]:
        # Adds to the gradients of the parameters, as every backward() does.
        for leaf in self.inputs:
            leaf.zero_grad()
        dot(self.outputs, adjoints).backward()
        return [leaf.grad for leaf in self.inputs]


class Step:
    """One layer of a `Trace`.

    Attributes
    ----------
    name : str
        ``layer 1`` and so on.
    layer : Module
        The layer; of a `Linear` with an `Activation` behind it the `Linear`.
    x, z, a : list
        Its inputs, weighted sums and activations, numbers. Where a layer does not have
        both halves, z is a.
    delta : list or None
        dL/dz, after `Trace.backward`.
    a_grad : list or None
        dL/da, after `Trace.backward`; None in the last layer if its delta was given.
    """

    def __init__(self, name: str, layers: list[Module], halves: list[_Half]) -> None:
        self.name = name
        self.layer = layers[0]
        self._layers = layers
        self._halves = halves
        self.x = [leaf.data for leaf in halves[0].inputs]
        self.z = halves[0].numbers()
        self.a = halves[-1].numbers()
        self.delta: list[Any] | None = None
        self.a_grad: list[Any] | None = None

    def parameters(self) -> list[Value]:
        """Those of the layer."""
        return [p for layer in self._layers for p in layer.parameters()]

    @property
    def weight_gradient(self) -> list[list[Any]]:
        """delta times x, row by row: dL/dW of a linear layer (A-51).

        Raises
        ------
        GraphError
            Before `Trace.backward`.
        TypeError
            If the layer is not a linear one.
        """
        if not isinstance(self.layer, Linear):
            raise TypeError(f"{self.layer.described()} has no weighted sums")
        if self.delta is None:
            raise GraphError("call backward() of the trace first")
        return [[delta * x for x in self.x] for delta in self.delta]

    def _through_activation(self, a_grad: list[Any]) -> list[Any]:
        # delta of this layer, from dL/da.
        self.a_grad = a_grad
        return self._halves[1].pull(a_grad) if len(self._halves) > 1 else a_grad

    def _through_sums(self, delta: list[Any]) -> list[Any]:
        # dL/da of the layer before, from delta.
        self.delta = delta
        return self._halves[0].pull(delta)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.layer.described()}>"


class Trace:
    """What `forward_layers` kept: the steps, the output, and the way back.

    Attributes
    ----------
    steps : list of Step
        First layer first.
    output : list of Value
        The activations of the last layer as leaves: compute the loss from these.
    x_grad : list or None
        dL/dx of the model's own inputs, after `backward`.
    """

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.output = [Value(number) for number in steps[-1].a]
        for j, leaf in enumerate(self.output, start=1):
            leaf.name = f"ŷ{j}" if len(self.output) > 1 else "ŷ"
        self.x_grad: list[Any] | None = None

    def backward(self, loss: Value | None = None, *, delta: Any = None) -> list[Step]:
        """Go back layer by layer; adds to the gradients of the parameters.

        Parameters
        ----------
        loss
            A Value computed from `output`.
        delta
            In its place, delta of the last layer, dL/dz: a row of numbers.

        Returns
        -------
        list of Step
            The steps with their delta, last layer first.

        Raises
        ------
        TypeError
            If not exactly one of the two is given, or ``loss`` is not a Value.
        ValueError
            If ``delta`` has another length than z of the last layer, or ``loss`` was
            not computed from `output`.
        GraphError
            If this trace went backward before.
        StaleGraphError
            If a parameter was assigned since.
        NonFiniteError
            If a gradient is not finite. Whatever is raised, the gradients of the
            parameters are as before.
        """
        if (loss is None) == (delta is None):
            raise TypeError("backward() takes a loss or a delta, and not both")
        if self.x_grad is not None:
            raise GraphError("this trace went backward; run forward_layers() again")
        parameters = [p for step in self.steps for p in step.parameters()]
        before = [p.grad for p in parameters]
        try:
            self.x_grad = self._swept(loss, delta)
        except BaseException:
            for p, grad in zip(parameters, before, strict=True):
                p.grad = grad
            raise
        return self.steps[::-1]

    def _swept(self, loss: Any, delta: Any) -> list[Any]:
        *earlier, last = self.steps
        if delta is None:
            delta = last._through_activation(self._output_gradient(loss))
        else:
            delta = as_row(delta, len(last.z), "delta")
        grad = last._through_sums(delta)
        for step in reversed(earlier):
            grad = step._through_sums(step._through_activation(grad))
        return grad

    def _output_gradient(self, loss: Any) -> list[Any]:
        if loss.__class__ is not Value:
            raise TypeError(f"'loss' must be a Value {got(loss)}")
        if set(self.output).isdisjoint(ancestors(loss)):
            raise ValueError("'loss' must be computed from the output of this trace")
        for leaf in self.output:
            leaf.zero_grad()
        loss.backward()
        return [leaf.grad for leaf in self.output]

    def __str__(self) -> str:
        rows = [["", "z", "a", "delta = dL/dz"]]
        rows.append(["x", "", _numbers(self.steps[0].x), ""])
        rows += [
            [f"{s.name}: {s.layer.described()}", *map(_numbers, (s.z, s.a, s.delta))]
            for s in self.steps
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows
        )


def _numbers(row: list[Any] | None) -> str:
    return " ".join(
        f"{number:.4g}" if isinstance(number, float) else str(number)
        for number in row or ()
    )


def forward_layers(layers: list[Module], x: Any) -> Trace:
    """Run ``layers`` one after the other on a row, each in a graph of its own.

    Parameters
    ----------
    layers
        Layers that take and give rows of numbers. A `Linear` and an `Activation` right
        behind it are one step.
    x
        A row of plain numbers or Values.

    Returns
    -------
    Trace
        With z and a of each layer; its `Trace.backward` adds delta.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a row that the first layer takes, or a layer gives something
        else than a row of numbers.

    Examples
    --------
    >>> from nn import MLP, cross_entropy_from_probabilities
    >>> model = MLP(2, [2, 2], activation="sigmoid", output="softmax", seed=0)
    >>> trace = model.forward_layers([1.0, -2.0])
    >>> loss = cross_entropy_from_probabilities(trace.output, 1)
    >>> for step in trace.backward(loss):
    ...     print(step.name, [round(d, 4) for d in step.delta])
    layer 2 [0.4786, -0.4786]
    layer 1 [-0.0633, 0.0208]
    """
    numbers = [v.data if v.__class__ is Value else v for v in as_row(x)]
    steps: list[Step] = []
    i = 0
    while i < len(layers):
        layer = layers[i]
        behind = layers[i + 1] if i + 1 < len(layers) else None
        together, runs = [layer], [layer.forward]
        if isinstance(layer, Layer):
            runs = [layer.sums, layer.activation.on]
        elif isinstance(layer, Linear) and isinstance(behind, Activation):
            together.append(behind)
            runs.append(behind.on)
        halves = []
        for run in runs:
            halves.append(_Half(run, numbers))
            numbers = halves[-1].numbers()
        steps.append(Step(f"layer {len(steps) + 1}", together, halves))
        i += len(together)
    return Trace(steps)
