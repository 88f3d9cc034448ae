"""The page of one run: goals, figures, plots, the drawing, and the script itself."""

import inspect
import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from ..page import MINUS, escape, page, scroll
from .report import Figures, Goal, Picture, Report

__all__ = ["report_page"]

FOOT = "Every number on this page was computed when it was made, with the seed"


def report_page(
    name: str, about: str, run: Callable[..., Any], report: Report
) -> tuple[str, dict[str, bytes]]:
    """The page, and the pictures on it by their file names."""
    title, _, text = inspect.cleandoc(about).partition("\n")
    parts = [f"<h1>{escape(title.rstrip('.'))}</h1>", *_paragraphs(text)]
    parts.append(_goals(report.goals))
    for is_plot, things in groupby(
        enumerate(report.said), lambda pair: _is_plot(pair[1])
    ):
        group = [_part(i, thing) for i, thing in things]
        parts += [f'<div class="plots">{"".join(group)}</div>'] if is_plot else group
    source = _lines(inspect.getsource(inspect.getmodule(run) or run))
    parts.append(
        "<details><summary>The script</summary>"
        f"{scroll(source, 'The script')}</details>"
    )
    files = {p.file: p.svg.encode() for p in report.said if isinstance(p, Picture)}
    foot = f"{FOOT} {report.seed}, by autograd-core train {name}."
    body = "\n".join(part for part in parts if part)
    return page(title.rstrip("."), body, command="train", foot=foot), files


def _paragraphs(text: str) -> list[str]:
    # Paragraphs of the docstring; what is indented is a formula, what is numbered a
    # list.
    made = []
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith("    "):
            lines = _lines(inspect.cleandoc(block))
            made.append(scroll(lines, "Formula", "formulas"))
        elif block.startswith("1. "):
            items = re.split(r"\n?\d+\. ", block)[1:]
            listed = [f"<li>{escape(' '.join(item.split()))}</li>" for item in items]
            made.append(f"<ol>{''.join(listed)}</ol>")
        else:
            made.append(f"<p>{escape(' '.join(block.split()))}</p>")
    return made


def _lines(text: str) -> str:
    # Line by line, because `escape` shows a line's end as the control sign it is.
    lines = "\n".join(map(escape, text.splitlines()))
    return f"<pre>{lines}</pre>"


def _goals(goals: list[Goal]) -> str:
    rows = [
        f"<tr><td>{escape(goal.what)}</td><td>{escape(goal.bound)}</td>"
        f"{_cell(goal.value)}"
        f'<td class="{"good" if goal.reached else "bad"}">'
        f"{'reached' if goal.reached else 'not reached'}</td></tr>"
        for goal in goals
    ]
    head = (
        "<tr><th>what it should reach</th><th>should be</th>"
        '<th class="n">is</th><th></th></tr>'
    )
    return _table(head, rows, "What it should reach")


def _is_plot(thing: Any) -> bool:
    # Plots that follow each other stand side by side.
    return isinstance(thing, Picture) and thing.drawing is None


def _part(i: int, thing: Figures | Picture | Goal | str) -> str:
    if isinstance(thing, str):
        return f"<p>{escape(thing)}</p>"
    if isinstance(thing, Figures):
        numbers = [
            all(not isinstance(row[k], str) for row in thing.rows)
            for k in range(len(thing.columns))
        ]
        head = "".join(
            f'<th class="n">{escape(name)}</th>' if n else f"<th>{escape(name)}</th>"
            for name, n in zip(thing.columns, numbers, strict=True)
        )
        rows = [f"<tr>{''.join(map(_cell, row))}</tr>" for row in thing.rows]
        caption = f'<caption class="title">{escape(thing.title)}</caption>'
        return _table(f"<tr>{head}</tr>", rows, thing.title, caption)
    if isinstance(thing, Picture):
        if thing.drawing is not None:
            return thing.drawing.player(f"drawing-{i}")
        caption = f"<figcaption>{escape(thing.title)}</figcaption>"
        return f"<figure>{thing.svg}\n{caption}</figure>"
    return ""  # goals stand at the top


def _table(head: str, rows: list[str], label: str, caption: str = "") -> str:
    body = f"<thead>{head}</thead><tbody>{''.join(rows)}</tbody>"
    return scroll(f"<table>{caption}{body}</table>", label, "narrow")


def _cell(x: Any) -> str:
    if isinstance(x, str):
        return f"<td>{escape(x)}</td>"
    text = f"{x:.6g}" if isinstance(x, float) else str(x)
    return f'<td class="n">{escape(text.replace("-", MINUS))}</td>'
