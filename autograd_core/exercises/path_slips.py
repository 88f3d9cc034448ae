"""Likely slips in a gradient, found by trying them on its paths.

What one can do with this file: list what a gradient becomes when a path is forgotten,
a sign is turned round, a factor is left out, ... with a sentence for each
(`path_slips`); get the paths of a quantity from `autograd_core.explain` (`ways_of`).

The one idea: a gradient is a sum over paths of products of local derivatives, so each
slip is another sum over the same paths. The sentences name paths and factors, never
the right number.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import NamedTuple

from ..explain import explain
from ..value import Value
from .blanks import local_of
from .judge import MAX_WAYS
from .levels import RESULT

__all__ = ["Way", "path_slips", "ways_of"]

Slip = tuple[Fraction, str]


class Way(NamedTuple):
    """One path, or all those through one consumer: ``x -> u -> L``, and its factors."""

    route: str
    factors: tuple[tuple[str, Fraction], ...]

    @property
    def product(self) -> Fraction:
        """What flows along it."""
        return prod((number for _, number in self.factors), start=Fraction(1))

    def without(self, k: int) -> Fraction:
        """The product of all factors but one."""
        rest = [number for i, (_, number) in enumerate(self.factors) if i != k]
        return prod(rest, start=Fraction(1))


def ways_of(
    nodes: Mapping[str, Value], name: str, answers: Mapping[str, Fraction]
) -> list[Way]:
    """The paths from a quantity to the result, with the right local derivatives."""
    found = explain(nodes[RESULT], nodes[name], max_paths=MAX_WAYS)
    ways = []
    for path in found.paths:
        edges = [(str(e.consumer.name), str(e.operand.name)) for e in path.edges]
        stops = [name, *(consumer for consumer, _ in reversed(edges))]
        factors = [(local_of(*edge), answers[local_of(*edge)]) for edge in edges]
        ways.append(Way(" -> ".join(stops), tuple(factors)))
    return ways


def path_slips(*sums: Sequence[Way]) -> Iterator[Slip]:
    """What a gradient becomes by one slip, the likelier ones first.

    Parameters
    ----------
    sums
        The gradient as a sum over ways; once by consumers, once by whole paths.
    """
    for slips in (_forgotten, _turned, _without_a_factor, _mixed_up):
        for ways in filter(None, sums):
            yield from slips(ways)


def _sum(ways: Sequence[Way]) -> Fraction:
    return sum((way.product for way in ways), Fraction(0))


def _forgotten(ways: Sequence[Way]) -> Iterator[Slip]:
    # One path less, two paths less, ...; at least one is kept.
    for n in range(1, len(ways)):
        for missing in combinations(ways, n):
            kept = [way for way in ways if way not in missing]
            routes = " and ".join(way.route for way in missing)
            paths = "path" if n == 1 else "paths"
            if len(kept) == 1:
                more = "a second path is" if n == 1 else f"the other {paths} are"
                says = f"this is the flow along {kept[0].route} alone; {more} {routes}"
            else:
                says = f"the flow along the {paths} {routes} is missing"
            yield _sum(kept), says


def _turned(ways: Sequence[Way]) -> Iterator[Slip]:
    total = _sum(ways)
    for way in ways:
        negative = [label for label, number in way.factors if number < 0]
        look = f"; look at the sign of {' and '.join(negative)}" if negative else ""
        says = f"the sign of the flow along {way.route} is turned round{look}"
        yield total - 2 * way.product, says
    yield -total, "the sign is turned round along every path"


def _without_a_factor(ways: Sequence[Way]) -> Iterator[Slip]:
    for way in ways:
        others = _sum(ways) - way.product
        for k, (label, _) in enumerate(way.factors):
            says = f"along {way.route} the factor {label} is missing"
            yield others + way.without(k), says


def _mixed_up(ways: Sequence[Way]) -> Iterator[Slip]:
    # Products where sums belong, sums where products belong, a factor taken twice.
    if len(ways) > 1:
        flows = prod((way.product for way in ways), start=Fraction(1))
        yield flows, "the flows of the paths are added; here they are multiplied"
    for way in ways:
        others = _sum(ways) - way.product
        if len(way.factors) > 1:
            added = sum((number for _, number in way.factors), Fraction(0))
            says = f"along {way.route} the factors multiply; here they are added"
            yield others + added, says
        for label, number in way.factors:
            says = f"along {way.route} the factor {label} is taken twice"
            yield others + way.product * number, says
