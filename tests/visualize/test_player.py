"""The player in Chromium: every step, the keyboard, a narrow screen, no network."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograd_core import Value
from tests.visualize.browser import opened
from tests.visualize.graphs import network, square_plus_one, two_scopes
from visualize import SCRIPT, STYLE_SHEET, Drawing, draw

DRIVER = """
function state(player) {
  var found = {};
  player.querySelectorAll("svg .node, svg .edge").forEach(function (e) {
    var own = ["off", "bare", "quiet", "now"];
    found[e.id] = own.filter(function (c) { return e.classList.contains(c); });
  });
  return {classes: found, say: player.querySelector(".ag-say").textContent,
    at: player.querySelector(".ag-at").textContent};
}
function key(target, name) {
  target.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
}
var one = document.getElementById("one"), two = document.getElementById("two");
var slider = one.querySelector("input"), out = {steps: [], first: state(two)};
for (var k = 1; k <= Number(slider.max); k++) {
  slider.value = k;
  slider.dispatchEvent(new Event("input"));
  out.steps.push(state(one));
}
out.other = state(two);
one.querySelector(".ag-back").click();
out.back = state(one).at;
key(one.querySelector(".ag-next"), "ArrowLeft");
out.left = state(one).at;
key(one.querySelector(".ag-next"), "ArrowRight");
one.querySelector(".ag-next").click();
out.right = state(one).at;
out.disabled = one.querySelector(".ag-next").disabled;
var frame = document.querySelector("iframe");
frame.addEventListener("load", function () {
  var inner = frame.contentDocument, box = inner.querySelector(".ag-box");
  out.narrow = [inner.documentElement.scrollWidth, box.scrollWidth, box.clientWidth];
  out.ids = document.querySelectorAll("[id]").length
    - new Set(Array.from(document.querySelectorAll("[id]"), (e) => e.id)).size;
  out.live = one.querySelector("[aria-live=polite]").textContent;
  document.getElementById("result").textContent = JSON.stringify(out);
});
frame.srcdoc = document.querySelector("template").innerHTML;
"""


def expected(drawing: Drawing, k: int, prefix: str) -> dict[str, list[str]]:
    """The classes that step k should have, from the frames."""
    steps = drawing.frames()[:k]
    computed = {f.node for f in steps if f.phase == "forward"}
    graded = {f.node for f in steps if f.phase != "forward"}
    drawn = {e for f in steps if f.phase == "forward" for e in f.edges}
    flowed = {e for f in steps if f.phase == "backward" for e in f.edges}
    now = {steps[-1].node, *steps[-1].edges}
    classes = {
        n.id: {"off": n.id not in computed, "bare": n.id not in graded}
        for n in drawing.graph.nodes
    }
    for e in drawing.graph.edges:
        quiet = e.flow is not None and e.id not in flowed
        classes[e.id] = {"off": e.id not in drawn, "quiet": quiet}
    for id_ in now:
        classes[id_]["now"] = True
    return {
        f"{prefix}-{id_}": [c for c in ("off", "bare", "quiet", "now") if on.get(c)]
        for id_, on in classes.items()
    }


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the driver saw on a page with two players."""
    one, two = draw(two_scopes(), title="one"), draw(square_plus_one())
    players = one.player("one", start=3) + two.player("two")
    narrow = draw(two_scopes(), title="narrow " * 9, steps=True).html
    folder = tmp_path_factory.mktemp("player")
    page = folder / "page.html"
    page.write_text(
        f"<!doctype html><style>{STYLE_SHEET}</style>{players}"
        f'<iframe width="420" height="600"></iframe><pre id="result"></pre>'
        f"<template>{narrow}</template><script>{SCRIPT}</script>"
        f"<script>{DRIVER}</script>",
        encoding="utf-8",
    )
    dom, console = opened(page, folder / "profile")
    assert console == []
    found = re.search(r'<pre id="result">(.*?)</pre>', dom, re.DOTALL)
    assert found
    assert found[1], "the driver came to its end"
    outcome: dict[str, Any] = json.loads(html.unescape(found[1]))
    return outcome


def test_every_step(result: dict[str, Any]) -> None:
    """The script and the frames agree on every class of every step."""
    drawing = draw(two_scopes())
    steps = drawing.frames()
    assert len(result["steps"]) == len(steps)
    for k, (step, frame) in enumerate(zip(result["steps"], steps, strict=True), 1):
        assert step["say"] == frame.sentence
        assert step["at"] == f"{k} / {len(steps)}"
        assert step["classes"] == expected(drawing, k, "one")


def test_players_of_one_page_do_not_disturb_each_other(result: dict[str, Any]) -> None:
    assert result["first"] == result["other"]
    last = len(draw(square_plus_one()).frames())
    assert result["other"]["classes"] == expected(draw(square_plus_one()), last, "two")
    assert result["ids"] == 0, "no id twice"


def test_buttons_and_keys(result: dict[str, Any]) -> None:
    n = len(draw(two_scopes()).frames())
    assert result["back"] == f"{n - 1} / {n}"
    assert result["left"] == f"{n - 2} / {n}"
    assert result["right"] == f"{n} / {n}"
    assert result["disabled"] is True
    assert result["live"] == draw(two_scopes()).frames()[-1].sentence


def test_a_narrow_screen_scrolls_the_drawing_only(result: dict[str, Any]) -> None:
    page, content, box = result["narrow"]
    assert page <= 420
    assert content > box


def test_the_page_runs_under_its_own_policy(tmp_path: Path) -> None:
    """Nothing from outside, no console error, and the script was let in."""
    path = draw(two_scopes(), steps=True).save(tmp_path / "page.html")
    dom, console = opened(path, tmp_path / "profile")
    assert console == []
    assert 'data-ready=""' in dom
    assert "default-src 'none'" in dom
    text = path.read_text(encoding="utf-8")
    assert not re.search(r' (src|href|style|on\w+)\s*=\s*"', text)
    assert "url(" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


def test_without_a_script_everything_is_there() -> None:
    page = draw(two_scopes(), steps=True).html
    assert 'class="ag-bar" hidden' in page
    assert page.count("<li ") == len(draw(two_scopes()).frames())
    assert "<caption>Flows</caption>" in page
    assert "prefers-reduced-motion: reduce" in page
    assert "prefers-color-scheme: dark" in page


def test_a_still_page_has_no_slider() -> None:
    page = draw(two_scopes()).html
    assert '<div class="ag-bar"' not in page
    assert "<caption>Cards</caption>" in page


def test_the_same_bytes_twice() -> None:
    one, two = (draw(network(), steps=True).html for _ in range(2))
    assert one == two


def test_any_name_stays_text_on_the_page() -> None:
    name = '</script><script>alert(1)</script>" onload="x'
    page = draw(Value(1.0, name=name) * 2, title=name, steps=True).html
    assert page.count("<script>") == 1
    assert "onload=" not in page.replace("&quot; onload=", "")
