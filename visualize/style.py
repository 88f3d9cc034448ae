"""The colours and sizes of a drawing, as data.

The one idea: whatever a colour says is also said in another way. The sign of a
flow is its colour, its line (solid, dashed, dotted) and the sign before the
number; a node's kind is its colour and the rows of its card; a path has a number.
All text has a contrast of at least 4.5 to 1 on every card, in both themes, and blue
against vermillion stays apart in the common kinds of colour blindness.

The dark theme is the light one with each colour replaced (`DARK_FOR`), so that a
page can make the same exchange with a style sheet.
"""

from dataclasses import dataclass, field, replace

__all__ = ["DARK_FOR", "STYLE", "THEMES", "Card", "Style"]


@dataclass(frozen=True)
class Card:
    """The colours of one kind of card, and the width of its border."""

    fill: str
    border: str
    title: str
    width: int = 1


_PLAIN = Card("#E9EDF2", "#98A2AE", "#4A535E")


@dataclass(frozen=True)
class Style:
    """The tokens of the picture language."""

    font: str = "Helvetica"
    size: int = 12
    paper: str = "#FFFFFF"
    ink: str = "#1B1F24"
    muted: str = "#5B6470"
    rule: str = "#B9C1CB"
    feed: str = "#98A2AE"
    alarm: str = "#B00020"
    frame: str = "#F4F6F9"
    cards: dict[str, Card] = field(
        default_factory=lambda: {
            "data": _PLAIN,
            "constant": _PLAIN,
            "parameter": Card("#F0E9F8", "#6A4C93", "#6A4C93", 2),
            "operation": Card("#FFFFFF", "#98A2AE", "#1B1F24"),
            "group": Card("#E6F1EE", "#2E6B5E", "#215247", 2),
            "output": Card("#FFF4CF", "#7A5B00", "#7A5B00", 2),
            "nonfinite": Card("#FDECEE", "#B00020", "#B00020", 2),
        }
    )
    signs: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {  # colour and line
            "positive": ("#0068A3", "solid"),
            "negative": ("#B54700", "dashed"),
            "zero": ("#616973", "dotted"),
            "nonfinite": ("#B00020", "bold"),
            "unknown": ("#4A535E", "solid"),
        }
    )
    paths: tuple[tuple[str, str], ...] = (  # colour and line
        ("#00694E", "solid"),
        ("#9B3672", "dashed"),
        ("#0068A3", "solid"),
        ("#B54700", "dashed"),
        ("#6A4C93", "solid"),
        ("#7A5B00", "dashed"),
        ("#1B1F24", "solid"),
        ("#4A535E", "dashed"),
    )


STYLE = Style()

# What stands for each colour on dark paper; a colour has one, whatever it is for.
DARK_FOR = {
    "#FFFFFF": "#14181D",
    "#1B1F24": "#E6E9ED",
    "#5B6470": "#A9B3BF",
    "#B9C1CB": "#46505C",
    "#98A2AE": "#7C8794",
    "#4A535E": "#BFC8D2",
    "#E9EDF2": "#262D35",
    "#F4F6F9": "#1B2026",
    "#F0E9F8": "#2C2438",
    "#6A4C93": "#C3A6EE",
    "#E6F1EE": "#16302A",
    "#2E6B5E": "#5FB5A2",
    "#215247": "#9AD9CA",
    "#FFF4CF": "#332A0C",
    "#7A5B00": "#E8C458",
    "#FDECEE": "#3A1A1F",
    "#B00020": "#FF8A95",
    "#0068A3": "#6CBDF2",
    "#B54700": "#FF9D5C",
    "#616973": "#A3ADB9",
    "#00694E": "#5CCBA5",
    "#9B3672": "#F08CC4",
}


def _dark(style: Style) -> Style:
    to = DARK_FOR
    names = ("paper", "ink", "muted", "rule", "feed", "alarm", "frame")
    return replace(
        style,
        **{name: to[getattr(style, name)] for name in names},  # type: ignore[arg-type]
        cards={
            kind: Card(to[c.fill], to[c.border], to[c.title], c.width)
            for kind, c in style.cards.items()
        },
        signs={
            sign: (to[colour], line) for sign, (colour, line) in style.signs.items()
        },
        paths=tuple((to[colour], line) for colour, line in style.paths),
    )


THEMES = {"light": STYLE, "dark": _dark(STYLE)}
