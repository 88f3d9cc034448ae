"""SymPy expressions in the language of the text.

What one can do with this file: print an expression so that it can be pasted back.
"""

from fractions import Fraction
from typing import Any

import sympy

from ..expression.names import functions
from ..expression.program import Step
from .trees import Node, apply, number, text

__all__ = ["in_language"]

_NAMES = {"Abs": "abs", "Max": "maximum", "Min": "minimum", "Heaviside": "step"}


def in_language(formula: Any) -> str | None:
    """The formula as text; None if the language does not have it.

    Examples
    --------
    >>> x, y = sympy.symbols("x y")
    >>> in_language(-sympy.log(x) + y**2 / sympy.exp(1))
    'y^2/e - ln(x)'
    """
    try:
        return text(_node(formula))
    except (TypeError, RecursionError):
        return None


def _node(e: Any) -> Node:
    # A SymPy expression as a tree of the language, terms with a plus sign first.
    if e.is_Rational:
        return number(Fraction(int(e.p), int(e.q)))
    if e.is_Symbol:
        return Node(Step("variable", 0, e.name))
    if e is sympy.pi or e is sympy.E:
        return Node(Step("constant", 0, "pi" if e is sympy.pi else "e"))
    if e.is_Add:
        terms = sorted(e.as_ordered_terms(), key=lambda t: t.could_extract_minus_sign())
        total = _node(terms[0])
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            other = _node(-term if minus else term)
            total = apply("sub" if minus else "add", total, other)
        return total
    if e.is_Mul:
        return _product(e)
    if e.is_Pow:
        return _power(e)
    name = _NAMES.get(e.func.__name__, e.func.__name__)
    if name not in functions():
        raise TypeError(f"{name} is not in the language")
    return apply(functions()[name].name, *map(_node, e.args))


def _product(e: Any) -> Node:
    if e.could_extract_minus_sign():
        return apply("neg", _node(-e))
    above, below = (part.as_ordered_factors() for part in sympy.fraction(e, exact=True))
    found = [_times(factors) for factors in (above, below)]
    return found[0] if below == [1] else apply("div", *found)


def _times(factors: list[Any]) -> Node:
    total = _node(factors[0])
    for factor in factors[1:]:
        total = apply("mul", total, _node(factor))
    return total


def _power(e: Any) -> Node:
    if e.exp == sympy.Rational(1, 2):
        return apply("sqrt", _node(e.base))
    if e.exp.is_Rational and e.exp < 0:
        return apply("div", number(1), _node(1 / e))
    return apply("pow", _node(e.base), _node(e.exp))
