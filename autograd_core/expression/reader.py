"""Reading a formula: operand, operator, operand, ... to the end.

What one can do with this file: turn text, or a stretch of the tokens of a longer
text, into steps.

The one idea: two stacks (Dijkstra's shunting yard), one of steps in postfix order and
one of what still waits for its operands. Nothing is handed to Python, so text can
only name numbers, variables and functions of the table. (`ast.parse` is no base for
this: it fails on 5,000 terms or on 10,000 parentheses.)

Source: E. W. Dijkstra, "Algol 60 translation", MR 34 (1961).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import ExpressionError
from .names import CONSTANTS, functions, unknown_name
from .program import Expression, Index, Step, written_out
from .tokens import Token, error_at, seen, short, tokens

__all__ = ["parse", "read_range", "read_steps"]

MAX_NUMBER_LENGTH = 1_000  # characters of a literal; no double needs more than 770
MAX_SUMS = 8  # inside each other

_ROWS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow", "^": "pow"}
_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2, "sign +": 3, "sign -": 3, "**": 4, "^": 4}
_FROM_THE_RIGHT = frozenset({"**", "^"})
_SUM = "write sum(k, 1..3, formula)"


def parse(text: str, *, names: Iterable[str] | None = None) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text
        Numbers, names (letters of any script, digits, ``_``), elements ``w[1]`` and
        ``W[j,k]``, ``+ - * / **`` (or ``^``), parentheses, ``pi``, ``e``, calls of
        `functions`, and sums ``sum(k, 1..3, w[k]*x[k])``. Products are written out,
        ``2*x``. At most 10,000 tokens, nested to any depth.
    names
        The variables that may appear; any, if None.

    Raises
    ------
    ExpressionError
        If the text is not such a formula. The message begins with the column,
        and the line if there are several.
    TypeError
        If ``text`` is not a str.

    Examples
    --------
    >>> formula = parse("sigmoid(w*x + b)")
    >>> formula.names
    ('w', 'x', 'b')
    >>> formula.evaluate({"w": 1.0, "x": 2.0, "b": -2.0})
    0.5
    >>> parse("sum(k, 1..2, w[k]*k)").evaluate({"w[1]": 3.0, "w[2]": 0.5})
    4.0
    >>> parse("2 x")
    Traceback (most recent call last):
    autograd_core.errors.ExpressionError: column 3: expected an operator before 'x'
    """
    if not isinstance(text, str):
        raise TypeError(f"'text' must be a str, got {type(text).__name__}")
    allowed = None if names is None else list(names)
    steps = written_out(text, read_steps(text, list(tokens(text)), names=allowed))
    for step in steps:
        if allowed is not None and step.kind == "variable" and step.name not in allowed:
            raise unknown_name(text, step.start, step.name, allowed)
    return Expression(text, steps)


def read_steps(
    text: str,
    found: Sequence[Token],
    *,
    names: Sequence[str] | None = None,
    indices: Iterable[str] = (),
) -> list[Step]:
    """Read the formula that these tokens of ``text`` are; the last is an "end".

    Parameters
    ----------
    text
        What the tokens were cut from, for messages.
    found
        The tokens.
    names
        The plain variables that may appear; any, if None. Elements are not looked
        at: which they are is known when the formula is written out.
    indices
        The names that stand for whole numbers, as ``k`` in ``w[k]``.

    Raises
    ------
    ExpressionError
        If they are no formula.
    """
    return _Reader(text, found, names, indices).read()


def read_range(
    text: str, found: Sequence[Token], position: int
) -> tuple[tuple[int, int], int]:
    """Read ``1..3`` from ``position`` on; returns the bounds and where it ends.

    Raises
    ------
    ExpressionError
        If there is no such range, or if it is empty.
    """
    low, dots, high = (*found[position : position + 3], *[found[-1]] * 3)[:3]
    whole = all(x.text.isdecimal() and len(x.text) < 7 for x in (low, high))
    if dots.text != ".." or not whole:
        place = low if not low.text.isdecimal() or low.kind == "end" else dots
        message = f"expected a range of whole numbers such as 1..3, got {seen(place)}"
        raise error_at(text, low.start, message)
    bounds = int(low.text), int(high.text)
    if bounds[1] < bounds[0]:
        raise error_at(text, low.start, f"the range {low.text}..{high.text} is empty")
    return bounds, position + 3


@dataclass
class _Waiting:
    # What waits for its operands: an operator, a parenthesis, or a call's one.
    symbol: str
    start: int
    called: str = ""
    operands: int = 1
    index: str = ""  # of a sum
    bounds: tuple[int, int] = (0, 0)
    outside: list[Step] = field(default_factory=list)  # what was read before a sum


class _Reader:
    # One reading of one stretch of tokens.
    def __init__(
        self,
        text: str,
        found: Sequence[Token],
        names: Sequence[str] | None,
        indices: Iterable[str],
    ) -> None:
        self.text = text
        self.names = names
        self.indices = list(indices)
        self.functions = functions()
        self.tokens = found
        self.position = 0
        self.program: list[Step] = []
        self.waiting: list[_Waiting] = []

    def read(self) -> list[Step]:
        self.read_operand()
        while self.read_operator():
            self.read_operand()
        return self.program

    def read_operand(self) -> None:
        # Signs, opening parentheses and calls, up to a number or a name.
        while True:
            token = self.next()
            if token.kind == "number":
                self.program.append(_read_number(self.text, token))
                return
            if token.kind == "name" and self.ahead == "(":
                self.position += 1
                self.open_call(token)
            elif token.kind == "name":
                self.program.append(self.read_name(token))
                return
            elif token.text == "(":
                self.waiting.append(_Waiting("(", token.start))
            elif token.text in ("+", "-"):
                self.waiting.append(_Waiting("sign " + token.text, token.start))
            else:
                raise self.no_operand(token)

    def read_operator(self) -> bool:
        # Closing parentheses, up to a comma or an operator; False at the end.
        while True:
            token = self.next()
            if token.text == ")":
                self.close(token)
                continue
            if token.text in _ROWS:
                self.release(token.text)
                self.waiting.append(_Waiting(token.text, token.start))
                return True
            if token.text == ",":
                self.release()
                if not self.waiting or not self.waiting[-1].called:
                    raise self.error(token, "',' outside of a function call")
                self.waiting[-1].operands += 1
                return True
            if token.kind != "end":
                raise self.error(token, f"expected an operator before {seen(token)}")
            self.release()
            if self.waiting:
                raise self.error(self.waiting[-1], "'(' is never closed")
            return False

    def next(self) -> Token:
        token = self.tokens[self.position]
        self.position += token.kind != "end"
        return token

    @property
    def ahead(self) -> str:
        return self.tokens[self.position].text

    def release(self, symbol: str = "") -> None:
        # Move to the program what binds tighter than the operator `symbol`.
        tightness = _TIGHTNESS.get(symbol, 0)
        while self.waiting and self.waiting[-1].symbol != "(":
            top = self.waiting[-1]
            if _TIGHTNESS[top.symbol] < tightness or (
                _TIGHTNESS[top.symbol] == tightness and symbol in _FROM_THE_RIGHT
            ):
                return
            self.waiting.pop()
            if top.symbol in _ROWS:
                self.program.append(Step("apply", top.start, _ROWS[top.symbol], 2))
            elif top.symbol == "sign -":
                self.negate(top)

    def negate(self, sign: _Waiting) -> None:
        last = self.program[-1]
        if last.kind == "number":  # x**-1 has the constant exponent -1
            self.program[-1] = last._replace(number=-last.number, exact=-last.exact)
        else:
            self.program.append(Step("apply", sign.start, "neg", 1))

    # -- calls and sums ----------------------------------------------------------------

    def open_call(self, token: Token) -> None:
        if token.text == "sum":
            self.open_sum(token)
            return
        if token.text not in self.functions:
            raise unknown_name(self.text, token.start, token.text, self.names or [])
        call = _Waiting("(", token.start, token.text)
        if self.ahead == ")":
            call.operands = 0
            raise self.wrong_arity(call)
        self.waiting.append(call)

    def open_sum(self, token: Token) -> None:
        name = self.next()
        if name.kind != "name" or self.next().text != ",":
            raise self.error(name, f"a sum begins with its index; {_SUM}")
        if name.text in self.indices:
            raise self.error(name, f"'{name.text}' is the index of a sum around this")
        if name.text in CONSTANTS or name.text in (self.names or ()):
            raise self.error(name, f"'{name.text}' has a meaning; use another index")
        if len(self.indices) >= MAX_SUMS:
            raise self.error(token, f"more than {MAX_SUMS} sums inside each other")
        bounds, self.position = read_range(self.text, self.tokens, self.position)
        if self.next().text != ",":
            raise self.error(token, f"a sum needs a formula after its range; {_SUM}")
        self.indices.append(name.text)
        call = _Waiting("(", token.start, "sum", 1, name.text, bounds, self.program)
        self.waiting.append(call)
        self.program = []

    def close(self, token: Token) -> None:
        self.release()
        if not self.waiting:
            raise self.error(token, "')' without '('")
        top = self.waiting.pop()
        if top.called == "sum":
            self.close_sum(top)
        elif top.called:
            row = self.functions[top.called]
            if top.operands != row.arity:
                raise self.wrong_arity(top)
            self.program.append(Step("apply", top.start, row.name, row.arity))

    def close_sum(self, call: _Waiting) -> None:
        if call.operands != 1:
            raise self.error(call, f"a sum has one formula, got {call.operands}")
        step = Step(
            "sum", call.start, call.index, bounds=call.bounds, body=tuple(self.program)
        )
        self.indices.remove(call.index)
        call.outside.append(step)
        self.program = call.outside

    # -- names -------------------------------------------------------------------------

    def read_name(self, token: Token) -> Step:
        name = token.text
        if self.ahead == "[":
            self.position += 1
            return Step("element", token.start, name, indices=self.read_indices(token))
        if name in self.indices:
            return Step("index", token.start, name)
        if name in CONSTANTS:
            return Step("constant", token.start, name)
        if name in self.functions:
            raise self.error(token, f"'{name}' is a function; write {name}(...)")
        if self.names is not None and name not in self.names:
            raise unknown_name(self.text, token.start, name, self.names)
        return Step("variable", token.start, name)

    def read_indices(self, opened: Token) -> tuple[Index, ...]:
        # k, k+1, 3, ... up to the closing bracket.
        found = []
        while True:
            found.append(self.read_index())
            token = self.next()
            if token.text == "]":
                return tuple(found)
            if token.kind == "end":
                raise self.error(opened, "'[' is never closed")
            if token.text != ",":
                message = f"expected ',' or ']' in the index, got {seen(token)}"
                raise self.error(token, message)

    def read_index(self) -> Index:
        token = self.next()
        if token.kind == "number":
            return Index("", self.whole(token))
        if token.kind != "name" or token.text not in self.indices:
            known = ", ".join(self.indices)
            raise self.error(
                token,
                f"expected a whole number or an index, got {seen(token)}"
                + (f"; the indices here: {known}" if known else ""),
            )
        if self.ahead not in ("+", "-"):
            return Index(token.text, 0)
        sign = 1 if self.next().text == "+" else -1
        return Index(token.text, sign * self.whole(self.next()))

    def whole(self, token: Token) -> int:
        if not token.text.isdecimal() or len(token.text) > 6:
            raise self.error(token, f"expected a whole number, got {seen(token)}")
        return int(token.text)

    # -- messages ----------------------------------------------------------------------

    def wrong_arity(self, call: _Waiting) -> ExpressionError:
        arity = self.functions[call.called].arity
        operands = "1 operand" if arity == 1 else f"{arity} operands"
        message = f"{call.called}() takes {operands}, got {call.operands}"
        return self.error(call, message)

    def no_operand(self, token: Token) -> ExpressionError:
        if token.kind == "end":
            what = "the expression ends" if self.position else "nothing"
            return self.error(token, f"{what} where a number or a name is expected")
        message = f"expected a number or a name, got {seen(token)}"
        if token.text == "|":
            message += "; write abs(x) for |x|"
        return self.error(token, message)

    def error(self, place: Token | _Waiting, message: str) -> ExpressionError:
        return error_at(self.text, place.start, message)


def _read_number(text: str, token: Token) -> Step:
    if len(token.text) > MAX_NUMBER_LENGTH:
        raise error_at(
            text, token.start, f"a number of more than {MAX_NUMBER_LENGTH} characters"
        )
    number = float(token.text)
    nonzero = bool(re.search("[1-9]", token.text.lower().partition("e")[0]))
    if number - number != 0.0 or (nonzero and number == 0.0):
        size = "small" if number == 0.0 else "large"
        raise error_at(
            text, token.start, f"{short(token.text)} is too {size} for a 64-bit float"
        )
    # 0e999999999 as a fraction would first compute the power of ten.
    exact = Fraction(token.text) if nonzero else Fraction(0)
    return Step("number", token.start, number=number, exact=exact)
