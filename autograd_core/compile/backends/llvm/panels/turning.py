"""Lines turned into columns, as text of LLVM.

What one can do with this file: write the functions that turn a matrix (`transposed`),
or some lines of a table of strips (`turned`).

The one idea: eight lines of eight numbers are a square that fits into registers. Each
line of it is a line of the cache, which is read once and written once.
"""

from string import Template

from ..macros import expand

__all__ = ["STRIP", "transposed", "turned"]

STRIP = 8  # numbers that lie side by side in a table: a line of the cache


def turned(strip: int) -> tuple[str, str]:
    """A function that makes columns of lines of a table; its name and its text.

    ``(ptr to, ptr table, ptr indices, i64 eights, i64 strips)``: eight times as many
    indices (i32) of lines as ``eights``, which become the strips of a right matrix
    whose terms are the rows of the table, in ``strips`` strips that are ``strip``
    apart.
    """
    lines = [
        f"  %at{k} = extractelement <8 x i64> %at, i32 {k}\n"
        f"  %line{k} = getelementptr double, ptr %table, i64 %at{k}"
        for k in range(STRIP)
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
    return f"turned.{strip}", expand(text)


def transposed() -> str:
    """The text of ``transposed``, a function that is internal.

    ``(ptr to, i64 apart, ptr from, i64 stride, i64 rows, i64 columns)``:
    ``to[j * apart + i] = from[i * stride + j]`` for i < ``rows`` and j < ``columns``.
    """
    squares = [
        f"  %f{k} = mul i64 %stride, {k}\n"
        f"  %t{k} = mul i64 %apart, {k}\n"
        f"  %from{k} = getelementptr double, ptr %source, i64 %f{k}\n"
        f"  %to{k} = getelementptr double, ptr %target, i64 %t{k}"
        for k in range(STRIP)
    ]
    return expand(_TRANSPOSED.replace("$SQUARES", "\n".join([*squares, _EIGHT])))


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
  %size = mul i64 %strips, $SQUARE
  do %e < %eights {
    %first = mul i64 %e, 8
    %lines = <8 x i32> %indices[%first]
    %wide = sext <8 x i32> %lines to <8 x i64>
    %at = mul <8 x i64> %wide, splat (i64 8)
    %place = mul i64 %e, %size
$LINES
    do %s < %strips {
      %row = mul i64 %s, $STRIP
      %s0 = mul i64 %s, $SQUARE
      %s1 = add i64 %place, %s0
      %begin = getelementptr double, ptr %to, i64 %s1
$SQUARES
    }
  }
  ret void
}"""

# Squares, down the rows first: what is written goes along the lines of the target. Then
# the columns that are no eight any more, and the rows.
_TRANSPOSED = """
define internal void @transposed(ptr %to, i64 %apart, ptr %from, i64 %stride,
                                 i64 %rows, i64 %columns) {
  %m = and i64 %rows, -8
  %n = and i64 %columns, -8
  for %j < %n by 8 {
    %jo = mul i64 %j, %apart
    for %i < %m by 8 {
      %io = mul i64 %i, %stride
      %ij = add i64 %io, %j
      %ji = add i64 %jo, %i
      %source = getelementptr double, ptr %from, i64 %ij
      %target = getelementptr double, ptr %to, i64 %ji
$SQUARES
    }
  }
  call void @transposed.rest(ptr %to, i64 %apart, ptr %from, i64 %stride, i64 0,
                             i64 %m, i64 %n, i64 %columns)
  call void @transposed.rest(ptr %to, i64 %apart, ptr %from, i64 %stride, i64 %m,
                             i64 %rows, i64 0, i64 %columns)
  ret void
}

define internal void @transposed.rest(ptr %to, i64 %apart, ptr %from, i64 %stride,
                                      i64 %top, i64 %bottom, i64 %left, i64 %right) {
  for %j from %left < %right {
    %jo = mul i64 %j, %apart
    for %i from %top < %bottom {
      %io = mul i64 %i, %stride
      %ij = add i64 %io, %j
      %ji = add i64 %jo, %i
      %x = double %from[%ij]
      double %to[%ji] = %x
    }
  }
  ret void
}"""
