"""Layers with a forward and a backward method, as rules for a model.

What one can do with this file: name the inputs and outputs of each layer of a network
and get its formulas, `forward`, and the messages δ that come back, `backward`.

The one idea: a layer knows only itself. From the δ of its outputs it makes the δ of
its inputs and the slopes of its parameters, and asks nobody else. Here both methods
are written by hand, as the slides write them; an article claims that each δ equals
the engine's derivative, which comes from the table of primitives.

Source: the slides on the multi-layer perceptron, L1084 to L1113 and L1281 to L1368.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core import exp, relu, sigmoid, step
from autograd_core.numbers.text import Formula, symbol

from ..article import Claim, Model, Point
from .networks import total

__all__ = [
    "Layer",
    "Linear",
    "Relu",
    "Sigmoid",
    "Softmax",
    "alone",
    "backward",
    "forward",
    "message",
    "messages",
    "sent",
    "slopes",
]

Form = Callable[[Any], Any]
Rules = dict[str, Form]
Names = tuple[str, ...]


def message(name: str) -> str:
    """What the δ of the quantity ``name`` is called in a model."""
    return f"δ_{name}"


def messages(names: Sequence[str]) -> dict[str, str | Formula]:
    """How a page writes the δ of each: with the quantity in brackets."""
    return {message(name): Formula("δ", (symbol(name),)) for name in names}


def _all(q: Any, names: Names) -> list[Any]:
    return [getattr(q, name) for name in names]


def _sent(q: Any, names: Names) -> list[Any]:
    return _all(q, tuple(map(message, names)))


@dataclass(frozen=True)
class Layer(ABC):
    """What all layers have.

    Parameters
    ----------
    ins, outs
        The names of what goes in and what comes out.
    """

    ins: Names
    outs: Names

    @abstractmethod
    def forward(self) -> Rules:
        """Rule of each output."""

    @abstractmethod
    def backward(self) -> Rules:
        """Rule of the δ of each input, from the δ of the outputs."""

    def slopes(self) -> Rules:
        """Parameter -> its slope, from the δ of the outputs."""
        return {}


@dataclass(frozen=True)
class Linear(Layer):
    """Sums of the inputs with weights, and biases if they have names.

    Parameters
    ----------
    weights
        For each output the name of one weight per input.
    biases
        For each output a name, or nothing at all.
    """

    weights: tuple[Names, ...]
    biases: Names = ()

    def forward(self) -> Rules:
        """Σᵢ wₒᵢ zᵢ, and the bias."""
        biases: Sequence[str] = self.biases or ("",) * len(self.outs)
        rows = zip(self.outs, self.weights, biases, strict=True)
        return {out: self._sum(names, bias) for out, names, bias in rows}

    def _sum(self, names: Names, bias: str) -> Form:
        def rule(q: Any) -> Any:
            pairs = zip(_all(q, names), _all(q, self.ins), strict=True)
            terms = [w * z for w, z in pairs]
            return total([*terms, getattr(q, bias)] if bias else terms)

        return rule

    def backward(self) -> Rules:
        """Σₒ δₒ wₒᵢ: every output that uses an input sends something back."""

        def rule(i: int) -> Form:
            column = tuple(names[i] for names in self.weights)
            return lambda q: total(
                [
                    d * w
                    for d, w in zip(_sent(q, self.outs), _all(q, column), strict=True)
                ]
            )

        return {message(name): rule(i) for i, name in enumerate(self.ins)}

    def slopes(self) -> Rules:
        """δₒ zᵢ for a weight, δₒ for a bias."""

        def weight(out: str, name: str) -> Form:
            return lambda q: getattr(q, message(out)) * getattr(q, name)

        def bias(out: str) -> Form:
            return lambda q: getattr(q, message(out))

        found = {
            w: weight(out, name)
            for out, names in zip(self.outs, self.weights, strict=True)
            for w, name in zip(names, self.ins, strict=True)
        }
        return found | {
            b: bias(out) for out, b in zip(self.outs, self.biases, strict=False)
        }


class _Elementwise(Layer):
    """One function of each input by itself: δ goes straight through."""

    @abstractmethod
    def _value(self, z: Any) -> Any: ...

    @abstractmethod
    def _slope(self, z: Any, out: Any) -> Any: ...

    def forward(self) -> Rules:
        """The function of each input."""

        def rule(name: str) -> Form:
            return lambda q: self._value(getattr(q, name))

        return {out: rule(z) for z, out in zip(self.ins, self.outs, strict=True)}

    def backward(self) -> Rules:
        """The own δ, times the slope of the function."""

        def rule(z: str, out: str) -> Form:
            return lambda q: (
                getattr(q, message(out)) * self._slope(getattr(q, z), getattr(q, out))
            )

        pairs = zip(self.ins, self.outs, strict=True)
        return {message(z): rule(z, out) for z, out in pairs}


class Sigmoid(_Elementwise):
    """σ of each input."""

    def _value(self, z: Any) -> Any:
        return sigmoid(z)

    def _slope(self, z: Any, out: Any) -> Any:
        return out * (1 - out)


class Relu(_Elementwise):
    """max(0, z) of each input; the slope at 0 is 0."""

    def _value(self, z: Any) -> Any:
        return relu(z)

    def _slope(self, z: Any, out: Any) -> Any:
        return step(z)


class Softmax(Layer):
    """Shares of 1: every output depends on every input."""

    def forward(self) -> Rules:
        """exp(zₒ) over the sum."""

        def rule(name: str) -> Form:
            return lambda q: (
                exp(getattr(q, name)) / total([exp(z) for z in _all(q, self.ins)])
            )

        return {out: rule(z) for z, out in zip(self.ins, self.outs, strict=True)}

    def backward(self) -> Rules:
        """Σₒ δₒ pₒ([o = i] − pᵢ) = pᵢ(δᵢ − Σₒ δₒ pₒ)."""

        def rule(i: int) -> Form:
            def form(q: Any) -> Any:
                shares, sent = _all(q, self.outs), _sent(q, self.outs)
                mean = total([d * p for d, p in zip(sent, shares, strict=True)])
                return shares[i] * (sent[i] - mean)

            return form

        return {message(z): rule(i) for i, z in enumerate(self.ins)}


def forward(layers: Sequence[Layer]) -> Rules:
    """The rules of all layers, from the first to the last."""
    rules: Rules = {}
    for layer in layers:
        rules |= layer.forward()
    return rules


def backward(layers: Sequence[Layer]) -> Rules:
    """The messages of all layers, from the last to the first."""
    rules: Rules = {}
    for layer in reversed(layers):
        rules |= layer.backward()
    return rules


def alone(layers: Sequence[Layer], parameters: Sequence[str] = ()) -> Model:
    """Layers by themselves: C is the sum of their outputs, each times a given δ.

    Then the slope of C by an output is that δ, as if a cost stood above.
    """
    first, last = layers[0], layers[-1]
    given = {name: f"δ{i}" for i, name in enumerate(last.outs, 1)}

    def cost(q: Any) -> Any:
        pairs = [(getattr(q, d), getattr(q, out)) for out, d in given.items()]
        return total([d * out for d, out in pairs])

    sent = backward(layers)
    made = {message(out): _given(d) for out, d in given.items()} | sent
    return Model(
        (*parameters, *first.ins, *given.values()),
        {**forward(layers), "C": cost, **made},
        messages([name.removeprefix("δ_") for name in made]),
    )


def _given(name: str) -> Form:
    return lambda q: getattr(q, name)


def sent(model: Model, name: str, where: str, point: Point) -> Claim:
    """That the message of a quantity is the slope of C by it."""
    return Claim(model, "C", (name,), (_given(message(name)),), where, (point,))


def slopes(model: Model, layer: Layer, where: str, point: Point) -> tuple[Claim, ...]:
    """That the layer's own rules give the slopes of C by its parameters."""
    return tuple(
        Claim(model, "C", (name,), (form,), where, (point,))
        for name, form in layer.slopes().items()
    )
