"""Matrix products over rows and lanes, as text of LLVM.

What one can do with this file: write the function of a product of two matrices
(`product`), and the one that turns lines of a table into columns (`transposed`).

The one idea: a block of the result stays in registers while its sums are taken. For
each term a few vectors of the right matrix are loaded once, and each number of the
left one is broadcast to meet all of them. Long sums are cut into pieces of `LONGEST`
terms, so that what is read again is in the first cache. A sum is taken in the order of
its terms, piece by piece, on every machine.

Source: van Zee and van de Geijn, BLIS, ACM TOMS 41 (2015), section 3.
"""

from dataclasses import dataclass
from string import Template

__all__ = ["ACROSS", "LONGEST", "Shape", "product", "transposed"]

LONGEST = 256  # terms
ACROSS = 2  # vectors of a block
# Lines of a block, by the width of a vector: for 16 registers, or 32.
_HIGH = {2: 6, 4: 6, 8: 8}


@dataclass(frozen=True)
class Shape:
    """A product: how many lines, and how far apart the numbers are.

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
        How many columns there are; 0 if each call says how many vectors, which are
        then a multiple of `ACROSS`.
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
    vectors, rest = divmod(shape.columns, width)
    pairs, single = divmod(vectors, ACROSS)
    found: dict[str, str] = {}
    parts = []
    if pairs or not shape.columns:
        given = f"{pairs * ACROSS * width}" if shape.columns else "%lanes"
        parts.append(_across(shape, 0, given, (ACROSS, 0), width, found))
    begin = pairs * ACROSS * width
    for across, masked in [(1, 0)] * single + [(1, rest)] * bool(rest):
        end = begin + across * width
        parts.append(_across(shape, begin, f"{end}", (across, masked), width, found))
        begin = end
    found[shape.name] = Template(_PRODUCT).substitute(
        NAME=shape.name,
        LEFT=shape.left_next,
        RIGHT=shape.right,
        LONGEST=LONGEST,
        WIDTH=width,
        PARTS="\n".join(parts),
    )
    return found


def _across(
    shape: Shape,
    begin: int,
    end: str,
    kind: tuple[int, int],
    width: int,
    found: dict[str, str],
) -> str:
    # Blocks from one column to another, and for each all lines of the result: of two
    # heights, as equal as can be, since a low block does not fill the machine.
    count = -(-shape.lines // _HIGH[width])
    low, more = divmod(shape.lines, count)
    text, at = [], 0
    for part, (height, blocks) in enumerate(((low + 1, more), (low, count - more))):
        if blocks:
            numbers = {
                "NAME": _block(height, *kind, width, found),
                "K": f"{begin}.{part}",
                "C": begin,
                "LEFT": shape.left,
                "NEXT": shape.left_next,
                "RIGHT": shape.right,
                "RESULT": shape.result,
                "HEIGHT": height,
                "BEGIN": at,
                "END": at + blocks * height,
            }
            text.append(Template(_DOWN).substitute(numbers))
        at += blocks * height
    return Template(_ACROSS).substitute(
        K=begin, BEGIN=begin, END=end, STEP=kind[0] * width, DOWN="\n".join(text)
    )


def _block(
    height: int, across: int, masked: int, width: int, found: dict[str, str]
) -> str:
    # The function of one block that stays in registers; ``masked`` columns are stored
    # if that is not 0.
    name = f"block.{height}.{across}.{masked}"
    if name in found:
        return name
    v = f"<{width} x double>"
    fma = f"@llvm.fmuladd.v{width}f64"
    found[fma] = f"declare {v} {fma}({v}, {v}, {v})"
    begin, phis, work, end, plain, added = [], [], [], [], [], []
    for j in range(across):
        work += [
            f"  %pb{j} = getelementptr double, ptr %pb, i64 {j * width}",
            f"  %b{j} = load {v}, ptr %pb{j}, align 8",
        ]
    first = f"<{width} x i32> zeroinitializer"
    mask = ", ".join([f"i1 {str(k < masked).lower()}" for k in range(width)])
    mask = f"<{width} x i1> <{mask}>"
    for i in range(height):
        begin += [
            f"  %i{i} = mul i64 %left, {i}",
            f"  %line{i} = getelementptr double, ptr %a, i64 %i{i}",
        ]
        work += [
            f"  %pa{i} = getelementptr double, ptr %line{i}, i64 %at",
            f"  %a{i} = load double, ptr %pa{i}",
            f"  %o{i} = insertelement {v} poison, double %a{i}, i32 0",
            f"  %w{i} = shufflevector {v} %o{i}, {v} poison, {first}",
        ]
        end += [
            f"  %k{i} = mul i64 %result, {i}",
            f"  %to{i} = getelementptr double, ptr %c, i64 %k{i}",
        ]
        for j in range(across):
            s = f"{i}.{j}"
            phis.append(f"  %s{s} = phi {v} [zeroinitializer, %entry], [%t{s}, %term]")
            work.append(f"  %t{s} = call {v} {fma}({v} %w{i}, {v} %b{j}, {v} %s{s})")
            end.append(f"  %c{s} = getelementptr double, ptr %to{i}, i64 {j * width}")
            load = f"load {v}, ptr %c{s}, align 8"
            stores = [f"  store {v} %{x}{s}, ptr %c{s}, align 8" for x in "ty"]
            if masked:
                kind = f"v{width}f64.p0"
                load = (
                    f"call {v} @llvm.masked.load.{kind}(ptr %c{s}, i32 8, {mask}, "
                    f"{v} zeroinitializer)"
                )
                stores = [
                    f"  call void @llvm.masked.store.{kind}({v} %{x}{s}, ptr %c{s}, "
                    f"i32 8, {mask})"
                    for x in "ty"
                ]
            plain.append(stores[0])
            added += [f"  %x{s} = {load}", f"  %y{s} = fadd {v} %x{s}, %t{s}"]
            added.append(stores[1])
    if masked:
        kinds = v, f"<{width} x i1>", f"v{width}f64.p0"
        found["masked"] = Template(_MASKED).substitute(
            V=kinds[0], M=kinds[1], K=kinds[2]
        )
    texts = {"BEGIN": begin, "PHIS": phis, "WORK": work, "END": end}
    texts.update({"PLAIN": plain, "ADDED": added})
    parts = {k: "\n".join(lines) for k, lines in texts.items()}
    found[name] = Template(_BLOCK).substitute(parts, NAME=name)
    return name


def transposed(stride: int, to: int) -> tuple[str, str]:
    """A function that makes columns of lines of a table; its name and its text.

    ``(ptr to, ptr table, ptr indices, i64 fours, i64 count)``: four times as many
    indices (i32) of lines as ``fours``; ``count`` numbers of each line, and up to three
    more. From line to line it is ``stride``, in the result ``to``.
    """
    name = f"transposed.{stride}.{to}"
    loads, shuffles, stores = [], [], []
    for k in range(4):
        loads += [
            f"  %at{k} = extractelement <4 x i64> %at, i32 {k}",
            f"  %l{k} = getelementptr double, ptr %table, i64 %at{k}",
        ]
        stores += [
            f"  %p{k} = getelementptr double, ptr %to0, i64 %t{k}",
            f"  store <4 x double> %z{k}, ptr %p{k}, align 8",
        ]
        shuffles += [
            f"  %q{k} = getelementptr double, ptr %l{k}, i64 %l",
            f"  %x{k} = load <4 x double>, ptr %q{k}, align 8",
            f"  %t{k} = add i64 %lt, {k * to}",
        ]
    shuffles.append(_SQUARE)
    numbers = {"NAME": name, "STRIDE": stride, "TO": to}
    parts = {"LINES": loads, "LANES": shuffles, "STORES": stores}
    text = {k: "\n".join(lines) for k, lines in parts.items()}
    return name, Template(_TRANSPOSED).substitute(numbers, **text)


def _square() -> str:
    # Pairs of two lines, then pairs of pairs.
    first, second = (0, 4, 2, 6), (1, 5, 3, 7)
    low, high = (0, 1, 4, 5), (2, 3, 6, 7)
    steps = [
        ("y0", "x0", "x1", first),
        ("y1", "x0", "x1", second),
        ("y2", "x2", "x3", first),
        ("y3", "x2", "x3", second),
        ("z0", "y0", "y2", low),
        ("z1", "y1", "y3", low),
        ("z2", "y0", "y2", high),
        ("z3", "y1", "y3", high),
    ]
    return "\n".join(
        [
            f"  %{made} = shufflevector <4 x double> %{x}, <4 x double> %{y}, "
            f"<4 x i32> <{', '.join([f'i32 {k}' for k in mask])}>"
            for made, x, y, mask in steps
        ]
    )


# Four vectors of four, %x0 to %x3, turned: %z0 to %z3.
_SQUARE = _square()

# The sum over t of left[i, t] * right[t, j]: pieces of terms, then columns, then lines.
_PRODUCT = """
define internal void @$NAME(ptr %left, ptr %right, ptr %result, i64 %all, i64 %vectors,
                            i1 %add) {
entry:
  %lanes = mul i64 %vectors, $WIDTH
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
$PARTS
  br label %pieced
pieced:
  %again = icmp slt i64 %tnext, %all
  br i1 %again, label %piece, label %done
done:
  ret void
}"""

_ACROSS = """\
  br label %begin$K
begin$K:
  br label %column$K
column$K:
  %j$K = phi i64 [$BEGIN, %begin$K], [%jnext$K, %columned$K]
  %b$K = getelementptr double, ptr %b, i64 %j$K
  %c$K = getelementptr double, ptr %result, i64 %j$K
$DOWN
  br label %columned$K
columned$K:
  %jnext$K = add i64 %j$K, $STEP
  %jmore$K = icmp slt i64 %jnext$K, $END
  br i1 %jmore$K, label %column$K, label %end$K
end$K:"""

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
  call void @$NAME(ptr %pa$K, i64 $LEFT, i64 $NEXT, ptr %b$C, i64 $RIGHT, ptr %pc$K,
                   i64 $RESULT, i64 %terms, i1 %more)
  %dnext$K = add i64 %d$K, $HEIGHT
  %dmore$K = icmp slt i64 %dnext$K, $END
  br i1 %dmore$K, label %line$K, label %downdone$K
downdone$K:"""

_BLOCK = """
define internal void @$NAME(ptr %a, i64 %left, i64 %next, ptr %b, i64 %right, ptr %c,
                            i64 %result, i64 %terms, i1 %add) {
entry:
$BEGIN
  br label %term
term:
  %t = phi i64 [0, %entry], [%tnext, %term]
  %at = phi i64 [0, %entry], [%atnext, %term]
  %pb = phi ptr [%b, %entry], [%pbnext, %term]
$PHIS
$WORK
  %atnext = add i64 %at, %next
  %pbnext = getelementptr double, ptr %pb, i64 %right
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

_MASKED = """
declare void @llvm.masked.store.$K($V, ptr, i32, $M)
declare $V @llvm.masked.load.$K(ptr, i32, $M, $V)"""

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
  %to0 = getelementptr double, ptr %to, i64 %k0
$LINES
  br label %lane
lane:
  %l = phi i64 [0, %four], [%lnext, %lane]
  %lt = mul i64 %l, $TO
$LANES
$STORES
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
