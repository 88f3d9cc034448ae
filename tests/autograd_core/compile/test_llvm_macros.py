"""Macros of the LLVM backend's text: each against what Python says it does."""

import ctypes

import pytest

pytest.importorskip("llvmlite")
np = pytest.importorskip("numpy")

from autograd_core.compile.backends.llvm.macros import expand  # noqa: E402
from autograd_core.compile.backends.llvm.target import build, host  # noqa: E402


def run(body, *arguments):
    """Call ``void f(ptr x, ptr y, i64 n)`` on arrays; y afterwards."""
    text = f"define void @f(ptr %x, ptr %y, i64 %n) {{\n{body}\n  ret void\n}}"
    built = build(expand(text), {}, "f", host(), 1)
    x, n = arguments
    y = np.full(20, -1.0)
    kinds = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64
    ctypes.CFUNCTYPE(None, *kinds)(built.address)(x.ctypes.data, y.ctypes.data, n)
    return y


NUMBERS = np.arange(1.0, 21.0)


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 5, 9])
@pytest.mark.parametrize(
    ("head", "visited"),
    [
        ("for %k < %n", lambda n: range(n)),
        ("for %k from 2 < %n", lambda n: range(2, n)),
        ("for %k < %n by 3", lambda n: range(0, n, 3)),
        ("for %k from 1 < %n by 4", lambda n: range(1, n, 4)),
        ("do %k < %n", lambda n: range(max(n, 1))),
        ("do %k from 3 < %n by 2", lambda n: range(3, max(n, 4), 2)),
    ],
)
def test_a_loop_counts_as_range_does(head, visited, n):
    """A ``for`` may have no round; a ``do`` has one at least."""
    body = f"  {head} {{\n    %v = double %x[%k]\n    double %y[%k] = %v\n  }}"
    expected = np.full(20, -1.0)
    for k in visited(n):
        expected[k] = NUMBERS[k]
    assert run(body, NUMBERS, n).tolist() == expected.tolist()


@pytest.mark.parametrize("n", [0, 1, 7])
def test_what_is_carried_is_there_after_the_loop(n):
    """Also through blocks and loops inside; without a round it is the first value."""
    body = """\
  for %i < %n {
    %s = carry double 0.5, %u
    %v = double %x[%i]
    for %j < %i {
      %t = carry double %s, %w
      %w = fadd double %t, %v
    }
    %large = fcmp ogt double %v, 2.0
    if %large {
      double %y[%i] = %v
    }
    %u = select i1 %large, double %t.end, double %s
  }
  double %y[19] = %s.end"""
    s, expected = 0.5, np.full(20, -1.0)
    for i in range(n):
        if NUMBERS[i] > 2.0:
            s, expected[i] = s + i * NUMBERS[i], NUMBERS[i]
    expected[19] = s
    assert run(body, NUMBERS, n).tolist() == expected.tolist()


def test_elements_are_read_by_their_type():
    """Doubles, vectors that begin anywhere, integers of 32 bits, a number of bytes."""
    places = np.array([4, 2, 3, 0], dtype=np.int32)
    x = np.concatenate([places.view(float), NUMBERS])
    body = """\
  %a = i32 %x[1]
  %i = sext i32 %a to i64
  %v = double %x[%i]
  double %y[0] = %v
  %v8 = <8 x double> %x[3]
  <8 x double> %y[1] = %v8
  %b = double %x[bytes 24]
  double %y[9] = %b
  %c = i64 %x[bytes 16]
  i64 %y[10] = %c"""
    y = run(body, x, 0)
    assert y[:11].tolist() == [x[2], *x[3:11], x[3], x[2]]


def test_what_is_no_macro_stays():
    """LLVM's own lines, labels and comments among them."""
    text = """\
; a note:
define double @g(double %a) {
  br label %next
next:
  %b = phi double [%a, %entry]
  ret double %b
}"""
    assert expand(text) == text.replace(") {", ") {\nentry:")
