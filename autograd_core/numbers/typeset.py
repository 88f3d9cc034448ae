"""Formulas on the page: Unicode text, LaTeX and MathML from one precedence table.

What one can do with this file: print a `Formula` in each of the three languages;
clean user text of characters that cannot be shown (`printable`).

The one idea: how tightly a shape binds and what it demands of its parts is one
table, `_BINDS`, and the walk that puts brackets is one function, `_assemble`. A
language only says how each shape is written, so the three cannot disagree about
a bracket. Products are associative to a reader, so ``a*(b*c)`` needs none.
"""

import re
import unicodedata
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from .notation import Shape, fold, shape_of

__all__ = ["latex", "mathml", "printable", "unicode_text"]


def unicode_text(formula: Any) -> str:
    """``formula`` as one line of text."""
    return _print(formula, _Text())


def latex(formula: Any) -> str:
    """``formula`` in LaTeX's mathematics."""
    return _print(formula, _Latex())


def mathml(formula: Any, *, block: bool = False) -> str:
    """``formula`` as a ``<math>`` element."""
    display = ' display="block"' if block else ""
    return f"<math{display}>{_print(formula, _MathML())}</math>"


def _print(formula: Any, language: "_Language") -> str:
    def step(shape: Shape, parts: list[_Piece]) -> _Piece:
        return _assemble(shape, parts, language)

    return fold(shape_of(formula), lambda shape: shape.parts, step).text


# -- brackets ------------------------------------------------------------------------

EQUATION, CASES, SUM, QUOTIENT, PRODUCT, PREFIX, POWER, ATOM = range(8)

# Shape -> how tightly it binds, and what it demands of each of its parts. A part
# that binds less gets brackets.
_BINDS: dict[str, tuple[int, ...]] = {
    "plus": (SUM, SUM, SUM),
    "less": (SUM, SUM, QUOTIENT),
    "minus": (PRODUCT, QUOTIENT),
    "times": (PRODUCT, PRODUCT, QUOTIENT),
    "quotient": (QUOTIENT, PRODUCT, PREFIX),
    "power": (POWER, ATOM, ATOM),
    "root": (PREFIX, ATOM),
    "exp": (ATOM, EQUATION),
    "item": (ATOM, ATOM),
    "cases": (CASES, SUM, EQUATION, CASES),
    "relation": (EQUATION, SUM, SUM),
    # The same where the page has a second dimension: bars and raised exponents.
    "fraction": (PREFIX, EQUATION, EQUATION),
    "raised": (POWER, ATOM, EQUATION),
    "radical": (PREFIX, EQUATION),
    "raised exp": (POWER, EQUATION),
}
# A part that begins with a minus sign gets brackets unless it stands first.
_NOT_FIRST = {"plus": 1, "less": 1, "times": 1, "quotient": 1, "minus": 0}
# A part that ends in an open argument, "ln x", gets brackets if a factor follows.
_FOLLOWED = ("times", "quotient")

NUMBER, LETTER, WORD, GROUP, BOX = range(5)  # what a piece begins or ends with


class _Piece(NamedTuple):
    """A printed part: its text, and what decides how it meets its neighbours."""

    text: str
    level: int = ATOM
    signed: bool = False  # begins with a minus sign
    open: bool = False  # ends with an argument that has no brackets
    head: int = BOX
    tail: int = BOX


# Functions whose argument goes without brackets when it is an atom.
_PREFIXES = frozenset(
    "ln log_2 log_10 sin cos tan sinh cosh tanh arcsin arccos arctan".split()
)


def _assemble(shape: Shape, parts: list[_Piece], language: "_Language") -> _Piece:
    kind, extra = language.kind(shape), shape.extra
    if kind == "name":
        return _name(extra, language)
    if kind == "number":
        return _Piece(language.number(extra), head=NUMBER, tail=NUMBER)
    if kind == "call":
        return _call(extra, parts, language)
    if kind in ("derivative", "equation", "abs", "bracket"):
        return _wide(kind, parts, extra, language)
    level, *demands = _BINDS[kind]
    first = _NOT_FIRST.get(kind, len(parts))
    wrapped = [
        language.group(part)
        if part.level < need
        or (part.signed and i >= first)
        or (part.open and i == 0 and kind in _FOLLOWED)
        else part
        for i, (part, need) in enumerate(zip(parts, demands, strict=True))
    ]
    if kind in ("times", "minus"):  # with a quotient in it, it binds like one
        level = min(level, wrapped[-1].level)
    linear = kind in ("plus", "less", "minus", "times", "quotient")
    return _Piece(
        language.write(kind, wrapped, extra),
        level,
        signed=kind == "minus" or (linear and wrapped[0].signed),
        open=kind == "root" or (linear and wrapped[-1].open),
        head=wrapped[0].head if linear or kind in ("power", "raised") else BOX,
        tail=wrapped[-1].tail if linear else BOX,
    )


def _name(text: str, language: "_Language") -> _Piece:
    text = printable(text)
    if not _PLAIN_NAME.fullmatch(text):  # "a + b" is one name, but not to a reader
        return _Piece(language.words(text), EQUATION, text.startswith(("-", "−")))
    base, index = _split(text)
    kind = LETTER if _letters(base) == 1 else WORD
    return _Piece(language.name(base, index), head=kind, tail=kind)


def _call(name: str, parts: list[_Piece], language: "_Language") -> _Piece:
    base, index = _split(printable(name))
    head = LETTER if _letters(base) == 1 else WORD
    function = language.function(base, index)
    if name in _PREFIXES and len(parts) == 1 and parts[0].level == ATOM:
        text = language.apply(function, parts[0].text)
        return _Piece(text, PREFIX, open=True, head=head, tail=parts[0].tail)
    return _Piece(language.call(function, parts), head=head, tail=BOX)


def _wide(kind: str, parts: list[_Piece], extra: Any, language: "_Language") -> _Piece:
    if kind == "equation":
        return _Piece(language.join(" = ", parts), EQUATION)
    if kind == "abs" or kind == "bracket":
        return _Piece(language.fence("||" if kind == "abs" else "[]", parts[0]))
    atoms = [p if p.level == ATOM else language.group(p) for p in parts]
    powers: list[tuple[_Piece, int]] = []
    for x in atoms[1:]:
        if powers and powers[-1][0].text == x.text:
            powers[-1] = (x, powers[-1][1] + 1)
        else:
            powers.append((x, 1))
    text = language.derivative("d" if extra else "∂", atoms[0], powers)
    return _Piece(text, language.derivative_level)


# -- names ------------------------------------------------------------------------------

_PLAIN_NAME = re.compile(r"[^\W\d_][\w\u0300-\u036f′']*")
_INDEX = re.compile(r"(.*[^\d_₀-₉])_?(\d+|[₀-₉]+)", re.DOTALL)
_LOWER = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def printable(text: str) -> str:
    """``text`` with every control character made visible or replaced.

    What is left can stand in XML and cannot reverse the direction of the text
    around it.
    """
    return "".join(map(_visible, text))


def _visible(c: str) -> str:
    code = ord(c)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    hidden = unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "\ufffd" if hidden or code & 0xFFFE == 0xFFFE else c


def _split(name: str) -> tuple[str, str]:
    # The index of x1, x_1 or x₁, to be set lower.
    found = _INDEX.fullmatch(name)
    return (found[1], found[2].translate(_LOWER)) if found else (name, "")


def _letters(base: str) -> int:
    composed = unicodedata.normalize("NFC", base).rstrip("′'")
    return sum(not unicodedata.combining(c) for c in composed)


# -- three languages ----------------------------------------------------------------------


class _Language:
    """How each shape is written. Pieces come in with their brackets."""

    raised: dict[str, str] = {}  # shapes for which this language has a better one
    derivative_level = PREFIX

    def kind(self, shape: Shape) -> str:
        return self.raised.get(shape.kind, shape.kind)

    def group(self, piece: _Piece) -> _Piece:
        return _Piece(self.fence("()", piece).strip(), head=GROUP, tail=GROUP)

    def fence(self, pair: str, piece: _Piece) -> str:
        raise NotImplementedError

    def write(self, kind: str, parts: list[_Piece], extra: Any) -> str:
        raise NotImplementedError

    def number(self, digits: str) -> str:
        raise NotImplementedError

    def name(self, base: str, index: str) -> str:
        raise NotImplementedError

    def words(self, text: str) -> str:
        raise NotImplementedError

    def function(self, base: str, index: str) -> str:
        raise NotImplementedError

    def apply(self, function: str, argument: str) -> str:
        raise NotImplementedError

    def call(self, function: str, parts: list[_Piece]) -> str:
        raise NotImplementedError

    def join(self, sign: str, parts: list[_Piece]) -> str:
        raise NotImplementedError

    def derivative(self, d: str, target: _Piece, wrt: list[tuple[_Piece, int]]) -> str:
        raise NotImplementedError
