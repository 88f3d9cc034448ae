"""Every row of the table in JAX, PyTorch and ONNX: values, and derivatives by them.

Which libraries are tested is said by those that are installed; PyTorch is too large to
be among the tests' own packages.
"""

import random
from importlib.util import find_spec

import numpy as np
import pytest

from autograd_core import TraceError, Value, hessian, jacobian
from autograd_core.compile.exports.forward import Forward
from autograd_core.compile.interpret import kernel_of
from autograd_core.compile.tape import COMPARISONS, STOP, STRONG, Tape
from autograd_core.primitives import TABLE
from autograd_core.record import COLUMN as VALUES
from tests.autograd_core.compile.rows import MEMBERS, edges, ordinary, width

POINTS = 40
SMALLEST = 1e-290  # results below it may be flushed to zero
OF_TAPES = (STOP, STRONG, *COMPARISONS.values())
EXPORTED = [
    row for row in MEMBERS if row not in OF_TAPES and not row.bound.get("digits")
]
# Of the 40 powers every third.
ROWS = [row for k, row in enumerate(EXPORTED) if row.name != "powc" or k % 3 == 0]
FAMILIES = list({row.name: row for row in ROWS}.values())


def exported(row):
    """A tape that is one row of the table, as it is exported."""
    n = width(row)
    tape = Tape()
    at = tape.emit(row, tuple([tape.input() for _ in range(n)]))
    tape.outputs = [at]
    if row.multiple:
        items = [TABLE["item"].bind({"k": k}) for k in range(n)]
        tape.outputs = [tape.emit(item, (at,)) for item in items]
    return Forward(tape, list, (np.zeros(n),), (0,), [], [])


def in_jax(row):
    """The function of a point, and one that maps and compiles it."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    from autograd_core.compile.exports.jax import JaxFunction

    f = JaxFunction(exported(row))
    none = jax.numpy.zeros(0)

    def derivatives(*orders):
        found = [lambda x: jax.numpy.stack(f(none, x))]
        found.append(jax.jacrev(found[0]))
        found.append(jax.jacfwd(found[1]))
        return jax.jit(jax.vmap(lambda x: [found[k](x) for k in orders]))

    return derivatives


def in_torch(row):
    """As `in_jax`."""
    torch = pytest.importorskip("torch")
    from autograd_core.compile.exports.torch import to_torch

    module = to_torch(exported(row))

    def derivatives(*orders):
        found = [lambda x: torch.stack(module(x))]
        found.append(torch.func.jacrev(found[0]))
        found.append(torch.func.jacfwd(found[1]))
        every = [torch.func.vmap(found[k]) for k in orders]
        return lambda points: [f(torch.tensor(points)).detach() for f in every]

    return derivatives


LIBRARIES = {"jax": in_jax, "torch": in_torch}
library = pytest.mark.parametrize("library", LIBRARIES)
# PyTorch warns about its own internals when forward mode is first used.
forward_mode = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")


def truth(row, points):
    """Values, first and second derivatives by the engine."""

    def f(xs):
        out = getattr(VALUES, row.name)(*xs, **row.bound)
        return list(out) if row.multiple else [out]

    n = width(row)
    values, first, second = [], [], []
    for point in points:
        out = [x.data for x in f([Value(x) for x in point])]
        values.append(out)
        first.append(np.array(jacobian(f)(list(point)), float).reshape(len(out), n))
        lines = [
            hessian(lambda xs, k=k: f(xs)[k])(list(point)) for k in range(len(out))
        ]
        second.append(np.array(lines, float).reshape(len(out), n, n))
    return np.array(values), np.array(first), np.array(second)


def far(found, true, allowed):
    """Where two arrays of numbers are further apart than allowed."""
    with np.errstate(all="ignore"):
        apart = np.abs(np.asarray(found) - true)
    same = (found == true) | (np.isnan(found) & np.isnan(true))
    return np.argwhere(~same & ~(apart <= np.maximum(allowed, SMALLEST)))


def bounds(points, values, first, second, unit=2.0**-52):
    """What the docstring of `Program.to_jax` allows, and twice that for derivatives."""
    sizes = np.abs(points)
    moved = np.einsum("pki,pi->pk", np.abs(first), sizes)
    moved_first = np.einsum("pkij,pj->pki", np.abs(second), sizes)
    return (
        unit * (16 * np.abs(values) + 4 * moved),
        unit * (32 * np.abs(first) + 8 * moved_first),
    )


@library
@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_every_row_and_its_derivative(library, row):
    """Within the stated bound; the derivative is the library's own."""
    derivatives = LIBRARIES[library](row)
    points = ordinary(row, random.Random(repr(row)), POINTS)
    values, first, second = truth(row, points)
    value, gradient = derivatives(0, 1)(np.array(points))
    allowed, allowed_first = bounds(points, values, first, second)
    for found, true, limit in (
        (value, values, allowed),
        (gradient, first, allowed_first),
    ):
        for place in far(np.asarray(found), true, limit):
            pytest.fail(
                f"{points[place[0]]}: {found[tuple(place)]}, {true[tuple(place)]}"
            )


@pytest.mark.slow
@forward_mode
@library
@pytest.mark.parametrize("row", FAMILIES, ids=repr)
def test_second_derivatives(library, row):
    """Forward over reverse, relative to the natural size of a second derivative."""
    derivatives = LIBRARIES[library](row)
    points = ordinary(row, random.Random(repr(row)), POINTS)
    _, first, second = truth(row, points)
    (found,) = derivatives(2)(np.array(points))
    sizes = np.abs(np.array(points))
    natural = np.abs(second) + np.abs(first)[..., None] / sizes[:, None, None, :]
    for place in far(np.asarray(found), second, 1e-12 * natural):
        pytest.fail(
            f"{points[place[0]]}: {found[tuple(place)]}, {second[tuple(place)]}"
        )


# -- ONNX ------------------------------------------------------------------------------


def in_onnx(row, folder, dtype):
    """The function of points by onnxruntime."""
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from autograd_core.compile.exports.onnx import write

    file = folder / "row.onnx"
    write(exported(row), file, lambda x: x, dtype)
    session = runtime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return lambda points: np.stack(session.run(None, {"x": points.astype(dtype)}), 1)


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_every_row_in_onnx(row, tmp_path):
    """In float64 and, in its own units, in float32."""
    points = ordinary(row, random.Random(repr(row)), POINTS)
    points = np.array(points).astype("float32").astype(float)
    values, first, second = truth(row, points.tolist())
    for dtype, unit in (("float64", 2.0**-52), ("float32", 2.0**-23)):
        found = in_onnx(row, tmp_path, dtype)(points)
        assert found.dtype == dtype
        allowed, _ = bounds(points, values, first, second, unit)
        if dtype == "float32":  # what does not fit, and what is subnormal
            fits = (np.abs(values) < 1e37) & ((np.abs(values) > 1e-30) | (values == 0))
            values, found = np.where(fits, values, 0), np.where(fits, found, 0)
        for place in far(found, values, allowed):
            pytest.fail(f"{dtype}, {points[place[0]]}: {found[tuple(place)]}")


@pytest.mark.parametrize("row", FAMILIES, ids=repr)
def test_what_is_not_a_number_stays_so(row, tmp_path):
    """Among zeros, infinities and NaN no finite number is where eager has none."""
    points = [p for p in edges(row, random.Random(1), 200) if 0.0 not in p[:1]]
    true = [kernel_of(row)(*point) for point in points]
    true = np.array([x if row.multiple else [x] for x in true], float)
    found = in_onnx(row, tmp_path, "float64")(np.array(points))
    for place in np.argwhere(np.isfinite(found) & np.isnan(true)):
        pytest.fail(f"{points[place[0]]}: {found[tuple(place)]}")


# -- what is refused -------------------------------------------------------------------


@pytest.mark.parametrize("target", ["jax", "torch", "onnx"])
def test_rounding_to_digits_is_refused(target, tmp_path):
    """It names why, and what to do; every other row is exported."""
    if find_spec(target) is None:
        pytest.skip(f"{target} is not installed")
    row = TABLE["round"].bind({"digits": 2})
    run = {
        "jax": lambda: in_jax(row)(0)(np.zeros((1, 1))),
        "torch": lambda: in_torch(row)(0)(np.zeros((1, 1))),
        "onnx": lambda: in_onnx(row, tmp_path, "float64"),
    }[target]
    with pytest.raises(TraceError, match=r"round\(x, 2\) cannot be exported: other"):
        run()
    assert {row.name for row in ROWS} == set(TABLE.built_in) - {"item"}
