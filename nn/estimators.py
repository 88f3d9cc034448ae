"""Estimators: networks with scikit-learn's conventions.

What one can do with this file: put `ScalarMLPClassifier` and `ScalarMLPRegressor` where
scikit-learn takes an estimator: in pipelines, searches, cross-validation. The file
needs the extra ``sklearn`` and is imported by nobody but you:
``from nn.estimators import ScalarMLPClassifier``.

The one idea: an estimator is an `MLP`, a loss and a call of `fit`; parameters that mean
the same as those of scikit-learn's ``MLPClassifier`` have their names. Every number
is one scalar node here, so they are for some thousand samples, and to be looked into:
``estimator.model_`` is a `Module` like any other.

Source: scikit-learn's developer guide, "Developing scikit-learn estimators".
"""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from optim import Adam

from .callbacks import EarlyStopping
from .evaluation import predict
from .fit import fit
from .losses import cross_entropy_from_logits, mean_squared_error
from .mlp import MLP
from .penalties import ridge

try:
    import numpy as np
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets, unique_labels
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "nn.estimators needs scikit-learn; pip install 'autograd-core[sklearn]'"
    ) from error

__all__ = ["ScalarMLPClassifier", "ScalarMLPRegressor"]


class _ScalarMLP(BaseEstimator):  # type: ignore[misc]
    _loss: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        hidden_layer_sizes: tuple[int, ...] = (8,),
        *,
        activation: Any = "tanh",
        alpha: float = 1e-4,
        batch_size: int | None = 32,
        learning_rate_init: float = 0.01,
        max_iter: int = 50,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _begun(self, outputs: int) -> None:
        # A new network and its optimizer. All randomness comes from one integer.
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.model_ = MLP(
            self.n_features_in_,
            [*self.hidden_layer_sizes, outputs],
            activation=self.activation,
            init="xavier_uniform",
            seed=self._seed,
        )
        self._optimizer = Adam(
            self.model_.named_parameters(), lr=self.learning_rate_init
        )
        self.n_iter_ = 0

    def _trained(self, X: Any, Y: list[Any], epochs: int, *, stop: bool) -> Self:  # noqa: N803
        model, alpha, loss = self.model_, self.alpha, type(self)._loss

        def penalised(predictions: Any, targets: Any) -> Any:
            data_loss = loss(predictions, targets)
            if not alpha:
                return data_loss
            return data_loss + ridge(model, alpha, skip=["bias"])

        self.history_ = fit(
            model,
            X,
            Y,
            loss=penalised,
            optimizer=self._optimizer,
            epochs=epochs,
            batch_size=self.batch_size,
            seed=self._seed + self.n_iter_,  # another order in each partial_fit
            validation=self.validation_fraction if stop else None,
            callbacks=[EarlyStopping(patience=self.n_iter_no_change)] if stop else [],
            progress=bool(self.verbose),
        )
        self.n_iter_ += len(self.history_)
        self.loss_ = self.history_["loss"][-1]
        return self

    def _answers(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return np.array(predict(self.model_, rows)).reshape(len(rows), -1)


class ScalarMLPClassifier(ClassifierMixin, _ScalarMLP):  # type: ignore[misc]
    """A multilayer perceptron that tells classes apart, over scalar nodes.

    Parameters
    ----------
    hidden_layer_sizes
        Their widths; ``()`` is logistic (softmax) regression.
    activation
        Of the hidden layers, as `nn.MLP`.
    alpha
        Of the penalty ``alpha * (sum of all squared weights)``, which leaves biases
        out. scikit-learn's own divides it by 2 and by the number of samples.
    batch_size
        How many samples a step of Adam sees; None for all.
    learning_rate_init
        Adam's.
    max_iter
        How many epochs there are at most.
    early_stopping
        Whether some samples are held back, and training ends when their loss has not
        become smaller for ``n_iter_no_change`` epochs; the best epoch's weights stay.
    validation_fraction
        The share that is held back.
    n_iter_no_change
        See ``early_stopping``.
    random_state
        An int, a NumPy ``RandomState`` or None, for weights and the order of samples.
    verbose
        Whether there is a progress bar.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    model_ : MLP
        Its outputs are logits, one for each class.
    history_ : History
    loss_ : float
        That of the last epoch, with the penalty.
    n_iter_, n_features_in_ : int
    feature_names_in_ : ndarray
        Where ``X`` was a data frame whose columns are called by text.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]] * 5, ["low", "low", "high", "high"] * 5
    >>> model = ScalarMLPClassifier((), learning_rate_init=0.1, random_state=0)
    >>> [str(label) for label in model.fit(X, y).predict([[-1.0], [5.0]])]
    ['low', 'high']
    """

    _loss = staticmethod(cross_entropy_from_logits)

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Learn from the samples ``X`` (n, features) and their classes ``y`` (n,).

        Raises
        ------
        TypeError, ValueError
            If the data, or a parameter, are not what they must be.
        """
        rows, y = self._checked(X, y)
        self.classes_ = unique_labels(y)
        self._begun(self._outputs())
        return self._trained(
            rows, self._places(y), self.max_iter, stop=self.early_stopping
        )

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:  # noqa: N803
        """One epoch more on these samples; the first call must name all ``classes``.

        Raises
        ------
        TypeError, ValueError
            As `fit`; and if the first call names no classes, a later one others, or a
            sample has none of them.
        """
        first = not hasattr(self, "model_")
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        rows, y = self._checked(X, y, first)
        known = unique_labels(classes) if first else self.classes_
        if classes is not None and not np.array_equal(known, unique_labels(classes)):
            raise ValueError(f"`classes={classes!r}` are not those of the first call")
        if not np.isin(y, known).all():
            raise ValueError("`y` has labels that are not in `classes`")
        if first:
            self.classes_ = known
            self._begun(self._outputs())
        return self._trained(rows, self._places(y), 1, stop=False)

    def _checked(self, X: Any, y: Any, reset: bool = True) -> tuple[Any, Any]:  # noqa: N803
        rows, y = validate_data(self, X, y, dtype=np.float64, reset=reset)
        check_classification_targets(y)
        return rows, y

    def _outputs(self) -> int:
        if len(self.classes_) < 2:
            raise ValueError("a classifier needs at least 2 classes, `y` has 1 class")
        return len(self.classes_)

    def _places(self, y: Any) -> list[int]:
        places: list[int] = np.searchsorted(self.classes_, y).tolist()
        return places

    def decision_function(self, X: Any) -> Any:  # noqa: N803
        """Logits (n, classes); of two classes their difference (n,)."""
        logits = self._answers(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_log_proba(self, X: Any) -> Any:  # noqa: N803
        """The logarithms of `predict_proba`, also where that is 0."""
        logits = self._answers(X)
        logits = logits - logits.max(axis=1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        """The probability of each class (n, classes), in the order of ``classes_``."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The most probable class of each sample (n,)."""
        logits = self._answers(X)
        return self.classes_[logits.argmax(axis=1)]


class ScalarMLPRegressor(RegressorMixin, _ScalarMLP):  # type: ignore[misc]
    """A multilayer perceptron that predicts numbers, over scalar nodes.

    The loss is the mean squared error; bring ``X`` and ``y`` to about unit scale first.
    Parameters as `ScalarMLPClassifier`; ``hidden_layer_sizes=()`` is linear (ridge)
    regression.

    Attributes
    ----------
    model_ : MLP
    history_ : History
    loss_ : float
        That of the last epoch, with the penalty.
    n_iter_, n_features_in_ : int
    feature_names_in_ : ndarray
        Where ``X`` was a data frame whose columns are called by text.

    Examples
    --------
    >>> X, y = [[-1.0], [0.0], [1.0], [2.0]] * 5, [-1.0, 1.0, 3.0, 5.0] * 5
    >>> model = ScalarMLPRegressor((), batch_size=4, random_state=0, max_iter=200)
    >>> bool(abs(model.fit(X, y).predict([[3.0]])[0] - 7.0) < 0.01)
    True
    """

    _loss = staticmethod(mean_squared_error)

    def __sklearn_tags__(self) -> Any:
        """Several targets at once are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Learn from the samples ``X`` (n, features) and ``y``, (n,) or (n, targets).

        Raises
        ------
        TypeError, ValueError
            If the data, or a parameter, are not what they must be.
        """
        rows, y = self._checked(X, y, reset=True)
        self._begun(1 if y.ndim == 1 else y.shape[1])
        return self._trained(rows, y.tolist(), self.max_iter, stop=self.early_stopping)

    def partial_fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """One epoch more on these samples.

        Raises
        ------
        TypeError, ValueError
            As `fit`; and if there are more or fewer targets than before.
        """
        first = not hasattr(self, "model_")
        rows, y = self._checked(X, y, first)
        targets = 1 if y.ndim == 1 else y.shape[1]
        if first:
            self._begun(targets)
        elif targets != self.model_.nout:
            raise ValueError(
                f"`y` must have {self.model_.nout} targets as before (got {targets})"
            )
        return self._trained(rows, y.tolist(), 1, stop=False)

    def _checked(self, X: Any, y: Any, reset: bool) -> tuple[Any, Any]:  # noqa: N803
        rows, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset
        )
        self._flat = y.ndim == 1
        return rows, y.astype(np.float64)

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The numbers of each sample, in the form that ``y`` had."""
        answers = self._answers(X)
        return answers[:, 0] if self._flat else answers
