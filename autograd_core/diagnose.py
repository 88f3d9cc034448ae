"""Where did the NaN come from? The autopsy behind `NonFiniteError` and `why`.

The one idea: the graph is still there, so the search costs nothing until
something is wrong. The culprit is the *first* operation, in creation order,
whose result is not finite although its operands are; for a gradient, the first
edge of the sweep on which a finite adjoint becomes one that is not.
"""

import os
from typing import Any

from .errors import CONTINUES, NonFiniteError
from .graph import ancestors, consumers, label, local_derivatives
from .primitives import Primitive
from .record import is_finite
from .value import Value

__all__ = ["place", "why"]

_INFIX = {"add": "+", "sub": "-", "mul": "*", "pow": "**", "strong_mul": "*"}

_REMEDY = {
    "exp": "Use softplus, logsumexp, log_softmax or a smaller scale instead of exp.",
    "log": "Keep the operand positive, or use logsigmoid, log_softmax or xlogy.",
    "log2": "Keep the operand positive.",
    "log10": "Keep the operand positive.",
    "sqrt": "Use hypot() or add a positive constant under the root.",
    "softmax": "softmax of all -inf has no value; leave one logit finite.",
    "div": "Keep the divisor away from 0 (sinc(x) is sin(x)/x, also at 0).",
    "hypot": "Scale the operands.",
    "atan2": "There is no derivative at (0, 0).",
}

# (row, row of its operand) -> the function that does both without overflow.
_FUSED = {
    ("log", "sigmoid"): "Use logsigmoid(x) instead of log(sigmoid(x)).",
    ("log", "item"): "Use log_softmax instead of log(softmax).",
    ("log", "add"): "Use softplus(x) or logsumexp instead of log(1 + exp(x)).",
}


def why(x: Value) -> str:
    """Why the data or the gradient of ``x`` is not finite, in a sentence.

    Raises
    ------
    TypeError
        If ``x`` is not a Value.

    Examples
    --------
    >>> from autograd_core import Value, log, why
    >>> p = Value(0.0, name="p")
    >>> print(why(-log(p)).split(" at ")[0])
    log(0.0) = -inf
    """
    if x.__class__ is not Value:
        raise TypeError(f"why() explains a Value, got {type(x).__name__}")
    if not is_finite(x._data):
        return _value_message(x)
    if not is_finite(x.grad):
        return (
            f"{label(x)} is finite, but its gradient {x.grad} is not; it was written "
            "by backward(allow_nonfinite=True). Call backward() without it to see "
            "where the gradient began."
        )
    return f"{label(x)} is finite, and so is its gradient."


def nonfinite_value(root: Value) -> NonFiniteError:
    """The error for a result that is NaN or infinite."""
    return NonFiniteError(_value_message(root) + CONTINUES)


def nonfinite_gradient(
    leaf: Value, nodes: list[Value], adjoints: dict[Value, Any]
) -> NonFiniteError:
    """The error for a finite result whose gradient at ``leaf`` is not finite."""
    for node in nodes:
        g = adjoints[node]
        if node._row is None or g is None or node._row.multiple or not is_finite(g):
            continue
        locals_ = local_derivatives(node)
        for i, operand in enumerate(node.operands):
            if adjoints.get(operand) is None or is_finite(g * locals_[i]):
                continue
            xs = [o._data for o in node.operands]
            message = (
                f"the gradient of {label(leaf)} is not finite: "
                f"d {written(node._row, ['x', 'y', 'z'][: len(xs)])}"
                f"/d{'xyz'[i] if len(xs) < 4 else f'x{i}'} is {locals_[i]} at "
                f"{_point(xs)}; adjoint {g}."
            )
            return NonFiniteError(f"{message}{_hint(node)}{CONTINUES}")
    return NonFiniteError(
        f"the gradient of {label(leaf)} is {adjoints[leaf]}: finite contributions "
        f"overflow where they are added.{CONTINUES}"
    )


def _point(xs: list[Any]) -> str:
    if len(xs) > 3:
        return f"{len(xs)} operands"
    return ", ".join(f"{n} = {x}" for n, x in zip("xyz", xs, strict=False))


def _value_message(root: Value) -> str:
    nodes = ancestors(root)
    for node in nodes:
        if is_finite(node._data):
            continue
        if node._row is None:
            site = _site(node)
            made = f" at {place(site)}" if site else ""
            text = f"{label(node)} is {node._data}{made}"
        else:
            text = describe_operation(
                node._row, node.operands, node._data, _site(node), node.name
            )
            text = text.removesuffix(".")
        hops = _distance(root, node)
        if hops:
            text += f"; it reached {root.name or 'the result'} through {hops} operation"
            text += "s" if hops > 1 else ""
        return text + "." + (_hint(node) if node._row else "")
    return f"{label(root)} is {root._data}."


def _hint(node: Value) -> str:
    remedy = _remedy(node._row, node.operands)  # type: ignore[arg-type]
    return " " + remedy if remedy else ""


def _site(node: Value) -> tuple[str, int] | None:
    return node._note.site if node._note else None


def _distance(root: Value, node: Value) -> int:
    # Operations on the shortest way from `node` up to `root`.
    used_by = consumers(root)
    distance = {node: 0}
    line = [node]
    for current in line:
        for consumer in used_by[current]:
            if consumer not in distance:
                distance[consumer] = distance[current] + 1
                line.append(consumer)
    return distance.get(root, 0)


def place(site: tuple[str, int]) -> str:
    """A file and line as a message says them: the shorter of two ways to the file."""
    path, line = site
    relative = os.path.relpath(path) if os.path.isabs(path) else path
    return f"{relative if len(relative) < len(path) else path}:{line}"


def written(row: Primitive, operands: list[str]) -> str:
    """An operation on operands given as text, for a message."""
    if row.name in _INFIX and len(operands) == 2:
        return f"{operands[0]} {_INFIX[row.name]} {operands[1]}"
    if row.name == "div":
        return f"division {operands[0]} / {operands[1]}"
    if row.name == "neg":
        return f"-{operands[0]}"
    if row.name == "powc" and row.bound["k"] == 0:
        base = operands[0]
        return (
            f"({base}) ** {row.bound['n']}"
            if base[:1] == "-"
            else (f"{base} ** {row.bound['n']}")
        )
    shown = operands if len(operands) <= 4 else [*operands[:3], "..."]
    return f"{row.name}({', '.join(shown)})"


def describe_operation(
    row: Primitive,
    operands: tuple[Value, ...],
    data: Any,
    site: tuple[str, int] | None,
    name: str | None = None,
) -> str:
    """The operation as a sentence: ``log(0.0) = -inf at train.py:12 (node "p")``."""
    text = f"{written(row, [str(o._data) for o in operands])} = {data}"
    base = operands[0]._data
    if (
        row.name in ("powc", "pow")
        and isinstance(base, float)
        and base < 0
        and (data != data)
    ):
        text += ": negative base with a non-integer exponent"
    if site is not None:
        text += f" at {place(site)}"
    if name is not None:
        text += f' (node "{name}")'
    return text + "."


def _remedy(row: Primitive, operands: tuple[Value, ...]) -> str:
    below = operands[0]._row
    if below is not None and (row.name, below.name) in _FUSED:
        return _FUSED[row.name, below.name]
    return _REMEDY.get(row.name, "")
