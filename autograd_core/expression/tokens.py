"""The words of a formula, and messages that say where in the text something is.

What one can do with this file: cut text into numbers, names and signs, one line or a
file of many with comments; make an `ExpressionError` that begins with the place.

The one idea: a token knows where it starts in the whole text, so whoever finds
something wrong, at any later stage, can still name line and column.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import ExpressionError

__all__ = ["MAX_TOKENS", "Token", "error_at", "line_and_column", "seen", "short"]

MAX_TOKENS = 10_000

_NUMBER = re.compile(r"(\d+(\.(?!\.)\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|[-+*/^(),\[\]|<>=]")
# Signs that look alike on paper; the others are named with the one to write.
_SAME = {"\u2212": "-", "\u2264": "<=", "\u2265": ">=", "\u2260": "!="}
_MEANT = {
    **dict.fromkeys("\u00d7\u00b7\u22c5", "*"),
    "\u00f7": "/",
    "\u00b2": "**2",
    "\u00b3": "**3",
}


class Token(NamedTuple):
    """One word of a formula, and where it starts."""

    kind: str  # "number", "name", "symbol", "other", "line" or "end"
    text: str
    start: int


def tokens(
    text: str, *, lines: bool = False, most: int = MAX_TOKENS
) -> Iterator[Token]:
    """Cut ``text`` into tokens; the last one is of kind "end".

    Parameters
    ----------
    text
        What is read.
    lines
        Whether the end of a line is a token of its own, and ``#`` begins a comment.
    most
        How many tokens are allowed.

    Raises
    ------
    ExpressionError
        If there are more tokens.
    """
    start = count = 0
    while start < len(text):
        if lines and text[start] in "\n#":
            end = text.find("\n", start)
            if text[start] == "\n":
                yield Token("line", "\n", start)
                end = start + 1
            start = len(text) if end < 0 else end
            continue
        if text[start].isspace():
            start += 1
            continue
        count += 1
        if count > most:
            raise error_at(text, start, f"more than {most} numbers and signs")
        token, start = _token(text, start)
        yield token
    yield Token("end", "", len(text.rstrip()))


def _token(text: str, start: int) -> tuple[Token, int]:
    for kind, pattern in (("number", _NUMBER), ("symbol", _SYMBOL)):
        match = pattern.match(text, start)
        if match:
            return Token(kind, match[0], start), match.end()
    if text[start] in _SAME:
        return Token("symbol", _SAME[text[start]], start), start + 1
    if not text[start].isidentifier():
        return Token("other", text[start], start), start + 1
    end = start + 1
    # To Python a raised dot may be inside a name; in a formula it is a product.
    while end < len(text) and text[end] != "\u00b7" and f"a{text[end]}".isidentifier():
        end += 1
    return Token("name", text[start:end], start), end


# -- messages ------------------------------------------------------------------------


def line_and_column(text: str, start: int) -> tuple[int, int]:
    """The line and the column of a place in ``text``, both from 1."""
    before = text[:start]
    return before.count("\n") + 1, start - before.rfind("\n")


def error_at(text: str, start: int, message: str) -> ExpressionError:
    """An error whose message begins with the column, and the line of several."""
    line, column = line_and_column(text, start)
    place = f"line {line}, column {column}" if "\n" in text else f"column {column}"
    return ExpressionError(f"{place}: {message}")


def seen(token: Token) -> str:
    """How a message quotes ``token``; with the sign to write instead, if any."""
    if token.kind == "end":
        return "the end"
    meant = _MEANT.get(token.text)
    return short(token.text) + (f"; write {meant}" if meant else "")


def short(text: str) -> str:
    """``text`` in quotes, cut if it is long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
