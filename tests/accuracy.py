"""How accurate is every row of the table? Measured against 80 digits.

What one can do with this file: ``python -m tests.accuracy`` measures the largest
error of the value, the first and the second derivatives of every row, and writes
the table of autograd_core/numbers/ACCURACY.md to the screen; ``--write`` puts it
into that file. PyTorch and JAX are measured beside it where they can be imported;
where they cannot, their columns of the last run stay. test_accuracy.py asserts the
bounds with the same code at the same points.

The one idea: the engine's f comes from a Value, f' from `backward`, f'' from
`hessian`, which differentiates the rule of f' again; what is true comes from
`tests.accuracy_references`, which knows nothing of the table's rules.

The unit is one ULP of the true result; if that is a sum of terms of different signs,
one ULP of sum|terms|. Where the sum cancels (its terms are together at least twice as
large as it) 16 eps * sum|terms| is allowed, and for rows that add up n operands
2 n eps * sum|terms|. `error` scales these to the bound in ULP.
"""

import argparse
import math
import platform
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from math import copysign, inf, isfinite, isinf, isnan, nan
from pathlib import Path
from typing import Any

from autograd_core import Value, hessian
from autograd_core.primitives import TABLE
from autograd_core.record import COLUMN as VALUES
from tests.accuracy_peers import Peer, peers
from tests.accuracy_references import (
    LARGEST,
    REFERENCES,
    TINY,
    Entry,
    Point,
    Reference,
    mp,
    reference,
)

POINTS = 2000
EPS = 2.0**-52
SMALLEST = 2.0**-1074
PI = math.pi
FILE = Path(__file__).parents[1] / "autograd_core" / "numbers" / "ACCURACY.md"

# The one row that has no numbers of its own: an output of softmax is tested there.
WITHOUT_REFERENCE = {"item"}


# -- the points ------------------------------------------------------------------------

# fmt: off
SPECIALS = (
    0.0, -0.0, inf, -inf, nan, 5e-324, -5e-324, 1e-310, -1e-310, TINY, LARGEST,
    -LARGEST, 1.0, -1.0, PI, -PI / 2, 2.0, 0.5, -3.0, 1e-160, 1e160, 1e-20,
)
# fmt: on


@dataclass
class Sampler:
    """The points of one row: always the same for the same seed.

    Of ten points three are log-uniform over all floats, three log-uniform over the
    row's own span, two within 1e-15...0.5 of what it names as near, two special.
    """

    name: str
    n: int = POINTS
    seed: int = 0

    def __post_init__(self) -> None:
        self.row: Reference = REFERENCES[self.name]
        self.rng = random.Random(f"{self.name} {self.seed}")

    def __iter__(self) -> Iterator[tuple[Point, dict[str, Any]]]:
        kinds = [*[self._anywhere] * 3, *[self._in_span] * 3, *[self._near] * 2]
        for i in range(self.n):
            attributes = dict(self.row.attributes[i // 10 % len(self.row.attributes)])
            count = self._count(i, attributes)
            if i % 10 < 8:
                yield self._inside(kinds[i % 10], count), attributes
            else:
                yield self._special(i // 10 * 2 + i % 2, count), attributes

    def _count(self, i: int, attributes: dict[str, Any]) -> int:
        if self.row.operands:
            return self.row.operands
        vectors = 2 if self.name in ("dot", "soft_cross_entropy") else 1
        n = 1 + i % (5 - vectors)
        for key in {"k", "target"} & set(attributes):
            attributes[key] %= n
        return vectors * n

    def _sign(self) -> float:
        return self.rng.choice((1.0, -1.0))

    def _log_uniform(self, low: float, high: float) -> float:
        return math.exp(self.rng.uniform(math.log(low), math.log(high)))

    def _inside(self, draw: Callable[[int], Point], n: int) -> Point:
        intervals = [self.row.interval(i, n) for i in range(n)]
        while True:
            xs = draw(n)
            if all(a <= x <= b for x, (a, b) in zip(xs, intervals, strict=True)):
                return xs

    def _draws(self, n: int, low: float, high: float) -> Point:
        return tuple(self._draw(i, n, low, high) for i in range(n))

    def _draw(self, i: int, n: int, low: float, high: float) -> float:
        # Log-uniform in magnitude, in the domain of operand i.
        first, last = self.row.interval(i, n)
        low = min(low, last)
        if first == 1.0:  # what lies above one: log-uniform in the distance
            return 1.0 + self._log_uniform(low, high)
        if first == -1.0 and self.rng.random() < 0.4:
            return -self._log_uniform(low, 1.0)
        sign = 1.0 if first >= -1.0 else self._sign()
        return sign * self._log_uniform(low, min(high, last))

    def _anywhere(self, n: int) -> Point:
        if n == 1 or self.rng.random() < 0.5:
            return self._draws(n, SMALLEST, LARGEST)
        # Operands far apart hardly meet; half of the points share a scale.
        scale = self._log_uniform(1e-300, 1e300)
        return self._draws(n, scale * 1e-7, scale * 1e7)

    def _in_span(self, n: int) -> Point:
        return self._draws(n, *self.row.span)

    def _near(self, n: int) -> Point:
        xs = list(self._in_span(n))
        i = self.rng.randrange(n)
        center = self.rng.choice(self.row.near)
        distance = self._sign() * self._log_uniform(1e-15, 0.5)
        if n > 1 and self.rng.random() < 0.5:
            xs[i] = self._sign() * xs[(i + 1) % n] * (1.0 + distance)
        else:
            xs[i] = center + distance * max(1.0, abs(center))
        return tuple(xs)

    def _special(self, i: int, n: int) -> Point:
        if n == 1:
            return (SPECIALS[i] if i < len(SPECIALS) else self._peculiar(i),)
        if n == 2:
            a, b = divmod(i, len(SPECIALS))
            return SPECIALS[a % len(SPECIALS)], SPECIALS[b]
        return tuple(self.rng.choice(SPECIALS) for _ in range(n))

    def _peculiar(self, i: int) -> float:
        if i % 4 == 0:  # multiples of pi/2
            return self._sign() * self.rng.randrange(1, 10_000) * (PI / 2)
        if i % 4 == 1:  # subnormals
            return self._sign() * self.rng.randrange(1, 2**52) * SMALLEST
        if i % 4 == 2:  # powers of two and their neighbours
            step = self.rng.choice((1.0, 1.0 + EPS, 1.0 - EPS / 2))
            return self._sign() * 2.0 ** self.rng.randrange(-1022, 1023) * step
        near = self.rng.choice(self.row.near)  # the next floats to a center
        for _ in range(self.rng.randrange(4)):
            near = math.nextafter(near, self._sign() * inf)
        return near


# -- what the engine computes ----------------------------------------------------------


def function(name: str, attributes: dict[str, Any]) -> Callable[..., Any]:
    """Row ``name`` as a function of Values with one result."""
    kernel = getattr(VALUES, name)
    if TABLE[name].multiple:
        return lambda *xs: kernel(*xs)[attributes["k"]]
    return lambda *xs: kernel(*xs, **attributes)


def computed(name: str, xs: Point, attributes: dict[str, Any]) -> list[float]:
    """``[f, first..., second (all n*n)...]`` as the engine says."""
    f = function(name, attributes)
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    y.backward(allow_nonfinite=True)
    n = range(len(xs))
    second = hessian(f, argnums=tuple(n))(*xs)
    return [y.data, *(x.grad for x in leaves), *(second[i][j] for i in n for j in n)]


# -- the errors ------------------------------------------------------------------------


def _parts(entry: Entry) -> tuple[Any, Any]:
    true, terms = entry if isinstance(entry, tuple) else (entry, None)
    if isinstance(true, mp.mpc):  # outside the domain of the real function
        true = mp.nan
    return mp.convert(true), terms


def _ulp(x: Any) -> Any:
    return mp.ldexp(1, x.exp + x.bc - 53) if x else mp.mpf(0)


def error(
    got: float,
    entry: Entry,
    bound: float,
    factor: float = 16.0,
    whole: bool = False,
    either: bool = False,
) -> float:
    """The error of ``got`` in ULP, or in 5e-324 if the true result is subnormal.

    Parameters
    ----------
    got
        What was computed.
    entry
        What is true; with its terms if it is a sum.
    bound
        The bound in ULP, to which the allowance of a cancelling sum is scaled.
    factor
        That allowance in eps * sum|terms|.
    whole
        Whether every sum is allowed that, not only one that cancels.
    either
        Whether an infinity may have either sign, as slopes at -0.0 do.

    Returns
    -------
    float
        At most ``bound`` (1 if subnormal) if it is good enough; inf if one of the
        two is NaN or infinite and the other is not.
    """
    true, terms = _parts(entry)
    if isnan(got) or mp.isnan(true):
        return 0.0 if isnan(got) and mp.isnan(true) else inf
    if mp.isinf(true) or isinf(got):
        if isinf(got) and abs(true) >= mp.ldexp(1, 1024):
            return 0.0 if (got > 0) == (true > 0) or either else inf
        if mp.isinf(true):
            return inf
        got = copysign(1.0, got) * mp.ldexp(1, 1024)  # the number that overflowed
    distance = abs(mp.mpf(got) - true)
    if not distance:
        return 0.0
    terms = abs(true) if terms is None else max(terms, abs(true))
    tolerance = bound * _ulp(terms)
    if abs(true) < TINY:
        tolerance, bound = max(mp.mpf(SMALLEST), tolerance), 1.0
    if whole or terms >= 2 * abs(true):
        tolerance = max(tolerance, factor * EPS * terms)
    return float(bound * distance / tolerance)


def compared(entries: list[Entry], n: int) -> Iterator[tuple[int, int, Entry]]:
    """Order, position among `computed`, true value; nothing behind an infinity."""

    def finite(entry: Entry) -> bool:
        return entry is not None and abs(_parts(entry)[0]) <= LARGEST

    if entries[0] is not None:
        yield 0, 0, entries[0]
    if len(entries) == 1 or not finite(entries[0]):
        return
    first = entries[1 : n + 1]
    for i, entry in enumerate(first):
        if entry is not None:
            yield 1, 1 + i, entry
    second = chain(entries[n + 1 :], repeat(None))
    for i in range(n):
        for j in range(i, n):
            entry = next(second)
            if entry is not None and all(map(finite, first)):
                yield 2, 1 + n + i * n + j, entry
                if i != j:
                    yield 2, 1 + n + j * n + i, entry


@dataclass(frozen=True)
class Judged:
    """One number that was compared."""

    order: int
    subnormal: bool
    special: bool  # from a special point
    error: float
    where: str


def judge(
    name: str,
    points: Sequence[tuple[Point, dict[str, Any]]],
    truths: Sequence[list[Entry]],
    results: Sequence[list[float]],
) -> list[Judged]:
    """Every comparison of ``results`` with ``truths``, always in the same order."""
    row = REFERENCES[name]
    found = []
    for at, ((xs, attributes), entries, got) in enumerate(
        zip(points, truths, results, strict=True)
    ):
        factor = 16.0 if row.operands else 2.0 * len(xs)
        minus_zero = any(x == 0.0 and copysign(1.0, x) < 0.0 for x in xs)
        for order, i, entry in compared(entries, len(xs)):
            bound, whole = row.bounds[order], not row.operands
            e = error(got[i], entry, bound, factor, whole, minus_zero)
            true, _ = _parts(entry)
            if order == 2 and abs(true) > LARGEST and not isfinite(got[i]):
                e = 0.0  # what overflows on the way may cancel to NaN
            text = f"{name}{xs}{attributes or ''}: {got[i]}, true {mp.nstr(true, 20)}"
            found.append(Judged(order, 0 < abs(true) < TINY, at % 10 > 7, e, text))
    return found


@dataclass
class Measured:
    """The largest errors of one row.

    ``worst[order]`` is in ULP, for normal results; ``subnormal[order]`` in units of
    5e-324. ``where`` says for the six of them at which operands.
    """

    worst: list[float] = field(default_factory=lambda: [0.0] * 3)
    subnormal: list[float] = field(default_factory=lambda: [0.0] * 3)
    where: dict[tuple[bool, int], str] = field(default_factory=dict)

    def add(self, one: Judged) -> None:
        """Count one comparison."""
        worst = self.subnormal if one.subnormal else self.worst
        if one.error > worst[one.order]:
            worst[one.order] = one.error
            self.where[one.subnormal, one.order] = one.where

    def failures(self, name: str) -> list[str]:
        """What is not within the bounds of row ``name``, in sentences."""
        sentences = []
        for order, bound in enumerate(REFERENCES[name].bounds):
            for subnormal, limit in ((False, bound), (True, 1.0)):
                worst = (self.subnormal if subnormal else self.worst)[order]
                if not worst <= limit:
                    unit = "units of 5e-324" if subnormal else "ULP"
                    sentences.append(
                        f"f{chr(39) * order} is {worst:.3g} {unit} off, allowed are "
                        f"{limit:g}: {self.where[subnormal, order]}"
                    )
        return sentences


def measure(name: str, n: int = POINTS, seed: int = 0) -> Measured:
    """The largest errors of row ``name`` over n points."""
    points = list(Sampler(name, n, seed))
    truths = [reference(name, *point) for point in points]
    results = [computed(name, *point) for point in points]
    measured = Measured()
    for one in judge(name, points, truths, results):
        measured.add(one)
    return measured


# -- the file --------------------------------------------------------------------------

HEADER = """\
# How accurate the float column is

Written by `python -m tests.accuracy --write`; the bounds are asserted in every run of
the tests (tests/autograd_core/numbers/test_accuracy.py), with the same code at the
same points. Measured on {machine}.

**Reading it.** Each figure is the largest error over {points:,} points, in units in
the last place (ULP) of the true result, which comes from closed forms in 80 digits.
f is the value of a Value, f′ what `backward` gives for each operand, f″ what `hessian`
gives for each pair. The points: {share:,} log-uniform over all floats, {share:,}
log-uniform over the range in which the function is neither linear nor saturated,
{near:,} within 1e-15...0.5 of its singular points, zeros and kinks, {near:,} special
(±0, infinities, NaN, subnormals, the largest floats, ±1, multiples of π, powers of
two, and pairs of these).

**Bounds.** f: 0.5 for + - * / sqrt and for what selects or copies, else 2; f′: 4;
f″: 8. Compositions (silu, gelu, binary_cross_entropy): 4, 8, 16. A sum of terms of
different signs is measured in ULP of Σ|terms|. Where it cancels (Σ|terms| is at least
twice as large as the sum) 16·eps·Σ|terms| is allowed, and in rows that add up n
operands 2n·eps·Σ|terms|; both are scaled to the bound here, so that every figure
compares with it. A *subnormal* result is measured in units of 5e-324 (the column has
the largest of f, f′ and f″); the bound is 1 unit.

**Special values** are those of IEEE 754, or the limit. Behind a value that is infinite
or NaN no derivative is compared, and behind an infinite slope no second derivative.

**Peers** are measured at the same points without the special ones, in the same unit:
the largest error of f / f′ / f″ where the result is normal; "NaN" counts results that
are NaN or infinite where the truth is finite, or finite where it is not. *we lose*
counts the comparisons, special points included, in which this engine's error is more
than 2 ULP larger than the peer's, and says by how much at most.
"""

FOOTER = """\
## What falls short

* `pow(x, y)`, derivatives at an infinite exponent: not compared.
* A second derivative that overflows may come out as NaN instead of an infinity.
* `tanh`, `sin`, `exp`, `log`, ... are the machine's libm. With glibc 2.36 100,000
  further points found `tanh` at 2.06 ULP (x = 0.2318) and its slope at 4.08
  (x = 3.8296). Another libm may differ in the last bit.
"""


def _figure(e: float) -> str:
    if e == 0.0:
        return "0"
    return f"{e:.2f}" if e < 99.5 else f"{e:.0e}".replace("e+0", "e").replace("e+", "e")


def _triple(es: Sequence[float]) -> str:
    return " / ".join(map(_figure, es))


def _peer_cells(
    peer: Peer, name: str, points: Any, truths: Any, ours: Any
) -> list[str]:
    if name not in peer.functions:
        return ["not offered", ""]
    theirs = judge(name, points, truths, peer.run(name, points))
    drawn = [one for one in theirs if not (one.special or one.subnormal)]
    worst = [
        max((o.error for o in drawn if o.order == order and o.error < inf), default=0.0)
        for order in range(3)
    ]
    wrong = sum(one.error == inf for one in drawn)
    losses = [a.error - b.error for a, b in zip(ours, theirs, strict=True)]
    lost = [loss for loss in losses if loss > 2.0]
    by = f", by {max(lost):.1f}" if lost else ""
    return [_triple(worst) + (f", NaN {wrong}" if wrong else ""), f"{len(lost)}{by}"]


def _kept(path: Path, peer: str) -> tuple[str, dict[str, list[str]]]:
    # The peer's columns of the file as it is: their title, and row -> two cells.
    if not path.exists() or "| row |" not in path.read_text():
        return f"{peer}: not measured", {}
    lines = [line for line in path.read_text().splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    column = next(i for i, cell in enumerate(table[0]) if cell.startswith(peer))
    rows = {row[0].strip("`"): row[column : column + 2] for row in table[2:]}
    return table[0][column], rows


def _lost_in_all(title: str, cells: Sequence[str]) -> str:
    pairs = [cell.split(", by ") for cell in cells if cell]
    if not pairs:
        return ""
    worst = max((float(by[0]) for _, *by in pairs if by), default=0.0)
    return (
        f"\n{title}: we lose {sum(int(n) for n, *_ in pairs)} comparisons in "
        f"{len(pairs)} rows, by {worst:.1f} ULP at most, all within the bounds.\n"
    )


def render(names: Sequence[str], path: Path = FILE, n: int = POINTS) -> str:
    """The text of ACCURACY.md."""
    found = peers()
    kept = {peer: _kept(path, peer) for peer, found_ in found.items() if not found_}
    titles = [f"{p.name} {p.version}" if p else kept[k][0] for k, p in found.items()]
    header = ["row", "f / f′ / f″", "subnormal"]
    for title in titles:
        header += [title, "we lose"]
    lines = [header, ["---"] * len(header)]
    for name in names:
        points = list(Sampler(name, n))
        truths = [reference(name, *point) for point in points]
        ours = judge(name, points, truths, [computed(name, *p) for p in points])
        measured = Measured()
        for one in ours:
            measured.add(one)
        cells = [f"`{name}`", _triple(measured.worst), _figure(max(measured.subnormal))]
        for key, peer in found.items():
            if peer:
                cells += _peer_cells(peer, name, points, truths, ours)
            else:
                cells += kept[key][1].get(name, ["not measured", ""])
        sys.stderr.write(" | ".join(cells) + "\n")  # it takes some minutes
        lines.append(cells)
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    libc = " ".join(platform.libc_ver())
    machine = f"Python {platform.python_version()}, {platform.machine()}, {libc}"
    top = HEADER.format(machine=machine, points=n, share=3 * n // 10, near=n // 5)
    lost = "".join(
        _lost_in_all(title, [cells[i] for cells in lines[2:]])
        for title, i in zip(titles, (4, 6), strict=True)
    )
    return f"{top}\n{table}\n{lost}\n{FOOTER}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy")
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name}")
    parser.add_argument("rows", nargs="*", help="only these rows")
    options = parser.parse_args(arguments)
    text = render(options.rows or list(REFERENCES))
    if options.write:
        FILE.write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
