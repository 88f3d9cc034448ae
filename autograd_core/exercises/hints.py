"""A hint for a wrong answer.

What one can do with this file: ask for the sentence that helps (`hint`).

The one idea: the slips of `slips` and `path_slips` are tried one after the other,
first on the learner's own numbers and then on the right ones, and the first that gives
their number is named. Where none does, the hint says what is to be done.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from ..explain import explain
from ..expression import parse
from .blanks import GRADIENT, VALUE, Blank, consumers_of, gradient_of
from .learner import Learner
from .path_slips import path_slips
from .reading import Answer
from .slips import local_slips, value_slips

__all__ = ["hint"]

Slip = tuple[Fraction, str]

_DECIMAL = re.compile(r"[-+]?\s*\d*\.(\d+)")


def hint(blank: Blank, answer: Answer, learner: Learner) -> str:
    """What may have gone wrong in a wrong answer; never the right number."""
    if _is_rounded(blank.answer, answer):
        return "this is rounded; write the fraction"
    for number, sentence in _slips(blank, learner):
        if number == answer.number:
            return sentence
    return _advice(blank, learner)


def _is_rounded(right: Fraction, answer: Answer) -> bool:
    decimal = _DECIMAL.fullmatch(answer.text)
    if decimal is None or answer.number is None:
        return False
    return abs(answer.number - right) <= Fraction(1, 2 * 10 ** len(decimal[1]))


def _slips(blank: Blank, learner: Learner) -> Iterator[Slip]:
    if blank.kind == GRADIENT:
        yield from _of_gradient(blank, learner)
    else:
        yield from _of_operation(blank, learner)


def _of_operation(blank: Blank, learner: Learner) -> Iterator[Slip]:
    made, name = learner.exercise, blank.node
    text = dict(made.draft.formulas)[name]
    operands = {x: n for x, n in learner.operands(name).items() if n is not None}
    right = learner.operation(name)
    if len(operands) < len(learner.operands(name)):
        return
    if blank.kind == VALUE:
        yield from value_slips(name, text, operands, right)
        return
    nodes = learner.nodes
    others = [x for x in operands if x != blank.wrt]
    if explain(nodes[name], nodes[blank.wrt]).count > 1:
        total = Fraction(explain(nodes[name], nodes[blank.wrt]).gradient)
        says = (
            f"this is d{name}/d{blank.wrt} along every path; here {others[0]} is held"
        )
        yield total, says
    yield from local_slips(name, text, blank.wrt, operands, right)
    gradient = made.answers[gradient_of(blank.wrt)]
    yield (
        gradient,
        f"this is {gradient_of(blank.wrt)}; here only {name} = {text} counts",
    )


def _of_gradient(blank: Blank, learner: Learner) -> Iterator[Slip]:
    made, name = learner.exercise, blank.node
    yield from path_slips(learner.ways(name), learner.paths(name))
    value = learner.own[name]
    if value is not None:
        yield value, f"this is the value of {name}, not a derivative"
    for user in consumers_of(name, made.blanks):
        for other in learner.operation(user).partials:
            if other != name and gradient_of(other) in made.answers:
                yield made.answers[gradient_of(other)], f"this is {gradient_of(other)}"
    if blank.answer:
        yield 1 / blank.answer, "this is upside down"


def _advice(blank: Blank, learner: Learner) -> str:
    made, name = learner.exercise, blank.node
    if blank.kind == GRADIENT:
        ways = learner.paths(name)
        routes = " and ".join(way.route for way in ways)
        verb = "multiply along" if len(ways) == 1 else "add what flows along"
        return f"{verb} {routes}"
    text = dict(made.draft.formulas)[name]
    if blank.kind == VALUE:
        return f"put your numbers into {name} = {text}"
    others = [x for x in parse(text).names if x != blank.wrt]
    held = f", and hold {others[0]}" if others else ""
    return f"differentiate {text} by {blank.wrt} alone{held}"
