"""Native code for tapes, through LLVM.

`ways` decides how a tape is written, and `by_rows` when: straight-line code, loops
over panels of rows, or loops over the equal operations of one row.

The path of a tape: `plan` (what is done once, what per row, what is fused), `assembly`
(text of LLVM, in functions of at most 500 operations; `rows` has the text of each row
of the table), `driver` (the loop over the rows), `target` (text to native code),
`backend` (the call),
`sequence` (several programs in one call).

A large tape goes through `rolled` (which parts are matrices, where numbers wait),
`matrices` (products in blocks that stay in registers) and `loops` (the loop over panels
of rows) instead of `driver`; `halves` runs large calls on two threads. For few rows it
goes through `runs` (the order of equal operations), `members` (where numbers lie, and
the steps), `tiles` (sums of products) and `member_loops` (the text).

A row of the table is the float kernel's own Python, read as vector code: `lanes` are
the numbers, `kernels` and `syntax` read, `library` says what `math` is, `elementary`
has the vector functions of ``numerics="fast"``.
"""

from .backend import Backend, Bound, Executable
from .sequence import Copy, Finite, Run, Sequence
from .target import Machine, host

__all__ = [
    "Backend",
    "Bound",
    "Copy",
    "Executable",
    "Finite",
    "Machine",
    "Run",
    "Sequence",
    "host",
]
