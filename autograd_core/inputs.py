"""The arguments of one call of a transform, wrapped in fresh nodes.

The one idea: a derivative is taken with respect to nodes that nobody else has.
An argument that is a Value already (of a transform around this one) gets an
identity node of its own, so the inner derivative cannot mistake the outer
variable for its own (perturbation confusion), and still depends on it.
"""

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

from .data import as_data
from .graph import between
from .numbers import Column
from .primitives import TABLE
from .record import COLUMN as VALUES
from .record import adopted, is_recording, record, recording
from .reverse import sweep
from .tree import flatten
from .value import Value, column

__all__ = ["Argnums", "Inputs", "call", "positions_of"]

Argnums = int | Sequence[int]


class Inputs:
    """The differentiated arguments of one call.

    Attributes
    ----------
    leaves
        A fresh node per number, in order.
    args
        All positional arguments, with the fresh nodes in their places.
    column
        The kind of numbers that the leaves hold.

    Raises
    ------
    TypeError
        If ``argnums`` does not name different positional arguments, or they hold
        something else than numbers.
    """

    def __init__(self, args: tuple[Any, ...], argnums: Argnums) -> None:
        self.single, self.positions = positions_of(len(args), argnums)
        given, self._rebuild = flatten(tuple(args[n] for n in self.positions))
        if not given:
            raise TypeError("there is no number in the arguments to differentiate")
        # Inside no_grad() the derivative is computed, but nothing flows out of it.
        self.outer = is_recording()
        with recording():
            self.leaves = [self._fresh(number) for number in given]
        self.column: Column = column(self.leaves[0])
        trees = self._rebuild(self.leaves)
        replaced = dict(zip(self.positions, trees, strict=True))
        self.args = [replaced.get(i, arg) for i, arg in enumerate(args)]

    def _fresh(self, number: Any) -> Value:
        if not isinstance(number, Value):
            return Value(number)
        if not self.outer:
            return Value(number._data)
        node = record(TABLE["identity"], (number,))
        node._wants = True  # also for a frozen Value: this call asks for it
        return node

    def rebuild(self, numbers: Sequence[Any]) -> Any:
        """One number per leaf, in the containers of the arguments."""
        trees = self._rebuild(numbers)
        return trees[0] if self.single else trees

    def number(self, x: Any) -> Any:
        """A seed or tangent as a Value or as a number of the leaves' kind."""
        if isinstance(x, Value):
            return x if self.outer else x._data
        data = adopted(x, self.leaves[0])
        if data is NotImplemented:
            as_data(x)  # raises the TypeError that names the type
        return data

    def depends_outside(self, results: list[Any]) -> bool:
        """Whether Values from outside want a gradient of ``results``."""
        return self.outer and between(values(results), self.leaves)[1]

    def pull(
        self, results: list[Any], seeds: list[dict[Value, Any]]
    ) -> list[list[Any]]:
        """A reverse sweep for each of ``seeds``; the gradient of every leaf."""
        nodes, captured = between(values(results), self.leaves)
        live = set(nodes)
        rows = []
        for seed in seeds:
            chosen = {y: g for y, g in seed.items() if y in live}
            given = any(isinstance(g, Value) for g in chosen.values())
            m = VALUES if self.outer and (captured or given) else self.column
            with recording():
                found = sweep(nodes, chosen, m) if chosen else {}
            rows.append([self.result(found.get(leaf)) for leaf in self.leaves])
        return rows

    def result(self, number: Any) -> Any:
        """What a sweep found, as the caller of a transform gets it."""
        if number is None or number.__class__ is int:
            return self.column.adopt(number or 0)
        return number

    def value(self, y: Any, recorded: bool) -> Any:
        """A result of the function, as the caller of a transform gets it."""
        return y._data if isinstance(y, Value) and not recorded else y


def positions_of(count: int, argnums: Any) -> tuple[bool, list[int]]:
    """Whether ``argnums`` is one int, and which of ``count`` arguments it names."""
    try:
        single = not isinstance(argnums, Sequence)
        numbers = [index(n) for n in ([argnums] if single else argnums)]
    except TypeError:
        raise TypeError(
            f"argnums must be an int or a sequence of ints, got {argnums!r}"
        ) from None
    for n in numbers:
        if not -count <= n < count:
            raise TypeError(
                f"argnums {argnums} asks for argument {n}, but the function was "
                f"called with {count} positional arguments"
            )
    positions = [n % count for n in numbers]
    if not positions or len(set(positions)) < len(positions):
        raise TypeError(f"argnums must name different arguments, got {argnums}")
    return single, positions


def call(
    f: Callable[..., Any], argnums: Argnums, args: Any, kwargs: Any
) -> tuple[Inputs, Any]:
    """Call ``f`` on fresh inputs; also inside no_grad() it is recorded."""
    inputs = Inputs(tuple(args), argnums)
    with recording():
        return inputs, f(*inputs.args, **kwargs)


def values(results: list[Any]) -> list[Value]:
    """Those of ``results`` that are Values."""
    return [y for y in results if isinstance(y, Value)]
