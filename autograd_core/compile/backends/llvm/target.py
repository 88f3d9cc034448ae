"""The machine at hand, and text of LLVM made into functions on it.

What one can do with this file: ask for the `Machine` (how wide its vectors are), and
`build` a module of assembly text.

The one idea: the text is for vectors of the machine's own width, and nothing is left
to be optimised but the choice of instructions and registers. No pass of LLVM runs on
it: on straight-line code they took longer than they saved.

llvmlite is imported here, when the first program is compiled.
"""

import platform
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

__all__ = ["Built", "Machine", "build", "host"]

# LLVM's state is one for all threads. A collection inside of `build` may drop another
# module, which takes the lock again.
_LOCK = threading.RLock()


@dataclass(frozen=True)
class Machine:
    """What code is made for.

    Attributes
    ----------
    name, features
        The processor and what it can do, as LLVM writes them.
    width
        Doubles in one vector: 8 with AVX-512, 4 with AVX2, 2 with NEON or SSE2.
    fused
        Whether a product and a sum are one instruction with one rounding.
    """

    name: str
    features: str
    width: int
    fused: bool


@cache
def host() -> Machine:
    """The machine that this process runs on."""
    found = _llvm().get_host_cpu_features()
    features = ",".join([("+" if on else "-") + k for k, on in sorted(found.items())])
    if found.get("avx512f") and found.get("avx512dq") and found.get("avx512vl"):
        # LLVM prefers half of the vector on some processors; the text asks for all.
        width, features = 8, features + ",-prefer-256-bit"
    else:
        width = 4 if found.get("avx2") else 2
    arm = platform.machine().lower() in ("aarch64", "arm64")
    name = _llvm().get_host_cpu_name()
    return Machine(name, features, width, arm or bool(found.get("fma")))


@cache
def _llvm() -> ModuleType:
    try:
        from llvmlite import binding
    except ImportError:
        raise ImportError(
            "compiling to native code needs llvmlite; install the extra: "
            "pip install 'autograd-core[jit]'"
        ) from None
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding  # type: ignore[no-any-return]


@dataclass(eq=False)
class Built:
    """A module in memory: the address of its function. Dropped, it is freed."""

    address: int
    text: str
    _engine: Any

    def address_of(self, name: str) -> int:
        """The address of another function that is not internal."""
        return int(self._engine.get_function_address(name))


def build(
    text: str,
    symbols: Mapping[str, int],
    entry: str,
    machine: Machine,
    level: int,
) -> Built:
    """Make native code of a module.

    Parameters
    ----------
    text
        Assembly of LLVM.
    symbols
        Where the functions are that it declares: name -> address.
    entry
        The function that is called.
    level
        How much work is put into instructions and registers, 0 to 3.
    """
    llvm = _llvm()
    with _LOCK:
        module = llvm.parse_assembly(text)
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=machine.name, features=machine.features, opt=level, jit=True
        )
        engine = llvm.create_mcjit_compiler(module, target)
        for name, place in symbols.items():
            engine.add_global_mapping(module.get_function(name.strip('"')), place)
        engine.finalize_object()
        built = Built(engine.get_function_address(entry), text, engine)
    weakref.finalize(built, _close, engine)
    return built


def _close(engine: Any) -> None:
    with _LOCK:
        engine.close()
