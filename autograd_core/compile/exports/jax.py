"""A program as a function of JAX.

The one idea: every row becomes a ``custom_jvp`` whose rule is the row's own, run on
JAX's numbers. So `jax.grad`, `jax.jvp` and every nesting of them give the derivatives
of the table, at kinks and where textbook forms lose their digits. The product of a
derivative by a partial is a primitive of its own that is 0 wherever the derivative is
0: the side of a ``where`` that is not taken adds nothing, whatever its partial is.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from ...numbers import Column
from ...primitives import Primitive
from . import stable
from .arrays import ArrayLibrary
from .differentiable import Differentiable, partials
from .forward import Forward, missing
from .stable import whole_only

__all__ = ["JaxFunction", "require_float64"]

# Row -> where jax.numpy has another name for it.
_NAMES = {
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh")},
    "atan2": "arctan2",
    "pow": "power",
}
_SAME = (
    *("exp", "expm1", "log", "log2", "log10", "sqrt", "sin", "cos", "tan"),
    *("sinh", "cosh", "tanh", "abs", "maximum", "minimum"),
)


class JaxFunction:
    """What `Program.to_jax` returns: ``f(parameters, *args)``, a pure function.

    Attributes
    ----------
    parameters : jax.Array, shape (n,)
        The captured Values' numbers when the function was made.
    names : list of str
        Whose they are.
    """

    def __init__(self, made: Forward) -> None:
        jax = require_float64("to_jax()")
        self._made = made
        numbers = [float(leaf.data) for leaf in made.leaves]
        self.parameters = jax.numpy.array(numbers, dtype=float)
        self.names = made.names

    def __repr__(self) -> str:
        return (
            f"<JAX function of {len(self.names)} parameters and {self._made.example}>"
        )

    def __call__(self, parameters: Any, *args: Any) -> Any:
        """The results for ``parameters`` and one row, or rows in front."""
        library, made = _library(), self._made
        vector = library.adopt(parameters, "parameters")
        if vector.shape != (len(made.leaves),):
            raise ValueError(
                f"'parameters' must have the shape ({len(made.leaves)},) (got "
                f"{vector.shape})"
            )
        return library.call(made, vector, args)

    def assign(self, parameters: Any) -> None:
        """Write numbers, for example trained ones, into the captured Values."""
        for leaf, number in zip(self._made.leaves, parameters.tolist(), strict=True):
            leaf.data = number


def require_float64(call: str) -> Any:
    """JAX, for the ``call`` that needs it.

    Raises
    ------
    ImportError
        If it is not installed.
    RuntimeError
        If float64 is switched off.
    """
    try:
        import jax
    except ImportError as error:
        raise missing("JAX", call, error) from error
    if not jax.config.jax_enable_x64:
        raise RuntimeError(
            f"{call} computes in float64, which JAX has switched off; call "
            "jax.config.update('jax_enable_x64', True) before any other use of JAX"
        )
    return jax


@cache
def _library() -> ArrayLibrary:
    jax = require_float64("to_jax()")
    return ArrayLibrary(jax.numpy, _adopted, _column(jax), jax.lax.stop_gradient)


def _adopted(given: Any, name: str) -> Any:
    array = require_float64("the exported function").numpy.asarray(given)
    kind = str(array.dtype)
    weak = getattr(array, "weak_type", False)
    if kind != "float64" and not (weak or kind.startswith(("int", "uint"))):
        raise TypeError(
            f"{name} is {kind}, and the exported function computes in float64; "
            "convert it with jax.numpy.asarray(x, dtype='float64')"
        )
    return array.astype("float64")


def _column(jax: Any) -> Column:
    numpy = jax.numpy

    def total(*xs: Any) -> Any:
        return numpy.stack(numpy.broadcast_arrays(*xs)).sum(axis=0)

    native = {
        name: getattr(numpy, _NAMES.get(name, name)) for name in (*_SAME, *_NAMES)
    }
    plain = stable.column(
        "JAX",
        {
            **native,
            "where": lambda c, x, y: numpy.where(c != 0, x, y),
            "erf": jax.lax.erf,
            "erfc": jax.lax.erfc,
            "round": whole_only(numpy.round),
            "log1p": lambda x: _log1p(numpy, x),
            "sum": total,
        },
        lambda x: numpy.asarray(x, dtype=float),
        "give its row a formula",
    )
    product = _strong_product(jax)

    def attach(row: Primitive, kernel: Callable[..., Any], m: Differentiable) -> Any:
        return _with_rule(jax, row, kernel, m, product)

    return Differentiable(plain, attach)


def _log1p(numpy: Any, x: Any) -> Any:
    # XLA's own is wrong by 49 units in the last place at -0.41, and so is its log by
    # 1e-14 just above 1: near 0 the series of 2*atanh(x / (2 + x)).
    s = x / (2 + x)
    series = 0.0
    for k in range(11, -1, -1):
        series = series * (s * s) + 1 / (2 * k + 1)
    return numpy.where(numpy.abs(x) < 0.4, 2 * s * series, numpy.log(1 + x))


def _with_rule(
    jax: Any,
    row: Primitive,
    kernel: Callable[..., Any],
    m: Differentiable,
    product: Any,
) -> Any:
    still = jax.custom_derivatives.SymbolicZero

    def rule(xs: Any, tangents: Any) -> Any:
        out: Any = function(*xs)
        moves = [not isinstance(t, still) for t in tangents]
        found = []
        outs = out if row.multiple else (out,)
        for one, line in zip(outs, partials(row, m, xs, out, moves), strict=True):
            terms = []
            for moving, t, p in zip(moves, tangents, line, strict=True):
                if moving and p is not None:
                    t = jax.numpy.broadcast_to(t, one.shape)
                    terms.append(p * t if isinstance(p, int) else product(t, p))
            found.append(m.plain.sum(*terms) if terms else jax.numpy.zeros_like(one))
        return out, (tuple(found) if row.multiple else found[0])

    function: Any = jax.custom_jvp(kernel)
    function.defjvp(rule, symbolic_zeros=True)
    return function


def _strong_product(jax: Any) -> Callable[[Any, Any], Any]:
    """The product of a derivative and a partial: 0 where the derivative is 0.

    JAX transposes it as a product, which is linear in both; a ``jnp.where`` on the
    derivative would not be.
    """
    from jax.extend.core import Primitive as JaxPrimitive
    from jax.interpreters import ad, batching, mlir

    numpy = jax.numpy
    row = JaxPrimitive("strong_product")

    def product(x: Any, y: Any) -> Any:
        return numpy.where(x == 0, 0.0, x * y)

    def over_rows(xs: Any, axes: Any) -> Any:
        size = next(x.shape[k] for x, k in zip(xs, axes, strict=True) if k is not None)
        front = [
            numpy.broadcast_to(x, (size, *x.shape))
            if k is None
            else numpy.moveaxis(x, k, 0)
            for x, k in zip(xs, axes, strict=True)
        ]
        return row.bind(*front), 0

    row.def_impl(product)
    row.def_abstract_eval(lambda x, y: x)
    ad.defbilinear(row, lambda t, x, y: row.bind(t, y), lambda t, x, y: row.bind(t, x))
    batching.primitive_batchers[row] = over_rows
    mlir.register_lowering(row, mlir.lower_fun(product, multiple_results=False))

    def multiplied(x: Any, y: Any) -> Any:
        return row.bind(*numpy.broadcast_arrays(x, y))

    return multiplied
