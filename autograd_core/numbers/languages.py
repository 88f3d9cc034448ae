"""The three languages that formulas are printed in: tables of templates.

What one can do with this file: change how a shape of `notation.py` looks in
Unicode text, LaTeX or MathML. Where brackets go is decided in `typeset.py`.

Every template takes printed text, in order; all of the user's text comes in
through `Language.name`, `Language.function` or `Language.words`, which escape it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from .notation import Shape

__all__ = ["LATEX", "MATHML", "TEXT", "Language", "printable"]


@dataclass(frozen=True)
class Language:
    """How each shape is written.

    Parameters
    ----------
    templates
        Shape -> template; see `TEXT` for the list.
    better
        Shapes that this language has a better one for.
    name, function
        A name, and whether it is a single letter (with an index at most).
    words, number, exponent
        A name that is not an identifier; digits; what is raised.
    product
        The template of a product, by what the left factor ends and the right one
        begins with: number, letter, word, group (brackets) or box (else).
    flat
        Whether everything stays on one line.
    """

    templates: dict[str, str]
    better: dict[str, str]
    name: Callable[[str], tuple[str, bool]]
    function: Callable[[str], tuple[str, bool]]
    words: Callable[[str], str]
    number: Callable[[str], str]
    exponent: Callable[[str], str]
    product: Callable[[str, str], str]
    flat: bool

    def kind(self, shape: Shape) -> str:
        """The shape that this language prints for ``shape``."""
        if self.flat and shape.kind == "power":
            exponent = shape.parts[1]
            sign = exponent.kind == "minus"
            n = exponent.parts[0] if sign else exponent
            return "raised" if n.kind == "number" and n.extra.isdigit() else "power"
        return self.better.get(shape.kind, shape.kind)


# -- names -----------------------------------------------------------------------------

_INDEX = re.compile(r"(.*[^\d_₀-₉])_?(\d+|[₀-₉]+)", re.DOTALL)
_LOWER = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def printable(text: str) -> str:
    """``text`` with every control character made visible or replaced.

    What is left can stand in XML, is on one line, and cannot reverse the
    direction of the text around it.
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


def _single(base: str) -> bool:
    composed = unicodedata.normalize("NFC", base).rstrip("′'")
    return sum(not unicodedata.combining(c) for c in composed) == 1


# -- Unicode text ----------------------------------------------------------------------


def _text_name(name: str) -> tuple[str, bool]:
    base, index = _split(name)
    return base + index.translate(_SUBSCRIPT), _single(base)


def _text_product(left: str, right: str) -> str:
    # p(1 − p) and 3x², but x·y: without italics "xy" would read as one name.
    if right == "group":
        return "times" if left in ("word", "box") else "beside"
    return "beside" if (left, right) == ("number", "letter") else "times"


TEXT = Language(
    templates={
        "plus": "%s + %s",
        "less": "%s − %s",
        "minus": "−%s",
        "times": "%s·%s",
        "beside": "%s%s",
        "quotient": "%s/%s",
        "power": "%s^%s",
        "raised": "%s%s",
        "root 2": "√%s",
        "root 3": "∛%s",
        "item": "%s[%s]",
        "abs": "|%s|",
        "bracket": "[%s]",
        "group": "(%s)",
        "cases": "%s if %s else %s",
        "relation >": "%s > %s",
        "relation ≠": "%s ≠ %s",
        "apply": "%s %s",
        "call": "%s(%s)",
        "comma": ", ",
        "equals": " = ",
        "apart": " · ",
        "ratio": "%s/%s",
        "thin": "",
        "row": "%s",
        "d": "d",
        "∂": "∂",
    },
    better={"exp": "exp call"},
    name=_text_name,
    function=_text_name,
    words=lambda text: text,
    number=lambda digits: digits,
    exponent=lambda text: text.translate(_SUPERSCRIPT),
    product=_text_product,
    flat=True,
)

# -- LaTeX -----------------------------------------------------------------------------

_LATEX_SPECIAL = {c: "\\" + c for c in "{}$&#_%"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "−": "-",
}
_LATEX_ACCENTS = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde"}
_LATEX_FUNCTIONS = {"ln", "log", "exp", "max", "min", "sin", "cos", "tan"}
_LATEX_FUNCTIONS |= {"sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"}
# The others look like Latin ones and have no macro.
_GREEK_CAPITALS = {"GAMMA", "DELTA", "THETA", "LAMDA", "XI", "PI"}
_GREEK_CAPITALS |= {"SIGMA", "UPSILON", "PHI", "PSI", "OMEGA"}


def _latex_words(text: str) -> str:
    return f"\\text{{{_latex_escape(text)}}}"


def _latex_escape(text: str) -> str:
    return "".join(_LATEX_SPECIAL.get(c, c) for c in text)


def _latex_letter(c: str) -> str:
    words = unicodedata.name(c, "").split()  # GREEK SMALL LETTER ALPHA
    letter = words[-1] if len(words) == 4 and words[0] == "GREEK" else ""
    capital = letter in _GREEK_CAPITALS and words[1] == "CAPITAL"
    small = letter not in ("", "OMICRON") and words[1] == "SMALL"
    if not capital and not small:
        return _LATEX_SPECIAL.get(c, c)
    macro = letter.lower().replace("lamda", "lambda")
    return "\\" + (macro.capitalize() if capital else macro)


def _latex_base(base: str) -> str:
    bare = base.rstrip("′'")
    primes = "'" * (len(base) - len(bare))
    composed = unicodedata.normalize("NFD", bare)
    printed = _latex_letter(composed[0])
    for mark in composed[1:]:
        printed = f"{_LATEX_ACCENTS.get(mark, _BOX)}{{{printed}}}"
    return printed + primes


_BOX = r"\overset{?}"  # an accent that mathematics has no name for


def _latex_name(name: str, wide: str = r"\mathrm") -> tuple[str, bool]:
    base, index = _split(name)
    single = _single(base)
    if single:
        printed = _latex_base(base)
    else:
        printed = f"{wide}{{{_latex_escape(base)}}}"
    return printed + (f"_{{{index}}}" if index else ""), single


def _latex_function(name: str) -> tuple[str, bool]:
    base, index = _split(name)
    if base in _LATEX_FUNCTIONS:
        return f"\\{base}" + (f"_{{{index}}}" if index else ""), False
    return _latex_name(name, r"\operatorname")


def _product(left: str, right: str) -> str:
    # Symbols are set side by side. loss(1 − p) would be a call, 2 3 a number.
    if right == "number" or (left == "word" and right in ("group", "box")):
        return "times"
    return "spaced" if "word" in (left, right) else "product"


LATEX = Language(
    templates={
        "plus": "%s + %s",
        "less": "%s - %s",
        "minus": "-%s",
        "times": r"%s \cdot %s",
        "product": "%s %s",
        "spaced": r"%s \, %s",
        "beside": "%s %s",
        "fraction": r"\frac{%s}{%s}",
        "raised": "%s^{%s}",
        "exp": "e^{%s}",
        "radical 2": r"\sqrt{%s}",
        "radical 3": r"\sqrt[3]{%s}",
        "item": "%s[%s]",
        "abs": r"\left|%s\right|",
        "bracket": r"\left[%s\right]",
        "group": r"\left(%s\right)",
        "cases": r"\begin{cases} %s & \text{if } %s \\ %s & \text{otherwise} "
        r"\end{cases}",
        "relation >": "%s > %s",
        "relation ≠": r"%s \neq %s",
        "apply": "%s %s",
        "call": r"%s\left(%s\right)",
        "comma": ", ",
        "equals": " = ",
        "apart": r" \cdot ",
        "ratio": r"\frac{%s}{%s}",
        "thin": r" \, ",
        "row": "%s",
        "d": "d",
        "∂": r"\partial",
    },
    better={"quotient": "fraction", "power": "raised", "root": "radical"},
    name=_latex_name,
    function=_latex_function,
    words=_latex_words,
    number=lambda digits: {"∞": r"\infty", "NaN": r"\mathrm{NaN}"}.get(digits, digits),
    exponent=lambda text: text,
    product=_product,
    flat=False,
)

# -- MathML ----------------------------------------------------------------------------


_MATHML_ACCENTS = {"\u0302": "^", "\u0304": "¯", "\u0303": "~"}


def _mathml_name(name: str) -> tuple[str, bool]:
    base, index = _split(name)
    letter, mark = base, ""
    if len(unicodedata.normalize("NFD", base)) == 2:  # ŷ has no italic form
        letter, mark = unicodedata.normalize("NFD", base)  # type: ignore[str-unpack]
    accent = _MATHML_ACCENTS.get(mark)
    printed = f"<mi>{escape(letter if accent else base, quote=False)}</mi>"
    if accent:
        printed = f'<mover accent="true">{printed}<mo>{accent}</mo></mover>'
    if index:
        printed = f"<msub>{printed}<mn>{index}</mn></msub>"
    return printed, _single(base)


_SPACE = '<mspace width="0.17em"></mspace>'
_TIMES, _APPLY = "<mo>\u2062</mo>", "<mo>\u2061</mo>"

MATHML = Language(
    templates={
        "plus": "<mrow>%s<mo>+</mo>%s</mrow>",
        "less": "<mrow>%s<mo>−</mo>%s</mrow>",
        "minus": "<mrow><mo>−</mo>%s</mrow>",
        "times": "<mrow>%s<mo>·</mo>%s</mrow>",
        "product": f"<mrow>%s{_TIMES}%s</mrow>",
        "spaced": f"<mrow>%s{_TIMES}{_SPACE}%s</mrow>",
        "beside": "<mrow>%s%s</mrow>",
        "fraction": "<mfrac>%s%s</mfrac>",
        "raised": "<msup>%s%s</msup>",
        "exp": "<msup><mi>e</mi>%s</msup>",
        "radical 2": "<msqrt>%s</msqrt>",
        "radical 3": "<mroot>%s<mn>3</mn></mroot>",
        "item": "<mrow>%s<mo>[</mo><mn>%s</mn><mo>]</mo></mrow>",
        "abs": "<mrow><mo>|</mo>%s<mo>|</mo></mrow>",
        "bracket": "<mrow><mo>[</mo>%s<mo>]</mo></mrow>",
        "group": "<mrow><mo>(</mo>%s<mo>)</mo></mrow>",
        "cases": "<mrow><mo>{</mo><mtable><mtr><mtd>%s</mtd><mtd><mtext>if </mtext>"
        "%s</mtd></mtr><mtr><mtd>%s</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
        "</mtable></mrow>",
        "relation >": "<mrow>%s<mo>&gt;</mo>%s</mrow>",
        "relation ≠": "<mrow>%s<mo>≠</mo>%s</mrow>",
        "apply": f"<mrow>%s{_APPLY}{_SPACE}%s</mrow>",
        "call": f"<mrow>%s{_APPLY}<mo>(</mo>%s<mo>)</mo></mrow>",
        "comma": "<mo>,</mo>",
        "equals": "<mo>=</mo>",
        "apart": "<mo>·</mo>",
        "ratio": "<mfrac>%s%s</mfrac>",
        "thin": _SPACE,
        "row": "<mrow>%s</mrow>",
        "d": "<mi>d</mi>",
        "∂": "<mi>∂</mi>",
    },
    better={"quotient": "fraction", "power": "raised", "root": "radical"},
    name=_mathml_name,
    function=_mathml_name,
    words=lambda text: f"<mtext>{escape(text, quote=False)}</mtext>",
    number=lambda digits: f"<mn>{digits}</mn>",
    exponent=lambda text: text,
    product=_product,
    flat=False,
)
