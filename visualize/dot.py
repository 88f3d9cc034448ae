"""From a `GraphIR` to DOT, the language of Graphviz: text in, text out.

What one can do with this file: get the DOT text of a graph. Nothing is run.

The one idea: inputs stand left and the result right, so *data flows left to
right*; the arrowheads point the other way and show where the *gradient* goes. A
node is a card (name = expression, data, grad); an edge says ``× formula = value``,
the local derivative, and under it the flow, which is the gradient of the right
card times that value.

The text is deterministic: ids come from the order of computation, never from
addresses or hashes.
"""

from .labels import dot_text, number_text, shortened, sign_of
from .style import STYLE, Style
from .trace import EdgeIR, GraphIR, NodeIR

__all__ = ["describe", "to_dot"]

MAX_EXPRESSION = 40
MAX_FORMULA = 28


def to_dot(
    graph: GraphIR,
    *,
    precision: int = 4,
    rankdir: str = "LR",
    style: Style = STYLE,
) -> str:
    """The DOT text of ``graph``.

    Parameters
    ----------
    precision
        Decimals of the numbers.
    rankdir
        ``LR`` (left to right) or ``TB`` (top to bottom).
    """
    lines = ["digraph autograd {", *_defaults(graph, rankdir, style)]
    lines += [f"  {_node(node, precision, style)}" for node in graph.nodes]
    lines += [f"  {_edge(edge, precision, style)}" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def describe(node: NodeIR, precision: int = 4) -> str:
    """One card in one line, for a reader who does not see it."""
    title = f"{node.name} = {node.expression}" if node.expression else node.name
    rows = [f"{label} {text}" for label, text, _ in _rows(node, precision, STYLE)]
    return f"{shortened(title, MAX_EXPRESSION * 2)}: {', '.join(rows)}"


def _defaults(graph: GraphIR, rankdir: str, style: Style) -> list[str]:
    font = f'fontname="{style.font}"'
    title = ""
    if graph.title:
        text = dot_text(shortened(graph.title, 120))
        title = (
            f"\n    label=<<B>{text}</B>> labelloc=t labeljust=l fontsize=16"
            f' fontcolor="{style.ink}"'
        )
    # Without newrank Graphviz 14 was seen to lose edges of large graphs.
    settings = (
        f'  graph [rankdir={rankdir} newrank=true bgcolor="{style.paper}" {font}'
        f" nodesep=0.3 ranksep=0.35 pad=0.3{title}]"
    )
    return [
        settings,
        f"  node [shape=plain {font} fontsize={style.size}]",
        f"  edge [{font} fontsize={style.size - 1} arrowsize=0.8]",
    ]


# -- nodes -----------------------------------------------------------------------------


def _node(node: NodeIR, precision: int, style: Style) -> str:
    kind = node.kind if node.finite else "nonfinite"
    card = style.cards[kind]
    name = dot_text(node.name)
    title = f'<FONT COLOR="{card.title}"><B>{name}</B></FONT>'
    if node.expression:
        expression = dot_text(shortened(node.expression, MAX_EXPRESSION))
        title += f'<FONT COLOR="{style.muted}"> = {expression}</FONT>'
    body = "".join(
        f'<TR><TD ALIGN="LEFT">{_font(label, style.muted, 9)}</TD>'
        f'<TD ALIGN="RIGHT">{_font(text, colour, style.size, bold=label == "grad")}'
        "</TD></TR>"
        for label, text, colour in _rows(node, precision, style)
    )
    rule = f' BORDER="1" SIDES="B" COLOR="{style.rule}"' if body else ""
    table = (
        f'<TABLE BORDER="{card.width}" CELLBORDER="0" CELLSPACING="0" '
        f'CELLPADDING="4" COLOR="{card.border}" BGCOLOR="{card.fill}" '
        f'STYLE="ROUNDED"><TR><TD COLSPAN="2" ALIGN="LEFT"{rule}>{title}</TD></TR>'
        f"{body}</TABLE>"
    )
    return f'{node.id} [id="{node.id}" class="{kind}" label=<{table}>]'


def _rows(node: NodeIR, precision: int, style: Style) -> list[tuple[str, str, str]]:
    # Label, text and colour of each row under the title.
    if node.kind == "constant":
        return []
    alarm = style.alarm if not node.finite else style.ink
    rows = [("data", number_text(node.data, precision), alarm)]
    if node.grad is not None:
        colour = style.signs[sign_of(node.grad)][0]
        rows.append(("grad", number_text(node.grad, precision, signed=True), colour))
    return rows


def _font(text: str, colour: str, size: int, *, bold: bool = False) -> str:
    text = f"<B>{dot_text(text)}</B>" if bold else dot_text(text)
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size}">{text}</FONT>'


# -- edges -----------------------------------------------------------------------------


def _edge(edge: EdgeIR, precision: int, style: Style) -> str:
    ends = f"{edge.source} -> {edge.target}"
    if edge.flow is None:
        look = f'color="{style.feed}" penwidth=1 arrowhead=vee arrowsize=0.6'
        return f'{ends} [id="{edge.id}" class="feed" {look}]'
    sign = sign_of(edge.flow)
    colour, line = style.signs[sign]
    flow = number_text(edge.flow, precision, signed=True)
    label = (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        f"<TR><TD>{_font('× ' + _local(edge, precision), style.muted, 10)}</TD></TR>"
        f'<TR><TD><FONT COLOR="{colour}"><B>{dot_text(flow)}</B></FONT></TD></TR>'
        '<TR><TD HEIGHT="3"></TD></TR></TABLE>'  # keeps the line off the number
    )
    return (
        f'{ends} [id="{edge.id}" class="flow {sign}" dir=back arrowtail=normal '
        f'color="{colour}" style={line} penwidth=1.6 label=<{label}>]'
    )


def _local(edge: EdgeIR, precision: int) -> str:
    formula = shortened(edge.formula, MAX_FORMULA)
    if isinstance(edge.local, tuple):
        return formula  # one number per output: in the JSON
    value = number_text(edge.local, precision, trim=True)
    return formula if formula == value else f"{formula} = {value}"
