"""Native code for tapes, through LLVM.

`ways` decides how a tape is written, and `by_rows` when: as straight-line code on
vectors of rows (`straight`), as loops over panels of rows (`panels`), or as loops over
the equal operations of one row (`members`). The text of each row of the table is in
`vectors`; `macros` are loops in text. `target` makes native code of the text, `backend`
calls it, and what is called again and again is in `steps`.
"""

from .backend import Backend, Bound, Executable
from .steps.sequence import Copy, Finite, Run, Sequence
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
