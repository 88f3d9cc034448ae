"""`draw`: a recorded Value as a picture, a file, or a cell of a notebook.

What one can do with this file: ``draw(loss)``; ``draw(loss).save("loss.png")``; put
``draw(loss)`` at the end of a notebook's cell; follow single paths; fold a large
graph; run code that was written for micrograd's ``draw_dot``.

The one idea: four steps, each a function of the one before. *Trace* reads the
Values, *transforms* choose what is drawn, *outputs* are texts, and *rendering* makes
pictures of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from autograd_core.errors import GraphError
from autograd_core.graph import ancestors
from autograd_core.numbers.languages import printable
from autograd_core.value import Value

from .collapse import collapse as collapsed
from .drawing import Drawing
from .ir import GraphIR
from .look import SHOWN, Look, checked_show
from .paths import PathsIR, find_paths
from .render import ENGINES
from .sums import fold_sums
from .trace import trace, without_constants

__all__ = ["draw", "draw_dot"]

MAX_NODES = 150

End = Value | str


def draw(
    root: Value,
    *,
    title: str | None = None,
    view: str = "backward",
    show: Iterable[str] = SHOWN,
    precision: int = 4,
    scale: str = "sqrt",
    theme: str = "light",
    rankdir: str = "LR",
    depth: int | None = None,
    max_nodes: int | None = MAX_NODES,
    collapse: Callable[[Value], bool | None] | None = None,
    hide_constants: bool = True,
    constants: bool = False,
    paths: End | Sequence[End] | None = None,
    steps: bool = False,
    engine: str | None = None,
) -> Drawing:
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
    view
        ``backward``: arrowheads show where the gradient goes; ``forward``: data
        only; ``both``: an arrowhead at each end.
    show
        Which parts: ``name``, ``expr``, ``data``, ``grad``, ``sum``, ``local``,
        ``flow``, ``legend``.
    precision
        Decimals of the numbers, 0 to 17.
    scale
        The width of a line: ``sqrt`` of its flow, or ``log`` over four decades, for
        gradients that vanish.
    theme
        ``light`` or ``dark``.
    rankdir
        ``LR``, inputs left, or ``TB``, inputs above.
    depth
        How many levels of scopes stay open; 0 folds every scope into a card.
    max_nodes
        Fold until at most so many cards are left: scopes first, then runs of
        operations. None never folds.
    collapse
        Asked for each node: True folds it with its neighbours, False keeps it as it
        is, None leaves it to the other rules.
    hide_constants
        Anonymous constants, the 2 of ``2*x``, stand in the expressions only.
    constants
        True is the older way to say ``hide_constants=False``.
    paths
        A Value or a name, or two: from there to the root, or from the first to the
        second, each path is drawn in a colour of its own, and a table has the
        products and their sum.
    steps
        ``.html`` and notebooks show the drawing step by step.
    engine
        ``dot`` or ``pygraphviz``; by default the first that is there.

    Raises
    ------
    TypeError
        If ``root`` is not a Value, or ``title`` not a str.
    ValueError
        If a setting is none of those listed, or no node, or more than one, has the
        name in ``paths``.
    GraphError
        If ``root`` holds several outputs, or no gradient flows along ``paths``.
    StaleGraphError
        If a leaf was assigned after ``root`` was computed.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(3.0, name="x")
    >>> draw(x * x + 1)
    <Drawing: 3 nodes, 3 edges>
    >>> print(draw(x * x + 1).ascii, end="")
    v₂ = v₁ + 1  data 10.0000  grad +1.0000
    └─ v₁ = x·x  data 9.0000  grad +1.0000  × 1 → +1.0000
       ├─ x  data 3.0000  grad +6.0000  Σ (+3.0000) (+3.0000)  × x = 3 → +3.0000
       └─ x  ↑ shown above  × x = 3 → +3.0000
    """
    look = Look(precision, rankdir, view, checked_show(show), scale, theme)
    _check(title, depth, max_nodes, engine)
    start, root = (None, root) if paths is None else _ends(root, paths)
    graph = trace(root, title=printable(title or ""))
    verdicts = _verdicts(root, collapse)
    if start is None:
        graph = fold_sums(graph)
    else:
        ways = _ways(graph, root, start)
        look = replace(look, paths=ways)
        on_way = {id_ for path in ways.shown for id_ in path.nodes}
        if max_nodes is None or len(on_way) <= max_nodes:
            verdicts |= dict.fromkeys(on_way, False)
    if hide_constants and not constants:
        graph = without_constants(graph)
    graph = collapsed(graph, depth=depth, max_nodes=max_nodes, verdicts=verdicts)
    return Drawing(graph, look, steps=steps, engine=engine)


def draw_dot(
    root: Value,
    format: str = "svg",  # noqa: A002  micrograd's name for it
    rankdir: str = "LR",
) -> Drawing:
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


def _check(
    title: Any, depth: int | None, max_nodes: int | None, engine: str | None
) -> None:
    if title is not None and not isinstance(title, str):
        raise TypeError(f"'title' must be a str or None, got {type(title).__name__}")
    for name, value, least in (("depth", depth, 0), ("max_nodes", max_nodes, 4)):
        if value is not None and (not isinstance(value, int) or value < least):
            raise ValueError(
                f"{name!r} must be None or an int from {least}, got {value!r}"
            )
    if engine is not None and engine not in ENGINES:
        raise ValueError(f"'engine' must be one of {ENGINES}, got {engine!r}")


def _verdicts(
    root: Value, collapse: Callable[[Value], bool | None] | None
) -> dict[str, bool | None]:
    if collapse is None:
        return {}
    return {f"n{i}": collapse(node) for i, node in enumerate(ancestors(root))}


# -- the ends of paths -----------------------------------------------------------------


def _ends(root: Value, paths: End | Sequence[End]) -> tuple[Value, Value]:
    ends = (paths,) if isinstance(paths, (Value, str)) else tuple(paths)
    if len(ends) not in (1, 2):
        raise ValueError(f"'paths' must have one or two ends, got {len(ends)}")
    nodes = ancestors(root)
    found = [_end(end, nodes) for end in ends]
    return found[0], (found[1] if len(found) == 2 else root)


def _end(end: End, nodes: list[Value]) -> Value:
    if isinstance(end, Value):
        if end not in nodes:
            raise ValueError("a Value in 'paths' is not a part of this graph")
        return end
    named = [node for node in nodes if node.name == end]
    if len(named) != 1:
        raise ValueError(
            f"'paths' needs one node with the name {end!r}, and this graph has "
            f"{len(named)}; pass the Value itself"
        )
    return named[0]


def _ways(graph: GraphIR, root: Value, start: Value) -> PathsIR:
    nodes = ancestors(root)
    if start not in nodes or not start.requires_grad:
        raise GraphError(
            "no gradient flows along 'paths': the second end does not depend on the "
            "first, or the first has requires_grad=False"
        )
    return find_paths(graph, f"n{nodes.index(start)}")
