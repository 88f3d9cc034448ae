"""Each index once per epoch; the same seed the same order; continued anywhere."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_core import Value
from optim import SGD, MiniBatches, accumulate, full_batch, online

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("n", [1, 2, 5, 12])
@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_each_index_once_per_epoch(n: int, size: int) -> None:
    batches = MiniBatches(n, size, seed=3)
    for epoch in range(3):
        assert batches.epoch == epoch
        drawn = list(batches)
        assert len(drawn) == len(batches)
        assert sorted(i for batch in drawn for i in batch) == list(range(n))
        assert all(len(batch) == size for batch in drawn[:-1])


def test_dropping_the_last() -> None:
    batches = MiniBatches(5, 2, drop_last=True, shuffle=False)
    assert list(batches) == [[0, 1], [2, 3]]
    assert len(batches) == 2


def test_seeds_and_epochs_have_orders_of_their_own() -> None:
    orders = {
        tuple(MiniBatches(20, 4, seed=seed).order(epoch))
        for seed in range(5)
        for epoch in range(5)
    }
    assert len(orders) == 25


def test_the_order_is_the_same_in_every_process() -> None:
    program = "from optim import MiniBatches; print(list(MiniBatches(9, 4, seed=5)))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert outputs == {f"{list(MiniBatches(9, 4, seed=5))}\n"}


@pytest.mark.parametrize("done", range(9))
def test_a_state_continues_anywhere(done: int) -> None:
    """Also in the middle of an epoch, and between two."""
    whole, first = MiniBatches(7, 2, seed=1), MiniBatches(7, 2, seed=1)
    expected = [batch for _ in range(3) for batch in whole]
    seen: list[list[int]] = []
    while len(seen) < done:
        for batch in first:
            seen.append(batch)
            if len(seen) == done:
                break
    saved = json.loads(json.dumps(first.state_dict()))
    second = MiniBatches(7, 2, seed=99)
    second.load_state_dict(saved)
    while len(seen) < len(expected):
        seen += list(second)
    assert seen == expected


def test_every_batch_is_the_notes_gradient() -> None:
    """S52-S54: the sums of ½(y - θ·x)² over all, one and some samples."""
    data = [((1.0, 1.0), 2.0), ((1.0, 2.0), 5.0), ((1.0, 3.0), 3.0)]

    def descend(batches: list[list[int]]) -> list[list[float]]:
        theta = [Value(0.5), Value(0.5)]
        optimizer = SGD(theta, lr=0.05)
        path = []
        for batch in batches:
            optimizer.zero_grad()
            accumulate(
                (data[i][1] - theta[0] * data[i][0][0] - theta[1] * data[i][0][1]) ** 2
                / 2
                for i in batch
            )
            optimizer.step()
            path.append([t.data for t in theta])
        return path

    def close(found: list[float], expected: list[float]) -> bool:
        return found == pytest.approx(expected, rel=1e-14)

    assert close(descend(list(full_batch(3)))[-1], [0.775, 1.05])
    one = descend(list(online(3, shuffle=False)))
    for found, expected in zip(
        one, [[0.55, 0.55], [0.7175, 0.885], [0.698875, 0.829125]], strict=True
    ):
        assert close(found, expected)
    assert close(descend([[0, 2]])[-1], [0.6, 0.7])


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: MiniBatches(0, 1), ValueError, "'n' must be an integer, 1 or greater"),
    (lambda: MiniBatches(3, 0), ValueError, "'size' must be an integer, 1 or"),
    (lambda: MiniBatches(3, 1.5), TypeError, "'size' must be an integer"),  # type: ignore[arg-type]
    (lambda: MiniBatches([1, 2], 1), TypeError, "'n' must be an integer"),  # type: ignore[arg-type]
    (lambda: MiniBatches(3, 1, seed=0.5), TypeError, "'seed' must be an integer"),  # type: ignore[arg-type]
    (lambda: MiniBatches(3, 1, shuffle=1), TypeError, "'shuffle' must be True or"),  # type: ignore[arg-type]
    (lambda: MiniBatches(3, 4, drop_last=True), ValueError, "there is no batch"),
    (lambda: full_batch(0), ValueError, "'n' must be"),
    (lambda: online(-1), ValueError, "'n' must be"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_wrong_calls(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"extra": 1}, ValueError, "'state' must have the keys n, size"),
        ({"n": 8}, ValueError, "batches with n = 8, here it is 7"),
        ({"size": 3}, ValueError, "batches with size = 3, here it is 2"),
        ({"shuffle": False}, ValueError, "batches with shuffle = False"),
        ({"position": 4}, ValueError, r"'position' must be less than 4 \(got 4\)"),
        ({"position": -1}, ValueError, "'position' must be an integer, 0 or"),
        ({"epoch": 1.0}, TypeError, "'epoch' must be an integer"),
        ({"seed": "1"}, TypeError, "'seed' must be an integer"),
    ],
)
def test_a_wrong_state_changes_nothing(change: Any, error: Any, message: str) -> None:
    batches = MiniBatches(7, 2, seed=1)
    next(iter(batches))
    before = batches.state_dict()
    with pytest.raises(error, match=message):
        batches.load_state_dict(before | change)
    assert batches.state_dict() == before
