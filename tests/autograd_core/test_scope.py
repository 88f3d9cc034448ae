"""Scopes: which nodes were computed inside which block, at no cost per node."""

import gc
import threading
import weakref
from typing import Any

import pytest

from autograd_core import Value, scope, scopes_of, sin
from autograd_core import scope as _exported
from autograd_core.numbers.text import symbol
from autograd_core.scope import MAX_SCOPES, Scope, _log


def test_the_innermost_scope_of_each_node() -> None:
    x = Value(1.0)
    before = sin(x)
    with scope("layer") as layer:
        a = sin(before)
        with scope("neuron", "n = sin a") as neuron:
            b = sin(a)
        c = sin(b)
    after = sin(c)
    nodes = [after, c, b, a, before, x]
    assert scopes_of(nodes) == {a: layer, b: neuron, c: layer}
    assert (neuron.name, neuron.formula, neuron.parent) == (
        *("neuron", "n = sin a"),
        layer,
    )
    assert (layer.formula, layer.parent) == ("", None)
    assert repr(layer) == "<scope 'layer'>"


def test_a_leaf_has_no_scope() -> None:
    """An optimizer assigns it, which gives it a new index, perhaps inside another."""
    with scope("forward"):
        x = Value(1.0)
        y = sin(x)
    with scope("update"):
        x.data = 2.0
    assert list(scopes_of([x, y])) == [y]


def test_inside_an_open_scope() -> None:
    with scope("open") as now:
        y = sin(Value(1.0))
        assert scopes_of([y]) == {y: now}


def test_a_formula_is_printed() -> None:
    with scope("s", symbol("x1")) as s:
        pass
    assert s.formula == "x₁"


def test_scopes_end_when_something_is_raised() -> None:
    with pytest.raises(ZeroDivisionError), scope("s") as s:
        _ = 1 / 0
    y = sin(Value(1.0))
    assert s.last is not None
    assert scopes_of([y]) == {}


def test_as_a_decorator() -> None:
    @scope("f")
    def f(x: Any) -> Any:
        return sin(x)

    x = Value(1.0)
    one, two = f(x), f(x)
    found = scopes_of([one, two])
    assert [found[v].name for v in (one, two)] == ["f", "f"]
    assert found[one] is not found[two]


def test_threads_do_not_see_each_others_scopes() -> None:
    """Indices are shared, so the blocks of two threads overlap."""
    inside, done = threading.Event(), threading.Event()
    parents: list[Scope | None] = []

    def other() -> None:
        with scope("other") as s:
            parents.append(s.parent)
            inside.set()
            done.wait(10)

    with scope("mine") as mine:
        thread = threading.Thread(target=other)
        thread.start()
        assert inside.wait(10)
        y = sin(Value(1.0))
        done.set()
        thread.join()
    assert scopes_of([y]) == {y: mine}
    assert parents == [None]


def test_memory_does_not_grow() -> None:
    """No node is kept alive, and the log has an end."""
    with scope("s"):
        made = sin(Value(1.0))
    note = weakref.ref(Scope("x", "", 0, 1, None))
    assert note() is None
    for _ in range(MAX_SCOPES + 10):
        with scope("step"):
            pass
    assert len(_log.scopes) == MAX_SCOPES
    assert scopes_of([made]) == {}, "forgotten"
    before = len(gc.get_objects())
    for _ in range(1_000):
        with scope("step"):
            sin(Value(1.0))
    assert len(gc.get_objects()) - before < 100


def test_many_scopes_and_nodes_quickly() -> None:
    nodes = []
    x = Value(1.0)
    for _ in range(5_000):
        with scope("s"):
            x = sin(x)
        nodes.append(x)
    found = scopes_of(nodes)
    assert len(set(found.values())) == 5_000


def test_what_scope_refuses() -> None:
    with pytest.raises(TypeError, match="'name' must be a str, got int"), scope(3):  # type: ignore[arg-type]
        pass
    assert _exported is scope
