"""Networks over `autograd_core`: modules, layers, activations, losses, penalties.

>>> from nn import MLP, hinge
>>> model = MLP(2, [16, 16, 1], seed=0)
>>> loss = hinge([model([1.0, 2.0]), model([-1.0, 0.5])], [1, -1])
>>> loss.backward()
>>> len(model.parameters())
337
"""

from .activations import ACTIVATIONS, Activation
from .attention import SelfAttention
from .checks import as_row, as_rows
from .embedding import Embedding
from .features import RBF, Polynomial
from .initializers import (
    INITIALIZERS,
    constant,
    he_normal,
    he_uniform,
    normal,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from .layerwise import Step, Trace
from .linear import Layer, Linear
from .losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_from_probabilities,
    cross_entropy_from_logits,
    cross_entropy_from_probabilities,
    gaussian_nll,
    half_squared_error,
    hinge,
    l1,
    mean_squared_error,
    nll,
)
from .mlp import MLP
from .module import Module
from .neuron import Neuron
from .norm import LayerNorm, RMSNorm
from .penalties import lasso, ridge
from .sequential import Sequential

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "MLP",
    "RBF",
    "Activation",
    "Embedding",
    "Layer",
    "LayerNorm",
    "Linear",
    "Module",
    "Neuron",
    "Polynomial",
    "RMSNorm",
    "SelfAttention",
    "Sequential",
    "Step",
    "Trace",
    "as_row",
    "as_rows",
    "binary_cross_entropy_from_logits",
    "binary_cross_entropy_from_probabilities",
    "constant",
    "cross_entropy_from_logits",
    "cross_entropy_from_probabilities",
    "gaussian_nll",
    "half_squared_error",
    "he_normal",
    "he_uniform",
    "hinge",
    "l1",
    "lasso",
    "mean_squared_error",
    "nll",
    "normal",
    "ridge",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
