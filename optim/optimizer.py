"""Parameter groups: what every optimizer has, whatever its step.

What one can do with this file: derive an optimizer from `Optimizer` by giving it
``rules`` and ``step``. The surface is PyTorch's (``param_groups``, ``step``,
``zero_grad``, ``state_dict``), so that a training loop reads the same.

The one idea: everything is checked before anything is changed. Groups may be edited
between steps (schedules do), so a step checks them again; a state is loaded whole or
not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from autograd_core import Value

from .checks import Rule, positive, shown

__all__ = ["Closure", "Optimizer"]

Closure = Callable[[], Any]
_OWN = ("params",)  # what a group holds besides hyperparameters


class Optimizer(ABC):
    """The parameters that a method moves, in groups with hyperparameters of their own.

    Parameters
    ----------
    params
        Leaf Values that hold floats; or pairs of a name and a Value, as
        ``named_parameters`` gives them, so that messages use the name; or dicts
        ``{"params": ..., "lr": ...}``, one per group.
    hyper
        What a group that does not say otherwise gets.

    Attributes
    ----------
    param_groups : list of dict
        ``"params"``, a tuple, and the group's hyperparameters, which may be changed
        between steps; each step checks them.
    parameters : list of Value
        All of them, group after group. A frozen one (``requires_grad`` False) is
        not moved and its state waits.
    names : list of str
        What messages and tables call them.
    state : dict of str to list
        What the method remembers, a line per parameter.

    Raises
    ------
    TypeError
        If a parameter is not a Value that holds a float, or a hyperparameter is
        unknown or of a wrong type.
    ValueError
        If there is no parameter, one is computed and not a leaf, one is listed
        twice, or a hyperparameter is out of its range. A learning rate of 0 is
        refused here, since nothing would ever move; a schedule may reach it.
    """

    rules: ClassVar[Mapping[str, Rule]] = {}

    def __init__(self, params: Any, **hyper: Any) -> None:
        self.param_groups: list[dict[str, Any]] = []
        self.parameters: list[Value] = []
        self.names: list[str] = []
        self.state: dict[str, list[Any]] = {}
        self._defaults = hyper
        groups = _groups(params)
        checked = self._read(groups)  # all of them before the first is kept
        for group, names in checked:
            self._append(group, names)

    @abstractmethod
    def step(self, closure: Any = None) -> Any:
        """Move the parameters once; returns what ``closure`` returned."""

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0; ``backward`` adds to it."""
        for p in self.parameters:
            p.grad = 0.0

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Another group of parameters, ``{"params": ..., "lr": ...}``.

        Raises
        ------
        TypeError, ValueError
            As the constructor; then nothing was added.
        """
        if not isinstance(group, Mapping):
            raise TypeError(f"'group' must be a dict (got {shown(group)})")
        ((checked, names),) = self._read([group])
        self._append(checked, names)

    # -- groups --------------------------------------------------------------------

    def _read(self, groups: list[Any]) -> list[tuple[dict[str, Any], list[str]]]:
        read, taken = [], list(self.parameters)
        for group in groups:
            if "params" not in group:
                raise ValueError("a parameter group must have the key 'params'")
            own = {key: group[key] for key in group if key not in _OWN}
            hyper = self._checked(self._defaults | own)
            if "lr" in hyper:
                positive("lr", hyper["lr"])
            members, names = _members(group["params"], len(taken), taken)
            taken += members
            read.append(({"params": tuple(members), **hyper}, names))
        return read

    def _append(self, group: dict[str, Any], names: list[str]) -> None:
        self.param_groups.append(group)
        self.parameters += group["params"]
        self.names += names

    def _checked(self, hyper: Mapping[str, Any]) -> dict[str, Any]:
        # The hyperparameters of one group, all there, each by its rule.
        if set(hyper) != set(self.rules):
            odd = sorted(set(hyper) ^ set(self.rules))
            raise TypeError(
                f"the hyperparameters of {type(self).__name__} are "
                f"{', '.join(self.rules)}; {', '.join(map(repr, odd))} is missing or "
                "unknown"
            )
        return {name: rule(name, hyper[name]) for name, rule in self.rules.items()}

    def _hyper(self) -> list[dict[str, Any]]:
        # Checked again, because a group may have been changed since.
        return [
            self._checked({key: x for key, x in group.items() if key not in _OWN})
            for group in self.param_groups
        ]

    # -- state ---------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to continue at the same bits, for JSON.

        Returns
        -------
        dict
            ``"optimizer"``, the name of the class; ``"param_groups"``, with the
            places of the parameters for ``"params"``; ``"state"``. Copies, of
            strings, numbers, lists and dicts alone. Parameters are not among them.
        """
        groups, start = [], 0
        for group, hyper in zip(self.param_groups, self._hyper(), strict=True):
            end = start + len(group["params"])
            plain = {k: list(x) if isinstance(x, tuple) else x
                     for k, x in hyper.items()}  # fmt: skip
            groups.append({"params": list(range(start, end)), **plain})
            start = end
        state = {name: _copied(column) for name, column in self.state.items()}
        return {
            "optimizer": type(self).__name__,
            "param_groups": groups,
            "state": state,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Raises
        ------
        TypeError
            If a part of ``state`` has a wrong type.
        ValueError
            If it is of another optimizer, other groups or other numbers of
            parameters, or a number in it is out of its range. In every case nothing
            was changed.
        """
        _keys("state", state, ("optimizer", "param_groups", "state"))
        mine = type(self).__name__
        if state["optimizer"] != mine:
            raise ValueError(f"the state is of {state['optimizer']!r}, not of {mine!r}")
        groups = state["param_groups"]
        expected = self.state_dict()["param_groups"]
        if not isinstance(groups, list) or len(groups) != len(expected):
            raise ValueError(f"the state must have {len(expected)} parameter groups")
        hyper = []
        for i, (given, own) in enumerate(zip(groups, expected, strict=True)):
            _keys(f"param_groups[{i}]", given, tuple(own))
            if given["params"] != own["params"]:
                raise ValueError(
                    f"group {i} of the state has other parameters than the "
                    f"{len(own['params'])} here"
                )
            hyper.append(self._checked({k: given[k] for k in self.rules}))
        memory = self._checked_state(state["state"])
        for group, new in zip(self.param_groups, hyper, strict=True):
            group.update(new)
        self.state = memory

    @abstractmethod
    def _checked_state(self, state: Any) -> dict[str, list[Any]]:
        # The state of `load_state_dict`, copied; raises before anything is changed.
        ...

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for i, (group, hyper) in enumerate(
            zip(self.param_groups, self._hyper(), strict=True)
        ):
            values = ", ".join(f"{name}={x}" for name, x in hyper.items())
            lines.append(f"  group {i}: {len(group['params'])} parameters, {values}")
        return "\n".join(lines)


def _copied(column: list[Any]) -> list[Any]:
    return [list(x) if isinstance(x, list) else x for x in column]


def _keys(name: str, thing: Any, keys: tuple[str, ...]) -> None:
    if not isinstance(thing, Mapping):
        raise TypeError(f"'{name}' must be a dict (got {shown(thing)})")
    if set(thing) != set(keys):
        odd = ", ".join(repr(key) for key in sorted(set(thing) ^ set(keys), key=str))
        raise ValueError(
            f"'{name}' must have the keys {', '.join(keys)}; {odd} is missing or "
            "unknown"
        )


# -- reading parameters ----------------------------------------------------------------


def _groups(params: Any) -> list[Any]:
    things = _listed(params)
    if any(isinstance(thing, Mapping) for thing in things):
        for thing in things:
            if not isinstance(thing, Mapping):
                raise TypeError(
                    "'params' must be Values or dicts, not both (got "
                    f"{shown(thing)} beside a dict)"
                )
        return things
    return [{"params": things}]


def _listed(params: Any) -> list[Any]:
    if isinstance(params, (Value, str, bytes, Mapping)) or not isinstance(
        params, Iterable
    ):
        remedy = "model.parameters()" if hasattr(params, "parameters") else "[...]"
        raise TypeError(
            f"'params' must be a list of Values (got {shown(params)}); use {remedy}"
        )
    things = list(params)
    if not things:
        raise ValueError("'params' must have at least one parameter (got none)")
    return things


def _members(
    params: Any, start: int, taken: list[Value]
) -> tuple[list[Value], list[str]]:
    members: list[Value] = []
    names: list[str] = []
    seen = set(taken)
    for i, (given, p) in enumerate(_named(_listed(params)), start):
        name = given or getattr(p, "name", None) or f"parameter {i}"
        if not isinstance(p, Value):
            raise TypeError(f"{name} must be a Value (got {shown(p)})")
        if not p.is_leaf:
            raise ValueError(
                f"{name} must be a leaf (got the result of {p.primitive.name}); "  # type: ignore[union-attr]
                "optimizers move what was made by Value(...)"
            )
        if not isinstance(p.data, float):
            raise TypeError(
                f"{name} must hold a float (got {shown(p.data)}); for exact steps "
                "call the method's update function on the numbers themselves"
            )
        if p in seen:
            raise ValueError(f"{name} is listed twice; one step would move it twice")
        seen.add(p)
        members.append(p)
        names.append(name)
    return members, names


def _named(things: list[Any]) -> Iterator[tuple[str | None, Any]]:
    for thing in things:
        if isinstance(thing, tuple) and len(thing) == 2 and isinstance(thing[0], str):
            yield thing
        else:
            yield None, thing
