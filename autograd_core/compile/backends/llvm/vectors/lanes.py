"""Lanes: numbers of a vector program while its text is being written.

What one can do with this file: compute with `Lanes` as with floats; each operation
appends one line of LLVM assembly to a `Body`.

The one idea: a lane is a row of the batch. A value of the program is as many numbers
as a vector has lanes, and a comparison is as many answers; there are no jumps, so a
choice computes both sides and selects. No instruction carries a fast-math flag:
products and sums meet in one rounding only where `Body.fma` says so.
"""

from collections.abc import Callable, Sequence
from struct import pack
from typing import Any, NamedTuple

__all__ = ["Body", "Lanes", "NotLanes", "Vectors", "literal"]


class NotLanes(Exception):
    """A kernel does what lanes cannot, so Python computes it row by row."""


def literal(number: float) -> str:
    """A double in LLVM's exact notation."""
    return "0x" + pack(">d", number).hex().upper()


class Vectors(NamedTuple):
    """How many doubles a vector has, and whether x*y + z is one operation on them."""

    width: int
    fused: bool


class Body:
    """The lines of one function over vectors.

    With ``table``, constants are read from a table of whole vectors, where an operation
    takes them from memory itself. Otherwise LLVM writes two instructions for each: its
    address, and a load of one number into all lanes.
    """

    def __init__(
        self, vectors: Vectors, prefix: str = "t", *, table: bool = False
    ) -> None:
        self.vectors = vectors
        self.width = width = vectors.width
        self.prefix = prefix
        self.lines: list[str] = []
        self.needs: dict[str, str] = {}  # other functions: name -> their text
        self.types = {
            "f": f"<{width} x double>",
            "i": f"<{width} x i64>",
            "b": f"<{width} x i1>",
        }
        self._table: dict[str, int] | None = {} if table else None
        self._known: dict[str, Lanes] = {}
        self._labels = 0
        self._label = "entry"

    # -- single instructions -------------------------------------------------------

    def emit(self, kind: str, text: str, pure: bool = True) -> "Lanes":
        """One instruction; the same text again is the same number."""
        found = self._known.get(text) if pure else None
        if found is None:
            found = Lanes(self, kind, f"%{self.prefix}{len(self.lines)}")
            self.lines.append(f"  {found.ref} = {text}")
            if pure:
                self._known[text] = found
        return found

    def number(self, value: Any) -> "Lanes":
        """A Python number in all lanes; lanes stay as they are."""
        if value.__class__ is Lanes:
            return value
        if value is True or value is False:
            return Lanes(self, "b", f"splat (i1 {str(value).lower()})")
        if not isinstance(value, (int, float)):
            raise NotLanes(f"{value!r} is not a number")
        return self._constant("f", f"double {literal(float(value))}")

    def integer(self, value: Any) -> "Lanes":
        """A Python integer in all lanes, as an integer."""
        if value.__class__ is Lanes:
            return value
        return self._constant("i", f"i64 {value}")

    def _constant(self, kind: str, text: str) -> "Lanes":
        if self._table is None:
            return Lanes(self, kind, f"splat ({text})")
        place = self._table.setdefault(text, len(self._table))
        t = self.types[kind]
        pointer = self.emit("p", f"getelementptr {t}, ptr %table, i64 {place}")
        return self.emit(kind, f"load {t}, ptr {pointer.ref}")

    def intrinsic(self, name: str, *xs: Any) -> "Lanes":
        """A function of LLVM's own on doubles, such as ``sqrt``."""
        v = self.types["f"]
        full = f"@llvm.{name}.v{self.width}f64"
        numbers = [self.number(x) for x in xs]
        self.needs[full] = f"declare {v} {full}({', '.join([v] * len(xs))})"
        arguments = ", ".join([f"{v} {x.ref}" for x in numbers])
        return self.emit("f", f"call {v} {full}({arguments})")

    def fma(self, x: Any, y: Any, z: Any) -> "Lanes":
        """x*y + z, with one rounding where the machine has that."""
        return self.intrinsic("fmuladd", x, y, z)

    def select(self, mask: Any, x: Any, y: Any) -> Any:
        """X where ``mask``, else y; containers element by element."""
        if mask is True or x is y:
            return x
        if mask is False:
            return y
        if isinstance(x, (tuple, list)):
            if len(x) != len(y):
                raise NotLanes("two containers of different lengths")
            return type(x)([self.select(mask, a, b) for a, b in zip(x, y, strict=True)])
        if x.__class__ is not Lanes and y.__class__ is not Lanes and _same(x, y):
            return x
        kind = _kind(x, y)
        make = self.integer if kind == "i" else self.number
        a, b, t = make(x), make(y), self.types[kind]
        condition = f"{self.types['b']} {mask.ref}"
        return self.emit(kind, f"select {condition}, {t} {a.ref}, {t} {b.ref}")

    def cast(self, x: "Lanes", kind: str) -> "Lanes":
        """The same bits as doubles or as integers."""
        text = f"bitcast {self.types[x.kind]} {x.ref} to {self.types[kind]}"
        return self.emit(kind, text)

    # -- lane by lane --------------------------------------------------------------

    def call(self, name: str, xs: Sequence[Any]) -> "Lanes":
        """A function of this module on whole vectors."""
        v = self.types["f"]
        arguments = ", ".join([f"{v} {self.number(x).ref}" for x in xs])
        return self.emit("f", f"call {v} @{name}({arguments})")

    def call_for_two(self, name: str, x: "Lanes") -> tuple["Lanes", "Lanes"]:
        """A function of this module that returns two vectors."""
        v = self.types["f"]
        both = self.emit("f", f"call {{ {v}, {v} }} @{name}({v} {x.ref})")
        first, second = [
            self.emit("f", f"extractvalue {{ {v}, {v} }} {both.ref}, {k}")
            for k in range(2)
        ]
        return first, second

    def each_lane(self, symbol: str, xs: Sequence[Any]) -> "Lanes":
        """A C function of doubles, one lane after the other."""
        name = f"lanes.{symbol}"
        if name not in self.needs:
            self.needs[name] = _lanewise(name, symbol, len(xs), self)
        return self.call(name, xs)

    def ldexp(self, x: Any, n: "Lanes") -> "Lanes":
        """x * 2**n, rounded once: libm's, lane by lane."""
        exponent = n if n.__class__ is Lanes else self.integer(n)
        out = Lanes(self, "f", "poison")
        self.needs["libm.ldexp"] = "declare double @libm.ldexp(double, i32)"
        f, i = self.types["f"], self.types["i"]
        for k in range(self.width):
            a = self.emit("f", f"extractelement {f} {self.number(x).ref}, i32 {k}")
            b = self.emit("i", f"extractelement {i} {exponent.ref}, i32 {k}")
            c = self.emit("i", f"trunc i64 {b.ref} to i32")
            r = self.emit("f", f"call double @libm.ldexp(double {a.ref}, i32 {c.ref})")
            text = f"insertelement {f} {out.ref}, double {r.ref}, i32 {k}"
            out = self.emit("f", text)
        return out

    def rarely(self, mask: Any, work: Callable[[], "Lanes"], usual: Any) -> "Lanes":
        """``work()`` in the lanes of ``mask``, done only if there is such a lane."""
        self._labels += 1
        n, b, f = self._labels, self.types["b"], self.types["f"]
        name = f"@llvm.vector.reduce.or.v{self.width}i1"
        self.needs[name] = f"declare i1 {name}({b})"
        some = self.emit("b", f"call i1 {name}({b} {mask.ref})")
        usual, before = self.number(usual), self._label
        self.lines.append(f"  br i1 {some.ref}, label %rare{n}, label %on{n}")
        self.lines.append(f"rare{n}:")
        self._label, known = f"rare{n}", dict(self._known)
        found = self.select(mask, work(), usual)
        self.lines.append(f"  br label %on{n}")
        self.lines.append(f"on{n}:")
        edges = f"[{usual.ref}, %{before}], [{found.ref}, %{self._label}]"
        # What was computed on the side road is not there behind it.
        self._label, self._known = f"on{n}", known
        return self.emit("f", f"phi {f} {edges}", pure=False)

    @property
    def jumps(self) -> bool:
        """Whether the text has labels, and so must stay a function of its own."""
        return self._labels > 0

    def function(self, name: str, arity: int, *results: "Lanes") -> str:
        """The text as a function of ``arity`` vectors that returns one or two."""
        v = self.types["f"]
        arguments = ", ".join([f"{v} %a{k}" for k in range(arity)])
        kind, last = v, results[0].ref
        lines = list(self.lines)
        if len(results) == 2:
            kind, last = f"{{ {v}, {v} }}", "%both"
            one, two = [result.ref for result in results]
            lines.append(f"  %one = insertvalue {kind} poison, {v} {one}, 0")
            lines.append(f"  %both = insertvalue {kind} %one, {v} {two}, 1")
        head = f"define internal {kind} @{name}({arguments}) {{\nentry:"
        constants, begin = self._constants(name) if self._table else ([], [])
        end = [f"  ret {kind} {last}", "}"]
        return "\n".join([*constants, head, *begin, *lines, *end])

    def _constants(self, name: str) -> tuple[list[str], list[str]]:
        # The table as text, and where it is, which LLVM must not know: it would write
        # the whole address with each constant again.
        items, kinds = [], []
        for text in self._table or ():
            kinds.append(f"<{self.width} x {text.partition(' ')[0]}>")
            items.append(f"{kinds[-1]} <{', '.join([text] * self.width)}>")
        whole = f"{{ {', '.join(kinds)} }} {{ {', '.join(items)} }}"
        return [
            f"@{name}.constants = internal constant {whole}",
            f"@{name}.table = internal global ptr @{name}.constants",
        ], [f"  %table = load ptr, ptr @{name}.table"]


def _lanewise(name: str, symbol: str, arity: int, body: Body) -> str:
    v = body.types["f"]
    arguments = ", ".join([f"{v} %a{k}" for k in range(arity)])
    lines = [f"define internal {v} @{name}({arguments}) {{"]
    for lane in range(body.width):
        lines += [
            f"  %x{lane}.{k} = extractelement {v} %a{k}, i32 {lane}"
            for k in range(arity)
        ]
        given = ", ".join([f"double %x{lane}.{k}" for k in range(arity)])
        lines.append(f"  %y{lane} = call double @libm.{symbol}({given})")
        before = f"%v{lane - 1}" if lane else "poison"
        text = f"insertelement {v} {before}, double %y{lane}, i32 {lane}"
        lines.append(f"  %v{lane} = {text}")
    lines += [f"  ret {v} %v{body.width - 1}", "}"]
    body.needs[f"libm.{symbol}"] = (
        f"declare double @libm.{symbol}({', '.join(['double'] * arity)})"
    )
    return "\n".join(lines)


def _same(x: Any, y: Any) -> bool:
    return type(x) is type(y) and repr(x) == repr(y)


def _kind(*xs: Any) -> str:
    kinds = {x.kind for x in xs if x.__class__ is Lanes}
    if len(kinds) > 1:
        raise NotLanes(f"lanes of {' and '.join(sorted(kinds))} together")
    if kinds:
        return str(kinds.pop())
    return "b" if all(isinstance(x, bool) for x in xs) else "f"


def _arithmetic(operation: str, integer: str | None, swapped: bool = False) -> Any:
    def method(self: "Lanes", other: Any) -> Any:
        if not isinstance(other, (Lanes, int, float)):
            return NotImplemented
        body, kind = self.body, _kind(self, other)
        if kind == "b" or (kind == "i" and integer is None):
            raise NotLanes(f"{operation} of lanes of kind {kind}")
        other = body.integer(other) if kind == "i" else body.number(other)
        a, b = (other, self) if swapped else (self, other)
        name = integer if kind == "i" else operation
        return body.emit(kind, f"{name} {body.types[kind]} {a.ref}, {b.ref}")

    return method


def _comparison(ordered: str, signed: str) -> Any:
    def method(self: "Lanes", other: Any) -> Any:
        if not isinstance(other, (Lanes, int, float)):
            return NotImplemented
        body, kind = self.body, _kind(self, other)
        if kind == "i":
            text = f"icmp {signed} {body.types['i']} {self.ref}, "
            return body.emit("b", text + body.integer(other).ref)
        text = f"fcmp {ordered} {body.types['f']} {self.ref}, "
        return body.emit("b", text + body.number(other).ref)

    return method


def _bits(operation: str) -> Any:
    def method(self: "Lanes", other: Any) -> Any:
        body, kind = self.body, self.kind
        if kind == "b" and (other is True or other is False):
            if operation == "and":
                return self if other else False
            return True if other else self
        other = body.integer(other) if kind == "i" else body.number(other)
        return body.emit(
            kind, f"{operation} {body.types[kind]} {self.ref}, {other.ref}"
        )

    return method


class Lanes:
    """One number per row: doubles (``f``), integers (``i``) or answers (``b``)."""

    __slots__ = ("body", "kind", "ref")

    def __init__(self, body: Body, kind: str, ref: str) -> None:
        self.body = body
        self.kind = kind
        self.ref = ref

    __add__, __radd__ = _arithmetic("fadd", "add"), _arithmetic("fadd", "add", True)
    __sub__, __rsub__ = _arithmetic("fsub", "sub"), _arithmetic("fsub", "sub", True)
    __mul__, __rmul__ = _arithmetic("fmul", "mul"), _arithmetic("fmul", "mul", True)
    __truediv__ = _arithmetic("fdiv", None)
    __rtruediv__ = _arithmetic("fdiv", None, True)
    __lt__, __le__ = _comparison("olt", "slt"), _comparison("ole", "sle")
    __gt__, __ge__ = _comparison("ogt", "sgt"), _comparison("oge", "sge")
    __eq__, __ne__ = _comparison("oeq", "eq"), _comparison("une", "ne")
    __and__ = __rand__ = _bits("and")
    __or__ = __ror__ = _bits("or")
    __hash__ = object.__hash__

    def __neg__(self) -> "Lanes":
        if self.kind == "i":
            return 0 - self  # type: ignore[no-any-return]
        return self.body.emit("f", f"fneg {self.body.types['f']} {self.ref}")

    def __pos__(self) -> "Lanes":
        return self

    def __abs__(self) -> "Lanes":
        return self.body.intrinsic("fabs", self)

    def __invert__(self) -> "Lanes":
        true = self.body.number(True).ref
        return self.body.emit("b", f"xor {self.body.types['b']} {self.ref}, {true}")

    def __bool__(self) -> bool:
        raise NotLanes("an `if` over lanes")

    def __float__(self) -> float:
        raise NotLanes("float() of lanes")

    __int__ = __index__ = __float__

    def shifted(self, operation: str, by: int) -> "Lanes":
        """The bits of an integer moved by ``shl``, ``lshr`` or ``ashr``."""
        t = self.body.types["i"]
        return self.body.emit("i", f"{operation} {t} {self.ref}, splat (i64 {by})")

    def __repr__(self) -> str:
        return self.ref
