"""The native function that walks a list of steps, batch after batch.

What one can do with this file: get its code (`native`), and the `address` of the
function that a step is.

The one idea: a step is a line of words: the address of a function, then what it is
called with. All steps for all batches are one call, and nothing is compiled for them.
"""

from functools import cache

from ..target import Built, build, host
from .arguments import ARGUMENTS
from .arrays import ARRAYS
from .method import SYMBOLS
from .objects import CONSTANTS
from .tables import TABLES

__all__ = ["WORDS", "address", "native"]

WORDS = 12  # of a line
OF_TABLES = ("place", "take", "give")


def address(step: str) -> int:
    """Where the function of a kind of step is; its code stays."""
    return (_tables() if step in OF_TABLES else native()).address_of(step)


@cache
def native() -> Built:
    """The code: the function of all steps, ``called``, and those of most kinds."""
    text = _filled(_WALK + _CALLED + ARRAYS + ARGUMENTS)
    symbols = {name: place for name, place in SYMBOLS.items() if f"@{name}(" in _CALLED}
    return build(text, symbols, "called", host(), 1)


@cache
def _tables() -> Built:
    # For programs that take rows of tables: others need not wait for it.
    return build(_filled(TABLES), {}, "take", host(), 1)


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
