"""W1 and W2 against micrograd: ``python -m tests.benchmarks.eager`` (`make bench`).

Every measurement is a process of its own, pinned to one core; the engines take
turns; medians are compared within the run. ``--write`` puts the table into the
README between its bench marks.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from . import workloads

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("micrograd", "autograd-core")
README_MARKS = ("<!-- bench -->", "<!-- /bench -->")


def child(*words: Any) -> dict[str, Any]:
    """Run one measurement in its own process on one core."""

    def pin() -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    out = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.engine", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
        preexec_fn=pin,
        input=json.dumps(workloads.moons()),
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(out.stdout)
    return answer


def compare(workload: str, size: int, repeat: int, turns: int, bar: Any) -> list[str]:
    """Rows of the table: both engines, garbage collector on and off."""
    rows = []
    for collector in ("gc-on", "gc-off"):
        seconds: dict[str, list[float]] = {engine: [] for engine in ENGINES}
        results = set()
        for _ in range(turns):
            for engine in ENGINES:
                found = child("time", engine, workload, size, repeat, collector)
                seconds[engine] += found["seconds"]
                results.add(round(found["result"], 9))
                bar.update()
        if len(results) != 1:
            raise SystemExit(f"{workload}: the engines disagree: {results}")
        theirs, ours = (statistics.median(seconds[engine]) for engine in ENGINES)
        unit = 1e3 if workload == "W1" else 1e9 / size
        name = "ms per step" if workload == "W1" else "ns per node"
        rows.append(
            f"| {workload}, {name}, collector {collector[3:]} "
            f"| {theirs * unit:,.0f} | {ours * unit:,.0f} | {theirs / ours:.1f} |"
        )
    return rows


def report(size: int, repeat: int, turns: int) -> str:
    """The whole table, with machine and versions."""
    with tqdm(total=8 * turns + 2, desc="benchmarks") as bar:
        rows = compare("W1", 0, repeat, turns, bar)
        rows += compare("W2", size, 1, turns, bar)
        held = []
        for engine in ENGINES:
            held.append(child("bytes", engine, min(size, 200_000))["bytes"])
            bar.update()
    rows.append(
        f"| W2, bytes per node (tracemalloc) | {held[0]:,.0f} | {held[1]:,.0f} "
        f"| {held[0] / held[1]:.1f} |"
    )
    cpu = platform.processor() or platform.machine()
    rows.append("")
    rows.append(
        f"Medians of {turns} turns in separate processes pinned to one core; W2 has "
        f"{size:,} nodes. CPython {platform.python_version()}, {cpu}, "
        f"{os.cpu_count()} cores, micrograd {version('micrograd')}."
    )
    head = ["| | micrograd | autograd-core | ratio |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def write(table: str) -> None:
    """Put the table between the marks of the README."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    start, end = README_MARKS
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    if not rest or not after:
        raise SystemExit("README.md has no bench marks")
    readme.write_text(f"{before}{start}\n{table}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="nodes of W2")
    parser.add_argument("--repeat", type=int, default=5, help="steps of W1 per turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="update the README")
    options = parser.parse_args()
    table = report(options.size, options.repeat, options.turns)
    print(table)
    if options.write:
        write(table)
