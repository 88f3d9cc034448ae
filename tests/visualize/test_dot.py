"""DOT text: golden, deterministic, with every name as text."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import Value
from tests.visualize.graphs import neuron, random_graph, square_plus_one
from visualize import draw, to_dot
from visualize.dot import describe
from visualize.trace import trace

GOLDEN = Path(__file__).with_name("golden")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("graph", [square_plus_one, neuron])
def test_golden(graph: Callable[[], Value]) -> None:
    """The text is what was looked at. UPDATE_GOLDEN=1 writes it again."""
    dot = draw(graph(), title=f"{graph.__name__} <&>").dot
    path = GOLDEN / f"{graph.__name__}.dot"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(dot, encoding="utf-8")
    assert dot == path.read_text(encoding="utf-8")


def test_the_same_text_in_another_process() -> None:
    """Whatever the hash seed, and wherever objects lie in memory."""
    program = (
        "from tests.visualize.graphs import random_graph; from visualize import draw;"
        "import sys; sys.stdout.buffer.write(draw(random_graph(7)[0]).dot.encode())"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert texts == {draw(random_graph(7)[0]).dot.encode()}


@given(st.integers(0, 2**32))
def test_every_node_and_edge_once(seed: int) -> None:
    graph = trace(random_graph(seed)[0])
    lines = to_dot(graph).splitlines()
    for thing in (*graph.nodes, *graph.edges):
        assert sum(f'[id="{thing.id}" ' in line for line in lines) == 1


@given(st.text(min_size=1, max_size=60))
def test_any_name_stays_in_its_label(name: str) -> None:
    """Each node is one line, and only our own tags are tags."""
    lines = to_dot(trace(Value(1.0, name=name) * 2)).splitlines()
    plain = to_dot(trace(Value(1.0, name="x") * 2)).splitlines()
    assert len(lines) == len(plain)
    for line, usual in zip(lines, plain, strict=True):
        assert line.count("<") == usual.count("<")
        assert line.count('"') == usual.count('"')


def test_long_names_and_expressions_are_cut() -> None:
    x = Value(1.0, name="n" * 500)
    dot = to_dot(trace(x * x))
    assert "n" * 39 + "…" in dot
    assert "n" * 40 not in dot


def test_signs_colours_and_lines() -> None:
    dot = draw(neuron()).dot
    for sign, colour, line in (
        ("positive", "#0068A3", "solid"),
        ("negative", "#B54700", "dashed"),
        ("zero", "#616973", "dotted"),
    ):
        assert (
            f'class="flow {sign}" dir=back arrowtail=normal color="{colour}" '
            f"style={line}" in dot
        )
    assert 'class="feed" color="#98A2AE" penwidth=1 arrowhead=vee' in dot


def test_words_for_what_is_not_finite() -> None:
    dot = draw(ac.log(Value(0.0, name="x"))).dot
    assert 'class="nonfinite"' in dot
    assert "−infinity" in dot
    assert "+infinity" in dot


def test_minus_zero_is_zero() -> None:
    dot = draw(Value(-0.0, name="x") * 1.0).dot
    assert "−0" not in dot


def test_settings() -> None:
    dot = to_dot(trace(square_plus_one()), rankdir="TB", precision=2)
    assert "rankdir=TB newrank=true" in dot
    assert "10.00<" in dot
    assert "10.0000" not in dot


def test_a_card_in_words() -> None:
    node = trace(square_plus_one()).nodes[-1]
    assert describe(node) == "y = v₁ + 1: data 10.0000, grad +1.0000"
