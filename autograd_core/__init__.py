"""A scalar reverse-mode autodiff engine that is exact and explains itself.

>>> from autograd_core import Value, sigmoid
>>> w, x = Value(0.5), Value(2.0)
>>> y = sigmoid(w * x)
>>> y.backward()
>>> round(w.grad, 6)
0.393224
"""

from .errors import (
    ExactnessError,
    ExpressionError,
    GradientCheckError,
    GraphError,
    GraphvizNotFound,
    NonFiniteError,
    PrimitiveError,
    StaleGraphError,
)
from .diagnose import why
from .functions import *  # noqa: F403  every public function of the table
from .functions import register
from .graph import ancestors, consumers, leaves, local_derivatives, to_json
from .primitives import Primitive
from .record import no_grad, strict
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .value import Value
