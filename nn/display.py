"""A module as a tree: text for a terminal, HTML that folds for a notebook.

The one idea: one walk makes plain nodes (a title, tables, nodes inside), and two short
functions print them. Names and titles may come from anywhere, so HTML escapes all.
"""

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from .tables import is_table, shape_text

if TYPE_CHECKING:
    from .module import Module

__all__ = ["html_tree", "text_tree"]


class _Node(NamedTuple):
    title: str
    tables: list[str]
    inside: list["_Node"]


def _node(name: str, module: "Module", around: tuple["Module", ...]) -> _Node:
    parameters = module.parameters()
    count = len(parameters)
    frozen = sum(not p.requires_grad for p in parameters)
    text = f"{count:,} parameter{'s' * (count != 1)}"
    if frozen:
        text += f", {'all' if frozen == count else f'{frozen:,}'} frozen"
    title = f"{name}: " * bool(name) + f"{module.described()}: {text}"
    if module in around:  # a module inside itself ends here
        return _Node(title, [], [])
    tables = [f"{n}: {shape_text(table)}" for n, table in module.own_tables()]
    for n in module.buffers:
        numbers = getattr(module, n)
        if not is_table(numbers):
            tables.append(f"{n}: {shape_text(numbers)}, fixed")
    inside = [_node(n, child, (*around, module)) for n, child in module.children()]
    return _Node(title, tables, inside)


def text_tree(module: "Module") -> str:
    """See `Module.summary`."""
    root = _node("", module, ())
    return "\n".join([root.title, *_branches(root)])


def _branches(node: _Node) -> list[str]:
    lines = []
    for i, child in enumerate(node.inside, start=1):
        last = i == len(node.inside)
        lines.append(("└─ " if last else "├─ ") + child.title)
        lines += [("   " if last else "│  ") + line for line in _branches(child)]
    return lines


def html_tree(module: "Module") -> str:
    """The tree as nested ``<details>``, the outermost open."""
    return _html(_node("", module, ()), "open")


def _html(node: _Node, state: str = "") -> str:
    title = escape(node.title)
    if not node.tables and not node.inside:
        return f"<div>{title}</div>"
    items = [f"<li>{escape(text)}</li>" for text in node.tables]
    items += [f"<li>{_html(child)}</li>" for child in node.inside]
    opening = f"<details {state}>" if state else "<details>"
    return f"{opening}<summary>{title}</summary><ul>{''.join(items)}</ul></details>"
