"""Every page of the book in Chromium: steps, keyboard, width, colours, no network.

One browser without a window opens each page in a tab and is spoken to over a pipe, in
the DevTools protocol: keys are pressed as by a hand, requests are seen before any
policy stops them, and what a script throws is seen as it is thrown. The last tests
are about the checks: each finds its fault in pages made with one.
"""

import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from demos.derivations import CHAPTERS
from tests.visualize.browser import FLAGS, chromium
from tests.visualize.graphs import square_plus_one
from visualize import SCRIPT, STYLE_SHEET, draw

PAGES = (
    "index.html",
    *(f"{chapter.id}.html" for chapter in CHAPTERS),
    "errata.html",
)
LARGEST = 3_000_000  # bytes of a page
NARROW, USUAL = 420, 1280  # pixels
# Of a colour and what it stands on, as WCAG 2 asks for at level AA: of text, and of
# what is to be recognised in a picture.
CONTRAST = {"text": 4.5, "picture": 3.0}
PATIENCE = 60.0  # seconds for one answer
KEYS = {"Tab": 9, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}


# -- the browser -----------------------------------------------------------------------


class Browser:
    """A Chromium that reads commands from its descriptor 3 and answers on 4."""

    def __init__(self, program: str, folder: Path) -> None:
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        # Away from 3 and 4, so that neither is overwritten before it is copied.
        ours = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands, answers)]
        start = f'exec "$0" "$@" 3<&{ours[0]} 4>&{ours[1]}'
        flags = (*FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder / 'me'}")
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", start, program, *flags, "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=ours,
            )
        for end in (commands, answers, *ours):
            os.close(end)
        self.number, self.rest = 0, b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events on the way are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self.next()).get("id") != self.number:
            pass
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def next(self) -> dict[str, Any]:
        """The next answer or event."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            left = max(0, end - time.monotonic())
            ready, _, _ = select.select([self.answers], [], [], left)
            read = os.read(self.answers, 1 << 20) if ready else b""
            if not read:
                log = self.log.read_text(errors="replace")[-2000:]
                what = "has ended" if ready else "does not answer"
                pytest.fail(f"Chromium {what}; the end of its log:\n{log}")
            self.rest += read
        one, _, self.rest = self.rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        if "method" in message:
            self.events.append(message)
        return message

    def close(self) -> None:
        """A browser whose pipe is closed ends."""
        os.close(self.commands)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.answers)


class Tab:
    """A page that is open."""

    def __init__(self, browser: Browser, page: Path) -> None:
        self.browser, self.page = browser, page
        new = browser.call("Target.createTarget", url="about:blank")
        self.target = new["targetId"]
        self.session = browser.call(
            "Target.attachToTarget", targetId=self.target, flatten=True
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.width(USUAL)
        self.scheme("light")
        loader = self.call("Page.navigate", url=page.as_uri())["loaderId"]
        loaded = {"loaderId": loader, "name": "load"}
        while not any(loaded.items() <= e.items() for e in self.seen("Page.life")):
            browser.next()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **params)

    def seen(self, prefix: str) -> list[dict[str, Any]]:
        """What the page's events said, of those whose name begins so."""
        return [
            event["params"]
            for event in self.browser.events
            if event.get("sessionId") == self.session
            and event["method"].startswith(prefix)
        ]

    def run(self, script: str) -> Any:
        """The value of an expression on the page; of a promise, what it brings."""
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        done = self.call("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def press(self, name: str) -> None:
        key = {"key": name, "code": name, "windowsVirtualKeyCode": KEYS[name]}
        self.call("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def width(self, pixels: int) -> None:
        size = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def scheme(self, name: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": name}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def close(self) -> None:
        self.browser.call("Target.closeTarget", targetId=self.target)


# -- the checks ------------------------------------------------------------------------

OPEN = """document.querySelectorAll("details").forEach((d) => { d.open = true; });"""

STEPS = """Array.from(document.querySelectorAll(".ag-player"), (player) => {
  const slider = player.querySelector("input"), steps = [];
  const root = document.documentElement;
  for (let k = Number(slider.min); k <= Number(slider.max); k++) {
    slider.value = k;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    steps.push({
      say: player.querySelector(".ag-say").textContent,
      at: player.querySelector(".ag-at").textContent,
      now: Array.from(player.querySelectorAll("svg .now"), (e) => e.id).sort(),
      over: root.scrollWidth - root.clientWidth,
    });
  }
  const listed = Array.from(player.querySelectorAll(".ag-steps li"), (item) => ({
    say: item.textContent,
    now: (item.dataset.node + " " + item.dataset.edges).split(" ").filter(Boolean),
  }));
  return {id: player.id, steps: steps, listed: listed,
    hidden: player.querySelectorAll("svg .off, svg .quiet, svg .bare .grad").length,
    seen: slider.checkVisibility()};
})"""


def check_steps(tab: Tab) -> None:
    """Each step says its sentence, and marks on the drawing what it is about."""
    articles = tab.run("document.querySelectorAll('article').length")
    players = tab.run(STEPS)
    assert len(players) >= articles
    for player in players:
        listed, id_ = player["listed"], player["id"]
        assert player["seen"], id_
        assert len(player["steps"]) == len(listed) > 0, id_
        for k, (step, item) in enumerate(zip(player["steps"], listed, strict=True), 1):
            place = f"{id_}, step {k}"
            assert step["say"].strip(), place
            assert step["say"] == item["say"], place
            assert step["at"] == f"{k} / {len(listed)}", place
            assert step["now"] == sorted(item["now"]), place
            assert step["over"] <= 0, place
        assert player["hidden"] == 0, f"{id_}: the last step shows everything"


FOCUS = """(() => {
  const player = document.querySelectorAll(".ag-player")[%d];
  player.querySelector("%s").focus();
})()"""

STATE = """(() => {
  const player = document.querySelectorAll(".ag-player")[%d];
  const items = player.querySelectorAll(".ag-steps li");
  const k = Number(player.querySelector("input").value);
  return {k: k, n: items.length, focus: document.activeElement.className,
    on: document.activeElement === player.querySelector("input"),
    said: player.querySelector(".ag-say").textContent === items[k - 1].textContent};
})()"""


def check_keyboard(tab: Tab) -> None:
    """Keys move the slider, also from the buttons, and Tab leads to it."""
    for i in range(tab.run("document.querySelectorAll('.ag-player').length")):
        n = tab.run(STATE % i)["n"]
        second = min(2, n)

        def step(key: str, expected: int, i: int = i) -> None:
            tab.press(key)
            state = tab.run(STATE % i)
            place = f"player {i}, {key}: {state}"
            assert state["k"] == expected, place
            assert state["said"], place

        tab.run(FOCUS % (i, "input"))
        step("Home", 1)
        step("ArrowRight", second)
        step("ArrowLeft", 1)
        step("ArrowRight", second)
        if n > 1:  # else both buttons are disabled
            tab.run(FOCUS % (i, ".ag-back"))
            tab.press("Tab")
            assert tab.run(STATE % i)["on"], f"player {i}: Tab leads to the slider"
            tab.run(FOCUS % (i, ".ag-back"))
            step("ArrowLeft", 1)
            tab.run(FOCUS % (i, ".ag-next"))
            step("ArrowRight", second)
        tab.run(FOCUS % (i, "input"))
        step("End", n)


OVER = """(() => {
  const root = document.documentElement, wide = root.clientWidth, found = [];
  function walk(element) {
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > wide + 0.5 || box.left < -0.5)) {
      found.push(element.nodeName + "." + element.getAttribute("class") + " "
        + Math.round(box.left) + ".." + Math.round(box.right) + ": "
        + element.textContent.trim().slice(0, 60));
    }
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    if (!scrolls && element.nodeName !== "svg") { [...element.children].map(walk); }
  }
  walk(document.body);
  return {window: innerWidth, over: root.scrollWidth - wide, found: found};
})()"""


def check_width(tab: Tab, pixels: int) -> None:
    """Nothing juts out or is cut; what is wide scrolls in a box of its own."""
    tab.width(pixels)
    for before in ("", OPEN):
        tab.run(before)
        state = tab.run(OVER)
        assert state["window"] == pixels
        assert not state["found"], "\n".join(state["found"])
        assert state["over"] <= 0


# The texts, each with its colour and what it stands on: in HTML the nearest background
# that covers, in a drawing the last shape before it that is filled and around it.
COLOURS = """(() => {
  const clear = [0, 0, 0, 0], found = {};
  function rgba(text) {
    const n = (text.match(/^rgba?\\(/) && text.match(/[\\d.]+/g) || clear).map(Number);
    return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
  }
  function light(c) {
    const [r, g, b] = c.slice(0, 3).map((x) => x / 255)
      .map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function over(c, under) {
    return [0, 1, 2].map((i) => c[3] * c[i] + (1 - c[3]) * under[i]).concat(1);
  }
  function behind(element) {
    if (!element) { return null; }
    const own = rgba(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) { return own; }
    const under = behind(element.parentElement);
    return under && over(own, under);
  }
  function note(kind, colour, under, text) {
    if (/^[\\s\u2500-\u257f]+$/.test(text)) { return; }  // the strokes of a legend
    const c = under && over(colour, under);
    const [low, high] = under ? [light(c), light(under)].sort((a, b) => a - b) : [0, 0];
    const pair = kind + " " + colour + " on " + under;
    found[pair] = found[pair] || {kind: kind, pair: pair, count: 0,
      text: text.trim().slice(0, 60), contrast: (high + 0.05) / (low + 0.05),
      dark: under && light(under) < light(c)};
    found[pair].count += 1;
  }
  function written(element) {
    return [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  }
  document.body.querySelectorAll(":not(svg, svg *, script)").forEach((element) => {
    if (!written(element) || element.disabled || !element.checkVisibility()) { return; }
    note("text", rgba(getComputedStyle(element).color), behind(element),
      element.textContent);
  });
  document.body.querySelectorAll("svg").forEach((svg) => {
    const paper = behind(svg), shapes = [];
    svg.querySelectorAll("path, polygon, rect, ellipse, circle, text").forEach((e) => {
      if (e.closest("defs, clipPath")) { return; }
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      const colour = rgba(style.fill);
      colour[3] *= Number(style.fillOpacity);
      if (e.nodeName !== "text") {
        if (colour[3]) { shapes.push([box, colour]); }
        return;
      }
      if (style.visibility !== "visible" || !e.textContent.trim()) { return; }
      const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      const around = shapes.filter(([b]) =>
        b.left <= x && x <= b.right && b.top <= y && y <= b.bottom);
      note("picture", colour, around.reduce((under, [, c]) => over(c, under), paper),
        e.textContent);
    });
  });
  return Object.values(found);
})()"""


def check_scheme(tab: Tab, name: str) -> None:
    """Every text, also those in the drawings, can be told from what is behind it."""
    tab.width(USUAL)
    tab.scheme(name)
    tab.run(OPEN)
    colours = tab.run(COLOURS)
    assert colours
    wrong = [
        c
        for c in colours
        if c["contrast"] < CONTRAST[c["kind"]] or c["dark"] != (name == "dark")
    ]
    assert not wrong, "\n".join(map(str, wrong))


def check_quiet(tab: Tab) -> None:
    """It asked for its own file and no other; its console and its log are empty."""
    tab.run("new Promise((done) => { setTimeout(done, 300); })")  # for late ones
    asked = [event["request"]["url"] for event in tab.seen("Network.requestWill")]
    for kind in ("Network.webSocketCreated", "Network.webTransportCreated"):
        asked += [event["url"] for event in tab.seen(kind)]
    thrown = [event["exceptionDetails"] for event in tab.seen("Runtime.exceptionT")]
    written = [event["args"] for event in tab.seen("Runtime.consoleAPICalled")]
    logged = [event["entry"] for event in tab.seen("Log.entryAdded")]
    noise = [*asked[1:], *thrown, *written, *logged]
    assert not noise, "\n".join(map(str, noise))
    assert asked == [tab.page.as_uri()]


# -- the pages -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    running = Browser(chromium(), tmp_path_factory.mktemp("browser"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def folder(browser: Browser, request: pytest.FixtureRequest) -> Path:
    """Where the book is: not built without a browser, not left out where CI is set."""
    if os.environ.get("CI"):
        for package in ("sympy", "mpmath", "matplotlib"):
            import_module(package)  # else the book would be skipped
    out: Path = request.getfixturevalue("book")[0]
    return out


@pytest.fixture(scope="module", params=PAGES)
def tab(
    request: pytest.FixtureRequest, browser: Browser, folder: Path
) -> Iterator[Tab]:
    one = Tab(browser, folder / request.param)
    yield one
    one.close()


def test_no_page_is_left_out(folder: Path) -> None:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.htm*")}
    assert found == set(PAGES)


def test_size(tab: Tab) -> None:
    assert 0 < tab.page.stat().st_size < LARGEST


def test_every_step(tab: Tab) -> None:
    tab.width(NARROW)
    check_steps(tab)


def test_keyboard(tab: Tab) -> None:
    tab.width(USUAL)
    check_keyboard(tab)


@pytest.mark.parametrize("pixels", [NARROW, USUAL])
def test_width(tab: Tab, pixels: int) -> None:
    check_width(tab, pixels)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_scheme(tab: Tab, name: str) -> None:
    check_scheme(tab, name)


def test_quiet(tab: Tab) -> None:
    """Last, when everything on the page has been done."""
    check_quiet(tab)


# -- the checks find what they are for -------------------------------------------------

SHEET = """body { background: #fff; color: #000; }
@media (prefers-color-scheme: dark) { body { background: #000; color: #fff; } }"""
PAGE = (
    f"<!doctype html><meta charset='utf-8'><style>{SHEET}{STYLE_SHEET}</style>"
    f"<p>A text.</p>{draw(square_plus_one()).player('one')}<script>{SCRIPT}</script>"
)


def changed(old: str, new: str) -> str:
    assert PAGE.count(old) == 1
    return PAGE.replace(old, new)


def check_quiet_to_the_end(tab: Tab) -> None:
    tab.run(STEPS)
    check_quiet(tab)


def check_narrow(tab: Tab) -> None:
    check_width(tab, NARROW)


def check_light(tab: Tab) -> None:
    check_scheme(tab, "light")


def check_dark(tab: Tab) -> None:
    check_scheme(tab, "dark")


CHECKS = (
    check_steps,
    check_keyboard,
    check_narrow,
    check_light,
    check_dark,
    check_quiet_to_the_end,
)
# What is done to the page, the check that finds it, and words of what it says.
FAULTS = {
    "requests": (
        "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">"
        + changed("say.textContent =", "fetch('at-a-step.json'); say.textContent =")
        + "<img src='https://stopped.invalid/x.png' alt=''>"
        "<link rel=stylesheet href='https://network.invalid/x.css'>"
        "<link rel=stylesheet href=beside.css>",
        check_quiet_to_the_end,
        ("stopped.invalid", "network.invalid", "beside.css", "at-a-step.json"),
    ),
    "errors": (
        changed("back.disabled = k <= 1;", "if (k === 1) { thrown(); }")
        + "<script>console.info('written')</script>"
        "<script>Promise.reject(new Error('rejected'))</script>",
        check_quiet_to_the_end,
        ("thrown", "written", "rejected"),
    ),
    "no sentence": (
        changed("say.textContent =", "say.title ="),
        check_steps,
        ("one, step 1",),
    ),
    "an edge unmarked": (
        changed('toggle("now", !!now[edge.id])', "length"),
        check_steps,
        ("one, step 2",),
    ),
    "a deaf button": (
        changed('event.key === "ArrowLeft" ||', ""),
        check_keyboard,
        ("ArrowLeft",),
    ),
    "a slider that Tab skips": (
        changed('<input type="range"', '<input tabindex="-1" type="range"'),
        check_keyboard,
        ("Tab leads",),
    ),
    "width": (
        PAGE + "<p style='width: 430px'>Wide.</p>"
        "<div style='overflow: hidden'><p style='width: 430px'>Cut.</div>",
        check_narrow,
        ("8..438: Wide.", "8..438: Cut."),
    ),
    "light": (
        PAGE + "<p style='color: #888'>Faint.</p>"
        "<style>.ag-player svg .node text { fill: #fff; }</style>",
        check_light,
        ("Faint.", "picture 255,255,255,1 on 255,255,255,1"),
    ),
    "dark": (f"{PAGE}<p style='color: #333'>Dim.", check_dark, ("Dim.",)),
    "one scheme for both": (
        changed("prefers-color-scheme: dark) { body", "x) { body"),
        check_dark,
        ("A text.",),
    ),
}


@pytest.fixture
def fault(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> Iterator[Tab]:
    page = tmp_path / "page.html"
    page.write_text(request.param, encoding="utf-8")
    one = Tab(browser, page)
    yield one
    one.close()


@pytest.mark.parametrize("fault", [PAGE], indirect=True, ids=["none"])
def test_a_page_without_a_fault(fault: Tab) -> None:
    for check in CHECKS:
        check(fault)


@pytest.mark.parametrize(
    ("fault", "check", "words"), FAULTS.values(), indirect=["fault"], ids=FAULTS
)
def test_a_fault_is_found(
    fault: Tab, check: Callable[[Tab], None], words: tuple[str, ...]
) -> None:
    with pytest.raises(AssertionError) as caught:
        check(fault)
    for word in words:
        assert word in str(caught.value)
