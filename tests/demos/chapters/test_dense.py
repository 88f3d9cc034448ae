"""A-06 to A-10 and A-19 to A-22: the catalogue's numbers; how much of everything."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.dense import (
    AT_2,
    BIASED,
    LARGE,
    NESTED,
    ROWS,
    ROWS_AT,
    SMALL,
)
from demos.derivations.chapters.networks import ONE, SAMPLE_1, SAMPLE_2, U, W
from demos.derivations.chapters.shapes import COUNTS
from demos.derivations.checks import engine_source
from tests.demos.cases import NAMES, Cases, agree

ENGINE = engine_source()
CASES = Cases()
case = CASES.add

case("A-08", NESTED, "h", AT_2.values, {"": 49, "x": 42})
case("A-08", NESTED, "k", AT_2.values, {"": 13, "x": 12})

FORWARD = [
    (
        SAMPLE_1,
        (
            (0.7, 0.0, -1.7),
            (0.66818777216816611, 0.5, 0.1544652650835347),
            (0.38317796702606975, 0.38867022561703595, 0.029980389715807277),
            (0.36928361485629682, 0.37131739587573418, 0.259398989267969),
        ),
    ),
    (
        SAMPLE_2,
        (
            (-0.4, 0.5, 0.65),
            (0.401312339887548, 0.62245933120185456, 0.65701046267349879),
            (0.22212781794826257, 0.16881918249779217, 0.38858215356365461),
            (0.31957080833072172, 0.30298104207142256, 0.37744814959785572),
        ),
    ),
]
for point, layers in FORWARD:
    for letter, numbers in zip("shza", layers, strict=True):
        for i, number in enumerate(numbers, 1):
            case("A-06, A-07, A-10", ONE, f"{letter}{i}", point.values, {"": number})
# row 3, column 2 of the first matrix; row 1, column 3 of the second.
case("A-20", ONE, "s3", SAMPLE_1.values, {"x2": 0.6})
case("A-20", ONE, "z1", SAMPLE_1.values, {"h3": 0.1})
# E11: the matrix times the column.
case("A-19", ROWS, "z1", ROWS_AT.values, {"": 17, "t12": 6, "t21": 0})
case("A-19", ROWS, "z2", ROWS_AT.values, {"": 39, "t21": 5})
# E38: one half at the origin, whatever the weights are.
case("A-19", BIASED, "bare", SMALL.values, {"": 0.5, "t1": 0})
case("A-19", BIASED, "bare", LARGE.values, {"": 0.5, "t1": 0})
# sigmoid(0.7) and its slope, as in A-10.
case("A-19", BIASED, "a", SMALL.values, {"": 0.66818777216816611})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_counts() -> None:
    """A-20: 2 layers, 3 outputs, 3 x 2 and 3 x 3 weights, 15 in all."""
    found = [row.compute(ENGINE) for row in COUNTS.rows]
    assert found == [2, 3, 6, 9, 15, 15]
    assert len(U) + len(W) == 15


def test_a_row_times_the_matrix_is_something_else() -> None:
    """A-19: E11, with the catalogue's witness (23, 34)."""
    slips = ARTICLES["A-19"].misprints
    found = [slip.printed.closed(ROWS_AT.values)[-1] for slip in slips]
    assert found == [23.0, 34.0]


def test_sigmoids_do_not_share() -> None:
    """A-22: the outputs of sample 1 add up to 1 with softmax, not with sigmoids."""
    parts = ARTICLES["A-22"].parts
    table = next(p for p in parts if p.title == "Sigmoids at the output")
    softmax, sigmoids = (r.compute(ENGINE) for r in table.readings[0].rows)
    assert softmax == pytest.approx(1, rel=1e-15)
    outputs = (0.5946393606992581, 0.5959625422419846, 0.50749453608176457)
    assert sigmoids == pytest.approx(sum(outputs), rel=1e-14)
