"""N1 to N3: the line, the mood of a sentence, and the list."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.beginnings import (
    BEST,
    COUNTS,
    LINE,
    MOOD,
    MOOD_RUN,
    PRINTED_MOOD,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, numbers, xs

CASES = Cases()
WEIGHTS = {"w1": 0.5, "w2": -0.4, "b": 0.1}
CASES.add(
    "N2",
    MOOD,
    "L",
    WEIGHTS,
    {
        "": 1.4277607891451402,
        "w1": -0.81322560648768979,
        "w2": 1.3948433091544475,
        "b": 0.18636207890812903,
    },
)
CASES.add("N2", PRINTED_MOOD, "L", WEIGHTS, {"": 1.8789299847282095})
CASES.add("N1", LINE, "y", {"m": 0.5, "b": 7 / 3, "x": 2, "t": 5}, {"": 10 / 3, "m": 2})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_line_of_least_squares() -> None:
    """N1: m = 1/2, b = 7/3, and the errors add up to zero."""
    m, b, *errors = numbers(BEST)
    assert (m, b) == close((1 / 2, 7 / 3))
    assert errors == close([5 / 6, -5 / 3, 5 / 6])
    assert sum(errors) == pytest.approx(0, abs=1e-14)


def test_the_counts() -> None:
    """N2: counted from the sentences; the notes print (2, 2) for the second."""
    assert COUNTS == ((3, 0), (0, 2), (2, 1), (1, 3))


def test_the_printed_counts_are_judged() -> None:
    """One of eight numbers is wrong."""
    printed = ARTICLES["N2"].parts[0].printed
    assert len(printed) == 8
    assert [(p.where, p.text) for p in printed if p.wrong] == [("N2, L19", "2")]


def test_misprint() -> None:
    """N2, L19."""
    judged("N2", 0, 1.8789299847282095, 1.4277607891451402)


def test_descent_separates_the_moods() -> None:
    """After ten steps every sentence is on its side of the line."""
    w1, w2, b = xs(MOOD_RUN)[-1]
    scores = [w1 * ya + w2 * na + b for ya, na in COUNTS]
    assert [score > 0 for score in scores] == [True, False, True, False]


def test_the_list() -> None:
    """N3: five concepts and two models; a list has a graph too."""
    article = ARTICLES["N3"]
    assert article.kind == "list"
    assert len(article.parts[0].items) == 7
    run = article.parts[1].runs[0]
    before, after = (row.f for row in run.iterates(ENGINE))
    assert after < before
