"""Definitions as a graph of quantities, computed on numbers of any kind.

What one can do with this file: compute every quantity at a point; ask what a
quantity is computed from; get a quantity as a function of others, cut free from
what they were computed from.

The one idea: ``dL/du`` is the derivative of L as a function of u alone, where
everything downstream of u follows and everything else stays as it is at the point.
So u may be an input or a quantity that has a definition: then the graph is cut there.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ..expression.program import Expression, Step
from ..numbers import column_of
from ..value import Value, column

__all__ = ["Model"]

Numbers = dict[str, Any]


class Model:
    """Inputs, and quantities with a definition, in the order of the text.

    Attributes
    ----------
    inputs
        Names without a definition.
    definitions
        Name -> formula over names before it.
    """

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.definitions: dict[str, Expression] = {}
        self.bases: set[str] = set()  # of names with an index
        self.sums: set[int] = set()  # how many terms the sums of definitions have
        self._known: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._known

    @property
    def names(self) -> list[str]:
        """All quantities."""
        return [*self.definitions, *self.inputs]

    def add_input(self, name: str) -> None:
        """Add a name without a definition."""
        self.inputs.append(name)
        self._add(name)

    def define(self, name: str, formula: Expression) -> None:
        """Add a quantity, over names that are there."""
        self.definitions[name] = formula
        self._add(name)

    def _add(self, name: str) -> None:
        self._known.add(name)
        base, bracket, _ = name.partition("[")
        if bracket:
            self.bases.add(base)

    def extended(self, name: str, formula: Expression) -> "Model":
        """A copy with one more definition."""
        other = Model()
        for known in self.inputs:
            other.add_input(known)
        for known, definition in [*self.definitions.items(), (name, formula)]:
            other.define(known, definition)
        return other

    # -- structure ---------------------------------------------------------------------

    def behind(self, names: Iterable[str]) -> set[str]:
        """These names and all that they are computed from."""
        found = set(names)
        for name in reversed(self.definitions):
            if name in found:
                found.update(self.definitions[name].names)
        return found

    def beyond(self, names: Iterable[str]) -> set[str]:
        """All quantities that are computed from these, without them."""
        given = set(names)
        found: set[str] = set()
        for name, formula in self.definitions.items():
            if not (given | found).isdisjoint(formula.names):
                found.add(name)
        return found - given

    def plan(
        self, target: str, by: Sequence[str], held: Collection[str] = ()
    ) -> list[str]:
        """The definitions to run again when ``by`` moves, in order."""
        cut = {*by, *held}
        moved: list[str] = []
        reached = set(by)
        for name, formula in self.definitions.items():
            if name not in cut and not reached.isdisjoint(formula.names):
                moved.append(name)
                reached.add(name)
        wanted = {target}
        for name in reversed(moved):
            if name in wanted:
                wanted.update(self.definitions[name].names)
        return [name for name in moved if name in wanted]

    # -- numbers -----------------------------------------------------------------------

    def values(
        self,
        inputs: Mapping[str, Any],
        like: Any,
        wanted: Collection[str] | None = None,
    ) -> Numbers:
        """Every quantity (or those wanted and what they need) at a point."""
        needed = None if wanted is None else self.behind(wanted)
        found = dict(inputs)
        for name, formula in self.definitions.items():
            if needed is None or name in needed:
                found[name] = formula.evaluate(found, like=like)
        return found

    def function(
        self,
        target: str,
        by: Sequence[str],
        held: Collection[str],
        at: Mapping[str, Any],
        *,
        seen: Callable[[str, Step, Any], None] | None = None,
    ) -> Callable[[Sequence[Any]], Any]:
        """``target`` as a function of ``by``; all that stays is as in ``at``."""
        plan = self.plan(target, by, held)

        def compute(numbers: Sequence[Any]) -> Any:
            found = _alike(at, numbers[0])
            found.update(zip(by, numbers, strict=True))
            for name in plan:
                look = None
                if seen is not None:

                    def look(step: Step, out: Any, name: str = name) -> None:
                        seen(name, step, out)

                found[name] = self.definitions[name].evaluate(
                    found, like=numbers[0], seen=look
                )
            return found[target]

        return compute


def _alike(at: Mapping[str, Any], number: Any) -> Numbers:
    # A point of floats, in the kind of number that a reference computes in.
    kind = column(number) if number.__class__ is Value else column_of(number)
    if kind is None or kind.name in ("float", "complex"):
        return dict(at)
    return {n: kind.adopt(x) if x.__class__ is float else x for n, x in at.items()}
