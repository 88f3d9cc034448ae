"""`draw`: a recorded Value as a picture, a file, or a cell of a notebook.

What one can do with this file: ``draw(loss)`` and read ``.svg``, ``.dot``,
``.json``; ``draw(loss).save("loss.png")``; put ``draw(loss)`` at the end of a
notebook's cell; run code that was written for micrograd's ``draw_dot``.

The one idea: a `Drawing` is a graph that was read once, when `draw` was called;
its outputs are made from that when they are asked for. The text outputs need no
Graphviz.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd_core.errors import GraphError, GraphvizNotFound
from autograd_core.numbers.languages import printable
from autograd_core.value import Value

from .dot import describe, to_dot
from .files import write_whole
from .json_text import to_json
from .labels import html_text, number_text
from .render import RenderError, check_size, checked_svg, render
from .trace import EdgeIR, GraphIR, trace, without_constants

__all__ = ["Drawing", "draw", "draw_dot"]

SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".gv", ".json")


def draw(
    root: Value,
    *,
    title: str | None = None,
    precision: int = 4,
    rankdir: str = "LR",
    constants: bool = False,
) -> "Drawing":
    """The graph behind ``root`` as a drawing.

    Every node is a card with its expression, data and gradient; every edge shows
    the local derivative as formula and number, and the flow: the gradient of the
    node on its right times that number. The flows into a node add up to its
    gradient, d(root)/d(node), whatever ``.grad`` holds.

    Parameters
    ----------
    root
        Where the drawing ends; it need not have been differentiated.
    title
        A line above the drawing.
    precision
        Decimals of the numbers, 0 to 17.
    rankdir
        ``LR``, inputs left, or ``TB``, inputs above.
    constants
        Also give anonymous constants, the 2 of ``2*x``, a card of their own.

    Raises
    ------
    TypeError
        If ``root`` is not a Value, or ``title`` not a str.
    ValueError
        If ``precision`` or ``rankdir`` is out of range.
    GraphError
        If ``root`` holds several outputs.
    StaleGraphError
        If a leaf was assigned after ``root`` was computed.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(3.0, name="x")
    >>> draw(x * x + 1)
    <Drawing: 3 nodes, 3 edges>
    """
    if title is not None and not isinstance(title, str):
        raise TypeError(f"'title' must be a str or None, got {type(title).__name__}")
    if precision not in range(18):
        raise ValueError(f"'precision' must be an int from 0 to 17, got {precision!r}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"'rankdir' must be 'LR' or 'TB', got {rankdir!r}")
    graph = trace(root, title=printable(title or ""))
    return Drawing(graph if constants else without_constants(graph), precision, rankdir)


def draw_dot(
    root: Value,
    format: str = "svg",  # noqa: A002  micrograd's name for it
    rankdir: str = "LR",
) -> "Drawing":
    """micrograd's name for `draw`; ``format`` is what `Drawing.render` writes.

    Raises
    ------
    ValueError
        If ``format`` is not svg, png or pdf, and as `draw`.
    """
    if format not in ("svg", "png", "pdf"):
        raise ValueError(f"'format' must be svg, png or pdf, got {format!r}")
    drawing = draw(root, rankdir=rankdir)
    drawing.format = format
    return drawing


class Drawing:
    """A graph, and its picture in several formats; made by `draw`.

    Attributes
    ----------
    graph
        What is drawn: a `GraphIR`.
    format
        What `render` writes.
    """

    def __init__(self, graph: GraphIR, precision: int = 4, rankdir: str = "LR") -> None:
        self.graph = graph
        self.precision = precision
        self.rankdir = rankdir
        self.format = "svg"

    # -- text ----------------------------------------------------------------------

    @cached_property
    def dot(self) -> str:
        """The DOT text; the same graph gives the same text."""
        return to_dot(self.graph, precision=self.precision, rankdir=self.rankdir)

    @property
    def source(self) -> str:
        """The DOT text, by the name that the package graphviz has for it."""
        return self.dot

    @cached_property
    def json(self) -> str:
        """All numbers and formulas as JSON."""
        return to_json(self.graph)

    # -- pictures --------------------------------------------------------------------

    @cached_property
    def svg(self) -> str:
        """The picture as an ``<svg>`` element, for a file or inside HTML.

        Raises
        ------
        GraphError
            If the graph has more than 2,000 nodes.
        GraphvizNotFound
            If there is no Graphviz.
        RenderError
            If Graphviz fails or leaves something out.
        """
        nodes, edges = self.graph.nodes, self.graph.edges
        check_size(len(nodes))
        raw = render(self.dot, "svg")
        text = checked_svg(raw, len(nodes), len(edges), self._descriptions())
        title = self.graph.title or f"The graph of {self._root_name()}"
        label = f'<svg role="img" aria-label="{html_text(title)}" '
        return text.replace("<svg ", label, 1)

    def png(self) -> bytes:
        """The picture as PNG; raises as `svg`."""
        return self._picture("png")

    def pdf(self) -> bytes:
        """The picture as PDF; raises as `svg`."""
        return self._picture("pdf")

    def _picture(self, kind: str) -> bytes:
        _ = self.svg  # is counted, which the others cannot be
        return render(self.dot, kind)

    def _descriptions(self) -> dict[str, str]:
        names = {node.id: node.name for node in self.graph.nodes}
        cards = {n.id: describe(n, self.precision) for n in self.graph.nodes}
        return cards | {e.id: self._describe_edge(e, names) for e in self.graph.edges}

    def _describe_edge(self, edge: EdgeIR, names: dict[str, str]) -> str:
        ends = f"{names[edge.source]} to {names[edge.target]}"
        if edge.flow is None:
            return ends
        flow = number_text(edge.flow, self.precision, signed=True)
        return f"{ends}: local derivative {edge.formula}, flow {flow}"

    def _root_name(self) -> str:
        return next(n.name for n in self.graph.nodes if n.id == self.graph.root)

    # -- files -----------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the drawing; the suffix of ``path`` says in which format.

        Parameters
        ----------
        path
            Ends in .svg, .png, .pdf, .dot, .gv or .json.
        overwrite
            Replace a file that is there.

        Returns
        -------
        Path
            What was written.

        Raises
        ------
        ValueError
            If the suffix is none of these.
        FileExistsError
            If the file is there and ``overwrite`` is False.
        FileNotFoundError
            If its folder is not there.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(
                f"the suffix of {str(path)!r} must be one of {', '.join(SUFFIXES)}"
            )
        if not target.parent.is_dir():
            raise FileNotFoundError(f"{target.parent} is not a folder; make it first")
        if os.path.lexists(target) and not overwrite:
            raise FileExistsError(f"{target} exists; overwrite=True replaces it")
        write_whole(target, self._content(suffix))
        return target

    def _content(self, suffix: str) -> bytes:
        if suffix in (".png", ".pdf"):
            return self._picture(suffix[1:])
        if suffix == ".svg":
            return self.svg.encode()
        return (self.json if suffix == ".json" else self.dot).encode()

    def render(self, filename: str = "graph") -> str:
        """Write ``filename`` plus the suffix of ``format``, as graphviz's Digraph does.

        Returns the path. Replaces a file that is there, as Digraph does.
        """
        return str(self.save(f"{filename}.{self.format}", overwrite=True))

    # -- notebooks -------------------------------------------------------------------

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg
        except (GraphvizNotFound, GraphError, RenderError):
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        svg = self._repr_svg_()
        bundle = {"text/plain": repr(self)}
        return bundle if svg is None else bundle | {"image/svg+xml": svg}

    def __repr__(self) -> str:
        nodes, edges = len(self.graph.nodes), len(self.graph.edges)
        return f"<Drawing: {nodes} nodes, {edges} edges>"
