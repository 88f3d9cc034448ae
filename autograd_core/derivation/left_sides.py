"""Left sides that are derivatives: ``dL/du``, ``d2L/(du dv)``, ``partial(L, u | a)``.

What one can do with this file: read one, or learn that a left side is none.

The one idea: ``dL`` is one name to the reader of formulas, so it is taken apart here,
and only at the place where a differential can stand. ``dL/dx`` is no derivative if
there is a quantity that is called ``dL``.
"""

import re
from collections.abc import Sequence

from ..errors import ExpressionError
from ..expression.names import CONSTANTS, functions, unknown_name
from ..expression.reader import read_steps
from ..expression.tokens import Token, error_at, seen, short
from .model import Model
from .statements import Derivative, Family, Reference, members

__all__ = ["LeftSides", "after", "differential", "unknown_quantity"]

ROUND_D = (
    "write dL/dw for a total derivative, partial(L, w | a, b) for one that holds a, b"
)
_PARTIAL = "write partial(L, y | a, b): what is differentiated, by what, what is held"


class LeftSides:
    """The reader of left sides, with what is known so far."""

    def __init__(self, text: str, model: Model) -> None:
        self.text = text
        self.model = model

    def read(self, side: Sequence[Token], family: Family) -> Derivative | None:
        """The derivative that these tokens are, or None if they are a formula.

        Raises
        ------
        ExpressionError
            If they are a derivative that is not written well, or of unknown
            quantities.
        """
        if side[0].text == "\u2202":
            raise self._error(side[0], ROUND_D)
        if side[0].text == "partial" and side[1].text == "(":
            return self._checked(self._partial(side, family), family)
        self._refuse_orders(side)
        order, of = differential(side[0])
        slash = after(side, 0)
        if of is None or side[slash].text != "/" or side[0].text in self.model:
            return None
        target = self._reference(side, 0, of, family)
        by = self._below(side, slash + 1, order, family)
        return self._checked(Derivative(target, by), family)

    def _refuse_orders(self, side: Sequence[Token]) -> None:
        # d3L/dw^3, and d^2L/dw^2, which is d to the power 2.
        first, words = side[0], [token.text for token in side]
        if first.text in self.model:
            return
        if words[:2] == ["d", "^"] and side[3].kind == "name" and "/" in words:
            raise self._error(first, "write d2L/dw^2 for a second derivative")
        if re.fullmatch(r"d[3-9][^\W\d]\w*", first.text) and words[1] == "/":
            raise self._error(first, "orders 1 and 2 only")

    def _reference(
        self, side: Sequence[Token], at: int, name: Token, family: Family
    ) -> Reference:
        """The quantity ``name``, with the index that follows it in the tokens."""
        end = after(side, at)
        word = [name, *side[at + 1 : end]]
        if name.text in functions() or name.text in CONSTANTS:
            raise self._unknown(name.text, name.start)
        indices = [index for index, _ in family]
        steps = read_steps(
            self.text, [*word, Token("end", "", side[end].start)], indices=indices
        )
        return Reference(name.text, steps[0].indices, name.start)

    def _below(
        self, side: Sequence[Token], position: int, order: int, family: Family
    ) -> tuple[Reference, ...]:
        # dw, dw^2, (dv dw), dv*dw: what stands below the fraction's line.
        found: list[Reference] = []
        closing = side[position].text == "("
        position += closing
        while side[position].text not in (")", ""):
            token = side[position]
            _, of = differential(token, orders=False)
            if of is None:
                raise self._error(
                    token, f"expected the d of a differential, got {seen(token)}"
                )
            shown, times = self._squared(of.text, order)
            name = Token("name", shown, of.start)
            reference = self._reference(side, position, name, family)
            position = after(side, position)
            if side[position].text in ("^", "**"):
                if side[position + 1].text not in ("1", "2"):
                    raise self._error(side[position + 1], "orders 1 and 2 only")
                times = int(side[position + 1].text)
                position += 2
            found += [reference] * times
            position += side[position].text == "*"
        if closing and side[position].text != ")":
            raise self._error(side[position], "expected ')' after the differentials")
        if side[position + closing].kind != "end":
            raise self._error(side[position + closing], "expected '=' after this")
        if len(found) != order:
            raise self._error(
                side[0],
                f"the order above is {order}, below it is {len(found)}; write dL/dw, "
                "d2L/dw^2 or d2L/(dv dw)",
            )
        return tuple(found)

    def _squared(self, name: str, order: int) -> tuple[str, int]:
        # d2L/dw2 means d2L/dw^2 unless there is a w2.
        short_name = name[:-1]
        if order != 2 or name[-1] != "2" or name in self.model or not short_name:
            return name, 1
        return (short_name, 2) if short_name in self.model else (name, 1)

    def _partial(self, side: Sequence[Token], family: Family) -> Derivative:
        found: list[list[Reference]] = [[]]
        position = 2
        while side[position].text != ")":
            token = side[position]
            if token.kind != "name":
                raise self._error(token, f"expected a quantity, got {seen(token)}")
            found[-1].append(self._reference(side, position, token, family))
            position = after(side, position)
            sign = side[position]
            if sign.text == "|" and len(found) == 1:
                found.append([])
            elif sign.text not in (",", ")"):
                raise self._error(sign, f"{_PARTIAL}, got {seen(sign)}")
            position += sign.text != ")"
        if side[position + 1].kind != "end":
            raise self._error(side[position + 1], "expected '=' after this")
        if not 2 <= len(found[0]) <= 3 or found[-1] == []:
            raise self._error(side[0], _PARTIAL)
        held = tuple(found[1]) if len(found) == 2 else ()
        return Derivative(found[0][0], tuple(found[0][1:]), held)

    def _checked(self, left: Derivative, family: Family) -> Derivative:
        # Every quantity is known, in every member of the family.
        for indices in members(family):
            for reference in (left.target, *left.by, *(left.held or ())):
                name = reference.at(indices)
                if name not in self.model:
                    raise self._unknown(name, reference.start)
            names = [reference.at(indices) for reference in left.by]
            for reference in left.held or ():
                if reference.at(indices) in names:
                    raise self._error(reference, "a variable cannot be held as well")
        return left

    def _unknown(self, name: str, start: int) -> ExpressionError:
        return unknown_quantity(self.text, self.model, name, start)

    def _error(self, place: Token | Reference, message: str) -> ExpressionError:
        return error_at(self.text, place.start, message)


def unknown_quantity(text: str, model: Model, name: str, start: int) -> ExpressionError:
    """The refusal of a quantity, with those that may have been meant."""
    if name in model.bases:
        known = [n for n in model.names if n.startswith(f"{name}[")]
        message = f"'{name}' has an index; write {', '.join(known[:3])}"
        return error_at(text, start, message)
    if not model.names:
        return error_at(
            text, start, f"unknown quantity {short(name)}; none is defined yet"
        )
    return unknown_name(text, start, name, model.names)


def after(side: Sequence[Token], position: int) -> int:
    """Where a name with its index, if it has one, ends."""
    position += 1
    if side[position].text == "[":
        while side[position].text != "]" and side[position].kind != "end":
            position += 1
        position += side[position].kind != "end"
    return position


def differential(token: Token, *, orders: bool = True) -> tuple[int, Token | None]:
    """``dL`` is the order 1 and L, ``d2L`` the order 2 and L; else there is None."""
    if token.kind != "name" or token.text[0] != "d" or len(token.text) < 2:
        return 0, None
    order, name = 1, token.text[1:]
    if orders and name[0] == "2":
        order, name = 2, name[1:]
    if not name.isidentifier():
        return 0, None
    return order, Token("name", name, token.start + len(token.text) - len(name))
