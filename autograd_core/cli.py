"""The command line: ``autograd-core`` and ``python -m autograd_core``.

What one can do with this file: run a command of the package `commands`:
differentiate a formula typed as text (`grad`), draw its graph (`draw`), build the
book of derivations (`book`), mark a derivation of one's own (`check`).

The one idea: what is typed wrong ends with one sentence on stderr and a code
that a script can test, never with a traceback.

Exit codes: 0 done, 1 a check or the computation failed, 2 a wrong call, 130
interrupted.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from .commands import COMMANDS
from .commands.common import FAILED, INTERRUPTED, PROGRAM, USAGE, Parser, Stop

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    Parameters
    ----------
    argv
        The arguments after the program's name; those of the process if None.

    Examples
    --------
    >>> main(["grad", "x*y + y", "x=2", "y=1/4"])
    x*y + y = 0.75
    d/dx = 0.25
    d/dy = 3.0
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # print any name
    try:
        parser = _parser()
        given = sys.argv[1:] if argv is None else argv
        args = parser.parse_args(_ordered(given, _with_value(parser)))
        code: int = args.run(args)
        sys.stdout.flush()
    except Stop as stop:
        return _complain(str(stop), stop.code)
    except SystemExit as stop:  # argparse, after --help and --version
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except OSError as error:
        # Our output has nowhere to go. Python's own flush at exit would complain too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # `| head` has seen enough
            return FAILED
        return _complain(f"cannot write the output: {error.strerror}", FAILED)
    return code


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"{PROGRAM}: {message}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=PROGRAM,
        description="Derivatives of formulas: computed, drawn, and derived.",
        epilog="Exit codes: 0 done, 1 a check or the computation failed, 2 a wrong "
        "call, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"{PROGRAM} {_version()}"
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=Parser
    )
    for command in COMMANDS:
        command.add(commands)
    return parser


def _with_value(parser: argparse.ArgumentParser) -> set[str]:
    # The options that are followed by a value, of all commands.
    found: set[str] = set()
    parsers = [parser]
    while parsers:
        for action in parsers.pop()._actions:  # argparse has no public way to ask
            if isinstance(action, argparse._SubParsersAction):
                parsers += action.choices.values()
            elif action.nargs != 0:
                found.update(action.option_strings)
    return found


def _ordered(argv: Sequence[str], with_value: set[str]) -> list[str]:
    # argparse wants the formula and its values in one row, and takes "-x**2" for an
    # option: so options go first, and a formula that begins with "-" gets a space.
    words: list[str] = []
    options: list[str] = []
    dangling: list[str] = []
    rest = iter(argv)
    for arg in rest:
        if arg == "--":
            words += rest
        elif arg in with_value:
            value = next(rest, None)
            if value is None:
                dangling.append(arg)
            else:
                options += [arg, value]
        elif arg.startswith(("--", "-o")) or arg == "-h":
            options.append(arg)
        else:
            words.append(arg)
    words = [f" {w}" if w[:1] == "-" and w != "-" else w for w in words]
    return [*words[:1], *options, *words[1:], *dangling]


def _version() -> str:
    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:  # run from the source folder
        return "(not installed)"
