"""Compiled scalar code against its peers: ``python -m tests.benchmarks.compiled``.

W1 and W1t. Each engine has a process of its own; all are pinned to one core and take
turns, and the processor time of a step is the median of its turns. The first losses
of all engines must agree: it is the same work. ``--peers PYTHON`` names an interpreter
that has PyTorch and JAX, if this one has not. Only ratios of one run count.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

from . import workloads
from .compiled_c import compiler
from .compiled_engines import ENGINES

PEERS = {"JAX jit": "jax", "PyTorch eager": "torch"}
AGREE = 1e-9  # relative; twenty steps of rounding
TURN = 0.05  # seconds that an engine runs before the next one
CORES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def parameters() -> list[float]:
    """Where all engines begin: neuron by neuron, weights then bias."""
    return [p.data for p in workloads.Net(_Number, [2, 16, 16, 1], 1337).parameters()]


class _Number:
    def __init__(self, data: float) -> None:
        self.data = data


class Engine:
    """A process that does steps when asked."""

    def __init__(self, name: str, workload: str, data: str, python: str) -> None:
        self.name = name
        module = "tests.benchmarks.compiled_engines"
        environment = {**os.environ, **dict.fromkeys(CORES, "1"), "PYTHONPATH": "."}
        self.process = subprocess.Popen(
            [python, "-m", module, name, workload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        answer = self.ask(data)
        self.first, self.losses = answer["first"], answer["losses"]
        self.count, self.seconds = 1, []

    def ask(self, line: str) -> Any:
        """What it answers to a line."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        print(line, file=stdin, flush=True)
        return json.loads(stdout.readline())

    def turn(self) -> None:
        """One turn; the count of steps grows until it takes long enough."""
        self.seconds.append(self.ask(str(self.count)))
        self.count = max(1, int(TURN / max(self.seconds[-1], 1e-9)))

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def available(name: str, workload: str, peers: str) -> bool:
    """Whether this engine can run here."""
    if name == "micrograd":
        return workload == "W1" and find_spec("micrograd") is not None
    if name == "C by hand":
        return compiler() is not None
    if name.startswith("compiled") and "NumPy" not in name:
        return find_spec("llvmlite") is not None
    if name in PEERS:
        if peers == sys.executable:
            return find_spec(PEERS[name]) is not None
        found = subprocess.run([peers, "-c", f"import {PEERS[name]}"], check=False)
        return found.returncode == 0
    return True


def compare(workload: str, turns: int, peers: str) -> list[Engine]:
    """All engines, each with the seconds of its turns."""
    points, targets = workloads.moons()
    if workload == "W1t":
        targets = [(t + 1) / 2 for t in targets]
    given = {"points": points, "targets": targets, "parameters": parameters()}
    engines = [
        Engine(
            name,
            workload,
            json.dumps(given),
            peers if name in PEERS else sys.executable,
        )
        for name in ENGINES
        if available(name, workload, peers)
    ]
    for other in engines[1:]:
        for a, b in zip(engines[0].losses, other.losses, strict=True):
            if not math.isclose(a, b, rel_tol=AGREE):
                raise ArithmeticError(f"{other.name} has loss {b}, not {a}")
    for turn in range(turns + 2):
        for engine in engines:
            if engine.name != "micrograd" or turn < 3:
                engine.turn()
    for engine in engines:
        engine.close()
        engine.seconds = engine.seconds[2:]
    return engines


def show(workload: str, engines: list[Engine]) -> None:
    """The table of one workload."""
    base = statistics.median(engines[0].seconds)
    print(f"\n{workload}, one step of 100 rows\n")
    print(
        f"| {'engine':22} | us, median | us, best | times fast | first result, CPU s |"
    )
    print(f"|{'-' * 24}|-----------:|---------:|-----------:|--------------------:|")
    for engine in engines:
        median, best = statistics.median(engine.seconds), min(engine.seconds)
        print(
            f"| {engine.name:22} | {median * 1e6:10.1f} | {best * 1e6:8.1f} "
            f"| {median / base:10.2f} | {engine.first:19.2f} |"
        )


def main() -> None:
    """Run both workloads and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--only", choices=("W1", "W1t"))
    options = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}")
    for workload in (options.only,) if options.only else ("W1", "W1t"):
        show(workload, compare(workload, options.turns, options.peers))


if __name__ == "__main__":
    main()
