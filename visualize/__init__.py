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
from .drawing import Drawing
from .entry import draw, draw_dot
from .frames import Frame
from .ir import ClusterIR, EdgeIR, GraphIR, GroupIR, NodeIR
from .json_text import to_json
from .look import Look
from .mermaid import to_mermaid
from .outline import to_text
from .paths import PathIR, PathsIR
from .player import SCRIPT, STYLE_SHEET
from .render import MAX_NODES, RenderError

__all__ = [
    "MAX_NODES",
    "SCRIPT",
    "STYLE_SHEET",
    "ClusterIR",
    "Drawing",
    "EdgeIR",
    "Frame",
    "GraphIR",
    "GroupIR",
    "Look",
    "NodeIR",
    "PathIR",
    "PathsIR",
    "RenderError",
    "draw",
    "draw_dot",
    "to_dot",
    "to_json",
    "to_mermaid",
    "to_text",
]
