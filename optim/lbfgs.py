"""L-BFGS: BFGS that keeps the last few steps instead of a matrix.

What one can do with this file: ``minimize(f, x0, method="l-bfgs")``, or train
parameters with `LBFGS` and a closure. The one idea: H g needs no H, only the m last
pairs (s, y), by two loops of m inner products.

Source: J. Nocedal 1980, Math. Comp. 35, 773-782; J. Nocedal and S. Wright, Numerical
Optimization, 2nd ed. 2006, algorithms 7.4 and 7.5, scale (7.20); notes S48.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from autograd_core import NonFiniteError, Value

from .bfgs import curvature_pair
from .checks import Rule, at_least_zero, count, finite, gradient, positive, shown
from .descent import Direction, descend
from .line_search import Trial, strong_wolfe
from .newton import one_group
from .objective import Differentiable, Point, Vector, dot, largest
from .optimizer import Closure, Optimizer

__all__ = ["LBFGS", "LBFGSDirection", "two_loops"]

Pair = tuple[Sequence[float], Sequence[float]]


def two_loops(pairs: Sequence[Pair], g: Sequence[float]) -> Vector:
    """H g for the H that `bfgs_update` would make of ``pairs``, oldest first.

    It begins with the unit matrix times ``s·y/(y·y)`` of the last pair.

    Examples
    --------
    >>> two_loops([([1.0, 0.0], [2.0, 0.0])], [4.0, 4.0])
    [2.0, 2.0]
    """
    q = list(g)
    weights = []
    for s, y in reversed(pairs):
        weight = dot(s, q) / dot(s, y)
        q = [a - weight * b for a, b in zip(q, y, strict=True)]
        weights.append(weight)
    if pairs:
        s, y = pairs[-1]
        scale = dot(s, y) / dot(y, y)
        q = [scale * a for a in q]
    for (s, y), weight in zip(pairs, reversed(weights), strict=True):
        change = weight - dot(y, q) / dot(s, y)
        q = [a + change * b for a, b in zip(q, s, strict=True)]
    return q


class LBFGSDirection(Direction):
    """d = -H g by `two_loops`.

    Parameters
    ----------
    history
        How many pairs are kept, 1 or more.
    first
        The length that is tried first.
    """

    def __init__(self, *, history: int = 10, first: float = 1.0) -> None:
        self.history = count("history", history)
        self.length = positive("first", first)
        self.pairs: list[tuple[Vector, Vector]] = []

    def propose(self, objective: Differentiable, point: Point) -> tuple[Vector, str]:
        """Two loops over the pairs."""
        return [-h for h in two_loops(self.pairs, point.gradient)], ""

    def search(
        self, objective: Differentiable, point: Point, direction: Vector
    ) -> Trial | None:
        """Strong Wolfe; the very first step is tried with length 1 at most."""
        scale = 1.0 if self.pairs else min(1.0, 1.0 / largest(direction))
        return strong_wolfe(objective, point, direction, self.length * scale)

    def learn(self, old: Point, new: Point) -> None:
        """Keep the pair; a step without curvature teaches nothing."""
        pair = curvature_pair(old, new)
        if pair is not None:
            self.pairs = [*self.pairs, pair][-self.history :]


class LBFGS(Optimizer):
    """L-BFGS on parameters; a step asks for the loss as often as it needs.

    Parameters
    ----------
    params
        As `optim.Optimizer`, in one group.
    lr
        The length that is tried first along each direction; 1 is the natural one.
    history
        How many pairs are kept.
    max_iterations
        How many iterations one call of `step` makes at most.
    tolerance
        A step ends where the largest entry of the gradient is within it.

    Raises
    ------
    ValueError
        If there is more than one group; else as `optim.Optimizer`.

    Notes
    -----
    The closure must compute the same function at each call, so give it the whole batch
    or the same one. PyTorch's default takes each step without a search; here the strong
    Wolfe conditions hold always.

    Examples
    --------
    >>> x, y = Value(-1.2), Value(1.0)
    >>> optimizer = LBFGS([x, y], max_iterations=100)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - x)**2 + 100 * (y - x**2)**2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    24.199999999999996
    >>> abs(x.data - 1) < 1e-8, abs(y.data - 1) < 1e-8
    (True, True)
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": positive,
        "history": count,
        "max_iterations": count,
        "tolerance": at_least_zero,
    }

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        *,
        history: int = 10,
        max_iterations: int = 20,
        tolerance: float = 1e-8,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            history=history,
            max_iterations=max_iterations,
            tolerance=tolerance,
        )

    def _append(self, group: dict[str, Any], names: list[str]) -> None:
        one_group(self)
        super()._append(group, names)
        self.state = {"s": [], "y": []}

    def step(self, closure: Closure | None = None) -> float:
        """Up to ``max_iterations`` iterations.

        Parameters
        ----------
        closure
            Zeroes the gradients, computes the loss, calls ``backward``, returns the
            loss. Where a trial overflows, ``backward(allow_nonfinite=True)`` or the
            error that it raises both count as a bad point.

        Returns
        -------
        float
            The loss before the step.

        Raises
        ------
        TypeError
            If there is no closure, or it does not return the loss.
        NonFiniteError
            If the loss or its gradient is not finite at the start.

        Whatever is raised, the parameters and the memory are as before.
        """
        if not callable(closure):
            raise TypeError(f"'closure' must be a function (got {shown(closure)})")
        (hyper,) = self._hyper()
        objective = _Closure(self, closure)
        before = [p.data for p in objective.moving]
        try:
            start = objective.at(before)
            if not start.is_finite:
                raise NonFiniteError(
                    f"the loss is {start.f} or its gradient is not finite; no "
                    "parameter was moved"
                )
            method = LBFGSDirection(history=hyper["history"], first=hyper["lr"])
            method.pairs = self._pairs(len(before))
            done = descend(
                objective,
                start,
                method,
                tolerance=hyper["tolerance"],
                max_iterations=hyper["max_iterations"],
            )
        except BaseException:
            objective.put(before)
            raise
        objective.put(done.x)
        for p, g in zip(objective.moving, done.gradient, strict=True):
            p.grad = g
        self.state = {
            "s": [list(s) for s, _ in method.pairs],
            "y": [list(y) for _, y in method.pairs],
        }
        return done.history[0].f

    def _pairs(self, n: int) -> list[tuple[Vector, Vector]]:
        # Frozen or thawed since: what was learned is of another space.
        pairs = list(zip(self.state["s"], self.state["y"], strict=True))
        return pairs if all(len(s) == n for s, _ in pairs) else []

    def _checked_state(self, state: Any) -> dict[str, list[Any]]:
        if not isinstance(state, Mapping) or set(state) != {"s", "y"}:
            raise ValueError(f"'state' must have the keys s, y (got {shown(state)})")
        read: dict[str, list[Any]] = {}
        for key in ("s", "y"):
            rows = state[key]
            if not isinstance(rows, list) or not all(isinstance(r, list) for r in rows):
                raise TypeError(f"'{key}' must be a list of lists (got {shown(rows)})")
            read[key] = [[finite(key, x) for x in row] for row in rows]
        lengths = {len(row) for rows in read.values() for row in rows}
        if len(read["s"]) != len(read["y"]) or len(lengths) > 1:
            raise ValueError("'s' and 'y' must have as many rows, all of one length")
        for s, y in zip(read["s"], read["y"], strict=True):
            if not dot(s, y) > 0:
                raise ValueError("every 's' must have a positive product with its 'y'")
        return read


class _Closure:
    # The loss of a closure as a function of the parameters that are not frozen.

    def __init__(self, optimizer: Optimizer, closure: Closure) -> None:
        self.closure = closure
        self.evaluations = 0
        pairs = zip(optimizer.parameters, optimizer.names, strict=True)
        named = [(p, name) for p, name in pairs if p.requires_grad]
        if not named:
            raise ValueError("'params' must have one that is not frozen (got none)")
        self.moving = [p for p, _ in named]
        self.names = [name for _, name in named]

    def put(self, x: Vector) -> None:
        for p, number in zip(self.moving, x, strict=True):
            p.data = number

    def at(self, x: Vector) -> Point:
        self.evaluations += 1
        self.put(x)
        try:
            loss = self.closure()
        except NonFiniteError:
            if self.evaluations == 1:
                raise  # at the start, and it says where it began
            return Point(x, float("inf"), [float("inf")] * len(x))
        f = loss.data if isinstance(loss, Value) else loss
        if not isinstance(f, float):
            raise TypeError(f"the closure must return the loss (got {shown(f)})")
        return Point(x, f, [self._gradient(i) for i in range(len(x))])

    def _gradient(self, i: int) -> float:
        try:
            return gradient(self.names[i], self.moving[i].grad)
        except NonFiniteError:
            if self.evaluations == 1:
                raise
            return float("inf")
