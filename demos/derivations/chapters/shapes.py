"""A-20: the shapes of the weight matrices, and the letters of the two drafts."""

from itertools import pairwise

from autograd_core import leaves

from ..article import Claim
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings
from .heads import drawn_above
from .networks import I3, J2, ONE, SAMPLE_1, U, W

__all__ = ["ARTICLE", "COUNTS", "PARAMETERS", "count"]


def count(label: str, number: int) -> Reading:
    """A row of a table of counts."""
    return Reading(label, lambda source: source.number(number))


PARAMETERS = sum(
    leaf.requires_grad for leaf in leaves(ONE.drawn("a1", SAMPLE_1, *U, *W)())
)
WIDTHS = (len(J2), len(I3), len(I3))
COUNTS = Readings(
    "The notes' example, counted",
    (
        count("layers (L in the second draft, P in the first)", len(WIDTHS) - 1),
        count("outputs (P in the second draft, L in the first)", WIDTHS[-1]),
        count("entries of Θ₁", len(U)),
        count("entries of Θ₂", len(W)),
        count("Σ Hₗ·Hₗ₋₁", sum(m * n for m, n in pairwise(WIDTHS))),
        count("leaves of its graph that ask for a slope", PARAMETERS),
    ),
)
ARTICLE = Article(
    id="weight-shapes",
    title="Shapes and letters",
    catalogue_ids=("A-20",),
    source=(
        "the article on gradient descent, first draft L248–L324, second draft L288–L365"
    ),
    summary=(
        "The matrix Θₗ has a row for each unit of its layer and a column for each unit "
        "of the layer before. The first index says where a weight leads to, the second "
        "where it comes from."
    ),
    parts=(
        Part(
            "How many numbers",
            "Without biases a layer has Hₗ·Hₗ₋₁ weights, H₀ the number of inputs. Row "
            "3, column 2 of Θ₁ leads from the second input to the third hidden unit: "
            "it is the slope of s₃ by x₂. Row 1, column 3 of Θ₂ is the slope of z₁ by "
            "h₃.",
            (
                Claim(ONE, "s3", ("x2",), (lambda q: q.u32,), "A-20", (SAMPLE_1,)),
                Claim(ONE, "z1", ("h3",), (lambda q: q.w13,), "A-20", (SAMPLE_1,)),
            ),
            readings=(COUNTS,),
        ),
        Part(
            "Two drafts, two alphabets",
            "The drafts use the same letters for other things (E01), and each keeps "
            "something of the other.",
            items=(
                (
                    "First draft: L is the number of outputs, P the number of layers; "
                    "its boxes write m, n, l for M, N, L."
                ),
                (
                    "Second draft: L is the number of layers, P the number of outputs. "
                    "What is said of both drafts together must be translated first."
                ),
                "Second draft, L177: P functions, where it has L layers (E05).",
                (
                    "Second draft, L360: the last matrix is written Θ with the index "
                    "P. That is L: with 2 layers and 3 outputs there is no third "
                    "matrix (E12)."
                ),
                "Second draft, L445: the width H has the index P, again for L (E24).",
                (
                    "First draft, L283–L323: the matrix has the index k, its map the "
                    "index ℓ (E10). From L386 on, k counts samples."
                ),
            ),
        ),
    ),
    record=drawn_above(ONE, "z1", SAMPLE_1, ["h1", "h2", "h3"], "w11", "w12", "w13"),
    kind="list",
    remarks=(
        Remark(
            "A-20, second draft, L360 (E12)",
            "The last matrix has the index P here and L everywhere else.",
        ),
    ),
)
