"""From a traced function to something that runs: derive, simplify, compile.

What one can do with this file: `build` the program for the wanted outputs of a tape,
and read how long each pass took (`Wanted`, `build`).

The one idea: every program goes the same way, whatever is asked: derivatives are
appended to the tape, only what is asked stays an output, passes shorten it, a backend
runs it.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from ..value import Value
from . import cache
from .backends import Backend
from .cache import Made
from .deriving.derive import gradient
from .deriving.matrix import Pattern
from .deriving.sparse import hessian, jacobian
from .passes.simplify import relax, simplify
from .pause import no_collection
from .tape import Tape

__all__ = ["SEED", "Wanted", "build", "derived"]

MOST_DRAWN = 16  # lines of a pattern, in a report
SEED = Value(1.0, name="seed", requires_grad=False)  # stands for it on a tape


class Wanted(NamedTuple):
    """What a program should compute.

    Attributes
    ----------
    kind
        "values" (the results), "conditions", "gradient" (the result and its gradient),
        "jacobian", "hessian".
    wrt
        Indices of inputs and parameters on the tape.
    summed
        Whether all outputs are added up over the rows.
    seeded
        Whether the adjoint of the result is given at each call.
    numerics
        "eager" or "fast".
    apart
        Inputs by which it is differentiated too. Of a gradient, their derivatives are
        the first outputs, and are not added up.
    single
        Whether it is for one row, given as a call's arguments and not as a batch.
    """

    kind: str
    wrt: tuple[int, ...] = ()
    summed: bool = False
    seeded: bool = False
    numerics: str = "fast"
    apart: tuple[int, ...] = ()
    single: bool = False


def build(tape: Tape, results: int, wanted: Wanted, backend: Backend) -> Made:
    """The compiled program; from the cache if an equal tape was compiled before."""
    return cache.made(
        tape,
        (results, wanted, backend.name),
        lambda: _build(tape, results, wanted, backend),
    )


def _build(tape: Tape, results: int, wanted: Wanted, backend: Backend) -> Made:
    notes: list[str] = []

    def timed(name: str, run: Callable[[], Any]) -> Any:
        start = perf_counter()
        found = run()
        new = found[0] if isinstance(found, tuple) else found
        size = f", {len(new)} instructions" if isinstance(new, Tape) else ""
        notes.append(f"{name}: {1e3 * (perf_counter() - start):.2f} ms{size}")
        return found

    with no_collection():
        new, pattern = timed("derive", lambda: derived(tape, results, wanted))
        if wanted.numerics == "fast":  # the same rules, and more
            new = timed("relax", lambda: relax(new))
        else:
            new = timed("simplify", lambda: simplify(new))
    places = {leaf: k for k, leaf in enumerate(tape.parameters.values())}
    order = [places.get(leaf, -1) for leaf in new.parameters.values()]
    straight = order == list(range(len(places)))
    # The cache must not keep what the function captured.
    new.parameters = dict.fromkeys(new.parameters, SEED)
    new._parameter_at.clear()
    summed = len(new.outputs) - len(wanted.apart) if wanted.summed else 0
    run = timed(
        f"compile ({backend.name})",
        lambda: backend.compile(
            new, summed=summed, numerics=wanted.numerics, single=wanted.single
        ),
    )
    if pattern is not None:
        notes.append(f"sparsity: {pattern}")
        notes += pattern.drawing() if max(pattern.shape) <= MOST_DRAWN else []
    return Made(run, new, None if straight else order, notes, pattern)


def derived(tape: Tape, results: int, wanted: Wanted) -> tuple[Tape, Pattern | None]:
    """The tape with the outputs that are wanted, and which entries of a matrix."""
    kept = tape.copy()
    kept.outputs = tape.outputs[:results]
    by = wanted.wrt + wanted.apart
    match wanted.kind:
        case "values":
            return kept, None
        case "conditions":
            kept.outputs = tape.outputs[results:]
            return kept, None
        case "gradient":
            seed = SEED if wanted.seeded else None
            found = gradient(kept, by, seed)
            first = len(found.outputs) - len(wanted.apart)
            found.outputs = found.outputs[first:] + found.outputs[:first]
            return found, None
        case "jacobian":
            return jacobian(kept, by)
        case _:
            # Both halves have eager's bits, which need a sweep each.
            symmetric = wanted.numerics == "fast"
            return hessian(kept, by, symmetric=symmetric)
