"""Reading a worksheet: text that is none is refused with line and column, at once."""

import re

import pytest

from autograd_core import ExpressionError, exercise, grade_exercise
from tests.effort import AT_ONCE, counted

SHEET = str(exercise(2, seed=4))
FIRST, REST = SHEET.split("\n", 1)


def changed(old: str, new: str) -> str:
    assert SHEET.count(old) == 1, old
    return SHEET.replace(old, new)


DEEP = "(" * 4_000 + "1" + ")" * 4_000
REFUSED = [
    ("", r"line 1, column 1: a worksheet begins with '# autograd-core exercise, l"),
    ("\n" + SHEET, r"line 1, column 1: .*, got an empty line"),
    (REST, r"line 1, column 1: .*, got '# A quantity that is used"),
    ("<script>alert(1)</script>", r"got '<script>alert\(1\)</script>'"),
    (
        changed("level 2", "level 9"),
        r"line 1, column 1: there are levels 1 to 6, got 9",
    ),
    (changed("level 2", "level 3"), r"the checksum is not that of level 3, seed 4: "),
    (changed("seed 4", "seed 5"), r"the checksum is not that of level 2, seed 5: the "),
    (changed("seed 4", "seed 9999999999"), r"a worksheet begins with"),
    (changed("check 8b", "check 9b"), r"the line was changed, or another version wro"),
    (changed("L = __", "L = __\nL = 3"), r"line 20, column 1: L stands in line 19 al"),
    (changed("\nv = __", "\nq = __"), r"line 18, column 1: 'q' is not asked in this"),
    (changed("dL/dx =", "dL/dX ="), r"line 33.*'dL/dX' is not asked .*mean dL/dx\?"),
    (changed("L = __", "<b>x</b> = 1"), r"line 19, column 1: '<b>x</b>' is not asked"),
    (changed("L = __\n", ""), r"line 18, column 1: after this line 'L = \.\.\.' is m"),
    (changed("\nu = __", ""), r"line 1, column 1: after this line 'u = \.\.\.' is mi"),
    (changed("\nu = __", "\n= 3"), r"line 17, column 1: expected 'left side = numbe"),
    (changed("\nu = __", "\nu 3"), r"line 17, column 1: expected 'left side = number"),
    (changed("\nu = __", "\nu = 1" + "+1" * 9_999), r"line 17.*: more than 10000 nu"),
    (changed("x = -4", "x = 5"), r"line 5, column 1: the exercise says 'x = -4' and "),
    (changed("u = x + y", "u = x - y"), r"line 9, column 1: the exercise says 'u = x "),
    (changed("L = u*v", "L = u*v + 1"), r"line 11, column 1: .*put that line back, o"),
]
UNREADABLE = [
    ("x + y", r"column 5: .* got the name 'x'"),
    ("3 4", r"column 7: expected an operator before '4'"),
    ("3 = 3", r"column 7: expected an operator"),
    ("?", r"column 5: expected a number or a name"),
    ("1/0", r"column 5: this has no value"),
    ("2**0.5", r"column 5: this root is not a fraction"),
    ("(-4)**.5", r"column 5: this has no value"),
    ("9**9**9", r"column 6: .*beyond 4,200 digits"),
    ("(1", r"column 5: '\(' is never closed"),
    ("exp(0)", r"column 5: .* got the name 'exp'"),
    (f"{DEEP}/", r"column \d+: the expression ends where a"),
    ("9" * 2_000, r"column 5: a number of more than 1000 char"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[m[:50] for _, m in REFUSED])
def test_text_that_is_no_worksheet(text: str, message: str) -> None:
    """One sentence with line and column, at once."""
    with counted() as effort, pytest.raises(ExpressionError, match=message) as caught:
        grade_exercise(text)
    assert effort.calls < AT_ONCE
    assert re.match(r"line \d+, column \d+: ", str(caught.value))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("answer", "message"), UNREADABLE, ids=[m[:50] for _, m in UNREADABLE]
)
def test_an_answer_that_is_no_number(answer: str, message: str) -> None:
    """It is marked so, with its column, and the others are marked all the same."""
    solved = exercise(2, seed=4).text(solution=True)
    with counted() as effort:
        grade = grade_exercise(solved.replace("\nu = -7", f"\nu = {answer}"))
    assert effort.calls < 2 * AT_ONCE
    assert grade.summary == "level 2, seed 4: 13 of 14 right, 1 unreadable"
    [mark] = [mark for mark in grade.marks if mark.status == "unreadable"]
    assert (mark.left, mark.number, mark.text) == ("u", None, answer)
    assert re.match(message, mark.hint)
    assert all(len(line) < 150 for line in str(grade).splitlines())
    assert not grade.ok


def test_what_is_given_may_be_noted_but_not_changed() -> None:
    """Comments may be taken out, and added with other spaces."""
    bare = [line for line in SHEET.splitlines()[1:] if not line.startswith("#")]
    noted = changed("\nu = __", "\n# u = -7, I think\nu = __")
    for text in ("\n".join([FIRST, *bare]), noted, changed("x + y", "x+y ")):
        assert grade_exercise(text).count("empty") == 14


def test_deep_parentheses_are_read() -> None:
    grade = grade_exercise(changed("\nu = __", f"\nu = -7*{DEEP}"))
    assert grade.count("right") == 1


def test_only_text_is_graded() -> None:
    with pytest.raises(TypeError, match=r"^'text' must be a str, got bytes$"):
        grade_exercise(b"u = 3")  # type: ignore[arg-type]


def test_grades_print_short() -> None:
    grade = grade_exercise(SHEET)
    assert repr(grade) == "<Grade level 2, seed 4: 0 of 14 right, 14 empty>"
