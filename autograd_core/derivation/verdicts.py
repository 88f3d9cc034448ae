"""From claims to verdicts: look, confirm, prove; or find what went wrong.

What one can do with this file: get the `Verdict` on one claim.

The one idea: cheap questions first. A claim that differs at a point is wrong and is
never asked to be proved; only what agrees everywhere is.
"""

from ..expression.reader import parse
from .chain_slips import close
from .checking import Look, Sample, agrees, confirm, look, settled
from .meaning import Member, member
from .report import AGREES, PROVED, UNCHECKABLE, WRONG, Verdict
from .slips import find_slip, says_nothing
from .statements import Claim, Derivation
from .trees import text, tree
from .witness import find

__all__ = ["verdict"]

MAX_POINTS = 400  # of all members of a claim
MAX_PROVED = 60  # members
VISIBLE = 1e-9  # a relative difference that shows in the ten printed digits


def verdict(derivation: Derivation, claim: Claim, *, seed: int, points: int) -> Verdict:
    """Check one claim.

    Raises
    ------
    GradientCheckError
        If independent references contradict the engine.
    """
    members = [member(derivation, claim, indices) for indices in claim.members()]
    for m in members:
        if m.circular:
            return _uncheckable(claim, m.circular)
    count = max(min(points, MAX_POINTS // len(members)), 3)
    looks = [look(m, count, seed) for m in members]
    if (first := _first_wrong(looks)) is not None:
        return _wrong(members, looks, first, seed)
    for m, found in zip(members, looks, strict=True):
        if found.reason:
            return _uncheckable(claim, found.reason + _where(m))
    is_proved = len(members) <= MAX_PROVED and all(map(_proved, members))
    if not is_proved:
        for m, found in zip(members, looks, strict=True):
            found.samples = settled(m, found.samples)
        if (first := _first_wrong(looks)) is not None:
            return _wrong(members, looks, first, seed)
    confirmed = all(
        [confirm(m, found.samples) for m, found in zip(members, looks, strict=True)]
    )
    samples = [s for found in looks for s in found.samples]
    return Verdict(
        claim.line,
        claim.column,
        claim.text,
        PROVED if is_proved else AGREES,
        points=len(samples),
        difference=max(s.difference for s in samples),
        confirmed=confirmed,
        note=_undefined(looks),
        exact=is_proved or all(s.exact for s in samples),
    )


def _first_wrong(looks: list[Look]) -> int | None:
    for i, found in enumerate(looks):
        if not all(sample.same for sample in found.samples):
            return i
    return None


def _uncheckable(claim: Claim, reason: str) -> Verdict:
    return Verdict(claim.line, claim.column, claim.text, UNCHECKABLE, note=reason)


def _where(m: Member) -> str:
    if not m.indices:
        return ""
    return f" (for {', '.join(f'{k} = {n}' for k, n in m.indices.items())})"


def _undefined(looks: list[Look]) -> str:
    for found in looks:
        if found.undefined is not None:
            point = ", ".join(f"{n} = {x:.6g}" for n, x in found.undefined.items())
            return f"the right side is undefined at {point}, where the left side is not"
    return ""


def _proved(m: Member) -> bool:
    try:
        from .formulas import proved
    except ImportError:  # without SymPy nothing is proved
        return False
    return proved(m)


# -- a wrong claim ---------------------------------------------------------------------


def _wrong(members: list[Member], looks: list[Look], first: int, seed: int) -> Verdict:
    m, samples = members[first], looks[first].samples
    claim = m.claim
    confirmed = confirm(m, samples)
    cases = [(x, found.samples) for x, found in zip(members, looks, strict=True)]
    slip = find_slip(cases)
    if slip is not None and slip.right:
        right = f"{claim.left_text} = {slip.right}"
    else:
        right = _right(m, samples)
    difference = max(s.difference for found in looks for s in found.samples)
    return Verdict(
        claim.line,
        claim.column,
        claim.text,
        WRONG,
        points=sum(len(found.samples) for found in looks),
        difference=difference,
        confirmed=confirmed,
        witness=find(m, samples, seed),
        right=right,
        slip="" if slip is None else slip.words,
        note=_too_close(difference),
    )


def _too_close(difference: float) -> str:
    if difference > VISIBLE:
        return ""
    return f"the sides differ by {difference:.0e} of their size, in no printed digit"


def _right(m: Member, samples: list[Sample]) -> str:
    # The shortest formula that the numbers confirm, with the left side's indices.
    try:
        from .formulas import right_formulas
    except ImportError:
        return ""
    texts = right_formulas(m)
    if m.left is not None and len(m.left.program) == 1:  # L = ...: its definition
        definition = m.model.definitions.get(m.left.program[0].name)
        texts += [] if definition is None else [text(tree(definition.program))]
    scale = max(abs(float(sample.true)) for sample in samples)
    for formula in texts:
        read = parse(formula)
        if says_nothing(m, read):
            continue
        for sample in samples:
            at = m.model.values(sample.inputs, 0.0, read.names)
            if not close(read.evaluate(at), float(sample.true), scale):
                break
        else:
            if agrees(m, read, samples):
                return f"{_left(m)} = {formula}"
    return ""


def _left(m: Member) -> str:
    if not m.indices:
        return m.claim.left_text
    if m.left is not None:
        return text(tree(m.left.program))
    if m.claim.left.held is not None:  # type: ignore[union-attr]
        held = f" | {', '.join(sorted(m.held))}" if m.held else ""
        return f"partial({', '.join([m.target, *m.by])}{held})"
    if len(m.by) == 1:
        return f"d{m.target}/d{m.by[0]}"
    return f"d2{m.target}/(d{m.by[0]} d{m.by[1]})"
