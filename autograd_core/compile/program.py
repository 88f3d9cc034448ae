"""`compile`: a function of numbers as a program that runs over batches.

What one can do with this file: call a compiled function on one row or, through
`Program.rows`, on a batch; ask for gradients with respect to arguments and captured
Values, Jacobians and Hessians; add a batch's gradient to ``.grad``; train.

The one idea: a `Program` is used like the function. It is traced at the first call, one
program per way through its branches and per structure of its arguments; what is not
finite sends that row through the function itself, on Values, for eager's own message.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from ..errors import TraceError
from ..value import open_tapes, tape_here
from .backends import choose
from .calls.arguments import Call, one
from .calls.binding import Bound, bind
from .calls.matrices import hessian, jacobian
from .calls.sums import batch_gradient, check_reduction, rows_of
from .calls.values import value_and_grad, values
from .calls.variants import Variants
from .report import Report
from .rows import Rows
from .tape import Tape

if TYPE_CHECKING:
    from .training.train import Training

__all__ = ["Program", "compile"]

NUMERICS = ("fast", "eager")


def compile(
    function: Callable[..., Any],
    *,
    numerics: str = "fast",
    backend: str = "auto",
    static_argnums: int | Sequence[int] = (),
    index_argnums: int | Sequence[int] = (),
) -> "Program":
    """A program that computes what ``function`` does.

    Parameters
    ----------
    function
        Takes trees of numbers (see `autograd_core.tree`) as positional arguments and
        returns one. Values that it reads from outside are its parameters: read at
        every call. Plain numbers that it reads from outside are constants, as are the
        things that it does besides computing: it is run when it is traced and not at
        every call.
    numerics
        "eager": per row the bits that Values give. "fast": each operation within 4 ULP
        of that, sums in another order, several times faster.
    backend
        "numpy"; "llvm", which needs the extra ``jit``; "auto" for the fastest.
    static_argnums
        Positions of arguments that are handed on as they are, for example a string:
        one program for each of their values.
    index_argnums
        Positions of arguments whose numbers are ints that say what to `take` from a
        table: one program for all of their values.

    Raises
    ------
    TypeError
        If ``function`` cannot be called.
    ValueError
        If ``numerics`` or ``backend`` is unknown.
    ImportError
        If the backend's package is not installed.

    Examples
    --------
    >>> from autograd_core import Value, sigmoid
    >>> from autograd_core.compile import compile
    >>> w, b = Value(0.5, name="w"), Value(-1.0, name="b")
    >>> model = compile(lambda x: sigmoid(w * x + b))
    >>> round(model(2.0), 6)
    0.5
    >>> model.rows([2.0, 4.0]).round(6).tolist()
    [0.5, 0.731059]
    >>> loss = compile(lambda x, y: (model.function(x) - y) ** 2)
    >>> round(loss.backward([2.0, 4.0], [0.0, 1.0]), 6)
    0.161165
    >>> round(w.grad, 6), round(b.grad, 6)
    (0.038492, 0.072123)
    """
    return Program(
        function,
        numerics=numerics,
        backend=backend,
        static_argnums=static_argnums,
        index_argnums=index_argnums,
    )


class Program:
    """A compiled function; see `autograd_core.compile`, which makes it.

    Attributes
    ----------
    function
        What was compiled.
    numerics
        "fast" or "eager".
    rows : Rows
        The same program for batches.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        numerics: str = "fast",
        backend: str = "auto",
        static_argnums: int | Sequence[int] = (),
        index_argnums: int | Sequence[int] = (),
    ) -> None:
        if not callable(function):
            raise TypeError(f"'function' must be callable (got {function!r})")
        if numerics not in NUMERICS:
            raise ValueError(f"'numerics' must be 'fast' or 'eager' (got {numerics!r})")
        static = _positions("static_argnums", static_argnums)
        indices = _positions("index_argnums", index_argnums)
        if both := static & indices:
            raise ValueError(f"argument {min(both)} is static, and cannot be an index")
        self.function = function
        self.numerics = numerics
        self.variants = Variants(function, choose(backend), numerics, static, indices)
        self.rows = Rows(self.variants)
        update_wrapper(self, function, updated=())

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", None) or repr(self.function)
        return (
            f"<compiled {name}: numerics={self.numerics!r}, "
            f"backend={self.variants.backend.name!r}, {len(self.variants.all)} traced>"
        )

    # -- one row -------------------------------------------------------------------

    def __call__(self, *args: Any) -> Any:
        """What the function returns for one row, in floats.

        Inside a function that is being traced this is the function itself.

        Raises
        ------
        TraceError
            If the function cannot be traced; the message has file, line and remedy.
        TypeError
            If an argument holds something else than numbers.
        """
        if open_tapes[0] and tape_here.get() is not None:
            return self.function(*args)
        return values(self.variants, self._one(args), rows=False)

    def value_and_grad(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        allow_nonfinite: bool = False,
    ) -> tuple[Any, Any]:
        """The result and its gradient.

        Parameters
        ----------
        argnums
            With respect to which arguments; by default the first, or none if there
            are ``parameters``. A sequence gives a tuple.
        parameters
            A tree of captured Values; the gradient has the same containers.
        allow_nonfinite
            Return NaN and infinite numbers instead of raising.

        Returns
        -------
        tuple
            The value, and the gradient: for arguments, for parameters, or a pair of
            both if both were asked for.

        Raises
        ------
        NonFiniteError
            If one of the numbers is not finite; the message is eager's.
        TypeError
            If the function returns something else than one number, or as `grad`.
        """
        return value_and_grad(
            self.variants,
            self._one(args),
            argnums,
            parameters,
            allow_nonfinite=allow_nonfinite,
            rows=False,
        )

    def jacobian(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        sparse: bool = False,
    ) -> Any:
        """The first derivatives of every result, laid out as `autograd_core.jacobian`.

        Parameters as `value_and_grad`.

        Parameters
        ----------
        sparse
            Give a `SparseMatrix`: the entries that are not zero for every argument,
            which are all that is computed either way.
        """
        call = self._one(args)
        return jacobian(
            self.variants, call, argnums, parameters, sparse=sparse, rows=False
        )

    def hessian(
        self,
        *args: Any,
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        sparse: bool = False,
    ) -> Any:
        """The second derivatives of one number, laid out as `autograd_core.hessian`.

        Parameters as `jacobian`.

        Notes
        -----
        With ``numerics="fast"`` one of H[i][j] and H[j][i] is computed, and is both.

        Examples
        --------
        >>> from itertools import pairwise
        >>> from autograd_core.compile import compile
        >>> def rosenbrock(x):
        ...     return sum(100*(b - a*a)**2 + (1 - a)**2 for a, b in pairwise(x))
        >>> found = compile(rosenbrock).hessian([1.0] * 100, sparse=True)
        >>> len(found.values), found.shape
        (298, (100, 100))
        """
        call = self._one(args)
        return hessian(
            self.variants, call, argnums, parameters, sparse=sparse, rows=False
        )

    def bind(
        self,
        *args: Any,
        wanted: str = "value",
        argnums: int | Sequence[int] | None = None,
        parameters: Any = None,
        out: Any = None,
    ) -> Bound:
        """The program on these arrays, to be called again and again.

        A call reads what is in the arrays then, writes its results into arrays that
        stay the same too, and does nothing else.

        Parameters
        ----------
        args
            C-contiguous float64 arrays; for a number one of shape (). With several of
            them a call copies each first.
        wanted
            "value", "gradient" (with the value), "jacobian" or "hessian", both sparse.
        argnums, parameters
            With respect to what; as `value_and_grad`.
        out
            A float64 array that all results are written to, one after the other; by
            default a new one.

        Raises
        ------
        TypeError
            If an argument is no such array, or the program has ``index_argnums``; and
            as `value_and_grad`.
        ValueError
            If there is no such ``wanted``, or ``out`` does not fit.
        TraceError
            If the function branches on its numbers: a bound call goes one way.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd_core.compile import compile
        >>> x = np.array([1.0, 2.0])
        >>> call = compile(lambda x: x[0] ** 2 * x[1]).bind(x, wanted="gradient")
        >>> call()
        >>> call.value.item(), call.gradient.tolist()
        (2.0, [4.0, 1.0])
        >>> x[0] = 3.0
        >>> call()
        >>> call.value.item(), call.gradient.tolist()
        (18.0, [12.0, 9.0])
        """
        return bind(self.variants, args, wanted, argnums, parameters, out)

    # -- a batch -------------------------------------------------------------------

    def backward(self, *args: Any, reduction: str | None = "mean") -> float:
        """Add the gradient of a batch's mean or sum to ``.grad`` of captured Values.

        Parameters
        ----------
        args
            As `Rows`: each a sequence with an entry per row.
        reduction
            "mean" or "sum" over the rows. None for a function of a whole batch, which
            adds up by itself: it gets the arguments as they are, as one row.

        Returns
        -------
        float
            The mean or the sum of the results.

        Raises
        ------
        NonFiniteError
            If something is not finite; the message is eager's, with the number of the
            row, and no ``.grad`` was changed.
        TypeError, ValueError
            As `Rows`, and if ``reduction`` is neither.

        Notes
        -----
        What eager does is, row by row, ``f(x, y).backward(1 / rows)``, or without the
        seed for "sum". With ``numerics="eager"`` the bits are the same if ``.grad`` was
        0 before.
        """
        check_reduction(reduction)
        call = rows_of(self.variants, args, reduction)
        loss, leaves, sums = batch_gradient(self.variants, call, reduction)
        for leaf, total in zip(leaves, sums, strict=True):
            leaf.grad = total if leaf.grad is None else leaf.grad + total
        return loss

    def step(self, *args: Any, optimizer: Any, reduction: str | None = "mean") -> float:
        """One step of training on a batch: gradient, then the optimizer's update.

        Parameters
        ----------
        args
            As `Rows`.
        optimizer
            A first-order optimizer of `optim`: SGD, Adam, AdamW, ... Its rule for one
            parameter is traced too, and run on all at once.
        reduction
            "mean", "sum" or None, as `backward`.

        Returns
        -------
        float
            The loss before the step.

        Raises
        ------
        NonFiniteError
            If a loss, a gradient, a new parameter or a new state is not finite; no
            parameter and no state has changed.
        TypeError, ValueError
            As `Rows`, and if ``optimizer`` is none, or its hyperparameters are wrong.

        Notes
        -----
        ``.grad`` is neither read nor written.
        """
        return self.train([args], optimizer=optimizer, reduction=reduction)[0]

    def train(
        self,
        batches: Iterable[Sequence[Any]],
        *,
        optimizer: Any,
        reduction: str | None = "mean",
    ) -> list[float]:
        """A step for each of ``batches``; parameters are written when all are done.

        Parameters
        ----------
        batches
            Tuples of arguments, each as for `step`. Those of a list or a tuple, arrays
            of equal shapes, are many steps in one native call. Anything else is asked
            for a batch when the step before is done; it may change hyperparameters
            then, but look at nothing that training changes: between two steps the
            numbers are in the program.

        Returns
        -------
        list of float
            The loss before each step.

        Raises
        ------
        NonFiniteError
            As `step`. The steps before have been made, and are written.
        TypeError
            If one of the batches is no tuple or list. Of a list that is found before
            the first step.
        KeyboardInterrupt
            After Ctrl-C, when the call is done: at most about 0.1 s, or one step. What
            was made is written.
        """
        from .training.train import train

        return train(self.variants, batches, optimizer, reduction)

    def training(
        self,
        *,
        optimizer: Any,
        reduction: str | None = "mean",
        clip: float | None = None,
    ) -> "Training":
        """Steps that are made one by one, with parameters written when asked for.

        Parameters
        ----------
        optimizer, reduction
            As `step`. Hyperparameters may be changed between two steps.
        clip
            The largest Euclidean norm of the gradient, which is shortened to it; or
            None.

        Returns
        -------
        Training
            Its ``step`` takes a batch and returns the loss before; ``steps`` takes a
            list of them, many in one native call; its ``settle`` writes parameters and
            state, and must be called at the end.

        Raises
        ------
        TypeError, ValueError
            If ``optimizer`` is none, its hyperparameters are wrong, or ``clip`` is not
            a finite number greater than 0.

        Examples
        --------
        >>> from autograd_core import Value
        >>> from autograd_core.compile import compile
        >>> from optim import SGD
        >>> w = Value(0.0)
        >>> program = compile(lambda x, y: (w * x - y) ** 2)
        >>> training = program.training(optimizer=SGD([w], lr=0.1))
        >>> training.step([1.0, 2.0], [2.0, 4.0])
        10.0
        >>> training.settle()
        >>> w.data
        1.0
        """
        from .training.train import Training

        return Training(self.variants, optimizer, reduction, clip)

    # -- looking inside ------------------------------------------------------------

    @property
    def backend(self) -> str:
        """What runs it: "numpy" or "llvm"."""
        return str(self.variants.backend.name)

    def trace(self, *args: Any) -> Tape:
        """Trace the function for a row, without compiling it.

        Parameters
        ----------
        args
            As a call's. They decide containers and branches, nothing else.

        Returns
        -------
        Tape
            The tape of that row; it is kept for calls.

        Raises
        ------
        TraceError, TypeError
            As a call.
        """
        return self.variants.traced(self._one(args)).tape

    @property
    def tape(self) -> Tape:
        """The tape of the first program that was traced.

        Raises
        ------
        TraceError
            If the program was not called yet.
        """
        found = self.variants.all
        if not found:
            raise TraceError("nothing was traced yet; call the program first")
        return found[0].traced.tape

    def report(self) -> Report:
        """What was traced, how long each pass took, and what was raised.

        Raises
        ------
        TraceError
            If the program was not called yet.
        """
        _ = self.tape  # or an error
        return Report.of(self.variants)

    def source(self, language: str = "python") -> str:
        """The program as text that runs by itself; of the first trace, if several.

        Parameters
        ----------
        language
            "python" or "c": a function ``f`` of the inputs and then the parameters,
            which gives the results and then the derivatives of the first by all of
            them. With a tested example.

        Raises
        ------
        TraceError
            If the program was not called yet.
        ValueError
            If there is no such language.
        """
        from .source.listing import source

        return source(self.tape, self.variants.all[0].traced.results, language)

    # -- in other libraries --------------------------------------------------------

    def to_jax(self, *example: Any) -> Any:
        """The program as a pure function of JAX, for `jax.jit`, `vmap`, `grad`, shards.

        Parameters
        ----------
        example
            Arguments: their containers, and the shapes of their arrays, are those of
            the exported function's.

        Returns
        -------
        JaxFunction
            ``f(parameters, *args)``: results for a vector of the captured Values'
            numbers and one row, or with axes of rows in front of every number and every
            array. ``f.parameters`` are the numbers now, ``f.names`` whose they are;
            ``f.assign(parameters)`` writes numbers into the Values. Static arguments
            are those of the example, and left out.

        Raises
        ------
        ImportError
            If JAX is not installed.
        RuntimeError
            If float64 is switched off, as it is by default.
        TraceError
            If the function cannot be traced or branches on its data.

        Notes
        -----
        Each operation is within 16 ULP of eager's, or of what four roundings of its
        operands change; results below 1e-290 may be 0. Derivatives, of every order,
        are the table's.
        """
        from .exports.forward import forward
        from .exports.jax import JaxFunction

        return JaxFunction(forward(self.variants, example))

    def to_torch(self, *example: Any) -> Any:
        """The program as a `torch.nn.Module` on float64 tensors.

        Parameters, errors and accuracy as `to_jax`.

        Returns
        -------
        torch.nn.Module
            ``module(*args)``: results for one row, or with axes of rows in front of
            every number and every array. The captured Values are one Parameter,
            ``module.captured``; ``module.names`` says whose its numbers are, and
            ``module.assign()`` writes them into the Values.
        """
        from .exports.forward import forward
        from .exports.torch import to_torch

        return to_torch(forward(self.variants, example))

    def to_onnx(self, path: Any, *example: Any, dtype: str = "float64") -> None:
        """Write the program as an ONNX model, for inference.

        Parameters
        ----------
        path
            The file; one that is there is replaced, in one instant.
        example
            As `to_jax`.
        dtype
            "float64" or "float32", of every number.

        Raises
        ------
        ImportError
            If onnx is not installed.
        ValueError
            If ``dtype`` is another one.
        TypeError, TraceError
            As `to_jax`, and if there is no argument with numbers.

        Notes
        -----
        Opset 18. An input per number or array of the arguments, named as they are,
        and an output ``result`` (``result.0``, ... if there are several), the rows in
        front and as many as you like. Captured Values are initializers by their names.
        Accuracy as `to_jax`; in float32 that of its own ULP.
        """
        from .exports.forward import forward
        from .exports.onnx import write

        write(forward(self.variants, example), path, self.function, dtype)

    def assert_same_as(
        self,
        other: Callable[..., Any],
        *args: Any,
        library: str | None = None,
        parameters: Any = None,
        rtol: float = 1e-12,
        atol: float = 1e-14,
    ) -> None:
        """Check results and derivatives for one row against another function.

        Parameters
        ----------
        other
            Called as ``other(*args)`` or ``other(parameters, *args)``, in the same
            containers, with arrays of float64 of its library.
        library
            "torch" or "jax", which then differentiate ``other``. None: it is called
            with floats and returns its value and its gradient, as `value_and_grad`.
        parameters
            A tree of captured Values.
        rtol, atol
            Two numbers are the same if they are at most ``rtol`` times the larger, or
            ``atol``, apart.

        Raises
        ------
        AssertionError
            If a number differs; the message has its place and both values.
        ImportError, RuntimeError
            If the library is not installed, or JAX has float64 switched off.
        TypeError
            If the other function computes in less than float64.
        ValueError
            If there is no such library.
        """
        from .exports.same import assert_same

        assert_same(self, other, args, library, parameters, rtol, atol)

    def _one(self, args: Sequence[Any]) -> Call:
        return one(args, self.variants.static, self.variants.indices)


def _positions(name: str, argnums: int | Sequence[int]) -> frozenset[int]:
    numbers = [argnums] if isinstance(argnums, int) else list(argnums)
    for n in numbers:
        if not isinstance(n, int) or n < 0:
            raise ValueError(f"'{name}' must be positions from 0 (got {argnums!r})")
    return frozenset(numbers)
