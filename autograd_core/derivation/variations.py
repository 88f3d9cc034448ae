"""Slips in a formula: the variations of a claim that a tired hand could have meant.

What one can do with this file: list the changed claims to try, the likeliest first.

The one idea: a slip is a small change. Each variation changes one place (a sign, a
factor, an index, a name, an exponent), or one name throughout; whether it repairs
the claim is not decided here but by the numbers.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ..expression.program import Index, Step
from .model import Model
from .statements import Claim
from .trees import Node, apply, number, places, replaced, text, tree

__all__ = ["Variation", "variations"]

MAX_NODES = 200
_WHOLE = 0  # the position of the root among the places


class Variation(NamedTuple):
    """A changed right side, and the slip that would explain the claim."""

    slip: str
    right: Node


def variations(model: Model, claim: Claim) -> Iterator[Variation]:
    """Changed right sides, the likeliest slip first; none if the claim is long."""
    root = tree(claim.right)
    spots = list(places(root))
    if len(spots) > MAX_NODES:
        return
    sizes = _sizes(model, claim)
    yield Variation("a sign: the whole right side has the wrong one", _negated(root))
    yield from _signs(spots)
    # With three terms summed, a factor 3 is a forgotten mean; a factor 2 may be both.
    yield from _means(root, sizes)
    yield from _twos(spots)
    yield from _indices(root, spots, claim, model)
    yield from _exponentials(model, spots)
    yield from _quotients(spots)
    yield from _powers(spots)
    yield from _names(root, spots, model, claim)


def _negated(node: Node) -> Node:
    return _unsigned(node) or apply("neg", node)


def _unsigned(node: Node) -> Node | None:
    # Without the sign that it is printed with in front: x*y of -x*y; None without one.
    if node.step.name == "neg":
        return node.operands[0]
    if node.step.kind == "number" and node.step.exact < 0:
        return number(-node.step.exact)
    if node.step.name not in ("mul", "div"):
        return None
    first = _unsigned(node.operands[0])
    return first and node._replace(operands=(first, *node.operands[1:]))


def _times(factor: Node, node: Node) -> Node:
    # -2*x and not 2*-x.
    bare = _unsigned(node)
    return (
        apply("mul", factor, node)
        if bare is None
        else apply("neg", _times(factor, bare))
    )


Spots = list[tuple[Node, Callable[[Node], Node]]]


def _short(node: Node) -> str:
    shown = text(node)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _signs(spots: Spots) -> Iterator[Variation]:
    for node, put in spots:
        name = node.step.name
        if name in ("add", "sub"):
            other = "sub" if name == "add" else "add"
            changed = apply(other, *node.operands)
            slip = f"a sign: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))
            first, second = node.operands
            changed = apply(name, _negated(first), second)
            slip = f"a sign: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))
        elif name == "neg":
            slip = f"a sign: {_short(node)} for {_short(node.operands[0])}"
            yield Variation(slip, put(node.operands[0]))
        elif node.step.kind == "apply" and node.step.arity == 1:
            changed = node._replace(operands=(_negated(node.operands[0]),))
            slip = f"a sign: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))
        elif name == "pow":
            base, exponent = node.operands
            changed = apply("pow", base, _negated(exponent))
            slip = f"a sign: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))


# -- factors ---------------------------------------------------------------------------


def _sizes(model: Model, claim: Claim) -> list[Node]:
    # What a mean may divide by: numbers of terms, and what definitions divide by.
    found: dict[str, Node] = {}
    for formula in model.definitions.values():
        for node, _ in _small_places(formula.program):
            if node.step.name == "div":
                below = node.operands[1]
                if not below.operands and below.step.kind in ("variable", "number"):
                    found.setdefault(text(below), below)
    counts = {*model.sums, *(high - low + 1 for _, (low, high) in claim.family)}
    for count in sorted(counts):
        found.setdefault(str(count), number(count))
    return [node for shown, node in found.items() if shown not in ("0", "1")]


def _small_places(program: tuple[Step, ...]) -> Spots:
    return list(places(tree(program))) if len(program) <= MAX_NODES else []


def _means(root: Node, sizes: list[Node]) -> Iterator[Variation]:
    for size in sizes:
        if text(size) == "2":
            continue  # the same as a factor 2
        n = text(size)
        slip = f"a missing 1/{n}: the mean of {n} terms has it"
        yield Variation(slip, apply("div", root, size))
        yield Variation(f"a 1/{n} too many", _times(size, root))


def _twos(spots: Spots) -> Iterator[Variation]:
    for i, (node, put) in enumerate(spots):
        if i != _WHOLE and not _is_term(spots, node):
            continue
        where = "" if i == _WHOLE else f" at {_short(node)}"
        slip = f"a factor 2 is missing{where}"
        yield Variation(slip, put(_times(number(2), node)))
        yield Variation(f"a factor 2 too many{where}", put(_halved(node)))
        if node.step.kind == "number":
            continue
        slip = f"a factor 1/2 is missing{where}"
        yield Variation(slip, put(apply("div", node, number(2))))


def _halved(node: Node) -> Node:
    # 2*x becomes x; a leading number is halved; anything else is divided by 2.
    if node.step.name == "mul" and node.operands[0].step.kind == "number":
        factor, rest = node.operands
        return rest if factor.step.exact == 2 else apply("mul", _halved(factor), rest)
    if node.step.name == "mul" and node.operands[1].step.exact == 2:
        return node.operands[0]
    if node.step.kind == "number":
        return number(node.step.exact / 2)
    if node.step.name in ("mul", "div", "neg") and _has_factor(node):
        first = _halved(node.operands[0])
        return node._replace(operands=(first, *node.operands[1:]))
    return apply("div", node, number(2))


def _has_factor(node: Node) -> bool:
    while node.step.name in ("mul", "div", "neg") and node.operands:
        node = node.operands[0]
    return node.step.kind == "number"


def _is_term(spots: Spots, node: Node) -> bool:
    # A factor of a factor is a factor of the whole; only terms and operands of
    # functions are places of their own.
    parents = [p for p, _ in spots if any(o is node for o in p.operands)]
    return any(p.step.name not in ("mul", "div", "neg") for p in parents)


# -- indices and names -----------------------------------------------------------------


def _indices(
    root: Node, spots: Spots, claim: Claim, model: Model
) -> Iterator[Variation]:
    running = [name for name, _ in claim.family]
    leaves = {text(node): node for node, _ in spots if not node.operands}
    for node in leaves.values():
        for other in _other_indices(node, running, model):
            slip = f"a swapped index: {text(node)} for {text(other)}"
            yield Variation(slip, _renamed(root, node, other))
            for spot, put in spots:
                if spot == node:
                    yield Variation(slip, put(other))
    if len(running) >= 2:
        for a in running:
            for b in running[running.index(a) + 1 :]:
                swapped = replaced(root, partial(_exchanged, a, b))
                yield Variation(f"a swapped index: {a} and {b} exchanged", swapped)


def _renamed(root: Node, node: Node, other: Node) -> Node:
    key = text(node)

    def change(leaf: Node) -> Node | None:
        return other if text(leaf) == key else None

    return replaced(root, change)


def _exchanged(a: str, b: str, node: Node) -> Node | None:
    if node.step.kind != "element":
        return None
    names = {a: b, b: a}
    indices = tuple(
        Index(names.get(i.name, i.name), i.offset) for i in node.step.indices
    )
    return Node(node.step._replace(indices=indices))


def _other_indices(node: Node, running: list[str], model: Model) -> Iterator[Node]:
    step = node.step
    if step.kind == "variable":
        # w1 for w2; and a name that differs in its digits anywhere.
        pattern = re.sub(r"\d+", r"\\d+", re.escape(step.name))
        if pattern != re.escape(step.name):
            for name in model.names:
                if name != step.name and re.fullmatch(pattern, name):
                    yield Node(step._replace(name=name))
    if step.kind != "element":
        return
    if len(step.indices) == 2:
        yield Node(step._replace(indices=step.indices[::-1]))
    known = _known_indices(step.name, model)
    for i, index in enumerate(step.indices):
        options = [Index(name, 0) for name in running]
        options += [Index("", n) for n in known]
        options += [Index(index.name, index.offset + d) for d in (1, -1) if index.name]
        for option in options:
            if option != index:
                indices = (*step.indices[:i], option, *step.indices[i + 1 :])
                yield Node(step._replace(indices=indices))


def _known_indices(base: str, model: Model) -> list[int]:
    inside = [n[len(base) + 1 : -1] for n in model.names if n.startswith(f"{base}[")]
    return sorted({int(x) for one in inside for x in one.split(",")})[:8]


def _names(root: Node, spots: Spots, model: Model, claim: Claim) -> Iterator[Variation]:
    named = {s.name for s in claim.right if s.kind == "variable"}
    likely = [n for n in model.names if "[" not in n]
    elements = _elements(model, claim)
    for node, put in spots:
        if node.operands or node.step.kind == "index":
            continue
        for name in likely:
            other = Node(Step("variable", node.step.start, name))
            if other.step.name != node.step.name:
                shown = f"{text(node)} for {name}"
                yield Variation(f"one quantity for another: {shown}", put(other))
        for other in elements:
            shown = f"{text(node)} for {text(other)}"
            yield Variation(f"one quantity for another: {shown}", put(other))
    for name in [*named, *(n for n in likely if n not in named)]:
        factor = Node(Step("variable", 0, name))
        yield Variation(f"a missing factor {name}", apply("mul", root, factor))
        yield Variation(f"a superfluous factor {name}", apply("div", root, factor))


def _elements(model: Model, claim: Claim) -> list[Node]:
    # y[k] for each base and running index, where the base has one index.
    found = []
    for base in sorted(model.bases):
        counts = {n.count(",") for n in model.names if n.startswith(f"{base}[")}
        for name, _ in claim.family:
            if counts == {0}:
                step = Step("element", 0, base, indices=(Index(name, 0),))
                found.append(Node(step))
    return found


# -- functions and powers --------------------------------------------------------------


def _exponentials(model: Model, spots: Spots) -> Iterator[Variation]:
    # e where e^x was meant; the exponents are those of the definitions.
    exponents: dict[str, Node] = {}
    for formula in model.definitions.values():
        for node, _ in _small_places(formula.program):
            inside = _exponent(node)
            if inside is not None:
                exponents.setdefault(text(inside), inside)
    for node, put in spots:
        if node.step.kind == "constant" and node.step.name == "e":
            for shown, inside in exponents.items():
                slip = f"e for e^{shown if inside.operands == () else f'({shown})'}"
                yield Variation(slip, put(apply("exp", inside)))


def _exponent(node: Node) -> Node | None:
    if node.step.name == "exp" and node.operands:
        return node.operands[0]
    if node.step.name == "pow" and node.operands[0].step.name == "e":
        return node.operands[1]
    return None


def _powers(spots: Spots) -> Iterator[Variation]:
    for node, put in spots:
        if node.step.kind == "number" and node.step.exact.denominator == 1:
            for d in (1, -1):
                other = number(node.step.exact + d)
                shown = f"{text(node)} for {text(other)}"
                yield Variation(f"a number: {shown}", put(other))
            continue
        if node.step.name == "pow":
            base = node.operands[0]
            slip = f"an exponent too many: {_short(node)} for {_short(base)}"
            yield Variation(slip, put(base))
        if node.step.kind == "number":
            continue
        for exponent in (2, 3, -1):
            changed = apply("pow", node, number(exponent))
            slip = f"a missing exponent: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))
        changed = apply("sqrt", node)
        slip = f"a missing root: {_short(node)} for {_short(changed)}"
        yield Variation(slip, put(changed))


def _quotients(spots: Spots) -> Iterator[Variation]:
    for node, put in spots:
        if node.step.name == "div":
            changed = apply("div", *node.operands[::-1])
            slip = f"a quotient upside down: {_short(node)} for {_short(changed)}"
            yield Variation(slip, put(changed))
        if node.step.kind == "apply" and node.step.arity == 1:
            slip = f"a function too many: {_short(node)} for {_short(node.operands[0])}"
            yield Variation(slip, put(node.operands[0]))
