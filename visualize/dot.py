"""From a `GraphIR` to DOT, the language of Graphviz: text in, text out.

What one can do with this file: get the DOT text of a graph. Nothing is run.

The one idea: inputs stand left and the result right, so *data flows left to
right*; the arrowheads point the other way and show where the *gradient* goes. A
node is a card (name = expression, data, grad, the sum of its flows); an edge says
``× formula = value``, the local derivative, and under it the flow, which is the
gradient of the right card times that value.

The text is deterministic: ids come from the order of computation, never from
addresses or hashes.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from .cards import MAX_MARKS, Row, Sheet, title_of
from .ir import ClusterIR, EdgeIR, GraphIR, NodeIR
from .labels import dot_font, dot_text, shortened, sign_of
from .legend import head
from .look import Look

__all__ = ["to_dot"]

SPINE = 8  # the weight of the strongest path, which Graphviz then draws straight


def to_dot(graph: GraphIR, look: Look | None = None, **settings: Any) -> str:
    """The DOT text of ``graph``.

    Parameters
    ----------
    look
        How to show it.
    settings
        Fields of `Look` that differ, such as ``precision=2`` or ``rankdir="TB"``.
    """
    sheet = Sheet(graph, replace(look or Look(), **settings))
    spine = sheet.spine()
    lines = ["digraph autograd {", *_defaults(sheet), *_nodes(sheet, spine)]
    lines += [f"  {_edge(edge, sheet, edge.id in spine)}" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _defaults(sheet: Sheet) -> list[str]:
    style, label = sheet.look.style, head(sheet)
    font = f'fontname="{style.font}"'
    title = (
        f"\n    label=<{label}> labelloc=t labeljust=l"
        f' fontsize={style.size} fontcolor="{style.ink}"'
        if label
        else ""
    )
    # Without newrank Graphviz 14 was seen to lose edges of large graphs.
    return [
        (
            f"  graph [rankdir={sheet.look.rankdir} newrank=true "
            f'bgcolor="{style.paper}" {font} nodesep=0.3 ranksep=0.35 pad=0.3{title}]'
        ),
        f"  node [shape=plain {font} fontsize={style.size}]",
        f"  edge [{font} fontsize={style.size - 1} arrowsize=0.8]",
    ]


# -- nodes -----------------------------------------------------------------------------


def _nodes(sheet: Sheet, spine: set[str]) -> list[str]:
    # Graphviz begins with the order of the text: first the spine, then what branches
    # off, so that the branches are laid around it.
    ends = {e.source for e in sheet.graph.edges if e.id in spine} | {sheet.graph.root}
    inside: dict[str | None, list[NodeIR]] = defaultdict(list)
    for node in sorted(sheet.graph.nodes, key=lambda node: node.id not in ends):
        inside[node.scope].append(node)
    children: dict[str | None, list[ClusterIR]] = defaultdict(list)
    for cluster in sheet.graph.clusters:
        children[cluster.parent].append(cluster)
    lines = []
    # A stack instead of recursion: scopes may be nested to any depth.
    stack: list[Any] = [("open", None, 1)]
    while stack:
        step, cluster, depth = stack.pop()
        pad = "  " * depth
        if step == "close":
            lines.append("  " * (depth - 1) + "}")
            continue
        if cluster is not None:
            lines += [f"{pad[2:]}{line}" for line in _cluster(cluster, sheet)]
            stack.append(("close", None, depth))
        id_ = cluster.id if cluster else None
        lines += [f"{pad}{_node(node, sheet)}" for node in inside[id_]]
        stack += [("open", c, depth + 1) for c in reversed(children[id_])]
    return lines


def _cluster(cluster: ClusterIR, sheet: Sheet) -> list[str]:
    style = sheet.look.style
    title = f"<B>{dot_text(shortened(cluster.name, 40)) or ' '}</B>"
    if cluster.formula:
        title += f"   {dot_text(shortened(cluster.formula, 60))}"
    return [
        f"subgraph cluster_{cluster.id} {{",
        (
            f'  graph [id="{cluster.id}" label=<{title}> labelloc=t labeljust=l '
            f'fontsize={style.size} fontcolor="{style.muted}" style="rounded,filled" '
            f'fillcolor="{style.frame}" color="{style.rule}" margin=12]'
        ),
    ]


def _node(node: NodeIR, sheet: Sheet) -> str:
    style = sheet.look.style
    kind = node.kind if node.finite else "nonfinite"
    card = style.cards[kind]
    name, expression = title_of(node, sheet.look)
    title = f'<FONT COLOR="{card.title}"><B>{dot_text(name)}</B></FONT>' if name else ""
    if expression:
        joint = "" if not name else "   " if node.group else " = "
        text = dot_text(f"{joint}{expression}")
        title += f'<FONT COLOR="{style.muted}">{text}</FONT>'
    rows = sheet.rows(node)
    body = "".join(_row(row, node, sheet) for row in rows)
    rule = f' BORDER="1" SIDES="B" COLOR="{style.rule}"' if body else ""
    table = (
        f'<TABLE BORDER="{card.width}" CELLBORDER="0" CELLSPACING="0" '
        f'CELLPADDING="4" COLOR="{card.border}" BGCOLOR="{card.fill}" '
        f'STYLE="ROUNDED"><TR><TD COLSPAN="2" ALIGN="LEFT"{rule}>{title}</TD></TR>'
        f"{body}</TABLE>"
    )
    return f'{node.id} [id="{node.id}" class="{kind}" label=<{table}>]'


def _row(row: Row, node: NodeIR, sheet: Sheet) -> str:
    style = sheet.look.style
    if row.label == "Σ":
        text = "  ".join(_summands(node, sheet))
        label = dot_font("Σ", style.muted, 9)
        return f'<TR><TD COLSPAN="2" ALIGN="RIGHT">{label}  {text}</TD></TR>'
    colour = style.ink if node.finite else style.alarm
    if row.sign != "plain":
        colour = style.signs[row.sign][0]
    text = dot_font(row.text, colour, style.size, bold=row.label == "grad")
    return (
        f'<TR><TD ALIGN="LEFT">{dot_font(row.label, style.muted, 9)}</TD>'
        f'<TD ALIGN="RIGHT">{text}</TD></TR>'
    )


def _summands(node: NodeIR, sheet: Sheet) -> list[str]:
    style, edges = sheet.look.style, sheet.into[node.id]
    text = sheet.sum_text(node)
    if "(" not in text:
        return [dot_font(text, style.muted, 9)]
    return [
        dot_font(sheet.summand(edge), style.signs[sign_of(edge.flow)][0], 9)
        for edge in edges
    ]


# -- edges -----------------------------------------------------------------------------


def _edge(edge: EdgeIR, sheet: Sheet, on_spine: bool) -> str:
    style, view = sheet.look.style, sheet.look.view
    ends = f'{edge.source} -> {edge.target} [id="{edge.id}"'
    if edge.flow is None or view == "forward":
        look = f'color="{style.feed}" penwidth=1 arrowhead=vee arrowsize=0.6'
        return f'{ends} class="feed" {look}]'
    sign = sign_of(edge.flow)
    colour, line = style.signs[sign]
    width = sheet.width(edge)
    on_path = sheet.on_path.get(edge.id, [])
    if sheet.look.paths:
        colours = [style.paths[i - 1] for i in on_path[:MAX_MARKS]]
        line = colours[0][1] if len(colours) == 1 else "solid"
        colour = ":".join(c for c, _ in colours) or style.feed
        width = 3.0 if len(colours) == 1 else 2.0 if colours else 1.0
    head_ = "dir=both arrowhead=vee" if view == "both" else "dir=back"
    weight = f" weight={SPINE}" if on_spine else ""
    label = _edge_label(edge, sheet, width)
    return (
        f'{ends} class="flow {sign}" {head_} arrowtail=normal color="{colour}" '
        f"style={line} penwidth={width:.3g}{weight}{label}]"
    )


def _edge_label(edge: EdgeIR, sheet: Sheet, width: float) -> str:
    style = sheet.look.style
    rows = []
    on_path = sheet.on_path.get(edge.id, [])
    marks = sheet.marks(edge)
    local = sheet.local_text(edge)
    if sheet.look.shows("local") and (local or marks):
        text = " ".join(filter(None, [marks, f"× {local}" if local else ""]))
        colour = style.paths[on_path[0] - 1][0] if len(on_path) == 1 else style.muted
        rows.append(dot_font(text, colour, 10))
    if sheet.look.shows("flow") and not sheet.look.paths:
        colour = style.signs[sign_of(edge.flow)][0]
        rows.append(dot_font(sheet.flow_text(edge), colour, style.size - 1, bold=True))
    if not rows:
        return ""
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    # The last row keeps the line off the number.
    return (
        ' label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        f'{cells}<TR><TD HEIGHT="{2 + width / 2:.0f}"></TD></TR></TABLE>>'
    )
