"""Drawings of recorded graphs: data, gradients, and the derivative on each edge.

>>> from autograd_core import Value, sigmoid
>>> from visualize import draw
>>> w = Value(0.5, name="w")
>>> x = Value(2.0, name="x", requires_grad=False)
>>> drawing = draw(sigmoid(w * x))
>>> drawing
<Drawing: 4 nodes, 3 edges>
>>> print(drawing.graph.edges[0].formula)
x
"""

from .dot import to_dot
from .drawing import Drawing, draw, draw_dot
from .json_text import to_json
from .render import MAX_NODES, RenderError
from .trace import EdgeIR, GraphIR, NodeIR

__all__ = [
    "MAX_NODES",
    "Drawing",
    "EdgeIR",
    "GraphIR",
    "NodeIR",
    "RenderError",
    "draw",
    "draw_dot",
    "to_dot",
    "to_json",
]
