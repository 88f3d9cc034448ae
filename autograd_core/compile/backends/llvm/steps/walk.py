"""The native function that walks a list of steps, batch after batch.

What one can do with this file: get its code (`native`), and the `address` of the
function that a step is.

The one idea: a step is a *line*, a few words of 64 bits: the address of a function,
then what that function reads there. All steps for all batches are one call, and nothing
is compiled for them. ::

    word    0           1          2          3        ...      11
            function    array      n          0        ...      0     Finite(array)

The list itself begins with a line: how many lines follow, how many arguments a batch
has, where the losses go, where the loss is, and by what it is divided.
"""

from functools import cache

from ..macros import expand
from ..panels.turning import transposed
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
    text = _WALK + _CALLED + ARRAYS + ARGUMENTS
    for name, value in CONSTANTS.items():
        text = text.replace(f"${name}", str(value))
    symbols = {name: place for name, place in SYMBOLS.items() if f"@{name}(" in _CALLED}
    return build(expand(text) + transposed(), symbols, "called", host(), 1)


@cache
def _tables() -> Built:
    # For programs that take rows of tables: others need not wait for it.
    return build(expand(TABLES), {}, "take", host(), 1)


# Does the list of steps at ``line`` for each of the batches, a tuple of tuples; how
# many batches were done. A step that says 0 ends everything.
_WALK = f"""
define internal i64 @walk(ptr %line, ptr %batches) {{
  %lines = i64 %line[0]
  %arguments = i64 %line[1]
  %losses = ptr %line[2]
  %loss = ptr %line[3]
  %divisor = double %line[4]
  %length = i64 %batches[bytes $LENGTH]
  %items = getelementptr i8, ptr %batches, i64 $ITEMS
  for %k < %length {{
    %batch = ptr %items[%k]
    %type = i64 %batch[bytes $TYPE]
    %tuple = icmp eq i64 %type, $TUPLE
    br i1 %tuple, label %counted, label %failed
counted:
    %count = i64 %batch[bytes $LENGTH]
    %fits = icmp eq i64 %count, %arguments
    br i1 %fits, label %ready, label %failed
ready:
    for %i < %lines {{
      %j = add i64 %i, 1
      %step = getelementptr [{WORDS} x i64], ptr %line, i64 %j
      %function = load ptr, ptr %step
      %ok = call i1 %function(ptr %step, ptr %batch)
      br i1 %ok, label %on, label %failed
on:
    }}
    %sum = double %loss[0]
    %mean = fdiv double %sum, %divisor
    double %losses[%k] = %mean
  }}
  ret i64 %length
failed:
  ret i64 %k
}}"""

# The builtin: the first thing in ``owner`` is the array that has the program. Python's
# lock is let go: a call may take as long as many steps do.
_CALLED = """
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare ptr @PyLong_FromSsize_t(i64)

define ptr @called(ptr %owner, ptr %batches) {
  %type = i64 %batches[bytes $TYPE]
  %tuple = icmp eq i64 %type, $TUPLE
  br i1 %tuple, label %run, label %end
run:
  %array = ptr %owner[bytes $ITEMS]
  %program = ptr %array[bytes $DATA]
  %thread = call ptr @PyEval_SaveThread()
  %count = call i64 @walk(ptr %program, ptr %batches)
  call void @PyEval_RestoreThread(ptr %thread)
  br label %end
end:
  %done = phi i64 [0, %entry], [%count, %run]
  %found = call ptr @PyLong_FromSsize_t(i64 %done)
  ret ptr %found
}"""
