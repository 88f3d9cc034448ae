"""Sparse Jacobians and Hessians of a tape, as a longer tape.

What one can do with this file: the `jacobian` of a tape's outputs and the `hessian` of
its first, by inputs and parameters: the entries that are not zero, and which they are.

The one idea: the gradient is recorded as Values, by the engine's own sweep; each of its
nodes knows which numbers it depends on. So it is known which entries there are before
one is computed, and a line is a sweep over those nodes alone that lead to its entries.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ...graph import differentiable
from ...record import COLUMN as VALUES
from ...record import recording
from ...reverse import sweep
from ...value import Value, constant
from ..tape import Tape
from ..tracing.slot import COLUMN, Adjoint, Literal
from .derive import index_of, total_of, values_of
from .matrix import Pattern

__all__ = ["hessian", "jacobian"]

_by_index = attrgetter("_index")


def jacobian(tape: Tape, wrt: Sequence[int]) -> tuple[Tape, Pattern]:
    """The derivatives of each output: a tape of those that are not 0, and which.

    Parameters and errors as `gradient`. The outputs of the tape are the entries of the
    pattern, in its order.
    """
    new = tape.copy()
    start = new.constant(1.0)
    values = values_of(tape, new, wrt)
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
    values = values_of(tape, new, wrt)
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
    return {j: index_of(new, total_of(g)) for j, g in totals}


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
