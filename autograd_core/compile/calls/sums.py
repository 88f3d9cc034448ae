"""The gradient of a batch: the sum or mean over its rows, for every captured Value.

The one idea: what eager does is ``f(x, y).backward(seed)`` row after row, with the seed
1 or 1/rows. With one program for all rows the backend adds up by itself; with several
the gradients of the rows are put back into their order first.
"""

from collections.abc import Sequence
from typing import Any

from ...errors import NonFiniteError
from ...value import Value
from ..pipeline import Wanted
from .arguments import Call, batch, one
from .replay import explain_row
from .variants import IN_VALUES, Numbers, Part, Variants, leaves_of

__all__ = ["batch_gradient", "check_reduction", "one_number", "reduced", "rows_of"]

REDUCTIONS = ("mean", "sum", None)


def check_reduction(reduction: str | None) -> None:
    """Refuse what is neither "mean", "sum" nor None.

    Raises
    ------
    ValueError
        If it is something else.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"'reduction' must be 'mean', 'sum' or None (got {reduction!r})"
        )


def rows_of(variants: Variants, args: Sequence[Any], reduction: str | None) -> Call:
    """The arguments of a batch; of one row that is a whole batch for None."""
    read = one if reduction is None else batch
    return read(args, variants.static, variants.indices)


def batch_gradient(
    variants: Variants, call: Call, reduction: str | None, numbers: Numbers = IN_VALUES
) -> tuple[float, list[Value], list[float]]:
    """The mean or sum of the results, the Values that want a gradient, and theirs.

    Raises
    ------
    NonFiniteError
        If something is not finite; with the number of the row.
    TypeError
        If the function returns something else than one number.
    ValueError
        If ``reduction`` is unknown.
    """
    check_reduction(reduction)
    parts = variants.parts(call, numbers)
    one_number(parts)
    leaves = leaves_of(parts)
    found = reduced(variants, call, parts, leaves, reduction, numbers)
    loss, *sums = found.tolist()
    return loss, leaves, sums


def reduced(
    variants: Variants,
    call: Call,
    parts: list[Part],
    leaves: list[Value],
    reduction: str | None,
    numbers: Numbers = IN_VALUES,
) -> Any:
    """The reduced result and gradients as one array; finite, or an error."""
    import numpy as np

    mean = reduction == "mean"
    found = _summed(variants, call, parts, leaves, mean, variants.numerics, numbers)
    if np.isfinite(found).all():
        return found
    if variants.numerics != "eager":  # a product of 0 and infinity is 0 there
        found = _summed(variants, call, parts, leaves, mean, "eager", numbers)
        if np.isfinite(found).all():
            return found
    table = _rows(variants, call, parts, leaves, 1.0, "eager", numbers)
    numbers.settle()
    bad = np.nonzero(~np.isfinite(table).all(axis=0))[0]
    if bad.size:
        explain_row(variants.function, call, int(bad[0]), training=True)
    raise NonFiniteError(
        "every row is finite, but their sum is not; use reduction='mean' or a smaller "
        "scale"
    )


def _summed(
    variants: Variants,
    call: Call,
    parts: list[Part],
    leaves: list[Value],
    mean: bool,
    numerics: str,
    numbers: Numbers,
) -> Any:
    # Eager's bits need the seed inside; otherwise the sums are divided at the end.
    import numpy as np

    seeded = mean and numerics == "eager" and call.rows > 1
    seed = 1.0 / call.rows if seeded else 1.0
    if len(parts) == 1:
        wanted = parts[0].variant.gradient(
            summed=True, seeded=seeded, numerics=numerics, single=call.single
        )
        found = _run(variants, parts[0], wanted, seed, numerics, numbers)
    else:
        table = _rows(variants, call, parts, leaves, seed, numerics, numbers)
        zeros = np.zeros((len(table), 1))
        found = np.add.accumulate(np.concatenate([zeros, table], axis=1), axis=1)[:, -1]
        found = found.copy()
    if mean:
        found[0] /= call.rows
        if not seeded:  # like a native step, so that both have the same bits
            found[1:] *= 1.0 / call.rows
    return found


def _rows(
    variants: Variants,
    call: Call,
    parts: list[Part],
    leaves: list[Value],
    seed: float,
    numerics: str,
    numbers: Numbers,
) -> Any:
    # Result and gradients of every row, in the order of the rows.
    import numpy as np

    table = np.zeros((1 + len(leaves), call.rows))
    place = {leaf: 1 + k for k, leaf in enumerate(leaves)}
    for part in parts:
        wanted = part.variant.gradient(
            summed=False, seeded=seed != 1.0, numerics=numerics
        )
        found = _run(variants, part, wanted, seed, numerics, numbers)
        lines = [0, *(place[leaf] for leaf in part.variant.leaves)]
        rows = np.arange(call.rows) if part.rows is None else part.rows
        table[np.array(lines)[:, None], rows] = found
    return table


def _run(
    variants: Variants,
    part: Part,
    wanted: Wanted,
    seed: float,
    numerics: str,
    numbers: Numbers,
) -> Any:
    backend = variants.backend_for(numerics)
    return part.variant.run(
        wanted, part.inputs, seed=seed, backend=backend, numbers=numbers
    )


def one_number(parts: list[Part]) -> None:
    """Refuse a function that returns something else than one number.

    Raises
    ------
    TypeError
        If it does.
    """
    for part in parts:
        shape = part.variant.result
        if shape != "*":
            raise TypeError(
                f"a gradient needs a function that returns one number, got {shape}; "
                "use jacobian for several"
            )
