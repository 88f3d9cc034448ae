"""The ways to write a tape: straight-line code, panels of rows, loops over members.

What one can do with this file: write a tape for few rows (`for_few`) or for many
(`for_many`); `backend` compiles what is `Written`.

The one idea: vectors run over rows where there are many, and over the equal operations
of one row where there are few. What is small or has no equal operations is faster as
straight-line code.
"""

from dataclasses import dataclass, field

from ...passes.raising import raised
from ...tape import Tape
from .members.loops import write_members
from .members.members import Members
from .panels.loops import write_rolled
from .panels.rolled import roll
from .straight.assembly import Program, write
from .straight.driver import Module, write_module
from .straight.plan import plan
from .target import Machine
from .vectors.lanes import Vectors

__all__ = ["Written", "for_few", "for_many"]

LEAST = 2_000  # instructions, from which loops over members are tried
ALIKE = 16.0  # operations of a group, on average; fewer cost more to compile
# What loops may cost, for each operation of the tape; code that is longer than a cache
# is slow, and to compile it is slower.
MOST_COST, MOST_COST_LARGE, LARGE = 0.8, 3.0, 50_000
# Above this, less of LLVM's work on registers: the cost of compiling stays linear
# either way, and is four times smaller.
MOST_TUNED = 8_000
MOST_TUNED_SINGLE = 1_000  # whose registers are spilled to one line of the cache


@dataclass
class Written:
    """A program as text.

    Attributes
    ----------
    program, module
        Its functions, and the whole text.
    notes
        Lines for a report.
    level
        How much work LLVM should put into it.
    rows
        How many it is for, if not any number.
    rolled
        Whether it consists of loops.
    products
        How many products of matrices of panels take per row.
    panels
        Whether rows come in panels: inputs are read in `Pieces`, and there are
        functions for one half of the rows.
    """

    program: Program
    module: Module
    notes: list[str] = field(default_factory=list)
    level: int = 1
    rows: int | None = None
    rolled: bool = False
    products: int = 0
    panels: bool = False


def for_few(
    tape: Tape, summed: int, numerics: str, machine: Machine
) -> tuple[Written | None, list[str]]:
    """Loops over members, run row by row; or None, and why."""
    size = len(tape)
    if size < LEAST:
        return None, []
    waiting = _waiting(tape, numerics)
    if waiting * ALIKE > size:
        return None, [f"no loops: {waiting} operations of {size} wait for each other"]
    program = raised(tape, reorder=numerics == "fast")
    alike = sum([len(group.outs) for group in program.groups])
    groups = max(1, len(program.groups))
    if alike < ALIKE * groups:
        return None, [f"no loops: {groups} kinds of operations, of {alike}"]
    vectors = Vectors(machine.width, machine.fused)
    members = Members(program, vectors, numerics)
    cost, operations = round(members.cost), members.operations
    most = MOST_COST if operations < LARGE else MOST_COST_LARGE
    if cost > most * operations:
        return None, [f"no loops: they cost {cost} operations, of {operations}"]
    places = [int(members.place[i]) for i in program.values]
    split = len(places) - summed
    text, module = write_members(
        members, vectors, numerics, places[:split], places[split:]
    )
    return Written(text, module, members.notes(), rolled=True), []


# Sums are flattened in fast numerics: their parts may wait for nothing.
_FLATTENED = frozenset({"add", "sub", "neg", "sum", "dot", "mul"})


def _waiting(tape: Tape, numerics: str) -> int:
    """How many operations must be done one after the other, at least."""
    rows, free = tape.rows, _FLATTENED if numerics == "fast" else frozenset()
    level: list[int] = []
    for row, operands in zip(rows, tape.operands, strict=True):
        here = 0
        for operand in operands:
            if level[operand] > here:
                here = level[operand]
        level.append(here + (bool(operands) and row.name not in free))
    return max(level, default=0)


def for_many(
    tape: Tape, summed: int, numerics: str, machine: Machine, single: bool = False
) -> Written:
    """Panels of rows if there are matrices in it, or straight-line code.

    With ``single``, straight-line code is for one row.
    """
    rolled, notes = roll(tape, summed, numerics)
    single = single and rolled is None  # loops are short, also for one row
    width = 1 if single else machine.width
    vectors = Vectors(width, machine.fused)
    if rolled is not None:
        program, module = write_rolled(rolled, vectors)
        products = rolled.products
        return Written(program, module, notes, 1, None, True, products, True)
    drawn = plan(tape, summed, numerics, single=single)
    program = write(drawn, vectors, numerics)
    module = write_module(drawn, program, width, numerics)
    most = MOST_TUNED_SINGLE if single else MOST_TUNED
    level = 1 if program.operations <= most else 0
    return Written(program, module, notes, level, 1 if single else None)
