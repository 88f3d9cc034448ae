"""Formulas written as text, read safely: ``parse("x*y + sin(x)")``.

What one can do with this file: turn text from outside (a command line, a form)
into an `Expression`, ask it for the names it uses, and evaluate it on any kind
of number: floats, fractions, SymPy, mpmath, Values.

The one idea: a formula is read into a postfix program, a flat list of steps,
with two stacks (Dijkstra's shunting yard), and run on one stack. Nothing
recurses, so nesting has no depth limit; nothing is handed to Python, so text
can only name numbers, variables and functions of the table. (`ast.parse` is no
base for this: it fails on 5,000 terms or on 10,000 parentheses.)

Operators, from loosest to tightest: ``+ -``, ``* /``, sign, ``**`` (or ``^``).
Powers group from the right and bind tighter than a sign on their left, as in
Python: ``-x**2`` is ``-(x**2)``, and ``2**-x`` is allowed.

Source: E. W. Dijkstra, "Algol 60 translation", MR 34 (1961).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from numbers import Rational
from typing import Any, NamedTuple

from .data import as_data
from .errors import ExpressionError
from .functions import apply
from .numbers import Column, column_of, float64
from .primitives import TABLE, Primitive
from .value import Value, column

__all__ = ["Expression", "functions", "parse"]

MAX_TOKENS = 10_000
MAX_NUMBER_LENGTH = 1_000  # characters of a literal; no double needs more than 770
# Fractions and high-precision numbers are held to this many bits, 4,200 digits:
# as many as Python prints, and few enough that 9**9**9 cannot fill the memory.
MAX_BITS = 14_000
# The power of a symbol multiplies the size of every coefficient in its base.
MAX_SYMBOLIC_EXPONENT = 1_000

_CONSTANTS = ("pi", "e")
_ALIASES = {"ln": "log", "max": "maximum", "min": "minimum"}
# Rows that are written as operators, or that only the engine calls.
_NOT_FUNCTIONS = frozenset({"add", "sub", "mul", "div", "neg", "identity", "round"})

_ROWS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow", "^": "pow"}
_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2, "sign +": 3, "sign -": 3, "**": 4, "^": 4}
_FROM_THE_RIGHT = frozenset({"**", "^"})
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SYMBOL = re.compile(r"\*\*|[-+*/^(),]")
_FAMILIAR = ("sin", "cos", "exp", "log", "sqrt", "tanh", "sigmoid", "max", "pi")
_MEANT = {"\u2212": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/"}


class Expression:
    """A formula that was read from text; `parse` makes it.

    Attributes
    ----------
    text
        What it was read from.
    names
        Its variables, in order of first appearance.
    """

    __slots__ = ("_program", "names", "text")

    def __init__(self, text: str, program: Iterable["_Step"]) -> None:
        self.text = text
        self._program = tuple(program)
        variables = [step.name for step in self._program if step.kind == "variable"]
        self.names: tuple[str, ...] = tuple(dict.fromkeys(variables))

    def evaluate(
        self, bindings: Mapping[str, Any] | None = None, *, like: Any = 0.0
    ) -> Any:
        """The value of the formula, in the kind of number that is bound.

        Parameters
        ----------
        bindings
            A number of any kind, or a Value, for each name; others are ignored.
        like
            A number of the kind to compute in when no binding decides it:
            ``Fraction(0)`` makes ``1/3`` exact.

        Returns
        -------
        number
            Of the bindings' kind; a Value if the formula uses one.

        Raises
        ------
        ExpressionError
            If a name has no binding, or if an exact number would grow beyond
            4,200 digits.
        TypeError
            If a binding is not a number, or two are of different kinds.
        OverflowError
            If a bound int does not fit a float.
        ExactnessError
            If the kind of number cannot do an operation (``sin`` of a fraction).

        Notes
        -----
        A literal is exact in every kind of number: ``0.1`` is the double next to
        1/10 among floats, and 1/10 among fractions and symbols. Floats follow
        IEEE: ``9**9**9`` is inf and ``0/0`` is NaN, at once.

        Examples
        --------
        >>> formula = parse("x**2 / 3")
        >>> formula.evaluate({"x": 2.0})
        1.3333333333333333
        >>> formula.evaluate({"x": Fraction(1, 2)})
        Fraction(1, 12)
        """
        given = {} if bindings is None else bindings
        bound = {name: _checked(given[name]) for name in self.names if name in given}
        kind = _kind([*bound.values(), _checked(like)])
        stack: list[Any] = []
        for step in self._program:
            if step.kind == "number":
                stack.append(_literal(step, kind))
            elif step.kind == "constant":
                stack.append(_constant(step.name, kind))
            elif step.kind == "variable":
                if step.name not in bound:
                    raise _unknown(self.text, step.start, step.name, list(given))
                x = bound[step.name]
                stack.append(_adopted(x, kind) if x.__class__ is int else x)
            else:
                operands = stack[-step.arity :]
                del stack[-step.arity :]
                stack.append(self._apply(step, operands))
        return stack[0]

    def _apply(self, step: "_Step", operands: list[Any]) -> Any:
        if step.name == "pow":
            if not _affordable(*map(_plain, operands)):
                raise self._too_large(step)  # before: 9**9**9 has no after
            out = _power(*operands)
        else:
            out = apply(TABLE[step.name], operands, {})
        if _bits(_plain(out)) > MAX_BITS:
            raise self._too_large(step)
        return out

    def _too_large(self, step: "_Step") -> ExpressionError:
        return _error(
            self.text,
            step.start,
            "the result may grow beyond 4,200 digits, the longest exact number here; "
            "use floats or smaller numbers",
        )

    def __repr__(self) -> str:
        return f"<expression {_short(self.text)}>"


def parse(text: str, *, names: Iterable[str] | None = None) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text
        Numbers, names (letters of any script, digits, ``_``), ``+ - * / **``
        (or ``^``), parentheses, ``pi``, ``e``, and calls of `functions`. Products
        are written out, ``2*x``. At most 10,000 tokens, nested to any depth.
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
    >>> parse("2 x")
    Traceback (most recent call last):
    autograd_core.errors.ExpressionError: column 3: expected an operator before 'x'
    """
    if not isinstance(text, str):
        raise TypeError(f"'text' must be a str, got {type(text).__name__}")
    return Expression(text, _Reader(text, names).read())


def functions() -> dict[str, Primitive]:
    """The functions that a formula may call, by name; registered ones included."""
    found = {
        row.name: row
        for row in TABLE.values()
        if row.arity in (1, 2)
        and not row.helper
        and set(row.attributes) == set(row.defaults)
        and row.name not in _NOT_FUNCTIONS
    }
    return {**found, **{alias: TABLE[name] for alias, name in _ALIASES.items()}}


# -- reading ---------------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str  # "number", "name", "symbol", "other" or "end"
    text: str
    start: int


class _Step(NamedTuple):
    kind: str  # "number", "constant", "variable" or "apply"
    start: int
    name: str = ""  # of the constant, the variable, or the row
    arity: int = 0
    number: float = 0.0
    exact: Fraction = Fraction(0)


class _Waiting:
    # What waits for its operands: an operator, a parenthesis, or a call's one.
    __slots__ = ("called", "operands", "start", "symbol")

    def __init__(self, symbol: str, start: int, called: str = "") -> None:
        self.symbol = symbol
        self.start = start
        self.called = called
        self.operands = 1


class _Reader:
    # One reading of one text: operand, operator, operand, ... to the end.
    def __init__(self, text: str, names: Iterable[str] | None) -> None:
        self.text = text
        self.names = None if names is None else list(names)
        self.functions = functions()
        self.tokens = list(_tokens(text))
        self.position = 0
        self.program: list[_Step] = []
        self.waiting: list[_Waiting] = []

    def read(self) -> list[_Step]:
        self.read_operand()
        while self.read_operator():
            self.read_operand()
        return self.program

    def read_operand(self) -> None:
        # Signs, opening parentheses and calls, up to a number or a name.
        while True:
            token = self.tokens[self.position]
            self.position += 1
            if token.kind == "number":
                self.program.append(_read_number(self.text, token))
                return
            if token.kind == "name" and self.tokens[self.position].text == "(":
                self.open_call(token)
                self.position += 1
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
            token = self.tokens[self.position]
            self.position += 1
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
                raise self.error(token, f"expected an operator before {_seen(token)}")
            self.release()
            if self.waiting:
                raise self.error(self.waiting[-1], "'(' is never closed")
            return False

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
                self.program.append(_Step("apply", top.start, _ROWS[top.symbol], 2))
            elif top.symbol == "sign -":
                self.negate(top)

    def negate(self, sign: _Waiting) -> None:
        last = self.program[-1]
        if last.kind == "number":  # x**-1 has the constant exponent -1
            self.program[-1] = last._replace(number=-last.number, exact=-last.exact)
        else:
            self.program.append(_Step("apply", sign.start, "neg", 1))

    def open_call(self, token: _Token) -> None:
        if token.text not in self.functions:
            raise _unknown(self.text, token.start, token.text, self.names or [])
        call = _Waiting("(", token.start, token.text)
        if self.tokens[self.position + 1].text == ")":
            call.operands = 0
            raise self.wrong_arity(call)
        self.waiting.append(call)

    def close(self, token: _Token) -> None:
        self.release()
        if not self.waiting:
            raise self.error(token, "')' without '('")
        top = self.waiting.pop()
        if top.called:
            row = self.functions[top.called]
            if top.operands != row.arity:
                raise self.wrong_arity(top)
            self.program.append(_Step("apply", top.start, row.name, row.arity))

    def read_name(self, token: _Token) -> _Step:
        name = token.text
        if name in _CONSTANTS:
            return _Step("constant", token.start, name)
        if name in self.functions:
            raise self.error(token, f"'{name}' is a function; write {name}(...)")
        if self.names is not None and name not in self.names:
            raise _unknown(self.text, token.start, name, self.names)
        return _Step("variable", token.start, name)

    def wrong_arity(self, call: _Waiting) -> ExpressionError:
        arity = self.functions[call.called].arity
        operands = "1 operand" if arity == 1 else f"{arity} operands"
        message = f"{call.called}() takes {operands}, got {call.operands}"
        return self.error(call, message)

    def no_operand(self, token: _Token) -> ExpressionError:
        if token.kind == "end":
            what = "the expression ends" if self.position > 1 else "nothing"
            return self.error(token, f"{what} where a number or a name is expected")
        return self.error(token, f"expected a number or a name, got {_seen(token)}")

    def error(self, place: _Token | _Waiting, message: str) -> ExpressionError:
        return _error(self.text, place.start, message)


def _tokens(text: str) -> Iterator[_Token]:
    start = count = 0
    while start < len(text):
        if text[start].isspace():
            start += 1
            continue
        count += 1
        if count > MAX_TOKENS:
            raise _error(text, start, f"more than {MAX_TOKENS} numbers and signs")
        token = _token(text, start)
        yield token
        start += len(token.text)
    yield _Token("end", "", len(text.rstrip()))


def _token(text: str, start: int) -> _Token:
    for kind, pattern in (("number", _NUMBER), ("symbol", _SYMBOL)):
        match = pattern.match(text, start)
        if match:
            return _Token(kind, match[0], start)
    if not text[start].isidentifier():
        return _Token("other", text[start], start)
    end = start + 1
    while end < len(text) and ("a" + text[end]).isidentifier():
        end += 1
    return _Token("name", text[start:end], start)


def _read_number(text: str, token: _Token) -> _Step:
    if len(token.text) > MAX_NUMBER_LENGTH:
        raise _error(
            text, token.start, f"a number of more than {MAX_NUMBER_LENGTH} characters"
        )
    number = float(token.text)
    nonzero = bool(re.search("[1-9]", token.text.lower().partition("e")[0]))
    if number - number != 0.0 or (nonzero and number == 0.0):
        size = "small" if number == 0.0 else "large"
        raise _error(
            text, token.start, f"{_short(token.text)} is too {size} for a 64-bit float"
        )
    # 0e999999999 as a fraction would first compute the power of ten.
    exact = Fraction(token.text) if nonzero else Fraction(0)
    return _Step("number", token.start, number=number, exact=exact)


# -- computing -------------------------------------------------------------------------


def _checked(number: Any) -> Any:
    if number.__class__ in (int, bool):
        return int(number)  # adopts the kind of the others
    return number if column_of(number) is not None else as_data(number)


def _kind(numbers: Iterable[Any]) -> Column:
    for x in numbers:
        found = column(x) if x.__class__ is Value else column_of(x)
        if found is not None:
            return found
    return float64.COLUMN


def _adopted(number: int, kind: Column) -> Any:
    return as_data(number) if kind is float64.COLUMN else kind.adopt(number)


def _literal(step: _Step, kind: Column) -> Any:
    if kind is float64.COLUMN:
        return step.number
    whole = kind.adopt(step.exact.numerator)
    if step.exact.denominator == 1:
        return whole
    return kind.div(whole, kind.adopt(step.exact.denominator))


def _constant(name: str, kind: Column) -> Any:
    # Adding 0 makes a number of what only stands for one: mpmath's pi becomes its
    # digits, and that of the fractions refuses with a reason.
    return kind.add(kind.pi, kind.adopt(0)) if name == "pi" else kind.exp(kind.adopt(1))


def _power(base: Any, exponent: Any) -> Any:
    # A constant exponent is an attribute of the row, x**2 and not exp(2*log(x)).
    if exponent.__class__ is Value:
        return apply(TABLE["pow"], (base, exponent), {})
    whole = _whole(exponent)
    if base.__class__ is Value:
        return base ** (exponent if whole is None else whole)
    if whole is None:
        return apply(TABLE["pow"], (base, exponent), {})
    return apply(TABLE["powc"], (base,), {"n": whole})


def _whole(x: Any) -> int | None:
    try:
        whole = int(x)
    except (TypeError, ValueError, OverflowError):  # a symbol, NaN, an infinity
        return None
    return whole if x == whole else None


def _plain(x: Any) -> Any:
    return x.data if x.__class__ is Value else x


def _affordable(base: Any, exponent: Any) -> bool:
    if base.__class__ is float or not isinstance(exponent, Rational):
        return True
    size: Any = abs(exponent)
    if not isinstance(base, Rational):
        return bool(size <= MAX_SYMBOLIC_EXPONENT)
    return base in (0, 1, -1) or bool(_bits(base) * size <= MAX_BITS)


def _bits(x: Any) -> int:
    # The size of a number whose digits or exponent may grow without end.
    if x.__class__ is float:
        return 0
    if isinstance(x, Rational):
        return max(int(x.numerator).bit_length(), int(x.denominator).bit_length())
    if hasattr(x, "man_exp"):  # mpmath
        mantissa, exponent = x.man_exp
        return abs(exponent + mantissa.bit_length()) if mantissa else 0
    return 0


# -- messages ------------------------------------------------------------------------


def _error(text: str, start: int, message: str) -> ExpressionError:
    before = text[:start]
    place = f"column {start - before.rfind(chr(10))}"
    if "\n" in text:
        place = f"line {before.count(chr(10)) + 1}, {place}"
    return ExpressionError(f"{place}: {message}")


def _unknown(text: str, start: int, name: str, names: list[str]) -> ExpressionError:
    callable_ = functions()
    near = get_close_matches(name, [*names, *callable_]) if len(name) < 40 else []
    known = list(dict.fromkeys([*names[:12], *near, *_FAMILIAR]))
    return _error(
        text, start, f"unknown name {_short(name)}; known: {', '.join(known)}, ..."
    )


def _seen(token: _Token) -> str:
    meant = _MEANT.get(token.text)
    return _short(token.text) + (f"; write {meant}" if meant else "")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
