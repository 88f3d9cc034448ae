"""When something is not finite: the row again, on Values, for eager's message.

The one idea: a compiled program only sees that a number is NaN or infinite. The graph
of that one row knows where it began, so it is recorded once more, and what
`Value.backward` or `value_and_grad` says is said with the number of the row. No
``.grad`` changes.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ...errors import CONTINUES, NonFiniteError
from ...graph import leaves
from ...transforms import value_and_grad
from ...value import Value
from .arguments import Call

__all__ = ["explain_row"]


def explain_row(
    function: Callable[..., Any],
    call: Call,
    row: int,
    argnums: int | Sequence[int] | None = None,
    *,
    training: bool = False,
) -> NoReturn:
    """Raise what eager says about one row; for ``training`` with a remedy for that.

    Raises
    ------
    NonFiniteError
        Always.
    """
    where = f"row {row}: " if call.rows > 1 else ""
    args = call.example(row)
    # If it is by a Value that backward() does not differentiate by.
    found = NonFiniteError(f"a derivative is not finite.{CONTINUES}")
    try:
        if argnums is not None:
            value_and_grad(function, argnums)(*args)
        _backward(function(*args))
    except NonFiniteError as error:
        found = error
    if training:
        found = found.in_training()
    raise NonFiniteError(f"{where}{found}")


def _backward(root: Any) -> None:
    # backward(), without what it leaves behind.
    if not isinstance(root, Value):
        return
    kept = [(leaf, leaf.grad) for leaf in leaves(root)]
    try:
        root.backward()
    finally:
        for leaf, grad in kept:
            leaf.grad = grad
