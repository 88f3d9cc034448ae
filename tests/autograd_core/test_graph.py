"""Walking a graph: order, leaves, consumers, local derivatives, JSON."""

import random

import pytest

import autograd_core as ac
from autograd_core import Value, ancestors, consumers, leaves, local_derivatives
from tests import oracle


def _sample():
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    c = a * b
    d = c + a
    e = d * d
    return a, b, c, d, e


def test_ancestors_are_oldest_first():
    """ancestors() is a topological order and ends with the root."""
    a, b, c, d, e = _sample()
    assert ancestors(e) == [a, b, c, d, e]
    assert ancestors(c) == [a, b, c]
    assert ancestors(a) == [a]


def test_leaves():
    """leaves() are the nodes made by hand, constants included, oldest first."""
    a, b, *_, e = _sample()
    assert leaves(e) == [a, b]
    y = e * 2
    assert [x.data for x in leaves(y)] == [2.0, 3.0, 2.0]
    assert leaves(a) == [a]


def test_consumers_count_every_use():
    """consumers() lists a node once per use, in order of creation."""
    a, b, c, d, e = _sample()
    used = consumers(e)
    assert used[a] == [c, d]
    assert used[b] == [c]
    assert used[d] == [e, e]
    assert used[e] == []
    assert set(used) == {a, b, c, d, e}


def test_local_derivatives():
    """local_derivatives() has one float per operand, in order."""
    a, _, c, d, e = _sample()
    assert local_derivatives(c) == (3.0, 2.0)
    assert local_derivatives(d) == (1.0, 1.0)
    assert local_derivatives(e) == (8.0, 8.0)
    assert local_derivatives(a) == ()
    assert all(type(x) is float for x in local_derivatives(d))


LOCALS = [
    (lambda x, y: x - y, (1.0, -1.0)),
    (lambda x, y: x / y, (1 / 3, -2 / 9)),
    (lambda x, y: -x, (-1.0,)),
    (lambda x, y: x**3, (12.0,)),
    (lambda x, y: ac.step(x), (0.0,)),
    (lambda x, y: ac.greater(x, y), (0.0, 0.0)),
    (lambda x, y: ac.maximum(x, y), (0.0, 1.0)),
    (lambda x, y: ac.where(x, x, y), (0.0, 1.0, 0.0)),
    (lambda x, y: ac.sum([x, y, x]), (1.0, 1.0, 1.0)),
    (lambda x, y: ac.dot([x, y], [y, x]), (3.0, 2.0, 2.0, 3.0)),
    (lambda x, y: x / (y * 0), (float("inf"), float("-inf"))),
    (lambda x, y: ac.sqrt(x * 0), (float("inf"),)),
]


@pytest.mark.parametrize(("build", "expected"), LOCALS)
def test_local_derivatives_of_rows(build, expected):
    """Any row's, also where they are infinite, as floats."""
    found = local_derivatives(build(Value(2.0), Value(3.0)))
    assert found == pytest.approx(expected, rel=2**-52)
    assert all(type(x) is float for x in found)


def test_local_derivatives_of_several_outputs():
    """softmax has one tuple per output."""
    p = ac.softmax([Value(0.0), Value(0.0)])
    node = p[0].operands[0]
    assert local_derivatives(node) == ((0.25, -0.25), (-0.25, 0.25))
    assert p[0].operands == p[1].operands == (node,)


@pytest.mark.parametrize("seed", range(5))
def test_order_and_chain_rule_on_random_programs(seed):
    """Operands come before consumers, and adjoints are sums over consumers."""
    rng = random.Random(seed)
    for _ in range(30):
        program = oracle.random_program(rng)
        xs = [Value(x) for x in program.leaves]
        y = oracle.run(program, xs)
        y.backward()
        nodes = ancestors(y)
        place = {node: i for i, node in enumerate(nodes)}
        used = consumers(y)
        assert nodes[-1] is y
        for node in nodes:
            assert all(place[o] < place[node] for o in node.operands)
            assert [c for c in used[node] for _ in [0]] == [
                c for c in nodes for o in c.operands if o is node
            ]
            if node is y or not node.requires_grad or node.primitive is None:
                continue
            if any(
                c.primitive.multiple or c.primitive.name == "item" for c in used[node]
            ):
                continue
            if node.primitive.multiple:
                continue
            total = size = 0.0
            for c in dict.fromkeys(used[node]):
                for o, d in zip(c.operands, local_derivatives(c), strict=True):
                    if o is node and c.grad:
                        total += c.grad * d
                        size += abs(c.grad * d)
            # the same products, added in another order
            assert abs(total - node.grad) <= 2**-50 * len(used[node]) * size


def test_walks_do_not_change_the_graph():
    """No walk touches gradients or data."""
    *_, e = _sample()
    e.backward()
    before = [(n.data, n.grad) for n in ancestors(e)]
    leaves(e), consumers(e), ac.to_json(e), [local_derivatives(n) for n in ancestors(e)]
    assert [(n.data, n.grad) for n in ancestors(e)] == before


def test_stale_graphs_can_still_be_walked():
    """A stale graph can be listed and exported; only sweeps refuse it."""
    a, b, c, d, e = _sample()
    a.data = 5.0
    assert set(ancestors(e)) == {a, b, c, d, e}
    assert ac.to_json(e)
    assert ac.why(e)
    with pytest.raises(ac.StaleGraphError):
        e.backward()


def test_json_of_a_stale_graph_names_its_root():
    """`root` is the id of the root, also when a leaf is younger than it."""
    import json

    a, _, _, _, e = _sample()
    a.data = 5.0
    graph = json.loads(ac.to_json(e))
    assert graph["nodes"][graph["root"]]["data"] == e.data
