"""A program as a module of PyTorch.

The one idea: every row becomes a ``torch.autograd.Function`` whose backward runs the
row's own rules on tensors, through this column again. So the derivatives, of every
order, are the table's; `torch.func` can batch and differentiate them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from ...numbers import Column
from ...primitives import Primitive
from . import stable
from .arrays import ArrayLibrary
from .differentiable import Differentiable, partials
from .forward import Forward, missing
from .stable import whole_only

__all__ = ["to_torch"]

_SAME = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan"),
    *("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("atan2", "erf", "erfc", "abs", "maximum", "minimum", "pow"),
)


def to_torch(made: Forward) -> Any:
    """See `Program.to_torch`."""
    library = _library()
    torch = library.xp

    class TorchModule(torch.nn.Module):  # type: ignore[misc,name-defined]
        """A compiled program: ``module(*args)``, rows in front.

        Attributes
        ----------
        captured : torch.nn.Parameter, shape (n,)
            The captured Values' numbers.
        names : list of str
            Whose they are.
        """

        def __init__(self) -> None:
            super().__init__()
            numbers = [float(leaf.data) for leaf in made.leaves]
            start = torch.tensor(numbers, dtype=torch.float64)
            self.captured = torch.nn.Parameter(start)
            self.names = made.names

        def forward(self, *args: Any) -> Any:
            captured = library.adopt(self.captured, "captured")
            return library.call(made, captured, args)

        def assign(self) -> None:
            """Write the numbers, for example trained ones, into the captured Values."""
            for leaf, number in zip(made.leaves, self.captured.tolist(), strict=True):
                leaf.data = number

    return TorchModule()


@cache
def _library() -> ArrayLibrary:
    try:
        import torch
    except ImportError as error:
        raise missing("PyTorch", "to_torch()", error) from error
    return ArrayLibrary(torch, _adopted, _column(torch), torch.detach)


def _adopted(given: Any, name: str) -> Any:
    import torch

    if not isinstance(given, torch.Tensor):
        if isinstance(given, (int, float)):
            return torch.tensor(float(given), dtype=torch.float64)
        given = torch.as_tensor(given)
    narrow = given.is_floating_point() or given.is_complex()
    if given.dtype != torch.float64 and (narrow or given.dtype is torch.bool):
        raise TypeError(
            f"{name} is {given.dtype}, and the exported module computes in float64; "
            "convert it with tensor.double()"
        )
    return given.double()


def _column(torch: Any) -> Column:
    def total(*xs: Any) -> Any:
        return torch.stack(torch.broadcast_tensors(*xs)).sum(dim=0)

    plain = stable.column(
        "PyTorch",
        {
            **{name: getattr(torch, name) for name in _SAME},
            "where": lambda c, x, y: torch.where(c != 0, x, y),
            "identity": lambda x: x.view_as(x),  # its own output cannot be saved
            "round": whole_only(torch.round),
            "sum": total,
        },
        lambda x: torch.as_tensor(x, dtype=torch.float64),
        "give its row a formula",
    )
    return Differentiable(
        plain, lambda row, kernel, m: _with_rule(torch, row, kernel, m)
    )


def _with_rule(
    torch: Any, row: Primitive, kernel: Callable[..., Any], m: Differentiable
) -> Any:
    def flows(xs: Any, outs: Any, moves: Any) -> list[Any]:
        out = tuple(outs) if row.multiple else outs[0]
        return partials(row, m, xs, out, moves)

    def times(derivative: Any, partial: Any) -> Any:
        # The table's own product, so that it has its own derivative at 0.
        if isinstance(partial, int):
            return partial * derivative
        return m.strong_mul(derivative, partial)

    class Row(torch.autograd.Function):  # type: ignore[misc]
        generate_vmap_rule = True

        @staticmethod
        def forward(*xs: Any) -> Any:
            return kernel(*xs)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            outs = output if row.multiple else (output,)
            ctx.save_for_backward(*inputs, *outs)
            ctx.save_for_forward(*inputs, *outs)
            ctx.count = len(inputs)

        @staticmethod
        def backward(ctx: Any, *adjoints: Any) -> Any:
            xs, outs = _split(ctx)
            moves = ctx.needs_input_grad
            lines = flows(xs, outs, moves)
            found = []
            for k, x in enumerate(xs):
                terms = [
                    times(g, line[k])
                    for g, line in zip(adjoints, lines, strict=True)
                    if moves[k] and line[k] is not None
                ]
                total = m.plain.sum(*terms) if len(terms) > 1 else (terms or [None])[0]
                found.append(None if total is None else total.sum_to_size(x.shape))
            return tuple(found)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            xs, outs = _split(ctx)
            moves = [t is not None for t in tangents]
            found = []
            for one, line in zip(outs, flows(xs, outs, moves), strict=True):
                terms = [
                    times(t.expand(one.shape), p)
                    for t, p in zip(tangents, line, strict=True)
                    if t is not None and p is not None
                ]
                found.append(m.plain.sum(*terms) if terms else torch.zeros_like(one))
            return tuple(found) if row.multiple else found[0]

    return Row.apply


def _split(ctx: Any) -> tuple[Any, Any]:
    saved = ctx.saved_tensors
    return saved[: ctx.count], saved[ctx.count :]
