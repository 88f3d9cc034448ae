"""How much Python does, counted: a time would say what else the machine does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["AT_ONCE", "BOUNDED", "Effort", "counted"]

AT_ONCE = 1_000_000  # calls; far below a second
BOUNDED = 50_000_000  # calls; some seconds


class Effort:
    """How many functions were called."""

    calls = 0


@contextmanager
def counted() -> Iterator[Effort]:
    """Count the calls of Python and of C functions in this thread."""
    effort, before = Effort(), sys.getprofile()

    def count(frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            effort.calls += 1

    sys.setprofile(count)
    try:
        yield effort
    finally:
        sys.setprofile(before)
