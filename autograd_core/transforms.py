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
from .errors import NonFiniteError
from .forward import tangents as forward_sweep
from .graph import between
from .numbers import Column
from .primitives import TABLE
from .record import COLUMN as VALUES
from .record import adopted, is_finite, record
from .reverse import sweep
from .tree import flatten, structure
from .value import Value, column

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

Argnums = int | Sequence[int]


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
        inputs, y = _call(f, argnums, args, kwargs)
        y = _one_number(y, "grad")
        if not allow_nonfinite:
            _require_finite(y)
        (row,), m = inputs.pull([y], [{y: 1}] if isinstance(y, Value) else [{}])
        if not allow_nonfinite:
            inputs.require_finite(row, y)
        return inputs.plain(y, m), inputs.rebuild(row)

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
    inputs, out = _call(f, tuple(range(len(primals))), primals, {})
    results, rebuild = flatten(out)
    m = inputs.mode(results)

    def pullback(cotangent: Any) -> Any:
        given = _matching(cotangent, "cotangent", out, "the result")
        seeds: dict[Value, Any] = {}
        for y, g in zip(results, given, strict=True):
            if isinstance(y, Value):
                g = inputs.number(g)
                seeds[y] = seeds[y] + g if y in seeds else g
        (row,), _ = inputs.pull(results, [seeds])
        return inputs.rebuild(row)

    return rebuild([inputs.plain(y, m) for y in results]), pullback


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
    primals, tangents = tuple(primals), tuple(tangents)
    inputs, out = _call(f, tuple(range(len(primals))), primals, {})
    given = _matching(tangents, "tangents", primals, "the primals")
    results, rebuild = flatten(out)
    numbers = [inputs.number(t) for t in given]
    nodes, captured = between(_values(results), inputs.leaves)
    recorded = captured or any(isinstance(t, Value) for t in numbers)
    m = VALUES if recorded else inputs.column
    seeds = dict(zip(inputs.leaves, numbers, strict=True))
    found = forward_sweep(nodes[::-1], seeds, m)
    outs = [found.get(y) if isinstance(y, Value) else None for y in results]
    return (
        rebuild([inputs.plain(y, m) for y in results]),
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
        inputs, out = _call(f, argnums, args, kwargs)
        results, rebuild = flatten(out)
        seeds = [{y: 1} if isinstance(y, Value) else {} for y in results]
        rows, _ = inputs.pull(results, seeds)
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
    primals = tuple(primals)
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    _, out = jvp(_recorded_grad(f, argnums), primals, tangents)
    return out


def _recorded_grad(f: Callable[..., Any], argnums: Argnums) -> Callable[..., Any]:
    return grad(f, argnums, allow_nonfinite=True)


# -- the fresh inputs of one call --------------------------------------------------


class _Inputs:
    # The arguments that are differentiated, wrapped in fresh nodes.
    def __init__(self, args: tuple[Any, ...], argnums: Argnums) -> None:
        self.single = isinstance(argnums, int)
        numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        for n in numbers:
            if not isinstance(n, int) or not -len(args) <= n < len(args):
                raise TypeError(
                    f"argnums {argnums} asks for argument {n}, but the function was "
                    f"called with {len(args)} positional arguments"
                )
        self.positions = [n % len(args) for n in numbers]
        if not self.positions or len(set(self.positions)) < len(self.positions):
            raise TypeError(f"argnums must name different arguments, got {argnums}")
        given, self._rebuild = flatten(tuple(args[n] for n in self.positions))
        if not given:
            raise TypeError("there is no number in the arguments to differentiate")
        self.leaves = [_fresh(number) for number in given]
        self.column: Column = column(self.leaves[0])
        trees = self._rebuild(self.leaves)
        replaced = dict(zip(self.positions, trees, strict=True))
        self.args = [replaced.get(i, arg) for i, arg in enumerate(args)]

    def rebuild(self, numbers: Sequence[Any]) -> Any:
        trees = self._rebuild(numbers)
        return trees[0] if self.single else trees

    def number(self, x: Any) -> Any:
        if isinstance(x, Value):
            return x
        data = adopted(x, self.leaves[0])
        if data is NotImplemented:
            as_data(x)  # raises the TypeError that names the type
        return data

    def mode(self, results: list[Any]) -> Column:
        _, captured = between(_values(results), self.leaves)
        return VALUES if captured else self.column

    def pull(
        self, results: list[Any], seeds: list[dict[Value, Any]]
    ) -> tuple[list[list[Any]], Column]:
        # One reverse sweep per entry of `seeds`; gradients of all the inputs.
        nodes, captured = between(_values(results), self.leaves)
        live = set(nodes) | set(self.leaves)
        rows = []
        recorded = False
        for seed in seeds:
            chosen = {y: g for y, g in seed.items() if y in live}
            values = any(isinstance(g, Value) for g in chosen.values())
            m = VALUES if captured or values else self.column
            recorded = recorded or m is VALUES
            found = sweep(nodes, chosen, m) if chosen else {}
            rows.append([self.result(found.get(leaf)) for leaf in self.leaves])
        return rows, VALUES if recorded else self.column

    def result(self, number: Any) -> Any:
        # What a sweep found, as a user gets it.
        if number is None:
            return self.column.adopt(0)
        if number.__class__ is int:
            return self.column.adopt(number)
        return number

    def plain(self, y: Any, m: Column) -> Any:
        return y._data if isinstance(y, Value) and m is not VALUES else y

    def require_finite(self, row: list[Any], y: Any) -> None:
        for leaf, g in zip(self.leaves, row, strict=True):
            number = g._data if isinstance(g, Value) else g
            if not is_finite(number):
                from .diagnose import nonfinite_gradient

                nodes, _ = between([y], self.leaves)
                adjoints = sweep(nodes, {y: self.column.adopt(1)}, self.column)
                raise nonfinite_gradient(y, leaf, nodes, adjoints)


def _fresh(number: Any) -> Value:
    if isinstance(number, Value):
        return record(TABLE["identity"], (number,))
    return Value(number)


def _call(
    f: Callable[..., Any], argnums: Argnums, args: Any, kwargs: Any
) -> tuple[_Inputs, Any]:
    inputs = _Inputs(tuple(args), argnums)
    return inputs, f(*inputs.args, **kwargs)


def _values(results: list[Any]) -> list[Value]:
    return [y for y in results if isinstance(y, Value)]


def _one_number(y: Any, who: str) -> Any:
    if isinstance(y, Value):
        return y
    try:
        return as_data(y)
    except TypeError:
        raise TypeError(
            f"{who} needs a function that returns one number, got "
            f"{type(y).__name__}; use jacobian for several"
        ) from None


def _require_finite(y: Any) -> None:
    if isinstance(y, Value) and not is_finite(y._data):
        from .diagnose import nonfinite_value

        raise nonfinite_value(y)
    if not isinstance(y, Value) and not is_finite(y):
        raise NonFiniteError(f"the function returned {y}")


def _matching(tree: Any, what: str, like: Any, other: str) -> list[Any]:
    mine, theirs = structure(tree), structure(like)
    if mine != theirs:
        raise TypeError(
            f"'{what}' must have the containers of {other}, {theirs}, got {mine}"
        )
    return flatten(tree)[0]
