"""A progress bar on stderr, there from the first moment.

The one idea: `tqdm` is imported here alone, and only where somebody looks.
"""

import sys
from types import TracebackType
from typing import Any, Self

__all__ = ["Progress"]


class Progress:
    """A bar that counts steps; without ``shown`` it does nothing.

    Parameters
    ----------
    total
        How many steps there will be in all.
    done
        How many of them were made before.
    shown
        Whether there is a bar. On a terminal it moves; in a log a line appears every
        ten seconds.
    """

    def __init__(self, total: int, *, done: int = 0, shown: bool = True) -> None:
        self._bar: Any = None
        if shown:
            from tqdm import tqdm

            self._bar = tqdm(
                total=total,
                initial=done,
                unit="step",
                file=sys.stderr,
                mininterval=0.1 if sys.stderr.isatty() else 10.0,
                dynamic_ncols=True,
            )

    def says(self, text: str) -> None:
        """What stands before the bar from now on."""
        if self._bar is not None:
            self._bar.set_description_str(text, refresh=False)

    def step(self, loss: float) -> None:
        """One step more, whose batch had this loss."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
