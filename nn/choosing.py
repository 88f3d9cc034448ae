"""Which steps a training makes: by a compiled program, or operation by operation.

The one idea: the choice depends on the model, the data and the number of steps, never
on a clock, so the same call makes the same steps on every run; and a training that is
continued makes those that it began with.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

from optim import Optimizer

from .checks import got
from .compiled import CompiledSteps, NotCompiled
from .examples import Examples
from .files import read_document
from .module import Module
from .stepping import EagerSteps, Steps

__all__ = ["chosen_steps", "numerics_in"]

WAYS = ("auto", "compiled", "eager")

# Measured: a sample's step takes 3 to 7 microseconds per parameter, less where layers
# are wide; a program is ready after 0.2 s, and 0.3 ms per parameter.
LEAST, PER_PARAMETER = 50_000, 80


def chosen_steps(
    how: Any,
    model: Module,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    *,
    data: Examples,
    size: int,
    epochs: int,
    clip: float | None,
    begun: str | None = None,
) -> tuple[Steps, str]:
    """The steps of `fit`, and a sentence on which they are.

    Parameters
    ----------
    how
        "auto", "compiled", "eager", or a class like `EagerSteps`.
    model, loss, optimizer, clip, epochs
        As `fit`.
    data
        What is learned from.
    size
        How many samples a batch has.
    begun
        The numerics of the training that is continued.

    Raises
    ------
    ValueError
        If ``how`` is something else.
    NotCompiled
        If "compiled" was asked for and does not apply.
    """
    if callable(how):
        return how(model, loss, optimizer, clip=clip), f"steps by {how.__name__}"
    if how not in WAYS:
        raise ValueError(f"'steps' must be one of {', '.join(WAYS)} {got(how)}")
    eager = EagerSteps(model, loss, optimizer, clip=clip)  # checks 'clip'
    if how == "eager":
        return eager, "eager steps"
    if how == "auto" and begun == eager.numerics:
        return eager, "eager steps: so the training began"
    n, parameters = len(data.X), len(model.parameters())
    pays = ceil((LEAST / parameters + PER_PARAMETER) / n)
    if how == "auto" and begun is None and epochs < pays:
        return eager, f"eager steps: compiled ones pay from {pays} epochs on"
    sizes = sorted({size, n % size or size})
    backend = "numpy" if begun == "fast (numpy)" else "auto"
    try:
        steps = CompiledSteps(
            model,
            loss,
            optimizer,
            data=data,
            sizes=sizes,
            clip=eager.clip,
            backend=backend,
        )
    except NotCompiled as error:
        if how == "compiled":
            raise
        return eager, f"eager steps: {error}"
    return steps, f"compiled steps, {steps.numerics}"


def numerics_in(path: Any) -> str | None:
    """The numerics of the training in a file; None if it has none to tell.

    What is wrong with the file is said where it is loaded.
    """
    try:
        return str(read_document(path)["about"]["numerics"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
