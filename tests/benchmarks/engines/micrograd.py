"""micrograd, as its author's demo and lecture use it."""

import math
import sys
from typing import Any

from . import Task, scalars


def value() -> Any:
    """Its Value, with the tanh and exp that the lecture adds, and log like them."""
    from micrograd.engine import Value

    def unary(name: str, f: Any, slope: Any) -> Any:
        def method(self: Any) -> Any:
            y = f(self.data)
            out = Value(y, (self,), name)

            def _backward() -> None:
                self.grad += slope(self.data, y) * out.grad

            out._backward = _backward
            return out

        return method

    Value.tanh = unary("tanh", math.tanh, lambda x, y: 1 - y * y)
    Value.exp = unary("exp", math.exp, lambda x, y: y)
    Value.log = unary("log", math.log, lambda x, y: 1 / x)
    sys.setrecursionlimit(10**8)  # its backward() recurses once per node
    return Value


def mlp(data: dict[str, Any]) -> Task:
    """W1, W1t, W4."""
    return scalars.mlp(value(), data)


def loop(data: dict[str, Any]) -> Task:
    """W1 is written so."""
    return mlp(data)


def graph(data: dict[str, Any]) -> Task:
    """W2."""
    return scalars.graph(value(), data)


def graph_bytes(data: dict[str, Any]) -> Task:
    """W2."""
    return scalars.graph_bytes(value(), data)


def transformer(data: dict[str, Any]) -> Task:
    """W5."""
    return scalars.transformer(value(), data)
