"""What `fit` looks at before it begins.

The one idea: reading and refusing come first and change nothing; then `begin` puts the
run where it starts, or leaves everything as it was.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

from optim import MiniBatches, Optimizer, Scheduler, full_batch

from .callbacks import as_callback
from .checks import got, width
from .choosing import chosen_steps, numerics_in
from .evaluation import read_metrics
from .examples import Examples, examples, split
from .module import Module
from .rehearsal import rehearse
from .run import Run

__all__ = ["begin", "prepared"]


def prepared(
    model: Any,
    X: Any,  # noqa: N803  the field's names
    Y: Any,  # noqa: N803
    *,
    loss: Any,
    optimizer: Any,
    epochs: Any,
    batch_size: Any,
    seed: Any,
    validation: Any,
    metrics: Any,
    callbacks: Any,
    checkpoint: Any,
    clip: Any,
    steps: Any,
    resume: Any,
) -> Run:
    """The run of these arguments of `fit`, which also says what is raised."""
    _check_model(model)
    _check_optimizer(model, optimizer)
    if not callable(loss):
        raise TypeError(f"'loss' must be a function {got(loss)}")
    if not isinstance(callbacks, (list, tuple)):
        raise TypeError(f"'callbacks' must be a list {got(callbacks)}")
    if checkpoint is not None:
        _check_path(checkpoint, "checkpoint")
    data, held = _read(X, Y, validation, seed)
    figures = read_metrics(metrics)
    rehearse(model, loss, data, ("X", "Y"), {} if held else figures)
    if held is not None:
        rehearse(model, loss, held, ("validation X", "validation Y"), figures)
    n = len(data.X)
    size = None if batch_size is None else width(batch_size, "batch_size")
    epochs = width(epochs, "epochs")
    source = checkpoint if resume is True else resume
    chosen, computed = chosen_steps(
        steps,
        model,
        loss,
        optimizer,
        data=data,
        size=min(size or n, n),
        epochs=epochs,
        clip=clip,
        begun=numerics_in(source) if source else None,
    )
    run = Run(
        model,
        optimizer,
        loss,
        chosen,
        data,
        held,
        batches=full_batch(n) if size is None else MiniBatches(n, size, seed=seed),
        metrics=figures,
        callbacks=[as_callback(callback) for callback in callbacks],
        epochs=epochs,
        checkpoint=checkpoint,
    )
    run.history.computed = computed
    return run


def _check_model(model: Any) -> None:
    if not isinstance(model, Module):
        raise TypeError(f"'model' must be a Module {got(model)}")
    for name, p in model.named_parameters():
        if not isfinite(p.data):
            raise ValueError(f"the parameter {name} must be finite (got {p.data})")


def _check_optimizer(model: Module, optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"'optimizer' must be an Optimizer {got(optimizer)}; for example "
            "Adam(model.named_parameters(), lr=0.01)"
        )
    optimizer.state_dict()  # checks the hyperparameters, which may have been changed
    own = set(model.parameters())
    for p, name in zip(optimizer.parameters, optimizer.names, strict=True):
        if p not in own:
            raise ValueError(
                f"the optimizer moves {name}, which is no parameter of the model; make "
                "it of model.named_parameters()"
            )
    if not any(p.requires_grad for p in optimizer.parameters):
        raise ValueError("every parameter of the optimizer is frozen; unfreeze some")


def _check_path(path: Any, name: str) -> None:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"'{name}' must be a path {got(path)}")
    if not os.fspath(path) or "\0" in str(path):
        raise ValueError(f"'{name}' must be a path {got(path)}")


def _read(
    X: Any,  # noqa: N803
    Y: Any,  # noqa: N803
    validation: Any,
    seed: Any,
) -> tuple[Examples, Examples | None]:
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"'seed' must be an int {got(seed)}")
    data = examples(X, Y)
    if validation is None:
        return data, None
    if isinstance(validation, (list, tuple)) and len(validation) == 2:
        held_x, held_y = validation
        return data, examples(held_x, held_y, ("validation X", "validation Y"))
    if not isinstance(validation, float):
        raise TypeError(
            f"'validation' must be a share or a pair (X, Y) {got(validation)}"
        )
    return split(data, test=validation, seed=seed, name="validation")


# -- where it starts -------------------------------------------------------------------


def begin(run: Run, *, schedule: Any, resume: Any) -> None:
    """Put the run at its beginning, or where the file to resume from was written.

    Raises
    ------
    TypeError, ValueError, CheckpointError, OSError
        As `fit`. Then model and optimizer are as they were.
    """
    source = run.checkpoint if resume is True else resume
    if source is None:
        raise ValueError("'resume' needs a file; give 'checkpoint' too")
    if source is not False:
        _check_path(source, "resume")
    with _rates_kept(run.optimizer):
        if schedule is not None:
            run.scheduler = Scheduler(run.optimizer, schedule)
        run.tell("on_begin")
        if source is not False:
            run.load(source)
        elif run.checkpoint is not None and Path(run.checkpoint).exists():
            raise FileExistsError(
                errno.EEXIST,
                "there is a checkpoint already; resume=True continues it, to begin "
                "anew delete it or take another name",
                str(run.checkpoint),
            )
        if run.checkpoint is not None:
            run.save()  # what cannot be written is known now, not after an epoch


@contextmanager
def _rates_kept(optimizer: Optimizer) -> Iterator[None]:
    # A scheduler sets its first rate at once; an error takes that back.
    rates = [group.get("lr") for group in optimizer.param_groups]
    try:
        yield
    except BaseException:
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            if rate is not None:
                group["lr"] = rate
        raise
