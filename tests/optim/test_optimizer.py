"""Parameter groups, whole steps, states; and every wrong call with its message."""

import json
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_core import NonFiniteError, Value
from optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Newton,
    Optimizer,
    RMSProp,
)

MAKERS: dict[str, Callable[[Any], Optimizer]] = {
    "GradientDescent": lambda p: GradientDescent(p, lr=0.005),
    "SGD": lambda p: SGD(p, lr=0.005, momentum=0.9, weight_decay=0.01),
    "Adagrad": lambda p: Adagrad(p, lr=0.1),
    "RMSProp": lambda p: RMSProp(p, lr=0.1),
    "Adam": lambda p: Adam(p, lr=0.1),
    "AdamW": lambda p: AdamW(p, lr=0.1),
    "LBFGS": lambda p: LBFGS(p, max_iterations=1),
    "Newton": lambda p: Newton(p),
}
FIRST = [name for name in MAKERS if name not in ("LBFGS", "Newton")]


def bowl(p: list[Any]) -> Any:
    x, y = p
    return (x - 3) ** 4 + (x - 2 * y) ** 2


def train(optimizer: Optimizer, steps: int) -> list[float]:
    params = optimizer.parameters

    def closure() -> Value:
        optimizer.zero_grad()
        loss: Value = bowl(params)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(bowl if isinstance(optimizer, Newton) else closure)
    return [p.data for p in params]


# -- states ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKERS)
def test_a_state_through_json_continues_at_the_same_bits(name: str) -> None:
    whole = train(MAKERS[name]([Value(0.0), Value(1.0)]), 8)
    first = MAKERS[name]([Value(0.0), Value(1.0)])
    at = train(first, 3)
    saved = json.loads(json.dumps(first.state_dict()))
    second = MAKERS[name]([Value(x) for x in at])
    second.load_state_dict(saved)
    assert second.state_dict() == first.state_dict()
    assert train(second, 5) == whole


@pytest.mark.parametrize("name", MAKERS)
def test_a_state_is_a_copy(name: str) -> None:
    optimizer = MAKERS[name]([Value(0.0), Value(1.0)])
    saved = optimizer.state_dict()
    kept = json.dumps(saved)
    train(optimizer, 2)
    assert json.dumps(saved) == kept
    optimizer.load_state_dict(saved)
    train(optimizer, 2)
    assert json.dumps(saved) == kept


def test_a_state_has_plain_columns() -> None:
    optimizer = Adam([Value(1.0), Value(2.0)], lr=0.5, betas=(0.8, 0.9))
    for p in optimizer.parameters:
        p.grad = 1.0
    optimizer.step()
    assert optimizer.state_dict() == {
        "optimizer": "Adam",
        "param_groups": [
            {"params": [0, 1], "lr": 0.5, "betas": [0.8, 0.9], "eps": 1e-8,
             "weight_decay": 0.0, "eps_inside": False}
        ],
        "state": {
            "step": [1, 1],
            "m": [1 - 0.8, 1 - 0.8],
            "v": [1 - 0.9, 1 - 0.9],
        },
    }  # fmt: skip


def changed(path: list[Any], new: Any) -> Callable[[dict[str, Any]], Any]:
    def change(state: dict[str, Any]) -> Any:
        inner: Any = state
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = new
        return state

    return change


def without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda state: {k: x for k, x in state.items() if k != key}


GROUP = ["param_groups", 0]
BAD_STATES = [
    (lambda state: [state], TypeError, "'state' must be a dict"),
    (without("state"), ValueError, "must have the keys .*; 'state' is missing"),
    (lambda state: state | {"more": 1}, ValueError, "'more' is missing or unknown"),
    (changed(["optimizer"], "SGD"), ValueError, "the state is of 'SGD', not of 'Adam'"),
    (changed(["param_groups"], []), ValueError, "must have 1 parameter groups"),
    (changed(["param_groups"], {}), ValueError, "must have 1 parameter groups"),
    (changed(GROUP, 3), TypeError, r"'param_groups\[0\]' must be a dict"),
    (changed([*GROUP, "params"], [0]), ValueError, "other parameters than the 2"),
    (changed([*GROUP, "momentum"], 0.5), ValueError, "'momentum' is missing or un"),
    (changed([*GROUP, "lr"], -1.0), ValueError, "'lr' must be a number, 0 or greater"),
    (changed([*GROUP, "betas"], [0.9]), ValueError, "'betas' must be a pair"),
    (changed([*GROUP, "betas"], 0.9), TypeError, "'betas' must be a pair"),
    (changed(["state"], []), ValueError, "'state' must have the columns step, m, v"),
    (changed(["state", "m"], [1.0]), ValueError, "'m' must be a list of 2 numbers"),
    (changed(["state", "m"], 1.0), ValueError, "'m' must be a list of 2 numbers"),
    (changed(["state", "v"], [0.0, math.nan]), ValueError, r"'v\[1\]' .*got nan"),
    (changed(["state", "v"], [0.0, "1"]), TypeError, r"'v\[1\]' must be a finite"),
    (changed(["state", "step"], [0, -1]), ValueError, r"'step\[1\]' must be an int"),
    (changed(["state", "step"], [0, 1.0]), TypeError, r"'step\[1\]' must be an int"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD_STATES)
def test_a_wrong_state_changes_nothing(
    change: Callable[..., Any], error: type[Exception], message: str
) -> None:
    optimizer = MAKERS["Adam"]([Value(0.0), Value(1.0)])
    train(optimizer, 2)
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(change(optimizer.state_dict()))
    assert optimizer.state_dict() == before


BAD_MEMORY = [
    ([], ValueError, "'state' must have the keys s, y"),
    ({"s": [], "y": 1}, TypeError, "'y' must be a list of lists"),
    ({"s": [[1.0]], "y": []}, ValueError, "as many rows, all of one length"),
    ({"s": [[1.0]], "y": [[1.0, 2.0]]}, ValueError, "as many rows, all of one len"),
    ({"s": [[1.0]], "y": [[-1.0]]}, ValueError, "a positive product"),
    ({"s": [[1.0]], "y": [[math.inf]]}, ValueError, "'y' must be a finite number"),
]


@pytest.mark.parametrize(("memory", "error", "message"), BAD_MEMORY)
def test_a_wrong_memory_changes_nothing(
    memory: Any, error: type[Exception], message: str
) -> None:
    optimizer = MAKERS["LBFGS"]([Value(0.0), Value(1.0)])
    train(optimizer, 2)
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(before | {"state": memory})
    assert optimizer.state_dict() == before
    newton = MAKERS["Newton"]([Value(0.0)])
    with pytest.raises(ValueError, match="'state' must be empty for Newton"):
        newton.load_state_dict(newton.state_dict() | {"state": {"m": []}})


# -- groups ----------------------------------------------------------------------------


def test_groups_have_rates_of_their_own() -> None:
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    optimizer = SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1)
    optimizer.add_param_group({"params": [c], "lr": 0.25})
    for p in (a, b, c):
        p.grad = 1.0
    optimizer.step()
    assert [a.data, b.data, c.data] == [0.9, 0.5, 0.75]
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5, 0.25]
    assert optimizer.state["step"] == [1, 1, 1]
    assert repr(optimizer).splitlines()[0] == "SGD"
    assert "group 1: 1 parameters, lr=0.5, momentum=0.0" in repr(optimizer)


def test_a_group_added_later_begins_at_its_own_first_step() -> None:
    a, b = Value(1.0), Value(1.0)
    optimizer = Adam([a], lr=0.1)
    a.grad = b.grad = 1.0
    optimizer.step()
    optimizer.add_param_group({"params": [b]})
    optimizer.step()
    assert optimizer.state["step"] == [2, 1]
    # Adam's first step is lr g/(|g| + eps).
    assert b.data == pytest.approx(1 - 0.1 / (1 + 1e-8), rel=1e-15)


def test_a_frozen_parameter_waits() -> None:
    a, b = Value(1.0), Value(1.0, requires_grad=False)
    optimizer = SGD([a, b], lr=0.1, momentum=0.9, weight_decay=0.5)
    a.grad = b.grad = 1.0
    optimizer.step()
    assert b.data == 1.0
    assert optimizer.state == {"step": [1, 0], "v": [1.5, 0.0]}
    b.requires_grad = True
    optimizer.step()
    assert optimizer.state["step"] == [2, 1]
    assert b.data == pytest.approx(1 - 0.1 * 1.5, rel=1e-15)


@pytest.mark.parametrize("make", [Newton, LBFGS])
def test_second_order_leaves_frozen_parameters(make: Any) -> None:
    x, y = Value(0.0), Value(1.0, requires_grad=False)
    train(make([x, y]), 30)
    assert y.data == 1.0
    # 4(x - 3)³ + 2(x - 2) = 0 has one root.
    assert 4 * (x.data - 3) ** 3 + 2 * (x.data - 2) == pytest.approx(0, abs=1e-7)


def test_names_come_from_pairs_then_values_then_places() -> None:
    pairs = [("layers.0.b", Value(1.0, name="b1")), Value(2.0, name="w"), Value(3.0)]
    optimizer = SGD(pairs, lr=0.1)
    assert optimizer.names == ["layers.0.b", "w", "parameter 2"]
    assert SGD(iter(pairs), lr=0.1).names == optimizer.names


def test_the_closure_comes_first_and_its_loss_is_returned() -> None:
    w = Value(1.0)
    optimizer = SGD([w], lr=0.25)

    def closure() -> Value:
        optimizer.zero_grad()
        loss: Value = w**2
        loss.backward()
        return loss

    assert optimizer.step(closure).data == 1.0
    assert w.data == 0.5
    assert optimizer.step() is None
    optimizer.zero_grad()
    assert w.grad == 0.0


def test_integers_and_numpy_numbers_are_numbers() -> None:
    w = Value(1.0)
    optimizer = SGD([w], lr=np.float32(0.5), momentum=0)
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert type(optimizer.param_groups[0]["lr"]) is float
    w.grad = 1
    optimizer.step()
    assert w.data == 0.5


# -- what is refused -------------------------------------------------------------------


def v() -> Value:
    return Value(1.0)


class Model:
    def parameters(self) -> list[Value]:
        return [Value(1.0)]


SHARED = Value(1.0, name="shared")
BAD_CALLS = [
    (lambda: SGD([v()], lr=-0.1), ValueError, r"'lr' must be .* \(got -0.1\)"),
    (lambda: SGD([v()], lr=0.0), ValueError, r"'lr' must be a number greater than 0"),
    (lambda: SGD([v()], lr=0), ValueError, r"'lr' must be a number greater than 0"),
    (lambda: SGD([v()], lr=math.nan), ValueError, r"'lr' must be .* \(got nan\)"),
    (lambda: SGD([v()], lr=math.inf), ValueError, r"'lr' must be .* \(got inf\)"),
    (lambda: SGD([v()], lr=10**400), ValueError, r"'lr' .* \(got an int too large\)"),
    (lambda: SGD([v()], lr="0.1"), TypeError, r"\(got '0.1' that is a str\)"),
    (lambda: SGD([v()], lr=None), TypeError, r"'lr' must be .* \(got None\)"),
    (lambda: SGD([v()], lr=True), TypeError, r"\(got True that is a bool\)"),
    (lambda: SGD([v()], lr=[]), TypeError, r"\(got \[\] that is a list\)"),
    (lambda: SGD([v()], lr=v()), TypeError, r"that is a Value\)"),
    (lambda: Adam([v()], lr=0.0), ValueError, "'lr' must be a number greater than 0"),
    (lambda: SGD([{"params": [v()], "lr": 0.0}], lr=1), ValueError, "greater than 0"),
    (lambda: SGD([v()], 0.1, momentum=1.0), ValueError, r"0 <= it < 1 \(got 1.0\)"),
    (lambda: SGD([v()], 0.1, momentum=-0.1), ValueError, "'momentum' must be"),
    (lambda: SGD([v()], 0.1, weight_decay=-1), ValueError, "'weight_decay' must be"),
    (lambda: SGD([v()], 0.1, nesterov=1), TypeError, "'nesterov' must be True or"),
    (lambda: SGD([v()], 0.1, nesterov=True), ValueError, "go with momentum > 0"),
    (lambda: SGD([v()], 0.1, 0.9, nesterov=True, damped=True), ValueError, "damped="),
    (lambda: Adam([v()], betas=(0.9, 1.0)), ValueError, r"'betas\[1\]' .* < 1"),
    (lambda: Adam([v()], betas=(-0.1, 0.9)), ValueError, r"'betas\[0\]' must be"),
    (lambda: Adam([v()], betas=(0.9, math.nan)), ValueError, r"'betas\[1\]' .*nan"),
    (lambda: Adam([v()], betas=(0.9,)), ValueError, r"must be a pair .*\(got 1\)"),
    (lambda: Adam([v()], betas=0.9), TypeError, "'betas' must be a pair of numbers"),
    (lambda: Adam([v()], eps=-1e-8), ValueError, "'eps' must be a number, 0 or"),
    (lambda: RMSProp([v()], alpha=1.0), ValueError, "'alpha' must be"),
    (lambda: LBFGS([v()], history=0), ValueError, r"'history' must be .*1 or greater"),
    (lambda: LBFGS([v()], history=1.5), TypeError, "'history' must be an integer"),
    (lambda: LBFGS([v()], tolerance=-1), ValueError, "'tolerance' must be"),
    (lambda: SGD([], lr=0.1), ValueError, r"at least one parameter \(got none\)"),
    (lambda: SGD(iter(()), lr=0.1), ValueError, "at least one parameter"),
    (lambda: SGD([{"params": []}], lr=0.1), ValueError, "at least one parameter"),
    (lambda: SGD(v(), lr=0.1), TypeError, r"must be a list of Values .*use \[...\]"),
    (lambda: SGD(Model(), lr=0.1), TypeError, r"use model.parameters\(\)"),
    (lambda: SGD({"params": [v()]}, lr=0.1), TypeError, "must be a list of Values"),
    (lambda: SGD("w", lr=0.1), TypeError, "must be a list of Values"),
    (lambda: SGD(None, lr=0.1), TypeError, r"\(got None\)"),
    (lambda: SGD([v(), 1.0], lr=0.1), TypeError, "parameter 1 must be a Value"),
    (lambda: SGD([[v()]], lr=0.1), TypeError, "parameter 0 must be a Value"),
    (lambda: SGD([{"params": [v()]}, v()], lr=0.1), TypeError, "or dicts, not both"),
    (lambda: SGD([{"lr": 0.1}], lr=0.1), ValueError, "must have the key 'params'"),
    (lambda: SGD([{"params": [v()], "rate": 1}], lr=0.1), TypeError,
     "hyperparameters of SGD are lr, .*; 'rate' is missing or unknown"),
    (lambda: SGD([v() * 2], lr=0.1), ValueError, "a leaf .*the result of mul"),
    (lambda: SGD([Value(Fraction(1))], lr=0.1), TypeError, "must hold a float .*Frac"),
    (lambda: SGD([SHARED, SHARED], lr=0.1), ValueError, "shared is listed twice"),
    (lambda: SGD([{"params": [SHARED]}, {"params": [SHARED]}], lr=0.1), ValueError,
     "shared is listed twice"),
    (lambda: SGD([SHARED], lr=0.1).add_param_group({"params": [SHARED]}), ValueError,
     "shared is listed twice"),
    (lambda: SGD([v()], lr=0.1).add_param_group([v()]), TypeError, "'group' must be"),
    (lambda: LBFGS([{"params": [v()]}, {"params": [v()]}]), ValueError,
     "LBFGS must have one parameter group"),
    (lambda: Newton([v()]).add_param_group({"params": [v()]}), ValueError,
     "Newton must have one parameter group"),
    (lambda: LBFGS([v()]).step(), TypeError, r"'closure' must be a function"),
    (lambda: Newton([v()]).step(), TypeError, r"'closure' must be a function of the"),
    (lambda: LBFGS([v()]).step(lambda: None), TypeError, "must return the loss"),
    (lambda: LBFGS([Value(1.0, requires_grad=False)]).step(v), ValueError, "not froz"),
    (lambda: Newton([Value(1.0, requires_grad=False)]).step(bowl), ValueError,
     "must have one that is not frozen"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), BAD_CALLS)
def test_wrong_calls_say_what_is_wrong(
    call: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_refused_group_leaves_the_others() -> None:
    a, b = Value(1.0), Value(2.0)
    optimizer = Adam([a], lr=0.1)
    before = optimizer.state_dict()
    with pytest.raises(TypeError, match="'lr' must be"):
        optimizer.add_param_group({"params": [b], "lr": "fast"})
    assert optimizer.state_dict() == before
    assert optimizer.parameters == [a]


BAD_STEPS: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    (math.nan, {}, NonFiniteError, "the gradient of second is nan"),
    (math.inf, {}, NonFiniteError, "the gradient of second is inf; no parameter was"),
    (None, {}, TypeError, r"gradient of second must be a number \(got None\)"),
    (Value(1.0), {}, TypeError, "gradient of second must be a number .*Value"),
    (1.0, {"lr": -1.0}, ValueError, "'lr' must be a number, 0 or greater"),
    (1.0, {"lr": math.nan}, ValueError, "'lr' must be .*nan"),
    (1.0, {"betas": (0.9, 2.0)}, ValueError, r"'betas\[1\]'"),
    (1e200, {}, NonFiniteError, "would make the v of second inf"),
    (0.0, {"eps": 0.0}, NonFiniteError, "the step of second is 0/0 .*eps > 0"),
    (1.0, {"lr": 1e308, "weight_decay": 1e308}, NonFiniteError, "of first"),
]


@pytest.mark.parametrize(("g", "group", "error", "message"), BAD_STEPS)
def test_a_bad_step_moves_nothing(
    g: Any, group: dict[str, Any], error: type[Exception], message: str
) -> None:
    first, second = Value(1.0, name="first"), Value(2.0, name="second")
    optimizer = Adam([first, second], lr=0.1)
    first.grad, second.grad = 1.0, g
    before = optimizer.state_dict()["state"]
    optimizer.param_groups[0].update(group)
    with pytest.raises(error, match=message):
        optimizer.step()
    assert [first.data, second.data] == [1.0, 2.0]
    assert optimizer.state == before
    assert optimizer.last == []


def test_a_value_that_overflows_is_named() -> None:
    w = Value(1e308, name="w")
    optimizer = GradientDescent([w], lr=1e300)
    w.grad = -1e300
    with pytest.raises(NonFiniteError, match="would make the value of w inf"):
        optimizer.step()
    assert w.data == 1e308


def test_a_learning_rate_of_zero_is_a_schedules_right() -> None:
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1)
    optimizer.param_groups[0]["lr"] = 0.0
    w.grad = 1.0
    optimizer.step()
    assert w.data == 1.0


@pytest.mark.parametrize("name", FIRST)
def test_a_graph_recorded_before_a_step_is_stale(name: str) -> None:
    """The step assigns .data, which stamps the leaf."""
    x, y = Value(0.5), Value(1.0)
    loss = bowl([x, y])
    loss.backward()
    MAKERS[name]([x, y]).step()
    with pytest.raises(RuntimeError, match="assigned"):
        loss.backward()
