"""First-order steps against the papers' equations, PyTorch's and the notes' numbers."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest

import optim
from autograd_core import Value, grad
from optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    RMSProp,
    adagrad_update,
    adam_update,
    adamw_update,
    follow,
    gradient_descent_update,
    rmsprop_update,
    sgd_update,
)


# The figure of the notes' linear regression, E(m, b), with its minimum away from 0.
def error(x: list[Any]) -> Any:
    m, b = x
    return 14 * m**2 + 3 * b**2 + 38 + 12 * m * b - 42 * m - 20 * b


CONFIGURATIONS: dict[str, tuple[Callable[..., optim.FirstOrder], dict[str, Any]]] = {
    "SGD": (SGD, {"lr": 0.01}),
    "SGD momentum": (SGD, {"lr": 0.01, "momentum": 0.9}),
    "SGD nesterov decay": (
        SGD,
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    "Adagrad": (Adagrad, {"lr": 0.5}),
    "Adagrad decay": (Adagrad, {"lr": 0.5, "weight_decay": 0.1}),
    "RMSProp": (RMSProp, {"lr": 0.05}),
    "RMSProp decay": (RMSProp, {"lr": 0.01, "alpha": 0.9, "weight_decay": 0.1}),
    "Adam": (Adam, {"lr": 0.1}),
    "Adam decay": (Adam, {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1}),
    "AdamW": (AdamW, {"lr": 0.1}),
    "AdamW decay": (AdamW, {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.5}),
}
OURS_ONLY: dict[str, tuple[Callable[..., optim.FirstOrder], dict[str, Any]]] = {
    "GradientDescent": (GradientDescent, {"lr": 0.01}),
    "SGD damped": (SGD, {"lr": 0.05, "momentum": 0.9, "damped": True}),
    "Adagrad no root": (Adagrad, {"lr": 0.5, "eps": 1.0, "root": False}),
    "RMSProp eps inside": (RMSProp, {"lr": 0.05, "eps": 0.01, "eps_inside": True}),
    "Adam eps inside": (Adam, {"lr": 0.1, "eps": 0.01, "eps_inside": True}),
}

# PyTorch 2.13.0 (CPU, float64), torch.optim.SGD, Adagrad, RMSprop, Adam and AdamW with
# these settings and its own gradients of E from (0, 0): step -> (m, b).
PYTORCH = {
    "SGD": {
        1: (0.42, 0.2),
        10: (1.2021960436749723, 0.6764085645120953),
        100: (0.8777177012567314, 1.4746922159538698),
    },
    "SGD momentum": {
        1: (0.42, 0.2),
        10: (0.2903751847974192, 0.7197093244550189),
        100: (0.5110972423600645, 2.324910031401767),
    },
    "SGD nesterov decay": {
        1: (0.798, 0.38),
        10: (0.929125908841355, 1.0591722709425149),
        100: (0.5933266442834039, 2.1107842679978353),
    },
    "Adagrad": {
        1: (0.4999999999988095, 0.49999999999750006),
        10: (1.0116998627902198, 1.1726714740518875),
        100: (0.6678774493948944, 1.958954324788924),
    },
    "Adagrad decay": {
        1: (0.4999999999988095, 0.49999999999750006),
        10: (1.0110122662719498, 1.1631098609656614),
        100: (0.7084758994296044, 1.8548368747021258),
    },
    "RMSProp": {
        1: (0.4999999988095236, 0.4999999974999998),
        10: (1.0111416689392536, 1.1765078111252212),
        100: (0.6163025213133584, 2.0739363740325962),
    },
    "RMSProp decay": {
        1: (0.03162277657787427, 0.0316227765516838),
        10: (0.16820227211307984, 0.1684905978999257),
        100: (0.9272527483557553, 0.9496350128176292),
    },
    "Adam": {
        1: (0.09999999997619047, 0.09999999995),
        10: (0.9301988684355998, 0.9372908792007756),
        100: (0.709628311116941, 1.8702068839105015),
    },
    "Adam decay": {
        1: (0.09999999997619048, 0.09999999995),
        10: (0.9215261241227786, 0.9296782127162694),
        100: (0.5903801311041027, 2.1181369202116618),
    },
    "AdamW": {
        1: (0.09999999997619047, 0.09999999995),
        10: (0.9262096079140965, 0.9332443815809373),
        100: (0.7189845346878914, 1.8407167394133146),
    },
    "AdamW decay": {
        1: (0.09999999997619048, 0.09999999995),
        10: (0.7496149890563883, 0.7550381281423768),
        100: (0.7818905562850509, 1.6684905814498738),
    },
}
SAME = 1e-12  # of the vector's norm, over 100 steps


def path(name: str, steps: int = 100) -> list[list[float]]:
    make, settings = (CONFIGURATIONS | OURS_ONLY)[name]
    done = follow(
        error, [0.0, 0.0], lambda p: make(p, **settings), max_iterations=steps
    )
    return [line.x for line in done.history]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_steps_are_those_that_pytorch_printed(name: str) -> None:
    ours = path(name)
    for step, theirs in PYTORCH[name].items():
        assert math.dist(ours[step], theirs) <= SAME * math.hypot(*theirs)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_steps_are_those_of_pytorch(name: str) -> None:
    """All 100 of them, where PyTorch is installed."""
    torch = pytest.importorskip("torch")
    make, settings = CONFIGURATIONS[name]
    theirs = {"RMSProp": "RMSprop"}.get(make.__name__, make.__name__)
    x = [torch.tensor(0.0, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    optimizer = getattr(torch.optim, theirs)(x, **settings)
    for ours in path(name)[1:]:
        optimizer.zero_grad()
        error(x).backward()
        optimizer.step()
        reference = [p.item() for p in x]
        assert math.dist(ours, reference) <= SAME * math.hypot(*reference)


# -- the papers' equations, written from sums over the whole past ----------------------


def averages(decay: Any, past: list[Any]) -> Any:
    """(1 - decay) Σ decay^(t-i) x_i, not recursively (A-92)."""
    t = len(past)
    weights = [(1 - decay) * decay ** (t - 1 - i) for i in range(t)]
    return mpmath.fsum(w * x for w, x in zip(weights, past, strict=True))


def reference(name: str, steps: int) -> Iterator[list[Any]]:
    """The points of a configuration in 40 digits."""
    make, given = (CONFIGURATIONS | OURS_ONLY)[name]
    s = {k: mpmath.mpf(x) if isinstance(x, float) else x for k, x in given.items()}
    defaults = {
        "Adagrad": {"eps": mpmath.mpf(1e-10)},
        "RMSProp": {"eps": mpmath.mpf(1e-8), "alpha": mpmath.mpf(0.99)},
        "AdamW": {"weight_decay": mpmath.mpf(0.01)},
    }
    common = {"eps": mpmath.mpf(1e-8), "betas": (0.9, 0.999)}
    nothing = {"momentum": mpmath.mpf(0), "weight_decay": mpmath.mpf(0)}
    s = common | nothing | defaults.get(make.__name__, {}) | s
    b1, b2 = map(mpmath.mpf, s["betas"])
    x = [mpmath.mpf(0), mpmath.mpf(0)]
    past: list[list[Any]] = [[], []]
    eps, lr, decay = s["eps"], s["lr"], s["weight_decay"]
    for t in range(1, steps + 1):
        m, b = x
        slopes = [28 * m + 12 * b - 42, 6 * b + 12 * m - 20]
        for i, slope in enumerate(slopes):
            decoupled = make is AdamW
            past[i].append(slope + (0 if decoupled else decay * x[i]))
            g, all_g = past[i][-1], past[i]
            squares = [a * a for a in all_g]
            if make in (SGD, GradientDescent):
                mu = s["momentum"]
                v = mpmath.fsum(mu ** (t - 1 - k) * a for k, a in enumerate(all_g))
                v *= 1 - mu if s.get("damped") else 1
                x[i] = x[i] - lr * (g + mu * v if s.get("nesterov") else v)
            elif make is Adagrad:
                total = mpmath.fsum(squares)
                root = total if s.get("root") is False else mpmath.sqrt(total)
                x[i] = x[i] - lr / (root + eps) * g
            elif make is RMSProp:
                v = averages(s["alpha"], squares)
                inside = s.get("eps_inside")
                x[i] = x[i] - lr * g / (
                    mpmath.sqrt(v + eps) if inside else mpmath.sqrt(v) + eps
                )
            else:
                m_hat = averages(b1, all_g) / (1 - b1**t)
                v_hat = averages(b2, squares) / (1 - b2**t)
                inside = s.get("eps_inside")
                below = mpmath.sqrt(v_hat + eps) if inside else mpmath.sqrt(v_hat) + eps
                shrunk = x[i] * (1 - lr * decay) if decoupled else x[i]
                x[i] = shrunk - lr * m_hat / below
        yield list(x)


@pytest.mark.parametrize("name", [*CONFIGURATIONS, *OURS_ONLY])
def test_steps_are_those_of_the_papers(name: str) -> None:
    with mpmath.workdps(40):
        for ours, exact in zip(path(name)[1:], reference(name, 100), strict=True):
            size = mpmath.hypot(*exact)
            off = mpmath.hypot(*(a - b for a, b in zip(ours, exact, strict=True)))
            assert off <= SAME * size


# -- the notes' numbers ----------------------------------------------------------------

GRADIENTS = (0.3, -0.5, 0.2, 0.4)  # γ = .8, β = .9, η = .01, from 1
NOTES = {
    "A-84": (GradientDescent, {"lr": 0.01}, [0.997, 1.002, 1.0, 0.996]),
    "A-89": (
        SGD,
        {"lr": 0.01, "momentum": 0.8, "damped": True},
        [0.9994, 0.99992, 0.999936, 0.9991488],
    ),
    "A-90": (
        RMSProp,
        {"lr": 0.01, "alpha": 0.9, "eps_inside": True},
        [0.96837724096651079, 0.99585972231154451, 0.98497954844462874,
         0.96641221736603795],
    ),
    "A-88, eps inside": (
        Adam,
        {"lr": 0.01, "betas": (0.8, 0.9), "eps_inside": True},
        [0.99000000055555551, 0.9934606980139046, 0.99355354989205125,
         0.98992407041199553],
    ),
    "A-88, eps outside": (
        Adam,
        {"lr": 0.01, "betas": (0.8, 0.9)},
        [0.99000000033333332, 0.99346069780809383, 0.99355354968733436,
         0.98992407017160699],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTES)
def test_the_notes_numbers(case: str) -> None:
    make, settings, expected = NOTES[case]
    w = Value(1.0)
    optimizer = make([w], **settings)
    for g, p in zip(GRADIENTS, expected, strict=True):
        w.grad = g
        optimizer.step()
        assert w.data == pytest.approx(p, rel=4e-16)  # printed with 17 digits


ITERATES = {
    "S43": (lambda x: x[0] ** 2 + x[1] ** 2, [1.0, -2.0],
            lambda p: GradientDescent(p, lr=0.1), {3: [0.512, -1.024]}),
    "S45, faster": (lambda x: x[0] ** 2 + x[1] ** 2, [1.0, -2.0],
                    lambda p: GradientDescent(p, lr=0.6), {5: [-0.00032, 0.00064]}),
    "N44, too far": (lambda x: 3 * x[0] ** 2, [1.0],
                     lambda p: GradientDescent(p, lr=0.4), {5: [-5.37824]}),
    "A-82": (lambda x: x[0] ** 2 / 100 + x[1] ** 2, [1.0, 1.0],
             lambda p: GradientDescent(p, lr=0.95),
             {1: [0.981, -0.9], 5: [0.908542059128901, -0.59049]}),
    "S55, damped": (error, [0.0, 0.0],
                    lambda p: SGD(p, lr=0.02, momentum=0.9, damped=True),
                    {4: [0.68428427136, 0.328540728832]}),
    "S55, classical": (error, [0.0, 0.0], lambda p: SGD(p, lr=0.02, momentum=0.9),
                       {4: [2.0433552, 1.16867392]}),
    "S56": (error, [0.0, 0.0], lambda p: Adagrad(p, lr=0.5, eps=0.0),
            {3: [0.86053891328515767, 0.88314085984089221]}),
    "S56, as printed": (error, [0.0, 0.0],
                        lambda p: Adagrad(p, lr=0.5, eps=0.0, root=False),
                        {1: [0.5 / 42, 0.025]}),
    "S57": (error, [0.0, 0.0], lambda p: Adam(p, lr=0.1),
            {3: [0.29852212663584727, 0.29863733268251181]}),
}  # fmt: skip


@pytest.mark.parametrize("case", ITERATES)
def test_the_notes_iterates(case: str) -> None:
    f, start, make, expected = ITERATES[case]
    done = follow(f, start, make, max_iterations=max(expected))
    for step, point in expected.items():
        assert done.history[step].x == pytest.approx(point, rel=1e-14)


def test_the_damped_form_is_the_usual_one_at_another_rate() -> None:
    """η/(1-γ) for η (S55), to the rounding of four steps."""
    ends = [
        follow(error, [0.0, 0.0], make, max_iterations=4).x
        for make in (
            lambda p: SGD(p, lr=0.002, momentum=0.9),
            lambda p: SGD(p, lr=0.02, momentum=0.9, damped=True),
        )
    ]
    assert ends[0] == pytest.approx(ends[1], rel=1e-14)


@pytest.mark.parametrize(
    ("inside", "share"), [(True, 0.0099995000374968753), (False, 0.9900990099009901)]
)
def test_where_epsilon_stands_matters_for_small_gradients(
    inside: bool, share: float
) -> None:
    """E50: a constant gradient of 1e-6; the step in units of the rate."""
    w = Value(0.0)
    adam = Adam([w], lr=1.0, eps_inside=inside)
    for _ in range(3):
        w.grad = 1e-6
        adam.step()
        # v_hat is right to the rounding that 1 - β₂ᵗ = 0.001 t magnifies.
        assert adam.last[0].line["step"] == pytest.approx(share, rel=1e-12)


# -- one function, any number ----------------------------------------------------------

TENTH = Fraction(1, 10)
HALF = Fraction(1, 2)


def test_fractions_run_exactly() -> None:
    line = sgd_update(
        Fraction(1), Fraction(2), Fraction(3), 5, lr=TENTH, momentum=HALF, damped=True
    )
    assert line == {"v": Fraction(5, 2), "step": Fraction(1, 4), "p": Fraction(3, 4)}
    assert gradient_descent_update(Fraction(1), 2, 1, lr=TENTH)["p"] == Fraction(4, 5)
    line = adagrad_update(
        Fraction(1), Fraction(3), Fraction(16), 1, lr=Fraction(2), eps=Fraction(1)
    )
    assert line["p"] == 0  # 1 - 2*3/(5 + 1)
    line = rmsprop_update(
        Fraction(1), Fraction(2), Fraction(0), 1,
        lr=TENTH, alpha=Fraction(3, 4), eps=Fraction(1),
    )  # fmt: skip
    assert line["p"] == Fraction(9, 10)  # 1 - 0.1*2/(√1 + 1)
    betas = (HALF, Fraction(3, 4))
    line = adam_update(
        Fraction(1), Fraction(2), 0, 0, 1, lr=TENTH, betas=betas, eps=Fraction(0)
    )
    assert line["p"] == Fraction(9, 10)
    line = adamw_update(
        Fraction(1), Fraction(2), 0, 0, 1,
        lr=TENTH, betas=betas, eps=Fraction(0), weight_decay=HALF,
    )  # fmt: skip
    assert line["p"] == Fraction(17, 20)


def test_values_record_the_step() -> None:
    """So a step can be differentiated: d(new p)/d(lr) = -m_hat/(√v_hat + ε)."""

    def after(lr: Any) -> Any:
        line = adam_update(1.0, 0.3, 0.1, 0.2, 3, lr=lr, betas=(0.8, 0.9), eps=1e-8)
        return line["p"]

    m_hat = (0.8 * 0.1 + 0.2 * 0.3) / (1 - 0.8**3)
    v_hat = (0.9 * 0.2 + 0.1 * 0.09) / (1 - 0.9**3)
    expected = -m_hat / (math.sqrt(v_hat) + 1e-8)
    assert grad(after)(0.01) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", [*CONFIGURATIONS, *OURS_ONLY])
def test_recorded_steps_are_the_floats_that_training_runs(name: str) -> None:
    """The same code over Values gives the same bits."""
    make, settings = (CONFIGURATIONS | OURS_ONLY)[name]
    w = Value(0.7)
    optimizer = make([w], **settings)
    hyper = {k: x for k, x in optimizer.param_groups[0].items() if k != "params"}
    state = {column: Value(0.0) for column in optimizer.columns}
    p = Value(0.7)
    for t, g in enumerate(GRADIENTS, start=1):
        w.grad = g
        optimizer.step()
        line = optimizer.update(p, Value(g), *state.values(), t, **hyper)
        p, state = line["p"], {column: line[column] for column in state}
        assert p.data == w.data
