"""Structural hazards: reuse, second calls, stale data, copies, Python's protocols."""

import copy
import operator
import pickle

import pytest

import autograd_core as ac
from autograd_core import GraphError, StaleGraphError, Value


def test_second_backward_is_exactly_twice():
    """x**3 at 3: 27, after a second call 54, after zero_grad 27 again."""
    x = Value(3.0)
    y = x * x * x
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0
    y.zero_grad()
    assert x.grad == 0.0
    y.backward()
    assert x.grad == 27.0


def test_zeroing_only_the_leaf():
    """Zeroing the leaf alone is enough: inner nodes do not accumulate."""
    x = Value(3.0)
    y = x * x * x
    y.backward()
    x.grad = 0.0
    y.backward()
    assert x.grad == 27.0


def test_two_losses_share_a_node():
    """h = x*x, losses 2h and 5h at 3: the gradients sum to 42."""
    x = Value(3.0)
    h = x * x
    (2 * h).backward()
    assert x.grad == 12.0
    (5 * h).backward()
    assert x.grad == 42.0
    assert h.grad == 5.0, "an inner node has the adjoint of the last call"


def test_backward_of_an_inner_node():
    """backward() may start anywhere; nodes above it keep what they had."""
    x = Value(3.0)
    h = x * x
    y = h * h
    y.backward()
    before = y.grad
    h.backward()
    assert y.grad == before == 1.0
    assert h.grad == 1.0
    assert x.grad == 4 * 27 + 6


def test_backward_of_a_leaf():
    """A leaf's derivative with respect to itself is the seed."""
    x = Value(3.0)
    x.backward()
    x.backward(2.5)
    assert x.grad == 3.5


def test_seeds():
    """A seed multiplies every gradient."""
    x = Value(3.0)
    (x * x).backward(-0.5)
    assert x.grad == -3.0
    (x * x).backward(0)
    assert x.grad == -3.0


def test_inner_gradients():
    """After one call every node holds d(root)/d(node)."""
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    d = c + a
    e = d * d
    e.backward()
    assert (e.grad, d.grad, c.grad, b.grad, a.grad) == (1.0, -8.0, -8.0, -16.0, 16.0)


def test_stale_data():
    """Assigning a leaf makes what was computed from it stale, with both numbers."""
    x = Value(3.0, name="x")
    y = x * x
    y.name = "y"
    x.data = 100
    text = r"x was assigned \(from 3\.0 to 100\.0, at .*test_structure\.py:\d+\)"
    with pytest.raises(StaleGraphError, match=text + r" after y was computed"):
        y.backward()
    assert x.grad == 0.0
    assert (x * x).data == 10000.0
    with pytest.raises(StaleGraphError):
        (y + 1).backward()


def test_stale_names_the_assignment():
    """The message of a stale result names the line of the assignment."""
    import sys

    x = Value(1.0)
    y = x + 1
    x.data = 5.0
    line = sys._getframe().f_lineno - 1
    with pytest.raises(StaleGraphError, match=rf"test_structure\.py:{line}\)"):
        y.backward()


@pytest.mark.parametrize("wants", [True, False])
def test_stale_constants(wants):
    """Also a frozen leaf's assignment makes results stale: they depend on it."""
    x, c = Value(3.0), Value(2.0, requires_grad=False)
    y = x * c
    (x if wants else c).data = 7.0
    with pytest.raises(StaleGraphError):
        y.backward()


@pytest.mark.parametrize(
    "build",
    [
        lambda x: ac.sum([x, x, 1.0]),
        lambda x: ac.softmax([x, 1.0])[1],
        lambda x: ac.where(x > 0, x, 0),
        lambda x: ((x + 1) * 2) ** 3,
        lambda x: ac.dot([x, 1.0], [2.0, x]),
    ],
    ids=["sum", "softmax", "where", "deep", "dot"],
)
def test_stale_through_any_row(build):
    """Rows with many operands notice stale ones too."""
    x = Value(3.0)
    y = build(x)
    y.backward()
    x.data = x.data
    with pytest.raises(StaleGraphError):
        y.backward()


def test_stale_in_transforms():
    """A captured parameter that is assigned inside the function is noticed."""
    w = Value(2.0)

    def f(x):
        y = x * w
        w.data = 5.0
        return y * 1

    with pytest.raises(StaleGraphError):
        ac.grad(f)(3.0)


def test_fresh_after_an_update():
    """The training loop: assign, compute again, differentiate again."""
    x = Value(3.0)
    for expected in (6.0, 6.0 * 0.8, 6.0 * 0.8 * 0.8):
        y = x * x
        x.grad = 0.0
        y.backward()
        assert x.grad == pytest.approx(expected, rel=4 * 2.0**-52)
        x.data -= 0.1 * x.grad


def test_data_of_a_result_is_not_assigned():
    """Assigning .data of a computed Value is refused."""
    y = Value(3.0) * 2
    with pytest.raises(GraphError, match=r"cannot assign \.data of a computed Value"):
        y.data = 1.0
    assert y.data == 6.0


def test_bad_data_changes_nothing():
    """A refused assignment leaves the leaf as it was, and not stale."""
    x = Value(3.0)
    y = x * x
    for bad in ("1", None, [1.0], 1j, 10**400):
        with pytest.raises((TypeError, OverflowError)):
            x.data = bad
    assert x.data == 3.0
    y.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("name", ["iadd", "isub", "imul", "itruediv", "ipow"])
def test_augmented_assignment_makes_a_new_node(name):
    """y = x; y += 2 leaves x as it was."""
    x = Value(3.0)
    y = getattr(operator, name)(x, 2)
    assert y is not x
    assert x.data == 3.0
    assert y.operands[0] is x


@pytest.mark.parametrize("same", [2, 3, 5])
def test_the_same_operand_many_times(same):
    """x + x + ..., x*x*..., sum([x]*n), dot([x], [x]) count every use."""
    x = Value(2.0)
    product = x
    total = x
    for _ in range(same - 1):
        product = product * x
        total = total + x
    for y, slope in (
        (total, same),
        (product, same * 2.0 ** (same - 1)),
        (ac.sum([x] * same), same),
        (ac.dot([x] * same, [x] * same), 4.0 * same),
        (x - x, 0),
        (x / x, 0),
        (ac.hypot(x, x), 2.0**0.5),
        (ac.maximum(x, x), 1),
        (ac.logsumexp([x] * same), 1),
        (ac.softmax([x] * same)[0], 0),
    ):
        x.grad = 0.0
        y.backward()
        assert x.grad == pytest.approx(slope, rel=8 * 2.0**-52, abs=1e-16)


def test_diamond():
    """A diamond of three levels has the gradient of its closed form."""
    x = Value(1.5)
    a, b = x * 2, x * x
    c, d = a * b, a - b
    y = c / d + c
    y.backward()
    # y = 2x**3/(2x - x**2) + 2x**3 = 2x**2/(2 - x) + 2x**3
    true = (4 * 1.5 * 0.5 + 2 * 2.25) / 0.25 + 6 * 2.25
    assert x.grad == pytest.approx(true, rel=16 * 2.0**-52)


def test_a_failed_call_changes_nothing():
    """When one of two leaves has no finite gradient, neither is written."""
    x, z = Value(0.0), Value(2.0)
    h = z * 3
    y = ac.sqrt(x) + h
    with pytest.raises(ac.NonFiniteError):
        y.backward()
    assert (x.grad, z.grad, h.grad, y.grad) == (0.0, 0.0, 0.0, 0.0)


def test_frozen_leaves():
    """requires_grad=False: no gradient, no work, and no error from its side."""
    x, c = Value(3.0), Value(0.0, requires_grad=False)
    y = x * 2 + ac.sqrt(c)
    y.backward()
    assert (x.grad, c.grad) == (2.0, 0.0)
    both = c * 2
    assert not both.requires_grad


def test_detach():
    """detach() gives a new leaf with the same data that asks for no gradient."""
    x = Value(3.0, name="x")
    h = x * x
    d = h.detach()
    assert d is not h
    assert (d.data, d.is_leaf, d.requires_grad, d.name) == (9.0, True, False, None)
    (d * x).backward()
    assert x.grad == 9.0
    assert d.grad == 0.0


# -- copies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twin",
    [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))],
    ids=["copy", "deepcopy", "pickle"],
)
@pytest.mark.parametrize("wants", [True, False])
def test_leaves_copy(twin, wants):
    """A leaf's copy has its data, grad, name and requires_grad, and is another."""
    x = Value(3.0, name="x", requires_grad=wants)
    x.grad = 1.25
    y = twin(x)
    assert y is not x
    assert y != x
    assert (y.data, y.grad, y.name, y.requires_grad) == (3.0, 1.25, "x", wants)
    assert y.is_leaf
    (y * 2).zero_grad()
    assert x.grad == 1.25


@pytest.mark.parametrize(
    ("verb", "twin"),
    [
        ("copy", copy.copy),
        ("copy", copy.deepcopy),
        ("pickle", pickle.dumps),
        ("copy", lambda v: copy.deepcopy({"a": [v]})),
        ("pickle", lambda v: pickle.dumps([v])),
    ],
)
def test_results_refuse_copies(verb, twin):
    """A computed Value refuses copy and pickle, and counts what is behind it."""
    x = Value(3.0)
    y = x * x + 1
    text = rf"{verb} of a computed Value \(3 nodes behind it\) is not supported; save "
    with pytest.raises(GraphError, match=text):
        twin(y)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_protocols(protocol):
    """Leaves go through every pickle protocol."""
    x = Value(0.1)
    assert pickle.loads(pickle.dumps(x, protocol)).data == 0.1


def test_deepcopy_keeps_sharing():
    """One leaf twice in a list is one leaf twice in its deep copy."""
    x = Value(1.0)
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_pickled_sharing():
    """The same through pickle."""
    x = Value(1.0)
    a, b = pickle.loads(pickle.dumps([x, x]))
    assert a is b


# -- identity, containers, comparisons -------------------------------------------------


def test_equality_is_identity():
    """Equal data does not make Values equal; parameters in lists stay right."""
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert (a == b) is False
    assert a in [b, a]
    assert a not in [b, Value(1.0)]
    assert [b, a].index(a) == 1
    assert {a: 1, b: 2}[b] == 2
    assert len({a, b, a}) == 2
    assert hash(a) == hash(a)
    assert a is not None
    assert (a == None) is False  # noqa: E711
    assert (a == "1.0") is False


def test_hash_survives_assignment():
    """A parameter stays in its dict when its data changes."""
    x = Value(1.0)
    table = {x: "x"}
    x.data = 5.0
    assert table[x] == "x"


def test_comparisons_look_at_data():
    """max, min and sorted work, and give the Values back."""
    a, b, c = Value(3.0), Value(-1.0), Value(2.0)
    assert max(a, b, c) is a
    assert min([a, b, c]) is b
    assert sorted([a, b, c]) == [b, c, a]
    assert (a > b, a < b, a >= a, a <= b) == (True, False, True, False)
    assert (a > 2, a >= 3.0, b < 0) == (True, True, True)
    assert (2 > a, 3 <= a, 3.5 >= a) == (False, True, True)  # noqa: SIM300
    assert a < 10**400
    assert not Value(float("nan")) < 1


def test_no_hidden_attributes():
    """Values have slots: a misspelt attribute is an error."""
    x = Value(1.0)
    with pytest.raises(AttributeError):
        x.gard = 1.0
    assert not hasattr(x, "__dict__")


def test_recorded_before_no_grad():
    """Graphs recorded outside of no_grad can be differentiated inside."""
    x = Value(3.0)
    y = x * x
    with ac.no_grad():
        y.backward()
    assert x.grad == 6.0
