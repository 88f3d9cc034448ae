"""Numeric cases of the catalogue: typed from it, compared with what articles compute.

>>> from demos.derivations.chapters.rules import SUM
>>> cases = Cases()
>>> cases.add("N24", SUM, "f", {"x": 1.5}, {"": 5.25, "x": 5, "x x": 2})
>>> len(cases)
3
>>> cases[1].id
'N24 f by x'
"""

from collections.abc import Mapping
from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.checks import engine_source

__all__ = ["NAMES", "Cases", "agree"]

ENGINE = engine_source()
NAMES = ("model", "target", "wrt", "values", "expected")


class Cases(list[Any]):
    """Parameters for a test with the arguments `NAMES`."""

    def add(
        self,
        entry: str,
        model: Model,
        target: str,
        values: Mapping[str, float],
        expected: Mapping[str, float],
    ) -> None:
        """``expected``: words to differentiate by ("" for the value) -> number."""
        for wrt, number in expected.items():
            names = tuple(wrt.split())
            label = f"{entry} {target} by {wrt or 'nothing'}"
            values_of = (model, target, names, values, number)
            self.append(pytest.param(*values_of, id=label))


def agree(
    model: Model,
    target: str,
    wrt: tuple[str, ...],
    values: Mapping[str, float],
    expected: float,
) -> None:
    """The engine finds the number of the catalogue, which has 17 digits."""
    found = float(ENGINE.of(model, target, wrt, values))
    assert found == pytest.approx(expected, rel=1e-13, abs=1e-14)
