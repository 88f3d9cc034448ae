"""What is exported: the tape of the results, and whose numbers it reads.

What one can do with this file: get the `Forward` of a program for an example.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import TraceError
from ...value import Value
from ..calls.arguments import one
from ..calls.variants import Variants
from ..passes.simplify import simplify
from ..pipeline import Wanted, derived
from ..tape import Tape

__all__ = ["Forward", "forward", "missing"]


@dataclass
class Forward:
    """A program on its way to another library.

    Attributes
    ----------
    tape
        Its outputs are the numbers of the result.
    rebuild
        Puts as many numbers into the containers of the result.
    example
        The arguments that are not static.
    places
        Their positions among all arguments.
    leaves
        The captured Values that the results depend on, in the order of the tape.
    names
        A name for each, no two equal.
    """

    tape: Tape
    rebuild: Callable[[Sequence[Any]], Any]
    example: tuple[Any, ...]
    places: tuple[int, ...]
    leaves: list[Value]
    names: list[str]

    @property
    def tree(self) -> Any:
        """The containers of the result around the indices of its numbers."""
        return self.rebuild([float(k) for k in range(len(self.tape.outputs))])


def forward(variants: Variants, args: Sequence[Any]) -> Forward:
    """The tape of a program for arguments like ``args``.

    Raises
    ------
    TraceError
        If the function cannot be traced, or asks which branch to take.
    TypeError
        If an argument holds something else than numbers.
    """
    call = one(args, variants.static, variants.indices)
    traced = variants.parts(call)[0].variant.traced
    if traced.taken.gathers:
        raise TraceError(
            "the function takes rows of a table by an index, which is not exported; "
            "name the index in static_argnums instead of index_argnums"
        )
    if traced.branches:
        raise TraceError(
            f"the function branches on its data{traced.place}, and an exported "
            "function has one way for all rows. Use where(), maximum() or minimum() "
            "instead of if, max and min"
        )
    tape, _ = derived(traced.tape, traced.results, Wanted("values"))
    tape = simplify(tape, keep_stops=True)
    places = tuple(k for k in range(len(args)) if k not in variants.static)
    leaves = list(tape.parameters.values())
    return Forward(
        tape,
        traced.rebuild,
        tuple(args[k] for k in places),
        places,
        leaves,
        _names(leaves),
    )


def _names(leaves: list[Value]) -> list[str]:
    taken: set[str] = set()
    found = []
    for place, leaf in enumerate(leaves):
        name = leaf.name or f"p{place}"
        if name in taken:
            name = f"{name}#{place}"
        taken.add(name)
        found.append(name)
    return found


def missing(package: str, call: str, error: ImportError) -> ImportError:
    """What to say where a library is not installed."""
    return ImportError(
        f"{call} needs {package} ({error}); pip install 'autograd-core[peers]'"
    )
