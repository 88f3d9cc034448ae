"""The book: derivations of the notes as articles, in chapters.

>>> from demos.derivations import ARTICLES
>>> loss = ARTICLES["N57"].graph()
>>> loss.name
'L'
"""

from .adam import CHAPTER as _ADAM
from .article import Claim, Misprint, Model, Point
from .descent import CHAPTER as _DESCENT
from .frame import Article, Chapter, Part
from .hidden import CHAPTER as _HIDDEN
from .minima import CHAPTER as _MINIMA
from .network import CHAPTER as _NETWORK
from .newton import CHAPTER as _HESSIAN
from .perceptron import CHAPTER as _PERCEPTRON
from .rules import CHAPTER as _RULES
from .softmax import CHAPTER as _SOFTMAX
from .surfaces import CHAPTER as _SURFACES

__all__ = [
    "ARTICLES",
    "CHAPTERS",
    "Article",
    "Chapter",
    "Claim",
    "Misprint",
    "Model",
    "Part",
    "Point",
]


class _Articles(dict[str, Article]):
    """Articles by id, in the book's order; a catalogue id finds its article."""

    def __missing__(self, name: str) -> Article:
        for article in self.values():
            if name in article.catalogue_ids:
                return article
        known = ", ".join([*self, *(i for a in self.values() for i in a.catalogue_ids)])
        raise KeyError(f"there is no article {name!r}; there are {known}")


CHAPTERS: tuple[Chapter, ...] = (
    _RULES,
    _MINIMA,
    _SURFACES,
    _DESCENT,
    _PERCEPTRON,
    _NETWORK,
    _HESSIAN,
    _SOFTMAX,
    _HIDDEN,
    _ADAM,
)
ARTICLES: dict[str, Article] = _Articles(
    {article.id: article for chapter in CHAPTERS for article in chapter.articles}
)
