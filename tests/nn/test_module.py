"""`Module`: parameters and their names, switches, state, copies, trees."""

import copy
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_core import GraphError, Value, grad, hessian
from nn import (
    MLP,
    RBF,
    Embedding,
    LayerNorm,
    Linear,
    Module,
    Neuron,
    RMSNorm,
    SelfAttention,
    Sequential,
    ridge,
)


class Everything(Module):
    """Parameters in each place where they are found, and things that are none."""

    def __init__(self) -> None:
        self.alone = Value(1.0)
        self.table = [[Value(2.0), Value(3.0)], [Value(4.0), Value(5.0)]]
        self.pair = (Value(6.0), Value(7.0))
        self.named = {"left": Value(8.0), "right": [Value(9.0)]}
        self.parts = [Linear(1, 1, seed=0), Value(10.0)]
        self.child = Neuron(1, seed=0)
        self.again = self.alone
        self.count = 3
        self.computed = self.alone * 2
        self.words = ["a", 1.0, None]
        self._hidden = Value(11.0)

    def forward(self, x: Any) -> Any:
        return self.alone * x + self.table[1][0]


NAMES = [
    "alone",
    "table[0][0]",
    "table[0][1]",
    "table[1][0]",
    "table[1][1]",
    "pair[0]",
    "pair[1]",
    "named.left",
    "named.right[0]",
    "parts.1",
    "parts.0.weight[0][0]",
    "parts.0.bias[0]",
    "child.w[0]",
    "child.b",
]


def test_parameters_are_found_once_in_the_order_of_the_attributes() -> None:
    model = Everything()
    names, values = zip(*model.named_parameters(), strict=True)
    assert list(names) == NAMES
    assert list(values) == model.parameters()
    assert len(set(values)) == len(values)
    assert model._hidden not in set(values)
    assert [type(m).__name__ for m in model.modules()] == [
        "Everything",
        "Linear",
        "Neuron",
    ]
    assert [name for name, _ in model.named_modules()] == ["", "parts.0", "child"]


def test_a_module_used_twice_and_a_module_inside_itself() -> None:
    shared = Linear(2, 2, seed=0)
    model = Sequential(shared, "tanh", shared)
    assert len(model.parameters()) == 6
    assert list(model.state_dict()) == ["layers.0.weight", "layers.0.bias"]
    shared.parent = model  # type: ignore[attr-defined]
    assert len(model.parameters()) == 6
    assert "parent" in model.summary()


def test_names_of_linear_layers() -> None:
    model = MLP(2, [2, 1], seed=0)
    assert [name for name, _ in model.named_parameters()] == [
        "layers.0.weight[0][0]",
        "layers.0.weight[0][1]",
        "layers.0.bias[0]",
        "layers.0.weight[1][0]",
        "layers.0.weight[1][1]",
        "layers.0.bias[1]",
        "layers.1.weight[0][0]",
        "layers.1.weight[0][1]",
        "layers.1.bias[0]",
    ]


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Linear(2, 2), ["w11", "w12", "b1", "w21", "w22", "b2"]),
        (Neuron(2), ["w1", "w2", "b"]),
        (LayerNorm(2), ["γ1", "γ2", "β1", "β2"]),
        (RMSNorm(1), ["γ1"]),
        (Embedding(1, 2), ["e11", "e12"]),
        (RBF([1.0], trainable=True), ["μ11", "λ"]),
        (MLP(1, [1, 1]), ["w¹11", "b¹1", "w²11", "b²1"]),
        (
            Sequential(Linear(1, 1, bias=False), Linear(1, 1)),
            ["w¹11", "w²11", "b²1"],
        ),
    ],
)
def test_short_names_for_drawings(model: Module, names: list[str]) -> None:
    assert [p.name for p in model.parameters()] == names


def test_a_line_parts_indices_above_nine() -> None:
    layer = Linear(10, 2, seed=0)
    assert layer.weight[1][9].name == "w2_10"
    assert layer.bias is not None
    assert layer.bias[1].name == "b2"


def test_zero_grad_and_freezing() -> None:
    model = MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())
    assert model.layers[0].freeze() is model.layers[0]
    model([1.0, 2.0]).backward()
    assert not any(p.grad for p in model.layers[0].parameters())
    assert any(p.grad for p in model.layers[1].parameters())
    model.unfreeze()
    assert all(p.requires_grad for p in model.parameters())


def test_zero_grad_keeps_the_kind_of_number() -> None:
    model = Linear(1, 1, init=lambda nin, nout, seed: [[Fraction(1, 2)]])
    model([Fraction(3)])[0].backward()
    model.zero_grad()
    assert all(type(p.grad) is Fraction for p in model.parameters())


def test_train_and_eval_reach_every_module() -> None:
    model = Sequential(Linear(1, 1), Sequential("relu"))
    assert all(m.training for m in model.modules())
    assert model.eval() is model
    assert not any(m.training for m in model.modules())
    assert all(m.training for m in model.train().modules())


def test_a_module_without_forward_says_so() -> None:
    with pytest.raises(NotImplementedError, match=r"Module has no forward\(\)"):
        Module()(1.0)


# -- state -----------------------------------------------------------------------------


def numbers(model: Module) -> list[float]:
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: MLP(2, [3, 1], seed=seed),
        lambda seed: Neuron(2, seed=seed),
        lambda seed: Sequential(Linear(2, 2, seed=seed), "relu", LayerNorm(2)),
        lambda seed: SelfAttention(2, seed=seed),
        lambda seed: Embedding(3, 2, seed=seed),
        lambda seed: RBF([[float(seed), 1.0]], 2.0 + seed, trainable=True),
    ],
)
def test_state_goes_out_and_comes_back(make: Any) -> None:
    one, two = make(0), make(1)
    state = one.state_dict()
    two.load_state_dict(state)
    assert numbers(two) == numbers(one)
    assert two.state_dict() == state
    two.parameters()[0].data = 99.0
    assert one.parameters()[0].data != 99.0


def test_what_a_state_looks_like() -> None:
    state = MLP(2, [3, 1], seed=0).state_dict()
    assert list(state) == [
        *("layers.0.weight", "layers.0.bias"),
        *("layers.1.weight", "layers.1.bias"),
    ]
    assert [len(state["layers.0.weight"]), len(state["layers.0.weight"][0])] == [3, 2]
    assert type(state["layers.1.bias"][0]) is float
    assert list(Everything().state_dict())[:3] == ["alone", "table", "pair"]


def test_buffers_belong_to_the_state() -> None:
    one, two = RBF([1.0, 2.0], 3.0), RBF([0.0, 0.0])
    assert one.parameters() == []
    assert one.state_dict() == {"centres": [[1.0], [2.0]], "scale": 3.0}
    two.load_state_dict(one.state_dict())
    assert (two.centres, two.scale) == (one.centres, one.scale)
    assert two(1.5) == one(1.5)


def test_arrays_and_tuples_are_tables_too() -> None:
    layer = Linear(2, 1, seed=0)
    layer.load_state_dict({"weight": np.array([[1.0, 2.0]]), "bias": (3,)})
    assert layer.state_dict() == {"weight": [[1.0, 2.0]], "bias": [3.0]}


def test_exact_numbers_stay_exact() -> None:
    layer = Linear(1, 1, init=lambda nin, nout, seed: [[Fraction(1, 2)]])
    layer.load_state_dict({"weight": [[Fraction(1, 3)]], "bias": [2]})
    assert layer.state_dict() == {"weight": [[Fraction(1, 3)]], "bias": [Fraction(2)]}
    with pytest.raises(
        ValueError, match=r"'weight\[0\]\[0\]' does not fit: .*Fraction"
    ):
        layer.load_state_dict({"weight": [[0.1]], "bias": [2]})


GOOD = {"weight": [[1.0, 2.0]], "bias": [3.0]}
BAD_STATES: list[tuple[Any, list[str]]] = [
    ({"weight": [[1.0, 2.0]]}, ["missing 'bias'"]),
    ({**GOOD, "extra": 1.0}, ["unknown 'extra'"]),
    ({"Weight": 1.0}, ["unknown 'Weight'", "missing 'weight'", "missing 'bias'"]),
    ({**GOOD, "weight": [[1.0]]}, [r"'weight' must be 1 × 2 \(got 1 × 1\)"]),
    ({**GOOD, "weight": [[1.0], 2]}, [r"\(got rows of unequal length\)"]),
    ({**GOOD, "bias": 3.0}, [r"'bias' must be 1 \(got one number\)"]),
    ({**GOOD, "bias": []}, [r"'bias' must be 1 \(got 0\)"]),
    ({**GOOD, "bias": [float("nan")]}, [r"'bias\[0\]' must be finite \(got nan\)"]),
    ({**GOOD, "bias": [float("inf")]}, [r"'bias\[0\]' must be finite \(got inf\)"]),
    ({**GOOD, "bias": ["3"]}, [r"'bias\[0\]' does not fit: .*str"]),
    ({**GOOD, "bias": [None]}, [r"'bias\[0\]' does not fit: .*None"]),
    ({**GOOD, "bias": [10**400]}, [r"'bias\[0\]' does not fit: int of 401 digits"]),
    ({**GOOD, "bias": [Value(3.0)]}, [r"'bias\[0\]' must be a plain number"]),
    (
        {"weight": [[1.0, float("nan")]], "bias": [1.0, 2.0], "b": 0},
        ["unknown 'b'", r"'weight\[0\]\[1\]' must be finite", "'bias' must be 1"],
    ),
]


@pytest.mark.parametrize(("state", "messages"), BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(
    state: Any, messages: list[str]
) -> None:
    layer = Linear(2, 1, seed=0)
    before = numbers(layer)
    for message in messages:
        with pytest.raises(ValueError, match=f"does not fit the model: .*{message}"):
            layer.load_state_dict(state)
    assert numbers(layer) == before


def test_a_state_must_be_a_mapping() -> None:
    with pytest.raises(TypeError, match="'numbers' must be a mapping of tables"):
        Linear(1, 1).load_state_dict([1.0])  # type: ignore[arg-type]


def test_a_value_in_two_tables_must_get_one_number() -> None:
    one, two = Linear(2, 1, seed=0), Linear(2, 1, seed=1)
    two.weight[0][0] = one.weight[0][0]
    model = Sequential(one, Linear(1, 2, seed=2), two)
    state = model.state_dict()
    state["layers.2.weight"][0][0] += 1.0
    with pytest.raises(ValueError, match=r"'layers.2.weight\[0\]\[0\]' is shared and"):
        model.load_state_dict(state)


# -- copies ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda: MLP(2, [3, 1], seed=0), Everything])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_a_copy_is_equal_and_independent(make: Any, copied: Any) -> None:
    model = make()
    if isinstance(model, Everything):
        with pytest.raises(GraphError, match="computed Value"):
            copied(model)  # it keeps a result, which cannot be copied
        del model.computed
    model.parameters()[0].requires_grad = False
    twin = copied(model)
    assert numbers(twin) == numbers(model)
    assert [p.name for p in twin.parameters()] == [p.name for p in model.parameters()]
    assert not twin.parameters()[0].requires_grad
    assert set(twin.parameters()).isdisjoint(model.parameters())
    assert len(twin.parameters()) == len(model.parameters())
    twin.parameters()[0].data = 99.0
    assert model.parameters()[0].data != 99.0
    x = 2.0 if isinstance(model, Everything) else [1.0, 2.0]
    model.parameters()[0].data = 99.0
    assert twin(x).data == model(x).data


# -- a model as a function of its parameters -------------------------------------------


def test_with_parameters_gives_every_derivative() -> None:
    """Its gradient is that of backward(); its Hessian is the gradient's Jacobian."""
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    theta = numbers(model)

    def f(values: Any) -> Any:
        with model.with_parameters(values):
            assert len(model.parameters()) == len(theta)
            return model([0.5, -1.0]) ** 2 + ridge(model, 0.5, skip=["bias"])

    (model([0.5, -1.0]) ** 2 + ridge(model, 0.5, skip=["bias"])).backward()
    assert grad(f)(theta) == pytest.approx([p.grad for p in model.parameters()])
    h = 1e-6
    moved = [theta[0] + h, *theta[1:]]
    back = [theta[0] - h, *theta[1:]]
    slope = [
        (a - b) / (2 * h) for a, b in zip(grad(f)(moved), grad(f)(back), strict=True)
    ]
    assert hessian(f)(theta)[0] == pytest.approx(slope, abs=1e-8)
    assert numbers(model) == theta


def test_with_parameters_nests_and_is_undone_after_an_error() -> None:
    model = Everything()
    before = numbers(model)
    own = model.parameters()
    with model.with_parameters([0.0] * len(before)):
        assert model(1.0).data == 0.0
        assert not model(1.0).requires_grad
        assert len(model.parameters()) == len(before)
        with model.with_parameters(range(len(before))):
            assert model(1.0).data == 3.0
        assert model(1.0).data == 0.0
        assert model.again is model.alone
    assert model.parameters() == own
    with pytest.raises(ZeroDivisionError), model.with_parameters([1.0] * len(before)):
        _ = 1 / 0
    assert model.parameters() == own
    assert isinstance(model.pair, tuple)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1.0], ValueError, r"a number for each of 2 parameters \(got 1\)"),
        (1.0, TypeError, "'values' must be a list of numbers"),
        ("12", TypeError, "'values' must be a list of numbers"),
    ],
)
def test_with_parameters_refuses(values: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message), Linear(1, 1).with_parameters(values):
        pass


# -- trees -----------------------------------------------------------------------------


def test_the_tree_as_text() -> None:
    model = Sequential(
        Sequential(Linear(2, 3, seed=0), "relu"), SelfAttention(3, causal=True)
    )
    model.layers[0].freeze()
    assert model.summary().splitlines() == [
        "Sequential: 45 parameters, 9 frozen",
        "├─ layers.0: Sequential: 9 parameters, all frozen",
        "│  ├─ layers.0: Linear(2, 3): 9 parameters, all frozen",
        "│  └─ layers.1: relu: 0 parameters",
        "└─ layers.1: SelfAttention(3, heads=1, causal): 36 parameters",
        "   ├─ query: Linear(3, 3, bias=False): 9 parameters",
        "   ├─ key: Linear(3, 3, bias=False): 9 parameters",
        "   ├─ value: Linear(3, 3, bias=False): 9 parameters",
        "   └─ output: Linear(3, 3, bias=False): 9 parameters",
    ]
    assert repr(model) == model.summary()
    assert repr(Linear(2, 3)) == "Linear(2, 3)"
    assert repr(Neuron(1, activation="leaky_relu")) == "LeakyReluNeuron(1)"


def test_the_tree_as_html_folds_and_is_escaped() -> None:
    class Nasty(Module):
        def described(self) -> str:
            return "<script>alert(1)</script>"

    nasty = Nasty()
    nasty.inner = {"<b>&": Linear(1, 1), "f": RBF([0.0])}  # type: ignore[attr-defined]
    page = nasty._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: 2 parameters" in page
    assert page.startswith("<details open><summary>")
    assert page.count("<details") == page.count("</details>") == 3
    assert "<li>weight: 1 × 1</li>" in page
    assert "<li>scale: one number, fixed</li>" in page
    assert "<div>relu: 0 parameters</div>" not in page
    assert "<div>layers.0: relu: 0 parameters</div>" in Sequential("relu")._repr_html_()


def test_one_parameter_is_not_several() -> None:
    assert RMSNorm(1).summary() == "RMSNorm(1): 1 parameter"
