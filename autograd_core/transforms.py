"""Functions in, derivative functions out, with JAX's names and conventions.

What one can do with this file: `grad`, `value_and_grad`, `jvp`, `vjp`,
`jacobian`, `hessian`, `hvp` of any Python function of numbers, over nested
lists, tuples, dicts and NumPy arrays of numbers.

Layout, everywhere: a derivative has the containers of the result on the outside
and of the argument on the inside, ``jacobian(f)(x)[i][j] = d f(x)[i] / d x[j]``
and ``hessian(f)(x)[i][j] = d2 f(x) / (d x[i] d x[j])``. Arrays in, arrays out.

The one idea: every call wraps its arguments in *fresh* nodes, so a derivative
taken inside another one cannot mistake the outer variable for its own
(perturbation confusion). If the function also depends on Values from outside
that want a gradient, the derivative is itself recorded and comes back as a
Value; otherwise as plain numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .data import as_data
from .diagnose import nonfinite_gradient, nonfinite_value
from .errors import NonFiniteError
from .forward import tangents as forward_sweep
from .graph import between
from .inputs import Argnums, Inputs, call, values
from .record import COLUMN as VALUES
from .record import is_finite, recording
from .reverse import sweep
from .tree import flatten, structure
from .value import Value

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, allow_nonfinite: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """A function that returns ``f(*args)`` and its gradient.

    Parameters
    ----------
    f
        Takes trees of numbers (see `autograd_core.tree`), returns one number.
    argnums
        Which positional argument to differentiate; a sequence gives a tuple.
    allow_nonfinite
        Return NaN and infinite gradients instead of raising.

    Raises
    ------
    TypeError
        If ``f`` returns something else than one number, or an argument that is
        differentiated holds something else than numbers.
    NonFiniteError
        If the value or the gradient is not finite.

    Examples
    --------
    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    def derivative(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inputs, y = call(f, argnums, args, kwargs)
        y = _one_number(y)
        if not allow_nonfinite:
            _require_finite(y)
        (row,) = inputs.pull([y], [_one(y, inputs)])
        if not allow_nonfinite:
            _require_finite_gradient(y, row, inputs)
        recorded = inputs.depends_outside([y])
        return inputs.value(y, recorded), inputs.rebuild(row)

    return derivative


def grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, allow_nonfinite: bool = False
) -> Callable[..., Any]:
    """The gradient function of ``f``, shaped like the argument.

    Parameters and errors as `value_and_grad`.

    Examples
    --------
    >>> grad(lambda w: w[0] ** 2 * w[1])([3.0, 2.0])
    [12.0, 9.0]
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    both = value_and_grad(f, argnums, allow_nonfinite=allow_nonfinite)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """``f(*primals)`` and the pullback: cotangent of the result -> gradients.

    The pullback takes a tree like the result and returns a tuple, one tree per
    primal. The graph is recorded once; the pullback may be called many times.

    Examples
    --------
    >>> y, pullback = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
    >>> y, pullback([1.0, 10.0])
    ([10.0, 7.0], (15.0, 12.0))
    """
    inputs, out = call(f, tuple(range(len(primals))), primals, {})
    results, rebuild = _results(out)
    recorded = inputs.depends_outside(results)

    def pullback(cotangent: Any) -> Any:
        given = _matching(cotangent, "cotangent", out, "the result")
        seeds: dict[Value, Any] = {}
        for y, g in zip(results, given, strict=True):
            if isinstance(y, Value):
                g = inputs.number(g)
                seeds[y] = seeds[y] + g if y in seeds else g
        (row,) = inputs.pull(results, [seeds])
        return inputs.rebuild(row)

    return rebuild([inputs.value(y, recorded) for y in results]), pullback


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    """``f(*primals)`` and its derivative in the direction ``tangents``.

    Raises
    ------
    TypeError
        If ``tangents`` does not have the containers of ``primals``.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    primals = _sequence(primals, "primals")
    tangents = _sequence(tangents, "tangents")
    inputs, out = call(f, tuple(range(len(primals))), primals, {})
    given = _matching(tangents, "tangents", primals, "the primals")
    results, rebuild = _results(out)
    numbers = [inputs.number(t) for t in given]
    nodes, captured = between(values(results), inputs.leaves)
    recorded = inputs.outer and (captured or any(isinstance(t, Value) for t in numbers))
    with recording():
        found = forward_sweep(
            nodes[::-1],
            dict(zip(inputs.leaves, numbers, strict=True)),
            VALUES if recorded else inputs.column,
        )
    outs = [found.get(y) if isinstance(y, Value) else None for y in results]
    return (
        rebuild([inputs.value(y, recorded) for y in results]),
        rebuild([inputs.result(t) for t in outs]),
    )


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """All first derivatives of a function with many results.

    The graph is recorded once; each result costs one reverse sweep. The layout
    is that of the module: the result's containers outside.

    Examples
    --------
    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 5.0])
    [[5.0, 2.0], [1.0, 1.0]]
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        inputs, out = call(f, argnums, args, kwargs)
        results, rebuild = _results(out)
        rows = inputs.pull(results, [_one(y, inputs) for y in results])
        return rebuild([inputs.rebuild(row) for row in rows])

    return derivative


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """All second derivatives of a function with one result.

    One sweep records the gradient, then each of its n entries costs one sweep
    over plain numbers.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 2.0])
    [[4.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(_recorded_grad(f, argnums), argnums)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of ``f`` times a vector, without the Hessian.

    As for `jvp`, ``primals`` and ``tangents`` are sequences of arguments; the
    result is shaped like them (without the tuple if there is one argument).

    Examples
    --------
    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 2.0],), ([1.0, 0.0],))
    [4.0, 6.0]
    """
    primals = _sequence(primals, "primals")
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    _, out = jvp(_recorded_grad(f, argnums), primals, tangents)
    return out


def _recorded_grad(f: Callable[..., Any], argnums: Argnums) -> Callable[..., Any]:
    return grad(f, argnums, allow_nonfinite=True)


# -- what functions return, and what goes with it ---------------------------------


def _one_number(y: Any) -> Any:
    if isinstance(y, Value):
        return y
    try:
        return as_data(y)
    except TypeError:
        raise TypeError(
            "grad needs a function that returns one number, got "
            f"{type(y).__name__}; use jacobian for several"
        ) from None


def _results(out: Any) -> tuple[list[Any], Any]:
    numbers, rebuild = flatten(out)
    return [y if isinstance(y, Value) else as_data(y) for y in numbers], rebuild


def _one(y: Any, inputs: Inputs) -> dict[Value, Any]:
    return {y: inputs.column.adopt(1)} if isinstance(y, Value) else {}


def _require_finite(y: Any) -> None:
    if isinstance(y, Value) and not is_finite(y._data):
        raise nonfinite_value(y)
    if not isinstance(y, Value) and not is_finite(y):
        raise NonFiniteError(f"the function returned {y}")


def _require_finite_gradient(y: Any, row: list[Any], inputs: Inputs) -> None:
    for leaf, g in zip(inputs.leaves, row, strict=True):
        if not is_finite(g._data if isinstance(g, Value) else g):
            nodes, _ = between([y], inputs.leaves)
            adjoints = sweep(nodes, _one(y, inputs), inputs.column)
            raise nonfinite_gradient(leaf, nodes, adjoints)


def _sequence(arguments: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(arguments, (list, tuple)):
        raise TypeError(
            f"'{name}' must be a tuple or list with one entry per argument, got "
            f"{type(arguments).__name__}"
        )
    return tuple(arguments)


def _matching(tree: Any, what: str, like: Any, other: str) -> list[Any]:
    mine, theirs = structure(tree), structure(like)
    if mine != theirs:
        raise TypeError(
            f"'{what}' must have the containers of {other}, {theirs}, got {mine}"
        )
    return flatten(tree)[0]
