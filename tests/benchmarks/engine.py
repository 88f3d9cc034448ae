"""One measurement in a process of its own: ``python -m tests.benchmarks.engine``.

Prints a JSON line: seconds of each repetition, and bytes per node where asked.
"""

import gc
import json
import sys
import time
import tracemalloc
from typing import Any

from . import workloads


def micrograd_value() -> Any:
    """micrograd's Value with the tanh and exp that its author's lecture adds."""
    import math

    from micrograd.engine import Value

    def unary(name: str, f: Any, slope: Any) -> Any:
        def method(self: Any) -> Any:
            y = f(self.data)
            out = Value(y, (self,), name)

            def _backward() -> None:
                self.grad += slope(y) * out.grad

            out._backward = _backward
            return out

        return method

    Value.tanh = unary("tanh", math.tanh, lambda y: 1 - y * y)
    Value.exp = unary("exp", math.exp, lambda y: y)
    sys.setrecursionlimit(10**8)  # its backward() recurses once per node
    return Value


def our_value() -> Any:
    from autograd_core import Value

    return Value


ENGINES = {"micrograd": micrograd_value, "autograd-core": our_value}


def measure(
    engine: str, workload: str, size: int, repeat: int, collector: bool
) -> dict[str, Any]:
    """Seconds of ``repeat`` runs after one that is not counted.

    Nothing is collected between runs: in a training loop, too, the garbage of
    one step is the next one's cost.
    """
    value = ENGINES[engine]()
    if workload == "W1":
        # The data come from outside, so that this process holds the engine alone.
        run = workloads.w1(value, *json.load(sys.stdin))
    else:
        plan = workloads.w2_plan(size)

        def run() -> Any:
            _, root = workloads.w2(value, plan)
            root.backward()
            return root.data

    (gc.enable if collector else gc.disable)()
    result = run()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "result": result}


def bytes_per_node(engine: str, size: int) -> float:
    """What a graph of W2 holds after its backward pass, by tracemalloc."""
    value = ENGINES[engine]()
    plan = workloads.w2_plan(size)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    nodes, root = workloads.w2(value, plan)
    root.backward()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before - sys.getsizeof(nodes)
    return held / len(nodes)


if __name__ == "__main__":
    command, engine, *rest = sys.argv[1:]
    if command == "bytes":
        answer: Any = {"bytes": bytes_per_node(engine, int(rest[0]))}
    else:
        workload, size, repeat, collector = rest
        answer = measure(engine, workload, int(size), int(repeat), collector == "gc-on")
    print(json.dumps(answer))
