"""The reverse sweep: the chain rule, from the result back to the leaves.

What one can do with this file: `backward` (what `Value.backward` calls), and
`sweep`, which every transform uses.

The one idea, in an example. For L = p*q with p = x + 1 and q = x*x at x = 3,
each node is visited after everything that uses it, and hands its adjoint times
the local derivative to each operand::

    L: adjoint 1      ->  p: 1*q = 9      q: 1*p = 4
    q: adjoint 4      ->  x: 4*x = 12     x: 4*x = 12     (the operand x, twice)
    p: adjoint 9      ->  x: 9*1 = 9
    x: 12 + 12 + 9 = 33

Two rules keep this right at the edge. *Strong zero*: an adjoint that is zero
hands on nothing, so the side that `where` did not take cannot contribute
0 * inf = NaN. *Over Values* (for second derivatives) a zero may depend on
something, so only structural zeros are skipped and the product is `strong_mul`,
which is zero where the adjoint is and can still be differentiated.
"""

from typing import Any

from .data import as_data
from .diagnose import nonfinite_gradient, nonfinite_value
from .errors import CONTINUES, GraphError, NonFiniteError
from .graph import differentiable, run_rules
from .numbers import Column
from .primitives import left, one, right
from .record import COLUMN as VALUES
from .record import adopted, is_finite, outputs
from .value import Value, column, refuse_if_traced

__all__ = ["backward", "sweep"]


def sweep(nodes: list[Value], seeds: dict[Value, Any], m: Column) -> dict[Value, Any]:
    """Run the chain rule over ``nodes``; returns the adjoint of each, or None.

    Parameters
    ----------
    nodes
        All the nodes to visit, youngest first; nothing flows to any other.
    seeds
        The adjoints to begin with.
    m
        The column to compute in: that of the data, or that of Values to record
        the gradient itself.
    """
    adjoints: dict[Value, Any] = dict.fromkeys(nodes)
    adjoints.update(seeds)
    if m is not VALUES:
        _sweep_numbers(adjoints, m)
        return adjoints
    for node, g in adjoints.items():  # values change on the way, keys do not
        if node._row is not None and g is not None:
            _contribute(adjoints, node, g, m)
    return adjoints


def _sweep_numbers(adjoints: dict[Value, Any], m: Column) -> None:  # noqa: C901
    # One or two operands that hold numbers are written out: the hot path. The rules of
    # + and * are known by name, so that they need not be called.
    for node, g in adjoints.items():
        row: Any = node._row
        if row is None or not g:  # a leaf; the strong zero
            continue
        if row.general:
            if row.variadic and not row.multiple:
                _spread(adjoints, node, g, m)
            else:
                _contribute(adjoints, node, g, m)
            continue
        a: Any = node._a
        b = node._b
        c = d = None
        try:
            if b is None:
                (rule,) = row.partials
                if a in adjoints:
                    c = g * rule(m, a._data, node._data)
            else:
                rule, other = row.partials
                if a in adjoints:
                    if rule is one:
                        c = g
                    elif rule is right:
                        c = g * b._data
                    else:
                        c = g * rule(m, a._data, b._data, node._data)
                if b in adjoints:
                    if other is one:
                        d = g
                    elif other is left:
                        d = g * a._data
                    else:
                        d = g * other(m, a._data, b._data, node._data)
        except ArithmeticError:
            _contribute(adjoints, node, g, m)
            continue
        if c is not None:
            before = adjoints[a]
            adjoints[a] = c if before is None else before + c
        if d is not None:
            before = adjoints[b]
            adjoints[b] = d if before is None else before + d


def _spread(adjoints: dict[Value, Any], node: Value, g: Any, m: Column) -> None:
    # Numbers, and any number of operands.
    row: Any = node._row
    operands = node.operands
    try:
        partials = row.partials(m, tuple([x._data for x in operands]), node._data)
    except ArithmeticError:
        _contribute(adjoints, node, g, m)
        return
    for operand, partial in zip(operands, partials, strict=True):
        if operand in adjoints and (partial.__class__ is not int or partial):
            before, c = adjoints[operand], g * partial
            adjoints[operand] = c if before is None else before + c


def _contribute(adjoints: dict[Value, Any], node: Value, g: Any, m: Column) -> None:
    # The same step for any row in any column.
    row: Any = node._row
    operands = node.operands
    wanted = [operand in adjoints for operand in operands]
    multiply = recorded_product if m is VALUES else product

    def flows(m: Column, xs: Any, out: Any) -> list[Any]:
        rules = row.partials
        if row.multiple:
            return _through_outputs(g, rules(m, xs, out), wanted, multiply)
        if row.variadic:
            partials = rules(m, xs, out)
            return [
                multiply(g, p) if w else None
                for p, w in zip(partials, wanted, strict=True)
            ]
        return [
            multiply(g, rule(m, *xs, out)) if w and rule is not None else None
            for rule, w in zip(rules, wanted, strict=True)
        ]

    if m is VALUES:
        out: Any = tuple(outputs(node)) if row.multiple else node
        contributions = flows(m, operands, out)
    else:
        data = tuple([operand._data for operand in operands])
        contributions = run_rules(flows, m, data, node._data)
    for operand, c in zip(operands, contributions, strict=True):
        if c is None:
            continue
        if row.name == "item":
            c = [c if k == row.bound["k"] else None for k in range(len(operand._data))]
        adjoints[operand] = plus(adjoints[operand], c)


def _through_outputs(gs: Any, jacobian: Any, wanted: Any, multiply: Any) -> list[Any]:
    sums: list[Any] = [None] * len(wanted)
    for g, line in zip(gs, jacobian, strict=True):
        if g is None or (g.__class__ is not Value and not g):
            continue
        for i, partial in enumerate(line):
            if wanted[i]:
                sums[i] = plus(sums[i], multiply(g, partial))
    return sums


def plus(before: Any, c: Any) -> Any:
    if before is None or c is None:
        return c if before is None else before
    if c.__class__ is list:
        return [plus(x, y) for x, y in zip(before, c, strict=True)]
    return before + c


def product(g: Any, partial: Any) -> Any:
    if partial.__class__ is int and partial == 0:
        return None
    return g * partial


def recorded_product(g: Any, partial: Any) -> Any:
    if structural_zero(partial) or structural_zero(g):
        return None
    if g.__class__ is not Value and g == 1:
        return partial
    if partial.__class__ is int and partial == 1:
        return g
    return VALUES.strong_mul(g, partial)


def structural_zero(x: Any) -> bool:
    """Whether ``x`` is zero and depends on nothing that could change it."""
    if x.__class__ is Value:
        return not x._wants and column(x).is_zero(x._data)
    return bool(x == 0)


def backward(root: Value, seed: Any = 1, *, allow_nonfinite: bool = False) -> None:
    """See `Value.backward`."""
    refuse_if_traced(
        "backward() inside a traced function would happen once and not at every call; "
        "return the loss, and ask the compiled program for the gradient"
    )
    if root._data.__class__ is tuple:
        raise GraphError("backward() starts from one number")
    g = adopted(seed, root)
    if g is NotImplemented:
        as_data(seed)  # raises the TypeError that names the type
    if not allow_nonfinite and not is_finite(root._data):
        raise nonfinite_value(root)
    if not allow_nonfinite and not is_finite(g):
        raise NonFiniteError(f"the seed of backward() is {g}.{CONTINUES}")
    nodes = differentiable(root)
    if not nodes:
        return
    adjoints = sweep(nodes, {root: g}, column(root))
    totals = []
    count = len(nodes)
    while count and nodes[count - 1]._row is None:
        count -= 1
    for leaf in nodes[count:]:
        total = adjoints[leaf]
        if total is not None:
            if not allow_nonfinite and not is_finite(total):
                raise nonfinite_gradient(leaf, nodes, adjoints)
            totals.append((leaf, total))
    for node in nodes[:count]:
        g = adjoints[node]
        node.grad = node._zero() if g is None else g
    for leaf, total in totals:
        leaf.grad = total if leaf.grad is None else leaf.grad + total
