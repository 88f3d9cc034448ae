"""`fit`: train a model on data.

What one can do with this file: everything that surrounds the steps of an optimizer, in
one call: batches, a progress bar, a history, validation, early stopping, checkpoints.

The one idea: all is checked before anything is changed, and what was begun can be
continued at the same bits.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from optim import Optimizer

from .checks import got
from .evaluation import Metrics
from .files import StrPath
from .history import History
from .interrupts import Interrupts
from .module import Module
from .preparation import begin, prepared
from .progress import Progress
from .run import Run
from .stepping import Steps

__all__ = ["fit"]


def fit(
    model: Module,
    X: Any,  # noqa: N803  the field's names
    Y: Any,  # noqa: N803
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: int | None = 32,
    seed: int = 0,
    validation: Any = None,
    metrics: Metrics = (),
    callbacks: Sequence[Any] = (),
    schedule: Any = None,
    clip: float | None = None,
    progress: bool = True,
    checkpoint: StrPath | None = None,
    resume: bool | StrPath = False,
    steps: str | Callable[..., Steps] = "auto",
) -> History:
    """Move the parameters of ``model`` until it fits the data.

    Parameters
    ----------
    model
        A `Module`; its ``training`` is True meanwhile, but for validation.
    X, Y
        Samples and targets: lists or arrays of equal length. The model takes one
        sample at a time.
    loss
        ``loss(predictions, targets)``, one number for a batch: a function of
        `nn.losses`, or your own, also with a penalty (``... + ridge(model, 0.01)``).
    optimizer
        Of parameters of the model. `optim.Newton` and `optim.LBFGS` do too; give them
        ``batch_size=None``.
    epochs
        How often all samples are seen; in all, also when resumed.
    batch_size
        How many samples a step sees; None for all of them.
    seed
        Which order the samples come in, another one in each epoch, and which of them
        are split off for validation.
    validation
        ``(X, Y)`` to measure on after each epoch, or a share between 0 and 1 of the
        samples, or None.
    metrics
        Functions of ``(predictions, targets)`` in plain numbers, or a dict that names
        them. Measured after each epoch, on the validation data if there are any.
    callbacks
        `Callback` objects, as `EarlyStopping`, and functions of the `Run`, which are
        called after each epoch.
    schedule
        A schedule of `optim.schedules`, of the number of steps; or one per group.
    clip
        The largest norm of the gradient, or None.
    progress
        Whether a bar on stderr shows steps, time and loss.
    checkpoint
        A file that has, at the end of each epoch and after Ctrl-C, all that is needed
        to continue: parameters, what the optimizer remembers, place among the batches,
        history, what callbacks remember.
    resume
        Continue from ``checkpoint``, or from another file. The arguments must be those
        of the first call, but ``epochs`` may be more. For a script that is run again
        and again: ``resume=Path(checkpoint).exists()``.
    steps
        How a step is computed. "eager": operation by operation, at the same bits on
        every machine. "compiled": by a program that is traced once (`nn.compiled`),
        many times faster; losses and parameters differ by rounding, and many steps are
        one call unless a schedule or a callback comes between them. "auto":
        compiled where that applies and there is enough to do, else eager;
        ``history.computed`` says which, and why. A training that is resumed goes on as
        it began. Or a class like `nn.stepping.EagerSteps`.

    Returns
    -------
    History
        A row per epoch. Its "loss" is the mean over the samples of an epoch, each seen
        with the parameters before its step; "learning rate" is that of the next step.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be: no samples, unequal lengths, NaN, widths
        that the model or labels that the loss refuses, parameters of another model,
        a callback that is none; or ``steps`` is "compiled", and that does not apply.
        Nothing was changed.
    CheckpointError
        If the file to resume from is damaged or of another training. Nothing was
        changed.
    FileExistsError
        If ``checkpoint`` is there already, and is not to be resumed.
    OSError
        If a file cannot be read or written.
    NonFiniteError
        If a loss or a gradient is NaN or infinite; the last step before was whole.
    KeyboardInterrupt
        After Ctrl-C, when the step, the call of compiled steps or the validation sample
        that was on the way is whole, the checkpoint written, and stderr says how to
        continue.

    Notes
    -----
    A step is never split. A third Ctrl-C does not wait, if a callback or a loss of
    yours never ends; then only the checkpoint on the disk is sure to be whole.

    Examples
    --------
    >>> from nn import MLP, mean_squared_error
    >>> from optim import Adam
    >>> model = MLP(1, [4, 1], activation="tanh", init="xavier_uniform", seed=0)
    >>> xs = [[i / 8] for i in range(-8, 9)]
    >>> history = fit(model, xs, [x**2 for x, in xs], loss=mean_squared_error,
    ...               optimizer=Adam(model.named_parameters(), lr=0.02), epochs=100,
    ...               batch_size=4, progress=False)
    >>> history["loss"][-1] < 0.01  # 0.08 for a constant
    True
    """
    if not isinstance(progress, bool):
        raise TypeError(f"'progress' must be True or False {got(progress)}")
    run = prepared(
        model,
        X,
        Y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        validation=validation,
        metrics=metrics,
        callbacks=callbacks,
        checkpoint=checkpoint,
        clip=clip,
        steps=steps,
        resume=resume,
    )
    begin(run, schedule=schedule, resume=resume)
    total = run.epochs * run.steps_per_epoch
    with Interrupts() as interrupts:
        try:
            with Progress(total, done=run.steps, shown=progress) as bar:
                run.train(interrupts, bar)
        except KeyboardInterrupt:
            told = _interrupted(run, forced=interrupts.forced)
            sys.stderr.write(f"\n{told}\n")
            raise KeyboardInterrupt(f"after step {run.steps}") from None
    return run.history


def _interrupted(run: Run, *, forced: bool) -> str:
    epoch = min(run.epoch + 1, run.epochs)
    place = f"interrupted after step {run.steps}, in epoch {epoch} of {run.epochs}"
    if forced:
        return f"{place}; nothing was waited for, and the step may not be whole"
    whole = f"{place}; the model is as that step left it"
    if run.checkpoint is None:
        return f"{whole}. To be able to continue, give fit a 'checkpoint'"
    try:
        run.save()
    except OSError as error:
        return f"{whole}. The checkpoint could not be written: {error}"
    return (
        f"{whole}.\nTo continue: the same call with resume=True, which reads "
        f"{run.checkpoint}"
    )
