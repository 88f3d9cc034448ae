"""A rolled program as text of LLVM.

What one can do with this file: write the module of a `Rolled` program
(`write_rolled`), and learn how much scratch memory a call needs.

The one idea: rows come in two halves, whole panels each, whose sums are added at the
end. So two threads can have one each, and one thread that does both has the same bits.
In a half the sums of a panel follow those of the panel before.
"""

from string import Template

from ..straight.assembly import Chunk, Program, Writer
from ..straight.driver import Module, Places, table_of
from ..straight.plan import Operation
from ..straight.sums import tiled
from ..vectors.lanes import Vectors, literal
from .matrices import STRIP, Shape, product
from .panels import calls, helpers
from .rolled import PANEL, Lines, Outer, Rolled, is_matrix, matrix_of, outers, regular
from .turning import turned

__all__ = ["HALF", "JOINED", "middle", "write_rolled"]

HALF, JOINED = "half", "joined"


def middle(rows: int) -> int:
    """Where the second half of the rows begins; the first has the odd panel."""
    return min(rows, -(-rows // (2 * PANEL)) * PANEL)


def write_rolled(rolled: Rolled, vectors: Vectors) -> tuple[Program, Module]:
    """The functions of ``rolled``, and the module with the loops around them.

    Its entry is called like that of other programs. `HALF` has two more arguments,
    the first row and the one after the last, and does these rows alone; `JOINED` adds
    the sums of the second half to those of the first.
    """
    return _Loops(rolled, vectors).written()


class _Loops:
    def __init__(self, rolled: Rolled, vectors: Vectors) -> None:
        self.plan, self.raised = rolled.plan, rolled.program
        self.vectors, self.width = vectors, vectors.width
        self.program = Program()
        self.writer = Writer(rolled.plan, self.program, vectors, "fast")
        self.outers = outers(rolled.program)
        # A matrix alone, or the operations of one function.
        self.pieces: list[list[Operation]] = []
        for step in rolled.steps:
            chunks = [step] if is_matrix(step) else self.writer.chunks(step)
            self.pieces += chunks
        self.functions: dict[str, str] = {}
        self.packed: list[int] = []  # uniform numbers, by their places
        self.tables: list[str] = []

    def written(self) -> tuple[Program, Module]:
        writer, program, plan = self.writer, self.program, self.plan
        self.lay_out()
        shared = writer.shared()
        program.prologue = writer.part("prologue", plan.uniform, shared)
        program.uniforms = len(shared)
        steps = self.steps()
        program.operations = len(plan.uniform) + sum(map(len, self.pieces))
        return program, self.module(steps)

    # -- lines ---------------------------------------------------------------------

    def lay_out(self) -> None:
        """Give every number that waits for another step a line."""
        plan, writer = self.plan, self.writer
        self.lines = lines = Lines(plan.inputs)
        matrices = [
            (step, *matrix_of(piece[0])[:2])
            for step, piece in enumerate(self.pieces)
            if is_matrix(piece)
        ]
        for _, outs, _ in matrices:
            lines.place(outs)
        self.given = {
            step: lines.together(vector, step) for step, _, vector in matrices
        }
        end = len(self.pieces)
        self.lefts = [
            lines.together(self.numbers(outer.left), end) for outer in self.outers
        ]
        for outer in self.outers:
            lines.place(self.numbers(outer.right))
        pairs = [x for pair in plan.products.values() for x in pair]
        plain = [x for k, x in enumerate(plan.sums) if k not in plan.products]
        lines.place([*plan.values, *pairs, *plain])
        places = writer.allocate(self.pieces, lines.of)
        lines.of.update({i: lines.count + place for i, place in places.items()})
        lines.count += self.program.places
        self.program.places = 0
        made = {
            n for p in self.pieces for o in p for ns in o.items.values() for n in ns
        }
        made.update(plan.inputs)
        # From strip to strip; an odd number of lines spreads them over the cache.
        self.size = (lines.count | 1) * STRIP
        writer.stride, writer.values = STRIP, {}
        # Uniform numbers that are added up are put into lines, but read from `uni`.
        writer.lines = {i: k for i, k in lines.of.items() if i in made}
        writer.keep = {i: k for i, k in lines.of.items() if i not in plan.inputs}

    def numbers(self, factors: list[int]) -> list[int]:
        """The factors of the raised program by their numbers in the plan."""
        return [self.plan.same.get(i, i) for i in factors]

    # -- steps ---------------------------------------------------------------------

    def steps(self) -> list[str]:
        """Instructions of each step, on ``%strips`` strips of a panel."""
        writer = self.writer
        found = []
        uniform = [i for i in writer.keep if i not in writer.lines]
        if uniform:
            text = Chunk(writer, {}, {})
            for number in uniform:
                text.results(number, text.ref(number))
            found.append(self.straight("body.uniform", text))
        for k, piece in enumerate(self.pieces):
            found += self.copied(k)
            if is_matrix(piece):
                found.append(self.matrix(k, piece[0]))
                continue
            text = Chunk(writer, {}, {})
            for operation in piece:
                text.operation(operation)
            found.append(self.straight(f"body.{k}", text))
        return found + self.copied(len(self.pieces))

    def straight(self, name: str, text: Chunk) -> str:
        self.program.body.append(name)
        self.program.functions[name] = text.function(name)
        calls = [
            f"  %lanes.#.{lane} = getelementptr double, ptr %strip.#, i64 {lane}\n"
            + _call(name, f"%lanes.#.{lane}")
            for lane in range(0, STRIP, self.width)
        ]
        return Template(_STRAIGHT).substitute(CALLS="\n".join(calls), SIZE=self.size)

    def matrix(self, step: int, operation: Operation) -> str:
        outs, vector, entries = matrix_of(operation)
        m, n = len(outs), len(vector)
        parameters = self.plan.parameters
        places = [[parameters.get(x, -1) for x in line] for line in entries]
        found = None
        if all([-1 not in line for line in places]):
            found = regular(places)
        if found is None:
            found = len(self.packed), n, 1
            base = "packed"
            self.packed += [x for line in entries for x in line]
        else:
            base = "par"
        place, down, right = found
        shape = Shape(m, down, right, right * STRIP, STRIP, self.size)
        self.functions.update(product(shape, self.vectors))
        begin, out = self.given[step], self.lines.of[outs[0]]
        return (
            f"  %m{step} = getelementptr double, ptr %{base}, i64 {place}\n"
            f"  %v{step} = getelementptr double, ptr %table, i64 {begin * STRIP}\n"
            f"  %o{step} = getelementptr double, ptr %table, i64 {out * STRIP}\n"
            f"  call void @{shape.name}(ptr %m{step}, ptr %v{step}, ptr %o{step}, "
            f"i64 {n}, i64 {self.size}, i64 %strips, i1 false)"
        )

    def copied(self, step: int) -> list[str]:
        pairs = self.lines.copies.get(step, [])
        if not pairs:
            return []
        self.tables.append(table_of(f"copies.{step}", [k for p in pairs for k in p]))
        given = f"ptr %table, ptr @copies.{step}, i64 {len(pairs)}, i64 %strips"
        return [f"  call void @copied({given})"]

    # -- sums ----------------------------------------------------------------------

    def products(self) -> tuple[list[str], int, dict[tuple[int, int], int]]:
        """Instructions, the size of what is turned, and where the pairs are found."""
        text, most, place = [], 0, 0
        found: dict[tuple[int, int], int] = {}
        for k, (outer, left) in enumerate(zip(self.outers, self.lefts, strict=True)):
            n = len(outer.right)
            eights = -(-n // STRIP)
            most = max(most, PANEL * STRIP * eights)
            right = [self.lines.of[i] for i in self.numbers(outer.right)]
            self.tables.append(
                table_of(f"right.{k}", right + right[-1:] * (STRIP * eights - n))
            )
            name, function = turned(self.size)
            self.functions[name] = function
            down, base, begin, add = outer.down, "sums", outer.place, "%more"
            if begin is None:
                down, base, begin, add = n, "found", place, "%later"
                found.update(_pairs(outer, place))
                place += len(outer.left) * n
            shape = Shape(len(outer.left), STRIP, 1, self.size, down, columns=n)
            self.functions.update(product(shape, self.vectors))
            text.append(
                f"  call void @{name}(ptr %turned, ptr %table, ptr @right.{k}, "
                f"i64 {eights}, i64 %used)\n"
                f"  %l{k} = getelementptr double, ptr %table, i64 {left * STRIP}\n"
                f"  %s{k} = getelementptr double, ptr %{base}, i64 {begin}\n"
                f"  call void @{shape.name}(ptr %l{k}, ptr %turned, ptr %s{k}, "
                f"i64 %terms, i64 %apart, i64 0, i1 {add})"
            )
        self.found = place
        for k, pair in enumerate(self.raised.pairs):
            found[pair] = place + k
        return text, most, found

    def terms(self, found: dict[tuple[int, int], int]) -> list[tuple[int, list[int]]]:
        """Sums that are put together: their places, and twice those of their terms.

        One more where a term is taken away.
        """
        written = [False] * len(self.raised.sums)
        for outer in self.outers:
            n = len(outer.right)
            for i in range(len(outer.left) if outer.place is not None else 0):
                first = (outer.place or 0) + i * outer.down
                written[first : first + n] = [True] * n
        entries = []
        uniform = self.found + len(self.raised.pairs)
        sums = zip(self.raised.sums, self.raised.uniforms, strict=True)
        for k, (terms, uniforms) in enumerate(sums):
            if written[k]:
                continue
            slots = [2 * found[x, y] + negative for negative, x, y in terms]
            slots += [
                2 * (uniform + i) + negative for i, (negative, _) in enumerate(uniforms)
            ]
            uniform += len(uniforms)
            entries.append((k, slots))
        return entries

    # -- the module ----------------------------------------------------------------

    def module(self, steps: list[str]) -> Module:
        plan, program, place = self.plan, self.program, Places()
        products, size, found = self.products()
        entries = self.terms(found)
        begins = [0]
        for _, slots in entries:
            begins.append(begins[-1] + len(slots))
        self.tables += [
            table_of("sums.places", [k for k, _ in entries]),
            table_of("sums.begins", begins),
            table_of("sums.terms", [x for _, slots in entries for x in slots]),
            table_of("values.lines", [self.lines.of[i] for i in plan.values]),
            *self.pack_tables(),
        ]
        sums = tiled(plan, self.lines.of, STRIP, self.width, self.lines.count)
        numbers = {
            "UNIFORMS": place.take(program.uniforms),
            "WORK": place.take(program.places * self.width),
            "PACKED": place.take(len(self.packed)),
            "PARTIALS": place.take(sums.partials),
            "FOUND": place.take(self.found + len(plan.sums)),
            "PAIRS": self.found,
            "TURNED": place.take(size),
            "TABLE": place.take(self.size * PANEL // STRIP),
            "OTHER": place.take(len(self.raised.sums)),
            "NSUMS": len(self.raised.sums),
            "BYTES": 8 * len(self.raised.sums),
            "NENTRIES": len(entries),
            "NINPUTS": len(plan.inputs),
            "NVALUES": len(plan.values),
            "NPACKED": len(self.packed),
            "NLINES": self.lines.count,
            "WIDTH": self.width,
            "STRIP": STRIP,
            "SIZE": self.size,
        }
        parts = {
            "PROLOGUE": "\n".join([_call(name) for name in program.prologue]),
            "STEPS": "\n".join([s.replace("#", str(k)) for k, s in enumerate(steps)]),
            "BEGIN": sums.begin,
            "PRODUCTS": "\n".join(products),
            "END": sums.end.replace("%sums", "%pairs"),
        }
        functions = {**program.functions, **self.functions, **sums.functions}
        moves = helpers(numbers, sums.add)
        text = [moves, *self.tables, *functions.values(), calls(numbers, parts)]
        return Module("\n".join(text), place.size)

    def pack_tables(self) -> list[str]:
        # Where each packed number is: four times the place, plus which array.
        plan, constants = self.plan, [0.0]
        codes = []
        for i in self.packed:
            if i in plan.parameters:
                codes.append(4 * plan.parameters[i])
            elif i in plan.constants:
                codes.append(4 * len(constants) + 1)
                constants.append(plan.constants[i])
            else:
                codes.append(4 * self.writer.uniforms[i] + 2)
        numbers = ", ".join([f"double {literal(x)}" for x in constants])
        kind = f"[{len(constants)} x double]"
        found = f"@packed.constants = internal constant {kind} [{numbers}]"
        return [table_of("packed.codes", codes), found]


def _pairs(outer: Outer, place: int) -> dict[tuple[int, int], int]:
    # As raising has them -> where they are found.
    n = len(outer.right)
    return {
        ((y, x) if outer.swapped else (x, y)): place + i * n + j
        for i, x in enumerate(outer.left)
        for j, y in enumerate(outer.right)
    }


def _call(name: str, keep: str = "%table") -> str:
    return (
        f"  call void @{name}(ptr %in, i64 %rows, ptr %par, ptr %uni, ptr %work, "
        f"ptr %values, i64 %rows, ptr {keep}, i64 {STRIP})"
    )


_STRAIGHT = """\
  do %k.# < %strips {
    %off.# = mul i64 %k.#, $SIZE
    %strip.# = getelementptr double, ptr %table, i64 %off.#
$CALLS
  }"""
