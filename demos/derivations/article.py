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
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from autograd_core import Value
from autograd_core.numbers.text import Formula, derivative, symbol

__all__ = ["Article", "Claim", "Misprint", "Model", "Part", "Point", "Quantities"]

Quantities = SimpleNamespace
Rule = Callable[[Any], Any]  # of the quantities; returns a number of their kind


@dataclass(frozen=True)
class Model:
    """Named inputs, and named quantities that are computed from them in order.

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
        Input -> the interval that random points are drawn from; (-2, 2) otherwise.
    """

    inputs: tuple[str, ...]
    definitions: Mapping[str, Rule] = field(default_factory=dict)
    symbols: Mapping[str, str | Formula] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def run(self, values: Mapping[str, Any]) -> Quantities:
        """All quantities, computed from numbers of any kind."""
        found = Quantities(**{name: values[name] for name in self.inputs})
        for name, rule in self.definitions.items():
            setattr(found, name, rule(found))
        return found

    def names(self) -> Quantities:
        """Every quantity as its symbol."""
        return Quantities(**{n: self.symbol(n) for n in self._all()})

    def symbol(self, name: str) -> Formula:
        """How the page writes a quantity."""
        written = self.symbols.get(name, name)
        return symbol(written) if isinstance(written, str) else written

    def function(self, target: str) -> Callable[[Any], Any]:
        """The quantity ``target`` as a function of the list of inputs."""

        def of(numbers: Any) -> Any:
            values = dict(zip(self.inputs, numbers, strict=True))
            return getattr(self.run(values), target)

        return of

    def record(self, values: Mapping[str, float], wanted: tuple[str, ...]) -> Any:
        """All quantities as Values with names; only ``wanted`` ask for gradients."""
        leaves = {
            name: Value(values[name], requires_grad=name in wanted)
            for name in self.inputs
        }
        found = self.run(leaves)
        for name in self._all():
            getattr(found, name).name = str(self.symbols.get(name, name))
        return found

    def _all(self) -> tuple[str, ...]:
        return (*self.inputs, *self.definitions)


@dataclass(frozen=True)
class Point:
    """Where a claim is compared: a label, and a number for each input."""

    label: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Claim:
    """A derivative of a model, or a value, and the closed forms the notes give.

    Parameters
    ----------
    target
        A quantity of the model.
    wrt
        The inputs it is differentiated by: none, one or two.
    forms
        The chain of forms, each equal to the next; the last is the result.
    where
        Catalogue id and lines of the notes.
    points
        Where it is shown; it is compared at random points too.
    words
        One sentence for the reader.
    """

    model: Model
    target: str
    wrt: tuple[str, ...]
    forms: tuple[Rule, ...]
    where: str
    points: tuple[Point, ...]
    words: str = ""

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
        return [form(names) for form in self.forms]

    def closed(self, values: Mapping[str, Any]) -> list[Any]:
        """The forms, as numbers of any kind."""
        found = self.model.run(values)
        return [form(found) for form in self.forms]

    def __str__(self) -> str:
        return str(self.left())


@dataclass(frozen=True)
class Misprint:
    """A line of the notes that is wrong as it is printed, and what is right.

    The verdict is computed: the build fails if the printed claim turns out true,
    or the right one false.
    """

    where: str
    words: str
    printed: Claim
    right: Claim


@dataclass(frozen=True)
class Part:
    """A section of an article.

    Parameters
    ----------
    defines
        Quantities of ``model`` whose definitions are shown.
    """

    title: str
    words: str
    claims: tuple[Claim, ...] = ()
    model: Model | None = None
    defines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Article:
    """One page of the book.

    Parameters
    ----------
    id
        Its name in file names and links.
    catalogue_ids
        The entries of the notes' catalogue that it covers.
    source
        Where in the notes.
    summary
        A paragraph for the reader.
    record
        Records the graph that is drawn, and returns its root.
    """

    id: str
    title: str
    catalogue_ids: tuple[str, ...]
    source: str
    summary: str
    parts: tuple[Part, ...]
    misprints: tuple[Misprint, ...]
    record: Callable[[], Value]

    def graph(self) -> Value:
        """The root of the article's graph, after ``backward``, with names set."""
        root = self.record()
        root.backward()
        return root

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all parts, in order."""
        return tuple(claim for part in self.parts for claim in part.claims)
