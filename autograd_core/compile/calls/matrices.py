"""Jacobians and Hessians of a call: entries from programs, laid out as asked.

The one idea: programs give the structural non-zeros alone (`sparse.Pattern`). Zeros
appear only in a dense layout, at the very end.
"""

from collections.abc import Sequence
from typing import Any

from ..deriving.matrix import Pattern, SparseMatrix, scattered, united
from ..pipeline import Wanted
from .arguments import Call
from .sums import one_number
from .targets import Target
from .variants import Variants, gathered, same_result

__all__ = ["hessian", "jacobian"]


def jacobian(
    variants: Variants,
    call: Call,
    argnums: int | Sequence[int] | None,
    parameters: Any,
    *,
    sparse: bool,
    rows: bool,
) -> Any:
    """See `Program.jacobian` and `Rows.jacobian`."""
    target = Target(variants, call, argnums, parameters)
    rebuild = same_result(target.parts)
    pattern, table = _entries(variants, "jacobian", call, target)
    if sparse:
        return _coordinates(pattern, table, rows=rows)
    n = target.count
    dense = _dense(pattern, table)
    return rebuild(
        [target.rebuilt(dense[k : k + n], rows=rows) for k in range(0, len(dense), n)]
    )


def hessian(
    variants: Variants,
    call: Call,
    argnums: int | Sequence[int] | None,
    parameters: Any,
    *,
    sparse: bool,
    rows: bool,
) -> Any:
    """See `Program.hessian` and `Rows.hessian`."""
    target = Target(variants, call, argnums, parameters)
    one_number(target.parts)
    pattern, table = _entries(variants, "hessian", call, target)
    if sparse:
        return _coordinates(pattern, table, rows=rows)
    n = target.count
    dense = _dense(pattern, table)
    return target.rebuild(
        [target.rebuilt(dense[k : k + n], rows=rows) for k in range(0, len(dense), n)]
    )


def _entries(
    variants: Variants, kind: str, call: Call, target: Target
) -> tuple[Pattern, Any]:
    # The entries for every row, (entries, rows).
    import numpy as np

    pattern, table = _run(variants, kind, call, target, variants.numerics)
    if variants.numerics != "eager" and not np.isfinite(table).all():
        # a product of 0 and infinity is 0 there
        pattern, table = _run(variants, kind, call, target, "eager")
    return pattern, table


def _run(
    variants: Variants, kind: str, call: Call, target: Target, numerics: str
) -> tuple[Pattern, Any]:
    backend = variants.backend_for(numerics)
    patterns, tables = [], []
    for part in target.parts:
        places = target.places(part)
        wanted = Wanted(kind, places, numerics=numerics, single=call.single)
        pattern, table = part.variant.entries(wanted, part.inputs, backend)
        patterns.append(pattern)
        tables.append(table)
    pattern = united(patterns)
    pairs = zip(tables, patterns, strict=True)
    tables = [scattered(table, ours, pattern) for table, ours in pairs]
    return pattern, gathered(target.parts, call, tables)


def _coordinates(pattern: Pattern, table: Any, *, rows: bool) -> SparseMatrix:
    return SparseMatrix.of(pattern, table.T if rows else table[:, 0])


def _dense(pattern: Pattern, table: Any) -> Any:
    import numpy as np

    n, m = pattern.shape
    dense = np.zeros((n * m, table.shape[1]))
    i, j = pattern.places
    dense[i * m + j] = table
    return dense
