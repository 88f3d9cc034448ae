"""The loop over the rows: one native function around the program of a block.

What one can do with this file: write the module of a program (`write_module`), and
learn how much scratch memory a call needs.

The one idea: the last block is like the others. Its rows are copied into a block that
is padded with the last row, what comes out is copied back, and no row is computed by
other instructions than its neighbours. After every panel of blocks, `sums` takes in
what the blocks have kept for it.
"""

from dataclasses import dataclass
from string import Template

from ..macros import expand
from .assembly import Program
from .plan import Plan
from .rowwise import of_one, ordered
from .sums import table_of, tiled

__all__ = ["ENTRY", "Module", "Places", "table_of", "write_module"]

ENTRY = "run"


@dataclass(frozen=True)
class Module:
    """The text of a module whose function is `ENTRY`.

    Attributes
    ----------
    scratch
        Doubles of scratch memory that a call needs.
    """

    text: str
    scratch: int


def write_module(plan: Plan, program: Program, width: int, numerics: str) -> Module:
    """The functions of ``program`` and the loop around them.

    ``run(inputs, rows, parameters, values, sums, scratch)`` takes addresses of
    doubles, and the number of rows.
    """
    kept, inputs, values = len(program.kept), len(plan.inputs), len(plan.values)
    rows = program.rows
    if width == 1:
        sums = of_one(plan, program.kept)
    elif numerics == "eager":
        sums = ordered(plan, program.kept, rows)
    else:
        sums = tiled(plan, program.kept, rows, width)
    place = Places()
    numbers = {
        "UNIFORMS": place.take(program.uniforms),
        "WORK": place.take(program.places * width),
        "PARTIALS": place.take(sums.partials),
        "PANEL": place.take(kept * rows),
        "TAILIN": place.take(inputs * width),
        "TAILOUT": place.take(values * width),
        "NINPUTS": inputs,
        "NVALUES": values,
        "WIDTH": width,
        "ROWS": rows,
    }
    parts = {
        "PROLOGUE": _calls(program.prologue, "%in %rows %values %rows %panel", rows),
        "BODY": _calls(program.body, "%here %rows %there %rows %keep", rows),
        "TAIL": _calls(
            program.body, f"%tail_in {width} %tail_out {width} %tail_keep", rows
        ),
        "BEGIN": sums.begin,
        "ADD": sums.add,
        "END": sums.end,
    }
    run = Template(Template(_RUN).safe_substitute(parts)).substitute(numbers)
    functions = {"copy": expand(_COPY), **program.functions, **sums.functions}
    return Module("\n".join([*functions.values(), expand(run)]), place.size)


class Places:
    """Places in scratch memory, each on a line of the cache."""

    def __init__(self) -> None:
        self.size = 0

    def take(self, doubles: int) -> int:
        """The first of so many doubles."""
        begin = self.size
        self.size += -(-doubles // 8) * 8
        return begin


def _calls(names: list[str], given: str, rows: int) -> str:
    source, stride, out, out_stride, keep = given.split()
    arguments = (
        f"ptr {source}, i64 {stride}, ptr %par, ptr %uni, ptr %work, "
        f"ptr {out}, i64 {out_stride}, ptr {keep}, i64 {rows}"
    )
    return "\n".join([f"  call void @{name}({arguments})" for name in names])


# to[k*tostride + l] = from[k*fromstride + min(l, last)] for k < n and l < m
_COPY = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define internal void @copy(ptr %to, i64 %tostride, ptr %from, i64 %fromstride,
                           i64 %n, i64 %m, i64 %last) {
  for %k < %n {
    %a0 = mul i64 %k, %tostride
    %b0 = mul i64 %k, %fromstride
    do %l < %m {
      %inside = icmp slt i64 %l, %last
      %read = select i1 %inside, i64 %l, i64 %last
      %b = add i64 %b0, %read
      %a = add i64 %a0, %l
      %x = double %from[%b]
      double %to[%a] = %x
    }
  }
  ret void
}"""

_RUN = """
define void @run(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch) {
  %uni = getelementptr double, ptr %scratch, i64 $UNIFORMS
  %work = getelementptr double, ptr %scratch, i64 $WORK
  %partials = getelementptr double, ptr %scratch, i64 $PARTIALS
  %panel = getelementptr double, ptr %scratch, i64 $PANEL
  %tail_in = getelementptr double, ptr %scratch, i64 $TAILIN
  %tail_out = getelementptr double, ptr %scratch, i64 $TAILOUT
$BEGIN
$PROLOGUE
  for %first < %rows by $ROWS {
    %rest = sub i64 %rows, %first
    %few = icmp slt i64 %rest, $ROWS
    %count = select i1 %few, i64 %rest, i64 $ROWS
    %whole = and i64 %count, -$WIDTH
    for %block < %whole by $WIDTH {
      %row = add i64 %first, %block
      %here = getelementptr double, ptr %in, i64 %row
      %there = getelementptr double, ptr %values, i64 %row
      %keep = getelementptr double, ptr %panel, i64 %block
$BODY
    }
    %over = sub i64 %count, %whole
    %some = icmp sgt i64 %over, 0
    if %some {
      %last = sub i64 %over, 1
      %tail_row = add i64 %first, %whole
      %tail_from = getelementptr double, ptr %in, i64 %tail_row
      call void @copy(ptr %tail_in, i64 $WIDTH, ptr %tail_from, i64 %rows,
                      i64 $NINPUTS, i64 $WIDTH, i64 %last)
      %tail_keep = getelementptr double, ptr %panel, i64 %whole
$TAIL
      %tail_to = getelementptr double, ptr %values, i64 %tail_row
      call void @copy(ptr %tail_to, i64 %rows, ptr %tail_out, i64 $WIDTH,
                      i64 $NVALUES, i64 %over, i64 %last)
    }
$ADD
  }
$END
  ret void
}"""
