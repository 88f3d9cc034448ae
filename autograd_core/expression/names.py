"""What a formula may name: the functions of the table, two constants, variables."""

from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import ExpressionError
from ..primitives import TABLE, Primitive
from .tokens import error_at, short

__all__ = ["CONSTANTS", "functions", "unknown_name"]

CONSTANTS = ("pi", "e")
_ALIASES = {"ln": "log", "max": "maximum", "min": "minimum"}
# Rows that are written as operators, or that only the engine calls.
_NOT_FUNCTIONS = frozenset({"add", "sub", "mul", "div", "neg", "identity", "round"})
_FAMILIAR = ("sin", "cos", "exp", "log", "sqrt", "tanh", "sigmoid", "max", "pi")


def functions() -> dict[str, Primitive]:
    """The functions that a formula may call, by name; registered ones included."""
    found = {
        row.name: row
        for row in TABLE.values()
        if row.arity in (1, 2)
        and not row.helper
        and set(row.attributes) == set(row.defaults)
        and row.name not in _NOT_FUNCTIONS
    }
    return {**found, **{alias: TABLE[name] for alias, name in _ALIASES.items()}}


def unknown_name(
    text: str, start: int, name: str, names: Iterable[str]
) -> ExpressionError:
    """The refusal of a name, with those that may have been meant."""
    names = list(names)
    near = get_close_matches(name, [*names, *functions()]) if len(name) < 40 else []
    known = list(dict.fromkeys([*names[:12], *near, *_FAMILIAR]))
    return error_at(
        text, start, f"unknown name {short(name)}; known: {', '.join(known)}, ..."
    )
