"""Large programs: loops over matrices, and straight-line code between them.

What one can do with this file: `roll` a tape in which raising finds matrices; the
result is what `loops` writes.

The one idea: the rows of a panel are computed step by step instead of vector by
vector. Each number that one step computes and another reads is a *line* of a table,
one entry per row of the panel. So a matrix times a vector is a product of two
matrices, the gradient of its weights another one, and what raising did not find stays
what it was, on lines instead of registers.

The lines of a vector lie side by side. Where the same numbers are wanted in two orders,
they are copied.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ....passes.raising import MATRIX, Raised, raised
from ....tape import Tape
from ..straight.plan import LEAST_MATRIX, Operation, Plan, plan_raised

__all__ = [
    "PANEL",
    "Lines",
    "Outer",
    "Rolled",
    "is_matrix",
    "matrix_of",
    "outers",
    "regular",
    "roll",
]

PANEL = 128  # rows that are computed together, on every machine: sums depend on it
LEAST = 5_000  # instructions; below, straight-line code is faster
SHARE = 0.5  # of the operations, that must be in loops


@dataclass
class Rolled:
    """A program in steps.

    Attributes
    ----------
    plan
        Its operations and sums.
    steps
        Straight-line operations, or one operation that is a matrix times a vector.
    program
        What raising found.
    products
        How many products of matrices take per row.
    """

    plan: Plan
    steps: list[list[Operation]]
    program: Raised
    products: int


def roll(tape: Tape, summed: int, numerics: str) -> tuple[Rolled | None, list[str]]:
    """The program in steps, or None; and lines for a report that say why.

    Sums are taken in another order than the tape's, so only ``numerics="fast"`` can.
    """
    size = len(tape)
    if size < LEAST:
        return None, [f"straight-line: {size} instructions, rolled from {LEAST}"]
    if numerics != "fast":
        return None, ["straight-line: loops would change the order of eager's sums"]
    program = raised(tape, summed, reorder=True)
    matrices = [g for g in program.groups if g.row is MATRIX and g.varies]
    sizes = [(len(g.outs), len(g.args) // 2) for g in matrices]
    large = [m * n for m, n in sizes if m * n >= LEAST_MATRIX]
    inside = sum(large) + sum([len(p.left) * len(p.right) for p in program.products])
    rest = sum([len(g.outs) for g in program.groups if g.varies]) + len(program.pairs)
    if not large or inside < SHARE * (inside + rest):
        return None, [
            f"straight-line: {inside} of {inside + rest} operations are in matrices"
        ]
    plan = plan_raised(program)
    rolled = Rolled(plan, _steps(plan.varying), program, inside)
    straight = sum([len(step) for step in rolled.steps if not is_matrix(step)])
    note = f"{straight} operations stay straight-line between the loops"
    return rolled, [*program.notes, note]


def is_matrix(step: list[Operation]) -> bool:
    """Whether a step is a matrix times a vector."""
    return len(step) == 1 and step[0].row is MATRIX


def _steps(operations: list[Operation]) -> list[list[Operation]]:
    found: list[list[Operation]] = []
    for operation in operations:
        alone = operation.row is MATRIX
        if alone or not found or is_matrix(found[-1]):
            found.append([])
        found[-1].append(operation)
    return found


# -- lines -----------------------------------------------------------------------------


class Lines:
    """The lines of a table.

    Attributes
    ----------
    of
        Number -> its line.
    count
        How many lines there are.
    copies
        Lines to copy before a step, by the step: (to, from).
    """

    def __init__(self, inputs: Iterable[int]) -> None:
        self.of = {number: k for k, number in enumerate(inputs)}
        self.count = len(self.of)
        self.copies: dict[int, list[tuple[int, int]]] = {}

    def place(self, numbers: Iterable[int]) -> None:
        """A line for each that has none."""
        for number in numbers:
            if number not in self.of:
                self.of[number] = self.count
                self.count += 1

    def together(self, numbers: Sequence[int], step: int) -> int:
        """The first of consecutive lines, before ``step`` reads them."""
        if self.of.keys().isdisjoint(numbers):
            self.place(numbers)
        first = self.of.get(numbers[0], -1)
        lines = [self.of.get(number, -1) for number in numbers]
        if lines == list(range(first, first + len(lines))) and first >= 0:
            return first
        self.place(numbers)
        first, self.count = self.count, self.count + len(numbers)
        pairs = [(first + k, self.of[number]) for k, number in enumerate(numbers)]
        self.copies.setdefault(step, []).extend(pairs)
        return first


def matrix_of(operation: Operation) -> tuple[list[int], list[int], list[list[int]]]:
    """Results, vector and lines of the matrix of an operation."""
    outs = [numbers[0] for numbers in operation.items.values()]
    n = len(operation.operands) // (1 + len(outs))
    operands = list(operation.operands)
    lines = [operands[k : k + n] for k in range(n, len(operands), n)]
    return outs, operands[:n], lines


def regular(places: Sequence[Sequence[int]]) -> tuple[int, int, int] | None:
    """First place, step down and step right, if the places of a matrix have those."""
    first = places[0][0]
    down = places[1][0] - first if len(places) > 1 else 0
    right = places[0][1] - first if len(places[0]) > 1 else 0
    n = len(places[0])
    for i, line in enumerate(places):
        begin = first + i * down
        if list(line) != (
            list(range(begin, begin + n * right, right)) if right else [begin] * n
        ):
            return None
    return first, down, right


# -- sums ------------------------------------------------------------------------------


class Outer(NamedTuple):
    """Sums over the rows of left[i] * right[j], for all i and j.

    Attributes
    ----------
    left, right
        The factors, in the order of the result.
    swapped
        Whether raising has the right ones first.
    place, down
        Where the first is among the sums, and the step from i to i + 1; those of one i
        lie side by side. None and 0 if they are not sums by themselves.
    """

    left: list[int]
    right: list[int]
    swapped: bool = False
    place: int | None = None
    down: int = 0


def outers(program: Raised) -> list[Outer]:
    """The products of a program, turned so that results lie where the sums are."""
    places: dict[tuple[int, int], int] = {}  # -1: it is in more than one sum
    for k, terms in enumerate(program.sums):
        alone = len(terms) == 1 and not terms[0][0] and not program.uniforms[k]
        for _, x, y in terms:
            places[x, y] = k if alone and (x, y) not in places else -1
    found = []
    for p in program.products:
        straight, turned = Outer(p.left, p.right), Outer(p.right, p.left, swapped=True)
        ready = _in_place(straight, places) or _in_place(turned, places)
        found.append(ready or straight)
    return found


def _in_place(outer: Outer, places: dict[tuple[int, int], int]) -> Outer | None:
    left, right = outer.left, outer.right
    if outer.swapped:
        table = [[places[y, x] for y in right] for x in left]
    else:
        table = [[places[x, y] for y in right] for x in left]
    if any([-1 in line for line in table]):
        return None
    rows = sorted(range(len(left)), key=lambda i: table[i][0])
    columns = sorted(range(len(right)), key=table[0].__getitem__)
    steps = regular([[table[i][j] for j in columns] for i in rows])
    if steps is None or (steps[2] != 1 and len(columns) > 1):
        return None
    ours = [left[i] for i in rows], [right[j] for j in columns]
    return Outer(*ours, outer.swapped, steps[0], steps[1])
