"""What is asked about a graph, and the exact answers.

What one can do with this file: record a draft (`recorded`), list its blanks with their
answers (`blanks_of`), and do one of its operations alone on other numbers (`operate`).

The one idea: every answer is read off the engine's own graph, which is recorded from
the formulas on the worksheet. Nothing here knows a derivative.

A local derivative is written ``partial(u, x)`` and a gradient ``dL/dx``, as in
`autograd_core.derivation`: where x reaches u by a second way, du/dx is another number.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from numbers import Rational
from typing import Any, NamedTuple

from ..errors import ExactnessError, ExpressionError
from ..expression import parse
from ..graph import local_derivatives
from ..value import Value
from .levels import RESULT, Draft

__all__ = [
    "GRADIENT",
    "LOCAL",
    "VALUE",
    "Blank",
    "Operation",
    "blanks_of",
    "consumers_of",
    "gradient_of",
    "local_of",
    "operate",
    "recorded",
]

VALUE, LOCAL, GRADIENT = "value", "local", "gradient"


class Blank(NamedTuple):
    """One thing to fill in.

    Attributes
    ----------
    kind
        "value", "local" or "gradient".
    left
        How the worksheet writes it: ``u``, ``partial(u, x)``, ``dL/dx``.
    node
        The quantity whose value is asked; the result of the operation; the quantity
        by which the result of all is differentiated.
    wrt
        Of a local derivative the operand, else "".
    answer
        The right answer.
    """

    kind: str
    left: str
    node: str
    wrt: str
    answer: Fraction


class Operation(NamedTuple):
    """The result of one operation, and its derivative by each named operand.

    None stands where a number does not exist or is no fraction.
    """

    value: Fraction | None
    partials: Mapping[str, Fraction | None]


def local_of(node: str, operand: str) -> str:
    """How a local derivative is written."""
    return f"partial({node}, {operand})"


def gradient_of(node: str) -> str:
    """How a gradient is written."""
    return f"d{RESULT}/d{node}"


def consumers_of(name: str, blanks: Iterable[Blank]) -> list[str]:
    """The results of the operations that use a quantity, in order."""
    return [b.node for b in blanks if b.kind == LOCAL and b.wrt == name]


# -- recording -------------------------------------------------------------------------


def recorded(draft: Draft) -> dict[str, Value]:
    """The draft's graph on exact numbers: every quantity by its name.

    Raises
    ------
    NonFiniteError
        If it divides by zero.
    ImportError
        If it needs SymPy, and SymPy is not installed.
    """
    nodes: dict[str, Value] = {
        name: _leaf(draft, name, number) for name, number in draft.given.items()
    }
    for name, text in draft.formulas:
        nodes[name] = parse(text).evaluate(nodes)
        nodes[name].name = name
    return nodes


def _leaf(draft: Draft, name: str, number: Fraction) -> Value:
    data: Any = number
    if draft.symbolic:  # SymPy knows that exp(0) = 1; a Fraction refuses every exp
        from ..numbers.symbolic import adopt

        data = adopt(number)
    return Value(data, name=name, requires_grad=name not in draft.data)


def operate(draft: Draft, name: str, operands: Mapping[str, Fraction]) -> Operation:
    """One operation of the draft alone, on these numbers.

    Parameters
    ----------
    name
        Of its result.
    operands
        A number for each name in its formula; others are ignored.
    """
    formula = parse(dict(draft.formulas)[name])
    leaves = {x: _leaf(draft, x, operands[x]) for x in formula.names}
    partials: dict[str, Fraction | None] = dict.fromkeys(leaves)
    try:
        node = formula.evaluate(leaves)
        value = _fraction(node.data)
        found = local_derivatives(node)
    except (ArithmeticError, ExactnessError, ExpressionError):
        return Operation(None, partials)  # 1/0, or a number of thousands of digits
    for operand, partial in zip(node.operands, found, strict=True):
        if operand.name in partials:
            partials[operand.name] = _fraction(partial)
    return Operation(value, partials)


def _fraction(number: Any) -> Fraction | None:
    # SymPy's rational numbers are registered as such; exp(1) is none.
    return Fraction(number) if isinstance(number, Rational) else None


# -- asking ----------------------------------------------------------------------------


def blanks_of(nodes: Mapping[str, Value], draft: Draft) -> tuple[Blank, ...] | None:
    """Values and local derivatives forward, then gradients backward, inputs last.

    None if an answer is no fraction.

    Raises
    ------
    NonFiniteError
        If a derivative divides by zero.
    """
    root = nodes[RESULT]
    root.backward()
    names = [name for name, _ in draft.formulas]
    asked = [(VALUE, name, name, "", nodes[name].data) for name in names]
    for name in names:
        node = nodes[name]
        for operand, number in zip(node.operands, local_derivatives(node), strict=True):
            if operand.requires_grad:
                wrt = str(operand.name)
                asked.append((LOCAL, local_of(name, wrt), name, wrt, number))
    inputs = [name for name in draft.given if name not in draft.data]
    asked += [
        (GRADIENT, gradient_of(name), name, "", nodes[name].grad)
        for name in [*reversed(names[:-1]), *inputs]
    ]
    blanks = []
    for kind, left, name, wrt, number in asked:
        answer = _fraction(number)
        if answer is None:
            return None
        blanks.append(Blank(kind, left, name, wrt, answer))
    return tuple(blanks)
