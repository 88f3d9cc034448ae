"""The numbers of whoever filled in a worksheet, and what is right from them.

What one can do with this file: ask a `Learner` for their own number of a blank, for
what is right from their own numbers, and for the wrong answers that it rests on.

The one idea: an error carried forward is counted once. Blanks come in the order in
which they are computed, so one pass gives each blank what follows from the answers
before it; an empty blank hands on what follows for itself.
"""

from collections.abc import Mapping
from fractions import Fraction

from ..expression import parse
from .blanks import (
    GRADIENT,
    LOCAL,
    VALUE,
    Blank,
    Operation,
    consumers_of,
    gradient_of,
    local_of,
    operate,
)
from .levels import RESULT
from .path_slips import Way, ways_of
from .reading import Sheet

__all__ = ["Learner"]

Numbers = Mapping[str, Fraction | None]


class Learner:
    """A worksheet's answers as numbers to go on with.

    Attributes
    ----------
    exercise, nodes
        The exercise, and a graph of it with the right numbers.
    own
        For each left side the answer that was given, or what follows where it is
        empty; None where that does not exist. For each input its number.
    follows
        For each left side what is right from ``own``.
    rests_on
        For each left side the wrong answers that make ``follows`` differ.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.exercise = sheet.exercise
        self.nodes = sheet.exercise.nodes()
        self.own: dict[str, Fraction | None] = dict(self.exercise.draft.given)
        self.follows: dict[str, Fraction | None] = {}
        self.rests_on: dict[str, tuple[str, ...]] = {}
        self._wrong: dict[str, tuple[str, ...]] = {}
        for blank in self.exercise.blanks:
            left, answer = blank.left, sheet.answers[blank.left].number
            self.follows[left] = self._follows(blank, self.own)
            self.rests_on[left] = self._rests_on(blank)
            if answer is None:
                self.own[left] = self.follows[left]
                self._wrong[left] = self.rests_on[left]
            else:
                self.own[left] = answer
                self._wrong[left] = (left,) if answer != blank.answer else ()

    def operands(self, name: str) -> dict[str, Fraction | None]:
        """The numbers that go into an operation."""
        return {x: self.own[x] for x in self._names(name)}

    def operation(self, name: str) -> Operation:
        """The operation on those numbers."""
        return self._operation(name, self.own)

    def paths(self, name: str) -> list[Way]:
        """Every path from a quantity to the result, with the right numbers."""
        return ways_of(self.nodes, name, self.exercise.answers)

    def ways(self, name: str) -> list[Way]:
        """One way for each consumer: its gradient, and its local derivative.

        With the learner's own numbers; none where one of them does not exist.
        """
        ways = []
        for user in self._consumers(name):
            labels = [gradient_of(user)] * (user != RESULT) + [local_of(user, name)]
            known = [(x, n) for x in labels if (n := self.own[x]) is not None]
            if len(known) < len(labels):
                return []
            ways.append(Way(self._route(name, user), tuple(known)))
        return ways

    def _route(self, name: str, user: str) -> str:
        start = f"{name} -> {user}"
        if user == RESULT:
            return start
        on = [way.route for way in self.paths(user)]
        return f"{name} -> {on[0]}" if len(on) == 1 else f"{start} -> ... -> {RESULT}"

    # -- what follows ------------------------------------------------------------------

    def _names(self, name: str) -> tuple[str, ...]:
        return parse(dict(self.exercise.draft.formulas)[name]).names

    def _consumers(self, name: str) -> list[str]:
        return consumers_of(name, self.exercise.blanks)

    def _operation(self, name: str, numbers: Numbers) -> Operation:
        names = self._names(name)
        known = {x: n for x in names if (n := numbers[x]) is not None}
        if len(known) < len(names):
            return Operation(None, dict.fromkeys(names))
        return operate(self.exercise.draft, name, known)

    def _follows(self, blank: Blank, numbers: Numbers) -> Fraction | None:
        if blank.kind == VALUE:
            return self._operation(blank.node, numbers).value
        if blank.kind == LOCAL:
            return self._operation(blank.node, numbers).partials[blank.wrt]
        total = Fraction(0)
        for user in self._consumers(blank.node):
            adjoint = numbers.get(gradient_of(user), Fraction(1))  # dL/dL is 1
            local = numbers[local_of(user, blank.node)]
            if adjoint is None or local is None:
                return None
            total += adjoint * local
        return total

    def _parts(self, blank: Blank) -> list[str]:
        # The blanks that it is computed from.
        if blank.kind != GRADIENT:
            return [x for x in self._names(blank.node) if x in self._wrong]
        pairs = [
            (gradient_of(user), local_of(user, blank.node))
            for user in self._consumers(blank.node)
        ]
        return [part for pair in pairs for part in pair if part in self._wrong]

    def _rests_on(self, blank: Blank) -> tuple[str, ...]:
        # Not on a wrong u where the right one gives the same: d(u*v)/du is v.
        wrong = [part for part in self._parts(blank) if self._wrong[part]]
        if not wrong:
            return ()
        now, right = self.follows[blank.left], self.exercise.answers
        felt = [
            part
            for part in wrong
            if self._follows(blank, {**self.own, part: right[part]}) != now
        ]
        names = [name for part in felt or wrong for name in self._wrong[part]]
        return tuple(dict.fromkeys(names))
