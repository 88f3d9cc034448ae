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
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from .data import caller
from .diagnose import _place as place
from .errors import ExpressionError, GraphvizNotFound
from .expression import Expression, functions, parse
from .graph import to_json
from .transforms import hessian
from .value import Value

__all__ = ["main"]

PROGRAM = "autograd-core"
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
FORMATS = (".svg", ".png", ".pdf", ".dot", ".json")
MARKER = ".autograd-core-book"  # in a folder that `book` wrote and may write again


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
            stream.reconfigure(
                errors="backslashreplace"
            )  # any terminal prints any name
    try:
        args = _parser().parse_args(_guarded(sys.argv[1:] if argv is None else argv))
        code: int = args.run(args)
        sys.stdout.flush()
    except _Stop as stop:
        return _complain(str(stop), stop.code)
    except SystemExit as stop:  # argparse, after --help and --version
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); Python's own flush at exit
        # would complain about it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
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
        help=f"{', '.join(FORMATS)} by its suffix; without it DOT text is printed",
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


def _guarded(argv: Sequence[str]) -> list[str]:
    # argparse takes "-x**2" for an option; a space in front makes it an operand.
    given = list(argv)
    for i, arg in enumerate(given):
        if arg == "--":
            break
        if arg[:1] == "-" and arg[1:2] not in ("", "-") and arg[:2] != "-o":
            given[i] = arg if arg == "-h" else " " + arg
    return given


def _version() -> str:
    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:  # run from the source folder
        return "(not installed)"


# -- numbers of each kind --------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    # How one kind of number is made, shown as text, and written as JSON.
    like: Any = 0.0
    show: Callable[[Any], str] = repr
    encode: Callable[[Any], Any] = str
    symbol: Callable[[str], Any] | None = None
    context: AbstractContextManager[Any] = field(default_factory=nullcontext)


def _kind(args: argparse.Namespace) -> _Kind:
    if args.exact:
        return _Kind(Fraction(0), str)
    if args.symbolic:
        sympy = _optional("sympy", "--symbolic", "symbolic")
        symbol = partial(sympy.Symbol, real=True)
        return _Kind(sympy.Integer(0), str, symbol=symbol)
    if args.digits:
        mpmath = _optional("mpmath", "--digits", "precise")
        show = partial(mpmath.nstr, n=args.digits)
        # Ten more digits than are shown, so that the last shown one is right.
        return _Kind(mpmath.mpf(0), show, show, None, mpmath.workdps(args.digits + 10))
    return _Kind(encode=float)


def _optional(module: str, option: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise _Stop(
            f"{option} needs {module}: pip install '{PROGRAM}[{extra}]'"
        ) from None


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
    missing = [name for name in formula.names if name not in texts]
    if missing and kind.symbol is None:
        raise _Stop(f"no value for {', '.join(missing)}; add {missing[0]}=VALUE")
    return {
        name: Value(
            _number(name, texts[name], kind) if name in texts else kind.symbol(name),  # type: ignore[misc]
            name=name,
        )
        for name in formula.names
    }


def _number(name: str, text: str, kind: _Kind) -> Any:
    try:
        return parse(text, names=()).evaluate(like=kind.like)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise _Stop(f"{name}={text}: {error}") from None


@contextmanager
def _computing() -> Iterator[None]:
    # The engine's errors are sentences already; here they lose what is for callers.
    try:
        yield
    except (ExpressionError, TypeError) as error:  # this kind of number cannot do it
        raise _Stop(str(error)) from None
    except (ArithmeticError, ValueError) as error:
        raise _Stop(_without_python(str(error)), FAILED) from None
    except RecursionError:  # SymPy's own; the engine has none
        raise _Stop("the formula is too deep for SymPy", FAILED) from None


def _without_python(message: str) -> str:
    site = caller()
    if site is not None:  # the program's own first line says nothing to its user
        message = message.replace(f" at {place(site)}", "")
    return message.removesuffix(" allow_nonfinite=True continues.")


# -- grad ------------------------------------------------------------------------------


def _grad(args: argparse.Namespace) -> int:
    formula = _read(args.formula)
    kind = _kind(args)
    write = kind.encode if args.json else kind.show
    with kind.context, _computing():
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
    target = _target(args.output, args.force) if args.output is not None else None
    root = _article(args.formula) if not args.values else None
    if root is None:
        root = _drawn_formula(args)
    if target is not None and target.suffix == ".json":
        text = to_json(root, indent=2) + "\n"
        _replace(target, lambda path: path.write_text(text, encoding="utf-8"))
        return DONE
    drawing = _ours("visualize").draw(root)
    if target is None:
        print(drawing.dot, end="" if drawing.dot.endswith("\n") else "\n")
        return DONE
    try:
        _replace(target, drawing.save)
    except GraphvizNotFound as error:
        raise _Stop(str(error), FAILED) from None
    return DONE


def _drawn_formula(args: argparse.Namespace) -> Value:
    formula = _read(args.formula)
    with _computing():
        root = formula.evaluate(_bindings(formula, args.values, _Kind()))
        if not isinstance(root, Value):
            raise _Stop("a formula without names has no graph to draw")
        root.backward()
    return root


def _article(name: str) -> Value | None:
    # An article of the book by its id, or by the id of a formula that it covers.
    if find_spec("demos") is None:
        return None
    articles = _ours("demos", "derivations").ARTICLES
    for article in articles.values():
        if name in (article.id, *article.catalogue_ids):
            root: Value = article.graph()
            return root
    return None


# -- book ------------------------------------------------------------------------------


def _book(args: argparse.Namespace) -> int:
    out = _folder(args.out, args.force)
    build = _ours("demos", "derivations.book").build
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARKER).write_text(
            "`autograd-core book` wrote this folder and may write it again.\n"
        )
        report = build(out, _progress)
    except OSError as error:
        raise _Stop(f"{out}: {error.strerror or error}") from None
    for failure in report.failures:
        print(f"{PROGRAM}: {failure}", file=sys.stderr)
    pages = f"{len(report.pages)} page{'s' if len(report.pages) != 1 else ''}"
    print(f"wrote {pages} to {out}; open {report.pages[0] if report.pages else out}")
    return FAILED if report.failures else DONE


def _progress(things: Sequence[Any]) -> Iterator[Any]:
    from tqdm import tqdm

    return iter(tqdm(things, file=sys.stderr, disable=not sys.stderr.isatty()))


# -- files and packages ----------------------------------------------------------------


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise _Stop(f"{text!r} is not a path")
    return Path(text)


def _target(text: str, force: bool) -> Path:
    path = _path(text)
    if path.suffix.lower() not in FORMATS:
        raise _Stop(f"{path}: the suffix must be one of {', '.join(FORMATS)}")
    try:
        if not path.parent.is_dir():
            raise _Stop(f"{path.parent} is not a folder")
        if path.is_dir():
            raise _Stop(f"{path} is a folder")
        if os.path.lexists(path) and not force:
            raise _Stop(f"{path} exists; --force replaces it")
    except OSError as error:
        raise _Stop(f"{path}: {error.strerror}") from None
    return path


def _folder(text: str, force: bool) -> Path:
    path = _path(text)
    try:
        if os.path.lexists(path) and not path.is_dir():
            raise _Stop(f"{path} is not a folder")
        used = path.is_dir() and any(path.iterdir()) and not (path / MARKER).is_file()
    except OSError as error:
        raise _Stop(f"{path}: {error.strerror}") from None
    if used and not force:
        raise _Stop(
            f"{path} holds files that '{PROGRAM} book' did not write; choose another "
            "--out, or --force"
        )
    return path


def _replace(target: Path, write: Callable[[Path], Any]) -> None:
    # Written beside the target and then moved: never half a file.
    try:
        with TemporaryDirectory(prefix=f".{PROGRAM}-", dir=target.parent) as folder:
            fresh = Path(folder) / f"drawing{target.suffix.lower()}"
            write(fresh)
            os.replace(fresh, target)
    except OSError as error:
        raise _Stop(f"{target}: {error.strerror or error}") from None


def _ours(package: str, module: str = "") -> Any:
    # Our other packages have plain names; another one of that name may come first.
    home = Path(__file__).resolve().parent.parent
    spec = find_spec(package)
    if spec is None:
        raise _Stop(f"the package '{package}' of {PROGRAM} is not installed", FAILED)
    places = [spec.origin, *(spec.submodule_search_locations or ())]
    if home / package not in [Path(p).resolve() for p in places[1:] if p]:
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
