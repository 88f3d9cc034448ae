"""Formulas written as text, read safely: ``parse("x*y + sin(x)")``.

What one can do with this package: turn text from outside (a command line, a form)
into an `Expression`, ask it for the names it uses, and evaluate it on any kind
of number: floats, fractions, SymPy, mpmath, Values.

The one idea: a formula is read into a postfix program, a flat list of steps,
with two stacks, and run on one stack. Nothing recurses, so nesting has no depth
limit; nothing is handed to Python.

Operators, from loosest to tightest: ``+ -``, ``* /``, sign, ``**`` (or ``^``).
Powers group from the right and bind tighter than a sign on their left, as in
Python: ``-x**2`` is ``-(x**2)``, and ``2**-x`` is allowed.

The path of the data: `tokens` cuts the text, `reader` makes steps of it with the help
of `names`, `program` writes sums out and computes.
"""

from .names import functions
from .program import MAX_BITS, Expression
from .reader import MAX_NUMBER_LENGTH, parse
from .tokens import MAX_TOKENS

__all__ = [
    "MAX_BITS",
    "MAX_NUMBER_LENGTH",
    "MAX_TOKENS",
    "Expression",
    "functions",
    "parse",
]
