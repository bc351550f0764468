from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from pypdf import PdfReader

from junheng.admissions.services.papers import (
    Admitted,
    CheckIn,
    LetterPaper,
    NoticeText,
    Sender,
    letters_pdf,
    public_notice_pdf,
    school_list_pdf,
)
from junheng.commons.documents import BLANK

SENDER = Sender("云淮县教育局", "2026年秋季小学一年级", date(2026, 7, 5))
ASKED = CheckIn("8月29日至30日", "校门口报到处", "户口簿和接种证", "0999-1380000")
LETTER = LetterPaper(
    number="AL-2026-7KQ4-9XMFY",
    address="https://example.test/letters/verify/AL-2026-7KQ4-9XMFY?s=K7Q2M4XPVD3FHJ2A",
    child="王一涵",
    application="AR-2026-7KQ4-9XMFY",
    school="城关镇第一小学",
    check_in=ASKED,
    issued_on=date(2026, 7, 6),
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def pages(pdf: bytes) -> list[str]:
    """The words of each page, as somebody copies them out of it, without breaks."""
    return [
        page.extract_text().replace("\n", "").replace("\u200b", "").replace(" ", "")
        for page in PdfReader(io.BytesIO(pdf)).pages
    ]


def test_a_letter_says_who_where_when_and_with_what() -> None:
    [page] = pages(letters_pdf(SENDER, [LETTER]))
    said = [SENDER.bureau, SENDER.intake, LETTER.number, LETTER.child, LETTER.application]
    said += [LETTER.school, ASKED.when, ASKED.where, ASKED.bring, ASKED.contact, LETTER.address]
    assert [words for words in said if words.replace(" ", "") not in page] == []


def test_every_letter_has_a_page_of_its_own() -> None:
    found = pages(letters_pdf(SENDER, [replace(LETTER, child=f"王{n}") for n in "甲乙丙"]))
    assert [next(n for n in "甲乙丙" if f"王{n}" in page) for page in found] == list("甲乙丙")


def test_a_letter_whose_names_are_very_long_keeps_to_its_page() -> None:
    name = "阿卜杜热合曼·麦麦提艾力·" * 6
    school = "云淮县城关镇中心学校附属实验小学文昌路校区" * 3
    [page] = pages(letters_pdf(SENDER, [replace(LETTER, child=name, school=school)]))
    assert name in page
    assert school in page
    assert "(seal)" in page


def test_markup_in_a_name_is_printed_and_a_rare_character_left_to_the_pen() -> None:
    [page] = pages(letters_pdf(SENDER, [replace(LETTER, child='#x[*_"\U00020bb7')]))
    assert f'#x[*_"{BLANK}' in page


def test_what_a_school_does_not_ask_for_is_left_out() -> None:
    [page] = pages(letters_pdf(SENDER, [replace(LETTER, check_in=CheckIn(when="8月29日"))]))
    assert "Timeofcheck-in" in page
    assert "Placeofcheck-in" not in page
    assert "Questions" not in page


def test_a_reprint_says_so() -> None:
    [page] = pages(letters_pdf(SENDER, [replace(LETTER, printed="copy 2")]))
    assert "copy2" in page


def test_letters_are_the_same_bytes_when_made_again() -> None:
    assert letters_pdf(SENDER, [LETTER]) == letters_pdf(SENDER, [LETTER])


def test_a_schools_list_counts_its_children_and_warns() -> None:
    children = [Admitted(f"AR-{n}", f"王{n}", remark=f"AL-{n}") for n in range(80)]
    found = pages(school_list_pdf(SENDER, "城关镇第一小学", children))
    assert len(found) == 3
    assert "80children" in found[0]
    assert "page1of3" in found[0]
    assert all("Donotpost" in page for page in found)
    assert "王79" in found[2]


def test_a_public_notice_has_its_days_and_every_school_once() -> None:
    text = NoticeText(date(2026, 7, 5), date(2026, 7, 11), "0999-1380000")
    children = [Admitted(f"AR-{n}", "王*涵", school=f"第{n // 60}小学") for n in range(120)]
    found = pages(public_notice_pdf(SENDER, text, children))
    assert "July5,2026toJuly11,2026" in found[0]
    assert "0999-1380000" in found[0]
    assert [words.count("第0小学·60") for words in found].count(1) == 1
    assert sum(words.count("王*涵") for words in found) == 120


def test_papers_speak_chinese() -> None:
    with translation.override("zh-hans"):
        [page] = pages(letters_pdf(SENDER, [LETTER]))
    assert "2026年7月6日" in page
