"""Steps that read the arguments of a batch, as text of LLVM.

What one can do with this file: the functions of `Same`, `Where`, `Numbers` and
`Ints` (`ARGUMENTS`), whose words have the names that they have in `sequence`; `walk`
fills in the places of `objects`.

The one idea: an array is read where it is, by its own strides, once it is the kind of
array that the line says.
"""

__all__ = ["ARGUMENTS"]

# `array_of`: where the numbers of argument k are, or null if it is not an array of the
# dtype and the shape that the line says. `stride`: in bytes; of an axis that the array
# does not have, any number.
_ARRAYS = """
@one = internal constant i64 1

define internal ptr @argument(ptr %batch, i64 %k) {
  %items = getelementptr i8, ptr %batch, i64 $ITEMS
  %x = ptr %items[%k]
  ret ptr %x
}

define internal ptr @array_of(ptr %line, ptr %x) {
  %type = i64 %x[bytes $TYPE]
  %array = icmp eq i64 %type, $ARRAY
  br i1 %array, label %look, label %failed
look:
  %dtype = ptr %x[bytes $DTYPE]
  %kind = i64 %dtype[bytes $KIND]
  %kind.wanted = i64 %line[2]
  %a = icmp eq i64 %kind, %kind.wanted
  %flags = i32 %x[bytes $FLAGS]
  %aligned = and i32 %flags, $ALIGNED
  %b = icmp ne i32 %aligned, 0
  %axes = i32 %x[bytes $AXES]
  %n = sext i32 %axes to i64
  %n.wanted = i64 %line[3]
  %c = icmp eq i64 %n, %n.wanted
  %shape = ptr %x[bytes $SHAPE]
  %shape1 = getelementptr i64, ptr %shape, i64 1
  %has0 = icmp sgt i64 %n, 0
  %has1 = icmp sgt i64 %n, 1
  %n0p = select i1 %has0, ptr %shape, ptr @one
  %n1p = select i1 %has1, ptr %shape1, ptr @one
  %n0 = load i64, ptr %n0p
  %n1 = load i64, ptr %n1p
  %n0.wanted = i64 %line[4]
  %n1.wanted = i64 %line[5]
  %d = icmp eq i64 %n0, %n0.wanted
  %e = icmp eq i64 %n1, %n1.wanted
  %ab = and i1 %a, %b
  %cd = and i1 %c, %d
  %cde = and i1 %cd, %e
  %good = and i1 %ab, %cde
  br i1 %good, label %found, label %failed
found:
  %data = ptr %x[bytes $DATA]
  ret ptr %data
failed:
  ret ptr null
}

define internal i64 @stride(ptr %x, i64 %axis, i64 %axes) {
  %strides = ptr %x[bytes $STRIDES]
  %own = getelementptr i64, ptr %strides, i64 %axis
  %has = icmp slt i64 %axis, %axes
  %p = select i1 %has, ptr %own, ptr @one
  %s = load i64, ptr %p
  ret i64 %s
}"""

_SAME = """
define i1 @same(ptr %line, ptr %batch) {
  %k = i64 %line[1]
  %thing = ptr %line[2]
  %x = call ptr @argument(ptr %batch, i64 %k)
  %good = icmp eq ptr %x, %thing
  ret i1 %good
}"""

# What the others begin with: the array of an argument, and where its numbers go.
_ARRAY = """
  %k = i64 %line[1]
  %axes = i64 %line[3]
  %rows = i64 %line[4]
  %columns = i64 %line[5]
  %target = ptr %line[6]
  %x = call ptr @argument(ptr %batch, i64 %k)
  %data = call ptr @array_of(ptr %line, ptr %x)
  %isnone = icmp eq ptr %data, null
  br i1 %isnone, label %failed, label %begin
begin:
  %s0 = call i64 @stride(ptr %x, i64 0, i64 %axes)
  %s1 = call i64 @stride(ptr %x, i64 1, i64 %axes)"""

_DOWN = """
  %t0 = i64 %line[7]
  %t1 = i64 %line[8]"""


def _entries(read: str) -> str:
    # Entries one by one; ``read`` makes what is at %source the number %v.
    return f"""
  for %j < %columns {{
    %fromj = mul i64 %j, %s1
    %toj = mul i64 %j, %t1
    for %i < %rows {{
      %fromi = mul i64 %i, %s0
      %from = add i64 %fromi, %fromj
      %source = getelementptr i8, ptr %data, i64 %from
{read}
      %toi = mul i64 %i, %t0
      %to = add i64 %toi, %toj
      double %target[%to] = %v
    }}
  }}
  ret i1 true
failed:
  ret i1 false
}}"""


# Where the array is, and how far its numbers are apart, instead of the numbers.
_PIECE = f"""
define i1 @where(ptr %line, ptr %batch) {{{_ARRAY}
  %both = or i64 %s0, %s1
  %odd = and i64 %both, 7
  %even = icmp eq i64 %odd, 0
  br i1 %even, label %write, label %failed
write:
  %right = ashr i64 %s0, 3
  %down = ashr i64 %s1, 3
  ptr %target[0] = %data
  i64 %target[1] = %down
  i64 %target[2] = %right
  ret i1 true
failed:
  ret i1 false
}}"""

_FLOATS = f"""
define i1 @floats(ptr %line, ptr %batch) {{{_ARRAY}{_DOWN}
  ; rows of the argument become lines of the target
  %right = icmp eq i64 %s1, 8
  %down = icmp eq i64 %t0, 1
  %odd = and i64 %s0, 7
  %even = icmp eq i64 %odd, 0
  %turns = and i1 %right, %down
  %two = icmp eq i64 %axes, 2
  %eights = and i1 %even, %two
  %fast = and i1 %turns, %eights
  br i1 %fast, label %turn, label %slow
turn:
  %stride = ashr i64 %s0, 3
  call void @transposed(ptr %target, i64 %t1, ptr %data, i64 %stride, i64 %rows,
                        i64 %columns)
  ret i1 true
slow:{_entries("      %v = load double, ptr %source")}"""

# Checked: not above its own limit, and not negative.
_INDEX = """\
      %index = load i64, ptr %source
      %limitj = mul i64 %j, %l1
      %limiti = mul i64 %i, %l0
      %limitij = add i64 %limiti, %limitj
      %limit = i64 %most[%limitij]
      %good = icmp ule i64 %index, %limit
      br i1 %good, label %inside, label %failed
inside:
      %v = sitofp i64 %index to double"""

_INTS = f"""
define i1 @ints(ptr %line, ptr %batch) {{{_ARRAY}{_DOWN}
  %most = ptr %line[9]
  %l0 = i64 %line[10]
  %l1 = i64 %line[11]{_entries(_INDEX)}"""

ARGUMENTS = _ARRAYS + _SAME + _PIECE + _FLOATS + _INTS
