"""The path view: counted exactly, at most eight shown, and the sum is the gradient."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import GraphError, Value, scope
from tests.visualize.graphs import random_graph
from visualize import draw
from visualize.paths import find_paths
from visualize.trace import trace


def product_of_sums() -> Value:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return e


def doubling(n: int) -> Value:
    """2**n paths: each step uses the one before twice."""
    v: Value = Value(Fraction(1, 3), name="x")
    for _ in range(n):
        v = v + Fraction(1, 2) * v
    v.name = "y"
    return v


def test_two_paths() -> None:
    drawing = draw(product_of_sums(), paths=("b", "e"))
    paths = drawing.look.paths
    assert paths is not None
    assert (paths.count, paths.rest, paths.total) == (2, None, 5.0)
    assert [p.product for p in paths.shown] == [3.0, 2.0]
    assert "① × c = 3" in drawing.dot
    assert "② × d = 2" in drawing.dot
    assert 'color="#00694E" style=solid penwidth=3' in drawing.dot
    assert 'color="#9B3672" style=dashed penwidth=3' in drawing.dot
    assert "① b → d → e = 3 × 1 = +3.0000" in drawing.ascii
    assert "Σ of 2 paths = ∂e/∂b = +5.0000" in drawing.ascii
    for text in (drawing.svg, drawing.html):
        assert "① b → d → e" in text
        assert "Σ of 2 paths = ∂e/∂b" in text
    assert '"count": 2' in drawing.json


def test_many_paths_are_counted_and_summed() -> None:
    """2**40, exactly; eight rows, one for the rest, and the sum."""
    drawing = draw(doubling(40), paths="x")
    paths = drawing.look.paths
    assert paths is not None
    assert paths.count == 2**40
    assert len(paths.shown) == 8
    assert paths.total == Fraction(3, 2) ** 40
    assert sum(p.product for p in paths.shown) + paths.rest == paths.total
    assert f"… {2**40 - 8:,} more paths: +1.1057×10⁷" in drawing.ascii
    strengths = [abs(p.product) for p in paths.shown]
    assert strengths == sorted(strengths, reverse=True)


def test_ends_are_names_or_values() -> None:
    root = product_of_sums()
    b = next(v for v in ac.leaves(root) if v.name == "b")
    d = next(v for v in ac.ancestors(root) if v.name == "d")
    assert draw(root, paths=b).dot == draw(root, paths=("b", root)).dot
    inner = draw(root, paths=(b, d))
    assert [n.name for n in inner.graph.nodes] == ["b", "d"]
    assert inner.look.paths is not None
    assert inner.look.paths.total == 1.0


@given(st.integers(0, 2**32))
def test_the_sum_over_all_paths_is_the_gradient(seed: int) -> None:
    """Also through softmax, where a path goes through one of the outputs."""
    root, leaves = random_graph(seed)
    graph = trace(root)
    place = {v: f"n{i}" for i, v in enumerate(ac.ancestors(root))}
    for leaf in leaves:
        if leaf in place and leaf.requires_grad and root.requires_grad:
            paths = find_paths(graph, place[leaf])
            total = sum(p.product for p in paths.shown) + (paths.rest or 0)
            size = sum(abs(p.product) for p in paths.shown)
            assert abs(total - paths.total) <= 1e-12 * max(size, abs(paths.total))
            assert paths.count >= len(paths.shown)
            assert (paths.rest is None) == (paths.count <= 8)


def test_the_side_not_taken_is_a_path_with_zero() -> None:
    """Not 0·infinity."""
    x = Value(0.0, name="x")
    paths = draw(ac.where(ac.step(x), ac.log(x), x), paths="x").look.paths
    assert paths is not None
    assert sorted(p.product for p in paths.shown) == [0.0, 1.0]


def test_a_long_path_in_a_deep_graph() -> None:
    x = Value(0.5, name="x")
    y = x
    for _ in range(5_000):
        y = y * 1.0001
    drawing = draw(y, paths="x")
    assert "(4,995 more)" in drawing.ascii
    assert len(drawing.graph.nodes) <= 150


def test_the_nodes_of_the_paths_stay_when_scopes_are_folded() -> None:
    x = Value(0.5, name="x")
    with scope("s"):
        y = ac.sin(x) * ac.exp(ac.cos(Value(1.0, name="z")))
    graph = draw(y + 1, paths="x", depth=0).graph
    assert {"x", "z"} & {n.name for n in graph.nodes} == {"x"}
    assert "sin x" in {n.expression for n in graph.nodes}


def test_no_path_at_all_between_the_root_and_itself() -> None:
    paths = draw(product_of_sums(), paths="e").look.paths
    assert paths is not None
    assert (paths.count, paths.total) == (1, 1.0)


def test_what_paths_refuses() -> None:
    root = product_of_sums()
    with pytest.raises(ValueError, match=r"one node with the name 'q', and .* has 0"):
        draw(root, paths="q")
    with pytest.raises(ValueError, match="must have one or two ends, got 3"):
        draw(root, paths=("a", "b", "e"))
    with pytest.raises(ValueError, match="not a part of this graph"):
        draw(root, paths=Value(1.0))
    with pytest.raises(GraphError, match="no gradient flows along 'paths'"):
        draw(root, paths=("a", "d"))
