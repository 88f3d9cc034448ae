"""Proving that an expression is zero, by size and never by time.

What one can do with this file: ask a SymPy expression whether it is 0, in two ways.

The one idea: exponentials, logarithms, roots, sine and cosine become letters that
know their rules (exp(a + b) = exp(a)*exp(b), log|a*b| = log|a| + log|b|, r*r = x,
c*c = 1 - s*s), and the rest is the arithmetic of fractions in `algebra`. What this
leaves open goes through the fixed rewrites of the SymPy column, if it is short.

A proof speaks of the points at which everything in the expression is defined: there
the argument of a logarithm is positive, so that log(u) = log|u|, which may be taken
apart whatever the signs of the factors.
"""

from fractions import Fraction
from typing import Any

import sympy

from ..numbers import symbolic
from .algebra import Element, Field, TooLarge, split

__all__ = ["is_tame", "vanishes_by_rewriting", "vanishes_in_letters"]

MAX_OPERATIONS = 3_000  # of an expression that is looked at
MAX_REWRITTEN = 80  # of one that SymPy may simplify
MAX_EXPONENT = 12
MAX_FACTORED = 10**12  # numbers that are taken apart into primes
MAX_SYMBOLS = 16


def vanishes_in_letters(expression: Any) -> bool:
    """Whether the letters' rules make 0 of it; False means "not proved".

    Examples
    --------
    >>> z = sympy.Symbol("z", real=True)
    >>> p = 1 / (1 + sympy.exp(-z))
    >>> vanishes_in_letters(sympy.log(p / (1 - p)) - z)
    True
    >>> vanishes_in_letters(sympy.log(p) - z)
    False
    """
    if sympy.count_ops(expression) > MAX_OPERATIONS:
        return False
    if not symbolic.finite(expression):
        return False
    try:
        field = Field()
        return field.is_zero(_Reader(field).element(expression))
    except (TooLarge, ZeroDivisionError, RecursionError):
        return False


def vanishes_by_rewriting(expression: Any) -> bool:
    """Whether the fixed rewrites of the SymPy column make 0 of it, if it is short."""
    short = sympy.count_ops(expression) <= MAX_REWRITTEN and is_tame(expression)
    return bool(short and symbolic.vanishes(expression))


def is_tame(expression: Any) -> bool:
    """Whether SymPy may expand it: few names, and no high power to multiply out."""
    powers = (p.exp for p in expression.atoms(sympy.Pow) if p.exp.is_Rational)
    small = all(abs(n.p) <= MAX_EXPONENT and n.q <= MAX_EXPONENT for n in powers)
    return small and len(expression.free_symbols) <= MAX_SYMBOLS


class _Reader:
    # A SymPy expression as an element of the field.
    def __init__(self, field: Field) -> None:
        self.field = field
        self.known: dict[Any, Element] = {}
        self.logs: dict[int, Element] = {}  # letter -> its logarithm
        self.exponentials: dict[int, Element] = {}  # letter of a log -> its exp
        self.roots: dict[Any, dict[int, Element]] = {}  # exp(m) -> n -> exp(m/n)

    def element(self, e: Any) -> Element:
        if e not in self.known:
            self.known[e] = self.read(e)
        return self.known[e]

    def read(self, e: Any) -> Element:
        field = self.field
        if e.is_Rational:
            return field.number(Fraction(int(e.p), int(e.q)))
        if e.is_Symbol or e is sympy.pi:
            return field.letter(e)
        if e.is_Add or e.is_Mul:
            join = field.add if e.is_Add else field.mul
            total = self.element(e.args[0])
            for argument in e.args[1:]:
                total = join(total, self.element(argument))
            return total
        if e is sympy.E:
            return self.exponential(field.number(1))
        if e.is_Pow:
            return self.power(e.base, e.exp)
        return self.function(e)

    def function(self, e: Any) -> Element:
        field = self.field
        if isinstance(e, sympy.exp):
            return self.exponential(self.element(e.args[0]))
        if isinstance(e, sympy.log):
            return self.logarithm(e.args[0])
        if isinstance(e, sympy.functions.elementary.hyperbolic.HyperbolicFunction):
            return self.element(e.rewrite(sympy.exp))
        if isinstance(e, sympy.erfc):
            return self.element(1 - sympy.erf(e.args[0]))
        if isinstance(e, (sympy.sin, sympy.cos, sympy.tan)):
            return self.circle(e)
        if isinstance(e, sympy.Function) and not isinstance(e, sympy.Piecewise):
            return field.letter((e.func, *(self.element(a).key for a in e.args)))
        return field.letter(e)

    def power(self, base: Any, exponent: Any) -> Element:
        field = self.field
        if exponent.is_Integer:
            return field.power(self.element(base), int(exponent))
        if exponent.is_Rational:
            return field.power(self.root(base, int(exponent.q)), int(exponent.p))
        # x**y is exp(y*log(x)); a whole part of y is a plain power of x.
        whole, rest = sympy.expand(exponent).as_coeff_Add()
        if not whole.is_Integer:
            whole, rest = sympy.Integer(0), exponent
        plain = field.power(self.element(base), int(whole))
        inside = field.mul(self.element(rest), self.logarithm(base))
        return field.mul(plain, self.exponential(inside))

    def root(self, base: Any, q: int) -> Element:
        field = self.field
        if base.is_Rational and not base.is_Integer:
            below = field.inverse(self.root(sympy.Integer(base.q), q))
            return field.mul(self.root(sympy.Integer(base.p), q), below)
        if base.is_Integer and 1 < base < MAX_FACTORED:
            primes = sympy.factorint(int(base))
            if len(primes) > 1:  # sqrt(10) is sqrt(2)*sqrt(5)
                total = field.number(1)
                for prime, n in primes.items():
                    share = self.root(sympy.Integer(prime), q)
                    total = field.mul(total, field.power(share, int(n)))
                return total
        inside = self.element(base)
        root = field.letter(("root", q, inside.key), (q, inside))
        share = field.mul(field.number(Fraction(1, q)), self.logarithm(base))
        self.logs.setdefault(_only_letter(root), share)
        return root

    def exponential(self, x: Element) -> Element:
        # exp(c*m + ...) over a common line: a product of exp(m/line)**c.
        field = self.field
        line = tuple(sorted(x.below.items()))
        total = field.number(1)
        for monomial, c in x.above.items():
            if not line and len(monomial) == 1 and c.denominator == 1:
                ((letter, n),) = monomial
                if n == 1 and letter in self.exponentials:
                    known = field.power(self.exponentials[letter], int(c))
                    total = field.mul(total, known)
                    continue
            inside = Element({monomial: Fraction(1)}, x.below)
            unit = field.letter(("exp", monomial, line))
            self.logs.setdefault(_only_letter(unit), inside)
            if c.denominator > 1:
                unit = self.exponential_root((monomial, line), c.denominator, unit)
            total = field.mul(total, field.power(unit, c.numerator))
        return total

    def exponential_root(self, key: Any, q: int, unit: Element) -> Element:
        # exp(m/q), in the letter of another root if that is possible: exp(m/3) is
        # exp(m/6)**2 where that came first, and exp(m/6)**2 is exp(m/3) if not.
        field = self.field
        known = self.roots.setdefault(key, {1: unit})
        if q not in known:
            finer = next((n for n in known if n % q == 0), 0)
            if finer:
                known[q] = field.power(known[finer], finer // q)
            else:
                coarser = max(n for n in known if q % n == 0)
                power = (q // coarser, known[coarser])
                known[q] = field.letter(("exp", *key, q), power)
                share = field.number(Fraction(1, q))
                log = field.mul(share, self.logs[_only_letter(unit)])
                self.logs.setdefault(_only_letter(known[q]), log)
        return known[q]

    def logarithm(self, e: Any) -> Element:
        # The logarithm of |e|, of its factors one by one.
        field = self.field
        if isinstance(e, sympy.exp):
            return self.element(e.args[0])
        if e is sympy.E:
            return field.number(1)
        if e.is_Mul:
            return self.total(self.logarithm(a) for a in e.args)
        if e.is_Pow:
            return field.mul(self.element(e.exp), self.logarithm(e.base))
        x = self.element(e)
        number, monomial, factor = split(x.above)
        parts = [self.log_of_number(number), self.log_of_sum(factor)]
        for letter, n in monomial:
            log = self.log_of_letter(letter)
            parts.append(field.mul(field.number(n), log))
        for below, n in x.below.items():
            parts.append(field.mul(field.number(-n), self.log_of_sum(below)))
        return self.total(parts)

    def total(self, parts: Any) -> Element:
        total = self.field.number(0)
        for part in parts:
            total = self.field.add(total, part)
        return total

    def log_of_number(self, number: Fraction) -> Element:
        field = self.field
        parts = []
        for n, sign in ((abs(number.numerator), 1), (number.denominator, -1)):
            primes = sympy.factorint(n) if n < MAX_FACTORED else {n: 1}
            for prime, times in primes.items():
                if prime > 1:
                    letter = field.letter(("log", int(prime)))
                    parts.append(field.mul(field.number(sign * times), letter))
        return self.total(parts)

    def log_of_sum(self, factor: Any) -> Element:
        if len(factor) == 1:  # 1: the rest of a single term
            return self.field.number(0)
        log = self.field.letter(("log", factor))
        self.exponentials.setdefault(_only_letter(log), Element(dict(factor), {}))
        return log

    def log_of_letter(self, letter: int) -> Element:
        if letter not in self.logs:
            log = self.field.letter(("log", letter))
            self.logs[letter] = log
            plain = Element({((letter, 1),): Fraction(1)}, {})
            self.exponentials[_only_letter(log)] = plain
        return self.logs[letter]

    def circle(self, e: Any) -> Element:
        field = self.field
        key = self.element(e.args[0]).key
        sine = field.letter(("sin", key))
        square = field.mul(field.number(-1), field.mul(sine, sine))
        cosine = field.letter(("cos", key), (2, field.add(field.number(1), square)))
        if isinstance(e, sympy.sin):
            return sine
        if isinstance(e, sympy.cos):
            return cosine
        return field.mul(sine, field.inverse(cosine))


def _only_letter(x: Element) -> int:
    ((monomial, _),) = x.above.items()
    return monomial[0][0]
