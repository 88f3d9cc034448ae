"""Steps on arrays, as text of LLVM.

What one can do with this file: the functions of `Run`, `Copy`, `Count` and `Finite`
(`ARRAYS`), whose words have the names that they have in `sequence`.
"""

__all__ = ["ARRAYS"]

ARRAYS = """
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.vector.reduce.fadd.v16f64(double, <16 x double>)

define i1 @run(ptr %line, ptr %batch) {
  %program = ptr %line[1]
  %inputs = ptr %line[2]
  %rows = i64 %line[3]
  %parameters = ptr %line[4]
  %values = ptr %line[5]
  %sums = ptr %line[6]
  %scratch = ptr %line[7]
  call void %program(ptr %inputs, i64 %rows, ptr %parameters, ptr %values, ptr %sums,
                     ptr %scratch)
  ret i1 true
}

define i1 @copy(ptr %line, ptr %batch) {
  %target = ptr %line[1]
  %source = ptr %line[2]
  %bytes = i64 %line[3]
  call void @llvm.memmove.p0.p0.i64(ptr %target, ptr %source, i64 %bytes, i1 false)
  ret i1 true
}

define i1 @count(ptr %line, ptr %batch) {
  %number = ptr %line[1]
  %x = double %number[0]
  %y = fadd double %x, 1.0
  double %number[0] = %y
  ret i1 true
}

; a sum of differences x - x is 0, or NaN if one x is not finite
define i1 @finite(ptr %line, ptr %batch) {
  %array = ptr %line[1]
  %n = i64 %line[2]
  %whole = and i64 %n, -16
  for %i < %whole by 16 {
    %s = carry <16 x double> zeroinitializer, %t
    %xs = <16 x double> %array[%i]
    %ds = fsub <16 x double> %xs, %xs
    %t = fadd <16 x double> %s, %ds
  }
  %sum = call reassoc double @llvm.vector.reduce.fadd.v16f64(double 0.0,
                                                             <16 x double> %s.end)
  for %k from %whole < %n {
    %u = carry double %sum, %v
    %x = double %array[%k]
    %d = fsub double %x, %x
    %v = fadd double %u, %d
  }
  %good = fcmp oeq double %u.end, 0.0
  ret i1 %good
}"""
