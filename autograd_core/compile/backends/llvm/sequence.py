"""Several programs in one native call.

What one can do with this file: put bound programs, copies between their arrays and
checks for numbers that are not finite into a `Sequence`, and run it.

The one idea: a call from Python costs as much as a thousand products, so a step of
training should be one: gradients, the check that all of them are finite, the update,
which is a program over the parameters as its rows. Where a check fails, nothing that
comes after it is done.
"""

import ctypes
from collections.abc import Sequence as Steps
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .backend import Bound
from .target import Built, build, host

__all__ = ["Copy", "Finite", "Run", "Sequence"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """Run a bound program."""

    program: Bound

    def line(self) -> tuple[int, ...]:
        """Its line of the table: the kind, then addresses and sizes."""
        return (0, *self.program.native)


@dataclass(frozen=True)
class Copy:
    """Copy the numbers of ``source`` into ``target``; both are contiguous."""

    source: Numbers
    target: Numbers

    def __post_init__(self) -> None:
        if self.source.size != self.target.size:
            raise ValueError(
                f"'target' must have the {self.source.size} numbers of 'source' "
                f"(got {self.target.size})"
            )

    def line(self) -> tuple[int, ...]:
        """Its line of the table."""
        return 1, _place(self.target), _place(self.source), 8 * self.source.size


@dataclass(frozen=True)
class Finite:
    """Stop if a number of ``array`` is infinite or NaN."""

    array: Numbers

    def line(self) -> tuple[int, ...]:
        """Its line of the table."""
        return 2, _place(self.array), self.array.size


class Sequence:
    """Steps that one native call does in order.

    Parameters
    ----------
    steps
        The steps. Their arrays stay what they are; only the numbers change.

    Raises
    ------
    ValueError
        If an array is not contiguous float64, or a copy is between different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_core.compile.backends.llvm import Backend
    >>> from autograd_core.compile.tracing.trace import trace
    >>> tape = trace(lambda x: 0.5 * x, (1.0,)).tape
    >>> half = Backend().compile(tape, summed=0, numerics="fast")
    >>> x = np.array([[8.0, 1.0]])
    >>> bound = half.bind(x, np.array([]))
    >>> both = Sequence([Run(bound), Finite(bound.values), Copy(bound.values, x)])
    >>> both(), both(), x.tolist()
    (-1, -1, [[2.0, 0.25]])
    >>> x[0, 0] = np.inf
    >>> both(), x.tolist()
    (1, [[inf, 0.25]])
    """

    def __init__(self, steps: Steps[Run | Copy | Finite]) -> None:
        self.steps = tuple(steps)  # whose arrays and code must stay
        # A first program that two threads run is called by itself.
        first = self.steps[0] if self.steps else None
        self._first: Bound | None = None
        if isinstance(first, Run) and first.program.in_halves:
            self._first = first.program
        rest = self.steps[1:] if self._first is not None else self.steps
        lines = [(*step.line(), *[0] * 8)[:8] for step in rest]
        self._table = np.array(lines, dtype=np.int64).reshape(len(lines), 8)
        self._place = self._table.ctypes.data
        self._native = _native()
        self._run = _FUNCTION(self._native.address)

    def __call__(self) -> int:
        """Do all steps; the index of the first check that fails, or -1."""
        if self._first is None:
            return self._run(self._place, len(self.steps))  # type: ignore[no-any-return]
        self._first()
        failed: int = self._run(self._place, len(self.steps) - 1)
        return failed if failed < 0 else failed + 1


_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)


def _place(array: Numbers) -> int:
    if array.dtype != np.float64 or not array.flags.c_contiguous:
        raise ValueError(
            "a step's array must be contiguous float64 "
            f"(got {array.dtype} with strides {array.strides})"
        )
    return array.ctypes.data


@cache
def _native() -> Built:
    return build(_SEQUENCE, {}, "sequence", host(), 1)


# A line is eight words. A sum of differences x - x is 0, or NaN if one x is not finite.
_SEQUENCE = """
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.vector.reduce.fadd.v8f64(double, <8 x double>)

define internal i1 @finite(ptr %x, i64 %n) {
entry:
  %whole = and i64 %n, -8
  %any = icmp sgt i64 %whole, 0
  br i1 %any, label %eight, label %rest
eight:
  %i = phi i64 [0, %entry], [%inext, %eight]
  %s = phi <8 x double> [zeroinitializer, %entry], [%t, %eight]
  %p = getelementptr double, ptr %x, i64 %i
  %v = load <8 x double>, ptr %p, align 8
  %d = fsub <8 x double> %v, %v
  %t = fadd <8 x double> %s, %d
  %inext = add i64 %i, 8
  %imore = icmp slt i64 %inext, %whole
  br i1 %imore, label %eight, label %rest
rest:
  %many = phi <8 x double> [zeroinitializer, %entry], [%t, %eight]
  %sum = call double @llvm.vector.reduce.fadd.v8f64(double 0.0, <8 x double> %many)
  %left = icmp slt i64 %whole, %n
  br i1 %left, label %one, label %end
one:
  %k = phi i64 [%whole, %rest], [%knext, %one]
  %r = phi double [%sum, %rest], [%rnext, %one]
  %q = getelementptr double, ptr %x, i64 %k
  %y = load double, ptr %q
  %e = fsub double %y, %y
  %rnext = fadd double %r, %e
  %knext = add i64 %k, 1
  %kmore = icmp slt i64 %knext, %n
  br i1 %kmore, label %one, label %end
end:
  %total = phi double [%sum, %rest], [%rnext, %one]
  %good = fcmp oeq double %total, 0.0
  ret i1 %good
}

define i64 @sequence(ptr %table, i64 %n) {
entry:
  %none = icmp eq i64 %n, 0
  br i1 %none, label %done, label %step
step:
  %i = phi i64 [0, %entry], [%next, %on]
  %line = getelementptr [8 x i64], ptr %table, i64 %i
WORDS
  %kind = load i64, ptr %line
  switch i64 %kind, label %run [i64 1, label %copy
                                i64 2, label %check]
run:
  call void %p1(ptr %p2, i64 %w3, ptr %p4, ptr %p5, ptr %p6, ptr %p7)
  br label %on
copy:
  call void @llvm.memmove.p0.p0.i64(ptr %p1, ptr %p2, i64 %w3, i1 false)
  br label %on
check:
  %good = call i1 @finite(ptr %p1, i64 %w2)
  br i1 %good, label %on, label %failed
failed:
  ret i64 %i
on:
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %step, label %done
done:
  ret i64 -1
}""".replace(
    "WORDS",
    "\n".join(
        [
            f"  %q{k} = getelementptr i64, ptr %line, i64 {k}\n"
            f"  %w{k} = load i64, ptr %q{k}\n"
            f"  %p{k} = inttoptr i64 %w{k} to ptr"
            for k in range(1, 8)
        ]
    ),
)
