"""The networks of the two chapters on back-propagation, as models.

`ONE` is the notes' example with one sample, `BATCH` the same with two, `DEEP` a
network of three layers with biases. The notes call the weights of layer l Θ with the
index l; here each layer has a letter of its own: u for the first, w for the second.
Hidden units are s before and h after the sigmoid, outputs z before and a after the
softmax. The target is one-hot or any distribution: its last entry is what the others
leave of 1.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import exp, log, sigmoid

from ..article import Model, Point

__all__ = [
    "BATCH",
    "BOTH_SAMPLES",
    "DEEP",
    "DEEP_AT",
    "ONE",
    "SAMPLES",
    "SAMPLE_1",
    "SAMPLE_2",
    "U",
    "W",
]

Rules = dict[str, Callable[[Any], Any]]

I3, J2 = (1, 2, 3), (1, 2)
U = tuple(f"u{i}{j}" for i in I3 for j in J2)
W = tuple(f"w{i}{j}" for i in I3 for j in I3)


def total(terms: Sequence[Any]) -> Any:
    """The sum, without a 0 in front."""
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def _weighted(weights: Sequence[str], inputs: Sequence[str], bias: str = "") -> Any:
    def rule(q: Any) -> Any:
        terms = [
            getattr(q, w) * getattr(q, x) for w, x in zip(weights, inputs, strict=True)
        ]
        return total([*terms, getattr(q, bias)] if bias else terms)

    return rule


def _softmax(outputs: Sequence[str], scores: Sequence[str]) -> Rules:
    def share(i: int) -> Callable[[Any], Any]:
        return lambda q: (
            exp(getattr(q, scores[i])) / total([exp(getattr(q, z)) for z in scores])
        )

    return {name: share(i) for i, name in enumerate(outputs)}


def _squeezed(name: str) -> Callable[[Any], Any]:
    return lambda q: sigmoid(getattr(q, name))


def _cross_entropy(outputs: Sequence[str], target: Sequence[str]) -> Any:
    def rule(q: Any) -> Any:
        terms = [
            getattr(q, y) * log(getattr(q, a))
            for y, a in zip(target, outputs, strict=True)
        ]
        return -total(terms)

    return rule


def _sample(mark: str) -> Rules:
    # Everything that belongs to one sample; ``mark`` tells the samples apart.
    def of(letter: str, count: int = 3) -> list[str]:
        return [f"{letter}{i}{mark}" for i in range(1, count + 1)]

    rules: Rules = {
        f"y3{mark}": lambda q: 1 - getattr(q, f"y1{mark}") - getattr(q, f"y2{mark}")
    }
    for i in I3:
        weights = [f"u{i}{j}" for j in J2]
        rules[f"s{i}{mark}"] = _weighted(weights, of("x", 2))
        rules[f"h{i}{mark}"] = _squeezed(f"s{i}{mark}")
    for i in I3:
        rules[f"z{i}{mark}"] = _weighted([f"w{i}{j}" for j in I3], of("h"))
    rules |= _softmax(of("a"), of("z"))
    rules[f"L{mark}"] = _cross_entropy(of("a"), of("y"))
    return rules


_RANGES = {"y1": (0.0, 0.5), "y2": (0.0, 0.5), "y1p": (0.0, 0.5), "y2p": (0.0, 0.5)}
_SCORES = {f"z{i}{mark}": (-3.0, 3.0) for i in I3 for mark in ("", "p")}

ONE = Model(
    inputs=(*U, *W, "x1", "x2", "y1", "y2"),
    definitions=_sample(""),
    ranges={**_RANGES, **_SCORES},
)
BATCH = Model(
    inputs=(*ONE.inputs, "x1p", "x2p", "y1p", "y2p"),
    definitions={
        **_sample(""),
        **_sample("p"),
        "E": lambda q: (q.L + q.Lp) / 2,
    },
    # The second sample's quantities are written with a prime.
    symbols={
        f"{letter}{i}p": f"{letter}\u2032{i}" for letter in "xyshza" for i in ("", *I3)
    }
    | {"Lp": "L\u2032"},
    ranges=ONE.ranges,
)

_TOP_WEIGHTS = (0.7, -0.2, 0.1, 0.3, 0.5, -0.4, -0.6, 0.8, 0.2)
_WEIGHTS = dict(
    zip(
        (*U, *W),
        (0.1, -0.3, 0.4, 0.2, -0.5, 0.6, *_TOP_WEIGHTS),
        strict=True,
    )
)
SAMPLE_1 = Point(
    "sample 1 (class 2)", {**_WEIGHTS, "x1": 1.0, "x2": -2.0, "y1": 0.0, "y2": 1.0}
)
SAMPLE_2 = Point(
    "sample 2 (class 3)", {**_WEIGHTS, "x1": 0.5, "x2": 1.5, "y1": 0.0, "y2": 0.0}
)
SAMPLES = (SAMPLE_1, SAMPLE_2)
BOTH_SAMPLES = Point(
    "both samples",
    {
        **SAMPLE_1.values,
        **{f"{n}p": SAMPLE_2.values[n] for n in ("x1", "x2", "y1", "y2")},
    },
)

# -- three layers with biases ----------------------------------------------------------


def _deep() -> Rules:
    rules: Rules = {"y3": lambda q: 1 - q.y1 - q.y2}
    for i in J2:
        rules[f"r{i}"] = _weighted([f"u{i}{j}" for j in J2], ["x1", "x2"], f"b{i}")
        rules[f"g{i}"] = _squeezed(f"r{i}")
    for i in J2:
        rules[f"s{i}"] = _weighted([f"v{i}{j}" for j in J2], ["g1", "g2"], f"c{i}")
        rules[f"h{i}"] = _squeezed(f"s{i}")
    for i in I3:
        rules[f"z{i}"] = _weighted([f"w{i}{j}" for j in J2], ["h1", "h2"], f"d{i}")
    rules |= _softmax(["p1", "p2", "p3"], ["z1", "z2", "z3"])
    rules["L"] = _cross_entropy(["p1", "p2", "p3"], ["y1", "y2", "y3"])
    return rules


_DEEP_WEIGHTS: dict[str, float] = {
    "u11": 0.2,
    "u12": -0.1,
    "u21": 0.5,
    "u22": 0.3,
    "b1": 0.1,
    "b2": -0.2,
    "v11": -0.3,
    "v12": 0.4,
    "v21": 0.6,
    "v22": -0.5,
    "c1": 0.05,
    "c2": 0.15,
    "w11": 0.8,
    "w12": -0.7,
    "w21": -0.2,
    "w22": 0.9,
    "w31": 0.1,
    "w32": 0.3,
    "d1": 0.0,
    "d2": 0.1,
    "d3": -0.1,
}
DEEP = Model(
    inputs=(*_DEEP_WEIGHTS, "x1", "x2", "y1", "y2"),
    definitions=_deep(),
    ranges=ONE.ranges,
)
DEEP_AT = Point(
    "class 3", {**_DEEP_WEIGHTS, "x1": 0.6, "x2": -0.4, "y1": 0.0, "y2": 0.0}
)
