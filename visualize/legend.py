"""The head of a drawing: title, what the lines mean, and the table of paths.

The one idea: a drawing that is copied out of its page still says how to read it,
and only what occurs in it.
"""

from .cards import DECADES, Sheet
from .labels import dot_font, number_text, shortened, sign_of
from .paths import PathIR, circled

__all__ = ["head", "legend_items", "path_rows"]

_LINES = {"positive": "━━━", "negative": "╍╍╍", "zero": "·····", "nonfinite": "━━━"}
_WORDS = {"nonfinite": "not finite"}
MAX_FACTORS = 6  # of a product that is written out


def head(sheet: Sheet) -> str:
    """The HTML-like label above a drawing, or ""."""
    style = sheet.look.style
    rows = []
    if sheet.graph.title:
        title = shortened(sheet.graph.title, 120)
        rows.append(dot_font(title, style.ink, 16, bold=True))
    if sheet.look.shows("legend") and (items := legend_items(sheet)):
        rows.append("     ".join(_item(sheet, *item) for item in items))
    cells = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows)
    if sheet.look.paths:
        cells += f'<TR><TD ALIGN="LEFT">{_path_table(sheet)}</TD></TR>'
    if not cells:
        return ""
    return (
        '<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">'
        f'{cells}<TR><TD HEIGHT="6"></TD></TR></TABLE>'
    )


def legend_items(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Colour, line and word for each kind of line that occurs, then the width."""
    style, edges = sheet.look.style, sheet.graph.edges
    if sheet.look.view == "forward":
        return []
    flows = [edge.flow for edge in edges if edge.flow is not None]
    found = {sign_of(flow) for flow in flows}
    items = [
        (style.signs[sign][0], line, _WORDS.get(sign, sign))
        for sign, line in _LINES.items()
        if sign in found
    ]
    if not sheet.look.paths and any(edge.flow is None for edge in edges):
        items.append((style.feed, "──", "data, no gradient wanted"))
    if not sheet.look.paths and sheet.largest:
        items.append((style.muted, "", _width_text(sheet)))
    return [] if sheet.look.paths else items


def _width_text(sheet: Sheet) -> str:
    widest = number_text(sheet.largest, sheet.look.precision)
    if sheet.look.scale == "log":
        return f"width ∝ log|flow| over {DECADES} decades below {widest}"
    return f"width ∝ √|flow|, widest {widest}"


def _item(sheet: Sheet, colour: str, line: str, word: str) -> str:
    style = sheet.look.style
    size = style.size - 1
    # The grey of a data edge is for lines; as text it would be too faint.
    ink = style.muted if colour == style.feed else colour
    mark = dot_font(f"{line} ", colour, size, bold=True) if line else ""
    return mark + dot_font(word, ink, size)


# -- paths -----------------------------------------------------------------------------


def path_rows(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Path, product and value of each row of the table, the sum last."""
    paths = sheet.look.paths
    if paths is None:
        return []
    precision = sheet.look.precision

    def text(number: object) -> str:
        return number_text(number, precision, signed=True)

    rows = [(_way(sheet, p), _product(sheet, p), text(p.product)) for p in paths.shown]
    more = paths.count - len(paths.shown)
    if more:
        words = f"… {more:,} more path{'s' * (more > 1)}"
        rows.append((words, "", text(paths.rest)))
    source, target = paths.names
    total = f"Σ of {paths.count:,} path{'s' * (paths.count != 1)} = ∂{target}/∂{source}"
    return [*rows, (total, "", text(paths.total))]


def _way(sheet: Sheet, path: PathIR) -> str:
    names = [sheet.names.get(id_, "…") for id_ in path.nodes]
    if len(names) > MAX_FACTORS + 1:
        hidden = len(names) - MAX_FACTORS
        names[3:-3] = [f"({hidden:,} more)"]
    return f"{circled(path.number)} {' → '.join(names)}"


def _product(sheet: Sheet, path: PathIR) -> str:
    numbers = [
        number_text(x, sheet.look.precision, trim=True) for x in reversed(path.locals)
    ]
    numbers = [
        f"({n})" if n.startswith("−") and i else n for i, n in enumerate(numbers)
    ]
    if len(numbers) > MAX_FACTORS:
        numbers = [*numbers[:3], "…", *numbers[-2:]]
    return " × ".join(numbers) or "1"


def _path_table(sheet: Sheet) -> str:
    style = sheet.look.style
    colours = [colour for colour, _ in style.paths]
    shown = len(sheet.look.paths.shown) if sheet.look.paths else 0
    lines = []
    for i, row in enumerate(
        [("path", "product, from the result back", "="), *path_rows(sheet)]
    ):
        colour = colours[i - 1] if 0 < i <= shown else style.ink
        bold = not 0 < i <= shown
        cells = "".join(
            f'<TD ALIGN="{side}">'
            f"{dot_font(text, colour, style.size - 1, bold=bold)}</TD>"
            for text, side in zip(row, ("LEFT", "LEFT", "RIGHT"), strict=True)
        )
        lines.append(f"<TR>{cells}</TR>")
    return (
        '<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" '
        f'COLOR="{style.rule}">{"".join(lines)}</TABLE>'
    )
