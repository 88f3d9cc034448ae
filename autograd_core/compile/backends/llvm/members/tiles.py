"""Contractions as text of LLVM: sums of products, several blocks at the same time.

What one can do with this file: `tiled` parts the blocks of a contraction into tiles;
`tile_text` is the loop over tiles of one kind.

The one idea: a sum that waits for its own last addition takes four times as long as the
additions. So some blocks, a *tile*, are added up side by side, and what several of them
read is read once: of a product of matrices a few numbers and a few vectors. In each
tile most blocks are equally far from a first one, the *leader*; only where leaders are
is read from a table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..vectors.lanes import literal
from .members import Contraction
from .runs import ALONG, ANYHOW, SAME, Operand, Places

__all__ = [
    "Loads",
    "Read",
    "Side",
    "Tiles",
    "columns_of",
    "reads_of",
    "tile_text",
    "tiled",
]

MOST_BLOCKS = 8  # of a tile: additions that fill the time that one takes
_WAIT = 4.0  # cycles from an addition to the next one of the same sum


class Read(NamedTuple):
    """Which leader a vector is counted from, and how far it is from there."""

    leader: int
    beyond: int


@dataclass
class Side:
    """How the tiles read an operand.

    Attributes
    ----------
    way, lanes
        As of the operand; how many reads make a vector.
    leaders
        Where they are, shape (tiles, leaders).
    reads
        Of each block, lane by lane if need be.
    stride
        From term to term, if it is always the same.
    """

    way: str
    lanes: int
    leaders: Places
    reads: list[Read]
    stride: int | None


@dataclass
class Tiles:
    """Equal tiles of a contraction: their first block, blocks in one, how many."""

    first: int
    size: int
    count: int
    sides: list[Side]


def tiled(step: Contraction) -> Iterator[Tiles]:
    """Tiles of equally many blocks, then those of the blocks that are left."""
    columns = [columns_of(operand) for operand in step.operands]
    size = _size(columns, step.blocks)
    first = 0
    while first < step.blocks:
        size = min(size, step.blocks - first)
        count = (step.blocks - first) // size
        sides = []
        for operand, column, steps in zip(
            step.operands, columns, step.steps, strict=True
        ):
            ours = column[first : first + count * size].reshape(count, -1)
            leaders, reads = reads_of(ours)
            lanes = column.shape[1]
            stride = _stride(steps)
            sides.append(Side(operand.way, lanes, ours[:, leaders], reads, stride))
        yield Tiles(first, size, count, sides)
        first += count * size


def columns_of(operand: Operand) -> Places:
    """What is read of an operand: for each block one place, or one for each lane."""
    starts = operand.starts
    return starts if operand.way == ANYHOW else starts[:, None]


def reads_of(columns: Places) -> tuple[list[int], list[Read]]:
    """The columns that are leaders, and how each is read.

    ``columns`` has shape (tiles, reads). A column has a leader from which it is equally
    far in all tiles; a leader is its own.
    """
    goes = columns - columns[0]
    leaders: dict[bytes, int] = {}  # how a column goes from tile to tile -> the first
    reads = []
    for j in range(columns.shape[1]):
        leader = leaders.setdefault(goes[:, j].tobytes(), j)
        reads.append((leader, int(columns[0, j] - columns[0, leader])))
    place = {j: k for k, j in enumerate(leaders.values())}
    return list(place), [Read(place[leader], beyond) for leader, beyond in reads]


def _size(columns: list[Places], blocks: int) -> int:
    # How many blocks make a tile: few loads, no waiting, and few that are left.
    best, least = 1, float("inf")
    for size in range(1, min(MOST_BLOCKS, blocks) + 1):
        tiles = blocks // size
        loads = 0.0
        for column in columns:
            leaders, reads = reads_of(column[: tiles * size].reshape(tiles, -1))
            loads += len(set(reads)) + 0.5 * len(leaders)
        left = blocks - tiles * size
        cost = tiles * max(_WAIT, 0.5 * (size + loads)) + left * 0.5 * _WAIT
        if cost < least:
            best, least = size, cost
    return best


def _stride(steps: Places) -> int | None:
    if len(steps) == 1:
        return 0
    apart = np.diff(steps)
    return int(apart[0]) if (apart == apart[0]).all() else None


# -- text ------------------------------------------------------------------------------


class Loads:
    """Text of what reads vectors, for vectors of ``width`` doubles."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.v = f"<{width} x double>"

    def start(self, lines: list[str], name: str, table: str, k: str) -> str:
        """Entry ``k`` of a table of 32 bits each."""
        lines += [
            f"  %{name}.q = getelementptr i32, ptr {table}, i64 {k}",
            f"  %{name}.i = load i32, ptr %{name}.q",
            f"  %{name}.a = sext i32 %{name}.i to i64",
        ]
        return f"%{name}.a"

    def vector(self, lines: list[str], name: str, way: str, pointers: list[str]) -> str:
        """A vector from a pointer, one number in all lanes, or one from each."""
        v = self.v
        if way == ALONG:
            lines.append(f"  %{name} = load {v}, ptr {pointers[0]}, align 8")
            return f"%{name}"
        found = "poison"
        for lane, pointer in enumerate(pointers):
            number = f"double %{name}.x{lane}"
            insert = f"insertelement {v} {found}, {number}, i32 {lane}"
            found = f"%{name}.v{lane}"
            lines.append(f"  %{name}.x{lane} = load double, ptr {pointer}")
            lines.append(f"  {found} = {insert}")
        if way == SAME:
            mask = f"<{self.width} x i32> zeroinitializer"
            lines.append(f"  %{name} = shufflevector {v} {found}, {v} poison, {mask}")
            found = f"%{name}"
        return found


def tile_text(
    tiles: Tiles, loads: Loads, added: Callable[[int, list[str]], str]
) -> tuple[str, list[str]]:
    """Arguments and lines of the loop over tiles; ``added`` takes in a term."""
    v, width = loads.v, loads.width
    head = "ptr %table, i64 %to, i64 %tiles, i64 %terms"
    outer: list[str] = []
    inner: list[str] = []
    vectors = []
    for o, side in enumerate(tiles.sides):
        leaders = range(side.leaders.shape[1])
        head += f", ptr %s{o}"
        outer.append(f"  %k{o} = mul i64 %k, {len(leaders)}")
        if side.stride is None:
            head += f", ptr %t{o}"
            beyond = loads.start(inner, f"t{o}", f"%t{o}", "%t")
        else:
            beyond = f"%t{o}.s"
            inner.append(f"  {beyond} = mul i64 %t, {side.stride}")
        for k in leaders:
            outer.append(f"  %k{o}.{k} = add i64 %k{o}, {k}")
            at = loads.start(outer, f"l{o}.{k}", f"%s{o}", f"%k{o}.{k}")
            outer.append(f"  %l{o}.{k}.p = getelementptr double, ptr %table, i64 {at}")
            pointer = f"getelementptr double, ptr %l{o}.{k}.p, i64 {beyond}"
            inner.append(f"  %m{o}.{k} = {pointer}")
        vectors.append(_vectors(inner, o, side, loads))
    blocks = range(tiles.size)
    zero = f"splat (double {literal(-0.0)})"  # adding to it changes no bit
    lines = [
        "  %out = getelementptr double, ptr %table, i64 %to",
        "  do %k < %tiles {",
        *outer,
        "  do %t < %terms {",
        *[f"  %a{j} = carry {v} {zero}, %z{j}" for j in blocks],
        *inner,
        *[added(j, [ours[j] for ours in vectors]) for j in blocks],
        "  }",
        f"  %here = mul i64 %k, {tiles.size * width}",
        "  %o = getelementptr double, ptr %out, i64 %here",
        *[f"  {v} %o[{j * width}] = %z{j}" for j in blocks],
        "  }",
        "  ret void",
    ]
    return head, lines


def _vectors(lines: list[str], o: int, side: Side, loads: Loads) -> list[str]:
    # Those of each block; equal ones are one.
    pointers: dict[Read, str] = {}
    for read in side.reads:
        if read not in pointers:
            pointers[read] = name = f"%p{o}.{len(pointers)}"
            place = f"ptr %m{o}.{read.leader}, i64 {read.beyond}"
            lines.append(f"  {name} = getelementptr double, {place}")
    found: dict[tuple[Read, ...], str] = {}
    vectors = []
    for j in range(0, len(side.reads), side.lanes):
        ours = tuple(side.reads[j : j + side.lanes])
        if ours not in found:
            places = [pointers[read] for read in ours]
            name = f"v{o}.{len(found)}"
            found[ours] = loads.vector(lines, name, side.way, places)
        vectors.append(found[ours])
    return vectors
