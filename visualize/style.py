"""The colours and sizes of a drawing, as data.

The one idea: whatever a colour says is also said in another way. The sign of a
flow is its colour, its line (solid, dashed, dotted) and the sign before the
number; a node's kind is its colour and the rows of its card. All text has a
contrast of at least 4.5 to 1 on every card, and blue against vermillion stays
apart in the common kinds of colour blindness.
"""

from dataclasses import dataclass, field

__all__ = ["STYLE", "Card", "Style"]


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
    cards: dict[str, Card] = field(
        default_factory=lambda: {
            "data": _PLAIN,
            "constant": _PLAIN,
            "parameter": Card("#F0E9F8", "#6A4C93", "#6A4C93", 2),
            "operation": Card("#FFFFFF", "#98A2AE", "#1B1F24"),
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


STYLE = Style()
