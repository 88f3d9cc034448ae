"""A model as a function of its parameters, for transforms that need one.

What one can do with this file: inside ``with model.with_parameters(theta):`` the model
computes with the numbers of ``theta`` in the place of its own, so that
``hessian(loss_of)(theta)`` is the Hessian of a loss in all parameters.

The one idea: the transforms of the engine differentiate functions of their arguments.
A module keeps its Values in attributes; for the length of a block these hold others.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Real
from typing import TYPE_CHECKING, Any

from autograd_core import Value

from .checks import got

if TYPE_CHECKING:
    from .module import Module

__all__ = ["substituted"]


@contextmanager
def substituted(module: "Module", values: Sequence[Any]) -> Iterator[None]:
    """See `Module.with_parameters`."""
    new = _by_identity(module, values)
    changes = [(owner, *_change(owner, new)) for owner in module.modules()]
    try:
        for owner, _, after in changes:
            vars(owner).update(after)
        yield
    finally:
        for owner, before, _ in changes:
            vars(owner).update(before)


def _change(
    owner: "Module", new: dict[int, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    # The attributes that hold parameters, as they are and as they will be; and the
    # tables, because what stands in for a Value need not look like a parameter.
    before, after = {}, {}
    for name, thing in vars(owner).items():
        rebuilt = thing if name.startswith("_") else _rebuilt(thing, new)
        if rebuilt is not thing:
            before[name], after[name] = thing, rebuilt
    before["_substitutes"] = owner._substitutes
    after["_substitutes"] = [
        (name, _rebuilt(table, new)) for name, table in owner.own_tables()
    ]
    return before, after


def _by_identity(module: "Module", values: Any) -> dict[int, Any]:
    parameters = module.parameters()
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise TypeError(f"'values' must be a list of numbers {got(values)}")
    if len(values) != len(parameters):
        raise ValueError(
            f"'values' must have a number for each of {len(parameters)} parameters "
            f"(got {len(values)})"
        )
    # Plain numbers become Values, because equal ones may be one object.
    made = [Value(v, requires_grad=False) if isinstance(v, Real) else v for v in values]
    return {id(p): v for p, v in zip(parameters, made, strict=True)}


def _rebuilt(thing: Any, new: dict[int, Any]) -> Any:
    # The same object if nothing inside is replaced.
    if thing.__class__ is Value:
        return new.get(id(thing), thing)
    if isinstance(thing, dict):
        parts = {key: _rebuilt(part, new) for key, part in thing.items()}
        same = all(parts[key] is part for key, part in thing.items())
        return thing if same else parts
    if thing.__class__ in (list, tuple):
        items = [_rebuilt(part, new) for part in thing]
        same = all(a is b for a, b in zip(items, thing, strict=True))
        return thing if same else thing.__class__(items)
    return thing
