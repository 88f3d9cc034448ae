"""A drawing as plain text: the root, and below each card what it is computed from.

The one idea: the same numbers as the picture, for a terminal, a log, or a reader who
does not see. A card that several others use is written once; further down it is
named with ``↑ shown above``. Deep graphs do not drift off the page: after 24 levels
the margin starts again, with the level in front.
"""

from collections import defaultdict

from .cards import Sheet, title_of
from .ir import EdgeIR, GraphIR
from .legend import path_rows
from .look import Look

__all__ = ["to_text"]

MARGIN = 24


def to_text(graph: GraphIR, look: Look | None = None) -> str:
    """``graph`` as a tree of text."""
    sheet = Sheet(graph, look or Look())
    operands: dict[str, list[EdgeIR]] = defaultdict(list)
    for each in graph.edges:
        operands[each.target].append(each)
    lines = [graph.title] if graph.title else []
    seen: set[str] = set()
    # The id, the edge to it, and of it and those around it whether each is the last.
    stack: list[tuple[str, EdgeIR | None, tuple[bool, ...]]] = [(graph.root, None, ())]
    while stack:
        id_, edge, last = stack.pop()
        again = id_ in seen
        parts = [sheet.names[id_], "↑ shown above"] if again else _card(sheet, id_)
        if edge is not None and edge.flow is not None:
            parts.append(_arrow(sheet, edge))
        lines.append(_margin(last) + "  ".join(filter(None, parts)))
        if not again:
            seen.add(id_)
            below = operands[id_]
            stack += [(e.source, e, (*last, e is below[-1])) for e in reversed(below)]
    return "\n".join([*lines, *_paths(sheet)]) + "\n"


def _margin(last: tuple[bool, ...]) -> str:
    if not last:
        return ""
    level, start = len(last), (len(last) - 1) // MARGIN * MARGIN
    bars = "".join("   " if end else "│  " for end in last[start:-1])
    number = f"({level}) " if start else ""
    return number + bars + ("└─ " if last[-1] else "├─ ")


def _card(sheet: Sheet, id_: str) -> list[str]:
    node = sheet.nodes[id_]
    name, expression = title_of(node, sheet.look)
    joint = ": " if node.group else " = "
    title = joint.join(filter(None, [name, expression]))
    return [title, *(f"{row.label} {row.text}" for row in sheet.rows(node))]


def _arrow(sheet: Sheet, edge: EdgeIR) -> str:
    parts = []
    if sheet.look.shows("local") and (local := sheet.local_text(edge)):
        parts.append(f"× {local}")
    if sheet.look.shows("flow"):
        parts.append(f"→ {sheet.flow_text(edge)}")
    return " ".join(parts)


def _paths(sheet: Sheet) -> list[str]:
    rows = path_rows(sheet)
    if not rows:
        return []
    lines = [
        f"{way} = {product} = {value}" if product else f"{way}: {value}"
        for way, product, value in rows[:-1]
    ]
    way, _, value = rows[-1]
    return ["", *lines, f"{way} = {value}"]
