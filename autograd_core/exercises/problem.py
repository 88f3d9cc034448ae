"""An exercise: a small graph on exact numbers, with blanks.

What one can do with this file: make the exercise of a level and a seed (`exercise`),
print it as a worksheet, get its graph and its answers.

The one idea: level and seed decide everything, on every machine. So a worksheet need
only name them to be marked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..value import Value
from .blanks import Blank, blanks_of, recorded
from .judge import is_good
from .levels import LEVELS, RESULT, Draft, drafts
from .worksheet import header, worksheet

__all__ = ["MAX_SEED", "Exercise", "exercise"]

MAX_SEED = 999_999_999


@dataclass(frozen=True)
class Exercise:
    """A graph with blanks; `exercise` makes it, ``str()`` is its worksheet.

    Attributes
    ----------
    level, seed
        What it was made from; they make it again.
    draft
        ``given``: the inputs with their numbers; ``formulas``: name and formula of
        each operation, in order; ``data``: the inputs whose gradient is not asked.
    blanks
        What is asked, each with ``left``, its left side, and ``answer``, a Fraction.
    """

    level: int
    seed: int
    draft: Draft
    blanks: tuple[Blank, ...]

    @property
    def title(self) -> str:
        """Level and seed."""
        return f"level {self.level}, seed {self.seed}"

    @property
    def header(self) -> str:
        """The first line of its worksheet."""
        return header(self.level, self.seed, self.draft, self.blanks)

    @property
    def answers(self) -> dict[str, Fraction]:
        """The right answer for each left side."""
        return {blank.left: blank.answer for blank in self.blanks}

    def nodes(self) -> dict[str, Value]:
        """Every quantity of a graph that is recorded anew, by its name."""
        return recorded(self.draft)

    def graph(self) -> Value:
        """The result of such a graph; it can be drawn and explained."""
        return self.nodes()[RESULT]

    def text(self, *, solution: bool = False) -> str:
        """The worksheet; with ``solution`` all is filled in."""
        return worksheet(
            self.level, self.seed, self.draft, self.blanks, solution=solution
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Exercise {self.title}: {len(self.blanks)} blanks>"


def exercise(level: int = 1, *, seed: int = 0) -> Exercise:
    """A random small graph whose values and derivatives are to be found.

    Parameters
    ----------
    level
        1 a chain of + and *; 2 a quantity that is used twice, where gradients add;
        3 division, powers, relu, abs, max and min; 4 a neuron with a loss and a second
        path; 5 a network of two layers; 6 elementary functions where they are
        rational.
    seed
        Which of the level's exercises, 0 to 999,999,999.

    Returns
    -------
    Exercise
        The same for the same level and seed. ``print`` writes its worksheet;
        `grade_exercise` marks one that was filled in.

    Raises
    ------
    TypeError
        If ``level`` or ``seed`` is not an int.
    ValueError
        If ``level`` or ``seed`` is out of its range.
    ImportError
        If SymPy, which level 6 needs, is not installed.

    Notes
    -----
    Every answer is a fraction. Graphs are drawn until one has small numbers, no kink
    and no tie, and few gradients that are zero.

    Examples
    --------
    >>> made = exercise(1, seed=3)
    >>> made
    <Exercise level 1, seed 3: 10 blanks>
    >>> made.draft.formulas
    (('u', 'y*x'), ('L', 'u + z'))
    >>> made.answers["dL/dx"]
    Fraction(-3, 1)
    """
    _check("level", level, 1, len(LEVELS))
    _check("seed", seed, 0, MAX_SEED)
    return next(_good(level, seed))


def _check(name: str, given: int, least: int, most: int) -> None:
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError(f"'{name}' must be an int, got {type(given).__name__}")
    if not least <= given <= most:
        raise ValueError(f"'{name}' must be from {least} to {most:,}, got {given}")


def _good(level: int, seed: int) -> Iterator[Exercise]:
    for draft in drafts(level, seed):
        try:
            nodes = recorded(draft)
            blanks = blanks_of(nodes, draft)
        except ArithmeticError:  # a division by zero
            continue
        if blanks is not None and is_good(level, draft, nodes, blanks):
            yield Exercise(level, seed, draft, blanks)
