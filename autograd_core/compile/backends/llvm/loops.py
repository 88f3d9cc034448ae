"""A rolled program as text of LLVM.

What one can do with this file: write the module of a `Rolled` program
(`write_rolled`), and learn how much scratch memory a call needs.

The one idea: rows come in two halves, whole panels each, whose sums are added at the
end. So two threads can have one each, and one thread that does both has the same bits.
In a half the sums of a panel follow those of the panel before.
"""

from string import Template

from .assembly import Chunk, Program, Writer
from .driver import Module, Places, table_of
from .lanes import Vectors, literal
from .matrices import ACROSS, Shape, product, transposed
from .plan import Operation
from .rolled import (
    PANEL,
    STRIDE,
    Lines,
    Outer,
    Rolled,
    is_matrix,
    matrix_of,
    outers,
    regular,
)
from .sums import tiled

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
        self.width = vectors.width
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
        self.vectors = {
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
        writer.stride, writer.values = STRIDE, {}
        # Uniform numbers that are added up are put into lines, but read from `uni`.
        writer.lines = {i: k for i, k in lines.of.items() if i in made}
        writer.keep = {i: k for i, k in lines.of.items() if i not in plan.inputs}

    def numbers(self, factors: list[int]) -> list[int]:
        """The factors of the raised program by their numbers in the plan."""
        return [self.plan.same.get(i, i) for i in factors]

    # -- steps ---------------------------------------------------------------------

    def steps(self) -> list[str]:
        """Instructions of each step, on ``%vectors`` vectors of a panel."""
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
        return Template(_STRAIGHT).substitute(
            NAME=name, WIDTH=self.width, STRIDE=STRIDE
        )

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
        shape = Shape(m, down, right, STRIDE, STRIDE)
        self.functions.update(product(shape, self.width))
        begin, out = self.vectors[step], self.lines.of[outs[0]]
        return (
            f"  %m{step} = getelementptr double, ptr %{base}, i64 {place}\n"
            f"  %v{step} = getelementptr double, ptr %table, i64 {begin * STRIDE}\n"
            f"  %o{step} = getelementptr double, ptr %table, i64 {out * STRIDE}\n"
            f"  call void @{shape.name}(ptr %m{step}, ptr %v{step}, ptr %o{step}, "
            f"i64 {n}, i64 %vectors, i1 false)"
        )

    def copied(self, step: int) -> list[str]:
        pairs = self.lines.copies.get(step, [])
        if not pairs:
            return []
        self.tables.append(table_of(f"copies.{step}", [k for p in pairs for k in p]))
        return [
            f"  call void @copied(ptr %table, ptr @copies.{step}, i64 {len(pairs)})"
        ]

    # -- sums ----------------------------------------------------------------------

    def products(self) -> tuple[list[str], int, dict[tuple[int, int], int]]:
        """Instructions, the size of what is turned, and where the pairs are found."""
        text, most, place = [], 0, 0
        found: dict[tuple[int, int], int] = {}
        for k, (outer, left) in enumerate(zip(self.outers, self.lefts, strict=True)):
            n = len(outer.right)
            fours = -(-n // 4)
            stride = -(-n // 8) * 8 + 8
            most = max(most, PANEL * stride)
            right = [self.lines.of[i] for i in self.numbers(outer.right)]
            self.tables.append(
                table_of(f"right.{k}", right + right[-1:] * (4 * fours - n))
            )
            name, function = transposed(STRIDE, stride)
            self.functions[name] = function
            down, base, begin = outer.down, "sums", outer.place
            if begin is None:
                down, base, begin = n, "found", place
                found.update(_pairs(outer, place))
                place += len(outer.left) * n
            shape = Shape(len(outer.left), STRIDE, 1, stride, down, n)
            self.functions.update(product(shape, self.width))
            text.append(
                f"  call void @{name}(ptr %turned, ptr %table, ptr @right.{k}, "
                f"i64 {fours}, i64 %count)\n"
                f"  %l{k} = getelementptr double, ptr %table, i64 {left * STRIDE}\n"
                f"  %s{k} = getelementptr double, ptr %{base}, i64 {begin}\n"
                f"  call void @{shape.name}(ptr %l{k}, ptr %turned, ptr %s{k}, "
                "i64 %count, i64 0, i1 %later)"
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
        products, turned, found = self.products()
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
        sums = tiled(plan, self.lines.of, STRIDE, self.width, self.lines.count)
        numbers = {
            "UNIFORMS": place.take(program.uniforms),
            "WORK": place.take(program.places * self.width),
            "PACKED": place.take(len(self.packed)),
            "PARTIALS": place.take(sums.partials),
            "FOUND": place.take(self.found + len(plan.sums)),
            "PAIRS": self.found,
            "TURNED": place.take(turned),
            "TABLE": place.take(self.lines.count * STRIDE),
            "OTHER": place.take(len(self.raised.sums)),
            "NSUMS": len(self.raised.sums),
            "NENTRIES": len(entries),
            "NINPUTS": len(plan.inputs),
            "NVALUES": len(plan.values),
            "NPACKED": len(self.packed),
            "WIDTH": self.width,
            "PANEL": PANEL,
            "STRIDE": STRIDE,
            "TWO": 2 * PANEL,
            "UPTWO": 2 * PANEL - 1,
            "BLOCK": ACROSS * self.width,
            "ACROSS": ACROSS,
            "LAST": ACROSS * self.width - 1,
            "LINE": 8 * STRIDE,
            "SUMS": 8 * len(self.raised.sums),
        }
        calls = [_call(name) for name in program.prologue]
        parts = {
            "PROLOGUE": "\n".join(calls),
            "STEPS": "\n".join([s.replace("#", str(k)) for k, s in enumerate(steps)]),
            "BEGIN": sums.begin,
            "ADD": "\n".join([*products, sums.add]),
            "END": sums.end.replace("%sums", "%pairs"),
        }
        run = Template(Template(_HALF).safe_substitute(parts)).substitute(numbers)
        help_ = Template(_HELP).substitute(numbers)
        functions = {**program.functions, **self.functions, **sums.functions}
        text = [help_, *self.tables, *functions.values(), run]
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
        f"ptr %values, i64 %rows, ptr {keep}, i64 $STRIDE)"
    )


_STRAIGHT = """\
  br label %begin#
begin#:
  br label %lanes#
lanes#:
  %lane# = phi i64 [0, %begin#], [%next#, %lanes#]
  %keep# = getelementptr double, ptr %table, i64 %lane#
  call void @$NAME(ptr %in, i64 %rows, ptr %par, ptr %uni, ptr %work, ptr %values,
                   i64 %rows, ptr %keep#, i64 $STRIDE)
  %next# = add i64 %lane#, $WIDTH
  %more# = icmp slt i64 %next#, %lanes
  br i1 %more#, label %lanes#, label %end#
end#:"""

_HELP = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

; ``count`` numbers of each input, up to ``lanes`` followed by the last of them
define internal void @fetch(ptr %table, ptr %from, i64 %rows, i64 %count, i64 %lanes) {
entry:
  %none = icmp eq i64 $NINPUTS, 0
  br i1 %none, label %done, label %line
line:
  %k = phi i64 [0, %entry], [%knext, %lined]
  %a0 = mul i64 %k, $STRIDE
  %b0 = mul i64 %k, %rows
  %to = getelementptr double, ptr %table, i64 %a0
  %source = getelementptr double, ptr %from, i64 %b0
  %bytes = mul i64 %count, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %source, i64 %bytes, i1 false)
  %last = sub i64 %count, 1
  %plast = getelementptr double, ptr %to, i64 %last
  %x = load double, ptr %plast
  br label %pad
pad:
  %l = phi i64 [%count, %line], [%lnext, %padded]
  %over = icmp slt i64 %l, %lanes
  br i1 %over, label %padded, label %lined
padded:
  %p = getelementptr double, ptr %to, i64 %l
  store double %x, ptr %p
  %lnext = add i64 %l, 1
  br label %pad
lined:
  %knext = add i64 %k, 1
  %more = icmp slt i64 %knext, $NINPUTS
  br i1 %more, label %line, label %done
done:
  ret void
}

define internal void @give(ptr %values, i64 %rows, ptr %table, i64 %count) {
entry:
  %none = icmp eq i64 $NVALUES, 0
  br i1 %none, label %done, label %line
line:
  %k = phi i64 [0, %entry], [%knext, %line]
  %e = getelementptr i32, ptr @values.lines, i64 %k
  %n = load i32, ptr %e
  %w = sext i32 %n to i64
  %a0 = mul i64 %w, $STRIDE
  %b0 = mul i64 %k, %rows
  %source = getelementptr double, ptr %table, i64 %a0
  %to = getelementptr double, ptr %values, i64 %b0
  %bytes = mul i64 %count, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %source, i64 %bytes, i1 false)
  %knext = add i64 %k, 1
  %more = icmp slt i64 %knext, $NVALUES
  br i1 %more, label %line, label %done
done:
  ret void
}

define internal void @copied(ptr %table, ptr %pairs, i64 %n) {
entry:
  br label %line
line:
  %k = phi i64 [0, %entry], [%knext, %line]
  %k2 = mul i64 %k, 2
  %e = getelementptr i32, ptr %pairs, i64 %k2
  %f = getelementptr i32, ptr %e, i64 1
  %a = load i32, ptr %e
  %b = load i32, ptr %f
  %wa = sext i32 %a to i64
  %wb = sext i32 %b to i64
  %a0 = mul i64 %wa, $STRIDE
  %b0 = mul i64 %wb, $STRIDE
  %to = getelementptr double, ptr %table, i64 %a0
  %source = getelementptr double, ptr %table, i64 %b0
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %source, i64 $LINE,
                                   i1 false)
  %knext = add i64 %k, 1
  %more = icmp slt i64 %knext, %n
  br i1 %more, label %line, label %done
done:
  ret void
}

define internal void @pack(ptr %packed, ptr %par, ptr %uni) {
entry:
  %none = icmp eq i64 $NPACKED, 0
  br i1 %none, label %done, label %next
next:
  %k = phi i64 [0, %entry], [%knext, %next]
  %e = getelementptr i32, ptr @packed.codes, i64 %k
  %n = load i32, ptr %e
  %w = sext i32 %n to i64
  %at = ashr i64 %w, 2
  %kind = and i64 %w, 3
  %constant = icmp eq i64 %kind, 1
  %uniform = icmp eq i64 %kind, 2
  %one = select i1 %constant, ptr @packed.constants, ptr %par
  %base = select i1 %uniform, ptr %uni, ptr %one
  %p = getelementptr double, ptr %base, i64 %at
  %x = load double, ptr %p
  %to = getelementptr double, ptr %packed, i64 %k
  store double %x, ptr %to
  %knext = add i64 %k, 1
  %more = icmp slt i64 %knext, $NPACKED
  br i1 %more, label %next, label %done
done:
  ret void
}

define internal void @together(ptr %sums, ptr %found) {
entry:
  %none = icmp eq i64 $NENTRIES, 0
  br i1 %none, label %done, label %next
next:
  %k = phi i64 [0, %entry], [%knext, %summed]
  %e0 = getelementptr i32, ptr @sums.places, i64 %k
  %n0 = load i32, ptr %e0
  %place = sext i32 %n0 to i64
  %e1 = getelementptr i32, ptr @sums.begins, i64 %k
  %n1 = load i32, ptr %e1
  %begin = sext i32 %n1 to i64
  %knext = add i64 %k, 1
  %e2 = getelementptr i32, ptr @sums.begins, i64 %knext
  %n2 = load i32, ptr %e2
  %end = sext i32 %n2 to i64
  br label %term
term:
  %t = phi i64 [%begin, %next], [%tnext, %added]
  %s = phi double [-0.0, %next], [%total, %added]
  %left = icmp slt i64 %t, %end
  br i1 %left, label %added, label %summed
added:
  %e3 = getelementptr i32, ptr @sums.terms, i64 %t
  %n3 = load i32, ptr %e3
  %code = sext i32 %n3 to i64
  %at = ashr i64 %code, 1
  %p = getelementptr double, ptr %found, i64 %at
  %x = load double, ptr %p
  %odd = and i64 %code, 1
  %negative = icmp eq i64 %odd, 1
  %minus = fneg double %x
  %y = select i1 %negative, double %minus, double %x
  %total = fadd double %s, %y
  %tnext = add i64 %t, 1
  br label %term
summed:
  %to = getelementptr double, ptr %sums, i64 %place
  store double %s, ptr %to
  %more = icmp slt i64 %knext, $NENTRIES
  br i1 %more, label %next, label %done
done:
  ret void
}"""

_HALF = """
define void @half(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch,
                  i64 %from, i64 %to) {
entry:
  %uni = getelementptr double, ptr %scratch, i64 $UNIFORMS
  %work = getelementptr double, ptr %scratch, i64 $WORK
  %packed = getelementptr double, ptr %scratch, i64 $PACKED
  %partials = getelementptr double, ptr %scratch, i64 $PARTIALS
  %found = getelementptr double, ptr %scratch, i64 $FOUND
  %pairs = getelementptr double, ptr %found, i64 $PAIRS
  %turned = getelementptr double, ptr %scratch, i64 $TURNED
  %table = getelementptr double, ptr %scratch, i64 $TABLE
  %panel = getelementptr double, ptr %table, i64 0
  %some = icmp slt i64 %from, %to
  br i1 %some, label %begin, label %nothing
nothing:
  call void @llvm.memset.p0.i64(ptr %sums, i8 0, i64 $SUMS, i1 false)
  ret void
begin:
$BEGIN
$PROLOGUE
  call void @pack(ptr %packed, ptr %par, ptr %uni)
  br label %next
next:
  %first = phi i64 [%from, %begin], [%beyond, %added]
  %later = icmp sgt i64 %first, %from
  %rest = sub i64 %to, %first
  %few = icmp slt i64 %rest, $PANEL
  %count = select i1 %few, i64 %rest, i64 $PANEL
  %beyond = add i64 %first, %count
  %up = add i64 %count, $LAST
  %blocks = sdiv i64 %up, $BLOCK
  %lanes = mul i64 %blocks, $BLOCK
  %vectors = mul i64 %blocks, $ACROSS
  %here = getelementptr double, ptr %in, i64 %first
  call void @fetch(ptr %table, ptr %here, i64 %rows, i64 %count, i64 %lanes)
$STEPS
  %there = getelementptr double, ptr %values, i64 %first
  call void @give(ptr %there, i64 %rows, ptr %table, i64 %count)
$ADD
  br label %added
added:
  %again = icmp slt i64 %beyond, %to
  br i1 %again, label %next, label %end
end:
$END
  call void @together(ptr %sums, ptr %found)
  ret void
}

; As `middle`.
define void @run(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch) {
entry:
  %a = add i64 %rows, $UPTWO
  %pairs = sdiv i64 %a, $TWO
  %b = mul i64 %pairs, $PANEL
  %all = icmp sle i64 %rows, %b
  %middle = select i1 %all, i64 %rows, i64 %b
  call void @half(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch,
                  i64 0, i64 %middle)
  br i1 %all, label %done, label %second
second:
  %other = getelementptr double, ptr %scratch, i64 $OTHER
  call void @half(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %other, ptr %scratch,
                  i64 %middle, i64 %rows)
  call void @joined(ptr %sums, ptr %other)
  ret void
done:
  ret void
}

define void @joined(ptr %sums, ptr %other) {
entry:
  %none = icmp eq i64 $NSUMS, 0
  br i1 %none, label %done, label %wide
wide:
  %k = phi i64 [0, %entry], [%knext, %vector]
  %knext = add i64 %k, $WIDTH
  %fits = icmp sle i64 %knext, $NSUMS
  %p = getelementptr double, ptr %sums, i64 %k
  %q = getelementptr double, ptr %other, i64 %k
  br i1 %fits, label %vector, label %rest
vector:
  %x = load <$WIDTH x double>, ptr %p, align 8
  %y = load <$WIDTH x double>, ptr %q, align 8
  %z = fadd <$WIDTH x double> %x, %y
  store <$WIDTH x double> %z, ptr %p, align 8
  br label %wide
rest:
  %l = phi i64 [%k, %wide], [%lnext, %one]
  %left = icmp slt i64 %l, $NSUMS
  br i1 %left, label %one, label %done
one:
  %pl = getelementptr double, ptr %sums, i64 %l
  %ql = getelementptr double, ptr %other, i64 %l
  %xl = load double, ptr %pl
  %yl = load double, ptr %ql
  %zl = fadd double %xl, %yl
  store double %zl, ptr %pl
  %lnext = add i64 %l, 1
  br label %rest
done:
  ret void
}"""
