"""Looking at a claim at points: whether it agrees, and the references with it.

What one can do with this file: compare both sides of a `Member` at seeded points,
and have the engine's derivative confirmed there.

The one idea: both sides are computed in 50 digits from the exact same inputs, so
that cancellation in a claim costs digits nobody misses, and "equal" and "different"
are forty orders of magnitude apart. The complex step and differences, which never
see a derivative rule, confirm the engine at the same points.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..errors import GradientCheckError
from ..gradcheck import check_grads
from .meaning import Member, Number, is_finite
from .points import draw

__all__ = ["Look", "Sample", "confirm", "look", "relative", "sides"]

DIGITS = 50
# Of two numbers of 50 digits after a few hundred operations; and of two floats.
SAME, SAME_FLOATS = 1e-30, 1e-9
# A relative difference means nothing below what rounding leaves of a zero.
NOTHING, NOTHING_FLOATS = 1e-42, 1e-12
MAX_WORK = 30_000  # operations at all points of a claim
FEWEST = 3
_UNDEFINED = (ArithmeticError, TypeError, ValueError)


@dataclass(frozen=True)
class Sample:
    """Both sides at one point."""

    inputs: Mapping[str, float]
    claimed: Number
    true: Number
    difference: float
    same: bool


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
        found.samples.append(_sample(member, inputs))
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


def _sample(member: Member, inputs: Mapping[str, float]) -> Sample:
    with many_digits() as mpf:
        if mpf is not None:
            exact = {name: mpf(x) for name, x in inputs.items()}
            at = values(member, exact, mpf(0))
            if at is not None:
                true, claimed = sides(member, at, mpf(0))
                if true is not None and claimed is not None:
                    size = max([1.0, *(abs(float(at[n])) for n in member.quantities)])
                    apart = relative(claimed, true, NOTHING * size)
                    return Sample(inputs, claimed, true, apart, apart <= SAME)
    found = values(member, inputs, 0.0) or {}
    true, claimed = sides(member, found, 0.0)
    apart = relative(claimed, true, NOTHING_FLOATS)
    return Sample(inputs, claimed, true, apart, apart <= SAME_FLOATS)


@contextmanager
def many_digits() -> Iterator[Any]:
    """50 digits, as the type of such numbers; None without mpmath."""
    try:
        import mpmath
    except ImportError:
        yield None
        return
    with mpmath.workdps(DIGITS):
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
