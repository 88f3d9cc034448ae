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
        "clear_rest": _CLEAR_REST.format(rows=rows, kept=lines or len(kept)),
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
            f"  %e.{factor} = getelementptr i32, ptr @table.{a}.{b}, i64 %i.{factor}",
            f"  %n.{factor} = load i32, ptr %e.{factor}",
            f"  %w.{factor} = sext i32 %n.{factor} to i64",
        ]
    for factor in factors:
        load += [
            f"  %o.{factor} = mul i64 %w.{factor}, {rows}",
            f"  %p.{factor} = getelementptr double, ptr %panel, i64 %o.{factor}",
        ]
    load.append(f"  %to = getelementptr [{PARTIALS} x double], ptr %partials, i64 %w.c")
    begin, phis, work, store = [], [], [], []
    for factor in factors:
        work += [
            f"  %q.{factor} = getelementptr double, ptr %p.{factor}, i64 %row",
            f"  %x.{factor} = load {v}, ptr %q.{factor}, align 8",
        ]
    for k, (i, j) in enumerate(cells):
        begin += [
            f"  %s{k} = getelementptr double, ptr %sums, i64 {PARTIALS * k}",
            f"  %v{k} = load {v}, ptr %s{k}, align 8",
        ]
        phis.append(f"  %y{k} = phi {v} [%v{k}, %part], [%z{k}, %step]")
        if j < 0:
            work.append(f"  %z{k} = fadd {v} %y{k}, %x.a{i}")
        else:
            given = f"{v} %x.a{i}, {v} %x.b{j}, {v} %y{k}"
            work.append(f"  %z{k} = call {v} {_multiply_add(width)}({given})")
        store.append(f"  store {v} %z{k}, ptr %s{k}, align 8")
    return Template(_TILE).substitute(
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
    return Template(_FINISH).substitute(TABLE=table, TREE="\n".join(lines), N=n)


_TILE = """
$TABLE
define internal void @$NAME(ptr %panel, i64 %count, ptr %partials) {
entry:
  br label %tile
tile:
  %t = phi i64 [0, %entry], [%tnext, %all]
$LOAD
  br label %part
part:
  %first = phi i64 [0, %tile], [%second, %stored]
  %sums = getelementptr double, ptr %to, i64 %first
$BEGIN
  br label %step
step:
  %row = phi i64 [%first, %part], [%next, %step]
$PHIS
$WORK
  %next = add i64 %row, $PARTIALS
  %more = icmp slt i64 %next, %count
  br i1 %more, label %step, label %stored
stored:
$STORE
  %second = add i64 %first, $WIDTH
  %parts = icmp slt i64 %second, $PARTIALS
  br i1 %parts, label %part, label %all
all:
  %tnext = add i64 %t, 1
  %left = icmp slt i64 %tnext, $LINES
  br i1 %left, label %tile, label %done
done:
  ret void
}"""

# What a panel has past its last row counts as 0, up to a whole number of vectors.
_CLEAR_CALL = "  call void @clear_rest(ptr %panel, i64 %count)"
_CLEAR_REST = """
define internal void @clear_rest(ptr %panel, i64 %count) {{
entry:
  %over = and i64 %count, 7
  %none = icmp eq i64 %over, 0
  br i1 %none, label %done, label %number
number:
  %k = phi i64 [0, %entry], [%knext, %numberend]
  %first = mul i64 %k, {rows}
  br label %one
one:
  %l = phi i64 [%count, %number], [%lnext, %one]
  %place = add i64 %first, %l
  %p = getelementptr double, ptr %panel, i64 %place
  store double 0.0, ptr %p
  %lnext = add i64 %l, 1
  %end = and i64 %lnext, 7
  %more = icmp ne i64 %end, 0
  br i1 %more, label %one, label %numberend
numberend:
  %knext = add i64 %k, 1
  %left = icmp slt i64 %knext, {kept}
  br i1 %left, label %number, label %done
done:
  ret void
}}"""

_FINISH = """
$TABLE
define internal void @finish(ptr %sums, ptr %partials) {
entry:
  br label %next
next:
  %k = phi i64 [0, %entry], [%knext, %next]
  %e = getelementptr i32, ptr @slots, i64 %k
  %n = load i32, ptr %e
  %w = sext i32 %n to i64
  %from = getelementptr <8 x double>, ptr %partials, i64 %w
  %v8 = load <8 x double>, ptr %from, align 8
$TREE
  %total = extractelement <1 x double> %v1, i32 0
  %to = getelementptr double, ptr %sums, i64 %k
  store double %total, ptr %to
  %knext = add i64 %k, 1
  %more = icmp slt i64 %knext, $N
  br i1 %more, label %next, label %done
done:
  ret void
}"""
