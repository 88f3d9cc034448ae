"""Whether a result is a sum over the samples, and of what.

What one can do with this file: write a tape's result as C * (s1 + s2 + ...) + R, where
C and R know no sample (`sum_of`).

The one idea: go back from the result. An addition hands the factor on to both operands,
a product with something that knows no sample multiplies it; all samples must be reached
with the same factor. Then a lane computes C * s, and all that is left to do is to add.
What R adds for each of many parameters, as a penalty does, is a sum over lanes again.
"""

from dataclasses import dataclass
from typing import Any

from ...primitives import TABLE
from ..tape import Tape
from .alike import find
from .lanes import Body, Copy, added, body_of, made_of, shared_by

__all__ = ["Sum", "sum_of"]


@dataclass
class Sum:
    """The result as a sum over all samples, C * s, and a rest.

    Attributes
    ----------
    bodies
        Tapes that compute C * s for one sample of each kind.
    penalties
        The same for what is added for each of many parameters.
    rest
        The tape of what is added once; None if it is nothing. Its inputs are
        ``reads``.
    reads
        Which of the function's inputs.
    """

    bodies: list[Body]
    penalties: list[Body]
    rest: Tape | None
    reads: list[int]


def sum_of(tape: Tape, found: list[Body], known: set[int]) -> Sum | None:
    """The tape's first result as a sum over ``found``; None if it is none.

    Parameters
    ----------
    known
        The results of all samples: indices on the tape.
    """
    split = _split(tape, found, known)
    if split is None:
        return None
    bodies, rest, reads = split
    if rest is None:
        return Sum(bodies, [], None, [])
    penalties, rest = _penalties(rest)
    return Sum(bodies, penalties, rest, reads)


def _split(
    tape: Tape, found: list[Body], known: set[int]
) -> tuple[list[Body], Tape | None, list[int]] | None:
    # Bodies that compute C * s, and what else is added; None if it is no sum.
    factors = _Factors(tape, known)
    if not factors.reach(tape.outputs[0]):
        return None
    bodies = []
    for body in found:
        scaled = _scaled(tape, body, factors)
        if scaled is None:
            return None
        bodies.append(scaled)
    if not factors.terms:
        return bodies, None, []
    rest = Tape()
    copy = Copy(tape, rest)
    reads = copy.reading_inputs()
    rest.outputs = [factors.total(copy)]
    return bodies, rest, reads()


def _penalties(rest: Tape) -> tuple[list[Body], Tape | None]:
    # What is the same for many parameters, each of them on its own, and what remains.
    nothing: list[Body] = []
    found = find(rest, rest.outputs, by_parameter=True)
    known = {i for samples in found for root in samples.roots for i in root.tolist()}
    if rest.inputs or not found:
        return nothing, rest
    split = _split(rest, [body_of(rest, samples) for samples in found], known)
    if split is None or not all(_is_of_one(rest, body) for body in split[0]):
        return nothing, rest
    return split[:2]


def _is_of_one(rest: Tape, body: Body) -> bool:
    # Whether each sample reads one parameter, which no other one reads.
    own = [line for line in body.sources if line[0] in rest.parameters]
    read = {o for operands in body.tape.operands for o in operands}
    return (
        len(own) == 1
        and len(set(own[0].tolist())) == len(own[0])
        and set(own[0].tolist()).issubset(rest.parameters)
        and read.isdisjoint(body.tape.parameters)
    )


def _scaled(tape: Tape, body: Body, factors: "_Factors") -> Body | None:
    # A body whose only result is C * s, or the sum of several such.
    new, lines = body.tape.copy(), list(body.sources)
    copy = shared_by(tape, new, body.samples, lines)
    terms = []
    for root, s in zip(body.samples.roots, body.tape.outputs, strict=True):
        of_samples = {factors.of.get(i) for i in root.tolist()}
        path = of_samples.pop()
        if of_samples or path is None:
            return None
        terms.append(factors.times(copy, path, s))
    new.outputs = [added(new, terms)]
    return made_of(tape, new, body.samples, lines)


class _Factors:
    # What each sample is multiplied with on its way to the result, as a path.
    def __init__(self, tape: Tape, known: set[int]) -> None:
        self.tape, self.known = tape, known
        # A path: a row, the path after it, and the operand that knows no sample.
        self.paths: list[tuple[str, int, int]] = [("one", -1, -1)]
        self._path_of: dict[tuple[str, int, int], int] = {}
        self.of: dict[int, int] = {}
        self.terms: list[tuple[int, int]] = []  # path, instruction without samples

    def reach(self, result: int) -> bool:
        """Go back from the result; whether everything on the way is a sum."""
        knowing = self._knowing(result)
        self.of = {result: 0}
        for i in sorted(knowing, reverse=True):
            given = self._given(self.tape.rows[i].name, self.of[i], i, knowing)
            if given is None:
                return False
            for o, path in given:
                if o not in knowing and o not in self.known:
                    if self.tape.constants.get(o) != 0.0:
                        self.terms.append((path, o))
                elif o in self.of:
                    return False
                else:
                    self.of[o] = path
        return True

    def _knowing(self, result: int) -> set[int]:
        # What depends on a sample, between samples and result.
        order, seen, ahead = [], set(), [result]
        while ahead:
            i = ahead.pop()
            if i not in seen and i not in self.known:
                seen.add(i)
                order.append(i)
                ahead += self.tape.operands[i]
        found: set[int] = set()
        for i in sorted(order):
            if any(o in found or o in self.known for o in self.tape.operands[i]):
                found.add(i)
        return found

    def _given(
        self, name: str, path: int, i: int, knowing: set[int]
    ) -> list[tuple[int, int]] | None:
        operands = self.tape.operands[i]
        if name in ("add", "sum", "identity"):
            return [(o, path) for o in operands]
        if name == "neg":
            return [(operands[0], self._path("neg", path, -1))]
        if name == "sub":
            return [(operands[0], path), (operands[1], self._path("neg", path, -1))]
        if name not in ("mul", "div"):
            return None
        a, b = operands
        if name == "mul" and a not in knowing and a not in self.known:
            a, b = b, a
        if b in knowing or b in self.known:
            return None
        return [(a, self._path(name, path, b))]

    def _path(self, *step: Any) -> int:
        found = self._path_of.get(step)
        if found is None:
            found = self._path_of[step] = len(self.paths)
            self.paths.append(step)
        return found

    def times(self, copy: Copy, path: int, number: int) -> int:
        """The number of a sample, or of what is added, times the factor of a path."""
        while path:
            name, path, operand = self.paths[path]
            others = copy.all_of([operand]) if operand >= 0 else []
            number = copy.new.emit(TABLE[name], (number, *others))
        return number

    def total(self, copy: Copy) -> int:
        """All that is added and knows no sample, with its factors."""
        numbers = copy.all_of([o for _, o in self.terms])
        pairs = zip(numbers, self.terms, strict=True)
        return added(copy.new, [self.times(copy, path, x) for x, (path, _) in pairs])
