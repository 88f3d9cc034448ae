"""Numbers that are more than one derivative: iterates, eigenvalues, quotients.

What one can do with this file: declare a number as a function of a `Source`, an
algorithm as a rule for its next point, a limit as a quantity and a point.

The one idea: whatever is computed from derivatives is a function of *where the
derivatives come from*. It is run twice: with the engine on floats, and with
difference quotients in 100-digit arithmetic, which know no derivative. The two
columns of numbers have nothing in common but the formula of the algorithm.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd_core import sqrt
from autograd_core.numbers.text import Formula

from .article import Model, Point

__all__ = [
    "At",
    "Iterate",
    "Limit",
    "Printed",
    "Reading",
    "Readings",
    "Run",
    "Source",
    "derivative_at",
    "eigenvalues",
    "eigenvector",
    "value_at",
]

Vector = list[Any]


@dataclass(frozen=True)
class Source:
    """Where derivatives come from.

    Attributes
    ----------
    number
        Makes a number of the source's kind.
    derivative
        Of a function of a list, at a list, by one or two indices; the value by none.
    """

    name: str
    number: Callable[[Any], Any]
    derivative: Callable[[Callable[[Any], Any], Sequence[Any], Sequence[int]], Any]

    def of(
        self,
        model: Model,
        target: str,
        wrt: tuple[str, ...],
        values: Mapping[str, Any],
    ) -> Any:
        """The value, or a first or second derivative, of a quantity of a model."""
        new = [name for name in wrt if name not in model.inputs]
        if new:
            found = model.run({n: self.number(values[n]) for n in model.inputs})
            values = {**values, **{name: getattr(found, name) for name in new}}
            model = model.cut(wrt)
        numbers = [self.number(values[name]) for name in model.inputs]
        by = [model.inputs.index(name) for name in wrt]
        return self.derivative(model.function(target), numbers, by)

    def gradient(
        self, model: Model, target: str, over: Sequence[str], values: Mapping[str, Any]
    ) -> Vector:
        """The first derivatives by the inputs ``over``."""
        return [self.of(model, target, (name,), values) for name in over]

    def hessian(
        self, model: Model, target: str, over: Sequence[str], values: Mapping[str, Any]
    ) -> list[Vector]:
        """The second derivatives by the inputs ``over``."""
        return [[self.of(model, target, (a, b), values) for b in over] for a in over]


# -- single numbers --------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A number with its name: ``compute`` gets a `Source`."""

    label: Formula | str
    compute: Callable[[Source], Any]


@dataclass(frozen=True)
class Readings:
    """A table of numbers."""

    caption: str
    rows: tuple[Reading, ...]


def value_at(model: Model, names: str, point: Point) -> tuple[Reading, ...]:
    """A row per quantity (``names`` are words): its value at a point."""
    return tuple(
        Reading(model.symbol(name), _of(model, name, (), point))
        for name in names.split()
    )


def derivative_at(model: Model, target: str, wrt: str, point: Point) -> Reading:
    """The derivative of ``target`` by the words of ``wrt`` at a point."""
    from .article import Claim

    names = tuple(wrt.split())
    label = Claim(model, target, names, (), "", ()).left()
    return Reading(label, _of(model, target, names, point))


def _of(
    model: Model, target: str, wrt: tuple[str, ...], point: Point
) -> Callable[[Source], Any]:
    return lambda source: source.of(model, target, wrt, point.values)


@dataclass(frozen=True)
class Printed:
    """A number as the notes print it.

    The verdict is computed: right if ``reading`` is within half a unit of the last
    printed place. The build fails if that contradicts ``wrong``.

    Parameters
    ----------
    text
        As printed: ``0.1447``, or ``7/10``, which must be exact.
    wrong
        Whether the article says that it is a misprint.
    words
        A remark.
    """

    where: str
    reading: Reading
    text: str
    wrong: bool = False
    words: str = ""

    @property
    def value(self) -> Fraction:
        """The printed number."""
        return Fraction(self.text)

    @property
    def half_unit(self) -> Fraction:
        """Half a unit of its last place; 0 for a fraction."""
        if "/" in self.text:
            return Fraction(0)
        exponent = Decimal(self.text).as_tuple().exponent
        return Fraction(10) ** int(exponent) / 2


# -- algorithms ------------------------------------------------------------------------


@dataclass
class At:
    """Where an algorithm is: its rule reads this and returns the next point.

    Attributes
    ----------
    k
        The number of steps made, from 0.
    x
        The numbers that move.
    memory
        What the rule wants to remember; empty at first.
    """

    source: Source
    model: Model
    target: str
    over: tuple[str, ...]
    values: dict[str, Any]
    k: int = 0
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def x(self) -> Vector:
        """The numbers that move."""
        return [self.values[name] for name in self.over]

    @property
    def f(self) -> Any:
        """The target's value here."""
        return self.source.of(self.model, self.target, (), self.values)

    @property
    def gradient(self) -> Vector:
        """The derivatives of the target by the numbers that move."""
        return self.source.gradient(self.model, self.target, self.over, self.values)

    @property
    def hessian(self) -> list[Vector]:
        """The second derivatives of the target by the numbers that move."""
        return self.source.hessian(self.model, self.target, self.over, self.values)


@dataclass(frozen=True)
class Iterate:
    """One row of a table of iterates."""

    k: int
    x: Vector
    f: Any
    gradient: Vector


@dataclass(frozen=True)
class Run:
    """An algorithm on a quantity of a model.

    Parameters
    ----------
    over
        The inputs that move.
    start
        A number for each input.
    step
        The next numbers of ``over``, from where it is.
    formulas
        The rule, for the page.
    """

    caption: str
    model: Model
    target: str
    over: tuple[str, ...]
    start: Point
    steps: int
    step: Callable[[At], Sequence[Any]]
    formulas: tuple[Formula, ...] = ()

    def iterates(self, source: Source) -> list[Iterate]:
        """Where it is after 0, 1, ..., ``steps`` steps."""
        values = {name: source.number(x) for name, x in self.start.values.items()}
        at = At(source, self.model, self.target, self.over, values)
        found = []
        for k in range(self.steps + 1):
            at.k = k
            found.append(Iterate(k, at.x, at.f, at.gradient))
            if k < self.steps:
                at.values.update(zip(self.over, self.step(at), strict=True))
        return found

    def reading(self, k: int, name: str) -> Reading:
        """The number ``name`` after ``k`` steps; ``f`` or ``gradient`` of one too."""
        label = f"{name}, k = {k}"
        place = self.over.index(name)
        return Reading(label, lambda source: self.iterates(source)[k].x[place])

    def slope_reading(self, k: int, name: str) -> Reading:
        """The derivative by ``name`` after ``k`` steps."""
        label = f"slope by {name}, k = {k}"
        place = self.over.index(name)
        return Reading(label, lambda source: self.iterates(source)[k].gradient[place])


# -- limits ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """Difference quotients of a quantity at a point, as their step goes to zero."""

    caption: str
    model: Model
    target: str
    wrt: str
    point: Point
    powers: tuple[int, ...] = (1, 2, 3, 4, 5, 6)

    def quotients(self, source: Source) -> list[tuple[Any, Any, Any]]:
        """(h, forward quotient, central quotient) per power of ten."""

        def f(shift: Any) -> Any:
            moved = {n: source.number(x) for n, x in self.point.values.items()}
            moved[self.wrt] = moved[self.wrt] + shift
            return source.of(self.model, self.target, (), moved)

        rows = []
        for power in self.powers:
            h = source.number(1) / source.number(10) ** power
            rows.append((h, (f(h) - f(0)) / h, (f(h) - f(-h)) / (2 * h)))
        return rows


# -- two by two ------------------------------------------------------------------------


def eigenvalues(matrix: Sequence[Sequence[Any]]) -> tuple[Any, Any]:
    """The smaller and the larger eigenvalue of a symmetric 2 x 2 matrix."""
    (a, b), (_, d) = matrix
    middle, radius = (a + d) / 2, sqrt(((a - d) / 2) ** 2 + b**2)
    return middle - radius, middle + radius


def eigenvector(matrix: Sequence[Sequence[Any]], value: float) -> tuple[float, float]:
    """A unit vector that a symmetric 2 x 2 matrix of floats stretches by ``value``."""
    (a, b), (_, d) = matrix
    # Both rows of (matrix - value) are orthogonal to it; the longer one is safer.
    rows = ((a - value, b), (b, d - value))
    x, y = max(rows, key=lambda row: abs(row[0]) + abs(row[1]))
    length = (x * x + y * y) ** 0.5
    return (-y / length, x / length) if length else (1.0, 0.0)
