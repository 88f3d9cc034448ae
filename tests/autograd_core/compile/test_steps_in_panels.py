"""Native steps of rolled programs read batches where they are."""

import math

import numpy as np
import pytest

pytest.importorskip("llvmlite")

import autograd_core as ac
from autograd_core import NonFiniteError, Value, compile
from autograd_core.compile import cache
from autograd_core.compile.backends.llvm.panels import rolled
from autograd_core.compile.backends.llvm.steps.sequence import Where
from tests.autograd_core.compile.test_steps import (
    LAYOUTS,
    adam,
    one_by_one,
    result,
    together,
)


class Wide:
    """A layer: with the fixture `panels` its program takes rows from where they are."""

    def __init__(self):
        rng = np.random.default_rng(3)
        self.layer = [list(map(Value, row)) for row in rng.normal(size=(6, 20))]
        self.out = list(map(Value, rng.normal(size=6)))
        self.w = [x for row in (*self.layer, self.out) for x in row]

    def loss(self, x, y):
        hidden = [
            ac.tanh(sum(a * b for a, b in zip(row, x, strict=True)))
            for row in self.layer
        ]
        score = sum(a * b for a, b in zip(self.out, hidden, strict=True))
        return ac.square(score - y[0]) + 0.1 * y[1]


@pytest.fixture
def panels(monkeypatch):
    """Whatever has a matrix is rolled; what is written into pieces."""
    monkeypatch.setattr(rolled, "LEAST", 0)
    monkeypatch.setattr(rolled, "SHARE", 0.0)
    cache.clear()
    read, where = [], Where.words
    monkeypatch.setattr(Where, "words", lambda self: read.append(self) or where(self))
    yield read
    cache.clear()


@pytest.mark.parametrize(
    "layout", [*LAYOUTS, "a part", "a column for all", "bytes between"]
)
@pytest.mark.parametrize("rows", [9, 64, 300])
def test_panels_read_rows_where_they_are(layout, rows, panels):
    """With the bits of rows that lie in order, also where a strip is not full."""
    rng = np.random.default_rng(5)
    batches = [(rng.normal(size=(rows, 20)), rng.normal(size=(rows, 2)))] * 12
    more = {
        "a part": lambda x: np.pad(x, 3)[3:-3, 3:-3],
        "a column for all": lambda x: np.broadcast_to(x[:1], x.shape),
        "bytes between": _bytes_between,
    }
    lay = (LAYOUTS | more)[layout]
    expected = [tuple(np.array(lay(part), dtype=float) for part in b) for b in batches]
    laid = [tuple(map(lay, batch)) for batch in batches]
    found = result(Wide, together, expected, backend="llvm")
    assert result(Wide, together, laid, backend="llvm") == found
    assert result(Wide, one_by_one, expected[:4] + laid[4:], backend="llvm") == found
    assert panels


def _bytes_between(x):
    # Rows that are 8 n + 4 bytes apart.
    kind = np.dtype([("row", float, x.shape[1:]), ("more", "i4")])
    records = np.zeros(len(x), kind)
    records["row"] = x
    return records["row"]


def test_a_row_that_is_not_finite_in_a_panel(panels):
    """It is told, and nothing has moved."""
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(50, 20)), rng.normal(size=(50, 2))  # noqa: N806
    model = Wide()
    training = compile(model.loss, backend="llvm").training(optimizer=adam(model))
    training.steps([(X, Y)] * 3)
    training.settle()
    before = [x.data for x in model.w]
    Y[33, 0] = math.inf
    with pytest.raises(NonFiniteError, match="row 33"):
        training.step(X, Y)
    assert [x.data for x in model.w] == before
    assert panels
