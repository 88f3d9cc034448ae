"""Names for parts of a graph: which nodes were computed inside which block.

What one can do with this file: write ``with scope("neuron", "p = σ(wx + b)"):``
around a part of a computation, and ask afterwards to which scope each node belongs
(`scopes_of`). Drawings show scopes as frames, or fold each into one card.

The one idea: nodes carry nothing. A scope is a range of creation indices, noted
when its block begins and ends, so recording a node costs the same inside and
outside, and a scope keeps no node alive. Each thread keeps the ranges of its latest
10,000 scopes; older ones are forgotten, so that memory does not grow in training.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from operator import attrgetter
from threading import local
from typing import Any

from .value import Value, tick

__all__ = ["Scope", "scope", "scopes_of"]

MAX_SCOPES = 10_000  # of one thread; a later one replaces the oldest


@dataclass(eq=False)
class Scope:
    """One block that was entered, as `scope` noted it.

    Attributes
    ----------
    name, formula
        As given; the formula is "" if there was none.
    first, last
        Nodes whose creation index is at least ``first`` and below ``last`` were
        computed inside; ``last`` is None while the block is open.
    parent
        The scope around it, or None.
    """

    name: str
    formula: str
    first: int
    last: int | None
    parent: "Scope | None"

    def __repr__(self) -> str:
        return f"<scope {self.name!r}>"


class _Log(local):
    def __init__(self) -> None:
        self.scopes: deque[Scope] = deque(maxlen=MAX_SCOPES)


_log = _Log()
_inner: ContextVar[Scope | None] = ContextVar("scope", default=None)


@contextmanager
def scope(name: str, formula: Any = None) -> Iterator[Scope]:
    """A context manager, or decorator, that names what is computed inside.

    Parameters
    ----------
    name
        The title. Scopes beside each other that have the same name and compute the
        same may be drawn as one, ``neuron × 16``.
    formula
        What it computes, for the reader: a str, or a formula, which is printed.

    Raises
    ------
    TypeError
        If ``name`` is not a str.

    Notes
    -----
    Nothing is recorded per node: the cost is two numbers per block. A drawing finds
    the scopes that were entered in its own thread.

    Examples
    --------
    >>> x = Value(2.0)
    >>> with scope("square", "y = x²"):
    ...     y = x * x
    >>> scopes_of([x, y])
    {Value(data=4.0, grad=0.0): <scope 'square'>}
    """
    if not isinstance(name, str):
        raise TypeError(f"'name' must be a str, got {type(name).__name__}")
    text = "" if formula is None else str(formula)
    entered = Scope(name, text, tick(), None, _inner.get())
    _log.scopes.append(entered)
    token = _inner.set(entered)
    try:
        yield entered
    finally:
        _inner.reset(token)
        entered.last = tick()


def scopes_of(nodes: Iterable[Value]) -> dict[Value, Scope]:
    """The innermost scope of each computed node that has one.

    Leaves are left out: they are made before, assigned between, and used in, the
    blocks that compute.
    """
    computed = sorted(
        (node for node in nodes if not node.is_leaf), key=attrgetter("_index")
    )
    ranges = sorted(_log.scopes, key=attrgetter("first"))  # an outer one begins first
    found: dict[Value, Scope] = {}
    around: list[Scope] = []
    i = 0
    for node in computed:
        index = node._index
        while i < len(ranges) and ranges[i].first < index:
            around.append(ranges[i])
            i += 1
        while around and not _holds(around[-1], index):
            around.pop()
        if around:
            found[node] = around[-1]
    return found


def _holds(entered: Scope, index: int) -> bool:
    return entered.last is None or index < entered.last
