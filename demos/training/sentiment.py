"""The mood of a sentence, from how often it has each word.

A bag of words forgets the order. The sentences of the notes have two words, and a
sentence becomes two counts; one neuron turns them into the probability of a happy mood

    z = w₁·#ya + w₂·#na + b,    p = 1/(1 + e⁻ᶻ)
    E = Σ -ln p (happy) - ln(1 - p) (sad),    ∂E/∂w = Σ (p - y)·count

and gradient descent, θ ← θ - ½ ∂E/∂θ, makes E small. The notes print the counts (2, 2)
for "Na na", which has no "ya" and two "na"; the third word of the last sentence cannot
be read and is taken from its counts.

It should reach all four moods, and a loss of 0.02 in 100 steps. The loss has no
minimum: a line parts the moods, and longer weights are always a little better.
"""

from typing import Any

from nn import Linear, binary_cross_entropy_from_logits
from optim import GradientDescent
from visualize import plots

from .point_sets import by_class
from .report import Report

SENTENCES = {"Ya Ya Ya": 1, "Na na": 0, "Ya na Ya": 1, "Na na Ya na": 0}
NEW = ("Ya", "Na", "Na Ya", "Ya na Ya na Ya na")
START = {"weight": [[0.5, -0.4]], "bias": [0.1]}


def vocabulary(sentences: list[str]) -> list[str]:
    """Every word once, in the order in which they first appear."""
    return list(dict.fromkeys(word for s in sentences for word in s.lower().split()))


def counts(sentence: str, words: list[str]) -> list[float]:
    """How often each word is in the sentence."""
    found = sentence.lower().split()
    return [float(found.count(word)) for word in words]


def run(report: Report) -> None:
    """Count, learn, and judge sentences that were not learned from."""
    words = vocabulary(list(SENTENCES))
    rows, moods = [counts(s, words) for s in SENTENCES], list(SENTENCES.values())
    neuron = Linear(len(words), 1)
    neuron.load_state_dict(START)
    optimizer = GradientDescent(neuron.named_parameters(), lr=0.5)

    def loss_of(xs: list[list[float]], ys: list[int]) -> Any:
        logits = [neuron(x)[0] for x in xs]
        return binary_cross_entropy_from_logits(logits, ys, reduction="sum")

    report.flow(loss_of(rows[:1], moods[:1]), title="“Ya Ya Ya” before the first step")
    printed = [[2.0, 2.0] if s == "Na na" else counts(s, words) for s in SENTENCES]
    wrong = loss_of(printed, moods).data

    losses = []
    for _ in report.steps(100, "gradient descent"):
        optimizer.zero_grad()
        loss = loss_of(rows, moods)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    losses.append(loss_of(rows, moods).data)

    report.say(
        f"loss at first {losses[0]:.10f}; with the counts as printed {wrong:.10f}"
    )
    learned = [p.data for p in neuron.parameters()]
    report.table("What was learned", [*words, "b"], [learned])
    judged = []
    for s in (*SENTENCES, *NEW):
        z = neuron(counts(s, words))[0]
        mood = {1: "happy", 0: "sad", None: "new"}[SENTENCES.get(s)]
        judged.append([s, *counts(s, words), mood, z.sigmoid().data])
    columns = ["sentence", *words, "mood", "p(happy)"]
    report.table("Moods", columns, judged)
    right = sum((line[-1] > 0.5) == y for line, y in zip(judged, moods, strict=False))
    report.reach("moods that are right", right, at_least=4)
    report.reach("loss", losses[-1], at_most=0.02)

    report.plot("loss", plots.losses, {"E": losses}, title="The loss after each step")
    classes = dict(zip(("sad", "happy"), by_class(rows, moods).values(), strict=True))
    report.plot(
        "boundary", plots.boundary, lambda a, b: neuron([a, b])[0].data,
        (-0.5, 3.5), (-0.5, 3.5),
        title="The line between sad and happy", classes=classes,
        names=("number of “ya”", "number of “na”"),
    )  # fmt: skip
