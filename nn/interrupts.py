"""Ctrl-C while something runs that must not stop in the middle.

What one can do with this file: ``with Interrupts() as interrupts`` notes a Ctrl-C
instead of raising it, and ``interrupts.check()`` raises it where it does no harm.

The one idea: a signal may come between any two instructions, so nothing can be left
whole by catching what it raises. It is only noted, and the loop asks for it at places
that it knows to be safe: between two samples, before a step, after one.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Interrupts"]

_PATIENCE = 3  # the Ctrl-C that is not put off


class Interrupts:
    """Puts Ctrl-C off until `check`, in the ``with`` block.

    Attributes
    ----------
    asked : int
        How often Ctrl-C came.

    Notes
    -----
    The third Ctrl-C is raised at once, for code that never comes to a `check`. Outside
    the main thread, where Python delivers no signal, and where SIGINT is ignored
    or none of Python's business, nothing is changed.

    Examples
    --------
    >>> done = []
    >>> try:
    ...     with Interrupts() as interrupts:
    ...         for part in "abc":
    ...             interrupts.check()
    ...             signal.raise_signal(signal.SIGINT)  # as Ctrl-C does
    ...             done.append(part)
    ... except KeyboardInterrupt:
    ...     done
    ['a']
    """

    def __init__(self) -> None:
        self.asked = 0
        self._raised = False
        self._previous: Any = None

    @property
    def forced(self) -> bool:
        """Whether it was raised without waiting for a `check`."""
        return self.asked >= _PATIENCE

    def check(self) -> None:
        """Raise the Ctrl-C that came since the beginning, if one did.

        Raises
        ------
        KeyboardInterrupt
            If one did.
        """
        if self.asked:
            self._raised = True
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.forced:
            self._raised = True
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and callable(signal.getsignal(signal.SIGINT)):
            self._previous = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
        if self.asked and not self._raised and kind is None:
            raise KeyboardInterrupt  # it came after the last check, and is not lost
