"""Schedules as functions, and attached to an optimizer."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd_core import Value
from optim import (
    SGD,
    Scheduler,
    constant,
    cosine,
    inverse_time,
    step_decay,
    warm_up,
)


def factors(schedule: Callable[[int], float], steps: int) -> list[float]:
    return [schedule(k) for k in range(steps)]


def test_values() -> None:
    assert factors(constant(), 2) == [1.0, 1.0]
    assert factors(inverse_time(), 4) == [1, 1 / 2, 1 / 3, 1 / 4]
    assert factors(inverse_time(0.5), 3) == [1, 1 / 1.5, 1 / 2]
    assert factors(step_decay(2, 0.5), 6) == [1, 1, 0.5, 0.5, 0.25, 0.25]
    quarter = (1 + math.sqrt(0.5)) / 2  # cos(π/4)
    assert factors(cosine(4), 6) == pytest.approx(
        [1, quarter, 0.5, 1 - quarter, 0, 0], abs=1e-16
    )
    assert factors(cosine(2, 0.5), 3) == pytest.approx([1, 0.75, 0.5])
    assert factors(warm_up(4), 6) == [0.25, 0.5, 0.75, 1, 1, 1]
    assert factors(warm_up(2, inverse_time()), 5) == [0.5, 1, 1, 1 / 2, 1 / 3]


def test_one_over_t_gives_the_running_mean() -> None:
    """A-69: on ½(θ - x)² with the rate 1/t, whatever the start."""
    theta = Value(10.0)
    optimizer = SGD([theta], lr=1.0)
    scheduler = Scheduler(optimizer, inverse_time())
    means = []
    for x in (2.0, -1.0, 4.0, 0.5):
        optimizer.zero_grad()
        ((theta - x) ** 2 / 2).backward()
        optimizer.step()
        scheduler.step()
        means.append(theta.data)
    assert means == pytest.approx([2.0, 0.5, 5 / 3, 1.375], rel=1e-15)


def test_groups_keep_their_proportions() -> None:
    a, b = Value(1.0), Value(1.0)
    optimizer = SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=1.0)
    scheduler = Scheduler(optimizer, step_decay(1, 0.1))
    assert scheduler.rates == [1.0, 0.5]
    scheduler.step()
    assert scheduler.rates == [0.1, 0.05]
    scheduler = Scheduler(optimizer, [constant(), lambda k: 2.0**k])
    scheduler.step()
    assert scheduler.rates == [0.1, 0.1]


def test_a_state_continues() -> None:
    optimizer = SGD([Value(1.0)], lr=0.3)
    scheduler = Scheduler(optimizer, cosine(10))
    for _ in range(4):
        scheduler.step()
    saved = json.loads(json.dumps(scheduler.state_dict()))
    other = Scheduler(SGD([Value(1.0)], lr=99.0), cosine(10))
    other.load_state_dict(saved)
    assert other.rates == scheduler.rates
    other.step()
    scheduler.step()
    assert other.rates == scheduler.rates
    assert other.k == 5


def sgd() -> SGD:
    return SGD([Value(1.0)], lr=0.1)


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: constant(-1), ValueError, "'factor' must be a number, 0 or greater"),
    (lambda: inverse_time(math.nan), ValueError, "'decay' must be"),
    (lambda: step_decay(0), ValueError, "'every' must be an integer, 1 or greater"),
    (lambda: step_decay(2.0), TypeError, "'every' must be an integer"),  # type: ignore[arg-type]
    (lambda: cosine(0), ValueError, "'total' must be"),
    (lambda: cosine(True), TypeError, "'total' must be an integer"),
    (lambda: warm_up(-3), ValueError, "'steps' must be"),
    (lambda: warm_up(3, 0.5), TypeError, "'then' must be a function k -> factor"),  # type: ignore[arg-type]
    (lambda: Scheduler(sgd(), 0.5), TypeError, "'schedule' must be a function"),
    (lambda: Scheduler(sgd(), [constant()] * 2), ValueError, "one per group .got 2"),
    (lambda: Scheduler("sgd", constant()), TypeError, "'optimizer' must be an"),  # type: ignore[arg-type]
    (lambda: Scheduler(sgd(), lambda k: -1.0), ValueError, "factor at step 0"),
    (lambda: Scheduler(sgd(), lambda k: math.inf), ValueError, "factor at step 0"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_wrong_calls(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ([], ValueError, "'state' must have the keys k, base"),
        ({"k": 1}, ValueError, "'state' must have the keys k, base"),
        ({"k": -1, "base": [0.1]}, ValueError, "'k' must be an integer, 0 or"),
        ({"k": 1, "base": [0.1, 0.2]}, ValueError, "'base' must have 1 rates"),
        ({"k": 1, "base": [-0.1]}, ValueError, r"'base\[0\]' must be"),
        ({"k": 1, "base": 0.1}, TypeError, "'base' must be a list of numbers"),
        ({"k": 7, "base": [0.1]}, ValueError, "factor at step 7"),
    ],
)
def test_a_wrong_state_changes_nothing(state: Any, error: Any, message: str) -> None:
    optimizer = sgd()
    scheduler = Scheduler(optimizer, lambda k: 7.0 - k if k < 7 else math.nan)
    before = scheduler.state_dict(), scheduler.rates
    with pytest.raises(error, match=message):
        scheduler.load_state_dict(state)
    assert (scheduler.state_dict(), scheduler.rates) == before


def test_a_factor_that_is_not_finite_changes_no_rate() -> None:
    optimizer = sgd()
    scheduler = Scheduler(optimizer, lambda k: 1.0 if k == 0 else math.nan)
    with pytest.raises(ValueError, match="'factor at step 1' must be"):
        scheduler.step()
    assert scheduler.rates == [0.1]
    assert scheduler.k == 0
