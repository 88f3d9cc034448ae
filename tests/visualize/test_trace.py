"""`trace`: flows add up to gradients, and formulas name what the cards name."""

import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import GraphError, StaleGraphError, Value
from tests.visualize.graphs import exact_graph, neuron, random_graph, square_plus_one
from visualize import GraphIR, NodeIR
from visualize.trace import trace, without_constants


def by_name(graph: GraphIR) -> dict[str, NodeIR]:
    return {node.name: node for node in graph.nodes}


def incoming(graph: GraphIR) -> dict[str, Any]:
    """Per node the sum of its flows, per output where it has several, and of |flow|."""
    wanted = [n for n in graph.nodes if n.op == "item" and n.grad is not None]
    items = {n.id: int(n.expression[-2]) for n in wanted}
    sums: dict[str, Any] = {}
    for node in graph.nodes:
        if node.grad is not None:
            n = len(node.grad) if isinstance(node.grad, tuple) else 1
            sums[node.id] = [[0, 0.0] for _ in range(n)]
    for edge in graph.edges:
        if edge.flow is not None:
            several = len(sums[edge.source]) > 1
            entry = sums[edge.source][items[edge.target] if several else 0]
            entry[0] += edge.flow
            entry[1] += abs(edge.flow)
    return sums


def check_flows(graph: GraphIR, rtol: float) -> None:
    sums = incoming(graph)
    for node in graph.nodes:
        if node.grad is None or node.id == graph.root:
            continue
        grads = node.grad if isinstance(node.grad, tuple) else (node.grad,)
        for g, (total, scale) in zip(grads, sums[node.id], strict=True):
            assert abs(g - total) <= rtol * scale, node


@given(st.integers(0, 2**32))
def test_flows_add_up_to_the_gradient(seed: int) -> None:
    """On any graph, at every node, to rounding."""
    root, _ = random_graph(seed)
    check_flows(trace(root), 1e-12)


@given(st.integers(0, 2**32))
def test_flows_of_fractions_add_up_exactly(seed: int) -> None:
    check_flows(trace(exact_graph(seed)), 0)


@given(st.integers(0, 2**32))
def test_gradients_are_those_of_backward(seed: int) -> None:
    root, leaves = random_graph(seed)
    graph = trace(root)
    if root.requires_grad:
        root.backward(allow_nonfinite=True)
    place = {node: f"n{i}" for i, node in enumerate(ac.ancestors(root))}
    shown = {node.id: node.grad for node in graph.nodes}
    for leaf in leaves:
        if leaf in place and leaf.requires_grad and root.requires_grad:
            assert shown[place[leaf]] == leaf.grad


def test_gradients_are_those_of_the_drawn_root() -> None:
    """Not what another call of backward left in .grad, and it is left as it was."""
    x = Value(2.0, name="x")
    y = x * x
    (100 * y).backward()
    assert by_name(trace(y))["x"].grad == 4.0
    assert x.grad == 400.0
    assert y.grad == 100.0


def test_an_operand_used_twice_has_two_edges() -> None:
    graph = trace(square_plus_one())
    twice = [e for e in graph.edges if e.source == "n0"]
    assert [(e.id, e.argument, e.formula) for e in twice] == [
        ("e0_1_0", 0, "x"),
        ("e0_1_1", 1, "x"),
    ]
    assert [e.flow for e in twice] == [3.0, 3.0]
    assert by_name(graph)["x"].grad == 6.0


def test_cards_of_a_neuron() -> None:
    graph = without_constants(trace(neuron()))
    cards = [(n.kind, n.name, n.expression) for n in graph.nodes]
    assert cards == [
        ("parameter", "w", ""),
        ("parameter", "b", ""),
        ("data", "x", ""),
        ("data", "y", ""),
        ("operation", "v₁", "w·x"),
        ("operation", "v₂", "v₁ + b"),
        ("operation", "p", "σ(v₂)"),
        ("data", "−y", ""),
        ("operation", "v₃", "ln p"),
        ("operation", "v₄", "−y·v₃"),
        ("data", "1 − y", ""),
        ("operation", "v₅", "1 − p"),
        ("operation", "v₆", "ln v₅"),
        ("operation", "v₇", "(1 − y)·v₆"),
        ("output", "L", "v₄ − v₇"),
    ]
    formulas = {e.formula for e in graph.edges if e.flow is not None}
    assert formulas == {"x", "1", "−1", "p(1 − p)", "1/p", "−y", "1/v₅", "(1 − y)"}


def test_constants_are_nodes_until_they_are_hidden() -> None:
    graph = trace(square_plus_one())
    assert [n.kind for n in graph.nodes].count("constant") == 1
    hidden = without_constants(graph)
    assert [n.id for n in hidden.nodes] == ["n0", "n1", "n3"]
    assert [e.id for e in hidden.edges] == ["e0_1_0", "e0_1_1", "e1_3_0"]


def test_generated_names_avoid_given_ones() -> None:
    v1 = Value(1.0, name="v1")
    graph = trace((v1 * v1) * (v1 + v1))
    assert [n.name for n in graph.nodes] == ["v₁", "v₂", "v₃", "v₄"]
    assert graph.nodes[1].expression == "v₁·v₁"


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_blank_name_is_none(name: str | None) -> None:
    x = Value(2.0, name=name)
    assert [n.name for n in trace(x * x).nodes] == ["v₁", "v₂"]


def test_several_outputs_are_one_node() -> None:
    a, b = Value(1.0, name="a"), Value(2.0, name="b")
    p, q = ac.softmax([a, b])
    graph = trace(p * 3 + q)
    softmax = next(n for n in graph.nodes if n.op == "softmax")
    assert softmax.expression == "softmax(a, b)"
    assert softmax.grad == (3.0, 1.0)
    assert [n.expression for n in graph.nodes if n.op == "item"] == ["v₁[0]", "v₁[1]"]
    edge = graph.edges[0]
    assert (edge.formula, len(edge.local)) == ("∂v₁/∂a", 2)
    assert edge.flow == pytest.approx(2 * p.data * q.data)


def test_many_operands_are_counted_and_not_written() -> None:
    xs = [Value(float(i), name=f"x{i}") for i in range(100)]
    graph = trace(ac.dot(xs, xs))
    assert graph.nodes[-1].expression == "dot of 200 numbers"
    assert graph.edges[0].formula == "∂v₁/∂x₀"


def test_the_side_not_taken_gets_a_zero_flow() -> None:
    """The strong zero: log(0) on the other side has an infinite derivative."""
    x = Value(0.0, name="x")
    graph = trace(ac.where(ac.step(x), ac.log(x), x))
    assert by_name(graph)["x"].grad == 1.0
    assert sorted(e.flow for e in graph.edges if e.flow is not None) == [0, 0, 1]


def test_a_derivative_that_nobody_wants_is_not_computed() -> None:
    """(-2)**3: the derivative by the exponent would be a logarithm of -2."""
    x = Value(Fraction(-2), name="x")
    n = Value(Fraction(3), name="n", requires_grad=False)
    graph = trace(x**n)
    assert [(e.local, e.flow) for e in graph.edges] == [(12, 12), (None, None)]


def test_what_is_not_finite_is_marked() -> None:
    x = Value(0.0, name="x")
    graph = trace(ac.log(x))
    assert [n.finite for n in graph.nodes] == [False, False]
    assert graph.nodes[0].grad == math.inf


def test_a_root_without_gradients() -> None:
    x = Value(2.0, name="x", requires_grad=False)
    graph = trace(x * x)
    assert [(n.kind, n.grad) for n in graph.nodes] == [("data", None), ("output", None)]
    assert [e.flow for e in graph.edges] == [None, None]


def test_a_single_leaf() -> None:
    graph = trace(Value(2.0, name="x"))
    assert [(n.kind, n.grad) for n in graph.nodes] == [("output", 1.0)]
    assert graph.edges == ()


def test_symbols_and_many_digits() -> None:
    """Any kind of number is drawn; its flows are of the same kind."""
    sympy = pytest.importorskip("sympy")
    t = sympy.Symbol("t", real=True)
    assert by_name(trace(Value(t, name="x") ** 2))["x"].grad == 2 * t


def test_what_trace_refuses() -> None:
    x = Value(2.0)
    y = x * x
    x.data = 3.0
    with pytest.raises(StaleGraphError):
        trace(y)
    with pytest.raises(TypeError, match="starts from a Value, got float"):
        trace(2.0)  # type: ignore[arg-type]
    node = ac.softmax([x, x])[0].operands[0]
    with pytest.raises(GraphError, match="take one of the outputs"):
        trace(node)


def test_5000_deep_without_recursion() -> None:
    totals: dict[str, int] = defaultdict(int)
    x = Value(0.5)
    for _ in range(5_000):
        x = ac.sin(x)
    for node in trace(x).nodes:
        totals[node.kind] += 1
    assert totals == {"parameter": 1, "operation": 4_999, "output": 1}
