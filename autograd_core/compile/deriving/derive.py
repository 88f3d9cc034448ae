"""The gradient of a tape, as a longer tape.

What one can do with this file: the `gradient` of a tape's first output by inputs and
parameters. `sparse` has Jacobians and Hessians.

The one idea: every instruction becomes a Value that holds its slot. Then the engine's
own reverse sweep over these Values *is* the program of the gradient; run on recorded
Values it is that of the Hessian. A backend needs forward kernels only.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import TapeError
from ...graph import between
from ...primitives import Primitive, one
from ...reverse import sweep
from ...value import Value, constant, new_node, tick
from ..tape import COMPARISONS, CONSTANT, INPUT, PARAMETER, STOP, STRONG, Tape
from ..tracing.slot import COLUMN, Adjoint, Literal, Slot

__all__ = ["gradient", "index_of", "total_of", "values_of"]

_STOPS = {STOP, *COMPARISONS.values()}
_ZERO = Literal(0.0)


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
    values = values_of(tape, new, wrt)
    if labelled:
        _label(values, new)
    found = _gradient(values[tape.outputs[0]], [values[i] for i in wrt], new, start)
    new.outputs += [index_of(new, x) for x in found]
    if labelled:
        _label_rest(new, len(tape))
    return new


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
    return [_ZERO if t is None else total_of(t) for t in totals]


def total_of(adjoint: Adjoint) -> Any:
    """0.0 + total, as `backward` adds it to a grad of 0.0: a sum of skips is 0.0."""
    return _ZERO + Slot(adjoint.tape, adjoint.index)


def index_of(tape: Tape, data: Any) -> int:
    """Where a number of a sweep is on ``tape``."""
    return tape.constant(data.value) if data.__class__ is Literal else int(data.index)


def values_of(tape: Tape, new: Tape, wrt: Sequence[int]) -> list[Value]:
    """Every instruction of ``tape`` as a Value of the slot with its index in ``new``.

    Those of ``wrt`` want a gradient, and what depends on them.

    Raises
    ------
    TapeError
        If the tape is a gradient itself.
    """
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
