"""A drawing as JSON: every number and formula of it, for other programs.

The one idea: the text is valid JSON everywhere. Numbers that JSON has no form for
(NaN, infinities, fractions, symbols) are strings.
"""

import json
from dataclasses import is_dataclass
from typing import Any

from .ir import GraphIR
from .paths import PathsIR

__all__ = ["to_json"]


def to_json(
    graph: GraphIR, *, paths: PathsIR | None = None, indent: int | None = 2
) -> str:
    """``graph`` as JSON text, with the fields of `NodeIR`, `EdgeIR` and `ClusterIR`."""
    content = {
        "format": "autograd-core drawing 1",
        "title": graph.title,
        "root": graph.root,
        "nodes": [_plain(node) for node in graph.nodes],
        "edges": [_plain(edge) for edge in graph.edges],
        "clusters": [_plain(cluster) for cluster in graph.clusters],
    }
    if paths is not None:
        content["paths"] = _plain(paths)
    return json.dumps(content, indent=indent, allow_nan=False, ensure_ascii=False)


def _plain(thing: Any) -> Any:
    if is_dataclass(thing):
        thing = vars(thing)
    if isinstance(thing, dict):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return [_plain(value) for value in thing]
    if thing is None or isinstance(thing, (bool, int, str)):
        return thing
    if isinstance(thing, float) and thing - thing == 0.0:
        return thing + 0.0  # -0.0 + 0.0 is 0.0
    return str(thing)
