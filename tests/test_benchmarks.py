"""The benchmarks cannot rot: small cases, the engines that are installed, the driver.

Times are not looked at.
"""

import dataclasses
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.benchmarks import driver, goals, report
from tests.benchmarks.__main__ import chosen
from tests.benchmarks.engines import ENGINES, OURS
from tests.benchmarks.engines.c import compiler
from tests.benchmarks.workloads import cases

pytest.importorskip("sklearn")
CASES = {case.name: case for case in cases(small=True)}
# The engines whose code is of this project or of its development environment, and peers
# that happen to be there.
HERE = [
    name
    for name, engine in ENGINES.items()
    if all(find_spec(package) is not None for package in engine.needs)
]


def results(case, name):
    """Of two steps of an engine; None if it does not take part."""
    engine = ENGINES[name]
    family = engine.family(case.family)
    if family is None:
        return None
    try:
        task = family(case.make(), **engine.options)
    except NotImplementedError:
        return None
    found = list(task.run(1))
    found += task.run(1)
    return [task.read(result) for result in found[:2]]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            n, marks=[pytest.mark.slow] if case.group == "W5" or "epoch" in n else []
        )
        for n, case in CASES.items()
        if case.unit != "B"
    ],
)
def test_all_engines_do_the_same_work(name):
    """The first two results of each engine that is installed agree."""
    found = {engine: results(CASES[name], engine) for engine in HERE}
    found = {engine: numbers for engine, numbers in found.items() if numbers}
    reference = next(iter(found.values()))
    for engine, numbers in found.items():
        assert driver.differ(numbers, reference, 1e-11) == "", engine


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_the_c_of_the_benchmarks_leaves_subnormal_numbers():
    """A library that is linked with -ffast-math flushes them to 0 from then on."""
    results(CASES["W1 one step"], "c")
    assert 5e-324 * float(len(CASES)) > 0.0


def test_a_graph_holds_memory():
    """A node takes more than nothing, and less than micrograd's kilobyte."""
    whole = CASES["W2 bytes per node"]
    case = dataclasses.replace(whole, make=lambda: whole.make() | {"size": 300_000})
    found = driver.run(case, ["values"], turns=1, peers=sys.executable, known={})
    assert 0 < found["values"].median / 300_000 < 1000


@pytest.mark.parametrize(
    ("found", "right", "said"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0 + 1e-12]], ""),
        ([[1.0, 2.0]], [[1.0, 2.1]], "step 0: 2.0, not 2.1"),
        ([[1.0], [float("nan")]], [[1.0], [1.0]], "step 1: nan, not 1.0"),
        ([[1.0]], [[1.0, 2.0]], "step 0: 1 numbers, not 2"),
    ],
)
def test_what_differs_is_said(found, right, said):
    """Relative to the largest number, and NaN is like nothing."""
    assert driver.differ(found, right, 1e-9) == said


def test_a_case_is_driven_in_processes():
    """An outcome per engine, with a time per turn."""
    case = CASES["W1 one step"]
    found = driver.run(
        case, ["grouped", "numpy"], turns=2, peers=sys.executable, known={}
    )
    assert [len(outcome.seconds) for outcome in found.values()] == [2, 2]
    assert all(outcome.first > 0 for outcome in found.values())


def test_what_fails_is_an_outcome_and_the_rest_goes_on(monkeypatch):
    """A missing package, an error, and a wrong result."""
    missing = dataclasses.replace(ENGINES["jax"], needs=("no_such_package",))
    monkeypatch.setitem(ENGINES, "jax", missing)
    case, known = CASES["W1 one step"], {}
    found = driver.run(case, ["jax"], turns=1, peers=sys.executable, known=known)
    assert found["jax"].problem == "not installed"
    assert not found["jax"].wrong
    impossible = dataclasses.replace(case, family="graph_bytes", make=dict)
    found = driver.run(
        impossible, ["values"], turns=1, peers=sys.executable, known=known
    )
    assert "KeyError" in found["values"].problem
    assert found["values"].wrong


def outcomes(case, **medians):
    return {name: driver.Outcome(seconds=[s]) for name, s in medians.items()}


def test_the_tables_have_medians_and_ratios():
    """An engine per row; what is missing says so."""
    case = CASES["W1 one step"]
    found = {case.name: outcomes(case, fast=1e-5, numpy=3.5e-5)}
    found[case.name]["torch"] = driver.Outcome(problem="not installed")
    found[case.name]["jax"] = driver.Outcome(problem="differs: a, not b", wrong=True)
    text = report.whole([case], found, 1)
    assert "| compiled, fast | **10** |" in text
    assert "| NumPy by hand | 35 (3.5x) |" in text
    assert "| PyTorch eager | not installed |" in text
    assert "- JAX jit (one step): differs: a, not b" in text


def test_goals_are_met_missed_or_not_measured():
    """By the ratio of two medians."""
    case = CASES["W1 one step"]
    found = {case.name: outcomes(case, fast=1e-5, torch=6e-4, jax=7e-5)}
    text = "\n".join(goals.judged(found))
    assert "faster than PyTorch eager | ≥ 50 x | 60 x | met |" in text
    assert "faster than JAX jit | ≥ 7.5 x | 7 x | missed by 1.07x" in text
    assert "faster than NumPy by hand | ≥ 7 x | – | not measured |" in text


def test_goals_name_cases_and_engines_that_there_are():
    """A goal that nothing can meet would be one that nobody sees."""
    every = {
        case.name: {name: driver.Outcome(seconds=[1.0]) for name in ENGINES}
        for case in cases()
    }
    assert not any("not measured" in line for line in goals.judged(every))


def test_the_readme_gets_its_table(tmp_path, monkeypatch):
    """`write` replaces what is between the marks, and nothing else."""
    monkeypatch.setattr(report, "ROOT", tmp_path)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    start, end = report.MARKS
    (tmp_path / "README.md").write_text(f"a\n{start}\nold\n{end}\nb\n")
    every = cases()
    found = {
        case.name: {name: driver.Outcome(seconds=[1e-3]) for name in ENGINES}
        for case in every
    }
    report.write(every, found, 1)
    text = (tmp_path / "README.md").read_text()
    assert text.startswith(f"a\n{start}\n| µs | compiled, fast |")
    assert text.endswith(f"{end}\nb\n")
    assert "old" not in text
    assert (tmp_path / "RESULTS.md").read_text().startswith("# Results")


def test_engines_are_chosen_by_name_module_or_all_of_ours():
    """In the order of the tables."""
    assert chosen(None) == list(ENGINES)
    assert chosen("jax,ours")[: len(OURS)] == list(OURS)
    assert "jax-scan" in chosen("jax-scan")
    with pytest.raises(SystemExit, match="no engine 'jacks'"):
        chosen("jacks")


def test_the_command_runs():
    """One case, one turn, from the shell."""
    command = [sys.executable, "-m", "tests.benchmarks", "--turns", "1"]
    command += ["--only", "W3 gradient, n = 10", "--engines", "numpy,grouped"]
    done = subprocess.run(command, cwd=driver.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "| NumPy by hand |" in done.stdout


def test_there_is_a_compiler_or_a_word_why_not(monkeypatch):
    """Without cc, C by hand is left out."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotImplementedError, match="no C compiler"):
        compiler()
