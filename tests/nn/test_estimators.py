"""The estimators pass scikit-learn's own checks, and learn.

No check is left out: ``expected_failed_checks`` is not used.
"""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_moons
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn
from nn.estimators import ScalarMLPClassifier, ScalarMLPRegressor

# As little as the checks' problems need: a scalar network is slow.
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 2, "batch_size": 8}
ESTIMATORS = [
    ScalarMLPClassifier(learning_rate_init=0.1, **SMALL),
    ScalarMLPRegressor(learning_rate_init=0.1, **SMALL),
]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)  # noqa: N806  the field's names
    return X, y


def classifier(**options):
    return ScalarMLPClassifier(
        **{"hidden_layer_sizes": (4,), "learning_rate_init": 0.05, "max_iter": 10}
        | {"random_state": 0, "batch_size": 16}
        | options
    )


@pytest.mark.slow
def test_iris(iris):
    """In a pipeline, over five folds: at least 93 %."""
    model = make_pipeline(StandardScaler(), classifier())
    assert cross_val_score(model, *iris, cv=5).mean() >= 0.93


def test_a_search_over_parameters(iris):
    search = GridSearchCV(
        classifier(max_iter=3), {"hidden_layer_sizes": [(), (2,)]}, cv=2
    )
    search.fit(*iris)
    assert set(search.best_params_) == {"hidden_layer_sizes"}


def test_labels_may_be_text(iris):
    X, y = iris  # noqa: N806
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = classifier(max_iter=3).fit(X, names)
    assert list(model.classes_) == ["setosa", "versicolor", "virginica"]
    assert set(model.predict(X)) <= set(model.classes_)
    other = classifier(max_iter=3).fit(X, y)
    assert (model.predict_proba(X) == other.predict_proba(X)).all()


def test_probabilities_of_far_away_samples():
    """No probability is NaN, and the logarithm of one that is 0 is finite."""
    X, y = make_moons(20, random_state=0)  # noqa: N806
    model = classifier(hidden_layer_sizes=(), max_iter=1).fit(X, y)
    far = [[1e6, -1e6], [-1e6, 1e6]]
    assert np.isfinite(model.predict_log_proba(far)).all()
    assert model.predict_proba(far).sum(axis=1).tolist() == [1.0, 1.0]
    assert model.predict_log_proba(far).min() < -1000


def test_the_same_random_state_gives_the_same_numbers():
    X, y = make_moons(20, random_state=0)  # noqa: N806
    first, same, other = (
        classifier(max_iter=2, random_state=s).fit(X, y).model_.state_dict()
        for s in (1, 1, 2)
    )
    assert first == same != other


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_learn_on_by_themselves(copied):
    """The optimizer of a copy moves the copy's parameters."""
    X, y = make_moons(20, random_state=0)  # noqa: N806
    model = classifier(max_iter=2).fit(X, y)
    other = copied(model)
    before = model.model_.state_dict()
    assert other.model_.state_dict() == before
    other.partial_fit(X, y)
    assert other.model_.state_dict() != before
    assert model.model_.state_dict() == before
    model.partial_fit(X, y)
    assert model.model_.state_dict() == other.model_.state_dict()


def test_partial_fit_goes_on():
    X, y = make_moons(40, random_state=0)  # noqa: N806
    model = classifier(alpha=0.0)
    losses = [model.partial_fit(X, y, classes=[0, 1]).loss_ for _ in range(10)]
    assert losses[-1] < losses[0]
    assert model.n_iter_ == 10
    model.partial_fit(X[:1], y[:1])  # one class alone is enough now
    line = ScalarMLPRegressor((), random_state=0)
    losses = [line.partial_fit(X, X @ [1.0, 2.0]).loss_ for _ in range(20)]
    assert losses[-1] < losses[0]


def test_early_stopping():
    X, y = make_moons(40, noise=0.3, random_state=0)  # noqa: N806
    model = classifier(early_stopping=True, n_iter_no_change=2, max_iter=200)
    model.fit(X, y)
    assert model.n_iter_ < 200
    assert model.history_.stopped.startswith("stopped early: best validation loss")


def test_alpha_is_a_penalty_on_weights():
    X, y = make_moons(20, random_state=0)  # noqa: N806
    largest = []
    for alpha in (0.0, 1.0):
        model = classifier(hidden_layer_sizes=(), alpha=alpha).fit(X, y).model_
        largest.append(max(abs(w.data) for row in model.layers[0].weight for w in row))
    assert largest[1] < largest[0] / 2


def test_a_line_and_a_curve():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (60, 2))  # noqa: N806
    options = {"learning_rate_init": 0.1, "max_iter": 30, "random_state": 0}
    options |= {"alpha": 0.0, "batch_size": 8}
    line = ScalarMLPRegressor((), **options).fit(X, X @ [2.0, -1.0] + 0.5)
    assert line.score(X, X @ [2.0, -1.0] + 0.5) > 0.9999
    y = np.stack([X[:, 0] ** 2, X[:, 0] * X[:, 1]], axis=1)
    curve = ScalarMLPRegressor((6,), **options).fit(X, y)
    assert curve.predict(X).shape == (60, 2)
    assert curve.score(X, y) > 0.8
    column = ScalarMLPRegressor((), **options | {"max_iter": 1}).fit(X, y[:, :1])
    assert column.predict(X).shape == (60, 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"hidden_layer_sizes": (0,)}, ValueError, "must be an int of at least 1"),
        ({"hidden_layer_sizes": (1.5,)}, TypeError, "must be an int of at least 1"),
        ({"activation": "tahn"}, ValueError, "must be one of"),
        (
            {"alpha": -1.0},
            ValueError,
            "'strength' must be a finite number of|at least 0",
        ),
        ({"alpha": float("nan")}, ValueError, "'strength' must be a finite number"),
        ({"batch_size": 0}, ValueError, "'batch_size' must be an int of at least 1"),
        ({"learning_rate_init": -0.1}, ValueError, "'lr' must be a number"),
        ({"learning_rate_init": float("nan")}, ValueError, "'lr' must be a number"),
        ({"max_iter": 0}, ValueError, "'epochs' must be an int of at least 1"),
        (
            {"early_stopping": True, "validation_fraction": 2.0},
            ValueError,
            "'validation' must be a share",
        ),
    ],
)
def test_parameters(options, error, message):
    X, y = make_moons(20, random_state=0)  # noqa: N806
    with pytest.raises(error, match=message):
        classifier(**options).fit(X, y)


def partial(model, *calls):
    for call in calls:
        model.partial_fit(*call)


XS = [[0.0], [1.0]]


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ([(XS, [0, 1])], "classes must be passed on the first call"),
        ([(XS, [0, 1], [0, 1]), (XS, [0, 1], [0, 2])], "are not those of the first"),
        ([(XS, [0, 1], [0, 2])], "`y` has labels that are not in `classes`"),
        ([(XS, [0, 0], [0])], "needs at least 2 classes, `y` has 1 class"),
    ],
)
def test_partial_fit_of_classes(calls, message):
    with pytest.raises(ValueError, match=message):
        partial(classifier(), *calls)


def test_partial_fit_of_numbers():
    with pytest.raises(
        ValueError, match=r"`y` must have 1 targets as before \(got 2\)"
    ):
        partial(ScalarMLPRegressor(), (XS, [0.0, 1.0]), (XS, [[0.0, 1.0]] * 2))


def test_without_scikit_learn():
    """One sentence with the remedy; the rest of the package needs nothing of it."""
    program = """
import sys
sys.modules["sklearn"] = None
import nn, nn.fit
try:
    import nn.estimators
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(nn.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "nn.estimators needs scikit-learn; pip install 'autograd-core[sklearn]'\n"
    )
