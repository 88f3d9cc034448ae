"""N28 and N68: level places and the second derivative."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.valleys import AT_LEVEL, FLATS, TEST, TWO_VALLEYS
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, numbers

CASES = Cases()
ZERO = {"x": 0}
for name, second in {"f": 2, "g": -2, "h": 0, "k": 0, "m": 0}.items():
    CASES.add("N68", FLATS, name, ZERO, {"": 0, "x": 0, "x x": second})
# The left end of an interval can be a minimum without a slope of zero.
CASES.add("N28", TWO_VALLEYS, "f", {"x": -0.5}, {"x": 1.8})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_level_places() -> None:
    """N28: x, f and f″ of the lower valley, the hill, the upper valley."""
    expected = (
        *(-1.0355787140888537, -1.305428483743916, 8.8690792768870866),
        *(0.07542915856974822, 0.011282002715653128, -3.9317253044495173),
        *(0.96014955551910552, -0.70585351897173715, 7.0626460275624308),
    )
    assert numbers(AT_LEVEL) == close(expected)


def test_the_second_derivative_alone() -> None:
    """N68: slopes 0; then 2, −2, 0, 0, 0."""
    found = numbers(TEST)
    assert found[::2] == [0] * 5
    assert found[1::2] == [2, -2, 0, 0, 0]


def test_the_slopes_beside_decide() -> None:
    """N68: minimum, maximum, minimum, neither, maximum."""
    table = ARTICLES["N68"].parts[1].readings[0]
    found = numbers(table)
    signs = [(a > 0, b > 0) for a, b in zip(found[::2], found[1::2], strict=True)]
    minimum, maximum, inflection = (False, True), (True, False), (True, True)
    assert signs == [minimum, maximum, minimum, inflection, maximum]
