"""Nested containers of numbers, as the transforms take and return them.

A tree is a number, or a list, tuple, named tuple, dict or NumPy array of trees.
`flatten` gives its numbers in order (dicts by insertion order) and a function
that builds the same containers around other things.
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

__all__ = ["flatten", "structure"]

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """The leaves of ``tree``, and what puts as many other things in their place.

    Examples
    --------
    >>> leaves, rebuild = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> rebuild("abc")
    {'w': ['a', 'b'], 'b': 'c'}
    """
    if is_array(tree):
        return list(tree.ravel()), lambda leaves: _array(leaves, tree.shape)
    if isinstance(tree, dict):
        keys = list(tree)
        leaves, rebuild = _flatten_all(list(tree.values()))
        return leaves, lambda new: _dict(tree, zip(keys, rebuild(new), strict=True))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        leaves, rebuild = _flatten_all(tree)
        return leaves, lambda new: type(tree)(*rebuild(new))
    if isinstance(tree, (list, tuple)):
        leaves, rebuild = _flatten_all(tree)
        return leaves, lambda new: type(tree)(rebuild(new))
    return [tree], lambda leaves: leaves[0]


def _dict(tree: Any, items: Any) -> Any:
    if type(tree) is dict:
        return dict(items)
    new = copy(tree)  # a subclass may need more than its items
    new.update(items)
    return new


def structure(tree: Any) -> str:
    """The containers of ``tree`` as text, with ``*`` for each number."""
    if is_array(tree):
        return f"array{tree.shape}"
    if isinstance(tree, dict):
        inside = ", ".join(f"{k!r}: {structure(v)}" for k, v in tree.items())
        return f"{{{inside}}}"
    if isinstance(tree, (list, tuple)):
        inside = ", ".join(map(structure, tree))
        return f"[{inside}]" if isinstance(tree, list) else f"({inside})"
    return "*"


def _flatten_all(trees: Sequence[Any]) -> tuple[list[Any], Rebuild]:
    parts = [flatten(tree) for tree in trees]
    leaves = [leaf for part, _ in parts for leaf in part]

    def rebuild(new: Sequence[Any]) -> list[Any]:
        built, start = [], 0
        for part, build in parts:
            built.append(build(new[start : start + len(part)]))
            start += len(part)
        return built

    return leaves, rebuild


def is_array(thing: Any) -> bool:
    """Whether ``thing`` is a NumPy array; does not import NumPy."""
    kind = type(thing)
    return kind.__module__ == "numpy" and kind.__name__ == "ndarray"


def _array(leaves: Sequence[Any], shape: tuple[int, ...]) -> Any:
    import numpy as np

    if leaves and all(is_array(leaf) for leaf in leaves):
        return np.stack(list(leaves)).reshape(shape + leaves[0].shape)
    array = np.empty(len(leaves), dtype=object)
    array[:] = leaves
    if all(isinstance(leaf, float) for leaf in leaves):
        array = array.astype(float)
    return array.reshape(shape)
