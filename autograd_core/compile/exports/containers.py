"""Arguments of an exported function: containers of another library's arrays.

What one can do with this file: take the numbers out of arguments (`numbers_of`), and
put results into containers (`gathered`).

The one idea: in front of every number, and of the axes of every array, there may be
axes of rows. Without them it is one row; arguments with and without broadcast.
"""

from collections.abc import Callable
from typing import Any, Protocol

from ...tree import flatten, is_array, structure

__all__ = ["Arrays", "gathered", "numbers_of"]


class Arrays(Protocol):
    """What is needed of a library."""

    def adopted(self, given: Any, name: str) -> Any:
        """A number or an array as one of float64."""

    def taken_apart(self, array: Any) -> list[Any]:
        """The entries along the last axis."""

    def put_together(self, arrays: list[Any]) -> Any:
        """Arrays of any shapes that broadcast, along a new last axis."""


def numbers_of(example: Any, given: Any, arrays: Arrays, name: str) -> list[Any]:
    """The numbers of an argument, in the order in which `flatten` has the example's.

    Raises
    ------
    TypeError
        If a container of ``given`` is another one than the example's.
    ValueError
        If it has another size.
    """
    if is_array(example):
        return _of_array(example, arrays.adopted(given, name), arrays, name)
    if isinstance(example, dict):
        if not isinstance(given, dict) or set(given) != set(example):
            raise TypeError(f"{name} must be {structure(example)}, as in the example")
        pairs = [(example[key], given[key], f"{name}[{key!r}]") for key in example]
    elif isinstance(example, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(example):
            raise TypeError(
                f"{name} must be {structure(example)}, as in the example (got "
                f"{type(given).__name__}); give an array as the example where an array "
                "is to come"
            )
        pairs = [
            (inner, one, f"{name}[{k}]")
            for k, (inner, one) in enumerate(zip(example, given, strict=True))
        ]
    elif isinstance(example, (bool, str)) or example is None:
        return []  # no number: it is as it was traced
    else:
        return [arrays.adopted(given, name)]
    return [x for pair in pairs for x in numbers_of(*pair[:2], arrays, pair[2])]


def _of_array(example: Any, given: Any, arrays: Arrays, name: str) -> list[Any]:
    own = example.shape
    rows = len(given.shape) - len(own)
    if rows < 0 or tuple(given.shape[rows:]) != own:
        raise ValueError(
            f"{name} has the shape {tuple(given.shape)}, which does not end in "
            f"{own}, the example's"
        )
    return arrays.taken_apart(given.reshape((*given.shape[:rows], -1)))


def gathered(rebuild: Callable[[Any], Any], results: list[Any], arrays: Arrays) -> Any:
    """Results of one shape, that of the rows, in the containers of the function."""
    places, _ = flatten(rebuild([float(k) for k in range(len(results))]))
    return _gathered(rebuild([float(k) for k in range(len(places))]), results, arrays)


def _gathered(tree: Any, results: list[Any], arrays: Arrays) -> Any:
    # ``tree`` has in the place of every number its index.
    if is_array(tree):
        found = arrays.put_together([results[int(k)] for k in tree.ravel()])
        return found.reshape((*found.shape[:-1], *tree.shape))
    if isinstance(tree, dict):
        return {key: _gathered(inner, results, arrays) for key, inner in tree.items()}
    if isinstance(tree, (list, tuple)):
        inner = [_gathered(entry, results, arrays) for entry in tree]
        return type(tree)(*inner) if hasattr(tree, "_fields") else type(tree)(inner)
    return results[int(tree)]
