"""The chapters of the book, in its order; one file per chapter.

To add a chapter: write its file, import it here, and put it where a reader should
meet it. ``networks.py`` and ``descent_rules.py`` hold what several chapters use.
"""

from ..frame import Chapter
from .adam import CHAPTER as ADAM
from .descent import CHAPTER as DESCENT
from .hidden import CHAPTER as HIDDEN
from .minima import CHAPTER as MINIMA
from .network import CHAPTER as NETWORK
from .newton import CHAPTER as NEWTON
from .perceptron import CHAPTER as PERCEPTRON
from .rules import CHAPTER as RULES
from .softmax import CHAPTER as SOFTMAX
from .surfaces import CHAPTER as SURFACES

__all__ = ["CHAPTERS"]

CHAPTERS: tuple[Chapter, ...] = (
    RULES,
    MINIMA,
    SURFACES,
    DESCENT,
    PERCEPTRON,
    NETWORK,
    NEWTON,
    SOFTMAX,
    HIDDEN,
    ADAM,
)
