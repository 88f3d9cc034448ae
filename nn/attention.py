"""`SelfAttention`: each row of a sequence asks the others what they know.

The one idea: row i asks with a query, row j offers a key and a value; how well query
and key agree, as a softmax over j, is the weight of j's value in the answer to i. With
several heads, each does so in a part of the row of its own.

Source: A. Vaswani et al. 2017, eq. 1 and section 3.2.2.
"""

from math import isqrt, sqrt
from typing import Any

from autograd_core import dot, softmax

from .checks import Seed, as_rows, generator, width
from .linear import Linear
from .module import Module

__all__ = ["SelfAttention"]

Rows = list[list[Any]]


class SelfAttention(Module):
    """``softmax(Q K^T / sqrt(d)) V`` per head, joined and mixed by a last matrix.

    Parameters
    ----------
    size
        Length of the rows, at least 1.
    heads
        How many heads; must divide ``size``. Each has d = size / heads numbers.
    causal
        Whether row i sees only the rows 0 to i, as a model that predicts the next token
        must.
    bias
        Whether the four matrices have one.
    init, seed
        See `nn.initializers`.

    Attributes
    ----------
    query, key, value, output : Linear

    Raises
    ------
    TypeError, ValueError
        If a width or the seed is not what it must be, or ``heads`` does not divide
        ``size``; from a call if there is no row, or one has another length.

    Examples
    --------
    >>> attention = SelfAttention(4, heads=2, causal=True, seed=0)
    >>> rows = attention([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
    >>> len(rows), len(rows[0])
    (2, 4)
    >>> first_head = attention.weights([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])[0]
    >>> [w.data for w in first_head[0]]
    [1.0]
    """

    def __init__(
        self,
        size: int,
        heads: int = 1,
        *,
        causal: bool = False,
        bias: bool = False,
        init: Any = "xavier_uniform",
        seed: Seed = None,
    ) -> None:
        self.size, self.heads = width(size, "size"), width(heads, "heads")
        if self.size % self.heads:
            raise ValueError(
                f"'heads' must divide 'size' (got {self.heads} and {self.size})"
            )
        self.causal = bool(causal)
        rng = generator(seed)
        self.query, self.key, self.value, self.output = (
            Linear(self.size, self.size, bias=bias, init=init, seed=rng)
            for _ in range(4)
        )
        self.name_parameters()

    def forward(self, x: Any) -> Rows:
        """As many rows as ``x`` has, each of the same length."""
        rows = as_rows(x, self.size, "x")
        values = [self.value(row) for row in rows]
        joined: Rows = [[] for _ in rows]
        for part, head in zip(self._parts(), self._weights(rows), strict=True):
            columns = list(zip(*(v[part] for v in values), strict=True))
            for answer, weights in zip(joined, head, strict=True):
                answer += [dot(weights, column[: len(weights)]) for column in columns]
        return [self.output(answer) for answer in joined]

    def weights(self, x: Any) -> list[Rows]:
        """For each head and each row the weights of the rows that it sees.

        Returns
        -------
        list
            ``weights(x)[head][i][j]``: of row j in the answer to row i; with ``causal``
            line i ends with j = i. Each line adds up to 1. Errors as a call.
        """
        return self._weights(as_rows(x, self.size, "x"))

    def _weights(self, rows: Rows) -> list[Rows]:
        queries = [self.query(row) for row in rows]
        keys = [self.key(row) for row in rows]
        d = self.size // self.heads
        # An int where there is one, so that exact numbers stay exact.
        root = isqrt(d) if isqrt(d) ** 2 == d else sqrt(d)
        return [
            [
                softmax([dot(q[part], k[part]) / root for k in self._seen(i, keys)])
                for i, q in enumerate(queries)
            ]
            for part in self._parts()
        ]

    def _seen(self, i: int, keys: Rows) -> Rows:
        return keys[: i + 1] if self.causal else keys

    def _parts(self) -> list[slice]:
        d = self.size // self.heads
        return [slice(h * d, (h + 1) * d) for h in range(self.heads)]

    def formula(self) -> str:
        """What a head computes."""
        return "softmax(QKᵀ/√d)V"

    def described(self) -> str:
        """``SelfAttention(16, heads=4, causal)``."""
        return (
            f"SelfAttention({self.size}, heads={self.heads}{', causal' * self.causal})"
        )
