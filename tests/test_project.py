"""What stands around the code is true: README, metadata, Makefile, and the wheel.

``python -m tests.test_project --write`` puts the tables that are generated from the
code into autograd_core/EDGES.md.
"""

import doctest
import inspect
import os
import re
import shlex
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from autograd_core import errors
from autograd_core.cli import main
from autograd_core.primitives import TABLE

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
EDGES = ROOT / "autograd_core" / "EDGES.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


# -- the tables ------------------------------------------------------------------------


def errors_table() -> str:
    lines = ["| error | also a | when |", "|---|---|---|"]
    for name in errors.__all__:
        error = getattr(errors, name)
        bases = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        lines.append(f"| `{name}` | {bases} | {inspect.getdoc(error)} |")
    return "\n".join(lines)


def kinks_table() -> str:
    lines = ["| row | at | what is returned |", "|---|---|---|"]
    for name in filter(lambda name: not TABLE[name].helper, BUILT_IN):
        for point, value in TABLE[name].kinks.items():
            lines.append(f"| `{name}` | {point} | {value} |")
    return "\n".join(lines)


BUILT_IN = tuple(name for name in TABLE if name in TABLE.built_in)
TABLES = {"errors": errors_table(), "kinks": kinks_table()}


def marked(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}\b[^>]*-->\n)(.*?)(<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_the_documentation_are_the_code(name: str) -> None:
    found = marked(name).search(EDGES.read_text(encoding="utf-8"))
    assert found
    assert found[2].strip() == TABLES[name], "python -m tests.test_project --write"


# -- the README's code -----------------------------------------------------------------


def blocks(path: Path, language: str) -> Iterator[tuple[int, str]]:
    """Line and text of each fenced block of a language."""
    text = path.read_text(encoding="utf-8")
    fenced = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    for found in fenced.finditer(text):
        if found[1] == language:
            yield text[: found.start()].count("\n") + 2, found[2]


@pytest.fixture
def _table_as_it_was() -> Iterator[None]:
    yield
    for name in set(TABLE) - set(BUILT_IN):
        TABLE.discard(name)


@pytest.mark.usefixtures("_table_as_it_was")
def test_the_readme_runs_and_prints_what_it_says() -> None:
    """Its blocks share one namespace; ``# prints`` is compared with what is printed."""
    import mpmath

    namespace: dict[str, object] = {"__name__": "readme"}
    count = 0
    with mpmath.workdps(15):
        for line, code in blocks(README, "python"):
            promised = re.findall(r"# prints (.*)$", code, re.MULTILINE)
            printed = StringIO()
            with redirect_stdout(printed):
                exec(compile("\n" * (line - 1) + code, str(README), "exec"), namespace)  # noqa: S102  our own README
            assert printed.getvalue().splitlines() == promised
            count += len(promised)
    assert count >= 8


def test_the_first_example_is_on_the_first_screen() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    first = next(iter(blocks(README, "python")))
    assert first[0] < 12
    assert first[0] + first[1].count("\n") < 30
    assert len(lines) < 250


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/README.md")), ids=str)
def test_examples_with_prompts_in_the_folders_readmes_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_the_command_lines_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    session = next(code for _, code in blocks(README, "") if code.startswith("$ "))
    for call in session.split("$ ")[1:]:
        command, _, promised = call.partition("\n")
        program, *argv = shlex.split(command)
        assert program == "autograd-core"
        assert main(argv) == 0
        assert capsys.readouterr().out == promised


def test_the_figure_is_what_its_command_draws(tmp_path: Path) -> None:
    """The same words and numbers; where they stand is up to the Graphviz at hand."""
    text = README.read_text(encoding="utf-8")
    (command,) = re.findall(r"^autograd-core (draw .*)$", text, re.MULTILINE)
    (figure,) = re.findall(r"^!\[.*\]\((.*)\)$", text, re.MULTILINE)
    *argv, name = shlex.split(command)
    assert main([*argv, str(tmp_path / name)]) == 0
    drawn, kept = (
        sorted(re.findall(r">([^<>\n]+)<", path.read_text(encoding="utf-8")))
        for path in (tmp_path / name, ROOT / figure)
    )
    assert drawn == kept


def test_the_readme_names_what_is_there() -> None:
    """Links and folders exist; the two commands are targets; the extras are ours."""
    text = README.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for link in re.findall(r"\]\((?!http)([^)]+)\)", text):
        assert (ROOT / link).exists(), link
    for folder in re.findall(r"^\| \[?([\w/]+/)", text, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
    for file in re.findall(r"`(tests/[\w/]+(?:\.py)?/?)`", text):
        assert (ROOT / file).exists(), file
    extras = set(PROJECT["optional-dependencies"])
    sentence = text.partition("Extras: ")[2].partition(".\n")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == extras


def test_no_place_of_one_machine_is_written_down() -> None:
    texts = [README, ROOT / "CHANGELOG.md", ROOT / "Makefile", ROOT / ".ci" / "run"]
    for path in [*texts, ROOT / "pyproject.toml"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(home|root|work|tmp|Users)/", text), path


# -- metadata --------------------------------------------------------------------------


def test_every_requirement_of_the_issue_is_declared() -> None:
    names = {re.split("[<>=]", r)[0] for r in PROJECT["dependencies"]}
    assert names == {"numpy", "graphviz", "pygraphviz", "tqdm"}
    assert PROJECT["requires-python"] == ">=3.11"
    for package in ("autograd_core", "nn", "optim", "visualize", "demos"):
        assert (ROOT / package / "py.typed").is_file()
        assert (ROOT / package / "__init__.py").is_file()


def test_the_changelog_has_this_version_or_is_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{PROJECT['version']})\]", text, re.MULTILINE)


# -- make and the wheel ----------------------------------------------------------------


def run(*argv: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program in a clean environment; its output is in the failure."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS"))
    }
    return subprocess.run(
        [str(word) for word in argv],
        env=clean,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,  # type: ignore[call-overload]
    )


def test_make_refuses_an_old_python(tmp_path: Path) -> None:
    """With the version it found, and what to do."""
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.10.1 || exit 1\n')
    old.chmod(0o755)
    make = run("make", "book", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", cwd=ROOT)
    assert make.returncode == 2
    assert f"Python 3.11 or later is needed; '{old}' is Python 3.10.1" in make.stdout
    assert not (tmp_path / "venv").exists()


def test_ci_ends_with_the_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("make --no-print-directory test")


def test_the_source_needs_no_file_of_another_kind() -> None:
    """What the wheel leaves out is only what is not a package."""
    packages = {"autograd_core", "visualize", "demos", "nn", "optim"}
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found - packages <= {"tests"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source."""
    out = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source")
    # Built from a copy: setuptools leaves build/ and *.egg-info beside the source.
    kept = [
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "autograd_core",
        "visualize",
        "demos",
    ]
    kept += [name for name in ("nn", "optim") if (ROOT / name).is_dir()]
    done = run("cp", "-r", *kept, source, cwd=ROOT)
    assert done.returncode == 0, done.stdout
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", out, source)
    assert done.returncode == 0, done.stdout
    (built,) = out.iterdir()
    return built


@pytest.mark.slow
def test_the_wheel_alone_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """It installs with its base dependencies, computes, draws, and has the program."""
    venv.create(tmp_path / "venv", with_pip=True)
    binary = tmp_path / "venv" / "bin"
    quiet = ("--disable-pip-version-check", "--quiet")
    done = run(binary / "python", "-m", "pip", *quiet, "install", wheel)
    assert done.returncode == 0, done.stdout
    program = binary / "autograd-core"
    empty = tmp_path / "empty"
    empty.mkdir()

    assert run(program, "--version", cwd=empty).stdout == (
        f"autograd-core {PROJECT['version']}\n"
    )
    assert run(program, "grad", "x*y", "x=2", "y=3", cwd=empty).stdout == (
        "x*y = 6.0\nd/dx = 3.0\nd/dy = 2.0\n"
    )
    drawn = run(program, "draw", "sin(x*y)", "x=2", "y=3", "-o", "g.svg", cwd=empty)
    assert (drawn.returncode, drawn.stdout) == (0, "")
    assert "</svg>" in (empty / "g.svg").read_text(encoding="utf-8")
    refused = run(program, "grad", "x", "x=1", "--symbolic", cwd=empty)
    assert refused.returncode == 1
    assert "pip install 'autograd-core[symbolic]'" in refused.stdout
    eager = run(binary / "python", "-c", EAGER, cwd=empty)
    assert eager.stdout == "6.0 []\nTrue\n"


EAGER = """
import sys
from autograd_core import Value
x = Value(3.0)
(x * x).backward()
print(x.grad, [m for m in ("numpy", "sympy", "graphviz", "tqdm") if m in sys.modules])
import autograd_core, demos, nn, optim, visualize
from pathlib import Path
packages = (autograd_core, demos, nn, optim, visualize)
folders = [Path(package.__file__).parent for package in packages]
print(all((folder / "py.typed").is_file() for folder in folders))
"""


if __name__ == "__main__":
    text = EDGES.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = marked(name).sub(lambda m, t=table: f"{m[1]}{t}\n{m[3]}", text)
    EDGES.write_text(text, encoding="utf-8")
