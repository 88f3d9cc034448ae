"""A filled-in worksheet, marked.

What one can do with this file: `grade_exercise` the text of a worksheet and read which
blanks are right, wrong or empty, with a hint for each wrong one.

The one idea: every blank is computed twice, from the right numbers and from the
learner's own. What is right from their own numbers has no slip of its own, and is said
to be so; what is wrong from both gets a hint.
"""

from dataclasses import dataclass
from fractions import Fraction

from .hints import hint
from .learner import Learner
from .problem import Exercise
from .reading import read

__all__ = [
    "EMPTY",
    "FOLLOWS",
    "RIGHT",
    "UNREADABLE",
    "WRONG",
    "Grade",
    "Mark",
    "grade_exercise",
]

RIGHT, FOLLOWS, WRONG = "right", "follows", "wrong"
UNREADABLE, EMPTY = "unreadable", "empty"

MAX_TEXT = 40  # characters of an answer that the report repeats


@dataclass(frozen=True)
class Mark:
    """What was found about one blank.

    Attributes
    ----------
    line
        Where it stands, from 1.
    left
        Its left side.
    text, number
        The answer as it was written, and its value, None if it has none; "" and None
        if it is empty.
    status
        "right"; "follows", which is wrong, but right from earlier answers that are;
        "wrong"; "unreadable", which is no number; or "empty".
    hint
        For what is wrong, what may have happened; for what follows, from what; for
        what is unreadable, why, beginning with the column.
    """

    line: int
    left: str
    text: str
    number: Fraction | None
    status: str
    hint: str = ""


@dataclass(frozen=True)
class Grade:
    """The marks of a worksheet, in the order of its blanks; ``str()`` prints them."""

    exercise: Exercise
    marks: tuple[Mark, ...]

    def count(self, status: str) -> int:
        """How many marks have that status."""
        return sum(mark.status == status for mark in self.marks)

    @property
    def ok(self) -> bool:
        """Whether every blank is right."""
        return self.count(RIGHT) == len(self.marks)

    @property
    def summary(self) -> str:
        """How many blanks there are of each status, in one sentence."""
        parts = [f"{self.count(RIGHT)} of {len(self.marks)} right"]
        if n := self.count(FOLLOWS):
            parts.append(f"{n} right from an earlier slip")
        others = (WRONG, UNREADABLE, EMPTY)
        parts += [f"{n} {word}" for word in others if (n := self.count(word))]
        return f"{self.exercise.title}: {', '.join(parts)}"

    def __str__(self) -> str:
        width = max(len(f"line {mark.line}: {mark.left}") for mark in self.marks)
        lines = []
        for mark in self.marks:
            place = f"line {mark.line}: {mark.left}"
            word = mark.hint if mark.status == FOLLOWS else mark.status
            lines.append(f"{place:{width}}  {word}")
            if mark.status in (WRONG, UNREADABLE):
                text = " ".join(mark.text.split())
                shown = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."
                lines.append(f"    {shown}: {mark.hint}")
        return "\n".join([*lines, self.summary])

    def __repr__(self) -> str:
        return f"<Grade {self.summary}>"


def grade_exercise(text: str) -> Grade:
    """Mark a worksheet that was filled in.

    Parameters
    ----------
    text
        The worksheet of an `Exercise`, with numbers such as ``-3``, ``3/4``, ``0.75``
        or ``1/2 + 1/4`` in the place of ``__``. They are compared exactly.

    Returns
    -------
    Grade
        ``marks``, ``ok``, ``summary``; ``str()`` prints them.

    Raises
    ------
    ExpressionError
        If the first line is not that of a worksheet; if what is given was changed; if
        a line is unknown, missing or there twice. The message begins with line and
        column.
    TypeError
        If ``text`` is not a str.
    ImportError
        If SymPy, which level 6 needs, is not installed.

    Examples
    --------
    >>> from autograd_core import exercise, grade_exercise
    >>> sheet = exercise(2, seed=4).text(solution=True)
    >>> grade_exercise(sheet)
    <Grade level 2, seed 4: 14 of 14 right>
    >>> grade = grade_exercise(sheet.replace("dL/du = -21", "dL/du = -14"))
    >>> [mark] = [mark for mark in grade.marks if mark.status == "wrong"]
    >>> mark.hint
    'this is the flow along u -> L alone; a second path is u -> v -> L'
    """
    if not isinstance(text, str):
        raise TypeError(f"'text' must be a str, got {type(text).__name__}")
    sheet = read(text)
    learner = Learner(sheet)
    marks = []
    for blank in sheet.exercise.blanks:
        answer = sheet.answers[blank.left]
        status, says = EMPTY, ""
        if answer.number == blank.answer:
            status = RIGHT
        elif answer.problem:
            status, says = UNREADABLE, answer.problem
        elif answer.number is not None and answer.number == learner.follows[blank.left]:
            status = FOLLOWS
            says = f"right from your {' and '.join(learner.rests_on[blank.left])}"
        elif answer.number is not None:
            status, says = WRONG, hint(blank, answer, learner)
        marks.append(
            Mark(answer.line, blank.left, answer.text, answer.number, status, says)
        )
    return Grade(sheet.exercise, tuple(marks))
