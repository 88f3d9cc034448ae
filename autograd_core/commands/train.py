"""``autograd-core train``: a training script, by name."""

import argparse
import sys
from typing import Any

from ..errors import SingularMatrixError
from .common import (
    DONE,
    FAILED,
    PROGRAM,
    Stop,
    about,
    add_force,
    command,
    file_path,
    ours,
    own_folder,
    read_text,
    say,
    whole,
)

__all__ = ["add"]

MAX_BYTES = 10_000_000  # of a text to learn from
MAX_STEPS = 1_000_000


def add(commands: Any) -> None:
    """Add the command."""
    train = command(
        commands,
        "train",
        _train,
        "a training script: its figures on the terminal, its plots on a page",
    )
    train.add_argument("name", nargs="?", metavar="NAME", help="which; see --list")
    train.add_argument("--list", action="store_true", help="list all scripts")
    train.add_argument("--out", metavar="DIR", help="default: out/NAME")
    train.add_argument(
        "--seed", type=whole, default=0, metavar="N", help="default: %(default)s"
    )
    train.add_argument(
        "--steps", type=_steps, metavar="N", help="instead of the script's own number"
    )
    train.add_argument(
        "--full", action="store_true", help="all data, however long it takes"
    )
    train.add_argument("--data", metavar="FILE", help="a text to learn from")
    add_force(train, "write into DIR although it holds other files")
    train.epilog = (
        "Exit codes: 0 the script reached what it should, 1 it did not, or something\n"
        "that it needs is not installed, 2 a wrong call, 130 interrupted."
    )


def _steps(text: str) -> int:
    if not 1 <= whole(text) <= MAX_STEPS:
        raise argparse.ArgumentTypeError(
            f"N must be from 1 to {MAX_STEPS:,}, got {text!r}"
        )
    return int(text)


def _train(args: argparse.Namespace) -> int:
    training = ours("demos", "training.run")
    if args.list:
        if args.name is not None:
            raise Stop(f"--list takes no NAME, got {args.name!r}")
        _list(training.SCRIPTS)
        return DONE
    if args.name is None:
        raise Stop(f"which script? '{PROGRAM} train --list' lists them")
    try:
        training.script(args.name)
    except training.InputError as error:
        raise Stop(str(error)) from None
    text = f"out/{args.name}" if args.out is None else args.out
    out = own_folder(text, training.MARKER, "train", args.force)
    data = None if args.data is None else read_text(args.data, MAX_BYTES)
    report = _run(training, args, out, data)
    say(f"wrote {out}; open {out / 'index.html'}")
    missed = [str(goal) for goal in report.goals if not goal.reached]
    if not report.goals:
        missed = ["the script states nothing that it should reach"]
    sys.stderr.writelines(f"{PROGRAM}: {sentence}\n" for sentence in missed)
    return DONE if report.reached else FAILED


def _run(training: Any, args: argparse.Namespace, out: Any, data: str | None) -> Any:
    given = {"seed": args.seed, "steps": args.steps, "full": args.full, "data": data}
    try:
        return training.train(args.name, out, **given)
    except training.InputError as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise about(file_path(str(error.filename or out)), error) from None
    except (ArithmeticError, ImportError, RuntimeError, SingularMatrixError) as error:
        # It diverged, or an extra, or Graphviz, is missing.
        raise Stop(str(error), FAILED) from None


def _list(scripts: Any) -> None:
    width = max(map(len, scripts))
    for name, script in scripts.items():
        say(f"{name:{width}}  {script.summary}")
