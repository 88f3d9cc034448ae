"""Grading: what is right, wrong, empty or follows; hints; text that is no worksheet."""

import re
from fractions import Fraction
from functools import cache
from itertools import combinations

import pytest

from autograd_core import exercise, explain, grade_exercise
from autograd_core.exercises import LEVELS, Exercise, Grade

LEVEL = range(1, len(LEVELS) + 1)
SEEDS = range(8)
MADE = [(level, seed) for level in LEVEL for seed in SEEDS]


@cache
def made_of(level: int, seed: int) -> Exercise:
    """The exercise; it cannot be changed, so the tests share it."""
    return exercise(level, seed=seed)


def filled(made: Exercise, answers: dict[str, object]) -> str:
    """The worksheet with these answers; the others stay empty."""
    lines = []
    for line in str(made).splitlines():
        left = line.partition(" = ")[0]
        given = left in made.answers and left in answers
        lines.append(f"{left} = {answers[left]}" if given else line)
    return "\n".join(lines) + "\n"


def graded(made: Exercise, slips: dict[str, object]) -> Grade:
    """The grade where all is right but these."""
    return grade_exercise(filled(made, {**made.answers, **slips}))


def hint_of(made: Exercise, left: str, answer: object) -> str:
    """The hint where that answer alone is wrong."""
    marks = {mark.left: mark for mark in graded(made, {left: answer}).marks}
    assert marks[left].status == "wrong", marks[left]
    return marks[left].hint


# -- round trips -----------------------------------------------------------------------


@pytest.mark.parametrize(("level", "seed"), MADE)
def test_round_trips(level: int, seed: int) -> None:
    """The solution is right, the worksheet empty, and 0.5 is 1/2."""
    made = made_of(level, seed)
    n = len(made.blanks)
    grade = grade_exercise(made.text(solution=True))
    assert grade.ok
    assert grade.summary == f"level {level}, seed {seed}: {n} of {n} right"
    grade = grade_exercise(made.text())
    assert not grade.ok
    assert grade.count("empty") == n
    assert grade.summary.endswith(f"0 of {n} right, {n} empty")
    assert [mark.left for mark in grade.marks] == list(made.answers)
    odd = {
        left: f"({x.numerator} + {x.denominator})/{x.denominator} - 1.0  # so"
        for left, x in made.answers.items()
    }
    assert grade_exercise(filled(made, odd)).ok


def test_lines_may_move_and_comments_come() -> None:
    made = made_of(2, 4)
    header, *lines = made.text(solution=True).splitlines()
    turned = ["# mine", *reversed(lines), "", "   # end"]
    text = "\ufeff" + "\r\n".join([header + "  ", *turned]).replace(" = ", "=")
    grade = grade_exercise(text.replace("partial(u, x)", " partial ( u ,x)"))
    assert grade.ok
    assert grade_exercise("\r".join([header, *lines])).ok


def test_the_report_in_full() -> None:
    made = made_of(2, 4)
    answers = {"u": "-7", "v": "-13", "partial(u, x)": 1, "dL/du": "-14"}
    lines = str(grade_exercise(filled(made, answers))).splitlines()
    assert lines == REPORT.splitlines()


REPORT = """\
line 17: u              right
line 18: v              wrong
    -13: put your numbers into v = z + u
line 19: L              empty
line 22: partial(u, x)  right
line 23: partial(u, y)  empty
line 24: partial(v, z)  empty
line 25: partial(v, u)  empty
line 26: partial(L, u)  empty
line 27: partial(L, v)  empty
line 31: dL/dv          empty
line 32: dL/du          wrong
    -14: this is the flow along u -> L alone; a second path is u -> v -> L
line 33: dL/dx          empty
line 34: dL/dy          empty
line 35: dL/dz          empty
level 2, seed 4: 2 of 14 right, 2 wrong, 10 empty"""


# -- hints by path ---------------------------------------------------------------------


def paths_of(made: Exercise, name: str) -> list[tuple[str, Fraction]]:
    """Each path from a quantity to the result, and what flows along it."""
    nodes = made.nodes()
    found = explain(nodes["L"], nodes[name], max_paths=99)
    return [
        (
            " -> ".join([name, *(str(e.consumer.name) for e in reversed(path.edges))]),
            Fraction(path.product),
        )
        for path in found.paths
    ]


def shared(level: int) -> list[tuple[Exercise, str]]:
    """Quantities with several paths, none of them worthless, in 8 exercises."""
    return [
        (made, blank.node)
        for seed in SEEDS
        for made in [made_of(level, seed)]
        for blank in made.blanks
        if blank.kind == "gradient"
        and len(ways := paths_of(made, blank.node)) > 1
        and all(product for _, product in ways)
    ]


@pytest.mark.parametrize("level", [2, 3, 4, 5, 6])
def test_a_forgotten_path_is_named(level: int) -> None:
    """The hint names a path that was kept or one that was forgotten."""
    found = 0
    for made, name in shared(level):
        ways = paths_of(made, name)
        for kept in combinations(ways, 1):
            answer = sum(product for _, product in kept)
            if answer == made.answers[f"dL/d{name}"]:
                continue  # the others cancel
            # The blanks before it stay empty: only paths can tell.
            text = filled(made, {f"dL/d{name}": answer})
            marks = {mark.left: mark for mark in grade_exercise(text).marks}
            hint = marks[f"dL/d{name}"].hint
            alone = [r for r, p in ways if p == answer]
            said = re.match(r"this is the flow along (.*) alone; (.*)", hint)
            missing = re.match(r"the flow along the paths? (.*) is missing", hint)
            assert said or missing, hint
            if said and "..." not in said[1]:
                assert said[1] in alone, hint
            if said:
                for route, _ in ways:  # one way for all paths through a consumer
                    assert " -> ".join(route.split(" -> ")[:2]) in hint, hint
            found += 1
    assert found > 3


# (level, seed), left side, what is filled in, hint. The numbers are made from the
# right ones in the way that the hint says.
def slip(level, seed, left, change, hint):
    made = made_of(level, seed)
    return pytest.param(made, left, change(made.answers), hint, id=f"{left}: {hint}")


TURNED = (
    "the sign of the flow along u -> L is turned round; look at the sign of "
    "partial(L, u)"
)


def table():
    """Planted slips on: u = x + y; v = z + u; L = u*v at x, y, z = -4, -3, -7."""
    s = [
        ("u", lambda a: -1, "this is x - y; u is x + y"),
        ("u", lambda a: 12, "this is x*y; u is x + y"),
        ("u", lambda a: 7, "the sign is turned round"),
        ("v", lambda a: 0, "this is z - u; v is z + u"),
        ("L", lambda a: a["u"] + a["v"], "this is u + v; L is u*v"),
        ("L", lambda a: 5, "put your numbers into L = u*v"),
        (
            "partial(L, u)",
            lambda a: a["u"],
            "this is partial(L, v); here u is what changes",
        ),
        (
            "partial(L, u)",
            lambda a: a["dL/du"],
            "this is dL/du along every path; here v is held",
        ),
        ("partial(L, u)", lambda a: 14, "the sign is turned round"),
        ("partial(L, v)", lambda a: 98, "this is the value of L, not a derivative"),
        ("partial(L, v)", lambda a: 1, "a factor u is missing"),
        ("partial(L, v)", lambda a: 49, "one factor u too many"),
        ("partial(L, v)", lambda a: Fraction(-1, 7), "this is upside down"),
        (
            "partial(L, v)",
            lambda a: 1000,
            "differentiate u*v by v alone, and hold u",
        ),
        ("partial(u, x)", lambda a: -21, "this is dL/dx; here only u = x + y counts"),
        (
            "dL/du",
            lambda a: a["partial(L, u)"],
            "this is the flow along u -> L alone; a second path is u -> v -> L",
        ),
        (
            "dL/du",
            lambda a: a["dL/dv"],
            "this is the flow along u -> v -> L alone; a second path is u -> L",
        ),
        (
            "dL/du",
            lambda a: a["dL/dv"] - a["partial(L, u)"],
            TURNED,
        ),
        ("dL/du", lambda a: 21, "the sign is turned round along every path"),
        (
            "dL/du",
            lambda a: a["partial(L, u)"] * a["dL/dv"],
            "the flows of the paths are added; here they are multiplied",
        ),
        (
            "dL/du",
            lambda a: -13,
            "along u -> v -> L the factor dL/dv is missing",
        ),
        (
            "dL/du",
            lambda a: a["partial(L, u)"] + a["dL/dv"] + a["partial(v, u)"],
            "along u -> v -> L the factors multiply; here they are added",
        ),
        (
            "dL/du",
            lambda a: a["partial(L, u)"] + a["dL/dv"] ** 2,
            "along u -> v -> L the factor dL/dv is taken twice",
        ),
        ("dL/dz", lambda a: 1, "along z -> v -> L the factor dL/dv is missing"),
        ("dL/dx", lambda a: -4, "this is the value of x, not a derivative"),
        ("dL/dz", lambda a: a["dL/du"], "this is dL/du"),
        ("dL/dz", lambda a: Fraction(-1, 7), "this is upside down"),
        ("dL/dz", lambda a: 1000, "multiply along z -> v -> L"),
        ("dL/du", lambda a: 1000, "add what flows along u -> L and u -> v -> L"),
    ]
    return [slip(2, 4, *row) for row in s]


def rules():
    """Planted slips in single operations, and along the paths of other levels."""
    third = Fraction(1, 3)
    return [
        # u = relu(y), w = min(v, u), p = w^3, L = p/x at x, y = -6, 5
        slip(3, 0, "u", lambda a: 0, "u is relu(y), which is not 0 here"),
        slip(3, 0, "u", lambda a: -5, "this is -y; u is relu(y)"),
        slip(3, 0, "w", lambda a: 10, "this is max(v, u); w is min(v, u)"),
        slip(3, 0, "p", lambda a: 15, "this is 3*w; p is w^3"),
        slip(3, 0, "p", lambda a: 75, "this is partial(p, w), a derivative and not "),
        slip(3, 0, "L", lambda a: -750, "this is p*x; L is p/x"),
        slip(3, 0, "L", lambda a: "-20.833", "this is rounded; write the fraction"),
        slip(3, 0, "partial(u, y)", lambda a: 0, "relu(y) has slope 1 where y is"),
        slip(3, 0, "partial(w, v)", lambda a: 1, "min has slope 1 by the operand that"),
        slip(
            3, 0, "partial(p, w)", lambda a: 25, "the exponent comes down as a factor"
        ),
        slip(3, 0, "partial(p, w)", lambda a: 375, "the exponent goes down by one"),
        slip(3, 0, "partial(p, w)", lambda a: 125, "this is the value of p, not a de"),
        slip(3, 0, "partial(p, w)", lambda a: 15, "a factor w is missing"),
        slip(3, 0, "partial(p, w)", lambda a: 99, "differentiate w^3 by w alone"),
        slip(3, 0, "partial(L, p)", lambda a: -6, "this is upside down"),
        slip(3, 0, "partial(L, p)", lambda a: 1, "divide by x once more"),
        slip(3, 0, "partial(L, p)", lambda a: "-.17", "this is rounded; write the f"),
        slip(3, 0, "partial(L, x)", lambda a: 125 * third / 12, "the sign is turned"),
        slip(3, 0, "partial(L, x)", lambda a: 125 * third / 2, "divide by x once more"),
        slip(3, 0, "partial(L, x)", lambda a: -third / 12, "a factor p is missing"),
        slip(
            3, 0, "partial(L, x)", lambda a: 125 * third / 72, "divided by x once too"
        ),
        # the exact path: the blanks before it are right, u has one consumer with a 0
        slip(3, 0, "dL/dw", lambda a: 75, "along w -> p -> L the factor dL/dp is miss"),
        # a neuron with a penalty on its weight
        slip(
            *(4, 1, "dL/dw", lambda a: 10),
            "this is the flow along w -> k -> L alone; a second path is "
            "w -> u -> z -> p -> r -> c -> L",
        ),
        slip(*(4, 1, "dL/dw", lambda a: 68), "this is the flow along w -> u -> z -> p"),
        slip(*(4, 1, "dL/dr", lambda a: 17), "this is the value of r, not a derivativ"),
        # a leaky relu by its parts
        slip(
            *(4, 3, "partial(p, q)", lambda a: 1), "max has slope 1 by the operand th"
        ),
        slip(*(4, 3, "q", lambda a: 2), "this is z*2; q is z/2"),
        slip(
            *(4, 3, "partial(L, r)", lambda a: 1), "abs(r) has slope 1 where r is pos"
        ),
        # two layers
        slip(
            *(5, 3, "dL/dx", lambda a: -216),
            "this is the flow along x -> u1 -> z1 -> h1 -> s1 -> p -> r -> L alone; "
            "a second path is x -> u2 -> z2 -> h2 -> s2 -> p -> r -> L",
        ),
        slip(
            *(5, 3, "dL/dx", lambda a: -600), "the sign of the flow along x -> u2 -> "
        ),
        # the root of 4 and the sigmoid of 0
        slip(*(6, 0, "q", lambda a: 0), "this is s; q is sigmoid(s)"),
        slip(*(6, 0, "p", lambda a: 4), "this is z; p is sqrt(z)"),
        slip(*(6, 0, "dL/dx", lambda a: 7 * third), "add what flows along x -> "),
    ]


@pytest.mark.parametrize(("made", "left", "answer", "hint"), [*table(), *rules()])
def test_a_planted_slip_is_named(made, left, answer, hint) -> None:
    assert hint_of(made, left, answer).startswith(hint)


def test_a_factor_deep_in_a_path_is_named() -> None:
    """Only the whole path can tell, where nothing else is filled in."""
    made = made_of(5, 3)
    route = "w2 -> u2 -> z2 -> h2 -> s2 -> p -> r -> L"
    for part, operand in (("s2", "h2"), ("L", "r")):
        label = f"partial({part}, {operand})"
        answer = made.answers["dL/dw2"] / made.answers[label]
        grade = grade_exercise(filled(made, {"dL/dw2": answer}))
        [mark] = [mark for mark in grade.marks if mark.status != "empty"]
        assert mark.hint == f"along {route} the factor {label} is missing"


# -- what follows ----------------------------------------------------------------------


def marks_of(made: Exercise, answers: dict[str, object]) -> dict[str, tuple[str, str]]:
    """Status and hint of each answer that was given."""
    grade = grade_exercise(filled(made, answers))
    return {m.left: (m.status, m.hint) for m in grade.marks if m.text}


def test_what_is_right_from_an_own_slip_follows() -> None:
    """u = x + y; v = z + u; L = u*v: one slip in u, and all else done well."""
    made = made_of(2, 4)
    u, z = Fraction(12), Fraction(-7)
    v = z + u
    marks = marks_of(
        made,
        {
            "u": u,
            "v": v,
            "L": u * v,
            "partial(v, u)": 1,
            "partial(L, u)": v,
            "partial(L, v)": u,
            "dL/dv": u,
            "dL/du": v + u,
            "dL/dx": v + u + 1,
        },
    )
    assert marks == {
        "u": ("wrong", "this is x*y; u is x + y"),
        "v": ("follows", "right from your u"),
        "L": ("follows", "right from your u and v"),
        "partial(v, u)": ("right", ""),
        "partial(L, u)": ("follows", "right from your v"),
        "partial(L, v)": ("follows", "right from your u"),
        "dL/dv": ("follows", "right from your partial(L, v)"),
        "dL/du": (
            "follows",
            "right from your dL/dv and partial(L, u)",
        ),
        "dL/dx": (
            "wrong",
            "along x -> u -> ... -> L the factors multiply; here they are added",
        ),
    }


def test_an_empty_blank_hands_on_what_follows() -> None:
    made = made_of(2, 4)
    marks = marks_of(made, {"u": 7, "L": 0, "partial(L, v)": 7, "dL/dz": 7})
    assert marks["L"] == ("follows", "right from your u")
    assert marks["dL/dz"] == ("follows", "right from your partial(L, v)")


def test_a_division_by_an_own_zero_follows_nowhere() -> None:
    """v = y/u with u = 0: there is no number to go on with, and no crash."""
    made = made_of(3, 8)
    marks = marks_of(made, {"u": 0, "v": 1, "w": 9, "dL/du": 5, "partial(v, u)": 3})
    assert [status for status, _ in marks.values()] == ["wrong"] * 5


def test_functions_of_an_own_number_follow_where_they_are_rational() -> None:
    """p = sqrt(z): from an own z = 9 follows 3, from z = 5 nothing."""
    made = made_of(6, 0)
    marks = marks_of(made, {"z": 9, "p": 3, "partial(p, z)": "1/6"})
    assert marks["p"] == marks["partial(p, z)"] == ("follows", "right from your z")
    assert marks_of(made, {"z": 5, "p": 3})["p"][0] == "wrong"


ODD = (0, 1, -1, 2, Fraction(1, 2), 10**300, Fraction(-7, 10**200))


@pytest.mark.parametrize("level", LEVEL)
def test_no_answer_crashes_and_no_hint_tells(level: int) -> None:
    """A hint has no number in it but 0, 1, -1 and those of the formulas."""
    for seed in range(3):
        made = made_of(level, seed)
        for number in ODD:
            answers = dict.fromkeys(made.answers, number)
            for mark in grade_exercise(filled(made, answers)).marks:
                right = made.answers[mark.left]
                assert (mark.status == "right") == (number == right)
                allowed = " ".join(text for _, text in made.draft.formulas)
                said = re.sub(r"[a-z]\w*", "", mark.hint)
                numbers = set(re.findall(r"\d+", said)) - set(
                    re.findall(r"\d+", allowed)
                )
                assert numbers <= {"0", "1", "2", "3"}, mark
                assert str(right) not in said.split() or abs(right) <= 3, mark


def test_a_long_answer_is_cut_in_the_report() -> None:
    grade = grade_exercise(filled(made_of(2, 4), {"u": " 1+\t" * 99 + "1"}))
    assert f"    {'1+ ' * 12}1...: put your numbers into u = x + y\n" in str(grade)
