"""What the commands share: how they end, their formulas, files and packages.

The one idea: what is typed wrong ends with one sentence and a code that a script can
test, never with a traceback; and a file of the user's is never replaced unless
``--force`` says so. Everything beyond the engine is imported when it is needed.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..data import caller
from ..diagnose import place
from ..errors import CONTINUES, ExpressionError
from ..expression import Expression, functions, parse

__all__ = [
    "DONE",
    "FAILED",
    "INTERRUPTED",
    "PROGRAM",
    "USAGE",
    "Parser",
    "Stop",
    "about",
    "add_force",
    "add_formula",
    "command",
    "explained",
    "extra",
    "file_path",
    "ours",
    "own_folder",
    "placed",
    "progress",
    "read",
    "read_text",
    "say",
    "whole",
]

PROGRAM = "autograd-core"
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

MAX_BYTES = 1_000_000  # the readers take 5,000 words, so more is no such text
WIDTH = 72  # characters of a line that are shown above the caret
_PLACE = re.compile(r"(?:line (\d+), )?column (\d+): (.*)", re.DOTALL)


class Stop(Exception):
    """Ends a command with one sentence and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def say(text: str, end: str = "\n") -> None:
    """Write to the standard output."""
    sys.stdout.write(text + end)


# -- arguments -------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are of this program's form."""

    def error(self, message: str) -> Any:
        """End with the complaint, and where help is."""
        raise Stop(f"{message}; see '{self.prog} --help'")


def command(
    commands: Any, name: str, run: Callable[[Any], int], what: str
) -> argparse.ArgumentParser:
    """One more command, which ``run`` does."""
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.set_defaults(run=run)
    return made


def add_formula(command: argparse.ArgumentParser) -> None:
    """The arguments EXPR and NAME=VALUE."""
    command.add_argument("formula", metavar="EXPR", help="for example 'x*y + sin(x)'")
    command.add_argument(
        "values",
        nargs="*",
        default=[],
        metavar="NAME=VALUE",
        help="x=0.5, or x=1/3, or x=pi/2",
    )
    names = list(functions())
    lines = [" ".join(names[i : i + 8]) for i in range(0, len(names), 8)]
    command.epilog = "\n  ".join(
        ["Operators: + - * / ** ^ ( ); constants: pi e; functions:", *lines]
    )


def add_force(command: argparse.ArgumentParser, what: str) -> None:
    """The option --force."""
    command.add_argument("--force", action="store_true", help=what)


# -- formulas --------------------------------------------------------------------------


def whole(text: str) -> int:
    """An option's number, from 0 to 999,999,999."""
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(
            f"N must be a whole number from 0, got {text!r}"
        )
    return int(text)


def read(text: str) -> Expression:
    """The formula, or the end of the command."""
    try:
        return parse(text.lstrip())
    except ExpressionError as error:
        raise Stop(str(error)) from None


def explained(command: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``command`` with the engine's errors as sentences for its user."""

    # The engine's errors are sentences already; here they lose what is for callers.
    @wraps(command)
    def run(args: argparse.Namespace) -> Any:
        try:
            return command(args)
        except (ExpressionError, TypeError) as error:  # wrong for this kind of number
            raise Stop(str(error)) from None
        except (ArithmeticError, ValueError) as error:
            raise Stop(_without_python(str(error)), FAILED) from None
        except RecursionError:  # SymPy's own; the engine has none
            raise Stop("the formula is too deep for SymPy", FAILED) from None

    return run


def _without_python(message: str) -> str:
    site = caller()
    if site is not None:  # the program's own first line says nothing to its user
        message = message.replace(f" at {place(site)}", "")
    return message.removesuffix(CONTINUES)


# -- files and packages ----------------------------------------------------------------


def file_path(text: str) -> Path:
    """The path, if it is one."""
    if not text or "\0" in text:
        raise Stop(f"{text!r} is not a path")
    return Path(text)


def read_text(file: str, most: int = MAX_BYTES) -> str:
    """The text of a file, or of stdin for ``-``, if it is UTF-8 of ``most`` bytes."""
    try:
        if file == "-":
            found = sys.stdin.buffer.read(most + 1)
        else:
            with file_path(file).open("rb") as stream:
                found = stream.read(most + 1)
    except OSError as error:
        raise about(file_path(file), error) from None
    if len(found) > most:
        raise Stop(f"{file} is longer than {most:,} bytes")
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Stop(f"{file} is not UTF-8 text (byte {error.start})") from None


def placed(name: str, text: str, message: str) -> str:
    """A message of the reader as ``file:line:column``, the line, a caret below."""
    match = _PLACE.fullmatch(message)
    if match is None:
        return f"{name}: {message}"
    line, column = int(match[1] or 1), int(match[2])
    source = [*text.split("\n"), ""][line - 1]
    start = max(0, column - 1 - WIDTH // 2)
    shown = "".join(c if c.isprintable() else " " for c in source[start:][:WIDTH])
    caret = " " * (column - 1 - start) + "^"
    return f"{name}:{line}:{column}: {match[3]}\n    {shown.rstrip()}\n    {caret}"


def own_folder(text: str, marker: str, name: str, force: bool) -> Path:
    """The folder that the command ``name`` may write: an empty one, or its own.

    What the command wrote has its marker in it, and may be written again.
    """
    path = file_path(text)
    try:
        if os.path.lexists(path) and not path.is_dir():
            raise Stop(f"{path} is not a folder")
        used = path.is_dir() and any(path.iterdir()) and not (path / marker).is_file()
    except OSError as error:
        raise about(path, error) from None
    if used and not force:
        raise Stop(
            f"{path} holds files that '{PROGRAM} {name}' did not write; choose another "
            "--out, or --force"
        )
    return path


def about(path: Path, error: OSError) -> Stop:
    """What the system says of a file."""
    # Python's own OSErrors have a strerror, our packages' are sentences.
    return Stop(f"{path}: {error.strerror}" if error.strerror else str(error))


@contextmanager
def extra(name: str) -> Iterator[None]:
    """What needs packages of an extra; without them, how to install it."""
    try:
        yield
    except ImportError as error:
        raise Stop(f"{error}; pip install '{PROGRAM}[{name}]'", FAILED) from None


def ours(package: str, module: str = "") -> Any:
    """A module of another package of this project, by its name."""
    # Our other packages have plain names; another one of that name may come first.
    home = Path(__file__).resolve().parent.parent.parent
    spec = find_spec(package)
    if spec is None:
        raise Stop(f"the package '{package}' of {PROGRAM} is not installed", FAILED)
    places = [spec.origin, *(spec.submodule_search_locations or ())]
    if (home / package).resolve() not in [Path(p).resolve() for p in places[1:] if p]:
        raise Stop(
            f"'{package}' is found at {places[0] or places[1]}, not beside "
            f"{PROGRAM} in {home}: another package of that name shadows ours. "
            "Start from another folder, or remove it from PYTHONPATH",
            FAILED,
        )
    try:
        return import_module(f"{package}.{module}" if module else package)
    except ImportError as error:
        raise Stop(f"'{package}' cannot be imported: {error}", FAILED) from None


def progress(things: Sequence[Any]) -> Iterator[Any]:
    """The things, with a progress bar on a terminal."""
    from tqdm import tqdm

    return iter(tqdm(things, file=sys.stderr, disable=not sys.stderr.isatty()))
