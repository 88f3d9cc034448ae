"""``autograd-core draw``: the graph of a formula or of an article, as a drawing."""

import argparse
from typing import Any

from ..value import Value
from .common import (
    DONE,
    FAILED,
    Stop,
    about,
    add_force,
    add_formula,
    command,
    explained,
    file_path,
    ours,
    read,
    say,
)
from .grad import Kind, bindings

__all__ = ["add"]


def add(commands: Any) -> None:
    """Add the command."""
    draw = command(
        commands,
        "draw",
        _draw,
        "the graph of a formula, or of an article of the book by its id, with "
        "values, gradients and local derivatives",
    )
    add_formula(draw)
    draw.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write .svg, .png, .pdf, .html, .dot, .mmd (Mermaid), .txt or .json; "
        "without it DOT is printed",
    )
    add_force(draw, "replace FILE if it exists")


def _draw(args: argparse.Namespace) -> int:
    target = None if args.output is None else file_path(args.output)
    root = _drawn_formula(args) if args.values else _article(args)
    drawing = ours("visualize").draw(root)
    if target is None:
        say(drawing.dot, end="")
        return DONE
    try:
        drawing.save(target, overwrite=args.force)
    except FileExistsError:
        raise Stop(f"{target} exists; --force replaces it") from None
    except ValueError as error:  # the suffix
        raise Stop(str(error)) from None
    except OSError as error:
        raise about(target, error) from None
    except RuntimeError as error:  # no Graphviz, or too large a graph for it
        raise Stop(str(error), FAILED) from None
    return DONE


@explained
def _drawn_formula(args: argparse.Namespace) -> Value:
    formula = read(args.formula)
    root = formula.evaluate(bindings(formula, args.values, Kind()))
    if not isinstance(root, Value):
        raise Stop("a formula without names has no graph to draw")
    root.backward()
    return root


def _article(args: argparse.Namespace) -> Value:
    # An article of the book by its id, or by the id of a formula that it covers.
    articles = ours("demos", "derivations").ARTICLES
    try:
        article = articles[args.formula]
    except KeyError:
        article = None
    try:
        root: Value = article.graph() if article else _drawn_formula(args)
    except Stop as stop:
        message = f"{stop}; nor is it the id of an article of the book"
        raise Stop(message, stop.code) from None
    return root
