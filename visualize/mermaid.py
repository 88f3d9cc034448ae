"""A drawing in Mermaid, the language that GitHub and many wikis draw.

The one idea: the same cards and edges as in DOT. Everything that is not a letter, a
digit or a space is written as Mermaid's numeric entity, so no name can end a label.
"""

from collections import defaultdict
from typing import Any

from .cards import Sheet, title_of
from .ir import EdgeIR, GraphIR, NodeIR
from .labels import shortened, sign_of
from .look import Look

__all__ = ["to_mermaid"]

_PLAIN = frozenset(" .,=·×+−()")


def to_mermaid(graph: GraphIR, look: Look | None = None) -> str:
    """``graph`` as a Mermaid flowchart."""
    sheet = Sheet(graph, look or Look())
    style = sheet.look.style
    lines = [f"flowchart {sheet.look.rankdir.replace('TB', 'TD')}"]
    if graph.title:
        lines = ["---", f'title: "{mermaid_text(graph.title)}"', "---", *lines]
    lines += _nodes(sheet)
    for i, edge in enumerate(graph.edges):
        lines += _edge(edge, sheet, i)
    kinds = {n.kind if n.finite else "nonfinite": None for n in graph.nodes}
    for kind in kinds:
        card = style.cards[kind]
        lines.append(
            f"  classDef {kind}_ fill:{card.fill},stroke:{card.border},"
            f"color:{style.ink},stroke-width:{card.width}px"
        )
    return "\n".join(lines) + "\n"


def mermaid_text(text: str) -> str:
    """``text`` inside a quoted label."""
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in text)


def _nodes(sheet: Sheet) -> list[str]:
    inside: dict[str | None, list[NodeIR]] = defaultdict(list)
    for node in sheet.graph.nodes:
        inside[node.scope].append(node)
    children: dict[str | None, list[Any]] = defaultdict(list)
    for cluster in sheet.graph.clusters:
        children[cluster.parent].append(cluster)
    lines: list[str] = []
    stack: list[Any] = [("open", None)]
    while stack:
        step, cluster = stack.pop()
        if step == "close":
            lines.append("  end")
            continue
        if cluster is not None:
            words = " ".join(filter(None, [cluster.name, cluster.formula]))
            title = mermaid_text(shortened(words, 80))
            lines.append(f'  subgraph {cluster.id}["{title}"]')
            stack.append(("close", None))
        id_ = cluster.id if cluster else None
        lines += [_node(node, sheet) for node in inside[id_]]
        stack += [("open", c) for c in reversed(children[id_])]
    return lines


def _node(node: NodeIR, sheet: Sheet) -> str:
    name, expression = title_of(node, sheet.look)
    title = (": " if node.group else " = ").join(filter(None, [name, expression]))
    rows = [f"{row.label} {row.text}" for row in sheet.rows(node)]
    label = "<br>".join(map(mermaid_text, [title, *rows]))
    kind = node.kind if node.finite else "nonfinite"
    return f'  {node.id}["{label}"]:::{kind}_'


def _edge(edge: EdgeIR, sheet: Sheet, index: int) -> list[str]:
    style = sheet.look.style
    if edge.flow is None or sheet.look.view == "forward":
        return [
            f"  {edge.source} --> {edge.target}",
            f"  linkStyle {index} stroke:{style.feed},stroke-width:1px",
        ]
    local = sheet.local_text(edge)
    parts = [f"× {local}"] if sheet.look.shows("local") and local else []
    if sheet.look.shows("flow"):
        parts.append(sheet.flow_text(edge))
    label = "<br>".join(map(mermaid_text, parts))
    text = f'|"{label}"|' if label else ""
    colour, line = style.signs[sign_of(edge.flow)]
    dash = {"dashed": ",stroke-dasharray:6 3", "dotted": ",stroke-dasharray:2 3"}
    return [
        f"  {edge.source} ---{text} {edge.target}",
        (
            f"  linkStyle {index} stroke:{colour},"
            f"stroke-width:{sheet.width(edge):.3g}px{dash.get(line, '')}"
        ),
    ]
