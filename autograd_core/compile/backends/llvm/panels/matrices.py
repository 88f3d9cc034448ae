"""Matrix products over strips of rows, as text of LLVM.

What one can do with this file: write the function of a product of two matrices
(`product`).

The one idea: a block of the result stays in registers while its sums are taken. For
each term a few vectors of the right matrix are loaded once, and each number of the
left one is broadcast to meet all of them. The right matrix lies in *strips* of `STRIP`
columns, term after term, so that a block reads one piece of memory from its begin to
its end. Long sums are cut into pieces of `LONGEST` terms, so that what is read again is
in the first cache. A sum is taken in the order of its terms, piece by piece, on every
machine.

Source: van Zee and van de Geijn, BLIS, ACM TOMS 41 (2015), section 3.
"""

from dataclasses import dataclass
from string import Template

from ..macros import expand
from ..vectors.lanes import Vectors
from .turning import STRIP

__all__ = ["LONGEST", "STRIP", "Shape", "columns", "product"]

LONGEST = 256  # terms
GROUP = 16  # blocks side by side; their right sides stay in the second cache


def columns(width: int) -> int:
    """How many columns a block has: whole strips, and two vectors or more."""
    return max(STRIP, 2 * width)


def _highest(vectors: Vectors) -> int:
    # Lines of a block. Its sums, a line of the right matrix and numbers of the left one
    # are in registers: 32 with AVX-512 and NEON (vectors of two, and fused products),
    # else 16. LLVM spills none of them on any of these.
    if vectors.width == 2:
        return 4 if vectors.fused else 2
    return 12 if vectors.width == 8 else 6


@dataclass(frozen=True)
class Shape:
    """A product: how many lines, and how far apart the numbers are.

    Attributes
    ----------
    lines
        Of the left matrix and of the result.
    left, left_next, left_strip
        In the left matrix from line to line; from term to term; and from eight terms
        to the next eight.
    result, result_strip
        In the result from line to line, and from strip to strip.
    columns
        How many columns there are; 0 if each call says how many strips.
    """

    lines: int
    left: int
    left_next: int
    left_strip: int
    result: int
    result_strip: int = STRIP
    columns: int = 0

    @property
    def name(self) -> str:
        """The name of its function."""
        left = self.left, self.left_next, self.left_strip
        numbers = (self.lines, *left, self.result, self.result_strip, self.columns)
        return "product." + ".".join(map(str, numbers))


def product(shape: Shape, vectors: Vectors) -> dict[str, str]:
    """The functions of a product, by name; `Shape.name` is the one to call.

    ``(ptr left, ptr right, ptr result, i64 terms, i64 next, i64 strips, i1 add)``: in
    the right matrix it is ``next`` from strip to strip; there are ``strips`` of them,
    which fill whole blocks, if the shape does not say how many columns; there is at
    least one term, and ``add`` says whether to add to what is in the result. More than
    `LONGEST` terms must be equally far apart.
    """
    wide = columns(vectors.width)
    whole, rest = divmod(shape.columns, wide)
    found: dict[str, str] = {}
    parts = []
    if whole or not shape.columns:
        end = f"{whole * wide // STRIP}" if shape.columns else "%strips"
        parts.append(_across(shape, 0, end, wide, vectors, found))
    if rest:
        begin = whole * wide // STRIP
        parts.append(_across(shape, begin, f"{begin + 1}", rest, vectors, found))
    text = Template(_PRODUCT).substitute(
        NAME=shape.name,
        LEFT=shape.left_next,
        STRIP=STRIP,
        LONGEST=LONGEST,
        PARTS="\n".join(parts),
    )
    found[shape.name] = expand(text)
    return found


def _across(
    shape: Shape,
    begin: int,
    end: str,
    wide: int,
    vectors: Vectors,
    found: dict[str, str],
) -> str:
    # Blocks of so many columns from one strip to another, and all lines of the result:
    # of two heights, as equal as can be, since a low block does not fill the machine.
    step = columns(vectors.width) // STRIP
    count = -(-shape.lines // _highest(vectors))
    low, more = divmod(shape.lines, count)
    text, at = [], 0
    for part, (height, blocks) in enumerate(((low + 1, more), (low, count - more))):
        if blocks:
            numbers = {
                "NAME": _block(shape, height, wide, vectors, found),
                "K": f"{begin}.{part}",
                "C": begin,
                "LEFT": shape.left,
                "RESULT": shape.result,
                "HEIGHT": height,
                "BEGIN": at,
                "END": at + blocks * height,
                "ACROSS": shape.result_strip,
                "STEP": step,
            }
            text.append(Template(_DOWN).substitute(numbers))
        at += blocks * height
    return Template(_ACROSS).substitute(
        K=begin, BEGIN=begin, END=end, GROUP=GROUP * step, DOWN="\n".join(text)
    )


def _block(
    shape: Shape, height: int, wide: int, vectors: Vectors, found: dict[str, str]
) -> str:
    # The function of one block that stays in registers. The terms of a strip are
    # written out, so that all of them are at fixed distances.
    distances = (shape.left, shape.left_next, shape.left_strip, shape.result)
    name = "block." + ".".join(map(str, (height, wide, *distances, shape.result_strip)))
    if name not in found:
        found[name] = _Block(shape, height, wide, vectors.width).text(name)
        v = f"<{vectors.width} x double>"
        fma = _fma(vectors.width)
        found[fma] = f"declare {v} {fma}({v}, {v}, {v})"
        mask, kind = f"<{vectors.width} x i1>", f"v{vectors.width}f64.p0"
        found["masked"] = Template(_MASKED).substitute(V=v, M=mask, K=kind)
    return name


def _fma(width: int) -> str:
    return f"@llvm.fmuladd.v{width}f64"


class _Block:
    # The text of one block, ``height`` lines and ``wide`` columns.
    def __init__(self, shape: Shape, height: int, wide: int, width: int) -> None:
        self.shape, self.height, self.width = shape, height, width
        vectors = -(-wide // width)
        self.v, self.across = f"<{width} x double>", range(vectors)
        self.sums = [f"{i}.{j}" for i in range(height) for j in self.across]
        self.masked = wide % width

    def text(self, name: str) -> str:
        places, plain, added = self.results()
        v, sums = self.v, self.sums
        texts = {
            "STRIPS": [f"  %s{s} = carry {v} zeroinitializer, %t{s}" for s in sums],
            "EIGHT": self.terms("s", "t", STRIP),
            "REST": [f"  %u{s} = carry {v} %s{s}.end, %w{s}" for s in sums],
            "ONE": self.terms("u", "w", 1),
            "PLACES": places,
            "PLAIN": plain,
            "ADDED": added,
        }
        text = Template(_BLOCK).substitute(
            {k: "\n".join(lines) for k, lines in texts.items()},
            NAME=name,
            STRIP=STRIP,
            LEFT=self.shape.left_strip,
            NEXT=self.shape.left_next,
        )
        return expand(text)

    def terms(self, old: str, new: str, count: int) -> list[str]:
        # So many terms, from the sums %old to %new.
        text, v, fma = [], self.v, _fma(self.width)
        zeros = f"<{self.width} x i32> zeroinitializer"
        for t in range(count):
            n = f"{old}{t}"
            before = old if t == 0 else f"{new}{t - 1}x"
            after = new if t == count - 1 else f"{new}{t}x"
            for j in self.across:
                strip, column = divmod(j * self.width, STRIP)
                base, place = f"%{old}b{strip}", t * STRIP + column
                text += [
                    f"  %p{n}.{j} = getelementptr double, ptr {base}, i64 {place}",
                    f"  %b{n}.{j} = load {v}, ptr %p{n}.{j}, align 8",
                ]
            for i in range(self.height):
                place = i * self.shape.left + t * self.shape.left_next
                text += [
                    f"  %q{n}.{i} = getelementptr double, ptr %{old}a, i64 {place}",
                    f"  %a{n}.{i} = load double, ptr %q{n}.{i}",
                    f"  %o{n}.{i} = insertelement {v} poison, double %a{n}.{i}, i32 0",
                    f"  %w{n}.{i} = shufflevector {v} %o{n}.{i}, {v} poison, {zeros}",
                ]
                text += [
                    f"  %{after}{i}.{j} = call {v} {fma}({v} %w{n}.{i}, "
                    f"{v} %b{n}.{j}, {v} %{before}{i}.{j})"
                    for j in self.across
                ]
        return text

    def results(self) -> tuple[list[str], list[str], list[str]]:
        # Where the sums belong; to write them, and to add them to what is there.
        places, plain, added, v = [], [], [], self.v
        kind, shape = f"v{self.width}f64.p0", self.shape
        mask = ", ".join(
            [f"i1 {str(k < self.masked).lower()}" for k in range(self.width)]
        )
        for s in self.sums:
            i, j = map(int, s.split("."))
            strip, column = divmod(j * self.width, STRIP)
            place = i * shape.result + strip * shape.result_strip + column
            load = f"load {v}, ptr %c{s}, align 8"
            made = f"%u{s}.end", f"%y{s}"
            stores = [f"store {v} {x}, ptr %c{s}, align 8" for x in made]
            if self.masked and j == self.across[-1]:
                rest = f"ptr %c{s}, i32 8, <{self.width} x i1> <{mask}>"
                load = f"call {v} @llvm.masked.load.{kind}({rest}, {v} zeroinitializer)"
                stores = [
                    f"call void @llvm.masked.store.{kind}({v} {x}, {rest})"
                    for x in made
                ]
            places.append(f"  %c{s} = getelementptr double, ptr %c, i64 {place}")
            plain.append(f"  {stores[0]}")
            added += [f"  %x{s} = {load}", f"  %y{s} = fadd {v} %x{s}, %u{s}.end"]
            added.append(f"  {stores[1]}")
        return places, plain, added


# The sum over t of left[i, t] * right[t, j]: pieces of terms, then groups of columns,
# lines, and the blocks of a line, which lie side by side in the result.
_PRODUCT = """
define internal void @$NAME(ptr %left, ptr %right, ptr %result, i64 %all, i64 %next,
                            i64 %strips, i1 %add) {
  do %t < %all by $LONGEST {
    %more = carry i1 %add, true
    %ta = mul i64 %t, $LEFT
    %tb = mul i64 %t, $STRIP
    %a = getelementptr double, ptr %left, i64 %ta
    %b = getelementptr double, ptr %right, i64 %tb
    %rest = sub i64 %all, %t
    %few = icmp slt i64 %rest, $LONGEST
    %terms = select i1 %few, i64 %rest, i64 $LONGEST
$PARTS
  }
  ret void
}"""

_ACROSS = """\
    do %g$K from $BEGIN < $END by $GROUP {
      %beyond$K = add i64 %g$K, $GROUP
      %full$K = icmp slt i64 %beyond$K, $END
      %gend$K = select i1 %full$K, i64 %beyond$K, i64 $END
$DOWN
    }"""

_DOWN = """\
      do %d$K from $BEGIN < $END by $HEIGHT {
        %da$K = mul i64 %d$K, $LEFT
        %dc$K = mul i64 %d$K, $RESULT
        %pa$K = getelementptr double, ptr %a, i64 %da$K
        %pc$K = getelementptr double, ptr %result, i64 %dc$K
        do %j$K from %g$C < %gend$C by $STEP {
          %jb$K = mul i64 %j$K, %next
          %jc$K = mul i64 %j$K, $ACROSS
          %b$K = getelementptr double, ptr %b, i64 %jb$K
          %c$K = getelementptr double, ptr %pc$K, i64 %jc$K
          call void @$NAME(ptr %pa$K, ptr %b$K, ptr %c$K, i64 %terms, i64 %next,
                           i1 %more)
        }
      }"""

# Whole strips of terms, then one by one.
_BLOCK = """
define internal void @$NAME(ptr %a, ptr %b, ptr %c, i64 %terms, i64 %next, i1 %add) {
  %whole = and i64 %terms, -$STRIP
  for %t < %whole by $STRIP {
    %sa = carry ptr %a, %sanext
    %sb0 = carry ptr %b, %sbnext
$STRIPS
    %sb1 = getelementptr double, ptr %sb0, i64 %next
$EIGHT
    %sanext = getelementptr double, ptr %sa, i64 $LEFT
    %sbnext = getelementptr [$STRIP x [$STRIP x double]], ptr %sb0, i64 1
  }
  for %k from %whole < %terms {
    %ua = carry ptr %sa.end, %uanext
    %ub0 = carry ptr %sb0.end, %ubnext
$REST
    %ub1 = getelementptr double, ptr %ub0, i64 %next
$ONE
    %uanext = getelementptr double, ptr %ua, i64 $NEXT
    %ubnext = getelementptr [$STRIP x double], ptr %ub0, i64 1
  }
$PLACES
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
