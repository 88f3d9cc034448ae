"""A formula as a flat list of steps, and running it on numbers of any kind.

What one can do with this file: evaluate an `Expression` on floats, fractions, SymPy,
mpmath and Values; write the sums of a formula out.

The one idea: the steps are in postfix order and run on one stack, so nothing
recurses and nesting has no depth limit. What has an index in it (``w[k]``, a sum) is
written out before anything runs; the numbers that come are then plain steps.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType
from typing import Any, NamedTuple

from ..data import as_data
from ..errors import ExpressionError
from ..functions import apply
from ..numbers import Column, column_of, float64
from ..primitives import TABLE
from ..value import Value, column
from .names import unknown_name
from .tokens import error_at, short

__all__ = ["MAX_BITS", "MAX_STEPS", "Expression", "Index", "Step", "written_out"]

# Fractions and high-precision numbers are held to this many bits, 4,200 digits:
# as many as Python prints, and few enough that 9**9**9 cannot fill the memory.
MAX_BITS = 14_000
# The power of a symbol multiplies the size of every coefficient in its base.
MAX_SYMBOLIC_EXPONENT = 1_000
MAX_STEPS = 20_000  # of a formula with its sums written out

_NONE: Mapping[str, Any] = MappingProxyType({})


class Index(NamedTuple):
    """An entry between brackets: ``k + 1`` is ``Index("k", 1)``, ``3`` no name."""

    name: str
    offset: int

    def at(self, indices: Mapping[str, int]) -> int:
        """Its value where the indices are these."""
        return (indices[self.name] if self.name else 0) + self.offset


class Step(NamedTuple):
    """One step: push something, or apply a row to what is on the stack."""

    kind: str  # number, constant, variable, apply; with indices: index, element, sum
    start: int
    name: str = ""  # of the constant, variable, row or index
    arity: int = 0
    number: float = 0.0
    exact: Fraction = Fraction(0)
    attributes: Mapping[str, Any] = _NONE
    indices: tuple[Index, ...] = ()  # of an element
    bounds: tuple[int, int] = (0, 0)  # of a sum, both included
    body: tuple["Step", ...] = ()


class Expression:
    """A formula that was read from text; `parse` makes it.

    Attributes
    ----------
    text
        What it was read from.
    names
        Its variables, in order of first appearance; ``w[1]`` is a name too.
    program
        Its steps.
    """

    __slots__ = ("names", "program", "text")

    def __init__(self, text: str, program: Iterable[Step]) -> None:
        self.text = text
        self.program = tuple(program)
        variables = [step.name for step in self.program if step.kind == "variable"]
        self.names: tuple[str, ...] = tuple(dict.fromkeys(variables))

    def evaluate(
        self,
        bindings: Mapping[str, Any] | None = None,
        *,
        like: Any = 0.0,
        seen: Callable[[Step, Any], None] | None = None,
    ) -> Any:
        """The value of the formula, in the kind of number that is bound.

        Parameters
        ----------
        bindings
            A number of any kind, or a Value, for each name; others are ignored.
        like
            A number of the kind to compute in when no binding decides it:
            ``Fraction(0)`` makes ``1/3`` exact.
        seen
            Is told of each operation and its result.

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
        >>> from autograd_core.expression import parse
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
        for step in self.program:
            if step.kind == "number":
                stack.append(_literal(step, kind))
            elif step.kind == "constant":
                stack.append(_constant(step.name, kind))
            elif step.kind == "variable":
                if step.name not in bound:
                    raise unknown_name(self.text, step.start, step.name, list(given))
                x = bound[step.name]
                stack.append(_adopted(x, kind) if x.__class__ is int else x)
            else:
                operands = stack[-step.arity :]
                del stack[-step.arity :]
                out = self._apply(step, operands)
                stack.append(out)
                if seen is not None:
                    seen(step, out)
        return stack[0]

    def _apply(self, step: Step, operands: list[Any]) -> Any:
        if step.name == "pow":
            if not _affordable(*map(_plain, operands)):
                raise self._too_large(step)  # before: 9**9**9 has no after
            out = _power(*operands)
        elif step.name == "item":
            return operands[0][step.attributes["k"]]
        else:
            out = apply(TABLE[step.name], operands, step.attributes)
        if _bits(_plain(out)) > MAX_BITS:
            raise self._too_large(step)
        return out

    def _too_large(self, step: Step) -> ExpressionError:
        return error_at(
            self.text,
            step.start,
            "the result may grow beyond 4,200 digits, the longest exact number here; "
            "use floats or smaller numbers",
        )

    def __repr__(self) -> str:
        return f"<expression {short(self.text)}>"


# -- indices ---------------------------------------------------------------------------


def written_out(
    text: str, steps: Iterable[Step], indices: Mapping[str, int] = _NONE
) -> list[Step]:
    """The steps with their sums written out, at these values of the indices.

    Raises
    ------
    ExpressionError
        If there are more than 20,000 steps.
    """
    made: list[Step] = []
    _write_out(text, steps, dict(indices), made)
    return made


def _write_out(
    text: str, steps: Iterable[Step], indices: dict[str, int], made: list[Step]
) -> None:
    # Recurses into sums of sums only, and the reader limits how deep those are.
    for step in steps:
        if step.kind == "sum":
            low, high = step.bounds
            for value in range(low, high + 1):
                _write_out(text, step.body, {**indices, step.name: value}, made)
                if value > low:
                    made.append(Step("apply", step.start, "add", 2))
        elif step.kind == "index":
            value = indices[step.name]
            made.append(
                Step("number", step.start, number=float(value), exact=Fraction(value))
            )
        elif step.kind == "element":
            name = element(step.name, [i.at(indices) for i in step.indices])
            made.append(Step("variable", step.start, name))
        else:
            made.append(step)
        if len(made) > MAX_STEPS:
            message = f"more than {MAX_STEPS:,} operations, with the sums written out"
            raise error_at(text, step.start, message)


def element(name: str, indices: Iterable[int]) -> str:
    """The name of an element: ``W[1,2]``."""
    return f"{name}[{','.join(map(str, indices))}]"


# -- computing -------------------------------------------------------------------------


def _checked(number: Any) -> Any:
    if number.__class__ in (int, bool):
        return int(number)  # adopts the kind of the others
    return number if column_of(number) is not None else as_data(number)


def _kind(numbers: Iterable[Any]) -> Column:
    for x in numbers:
        found = column(x) if x.__class__ is Value else column_of(x)
        if found is not None and found.name != "complex":
            return found
    return float64.COLUMN  # also for the complex step, which moves one real number


def _adopted(number: int, kind: Column) -> Any:
    return as_data(number) if kind is float64.COLUMN else kind.adopt(number)


def _literal(step: Step, kind: Column) -> Any:
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
