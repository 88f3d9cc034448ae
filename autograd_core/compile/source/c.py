"""A tape as C.

The one idea: `kernels.c` has the float kernels, function by function; the text gets
those that it needs, and one line per instruction.
"""

import re
from importlib.resources import files

from ...errors import TraceError
from ...numbers import float64
from ...primitives import Primitive, atan2_terms, hypot_terms
from ..tape import CONSTANT, STOP
from .listing import COMPARED, Listing

__all__ = ["write_c"]

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
# Functions of the C library that the float column uses as they are.
_NAMES = """
exp expm1 log log1p log2 log10 sqrt sin cos tan asin acos atan atan2 sinh cosh tanh
asinh atanh erf
"""
_LIBRARY = {"abs": "fabs"} | {name: name for name in _NAMES.split()}


def write_c(listing: Listing) -> str:
    """The program as one C file with a function ``f`` and an example in ``main``."""
    tape = listing.tape
    body: list[str] = []
    for i, row, xs in listing.lines():
        if row is CONSTANT:
            body.append(f"    const double v{i} = {literal(tape.constants[i])};")
            continue
        if row.multiple:
            array = ", ".join(xs)
            body.append(f"    const double a{i}[] = {{{array}}};")
            body.append(f"    double v{i}[{len(xs)}];")
            text = f"k_{row.name}({len(xs)}, a{i}, v{i})"
        elif row.variadic:
            body.append(f"    const double a{i}[] = {{{', '.join(xs)}}};")
            inside = [str(len(xs)), f"a{i}", *_attributes(row)]
            text = f"const double v{i} = k_{row.name}({', '.join(inside)})"
        else:
            text = f"const double v{i} = {_expression(row, xs)}"
        body.append(f"    {text};  /* {listing.comment(i)} */")
    outputs = [
        f"    out[{k}] = {listing.names[o]};" for k, o in enumerate(tape.outputs)
    ]
    signature = ", ".join([*(f"double {x}" for x in listing.arguments), "double *out"])
    example = ", ".join([*map(literal, listing.example), "out"])
    count = len(tape.outputs)
    shown = ", ".join(repr(x) for x in listing.results)
    text = "\n".join(
        [
            f"void f({signature}) {{",
            *body,
            *outputs,
            "}",
            "",
            "/* An example: 0.5 for each input, and the parameters as they were. It",
            f" * prints {shown} */",
            "int main(void) {",
            f"    double out[{count}];",
            f"    f({example});",
            f'    for (int i = 0; i < {count}; i++) printf("%.17g\\n", out[i]);',
            "    return 0;",
            "}",
            "",
        ]
    )
    head = (
        "/* Value, then gradient, written by autograd_core.compile. Build it with\n"
        " *     cc -O2 -ffp-contract=off program.c -lm\n"
        " */\n#include <math.h>\n#include <stdio.h>\n\n"
    )
    return head + _needed(text) + text


def literal(x: float) -> str:
    """A float in C, to the last bit."""
    if x != x:
        return "NAN"
    if x in (float("inf"), float("-inf")):
        return "INFINITY" if x > 0 else "-INFINITY"
    return repr(x)


def _attributes(row: Primitive) -> list[str]:
    numbers = [row.bound[name] for name in row.attributes]
    return [str(x) if isinstance(x, int) else literal(float(x)) for x in numbers]


def _expression(row: Primitive, xs: list[str]) -> str:
    name = row.name
    if name in _INFIX:
        return f"{xs[0]} {_INFIX[name]} {xs[1]}"
    if name in COMPARED:
        return f"{xs[0]} {COMPARED[name]} {xs[1]} ? 1.0 : 0.0"
    if name == "item":
        return f"{xs[0]}[{row.bound['k']}]"
    if name in ("identity", STOP.name):
        return xs[0]
    if name == "neg":
        return f"-{xs[0]}"
    if name == "square":
        return f"{xs[0]} * {xs[0]}"
    if name == "reciprocal":
        return f"1.0 / {xs[0]}"
    if name == "round" and row.bound["digits"] is None:
        return f"rint({xs[0]}) + 0.0"  # as Python: no -0.0
    if name in ("hypot_slope", "atan2_slope"):
        terms, n = (hypot_terms if name[0] == "h" else atan2_terms)(**row.bound)
        lines = ", ".join("{" + ", ".join(map(str, term)) + "}" for term in terms)
        table = f"(const int[][3]){{{lines}}}"
        return f"k_{name}({', '.join(xs)}, {len(terms)}, {table}, {n})"
    if name in _LIBRARY:
        return f"{_LIBRARY[name]}({', '.join(xs)})"
    if f" k_{name}(" not in _kernels():
        raise TraceError(f"there is no C for {row!r}; use source('python')")
    inside = [*xs, *_attributes(row)]
    return f"k_{name}({', '.join(inside)})"


def _kernels() -> str:
    text = files(__package__).joinpath("kernels.c").read_text(encoding="utf-8")
    coefficients = ", ".join(map(repr, float64._ERFCX))
    text = text.replace("{ERFCX}", f"{{{coefficients}}}")
    return text.replace("ERFCX_0", repr(float64._ERFCX_0))


def _needed(text: str) -> str:
    # The functions that ``text`` calls, and those that they call, in their order.
    blocks: dict[str, str] = {}
    for block in _kernels().split("\n\n"):
        name = re.match(r"static (?:double|void) (\w+)\(", block)
        if name:
            blocks[name[1]] = block
    wanted: set[str] = set()
    stack = [text]
    while stack:
        for name in re.findall(r"\b(\w+)\(", stack.pop()):
            if name in blocks and name not in wanted:
                wanted.add(name)
                stack.append(blocks[name])
    return "".join(f"{block}\n\n" for name, block in blocks.items() if name in wanted)
