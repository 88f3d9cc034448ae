"""One engine and one case in a process: ``python -m tests.benchmarks.worker ENGINE``.

Reads a line of JSON: the family, its data, how many cores it may use, and whether
Python's garbage collector is on. Answers with the results of the first steps and what
they took; then, for every line with a count, does so many steps and says how many it
did and in how many seconds. Without the collector, what the steps before left is
collected before the clock starts.

Time is that of the processor: other programs on the machine count less. With several
cores it is that of the clock.
"""

import gc
import json
import os
import sys
import time
from typing import Any

CHECKED = 20  # first results that are compared,
PATIENCE = 1.0  # or fewer, after so many seconds


def pin(cores: int) -> None:
    """To the last cores that this process may use."""
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, own[-cores:])


def used() -> float:
    """Seconds of the processor, a compiler's that was called among them."""
    return sum(os.times()[:4])


def version(packages: tuple[str, ...]) -> str:
    """Of the package that an engine needs."""
    from importlib.metadata import version

    return version(packages[0]) if packages else ""


def main(name: str) -> None:
    """Answer until there are no more lines."""
    # Whatever a package prints goes to stderr: stdout is for the answers.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())
    cores = request["cores"]
    if not request["collector"]:
        gc.disable()
    clock = time.process_time if cores == 1 else time.perf_counter
    pin(cores)

    def say(**answer: Any) -> None:
        print(json.dumps(answer), file=out, flush=True)

    begin = used()
    from .engines import ENGINES

    engine = ENGINES[name]
    family = engine.family(request["family"])
    assert family is not None
    try:
        task = family(request["data"], **engine.options)
    except NotImplementedError as refusal:
        say(left_out=str(refusal))
        return
    ready = clock()
    found = list(task.run(1))
    seconds = clock() - ready
    first = used() - begin
    while not request["once"] and (
        len(found) < request["least"]
        or (len(found) < CHECKED and clock() - ready < PATIENCE)
    ):
        start = clock()
        more = task.run(1)
        found += more
        seconds = (clock() - start) / len(more)
    say(
        first=first,
        seconds=seconds,
        results=[task.read(result) for result in found[:CHECKED]],
        version=version(engine.needs),
    )
    for line in sys.stdin:
        if not gc.isenabled():
            gc.collect()
        start = clock()
        done = len(task.run(int(line)))
        say(steps=done, seconds=clock() - start)


if __name__ == "__main__":
    main(sys.argv[1])
