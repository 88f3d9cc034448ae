"""The tables of a run, as text.

What one can do with this file: the `whole` report, which is printed and is RESULTS.md;
the `compact` table of the README; `write` puts both where they belong.

The one idea: a table has an engine per row and a case per column. An entry is the
median of the turns, and how many times that of the first of our engines it is.
"""

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from .driver import ROOT, Outcome
from .engines import ENGINES, OURS
from .engines.c import compiler
from .goals import judged, shown
from .workloads import Case

Results = Mapping[str, Mapping[str, Outcome]]
UNITS = {"ns": 1e9, "us": 1e6, "ms": 1e3, "s": 1.0, "B": 1.0}
RESULTS = Path(__file__).with_name("RESULTS.md")
MARKS = ("<!-- bench -->", "<!-- /bench -->")

ABOUT = {
    "W1": "W1: micrograd's demo, 2-16-16-1 with ReLU on 100 rows, hinge loss, update",
    "W1t": "W1t: the same with tanh and the cross-entropy of logits",
    "W2": "W2: recording a graph, and the sweep back; per node",
    "W3": "W3: Rosenbrock, value with gradient, and full Hessian",
    "W4": "W4: digits, 64-32-10, 56 batches of 32, Adam; steps of other networks",
    "W5": "W5: a transformer of about 4,200 parameters, one document a step, Adam",
    "compile": "Cost of compiling: from the function to its first gradient",
}
WITH_FIRST = ("W1", "W1t", "W5")  # where the first result is a column, too


def machine() -> str:
    """The processor, its cores and its vectors."""
    name = platform.processor() or platform.machine()
    flags: set[str] = set()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        known = dict(line.split(":", 1) for line in lines if ":" in line)
        known = {key.strip(): value.strip() for key, value in known.items()}
        name = known.get("model name", name)
        flags = set(known.get("flags", "").split())
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else ""
    if platform.machine() in ("aarch64", "arm64"):
        vectors = "NEON"
    parts = [name, f"{os.cpu_count()} cores", vectors, platform.machine()]
    return ", ".join(part for part in parts if part)


def versions(results: Results) -> str:
    """Of Python, of the C compiler, and of all packages that were measured."""
    found = {}
    for outcomes in results.values():
        for name, outcome in outcomes.items():
            if outcome.version:
                found[ENGINES[name].needs[0]] = outcome.version
    parts = [f"CPython {platform.python_version()}"]
    parts += [f"{package} {version}" for package, version in sorted(found.items())]
    try:
        told = subprocess.run(
            [compiler(), "--version"], check=True, capture_output=True, text=True
        )
        parts.append(told.stdout.splitlines()[0])
    except NotImplementedError:
        parts.append("no C compiler")
    return ", ".join(parts)


def scaled(case: Case, outcome: Outcome) -> float:
    """What a table shows of it, in the unit of the case."""
    return outcome.median * case.per * UNITS[case.unit]


def base(outcomes: Mapping[str, Outcome]) -> Outcome | None:
    """The outcome that ratios are taken with: the first of ours that has times."""
    for name in OURS:
        if name in outcomes and outcomes[name].seconds:
            return outcomes[name]
    return None


def entry(case: Case, outcomes: Mapping[str, Outcome], name: str) -> str:
    """One place of a table."""
    if name not in outcomes:
        return ""
    outcome = outcomes[name]
    if outcome.problem == "not installed":
        return outcome.problem
    if outcome.problem:
        return "failed" if outcome.wrong else "–"
    text, first = shown(scaled(case, outcome)), base(outcomes)
    if first is None or first is outcome:
        return f"**{text}**"
    return f"{text} ({shown(outcome.median / first.median)}x)"


def table(cases: list[Case], results: Results) -> list[str]:
    """An engine per row, a case per column."""
    heads = ["engine"]
    for case in cases:
        heads.append(f"{case.title}, {case.unit}")
        if case.group in WITH_FIRST:
            heads.append("first result, s")
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for name, engine in ENGINES.items():
        if all(name not in results[case.name] for case in cases):
            continue
        row = [engine.title]
        for case in cases:
            outcomes = results[case.name]
            row.append(entry(case, outcomes, name))
            if case.group in WITH_FIRST:
                own = outcomes.get(name, Outcome())
                row.append(f"{own.first:.2f}" if own.seconds else "")
        lines.append("| " + " | ".join(row) + " |")
    return lines


def remarks(cases: list[Case], results: Results) -> list[str]:
    """What was left out or failed, and why."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        for name, outcome in results[case.name].items():
            if outcome.problem and outcome.problem != "not installed":
                key = ENGINES[name].title, outcome.problem
                by_reason.setdefault(key, []).append(case.title)
    return [
        f"- {title} ({'; '.join(titles)}): {problem}"
        for (title, problem), titles in by_reason.items()
    ]


def conditions(results: Results, turns: int) -> str:
    """How it was measured."""
    day = datetime.now(tz=UTC).date().isoformat()
    return (
        f"Medians of {turns} turns (fewer where a step takes long), in "
        f"separate processes pinned to one core, in processor time; in parentheses "
        f"the ratio to the first row. All engines agreed before they were timed. "
        f"{machine()}. {versions(results)}. {day}."
    )


def whole(cases: list[Case], results: Results, turns: int) -> str:
    """The report: a table per workload, and the goals."""
    lines = ["# Results of `make bench`", "", conditions(results, turns), ""]
    for group, about in ABOUT.items():
        of_group = [case for case in cases if case.group == group]
        for some in filter(None, _parts(of_group)):
            lines += [f"## {about}", "", *table(some, results), ""]
            about += ", continued"
        lines += [*remarks(of_group, results), ""] if of_group else []
    if any(case.group == "W1" for case in cases):
        lines += ["## Goals", "", *judged(results), ""]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def _parts(cases: list[Case], most: int = 4) -> list[list[Case]]:
    # Tables that are not too wide.
    return [cases[k : k + most] for k in range(0, len(cases), most)]


COLUMNS = (
    "fast",
    "eager",
    "values",
    "values-nn",
    "c",
    "numpy",
    "jax",
    "casadi",
    "torch",
    "micrograd",
)
ROWS = {
    "W1 one step": "W1, micrograd's demo",
    "W1t one step": "W1t, with tanh",
    "W3 Hessian, n = 100": "W3, Hessian, n = 100",
    "W4 one epoch": "W4, digits, one epoch",
    "W5 one step": "W5, transformer",
}


def compact(cases: list[Case], results: Results, turns: int) -> str:
    """The README's table: a workload per row, in microseconds."""
    heads = ["µs", *[ENGINES[name].title for name in COLUMNS]]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * len(COLUMNS) + "|"]
    by_name = {case.name: case for case in cases}
    for name, title in ROWS.items():
        row = [title]
        for engine in COLUMNS:
            outcome = results[name].get(engine)
            fine = outcome is not None and outcome.seconds and not outcome.problem
            number = outcome.median * by_name[name].per * 1e6 if fine else None
            row.append("–" if number is None else shown(number))
        lines.append("| " + " | ".join(row) + " |")
    link = "[All workloads, engines and goals](tests/benchmarks/RESULTS.md)."
    lines += ["", f"{machine()}; medians of {turns} turns on one core. {link}"]
    return "\n".join(lines)


def write(cases: list[Case], results: Results, turns: int) -> None:
    """RESULTS.md, and the table between the marks of the README."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    start, end = MARKS
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    if not rest or not after:
        raise SystemExit("README.md has no bench marks")
    inside = compact(cases, results, turns)
    readme.write_text(f"{before}{start}\n{inside}\n{end}{after}", encoding="utf-8")
    report = whole(cases, results, turns)
    RESULTS.write_text(report, encoding="utf-8")
