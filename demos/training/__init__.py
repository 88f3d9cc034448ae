"""Training scripts: from a neuron to the notes' networks, each a short tutorial.

What one can do with this package: ``autograd-core train NAME``; read a script, which
is under 100 lines and shows the mathematics; write one.

The one idea: a script is a module with a docstring and ``run(report)``. The docstring
is the text of its page: a title, what happens, and what it should reach. ``run``
computes in plain code over `autograd_core`, `nn` and `optim`, and tells the report:

    def run(report: Report) -> None:
        random = Random(report.seed)                      # the only chance there is
        for step in report.steps(100, "descent"):         # --steps; with the bar
            ...
        report.table("What was found", ["w", "b"], [[w.data, b.data]])
        report.plot("loss", plots.losses, {"loss": losses}, title="The loss")
        report.flow(loss_of_one_sample, title="One sample, forward and back")
        report.reach("accuracy", accuracy, at_least=1.0)  # else the exit code is 1

With `nn.fit`: ``fit(..., epochs=report.count(50), progress=report.progress)``. A new
script is a module here and a line in `SCRIPTS`, which also lists the options beyond
``--seed`` that it heeds: ``steps``, ``full`` (``report.full``), ``data``
(``report.data``, the text of the user's file or None). What a user's data cannot be is
an `InputError`. Its plots come last: matplotlib is an extra, and without it a script
still computes, prints and judges.

>>> print(SCRIPTS["perceptron"].summary)
Rosenblatt's rule finds a line between two classes, and the notes' neuron learns AND
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

__all__ = ["SCRIPTS", "Script"]


@dataclass(frozen=True)
class Script:
    """A line of the list.

    Attributes
    ----------
    module
        Its name in this package.
    summary
        What it does, in one line.
    options
        Which of ``steps``, ``full`` and ``data`` it heeds.
    """

    module: str
    summary: str
    options: tuple[str, ...] = ()

    def load(self) -> tuple[str, Callable[[Any], None]]:
        """The docstring and the function ``run`` of the module."""
        module = import_module(f".{self.module}", __package__)
        return module.__doc__ or self.summary, module.run


SCRIPTS = {
    "linear-regression": Script(
        "linear_regression",
        "a line by normal equations, gradient descent and Newton's method",
        ("steps",),
    ),
    "perceptron": Script(
        "perceptron",
        "Rosenblatt's rule finds a line between two classes, and the notes' neuron "
        "learns AND",
        ("steps",),
    ),
    "polynomials": Script(
        "polynomials",
        "polynomials, ridge and radial basis functions: the errors against complexity",
    ),
    "ridge-lasso": Script(
        "ridge_lasso",
        "which coefficients two penalties shrink, and which one makes them zero",
        ("steps",),
    ),
    "maximum-likelihood": Script(
        "maximum_likelihood",
        "a coin and a Gaussian, fitted by Newton and by their closed forms",
    ),
    "logistic-regression": Script(
        "logistic_regression",
        "two classes by gradient descent and by IRLS",
        ("steps",),
    ),
    "optimizers": Script(
        "optimizers",
        "every optimizer's path down a valley and down Rosenbrock's function",
        ("steps",),
    ),
    "vanishing-gradient": Script(
        "vanishing_gradient",
        "the gradient in each layer of a deep network: sigmoid, tanh, relu",
    ),
    "inside-adam": Script(
        "inside_adam",
        "Adam's moments step by step; eigenvalues and the largest safe step",
        ("steps",),
    ),
    "measurements": Script(
        "measurements",
        "softmax regression and a network on iris, wine and breast cancer",
        ("steps",),
    ),
    "digits": Script(
        "digits",
        "handwritten digits: softmax regression, and a network 64-32-10",
        ("steps", "full"),
    ),
    "shapes": Script(
        "shapes",
        "XOR, moons, circles and spirals, and where four networks part them",
        ("steps",),
    ),
    "micrograd-moons": Script(
        "micrograd_moons",
        "micrograd's demo with its own points, weights, loss and rates",
        ("steps",),
    ),
    "sentiment": Script(
        "sentiment",
        "the mood of the notes' sentences, from how often each has a word",
        ("steps",),
    ),
    "transformer": Script(
        "transformer",
        "attention learns to write village names, or the lines of a file",
        ("steps", "data"),
    ),
}
