"""The command line: ``autograd-core`` and ``python -m autograd_core``.

What one can do with this file: differentiate a formula typed as text (`grad`),
draw its graph (`draw`), build the book of derivations (`book`).

The one idea: what is typed wrong ends with one sentence on stderr and a code
that a script can test, never with a traceback; and a file of the user's is
never replaced unless ``--force`` says so. Everything beyond the engine is
imported when its command is called.

Exit codes: 0 done, 1 a check or the computation failed, 2 a wrong call, 130
interrupted.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, wraps
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from .data import caller
from .diagnose import _place as written_place
from .errors import ExpressionError
from .expression import Expression, functions, parse
from .transforms import hessian
from .value import Value

__all__ = ["main"]

PROGRAM = "autograd-core"
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class _Stop(Exception):
    # Ends a command with one sentence and an exit code.
    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    Parameters
    ----------
    argv
        The arguments after the program's name; those of the process if None.

    Examples
    --------
    >>> main(["grad", "x*y + y", "x=2", "y=1/4"])
    x*y + y = 0.75
    d/dx = 0.25
    d/dy = 3.0
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # print any name
    try:
        args = _parser().parse_args(_ordered(sys.argv[1:] if argv is None else argv))
        code: int = args.run(args)
        sys.stdout.flush()
    except _Stop as stop:
        return _complain(str(stop), stop.code)
    except SystemExit as stop:  # argparse, after --help and --version
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except OSError as error:
        # Our output has nowhere to go. Python's own flush at exit would complain too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # `| head` has seen enough
            return FAILED
        return _complain(f"cannot write the output: {error.strerror}", FAILED)
    return code


def _complain(message: str, code: int) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return code


# -- arguments -------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Stop(f"{message}; see '{self.prog} --help'")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Derivatives of formulas: computed, drawn, and derived.",
        epilog="Exit codes: 0 done, 1 a check or the computation failed, 2 a wrong "
        "call, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"{PROGRAM} {_version()}"
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=_Parser
    )
    _add_grad(commands)
    _add_draw(commands)
    _add_book(commands)
    return parser


def _add_grad(commands: Any) -> None:
    grad = _command(
        commands,
        "grad",
        _grad,
        "the value of a formula and its derivative with respect to each name",
    )
    _add_formula(grad)
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


def _add_draw(commands: Any) -> None:
    draw = _command(
        commands,
        "draw",
        _draw,
        "the graph of a formula, or of an article of the book by its id, with "
        "values, gradients and local derivatives",
    )
    _add_formula(draw)
    draw.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write .svg, .png, .pdf, .dot or .json; without it DOT is printed",
    )
    _add_force(draw, "replace FILE if it exists")


def _add_book(commands: Any) -> None:
    book = _command(
        commands,
        "book",
        _book,
        "check every derivation of the book and write it as pages",
    )
    book.add_argument(
        "--out", default="out/book", metavar="DIR", help="default: %(default)s"
    )
    _add_force(book, "write into DIR although it holds other files")


def _command(
    commands: Any, name: str, run: Callable[[Any], int], what: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.set_defaults(run=run)
    return command


def _add_formula(command: argparse.ArgumentParser) -> None:
    command.add_argument("formula", metavar="EXPR", help="for example 'x*y + sin(x)'")
    command.add_argument(
        "values",
        nargs="*",
        default=[],
        metavar="NAME=VALUE",
        help="x=0.5, or x=1/3, or x=pi/2",
    )
    names = list(functions())
    lines = [" ".join(names[i : i + 8]) for i in range(0, len(names), 8)]
    command.epilog = "\n  ".join(
        ["Operators: + - * / ** ^ ( ); constants: pi e; functions:", *lines]
    )


def _add_force(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--force", action="store_true", help=what)


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= len(text) <= 4 or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"N must be from 1 to 1000, got {text!r}")
    return int(text)


def _ordered(argv: Sequence[str]) -> list[str]:
    # argparse wants the formula and its values in one row, and takes "-x**2" for an
    # option: so options go first, and a formula that begins with "-" gets a space.
    words: list[str] = []
    options: list[str] = []
    dangling: list[str] = []
    rest = iter(argv)
    for arg in rest:
        if arg == "--":
            words += rest
        elif arg in ("-o", "--output", "--out", "--digits"):
            value = next(rest, None)
            if value is None:
                dangling.append(arg)
            else:
                options += [arg, value]
        elif arg.startswith(("--", "-o")) or arg == "-h":
            options.append(arg)
        else:
            words.append(arg)
    words = [f" {word}" if word[:1] == "-" else word for word in words]
    return [*words[:1], *options, *words[1:], *dangling]


def _version() -> str:
    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:  # run from the source folder
        return "(not installed)"


# -- numbers of each kind --------------------------------------------------------------


def _no_symbol(name: str) -> NoReturn:
    raise _Stop(f"no value for {name}; add {name}=VALUE")


@dataclass(frozen=True)
class _Kind:
    # How one kind of number is made, shown as text, and written as JSON.
    like: Any = 0.0
    show: Callable[[Any], str] = repr
    encode: Callable[[Any], Any] = str
    symbol: Callable[[str], Any] = _no_symbol
    context: AbstractContextManager[Any] = field(default_factory=nullcontext)


def _kind(args: argparse.Namespace) -> _Kind:
    if args.exact:
        return _Kind(Fraction(0), str)
    if args.symbolic:
        with _extra("symbolic"):
            import sympy
        symbol = partial(sympy.Symbol, real=True)
        return _Kind(sympy.Integer(0), str, symbol=symbol)
    if args.digits:
        with _extra("precise"):
            import mpmath
        show = partial(mpmath.nstr, n=args.digits)
        # Ten more digits than are shown, so that the last shown one is right.
        context = mpmath.workdps(args.digits + 10)
        return _Kind(mpmath.mpf(0), show, show, context=context)
    return _Kind(encode=float)


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise _Stop(f"{error}; pip install '{PROGRAM}[{name}]'", FAILED) from None


# -- formulas --------------------------------------------------------------------------


def _read(text: str) -> Expression:
    try:
        return parse(text.lstrip())
    except ExpressionError as error:
        raise _Stop(str(error)) from None


def _bindings(
    formula: Expression, arguments: Sequence[str], kind: _Kind
) -> dict[str, Value]:
    texts: dict[str, str] = {}
    for argument in arguments:
        name, equals, text = (part.strip() for part in argument.partition("="))
        if not equals:
            raise _Stop(f"expected NAME=VALUE, got {argument!r}")
        if name not in formula.names:
            known = ", ".join(formula.names) or "no names"
            raise _Stop(f"the formula has no {name!r}; it has {known}")
        if name in texts:
            raise _Stop(f"{name} has two values, {texts[name]} and {text}")
        texts[name] = text
    leaves = {}
    for name in formula.names:
        given = name in texts
        number = _number(name, texts[name], kind) if given else kind.symbol(name)
        leaves[name] = Value(number, name=name)
    return leaves


def _number(name: str, text: str, kind: _Kind) -> Any:
    try:
        return parse(text, names=()).evaluate(like=kind.like)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise _Stop(f"{name}={text}: {error}") from None


def _explained(command: Callable[[Any], Any]) -> Callable[[Any], Any]:
    # The engine's errors are sentences already; here they lose what is for callers.
    @wraps(command)
    def run(args: argparse.Namespace) -> Any:
        try:
            return command(args)
        except (ExpressionError, TypeError) as error:  # wrong for this kind of number
            raise _Stop(str(error)) from None
        except (ArithmeticError, ValueError) as error:
            raise _Stop(_without_python(str(error)), FAILED) from None
        except RecursionError:  # SymPy's own; the engine has none
            raise _Stop("the formula is too deep for SymPy", FAILED) from None

    return run


def _without_python(message: str) -> str:
    site = caller()
    if site is not None:  # the program's own first line says nothing to its user
        message = message.replace(f" at {written_place(site)}", "")
    return message.removesuffix(" allow_nonfinite=True continues.")


# -- grad ------------------------------------------------------------------------------


@_explained
def _grad(args: argparse.Namespace) -> int:
    formula = _read(args.formula)
    kind = _kind(args)
    write = kind.encode if args.json else kind.show
    with kind.context:
        leaves = _bindings(formula, args.values, kind)
        root = formula.evaluate(leaves, like=kind.like)
        if isinstance(root, Value):
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
        print(json.dumps(result, allow_nan=False))
    else:
        _print_derivatives(result, list(leaves))
    return DONE


def _second(formula: Expression, leaves: dict[str, Value]) -> Any:
    def f(xs: list[Value]) -> Any:
        return formula.evaluate(dict(zip(leaves, xs, strict=True)))

    return hessian(f)([leaf.data for leaf in leaves.values()])


def _print_derivatives(result: dict[str, Any], names: list[str]) -> None:
    print(f"{result['expression']} = {result['value']}")
    for name in names:
        print(f"d/d{name} = {result['gradient'][name]}")
    for i, line in enumerate(result.get("hessian", [])):
        for j, entry in enumerate(line[i:], i):
            below = f"d{names[i]}2" if i == j else f"d{names[i]} d{names[j]}"
            print(f"d2/{below} = {entry}")


# -- draw ------------------------------------------------------------------------------


def _draw(args: argparse.Namespace) -> int:
    target = None if args.output is None else _path(args.output)
    root = _drawn_formula(args) if args.values else _article(args)
    drawing = _ours("visualize").draw(root)
    if target is None:
        print(drawing.dot, end="")
        return DONE
    try:
        drawing.save(target, overwrite=args.force)
    except FileExistsError:
        raise _Stop(f"{target} exists; --force replaces it") from None
    except ValueError as error:  # the suffix
        raise _Stop(str(error)) from None
    except OSError as error:
        raise _about(target, error) from None
    except RuntimeError as error:  # no Graphviz, or too large a graph for it
        raise _Stop(str(error), FAILED) from None
    return DONE


@_explained
def _drawn_formula(args: argparse.Namespace) -> Value:
    formula = _read(args.formula)
    root = formula.evaluate(_bindings(formula, args.values, _Kind()))
    if not isinstance(root, Value):
        raise _Stop("a formula without names has no graph to draw")
    root.backward()
    return root


def _article(args: argparse.Namespace) -> Value:
    # An article of the book by its id, or by the id of a formula that it covers.
    articles = _ours("demos", "derivations").ARTICLES
    try:
        article = articles[args.formula]
    except KeyError:
        article = None
    try:
        root: Value = article.graph() if article else _drawn_formula(args)
    except _Stop as stop:
        message = f"{stop}; nor is it the id of an article of the book"
        raise _Stop(message, stop.code) from None
    return root


# -- book ------------------------------------------------------------------------------


def _book(args: argparse.Namespace) -> int:
    book = _ours("demos", "derivations.book")
    out = _folder(args.out, book.MARKER, args.force)
    try:
        report = book.build(out, _progress)
    except OSError as error:
        raise _about(out, error) from None
    except (ImportError, RuntimeError) as error:  # an extra, or Graphviz, is missing
        raise _Stop(str(error), FAILED) from None
    for failure in report.failures:
        print(f"{PROGRAM}: {failure}", file=sys.stderr)
    pages = f"{len(report.pages)} page{'s' if len(report.pages) != 1 else ''}"
    print(f"wrote {pages} to {out}; open {report.pages[0]}")
    return FAILED if report.failures else DONE


def _progress(things: Sequence[Any]) -> Iterator[Any]:
    from tqdm import tqdm

    return iter(tqdm(things, file=sys.stderr, disable=not sys.stderr.isatty()))


# -- files and packages ----------------------------------------------------------------


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise _Stop(f"{text!r} is not a path")
    return Path(text)


def _folder(text: str, marker: str, force: bool) -> Path:
    # What the book wrote has its marker in it, and may be written again.
    path = _path(text)
    try:
        if os.path.lexists(path) and not path.is_dir():
            raise _Stop(f"{path} is not a folder")
        used = path.is_dir() and any(path.iterdir()) and not (path / marker).is_file()
    except OSError as error:
        raise _about(path, error) from None
    if used and not force:
        raise _Stop(
            f"{path} holds files that '{PROGRAM} book' did not write; choose another "
            "--out, or --force"
        )
    return path


def _about(path: Path, error: OSError) -> _Stop:
    # Python's own OSErrors have a strerror, our packages' are sentences.
    return _Stop(f"{path}: {error.strerror}" if error.strerror else str(error))


def _ours(package: str, module: str = "") -> Any:
    # Our other packages have plain names; another one of that name may come first.
    home = Path(__file__).resolve().parent.parent
    spec = find_spec(package)
    if spec is None:
        raise _Stop(f"the package '{package}' of {PROGRAM} is not installed", FAILED)
    places = [spec.origin, *(spec.submodule_search_locations or ())]
    if (home / package).resolve() not in [Path(p).resolve() for p in places[1:] if p]:
        raise _Stop(
            f"'{package}' is found at {places[0] or places[1]}, not beside "
            f"{PROGRAM} in {home}: another package of that name shadows ours. "
            "Start from another folder, or remove it from PYTHONPATH",
            FAILED,
        )
    try:
        return import_module(f"{package}.{module}" if module else package)
    except ImportError as error:
        raise _Stop(f"'{package}' cannot be imported: {error}", FAILED) from None
