"""Sums over the rows of a batch, for the NumPy backend.

The one idea: for eager's bits the order of the rows decides, so they are added one
after the other (`ExactSums`); in fast mode the sums of all products of two sets of
numbers are one matrix product (`Sums`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..raising import ONE

__all__ = ["ExactSums", "Sums", "as_slice"]


def as_slice(lines: Sequence[int]) -> slice | None:
    """The lines as a slice, if they are equally far apart."""
    first = lines[0]
    if len(lines) == 1:
        return slice(first, first + 1)
    step = lines[1] - first
    if step == 0:
        same = all([line == first for line in lines])
        return slice(first, first + 1) if same else None
    for k, line in enumerate(lines):
        if line != first + k * step:
            return None
    end = first + len(lines) * step
    return slice(first, end if end >= 0 else None, step)


class ExactSums:
    """Row after row, from left to right, as eager adds them up."""

    def __init__(self, bound: Any) -> None:
        numbers = []
        for terms, uniforms in zip(
            bound.raised.sums, bound.raised.uniforms, strict=True
        ):
            (number,) = [x for _, x, _ in terms] + [x for _, x in uniforms]
            numbers.append(number)
        self._taken = bound.taken(numbers)
        self.count = len(numbers)

    def run(self, before: Any) -> Any:
        """The sums, going on from those of the rows before."""
        values = self._taken()
        if before is None:
            before = np.zeros(self.count)
        values = np.concatenate([before[:, None], values], axis=1)
        return np.add.accumulate(values, axis=1)[:, -1]


class Sums:
    """Matrix products over the rows, their entries put together to the sums."""

    def __init__(self, bound: Any) -> None:
        self.rows = bound.rows
        program = bound.raised
        place: dict[tuple[int, int], int] = {}
        for product in program.products:
            for x in product.left:
                for y in product.right:
                    place[x, y] = len(place)
        for pair in program.pairs:
            place[pair] = len(place)
        self.found = found = np.zeros(len(place))
        start = 0
        for product in program.products:
            shape = (len(product.left), len(product.right))
            end = start + shape[0] * shape[1]
            out = found[start:end].reshape(shape)
            left, right = bound.lines(product.left), bound.lines(product.right)
            bound.steps.append((np.matmul, (left, right.T, out)))
            start = end
        ones = [x for x, y in program.pairs if y == ONE]
        others = [(x, y) for x, y in program.pairs if y != ONE]
        if ones:
            at = np.array([place[x, ONE] for x in ones])
            part = np.empty(len(ones))
            bound.steps.append(
                (np.matmul, (bound.lines(ones), np.ones(self.rows), part))
            )
            bound.steps.append((found.__setitem__, (at, part)))
        if others:
            at = np.array([place[pair] for pair in others])
            xs = bound.lines([x for x, _ in others])
            ys = bound.lines([y for _, y in others])
            xs, ys = np.broadcast_arrays(xs, ys)
            part = np.empty(len(others))
            bound.steps.append((_row_dots, (xs, ys, part)))
            bound.steps.append((found.__setitem__, (at, part)))
        self.terms = _rounds(
            [[(sign, place[x, y]) for sign, x, y in terms] for terms in program.sums]
        )
        lines = bound.places.line
        self.uniforms = _rounds(
            [[(sign, lines[x]) for sign, x in terms] for terms in program.uniforms]
        )
        self.uniform = bound.uniform[:, 0]
        self.count = len(program.sums)

    def run(self, before: Any) -> Any:
        """The sums, going on from those of the rows before."""
        total = np.zeros(self.count) if before is None else before
        for outputs, sources, signs in self.terms:
            part = self.found[sources]
            total[outputs] += part if signs is None else part * signs
        for outputs, sources, signs in self.uniforms:
            part = self.rows * self.uniform[sources]
            total[outputs] += part if signs is None else part * signs
        return total


def _row_dots(xs: Any, ys: Any, out: Any) -> None:
    np.einsum("ij,ij->i", xs, ys, out=out)


def _rounds(
    terms: list[list[tuple[bool, int]]],
) -> list[tuple[Any, Any, Any]]:
    # The first term of each sum, then the second of those that have one, ...
    rounds: list[tuple[list[int], list[int], list[float]]] = []
    for output, ours in enumerate(terms):
        for k, (negative, source) in enumerate(ours):
            if k == len(rounds):
                rounds.append(([], [], []))
            outputs, sources, signs = rounds[k]
            outputs.append(output)
            sources.append(source)
            signs.append(-1.0 if negative else 1.0)
    return [
        (
            _index(outputs),
            _index(sources),
            np.array(signs) if -1.0 in signs else None,
        )
        for outputs, sources, signs in rounds
    ]


def _index(lines: list[int]) -> Any:
    found = as_slice(lines) if len(set(lines)) == len(lines) else None
    return np.array(lines) if found is None else found
