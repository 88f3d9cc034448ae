"""Folding: any graph fits a page, and every number stays right."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import Value, scope
from tests.visualize.graphs import (
    check_sums,
    exact_graph,
    network,
    random_graph,
    two_scopes,
)
from visualize import GraphIR, NodeIR, draw
from visualize.collapse import collapse
from visualize.fold import fold
from visualize.sums import fold_sums
from visualize.trace import trace, without_constants


def by_name(graph: GraphIR) -> dict[str, NodeIR]:
    return {node.name: node for node in graph.nodes}


# -- the flows still add up ------------------------------------------------------------


@given(st.integers(0, 2**32), st.integers(4, 20))
def test_flows_add_up_when_folded_to_fit(seed: int, size: int) -> None:
    graph = fold_sums(trace(random_graph(seed)[0]))
    check_sums(graph)
    check_sums(collapse(graph, max_nodes=size), unfolded=graph)
    folded = collapse(without_constants(graph), max_nodes=size)
    check_sums(folded, unfolded=graph)


@given(st.integers(0, 2**32))
def test_flows_add_up_when_anything_is_folded(seed: int) -> None:
    """Whatever the rule says, also where groups would use each other's results."""
    source = random.Random(seed)
    graph = trace(random_graph(seed)[0])
    verdicts = {n.id: source.choice([True, True, False, None]) for n in graph.nodes}
    check_sums(collapse(graph, verdicts=verdicts), unfolded=graph)
    keys = {n.id: source.randrange(4) for n in graph.nodes}
    check_sums(fold(graph, keys), unfolded=graph)


@given(st.integers(0, 2**32))
def test_flows_of_fractions_add_up_exactly_when_folded(seed: int) -> None:
    graph = trace(exact_graph(seed))
    check_sums(collapse(graph, max_nodes=4), 0)
    check_sums(fold_sums(graph), 0)


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_flows_add_up_when_scopes_are_folded(depth: int) -> None:
    check_sums(draw(network((3, 4, 4, 1), 3), depth=depth).graph)


# -- scopes ----------------------------------------------------------------------------


def test_a_folded_scope_is_one_card() -> None:
    graph = draw(two_scopes(), depth=0).graph
    card = by_name(graph)["neuron"]
    assert (card.kind, card.expression) == ("group", "p = σ(wx + b)")
    assert card.group is not None
    assert (card.group.operations, card.group.parameters) == (3, 2)
    assert (card.group.inputs, card.group.outputs) == (1, ("n6",))
    full = by_name(trace(two_scopes()))
    assert card.data == full["p"].data
    assert card.grad == pytest.approx(full["p"].grad, rel=1e-15)
    grads = [full["w"].grad, full["b"].grad]
    assert card.group.norm == pytest.approx((grads[0] ** 2 + grads[1] ** 2) ** 0.5)
    assert (card.group.least, card.group.greatest) == (min(grads), max(grads))
    assert graph.clusters == ()


def test_an_edge_between_single_numbers_has_the_total_derivative() -> None:
    x = Value(0.5, name="x")
    with scope("square of the sine"):
        y = ac.square(ac.sin(x))
        y.name = "y"
    root = 3 * y
    graph = draw(root + x, depth=0).graph  # x stays outside: it has another use
    edge = next(e for e in graph.edges if e.source == "n0" and e.target[0] == "g")
    assert edge.formula == "∂y/∂x"
    assert edge.local == pytest.approx(ac.sin(2 * x).data)
    assert edge.flow == pytest.approx(3 * edge.local)


def test_equal_scopes_beside_each_other_are_one_card() -> None:
    graph = draw(network((2, 16, 1)), depth=2).graph
    card = by_name(graph)["neuron × 16"]
    assert card.group is not None
    assert (card.group.copies, card.group.operations) == (16, 80)
    assert (card.group.inputs, len(card.group.outputs)) == (2, 16)
    assert len(card.grad) == 16
    assert [c.name for c in graph.clusters] == ["sample", "layer 1", "layer 2"]


def test_equal_scopes_after_each_other_are_not() -> None:
    x = Value(0.5, name="x")
    for _ in range(3):
        with scope("step"):
            x = ac.sin(x * 2.0)
    graph = draw(x + 1.0, depth=0).graph
    assert [n.name for n in graph.nodes if n.group] == ["step"] * 3


def test_numbered_scopes_are_equal_too() -> None:
    x = Value(0.5, name="x")
    parts = []
    for i in range(3):
        with scope(f"part {i}"):
            parts.append(ac.sin(x * 2.0))
    with scope("part 4"):
        parts.append(ac.cos(x * 2.0))
    graph = draw(ac.sum(parts), depth=0).graph
    assert {n.name for n in graph.nodes if n.group} == {"part × 3", "part 4"}


# -- the reader's own rule -------------------------------------------------------------


def test_a_callable_decides() -> None:
    """It is asked for Values; True folds neighbours, and False keeps a node."""
    root = two_scopes()
    rule: Callable[[Value], bool | None]
    rule = lambda v: None if v.is_leaf else v.name is None  # noqa: E731
    graph = draw(root, collapse=rule).graph
    names = {n.name for n in graph.nodes if not n.group}
    assert names - {"−y", "1 − y"} == {"x", "y", "p", "L"}
    assert by_name(graph)["2 operations"].expression == "1 add, 1 mul"
    check_sums(graph)
    kept = draw(root, depth=0, collapse=lambda v: False if v.name == "w" else None)
    assert "w" in by_name(kept.graph)


# -- to fit ----------------------------------------------------------------------------


def big(operations: int) -> Value:
    source = random.Random(0)
    nodes = [Value(source.uniform(-1, 1), name=f"w{i}") for i in range(50)]
    for _ in range(operations):
        nodes.append(ac.tanh(source.choice(nodes) * source.choice(nodes[-60:])))
    return ac.sum(nodes[-60:])


def chain(operations: int) -> Value:
    x = Value(0.5, name="x")
    for _ in range(operations):
        x = ac.sin(x)
    return x


@pytest.mark.parametrize("root", [big(5_000), chain(5_000), network((8, 8, 8, 1), 40)])
def test_ten_thousand_nodes_are_drawn_in_seconds(root: Value) -> None:
    """Folded, not refused and not hung; counted in the picture."""
    assert len(ac.ancestors(root)) > 5_000
    drawing = draw(root)
    svg = drawing.svg
    assert len(drawing.graph.nodes) <= 150
    assert svg.count('class="node ') == len(drawing.graph.nodes)
    unfolded = trace(root)
    check_sums(drawing.graph, unfolded=unfolded)


def test_what_fits_is_left_as_it_is() -> None:
    graph = without_constants(trace(two_scopes()))
    assert collapse(graph, max_nodes=len(graph.nodes)) is graph


def test_the_last_operations_stay() -> None:
    names = [n.name for n in draw(chain(1_000), max_nodes=40).graph.nodes]
    assert names[-3:] == ["v₉₉₈", "v₉₉₉", "v₁₀₀₀"]


def test_wide_graphs_fit_too() -> None:
    xs = [Value(float(i), name=f"x{i}") for i in range(2_000)]
    graph = draw(ac.dot(xs, xs[::-1])).graph
    assert [n.name for n in graph.nodes] == ["parameter × 2,000", "v₁"]
    check_sums(graph)


def test_max_nodes_none_never_folds() -> None:
    assert len(draw(chain(500), max_nodes=None).graph.nodes) == 501


# -- sums ------------------------------------------------------------------------------


def sum_of(n: int) -> Value:
    total: Value = Value(1.0, name="t0")
    for i in range(1, n):
        total = total + Value(float(i), name=f"t{i}")
    total.name = "s"
    return total


def test_a_chain_of_additions_is_one_card() -> None:
    graph = draw(sum_of(6)).graph
    assert len(graph.nodes) == 7
    assert graph.nodes[-1].expression == "Σ 6 terms"
    assert [e.argument for e in graph.edges] == list(range(6))
    assert {(e.formula, e.flow) for e in graph.edges} == {("1", 1.0)}
    check_sums(graph)


def test_a_short_sum_stays() -> None:
    assert draw(sum_of(4)).graph.nodes[-1].expression == "v₂ + t₃"


def test_a_partial_sum_with_a_name_or_another_use_ends_a_chain() -> None:
    xs = [Value(float(i), name=f"x{i}") for i in range(8)]
    part = xs[0] + xs[1] + xs[2] + xs[3]
    used = part + xs[4] + xs[5] + xs[6] + xs[7]
    root = used * part
    graph = draw(root).graph
    assert [n.expression for n in graph.nodes if "Σ" in n.expression] == ["Σ 5 terms"]
    check_sums(graph)
