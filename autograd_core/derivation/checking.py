"""Looking at a claim at points: whether it agrees, and the references with it.

What one can do with this file: compare both sides of a `Member` at seeded points,
and have the engine's derivative confirmed there.

The one idea: both sides are computed in 50 digits from the exact same inputs, so
that cancellation in a claim costs digits nobody misses, and "equal" and "different"
are forty orders of magnitude apart. Where they are not, because one side is tiny or
huge numbers cancel, more digits decide: rounding shrinks with them, a difference
stays. Fractions, where both sides are rational, leave no doubt. The complex step and
differences, which never see a derivative rule, confirm the engine at the same points.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

from ..errors import GradientCheckError
from ..expression.program import Expression
from ..gradcheck import check_grads
from .meaning import Member, Number, is_finite
from .points import draw

__all__ = [
    "Look",
    "Sample",
    "agrees",
    "confirm",
    "look",
    "relative",
    "settled",
    "sides",
    "values",
]

DIGITS = 50
# Of two numbers of 50 digits after a few hundred operations; and of two floats.
SAME, SAME_FLOATS = 1e-30, 1e-9
# What rounding leaves of a zero, in 50 digits and among floats.
NOTHING, NOTHING_FLOATS = 1e-42, 1e-12
# Where 50 digits differ, or agree without a proof. The largest float has 309 digits.
MANY_DIGITS = (1_000, 2_000)
SHRUNK = 1e-200  # what rounding shrinks to, at most, from one step to the next
MAX_WORK = 30_000  # operations at all points of a claim
FEWEST = 3
_UNDEFINED = (ArithmeticError, TypeError, ValueError)


@dataclass(frozen=True)
class Sample:
    """Both sides at one point; ``exact`` if in fractions."""

    inputs: Mapping[str, float]
    claimed: Number
    true: Number
    difference: float
    same: bool
    exact: bool = False


@dataclass
class Look:
    """What was seen of one member of a claim.

    Attributes
    ----------
    samples
        The points at which both sides are defined.
    undefined
        A point at which only the left side is defined.
    reason
        Why there is no sample.
    """

    samples: list[Sample] = field(default_factory=list)
    undefined: Mapping[str, float] | None = None
    reason: str = ""


def look(member: Member, count: int, seed: int) -> Look:
    """Compare both sides at ``count`` points, fewer if the claim is large."""
    found = Look()
    seen = {"inside": False, "left": False}
    count = max(min(count, MAX_WORK // member.size), FEWEST)

    def accept(inputs: Mapping[str, float]) -> bool:
        at = values(member, inputs, 0.0)
        if at is None or not member.holds(at):
            return False
        seen["inside"] = True
        true, claimed = sides(member, at, 0.0)
        if true is None:
            return False
        seen["left"] = True
        if claimed is None:
            found.undefined = found.undefined or dict(inputs)
        return claimed is not None

    for inputs in draw(member, count, seed, accept):
        is_wrong = any(not sample.same for sample in found.samples)
        found.samples.append(_sample(member, inputs, is_wrong=is_wrong))
    if not found.samples:
        found.reason = _reason(**seen)
    return found


def _reason(*, inside: bool, left: bool) -> str:
    if left:
        return "the right side is undefined wherever the left side is defined"
    if inside:
        return "the left side is undefined at every point that was tried"
    return "no point was found where the definitions and the domain hold"


def values(
    member: Member, inputs: Mapping[str, Number], like: Number
) -> dict[str, Number] | None:
    """Every quantity that the claim needs, or None where one is undefined."""
    try:
        at = member.model.values(inputs, like, member.wanted)
    except _UNDEFINED:
        return None
    return at if all(is_finite(at[name]) for name in member.quantities) else None


def sides(
    member: Member, at: Mapping[str, Number], like: Number
) -> tuple[Number | None, Number | None]:
    """The true side and the claimed one, None where undefined."""
    found = []
    for side in (member.true, member.claimed):
        try:
            number = side(at, like)
        except _UNDEFINED:
            number = None
        found.append(number if number is not None and is_finite(number) else None)
    return found[0], found[1]


def relative(x: Number, y: Number, nothing: float) -> float:
    """|x - y| relative to the larger, 0 where both are no more than ``nothing``."""
    size = max(abs(x), abs(y))
    return 0.0 if size <= nothing else float(abs(x - y) / size)


class _Pair(NamedTuple):
    # Both sides in some number of digits, |claimed - true|, the larger side, and the
    # largest quantity at the point, if it is more than 1.
    claimed: Number
    true: Number
    apart: Number
    size: Number
    scale: Number


def _sample(
    member: Member, inputs: Mapping[str, float], *, is_wrong: bool = False
) -> Sample:
    # Of a claim that is wrong already, more digits are asked for a zero only.
    pair = _pair(member, inputs, DIGITS) or _fractions(member, inputs)
    if pair is not None:
        apart = _relative_of(pair)
        same = apart <= SAME
        doubted = not same and (not is_wrong or pair.size <= NOTHING * pair.scale)
        if doubted and _is_rounding(member, inputs, pair.apart):
            apart, same = 0.0, True
        return Sample(inputs, pair.claimed, pair.true, apart, same)
    found = values(member, inputs, 0.0) or {}
    true, claimed = sides(member, found, 0.0)
    apart = relative(claimed, true, NOTHING_FLOATS)
    return Sample(inputs, claimed, true, apart, apart <= SAME_FLOATS)


def _relative_of(pair: _Pair) -> float:
    # The difference relative to the larger side.
    return float(pair.apart / pair.size) if pair.apart else 0.0


def settled(member: Member, samples: list[Sample]) -> list[Sample]:
    """The samples of a claim that agrees but was not proved, looked at harder.

    Fractions decide, where both sides are rational; else a few samples are asked
    again in many more digits, which a difference of rounding does not survive.
    """
    found = []
    for i, sample in enumerate(samples):
        pair = _fractions(member, sample.inputs)
        if pair is not None:
            exactly = Sample(
                sample.inputs, *pair[:2], _relative_of(pair), not pair.apart, True
            )
            found.append(exactly)
        elif i < FEWEST and not _is_rounding(member, sample.inputs, None):
            pair = _pair(member, sample.inputs, MANY_DIGITS[0])
            apart = sample.difference if pair is None else _relative_of(pair)
            found.append(replace(sample, difference=apart, same=False))
        else:
            found.append(sample)
    return found


def agrees(member: Member, right: Expression, samples: Iterable[Sample]) -> bool:
    """Whether another right side is equal to the true side at all samples."""
    other = replace(member, right=right)
    for sample in samples:
        at = values(other, sample.inputs, 0.0)
        if at is None or None in sides(other, at, 0.0):
            return False
        if not _sample(other, sample.inputs).same:
            return False
    return True


def _pair(member: Member, inputs: Mapping[str, float], digits: int) -> _Pair | None:
    # None without mpmath, or where a side is undefined.
    with many_digits(digits) as mpf:
        if mpf is None:
            return None
        return _compared(member, {name: mpf(x) for name, x in inputs.items()}, mpf(0))


def _fractions(member: Member, inputs: Mapping[str, float]) -> _Pair | None:
    # None where a side is not a fraction, or a very long one.
    exact = {name: Fraction(x) for name, x in inputs.items()}
    return _compared(member, exact, Fraction(0))


def _compared(
    member: Member, inputs: Mapping[str, Number], like: Number
) -> _Pair | None:
    at = values(member, inputs, like)
    if at is None:
        return None
    true, claimed = sides(member, at, like)
    if true is None or claimed is None:
        return None
    size = max(abs(claimed), abs(true))
    scale = max([like + 1, *(abs(at[name]) for name in member.quantities)])
    return _Pair(claimed, true, abs(claimed - true), size, scale)


def _is_rounding(
    member: Member, inputs: Mapping[str, float], apart: Number | None
) -> bool:
    # A difference that is rounding shrinks with every step to more digits, a true one
    # stays. Without mpmath, or where more digits are undefined, nothing can be said:
    # then a difference stays one, and what agreed goes on agreeing.
    for digits in MANY_DIGITS:
        pair = _pair(member, inputs, digits)
        if pair is None:
            return apart is None
        if pair.apart * 10 ** (digits // 2) <= pair.size:
            return True
        if apart and pair.apart > apart * SHRUNK:
            return False
        apart = pair.apart
    return True


@contextmanager
def many_digits(digits: int) -> Iterator[Any]:
    """So many digits, as the type of such numbers; None without mpmath."""
    try:
        import mpmath
    except ImportError:
        yield None
        return
    with mpmath.workdps(digits):
        yield mpmath.mpf


def confirm(member: Member, samples: list[Sample]) -> bool:
    """Compare the engine with independent references at the samples.

    Returns
    -------
    bool
        Whether there was a reference that could run the definitions.

    Raises
    ------
    GradientCheckError
        If a reference contradicts the engine.
    """
    if member.left is not None:
        return True  # no derivative, nothing to confirm
    for sample in samples[: max(MAX_WORK // (20 * member.size), FEWEST)]:
        at = values(member, sample.inputs, 0.0) or {}
        names = member.variables
        f = member.model.function(member.target, names, member.held, at)
        try:
            # One argument, a list, so that f gets all of its variables at once.
            check_grads(f, ([at[name] for name in names],), len(member.by))
        except GradientCheckError as error:
            if str(error).startswith("no reference"):
                return False
            raise
    return True
