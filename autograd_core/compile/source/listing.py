"""A program as text: what is common to the languages.

What one can do with this file: `source` of a tape, in Python or C.

The one idea: the text is the tape, line by line, with the value and the gradient, and
behind each line the rule that it comes from. It runs without this package.
"""

import re
from collections.abc import Callable, Iterator

from ...errors import TraceError
from ...numbers import float64
from ...primitives import Primitive
from ...value import Value
from ..deriving.derive import gradient
from ..interpret import run
from ..passes.simplify import simplify
from ..tape import COMPARISONS, CONSTANT, INPUT, PARAMETER, Tape

__all__ = ["COMPARED", "Listing", "source"]

# Name of the row -> how both languages write it.
COMPARED = {row.name: symbol for symbol, row in COMPARISONS.items()}


class Listing:
    """A tape with names and labels, ready to be written.

    Attributes
    ----------
    tape
        Value and gradient, simplified.
    names
        Of each number.
    arguments
        The names of the inputs and then of the parameters.
    example
        Numbers for them: 0.5 for each input, the parameters as they are.
    results
        What the program gives for the example.
    """

    def __init__(self, tape: Tape, results: int) -> None:
        forward = tape.copy()
        forward.outputs = tape.outputs[:results]
        wrt = [*tape.inputs, *tape.parameters]
        with_gradient = forward
        if results == 1:
            with_gradient = gradient(forward, wrt, labelled=True)
        # Every argument stays, also one that nothing depends on.
        with_gradient.outputs += wrt
        short = simplify(with_gradient)
        del short.outputs[len(short.outputs) - len(wrt) :]
        self.tape = short
        _refuse_foreign(short)
        self.names = [f"v{i}" for i in range(len(short))]
        taken: set[str] = set()
        for k, i in enumerate(short.inputs):
            self.names[i] = _free(f"x{k}", taken)
        for i, leaf in short.parameters.items():
            self.names[i] = _free(_identifier(leaf), taken)
        order = [*short.inputs, *short.parameters]
        self.arguments = [self.names[i] for i in order]
        leaves = list(short.parameters.values())
        self.example = [0.5] * len(short.inputs) + [float(x.data) for x in leaves]
        self.results = run(short, self.example[: len(short.inputs)])

    def lines(self) -> Iterator[tuple[int, Primitive, list[str]]]:
        """Of each number that is no argument its index, row and operands' names."""
        for i, row, operands in self.tape.instructions():
            if row is not INPUT and row is not PARAMETER:
                yield i, row, [self.names[k] for k in operands]

    def comment(self, i: int) -> str:
        """The rule behind line ``i``."""
        name = self.tape.rows[i].name
        label = self.tape.labels.get(i)
        return f"{name}, for {label}" if label else name


def source(tape: Tape, results: int, language: str) -> str:
    """See `Program.source`."""
    from .c import write_c
    from .python import write_python

    writers: dict[str, Callable[[Listing], str]] = {
        "python": write_python,
        "c": write_c,
    }
    if language not in writers:
        raise ValueError(f"'language' must be 'python' or 'c' (got {language!r})")
    return writers[language](Listing(tape, results))


def _identifier(leaf: Value) -> str:
    found = re.sub(r"\W", "_", leaf.name or "p", flags=re.ASCII)
    return found if found[:1].isalpha() else f"p{found}"


# Words of the languages and of the text itself.
_WORDS = """
f math main printf and as auto break case char class const continue def
default del do double elif else enum except extern finally float for from
global goto if import in int is lambda long nonlocal not or out pass raise
register return short signed sizeof static struct switch try typedef union
unsigned void volatile while with yield inline restrict exp log sin cos tan
pow sqrt y0 y1 yn j0 j1 jn gamma difference hermite power hypot total dot step
sign where
"""
_RESERVED = frozenset(_WORDS.split())


def _free(name: str, taken: set[str]) -> str:
    found, k = name, 1
    # v0, v1, ... are the numbers in between.
    while found in taken or found in _RESERVED or re.fullmatch(r"[vk]_?\d+", found):
        k += 1
        found = f"{name}_{k}"
    taken.add(found)
    return found


def _refuse_foreign(tape: Tape) -> None:
    outside = {CONSTANT, INPUT, PARAMETER}
    for row in tape.rows:
        own = row.name in float64.KERNELS or row.name not in float64.COLUMN.kernels
        if row in outside or own:
            continue
        raise TraceError(
            f"'{row.name}' was added from outside the package, and its source is not "
            "known"
        )
