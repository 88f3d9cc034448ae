"""Matrix products over rows and lanes, as text of LLVM.

What one can do with this file: write functions that multiply two matrices (`product`)
and that turn lines of a table into columns (`transposed`).

The one idea: a block of the result stays in registers while its sums are taken. For
each term a few vectors of the right matrix are loaded once, and each number of the
left one is broadcast to meet all of them; strides are constants of the text. Long sums
are cut into pieces of `LONGEST` terms, so that what is read again is in the first cache.
A sum is taken in the order of its terms, piece by piece, on every machine.

Source: van Zee and van de Geijn, BLIS, ACM TOMS 41 (2015), section 3.
"""

from dataclasses import dataclass
from string import Template

__all__ = ["LONGEST", "Shape", "product", "transposed"]

LONGEST = 256  # terms
# Lines and vectors of a block, by the width of a vector: with 16 registers, or 32.
_BLOCKS = {2: (6, 2), 4: (6, 2), 8: (8, 2)}


@dataclass(frozen=True)
class Shape:
    """A product: its lines, and how far apart the numbers are.

    Attributes
    ----------
    lines
        Of the left matrix and of the result.
    left, left_next
        From line to line of the left matrix, and from term to term.
    right
        From term to term of the right matrix; its numbers lie side by side.
    result
        From line to line of the result.
    columns
        How many columns there are; 0 if each call says how many vectors.
    """

    lines: int
    left: int
    left_next: int
    right: int
    result: int
    columns: int = 0

    @property
    def name(self) -> str:
        """The name of its function."""
        numbers = (self.lines, self.left, self.left_next, self.right, self.result)
        return "product." + ".".join(map(str, (*numbers, self.columns)))


def product(shape: Shape, width: int) -> dict[str, str]:
    """The functions of a product, by name; `Shape.name` is the one to call.

    ``(ptr left, ptr right, ptr result, i64 terms, i64 vectors, i1 add)``; there is at
    least one term, and ``add`` says whether to add to what is in the result.
    """
    high, wide = _BLOCKS[width]
    vectors, rest = divmod(shape.columns, width)
    found: dict[str, str] = {}
    parts = [(wide, 0), (1, 0)]
    if rest:
        parts.append((1, rest))
        kind = f"<{width} x double>, ptr, i32, <{width} x i1>"
        name = f"@llvm.masked.store.v{width}f64.p0"
        found[name] = f"declare void {name}({kind})"
        name = f"@llvm.masked.load.v{width}f64.p0"
        kind = f"ptr, i32, <{width} x i1>, <{width} x double>"
        found[name] = f"declare <{width} x double> {name}({kind})"
    calls = {}
    for k, (across, masked) in enumerate(parts):
        calls[f"BLOCKS{k}"] = _down(shape, high, across, masked, width, found, k)
    tail = "" if not rest else calls.pop("BLOCKS2")
    found[shape.name] = Template(_PRODUCT).substitute(
        calls,
        NAME=shape.name,
        LEFT=shape.left_next,
        RIGHT=shape.right,
        LONGEST=LONGEST,
        VECTORS=f"add i64 0, {vectors}" if shape.columns else "add i64 %given, 0",
        WIDE=wide,
        WIDTH=width,
        TAIL=tail,
        COLUMN=vectors * width,
    )
    return found


def _down(
    shape: Shape,
    high: int,
    across: int,
    masked: int,
    width: int,
    found: dict[str, str],
    k: int,
) -> str:
    # Calls for all lines of the result, one block below the other: blocks of two
    # heights, as equal as can be, since a low one does not fill the machine.
    count = -(-shape.lines // high)
    low, more = divmod(shape.lines, count)
    text, at = [], 0
    for part, (height, blocks) in enumerate(((low + 1, more), (low, count - more))):
        if blocks:
            numbers = {
                "NAME": _block(shape, height, across, masked, width, found),
                "K": f"{k}.{part}",
                "C": k,
                "LEFT": shape.left,
                "RESULT": shape.result,
                "HEIGHT": height,
                "BEGIN": at,
                "END": at + blocks * height,
            }
            text.append(Template(_DOWN).substitute(numbers))
        at += blocks * height
    return "\n".join(text)


def _block(
    shape: Shape, high: int, across: int, masked: int, width: int, found: dict[str, str]
) -> str:
    # The function of one block that stays in registers.
    strides = (shape.left, shape.left_next, shape.right, shape.result)
    name = "block." + ".".join(map(str, (high, across, masked, *strides)))
    if name in found:
        return name
    v = f"<{width} x double>"
    fma = f"@llvm.fmuladd.v{width}f64"
    found[fma] = f"declare {v} {fma}({v}, {v}, {v})"
    cells = [(i, j) for i in range(high) for j in range(across)]
    phis, work, end, plain, added = [], [], [], [], []
    for j in range(across):
        work += [
            f"  %pb{j} = getelementptr double, ptr %pb, i64 {j * width}",
            f"  %b{j} = load {v}, ptr %pb{j}, align 8",
        ]
    for i in range(high):
        work += [
            f"  %pa{i} = getelementptr double, ptr %pa, i64 {i * shape.left}",
            f"  %a{i} = load double, ptr %pa{i}",
            f"  %o{i} = insertelement {v} poison, double %a{i}, i32 0",
            f"  %w{i} = shufflevector {v} %o{i}, {v} poison, <{width} x i32> "
            "zeroinitializer",
        ]
    mask = ", ".join([f"i1 {'true' if k < masked else 'false'}" for k in range(width)])
    for i, j in cells:
        s, place = f"{i}.{j}", i * shape.result + j * width
        phis.append(f"  %s{s} = phi {v} [zeroinitializer, %entry], [%t{s}, %term]")
        work.append(
            f"  %t{s} = call {v} {fma}({v} %w{i}, {v} %b{j}, {v} %s{s})"
        )
        end.append(f"  %pc{s} = getelementptr double, ptr %c, i64 {place}")
        if masked:
            load = (
                f"call {v} @llvm.masked.load.v{width}f64.p0(ptr %pc{s}, i32 8, "
                f"<{width} x i1> <{mask}>, {v} zeroinitializer)"
            )
            store = (
                f"  call void @llvm.masked.store.v{width}f64.p0({v} %{{x}}{s}, "
                f"ptr %pc{s}, i32 8, <{width} x i1> <{mask}>)"
            )
        else:
            load = f"load {v}, ptr %pc{s}, align 8"
            store = f"  store {v} %{{x}}{s}, ptr %pc{s}, align 8"
        plain.append(store.format(x="t"))
        added += [f"  %x{s} = {load}", f"  %y{s} = fadd {v} %x{s}, %t{s}"]
        added.append(store.format(x="y"))
    found[name] = Template(_BLOCK).substitute(
        NAME=name,
        PHIS="\n".join(phis),
        WORK="\n".join(work),
        END="\n".join(end),
        PLAIN="\n".join(plain),
        ADDED="\n".join(added),
        LEFT=shape.left_next,
        RIGHT=shape.right,
    )
    return name


def transposed(stride: int, to: int) -> tuple[str, str]:
    """A function that makes columns of lines of a table; its name and its text.

    ``(ptr to, ptr table, ptr indices, i64 fours, i64 count)``: four times as many
    indices (i32) of lines as ``fours``; ``count`` numbers of each line, and up to three
    more. From line to line it is ``stride``, in the result ``to``.
    """
    name = f"transposed.{stride}.{to}"
    return name, Template(_TRANSPOSED).substitute(NAME=name, STRIDE=stride, TO=to)


# left[i, t] * right[t, j], summed over t; pieces of terms, then blocks.
_PRODUCT = """
define internal void @$NAME(ptr %left, ptr %right, ptr %result, i64 %all, i64 %given,
                            i1 %add) {
entry:
  %vectors = $VECTORS
  br label %piece
piece:
  %t = phi i64 [0, %entry], [%tnext, %pieced]
  %more = phi i1 [%add, %entry], [true, %pieced]
  %ta = mul i64 %t, $LEFT
  %tb = mul i64 %t, $RIGHT
  %a = getelementptr double, ptr %left, i64 %ta
  %b = getelementptr double, ptr %right, i64 %tb
  %rest = sub i64 %all, %t
  %few = icmp slt i64 %rest, $LONGEST
  %terms = select i1 %few, i64 %rest, i64 $LONGEST
  %tnext = add i64 %t, %terms
  br label %wide
wide:
  %v = phi i64 [0, %piece], [%vnext, %widedone]
  %vnext = add i64 %v, $WIDE
  %fits = icmp sle i64 %vnext, %vectors
  br i1 %fits, label %widework, label %single
widework:
  %at0 = mul i64 %v, $WIDTH
  %b0 = getelementptr double, ptr %b, i64 %at0
  %c0 = getelementptr double, ptr %result, i64 %at0
$BLOCKS0
  br label %widedone
widedone:
  br label %wide
single:
  %u = phi i64 [%v, %wide], [%unext, %singledone]
  %unext = add i64 %u, 1
  %one = icmp slt i64 %u, %vectors
  br i1 %one, label %singlework, label %tail
singlework:
  %at1 = mul i64 %u, $WIDTH
  %b1 = getelementptr double, ptr %b, i64 %at1
  %c1 = getelementptr double, ptr %result, i64 %at1
$BLOCKS1
  br label %singledone
singledone:
  br label %single
tail:
  %b2 = getelementptr double, ptr %b, i64 $COLUMN
  %c2 = getelementptr double, ptr %result, i64 $COLUMN
$TAIL
  br label %pieced
pieced:
  %again = icmp slt i64 %tnext, %all
  br i1 %again, label %piece, label %done
done:
  ret void
}"""

_DOWN = """\
  br label %down$K
down$K:
  br label %line$K
line$K:
  %d$K = phi i64 [$BEGIN, %down$K], [%dnext$K, %line$K]
  %da$K = mul i64 %d$K, $LEFT
  %dc$K = mul i64 %d$K, $RESULT
  %pa$K = getelementptr double, ptr %a, i64 %da$K
  %pc$K = getelementptr double, ptr %c$C, i64 %dc$K
  call void @$NAME(ptr %pa$K, ptr %b$C, ptr %pc$K, i64 %terms, i1 %more)
  %dnext$K = add i64 %d$K, $HEIGHT
  %dmore$K = icmp slt i64 %dnext$K, $END
  br i1 %dmore$K, label %line$K, label %downdone$K
downdone$K:"""

_BLOCK = """
define internal void @$NAME(ptr %a, ptr %b, ptr %c, i64 %terms, i1 %add) {
entry:
  br label %term
term:
  %t = phi i64 [0, %entry], [%tnext, %term]
  %pa = phi ptr [%a, %entry], [%panext, %term]
  %pb = phi ptr [%b, %entry], [%pbnext, %term]
$PHIS
$WORK
  %panext = getelementptr double, ptr %pa, i64 $LEFT
  %pbnext = getelementptr double, ptr %pb, i64 $RIGHT
  %tnext = add i64 %t, 1
  %more = icmp slt i64 %tnext, %terms
  br i1 %more, label %term, label %end
end:
$END
  br i1 %add, label %added, label %plain
plain:
$PLAIN
  ret void
added:
$ADDED
  ret void
}"""

# Four by four: pairs of two lines, then pairs of pairs.
_TRANSPOSED = """
define internal void @$NAME(ptr %to, ptr %table, ptr %indices, i64 %fours,
                            i64 %count) {
entry:
  br label %four
four:
  %f = phi i64 [0, %entry], [%fnext, %fourdone]
  %k0 = mul i64 %f, 4
  %e = getelementptr i32, ptr %indices, i64 %k0
  %lines = load <4 x i32>, ptr %e, align 4
  %wide = sext <4 x i32> %lines to <4 x i64>
  %at = mul <4 x i64> %wide, splat (i64 $STRIDE)
  %at0 = extractelement <4 x i64> %at, i32 0
  %at1 = extractelement <4 x i64> %at, i32 1
  %at2 = extractelement <4 x i64> %at, i32 2
  %at3 = extractelement <4 x i64> %at, i32 3
  %l0 = getelementptr double, ptr %table, i64 %at0
  %l1 = getelementptr double, ptr %table, i64 %at1
  %l2 = getelementptr double, ptr %table, i64 %at2
  %l3 = getelementptr double, ptr %table, i64 %at3
  %to0 = getelementptr double, ptr %to, i64 %k0
  br label %lane
lane:
  %l = phi i64 [0, %four], [%lnext, %lane]
  %q0 = getelementptr double, ptr %l0, i64 %l
  %q1 = getelementptr double, ptr %l1, i64 %l
  %q2 = getelementptr double, ptr %l2, i64 %l
  %q3 = getelementptr double, ptr %l3, i64 %l
  %x0 = load <4 x double>, ptr %q0, align 8
  %x1 = load <4 x double>, ptr %q1, align 8
  %x2 = load <4 x double>, ptr %q2, align 8
  %x3 = load <4 x double>, ptr %q3, align 8
  %y0 = shufflevector <4 x double> %x0, <4 x double> %x1, <4 x i32> <i32 0, i32 4, i32 2, i32 6>
  %y1 = shufflevector <4 x double> %x0, <4 x double> %x1, <4 x i32> <i32 1, i32 5, i32 3, i32 7>
  %y2 = shufflevector <4 x double> %x2, <4 x double> %x3, <4 x i32> <i32 0, i32 4, i32 2, i32 6>
  %y3 = shufflevector <4 x double> %x2, <4 x double> %x3, <4 x i32> <i32 1, i32 5, i32 3, i32 7>
  %z0 = shufflevector <4 x double> %y0, <4 x double> %y2, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %z1 = shufflevector <4 x double> %y1, <4 x double> %y3, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %z2 = shufflevector <4 x double> %y0, <4 x double> %y2, <4 x i32> <i32 2, i32 3, i32 6, i32 7>
  %z3 = shufflevector <4 x double> %y1, <4 x double> %y3, <4 x i32> <i32 2, i32 3, i32 6, i32 7>
  %lt = mul i64 %l, $TO
  %p0 = getelementptr double, ptr %to0, i64 %lt
  %p1 = getelementptr double, ptr %p0, i64 $TO
  %p2 = getelementptr double, ptr %p1, i64 $TO
  %p3 = getelementptr double, ptr %p2, i64 $TO
  store <4 x double> %z0, ptr %p0, align 8
  store <4 x double> %z1, ptr %p1, align 8
  store <4 x double> %z2, ptr %p2, align 8
  store <4 x double> %z3, ptr %p3, align 8
  %lnext = add i64 %l, 4
  %lmore = icmp slt i64 %lnext, %count
  br i1 %lmore, label %lane, label %fourdone
fourdone:
  %fnext = add i64 %f, 1
  %fmore = icmp slt i64 %fnext, %fours
  br i1 %fmore, label %four, label %done
done:
  ret void
}"""
