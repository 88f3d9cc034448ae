"""Random graphs as lines of text, one level after the other.

What one can do with this file: `drafts` a level's graphs, one after the other, from
a stream of chance; `LEVELS` says what each level is about.

The one idea: a draft is text, one primitive a line, and nothing is computed here. So
the formulas on a worksheet are the graph itself, read by the engine, and cannot
disagree with it. Whether a draft makes a good exercise is for `problem` to judge.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple, TypeVar

__all__ = ["LEVELS", "RESULT", "Chance", "Draft", "drafts"]

T = TypeVar("T")
Formulas = list[tuple[str, str]]

# No 0 and no 1: they hide a forgotten factor; and no 2, where 2 + 2 = 2*2.
SIZES = (3, 4, 5, 6, 7)
SMALL = (2, 3, 4)
RESULT = "L"


class Chance:
    """Random choices that are the same in every version of Python.

    Only ``Random.random`` is promised to stay as it is for a seed, so everything is
    made from it.
    """

    def __init__(self, level: int, seed: int) -> None:
        self._random = Random(f"exercise {level} {seed}")

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[int(self._random.random() * len(things))]

    def several(self, things: Sequence[T], n: int) -> list[T]:
        """``n`` different ones, in any order."""
        rest = list(things)
        return [rest.pop(int(self._random.random() * len(rest))) for _ in range(n)]

    def signed(self, sizes: Sequence[int], n: int) -> list[Fraction]:
        """``n`` numbers of different sizes, each with a sign of its own."""
        return [Fraction(self.pick((x, -x))) for x in self.several(sizes, n)]


class Draft(NamedTuple):
    """A graph as text: inputs with their numbers, then one operation a line."""

    given: dict[str, Fraction]
    formulas: tuple[tuple[str, str], ...]
    data: tuple[str, ...] = ()  # the inputs whose gradient is not asked
    symbolic: bool = False  # whether it needs SymPy's numbers, which know exp(0)


def _named(
    chance: Chance, names: Sequence[str], sizes: Sequence[int] = SIZES
) -> dict[str, Fraction]:
    return dict(zip(names, chance.signed(sizes, len(names)), strict=True))


# -- 1: chains -------------------------------------------------------------------------


def _chain(chance: Chance) -> Draft:
    # Each operation takes the result of the one before and one more input.
    inputs = ("x", "y", "z", "t")[: chance.pick((3, 4))]
    last, formulas = inputs[0], []
    for name, other in zip(_results(len(inputs) - 1), inputs[1:], strict=True):
        a, b = chance.several((last, other), 2)
        formulas.append((name, _joined(a, chance.pick("+*"), b)))
        last = name
    return Draft(_named(chance, inputs, (2, *SIZES)), tuple(formulas))


def _joined(a: str, sign: str, b: str) -> str:
    return f"{a}{sign}{b}" if sign in "*/" else f"{a} {sign} {b}"


def _results(n: int) -> list[str]:
    return [*"uvwpqs"[: n - 1], RESULT]


# -- 2 and 3: any small graph ----------------------------------------------------------


def _shared(chance: Chance) -> Draft:
    return _graph(chance, chance.pick((3, 4)), chance.pick((2, 3)), "+*-*", ())


def _rules(chance: Chance) -> Draft:
    single = ("{}^2", "{}^3", "relu({})", "abs({})")
    double = "/*-+/", ("max({}, {})", "min({}, {})")
    return _graph(chance, chance.pick((4, 5)), 2, double[0], single + double[1])


def _graph(
    chance: Chance, operations: int, inputs: int, signs: str, calls: Sequence[str]
) -> Draft:
    # What nobody uses yet is used first, and by the last operation all of it.
    names = ("x", "y", "z")[:inputs]
    nodes, unused, formulas = list(names), list(names), []
    for name in _results(operations):
        shape = chance.pick(calls) if calls and chance.pick("ab") == "a" else ""
        shape = shape or _joined("{}", chance.pick(signs), "{}")
        first = chance.pick(unused)
        rest = [node for node in nodes if node != first]
        if name == RESULT:
            rest = [node for node in unused if node != first] or rest
        chosen = [first, chance.pick(rest)][: shape.count("{}")]
        chosen = chance.several(chosen, len(chosen))
        formulas.append((name, shape.format(*chosen)))
        unused = [node for node in unused if node not in chosen] + [name]
        nodes.append(name)
    return Draft(_named(chance, names, (2, *SIZES)), tuple(formulas))


# -- 4: one neuron ---------------------------------------------------------------------


def _neuron(chance: Chance) -> Draft:
    # A second path: a weight that two inputs share, a penalty on it, or a way around
    # the activation.
    kind = chance.pick(("shared", "penalty", "around"))
    formulas: Formulas = [("u", "w*x")]
    z = "u + b"
    data = ["x", "y"]
    if kind == "shared":
        formulas = [("u", "w*x1"), ("v", "w*x2"), ("s", "u + v")]
        z, data = "s + b", ["x1", "x2", "y"]
    p = "h" if kind == "around" else "p"
    formulas += [("z", z), *_hard(chance, "z", p)]
    formulas += [("p", "h + u")] if kind == "around" else []
    formulas += [("r", "p - y")]
    loss = "r^2" if kind == "penalty" else chance.pick(("r^2", "abs(r)"))
    if kind == "penalty":
        formulas += [("c", loss), ("k", "w^2"), (RESULT, "c + k")]
    else:
        formulas += [(RESULT, loss)]
    return Draft(
        _named(chance, ["w", "b", *data], (2, *SIZES)), tuple(formulas), tuple(data)
    )


def _hard(chance: Chance, z: str, p: str) -> Formulas:
    # relu, or the leaky one by its parts, where z has two ways on.
    if chance.pick((0, 1, 2)):
        return [(p, f"relu({z})")]
    return [("q", f"{z}/{chance.pick(SMALL)}"), (p, f"max({z}, q)")]


# -- 5: two layers ---------------------------------------------------------------------


def _network(chance: Chance) -> Draft:
    bias = chance.pick((0, 1))
    first: Formulas = [("u1", "w1*x"), ("u2", "w2*x")]
    z = "u"
    if bias:  # one for both units
        first += [("z1", "u1 + b"), ("z2", "u2 + b")]
        z = "z"
    act = chance.pick(("relu({})", "relu({})", "abs({})"))
    formulas: Formulas = [
        *first,
        ("h1", act.format(f"{z}1")),
        ("h2", act.format(f"{z}2")),
        ("s1", "v1*h1"),
        ("s2", "v2*h2"),
        ("p", "s1 + s2"),
        ("r", "p - y"),
        (RESULT, "r^2"),
    ]
    # Small numbers, for the square of a sum of products of products.
    given: dict[str, Fraction] = {}
    for names in (("x",), ("w1", "w2"), ("b",) * bias, ("v1", "v2"), ("y",)):
        given |= _named(chance, names, (2, 3, 4, 5))
    return Draft(given, tuple(formulas), ("y",))


# -- 6: elementary functions where they are rational -----------------------------------

# Function, and a point at which it and its slope are rational.
_POINTS = (
    ("sigmoid", 0),
    ("exp", 0),
    ("ln", 1),
    ("tanh", 0),
    ("sin", 0),
    ("sqrt", 4),
    ("sqrt", 9),
)


def _functions(chance: Chance) -> Draft:
    (f, at), (g, there) = chance.several(_POINTS, 2)
    given = _named(chance, ("x", "y"), (2, *SIZES))
    given["t"] = at - given["x"] * given["y"]
    given["k"] = there - given["x"]
    formulas = (
        ("u", "x*y"),
        ("z", "u + t"),
        ("p", f"{f}(z)"),
        ("s", "x + k"),
        ("q", f"{g}(s)"),
        (RESULT, _joined("p", chance.pick("*+-"), "q")),
    )
    return Draft(given, formulas, symbolic=True)


# -- all of them -----------------------------------------------------------------------

_MAKERS: tuple[tuple[str, Callable[[Chance], Draft]], ...] = (
    ("a chain of + and *", _chain),
    ("a quantity that is used twice, where gradients add", _shared),
    ("division, powers, relu, abs, max and min", _rules),
    ("a neuron with a loss, and a second path", _neuron),
    ("a network of two layers", _network),
    ("elementary functions where they are rational", _functions),
)

LEVELS: tuple[str, ...] = tuple(what for what, _ in _MAKERS)
"""What each level is about; the first is level 1."""


def drafts(level: int, seed: int) -> Iterator[Draft]:
    """The graphs of a level, without end, in an order that ``seed`` decides.

    Parameters
    ----------
    level
        From 1 to the number of `LEVELS`.
    seed
        A whole number from 0.
    """
    chance = Chance(level, seed)
    make = _MAKERS[level - 1][1]
    while True:
        yield make(chance)
