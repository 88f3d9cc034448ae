"""A row of the table as text of LLVM.

What one can do with this file: get the `Kernel` of a row, for vectors and a kind of
arithmetic; put it into a program, in place or as a call.

The one idea: a kernel is written once per program and kept as text, with holes for
the operands. Short ones (`relu`, `maximum`) go where they are used; long ones are
functions. Where lanes cannot do what the float kernel does, the kernel says so
(``by_python``), and the program calls Python's for each row: slower, the same bits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_letters, digits
from typing import Any

from .....numbers import float64
from .....primitives import CONSTANTS, TABLE, Primitive
from ....tape import COMPARISONS, STRONG
from ..straight.plan import TANH_AND_SLOPE
from . import elementary
from .kernels import Reader
from .lanes import Body, Lanes, NotLanes, Vectors
from .library import KNOWN

__all__ = ["Kernel", "float_kernel", "kernel"]

SHORT = 12  # lines, up to which a kernel is put where it is used
_READ = frozenset({float64.__name__})


@dataclass(frozen=True)
class Kernel:
    """The text of a row.

    Attributes
    ----------
    lines
        The instructions; ``@@`` begins the name of each result, and ``$k;`` stands
        for operand k.
    results
        What holds the row's outputs.
    needs
        Functions that the lines call: name -> text.
    by_python
        Whether Python's kernel is called for each row.
    """

    lines: str
    results: tuple[str, ...]
    needs: dict[str, str] = field(default_factory=dict)
    by_python: bool = False
    size: int = 1

    def placed(self, number: int, operands: list[str]) -> tuple[str, list[str]]:
        """The lines for these operands, and the names of their results."""
        text, results = self.lines, "\n".join(self.results)
        for k, operand in enumerate(operands):
            hole = f"${k};"
            text, results = text.replace(hole, operand), results.replace(hole, operand)
        mark = f"%n{number}."
        return text.replace("@@", mark), results.replace("@@", mark).split("\n")


@lru_cache(maxsize=2000)
def kernel(row: Primitive, arity: int, vectors: Vectors, numerics: str) -> Kernel:
    """The kernel of ``row`` on ``arity`` operands."""
    try:
        return _read(row, arity, vectors, numerics)
    except NotLanes:
        return _by_python(row, arity, vectors)


def _read(row: Primitive, arity: int, vectors: Vectors, numerics: str) -> Kernel:
    body = Body(vectors)
    reader = Reader(body, KNOWN[numerics], _READ)
    found = _run(reader, row, [Lanes(body, "f", f"%a{k}") for k in range(arity)])
    results = tuple(found) if row.multiple else (found,)
    numbers = [_as_double(body, x) for x in results]
    if body.jumps and row.multiple:
        raise NotLanes("jumps in a row of several outputs")
    if body.jumps or (len(body.lines) > SHORT and not row.multiple):
        name = f'"row.{_identifier(row)}.{arity}"'
        text = body.function(name, arity, numbers[0])
        outer = Body(vectors)
        outer.needs = {**body.needs, name: text}
        result = outer.call(name, [Lanes(outer, "f", f"%a{k}") for k in range(arity)])
        return _with_holes(outer, [result.ref], arity)
    return _with_holes(body, [x.ref for x in numbers], arity)


def _as_double(body: Body, x: Any) -> Lanes:
    if isinstance(x, Lanes) and x.kind == "b":
        return body.select(x, 1.0, 0.0)  # type: ignore[no-any-return]
    return body.number(x)


def _with_holes(body: Body, results: list[str], arity: int) -> Kernel:
    def holes(text: str) -> str:
        for k in range(arity - 1, -1, -1):
            text = text.replace(f"%a{k}", f"${k};")
        return text.replace("%t", "@@")

    lines = holes("\n".join(body.lines))
    size = max(1, len(body.lines))
    return Kernel(lines, tuple(map(holes, results)), body.needs, size=size)


def _run(reader: Reader, row: Primitive, xs: list[Lanes]) -> Any:
    instead = _OUTSIDE.get(row.name)
    if instead is not None:
        return instead(reader.body, *xs)
    own = float64.COLUMN.kernels.get(row.name)
    if own is not None:
        return reader.call(own, tuple(xs), row.bound)
    if row.formula is None:
        raise NotLanes(f"'{row.name}' has no kernel of floats")
    return row.formula(_Column(reader), *xs)


class _Column:
    # The ``m`` of a formula: other rows, on the same lanes.
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS:
            return getattr(float64.COLUMN, name)
        return lambda *xs, **given: _run(self._reader, TABLE[name].bind(given), xs)


def _strong(body: Body, x: Lanes, y: Lanes) -> Lanes:
    return body.select(x != 0.0, x * y, -0.0)  # type: ignore[no-any-return]


# Rows of a tape that the table does not have.
_OUTSIDE: dict[str, Callable[..., Any]] = {
    STRONG.name: _strong,
    TANH_AND_SLOPE.name: elementary.tanh_and_slope,
    COMPARISONS["<"].name: lambda body, x, y: x < y,
    COMPARISONS["<="].name: lambda body, x, y: x <= y,
    COMPARISONS[">"].name: lambda body, x, y: x > y,
    COMPARISONS[">="].name: lambda body, x, y: x >= y,
}


# -- rows that Python computes ---------------------------------------------------------


def float_kernel(row: Primitive) -> Callable[..., Any]:
    """The float kernel of a row, its attributes bound."""
    own, bound = getattr(float64.COLUMN, row.name), row.bound
    return lambda *xs: own(*xs, **bound)


def _identifier(row: Primitive) -> str:
    # A name in quotes may hold nearly everything; members differ in what they print.
    bound = ",".join([f"{k}={v!r}" for k, v in row.bound.items()])
    name = f"{row.name}({bound})" if bound else row.name
    return "".join([c if c in _IN_NAMES else f"_{ord(c):x}_" for c in name])


_IN_NAMES = frozenset(ascii_letters + digits + "._()=,-+ ")


def _by_python(row: Primitive, arity: int, vectors: Vectors) -> Kernel:
    # Arguments and results go through memory: void python(ptr arguments, ptr results).
    outputs = arity if row.multiple else 1
    name = f'"python.{_identifier(row)}.{arity}"'
    body = Body(vectors)
    v = body.types["f"]
    results = [Lanes(body, "f", "poison")] * outputs
    lines = [
        f"  @@in = alloca [{arity} x double]",
        f"  @@out = alloca [{outputs} x double]",
    ]
    for lane in range(vectors.width):
        for k in range(arity):
            lines += [
                f"  @@x{lane}.{k} = extractelement {v} ${k};, i32 {lane}",
                f"  @@p{lane}.{k} = getelementptr double, ptr @@in, i64 {k}",
                f"  store double @@x{lane}.{k}, ptr @@p{lane}.{k}",
            ]
        lines.append(f"  call void @{name}(ptr @@in, ptr @@out)")
        for k in range(outputs):
            before = f"@@v{lane - 1}.{k}" if lane else "poison"
            insert = f"insertelement {v} {before}, double @@y{lane}.{k}, i32 {lane}"
            lines += [
                f"  @@q{lane}.{k} = getelementptr double, ptr @@out, i64 {k}",
                f"  @@y{lane}.{k} = load double, ptr @@q{lane}.{k}",
                f"  @@v{lane}.{k} = {insert}",
            ]
    refs = tuple(f"@@v{vectors.width - 1}.{k}" for k in range(len(results)))
    needs = {name: f"declare void @{name}(ptr, ptr)"}
    return Kernel("\n".join(lines), refs, needs, by_python=True, size=len(lines))
