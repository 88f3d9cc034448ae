"""Checkpoints: the state of several objects as one file, put back together or not.

What one can do with this file: `save_model` and `load_model` for the parameters alone;
`fit` keeps all that a training needs to continue with `save_parts` and `load_parts`.

The one idea: whatever has `state_dict` and `load_state_dict` is a part. Parts are put
back one after the other; if one refuses, those before get their old state again.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from autograd_core import CheckpointError

from .checks import got
from .files import MAX_BYTES, StrPath, read_document, write_document
from .module import Module

__all__ = ["Part", "load_model", "load_parts", "save_model", "save_parts"]


class Part(Protocol):
    """Something that remembers."""

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, for JSON."""

    def load_state_dict(self, state: Any) -> None:
        """Take that over, or raise and change nothing."""


def save_parts(
    path: StrPath, parts: Mapping[str, Part], about: Mapping[str, Any]
) -> None:
    """Write the states of the parts, and what is said ``about`` them, to a file.

    Raises
    ------
    TypeError, ValueError, OSError
        As `nn.files.write_document`.
    """
    states = {name: part.state_dict() for name, part in parts.items()}
    write_document(path, {"about": dict(about), **states})


def load_parts(
    path: StrPath, parts: Mapping[str, Part], about: Mapping[str, Any]
) -> None:
    """Give the parts the states that a file of `save_parts` has, all or none.

    Parameters
    ----------
    path
        The file.
    parts
        By the names under which they were saved. The last one is asked last, and so
        never has to be put back.
    about
        What must have been said about them.

    Raises
    ------
    CheckpointError
        If the file is damaged, is about something else, has other parts, or a part
        refuses its state. Then every part is as it was.
    OSError
        If the file is not there, or may not be read.
    """
    content = read_document(path)
    _compare(path, content.pop("about", None), about)
    if set(content) != set(parts):
        raise CheckpointError(
            f"{path} has the parts {', '.join(sorted(content))}, and needed are "
            f"{', '.join(sorted(parts))}. Nothing was changed."
        )
    done: list[tuple[Part, dict[str, Any]]] = []
    for name, part in parts.items():
        before = part.state_dict()
        try:
            part.load_state_dict(content[name])
        except BaseException as error:
            for other, old in reversed(done):
                other.load_state_dict(old)
            if isinstance(error, (ArithmeticError, LookupError, TypeError, ValueError)):
                raise CheckpointError(
                    f"{path}: the part '{name}' does not fit: {error}. Nothing was "
                    "changed."
                ) from error
            raise
        done.append((part, before))


def _compare(path: StrPath, found: Any, wanted: Mapping[str, Any]) -> None:
    if not isinstance(found, Mapping):
        raise CheckpointError(
            f"{path} is of no training: 'about' must be a dict {got(found)}. Nothing "
            "was changed."
        )
    for key in sorted({*found, *wanted}):
        there, here = found.get(key), wanted.get(key)
        if there != here:
            raise CheckpointError(
                f"{path} is of a training with {key} {there!r}, here it is {here!r}. "
                "Nothing was changed."
            )


def save_model(path: StrPath, model: Module) -> None:
    """Write the parameters of a model to a file.

    Parameters
    ----------
    path
        The file; one that is there is replaced, at once and whole.
    model
        Its `Module.state_dict` is kept, not its class.

    Raises
    ------
    TypeError
        If ``model`` is no module, or has numbers other than floats and ints.
    ValueError
        If a parameter is not finite.
    OSError
        If the system refuses; the file that was there is as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from nn import Linear
    >>> model, other = Linear(2, 1, seed=0), Linear(2, 1, seed=1)
    >>> with TemporaryDirectory() as folder:
    ...     save_model(f"{folder}/model.ckpt", model)
    ...     load_model(f"{folder}/model.ckpt", other)
    >>> other.state_dict() == model.state_dict()
    True
    """
    if not isinstance(model, Module):
        raise TypeError(f"'model' must be a Module {got(model)}")
    write_document(path, {"model": model.state_dict()})


def load_model(path: StrPath, model: Module, *, max_bytes: int = MAX_BYTES) -> None:
    """Give a model the parameters in a file, also in one that `fit` wrote.

    Parameters
    ----------
    path
        The file.
    model
        Of the same structure as the one that was saved.
    max_bytes
        Larger files are refused.

    Raises
    ------
    TypeError
        If ``model`` is no module.
    CheckpointError
        If the file is damaged, or its parameters do not fit. The model is as it was.
    OSError
        If the file is not there, or may not be read.
    """
    if not isinstance(model, Module):
        raise TypeError(f"'model' must be a Module {got(model)}")
    content = read_document(path, max_bytes=max_bytes)
    try:
        model.load_state_dict(content.get("model"))  # type: ignore[arg-type]
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}. The model was not changed.") from error
