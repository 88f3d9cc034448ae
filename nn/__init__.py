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
from .callbacks import Callback, EarlyStopping
from .checkpoint import load_model, save_model
from .checks import as_row, as_rows
from .embedding import Embedding
from .evaluation import evaluate, predict
from .examples import train_test_split
from .features import RBF, Polynomial
from .fit import fit
from .history import History
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
from .metrics import (
    accuracy,
    binary_accuracy,
    confusion_matrix,
    mean_absolute_error,
    precision_recall,
    r2,
    root_mean_squared_error,
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
    "Callback",
    "EarlyStopping",
    "Embedding",
    "History",
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
    "accuracy",
    "as_row",
    "as_rows",
    "binary_accuracy",
    "binary_cross_entropy_from_logits",
    "binary_cross_entropy_from_probabilities",
    "confusion_matrix",
    "constant",
    "cross_entropy_from_logits",
    "cross_entropy_from_probabilities",
    "evaluate",
    "fit",
    "gaussian_nll",
    "half_squared_error",
    "he_normal",
    "he_uniform",
    "hinge",
    "l1",
    "lasso",
    "load_model",
    "mean_absolute_error",
    "mean_squared_error",
    "nll",
    "normal",
    "precision_recall",
    "predict",
    "r2",
    "ridge",
    "root_mean_squared_error",
    "save_model",
    "train_test_split",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
