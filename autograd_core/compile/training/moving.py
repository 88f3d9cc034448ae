"""Parameters and an optimizer's state as arrays, while they are trained.

The one idea: between two steps nothing goes back to the Values. `Moving.settle` writes
everything at once: at the end, before a trace, or before a message is made.
"""

from math import hypot
from typing import Any

from ...value import Value, assign
from ..cache import Made
from ..calls.variants import Numbers, Variant
from .rules import numbers_of, rule_for, shape_of

__all__ = ["Group", "Moving"]


class Moving(Numbers):
    """The optimizer's parameters and state.

    Attributes
    ----------
    leaves
        The parameters, a column each.
    table
        A line each: the gradients, the parameters, and the columns of the state.
    sums
        A number before the first line of the table, for the loss, and that line.
    steps
        How many steps each parameter has made.
    groups
        The optimizer's groups.
    made
        How many steps of all of them are not in ``steps`` yet: one number, which native
        steps count.
    clip
        The largest Euclidean norm of the gradient, or None.
    scale
        What the gradients in the table must be multiplied by: one number.
    current
        Whether native steps may be made: nothing has happened since their numbers were
        read.
    version
        How often parameters and state were read.
    native
        The rule for native steps, an `Update`, if there are any.

    Raises
    ------
    TypeError
        If it is no first-order optimizer of `optim`.
    TypeError, ValueError
        If a hyperparameter is wrong.
    """

    def __init__(self, optimizer: Any, clip: float | None = None) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        self.clip = clip
        self.leaves: list[Value] = list(optimizer.parameters)
        self.version = 0
        self.load()

    def load(self) -> None:
        """Read parameters and state from where they are."""
        import numpy as np

        optimizer = self.optimizer
        self.place = {leaf: k for k, leaf in enumerate(self.leaves)}
        home = {leaf: k for k, leaf in enumerate(optimizer.parameters)}
        self._home = [home[leaf] for leaf in self.leaves]
        lines = self._lines()
        count = len(lines) * len(self.leaves)
        memory = np.zeros(1 + count)
        self.sums = memory[: 1 + len(self.leaves)]
        self.table = memory[1:].reshape(len(lines), len(self.leaves))
        self.table[:] = lines
        self.slopes, self.now, self.state = self.table[0], self.table[1], self.table[2:]
        self.steps = np.array(self._steps())
        self._wants = [leaf.requires_grad for leaf in self.leaves]
        self._given = list(optimizer.param_groups)
        self.groups = [
            Group(self, group)
            for group in optimizer.param_groups
            if any(leaf.requires_grad for leaf in group["params"])
        ]
        self.made, self.scale = np.zeros(1), np.ones(1)
        self._moved = self.current = False
        self.version += 1
        self.native: Any = None
        self._orders: dict[int, tuple[list[Value], Any]] = {}
        self._of: dict[Variant, tuple[Any, Any]] = {}

    def _lines(self) -> list[list[float]]:
        lines = [[0.0] * len(self.leaves), [leaf.data for leaf in self.leaves]]
        columns = [self.optimizer.state[name] for name in self.optimizer.columns]
        return lines + [[column[k] for k in self._home] for column in columns]

    def _steps(self) -> list[int]:
        return [self.optimizer.state["step"][k] for k in self._home]

    def read(self) -> None:
        """Read parameters and state again, after they were settled."""
        if self._given != self.optimizer.param_groups:  # some were added
            self.leaves = list(self.optimizer.parameters)
            self.load()
            return
        steps = self._steps()
        alike = [len({steps[k] for k in g.columns}) == 1 for g in self.groups]
        same = self._wants == [leaf.requires_grad for leaf in self.leaves]
        if not same or alike != [g.alike for g in self.groups]:
            self.load()
            return
        self.table[:] = self._lines()
        self.steps[:] = steps
        self._of.clear()
        self.current = False
        self.version += 1

    @property
    def unchanged(self) -> bool:
        """Whether the optimizer's groups are as they were read."""
        return all([group.unchanged for group in self.groups])

    def refresh(self) -> None:
        """Read hyperparameters again that were changed."""
        if not all([group.refresh() for group in self.groups]):
            self.settle()
            self.load()
        if self.native is not None:
            self.native.read(self)

    def arrange(self, leaves: list[Value]) -> None:
        """Put the columns of ``leaves`` first, in their order."""
        if self.leaves[: len(leaves)] == leaves:
            return
        self.settle()
        slopes = dict(zip(self.leaves, self.slopes.tolist(), strict=True))
        first = dict.fromkeys(leaves)
        self.leaves = [*first, *(x for x in self.leaves if x not in first)]
        self.load()
        self.slopes[:] = [slopes[leaf] for leaf in self.leaves]
        self._moved = True  # the gradients are not written yet

    # -- for the program -----------------------------------------------------------

    def of(self, variant: Variant) -> Any:
        """The numbers of the program's parameters; those not trained as they are."""
        import numpy as np

        known = self._of.get(variant)
        if known is None or len(known[1]) != len(variant.parameters):
            ours = [k for k, x in enumerate(variant.parameters) if x in self.place]
            lines = [self.place[variant.parameters[k]] for k in ours]
            order: Any = np.array([ours, lines], dtype=int)
            if ours == lines == list(range(len(variant.parameters))):
                order = (slice(None), slice(0, len(lines)))
            known = self._of[variant] = (order, variant.numbers().copy())
        (ours, lines), numbers = known
        numbers[ours] = self.now[lines]
        return numbers

    def settle(self, *, gradients: bool = False) -> None:
        """Write parameters and state back; the last step's gradients if asked for."""
        self.current = False
        if not self._moved and not self.made[0]:
            return
        if gradients:
            slopes = (self.slopes * self.scale).tolist()
            for leaf, slope in zip(self.leaves, slopes, strict=True):
                leaf.grad = slope
        self.catch_up()
        optimizer = self.optimizer
        numbers, steps = self.now.tolist(), self.steps.tolist()
        moved = [k for group in self.groups for k in group.columns]
        assign([self.leaves[k] for k in moved], [numbers[k] for k in moved])
        for name, line in zip(optimizer.columns, self.state.tolist(), strict=True):
            for k in moved:
                optimizer.state[name][self._home[k]] = line[k]
        for k in moved:
            optimizer.state["step"][self._home[k]] = steps[k]
        optimizer.last = []
        self._moved = False

    def catch_up(self) -> None:
        """Put what native steps counted into ``steps``."""
        if self.made[0]:
            self.steps += int(self.made[0])
            self.made[0] = 0.0
            self._moved = True

    # -- the step ------------------------------------------------------------------

    def move(self, leaves: list[Value], gradients: Any) -> None:
        """One step of the optimizer; nothing changes if a number is not finite."""
        import numpy as np

        self.catch_up()
        self.current = False
        ours, lines = self._order(leaves)
        slopes = self.slopes
        slopes[:] = 0.0
        slopes[lines] = gradients[ours]
        self.scale[0] = 1.0
        self.shorten()
        moved = []
        for group in self.groups:
            new = group.run(self.table, self.steps)
            if not np.isfinite(new).all():
                self._step_eagerly(slopes)
                return
            moved.append(new)
        for group, new in zip(self.groups, moved, strict=True):
            self.now[group.members] = new[0]
            self.state[:, group.members] = new[1:]
            self.steps[group.members] += 1
        self._moved = True

    def shorten(self) -> None:
        """Make the gradient no longer than ``clip``, as `optim.clip_grad_norm`."""
        if self.clip is None:
            return
        slopes = self.slopes
        ours = slopes[[k for group in self.groups for k in group.columns]]
        norm = hypot(*(ours * self.scale).tolist())
        if norm > self.clip:
            slopes[:] = slopes / norm * self.clip

    def _order(self, leaves: list[Value]) -> Any:
        # Which gradients go where; a captured Value outside the optimizer stays. The
        # list is kept, so that its identity stands for it.
        import numpy as np

        found = self._orders.get(id(leaves))
        if found is None:
            ours = [k for k, leaf in enumerate(leaves) if leaf in self.place]
            lines = [self.place[leaves[k]] for k in ours]
            order: Any = np.array([ours, lines], dtype=int)
            if ours == lines == list(range(len(self.leaves))):
                order = (slice(len(ours)), slice(None))
            found = self._orders[id(leaves)] = (leaves, order)
        return found[1]

    def _step_eagerly(self, slopes: Any) -> None:
        # The optimizer's own step finds the parameter, and says what is wrong.
        self.settle()
        kept = [leaf.grad for leaf in self.leaves]
        try:
            for leaf, slope in zip(self.leaves, slopes.tolist(), strict=True):
                leaf.grad = slope
            self.optimizer.step()
        finally:
            for leaf, grad in zip(self.leaves, kept, strict=True):
                leaf.grad = grad
        self.load()


class Group:
    """The parameters of one group that move, and its hyperparameters.

    Attributes
    ----------
    columns
        Their columns in the table.
    members
        The same as an index of arrays.
    alike
        Whether all have made the same number of steps.
    hyper
        The numbers of its hyperparameters.
    """

    def __init__(self, moving: Moving, group: dict[str, Any]) -> None:
        import numpy as np

        optimizer = moving.optimizer
        self.columns = [moving.place[x] for x in group["params"] if x.requires_grad]
        whole = self.columns == list(range(len(moving.leaves)))
        self.members: Any = slice(None) if whole else np.array(self.columns)
        self.alike = len({int(moving.steps[k]) for k in self.columns}) == 1
        self._rules, self._group = optimizer.rules, group
        self._update, self._columns = optimizer.update, tuple(optimizer.columns)
        hyper = self._hyper()
        self._shape, self.hyper = shape_of(hyper), numbers_of(hyper)
        program, self._order = self.program("numpy", scaled=False)
        self._run = program.run

    def _hyper(self) -> dict[str, Any]:
        group, rules = self._group, self._rules
        self._seen = dict(group)
        return {name: rule(name, group[name]) for name, rule in rules.items()}

    @property
    def unchanged(self) -> bool:
        """Whether the optimizer's group is as it was read."""
        return self._group == self._seen

    def refresh(self) -> bool:
        """Read the hyperparameters if they changed; False if another rule is needed."""
        if self.unchanged:
            return True
        hyper = self._hyper()
        self.hyper = numbers_of(hyper)
        return bool(shape_of(hyper) == self._shape)

    def program(self, backend: str, *, scaled: bool) -> tuple[Made, list[int]]:
        """The compiled rule of the group, as `Rule.program`."""
        rule = rule_for(self._update, self._columns, self._shape, self.alike, scaled)
        return rule.program(backend)

    def run(self, table: Any, steps: Any) -> Any:
        """New parameters and states, a line each."""
        import numpy as np

        ours, t = table[:, self.members], steps[self.members] + 1
        if not self.alike:  # some were frozen for a while: t is one more line
            ours = np.concatenate([ours, t[None].astype(float)])
        numbers = [float(t[0]), 1.0, *self.hyper]
        given = np.array([numbers[k] for k in self._order])
        return self._run(np.ascontiguousarray(ours), given)[0]


_NEEDED = ("parameters", "param_groups", "state", "columns", "rules", "update", "step")


def _check_optimizer(optimizer: Any) -> None:
    missing = [name for name in _NEEDED if not hasattr(optimizer, name)]
    if missing:
        raise TypeError(
            "'optimizer' must be a first-order optimizer of optim, for example "
            f"SGD(parameters, lr=0.1) (got {type(optimizer).__name__}, which has no "
            f"{missing[0]})"
        )
