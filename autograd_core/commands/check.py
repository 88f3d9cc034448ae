"""``autograd-core check``: a derivation written as text, marked step by step."""

import argparse
import json
import os
from html import escape
from pathlib import Path
from typing import Any

from ..derivation import MAX_POINTS, Report, check_derivation
from ..errors import ExpressionError, GradientCheckError
from ..files import write_whole
from ..html_page import html_page
from .common import (
    DONE,
    FAILED,
    Stop,
    about,
    add_force,
    command,
    file_path,
    placed,
    progress,
    read_text,
    say,
    whole,
)

__all__ = ["add"]

_STYLE = (
    "body{font-family:sans-serif;margin:2em}td,th{padding:.3em .8em;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #ccc}.wrong{background:#fbeaea}"
    ".first-wrong{background:#f6caca}.not-checkable{background:#f4f1e4}"
)


def add(commands: Any) -> None:
    """Add the command."""
    check = command(
        commands,
        "check",
        _check,
        "each claim of a derivation written as text: proved, agrees, wrong or not "
        "checkable",
    )
    check.add_argument("file", metavar="FILE", help="the derivation; - reads stdin")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.add_argument("--html", metavar="PAGE", help="write the report as a page too")
    check.add_argument(
        "--seed", type=whole, default=0, metavar="N", help="which points are drawn"
    )
    check.add_argument(
        "--points", type=whole, default=20, metavar="N", help="default: %(default)s"
    )
    add_force(check, "replace PAGE if it exists")
    check.epilog = (
        "The language:\n"
        "  z = w*x + b                 a definition; names without one are inputs\n"
        "  dL/dw = ...                 a claim about a total derivative\n"
        "  d2L/(dw db) = ...           a second derivative; also d2L/dw^2\n"
        "  partial(L, y | a, b) = ...  with a and b held\n"
        "  L = ...                     again: a claim that the values are equal\n"
        "  ... for x > 0, k in 1..3    where it holds; which indices run\n"
        "  sum(k, 1..3, w[k]*x[k])     a sum of elements\n"
        "Exit codes: 0 all claims are right, 1 one is wrong or not checkable, 2 the "
        "text\ncannot be read, 130 interrupted."
    )


def _check(args: argparse.Namespace) -> int:
    if not 3 <= args.points <= MAX_POINTS:
        raise Stop(f"--points must be from 3 to {MAX_POINTS}, got {args.points}")
    text = read_text(args.file)
    page = None if args.html is None else file_path(args.html)
    if page is not None:
        _refuse_page(page, args.file)
    if page is not None and os.path.lexists(page) and not args.force:
        raise Stop(f"{page} exists; --force replaces it")
    name = "stdin" if args.file == "-" else args.file
    try:
        report = check_derivation(
            text, seed=args.seed, points=args.points, progress=progress
        )
    except ExpressionError as error:
        raise Stop(placed(name, text, str(error))) from None
    except GradientCheckError as error:
        raise Stop(f"the engine contradicts its references: {error}", FAILED) from None
    if not report.verdicts:
        raise Stop(f"{name} has no claim to check; write one such as dL/dw = 2*w")
    if page is not None:
        _write(page, name, report)
    say(json.dumps(report.to_dict(), allow_nan=False) if args.json else str(report))
    return DONE if report.ok else FAILED


def _refuse_page(page: Path, file: str) -> None:
    # A page replaces what is there, with --force: never the derivation.
    if file != "-" and os.path.exists(page) and os.path.samefile(page, file):
        raise Stop(f"{page} is the derivation itself; --html needs another PAGE")
    if page.suffix.lower() != ".html":
        raise Stop(f"the name of PAGE must end with .html, got {page}")


def _write(page: Any, name: str, report: Report) -> None:
    title = escape(f"{name}: {report.summary}")
    made = html_page(title, report.to_html(), style=_STYLE)
    try:
        write_whole(page, made.encode())
    except OSError as error:
        raise about(page, error) from None
