"""Raising: from scalar instructions back to the vectors and matrices they came from.

What one can do with this file: `raised` turns a tape into groups of equal operations,
each of which a backend can run as one call on arrays.

The one idea: nothing is guessed from how the code was written; only what the tape
computes counts. Operations of one kind that do not wait for each other are one group.
For ``numerics="fast"``, sums are first flattened into terms: sums of parameters times
numbers that vary from row to row, over the same numbers, are one matrix times one
vector; sums over the rows of products of two such numbers, for all pairs of two sets,
are one matrix product. So layers, and the gradients of their weights, are found again
in whatever way their sums were written.

Words: a number *varies* if it depends on an input; all others are *uniform*, the same
in every row.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...primitives import Primitive
from ..tape import CONSTANT, INPUT, PARAMETER, Tape
from ..tracing.slot import outputs_of
from .terms import DOT, MATRIX, ONE, Flat, Term

__all__ = ["MATRIX", "ONE", "Group", "Product", "Raised", "raised"]

_SOURCES = {INPUT, PARAMETER, CONSTANT}


@dataclass
class Group:
    """Operations of one kind that are run together.

    Attributes
    ----------
    row
        The row of the table, or `MATRIX`.
    outs
        The numbers that they compute; of a row with several outputs output by output.
    args
        For each operand its number in each operation.
    varies
        Whether the results do.
    level
        How many groups must be run before it, one after the other.
    """

    row: Primitive
    outs: list[int]
    args: list[list[int]]
    varies: bool
    level: int = 0


@dataclass
class Product:
    """Sums over the rows of left[i] * right[j], for all i and j."""

    left: list[int]
    right: list[int]


@dataclass
class Raised:
    """A tape as groups.

    Attributes
    ----------
    inputs, parameters, constants
        As of the tape, by numbers of this program.
    groups
        In an order in which each finds its operands.
    values
        The numbers of the outputs that are not summed.
    products, pairs
        What is summed over the rows: all pairs of two sets, and single pairs; ``ONE``
        is the number 1.
    sums
        For each summed output its terms: negative?, left, right; and ``uniforms`` what
        is added once per row.
    count
        How many numbers there are.
    notes
        What was found, for a report.
    """

    inputs: list[int]
    parameters: list[int]
    constants: dict[int, float]
    groups: list[Group] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    sums: list[list[Term]] = field(default_factory=list)
    uniforms: list[list[tuple[bool, int]]] = field(default_factory=list)
    varies: list[bool] = field(default_factory=list)
    count: int = 0
    notes: list[str] = field(default_factory=list)


def raised(tape: Tape, summed: int = 0, *, reorder: bool = False) -> Raised:
    """The groups of a tape.

    Parameters
    ----------
    summed
        How many outputs, at the end, are added up over the rows.
    reorder
        Whether sums may be taken in another order, so that matrices can be found.
    """
    flat = Flat(tape, summed, reorder)
    result = Raised(
        [flat.at[i] for i in tape.inputs],
        [flat.at[i] for i in tape.parameters],
        {flat.at[i]: x for i, x in tape.constants.items()},
    )
    result.groups = _grouped(flat)
    kept = len(tape.outputs) - summed
    result.values = [flat.at[o] for o in tape.outputs[:kept]]
    result.sums, result.uniforms = flat.sums, flat.uniforms
    result.varies, result.count = flat.varies, len(flat.rows)
    result.products, result.pairs = _products(flat.sums)
    result.notes = _notes(result)
    return result


# -- groups ----------------------------------------------------------------------------


def _grouped(flat: Flat) -> list[Group]:
    rows, operands, varies = flat.rows, flat.operands, flat.varies
    level = [0] * len(rows)
    found: dict[tuple[bool, int], dict[tuple[Primitive, object], list[int]]] = {}
    items: dict[int, dict[int, int]] = defaultdict(dict)
    for i, row in enumerate(rows):
        if row in _SOURCES:
            continue
        ours = operands[i]
        here = max([level[o] for o in ours], default=0)
        if row.name == "item":
            level[i] = here
            items[ours[0]][row.bound["k"]] = i
            continue
        level[i] = here + 1
        kind: tuple[Primitive, object] = (row, tuple([varies[o] for o in ours]))
        if row is MATRIX:
            kind = (row, ours[: len(ours) // 2])
        found.setdefault((varies[i], level[i]), {}).setdefault(kind, []).append(i)
    return [
        _group(flat, row, members, items, at)
        for (_, at), kinds in sorted(found.items(), key=lambda item: item[0])
        for row, members in _spread(kinds, operands)
    ]


def _spread(
    kinds: dict[tuple[Primitive, object], list[int]],
    operands: Sequence[Sequence[int]],
) -> list[tuple[Primitive, list[int]]]:
    # Many matrices of one line each, over different numbers, are no matrix: where
    # their lines are shorter than there are of them, they are sums of products again.
    result: list[tuple[Primitive, list[int]]] = []
    lines: dict[int, list[int]] = defaultdict(list)
    for (row, _), members in kinds.items():
        if row is MATRIX and len(members) == 1:
            lines[len(operands[members[0]])].append(members[0])
        else:
            result.append((row, members))
    for width, members in lines.items():
        if width < len(members):
            result.append((DOT, members))
        else:
            result += [(MATRIX, [i]) for i in members]
    return result


def _group(
    flat: Flat,
    row: Primitive,
    members: list[int],
    items: dict[int, dict[int, int]],
    level: int,
) -> Group:
    columns = zip(*[flat.operands[i] for i in members], strict=True)
    args = [list(column) for column in columns]
    outs = members
    if row.multiple:
        # Output by output; what nobody takes keeps a place under the number -1.
        width = outputs_of(row, len(args))
        outs = [items[i].get(k, -1) for k in range(width) for i in members]
    return Group(row, outs, args, flat.varies[members[0]], level)


# -- sums over the rows ----------------------------------------------------------------

LEAST_PAIRS = 8  # fewer are no matrix product


def _products(
    sums: Sequence[Sequence[Term]],
) -> tuple[list[Product], list[tuple[int, int]]]:
    rights: dict[int, dict[int, None]] = defaultdict(dict)
    for terms in sums:
        for _, x, y in terms:
            rights[x][y] = None
    blocks: dict[frozenset[int], list[int]] = defaultdict(list)
    pairs: list[tuple[int, int]] = []
    for x, ys in rights.items():
        if ONE in ys:
            pairs.append((x, ONE))
        factors = frozenset(ys) - {ONE}
        if factors:
            blocks[factors].append(x)
    products = []
    for factors, left in blocks.items():
        right = sorted(factors)
        if len(left) * len(right) < LEAST_PAIRS:
            pairs += [(x, y) for x in left for y in right]
        else:
            products.append(Product(sorted(left), right))
    return products, pairs


def _notes(result: Raised) -> list[str]:
    notes = []
    for group in result.groups:
        if group.row is MATRIX:
            n = len(group.args) // 2
            notes.append(f"{len(group.outs)} x {n} matrix times vector")
    notes += [
        f"{len(p.left)} x {len(p.right)} sums over the rows as one matrix product"
        for p in result.products
    ]
    return notes
