"""The order of operations: sums over the same numbers side by side.

What one can do with this file: put the operations of a plan into the order in which a
block of rows runs fastest (`interleaved`).

The one idea: a layer is sums p1*x1 + p2*x2 + ... of other parameters over the same
numbers. One after the other, each product reads its number from memory again, and each
addition waits for the one before. `TOGETHER` of these sums at a time read each number
once, and while one of them waits another is added to. No sum is added up in another
order, so no bit changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .plan import Operation, Plan

__all__ = ["interleaved"]

# As many as hide the time that an addition takes: 4 cycles, of which each begins two.
# With what is read for them they fit into 16 registers.
TOGETHER = 8


class _Term(NamedTuple):
    # Its operations, and which row reads which number.
    operations: list[Operation]
    reads: tuple[str, int]


def interleaved(plan: Plan) -> list[Operation]:
    """The operations of the rows, sums over the same numbers `TOGETHER` at a time."""
    finder = _Finder(plan)
    alike: dict[tuple[tuple[str, int], ...], list[list[_Term]]] = defaultdict(list)
    for chain in finder.chains():
        alike[tuple([term.reads for term in chain])].append(chain)
    # Operation -> all that are done with it, in their order.
    together: dict[int, list[Operation]] = {}
    for chains in alike.values():
        for k in range(0, len(chains), TOGETHER):
            rounds = zip(*chains[k : k + TOGETHER], strict=True)
            some = [o for terms in rounds for term in terms for o in term.operations]
            together.update(dict.fromkeys(map(id, some), some))
    return list(_sorted(plan.varying, finder.made, together))


def _results(operation: Operation) -> Iterator[int]:
    return (i for numbers in operation.items.values() for i in numbers)


class _Finder:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.made = {i: o for o in plan.varying for i in _results(o)}
        read = [o.operands for o in plan.varying]
        results = [plan.values, plan.sums, plan.factors, *plan.products.values()]
        self.uses = Counter([i for numbers in (*read, *results) for i in numbers])

    def chains(self) -> Iterable[list[_Term]]:
        """Sums whose terms are each one number that varies times a uniform one."""
        ends: dict[int, list[_Term]] = {}  # by the number that is the sum so far
        for operation in self.plan.varying:
            found = self.addition(operation, ends)
            if found is None:
                continue
            total, term = found
            chain = ends.pop(total, None) if self.uses[total] == 1 else None
            if chain is None:
                first = self.product(total)
                if first is None and self.varies(total):
                    continue
                chain = [] if first is None else [first]
            chain.append(term)
            (result,) = _results(operation)
            ends[result] = chain
        return ends.values()

    def addition(
        self, operation: Operation, ends: Mapping[int, object]
    ) -> tuple[int, _Term] | None:
        """What a product is added to, and the product, if it is one that counts."""
        name, operands = operation.row.name, operation.operands
        if name in ("fma", "fnma"):
            reads = self.reads(name, operands[:2])
            return reads and (operands[2], _Term([operation], reads))
        if name == "add":
            for total, number in (operands, operands[::-1]):
                term = None if number in ends else self.product(number)
                if term is not None:
                    return total, _Term([*term.operations, operation], term.reads)
        return None

    def product(self, number: int) -> _Term | None:
        """An operation on one number that varies, whose result is read once."""
        operation = self.made.get(number)
        if operation is None or operation.row.multiple or self.uses[number] > 1:
            return None
        reads = self.reads(operation.row.name, operation.operands)
        return reads and _Term([operation], reads)

    def reads(self, name: str, operands: Iterable[int]) -> tuple[str, int] | None:
        varying = [i for i in operands if self.varies(i)]
        return (name, varying[0]) if len(varying) == 1 else None

    def varies(self, number: int) -> bool:
        return number in self.made or number in self.plan.inputs


def _sorted(
    operations: list[Operation],
    made: Mapping[int, Operation],
    together: Mapping[int, list[Operation]],
) -> Iterator[Operation]:
    # As they came; what is done together, where the first of it was. What it reads is
    # done before: it cannot need a result of these, as the sums read the same numbers.
    done: set[int] = set()
    for operation in operations:
        waiting = [operation]
        while waiting:
            some = together.get(id(waiting[-1]), waiting[-1:])
            if id(some[0]) in done:
                waiting.pop()
                continue
            inside = {id(o) for o in some}
            before = [made[i] for o in some for i in o.operands if i in made]
            missing = [o for o in before if id(o) not in inside and id(o) not in done]
            if missing:
                waiting += reversed(missing)
            else:
                done |= inside
                yield from some
