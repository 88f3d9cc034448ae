"""A program bound to arrays: a call that runs it and does nothing else.

What one can do with this file: what `Program.bind` returns, a `Bound`.

The one idea: a solver or simulation calls one function a million times with other
numbers in the same array. Everything that is the same each time (which program, where
its numbers are, what they mean) is settled once; then a call is the program.

Source: the ``FunctionBuffer`` of CasADi (Andersson et al. 2019).
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import TraceError
from ...tree import is_array
from ...value import last_assignment
from ..cache import Made
from ..deriving.matrix import SparseMatrix
from ..pipeline import Wanted
from .arguments import one
from .sums import one_number
from .targets import Target
from .variants import Variant, Variants

__all__ = ["Bound", "bind"]

# Up to here straight code takes less time than Python between re-rolled passes.
MOST_STRAIGHT = 20_000
KINDS = {
    "value": "values",
    "gradient": "gradient",
    "jacobian": "jacobian",
    "hessian": "hessian",
}


class Bound:
    """A program on arrays that stay the same; only their numbers change.

    Call it without arguments: it reads `inputs` and writes its results over those of
    the call before. What was not asked for is None.

    Attributes
    ----------
    inputs
        The arrays that were given.
    value
        The result, float64: shape () of one number, else (results,). For "value" and
        "gradient".
    gradient
        Shaped like the argument; a tuple for several. By captured Values (n,), in the
        order of ``parameters``.
    jacobian, hessian : SparseMatrix
        Whose `values` are written.

    Notes
    -----
    A call is not checked: results that are not finite are there as they were computed,
    with ``numerics="fast"`` also the NaN of a product of 0 and infinity that is 0 in
    eager. `Program.value_and_grad` on the same arrays says what went wrong.

    Captured Values are read anew when one was assigned since the last call. One thread
    at a time may call it.
    """

    __slots__ = (
        "__call__",
        "_kept",
        "gradient",
        "hessian",
        "inputs",
        "jacobian",
        "value",
    )
    __call__: Callable[[], None]  # of the object, so that Python has nothing to do
    inputs: tuple[Any, ...]
    value: Any
    gradient: Any
    jacobian: SparseMatrix | None
    hessian: SparseMatrix | None
    _kept: Any


def bind(
    variants: Variants,
    args: Sequence[Any],
    wanted: str,
    argnums: int | Sequence[int] | None,
    parameters: Any,
    out: Any,
) -> Bound:
    """See `Program.bind`."""
    if wanted not in KINDS:
        names = ", ".join(map(repr, KINDS))
        raise ValueError(f"'wanted' must be one of {names} (got {wanted!r})")
    if variants.indices:
        raise TypeError(
            "a bound call reads its arrays where they are, and indices are looked up; "
            "call a program with 'index_argnums' itself"
        )
    arrays = _arrays(args, variants.static)
    call = one([_number(arg) for arg in args], variants.static)
    if len(arrays) == 1:
        call.inputs = arrays[0].reshape(-1, 1)  # a view: nothing has to be copied
    if wanted == "value":
        if argnums is not None or parameters is not None:
            raise ValueError("a value has no 'argnums' and no 'parameters'")
        target, (part, *_) = None, variants.parts(call)
    else:
        target = Target(variants, call, argnums, parameters)
        (part, *_) = target.parts
    if wanted in ("gradient", "hessian"):
        one_number([part])
    variant = part.variant
    _refuse_branches(variant)
    places = target.places(part) if target else ()
    kind = KINDS[wanted]
    ours = Wanted(kind, places, numerics=variants.numerics, single=True)
    straight = len(variant.traced.tape) <= MOST_STRAIGHT
    made = variant.program(ours, straight=straight)
    count = variant.traced.results
    size = count + len(places) if made.pattern is None else len(made.tape.outputs)
    results = _results(out, size)
    numbers = variant.given(made).copy()
    native = made.run.bind(call.inputs, numbers, results.reshape(-1, 1))
    bound = Bound()
    bound.inputs = tuple(arrays)
    bound.value = bound.gradient = bound.jacobian = bound.hessian = None
    if made.pattern is not None:
        setattr(bound, wanted, SparseMatrix.of(made.pattern, results))
    else:
        shape = () if variant.result == "*" else (count,)
        bound.value = results[:count].reshape(shape)
    if wanted == "gradient" and target:
        bound.gradient = target.views(results[count:])
    entry = native.entry(_copies(arrays, call.inputs))
    bound.__call__ = _reading(entry, variant, made, numbers) if numbers.size else entry
    bound._kept = native, call.inputs, results, numbers
    return bound


def _arrays(args: Sequence[Any], static: frozenset[int]) -> list[Any]:
    arrays = []
    for place, arg in enumerate(args):
        if place in static:
            continue
        if not _plain(arg):
            found = f"{arg.dtype} array" if is_array(arg) else type(arg).__name__
            raise TypeError(
                f"argument {place} must be a C-contiguous float64 array, which every "
                f"call reads (got a {found}); np.array(x, dtype=float) makes one"
            )
        arrays.append(arg)
    return arrays


def _plain(x: Any) -> bool:
    return is_array(x) and x.dtype == float and x.flags.c_contiguous


def _number(arg: Any) -> Any:
    # An array without axes stands for a number.
    return float(arg) if is_array(arg) and arg.ndim == 0 else arg


def _refuse_branches(variant: Variant) -> None:
    if variant.traced.branches:
        raise TraceError(
            "a bound call goes one way, and the function branches on its numbers"
            f"{variant.traced.place}; use where(), maximum() or minimum() instead of "
            "if, max and min"
        )


def _results(out: Any, count: int) -> Any:
    import numpy as np

    if out is None:
        return np.zeros(count)
    if not _plain(out) or out.shape != (count,) or not out.flags.writeable:
        found = f"{out.dtype} {out.shape}" if is_array(out) else repr(out)
        raise ValueError(
            f"'out' must be a writeable C-contiguous float64 array of shape ({count},) "
            f"(got {found})"
        )
    return out


def _copies(arrays: list[Any], inputs: Any) -> list[tuple[Any, Any]]:
    # (to, from) of what a call has to put together first.
    if len(arrays) == 1:
        return []
    copies, start = [], 0
    for array in arrays:
        copies.append((inputs[start : start + array.size, 0], array))
        start += array.size
    return copies


def _reading(
    run: Callable[[], Any], variant: Variant, made: Made, numbers: Any
) -> Callable[[], None]:
    # The same with the captured Values read anew if one was assigned.
    read_at = last_assignment()

    def call() -> None:
        nonlocal read_at
        if last_assignment() != read_at:
            read_at = last_assignment()
            numbers[:] = variant.given(made)
        run()

    return call
