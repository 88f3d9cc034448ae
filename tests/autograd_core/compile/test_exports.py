"""Compiled programs in JAX, PyTorch and ONNX, and as each other's oracle."""

import os
import random
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import autograd_core as ac
from autograd_core import Primitive, TraceError, Value, compile, take
from autograd_core.compile.exports import jax as jax_export
from autograd_core.compile.exports import onnx as onnx_export
from autograd_core.compile.exports import torch as torch_export
from autograd_core.compile.exports.forward import forward
from autograd_core.primitives import TABLE
from nn import MLP

ROOT = Path(__file__).parents[3]
UNIT = 2.0**-53
X = np.random.default_rng(0).normal(size=(24, 2))
Y = np.sign(X[:, 0] * X[:, 1])


@pytest.fixture
def jax():
    module = pytest.importorskip("jax")
    module.config.update("jax_enable_x64", True)
    yield module
    module.config.update("jax_enable_x64", True)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def in_jax(program, *example):
    """A function of arrays by JAX, and its gradient by parameters of the mean."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    f = program.to_jax(*example)

    def gradient(*args):
        return jax.grad(lambda p: f(p, *args).mean())(f.parameters)

    return SimpleNamespace(
        f=lambda *args: f(f.parameters, *args), gradient=gradient, names=f.names
    )


def in_torch(program, *example):
    torch = pytest.importorskip("torch")
    module = program.to_torch(*example)

    def tensors(args):
        return [torch.tensor(x) if isinstance(x, np.ndarray) else x for x in args]

    def gradient(*args):
        module.zero_grad()
        module(*tensors(args)).mean().backward()
        return module.captured.grad

    return SimpleNamespace(
        f=lambda *args: module(*tensors(args)), gradient=gradient, names=module.names
    )


LIBRARIES = {"jax": in_jax, "torch": in_torch}
library = pytest.mark.parametrize("library", LIBRARIES)


def array(x):
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


def small():
    """A logistic loss with the trap: a logarithm that is not defined everywhere."""
    w, b = Value(0.4, name="w"), Value(0.2, name="b")

    def loss(x, y):
        entropy = ac.binary_cross_entropy(w * x + b, y)
        return entropy + ac.where(x - 1, w * ac.log(abs(x - 1)), 0)

    return compile(loss), [w, b]


def network(widths=(8, 1), activation="tanh"):
    net = MLP(2, list(widths), activation=activation, seed=1)

    def loss(x, y):
        score = net(list(x))
        return (1 - y * score).relu()

    return compile(loss, backend="numpy"), net.parameters()


# -- values and gradients --------------------------------------------------------------


@library
def test_one_row_rows_and_gradient(library):
    """As the program; the side of a `where` that is not taken adds nothing."""
    program, parameters = small()
    out = LIBRARIES[library](program, 1.5, 1.0)
    assert out.names == ["w", "b"]
    assert array(out.f(1.5, 1.0)).item() == pytest.approx(
        program(1.5, 1.0), rel=8 * UNIT
    )
    xs, ys = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0])
    rows = program.rows(xs, ys)
    assert np.allclose(array(out.f(xs, ys)), rows, rtol=16 * UNIT)
    _, (dw, db) = program.rows.value_and_grad(xs, ys, parameters=parameters)
    true = [dw.mean(), db.mean()]
    assert np.isfinite(true).all()
    assert np.allclose(array(out.gradient(xs, ys)), true, rtol=32 * UNIT)


@library
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_network_has_the_gradient_of_its_parameters(library, activation):
    """All 337 of the demo's network; its layers are matrices again."""
    program, parameters = network((16, 16, 1), activation)
    out = LIBRARIES[library](program, X[0], Y[0])
    leaves = forward(program.variants, (X[0], Y[0])).leaves
    assert len(out.names) == len(leaves) == len(parameters) == 337
    found = array(out.gradient(X, Y))
    program.backward(X, Y)
    true = np.array([leaf.grad for leaf in leaves])
    # about 60 roundings on the way of each term, of at most 24 rows
    assert np.abs(found - true).max() < 60 * 24 * UNIT * np.abs(true).max()
    assert np.allclose(array(out.f(X, Y)), program.rows(X, Y), rtol=0, atol=200 * UNIT)


@library
def test_containers_of_every_kind(library):
    """Dicts, lists, arrays and numbers, in and out; parts without rows broadcast."""
    w = Value(0.5, name="w")

    def f(x, options):
        total = ac.sum(list(x)) * options["scale"] + options["shift"][1]
        return {"a": [total, w * 2], "b": (np.array([[w * x[0], x[1]]]), 3.0)}

    example = (np.array([0.1, 0.2]), {"scale": 2.0, "shift": [0.0, 1.0], "name": "n"})
    program = compile(f)
    out = LIBRARIES[library](program, *example)
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    options = {"scale": np.array([1.0, 2.0, 3.0]), "shift": [0.0, 1.0], "name": None}
    found = out.f(rows, options)
    each = [{"scale": s, "shift": [0.0, 1.0], "name": "n"} for s in (1.0, 2.0, 3.0)]
    true = program.rows(rows, each)
    assert np.allclose(array(found["a"][0]), true["a"][0])
    assert np.allclose(array(found["a"][1]), 1.0)
    assert array(found["a"][1]).shape == (3,)
    assert isinstance(found["b"], tuple)
    assert np.allclose(array(found["b"][0]), true["b"][0])
    assert array(found["b"][0]).shape == (3, 1, 2)
    one = out.f(*example)
    assert array(one["a"][0]).shape == ()
    assert np.allclose(array(one["b"][0]), program(*example)["b"][0])


@library
def test_what_stops_a_derivative(library):
    """detach(), comparisons and frozen Values: 0, as in eager."""
    w, frozen = Value(0.5, name="w"), Value(2.0, name="k", requires_grad=False)

    def f(x):
        return w * w.detach() * x + frozen * w + ac.where(x > 1, x, frozen)

    program = compile(f)
    out = LIBRARIES[library](program, 1.5)
    xs = np.array([0.5, 1.5, 2.5])
    assert np.allclose(array(out.f(xs)), program.rows(xs))
    found = dict(zip(out.names, array(out.gradient(xs)).tolist(), strict=True))
    program.backward(xs)
    assert found == {"w": pytest.approx(w.grad), "k": 0.0}


@library
def test_static_arguments_and_names(library):
    """Static ones are fixed and left out; two Values of one name keep apart."""
    a, b, c = Value(1.0, name="a"), Value(2.0, name="a"), Value(3.0)
    program = compile(lambda n, x: a * x**n + b * c, static_argnums=0)
    out = LIBRARIES[library](program, 3, 2.0)
    assert array(out.f(2.0)).item() == program(3, 2.0) == 14.0
    assert out.names == ["a", "a#1", "p2"]


@library
def test_an_infinite_number_in_a_matrix(library):
    """It is not finite in its own row, and the rows beside it keep their gradients."""
    weights = [[Value(0.5), Value(0.25)], [Value(-0.5), Value(1.0)]]

    def f(x, y):
        z = [ac.dot(line, [ac.log(x), y]) for line in weights]
        return ac.where(x, z[0] * z[1], y)

    program = compile(f)
    out = LIBRARIES[library](program, 1.5, 1.0)
    xs, ys = np.array([0.0, 2.0]), np.array([1.0, 1.0])
    assert np.allclose(array(out.f(xs, ys)), program.rows(xs, ys))
    program.backward(xs, ys)
    true = [w.grad for line in weights for w in line]
    assert np.allclose(array(out.gradient(xs, ys)), true)


# -- each library's own ----------------------------------------------------------------


@pytest.mark.slow
def test_jax_transformations(jax):
    """jit, vmap, jvp, Hessians both ways, and shards of a row in one function."""
    program, parameters = small()
    f = program.to_jax(1.5, 1.0)
    xs, ys = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0])
    mapped = jax.jit(jax.vmap(f, in_axes=(None, 0, 0)))
    assert np.allclose(mapped(f.parameters, xs, ys), program.rows(xs, ys))
    by_x = jax.vmap(jax.grad(f, argnums=1), in_axes=(None, 0, 0))
    assert np.allclose(
        by_x(f.parameters, xs, ys), program.rows.value_and_grad(xs, ys)[1]
    )
    true = np.array(program.hessian(1.5, 1.0, parameters=parameters))
    for twice in (jax.hessian, lambda g: jax.jacrev(jax.jacrev(g))):
        assert np.allclose(twice(f)(f.parameters, 1.5, 1.0), true, rtol=1e-13)
    _, tangent = jax.jvp(lambda x: f(f.parameters, x, 1.0), (1.5,), (2.0,))
    assert float(tangent) == pytest.approx(2 * program.value_and_grad(1.5, 1.0)[1])
    third = jax.grad(jax.grad(jax.grad(lambda x: f(f.parameters, x, 1.0))))
    assert np.isfinite(third(1.5))


def test_a_strong_product_has_a_second_derivative(jax, torch):
    """d²/dx² of sin(x)**2 at 0 is 2, though the adjoint of sin is 0 there."""
    program = compile(lambda x: ac.square(ac.sin(x)))
    f, module = program.to_jax(0.0), program.to_torch(0.0)
    assert float(jax.grad(jax.grad(lambda x: f(f.parameters, x)))(0.0)) == 2.0
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(module(x), x, create_graph=True)
    assert float(torch.autograd.grad(first, x)[0]) == 2.0


def test_torch_checks_the_gradients_itself(torch):
    """gradcheck and gradgradcheck, vmap, and training by its own optimizer."""
    program, parameters = small()
    module = program.to_torch(1.5, 1.0)
    xs = torch.tensor([1.5, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    ys = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: module(x, ys), (xs,))
    assert torch.autograd.gradgradcheck(lambda x: module(x, ys), (xs,))
    by_x = torch.func.vmap(torch.func.grad(module))(xs.detach(), ys)
    true = program.rows.value_and_grad(xs.tolist(), ys.tolist())[1]
    assert np.allclose(by_x.detach(), true)
    sgd = torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(3):
        sgd.zero_grad()
        module(xs.detach(), ys).mean().backward()
        sgd.step()
    module.assign()
    assert [p.data for p in parameters] == module.captured.tolist() != [0.4, 0.2]


def test_numbers_come_back_from_jax(jax):
    """assign() writes trained numbers; one per Value."""
    program, parameters = small()
    f = program.to_jax(1.5, 1.0)
    f.assign(f.parameters + 1)
    assert [p.data for p in parameters] == [1.4, 1.2]
    with pytest.raises(ValueError, match="zip"):
        f.assign(f.parameters[:1])
    assert repr(f) == "<JAX function of 2 parameters and (1.5, 1.0)>"


# -- many devices ----------------------------------------------------------------------

DATA_PARALLEL = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
from optim import SGD
from tests.autograd_core.compile.test_exports import network

jax.config.update("jax_enable_x64", True)
program, parameters = network()
x = np.random.default_rng(1).normal(size=(96, 2))
y = np.sign(x[:, 0] * x[:, 1])
f = program.to_jax(x[0], y[0])
mesh = Mesh(np.array(jax.devices()), ("rows",))
assert mesh.size == 8


def whole(p, x, y):
    return f(p, x, y).mean()


def losses(mean, place, wrapped=lambda step: step):
    @jax.jit
    @wrapped
    def step(p, x, y):
        loss, gradient = jax.value_and_grad(lambda p: mean(p, x, y))(p)
        return p - 0.1 * gradient, loss

    p, found, data = f.parameters, [], [place(x), place(y)]
    for _ in range(40):
        p, loss = step(p, *data)
        found.append(float(loss))
    return np.array(found)


one = losses(whole, jax.numpy.asarray)
sharding = NamedSharding(mesh, P("rows"))
shards = losses(whole, lambda a: jax.device_put(a, sharding))
found = {"one": one, "shards": shards}
if hasattr(jax, "shard_map"):
    found["mapped"] = losses(
        lambda p, x, y: jax.lax.pmean(whole(p, x, y), "rows"),
        lambda a: jax.device_put(a, sharding),
        lambda step: jax.shard_map(
            step, mesh=mesh, in_specs=(P(), P("rows"), P("rows")), out_specs=(P(), P())
        ),
    )
own = np.array(program.train([(x, y)] * 40, optimizer=SGD(parameters, lr=0.1)))
assert own[0] > 1.2 * own[-1], own
for name, theirs in found.items():
    print(name, np.max(np.abs(theirs - own) / own))
"""


@pytest.mark.slow
def test_data_parallel_training_has_the_same_losses(jax):
    """8 devices, shards by `jit` or by `shard_map`, one device, our own: 40 steps.

    Sums over 96 rows in another order differ by at most 96 roundings each step.
    """
    done = subprocess.run(
        [sys.executable, "-c", DATA_PARALLEL],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    lines = dict(line.split() for line in done.stdout.splitlines())
    assert {"one", "shards"} <= set(lines)
    assert all(float(x) < 40 * 96 * UNIT for x in lines.values()), lines


def test_the_readmes_examples():
    """Each block of compile/README.md prints what it says; blocks share their names."""
    text = (ROOT / "autograd_core" / "compile" / "README.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    if find_spec("jax") is None:
        blocks = [block for block in blocks if "jax" not in block]
    code = "\n".join(blocks)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(
        r"# .*?prints (.*)$", code, re.MULTILINE
    )


# -- ONNX ------------------------------------------------------------------------------


@pytest.fixture
def runtime():
    pytest.importorskip("onnx")
    return pytest.importorskip("onnxruntime")


def session(runtime, file):
    return runtime.InferenceSession(file, providers=["CPUExecutionProvider"])


def test_a_network_in_onnxruntime(runtime, tmp_path):
    """Any number of rows, within 200 roundings of ours; layers are MatMul nodes."""
    import onnx

    program, parameters = network((16, 16, 1))
    file = tmp_path / "network.onnx"
    program.to_onnx(file, X[0], Y[0])
    loaded = session(runtime, file)
    for rows in (1, 2, 24):
        (found,) = loaded.run(None, {"x": X[:rows], "y": Y[:rows]})
        assert np.allclose(found, program.rows(X[:rows], Y[:rows]), 0, 200 * UNIT)
    model = onnx.load(file)
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 18)]
    assert sum(node.op_type == "MatMul" for node in model.graph.node) == 3
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    assert all(float(stored[p.name].item()) == p.data for p in parameters if p.name)
    program.to_onnx(file, X[0], Y[0], dtype="float32")
    narrow = [a.astype("float32") for a in (X, Y)]
    (found,) = session(runtime, file).run(None, dict(zip("xy", narrow, strict=True)))
    assert found.dtype == np.float32
    assert np.allclose(found, program.rows(*narrow), 0, 200 * 2.0**-24)


def test_names_and_containers_in_onnx(runtime, tmp_path):
    """Inputs as the arguments, results by their place; names that clash are mended."""
    w, x_, r = Value(2.0, name="w"), Value(3.0, name="x"), Value(5.0, name="result")

    def f(x, result):
        return {"a": np.array([x[0] * w, x[1] * x_]), "b": (result["u"] * r, w)}

    program = compile(f)
    program.to_onnx(tmp_path / "f.onnx", np.zeros(2), {"u": 1.0, "note": None})
    loaded = session(runtime, tmp_path / "f.onnx")
    assert [i.name for i in loaded.get_inputs()] == ["x", "result_.u"]
    assert [i.shape for i in loaded.get_inputs()] == [["rows", 2], ["rows"]]
    names = [o.name for o in loaded.get_outputs()]
    assert names == ["result.a", "result.b.0", "result.b.1"]
    given = {"x": np.array([[1.0, 2.0], [3.0, 4.0]]), "result_.u": np.array([1.0, 2.0])}
    a, b, c = loaded.run(None, given)
    assert a.tolist() == [[2.0, 6.0], [6.0, 12.0]]
    assert (b.tolist(), c.tolist()) == ([5.0, 10.0], [2.0, 2.0])
    compile(lambda *xs: xs[0] * xs[1]).to_onnx(tmp_path / "g.onnx", 1.0, 2.0)
    assert [i.name for i in session(runtime, tmp_path / "g.onnx").get_inputs()] == [
        "x0",
        "x1",
    ]


def test_names_of_arguments_in_onnx():
    """Those of a function that does not tell are numbered."""
    assert onnx_export._names(lambda a, b: a, (1,)) == ["b"]
    assert onnx_export._names(max, (0, 1)) == ["x0", "x1"]


def test_sums_choices_and_comparisons_in_onnx(runtime, tmp_path):
    """Long sums, products, detach, comparisons, infinities as constants."""

    def f(x):
        far = ac.minimum(x[0], float("inf")) + ac.dot(list(x), list(x)[::-1])
        return ac.where(x[0] < x[1], far, ac.sum(list(x)).detach()) - (x[2] >= 0)

    def plain(x):
        far = x[0] + x @ x[::-1]
        return (far if x[0] < x[1] else x.sum()) - (x[2] >= 0)

    program = compile(lambda x: f(x))
    rows = np.random.default_rng(3).normal(size=(20, 6))
    program.to_onnx(tmp_path / "f.onnx", rows[0])
    (found,) = session(runtime, tmp_path / "f.onnx").run(None, {"x": rows})
    assert np.allclose(found, [plain(x) for x in rows], rtol=1e-13)


def test_a_file_is_written_whole_or_not_at_all(runtime, tmp_path, monkeypatch):
    """What was there stays when writing fails, and nothing is left beside it."""
    file = tmp_path / "f.onnx"
    file.write_text("before")
    program = compile(lambda x: x * 2)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        program.to_onnx(file, 1.0)
    assert [p.name for p in tmp_path.iterdir()] == ["f.onnx"]
    assert file.read_text() == "before"
    monkeypatch.undo()
    program.to_onnx(str(file), 1.0)
    assert session(runtime, file).run(None, {"x": np.ones(2)})[0].tolist() == [2.0, 2.0]


def test_what_onnx_refuses(runtime, tmp_path):
    program = compile(lambda x: x * 2)
    with pytest.raises(ValueError, match=r"'dtype' must be .* \(got 'float16'\)"):
        program.to_onnx(tmp_path / "f", 1.0, dtype="float16")
    with pytest.raises(TypeError, match="needs an argument with numbers"):
        compile(lambda: Value(1.0) * 2).to_onnx(tmp_path / "f")


# -- what is refused -------------------------------------------------------------------


def test_a_branch_is_refused_with_its_place():
    program = compile(lambda x: x if x > 0 else -x)
    with pytest.raises(
        TraceError, match=r"branches on its data at .*test_exports.py:\d"
    ):
        forward(program.variants, (1.0,))


def test_rows_of_tables_are_refused():
    table = [[Value(1.0)], [Value(2.0)]]
    program = compile(lambda i: take(table, i)[0] * 2, index_argnums=0)
    with pytest.raises(TraceError, match="rows of a table by an index"):
        forward(program.variants, (1,))


@library
def test_what_is_unlike_the_example(library):
    """The containers, the shapes and how many arguments there are."""
    program = compile(lambda x, d, l: ac.sum(list(x)) + d["u"] + l[0])
    out = LIBRARIES[library](program, np.zeros(2), {"u": 1.0}, [1.0])
    good = (np.ones((3, 2)), {"u": 1.0}, [1.0])
    assert array(out.f(*good)).tolist() == [4.0, 4.0, 4.0]
    with pytest.raises(TypeError, match=r"takes 3 arguments \(got 2\)"):
        out.f(*good[:2])
    with pytest.raises(ValueError, match=r"argument 0 has the shape \(2, 3\), which"):
        out.f(np.ones((2, 3)), *good[1:])
    with pytest.raises(TypeError, match=r"argument 1 must be {'u': \*}"):
        out.f(good[0], {"v": 1.0}, good[2])
    with pytest.raises(
        TypeError, match=r"argument 2 must be \[\*\], .* an array as the"
    ):
        out.f(*good[:2], np.ones(1))


@library
def test_a_users_row_without_a_formula(library):
    """It has only a kernel for floats; the message says what to give it."""
    from autograd_core.numbers import add_kernel, float64

    row = TABLE.add(Primitive("digits_of", (None,)))
    formula = TABLE.add(
        Primitive(
            "halved",
            (lambda m, x, out: m.identity(x) / x / 2,),
            formula=lambda m, x: x / 2,
        )
    )
    add_kernel(float64.COLUMN, "digits_of", lambda x: float(len(str(x))))
    try:
        from autograd_core.record import record

        out = LIBRARIES[library](compile(lambda x: record(formula, (x,))), 3.0)
        assert array(out.f(3.0)).item() == 1.5
        out = LIBRARIES[library](compile(lambda x: record(row, (x,))), 3.0)
        with pytest.raises(TypeError, match="give its row a formula"):
            out.f(3.0)
    finally:
        float64.COLUMN.kernels.pop("digits_of")
        TABLE.discard("digits_of")
        TABLE.discard("halved")


# -- float32, x64, scalars, views ------------------------------------------------------


def test_jax_in_float32_is_refused(jax):
    """x64 switched off, and arrays that were made before it was on."""
    program, _ = small()
    f = program.to_jax(1.5, 1.0)
    narrow = jax.numpy.ones(3, dtype="float32")
    with pytest.raises(TypeError, match=r"argument 0 is float32, .* dtype='float64'"):
        f(f.parameters, narrow, 1.0)
    with pytest.raises(TypeError, match="parameters is float32"):
        f(f.parameters.astype("float32"), 1.5, 1.0)
    with pytest.raises(ValueError, match=r"must have the shape \(2,\) \(got \(3,\)\)"):
        f(jax.numpy.ones(3), 1.5, 1.0)
    jax.config.update("jax_enable_x64", False)
    with pytest.raises(RuntimeError, match="jax_enable_x64', True"):
        program.to_jax(1.5, 1.0)
    with pytest.raises(RuntimeError, match="the exported function computes in float64"):
        f(f.parameters, 1.5, 1.0)


def test_jax_takes_scalars_ints_and_views(jax):
    """Python numbers, NumPy's, ints; arrays that are not contiguous."""
    program, _ = small()
    f = program.to_jax(1.5, 1.0)
    true = program(2.0, 1.0)
    for two in (2, 2.0, np.float64(2), np.int64(2), np.array(2), jax.numpy.array(2)):
        assert float(f(f.parameters, two, 1)) == pytest.approx(true, rel=16 * UNIT)
    xs = np.arange(1.5, 13.5).reshape(3, 4)[:, ::2]
    assert np.allclose(
        f(f.parameters, xs.T, 1.0), program.rows(xs.T.ravel(), np.ones(6)).reshape(2, 3)
    )


def test_torch_in_float32_is_refused(torch):
    """torch.tensor([1.0]) is float32 by default."""
    program, _ = small()
    module = program.to_torch(1.5, 1.0)
    with pytest.raises(TypeError, match=r"argument 0 is torch.float32, .*double\(\)"):
        module(torch.tensor([1.5]), 1.0)
    with pytest.raises(TypeError, match=r"captured is torch.float32"):
        module.float()(1.5, 1.0)
    with pytest.raises(TypeError, match=r"torch.bool"):
        module.double()(torch.tensor([True]), 1.0)


def test_torch_takes_scalars_ints_and_views(torch):
    program, _ = small()
    module = program.to_torch(1.5, 1.0)
    true = program(2.0, 1.0)
    for two in (2, 2.0, np.float64(2), np.array(2.0), torch.tensor(2)):
        assert module(two, 1).item() == pytest.approx(true, rel=16 * UNIT)
    xs = torch.arange(1.5, 13.5, dtype=torch.float64).reshape(3, 4)[:, ::2].T
    assert not xs.is_contiguous()
    true = program.rows(xs.flatten().numpy(), np.ones(6)).reshape(2, 3)
    assert np.allclose(module(xs, 1.0).detach(), true)


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("jax", lambda p: p.to_jax(1.0)),
        ("jax", lambda p: p.assert_same_as(abs, 1.0, library="jax")),
        ("torch", lambda p: p.to_torch(1.0)),
        ("torch", lambda p: p.assert_same_as(abs, 1.0, library="torch")),
        ("onnx", lambda p: p.to_onnx("f.onnx", 1.0)),
    ],
)
def test_what_is_not_installed_is_named(package, call, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    for module in (jax_export, torch_export):
        module._library.cache_clear()
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[peers\]'"):
        call(compile(lambda x: x * 2))


# -- the oracle ------------------------------------------------------------------------


def test_the_same_as_jax(jax):
    """Containers of arguments and parameters; a derivative that is 1e-9 off."""
    w, b = Value(0.4, name="w"), Value(0.2, name="b")
    program = compile(lambda x, y: ac.binary_cross_entropy(w * x + b, y))

    def other(p, x, y):
        z = p["w"] * x + p["b"][0]
        return jax.nn.softplus(z) - y * z

    given = {"library": "jax", "parameters": {"w": w, "b": [b]}}
    program.assert_same_as(other, 1.5, 1.0, **given)
    message = r"^d\(the result\)/d\(parameter\['b'\]\[0\] b\) differs: -0\.3"
    with pytest.raises(AssertionError, match=message):
        program.assert_same_as(
            lambda p, x, y: other(p, x, y) + 1e-9 * (p["b"][0] - 0.2), 1.5, 1.0, **given
        )
    program.assert_same_as(
        lambda p, x, y: other(p, x, y) + 1e-9 * (p["b"][0] - 0.2),
        1.5, 1.0, **given, atol=1e-8,
    )  # fmt: skip
    with pytest.raises(TypeError, match="float32, which cannot confirm float64"):
        program.assert_same_as(
            lambda p, x, y: other(p, x, y).astype("float32"), 1.5, 1.0, **given
        )
    jax.config.update("jax_enable_x64", False)
    with pytest.raises(RuntimeError, match=r"library='jax' computes in float64"):
        program.assert_same_as(other, 1.5, 1.0, **given)


def test_the_same_as_torch(torch):
    """Results in containers, and a wrong one is named by its place."""
    program = compile(lambda x: {"p": ac.softmax(list(x)), "n": [x[0] * 0 + 2]})

    def other(x):
        return {"p": torch.softmax(x, 0), "n": 2.0}

    x = np.array([0.1, 0.2, 0.7])
    program.assert_same_as(other, x, library="torch")
    with pytest.raises(
        AssertionError, match=r"^result 3 differs: 2.0 by .*, 3.0 by to"
    ):
        program.assert_same_as(lambda x: {**other(x), "n": 3.0}, x, library="torch")
    with pytest.raises(
        AssertionError, match=r"d\(result 0\)/d\(argument 0.flat\[0\]\)"
    ):
        program.assert_same_as(lambda x: other(x.detach() + 0 * x), x, library="torch")
    with pytest.raises(TypeError, match=r"torch\.float32, which cannot"):
        program.assert_same_as(lambda x: other(x.float()), x, library="torch")


def test_the_same_as_a_function_with_its_own_gradient():
    """Values and gradients in floats; the message has both, and how far apart."""
    w = Value(0.5, name="w")
    program = compile(lambda x, n: w * x**2, static_argnums=1)
    program.assert_same_as(lambda x, n: (0.5 * x**2, x), 3.0, "static")
    with pytest.raises(AssertionError) as caught:
        program.assert_same_as(lambda x, n: (0.5 * x**2, 1.5 * x), 3.0, "static")
    assert str(caught.value) == (
        "d(the result)/d(argument 0) differs: 3.0 by the program, 4.5 by the other; "
        "1.69e+15 ULP, relative 0.333, with rtol=1e-12, atol=1e-14"
    )
    with pytest.raises(AssertionError, match=r"gives 1 results and 1 deri.* 1 and 2"):
        program.assert_same_as(lambda x, n: (0.5 * x**2, [x, 1.0]), 3.0, "static")
    with pytest.raises(AssertionError, match="inf by the other; with rtol"):
        program.assert_same_as(lambda x, n: (float("inf"), x), 3.0, "static")
    own = compile(lambda x: ac.log(x), backend="numpy")
    own.assert_same_as(lambda x: (float("nan"), float("nan")), float("nan"))
    program.assert_same_as(
        lambda p, x, n: (p[0] * x**2, (2 * p[0] * x, [x**2])), 3.0, "s", parameters=[w]
    )
    with pytest.raises(ValueError, match="'library' must be 'torch', 'jax' or None"):
        program.assert_same_as(abs, 3.0, "static", library="mxnet")


def test_random_networks_are_the_same_in_both(jax, torch):
    """Ten of them, by one line each."""
    rng = random.Random(0)
    for _ in range(10):
        ws = [Value(rng.uniform(-1, 1), name=f"w{k}") for k in range(5)]
        program = compile(
            lambda x, ws=ws: (
                ac.tanh(ws[0] * x[0] + ws[1] * x[1] + ws[2]) * ws[3] + ws[4]
            )
        )
        x = [rng.gauss(0, 1), rng.gauss(0, 1)]
        for name, xp in (("jax", jax.numpy), ("torch", torch)):
            program.assert_same_as(
                lambda p, x, xp=xp: xp.tanh(p[0] * x[0] + p[1] * x[1] + p[2]) * p[3]
                + p[4],
                x, library=name, parameters=ws,
            )  # fmt: skip
