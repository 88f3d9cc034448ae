"""What several chapters write with: lists of claims, π, long rules by a short name.

What one can do with this file: `claims` about one quantity, one per line; `values` of
one at several points, or a formula of them (`evaluated`); `pi` of the kind of another
number; `noted` for a rule that a page writes as text, because its formula would fill
the page.

The one idea: a rule that is noted as text is still the rule that is checked; only its
formula is not printed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_core import Value
from autograd_core.numbers import column_of
from autograd_core.numbers.text import Formula, symbol
from autograd_core.value import constant

from ..article import Claim, Model, Point
from ..readings import Reading, Source, value_at

__all__ = ["claims", "evaluated", "noted", "pi", "values"]

Rule = Callable[[Any], Any]


def claims(
    model: Model,
    target: str,
    where: str,
    points: tuple[Point, ...],
    forms: Mapping[str, Rule | tuple[Rule, ...]],
) -> tuple[Claim, ...]:
    """A `Claim` per entry of ``forms``.

    Parameters
    ----------
    forms
        The words to differentiate by, "" for the value -> the closed form, or a chain
        of them.

    Examples
    --------
    >>> from demos.derivations import Model, Point
    >>> cube = Model(inputs=("x",), definitions={"f": lambda q: q.x**3})
    >>> at = (Point("x = 2", {"x": 2.0}),)
    >>> slope, bend = claims(
    ...     cube, "f", "", at, {"x": lambda q: 3 * q.x**2, "x x": lambda q: 6 * q.x}
    ... )
    >>> print(slope, bend, *bend.right())
    df/dx d²f/dx² 6x
    """
    return tuple(
        Claim(
            model,
            target,
            tuple(wrt.split()),
            form if isinstance(form, tuple) else (form,),
            where,
            points,
        )
        for wrt, form in forms.items()
    )


def values(model: Model, name: str, points: Sequence[Point]) -> tuple[Reading, ...]:
    """A row per point: the quantity ``name`` there.

    Examples
    --------
    >>> from demos.derivations.checks import engine_source
    >>> cube = Model(inputs=("x",), definitions={"f": lambda q: q.x**3})
    >>> (row,) = values(cube, "f", [Point("x = 2", {"x": 2.0})])
    >>> print(row.label, row.compute(engine_source()))
    f at x = 2 8.0
    """
    return tuple(
        Reading(
            f"{model.symbol(name)} at {at.label}", value_at(model, name, at)[0].compute
        )
        for at in points
    )


def evaluated(label: Formula | str, model: Model, rule: Rule, at: Point) -> Reading:
    """A formula of the quantities of a model, such as a printed one, at a point.

    Examples
    --------
    >>> from demos.derivations.checks import engine_source
    >>> cube = Model(inputs=("x",), definitions={"f": lambda q: q.x**3})
    >>> row = evaluated("f + x", cube, lambda q: q.f + q.x, Point("", {"x": 2.0}))
    >>> print(row.label, row.compute(engine_source()))
    f + x 10.0
    """

    def compute(source: Source) -> Any:
        return rule(model.run({n: source.number(x) for n, x in at.values.items()}))

    return Reading(label, compute)


def pi(like: Any) -> Any:
    """π as a number of the kind of ``like``; on names, the letter.

    Raises
    ------
    TypeError
        If ``like`` is a number without a π, as an int is.

    Examples
    --------
    >>> pi(1.0)
    3.141592653589793
    """
    data = like.data if isinstance(like, Value) else like
    column = column_of(data)
    if column is None:
        raise TypeError(f"'like' must be a number of a kind that has a π (got {like})")
    number = column.pi * column.adopt(1)  # the complex column's own π is a float
    return constant(number) if isinstance(like, Value) else number


def noted(text: str, rule: Rule) -> Rule:
    """``rule``, which the page writes as ``text``.

    Examples
    --------
    >>> from demos.derivations import Model
    >>> long = noted("a long sum", lambda q: sum(q.x * i for i in range(100)))
    >>> model = Model(inputs=("x",), definitions={"s": long})
    >>> print(long(model.names()), model.run({"x": 1.0}).s)
    a long sum 4950.0
    """

    def of(q: Any) -> Any:
        on_names = isinstance(next(iter(vars(q).values())), Formula)
        return symbol(text) if on_names else rule(q)

    return of
