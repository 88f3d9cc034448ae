"""The optimizer's rule on all parameters at once, as steps of a sequence.

What one can do with this file: make the `Update` of a training, and end a native step
with its steps.

The one idea: there is one for batches of all shapes. It counts by itself, so whatever
interrupts Python after a native call, what was moved was also counted.
"""

from typing import Any

from .moving import Moving

__all__ = ["Update", "by_python"]


class Update:
    """A rule bound to the table of some parameters.

    Attributes
    ----------
    steps
        What moves the parameters, or stops before if something is not finite.
    scale
        What the rule multiplies gradients by: a place in its numbers, or None.
    possible
        Whether no kernel needs Python.
    """

    def __init__(self, kit: Any, moving: Moving, backend: str, scaled: bool) -> None:
        import numpy as np

        table, (group,) = moving.table, moving.groups
        rule, self._order = group.program(backend, scaled=scaled)
        self._numbers = np.zeros(len(self._order))
        self.possible = not by_python(rule.run)
        bound = rule.run.bind(table, self._numbers)
        made = bound.values
        self.steps = [kit.Run(bound), kit.Finite(made), kit.Copy(made, table[1:])]
        counted = [moving.made, *self._places(0)]
        self.steps += [kit.Count(number) for number in counted]
        self.scale = next(iter(self._places(1)), None)
        moving.native = self
        self.read(moving)

    def _places(self, k: int) -> list[Any]:
        # Where the rule reads t (0) or the scale (1), if it does.
        return [self._numbers[i : i + 1] for i, j in enumerate(self._order) if j == k]

    def read(self, moving: Moving) -> None:
        """Read hyperparameters, and how many steps were made."""
        moving.catch_up()
        (group,) = moving.groups
        t = float(moving.steps[group.columns[0]]) + 1.0
        numbers = [t, 1.0, *group.hyper]
        self._numbers[:] = [numbers[k] for k in self._order]
        moving.current = True


def by_python(run: Any) -> bool:
    """Whether a program has rows that Python computes."""
    return bool(run.report()["by_python"])
