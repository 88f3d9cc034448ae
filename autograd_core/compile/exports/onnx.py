"""A program as an ONNX model, for inference.

What one can do with this file: `write` one. It has an input per number or array of the
arguments, named as they are, an output ``result``, both with the rows in front, and the
captured Values as initializers by their names.
"""

from collections.abc import Callable, Iterator
from inspect import signature
from math import prod
from pathlib import Path
from typing import Any

from ...files import write_whole
from ...tree import is_array
from .arrays import run
from .forward import Forward, missing
from .onnx_graph import Blocks, Graph, Number

__all__ = ["OPSET", "write"]

OPSET = 18  # of December 2022; the first whose Split can be told how many
IR_VERSION = 8  # of the same release
RESULT = "result"

Places = Iterator[tuple[str, tuple[int, ...]]]


def write(made: Forward, path: Any, function: Callable[..., Any], dtype: str) -> None:
    """Write the model; see `Program.to_onnx`."""
    import numpy as np

    try:
        import onnx
    except ImportError as error:
        raise missing("onnx", "to_onnx()", error) from error
    if dtype not in ("float64", "float32"):
        raise ValueError(f"'dtype' must be 'float64' or 'float32' (got {dtype!r})")
    names = _names(function, made.places)
    places = [
        place
        for example, name in zip(made.example, names, strict=True)
        for place in _places(example, name)
    ]
    if not places:
        raise TypeError("a model needs an argument with numbers, whose rows it counts")
    graph = Graph(onnx, np.dtype(dtype).type)
    blocks = Blocks(graph)
    inputs = blocks.joined([_lines(blocks, name, shape) for name, shape in places])
    blocks.rows = graph.node("Shape", [blocks.taken(inputs, [0]).name])
    captured = _captured(blocks, made, {name for name, _ in places})
    found = run(blocks, made.tape, inputs, captured)
    results = list(_results(blocks, made.tree, RESULT, found))
    element = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))

    def described(shapes: list[tuple[str, tuple[int, ...]]]) -> list[Any]:
        make = onnx.helper.make_tensor_value_info
        return [make(name, element, ["rows", *shape]) for name, shape in shapes]

    body = onnx.helper.make_graph(
        graph.nodes,
        "program",
        described(places),
        described(results),
        graph.initializers,
    )
    model = onnx.helper.make_model(
        body,
        producer_name="autograd-core",
        ir_version=IR_VERSION,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    write_whole(Path(path), model.SerializeToString())


def _names(function: Callable[..., Any], places: tuple[int, ...]) -> list[str]:
    try:
        known = list(signature(function).parameters.values())
    except ValueError:  # of a function that is not written in Python
        known = []
    own = [p.name for p in known if p.kind <= p.POSITIONAL_OR_KEYWORD]
    found = [own[k] if k < len(own) else f"x{k}" for k in places]
    return [f"{name}_" if name == RESULT else name for name in found]


def _captured(blocks: Blocks, made: Forward, taken: set[str]) -> Number | None:
    import numpy as np

    found = []
    for place, (name, leaf) in enumerate(zip(made.names, made.leaves, strict=True)):
        clash = name in taken or name.partition(".")[0] == RESULT
        free = f"{name}#{place}" if clash else name
        number = np.array([[float(leaf.data)]], blocks.graph.kind)
        tensor = blocks.graph.tensor(free, number)
        found.append(Number(blocks.graph, tensor, varies=False))
    return blocks.joined(found) if found else None


def _places(example: Any, name: str) -> Places:
    # Name and shape of every number and every array in an argument.
    if is_array(example):
        yield name, example.shape
    elif isinstance(example, dict):
        for key, inner in example.items():
            yield from _places(inner, f"{name}.{key}")
    elif isinstance(example, (list, tuple)):
        for k, inner in enumerate(example):
            yield from _places(inner, f"{name}.{k}")
    elif not (isinstance(example, (bool, str)) or example is None):
        yield name, ()


def _lines(blocks: Blocks, name: str, shape: tuple[int, ...]) -> Number:
    graph, given = blocks.graph, Number(blocks.graph, name, varies=True)
    flat = blocks.reshaped(given, -1, prod(shape))
    return Number(graph, graph.node("Transpose", [flat.name]), varies=True)


def _results(blocks: Blocks, tree: Any, name: str, found: Any) -> Places:
    # ``tree`` has in the place of every number its index.
    if isinstance(tree, (dict, list, tuple)):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from _results(blocks, tree[key], f"{name}.{key}", found)
        return
    graph = blocks.graph
    shape = tree.shape if is_array(tree) else ()
    indices = tree.ravel() if is_array(tree) else [tree]
    block = blocks.joined([blocks.spread(found[int(k)]) for k in indices])
    flat = graph.node("Transpose", [block.name])
    graph.nodes_of("Reshape", [flat, graph.integers(-1, *shape)], [name])
    yield name, shape
