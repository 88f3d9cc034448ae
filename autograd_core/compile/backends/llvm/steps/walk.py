"""The native function that walks a list of steps, batch after batch.

What one can do with this file: get its code (`native`), and the `address` of the
function that a step is.

The one idea: a step is a line of words: the address of a function, then what it is
called with. All steps for all batches are one call, and nothing is compiled for them.
"""

from functools import cache

from ..panels.turning import transposed
from ..target import Built, build, host
from .method import SYMBOLS
from .objects import CONSTANTS

__all__ = ["WORDS", "address", "native"]

WORDS = 12  # of a line
OF_TABLES = ("place", "take", "give")


def address(step: str) -> int:
    """Where the function of a kind of step is; its code stays."""
    return (_tables() if step in OF_TABLES else native()).address_of(step)


@cache
def native() -> Built:
    """The code: the function of all steps, ``called``, and those of most kinds."""
    text = _filled(
        _WALK + _CALLED + _NUMBERS + transposed() + _ARGUMENTS + _FLOATS + _INTS
    )
    symbols = {name: place for name, place in SYMBOLS.items() if f"@{name}(" in _CALLED}
    return build(text, symbols, "called", host(), 1)


@cache
def _tables() -> Built:
    # For programs that take rows of tables: others need not wait for it.
    return build(_filled(_TABLES), {}, "take", host(), 1)


def _filled(text: str) -> str:
    # WORDS n: the words 1 to n of a line, as numbers %w and as addresses %p.
    for count in range(1, WORDS):
        words = [
            f"  %q{k} = getelementptr i64, ptr %line, i64 {k}\n"
            f"  %w{k} = load i64, ptr %q{k}\n"
            f"  %p{k} = inttoptr i64 %w{k} to ptr"
            for k in range(1, count + 1)
        ]
        text = text.replace(f"  WORDS {count}\n", "\n".join(words) + "\n")
    for name, value in CONSTANTS.items():
        text = text.replace(f"${name}", str(value))
    return text


# Does ``program``, whose words are: how many lines, how many arguments, where the
# losses go, where the loss is, and by what it is divided (a double); then the lines.
# ``batches`` is a tuple of tuples. Returns how many batches were done: a step that says
# 0 ends everything.
_WALK = f"""
define internal i64 @walk(ptr %line, ptr %batches) {{
entry:
  WORDS 4
  %lines = load i64, ptr %line
  %lengthp = getelementptr i8, ptr %batches, i64 $LENGTH
  %length = load i64, ptr %lengthp
  %items = getelementptr i8, ptr %batches, i64 $ITEMS
  %rows = bitcast i64 %w4 to double
  %any = icmp sgt i64 %length, 0
  br i1 %any, label %batch, label %end
batch:
  %k = phi i64 [0, %entry], [%knext, %good]
  %itemp = getelementptr ptr, ptr %items, i64 %k
  %item = load ptr, ptr %itemp
  %typep = getelementptr i8, ptr %item, i64 $TYPE
  %type = load i64, ptr %typep
  %tuple = icmp eq i64 %type, $TUPLE
  br i1 %tuple, label %counted, label %failed
counted:
  %countp = getelementptr i8, ptr %item, i64 $LENGTH
  %count = load i64, ptr %countp
  %fits = icmp eq i64 %count, %w1
  br i1 %fits, label %ready, label %failed
ready:
  %none = icmp eq i64 %lines, 0
  br i1 %none, label %good, label %step
step:
  %i = phi i64 [0, %ready], [%next, %on]
  %next = add i64 %i, 1
  %here = getelementptr [{WORDS} x i64], ptr %line, i64 %next
  %function = load ptr, ptr %here
  %ok = call i1 %function(ptr %here, ptr %item)
  br i1 %ok, label %on, label %failed
on:
  %more = icmp slt i64 %next, %lines
  br i1 %more, label %step, label %good
good:
  %sum = load double, ptr %p3
  %loss = fdiv double %sum, %rows
  %to = getelementptr double, ptr %p2, i64 %k
  store double %loss, ptr %to
  %knext = add i64 %k, 1
  %again = icmp slt i64 %knext, %length
  br i1 %again, label %batch, label %end
failed:
  ret i64 %k
end:
  ret i64 %length
}}"""

# The builtin: the first thing in ``owner`` is the array that has the program. Python's
# lock is let go: a call may take as long as many steps do.
_CALLED = """
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare ptr @PyLong_FromSsize_t(i64)

define ptr @called(ptr %owner, ptr %batches) {
entry:
  %typep = getelementptr i8, ptr %batches, i64 $TYPE
  %type = load i64, ptr %typep
  %tuple = icmp eq i64 %type, $TUPLE
  br i1 %tuple, label %run, label %end
run:
  %items = getelementptr i8, ptr %owner, i64 $ITEMS
  %array = load ptr, ptr %items
  %datap = getelementptr i8, ptr %array, i64 $DATA
  %program = load ptr, ptr %datap
  %thread = call ptr @PyEval_SaveThread()
  %count = call i64 @walk(ptr %program, ptr %batches)
  call void @PyEval_RestoreThread(ptr %thread)
  br label %end
end:
  %done = phi i64 [0, %entry], [%count, %run]
  %found = call ptr @PyLong_FromSsize_t(i64 %done)
  ret ptr %found
}"""

# A sum of differences x - x is 0, or NaN if one x is not finite.
_NUMBERS = """
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.vector.reduce.fadd.v8f64(double, <8 x double>)

define i1 @run(ptr %line, ptr %batch) {
  WORDS 7
  call void %p1(ptr %p2, i64 %w3, ptr %p4, ptr %p5, ptr %p6, ptr %p7)
  ret i1 true
}

define i1 @copy(ptr %line, ptr %batch) {
  WORDS 3
  call void @llvm.memmove.p0.p0.i64(ptr %p1, ptr %p2, i64 %w3, i1 false)
  ret i1 true
}

define i1 @count(ptr %line, ptr %batch) {
  WORDS 1
  %x = load double, ptr %p1
  %y = fadd double %x, 1.0
  store double %y, ptr %p1
  ret i1 true
}

define i1 @finite(ptr %line, ptr %batch) {
entry:
  WORDS 2
  %whole = and i64 %w2, -8
  %any = icmp sgt i64 %whole, 0
  br i1 %any, label %eight, label %rest
eight:
  %i = phi i64 [0, %entry], [%inext, %eight]
  %s = phi <8 x double> [zeroinitializer, %entry], [%t, %eight]
  %p = getelementptr double, ptr %p1, i64 %i
  %v = load <8 x double>, ptr %p, align 8
  %d = fsub <8 x double> %v, %v
  %t = fadd <8 x double> %s, %d
  %inext = add i64 %i, 8
  %imore = icmp slt i64 %inext, %whole
  br i1 %imore, label %eight, label %rest
rest:
  %many = phi <8 x double> [zeroinitializer, %entry], [%t, %eight]
  %sum = call double @llvm.vector.reduce.fadd.v8f64(double 0.0, <8 x double> %many)
  %left = icmp slt i64 %whole, %w2
  br i1 %left, label %one, label %end
one:
  %k = phi i64 [%whole, %rest], [%knext, %one]
  %r = phi double [%sum, %rest], [%rnext, %one]
  %q = getelementptr double, ptr %p1, i64 %k
  %y = load double, ptr %q
  %e = fsub double %y, %y
  %rnext = fadd double %r, %e
  %knext = add i64 %k, 1
  %kmore = icmp slt i64 %knext, %w2
  br i1 %kmore, label %one, label %end
end:
  %total = phi double [%sum, %rest], [%rnext, %one]
  %good = fcmp oeq double %total, 0.0
  ret i1 %good
}"""

# Arguments of a batch. An array must have the dtype and the shape that the line says;
# its numbers are read by its own strides, and written by those of the line.
_ARGUMENTS = """
@one = internal constant i64 1

define internal ptr @argument(ptr %batch, i64 %k) {
  %items = getelementptr i8, ptr %batch, i64 $ITEMS
  %p = getelementptr ptr, ptr %items, i64 %k
  %x = load ptr, ptr %p
  ret ptr %x
}

define i1 @same(ptr %line, ptr %batch) {
  WORDS 2
  %x = call ptr @argument(ptr %batch, i64 %w1)
  %good = icmp eq ptr %x, %p2
  ret i1 %good
}

define internal ptr @numbers(ptr %line, ptr %x) {
entry:
  WORDS 5
  %typep = getelementptr i8, ptr %x, i64 $TYPE
  %type = load i64, ptr %typep
  %array = icmp eq i64 %type, $ARRAY
  br i1 %array, label %look, label %failed
look:
  %dtypep = getelementptr i8, ptr %x, i64 $DTYPE
  %dtype = load ptr, ptr %dtypep
  %kindp = getelementptr i8, ptr %dtype, i64 $KIND
  %kind = load i64, ptr %kindp
  %a = icmp eq i64 %kind, %w2
  %flagsp = getelementptr i8, ptr %x, i64 $FLAGS
  %flags = load i32, ptr %flagsp
  %aligned = and i32 %flags, $ALIGNED
  %b = icmp ne i32 %aligned, 0
  %axesp = getelementptr i8, ptr %x, i64 $AXES
  %axes = load i32, ptr %axesp
  %n = sext i32 %axes to i64
  %c = icmp eq i64 %n, %w3
  %shapep = getelementptr i8, ptr %x, i64 $SHAPE
  %shape = load ptr, ptr %shapep
  %shape1 = getelementptr i64, ptr %shape, i64 1
  %has0 = icmp sgt i64 %n, 0
  %has1 = icmp sgt i64 %n, 1
  %n0p = select i1 %has0, ptr %shape, ptr @one
  %n1p = select i1 %has1, ptr %shape1, ptr @one
  %n0 = load i64, ptr %n0p
  %n1 = load i64, ptr %n1p
  %d = icmp eq i64 %n0, %w4
  %e = icmp eq i64 %n1, %w5
  %ab = and i1 %a, %b
  %cd = and i1 %c, %d
  %cde = and i1 %cd, %e
  %good = and i1 %ab, %cde
  br i1 %good, label %found, label %failed
found:
  %datap = getelementptr i8, ptr %x, i64 $DATA
  %data = load ptr, ptr %datap
  ret ptr %data
failed:
  ret ptr null
}

define internal i64 @stride(ptr %x, i64 %axis, i64 %axes) {
  %stridesp = getelementptr i8, ptr %x, i64 $STRIDES
  %strides = load ptr, ptr %stridesp
  %own = getelementptr i64, ptr %strides, i64 %axis
  %has = icmp slt i64 %axis, %axes
  %p = select i1 %has, ptr %own, ptr @one
  %s = load i64, ptr %p
  ret i64 %s
}"""

# What `floats` and `ints` share: the array of an argument, and its entries one by one,
# from `first` on, which `read` makes the number %v, in a block that ends as `last`.
_ARRAY = """
  %x = call ptr @argument(ptr %batch, i64 %w1)
  %data = call ptr @numbers(ptr %line, ptr %x)
  %isnone = icmp eq ptr %data, null
  br i1 %isnone, label %failed, label %begin
begin:
  %s0 = call i64 @stride(ptr %x, i64 0, i64 %w3)
  %s1 = call i64 @stride(ptr %x, i64 1, i64 %w3)
  %some0 = icmp sgt i64 %w4, 0
  %some1 = icmp sgt i64 %w5, 0
  %some = and i1 %some0, %some1"""


def _entries(first: str, read: str, last: str = "inner") -> str:
    return f"""outer:
  %j = phi i64 [0, %{first}], [%jnext, %outerend]
  %fromj = mul i64 %j, %s1
  %toj = mul i64 %j, %w8
  br label %inner
inner:
  %i = phi i64 [0, %outer], [%inext, %{last}]
  %fromi = mul i64 %i, %s0
  %from = add i64 %fromi, %fromj
  %source = getelementptr i8, ptr %data, i64 %from
{read}
  %toi = mul i64 %i, %w7
  %to = add i64 %toi, %toj
  %target = getelementptr double, ptr %p6, i64 %to
  store double %v, ptr %target
  %inext = add i64 %i, 1
  %imore = icmp slt i64 %inext, %w4
  br i1 %imore, label %inner, label %outerend
outerend:
  %jnext = add i64 %j, 1
  %jmore = icmp slt i64 %jnext, %w5
  br i1 %jmore, label %outer, label %done
done:
  ret i1 true
failed:
  ret i1 false
}}
"""


_FLOATS = f"""
define i1 @floats(ptr %line, ptr %batch) {{
entry:
  WORDS 8{_ARRAY}
  ; rows of the argument become lines of the target
  %right = icmp eq i64 %s1, 8
  %down = icmp eq i64 %w7, 1
  %odd = and i64 %s0, 7
  %even = icmp eq i64 %odd, 0
  %turns = and i1 %right, %down
  %two = icmp eq i64 %w3, 2
  %eights = and i1 %even, %two
  %fast = and i1 %turns, %eights
  br i1 %fast, label %turn, label %slow
turn:
  %stride = ashr i64 %s0, 3
  call void @transposed(ptr %p6, i64 %w8, ptr %data, i64 %stride, i64 %w4, i64 %w5)
  br label %done
slow:
  br i1 %some, label %outer, label %done
{_entries("slow", "  %v = load double, ptr %source")}"""

# Checked: not above its own limit, and not negative.
_INDEX = """\
  %index = load i64, ptr %source
  %limitj = mul i64 %j, %w11
  %limiti = mul i64 %i, %w10
  %limitplace = add i64 %limiti, %limitj
  %limitp = getelementptr i64, ptr %p9, i64 %limitplace
  %limit = load i64, ptr %limitp
  %good = icmp ule i64 %index, %limit
  br i1 %good, label %inside, label %failed
inside:
  %v = sitofp i64 %index to double"""

_INTS = f"""
define i1 @ints(ptr %line, ptr %batch) {{
entry:
  WORDS 11{_ARRAY}
  br i1 %some, label %outer, label %done
{_entries("begin", _INDEX, "inside")}"""

_TABLES = """
; place: p2[p3[k]] = p4[p5[k]] for k < w1
define i1 @place(ptr %line, ptr %batch) {
entry:
  WORDS 5
  %any = icmp sgt i64 %w1, 0
  br i1 %any, label %loop, label %done
loop:
  %k = phi i64 [0, %entry], [%next, %loop]
  %wherep = getelementptr i64, ptr %p3, i64 %k
  %where = load i64, ptr %wherep
  %whichp = getelementptr i64, ptr %p5, i64 %k
  %which = load i64, ptr %whichp
  %from = getelementptr double, ptr %p4, i64 %which
  %x = load double, ptr %from
  %to = getelementptr double, ptr %p2, i64 %where
  store double %x, ptr %to
  %next = add i64 %k, 1
  %more = icmp slt i64 %next, %w1
  br i1 %more, label %loop, label %done
done:
  ret i1 true
}

; take: for slots k < w1 and rows r < w2, with the index x = p3[p4[k] * w2 + r]:
; e = p6[k] + p5[k] * x is an entry, p10[k * w2 + r] = e and p9[...] = p8[p7[e]]
define i1 @take(ptr %line, ptr %batch) {
entry:
  WORDS 10
  %any = icmp sgt i64 %w1, 0
  br i1 %any, label %slot, label %done
slot:
  %k = phi i64 [0, %entry], [%knext, %slotend]
  %indexp = getelementptr i64, ptr %p4, i64 %k
  %index = load i64, ptr %indexp
  %widthp = getelementptr i64, ptr %p5, i64 %k
  %width = load i64, ptr %widthp
  %firstp = getelementptr i64, ptr %p6, i64 %k
  %first = load i64, ptr %firstp
  %begin = mul i64 %index, %w2
  %to = mul i64 %k, %w2
  br label %row
row:
  %r = phi i64 [0, %slot], [%rnext, %row]
  %at = add i64 %begin, %r
  %xp = getelementptr double, ptr %p3, i64 %at
  %x = load double, ptr %xp
  %which = fptosi double %x to i64
  %far = mul i64 %which, %width
  %e = add i64 %first, %far
  %sourcep = getelementptr i64, ptr %p7, i64 %e
  %source = load i64, ptr %sourcep
  %vp = getelementptr double, ptr %p8, i64 %source
  %v = load double, ptr %vp
  %there = add i64 %to, %r
  %target = getelementptr double, ptr %p9, i64 %there
  store double %v, ptr %target
  %taken = getelementptr i64, ptr %p10, i64 %there
  store i64 %e, ptr %taken
  %rnext = add i64 %r, 1
  %rmore = icmp slt i64 %rnext, %w2
  br i1 %rmore, label %row, label %slotend
slotend:
  %knext = add i64 %k, 1
  %kmore = icmp slt i64 %knext, %w1
  br i1 %kmore, label %slot, label %done
done:
  ret i1 true
}

; give: of slots k < w1 (the last first), in row r < w2 after row, p6[k * w2 + r] is
; added to p10[p5[p3[p4[k] * w2 + r]]], if that is a place and not -1: first together
; within a row in p7, then over the rows in p8, then there, w9 numbers in all. p7 and p8
; are 0 before and after.
define i1 @give(ptr %line, ptr %batch) {
entry:
  WORDS 10
  %last = sub i64 %w1, 1
  %any = icmp sge i64 %last, 0
  br i1 %any, label %row, label %all
row:
  %r = phi i64 [0, %entry], [%rnext, %rowend]
  br label %slot
slot:
  %k = phi i64 [%last, %row], [%knext, %slotend]
  %placek = call i64 @entry_of(ptr %line, i64 %k, i64 %r)
  %is = icmp sge i64 %placek, 0
  br i1 %is, label %add, label %slotend
add:
  %there = mul i64 %k, %w2
  %at = add i64 %there, %r
  %vp = getelementptr double, ptr %p6, i64 %at
  %v = load double, ptr %vp
  %up = getelementptr double, ptr %p7, i64 %placek
  %u = load double, ptr %up
  %s = fadd double %u, %v
  store double %s, ptr %up
  br label %slotend
slotend:
  %knext = sub i64 %k, 1
  %kmore = icmp sge i64 %knext, 0
  br i1 %kmore, label %slot, label %over
over:
  %m = phi i64 [%last, %slotend], [%mnext, %overend]
  %placem = call i64 @entry_of(ptr %line, i64 %m, i64 %r)
  %ism = icmp sge i64 %placem, 0
  br i1 %ism, label %move, label %overend
move:
  %fromp = getelementptr double, ptr %p7, i64 %placem
  %from = load double, ptr %fromp
  store double 0.0, ptr %fromp
  %top = getelementptr double, ptr %p8, i64 %placem
  %to = load double, ptr %top
  %sum = fadd double %to, %from
  store double %sum, ptr %top
  br label %overend
overend:
  %mnext = sub i64 %m, 1
  %mmore = icmp sge i64 %mnext, 0
  br i1 %mmore, label %over, label %rowend
rowend:
  %rnext = add i64 %r, 1
  %rmore = icmp slt i64 %rnext, %w2
  br i1 %rmore, label %row, label %all
all:
  %whole = and i64 %w9, -8
  %many = icmp sgt i64 %whole, 0
  br i1 %many, label %eight, label %rest
eight:
  %i = phi i64 [0, %all], [%inext, %eight]
  %ap = getelementptr double, ptr %p8, i64 %i
  %a = load <8 x double>, ptr %ap, align 8
  store <8 x double> zeroinitializer, ptr %ap, align 8
  %bp = getelementptr double, ptr %p10, i64 %i
  %b = load <8 x double>, ptr %bp, align 8
  %c = fadd <8 x double> %b, %a
  store <8 x double> %c, ptr %bp, align 8
  %inext = add i64 %i, 8
  %imore = icmp slt i64 %inext, %whole
  br i1 %imore, label %eight, label %rest
rest:
  %left = icmp slt i64 %whole, %w9
  br i1 %left, label %one, label %done
one:
  %o = phi i64 [%whole, %rest], [%onext, %one]
  %aop = getelementptr double, ptr %p8, i64 %o
  %ao = load double, ptr %aop
  store double 0.0, ptr %aop
  %bop = getelementptr double, ptr %p10, i64 %o
  %bo = load double, ptr %bop
  %co = fadd double %bo, %ao
  store double %co, ptr %bop
  %onext = add i64 %o, 1
  %omore = icmp slt i64 %onext, %w9
  br i1 %omore, label %one, label %done
done:
  ret i1 true
}

define internal i64 @entry_of(ptr %line, i64 %k, i64 %r) {
  WORDS 5
  %slotp = getelementptr i64, ptr %p4, i64 %k
  %slot = load i64, ptr %slotp
  %begin = mul i64 %slot, %w2
  %at = add i64 %begin, %r
  %takenp = getelementptr i64, ptr %p3, i64 %at
  %taken = load i64, ptr %takenp
  %linep = getelementptr i64, ptr %p5, i64 %taken
  %place = load i64, ptr %linep
  ret i64 %place
}"""
