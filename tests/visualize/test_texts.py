"""Text outputs, tables and frames: the numbers of the picture, without an engine."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import Value
from tests.visualize.graphs import network, neuron, random_graph, two_scopes
from visualize import draw, to_mermaid, to_text
from visualize.labels import number_text
from visualize.trace import trace

# -- the tree of text ------------------------------------------------------------------


def test_a_shared_node_is_written_once() -> None:
    text = draw(neuron()).ascii
    assert text.count("p = σ(v₂)") == 1
    assert text.count("p  ↑ shown above  × −1 → 0") == 1
    assert text.splitlines()[0] == "L = v₄ − v₇  data 1.3133  grad +1.0000"


@given(st.integers(0, 2**32))
def test_one_line_for_each_edge(seed: int) -> None:
    graph = trace(random_graph(seed)[0])
    assert len(to_text(graph).splitlines()) == len(graph.edges) + 1


def test_a_deep_graph_stays_on_the_page() -> None:
    x = Value(0.5)
    for _ in range(1_000):
        x = ac.sin(x)
    lines = draw(x, max_nodes=None).ascii.splitlines()
    assert max(map(len, lines)) < 200
    assert lines[100].lstrip().startswith("(100)")


def test_every_number_is_in_every_text() -> None:
    drawing = draw(two_scopes())
    for text in (drawing.ascii, drawing.mermaid, drawing.tables, drawing.dot):
        for node in drawing.graph.nodes:
            assert number_text(node.data) in text
        for edge in drawing.graph.edges:
            if edge.flow is not None:
                assert number_text(edge.flow, signed=True).strip("+") in text


# -- Mermaid ---------------------------------------------------------------------------


def test_mermaid() -> None:
    text = draw(network(), title="a net", depth=2).mermaid
    assert text.startswith('---\ntitle: "a net"\n---\nflowchart LR\n')
    assert text.count("subgraph") == text.splitlines().count("  end") == 3
    assert '["neuron × 4#58; tanh(w·x + b)<br>' in text
    assert draw(neuron(), rankdir="TB").mermaid.startswith("flowchart TD")


@given(st.text(max_size=30))
def test_any_name_stays_in_its_mermaid_label(name: str) -> None:
    lines = to_mermaid(trace(Value(1.0, name=name or "x") * 2)).splitlines()
    assert len(lines) == len(to_mermaid(trace(Value(1.0, name="x") * 2)).splitlines())
    for line in lines:
        assert line.count('"') in (0, 2)
        assert not re.search(r"<(?!br>)", line)


# -- frames ----------------------------------------------------------------------------


def test_frames_of_a_neuron() -> None:
    drawing = draw(neuron(), steps=True)
    steps = drawing.frames()
    n = len(drawing.graph.nodes)
    assert [f.phase for f in steps[: n + 1]] == ["forward"] * n + ["seed"]
    wanted = [x for x in drawing.graph.nodes if x.grad is not None]
    assert [f.node for f in steps[n + 1 :]] == [x.id for x in wanted[-2::-1]]
    said = {f.sentence for f in steps}
    assert "p = σ(v₂) = 0.2689 is computed." in said
    assert "The gradient begins at L: ∂L/∂L = 1." in said
    assert "Two flows meet at p and are added: ∂L/∂p = −3.7183 + 0 = −3.7183." in said
    assert "∂L/∂v₂ = ∂L/∂p · ∂p/∂v₂ = −3.7183 × 0.1966 = −0.7311." in said


@given(st.integers(0, 2**32))
def test_every_node_and_edge_has_its_frame(seed: int) -> None:
    graph = draw(random_graph(seed)[0], max_nodes=20).graph
    steps = draw(random_graph(seed)[0], max_nodes=20).frames()
    forward = [f for f in steps if f.phase == "forward"]
    back = [f for f in steps if f.phase == "backward"]
    assert [f.node for f in forward] == [n.id for n in graph.nodes]
    drawn = [e for f in forward for e in f.edges]
    assert sorted(drawn) == sorted(e.id for e in graph.edges)
    flowed = [e for f in back for e in f.edges]
    assert sorted(flowed) == sorted(e.id for e in graph.edges if e.flow is not None)
    seen: set[str] = set()
    target = {e.id: e.target for e in graph.edges}
    for f in forward:
        seen.add(f.node)
        assert {target[e] for e in f.edges} <= seen
    assert all(f.sentence.endswith(".") for f in steps)


@pytest.mark.parametrize("depth", [0, 2])
def test_frames_of_a_folded_graph(depth: int) -> None:
    said = [f.sentence for f in draw(network((2, 4, 1), 2), depth=depth).frames()]
    assert any("operations computed, giving" in s for s in said)
    assert any("hands" in s for s in said) or depth == 2


def test_a_root_without_gradients_has_no_way_back() -> None:
    x = Value(2.0, name="x", requires_grad=False)
    assert {f.phase for f in draw(x * x).frames()} == {"forward"}
