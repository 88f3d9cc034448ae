"""Whether the loss of a batch is the mean, or the sum, of its samples' losses.

What one can do with this file: ask a tape of a loss (`reduction_of`).

The one idea: it is proved, not tried. The loss is traced on as many samples as a batch
has, and once on one sample. Sums, and multiples by constants, are taken apart to terms.
Each term must belong to one sample or to none; those of each sample must be, operation
by operation, those of the one sample, times 1/n for a mean; and what belongs to none,
as a penalty does, must count once.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

__all__ = ["NotAdditive", "reduction_of"]

NOBODY, SEVERAL = -1, -2
SLACK = 1e-12  # of the factors: 1/3/2 and 1/6 are the same

Terms = dict[int, float]  # a term's key -> its factor


class NotAdditive(ValueError):
    """The loss of a batch is not made of its samples' losses."""


def reduction_of(one: Any, tape: Any, n: int) -> str:
    """Which it is, "mean" or "sum", of a loss on ``n`` samples.

    Parameters
    ----------
    one, tape
        The tapes of the loss of one sample, and of ``n``. Their inputs are the
        numbers of the samples, one sample after the other.

    Raises
    ------
    NotAdditive
        If it is neither.
    """
    keys: dict[Any, int] = {}
    mine, alone = _terms(one, 1, keys)
    theirs, shared = _terms(tape, n, keys)
    whole = _joined([*mine.values(), alone])
    first = theirs[0]
    for i in range(n):
        if not _equal(theirs[i], first):
            raise NotAdditive(f"sample {i} counts in another way than sample 0")
    as_mean = _joined([{k: n * x for k, x in first.items()}, shared])
    if _equal(as_mean, whole):
        return "mean"
    as_sum = _joined([first, {k: x / n for k, x in shared.items()}])
    if _equal(as_sum, whole):
        return "sum"
    raise NotAdditive(
        "the loss of a batch is neither the mean nor the sum of the losses of its "
        "samples"
    )


def _joined(parts: Sequence[Terms]) -> Terms:
    found: Counter[int] = Counter()
    for part in parts:
        for key, factor in part.items():
            found[key] += factor  # type: ignore[assignment]
    return dict(found)


def _equal(one: Terms, other: Terms) -> bool:
    return one.keys() == other.keys() and all(
        abs(one[key] - other[key]) <= SLACK * abs(one[key]) for key in one
    )


def _terms(tape: Any, n: int, keys: dict[Any, int]) -> tuple[dict[int, Terms], Terms]:
    # The terms of each sample, and those of nobody.
    if len(tape.outputs) != 1:
        raise NotAdditive("the loss branches on its numbers; use where()")
    owner, key = _owners(tape, n, keys)
    own: dict[int, Terms] = defaultdict(dict)
    left = [(tape.outputs[0], 1.0)]
    while left:
        i, factor = left.pop()
        parts = _parts(tape, i)
        if parts is not None:
            left += [(operand, factor * x) for operand, x in parts]
        elif owner[i] == SEVERAL:
            raise NotAdditive(f"it mixes samples in {tape.rows[i].name}")
        else:
            terms = own[owner[i]]
            terms[key[i]] = terms.get(key[i], 0.0) + factor
    return own, own.pop(NOBODY, {})


def _parts(tape: Any, i: int) -> list[tuple[int, float]] | None:
    # The operands that an instruction adds up, with their factors.
    name, operands = tape.rows[i].name, tape.operands[i]
    known = tape.constants.get
    if name == "sum":
        return [(operand, 1.0) for operand in operands]
    if name in ("add", "sub"):
        return [(operands[0], 1.0), (operands[1], 1.0 if name == "add" else -1.0)]
    if name == "neg":
        return [(operands[0], -1.0)]
    if name == "div" and known(operands[1]):
        return [(operands[0], 1.0 / known(operands[1]))]
    if name == "mul":
        for x, y in (operands, operands[::-1]):
            if known(y) is not None:
                return [(x, known(y))]
    return None


def _owners(tape: Any, n: int, keys: dict[Any, int]) -> tuple[list[int], list[int]]:
    # Of each instruction whose it is; and a number that is the same if what is computed
    # is, by the same operations from the same numbers of a sample.
    place = {index: k for k, index in enumerate(tape.inputs)}
    owner: list[int] = []
    key: list[int] = []
    size = len(tape.inputs) // n
    for i, row, operands in tape.instructions():
        what: Any
        if i in place:
            whose, what = place[i] // size, ("input", place[i] % size)
        elif i in tape.parameters:
            whose, what = NOBODY, ("parameter", id(tape.parameters[i]))
        elif i in tape.constants:
            whose, what = NOBODY, ("constant", repr(tape.constants[i]))
        else:
            samples = {owner[x] for x in operands} - {NOBODY}
            whose = samples.pop() if samples else NOBODY
            whose = SEVERAL if samples else whose
            what = (row, *[key[x] for x in operands])
        owner.append(whose)
        key.append(keys.setdefault(what, len(keys)))
    return owner, key
