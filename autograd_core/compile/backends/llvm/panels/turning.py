"""Lines turned into columns, as text of LLVM.

What one can do with this file: write the functions that turn a matrix (`transposed`),
or some lines of a table of strips (`turned`); and any function that repeats something
(`each`).

The one idea: eight lines of eight numbers are a square that fits into registers. Each
line of it is a line of the cache, which is read once and written once.
"""

from string import Template

__all__ = ["STRIP", "each", "transposed", "turned"]

STRIP = 8  # numbers that lie side by side in a table: a line of the cache


def each(name: str, arguments: str, count: str, body: str) -> str:
    """A function that runs ``body`` for each ``%k`` below ``count``."""
    return f"""
define internal void @{name}({arguments}) {{
entry:
  br label %head
head:
  %k = phi i64 [0, %entry], [%knext, %tail]
  %some = icmp slt i64 %k, {count}
  br i1 %some, label %body, label %done
body:
{body}
  br label %tail
tail:
  %knext = add i64 %k, 1
  br label %head
done:
  ret void
}}"""


def turned(strip: int) -> tuple[str, str]:
    """A function that makes columns of lines of a table; its name and its text.

    ``(ptr to, ptr table, ptr indices, i64 eights, i64 strips)``: eight times as many
    indices (i32) of lines as ``eights``, which become the strips of a right matrix
    whose terms are the rows of the table, in ``strips`` strips that are ``strip``
    apart.
    """
    lines = []
    for k in range(STRIP):
        lines += [
            f"  %at{k} = extractelement <8 x i64> %at, i32 {k}",
            f"  %line{k} = getelementptr double, ptr %table, i64 %at{k}",
        ]
    squares = [
        f"  %from{k} = getelementptr double, ptr %line{k}, i64 %row\n"
        f"  %to{k} = getelementptr double, ptr %begin, i64 {k * STRIP}"
        for k in range(STRIP)
    ]
    text = Template(_TURNED).substitute(
        NAME=f"turned.{strip}",
        STRIP=strip,
        SQUARE=STRIP * STRIP,
        LINES="\n".join(lines),
        SQUARES="\n".join([*squares, _EIGHT]),
    )
    return f"turned.{strip}", text


def transposed() -> str:
    """The text of ``transposed``, a function that is internal.

    ``(ptr to, i64 apart, ptr from, i64 stride, i64 rows, i64 columns)``:
    ``to[j * apart + i] = from[i * stride + j]`` for i < ``rows`` and j < ``columns``.
    """
    lines = [
        f"  %f{k} = mul i64 %stride, {k}\n"
        f"  %t{k} = mul i64 %apart, {k}\n"
        f"  %from{k} = getelementptr double, ptr %source, i64 %f{k}\n"
        f"  %to{k} = getelementptr double, ptr %target, i64 %t{k}"
        for k in range(STRIP)
    ]
    matrix = "ptr %to, i64 %apart, ptr %from, i64 %stride"
    squares = _SQUARES + "\n".join([*lines, _EIGHT])
    return "\n".join(
        [
            each("transposed.squares", f"{matrix}, i64 %m", "%m", squares),
            each("transposed.eights", f"{matrix}, i64 %m, i64 %n", "%n", _EIGHTS),
            each("transposed.line", f"{matrix}, i64 %m", "%m", _LINE),
            each("transposed.rest", f"{matrix}, i64 %m, i64 %n", "%n", _REST),
            _TRANSPOSED,
        ]
    )


def _square(down: int, right: int) -> list[str]:
    # Four lines of four numbers: pairs of two lines, then pairs of pairs.
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
    s, text = f"{down}.{right}.", []
    for k in range(4):
        line = f"%from{right + k}"
        text += [
            f"  %q{s}{k} = getelementptr double, ptr {line}, i64 {down}",
            f"  %x{k}.{s} = load <4 x double>, ptr %q{s}{k}, align 8",
        ]
    for made, x, y, mask in steps:
        numbers = ", ".join([f"i32 {k}" for k in mask])
        text.append(
            f"  %{made}.{s} = shufflevector <4 x double> %{x}.{s}, "
            f"<4 x double> %{y}.{s}, <4 x i32> <{numbers}>"
        )
    for k in range(4):
        text += [
            f"  %p{s}{k} = getelementptr double, ptr %to{down + k}, i64 {right}",
            f"  store <4 x double> %z{k}.{s}, ptr %p{s}{k}, align 8",
        ]
    return text


# Eight lines from %from0 to %from7 become columns, from %to0 to %to7.
_EIGHT = "\n".join([x for i in (0, 4) for j in (0, 4) for x in _square(i, j)])

_TURNED = """
define internal void @$NAME(ptr %to, ptr %table, ptr %indices, i64 %eights,
                            i64 %strips) {
entry:
  %size = mul i64 %strips, $SQUARE
  br label %eight
eight:
  %e = phi i64 [0, %entry], [%enext, %eightdone]
  %e0 = getelementptr <8 x i32>, ptr %indices, i64 %e
  %lines = load <8 x i32>, ptr %e0, align 4
  %wide = sext <8 x i32> %lines to <8 x i64>
  %at = mul <8 x i64> %wide, splat (i64 8)
  %place = mul i64 %e, %size
$LINES
  br label %strip
strip:
  %s = phi i64 [0, %eight], [%snext, %strip]
  %row = mul i64 %s, $STRIP
  %s0 = mul i64 %s, $SQUARE
  %s1 = add i64 %place, %s0
  %begin = getelementptr double, ptr %to, i64 %s1
$SQUARES
  %snext = add i64 %s, 1
  %smore = icmp slt i64 %snext, %strips
  br i1 %smore, label %strip, label %eightdone
eightdone:
  %enext = add i64 %e, 1
  %emore = icmp slt i64 %enext, %eights
  br i1 %emore, label %eight, label %done
done:
  ret void
}"""

# Down the rows first: what is written goes along the lines of the target.
_SQUARES = """\
  %i = mul i64 %k, 8
  %o = mul i64 %i, %stride
  %source = getelementptr double, ptr %from, i64 %o
  %target = getelementptr double, ptr %to, i64 %i
"""

_EIGHTS = """\
  %j = mul i64 %k, 8
  %o = mul i64 %j, %apart
  %source = getelementptr double, ptr %from, i64 %j
  %target = getelementptr double, ptr %to, i64 %o
  call void @transposed.squares(ptr %target, i64 %apart, ptr %source, i64 %stride,
                                i64 %m)"""

_LINE = """\
  %o = mul i64 %k, %stride
  %source = getelementptr double, ptr %from, i64 %o
  %target = getelementptr double, ptr %to, i64 %k
  %x = load double, ptr %source
  store double %x, ptr %target"""

_REST = """\
  %o = mul i64 %k, %apart
  %source = getelementptr double, ptr %from, i64 %k
  %target = getelementptr double, ptr %to, i64 %o
  call void @transposed.line(ptr %target, i64 %apart, ptr %source, i64 %stride,
                             i64 %m)"""

# Squares; then the columns that are no eight any more, and the rows.
_TRANSPOSED = """
define internal void @transposed(ptr %to, i64 %apart, ptr %from, i64 %stride,
                                 i64 %rows, i64 %columns) {
  %m = lshr i64 %rows, 3
  %n = lshr i64 %columns, 3
  call void @transposed.eights(ptr %to, i64 %apart, ptr %from, i64 %stride, i64 %m,
                               i64 %n)
  %i = shl i64 %m, 3
  %j = shl i64 %n, 3
  %jo = mul i64 %j, %apart
  %jto = getelementptr double, ptr %to, i64 %jo
  %jfrom = getelementptr double, ptr %from, i64 %j
  %jrest = sub i64 %columns, %j
  call void @transposed.rest(ptr %jto, i64 %apart, ptr %jfrom, i64 %stride, i64 %i,
                             i64 %jrest)
  %io = mul i64 %i, %stride
  %ito = getelementptr double, ptr %to, i64 %i
  %ifrom = getelementptr double, ptr %from, i64 %io
  %irest = sub i64 %rows, %i
  call void @transposed.rest(ptr %ito, i64 %apart, ptr %ifrom, i64 %stride, i64 %irest,
                             i64 %columns)
  ret void
}"""
