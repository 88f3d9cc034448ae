"""Loops over members as text of LLVM.

What one can do with this file: write the module of `Members` (`write_members`), and
learn how much scratch memory a call needs.

The one idea: a loop is written once for all groups that differ only in where their
numbers are; that is read from tables of constants. So the code is short and stays in
the cache of instructions, however long the program is.
"""

from collections.abc import Iterable, Sequence
from string import Template

import numpy as np

from ..macros import expand
from ..straight.assembly import Program
from ..straight.driver import Module
from ..straight.sums import table_of
from ..vectors.lanes import Vectors, literal
from ..vectors.rows import kernel
from .members import Contraction, Copied, Map, Members, Step
from .runs import Places
from .tiles import Loads, Read, columns_of, reads_of, tile_text, tiled

__all__ = ["write_members"]

MOST_TABLES = 3  # operands that are read independently of each other


def write_members(
    members: Members,
    vectors: Vectors,
    numerics: str,
    values: Sequence[int],
    sums: Sequence[int],
) -> tuple[Program, Module]:
    """The functions of ``members``, and the module with the loop over the rows.

    Parameters
    ----------
    values, sums
        The places of the results of a row, and of what is added up over the rows.
    """
    return _Loops(members, vectors, numerics).written(values, sums)


class _Loops:
    def __init__(self, members: Members, vectors: Vectors, numerics: str) -> None:
        self.members, self.vectors, self.numerics = members, vectors, numerics
        self.loads = Loads(vectors.width)
        self.program = Program()
        self.tables: list[int] = []
        self.known: dict[bytes, int] = {}  # a table -> where it begins
        self.names: dict[str, str] = {}  # text of a loop -> its name
        self.functions: dict[str, str] = {}

    def written(
        self, values: Sequence[int], sums: Sequence[int]
    ) -> tuple[Program, Module]:
        members, program = self.members, self.program
        calls = {
            "UNIFORM": self.steps(members.uniform),
            "VARYING": self.steps(members.varying),
            "VALUES": self.table(np.array(values, dtype=np.int64)),
            "SUMS": self.table(np.array(sums, dtype=np.int64)),
        }
        run = Template(_RUN).substitute(
            calls,
            GIVEN=", ".join([f"double {literal(x)}" for x in members.given]),
            NGIVEN=len(members.given),
            CONSTANTS=members.constants,
            PARAMETERS=members.parameters,
            NPARAMETERS=len(members.program.parameters),
            INPUTS=members.inputs,
            NINPUTS=len(members.program.inputs),
            NVALUES=len(values),
            NSUMS=len(sums),
            SUMBYTES=8 * len(sums),
        )
        program.body = list(self.names.values())
        program.operations = members.computed
        program.places = members.size
        program.functions.update(self.functions)
        tables = table_of("places", self.tables or [0])
        functions = expand(_HELPERS), *program.functions.values(), expand(run)
        text = "\n".join([tables, *functions])
        return program, Module(text, members.size)

    def table(self, numbers: Places) -> str:
        """A pointer to these numbers among the constants."""
        key = numbers.tobytes()
        if key not in self.known:
            self.known[key] = len(self.tables)
            self.tables += numbers.ravel().tolist()
        return f"ptr getelementptr (i32, ptr @places, i64 {self.known[key]})"

    def named(self, kind: str, head: str, lines: Iterable[str]) -> str:
        """The name of a function, written if there is none like it."""
        text = "\n".join([f"({head}) {{", *lines, "}"])
        name = self.names.get(text)
        if name is None:
            name = self.names[text] = f"{kind}.{len(self.names)}"
            self.functions[name] = expand(f"define internal void @{name}{text}")
        return name

    # -- steps ---------------------------------------------------------------------

    def steps(self, steps: list[Step]) -> str:
        """The calls of some steps, one after the other."""
        calls: list[str] = []
        for step in steps:
            if isinstance(step, Map):
                calls.append(self.map(step))
            elif isinstance(step, Copied):
                calls.append(self.copied(step))
            else:
                calls += self.contraction(step)
        return "\n".join(calls)

    def copied(self, step: Copied) -> str:
        """The call that copies numbers."""
        return (
            f"  call void @copied(ptr %table, i64 {step.out}, "
            f"{self.table(step.places)}, i64 {len(step.places)})"
        )

    def map(self, step: Map) -> str:
        """The call of a loop over blocks."""
        width = self.vectors.width
        columns = [columns_of(operand) for operand in step.operands]
        places = np.concatenate(columns, axis=1)
        if len(columns) > MOST_TABLES:
            leaders, reads = reads_of(places)
        else:  # the same loop for groups whose operands lie elsewhere
            leaders = list(range(places.shape[1]))
            reads = [Read(k, 0) for k in leaders]
        lines: list[str] = []
        for k in range(len(leaders)):
            lines.append(f"  %l{k}.k = add i64 %first, {k}")
            at = self.loads.start(lines, f"l{k}", "%starts", f"%l{k}.k")
            lines.append(f"  %l{k}.p = getelementptr double, ptr %table, i64 {at}")
        refs = []
        first = 0
        for k, (operand, column) in enumerate(zip(step.operands, columns, strict=True)):
            pointers: list[str] = []
            for read in reads[first : first + column.shape[1]]:
                pointers.append(f"%x{k}.p{len(pointers)}")
                place = f"ptr %l{read.leader}.p, i64 {read.beyond}"
                lines.append(f"  {pointers[-1]} = getelementptr double, {place}")
            refs.append(self.loads.vector(lines, f"x{k}", operand.way, pointers))
            first += column.shape[1]
        for k, result in enumerate(self.kernel(step, refs, lines)):
            lines += [
                f"  %far{k} = mul i64 %apart, {k}",
                f"  %at{k} = add i64 %here, %far{k}",
                f"  %o{k} = getelementptr double, ptr %out, i64 %at{k}",
                f"  store {self.loads.v} {result}, ptr %o{k}, align 8",
            ]
        name = self.named("map", *_over_blocks(lines, width, len(leaders)))
        return (
            f"  call void @{name}(ptr %table, i64 {step.out}, i64 {step.blocks}, "
            f"i64 {step.blocks * width}, {self.table(places[:, leaders])})"
        )

    def kernel(self, step: Map, refs: list[str], lines: list[str]) -> list[str]:
        """What holds the results of a row of the table."""
        row, program = step.row, self.program
        found = kernel(row, len(refs), self.vectors, self.numerics)
        program.functions.update(found.needs)
        if found.by_python:
            program.by_python[row.name] = program.by_python.get(row.name, 0) + 1
            (name,) = found.needs
            program.python_rows[name] = (row, len(refs))
        text, results = found.placed(0, refs)
        lines += [text] if text else []
        return results

    def contraction(self, step: Contraction) -> list[str]:
        """The calls of loops over tiles."""
        calls = []
        for tiles in tiled(step):
            head, lines = tile_text(tiles, self.loads, self.added)
            name = self.named("contraction", head, lines)
            given = ""
            for side, steps in zip(tiles.sides, step.steps, strict=True):
                given += f", {self.table(side.leaders)}"
                given += f", {self.table(steps)}" if side.stride is None else ""
            out = step.out + tiles.first * self.vectors.width
            calls.append(
                f"  call void @{name}(ptr %table, i64 {out}, i64 {tiles.count}, "
                f"i64 {len(step.steps[0])}{given})"
            )
        return calls

    def added(self, j: int, xs: list[str]) -> str:
        """A term more in sum ``j``."""
        v = self.loads.v
        if len(xs) == 1:
            return f"  %z{j} = fadd {v} %a{j}, {xs[0]}"
        if self.numerics == "eager":
            return (
                f"  %y{j} = fmul {v} {xs[0]}, {xs[1]}\n  %z{j} = fadd {v} %a{j}, %y{j}"
            )
        name = f"@llvm.fmuladd.v{self.vectors.width}f64"
        self.functions[name] = f"declare {v} {name}({v}, {v}, {v})"
        return f"  %z{j} = call {v} {name}({v} {xs[0]}, {v} {xs[1]}, {v} %a{j})"


def _over_blocks(lines: list[str], width: int, leaders: int) -> tuple[str, list[str]]:
    head = "ptr %table, i64 %to, i64 %blocks, i64 %apart, ptr %starts"
    return head, [
        "  %out = getelementptr double, ptr %table, i64 %to",
        "  do %b < %blocks {",
        f"  %here = mul i64 %b, {width}",
        f"  %first = mul i64 %b, {leaders}",
        *lines,
        "  }",
        "  ret void",
    ]


# `copied`: numbers of the table, side by side, two at a time; `given`: numbers that are
# `apart` into the table; `results`: numbers of the table to where they are `apart`;
# `added`: to where they lie side by side.
_HELPERS = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define internal void @copied(ptr %table, i64 %out, ptr %places, i64 %n) {
  %to = getelementptr double, ptr %table, i64 %out
  do %k < %n by 2 {
    %two = getelementptr i32, ptr %places, i64 %k
    %i0 = i32 %two[0]
    %i1 = i32 %two[1]
    %a0 = sext i32 %i0 to i64
    %a1 = sext i32 %i1 to i64
    %x0 = double %table[%a0]
    %x1 = double %table[%a1]
    %v0 = insertelement <2 x double> poison, double %x0, i32 0
    %v1 = insertelement <2 x double> %v0, double %x1, i32 1
    <2 x double> %to[%k] = %v1
  }
  ret void
}

define internal void @given(ptr %to, ptr %from, i64 %apart, i64 %n) {
  for %k < %n {
    %a = mul i64 %k, %apart
    %x = double %from[%a]
    double %to[%k] = %x
  }
  ret void
}

define internal void @results(ptr %to, i64 %apart, ptr %table, ptr %places, i64 %n) {
  for %k < %n {
    %i = i32 %places[%k]
    %a = sext i32 %i to i64
    %x = double %table[%a]
    %b = mul i64 %k, %apart
    double %to[%b] = %x
  }
  ret void
}

define internal void @added(ptr %to, ptr %table, ptr %places, i64 %n) {
  for %k < %n {
    %i = i32 %places[%k]
    %a = sext i32 %i to i64
    %x = double %table[%a]
    %y = double %to[%k]
    %z = fadd double %y, %x
    double %to[%k] = %z
  }
  ret void
}
"""

_RUN = """
@given.numbers = internal constant [$NGIVEN x double] [$GIVEN]

define internal void @uniform(ptr %table) {
$UNIFORM
  ret void
}

define internal void @varying(ptr %table) {
$VARYING
  ret void
}

define void @run(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %table) {
  call void @llvm.memset.p0.i64(ptr %sums, i8 0, i64 $SUMBYTES, i1 false)
  %c = getelementptr double, ptr %table, i64 $CONSTANTS
  call void @given(ptr %c, ptr @given.numbers, i64 1, i64 $NGIVEN)
  %p = getelementptr double, ptr %table, i64 $PARAMETERS
  call void @given(ptr %p, ptr %par, i64 1, i64 $NPARAMETERS)
  call void @uniform(ptr %table)
  for %r < %rows {
    %i = getelementptr double, ptr %table, i64 $INPUTS
    %x = getelementptr double, ptr %in, i64 %r
    call void @given(ptr %i, ptr %x, i64 %rows, i64 $NINPUTS)
    call void @varying(ptr %table)
    %y = getelementptr double, ptr %values, i64 %r
    call void @results(ptr %y, i64 %rows, ptr %table, $VALUES, i64 $NVALUES)
    call void @added(ptr %sums, ptr %table, $SUMS, i64 $NSUMS)
  }
  ret void
}"""
