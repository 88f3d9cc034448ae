"""Numbers and names as the text of a label, and the escapes that keep it text.

What one can do with this file: print any number of the engine in a few
characters, tell its sign, shorten a name, and escape text for DOT and XML.

The one idea: a label never reaches Graphviz as the user wrote it. Control
characters become visible ones, so that no name can end a line or turn the
direction of its neighbours; every character with a meaning in DOT or in HTML
becomes an entity, so that no name can begin a tag, a link or an attribute.
"""

from fractions import Fraction
from typing import Any

from autograd_core.numbers.languages import printable

__all__ = [
    "dot_font",
    "dot_text",
    "html_text",
    "number_text",
    "shortened",
    "sign_of",
]

MAX_NAME = 40
MAX_NUMBER = 24
MAX_FRACTION = 12

_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "\\": "&#92;",
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def html_text(text: str) -> str:
    """``text`` inside HTML or XML, also in an attribute."""
    return "".join(_ENTITIES.get(c, c) for c in printable(text))


def dot_text(text: str) -> str:
    r"""``text`` inside an HTML-like label of DOT.

    Graphviz puts the node's id in the place of ``\N`` there too, after it has read
    the entities, so a backslash is written twice.
    """
    return html_text(text.replace("\\", "\\\\"))


def dot_font(text: str, colour: str, size: int, *, bold: bool = False) -> str:
    """``text`` in an HTML-like label of DOT, in a colour and a size."""
    if not text:
        return ""  # Graphviz calls an empty FONT a syntax error
    text = f"<B>{dot_text(text)}</B>" if bold else dot_text(text)
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size}">{text}</FONT>'


def shortened(text: str, limit: int) -> str:
    """``text``, cut to ``limit`` characters with an ellipsis at its end."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sign_of(number: Any) -> str:
    """positive, negative, zero, nonfinite, or unknown (a symbol, a tuple)."""
    if number is None or isinstance(number, tuple):
        return "unknown"
    if hasattr(number, "is_positive"):  # SymPy
        for sign in ("positive", "negative", "zero"):
            if getattr(number, f"is_{sign}"):
                return sign
        return "unknown"
    if number - number != 0:
        return "nonfinite"
    return "positive" if number > 0 else "negative" if number < 0 else "zero"


def number_text(
    number: Any, precision: int = 4, *, signed: bool = False, trim: bool = False
) -> str:
    """``number`` for a label: 0.5349, 1.2346×10⁻⁷, −2/3, NaN.

    Parameters
    ----------
    number
        Data of any column, or a tuple of them.
    precision
        Decimals.
    signed
        Also a positive number shows its sign.
    trim
        Zeros at the end are dropped: 1.2 for 1.2000.
    """
    if isinstance(number, tuple):
        shown = [number_text(n, precision, signed=signed) for n in number[:4]]
        return f"({', '.join(shown + ['…'] * (len(number) > 4))})"
    if number is None:
        return "0"
    exact = _exact_text(number)
    sign = sign_of(number)
    if exact is None:
        exact = _decimal_text(float(number), precision, trim)
    if exact == "0" or exact == "NaN":
        return exact
    text = exact.removeprefix("-")
    minus = "−" if exact != text else ""
    return shortened((minus or "+" * (signed and sign != "unknown")) + text, MAX_NUMBER)


def _exact_text(number: Any) -> str | None:
    if isinstance(number, float):
        return None
    if isinstance(number, Fraction) and len(str(number)) <= MAX_FRACTION:
        return str(number)
    try:
        nearest = float(number)
    except (TypeError, ValueError, OverflowError):
        return str(number)  # a symbol, or too large for a float
    outside = nearest == 0.0 or nearest - nearest != 0.0
    return str(number) if outside and number != nearest else None


def _decimal_text(x: float, precision: int, trim: bool) -> str:
    if x != x:
        return "NaN"
    if x - x != 0.0:
        return "infinity" if x > 0 else "-infinity"
    if x == 0.0:
        return "0"
    if 10.0 ** (1 - precision) <= abs(x) < 1e6:
        text = f"{x:.{precision}f}"
        return text.rstrip("0").rstrip(".") if trim and precision else text
    digits, _, exponent = f"{x:.{precision}e}".partition("e")
    if trim and precision:
        digits = digits.rstrip("0").rstrip(".")
    return f"{digits}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"
