"""Steps that read rows of tables, and add to them, as text of LLVM.

What one can do with this file: the functions of `Place`, `Take` and `Add` (`TABLES`);
`walk` fills in their words.

The one idea: an index is data. What it takes is looked up at each step, and what
belongs to it is added where it was taken from, by the same words.
"""

__all__ = ["TABLES"]

TABLES = """
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
