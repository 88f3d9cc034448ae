"""Where CPython's tuples and NumPy's arrays have what native code reads.

What one can do with this file: ask whether that is `known`, and get it as `CONSTANTS`
for the text of a module.

The one idea: an array says itself where its numbers are, now. Native code that reads
its fields at each call needs no address that Python has looked up before, so none can
be out of date, whatever was done to the array in between.

Source: ``PyArrayObject``, whose fields are part of NumPy's C interface, and CPython's
``PyTupleObject``. Both are compared with living objects before they are relied on.
"""

import ctypes
import sys
from functools import cache
from typing import Any

import numpy as np

__all__ = ["CONSTANTS", "known"]

# After what all objects begin with: their number of references and their type.
_HEAD = object.__basicsize__
ALIGNED = 0x0100  # a flag of arrays
# Bytes from an object's beginning to its fields.
CONSTANTS: dict[str, int] = {
    "TYPE": _HEAD - 8,
    "LENGTH": _HEAD,  # of a tuple
    "ITEMS": tuple.__basicsize__,  # of a tuple
    "DATA": _HEAD,  # from here on of an array
    "AXES": _HEAD + 8,
    "SHAPE": _HEAD + 16,
    "STRIDES": _HEAD + 24,
    "DTYPE": _HEAD + 40,
    "FLAGS": _HEAD + 48,
    "KIND": _HEAD + 8,  # of a dtype: its letters and its number
    "TUPLE": id(tuple),
    "ARRAY": id(np.ndarray),
    "ALIGNED": ALIGNED,
}


def word(x: Any, name: str, bits: int = 64) -> int:
    """A field of an object."""
    kind = {32: ctypes.c_int32, 64: ctypes.c_int64}[bits]
    return int(kind.from_address(id(x) + CONSTANTS[name]).value)


def kind(dtype: Any) -> int:
    """The same for all dtypes of such numbers, whichever object they are."""
    return word(np.dtype(dtype), "KIND")


@cache
def known() -> bool:
    """Whether objects of this Python and this NumPy look like that."""
    if sys.implementation.name != "cpython" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    large = np.ndarray.__basicsize__ >= CONSTANTS["FLAGS"] + 4
    array = np.zeros((5, 6))
    odd = np.frombuffer(bytes(9), dtype=float, offset=1)  # not aligned
    others = array, array[1:, ::2].T, np.zeros(3, dtype=int), np.zeros(()), odd
    return large and all(map(_is_as_expected, others)) and _tuples() and _kinds()


def _is_as_expected(array: Any) -> bool:
    n = array.ndim
    shape, strides = (
        list((ctypes.c_int64 * n).from_address(word(array, name))) if n else []
        for name in ("SHAPE", "STRIDES")
    )
    return (
        word(array, "TYPE") == CONSTANTS["ARRAY"]
        and word(array, "AXES", 32) == n
        and word(array, "DATA") == array.ctypes.data
        and (shape, strides) == (list(array.shape), list(array.strides))
        and word(array, "DTYPE") == id(array.dtype)
        and bool(word(array, "FLAGS", 32) & ALIGNED) == array.flags.aligned
    )


def _tuples() -> bool:
    things = array, number = np.zeros(1), 1.5
    first = ctypes.c_int64.from_address(id(things) + CONSTANTS["ITEMS"]).value
    last = ctypes.c_int64.from_address(id(things) + CONSTANTS["ITEMS"] + 8).value
    found = word(things, "TYPE"), word(things, "LENGTH"), first, last
    return found == (id(tuple), 2, id(array), id(number))


def _kinds() -> bool:
    kinds = [kind(t) for t in (">f8", "f8", "f4", "c16", "i8", "u8", "i4", "?", "O")]
    return len(set(kinds)) == len(kinds)
