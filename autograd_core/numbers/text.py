"""The text column: numbers that are formulas, for reading.

What one can do with this file: make symbols, run any rule, any function of the
package or one's own function on them, and print what comes out as Unicode text,
LaTeX or MathML; ask for the local derivatives of a row as a textbook writes them
(`local_formulas`).

The one idea: a label is not written next to a rule, it *is* the rule, run on
names instead of numbers. A formula on a page cannot disagree with the engine.

A `Formula` is never computed with: it cannot be stored in a Value, compared, or
used as a truth value. What an operation looks like on the page is said in
`notation.py`; `typeset.py` puts the brackets; `languages.py` has the templates.

>>> from autograd_core.numbers.text import symbols
>>> from autograd_core import log, sigmoid
>>> w, x, y = symbols("w x y")
>>> print(-y * log(sigmoid(w * x)) - (1 - y) * log(1 - sigmoid(w * x)))
−y·ln σ(w·x) − (1 − y)·ln(1 − σ(w·x))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NoReturn

from ..primitives import Primitive
from . import Column, register_type, typeset

__all__ = [
    "COLUMN",
    "Formula",
    "chain",
    "derivative",
    "equation",
    "local_formulas",
    "number",
    "symbol",
    "symbols",
]

MAX_TERMS = 5_000  # a longer formula is not for reading, and may be exponential


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Formula:
    """One node of a formula: an operation, its operands, its static attributes.

    ``op`` is the name of a row of the table, or one of notation's own:
    ``number`` and ``name`` (leaves), ``derivative``, ``equation``, ``chain``. Use
    `symbol`, `number` and the operators instead of the constructor.
    """

    op: str
    operands: tuple["Formula", ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    terms: int = field(init=False)

    def __post_init__(self) -> None:
        terms = 1 + sum(operand.terms for operand in self.operands)
        object.__setattr__(self, "terms", terms)
        attributes = MappingProxyType(dict(self.attributes))
        object.__setattr__(self, "attributes", attributes)

    # -- operators ---------------------------------------------------------------------

    def __add__(self, other: Any) -> "Formula":
        return _binary("add", self, other)

    def __radd__(self, other: Any) -> "Formula":
        return _binary("add", other, self)

    def __sub__(self, other: Any) -> "Formula":
        return _binary("sub", self, other)

    def __rsub__(self, other: Any) -> "Formula":
        return _binary("sub", other, self)

    def __mul__(self, other: Any) -> "Formula":
        return _binary("mul", self, other)

    def __rmul__(self, other: Any) -> "Formula":
        return _binary("mul", other, self)

    def __truediv__(self, other: Any) -> "Formula":
        return _binary("div", self, other)

    def __rtruediv__(self, other: Any) -> "Formula":
        return _binary("div", other, self)

    def __pow__(self, other: Any) -> "Formula":
        return _binary("pow", self, other)

    def __rpow__(self, other: Any) -> "Formula":
        return _binary("pow", other, self)

    def __neg__(self) -> "Formula":
        return Formula("neg", (self,))

    def __pos__(self) -> "Formula":
        return self

    def __abs__(self) -> "Formula":
        return Formula("abs", (self,))

    # -- refusals: a formula has no value ----------------------------------------------

    def __bool__(self) -> NoReturn:
        raise TypeError("a formula has no truth value; use where() instead of if")

    def _refuse_comparison(self, other: object) -> NoReturn:
        raise TypeError("formulas cannot be compared; use where(), maximum(), step()")

    __lt__ = __le__ = __gt__ = __ge__ = _refuse_comparison
    __eq__ = __ne__ = _refuse_comparison
    __hash__ = object.__hash__

    def __float__(self) -> NoReturn:
        raise TypeError("a formula has no value; run the same function on numbers")

    __int__ = __complex__ = __index__ = __float__

    # -- printing ----------------------------------------------------------------------

    def __str__(self) -> str:
        return typeset.unicode_text(self._printable())

    def to_latex(self) -> str:
        r"""The formula in LaTeX's mathematics, without dollar signs.

        Raises
        ------
        ValueError
            As for ``str``: if the formula has more than 5,000 terms.

        Examples
        --------
        >>> x, = symbols("x")
        >>> (x**2 / (1 + x)).to_latex()
        '\\frac{x^{2}}{1 + x}'
        """
        return typeset.latex(self._printable())

    def to_mathml(self, *, block: bool = False) -> str:
        """The formula as a presentation MathML element, on its own line or not.

        Raises
        ------
        ValueError
            As for ``str``.
        """
        return typeset.mathml(self._printable(), block=block)

    def _printable(self) -> "Formula":
        if self.terms > MAX_TERMS:
            raise ValueError(
                f"a formula of {self.terms} terms is too long to be printed; the "
                f"limit is {MAX_TERMS}. Name its parts and print each."
            )
        return self

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.to_latex()}$"

    def __repr__(self) -> str:
        if self.terms > MAX_TERMS:
            return f"<Formula of {self.terms} terms>"
        return f"Formula({str(self)!r})"


# -- making formulas -------------------------------------------------------------------


def symbol(name: str) -> Formula:
    """A name as a formula; digits at its end are printed as a subscript."""
    return Formula("name", (), {"text": name})


def symbols(names: str) -> list[Formula]:
    """One `symbol` per word of ``names``."""
    return [symbol(name) for name in names.split()]


def number(value: Any) -> Formula:
    """A number as a formula."""
    return Formula("number", (), {"value": value})


def derivative(target: Formula, *wrt: Formula, total: bool = False) -> Formula:
    """The notation ∂target/∂wrt, of as many orders as there are names.

    Parameters
    ----------
    target, wrt
        What is differentiated, and with respect to what.
    total
        True writes d, for a function of one variable.
    """
    return Formula("derivative", (target, *wrt), {"total": total})


def equation(*sides: Formula) -> Formula:
    """The sides with equals signs between them."""
    return Formula("equation", sides)


def chain(*factors: Formula) -> Formula:
    """A product whose factors are kept apart, as the chain rule is written."""
    return Formula("chain", factors)


def _formula(x: Any) -> Formula | None:
    if isinstance(x, Formula):
        return x
    return number(x) if isinstance(x, (int, float, Fraction)) else None


def _binary(op: str, x: Any, y: Any) -> Formula:
    a, b = _formula(x), _formula(y)
    if a is None or b is None:
        return NotImplemented  # type: ignore[no-any-return]
    return Formula(op, (a, b))


# -- the column ------------------------------------------------------------------------


class _TextColumn(Column):
    """Every row, also one that a user adds, makes a node of its own name."""

    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        def kernel(*operands: Any, **attributes: Any) -> Any:
            bound = row.bind(attributes).bound
            made = Formula(row.name, tuple(map(self.adopt, operands)), bound)
            if not row.multiple:
                return made
            return [Formula("item", (made,), {"k": k}) for k in range(len(operands))]

        return kernel

    def does(self, name: str) -> bool:
        return True


def _adopt(x: Any) -> Formula:
    return x if isinstance(x, Formula) else number(x)


def _constants() -> dict[str, Formula]:
    pi, two = symbol("π"), number(2)
    root = Formula("sqrt", (two,))
    return {
        "pi": pi,
        "ln2": Formula("log", (two,)),
        "ln10": Formula("log", (number(10),)),
        "two_over_sqrt_pi": two / Formula("sqrt", (pi,)),
        "sqrt2": root,
    }


COLUMN = _TextColumn(
    "text", {}, _constants(), _adopt, finite=lambda x: True, stores=False
)
register_type(Formula, COLUMN)


# -- the local derivatives of a row ----------------------------------------------------


def local_formulas(
    row: Primitive, operands: Sequence[Formula | str], out: Formula | str
) -> tuple[Any, ...]:
    """The derivative of ``row`` with respect to each operand, as formulas.

    They are the row's ``shown`` rules, or its ``partials`` where it has none, run
    on this column.

    Parameters
    ----------
    row
        A row whose attributes are bound, as ``Value.primitive`` is.
    operands, out
        What to call the operands and the result.

    Returns
    -------
    tuple
        One formula per operand; for a row with several outputs one such tuple per
        output.

    Examples
    --------
    >>> from autograd_core.primitives import TABLE
    >>> [str(f) for f in local_formulas(TABLE["sigmoid"], ["z"], "p")]
    ['p(1 − p)']
    >>> [str(f) for f in local_formulas(TABLE["div"], ["x", "y"], "q")]
    ['1/y', '−x/y²']
    """
    row = row if row.bound else row.bind({})
    xs = tuple(symbol(x) if isinstance(x, str) else x for x in operands)
    result = symbol(out) if isinstance(out, str) else out
    if row.multiple:
        outs = [Formula("item", (result,), {"k": k}) for k in range(len(xs))]
        rules: Any = row.shown or row.partials
        return tuple(tuple(map(_adopt, line)) for line in rules(COLUMN, xs, outs))
    if row.variadic:
        rules = row.shown or row.partials
        return tuple(map(_adopt, rules(COLUMN, xs, result)))
    shown: Any = row.shown or (None,) * len(xs)
    partials: Any = row.partials
    chosen = [s or p for s, p in zip(shown, partials, strict=True)]
    return tuple(_adopt(r(COLUMN, *xs, result) if r else 0) for r in chosen)
