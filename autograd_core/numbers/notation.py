"""How formulas look: Unicode text, LaTeX and MathML from one precedence table.

What one can do with this file: print a `Formula` of `text.py` in each of the
three; add the textbook form of a row to `FORMS`; clean user text of characters
that cannot be printed.

The one idea: printing is two walks. The first rewrites each operation into the
few *shapes* that mathematics is written in (sum, product, fraction, power, root,
call, ...); the second puts the shapes together. How tightly each shape binds and
what it demands of its parts is one table, `_BINDS`, so the three outputs cannot
disagree about a bracket. Both walks use a list for a stack: depth has no limit.

The first walk also drops what nobody writes: ``1*x``, ``x*1``, ``0 + x``,
``x/1``, ``x**1``, ``--x``, and ``x*-1`` becomes ``-x``; sums and products lose
the brackets that associativity makes idle. *This is for display only*: no number
is ever computed from a formula.
"""

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

__all__ = ["latex", "mathml", "printable", "unicode_text"]


# -- the first walk: operations to shapes ----------------------------------------------


class Shape(NamedTuple):
    """A form of written mathematics, its parts, and what else it needs."""

    kind: str
    parts: tuple["Shape", ...] = ()
    extra: Any = None


def _number(value: Any) -> Shape:
    if isinstance(value, Fraction) and value.denominator != 1:
        top, bottom = _number(abs(value.numerator)), _number(value.denominator)
        ratio = Shape("quotient", (top, bottom))
        return Shape("minus", (ratio,)) if value < 0 else ratio
    if isinstance(value, (int, float, Fraction)) and value < 0:
        return Shape("minus", (_number(-value),))
    return Shape("number", (), value)


def _is(shape: Shape, value: int) -> bool:
    return shape.kind == "number" and shape.extra == value


def _minus(x: Shape) -> Shape:
    return x.parts[0] if x.kind == "minus" else Shape("minus", (x,))


def _plus(x: Shape, y: Shape) -> Shape:
    if _is(x, 0) or _is(y, 0):
        return y if _is(x, 0) else x
    return Shape("plus", (x, y))


def _less(x: Shape, y: Shape) -> Shape:
    if _is(y, 0):
        return x
    return _minus(y) if _is(x, 0) else Shape("less", (x, y))


def _times(x: Shape, y: Shape) -> Shape:
    for factor, other in ((x, y), (y, x)):
        if _is(factor, 1):
            return other
        if factor.kind == "minus" and _is(factor.parts[0], 1):
            return _minus(other)
    return Shape("times", (x, y))


def _over(x: Shape, y: Shape) -> Shape:
    return x if _is(y, 1) else Shape("quotient", (x, y))


def _power(x: Shape, n: Shape) -> Shape:
    return x if _is(n, 1) else Shape("power", (x, n))


def _to(x: Shape, n: int) -> Shape:
    return _power(x, _number(n))


def _call(name: str, *parts: Shape) -> Shape:
    return Shape("call", parts, name)


def _exp(x: Shape) -> Shape:
    return Shape("exp", (x,))


def _ln(x: Shape) -> Shape:
    return _call("ln", x)


def _root(x: Shape, degree: int = 2) -> Shape:
    return Shape("root", (x,), degree)


def _cases(condition: Shape, x: Shape, y: Shape) -> Shape:
    # where() takes any number for its condition; 0 means no.
    if condition.kind == "bracket":
        condition = condition.parts[0]
    else:
        condition = Shape("relation", (condition, _number(0)), "≠")
    return Shape("cases", (x, condition, y))


def _bracket(x: Shape, y: Shape) -> Shape:
    # Iverson's bracket [x > y]: 1 if it holds, else 0.
    return Shape("bracket", (Shape("relation", (x, y), ">"),))


def _sum(parts: Iterable[Shape]) -> Shape:
    total = _number(0)
    for part in parts:
        total = _plus(total, part)
    return total


def _dot(*parts: Shape) -> Shape:
    n = len(parts) // 2
    return _sum(map(_times, parts[:n], parts[n:]))


def _powc(x: Shape, n: Any, k: int) -> Shape:
    factor: Any = 1
    for i in range(k):
        factor *= n - i
    if factor == 0 or n == k:
        return _number(factor)
    return _times(_number(factor), _power(x, _number(n - k)))


def _sinc(x: Shape, k: int) -> Shape:
    return _call("sinc" + (f"^({k})" if k else ""), x)


_ONE = _number(1)

# Row -> its textbook form. A row that is not here is printed as a call.
FORMS: dict[str, Callable[..., Shape]] = {
    "name": lambda text: Shape("name", (), text),
    "number": lambda value: _number(value),
    "derivative": lambda *xs, total: Shape("derivative", xs, total),
    "equation": lambda *xs: Shape("equation", xs),
    "item": lambda x, k: Shape("item", (x,), k),
    "identity": lambda x: x,
    "add": _plus,
    "sub": _less,
    "mul": _times,
    "strong_mul": _times,
    "div": _over,
    "neg": _minus,
    "reciprocal": lambda x: _over(_ONE, x),
    "square": lambda x: _to(x, 2),
    "powc": _powc,
    "pow": lambda x, y, k=0: _power(x, _less(y, _number(k))),
    "sqrt": _root,
    "cbrt": lambda x: _root(x, 3),
    "hypot": lambda x, y: _root(_plus(_to(x, 2), _to(y, 2))),
    "exp": _exp,
    "expm1": lambda x: _less(_exp(x), _ONE),
    "log": _ln,
    "log1p": lambda x: _ln(_plus(_ONE, x)),
    "log2": lambda x: _call("log_2", x),
    "log10": lambda x: _call("log_10", x),
    "xlogy": lambda x, y: _times(x, _ln(y)),
    "sigmoid": lambda x: _call("σ", x),
    "sigmoid_diff": lambda x, y: _call("σ", _less(x, y)),
    "logistic_slope": lambda x: _call("σ′", x),
    "logaddexp": lambda x, y: _ln(_plus(_exp(x), _exp(y))),
    "logsumexp": lambda *xs: _ln(_sum(map(_exp, xs))),
    "asin": lambda x: _call("arcsin", x),
    "acos": lambda x: _call("arccos", x),
    "atan": lambda x: _call("arctan", x),
    "asinh": lambda x: _call("arsinh", x),
    "acosh": lambda x: _call("arcosh", x),
    "atanh": lambda x: _call("artanh", x),
    "asin_slope": lambda x: _over(_ONE, _root(_less(_ONE, _to(x, 2)))),
    "atanh_slope": lambda x: _over(_ONE, _less(_ONE, _to(x, 2))),
    "gauss": lambda x: _exp(_minus(_to(x, 2))),
    "normal_pdf": lambda x: _call("φ", x),
    "normal_cdf": lambda x: _call("Φ", x),
    "abs": lambda x: Shape("abs", (x,)),
    "step": lambda x: _bracket(x, _number(0)),
    "greater": _bracket,
    "where": _cases,
    "maximum": lambda x, y: _call("max", x, y),
    "minimum": lambda x, y: _call("min", x, y),
    "sinc": _sinc,
    "sum": lambda *xs: _sum(xs),
    "dot": _dot,
}


def _shape(node: Any, parts: list[Shape]) -> Shape:
    form = FORMS.get(node.op)
    if form is not None:
        return form(*parts, **node.attributes)
    numbers = [_number(v) for v in node.attributes.values() if v is not None]
    return Shape("call", (*parts, *numbers), node.op)


def _fold(root: Any, parts_of: Callable[[Any], Any], step: Callable[..., Any]) -> Any:
    # step(node, results of its parts) on every node, parts first, without recursion.
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(parts_of(node))
    results: list[Any] = []
    for node in reversed(order):  # a node comes after its parts, which are on top
        n = len(parts_of(node))
        parts = [results.pop() for _ in range(n)]
        results.append(step(node, parts))
    return results[0]


# -- the second walk: shapes to text -------------------------------------------------

EQUATION, CASES, SUM, QUOTIENT, PRODUCT, PREFIX, POWER, ATOM = range(8)

# Shape -> how tightly it binds, then what it demands of each of its parts. A part
# that binds less gets brackets, and so does one that begins with a minus sign but
# does not stand first. The last demand holds for all further parts.
_BINDS = {
    "equation": (EQUATION, CASES),
    "relation": (EQUATION, SUM),
    "cases": (CASES, SUM, EQUATION, CASES),
    "plus": (SUM, SUM),
    "less": (SUM, SUM, PRODUCT - 1),
    "minus": (PRODUCT, QUOTIENT),
    "times": (PRODUCT, PRODUCT, QUOTIENT),
    "quotient": (QUOTIENT, PRODUCT, PREFIX),
    "fraction": (PREFIX, EQUATION),  # a quotient written with a bar
    "power": (POWER, ATOM, ATOM),
    "raised": (POWER, ATOM, EQUATION),  # a power whose exponent is set higher
    "exp": (POWER, EQUATION),
    "root": (PREFIX, ATOM),
    "item": (ATOM, ATOM),
    "derivative": (QUOTIENT, ATOM),
}
