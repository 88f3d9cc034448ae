"""Two halves of large work at the same time.

What one can do with this file: run two native calls by `both`.

The one idea: a native call lets go of Python's lock, so it takes only one more thread.
It is kept, because to start one costs as much as it saves; whoever finds it busy does
both halves. What is computed does not depend on it: the halves are the same, and so is
the order in which their sums are added (`loops`).
"""

import os
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["WORTH", "both", "cores"]

# Products of a call from which two threads are taken: about a millisecond of one core.
# To hand over took 40 to 100 us, on a machine whose cores both had other work.
WORTH = 16_000_000


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Helper:
    # The other thread, and who has it.
    def __init__(self) -> None:
        self.taken = threading.Lock()
        self.pool: Any = None

    def both(self, first: Callable[[], None], second: Callable[[], None]) -> None:
        if not self.taken.acquire(blocking=False):
            first()
            second()
            return
        try:
            if self.pool is None:
                from concurrent.futures import ThreadPoolExecutor

                self.pool = ThreadPoolExecutor(1, "autograd-core")
            try:
                there = self.pool.submit(second)
            except RuntimeError:  # the interpreter is about to end
                first()
                second()
                return
            try:
                first()
            finally:
                if not there.cancel():
                    there.result()  # it writes into arrays of the caller
            if there.cancelled():  # it has not begun: the machine is busy
                second()
        finally:
            self.taken.release()


_helper = _Helper()


def _forget() -> None:
    # A forked process has the object, not the thread.
    global _helper
    _helper = _Helper()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def both(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Run both, at the same time if there are two cores and nobody else does that.

    Both have ended when it returns, also with an error of ``first``.
    """
    if cores() < 2:
        first()
        second()
    else:
        _helper.both(first, second)
