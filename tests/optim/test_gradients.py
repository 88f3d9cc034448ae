"""Accumulation is the gradient of the whole; clipping keeps what it promises."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd_core import NonFiniteError, Value, ancestors, sigmoid
from optim import accumulate, clip_grad_norm, clip_grad_value, grad_norm

XS = [0.5, -1.0, 2.0, 3.5, -0.25, 1.0]


def loss(w: Value, x: float) -> Any:
    return (sigmoid(w * x) - 0.3) ** 2


def test_pieces_give_the_gradient_of_the_whole() -> None:
    whole, pieces = Value(0.7), Value(0.7)
    mean = sum(loss(whole, x) for x in XS) / len(XS)
    mean.backward()
    value = accumulate((loss(pieces, x) for x in XS), scale=1 / len(XS))
    # Six terms, each rounded a few times.
    assert value == pytest.approx(mean.data, rel=1e-14)
    assert pieces.grad == pytest.approx(whole.grad, rel=1e-14)


def test_each_graph_is_gone_before_the_next() -> None:
    w, sizes = Value(0.7), []

    def losses() -> Any:
        for x in XS:
            one = loss(w, x)
            sizes.append(len(ancestors(one)))
            yield one

    accumulate(losses())
    assert len(set(sizes)) == 1


def values(*gradients: Any) -> list[Value]:
    made = [Value(0.0, name=f"w{i}") for i in range(len(gradients))]
    for w, g in zip(made, gradients, strict=True):
        w.grad = g
    return made


def test_the_norm_does_not_overflow() -> None:
    assert grad_norm(values(3e200, 4e200)) == pytest.approx(5e200, rel=1e-15)
    assert grad_norm(values(0.0)) == 0.0


def test_clipping_by_norm_keeps_the_direction() -> None:
    params = values(3.0, -4.0, 12.0)
    assert clip_grad_norm(params, 6.5) == 13.0
    assert [p.grad for p in params] == pytest.approx([1.5, -2.0, 6.0], rel=1e-15)
    params = values(0.3, 0.4)
    assert clip_grad_norm(params, 6.5) == 0.5
    assert [p.grad for p in params] == [0.3, 0.4]
    assert clip_grad_norm(iter(values(3.0, 4.0)), 1.0) == 5.0


def test_clipping_by_value() -> None:
    params = values(3.0, -4.0, 0.5)
    clip_grad_value(params, 1.0)
    assert [p.grad for p in params] == [1.0, -1.0, 0.5]


def test_frozen_parameters_are_left_out() -> None:
    params = values(3.0, 4.0)
    params[1].requires_grad = False
    assert clip_grad_norm(params, 1.5) == 3.0
    clip_grad_value(params, 1.0)
    assert [p.grad for p in params] == [1.0, 4.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_what_is_not_finite_is_named_and_nothing_is_clipped(
    clip: Callable[[Any, float], Any], bad: float
) -> None:
    params = values(3.0, bad)
    with pytest.raises(NonFiniteError, match="the gradient of w1 is"):
        clip(params, 1.0)
    assert params[0].grad == 3.0


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: clip_grad_norm(values(1.0), 0), ValueError, "'max_norm' must be a numb"),
    (lambda: clip_grad_value(values(1.0), -1), ValueError, "'limit' must be a number"),
    (lambda: clip_grad_norm([1.0], 1), TypeError, "'params' must be Values"),
    (lambda: clip_grad_norm(values(None), 1), TypeError, "gradient of w0 must be a"),
    (lambda: accumulate([1.0]), TypeError, "'losses' must be Values"),  # type: ignore[list-item]
    (lambda: accumulate([]), ValueError, "at least one Value"),
    (lambda: accumulate([Value(1.0)], scale=math.nan), ValueError, "'scale' must be"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_wrong_calls(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
