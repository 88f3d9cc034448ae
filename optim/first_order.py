"""Methods that need the gradient alone: one pure function, applied to every parameter.

What one can do with this file: make an optimizer of a function
``update(p, g, *state, t, **hyper)`` that returns one line of named numbers.

The one idea: the function *is* the method. It takes numbers of any kind (floats run
it, Fractions run it exactly, Values record it) and returns everything that it
computed, in order: the new state, what lies between, the step, and the new ``"p"``.
So training, the table of a method's inside (`optim.inside`) and a trace of the same
code can never disagree.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from autograd_core import NonFiniteError, sqrt

from .checks import finite, gradient, index, shown
from .optimizer import Closure, Optimizer

__all__ = ["FirstOrder", "Line", "Move", "square_root"]

Line = dict[str, Any]


def square_root(x: Any) -> Any:
    """The engine's `sqrt`; a float, as in training, skips the search for its kind.

    Examples
    --------
    >>> from fractions import Fraction
    >>> print(square_root(2.25), square_root(Fraction(9, 4)))
    1.5 3/2
    """
    return math.sqrt(x) if x.__class__ is float and x >= 0 else sqrt(x)


class Move(NamedTuple):
    """What one step did to one parameter."""

    name: str
    t: int
    before: float
    gradient: float
    line: Line


class FirstOrder(Optimizer):
    """An optimizer whose step is a function of one parameter and its gradient.

    Attributes
    ----------
    columns : tuple of str
        What the method remembers of a parameter: arguments of ``update``, and keys
        of what it returns. They begin at 0.
    state : dict of str to list
        For each column a float per parameter, and ``"step"``, how many steps each
        parameter has made.
    last : list of Move
        What the last step computed; `optim.inside` prints it.
    """

    columns: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Any, **hyper: Any) -> None:
        super().__init__(params, **hyper)
        self.last: list[Move] = []

    @staticmethod
    @abstractmethod
    def update(*numbers: Any, **hyper: Any) -> Line:
        """One step of one parameter."""

    def _append(self, group: dict[str, Any], names: list[str]) -> None:
        super()._append(group, names)
        new = len(group["params"])
        self.state.setdefault("step", []).extend([0] * new)
        for column in self.columns:
            self.state.setdefault(column, []).extend([0.0] * new)

    def step(self, closure: Closure | None = None) -> Any:
        """Move every parameter that is not frozen by its gradient.

        Parameters
        ----------
        closure
            If given, it is called first; it should zero the gradients, compute the
            loss, call ``backward`` and return the loss.

        Returns
        -------
        object
            What ``closure`` returned, or None.

        Raises
        ------
        NonFiniteError
            If a gradient, a new value or a new state is NaN or infinite; the message
            names the parameter, and no parameter was moved.
        TypeError, ValueError
            If a gradient is not a number, or a group was given a wrong
            hyperparameter.
        """
        loss = None if closure is None else closure()
        moves = self._moves()
        for i, move in moves:
            self.parameters[i].data = move.line["p"]
            self.state["step"][i] = move.t
            for column in self.columns:
                self.state[column][i] = move.line[column]
        self.last = [move for _, move in moves]
        return loss

    def _moves(self) -> list[tuple[int, Move]]:
        moves = []
        i = -1
        for group, hyper in zip(self.param_groups, self._hyper(), strict=True):
            for p in group["params"]:
                i += 1
                if p.requires_grad:
                    moves.append((i, self._move(i, p.data, p.grad, hyper)))
        return moves

    def _move(self, i: int, p: float, g: Any, hyper: dict[str, Any]) -> Move:
        name, t = self.names[i], self.state["step"][i] + 1
        g = gradient(name, g)
        state = [self.state[column][i] for column in self.columns]
        try:
            line = self.update(p, g, *state, t, **hyper)
        except ZeroDivisionError:
            raise NonFiniteError(
                f"the step of {name} is 0/0 at gradient {g}; use eps > 0. No "
                "parameter was moved"
            ) from None
        for key in ("p", *self.columns):
            if not math.isfinite(line[key]):
                what = "value" if key == "p" else key
                raise NonFiniteError(
                    f"the step would make the {what} of {name} {line[key]} (value {p}, "
                    f"gradient {g}); use a smaller learning rate or clip gradients. "
                    "No parameter was moved"
                )
        return Move(name, t, p, g, line)

    def _checked_state(self, state: Any) -> dict[str, list[Any]]:
        if not isinstance(state, Mapping) or set(state) != set(self.state):
            raise ValueError(
                f"'state' must have the columns {', '.join(self.state)} (got "
                f"{shown(state)})"
            )
        checked = {}
        for column, own in self.state.items():
            given = state[column]
            if not isinstance(given, list) or len(given) != len(own):
                raise ValueError(f"'{column}' must be a list of {len(own)} numbers")
            rule = index if column == "step" else finite
            checked[column] = [rule(f"{column}[{i}]", x) for i, x in enumerate(given)]
        return checked
