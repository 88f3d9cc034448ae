"""What weights begin with: one function per rule, each with its seed.

What one can do with this file: fill a weight table by a rule of the literature, name a
rule (``init="he_normal"``), or write one's own: any function ``(nin, nout, *, seed)``
that returns ``nout`` rows of ``nin`` numbers, of any kind.

The one idea: signals keep their size through the layers if the variance of a weight is
about one over the number of inputs; each rule is that sentence with another constant.

Sources: X. Glorot and Y. Bengio 2010 (Xavier), eq. 16; K. He et al. 2015, eq. 10;
micrograd (A. Karpathy 2020) for `uniform`. Rows are drawn in order, each from left to
right, so the same seed gives micrograd's network.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

from autograd_core import Value

from .checks import Seed, as_row, chosen, generator, got, plain, positive, width

__all__ = [
    "INITIALIZERS",
    "Initializer",
    "constant",
    "he_normal",
    "he_uniform",
    "normal",
    "uniform",
    "weight_table",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Initializer = Callable[..., Sequence[Sequence[Any]]]
Rows = list[list[Any]]


def _filled(nin: Any, nout: Any, seed: Seed, draw: Callable[[Any], Any]) -> Rows:
    nin, nout = width(nin, "nin"), width(nout, "nout")
    rng = generator(seed)
    return [[draw(rng) for _ in range(nin)] for _ in range(nout)]


def uniform(
    nin: int, nout: int, *, seed: Seed = None, low: float = -1.0, high: float = 1.0
) -> Rows:
    """Uniform on [low, high]; micrograd's rule by default.

    Parameters
    ----------
    nin, nout
        Number of inputs and of units.
    seed
        An int or a `random.Random`; None draws from the module `random`.
    low, high
        The ends, finite, ``low <= high``.

    Returns
    -------
    list of list of float
        ``nout`` rows of ``nin`` numbers.

    Raises
    ------
    TypeError
        If a width, an end or the seed has a wrong type.
    ValueError
        If a width is less than 1, or ``low`` is greater than ``high``.

    Examples
    --------
    >>> [[round(w, 3) for w in row] for row in uniform(2, 1, seed=0)]
    [[0.689, 0.516]]
    """
    low, high = plain(low, "low"), plain(high, "high")
    if not low <= high:
        raise ValueError(f"'low' must be at most 'high' (got {low} and {high})")
    return _filled(nin, nout, seed, lambda rng: rng.uniform(low, high))


def normal(nin: int, nout: int, *, seed: Seed = None, deviation: float = 1.0) -> Rows:
    """Normal with mean 0 and the given deviation, > 0.

    Parameters and errors as `uniform`.
    """
    deviation = positive(deviation, "deviation")
    return _filled(nin, nout, seed, lambda rng: rng.gauss(0.0, deviation))


def xavier_uniform(
    nin: int, nout: int, *, seed: Seed = None, gain: float = 1.0
) -> Rows:
    """Uniform on [-a, a] with a = gain * sqrt(6 / (nin + nout)).

    For layers that are about linear around 0: tanh, sigmoid, softmax. Parameters and
    errors as `uniform`; ``gain`` > 0 scales the standard deviation.

    References
    ----------
    Glorot and Bengio 2010, eq. 16.

    Examples
    --------
    >>> max(abs(w) for row in xavier_uniform(5, 1, seed=0) for w in row) < 1
    True
    """
    width(nin, "nin"), width(nout, "nout")
    a = positive(gain, "gain") * sqrt(6 / (nin + nout))
    return uniform(nin, nout, seed=seed, low=-a, high=a)


def xavier_normal(nin: int, nout: int, *, seed: Seed = None, gain: float = 1.0) -> Rows:
    """Normal with mean 0 and deviation gain * sqrt(2 / (nin + nout)).

    Parameters and errors as `xavier_uniform`.
    """
    width(nin, "nin"), width(nout, "nout")
    deviation = positive(gain, "gain") * sqrt(2 / (nin + nout))
    return normal(nin, nout, seed=seed, deviation=deviation)


def he_uniform(
    nin: int, nout: int, *, seed: Seed = None, gain: float = sqrt(2)
) -> Rows:
    """Uniform on [-a, a] with a = gain * sqrt(3 / nin).

    The default gain is that of relu, which lets half of the variance through.
    Parameters and errors as `xavier_uniform`.

    References
    ----------
    He et al. 2015, eq. 10.
    """
    width(nin, "nin")
    a = positive(gain, "gain") * sqrt(3 / nin)
    return uniform(nin, nout, seed=seed, low=-a, high=a)


def he_normal(nin: int, nout: int, *, seed: Seed = None, gain: float = sqrt(2)) -> Rows:
    """Normal with mean 0 and deviation gain / sqrt(nin).

    Parameters and errors as `he_uniform`.
    """
    width(nin, "nin")
    deviation = positive(gain, "gain") / sqrt(nin)
    return normal(nin, nout, seed=seed, deviation=deviation)


def zeros(nin: int, nout: int, *, seed: Seed = None) -> Rows:
    """All zero. Units that begin equal stay equal: for the last layer at most."""
    return _filled(nin, nout, seed, lambda rng: 0.0)


class constant:  # noqa: N801  used like the functions beside it
    """A rule that gives every weight the same number, of any kind.

    Parameters
    ----------
    number
        The number: a float, a Fraction, a SymPy or an mpmath number.

    Raises
    ------
    TypeError
        If it is not one number.

    Examples
    --------
    >>> from fractions import Fraction
    >>> constant(Fraction(1, 2))(2, 1)
    [[Fraction(1, 2), Fraction(1, 2)]]
    """

    def __init__(self, number: Any) -> None:
        self.number = plain(number, "number")

    def __call__(self, nin: int, nout: int, *, seed: Seed = None) -> Rows:
        """``nout`` rows of ``nin`` times the number."""
        return _filled(nin, nout, seed, lambda rng: self.number)


INITIALIZERS: dict[str, Initializer] = {
    f.__name__: f
    for f in (
        uniform,
        normal,
        xavier_uniform,
        xavier_normal,
        he_uniform,
        he_normal,
        zeros,
    )
}


def weight_table(init: Any, nin: int, nout: int, seed: Seed) -> list[list[Value]]:
    """The leaves that ``init``, a rule or its name, makes for a layer.

    Raises
    ------
    ValueError
        If the name is unknown, or the rule's table has another shape or a number that
        is not finite.
    TypeError
        If ``init`` is neither a name nor a function.
    """
    rule = chosen(init, INITIALIZERS, "init") if isinstance(init, str) else init
    if not callable(rule):
        raise TypeError(f"'init' must be a name or a function {got(init)}")
    rows = list(rule(nin, nout, seed=generator(seed)))
    if len(rows) != nout:
        raise ValueError(f"'init' must give {nout} rows (got {len(rows)})")
    table = [as_row(row, nin, f"init[{j}]") for j, row in enumerate(rows)]
    return [[Value(w) for w in row] for row in table]
