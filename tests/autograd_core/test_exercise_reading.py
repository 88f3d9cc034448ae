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
    (changed("\nu = __", "\nu = x + y"), r"line 17, column 5: .* got the name 'x'"),
    (changed("\nu = __", "\nu = 3 4"), r"line 17, column 7: expected an operator bef"),
    (changed("\nu = __", "\nu = 3 = 3"), r"line 17, column 7: expected an operator"),
    (changed("\nu = __", "\nu = ?"), r"line 17, column 5: expected a number or a na"),
    (changed("\nu = __", "\nu = 1/0"), r"line 17, column 5: this has no value"),
    (changed("\nu = __", "\nu = 2**0.5"), r"line 17, column 5: this root is not a fr"),
    (changed("\nu = __", "\nu = (-4)**.5"), r"line 17, column 5: this has no value"),
    (changed("\nu = __", "\nu = 9**9**9"), r"line 17, column 6: .*beyond 4,200 digits"),
    (changed("\nu = __", "\nu = (1"), r"line 17, column 5: '\(' is never closed"),
    (changed("\nu = __", "\nu = 1" + "+1" * 9_999), r"line 17.*: more than 10000 nu"),
    (changed("\nu = __", "\nu = exp(0)"), r"line 17, column 5: .* got the name 'exp'"),
    (changed("\nu = __", f"\nu = {DEEP}/"), r"line 17.*: the expression ends where a"),
    (changed("\nu = __", "\nu = " + "9" * 2_000), r"a number of more than 1000 char"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[m[:50] for _, m in REFUSED])
def test_text_that_is_no_worksheet(text: str, message: str) -> None:
    """One sentence with line and column, at once."""
    with counted() as effort, pytest.raises(ExpressionError, match=message) as caught:
        grade_exercise(text)
    assert effort.calls < AT_ONCE
    assert re.match(r"line \d+, column \d+: ", str(caught.value))
    assert len(str(caught.value)) < 250


def test_deep_parentheses_are_read() -> None:
    grade = grade_exercise(changed("\nu = __", f"\nu = -7*{DEEP}"))
    assert grade.count("right") == 1


def test_only_text_is_graded() -> None:
    with pytest.raises(TypeError, match=r"^'text' must be a str, got bytes$"):
        grade_exercise(b"u = 3")  # type: ignore[arg-type]


def test_grades_print_short() -> None:
    grade = grade_exercise(SHEET)
    assert repr(grade) == "<Grade level 2, seed 4: 0 of 14 right, 14 empty>"
