"""The errata page has every erratum that is known, in the notes' order."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demos.derivations import ARTICLES, CHAPTERS, Article
from demos.derivations.book import build
from demos.derivations.notes import ELSEWHERE, NOTES, entry_order, note_of, place_of
from demos.page import escape

ENTRIES = [entry for note in NOTES for entry in note.entries]

# The errata of the calculus notes and of the slides: an entry, and for each of its
# errata the line it begins on.
BY_LINE = """
N1 9, N2 17 19, N4 45, N12 98, N13 111, N14 119, N17 136 136, N19 152, N20 173,
N21 182, N22 190, N23 198, N25 221, N28 248, N30 283 293, N32 310 314 316 318,
N33 324 328, N34 344, N35 357, N39 413 415, N40 421 429 437, N41 439 441 441 449,
N43 473, N44 489, N45 491 501, N46 509, N47 521 527 531, N48 550, N49 578,
N54 696 699 728, N56 760, N57 774, N59 806, N60 831 835, N61 845, N62 871,
N63 885 887 891 893, N64 906, N66 958, N69 984, N71 1010 1014 1016,
N72 1041 1047 1049, N73 1061 1063, N75 1081 1093 1095, N76 1107 1111 1111 1113 1120,
S1 77, S2 112, S3 139, S4 149, S5 153, S6 164, S7 185, S9 207, S10 226,
S12 272 274 278, S13 286, S16 311 311, S17 319, S18 329, S20 345, S21 353, S22 368,
S23 378 384, S24 397, S25 410 412, S26 422, S27 440, S29 472, S30 486, S31 497 500,
S33 523 533, S34 538, S36 559, S37 581, S38 593 597, S41 629, S42 633, S43 635,
S44 652, S45 661, S46 670 674, S48 701, S49 712 722 728, S50 734, S51 740, S52 747,
S54 755, S55 766, S56 774 778, S57 784, S58 790, S59 800 807, S62 860, S63 866,
S65 879, S66 905 909, S67 917, S68 935, S70 984, S71 992, S73 1028, S74 1042,
S77 1125, S78 1156, S79 1182 1200 1204, S80 1216 1240, S81 1251 1256, S82 1276,
S86 1342, S87 1354
"""
# Those of the other notes have numbers, which their references name.
BY_NUMBER = """
E01 A-03 66, E02 A-06 111, E03 A-07 159, E04 A-09 186, E05 A-09 177, E06 A-12 204,
E07 A-14 216, E08 A-15 221, E09 A-15 221, E10 A-09 191, E11 A-03 47, E12 A-20 360,
E13 A-15 227, E14 A-23 371, E15 A-25 384, E16 A-27 402, E17 A-26 412, E18 A-29 422,
E19 A-30 430, E20 A-17 208, E21 A-31 392, E22 A-32 423, E23 A-33 430, E24 A-33 445,
E25 A-34 465, E26 A-34 484, E27 A-36 499, E28 A-37 502, E29 A-36 490, E30 A-40 559,
E31 A-42 573, E32 A-45 615, E33 A-45 617, E34 A-47 649, E35 A-49 722, E36 A-48 692,
E37 A-54 783, E38 A-19 245, E39 A-57 28, E40 A-62 50, E41 A-62 52, E42 A-66 63,
E43 A-69 73, E44 A-72 83, E45 A-76 104, E46 A-79 116, E47 A-82 128, E48 A-83 132,
E49 A-87 146, E50 A-88 148, E51 A-85 136, E52 A-78 114, E53 A-55 5, E54 A-55 9,
E55 A-89 150
"""


def rows(table: str) -> list[list[str]]:
    return [row.split() for row in table.replace("\n", " ").split(",")]


def references(articles: Iterable[Article]) -> Iterator[str]:
    """Where the misprints, wrong numbers and remarks of articles stand."""
    for article in articles:
        yield from (slip.where for slip in article.misprints)
        yield from (p.where for part in article.parts for p in part.printed if p.wrong)
        yield from (remark.where for remark in article.remarks)


def covers(where: str, entry: str, line: int) -> bool:
    """Whether a reference names an entry, and a line or lines with it among them."""
    ranges = re.findall(r"\bL(\d+)(?:–L(\d+))?", where)
    inside = any(int(a) <= line <= int(b or a) for a, b in ranges)
    return inside and bool(re.search(rf"\b{entry}\b", where))


LISTED = list(references(ARTICLES.values()))


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


def test_the_second_draft_stands_after_the_first() -> None:
    wheres = [
        "A-19; first draft L245, second L249",
        "A-30, first draft, L430–L441",
        "A-36, second draft, L99",
        "A-48, second draft, L692",
        "A-55, L9",
    ]
    assert sorted(wheres, key=place_of) == wheres


def test_the_tables_have_216_errata() -> None:
    assert sum(len(lines) for _, *lines in rows(BY_LINE)) == 161
    assert [number for number, *_ in rows(BY_NUMBER)] == [
        f"E{n:02}" for n in range(1, 56)
    ]


@pytest.mark.parametrize(("entry", "lines"), [(e, ls) for e, *ls in rows(BY_LINE)])
def test_every_erratum_of_an_entry_is_listed(entry: str, lines: list[str]) -> None:
    for line, errata in Counter(map(int, lines)).items():
        assert sum(covers(where, entry, line) for where in LISTED) >= errata, line


@pytest.mark.parametrize(("number", "entry", "line"), rows(BY_NUMBER))
def test_every_numbered_erratum_is_listed(number: str, entry: str, line: str) -> None:
    named = [where for where in LISTED if re.search(rf"\b{number}\b", where)]
    assert any(covers(where, entry, int(line)) for where in named)


def test_remarks_belong_to_their_articles() -> None:
    remarks = [(a, remark) for a in ARTICLES.values() for remark in a.remarks]
    assert len(remarks) == len({(r.where, r.words) for _, r in remarks}) == 110
    for article, remark in remarks:
        assert any(
            re.search(rf"\b{entry}\b", remark.where) for entry in article.catalogue_ids
        ), remark
        assert re.search(r"\bL\d", remark.where), remark
        assert re.fullmatch(r"[^\s].*[.]", remark.words), remark


def check(out: Path, articles: list[Article]) -> None:
    page = (out / "errata.html").read_text(encoding="utf-8")
    remarks = [(a, remark) for a in articles for remark in a.remarks]
    listed = len(list(references(articles)))
    assert page.count("<tr><th") == listed + page.count("<thead>")
    assert f"<p>{listed - len(remarks)} lines and numbers" in page
    assert f" and {len(remarks)} remarks on" in page
    assert page.count('<td colspan="4">') == len(remarks)
    for article, remark in remarks:
        where, words = escape(remark.where), escape(remark.words)
        row = re.escape(f'>{where}</th><td colspan="4">{words}</td>')
        link = re.findall(row + r'<td><a href="([^"#]+)#([^"]+)">', page)
        assert [anchor for _, anchor in link] == [article.id]
        chapter = (out / link[0][0]).read_text(encoding="utf-8")
        assert f"<li><strong>{where}</strong>: {words}</li>" in chapter
    for file, anchor in re.findall(r'href="([a-z-]+\.html)#([^"]+)"', page):
        target = (out / file).read_text(encoding="utf-8")
        assert f'<article id="{anchor}"' in target


def test_every_misprint_and_remark_is_on_the_page(book: Any) -> None:
    check(book[0], list(ARTICLES.values()))


def test_of_a_chapter_the_page_has_its_errata(tmp_path: Path) -> None:
    for package in ("sympy", "mpmath", "matplotlib"):
        pytest.importorskip(package)
    (chapter,) = (c for c in CHAPTERS if c.id == "exponentials")
    assert build(tmp_path, chapters=(chapter,)).failures == ()
    check(tmp_path, list(chapter.articles))
