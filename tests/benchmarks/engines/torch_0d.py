"""PyTorch with a tensor per number: what recording by numbers costs there (W2)."""

from typing import Any

from . import Task, scalars
from .torch import prepared


def value() -> Any:
    """A tensor of one number that wants a gradient."""
    torch = prepared()
    return lambda x: torch.tensor(x, requires_grad=True)


def graph(data: dict[str, Any]) -> Task:
    """W2."""
    return scalars.graph(value(), data)


def graph_bytes(data: dict[str, Any]) -> Task:
    """W2."""
    return scalars.graph_bytes(value(), data)
