"""Fractions of polynomials in letters: what a proof computes in.

What one can do with this file: add, multiply and divide expressions whose atoms
(names, exponentials, logarithms, roots) are letters, and ask whether one is zero.

The one idea: an expression is a sum of products of letters over a product of sums,
and the sums below the line stay apart, so that equal ones meet again. Then "is it
zero" is a question about whole numbers. A letter may know its power: with r*r = x,
every r*r becomes x. Products of terms are counted and there is a most, so a proof
ends by its size, the same on every machine, and never by a clock.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd
from typing import NamedTuple

__all__ = ["Element", "Field", "TooLarge"]

MAX_PRODUCTS = 200_000  # about a second
MAX_POWER = 40

# A product of letters: ((letter, exponent), ...), letters ascending, no exponent 0.
Monomial = tuple[tuple[int, int], ...]
Polynomial = Mapping[Monomial, Fraction]
Factor = tuple[tuple[Monomial, Fraction], ...]  # a polynomial that can be a key

ONE: Polynomial = {(): Fraction(1)}


class TooLarge(ArithmeticError):
    """The expression is larger than a proof may be."""


class Element(NamedTuple):
    """A polynomial over a product of powers of polynomials."""

    above: Polynomial
    below: Mapping[Factor, int]

    @property
    def key(self) -> object:
        """Equal for elements that are written equally."""
        return frozenset(self.above.items()), frozenset(self.below.items())


class Field:
    """The letters of one proof, and the arithmetic on them."""

    def __init__(self, most: int = MAX_PRODUCTS) -> None:
        self.left = most
        self._letters: dict[object, int] = {}
        self.keys: list[object] = []
        self.powers: dict[int, tuple[int, Element]] = {}  # letter**n = element

    # -- letters -----------------------------------------------------------------------

    def letter(self, key: object, power: tuple[int, Element] | None = None) -> Element:
        """The letter for ``key``, new or not; ``power`` is (n, letter**n)."""
        if key not in self._letters:
            self._letters[key] = len(self.keys)
            self.keys.append(key)
            if power is not None:
                self.powers[self._letters[key]] = power
        return Element({((self._letters[key], 1),): Fraction(1)}, {})

    @staticmethod
    def number(x: Fraction | int) -> Element:
        """A rational number."""
        return Element({(): Fraction(x)} if x else {}, {})

    # -- arithmetic --------------------------------------------------------------------

    def add(self, x: Element, y: Element) -> Element:
        """x + y."""
        below = dict(x.below)
        for factor, n in y.below.items():
            below[factor] = max(n, below.get(factor, 0))
        total = dict(self._raised(x, below))
        for monomial, c in self._raised(y, below).items():
            total[monomial] = total.get(monomial, Fraction(0)) + c
        return Element({m: c for m, c in total.items() if c}, below)

    def mul(self, x: Element, y: Element) -> Element:
        """x * y."""
        below = dict(x.below)
        for factor, n in y.below.items():
            below[factor] = below.get(factor, 0) + n
        above = self._product(x.above, y.above)
        if not above:
            return self.number(0)
        if below:
            number, monomial, factor = split(above)
            n = min(1, below.get(factor, 0))
            if n:
                below[factor] -= n
                if not below[factor]:
                    del below[factor]
                above = {monomial: number}
        return Element(above, below)

    def inverse(self, x: Element) -> Element:
        """1 / x.

        Raises
        ------
        ZeroDivisionError
            If x is written as zero.
        """
        if not x.above:
            raise ZeroDivisionError("the inverse of zero")
        number, monomial, factor = split(x.above)
        inverted = tuple((letter, -n) for letter, n in monomial)
        above: Polynomial = {inverted: 1 / number}
        for known, n in x.below.items():
            above = self._product(above, self._power(dict(known), n))
        return Element(above, {} if factor == UNIT else {factor: 1})

    def power(self, x: Element, n: int) -> Element:
        """x**n for a whole n."""
        if abs(n) > MAX_POWER:
            raise TooLarge
        base = x if n >= 0 else self.inverse(x)
        below = {factor: k * abs(n) for factor, k in base.below.items() if n}
        return Element(self._power(base.above, abs(n)), below)

    def is_zero(self, x: Element) -> bool:
        """Whether x is zero by the rules of a field and the known powers."""
        above = x.above
        for letter in sorted(self.powers, reverse=True):
            above = self._reduced(above, letter)
        return not above

    # -- polynomials -------------------------------------------------------------------

    def _product(self, x: Polynomial, y: Polynomial) -> Polynomial:
        self.left -= len(x) * len(y)
        if self.left < 0:
            raise TooLarge
        total: dict[Monomial, Fraction] = {}
        for m, c in x.items():
            for n, d in y.items():
                monomial = _joined(m, n)
                total[monomial] = total.get(monomial, Fraction(0)) + c * d
        return {m: c for m, c in total.items() if c}

    def _power(self, x: Polynomial, n: int) -> Polynomial:
        total = ONE
        for _ in range(n):
            total = self._product(total, x)
        return total

    def _raised(self, x: Element, below: Mapping[Factor, int]) -> Polynomial:
        # The polynomial above the line when `below` is the one under it.
        above = x.above
        for factor, n in below.items():
            missing = n - x.below.get(factor, 0)
            if missing:
                above = self._product(above, self._power(dict(factor), missing))
        return above

    def _reduced(self, above: Polynomial, letter: int) -> Polynomial:
        # Put in what letter**n is; x = 0 if and only if x*letter**k = 0.
        n, element = self.powers[letter]
        exponents = [dict(monomial).get(letter, 0) for monomial in above]
        if not exponents or not any(exponents):
            return above
        lift = -(min(exponents) // n) * n if min(exponents) < 0 else 0
        most = max((e + lift) // n for e in exponents)
        below = Element(element.above, {})
        under: Polynomial = ONE
        for factor, k in element.below.items():
            under = self._product(under, self._power(dict(factor), k))
        total: dict[Monomial, Fraction] = {}
        for (monomial, c), e in zip(above.items(), exponents, strict=True):
            times, rest = divmod(e + lift, n)
            kept = tuple(pair for pair in monomial if pair[0] != letter)
            kept = _joined(kept, ((letter, rest),) if rest else ())
            term = self._product({kept: c}, self._power(below.above, times))
            term = self._product(term, self._power(under, most - times))
            for m, d in term.items():
                total[m] = total.get(m, Fraction(0)) + d
        return {m: c for m, c in total.items() if c}


UNIT: Factor = (((), Fraction(1)),)


def split(above: Polynomial) -> tuple[Fraction, Monomial, Factor]:
    """A polynomial that is not zero as number * product of letters * the rest.

    The rest has whole coefficients without a common divisor, no letter in every
    term, and a positive first coefficient: it is the same for x and for -2*x*y.
    """
    low: dict[int, int] = {}
    monomials = list(above)
    letters = {letter for m in monomials for letter, _ in m}
    for letter in letters:
        least = min(dict(m).get(letter, 0) for m in monomials)
        if least:
            low[letter] = least
    content = tuple(sorted(low.items()))
    down = tuple((letter, -n) for letter, n in content)
    terms = sorted((_joined(m, down), c) for m, c in above.items())
    number = Fraction(
        gcd(*(c.numerator for _, c in terms)),
        _least_multiple([c.denominator for _, c in terms]),
    )
    if terms[0][1] < 0:
        number = -number
    return number, content, tuple((m, c / number) for m, c in terms)


def _least_multiple(numbers: list[int]) -> int:
    total = 1
    for n in numbers:
        total = total * n // gcd(total, n)
    return total


def _joined(x: Monomial, y: Monomial) -> Monomial:
    if not x or not y:
        return x or y
    total = dict(x)
    for letter, n in y:
        total[letter] = total.get(letter, 0) + n
    return tuple(sorted((letter, n) for letter, n in total.items() if n))
