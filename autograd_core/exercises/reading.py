"""A filled-in worksheet, read safely.

What one can do with this file: read the text of a worksheet into the exercise that it
belongs to and the answers that it gives (`read`).

The one idea: the text is cut by the tokenizer of `autograd_core.expression` and each
right side is read by its reader, so nothing is handed to Python, numbers cannot grow
without end, and every complaint names line and column. What is asked is not read from
the file but made again from its first line; where the file says otherwise it is
refused. An answer that cannot be read is kept as such: the others are marked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from ..errors import ExactnessError, ExpressionError
from ..expression import Expression
from ..expression.program import written_out
from ..expression.reader import read_steps
from ..expression.tokens import Token, error_at, line_and_column, short, tokens
from .levels import LEVELS
from .problem import MAX_SEED, Exercise, exercise
from .worksheet import HEADER, NOT_ASKED

__all__ = ["Answer", "Sheet", "read"]

_FIRST = re.compile(
    rf"{HEADER}, level (\d{{1,9}}), seed (\d{{1,9}}), check ([0-9a-f]{{8}})\s*",
    re.ASCII,
)
_GIVEN = re.compile(r"#\s*(\w+)\s*=\s*(.*)")
_SHAPE = f"'{HEADER}, level N, seed S, check ...'"


@dataclass(frozen=True)
class Answer:
    """What stands in one line: the text of the right side, and its value if any.

    Where there is a text and no value, ``problem`` says why, beginning with the column.
    """

    line: int
    text: str
    number: Fraction | None
    problem: str = ""


@dataclass(frozen=True)
class Sheet:
    """The exercise of a file, and an answer for each of its left sides."""

    exercise: Exercise
    answers: dict[str, Answer]


def read(text: str) -> Sheet:
    """Read a worksheet that was filled in.

    Raises
    ------
    ExpressionError
        If the first line is not that of a worksheet; if what is given was changed; if
        a line is unknown, missing or there twice. The message begins with line and
        column.
    ImportError
        If SymPy, which level 6 needs, is not installed.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n") + "\n"
    made = _made(text)
    _refuse_changed(text, made)
    asked = {blank.left.replace(" ", ""): blank.left for blank in made.blanks}
    answers: dict[str, Answer] = {}
    for line in _lines(text):
        left, right = _sides(text, line)
        written = "".join(token.text for token in left)
        if written not in asked:
            raise error_at(text, line[0].start, _unknown(written, list(asked)))
        if asked[written] in answers:
            first = answers[asked[written]].line
            message = f"{asked[written]} stands in line {first} already"
            raise error_at(text, line[0].start, message)
        answers[asked[written]] = _answer(text, line[0], right)
    _refuse_missing(text, made, answers)
    return Sheet(made, answers)


def _made(text: str) -> Exercise:
    first = text.partition("\n")[0]
    found = _FIRST.fullmatch(first)
    if found is None:
        seen = short(first) if first.strip() else "an empty line"
        raise error_at(text, 0, f"a worksheet begins with {_SHAPE}, got {seen}")
    level, seed = int(found[1]), int(found[2])
    if not 1 <= level <= len(LEVELS):
        raise error_at(text, 0, f"there are levels 1 to {len(LEVELS)}, got {level}")
    made = exercise(level, seed=min(seed, MAX_SEED))
    if made.header != first.rstrip():
        raise error_at(
            text,
            0,
            f"the checksum is not that of {made.title}: the line was changed, or "
            "another version wrote it; write the worksheet again",
        )
    return made


def _refuse_changed(text: str, made: Exercise) -> None:
    # Whoever changed a line of the problem would be marked for another one. Comments
    # may be taken out, or say more about a name, as long as its own line is there.
    problem = {name: str(number) for name, number in made.draft.given.items()}
    written: dict[str, dict[str, int]] = {}
    start = 0
    for line in text.split("\n"):
        found = _GIVEN.match(line)
        if found is not None:
            right = "".join(found[2].removesuffix(NOT_ASKED).split())
            written.setdefault(found[1], {}).setdefault(right, start)
        start += len(line) + 1
    for name, right in (problem | dict(made.draft.formulas)).items():
        others = written.get(name, {})
        if others and "".join(right.split()) not in others:
            raise error_at(
                text,
                min(others.values()),
                f"the exercise says {short(f'{name} = {right}')} and is marked as it "
                "is; put that line back, or write another exercise with --seed",
            )


def _lines(text: str) -> list[list[Token]]:
    # The tokens of each line that has any; comments have none.
    lines: list[list[Token]] = [[]]
    for token in tokens(text, lines=True):
        if token.kind == "line":
            lines.append([])
        elif token.kind != "end":
            lines[-1].append(token)
    return [line for line in lines if line]


def _sides(text: str, line: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    at = next((i for i, token in enumerate(line) if token.text == "="), None)
    if not at:
        message = "expected 'left side = number', or # before a comment"
        raise error_at(text, line[0].start, message)
    return list(line[:at]), list(line[at + 1 :])


def _unknown(written: str, asked: Sequence[str]) -> str:
    near = [left for left in asked if left.lower() == written.lower()]
    if not near and len(written) < 40:
        near = get_close_matches(written, asked, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{short(written)} is not asked in this exercise{hint}"


def _answer(text: str, first: Token, right: list[Token]) -> Answer:
    line = line_and_column(text, first.start)[0]
    if not "".join(token.text for token in right).strip("_"):
        return Answer(line, "", None)
    start, last = right[0].start, right[-1]
    end = last.start + len(last.text)
    try:
        number = _number(text, [*right, Token("end", "", end)])
    except ExpressionError as error:
        problem = str(error).removeprefix(f"line {line}, ")
        return Answer(line, text[start:end], None, problem)
    return Answer(line, text[start:end], number)


def _number(text: str, right: list[Token]) -> Fraction:
    start = right[0].start
    for token in right:
        if token.kind == "name":
            raise error_at(
                text,
                token.start,
                "an answer is a number such as -3, 3/4, 0.75 or 1/2 + 1/4, got the "
                f"name {short(token.text)}",
            )
    formula = Expression(text, written_out(text, read_steps(text, right, names=())))
    try:
        number: Fraction = formula.evaluate(like=Fraction(0))
    except ExpressionError:  # it says where
        raise
    except ExactnessError:
        raise error_at(text, start, "this root is not a fraction") from None
    except ArithmeticError:
        raise error_at(text, start, "this has no value") from None
    return number


def _refuse_missing(text: str, made: Exercise, answers: dict[str, Answer]) -> None:
    # A line that is not there has no number; its neighbour has.
    before = 1
    for blank in made.blanks:
        if blank.left not in answers:
            start = sum(len(line) + 1 for line in text.split("\n")[: before - 1])
            message = f"after this line '{blank.left} = ...' is missing"
            raise error_at(text, start, message)
        before = answers[blank.left].line
