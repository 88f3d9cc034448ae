"""The numbers of an ONNX model: what is done to them is written down as its nodes.

What one can do with this file: grow a `Graph`, and compute on its `Number`s, which is
what the `column` of ONNX does.

The one idea: a `Number` is the name of a tensor. Its operators append a node and give
the next name, as slots do for a tape; so ONNX has a column like any library.
"""

from collections.abc import Callable
from typing import Any

from ...numbers import Column
from . import stable
from .stable import whole_only

__all__ = ["Graph", "Number", "column"]

# Row -> the operator of ONNX. Each of them has a float64 kernel in onnxruntime.
_OPERATORS = {
    "abs": "Abs",
    "cos": "Cos",
    "exp": "Exp",
    "identity": "Identity",
    "log": "Log",
    "maximum": "Max",
    "minimum": "Min",
    "pow": "Pow",
    "sin": "Sin",
    "sqrt": "Sqrt",
    "sum": "Sum",
    "tanh": "Tanh",
}


class Graph:
    """Nodes and initializers that grow.

    Parameters
    ----------
    onnx
        The package.
    kind
        NumPy's type of every number.
    """

    def __init__(self, onnx: Any, kind: Any) -> None:
        self.onnx = onnx
        self.kind = kind
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._constants: dict[bytes, Number] = {}

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Append a node with one output, and give its name."""
        return self.nodes_of(kind, inputs, [f"%{len(self.nodes)}"], **attributes)[0]

    def nodes_of(
        self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any
    ) -> list[str]:
        """Append a node with these outputs."""
        made = self.onnx.helper.make_node(kind, inputs, outputs, **attributes)
        self.nodes.append(made)
        return outputs

    def tensor(self, name: str, array: Any) -> str:
        """Append an initializer, and give its name."""
        self.initializers.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def constant(self, x: Any) -> "Number":
        """A plain number, at most the type's largest; one initializer for equal bits.

        Infinities and NaN stay.
        """
        import numpy as np

        largest = float(np.finfo(self.kind).max)
        x = float(x)
        array = self.kind(min(max(x, -largest), largest) if x - x == 0.0 else x)
        bits = array.tobytes()
        found = self._constants.get(bits)
        if found is None:
            name = self.tensor(f"%constant {len(self._constants)}", np.asarray(array))
            found = self._constants[bits] = Number(self, name)
        return found

    def apply(self, kind: str, *operands: Any, truth: bool = False) -> "Number":
        """The result of an operator on numbers, plain ones among them."""
        names = [self.adopt(x).name for x in operands]
        return Number(self, self.node(kind, names), truth=truth)

    def adopt(self, x: Any) -> "Number":
        """A number, or a plain one, as one of this graph."""
        return x if isinstance(x, Number) else self.constant(x)


def _binary(kind: str, *, truth: bool = False) -> Callable[..., Any]:
    return lambda x, y: x.graph.apply(kind, x, y, truth=truth)


def _reflected(kind: str) -> Callable[..., Any]:
    return lambda x, y: x.graph.apply(kind, y, x)


class Number:
    """A tensor of the model.

    Attributes
    ----------
    name
        Its name in the model.
    truth
        Whether it is a comparison.
    """

    __slots__ = ("graph", "name", "truth")
    __hash__ = None  # type: ignore[assignment]  # == is a node

    def __init__(self, graph: Graph, name: str, *, truth: bool = False) -> None:
        self.graph = graph
        self.name = name
        self.truth = truth

    __add__, __radd__ = _binary("Add"), _reflected("Add")
    __sub__, __rsub__ = _binary("Sub"), _reflected("Sub")
    __mul__, __rmul__ = _binary("Mul"), _reflected("Mul")
    __truediv__, __rtruediv__ = _binary("Div"), _reflected("Div")
    __pow__ = _binary("Pow")
    __lt__, __le__ = _binary("Less", truth=True), _binary("LessOrEqual", truth=True)
    __gt__ = _binary("Greater", truth=True)
    __ge__ = _binary("GreaterOrEqual", truth=True)
    __eq__ = _binary("Equal", truth=True)

    def __neg__(self) -> "Number":
        return self.graph.apply("Neg", self)


def column(graph: Graph) -> Column:
    """The column of the numbers of a graph."""

    def applied(kind: str) -> Callable[..., Number]:
        return lambda *xs: graph.apply(kind, *xs)

    def where(c: Number, x: Number, y: Number) -> Number:
        return (
            graph.apply("Where", c, x, y)
            if c.truth
            else graph.apply("Where", c == 0, y, x)
        )

    native = {row: applied(kind) for row, kind in _OPERATORS.items()}
    return stable.column(
        "ONNX",
        {**native, "where": where, "round": whole_only(applied("Round"))},
        graph.adopt,
        "give its row a formula",
    )
