"""Metrics and splits: against scikit-learn's, and against their definitions."""

import math
import random
from collections import Counter

import pytest

from nn.examples import examples, train_test_split
from nn.metrics import (
    accuracy,
    binary_accuracy,
    confusion_matrix,
    mean_absolute_error,
    precision_recall,
    predicted_classes,
    r2,
    root_mean_squared_error,
)

RNG = random.Random(0)
ROWS = [[RNG.gauss(0, 1) for _ in range(3)] for _ in range(50)]
CLASSES = [RNG.randrange(3) for _ in ROWS]
NUMBERS = [RNG.gauss(0, 1) for _ in ROWS]
TARGETS = [x + RNG.gauss(0, 0.5) for x in NUMBERS]


def test_against_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    taken = predicted_classes(ROWS)
    assert accuracy(ROWS, CLASSES) == metrics.accuracy_score(CLASSES, taken)
    matrix = confusion_matrix(ROWS, CLASSES)
    assert matrix == metrics.confusion_matrix(CLASSES, taken).tolist()
    pairs = precision_recall(matrix)
    precision, recall, _, _ = metrics.precision_recall_fscore_support(CLASSES, taken)
    assert [p for p, _ in pairs] == pytest.approx(precision.tolist(), rel=1e-15)
    assert [r for _, r in pairs] == pytest.approx(recall.tolist(), rel=1e-15)
    for own, name in [
        (r2, "r2_score"),
        (mean_absolute_error, "mean_absolute_error"),
        (root_mean_squared_error, "root_mean_squared_error"),
    ]:
        # rel: both add 50 numbers up, each sum within 50 units of 1.1e-16
        theirs = getattr(metrics, name)(TARGETS, NUMBERS)
        assert own(NUMBERS, TARGETS) == pytest.approx(theirs, rel=1e-14)


def test_weights_for_classes_and_arrays():
    numpy = pytest.importorskip("numpy")
    onehot = [[float(k == y) for k in range(3)] for y in CLASSES]
    assert accuracy(ROWS, onehot) == accuracy(ROWS, CLASSES)
    arrays = numpy.array(ROWS), numpy.array(CLASSES)
    assert accuracy(*arrays) == accuracy(ROWS, CLASSES)
    assert confusion_matrix(*arrays) == confusion_matrix(ROWS, CLASSES)
    assert r2(numpy.array(NUMBERS), numpy.array(TARGETS)) == r2(NUMBERS, TARGETS)


def test_two_classes():
    scores, signs = [1.0, -1.0, 0.0, 2.0], [1, -1, 1, -1]
    assert binary_accuracy(scores, signs) == 0.5
    assert binary_accuracy([[s] for s in scores], [max(s, 0) for s in signs]) == 0.5
    assert binary_accuracy([0.6, 0.4], [1, 0], threshold=0.5) == 1.0


def test_rows_of_numbers():
    assert mean_absolute_error([[1.0, 2.0]], [[2.0, 4.0]]) == 1.5
    assert root_mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]]) == math.sqrt(2)
    assert r2([[1.0], [2.0]], [1.0, 2.0]) == 1.0


def test_where_nothing_can_be_said():
    assert math.isnan(r2([1.0, 2.0], [3.0, 3.0]))
    assert [str(x) for x in precision_recall([[0, 0], [1, 0]])[1]] == ["nan", "0.0"]
    assert math.isnan(precision_recall([[1, 0], [0, 0]])[1][1])
    assert predicted_classes([[1.0, 1.0]]) == [0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: accuracy([1.0], [1]), TypeError, "'predictions.0.' must be a row"),
        (lambda: accuracy([[1.0]], [0]), TypeError, "take binary_accuracy"),
        (lambda: accuracy(ROWS, [0]), ValueError, "must have equal lengths"),
        (lambda: accuracy([], []), ValueError, "at least one sample"),
        (lambda: binary_accuracy([[1.0, 2.0]], [1]), TypeError, "one number each"),
        (lambda: r2([[1.0, 2.0]], [[1.0, 2.0]]), TypeError, "one number each"),
        (lambda: r2([], []), ValueError, "at least one sample"),
        (lambda: mean_absolute_error([[1.0]], [[1.0, 2.0]]), TypeError, "be alike"),
        (
            lambda: confusion_matrix([[1.0, 2.0]], [2]),
            ValueError,
            r"a class must be from 0 to 1 \(got 2\)",
        ),
    ],
)
def test_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- splits ----------------------------------------------------------------------------


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("test", [0.2, 0.5, 0.31, 7])
def test_a_split_has_every_sample_once(test, stratify):
    """Each with its own target, and the count that was asked for."""
    things = list(range(len(CLASSES)))
    options = {"test": test, "seed": 3, "stratify": stratify}
    parts = train_test_split(things, CLASSES, **options)
    assert sorted(parts[0] + parts[1]) == things
    for xs, ys in (parts[::2], parts[1::2]):
        assert [CLASSES[x] for x in xs] == ys
    assert len(parts[1]) == (test if isinstance(test, int) else round(test * 50))
    assert parts == train_test_split(things, CLASSES, **options)
    assert parts != train_test_split(things, CLASSES, **{**options, "seed": 4})


@pytest.mark.parametrize("test", [0.2, 0.31, 0.5, 7])
def test_stratified_shares(test):
    """Within one sample of the exact share, for every class."""
    _, _, _, held = train_test_split(CLASSES, CLASSES, test=test, stratify=True)
    whole, part = Counter(CLASSES), Counter(held)
    for label, n in whole.items():
        assert abs(part[label] - n * len(held) / len(CLASSES)) < 1


def test_text_may_be_a_class():
    *_, held = train_test_split(range(4), list("aabb"), test=0.5, stratify=True)
    assert sorted(held) == ["a", "b"]


def test_fingerprints_tell_data_apart():
    """Values, order, forms; and not the addresses of objects."""

    def of(x, y=(0, 1)):
        return examples(x, y).fingerprint()

    class Thing:
        pass

    data = [[1.0, 2.0], [3.0, 4.0]]
    assert of(data) == of([tuple(x) for x in data])
    others = [
        of([[1.0, 2.0], [3.0, 4.000000000000001]]),
        of([[3.0, 4.0], [1.0, 2.0]]),
        of([[1.0], [2.0, 3.0, 4.0]]),
        of([[[1.0], 2.0], [3.0, 4.0]]),
        of(data, (1, 0)),
        of([["1.0", 2.0], [3.0, 4.0]]),
    ]
    assert len({of(data), *others}) == 7
    assert of([Thing(), Thing()]) == of([Thing(), Thing()])
