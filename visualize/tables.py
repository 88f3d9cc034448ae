"""Every number of a drawing as HTML tables: its twin for a reader who does not see.

The one idea: one row per card and one per flow, in the order of computation, with the
texts of the drawing itself.
"""

from collections.abc import Iterable

from .cards import Sheet, title_of
from .ir import GraphIR
from .labels import html_text
from .legend import path_rows
from .look import Look

__all__ = ["to_tables"]


def to_tables(graph: GraphIR, look: Look | None = None) -> str:
    """The cards, the flows and, in the path view, the paths, as HTML tables."""
    sheet = Sheet(graph, look or Look())
    cards = [
        (
            " = ".join(filter(None, title_of(node, sheet.look))),
            *_numbers(sheet, node.id),
        )
        for node in graph.nodes
    ]
    flows = [
        (
            f"{sheet.names[edge.target]} to {sheet.names[edge.source]}",
            sheet.local_text(edge),
            sheet.flow_text(edge),
        )
        for edge in graph.edges
        if edge.flow is not None
    ]
    tables = [_table("Cards", ("card", "data", "gradient", "more"), cards)]
    if flows and sheet.look.view != "forward":
        tables.append(_table("Flows", ("from, to", "local derivative", "flow"), flows))
    if rows := path_rows(sheet):
        tables.append(_table("Paths", ("path", "product", "value"), rows))
    return "\n".join(tables)


def _numbers(sheet: Sheet, id_: str) -> tuple[str, str, str]:
    node = sheet.nodes[id_]
    rows = {row.label: row.text for row in sheet.rows(node)}
    data = rows.pop("data", "")
    grad = rows.pop("grad", "")
    return data, grad, ", ".join(f"{label} {text}" for label, text in rows.items())


def _table(caption: str, names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{html_text(name)}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{html_text(text)}</th>'
            if i == 0
            else f"<td>{html_text(text)}</td>"
            for i, text in enumerate(row)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f"<table><caption>{html_text(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{body}</tbody></table>"
    )
