"""``autograd-core exercise``: what it writes and marks, its codes, and its pages."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from autograd_core import cli, exercise
from autograd_core.commands import common
from autograd_core.exercises import LEVELS, page
from tests.visualize.browser import opened

ROOT = Path(__file__).resolve().parents[2]
LEVEL = range(1, len(LEVELS) + 1)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Call the command in this process; returns code, stdout, stderr."""

    def call(*argv: str, stdin: str = "") -> tuple[int, str, str]:
        stream = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        monkeypatch.setattr(sys, "stdin", stream)
        code = cli.main(["exercise", *argv])
        out, err = capsys.readouterr()
        return code, out, err

    return call


# -- writing ---------------------------------------------------------------------------


def test_it_writes_the_worksheet(run: Run, tmp_path: Path) -> None:
    made = exercise(2, seed=4)
    assert run("--level", "2", "--seed", "4") == (0, str(made), "")
    assert run("--solution", "--level=2", "--seed=4")[1] == made.text(solution=True)
    assert run() == run("--level", "1", "--seed", "0") == (0, str(exercise()), "")
    path = tmp_path / "sheet.TXT"
    assert run("--level", "2", "--seed", "4", "-o", str(path)) == (0, "", "")
    assert path.read_bytes() == str(made).encode()


def test_no_file_is_replaced_without_force(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sheet.txt"
    path.write_text("mine")
    code, out, err = run("-o", str(path))
    assert (code, out) == (2, "")
    assert err == f"autograd-core: {path} exists; --force replaces it\n"
    assert path.read_text() == "mine"
    assert run("--output", str(path), "--force")[0] == 0
    assert path.read_text() == str(exercise())
    assert [p.name for p in tmp_path.iterdir()] == ["sheet.txt"]


# -- marking ---------------------------------------------------------------------------


def test_it_marks(run: Run, tmp_path: Path) -> None:
    """0 for all right, 1 for a wrong or an empty blank."""
    path = tmp_path / "sheet.txt"
    solution = exercise(2, seed=4).text(solution=True)
    path.write_text(solution)
    code, out, err = run("--grade", str(path))
    assert (code, err) == (0, "")
    assert out.endswith("level 2, seed 4: 14 of 14 right\n")
    wrong = solution.replace("dL/du = -21", "dL/du = -14")
    code, out, err = run("--grade", "-", stdin=wrong)
    assert (code, err) == (1, "")
    assert "-14: this is the flow along u -> L alone; a second path is u -> v" in out
    assert out.endswith("level 2, seed 4: 13 of 14 right, 1 wrong\n")
    unread = wrong.replace("\nu = -7", "\nu = 3 4")
    code, out, err = run("--grade", "-", stdin=unread)
    assert (code, err) == (1, "")
    assert "    3 4: column 7: expected an operator before '4'\n" in out
    assert out.endswith("seed 4: 12 of 14 right, 1 wrong, 1 unreadable\n")
    code, out, err = run("--grade", "-", stdin=str(exercise(2, seed=4)))
    assert (code, out.splitlines()[-1]) == (
        1,
        "level 2, seed 4: 0 of 14 right, 14 empty",
    )


def test_it_is_a_program() -> None:
    """From one process into the other."""
    words = [sys.executable, "-m", "autograd_core", "exercise"]
    made = subprocess.run(
        [*words, "--level", "4", "--seed", "9", "--solution"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    done = subprocess.run(
        [*words, "--grade", "-"],
        cwd=ROOT,
        input=made.stdout,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


# -- wrong calls -----------------------------------------------------------------------

USAGE = [
    (["--level", "7"], "--level must be from 1 to 6, got 7"),
    (["--level", "0"], "--level must be from 1 to 6, got 0"),
    (["--level", "x"], "--level: N must be a whole number from 0, got 'x'"),
    (["--seed", "-1"], "--seed: N must be a whole number from 0, got '-1'"),
    (["--seed", "9" * 5_000], "N must be a whole number from 0, got "),
    (["--level"], "--level: expected one argument"),
    (["4"], "unrecognized arguments: 4"),
    (["-o", "x.pdf"], "the suffix of 'x.pdf' must be one of .txt, .html"),
    (["-o", ""], "'' is not a path"),
    (["-o", "no/such/x.txt"], "No such file or directory"),
    (["--grade", "no.txt"], "no.txt: No such file or directory"),
    (["--grade", "-", "--seed", "0"], "--grade goes alone, without --seed"),
    (
        ["--grade", "-", "--level", "1", "--solution", "--force", "-o", "x.txt"],
        "--grade goes alone, without --level and -o and --solution and --force",
    ),
]


@pytest.mark.parametrize(("argv", "message"), USAGE)
def test_wrong_calls_end_with_a_sentence_and_code_2(
    run: Run, argv: list[str], message: str
) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert err.startswith("autograd-core: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_worksheet(run: Run, tmp_path: Path) -> None:
    sheet = str(exercise(2, seed=4)).replace("\nu = __", "\nq = 3")
    code, out, err = run("--grade", "-", stdin=sheet)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "autograd-core: stdin:17:1: 'q' is not asked in this exercise",
        "    q = 3",
        "    ^",
    ]
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in run("--grade", str(path))[2]
    code, _, err = run("--grade", "-", stdin="<script>alert(1)</script>")
    assert code == 2
    assert "a worksheet begins with '# autograd-core exercise, level N" in err


def test_level_6_without_sympy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "autograd_core.numbers.symbolic", None)
    code, out, err = run("--level", "6")
    assert (code, out) == (1, "")
    assert err.endswith("pip install 'autograd-core[symbolic]'\n")


def test_pages_need_graphviz_and_text_does_not(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograd_core import GraphvizNotFound
    from visualize import drawing

    def none(*args: object, **options: object) -> bytes:
        raise GraphvizNotFound("there is no Graphviz")

    monkeypatch.setattr(drawing, "render", none)
    path = tmp_path / "x.html"
    code, _, err = run("-o", str(path))
    assert (code, err) == (1, "autograd-core: there is no Graphviz\n")
    assert not path.exists()
    assert run("-o", str(tmp_path / "x.txt"))[0] == 0


# -- pages -----------------------------------------------------------------------------


NUMBER = r"([+−]?\d+(?:/\d+)?)"


@pytest.mark.parametrize("level", LEVEL)
def test_a_page_asks_and_does_not_tell(run: Run, tmp_path: Path, level: int) -> None:
    """In the drawing stand the given numbers, the seed of the sweep, and blanks."""
    made = exercise(level, seed=1)
    path = tmp_path / "x.html"
    assert run("--level", str(level), "--seed", "1", "-o", str(path)) == (0, "", "")
    text = path.read_text(encoding="utf-8")
    svg = text[text.index("<svg") : text.index("</svg>")]
    seen = {
        Fraction(found.replace("−", "-"))
        for cell in (rf"<text[^>]*>{NUMBER}</text>", rf"<td>{NUMBER}</td>")
        for found in re.findall(cell, text)
    }
    assert seen == {*made.draft.given.values(), 1}
    cards = len(made.draft.formulas) * 2 + len(made.draft.given)
    assert svg.count("____") >= cards - len(made.draft.data)
    assert text.count('class="blank"') == len(made.blanks)
    assert 'class="answer"' not in text
    assert str(made) in text
    assert "<script" not in text
    assert "Solution" not in text


@pytest.mark.parametrize("level", LEVEL)
def test_a_solution_has_every_answer(run: Run, tmp_path: Path, level: int) -> None:
    made = exercise(level, seed=1)
    path = tmp_path / "x.html"
    code, _, _ = run("--level", str(level), "--seed=1", "--solution", "-o", str(path))
    assert code == 0
    text = path.read_text(encoding="utf-8")
    assert text.count('class="answer"') == len(made.blanks)
    assert 'class="blank"' not in text
    assert "____" not in text


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVEL)
def test_pages_open_in_a_browser(run: Run, tmp_path: Path, level: int) -> None:
    """Nothing is written to the console; the policy lets style and script pass."""
    for name, more in (("exercise", []), ("solution", ["--solution"])):
        path = tmp_path / f"{name}.html"
        assert run("--level", str(level), *more, "-o", str(path))[0] == 0
        html, console = opened(path, tmp_path / "profile")
        assert not console, console
        assert "<svg" in html
        ready = 'data-ready=""' in html  # the player of the solution has started
        assert ready == (name == "solution")


def test_pages_are_the_same_bytes_and_ask_the_network_for_nothing(
    run: Run, tmp_path: Path
) -> None:
    texts = []
    for name in ("a.html", "b.html"):
        assert run("--level", "3", "-o", str(tmp_path / name))[0] == 0
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert "default-src 'none'" in texts[0]
    assert not re.search(r"(?:src|href)=[\"'](?!#)", texts[0])


def test_a_page_without_a_drawing() -> None:
    """What Python can make without Graphviz; and what is handed in stays as it is."""
    made = exercise(2, seed=4)
    assert "<svg" not in page(made)
    assert "script-src" not in page(made)
    assert "script-src" in page(made, "<b>x</b>", style="b {}", script="1")


def test_help_names_the_levels(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert all(what in out for what in LEVELS)
    assert common.PROGRAM in out
