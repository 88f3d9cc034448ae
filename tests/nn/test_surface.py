"""What `nn` is to others: its names, what it imports, code that can be traced."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nn

FOLDER = Path(nn.__file__).parent
# Where numbers are computed that a compiler is to trace.
COMPUTING = (
    *("activations", "attention", "embedding", "features", "linear", "losses", "mlp"),
    *("neuron", "norm", "penalties", "sequential", "targets"),
)


def test_every_public_name_is_there_and_documented() -> None:
    assert nn.__all__ == sorted(
        nn.__all__, key=lambda n: (not n.isupper(), n[0].islower(), n)
    )
    for name in nn.__all__:
        thing = getattr(nn, name)
        assert thing.__doc__ or name.isupper()
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    for name in modules:
        module = __import__(f"nn.{name}", fromlist=["*"])
        assert module.__doc__
        assert all(hasattr(module, public) for public in module.__all__)
    assert (FOLDER / "py.typed").is_file()


def test_only_the_standard_library_is_imported() -> None:
    """In a fresh process, after a step on every kind of layer."""
    program = """
import sys
before = set(sys.modules)
import nn
model = nn.Sequential(nn.Polynomial(1, 2), nn.Linear(3, 2), nn.LayerNorm(2), "gelu")
nn.cross_entropy_from_logits(model(0.5), 1).backward()
nn.SelfAttention(2)(nn.Embedding(3, 2)([0, 1])), nn.RBF([0.0])(1.0)
model._repr_html_(), model.state_dict(), nn.ridge(model, 0.1)
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["autograd_core", "nn", "optim"]


@pytest.mark.parametrize("name", COMPUTING)
def test_what_computes_never_leaves_the_graph(name: str) -> None:
    """No ``.data`` and no ``float()``, except to make a zero of a weight's kind."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name == "zero_like":
            continue
        for node in ast.walk(function):
            assert not (isinstance(node, ast.Attribute) and node.attr == "data")
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            assert not (named and node.func.id == "float")
