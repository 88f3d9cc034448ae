"""``autograd-core grad``: a formula and its derivatives, on any kind of number."""

import argparse
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, NoReturn

from ..expression import Expression, parse
from ..transforms import hessian
from ..value import Value
from .common import (
    DONE,
    FAILED,
    Stop,
    add_formula,
    command,
    explained,
    extra,
    read,
    say,
)

__all__ = ["Kind", "add", "bindings"]


def add(commands: Any) -> None:
    """Add the command."""
    grad = command(
        commands,
        "grad",
        _grad,
        "the value of a formula and its derivative with respect to each name",
    )
    add_formula(grad)
    kind = grad.add_mutually_exclusive_group()
    kind.add_argument("--exact", action="store_true", help="compute in fractions")
    kind.add_argument(
        "--symbolic",
        action="store_true",
        help="formulas (SymPy); names without a value stay symbols",
    )
    kind.add_argument(
        "--digits", type=_digits, metavar="N", help="N decimal digits (mpmath)"
    )
    grad.add_argument(
        "--hessian", action="store_true", help="the second derivatives too"
    )
    grad.add_argument("--json", action="store_true", help="print one JSON object")


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= len(text) <= 4 or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"N must be from 1 to 1000, got {text!r}")
    return int(text)


# -- numbers of each kind --------------------------------------------------------------


def _no_symbol(name: str) -> NoReturn:
    raise Stop(f"no value for {name}; add {name}=VALUE")


@dataclass(frozen=True)
class Kind:
    """How one kind of number is made, shown as text, and written as JSON."""

    like: Any = 0.0
    show: Callable[[Any], str] = repr
    encode: Callable[[Any], Any] = str
    symbol: Callable[[str], Any] = _no_symbol
    context: AbstractContextManager[Any] = field(default_factory=nullcontext)


def _kind(args: argparse.Namespace) -> Kind:
    if args.exact:
        return Kind(Fraction(0), str)
    if args.symbolic:
        with extra("symbolic"):
            import sympy
        symbol = partial(sympy.Symbol, real=True)
        return Kind(sympy.Integer(0), str, symbol=symbol)
    if args.digits:
        with extra("precise"):
            import mpmath
        show = partial(mpmath.nstr, n=args.digits)
        # Ten more digits than are shown, so that the last shown one is right.
        context = mpmath.workdps(args.digits + 10)
        return Kind(mpmath.mpf(0), show, show, context=context)
    return Kind(encode=float)


# -- values ---


def bindings(
    formula: Expression, arguments: Sequence[str], kind: Kind
) -> dict[str, Value]:
    """A leaf for each name of the formula, from NAME=VALUE arguments."""
    texts: dict[str, str] = {}
    for argument in arguments:
        name, equals, text = (part.strip() for part in argument.partition("="))
        if not equals:
            raise Stop(f"expected NAME=VALUE, got {argument!r}")
        if name not in formula.names:
            known = ", ".join(formula.names) or "no names"
            raise Stop(f"the formula has no {name!r}; it has {known}")
        if name in texts:
            raise Stop(f"{name} has two values, {texts[name]} and {text}")
        texts[name] = text
    leaves = {}
    for name in formula.names:
        given = name in texts
        number = _number(name, texts[name], kind) if given else kind.symbol(name)
        leaves[name] = Value(number, name=name)
    return leaves


def _number(name: str, text: str, kind: Kind) -> Any:
    try:
        return parse(text, names=()).evaluate(like=kind.like)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise Stop(f"{name}={text}: {error}") from None


# -- grad ------------------------------------------------------------------------------


@explained
def _grad(args: argparse.Namespace) -> int:
    formula = read(args.formula)
    kind = _kind(args)
    write = kind.encode if args.json else kind.show
    with kind.context:
        leaves = bindings(formula, args.values, kind)
        root = formula.evaluate(leaves, like=kind.like)
        if not isinstance(root, Value):  # it has no names
            root = Value(root, name=formula.text)
        root.backward()
        root = root.data
        result: dict[str, Any] = {
            "expression": formula.text,
            "value": write(root),
            "gradient": {name: write(x.grad) for name, x in leaves.items()},
        }
        if args.hessian:
            second = _second(formula, leaves) if leaves else []
            result["hessian"] = [[write(x) for x in line] for line in second]
    if args.json:
        try:
            say(json.dumps(result, allow_nan=False))
        except ValueError:
            raise Stop(
                "a second derivative is not finite, and JSON has no such number; "
                "without --json it is printed",
                FAILED,
            ) from None
    else:
        _print_derivatives(result, list(leaves))
    return DONE


def _second(formula: Expression, leaves: dict[str, Value]) -> Any:
    def f(xs: list[Value]) -> Any:
        return formula.evaluate(dict(zip(leaves, xs, strict=True)))

    return hessian(f)([leaf.data for leaf in leaves.values()])


def _print_derivatives(result: dict[str, Any], names: list[str]) -> None:
    say(f"{result['expression']} = {result['value']}")
    for name in names:
        say(f"d/d{name} = {result['gradient'][name]}")
    for i, line in enumerate(result.get("hessian", [])):
        for j, entry in enumerate(line[i:], i):
            below = f"d{names[i]}2" if i == j else f"d{names[i]} d{names[j]}"
            say(f"d2/{below} = {entry}")
