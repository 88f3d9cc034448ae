"""Loops, conditions and elements of arrays in text of LLVM.

What one can do with this file: write functions with the macros below, and `expand`
them.

The one idea: LLVM's assembly has jumps and addresses only, so a loop is six lines of it
and an element of an array two, with a name for everything in between. These lines stand
for them, and all others are LLVM's own:

==================================  ===============================================
``for %k < %n {``                   until ``}``, with k = 0, 1, ... below n
``for %k from %a < %n by 8 {``      with k = a, a + 8, ... below n
``do %k < %n {``                    a ``for`` whose first round is never in question
``%s = carry double 0.0, %t``       first in a loop: s is 0.0 in the first round, then
                                    the t of the round before; after a ``for``,
                                    ``%s.end`` is the last t, or 0.0
``if %b {``                         until ``}``, if b is true
``%x = double %p[%k]``              load element k of an array of doubles
``double %p[%k] = %x``              store it
``%v = <8 x double> %p[%k]``        load elements k to k + 7
``%t = i64 %p[bytes 16]``           load what lies so many bytes after p
==================================  ===============================================

What a loop counts and carries is in phis, so in registers: no pass of LLVM runs that
would bring it there from memory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

__all__ = ["expand"]


def expand(text: str) -> str:
    """The same functions without macros; the first block of each is ``entry``.

    Blocks are named after the counters of loops and the conditions, which therefore
    must differ within a function: ``k.round`` and ``k.end``, ``b.true`` and ``b.end``.
    Blocks with labels of their own, and jumps between them, may stand in between. A
    ``{`` or a ``}`` that begins or ends something is at the end of its line.
    """
    return _Expansion(text).text


_TYPE = r"(<[^>]+>|\w+)"
_ELEMENT = rf"{_TYPE} ([%@][\w.]+)\[(.+)\]"
_LOOP = re.compile(r" *(for|do) (%\S+)(?: from (\S+))? < (\S+)(?: by (\S+))? {")
_CARRY = re.compile(rf" *(%\S+) = carry {_TYPE} (.+), (\S+)")
_IF = re.compile(r" *if (%\S+) {")
_LOAD = re.compile(rf" *(%\S+) = {_ELEMENT}")
_STORE = re.compile(rf" *{_ELEMENT} = (\S+)")


@dataclass
class _Loop:
    counter: str
    count: str
    step: str
    asked: bool
    before: str  # the block from which the first round comes
    # What has a phi: its line, name, type, first and next value.
    carried: list[tuple[int, str, str, str, str]] = field(default_factory=list)


class _Expansion:
    def __init__(self, text: str) -> None:
        self.lines: list[str] = []
        self.block = ""  # which is being written
        self.loops: list[_Loop] = []
        self.ends: list[Callable[[], None]] = []  # what the next `}` does
        for line in text.split("\n"):
            self.line(line)
        self.text = "\n".join(self.lines)

    def line(self, line: str) -> None:
        if line.endswith("{"):
            self.open(line)
        elif line.endswith("}") and not line.strip(" }"):
            self.ends.pop()()
        elif line.endswith(":") and line[0] != ";":
            self.begin(line[:-1])
        elif "[" in line and (found := _LOAD.fullmatch(line)):
            name, kind, *place = found.groups()
            self.lines.append(f"  {name} = load {kind}, {self.place(kind, *place)}")
        elif "[" in line and (found := _STORE.fullmatch(line)):
            kind, *place, value = found.groups()
            self.lines.append(f"  store {kind} {value}, {self.place(kind, *place)}")
        elif " carry " in line and (found := _CARRY.fullmatch(line)):
            self.carry(*found.groups())
        else:
            self.lines.append(line)

    def begin(self, block: str) -> None:
        self.block = block
        self.lines.append(f"{block}:")

    def carry(self, name: str, kind: str, first: str, following: str) -> None:
        # The line is written when it is known in which block the loop ends.
        phi = len(self.lines), name, kind, first, following
        self.loops[-1].carried.append(phi)
        self.lines.append("")

    def place(self, kind: str, pointer: str, index: str) -> str:
        # Of an element, whose type is that of one lane; vectors may begin at any.
        name, unit = f"%.{len(self.lines)}", kind.strip("<>").split()[-1]
        if index.startswith("bytes "):
            unit, index = "i8", index.removeprefix("bytes ")
        get = f"getelementptr {unit}, ptr {pointer}, i64 {index}"
        self.lines.append(f"  {name} = {get}")
        size = 4 if unit == "i32" else 8
        return f"ptr {name}, align {size}" if kind.startswith("<") else f"ptr {name}"

    def open(self, line: str) -> None:
        if found := _LOOP.fullmatch(line):
            word, k, first, count, step = found.groups()
            loop = _Loop(k, count, step or "1", word == "for", self.block)
            self.loops.append(loop)
            self.ends.append(self.again)
            if loop.asked:
                self.lines.append(f"  {k}.any = icmp slt i64 {first or 0}, {count}")
                self.branch(f"{k}.any", f"{k}.round", f"{k}.end")
            else:
                self.lines.append(f"  br label {k}.round")
            self.begin(f"{k}.round"[1:])
            self.carry(k, "i64", first or "0", f"{k}.next")
        elif found := _IF.fullmatch(line):
            self.ends.append(partial(self.join, f"{found[1]}.end"))
            self.branch(found[1], f"{found[1]}.true", f"{found[1]}.end")
            self.begin(f"{found[1]}.true"[1:])
        else:
            self.ends.append(partial(self.lines.append, "}"))
            self.lines.append(line)
            self.begin("entry")

    def branch(self, condition: str, then: str, otherwise: str) -> None:
        self.lines.append(f"  br i1 {condition}, label {then}, label {otherwise}")

    def join(self, end: str) -> None:
        self.lines.append(f"  br label {end}")
        self.begin(end[1:])

    def again(self) -> None:
        # The end of a round, and what there is after the last one.
        loop = self.loops.pop()
        k, last = loop.counter, self.block
        self.lines.append(f"  {k}.next = add i64 {k}, {loop.step}")
        self.lines.append(f"  {k}.more = icmp slt i64 {k}.next, {loop.count}")
        self.branch(f"{k}.more", f"{k}.round", f"{k}.end")
        self.begin(f"{k}.end"[1:])
        for line, name, kind, first, following in loop.carried:
            values = f"{kind} [{first}, %{loop.before}], [{following}, %{last}]"
            self.lines[line] = f"  {name} = phi {values}"
            if loop.asked and name != k:
                self.lines.append(f"  {name}.end = phi {values}")
