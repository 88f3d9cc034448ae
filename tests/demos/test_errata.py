"""The errata page has every misprint that the book found, in the notes' order."""

import re
from typing import Any

import pytest

from demos.derivations import ARTICLES
from demos.derivations.notes import ELSEWHERE, NOTES, entry_order, note_of, place_of

ENTRIES = [entry for note in NOTES for entry in note.entries]


def test_the_notes_have_257_entries() -> None:
    assert len(ENTRIES) == len(set(ENTRIES)) == 257
    assert sorted(ENTRIES, key=entry_order) == ENTRIES


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_an_article(entry: str) -> None:
    assert entry in ARTICLES[entry].catalogue_ids


def test_no_article_claims_an_entry_that_is_not_there() -> None:
    claimed = {i for article in ARTICLES.values() for i in article.catalogue_ids}
    assert claimed <= set(ENTRIES)


def test_notes_and_places() -> None:
    assert note_of("N54, L699").letter == "N"
    assert note_of("L12", "A-60").first == 55
    assert place_of("S2, L101") > place_of("N76, L1111") > place_of("N76, L99")
    assert note_of("L12", "X1") is ELSEWHERE
    assert place_of("X1, L1") > place_of("A-93, L999")


def test_every_misprint_is_on_the_page(book: Any) -> None:
    out, _, _ = book
    page = (out / "errata.html").read_text(encoding="utf-8")
    wrong = sum(
        len(article.misprints)
        + sum(p.wrong for part in article.parts for p in part.printed)
        for article in ARTICLES.values()
    )
    assert page.count("<tr><th") == wrong + page.count("<thead>")
    assert f"<p>{wrong} lines and numbers" in page
    for file, anchor in re.findall(r'href="([a-z-]+\.html)#([^"]+)"', page):
        target = (out / file).read_text(encoding="utf-8")
        assert f'<article id="{anchor}"' in target
