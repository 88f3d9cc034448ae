"""The frame of an article: what it claims, written once and run on any number.

What one can do with this file: state a model (inputs, and what is computed from
them) and claims about its derivatives; print both as formulas; record the graph.

The one idea: a formula of the notes is a Python function of *named quantities*.
Run on names it is the formula on the page; on floats, the number in the table; on
Values, the graph that is drawn; on complex, mpmath and SymPy numbers, the
references. What is shown and what is checked is the same function, so the page
cannot show one formula and check another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from autograd_core import Value
from autograd_core.numbers import column_of
from autograd_core.numbers.text import Formula, derivative, number, symbol
from autograd_core.value import constant

__all__ = ["Claim", "Misprint", "Model", "Point", "Quantities"]

Quantities = SimpleNamespace
Rule = Callable[[Any], Any]  # of the quantities; returns a number of their kind


@dataclass(frozen=True)
class Point:
    """Where a claim is compared: a label, and a number for each input."""

    label: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """Named inputs, and named quantities that are computed from them in order.

    A rule gets every quantity before it as an attribute, and ``q.exact("0.8")``: a
    number that is exact in every kind of number and printed as it is written.

    Parameters
    ----------
    inputs
        The names, as attributes of the quantities.
    definitions
        Name -> rule of the quantities before it.
    symbols
        Name -> how the page writes it, where that is not the name itself: another
        name, or a formula such as σ(−z).
    ranges
        Name -> the interval that random points are drawn from; (-2, 2) otherwise.
    """

    inputs: tuple[str, ...]
    definitions: Mapping[str, Rule] = field(default_factory=dict)
    symbols: Mapping[str, str | Formula] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def run(self, values: Mapping[str, Any], until: str = "") -> Quantities:
        """All quantities up to ``until``, computed from numbers of any kind."""
        found = Quantities(**{name: values[name] for name in self.inputs})
        found.exact = _exact(values[self.inputs[0]])
        for name, rule in self.definitions.items():
            if until in found.__dict__:
                break
            setattr(found, name, rule(found))
        return found

    def names(self) -> Quantities:
        """Every quantity as its symbol."""
        found = Quantities(**{n: self.symbol(n) for n in self._all()})
        found.exact = _exact(number(0))
        return found

    def symbol(self, name: str) -> Formula:
        """How the page writes a quantity."""
        written = self.symbols.get(name, name)
        return symbol(written) if isinstance(written, str) else written

    def function(self, target: str) -> Callable[[Any], Any]:
        """The quantity ``target`` as a function of the list of inputs."""

        def of(numbers: Any) -> Any:
            values = dict(zip(self.inputs, numbers, strict=True))
            return getattr(self.run(values, until=target), target)

        return of

    def cut(self, names: tuple[str, ...]) -> "Model":
        """The model in which the quantities ``names`` are inputs of their own.

        That is what ∂L/∂z means for a z that is computed: how L changes when z
        does, whatever z was computed from.
        """
        new = tuple(name for name in names if name not in self.inputs)
        kept = {n: rule for n, rule in self.definitions.items() if n not in new}
        return replace(self, inputs=(*self.inputs, *new), definitions=kept)

    def record(self, values: Mapping[str, float], wanted: tuple[str, ...]) -> Any:
        """All quantities as Values with names; only ``wanted`` ask for gradients."""
        leaves = {
            name: Value(values[name], requires_grad=name in wanted)
            for name in self.inputs
        }
        found = self.run(leaves)
        for name in self._all():
            quantity = getattr(found, name)
            if isinstance(quantity, Value):
                quantity.name = str(self.symbols.get(name, name))
        return found

    def drawn(self, target: str, point: Point, *wanted: str) -> Callable[[], Value]:
        """What records the graph of ``target`` at ``point``, for an article.

        ``wanted`` are the inputs that ask for a gradient; all of them by default.
        """

        def record() -> Value:
            root: Value = getattr(
                self.record(point.values, wanted or self.inputs), target
            )
            return root

        return record

    def _all(self) -> tuple[str, ...]:
        return (*self.inputs, *self.definitions)


def _exact(like: Any) -> Callable[[str], Any]:
    # Decimal or fraction as text -> the number in the kind of ``like``.
    def exact(text: str) -> Any:
        fraction = Fraction(text)
        if isinstance(like, Formula):
            return number(float(fraction) if "." in text else fraction)
        data = like.data if isinstance(like, Value) else like
        column = column_of(data)
        if column is None:  # an int
            return fraction
        adopted = column.adopt(fraction)
        return constant(adopted) if isinstance(like, Value) else adopted

    return exact


@dataclass(frozen=True)
class Claim:
    """A derivative of a model, or a value, and the closed forms the notes give.

    Parameters
    ----------
    target
        A quantity of the model.
    wrt
        The quantities it is differentiated by: none, one or two. One that is not an
        input is made one (`Model.cut`).
    forms
        The chain of forms, each equal to the next; the last is the result.
    where
        Catalogue id and lines of the notes.
    points
        Where it is shown; it is compared at random points too.
    """

    model: Model
    target: str
    wrt: tuple[str, ...]
    forms: tuple[Rule, ...]
    where: str
    points: tuple[Point, ...]

    @property
    def checked_model(self) -> Model:
        """The model, cut where it is differentiated."""
        return self.model.cut(self.wrt)

    @property
    def checked_points(self) -> tuple[Point, ...]:
        """The points, with the numbers of the quantities that were cut."""
        new = [name for name in self.wrt if name not in self.model.inputs]
        if not new:
            return self.points
        return tuple(
            Point(p.label, {**p.values, **_numbers(self.model, p, new)})
            for p in self.points
        )

    def left(self) -> Formula:
        """What is claimed to equal the forms, as a formula."""
        target = self.model.symbol(self.target)
        if not self.wrt:
            return target
        wrt = map(self.model.symbol, self.wrt)
        return derivative(target, *wrt, total=len(self.model.inputs) == 1)

    def right(self) -> list[Formula]:
        """The forms, as formulas."""
        names = self.model.names()
        made = [form(names) for form in self.forms]
        return [f if isinstance(f, Formula) else number(f) for f in made]

    def closed(self, values: Mapping[str, Any]) -> list[Any]:
        """The forms, as numbers of any kind, from the inputs of `checked_model`."""
        found = self.checked_model.run(values)
        return [form(found) for form in self.forms]

    def __str__(self) -> str:
        return str(self.left())


def _numbers(model: Model, point: Point, names: list[str]) -> dict[str, float]:
    found = model.run(point.values)
    return {name: getattr(found, name) for name in names}


@dataclass(frozen=True)
class Misprint:
    """A line of the notes that is wrong as it is printed, and what is right.

    The verdict is computed: the build fails if the printed claim turns out true,
    or the right one false.

    Parameters
    ----------
    defines
        Quantities whose definitions are shown with each line, where the two lines
        are about different ones.
    """

    where: str
    words: str
    printed: Claim
    right: Claim
    defines: tuple[str, ...] = ()
