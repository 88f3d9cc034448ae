"""Articles and chapters: what a page is made of.

What one can do with this file: put claims, algorithms, limits, printed numbers and
pictures into the parts of an article, and articles into a chapter.

The one idea: an article declares; it computes nothing when it is made and holds no
result. `checks.py` and `readings.py` compute, `pages.py` arranges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from autograd_core import Value

from .article import Claim, Misprint, Model
from .beside import Beside
from .readings import Limit, Printed, Readings, Run

__all__ = ["KINDS", "Article", "Chapter", "Figure", "Part", "Remark"]

KINDS = (
    "derivation",
    "algorithm",
    "limit",
    "definition",
    "counterexample",
    "list",
)


@dataclass(frozen=True)
class Figure:
    """A picture that is computed: ``draw`` returns it as SVG.

    Parameters
    ----------
    caption
        What is to be seen; also what a screen reader says.
    """

    caption: str
    draw: Callable[[], str]


@dataclass(frozen=True)
class Part:
    """A section of an article; every field but the first two may be left out.

    Parameters
    ----------
    model, defines
        Quantities of ``model`` whose definitions are shown.
    claims
        Formulas, each compared with every source.
    readings
        Tables of single numbers, computed twice.
    runs
        Algorithms with their iterates.
    beside
        Right algorithms beside wrong ones.
    limits
        Tables of difference quotients.
    printed
        Numbers as the notes print them, beside what they should be.
    figures
        Pictures.
    items
        Sentences of a list.
    """

    title: str
    words: str
    claims: tuple[Claim, ...] = ()
    model: Model | None = None
    defines: tuple[str, ...] = ()
    readings: tuple[Readings, ...] = ()
    runs: tuple[Run, ...] = ()
    beside: tuple[Beside, ...] = ()
    limits: tuple[Limit, ...] = ()
    printed: tuple[Printed, ...] = ()
    figures: tuple[Figure, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remark:
    """What the notes leave out, leave open or have lost, where no formula is wrong.

    A `Misprint` is for a line that can be computed as it is printed.

    Parameters
    ----------
    where
        Catalogue id and lines of the notes.
    words
        What a reader should know, in a sentence or two; plain text.
    """

    where: str
    words: str


@dataclass(frozen=True)
class Article:
    """One section of a chapter, with a drawing of its own.

    Parameters
    ----------
    id
        Its name in file names and links.
    catalogue_ids
        The entries of the notes' catalogue that it covers.
    source
        Where in the notes.
    summary
        A paragraph for the reader.
    record
        Records the graph that is drawn, and returns its root.
    misprints
        Lines of the notes that are wrong as they are printed.
    kind
        One of `KINDS`.
    remarks
        What is incomplete, ambiguous or lost in the notes.
    """

    id: str
    title: str
    catalogue_ids: tuple[str, ...]
    source: str
    summary: str
    parts: tuple[Part, ...]
    record: Callable[[], Value]
    misprints: tuple[Misprint, ...] = ()
    kind: str = "derivation"
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"'kind' must be one of {KINDS}, got {self.kind!r}")

    def graph(self) -> Value:
        """The root of the article's graph, after ``backward``, with names set."""
        root = self.record()
        root.backward()
        return root

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all parts, in order."""
        return tuple(chain.from_iterable(part.claims for part in self.parts))


@dataclass(frozen=True)
class Chapter:
    """One page: an id, which is its file name, and its articles."""

    id: str
    title: str
    summary: str
    articles: tuple[Article, ...]
