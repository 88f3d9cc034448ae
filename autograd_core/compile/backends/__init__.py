"""Backends: who runs a tape over the rows of a batch.

What one can do with this file: choose a backend by name. A backend is an object with
one method, `Backend.compile`; a new one is a module here and a line in `_MODULES`.

The one idea: a backend is given a tape of forward instructions, never a derivative
rule, and must do what `interpret.run` does, row by row.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from ..tape import Tape

__all__ = ["Backend", "Executable", "choose"]


class Executable(Protocol):
    """A compiled tape."""

    def __call__(self, inputs: Any, parameters: Any) -> tuple[Any, Any]:
        """Values, (n_outputs - summed, rows), and sums, (summed,).

        Parameters
        ----------
        inputs
            float64, (n_inputs, rows), C-contiguous.
        parameters
            float64, in the order of tape.parameters.
        """
        ...

    @property
    def bind(self) -> Callable[..., Any]:
        """The same on arrays that stay; what is made of them is called without any."""
        ...


class Backend(Protocol):
    """What a backend must have."""

    name: str

    def compile(
        self, tape: Tape, *, summed: int, numerics: str, single: bool = False
    ) -> Executable:
        """A function that runs ``tape`` over the rows of a batch.

        Parameters
        ----------
        summed
            So many outputs at the end are added up over the rows, in their order.
        numerics
            "eager": per row the bits of `interpret.run`, and sums in the order of the
            rows. "fast": each operation within 4 ULP, sums in any fixed order.
        single
            It will be run on one row, always.
        """
        ...


# Name -> its module, the package that it needs, and whether it is chosen by itself.
_MODULES = {
    "llvm": (".llvm", "llvmlite"),
    "numpy": (".numpy", "numpy"),
}


def choose(name: str) -> Backend:
    """The backend of that name; "auto" is the first that is there.

    Raises
    ------
    ValueError
        If there is no backend of that name.
    ImportError
        If its package is not installed.
    """
    if name == "auto":
        ready = (known for known in _MODULES if _found(known))
        return choose(next(ready, "numpy"))
    if name not in _MODULES:
        names = ", ".join(map(repr, ("auto", *_MODULES)))
        raise ValueError(f"'backend' must be one of {names} (got {name!r})")
    module, package = _MODULES[name]
    if find_spec(package) is None:
        raise ImportError(
            f"the backend {name!r} needs {package}; pip install "
            "'autograd-core[jit]', or use backend='numpy'"
        )
    backend: Backend = import_module(module, __name__).Backend()
    return backend


def _found(name: str) -> bool:
    module, package = _MODULES[name]
    return find_spec(package) is not None and _is_complete(module)


def _is_complete(module: str) -> bool:
    return find_spec(f"{__name__}{module}") is not None
