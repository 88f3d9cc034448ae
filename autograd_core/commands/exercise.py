"""``autograd-core exercise``: a worksheet on a random graph, written or marked."""

import argparse
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..errors import ExpressionError
from ..exercises import LEVELS, MAX_SEED, Exercise, exercise, grade_exercise, page
from ..files import write_whole
from .common import (
    DONE,
    FAILED,
    Stop,
    about,
    add_force,
    command,
    extra,
    file_path,
    ours,
    placed,
    read_text,
    say,
    whole,
)

__all__ = ["add"]

SUFFIXES = (".txt", ".html")
# What the drawing of an exercise shows; the rest would give answers away.
SHOWN = frozenset({"name", "expr", "data", "grad", "local"})


def add(commands: Any) -> None:
    """Add the command."""
    made = command(
        commands,
        "exercise",
        _exercise,
        "a random small graph whose values and derivatives are to be filled in; and "
        "what was filled in, marked",
    )
    made.add_argument("--level", type=whole, metavar="N", help="default: 1")
    made.add_argument("--seed", type=whole, metavar="S", help="which one; default: 0")
    made.add_argument("--solution", action="store_true", help="with all answers")
    made.add_argument(
        "-o", "--output", metavar="FILE", help="write .txt or .html, not to stdout"
    )
    add_force(made, "replace FILE if it exists")
    made.add_argument("--grade", metavar="SHEET", help="mark it; - reads stdin")
    levels = "\n".join(f"  {n}  {what}" for n, what in enumerate(LEVELS, 1))
    made.epilog = (
        f"Levels:\n{levels}\n"
        "Exit codes: 0 done, with --grade all is right; 1 something is wrong or empty;"
        " 2 a\nwrong call or a file that cannot be read; 130 interrupted."
    )


def _exercise(args: argparse.Namespace) -> int:
    return _write(args) if args.grade is None else _grade(args)


# -- marking ---------------------------------------------------------------------------


def _grade(args: argparse.Namespace) -> int:
    given = {"--level": args.level, "--seed": args.seed, "-o": args.output}
    others = [name for name, value in given.items() if value is not None]
    others += ["--solution"] * args.solution + ["--force"] * args.force
    if others:
        raise Stop(f"--grade goes alone, without {' and '.join(others)}")
    text = read_text(args.grade)
    name = "stdin" if args.grade == "-" else args.grade
    try:
        with extra("symbolic"):  # level 6
            grade = grade_exercise(text)
    except ExpressionError as error:
        raise Stop(placed(name, text, str(error))) from None
    say(str(grade))
    return DONE if grade.ok else FAILED


# -- writing ---------------------------------------------------------------------------


def _write(args: argparse.Namespace) -> int:
    level, seed = args.level if args.level is not None else 1, args.seed or 0
    for name, given, least, most in (
        ("--level", level, 1, len(LEVELS)),
        ("--seed", seed, 0, MAX_SEED),
    ):
        if not least <= given <= most:
            raise Stop(f"{name} must be from {least} to {most:,}, got {given}")
    target = None if args.output is None else _target(args.output, args.force)
    with extra("symbolic"):  # level 6
        made = exercise(level, seed=seed)
    if target is None:
        say(made.text(solution=args.solution), end="")
        return DONE
    if target.suffix.lower() == ".html":
        content = _page(made, args.solution)
    else:
        content = made.text(solution=args.solution)
    try:
        write_whole(target, content.encode())
    except OSError as error:
        raise about(target, error) from None
    return DONE


def _target(text: str, force: bool) -> Path:
    path = file_path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise Stop(f"the suffix of {text!r} must be one of {', '.join(SUFFIXES)}")
    if os.path.lexists(path) and not force:
        raise Stop(f"{path} exists; --force replaces it")
    return path


# -- the drawing -----------------------------------------------------------------------


class _Blank:
    # Stands in a drawing where a number is asked. A drawing prints what is no number
    # as it is, and asks for its sign as it asks a symbol.
    is_positive = is_negative = is_zero = None

    def __str__(self) -> str:
        return "____"


def _page(made: Exercise, solution: bool) -> str:
    package, player = ours("visualize"), ours("visualize", "player")
    tracing = ours("visualize", "trace")
    graph = tracing.without_constants(tracing.trace(made.graph()))
    graph = _shown(graph, solution)
    look = package.Look() if solution else package.Look(show=SHOWN)
    drawing = package.Drawing(graph, look)
    try:
        svg = drawing.svg
    except RuntimeError as error:  # no Graphviz
        raise Stop(str(error), FAILED) from None
    if solution:
        picture = drawing.player("graph")
        return page(
            made,
            picture,
            solution=True,
            style=package.STYLE_SHEET,
            script=package.SCRIPT,
        )
    picture = player.fragment(svg, (), drawing.tables, id_="graph", title=drawing.title)
    return page(made, picture, style=package.STYLE_SHEET)


def _shown(graph: Any, solution: bool) -> Any:
    # The drawing with fractions for all numbers, or with a blank for what is asked.
    def known(number: Any) -> Any:
        return None if number is None else Fraction(number)

    def asked(number: Any) -> Any:
        return known(number) if solution or number is None else _Blank()

    nodes = [
        replace(
            node,
            data=known(node.data) if node.op is None else asked(node.data),
            grad=known(node.grad) if node.id == graph.root else asked(node.grad),
        )
        for node in graph.nodes
    ]
    edges = [
        replace(
            edge,
            formula=edge.formula if solution else "",
            local=asked(edge.local),
            flow=asked(edge.flow),
        )
        for edge in graph.edges
    ]
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))
