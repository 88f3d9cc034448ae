"""The book: derivations of the notes as articles, in chapters.

>>> from demos.derivations import ARTICLES
>>> loss = ARTICLES["N57"].graph()
>>> loss.name
'L'
"""

from .article import Claim, Misprint, Model, Point
from .chapters import CHAPTERS
from .frame import Article, Chapter, Part, Remark

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
    "Remark",
]


class _Articles(dict[str, Article]):
    """Articles by id, in the book's order; a catalogue id finds its article."""

    def __missing__(self, name: str) -> Article:
        for article in self.values():
            if name in article.catalogue_ids:
                return article
        known = ", ".join([*self, *(i for a in self.values() for i in a.catalogue_ids)])
        raise KeyError(f"there is no article {name!r}; there are {known}")


ARTICLES: dict[str, Article] = _Articles(
    {article.id: article for chapter in CHAPTERS for article in chapter.articles}
)
