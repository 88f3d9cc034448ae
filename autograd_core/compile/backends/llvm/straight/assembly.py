"""A plan as text of LLVM: the functions of one block of rows.

What one can do with this file: write the `Program` of a plan.

The one idea: a block is as many rows as a vector has lanes, and its program has no
jumps. LLVM's work on one function grows faster than the function, so a long program
is several of at most `CHUNK` operations. What one of them computes and a later one
reads waits in a work array, whose places are used again when nobody reads them.
"""

from collections.abc import Container
from dataclasses import dataclass, field

from .....primitives import Primitive
from ..vectors.lanes import Vectors, literal
from ..vectors.rows import Kernel, kernel
from .chains import interleaved
from .plan import FUSED, Operation, Plan

__all__ = ["Chunk", "Program", "Writer", "write"]

CHUNK = 300
# What blocks keep for the sums should stay in a fast cache until it is added.
_PANEL = 8192  # doubles
_MOST_ROWS = 128
_PLAIN = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_FUSED = {row.name for row in FUSED.values()}
SIGNATURE = (
    "ptr %in, i64 %stride, ptr %par, ptr %uni, ptr %work, "
    "ptr %out, i64 %outstride, ptr %keep, i64 %keepstride"
)


@dataclass
class Program:
    """The functions of a plan, and how much memory they need.

    Attributes
    ----------
    functions
        Text: name -> function.
    prologue, body
        The functions to call once, and for each block, in order.
    uniforms, places
        The numbers of the prologue that the body reads; places of the work array.
    kept, rows
        The numbers that sums over rows are made of -> their place in the panel; and of
        how many rows a panel is.
    by_python
        Rows that Python computes, by how often: the name -> how many operations.
    """

    functions: dict[str, str] = field(default_factory=dict)
    prologue: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    uniforms: int = 0
    places: int = 0
    operations: int = 0
    kept: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    by_python: dict[str, int] = field(default_factory=dict)
    python_rows: dict[str, tuple[Primitive, int]] = field(default_factory=dict)


def write(plan: Plan, vectors: Vectors, numerics: str) -> Program:
    """The program of ``plan`` on ``vectors``; those of one lane are for one row."""
    program = Program()
    writer = Writer(plan, program, vectors, numerics)
    program.rows = _panel(len(program.kept)) if vectors.width > 1 else 1
    writer.stride = program.rows
    shared = writer.shared()
    program.prologue = writer.part("prologue", plan.uniform, shared)
    program.uniforms = len(shared)
    operations = interleaved(plan) if vectors.width > 1 else plan.varying
    program.body = writer.part("body", operations, {})
    program.operations = len(plan.uniform) + len(plan.varying)
    return program


def _panel(kept: int) -> int:
    return min(_MOST_ROWS, max(8, _PANEL // max(1, kept) // 8 * 8))


class Writer:
    """What the functions of one program have in common.

    Attributes
    ----------
    lines, stride
        In a rolled program: number -> its line of the panel, which functions read too.
        How far it is from line to line of a panel.
    """

    def __init__(
        self, plan: Plan, program: Program, vectors: Vectors, numerics: str
    ) -> None:
        self.plan = plan
        self.program = program
        self.vectors = vectors
        self.width = vectors.width
        self.numerics = numerics
        self.v = f"<{vectors.width} x double>"
        self.uniforms: dict[int, int] = {}
        self.lines: dict[int, int] = {}
        self.stride = 0
        # Results, by number: what is stored when it is computed.
        self.values: dict[int, list[int]] = {}
        for k, number in enumerate(plan.values):
            self.values.setdefault(number, []).append(k)
        for k, number in enumerate(plan.sums):
            for part in plan.products.get(k, (number,)):
                program.kept.setdefault(part, len(program.kept))
        self.keep = dict(program.kept)

    def shared(self) -> dict[int, int]:
        """The uniform numbers that are read per row, and their places."""
        made = {n for o in self.plan.uniform for ns in o.items.values() for n in ns}
        read = [n for o in self.plan.varying for n in o.operands]
        read += [*self.plan.values, *self.keep]
        found: dict[int, int] = {}
        for number in read:
            if number in made:
                found.setdefault(number, len(found))
        return found

    # -- a part: several functions -------------------------------------------------

    def part(
        self, name: str, operations: list[Operation], shared: dict[int, int]
    ) -> list[str]:
        """The functions of some operations, one after the other; their names."""
        chunks = list(self.chunks(operations))
        places = self.allocate(chunks)
        names = []
        last = len(chunks) - 1
        for k, chunk in enumerate(chunks):
            text = Chunk(self, places, shared)
            for operation in chunk:
                text.operation(operation)
            if k == last and name == "body":
                text.remaining_results()
            names.append(f"{name}.{k}")
            self.program.functions[names[-1]] = text.function(names[-1])
        self.uniforms.update(shared)
        return names

    def chunks(self, operations: list[Operation]) -> list[list[Operation]]:
        """Operations by the function that they are in."""
        found: list[list[Operation]] = [[]]
        size = 0
        for operation in operations:
            more = self.size(operation)
            if size + more > CHUNK and found[-1]:
                found.append([])
                size = 0
            found[-1].append(operation)
            size += more
        return found

    def size(self, operation: Operation) -> int:
        """How many instructions an operation is, about."""
        name = operation.row.name
        if name in _PLAIN or name in _FUSED:
            return 1
        return self.kernel(operation).size

    def kernel(self, operation: Operation) -> Kernel:
        """The text of an operation."""
        arity = len(operation.operands)
        return kernel(operation.row, arity, self.vectors, self.numerics)

    def allocate(
        self, chunks: list[list[Operation]], placed: Container[int] = ()
    ) -> dict[int, int]:
        """Places in the work array for what is read in a later function.

        Numbers that are ``placed`` already get none.
        """
        made: dict[int, int] = {}
        last: dict[int, int] = {}
        for c, chunk in enumerate(chunks):
            for operation in chunk:
                for number in operation.operands:
                    last[number] = c
                for numbers in operation.items.values():
                    for number in numbers:
                        made[number] = c
        ends: list[list[int]] = [[] for _ in chunks]
        begins: list[list[int]] = [[] for _ in chunks]
        for number, c in made.items():
            if last.get(number, c) > c and number not in placed:
                begins[c].append(number)
                ends[last[number]].append(number)
        places: dict[int, int] = {}
        free: list[int] = []
        for c in range(len(chunks)):
            for number in begins[c]:
                if not free:
                    free.append(self.program.places)
                    self.program.places += 1
                places[number] = free.pop()
            free += [places[number] for number in ends[c]]
        return places


class Chunk:
    """One function."""

    def __init__(
        self, writer: Writer, places: dict[int, int], shared: dict[int, int]
    ) -> None:
        self.writer = writer
        self.plan = writer.plan
        self.v = writer.v
        self.places = places
        self.shared = shared
        self.lines: list[str] = []
        self.refs: dict[int, str] = {}
        self.count = 0

    def name(self) -> str:
        """A new name for a result."""
        self.count += 1
        return f"%r{self.count}"

    # -- operands ------------------------------------------------------------------

    def ref(self, number: int) -> str:
        """What holds a number in this function; loaded where it is first read."""
        found = self.refs.get(number)
        if found is not None:
            return found
        plan = self.plan
        line = self.writer.lines.get(number)
        if line is not None:
            found = self.load(f"double, ptr %keep, i64 {self.kept(line)}", 8)
            self.refs[number] = found
            return found
        if number in plan.constants:
            return f"splat (double {literal(plan.constants[number])})"
        if number in plan.parameters:
            return self.broadcast("%par", plan.parameters[number])
        if number in self.writer.uniforms:
            return self.broadcast("%uni", self.writer.uniforms[number])
        if number in plan.inputs:
            offset = self.offset("%stride", plan.inputs[number])
            found = self.load(f"double, ptr %in, i64 {offset}", 8)
        else:
            found = self.load(f"{self.v}, ptr %work, i64 {self.places[number]}", 8)
        self.refs[number] = found
        return found

    def offset(self, stride: str, k: int) -> str:
        """Of line ``k``; the lines of a single row are numbers next to each other."""
        return str(k) if self.writer.width == 1 else self.line(f"mul i64 {stride}, {k}")

    def line(self, text: str) -> str:
        """An instruction with a result; its name."""
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def load(self, place: str, align: int) -> str:
        """A vector from memory."""
        pointer = self.line(f"getelementptr {place}")
        return self.line(f"load {self.v}, ptr {pointer}, align {align}")

    def store(self, ref: str, place: str) -> None:
        """A vector into memory."""
        pointer = self.line(f"getelementptr {place}")
        self.lines.append(f"  store {self.v} {ref}, ptr {pointer}, align 8")

    def broadcast(self, base: str, place: int) -> str:
        """A number from memory in all lanes."""
        # Not kept: a product reads the number from memory as it broadcasts it.
        pointer = self.line(f"getelementptr double, ptr {base}, i64 {place}")
        number = self.line(f"load double, ptr {pointer}")
        one = self.line(f"insertelement {self.v} poison, double {number}, i32 0")
        mask = f"<{self.writer.width} x i32> zeroinitializer"
        return self.line(f"shufflevector {self.v} {one}, {self.v} poison, {mask}")

    # -- operations ----------------------------------------------------------------

    def operation(self, operation: Operation) -> None:
        """The instructions of an operation."""
        name, v = operation.row.name, self.v
        refs = [self.ref(o) for o in operation.operands]
        if name in _PLAIN:
            results = [self.line(f"{_PLAIN[name]} {v} {refs[0]}, {refs[1]}")]
        elif name in _FUSED:
            results = [self.fused(name, *refs)]
        else:
            results = self.placed(operation, refs)
        for k, numbers in operation.items.items():
            for number in numbers:
                self.define(number, results[k])

    def fused(self, name: str, x: str, y: str, z: str) -> str:
        """A product and a sum."""
        v = self.v
        if name == "fms":
            z = self.line(f"fneg {v} {z}")
        elif name == "fnma":
            x = self.line(f"fneg {v} {x}")
        intrinsic = f"@llvm.fmuladd.v{self.writer.width}f64"
        self.writer.program.functions[intrinsic] = (
            f"declare {v} {intrinsic}({v}, {v}, {v})"
        )
        return self.line(f"call {v} {intrinsic}({v} {x}, {v} {y}, {v} {z})")

    def placed(self, operation: Operation, refs: list[str]) -> list[str]:
        """The instructions of a kernel; what holds its results."""
        found = self.writer.kernel(operation)
        program = self.writer.program
        program.functions.update(found.needs)
        if found.by_python:
            row = operation.row
            program.by_python[row.name] = program.by_python.get(row.name, 0) + 1
            (name,) = found.needs
            program.python_rows[name] = (row, len(refs))
        self.count += 1
        text, results = found.placed(self.count, refs)
        if text:
            self.lines.append(text)
        return results

    # -- results -------------------------------------------------------------------

    def define(self, number: int, ref: str) -> None:
        """A number is there: it goes where it is read later."""
        self.refs[number] = ref
        if number in self.shared:
            one = self.line(f"extractelement {self.v} {ref}, i32 0")
            place = self.shared[number]
            pointer = self.line(f"getelementptr double, ptr %uni, i64 {place}")
            self.lines.append(f"  store double {one}, ptr {pointer}")
        if number in self.places:
            self.store(ref, f"{self.v}, ptr %work, i64 {self.places[number]}")
        if not self.shared:
            self.results(number, ref)

    def results(self, number: int, ref: str) -> None:
        """A number as a result of the row, or for the sums."""
        for k in self.writer.values.pop(number, ()):
            offset = self.offset("%outstride", k)
            self.store(ref, f"double, ptr %out, i64 {offset}")
        if number in self.writer.keep:
            offset = self.kept(self.writer.keep.pop(number))
            self.store(ref, f"double, ptr %keep, i64 {offset}")

    def kept(self, line: int) -> str:
        """Where a line of the panel begins."""
        return str(line * self.writer.stride)

    def remaining_results(self) -> None:
        """Results that no operation of the rows computes: inputs, uniform numbers."""
        for number in [*self.writer.values, *self.writer.keep]:
            self.results(number, self.ref(number))

    def function(self, name: str) -> str:
        """The text of the function."""
        head = f"define internal void @{name}({SIGNATURE}) {{"
        return "\n".join([head, *self.lines, "  ret void", "}"])
