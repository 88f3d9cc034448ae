"""Where the NumPy backend keeps each number: lines of two tables.

What one can do with this file: `with_biases` makes layers of matrices, `Places` gives
every number its line.

The one idea: what is read together lies together. Before the numbers that matrices are
multiplied by there is a line of ones, so that a layer's bias is another column of its
matrix, and the gradient of the bias another column of the gradient. Parameters lie as
the rows of their matrices. A line is used again when nobody reads its number any more,
which keeps the table in a fast cache.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ...passes.raising import MATRIX, ONE, Group, Raised

__all__ = ["Places", "Vector", "as_slice", "with_biases"]


def as_slice(lines: Sequence[int]) -> slice | None:
    """The lines as a slice, if they are equally far apart."""
    first = lines[0]
    if len(lines) == 1:
        return slice(first, first + 1)
    step = lines[1] - first
    if step == 0:
        same = all([line == first for line in lines])
        return slice(first, first + 1) if same else None
    for k, line in enumerate(lines):
        if line != first + k * step:
            return None
    end = first + len(lines) * step
    return slice(first, end if end >= 0 else None, step)


# -- layers ----------------------------------------------------------------------------


Vector = tuple[int, ...]


def with_biases(program: Raised) -> tuple[list[Group], set[Vector]]:
    """The groups of a program, biases as columns of matrices, and the vectors for that.

    Such a matrix has the bias first, and its vector is ``ONE`` and then what it was.
    Before the first line of each of the vectors there must be a line of ones: it is all
    that a group computes, or the first inputs.
    """
    outs = {tuple(group.outs) for group in program.groups if group.varies}
    inputs = tuple(program.inputs)
    groups = list(program.groups)
    uses = _uses(program)
    led: set[Vector] = set()
    place: dict[int, int] = {}
    gone: set[int] = set()
    for k, group in enumerate(program.groups):
        if group.row is MATRIX:
            place[group.outs[0]] = k
            continue
        found = _biases(program, group)
        if found is None:
            continue
        biases, sums = found
        at = place.get(sums[0])
        if at is None or groups[at].outs != sums or any(uses[i] > 1 for i in sums):
            continue
        matrix = groups[at]
        vector = vector_of(matrix)
        if vector in outs or vector == inputs[: len(vector)]:
            half = len(vector)
            before, weights = matrix.args[:half], matrix.args[half:]
            args = [[ONE] * len(sums), *before, biases, *weights]
            groups[at] = Group(MATRIX, group.outs, args, True)
            gone.add(k)
            led.add(vector)
    pairs = set(program.pairs)
    for product in program.products:
        right = tuple(product.right)
        if (right in outs or right == inputs[: len(right)]) and all(
            (x, ONE) in pairs for x in product.left
        ):
            led.add(right)
    return [group for k, group in enumerate(groups) if k not in gone], led


def _biases(program: Raised, group: Group) -> tuple[list[int], list[int]] | None:
    # What is added to something that varies, if it does not vary itself.
    if group.row.name != "add" or not group.varies:
        return None
    x, y = group.args
    if program.varies[x[0]]:
        x, y = y, x
    return None if program.varies[x[0]] else (x, y)


def vector_of(group: Group) -> Vector:
    """What a matrix is multiplied by."""
    return tuple([arg[0] for arg in group.args[: len(group.args) // 2]])


def _uses(program: Raised) -> Counter[int]:
    uses = Counter([i for group in program.groups for arg in group.args for i in arg])
    uses.update(_read_at_the_end(program))
    return uses


def _read_at_the_end(program: Raised) -> list[int]:
    found = [*program.values, *(x for pair in program.pairs for x in pair)]
    for product in program.products:
        found += [*product.left, *product.right]
    found += [x for terms in program.sums for _, *pair in terms for x in pair]
    return found + [x for terms in program.uniforms for _, x in terms]


# -- lines -----------------------------------------------------------------------------


class Places:
    """The line of each number, in the table of what varies or in the other one.

    Attributes
    ----------
    line
        Number -> its line.
    inputs
        The first line of the inputs, which lie in their order.
    parameters
        For each of the first uniform lines which parameter it is.
    ones
        The lines of ones among those that vary.
    led
        The vectors before whose first line there is one.
    orders, starts
        For each group the order of its members, and its first line.
    varying, uniform
        How many lines there are.
    """

    def __init__(
        self,
        program: Raised,
        groups: list[Group],
        led: AbstractSet[Vector] = frozenset(),
    ) -> None:
        self.varies = program.varies
        self.line = [-1] * program.count
        self.varying = self.uniform = 0
        self.ones: list[int] = []
        self.led = led
        self.orders: list[list[int]] = []
        self.starts: list[int] = []
        first = tuple(program.inputs)
        self.inputs = self._block(first, True, led=_begins(first, self.led))
        parameters = _by_matrices(program, groups)
        at = {number: k for k, number in enumerate(program.parameters)}
        self.parameters = [at[number] for number in parameters]
        self._block((*parameters, *program.constants), False)
        ends = _ends(program, groups, led)
        free: dict[int, list[int]] = defaultdict(list)
        for k, group in enumerate(groups):
            leads = tuple(group.outs) in led
            order = list(range(len(group.args[0]))) if leads else self._order(group)
            n = len(order)
            firsts = range(0, len(group.outs), n)
            outs = [group.outs[i + member] for i in firsts for member in order]
            again = free[len(outs)] if group.varies and not leads else []
            start = again.pop() if again else None
            self.starts.append(self._block(outs, group.varies, start, led=leads))
            self.orders.append(order)
            for ended in ends[k]:
                free[len(groups[ended].outs)].append(self.starts[ended])

    def of(self, numbers: Sequence[int]) -> list[int]:
        """The lines of numbers; that of ``ONE`` is before the next number's."""
        lines = [self.line[i] if i != ONE else -1 for i in numbers]
        if lines[0] < 0:
            lines[0] = lines[1] - 1
        return lines

    def _block(
        self,
        numbers: Sequence[int],
        varies: bool,
        start: int | None = None,
        *,
        led: bool = False,
    ) -> int:
        # Consecutive lines, new ones unless some are free.
        if led:
            self.ones.append(self.varying)
            self.varying += 1
        if start is None:
            start = self.varying if varies else self.uniform
            if varies:
                self.varying += len(numbers)
            else:
                self.uniform += len(numbers)
        for k, number in enumerate(numbers):
            if number >= 0:
                self.line[number] = start + k
        return start

    def _order(self, group: Group) -> list[int]:
        # The order of the members in which most operands are slices.
        members = list(range(len(group.args[0])))
        if len(members) == 1 or group.row is MATRIX:
            return members
        lines = [[self.line[i] for i in arg] for arg in group.args]
        best, least = members, _gathers(lines, members)
        for line in lines:
            if not least:
                break
            order = sorted(members, key=line.__getitem__)
            count = _gathers(lines, order)
            if count < least:
                best, least = order, count
        return best


def _gathers(lines: list[list[int]], order: list[int]) -> int:
    return sum([as_slice([line[m] for m in order]) is None for line in lines])


def _begins(inputs: Vector, vectors: AbstractSet[Vector]) -> bool:
    return any(inputs[: len(v)] == v for v in vectors)


def _by_matrices(program: Raised, groups: list[Group]) -> list[int]:
    # The parameters in the order in which matrices have them, line by line.
    parameters = set(program.parameters)
    found: dict[int, None] = {}
    for group in groups:
        if group.row is MATRIX:
            weights = zip(*group.args[len(group.args) // 2 :], strict=True)
            found.update(dict.fromkeys([x for w in weights for x in w]))
    first = [number for number in found if number in parameters]
    return first + [number for number in program.parameters if number not in found]


def _ends(
    program: Raised, groups: list[Group], led: AbstractSet[Vector]
) -> list[list[int]]:
    # For each group those whose numbers nobody reads after it.
    made = {i: k for k, group in enumerate(groups) for i in group.outs if i >= 0}
    last = list(range(len(groups)))
    for k, group in enumerate(groups):
        for arg in group.args:
            for i in arg:
                if i in made:
                    last[made[i]] = k
    stay = {made[i] for i in _read_at_the_end(program) if i in made}
    ends: list[list[int]] = [[] for _ in groups]
    for k, group in enumerate(groups):
        if group.varies and k not in stay and tuple(group.outs) not in led:
            ends[last[k]].append(k)
    return ends
