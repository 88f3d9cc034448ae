"""Python functions as a derivation: written down in the language, by running them.

What one can do with this file: turn a function of numbers, and claimed derivatives
as functions, into the text of a derivation.

The one idea: the functions are run once on names instead of numbers (the text
column), and what comes out is printed as definitions and claims. A name has no truth
value, so ``if x > 0`` is refused there and nothing is frozen in silence.
"""

import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..expression.names import functions
from ..expression.program import Step
from ..numbers.text import COLUMN, Formula, symbol
from ..primitives import TABLE
from .trees import Node, apply, number, text

__all__ = ["written_down"]

MAX_TERMS = 2_000
_OPERATORS = frozenset({"add", "sub", "mul", "div", "neg", "pow"})


def written_down(
    f: Callable[..., Any], claims: Mapping[str, Callable[..., Any] | str]
) -> str:
    """The text of the derivation.

    Raises
    ------
    TypeError
        If a function has parameters that have no single name, returns something
        else than numbers, branches, or uses an operation that the language of
        derivations does not have; or if a claim is neither a function nor a text.
    """
    run = {name: symbol(name) for name in _parameters(f, "the definitions")}
    made = f(**run)
    if not isinstance(made, Mapping):
        name = getattr(f, "__name__", "")
        made = {name if name.isidentifier() else "f": made}
    known = {id(formula): name for name, formula in run.items()}
    lines = []
    for name, formula in made.items():
        if not isinstance(formula, Formula):
            formula = COLUMN.adopt(formula) if _is_number(formula) else formula
        if not isinstance(formula, Formula):
            raise TypeError(
                f"the definitions must be numbers, got {type(formula).__name__} for "
                f"'{name}'; return a dict of them, one for each quantity"
            )
        if name not in run:
            lines.append(f"{name} = {text(_node(formula, known, top=True))}")
            known.setdefault(id(formula), name)
    for left, claim in claims.items():
        lines.append(f"{left} = {_claimed(left, claim)}")
    return "\n".join(lines)


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, Fraction))


def _parameters(f: Callable[..., Any], what: str) -> list[str]:
    named = (
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    found = list(inspect.signature(f).parameters.values())
    if any(p.kind not in named for p in found):
        raise TypeError(f"{what} must be a function of named numbers, such as f(w, x)")
    return [p.name for p in found]


def _claimed(left: str, claim: Callable[..., Any] | str) -> str:
    if isinstance(claim, str):
        return claim
    if not callable(claim):
        raise TypeError(
            f"the claim about {left} must be a function or a text, got "
            f"{type(claim).__name__}"
        )
    names = _parameters(claim, f"the claim about {left}")
    made = claim(**{name: symbol(name) for name in names})
    if _is_number(made):
        made = COLUMN.adopt(made)
    if not isinstance(made, Formula):
        raise TypeError(
            f"the claim about {left} must return one number, got {type(made).__name__}"
        )
    return text(_node(made, {}))


def _node(formula: Formula, known: Mapping[int, str], *, top: bool = False) -> Node:
    if formula.terms > MAX_TERMS:
        raise TypeError(
            f"a formula of {formula.terms} terms is too long; return its parts too, "
            "each under its name"
        )
    if id(formula) in known and not top:
        return _variable(known[id(formula)])
    if formula.op == "name":
        shown = formula.attributes["text"]
        return Node(Step("constant", 0, "pi")) if shown == "π" else _variable(shown)
    if formula.op == "number":
        value = formula.attributes["value"]
        return number(Fraction(repr(value)) if isinstance(value, float) else value)
    operands = formula.operands
    if formula.op == "powc" and not formula.attributes["k"]:
        base = _node(operands[0], known)
        n = formula.attributes["n"]
        return apply("pow", base, number(Fraction(str(n))))
    if formula.op in _OPERATORS or formula.op in functions():
        return apply(formula.op, *(_node(o, known) for o in operands))
    return _node(_by_others(formula), known)


def _by_others(formula: Formula) -> Formula:
    # What the language does not have, in terms of other rows.
    op, operands, attributes = formula.op, formula.operands, dict(formula.attributes)
    if op == "sum":
        return sum(operands[1:], operands[0])
    if op == "dot":
        half = len(operands) // 2
        products = [x * y for x, y in zip(operands, operands[half:], strict=False)]
        return sum(products[1:half], products[0])
    if op == "item":
        (inner,) = operands
        k = attributes["k"]
        whole = TABLE[inner.op].formula
        if inner.op in ("softmax", "log_softmax"):
            total = sum(map(_exp, inner.operands[1:]), _exp(inner.operands[0]))
            x = inner.operands[k]
            return _exp(x) / total if inner.op == "softmax" else x - _log(total)
        if whole is not None:
            return whole(COLUMN, *inner.operands)[k]  # type: ignore[no-any-return]
    row = TABLE.get(op)
    if row is None or row.formula is None:
        raise TypeError(
            f"{op}() is not in the language of derivations; write it with "
            "+ - * / ** and the functions of a formula"
        )
    made: Formula = row.formula(COLUMN, *operands, **attributes)
    return made


def _exp(x: Formula) -> Formula:
    return Formula("exp", (x,))


def _log(x: Formula) -> Formula:
    return Formula("log", (x,))


def _variable(name: str) -> Node:
    return Node(Step("variable", 0, name))
