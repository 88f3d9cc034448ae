"""What a formula looks like: each operation as a shape of written mathematics.

What one can do with this file: rewrite a `Formula` of `text.py` into the few
*shapes* that mathematics is written in (sum, product, quotient, power, root,
call, ...), which `typeset.py` prints; give a row its textbook form in `FORMS`.

The one idea: display names and textbook forms belong to the page and not to the
rule, so they are looked up here and nowhere else. A row without an entry is
printed as a call of its name, so a user's own row needs none.

On the way, what nobody writes is dropped: ``1*x``, ``x*1``, ``0 + x``, ``x/1``,
``x**1``, ``--x``; ``x*-1`` becomes ``-x``. *This is for display only*: no number
is ever computed from a formula.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import factorial
from typing import Any, NamedTuple, TypeVar

__all__ = ["FORMS", "Shape", "fold", "shape_of"]

T = TypeVar("T")


class Shape(NamedTuple):
    """A form of written mathematics, its parts, and what else it needs."""

    kind: str
    parts: tuple["Shape", ...] = ()
    extra: Any = None


def fold(
    root: Any,
    parts_of: Callable[[Any], Sequence[Any]],
    step: Callable[[Any, list[T]], T],
) -> T:
    """``step(node, results of its parts)`` on every node; no recursion."""
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(parts_of(node)))
    results: list[T] = []
    for node in reversed(order):  # the results of its parts are on top
        parts = [results.pop() for _ in parts_of(node)]
        results.append(step(node, parts))
    return results[0]


def shape_of(formula: Any) -> Shape:
    """The shape of a whole `Formula`."""
    return fold(formula, lambda node: node.operands, _shape)


def _shape(node: Any, parts: list[Shape]) -> Shape:
    form = FORMS.get(node.op)
    if form is not None:
        return form(*parts, **node.attributes)
    numbers = [_number(v) for v in node.attributes.values() if v is not None]
    return Shape("call", (*parts, *numbers), node.op)


# -- shapes, without what nobody writes ------------------------------------------------


def _number(value: Any) -> Shape:
    if not isinstance(value, (int, float, Fraction)):
        if hasattr(value, "operands"):  # an attribute that is a formula itself
            return shape_of(value)
        return Shape("name", (), str(value))
    if value < 0:
        return Shape("minus", (_number(-value),))
    if isinstance(value, Fraction) and value.denominator != 1:
        return _over(_number(value.numerator), _number(value.denominator))
    if not isinstance(value, float):
        return Shape("number", (), str(int(value)))
    digits, _, exponent = f"{value:.6g}".lstrip("-").partition("e")
    if exponent:
        scale = _power(Shape("number", (), "10"), _number(int(exponent)))
        return _times(Shape("number", (), digits), scale)
    return Shape("number", (), {"inf": "∞", "nan": "NaN"}.get(digits, digits))


def _is(shape: Shape, digit: str) -> bool:
    return shape.kind == "number" and shape.extra == digit


def _minus(x: Shape) -> Shape:
    return x.parts[0] if x.kind == "minus" else Shape("minus", (x,))


def _plus(x: Shape, y: Shape) -> Shape:
    if _is(x, "0") or _is(y, "0"):
        return y if _is(x, "0") else x
    return Shape("plus", (x, y))


def _less(x: Shape, y: Shape) -> Shape:
    if _is(y, "0"):
        return x
    return _minus(y) if _is(x, "0") else Shape("less", (x, y))


def _times(x: Shape, y: Shape) -> Shape:
    for factor, other in ((x, y), (y, x)):
        if _is(factor, "1"):
            return other
        if factor.kind == "minus" and _is(factor.parts[0], "1"):
            return _minus(other)
    return Shape("times", (x, y))


def _over(x: Shape, y: Shape) -> Shape:
    return x if _is(y, "1") else Shape("quotient", (x, y))


def _power(x: Shape, n: Shape) -> Shape:
    return x if _is(n, "1") else Shape("power", (x, n))


def _to(x: Shape, n: int) -> Shape:
    return _power(x, _number(n))


def _exp(x: Shape) -> Shape:
    return Shape("exp", (x,))


def _ln(x: Shape) -> Shape:
    return Shape("call", (x,), "ln")


def _root(x: Shape, degree: int = 2) -> Shape:
    return Shape("root", (x,), degree)


def _call(name: str) -> Callable[..., Shape]:
    return lambda *parts: Shape("call", parts, name)


def _bracket(x: Shape, y: Shape) -> Shape:
    # Iverson's bracket [x > y]: 1 if it holds, else 0.
    return Shape("bracket", (Shape("relation", (x, y), ">"),))


def _cases(condition: Shape, x: Shape, y: Shape) -> Shape:
    # where() takes any number for its condition; 0 means no.
    if condition.kind == "bracket":
        return Shape("cases", (x, condition.parts[0], y))
    relation = Shape("relation", (condition, _number(0)), "≠")
    return Shape("cases", (x, relation, y))


def _sum(*parts: Shape) -> Shape:
    return _total(parts)


def _total(parts: Iterable[Shape]) -> Shape:
    total = _number(0)
    for part in parts:
        total = _plus(total, part)
    return total


def _dot(*parts: Shape) -> Shape:
    n = len(parts) // 2
    return _total(map(_times, parts[:n], parts[n:]))


def _powc(x: Shape, n: Any, k: int) -> Shape:
    factor: Any = 1
    for i in range(k):
        factor *= n - i
    if factor == 0 or n == k:
        return _number(factor)
    return _times(_number(factor), _power(x, _number(n - k)))


def _pow(x: Shape, y: Shape, k: int = 0, j: int = 0) -> Shape:
    # As `power_factor` of the table, in shapes.
    factors = [_number(1)]
    for _ in range(j):
        factors.append(_times(factors[-1], _ln(x)))
    for s in range(k):
        grown = [_times(_less(y, _number(s)), f) for f in factors]
        factors = [
            _plus(g, _times(_number(i), factors[i - 1])) if i else g
            for i, g in enumerate(grown)
        ]
    power = _power(x, _less(y, _number(k)))
    return _times(factors[j], power) if k else _times(power, factors[j])


def _ratio_slope(x: Shape, y: Shape, k: int) -> Shape:
    size = _over(_times(_number(factorial(k)), x), _to(y, k + 1))
    return _minus(size) if k % 2 else size


_ONE, _ZERO = _number(1), _number(0)

# Row (or notation of `text.py`) -> its textbook form.
FORMS: dict[str, Callable[..., Shape]] = {
    "name": lambda text: Shape("name", (), text),
    "number": lambda value: _number(value),
    "derivative": lambda *xs, total: Shape("derivative", xs, total),
    "equation": lambda *xs: Shape("equation", xs),
    "chain": lambda *xs: Shape("chain", xs),
    "item": lambda x, k: Shape("item", (x,), k),
    "identity": lambda x: x,
    "add": _plus,
    "sub": _less,
    "mul": _times,
    "strong_mul": _times,
    "div": _over,
    "ratio_slope": _ratio_slope,
    "neg": _minus,
    "reciprocal": lambda x: _over(_ONE, x),
    "square": lambda x: _to(x, 2),
    "powc": _powc,
    "pow": _pow,
    "sqrt": _root,
    "cbrt": lambda x: _root(x, 3),
    "hypot": lambda x, y: _root(_plus(_to(x, 2), _to(y, 2))),
    "exp": _exp,
    "expm1": lambda x: _less(_exp(x), _ONE),
    "gauss": lambda x: _exp(_minus(_to(x, 2))),
    "log": _ln,
    "log1p": lambda x: _ln(_plus(_ONE, x)),
    "log2": _call("log_2"),
    "log10": _call("log_10"),
    "xlogy": lambda x, y: _times(x, _ln(y)),
    "logaddexp": lambda x, y: _ln(_plus(_exp(x), _exp(y))),
    "logsumexp": lambda *xs: _ln(_total(map(_exp, xs))),
    "sigmoid": _call("σ"),
    "sigmoid_diff": lambda x, y: _call("σ")(_less(x, y)),
    "logistic_slope": _call("σ′"),
    "sinc": lambda x, k: _call("sinc" + "′" * k)(x),
    "asin": _call("arcsin"),
    "acos": _call("arccos"),
    "atan": _call("arctan"),
    "asinh": _call("arsinh"),
    "acosh": _call("arcosh"),
    "atanh": _call("artanh"),
    "asin_slope": lambda x: _over(_ONE, _root(_less(_ONE, _to(x, 2)))),
    "atanh_slope": lambda x: _over(_ONE, _less(_ONE, _to(x, 2))),
    "normal_pdf": _call("φ"),
    "normal_cdf": _call("Φ"),
    "abs": lambda x: Shape("abs", (x,)),
    "step": lambda x: _bracket(x, _ZERO),
    "greater": _bracket,
    "where": _cases,
    "maximum": _call("max"),
    "minimum": _call("min"),
    "sum": _sum,
    "dot": _dot,
}
