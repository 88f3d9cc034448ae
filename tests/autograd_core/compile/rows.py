"""Every row of the table with attributes and operands to try it on.

What one can do with this file: `MEMBERS`, each row with attributes bound, and
`points`, operands for one: ordinary ones, and the edges of the floats.
"""

import random
import struct
from itertools import product
from typing import Any

from autograd_core.compile.tape import COMPARISONS, STOP, STRONG
from autograd_core.primitives import TABLE, Primitive

INF, NAN = float("inf"), float("nan")
EDGES = (0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 5e-324, -1e-310, 1e-160, 1e160, -1.7e308)
EDGES += (0.5, 2.0, -3.0, 709.5, -709.5, -746.0, 28.5, 40.5)

# Attributes for the rows that need some, or have more than one case.
_ATTRIBUTES: dict[str, list[dict[str, Any]]] = {
    "powc": [
        {"n": n, "k": k}
        for n, k in product((0, 1, 2, 3, 5, -1, -2, 0.5, 2.5, -1.5), (0, 1, 2, 3))
    ],
    "pow": [{"k": k, "j": j} for k, j in product(range(3), range(3))],
    "ratio_slope": [{"k": 1}, {"k": 2}, {"k": 3}],
    "hypot_slope": [{"i": 1}, {"i": 0, "j": 1}, {"i": 2}, {"i": 1, "j": 1}],
    "atan2_slope": [{"i": 1}, {"i": 0, "j": 1}, {"i": 2}, {"i": 1, "j": 2}],
    "leaky_relu": [{"slope": 0.01}, {"slope": 0}],
    "elu": [{"alpha": 1}, {"alpha": 1.5}],
    "clip": [{"low": -0.5, "high": 0.75}],
    "silu_slope": [{"k": 1}, {"k": 2}, {"k": 3}],
    "gauss_derivative": [{"k": 1}, {"k": 2}, {"k": 4}],
    "normal_pdf_derivative": [{"k": 1}, {"k": 2}, {"k": 3}],
    "sinc": [{"k": 0}, {"k": 1}, {"k": 2}],
    "round": [{}, {"digits": 2}],
    "cross_entropy": [{"target": 0}, {"target": 2}],
}
_WIDTHS = {"dot": 4, "soft_cross_entropy": 6}


def _members() -> list[Primitive]:
    found = [STOP, STRONG, *COMPARISONS.values()]
    for name in sorted(TABLE.built_in - {"item"}):
        row = TABLE[name]
        found += [row.bind(some) for some in _ATTRIBUTES.get(name, [{}])]
    return found


MEMBERS = _members()


def width(row: Primitive) -> int:
    """With how many operands a row is tried."""
    return row.arity if row.arity >= 0 else _WIDTHS.get(row.name, 3)


def ordinary(row: Primitive, rng: random.Random, count: int) -> list[tuple[float, ...]]:
    """Operands inside the row's domain, of sizes from 1e-3 to 30."""
    n = width(row)
    domain = row.domain if len(row.domain) == n else row.domain[:1] * n
    found = []
    while len(found) < count:
        xs = []
        for interval in domain:
            size = 10 ** rng.uniform(-3, 1.5)
            x = rng.choice((-1.0, 1.0)) * size
            low, high = interval.low, interval.high
            if not low < x < high:
                x = low + size if high == INF else rng.uniform(low, high)
            xs.append(x)
        found.append(tuple(xs))
    return found


def edges(row: Primitive, rng: random.Random, count: int) -> list[tuple[float, ...]]:
    """Operands among zeros, infinities, NaN, subnormal and huge numbers."""
    n = width(row)
    if len(EDGES) ** n <= count:
        return list(product(EDGES, repeat=n))
    return [tuple(rng.choice(EDGES) for _ in range(n)) for _ in range(count)]


def same_bits(x: float, y: float) -> bool:
    """Whether two floats are the same number; NaN is one number."""
    return (x != x and y != y) or struct.pack("<d", x) == struct.pack("<d", y)


def ulps(x: float, y: float) -> float:
    """How many floats lie between x and y; infinite if only one is a number."""
    if x == y or (x != x and y != y):
        return 0.0
    if x - x != 0.0 or y - y != 0.0:
        return INF
    a, b = (_ordinal(z) for z in (x, y))
    return float(abs(a - b))


def _ordinal(x: float) -> int:
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return int(bits) if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)
