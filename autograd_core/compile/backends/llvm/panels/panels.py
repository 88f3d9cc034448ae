"""What a rolled program does around its steps, as text of LLVM.

What one can do with this file: write the functions that move numbers between arrays
and the table of a panel (`helpers`), and those of a half and of a whole call (`calls`).

The one idea: a panel of rows is computed in *strips* of eight. A strip has all lines of
the table one after the other, eight numbers each. So what belongs to the same rows lies
together, a step reads it from begin to end, and the products of matrices find blocks
that need no packing.
"""

from string import Template

from .matrices import STRIP, columns
from .pieces import WORDS
from .rolled import PANEL
from .turning import each, transposed

__all__ = ["calls", "helpers"]

_LANES = ", ".join([f"i64 {k}" for k in range(STRIP)])


def helpers(numbers: dict[str, int], add: str) -> str:
    """The functions that move numbers; ``add`` takes in the rows of a strip."""
    few = "\n".join(
        [
            f"  %in{k} = icmp slt i64 {k}, %last\n"
            f"  %i{k} = select i1 %in{k}, i64 {k}, i64 %last\n"
            f"  %o{k} = mul i64 %i{k}, %right\n"
            f"  %p{k} = getelementptr double, ptr %source, i64 %o{k}\n"
            f"  %x{k} = load double, ptr %p{k}\n"
            f"  %t{k} = getelementptr double, ptr %to, i64 {k}\n"
            f"  store double %x{k}, ptr %t{k}"
            for k in range(STRIP)
        ]
    )
    width, sums = numbers["WIDTH"], numbers["NSUMS"]
    rest = "\n".join(
        [
            f"  %p{k} = getelementptr double, ptr %sums, i64 {k}\n"
            f"  %q{k} = getelementptr double, ptr %other, i64 {k}\n"
            f"  %x{k} = load double, ptr %p{k}\n"
            f"  %y{k} = load double, ptr %q{k}\n"
            f"  %z{k} = fadd double %x{k}, %y{k}\n"
            f"  store double %z{k}, ptr %p{k}"
            for k in range(sums - sums % width, sums)
        ]
    )
    moves = [each(*function) for function in _MOVES]
    text = "\n".join([_DECLARED, transposed(), *moves, _JOINED])
    parts = {"FEW": few, "ADD": add, "REST": rest, "LANES": _LANES}
    parts |= {"VECTORS": str(sums // width), "PIECE": str(WORDS)}
    return Template(Template(text).safe_substitute(parts)).substitute(numbers)


def calls(numbers: dict[str, int], parts: dict[str, str]) -> str:
    """`half`, with these ``parts`` of its text, and `run`, which does both halves."""
    panel = {
        "PANEL": PANEL,
        "TWO": 2 * PANEL,
        "UPTWO": 2 * PANEL - 1,
        "COLUMNS": columns(numbers["WIDTH"]),
        "LAST": columns(numbers["WIDTH"]) - 1,
        "STRIPS": columns(numbers["WIDTH"]) // STRIP,
    }
    return Template(Template(_HALF).safe_substitute(parts)).substitute(numbers, **panel)


_DECLARED = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"""

# Name, arguments, how often, and what is done for each %k.
_MOVES = [
    # Rows of the inputs into a panel, piece by piece; what is past the last row is that
    # row. A line of ``pieces`` is of `Pieces`.
    (
        "fetch",
        "ptr %table, ptr %pieces, i64 %n, i64 %row, i64 %count, i64 %strips",
        "%n",
        """\
  %piece = getelementptr [$PIECE x i64], ptr %pieces, i64 %k
  %numbers = load <$PIECE x i64>, ptr %piece, align 8
  %address = extractelement <$PIECE x i64> %numbers, i32 0
  %down = extractelement <$PIECE x i64> %numbers, i32 1
  %right = extractelement <$PIECE x i64> %numbers, i32 2
  %first = extractelement <$PIECE x i64> %numbers, i32 3
  %lines = extractelement <$PIECE x i64> %numbers, i32 4
  %all = inttoptr i64 %address to ptr
  %o = mul i64 %row, %right
  %from = getelementptr double, ptr %all, i64 %o
  %begin = mul i64 %first, $STRIP
  %to = getelementptr double, ptr %table, i64 %begin
  call void @fetch.piece(ptr %to, ptr %from, i64 %down, i64 %right, i64 %lines,
                         i64 %count, i64 %strips)""",
    ),
    (
        "fetch.piece",
        """ptr %table, ptr %from, i64 %down, i64 %right, i64 %lines, i64 %count,
        i64 %strips""",
        "%strips",
        """\
  %o = mul i64 %k, $SIZE
  %to = getelementptr double, ptr %table, i64 %o
  %row = mul i64 %k, $STRIP
  %i = mul i64 %row, %right
  %source = getelementptr double, ptr %from, i64 %i
  %rest = sub i64 %count, %row
  %last = sub i64 %rest, 1
  %whole = icmp sge i64 %rest, $STRIP
  br i1 %whole, label %strip, label %few
strip:
  %columns = icmp eq i64 %right, 1
  br i1 %columns, label %lines.eight, label %turn
lines.eight:
  call void @fetch.eight(ptr %to, ptr %source, i64 %down, i64 %lines)
  br label %tail
turn:
  %rows = icmp eq i64 %down, 1
  br i1 %rows, label %squares, label %few
squares:
  call void @transposed(ptr %to, i64 $STRIP, ptr %source, i64 %right, i64 $STRIP,
                        i64 %lines)
  br label %tail
few:
  call void @fetch.few(ptr %to, ptr %source, i64 %down, i64 %right, i64 %lines,
                       i64 %last)""",
    ),
    (
        "fetch.eight",
        "ptr %strip, ptr %from, i64 %down, i64 %lines",
        "%lines",
        """\
  %o = mul i64 %k, $STRIP
  %to = getelementptr double, ptr %strip, i64 %o
  %i = mul i64 %k, %down
  %source = getelementptr double, ptr %from, i64 %i
  %x = load <8 x double>, ptr %source, align 8
  store <8 x double> %x, ptr %to, align 8""",
    ),
    (
        "fetch.few",
        "ptr %strip, ptr %from, i64 %down, i64 %right, i64 %lines, i64 %last",
        "%lines",
        """\
  %o = mul i64 %k, $STRIP
  %to = getelementptr double, ptr %strip, i64 %o
  %i = mul i64 %k, %down
  %source = getelementptr double, ptr %from, i64 %i
$FEW""",
    ),
    # Results of the rows, which are lines of the panel.
    (
        "give",
        "ptr %values, i64 %rows, ptr %table, i64 %count",
        "$NVALUES",
        """\
  %e = getelementptr i32, ptr @values.lines, i64 %k
  %n = load i32, ptr %e
  %w = sext i32 %n to i64
  %o = mul i64 %w, $STRIP
  %source = getelementptr double, ptr %table, i64 %o
  %place = mul i64 %k, %rows
  %to = getelementptr double, ptr %values, i64 %place
  call void @give.line(ptr %to, ptr %source, i64 %count)""",
    ),
    (
        "give.line",
        "ptr %line, ptr %from, i64 %count",
        "%count",
        """\
  %strip = udiv i64 %k, $STRIP
  %lane = urem i64 %k, $STRIP
  %o = mul i64 %strip, $SIZE
  %place = add i64 %o, %lane
  %source = getelementptr double, ptr %from, i64 %place
  %to = getelementptr double, ptr %line, i64 %k
  %x = load double, ptr %source
  store double %x, ptr %to""",
    ),
    # Lines that are wanted in another order.
    (
        "copied",
        "ptr %table, ptr %pairs, i64 %n, i64 %strips",
        "%strips",
        """\
  %o = mul i64 %k, $SIZE
  %strip = getelementptr double, ptr %table, i64 %o
  call void @copied.strip(ptr %strip, ptr %pairs, i64 %n)""",
    ),
    (
        "copied.strip",
        "ptr %strip, ptr %pairs, i64 %n",
        "%n",
        """\
  %e = getelementptr [2 x i32], ptr %pairs, i64 %k
  %pair = load <2 x i32>, ptr %e, align 4
  %a = extractelement <2 x i32> %pair, i32 0
  %b = extractelement <2 x i32> %pair, i32 1
  %to = getelementptr <8 x double>, ptr %strip, i32 %a
  %source = getelementptr <8 x double>, ptr %strip, i32 %b
  %x = load <8 x double>, ptr %source, align 8
  store <8 x double> %x, ptr %to, align 8""",
    ),
    # What is past the last row of the last strip is 0 in sums.
    (
        "cleared",
        "ptr %strip, i64 %over, i64 %lines",
        "%lines",
        """\
  %one = insertelement <8 x i64> poison, i64 %over, i32 0
  %all = shufflevector <8 x i64> %one, <8 x i64> poison, <8 x i32> zeroinitializer
  %in = icmp slt <8 x i64> <$LANES>, %all
  %to = getelementptr <8 x double>, ptr %strip, i64 %k
  %x = load <8 x double>, ptr %to, align 8
  %y = select <8 x i1> %in, <8 x double> %x, <8 x double> zeroinitializer
  store <8 x double> %y, ptr %to, align 8""",
    ),
    (
        "added",
        "ptr %table, i64 %all, ptr %partials, i64 %strips",
        "%strips",
        """\
  %o = mul i64 %k, $SIZE
  %panel = getelementptr double, ptr %table, i64 %o
  %row = mul i64 %k, $STRIP
  %rest = sub i64 %all, %row
  %short = icmp slt i64 %rest, $STRIP
  %count = select i1 %short, i64 %rest, i64 $STRIP
$ADD""",
    ),
    # The entries of matrices that do not lie in the parameters as one.
    (
        "pack",
        "ptr %packed, ptr %par, ptr %uni",
        "$NPACKED",
        """\
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
  store double %x, ptr %to""",
    ),
    # Sums of several terms, each of which was summed over the rows.
    (
        "together",
        "ptr %sums, ptr %found, i1 %add",
        "$NENTRIES",
        """\
  %e0 = getelementptr i32, ptr @sums.places, i64 %k
  %place = load i32, ptr %e0
  %e1 = getelementptr i32, ptr @sums.begins, i64 %k
  %begin = load i32, ptr %e1
  %e2 = getelementptr i32, ptr %e1, i64 1
  %end = load i32, ptr %e2
  br label %term
term:
  %t = phi i32 [%begin, %body], [%tnext, %more]
  %s = phi double [-0.0, %body], [%total, %more]
  %left = icmp slt i32 %t, %end
  br i1 %left, label %more, label %summed
more:
  %e3 = getelementptr i32, ptr @sums.terms, i32 %t
  %code = load i32, ptr %e3
  %at = ashr i32 %code, 1
  %p = getelementptr double, ptr %found, i32 %at
  %x = load double, ptr %p
  %odd = and i32 %code, 1
  %negative = icmp eq i32 %odd, 1
  %minus = fneg double %x
  %y = select i1 %negative, double %minus, double %x
  %total = fadd double %s, %y
  %tnext = add i32 %t, 1
  br label %term
summed:
  %to = getelementptr double, ptr %sums, i32 %place
  %before = load double, ptr %to
  %both = fadd double %before, %s
  %sum = select i1 %add, double %both, double %s
  store double %sum, ptr %to""",
    ),
    (
        "joined.vectors",
        "ptr %sums, ptr %other",
        "$VECTORS",
        """\
  %p = getelementptr <$WIDTH x double>, ptr %sums, i64 %k
  %q = getelementptr <$WIDTH x double>, ptr %other, i64 %k
  %x = load <$WIDTH x double>, ptr %p, align 8
  %y = load <$WIDTH x double>, ptr %q, align 8
  %z = fadd <$WIDTH x double> %x, %y
  store <$WIDTH x double> %z, ptr %p, align 8""",
    ),
]

_JOINED = """
define void @joined(ptr %sums, ptr %other) {
entry:
  call void @joined.vectors(ptr %sums, ptr %other)
$REST
  ret void
}"""

_HALF = """
; Some rows; ``add`` says whether to add to what is in the sums.
define internal void @part(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums,
                           ptr %scratch, i64 %from, i64 %to, i1 %add) {
entry:
  %npieces = load i64, ptr %in
  %pieces = getelementptr i64, ptr %in, i64 1
  %uni = getelementptr double, ptr %scratch, i64 $UNIFORMS
  %work = getelementptr double, ptr %scratch, i64 $WORK
  %packed = getelementptr double, ptr %scratch, i64 $PACKED
  %partials = getelementptr double, ptr %scratch, i64 $PARTIALS
  %found = getelementptr double, ptr %scratch, i64 $FOUND
  %pairs = getelementptr double, ptr %found, i64 $PAIRS
  %turned = getelementptr double, ptr %scratch, i64 $TURNED
  %table = getelementptr double, ptr %scratch, i64 $TABLE
  %some = icmp slt i64 %from, %to
  br i1 %some, label %begin, label %nothing
nothing:
  call void @llvm.memset.p0.i64(ptr %sums, i8 0, i64 $BYTES, i1 false)
  ret void
begin:
$BEGIN
$PROLOGUE
  call void @pack(ptr %packed, ptr %par, ptr %uni)
  br label %next
next:
  %first = phi i64 [%from, %begin], [%beyond, %added]
  %later = icmp sgt i64 %first, %from
  %more = or i1 %later, %add
  %rest = sub i64 %to, %first
  %few = icmp slt i64 %rest, $PANEL
  %count = select i1 %few, i64 %rest, i64 $PANEL
  %beyond = add i64 %first, %count
  ; strips with rows in them, and those of whole blocks
  %up8 = add i64 %count, 7
  %used = sdiv i64 %up8, $STRIP
  %up = add i64 %count, $LAST
  %blocks = sdiv i64 %up, $COLUMNS
  %strips = mul i64 %blocks, $STRIPS
  call void @fetch(ptr %table, ptr %pieces, i64 %npieces, i64 %first, i64 %count,
                   i64 %strips)
$STEPS
  %there = getelementptr double, ptr %values, i64 %first
  call void @give(ptr %there, i64 %rows, ptr %table, i64 %count)
  %over = srem i64 %count, $STRIP
  %even = icmp eq i64 %over, 0
  %lines = select i1 %even, i64 0, i64 $NLINES
  %before = sub i64 %used, 1
  %olast = mul i64 %before, $SIZE
  %plast = getelementptr double, ptr %table, i64 %olast
  call void @cleared(ptr %plast, i64 %over, i64 %lines)
  call void @added(ptr %table, i64 %count, ptr %partials, i64 %used)
  %terms = mul i64 %used, $STRIP
  %apart = mul i64 %terms, $STRIP
$PRODUCTS
  br label %added
added:
  %again = icmp slt i64 %beyond, %to
  br i1 %again, label %next, label %end
end:
$END
  call void @together(ptr %sums, ptr %found, i1 %add)
  ret void
}

define void @half(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch,
                  i64 %from, i64 %to) {
  call void @part(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch,
                  i64 %from, i64 %to, i1 false)
  ret void
}

; The middle is as `middle`. The sums of a second half of one panel are taken in one
; piece: they are added where those of the first are, which gives the same bits.
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
  %few = icmp sle i64 %rows, $TWO
  br i1 %few, label %panel, label %panels
panel:
  call void @part(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums, ptr %scratch,
                  i64 %middle, i64 %rows, i1 true)
  ret void
panels:
  %other = getelementptr double, ptr %scratch, i64 $OTHER
  call void @half(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %other, ptr %scratch,
                  i64 %middle, i64 %rows)
  call void @joined(ptr %sums, ptr %other)
  ret void
done:
  ret void
}"""
