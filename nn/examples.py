"""Data for a training: samples and their targets, looked through before it begins.

What one can do with this file: read `examples` from lists, arrays and data frames,
take some of them, and split them with `train_test_split`.

The one idea: what a sample and a target look like is the model's and the loss's
business. Here only what is wrong for all of them is refused: no samples, another
number of targets, a number that is NaN or infinite, with its place.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from math import isfinite
from numbers import Real
from typing import Any, NamedTuple

from .checks import got, is_number

__all__ = ["Examples", "examples", "listed", "train_test_split"]


class Examples(NamedTuple):
    """Samples ``X`` and their targets ``Y``, lists of equal length."""

    X: list[Any]
    Y: list[Any]

    def take(self, indices: Sequence[int]) -> "Examples":
        """Those at these places."""
        return Examples([self.X[i] for i in indices], [self.Y[i] for i in indices])

    def fingerprint(self) -> str:
        """A SHA-256 of the numbers: the same for the same data in the same order.

        Examples
        --------
        >>> one, other = examples([[1.0]], [0]), examples([[1.0]], [1])
        >>> one.fingerprint() == other.fingerprint()
        False
        """
        digest = sha256()
        for x, y in zip(self.X, self.Y, strict=True):
            digest.update("\x1f".join(_words((x, y))).encode())
            digest.update(b"\x1e")
        return digest.hexdigest()


def _words(thing: Any) -> Iterator[str]:
    # Of things that are neither numbers nor text the type alone: their repr may have an
    # address in it, which is another one in every process.
    if isinstance(thing, (list, tuple)):
        yield "["
        for part in thing:
            yield from _words(part)
        yield "]"
    elif isinstance(thing, (Real, str)):
        yield repr(thing)
    else:
        yield type(thing).__name__


def examples(X: Any, Y: Any, names: tuple[str, str] = ("X", "Y")) -> Examples:  # noqa: N803
    """Samples and targets as lists.

    Parameters
    ----------
    X, Y
        Lists, arrays or data frames of equal length, at least 1: the samples, each
        what the model takes, and what the loss compares with the model's answer.
    names
        What messages call them.

    Raises
    ------
    TypeError
        If one of them is not a list.
    ValueError
        If there is no sample, the lengths differ, or a number is NaN or infinite.

    Examples
    --------
    >>> examples([[1.0, 2.0], [3.0, 4.0]], (0, 1))
    Examples(X=[[1.0, 2.0], [3.0, 4.0]], Y=[0, 1])
    """
    rows, targets = listed(X, names[0]), listed(Y, names[1])
    if len(rows) != len(targets):
        raise ValueError(
            f"'{names[0]}' and '{names[1]}' must have equal lengths (got {len(rows)} "
            f"and {len(targets)})"
        )
    return Examples(rows, targets)


def listed(things: Any, name: str = "X") -> list[Any]:
    """A list of samples, or of targets; errors as `examples`."""
    if hasattr(things, "to_numpy"):
        things = things.to_numpy()
    if hasattr(things, "tolist"):
        things = things.tolist()
    if is_number(things) or isinstance(things, (str, bytes, Mapping)):
        raise TypeError(f"'{name}' must be a list {got(things)}")
    parts = [x.tolist() if hasattr(x, "tolist") else x for x in things]
    if not parts:
        raise ValueError(f"'{name}' must have at least one sample (got none)")
    for i, part in enumerate(parts):
        _check_finite(part, f"{name}[{i}]")
    return parts


def _check_finite(thing: Any, name: str) -> None:
    if isinstance(thing, (list, tuple)):
        for j, part in enumerate(thing):
            if part.__class__ is not float or not isfinite(part):
                _check_finite(part, f"{name}[{j}]")
    elif isinstance(thing, Real) and not isfinite(thing):
        raise ValueError(f"'{name}' must be finite (got {thing})")


def train_test_split(
    X: Any,  # noqa: N803  the field's names
    Y: Any,  # noqa: N803
    *,
    test: float = 0.2,
    seed: int = 0,
    stratify: bool = False,
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Some samples to learn from, and others to see what was learned.

    Parameters
    ----------
    X, Y
        As `examples`.
    test
        How many are for testing: a share between 0 and 1, or an int.
    seed
        Which ones; the same seed gives the same split.
    stratify
        Whether both parts have the same mixture of targets, for classes. Each class is
        split by itself; those whose share is cut off by most get one more.

    Returns
    -------
    X_train, X_test, Y_train, Y_test
        Lists, in scikit-learn's order of the four; shuffled.

    Raises
    ------
    TypeError, ValueError
        As `examples`; and if ``test`` or ``seed`` is not what it must be, one part
        would be empty, or ``stratify`` meets targets that are no classes or classes
        with one sample.

    Examples
    --------
    >>> X_train, X_test, Y_train, Y_test = train_test_split(
    ...     list(range(10)), [0] * 6 + [1] * 4, test=0.5, stratify=True)
    >>> sorted(Y_train), sorted(Y_test)
    ([0, 0, 0, 1, 1], [0, 0, 0, 1, 1])
    """
    data = examples(X, Y)
    learned, tested = split(data, test=test, seed=seed, stratify=stratify)
    return learned.X, tested.X, learned.Y, tested.Y


def split(
    data: Examples, *, test: Any, seed: Any, stratify: bool = False, name: str = "test"
) -> tuple[Examples, Examples]:
    """The examples to learn from, and those to test with; see `train_test_split`."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"'seed' must be an int {got(seed)}")
    count = _count(test, len(data.X), name)
    rng = random.Random(f"split/{seed}")
    groups = _classes(data.Y) if stratify else [list(range(len(data.Y)))]
    held: list[int] = []
    for group, share in zip(groups, _shares(groups, count), strict=True):
        rng.shuffle(group)
        held += group[:share]
    kept = sorted(set(range(len(data.Y))) - set(held))
    rng.shuffle(held)
    rng.shuffle(kept)
    return data.take(kept), data.take(held)


def _count(test: Any, n: int, name: str) -> int:
    if isinstance(test, bool) or not isinstance(test, (int, float)):
        raise TypeError(f"'{name}' must be a share or an int {got(test)}")
    if isinstance(test, float) and not 0 < test < 1:
        raise ValueError(f"'{name}' must be a share between 0 and 1 (got {test})")
    count = test if isinstance(test, int) else round(test * n)
    if not 1 <= count < n:
        raise ValueError(
            f"'{name}' must leave samples on both sides (got {test}, which is {count} "
            f"of {n})"
        )
    return count


def _classes(targets: list[Any]) -> list[list[int]]:
    groups: dict[Any, list[int]] = {}
    for i, y in enumerate(targets):
        if not isinstance(y, (str, int)):
            raise TypeError(f"'Y[{i}]' must be a class, an int or text {got(y)}")
        groups.setdefault(y, []).append(i)
    for y, group in groups.items():
        if len(group) < 2:
            raise ValueError(
                f"'stratify' needs two samples of each class (got one of {y!r}, at "
                f"{group[0]})"
            )
    return list(groups.values())


def _shares(groups: list[list[int]], count: int) -> list[int]:
    # Largest remainder (Hamilton): rounded down, then one more where most was cut off.
    n = sum(map(len, groups))
    shares = [count * len(group) // n for group in groups]
    cut = [-(count * len(group) % n) for group in groups]
    for i in sorted(range(len(groups)), key=cut.__getitem__)[: count - sum(shares)]:
        shares[i] += 1
    return shares
