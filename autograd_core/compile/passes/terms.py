"""Sums as terms: the first step of raising.

What one can do with this file: `Flat` is a tape whose sums, however they were written,
are single instructions on their terms.

The one idea: a sum is known by its terms, each a number or a product of two, and not by
the order of its additions. Uniform terms are added up once; uniform factors of numbers
that vary become the line of a matrix.
"""

from collections.abc import Iterable

from ...primitives import TABLE, Primitive
from ..tape import INPUT, Tape

__all__ = ["DOT", "MATRIX", "ONE", "Flat", "Term"]

# sum of v1*u1 + ... + vn*un: all v first, then all u.
MATRIX = Primitive("matrix_vector", lambda *_: (), variadic=True)
DOT = TABLE["dot"]
ONE = -1  # in a product over the rows: the number 1

_ADD, _SUB, _MUL, _NEG = (TABLE[name] for name in ("add", "sub", "mul", "neg"))
_SUM = TABLE["sum"]
_ADDITIVE = {_ADD, _SUB, _NEG, _SUM, DOT}
_TERMS = {*_ADDITIVE, _MUL}

Term = tuple[bool, int, int]  # negative?, factor, factor or ONE


class Flat:
    """A tape whose sums are instructions on their terms.

    Attributes
    ----------
    rows, operands, varies
        Of each instruction: its row, what it reads, and whether it varies.
    at
        For each instruction of the tape its number here; -1 for what became a term.
    sums
        For each summed output its terms that vary.
    uniforms
        For each summed output what is added once per row.
    """

    def __init__(self, tape: Tape, summed: int, reorder: bool) -> None:
        self.tape = tape
        self.rows: list[Primitive] = []
        self.operands: list[tuple[int, ...]] = []
        self.varies: list[bool] = []
        self.at = [-1] * len(tape)
        self.sums: list[list[Term]] = []
        self.uniforms: list[list[tuple[bool, int]]] = []
        self.varies_in_tape = _varying(tape)
        kept = len(tape.outputs) - summed
        ends = tape.outputs[kept:]
        uses = tape.uses()
        self.inside = _inside(tape, uses, self.varies_in_tape) if reorder else set()
        self.ends = {o for o in ends if reorder and self._is_terms(o) and uses[o] == 1}
        for i, row, operands in tape.instructions():
            if i in self.inside or i in self.ends:
                continue
            if reorder and row in _ADDITIVE:
                self.at[i] = self._sum(i)
            else:
                self.at[i] = self.append(row, [self.at[o] for o in operands])
        for o in ends:
            self._end(o)

    def _is_terms(self, o: int) -> bool:
        row = self.tape.rows[o]
        return self.varies_in_tape[o] and (row in _ADDITIVE or row is _MUL)

    def append(self, row: Primitive, operands: Iterable[int]) -> int:
        """Another instruction; returns its number."""
        operands = tuple(operands)
        self.rows.append(row)
        self.operands.append(operands)
        varies = self.varies
        found = row is INPUT
        for operand in operands:
            if varies[operand]:
                found = True
                break
        varies.append(found)
        return len(self.rows) - 1

    def terms(self, i: int, negative: bool = False) -> list[Term]:
        """The terms of a sum, each a number or a product of two, by new numbers."""
        rows, all_operands = self.tape.rows, self.tape.operands
        at, inside = self.at, self.inside
        found: list[Term] = []
        stack = [(i, negative)]
        while stack:
            k, negative = stack.pop()
            row = rows[k]
            if k not in inside and k != i:
                found.append((negative, at[k], ONE))
            elif row is _MUL:
                x, y = all_operands[k]
                found.append((negative, at[x], at[y]))
            elif row is _ADD:
                x, y = all_operands[k]
                stack.append((y, negative))
                stack.append((x, negative))
            elif row is DOT:
                operands = all_operands[k]
                half = len(operands) // 2
                pairs = zip(operands[:half], operands[half:], strict=True)
                found += [(negative, at[x], at[y]) for x, y in pairs]
            elif row is _SUB:
                x, y = all_operands[k]
                stack.append((y, not negative))
                stack.append((x, negative))
            elif row is _NEG:
                stack.append((all_operands[k][0], not negative))
            elif row is _SUM:
                stack += [(o, negative) for o in reversed(all_operands[k])]
            else:
                found.append((negative, at[k], ONE))
        return found

    def _sum(self, i: int) -> int:
        terms = self.terms(i)
        varies = self.varies
        linear: list[tuple[bool, int, int]] = []  # negative?, varying, uniform
        rest: list[Term] = []
        for term in terms:
            _, x, y = term
            if y != ONE and varies[x] != varies[y]:
                linear.append(term if varies[x] else (term[0], y, x))
            else:
                rest.append(term)
        if len(linear) < 2 or len({v for _, v, _ in linear}) < len(linear):
            rest, linear = terms, []
        if not linear and len(terms) < 3:
            operands = [self.at[o] for o in self.tape.operands[i]]
            if -1 not in operands:
                return self.append(self.tape.rows[i], operands)
        if linear:
            linear.sort(key=lambda term: term[1])
            weights = [self._signed(negative, u) for negative, _, u in linear]
            vector = [v for _, v, _ in linear]
            rest.append((False, self.append(MATRIX, vector + weights), ONE))
        return self._added(rest)

    def _signed(self, negative: bool, x: int) -> int:
        return self.append(_NEG, (x,)) if negative else x

    def _added(self, terms: list[Term]) -> int:
        # Uniform terms first, so that they are added up once and not in every row.
        varies = self.varies
        uniform: list[Term] = []
        varying: list[Term] = []
        for term in terms:
            _, x, y = term
            often = varies[x] or (y != ONE and varies[y])
            (varying if often else uniform).append(term)
        numbers = self._shortened(uniform) if uniform else []
        if numbers and varying:
            numbers = [(False, self._chain(numbers))]
        return self._chain(numbers + self._shortened(varying))

    def _shortened(self, terms: list[Term]) -> list[tuple[bool, int]]:
        # Many terms of one kind are one operation.
        numbers: list[tuple[bool, int]] = []
        for negative in (False, True):
            lefts: list[int] = []
            rights: list[int] = []
            leaves: list[int] = []
            for sign, x, y in terms:
                if sign != negative:
                    continue
                if y == ONE:
                    leaves.append(x)
                else:
                    lefts.append(x)
                    rights.append(y)
            if len(lefts) > 2:
                numbers.append((negative, self.append(DOT, lefts + rights)))
            else:
                pairs = zip(lefts, rights, strict=True)
                numbers += [(negative, self.append(_MUL, pair)) for pair in pairs]
            if len(leaves) > 2:
                leaves = [self.append(_SUM, leaves)]
            numbers += [(negative, x) for x in leaves]
        return numbers

    def _chain(self, numbers: list[tuple[bool, int]]) -> int:
        negative, total = numbers[0]
        total = self._signed(negative, total)
        for negative, x in numbers[1:]:
            total = self.append(_SUB if negative else _ADD, (total, x))
        return total

    def _end(self, o: int) -> None:
        # A summed output; its sum over the rows is taken term by term.
        terms = self.terms(o) if o in self.ends else [(False, self.at[o], ONE)]
        products: list[Term] = []
        uniforms: list[tuple[bool, int]] = []
        for negative, x, y in terms:
            if y != ONE and not (self.varies[x] and self.varies[y]):
                x, y = self.append(_MUL, (x, y)), ONE
            if self.varies[x]:
                products.append((negative, x, y))
            else:
                uniforms.append((negative, x))
        self.sums.append(products)
        self.uniforms.append(uniforms)


def _varying(tape: Tape) -> list[bool]:
    varies: list[bool] = []
    for row, operands in zip(tape.rows, tape.operands, strict=True):
        found = row is INPUT
        for operand in operands:
            if varies[operand]:
                found = True
                break
        varies.append(found)
    return varies


def _inside(tape: Tape, uses: list[int], varies: list[bool]) -> set[int]:
    # Sums and products that only one other sum reads: they are terms of that one.
    rows, sums = tape.rows, _ADDITIVE - {DOT}
    inside = set()
    for i, row, operands in tape.instructions():
        if row in sums:
            ours = varies[i]
            for o in operands:
                if uses[o] == 1 and varies[o] == ours and rows[o] in _TERMS:
                    inside.add(o)
    return inside
