"""The notes: what they are called, and which entry and line stands in which.

What one can do with this file: ask which of the notes a catalogue id belongs to
(`note_of`), and put references such as ``"N54, L699"`` into the notes' order.

The one idea: a catalogue id says its note. A-01 to A-54 are the two drafts of one
article, A-55 to A-93 and the N and S entries one note each.
"""

import re
from dataclasses import dataclass

__all__ = [
    "ELSEWHERE",
    "NOTES",
    "Note",
    "entry_order",
    "note_at",
    "note_of",
    "place_of",
]


@dataclass(frozen=True)
class Note:
    """One of the notes: its name, and the ids of its entries, first and last."""

    name: str
    letter: str
    first: int
    last: int

    def holds(self, entry: str) -> bool:
        """Whether the entry with this id is one of its own."""
        letter, number = _split(entry)
        return letter == self.letter and self.first <= number <= self.last

    @property
    def entries(self) -> list[str]:
        """Its ids, in order."""
        width = 2 if self.letter == "A-" else 1
        numbers = range(self.first, self.last + 1)
        return [f"{self.letter}{number:0{width}}" for number in numbers]


NOTES = (
    Note("The hand-written calculus notes", "N", 1, 76),
    Note("The slides on the multi-layer perceptron", "S", 1, 88),
    Note("The article on gradient descent, both drafts", "A-", 1, 54),
    Note("The hand-written notes on softmax and Adam", "A-", 55, 93),
)
ELSEWHERE = Note("Elsewhere", "", 0, 0)
_ORDER = (*NOTES, ELSEWHERE)
_ENTRY = re.compile(r"\b(A-|N|S)(\d+)\b")
_LINE = re.compile(r"\bL(\d+)")
_A_DRAFT = 10_000  # more lines than a draft has


def _split(entry: str) -> tuple[str, int]:
    match = _ENTRY.fullmatch(entry)
    return (match[1], int(match[2])) if match else ("", 0)


def note_of(where: str, default: str = "") -> Note:
    """The note that a reference, or else the entry ``default``, belongs to.

    `ELSEWHERE` if neither names an entry of the notes.
    """
    for entry in (*(match[0] for match in _ENTRY.finditer(where)), default):
        for note in NOTES:
            if note.holds(entry):
                return note
    return ELSEWHERE


def place_of(where: str, default: str = "") -> tuple[int, int, str]:
    """What references are sorted by: note, first line, text.

    The second draft of the article stands after the first.
    """
    line = _LINE.search(where)
    note = _ORDER.index(note_of(where, default))
    first = where.split(" L", 1)[0]
    later = _A_DRAFT if "second draft" in first else 0
    return note, later + (int(line[1]) if line else 0), where


def entry_order(entry: str) -> tuple[int, int]:
    """What ids are sorted by: note, number."""
    return _ORDER.index(note_of(entry)), _split(entry)[1]


def note_at(place: int) -> Note:
    """The note at a place in the order of `place_of`."""
    return _ORDER[place]
