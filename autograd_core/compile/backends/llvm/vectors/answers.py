"""Answers of comparisons that may be known while reading, or differ between lanes.

What one can do with this file: `and`, `or`, `not` and the truth value of numbers,
where an answer is a bool or `Lanes` of answers.

The one idea: what is known is not computed. Orders of derivatives and other plain
objects decide most branches of a kernel, and then there is no mask.
"""

from collections.abc import Iterable
from typing import Any

from .lanes import Lanes

__all__ = ["both", "either", "every", "none_of", "truth"]


def every(masks: Iterable[Any]) -> Any:
    """Whether all of some answers are true; a plain bool where that is known."""
    found: Any = True
    for mask in masks:
        found = both(found, mask)
    return found


def both(a: Any, b: Any) -> Any:
    """``a and b`` for answers that may be known already."""
    if a is True or b is False:
        return b
    if b is True or a is False:
        return a
    return a & b


def either(a: Any, b: Any) -> Any:
    """``a or b`` for answers that may be known already."""
    if a is False or b is True:
        return b
    if b is False or a is True:
        return a
    return a | b


def none_of(a: Any) -> Any:
    """``not a`` for an answer that may be known already."""
    return (not a) if isinstance(a, bool) else ~a


def truth(x: Any) -> Any:
    """What ``if x`` asks: lanes of answers, or a bool where that is known."""
    if x.__class__ is not Lanes:
        return bool(x)
    if x.kind == "b":
        return x
    return x != 0
