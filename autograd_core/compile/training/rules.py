"""An optimizer's rule as a program: one step of one parameter, traced.

What one can do with this file: `rule_for` an optimizer and the shape of its
hyperparameters; `Rule.table` and `Rule.given` are what its program is called with.

The one idea: the rows of the program are the parameters. What is the same for all of
them, hyperparameters and the number of the step, is read anew at each call; a flag
decides the trace.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ...tree import flatten
from ...value import Value
from ..backends import choose
from ..cache import Made
from ..calls.variants import Variant
from ..pipeline import Wanted
from ..tracing.trace import trace

__all__ = ["Rule", "numbers_of", "rule_for", "shape_of"]

UPDATE = Wanted("values", numerics="eager")


class Rule:
    """One step of one parameter.

    The program takes a row (g, p, state..., t) and gives (new p, new state...); t is
    one of the numbers for all rows if ``alike``. If ``scaled``, g is first multiplied
    by another such number.
    """

    def __init__(
        self, update: Any, columns: Sequence[str], shape: Any, alike: bool, scaled: bool
    ) -> None:
        t, scale = Value(1.0), Value(1.0)
        given = {name: _leaves(x) for name, x in shape}
        leaves = [leaf for leaf in flatten(given)[0] if isinstance(leaf, Value)]

        def rule(g: Any, p: Any, *state: Any) -> list[Any]:
            memory, at = (state, t) if alike else (state[:-1], state[-1])
            line = update(p, g * scale if scaled else g, *memory, at, **given)
            return [line["p"], *(line[name] for name in columns)]

        self._traced = trace(rule, [0.5] * (2 + len(columns) + (not alike)))
        # Which of (t, scale, hyperparameters...) each captured Value of the trace is.
        place = {leaf: k for k, leaf in enumerate((t, scale, *leaves))}
        self._read = [place[x] for x in self._traced.tape.parameters.values()]

    def program(self, backend: str) -> tuple[Made, list[int]]:
        """The compiled rule; which of (t, scale, ...) its parameters are."""
        made = Variant(self._traced, choose(backend)).program(UPDATE)
        order = range(len(self._read)) if made.order is None else made.order
        return made, [self._read[k] for k in order]


@lru_cache(maxsize=64)
def rule_for(
    update: Any, columns: tuple[str, ...], shape: Any, alike: bool, scaled: bool
) -> Rule:
    """The rule of an optimizer, traced once."""
    return Rule(update, columns, shape, alike, scaled)


def shape_of(hyper: dict[str, Any]) -> Any:
    """Hyperparameters with their numbers taken out: what decides the trace."""
    return tuple([(name, _shape(x)) for name, x in hyper.items()])


def numbers_of(hyper: dict[str, Any]) -> list[float]:
    """The numbers that were taken out, in order."""
    return [float(x) for x in flatten(hyper)[0] if _is_read(x)]


def _is_read(x: Any) -> bool:
    return not isinstance(x, (bool, str)) and x is not None


def _shape(x: Any) -> Any:
    if isinstance(x, tuple):
        return tuple(map(_shape, x))
    return "a number" if _is_read(x) else (x,)


def _leaves(shape: Any) -> Any:
    if shape == "a number":
        return Value(1.0)
    if len(shape) == 1 and not isinstance(shape[0], tuple) and shape[0] != "a number":
        return shape[0]
    return tuple(map(_leaves, shape))
