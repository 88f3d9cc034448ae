"""Every numeric case of the catalogue, typed from it, is what the articles compute."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.adam import (
    CONSTANT,
    MOMENTS,
    ONES,
    POINT,
    SMALL,
    TAYLOR,
    TAYLOR_AT,
    THREE,
    TINY,
    VALLEY,
)
from demos.derivations.chapters.descent import CURVE
from demos.derivations.chapters.hessian import BOWL, DOME, MIXED, SADDLE, at
from demos.derivations.chapters.hidden import LOGISTIC
from demos.derivations.chapters.minima import COIN, LINES
from demos.derivations.chapters.network import AT as NETWORK_AT
from demos.derivations.chapters.network import NETWORK
from demos.derivations.chapters.networks import (
    BATCH,
    BOTH_SAMPLES,
    DEEP,
    DEEP_AT,
    ONE,
    SAMPLE_1,
    SAMPLE_2,
)
from demos.derivations.chapters.newton import QUARTIC
from demos.derivations.chapters.perceptron import AT as NEURON_AT
from demos.derivations.chapters.perceptron import REGRESSION
from demos.derivations.chapters.rules import ADDED, CHAIN, EXP2X, PRODUCT, SCALED, SUM
from demos.derivations.chapters.softmax import SOFTMAX
from demos.derivations.chapters.surfaces import FIT, PLATE
from tests.demos.cases import NAMES, Cases, agree

CASES = Cases()
case = CASES.add


def xy(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


# -- N23 to N27 ------------------------------------------------------------------------

case("N23", SCALED, "f", {"c": 3, "x": 1.5}, {"": 6.75, "x": 9, "x x": 6})
case("N24", SUM, "f", {"x": 1.5}, {"": 5.25, "x": 5, "x x": 2})
case(
    "N25",
    PRODUCT,
    "f",
    {"x": 0.5},
    {"": 0.82436063535006407, "x": 2.4730819060501922, "x x": 4.1218031767503204},
)
case(
    "N26",
    CHAIN,
    "g",
    {"t": 0.9},
    {"": 0.97152695582231535, "t": -0.42647228763241434, "t t": -3.621605434233651},
)
case(
    "N26",
    CHAIN,
    "f",
    {"t": 0.9},
    {"": 2.6419755608790387, "t": -1.1267293613170146, "t t": -9.0876742001285484},
)
case(
    "N27",
    EXP2X,
    "f",
    {"x": 0.35},
    {"": 2.0137527074704765, "x": 4.027505414940953, "x x": 8.0550108298819061},
)

# -- N29, N32, N33 ---------------------------------------------------------------------

HOUSE = {"x": 3, "a": 1, "b": 6}
case("N29", LINES, "C", HOUSE, {"": 13, "x": -2, "x x": 4})
case("N29", LINES, "best", HOUSE, {"": 3.5})
case("N29", LINES, "least", HOUSE, {"": 12.5})
case("N32", COIN, "g", {"P": 0.5}, {"": 0.0009765625, "P": 0.0078125, "P P": 0.0234375})
case("N32", COIN, "g", {"P": 0.7}, {"": 0.0022235661, "P": 0, "P P": -0.1058841})
case("N33", COIN, "G", {"P": 0.5}, {"": -6.9314718055994531, "P": 8, "P P": -40})
case(
    "N33",
    COIN,
    "G",
    {"P": 0.7},
    {"": -6.1086430205489346, "P": 0, "P P": -47.619047619047619},
)
case("N33", COIN, "mean", {"P": 0.7}, {"": 0.61086430205489346})
case("N33", COIN, "entropy", {"P": 0.7}, {"": 0.61086430205489346})

# -- N40, N41, N42, N47 ----------------------------------------------------------------


def surface(f: float, fx: float, fy: float, *second: float) -> dict[str, float]:
    names = ("", "x", "y", "x x", "x y", "y y")
    return dict(zip(names, (f, fx, fy, *second), strict=False))


case(
    "N40",
    PLATE,
    "T",
    xy(1.3, 2.7),
    surface(82.8768361, -2.814669, -0.929331, -1.12266, -1.23201, 0.37067333333333333),
)
case(
    "N40",
    PLATE,
    "T",
    xy(4, 4),
    surface(73.622222222222222, 0, 0, 4.2666666666666667, 0, 4.2666666666666667),
)
case("N40", PLATE, "T", xy(6, 6), surface(85, 0, 0, 0, -14.4, 0))
case("N40", PLATE, "T", xy(0, 2), surface(85, 0, 0, -2.1333333333333333, 0, 0))
case("N40", PLATE, "T", xy(10, 10), {"": -1692.7777777777778})
case(
    "N47",
    PLATE,
    "T",
    xy(0.5, 0.6),
    surface(84.9703, -0.1134, -0.0935, -0.1944, -0.357, -0.12833333333333333),
)
case(
    "N47",
    PLATE,
    "T",
    xy(0.5, 0.5),
    {"x": -0.080208333333333333, "y": -0.080208333333333333},
)
case(
    "N41",
    FIT,
    "E",
    {"m": 1 / 2, "b": 7 / 3},
    {"": 25 / 6, "m": 0, "b": 0, "m m": 28, "m b": 12, "b b": 6},
)
case("N41", FIT, "E", {"m": 0, "b": 0}, {"": 38, "m": -42, "b": -20})
case("N41", FIT, "low", {"m": 0, "b": 0}, {"": 0.72117940390029361})
case("N41", FIT, "high", {"m": 0, "b": 0}, {"": 33.278820596099706})
case(
    "N42",
    CURVE,
    "f",
    {"x": 0.5},
    {"": 2.3418684512600735, "x": -0.35127872929987185, "x x": 5.6487212707001281},
)

# -- N50, N51 --------------------------------------------------------------------------

case("N50", REGRESSION, "yhat", NEURON_AT.values, {"": 1.15})
case(
    "N51",
    REGRESSION,
    "L",
    NEURON_AT.values,
    {"": 0.36125, "w1": -1.275, "w2": 0.425, "b": -0.85, "yhat": -0.85}
    | {"w1 w1": 2.25, "w1 w2": -0.75, "w1 b": 1.5}
    | {"w2 w2": 0.25, "w2 b": -0.5, "b b": 1},
)

# -- N59 to N62 ------------------------------------------------------------------------

for name, number in {
    "z1": 1.15,
    "a1": 0.75951091694911107,
    "z2": -0.34,
    "a2": 0.41580947706459265,
    "z": 0.5112334792858888,
    "yhat": 0.62509558626297796,
    "L": 0.46985070291879764,
}.items():
    case("N59", NETWORK, name, NETWORK_AT.values, {"": number})
case("N60", NETWORK, "z1", NETWORK_AT.values, {"w11": 0.7})
case("N60", NETWORK, "a1", NETWORK_AT.values, {"z1": 0.18265408398423157})
case("N60", NETWORK, "z", NETWORK_AT.values, {"a1": 1.1})
case("N60", NETWORK, "yhat", NETWORK_AT.values, {"z": 0.23435109429752184})
case(
    "N60-N62",
    NETWORK,
    "L",
    NETWORK_AT.values,
    {
        "yhat": -1.5997553365851148,
        "w11": -0.052727923150041466,
        "w21": 0.10545584630008293,
        "b1": -0.075325604500059237,
        "w12": 0.057373321570019486,
        "w22": -0.11474664314003897,
        "b2": 0.081961887957170695,
        "w1": -0.28474399504567452,
        "w2": -0.15588880822519882,
        "b": -0.37490441373702204,
    },
)

# -- N69 to N75 ------------------------------------------------------------------------

case(
    "N69",
    MIXED,
    "f",
    xy(0.6, -0.4),
    surface(0.23449116875983734, 0.073239007381108226, 0.73849116875983734)
    | {"x x": -1.1784911687598373, "x y": 1.7532390073811082}
    | {"y x": 1.7532390073811082, "y y": 0.37849116875983734},
)
case("N70", BOWL, "f", xy(1, 2), surface(12, 2, 11, 4, -1, 6))
case("N71", BOWL, "f", xy(0, 0), surface(0, 0, 0, 4, -1, 6))
case("N72", DOME, "f", xy(0, 0), surface(15, 0, 0, -4, -1, -6))
case("N72", DOME, "f", xy(1, 2), surface(-1, -6, -13, -4, -1, -6))
case("N73", SADDLE, "f", xy(0, 0), surface(0, 0, 0, 4, 0, -4))
case("N73", SADDLE, "f", at(0.1, 0).values, {"": 0.02})
case("N73", SADDLE, "f", at(0, 0.1).values, {"": -0.02})
case("N75", QUARTIC, "f", xy(4, 4), surface(528, 277.6, 213.6, 198.4, -2.6, 157.6))
case(
    "N75",
    QUARTIC,
    "f",
    xy(-1.5, 2.25),
    surface(47.053125, -26.4, 46.5, 34.1, -0.4, 52.6),
)
case(
    "N76",
    QUARTIC,
    "f",
    xy(2.58, 2.62),
    {"x": 84.010208, "y": 64.1198496, "x x": 86.8288, "x y": -2.032, "y y": 69.89824},
)
case("N76", QUARTIC, "f", xy(2.56, 2.62), {"x x": 85.5952, "x y": -2.024})

# -- A-36 to A-54 ----------------------------------------------------------------------

Z = {"z1": 1, "z2": 2, "z3": 3}
SHARES = (0.090030573170380458, 0.24472847105479765, 0.66524095577482189)
JACOBIAN = (
    (0.081925069064993228, -0.022033044520174296, -0.059892024544818932),
    (-0.022033044520174296, 0.18483644650997872, -0.16280340198980442),
    (-0.059892024544818932, -0.16280340198980442, 0.22269542653462336),
)
for i in (1, 2, 3):
    row = {f"z{k}": JACOBIAN[i - 1][k - 1] for k in (1, 2, 3)}
    case("A-36 to A-38", SOFTMAX, f"a{i}", Z, {"": SHARES[i - 1], **row})


def matrix(letter: str, *rows: tuple[float, ...]) -> dict[str, float]:
    return {
        f"{letter}{i}{j}": number
        for i, row in enumerate(rows, 1)
        for j, number in enumerate(row, 1)
    }


def line(letter: str, *numbers: float) -> dict[str, float]:
    return {f"{letter}{i}": number for i, number in enumerate(numbers, 1)}


case(
    "A-39",
    ONE,
    "z1",
    SAMPLE_1.values,
    line("w1", 0.66818777216816611, 0.5, 0.1544652650835347) | {"w21": 0, "h2": -0.2},
)
case(
    "A-40 to A-52",
    ONE,
    "L",
    SAMPLE_1.values,
    line("z", 0.36928361485629682, -0.62868260412426582, 0.259398989267969)
    | line("h", -0.085745644398653376, -0.18067883361901707, 0.34028120098892981)
    | line("s", -0.019010913191994622, -0.045169708404754268, 0.044442680433717555)
    | matrix(
        "w",
        (0.24675079590903606, 0.18464180742814841, 0.057041491459783823),
        (-0.4200780286506743, -0.31434130206213291, -0.097109625099461629),
        (0.17332723274163824, 0.1296994946339845, 0.040068133639677806),
    )
    | matrix(
        "u",
        (-0.019010913191994622, 0.038021826383989244),
        (-0.045169708404754268, 0.090339416809508536),
        (0.044442680433717555, -0.088885360867435109),
    ),
)
case(
    "A-40 to A-52",
    ONE,
    "L",
    SAMPLE_2.values,
    line("z", 0.31957080833072172, 0.30298104207142256, -0.62255185040214428)
    | line("h", 0.68812498869421854, -0.41046512095214849, -0.21374570607592571)
    | line("s", 0.16532942294705426, -0.096460827153031375, -0.048167106372135905)
    | matrix(
        "w",
        (0.12824770885095705, 0.19891983162517709, 0.20996136463831148),
        (0.12159003093525021, 0.18859337681461865, 0.19906171463264414),
        (-0.24983773978620726, -0.38751320843979574, -0.40902307927095562),
    )
    | matrix(
        "u",
        (0.082664711473527131, 0.24799413442058139),
        (-0.048230413576515688, -0.14469124072954706),
        (-0.024083553186067952, -0.072250659558203857),
    ),
)
case("A-50", ONE, "s1", SAMPLE_1.values, {"u11": 1, "u12": -2})
case(
    "A-43, A-54",
    BATCH,
    "E",
    BOTH_SAMPLES.values,
    {"": 0.98251006970708239}
    | matrix(
        "w",
        (0.18749925237999655, 0.19178081952666275, 0.13350142804904765),
        (-0.14924399885771204, -0.062873962623757131, 0.050976044766591255),
        (-0.038255253522284512, -0.12890685690290562, -0.1844774728156389),
    )
    | matrix(
        "u",
        (0.031826899140766255, 0.14300798040228532),
        (-0.046700060990634978, -0.027175911960019263),
        (0.010179563623824801, -0.080568010212819483),
    ),
)
case(
    "A-49", LOGISTIC, "a", {"z": 2}, {"": 0.88079707797788244, "z": 0.10499358540350652}
)
case(
    "A-52",
    DEEP,
    "L",
    DEEP_AT.values,
    line("z", 0.2694442935581986, 0.43387941484159223, -0.70332370839979083)
    | line("s", 0.014589245444198017, -0.0022463089859622136)
    | line("r", -0.0014072234060390501, 0.0017395392079457425)
    | {"": 1.2151136618541326, "b1": -0.0014072234060390501}
    | {"u11": -0.00084433404362343004, "v11": 0.0082376174478162055}
    | {"w11": 0.14001462038312164},
)

# -- A-80, A-85 to A-92 ----------------------------------------------------------------

case("A-80", VALLEY, "f", ONES.values, {"": 1.01, "a": -0.002, "x1": 0.02, "x2": 2})
case("A-80", TAYLOR, "second", TAYLOR_AT.values, {"": 3.61000361})
case("A-80", TAYLOR, "there", TAYLOR_AT.values, {"": 0.81962361})


def moments(entry: str, letter: str, *numbers: float) -> None:
    for t, number in enumerate(numbers, 1):
        case(entry, MOMENTS, f"{letter}{t}", POINT.values, {"": number})


moments("A-85", "v", 0.06, -0.052, -0.0016, 0.07872)
moments("A-86, A-91, A-92", "s", 0.009, 0.0331, 0.03379, 0.046411)
moments(
    "A-87",
    "V",
    *(0.3, -0.14444444444444444, -0.0032786885245901639, 0.13333333333333333),
)
moments(
    "A-87", "S", 0.09, 0.17421052631578947, 0.12468634686346863, 0.13495492875835999
)
moments(
    "A-88",
    "adam",
    *(0.99000000055555551, 0.9934606980139046),
    *(0.99355354989205125, 0.98992407041199553),
)
moments(
    "A-88",
    "out",
    *(0.99000000033333332, 0.99346069780809383),
    *(0.99355354968733436, 0.98992407017160699),
)
moments(
    "A-88",
    "notes",
    *(0.99000000055555551, 0.99451917748372149),
    *(0.99465680202508208, 0.98887923992705934),
)
moments("A-89", "mom", 0.9994, 0.99992, 0.999936, 0.9991488)
moments(
    "A-90",
    "ada",
    *(0.96837724096651079, 0.99585972231154451),
    *(0.98497954844462874, 0.96641221736603795),
)
case("A-87", CONSTANT, "V", THREE.values, {"": 3})
case("A-87", CONSTANT, "S", THREE.values, {"": 9})
case("A-88", TINY, "inside", SMALL.values, {"": 0.0099995000374968753})
case("A-88", TINY, "outside", SMALL.values, {"": 0.9900990099009901})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_sum_rule_adds_two_flows() -> None:
    """N24: x is used twice."""
    root = ADDED.graph()
    assert root.data == 5.25
