"""Derivatives of a tape, as a longer tape.

What one can do with this file: `gradient` and `hessian` of a tape's first output, and
the `jacobian` of all, by inputs and parameters. The last two are sparse.

The one idea: every instruction becomes a Value that holds its slot. Then the engine's
own reverse sweep over these Values *is* the program of the gradient; run on recorded
Values it is that of the Hessian. A backend needs forward kernels only.
"""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from ..errors import TapeError
from ..graph import between, differentiable
from ..primitives import Primitive, one
from ..record import COLUMN as VALUES
from ..record import recording
from ..reverse import sweep
from ..value import Value, constant, new_node, tick
from .slot import COLUMN, Adjoint, Literal, Slot
from .sparse import Pattern
from .tape import COMPARISONS, CONSTANT, INPUT, PARAMETER, STOP, STRONG, Tape

__all__ = ["gradient", "hessian", "jacobian"]

_STOPS = {STOP, *COMPARISONS.values()}
_ZERO = Literal(0.0)
_by_index = attrgetter("_index")


def gradient(
    tape: Tape,
    wrt: Sequence[int],
    seed: Value | None = None,
    *,
    labelled: bool = False,
) -> Tape:
    """The tape with d(first output)/d(number) appended for each of ``wrt``.

    Parameters
    ----------
    wrt
        Indices of inputs and parameters of ``tape``.
    seed
        If given, the adjoint of the output, read at each call as a parameter; else 1.
    labelled
        Whether the tape says of each new instruction whose derivative it computes.

    Returns
    -------
    Tape
        Its outputs are those of ``tape``, then the derivatives.

    Raises
    ------
    TapeError
        If the tape is a gradient itself.
    """
    new = tape.copy()
    start = new.constant(1.0) if seed is None else new.parameter(seed)
    values = _values(tape, new, wrt)
    if labelled:
        _label(values, new)
    found = _gradient(values[tape.outputs[0]], [values[i] for i in wrt], new, start)
    new.outputs += [_index(new, x) for x in found]
    if labelled:
        _label_rest(new, len(tape))
    return new


def jacobian(tape: Tape, wrt: Sequence[int]) -> tuple[Tape, Pattern]:
    """The derivatives of each output: a tape of those that are not 0, and which.

    Parameters and errors as `gradient`. The outputs of the tape are the entries of the
    pattern, in its order.
    """
    new = tape.copy()
    start = new.constant(1.0)
    values = _values(tape, new, wrt)
    place = {values[i]: j for j, i in enumerate(dict.fromkeys(wrt))}
    entries: Entries = {}
    for i, output in enumerate(tape.outputs):
        root = values[output]
        if root._wants:
            line = _line(root, differentiable(root), place, new, start)
            entries.update({(i, j): entry for j, entry in line.items()})
    return _with_entries(
        new, entries, [[i] for i in range(len(tape.outputs))], _positions(wrt)
    )


def hessian(
    tape: Tape, wrt: Sequence[int], *, symmetric: bool = False
) -> tuple[Tape, Pattern]:
    """The second derivatives of the first output: those that are not 0, and which.

    Parameters, result and errors as `jacobian`.

    Parameters
    ----------
    symmetric
        Compute one of H[i][j] and H[j][i], which may differ in their last bits, and
        give it twice.

    Notes
    -----
    The gradient is recorded once. What each node of it depends on says which entries
    there are; a line of the Hessian is a sweep over the nodes that lead to its entries,
    and over no others. With ``symmetric`` the longest lines come first, so that one
    dense line saves a sweep for each of its entries.
    """
    new = tape.copy()
    start = new.constant(1.0)
    values = _values(tape, new, wrt)
    place = {values[i]: j for j, i in enumerate(dict.fromkeys(wrt))}
    first = _recorded_gradient(values[tape.outputs[0]])
    roots = {j: first[leaf] for leaf, j in place.items() if _flows(first.get(leaf))}
    reach = _reach(list(roots.values()), place)
    order = list(roots)
    if symmetric:
        order.sort(key=lambda j: -len(reach[roots[j]]))
    entries: Entries = {}
    done: set[int] = set()
    for i in order:
        wanted = reach[roots[i]] - done
        if not wanted:
            continue
        nodes = _leading(roots[i], wanted, reach)
        for j, entry in _line(roots[i], nodes, place, new, start).items():
            entries[i, j] = entry
            if symmetric:
                entries[j, i] = entry
        if symmetric:
            done.add(i)
    return _with_entries(new, entries, _positions(wrt), _positions(wrt))


# -- which entries there are -----------------------------------------------------------

# Line and column -> the index of the number.
Entries = dict[tuple[int, int], int]
# Node -> the leaves that it depends on, by their places.
Reach = dict[Value, frozenset[int]]
_NOTHING: frozenset[int] = frozenset()


def _flows(x: Any) -> bool:
    return isinstance(x, Value) and x._wants


def _recorded_gradient(root: Value) -> dict[Value, Any]:
    if not root._wants:
        return {}
    with recording():
        return sweep(differentiable(root), {root: constant(Literal(1.0))}, VALUES)


def _reach(roots: list[Value], place: dict[Value, int]) -> Reach:
    nodes = list(dict.fromkeys(roots))
    seen = set(nodes)
    for node in nodes:  # grows while it is walked
        for operand in node.operands:
            if operand._wants and operand not in seen:
                seen.add(operand)
                nodes.append(operand)
    nodes.sort(key=_by_index)
    found: Reach = {}
    for node in nodes:
        whole = frozenset((place[node],)) if node in place else _NOTHING
        for operand in node.operands:
            part = found.get(operand, _NOTHING)
            if not part <= whole:  # mostly one has the other, and is kept once
                whole = part if whole <= part else whole | part
        found[node] = whole
    return found


def _leading(root: Value, wanted: frozenset[int], reach: Reach) -> list[Value]:
    # The nodes on the ways from ``root`` to some leaves, youngest first.
    nodes, seen = [root], {root}
    for node in nodes:
        for operand in node.operands:
            if operand in seen or reach.get(operand, _NOTHING).isdisjoint(wanted):
                continue
            seen.add(operand)
            nodes.append(operand)
    nodes.sort(key=_by_index, reverse=True)
    return nodes


def _line(
    root: Value, nodes: list[Value], place: dict[Value, int], new: Tape, start: int
) -> dict[int, int]:
    # The derivatives of ``root`` by the leaves among ``nodes``, by their places.
    found = sweep(nodes, {root: Adjoint(new, start)}, COLUMN)
    totals = [(place[x], g) for x, g in found.items() if x in place and g is not None]
    return {j: _index(new, _total(g)) for j, g in totals}


def _with_entries(
    new: Tape, entries: Entries, lines: list[list[int]], columns: list[list[int]]
) -> tuple[Tape, Pattern]:
    placed = sorted(
        [
            (line, column, entry)
            for (i, j), entry in entries.items()
            for line in lines[i]
            for column in columns[j]
        ]
    )
    new.outputs = [entry for *_, entry in placed]
    shape = sum(map(len, lines)), sum(map(len, columns))
    return new, Pattern(
        shape, tuple([i for i, *_ in placed]), tuple([j for _, j, _ in placed])
    )


def _positions(wrt: Sequence[int]) -> list[list[int]]:
    # Of each number; a Value that is asked for twice has two.
    found: dict[int, list[int]] = {}
    for k, i in enumerate(wrt):
        found.setdefault(i, []).append(k)
    return list(found.values())


# -- sweeps ----------------------------------------------------------------------------


def _gradient(root: Any, leaves: list[Value], new: Tape, start: int) -> list[Any]:
    wanted = isinstance(root, Value) and root._wants and leaves
    nodes = between([root], leaves)[0] if wanted else []
    if not nodes:
        return [_ZERO] * len(leaves)
    found = sweep(nodes, {root: Adjoint(new, start)}, COLUMN)
    if new.labels:
        new.labels[len(new)] = "the gradient"
    totals = [found.get(leaf) for leaf in leaves]
    return [_ZERO if t is None else _total(t) for t in totals]


def _total(adjoint: Adjoint) -> Any:
    # 0.0 + total, as `backward` adds it to a grad of 0.0: a sum of skips is 0.0.
    return _ZERO + Slot(adjoint.tape, adjoint.index)


def _index(tape: Tape, data: Any) -> int:
    return tape.constant(data.value) if data.__class__ is Literal else int(data.index)


def _values(tape: Tape, new: Tape, wrt: Sequence[int]) -> list[Value]:
    # Every instruction of ``tape`` as a Value of the slot with its index in ``new``.
    wanted = set(wrt)
    values: list[Value] = []
    for i, row, operands in tape.instructions():
        if row is CONSTANT:
            value = constant(Literal(tape.constants[i]))
        elif row is INPUT or row is PARAMETER or row in _STOPS:
            value = constant(Slot(new, i))
            value._wants = i in wanted
        elif row is STRONG:
            raise TapeError(f"%{i}: the gradient of a gradient; ask for the Hessian")
        elif row.multiple:
            value = _node(row, tuple([values[o] for o in operands]), ())
        else:
            value = _node(row, tuple([values[o] for o in operands]), Slot(new, i))
        if row.name == "item":
            values[operands[0]]._data += (value._data,)
        values.append(value)
    return values


def _node(row: Primitive, operands: tuple[Value, ...], data: Any) -> Value:
    # What `record` makes, of an instruction that is on the tape already.
    out = new_node(Value)
    out._data = data
    out._row = row
    out._note = None
    if row.variadic or len(operands) > 2:
        out._a, out._b = None, operands
    else:
        out._a = operands[0]
        out._b = operands[1] if len(operands) == 2 else None
    if row.general and not row.variadic:
        rules: Any = row.partials
        flows = zip(operands, rules, strict=True)
        out._wants = any([v._wants and r is not None for v, r in flows])
    else:
        out._wants = any([v._wants for v in operands])
    out._index = tick()
    out.grad = _ZERO
    return out


# -- labels ----------------------------------------------------------------------------


def _label(values: list[Value], new: Tape) -> None:
    # Rules that put their name on what follows them on the tape.
    for value in values:
        row = value._row
        if row is not None and row.name != "item":
            rules: Any = row.partials
            if row.variadic:
                rules = _labelling(rules, row.name, new)
            else:
                rules = tuple([_labelling(rule, row.name, new) for rule in rules])
            value._row = replace(row, partials=rules)


def _labelling(rule: Any, name: str, new: Tape) -> Any:
    if rule is None or rule is one:
        return rule

    def labelled(*arguments: Any) -> Any:
        new.labels[len(new)] = f"the derivative of {name}"
        return rule(*arguments)

    return labelled


def _label_rest(new: Tape, start: int) -> None:
    # A label holds until the next one.
    label = None
    for i in range(start, len(new)):
        label = new.labels.get(i, label)
        if label is not None:
            new.labels[i] = label
    new.labels.pop(len(new), None)
