"""A scalar reverse-mode autodiff engine that is exact and explains itself.

>>> from autograd_core import Value, sigmoid
>>> w, x = Value(0.5), Value(2.0)
>>> y = sigmoid(w * x)
>>> y.backward()
>>> round(w.grad, 6)
0.393224
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .compile import compile as compile
from .diagnose import why
from .errors import (
    CheckpointError,
    ExactnessError,
    ExpressionError,
    GradientCheckError,
    GraphError,
    GraphvizNotFound,
    NonFiniteError,
    PrimitiveError,
    SingularMatrixError,
    StaleGraphError,
    TapeError,
    TraceError,
)
from .explain import explain
from .functions import (
    absolute,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    binary_cross_entropy,
    cbrt,
    clip,
    cos,
    cosh,
    cross_entropy,
    div,
    dot,
    elu,
    erf,
    erfc,
    exp,
    expm1,
    gelu,
    greater,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logaddexp,
    logsigmoid,
    logsumexp,
    maximum,
    minimum,
    mul,
    neg,
    normal_cdf,
    normal_pdf,
    power,
    reciprocal,
    register,
    relu,
    sech,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
    sinh,
    softmax,
    softplus,
    sqrt,
    square,
    step,
    sub,
    take,
    tan,
    tanh,
    where,
    xlogy,
)
from .functions import (
    sum as sum,
)
from .gradcheck import check_grads
from .graph import ancestors, consumers, leaves, local_derivatives, to_json
from .indices import Index
from .primitives import Interval, Primitive
from .record import no_grad, strict
from .scope import scope, scopes_of
from .selfcheck import check_table
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .value import Value

# `sum` and `compile` are public too, but a star import must not replace the built-in
# ones.
if TYPE_CHECKING:
    from .derivation import check_derivation
    from .exercises import exercise, grade_exercise

__all__ = [
    "CheckpointError",
    "ExactnessError",
    "ExpressionError",
    "GradientCheckError",
    "GraphError",
    "GraphvizNotFound",
    "Index",
    "Interval",
    "NonFiniteError",
    "Primitive",
    "PrimitiveError",
    "SingularMatrixError",
    "StaleGraphError",
    "TapeError",
    "TraceError",
    "Value",
    "absolute",
    "acos",
    "acosh",
    "add",
    "ancestors",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "binary_cross_entropy",
    "cbrt",
    "check_derivation",
    "check_grads",
    "clip",
    "consumers",
    "cos",
    "cosh",
    "cross_entropy",
    "div",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exercise",
    "exp",
    "explain",
    "expm1",
    "gelu",
    "grad",
    "grade_exercise",
    "greater",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "leaves",
    "local_derivatives",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logsigmoid",
    "logsumexp",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "no_grad",
    "normal_cdf",
    "normal_pdf",
    "power",
    "reciprocal",
    "register",
    "relu",
    "scope",
    "scopes_of",
    "sech",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "step",
    "strict",
    "sub",
    "take",
    "tan",
    "tanh",
    "to_json",
    "value_and_grad",
    "vjp",
    "where",
    "why",
    "xlogy",
]

check_table()

# Marking the work of a hand is a third of the package, and what compiles does not need
# it: loaded when it is asked for.
_ASKED_FOR = {
    "check_derivation": "derivation",
    "exercise": "exercises",
    "grade_exercise": "exercises",
}


def __getattr__(name: str) -> Any:
    if name not in _ASKED_FOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_ASKED_FOR[name]}", __name__), name)
    globals()[name] = found
    return found
