"""The frame of the training scripts: what it prints, writes, refuses, and how it ends.

Small scripts of its own stand in for the real ones.
"""

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_core import NonFiniteError, Value, cli, sigmoid
from demos.folder import Folder
from demos.training import SCRIPTS, Script
from demos.training import run as running
from demos.training.report import InputError, Report
from demos.training.run import MARKER, train
from visualize import plots

HERE = Path(running.__file__).parent
Run = Callable[[Report], None]
Call = Callable[..., tuple[int, str, str]]


class Planted(Script):
    """A line of the list with a script that is not in a module."""

    def load(self) -> tuple[str, Run]:
        return "A <small> script.\n\nIt should reach 1.\n", PLANTED[self.module]


PLANTED: dict[str, Run] = {}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a script into the list."""

    def add(run: Run, *options: str, name: str = "small") -> None:
        monkeypatch.setitem(PLANTED, name, run)
        monkeypatch.setitem(SCRIPTS, name, Planted(name, "a small script", options))

    return add


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Call:
    """The command line in an empty folder; returns code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*argv: str) -> tuple[int, str, str]:
        code = cli.main(["train", *argv])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def reaches_one(report: Report) -> None:
    report.reach("one", 1.0, at_least=1.0)


def tells_all(report: Report) -> None:
    x = Value(0.5, name="x<y")
    total = 0
    for step in report.steps(3, "adding"):
        total += step
    report.say("a & b")
    report.table("Sums", ["what", "n"], [["<i>", total], ["seed", -report.seed]])
    report.flow(sigmoid(x), title="One sample")
    series = {"loss": [2.0, 1.0]}
    report.plot("loss", plots.losses, series, title="The loss")
    report.reach("the sum", total, at_most=3)


def stops(error: BaseException) -> Run:
    def run(report: Report) -> None:
        raise error

    return run


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


# -- the list --------------------------------------------------------------------------


def test_the_list_has_every_script(call: Call) -> None:
    code, out, err = call("--list")
    assert (code, err) == (0, "")
    for line, (name, script) in zip(out.splitlines(), SCRIPTS.items(), strict=True):
        assert line.startswith(name)
        assert line.endswith(script.summary)


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_each_script_is_short_and_says_what_it_should_reach(name: str) -> None:
    """Under 100 lines, a docstring with the figure, ``run(report)``, a stated goal."""
    text = (HERE / f"{SCRIPTS[name].module}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    assert len(text.splitlines()) < 100
    assert "should reach" in " ".join((ast.get_docstring(tree) or "").split())
    assert "run" in functions
    assert "report.reach(" in text
    assert set(SCRIPTS[name].options) <= {"steps", "full", "data"}
    heeded = {"steps": r"report\.(steps|count)\(", "full": r"report\.full"}
    for option, use in heeded.items():
        assert (option in SCRIPTS[name].options) == bool(re.search(use, text)), option


# -- what it writes --------------------------------------------------------------------


def test_a_run_prints_and_writes_everything(
    plant: Callable[..., None], call: Call, tmp_path: Path
) -> None:
    plant(tells_all, "steps")
    code, out, err = call("small", "--seed", "7")
    home = tmp_path / "out" / "small"
    assert code == 0
    assert out.splitlines() == [
        "A <small> script.",
        "",
        "a & b",
        "",
        "Sums",
        "what   n",
        "<i>    3",
        "seed  -7",
        "",
        "the sum: 3, should be at most 3: reached",
        "wrote out/small; open out/small/index.html",
    ]
    assert "adding:   0%" in err
    assert sorted(files(home)) == [MARKER, "flow.svg", "index.html", "loss.svg"]
    for picture in ("flow.svg", "loss.svg"):
        assert (home / picture).read_text(encoding="utf-8").startswith("<svg")


def test_the_page_is_whole_and_safe(plant: Callable[..., None], tmp_path: Path) -> None:
    """Everything that was told is there, escaped; no style and no other script."""
    plant(tells_all, "steps")
    train("small", tmp_path, progress=False)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<h1>A &lt;small&gt; script</h1>" in page
    for text in ("a &amp; b", "&lt;i&gt;", "One sample", "The loss", "x&lt;y"):
        assert text in page
    assert '<td class="good">reached</td>' in page
    assert "It should reach 1." in page
    assert "report.table(&quot;Sums&quot;" in page or 'report.table("Sums"' in page
    assert "default-src 'none'" in page
    assert not re.search(r"\sstyle=|\son\w+=|https?://(?!www\.w3\.org)", page)
    assert page.count("<script>") == 1


def test_the_same_call_gives_the_same_bytes(
    plant: Callable[..., None], tmp_path: Path
) -> None:
    plant(tells_all, "steps")
    for name in ("a", "b"):
        train("small", tmp_path / name, progress=False)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_it_may_write_its_folder_again(
    plant: Callable[..., None], call: Call, tmp_path: Path
) -> None:
    """And leaves what is not its own."""
    plant(tells_all, "steps")
    assert call("small")[0] == 0
    (tmp_path / "out/small/mine.txt").write_text("mine")
    assert call("small", "--seed", "1")[0] == 0
    assert (tmp_path / "out/small/mine.txt").read_text() == "mine"
    assert b"seed 1" in (tmp_path / "out/small/index.html").read_bytes()


def test_without_matplotlib_it_still_computes(
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(tells_all, "steps")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, _ = call("small")
    assert code == 0
    assert "loss.svg is left out: plots are drawn by matplotlib" in out
    assert sorted(files(tmp_path / "out/small")) == [MARKER, "flow.svg", "index.html"]


# -- what a script is given ------------------------------------------------------------


def test_a_script_gets_the_options(
    plant: Callable[..., None], call: Call, tmp_path: Path
) -> None:
    seen: list[Any] = []

    def run(report: Report) -> None:
        steps = list(report.steps(100, "steps"))
        seen.append([report.seed, report.full, report.data, steps, report.count(9)])
        reaches_one(report)

    plant(run, "steps", "full", "data")
    (tmp_path / "words").write_text("früh", encoding="utf-8")
    call("small", "--seed", "5", "--full", "--data", "words", "--steps", "2")
    plant(run)
    call("small")
    assert seen == [[5, True, "früh", [0, 1], 2], [0, False, None, [*range(100)], 9]]


def test_progress_can_be_switched_off(
    plant: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tells_all, "steps")
    train("small", tmp_path, progress=False)
    assert capsys.readouterr().err == ""


def test_a_file_that_the_script_writes_itself(tmp_path: Path) -> None:
    """Its folder is marked as soon as it has a path; no file of the user's is given."""
    folder = Folder(tmp_path / "new", MARKER, command="train", owner="the training's")
    path = Path(Report(folder).file("model.json"))
    assert path == tmp_path / "new" / "model.json"
    assert (tmp_path / "new" / MARKER).is_file()
    (tmp_path / "model.json").write_text("mine")
    other = Folder(tmp_path, MARKER, command="train", owner="the training's")
    with pytest.raises(FileExistsError, match="is not the training's; choose another"):
        Report(other).file("model.json")
    assert not (tmp_path / MARKER).exists()


# -- how it ends -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "bound", "code"),
    [
        (1.0, {"at_least": 1.0}, 0),
        (0.9, {"at_least": 1.0}, 1),
        (1.0, {"at_most": 1.0}, 0),
        (1.1, {"at_most": 1.0}, 1),
        (float("nan"), {"at_most": 1.0}, 1),
        (float("nan"), {"at_least": 1.0}, 1),
    ],
)
def test_a_goal_that_is_not_reached_is_exit_code_1(
    value: float,
    bound: dict[str, float],
    code: int,
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
) -> None:
    """The page is written all the same, and says so."""

    def run(report: Report) -> None:
        report.reach("it", value, **bound)
        reaches_one(report)

    plant(run)
    got, _, err = call("small")
    assert got == code
    assert ("NOT REACHED" in err) == bool(code)
    page = (tmp_path / "out/small/index.html").read_text(encoding="utf-8")
    assert ('<td class="bad">not reached</td>' in page) == bool(code)


def test_a_script_without_a_goal_reached_nothing(
    plant: Callable[..., None], call: Call
) -> None:
    plant(lambda report: report.say("nothing"))
    code, _, err = call("small")
    assert code == 1
    assert "the script states nothing that it should reach" in err


@pytest.mark.parametrize("bounds", [{}, {"at_least": 1.0, "at_most": 2.0}])
def test_a_goal_has_one_bound(bounds: dict[str, float], tmp_path: Path) -> None:
    report = Report(Folder(tmp_path, MARKER, command="train", owner=""))
    with pytest.raises(TypeError, match="must have either 'at_least' or 'at_most'"):
        report.reach("it", 1.0, **bounds)


ENDS = [
    (InputError("the text is too short"), 2, "the text is too short"),
    (ImportError("pip install scikit-learn"), 1, "pip install scikit-learn"),
    (NonFiniteError("the loss is infinite"), 1, "the loss is infinite"),
    (RuntimeError("no Graphviz"), 1, "no Graphviz"),
    (KeyboardInterrupt(), 130, "interrupted"),
]


@pytest.mark.parametrize(("error", "code", "words"), ENDS)
def test_what_stops_a_script_is_one_sentence(
    error: BaseException,
    code: int,
    words: str,
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
) -> None:
    """And the last page stays as it was."""
    plant(reaches_one)
    call("small")
    before = files(tmp_path / "out/small")
    plant(stops(error))
    got, _, err = call("small")
    assert (got, err) == (code, f"autograd-core: {words}\n")
    assert files(tmp_path / "out/small") == before


@pytest.mark.parametrize(("error", "code", "words"), ENDS)
def test_what_stops_a_first_run_leaves_no_folder(
    error: BaseException,
    code: int,
    words: str,
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
) -> None:
    """And none that was there is taken for one of ours, whose files may be replaced."""
    plant(stops(error))
    assert call("small")[0] == code
    assert not (tmp_path / "out").exists()
    home = tmp_path / "full"
    home.mkdir()
    assert call("small", "--out", "full")[0] == code
    assert files(home) == {}
    (home / "mine").write_text("mine")
    assert call("small", "--out", "full", "--force")[0] == code
    assert files(home) == {"mine": b"mine"}


def test_what_a_stopped_script_wrote_itself_stays(
    plant: Callable[..., None], call: Call, tmp_path: Path
) -> None:
    def run(report: Report) -> None:
        Path(report.file("model.json")).write_text("half")
        raise KeyboardInterrupt

    plant(run)
    assert call("small")[0] == 130
    assert sorted(files(tmp_path / "out/small")) == [MARKER, "model.json"]


WRONG = [
    ([], "which script? 'autograd-core train --list' lists them"),
    (["smal"], "no script 'smal'; there are "),
    (["../small"], "no script '../small'; there are "),
    (["small", "--list"], "--list takes no NAME, got 'small'"),
    (["small", "more"], "unrecognized arguments: more"),
    (["small", "--fast"], "unrecognized arguments: --fast"),
    (["small", "--seed", "-1"], "N must be a whole number from 0, got '-1'"),
    (["small", "--seed", "x"], "N must be a whole number from 0, got 'x'"),
    (["small", "--seed"], "--seed: expected one argument"),
    (["small", "--steps", "0"], "N must be from 1 to 1,000,000, got '0'"),
    (["small", "--steps", "1e3"], "N must be a whole number from 0, got '1e3'"),
    (["small", "--steps", "3"], "the script 'small' has no option --steps"),
    (["small", "--full"], "the script 'small' has no option --full"),
    (["small", "--data", "words"], "the script 'small' has no option --data"),
    (["small", "--data", "absent"], "absent: No such file or directory"),
    (["small", "--data", "bytes"], "bytes is not UTF-8 text (byte 1)"),
    (["small", "--out", ""], "'' is not a path"),
    (["small", "--out", "words"], "words is not a folder"),
    (["small", "--out", "words/below"], "Not a directory"),
    (["small", "--out", "full"], "full holds files that 'autograd-core train' did not"),
]


@pytest.mark.parametrize(("argv", "words"), WRONG)
def test_a_wrong_call_is_exit_code_2(
    argv: list[str],
    words: str,
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
) -> None:
    """Nothing is run, and nothing is written."""
    plant(stops(AssertionError("it ran")))
    (tmp_path / "words").write_text("words")
    (tmp_path / "bytes").write_bytes(b"a\xff")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    code, out, err = call(*argv)
    assert (code, out) == (2, "")
    assert words in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bytes", "full", "words"]
    assert files(tmp_path / "full") == {"mine": b"mine"}


def test_a_text_that_is_too_long(
    plant: Callable[..., None],
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograd_core.commands.train.MAX_BYTES", 3)
    plant(reaches_one, "data")
    (tmp_path / "words").write_text("long")
    assert call("small", "--data", "words")[2].endswith("longer than 3 bytes\n")
    (tmp_path / "words").write_text("not")
    assert call("small", "--data", "words")[0] == 0


def test_force_writes_beside_other_files_and_never_over_them(
    plant: Callable[..., None], call: Call, tmp_path: Path
) -> None:
    plant(reaches_one)
    home = tmp_path / "full"
    home.mkdir()
    (home / "mine").write_text("mine")
    assert call("small", "--out", "full", "--force")[0] == 0
    assert sorted(files(home)) == [MARKER, "index.html", "mine"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("mine")
    code, _, err = call("small", "--out", "other", "--force")
    assert code == 2
    assert "index.html exists and is not the training's; choose another folder" in err
    assert files(other) == {"index.html": b"mine"}
