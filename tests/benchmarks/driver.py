"""A case run: all its engines, each in a process, in turns.

What one can do with this file: `run` a case, which gives an `Outcome` per engine.

The one idea: an engine that is not installed, that fails, takes too long, or says
something else than the others has an outcome with a message instead of times, and the
rest goes on. Who is not asked is stopped: threads of some libraries look for work for a
while after their turn. Whatever happens, no process stays.
"""

import compileall
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any, Self

from .engines import ENGINES, Engine
from .workloads import Case

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
TURN = 0.03  # seconds that an engine runs before the next one
SPENT = 5.0  # seconds of turns after which an engine has no more
TIMEOUT = 60.0  # seconds after which an engine that does not answer is ended


@dataclass
class Outcome:
    """What came of an engine in a case.

    Attributes
    ----------
    seconds
        Of a step, one number per turn.
    first
        Seconds of the processor from import to the first result.
    problem
        Why there are no times; empty if there are.
    wrong
        Whether the problem is that of the run: results that differ, or an error.
    version
        Of the engine's package.
    """

    seconds: list[float] = field(default_factory=list)
    first: float = 0.0
    problem: str = ""
    wrong: bool = False
    version: str = ""

    @property
    def median(self) -> float:
        """Of the turns."""
        return statistics.median(self.seconds)


@cache
def _bytecode() -> None:
    # Every engine is imported as an installation leaves it, ours too: pip compiles what
    # it installs, and a clone whose bytecode is not kept would be compiled each time.
    for folder in ("autograd_core", "nn", "optim", "tests/benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)


class Worker:
    """A process that does steps of one engine when asked."""

    def __init__(self, name: str, case: Case, data: Any, python: str) -> None:
        _bytecode()
        threads = dict.fromkeys(THREADS, str(case.cores))
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, **threads, "PYTHONPATH": path}
        environment |= {"PYTHONHASHSEED": "0"}
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self.process = subprocess.Popen(
            [python, "-m", "tests.benchmarks.worker", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        self.name, self.outcome = name, Outcome()
        self.data, self.case, self.count = data, case, 1
        self.results: list[list[float]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    @property
    def alive(self) -> bool:
        """Whether it takes turns."""
        return not self.outcome.problem

    def fail(self, problem: str, *, wrong: bool) -> None:
        """No turns any more."""
        self.outcome.problem, self.outcome.wrong = problem, wrong
        self.process.kill()

    def ask(self, line: str) -> dict[str, Any]:
        """Its answer to a line; none if it failed."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        late: list[bool] = []
        timer = Timer(TIMEOUT, lambda: (late.append(True), self.process.kill()))
        timer.start()
        try:
            self.wake()
            print(line, file=stdin, flush=True)
            answer = stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if answer:
            self.rest()
            return json.loads(answer)  # type: ignore[no-any-return]
        self.process.wait()
        if late:
            self.fail(f"took longer than {TIMEOUT:.0f} s", wrong=False)
        else:
            self.fail(self.last_words(), wrong=True)
        return {}

    if hasattr(signal, "SIGSTOP"):

        def wake(self) -> None:
            """Go on."""
            self.process.send_signal(signal.SIGCONT)

        def rest(self) -> None:
            """Do nothing at all."""
            self.process.send_signal(signal.SIGSTOP)

    else:

        def wake(self) -> None:
            """Where a process cannot be stopped, it never was."""

        rest = wake

    def last_words(self) -> str:
        """The last line that it wrote on stderr."""
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return lines[-1][:200] if lines else f"ended with {self.process.returncode}"

    def begin(self) -> None:
        """Import, build, and the first results."""
        case = self.case
        request = {
            "family": case.family,
            "data": self.data,
            "cores": case.cores,
            "collector": case.collector,
            "least": case.least,
            "once": case.once,
        }
        answer = self.ask(json.dumps(request))
        if "left_out" in answer:
            self.fail(answer["left_out"], wrong=False)
        elif answer:
            self.results = answer["results"]
            self.outcome.first = answer["first"]
            self.outcome.version = answer["version"]
            if case.once:
                bytes_ = case.unit == "B"
                taken = self.results[0][0] if bytes_ else answer["seconds"]
                self.outcome.seconds = [taken]
            self.expect(answer["seconds"])

    def expect(self, seconds: float) -> None:
        """How many steps a turn has, from what one took."""
        self.step = seconds
        self.count = max(1, int(TURN / max(seconds, 1e-9)))

    def turn(self, *, counts: bool) -> None:
        """So many steps, timed."""
        answer = self.ask(str(self.count))
        if answer:
            self.expect(answer["seconds"] / answer["steps"])
            if counts:
                self.outcome.seconds.append(self.step)


def differ(results: Any, reference: Any, bound: float) -> str:
    """What differs by more than the bound; empty if nothing."""
    for k, (found, right) in enumerate(zip(results, reference, strict=False)):
        largest = max(map(abs, right))
        if len(found) != len(right):
            return f"step {k}: {len(found)} numbers, not {len(right)}"
        for a, b in zip(found, right, strict=True):
            if not abs(a - b) <= bound * largest:  # NaN is none
                return f"step {k}: {a!r}, not {b!r}"
    return ""


def installed(python: str, packages: Sequence[str]) -> bool:
    """Whether an interpreter finds all packages."""
    code = "import sys; from importlib.util import find_spec\n"
    code += "sys.exit(any(find_spec(name) is None for name in sys.argv[1:]))"
    command = [python, "-c", code, *packages]
    return subprocess.run(command, check=False, cwd=ROOT).returncode == 0


def interpreter(engine: Engine, peers: str, known: dict[Any, bool]) -> str | None:
    """The interpreter that has what an engine needs: this one before that of peers."""
    for python in dict.fromkeys((sys.executable, peers)):
        key = python, engine.needs
        if key not in known:
            known[key] = installed(python, engine.needs)
        if known[key]:
            return python
    return None


def run(
    case: Case,
    names: Sequence[str],
    *,
    turns: int,
    peers: str,
    known: dict[Any, bool],
    tick: Callable[[str], Any] = lambda name: None,
) -> dict[str, Outcome]:
    """All engines of a case; those that have no such family are not in the answer.

    Parameters
    ----------
    turns
        How many each has; slow ones have fewer.
    peers
        The interpreter for what this one has not installed.
    known
        What is known to be installed; is added to.
    tick
        Called with the name of each engine that is begun.
    """
    outcomes: dict[str, Outcome] = {}
    data = case.make() | {"cores": case.cores}
    with ExitStack() as stack:
        workers: list[Worker] = []
        for name in names:
            engine = ENGINES[name]
            tick(engine.title)
            asked = not case.among or name in case.among
            if not asked or engine.family(case.family) is None:
                continue
            python = interpreter(engine, peers, known)
            if python is None:
                outcomes[name] = Outcome(problem="not installed")
                continue
            worker = stack.enter_context(Worker(name, case, data, python))
            outcomes[name] = worker.outcome
            worker.begin()
            if worker.alive and case.unit != "B":
                workers.append(worker)
        for worker in workers[1:]:
            if wrong := differ(worker.results, workers[0].results, case.bound):
                worker.fail(f"differs: {wrong}", wrong=True)
        if not case.once:
            _turns(workers, turns)
    return outcomes


def _turns(workers: list[Worker], turns: int) -> None:
    for turn in range(-1, turns):  # one to warm up
        for worker in workers:
            slow = worker.step > TURN
            enough = turn < 0 or sum(worker.outcome.seconds) > SPENT
            if worker.alive and not (slow and enough):
                worker.turn(counts=turn >= 0)
