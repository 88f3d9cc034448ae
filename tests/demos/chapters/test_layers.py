"""N63: the chain through three layers."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.layers import AT, DEEP_CHAIN
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import judged

CASES = Cases()
CASES.add(
    "N63",
    DEEP_CHAIN,
    "L",
    AT.values,
    {
        "": 0.89709795109002185,
        "w1": -0.032026107465663935,
        "b1": -0.02463546728127995,
        "w2": 0.069531776263841056,
        "b2": 0.098662221651517477,
        "w3": 0.23120493208999174,
        "b3": 0.59224874152213095,
        "z3": 0.59224874152213095,
        "z2": 0.098662221651517477,
        "z1": -0.02463546728127995,
    },
)
for unit, number in enumerate(
    (0.70474569799809105, 0.39038484319236355, 0.59224874152213095), 1
):
    CASES.add("N63", DEEP_CHAIN, f"a{unit}", AT.values, {"": number})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


D3, D2, D1 = 0.59224874152213095, 0.098662221651517477, -0.02463546728127995


@pytest.mark.parametrize(
    ("slip", "printed", "right"),
    [
        (0, 0.41457411906549167, 0.23120493208999174),
        (1, D3 * D3, D3),
        (2, 0.069531776263841056, D2),
        (3, -0.032026107465663935, -0.032026107465663935),
        (4, D1 * D3 * (1 - D3), D1),
    ],
    ids=["L885", "L887", "L891", "L893", "L895"],
)
def test_misprints(slip: int, printed: float, right: float) -> None:
    judged("N63", slip, printed, right)


def test_the_left_side_of_l893() -> None:
    """∂L/∂a1 is δ2·w2, another number than ∂L/∂w1."""
    agree(DEEP_CHAIN, "L", ("a1",), {**AT.values}, D2 * -1.2)
