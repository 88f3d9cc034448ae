"""`draw` and `Drawing`: every output, and every way to ask for it wrongly."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import autograd_core.files as files
from autograd_core import Value
from tests.visualize.graphs import neuron, square_plus_one
from visualize import Drawing, draw, draw_dot

MAGIC = {
    ".svg": b"<svg ",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".dot": b"digraph ",
    ".gv": b"digraph ",
    ".json": b"{",
    ".html": b"<!doctype html>",
    ".mmd": b"flowchart LR",
    ".txt": b"y = ",
}


@pytest.mark.parametrize("suffix", [*MAGIC, ".SVG"])
def test_save_by_suffix(suffix: str, tmp_path: Path) -> None:
    path = draw(square_plus_one()).save(tmp_path / f"graph{suffix}")
    assert path.read_bytes().startswith(MAGIC[suffix.lower()])
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "no file besides"


def test_save_replaces_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "graph.dot"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True replaces it"):
        draw(neuron()).save(path)
    assert path.read_text() == "mine"
    draw(neuron()).save(path, overwrite=True)
    assert path.read_text().startswith("digraph")


def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graph.dot"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        draw(neuron()).save(path, overwrite=True)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("name", ["graph", "graph.gif", "graph.svg.exe"])
def test_unknown_suffixes(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must be one of \.svg, \.png"):
        draw(neuron()).save(tmp_path / name)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is not a folder; make it first"):
        draw(neuron()).save(tmp_path / "no" / "graph.dot")


def test_svg_for_a_page() -> None:
    """One element, described for a reader who does not see it, without comments."""
    svg = draw(neuron(), title='the <neuron> & "me"').svg
    root = ET.fromstring(svg)  # noqa: S314  what we drew ourselves
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'the <neuron> & "me"'
    assert "<!--" not in svg
    assert "<!DOCTYPE" not in svg
    titles = [e.text for e in root.iter() if e.tag.endswith("title")]
    assert "p = σ(v₂): data 0.2689, grad −3.7183, Σ (−3.7183) (0)" in titles
    assert titles[0] == 'the <neuron> & "me"'
    (desc,) = (e.text for e in root if e.tag.endswith("desc"))
    assert str(desc).startswith("15 cards and 16 edges. Data flow from left to right")
    assert "p to v₃: local derivative 1/p, flow −3.7183" in titles
    assert "y to −y" in titles


def test_every_number_of_the_graph_is_in_the_picture() -> None:
    from visualize.labels import number_text

    drawing = draw(neuron())
    text = "".join(ET.fromstring(drawing.svg).itertext())  # noqa: S314
    for node in drawing.graph.nodes:
        assert number_text(node.data) in text
    for edge in drawing.graph.edges:
        if edge.flow is not None:
            assert number_text(edge.flow, signed=True) in text
            assert f"× {edge.formula}" in text


def test_json() -> None:
    """Valid everywhere: NaN and infinities are strings, and -0 is 0."""
    root = Value(-0.0, name="x") * float("inf")
    graph = json.loads(draw(root, constants=True).json)
    assert graph["format"] == "autograd-core drawing 1"
    assert [n["data"] for n in graph["nodes"]] == [0.0, "inf", "nan"]
    assert str(graph["nodes"][0]["data"]) == "0.0"
    assert [e["id"] for e in graph["edges"]] == ["e0_2_0", "e1_2_1"]
    assert graph["root"] == "n2"


def test_notebooks_show_a_picture_and_text() -> None:
    drawing = draw(square_plus_one())
    bundle = drawing._repr_mimebundle_()
    text = bundle["text/plain"].splitlines()
    assert text[:2] == [
        "<Drawing: 3 nodes, 3 edges>",
        "y = v₁ + 1  data 10.0000  grad +1.0000",
    ]
    assert bundle["image/svg+xml"] == drawing.svg == drawing._repr_svg_()


def test_the_same_drawing_twice_is_the_same() -> None:
    one, other = draw(neuron()), draw(neuron())
    assert (one.dot, one.json, one.svg) == (other.dot, other.json, other.svg)
    assert one.png() == other.png()
    assert one.pdf() == other.pdf()


def test_micrograds_draw_dot(tmp_path: Path) -> None:
    drawing = draw_dot(neuron(), format="png", rankdir="TB")
    assert isinstance(drawing, Drawing)
    assert "rankdir=TB" in drawing.source
    path = drawing.render(str(tmp_path / "gout"))
    assert path.endswith("gout.png")
    assert Path(path).read_bytes().startswith(MAGIC[".png"])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda v: draw(2.0), TypeError, "starts from a Value, got float"),
        (lambda v: draw(v, title=3), TypeError, "'title' must be a str or None"),
        (lambda v: draw(v, precision=18), ValueError, "'precision' must be an int"),
        (lambda v: draw(v, precision=-1), ValueError, "'precision' must be an int"),
        (lambda v: draw(v, rankdir="UP"), ValueError, "'rankdir' must be 'LR' or"),
        (lambda v: draw(v, view="up"), ValueError, "'view' must be 'backward' or"),
        (lambda v: draw(v, scale="cube"), ValueError, "'scale' must be 'sqrt' or"),
        (lambda v: draw(v, theme="red"), ValueError, "'theme' must be 'light' or"),
        (lambda v: draw(v, show=("data", "x")), ValueError, "'show' has .*got 'x'"),
        (lambda v: draw(v, depth=-1), ValueError, "'depth' must be None or an int"),
        (lambda v: draw(v, max_nodes=3), ValueError, "'max_nodes' must be None or"),
        (lambda v: draw(v, engine="neato"), ValueError, "'engine' must be one of"),
        (lambda v: draw(v).player("1"), ValueError, "'id_' must be a letter"),
        (lambda v: draw(v).player(start=9), ValueError, "'start' must be from 1 to"),
        (lambda v: draw_dot(v, format="gif"), ValueError, "'format' must be svg"),
        (lambda v: draw_dot(v, rankdir="UP"), ValueError, "'rankdir' must be 'LR' or"),
    ],
)
def test_what_draw_refuses(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(Value(1.0))


def test_constants_can_have_cards() -> None:
    assert len(draw(square_plus_one()).graph.nodes) == 3
    assert len(draw(square_plus_one(), constants=True).graph.nodes) == 4
    assert "<B>1</B>" in draw(square_plus_one(), constants=True).dot


def test_one_card_and_no_edge() -> None:
    drawing = draw(Value(2.0, name="x"), steps=True)
    assert 'id="n0"' in drawing.svg
    assert drawing.html.count("<li ") == 2
    assert drawing.ascii == "x  data 2.0000  grad +1.0000\n"


def test_the_older_word_for_hidden_constants() -> None:
    x = Value(3.0, name="x")
    one, other = (
        draw(2 * x, **{name: value}).dot
        for name, value in (("constants", True), ("hide_constants", False))
    )
    assert one == other


def test_notebooks_show_the_steps() -> None:
    bundle = draw(square_plus_one(), steps=True)._repr_mimebundle_()
    assert "<script>" in bundle["text/html"]
    assert "text/html" not in draw(square_plus_one())._repr_mimebundle_()


def test_a_long_text_is_cut_in_notebooks() -> None:
    x = Value(0.5)
    for _ in range(100):
        x = x * 1.01
    text = draw(x)._repr_mimebundle_()["text/plain"].splitlines()
    assert text[-1] == "… 41 more lines in .ascii"


def test_the_graph_is_read_once() -> None:
    """Assigning a leaf afterwards does not change the drawing."""
    x = Value(3.0, name="x")
    drawing = draw(x * x)
    x.data = 4.0
    assert "9.0000" in drawing.dot
