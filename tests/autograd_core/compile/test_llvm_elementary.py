"""Elementary functions of ``numerics="fast"`` against 50 digits."""

import math
from dataclasses import replace

import pytest

pytest.importorskip("llvmlite")
mpmath = pytest.importorskip("mpmath")
np = pytest.importorskip("numpy")

from autograd_core.compile.backends.llvm import Backend, Machine, host  # noqa: E402
from autograd_core.compile.backends.llvm.straight.plan import plan  # noqa: E402
from autograd_core.compile.passes.simplify import relax  # noqa: E402
from autograd_core.compile.tape import Tape  # noqa: E402
from autograd_core.primitives import TABLE  # noqa: E402

POINTS = 10_000
ULP = 2.0  # the promise, in units of the last place of the exact result
M = mpmath.mp.clone()
M.prec = 170

EXACT = {
    "exp": M.exp,
    "expm1": M.expm1,
    "log": M.log,
    "log1p": M.log1p,
    "tanh": M.tanh,
    "sigmoid": lambda x: 1 / (1 + M.exp(-x)),
    "logistic_slope": lambda x: 1 / (2 + M.exp(x) + M.exp(-x)),
    "softplus": lambda x: M.log1p(M.exp(x)),
    "sech": M.sech,
    "erf": M.erf,
    "gauss": lambda x: M.exp(-x * x),
    "sin": M.sin,
    "cos": M.cos,
}
# What is compiled from the float kernels with these functions inside.
COMPOSED = {
    "erfc": M.erfc,
    "normal_cdf": M.ncdf,
    "normal_pdf": M.npdf,
    "gelu": lambda x: x * M.ncdf(x),
    "silu": lambda x: x / (1 + M.exp(-x)),
    "logsigmoid": lambda x: -M.log1p(M.exp(-x)),
}
COMPOSED_ULP = 4.0  # RELIABILITY: the bound of compositions


def points(name, count):
    """Numbers of every size, many near 1, where functions change their form."""
    rng = np.random.default_rng(len(name))
    part = count // 5
    signs = rng.choice([-1.0, 1.0], part)
    found = [
        rng.normal(size=part),
        rng.normal(size=part) * 10,
        rng.uniform(-760, 760, part),
        np.exp(rng.uniform(-744, 6, part)) * signs,
        rng.uniform(-1.5, 1.5, count - 4 * part),
    ]
    if name in ("sin", "cos"):  # next to multiples of pi/2, and past the reduction
        found[2] = rng.integers(1, 10**6, part) * (math.pi / 2)
        found[1] *= 1e6
    x = np.concatenate(found)
    if name == "log":
        x = np.abs(x)
        x[:part] = 1 + 1e-3 * x[:part]
        x[2 * part : 3 * part] = np.exp(rng.uniform(-744, 709, part))
    if name == "log1p":
        x = np.where(x <= -1, np.expm1(-np.abs(x) / 10), x)
        x[:part] = np.exp(rng.uniform(0, 709, part))
    return x


def compiled(name, machine=None):
    tape = Tape()
    tape.outputs = [tape.emit(TABLE[name].bind({}), (tape.input(),))]
    executable = Backend(machine).compile(tape, summed=0, numerics="fast")
    return lambda x: executable(np.ascontiguousarray([x]), np.empty(0))[0][0]


def worst(found, x, exact):
    """The largest error in units in the last place of the exact result, and where."""
    largest, where = 0.0, None
    for value, point in zip(found.tolist(), x.tolist(), strict=True):
        true = exact(M.mpf(point))
        nearest = float(true)
        if value == nearest:
            continue
        error = float(abs(M.mpf(value) - true) / M.mpf(math.ulp(nearest)))
        if not error <= largest:  # also a NaN
            largest, where = error, point
    return largest, where


def machines():
    yield host()
    yield replace(host(), width=2)
    if "sse2" in host().features:
        yield Machine("x86-64", "", 2, False)  # no fused product and sum


@pytest.mark.parametrize("name", [*EXACT, *COMPOSED])
def test_ulp(name):
    """10,000 points of every size on this machine: the promised bound."""
    x = points(name, POINTS)
    exact, bound = {**EXACT, **COMPOSED}[name], ULP if name in EXACT else COMPOSED_ULP
    error, where = worst(compiled(name)(x), x, exact)
    assert error <= bound, where


@pytest.mark.parametrize("name", EXACT)
def test_ulp_on_other_machines(name):
    """With narrow vectors and without fused products the bound is the same."""
    x = points(name, 1000)
    for machine in machines():
        error, where = worst(compiled(name, machine)(x), x, EXACT[name])
        assert error <= ULP, (machine.name, where)


def test_tanh_with_its_slope():
    """One evaluation for both: 2 ULP, and 4 of the slope until it is 1e-306."""
    tape = Tape()
    x = tape.input()
    tanh, sech = [tape.emit(TABLE[name], (x,)) for name in ("tanh", "sech")]
    tape.outputs = [tanh, tape.emit(TABLE["square"], (sech,))]
    for shorter in (tape, relax(tape)):  # as a square, and as a product
        names = [o.row.name for o in plan(shorter, 0, "fast").varying]
        assert names == ["tanh_and_slope"]
    tape.outputs.append(sech)  # read elsewhere, too
    names = [o.row.name for o in plan(tape, 0, "fast").varying]
    assert names == ["tanh", "sech", "square"]
    tape.outputs.pop()
    at = points("tanh", POINTS)
    for machine in machines():
        executable = Backend(machine).compile(tape, summed=0, numerics="fast")
        (values, slopes), _ = executable(at[None], np.empty(0))
        near = np.abs(at) <= 353
        error, where = worst(values[::5], at[::5], M.tanh)
        assert error <= ULP, where
        error, where = worst(slopes[near][::5], at[near][::5], lambda x: M.sech(x) ** 2)
        assert error <= COMPOSED_ULP, where
        assert (slopes[~near] == 0).all()
        (values, slopes), _ = executable(np.array([SPECIAL]), np.empty(0))
        expected = AT_SPECIAL["tanh"], (1, 1, 0, 0, NAN, 1, 1, 0, 0)
        for found, true in zip((values, slopes), expected, strict=True):
            assert list(map(repr, found.tolist())) == list(map(repr, map(float, true)))


INF, NAN, LN2 = math.inf, math.nan, math.log(2)
SPECIAL = (0.0, -0.0, INF, -INF, NAN, 5e-324, -5e-324, 1e308, -1e308)
AT_SPECIAL = {
    "exp": (1, 1, INF, 0, NAN, 1, 1, INF, 0),
    "expm1": (0.0, -0.0, INF, -1, NAN, 5e-324, -5e-324, INF, -1),
    "log": (-INF, -INF, INF, NAN, NAN, -744.4400719213812, NAN, 709.1962086421661, NAN),
    "log1p": (0.0, -0.0, INF, NAN, NAN, 5e-324, -5e-324, 709.1962086421661, NAN),
    "tanh": (0.0, -0.0, 1, -1, NAN, 5e-324, -5e-324, 1, -1),
    "sigmoid": (0.5, 0.5, 1, 0, NAN, 0.5, 0.5, 1, 0),
    "logistic_slope": (0.25, 0.25, 0, 0, NAN, 0.25, 0.25, 0, 0),
    "softplus": (
        *[0.6931471805599453] * 2,
        INF,
        0,
        NAN,
        *[0.6931471805599453] * 2,
        1e308,
        0,
    ),
    "sech": (1, 1, 0, 0, NAN, 1, 1, 0, 0),
    "erf": (0.0, -0.0, 1, -1, NAN, 5e-324, -5e-324, 1, -1),
    "gauss": (1, 1, 0, 0, NAN, 1, 1, 0, 0),
    "sin": (
        0.0,
        -0.0,
        NAN,
        NAN,
        NAN,
        5e-324,
        -5e-324,
        math.sin(1e308),
        math.sin(-1e308),
    ),
    "cos": (1, 1, NAN, NAN, NAN, 1, 1, math.cos(1e308), math.cos(1e308)),
}


@pytest.mark.parametrize("name", EXACT)
def test_special_values(name):
    """Infinities, NaN, signed zeros, the smallest and the largest numbers."""
    for machine in machines():
        found = compiled(name, machine)(np.array(SPECIAL)).tolist()
        assert list(map(repr, found)) == list(map(repr, map(float, AT_SPECIAL[name])))


def test_overflow_and_underflow_of_exp():
    """The largest result, infinity one step on; subnormal results, 0 one step on."""
    x = [709.782712893384, 709.7827128933841, -708.4, -745.1332191019411, -745.2]
    expected = [math.exp(x[0]), math.inf, math.exp(-708.4), 5e-324, 0.0]
    assert compiled("exp")(np.array(x)).tolist() == expected


def test_the_bound_is_no_rubber():
    """A result that is off by three units is noticed."""
    x = np.array([0.3, 1.7])
    found = np.tanh(x) + 3 * np.spacing(np.tanh(x))
    assert worst(found, x, M.tanh)[0] > ULP
