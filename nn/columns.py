"""What batches are made of: samples of one form as arrays of their numbers.

What one can do with this file: read samples or targets (`Column`), put what stands for
their numbers into their containers again, and take the answers to a batch apart
(`by_sample`).

The one idea: a program sees numbers only. The form of the samples is known once.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd_core import Value

__all__ = ["Arrays", "Column", "NotCompiled", "by_sample", "plain_answer"]

LARGEST = 2**53  # ints below it are floats too


class NotCompiled(TypeError):
    """Compiled steps do not apply; the message says why."""


class Arrays(NamedTuple):
    """Samples and targets, a line of numbers each."""

    X: Any
    Y: Any

    def take(self, places: list[int]) -> "Arrays":
        """Those at these places."""
        return Arrays(self.X[places], self.Y[places])


class Column:
    """Samples, or targets, that all look alike.

    Attributes
    ----------
    ints
        Whether all of their numbers are ints, which may be indices.

    Raises
    ------
    NotCompiled
        If they do not look alike, or hold something else than floats and ints.
    """

    def __init__(self, things: list[Any], name: str) -> None:
        self._like = _shape(things[0])
        if any(_shape(thing) != self._like for thing in things):
            raise NotCompiled(f"the {name} have not all the same lengths")
        numbers = [number for thing in things for number in _numbers(thing)]
        kinds = set(map(type, numbers))
        if not kinds <= {int, float}:
            odd = sorted(kind.__name__ for kind in kinds - {int, float})
            raise NotCompiled(f"the {name} hold {', '.join(odd)}, not floats or ints")
        self.ints = kinds == {int} and max(map(abs, numbers)) < LARGEST

    def fits(self, things: list[Any]) -> bool:
        """Whether these look the same."""
        kinds = {type(number) for thing in things for number in _numbers(thing)}
        known = {int} if self.ints else {int, float}
        return kinds <= known and all(_shape(thing) == self._like for thing in things)

    def row(self, thing: Any) -> Any:
        """The numbers of one, in a list; a number alone stays one."""
        return thing if self._like is None else list(_numbers(thing))

    def array(self, things: list[Any]) -> Any:
        """The numbers of all, a line for each."""
        import numpy as np

        rows = [self.row(thing) for thing in things]
        return np.array(rows, dtype=int if self.ints else float)

    def restored(self, row: Any) -> Any:
        """The containers that it had, around what stands for its numbers."""
        return row if self._like is None else _poured(self._like, iter(row))


Shape = Any  # None for a number; else the type of the container, and what is in it


def _shape(thing: Any) -> Shape:
    if type(thing) in (list, tuple):
        return type(thing), tuple(map(_shape, thing))
    return None


def _numbers(thing: Any) -> Iterator[Any]:
    if type(thing) in (list, tuple):
        for part in thing:
            yield from _numbers(part)
    else:
        yield thing


def _poured(shape: Shape, numbers: Iterator[Any]) -> Any:
    if shape is None:
        return next(numbers)
    kind, parts = shape
    return kind([_poured(part, numbers) for part in parts])


def plain_answer(answer: Any) -> Any:
    """An answer of a model with plain numbers in its lists."""
    if type(answer) in (list, tuple):
        return [plain_answer(part) for part in answer]
    return answer.data if isinstance(answer, Value) else answer


def by_sample(answers: Any) -> list[Any]:
    """Of containers with an array for each number: for each sample its own containers.

    Around Values, so that a loss may use their methods.
    """
    if isinstance(answers, (list, tuple)):
        return list(map(type(answers), zip(*map(by_sample, answers), strict=True)))
    return [Value(number, requires_grad=False) for number in answers.tolist()]
