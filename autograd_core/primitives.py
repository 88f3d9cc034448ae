"""The table: every operation of the engine, once, with its derivative.

What one can do with this file: read what the derivative of any operation is,
where it is defined and what happens at its kinks; add an operation by adding a
row (or, from outside the package, with `autograd_core.register`).

The one idea: a rule is a formula over *any* kind of number. It is given the
column ``m`` of the numbers at hand, the operands and the result, and it uses
operators, other rows (``m.exp``), the named constants (``m.pi``) and integers;
never a Python branch and never a comparison. Because every name that a rule
uses is a row again, every derivative can be differentiated again.

Rules are written so that they stay accurate when they are differentiated: some
rows (`sech`, `logistic_slope`, `gauss`, ...) exist only because the textbook
form of a slope loses its digits in floating point. Their ``shown`` form prints
what the textbook says, and a test proves both equal.

Sources: DLMF (https://dlmf.nist.gov) section numbers in each row.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from .errors import PrimitiveError

Rule = Callable[..., Any]

# How many members of a family are kept; nodes keep their own alive.
MOST_MEMBERS = 1000

CONSTANTS = ("pi", "ln2", "ln10", "two_over_sqrt_pi", "sqrt2")


@dataclass(frozen=True)
class Interval:
    """A set of real numbers for one operand: where the operation is smooth.

    ``singular`` are points at which the value or a derivative is not defined or
    not smooth; tests sample densely around them.
    """

    low: float
    high: float
    singular: tuple[float, ...] = ()


INF = float("inf")
REAL = Interval(-INF, INF)
NONZERO = Interval(-INF, INF, (0.0,))
POSITIVE = Interval(0.0, INF, (0.0,))
UNIT = Interval(-1.0, 1.0, (-1.0, 1.0))
ABOVE_ONE = Interval(1.0, INF, (1.0,))
ABOVE_MINUS_ONE = Interval(-1.0, INF, (-1.0,))


@dataclass(frozen=True, eq=False)
class Primitive:
    """One operation: its name, its partial derivatives, and what they hold for.

    Parameters
    ----------
    name
        The field's name of it; also its attribute on every column.
    partials
        One callable per operand, ``(m, *operands, out, **attributes)``, or None
        where the derivative is zero everywhere it exists. For a variadic row one
        callable ``(m, operands, out, **attributes)`` that returns a sequence of
        partials; with ``multiple`` it returns one such sequence per output.
    symbol
        How micrograd's ``_op`` and a drawing's card call it; the name if empty.
    formula
        The same function by other rows, ``(m, *operands, **attributes)``. A
        column without a kernel of its own uses it.
    shown
        The partials in the form of a textbook; proved equal, never computed with.
    attributes
        Names of static keyword parameters, for example the exponent of ``x**3``.
    kinks
        What is returned where the derivative does not exist: point -> sentence.
    domain
        One `Interval` per operand (a variadic row: one for all).
    helper
        True for rows that exist for the accuracy of another row's derivative.
    """

    name: str
    partials: tuple[Rule | None, ...] | Rule
    symbol: str = ""
    formula: Rule | None = None
    shown: tuple[Rule | None, ...] | Rule | None = None
    attributes: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    variadic: bool = False
    multiple: bool = False
    kinks: Mapping[str, str] = field(default_factory=dict)
    domain: tuple[Interval, ...] = (REAL,)
    source: str = ""
    helper: bool = False
    bound: Mapping[str, Any] = field(default_factory=dict)
    # Whether the reverse sweep must take its general way, because there are not
    # just one or two numbers with a rule each.
    general: bool = False
    _members: dict[Any, "Primitive"] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        plain = not self.variadic and len(self.partials) < 3  # type: ignore[arg-type]
        if not plain or None in self.partials:  # type: ignore[operator]
            object.__setattr__(self, "general", True)

    @property
    def arity(self) -> int:
        """Number of operands; -1 for a variadic row."""
        return -1 if self.variadic else len(self.partials)  # type: ignore[arg-type]

    def bind(self, attributes: Mapping[str, Any]) -> "Primitive":
        """The member of this family with the given static attributes.

        Members are kept, so that equal attributes give the same object and a
        node needs no slot for them.
        """
        if not attributes and not self.attributes:
            return self
        values = {**self.defaults, **attributes}
        if set(values) != set(self.attributes):
            raise TypeError(
                f"{self.name}() takes the attributes {list(self.attributes)}, "
                f"got {sorted(values)}"
            )
        # By type and text: 2 is not 2.0, 0.0 is not -0.0, and NaN is one NaN.
        key = tuple((type(v), repr(v)) for v in values.values())
        member = self._members.get(key)
        if member is None:
            if len(self._members) >= MOST_MEMBERS:  # an exponent that is a schedule
                self._members.clear()
            member = replace(
                self,
                partials=_with(self.partials, values),
                shown=_with(self.shown, values),
                formula=_with(self.formula, values),
                symbol=self.symbol.format(**values),
                bound=values,
                _members={},
            )
            self._members[key] = member
        return member

    def __repr__(self) -> str:
        values = "".join(f", {k}={v!r}" for k, v in self.bound.items())
        return f"<primitive {self.name}{values}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} is a row of a table and is not pickled")


def _with(rules: Any, attributes: Mapping[str, Any]) -> Any:
    if rules is None:
        return None
    if isinstance(rules, tuple):
        return tuple(r and partial(r, **attributes) for r in rules)
    return partial(rules, **attributes)


class Table(Mapping[str, Primitive]):
    """All rows by name. Rows are added, never replaced.

    ``built_in`` holds the names of the package's own rows, which every column
    must do or refuse; a user's row is refused where it has no kernel.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Primitive] = {}
        self.built_in: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Primitive:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Primitive) -> Primitive:
        """Put a row into the table.

        Raises
        ------
        PrimitiveError
            If the name is taken, is not an identifier, or is a constant's.
        """
        if not row.name.isidentifier() or row.name in CONSTANTS:
            raise PrimitiveError(f"'{row.name}' cannot name a primitive")
        if row.name in self._rows:
            raise PrimitiveError(f"there is a primitive '{row.name}' already")
        if not row.symbol:
            row = replace(row, symbol=row.name, _members={})
        self._rows[row.name] = row
        return row

    def discard(self, name: str) -> None:
        """Take back a row that turned out to break the rules."""
        self._rows.pop(name, None)


TABLE = Table()


def one(m: Any, *operands_and_out: Any) -> int:
    """The partial of everything that hands its adjoint on unchanged."""
    return 1


def left(m: Any, x: Any, y: Any, out: Any) -> Any:
    """The partial of a product by its second operand."""
    return x


def right(m: Any, x: Any, y: Any, out: Any) -> Any:
    """The partial of a product by its first operand."""
    return y


def _rows(*rows: Primitive) -> None:
    for row in rows:
        TABLE.add(row)


def hermite(x: Any, k: int, a: int) -> Any:
    """The polynomial p with ``(d/dx)**k exp(-a*x*x/2) = p(x) * exp(-a*x*x/2)``."""
    before, p = 0, 1
    for i in range(k):
        before, p = p, -a * (x * p + i * before)
    return p


Terms = tuple[tuple[int, int, int], ...]  # (c, p, q) for c * x**p * y**q


@lru_cache(maxsize=100)
def over_hypot(terms: Terms, n: int, i: int, j: int) -> tuple[Terms, int]:
    """The i-th derivative in x and j-th in y of sum(terms) / hypot(x, y)**n.

    It is such a quotient again: its terms, and its power of hypot(x, y). Terms
    that cancel do so here, among integers.
    """
    found = Counter({(p, q): c for c, p, q in terms})
    for in_x in [True] * i + [False] * j:
        new: Counter[tuple[int, int]] = Counter()
        for (p, q), c in found.items():
            new[(p - 1, q + 2) if in_x else (p + 2, q - 1)] += c * (p if in_x else q)
            new[(p + 1, q) if in_x else (p, q + 1)] += c * ((p if in_x else q) - n)
        found, n = new, n + 2
    return tuple((c, p, q) for (p, q), c in sorted(found.items()) if c), n


def hypot_terms(i: int, j: int) -> tuple[Terms, int]:
    """`over_hypot` for (d/dx)**i (d/dy)**j hypot(x, y); not both i and j are 0."""
    if i:
        return over_hypot(((1, 1, 0),), 1, i - 1, j)
    return over_hypot(((1, 0, 1),), 1, 0, j - 1)


def atan2_terms(i: int, j: int) -> tuple[Terms, int]:
    """The same for atan2(x, y), whose derivative in x is y / hypot(x, y)**2."""
    if i:
        return over_hypot(((1, 0, 1),), 2, i - 1, j)
    return over_hypot(((-1, 1, 0),), 2, 0, j - 1)


def total_of(terms: Terms, x: Any, y: Any) -> Any:
    """sum(c * x**p * y**q)."""
    found: Any = 0
    for c, p, q in terms:
        product: Any = c
        for base, exponent in ((x, p), (y, q)):
            if exponent:
                product = product * (base**exponent if exponent > 1 else base)
        found = found + product
    return found


def _hypot_slope(m: Any, x: Any, y: Any, i: int, j: int) -> Any:
    (terms, n), h = hypot_terms(i, j), m.hypot(x, y)
    return m.where(h, total_of(terms, x, y) / (h**n if n > 1 else h), 0)


def _atan2_slope(m: Any, x: Any, y: Any, i: int, j: int) -> Any:
    (terms, n), square = atan2_terms(i, j), x * x + y * y
    return total_of(terms, x, y) / (square ** (n // 2) if n > 2 else square)


def logistic_factor(t: Any, k: int) -> Any:
    """2**k * p, with (d/dx)**k of the logistic slope = p * the logistic slope.

    p is a polynomial of ``t``, tanh(x/2): t' is (1 - t*t)/2, and the slope's own
    derivative is -t times itself.
    """
    coefficients = [1]  # of t**0, t**1, ...
    for _ in range(k):
        new = [0] * (len(coefficients) + 1)
        for power, c in enumerate(coefficients):
            new[power + 1] -= (2 + power) * c
            if power:
                new[power - 1] += power * c
        coefficients = new
    found: Any = 0
    for c in reversed(coefficients):
        found = found * t + c
    return found


def silu_slope(m: Any, x: Any, k: int) -> Any:
    """(d/dx)**k of x * sigmoid(x)."""
    slope = m.logistic_slope(x)
    if k == 1:
        return m.sigmoid(x) + x * slope
    t = m.tanh(x / 2)
    both = 2 * k * logistic_factor(t, k - 2) + x * logistic_factor(t, k - 1)
    return slope * both / 2 ** (k - 1)


def ratio_slope(x: Any, y: Any, k: int) -> Any:
    """The k-th derivative of x/y in y: (-1)**k * k! * x / y**(k + 1)."""
    out = x / y
    for i in range(1, k + 1):
        out = -i * out / y
    return out


def power_factor(y: Any, log: Any, k: int, j: int) -> Any:
    """What x**(y - k) is multiplied by in (d/dx)**k (d/dy)**j x**y; log is log(x)."""
    # Over i: the factor for i instead of j. Each d/dx multiplies by (y - s)/x first.
    factors = [1]
    for _ in range(j):
        factors.append(factors[-1] * log)
    for s in range(k):
        factors = [
            (y - s) * f + (i * factors[i - 1] if i else 0)
            for i, f in enumerate(factors)
        ]
    return factors[j]


def power_slope(m: Any, x: Any, y: Any, power: Any, k: int, j: int) -> Any:
    """(d/dx)**k (d/dy)**j x**y from ``power``, x**(y - k)."""
    if j == 0:
        return m.strong_mul(power_factor(y, 0, k, 0), power) if k else power
    sign = -1 if j % 2 else 1
    at_zero = sign * m.strong_mul(power_factor(y, 0, k, 0), power)
    return m.where(
        x,
        power_factor(y, m.log(x), k, j) * power,
        m.where(m.step(k - y), at_zero, 0),
    )


# -- arithmetic --------------------------------------------------------------------

_rows(
    Primitive("identity", (one,), symbol="="),
    Primitive(
        "add",
        (one, one),
        symbol="+",
        domain=(REAL, REAL),
    ),
    Primitive(
        "sub",
        (one, lambda m, x, y, out: -1),
        symbol="-",
        domain=(REAL, REAL),
    ),
    Primitive(
        "mul",
        (right, left),
        symbol="*",
        domain=(REAL, REAL),
    ),
    Primitive(
        "div",
        (lambda m, x, y, out: 1 / y, lambda m, x, y, out: m.ratio_slope(x, y, k=1)),
        symbol="/",
        shown=(lambda m, x, y, out: 1 / y, lambda m, x, y, out: -x / y**2),
        domain=(REAL, NONZERO),
    ),
    Primitive(
        "ratio_slope",  # the k-th derivative of x/y in y, rounded once
        (
            lambda m, x, y, out, k: m.ratio_slope(1, y, k=k),
            lambda m, x, y, out, k: m.ratio_slope(x, y, k=k + 1),
        ),
        formula=lambda m, x, y, k: ratio_slope(x, y, k),
        attributes=("k",),
        domain=(REAL, NONZERO),
        helper=True,
    ),
    Primitive("neg", (lambda m, x, out: -1,), symbol="neg"),
    Primitive(
        "strong_mul",  # 0 wherever x is 0, also against an infinite or NaN y
        (lambda m, x, y, out: y, lambda m, x, y, out: x),
        symbol="*",
        formula=lambda m, x, y: x * y,
        domain=(REAL, REAL),
        helper=True,
    ),
    Primitive(
        "reciprocal",
        (lambda m, x, out: -out / x,),
        formula=lambda m, x: 1 / x,
        shown=(lambda m, x, out: -1 / x**2,),
        domain=(NONZERO,),
    ),
    Primitive("square", (lambda m, x, out: 2 * x,), formula=lambda m, x: x * x),
    # falling(n, k) * x**(n - k): the k-th derivative of x**n. Carrying k as an
    # attribute keeps x**(n-1) from being computed with a rounded n - 1.
    Primitive(
        "powc",
        (lambda m, x, out, n, k: m.powc(x, n=n, k=k + 1),),
        symbol="**{n}",
        shown=(lambda m, x, out, n, k: m.powc(x, n=n, k=k + 1),),
        attributes=("n", "k"),
        defaults={"k": 0},
        domain=(POSITIVE,),
        source="DLMF 4.4(iii)",
    ),
    # The k-th derivative in x and j-th in y of x**y, for the same reason; their
    # factor meets x**(y - k) before the result is rounded or overflows.
    Primitive(
        "pow",
        (
            lambda m, x, y, out, k, j: m.pow(x, y, k=k + 1, j=j),
            lambda m, x, y, out, k, j: m.pow(x, y, k=k, j=j + 1),
        ),
        symbol="**",
        shown=(
            lambda m, x, y, out, k, j: m.pow(x, y, k=k + 1, j=j),
            lambda m, x, y, out, k, j: m.pow(x, y, k=k, j=j + 1),
        ),
        attributes=("k", "j"),
        defaults={"k": 0, "j": 0},
        kinks={"x = 0, y >= 0": "d/dy = 0"},
        domain=(POSITIVE, REAL),
        source="DLMF 4.2.26",
    ),
    Primitive(
        "sqrt",
        (lambda m, x, out: 1 / (2 * out),),
        domain=(POSITIVE,),
        kinks={"x = 0": "the slope is infinite"},
    ),
    Primitive(
        "cbrt",
        (lambda m, x, out: out**-2 / 3,),
        domain=(NONZERO,),
        kinks={"x = 0": "the slope is infinite"},
    ),
    Primitive(
        "hypot",
        (
            lambda m, x, y, out: m.hypot_slope(x, y),
            lambda m, x, y, out: m.hypot_slope(x, y, i=0, j=1),
        ),
        shown=(lambda m, x, y, out: x / out, lambda m, x, y, out: y / out),
        domain=(NONZERO, NONZERO),
        kinks={"x = y = 0": "(0, 0), the subgradient of least norm"},
    ),
    Primitive(
        "hypot_slope",  # the i-th derivative in x, j-th in y, rounded once
        (
            lambda m, x, y, out, i, j: m.hypot_slope(x, y, i=i + 1, j=j),
            lambda m, x, y, out, i, j: m.hypot_slope(x, y, i=i, j=j + 1),
        ),
        formula=_hypot_slope,
        attributes=("i", "j"),
        defaults={"i": 1, "j": 0},
        domain=(NONZERO, NONZERO),
        kinks={"x = y = 0": "0"},
        helper=True,
    ),
)

# -- exponentials and logarithms ---------------------------------------------------

_rows(
    Primitive("exp", (lambda m, x, out: out,), source="DLMF 4.4.4"),
    Primitive(
        "expm1",
        (lambda m, x, out: m.exp(x),),
        formula=lambda m, x: m.exp(x) - 1,
    ),
    Primitive(
        "log", (lambda m, x, out: 1 / x,), domain=(POSITIVE,), source="DLMF 4.4.1"
    ),
    Primitive(
        "log1p",
        (lambda m, x, out: 1 / (1 + x),),
        formula=lambda m, x: m.log(1 + x),
        domain=(ABOVE_MINUS_ONE,),
    ),
    Primitive(
        "log2",
        (lambda m, x, out: 1 / m.ln2 / x,),
        formula=lambda m, x: m.log(x) / m.ln2,
        shown=(lambda m, x, out: 1 / (x * m.ln2),),
        domain=(POSITIVE,),
    ),
    Primitive(
        "log10",
        (lambda m, x, out: 1 / m.ln10 / x,),
        formula=lambda m, x: m.log(x) / m.ln10,
        shown=(lambda m, x, out: 1 / (x * m.ln10),),
        domain=(POSITIVE,),
    ),
    Primitive(
        "xlogy",  # x * log(y), and 0 where x is 0
        (
            lambda m, x, y, out: m.log(y),
            lambda m, x, y, out: m.where(y, x / y, m.strong_mul(x, 1 / y)),
        ),
        formula=lambda m, x, y: m.where(x, x * m.log(y), 0),
        shown=(lambda m, x, y, out: m.log(y), lambda m, x, y, out: x / y),
        domain=(REAL, POSITIVE),
        kinks={"x = y = 0": "d/dy = 0"},
    ),
    Primitive(
        "sigmoid_diff",  # sigmoid(x - y) without rounding x - y
        (
            lambda m, x, y, out: out * m.sigmoid_diff(y, x),
            lambda m, x, y, out: -out * m.sigmoid_diff(y, x),
        ),
        formula=lambda m, x, y: m.sigmoid(x - y),
        shown=(
            lambda m, x, y, out: out * (1 - out),
            lambda m, x, y, out: -out * (1 - out),
        ),
        domain=(REAL, REAL),
        helper=True,
    ),
    Primitive(
        "logaddexp",
        (
            lambda m, x, y, out: m.sigmoid_diff(x, y),
            lambda m, x, y, out: m.sigmoid_diff(y, x),
        ),
        formula=lambda m, x, y: m.log(m.exp(x) + m.exp(y)),
        shown=(
            lambda m, x, y, out: m.exp(x) / (m.exp(x) + m.exp(y)),
            lambda m, x, y, out: m.exp(y) / (m.exp(x) + m.exp(y)),
        ),
        domain=(REAL, REAL),
    ),
)

# -- circular and hyperbolic functions ---------------------------------------------

_rows(
    Primitive("sin", (lambda m, x, out: m.cos(x),), source="DLMF 4.20.1"),
    Primitive("cos", (lambda m, x, out: -m.sin(x),), source="DLMF 4.20.2"),
    Primitive(
        "tan",
        (lambda m, x, out: 1 + m.square(out),),
        formula=lambda m, x: m.sin(x) / m.cos(x),
        shown=(lambda m, x, out: 1 / m.cos(x) ** 2,),
        source="DLMF 4.20.3",
    ),
    Primitive(
        "asin",
        (lambda m, x, out: m.asin_slope(x),),
        shown=(lambda m, x, out: 1 / m.sqrt(1 - x**2),),
        domain=(UNIT,),
        source="DLMF 4.24.7",
    ),
    Primitive(
        "acos",
        (lambda m, x, out: -m.asin_slope(x),),
        shown=(lambda m, x, out: -1 / m.sqrt(1 - x**2),),
        domain=(UNIT,),
        source="DLMF 4.24.8",
    ),
    Primitive(
        "asin_slope",
        (lambda m, x, out: x * out * m.atanh_slope(x),),
        formula=lambda m, x: 1 / m.sqrt((1 - x) * (1 + x)),
        domain=(UNIT,),
        helper=True,
    ),
    Primitive(
        "atan",
        (lambda m, x, out: m.atan2_slope(x, 1),),
        shown=(lambda m, x, out: 1 / (1 + x**2),),
        source="DLMF 4.24.9",
    ),
    Primitive(
        "atan2",
        (
            lambda m, y, x, out: m.atan2_slope(y, x),
            lambda m, y, x, out: m.atan2_slope(y, x, i=0, j=1),
        ),
        shown=(
            lambda m, y, x, out: x / (x**2 + y**2),
            lambda m, y, x, out: -y / (x**2 + y**2),
        ),
        domain=(NONZERO, NONZERO),
        kinks={"x = y = 0": "no derivative: NaN"},
    ),
    Primitive(
        "atan2_slope",  # the i-th derivative in y, j-th in x, rounded once
        (
            lambda m, y, x, out, i, j: m.atan2_slope(y, x, i=i + 1, j=j),
            lambda m, y, x, out, i, j: m.atan2_slope(y, x, i=i, j=j + 1),
        ),
        formula=_atan2_slope,
        attributes=("i", "j"),
        defaults={"i": 1, "j": 0},
        domain=(NONZERO, NONZERO),
        kinks={"x = y = 0": "no value: NaN"},
        helper=True,
    ),
    Primitive("sinh", (lambda m, x, out: m.cosh(x),), source="DLMF 4.34.1"),
    Primitive("cosh", (lambda m, x, out: m.sinh(x),), source="DLMF 4.34.2"),
    Primitive(
        "tanh",
        (lambda m, x, out: m.square(m.sech(x)),),
        shown=(lambda m, x, out: 1 - out**2,),
        source="DLMF 4.34.8",
    ),
    Primitive(
        "sech",
        (lambda m, x, out: -out * m.tanh(x),),
        formula=lambda m, x: 1 / m.cosh(x),
        source="DLMF 4.34.10",
        helper=True,
    ),
    Primitive(
        "asinh",
        (lambda m, x, out: m.hypot_slope(1, x),),
        shown=(lambda m, x, out: 1 / m.sqrt(1 + x**2),),
        source="DLMF 4.38.9",
    ),
    Primitive(
        "acosh",
        (lambda m, x, out: m.acosh_slope(x),),
        shown=(lambda m, x, out: 1 / m.sqrt(x**2 - 1),),
        domain=(ABOVE_ONE,),
        source="DLMF 4.38.10",
    ),
    Primitive(
        "acosh_slope",
        (lambda m, x, out: -x * out / (x - 1) / (x + 1),),
        formula=lambda m, x: 1 / (m.sqrt(x - 1) * m.sqrt(x + 1)),
        domain=(ABOVE_ONE,),
        helper=True,
    ),
    Primitive(
        "atanh",
        (lambda m, x, out: m.atanh_slope(x),),
        shown=(lambda m, x, out: 1 / (1 - x**2),),
        domain=(UNIT,),
        source="DLMF 4.38.11",
    ),
    Primitive(
        "atanh_slope",
        (lambda m, x, out: 2 * x * m.square(out),),
        formula=lambda m, x: 1 / ((1 - x) * (1 + x)),
        domain=(UNIT,),
        helper=True,
    ),
)

# -- the functions of learning -----------------------------------------------------

_rows(
    Primitive(
        "sigmoid",
        (lambda m, x, out: m.logistic_slope(x),),
        formula=lambda m, x: 1 / (1 + m.exp(-x)),
        shown=(lambda m, x, out: out * (1 - out),),
        source="notes N53, N54",
    ),
    Primitive(
        "logistic_slope",
        (lambda m, x, out: -out * m.tanh(x / 2),),
        formula=lambda m, x: m.sigmoid(x) * m.sigmoid(-x),
        helper=True,
    ),
    Primitive(
        "logsigmoid",
        (lambda m, x, out: m.sigmoid(-x),),
        formula=lambda m, x: -m.softplus(-x),
        shown=(lambda m, x, out: 1 - m.sigmoid(x),),
    ),
    Primitive(
        "softplus",
        (lambda m, x, out: m.sigmoid(x),),
        formula=lambda m, x: m.log(1 + m.exp(x)),
    ),
    Primitive(
        "relu",
        (lambda m, x, out: m.step(x),),
        symbol="ReLU",
        formula=lambda m, x: m.where(m.step(x), x, 0),
        domain=(NONZERO,),
        kinks={"x = 0": "0, the subgradient of least norm"},
    ),
    Primitive(
        "leaky_relu",
        (lambda m, x, out, slope: m.where(m.step(x), 1, slope),),
        formula=lambda m, x, slope: m.where(m.step(x), x, slope * x),
        attributes=("slope",),
        domain=(NONZERO,),
        kinks={"x = 0": "the slope of the negative side"},
    ),
    Primitive(
        "elu",
        (lambda m, x, out, alpha: m.where(m.step(x), 1, alpha * m.exp(x)),),
        formula=lambda m, x, alpha: m.where(m.step(x), x, alpha * m.expm1(x)),
        attributes=("alpha",),
        domain=(NONZERO,),
        kinks={"x = 0": "alpha, the slope of the negative side"},
    ),
    Primitive(
        "silu",
        (lambda m, x, out: m.silu_slope(x),),
        formula=lambda m, x: x * m.sigmoid(x),
        shown=(lambda m, x, out: m.sigmoid(x) + x * m.logistic_slope(x),),
    ),
    Primitive(
        "silu_slope",  # the k-th derivative
        (lambda m, x, out, k: m.silu_slope(x, k=k + 1),),
        formula=silu_slope,
        attributes=("k",),
        defaults={"k": 1},
        helper=True,
    ),
    Primitive(
        "gelu",
        (lambda m, x, out: m.normal_cdf(x) - m.normal_pdf_derivative(x),),
        formula=lambda m, x: x * m.normal_cdf(x),
        shown=(lambda m, x, out: m.normal_cdf(x) + x * m.normal_pdf(x),),
        source="Hendrycks and Gimpel 2016, the exact form",
    ),
    Primitive(
        "erf",
        (lambda m, x, out: m.two_over_sqrt_pi * m.gauss(x),),
        shown=(lambda m, x, out: m.two_over_sqrt_pi * m.exp(-(x**2)),),
        source="DLMF 7.2.1",
    ),
    Primitive(
        "erfc",
        (lambda m, x, out: -m.two_over_sqrt_pi * m.gauss(x),),
        formula=lambda m, x: 1 - m.erf(x),
        shown=(lambda m, x, out: -m.two_over_sqrt_pi * m.exp(-(x**2)),),
        source="DLMF 7.2.2",
    ),
    Primitive(
        "gauss",  # exp(-x**2)
        (lambda m, x, out: m.gauss_derivative(x),),
        formula=lambda m, x: m.exp(-(x * x)),
        shown=(lambda m, x, out: -2 * x * out,),
        helper=True,
    ),
    Primitive(
        "gauss_derivative",  # the k-th
        (lambda m, x, out, k: m.gauss_derivative(x, k=k + 1),),
        formula=lambda m, x, k: hermite(x, k, 2) * m.gauss(x),
        attributes=("k",),
        defaults={"k": 1},
        source="DLMF 18.5.5",
        helper=True,
    ),
    Primitive(
        "normal_pdf",  # the density of the standard normal distribution
        (lambda m, x, out: m.normal_pdf_derivative(x),),
        formula=lambda m, x: m.exp(-(x * x) / 2) / m.sqrt(2 * m.pi),
        shown=(lambda m, x, out: -x * out,),
    ),
    Primitive(
        "normal_pdf_derivative",  # the k-th
        (lambda m, x, out, k: m.normal_pdf_derivative(x, k=k + 1),),
        formula=lambda m, x, k: hermite(x, k, 1) * m.normal_pdf(x),
        attributes=("k",),
        defaults={"k": 1},
        source="DLMF 18.5.5",
        helper=True,
    ),
    Primitive(
        "normal_cdf",
        (lambda m, x, out: m.normal_pdf(x),),
        formula=lambda m, x: m.erfc(-x / m.sqrt2) / 2,
    ),
    Primitive(
        "sinc",  # the k-th derivative of sin(x)/x, 1 at 0
        (lambda m, x, out, k: m.sinc(x, k=k + 1),),
        attributes=("k",),
        defaults={"k": 0},
        source="DLMF 10.49.3",
    ),
    Primitive(
        "binary_cross_entropy",  # from the logit x and the target y in [0, 1]
        (
            lambda m, x, y, out: (1 - y) * m.sigmoid(x) - y * m.sigmoid(-x),
            lambda m, x, y, out: -x,
        ),
        formula=lambda m, x, y: (1 - y) * m.softplus(x) + y * m.softplus(-x),
        shown=(lambda m, x, y, out: m.sigmoid(x) - y, lambda m, x, y, out: -x),
        domain=(REAL, Interval(0.0, 1.0)),
        source="notes N55, N57",
    ),
)

# -- piecewise functions and choices -----------------------------------------------

_rows(
    Primitive("step", (None,), domain=(NONZERO,), kinks={"x = 0": "step(0) = 0"}),
    Primitive("sign", (None,), domain=(NONZERO,), kinks={"x = 0": "sign(0) = 0"}),
    Primitive(
        "greater",  # 1 where x > y, 1/2 where they are equal, else 0
        (None, None),
        domain=(NONZERO, NONZERO),
        kinks={"x = y": "1/2"},
    ),
    Primitive("round", (None,), attributes=("digits",), defaults={"digits": None}),
    Primitive(
        "abs",
        (lambda m, x, out: m.sign(x),),
        domain=(NONZERO,),
        kinks={"x = 0": "0, the subgradient of least norm"},
    ),
    Primitive(
        "maximum",
        (lambda m, x, y, out: m.greater(x, y), lambda m, x, y, out: m.greater(y, x)),
        domain=(REAL, REAL),
        kinks={"x = y": "1/2 each (the same operand twice: 1 in all)"},
    ),
    Primitive(
        "minimum",
        (lambda m, x, y, out: m.greater(y, x), lambda m, x, y, out: m.greater(x, y)),
        domain=(REAL, REAL),
        kinks={"x = y": "1/2 each (the same operand twice: 1 in all)"},
    ),
    Primitive(
        "clip",
        (lambda m, x, out, low, high: (1 - m.step(x - high)) * (1 - m.step(low - x)),),
        formula=lambda m, x, low, high: m.minimum(m.maximum(x, low), high),
        attributes=("low", "high"),
        kinks={"x = low, x = high": "1, the slope inside the interval"},
    ),
    Primitive(
        "where",  # x where c is not 0, else y; only the side taken gets a gradient
        (
            None,
            lambda m, c, x, y, out: m.where(c, 1, 0),
            lambda m, c, x, y, out: m.where(c, 0, 1),
        ),
        domain=(NONZERO, REAL, REAL),
    ),
)

# -- many operands, many results ---------------------------------------------------


def _dot_partials(m: Any, xs: Any, out: Any) -> Any:
    n = len(xs) // 2
    return (*xs[n:], *xs[:n])


def _softmax_partials(m: Any, xs: Any, outs: Any) -> Any:
    # The diagonal is p*(1 - p), with a 1 - p that does not cancel at p = 1.
    rests = m.softmax_rest(*xs)
    return [
        [p * rests[k] if k == i else -(p * q) for i, q in enumerate(outs)]
        for k, p in enumerate(outs)
    ]


def _softmax_rest_partials(m: Any, xs: Any, outs: Any) -> Any:
    ps = m.softmax(*xs)
    return [
        [-(p * outs[k]) if k == i else p * q for i, q in enumerate(ps)]
        for k, p in enumerate(ps)
    ]


def _softmax_shown(m: Any, xs: Any, outs: Any) -> Any:
    return [
        [p * (1 - q if k == i else -q) for i, q in enumerate(outs)]
        for k, p in enumerate(outs)
    ]


def _log_softmax_partials(m: Any, xs: Any, outs: Any) -> Any:
    ps, rests = m.softmax(*xs), m.softmax_rest(*xs)
    return [
        [rests[k] if k == i else -p for i, p in enumerate(ps)] for k in range(len(xs))
    ]


def _cross_entropy_partials(m: Any, xs: Any, out: Any, target: int) -> Any:
    slopes = list(m.softmax(*xs))
    slopes[target] = -m.softmax_rest(*xs)[target]
    return slopes


def _soft_cross_entropy_partials(m: Any, xs: Any, out: Any) -> Any:
    n = len(xs) // 2
    logits, targets = xs[:n], xs[n:]
    total = m.sum(*targets)
    ps = m.softmax(*logits)
    return [
        *(total * p - y for p, y in zip(ps, targets, strict=True)),
        *(-q for q in m.log_softmax(*logits)),
    ]


_rows(
    Primitive(
        "sum",
        lambda m, xs, out: (1,) * len(xs),
        symbol="sum",
        variadic=True,
    ),
    Primitive(
        "dot",  # operands: all of the first vector, then all of the second
        _dot_partials,
        variadic=True,
    ),
    Primitive(
        "logsumexp",
        lambda m, xs, out: m.logsumexp_slope(*xs),
        formula=lambda m, *xs: m.log(m.sum(*(m.exp(x) for x in xs))),
        shown=lambda m, xs, out: m.softmax(*xs),
        variadic=True,
        kinks={"every x = -inf": "0"},
    ),
    Primitive(
        "softmax",
        _softmax_partials,
        formula=lambda m, *xs: _normalised(m, [m.exp(x) for x in xs]),
        shown=_softmax_shown,
        variadic=True,
        multiple=True,
        source="notes A-36",
    ),
    Primitive(
        "softmax_rest",  # 1 - softmax
        _softmax_rest_partials,
        formula=lambda m, *xs: [1 - p for p in m.softmax(*xs)],
        variadic=True,
        multiple=True,
        helper=True,
    ),
    Primitive(
        "logsumexp_slope",  # softmax, but 0 where every operand is -inf
        _softmax_partials,
        formula=lambda m, *xs: m.softmax(*xs),
        variadic=True,
        multiple=True,
        helper=True,
    ),
    Primitive(
        "log_softmax",
        _log_softmax_partials,
        formula=lambda m, *xs: [x - m.logsumexp(*xs) for x in xs],
        variadic=True,
        multiple=True,
    ),
    Primitive(
        "cross_entropy",  # from logits, with the index of the true class
        _cross_entropy_partials,
        formula=lambda m, *xs, target: -m.log_softmax(*xs)[target],
        shown=lambda m, xs, out, target: [
            p - (1 if i == target else 0) for i, p in enumerate(m.softmax(*xs))
        ],
        attributes=("target",),
        variadic=True,
        source="notes A-43",
    ),
    Primitive(
        "soft_cross_entropy",  # operands: all logits, then a weight for each class
        _soft_cross_entropy_partials,
        formula=lambda m, *xs: (
            -m.dot(*xs[len(xs) // 2 :], *m.log_softmax(*xs[: len(xs) // 2]))
        ),
        variadic=True,
        source="notes A-43",
    ),
    # One output of a row that has several; the several outputs are one node.
    Primitive(
        "item",
        (lambda m, xs, out, k: 1,),
        symbol="[{k}]",
        attributes=("k",),
        helper=True,
        general=True,
    ),
)


def _normalised(m: Any, weights: list[Any]) -> list[Any]:
    total = m.sum(*weights)
    return [w / total for w in weights]


TABLE.built_in = frozenset(TABLE)
