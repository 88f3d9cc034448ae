"""Walking a recorded graph; no arithmetic, and no recursion at any depth.

What one can do with this file: list the nodes behind a Value in the order they
were computed (`ancestors`), only the leaves (`leaves`), who uses a node
(`consumers`), the derivative on each edge (`local_derivatives`), and write a
graph as JSON (`to_json`).

The one idea: creation order is a topological order, so sorting by creation
index replaces a depth-first walk.
"""

import json
from operator import attrgetter
from typing import Any

from .errors import NonFiniteError, StaleGraphError
from .numbers import Column
from .value import Value, column, last_assignment

__all__ = ["ancestors", "consumers", "leaves", "local_derivatives", "to_json"]

_by_index = attrgetter("_index")


def ancestors(root: Value) -> list[Value]:
    """``root`` and every Value that it was computed from, oldest first.

    Raises
    ------
    TypeError
        If ``root`` is not a Value.
    """
    if root.__class__ is not Value:
        raise TypeError(f"a graph begins at a Value, got {type(root).__name__}")
    seen = {root}
    nodes = [root]
    for node in nodes:  # grows while it is walked
        for operand in node.operands:
            if operand not in seen:
                seen.add(operand)
                nodes.append(operand)
    nodes.sort(key=_by_index)
    return nodes


def leaves(root: Value) -> list[Value]:
    """The leaves behind ``root``, oldest first; constants are leaves too."""
    return [node for node in ancestors(root) if node._row is None]


def consumers(root: Value) -> dict[Value, list[Value]]:
    """For every node behind ``root`` the nodes that use it, once per use."""
    nodes = ancestors(root)
    used_by: dict[Value, list[Value]] = {node: [] for node in nodes}
    for node in nodes:
        for operand in node.operands:
            used_by[operand].append(node)
    return used_by


def differentiable(root: Value) -> list[Value]:
    """The nodes that a reverse sweep from ``root`` visits.

    First what was computed, youngest first, and then the leaves, youngest first.

    Raises
    ------
    StaleGraphError
        If a leaf was assigned after one of them was computed.
    """
    results: list[Value] = []
    leaves: list[Value] = []
    waiting = [root] if root._wants else []
    seen = set(waiting)
    see, wait, found = seen.add, waiting.append, results.append
    while waiting:
        node: Value | None = waiting.pop()
        # Along the last operands down to a leaf: code mostly computes an operand right
        # before its use, so this is nearly the order wanted, and the memory's.
        while node is not None:
            a, b = node._a, node._b
            if a is not None:
                found(node)
                node = None
                if a._wants and a not in seen:
                    see(a)
                    node = a
                if b is not None and b._wants and b not in seen:
                    see(b)
                    if node is not None:
                        wait(node)
                    node = b
                continue
            if b is None:
                leaves.append(node)
                break
            found(node)
            for operand in b:
                if operand._wants and operand not in seen:
                    see(operand)
                    wait(operand)
            break
    results.sort(key=_by_index, reverse=True)
    leaves.sort(key=_by_index, reverse=True)
    results += leaves
    refuse_stale(results)
    return results


def refuse_stale(nodes: list[Value]) -> None:
    """Raise if an operand of ``nodes`` was assigned after its use.

    What is computed of them is youngest first.

    A training loop assigns before it records, so mostly one comparison decides:
    nothing was assigned since the oldest of these nodes was computed.
    """
    oldest = next((node for node in reversed(nodes) if node._row is not None), None)
    if oldest is None or last_assignment() < oldest._index:
        return
    for node in nodes:
        for operand in node.operands:
            if operand._index > node._index:
                raise _stale(operand, node)


def between(roots: list[Value], inputs: list[Value]) -> tuple[list[Value], bool]:
    """The nodes on the ways from ``inputs`` to ``roots``, youngest first.

    The second result is whether ``roots`` also depend on Values from outside, older
    than ``inputs``, that want a gradient.

    Raises
    ------
    StaleGraphError
        As `differentiable`.
    """
    floor = min(node._index for node in inputs)
    captured = False
    nodes = list(dict.fromkeys(root for root in roots if root._wants))
    seen = set(nodes)
    for node in nodes:
        for operand in node.operands:
            if operand in seen or not operand._wants:
                continue
            if operand._index < floor:
                captured = True
                continue
            seen.add(operand)
            nodes.append(operand)
    nodes.sort(key=_by_index, reverse=True)
    refuse_stale(nodes)
    reached = set(inputs)
    for node in reversed(nodes):
        if not reached.isdisjoint(node.operands):
            reached.add(node)
    return [node for node in nodes if node in reached], captured


def label(node: Value) -> str:
    """A short name of a node for messages: its own, or its operation."""
    if node.name is not None:
        return node.name
    if node._row is None:
        return f"a leaf with data {node._data}"
    return f"a result of '{node._op}'"


def _stale(operand: Value, node: Value) -> StaleGraphError:
    note = operand._note
    change = ""
    if note is not None and note.site is not None:
        where = f"{note.site[0]}:{note.site[1]}"
        change = f" (from {note.previous} to {operand._data}, at {where})"
    return StaleGraphError(
        f"{label(operand)} was assigned{change} after {label(node)} was computed from "
        "it; compute the result again before differentiating it"
    )


def local_derivatives(node: Value) -> tuple[Any, ...]:
    """d(node)/d(operand) for each operand, as numbers of the graph's own kind.

    For a row with several outputs, one such tuple per output. Zero stands where
    the table says that the derivative is zero everywhere.
    """
    row = node._row
    if row is None:
        return ()
    kind = column(node)
    zero = kind.adopt(0)
    data = [operand._data for operand in node.operands]

    def run(m: Any, xs: Any, out: Any) -> Any:
        rules: Any = row.partials
        if not row.variadic:
            return [zero if r is None else r(m, *xs, out) for r in rules]
        return rules(m, tuple(xs), out)

    partials = run_rules(run, kind, data, node._data)

    def plain(number: Any) -> Any:
        return kind.adopt(number) if number.__class__ is int else number

    if row.multiple:
        return tuple(tuple(map(plain, line)) for line in partials)
    return tuple(map(plain, partials))


def run_rules(run: Any, kind: Column, xs: Any, out: Any) -> Any:
    """``run(kind, xs, out)``, and again with care where Python's numbers raise.

    Raises
    ------
    NonFiniteError
        Where a number type without infinities divides by zero.
    """
    try:
        return run(kind, xs, out)
    except NonFiniteError:
        raise
    except ArithmeticError:
        return kind.careful(run, xs, out)


def to_json(root: Value, *, indent: int | None = None) -> str:
    """The graph behind ``root`` as JSON text, nodes oldest first.

    Each node has ``id``, ``op`` (null for a leaf), ``data``, ``grad``,
    ``requires_grad``, ``operands`` (ids in order), ``local`` (the derivative with
    respect to each operand), and ``name`` and ``attributes`` where it has them.
    Numbers that JSON has no form for (NaN, infinities, fractions, symbols) are
    strings, so that the text is valid JSON everywhere.
    """
    nodes = ancestors(root)
    ids = {node: i for i, node in enumerate(nodes)}
    entries = []
    for node in nodes:
        entry: dict[str, Any] = {
            "id": ids[node],
            "op": node._row.name if node._row else None,
            "data": _json_number(node._data),
            "grad": _json_number(node.grad),
            "requires_grad": node._wants,
            "operands": [ids[operand] for operand in node.operands],
            "local": _json_number(local_derivatives(node)),
        }
        if node.name is not None:
            entry["name"] = node.name
        if node._row is not None and node._row.bound:
            bound = node._row.bound
            entry["attributes"] = {k: _json_number(v) for k, v in bound.items()}
        entries.append(entry)
    graph = {"format": "autograd-core graph 1", "root": ids[root], "nodes": entries}
    return json.dumps(graph, indent=indent, allow_nan=False)


def _json_number(number: Any) -> Any:
    if isinstance(number, (tuple, list)):
        return [_json_number(n) for n in number]
    if number is None or isinstance(number, int):
        return number
    if isinstance(number, float) and number - number == 0.0:
        return number
    return str(number)
