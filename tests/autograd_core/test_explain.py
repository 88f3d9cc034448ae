"""An explanation tells the sweep's own story: every path, and the same sum."""

import random
from fractions import Fraction
from itertools import pairwise
from operator import add, mul, sub
from xml.dom import minidom

import pytest

import autograd_core as ac
from autograd_core import GraphError, StaleGraphError, Value, explain


def logistic():
    w = Value(0.5, name="w")
    x = Value(1.2, name="x", requires_grad=False)
    y = Value(1.0, name="y", requires_grad=False)
    p = ac.sigmoid(w * x)
    p.name = "p"
    loss = -y * ac.log(p) - (1 - y) * ac.log(1 - p)
    loss.name = "L"
    return loss, w


def test_text_has_paths_products_and_sum():
    """Two paths meet in the slope of the log loss; both are written out."""
    loss, w = logistic()
    text = str(explain(loss, w))
    assert "∂p/∂v₁ = p(1 − p) = 0.228784" in text
    assert "2 paths from the result back" in text
    assert text.endswith("∂L/∂w = −0.425212")


def test_printers_say_the_same_numbers():
    """Text, LaTeX and HTML come from the same formulas."""
    loss, w = logistic()
    made = explain(loss, w)
    for printed in (str(made).replace("−", "-"), made.to_latex(), made.to_html()):
        assert "0.228784" in printed
        assert "0.425212" in printed
    shown = made._repr_mimebundle_()
    assert shown["text/plain"] == str(made)
    assert shown["text/html"] == made.to_html()
    assert made.to_latex() in shown["text/latex"]
    assert repr(made) == f"<Explanation ∂L/∂w = {made.gradient}, 2 paths>"


def test_html_is_well_formed_and_escaped():
    """A name is text in every output."""
    x = Value(2.0, name='<script>alert("x")</script>')
    made = explain(x * x, x)
    minidom.parseString(made.to_html())  # noqa: S318  our own output
    assert "<script>" not in made.to_html()
    assert made.to_latex().count(r"\begin") == made.to_latex().count(r"\end")


def random_graph(rng, number):
    leaves = [Value(number(rng)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(12):
        operate = rng.choice([mul, add, sub])
        nodes.append(operate(rng.choice(nodes), rng.choice(nodes)))
    root = nodes[-1] * nodes[-2] + nodes[0]
    return root, leaves


def count_paths(root, leaf):
    if root is leaf:
        return 1
    return sum(count_paths(o, leaf) for o in root.operands)


@pytest.mark.parametrize("seed", range(60))
def test_paths_are_counted_and_sum_to_the_gradient_exactly(seed):
    """On fractions the products and the rest add up to the gradient, exactly."""
    rng = random.Random(seed)
    root, leaves = random_graph(rng, lambda r: Fraction(r.randint(-3, 3), 2))
    root.backward()
    for leaf in leaves:
        if not count_paths(root, leaf):
            continue
        made = explain(root, leaf)
        assert made.count == count_paths(root, leaf)
        assert len(made.paths) == min(8, made.count)
        assert made.gradient == leaf.grad
        assert sum(p.product for p in made.paths) + made.rest == leaf.grad
        sizes = [abs(p.product) for p in made.paths]
        assert all(a >= b for a, b in pairwise(sizes))
        for path in made.paths:
            product = Fraction(1)
            for edge in path.edges:
                product *= edge.number
            assert product == path.product
            ends = [(e.consumer, e.operand) for e in path.edges]
            assert all(a[1] is b[0] for a, b in pairwise(ends))


def test_paths_beyond_counting_are_summed():
    """2**60 paths: the strongest are written, the rest is one row."""
    x = Value(1.0, name="x")
    y = x
    for _ in range(60):
        y = y + y * 0.5
    made = explain(y, x, max_paths=3)
    assert made.count == 2**60
    assert len(made.paths) == 3
    assert f"{2**60 - 3:,} more paths" in str(made)
    assert made.gradient == pytest.approx(1.5**60, rel=1e-14)


def test_an_operand_twice_gives_two_paths():
    """x*x is reached in two ways, with the same derivative on each."""
    x = Value(3.0, name="x")
    assert [p.product for p in explain(x * x, x).paths] == [3.0, 3.0]


def test_several_outputs_are_stepped_over():
    """From an output of softmax the next step is the logit itself."""
    xs = [Value(0.3, name="a"), Value(-0.2, name="b")]
    p = ac.softmax(xs)[0]
    made = explain(p, xs[1])
    assert made.count == 1
    assert [e.operand for e in made.paths[0].edges] == [xs[1]]
    assert made.gradient == pytest.approx(-p.data * (1 - p.data), rel=1e-15)


def test_symbols_are_explained_too():
    """The number on an edge may be a symbol."""
    sympy = pytest.importorskip("sympy")
    a = sympy.Symbol("a")
    x = Value(a, name="x")
    made = explain(x**2, x)
    assert made.gradient == 2 * a


def test_a_deep_graph():
    """50,000 steps need no recursion."""
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y + 0.0
    made = explain(y, x)
    assert made.gradient == 1.0
    assert made._repr_mimebundle_() == {
        "text/plain": f"{made!r}; print() writes it out"
    }


def test_itself():
    """d(x)/d(x) is 1, by the empty path."""
    x = Value(2.0, name="x")
    made = explain(x, x)
    assert (made.count, made.gradient) == (1, 1.0)
    assert "∂x/∂x = 1" in str(made)


def test_what_does_not_depend_is_refused():
    """A result that does not come from the variable has nothing to explain."""
    x, y = Value(1.0), Value(2.0)
    with pytest.raises(GraphError, match="a result that depends on the variable"):
        explain(x * 2, y)
    frozen = Value(1.0, requires_grad=False)
    with pytest.raises(GraphError, match="requires_grad=True"):
        explain(x * frozen, frozen)


def test_max_paths_is_checked():
    """No path at all is not an explanation."""
    x = Value(1.0)
    with pytest.raises(ValueError, match="'max_paths' must be at least 1, got 0"):
        explain(x * x, x, max_paths=0)


def test_stale_results_are_refused():
    """What is written must be true of the data at hand."""
    x = Value(1.0, name="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(StaleGraphError, match="x was assigned"):
        explain(y, x)
