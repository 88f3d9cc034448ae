"""Documents on disk: whole or not there; every damage is seen, and changes nothing.

The rows E2 to E4 of what a file must survive: killed writers, full disks, wrong
folders, every cut, every flipped bit, and files that somebody made by hand.
"""

import errno
import json
import math
import os
import random
import resource
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from autograd_core import CheckpointError, Value
from nn import MLP, RBF, Linear
from nn.checkpoint import load_model, load_parts, save_model, save_parts
from nn.files import MAX_BYTES, read_document, write_document
from optim import Adam

ROOT = Path(__file__).resolve().parents[2]
NAN, INF = float("nan"), float("inf")


def framed(body: bytes, version: int = 1) -> bytes:
    """A file of this format around any content, written here a second time."""
    head = f"autograd-core checkpoint {version}\nsha256 {sha256(body).hexdigest()}\n"
    return head.encode() + f"bytes {len(body)}\n".encode() + body


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ckpt"


# -- what is written comes back --------------------------------------------------------


def test_the_format_is_what_the_docstring_says(path):
    write_document(path, {"x": [0.1, -0.0], "é": None})
    assert path.read_bytes() == framed(b'{"x":[0.1,-0.0],"\\u00e9":null}')


def test_floats_come_back_to_the_bit(path):
    rng = random.Random(0)
    draws = [(rng.random() - 0.5, rng.randint(-1074, 1023)) for _ in range(999)]
    numbers = [math.ldexp(x, k) for x, k in draws]
    numbers += [0.0, -0.0, 5e-324, sys.float_info.min, sys.float_info.max, 0.1, 1 / 3]
    write_document(path, {"x": numbers})
    found = read_document(path)["x"]
    assert [x.hex() for x in found] == [x.hex() for x in numbers]


def test_all_of_json_comes_back(path):
    content = {"a": [1, 2**70, True, False, None, "é\n\0"], "b": {"c": {}, "d": []}}
    write_document(str(path), content)
    assert read_document(str(path)) == content


def test_equal_content_gives_equal_bytes(path, tmp_path):
    model = MLP(2, [3, 1], seed=0)
    save_model(path, model)
    save_model(tmp_path / "other", MLP(2, [3, 1], seed=0))
    assert path.read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: MLP(2, [3, 2], activation="tanh", seed=seed),
        lambda seed: Linear(3, 1, bias=False, seed=seed),
        lambda seed: RBF([[0.0, seed], [1.0, 2.0]]),
    ],
)
def test_a_model_gets_its_numbers_back(path, make):
    model, other = make(0), make(1)
    save_model(path, model)
    load_model(path, other)
    assert other.state_dict() == model.state_dict()


# -- damage ----------------------------------------------------------------------------


@pytest.fixture
def whole(path):
    """A file of about a kilobyte, its model, and the model's numbers."""
    model = MLP(3, [5, 2], seed=0)
    save_model(path, MLP(3, [5, 2], seed=1))
    assert 600 < path.stat().st_size < 1500
    return path.read_bytes(), model, model.state_dict()


def refused(path, model):
    with pytest.raises(CheckpointError) as caught:
        load_model(path, model)
    assert str(path) in str(caught.value)
    assert "not" in str(caught.value).lower()  # nothing was changed, and it is said


def test_every_prefix(path, whole):
    data, model, before = whole
    for length in range(len(data)):
        path.write_bytes(data[:length])
        refused(path, model)
    assert model.state_dict() == before


def test_every_flipped_bit(path, whole):
    data, model, before = whole
    with path.open("r+b", buffering=0) as file:
        for i, byte in enumerate(data):
            for bad in [byte ^ 1 << bit for bit in range(8)]:
                os.pwrite(file.fileno(), bytes([bad]), i)
                refused(path, model)
            os.pwrite(file.fileno(), bytes([byte]), i)
    assert model.state_dict() == before
    load_model(path, model)


def test_a_thousand_random_damages(path, whole):
    """Pieces overwritten, put in, taken out, doubled."""
    data, model, before = whole
    rng = random.Random(0)
    for _ in range(1000):
        i, j = sorted(rng.sample(range(len(data) + 1), 2))
        piece = rng.choice([b"", rng.randbytes(j - i), data[i:j] * 2, b"\0", b"0"])
        bad = data[:i] + piece + data[j:]
        if bad != data:
            path.write_bytes(bad)
            refused(path, model)
    assert model.state_dict() == before


DEEP = b'{"model":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
# Bodies with a right checksum, which somebody made by hand.
BY_HAND = [
    (b"", "cannot be read"),
    (b"[]", "the content has no names"),
    (b"1", "the content has no names"),
    (b"{", "cannot be read"),
    (b'{"model":{}} ', "does not fit the model: missing"),
    (b'{"model":{"weight":[[NaN,1.0]],"bias":[0.0]}}', "NaN is no finite number"),
    (b'{"model":{"weight":[[1.0,-Infinity]],"bias":[0.0]}}', "-Infinity is no finite"),
    (b'{"model":{"weight":[[1e999,1.0]],"bias":[0.0]}}', "1e999 is beyond all floats"),
    (b'{"model":{},"model":{}}', "a name is given twice"),
    (b'{"model":{"weight":[[' + b"9" * 5000 + b"]]}}", "cannot be read"),
    (b'{"model":{"weight":[[' + b"9" * 400 + b',1.0]],"bias":[0.0]}}', "does not fit"),
    (b'{"model":"\xff"}', "cannot be read"),
    (DEEP, "more than 64 deep"),
    (b'{"model":' + b"[" * 99 + b"]" * 99 + b"}", "more than 64 deep"),
    (b"{}", "'numbers' must be a mapping of tables"),
    (b'{"model":[1]}', "'numbers' must be a mapping of tables"),
    (b'{"model":{"weight":[[1.0]],"bias":[0.0]}}', "'weight' must be 1 × 2"),
    (b'{"model":{"weight":[[1.0,"2"]],"bias":[0.0]}}', "'weight.*' does not fit"),
    (b'{"model":{"weight":[[1.0,null]],"bias":[0.0]}}', "'weight.*' does not fit"),
    (b'{"model":{"weight":{},"bias":[0.0]}}', "'weight' must be 1 × 2"),
    (b'{"model":{"bias":[0.0],"x":[],"weight":[[1.0,1.0]]}}', "unknown 'x'"),
]


@pytest.mark.parametrize(("body", "message"), BY_HAND, ids=range(len(BY_HAND)))
def test_files_made_by_hand(path, body, message):
    model = Linear(2, 1, seed=0)
    before = model.state_dict()
    path.write_bytes(framed(body))
    with pytest.raises(CheckpointError, match=message):
        load_model(path, model)
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is cut off in its first line"),
        (b"autograd-core check", "the file is cut off in its first line"),
        (b"autograd-core checkpoint 1", "the file is cut off in its first line"),
        (b"PK\x03\x04 an archive", "this is no checkpoint of autograd-core"),
        (b'{"x": 1}', "this is no checkpoint of autograd-core"),
        (framed(b"{}", version=2), "the format is 2, and 1 is the one"),
        (framed(b"{}", version=10), "the format is 10, and 1 is the one"),
        (b"autograd-core checkpoint 1\nsha256 0\n", "the header is cut off or damaged"),
        (framed(b"{}") + b"\n", "2 bytes should follow, and 3 do"),
        (
            framed(b"{}").replace(b"sha256 4", b"sha256 5"),
            "the checksum differs, .* expected 5.{7}…, found 44136fa3…",
        ),
    ],
)
def test_messages(path, data, message):
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match=message):
        read_document(path)


def test_large_files_are_not_read(path):
    with path.open("wb") as file:
        file.write(framed(b"{}"))
        file.truncate(10**12)  # a hole: it needs no room
    with pytest.raises(CheckpointError, match=f"more than {MAX_BYTES:,} bytes"):
        load_model(path, Linear(1, 1))
    path.write_bytes(framed(b"{}"))
    with pytest.raises(CheckpointError, match="more than 50 bytes"):
        read_document(path, max_bytes=50)


# -- what cannot be written ------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ({"x": NAN}, ValueError, "a checkpoint holds finite numbers"),
        ({"x": [INF]}, ValueError, "a checkpoint holds finite numbers"),
        ({"x": {1, 2}}, TypeError, "holds numbers, text, .*set"),
        ({"x": Value(1.0)}, TypeError, "holds numbers, text, .*Value"),
        ({"x": b"a"}, TypeError, "holds numbers, text, .*bytes"),
    ],
)
def test_content(path, content, error, message):
    path.write_bytes(b"old")
    with pytest.raises(error, match=message):
        write_document(path, content)
    assert path.read_bytes() == b"old"


def test_what_could_not_be_read_again_is_not_written(path):
    with pytest.raises(ValueError, match=r"would have .* bytes, and 200 are allowed"):
        write_document(path, {"x": "a" * 100}, max_bytes=200)
    assert not path.exists()


@pytest.mark.parametrize("thing", [None, 3.0, {}])
def test_models(path, thing):
    with pytest.raises(TypeError, match="'model' must be a Module"):
        save_model(path, thing)
    with pytest.raises(TypeError, match="'model' must be a Module"):
        load_model(path, thing)


def test_a_parameter_that_is_nan(path):
    model = Linear(1, 1)
    model.bias[0].data = NAN
    with pytest.raises(ValueError, match="finite numbers"):
        save_model(path, model)


def test_places(tmp_path):
    """OSErrors have the path that the caller gave, and nothing is left behind."""
    folder, model = tmp_path / "folder", Linear(1, 1)
    folder.mkdir()
    with pytest.raises(FileNotFoundError, match="missing/run"):
        save_model(tmp_path / "missing" / "run", model)
    with pytest.raises(IsADirectoryError, match="folder"):
        save_model(folder, model)
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="file/run"):
        save_model(tmp_path / "file" / "run", model)
    with pytest.raises(OSError, match="File name too long"):
        save_model(tmp_path / ("x" * 300), model)
    with pytest.raises(FileNotFoundError, match="nothing"):
        load_model(tmp_path / "nothing", model)
    with pytest.raises(CheckpointError, match="folder: this is no file"):
        load_model(folder, model)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_pipes_and_devices(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path(os.devnull), Path("/dev/zero")):
        with pytest.raises(CheckpointError, match="this is no file"):
            load_model(place, Linear(1, 1))


def test_a_symbolic_link_stays_one(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    save_model(link, Linear(1, 1, seed=0))
    assert link.is_symlink()
    load_model(target, Linear(1, 1))


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_full_disk(path, monkeypatch, step):
    """Whatever step fails, the old file is there and no other."""
    path.write_bytes(b"old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match=r"run\.ckpt") as caught:
            save_model(path, MLP(2, [20, 1]))
    finally:
        if step == "write":
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.errno == (errno.EFBIG if step == "write" else errno.ENOSPC)
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == ["run.ckpt"]


def test_a_folder_without_permission(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="run"):
            save_model(tmp_path / "run", Linear(1, 1))
    finally:
        tmp_path.chmod(0o700)


def test_what_others_left_behind(path):
    """Parts of dead processes go; those of living ones and of other files stay."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {
        f".run.ckpt.tmp-{dead.pid}": False,
        f".run.ckpt.tmp-{os.getpid()}": False,
        ".run.ckpt.tmp-99999999999999999999": False,
        f".run.ckpt.tmp-{os.getppid()}": True,
        ".run.ckpt.tmp-x": True,
        f".other.ckpt.tmp-{dead.pid}": True,
    }
    for name in names:
        (path.parent / name).write_text("")
    save_model(path, Linear(1, 1))
    for name, stays in names.items():
        assert (path.parent / name).exists() == stays, name


def test_a_living_process_of_somebody_else(path, monkeypatch):
    part = path.with_name(f".run.ckpt.tmp-{os.getppid()}")
    part.write_text("")

    def forbidden(process, number):
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    save_model(path, Linear(1, 1))
    assert part.exists()


KILLED = """
import os, random, signal, sys, time
sys.path.insert(0, sys.argv[1])
from nn.files import read_document, write_document
path, rng = sys.argv[2], random.Random(0)
content = {"x": [rng.random() for _ in range(2000)]}
write_document(path, content)
left = 0
for _ in range(200):
    child = os.fork()
    if not child:
        while True:
            write_document(path, content)
    time.sleep(rng.uniform(0.0, 0.012))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert read_document(path) == content
    left = max(left, len(os.listdir(os.path.dirname(path))) - 1)
write_document(path, content)
print(left, os.listdir(os.path.dirname(path)))
"""


@pytest.mark.slow
def test_killed_while_writing(path):
    """200 SIGKILLs: the file is whole each time, one part at most is left."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, ROOT, path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    left, names = done.stdout.split(" ", 1)
    assert int(left) <= 1
    assert names.strip() == "['run.ckpt']"


# -- parts -----------------------------------------------------------------------------


class Stubborn:
    """Refuses its state, in the way it was told to."""

    def __init__(self, error):
        self.error = error

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        raise self.error


def parts(seed, lr):
    model = Linear(2, 1, seed=seed)
    optimizer = Adam(model.named_parameters(), lr=lr)
    for p in optimizer.parameters:
        p.grad = lr
    optimizer.step()
    return {"optimizer": optimizer, "model": model}


def states(things):
    return json.dumps({name: part.state_dict() for name, part in things.items()})


def test_all_parts_come_back(path):
    saved, other = parts(0, 0.1), parts(1, 0.2)
    save_parts(path, saved, {"kind": "x"})
    load_parts(path, other, {"kind": "x"})
    assert states(other) == states(saved)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (ValueError("no"), CheckpointError),
        (TypeError("no"), CheckpointError),
        (KeyError("no"), CheckpointError),
        (OverflowError("no"), CheckpointError),
        (RuntimeError("no"), RuntimeError),
        (KeyboardInterrupt("no"), KeyboardInterrupt),
    ],
)
def test_if_one_part_refuses_none_is_changed(path, error, raised):
    saved, other = parts(0, 0.1), parts(1, 0.2)
    model = saved.pop("model")
    save_parts(path, {**saved, "stubborn": Stubborn(None), "model": model}, {})
    before, last = states(other), other.pop("model")
    with pytest.raises(raised, match="no"):
        load_parts(path, {**other, "stubborn": Stubborn(error), "model": last}, {})
    assert states({**other, "model": last}) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"about": {"seed": 0}}, "has the parts , and needed are model, optimizer"),
        ({"about": 3, "model": {}, "optimizer": {}}, "'about' must be a dict"),
        ({"model": {}}, "is of no training"),
        (
            {"about": {"seed": 1}, "model": {}, "optimizer": {}},
            "is of a training with seed 1, here it is 0. Nothing was changed",
        ),
        (
            {"about": {"seed": 0}, "model": {}, "optimizer": {}},
            "the part 'optimizer' does not fit: 'state' must have the keys",
        ),
    ],
)
def test_other_parts(path, content, message):
    write_document(path, content)
    things = parts(0, 0.1)
    before = states(things)
    with pytest.raises(CheckpointError, match=message):
        load_parts(path, things, {"seed": 0})
    assert states(things) == before
