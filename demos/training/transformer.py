"""A transformer that writes village names, letter by letter.

The model reads the letters so far and gives each possible next one a score. A letter is
a row of 16 numbers, and so is its place; their sum x goes through one layer:

    x ← x + attention(norm(x)),            4 heads, each sees the past only
    x ← x + W² relu(W¹ norm(x)),           64 units
    scores = W³ norm(x),    norm(x) = γ x / √(mean x² + ε)

(A. Vaswani et al. 2017; norms before the parts: R. Xiong et al. 2020; RMSNorm: B. Zhang
and R. Sennrich 2019). About 4,200 parameters see up to 16 letters. Each step learns one
line by Adam, whose rate falls to 0, of 400 made-up names or of the file after --data.

A tenth of the lines, 100 at most, is kept for judging. There the loss, -ln p per
letter, should reach 0.2 less than that of counting which letter follows which (bigram).
"""

from functools import partial
from random import Random
from statistics import mean

from autograd_core import Value, compile, scope
from nn import Embedding, Linear, Module, RMSNorm, SelfAttention, Sequential, normal
from optim import Adam, Scheduler
from visualize import plots

from .documents import bigram, documents, judged, loss_of, own_text, unigram, written
from .report import Report

WIDTH, HEADS, CONTEXT, STEPS = 16, 4, 16, 600
# The tables begin small, so that no letter has an opinion.
SMALL = partial(normal, deviation=0.3)
Rows = list[list[Value]]


def plus(a: Rows, b: Rows) -> Rows:
    """Row by row and number by number: what a part adds to its input."""
    with scope("sum", "x + y"):
        pairs = [zip(p, q, strict=True) for p, q in zip(a, b, strict=True)]
        return [[x + y for x, y in pair] for pair in pairs]


class Transformer(Module):
    """Tokens to scores of the next token, one row of scores per token."""

    def __init__(self, tokens: int, seed: int) -> None:
        random = Random(seed)
        self.letter = Embedding(tokens, WIDTH, init=SMALL, seed=random)
        self.place = Embedding(CONTEXT, WIDTH, init=SMALL, seed=random)
        self.norm1, self.norm2, self.norm3 = (RMSNorm(WIDTH) for _ in range(3))
        self.attention = SelfAttention(WIDTH, HEADS, causal=True, seed=random)
        up = Linear(WIDTH, 4 * WIDTH, bias=False, init="he_uniform", seed=random)
        down = Linear(4 * WIDTH, WIDTH, bias=False, seed=random)
        self.units = Sequential(up, "relu", down)
        self.scores = Linear(WIDTH, tokens, bias=False, seed=random)
        self.name_parameters()

    def forward(self, tokens: list[int]) -> Rows:
        """The scores of the token after each."""
        x = plus(self.letter(tokens), self.place(list(range(len(tokens)))))
        x = plus(x, self.attention([self.norm1(row) for row in x]))
        x = plus(x, [self.units(self.norm2(row)) for row in x])
        return [self.scores(self.norm3(row)) for row in x]


def run(report: Report) -> None:
    """Learn, judge, write."""
    text = own_text() if report.data is None else report.data
    data = documents(text, longest=CONTEXT - 1, seed=report.seed)
    model = Transformer(data.tokens, report.seed)
    rows = [[n, m.described(), len(m.parameters())] for n, m in model.children()]
    report.table("The model", ["part", "layer", "parameters"], rows)
    title = f"The first letters of “{data.learned[0]}”, before the first step"
    report.flow(loss_of(model, data.encode(data.learned[0])[:3]), title=title, depth=1)

    optimizer = Adam(model.named_parameters(), lr=0.01, betas=(0.85, 0.99))
    count, random, losses = report.count(STEPS), Random(report.seed), []
    scheduler = Scheduler(optimizer, lambda k: max(0.0, 1 - k / count))
    # Lines of one length share one program. LLVM's would pay from 8,000 steps on.
    program = compile(partial(loss_of, model), backend="numpy", index_argnums=0)
    training = program.training(optimizer=optimizer)
    for _ in report.steps(STEPS, "transformer"):
        losses.append(training.step([data.encode(random.choice(data.learned))]))
        scheduler.step()
    training.settle()

    alone, pairs, found = unigram(data), bigram(data), judged(model, data)
    columns = ["letters counted", "pairs counted", "transformer"]
    report.table("Loss per letter on unseen lines", columns, [[alone, pairs, found]])
    new = [written(model, data, CONTEXT - 1, random) for _ in range(20)]
    report.say(f"It writes: {', '.join(new)}.")
    report.reach("bigram's loss minus its loss", pairs - found, at_least=0.2)
    parts = [mean(losses[k : k + 50]) for k in range(0, count, 50)]
    lines = {"letters counted": alone, "pairs counted": pairs}
    curves = {"transformer": parts} | {k: [y] * len(parts) for k, y in lines.items()}
    report.plot(
        "loss", plots.losses, curves, title="Loss per letter, means of 50 steps",
        names=("50 steps", "loss per letter"), logarithmic=False,
    )  # fmt: skip
