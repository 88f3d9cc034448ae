"""S75 to S77, S84 and S85: back-propagation as messages between layers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograd_core import exp
from visualize import plots

from ..article import Claim, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at, value_at
from .jacobian_products import ARTICLE as TWO_WAYS
from .layer_kinds import ARTICLES as KINDS
from .modules import (
    Linear,
    Sigmoid,
    Softmax,
    alone,
    message,
    messages,
    sent,
    slopes,
)
from .networks import total
from .two_classes import STACK, STACK_AT, WHOLE

__all__ = [
    "CHAPTER",
    "NESTED",
    "SHARED",
    "SHARED_AT",
    "SIGMOID",
    "SIGMOID_AT",
]

Form = Callable[[Any], Any]


def _of(name: str) -> Form:
    return lambda q: getattr(q, name)


# -- S75 and S77: all paths, or each layer once ----------------------------------------


def _share(c: int) -> Form:
    return lambda q: exp(getattr(q, f"l{c}"))


def _up(c: int) -> Form:
    # The slope of the cost by ℓ_c: minus the indicator of the class c.
    return lambda q: -(1 - q.y) if c == 1 else -q.y


def _across(c: int, k: int) -> Form:
    # The slope of ℓ_c by z_k.
    return lambda q: 1 - _share(k)(q) if c == k else -_share(k)(q)


def _path(c: int, k: int, j: int) -> Form:
    # Cost, ℓ_c, z_k, θ₁ⱼ: z₂ does not depend on θ₁.
    def form(q: Any) -> Any:
        last = getattr(q, f"x{j}") if k == 1 else q.exact("0")
        return _up(c)(q) * _across(c, k)(q) * last

    return form


def _paths(j: int) -> Form:
    return lambda q: total([_path(c, k, j)(q) for c in (1, 2) for k in (1, 2)])


def _stack(target: str, wrt: str, *forms: Form, where: str) -> Claim:
    return Claim(STACK, target, (wrt,), forms, where, (STACK_AT,))


def _path_reading(c: int, k: int) -> Reading:
    # The product of the derivatives along one path, each from the source.
    def compute(source: Source) -> Any:
        steps = (("C", f"l{c}"), (f"l{c}", f"z{k}"), (f"z{k}", "θ11"))
        product = source.number(1)
        for target, wrt in steps:
            product = product * source.of(STACK, target, (wrt,), STACK_AT.values)
        return product

    return Reading(f"C, ℓ{'₁₂'[c - 1]}, z{'₁₂'[k - 1]}, θ₁₁", compute)


def _paths_figure() -> str:
    depths = range(1, 11)
    return plots.lines(
        {
            "paths": [(float(d), 4.0**d) for d in depths],
            "local derivatives, each used once": [
                (float(d), 16.0 * (d - 1) + 4.0) for d in depths
            ],
        },
        title="Paths through layers of four units, and connections between them",
        names=("layers", "number"),
        log=True,
    )


PATHS = Article(
    id="sum-over-paths",
    title="The sum over all paths",
    catalogue_ids=("S75",),
    source="the slides on the multi-layer perceptron, lines L1065–L1080",
    summary=(
        "The cost as a function of functions, for the stack of layers of softmax "
        "regression (S74). A parameter reaches the cost on several paths; its "
        "derivative is the sum over the paths of the products along them. That is "
        "right, and wasteful: paths share pieces."
    ),
    parts=(
        Part(
            "The pieces",
            "ℓ is the layer of log-probabilities, so p is exp(ℓ). The last one is the "
            "reason why two of the four paths add nothing: z₂ does not know θ₁.",
            (
                *(_stack("C", f"l{c}", _up(c), where="S75, L1072") for c in (1, 2)),
                *(
                    _stack(f"l{c}", f"z{k}", _across(c, k), where="S75, L1072")
                    for c in (1, 2)
                    for k in (1, 2)
                ),
                _stack("z1", "θ11", _of("x1"), where="S75"),
                _stack("z2", "θ11", lambda q: q.exact("0"), where="S75"),
            ),
            STACK,
            ("z1", "z2", "l1", "l2", "C"),
        ),
        Part(
            "Four products",
            "The same by the parameters of z₂ has the other two paths. (The slide "
            "drops the sum over the samples: this is one of them.)",
            (
                _stack("C", "θ11", _paths(1), where="S75, L1076"),
                _stack("C", "θ12", _paths(2), where="S75, L1076"),
            ),
            readings=(
                Readings(
                    "The slope of C by θ₁₁, path by path",
                    (
                        *(_path_reading(c, k) for c in (1, 2) for k in (1, 2)),
                        derivative_at(STACK, "C", "θ11", STACK_AT),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "With every layer there are four times as many paths, but only "
                    "sixteen more connections.",
                    _paths_figure,
                ),
            ),
        ),
    ),
    record=STACK.drawn("C", STACK_AT, "θ11", "θ12"),
)

_TOP = Linear(("x1", "x2"), ("z1", "z2"), (("θ11", "θ12"), ("θ21", "θ22")))
_NESTED: dict[str, Form] = {
    message("C"): lambda q: q.exact("1"),
    message("l1"): lambda q: getattr(q, message("C")) * -(1 - q.y),
    message("l2"): lambda q: getattr(q, message("C")) * -q.y,
    message("z1"): lambda q: (
        getattr(q, message("l1")) * (1 - exp(q.l1))
        + getattr(q, message("l2")) * -exp(q.l1)
    ),
    message("z2"): lambda q: (
        getattr(q, message("l1")) * -exp(q.l2)
        + getattr(q, message("l2")) * (1 - exp(q.l2))
    ),
    **_TOP.backward(),
}
NESTED = replace(
    STACK,
    definitions={**STACK.definitions, **_NESTED},
    symbols={
        **STACK.symbols,
        **messages([name.removeprefix("δ_") for name in _NESTED]),
        message("l1"): messages(["ℓ1"])[message("ℓ1")],
        message("l2"): messages(["ℓ2"])[message("ℓ2")],
    },
)


def _nested(name: str) -> Claim:
    form, where = _of(message(name)), "S77, L1119–L1134"
    return Claim(NESTED, "C", (name,), (form,), where, (STACK_AT,))


RECURSION = Article(
    id="delta-by-layers",
    title="Each layer once",
    catalogue_ids=("S77",),
    source="the slides on the multi-layer perceptron, lines L1117–L1136",
    summary=(
        "Brackets in the sum over paths: what comes after a quantity is added up once "
        "and kept as its δ. Backward from δ = 1 at the cost, layer by layer, each δ is "
        "made from those of the layer above. That the sweep may begin with 1 needs a "
        "cost that is a single number; the slide's sum over l from 1 to L has L = 1 "
        "terms."
    ),
    parts=(
        Part(
            "From the cost to the inputs",
            "The same numbers as by paths, without computing any of them twice.",
            (
                Claim(
                    WHOLE, "cost", ("C",), (lambda q: q.exact("1"),), "S77", (STACK_AT,)
                ),
                *map(_nested, ("l1", "l2", "z1", "z2", "x1", "x2")),
            ),
            NESTED,
            tuple(_NESTED),
        ),
        Part(
            "The parameters",
            "δ of the sum, times the input.",
            tuple(
                Claim(NESTED, "C", (name,), (form,), "S77, L1119", (STACK_AT,))
                for name, form in _TOP.slopes().items()
            ),
        ),
    ),
    record=STACK.drawn("C", STACK_AT, *STACK.inputs[:6]),
    kind="algorithm",
    remarks=(
        Remark(
            "S77, L1125",
            "L is the number of outputs of the last layer. Only where it is 1 may the "
            "recursion start from δ = 1.",
        ),
    ),
)

# -- S76, S84, S85: a module -----------------------------------------------------------

_GATE = (
    Linear(("x1", "x2"), ("s1", "s2"), (("a", "b"), ("c", "d"))),
    Sigmoid(("s1", "s2"), ("o1", "o2")),
)
SIGMOID = alone(_GATE, ("a", "b", "c", "d"))
SIGMOID_AT = Point(
    "δ = (0.6, −1.1)",
    {
        **dict(zip("abcd", (0.4, -0.2, 0.9, 0.3), strict=True)),
        "x1": 1.5,
        "x2": -0.7,
        "δ1": 0.6,
        "δ2": -1.1,
    },
)
SHARED = alone((Softmax(("z1", "z2", "z3"), ("p1", "p2", "p3")),))
SHARED_AT = Point(
    "z = (1, 2, −0.5), δ = (0.3, −1, 0.5)",
    {"z1": 1.0, "z2": 2.0, "z3": -0.5, "δ1": 0.3, "δ2": -1.0, "δ3": 0.5},
)


def _row_times_jacobian(i: int) -> Form:
    def term(q: Any, o: int) -> Any:
        p, mine = getattr(q, f"p{o}"), getattr(q, f"p{i}")
        slope = p * (1 - p) if o == i else -p * mine
        return getattr(q, f"δ{o}") * slope

    return lambda q: total([term(q, o) for o in (1, 2, 3)])


MODULE = Article(
    id="layer-forward-backward",
    title="A layer with two methods",
    catalogue_ids=("S76", "S84", "S85"),
    source="the slides on the multi-layer perceptron, lines L1084–L1113, L1298–L1320",
    summary=(
        "Forward: outputs from inputs and parameters. Backward: given the δ of its "
        "outputs, the δ of its inputs and the slopes of its parameters, each a sum "
        "over the outputs. Nothing else is needed to build networks. As a matrix: the "
        "row δ times the Jacobian of the layer."
    ),
    parts=(
        Part(
            "Two layers, linear and sigmoid",
            "C = δ₁o₁ + δ₂o₂ stands for whatever comes above: its slopes by o are the "
            "given δ. Backward, written by hand, is compared with the engine at every "
            "layer.",
            tuple(
                sent(SIGMOID, name, "S76, L1098–L1104; S84", SIGMOID_AT)
                for name in ("o1", "o2", "s1", "s2", "x1", "x2")
            ),
            SIGMOID,
            ("s1", "o1", "C", *map(message, ("o1", "s1", "x1", "x2"))),
            readings=(
                Readings(
                    "Each layer's message",
                    value_at(
                        SIGMOID,
                        " ".join(
                            ["s1 s2 o1 o2"]
                            + [message(n) for n in ("o1", "o2", "s1", "s2", "x1", "x2")]
                        ),
                        SIGMOID_AT,
                    ),
                ),
            ),
        ),
        Part(
            "The slopes of the parameters",
            "Each weight is used by one output, so one term of the sum is left.",
            slopes(SIGMOID, _GATE[0], "S85, L1314–L1318", SIGMOID_AT),
        ),
        Part(
            "A Jacobian that is full",
            "Softmax: every output depends on every input. First the row times the "
            "matrix as the slide has it, then what it simplifies to.",
            tuple(
                Claim(
                    SHARED,
                    "C",
                    (f"z{i}",),
                    (_row_times_jacobian(i), _of(message(f"z{i}"))),
                    "S84, L1302–L1308",
                    (SHARED_AT,),
                )
                for i in (1, 2, 3)
            ),
            SHARED,
            ("p1", "C"),
        ),
    ),
    record=SIGMOID.drawn("C", SIGMOID_AT, *SIGMOID.inputs[:6]),
    kind="algorithm",
)

CHAPTER = Chapter(
    "layerwise",
    "Layer by layer",
    "Back-propagation as a conversation: each layer gets a message from above, makes "
    "the message for the layer below, and never looks further.",
    (PATHS, RECURSION, MODULE, *KINDS, TWO_WAYS),
)
