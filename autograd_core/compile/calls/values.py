"""Results of a call and their gradients, row by row.

What one can do with this file: `values` and `value_and_grad` of a call, for one row and
for a batch.

The one idea: both are a table with a line per number and a column per row, put into
containers at the very end.
"""

from collections.abc import Sequence
from typing import Any

from ..pipeline import Wanted
from .arguments import Call, assembled
from .replay import explain_row
from .sums import one_number
from .targets import Target
from .variants import Variants, gathered, same_result

__all__ = ["value_and_grad", "values"]


def values(variants: Variants, call: Call, *, rows: bool) -> Any:
    """See `Program.__call__` and `Rows.__call__`."""
    wanted = Wanted("values", numerics=variants.numerics, single=call.single)
    parts = variants.parts(call)
    table = gathered(parts, call, [p.variant.run(wanted, p.inputs) for p in parts])
    return assembled(same_result(parts), table, rows=rows)


def value_and_grad(
    variants: Variants,
    call: Call,
    argnums: int | Sequence[int] | None,
    parameters: Any,
    *,
    allow_nonfinite: bool,
    rows: bool,
) -> tuple[Any, Any]:
    """See `Program.value_and_grad` and `Rows.value_and_grad`."""
    target = Target(variants, call, argnums, parameters)
    one_number(target.parts)
    table = _finite(variants, call, target, allow_nonfinite)
    value = table[0] if rows else table[0, 0].item()
    return value, target.rebuilt(table[1:], rows=rows)


def _finite(
    variants: Variants, call: Call, target: Target, allow_nonfinite: bool
) -> Any:
    # Result and gradient of every row, (1 + n, rows); finite, or an error.
    import numpy as np

    table = _run(variants, call, target, variants.numerics)
    if np.isfinite(table).all():
        return table
    if variants.numerics != "eager":  # a product of 0 and infinity is 0 there
        table = _run(variants, call, target, "eager")
    if not allow_nonfinite:
        bad = np.nonzero(~np.isfinite(table).all(axis=0))[0]
        if bad.size:
            explain_row(variants.function, call, int(bad[0]), target.positions)
    return table


def _run(variants: Variants, call: Call, target: Target, numerics: str) -> Any:
    backend = variants.backend_for(numerics)
    tables = []
    for part in target.parts:
        places = target.places(part)
        wanted = Wanted("gradient", places, numerics=numerics, single=call.single)
        tables.append(part.variant.run(wanted, part.inputs, backend=backend))
    return gathered(target.parts, call, tables)
