"""Learning rates that change: pure functions of the number of steps done.

What one can do with this file: take a schedule (`constant`, `inverse_time`,
`step_decay`, `cosine`, `warm_up`) or any function ``k -> factor``, and attach it to an
optimizer with `Scheduler`. The one idea: a schedule has no state. It says by what
factor the learning rate given at first is multiplied after k steps, k = 0, 1, ..., so
resuming needs k alone.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from .checks import at_least_zero, count, index, shown, vector
from .optimizer import Optimizer

__all__ = [
    "Schedule",
    "Scheduler",
    "constant",
    "cosine",
    "inverse_time",
    "step_decay",
    "warm_up",
]

Schedule = Callable[[int], float]


def constant(factor: float = 1.0) -> Schedule:
    """The same ``factor`` at every step.

    Examples
    --------
    >>> constant(0.5)(1000)
    0.5
    """
    factor = at_least_zero("factor", factor)
    return lambda k: factor


def inverse_time(decay: float = 1.0) -> Schedule:
    """``1/(1 + decay k)``; with 1 it is 1/t for t = k + 1 = 1, 2, ...

    The rates sum to infinity and their squares do not, which is what stochastic
    gradients need to settle (Robbins and Monro 1951; notes A-69, which leave out that
    t begins at 1, E43).

    Examples
    --------
    >>> [inverse_time()(k) for k in (0, 1, 3)]
    [1.0, 0.5, 0.25]
    """
    decay = at_least_zero("decay", decay)
    return lambda k: 1.0 / (1.0 + decay * k)


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """``factor**(k // every)``: a jump down after every ``every`` steps.

    Examples
    --------
    >>> [step_decay(10, 0.5)(k) for k in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    every, factor = count("every", every), at_least_zero("factor", factor)
    return lambda k: factor ** (k // every)


def cosine(total: int, floor: float = 0.0) -> Schedule:
    """Half a cosine from 1 at step 0 to ``floor`` at step ``total``, flat afterwards.

    ``floor + (1 - floor)(1 + cos(π k/total))/2`` (I. Loshchilov and F. Hutter 2017,
    ICLR, arXiv:1608.03983, equation 5, one period).

    Examples
    --------
    >>> [round(cosine(4, 0.1)(k), 12) for k in (0, 2, 4, 9)]
    [1.0, 0.55, 0.1, 0.1]
    """
    total, floor = count("total", total), at_least_zero("floor", floor)

    def factor(k: int) -> float:
        turn = math.cos(math.pi * min(k, total) / total)
        return floor + (1.0 - floor) * (1.0 + turn) / 2.0

    return factor


def warm_up(steps: int, then: Schedule | None = None) -> Schedule:
    """``(k + 1)/steps`` for the first ``steps`` steps, then ``then`` from its own 0.

    P. Goyal et al. 2017, arXiv:1706.02677, section 2.2.

    Parameters
    ----------
    steps
        How many; the last of them has the factor 1.
    then
        The schedule that follows; `constant` if None.

    Raises
    ------
    TypeError
        If ``then`` cannot be called, or ``steps`` is no integer.
    ValueError
        If ``steps`` is less than 1.

    Examples
    --------
    >>> [warm_up(2, step_decay(2, 0.5))(k) for k in range(5)]
    [0.5, 1.0, 1.0, 1.0, 0.5]
    """
    steps = count("steps", steps)
    after = constant() if then is None else _schedule("then", then)
    return lambda k: (k + 1) / steps if k < steps else after(k - steps)


class Scheduler:
    """Sets the learning rate of every group to what it was at first times a factor.

    Parameters
    ----------
    optimizer
        The factor for step 0 is set at once.
    schedule
        One function ``k -> factor`` for all groups, or a list with one per group.

    Attributes
    ----------
    k : int
        How many steps have been done.
    base : list of float
        The learning rates at first, one per group.

    Raises
    ------
    TypeError
        If ``optimizer`` is none or ``schedule`` cannot be called.
    ValueError
        If there are not as many schedules as groups, or a factor is negative or not
        finite; then no rate was changed.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = Scheduler(optimizer, inverse_time())
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.rates
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, schedule: Any) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"'optimizer' must be an Optimizer (got {optimizer!r})")
        groups = len(optimizer.param_groups)
        several = isinstance(schedule, (list, tuple))
        schedules = list(schedule) if several else [schedule] * groups
        if len(schedules) != groups:
            raise ValueError(
                f"'schedule' must be one function or {groups}, one per group (got "
                f"{len(schedules)})"
            )
        self.optimizer = optimizer
        self._schedules = [_schedule("schedule", s) for s in schedules]
        self.base = [group["lr"] for group in optimizer.param_groups]
        self.k = 0
        self._set(0)

    @property
    def rates(self) -> list[float]:
        """The learning rate of each group, as it is now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def step(self) -> None:
        """After a step of the optimizer: the rates for the next one."""
        self._set(self.k + 1)

    def _set(self, k: int) -> None:
        rates = self._rates(k, self.base)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self.k = k

    def _rates(self, k: int, base: list[float]) -> list[float]:
        return [
            lr * at_least_zero(f"factor at step {k}", schedule(k))
            for lr, schedule in zip(base, self._schedules, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        """``k`` and the rates at first, for JSON; not the schedule."""
        return {"k": self.k, "base": list(self.base)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state_dict` was taken; sets the rates.

        Raises
        ------
        TypeError, ValueError
            If ``state`` is not of a scheduler with as many groups; then nothing was
            changed.
        """
        if not isinstance(state, Mapping) or set(state) != {"k", "base"}:
            raise ValueError(f"'state' must have the keys k, base (got {shown(state)})")
        k, base = index("k", state["k"]), vector("base", state["base"])
        if len(base) != len(self.base):
            raise ValueError(f"'base' must have {len(self.base)} rates (got {base})")
        base = [at_least_zero(f"base[{i}]", lr) for i, lr in enumerate(base)]
        self._rates(k, base)  # raises before anything is changed
        self.base = base
        self._set(k)


def _schedule(name: str, thing: Any) -> Schedule:
    if not callable(thing):
        raise TypeError(f"'{name}' must be a function k -> factor (got {shown(thing)})")
    return thing  # type: ignore[no-any-return]
