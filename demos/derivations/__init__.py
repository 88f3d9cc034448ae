"""The book: derivations of the notes as articles, in chapters.

>>> from demos.derivations import ARTICLES
>>> loss = ARTICLES["N57"].graph()
>>> loss.name
'L'
"""

from difflib import get_close_matches

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
        entries = [entry for a in self.values() for entry in a.catalogue_ids]
        near = get_close_matches(name, [*self, *entries], n=5) or list(self)[:5]
        raise KeyError(
            f"there is no article {name!r}; near it are {', '.join(near)}; the book's "
            f"index lists all {len(self)} articles and {len(set(entries))} entries"
        )


ARTICLES: dict[str, Article] = _Articles(
    {article.id: article for chapter in CHAPTERS for article in chapter.articles}
)
