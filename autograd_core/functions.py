"""The functions, on any kind of number: float, Fraction, SymPy, mpmath, Value.

Each takes plain numbers and returns a plain number, or takes at least one Value
and returns a Value that remembers it. Their derivatives, kinks and domains are
in the table (`primitives.py`); ``help(autograd_core.tanh)`` prints the row.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import index as as_int
from typing import Any

from .data import as_data
from .errors import PrimitiveError
from .indices import Index
from .numbers import Column, add_kernel, column_of, float64
from .primitives import TABLE, Primitive
from .record import METHODS, recorded
from .value import Value, refuse_if_traced

Function = Callable[..., Any]


def apply(row: Primitive, operands: Sequence[Any], attributes: Any) -> Any:
    """Run ``row`` on numbers of one kind, or record it if one is a Value."""
    if Value in map(type, operands):
        return recorded(row.bind(attributes), operands)
    numbers = [int(x) if x.__class__ in (int, bool) else _number(x) for x in operands]
    kinds = {kind for kind in map(column_of, numbers) if kind is not None}
    if len(kinds) > 1:
        names = " and ".join(sorted(kind.name for kind in kinds))
        raise TypeError(f"{row.name}() got numbers of {names}; make them the same")
    kind = kinds.pop() if kinds else float64.COLUMN
    adopt = as_data if kind is float64.COLUMN else kind.adopt
    numbers = [adopt(x) if x.__class__ is int else x for x in numbers]
    return getattr(kind, row.name)(*numbers, **attributes)


def _number(x: Any) -> Any:
    # The complex column is for the complex step and not for users.
    known = x.__class__ is not complex and column_of(x) is not None
    return x if known else as_data(x)


def _function(name: str) -> Function:
    row = TABLE[name]
    method = METHODS.get(name) if row.arity == 1 else None

    def function(*operands: Any, **attributes: Any) -> Any:
        if method and not attributes and len(operands) == 1:
            (x,) = operands
            if x.__class__ is Value:
                return method(x)
        if not row.variadic and len(operands) != row.arity:
            raise TypeError(f"{name}() takes {row.arity} operands, got {len(operands)}")
        return apply(row, operands, attributes)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _docstring(row)
    return function


def _docstring(row: Primitive) -> str:
    lines = [f"The primitive `{row.name}`, on any kind of number."]
    if row.kinks:
        kinks = "; ".join(f"{k}: {v}" for k, v in row.kinks.items())
        lines += ["", f"At kinks: {kinks}"]
    if row.source:
        lines += ["", f"Source: {row.source}."]
    return "\n".join(lines)


add = _function("add")
sub = _function("sub")
mul = _function("mul")
div = _function("div")
neg = _function("neg")
reciprocal = _function("reciprocal")
square = _function("square")
sqrt = _function("sqrt")
cbrt = _function("cbrt")
hypot = _function("hypot")
exp = _function("exp")
expm1 = _function("expm1")
log = _function("log")
log1p = _function("log1p")
log2 = _function("log2")
log10 = _function("log10")
xlogy = _function("xlogy")
logaddexp = _function("logaddexp")
sin = _function("sin")
cos = _function("cos")
tan = _function("tan")
asin = _function("asin")
acos = _function("acos")
atan = _function("atan")
atan2 = _function("atan2")
sinh = _function("sinh")
cosh = _function("cosh")
tanh = _function("tanh")
sech = _function("sech")
asinh = _function("asinh")
acosh = _function("acosh")
atanh = _function("atanh")
sigmoid = _function("sigmoid")
logsigmoid = _function("logsigmoid")
softplus = _function("softplus")
relu = _function("relu")
silu = _function("silu")
gelu = _function("gelu")
erf = _function("erf")
erfc = _function("erfc")
normal_pdf = _function("normal_pdf")
normal_cdf = _function("normal_cdf")
sinc = _function("sinc")
step = _function("step")
sign = _function("sign")
absolute = _function("abs")
maximum = _function("maximum")
minimum = _function("minimum")
greater = _function("greater")
where = _function("where")


def power(x: Any, y: Any) -> Any:
    """``x**y`` with both differentiated; NaN for a negative base to a fraction."""
    return apply(TABLE["pow"], (x, y), {})


def leaky_relu(x: Any, slope: Any = 0.01) -> Any:
    """``x`` where it is positive, else ``slope*x``; at 0 its slope is ``slope``."""
    return apply(TABLE["leaky_relu"], (x,), {"slope": _attribute(slope, x)})


def elu(x: Any, alpha: Any = 1) -> Any:
    """``x`` where it is positive, else ``alpha*(exp(x) - 1)`` (Clevert 2015)."""
    return apply(TABLE["elu"], (x,), {"alpha": _attribute(alpha, x)})


def clip(x: Any, low: Any, high: Any) -> Any:
    """``x`` held inside [low, high]; its slope is 1 on the closed interval.

    Raises
    ------
    ValueError
        If ``low`` is greater than ``high``.
    """
    low, high = _attribute(low, x), _attribute(high, x)
    if (low <= high) == False:  # noqa: E712  a relation of symbols is neither
        raise ValueError(f"clip() needs low <= high, got {low} and {high}")
    return apply(TABLE["clip"], (x,), {"low": low, "high": high})


def _attribute(number: Any, x: Any) -> Any:
    # A static attribute must be a number of the operand's kind; ints stay ints.
    data = as_data(number)
    if number.__class__ is int:
        return number
    kind = column_of(x._data if x.__class__ is Value else x)
    if kind is None or column_of(data) is kind:
        return data
    return kind.adopt(data)


# -- many operands -----------------------------------------------------------------


def _list(xs: Any, name: str) -> list[Any]:
    if xs.__class__ is list:
        return xs
    is_text = isinstance(xs, (str, bytes))
    if is_text or xs.__class__ is Value or not isinstance(xs, Iterable):
        raise TypeError(
            f"{name}() takes a sequence of numbers, got {type(xs).__name__}"
        )
    return list(xs)


def _vector(xs: Any, name: str) -> list[Any]:
    vector = _list(xs, name)
    if not vector:
        raise ValueError(f"{name}() of no numbers is not defined")
    return vector


def _vectors(xs: Any, ys: Any, name: str) -> list[Any]:
    x, y = _vector(xs, name), _vector(ys, name)
    if len(x) != len(y):
        raise ValueError(f"{name}() needs equal lengths, got {len(x)} and {len(y)}")
    return x + y


def sum(xs: Any) -> Any:
    """The sum from left to right, as one node; 0.0 for no numbers."""
    vector = _list(xs, "sum")
    return apply(TABLE["sum"], vector, {}) if vector else 0.0


def dot(xs: Any, ys: Any) -> Any:
    """``x1*y1 + ... + xn*yn``, summed from left to right, as one node.

    Raises
    ------
    ValueError
        If the lengths differ or are 0.
    """
    return apply(TABLE["dot"], _vectors(xs, ys, "dot"), {})


def logsumexp(xs: Any) -> Any:
    """``log(exp(x1) + ... + exp(xn))`` without overflow; -inf operands add nothing."""
    return apply(TABLE["logsumexp"], _vector(xs, "logsumexp"), {})


def softmax(xs: Any) -> list[Any]:
    """``exp(xi) / sum(exp(xj))``, a list; one node with several outputs."""
    return list(apply(TABLE["softmax"], _vector(xs, "softmax"), {}))


def log_softmax(xs: Any) -> list[Any]:
    """``xi - logsumexp(x)``, a list; one node with several outputs."""
    return list(apply(TABLE["log_softmax"], _vector(xs, "log_softmax"), {}))


def take(table: Sequence[Any], index: Any) -> Any:
    """The entry of ``table`` that ``index`` names.

    Parameters
    ----------
    table
        A sequence of numbers, of Values, or of rows of them.
    index
        An int from 0 to ``len(table) - 1``; in a compiled function an argument of
        ``index_argnums``.

    Raises
    ------
    TypeError
        If ``index`` is no int.
    IndexError
        If there is no such entry; negative ones do not count from the end.

    Notes
    -----
    Compiled, entries that are captured Values are read where they are, and their
    gradient is added where it belongs, so the cost does not depend on how many there
    are. Of numbers that the function computes one is chosen by `where`.

    Examples
    --------
    >>> table = [[Value(0.0), Value(1.0)], [Value(2.0), Value(3.0)]]
    >>> [v.data for v in take(table, 1)]
    [2.0, 3.0]
    """
    if index.__class__ is Index:
        return index.tape.taken(table, index)
    if isinstance(index, (bool, Value)) or not hasattr(index, "__index__"):
        refuse_if_traced(
            "a number that is an index must be named in index_argnums, to be an index "
            "in the compiled function too"
        )
        raise TypeError(f"'index' must be an int, got {type(index).__name__}")
    k = as_int(index)
    if not 0 <= k < len(table):
        raise IndexError(f"'index' must be from 0 to {len(table) - 1}, got {k}")
    return table[k]


def cross_entropy(logits: Any, target: Any) -> Any:
    """The cross-entropy of softmax(logits) against a class or a distribution.

    Parameters
    ----------
    logits
        A sequence of n numbers, not yet normalised.
    target
        The index of the true class, 0 <= target < n, or a sequence of n weights
        (probabilities); their gradients are computed too if they are Values.

    Raises
    ------
    ValueError
        If the index is out of range, or the lengths differ.
    TypeError
        If ``target`` is neither.
    """
    vector = _vector(logits, "cross_entropy")
    if target.__class__ is Index:
        return -take(log_softmax(vector), target)  # the same bits
    # Every array has __index__, for the case that it is one int.
    one = hasattr(target, "__index__") and getattr(target, "shape", ()) == ()
    if one and not isinstance(target, (bool, Value)):
        target = as_int(target)
        if not 0 <= target < len(vector):
            raise ValueError(
                f"'target' must be a class from 0 to {len(vector) - 1}, got {target}"
            )
        return apply(TABLE["cross_entropy"], vector, {"target": target})
    both = _vectors(vector, target, "cross_entropy")
    return apply(TABLE["soft_cross_entropy"], both, {})


def binary_cross_entropy(logit: Any, target: Any) -> Any:
    """``-y*log(p) - (1 - y)*log(1 - p)`` with ``p = sigmoid(logit)``.

    ``target`` is y, in [0, 1]. Its gradient with respect to the logit is p - y.
    """
    return apply(TABLE["binary_cross_entropy"], (logit, target), {})


# -- rows of one's own -------------------------------------------------------------


def register(row: Primitive, **kernels: Function) -> Function:
    """Add a row to the table from outside the package; returns its function.

    Parameters
    ----------
    row
        As every row of `autograd_core.primitives`. With a ``formula`` it runs on
        every kind of number; kernels are for speed or accuracy.
    kernels
        ``float=``, ``fraction=``, ``sympy=``, ``mpmath=``: forward functions.

    Raises
    ------
    TypeError
        If ``row`` is no Primitive.
    PrimitiveError
        If the row has neither a ``formula`` nor a float kernel, names an unknown
        number type, or breaks a rule of the table (a Python branch in a rule, an
        unknown name, a wrong number of partials).

    Examples
    --------
    >>> import math
    >>> from autograd_core import Primitive, Value, check_grads, register
    >>> mish = register(Primitive(
    ...     "mish",
    ...     partials=(lambda m, x, out: m.tanh(m.softplus(x))
    ...               + x * m.sech(m.softplus(x)) ** 2 * m.sigmoid(x),),
    ...     formula=lambda m, x: x * m.tanh(m.softplus(x)),
    ...     source="Misra 2019",
    ... ))
    >>> check_grads(mish, (0.5,), order=2)
    >>> x = Value(0.5)
    >>> y = mish(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.375245, 0.886424)
    """
    from .selfcheck import check_row

    if not isinstance(row, Primitive):
        raise TypeError(f"'row' must be a Primitive, got {type(row).__name__}")
    columns = _columns()
    unknown = set(kernels) - set(columns)
    if unknown:
        raise PrimitiveError(
            f"{row.name}: no number type {sorted(unknown)}; there are {sorted(columns)}"
        )
    if row.formula is None and "float" not in kernels:
        raise PrimitiveError(f"{row.name}: give a formula or a float kernel")
    row = TABLE.add(row)
    try:
        check_row(row)
    except PrimitiveError:
        TABLE.discard(row.name)
        raise
    for name, kernel in kernels.items():
        add_kernel(columns[name](), row.name, kernel)
    return _function(row.name)


def _columns() -> dict[str, Callable[[], Column]]:
    def lazy(module: str) -> Callable[[], Column]:
        from importlib import import_module

        return lambda: import_module(f"autograd_core.numbers.{module}").COLUMN

    return {
        "float": lambda: float64.COLUMN,
        "fraction": lazy("exact"),
        "sympy": lazy("symbolic"),
        "mpmath": lazy("precise"),
    }
