"""DOT text: golden, deterministic, with every name as text."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ac
from autograd_core import Value
from tests.visualize.graphs import (
    network,
    neuron,
    random_graph,
    square_plus_one,
    two_scopes,
)
from visualize import draw, to_dot
from visualize.cards import Sheet, describe
from visualize.look import Look
from visualize.style import DARK_FOR, THEMES
from visualize.trace import trace

GOLDEN = Path(__file__).with_name("golden")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("graph", [square_plus_one, neuron, two_scopes, network])
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
    graph = trace(square_plus_one())
    assert (
        describe(graph.nodes[-1], Sheet(graph, Look()))
        == "y = v₁ + 1: data 10.0000, grad +1.0000"
    )


def lines_of(dot: str, kind: str) -> list[str]:
    return [line for line in dot.splitlines() if f'class="{kind}' in line]


def test_widths_tell_the_size_of_a_flow() -> None:
    """1 + 4·sqrt(|flow|/max), or four decades of a logarithm; the legend says which."""
    x, y = Value(1.0, name="x"), Value(1.0, name="y")
    root = x + 0.0001 * y
    for scale, small in (("sqrt", "1.04"), ("log", "1")):
        dot = draw(root, scale=scale).dot
        widths = set(re.findall(r"penwidth=([\d.]+)", dot))
        assert widths == {"5", small}
        word = {"sqrt": "width ∝ √|flow|, widest 1.0000", "log": "over 4 decades below"}
        assert word[scale] in dot


def test_zero_gradients_everywhere() -> None:
    x = Value(1.0, name="x")
    dot = draw(0.0 * x + 0.0 * ac.sin(x), show=("flow",)).dot
    assert "penwidth=1 " in dot


def test_the_spine_is_the_strongest_path() -> None:
    x, y = Value(1.0, name="x"), Value(1.0, name="y")
    dot = draw((3 * x) + ac.sin(2 * y)).dot
    spine = [line.split()[0] for line in dot.splitlines() if "weight=8" in line]
    assert spine == ["n0", "n3"], "from 3·x, with 3, not from y, with 2·cos 2"


def test_the_sum_row_stands_where_flows_meet() -> None:
    x = Value(3.0, name="x")
    dot = draw(x * x + 1).dot
    assert dot.count(">Σ<") == 1
    assert dot.count(">(+3.0000)<") == 2
    many = draw(ac.sum([x * float(i) for i in range(9)])).dot
    assert ">9 flows<" in many


def test_views() -> None:
    root = neuron()
    forward = draw(root, view="forward").dot
    assert ">grad<" not in forward
    assert not lines_of(forward, "flow")
    both = draw(root, view="both").dot
    assert all("dir=both" in line for line in lines_of(both, "flow"))


def test_show_only_some_parts() -> None:
    dot = draw(neuron(), show=("name", "grad")).dot
    assert ">data<" not in dot
    assert ">grad<" in dot
    assert "×" not in dot
    assert "label=<<TABLE" in dot
    assert all("label=" not in line for line in lines_of(dot, "flow"))
    assert "= σ" not in dot
    only = draw(neuron(), show="flow").svg
    assert "−3.7183" in only


def test_scopes_are_clusters() -> None:
    dot = draw(two_scopes()).dot
    first, second = re.findall(r"subgraph (\w+) {", dot)
    assert (first, second) == ("cluster_s0", "cluster_s1")
    assert "<B>neuron</B>   p = σ(wx + b)" in dot
    inside = dot[dot.index(first) : dot.index(second)]
    assert {"w", "x", "b"} <= set(re.findall(r"<B>(\w)</B>", inside))
    assert 'id="s0" class="cluster"' in draw(two_scopes()).svg


def test_nested_scopes_are_nested_clusters() -> None:
    dot = draw(network()).dot
    assert dot.count("subgraph") == 1 + 2 + 5
    assert dot.count("{") == dot.count("}")


def test_a_scope_with_any_name() -> None:
    for name in ('"><b>&', "\\N {|}", "", "\x00\n"):
        with ac.scope(name, name):
            root = ac.sin(Value(1.0))
        assert 'class="cluster"' in draw(ac.cos(root)).svg


def test_the_dark_theme_is_the_light_one_with_other_colours() -> None:
    light, dark = (draw(two_scopes(), theme=theme).dot for theme in ("light", "dark"))
    for old, new in DARK_FOR.items():
        light = light.replace(old, new.lower())
    assert light == re.sub("#[0-9A-F]{6}", lambda m: m[0].lower(), dark)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_card(theme: str) -> None:
    """A contrast of 4.5 to 1 (WCAG AA) for every colour of text."""
    style = THEMES[theme]
    grounds = {style.paper, style.frame, *(c.fill for c in style.cards.values())}
    texts = {style.ink, style.muted, style.alarm, *(c for c, _ in style.paths)}
    texts |= {colour for colour, _ in style.signs.values()}
    pairs = {(text, ground) for text in texts for ground in grounds}
    pairs |= {(card.title, card.fill) for card in style.cards.values()}
    for pair in pairs:
        low, high = sorted(map(luminance, pair))
        assert (high + 0.05) / (low + 0.05) >= 4.5, pair
