"""S75 to S77 and S83 to S88: numbers and messages of the catalogue."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.jacobian_products import (
    COMPOSED,
    COMPOSED_AT,
    SHAPES,
    multiplications,
)
from demos.derivations.chapters.layer_kinds import (
    GATED,
    GATED_AT,
    LINEAR,
    LINEAR_AT,
    MIXED,
    MIXED_AT,
)
from demos.derivations.chapters.layerwise import (
    NESTED,
    SHARED,
    SHARED_AT,
    SIGMOID,
    SIGMOID_AT,
)
from demos.derivations.chapters.modules import message
from demos.derivations.chapters.two_classes import STACK, STACK_AT, WHOLE
from demos.derivations.readings import Readings
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, judged, numbers

CASES = Cases()
case = CASES.add

# -- S75 and S77 -----------------------------------------------------------------------

OWN, OTHER = 0.51249739648421034, 0.48750260351578966
case("S75", STACK, "C", STACK_AT.values, {"l1": 0, "l2": -1})
case("S75", STACK, "l1", STACK_AT.values, {"z1": OWN, "z2": -OWN})
case("S75", STACK, "l2", STACK_AT.values, {"z1": -OTHER, "z2": OTHER})
case(
    "S75",
    STACK,
    "C",
    STACK_AT.values,
    {"θ11": OTHER, "θ12": OTHER / 2, "θ21": -OTHER, "θ22": -OTHER / 2},
)
case("S77", WHOLE, "cost", STACK_AT.values, {"C": 1})
DELTAS = {
    "l1": 0,
    "l2": -1,
    "z1": OTHER,
    "z2": -OTHER,
    "x1": 0.24375130175789483,
    "x2": -0.53625286386736862,
}
case("S77", STACK, "C", STACK_AT.values, DELTAS)
for name, delta in DELTAS.items():
    case("S77 message", NESTED, message(name), STACK_AT.values, {"": delta})

# -- S76, S84, S85 ---------------------------------------------------------------------

SENT = {"x1": -0.12928379955663704, "x2": -0.086829093227090766}
case(
    "S76 S85",
    SIGMOID,
    "C",
    SIGMOID_AT.values,
    {
        "": -0.42725008916096155,
        "a": 0.19680522018695289,
        "b": -0.091842436087244682,
        "c": -0.30294198601081857,
        "d": 0.14137292680504867,
        **SENT,
    },
)
for name, delta in SENT.items():
    case("S76 message", SIGMOID, message(name), SIGMOID_AT.values, {"": delta})
ROW = (0.22460259624534329, -0.28604055596341412, 0.06143795971807083)
for i, delta in enumerate(ROW, 1):
    case("S84", SHARED, "C", SHARED_AT.values, {f"z{i}": delta})
    case("S84 message", SHARED, message(f"z{i}"), SHARED_AT.values, {"": delta})

# -- S86 to S88 ------------------------------------------------------------------------

case(
    "S86",
    COMPOSED,
    "f",
    COMPOSED_AT.values,
    {
        "": -0.1216997909231575,
        "x1": -1.0554602642941758,
        "x2": 0.21212569738792762,
        "u1": 0.588857283970859,
        "u2": -0.22713173260598745,
        "u3": -0.073814654475512278,
    },
)
case(
    "S86 J2 J1",
    COMPOSED,
    "v1",
    COMPOSED_AT.values,
    {"x1": -2.0640781719344527, "x2": 0.18689457392552265},
)
case(
    "S86 J2 J1",
    COMPOSED,
    "v2",
    COMPOSED_AT.values,
    {"x1": 0.93640923989212082, "x2": 0.59742693740882631},
)
for name, value in (("o1", -0.2), ("o2", -0.92), ("o3", 0.44)):
    case("S87", LINEAR, name, LINEAR_AT.values, {"": value})
case(
    "S87",
    LINEAR,
    "C",
    LINEAR_AT.values,
    {
        "": 1.86,
        "t11": 0.8,
        "t12": -1.6,
        "t13": 0.4,
        "t21": -0.4,
        "t22": 0.8,
        "t23": -0.2,
        "z1": 2.6,
        "z2": 0.55,
    },
)
for i, (out, delta) in enumerate(((1.5, 0.2), (0, 0), (0, 0)), 1):
    case("S88", GATED, f"o{i}", GATED_AT.values, {"": out})
    case("S88", GATED, "C", GATED_AT.values, {f"z{i}": delta})
    case("S88 message", GATED, message(f"z{i}"), GATED_AT.values, {"": delta})


@pytest.mark.parametrize(NAMES, CASES)
def test_number(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def tables(entry: str) -> dict[str, Readings]:
    found = (table for part in ARTICLES[entry].parts for table in part.readings)
    return {table.caption: table for table in found}


def test_paths() -> None:
    """S75: of four paths one is left."""
    (table,) = tables("S75").values()
    assert numbers(table) == pytest.approx([0, 0, OTHER, 0, OTHER], rel=1e-13)


def test_products_in_both_orders() -> None:
    """S86: the intermediate matrices, and the same gradient twice."""
    found = tables("S86")
    assert numbers(found["Intermediate results"]) == pytest.approx(
        [
            *(0.588857283970859, -0.22713173260598745, -0.073814654475512278),
            *(-2.0640781719344527, 0.18689457392552265),
            *(0.93640923989212082, 0.59742693740882631),
        ],
        rel=1e-13,
    )
    by_x = (-1.0554602642941758, 0.21212569738792762)
    expected = [x for x in by_x for _ in range(3)]
    assert numbers(found["The gradient"]) == pytest.approx(expected, rel=1e-13)
    assert numbers(found["Multiplications"]) == [12, 16]


def test_counting_multiplications() -> None:
    """From the left a row stays a row; from the right the matrices are multiplied."""
    assert multiplications(SHAPES, from_left=True) == 1 * 2 * 3 + 1 * 3 * 2
    assert multiplications(SHAPES, from_left=False) == 2 * 3 * 2 + 1 * 2 * 2
    square = [(1, 8), (8, 8), (8, 8)]
    assert multiplications(square, from_left=True) == 2 * 64
    assert multiplications(square, from_left=False) == 8**3 + 64


def test_one_sided_slopes_of_relu() -> None:
    """S88: δ from the right, 0 from the left and by the slide's rule."""
    found = tables("S88")["The slope of C by z₃ at z₃ = 0"]
    assert numbers(found) == pytest.approx([-1, 0, 0], abs=1e-15)


def test_every_message_of_a_network() -> None:
    """S83: what each layer sends is the engine's derivative, in all kinds of layers."""
    found = MIXED.run(MIXED_AT.values)
    for name in ("o1", "o2", "s1", "s2", "h1", "h2", "r1", "r2", "x1", "x2"):
        slope = ENGINE.of(MIXED, "C", (name,), MIXED_AT.values)
        sent = float(getattr(found, message(name)))
        assert sent == pytest.approx(slope, rel=1e-12, abs=1e-16)


def test_misprint() -> None:
    """S87: all three outputs are added, 0.8·(1 − 2 + 0.5)."""
    judged("S87", 0, -0.4, 0.8)
