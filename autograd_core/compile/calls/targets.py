"""With respect to what a program is differentiated, and the containers for that.

The one idea: the numbers of some arguments and some captured Values are one list of
places on a tape; what comes back for them is put into the containers that they came
from.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from ...inputs import positions_of
from ...tree import flatten, is_array
from ...value import Value, refuse_if_traced
from .arguments import Call, assembled
from .variants import Part, Variants

__all__ = ["Target"]


class Target:
    """With respect to what: inputs of some arguments, then captured Values."""

    def __init__(
        self,
        variants: Variants,
        call: Call,
        argnums: int | Sequence[int] | None,
        parameters: Any,
    ) -> None:
        refuse_if_traced(
            "a derivative by a compiled program inside a traced function; use grad() "
            "of the function itself"
        )
        if argnums is None and parameters is None:
            argnums = 0
        self.positions = argnums
        self.inputs: list[int] = []
        self.leaves: list[Value] = []
        builders: list[Any] = []
        # Of each of them whether it is one thing, and the shapes of its parts.
        self._shapes: list[tuple[bool, list[tuple[int, ...]]]] = []
        self._arrays = parameters is None  # and nothing else
        if argnums is not None:
            builders.append(self._arguments(variants, call, argnums))
        if parameters is not None:
            leaves, build = flatten(parameters)
            self.leaves = [_captured(leaf) for leaf in leaves]
            builders.append((len(leaves), build))
            self._shapes.append((True, [(len(leaves),)]))
        self._builders = builders
        self.count = len(self.inputs) + len(self.leaves)
        if not self.count:
            raise TypeError("there is no number in the arguments to differentiate")
        self.parts = variants.parts(call)
        read = {leaf for part in self.parts for leaf in part.variant.parameters}
        if not read.issuperset(self.leaves):
            raise TypeError(
                "'parameters' has a Value that the function does not read from outside"
            )

    def _arguments(
        self, variants: Variants, call: Call, argnums: int | Sequence[int]
    ) -> tuple[int, Any]:
        single, positions = positions_of(len(call.spans), argnums)
        example = call.example(0)
        builds, shapes = [], []
        for position in positions:
            if position in variants.static:
                raise TypeError(f"argument {position} is static")
            if position in variants.indices:
                raise TypeError(
                    f"argument {position} is an index, and has no derivative; name "
                    "the arguments to differentiate by in argnums"
                )
            leaves, build = flatten(example[position])
            if not _of_numbers(example[position]) and any(
                leaf is None or isinstance(leaf, (bool, str)) for leaf in leaves
            ):
                raise TypeError(
                    f"argument {position} holds something else than numbers"
                )
            first, last = call.spans[position]
            builds.append((last - first, build))
            shapes.append(_shape(example[position], last - first))
            self._arrays &= is_array(example[position])
            self.inputs += range(first, last)
        self._shapes.append((single, shapes))
        build = builds[0][1] if single else _tuple_of(builds)
        return len(self.inputs), build

    def places(self, part: Part) -> tuple[int, ...]:
        """Their indices on the tape of one program."""
        variant = part.variant
        inputs = variant.traced.tape.inputs
        return tuple(
            [inputs[k] for k in self.inputs] + [variant.place(x) for x in self.leaves]
        )

    def rebuild(self, things: list[Any]) -> Any:
        """One thing per number, in the containers of what was asked for."""
        found, start = [], 0
        for count, build in self._builders:
            found.append(build(things[start : start + count]))
            start += count
        return found[0] if len(found) == 1 else tuple(found)

    def views(self, numbers: Any) -> Any:
        """A flat array with one number each as views, shaped as the arguments are."""
        found: list[Any] = []
        start = 0
        for single, shapes in self._shapes:
            parts = []
            for shape in shapes:
                count = prod(shape)
                parts.append(numbers[start : start + count].reshape(shape))
                start += count
            found.append(parts[0] if single else tuple(parts))
        return found[0] if len(found) == 1 else tuple(found)

    def rebuilt(self, table: Any, *, rows: bool) -> Any:
        """The lines of a table in those containers."""
        if self._arrays and not rows:
            return self.views(table[:, 0].copy())
        return assembled(self.rebuild, table, rows=rows)


def _of_numbers(tree: Any) -> bool:
    return is_array(tree) and tree.dtype.kind in "iuf"


def _shape(tree: Any, count: int) -> tuple[int, ...]:
    # Of an array what it is; other containers of numbers lie flat.
    if is_array(tree):
        found: tuple[int, ...] = tree.shape
        return found
    return (count,) if isinstance(tree, (list, tuple, dict)) else ()


def _tuple_of(builds: list[tuple[int, Any]]) -> Any:
    def build(things: Sequence[Any]) -> tuple[Any, ...]:
        found, start = [], 0
        for count, one_of in builds:
            found.append(one_of(things[start : start + count]))
            start += count
        return tuple(found)

    return build


def _captured(leaf: Any) -> Value:
    if not isinstance(leaf, Value):
        raise TypeError(f"'parameters' must hold Values (got {type(leaf).__name__})")
    return leaf
