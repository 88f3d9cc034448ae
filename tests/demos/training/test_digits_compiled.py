"""All of the handwritten digits, by compiled steps: five stratified splits."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograd_core import dot, logsumexp
from autograd_core.compile import compile as compiled
from nn import MLP
from optim import AdamW

EPOCHS, BATCH = 60, 32


def _accuracy(seed: int, learned: Any, judged: Any) -> float:
    (samples, labels), (held_out, truth) = learned, judged
    model = MLP(64, [32, 10], activation="relu", init="he_uniform", seed=seed)
    rng = np.random.default_rng(seed)
    targets = np.eye(10)[labels]

    def loss(x: Any, target: Any) -> Any:
        logits = model(x)
        return logsumexp(logits) - dot(logits, target)

    def batches() -> Iterator[tuple[Any, Any]]:
        for _ in range(EPOCHS):
            order = rng.permutation(len(samples))
            for i in range(0, len(samples), BATCH):
                chosen = order[i : i + BATCH]
                yield samples[chosen], targets[chosen]

    adam = AdamW(model.named_parameters(), lr=3e-3, weight_decay=1e-2)
    compiled(loss).train(batches(), optimizer=adam)
    logits = np.array(compiled(model).rows(held_out))
    return float((logits.argmax(axis=0) == truth).mean())


@pytest.mark.slow
def test_digits_reach_97_percent() -> None:
    """64-32-10, the mean over five splits; scikit-learn's own MLP has 97.5 %."""
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import StratifiedKFold

    samples, labels = datasets.load_digits(return_X_y=True)
    samples = samples / 16
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(samples, labels)
    found = [
        _accuracy(seed, (samples[a], labels[a]), (samples[b], labels[b]))
        for seed, (a, b) in enumerate(folds)
    ]
    assert np.mean(found) >= 0.97, found
