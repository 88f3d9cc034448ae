"""The NumPy backend: groups of equal operations, in eager's bits or fast.

`backend` compiles and runs; `exact` and `fast` are the kernels of the two numerics
(`error_free` has the error-free transforms), `sums` adds up over the rows.
"""

from .backend import Backend

__all__ = ["Backend"]
