"""Work that makes many objects and no cycles, without the cyclic garbage collector.

The one idea: tracing and differentiating make a few objects per operation, all freed
by reference counts; looking for cycles among them over and over takes half of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_collection"]


@contextmanager
def no_collection() -> Iterator[None]:
    """The collector waits until the end, if it was on; other threads may wait too."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
