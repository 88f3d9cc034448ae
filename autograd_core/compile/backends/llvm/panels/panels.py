"""What a rolled program does around its steps, as text of LLVM.

What one can do with this file: write the functions that move numbers between arrays
and the table of a panel (`helpers`), and those of a half and of a whole call (`calls`).

The one idea: a panel of rows is computed in *strips* of eight. A strip has all lines of
the table one after the other, eight numbers each. So what belongs to the same rows lies
together, a step reads it from begin to end, and the products of matrices find blocks
that need no packing.
"""

from string import Template

from ..macros import expand
from .matrices import STRIP, columns
from .pieces import WORDS
from .rolled import PANEL
from .turning import transposed

__all__ = ["calls", "helpers"]

_LANES = ", ".join([f"i64 {k}" for k in range(STRIP)])


def helpers(numbers: dict[str, int], add: str) -> str:
    """The functions that move numbers; ``add`` takes in the rows of a strip."""
    few = [
        f"  %in{k} = icmp slt i64 {k}, %last\n"
        f"  %i{k} = select i1 %in{k}, i64 {k}, i64 %last\n"
        f"  %o{k} = mul i64 %i{k}, %right\n"
        f"  %p{k} = getelementptr double, ptr %source, i64 %o{k}\n"
        f"  %x{k} = load double, ptr %p{k}\n"
        f"  %t{k} = getelementptr double, ptr %to, i64 {k}\n"
        f"  store double %x{k}, ptr %t{k}"
        for k in range(STRIP)
    ]
    whole = numbers["NSUMS"] // numbers["WIDTH"] * numbers["WIDTH"]
    parts = {"FEW": "\n".join(few), "ADD": add, "LANES": _LANES}
    parts |= {"WHOLE": str(whole), "PIECE": str(WORDS)}
    text = Template(Template(_MOVES).safe_substitute(parts)).substitute(numbers)
    return transposed() + expand(text)


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
    text = Template(Template(_HALF).safe_substitute(parts))
    return expand(text.substitute(numbers, **panel))


_MOVES = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

; Rows of the inputs into a panel, piece by piece (`Pieces`).
define internal void @fetch(ptr %table, ptr %pieces, i64 %n, i64 %row, i64 %count,
                            i64 %strips) {
  for %k < %n {
    %piece = getelementptr [$PIECE x i64], ptr %pieces, i64 %k
    %all = ptr %piece[0]
    %down = i64 %piece[1]
    %right = i64 %piece[2]
    %first = i64 %piece[3]
    %lines = i64 %piece[4]
    %above = mul i64 %row, %right
    %from = getelementptr double, ptr %all, i64 %above
    %begin = mul i64 %first, $STRIP
    %to = getelementptr double, ptr %table, i64 %begin
    call void @fetch.piece(ptr %to, ptr %from, i64 %down, i64 %right, i64 %lines,
                           i64 %count, i64 %strips)
  }
  ret void
}

; Whole strips, whose lines or rows may lie in one piece. What is past the last row is
; that row.
define internal void @fetch.piece(ptr %table, ptr %from, i64 %down, i64 %right,
                                  i64 %lines, i64 %count, i64 %strips) {
  %columns = icmp eq i64 %right, 1
  %rows = icmp eq i64 %down, 1
  for %k < %strips {
    %o = mul i64 %k, $SIZE
    %strip = getelementptr double, ptr %table, i64 %o
    %row = mul i64 %k, $STRIP
    %above = mul i64 %row, %right
    %begin = getelementptr double, ptr %from, i64 %above
    %rest = sub i64 %count, %row
    %last = sub i64 %rest, 1
    %whole = icmp sge i64 %rest, $STRIP
    br i1 %whole, label %full, label %few
full:
    br i1 %columns, label %eights, label %turn
eights:
    for %e < %lines {
      %eto = mul i64 %e, $STRIP
      %efrom = mul i64 %e, %down
      %x = <8 x double> %begin[%efrom]
      <8 x double> %strip[%eto] = %x
    }
    br label %done
turn:
    br i1 %rows, label %squares, label %few
squares:
    call void @transposed(ptr %strip, i64 $STRIP, ptr %begin, i64 %right, i64 $STRIP,
                          i64 %lines)
    br label %done
few:
    for %f < %lines {
      %fto = mul i64 %f, $STRIP
      %to = getelementptr double, ptr %strip, i64 %fto
      %ffrom = mul i64 %f, %down
      %source = getelementptr double, ptr %begin, i64 %ffrom
$FEW
    }
    br label %done
done:
  }
  ret void
}

; Results of the rows, which are lines of the panel.
define internal void @give(ptr %values, i64 %rows, ptr %table, i64 %count) {
  for %k < $NVALUES {
    %n = i32 @values.lines[%k]
    %line = sext i32 %n to i64
    %begin = mul i64 %line, $STRIP
    %from = getelementptr double, ptr %table, i64 %begin
    %place = mul i64 %k, %rows
    %to = getelementptr double, ptr %values, i64 %place
    for %r < %count {
      %strip = udiv i64 %r, $STRIP
      %lane = urem i64 %r, $STRIP
      %o = mul i64 %strip, $SIZE
      %at = add i64 %o, %lane
      %x = double %from[%at]
      double %to[%r] = %x
    }
  }
  ret void
}

; Lines that are wanted in another order.
define internal void @copied(ptr %table, ptr %pairs, i64 %n, i64 %strips) {
  for %k < %strips {
    %o = mul i64 %k, $SIZE
    %strip = getelementptr double, ptr %table, i64 %o
    for %m < %n {
      %e = getelementptr [2 x i32], ptr %pairs, i64 %m
      %a = i32 %e[0]
      %b = i32 %e[1]
      %to = getelementptr <8 x double>, ptr %strip, i32 %a
      %from = getelementptr <8 x double>, ptr %strip, i32 %b
      %x = <8 x double> %from[0]
      <8 x double> %to[0] = %x
    }
  }
  ret void
}

; What is past the last row of the last strip is 0 in sums.
define internal void @cleared(ptr %strip, i64 %over, i64 %lines) {
  %one = insertelement <8 x i64> poison, i64 %over, i32 0
  %all = shufflevector <8 x i64> %one, <8 x i64> poison, <8 x i32> zeroinitializer
  %in = icmp slt <8 x i64> <$LANES>, %all
  for %k < %lines {
    %o = mul i64 %k, $STRIP
    %x = <8 x double> %strip[%o]
    %y = select <8 x i1> %in, <8 x double> %x, <8 x double> zeroinitializer
    <8 x double> %strip[%o] = %y
  }
  ret void
}

define internal void @added(ptr %table, i64 %all, ptr %partials, i64 %strips) {
  for %k < %strips {
    %o = mul i64 %k, $SIZE
    %panel = getelementptr double, ptr %table, i64 %o
    %row = mul i64 %k, $STRIP
    %rest = sub i64 %all, %row
    %short = icmp slt i64 %rest, $STRIP
    %count = select i1 %short, i64 %rest, i64 $STRIP
$ADD
  }
  ret void
}

; The entries of matrices that do not lie in the parameters as one.
define internal void @pack(ptr %packed, ptr %par, ptr %uni) {
  for %k < $NPACKED {
    %n = i32 @packed.codes[%k]
    %code = sext i32 %n to i64
    %at = ashr i64 %code, 2
    %kind = and i64 %code, 3
    %constant = icmp eq i64 %kind, 1
    %uniform = icmp eq i64 %kind, 2
    %one = select i1 %constant, ptr @packed.constants, ptr %par
    %base = select i1 %uniform, ptr %uni, ptr %one
    %x = double %base[%at]
    double %packed[%k] = %x
  }
  ret void
}

; Sums of several terms, each of which was summed over the rows.
define internal void @together(ptr %sums, ptr %found, i1 %add) {
  %ends = getelementptr i32, ptr @sums.begins, i64 1
  for %k < $NENTRIES {
    %n = i32 @sums.places[%k]
    %place = sext i32 %n to i64
    %b = i32 @sums.begins[%k]
    %e = i32 %ends[%k]
    %begin = sext i32 %b to i64
    %end = sext i32 %e to i64
    for %t from %begin < %end {
      %s = carry double -0.0, %total
      %c = i32 @sums.terms[%t]
      %code = sext i32 %c to i64
      %at = ashr i64 %code, 1
      %x = double %found[%at]
      %odd = and i64 %code, 1
      %negative = icmp eq i64 %odd, 1
      %minus = fneg double %x
      %y = select i1 %negative, double %minus, double %x
      %total = fadd double %s, %y
    }
    %before = double %sums[%place]
    %both = fadd double %before, %s.end
    %sum = select i1 %add, double %both, double %s.end
    double %sums[%place] = %sum
  }
  ret void
}

define void @joined(ptr %sums, ptr %other) {
  for %k < $WHOLE by $WIDTH {
    %x = <$WIDTH x double> %sums[%k]
    %y = <$WIDTH x double> %other[%k]
    %z = fadd <$WIDTH x double> %x, %y
    <$WIDTH x double> %sums[%k] = %z
  }
  for %o from $WHOLE < $NSUMS {
    %xo = double %sums[%o]
    %yo = double %other[%o]
    %zo = fadd double %xo, %yo
    double %sums[%o] = %zo
  }
  ret void
}"""

_HALF = """
; Some rows; ``add`` says whether to add to what is in the sums.
define internal void @part(ptr %in, i64 %rows, ptr %par, ptr %values, ptr %sums,
                           ptr %scratch, i64 %from, i64 %to, i1 %add) {
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
  do %first from %from < %to by $PANEL {
  %later = icmp sgt i64 %first, %from
  %more = or i1 %later, %add
  %rest = sub i64 %to, %first
  %few = icmp slt i64 %rest, $PANEL
  %count = select i1 %few, i64 %rest, i64 $PANEL
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
  }
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
