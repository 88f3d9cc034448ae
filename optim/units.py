"""Which units of a network are dead, saturated or exploding, by name.

What one can do with this file: run any model on some samples and get a table of its
units. The one idea: a unit is an activation in the recorded graph, and what is wrong
with it shows in its slope da/dz, which the engine knows exactly. So nothing is asked of
the model but that it can be called.

- dead: the slope is 0 for every sample; no gradient passes, it cannot come back.
- saturated: the slope is small for every sample; almost none passes.
- exploding: a or z is large, or not finite.

Source: X. Glorot and Y. Bengio 2010, AISTATS (saturation); K. He et al. 2015, ICCV,
arXiv:1502.01852 (sizes from layer to layer).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograd_core import Value, ancestors, local_derivatives, scopes_of
from autograd_core import sum as total

from .checks import positive, shown
from .table import Table

__all__ = ["ACTIVATIONS", "Unit", "UnitReport", "unit_report"]

ACTIVATIONS = (
    "relu",
    "leaky_relu",
    "elu",
    "silu",
    "gelu",
    "softplus",
    "sigmoid",
    "tanh",
)


@dataclass(frozen=True)
class Unit:
    """One unit over all samples.

    Attributes
    ----------
    name
        The scopes that it was computed in, and its number there from 1.
    activation
        The primitive.
    low, high
        Its smallest and its largest activation a.
    slope
        The largest |da/dz|; NaN if an activation is not finite.
    verdict
        ``"ok"``, ``"dead"``, ``"saturated"`` or ``"exploding"``.
    """

    name: str
    activation: str
    low: float
    high: float
    slope: float
    verdict: str


@dataclass(frozen=True)
class UnitReport:
    """All units of a model; prints as a table, also in a notebook."""

    units: list[Unit]

    def named(self, verdict: str) -> list[str]:
        """The names of the units with this verdict."""
        return [unit.name for unit in self.units if unit.verdict == verdict]

    @property
    def dead(self) -> list[str]:
        """Units whose slope is 0 for every sample."""
        return self.named("dead")

    @property
    def saturated(self) -> list[str]:
        """Units whose slope is small for every sample."""
        return self.named("saturated")

    @property
    def exploding(self) -> list[str]:
        """Units with a large activation or weighted sum."""
        return self.named("exploding")

    def table(self) -> Table:
        """A row per unit."""
        rows = [
            [u.name, u.activation, u.low, u.high, u.slope, u.verdict]
            for u in self.units
        ]
        columns = ["unit", "activation", "least a", "largest a", "slope", "verdict"]
        return Table(columns, rows, digits=4)

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def unit_report(
    model: Callable[[Any], Any],
    inputs: Iterable[Any],
    *,
    saturated: float = 0.01,
    exploding: float = 1e3,
    activations: Iterable[str] = ACTIVATIONS,
) -> UnitReport:
    """Call ``model`` on every input and judge each unit.

    Parameters
    ----------
    model
        A Module, or any function that returns a Value or (nested) lists of them.
    inputs
        At least one sample.
    saturated
        A unit is saturated if |da/dz| is below this for every sample.
    exploding
        A unit explodes if |a| or |z| is above this for a sample.
    activations
        Which primitives make a unit.

    Raises
    ------
    TypeError
        If ``model`` cannot be called, or returns no Value.
    ValueError
        If there is no input, or the model computes other units for one sample than
        for another.

    Examples
    --------
    >>> w = Value(1.0)
    >>> report = unit_report(lambda x: (w * x).relu() + (100 * w * x).tanh(), [-2, -1])
    >>> report.dead, report.saturated
    (['relu 1'], ['tanh 2'])
    """
    if not callable(model):
        raise TypeError(f"'model' must be a function or Module (got {shown(model)})")
    saturated = positive("saturated", saturated)
    exploding = positive("exploding", exploding)
    wanted = frozenset(activations)
    names: list[tuple[str, str]] | None = None
    seen: list[list[Value]] = []
    for i, x in enumerate(inputs):
        nodes = _units(model(x), wanted)
        found = _names(nodes)
        if names is None:
            names, seen = found, [[] for _ in found]
        if found != names:
            raise ValueError(
                f"the model must compute the same units for every sample (got other "
                f"ones for sample {i} than for sample 0)"
            )
        for unit, node in zip(seen, nodes, strict=True):
            unit.append(node)
    if names is None:
        raise ValueError("'inputs' must have at least one sample (got none)")
    return UnitReport(
        [
            _judged(name, row, nodes, saturated, exploding)
            for (name, row), nodes in zip(names, seen, strict=True)
        ]
    )


def _units(output: Any, wanted: frozenset[str]) -> list[Value]:
    results = list(_values(output))
    if not results:
        raise TypeError(f"the model must return Values (got {shown(output)})")
    # One root over all results, so that each node comes once and in order.
    nodes = ancestors(total(results))
    return [n for n in nodes if n.primitive is not None and n.primitive.name in wanted]


def _values(output: Any) -> Iterator[Value]:
    if isinstance(output, Value):
        yield output
    elif isinstance(output, (list, tuple)):
        for part in output:
            yield from _values(part)


def _names(nodes: list[Value]) -> list[tuple[str, str]]:
    # (name, primitive) of each. Units are numbered within their scope; a second scope
    # of the same path, as a second layer, gets a number too.
    scopes = scopes_of(nodes)
    labels: dict[Any, str] = {}
    times: dict[str, int] = {}
    number: dict[Any, int] = {}
    names = []
    for node in nodes:
        inner = scopes.get(node)
        row = node.primitive.name  # type: ignore[union-attr]
        if inner not in labels:
            path = _path(inner)
            times[path] = times.get(path, 0) + 1
            again = f" #{times[path]}" if times[path] > 1 else ""
            labels[inner] = f"{path}{again}"
        number[inner] = number.get(inner, 0) + 1
        label = f"{labels[inner]} unit" if inner is not None else row
        names.append((f"{label} {number[inner]}", row))
    return names


def _path(inner: Any) -> str:
    parts: list[str] = []
    while inner is not None:
        parts.append(inner.name)
        inner = inner.parent
    return " / ".join(reversed(parts))


def _judged(
    name: str, row: str, nodes: list[Value], saturated: float, exploding: float
) -> Unit:
    a = [node.data for node in nodes]
    sizes = [abs(x.data) for node in nodes for x in (node, *node.operands)]
    if not all(map(math.isfinite, sizes)):
        return Unit(name, row, min(a), max(a), math.nan, "exploding")
    slope = max(abs(local_derivatives(node)[0]) for node in nodes)
    if max(sizes) > exploding:
        verdict = "exploding"
    elif slope == 0:
        verdict = "dead"
    else:
        verdict = "saturated" if slope < saturated else "ok"
    return Unit(name, row, min(a), max(a), slope, verdict)
