"""Handwritten digits: softmax regression, and a network 64-32-10.

A digit is 8 x 8 points, each as dark as a number from 0 to 16 says. The network does
not know that they are a picture: it gets 64 numbers, standardised, and has one layer of
32 tanh units before the ten scores.

    a = tanh(W¹x + b¹),    z = W²a + b²,    p = softmax(z),    E = -ln p of the digit

By default 300 of the 1,797 digits are taken, with --full all of them. A model learns
from four fifths by Adam, 16 digits a step, and is judged on the last fifth; five times,
so that each digit is judged once.

The network should reach 90 % of the unseen digits in the mean of the five, and 97 %
with --full.
"""

from statistics import mean

from nn import confusion_matrix, cross_entropy_from_logits
from nn.metrics import predicted_classes
from visualize import plots

from .bundled import Trial, folds, table, trial
from .report import Report

MODELS: dict[str, list[int]] = {"softmax regression": [], "network 64-32-10": [32]}
RATE, EPOCHS, SOME = 0.02, 6, 300


def run(report: Report) -> None:
    """Two models, five parts."""
    data = table("digits")
    if not report.full:
        data = data.some(SOME, seed=report.seed)
    parts = folds(data.classes, seed=report.seed)
    epochs = report.count(EPOCHS)
    trials: dict[str, list[Trial]] = {
        kind: [
            trial(data, part, hidden, rate=RATE, epochs=epochs, seed=report.seed)
            for part in report.each(parts, kind)
        ]
        for kind, hidden in MODELS.items()
    }
    found = {kind: [t.accuracy for t in five] for kind, five in trials.items()}
    columns = ["model", *[f"part {i}" for i in range(1, 6)], "mean"]
    rows = [[kind, *five, mean(five)] for kind, five in found.items()]
    report.table(f"Accuracy on unseen digits, of {len(data.rows)}", columns, rows)
    goal = 0.97 if report.full else 0.9
    network = "network 64-32-10"
    report.reach(network, mean(found[network]), at_least=goal)

    networks = trials[network]
    logits = [z for t in networks for z in t.logits]
    truth = [k for t in networks for k in t.classes]
    places = [i for part in parts for i in part]
    guesses = predicted_classes(logits)
    wrong = [
        (i, k, g) for i, k, g in zip(places, truth, guesses, strict=True) if k != g
    ]
    report.say(
        f"The network takes {len(wrong)} of {len(truth)} digits for another one."
    )

    first = networks[0]
    loss = cross_entropy_from_logits(first.model(first.rows[0]), first.classes[0])
    report.flow(
        loss, title=f"An unseen {truth[0]} through the trained network", depth=1
    )
    curves = {kind: five[0].losses for kind, five in trials.items()}
    report.plot(
        "loss", plots.losses, curves, names=("epoch", "loss"),
        title="The loss of each epoch, without part 1",
    )  # fmt: skip
    report.plot(
        "confusion", plots.matrix, confusion_matrix(logits, truth),
        title="What the network took for what, all parts",
        row_names=data.names, column_names=data.names,
    )  # fmt: skip
    for i, k, g in wrong[:1]:
        sides = [str(j) for j in range(1, 9)]
        report.plot(
            "mistake", plots.matrix, [data.rows[i][j : j + 8] for j in range(0, 64, 8)],
            title=f"A digit {k} that was taken for {g}", names=("column", "row"),
            row_names=sides, column_names=sides,
        )  # fmt: skip
