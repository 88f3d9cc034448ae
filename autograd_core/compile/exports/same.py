"""The same function in another library, as an oracle: `Program.assert_same_as`.

The one idea: both sides are functions from one list of numbers (those of the arguments,
then those of the parameters) to a list of results and a matrix of derivatives; the
first number that differs is named by its place.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import isfinite, ulp
from typing import Any

from ...tree import flatten, is_array
from ...value import Value
from .forward import missing
from .jax import require_float64

__all__ = ["assert_same"]

# Numbers -> results, and the derivatives of each.
Sides = tuple[list[float], list[list[float]]]


def assert_same(
    program: Any,
    other: Callable[..., Any],
    args: Sequence[Any],
    library: str | None,
    parameters: Any,
    rtol: float,
    atol: float,
) -> None:
    """See `Program.assert_same_as`."""
    if library not in _ASKED:
        raise ValueError(f"'library' must be 'torch', 'jax' or None (got {library!r})")
    fixed = program.variants.static | program.variants.indices
    moving = [k for k, arg in enumerate(args) if k not in fixed and _is_numbers(arg)]
    asked = {"argnums": tuple(moving) or None, "parameters": parameters}
    own = [float(x) for x in _leaves(program(*args))]
    results = len(own)
    own += [float(x) for x in _leaves(program.jacobian(*args, **asked))]
    trees = [args[k] for k in moving] + ([] if parameters is None else [parameters])

    def ask(numbers: Any, take: Callable[[Any, int, tuple[int, ...]], Any]) -> Any:
        start = count()
        filled = [_filled(tree, numbers, start, take) for tree in trees]
        given = [*args]
        for place, tree in zip(moving, filled, strict=False):
            given[place] = tree
        return other(*filled[len(moving) :], *given)

    numbers = [float(_data(x)) for tree in trees for x in flatten(tree)[0]]
    values, lines = _ASKED[library](ask, numbers)
    theirs = [*values, *(x for line in lines for x in line)]
    by = library or "the other"
    if len(theirs) != len(own):
        raise AssertionError(
            f"the program gives {results} results and {len(own) - results} "
            f"derivatives, {by} {len(values)} and {len(theirs) - len(values)}"
        )
    names = [f"result {k}" if results > 1 else "the result" for k in range(results)]
    places = [p for k in moving for p in _paths(args[k], f"argument {k}")]
    places += _paths(parameters, "parameter") if parameters is not None else []
    every = [*names, *(f"d({name})/d({place})" for name in names for place in places)]
    for place, mine, its in zip(every, own, theirs, strict=True):
        _compare(place, mine, its, by, rtol, atol)


def _compare(
    place: str, mine: float, its: float, by: str, rtol: float, atol: float
) -> None:
    if mine == its or (mine != mine and its != its):
        return
    apart, size = abs(mine - its), max(abs(mine), abs(its))
    if isfinite(size) and apart <= max(rtol * size, atol):
        return
    units = f"{apart / ulp(size):.3g} ULP, relative {apart / size:.3g}, "
    raise AssertionError(
        f"{place} differs: {mine!r} by the program, {its!r} by {by}; "
        f"{units if isfinite(size) else ''}with rtol={rtol:g}, atol={atol:g}"
    )


def _is_numbers(arg: Any) -> bool:
    leaves = flatten(arg)[0]
    others = [x for x in leaves if isinstance(x, (bool, str)) or x is None]
    return bool(leaves) and not others


def _data(number: Any) -> Any:
    return number.data if isinstance(number, Value) else number


def _filled(tree: Any, numbers: Any, start: Iterator[int], take: Any) -> Any:
    # The containers of ``tree`` around the next numbers; an array for an array.
    if is_array(tree):
        first = [next(start) for _ in range(tree.size)][:1]
        return take(numbers, first[0] if first else 0, tree.shape)
    if isinstance(tree, dict):
        return {k: _filled(v, numbers, start, take) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        inner = [_filled(entry, numbers, start, take) for entry in tree]
        return type(tree)(*inner) if hasattr(tree, "_fields") else type(tree)(inner)
    return take(numbers, next(start), ())


def _paths(tree: Any, name: str) -> list[str]:
    if isinstance(tree, dict):
        return [p for k, v in tree.items() for p in _paths(v, f"{name}[{k!r}]")]
    if isinstance(tree, (list, tuple)):
        return [p for k, v in enumerate(tree) for p in _paths(v, f"{name}[{k}]")]
    if is_array(tree):
        flat = tree.ravel()
        return [p for k, v in enumerate(flat) for p in _paths(v, f"{name}.flat[{k}]")]
    return [f"{name} {tree.name}" if isinstance(tree, Value) and tree.name else name]


# -- the other side --------------------------------------------------------------------


def _of_array(numbers: Any, start: int, shape: tuple[int, ...]) -> Any:
    size = 1
    for n in shape:
        size *= n
    return numbers[start : start + size].reshape(shape)


def _of_floats(numbers: Any, start: int, shape: tuple[int, ...]) -> Any:
    return _of_array(numbers, start, shape) if shape else float(numbers[start])


def _in_torch(ask: Any, numbers: list[float]) -> Sides:
    try:
        import torch
    except ImportError as error:
        raise missing("PyTorch", "library='torch'", error) from error

    def flat(xs: Any) -> Any:
        results = [
            r if isinstance(r, torch.Tensor) else xs.new_tensor(r)
            for r in _leaves(ask(xs, _of_array))
        ]
        _refuse_narrow([r.dtype for r in results], "tensor.double()")
        return torch.cat([r.reshape(-1) for r in results])

    x = torch.tensor(numbers, dtype=torch.float64)
    lines = torch.autograd.functional.jacobian(flat, x)
    return flat(x).tolist(), lines.tolist()


def _in_jax(ask: Any, numbers: list[float]) -> Sides:
    jax = require_float64("library='jax'")

    def flat(xs: Any) -> Any:
        results = [jax.numpy.asarray(r) for r in _leaves(ask(xs, _of_array))]
        _refuse_narrow([r.dtype for r in results], "x.astype('float64')")
        return jax.numpy.concatenate([r.reshape(-1) for r in results])

    x = jax.numpy.array(numbers, dtype=float)
    return flat(x).tolist(), jax.jacrev(flat)(x).tolist()


def _in_floats(ask: Any, numbers: list[float]) -> Sides:
    import numpy as np

    value, gradient = ask(np.array(numbers), _of_floats)
    return (
        [float(x) for x in _leaves(value)],
        [[float(x) for x in _leaves(gradient)]],
    )


_ASKED: dict[str | None, Callable[[Any, list[float]], Sides]] = {
    "torch": _in_torch,
    "jax": _in_jax,
    None: _in_floats,
}


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    elif is_array(tree):
        tree = list(tree.ravel())
    if isinstance(tree, (list, tuple)):
        return [leaf for inner in tree for leaf in _leaves(inner)]
    return [tree]


def _refuse_narrow(kinds: list[Any], remedy: str) -> None:
    for kind in kinds:
        if str(kind).endswith(("float32", "float16")):
            raise TypeError(
                f"the other function gives {kind}, which cannot confirm float64; keep "
                f"its constants in float64 ({remedy})"
            )
