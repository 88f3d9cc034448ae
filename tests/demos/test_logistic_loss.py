"""The first article says what the catalogue says, to all the digits it prints."""

from typing import Any

import pytest

from autograd_core import ancestors
from demos.derivations import ARTICLES, Claim
from demos.derivations.chapters.logistic_loss import (
    FALSE,
    FAR,
    LOSS,
    NEURON,
    NO,
    SIGMOID,
    TRUE,
    YES,
)
from demos.derivations.checks import engine

ARTICLE = ARTICLES["logistic-loss"]

# (model, target, wrt, inputs, what catalogue-B prints)
CATALOGUE: list[tuple[Any, str, tuple[str, ...], Any, float]] = [
    # N53 and N54 at z = 0.8
    (SIGMOID, "sigma", (), {"z": 0.8}, 0.68997448112761244),
    (SIGMOID, "mirrored", (), {"z": 0.8}, 0.31002551887238756),
    (SIGMOID, "sigma", ("z",), {"z": 0.8}, 0.21390969652029442),
    (SIGMOID, "sigma", ("z", "z"), {"z": 0.8}, -0.081274767209215956),
    # N55
    (LOSS, "L", (), YES.values, 0.35667494393873238),
    (LOSS, "L", (), NO.values, 1.203972804325936),
    (LOSS, "L", (), FAR.values, 4.6051701859880914),
    # N56
    (LOSS, "L", ("yhat",), YES.values, -1.4285714285714286),
    (LOSS, "L", ("yhat", "yhat"), YES.values, 2.0408163265306122),
    (LOSS, "L", ("yhat",), NO.values, 3.3333333333333333),
    (LOSS, "L", ("yhat", "yhat"), NO.values, 11.111111111111111),
    # N57
    (NEURON, "yhat", (), TRUE.values, 0.75951091694911107),
    (NEURON, "L", (), TRUE.values, 0.27508058318639843),
    (NEURON, "L", ("w1",), TRUE.values, -0.36073362457633339),
    (NEURON, "L", ("w2",), TRUE.values, 0.12024454152544446),
    (NEURON, "L", ("b",), TRUE.values, -0.24048908305088893),
    (NEURON, "L", ("w1", "w1"), TRUE.values, 0.41097168896452104),
    (NEURON, "L", ("w1", "w2"), TRUE.values, -0.13699056298817368),
    (NEURON, "L", ("w1", "b"), TRUE.values, 0.27398112597634736),
    (NEURON, "L", ("w2", "w2"), TRUE.values, 0.045663520996057894),
    (NEURON, "L", ("w2", "b"), TRUE.values, -0.091327041992115787),
    (NEURON, "L", ("b", "b"), TRUE.values, 0.18265408398423157),
]


@pytest.mark.parametrize(("model", "target", "wrt", "values", "printed"), CATALOGUE)
def test_numbers_of_the_catalogue(
    model: Any, target: str, wrt: Any, values: Any, printed: float
) -> None:
    numbers = [values[name] for name in model.inputs]
    by = [model.inputs.index(name) for name in wrt]
    found = float(engine(model.function(target), numbers, by))
    assert found == pytest.approx(printed, rel=4e-15)


def closed(claim: Claim, values: Any) -> float:
    return float(claim.closed(values)[-1])


def test_the_misprint_of_the_exponent_gives_the_catalogues_number() -> None:
    """N54: with -3 one gets 0.14759223186475519."""
    slip = ARTICLE.misprints[0]
    assert closed(slip.printed, {"z": 0.8}) == pytest.approx(0.14759223186475519, 1e-15)
    assert closed(slip.right, {"z": 0.8}) == pytest.approx(0.21390969652029442, 1e-15)


def test_every_entry_of_the_catalogue_is_claimed() -> None:
    assert ARTICLE.catalogue_ids == ("N53", "N54", "N55", "N56", "N57")
    for entry in ARTICLE.catalogue_ids:
        assert [c for c in ARTICLE.claims if c.where.startswith(entry)]


def test_formulas_as_the_notes_write_them() -> None:
    chains = {str(c): [str(f) for f in c.right()] for c in ARTICLE.claims}
    assert chains["L(y, ŷ)"] == ["−y·ln ŷ − (1 − y)·ln(1 − ŷ)"]
    assert chains["dσ(z)/dz"][-1] == "σ(z)·(1 − σ(z))"
    assert chains["∂L/∂ŷ"] == [
        "−y/ŷ + (1 − y)/(1 − ŷ)",
        "(−y + y·ŷ + ŷ − y·ŷ)/(ŷ(1 − ŷ))",
        "−(y − ŷ)/(ŷ(1 − ŷ))",
    ]
    assert chains["∂ŷ/∂w₁"] == ["ŷ(1 − ŷ)·x₁"]
    assert chains["∂L/∂w₂"][-1] == "−(y − ŷ)·x₂"
    assert chains["∂L/∂b"][-1] == "−(y − ŷ)"
    assert chains["∂²L/∂w₁²"] == ["ŷ(1 − ŷ)·x₁²"]
    assert chains["∂²L/∂w₁∂w₂"] == ["ŷ(1 − ŷ)·x₁·x₂"]


def test_the_graph() -> None:
    """After backward, with names; data ask for no gradient."""
    root = ARTICLE.graph()
    nodes = {node.name: node for node in ancestors(root) if node.name}
    assert list(nodes) == ["w1", "w2", "b", "x1", "x2", "y", "z", "ŷ", "L"]
    assert root is nodes["L"]
    wanting = {name for name, node in nodes.items() if node.requires_grad}
    assert wanting == {"w1", "w2", "b", "z", "ŷ", "L"}
    assert nodes["w1"].grad == pytest.approx(-0.36073362457633339, 1e-14)
    assert nodes["y"].grad == 0.0


def test_articles_are_found_by_id_and_by_catalogue_id() -> None:
    assert ARTICLES["logistic-loss"] is ARTICLE
    for entry in ARTICLE.catalogue_ids:
        assert ARTICLES[entry] is ARTICLE
    with pytest.raises(KeyError, match=r"no article 'N99'; near it are .*N59"):
        ARTICLES["N99"]
    with pytest.raises(KeyError, match="near it are logistic-loss"):
        ARTICLES["logistic-los"]


def test_the_points_are_those_of_the_catalogue() -> None:
    point = {"w1": 0.4, "w2": -0.7, "b": 0.2, "x1": 1.5, "x2": -0.5}
    assert TRUE.values == {**point, "y": 1.0}
    assert FALSE.values == {**point, "y": 0.0}
