"""Articles say which notes they are from, and misprints at which entry and line."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from demos.derivations import ARTICLES, Article
from demos.derivations.notes import note_of

OF_NOTES = [article for article in ARTICLES.values() if article.catalogue_ids]
ENTRY = re.compile(r"\b(?:A-|N|S)\d+\b")


@pytest.mark.parametrize("article", OF_NOTES, ids=lambda a: a.id)
def test_the_source_has_one_name_per_note(article: Article) -> None:
    for entry in article.catalogue_ids:
        name = note_of(entry).name.removesuffix(", both drafts")
        assert name[0].lower() + name[1:] in article.source
    assert re.search(r"\bL\d+", article.source)


def places(article: Article) -> list[str]:
    """Where its misprints stand, formulas and numbers."""
    numbers = [p.where for part in article.parts for p in part.printed]
    return [*(slip.where for slip in article.misprints), *numbers]


WHERE = [(article, where) for article in OF_NOTES for where in places(article)]


@pytest.mark.parametrize(("article", "where"), WHERE, ids=lambda x: str(x)[:40])
def test_a_misprint_names_its_entry_and_line(article: Article, where: str) -> None:
    entry = ENTRY.match(where)
    assert entry is not None
    assert entry[0] in article.catalogue_ids
    assert re.search(r"\bL\d+", where)
    # The two drafts have lines of their own.
    if note_of(entry[0]).name.endswith("both drafts"):
        assert "draft" in where


def texts(thing: Any) -> Iterator[str]:
    """All the text of an article."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for item in thing:
            yield from texts(item)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts(getattr(thing, field.name))


def test_every_numbered_erratum_is_named() -> None:
    """E01 to E55: the errata of the article and of the notes on softmax and Adam."""
    found = {e for text in texts(OF_NOTES) for e in re.findall(r"\bE\d\d\b", text)}
    assert found == {f"E{n:02}" for n in range(1, 56)}
