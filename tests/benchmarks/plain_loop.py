"""W1 as micrograd writes it, a Python loop over the batch, beside W1 row by row.

``python -m tests.benchmarks.plain_loop`` prints how long each took until its first step
was made, and where that time went, and then the time of a step. Both go through
`Program.train` on LLVM, in one process, taking turns; the processor's time counts, and
packages are imported before.

The loop is traced as it stands (65,000 operations), found to be 100 times the same
program, and run over 100 lanes. Row by row, the penalty is either in the function, as a
user may write it, or SGD's ``weight_decay``, which is the same gradient.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd_core import Value, compile
from autograd_core.compile.reroll import reroll
from autograd_core.compile.trace import trace
from optim import SGD

from . import workloads

RATE, PENALTY = 0.1, 1e-4
TURN = 0.03  # seconds
Loss = Callable[..., Any]


def hinge(net: Any, x: Any, y: Any) -> Any:
    """The loss of one row."""
    return (1 + -y * net(x)).relu()


def penalty(net: Any) -> Any:
    """Of all parameters."""
    return PENALTY * sum(p * p for p in net.parameters())


def whole_batch(net: Any, rows: Any, targets: Any) -> Any:
    """The loss of micrograd's demo."""
    scores = [net(row) for row in rows]
    losses = [(1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + penalty(net)


def row_with_penalty(net: Any, x: Any, y: Any) -> Any:
    """The same of one row; the mean is that of the batch."""
    return hinge(net, x, y) + penalty(net)


class Variant:
    """One way to write W1; made, it has done its first step.

    Attributes
    ----------
    first
        Seconds of that step, compilation included.
    step
        Seconds of a step, by turn.
    """

    def __init__(
        self,
        loss: Callable[[Any], Loss],
        batch: Sequence[Any],
        reduction: str | None,
        decay: float = 0.0,
    ) -> None:
        net = workloads.Net(Value, [2, 16, 16, 1], seed=1337)
        self.program = compile(loss(net))
        optimizer = SGD(net.parameters(), lr=RATE, weight_decay=decay)
        self.train = partial(
            self.program.train, optimizer=optimizer, reduction=reduction
        )
        self.batch = batch
        start = time.process_time()
        self.loss = self.train([batch])[0]
        self.first = time.process_time() - start
        self.step: list[float] = []
        self.count = 100

    def turn(self) -> None:
        """One turn; the count of steps grows until it takes long enough."""
        start = time.process_time()
        self.train([self.batch] * self.count)
        self.step.append((time.process_time() - start) / self.count)
        self.count = max(100, int(TURN / self.step[-1]))


def split() -> None:
    """Where the time of the loop's first step goes."""
    rows, targets = workloads.moons()
    net = workloads.Net(Value, [2, 16, 16, 1], seed=1337)
    times: list[tuple[float, float]] = []
    for _ in range(5):
        start = time.process_time()
        traced = trace(lambda: whole_batch(net, rows, targets), ())
        middle = time.process_time()
        reroll(traced.tape, traced.results)
        times.append((middle - start, time.process_time() - middle))
    size = sum(map(bool, traced.tape.operands))
    best = [1e3 * min(column) for column in zip(*times, strict=True)]
    print(f"{size} operations: trace {best[0]:.0f} ms, re-roll {best[1]:.0f} ms, then")


def main() -> None:
    """Make all, take turns, print."""
    import numpy as np

    from autograd_core.compile.backends import llvm  # noqa: F401  imported before

    rows, targets = workloads.moons()
    arrays = np.array(rows), np.array(targets)
    ways: dict[str, Callable[[], Variant]] = {
        "loop, data from outside": lambda: Variant(
            lambda net: lambda: whole_batch(net, rows, targets), (), "mean"
        ),
        "loop, data as arguments": lambda: Variant(
            lambda net: partial(whole_batch, net), arrays, None
        ),
        "row by row, weight_decay": lambda: Variant(
            lambda net: partial(hinge, net), arrays, "mean", 2 * PENALTY
        ),
        "row by row, penalty in it": lambda: Variant(
            lambda net: partial(row_with_penalty, net), arrays, "mean"
        ),
    }
    variants = {name: make() for name, make in ways.items()}
    for _ in range(15):
        for variant in variants.values():
            variant.turn()
    split()
    (loop,) = variants["loop, data from outside"].program.variants.all
    for made in loop.made_of_one.values():
        print("  " + "\n  ".join(made.notes))
    print("\n| W1, 100 rows | first step, ms | step, us: median | best |")
    print("|---|---:|---:|---:|")
    for name, variant in variants.items():
        median, best = statistics.median(variant.step[2:]), min(variant.step)
        first = f"{1e3 * variant.first:.0f}"
        print(f"| {name} | {first} | {1e6 * median:.1f} | {1e6 * best:.1f} |")


if __name__ == "__main__":
    main()
