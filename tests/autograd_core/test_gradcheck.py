"""The tester is tested: every planted bug must be found, every right rule pass."""

import math
import random
from contextlib import contextmanager

import pytest

import autograd_core as ac
from autograd_core import GradientCheckError, Primitive, check_grads, reverse
from autograd_core import forward as forward_module
from autograd_core.functions import apply
from autograd_core.primitives import TABLE


def row(name):
    """The function of a helper row, which has no public one."""
    return lambda *xs: apply(TABLE[name], xs, {})


# row -> (which partial, the wrong rule, the function to check, the point). The
# wrong rules are the slips people make: a sign, a factor, a forgotten inner
# derivative, a stale or rounded form, one operand for another.
WRONG_RULES = {
    "add: sign of the second": ("add", 1, lambda m, x, y, out: -1, None, (1.5, 2.0)),
    "add: twice": ("add", 0, lambda m, x, y, out: 2, None, (1.5, 2.0)),
    "sub: sign": ("sub", 1, lambda m, x, y, out: 1, None, (1.5, 2.0)),
    "mul: own factor": ("mul", 0, lambda m, x, y, out: x, None, (1.5, 2.0)),
    "mul: forgotten": ("mul", 1, None, None, (1.5, 2.0)),
    "div: sign": ("div", 1, lambda m, x, y, out: out / y, None, (1.5, 2.0)),
    "div: power": ("div", 1, lambda m, x, y, out: -x / y, None, (1.5, 3.0)),
    "ratio_slope: sign": (
        "ratio_slope",
        1,
        lambda m, x, y, out, k: -m.ratio_slope(x, y, k=k + 1),
        lambda x, y: x / y,
        (1.5, 2.0),
    ),
    "neg: sign": ("neg", 0, lambda m, x, out: 1, None, (1.5,)),
    "square: no 2": ("square", 0, lambda m, x, out: x, ac.square, (1.5,)),
    "square: 2.001": ("square", 0, lambda m, x, out: 2.001 * x, ac.square, (1.5,)),
    "square: 2 + 1e-8": (
        "square",
        0,
        lambda m, x, out: 2.00000001 * x,
        ac.square,
        (1.5,),
    ),
    "reciprocal: sign": (
        "reciprocal",
        0,
        lambda m, x, out: out / x,
        ac.reciprocal,
        (1.5,),
    ),
    "powc: exponent kept": (
        "powc",
        0,
        lambda m, x, out, n, k: n * out,
        lambda x: x**3,
        (1.5,),
    ),
    "powc: factor lost": (
        "powc",
        0,
        lambda m, x, out, n, k: out / x,
        lambda x: x**3,
        (1.5,),
    ),
    "pow: no log": ("pow", 1, lambda m, x, y, out, k, j: out, ac.power, (1.5, 2.5)),
    "pow: exponent kept": (
        "pow",
        0,
        lambda m, x, y, out, k, j: y * out,
        ac.power,
        (1.5, 2.5),
    ),
    "sqrt: no 1/2": ("sqrt", 0, lambda m, x, out: 1 / out, ac.sqrt, (1.5,)),
    "cbrt: not squared": ("cbrt", 0, lambda m, x, out: 1 / (3 * out), ac.cbrt, (1.5,)),
    "hypot: not divided": ("hypot", 0, lambda m, x, y, out: x, ac.hypot, (1.5, 2.0)),
    "exp: x for out": ("exp", 0, lambda m, x, out: x, ac.exp, (1.5,)),
    "expm1: out for out + 1": ("expm1", 0, lambda m, x, out: out, ac.expm1, (0.5,)),
    "log: constant": ("log", 0, lambda m, x, out: 1, ac.log, (1.5,)),
    "log1p: 1/x": ("log1p", 0, lambda m, x, out: 1 / x, ac.log1p, (1.5,)),
    "log2: natural": ("log2", 0, lambda m, x, out: 1 / x, ac.log2, (1.5,)),
    "log10: of 2": ("log10", 0, lambda m, x, out: 1 / x / m.ln2, ac.log10, (1.5,)),
    "xlogy: swapped": ("xlogy", 1, lambda m, x, y, out: y / x, ac.xlogy, (1.5, 2.0)),
    "logaddexp: exp": (
        "logaddexp",
        0,
        lambda m, x, y, out: m.exp(x),
        ac.logaddexp,
        (1.5, 2.0),
    ),
    "sin: sign": ("sin", 0, lambda m, x, out: -m.cos(x), ac.sin, (1.5,)),
    "cos: sign": ("cos", 0, lambda m, x, out: m.sin(x), ac.cos, (1.5,)),
    "tan: 1 - t*t": ("tan", 0, lambda m, x, out: 1 - out * out, ac.tan, (0.5,)),
    "asin: no root": ("asin", 0, lambda m, x, out: m.atanh_slope(x), ac.asin, (0.5,)),
    "acos: sign": ("acos", 0, lambda m, x, out: m.asin_slope(x), ac.acos, (0.5,)),
    "atan: sign inside": (
        "atan",
        0,
        lambda m, x, out: m.atanh_slope(x),
        ac.atan,
        (0.5,),
    ),
    "atan2: sign": (
        "atan2",
        1,
        lambda m, y, x, out: y / (x * x + y * y),
        ac.atan2,
        (1.5, 2.0),
    ),
    "sinh: sign": ("sinh", 0, lambda m, x, out: -m.cosh(x), ac.sinh, (1.5,)),
    "cosh: the sign of cos": ("cosh", 0, lambda m, x, out: -m.sinh(x), ac.cosh, (1.5,)),
    "tanh: not squared": ("tanh", 0, lambda m, x, out: m.sech(x), ac.tanh, (0.5,)),
    "tanh: rounded form": (
        "tanh",
        0,
        lambda m, x, out: 1 - out * out,
        ac.tanh,
        (18.0,),
    ),
    "asinh: no root": ("asinh", 0, lambda m, x, out: 1 / (1 + x * x), ac.asinh, (1.5,)),
    "acosh: sign inside": (
        "acosh",
        0,
        lambda m, x, out: 1 / m.sqrt(x * x + 1),
        ac.acosh,
        (1.5,),
    ),
    "atanh: sign inside": (
        "atanh",
        0,
        lambda m, x, out: 1 / (1 + x * x),
        ac.atanh,
        (0.5,),
    ),
    "sigmoid: no 1 - out": ("sigmoid", 0, lambda m, x, out: out, ac.sigmoid, (0.5,)),
    "sigmoid: rounded form": (
        "sigmoid",
        0,
        lambda m, x, out: out * (1 - out),
        ac.sigmoid,
        (40.0,),
    ),
    "logsigmoid: wrong side": (
        "logsigmoid",
        0,
        lambda m, x, out: m.sigmoid(x),
        ac.logsigmoid,
        (0.5,),
    ),
    "softplus: threshold 20": (
        "softplus",
        0,
        lambda m, x, out: m.where(m.step(x - 20), 1, m.sigmoid(x)),
        ac.softplus,
        (25.0,),
    ),
    "relu: always 1": ("relu", 0, lambda m, x, out: 1, ac.relu, (-1.5,)),
    "relu: never": ("relu", 0, None, ac.relu, (1.5,)),
    "leaky_relu: plain relu": (
        "leaky_relu",
        0,
        lambda m, x, out, slope: m.step(x),
        ac.leaky_relu,
        (-1.5,),
    ),
    "elu: constant": (
        "elu",
        0,
        lambda m, x, out, alpha: m.where(m.step(x), 1, alpha),
        ac.elu,
        (-1.5,),
    ),
    "silu: inner only": ("silu", 0, lambda m, x, out: m.sigmoid(x), ac.silu, (1.5,)),
    "gelu: inner only": ("gelu", 0, lambda m, x, out: m.normal_cdf(x), ac.gelu, (1.5,)),
    "erf: no constant": ("erf", 0, lambda m, x, out: m.gauss(x), ac.erf, (0.5,)),
    "erfc: sign": (
        "erfc",
        0,
        lambda m, x, out: m.two_over_sqrt_pi * m.gauss(x),
        ac.erfc,
        (0.5,),
    ),
    "abs: always 1": ("abs", 0, lambda m, x, out: 1, abs, (-1.5,)),
    "maximum: both": ("maximum", 1, lambda m, x, y, out: 1, ac.maximum, (2.0, 1.5)),
    "maximum: a tie of 1 + 1": (
        "maximum",
        0,
        lambda m, x, y, out: m.greater(x, y) + 1 / 2,
        lambda x: ac.maximum(x, x),
        (2.0,),
    ),
    "minimum: swapped": (
        "minimum",
        0,
        lambda m, x, y, out: m.greater(x, y),
        ac.minimum,
        (2.0, 1.5),
    ),
    "where: the other side": (
        "where",
        1,
        lambda m, c, x, y, out: m.where(c, 0, 1),
        lambda x: ac.where(1, x * x, x),
        (1.5,),
    ),
    "clip: outside too": (
        "clip",
        0,
        lambda m, x, out, low, high: 1,
        lambda x: ac.clip(x, -1.0, 1.0),
        (1.5,),
    ),
    "binary_cross_entropy: p": (
        "binary_cross_entropy",
        0,
        lambda m, x, y, out: m.sigmoid(x),
        ac.binary_cross_entropy,
        (1.5, 0.25),
    ),
    # Right to first order, wrong in the second.
    "logistic_slope: sign": (
        "logistic_slope",
        0,
        lambda m, x, out: out * m.tanh(x / 2),
        ac.sigmoid,
        (0.5,),
    ),
    "logistic_slope: no 1/2": (
        "logistic_slope",
        0,
        lambda m, x, out: -out * m.tanh(x),
        ac.sigmoid,
        (0.5,),
    ),
    "sech: sign": ("sech", 0, lambda m, x, out: out * m.tanh(x), ac.tanh, (0.5,)),
    "gauss: no 2": ("gauss", 0, lambda m, x, out: -x * out, ac.erf, (0.5,)),
    "normal_pdf: 2": (
        "normal_pdf",
        0,
        lambda m, x, out: -2 * x * out,
        ac.normal_cdf,
        (0.5,),
    ),
    "asin_slope: no cube": (
        "asin_slope",
        0,
        lambda m, x, out: x * out,
        ac.asin,
        (0.5,),
    ),
    "atanh_slope: no 2": (
        "atanh_slope",
        0,
        lambda m, x, out: x * out * out,
        ac.atanh,
        (0.5,),
    ),
    "sigmoid_diff: sign": (
        "sigmoid_diff",
        1,
        lambda m, x, y, out: out * m.sigmoid_diff(y, x),
        ac.logaddexp,
        (1.5, 2.0),
    ),
    "hypot_slope: sign": (
        "hypot_slope",
        1,
        lambda m, x, y, out, i, j: -m.hypot_slope(x, y, i=i, j=j + 1),
        ac.hypot,
        (1.5, 2.0),
    ),
    "atan2_slope: no 2": (
        "atan2_slope",
        1,
        lambda m, y, x, out, i, j: m.atan2_slope(y, x, i=i, j=j + 1) / 2,
        ac.atan2,
        (1.5, 2.0),
    ),
    "acosh_slope: one factor": (
        "acosh_slope",
        0,
        lambda m, x, out: -x * out / (x - 1),
        ac.acosh,
        (1.5,),
    ),
    "silu_slope: inner only": (
        "silu_slope",
        0,
        lambda m, x, out, k: 2 * m.logistic_slope(x),
        ac.silu,
        (1.5,),
    ),
    "normal_cdf: gauss": (
        "normal_cdf",
        0,
        lambda m, x, out: m.gauss(x),
        ac.gelu,
        (0.5,),
    ),
    "gauss_derivative: first again": (
        "gauss_derivative",
        0,
        lambda m, x, out, k: m.gauss_derivative(x, k=k),
        row("gauss_derivative"),
        (0.5,),
    ),
    "normal_pdf_derivative: first again": (
        "normal_pdf_derivative",
        0,
        lambda m, x, out, k: m.normal_pdf_derivative(x, k=k),
        row("normal_pdf_derivative"),
        (0.5,),
    ),
    "sinc: not advanced": (
        "sinc",
        0,
        lambda m, x, out, k: m.sinc(x, k=k),
        ac.sinc,
        (1.5,),
    ),
}

WRONG_VARIADIC = {
    "softmax_rest: sign": (
        "softmax_rest",
        lambda m, xs, outs: [
            [p * r if k == i else p * q for i, q in enumerate(m.softmax(*xs))]
            for k, (p, r) in enumerate(zip(m.softmax(*xs), outs, strict=True))
        ],
        lambda xs: row("softmax_rest")(*xs),
    ),
    "sum: the last forgotten": (
        "sum",
        lambda m, xs, out: (1,) * (len(xs) - 1) + (0,),
        ac.sum,
    ),
    "dot: not swapped": ("dot", lambda m, xs, out: xs, lambda xs: ac.dot(xs, xs[::-1])),
    "logsumexp: not divided": (
        "logsumexp",
        lambda m, xs, out: [m.exp(x) for x in xs],
        ac.logsumexp,
    ),
    "softmax: diagonal only": (
        "softmax",
        lambda m, xs, outs: [
            [p * (1 - p) if i == k else 0 for i in range(len(xs))]
            for k, p in enumerate(outs)
        ],
        ac.softmax,
    ),
    "log_softmax: no one-hot": (
        "log_softmax",
        lambda m, xs, outs: [[-p for p in m.softmax(*xs)] for _ in xs],
        ac.log_softmax,
    ),
    "cross_entropy: p": (
        "cross_entropy",
        lambda m, xs, out, target: m.softmax(*xs),
        lambda xs: ac.cross_entropy(xs, 1),
    ),
    "soft_cross_entropy: sign of the weights' gradient": (
        "soft_cross_entropy",
        lambda m, xs, out: [
            *(p - y for p, y in zip(m.softmax(*xs[:3]), xs[3:], strict=True)),
            *m.log_softmax(*xs[:3]),
        ],
        lambda xs: ac.cross_entropy(xs, [xs[0] * 0.1, xs[1] * 0.2, xs[2] * 0.3]),
    ),
}


@contextmanager
def planted(name, partials):
    """The row with other partials; its members for attributes are made anew."""
    planted_in = TABLE[name]
    right = {"partials": planted_in.partials, "general": planted_in.general}
    hole = isinstance(partials, tuple) and None in partials
    wrong = {"partials": partials, "general": right["general"] or hole}
    try:
        for field, value in wrong.items():
            object.__setattr__(planted_in, field, value)
        planted_in._members.clear()
        yield
    finally:
        for field, value in right.items():
            object.__setattr__(planted_in, field, value)
        planted_in._members.clear()


OPERATORS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
}


@pytest.mark.parametrize("bug", WRONG_RULES)
def test_a_planted_wrong_rule_is_found(bug):
    name, i, wrong, f, point = WRONG_RULES[bug]
    f = f or OPERATORS[name]
    check_grads(f, point)  # the right rule passes at the same point
    partials = list(TABLE[name].partials)
    partials[i] = wrong
    with (
        planted(name, tuple(partials)),
        pytest.raises(GradientCheckError, match="comparisons fail"),
    ):
        check_grads(f, point)


@pytest.mark.parametrize("bug", WRONG_VARIADIC)
def test_a_planted_wrong_variadic_rule_is_found(bug):
    name, wrong, f = WRONG_VARIADIC[bug]
    point = ([0.5, -1.0, 2.0],)
    check_grads(f, point)
    with (
        planted(name, wrong),
        pytest.raises(GradientCheckError, match="comparisons fail"),
    ):
        check_grads(f, point)


def fan_out(x, y):
    shared = x * y
    return shared * ac.sin(shared) + shared / y + x


def by_value(x):
    # The mistake of skipping every zero while recording a gradient.
    number = x._data if isinstance(x, ac.Value) else x
    return number == 0


WRONG_SWEEPS = {
    "a contribution overwrites the others": (
        reverse,
        "plus",
        lambda before, c: before if c is None else c,
    ),
    "a contribution is lost": (
        reverse,
        "plus",
        lambda before, c: c if before is None else before,
    ),
    "the product is a sum": (reverse, "recorded_product", lambda g, p: g + p),
    "the adjoint is forgotten": (reverse, "recorded_product", lambda g, p: p),
    "the partial is forgotten": (reverse, "recorded_product", lambda g, p: g),
    "zeros are skipped by value": (reverse, "structural_zero", by_value),
    "tangents overwrite": (
        forward_module,
        "plus",
        lambda before, c: before if c is None else c,
    ),
    "tangents are not multiplied": (forward_module, "product", lambda t, p: p),
    "recorded tangents lost": (
        forward_module,
        "plus",
        lambda before, c: c if before is None else before,
    ),
}


@pytest.mark.parametrize("bug", WRONG_SWEEPS)
def test_a_planted_wrong_sweep_is_found(bug, monkeypatch):
    module, name, wrong = WRONG_SWEEPS[bug]

    def check():
        check_grads(fan_out, (0.5, 1.5))
        check_grads(lambda x: ac.sin(x) ** 2, (0.0,))

    check()
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises(GradientCheckError, match="comparisons fail"):
        check()


def test_the_hot_path_of_the_sweep_is_seen_too(monkeypatch):
    """Visiting nodes in the wrong order loses contributions."""
    right = ac.gradcheck.between

    def shuffled(roots, inputs):
        nodes, captured = right(roots, inputs)
        random.Random(1).shuffle(nodes)
        return nodes, captured

    monkeypatch.setattr(ac.gradcheck, "between", shuffled)
    with pytest.raises(GradientCheckError):
        check_grads(fan_out, (0.5, 1.5))


def test_at_least_forty_bugs_are_planted():
    assert len(WRONG_RULES) + len(WRONG_VARIADIC) + len(WRONG_SWEEPS) >= 40


def test_every_differentiable_row_has_a_planted_bug():
    planted = {v[0] for v in (*WRONG_RULES.values(), *WRONG_VARIADIC.values())}
    without = {"identity", "strong_mul", "item", "logsumexp_slope"}  # the sweep's own
    flat = {n for n, r in TABLE.items() if r.partials == (None,) * max(r.arity, 0)}
    assert set(TABLE.built_in) - without - flat == planted


KINKS = {
    "relu at 0": (ac.relu, (0.0,)),
    "abs at 0": (abs, (0.0,)),
    "leaky_relu at 0": (ac.leaky_relu, (0.0,)),
    "a tie": (ac.maximum, (1.5, 1.5)),
    "clip at its bound": (lambda x: ac.clip(x, 0.0, 1.0), (1.0,)),
    "hypot at the origin": (ac.hypot, (0.0, 0.0)),
}


@pytest.mark.parametrize("kink", KINKS)
def test_a_slope_between_the_one_sided_slopes_is_right(kink):
    f, point = KINKS[kink]
    check_grads(f, point)


def test_a_slope_outside_the_one_sided_slopes_is_wrong():
    with planted("relu", (lambda m, x, out: 2,)), pytest.raises(GradientCheckError):
        check_grads(ac.relu, (0.0,))


def test_nan_never_passes():
    with (
        planted("sin", (lambda m, x, out: x * math.nan,)),
        pytest.raises(GradientCheckError, match="nan"),
    ):
        check_grads(ac.sin, (0.5,))


def test_the_table_names_entry_mode_numbers_and_source():
    with (
        planted("sin", (lambda m, x, out: 2 * m.cos(x),)),
        pytest.raises(GradientCheckError) as error,
    ):
        check_grads(lambda x: ac.sin(x), (0.0,), order=1)
    lines = str(error.value).splitlines()
    assert lines[0] == "4 of 5 comparisons fail; the worst:"
    assert "d f[0] / d x[0]" in lines[2]
    assert "fwd" in str(error.value)
    assert "rev" in str(error.value)
    assert "complex step" in str(error.value)
    assert "differences" in str(error.value)


def test_results_and_arguments_may_be_trees():
    def f(w, x):
        return {"p": ac.softmax([w["a"] * x, w["b"] * x]), "s": ac.sin(x)}

    check_grads(f, ({"a": 0.3, "b": -0.4}, 1.2))


BAD_CALLS = {
    "order": ({"order": 3}, ValueError, "'order' must be 1 or 2"),
    "mode": ({"modes": ("reverse",)}, ValueError, "'modes' must be of"),
    "no mode": ({"modes": ()}, ValueError, "'modes' must be of"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_bad_options_are_named(case):
    options, error, message = BAD_CALLS[case]
    with pytest.raises(error, match=message):
        check_grads(ac.sin, (0.5,), **options)


@pytest.mark.parametrize("args", [(), (math.nan,), (math.inf,), ("x",)])
def test_the_point_must_be_finite_numbers(args):
    with pytest.raises(TypeError, match=r"finite floats|takes a real number"):
        check_grads(ac.sin, args)


def test_a_function_no_reference_can_run_is_refused():
    outside = ac.Value(2.0)
    with pytest.raises(GradientCheckError, match="no reference can run"):
        check_grads(lambda x: x * outside, (0.5,))


def test_a_row_without_complex_kernel_is_judged_by_differences():
    check_grads(ac.gelu, (0.7,))
    check_grads(ac.erf, (0.7,))


def test_a_users_row_is_judged():
    cube = ac.register(
        Primitive(
            "wrong_cube",
            partials=(lambda m, x, out: 2 * x * x,),
            formula=lambda m, x: x * x * x,
        )
    )
    try:
        with pytest.raises(GradientCheckError):
            check_grads(cube, (1.5,))
    finally:
        TABLE.discard("wrong_cube")
