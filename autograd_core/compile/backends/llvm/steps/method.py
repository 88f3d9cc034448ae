"""A native function as a builtin of Python, like those written in C.

What one can do with this file: have one made of an address (`builtin`), and link the
functions of Python that native code needs (`SYMBOLS`).

The one idea: Python hands over objects as they are, so that nothing is converted on the
way, and a call costs a tenth of one through `ctypes`. The function keeps its owner
alive, who has what it needs.

Source: ``PyMethodDef`` and ``PyCFunction_NewEx``, of CPython's stable interface.
"""

import ctypes
from collections.abc import Callable
from typing import Any

__all__ = ["NONE", "SYMBOLS", "Definition", "builtin"]

NO_ARGUMENT, ONE_ARGUMENT = 0x0004, 0x0008  # METH_NOARGS, METH_O
NONE = id(None)


class Definition(ctypes.Structure):
    """What Python has to know of a function; it stays where it is, for as long."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )

    @classmethod
    def of(cls, address: int, *, argument: bool = False) -> "Definition":
        """Of a function of its owner, and an argument or NULL, that gives an object."""
        return cls(b"native", address, ONE_ARGUMENT if argument else NO_ARGUMENT, None)


def builtin(definition: Definition, *owned: Any) -> Callable[..., Any]:
    """The function; its first argument is the tuple of what is owned."""
    owner = *owned, definition
    made: Callable[..., Any] = _new(ctypes.byref(definition), owner, None)
    return made


_new = ctypes.pythonapi.PyCFunction_NewEx
_new.restype = ctypes.py_object
_new.argtypes = (ctypes.POINTER(Definition), ctypes.py_object, ctypes.c_void_p)

SYMBOLS = {
    name: ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0
    for name in (
        "Py_IncRef",
        "PyEval_SaveThread",
        "PyEval_RestoreThread",
        "PyLong_FromSsize_t",
    )
}
