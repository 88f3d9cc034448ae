"""Sums over the rows in eager's order, as text of LLVM.

What one can do with this file: write the functions that add a panel of rows to the
sums as eager mode does, row after row (`ordered`); and those of a single row
(`of_one`).

The one idea: what must be added one after the other cannot be lanes, but one row is
added to all sums, and these can. So four lines of the panel, as the blocks have left
them, are turned into a vector for each row; a tile is a few factors, each one number of
a row, times a few of these vectors, and its sums stay in registers for the whole panel.
"""

from collections.abc import Iterator, Sequence
from string import Template

from ..macros import expand
from .plan import Plan
from .sums import CELLS, NOTHING, SIDE, Sums, clear, groups, table_of

__all__ = ["of_one", "ordered"]

_FOUR = 4  # sums in a vector
_V = f"<{_FOUR} x double>"


def of_one(plan: Plan, kept: dict[int, int]) -> Sums:
    """Sums of a single row, whose lines of the panel are numbers side by side."""
    if not plan.sums:
        return NOTHING
    order = table_of("order", [kept[number] for number in plan.sums])
    text = _in_order(_OF_ONE, len(plan.sums))
    add = "  call void @of_one(ptr %sums, ptr %panel)"
    return Sums({"of_one": f"{order}\n{text}"}, "", add, "", 0)


def ordered(plan: Plan, kept: dict[int, int], rows: int) -> Sums:
    """Sums in the order of the rows; for panels of ``rows``.

    A strong product (`STRONG`) is not added where its first factor is 0, also if the
    other is infinite; that it is -0.0 there makes no difference, as no sum is.
    """
    if not plan.sums:
        return NOTHING
    strips: dict[tuple[int, ...], int] = {}  # four lines -> which strip they become
    tables: dict[tuple[int, int, bool], list[int]] = {}
    slots: dict[int, int] = {}  # place among the sums -> where it is added up
    size = 0
    for left, right, sums, strong in _tiles(plan):
        table = tables.setdefault((len(left), len(right), strong), [])
        table += [rows * kept[number] for number in left]
        for some in right:
            lines = [rows * kept[number] for number in some]
            four = (*lines, *lines[-1:] * (_FOUR - len(lines)))
            table.append(rows * _FOUR * strips.setdefault(four, len(strips)))
        table.append(size)
        for line in sums:
            slots.update({k: size + i for i, k in enumerate(line)})
            size += _FOUR * len(right)
    lines = [line for four in strips for line in four]
    order = [slots[k] for k in range(len(plan.sums))]
    functions = {
        "turn": f"{table_of('turn.lines', lines)}\n{_turn(rows, len(strips))}",
        "place": f"{table_of('order', order)}\n{_in_order(_PLACE, len(order))}",
    }
    begin = rows * _FOUR * len(strips)
    add = [
        "  call void @turn(ptr %panel, ptr %partials, i64 %count)",
        f"  %sofar = getelementptr double, ptr %partials, i64 {begin}",
    ]
    for (a, b, strong), table in tables.items():
        name = f"rowwise.{a}.{b}{'.strong' * strong}"
        functions[name] = _tile(name, a, b, strong, table)
        given = "ptr %panel, ptr %partials, ptr %sofar, i64 %count"
        add.append(f"  call void @{name}({given})")
    total = f"  %total = getelementptr double, ptr %partials, i64 {begin}"
    return Sums(
        functions,
        f"  %zero = getelementptr double, ptr %partials, i64 {begin}\n"
        + clear("%zero", size),
        "\n".join(add),
        f"{total}\n  call void @place(ptr %sums, ptr %total)",
        begin + size,
    )


# -- which products make a tile --------------------------------------------------------

_Numbers = Sequence[int]


def _tiles(
    plan: Plan,
) -> Iterator[tuple[_Numbers, list[_Numbers], list[_Numbers], bool]]:
    # Left factors, right factors by fours, the sums of each left factor, and whether
    # the products are strong; without left factors the sums of the right ones.
    plain = [k for k in range(len(plan.sums)) if k not in plan.products]
    for some in groups(plain, CELLS * _FOUR):
        numbers = [plan.sums[k] for k in some]
        yield [], list(groups(numbers, _FOUR)), [some], False
    # By left factor and kind: right factors, and the sums that they make.
    partners: dict[tuple[int, bool], tuple[list[int], list[int]]] = {}
    for k, (a, b) in plan.products.items():
        factors, places = partners.setdefault((a, k in plan.strong), ([], []))
        factors.append(b)
        places.append(k)
    alike: dict[tuple[bool, tuple[int, ...]], list[int]] = {}
    for (a, strong), (factors, _) in partners.items():
        alike.setdefault((strong, tuple(factors)), []).append(a)
    for (strong, right), left in alike.items():
        wide = CELLS // min(SIDE, len(left)) * _FOUR
        for first in range(0, len(right), wide):
            fours = list(groups(right[first : first + wide], _FOUR))
            for some in groups(left, CELLS // len(fours)):
                sums: list[_Numbers] = [
                    partners[a, strong][1][first : first + wide] for a in some
                ]
                yield some, fours, sums, strong


# -- text ------------------------------------------------------------------------------


def _in_order(text: str, sums: int) -> str:
    return expand(Template(text).substitute(SUMS=sums))


def _turn(rows: int, strips: int) -> str:
    # Each four lines of the panel, side by side: a vector for each row.
    begin, load, store = [], [], []
    for k in range(_FOUR):
        begin += [
            f"  %e{k} = getelementptr [4 x i32], ptr @turn.lines, i64 %k, i64 {k}",
            f"  %n{k} = load i32, ptr %e{k}",
            f"  %l{k} = getelementptr double, ptr %panel, i32 %n{k}",
        ]
        load.append(f"  %x{k} = {_V} %l{k}[%r]")
        store.append(f"  {_V} %row[{_FOUR * k}] = %z{k}")
    # Pairs of two lines, then pairs of pairs.
    even, odd, low, high = (0, 4, 2, 6), (1, 5, 3, 7), (0, 1, 4, 5), (2, 3, 6, 7)
    pairs = [("y0", "x0", "x1", even), ("y1", "x0", "x1", odd)]
    pairs += [("y2", "x2", "x3", even), ("y3", "x2", "x3", odd)]
    pairs += [("z0", "y0", "y2", low), ("z1", "y1", "y3", low)]
    pairs += [("z2", "y0", "y2", high), ("z3", "y1", "y3", high)]
    for name, a, b, places in pairs:
        mask = ", ".join([f"i32 {place}" for place in places])
        load.append(
            f"  %{name} = shufflevector {_V} %{a}, {_V} %{b}, <{_FOUR} x i32> <{mask}>"
        )
    text = Template(_TURN).substitute(
        BEGIN="\n".join(begin),
        LOAD="\n".join(load),
        STORE="\n".join(store),
        STRIP=rows * _FOUR,
        STRIPS=strips,
    )
    return expand(text)


def _tile(name: str, a: int, b: int, strong: bool, table: list[int]) -> str:
    # For each line of the table: left factors, right ones, and where the sums are.
    left, right = [f"a{i}" for i in range(a)], [f"b{j}" for j in range(b)]
    bases = ["panel"] * a + ["turned"] * b + ["sofar"]
    load = [f"  %to0 = mul i64 %k, {len(bases)}"]
    for i, (factor, base) in enumerate(zip([*left, *right, "c"], bases, strict=True)):
        load += [
            f"  %i.{factor} = add i64 %to0, {i}",
            f"  %n.{factor} = i32 @{name}.table[%i.{factor}]",
            f"  %p.{factor} = getelementptr double, ptr %{base}, i32 %n.{factor}",
        ]
    phis, work, store = [], [], []
    mask = f"<{_FOUR} x i32> zeroinitializer"
    for factor in left:
        work += [
            f"  %y.{factor} = double %p.{factor}[%row]",
            f"  %z.{factor} = insertelement {_V} poison, double %y.{factor}, i32 0",
            f"  %x.{factor} = shufflevector {_V} %z.{factor}, {_V} poison, {mask}",
            f"  %on.{factor} = fcmp une {_V} %x.{factor}, zeroinitializer",
        ]
    for factor in right:
        work += [
            f"  %q.{factor} = getelementptr {_V}, ptr %p.{factor}, i64 %row",
            f"  %x.{factor} = load {_V}, ptr %q.{factor}, align 8",
        ]
    for k in range(max(1, a) * b):
        i, j = divmod(k, b)
        term = f"%x.b{j}"
        if a:
            work.append(f"  %m{k} = fmul {_V} %x.a{i}, {term}")
            term = f"%m{k}"
        if strong:
            chosen = f"select <{_FOUR} x i1> %on.a{i}, {_V} {term}"
            work.append(f"  %o{k} = {chosen}, {_V} splat (double -0.0)")
            term = f"%o{k}"
        work.append(f"  %s{k} = fadd {_V} %v{k}, {term}")
        load.append(f"  %u{k} = {_V} %p.c[{_FOUR * k}]")
        phis.append(f"  %v{k} = carry {_V} %u{k}, %s{k}")
        store.append(f"  {_V} %p.c[{_FOUR * k}] = %s{k}")
    text = Template(_TILE).substitute(
        LOAD="\n".join(load),
        PHIS="\n".join(phis),
        WORK="\n".join(work),
        STORE="\n".join(store),
        NAME=name,
        TILES=len(table) // len(bases),
    )
    return f"{table_of(f'{name}.table', table)}\n{expand(text)}"


# sums[k] = 0.0 + panel[order[k]]: a sum begins with 0.0, and is never -0.0.
_OF_ONE = """
define internal void @of_one(ptr %sums, ptr %panel) {
  do %k < $SUMS {
    %n = i32 @order[%k]
    %place = sext i32 %n to i64
    %x = double %panel[%place]
    %y = fadd double %x, 0.0
    double %sums[%k] = %y
  }
  ret void
}"""

# Sum k is at place order[k].
_PLACE = """
define internal void @place(ptr %sums, ptr %total) {
  do %k < $SUMS {
    %n = i32 @order[%k]
    %place = sext i32 %n to i64
    %x = double %total[%place]
    double %sums[%k] = %x
  }
  ret void
}"""

# What is behind the last row is turned too, and not read.
_TURN = """
define internal void @turn(ptr %panel, ptr %turned, i64 %count) {
  for %k < $STRIPS {
$BEGIN
    %first = mul i64 %k, $STRIP
    %to = getelementptr double, ptr %turned, i64 %first
    do %r < %count by 4 {
$LOAD
      %row = getelementptr <4 x double>, ptr %to, i64 %r
$STORE
    }
  }
  ret void
}"""

_TILE = """
define internal void @$NAME(ptr %panel, ptr %turned, ptr %sofar, i64 %count) {
  do %k < $TILES {
$LOAD
    do %row < %count {
$PHIS
$WORK
    }
$STORE
  }
  ret void
}"""
