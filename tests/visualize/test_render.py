"""Graphviz is outside: found, timed, counted, and never given anything but text."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import visualize.render as module
from autograd_core import GraphError, GraphvizNotFound, Value
from tests.visualize.graphs import neuron, random_graph, square_plus_one
from visualize import Drawing, RenderError, draw
from visualize.render import checked_svg, render

# The wheel of pygraphviz carries Graphviz; the program `dot` may not be there.
NEEDS_DOT = pytest.mark.skipif(not shutil.which("dot"), reason="no program 'dot'")
ENGINES = [pytest.param("dot", marks=NEEDS_DOT), "pygraphviz"]
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}

NASTY = [
    "<b>bold</b>",
    'a&b "q"',
    "{p|q}\\n \\N \\G \\E \\T \\\\ \\",
    "javascript:alert(1)",
    '" URL="javascript:alert(1)',
    '<IMG SRC="/etc/passwd"/>',
    "]]>--><script>alert(1)</script>",
    "&#60;script&#62;&lt;i&gt;",
    "\x00\x1b[31m\r\n\t",
    "\u202eright to left",
    "\ud800",
    "名前 ŷ̂",
]


def counts(svg: bytes) -> tuple[int, int]:
    found = re.findall(rb'<g id="[^"]*" class="(node|edge)[ "]', svg)
    return found.count(b"node"), found.count(b"edge")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", MAGIC)
def test_every_kind(engine: str, kind: str) -> None:
    picture = render(draw(neuron()).dot, kind, engine=engine)
    assert picture.startswith(MAGIC[kind])
    assert picture == render(draw(neuron()).dot, kind, engine=engine), "same bytes"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_node_and_edge_is_drawn(engine: str) -> None:
    """On both engines; a lost edge was seen in Graphviz 14 without newrank."""
    for seed in range(8):
        drawing = draw(random_graph(seed)[0], constants=True)
        expected = len(drawing.graph.nodes), len(drawing.graph.edges)
        assert counts(render(drawing.dot, "svg", engine=engine)) == expected


@NEEDS_DOT
def test_both_engines_agree() -> None:
    for seed in range(4):
        dot = draw(random_graph(seed)[0]).dot
        one, other = (render(dot, "svg", engine=e) for e in ("dot", "pygraphviz"))
        assert counts(one) == counts(other)


@pytest.mark.parametrize("engine", ENGINES)
def test_nasty_names_come_out_as_text(engine: str) -> None:
    """No tag, no link, no script; every name is there, with its escapes undone."""
    root = Value(1.0)
    for name in NASTY:
        root = root * Value(2.0, name=name)
    drawing = draw(root, title="".join(NASTY[:6]))
    svg = render(drawing.dot, "svg", engine=engine)
    text = checked_svg(svg, len(drawing.graph.nodes), len(drawing.graph.edges), {})
    tree = ET.fromstring(text)  # noqa: S314  what we drew ourselves
    tags = {element.tag.partition("}")[2] for element in tree.iter()}
    shapes = {"text", "polygon", "polyline", "path"}
    assert tags <= {"svg", "g", "title", "desc"} | shapes
    attributes = {a for element in tree.iter() for a in element.attrib}
    assert not [a for a in attributes if "href" in a or a.startswith("on")]
    shown = [element.text for element in tree.iter() if element.tag.endswith("text")]
    for node in drawing.graph.nodes:
        if node.kind == "parameter":
            assert node.name in shown


def test_a_machine_without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names both remedies, and the text outputs still work."""
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    drawing = draw(neuron())
    with pytest.raises(GraphvizNotFound, match=r"apt install graphviz.*pip install py"):
        _ = drawing.svg
    assert drawing.dot.startswith("digraph")
    assert drawing.json.startswith("{")
    assert list(drawing._repr_mimebundle_()) == ["text/plain"]
    assert drawing.ascii.startswith("L = ")
    assert drawing.mermaid.startswith("flowchart")


def test_the_order_of_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda name: "/usr/bin/dot")
    assert module.find_engine() == "dot"
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    assert module.find_engine() == "pygraphviz"


def test_a_program_that_does_not_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "dot"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    with pytest.raises(RenderError, match=r"Graphviz \(dot\) did not finish"):
        render("digraph {}", "svg", engine="dot")


def test_a_program_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho 'Error: no luck' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(RenderError, match=r"failed with code 3: Error: no luck"):
        render("digraph {}", "svg", engine="dot")


def test_text_that_is_not_dot() -> None:
    with pytest.raises(RenderError, match=r"\(pygraphviz\) failed with code 1"):
        render("digraph { a -> ", "svg", engine="pygraphviz")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_label_that_graphviz_cannot_read(engine: str) -> None:
    """It would leave it out, and only say so."""
    with pytest.raises(RenderError, match="mismatched tag"):
        render("digraph { a [label=<<B></I>>] }", "svg", engine=engine)


def test_a_picture_with_something_missing() -> None:
    drawing = draw(square_plus_one())
    svg = render(drawing.dot, "svg")
    with pytest.raises(RenderError, match="drew 3 of 3 nodes and 3 of 4 edges"):
        checked_svg(svg, 3, 4, {})


def test_what_render_refuses() -> None:
    with pytest.raises(ValueError, match="'kind' must be one of"):
        render("digraph {}", "gif")
    with pytest.raises(ValueError, match="'engine' must be one of"):
        render("digraph {}", "svg", engine="neato")


def test_too_many_nodes_to_read() -> None:
    """Refused before Graphviz is asked; the texts have them all."""
    x = Value(0.5)
    for _ in range(2_000):
        x = x * 1.001
    drawing = draw(x, max_nodes=None)
    with pytest.raises(
        GraphError, match="2,001 nodes, and a drawing has at most 2,000"
    ):
        _ = drawing.svg
    assert drawing.dot.count("[id=") == len(drawing.graph.nodes + drawing.graph.edges)
    assert '"n4000"' in drawing.json
    shown = drawing._repr_svg_()
    assert shown is not None, "folded, so that a page can show it"
    assert sum(counts(shown.encode())) < 100


def test_the_program_dot_gets_dot_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list of arguments and stdin: no shell, no file name from the user."""
    calls: list[Any] = []

    def run(command: Any, **options: Any) -> Any:
        calls.append((command, options))
        return subprocess.CompletedProcess(command, 0, b"<svg/>", b"")

    monkeypatch.setattr(subprocess, "run", run)
    render("digraph {}", "svg", engine="dot")
    render("digraph {}", "svg", engine="pygraphviz")
    for command, options in calls:
        assert isinstance(command, list)
        assert options["input"] == b"digraph {}"
        assert options["timeout"] == module.TIMEOUT
        assert not options.get("shell")
    assert isinstance(draw(neuron()), Drawing)
