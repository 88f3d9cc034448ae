"""Formulas on the page: Unicode text, LaTeX and MathML from one precedence table.

What one can do with this file: print a `Formula` in each of the three languages.

The one idea: how tightly a shape binds and what it demands of its parts is one
table, `_BINDS`, and what puts the brackets is one function, `_assemble`. A
language is only a table of templates (`languages.py`), so the three cannot
disagree about a bracket. To a reader a product is associative: ``a*(b*c)`` needs
no brackets.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .languages import LATEX, MATHML, TEXT, Language, printable
from .notation import Shape, fold, shape_of

__all__ = ["factor_text", "latex", "mathml", "unicode_text"]


def unicode_text(formula: Any) -> str:
    """``formula`` as one line of text."""
    return _print(formula, TEXT).text


def factor_text(formula: Any) -> str:
    """The same with brackets if it is a sum, to stand after a times sign."""
    piece = _print(formula, TEXT)
    return (_group(piece, TEXT) if piece.level < QUOTIENT else piece).text


def latex(formula: Any) -> str:
    """``formula`` in LaTeX's mathematics."""
    return _print(formula, LATEX).text


def mathml(formula: Any, *, block: bool = False) -> str:
    """``formula`` as a ``<math>`` element."""
    display = ' display="block"' if block else ""
    return f"<math{display}>{_print(formula, MATHML).text}</math>"


def _print(formula: Any, language: Language) -> "_Piece":
    def step(shape: Shape, parts: "list[_Piece]") -> "_Piece":
        return _assemble(shape, parts, language)

    return fold(shape_of(formula), lambda shape: shape.parts, step)


# -- brackets --------------------------------------------------------------------------

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
    "item": (ATOM, ATOM),
    "cases": (CASES, SUM, EQUATION, CASES),
    "relation": (EQUATION, SUM, SUM),
    # The same where the page has a second dimension: bars and raised exponents.
    "fraction": (PREFIX, EQUATION, EQUATION),
    "raised": (POWER, ATOM, EQUATION),
    "radical": (PREFIX, EQUATION),
    "exp": (POWER, EQUATION),
    # Shapes that bring brackets of their own.
    "abs": (ATOM, EQUATION),
    "bracket": (ATOM, EQUATION),
}
_LINEAR = ("plus", "less", "minus", "times", "quotient")  # parts stay on the line
# From this part on, one that begins with a minus sign gets brackets.
_NOT_FIRST = {"plus": 1, "less": 1, "times": 1, "quotient": 1, "minus": 0}

NUMBER, LETTER, WORD, GROUP, BOX = range(5)  # what a piece begins or ends with


class _Piece(NamedTuple):
    """A printed part: its text, and what decides how it meets its neighbours."""

    text: str
    level: int = ATOM
    signed: bool = False  # begins with a minus sign
    open: bool = False  # ends with an argument that has no brackets: "ln x"
    head: int = BOX
    tail: int = BOX


def _assemble(shape: Shape, parts: list[_Piece], language: Language) -> _Piece:
    kind = language.kind(shape)
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(shape.extra, parts, language)
    level, *demands = _BINDS[kind]
    first = _NOT_FIRST.get(kind, len(parts))
    linear = kind in _LINEAR
    inside = []
    for i, (part, need) in enumerate(zip(parts, demands, strict=True)):
        lone = part.open and i == 0 and kind in ("times", "quotient")
        brackets = part.level < need or (part.signed and i >= first) or lone
        inside.append(_group(part, language) if brackets else part)
    if kind in ("times", "minus"):  # with a quotient in it, it binds like one
        level = min(level, inside[-1].level)
    return _Piece(
        _write(kind, inside, shape.extra, language),
        level,
        signed=kind == "minus" or (linear and inside[0].signed),
        open=kind == "root" or (linear and inside[-1].open),
        head=inside[0].head if linear or kind in ("power", "raised") else BOX,
        tail=inside[-1].tail if linear else BOX,
    )


def _group(piece: _Piece, language: Language) -> _Piece:
    # Only a sum in brackets may follow a factor directly: p(1 − p), but p·(−q).
    text = language.templates["group"] % piece.text
    return _Piece(text, head=GROUP if piece.level == SUM else BOX, tail=GROUP)


def _write(kind: str, parts: list[_Piece], extra: Any, language: Language) -> str:
    texts = [part.text for part in parts]
    if kind == "times":
        kind = language.product(*_meeting(*parts))
    elif kind == "raised":
        texts[1] = language.exponent(texts[1])
    elif kind in ("root", "radical", "relation"):
        kind = f"{kind} {extra}"
    elif kind == "item":
        texts.append(str(extra))
    return language.templates[kind] % tuple(texts)


def _meeting(left: _Piece, right: _Piece) -> tuple[str, str]:
    kinds = ("number", "letter", "word", "group", "box")
    bare = left.tail == NUMBER and left.head == NUMBER and "·" not in left.text
    tail = "number" if bare else kinds[max(left.tail, LETTER)]
    return tail, kinds[right.head]


# -- names, calls, and what else has a layout of its own -------------------------------

# Functions whose argument goes without brackets when it is an atom.
_PREFIXES = {"ln", "log_2", "log_10", "sin", "cos", "tan"}
_PREFIXES |= {"sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"}
_NAME = re.compile(r"[^\W\d_][\w\u0300-\u036f′']*")


def _name(text: str, parts: list[_Piece], language: Language) -> _Piece:
    text = printable(text)
    if not _NAME.fullmatch(text):  # "a + b" may be one name, but not to a reader
        return _Piece(language.words(text), EQUATION, text.startswith(("-", "−")))
    printed, single = language.name(text)
    kind = LETTER if single else WORD
    return _Piece(printed, head=kind, tail=kind)


def _number(digits: str, parts: list[_Piece], language: Language) -> _Piece:
    return _Piece(language.number(digits), head=NUMBER, tail=NUMBER)


def _call(name: str, parts: list[_Piece], language: Language) -> _Piece:
    function, single = language.function(printable(name))
    head = LETTER if single else WORD
    texts = [part.text for part in parts]
    if name in _PREFIXES and parts[0].level == ATOM:
        text = language.templates["apply"] % (function, texts[0])
        return _Piece(text, PREFIX, open=True, head=head, tail=parts[0].tail)
    arguments = language.templates["comma"].join(texts)
    return _Piece(language.templates["call"] % (function, arguments), head=head)


def _equation(extra: Any, parts: list[_Piece], language: Language) -> _Piece:
    texts = [part.text for part in parts]
    return _Piece(language.templates["equals"].join(texts), EQUATION)


def _derivative(total: bool, parts: list[_Piece], language: Language) -> _Piece:
    target, *wrt = [(p if p.level == ATOM else _group(p, language)).text for p in parts]
    beside = language.templates["beside"]
    d = language.templates["d" if total else "∂"]

    def raised(text: str, n: int) -> str:
        if n == 1:
            return text
        exponent = language.exponent(language.number(str(n)))
        return language.templates["raised"] % (text, exponent)

    below = [beside % (d, raised(x, wrt.count(x))) for x in dict.fromkeys(wrt)]
    above = beside % (raised(d, len(wrt)), target)
    row = language.templates["row"] % language.templates["thin"].join(below)
    text = language.templates["ratio"] % (above, row)
    return _Piece(text, QUOTIENT if language.flat else PREFIX)


def _chain(extra: Any, parts: list[_Piece], language: Language) -> _Piece:
    # Factors kept apart: none is dropped, and fractions need no brackets.
    apart = [
        _group(p, language).text if p.signed or p.level <= SUM else p.text
        for p in parts
    ]
    level = PRODUCT if len(parts) > 1 else ATOM
    return _Piece(language.templates["apart"].join(apart), level)


_SPECIAL: dict[str, Callable[..., _Piece]] = {
    "name": _name,
    "number": _number,
    "call": _call,
    "equation": _equation,
    "chain": _chain,
    "derivative": _derivative,
    "exp call": lambda extra, parts, language: _call("exp", parts, language),
}
