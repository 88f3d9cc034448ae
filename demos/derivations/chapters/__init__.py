"""The chapters of the book, in its order.

There are three kinds of files here:

* chapters, each with a ``CHAPTER``: those that are imported below;
* articles that a chapter takes from a file of their own, where it would be too long;
  their first line begins with the entries of the notes, such as "S80 and S81";
* what several of them use, with no article in it: ``networks``, ``heads``,
  ``deltas``, ``modules`` and ``softmax_models`` are networks as models; ``line``,
  ``least_squares``, ``orthogonal`` and ``quadrature`` fit and integrate over any kind
  of number; ``descent_rules``, ``root_rules``, ``quasi_newton`` and ``training`` are
  algorithms; ``shorthand``, ``slopes`` and ``pictures`` make claims, tables and plots.

To add a chapter: write its file, import it here, and put it where a reader should
meet it.
"""

from ..frame import Chapter
from .adam import CHAPTER as ADAM
from .averages import CHAPTER as AVERAGES
from .basis_functions import CHAPTER as BASIS_FUNCTIONS
from .beginnings import CHAPTER as BEGINNINGS
from .data import CHAPTER as DATA
from .dense import CHAPTER as DENSE
from .descent import CHAPTER as DESCENT
from .downhill import CHAPTER as DOWNHILL
from .elementary import CHAPTER as ELEMENTARY
from .entropy import CHAPTER as ENTROPY
from .exponentials import CHAPTER as EXPONENTIALS
from .gaussian_vectors import CHAPTER as GAUSSIAN_VECTORS
from .gaussians import CHAPTER as GAUSSIANS
from .gradients import CHAPTER as GRADIENTS
from .hidden import CHAPTER as HIDDEN
from .inverses import CHAPTER as INVERSES
from .kernel_regression import CHAPTER as KERNEL_REGRESSION
from .kinks import CHAPTER as KINKS
from .lasso import CHAPTER as LASSO
from .layers import CHAPTER as LAYERS
from .layerwise import CHAPTER as LAYERWISE
from .likelihood import CHAPTER as LIKELIHOOD
from .logistic import CHAPTER as LOGISTIC
from .logistic_fit import CHAPTER as LOGISTIC_FIT
from .losses import CHAPTER as LOSSES
from .minima import CHAPTER as MINIMA
from .mistakes import CHAPTER as MISTAKES
from .mlps import CHAPTER as MLPS
from .model_complexity import CHAPTER as MODEL_COMPLEXITY
from .most_likely import CHAPTER as MOST_LIKELY
from .multinomial import CHAPTER as MULTINOMIAL
from .network import CHAPTER as NETWORK
from .newton import CHAPTER as NEWTON
from .normal_equation import CHAPTER as NORMAL_EQUATION
from .output import CHAPTER as OUTPUT
from .partials import CHAPTER as PARTIALS
from .perceptron import CHAPTER as PERCEPTRON
from .regression import CHAPTER as REGRESSION
from .ridge import CHAPTER as RIDGE
from .roots import CHAPTER as ROOTS
from .rules import CHAPTER as RULES
from .softmax import CHAPTER as SOFTMAX
from .steepest import CHAPTER as STEEPEST
from .stochastic import CHAPTER as STOCHASTIC
from .surfaces import CHAPTER as SURFACES
from .valleys import CHAPTER as VALLEYS
from .velocity import CHAPTER as VELOCITY

__all__ = ["CHAPTERS"]

CHAPTERS: tuple[Chapter, ...] = (
    # Slopes of one variable.
    BEGINNINGS,
    VELOCITY,
    ELEMENTARY,
    INVERSES,
    EXPONENTIALS,
    KINKS,
    RULES,
    # Where the slope is zero, and ways there.
    VALLEYS,
    MINIMA,
    AVERAGES,
    PARTIALS,
    SURFACES,
    DESCENT,
    DOWNHILL,
    GRADIENTS,
    # A line through data, and chance.
    REGRESSION,
    NORMAL_EQUATION,
    GAUSSIANS,
    GAUSSIAN_VECTORS,
    ENTROPY,
    LIKELIHOOD,
    MOST_LIKELY,
    RIDGE,
    LASSO,
    BASIS_FUNCTIONS,
    MODEL_COMPLEXITY,
    KERNEL_REGRESSION,
    # One neuron.
    PERCEPTRON,
    LOGISTIC,
    LOGISTIC_FIT,
    # Networks, and the way back through them.
    NETWORK,
    LAYERS,
    DATA,
    DENSE,
    LOSSES,
    SOFTMAX,
    OUTPUT,
    HIDDEN,
    MULTINOMIAL,
    LAYERWISE,
    MLPS,
    # Curvature, and steps that know it.
    ROOTS,
    NEWTON,
    STEEPEST,
    # Steps with samples, and with memory.
    STOCHASTIC,
    ADAM,
    # What goes wrong without a rule.
    MISTAKES,
)
