"""The commands of the program, one file each.

A command is a module with a function ``add(commands)`` that adds its arguments and
says what runs. What they share is in `common`.
"""

from typing import Any

from . import book, check, draw, exercise, grad, train

__all__ = ["COMMANDS"]

COMMANDS: tuple[Any, ...] = (grad, draw, book, check, exercise, train)
