"""In which order the members of a group lie, and how their operands are read.

What one can do with this file: `arranged` gives the members of a group of equal
operations the order in which a loop over vectors of them has least to do.

The one idea: a *run* is as many members, one after the other, as every operand goes on
in its own way: to the next place, or staying where it is. Runs are cut into *blocks*,
a vector each, and all that a loop needs of an operand is where each block begins. What
goes on in no such way is read lane by lane. A last block may be partly empty: its other
lanes read what lies behind, and compute numbers that nobody wants.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALONG", "ANYHOW", "SAME", "Arranged", "Operand", "arranged", "offsets"]

Places = NDArray[np.int64]

ALONG, SAME, ANYHOW = "along", "same", "anyhow"
_STEP = {ALONG: 1, SAME: 0}
# What reading a vector costs, in operations on one; `ANYHOW` reads number by number.
_COSTS = {ALONG: 0.5, SAME: 0.5, ANYHOW: 4.0}
_BLOCK = 2.0  # of a block, besides
_MOST_TRIED = 3  # operands whose ways are tried in all combinations


@dataclass
class Operand:
    """How an operand is read.

    Attributes
    ----------
    way
        `ALONG`: a vector of numbers that lie side by side. `SAME`: one number in all
        lanes. `ANYHOW`: a number for each lane.
    starts
        For each block where that is; of `ANYHOW`, shape (blocks, lanes).
    """

    way: str
    starts: Places


@dataclass
class Arranged:
    """The members of a group, in blocks.

    Attributes
    ----------
    members
        In their order.
    slots
        For each of them its lane, counted through all blocks.
    blocks
        How many blocks there are.
    operands
        How each is read.
    cost
        About how many operations on vectors that takes.
    """

    members: Places
    slots: Places
    blocks: int
    operands: list[Operand]
    cost: float


def arranged(
    places: Sequence[Places],
    width: int,
    work: float,
    times: float = 1.0,
    *,
    padded: bool = False,
) -> Arranged:
    """The best order of the members.

    Parameters
    ----------
    places
        Of each operand: where each member has it, shape (members,).
    width
        Lanes of a vector.
    work
        The cost of the operation itself, on one vector.
    times
        How often each operand is read.
    padded
        Whether lanes without a member must read what the last member reads.
    """
    count = len(places[0])
    ideal = -(-count // width) * (_BLOCK + times * (work + 0.5 * len(places)))
    tried: list[tuple[float, Places, tuple[str, ...]]] = []
    for order in _orders(places):
        steps = [np.diff(place[order]) for place in places]
        for ways in _ways(steps, padded):
            breaks = _breaks(steps, ways, count)
            blocks = int((-(-np.diff(breaks) // width)).sum())
            reading = sum([_COSTS[way] for way in ways])
            cost = blocks * (_BLOCK + times * (work + reading))
            tried.append((cost, order, ways))
        if min(tried, key=_cost)[0] <= ideal:
            break
    cost, order, ways = min(tried, key=_cost)
    return _cut([place[order] for place in places], order, ways, width, cost)


def _cost(tried: tuple[float, Places, tuple[str, ...]]) -> float:
    return tried[0]


def _orders(places: Sequence[Places]) -> Iterator[Places]:
    # As they are; and by the places of the operands, whichever counts first.
    yield np.arange(len(places[0]))
    if len(places[0]) == 1:
        return
    first = places[:_MOST_TRIED]
    for k, place in enumerate(first):
        others = [*first[:k], *first[k + 1 :]]
        yield np.lexsort([*others, place])


def _ways(steps: Sequence[Places], padded: bool) -> Iterator[tuple[str, ...]]:
    if padded:
        yield (ANYHOW,) * len(steps)
        return
    if not len(steps[0]):
        yield (ALONG,) * len(steps)
        return
    possible = []
    for step in steps:
        along, same = int((step == 1).sum()), int((step == 0).sum())
        if len(step) in (along, same):
            ours = [ALONG if along else SAME]
        elif len(steps) > _MOST_TRIED:
            most = ALONG if along >= same else SAME
            ours = [most if 2 * max(along, same) > len(step) else ANYHOW]
        else:
            ours = [ALONG] * bool(along) + [SAME] * bool(same) + [ANYHOW]
        possible.append(ours)
    yield from product(*possible)


def _breaks(steps: Sequence[Places], ways: Sequence[str], count: int) -> Places:
    # Where runs begin, and the end.
    broken = np.zeros(max(0, count - 1), dtype=bool)
    for step, way in zip(steps, ways, strict=True):
        if way != ANYHOW:
            broken |= step != _STEP[way]
    return np.concatenate([[0], np.flatnonzero(broken) + 1, [count]])


def _cut(
    places: Sequence[Places],
    order: Places,
    ways: Sequence[str],
    width: int,
    cost: float,
) -> Arranged:
    count = len(order)
    breaks = _breaks([np.diff(place) for place in places], ways, count)
    lengths = np.diff(breaks)
    blocks = -(-lengths // width)
    before = np.concatenate([[0], np.cumsum(blocks)])
    inside = np.arange(count) - np.repeat(breaks[:-1], lengths)
    slots = np.repeat(before[:-1], lengths) * width + inside
    total = int(before[-1])
    # Who is in each lane; an empty one has the member before it.
    there = np.zeros(total * width, dtype=np.int64)
    there[slots] = np.arange(count)
    lanes = np.maximum.accumulate(there).reshape(total, width)
    operands: list[Operand] = []
    for place, way in zip(places, ways, strict=True):
        starts = place[lanes] if way == ANYHOW else place[lanes[:, 0]]
        operands.append(Operand(way, starts))
    return Arranged(order, slots, total, operands, cost)


def offsets(places: Any) -> tuple[Places, Places] | None:
    """Where the terms of each member begin and how they go on, if all do alike.

    ``places`` has shape (members, terms).
    """
    first = places[:, 0]
    steps: Places = places[0] - first[0]
    if np.array_equal(places, first[:, None] + steps):
        return first, steps
    return None
