"""Optimizers: from gradient descent to Newton, with everything inside them visible.

>>> from autograd_core import Value
>>> from optim import Adam
>>> w = Value(1.0, name="w")
>>> optimizer = Adam([w], lr=0.1)
>>> for _ in range(100):
...     optimizer.zero_grad()
...     loss = (w - 3) ** 2
...     loss.backward()
...     optimizer.step()
>>> abs(w.data - 3) < 0.05
True
"""

from .adagrad import Adagrad, adagrad_update
from .adam import Adam, adam_update
from .adamw import AdamW, adamw_update
from .bfgs import bfgs_update
from .descent import Iterate, Result
from .first_order import FirstOrder, Move
from .gradient_descent import GradientDescent, gradient_descent_update
from .gradients import accumulate, clip_grad_norm, clip_grad_value, grad_norm
from .inside import StepTable
from .irls import irls
from .lbfgs import LBFGS
from .minimize import follow, least_squares, minimize
from .newton import Newton
from .optimizer import Optimizer
from .rmsprop import RMSProp, rmsprop_update
from .samplers import MiniBatches, full_batch, online
from .schedules import (
    Scheduler,
    constant,
    cosine,
    inverse_time,
    step_decay,
    warm_up,
)
from .sgd import SGD, sgd_update
from .spectrum import Spectrum, hessian_spectrum, symmetric_eigen
from .table import Table
from .units import Unit, UnitReport, unit_report

__all__ = [
    "LBFGS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "FirstOrder",
    "GradientDescent",
    "Iterate",
    "MiniBatches",
    "Move",
    "Newton",
    "Optimizer",
    "RMSProp",
    "Result",
    "Scheduler",
    "Spectrum",
    "StepTable",
    "Table",
    "Unit",
    "UnitReport",
    "accumulate",
    "adagrad_update",
    "adam_update",
    "adamw_update",
    "bfgs_update",
    "clip_grad_norm",
    "clip_grad_value",
    "constant",
    "cosine",
    "follow",
    "full_batch",
    "grad_norm",
    "gradient_descent_update",
    "hessian_spectrum",
    "inverse_time",
    "irls",
    "least_squares",
    "minimize",
    "online",
    "rmsprop_update",
    "sgd_update",
    "step_decay",
    "symmetric_eigen",
    "unit_report",
    "warm_up",
]
