"""`Drawing`: a graph that was read once, and its outputs.

What one can do with this file: read ``.svg``, ``.dot``, ``.mermaid``, ``.ascii``,
``.json`` and ``.html`` of a drawing, save it, step through its frames, and have a
notebook show it.

The one idea: outputs are made from the graph when they are asked for, and kept. The
text outputs need no Graphviz; the pictures are counted after rendering.
"""

import os
import re
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograd_core.errors import GraphError, GraphvizNotFound
from autograd_core.files import write_whole

from .cards import Sheet, describe
from .collapse import collapse
from .dot import to_dot
from .frames import Frame, frames
from .ir import EdgeIR, GraphIR
from .json_text import to_json
from .look import Look
from .mermaid import to_mermaid
from .outline import to_text
from .player import SCRIPT, STYLE_SHEET, fragment, page
from .render import RenderError, check_size, checked_svg, render
from .tables import to_tables

__all__ = ["Drawing"]

MAX_SHOWN = 150  # cards that a notebook shows
MAX_LINES = 60  # of text that a notebook shows


class Drawing:
    """A graph, and its picture in several formats; made by `draw`.

    Attributes
    ----------
    graph
        What is drawn: a `GraphIR`.
    look
        How it is drawn: a `Look`.
    steps
        Whether ``.html`` and notebooks show it step by step.
    engine
        ``dot``, ``pygraphviz``, or None for the first that is there.
    format
        What `render` writes.
    """

    def __init__(
        self,
        graph: GraphIR,
        look: Look | None = None,
        *,
        steps: bool = False,
        engine: str | None = None,
    ) -> None:
        self.graph = graph
        self.look = look or Look()
        self.steps = steps
        self.engine = engine
        self.format = "svg"

    # -- text --------------------------------------------------------------------------

    @cached_property
    def dot(self) -> str:
        """The DOT text; the same graph gives the same text."""
        return to_dot(self.graph, self.look)

    @property
    def source(self) -> str:
        """The DOT text, by the name that the package graphviz has for it."""
        return self.dot

    @cached_property
    def json(self) -> str:
        """All numbers and formulas as JSON."""
        return to_json(self.graph, paths=self.look.paths)

    @cached_property
    def mermaid(self) -> str:
        """A Mermaid flowchart."""
        return to_mermaid(self.graph, self.look)

    @cached_property
    def ascii(self) -> str:
        """A tree of plain text with the same numbers."""
        return to_text(self.graph, self.look)

    @cached_property
    def tables(self) -> str:
        """Every number as HTML tables, for a reader who does not see the picture."""
        return to_tables(self.graph, self.look)

    # -- pictures ----------------------------------------------------------------------

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
        return checked_svg(
            render(self.dot, "svg", engine=self.engine),
            len(nodes),
            len(edges),
            self._descriptions(),
            title=self.title,
            description=(
                f"{len(nodes)} cards and {len(edges)} edges. Data flow from left to "
                "right, gradients from right to left."
            ),
        )

    @property
    def title(self) -> str:
        """The title that was given, or one from the root's name."""
        return self.graph.title or f"The graph of {self._root_name()}"

    def png(self) -> bytes:
        """The picture as PNG; raises as `svg`."""
        return self._picture("png")

    def pdf(self) -> bytes:
        """The picture as PDF; raises as `svg`."""
        return self._picture("pdf")

    def _picture(self, kind: str) -> bytes:
        _ = self.svg  # is counted, which the others cannot be
        return render(self.dot, kind, engine=self.engine)

    def _descriptions(self) -> dict[str, str]:
        sheet = Sheet(self.graph, self.look)
        cards = {n.id: describe(n, sheet) for n in self.graph.nodes}
        edges = {e.id: _describe_edge(e, sheet) for e in self.graph.edges}
        return cards | edges

    def _root_name(self) -> str:
        return self.graph.node(self.graph.root).name

    # -- pages -------------------------------------------------------------------------

    def frames(self) -> tuple[Frame, ...]:
        """The steps: forward node by node, the seed, backward node by node."""
        return frames(self.graph, self.look)

    def player(
        self, id_: str = "drawing", *, start: int | None = None, assets: bool = False
    ) -> str:
        """The drawing with a slider, as a piece of HTML for a page.

        Parameters
        ----------
        id_
            What all its ids begin with; another one for each drawing of a page. A
            letter, then letters, digits, ``-`` or ``_``.
        start
            The step to open at; by default the last, the complete drawing.
        assets
            Put the style sheet and the script into the piece. A page with several
            has them once: `STYLE_SHEET` in its head, `SCRIPT` after the last.

        Raises
        ------
        ValueError
            If ``id_`` is no such name, or ``start`` is not a step.
        """
        if not re.fullmatch(r"[A-Za-z][\w-]*", id_, re.ASCII):
            raise ValueError(
                f"'id_' must be a letter, then letters, digits, - or _, got {id_!r}"
            )
        steps = self.frames()
        if start is not None and start not in range(1, len(steps) + 1):
            raise ValueError(f"'start' must be from 1 to {len(steps)}, got {start!r}")
        return self._fragment(id_, steps, start, assets)

    def _fragment(
        self, id_: str, steps: tuple[Frame, ...], start: int | None, assets: bool
    ) -> str:
        text = fragment(
            self.svg,
            steps,
            self.tables,
            id_=id_,
            title=self.title,
            theme=self.look.theme,
            start=start,
        )
        if assets:
            text = f"<style>{STYLE_SHEET}</style>\n{text}\n<script>{SCRIPT}</script>"
        return text

    @cached_property
    def html(self) -> str:
        """A page that needs nothing else: the drawing, its steps, and its tables.

        It has the slider if the drawing was made with ``steps=True``. Raises as
        `svg`.
        """
        steps = self.frames() if self.steps else ()
        return page(self.title, self._fragment("drawing", steps, None, assets=False))

    # -- files -------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the drawing; the suffix of ``path`` says in which format.

        Parameters
        ----------
        path
            Ends in .svg, .png, .pdf, .html, .dot, .gv, .mmd, .txt or .json.
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
        if suffix not in _OUTPUTS:
            raise ValueError(
                f"the suffix of {str(path)!r} must be one of {', '.join(_OUTPUTS)}"
            )
        if not target.parent.is_dir():
            raise FileNotFoundError(f"{target.parent} is not a folder; make it first")
        if os.path.lexists(target) and not overwrite:
            raise FileExistsError(f"{target} exists; overwrite=True replaces it")
        content = getattr(self, _OUTPUTS[suffix])
        content = content() if callable(content) else content.encode()
        write_whole(target, content)
        return target

    def render(self, filename: str = "graph") -> str:
        """Write ``filename`` plus the suffix of ``format``, as graphviz's Digraph does.

        Returns the path. Replaces a file that is there, as Digraph does.
        """
        return str(self.save(f"{filename}.{self.format}", overwrite=True))

    # -- notebooks ---------------------------------------------------------------------

    def _shown(self) -> "Drawing":
        # Never more than a page can show.
        if len(self.graph.nodes) <= MAX_SHOWN:
            return self
        folded = collapse(self.graph, max_nodes=MAX_SHOWN)
        return Drawing(folded, self.look, engine=self.engine)

    def _repr_svg_(self) -> str | None:
        try:
            return self._shown().svg
        except (GraphvizNotFound, GraphError, RenderError):
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        shown = self._shown()
        lines = shown.ascii.splitlines()
        if len(lines) > MAX_LINES:
            more = f"… {len(lines) - MAX_LINES:,} more lines in .ascii"
            lines = [*lines[:MAX_LINES], more]
        bundle = {"text/plain": "\n".join([repr(self), *lines])}
        svg = self._repr_svg_()
        if svg is None:
            return bundle
        if self.steps and shown is self:
            # Different drawings of one notebook have different numbers in them.
            id_ = f"drawing-{_digest(self.dot)}"
            bundle["text/html"] = self.player(id_, assets=True)
        return bundle | {"image/svg+xml": svg}

    def __repr__(self) -> str:
        nodes, edges = len(self.graph.nodes), len(self.graph.edges)
        return f"<Drawing: {nodes} nodes, {edges} edges>"


_OUTPUTS = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".html": "html",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".txt": "ascii",
    ".json": "json",
}


def _describe_edge(edge: EdgeIR, sheet: Sheet) -> str:
    ends = f"{sheet.names[edge.source]} to {sheet.names[edge.target]}"
    if edge.flow is None:
        return ends
    local = f"local derivative {edge.formula}, " if edge.formula else ""
    return f"{ends}: {local}flow {sheet.flow_text(edge)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
