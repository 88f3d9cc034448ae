"""The true side of a claim as a formula: to prove with, and to print.

What one can do with this file: ask whether a claim is `proved`, and get the right
formulas, shortest first, in the language of the text.

The one idea: the definitions are run on symbols instead of numbers, three times.
First every quantity is a letter of its own and the chain rule goes from definition
to definition, as one does by hand (``dyhat/dz`` is ``yhat*(1 - yhat)``). Then only
what lies upstream is letters; then only the inputs are. A proof in letters holds for
whatever the letters stand for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sympy

from ..expression.program import Expression
from ..expression.reader import parse
from ..graph import between
from ..numbers import Column
from ..numbers.symbolic import COLUMN, KERNELS, adopt, finite
from ..value import Value
from .meaning import Member
from .points import ranges
from .printing import in_language
from .proof import is_tame, vanishes_by_rewriting, vanishes_in_letters
from .trees import steps, tree

__all__ = ["proved", "right_formulas", "true_in_letters"]

MAX_SIZE = 600  # operations of a formula written out in symbols
MAX_DEPTH = 80  # SymPy recurses
SHORT = 10  # steps of a definition that may as well be put in
MAX_SIMPLIFIED = 40
LONG = 30  # characters of a formula that may have a shorter form

# For printing, what SymPy would take apart stays a call: sigmoid(z), step(x).
_CALLS = [
    *("sigmoid", "softplus", "logsigmoid", "relu", "step", "sign", "greater", "abs"),
    *("maximum", "minimum", "silu", "gelu", "normal_cdf", "normal_pdf"),
]
_PLAIN = {name: sympy.Function(name) for name in _CALLS}
READABLE = Column(
    "readable SymPy",
    {**KERNELS, **_PLAIN},
    {c: vars(COLUMN)[c] for c in ("pi", "ln2", "ln10", "two_over_sqrt_pi", "sqrt2")},
    adopt,
    finite=finite,
)
_REFUSALS = (ArithmeticError, TypeError, ValueError, RecursionError, AttributeError)


def proved(member: Member) -> bool:
    """Whether both sides are equal by rewriting."""
    differences = []
    for true, at in _sides(member, _letters(member)):
        claimed = _attempt(member.claimed, at, sympy.Integer(0))
        if claimed is not None:
            differences.append(true - claimed)
            if vanishes_in_letters(true - claimed):
                return True
    return any(vanishes_by_rewriting(e) for e in reversed(differences))


def true_in_letters(member: Member) -> Expression | None:
    """The true side in the letters of the quantities, as one writes it by hand."""
    by_hand = _by_hand(member, _letters(member))
    found = None if by_hand is None else in_language(sympy.sympify(by_hand))
    return None if found is None else parse(found)


def right_formulas(member: Member) -> list[str]:
    """Candidates for the right side, shortest first; none is checked here."""
    letters = _letters(member)
    by_hand = _by_hand(member, letters)
    texts = _texts(by_hand) + _texts(_as_quotients(member, letters, by_hand))
    texts.sort(key=_plainness)
    if not texts or len(texts[0]) > LONG:
        for true, at in _sides(member, letters):
            names = {at[n]: letters[n] for n in at if n in letters and at[n].args}
            texts += _texts(true) + _texts(true, names)
    return sorted(dict.fromkeys(texts), key=_plainness)


def _plainness(text: str) -> tuple[int, bool, int, str]:
    # Few operations first; of as many, a product before a sum: s*(1 - s).
    program = parse(text).program
    return len(program), program[-1].name in ("add", "sub"), len(text), text


def _by_hand(member: Member, letters: Mapping[str, Any]) -> Any:
    if len(member.by) < 2:
        return _attempt(_chain_rule, member, letters, READABLE)
    # The second derivative: that of the first, as one more definition.
    slope = _attempt(_chain_rule, replace(member, by=member.by[:1]), letters, READABLE)
    first = [] if slope is None else _texts(slope)
    if not first:
        return None
    model = member.model.extended("slope", parse(first[0]))
    outer = replace(member, model=model, target="slope", by=member.by[1:])
    more = {**letters, "slope": sympy.Symbol("slope", real=True)}
    return _attempt(_chain_rule, outer, more, READABLE)


def _as_quotients(member: Member, letters: Mapping[str, Any], formula: Any) -> Any:
    # With p = exp(z)/S for a definition, exp(z) is p*S, and S mostly cancels: so the
    # derivative of a softmax comes out in its own letters.
    if formula is None:
        return None
    below: dict[Any, Any] = {}
    above: dict[Any, Any] = {}
    for name, definition in member.model.definitions.items():
        last = definition.program[-1]
        size, depth = _size(definition, {})
        if name not in letters or last.name != "div" or max(size, depth) > MAX_DEPTH:
            continue
        sides = [Expression("", steps(n)) for n in tree(definition.program).operands]
        n, d = (side.evaluate(letters, like=sympy.Integer(0)) for side in sides)
        if n.is_Atom or not d.free_symbols:
            continue
        below.setdefault(d, sympy.Dummy("D", positive=True))
        above[n] = letters[name] * below[d]
    if not above:
        return None
    back = {letter: d for d, letter in below.items()}
    made = sympy.sympify(formula).xreplace(below)
    for e in made.atoms(sympy.exp):  # SymPy has made exp(2*z) of exp(z)*exp(z)
        for n in [n for n in above if isinstance(n, sympy.exp)]:
            times = e.args[0] / n.args[0]
            if times.is_Integer:
                above[e] = above[n] ** times
    made = made.xreplace(above)
    small = sympy.count_ops(made) <= 3 * MAX_SIMPLIFIED and is_tame(made)
    return (_attempt(sympy.cancel, made) if small else made).xreplace(back)


def _letters(member: Member) -> dict[str, Any]:
    strict = all(r in "<>" for _, relations in member.conditions for r in relations)
    bounds = ranges(member)
    letters = {}
    for name in _expressible(member):
        low, high = bounds.get(name, (-1.0, 1.0))
        signs = {}
        if low >= 0.0:
            signs = {"positive" if strict else "nonnegative": True}
        elif high <= 0.0:
            signs = {"negative" if strict else "nonpositive": True}
        letters[name] = sympy.Symbol(name, real=True, **signs)
    return letters


def _expressible(member: Member) -> list[str]:
    # What the claim needs, and what else can be computed from that.
    names = dict.fromkeys(sorted(member.wanted))
    for name, definition in member.model.definitions.items():
        if all(operand in names for operand in definition.names):
            names[name] = None
    return list(names)


def _attempt(compute: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return compute(*arguments)
    except _REFUSALS:
        return None


# -- the three ways --------------------------------------------------------------------


def _sides(
    member: Member, letters: Mapping[str, Any]
) -> Iterator[tuple[Any, dict[str, Any]]]:
    # The true side in symbols, and the point of symbols that the claim is put to.
    true = _attempt(_chain_rule, member, letters, COLUMN)
    at = _attempt(_point, member, letters, _helpers(member))
    if true is not None and at is not None:
        yield true, at
    for moved in _written_out(member):
        at = _attempt(_point, member, letters, moved)
        if at is None:
            continue
        true = _attempt(member.true, at, sympy.Integer(0))
        if true is not None:
            yield true, at


def _written_out(member: Member) -> list[set[str]]:
    # Which definitions are put in: those downstream; short ones of inputs too, such
    # as y[3] = 1 - y[1] - y[2]; all.
    model = member.model
    if member.left is not None:
        downstream = {*member.left.names} | _helpers(member)
    else:
        downstream = model.beyond(member.by) & member.wanted - member.held
    short = {
        name
        for name, formula in model.definitions.items()
        if len(formula.program) <= SHORT and set(formula.names) <= set(model.inputs)
    }
    found: list[set[str]] = []
    for moved in (downstream, downstream | short, set(model.definitions)):
        if moved not in found:
            found.append(moved)
    return found


def _helpers(member: Member) -> set[str]:
    # What the claim names and its left side is not computed from: abbreviations.
    left = [member.target] if member.left is None else member.left.names
    return set(member.wanted) - member.model.behind([*left, *member.by, *member.held])


def _point(
    member: Member, letters: Mapping[str, Any], moved: set[str]
) -> dict[str, Any] | None:
    model = member.model
    at = {name: x for name, x in letters.items() if name not in moved}
    at |= {name: letters[name] for name in letters if name in model.inputs}
    sizes: dict[str, tuple[int, int]] = {}
    for name, formula in model.definitions.items():
        if name in letters and name in moved:
            sizes[name] = _size(formula, sizes)
            if sizes[name][0] > MAX_SIZE or sizes[name][1] > MAX_DEPTH:
                return None
            at[name] = formula.evaluate(at, like=sympy.Integer(0))
    return at


def _size(formula: Expression, sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    # Operations and depth, with the sizes of the names that are written out.
    stack: list[tuple[int, int]] = []
    for step in formula.program:
        if step.kind != "apply":
            stack.append(sizes.get(step.name, (1, 1)))
            continue
        operands = stack[-step.arity :]
        del stack[-step.arity :]
        size = 1 + sum(n for n, _ in operands)
        stack.append((size, 1 + max(depth for _, depth in operands)))
    return stack[0]


def _chain_rule(member: Member, letters: Mapping[str, Any], kind: Column) -> Any:
    # From definition to definition, every quantity a letter.
    if member.left is not None:
        return member.left.evaluate(letters, like=sympy.Integer(0))
    if len(member.by) > 1:
        return None
    (by,) = member.by
    if member.target == by:
        return sympy.Integer(1)
    flow = {member.target: sympy.Integer(1)}
    plan = member.model.plan(member.target, member.by, member.held)
    for name in reversed(plan):
        if name not in flow:
            continue
        formula = member.model.definitions[name]
        size, depth = _size(formula, {})
        if size > MAX_SIZE or depth > MAX_DEPTH:
            return None
        live = [n for n in formula.names if n == by or n in plan]
        for operand, slope in _slopes(name, formula, live, letters, kind).items():
            share = flow[name] * slope
            flow[operand] = flow.get(operand, sympy.Integer(0)) + share
    return flow.get(by, sympy.Integer(0))


def _slopes(
    name: str,
    formula: Expression,
    live: list[str],
    letters: Mapping[str, Any],
    kind: Column,
) -> dict[str, Any]:
    # d(name)/d(operand) as a textbook writes it: with the result's own letter.
    leaves = {n: Value(letters[n]) for n in live}
    root = formula.evaluate({**letters, **leaves})
    if not leaves or not isinstance(root, Value):
        return {}
    nodes, _ = between([root], list(leaves.values()))
    data = {leaf: letters[n] for n, leaf in leaves.items()}
    for node in reversed(nodes):
        row: Any = node.primitive
        if row is not None and node not in data:
            operands = [data.get(o, o.data) for o in node.operands]
            data[node] = getattr(kind, row.name)(*operands, **row.bound)
    if root not in leaves.values():
        data[root] = letters[name]
    flow: dict[Value, Any] = {root: sympy.Integer(1)}
    for node in nodes:
        row = node.primitive
        if row is None or node not in flow or node in leaves.values():
            continue
        operands = [data.get(o, o.data) for o in node.operands]
        slopes = _rules(row, kind, operands, data[node])
        for operand, slope in zip(node.operands, slopes, strict=True):
            if operand in data:
                flow[operand] = flow.get(operand, 0) + flow[node] * slope
    return {n: flow.get(leaf, sympy.Integer(0)) for n, leaf in leaves.items()}


def _rules(row: Any, kind: Column, operands: list[Any], out: Any) -> list[Any]:
    if row.multiple:
        raise TypeError("several outputs have no letter")
    if row.variadic:
        rules = row.shown or row.partials
        return list(rules(kind, operands, out))
    shown = row.shown or (None,) * len(operands)
    chosen = [s or p for s, p in zip(shown, row.partials, strict=True)]
    return [rule(kind, *operands, out) if rule else 0 for rule in chosen]


# -- printing --------------------------------------------------------------------------


def _texts(formula: Any, names: Mapping[Any, Any] | None = None) -> list[str]:
    # The formula and simpler ones, in the language, shortest first.
    if formula is None:
        return []
    formula = sympy.sympify(formula)
    found = [formula]
    if sympy.count_ops(formula) <= MAX_SIMPLIFIED and is_tame(formula):
        ways = (sympy.factor, sympy.cancel, sympy.expand)  # all by the size above
        found += [e for way in ways if (e := _attempt(way, formula)) is not None]
    if names is not None:
        found = [e.subs(names) for e in found]
    texts = dict.fromkeys(filter(None, map(in_language, found)))
    return sorted(texts, key=_plainness)
