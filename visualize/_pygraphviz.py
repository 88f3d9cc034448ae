"""Run as a program: DOT on stdin, a picture on stdout, with pygraphviz.

A process of its own, because Graphviz is C that writes to stderr, may take
forever, and may crash; here it can be timed and cannot take the caller with it.
"""

import sys


def main(kind: str) -> None:
    """Lay out what stands on stdin and write it to stdout as svg, png or pdf."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(graph.draw(format=kind, prog="dot"))


if __name__ == "__main__":
    main(sys.argv[1])
