"""What is done when: a tape as operations for a machine of vectors.

What one can do with this file: `plan` a tape; the result is what `assembly` writes.

The one idea: three kinds of numbers. What depends on constants and parameters alone
is *uniform*, the same in every row, and is computed once per call. The rest is
computed per row. What the tape computes only to add it to something is no number of
its own with ``numerics="fast"``: product and sum become one operation.

No number changes a bit here with ``numerics="eager"``. The one rewriting is
``0.0 + t`` where it is added to a sum over rows: that sum begins with 0.0, so it is
never -0.0, and both spellings add the same.
"""

from dataclasses import dataclass, field
from math import inf

from .....primitives import TABLE, Primitive
from ....passes.raising import MATRIX, ONE, Group, Raised
from ....tape import CONSTANT, INPUT, PARAMETER, STOP, STRONG, Tape

__all__ = [
    "FUSED",
    "LEAST_MATRIX",
    "TANH_AND_SLOPE",
    "Operation",
    "Plan",
    "plan",
    "plan_raised",
]

# x*y + z, z - x*y and x*y - z as one operation.
FUSED = {name: Primitive(name, (None, None, None)) for name in ("fma", "fnma", "fms")}
# tanh(x) and its derivative, which share nearly all of their work.
TANH_AND_SLOPE = Primitive("tanh_and_slope", (None,), multiple=True)
_ADD, _MUL = TABLE["add"], TABLE["mul"]
LEAST_MATRIX = 64  # entries; a smaller matrix stays products and sums


@dataclass(slots=True)
class Operation:
    """A row on numbered operands.

    Attributes
    ----------
    items
        Its results: place in a row of several outputs -> numbers.
    """

    row: Primitive
    operands: tuple[int, ...]
    items: dict[int, list[int]]


@dataclass
class Plan:
    """Operations in order, and what the numbers are.

    Attributes
    ----------
    constants, inputs, parameters
        Number -> its value, or its place among the arguments.
    uniform, varying
        What is done once per call, and per row.
    values, sums
        The numbers that are results of each row, and those that are added up.
    products, strong
        Place among the sums -> two numbers whose product is what is added. The places
        where it is `STRONG`: not added if the first number is 0.
    factors
        Other numbers that are read after the last operation.
    same
        Factor of the raised program -> the number that it is, where that has another
        name: a sum of one term is that term.
    """

    constants: dict[int, float] = field(default_factory=dict)
    inputs: dict[int, int] = field(default_factory=dict)
    parameters: dict[int, int] = field(default_factory=dict)
    uniform: list[Operation] = field(default_factory=list)
    varying: list[Operation] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    products: dict[int, tuple[int, ...]] = field(default_factory=dict)
    strong: set[int] = field(default_factory=set)
    factors: set[int] = field(default_factory=set)
    same: dict[int, int] = field(default_factory=dict)


def plan(tape: Tape, summed: int, numerics: str, *, single: bool = False) -> Plan:
    """Decide what is done when; the last ``summed`` outputs are added over rows.

    Of a ``single`` row there is nothing to add, and no factor is kept for it.
    """
    draft = _Draft(len(tape), numerics == "fast", single)
    draft.read(tape)
    outputs = [draft.at[o] for o in tape.outputs]
    split = len(outputs) - summed
    draft.result.values, draft.result.sums = outputs[:split], outputs[split:]
    draft.shorten_sums()
    return draft.finished()


def plan_raised(program: Raised) -> Plan:
    """The same of what raising found, in ``numerics="fast"``.

    Matrices times vectors are operations of several results, whose operands are the
    vector, then the matrix line by line. The sums are the program's ``pairs``, then
    its ``uniforms``, one after the other; of its ``products`` the factors are there.
    """
    draft = _Draft(program.count, fast=True)
    draft.read_raised(program)
    at, found = draft.at, draft.result
    found.values = [at[i] for i in program.values]
    factors = [i for p in program.products for i in (*p.left, *p.right)]
    found.factors = {at[i] for i in factors}
    found.same = {i: at[i] for i in factors if at[i] != i}
    for x, y in program.pairs:
        found.sums.append(at[x] if y == ONE else draft.new(_MUL, (at[x], at[y])))
    found.sums += [at[x] for terms in program.uniforms for _, x in terms]
    return draft.finished()


class _Draft:
    def __init__(self, size: int, fast: bool, single: bool = False) -> None:
        self.fast = fast
        self.single = single
        self.result = Plan()
        self.at: dict[int, int] = {}  # what is read -> number; most are the same
        self.operations: dict[int, Operation] = {}  # first result -> operation
        self.size = size
        self.finite: set[int] = set()

    def finished(self) -> Plan:
        """The plan, its operations by what they depend on."""
        varying = self.varying()
        if self.fast:
            self.fuse(varying)
            self.pair()
        if not self.single:
            self.factor(varying)
        for operation in self.operations.values():
            often = not varying.isdisjoint(operation.operands)
            where = self.result.varying if often else self.result.uniform
            where.append(operation)
        return self.result

    # -- reading -------------------------------------------------------------------

    def read(self, tape: Tape) -> None:
        live = tape.live(tape.outputs)
        found = self.result
        places = {index: k for k, index in enumerate(tape.parameters)}
        for i, row, operands in tape.instructions():
            self.at[i] = i
            if row is INPUT:
                found.inputs[i] = len(found.inputs)
            elif row is PARAMETER:
                found.parameters[i] = places[i]
            elif row is CONSTANT:
                found.constants[i] = tape.constants[i]
            elif live[i]:
                self.add(i, row, tuple([self.at[o] for o in operands]))
                continue
            if row is not CONSTANT or abs(found.constants[i]) < inf:
                self.finite.add(i)

    def read_raised(self, program: Raised) -> None:
        found = self.result
        found.constants = dict(program.constants)
        found.inputs = {i: k for k, i in enumerate(program.inputs)}
        found.parameters = {i: k for k, i in enumerate(program.parameters)}
        finite = [i for i, x in program.constants.items() if abs(x) < inf]
        self.finite.update(finite, found.inputs, found.parameters)
        sources = (*found.constants, *found.inputs, *found.parameters)
        self.at = {i: i for i in sources}
        for group in program.groups:
            if group.row is MATRIX:
                self.add_matrix(group)
                continue
            for k, operands in enumerate(zip(*group.args, strict=True)):
                numbers = tuple([self.at[o] for o in operands])
                if group.row.multiple:
                    outs = group.outs[k :: len(group.args[0])]
                    self.put_multiple(group.row, outs, numbers)
                else:
                    self.at[group.outs[k]] = group.outs[k]
                    self.add(group.outs[k], group.row, numbers)

    def add_matrix(self, group: Group) -> None:
        at, half = self.at, len(group.args) // 2
        vector = [at[arg[0]] for arg in group.args[:half]]
        lines = [
            [at[arg[k]] for arg in group.args[half:]] for k in range(len(group.outs))
        ]
        if half * len(lines) >= LEAST_MATRIX:
            entries = [x for line in lines for x in line]
            self.put_multiple(MATRIX, group.outs, (*vector, *entries))
            return
        for out, line in zip(group.outs, lines, strict=True):
            at[out] = out
            pairs = zip(vector, line, strict=True)
            self.chain(out, [self.new(_MUL, pair) for pair in pairs])

    def put_multiple(
        self, row: Primitive, outs: list[int], operands: tuple[int, ...]
    ) -> None:
        # Of a row with several outputs; those that nobody reads have no number.
        i = self.new(row, operands)
        self.operations[i].items = {k: [out] for k, out in enumerate(outs) if out >= 0}
        self.at.update({out: out for out in outs})

    def add(self, i: int, row: Primitive, operands: tuple[int, ...]) -> None:
        if row is STOP or row.name == "identity":
            self.at[i] = operands[0]
            return
        if row.name == "item":
            items = self.operations[operands[0]].items
            items.setdefault(row.bound["k"], []).append(i)
            return
        if row.name == "sum":
            self.chain(i, list(operands))
        elif row.name == "dot":
            n = len(operands) // 2
            pairs = zip(operands[:n], operands[n:], strict=True)
            self.chain(i, [self.new(_MUL, pair) for pair in pairs])
        elif row is STRONG and self.fast and operands[1] in self.finite:
            self.put(i, _MUL, operands)
        else:
            self.put(i, row, operands)

    def chain(self, i: int, terms: list[int]) -> None:
        # From left to right, as the float kernel of `sum` adds.
        if not terms:
            self.result.constants[i] = 0.0
            self.finite.add(i)
        elif len(terms) == 1:
            self.at[i] = terms[0]
        else:
            total = terms[0]
            for term in terms[1:-1]:
                total = self.new(_ADD, (total, term))
            self.put(i, _ADD, (total, terms[-1]))

    def new(self, row: Primitive, operands: tuple[int, ...]) -> int:
        self.size += 1
        return self.put(self.size - 1, row, operands)

    def put(self, i: int, row: Primitive, operands: tuple[int, ...]) -> int:
        items: dict[int, list[int]] = {} if row.multiple else {0: [i]}
        self.operations[i] = Operation(row, operands, items)
        if row.name in _BOUNDED or (
            row.name in _TAME and all([o in self.finite for o in operands])
        ):
            self.finite.add(i)
        return i

    # -- fewer operations ----------------------------------------------------------

    def uses(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for operation in self.operations.values():
            for operand in operation.operands:
                counts[operand] = counts.get(operand, 0) + 1
        result = self.result
        for output in (*result.values, *result.sums, *result.factors):
            counts[output] = counts.get(output, 0) + 1
        return counts

    def shorten_sums(self) -> None:
        uses, constants = self.uses(), self.result.constants
        for k, number in enumerate(self.result.sums):
            operation = self.operations.get(number)
            if operation is None or operation.row.name != "add" or uses[number] > 1:
                continue
            a, b = operation.operands
            if constants.get(a) == 0.0:
                self.result.sums[k] = b
                del self.operations[number]

    def varying(self) -> set[int]:
        """The numbers that depend on an input."""
        found = set(self.result.inputs)
        for operation in self.operations.values():
            if not found.isdisjoint(operation.operands):
                for numbers in operation.items.values():
                    found.update(numbers)
        return found

    def fuse(self, varying: set[int]) -> None:
        """Products that are only added to something, into what adds them."""
        uses = self.uses()
        alone = {
            i: operation
            for i, operation in self.operations.items()
            if operation.row.name == "mul" and uses.get(i) == 1 and i in varying
        }
        gone = []
        for operation in self.operations.values():
            if operation.row.name not in ("add", "sub"):
                continue
            added = operation.row.name == "add"
            a, b = operation.operands
            product, rest, name = b, a, "fma" if added else "fnma"
            if product not in alone:
                product, rest, name = a, b, "fma" if added else "fms"
            if product in alone:
                operation.row = FUSED[name]
                operation.operands = (*alone[product].operands, rest)
                gone.append(product)
        for number in gone:
            del self.operations[number]

    def factor(self, varying: set[int]) -> None:
        """Products that are only added up over the rows, into their factors."""
        uses, found = self.uses(), self.result
        for k, number in enumerate(found.sums):
            operation = self.operations.get(number)
            if operation is None or uses[number] > 1 or number not in varying:
                continue
            strong = operation.row is STRONG and not self.fast
            if operation.row.name == "mul" or strong:
                found.products[k] = operation.operands
                if strong:
                    found.strong.add(k)
                del self.operations[number]

    def pair(self) -> None:
        """tanh(x) with sech(x)**2, its derivative; `relax` writes it as a product."""
        uses = self.uses()
        made = {
            (o.row.name, o.operands): i
            for i, o in self.operations.items()
            if o.row.name in ("tanh", "sech")
        }
        for i, operation in list(self.operations.items()):
            factors = {"square": 1, "mul": 2}.get(operation.row.name)
            number = operation.operands[0] if factors else -1
            if set(operation.operands) != {number} or uses[number] != factors:
                continue
            sech = self.operations.get(number)
            if sech is None or sech.row.name != "sech":
                continue
            tanh = made.get(("tanh", sech.operands))
            if tanh is not None and tanh < i:
                first = self.operations[tanh]
                first.row = TANH_AND_SLOPE
                first.items[1] = [i]
                del self.operations[i], self.operations[number]


# Never infinite, whatever the operands are (NaN comes only from NaN); and finite
# where the operands are, unless their size overflows, which makes the result itself
# infinite and is then reported.
_BOUNDED = {"tanh", "sigmoid", "sech", "logistic_slope", "step", "sign", "greater"}
_BOUNDED |= {"sin", "cos", "erf", "erfc", "normal_cdf", "gauss", "lt", "le", "gt", "ge"}
_TAME = {"add", "sub", "mul", "neg", "square", "relu", "leaky_relu", "abs", "maximum"}
_TAME |= {"minimum", "clip", "where", "softplus", "identity", "strong_product"}
