"""The book: derivations of the notes as articles, one file per article.

>>> from demos.derivations import ARTICLES
>>> loss = ARTICLES["N57"].graph()
>>> loss.name
'L'
"""

from .article import Article, Claim, Misprint, Model, Part, Point
from .logistic_loss import ARTICLE as _LOGISTIC_LOSS

__all__ = ["ARTICLES", "Article", "Claim", "Misprint", "Model", "Part", "Point"]


class _Articles(dict[str, Article]):
    """Articles by id, in the book's order; a catalogue id finds its article."""

    def __missing__(self, name: str) -> Article:
        for article in self.values():
            if name in article.catalogue_ids:
                return article
        known = ", ".join([*self, *(i for a in self.values() for i in a.catalogue_ids)])
        raise KeyError(f"there is no article {name!r}; there are {known}")


ARTICLES: dict[str, Article] = _Articles({a.id: a for a in (_LOGISTIC_LOSS,)})
