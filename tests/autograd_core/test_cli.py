"""The command line: what it prints, how it refuses, what it writes and what not."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_core import GradientCheckError, cli
from autograd_core.commands import book, check, common, grad
from tests.effort import AT_ONCE, counted

ROOT = Path(__file__).resolve().parents[2]
MARKER = ".book"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line in this process; returns code, stdout, stderr."""

    def call(*argv: str) -> tuple[int, str, str]:
        code = cli.main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def shell(*argv: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Call it as a program."""
    return subprocess.run(
        [sys.executable, "-m", "autograd_core", *argv],
        capture_output=True,
        text=True,
        check=False,
        cwd=options.pop("cwd", ROOT),
        **options,
    )


# -- grad ------------------------------------------------------------------------------


def test_grad_prints_the_value_and_each_partial_derivative(run: Run) -> None:
    assert run("grad", "x*y + sin(x)", "x=2", "y=3") == (
        0,
        f"x*y + sin(x) = {6 + math.sin(2.0)}\nd/dx = {3 + math.cos(2.0)}\nd/dy = 2.0\n",
        "",
    )


def test_grad_of_an_unused_or_absent_name(run: Run) -> None:
    assert run("grad", "1/4")[1] == "1/4 = 0.25\n"
    assert run("grad", "x")[0] == 2
    assert run("grad", "x", "x=3")[1] == "x = 3.0\nd/dx = 1.0\n"
    assert run("grad", "step(x)", "x=3")[1] == "step(x) = 1.0\nd/dx = 0.0\n"


def test_grad_hessian(run: Run) -> None:
    _, out, _ = run("grad", "x**2*y", "x=3", "y=2", "--hessian")
    assert out.splitlines()[3:] == ["d2/dx2 = 4.0", "d2/dx dy = 6.0", "d2/dy2 = 0.0"]


def test_grad_exact(run: Run) -> None:
    code, out, _ = run("grad", "x**3 / y", "x=1/3", "y=-0.1", "--exact", "--hessian")
    assert code == 0
    assert out.splitlines() == [
        "x**3 / y = -10/27",
        "d/dx = -10/3",
        "d/dy = -100/27",
        "d2/dx2 = -20",
        "d2/dx dy = -100/3",
        "d2/dy2 = -2000/27",
    ]


def test_grad_symbolic(run: Run) -> None:
    """Names without a value are symbols; the others are exact numbers."""
    code, out, _ = run("grad", "x**2*y", "--symbolic", "y=1/3", "--hessian")
    assert code == 0
    assert out.splitlines() == [
        "x**2*y = x**2/3",
        "d/dx = 2*x/3",
        "d/dy = x**2",
        "d2/dx2 = 2/3",
        "d2/dx dy = 2*x",
        "d2/dy2 = 0",
    ]


def test_grad_digits(run: Run) -> None:
    """Euler's number, from DLMF 4.2.11."""
    code, out, _ = run("grad", "exp(x)", "x=1", "--digits", "30")
    e = "2.71828182845904523536028747135"
    assert code == 0
    assert out.splitlines() == [f"exp(x) = {e}", f"d/dx = {e}"]


def test_grad_json(run: Run) -> None:
    _, out, _ = run("grad", "x*y", "x=2", "y=0.1", "--json", "--hessian")
    assert json.loads(out) == {
        "expression": "x*y",
        "value": 0.2,
        "gradient": {"x": 0.1, "y": 2.0},
        "hessian": [[0.0, 1.0], [1.0, 0.0]],
    }
    _, out, _ = run("grad", "x*y", "x=2", "y=0.1", "--json", "--exact")
    assert json.loads(out)["gradient"] == {"x": "1/10", "y": "2"}


def test_formulas_that_begin_with_a_sign_are_not_options(run: Run) -> None:
    assert run("grad", "-x**2", "x=-3")[1] == "-x**2 = -9.0\nd/dx = 6.0\n"
    assert run("grad", "--exact", "-x", "x=1")[1] == "-x = -1\nd/dx = -1\n"
    assert run("grad", "--json", "--", "--x", "x=1")[0] == 0


def test_values_may_come_after_options(run: Run) -> None:
    assert (
        run("grad", "x*y", "x=1", "--exact", "y=2")[1]
        == "x*y = 2\nd/dx = 2\nd/dy = 1\n"
    )


def test_values_are_formulas_without_names(run: Run) -> None:
    assert run("grad", "x", "x = -pi/2")[1].startswith(f"x = {-math.pi / 2!r}\n")


# -- wrong calls -----------------------------------------------------------------------

USAGE = [
    ([], "required: COMMAND"),
    (["gard"], "invalid choice: 'gard'"),
    (["grad"], "required: EXPR"),
    (["grad", ""], "column 1: nothing where a number or a name is expected"),
    (["grad", "2 x", "x=1"], "column 3: expected an operator before 'x'"),
    (["grad", "-x y", "x=1", "y=1"], "column 4: expected an operator before 'y'"),
    (["grad", "foo(x)", "x=1"], "column 1: unknown name 'foo'; known: "),
    (["grad", "__import__('os')"], "column 1: unknown name '__import__'; known: "),
    (["grad", "x*y", "x=1"], "no value for y; add y=VALUE"),
    (["grad", "x", "x=1", "y=2"], "the formula has no 'y'; it has x"),
    (["grad", "1", "y=2"], "the formula has no 'y'; it has no names"),
    (["grad", "x", "x=1", "x=2"], "x has two values, 1 and 2"),
    (["grad", "x", "1"], "expected NAME=VALUE, got '1'"),
    (["grad", "x", "x="], "x=: column 1: nothing where"),
    (["grad", "x", "x=y"], "x=y: column 1: unknown name 'y'"),
    (["grad", "x", "x=1e999"], "x=1e999: column 1: '1e999' is too large"),
    (["grad", "x", "x=1/0", "--exact"], "x=1/0: div(1, 0) divides by zero"),
    (["grad", "x", "x=sqrt(2)", "--exact"], "x=sqrt(2): sqrt(2) is not a fraction"),
    (["grad", "sin(x)", "x=1", "--exact"], "sin() is not possible on Fraction"),
    (["grad", "9**9**9*x", "x=1", "--exact"], "column 2: the result may grow beyond"),
    (["grad", "x", "x=1", "--digits", "0"], "N must be from 1 to 1000, got '0'"),
    (["grad", "x", "x=1", "--digits", "x"], "N must be from 1 to 1000, got 'x'"),
    (["grad", "x", "x=1", "--digits"], "--digits: expected one argument"),
    (["grad", "x", "x=1", "--exact", "--symbolic"], "not allowed with argument"),
    (["grad", "x", "x=1", "--jsn"], "unrecognized arguments: --jsn"),
    (["grad", "x", "x=1", "--jso"], "unrecognized arguments: --jso"),
    (["draw", "x*y", "x=1"], "no value for y"),
    (
        ["draw", "N99"],
        "no value for N99; add N99=VALUE; nor is it the id of an article",
    ),
    (["draw", "1 + 2"], "a formula without names has no graph to draw"),
    (["draw", "x", "x=1", "-o", "x.bmp"], "the suffix of 'x.bmp' must be one of .svg,"),
    (["draw", "x", "x=1", "-o", "x"], "the suffix of 'x' must be one of .svg, "),
    (["draw", "x", "x=1", "-o", ""], "'' is not a path"),
    (["draw", "x", "x=1", "-o", "a\0.svg"], "'a\\x00.svg' is not a path"),
    (["draw", "x", "x=1", "-o", "no/such/x.svg"], "no/such is not a folder"),
    (["draw", "x", "x=1", "-o", "a" * 300 + ".svg"], "File name too long"),
    (["draw", "x", "x=1", "-o"], "-o/--output: expected one argument"),
    (["book", "--out", "a\0"], "'a\\x00' is not a path"),
    (["book", "extra"], "unrecognized arguments: extra"),
    (["book", "--processes", "0"], "N must be from 1 to 64, got '0'"),
    (["book", "--processes", "1.5"], "N must be a whole number from 0, got '1.5'"),
    (["book", "--processes", "0", "--force"], "N must be from 1 to 64, got '0'"),
]


@pytest.mark.parametrize(("argv", "message"), USAGE)
def test_wrong_calls_end_with_a_sentence_and_code_2(
    run: Run, argv: list[str], message: str
) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert err.startswith("autograd-core: ")
    assert message in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


FAILURES = [
    (["grad", "log(x)", "x=0"], "log(0.0) = -inf. Keep the operand positive"),
    (
        ["grad", "sqrt(x)", "x=0"],
        "the gradient of x is not finite: d sqrt(x)/dx is inf",
    ),
    (["grad", "1/x", "x=0"], "division 1.0 / 0.0 = inf"),
    (["grad", "1/x", "x=0", "--exact"], "divides by zero"),
    (["grad", "9**9**9*x", "x=1"], "inf"),
    (["grad", "x**1.5", "x=0", "--hessian", "--json"], "without --json it is printed"),
    (["grad", "1/0"], "1/0 is inf."),
    (["grad", "1/0 - 1/0", "--json"], "1/0 - 1/0 is nan."),
    (["draw", "log(x)", "x=-1"], "log(-1.0) = nan"),
]


@pytest.mark.parametrize(("argv", "message"), FAILURES)
def test_numbers_that_are_not_finite_end_with_code_1(
    run: Run, argv: list[str], message: str
) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (1, "")
    assert message in err
    assert "allow_nonfinite" not in err, "that is advice to a caller in Python"
    assert ".py:" not in err, "no place in our own source"


def test_too_deep_for_sympy(run: Run) -> None:
    """SymPy recurses; what is plain arithmetic at any depth ends with a sentence."""
    deep = "sin(" * 2_000 + "x" + ")" * 2_000
    assert run("grad", deep, "x=1")[0] == 0
    code, _, err = run("grad", deep, "--symbolic")
    assert (code, err) == (1, "autograd-core: the formula is too deep for SymPy\n")


def test_a_large_graph_is_folded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    code, _, err = run("draw", "+".join(["x"] * 2_500), "x=1", "-o", str(path))
    assert (code, err) == (0, "")
    assert path.read_text(encoding="utf-8").count('class="node') < 200


def test_help_and_version(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert all(word in out for word in ("grad", "draw", "book", "check", "130"))
    code, out, _ = run("grad", "--help")
    assert code == 0
    assert "sigmoid" in out
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("autograd-core ")


# -- as a program ----------------------------------------------------------------------


def test_the_module_runs() -> None:
    done = shell("grad", "ŷ*σ", "ŷ=2", "σ=3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "ŷ*σ = 6.0\nd/dŷ = 3.0\nd/dσ = 2.0\n"
    assert shell("grad", "x").returncode == 2
    assert shell("grad", "log(x)", "x=0").stderr.startswith(
        "autograd-core: log(0.0) = -inf. "
    )


def test_an_ascii_terminal() -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = shell("grad", "σ", "σ=1", env=ascii_only)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == r"\u03c3 = 1.0"


def test_a_reader_that_leaves() -> None:
    """As in ``autograd-core ... | head -0``: no traceback."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "autograd_core", "grad", "x", "x=1"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "autograd_core", "grad", "x", "x=1"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "autograd-core: cannot write the output: No space left on device\n"
    )


def test_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grad, "read", stop)
    assert run("grad", "x", "x=1") == (130, "", "autograd-core: interrupted\n")


@pytest.mark.parametrize(
    ("module", "option", "extra"),
    [("sympy", ["--symbolic"], "symbolic"), ("mpmath", ["--digits", "30"], "precise")],
)
def test_a_missing_extra_is_named(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    option: list[str],
    extra: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    code, _, err = run("grad", "x", "x=1", *option)
    assert code == 1
    assert f"pip install 'autograd-core[{extra}]'" in err


# -- draw ------------------------------------------------------------------------------


def test_draw_prints_dot(run: Run) -> None:
    code, out, err = run("draw", "x*y", "x=2", "y=3")
    assert (code, err) == (0, "")
    assert out.startswith(("digraph", "strict digraph"))
    assert out.endswith("}\n")


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        (".svg", (b"<?xml", b"<svg")),
        (".png", (b"\x89PNG",)),
        (".pdf", (b"%PDF",)),
        (".dot", (b"digraph", b"strict digraph")),
        (".json", (b"{",)),
    ],
)
def test_draw_writes_each_format(
    run: Run, tmp_path: Path, suffix: str, begins: tuple[bytes, ...]
) -> None:
    target = tmp_path / f"graph{suffix}"
    assert run("draw", "x*y + sin(x)", "x=2", "y=3", "-o", str(target)) == (0, "", "")
    assert target.read_bytes().startswith(begins)
    assert [p.name for p in tmp_path.iterdir()] == [target.name], "no temporary is left"


def test_draw_json_is_the_graph(run: Run, tmp_path: Path) -> None:
    run("draw", "x*y", "x=2", "y=3", "-o", str(tmp_path / "g.json"))
    graph = json.loads((tmp_path / "g.json").read_text())
    assert [node.get("name") for node in graph["nodes"]][:2] == ["x", "y"]
    assert [node["grad"] for node in graph["nodes"]] == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("suffix", [".svg", ".json"])
def test_draw_replaces_nothing_unless_forced(
    run: Run, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"mine{suffix}"
    target.write_text("mine")
    call = ("draw", "x", "x=1", "-o", str(target))
    code, _, err = run(*call)
    assert code == 2
    assert err == f"autograd-core: {target} exists; --force replaces it\n"
    assert target.read_text() == "mine"
    assert run(*call, "--force")[0] == 0
    assert target.read_text() != "mine"


def test_draw_does_not_write_through_a_dangling_link(run: Run, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "elsewhere.json")
    assert run("draw", "x", "x=1", "-o", str(link))[0] == 2
    assert run("draw", "x", "x=1", "-o", str(link), "--force")[0] == 0
    assert not link.is_symlink()
    assert not (tmp_path / "elsewhere.json").exists()


def test_draw_into_a_folder_of_that_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.svg").mkdir()
    code, _, err = run("draw", "x", "x=1", "-o", str(tmp_path / "x.svg"), "--force")
    assert code == 2
    assert err.endswith("x.svg: Is a directory\n")


def test_a_failed_write_leaves_the_old_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.json"
    target.write_text("old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = run("draw", "x", "x=1", "-o", str(target), "--force")
    assert code == 2
    assert err == f"autograd-core: {target}: No space left on device\n"
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


# -- book ------------------------------------------------------------------------------


@pytest.fixture
def fake_book(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A book of one page, with the given failures; the real one has its own tests."""

    def install(*failures: str) -> None:
        def build(out: Path, progress: Any, processes: int) -> Any:
            assert processes >= 1
            out.mkdir(parents=True, exist_ok=True)
            (out / MARKER).touch()
            for name in progress(["logistic-loss"]):
                (out / f"{name}.html").write_text("page")
            return SimpleNamespace(
                failures=list(failures), pages=[out / "logistic-loss.html"]
            )

        made = SimpleNamespace(build=build, MARKER=MARKER)
        monkeypatch.setattr(book, "ours", lambda *_: made)

    return install


def test_book_says_where_to_look(
    run: Run, tmp_path: Path, fake_book: Callable[..., None]
) -> None:
    fake_book()
    out = tmp_path / "deep" / "book"
    code, said, err = run("book", "--out", str(out))
    assert (code, err) == (0, "")
    assert said == f"wrote 1 page to {out}; open {out / 'logistic-loss.html'}\n"
    assert sorted(p.name for p in out.iterdir()) == [MARKER, "logistic-loss.html"]
    assert run("book", "--out", str(out))[0] == 0, "its own folder is written again"


def test_book_defaults_to_out_book(
    run: Run,
    tmp_path: Path,
    fake_book: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_book()
    monkeypatch.chdir(tmp_path)
    assert run("book")[0] == 0
    assert (tmp_path / "out" / "book" / "logistic-loss.html").is_file()


def test_the_book_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked and written; the first page is the index."""
    whole = import_module("demos.derivations.book")
    few = partial(whole.build, chapters=whole.CHAPTERS[:1])
    monkeypatch.setattr(whole, "build", few)  # all of it: tests/demos
    out = tmp_path / "book"
    code, said, err = run("book", "--out", str(out))
    assert (code, err) == (0, "")
    assert said.endswith(f" to {out}; open {out / 'index.html'}\n")
    assert (out / "index.html").is_file()
    assert {p.parent for p in out.rglob("*")} <= {out, out / "drawings"}


def test_book_overwrites_no_page_of_another_kind(run: Run, tmp_path: Path) -> None:
    """Not even with --force: that is for other files in the folder."""
    mine = tmp_path / "index.html"
    mine.write_text("mine")
    code, _, err = run("book", "--out", str(tmp_path), "--force")
    assert code == 2
    assert err.startswith(f"autograd-core: {mine} exists")
    assert [p.name for p in tmp_path.iterdir()][:1] == ["index.html"]
    assert mine.read_text() == "mine"


def test_book_without_its_extras(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mpmath", None)
    code, _, err = run("book", "--out", str(tmp_path / "b"))
    assert code == 1
    assert "mpmath" in err
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("name", ["N53", "N57"])
def test_draw_an_article(run: Run, name: str) -> None:
    code, out, err = run("draw", name)
    assert (code, err) == (0, "")
    assert out.startswith("digraph")
    assert out == run("draw", name)[1]


def test_book_reports_failed_checks(
    run: Run, tmp_path: Path, fake_book: Callable[..., None]
) -> None:
    fake_book("N54: sigmoid' differs by 0.1")
    code, _, err = run("book", "--out", str(tmp_path / "b"))
    assert code == 1
    assert err == "autograd-core: N54: sigmoid' differs by 0.1\n"


def test_book_writes_into_no_other_folder(
    run: Run, tmp_path: Path, fake_book: Callable[..., None]
) -> None:
    fake_book()
    (tmp_path / "thesis.tex").write_text("mine")
    code, _, err = run("book", "--out", str(tmp_path))
    assert code == 2
    assert "holds files that 'autograd-core book' did not write" in err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    assert run("book", "--out", str(tmp_path), "--force")[0] == 0
    assert (tmp_path / "thesis.tex").read_text() == "mine"
    code, _, err = run("book", "--out", str(tmp_path / "thesis.tex"))
    assert (code, err[-17:]) == (2, " is not a folder\n")


def test_book_below_a_file(
    run: Run, tmp_path: Path, fake_book: Callable[..., None]
) -> None:
    fake_book()
    (tmp_path / "file").write_text("")
    code, _, err = run("book", "--out", str(tmp_path / "file" / "book"))
    assert code == 2
    assert "Not a directory" in err


# -- check -----------------------------------------------------------------------------

DERIVATION = """z = w1*x1 + w2*x2 + b
yhat = sigmoid(z)
L = -y*ln(yhat) - (1-y)*ln(1-yhat)
dL/dyhat = -(y - yhat) / (yhat*(1-yhat))
dL/dw1 = -(y - yhat)*x1
"""


@pytest.fixture
def derivation(tmp_path: Path) -> Callable[[str], str]:
    """Writes a text to a file and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "mine.txt"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_check_a_right_derivation(run: Run, derivation: Callable[[str], str]) -> None:
    code, out, err = run("check", derivation(DERIVATION))
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "inputs: w1, x1, w2, x2, b, y"
    assert out.splitlines()[-1] == "2 claims: 2 proved"


def test_check_a_wrong_one(run: Run, derivation: Callable[[str], str]) -> None:
    """Code 1, and what a reader needs: a witness, the right formula, the slip."""
    wrong = derivation(DERIVATION.replace("*x1\n", "*x2\n"))
    code, out, err = run("check", wrong)
    assert (code, err) == (1, "")
    assert "line 5: dL/dw1 = -(y - yhat)*x2\n    wrong: first wrong step: at x1" in out
    assert "    right: dL/dw1 = -(y - yhat)*x1\n" in out
    assert "    likely slip: a swapped index: x2 for x1\n" in out
    assert out == run("check", wrong, "--seed", "0", "--points", "20")[1]
    undefined = "f = x\ndf/dx = 1/0"
    assert run("check", derivation(undefined))[0] == 1


def test_check_reads_stdin() -> None:
    done = shell("check", "-", input="f = x^2\ndf/dx = 2*x\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("1 claim: 1 proved\n")
    done = shell("check", "-", input="f = x^2\ndf/dq = 2*x\n")
    assert done.returncode == 2
    assert done.stderr.startswith("autograd-core: stdin:2:5: unknown name 'q'")


def test_check_json(run: Run, derivation: Callable[[str], str]) -> None:
    code, out, _ = run("check", "--json", derivation("f = x^2\ndf/dx = x"))
    found = json.loads(out)
    assert code == 1
    assert found["ok"] is False
    assert found["verdicts"][0]["right"] == "df/dx = 2*x"


def test_check_html(run: Run, derivation: Callable[[str], str], tmp_path: Path) -> None:
    source, page = derivation("f = x\nf = x*1 for x < 9 # <b>"), tmp_path / "page.html"
    assert run("check", source, "--html", str(page))[0] == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("<!doctype html>")
    assert "1 claim: 1 proved" in written
    assert "<b>&" not in written
    code, _, err = run("check", source, "--html", str(page))
    assert (code, err) == (2, f"autograd-core: {page} exists; --force replaces it\n")
    assert run("check", source, "--html", str(page), "--force")[0] == 0
    code, _, err = run("check", source, "--html", str(tmp_path / "no" / "page.html"))
    assert code == 2
    assert "No such file" in err


def test_check_never_writes_the_page_over_the_derivation(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "mine.html"
    source.write_text(DERIVATION, encoding="utf-8")
    link = tmp_path / "link.html"
    link.symlink_to(source)
    for page in (source, link):
        code, out, err = run("check", str(source), "--html", str(page), "--force")
        assert (code, out) == (2, "")
        assert err == (
            f"autograd-core: {page} is the derivation itself; --html needs another "
            "PAGE\n"
        )
    assert source.read_text(encoding="utf-8") == DERIVATION


UNREADABLE = {
    "L = x^2\ndL/dq = 2*x": "2:5: unknown name 'q'; known.*\n    dL/dq.*\n {8}\\^",
    "L = x\n\ndL/dx = 3 *": "3:12: the expression ends where .*\n.*\n {15}\\^",
    "L = 9**9**9": r"1:6: a number too large for .*\n    L = 9\*\*9\*\*9\n {9}\^",
    "L = x"
    + "+x" * 5_000: r"1:5003: more than 5000 numbers and signs\n    [+x]{72}\n {40}\^",
    "(" * 10_000 + "x" + ")" * 10_000: "1:5001: more than 5000 numbers and signs",
    "L = x\t\x00\ndL/dx = 1": "1:7: expected an operator before '.x00'\n    L = x\n",
    "L = x": " has no claim to check; write one such as dL/dw = 2.w",
}


@pytest.mark.parametrize(("text", "message"), UNREADABLE.items(), ids=range(7))
def test_check_names_the_place_of_what_cannot_be_read(
    run: Run, derivation: Callable[[str], str], text: str, message: str
) -> None:
    """Code 2, file:line:column, the line, and a caret below it; at once."""
    path = derivation(text)
    with counted() as effort:
        code, out, err = run("check", path)
    assert effort.calls < AT_ONCE
    assert (code, out) == (2, "")
    assert err.startswith(f"autograd-core: {path}")
    assert re.search(f"^:?{message}", err.removeprefix(f"autograd-core: {path}"))


def test_check_files_that_are_none(run: Run, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"L = \xff\xfe")
    large = tmp_path / "large"
    large.write_bytes(b"#" * 1_000_001)
    for path, message in [
        (tmp_path / "none.txt", "none.txt: No such file or directory"),
        (tmp_path, "Is a directory"),
        (binary, "binary is not UTF-8 text (byte 4)"),
        (large, "large is longer than 1,000,000 bytes"),
    ]:
        code, out, err = run("check", str(path))
        assert (code, out) == (2, "")
        assert message in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--points", "2"], "--points must be from 3 to 1000, got 2"),
        (["--points", "x"], "N must be a whole number from 0, got 'x'"),
        (["--seed", "-1"], "N must be a whole number from 0, got '-1'"),
        (["--html", ""], "'' is not a path"),
        (["--html", "a.txt"], "the name of PAGE must end with .html, got a.txt"),
        (["--html"], "--html: expected one argument"),
    ],
)
def test_check_wrong_options(
    run: Run, derivation: Callable[[str], str], options: list[str], message: str
) -> None:
    code, out, err = run("check", derivation(DERIVATION), *options)
    assert (code, out) == (2, "")
    assert message in err


def test_check_interrupted_or_contradicted(
    run: Run, derivation: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    def contradict(*_: Any, **__: Any) -> None:
        raise GradientCheckError("1 of 3 comparisons fail")

    path = derivation(DERIVATION)
    monkeypatch.setattr(check, "check_derivation", stop)
    assert run("check", path) == (130, "", "autograd-core: interrupted\n")
    monkeypatch.setattr(check, "check_derivation", contradict)
    code, _, err = run("check", path)
    assert code == 1
    assert "the engine contradicts its references: 1 of 3 comparisons fail" in err


# -- packages that shadow ours ---------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "argv"),
    [
        ("visualize", ["draw", "x", "x=1"]),
        ("demos", ["book"]),
        ("demos", ["draw", "x"]),
    ],
)
def test_a_foreign_package_of_our_name_is_named(
    tmp_path: Path, package: str, argv: list[str]
) -> None:
    """It is found first on the path, but never run."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise SystemExit('was run')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = shell(*argv, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 1
    assert f"'{package}' is found at {tmp_path / package}" in done.stderr
    assert "another package of that name shadows ours" in done.stderr
    assert "was run" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_package_that_does_not_import_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "visualize.dot", None)
    monkeypatch.delitem(sys.modules, "visualize", raising=False)
    code, _, err = run("draw", "x", "x=1")
    assert code == 1
    assert "'visualize' cannot be imported: " in err


def test_a_missing_package_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "find_spec", lambda name: None)
    code, _, err = run("draw", "x", "x=1")
    assert code == 1
    assert "the package 'visualize' of autograd-core is not installed" in err
