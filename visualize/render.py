"""From DOT text to a picture: Graphviz, wherever this machine has it.

What one can do with this file: `render` DOT text as SVG, PNG or PDF.

The one idea: layout is somebody else's program, so it is never trusted. It runs
outside this process, with a time limit; the program ``dot`` if it is on the PATH
(through the package graphviz), else the Graphviz that the package pygraphviz
carries, in a Python process of its own, because a fault in it would end ours.
What comes back is counted: every node and every edge must be in the picture.
"""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from autograd_core.errors import GraphError, GraphvizNotFound

from .labels import html_text

__all__ = ["ENGINES", "MAX_NODES", "RenderError", "find_engine", "render"]

MAX_NODES = 2_000
TIMEOUT = 60.0  # seconds; a dense graph of 1,600 nodes took 30
KINDS = ("svg", "png", "pdf")
ENGINES = ("dot", "pygraphviz")
_DATE = re.compile(rb"(/CreationDate \(D:)\d{14}")


class RenderError(RuntimeError):
    """Graphviz failed, took too long, or left something out."""


def render(dot: str, kind: str, *, engine: str | None = None) -> bytes:
    """The picture of ``dot``, a text of `to_dot`, as the bytes of a file.

    Parameters
    ----------
    kind
        ``svg``, ``png`` or ``pdf``.
    engine
        ``dot`` or ``pygraphviz``; by default the first that is there.

    Raises
    ------
    ValueError
        If ``kind`` or ``engine`` is not one of these.
    GraphvizNotFound
        If there is no Graphviz; the message names both remedies.
    RenderError
        If Graphviz fails or takes longer than 60 seconds.
    """
    if kind not in KINDS:
        raise ValueError(f"'kind' must be one of {KINDS}, got {kind!r}")
    engine = find_engine() if engine is None else engine
    if engine not in ENGINES:
        raise ValueError(f"'engine' must be one of {ENGINES}, got {engine!r}")
    run = _run_dot if engine == "dot" else _run_pygraphviz
    try:
        done = run(dot.encode(), kind)
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"Graphviz ({engine}) did not finish in {TIMEOUT:.0f} seconds; draw a "
            "smaller part of the graph, or use .dot or .json"
        ) from None
    said = done.stderr.decode(errors="replace").strip().splitlines()
    # A label that it cannot read is left out, and only a message says so.
    unread = any("in label of" in line for line in said)
    if done.returncode != 0 or not done.stdout or unread:
        reason = next((s for s in said if "rror" in s and "config" not in s), "")
        raise RenderError(
            f"Graphviz ({engine}) failed with code {done.returncode}: {reason}"
        )
    # A PDF has the time in it; the same drawing should be the same bytes.
    return _DATE.sub(rb"\g<1>19700101000000", done.stdout)


def find_engine() -> str:
    """The engine that `render` uses.

    Raises
    ------
    GraphvizNotFound
        If there is none.
    """
    if shutil.which("dot") and find_spec("graphviz"):
        return "dot"
    if find_spec("pygraphviz"):
        return "pygraphviz"
    raise GraphvizNotFound(
        "no Graphviz found: neither the program 'dot' nor the package pygraphviz; "
        "install one of them (apt install graphviz, or pip install pygraphviz), or "
        "use the text outputs (.dot, .mermaid, .ascii, .json), which need none"
    )


def _run_dot(dot: bytes, kind: str) -> subprocess.CompletedProcess[bytes]:
    from graphviz.backend import dot_command, execute

    command = dot_command.command("dot", kind)
    try:
        return execute.run_check(  # type: ignore[no-any-return]
            command,
            input=dot,
            capture_output=True,
            quiet=True,
            timeout=TIMEOUT,
        )
    except execute.CalledProcessError as error:
        return subprocess.CompletedProcess(
            error.cmd, error.returncode, error.stdout, error.stderr
        )


def _run_pygraphviz(dot: bytes, kind: str) -> subprocess.CompletedProcess[bytes]:
    helper = Path(__file__).with_name("_pygraphviz.py")
    return subprocess.run(  # noqa: S603  our own file, no shell
        [sys.executable, "-P", str(helper), kind],
        input=dot,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )


# -- after rendering -------------------------------------------------------------------

_ELEMENT = re.compile(r'<g id="[^"]*" class="(node|edge)[ "]')
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_CLUSTER = re.compile(r"<title>(?:cluster_\w+|autograd)</title>\n?")
_TITLE = re.compile(r'(<g id="(\w+)" class="(?:node|edge)[^>]*>\s*<title>)[^<]*')


def check_size(nodes: int) -> None:
    """Refuse to lay out what nobody could read and Graphviz may not finish.

    Raises
    ------
    GraphError
        If there are more than 2,000 nodes.
    """
    if nodes > MAX_NODES:
        raise GraphError(
            f"the graph has {nodes:,} nodes, and a drawing has at most {MAX_NODES:,}; "
            "fold it (max_nodes=150), draw a part of it (any Value is a root), or use "
            "the text outputs"
        )


def checked_svg(
    svg: bytes,
    nodes: int,
    edges: int,
    names: dict[str, str],
    *,
    title: str = "",
    description: str = "",
) -> str:
    """The SVG element alone, with its parts counted and described.

    Parameters
    ----------
    nodes, edges
        How many there must be.
    names
        The id of a node or an edge -> its description, for readers that speak.
    title, description
        Of the whole picture.

    Raises
    ------
    RenderError
        If Graphviz left a node or an edge out.
    """
    text = svg.decode()
    found = _ELEMENT.findall(text)
    drawn = found.count("node"), found.count("edge")
    if drawn != (nodes, edges):
        raise RenderError(
            f"Graphviz drew {drawn[0]} of {nodes} nodes and {drawn[1]} of {edges} "
            "edges; try another version of it, or use .dot"
        )
    text = _COMMENT.sub("", text[text.index("<svg") :])
    text = _TITLE.sub(lambda m: m[1] + html_text(names.get(m[2], m[2])), text)
    text = _CLUSTER.sub("", text)  # Graphviz's own names of the graph and of frames
    label = f'<svg role="img" aria-label="{html_text(title)}" '
    head, close, rest = text.replace("<svg ", label, 1).partition(">")
    words = f"<title>{html_text(title)}</title>\n<desc>{html_text(description)}</desc>"
    return f"{head}{close}\n{words}{rest}"
