"""Steps that read the arguments of a batch, as text of LLVM.

What one can do with this file: the functions of `Same`, `Where`, `Numbers` and
`Ints` (`ARGUMENTS`); `walk` fills in their words and the places of `objects`.

The one idea: an array is read where it is, by its own strides, once it is the kind of
array that the line says.
"""

from ..panels.turning import transposed

__all__ = ["ARGUMENTS"]

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


# Where the array is, and how far its numbers are apart, instead of the numbers.
_PIECE = """
define i1 @where(ptr %line, ptr %batch) {
entry:
  WORDS 6
  %x = call ptr @argument(ptr %batch, i64 %w1)
  %data = call ptr @numbers(ptr %line, ptr %x)
  %isnone = icmp eq ptr %data, null
  br i1 %isnone, label %failed, label %found
found:
  %s0 = call i64 @stride(ptr %x, i64 0, i64 %w3)
  %s1 = call i64 @stride(ptr %x, i64 1, i64 %w3)
  %both = or i64 %s0, %s1
  %odd = and i64 %both, 7
  %even = icmp eq i64 %odd, 0
  br i1 %even, label %write, label %failed
write:
  %right = ashr i64 %s0, 3
  %down = ashr i64 %s1, 3
  store ptr %data, ptr %p6
  %downp = getelementptr i64, ptr %p6, i64 1
  store i64 %down, ptr %downp
  %rightp = getelementptr i64, ptr %p6, i64 2
  store i64 %right, ptr %rightp
  ret i1 true
failed:
  ret i1 false
}
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

ARGUMENTS = transposed() + _ARGUMENTS + _PIECE + _FLOATS + _INTS
