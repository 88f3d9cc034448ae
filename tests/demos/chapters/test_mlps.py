"""S78 to S82, A-55 and A-56: numbers and misprints of the catalogue."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.logistic_loss import NEURON
from demos.derivations.chapters.mlp_outputs import (
    CLASSES,
    CLASSES_AT,
    FIT_RUN,
    LOGITS,
    LOGITS_AT,
    MINUS,
    REGRESSION,
    REGRESSION_AT,
)
from demos.derivations.chapters.mlps import BIASED, NETWORK_NO, NEURON_AT, trained_cross
from demos.derivations.chapters.modules import message
from demos.derivations.chapters.network import NETWORK
from demos.derivations.chapters.networks import DEEP, DEEP_AT
from demos.derivations.chapters.training import blobs, descend
from demos.derivations.chapters.vanishing import DEPTH, RECTIFIED, SQUASHED, norms
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import judged, xs

CASES = Cases()
case = CASES.add

# -- A-55 and A-56 ---------------------------------------------------------------------

FORWARD = {
    "r1": 0.26,
    "r2": -0.02,
    "g1": 0.56463629180302917,
    "g2": 0.49500016666000027,
    "s1": 0.078609179123091358,
    "s2": 0.24128169175181737,
    "h1": 0.51964218107621266,
    "h2": 0.56002947783633668,
    "z1": 0.023693110375534453,
    "z2": 0.50009809383746048,
    "z3": 0.11997306145852227,
}
for name, value in FORWARD.items():
    case("A-55", DEEP, name, DEEP_AT.values, {"": value})
BIASES = {
    "b1": -0.0014072234060390501,
    "b2": 0.0017395392079457425,
    "c1": 0.014589245444198017,
    "c2": -0.0022463089859622136,
    "d1": 0.2694442935581986,
    "d2": 0.43387941484159223,
    "d3": -0.70332370839979083,
}
WEIGHTS = {
    "u11": -0.00084433404362343004,
    "u12": 0.00056288936241562003,
    "u21": 0.0010437235247674455,
    "u22": -0.000695815683178297,
    "v11": 0.0082376174478162055,
    "v12": 0.0072216789263216681,
    "v21": -0.001268347576077527,
    "v22": -0.0011119233224211519,
    "w11": 0.14001462038312164,
    "w12": 0.15089674702737858,
    "w21": 0.22546204545235586,
    "w22": 0.2429852621376722,
    "w31": -0.3654766658354775,
    "w32": -0.39388200916505078,
}
case("A-56", DEEP, "L", DEEP_AT.values, {"": 1.2151136618541326, **BIASES, **WEIGHTS})
SUMS = ("r1", "r2", "s1", "s2", "z1", "z2", "z3")
for name, delta in zip(SUMS, BIASES.values(), strict=True):
    case("A-56 message", BIASED, message(name), DEEP_AT.values, {"": delta})

# -- S78 and S79 -----------------------------------------------------------------------

case(
    "S78",
    NEURON,
    "L",
    NEURON_AT.values,
    {
        "": 0.27508058318639843,
        "yhat": -1 / 0.75951091694911107,
        "b": -0.24048908305088893,
        "w1": -0.16834235813562225,
        "w2": 0.3366847162712445,
        "b b": 0.18265408398423157,
        "b w1": 0.1278578587889621,
        "b w2": -0.2557157175779242,
        "w1 w1": 0.089500501152273471,
        "w1 w2": -0.17900100230454694,
        "w2 w2": 0.35800200460909389,
    },
)
case(
    "S79",
    NETWORK,
    "L",
    NETWORK_NO.values,
    {
        "": 0.98108418220468644,
        "b1": 0.1255938878825955,
        "w11": 0.087915721517816847,
        "w21": -0.17583144303563369,
        "b2": -0.13665887230590569,
        "w12": -0.095661210614133982,
        "w22": 0.19132242122826796,
        "b": 0.62509558626297796,
        "w1": 0.47476692190343655,
        "w2": 0.25992066883939383,
    },
)

# -- S80 and S81 -----------------------------------------------------------------------

for i, right in enumerate(
    (-0.12049958541070332, 0.618487295434954, 1.2991890533474743)
):
    case("S80", REGRESSION, f"f{i + 1}", REGRESSION_AT.values, {"": right})
for i, wrong in enumerate(
    (-1.4237944350940281, 33.772899070949072, 2.3316652862737134)
):
    case("S80 minus", MINUS, f"f{i + 1}", REGRESSION_AT.values, {"": wrong})
case(
    "S80",
    REGRESSION,
    "C",
    REGRESSION_AT.values,
    {
        "": 3.2805823894118003,
        "o": 0.79435352674345004,
        "p": 1.7038612840218954,
        "q": -1.0885732988334614,
        "a0": 0.012152202727594775,
        "a1": 1.6179590695113705,
        "b0": 0.096955804125819736,
        "b1": -0.62222740539391725,
    },
)
case(
    "S81",
    LOGITS,
    "C",
    LOGITS_AT.values,
    {
        "": 0.44220729003595238,
        "z1": 0.26126833664902402,
        "z2": -0.35738358633125924,
        "z3": 0.096115249682235219,
        "z1 z1": 0.19300719291367627,
        "z1 z2": -0.16789532150259304,
        "z1 z3": -0.02511187141108323,
        "z2 z2": 0.22966055855226661,
        "z2 z3": -0.061765237049673572,
        "z3 z3": 0.086877108460756801,
    },
)
case(
    "S81",
    CLASSES,
    "C",
    CLASSES_AT.values,
    {
        "": 1.1118430912116281,
        "u10": 0.0090441031022164448,
        "u11": 0.0063308721715515114,
        "u12": -0.012661744343103023,
        "u20": -0.16511252379955358,
        "u21": -0.1155787666596875,
        "u22": 0.23115753331937501,
        "w10": 0.40841126384408376,
        "w11": 0.31019281349456539,
        "w12": 0.16982127404629784,
        "w20": -0.6710478867399567,
        "w21": -0.50966819577462775,
        "w22": -0.27902807087064139,
        "w30": 0.26263662289587294,
        "w31": 0.19947538228006236,
        "w32": 0.10920679682434355,
    },
)

# -- S82 -------------------------------------------------------------------------------

case(
    "S82",
    SQUASHED,
    f"h{DEPTH}",
    {"x": 0.5},
    {"": 0.65904601457454917, "x": 3.4831156097851658e-7},
)
case("S82", RECTIFIED, f"h{DEPTH}", {"x": 0.5}, {"": 0.5, "x": 1})
case("S82 dead", RECTIFIED, f"h{DEPTH}", {"x": -0.5}, {"": 0, "x": 0})


@pytest.mark.parametrize(NAMES, CASES)
def test_number(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_bound() -> None:
    """S82: ten sigmoids let less through than a quarter to the power of ten."""
    assert 3.4831156097851658e-7 < 9.5367431640625e-7 == 0.25**DEPTH


def test_gradients_fade_layer_by_layer() -> None:
    """S82: the picture. Sigmoids lose at every layer; ReLU stays within a factor."""
    fading, staying = norms("sigmoid"), norms("relu")
    lengths = [length for _, length in fading]
    assert lengths == sorted(lengths)
    assert lengths[0] < 1e-4 * lengths[-1]
    assert staying[0][1] > 100 * lengths[0]


def test_the_fit_goes_down() -> None:
    """S80: one step is the old numbers minus a tenth of the catalogue's gradient."""
    expected = [
        *(0.2 - 0.079435352674345004, 1.5 - 0.17038612840218954),
        *(-0.8 + 0.10885732988334614, -0.4 - 0.0012152202727594775),
        *(0.9 - 0.16179590695113705, 0.3 - 0.0096955804125819736),
        -1.1 + 0.062222740539391725,
    ]
    assert xs(FIT_RUN)[1] == pytest.approx(expected, rel=1e-13)


def test_exclusive_or_is_learned() -> None:
    """S79: the picture. The mean loss ends far below ln 2, which guessing gives."""
    losses = trained_cross().losses
    assert losses[-1] < 0.15 < 0.693 < losses[0]


def test_training_is_the_same_every_time() -> None:
    start = dict(REGRESSION_AT.values)
    made = [
        descend(REGRESSION, "C", FIT_RUN.over, start, rate=0.1, steps=3)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert [made[0].values[n] for n in FIT_RUN.over] == xs(FIT_RUN)[3]
    assert start == REGRESSION_AT.values
    assert blobs(((0, 0),), 2, 1.0, seed=4) == blobs(((0, 0),), 2, 1.0, seed=4)


SLIPS = (
    ("S78", 0, 0.75951091694911107, 0.24048908305088893),
    ("S79", 1, -0.98108418220468644, 0.98108418220468644),
    # g₁ at u = −1.3: 1/(1 − exp(1.3)) and 1/(1 + exp(1.3)).
    ("S80", 0, -0.37463052051531750, 0.21416501695744140),
    ("S81", 0, 2.6426164136687408, 0.64261641366874076),
)


@pytest.mark.parametrize(("entry", "place", "printed", "right"), SLIPS)
def test_misprint(entry: str, place: int, printed: float, right: float) -> None:
    judged(entry, place, printed, right)
