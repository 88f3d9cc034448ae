"""A native function without arguments, for a program on arrays that stay.

What one can do with this file: make the `entry` of a bound program.

The one idea: of a short call most is the conversion of arguments. Addresses that do not
change are written into a few instructions of their own, and Python has nothing left to
convert. Its lock is held: most calls take less time than to let it go and take it back.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..target import build, host
from .method import NONE, SYMBOLS, Definition, builtin

__all__ = ["entry"]


def entry(
    native: Sequence[int], copies: Sequence[tuple[int, int, int]] = ()
) -> Callable[[], Any]:
    """The function, which keeps its code.

    Parameters
    ----------
    native
        Address of a function, and its arguments: addresses and integers.
    copies
        Bytes that are copied before each call: to, from, how many.
    """
    lines = [
        f"  call void @llvm.memmove.p0.p0.i64(ptr {_pointer(to)}, "
        f"ptr {_pointer(source)}, i64 {size}, i1 false)"
        for to, source, size in copies
    ]
    place, *arguments = native
    given = ", ".join([f"i64 {argument}" for argument in arguments])
    lines.append(f"  call void {_pointer(place)}({given})")
    none = _pointer(NONE)
    text = "\n".join(
        [
            _DECLARED,
            "define ptr @entry(ptr %owner, ptr %nothing) {",
            *lines,
            f"  call void @Py_IncRef(ptr {none})",
            f"  ret ptr {none}",
            "}",
        ]
    )
    symbols = {"Py_IncRef": SYMBOLS["Py_IncRef"]}
    built = build(text, symbols, "entry", host(), 1)
    return builtin(Definition.of(built.address), built)


_DECLARED = """declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @Py_IncRef(ptr)"""


def _pointer(place: int) -> str:
    return f"inttoptr (i64 {place} to ptr)"
