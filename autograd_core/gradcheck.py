"""`check_grads`: is this derivative right? Asked of independent witnesses.

What one can do with this file: check any function of numbers, built from the
table or from a row of one's own, to first or second order, and read in the
error which entries are wrong, by how much, and what the references say.

The one idea: the references never look at a derivative rule. The complex step
reads f'(x) off the imaginary part of f(x + ih), exact to the last digits;
differences in 300-digit arithmetic are right to more than 70. Both run forward
kernels only. What is allowed is relative to the sum of all products along all
paths from the argument to the result: a slope of 1e-18 that comes out as 0 is
found, and honest cancellation is not taken for an error.

Sources: Squire and Trapp 1998 (complex step); Griewank and Walther 2008, 3.4
(condition of a derivative).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from math import inf, isclose, isfinite, nan
from typing import Any

from .data import as_data
from .errors import ExactnessError, GradientCheckError
from .forward import tangents
from .graph import between, local_derivatives
from .numbers import float64
from .record import COLUMN as VALUES
from .reverse import sweep
from .tree import flatten
from .value import Value, constant

__all__ = ["check_grads"]

RTOL = 1e-9  # the accuracy of a well-conditioned float computation, with room
_DIGITS = 300
_STEP = "1e-75"  # relative; leaves 150 digits of a second difference
_COMPLEX_STEP = 2.0**-60  # relative; its error is of the order of its square, 1e-36
_SMALLEST = 5e-324


Run = Callable[[Sequence[Any]], list[Any]]
# (i,): value of result i; (i, j): its derivative by input j; (i, j, k): by j and k.
Key = tuple[int, ...]


@dataclass(frozen=True)
class _Entry:
    key: Key
    by: str
    got: float
    low: float  # a kink has a different slope on each side; elsewhere low is high
    high: float
    source: str
    allowed: float

    @property
    def badness(self) -> float:
        """0 if right, else the error as a multiple of what is allowed."""
        error = abs(self.got - min(max(self.got, self.low), self.high))
        if error <= self.allowed:
            return 0.0
        ratio = error / self.allowed if self.allowed else inf
        return ratio if ratio == ratio else inf  # NaN is as wrong as can be


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    *,
    modes: Sequence[str] = ("fwd", "rev"),
    rtol: float = RTOL,
) -> None:
    """Compare the derivatives of ``f`` at ``args`` with independent references.

    Parameters
    ----------
    f
        A function of trees of numbers that depends on nothing but its arguments;
        it is run on Values of float, complex and mpmath numbers. Returns one
        number or a tree of them.
    args
        The point: a sequence of arguments, trees of real numbers.
    order
        1 for all first derivatives, 2 for all second ones too.
    modes
        "fwd" for the forward sweep, "rev" for the reverse sweep.
    rtol
        The error allowed, relative to the sum of |products| over all paths.

    Raises
    ------
    GradientCheckError
        With a table of the worst entries, if any value or derivative is further
        from a reference than allowed, or if no reference can run ``f``.
    TypeError, ValueError
        If an argument is not what is asked for above.

    Notes
    -----
    At a kink the two one-sided slopes differ; then a first derivative between
    them is right, and second derivatives are not compared.

    Examples
    --------
    >>> import autograd_core as ac
    >>> check_grads(lambda x, y: ac.sin(x) * ac.exp(y), (0.5, -1.0))
    """
    if order not in (1, 2):
        raise ValueError(f"'order' must be 1 or 2, got {order!r}")
    unknown = set(modes) - {"fwd", "rev"}
    if unknown or not modes:
        raise ValueError(f"'modes' must be of 'fwd' and 'rev', got {modes!r}")
    if not isinstance(args, Iterable):
        raise TypeError(f"'args' must be a tuple, such as (0.5,), got {args!r}")
    given, rebuild = flatten(tuple(args))
    point = [as_data(x) for x in given]
    if not point or not all(type(x) is float and isfinite(x) for x in point):
        raise TypeError(f"check_grads needs finite floats in 'args', got {args!r}")

    def run(numbers: Sequence[Any]) -> list[Any]:
        return flatten(f(*rebuild(numbers)))[0]

    engine = _Engine(run, point)
    references = _references(run, point, order)
    if not references:
        raise GradientCheckError(
            "no reference can run this function: it uses an operation without a kernel "
            "for complex and mpmath numbers, or depends on Values from outside; give "
            "the row a formula, install mpmath, and pass everything as an argument"
        )
    entries = [
        _Entry(key, by, got, low, high, source, rtol * max(scale, abs(low)))
        for source, found in references.items()
        for key, (low, high) in found.items()
        for by, got, scale in engine.answers(key, modes)
    ]
    wrong = sorted((e for e in entries if e.badness), key=lambda e: -e.badness)
    if wrong:
        raise GradientCheckError(_table(wrong, len(entries)))


_ROW = "{:<22} {:<5} {:>23} {:>23}  {:<14} {}"


def _table(wrong: list[_Entry], total: int) -> str:
    lines = [
        f"{len(wrong)} of {total} comparisons fail; the worst:",
        _ROW.format("entry", "by", "engine", "reference", "from", "error / allowed"),
    ]
    for e in wrong[:10]:
        i, *by = e.key
        name = f"{'d' * bool(by)}{len(by) if len(by) > 1 else ''} f[{i}]".strip()
        name += "".join(
            f" / d x[{j}]" if n == 0 else f" d x[{j}]" for n, j in enumerate(by)
        )
        reference = f"{e.low:.16g}" if e.low == e.high else f"{e.low:.6g}..{e.high:.6g}"
        got = f"{e.got:.16g}"
        lines.append(
            _ROW.format(name, e.by, got, reference, e.source, f"{e.badness:.2g}")
        )
    return "\n".join(lines)


# -- what the engine says ----------------------------------------------------------


class _Engine:
    # Values and derivatives of the engine, and the path sums that bound rounding.
    def __init__(self, run: Run, point: list[float]) -> None:
        self.leaves = [Value(x) for x in point]
        self.outs = [
            y if isinstance(y, Value) else constant(as_data(y))
            for y in run(self.leaves)
        ]
        self._gradients: dict[int, list[Any]] = {}
        self._path_sums: dict[Value, list[float]] = {}

    def answers(self, key: Key, modes: Sequence[str]) -> list[tuple[str, float, float]]:
        """(mode, number, path sum) of the entry, for each mode."""
        i, *by = key
        y: Any = self.outs[i]
        if not by:
            moved = [
                abs(x._data) * s
                for x, s in zip(self.leaves, self._sums(y), strict=True)
            ]
            return [("value", y._data, abs(y._data) + sum(moved))]
        for j in by[:-1]:
            y = self._gradient(i)[j]
        if not isinstance(y, Value):  # the gradient does not depend on anything
            return [(mode, 0.0, 0.0) for mode in modes]
        sums = self._sums(y)[by[-1]]
        return [(mode, self._derivative(y, by[-1], mode), sums) for mode in modes]

    def _derivative(self, y: Value, j: int, mode: str) -> float:
        nodes, _ = between([y], self.leaves)
        leaf = self.leaves[j]
        if not nodes:
            return 1.0 if y is leaf else 0.0
        if mode == "rev":
            found = sweep(nodes, {y: 1.0}, float64.COLUMN).get(leaf)
        else:
            found = tangents(nodes[::-1], {leaf: 1.0}, float64.COLUMN).get(y)
        return 0.0 if found is None else float(found)

    def _gradient(self, i: int) -> list[Any]:
        if i not in self._gradients:
            y = self.outs[i]
            nodes, _ = between([y], self.leaves)
            found = sweep(nodes, {y: 1}, VALUES) if nodes else {}
            self._gradients[i] = [found.get(leaf) for leaf in self.leaves]
        return self._gradients[i]

    def _sums(self, y: Value) -> list[float]:
        # For each leaf the sum of |product of the partials| over all paths to y.
        if y not in self._path_sums:
            found = path_sums(between([y], self.leaves)[0], y)
            self._path_sums[y] = [found.get(leaf, 0.0) for leaf in self.leaves]
        return self._path_sums[y]


def path_sums(nodes: list[Value], root: Value) -> dict[Value, Any]:
    """The reverse sweep from ``root`` on absolute values."""
    sums: dict[Value, Any] = {root: 1.0}
    for node in nodes:
        row = node._row
        if row is None or node not in sums:
            continue
        lines: Any = local_derivatives(node)
        above = sums[node] if row.multiple else [sums[node]]
        for line, s in zip(lines if row.multiple else [lines], above, strict=True):
            for operand, partial in zip(node.operands, line, strict=True):
                share = s * abs(partial) if s else 0.0
                if row.name == "item":
                    entries = sums.setdefault(operand, [0.0] * len(operand._data))
                    entries[row.bound["k"]] += share
                else:
                    sums[operand] = sums.get(operand, 0.0) + share
    return sums


# -- what the references say -------------------------------------------------------


def _references(run: Run, point: list[float], order: int) -> dict[str, Any]:
    # source -> key -> (low, high); a source that cannot run the function is absent.
    found: dict[str, dict[Key, tuple[float, float]]] = {}
    differences = _attempt(_differences, run, point, order)
    if differences is not None:
        found["differences"] = differences
    slopes = _attempt(_complex_step, run, point)
    if slopes is not None:
        smooth = differences or slopes
        found["complex step"] = {
            key: slope
            for key, slope in slopes.items()
            if isclose(*smooth[key], rel_tol=RTOL)  # a kink has no complex step
        }
    return found


def _attempt(witness: Callable[..., Any], *args: Any) -> Any:
    try:
        return witness(*args)
    except (ExactnessError, ImportError, TypeError, AttributeError):
        return None


def _complex_step(run: Run, point: list[float]) -> dict[Key, tuple[float, float]]:
    from .numbers.complex128 import Number  # ordered, so that the function may branch

    found: dict[Key, tuple[float, float]] = {}
    for j, at in enumerate(point):
        h = (abs(at) or 1.0) * _COMPLEX_STEP
        numbers = [
            constant(Number(x, h if k == j else 0.0)) for k, x in enumerate(point)
        ]
        for i, out in enumerate(_plain(run(numbers))):
            slope = complex(out).imag / h
            found[i, j] = _around([slope], 4 * _SMALLEST / h)
    return found


def _plain(results: list[Any]) -> list[Any]:
    return [y._data if isinstance(y, Value) else y for y in results]


def _differences(
    run: Run, point: list[float], order: int
) -> dict[Key, tuple[float, float]]:
    import mpmath

    with mpmath.workdps(_DIGITS):
        return _Differences(run, point).entries(order)


class _Differences:
    # One-sided difference quotients in many digits, from every side.
    def __init__(self, run: Run, point: list[float]) -> None:
        from mpmath import mpf

        self.run = run
        self.point = [mpf(x) for x in point]
        self.steps = [abs(x or mpf(1)) * mpf(_STEP) for x in self.point]
        self.known: dict[tuple[tuple[int, int], ...], list[Any]] = {}

    def at(self, *moves: tuple[int, int]) -> list[Any]:
        """The results with input j moved by n steps, for each (j, n)."""
        if moves not in self.known:
            numbers = list(self.point)
            for j, n in moves:
                numbers[j] += n * self.steps[j]
            self.known[moves] = _plain(self.run([constant(x) for x in numbers]))
        return self.known[moves]

    def entries(self, order: int) -> dict[Key, tuple[float, float]]:
        n = range(len(self.point))
        found: dict[Key, tuple[float, float]] = {}
        for i, value in enumerate(self.at()):
            found[i,] = (float(value), float(value))
            for j in n:
                slopes = [self.slope(i, j, s) for s in (1, -1)]
                found[i, j] = _around(slopes, self.rounding(i, j))
            for j, k in combinations_with_replacement(n, 2) if order == 2 else ():
                bends = _around(self.bends(i, j, k), self.rounding(i, j, k))
                found[i, j, k] = found[i, k, j] = bends
        return found

    def rounding(self, i: int, *by: int) -> float:
        """What rounding can do to a quotient of differences of result i."""
        size = max(abs(outs[i]) for outs in self.known.values())
        for j in by:
            size /= self.steps[j]
        return float(size * 10 ** (5 - _DIGITS))

    def slope(self, i: int, j: int, s: int) -> Any:
        return (self.at((j, s))[i] - self.at()[i]) / (s * self.steps[j])

    def bends(self, i: int, j: int, k: int) -> Iterator[Any]:
        for s, t in product((1, -1), repeat=2):
            both: Any = ((j, s), (k, t))
            if j == k:
                if s != t:
                    continue
                both = ((j, 2 * s),)
            rise = self.at(*both)[i] - self.at((j, s))[i]
            rise -= self.at((k, t))[i] - self.at()[i]
            yield rise / (s * self.steps[j] * t * self.steps[k])


def _around(numbers: Iterable[Any], rounding: float) -> tuple[float, float]:
    # The range of the numbers, which are only known up to `rounding`.
    found = [float(x) for x in numbers]
    if any(x != x for x in found):
        return nan, nan
    return min(found) - rounding, max(found) + rounding
