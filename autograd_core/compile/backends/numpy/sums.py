"""Sums over the rows of a batch, for the NumPy backend.

The one idea: for eager's bits the order of the rows decides, so they are added one
after the other (`ExactSums`); in fast mode the sums of all products of two sets of
numbers are one matrix product (`Sums`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...passes.raising import ONE
from .places import as_slice

__all__ = ["ExactSums", "Sums", "as_index"]


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
        self.count, self._rows = len(numbers), bound.rows

    def run(self, before: Any) -> Any:
        """The sums, going on from those of the rows before."""
        values = np.empty((self.count, 1 + self._rows))
        values[:, 0] = 0.0 if before is None else before
        self._taken(values[:, 1:])
        return np.add.accumulate(values, axis=1)[:, -1]


class Sums:
    """Matrix products over the rows, their entries put together to the sums."""

    def __init__(self, bound: Any) -> None:
        self.rows = bound.rows
        program = bound.raised
        place: dict[tuple[int, int], int] = {}
        factors = []
        for product in program.products:
            right = list(product.right)
            if tuple(right) in bound.places.led:  # whose line of ones adds up the left
                right = [ONE, *right]
            factors.append((product.left, right))
            for x in product.left:
                for y in right:
                    place[x, y] = len(place)
        pairs = [pair for pair in program.pairs if pair not in place]
        for pair in pairs:
            place[pair] = len(place)
        self.found = found = np.zeros(len(place))
        start = 0
        for left, right in factors:
            end = start + len(left) * len(right)
            out = found[start:end].reshape(len(left), len(right))
            operands = bound.lines(left), bound.lines(right).T
            bound.steps.append((np.matmul, (*operands, out)))
            start = end
        self._multiply_pairs(bound, pairs, place)
        self.terms = _rounds(
            [[(sign, place[x, y]) for sign, x, y in terms] for terms in program.sums]
        )
        lines = bound.places.line
        self.uniforms = _rounds(
            [[(sign, lines[x]) for sign, x in terms] for terms in program.uniforms]
        )
        self.uniform = bound.uniform[:, 0]
        self.count = len(program.sums)
        # Where each sum is, if each is one term.
        self.plain = None
        single = all([len(terms) == 1 and not terms[0][0] for terms in program.sums])
        if single and not any(program.uniforms):
            self.plain = np.array([place[x, y] for ((_, x, y),) in program.sums])

    def _multiply_pairs(
        self,
        bound: Any,
        pairs: list[tuple[int, int]],
        place: dict[tuple[int, int], int],
    ) -> None:
        # Products that are in no matrix, each for itself.
        ones = [x for x, y in pairs if y == ONE]
        others = [(x, y) for x, y in pairs if y != ONE]
        if ones:
            at = as_index([place[x, ONE] for x in ones])
            part = np.empty(len(ones))
            bound.steps.append(
                (np.matmul, (bound.lines(ones), np.ones(self.rows), part))
            )
            bound.steps.append((self.found.__setitem__, (at, part)))
        if others:
            at = as_index([place[pair] for pair in others])
            xs = bound.lines([x for x, _ in others])
            ys = bound.lines([y for _, y in others])
            xs, ys = np.broadcast_arrays(xs, ys)
            part = np.empty(len(others))
            bound.steps.append((_row_dots, (xs, ys, part)))
            bound.steps.append((self.found.__setitem__, (at, part)))

    def run(self, before: Any) -> Any:
        """The sums, going on from those of the rows before."""
        if self.plain is not None and before is None:
            return self.found.take(self.plain)
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
            as_index(outputs),
            as_index(sources),
            np.array(signs) if -1.0 in signs else None,
        )
        for outputs, sources, signs in rounds
    ]


def as_index(lines: Sequence[int]) -> Any:
    """The lines as what an array is indexed by: a slice if they are one."""
    found = as_slice(lines) if len(set(lines)) == len(lines) else None
    return np.array(lines) if found is None else found
