"""Running a script: by name, into a folder, with a page at the end.

What one can do with this file: ``train("perceptron", Path("out/perceptron"))``.

The one idea: nothing is written before the script is through, but what it asks a path
for; so what is stopped leaves the last page as it was, or no folder.
"""

import sys
from pathlib import Path
from textwrap import dedent

from ..folder import Folder
from . import SCRIPTS, Script
from .page import report_page
from .report import InputError, Report

__all__ = ["MARKER", "SCRIPTS", "InputError", "script", "train"]

MARKER = ".autograd-core-train"


def script(name: str) -> Script:
    """The script of that name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in SCRIPTS:
        raise InputError(f"no script {name!r}; there are {', '.join(SCRIPTS)}")
    return SCRIPTS[name]


def train(
    name: str,
    out: Path,
    *,
    seed: int = 0,
    steps: int | None = None,
    full: bool = False,
    data: str | None = None,
    progress: bool = True,
) -> Report:
    """Run a script and write its page and pictures into ``out``.

    Parameters
    ----------
    name
        As `SCRIPTS` lists it.
    out
        A folder; it is made if it is not there.
    seed
        Of everything random.
    steps
        How many steps, instead of the script's own number.
    full
        All of the data, where a script usually takes a part.
    data
        A text, for the scripts that read one.
    progress
        Whether progress bars are shown.

    Returns
    -------
    Report
        ``reached`` says whether it came where it should.

    Raises
    ------
    InputError
        If there is no such script, it heeds no such option, or cannot use ``data``.
    FileExistsError
        If a file of that name is there and the folder has no marker of a training.
    NotADirectoryError
        If ``out`` is something else.
    OSError
        If the folder cannot be written; seen before anything is computed.
    ImportError, GraphvizNotFound
        If what the script needs is not installed; each names the remedy.
    """
    chosen = script(name)
    given = {"steps": steps is not None, "full": full, "data": data is not None}
    for option, is_given in given.items():
        if is_given and option not in chosen.options:
            raise InputError(f"the script {name!r} has no option --{option}")
    about, run = chosen.load()
    folder = Folder(out, MARKER, command="train", owner="the training's")
    report = Report(folder, seed, full, data, progress, steps)
    first = dedent(about).strip().splitlines()[0]
    try:
        folder.take(["index.html"])
        sys.stdout.write(f"{first}\n\n")
        run(report)
        html, files = report_page(name, about, run, report)
        folder.write({"index.html": html.encode()} | files)
    except BaseException:  # Ctrl-C too
        folder.give_back()
        raise
    return report
