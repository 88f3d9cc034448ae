"""A program over a batch.

The one idea: every argument is a sequence with an entry per row, so a batch is the
program's own surface, once for all rows.
"""

from collections.abc import Sequence
from typing import Any

from .calls.arguments import Call, batch
from .calls.matrices import hessian, jacobian
from .calls.values import value_and_grad, values
from .calls.variants import Variants

__all__ = ["Rows"]


class Rows:
    """A program over a batch: ``program.rows(X, Y)``.

    The result is that of ``[f(x, y) for x, y in zip(X, Y)]``: every argument is an
    array, a list or a tuple with an entry per row. Every number of the result is an
    array of the rows, and an array has the rows along its first axis.
    """

    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    def __call__(self, *args: Any) -> Any:
        """The results for all rows.

        Raises
        ------
        TypeError
            If an argument is no sequence of rows, or holds something else than numbers.
        ValueError
            If there is no row, or lengths or containers differ.
        TraceError
            As `Program`.
        """
        return values(self._variants, self._batch(args), rows=True)

    def value_and_grad(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        allow_nonfinite: bool = False,
    ) -> tuple[Any, Any]:
        """The results, (rows,), and the gradient of each row, rows first.

        Parameters and errors as `Program.value_and_grad`; the message has the number of
        the row.
        """
        return value_and_grad(
            self._variants,
            self._batch(args),
            argnums,
            parameters,
            allow_nonfinite=allow_nonfinite,
            rows=True,
        )

    def jacobian(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        sparse: bool = False,
    ) -> Any:
        """`Program.jacobian` for each row; every number is an array of the rows."""
        call = self._batch(args)
        return jacobian(
            self._variants, call, argnums, parameters, sparse=sparse, rows=True
        )

    def hessian(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        sparse: bool = False,
    ) -> Any:
        """`Program.hessian` for each row; every number is an array of the rows."""
        call = self._batch(args)
        return hessian(
            self._variants, call, argnums, parameters, sparse=sparse, rows=True
        )

    def _batch(self, args: Sequence[Any]) -> Call:
        return batch(args, self._variants.static, self._variants.indices)
