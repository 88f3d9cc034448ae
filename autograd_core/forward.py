"""The forward sweep: tangents from the inputs to the results.

The one idea: over the same recorded graph and the same partials as the reverse
sweep, in the opposite order; a node's tangent is the sum of each operand's
tangent times its local derivative. Costs one pass per input direction, where
the reverse sweep costs one pass per result.
"""

from typing import Any

from .graph import run_rules
from .numbers import Column
from .record import COLUMN as VALUES
from .record import outputs
from .reverse import plus, product, structural_zero
from .value import Value

__all__ = ["tangents"]


def tangents(
    nodes: list[Value], seeds: dict[Value, Any], m: Column
) -> dict[Value, Any]:
    """The tangent of each of ``nodes`` (oldest first), absent where it is zero.

    Parameters
    ----------
    nodes
        All nodes between the seeds and the results, oldest first.
    seeds
        The tangents of the inputs.
    m
        The column to compute in, as for `autograd_core.reverse.sweep`.
    """
    found = dict(seeds)
    multiply = _recorded_product if m is VALUES else product
    for node in nodes:
        if node._row is None or node in seeds:
            continue
        row: Any = node._row
        operands = node.operands
        ts = [found.get(operand) for operand in operands]
        if row.name == "item":
            found[node] = ts[0] and ts[0][row.bound["k"]]
            continue

        def flow(m: Column, xs: Any, out: Any, row: Any = row, ts: Any = ts) -> Any:
            if not row.variadic:
                partials = [
                    None if t is None or rule is None else rule(m, *xs, out)
                    for rule, t in zip(row.partials, ts, strict=True)
                ]
                return _combine(partials, ts, multiply)
            partials = row.partials(m, xs, out)
            if row.multiple:
                return [_combine(line, ts, multiply) for line in partials]
            return _combine(partials, ts, multiply)

        if m is VALUES:
            out: Any = tuple(outputs(node)) if row.multiple else node
            tangent = flow(m, operands, out)
        else:
            data = tuple([operand._data for operand in operands])
            tangent = run_rules(flow, m, data, node._data)
        if tangent is not None:
            found[node] = tangent
    return found


def _combine(partials: Any, ts: Any, multiply: Any) -> Any:
    total = None
    for partial, t in zip(partials, ts, strict=True):
        if partial is not None and t is not None:
            total = plus(total, multiply(t, partial))
    return total


def _recorded_product(t: Any, partial: Any) -> Any:
    # No strong zero here: 0 * inf is NaN, as no direction reaches a slope of inf.
    # The side that `where` does not take has a structural zero for a partial.
    if structural_zero(partial) or structural_zero(t):
        return None
    return partial if t.__class__ is not Value and t == 1 else t * partial
