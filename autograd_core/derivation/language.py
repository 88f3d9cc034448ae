"""Reading a derivation written as text: definitions, claims, domains.

What one can do with this file: turn a text into a `Derivation`, a list of claims over
a `Model`, or learn line and column of what cannot be read.

The one idea: a line is cut at its ``=`` signs and at the word ``for``; what lies
between are formulas, and the package `expression` reads those. Whether a line defines
or claims is decided by its left side: a new name is defined; a derivative, a name
that is defined already, or any other formula is claimed to equal the right side.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ExpressionError
from ..expression.names import CONSTANTS, functions
from ..expression.program import Expression, Step, written_out
from ..expression.reader import read_range, read_steps
from ..expression.tokens import Token, error_at, line_and_column, tokens
from .left_sides import ROUND_D, LeftSides, after, differential, unknown_quantity
from .limits import refuse_overflow
from .model import Model
from .statements import Claim, Condition, Derivation, Family, Reference, members

__all__ = ["read"]

MAX_TOKENS = 5_000  # of a whole text: some hundred lines
MAX_OPERATIONS = 10_000  # of all definitions, with their sums written out
MAX_MEMBERS = 400  # statements that one line may stand for

_KEYWORDS = frozenset({"for", "in", "and", "sum", "partial"})
_NOT_FINITE = frozenset({"inf", "nan"})
_RELATIONS = frozenset({"<", "<=", ">", ">=", "!="})


def read(text: str) -> Derivation:
    """Read a derivation.

    Raises
    ------
    ExpressionError
        If a line is neither a definition nor a claim, or names what is not known.
        The message begins with line and column.
    """
    reader = _Reader(text)
    line: list[Token] = []
    for token in tokens(text, lines=True, most=MAX_TOKENS):
        if token.kind not in ("line", "end"):
            line.append(token)
            continue
        if line:
            reader.statement([*line, Token("end", "", token.start)])
        line = []
    reader.end()
    return Derivation(text, reader.model, tuple(reader.claims))


class _Reader:
    # What is known after the lines so far.
    def __init__(self, text: str) -> None:
        self.text = text
        self.model = Model()
        self.claims: list[Claim] = []
        self.conditions: tuple[Condition, ...] = ()  # from here on, everywhere
        self.used: dict[str, int] = {}  # where each input is first named
        self.operations = 0

    # -- one line ----------------------------------------------------------------------

    def statement(self, line: list[Token]) -> None:
        head, domain = self.split_domain(line)
        family, conditions = self.read_domain(domain) if domain else ((), ())
        if len(head) == 1:  # `for x > 0` alone: from here on
            self.add_conditions(conditions)
            if family:
                raise self.error(domain[0], "'in' belongs to a definition or a claim")
            self.hold(conditions, family)
            return
        sides = self.split_sides(head)
        if len(sides) == 1:
            raise self.error(head[-1], "expected '=' and a formula")
        target = None
        self.refuse_arguments(sides[0])
        if len(sides[0]) > 1:
            target = self.read_target(sides[0], family)
        if target is not None and not self.is_defined(target, family):
            self.add_conditions(conditions)
            self.define(target, sides[1], family)
            self.hold(conditions, family)
            left: Any = tuple(self.read_formula(sides[0], family))
            conditions, sides = (), [sides[0], *sides[2:]]
        elif len(sides[0]) == 1:  # "= ..." goes on with the claim above
            left, family, conditions = self.go_on(head[0], family, conditions)
        else:
            left = self.read_left(sides[0], family)
        for condition in conditions:  # they bring no new names either
            for steps in condition.sides:
                self.require_known(steps, family)
        for side in sides[1:]:
            self.claim(left, sides[0], side, family, conditions)

    def split_domain(self, line: list[Token]) -> tuple[list[Token], list[Token]]:
        for i, token in enumerate(line):
            if token.text == "for" and token.kind == "name":
                end = Token("end", "", self.end_of(line[:i]))
                return [*line[:i], end], line[i + 1 :]
        return line, []

    def split_sides(self, head: list[Token]) -> list[list[Token]]:
        sides: list[list[Token]] = [[]]
        for token in head:
            if token.text == "=" and token.kind == "symbol":
                end = Token("end", "", token.start)
                sides[-1].append(end)
                sides.append([])
            else:
                sides[-1].append(token)
        return sides

    def end_of(self, line: Sequence[Token]) -> int:
        return line[-1].start + len(line[-1].text) if line else 0

    def go_on(
        self, sign: Token, family: Family, conditions: tuple[Condition, ...]
    ) -> Any:
        if not self.claims:
            raise self.error(sign, "there is no claim above that could go on")
        if family:
            raise self.error(sign, "the indices are those of the claim above")
        last = self.claims[-1]
        return last.left, last.family, (*last.conditions, *conditions)

    # -- domains -----------------------------------------------------------------------

    def read_domain(self, found: list[Token]) -> tuple[Family, tuple[Condition, ...]]:
        parts = _split(found, lambda t: t.text == "," or t.text == "and")
        family: list[tuple[str, tuple[int, int]]] = []
        relations = []
        for part in parts:
            if len(part) > 2 and part[1].text == "in" and part[0].kind == "name":
                bounds, at = read_range(self.text, part, 2)
                if part[at].kind != "end":
                    raise self.error(part[at], "expected ',' or the end of the line")
                self.refuse_taken(part[0], [name for name, _ in family])
                family.append((part[0].text, bounds))
            else:
                relations.append(part)
        count = 1
        for _, (low, high) in family:
            count *= high - low + 1
        if count > MAX_MEMBERS:
            message = f"the indices have {count} values together, at most {MAX_MEMBERS}"
            raise self.error(found[0], message)
        indices = [name for name, _ in family]
        return tuple(family), tuple(self.read_condition(r, indices) for r in relations)

    def refuse_taken(self, token: Token, indices: Sequence[str]) -> None:
        taken = token.text in indices or token.text in self.model
        if taken or token.text in CONSTANTS or token.text in _KEYWORDS:
            raise self.error(token, f"'{token.text}' has a meaning; use another index")

    def read_condition(self, part: list[Token], indices: list[str]) -> Condition:
        sides = _split(part, lambda t: t.text in _RELATIONS)
        relations = tuple(t.text for t in part if t.text in _RELATIONS)
        if not relations:
            raise self.error(
                part[0], "expected a condition such as x > 0, 0 < x < 1 or k in 1..3"
            )
        self.refuse_not_finite(part)
        read = [
            tuple(read_steps(self.text, side, names=None, indices=indices))
            for side in sides
        ]
        return Condition(tuple(read), relations)

    def add_conditions(self, conditions: Iterable[Condition]) -> None:
        # On a definition, or on a line of its own, a new name is an input.
        for condition in conditions:
            for step in (step for steps in condition.sides for step in steps):
                known = step.name in self.model or step.name in self.model.bases
                if step.kind == "variable" and not known:
                    self.add_input(step)

    def hold(self, conditions: Iterable[Condition], family: Family) -> None:
        # From here on, everywhere, and for each index: x[k] > 0 for k in 1..2.
        for condition in conditions:
            for indices in members(family):
                sides = (written_out(self.text, s, indices) for s in condition.sides)
                held = Condition(tuple(map(tuple, sides)), condition.relations)
                if held not in self.conditions:
                    self.conditions += (held,)

    def end(self) -> None:
        # Elements that only conditions name, and that no line has defined.
        self.add_conditions(self.conditions)

    # -- definitions -------------------------------------------------------------------

    def read_target(self, side: list[Token], family: Family) -> Reference | None:
        # A left side that is one name, or None.
        first = side[0]
        if first.kind != "name" or (len(side) > 2 and side[1].text != "["):
            return None
        if first.text in _KEYWORDS:
            if len(side) > 2:
                return None  # sum(...) = ..., partial(...) = ...
            raise self.taken(first)
        if side[after(side, 0)].kind != "end":
            return None  # dp[1]/dz[2]
        if first.text in CONSTANTS or first.text in functions():
            raise self.taken(first)
        (step,) = self.read_formula(side, family)
        return Reference(first.text, step.indices, first.start)

    def refuse_arguments(self, side: list[Token]) -> None:
        # f(x) = ...: a function is no part of the language, a quantity is.
        name, inside = side[0].text, side[2:-2]
        if len(side) < 4 or (side[1].text, side[-2].text) != ("(", ")"):
            return
        plain = all(token.kind == "name" or token.text == "," for token in inside)
        known = name in _KEYWORDS or name in functions()
        if side[0].kind == "name" and plain and not known:
            message = f"write {name} = ..., without the names it is computed from"
            raise self.error(side[0], message)

    def taken(self, token: Token) -> ExpressionError:
        return self.error(token, f"'{token.text}' has a meaning; use another name")

    def is_defined(self, target: Reference, family: Family) -> bool:
        names = [target.at(indices) for indices in members(family)]
        return all(name in self.model.definitions for name in names)

    def define(self, target: Reference, side: list[Token], family: Family) -> None:
        template = self.read_formula(side, family)
        self.model.sums |= set(_terms(template))
        for indices in members(family):
            name = target.at(indices)
            if name in self.model.definitions:
                raise self.error(target, f"'{name}' is defined already")
            if name in self.model:
                line, _ = line_and_column(self.text, self.used[name])
                message = f"'{name}' is used in line {line}, before it is defined"
                raise self.error(target, message)
            self.refuse_mixture(target.name, name, target.start)
            formula = self.formula(template, indices)
            for step in formula.program:
                if step.kind == "variable" and step.name not in self.model:
                    if step.name == name:
                        raise self.error(target, f"'{name}' is defined by itself")
                    self.add_input(step)
            self.model.define(name, formula)

    def add_input(self, step: Step) -> None:
        if step.name in _KEYWORDS:
            raise error_at(self.text, step.start, f"'{step.name}' is a keyword here")
        self.refuse_mixture(step.name.partition("[")[0], step.name, step.start)
        self.used[step.name] = step.start
        self.model.add_input(step.name)

    def refuse_mixture(self, base: str, name: str, start: int) -> None:
        # `w` and `w[1]` in one text would be two things that look like one.
        plain = base in self.model
        if plain if name != base else base in self.model.bases:
            message = f"'{base}' is used both with and without an index"
            raise error_at(self.text, start, message)

    def formula(self, template: Iterable[Step], indices: Mapping[str, int]) -> Any:
        steps = written_out(self.text, template, indices)
        self.operations += len(steps)
        if self.operations > MAX_OPERATIONS:
            raise error_at(
                self.text,
                steps[0].start,
                f"more than {MAX_OPERATIONS:,} operations, with all sums written out",
            )
        refuse_overflow(self.text, steps)
        return Expression(self.text, steps)

    # -- claims ------------------------------------------------------------------------

    def claim(
        self,
        left: Any,
        left_side: list[Token],
        side: list[Token],
        family: Family,
        conditions: tuple[Condition, ...],
    ) -> None:
        right = tuple(self.read_formula(side, family, claimed=True))
        if isinstance(left, tuple):
            self.require_known(left, family)
        self.require_known(right, family)
        line, column = line_and_column(self.text, side[0].start)
        text = self.between(left_side)
        self.claims.append(
            Claim(
                line,
                column,
                text or self.claims[-1].left_text,
                self.between(side),
                left,
                right,
                family,
                (*self.conditions, *conditions),
            )
        )

    def between(self, side: list[Token]) -> str:
        return " ".join(self.text[side[0].start : self.end_of(side[:-1])].split())

    def require_known(self, template: Sequence[Step], family: Family) -> None:
        # A formula in a claim brings no new names.
        for indices in members(family):
            for step in self.formula(template, indices).program:
                if step.kind == "variable" and step.name not in self.model:
                    raise unknown_quantity(self.text, self.model, step.name, step.start)

    def read_left(self, side: list[Token], family: Family) -> Any:
        found = LeftSides(self.text, self.model).read(side, family)
        return found or tuple(self.read_formula(side, family, claimed=True))

    # -- formulas ----------------------------------------------------------------------

    def read_formula(
        self, side: list[Token], family: Family, *, claimed: bool = False
    ) -> list[Step]:
        self.refuse_derivatives(side)
        self.refuse_not_finite(side)
        names = [*self.model.names] if claimed else None
        indices = [name for name, _ in family]
        return read_steps(self.text, side, names=names, indices=indices)

    def refuse_derivatives(self, side: list[Token]) -> None:
        for i, token in enumerate(side):
            if token.text == "\u2202":
                raise self.error(token, ROUND_D)
            _, of = differential(token)
            if of is None or of.text not in self.model or token.text in self.model:
                continue
            slash = after(side, i)
            if side[slash].text == "/" and differential(side[slash + 1])[1]:
                raise self.error(
                    token, "derivatives stand only on left sides; write the formula"
                )

    def refuse_not_finite(self, side: list[Token]) -> None:
        for token in side:
            if token.kind == "name" and token.text in _NOT_FINITE:
                message = f"'{token.text}' is no finite number; use another name"
                raise self.error(token, message)

    # -- messages ----------------------------------------------------------------------

    def error(self, place: Token | Reference, message: str) -> ExpressionError:
        return error_at(self.text, place.start, message)


def _terms(template: Iterable[Step]) -> Iterable[int]:
    for step in template:
        if step.kind == "sum":
            yield step.bounds[1] - step.bounds[0] + 1
            yield from _terms(step.body)


def _split(found: list[Token], at: Any) -> list[list[Token]]:
    # Cut at these signs outside of brackets; every part ends with an "end".
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and at(token):
            parts[-1].append(Token("end", "", token.start))
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
