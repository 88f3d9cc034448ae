"""A document on disk: whole or not there, and never believed without its checksum.

What one can do with this file: `write_document` what JSON can hold, and
`read_document` it again, every float to the bit.

The one idea: the file is a function of its content: three lines of header, then JSON.

    autograd-core checkpoint 1
    sha256 <of the JSON, 64 hexadecimal digits>
    bytes <of the JSON>
    {"model": ...}

So a reader computes the header anew and compares all of it. Nothing in the file is
executed. A writer fills another file in the same folder, has it on the disk, and then
gives it the name; whoever is killed meanwhile leaves the old one.

Source: the write-then-rename of POSIX ``rename``; JSON is RFC 8259, without its
liberties (names twice, NaN, numbers beyond all floats).
"""

import errno
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from autograd_core import CheckpointError

__all__ = ["MAX_BYTES", "read_document", "write_document"]

MAX_BYTES = 64 * 2**20
_VERSION = 1
_MAGIC = b"autograd-core checkpoint "
_HEADER = re.compile(
    rb"autograd-core checkpoint (\d{1,9})\n(?:sha256 (\w{64})\nbytes (\d{1,19})\n)?"
)
_DEPTH = 64  # of lists and dicts in each other; ours have 5
_UNCHANGED = "Nothing was changed"

StrPath = str | os.PathLike[str]


def _framed(body: bytes) -> bytes:
    digest = sha256(body).hexdigest()
    head = f"{_MAGIC.decode()}{_VERSION}\nsha256 {digest}\nbytes {len(body)}\n"
    return head.encode() + body


# -- writing ---------------------------------------------------------------------------


def write_document(
    path: StrPath, content: Mapping[str, Any], *, max_bytes: int = MAX_BYTES
) -> None:
    """Write ``content`` to the file ``path``, in one piece or not at all.

    Parameters
    ----------
    path
        The file; one that is there is replaced, in one instant. Of a symbolic link it
        is the file that it leads to.
    content
        Dicts with text for keys, lists, text, finite numbers, True, False and None. A
        tuple comes back as a list.
    max_bytes
        How large the file may become.

    Raises
    ------
    TypeError
        If something in ``content`` is none of these.
    ValueError
        If a number is NaN or infinite, the file would be too large, or ``path`` is no
        path.
    OSError
        If the system refuses; with the path. The file that was there is as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_document(f"{folder}/one.ckpt", {"x": [0.1, -0.0]})
    ...     read_document(f"{folder}/one.ckpt")
    {'x': [0.1, -0.0]}
    """
    data = _framed(_text(content).encode())
    if len(data) > max_bytes:
        raise ValueError(
            f"{path}: the file would have {len(data):,} bytes, and {max_bytes:,} are "
            "allowed; keep less, or give a larger limit"
        )
    target = Path(os.path.realpath(path))
    try:
        _replace(target, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _text(content: Any) -> str:
    try:
        return json.dumps(content, allow_nan=False, separators=(",", ":"))
    except TypeError as error:
        raise TypeError(
            "a checkpoint holds numbers, text, True, False, None, and lists and dicts "
            f"of these ({error})"
        ) from None
    except ValueError as error:
        raise ValueError(f"a checkpoint holds finite numbers ({error})") from None


def _replace(target: Path, data: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    for old in _left_behind(target):
        with suppress(OSError):
            old.unlink()
    part = target.with_name(f".{target.name}.tmp-{os.getpid()}")
    try:
        # Not an existing file, not a link: what is written to is our own.
        with open(part, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name too
    finally:
        os.close(folder)


def _left_behind(target: Path) -> Iterator[Path]:
    # What processes that were killed did not finish; those of living ones stay.
    before = f".{target.name}.tmp-"
    for entry in list(target.parent.iterdir()):
        process = entry.name.removeprefix(before)
        ours = entry.name.startswith(before) and process.isdecimal()
        if ours and (int(process) == os.getpid() or not _lives(int(process))):
            yield entry


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


# -- reading ---------------------------------------------------------------------------


def read_document(path: StrPath, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """What `write_document` wrote.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Larger files are refused before they are read.

    Returns
    -------
    dict

    Raises
    ------
    CheckpointError
        If the file is of another kind or a later version, is not whole, differs from
        its checksum, or is too large; the message says which.
    OSError
        If it is not there, or may not be read.
    """
    data = _bytes(path, max_bytes)
    found = _HEADER.match(data)
    if found is None:
        if _MAGIC.startswith(data[: len(_MAGIC)]):
            _refuse(path, "the file is cut off in its first line")
        _refuse(path, "this is no checkpoint of autograd-core")
    version, digest, size = found.groups()
    if version != str(_VERSION).encode():
        _refuse(
            path,
            f"the format is {version.decode()}, and {_VERSION} is the one that this "
            "version of autograd-core reads",
        )
    if digest is None:
        _refuse(path, "the header is cut off or damaged")
    body = data[found.end() :]
    if size != str(len(body)).encode():
        _refuse(path, f"{size.decode()} bytes should follow, and {len(body)} do")
    if data != _framed(body):
        _refuse(
            path,
            f"the checksum differs, the file is damaged: expected {_short(digest)}, "
            f"found {sha256(body).hexdigest()[:8]}…",
        )
    return _content(path, body)


def _short(digest: bytes) -> str:
    return digest.decode("ascii", "replace")[:8] + "…"


def _refuse(path: StrPath, why: str) -> NoReturn:
    raise CheckpointError(f"{path}: {why}. {_UNCHANGED}.")


def _bytes(path: StrPath, max_bytes: int) -> bytes:
    if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
        _refuse(path, "this is no file")
    with open(path, "rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        _refuse(path, f"the file has more than {max_bytes:,} bytes")
    return data


def _content(path: StrPath, body: bytes) -> dict[str, Any]:
    # The checksum is right: either all is well, or somebody made this file by hand.
    try:
        content = json.loads(
            body.decode(),
            parse_float=_float,
            parse_constant=_constant,
            object_pairs_hook=_once,
        )
        _check_depth(content)
    except RecursionError:
        _refuse(path, f"lists lie in each other more than {_DEPTH} deep")
    except ValueError as error:
        _refuse(path, f"the content cannot be read: {error}")
    if not isinstance(content, dict):
        _refuse(path, "the content has no names")
    return content


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is beyond all floats")
    return number


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no finite number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name is given twice")
    return content


def _check_depth(content: Any) -> None:
    level = [content]
    for _ in range(_DEPTH):
        level = [
            inner
            for thing in level
            if isinstance(thing, (dict, list))
            for inner in (thing.values() if isinstance(thing, dict) else thing)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise RecursionError
