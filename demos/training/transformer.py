"""A transformer that writes village names, letter by letter.

The model reads the letters so far and gives each possible next one a score. A letter is
a row of 16 numbers, and so is its place; their sum x goes through one layer:

    x ← x + attention(norm(x)),            4 heads, each sees the past only
    x ← x + W² relu(W¹ norm(x)),           64 units
    scores = W³ norm(x),    norm(x) = γ x / √(mean x² + ε)

(A. Vaswani et al. 2017; the norms before the parts as in R. Xiong et al. 2020, RMSNorm
of B. Zhang and R. Sennrich 2019, no biases). It has about 4,200 parameters and a context
of 16. Each step learns one line by Adam, whose rate falls to 0. The text is 400 made-up
names, or a line each of the file given with --data.

A tenth of the lines is kept for judging. There the loss, -ln p per letter, should reach
0.1 less than that of counting which letter follows which (bigram).
"""

from random import Random
from statistics import mean

from autograd_core import Value, relu
from nn import Embedding, Linear, Module, RMSNorm, SelfAttention
from nn import cross_entropy_from_logits as cross_entropy
from nn.initializers import normal
from optim import Adam, Scheduler
from visualize import plots

from .documents import bigram, documents, judged, own_text, unigram, written
from .report import Report

WIDTH, HEADS, CONTEXT, STEPS = 16, 4, 16, 800
Rows = list[list[Value]]


def small(nin: int, nout: int, *, seed: Random) -> list[list[float]]:
    """First rows of the tables: small, so that no letter begins with an opinion."""
    return normal(nin, nout, seed=seed, deviation=0.3)


def plus(a: Rows, b: Rows) -> Rows:
    """Row by row and number by number: what a layer adds to its input."""
    return [
        [u + v for u, v in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)
    ]


class Transformer(Module):
    """Tokens to scores of the next token, one row of scores per token."""

    def __init__(self, tokens: int, seed: int) -> None:
        random = Random(seed)
        self.letter = Embedding(tokens, WIDTH, init=small, seed=random)
        self.place = Embedding(CONTEXT, WIDTH, init=small, seed=random)
        self.norm1, self.norm2, self.norm3 = (RMSNorm(WIDTH) for _ in range(3))
        self.attention = SelfAttention(WIDTH, HEADS, causal=True, seed=random)
        self.up = Linear(WIDTH, 4 * WIDTH, bias=False, init="he_uniform", seed=random)
        self.down = Linear(4 * WIDTH, WIDTH, bias=False, seed=random)
        self.scores = Linear(WIDTH, tokens, bias=False, seed=random)
        self.name_parameters()

    def forward(self, tokens: list[int]) -> Rows:
        x = plus(self.letter(tokens), self.place(list(range(len(tokens)))))
        x = plus(x, self.attention([self.norm1(row) for row in x]))
        hidden = [[relu(z) for z in self.up(self.norm2(row))] for row in x]
        x = plus(x, [self.down(row) for row in hidden])
        return [self.scores(self.norm3(row)) for row in x]


def loss_of(model: Transformer, tokens: list[int]) -> Value:
    """-ln p of each next token, the mean over the line."""
    loss: Value = cross_entropy(model(tokens[:-1]), tokens[1:])
    return loss


def run(report: Report) -> None:
    """Learn, judge, write."""
    text = own_text() if report.data is None else report.data
    data = documents(text, longest=CONTEXT - 1, seed=report.seed)
    model = Transformer(data.tokens, report.seed)
    report.say(model.summary())
    first = data.encode(data.learned[0])
    report.flow(
        loss_of(model, first[:3]),
        title=f"The first letters of “{data.learned[0]}”, before the first step",
    )

    optimizer = Adam(model.named_parameters(), lr=0.01, betas=(0.85, 0.99))
    count, random, losses = report.count(STEPS), Random(report.seed), []
    scheduler = Scheduler(optimizer, lambda k: max(0.0, 1 - k / count))
    for _ in report.steps(STEPS, "transformer"):
        optimizer.zero_grad()
        loss = loss_of(model, data.encode(random.choice(data.learned)))
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.data)

    alone, pairs, found = unigram(data), bigram(data), judged(model, data)
    columns = ["letters counted", "pairs counted", "transformer"]
    report.table("Loss per letter on unseen lines", columns, [[alone, pairs, found]])
    lines = [written(model, data, CONTEXT - 1, random) for _ in range(20)]
    report.say(f"It writes: {', '.join(lines)}.")
    report.reach("bigram's loss minus its loss", pairs - found, at_least=0.1)
    parts = [losses[k : k + 40] for k in range(0, count, 40)]
    ends = (0, count - 1)
    report.plot(
        "loss", plots.lines, title="Loss per letter: the mean of 40 steps", names=("step", "loss"),
        series={
            "transformer": [(40 * i, mean(part)) for i, part in enumerate(parts)],
            "bigram": [(k, pairs) for k in ends], "unigram": [(k, alone) for k in ends],
        },
    )  # fmt: skip
