"""Steps that read rows of tables, and add to them, as text of LLVM.

What one can do with this file: the functions of `Place`, `Take` and `Add` (`TABLES`),
whose words have the names that they have in `sequence`.

The one idea: an index is data. What it takes is looked up at each step, and what
belongs to it is added where it was taken from, by the same words.
"""

__all__ = ["TABLES"]

TABLES = """
define i1 @place(ptr %line, ptr %batch) {
  %n = i64 %line[1]
  %target = ptr %line[2]
  %where = ptr %line[3]
  %source = ptr %line[4]
  %which = ptr %line[5]
  for %k < %n {
    %to = i64 %where[%k]
    %from = i64 %which[%k]
    %x = double %source[%from]
    double %target[%to] = %x
  }
  ret i1 true
}

define i1 @take(ptr %line, ptr %batch) {
  %slots = i64 %line[1]
  %rows = i64 %line[2]
  %inputs = ptr %line[3]
  %indices = ptr %line[4]
  %widths = ptr %line[5]
  %firsts = ptr %line[6]
  %tables = ptr %line[7]
  %numbers = ptr %line[8]
  %target = ptr %line[9]
  %taken = ptr %line[10]
  for %k < %slots {
    %index = i64 %indices[%k]
    %width = i64 %widths[%k]
    %first = i64 %firsts[%k]
    %from = mul i64 %index, %rows
    %to = mul i64 %k, %rows
    do %r < %rows {
      %at = add i64 %from, %r
      %x = double %inputs[%at]
      %which = fptosi double %x to i64
      %beyond = mul i64 %which, %width
      %e = add i64 %first, %beyond
      %source = i64 %tables[%e]
      %number = double %numbers[%source]
      %there = add i64 %to, %r
      double %target[%there] = %number
      i64 %taken[%there] = %e
    }
  }
  ret i1 true
}

; The derivatives of a row are added up in ``row``, the last line first; those of all
; rows in ``all``. Both have n zeros before and after.
define i1 @give(ptr %line, ptr %batch) {
  %lines = i64 %line[1]
  %rows = i64 %line[2]
  %derivatives = ptr %line[6]
  %row = ptr %line[7]
  %all = ptr %line[8]
  %n = i64 %line[9]
  %into = ptr %line[10]
  %last = sub i64 %lines, 1
  for %r < %rows {
    for %i < %lines {
      %k = sub i64 %last, %i
      %place = call i64 @place_of(ptr %line, i64 %k, i64 %r)
      %is = icmp sge i64 %place, 0
      if %is {
        %there = mul i64 %k, %rows
        %at = add i64 %there, %r
        %derivative = double %derivatives[%at]
        %before = double %row[%place]
        %sum = fadd double %before, %derivative
        double %row[%place] = %sum
      }
    }
    for %l < %lines {
      %placel = call i64 @place_of(ptr %line, i64 %l, i64 %r)
      %isl = icmp sge i64 %placel, 0
      if %isl {
        %ofrow = double %row[%placel]
        double %row[%placel] = 0.0
        %others = double %all[%placel]
        %together = fadd double %others, %ofrow
        double %all[%placel] = %together
      }
    }
  }
  %whole = and i64 %n, -8
  for %v < %whole by 8 {
    %news = <8 x double> %all[%v]
    <8 x double> %all[%v] = zeroinitializer
    %olds = <8 x double> %into[%v]
    %sums = fadd <8 x double> %olds, %news
    <8 x double> %into[%v] = %sums
  }
  for %o from %whole < %n {
    %new = double %all[%o]
    double %all[%o] = 0.0
    %old = double %into[%o]
    %total = fadd double %old, %new
    double %into[%o] = %total
  }
  ret i1 true
}

; To which place line k of row r is added, or -1.
define internal i64 @place_of(ptr %line, i64 %k, i64 %r) {
  %rows = i64 %line[2]
  %taken = ptr %line[3]
  %slots = ptr %line[4]
  %places = ptr %line[5]
  %slot = i64 %slots[%k]
  %begin = mul i64 %slot, %rows
  %at = add i64 %begin, %r
  %e = i64 %taken[%at]
  %place = i64 %places[%e]
  ret i64 %place
}"""
