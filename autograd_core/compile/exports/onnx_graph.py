"""The numbers of an ONNX model: what is done to them is written down as its nodes.

What one can do with this file: grow a `Graph`, and compute on its `Number`s, which is
what the column and the blocks of ONNX do (`Blocks`).

The one idea: a `Number` is the name of a tensor. Its operators append a node and give
the next name, as slots do for a tape; so ONNX has a column like any library.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...numbers import Column
from . import stable
from .stable import whole_only

__all__ = ["Blocks", "Graph", "Number"]

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
            found = self._constants[bits] = Number(self, name, varies=False)
        return found

    def integers(self, *numbers: int) -> str:
        """A list of integers, for a shape or for indices; its name."""
        import numpy as np

        name = f"%integers {len(self.initializers)}"
        return self.tensor(name, np.array(numbers, "int64"))

    def apply(self, kind: str, *operands: Any, truth: bool = False) -> "Number":
        """The result of an operator on numbers, plain ones among them."""
        xs = [self.adopt(x) for x in operands]
        name = self.node(kind, [x.name for x in xs])
        return Number(self, name, varies=any([x.varies for x in xs]), truth=truth)

    def adopt(self, x: Any) -> "Number":
        """A number, or a plain one, as one of this graph."""
        return x if isinstance(x, Number) else self.constant(x)


def _binary(kind: str, *, truth: bool = False) -> Callable[..., Any]:
    return lambda x, y: x.graph.apply(kind, x, y, truth=truth)


def _reflected(kind: str) -> Callable[..., Any]:
    return lambda x, y: x.graph.apply(kind, y, x)


class Number:
    """A tensor of the model, with a column per row if it varies, else with one.

    Attributes
    ----------
    name
        Its name in the model.
    varies
        Whether it depends on an input.
    truth
        Whether it is a comparison.
    """

    __slots__ = ("graph", "name", "truth", "varies")
    __hash__ = None  # type: ignore[assignment]  # == is a node

    def __init__(
        self, graph: Graph, name: str, *, varies: bool, truth: bool = False
    ) -> None:
        self.graph = graph
        self.name = name
        self.varies = varies
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


class Blocks:
    """`Arrays` of a graph: tensors (numbers, rows), or (numbers, 1).

    Attributes
    ----------
    column
        The column of the graph's numbers.
    rows
        The name of the shape (1, rows).
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.column = _column(graph)
        self.rows = ""

    def stop(self, x: Number) -> Number:
        """The same numbers, through which no derivative flows."""
        return x

    def constants(self, numbers: list[float], like: Any) -> Number:
        """Plain numbers as a block."""
        return self.joined(
            [self.reshaped(self.graph.constant(x), 1, 1) for x in numbers]
        )

    def taken(self, block: Number, lines: Sequence[int]) -> Number:
        """Some lines of a block."""
        graph = self.graph
        names = [block.name, graph.integers(*lines)]
        name = graph.node("Gather", names, axis=0)
        return Number(graph, name, varies=block.varies)

    def joined(self, blocks: list[Number]) -> Number:
        """Blocks under each other."""
        varies = any([x.varies for x in blocks])
        wide = [self.spread(x) if varies else x for x in blocks]
        name = self.graph.node("Concat", [x.name for x in wide], axis=0)
        return Number(self.graph, name, varies=varies)

    def total(self, block: Number, count: int, height: int) -> Number:
        """The parts of a block added up."""
        parts = self.reshaped(block, count, height, -1)
        names = [parts.name, self.graph.integers(0)]
        name = self.graph.node("ReduceSum", names, keepdims=0)
        return Number(self.graph, name, varies=block.varies)

    def product(self, weights: Number, height: int, block: Number) -> Number:
        """A matrix times a block."""
        return self.graph.apply("MatMul", self.reshaped(weights, height, -1), block)

    def reshaped(self, x: Number, *shape: int) -> Number:
        """The same numbers in another shape."""
        name = self.graph.node("Reshape", [x.name, self.graph.integers(*shape)])
        return Number(self.graph, name, varies=x.varies)

    def spread(self, x: Number) -> Number:
        """A block with a column per row."""
        if x.varies:
            return x
        return Number(
            self.graph, self.graph.node("Expand", [x.name, self.rows]), varies=True
        )


def _column(graph: Graph) -> Column:
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
        {
            **native,
            "where": where,
            "round": whole_only(applied("Round")),
            "sum": applied("Sum"),
        },
        graph.adopt,
        "give its row a formula",
    )
