"""How a graph is shown: the choices that every output shares.

The one idea: a transform decides *what* is drawn, a `Look` decides *how*. An output
takes a graph and a look, and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .paths import PathsIR
from .style import THEMES, Style

__all__ = ["SHOWN", "Look", "checked_show"]

SHOWN = ("name", "expr", "data", "grad", "sum", "local", "flow", "legend")
VIEWS = ("backward", "forward", "both")
SCALES = ("sqrt", "log")
FORWARD = frozenset({"name", "expr", "data"})


@dataclass(frozen=True)
class Look:
    """The settings of an output; what each is for says `visualize.draw`."""

    precision: int = 4
    rankdir: str = "LR"
    view: str = "backward"
    show: frozenset[str] = field(default=frozenset(SHOWN))
    scale: str = "sqrt"
    theme: str = "light"
    paths: PathsIR | None = None

    def __post_init__(self) -> None:
        if self.precision not in range(18):
            raise ValueError(
                f"'precision' must be an int from 0 to 17, got {self.precision!r}"
            )
        for name, value, allowed in (
            ("rankdir", self.rankdir, ("LR", "TB")),
            ("view", self.view, VIEWS),
            ("scale", self.scale, SCALES),
            ("theme", self.theme, tuple(THEMES)),
        ):
            if value not in allowed:
                words = " or ".join(map(repr, allowed))
                raise ValueError(f"{name!r} must be {words}, got {value!r}")

    @property
    def style(self) -> Style:
        """The colours and sizes."""
        return THEMES[self.theme]

    def shows(self, part: str) -> bool:
        """Whether that part of a card or of an edge is shown."""
        return part in self.show and (self.view != "forward" or part in FORWARD)


def checked_show(show: Iterable[str] | Any) -> frozenset[str]:
    """The parts to show, all of them known.

    Raises
    ------
    ValueError
        If one is not; the message lists those that are.
    """
    parts = frozenset((show,) if isinstance(show, str) else show)
    if unknown := sorted(map(str, parts - set(SHOWN))):
        raise ValueError(f"'show' has {SHOWN}, got {', '.join(map(repr, unknown))}")
    return parts
