"""Sums over the rows, as text of LLVM.

What one can do with this file: write the functions that add a panel of rows to the
sums, for speed (`tiled`). `rowwise` has those of eager mode.

The one idea: a gradient is mostly sums of products, adjoint times operand, and few
numbers make many products. So the program of a block keeps the factors, not the
products, in a *panel* of some rows; then tiles of four factors by two are loaded once
for eight products, and the partial sums stay in registers for the whole panel.

Eight partial sums take the rows by their number modulo eight, each in the order of
the rows, and are added in one fixed tree: the bits depend on neither the width of the
machine's vectors nor the size of a panel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Template

from ..macros import expand
from .plan import Plan

__all__ = ["CELLS", "NOTHING", "SIDE", "Sums", "clear", "groups", "table_of", "tiled"]

PARTIALS = 8
# Partial sums that are in registers at the same time: 16 registers hold them with what
# is read for them; and factors on the longer side of a tile.
CELLS, SIDE = 8, 4


@dataclass(frozen=True)
class Sums:
    """The text that a driver needs.

    Attributes
    ----------
    functions
        Whole functions, with their tables, by name.
    begin, add, end
        Instructions: before all, to take in ``%count`` rows of ``%panel``, after all.
    partials
        Doubles of memory that must be at ``%partials``.
    """

    functions: dict[str, str]
    begin: str
    add: str
    end: str
    partials: int


def tiled(
    plan: Plan, kept: dict[int, int], rows: int, width: int, lines: int | None = None
) -> Sums:
    """Sums as `PARTIALS` partial sums of products in tiles; for panels of ``rows``.

    Vectors have ``width`` numbers. A panel has ``lines`` lines; by default as many as
    numbers are kept.
    """
    if not plan.sums:
        return NOTHING
    slots: dict[int, int] = {}  # place among the sums -> place of its partial sums
    tables: dict[tuple[int, int], list[int]] = {}
    for left, right, sums in _tiles(plan):
        table = tables.setdefault((len(left), len(right)), [])
        table += [kept[number] for number in (*left, *right)]
        table.append(len(slots))
        slots.update({k: len(slots) + i for i, k in enumerate(sums)})
    n = len(slots)
    functions = {
        "clear_rest": _clear_rest(rows, lines or len(kept)),
        "finish": _finish(table_of("slots", [slots[k] for k in range(n)]), n),
        _multiply_add(width): _declared(width),
    }
    calls = [_CLEAR_CALL]
    for (a, b), table in tables.items():
        functions[f"tile.{a}.{b}"] = _tile(a, b, table, rows, width)
        calls.append(
            f"  call void @tile.{a}.{b}(ptr %panel, i64 %count, ptr %partials)"
        )
    end = "  call void @finish(ptr %sums, ptr %partials)"
    begin = clear("%partials", n * PARTIALS)
    return Sums(functions, begin, "\n".join(calls), end, n * PARTIALS)


NOTHING = Sums({}, "", "", "", 0)


# -- which products make a tile --------------------------------------------------------

_Tile = tuple[Sequence[int], Sequence[int], Sequence[int]]


def _tiles(plan: Plan) -> Iterator[_Tile]:
    # Left factors, right factors, and the sums of their products, line by line;
    # without right factors the sums of the left ones themselves.
    plain = [k for k in range(len(plan.sums)) if k not in plan.products]
    for some in groups(plain, CELLS):
        yield [plan.sums[k] for k in some], [], some
    partners: dict[int, dict[int, int]] = {}
    for k, (a, b) in plan.products.items():
        found = partners.setdefault(a, {})
        if b in found:  # the same product twice is no tile
            yield [a], [b], [k]
        else:
            found[b] = k
    alike: dict[tuple[int, ...], list[int]] = {}
    for a, with_b in partners.items():
        alike.setdefault(tuple(with_b), []).append(a)
    for right, left in alike.items():
        side = CELLS // min(SIDE, len(left))
        for columns in groups(right, side):
            for lines in groups(left, CELLS // len(columns)):
                yield lines, columns, [partners[a][b] for a in lines for b in columns]


def groups(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The items, so many at a time."""
    return (items[i : i + size] for i in range(0, len(items), size))


# -- text ------------------------------------------------------------------------------


def table_of(name: str, numbers: Sequence[int]) -> str:
    """A constant array of integers."""
    items = ", ".join([f"i32 {number}" for number in numbers])
    return f"@{name} = internal constant [{len(numbers)} x i32] [{items}]"


def clear(pointer: str, doubles: int) -> str:
    """An instruction that sets doubles to 0."""
    return (
        f"  call void @llvm.memset.p0.i64(ptr {pointer}, i8 0, i64 {8 * doubles}, "
        "i1 false)"
    )


def _multiply_add(width: int) -> str:
    return f"@llvm.fmuladd.v{width}f64"


def _declared(width: int) -> str:
    v = f"<{width} x double>"
    return f"declare {v} {_multiply_add(width)}({v}, {v}, {v})"


def _tile(a: int, b: int, table: list[int], rows: int, width: int) -> str:
    # For each line of the table: factors, and where the partial sums are. One vector of
    # each eight rows at a time, so that its sums fit into registers.
    v = f"<{width} x double>"
    factors = [f"a{i}" for i in range(a)] + [f"b{j}" for j in range(b)]
    cells = [(i, j) for i in range(a) for j in range(b)] or [(i, -1) for i in range(a)]
    entries = len(factors) + 1
    load = [f"  %to0 = mul i64 %t, {entries}"]
    for k, factor in enumerate([*factors, "c"]):
        load += [
            f"  %i.{factor} = add i64 %to0, {k}",
            f"  %n.{factor} = i32 @table.{a}.{b}[%i.{factor}]",
            f"  %w.{factor} = sext i32 %n.{factor} to i64",
        ]
    for factor in factors:
        load += [
            f"  %o.{factor} = mul i64 %w.{factor}, {rows}",
            f"  %p.{factor} = getelementptr double, ptr %panel, i64 %o.{factor}",
        ]
    load.append(f"  %to = getelementptr [{PARTIALS} x double], ptr %partials, i64 %w.c")
    begin, phis, store = [], [], []
    work = [f"  %x.{factor} = {v} %p.{factor}[%row]" for factor in factors]
    for k, (i, j) in enumerate(cells):
        begin.append(f"  %v{k} = {v} %sums[{PARTIALS * k}]")
        phis.append(f"  %y{k} = carry {v} %v{k}, %z{k}")
        if j < 0:
            work.append(f"  %z{k} = fadd {v} %y{k}, %x.a{i}")
        else:
            given = f"{v} %x.a{i}, {v} %x.b{j}, {v} %y{k}"
            work.append(f"  %z{k} = call {v} {_multiply_add(width)}({given})")
        store.append(f"  {v} %sums[{PARTIALS * k}] = %z{k}")
    text = Template(_TILE).substitute(
        TABLE=table_of(f"table.{a}.{b}", table),
        NAME=f"tile.{a}.{b}",
        LOAD="\n".join(load),
        BEGIN="\n".join(begin),
        PHIS="\n".join(phis),
        WORK="\n".join(work),
        STORE="\n".join(store),
        LINES=len(table) // entries,
        WIDTH=width,
        PARTIALS=PARTIALS,
    )
    return expand(text)


def _finish(table: str, n: int) -> str:
    # The tree: 0 with 4, 1 with 5, ...; then (04) with (26), ...; then both halves.
    lines, size, held = [], PARTIALS, "%v8"
    while size > 1:
        half, whole = size // 2, f"<{size} x double>"
        for name, first in (("a", 0), ("b", half)):
            mask = ", ".join([f"i32 {k}" for k in range(first, first + half)])
            lines.append(
                f"  %{name}{half} = shufflevector {whole} {held}, {whole} poison, "
                f"<{half} x i32> <{mask}>"
            )
        held = f"%v{half}"
        lines.append(f"  {held} = fadd <{half} x double> %a{half}, %b{half}")
        size = half
    text = Template(_FINISH).substitute(TABLE=table, TREE="\n".join(lines), N=n)
    return expand(text)


def _clear_rest(rows: int, kept: int) -> str:
    # What a panel has past its last row counts as 0, up to a multiple of eight.
    return expand(Template(_CLEAR_REST).substitute(ROWS=rows, KEPT=kept))


_TILE = """
$TABLE
define internal void @$NAME(ptr %panel, i64 %count, ptr %partials) {
  do %t < $LINES {
$LOAD
    do %first < $PARTIALS by $WIDTH {
      %sums = getelementptr double, ptr %to, i64 %first
$BEGIN
      do %row from %first < %count by $PARTIALS {
$PHIS
$WORK
      }
$STORE
    }
  }
  ret void
}"""

_CLEAR_CALL = "  call void @clear_rest(ptr %panel, i64 %count)"
_CLEAR_REST = """
define internal void @clear_rest(ptr %panel, i64 %count) {
  %up = add i64 %count, 7
  %end = and i64 %up, -8
  %some = icmp slt i64 %count, %end
  if %some {
    do %k < $KEPT {
      %begin = mul i64 %k, $ROWS
      %line = getelementptr double, ptr %panel, i64 %begin
      do %l from %count < %end {
        double %line[%l] = 0.0
      }
    }
  }
  ret void
}"""

_FINISH = """
$TABLE
define internal void @finish(ptr %sums, ptr %partials) {
  do %k < $N {
    %n = i32 @slots[%k]
    %slot = sext i32 %n to i64
    %from = getelementptr <8 x double>, ptr %partials, i64 %slot
    %v8 = load <8 x double>, ptr %from, align 8
$TREE
    %total = extractelement <1 x double> %v1, i32 0
    double %sums[%k] = %total
  }
  ret void
}"""
