"""Exercises: the graph, its blanks, and answers against a second computation."""

import math
import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import autograd_core as ac
from autograd_core import Value, exercise, explain
from autograd_core.exercises import LEVELS, MAX_SEED, Exercise
from autograd_core.expression import parse

ROOT = Path(__file__).resolve().parents[2]
LEVEL = range(1, len(LEVELS) + 1)
SEEDS = range(25)
MADE = [(level, seed) for level in LEVEL for seed in SEEDS]

# Every number is at most 400, so is every local derivative, and a gradient adds at
# most 4 paths of at most 10 roundings each: 4 * 10 * 400**2 * 2**-53 < 1e-9.
FLOAT_TOLERANCE = 1e-9


@cache
def made_of(level: int, seed: int) -> Exercise:
    """The exercise; it cannot be changed, so the tests share it."""
    return exercise(level, seed=seed)


# -- a reference that knows nothing of the engine --------------------------------------

# Function, point -> value, slope; from DLMF 4.2, 4.14, 4.28 and by hand.
POINTS = {
    ("sigmoid", 0): (Fraction(1, 2), Fraction(1, 4)),
    ("exp", 0): (Fraction(1), Fraction(1)),
    ("ln", 1): (Fraction(0), Fraction(1)),
    ("tanh", 0): (Fraction(0), Fraction(1)),
    ("sin", 0): (Fraction(0), Fraction(1)),
    ("sqrt", 4): (Fraction(2), Fraction(1, 4)),
    ("sqrt", 9): (Fraction(3), Fraction(1, 6)),
}


def operation(text, numbers):
    """Value, and the derivative by each name, by the rules of a textbook."""
    if found := re.fullmatch(r"(\w+) ?([-+*/]) ?(\w+)", text):
        a, sign, b = found.groups()
        x = numbers[a]
        y = numbers[b] if b in numbers else Fraction(b)
        value, slopes = {
            "+": lambda: (x + y, (1, 1)),
            "-": lambda: (x - y, (1, -1)),
            "*": lambda: (x * y, (y, x)),
            "/": lambda: (x / y, (1 / y, -x / y**2)),
        }[sign]()
        return value, dict(zip((a, b), slopes, strict=True))
    if found := re.fullmatch(r"(\w+)\^(\d)", text):
        x, n = numbers[found[1]], int(found[2])
        return x**n, {found[1]: n * x ** (n - 1)}
    if found := re.fullmatch(r"(max|min)\((\w+), (\w+)\)", text):
        name, a, b = found.groups()
        taken = {"max": max, "min": min}[name]((a, b), key=numbers.__getitem__)
        return numbers[taken], {x: Fraction(x == taken) for x in (a, b)}
    name, a = re.fullmatch(r"(\w+)\((\w+)\)", text).groups()
    x = numbers[a]
    if name in ("relu", "abs"):
        slope = Fraction(1) if x > 0 else Fraction(0 if name == "relu" else -1)
        return slope * x, {a: slope}
    value, slope = POINTS[name, x]
    return value, {a: slope}


def reference(made):
    """The answer for each left side: forward, then every path by recursion."""
    numbers, slopes = dict(made.draft.given), {}
    answers = {}
    for name, text in made.draft.formulas:
        numbers[name], slopes[name] = operation(text, numbers)
        answers[name] = numbers[name]
        for operand, slope in slopes[name].items():
            answers[f"partial({name}, {operand})"] = slope

    def flow(node, wrt):
        if node == wrt:
            return Fraction(1)
        below = slopes.get(node, {}).items()
        return sum((s * flow(x, wrt) for x, s in below), Fraction(0))

    return answers | {f"dL/d{name}": flow("L", name) for name in numbers}


@pytest.mark.parametrize(("level", "seed"), MADE)
def test_answers_are_those_of_a_textbook(level: int, seed: int) -> None:
    made = made_of(level, seed)
    expected = reference(made)
    assert made.answers == {left: expected[left] for left in made.answers}
    assert all(type(answer) is Fraction for answer in made.answers.values())


@pytest.mark.parametrize(("level", "seed"), MADE)
def test_answers_are_those_of_the_engine_on_floats(level: int, seed: int) -> None:
    made = made_of(level, seed)
    nodes = {name: Value(float(x), name=name) for name, x in made.draft.given.items()}
    for name, text in made.draft.formulas:
        nodes[name] = parse(text).evaluate(nodes)
    nodes["L"].backward()
    for blank in made.blanks:
        if blank.kind == "local":
            continue
        node = nodes[blank.node]
        number = node.data if blank.kind == "value" else node.grad
        assert math.isclose(number, blank.answer, rel_tol=0, abs_tol=FLOAT_TOLERANCE), (
            blank
        )


# -- what is asked ---------------------------------------------------------------------


@pytest.mark.parametrize(("level", "seed"), MADE)
def test_everything_is_asked_once(level: int, seed: int) -> None:
    """Each result, each edge that carries a gradient, each gradient but dL/dL."""
    made = made_of(level, seed)
    names = [name for name, _ in made.draft.formulas]
    wanted = [x for x in made.draft.given if x not in made.draft.data] + names[:-1]
    edges = [
        f"partial({name}, {operand})"
        for name, text in made.draft.formulas
        for operand in re.findall(r"[a-z]\w*(?!\w*\()", text)
        if operand in wanted
    ]
    assert [b.left for b in made.blanks if b.kind == "value"] == names
    assert sorted(b.left for b in made.blanks if b.kind == "local") == sorted(edges)
    assert sorted(b.left for b in made.blanks if b.kind == "gradient") == sorted(
        f"dL/d{name}" for name in wanted
    )
    assert len(made.answers) == len(made.blanks)


@pytest.mark.parametrize(("level", "seed"), MADE)
def test_an_exercise_is_worth_doing(level: int, seed: int) -> None:
    """Small numbers, no kink, no tie, few zeros; each level has what it is about."""
    made = made_of(level, seed)
    nodes = made.nodes()
    for answer in made.answers.values():
        assert abs(answer.numerator) <= 400
        assert answer.denominator <= 36
    for name, text in made.draft.formulas:
        operands = [x.data for x in nodes[name].operands]
        if text.startswith(("relu", "abs")):
            assert operands[0] != 0
        if text.startswith(("max", "min")):
            assert operands[0] != operands[1]
    gradients = [b.answer for b in made.blanks if b.kind == "gradient"]
    assert gradients.count(Fraction(0)) <= len(gradients) / 3
    paths = [explain(nodes["L"], x).count for x in nodes.values() if x.requires_grad]
    assert max(paths) <= 4
    text = " ".join(text for _, text in made.draft.formulas)
    if level == 1:
        assert max(paths) == 1
        assert "+" in text
        assert "*" in text
    else:
        assert max(paths) >= 2
    if level == 3:
        assert re.search(r"[/^]", text)
        assert re.search("relu|abs|max|min", text)
    if level == 6:
        assert len(re.findall(r"sigmoid|exp|ln|tanh|sin|sqrt", text)) == 2


def test_the_levels_differ_and_so_do_the_seeds() -> None:
    """No two of the worksheets are the same, below their first lines."""
    sheets = {str(made_of(level, seed)).partition("\n")[2] for level, seed in MADE}
    assert len(sheets) == len(MADE)


def test_the_graph_can_be_explained_and_is_new_each_time() -> None:
    made = exercise(2, seed=4)
    assert made.graph() is not made.graph()
    assert made.graph().name == "L"
    nodes = made.nodes()
    assert explain(nodes["L"], nodes["u"]).gradient == made.answers["dL/du"]
    assert repr(made) == "<Exercise level 2, seed 4: 14 blanks>"


# -- the same everywhere ---------------------------------------------------------------

# The checksums of the first lines. A change here makes every worksheet that was
# written before unreadable: the version's notes must say so.
CHECKS = {
    1: "9596657a",
    2: "e70257d4",
    3: "4662bea6",
    4: "2da6b841",
    5: "f4477ebe",
    6: "e2c86d78",
}


@pytest.mark.parametrize("level", LEVEL)
def test_the_same_bytes_as_ever(level: int) -> None:
    made = exercise(level, seed=0)
    assert made.header == (
        f"# autograd-core exercise, level {level}, seed 0, check {CHECKS[level]}"
    )


PROGRAM = """
import hashlib
from autograd_core import exercise
from autograd_core.exercises import LEVELS, page
made = [exercise(n + 1, seed=s) for n in range(len(LEVELS)) for s in (0, MAX)]
texts = [text for m in made for text in (str(m), m.text(solution=True), page(m))]
print(hashlib.sha256("".join(texts).encode()).hexdigest())
"""


@pytest.mark.slow
def test_bytes_do_not_depend_on_hashing() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM.replace("MAX", str(MAX_SEED))],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(outputs) == 1


# -- refusals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "seed", "error", "message"),
    [
        (0, 0, ValueError, "'level' must be from 1 to 6, got 0"),
        (7, 0, ValueError, "'level' must be from 1 to 6, got 7"),
        (1, -1, ValueError, "'seed' must be from 0 to 999,999,999, got -1"),
        (1, 10**9, ValueError, "'seed' must be from 0 to 999,999,999, got 1000000000"),
        ("1", 0, TypeError, "'level' must be an int, got str"),
        (True, 0, TypeError, "'level' must be an int, got bool"),
        (1, 0.0, TypeError, "'seed' must be an int, got float"),
    ],
)
def test_a_level_or_a_seed_that_is_none(level, seed, error, message) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        exercise(level, seed=seed)


def test_level_6_without_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "autograd_core.numbers.symbolic", None)
    with pytest.raises(ImportError):
        exercise(6)
    assert isinstance(exercise(5), Exercise)


def test_the_public_names() -> None:
    assert {"exercise", "grade_exercise"} <= set(ac.__all__)
