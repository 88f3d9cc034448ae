"""What a script tells: figures on the terminal, plots and a drawing on a page.

What one can do with this file: everything that a script calls, see `Report`.

The one idea: a script says each thing once. The report prints it when it is said, and
keeps it for the page; nothing on the page but what the script computed, no date and no
duration, so the same call gives the same bytes.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from autograd_core import Value
from optim import Table
from visualize import Drawing, draw

from ..folder import Folder

__all__ = ["Figures", "Goal", "InputError", "Picture", "Report"]

P = ParamSpec("P")
FOLDED: dict[str, Any] = {"max_nodes": 40, "view": "both"}


class InputError(ValueError):
    """What the user gave to a script cannot be used; the message says why."""


@dataclass(frozen=True)
class Figures:
    """A table with its title."""

    title: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Picture:
    """A plot, or a drawing with its steps, and the file that it is in."""

    file: str
    title: str
    svg: str
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Goal:
    """A number, what it should reach, and whether it did."""

    what: str
    value: float
    bound: str
    reached: bool

    def __str__(self) -> str:
        end = "reached" if self.reached else "NOT REACHED"
        return f"{self.what}: {self.value:.6g}, should be {self.bound}: {end}"


@dataclass
class Report:
    """What a script is given, and what it has told.

    Attributes
    ----------
    folder
        Where its files will be.
    seed
        Of everything random in the script.
    full
        Whether all of the data are wanted, however long it takes.
    data
        The text of the user's file, or None.
    progress
        Whether bars are shown.
    said
        The parts of the page, in the order in which they were told.
    """

    folder: Folder
    seed: int = 0
    full: bool = False
    data: str | None = None
    progress: bool = True
    steps_wanted: int | None = None
    said: list[Figures | Picture | Goal | str] = field(default_factory=list)

    # -- before and while it computes ----------------------------------------------

    def count(self, usual: int) -> int:
        """How many steps to make: ``--steps``, or the script's own number."""
        return usual if self.steps_wanted is None else self.steps_wanted

    def steps(self, usual: int, what: str) -> Iterator[int]:
        """``range(count(usual))`` under a progress bar that says ``what`` it is."""
        return self.each(range(self.count(usual)), what)

    def each(self, things: Sequence[Any], what: str) -> Iterator[Any]:
        """The things, under a progress bar; ``--steps`` does not change them."""
        if not self.progress:
            return iter(things)
        from tqdm import tqdm

        # On a terminal the bar moves; in a log a line appears every ten seconds.
        pause = 0.1 if sys.stderr.isatty() else 10.0
        return iter(tqdm(things, what, file=sys.stderr, mininterval=pause))

    def file(self, name: str) -> str:
        """The path of a file that the script writes itself, as a checkpoint.

        Raises
        ------
        FileExistsError
            If it is there and not of an earlier call of the program.
        """
        return str(self.folder.take([name])[0])

    # -- what was found ------------------------------------------------------------

    def say(self, text: str) -> None:
        """A sentence."""
        self._print(text)
        self.said.append(text)

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Numbers to six significant digits, and text, under named columns."""
        table = Table(columns, rows)
        self._print(f"{title}\n{table}")
        self.said.append(Figures(title, table.columns, table.rows))

    def plot(
        self, name: str, plot: Callable[P, str], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """A plot in ``NAME.svg``: a function of `visualize.plots` and its arguments.

        Without matplotlib a sentence stands in its place.
        """
        try:
            svg = plot(*args, **kwargs)
        except ImportError as error:
            missing = f"{name}.svg is left out: {error}"
            if missing not in self.said:
                self.say(missing)
            return
        self.said.append(Picture(f"{name}.svg", str(kwargs["title"]), svg))

    def flow(
        self, root: Value, *, title: str, name: str = "flow", **options: Any
    ) -> None:
        """The graph behind one result: data forward, gradients back, step by step.

        ``options`` are those of `visualize.draw`; with ``depth=0`` each layer is one
        card.
        """
        drawing = draw(root, title=title, **{**FOLDED, **options})
        self.said.append(Picture(f"{name}.svg", title, drawing.svg, drawing))

    def reach(
        self,
        what: str,
        value: float,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        """What the script should reach: a number and its one bound.

        Raises
        ------
        TypeError
            If there is no bound, or two.
        """
        if (at_least is None) == (at_most is None):
            raise TypeError("'reach' must have either 'at_least' or 'at_most'")
        if at_least is not None:  # a NaN reaches nothing
            goal = Goal(what, value, f"at least {at_least:g}", value >= at_least)
        else:
            goal = Goal(what, value, f"at most {at_most:g}", value <= at_most)  # type: ignore[operator]
        self._print(str(goal), end="\n")
        self.said.append(goal)

    @property
    def goals(self) -> list[Goal]:
        """All that should be reached."""
        return [thing for thing in self.said if isinstance(thing, Goal)]

    @property
    def reached(self) -> bool:
        """Whether there is a goal, and each was reached."""
        return bool(self.goals) and all(goal.reached for goal in self.goals)

    def _print(self, text: str, end: str = "\n\n") -> None:
        sys.stdout.write(text + end)
        sys.stdout.flush()
