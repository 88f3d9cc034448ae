"""Passes: from a tape to a shorter tape.

What one can do with this file: `simplify` a tape, which changes no bit of what it
computes: it folds what is known, computes nothing twice, and drops what no output
needs. `relax` it for ``numerics="fast"``, which may change the last bits.

The one idea: a pass builds a new tape from the old one, instruction by instruction,
and may give a number that is there already instead of a new instruction. Every rule
of `simplify` holds for all floats, infinities, NaN and -0.0 included; x + 0.0 is
therefore *not* x.
"""

from collections.abc import Callable
from math import copysign, isinf, isnan

from ...primitives import TABLE, Primitive
from ..interpret import kernel_of
from ..tape import INPUT, PARAMETER, STOP, STRONG, Tape

__all__ = ["relax", "simplify"]

Operands = tuple[int, ...]
# What an instruction becomes on the tape that is being built: the index of a number
# that is there, or None if it must be computed.
Rule = Callable[["_Builder", Primitive, Operands], int | None]

_ADD, _MUL, _NEG, _SUB = (TABLE[name] for name in ("add", "mul", "neg", "sub"))


def simplify(tape: Tape, *, keep_stops: bool = False) -> Tape:
    """The same program without what is double, known or unused; the same bits.

    The inputs stay all, used or not, so that the call stays the same.

    Parameters
    ----------
    keep_stops
        Whether others will differentiate the tape: what stops a derivative stays.

    Raises
    ------
    TapeError
        If the tape, or what came out, breaks the rules of a tape.
    """
    tape.verify()
    new = _without_unused(_Builder(tape, _STOPPING if keep_stops else _EXACT).tape)
    new.verify()
    return new


def relax(tape: Tape) -> Tape:
    """The same program for real numbers, with fewer instructions.

    A product of the reverse sweep becomes a plain one: where its adjoint is 0 and its
    partial infinite or NaN the result is NaN, which the caller notices; then it asks
    the exact program. x + 0 is x, and small powers are products.

    Raises
    ------
    TapeError
        As `simplify`.
    """
    tape.verify()
    new = _without_unused(_Builder(tape, _RELAXED).tape)
    new.verify()
    return new


class _Builder:
    def __init__(self, tape: Tape, rules: dict[str, Rule]) -> None:
        self.tape = new = Tape()
        self.rules = rules
        # For each row its rule, whether it commutes, and what is there already.
        self.of: dict[Primitive, tuple[Rule | None, bool, dict[Operands, int]]] = {}
        live = tape.live(tape.outputs)
        at = [-1] * len(tape)
        constants, labels = new.constants, tape.labels
        place, folded = self.place, self.folded
        for i, row, old in tape.instructions():
            if not live[i] and row is not INPUT:
                continue
            if len(old) == 2:  # most instructions, written out
                a, b = at[old[0]], at[old[1]]
                known = a in constants and b in constants
                at[i] = folded(row, (a, b)) if known else place(row, (a, b))
            elif old:
                operands = tuple([at[o] for o in old])
                known = all([o in constants for o in operands])
                at[i] = folded(row, operands) if known else place(row, operands)
            else:
                at[i] = _source(tape, new, i, row)
            if labels and i in labels and at[i] == len(new) - 1:
                new.labels.setdefault(at[i], labels[i])
        new.outputs = [at[o] for o in tape.outputs]
        _keep_order(tape, new, at)

    def place(self, row: Primitive, operands: Operands) -> int:
        """The index of ``row`` on ``operands``, computed if it is not there yet."""
        try:
            rule, commutes, seen = self.of[row]
        except KeyError:
            rule, commutes, seen = self.rules.get(row.name), row in (_ADD, _MUL), {}
            self.of[row] = rule, commutes, seen
        if rule is not None:
            known = rule(self, row, operands)
            if known is not None:
                return known
        key = operands
        if commutes and operands[0] > operands[1]:
            key = operands[::-1]
        found = seen.get(key)
        if found is None:
            new = self.tape
            found = seen[key] = len(new.rows)
            new.rows.append(row)
            new.operands.append(operands)
        return found

    def folded(self, row: Primitive, operands: Operands) -> int:
        """The constant that ``row`` gives on constants."""
        if row.multiple:
            return self.place(row, operands)
        numbers = [self.tape.constants[o] for o in operands]
        return self.tape.constant(float(kernel_of(row)(*numbers)))

    def number(self, index: int) -> float | None:
        return self.tape.constants.get(index)


# -- rules that change no bit ----------------------------------------------------------


def _is(number: float | None, unit: float) -> bool:
    return number == unit and copysign(1.0, number) == copysign(1.0, unit)


def _add(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    x, y = operands
    if x not in b.tape.constants and y not in b.tape.constants:
        return None
    if _is(b.number(x), -0.0):
        return y
    return x if _is(b.number(y), -0.0) else None


def _sub(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    return operands[0] if _is(b.number(operands[1]), 0.0) else None


def _mul(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    constants = b.tape.constants
    if operands[0] not in constants and operands[1] not in constants:
        return None
    for x, other in (operands, operands[::-1]):
        number = b.number(x)
        if number == 1.0:
            return other
        if number == -1.0:
            return b.place(_NEG, (other,))
    return None


def _div(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    number = b.number(operands[1])
    if number == 1.0:
        return operands[0]
    return b.place(_NEG, (operands[0],)) if number == -1.0 else None


def _neg(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    inner = b.tape.rows[operands[0]]
    return b.tape.operands[operands[0]][0] if inner is _NEG else None


def _itself(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    return operands[0]


def _strong_mul(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    number = b.number(operands[0])
    if number is not None and number != 0.0 and not isnan(number):
        return b.place(_MUL, operands)
    return None


def _strong(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    number = b.number(operands[0])
    if number == 0.0:
        return b.tape.constant(-0.0)
    return _strong_mul(b, row, operands)


_EXACT: dict[str, Rule] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "identity": _itself,
    STOP.name: _itself,
    "strong_mul": _strong_mul,
    STRONG.name: _strong,
}
_STOPPING = {name: rule for name, rule in _EXACT.items() if name != STOP.name}


# -- rules for real numbers ------------------------------------------------------------


def _add_any_zero(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    x, y = operands
    if b.number(x) == 0.0:
        return y
    if b.number(y) == 0.0:
        return x
    for one, other in ((x, y), (y, x)):
        if b.tape.rows[other] is _NEG:
            return b.place(_SUB, (one, b.tape.operands[other][0]))
    return None


def _sub_any_zero(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    x, y = operands
    if b.number(y) == 0.0:
        return x
    if b.number(x) == 0.0:
        return b.place(_NEG, (y,))
    if b.tape.rows[y] is _NEG:
        return b.place(_ADD, (x, b.tape.operands[y][0]))
    return None


def _plain_product(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    return b.place(_MUL, operands)


MOST_FACTORS = 4  # x**5 by multiplications would be off by more than 2 ULP


def _power(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    n, k = row.bound["n"], row.bound["k"]
    factor = 1.0
    for i in range(k):
        factor *= n - i
    rest = n - k
    if factor == 0.0 or isinf(factor) or rest not in range(MOST_FACTORS + 1):
        return None
    if rest == 0:
        return b.tape.constant(factor)
    x = operands[0]
    square = b.place(_MUL, (x, x)) if rest > 1 else x
    found = {1: x, 2: square}.get(rest)
    if found is None:
        found = b.place(_MUL, (square, x if rest == 3 else square))
    if factor == 1.0:
        return found
    return b.place(_MUL, (b.tape.constant(factor), found))


def _square(b: _Builder, row: Primitive, operands: Operands) -> int | None:
    return b.place(_MUL, (operands[0], operands[0]))


_RELAXED: dict[str, Rule] = {
    **_EXACT,
    "add": _add_any_zero,
    "sub": _sub_any_zero,
    "powc": _power,
    "square": _square,
    STRONG.name: _plain_product,
}


# -- what no output needs --------------------------------------------------------------


def _without_unused(tape: Tape) -> Tape:
    live = tape.live(tape.outputs)
    if all(live):
        return tape
    new = Tape()
    at = [-1] * len(tape)
    for i, row, operands in tape.instructions():
        if not live[i] and row is not INPUT:
            continue
        if operands:
            at[i] = new.emit(row, tuple([at[o] for o in operands]))
        else:
            at[i] = _source(tape, new, i, row)
        if i in tape.labels:
            new.labels[at[i]] = tape.labels[i]
    new.outputs = [at[o] for o in tape.outputs]
    _keep_order(tape, new, at)
    return new


def _source(tape: Tape, new: Tape, i: int, row: Primitive) -> int:
    # The same input, parameter or constant on the new tape.
    if row is INPUT:
        return new.input()
    if row is PARAMETER:
        return new.parameter(tape.parameters[i])
    return new.constant(tape.constants[i])


def _keep_order(tape: Tape, new: Tape, at: list[int]) -> None:
    # The parameters that are left come in the order that they had.
    kept = [(at[i], leaf) for i, leaf in tape.parameters.items() if at[i] >= 0]
    new.parameters = dict(kept)
