"""Arguments and results of an exported function: containers of a library's arrays.

What one can do with this file: take the numbers out of arguments (`pieces_of`), and put
results into containers (`gathered`).

The one idea: in front of every number, and of the axes of every array, there may be
axes of rows. Without them it is one row; arguments with and without broadcast.
"""

from collections.abc import Callable
from math import prod
from typing import Any

from ...tree import is_array, structure

__all__ = ["gathered", "pieces_of"]

# What a caller gave, and what it is called -> an array of float64.
Adopt = Callable[[Any, str], Any]


def pieces_of(xp: Any, example: Any, given: Any, adopt: Adopt, name: str) -> list[Any]:
    """The numbers of an argument, in the order in which `flatten` has the example's.

    Parameters
    ----------
    xp
        `jax.numpy` or `torch`.

    Returns
    -------
    list
        Arrays, (numbers, *rows).

    Raises
    ------
    TypeError
        If a container of ``given`` is another one than the example's.
    ValueError
        If an array has another shape.
    """
    if is_array(example):
        return [_lines(example.shape, adopt(given, name), name)]
    if isinstance(example, dict):
        if not isinstance(given, dict) or set(given) != set(example):
            raise TypeError(f"{name} must be {structure(example)}, as in the example")
        triples = [(example[key], given[key], f"{name}[{key!r}]") for key in example]
    elif isinstance(example, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(example):
            raise TypeError(
                f"{name} must be {structure(example)}, as in the example (got "
                f"{type(given).__name__}); give an array as the example where an array "
                "is to come"
            )
        triples = [
            (inner, one, f"{name}[{k}]")
            for k, (inner, one) in enumerate(zip(example, given, strict=True))
        ]
    elif isinstance(example, (bool, str)) or example is None:
        return []  # no number: it is as it was traced
    else:
        return [adopt(given, name)[None]]
    return [
        piece
        for inner, one, place in triples
        for piece in pieces_of(xp, inner, one, adopt, place)
    ]


def _lines(own: tuple[int, ...], given: Any, name: str) -> Any:
    axes, size = len(given.shape) - len(own), prod(own)
    if axes < 0 or tuple(given.shape[axes:]) != own:
        raise ValueError(
            f"{name} has the shape {tuple(given.shape)}, which does not end in "
            f"{own}, the example's"
        )
    rows = tuple(given.shape[:axes])
    # Two axes are swapped: PyTorch cannot map moveaxis over rows of its own.
    return given.reshape((prod(rows), size)).swapaxes(0, 1).reshape((size, *rows))


def gathered(xp: Any, tree: Any, results: list[Any]) -> Any:
    """``tree`` has in the place of every number the index of a result."""
    if is_array(tree):
        found = xp.stack([results[int(k)] for k in tree.ravel()], -1)
        return found.reshape((*found.shape[:-1], *tree.shape))
    if isinstance(tree, dict):
        return {key: gathered(xp, inner, results) for key, inner in tree.items()}
    if isinstance(tree, (list, tuple)):
        inner = [gathered(xp, entry, results) for entry in tree]
        return type(tree)(*inner) if hasattr(tree, "_fields") else type(tree)(inner)
    return results[int(tree)]
