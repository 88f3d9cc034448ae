"""What stands on a card and on an edge, before any language of pictures.

The one idea: every output (DOT, Mermaid, text, tables) prints the same rows, so no
two of them can show different numbers.
"""

from collections import defaultdict
from math import hypot, log10, sqrt
from typing import Any, NamedTuple

from .ir import EdgeIR, GraphIR, NodeIR
from .labels import number_text, shortened, sign_of
from .look import Look
from .paths import circled

__all__ = ["Row", "Sheet", "describe", "title_of"]

MAX_EXPRESSION = 40
MAX_FORMULA = 28
MAX_FLOWS = 4  # in the sum row; more are counted
MAX_MARKS = 3  # paths that an edge names
DECADES = 4  # that the logarithmic scale of widths covers
PLAIN_WIDTH = 1.6


class Row(NamedTuple):
    """One row of a card: what it is, its text, and the sign that colours it."""

    label: str
    text: str
    sign: str


class Sheet:
    """A graph with a look: rows, labels, widths, and the spine."""

    def __init__(self, graph: GraphIR, look: Look) -> None:
        self.graph = graph
        self.look = look
        self.into: dict[str, list[EdgeIR]] = defaultdict(list)
        for edge in graph.edges:
            if edge.flow is not None:
                self.into[edge.source].append(edge)
        self.nodes = {node.id: node for node in graph.nodes}
        self.names = {node.id: node.name for node in graph.nodes}
        self.on_path: dict[str, list[int]] = defaultdict(list)
        for path in look.paths.shown if look.paths else ():
            for id_ in path.edges:
                self.on_path[id_].append(path.number)
        sizes = [size_of(e.flow) for e in graph.edges if e.flow is not None]
        self.largest = max((s for s in sizes if s - s == 0), default=0.0)

    # -- cards -------------------------------------------------------------------------

    def rows(self, node: NodeIR) -> list[Row]:
        """The rows of a card under its title."""
        if node.kind == "constant":
            return []
        rows = self._group_rows(node) if node.group else []
        if self.look.shows("data"):
            rows.append(Row("data", self.number(node.data), "plain"))
        if node.grad is not None and self.look.shows("grad"):
            text = self.number(node.grad, signed=True)
            rows.append(Row("grad", text, sign_of(node.grad)))
        if self.look.shows("sum") and (text := self.sum_text(node)):
            rows.append(Row("Σ", text, "plain"))
        if node.group and node.group.norm is not None and self.look.shows("grad"):
            rows += self._norm_rows(node.group)
        return rows

    def _group_rows(self, node: NodeIR) -> list[Row]:
        group: Any = node.group
        rows = []
        if group.operations:
            rows.append(Row("operations", f"{group.operations:,}", "plain"))
        if group.parameters:
            rows.append(Row("parameters", f"{group.parameters:,}", "plain"))
        if group.operations:
            ends = f"{group.inputs:,} → {len(group.outputs):,}"
            rows.append(Row("in → out", ends, "plain"))
        return rows

    def _norm_rows(self, group: Any) -> list[Row]:
        least, greatest = (
            number_text(x, self.look.precision, signed=True)
            for x in (group.least, group.greatest)
        )
        norm = number_text(group.norm, self.look.precision)
        rows = [Row("‖∂ parameters‖₂", norm, "plain")]
        if group.parameters > 1:
            rows.append(Row("least, greatest", f"{least}, {greatest}", "plain"))
        return rows

    def number(self, number: Any, *, signed: bool = False) -> str:
        """A number of a card; of many, how many and how large."""
        precision = self.look.precision
        if isinstance(number, tuple) and len(number) > 2:
            ends = _ends(number)
            if ends is not None:
                low, high = (number_text(x, precision, signed=signed) for x in ends)
                return f"{len(number):,} from {low} to {high}"
        return number_text(number, precision, signed=signed)

    def sum_text(self, node: NodeIR) -> str:
        """The flows that meet at a node, or "" where fewer than two do."""
        edges = self.into[node.id]
        if len(edges) < 2 or isinstance(node.grad, tuple):
            return ""
        if len(edges) > MAX_FLOWS:
            return f"{len(edges):,} flows"
        return " ".join(self.summand(edge) for edge in edges)

    def summand(self, edge: EdgeIR) -> str:
        """One flow of the sum row, with the numbers of its paths."""
        flow = number_text(edge.flow, self.look.precision, signed=True)
        return f"{self.marks(edge)} ({flow})".strip()

    def marks(self, edge: EdgeIR) -> str:
        """The numbers of the paths along an edge."""
        numbers = self.on_path.get(edge.id, [])
        marks = "".join(map(circled, numbers[:MAX_MARKS]))
        return marks + "…" * (len(numbers) > MAX_MARKS)

    # -- edges -------------------------------------------------------------------------

    def local_text(self, edge: EdgeIR) -> str:
        """The local derivative: formula = value, or what there is of it."""
        formula = shortened(edge.formula, MAX_FORMULA)
        if edge.local is None or isinstance(edge.local, tuple):
            return formula  # one number per output: in the JSON
        value = number_text(edge.local, self.look.precision, trim=True)
        return value if formula in ("", value) else f"{formula} = {value}"

    def flow_text(self, edge: EdgeIR) -> str:
        """What flows back along an edge; of many numbers the norm."""
        if isinstance(edge.flow, tuple) and len(edge.flow) > 2:
            size = number_text(size_of(edge.flow), self.look.precision)
            return f"{len(edge.flow):,} flows, norm {size}"
        return number_text(edge.flow, self.look.precision, signed=True)

    def width(self, edge: EdgeIR) -> float:
        """1 + 4·sqrt(|flow|/max), or 1 to 5 over four decades."""
        size = size_of(edge.flow)
        if not self.largest or size - size != 0:
            return PLAIN_WIDTH
        share = size / self.largest
        if self.look.scale == "sqrt":
            return 1 + 4 * sqrt(share)
        return 1 + 4 * max(0.0, 1 + log10(share) / DECADES) if share else 1.0

    def spine(self) -> set[str]:
        """The strongest path: from the root back, the edge of the largest flow."""
        out: dict[str, list[EdgeIR]] = defaultdict(list)
        for edge in self.graph.edges:
            if edge.flow is not None:
                out[edge.target].append(edge)
        found: set[str] = set()
        at = self.graph.root
        while out[at]:
            edge = max(out[at], key=lambda e: _ordered_size(e.flow))
            found.add(edge.id)
            at = edge.source
        return found


def title_of(node: NodeIR, look: Look) -> tuple[str, str]:
    """The name and the expression of a card, shortened, or "" if not shown."""
    name = node.name if look.shows("name") or not node.expression else ""
    expression = node.expression if look.shows("expr") else ""
    return name, shortened(expression, MAX_EXPRESSION)


def describe(node: NodeIR, sheet: Sheet) -> str:
    """One card in one line, for a reader who does not see it."""
    name, expression = node.name, shortened(node.expression, 2 * MAX_EXPRESSION)
    joint = ": " if node.group else " = "
    title = f"{name}{joint}{expression}" if expression else name
    rows = [f"{row.label} {row.text}" for row in sheet.rows(node)]
    return f"{title}: {', '.join(rows)}" if rows else title


def size_of(flow: Any) -> float:
    """|flow|, the L2 norm of several, NaN for what is no real number."""
    try:
        if isinstance(flow, tuple):
            return hypot(*map(float, flow))
        return abs(float(flow))
    except OverflowError:
        return float("inf")
    except (TypeError, ValueError):
        return float("nan")


def _ordered_size(flow: Any) -> float:
    size = size_of(flow)
    return size if size == size else 0.0


def _ends(numbers: tuple[Any, ...]) -> tuple[Any, Any] | None:
    try:
        values = [float(x) for x in numbers]
    except (TypeError, ValueError, OverflowError):
        return None
    if any(x != x for x in values):
        return None
    return min(values), max(values)
