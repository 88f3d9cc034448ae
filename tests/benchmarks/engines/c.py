"""C by hand, for the machine that it runs on, in fast arithmetic.

The sources have the batch as lanes: every loop over rows is the inner one, so that the
compiler vectorises it. Sizes are macros, as they would be in such a program. C is given
addresses: what is named in ``keep`` lives as long as they are used.
"""

import ctypes
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from ..workloads import direction
from . import Task, again, each

# What -ffast-math allows, one by one: as a flag of the linker it would also flush
# subnormal numbers to 0, in the whole process that loads the library.
FAST = (
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
    "-freciprocal-math",
    "-ffinite-math-only",
    "-D__FAST_MATH__",  # what it defines, and glibc's vector functions ask for
)
FLAGS = ("-O3", "-march=native", *FAST, "-fopenmp-simd", "-fPIC", "-shared")
WIDE = ("-mprefer-vector-width=512",)  # not known to every compiler
SOURCES = Path(__file__).with_name("sources")


def compiler() -> str:
    """The C compiler of this machine."""
    cc = shutil.which("cc")
    if cc is None:
        raise NotImplementedError("there is no C compiler named cc")
    return cc


def built(source: Path, *options: str) -> Path:
    """A library, in a folder of its own that the worker's end does not need."""
    library = Path(tempfile.mkdtemp(), "library.so")
    command = [compiler(), *FLAGS, *options, str(source), "-o", str(library), "-lm"]
    if subprocess.run([*command, *WIDE], check=False, capture_output=True).returncode:
        subprocess.run(command, check=True)
    return library


def loaded(source: str, **macros: float) -> ctypes.CDLL:
    """One of the sources, compiled and in memory."""
    options = [f"-D{name}={number}" for name, number in macros.items()]
    library = built(SOURCES / source, *options)
    try:
        return ctypes.CDLL(str(library))
    finally:
        shutil.rmtree(library.parent)


def aligned(array: Any) -> Any:
    """The same numbers, where vectors are loaded at once."""
    import numpy as np

    room = np.zeros(array.size + 8)
    begin = (-room.ctypes.data // 8) % 8
    found = room[begin : begin + array.size].reshape(array.shape)
    found[:] = array
    return found


def mlp(data: dict[str, Any]) -> Task:
    """W1 and W1t with one source, W4 with another."""
    import numpy as np

    if len(data["batches"]) == 1 and data["loss"] != "classes":
        return moons(data)
    size, hidden, classes = data["widths"]
    n = len(data["batches"][0][0])
    library = loaded("classifier.c", IN=size, HID=hidden, OUT=classes, N=n)
    library.step.restype = ctypes.c_double
    p = aligned(np.array(data["parameters"]))
    state = aligned(np.zeros((2, len(p))))
    batches = [
        (aligned(np.array(X).T), np.array(y, dtype=np.int64))
        for X, y in data["batches"]
    ]
    pointers = [(X.ctypes.data, y.ctypes.data) for X, y in batches]
    own = p.ctypes.data, state.ctypes.data
    rate, count = ctypes.c_double(data["rate"]), 0
    step_ = library.step
    step_.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_double, ctypes.c_long]

    def step(x: int, y: int, keep: Any = (batches, p, state)) -> float:
        nonlocal count
        count += 1
        return step_(x, y, *own, rate, count)  # type: ignore[no-any-return]

    return Task(each(step, pointers))


def moons(data: dict[str, Any]) -> Task:
    """2-16-16-1; padded with zeros to whole vectors."""
    import numpy as np

    ((points, targets),) = data["batches"]
    n = len(points)
    lanes = -(-n // 8) * 8
    library = loaded("moons.c", N=n, L=lanes, SMOOTH=int(data["loss"] == "logistic"))
    library.step.restype = ctypes.c_double
    library.step.argtypes = [ctypes.c_void_p] * 3
    rows = aligned(np.zeros((3, lanes)))
    rows[:2, :n] = np.array(points).T
    rows[2, :n] = targets
    p = aligned(np.array(data["parameters"]))
    places = rows.ctypes.data, rows[2].ctypes.data, p.ctypes.data
    step = library.step

    def go(keep: Any = (rows, p)) -> float:
        return step(*places)  # type: ignore[no-any-return]

    return Task(each(go, [()]))


def transformer(data: dict[str, Any]) -> Task:
    """W5: each document at its own length."""
    import numpy as np

    given = data["parameters"]
    library = loaded(
        "transformer.c",
        TOKENS=data["tokens"],
        CONTEXT=data["context"],
        HEADS=data["heads"],
        WIDTH=len(given["norm1"]),
        HIDDEN=len(given["up"]),
        EPSILON=data["epsilon"],
    )
    real, whole, place = ctypes.c_double, ctypes.c_long, ctypes.c_void_p
    call = library.step
    call.restype = real
    call.argtypes = [place, place, whole, place, place, real, real, real, whole]
    p = aligned(np.concatenate([np.array(x).ravel() for x in given.values()]))
    state = aligned(np.zeros((2, len(p))))
    own = p.ctypes.data, state.ctypes.data
    rate, betas, count = real(data["rate"]), [real(b) for b in data["betas"]], 0
    documents = [np.array(tokens, dtype=np.int64) for tokens in data["documents"]]
    places = [(t.ctypes.data, t[1:].ctypes.data, len(t) - 1) for t in documents]

    def step(t: int, after: int, n: int, keep: Any = (documents, p, state)) -> float:
        nonlocal count
        count += 1
        return call(t, after, n, *own, rate, *betas, count)  # type: ignore[no-any-return]

    return Task(each(step, places))


def rosenbrock(data: dict[str, Any]) -> Task:
    """W3; the Hessian as its two diagonals."""
    import numpy as np

    x = aligned(np.array(data["point"]))
    n = len(x)
    library = loaded("rosenbrock.c", N=n)
    out = aligned(np.zeros((2, n)))
    places = x.ctypes.data, out[0].ctypes.data, out[1].ctypes.data
    for function in (library.gradient, library.hessian):
        function.argtypes = [ctypes.c_void_p] * 3
    library.gradient.restype = ctypes.c_double
    if data["order"] == 1:
        gradient = partial(library.gradient, *places[:2], None)

        def both(value: float, keep: Any = x) -> list[float]:
            return [value, *out[0].tolist()]

        return Task(again(gradient), both)

    def product(_: Any, keep: Any = x) -> list[float]:
        v = np.array(direction(n))
        found = out[0] * v
        found[1:] += out[1, :-1] * v[:-1]
        found[:-1] += out[1, :-1] * v[1:]
        return found.tolist()  # type: ignore[no-any-return]

    return Task(again(partial(library.hessian, *places)), product)
