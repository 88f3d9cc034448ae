"""A reader's own derivation, checked step by step: `check_derivation`.

What one can do with this package: write down definitions and claims as text (or as
Python functions), and get a verdict on each claim: proved, agrees, wrong or not
checkable; for the first wrong step a witness, the right formula and the likely slip.

::

    z = w1*x1 + w2*x2 + b
    yhat = sigmoid(z)
    L = -y*ln(yhat) - (1-y)*ln(1-yhat)           # definitions
    dL/dyhat = -(y - yhat) / (yhat*(1-yhat))     # claims
    dL/dw1 = -(y - yhat)*x1
           = x1*yhat - x1*y                      # a chain goes on
    d2L/(dw1 dw2) = x1*x2*yhat*(1-yhat)
    partial(L, y | yhat) = ln(1-yhat) - ln(yhat)

The language
------------
A line is a definition, if its left side is a name that is new, or a claim. ``#``
begins a comment. Names without a definition are inputs and may be anything.

``dL/du``
    The total derivative: everything downstream of u follows. u may be an input or a
    quantity with a definition; then the graph is cut there. ``d2L/dw^2`` and
    ``d2L/(dv dw)`` are second derivatives. Derivatives stand only on left sides.
``partial(L, y | a, b)``
    a and b are held; ``partial(L, y)`` holds whatever else the formula of L names.
``L = ...`` again, or ``formula = formula``
    Claims that two values are equal.
``for x > 0, 0 < p < 1 and k in 1..3``
    At the end of a line: where it holds, and for which indices. On a definition, or
    on a line of its own, a condition holds from there on, and may name new inputs.
``w[1]``, ``w[k]``, ``W[j,k]``, ``sum(k, 1..3, w[k]*x[k])``
    Elements, and sums over whole numbers.

Formulas are those of the package `expression`; ``ln`` and ``log`` are the same. Text
from anywhere can be given to it: nothing is handed to Python.

The path of the data: `language` reads the text into claims over a `model`; `meaning`
computes both sides of a claim on any kind of number; `points` are drawn; `checking`
compares at them, `formulas` (with `proof` over `algebra`) proves; of a wrong claim
`witness`, `slips` (`variations` of the formula over `trees`, `chain_slips` in the
graph) find what there is to say, and `report` says it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from .callables import written_down
from .language import read
from .report import Report, Verdict
from .verdicts import verdict

__all__ = ["Report", "Verdict", "check_derivation"]

MAX_POINTS = 1_000


def check_derivation(
    source: str | PathLike[str] | Callable[..., Any],
    claims: Mapping[str, Callable[..., Any] | str] | None = None,
    *,
    seed: int = 0,
    points: int = 20,
    progress: Callable[[Sequence[Any]], Iterable[Any]] = iter,
) -> Report:
    """Check every claim of a derivation.

    Parameters
    ----------
    source
        The text of the derivation (see the module for the language); or a path to a
        file that holds it; or a function of named numbers that returns a dict of its
        quantities by name, or one number, called by the function's name.
    claims
        With a function: left side -> the claimed right side, a function of the
        quantities it names, or a text.
    seed
        Which points are drawn.
    points
        At how many points each claim is looked at, 3 to 1,000; fewer where a claim
        is large or has many indices.
    progress
        Wraps the list of claims; what the command line uses for its progress bar.

    Returns
    -------
    Report
        ``verdicts``, ``first_wrong``, ``ok``; ``str()`` prints it, a notebook shows
        it as a table.

    Raises
    ------
    ExpressionError
        If the text cannot be read, or names an unknown quantity. The message begins
        with line and column.
    TypeError
        If ``source`` or a claim is none of the above.
    ValueError
        If ``points`` is out of its range.
    OSError, UnicodeDecodeError
        If the file cannot be read.
    GradientCheckError
        If independent references contradict the engine.

    Notes
    -----
    Proofs need SymPy, the comparison in 50 digits mpmath. Without SymPy nothing is
    proved and right formulas are those of slips; without mpmath floats are compared,
    and the complex step alone confirms the engine.

    Examples
    --------
    >>> report = check_derivation('''
    ... L = (w*x)^2
    ... dL/dw = 2*(w*x)
    ... ''')
    >>> print(report)
    inputs: w, x
    line 3: dL/dw = 2*(w*x)
        wrong: first wrong step: at w = 3/2, x = 3/2: claimed 9/2, right 27/4
        right: dL/dw = 2*w*x^2
        likely slip: a missing inner derivative: the derivative of w*x by w, in L
    1 claim: 1 wrong; the first wrong step is in line 3

    >>> def loss(w, x, y):
    ...     z = w * x
    ...     return {"z": z, "L": (z - y) ** 2}
    >>> check_derivation(loss, {"dL/dz": lambda z, y: 2 * (z - y)})
    <Report 1 claim: 1 proved>
    """
    if not 3 <= points <= MAX_POINTS:
        raise ValueError(f"'points' must be from 3 to {MAX_POINTS}, got {points}")
    derivation = read(_text(source, claims))
    verdicts = tuple(
        verdict(derivation, claim, seed=seed, points=points)
        for claim in progress(derivation.claims)
    )
    return Report(verdicts, tuple(derivation.model.inputs))


def _text(source: Any, claims: Any) -> str:
    if callable(source):
        if not isinstance(claims, Mapping):
            raise TypeError(
                "'claims' must be a dict of left sides and functions, got "
                f"{type(claims).__name__}"
            )
        return written_down(source, claims)
    if claims is not None:
        raise TypeError("'claims' go with a function; in a text they are lines")
    if isinstance(source, PathLike):
        return Path(source).read_text(encoding="utf-8")
    if not isinstance(source, str):
        raise TypeError(
            "'source' must be a text, a path or a function, got "
            f"{type(source).__name__}"
        )
    return source
