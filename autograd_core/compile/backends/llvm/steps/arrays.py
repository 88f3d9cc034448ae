"""Steps on arrays, as text of LLVM.

What one can do with this file: the functions of `Run`, `Copy`, `Count` and `Finite`
(`ARRAYS`); `walk` fills in their words.
"""

__all__ = ["ARRAYS"]

ARRAYS = """
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.vector.reduce.fadd.v16f64(double, <16 x double>)

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

; a sum of differences x - x is 0, or NaN if one x is not finite
define i1 @finite(ptr %line, ptr %batch) {
entry:
  WORDS 2
  %whole = and i64 %w2, -16
  %any = icmp sgt i64 %whole, 0
  br i1 %any, label %many, label %rest
many:
  %i = phi i64 [0, %entry], [%inext, %many]
  %s = phi <16 x double> [zeroinitializer, %entry], [%t, %many]
  %p = getelementptr double, ptr %p1, i64 %i
  %v = load <16 x double>, ptr %p, align 8
  %d = fsub <16 x double> %v, %v
  %t = fadd <16 x double> %s, %d
  %inext = add i64 %i, 16
  %imore = icmp slt i64 %inext, %whole
  br i1 %imore, label %many, label %rest
rest:
  %all = phi <16 x double> [zeroinitializer, %entry], [%t, %many]
  %sum = call reassoc double @llvm.vector.reduce.fadd.v16f64(double 0.0,
                                                             <16 x double> %all)
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
