"""Imports point one way, and what is not the standard library stays in its place.

The order of `autograd_core` is the order in which its README explains it. A module
imports from those before it; inside a function also from those that `LATER` lists,
each with its reason. A new module is put into `ORDER` where it belongs.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import autograd_core

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("autograd_core", "nn", "optim", "visualize", "demos")

ORDER = (
    "errors",
    "files",
    "primitives",
    "numbers",
    "numbers.float64",
    "numbers.careful",
    "numbers.complex128",
    "numbers.exact",
    "numbers.symbolic",
    "numbers.precise",
    "numbers.notation",
    "numbers.languages",
    "numbers.typeset",
    "numbers.text",
    "data",
    "value",
    "indices",
    "scope",
    "record",
    "graph",
    "diagnose",
    "reverse",
    "forward",
    "tree",
    "inputs",
    "transforms",
    "selfcheck",
    "functions",
    "explain",
    "gradcheck",
    "linalg",
    "compile.tape",
    "compile.interpret",
    "compile.pause",
    "compile.tracing",
    "compile.tracing.slot",
    "compile.deriving",
    "compile.deriving.matrix",
    "compile.tracing.gathers",
    "compile.tracing.recorder",
    "compile.tracing.trace",
    "compile.deriving.derive",
    "compile.deriving.sparse",
    "compile.passes",
    "compile.passes.simplify",
    "compile.reroll",
    "compile.reroll.alike",
    "compile.reroll.lanes",
    "compile.reroll.total",
    "compile.reroll.reroll",
    "compile.backends",
    "compile.cache",
    "compile.passes.terms",
    "compile.passes.raising",
    "compile.backends.numpy.exact",
    "compile.backends.numpy.error_free",
    "compile.backends.numpy.erf",
    "compile.backends.numpy.slopes",
    "compile.backends.numpy.fast",
    "compile.backends.numpy.places",
    "compile.backends.numpy.sums",
    "compile.backends.numpy.backend",
    "compile.backends.numpy.sequence",
    "compile.backends.numpy",
    "compile.backends.llvm.macros",
    "compile.backends.llvm.vectors",
    "compile.backends.llvm.vectors.lanes",
    "compile.backends.llvm.vectors.answers",
    "compile.backends.llvm.vectors.syntax",
    "compile.backends.llvm.vectors.kernels",
    "compile.backends.llvm.vectors.libm",
    "compile.backends.llvm.vectors.elementary",
    "compile.backends.llvm.vectors.library",
    "compile.backends.llvm.straight",
    "compile.backends.llvm.straight.plan",
    "compile.backends.llvm.vectors.rows",
    "compile.backends.llvm.straight.chains",
    "compile.backends.llvm.straight.assembly",
    "compile.backends.llvm.straight.sums",
    "compile.backends.llvm.panels",
    "compile.backends.llvm.panels.turning",
    "compile.backends.llvm.straight.rowwise",
    "compile.backends.llvm.straight.driver",
    "compile.backends.llvm.panels.matrices",
    "compile.backends.llvm.panels.rolled",
    "compile.backends.llvm.panels.pieces",
    "compile.backends.llvm.panels.panels",
    "compile.backends.llvm.panels.loops",
    "compile.backends.llvm.members",
    "compile.backends.llvm.members.runs",
    "compile.backends.llvm.members.members",
    "compile.backends.llvm.members.tiles",
    "compile.backends.llvm.members.loops",
    "compile.backends.llvm.target",
    "compile.backends.llvm.ways",
    "compile.backends.llvm.by_rows",
    "compile.backends.llvm.steps",
    "compile.backends.llvm.steps.method",
    "compile.backends.llvm.steps.entry",
    "compile.backends.llvm.panels.halves",
    "compile.backends.llvm.backend",
    "compile.backends.llvm.steps.objects",
    "compile.backends.llvm.steps.arrays",
    "compile.backends.llvm.steps.arguments",
    "compile.backends.llvm.steps.tables",
    "compile.backends.llvm.steps.walk",
    "compile.backends.llvm.steps.sequence",
    "compile.backends.llvm",
    "compile.pipeline",
    "compile.reroll.calls",
    "compile.reroll.summed",
    "compile.reroll.staged",
    "compile.reroll.run",
    "compile.calls",
    "compile.calls.arguments",
    "compile.calls.variants",
    "compile.calls.replay",
    "compile.calls.sums",
    "compile.calls.targets",
    "compile.calls.values",
    "compile.calls.matrices",
    "compile.calls.binding",
    "compile.rows",
    "compile.report",
    "compile.source",
    "compile.source.listing",
    "compile.source.c",
    "compile.source.python",
    "compile.training",
    "compile.training.rules",
    "compile.training.moving",
    "compile.training.update",
    "compile.training.native",
    "compile.training.train",
    "compile.exports",
    "compile.exports.elementary",
    "compile.exports.stable",
    "compile.exports.differentiable",
    "compile.exports.forward",
    "compile.exports.containers",
    "compile.exports.arrays",
    "compile.exports.jax",
    "compile.exports.torch",
    "compile.exports.onnx_graph",
    "compile.exports.onnx",
    "compile.exports.same",
    "compile.program",
    "compile",
    "expression.tokens",
    "expression.names",
    "expression.program",
    "expression.reader",
    "expression",
    "derivation.model",
    "derivation.statements",
    "derivation.limits",
    "derivation.left_sides",
    "derivation.language",
    "derivation.meaning",
    "derivation.points",
    "derivation.checking",
    "derivation.algebra",
    "derivation.proof",
    "derivation.trees",
    "derivation.printing",
    "derivation.formulas",
    "derivation.witness",
    "derivation.variations",
    "derivation.chain_slips",
    "derivation.slips",
    "derivation.report",
    "derivation.verdicts",
    "derivation.callables",
    "derivation",
    "html_page",
    "exercises.levels",
    "exercises.blanks",
    "exercises.judge",
    "exercises.worksheet",
    "exercises.problem",
    "exercises.reading",
    "exercises.path_slips",
    "exercises.learner",
    "exercises.slips",
    "exercises.hints",
    "exercises.grading",
    "exercises.page",
    "exercises",
    "commands.common",
    "commands.grad",
    "commands.draw",
    "commands.book",
    "commands.check",
    "commands.exercise",
    "commands.train",
    "commands",
    "cli",
    "__main__",
)

# Imports of a later module, inside a function, with the reason.
LATER = {
    ("value", "record"): "Value(data, children, op) is recorded like any operation",
    ("value", "reverse"): "Value.backward is a method, as in micrograd",
    ("value", "graph"): "zero_grad, and the size of a graph in the refusal to copy it",
    ("numbers.float64", "numbers.careful"): "only a rule that raised needs it",
    ("record", "diagnose"): "strict() raises where an operation went wrong",
    ("compile.source.listing", "compile.source.c"): "only the language asked for",
    ("compile.source.listing", "compile.source.python"): "only the language asked for",
}

# Modules of arrays, which are themselves imported only when first needed.
OF_ARRAYS = {
    "autograd_core.compile.backends.numpy.exact",
    "autograd_core.compile.backends.numpy.error_free",
    "autograd_core.compile.backends.numpy.fast",
    "autograd_core.compile.backends.numpy.erf",
    "autograd_core.compile.backends.numpy.slopes",
    "autograd_core.compile.backends.numpy.sums",
    "autograd_core.compile.backends.numpy.backend",
    "autograd_core.compile.backends.numpy.sequence",
    "autograd_core.compile.backends.llvm.backend",
    "autograd_core.compile.backends.llvm.members.loops",
    "autograd_core.compile.backends.llvm.members.members",
    "autograd_core.compile.backends.llvm.panels.pieces",
    "autograd_core.compile.backends.llvm.steps.objects",
    "autograd_core.compile.backends.llvm.members.runs",
    "autograd_core.compile.backends.llvm.steps.sequence",
    "autograd_core.compile.backends.llvm.members.tiles",
    "nn.estimators",
}

# Third-party package -> the modules that may import it.
THIRD_PARTY = {
    "numpy": {
        *OF_ARRAYS,
        "demos.training.point_sets",  # micrograd's demo draws its data with it
        "autograd_core.tree",
        "autograd_core.compile.calls.arguments",  # a batch is an array
        "autograd_core.compile.tracing.gathers",
        "autograd_core.compile.reroll.reroll",
        "autograd_core.compile.reroll.alike",
        "autograd_core.compile.reroll.lanes",
        "autograd_core.compile.reroll.calls",
        "autograd_core.compile.reroll.summed",
        "autograd_core.compile.reroll.staged",
        "autograd_core.compile.calls.variants",
        "autograd_core.compile.calls.sums",
        "autograd_core.compile.calls.values",
        "autograd_core.compile.deriving.matrix",
        "autograd_core.compile.calls.matrices",
        "autograd_core.compile.calls.binding",
        "autograd_core.compile.training.moving",
        "autograd_core.compile.training.update",
        "autograd_core.compile.training.native",
        "autograd_core.compile.exports.onnx_graph",  # initializers are its arrays
        "autograd_core.compile.exports.onnx",
        "autograd_core.compile.exports.same",
        "nn.columns",  # a batch is an array
    },
    "llvmlite": {"autograd_core.compile.backends.llvm.target"},
    "jax": {"autograd_core.compile.exports.jax"},
    "torch": {
        "autograd_core.compile.exports.torch",
        "autograd_core.compile.exports.same",  # asks for the other side
    },
    "onnx": {"autograd_core.compile.exports.onnx"},
    "sympy": {
        "autograd_core.numbers.symbolic",
        "autograd_core.derivation.proof",
        "autograd_core.derivation.formulas",  # the true side as a formula
        "autograd_core.derivation.printing",
        "autograd_core.commands.grad",  # makes symbols of the names in a formula
        "demos.derivations.checks",  # is one of the references
    },
    "mpmath": {
        "autograd_core.numbers.precise",
        "autograd_core.gradcheck",  # is one of the references
        "autograd_core.derivation.checking",  # compares in 50 digits
        "autograd_core.commands.grad",  # sets the number of digits
        "demos.derivations.checks",
    },
    "tqdm": {"autograd_core.commands.common", "demos.training.report", "nn.progress"},
    "sklearn": {"nn.estimators", "demos.training.bundled"},
    "graphviz": {"visualize.render"},
    "matplotlib": {"visualize.plots.canvas"},
    "pygraphviz": {"visualize._pygraphviz"},
}
# Modules that are themselves imported only when first needed, so that what they
# import at their top is imported then.
LAZY = {
    *OF_ARRAYS,
    "demos.training.point_sets",  # imported by the scripts, when one is run
    "autograd_core.numbers.symbolic",
    "autograd_core.numbers.precise",
    "autograd_core.derivation.proof",
    "autograd_core.derivation.formulas",
    "autograd_core.derivation.printing",
}


class Import(NamedTuple):
    """One import: who, of what, and whether it waits inside a function."""

    module: str
    target: str
    waits: bool


def modules(package: str) -> Iterator[tuple[str, ast.Module, bool]]:
    """Name, tree, and whether it is a package's ``__init__``."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        yield name, ast.parse(path.read_text(encoding="utf-8")), is_package


def imports_of(name: str, tree: ast.Module, is_package: bool) -> Iterator[Import]:
    """Every import of a module, ``import_module("...")`` of a literal included."""
    base = name.split(".") if is_package else name.split(".")[:-1]
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, waits = stack.pop()
        inside = waits or isinstance(node, ast.FunctionDef | ast.Lambda)
        stack += [(child, inside) for child in ast.iter_child_nodes(node)]
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, waits)
        elif isinstance(node, ast.ImportFrom):
            start = base[: len(base) - node.level + 1] if node.level else []
            source = ".".join([*start, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                public = (
                    source == "autograd_core" and alias.name in autograd_core.__all__
                )
                module = inner in KNOWN and not public
                yield Import(name, inner if module else source, waits)
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("import_module")
            and isinstance(node.args[0], ast.Constant)
        ):
            yield Import(name, node.args[0].value, waits)


KNOWN = {name for package in PACKAGES for name, _, _ in modules(package)}
IMPORTS = [
    found
    for package in PACKAGES
    for name, tree, is_package in modules(package)
    for found in imports_of(name, tree, is_package)
]


def inner(module: str) -> str:
    """A module's name inside `autograd_core`; the package itself is ''."""
    return module.removeprefix("autograd_core").removeprefix(".")


def test_every_module_has_a_place_in_the_order() -> None:
    own = {inner(name) for name in KNOWN if name.startswith("autograd_core")} - {""}
    assert own == set(ORDER), "put a new module into ORDER, take out one that is gone"


def test_imports_point_one_way() -> None:
    """No module of the engine imports a later one, but for the listed reasons."""
    place = {name: i for i, name in enumerate(ORDER)}
    against = {
        (inner(i.module), inner(i.target), i.waits)
        for i in IMPORTS
        if inner(i.module) in place
        and i.target.startswith("autograd_core.")
        and place[inner(i.target)] >= place[inner(i.module)]
    }
    assert against == {(a, b, True) for a, b in LATER}


def test_nothing_inside_imports_the_public_surface() -> None:
    """`autograd_core` itself is for others; inside, modules name each other."""
    inside = [i for i in IMPORTS if i.target == "autograd_core"]
    assert not [i for i in inside if i.module.startswith("autograd_core")]


def test_the_engine_stands_alone() -> None:
    """Only the command line knows the other packages, and by name only."""
    others = {"nn", "optim", "visualize", "demos"}
    found = [
        i
        for i in IMPORTS
        if i.module.startswith("autograd_core") and i.target.split(".")[0] in others
    ]
    assert not found, "commands load them through ours(), when they are called"


@pytest.mark.parametrize("package", ["nn", "optim"])
def test_networks_and_optimizers_use_the_public_surface(package: str) -> None:
    found = [i for i in IMPORTS if i.module.split(".")[0] == package]
    deep = {i.target for i in found if i.target.startswith("autograd_core.")}
    assert deep <= {"autograd_core.linalg"}, "public, under its own name"


def test_third_party_packages_stay_in_their_module() -> None:
    """Each is imported in the one module that is for it, when it is first needed."""
    foreign = [
        i
        for i in IMPORTS
        if (top := i.target.split(".")[0]) not in sys.stdlib_module_names
        and top not in PACKAGES
    ]
    for i in foreign:
        top = i.target.split(".")[0]
        assert i.module in THIRD_PARTY.get(top, ()), f"{i.module} imports {top}"
        assert i.waits or i.module in LAZY, f"{i.module} imports {top} at its top"
    used = {(i.target.split(".")[0], i.module) for i in foreign}
    listed = {(top, module) for top, ms in THIRD_PARTY.items() for module in ms}
    assert used == listed, "a permission that nobody uses"


PROGRAM = """
import sys
before = set(sys.modules)
from autograd_core import Value, check_grads, grad, hessian, softmax, to_json
from autograd_core.expression import parse
w = [Value(0.5, name="w0"), Value(-1.0, name="w1")]
loss = -softmax([w[0] * 2.0, w[1].tanh()])[0].log()
loss = loss + parse("x**2").evaluate({"x": w[0]})
loss.backward()
hessian(lambda v: v[0] ** 2 * v[1])([3.0, 2.0])
to_json(loss)
import autograd_core.cli
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""


def test_eager_mode_imports_only_the_standard_library() -> None:
    """In a fresh process: nothing but our own package is there afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["autograd_core"]
