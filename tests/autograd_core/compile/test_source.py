"""Programs as text: they run by themselves, to the same bits."""

import ctypes
import random
import shutil
import subprocess
import sys

import pytest

import autograd_core as ac
from autograd_core import Value, compile
from autograd_core.compile.interpret import kernel_of, run
from autograd_core.compile.source.c import write_c
from autograd_core.compile.source.listing import Listing, source
from autograd_core.compile.source.python import write_python
from autograd_core.compile.tape import Tape
from autograd_core.compile.tracing.trace import trace
from tests import oracle
from tests.autograd_core.compile.rows import MEMBERS, edges, ordinary, same_bits, width

CC = shutil.which("cc")
needs_cc = pytest.mark.skipif(CC is None, reason="no C compiler")

# Decimal digits are Python's own; C has no such rounding.
IN_C = [row for row in MEMBERS if row.bound.get("digits") is None]


def _python(text):
    names = {"__name__": "written"}
    exec(compile_text(text), names)  # noqa: S102  our own text
    return names["f"]


def compile_text(text):
    import builtins

    return builtins.compile(text, "written.py", "exec")


def _c(text, folder, name="f"):
    (folder / "written.c").write_text(text)
    command = [CC, "-O2", "-Wall", "-Werror", "-ffp-contract=off", "-shared", "-fPIC"]
    library = folder / "written.so"
    subprocess.run([*command, "-o", library, folder / "written.c", "-lm"], check=True)
    return getattr(ctypes.CDLL(str(library)), name)


def _call_c(function, xs, count):
    out = (ctypes.c_double * count)()
    function(*map(ctypes.c_double, xs), out)
    return list(out)


W, B = Value(0.5, name="w"), Value(-1.25, name="v0")


def _loss(x, y):
    z = ac.sigmoid(W * x + B)
    return -(y * ac.log(z) + (1 - y) * ac.log(1 - z)) + W**2.5 + ac.softmax([x, W])[1]


def test_python_by_itself(tmp_path):
    """The text runs in a bare interpreter and prints its example."""
    program = compile(_loss, backend="numpy")
    program(0.1, 1.0)
    text = program.source("python")
    (tmp_path / "written.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "written.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    printed = text.splitlines()[-1].strip()
    assert printed == f"# prints {done.stdout.strip()}"
    assert "autograd_core" not in text.replace("written by autograd_core.compile", "")
    lines = [line for line in text.splitlines() if line.startswith("    v")]
    rules = [line for line in lines if "#" in line]
    constants = [line for line in lines if "#" not in line]
    assert len(rules) > 30
    assert all(line.split(" = ")[1].lstrip("-")[0].isdigit() for line in constants)
    assert any(line.endswith("for the derivative of sigmoid") for line in rules)
    assert "def f(x0, x1, w, v0_2):" in text


@needs_cc
def test_c_by_itself(tmp_path):
    """The text builds without a warning and prints its example."""
    program = compile(_loss, backend="numpy")
    program(0.1, 1.0)
    text = program.source("c")
    (tmp_path / "written.c").write_text(text)
    command = [CC, "-O2", "-Wall", "-Werror", "-ffp-contract=off", "-o"]
    binary = tmp_path / "written"
    subprocess.run([*command, binary, tmp_path / "written.c", "-lm"], check=True)
    done = subprocess.run([binary], capture_output=True, text=True, check=True)
    found = [float(line) for line in done.stdout.split()]
    W.grad = B.grad = 0.0
    x, y = Value(0.5), Value(0.5)
    z = _loss(x, y)
    z.backward()
    assert found == [z.data, x.grad, y.grad, W.grad, B.grad]
    shown = next(line for line in text.splitlines() if line.startswith(" * prints"))
    assert [float(x) for x in shown.removeprefix(" * prints ")[:-2].split(",")] == found


@pytest.mark.parametrize("seed", range(3))
def test_random_programs_in_python(seed):
    """Value and gradient at several points, 0 differing bits."""
    rng = random.Random(seed)
    for _ in range(8):
        listing, program = _listed(rng)
        function = _python(write_python(listing))
        for _ in range(3):
            xs = [x + rng.uniform(-0.3, 0.3) for x in program.leaves]
            assert all(map(same_bits, function(*xs), run(listing.tape, xs)))


@needs_cc
@pytest.mark.parametrize("seed", range(3))
def test_random_programs_in_c(seed, tmp_path):
    """Value and gradient at several points, 0 differing bits."""
    rng = random.Random(seed)
    for n in range(4):
        listing, program = _listed(rng)
        folder = tmp_path / str(n)
        folder.mkdir()
        function = _c(write_c(listing), folder)
        for _ in range(5):
            xs = [x + rng.uniform(-0.3, 0.3) for x in program.leaves]
            found = _call_c(function, xs, len(listing.tape.outputs))
            assert all(map(same_bits, found, run(listing.tape, xs))), program


def _listed(rng):
    program = oracle.random_program(rng)
    traced = trace(lambda xs: oracle.run(program, xs), (list(program.leaves),))
    return Listing(traced.tape, 1), program


def _one_row(row):
    """A tape of one instruction; of several outputs the first two."""
    tape = Tape()
    places = tuple(tape.input() for _ in range(width(row)))
    index = tape.emit(row, places)
    if row.multiple:
        item = ac.primitives.TABLE["item"]
        tape.outputs = [tape.emit(item.bind({"k": k}), (index,)) for k in (0, 1)]
    else:
        tape.outputs = [index]
    return tape


class _Forward(Listing):
    """A listing of a tape as it stands."""

    def __init__(self, tape):
        self.tape = tape
        self.names = [f"v{i}" for i in range(len(tape))]
        self.arguments = [self.names[i] for i in tape.inputs]
        self.example = [0.5] * len(tape.inputs)
        self.results = run(tape, self.example)


def _points(row):
    rng = random.Random(repr(row))
    return ordinary(row, rng, 40) + edges(row, rng, 200)


@pytest.mark.parametrize("row", MEMBERS, ids=repr)
def test_every_row_in_python(row):
    """On ordinary operands and at the edges of the floats."""
    function = _python(write_python(_Forward(_one_row(row))))
    for point in _points(row):
        expected = kernel_of(row)(*point)
        expected = list(expected)[:2] if row.multiple else [expected]
        assert all(map(same_bits, function(*point), expected)), point


@needs_cc
def test_every_row_in_c(tmp_path):
    """The same, all rows in one library."""
    texts = []
    for k, row in enumerate(IN_C):
        text = write_c(_Forward(_one_row(row)))
        texts.append((k, row, text))
    kernels: dict[str, None] = {}
    bodies = []
    for k, _, text in texts:
        head, body = text.split("void f(", 1)
        blocks = head.split("#include <stdio.h>\n\n")[1].split("\n\n")
        kernels.update(dict.fromkeys(b.strip() for b in blocks if b.strip()))
        bodies.append(f"void f{k}(" + body.split("/* An example")[0])
    includes = "#include <math.h>\n\n"
    order = {block: i for i, block in enumerate(_all_blocks())}
    ordered = sorted(kernels, key=lambda block: order[block])
    whole = includes + "\n\n".join([*ordered, *bodies])
    _c(whole, tmp_path, "f0")
    library = ctypes.CDLL(str(tmp_path / "written.so"))
    for k, row, _ in texts:
        function = getattr(library, f"f{k}")
        for point in _points(row):
            expected = kernel_of(row)(*point)
            expected = list(expected)[:2] if row.multiple else [float(expected)]
            found = _call_c(function, point, len(expected))
            assert all(map(same_bits, found, expected)), (row, point, found, expected)


def _all_blocks():
    from autograd_core.compile.source.c import _kernels

    return [block.strip() for block in _kernels().split("\n\n")]


def test_several_results_have_no_gradient():
    """Their values alone are written."""
    traced = trace(lambda x: [x * 2, x + 1], (1.0,))
    function = _python(source(traced.tape, 2, "python"))
    assert function(3.0) == [6.0, 4.0]


def test_arguments_that_are_not_used_stay():
    """The signature is that of the call."""
    traced = trace(lambda x, y: x * 2, (1.0, 1.0))
    function = _python(source(traced.tape, 1, "python"))
    assert function(3.0, 9.0) == [6.0, 2.0, 0.0]
