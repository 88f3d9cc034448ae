"""Short lines of text as numbers, and how well counting alone foretells a letter.

What one can do with this file: make `Documents` of a text; learn a line (`loss_of`);
ask for the loss per letter of two baselines, `unigram` and `bigram`, and of a model
(`judged`), on lines that were not learned; have the model write a line (`written`).

The one idea: a line is a row of tokens, one per letter, between two ends (token 0). So
a model says how a line begins, goes on, and when it is over, and its loss can be
compared with that of any other model on the same lines.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from autograd_core import Value, no_grad, softmax
from nn import cross_entropy_from_logits

from .report import InputError

__all__ = [
    "Documents",
    "bigram",
    "documents",
    "judged",
    "loss_of",
    "own_text",
    "unigram",
    "written",
]

Model = Callable[[list[int]], Any]

LEAST = 20  # lines; a tenth of them is kept for judging
MOST_JUDGED = 100  # more would say little, and take long
MOST_LETTERS = 200  # different ones: each is a row of two tables of the model


@dataclass(frozen=True)
class Documents:
    """Lines to learn from and others to judge with, and the letters of all."""

    learned: list[str]
    judged: list[str]
    letters: list[str]

    @property
    def tokens(self) -> int:
        """How many tokens there are: the end, and the letters."""
        return 1 + len(self.letters)

    def encode(self, line: str) -> list[int]:
        """The tokens of a line, with an end on both sides."""
        return [0, *[1 + self.letters.index(letter) for letter in line], 0]

    def decode(self, tokens: Iterable[int]) -> str:
        """The line of some tokens, without its ends."""
        return "".join(self.letters[token - 1] for token in tokens if token)


def own_text() -> str:
    """The 400 made-up village names that come with the project, under its license."""
    return Path(__file__).with_name("villages.txt").read_text(encoding="utf-8")


def documents(text: str, *, longest: int, seed: int = 0) -> Documents:
    r"""The lines of a text, without empty ones; a tenth is for judging, 100 at most.

    Parameters
    ----------
    text
        A document per line; a longer line is taken in pieces.
    longest
        How many letters a document may have.
    seed
        Which lines are for judging.

    Raises
    ------
    InputError
        If there are too few lines or too many different letters, or one of them cannot
        be printed, as in a file that is no text.

    Examples
    --------
    >>> found = documents("\n".join("ab abc b".split() * 10), longest=2)
    >>> len(found.learned), len(found.judged), found.letters
    (36, 4, ['a', 'b', 'c'])
    """
    whole = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(whole, 1):
        for letter in line:
            if not letter.isprintable():
                raise InputError(
                    f"line {number} of the data has the character {letter!r}, which "
                    "cannot be printed; give a text with a document per line"
                )
    lines = [w[i : i + longest] for w in whole for i in range(0, len(w), longest)]
    if len(lines) < LEAST:
        raise InputError(
            f"the data must have at least {LEAST} lines that are not empty (got "
            f"{len(lines)}); a tenth of them is kept for judging"
        )
    letters = sorted(set("".join(lines)))
    if len(letters) > MOST_LETTERS:
        raise InputError(
            f"the data must have at most {MOST_LETTERS} different letters (got "
            f"{len(letters)})"
        )
    Random(seed).shuffle(lines)
    count = min(len(lines) // 10, MOST_JUDGED)
    return Documents(lines[count:], lines[:count], letters)


def unigram(data: Documents) -> float:
    """-ln p per letter, if p only knows how often each letter is in the learned lines.

    Each count begins at 1, so that nothing is impossible.
    """
    counts = Counter(t for line in data.learned for t in data.encode(line)[1:])
    whole = counts.total() + data.tokens
    return _loss(data, lambda before, t: (counts[t] + 1) / whole)


def bigram(data: Documents) -> float:
    """The same, if p knows how often each letter follows the one before it."""
    pairs = Counter(p for line in data.learned for p in pairwise(data.encode(line)))
    firsts = Counter(a for a, _ in pairs.elements())
    return _loss(data, lambda a, b: (pairs[a, b] + 1) / (firsts[a] + data.tokens))


def loss_of(model: Model, tokens: list[int]) -> Value:
    """-ln p of each token after the first, the mean over the line."""
    loss: Value = cross_entropy_from_logits(model(tokens[:-1]), tokens[1:])
    return loss


def judged(model: Model, data: Documents) -> float:
    """The same, of a model that gives the scores of the next token after each."""
    lines = [data.encode(line) for line in data.judged]
    with no_grad():
        losses = [loss_of(model, line).data * (len(line) - 1) for line in lines]
    return math.fsum(losses) / sum(len(line) - 1 for line in lines)


def written(model: Model, data: Documents, longest: int, random: Random) -> str:
    """A new line of at most ``longest`` letters.

    Each letter is drawn by its probability, made a little more decided: the scores are
    divided by 0.7.
    """
    tokens = [0]
    with no_grad():
        while len(tokens) <= longest:
            ps = softmax([z / 0.7 for z in model(tokens)[-1]])
            tokens += random.choices(range(data.tokens), [p.data for p in ps])
            if not tokens[-1]:
                break
    return data.decode(tokens)


def _loss(data: Documents, p: Callable[[int, int], float]) -> float:
    pairs = [pair for line in data.judged for pair in pairwise(data.encode(line))]
    return -math.fsum(math.log(p(a, b)) for a, b in pairs) / len(pairs)
