"""``autograd-core book``: every derivation of the notes, checked and written."""

import argparse
import os
import sys
from typing import Any

from .common import (
    DONE,
    FAILED,
    PROGRAM,
    Stop,
    about,
    add_force,
    command,
    ours,
    own_folder,
    progress,
    say,
    whole,
)

__all__ = ["add"]

MAX_PROCESSES = 64


def add(commands: Any) -> None:
    """Add the command."""
    book = command(
        commands,
        "book",
        _book,
        "check every derivation of the book and write it as pages",
    )
    book.add_argument(
        "--out", default="out/book", metavar="DIR", help="default: %(default)s"
    )
    book.add_argument(
        "--processes",
        type=_processes,
        default=min(os.cpu_count() or 1, MAX_PROCESSES),
        metavar="N",
        help="how many articles are computed at a time; default: one per core",
    )
    add_force(book, "write into DIR although it holds other files")


def _processes(text: str) -> int:
    if not 1 <= whole(text) <= MAX_PROCESSES:
        raise argparse.ArgumentTypeError(
            f"N must be from 1 to {MAX_PROCESSES}, got {text!r}"
        )
    return int(text)


def _book(args: argparse.Namespace) -> int:
    book = ours("demos", "derivations.book")
    out = own_folder(args.out, book.MARKER, "book", args.force)
    try:
        report = book.build(out, progress, processes=args.processes)
    except OSError as error:
        raise about(out, error) from None
    except (ImportError, RuntimeError) as error:  # an extra, or Graphviz, is missing
        raise Stop(str(error), FAILED) from None
    for failure in report.failures:
        sys.stderr.write(f"{PROGRAM}: {failure}\n")
    pages = f"{len(report.pages)} page{'s' if len(report.pages) != 1 else ''}"
    say(f"wrote {pages} to {out}; open {report.pages[0]}")
    return FAILED if report.failures else DONE
