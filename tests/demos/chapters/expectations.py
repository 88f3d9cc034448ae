"""How the tests of the chapters on calculus compare: rows, iterates, witnesses."""

from typing import Any

import pytest

from demos.derivations import ARTICLES
from demos.derivations.checks import AGREES, DIFFERS, check, engine_source
from demos.derivations.readings import Readings, Run

__all__ = ["ENGINE", "QUOTIENT", "close", "judged", "numbers", "xs"]

ENGINE = engine_source()
# A difference of two numbers near 1, divided by 1/1000, is off by 1e3 half units.
QUOTIENT = 1e-12


def close(expected: Any, rel: float = 1e-13) -> Any:
    """``expected`` within the roundings of a short formula."""
    return pytest.approx(expected, rel=rel, abs=1e-14)


def numbers(table: Readings) -> list[float]:
    """What the engine gives for each row."""
    return [float(row.compute(ENGINE)) for row in table.rows]


def xs(run: Run) -> list[list[float]]:
    """The points of a run."""
    return [[float(x) for x in row.x] for row in run.iterates(ENGINE)]


def judged(entry: str, slip: int, printed: float, right: float) -> None:
    """A misprint differs, its correction agrees, and both have these witnesses.

    The first point of the printed claim is the witness; ``right`` is what the engine
    finds for the correction at its own first point.
    """
    found = ARTICLES[entry].misprints[slip]
    wrong, corrected = check(found.printed), check(found.right)
    assert (wrong.verdict, corrected.verdict) == (DIFFERS, AGREES)
    assert wrong.shown[0].closed[-1] == close(printed)
    assert corrected.shown[0].engine == close(right)
