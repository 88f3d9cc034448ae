"""The text form: a worksheet to be filled in with any editor.

What one can do with this file: write a worksheet, empty or with the answers
(`worksheet`), and its first line (`header`).

The one idea: the first line says from what the exercise was made, with a checksum of
all that is asked. So a file needs nothing beside it to be marked, and a first line
that was changed is noticed. The answers are lines ``left side = number``; all else is
comment.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from hashlib import sha256
from textwrap import wrap

from .blanks import GRADIENT, LOCAL, VALUE, Blank, consumers_of, gradient_of, local_of
from .levels import LEVELS, Draft

__all__ = ["EMPTY", "HEADER", "NOT_ASKED", "TASKS", "header", "worksheet"]

EMPTY = "__"
HEADER = "# autograd-core exercise"
NOT_ASKED = "(data: its gradient is not asked)"

TASKS = {
    VALUE: ("Values", "In the order of computation."),
    LOCAL: (
        "Local derivatives",
        "Of one operation by one operand, the other one held.",
    ),
    GRADIENT: (
        "Gradients",
        (
            "dL/du follows everything that uses u: from the result back, it is the sum "
            "of dL/dv * partial(v, u) over all v that are made from u."
        ),
    ),
}
"""A heading and a sentence for each kind of blank, in the order of the worksheet."""

WIDTH = 78


def header(level: int, seed: int, draft: Draft, blanks: Sequence[Blank]) -> str:
    """The first line of a worksheet."""
    asked = "\n".join([*_problem(level, draft), *(blank.left for blank in blanks)])
    check = sha256(asked.encode()).hexdigest()[:8]
    return f"{HEADER}, level {level}, seed {seed}, check {check}"


def worksheet(
    level: int,
    seed: int,
    draft: Draft,
    blanks: Sequence[Blank],
    *,
    solution: bool = False,
) -> str:
    """The worksheet, or with ``solution`` the same with all answers filled in."""
    lines = [header(level, seed, draft, blanks), *_problem(level, draft)]
    if not solution:
        lines += [
            "#",
            f"# Write a number for each {EMPTY}, such as -3, 3/4, 0.75 or 1/2 + 1/4.",
            "# To have it marked:  autograd-core exercise --grade FILE",
        ]
    answers = {blank.left: blank.answer for blank in blanks}
    for number, (kind, (heading, says)) in enumerate(TASKS.items(), 1):
        task = f"{number}. {heading}. {says}"
        lines += [
            "",
            *wrap(task, WIDTH, initial_indent="# ", subsequent_indent="#    "),
        ]
        for blank in blanks:
            if blank.kind != kind:
                continue
            right = str(blank.answer) if solution else EMPTY
            line = f"{blank.left} = {right}"
            if solution and kind == GRADIENT:
                line = f"{line:24}  # = {_flows(blank.node, blanks, answers)}"
            lines.append(line)
    return "\n".join(lines) + "\n"


def _problem(level: int, draft: Draft) -> Iterator[str]:
    yield f"# {LEVELS[level - 1].capitalize()}."
    yield "#"
    yield "# Given"
    for name, number in draft.given.items():
        note = f"    {NOT_ASKED}" if name in draft.data else ""
        yield f"#   {name} = {number}{note}"
    yield "# Computed"
    for name, text in draft.formulas:
        yield f"#   {name} = {text}"


def _flows(name: str, blanks: Sequence[Blank], answers: dict[str, Fraction]) -> str:
    # dL/dv * partial(v, u) for each v made from u, as numbers.
    terms = []
    for user in consumers_of(name, blanks):
        local = answers[local_of(user, name)]
        adjoint = answers.get(gradient_of(user), Fraction(1))
        terms.append(f"{_factor(adjoint)}*{_factor(local)}")
    return " + ".join(terms)


def _factor(number: Fraction) -> str:
    return f"({number})" if number < 0 or number.denominator > 1 else str(number)
