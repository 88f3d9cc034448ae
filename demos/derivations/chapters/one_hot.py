"""A-34 and A-35: the target of a class, and the slope of its surprise."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograd_core import log, log10

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part
from .heads import pick
from .networks import I3, ONE, SAMPLE_1, SAMPLES, total

__all__ = [
    "ARTICLE",
    "CLASSES",
    "CLASS_AT",
    "LOGS",
    "SHARES",
    "one_hot",
    "share_slope",
]

Form = Callable[[Any], Any]
A3 = ("a1", "a2", "a3")
# Outputs that are inputs of their own are probabilities.
SHARES = dict.fromkeys(A3, (0.05, 0.95))


def share_slope(k: int) -> Form:
    """−yₖ / aₖ: the slope of the cross-entropy by an output."""
    return lambda q: -getattr(q, f"y{k}") / getattr(q, f"a{k}")


def _nothing(q: Any) -> Any:
    return q.exact("0")


def one_hot(c: int, count: int) -> list[int]:
    """The target of the class ``c`` of 1, ..., ``count``: a single 1, zeros elsewhere.

    Raises
    ------
    ValueError
        If there is no class ``c``.

    Examples
    --------
    >>> one_hot(2, 3)
    [0, 1, 0]
    """
    if not 1 <= c <= count:
        raise ValueError(f"'c' must be a class from 1 to {count} (got {c})")
    return [int(k == c) for k in range(1, count + 1)]


def _surprise(targets: Sequence[int]) -> Form:
    return lambda q: (
        -total([y * log(a) for y, a in zip(targets, pick(q, "a"), strict=True)])
    )


CLASSES = Model(
    inputs=A3,
    definitions={f"L{c}": _surprise(one_hot(c, 3)) for c in I3},
    ranges=SHARES,
)
CLASS_AT = Point("a = (0.7, 0.2, 0.1)", {"a1": 0.7, "a2": 0.2, "a3": 0.1})
LOGS = Model(
    inputs=("a",),
    definitions={"N": lambda q: -log(q.a), "T": lambda q: -log10(q.a)},
    ranges={"a": (0.05, 0.95)},
)
LOG_AT = Point("a = 0.7", {"a": 0.7})


def _reciprocal(i: int) -> Form:
    return lambda q: -1 / getattr(q, f"a{i}")


def _class(c: int, i: int, form: Form, where: str) -> Claim:
    return Claim(CLASSES, f"L{c}", (f"a{i}",), (form,), where, (CLASS_AT,))


def _by_class(c: int, i: int, where: str = "A-34, A-35; L465–L484") -> Claim:
    return _class(c, i, _reciprocal(i) if c == i else _nothing, where)


def _tenth(q: Any) -> Any:
    return -1 / (q.a * log(q.exact("10")))


def _log(target: str, form: Form, where: str) -> Claim:
    return Claim(LOGS, target, ("a",), (form,), where, (LOG_AT,))


ARTICLE = Article(
    id="one-hot",
    title="Which class is the true one?",
    catalogue_ids=("A-34", "A-35"),
    source="the article on gradient descent, second draft, lines L448–L484",
    summary=(
        "A class is written as a list with a single 1 at the place of the true class "
        "c. The draft puts the 1 at i, the output that it differentiates by, so that "
        "every class is the true one in turn. The error a − 1, instead of a − y, "
        "starts here."
    ),
    parts=(
        Part(
            "The loss of each class",
            "Only the output of the true class has a slope; it is −y/a in one formula.",
            tuple(_by_class(c, i) for c in I3 for i in I3),
            CLASSES,
            ("L1", "L2", "L3"),
        ),
        Part(
            "Any target",
            "The same for a target that is spread over the classes.",
            tuple(
                Claim(
                    replace(ONE, ranges={**ONE.ranges, **SHARES}),
                    "L",
                    (f"a{i}",),
                    (share_slope(i),),
                    "A-34",
                    (
                        *SAMPLES,
                        Point("soft target", {**SAMPLE_1.values, "y1": 0.5, "y2": 0.3}),
                    ),
                )
                for i in I3
            ),
        ),
        Part(
            "No constant",
            "The logarithm of the notes is the natural one, and its slope is 1/a "
            "exactly. Another base would bring a factor.",
            (
                _log("N", lambda q: -1 / q.a, "A-34, L484"),
                _log("T", _tenth, "A-34 (E26)"),
            ),
            LOGS,
            ("N", "T"),
        ),
    ),
    misprints=(
        *(
            Misprint(
                f"A-34, A-35; second draft, L465–L482 (E25): output {i}",
                "The true class is 1. As printed the other outputs have a slope too.",
                _class(1, i, _reciprocal(i), "L482"),
                _by_class(1, i, "L482"),
            )
            for i in (2, 3)
        ),
        Misprint(
            "A-34, second draft, L484 (E26)",
            "The draft says, in French, that the result holds up to a constant from "
            "the slope of the logarithm. There is none; this is the one of base 10.",
            _log("N", _tenth, "L484"),
            _log("N", lambda q: -1 / q.a, "L484"),
        ),
    ),
    record=CLASSES.drawn("L1", CLASS_AT),
)
