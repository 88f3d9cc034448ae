"""A right and a wrong algorithm, step by step beside each other.

What one can do with this file: declare what two algorithms have after each step, and
`check` where their numbers part.

The one idea: both read derivatives from a `Source`, like everything that is computed
twice. So the wrong one is wrong by its own rule and not by its derivatives, and the
build fails if it is not wrong, or if the right one is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core.numbers.text import Formula

from .checks import RTOL, differences, distance, engine_source
from .readings import Source

__all__ = ["Beside", "CheckedBeside", "check_beside"]

Steps = Callable[[Source], Sequence[tuple[Formula | str, Any]]]


@dataclass(frozen=True)
class Beside:
    """Two algorithms with the same steps.

    Parameters
    ----------
    names
        Of the right one and of the wrong one, for the heads of the table.
    right, wrong
        From a source of derivatives, what each has after each step: a label and a
        number. The labels of the right one are shown.
    answer
        What the right one must end with, from the same source by another way: the
        derivative of the whole function, or the place of the minimum.
    tolerance
        How near the end must be to ``answer``, relative to it.
    """

    caption: str
    names: tuple[str, str]
    right: Steps
    wrong: Steps
    answer: Callable[[Source], Any]
    tolerance: float = RTOL


@dataclass(frozen=True)
class CheckedBeside:
    """Both, computed.

    Attributes
    ----------
    rows
        Per step its label, the right and the wrong number.
    answer
        What the right one should end with.
    agree
        Whether difference quotients give the same numbers in every step.
    """

    beside: Beside
    rows: tuple[tuple[Formula | str, float, float], ...]
    answer: float
    agree: bool

    @property
    def parts(self) -> int | None:
        """The first step after which the numbers differ."""
        return next((i for i, (_, a, b) in enumerate(self.rows) if _apart(a, b)), None)

    @property
    def failures(self) -> list[str]:
        """The right one wrong, the wrong one right, or the sources apart."""
        found = []
        end, wrong_end = self.rows[-1][1:]
        if not distance(end, self.answer) <= self.beside.tolerance:
            found.append(f"the right one ends at {end}, not at {self.answer}")
        if distance(wrong_end, self.answer) <= self.beside.tolerance:
            found.append("the wrong one ends right")
        if not self.agree:
            found.append("engine wrong")
        return [f"{self.beside.caption}: {sentence}" for sentence in found]


def _apart(a: float, b: float) -> bool:
    return distance(a, b) > RTOL


def check_beside(beside: Beside) -> CheckedBeside:
    """Run both, with the engine's derivatives and with difference quotients."""
    engine = engine_source()
    right, wrong = beside.right(engine), beside.wrong(engine)
    others = differences(lambda source: [*beside.right(source), *beside.wrong(source)])
    agree = all(
        distance(float(x), y, 1e-6) <= RTOL
        for (_, x), (_, y) in zip([*right, *wrong], others, strict=True)
    )
    rows = tuple(
        (label, float(x), float(y))
        for (label, x), (_, y) in zip(right, wrong, strict=True)
    )
    return CheckedBeside(beside, rows, float(beside.answer(engine)), agree)
